/* Availability: many timelines of each deployment, no requests.
 *
 * A rare shock (once in 50 years) is seen a hundred times in 1,000 extra
 * timelines, at a cost of milliseconds.  Studies without arrivals over a
 * `duration` use their replications alone. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "models/study.h"
#include "sim/alloc.h"
#include "sim/exec.h"
#include "sim/stats.h"
#include "sim/units.h"

#define NS_PER_H ((double)SIM_NS_PER_S * SIM_S_PER_H)

/* What one timeline yields: the deployment's figures, then every entry's. */
enum dep_figure {
    F_HOURS,
    F_CAPACITY,
    F_LOSS,
    F_AT_90,
    F_SITES,
    F_UPTIME, /* user-weighted reach, or k sites up */
    F_OUTAGES,
    F_DOWN,
    F_SURVIVED,
    F_FIRST,  /* hours to the first outage, cut at the run's end */
    F_FAILED, /* 1 - survived: outages behind F_FIRST */
    F_FAILURES,
    F_SPARES,
    F_CREWS,
    F_WHOLE, /* hours from time zero: counts of events know no warm-up */
    N_DEP_FIGURES,
};
enum site_figure {
    S_UP, /* member hours up */
    S_SERVERS,
    S_OUTAGES,
    S_DOWN,
    S_SURVIVED,
    S_FIRST,
    S_FAILED,
    S_MEMBERS,
    N_SITE_FIGURES,
};

struct job {
    struct mdl_study *study;
    const struct mdl_case *c;
    int64_t horizon_ns, from_ns;
    double *figures; /* [n x stride] */
    size_t stride;
    double *at; /* [n_at x n_entries x n]: up at a time */
    int64_t n;
};

/* ---- reach: can users get to a site that is up?
 * ------------------------------- */

struct reach {
    const struct mdl_plan *plan;
    const struct mdl_dep *dep;
    int *n_up;    /* [n_sources] candidates up */
    bool *up;     /* [n_members] */
    double share; /* of users who reach one */
};

static double source_share(const struct mdl_plan *plan, int source)
{
    return plan->users[plan->sources[source].user].share / plan->n_classes;
}

/* Member m turned up or down: recount the sources that have it among their
 * candidates. */
static void reach_turn(struct reach *r, int member, bool up)
{
    for (int i = 0; i < r->plan->n_sources; i++) {
        for (int k = r->dep->uc_first[i]; k < r->dep->uc_first[i + 1]; k++) {
            if (r->dep->candidates[k].member != member)
                continue;
            r->n_up[i] += up ? 1 : -1;
            if (up && r->n_up[i] == 1)
                r->share += source_share(r->plan, i);
            if (!up && r->n_up[i] == 0)
                r->share -= source_share(r->plan, i);
        }
    }
    r->up[member] = up;
}

/* User-weighted time [h] in which at least one candidate is up. */
static int reach_hours(
    const struct job *job, const struct mdl_timeline *tl, double *hours)
{
    const struct mdl_dep *dep = job->c->dep;
    struct reach r = {.plan = job->study->plan, .dep = dep};
    int64_t t = job->from_ns;
    double sum = 0.0;

    r.n_up = sim_calloc((size_t)r.plan->n_sources, sizeof *r.n_up);
    r.up = sim_calloc((size_t)dep->n_members, sizeof *r.up);
    if (r.n_up == NULL || r.up == NULL) {
        sim_free(r.n_up);
        sim_free(r.up);
        return SIM_E_NOMEM;
    }
    for (int i = 0; i < dep->n_members; i++) {
        int32_t servers;
        bool layers;
        mdl_timeline_state(tl, i, t, dep->tl, &servers, &layers);
        if (layers && servers >= dep->tl[i].needed)
            reach_turn(&r, i, true);
    }
    for (int64_t i = 0; i < tl->n_changes; i++) {
        const struct mdl_tl_change *c = &tl->changes[i];
        const bool up =
            c->layers_up && c->servers_up >= dep->tl[c->member].needed;
        if (c->t_ns <= t || up == r.up[c->member])
            continue;
        sum += r.share * (double)(c->t_ns - t);
        t = c->t_ns;
        reach_turn(&r, c->member, up);
    }
    sum += r.share * (double)(tl->horizon_ns - t);
    sim_free(r.n_up);
    sim_free(r.up);
    *hours = sum / NS_PER_H;
    return SIM_OK;
}

