/* How long before a window the simulation must start. */
#include <math.h>

#include "models/routing.h"
#include "models/world.h"
#include "sim/fmath.h"
#include "sim/units.h"

/* Step of the fluid backlog: fine against the hours over which rates move. */
#define FLUID_STEP_S 600.0

/* Is a member up at horizon time t? */
static bool member_up(const struct mdl_dep *dep, const struct mdl_timeline *tl,
    int member, double t_s)
{
    int32_t servers;
    bool layers;

    mdl_timeline_state(tl, member,
        (int64_t)(t_s > 0.0 ? t_s * (double)SIM_NS_PER_S : 0.0), dep->tl,
        &servers, &layers);
    return layers && servers >= dep->tl[member].needed;
}

/* Share of a source's requests that a member gets: with a timeline, and the
 * nearest policy, of the sites that are up at time t; else when all is well. */
static double share_of(const struct mdl_dep *dep, const struct mdl_timeline *tl,
    int source, int member, double t_s)
{
    const bool follow = tl != NULL && dep->cfg->routing.policy == MDL_NEAREST;
    double share = 0.0;

    for (int i = dep->uc_first[source]; i < dep->uc_first[source + 1]; i++) {
        const int at = dep->candidates[i].member;
        if (!follow) {
            share += at == member ? mdl_route_share(dep, source, i) : 0.0;
            continue;
        }
        if (member_up(dep, tl, at, t_s))
            return at == member ? 1.0 : 0.0;
        if (!dep->cfg->routing.failover)
            break;
    }
    return share;
}

/* Offered load of a member at time t: erlangs on the reference, rate, SCV. */
static double offered(const struct mdl_plan *plan, const struct mdl_dep *dep,
    const struct mdl_timeline *tl, int member, double t_s, double *rate_per_s,
    double *cs2)
{
    double load = 0.0, rate = 0.0, scv = 0.0;

    for (int i = 0; i < plan->n_sources; i++) {
        const struct mdl_class *c = &plan->classes[plan->sources[i].cls];
        const double share = share_of(dep, tl, i, member, t_s);
        if (!(share > 0.0))
            continue;
        const struct mdl_rate r = mdl_plan_rate(plan, i);
        const double lambda = share * mdl_rate_at(&r, t_s);
        rate += lambda;
        load += lambda * mdl_member_work_s(dep, member, c);
        scv += lambda * c->cs2;
    }
    *rate_per_s = rate;
    *cs2 = rate > 0.0 ? scv / rate : 1.0;
    return load * mdl_plan_deflation(plan, t_s);
}

/* The larger of 20 mean responses and 3 relaxation times of one member. */
static double member_lead(const struct mdl_plan *plan,
    const struct mdl_dep *dep, int member, double t_s)
{
    const struct mdl_member *m = &dep->members[member];
    const int slots = mdl_member_slots(m);
    double rate, cs2;
    const double load =
        offered(plan, dep, NULL, member, t_s, &rate, &cs2) / m->speed;

    if (!(rate > 0.0))
        return 0.0;
    const double service = load / rate;
    if (slots < 0)
        return 20.0 * service;
    const double rho = load * m->speed / mdl_member_capacity(dep, member);
    if (rho >= 1.0)
        return MDL_LEAD_MAX_S;
    const double ca2 = 1.0;
    /* Sakasegawa's approximation of the mean wait */
    const double wait = service * (ca2 + cs2) / 2.0 *
                        sim_pow(rho, sqrt(2.0 * (slots + 1.0)) - 1.0) /
                        (slots * (1.0 - rho));
    const double tau =
        2.0 * rho * (ca2 + cs2) * service / (slots * (1.0 - rho) * (1.0 - rho));
    return fmax(20.0 * (service + wait + dep->max_rtt_s), 3.0 * tau);
}

/* Did anything change between two times? */
static bool changed_within(
    const struct mdl_timeline *tl, double from_s, double to_s)
{
    int64_t low = 0, high = tl->n_changes;

    while (low < high) {
        const int64_t middle = low + (high - low) / 2;
        if ((double)tl->changes[middle].t_ns / (double)SIM_NS_PER_S < from_s)
            low = middle + 1;
        else
            high = middle;
    }
    return low < tl->n_changes &&
           (double)tl->changes[low].t_ns / (double)SIM_NS_PER_S < to_s;
}

/* Fluid backlog over the six hours before t0: time at which it was last zero.
 * dB/dt = offered - capacity in service, B >= 0. */
static double last_empty(const struct mdl_plan *plan, const struct mdl_dep *dep,
    const struct mdl_timeline *tl, int member, double t0_s)
{
    const struct mdl_member *m = &dep->members[member];
    double backlog = 0.0, empty_s = t0_s - MDL_LEAD_MAX_S;

    for (double t = t0_s - MDL_LEAD_MAX_S; t < t0_s; t += FLUID_STEP_S) {
        int32_t servers;
        bool layers;
        double rate, cs2;
        mdl_timeline_state(tl, member,
            (int64_t)(t > 0.0 ? t * (double)SIM_NS_PER_S : 0.0), dep->tl,
            &servers, &layers);
        const double capacity =
            layers ? servers * m->slots_per_server * m->speed : 0.0;
        backlog += (offered(plan, dep, tl, member, t, &rate, &cs2) - capacity) *
                   FLUID_STEP_S;
        if (backlog <= 0.0) {
            backlog = 0.0;
            empty_s = t + FLUID_STEP_S;
        }
    }
    return empty_s;
}

double mdl_world_lead(const struct mdl_plan *plan, const struct mdl_dep *dep,
    const struct mdl_timeline *timeline, double t0_s, bool *clipped)
{
    const bool changed =
        changed_within(timeline, t0_s - MDL_LEAD_MAX_S, t0_s + FLUID_STEP_S);
    double lead = 0.0;

    *clipped = false;
    for (int i = 0; i < dep->n_members; i++) {
        double need = member_lead(plan, dep, i, t0_s);
        const bool busy = need >= MDL_LEAD_MAX_S;
        if (dep->members[i].servers >= 0 && (busy || changed)) {
            const double backlog_s =
                t0_s - last_empty(plan, dep, timeline, i, t0_s);
            /* near capacity without fluid backlog only chance queues, and
             * for long: nothing shortens the lead-in then */
            need = busy && backlog_s > 0.0 ? backlog_s : fmax(need, backlog_s);
        }
        lead = fmax(lead, need);
    }
    if (lead >= MDL_LEAD_MAX_S) {
        *clipped = true;
        return MDL_LEAD_MAX_S;
    }
    return ceil(lead);
}

double mdl_world_mean_lead(
    const struct mdl_plan *plan, const struct mdl_dep *dep)
{
    double lead = 0.0;

    for (int i = 0; i < dep->n_members; i++)
        lead = fmax(lead, member_lead(plan, dep, i, 0.0));
    return fmin(ceil(lead), MDL_LEAD_MAX_S);
}
