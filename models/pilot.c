#include "models/pilot.h"

#include <math.h>
#include <string.h>

#include "models/study.h"
#include "models/world.h"
#include "sim/alloc.h"
#include "sim/exec.h"
#include "sim/rng.h"
#include "sim/stats.h"
#include "sim/units.h"

enum { PILOTS = 5 };

/* Marks the replications of pilots in all keys, those of timelines included;
 * real replications never reach it. */
#define PILOT_REPLICATION ((uint64_t)SIM_FOR_PILOT << 56)

/* A series must be several times as long as the start-up in it. */
#define LEADS 10.0
/* Expected requests of a pilot: where load is no guide, and at most, of a
 * warm-up too (a second or two of work). */
#define MIN_REQUESTS 131072.0
#define MAX_REQUESTS 8388608.0
/* A series without a steady state is not pursued for ever. */
#define MOST_LENGTHENING 8.0
#define MONTH_S          (730.0 * SIM_S_PER_H)

struct pilot {
    struct mdl_study *study;
    const struct mdl_case *c;
    double length_s;
    struct mdl_timeline timelines[PILOTS];
    double series[MDL_SERIES_CELLS]; /* sum over the pilots */
};

static double total_rate(const struct mdl_plan *plan)
{
    double sum = 0.0;

    for (int i = 0; i < plan->n_classes; i++)
        sum += plan->classes[i].rate_per_s;
    return sum;
}

/* The lead-in that load asks for; 0 where load is no guide, as at stations
 * that lose what they cannot serve. */
static double lead_by_load(const struct mdl_case *c)
{
    return isfinite(c->mean_lead_s) ? c->mean_lead_s : 0.0;
}

/* Time in which so many requests come that a pilot or a warm-up ends. */
static double longest_s(const struct mdl_study *study)
{
    return fmin(MAX_REQUESTS / total_rate(study->plan), 9e9);
}

/* A deletion time of a deployment; a run by time must keep the larger part of
 * itself. */
static int use_deletion(
    struct mdl_study *study, const struct mdl_case *c, double cut_s, bool found)
{
    const double most_s = 0.5 * study->cfg->simulate.duration_s;
    const bool cut_short = cut_s > most_s; /* false without a duration */
    const char *name = c->dep->cfg->name;
    const double asked_s = cut_s;

    if (cut_short)
        cut_s = most_s;
    else
        cut_s = fmin(cut_s, longest_s(study));
    study->deletion_s = fmax(study->deletion_s, cut_s);
    if (cut_short)
        return res_warn(study->run,
            "deployment '%s': the run is too short, half of it (%.4g s) is not "
            "enough warm-up; figures are biased by the empty start",
            name, cut_s);
    if (cut_s < asked_s)
        return res_warn(study->run,
            "deployment '%s': its load asks for a warm-up of %.4g s; %.4g s "
            "(8 million requests) are not enough, and figures are biased by "
            "the empty start",
            name, asked_s, cut_s);
    if (!found)
        return res_warn(study->run,
            "deployment '%s': pilot runs show no steady state; the warm-up of "
            "%.4g s may be too short and figures biased by the empty start",
            name, cut_s);
    return SIM_OK;
}

/* ---- one deployment ----------------------------------------------------- */

static int pilot_work(void *ctx, int64_t index, void *slot, struct sim_err *err)
{
    struct pilot *p = ctx;
    unsigned char *end = (unsigned char *)slot + p->c->layout.bytes;
    double *series = (double *)(void *)end;
    const struct mdl_world_cfg w = {.plan = p->study->plan,
        .dep = p->c->dep,
        .layout = &p->c->layout,
        .timeline = &p->timelines[index],
        .replication = PILOT_REPLICATION + (uint64_t)index,
        .length_s = p->length_s,
        .requests = -1,
        .series = series};

    memset(series, 0, MDL_SERIES_CELLS * sizeof *series);
    return mdl_world_run(&w, slot, err);
}

static int pilot_commit(
    void *ctx, int64_t index, const void *slot, struct sim_err *err)
{
    struct pilot *p = ctx;
    const unsigned char *end = (const unsigned char *)slot + p->c->layout.bytes;
    const double *series = (const double *)(const void *)end;

    (void)index;
    (void)err;
    for (int i = 0; i < MDL_SERIES_CELLS; i++)
        p->series[i] += series[i];
    return SIM_OK;
}

static int pilot_stop(void *ctx)
{
    const struct mdl_run_options *options =
        ((const struct pilot *)ctx)->study->options;

    return options->stop != NULL ? options->stop(options->ctx) : 0;
}

/* Pilots of one length: *cut is the first bin kept, MDL_SERIES_BINS when the
 * series does not show one. */