/* ---- one timeline
 * ---------------------------------------------------------------- */

static void site_figures(const struct job *job, int64_t index,
    const struct mdl_tl_site_measures *site)
{
    const struct mdl_dep *dep = job->c->dep;
    const double hours = (double)(job->horizon_ns - job->from_ns) / NS_PER_H;
    double *f = job->figures + (size_t)index * job->stride + N_DEP_FIGURES;

    for (int i = 0; i < dep->n_members; i++) {
        const struct mdl_tl_site_measures *s = &site[i];
        double *e = f + (size_t)dep->members[i].entry * N_SITE_FIGURES;
        e[S_UP] += s->up_h;
        e[S_SERVERS] += s->servers_up_h;
        e[S_OUTAGES] += (double)s->outages;
        e[S_DOWN] += s->outage_h;
        e[S_SURVIVED] += s->up_throughout ? 1.0 : 0.0;
        e[S_FAILED] += s->up_throughout ? 0.0 : 1.0;
        e[S_FIRST] += fmin(s->first_down_h, hours);
        e[S_MEMBERS] += 1.0;
    }
}

/* Is each entry up at the times of `report.at`? */
static void at_figures(
    const struct job *job, int64_t index, const struct mdl_timeline *tl)
{
    const struct mdl_report_cfg *report = &job->study->cfg->report;
    const struct mdl_dep *dep = job->c->dep;

    for (int k = 0; k < report->n_at; k++) {
        for (int i = 0; i < dep->n_members; i++) {
            const size_t cell = ((size_t)k * (size_t)dep->n_entries +
                                    (size_t)dep->members[i].entry) *
                                    (size_t)job->n +
                                (size_t)index;
            int32_t servers;
            bool layers;
            mdl_timeline_state(tl, i,
                (int64_t)(report->at_s[k] * (double)SIM_NS_PER_S), dep->tl,
                &servers, &layers);
            if (layers && servers >= dep->tl[i].needed)
                job->at[cell] +=
                    1.0 / dep->entries[dep->members[i].entry].n_members;
        }
    }
}

static int timeline_figures(
    void *ctx, int64_t index, void *slot, struct sim_err *err)
{
    struct job *job = ctx;
    const struct mdl_dep *dep = job->c->dep;
    double *f = job->figures + (size_t)index * job->stride;
    struct mdl_timeline tl = {0};
    struct mdl_tl_measures m = {0};
    int rc = mdl_timeline_draw(dep->tl, dep->n_members, job->horizon_ns,
        (uint64_t)job->study->cfg->seed, (uint64_t)index, &tl, err);

    (void)slot;
    if (rc != SIM_OK)
        return rc;
    m.site = sim_calloc((size_t)dep->n_members, sizeof *m.site);
    if (m.site == NULL) {
        mdl_timeline_release(&tl);
        return sim_err_set(err, SIM_E_NOMEM, "out of memory");
    }
    /* nobody asks: up is what some user could reach, so one site of any */
    const int64_t needed =
        dep->cfg->needed_sites < 1 && job->study->plan->n_sources == 0
            ? 1
            : dep->cfg->needed_sites;
    mdl_timeline_measure(&tl, dep->tl, job->from_ns, needed, &m);
    f[F_HOURS] = m.hours;
    f[F_CAPACITY] = m.capacity_h;
    f[F_LOSS] = m.total_loss_h;
    f[F_AT_90] = m.at_least_90_h;
    f[F_SITES] = m.sites_up_h;
    f[F_UPTIME] = m.k_up_h;
    f[F_OUTAGES] = (double)m.k_outages;
    f[F_DOWN] = m.hours - m.k_up_h;
    f[F_SURVIVED] = isinf(m.k_first_down_h) ? 1.0 : 0.0;
    f[F_FAILED] = 1.0 - f[F_SURVIVED];
    f[F_FIRST] = fmin(m.k_first_down_h, m.hours);
    f[F_CREWS] = tl.crew_busy_ns / NS_PER_H;
    f[F_WHOLE] = (double)job->horizon_ns / NS_PER_H;
    for (int i = 0; i < dep->n_members; i++) {
        f[F_FAILURES] +=
            (double)(tl.counts[i].server_failures + tl.counts[i].site_failures +
                     tl.counts[i].wan_failures);
        f[F_SPARES] += (double)tl.counts[i].spares_used;
    }
    site_figures(job, index, m.site);
    at_figures(job, index, &tl);
    if (dep->cfg->needed_sites < 1 && job->study->plan->n_sources > 0 &&
        reach_hours(job, &tl, &f[F_UPTIME]) != SIM_OK)
        rc = sim_err_set(err, SIM_E_NOMEM, "out of memory");
    sim_free(m.site);
    mdl_timeline_release(&tl);
    return rc;
}

