/* Energy, environment, traffic and money of a study. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "models/study.h"
#include "models/world.h"
#include "sim/alloc.h"
#include "sim/exec.h"
#include "sim/stats.h"
#include "sim/units.h"

/* ---- the hours of every replication ------------------------------------- */

struct hours_job {
    struct mdl_study *study;
    struct mdl_case *c;
    int timing;
};

/* Failures that a timeline of the hourly layer holds at most, about: servers
 * that live for seconds, as in studies of queues, would break down a thousand
 * million times in five years.  The timeline is then shorter, and repeated. */
#define TIMELINE_FAILURES 1e6

static int64_t timeline_ns(
    const struct mdl_study *study, const struct mdl_dep *dep)
{
    const double hours = study->cfg->horizon_yr * SIM_H_PER_YR;
    const double per_h = fmax(mdl_dep_failures_per_h(dep), 1e-9);
    const double most = fmax(1.0, floor(TIMELINE_FAILURES / per_h));

    return (int64_t)(fmin(hours, most) * SIM_S_PER_H * (double)SIM_NS_PER_S);
}

static int hours_work(void *ctx, int64_t index, void *slot, struct sim_err *err)
{
    struct hours_job *job = ctx;
    struct mdl_case *c = job->c;
    const size_t at = (size_t)index * (size_t)c->dep->n_entries;
    const int64_t horizon_ns = timeline_ns(job->study, c->dep);
    struct mdl_timeline tl = {0};
    int rc = mdl_timeline_draw(c->dep->tl, c->dep->n_members, horizon_ns,
        (uint64_t)job->study->cfg->seed, (uint64_t)index, &tl, err);

    (void)slot;
    if (rc == SIM_OK)
        rc = mdl_hours_run(job->study->plan, c->dep, &c->shares, c->energy, &tl,
            job->timing, c->usage + at, c->hours + at, err);
    mdl_timeline_release(&tl);
    return rc;
}

static int hours_done(
    void *ctx, int64_t index, const void *slot, struct sim_err *err)
{
    (void)ctx;
    (void)index;
    (void)slot;
    (void)err;
    return SIM_OK;
}

static int hours_stop(void *ctx)
{
    const struct hours_job *job = ctx;
    const struct mdl_run_options *o = job->study->options;

    return o->stop != NULL ? o->stop(o->ctx) : 0;
}

/* Lost value by column: ratio per offered request times the exact volume. */
static void lost_value(struct mdl_study *study, struct mdl_case *c, int timing)
{
    const struct mdl_layout *l = &c->layout;
    const double horizon = study->cfg->horizon_yr;
    double lost = 0.0, offered = 0.0;

    for (int r = 0; r < study->n_sections; r++) {
        for (int b = 0; b < l->n_classes; b++) {
            const double *n =
                c->section[r].sum + l->counts + (size_t)b * MDL_N_COUNTS;
            lost += n[MDL_VALUE_LOST_USD];
            offered += n[MDL_OFFERED];
        }
    }
    if (!(lost > 0.0))
        return;
    for (int k = 1; k < mdl_money_columns(timing, horizon); k++) {
        const double end = mdl_money_column_end_yr(timing, horizon, k);
        const double start = end - mdl_money_column_yr(timing, horizon, k);
        const double volume = mdl_shares_offered(study->plan, &c->shares,
            start * SIM_H_PER_YR * SIM_S_PER_H,
            end * SIM_H_PER_YR * SIM_S_PER_H);
        for (int rep = 0; rep < study->n_hour_reps; rep++)
            c->usage[(size_t)rep * (size_t)c->dep->n_entries]
                .q[MDL_Q_LOST_USD][k] = volume * lost / offered;
    }
}

/* Money alone: a demand given as such is served in full. */
static void given_demand(
    struct mdl_study *study, struct mdl_case *c, int timing)
{
    const double demand = c->dep->cfg->demand_per_yr;
    const double horizon = study->cfg->horizon_yr;

    if (isnan(demand))
        return;
    for (int rep = 0; rep < study->n_hour_reps; rep++) {
        struct mdl_usage *u =
            &c->usage[(size_t)rep * (size_t)c->dep->n_entries];
        for (int k = 1; k < mdl_money_columns(timing, horizon); k++)
            u->q[MDL_Q_SERVED][k] =
                demand * mdl_money_column_yr(timing, horizon, k);
    }
}

static int run_hours(struct mdl_study *study, struct mdl_case *c, int timing,
    struct sim_err *err)
{
    const int columns = mdl_money_columns(timing, study->cfg->horizon_yr);
    const size_t entries = (size_t)c->dep->n_entries;
    struct hours_job job = {.study = study, .c = c, .timing = timing};
    const struct sim_exec_job exec = {.ctx = &job,
        .slot_bytes = 16,
        .work = hours_work,
        .commit = hours_done,
        .stop = hours_stop};
    double seconds = 0.0;
    int rc;