static int run_pilots(struct pilot *p, size_t *cut, struct sim_err *err)
{
    const struct sim_exec_job job = {.ctx = p,
        .slot_bytes = p->c->layout.bytes + sizeof p->series,
        .work = pilot_work,
        .commit = pilot_commit,
        .stop = pilot_stop};
    const int64_t horizon_ns =
        (int64_t)(fmin(p->length_s, 9e9) * (double)SIM_NS_PER_S);
    int n = 0, rc = SIM_OK;

    memset(p->series, 0, sizeof p->series);
    for (; rc == SIM_OK && n < PILOTS; n += rc == SIM_OK)
        rc = mdl_timeline_draw(p->c->dep->tl, p->c->dep->n_members, horizon_ns,
            (uint64_t)p->study->cfg->seed, PILOT_REPLICATION + (uint64_t)n,
            &p->timelines[n], err);
    if (rc == SIM_OK)
        rc = sim_exec_run(&job, PILOTS, p->study->options->jobs, err);
    while (n > 0)
        mdl_timeline_release(&p->timelines[--n]);
    if (rc != SIM_OK)
        return rc;
    /* from changes to numbers; their scale is nothing to MSER */
    for (int i = 1; i < MDL_SERIES_BINS; i++)
        p->series[i] += p->series[i - 1];
    *cut = sim_mser5(p->series, MDL_SERIES_BINS);
    return SIM_OK;
}

static int pilot_deployment(struct pilot *p, struct sim_err *err)
{
    struct mdl_study *study = p->study;
    const struct mdl_simulate_cfg *sim = &study->cfg->simulate;
    const double rate = total_rate(study->plan);
    const double lead_s = lead_by_load(p->c);
    double most_s = longest_s(study);
    size_t cut;

    p->length_s =
        sim->requests >= 0 ? (double)sim->requests / rate : sim->duration_s;
    p->length_s =
        fmax(p->length_s, lead_s > 0.0 ? LEADS * lead_s : MIN_REQUESTS / rate);
    p->length_s = fmin(p->length_s, most_s);
    most_s = fmin(most_s, MOST_LENGTHENING * p->length_s);
    for (;;) {
        const int rc = run_pilots(p, &cut, err);
        if (rc != SIM_OK)
            return rc;
        if (cut < MDL_SERIES_BINS || 2.0 * p->length_s > most_s)
            break;
        p->length_s *= 2.0;
    }
    const bool found = cut < MDL_SERIES_BINS;
    /* MSER-5 weighs what is deleted against what is left of the pilots; so
     * where these are noisy it deletes little, and load knows better */
    const double cut_s =
        (found ? (double)cut / MDL_SERIES_BINS : 0.5) * p->length_s;
    if (use_deletion(study, p->c, fmax(cut_s, lead_s), found) != SIM_OK)
        return sim_err_set(err, SIM_E_NOMEM, "out of memory");
    return SIM_OK;
}

/* ---- the study ---------------------------------------------------------- */

static bool flat(const struct mdl_shape *shape)
{
    for (int i = 1; i < shape->n; i++) {
        if (shape->knot[i] != shape->knot[0])
            return false;
    }
    return true;
}

/* Are the rates the same all through a run of so many seconds? */
static bool steady(const struct mdl_plan *plan, double seconds)
{
    const bool deflates = !isnan(plan->cfg->deflation.halving_month);

    for (int i = 0; i < plan->n_classes; i++) {
        const struct mdl_class *c = &plan->classes[i];
        const bool moves = deflates || c->arrivals->growth_per_yr != 0.0;
        if (c->trace.n > 0 || !flat(&c->shape) || (moves && seconds > MONTH_S))
            return false;
    }
    return true;
}

int mdl_pilot_run(struct mdl_study *study, struct sim_err *err)
{
    const struct mdl_plan *plan = study->plan;
    const struct mdl_simulate_cfg *sim = &study->cfg->simulate;
    const double rate = total_rate(plan);
    const double seconds =
        sim->requests >= 0 ? (double)sim->requests / rate : sim->duration_s;
    struct pilot *p;
    int rc = SIM_OK;

    study->deletion_s = 0.0;
    if (plan->windowed || sim->warmup.mode != MDL_WARMUP_AUTO ||
        !isnan(sim->warmup.time_s) || !isnan(sim->warmup.requests_request) ||
        !(rate > 0.0))
        return SIM_OK;
    p = sim_calloc(1, sizeof *p);
    if (p == NULL)
        return sim_err_set(err, SIM_E_NOMEM, "out of memory");
    p->study = study;
    for (int d = 0; rc == SIM_OK && d < plan->n_deps; d++) {
        p->c = &study->cases[d];
        if (!p->c->dep->has_requests || p->c->dep->unstable)
            continue;
        if (steady(plan, seconds))
            rc = pilot_deployment(p, err);
        else if (use_deletion(study, p->c, lead_by_load(p->c), true) != SIM_OK)
            rc = sim_err_set(err, SIM_E_NOMEM, "out of memory");
    }
    sim_free(p);
    return rc;
}
