/* Metrics of the request level: sums and histograms over sections become
 * estimates (manual, "Windows, strata, estimates"). */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "models/study.h"
#include "sim/alloc.h"
#include "sim/stats.h"
#include "sim/units.h"

enum { CURVE_POINTS = 240, N_QUANTILES = 5 };

/* Fewer requests than this beyond a quantile: a warning per replication,
 * withheld in all. */
#define MIN_BEYOND 200.0

static const char *const time_names[MDL_N_TIMES] = {
    "latency", "network", "queue", "service"};
static const char *const quantile_names[N_QUANTILES] = {
    "p50", "p90", "p95", "p99", "p999"};
static const double quantile_levels[N_QUANTILES] = {
    0.5, 0.9, 0.95, 0.99, 0.999};

/* A scope of metrics: block scopes [first, first + n) filtered by tier. */
struct scope {
    const char *name;
    int first, n;
    const char *tier; /* NULL: all */
    int entry;        /* >= 0: loads of this entry; -1: of all (tier's) */
    int cls;          /* >= 0: a class scope */
    bool main;        /* the deployment itself */
};

static bool in_scope(const struct mdl_case *c, const struct scope *s, int block)
{
    const int entry = block - c->layout.n_classes;

    if (block < s->first || block >= s->first + s->n)
        return false;
    return s->tier == NULL ||
           strcmp(c->dep->entries[entry].cfg->tier, s->tier) == 0;
}

/* Why an estimate has no interval. */
static void withhold(const struct mdl_case *c, struct res_estimate *e)
{
    if (isnan(e->half_width))
        e->reason = "one replication has no interval";
    if (c->dep->unstable) {
        e->half_width = NAN;
        e->reason = "unstable: offered load reaches capacity, no steady state";
    }
}

struct res_estimate mdl_estimate(const struct mdl_study *study,
    const struct mdl_case *c, const double *x, const double *y, double scale)
{
    struct sim_interval interval;
    struct res_estimate e = {0};

    sim_ratio_estimate(x, y, study->n_sections, study->level, &interval);
    e.value = interval.value * scale;
    e.half_width = interval.half_width * fabs(scale);
    e.n = interval.n;
    if (isnan(e.value))
        return res_undefined("nothing was observed");
    withhold(c, &e);
    return e;
}

/* ---- sums by section --------------------------------------------------------
 */

static void sum_counts(const struct mdl_study *study, const struct mdl_case *c,
    const struct scope *s, int count, double *x)
{
    const struct mdl_layout *l = &c->layout;

    for (int r = 0; r < study->n_sections; r++) {
        x[r] = 0.0;
        for (int b = s->first; b < s->first + s->n; b++) {
            if (in_scope(c, s, b))
                x[r] += c->section[r].sum[l->counts + (size_t)b * MDL_N_COUNTS +
                                          (size_t)count];
        }
    }
}

static void sum_loads(const struct mdl_study *study, const struct mdl_case *c,
    const struct scope *s, int load, double *x)
{
    const struct mdl_layout *l = &c->layout;

    for (int r = 0; r < study->n_sections; r++) {
        x[r] = 0.0;
        for (int e = 0; e < l->n_entries; e++) {
            if (s->entry >= 0
                    ? e == s->entry
                    : s->tier == NULL ||
                          strcmp(c->dep->entries[e].cfg->tier, s->tier) == 0)
                x[r] +=
                    c->section[r]
                        .sum[l->loads + (size_t)e * MDL_N_LOADS + (size_t)load];
        }
    }
}

static void sum_head(const struct mdl_study *study, const struct mdl_case *c,
    int head, double *x)
{
    for (int r = 0; r < study->n_sections; r++)
        x[r] = c->section[r].sum[head];
}

/* ---- putting
 * ------------------------------------------------------------------ */

struct put {
    struct mdl_study *study;
    const struct mdl_case *c;
    const struct scope *scope;
    double *x, *y; /* [n_sections] */
    int rc;
};

static void put(struct put *p, const char *name, struct res_estimate e)
{
    if (p->rc == SIM_OK)
        p->rc = res_put(p->study->run, p->scope->name, name, e);
}

static void put_ratio(struct put *p, const char *name, double scale)
{
    put(p, name, mdl_estimate(p->study, p->c, p->x, p->y, scale));
}

