/* Differences from the baseline: value(d) - value(baseline) of metrics of the
 * request level, each with an interval of its own.
 *
 * All deployments see the same requests, failures and hours, so much of what
 * chance does to one it does to the other, and the difference is known far
 * better than either.  The interval is the delete-one jackknife over sections
 * of replications, both deployments without the same section (manual,
 * "Windows, strata, estimates"). */
#include <math.h>
#include <string.h>

#include "models/measure.h"
#include "sim/alloc.h"
#include "sim/stats.h"
#include "sim/units.h"

/* What a section's sums are divided by what. */
enum kind {
    COUNTS,  /* a count over a count */
    LOADS,   /* an integral over an integral */
    AVERAGE, /* an integral over the seconds */
    POWER,
};

struct ratio {
    const char *name;
    enum kind kind;
    int over, under;
    double scale;
};

#define MEAN_OF(time) MDL_SUMS + 2 * (time)

/* clang-format off */
static const struct ratio ratios[] = {
    {"latency.mean",        COUNTS,  MEAN_OF(MDL_LATENCY), MDL_SERVED,     SIM_MS_PER_S},
    {"network.mean",        COUNTS,  MEAN_OF(MDL_NETWORK), MDL_SERVED,     SIM_MS_PER_S},
    {"queue.mean",          COUNTS,  MEAN_OF(MDL_QUEUE),   MDL_SERVED,     SIM_MS_PER_S},
    {"service.mean",        COUNTS,  MEAN_OF(MDL_SERVICE), MDL_SERVED,     SIM_MS_PER_S},
    {"slowdown.mean",       COUNTS,  MDL_SLOWDOWN,         MDL_SERVED,     1.0},
    {"wait_probability",    COUNTS,  MDL_WAITED,           MDL_SERVED,     1.0},
    {"availability",        COUNTS,  MDL_SERVED,           MDL_OFFERED,    1.0},
    {"loss_probability",    COUNTS,  MDL_LOST,             MDL_OFFERED,    1.0},
    {"abandon_probability", COUNTS,  MDL_ABANDONED,        MDL_OFFERED,    1.0},
    {"spill_probability",   COUNTS,  MDL_SPILLED,          MDL_OFFERED,    1.0},
    {"slo.attainment",      COUNTS,  MDL_WITHIN,           MDL_HAS_SLO,    1.0},
    {"utilization",         LOADS,   MDL_BUSY_S,           MDL_SLOTS_UP_S, 1.0},
    {"in_system.mean",      AVERAGE, MDL_IN_SYSTEM_S,      0,              1.0},
    {"queue_length.mean",   AVERAGE, MDL_WAITING_S,        0,              1.0},
    {"busy_servers.mean",   AVERAGE, MDL_BUSY_S,           0,              1.0},
    {"power.mean",          POWER,   0,                    0,              1.0},
};

static const struct quantile {
    const char *names[MDL_N_TIMES];
    double level;
} quantiles[] = {
    {{"latency.p50", "network.p50", "queue.p50", "service.p50"}, 0.5},
    {{"latency.p90", "network.p90", "queue.p90", "service.p90"}, 0.9},
    {{"latency.p95", "network.p95", "queue.p95", "service.p95"}, 0.95},
    {{"latency.p99", "network.p99", "queue.p99", "service.p99"}, 0.99},
    {{"latency.p999", "network.p999", "queue.p999", "service.p999"}, 0.999},
};
/* clang-format on */

enum {
    N_RATIOS = sizeof ratios / sizeof ratios[0],
    N_QUANTILES = sizeof quantiles / sizeof quantiles[0],
};

bool mdl_difference_known(const char *metric)
{
    for (int i = 0; i < N_RATIOS; i++) {
        if (strcmp(ratios[i].name, metric) == 0)
            return true;
    }
    for (int i = 0; i < N_QUANTILES; i++) {
        for (int t = 0; t < MDL_N_TIMES; t++) {
            if (strcmp(quantiles[i].names[t], metric) == 0)
                return true;
        }
    }
    return false;
}

/* A deployment and the baseline, in this order. */
struct pair {
    struct mdl_study *study;
    const struct mdl_case *c[2];
    struct mdl_scope all[2];
    const char *scope;   /* "edge.difference" */
    int n;               /* sections */
    double *x[2], *y[2]; /* [n] totals by section, of ratios */
    double *without;     /* [n] the difference without one section */
};

