/* Availability: many timelines of each deployment, no requests.
 *
 * A rare shock (once in 50 years) is seen a hundred times in 1,000 extra
 * timelines, at a cost of milliseconds.  Studies over a `duration` use their
 * replications alone unless the scenario says otherwise. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "models/availability.h"
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
    F_SURVIVED, /* up throughout, from time zero */
    F_FIRST,    /* hours to the first outage, or to where it was given up */
    F_FAILED,   /* outages behind F_FIRST: 0 or 1 */
    F_FAILURES,
    F_SPARES,
    F_CREWS,
    F_ONE,
    N_DEP_FIGURES,
};
enum site_figure {
    S_UP, /* member hours up */
    S_SERVERS,
    S_OUTAGES,
    S_DOWN,
    S_SURVIVED, /* as of the deployment */
    S_FIRST,
    S_FAILED,
    S_MEMBERS,
    S_FAILURES,
    S_CREWS,
    N_SITE_FIGURES,
};

struct job {
    struct mdl_study *study;
    const struct mdl_case *c;
    int64_t horizon_ns, from_ns;
    int64_t needed;  /* sites; below 1: users' reach counts */
    double *figures; /* [n x stride] */
    size_t stride;
    double *at; /* [n_at x n_entries x n]: up at a time */
    int64_t n;
};

/* ---- one timeline -------------------------------------------------------- */

static double failures_of(const struct mdl_tl_counts *c)
{
    return (double)(c->server_failures + c->site_failures + c->wan_failures);
}

static void site_figures(double *f, const struct mdl_dep *dep,
    const struct mdl_timeline *tl, const struct mdl_tl_site_measures *site)
{
    for (int i = 0; i < dep->n_members; i++) {
        const struct mdl_tl_site_measures *s = &site[i];
        double *e =
            f + N_DEP_FIGURES + (size_t)dep->members[i].entry * N_SITE_FIGURES;
        e[S_UP] += s->up_h;
        e[S_SERVERS] += s->servers_up_h;
        e[S_OUTAGES] += (double)s->outages;
        e[S_DOWN] += s->outage_h;
        e[S_SURVIVED] += isinf(s->first_down_h) ? 1.0 : 0.0;
        e[S_MEMBERS] += 1.0;
        e[S_FAILURES] += failures_of(&tl->counts[i]);
        e[S_CREWS] += tl->counts[i].crew_busy_ns / NS_PER_H;
    }
}

static void dep_figures(double *f, const struct mdl_dep *dep,
    const struct mdl_timeline *tl, const struct mdl_tl_measures *m)
{
    f[F_ONE] = 1.0;
    f[F_HOURS] = m->hours;
    f[F_CAPACITY] = m->capacity_h;
    f[F_LOSS] = m->total_loss_h;
    f[F_AT_90] = m->at_least_90_h;
    f[F_SITES] = m->sites_up_h;
    f[F_UPTIME] = m->k_up_h;
    f[F_OUTAGES] = (double)m->k_outages;
    f[F_DOWN] = m->hours - m->k_up_h;
    f[F_SURVIVED] = isinf(m->k_first_down_h) ? 1.0 : 0.0;
    for (int i = 0; i < dep->n_members; i++) {
        f[F_FAILURES] += failures_of(&tl->counts[i]);
        f[F_SPARES] += (double)tl->counts[i].spares_used;
        f[F_CREWS] += tl->counts[i].crew_busy_ns / NS_PER_H;
    }
}