static void put_count_ratio(
    struct put *p, const char *name, int count, int over, double scale)
{
    sum_counts(p->study, p->c, p->scope, count, p->x);
    sum_counts(p->study, p->c, p->scope, over, p->y);
    put_ratio(p, name, scale);
}

/* ---- times
 * ---------------------------------------------------------------------- */

static int merge_hist(const struct mdl_study *study, const struct mdl_case *c,
    const struct scope *s, int time, struct sim_whist *out)
{
    for (int r = 0; r < study->n_sections; r++) {
        for (int b = s->first; b < s->first + s->n; b++) {
            if (!in_scope(c, s, b))
                continue;
            const int rc = sim_whist_merge(
                &out[r], &c->section[r].hist[b * MDL_N_TIMES + time]);
            if (rc != SIM_OK)
                return rc;
        }
    }
    return SIM_OK;
}

static double raw_served(const struct mdl_case *c, const struct scope *s)
{
    double sum = 0.0;

    for (int b = s->first; b < s->first + s->n; b++)
        sum += in_scope(c, s, b) ? c->raw_served[b] : 0.0;
    return sum;
}

/* Standard deviation by moments, its interval by the jackknife. */
static struct res_estimate sd_estimate(struct put *p, int time)
{
    const int n = p->study->n_sections;
    double *sum = sim_calloc(3 * (size_t)n, sizeof *sum);
    double *without = sim_calloc((size_t)n, sizeof *without);
    double total[3] = {0.0, 0.0, 0.0};
    struct res_estimate e = res_undefined("nothing was observed");

    if (sum == NULL || without == NULL) {
        p->rc = SIM_E_NOMEM;
        goto out;
    }
    sum_counts(p->study, p->c, p->scope, MDL_SUMS + 2 * time, sum);
    sum_counts(p->study, p->c, p->scope, MDL_SUMS + 2 * time + 1, sum + n);
    sum_counts(p->study, p->c, p->scope, MDL_SERVED, sum + 2 * n);
    for (int i = 0; i < n; i++)
        for (int k = 0; k < 3; k++)
            total[k] += sum[k * n + i];
    for (int i = -1; i < n; i++) {
        double t[3];
        for (int k = 0; k < 3; k++)
            t[k] = total[k] - (i >= 0 ? sum[k * n + i] : 0.0);
        const double mean = t[0] / t[2];
        const double sd =
            SIM_MS_PER_S * sqrt(fmax(t[1] / t[2] - mean * mean, 0.0));
        if (i < 0)
            e.value = sd;
        else
            without[i] = sd;
    }
    if (total[2] > 0.0) {
        struct sim_interval interval;
        sim_jackknife_estimate(e.value, without, n, p->study->level, &interval);
        e = (struct res_estimate){.value = interval.value,
            .n = interval.n,
            .half_width = interval.half_width};
        withhold(p->c, &e);
    } else {
        e = res_undefined("nothing was observed");
    }
out:
    sim_free(sum);
    sim_free(without);
    return e;
}

static struct res_estimate max_estimate(struct put *p, int time)
{
    const struct mdl_layout *l = &p->c->layout;
    double max = 0.0;

    if (!(raw_served(p->c, p->scope) > 0.0))
        return res_undefined("nothing was observed");
    for (int r = 0; r < p->study->n_sections; r++) {
        for (int b = p->scope->first; b < p->scope->first + p->scope->n; b++) {
            if (in_scope(p->c, p->scope, b))
                max = fmax(max,
                    p->c->section[r]
                        .sum[l->max + (size_t)b * MDL_N_TIMES + (size_t)time]);
        }
    }
    return (struct res_estimate){.value = SIM_MS_PER_S * max,
        .half_width = NAN,
        .n = p->study->done,
        .reason = "largest seen, no interval"};
}

bool mdl_quantile_rests(double level, double served)
{
    return served * (1.0 - level) >= MIN_BEYOND || level <= 0.5;
}

static struct res_estimate quantile_estimate(
    struct put *p, const struct sim_whist *hist, double level, double served)
{
    struct sim_interval interval;
    struct res_estimate e;

