/* How long a study runs and what of it warms up. */
#include "models/study.h"

#include <math.h>

#include "models/pilot.h"
#include "sim/units.h"

/* A deployment that fails oftener in a timeline gets fewer of them, with so
 * many failures in all, about. */
#define MANY_FAILURES 1e5
#define MOST_FAILURES 1e7

int mdl_study_section(const struct mdl_study *study, int64_t replication)
{
    if (study->group > 0)
        return (int)(replication / study->group);
    if (study->most <= MDL_MAX_SECTIONS)
        return (int)replication;
    return (int)(replication * MDL_MAX_SECTIONS / study->most);
}

int64_t mdl_study_timelines(const struct mdl_study *study)
{
    const int64_t given = study->cfg->simulate.timelines;
    const double hours = study->plan->cfg->horizon_yr * SIM_H_PER_YR;
    double failures = 1.0;

    if (given >= 0)
        return given;
    if (!study->plan->windowed)
        return 0;
    /* a large fleet fails so often that few timelines tell as much as the
     * thousand of a small one */
    for (int i = 0; i < study->plan->n_deps; i++)
        failures = fmax(
            failures, hours * mdl_dep_failures_per_h(&study->plan->deps[i]));
    return failures > MANY_FAILURES
               ? (int64_t)fmax(24.0, MOST_FAILURES / failures)
               : 1000;
}

void mdl_study_warmup(
    const struct mdl_study *study, double *lead_s, int64_t *lead_requests)
{
    const struct mdl_warmup_cfg *warmup = &study->cfg->simulate.warmup;

    *lead_s = 0.0;
    *lead_requests = 0;
    if (!isnan(warmup->requests_request))
        *lead_requests = (int64_t)warmup->requests_request;
    else if (!isnan(warmup->time_s))
        *lead_s = warmup->time_s;
    else if (warmup->mode == MDL_WARMUP_AUTO)
        *lead_s = study->deletion_s;
}

/* A rate at which requests come at least: clients that wait for each other, one
 * after the other on one slot, send no slower. */
static double least_rate(const struct mdl_plan *plan)
{
    double sum = 0.0;

    for (int i = 0; i < plan->n_classes; i++) {
        const struct mdl_class *c = &plan->classes[i];
        const struct mdl_closed_cfg *closed = &c->arrivals->process.closed;
        const double n = (double)closed->population;
        sum += c->arrivals->process.has_closed
                   ? n / (sim_dist_mean(closed->think_s) + n * c->mean_work_s)
                   : c->rate_per_s;
    }
    return sum;
}

int64_t mdl_study_horizon_ns(const struct mdl_study *study)
{
    const struct mdl_simulate_cfg *sim = &study->cfg->simulate;
    double seconds = study->plan->horizon_s;

    if (!isnan(sim->duration_s)) {
        seconds = sim->duration_s;
    } else if (sim->requests >= 0) {
        /* enough for the requests, with room for chance */
        double lead_s;
        int64_t lead_requests;
        mdl_study_warmup(study, &lead_s, &lead_requests);
        const double n = (double)sim->requests + (double)lead_requests;
        seconds = lead_s + 1.25 * n / fmax(least_rate(study->plan), 1e-9) +
                  2.0 * SIM_S_PER_DAY;
    }
    return (int64_t)(fmin(seconds, 9e9) * (double)SIM_NS_PER_S);
}

int64_t mdl_study_measured_ns(const struct mdl_study *study)
{
    const struct mdl_simulate_cfg *sim = &study->cfg->simulate;
    double lead_s, rate = 0.0;
    int64_t lead_requests;

    for (int i = 0; i < study->plan->n_classes; i++)
        rate += study->plan->classes[i].rate_per_s;
    if (sim->requests < 0 || !(rate > 0.0))
        return mdl_study_horizon_ns(study);
    mdl_study_warmup(study, &lead_s, &lead_requests);
    const double n = (double)sim->requests + (double)lead_requests;
    return (int64_t)(fmin(lead_s + n / rate, 9e9) * (double)SIM_NS_PER_S);
}