static int no_memory(struct sim_err *err)
{
    return sim_err_set(err, SIM_E_NOMEM, "out of memory");
}

/* ---- putting ------------------------------------------------------------ */

/* The difference of all sections with its interval, from p->without. */
static struct res_estimate estimate(const struct pair *p, double all)
{
    struct sim_interval interval;
    struct res_estimate e;

    if (isnan(all))
        return res_undefined("nothing was observed");
    sim_jackknife_estimate(all, p->without, p->n, p->study->level, &interval);
    e = (struct res_estimate){.value = interval.value,
        .half_width = interval.half_width,
        .n = interval.n};
    if (isnan(e.half_width))
        e.reason = p->n < 2 ? "one replication has no interval"
                            : "one replication holds all that was observed";
    if (p->c[0]->dep->unstable || p->c[1]->dep->unstable) {
        e.half_width = NAN;
        e.reason = "unstable: one of the two has no steady state";
    }
    return e;
}

static int put(const struct pair *p, const char *name, struct res_estimate e)
{
    return res_put(p->study->run, p->scope, name, e);
}

/* ---- ratios ------------------------------------------------------------- */

static double power_of(const struct mdl_case *c, int section)
{
    double kw_s = 0.0;

    for (int e = 0; e < c->layout.n_entries; e++)
        kw_s += mdl_entry_power(c, section, e);
    return kw_s;
}

/* Numerator and denominator of deployment k, by section. */
static void fill(struct pair *p, const struct ratio *ratio, int k)
{
    const struct mdl_study *study = p->study;
    const struct mdl_case *c = p->c[k];

    if (ratio->kind == COUNTS) {
        mdl_sum_counts(study, c, &p->all[k], ratio->over, p->x[k]);
        mdl_sum_counts(study, c, &p->all[k], ratio->under, p->y[k]);
        return;
    }
    if (ratio->kind == LOADS)
        mdl_sum_loads(study, c, &p->all[k], ratio->under, p->y[k]);
    else
        mdl_sum_head(study, c, MDL_SECONDS, p->y[k]);
    if (ratio->kind != POWER)
        mdl_sum_loads(study, c, &p->all[k], ratio->over, p->x[k]);
    for (int r = 0; ratio->kind == POWER && r < p->n; r++)
        p->x[k][r] = power_of(c, r);
}

static double total(const double *x, int n)
{
    struct sim_sum sum = {0};

    for (int i = 0; i < n; i++)
        sim_sum_add(&sum, x[i]);
    return sim_sum_value(&sum);
}

/* Metrics that are absent from one of the two have no difference. */
static bool absent(const struct pair *p, const struct ratio *ratio)
{
    for (int k = 0; k < 2; k++) {
        bool any = false;
        if (ratio->kind == POWER) {
            for (int e = 0; e < p->c[k]->dep->n_entries; e++)
                any = any || p->c[k]->dep->entries[e].peak_w > 0.0;
        } else {
            any = ratio->under != MDL_HAS_SLO || ratio->kind != COUNTS ||
                  total(p->y[k], p->n) > 0.0;
        }
        if (!any)
            return true;
    }
    return false;
}

static int put_ratio(struct pair *p, const struct ratio *ratio)
{
    double sum_x[2], sum_y[2];

    for (int k = 0; k < 2; k++) {
        fill(p, ratio, k);
        sum_x[k] = total(p->x[k], p->n);
        sum_y[k] = total(p->y[k], p->n);
    }
    if (absent(p, ratio))
        return SIM_OK;
    for (int r = 0; r < p->n; r++) {
        double value[2];
        for (int k = 0; k < 2; k++)
            value[k] = (sum_x[k] - p->x[k][r]) / (sum_y[k] - p->y[k][r]);
        p->without[r] = ratio->scale * (value[0] - value[1]);
    }
    return put(p, ratio->name,
        estimate(
            p, ratio->scale * (sum_x[0] / sum_y[0] - sum_x[1] / sum_y[1])));
}

/* ---- quantiles ---------------------------------------------------------- */

/* A deployment's histograms of one time: of all sections, and of all but
 * one. */
struct times {
    struct sim_whist *section; /* [n] */
    struct sim_whist pool, rest;
};

static int open_times(struct times *t, const struct pair *p, int k, int time)
{
    int rc;

    t->section = sim_calloc((size_t)p->n, sizeof *t->section);
    if (t->section == NULL)
        return SIM_E_NOMEM;
    rc = mdl_scope_hist(p->study, p->c[k], &p->all[k], time, t->section);
    for (int r = 0; rc == SIM_OK && r < p->n; r++)
        rc = sim_whist_merge(&t->pool, &t->section[r]);
    if (rc == SIM_OK)
        rc = sim_whist_merge(&t->rest, &t->pool);
    return rc;
}