    if (!mdl_quantile_rests(level, served))
        return res_undefined("fewer than 200 requests beyond the quantile");
    p->rc = sim_quantile_estimate(
        hist, p->study->n_sections, level, p->study->level, &interval);
    if (p->rc != SIM_OK || isnan(interval.value))
        return res_undefined("nothing was observed");
    e = (struct res_estimate){.value = SIM_MS_PER_S * interval.value,
        .half_width = SIM_MS_PER_S * interval.half_width,
        .n = interval.n};
    withhold(p->c, &e);
    return e;
}

static void put_quantiles(struct put *p, int time)
{
    const size_t n = (size_t)p->study->n_sections;
    struct sim_whist *hist = sim_calloc(n, sizeof *hist);
    const double served = raw_served(p->c, p->scope);
    char name[64];

    if (hist == NULL)
        p->rc = SIM_E_NOMEM;
    else
        p->rc = merge_hist(p->study, p->c, p->scope, time, hist);
    for (int q = 0; q < N_QUANTILES && p->rc == SIM_OK; q++) {
        const double beyond = served * (1.0 - quantile_levels[q]);
        snprintf(
            name, sizeof name, "%s.%s", time_names[time], quantile_names[q]);
        const struct res_estimate e =
            quantile_estimate(p, hist, quantile_levels[q], served);
        if (p->rc != SIM_OK)
            break;
        put(p, name, e);
        if (p->scope->main && time == MDL_LATENCY && isfinite(e.half_width) &&
            beyond >= MIN_BEYOND &&
            beyond / (double)p->study->done < MIN_BEYOND && p->rc == SIM_OK)
            p->rc = res_warn(p->study->run,
                "%s.%s rests on %.0f requests per replication beyond it; its "
                "interval may be too narrow",
                p->scope->name, name, beyond / (double)p->study->done);
    }
    for (size_t i = 0; hist != NULL && i < n; i++)
        sim_whist_release(&hist[i]);
    sim_free(hist);
}

static void put_times(struct put *p)
{
    char name[64];

    for (int t = 0; t < MDL_N_TIMES && p->rc == SIM_OK; t++) {
        snprintf(name, sizeof name, "%s.mean", time_names[t]);
        put_count_ratio(p, name, MDL_SUMS + 2 * t, MDL_SERVED, SIM_MS_PER_S);
        snprintf(name, sizeof name, "%s.sd", time_names[t]);
        put(p, name, sd_estimate(p, t));
        snprintf(name, sizeof name, "%s.max", time_names[t]);
        put(p, name, max_estimate(p, t));
        put_quantiles(p, t);
    }
    put_count_ratio(p, "slowdown.mean", MDL_SLOWDOWN, MDL_SERVED, 1.0);
    put_count_ratio(p, "queue.second_moment", MDL_SUMS + 2 * MDL_QUEUE + 1,
        MDL_SERVED, SIM_MS_PER_S * SIM_MS_PER_S);
}

/* ---- counts and loads
 * -------------------------------------------------------------- */

/* A total is the ratio to the offered requests of the deployment times their
 * exact number, never an expansion of the sample. */
static void put_totals(
    struct put *p, const struct scope *all, double volume, double seconds)
{
    static const struct {
        const char *name;
        int count;
    } totals[] = {{"requests.offered", MDL_OFFERED},
        {"requests.served", MDL_SERVED}, {"requests.lost", MDL_LOST},
        {"requests.abandoned", MDL_ABANDONED},
        {"requests.spilled", MDL_SPILLED}};

    for (size_t i = 0; i < sizeof totals / sizeof totals[0]; i++) {
        sum_counts(p->study, p->c, p->scope, totals[i].count, p->x);
        sum_counts(p->study, p->c, all, MDL_OFFERED, p->y);
        if (totals[i].count == MDL_OFFERED && p->scope->cls < 0 &&
            p->scope->main)
            put(p, totals[i].name, res_exact(volume));
        else
            put_ratio(p, totals[i].name, volume);
    }
    sum_counts(p->study, p->c, p->scope, MDL_OFFERED, p->x);
    sum_counts(p->study, p->c, all, MDL_OFFERED, p->y);
    if (p->scope->main)
        put(p, "requests.rate", res_exact(volume / seconds));
    else
        put_ratio(p, "requests.rate", volume / seconds);
    sum_counts(p->study, p->c, p->scope, MDL_SERVED, p->x);
    put_ratio(p, "requests.served_rate", volume / seconds);
}

