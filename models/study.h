/* study.h - the state of a running study, shared by run.c (which fills it) and
 * the measure_*.c files (which turn it into metrics). */
#ifndef MODELS_STUDY_H
#define MODELS_STUDY_H

#include "models/block.h"
#include "models/hours.h"
#include "models/plan.h"
#include "models/results/results.h"
#include "models/run.h"
#include "models/windows.h"
#include "models/world.h"
#include "sim/sha256.h"

/* Sections: at most so many groups of replications carry the variance. */
enum { MDL_MAX_SECTIONS = 64 };

/* Everything about one deployment. */
struct mdl_case {
    const struct mdl_dep *dep;
    struct mdl_layout layout;
    double mean_lead_s;        /* by load at the start; may be INFINITY */
    struct mdl_total *section; /* [n_sections] */
    struct mdl_pool pool;
    struct mdl_pooled pooled;
    int64_t n_noted;           /* requests listed */
    const char **member_names; /* [n_members] in the results, once needed */
    struct mdl_entry_energy *energy;
    struct mdl_shares shares;
    struct mdl_usage *usage;       /* [n_hour_reps x n_entries] */
    struct mdl_entry_hours *hours; /* [n_hour_reps x n_entries] */
    struct mdl_usage *mean_usage;  /* [n_entries] */
    struct res_estimate direct_kw; /* IT power in the windows; n = 0: none */
    bool fails;                    /* some component has a life */
};

struct mdl_study {
    const struct mdl_run_cfg *cfg;
    const struct mdl_run_options *options;
    struct mdl_plan *plan;
    struct res_run *run;
    struct sim_arena arena;
    struct mdl_case *cases; /* [n_deps] */
    int n_sections;         /* filled so far */
    int n_allocated;
    int64_t most;  /* replications at most */
    int64_t group; /* replications a section; 0: their number is fixed */
    int64_t done;  /* replications run */
    int n_hour_reps;
    double level;
    double requests_simulated, lead_max_s;
    double deletion_s;        /* `warmup: auto` of one run: pilot.h */
    struct sim_sha256 digest; /* of the pieces' digests, in index order */
    const char **user_names, **class_names; /* in the results, once needed */
};

/* ---- study.c ------------------------------------------------------------ */

/** Section of a replication. */
int mdl_study_section(const struct mdl_study *study, int64_t replication);

/** Length of the time line of a replication. */
int64_t mdl_study_horizon_ns(const struct mdl_study *study);

/** ... as far as it is measured: a run that ends with a number of requests ends
 *  when they are expected to have come. */
int64_t mdl_study_measured_ns(const struct mdl_study *study);

/** Timelines besides those of the replications: as the scenario says; else 1000
 *  with windows, where they cost little, and none in one continuous run. */
int64_t mdl_study_timelines(const struct mdl_study *study);

/** Lead-in of a run that is not cut into windows [s] and [requests]. */
void mdl_study_warmup(
    const struct mdl_study *study, double *lead_s, int64_t *lead_requests);

/* ---- run_notes.c, run_meta.c -------------------------------------------- */

/** List the first requests of the next window of a deployment, as far as the
 *  number asked for goes. @retval SIM_OK, SIM_E_NOMEM */
SIM_MUST_CHECK int mdl_study_list(struct mdl_study *study, struct mdl_case *c,
    int64_t window, const struct mdl_notes *notes, struct sim_err *err);

/** Fill `run->meta`, the deployments and the objectives of the results.
 *  @param stop  why no more replications were run; static
 *  @retval SIM_OK, SIM_E_NOMEM */
SIM_MUST_CHECK int mdl_study_meta(
    struct mdl_study *study, const char *stop, struct sim_err *err);

/* ---- measure_*.c -------------------------------------------------------- */

/**
 * Ratio estimate over sections, value and half width times `scale`.  Values of
 * an unstable deployment carry no interval.
 * @param x, y  [n_sections]
 */
struct res_estimate mdl_estimate(const struct mdl_study *study,
    const struct mdl_case *c, const double *x, const double *y, double scale);

/** One metric of a deployment as a whole by its name ("latency.p95",
 *  "latency.mean", "loss_probability", "utilization"); for the precision stop.
 */
struct res_estimate mdl_measure_one(
    const struct mdl_study *study, int dep, const char *metric);

/** May mdl_measure_one() be asked for it? */
bool mdl_measure_known(const char *metric);

/** IT energy of an entry in a section's windows [kW s]. */
double mdl_entry_power(const struct mdl_case *c, int section, int entry);

/** Do enough of so many requests lie beyond a quantile for it to be given? */
bool mdl_quantile_rests(double level, double served);

/** All metrics of the request level. */
SIM_MUST_CHECK int mdl_measure_requests(
    struct mdl_study *study, int dep, struct sim_err *err);
/** `<d>.difference.*` of a deployment: its metrics of the request level less
 *  those of the baseline; nothing for the baseline. */
SIM_MUST_CHECK int mdl_measure_difference(
    struct mdl_study *study, int dep, struct sim_err *err);
/** Is there a difference of the metric ("latency.p95")? */
bool mdl_difference_known(const char *metric);
/** Availability by timelines: draws them and puts the metrics. */
SIM_MUST_CHECK int mdl_measure_availability(
    struct mdl_study *study, int dep, struct sim_err *err);
/** Energy, environment, traffic, money. */
SIM_MUST_CHECK int mdl_measure_energy(
    struct mdl_study *study, int dep, struct sim_err *err);
SIM_MUST_CHECK int mdl_measure_money(
    struct mdl_study *study, struct sim_err *err);
/** Verdicts of `thresholds`; run->metrics must be sorted. */
SIM_MUST_CHECK int mdl_measure_thresholds(
    struct mdl_study *study, struct sim_err *err);
#endif /* MODELS_STUDY_H */
