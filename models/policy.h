/* policy.h - what the policies that look ahead know of a choice: the cost of
 * one more request at a site by the hour (`cheapest`), and the response it
 * will see (`slo-aware`).
 *
 * Prepared once for a deployment, with all that does not change from request
 * to request; read-only afterwards.
 */
#ifndef MODELS_POLICY_H
#define MODELS_POLICY_H

#include <stdint.h>

#include "models/plan.h"

/* Marginal cost of a request of class c at a site entry e in hour h:
 *
 *     energy x PUE_e(h) x (price_e(h) + carbon price x carbon_e(h)) + fees
 *
 * energy = mean work / speed x (peak - idle) / slots of a server: what idle
 * servers draw is paid anyway, and unlimited servers draw nothing here.  PUE is
 * that of the facility with all its servers at peak, at the outside
 * temperature of the hour; its fixed losses are paid anyway, too.  The price
 * counts where the operator pays for energy (`procure: own` and `colo`), the
 * carbon everywhere.  Fees: egress of the response, and tokens and requests of
 * `procure: api`.  All in money of `start`. */
struct mdl_costs {
    int n_entries;
    double *usd_per_kwh; /* [n_entries x 8760] of IT energy, 1 January first */
    double *mean_usd_per_kwh; /* [n_entries] over the year */
    double *kwh;              /* [n_classes x n_entries] before deflation */
    double *fees_usd;         /* [n_classes x n_entries] */
    int start_hour;           /* hour of year of time zero */
    int n_kinds;              /* of hours, at most MDL_MAX_KINDS */
    int *kind;                /* [8760] */
};

/* Hours are of one kind when all classes have the same order of entries by
 * cost: as many of the first of it (at most 4) as leave no more kinds than
 * these, else by the hour of the day. */
enum { MDL_MAX_KINDS = 24 };

/* Response of a request of class c sent now to a member with n in system on
 * k slots, at the level of the class's objective (p95: 0.95):
 *
 *     round trip + E[W] + E[S] + sqrt((z sd[W])^2 + (q[S] - E[S])^2)
 *
 * The round trip is the median of the path.  S is the class's service there,
 * q[S] its quantile and z the standard normal one of that level.  W is the wait
 * for n - k + 1 departures (none for n < k), each after G/k on average:
 *     E[W] = (n - k + 1) E[G] / k,   Var[W] = (n - k + 1) scv(G) (E[G] / k)^2
 * with G the service of whoever may be sent there, by rate.  As if first come
 * first served; k is the number of slots when all is well. */
struct mdl_forecasts {
    int n_entries;
    double *gap_s;            /* [n_entries] E[G], before deflation */
    double *gap_scv;          /* [n_entries] */
    double *mean_s, *above_s; /* [n_classes x n_entries] E[S], q[S] - E[S] */
    double *rtt_s;            /* of each of dep->candidates */
    double *z;                /* [n_classes] */
};

struct mdl_policy_data {
    struct mdl_costs *costs;         /* NULL but for cheapest */
    struct mdl_forecasts *forecasts; /* NULL but for slo-aware */
};

/**
 * Prepare what the policy of a deployment needs, once its candidates are known:
 * dep->policy, in the plan's arena; NULL where it needs nothing.
 * @retval SIM_OK, SIM_E_NOMEM; SIM_E_INPUT, SIM_E_IO: an hourly file
 */
SIM_MUST_CHECK int mdl_policy_prepare(
    struct mdl_plan *plan, struct mdl_dep *dep, struct sim_err *err);

/** Hour of the year at horizon time t [s]; before time zero the year is
 *  continued backwards. */
int mdl_cost_hour(const struct mdl_costs *costs, double t_s);

/** Fill the kinds of hours.  @retval SIM_OK, SIM_E_NOMEM */
SIM_MUST_CHECK int mdl_cost_kinds(
    struct mdl_costs *costs, int n_classes, struct sim_err *err);

/** Kind of the hour at horizon time t [s]; 0 without costs. */
int mdl_cost_kind(const struct mdl_costs *costs, double t_s);

/** Marginal cost [USD].
 *  @param hour  of the year; -1 = mean over the year */
double mdl_cost_usd(const struct mdl_costs *costs, int cls, int entry, int hour,
    double deflation);

/** Predicted response [s]; INFINITY where the queue is full.
 *  @param n  jobs in system at the member */
double mdl_forecast_s(const struct mdl_plan *plan, const struct mdl_dep *dep,
    int source, int candidate, int64_t n, double deflation);

/** Report policies that lack what they need, with their positions. */
void mdl_policy_check(
    const struct mdl_run_cfg *run, const struct sim_checker *checker);

/** Report what routing of one deployment may not say, and which prices its
 *  decisions read. */
void mdl_policy_check_deployment(
    const struct mdl_deployment_cfg *dep, const struct sim_checker *checker);

#endif /* MODELS_POLICY_H */