static void put_shares(struct put *p)
{
    put_count_ratio(p, "loss_probability", MDL_LOST, MDL_OFFERED, 1.0);
    put_count_ratio(p, "abandon_probability", MDL_ABANDONED, MDL_OFFERED, 1.0);
    put_count_ratio(p, "spill_probability", MDL_SPILLED, MDL_OFFERED, 1.0);
    put_count_ratio(p, "wait_probability", MDL_WAITED, MDL_SERVED, 1.0);
    put_count_ratio(p, "availability", MDL_SERVED, MDL_OFFERED, 1.0);
}

static void put_loads(struct put *p)
{
    static const struct {
        const char *name;
        int load;
    } means[] = {{"in_system.mean", MDL_IN_SYSTEM_S},
        {"queue_length.mean", MDL_WAITING_S},
        {"busy_servers.mean", MDL_BUSY_S}};

    for (size_t i = 0; i < sizeof means / sizeof means[0]; i++) {
        sum_loads(p->study, p->c, p->scope, means[i].load, p->x);
        sum_head(p->study, p->c, MDL_SECONDS, p->y);
        put_ratio(p, means[i].name, 1.0);
    }
    sum_loads(p->study, p->c, p->scope, MDL_BUSY_S, p->x);
    sum_loads(p->study, p->c, p->scope, MDL_SLOTS_UP_S, p->y);
    put_ratio(p, "utilization", 1.0);
}

static bool any_sum(const struct mdl_study *study, const double *x)
{
    for (int r = 0; r < study->n_sections; r++) {
        if (x[r] > 0.0)
            return true;
    }
    return false;
}

/* Batches, and the states of servers that switch off. */
static void put_states(struct put *p)
{
    static const struct {
        const char *name;
        int load;
    } shares[] = {{"time_share.off", MDL_OFF_S},
        {"time_share.boot", MDL_BOOT_S}, {"time_share.idle", MDL_IDLE_S},
        {"time_share.busy", MDL_BUSY_S}};

    sum_loads(p->study, p->c, p->scope, MDL_BATCHED, p->x);
    sum_loads(p->study, p->c, p->scope, MDL_BATCHES, p->y);
    if (any_sum(p->study, p->y))
        put_ratio(p, "batch_size.mean", 1.0);
    sum_loads(p->study, p->c, p->scope, MDL_OFF_S, p->y);
    if (!any_sum(p->study, p->y))
        return;
    for (size_t i = 0; i < sizeof shares / sizeof shares[0]; i++) {
        sum_loads(p->study, p->c, p->scope, shares[i].load, p->x);
        sum_loads(p->study, p->c, p->scope, MDL_SLOTS_UP_S, p->y);
        put_ratio(p, shares[i].name, 1.0);
    }
}

/* By the states of its slots where servers switch off, else idle by servers up
 * and the rest by busy slots. */
double mdl_entry_power(const struct mdl_case *c, int section, int entry)
{
    const struct mdl_entry *e = &c->dep->entries[entry];
    const double *load =
        c->section[section].sum + c->layout.loads + (size_t)entry * MDL_N_LOADS;
    const int slots = c->dep->members[e->first_member].slots_per_server;
    double w = (e->peak_w - e->idle_w) * load[MDL_BUSY_S];

    if (e->cfg->has_power_off)
        w += e->idle_w * (load[MDL_BUSY_S] + load[MDL_IDLE_S]) +
             e->off_w * load[MDL_OFF_S] + e->boot_w * load[MDL_BOOT_S];
    else
        w += e->idle_w * load[MDL_SLOTS_UP_S];
    return w / slots / SIM_W_PER_KW;
}

/* IT power in the windows: idle by servers up, the rest by busy slots. */
static void put_power(struct put *p)
{
    const struct mdl_layout *l = &p->c->layout;
    bool any = false;

    for (int r = 0; r < p->study->n_sections; r++) {
        p->x[r] = 0.0;
        p->y[r] = p->c->section[r].sum[MDL_SECONDS];
        for (int e = 0; e < l->n_entries; e++) {
            const struct mdl_entry *entry = &p->c->dep->entries[e];
            if (p->scope->entry >= 0 && e != p->scope->entry)
                continue;
            if (p->scope->tier != NULL &&
                strcmp(entry->cfg->tier, p->scope->tier) != 0)
                continue;
            any = any || entry->peak_w > 0.0;
            p->x[r] += mdl_entry_power(p->c, r, e);
        }
    }
    if (!any)
        return;
    const struct res_estimate e = mdl_estimate(p->study, p->c, p->x, p->y, 1.0);
    put(p, "power.mean", e);
    if (p->scope->main)
        p->study->cases[p->c - p->study->cases].direct_kw = e;
}