/* Times to the first outage, and whether it came. */
static void first_figures(double *f, const struct mdl_dep *dep,
    const struct mdl_tl_measures *m, double until_h)
{
    f[F_FIRST] = fmin(m->k_first_down_h, until_h);
    f[F_FAILED] = isinf(m->k_first_down_h) ? 0.0 : 1.0;
    for (int i = 0; i < dep->n_members; i++) {
        const double first_h = m->site[i].first_down_h;
        double *e =
            f + N_DEP_FIGURES + (size_t)dep->members[i].entry * N_SITE_FIGURES;
        e[S_FIRST] += fmin(first_h, until_h);
        e[S_FAILED] += isinf(first_h) ? 0.0 : 1.0;
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

static int measure_timeline(const struct job *job, int64_t index,
    const struct mdl_timeline *tl, struct mdl_tl_measures *m,
    struct sim_err *err)
{
    const struct mdl_study *study = job->study;
    const struct mdl_dep *dep = job->c->dep;
    double *f = job->figures + (size_t)index * job->stride;
    double until_h = (double)job->horizon_ns / NS_PER_H;
    int rc = SIM_OK;

    mdl_timeline_measure(tl, dep->tl, job->from_ns, job->needed, m);
    dep_figures(f, dep, tl, m);
    site_figures(f, dep, tl, m->site);
    at_figures(job, index, tl);
    if (job->needed < 1 && mdl_reach_hours(study->plan, dep, tl, job->from_ns,
                               &f[F_UPTIME]) != SIM_OK)
        rc = sim_err_set(err, SIM_E_NOMEM, "out of memory");
    /* beside requests the time line is not worth following further */
    if (rc == SIM_OK && !dep->has_requests)
        rc = mdl_first_outages(dep, job->horizon_ns, tl->n_changes,
            (uint64_t)study->cfg->seed, (uint64_t)index, job->needed, m,
            &until_h, err);
    if (rc == SIM_OK)
        first_figures(f, dep, m, until_h);
    return rc;
}

static int timeline_figures(
    void *ctx, int64_t index, void *slot, struct sim_err *err)
{
    struct job *job = ctx;
    const struct mdl_dep *dep = job->c->dep;
    struct mdl_timeline tl = {0};
    struct mdl_tl_measures m = {0};
    int rc = mdl_timeline_draw_from(dep->tl, dep->n_members, job->from_ns,
        job->horizon_ns, (uint64_t)job->study->cfg->seed, (uint64_t)index, &tl,
        err);

    (void)slot;
    if (rc != SIM_OK)
        return rc;
    m.site = sim_calloc((size_t)dep->n_members, sizeof *m.site);
    if (m.site != NULL)
        rc = measure_timeline(job, index, &tl, &m, err);
    else
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

/* ---- estimates ---------------------------------------------------------- */

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
        {"failures_per_h", F_FAILURES, F_HOURS, 1.0},
        {"spares_used_per_year", F_SPARES, F_HOURS, SIM_H_PER_YR},
        {"crews_busy.mean", F_CREWS, F_HOURS, 1.0},
    };
    static const struct column_row k_rows[] = {
        {"outages_per_h", F_OUTAGES, F_HOURS, 1.0},
        {"outage.mean", F_DOWN, F_OUTAGES, 1.0},
        {"reliability", F_SURVIVED, F_ONE, 1.0},
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
    if (job->needed < 1)
        return rc;
    for (size_t i = 0; rc == SIM_OK && i < sizeof k_rows / sizeof k_rows[0];
         i++)
        rc = res_put(run, scope, k_rows[i].name,
            ratio(job, (size_t)k_rows[i].x, (size_t)k_rows[i].y,
                k_rows[i].scale, buffer));
    return rc;
}

static struct res_estimate at_estimate(
    const struct job *job, int k, const struct sim_interval *interval)
{
    const double at_s = job->study->cfg->report.at_s[k];

    if (at_s * (double)SIM_NS_PER_S > (double)job->horizon_ns)
        return res_undefined("later than the end of the run");
    if (!job->c->fails)
        return res_exact(interval->value);
    return (struct res_estimate){.value = interval->value,
        .half_width = interval->half_width,
        .n = interval->n};
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
        rc = res_put(run, name, "availability", at_estimate(job, k, &interval));
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
        {"failures_per_h", S_FAILURES, -1, 1.0},
        {"crews_busy.mean", S_CREWS, -1, 1.0},
    };
    const struct mdl_site_cfg *site = job->c->dep->entries[entry].cfg;
    const size_t first = N_DEP_FIGURES + (size_t)entry * N_SITE_FIGURES;
    const double members = job->c->dep->entries[entry].n_members;
    char scope[160];
    int rc = SIM_OK;

    snprintf(
        scope, sizeof scope, "%s.site.%s", job->c->dep->cfg->name, site->name);
    for (size_t i = 0; rc == SIM_OK && i < sizeof rows / sizeof rows[0]; i++) {
        /* per hour: of one member on average, parts of all */
        const bool per_hour = rows[i].y < 0;
        const bool of_one = rows[i].x == S_UP || rows[i].x == S_OUTAGES;
        const double scale = per_hour && of_one ? 1.0 / members : rows[i].scale;
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

/* ---- one deployment ----------------------------------------------------- */

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
        .horizon_ns = mdl_study_measured_ns(study),
        .stride = N_DEP_FIGURES + entries * N_SITE_FIGURES};
    const struct sim_exec_job exec = {.ctx = &job,
        .slot_bytes = 16,
        .work = timeline_figures,
        .commit = timeline_done,
        .stop = timeline_stop};
    double *buffer = NULL;
    int rc;

    if (!study->plan->windowed)
        mdl_study_warmup(study, &lead_s, &lead_n);
    job.n += mdl_study_timelines(study);
    /* nobody asks: up is what some user could reach, so one site of any */
    job.needed = c->dep->cfg->needed_sites;
    if (job.needed < 1 && !c->dep->has_requests)
        job.needed = 1;
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