    for (int r = 0; r < study->n_sections; r++)
        seconds += c->section[r].sum[MDL_SECONDS];
    rc = mdl_shares_build(study->plan, c->dep, &c->layout, &c->pool, seconds,
        &study->arena, &c->shares, err);
    if (rc != SIM_OK)
        return rc;
    /* as the windows were sampled */
    c->shares.lead_s = fmin(ceil(c->mean_lead_s), MDL_LEAD_MAX_S);
    study->n_hour_reps =
        (int)(study->done < MDL_MAX_SECTIONS ? study->done : MDL_MAX_SECTIONS);
    const size_t n = (size_t)study->n_hour_reps * entries;
    c->usage = sim_arena_calloc(&study->arena, n, sizeof *c->usage);
    c->hours = sim_arena_calloc(&study->arena, n, sizeof *c->hours);
    c->mean_usage =
        sim_arena_calloc(&study->arena, entries, sizeof *c->mean_usage);
    if (c->usage == NULL || c->hours == NULL || c->mean_usage == NULL)
        return sim_err_set(err, SIM_E_NOMEM, "out of memory");
    for (size_t i = 0; rc == SIM_OK && i < n; i++)
        rc = mdl_usage_init(&c->usage[i], columns, &study->arena, err);
    for (size_t i = 0; rc == SIM_OK && i < entries; i++)
        rc = mdl_usage_init(&c->mean_usage[i], columns, &study->arena, err);
    if (rc == SIM_OK)
        rc = sim_exec_run(&exec, study->n_hour_reps, study->options->jobs, err);
    if (rc != SIM_OK)
        return rc;
    lost_value(study, c, timing);
    given_demand(study, c, timing);
    mdl_usage_mean(c->usage, study->n_hour_reps, c->dep->n_entries, columns,
        c->mean_usage);
    return SIM_OK;
}

/* ---- metrics of energy -------------------------------------------------- */

enum figure {
    IT,
    SITE,
    CARBON,
    WATER,
    BILL,
    PEAK,
    SERVED,
    VISITS,
    EGRESS,
    N_FIGURES
};

/* Figures of entries [first, first+n) in one replication, per year. */
static void figures_of(const struct mdl_study *study, const struct mdl_case *c,
    int rep, int first, int n, double *f)
{
    const int timing = study->cfg->finance.timing;
    const int columns = mdl_money_columns(timing, study->cfg->horizon_yr);

    memset(f, 0, N_FIGURES * sizeof *f);
    for (int e = first; e < first + n; e++) {
        const size_t at = (size_t)rep * (size_t)c->dep->n_entries + (size_t)e;
        const struct mdl_entry_hours *h = &c->hours[at];
        f[IT] += h->it_kwh;
        f[SITE] += h->site_kwh;
        f[CARBON] += h->carbon_kg / SIM_W_PER_KW; /* kg -> t */
        f[WATER] += h->water_l;
        f[BILL] += h->bill_usd;
        f[PEAK] += h->peak_kw;
        for (int k = 1; k < columns; k++) {
            f[SERVED] += c->usage[at].q[MDL_Q_SERVED][k];
            f[VISITS] += c->usage[at].q[MDL_Q_VISITS][k];
            f[EGRESS] += c->usage[at].q[MDL_Q_EGRESS_GB][k];
        }
    }
    for (int i = 0; i < N_FIGURES; i++) {
        if (i != PEAK)
            f[i] /= study->cfg->horizon_yr;
    }
}

static struct res_estimate figure_ratio(const struct mdl_study *study,
    const struct mdl_case *c, const double *f, int x, int y, double scale)
{
    double xs[MDL_MAX_SECTIONS], ys[MDL_MAX_SECTIONS];
    struct sim_interval interval;

    for (int r = 0; r < study->n_hour_reps; r++) {
        xs[r] = f[r * N_FIGURES + x];
        ys[r] = y >= 0 ? f[r * N_FIGURES + y] : 1.0;
    }
    sim_ratio_estimate(xs, ys, study->n_hour_reps, study->level, &interval);
    if (isnan(interval.value))
        return res_undefined("nothing was used");
    if (!c->fails)
        return res_exact(interval.value * scale);
    return (struct res_estimate){.value = interval.value * scale,
        .half_width = interval.half_width * scale,
        .n = interval.n,
        .reason = isnan(interval.half_width) ? "one replication has no interval"
                                             : NULL};
}