/* ---- objectives
 * ---------------------------------------------------------------------- */

static void put_objective(struct put *p)
{
    const struct mdl_study *study = p->study;
    double worst = 1.0;
    bool any = false;

    for (int i = 0; i < study->plan->n_classes; i++) {
        const struct mdl_class *c = &study->plan->classes[i];
        const struct scope one = {.first = i, .n = 1, .entry = -1, .cls = i};
        if (!(c->slo_level > 0.0) || (p->scope->cls >= 0 && p->scope->cls != i))
            continue;
        any = true;
        sum_counts(study, p->c, &one, MDL_WITHIN, p->x);
        sum_counts(study, p->c, &one, MDL_HAS_SLO, p->y);
        const struct res_estimate e =
            mdl_estimate(study, p->c, p->x, p->y, 1.0);
        worst = e.value >= c->slo_level ? worst : 0.0;
    }
    if (!any)
        return;
    put_count_ratio(p, "slo.attainment", MDL_WITHIN, MDL_HAS_SLO, 1.0);
    put(p, "slo.met",
        (struct res_estimate){
            .value = worst, .half_width = NAN, .n = study->done});
}

/* ---- the CDF
 * ----------------------------------------------------------------------------
 */

static int curve_of(struct mdl_study *study, const struct mdl_case *c,
    const char *name, const struct sim_whist *hist, struct sim_whist *pool)
{
    double x[CURVE_POINTS], y[CURVE_POINTS], lo[CURVE_POINTS], hi[CURVE_POINTS];
    double *above = sim_calloc(2 * (size_t)study->n_sections, sizeof *above);
    double *total = above != NULL ? above + study->n_sections : NULL;
    struct res_series s = {.name = name,
        .x_unit = "ms",
        .y_unit = "1",
        .x = x,
        .y = y,
        .lo = lo,
        .hi = hi};
    int rc;

    if (above == NULL)
        return SIM_E_NOMEM;
    for (int r = 0; r < study->n_sections; r++)
        total[r] = sim_whist_total(&hist[r]);
    /* even in level up to the median, then even in log(1 - level) to 0.9999 */
    for (int i = 0; i < CURVE_POINTS; i++) {
        const double u = (double)i / (CURVE_POINTS - 1);
        const double level = u < 0.4 ? 0.001 + u / 0.4 * 0.499
                                     : 1.0 - 0.5 * pow(2e-4, (u - 0.4) / 0.6);
        const double t = sim_whist_quantile(pool, level);
        if (s.n > 0 && !(SIM_MS_PER_S * t > x[s.n - 1]))
            continue;
        for (int r = 0; r < study->n_sections; r++)
            above[r] = sim_whist_below(&hist[r], t);
        const struct res_estimate e = mdl_estimate(study, c, above, total, 1.0);
        const double half = isnan(e.half_width) ? 0.0 : e.half_width;
        x[s.n] = SIM_MS_PER_S * t;
        y[s.n] = e.value;
        lo[s.n] = fmax(e.value - half, 0.0);
        hi[s.n] = fmin(e.value + half, 1.0);
        s.n++;
    }
    rc = s.n > 1 ? res_add_series(study->run, &s) : SIM_OK;
    sim_free(above);
    return rc;
}

static int put_curve(struct mdl_study *study, const struct mdl_case *c,
    const struct scope *scope)
{
    const size_t n = (size_t)study->n_sections;
    struct sim_whist *hist = sim_calloc(n, sizeof *hist), pool = {0};
    char name[160];
    int rc = hist != NULL ? merge_hist(study, c, scope, MDL_LATENCY, hist)
                          : SIM_E_NOMEM;

    for (size_t i = 0; rc == SIM_OK && i < n; i++)
        rc = sim_whist_merge(&pool, &hist[i]);
    snprintf(name, sizeof name, "%s.latency.cdf", scope->name);
    if (rc == SIM_OK && sim_whist_total(&pool) > 0.0)
        rc = curve_of(study, c, name, hist, &pool);
    for (size_t i = 0; hist != NULL && i < n; i++)
        sim_whist_release(&hist[i]);
    sim_whist_release(&pool);
    sim_free(hist);
    return rc;
}