static void close_times(struct times *t, int n)
{
    for (int r = 0; t->section != NULL && r < n; r++)
        sim_whist_release(&t->section[r]);
    sim_free(t->section);
    sim_whist_release(&t->pool);
    sim_whist_release(&t->rest);
}

/* Leave out section r.  Weights are not whole numbers in windows: what should
 * be nothing may be a rounding error below it. */
static void leave_out(struct times *t, int r)
{
    const struct sim_whist *out = &t->section[r];

    if (t->pool.n == 0)
        return;
    memcpy(t->rest.weight, t->pool.weight,
        (size_t)t->pool.n * sizeof *t->pool.weight);
    for (int i = 0; i < out->n; i++) {
        double *w = &t->rest.weight[out->first + i - t->pool.first];
        *w = fmax(*w - out->weight[i], 0.0);
    }
}

static int put_time(struct pair *p, struct times *t, int time, double *without)
{
    const double fewest = fmin(mdl_scope_served(p->c[0], &p->all[0]),
        mdl_scope_served(p->c[1], &p->all[1]));
    int rc = SIM_OK;

    for (int r = 0; r < p->n; r++) {
        leave_out(&t[0], r);
        leave_out(&t[1], r);
        for (int q = 0; q < N_QUANTILES; q++)
            without[q * p->n + r] =
                SIM_MS_PER_S *
                (sim_whist_quantile(&t[0].rest, quantiles[q].level) -
                    sim_whist_quantile(&t[1].rest, quantiles[q].level));
    }
    for (int q = 0; rc == SIM_OK && q < N_QUANTILES; q++) {
        const double level = quantiles[q].level;
        const double all =
            SIM_MS_PER_S * (sim_whist_quantile(&t[0].pool, level) -
                               sim_whist_quantile(&t[1].pool, level));
        memcpy(
            p->without, without + q * p->n, (size_t)p->n * sizeof *p->without);
        rc = put(p, quantiles[q].names[time],
            mdl_quantile_rests(level, fewest)
                ? estimate(p, all)
                : res_undefined("fewer than 200 requests beyond the quantile"));
    }
    return rc;
}

static int put_quantiles(struct pair *p, int time)
{
    struct times t[2] = {{0}, {0}};
    double *without = sim_calloc((size_t)p->n * N_QUANTILES, sizeof *without);
    int rc = without != NULL ? SIM_OK : SIM_E_NOMEM;

    for (int k = 0; rc == SIM_OK && k < 2; k++)
        rc = open_times(&t[k], p, k, time);
    if (rc == SIM_OK)
        rc = put_time(p, t, time, without);
    close_times(&t[0], p->n);
    close_times(&t[1], p->n);
    sim_free(without);
    return rc;
}

/* ---- a deployment ------------------------------------------------------- */

int mdl_measure_difference(
    struct mdl_study *study, int dep, struct sim_err *err)
{
    const struct mdl_plan *plan = study->plan;
    const size_t n = (size_t)study->n_sections;
    struct pair p = {.study = study,
        .c = {&study->cases[dep], &study->cases[plan->baseline]},
        .n = study->n_sections};
    double *block;
    int rc = SIM_OK;

    if (dep == plan->baseline || !p.c[0]->dep->has_requests)
        return SIM_OK;
    p.scope = sim_arena_printf(
        &study->run->arena, "%s.difference", p.c[0]->dep->cfg->name);
    block = sim_calloc(5 * n, sizeof *block);
    if (p.scope == NULL || block == NULL) {
        sim_free(block);
        return no_memory(err);
    }
    for (int k = 0; k < 2; k++) {
        p.all[k] = mdl_scope_all(p.c[k], p.scope);
        p.x[k] = block + (size_t)k * n;
        p.y[k] = block + (size_t)(2 + k) * n;
    }
    p.without = block + 4 * n;
    for (int i = 0; rc == SIM_OK && i < N_RATIOS; i++)
        rc = put_ratio(&p, &ratios[i]);
    for (int t = 0; rc == SIM_OK && t < MDL_N_TIMES; t++)
        rc = put_quantiles(&p, t);
    sim_free(block);
    return rc == SIM_E_NOMEM ? no_memory(err) : rc;
}