static int timeline_done(
    void *ctx, int64_t index, const void *slot, struct sim_err *err)
{
    (void)ctx;
    (void)index;
    (void)slot;
    (void)err;
    return SIM_OK;
}

static int timeline_stop(void *ctx)
{
    const struct job *job = ctx;
    const struct mdl_run_options *o = job->study->options;

    return o->stop != NULL ? o->stop(o->ctx) : 0;
}

/* ---- estimates
 * ---------------------------------------------------------------------- */

/* Ratio of column x to column y over timelines; exact where nothing fails. */
static struct res_estimate ratio(
    const struct job *job, size_t x, size_t y, double scale, double *buffer)
{
    struct sim_interval interval;
    struct res_estimate e;

    for (int64_t i = 0; i < job->n; i++) {
        buffer[i] = job->figures[(size_t)i * job->stride + x];
        buffer[job->n + i] = job->figures[(size_t)i * job->stride + y];
    }
    sim_ratio_estimate(
        buffer, buffer + job->n, job->n, job->study->level, &interval);
    e = (struct res_estimate){.value = interval.value * scale,
        .half_width = interval.half_width * fabs(scale),
        .n = interval.n};
    if (isnan(e.value))
        return res_undefined("no outage was seen");
    if (!job->c->fails)
        e = res_exact(e.value);
    else if (isnan(e.half_width))
        e.reason = "one timeline has no interval";
    return e;
}

struct column_row {
    const char *name;
    int x, y;
    double scale;
};

static int put_dep(const struct job *job, double *buffer)
{
    static const struct column_row rows[] = {
        {"capacity.mean", F_CAPACITY, F_HOURS, 1.0},
        {"capacity.p_total_loss", F_LOSS, F_HOURS, 1.0},
        {"capacity.p_at_least_90", F_AT_90, F_HOURS, 1.0},
        {"sites_up.mean", F_SITES, F_HOURS, 1.0},
        {"failures_per_h", F_FAILURES, F_WHOLE, 1.0},
        {"spares_used_per_year", F_SPARES, F_WHOLE, SIM_H_PER_YR},
        {"crews_busy.mean", F_CREWS, F_WHOLE, 1.0},
    };
    static const struct column_row k_rows[] = {
        {"outages_per_h", F_OUTAGES, F_HOURS, 1.0},
        {"outage.mean", F_DOWN, F_OUTAGES, 1.0},
        {"mttf", F_FIRST, F_FAILED, 1.0},
    };
    struct res_run *run = job->study->run;
    const char *scope = job->c->dep->cfg->name;
    struct res_estimate up = ratio(job, F_UPTIME, F_HOURS, 1.0, buffer);
    int rc = res_put(run, scope, "uptime", up);

    up.value = (1.0 - up.value) * SIM_H_PER_YR;
    up.half_width *= SIM_H_PER_YR;
    if (rc == SIM_OK)
        rc = res_put(run, scope, "downtime_h_per_year", up);
    if (rc == SIM_OK && !job->c->dep->has_requests)
        rc = res_put(run, scope, "availability",
            ratio(job, F_UPTIME, F_HOURS, 1.0, buffer));
    for (size_t i = 0; rc == SIM_OK && i < sizeof rows / sizeof rows[0]; i++)
        rc = res_put(run, scope, rows[i].name,
            ratio(job, (size_t)rows[i].x, (size_t)rows[i].y, rows[i].scale,
                buffer));
    if (job->c->dep->cfg->needed_sites < 1)
        return rc;
    for (size_t i = 0; rc == SIM_OK && i < sizeof k_rows / sizeof k_rows[0];
         i++)
        rc = res_put(run, scope, k_rows[i].name,
            ratio(job, (size_t)k_rows[i].x, (size_t)k_rows[i].y,
                k_rows[i].scale, buffer));
    return rc;
}