/* ---- scopes
 * -------------------------------------------------------------------------------
 */

/* Exact offered requests and the time they are spread over. */
static int volume_of(const struct mdl_study *study, double *volume,
    double *seconds, struct sim_err *err)
{
    const struct mdl_simulate_cfg *sim = &study->cfg->simulate;
    double lead_s = 0.0, rate = 0.0;
    int64_t lead_n = 0;

    for (int i = 0; i < study->plan->n_classes; i++)
        rate += study->plan->classes[i].rate_per_s;
    if (study->plan->windowed) {
        *seconds = study->plan->horizon_s;
        *volume = mdl_offered_total(study->plan, -1);
        return SIM_OK;
    }
    mdl_study_warmup(study, &lead_s, &lead_n);
    if (sim->requests >= 0) {
        *volume = (double)sim->requests;
        *seconds = *volume / rate;
        return SIM_OK;
    }
    *seconds = sim->duration_s - lead_s;
    *volume = 0.0;
    for (int i = 0; i < study->plan->n_sources; i++) {
        const struct mdl_rate r = mdl_plan_rate(study->plan, i);
        if (study->plan->classes[study->plan->sources[i].cls].trace.n == 0)
            *volume += mdl_rate_integral(&r, lead_s, sim->duration_s);
    }
    for (int i = 0; i < study->plan->n_classes; i++) {
        const struct mdl_trace *trace = &study->plan->classes[i].trace;
        int64_t n = 0;
        const int rc = trace->n > 0 ? mdl_trace_count(trace, lead_s,
                                          sim->duration_s, &n, err)
                                    : SIM_OK;
        if (rc != SIM_OK)
            return rc;
        *volume += (double)n;
    }
    return SIM_OK;
}

static int measure_scope(struct mdl_study *study, const struct mdl_case *c,
    const struct scope *scope, const struct scope *all, double volume,
    double seconds)
{
    const size_t n = (size_t)study->n_sections;
    double *x = sim_calloc(2 * n, sizeof *x);
    struct put p = {.study = study,
        .c = c,
        .scope = scope,
        .x = x,
        .y = x != NULL ? x + n : NULL,
        .rc = x != NULL ? SIM_OK : SIM_E_NOMEM};

    if (p.rc == SIM_OK)
        put_totals(&p, all, volume, seconds);
    if (p.rc == SIM_OK)
        put_shares(&p);
    if (p.rc == SIM_OK)
        put_times(&p);
    if (p.rc == SIM_OK && scope->cls < 0) {
        put_loads(&p);
        put_states(&p);
        put_power(&p);
    }
    if (p.rc == SIM_OK && (scope->main || scope->cls >= 0))
        put_objective(&p);
    if (p.rc == SIM_OK && scope->main) {
        sum_head(study, c, MDL_OVERLOADED, p.x);
        double sum = 0.0, clipped = 0.0;
        for (size_t i = 0; i < n; i++) {
            sum += c->section[i].sum[MDL_OVERLOADED];
            clipped += c->section[i].sum[MDL_CLIPPED];
        }
        put(&p, "windows.overloaded", res_exact(sum));
        put(&p, "windows.clipped", res_exact(clipped));
    }
    sim_free(x);
    return p.rc;
}

/* Name of a scope in the results' arena. */
static const char *scope_name(struct mdl_study *study, const char *dep,
    const char *kind, const char *name)
{
    return kind != NULL ? sim_arena_printf(
                              &study->run->arena, "%s.%s.%s", dep, kind, name)
                        : sim_arena_strdup(&study->run->arena, dep);
}

static bool tier_seen(const struct mdl_dep *dep, int entry)
{
    for (int i = 0; i < entry; i++) {
        if (strcmp(dep->entries[i].cfg->tier, dep->entries[entry].cfg->tier) ==
            0)
            return true;
    }
    return false;
}