static int put_energy(struct mdl_study *study, const struct mdl_case *c,
    const char *scope, int first, int n)
{
    static const struct {
        const char *name;
        int x, y;
        double scale;
    } rows[] = {{"energy.it", IT, -1, 1.0}, {"energy.site", SITE, -1, 1.0},
        {"carbon.operational", CARBON, -1, 1.0}, {"water", WATER, -1, 1.0},
        {"energy.cost", BILL, -1, 1.0}, {"peak_power", PEAK, -1, 1.0},
        {"pue", SITE, IT, 1.0}, {"energy.per_request", SITE, SERVED, 1000.0},
        {"power.facility.mean", SITE, -1, 1.0 / SIM_H_PER_YR},
        {"truck_rolls_per_year", VISITS, -1, 1.0},
        {"traffic.egress", EGRESS, -1, 1.0}};
    double *f = sim_calloc((size_t)study->n_hour_reps * N_FIGURES, sizeof *f);
    int rc = f != NULL ? SIM_OK : SIM_E_NOMEM;

    for (int r = 0; rc == SIM_OK && r < study->n_hour_reps; r++)
        figures_of(study, c, r, first, n, f + r * N_FIGURES);
    const bool powered = f != NULL && f[IT] > 0.0;
    for (size_t i = 0; rc == SIM_OK && i < sizeof rows / sizeof rows[0]; i++) {
        if (powered || rows[i].x == VISITS || rows[i].x == EGRESS)
            rc = res_put(study->run, scope, rows[i].name,
                figure_ratio(study, c, f, rows[i].x, rows[i].y, rows[i].scale));
    }
    sim_free(f);
    return rc;
}

static int put_day(struct mdl_study *study, const struct mdl_case *c)
{
    double x[24], y[24] = {0};
    struct res_series s = {
        .x_unit = "h", .y_unit = "kW", .n = 24, .x = x, .y = y};
    char name[160];

    for (int h = 0; h < 24; h++) {
        x[h] = h + 0.5;
        for (int r = 0; r < study->n_hour_reps; r++)
            for (int e = 0; e < c->dep->n_entries; e++)
                y[h] += c->hours[r * c->dep->n_entries + e].hour_kw[h] /
                        study->n_hour_reps;
    }
    snprintf(
        name, sizeof name, "%s.power.facility.hour_of_day", c->dep->cfg->name);
    s.name = name;
    return y[0] > 0.0 ? res_add_series(study->run, &s) : SIM_OK;
}

/* Traffic that leaves users' own sites, and bytes in: window ratios. */
static int put_traffic(struct mdl_study *study, const struct mdl_case *c)
{
    const struct mdl_layout *l = &c->layout;
    const double volume = mdl_shares_offered(study->plan, &c->shares, 0.0,
                              study->plan->horizon_s) /
                          study->cfg->horizon_yr;
    static const struct {
        const char *name;
        int count;
    } rows[] = {
        {"traffic.ingress", MDL_INGRESS_B}, {"traffic.left_site", MDL_LEFT_B}};
    double x[MDL_MAX_SECTIONS], y[MDL_MAX_SECTIONS];
    int rc = SIM_OK;

    for (size_t i = 0; rc == SIM_OK && i < 2; i++) {
        for (int r = 0; r < study->n_sections; r++) {
            x[r] = y[r] = 0.0;
            for (int b = 0; b < l->n_classes; b++) {
                const double *n =
                    c->section[r].sum + l->counts + (size_t)b * MDL_N_COUNTS;
                x[r] += n[rows[i].count];
                y[r] += n[MDL_OFFERED];
            }
        }
        rc = res_put(study->run, c->dep->cfg->name, rows[i].name,
            mdl_estimate(study, c, x, y, volume / SIM_BYTES_PER_GB));
    }
    return rc;
}

static int put_users(struct mdl_study *study, const struct mdl_case *c)
{
    int rc = SIM_OK;

    for (int i = 0; rc == SIM_OK && i < study->plan->n_sources; i++) {
        const struct mdl_candidate *first =
            &c->dep->candidates[c->dep->uc_first[i]];
        const int user = study->plan->sources[i].user;
        char scope[200];
        if (study->plan->sources[i].cls != 0 || isnan(first->km))
            continue;
        snprintf(scope, sizeof scope, "%s.user.%s", c->dep->cfg->name,
            study->plan->users[user].name);
        rc = res_put(study->run, scope, "distance", res_exact(first->km));
    }
    return rc;
}

/* The hourly model against the energy of the windows themselves: mean IT power
 * by the one over that by the other, less 1. */
static int put_gap(struct mdl_study *study, const struct mdl_case *c)
{
    double hourly_kw = 0.0;

    if (!study->plan->windowed || c->direct_kw.n == 0)
        return SIM_OK;
    for (int r = 0; r < study->n_hour_reps; r++)
        for (int e = 0; e < c->dep->n_entries; e++)
            hourly_kw += c->hours[r * c->dep->n_entries + e].it_kwh;
    hourly_kw /= study->n_hour_reps * study->cfg->horizon_yr * SIM_H_PER_YR;
    if (!(hourly_kw > 0.0))
        return SIM_OK;
    return res_put(study->run, c->dep->cfg->name, "energy.model_gap",
        (struct res_estimate){.value = c->direct_kw.value / hourly_kw - 1.0,
            .half_width = c->direct_kw.half_width / hourly_kw,
            .n = c->direct_kw.n,
            .reason = c->direct_kw.reason});
}