static int put_at(
    const struct job *job, int entry, const char *scope, double *buffer)
{
    struct res_run *run = job->study->run;
    int rc = SIM_OK;

    for (int k = 0; rc == SIM_OK && k < job->study->cfg->report.n_at; k++) {
        const double *x =
            job->at +
            ((size_t)k * (size_t)job->c->dep->n_entries + (size_t)entry) *
                (size_t)job->n;
        struct sim_interval interval;
        char name[192];
        for (int64_t i = 0; i < job->n; i++)
            buffer[i] = 1.0;
        sim_ratio_estimate(x, buffer, job->n, job->study->level, &interval);
        snprintf(name, sizeof name, "%s.at.%d", scope, k);
        rc = res_put(run, name, "availability",
            (struct res_estimate){.value = interval.value,
                .half_width = interval.half_width,
                .n = interval.n});
    }
    return rc;
}

static int put_site(const struct job *job, int entry, double *buffer)
{
    static const struct column_row rows[] = {
        {"uptime", S_UP, -1, 1.0},
        {"servers_up.mean", S_SERVERS, -1, 1.0},
        {"outages_per_h", S_OUTAGES, -1, 1.0},
        {"outage.mean", S_DOWN, S_OUTAGES, 1.0},
        {"reliability", S_SURVIVED, S_MEMBERS, 1.0},
        {"mttf", S_FIRST, S_FAILED, 1.0},
    };
    const struct mdl_site_cfg *site = job->c->dep->entries[entry].cfg;
    const size_t first = N_DEP_FIGURES + (size_t)entry * N_SITE_FIGURES;
    const double members = job->c->dep->entries[entry].n_members;
    char scope[160];
    int rc = SIM_OK;

    snprintf(
        scope, sizeof scope, "%s.site.%s", job->c->dep->cfg->name, site->name);
    for (size_t i = 0; rc == SIM_OK && i < sizeof rows / sizeof rows[0]; i++) {
        /* per hour: of one member on average, servers of all */
        const bool per_hour = rows[i].y < 0;
        const double scale =
            per_hour && rows[i].x != S_SERVERS ? 1.0 / members : rows[i].scale;
        const struct res_estimate e = ratio(job, first + (size_t)rows[i].x,
            per_hour ? F_HOURS : first + (size_t)rows[i].y, scale, buffer);
        rc = res_put(job->study->run, scope, rows[i].name, e);
        if (rc == SIM_OK && rows[i].x == S_UP && !job->c->dep->has_requests)
            rc = res_put(job->study->run, scope, "availability", e);
    }
    if (rc == SIM_OK)
        rc = put_at(job, entry, scope, buffer);
    return rc;
}

/* ---- one deployment
 * ------------------------------------------------------------------------ */

int mdl_measure_availability(
    struct mdl_study *study, int dep, struct sim_err *err)
{
    const struct mdl_case *c = &study->cases[dep];
    const size_t entries = (size_t)c->dep->n_entries;
    const size_t n_at = (size_t)study->cfg->report.n_at;
    double lead_s = 0.0;
    int64_t lead_n;
    struct job job = {.study = study,
        .c = c,
        .n = study->done,
        .horizon_ns = mdl_study_horizon_ns(study),
        .stride = N_DEP_FIGURES + entries * N_SITE_FIGURES};
    const struct sim_exec_job exec = {.ctx = &job,
        .slot_bytes = 16,
        .work = timeline_figures,
        .commit = timeline_done,
        .stop = timeline_stop};
    double *buffer = NULL;
    int rc;

    if (study->plan->windowed)
        job.n += study->cfg->simulate.timelines;
    else
        mdl_study_warmup(study, &lead_s, &lead_n);
    if (!c->fails)
        job.n = 1;
    job.from_ns = (int64_t)(lead_s * (double)SIM_NS_PER_S);
    job.figures = sim_calloc((size_t)job.n * job.stride, sizeof(double));
    job.at = sim_calloc(n_at * entries * (size_t)job.n, sizeof(double));
    buffer = sim_calloc(2 * (size_t)job.n, sizeof *buffer);
    rc = job.figures != NULL && job.at != NULL && buffer != NULL
             ? sim_exec_run(&exec, job.n, study->options->jobs, err)
             : SIM_E_NOMEM;
    if (rc == SIM_OK)
        rc = put_dep(&job, buffer);
    for (int i = 0; rc == SIM_OK && i < c->dep->n_entries; i++)
        rc = put_site(&job, i, buffer);
    if (rc == SIM_E_NOMEM)
        sim_err_set(err, rc, "out of memory");
    sim_free(job.figures);
    sim_free(job.at);
    sim_free(buffer);
    return rc;
}