int mdl_measure_requests(struct mdl_study *study, int dep, struct sim_err *err)
{
    const struct mdl_case *c = &study->cases[dep];
    const int n_classes = c->layout.n_classes, n_entries = c->layout.n_entries;
    const char *name = c->dep->cfg->name;
    const struct scope all = {
        .name = name, .n = n_classes, .entry = -1, .cls = -1, .main = true};
    double volume, seconds;
    int rc;

    if (!c->dep->has_requests)
        return SIM_OK;
    rc = volume_of(study, &volume, &seconds, err);
    if (rc == SIM_OK)
        rc = measure_scope(study, c, &all, &all, volume, seconds);
    if (rc == SIM_OK)
        rc = put_curve(study, c, &all);
    for (int i = 0; rc == SIM_OK && i < n_classes; i++) {
        const struct scope s = {.first = i,
            .n = 1,
            .entry = -1,
            .cls = i,
            .name = scope_name(
                study, name, "class", study->plan->classes[i].cfg->name)};
        rc = s.name != NULL ? measure_scope(study, c, &s, &all, volume, seconds)
                            : SIM_E_NOMEM;
    }
    for (int i = 0; rc == SIM_OK && i < n_entries; i++) {
        const struct mdl_site_cfg *site = c->dep->entries[i].cfg;
        const struct scope s = {.first = n_classes + i,
            .n = 1,
            .entry = i,
            .cls = -1,
            .name = scope_name(study, name, "site", site->name)};
        const struct scope t = {.first = n_classes,
            .n = n_entries,
            .entry = -1,
            .cls = -1,
            .tier = site->tier,
            .name = scope_name(study, name, "tier", site->tier)};
        rc = s.name != NULL && t.name != NULL
                 ? measure_scope(study, c, &s, &all, volume, seconds)
                 : SIM_E_NOMEM;
        if (rc == SIM_OK && !tier_seen(c->dep, i))
            rc = measure_scope(study, c, &t, &all, volume, seconds);
    }
    if (rc == SIM_E_NOMEM)
        return sim_err_set(err, rc, "out of memory");
    return rc;
}

/* ---- one metric, for the precision stop
 * ------------------------------------------------------ */

struct res_estimate mdl_measure_one(
    const struct mdl_study *study, int dep, const char *metric)
{
    const struct mdl_case *c = &study->cases[dep];
    const struct scope all = {.name = "",
        .n = c->layout.n_classes,
        .entry = -1,
        .cls = -1,
        .main = true};
    const size_t n = (size_t)study->n_sections;
    struct sim_whist *hist = sim_calloc(n, sizeof *hist);
    double *x = sim_calloc(2 * n, sizeof *x);
    struct res_estimate e = res_undefined("not a metric of requests");
    struct mdl_study copy = *study;
    struct put p = {.study = &copy,
        .c = c,
        .scope = &all,
        .x = x,
        .y = x != NULL ? x + n : NULL};

    for (int t = 0; x != NULL && hist != NULL && t < MDL_N_TIMES; t++) {
        const size_t len = strlen(time_names[t]);
        if (strncmp(metric, time_names[t], len) != 0 || metric[len] != '.')
            continue;
        if (strcmp(metric + len + 1, "mean") == 0) {
            sum_counts(study, c, &all, MDL_SUMS + 2 * t, p.x);
            sum_counts(study, c, &all, MDL_SERVED, p.y);
            e = mdl_estimate(study, c, p.x, p.y, SIM_MS_PER_S);
        }
        for (int q = 0; q < N_QUANTILES; q++) {
            if (strcmp(metric + len + 1, quantile_names[q]) == 0 &&
                merge_hist(study, c, &all, t, hist) == SIM_OK)
                e = quantile_estimate(
                    &p, hist, quantile_levels[q], raw_served(c, &all));
        }
    }
    if (x != NULL && strcmp(metric, "loss_probability") == 0) {
        sum_counts(study, c, &all, MDL_LOST, p.x);
        sum_counts(study, c, &all, MDL_OFFERED, p.y);
        e = mdl_estimate(study, c, p.x, p.y, 1.0);
    }
    for (size_t i = 0; hist != NULL && i < n; i++)
        sim_whist_release(&hist[i]);
    sim_free(hist);
    sim_free(x);
    return e;
}