int mdl_measure_energy(struct mdl_study *study, int dep, struct sim_err *err)
{
    struct mdl_case *c = &study->cases[dep];
    const char *name = c->dep->cfg->name;
    int rc = run_hours(study, c, study->cfg->finance.timing, err);

    if (rc == SIM_OK)
        rc = put_energy(study, c, name, 0, c->dep->n_entries);
    if (rc == SIM_OK)
        rc = put_gap(study, c);
    if (rc == SIM_OK)
        rc = put_day(study, c);
    if (rc == SIM_OK && c->dep->has_requests)
        rc = put_traffic(study, c);
    if (rc == SIM_OK && c->dep->has_requests)
        rc = put_users(study, c);
    for (int i = 0; rc == SIM_OK && i < c->dep->n_entries; i++) {
        char scope[160];
        snprintf(scope, sizeof scope, "%s.site.%s", name,
            c->dep->entries[i].cfg->name);
        rc = put_energy(study, c, scope, i, 1);
    }
    if (rc == SIM_E_NOMEM)
        sim_err_set(err, rc, "out of memory");
    return rc;
}

/* ---- money -------------------------------------------------------------- */

static int plan_money(struct mdl_study *study, int dep,
    struct mdl_money_plan *plan, struct sim_err *err)
{
    const struct mdl_case *c = &study->cases[dep];
    const struct mdl_finance_cfg *finance = &study->cfg->finance;
    struct mdl_money_entry *entries = sim_arena_calloc(
        &study->arena, (size_t)c->dep->n_entries, sizeof *entries);

    if (entries == NULL)
        return sim_err_set(err, SIM_E_NOMEM, "out of memory");
    for (int i = 0; i < c->dep->n_entries; i++)
        entries[i] =
            (struct mdl_money_entry){.name = c->dep->entries[i].cfg->name,
                .procure = c->dep->entries[i].cfg->procure,
                .depreciation = c->dep->entries[i].cfg->cost.depreciation,
                .facility_depreciation =
                    c->dep->entries[i].cfg->facility.depreciation};
    *plan = (struct mdl_money_plan){.deployment = c->dep->cfg->name,
        .horizon_yr = study->cfg->horizon_yr,
        .timing = finance->timing,
        .depreciation = finance->depreciation,
        .n_entries = c->dep->n_entries,
        .entries = entries};
    return SIM_OK;
}

int mdl_measure_money(struct mdl_study *study, struct sim_err *err)
{
    const int n = study->plan->n_deps;
    struct mdl_money_plan *plans =
        sim_arena_calloc(&study->arena, (size_t)n, sizeof *plans);
    struct mdl_money_case *cases =
        sim_arena_calloc(&study->arena, (size_t)n, sizeof *cases);
    int rc = plans != NULL && cases != NULL
                 ? SIM_OK
                 : sim_err_set(err, SIM_E_NOMEM, "out of memory");

    for (int d = 0; rc == SIM_OK && d < n; d++) {
        struct mdl_case *c = &study->cases[d];
        const struct mdl_build_cfg **build = sim_arena_calloc(
            &study->arena, (size_t)c->dep->n_entries, sizeof *build);
        if (build == NULL)
            return sim_err_set(err, SIM_E_NOMEM, "out of memory");
        for (int i = 0; i < c->dep->n_entries; i++)
            build[i] = &c->dep->entries[i].cfg->build;
        rc = mdl_build_metrics(
            study->run, c->dep->cfg->name, build, c->dep->n_entries, err);
        if (rc == SIM_OK)
            rc = plan_money(study, d, &plans[d], err);
        if (rc == SIM_OK && study->cfg->has_finance)
            rc = mdl_money_build(&plans[d], study->run, c->mean_usage,
                &study->run->arena, &study->run->deployments[d].ledger, err);
        cases[d] = (struct mdl_money_case){.plan = &plans[d],
            .ledger = study->run->deployments[d].ledger,
            .mean = c->mean_usage,
            .reps = c->usage,
            .n_reps = c->fails ? study->n_hour_reps : 0};
    }
    const struct mdl_money_case *base = &cases[study->plan->baseline];
    for (int d = 0; rc == SIM_OK && d < n; d++) {
        if (cases[d].ledger != NULL)
            rc = mdl_money_metrics(
                study->run, &cases[d], base->ledger != NULL ? base : NULL, err);
    }
    return rc;
}
