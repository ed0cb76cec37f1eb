/* Means, standard deviations, percentiles and largest values of times. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "models/measure.h"
#include "sim/alloc.h"
#include "sim/stats.h"
#include "sim/units.h"

enum { N_QUANTILES = 5 };

/* Fewer requests than this beyond a quantile: a warning per replication,
 * withheld in all. */
#define MIN_BEYOND 200.0

static const char *const time_names[MDL_N_TIMES] = {
    "latency", "network", "queue", "service"};
static const char *const quantile_names[N_QUANTILES] = {
    "p50", "p90", "p95", "p99", "p999"};
static const double quantile_levels[N_QUANTILES] = {
    0.5, 0.9, 0.95, 0.99, 0.999};

int mdl_scope_hist(const struct mdl_study *study, const struct mdl_case *c,
    const struct mdl_scope *s, int time, struct sim_whist *out)
{
    for (int r = 0; r < study->n_sections; r++) {
        for (int b = s->first; b < s->first + s->n; b++) {
            if (!mdl_scope_has(c, s, b))
                continue;
            const int rc = sim_whist_merge(
                &out[r], &c->section[r].hist[b * MDL_N_TIMES + time]);
            if (rc != SIM_OK)
                return rc;
        }
    }
    return SIM_OK;
}

/* Standard deviation by moments, its interval by the jackknife. */
static struct res_estimate sd_estimate(struct mdl_put *p, int time)
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
    mdl_sum_counts(p->study, p->c, p->scope, MDL_SUMS + 2 * time, sum);
    mdl_sum_counts(p->study, p->c, p->scope, MDL_SUMS + 2 * time + 1, sum + n);
    mdl_sum_counts(p->study, p->c, p->scope, MDL_SERVED, sum + 2 * n);
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
        mdl_withhold(p->c, &e);
    } else {
        e = res_undefined("nothing was observed");
    }
out:
    sim_free(sum);
    sim_free(without);
    return e;
}

static struct res_estimate max_estimate(struct mdl_put *p, int time)
{
    const struct mdl_layout *l = &p->c->layout;
    double max = 0.0;

    if (!(mdl_scope_served(p->c, p->scope) > 0.0))
        return res_undefined("nothing was observed");
    for (int r = 0; r < p->study->n_sections; r++) {
        for (int b = p->scope->first; b < p->scope->first + p->scope->n; b++) {
            if (mdl_scope_has(p->c, p->scope, b))
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

static struct res_estimate quantile_estimate(struct mdl_put *p,
    const struct sim_whist *hist, double level, double served)
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
    mdl_withhold(p->c, &e);
    return e;
}

static void put_quantiles(struct mdl_put *p, int time)
{
    const size_t n = (size_t)p->study->n_sections;
    struct sim_whist *hist = sim_calloc(n, sizeof *hist);
    const double served = mdl_scope_served(p->c, p->scope);
    char name[64];

    if (hist == NULL)
        p->rc = SIM_E_NOMEM;
    else
        p->rc = mdl_scope_hist(p->study, p->c, p->scope, time, hist);
    for (int q = 0; q < N_QUANTILES && p->rc == SIM_OK; q++) {
        const double beyond = served * (1.0 - quantile_levels[q]);
        snprintf(
            name, sizeof name, "%s.%s", time_names[time], quantile_names[q]);
        const struct res_estimate e =
            quantile_estimate(p, hist, quantile_levels[q], served);
        if (p->rc != SIM_OK)
            break;
        mdl_put(p, name, e);
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

/* Slowdown by size of work. */
static void put_bins(struct mdl_put *p)
{
    const struct mdl_layout *l = &p->c->layout;
    char name[64];

    for (int k = 0; k < l->n_bins; k++) {
        for (int r = 0; r < p->study->n_sections; r++) {
            const double *bins = p->c->section[r].sum + l->bins;
            p->x[r] = p->y[r] = 0.0;
            for (int b = 0; b < l->n_scopes; b++) {
                const double *bin =
                    bins + ((size_t)b * (size_t)l->n_bins + (size_t)k) *
                               MDL_N_BIN_SUMS;
                if (!mdl_scope_has(p->c, p->scope, b))
                    continue;
                p->x[r] += bin[MDL_BIN_SLOWDOWN];
                p->y[r] += bin[MDL_BIN_SERVED];
            }
        }
        snprintf(name, sizeof name, "slowdown.bin.%d.mean", k);
        mdl_put_ratio(p, name, 1.0);
    }
}

void mdl_put_times(struct mdl_put *p)
{
    char name[64];

    for (int t = 0; t < MDL_N_TIMES && p->rc == SIM_OK; t++) {
        snprintf(name, sizeof name, "%s.mean", time_names[t]);
        mdl_put_count_ratio(
            p, name, MDL_SUMS + 2 * t, MDL_SERVED, SIM_MS_PER_S);
        snprintf(name, sizeof name, "%s.sd", time_names[t]);
        mdl_put(p, name, sd_estimate(p, t));
        snprintf(name, sizeof name, "%s.max", time_names[t]);
        mdl_put(p, name, max_estimate(p, t));
        put_quantiles(p, t);
    }
    mdl_put_count_ratio(p, "slowdown.mean", MDL_SLOWDOWN, MDL_SERVED, 1.0);
    put_bins(p);
    mdl_put_count_ratio(p, "queue.second_moment", MDL_SUMS + 2 * MDL_QUEUE + 1,
        MDL_SERVED, SIM_MS_PER_S * SIM_MS_PER_S);
}

/* ---- one metric, for the precision stop --------------------------------- */

bool mdl_measure_known(const char *metric)
{
    if (strcmp(metric, "utilization") == 0 ||
        strcmp(metric, "loss_probability") == 0)
        return true;
    for (int t = 0; t < MDL_N_TIMES; t++) {
        const size_t len = strlen(time_names[t]);
        if (strncmp(metric, time_names[t], len) != 0 || metric[len] != '.')
            continue;
        for (int q = 0; q < N_QUANTILES; q++) {
            if (strcmp(metric + len + 1, quantile_names[q]) == 0)
                return true;
        }
        return strcmp(metric + len + 1, "mean") == 0;
    }
    return false;
}

struct res_estimate mdl_measure_one(
    const struct mdl_study *study, int dep, const char *metric)
{
    const struct mdl_case *c = &study->cases[dep];
    const struct mdl_scope all = mdl_scope_all(c, "");
    const size_t n = (size_t)study->n_sections;
    struct sim_whist *hist = sim_calloc(n, sizeof *hist);
    double *x = sim_calloc(2 * n, sizeof *x);
    struct res_estimate e = res_undefined("not a metric of requests");
    struct mdl_study copy = *study;
    struct mdl_put p = {.study = &copy,
        .c = c,
        .scope = &all,
        .x = x,
        .y = x != NULL ? x + n : NULL};

    for (int t = 0; x != NULL && hist != NULL && t < MDL_N_TIMES; t++) {
        const size_t len = strlen(time_names[t]);
        if (strncmp(metric, time_names[t], len) != 0 || metric[len] != '.')
            continue;
        if (strcmp(metric + len + 1, "mean") == 0) {
            mdl_sum_counts(study, c, &all, MDL_SUMS + 2 * t, p.x);
            mdl_sum_counts(study, c, &all, MDL_SERVED, p.y);
            e = mdl_estimate(study, c, p.x, p.y, SIM_MS_PER_S);
        }
        for (int q = 0; q < N_QUANTILES; q++) {
            if (strcmp(metric + len + 1, quantile_names[q]) == 0 &&
                mdl_scope_hist(study, c, &all, t, hist) == SIM_OK)
                e = quantile_estimate(
                    &p, hist, quantile_levels[q], mdl_scope_served(c, &all));
        }
    }
    if (x != NULL && strcmp(metric, "utilization") == 0) {
        mdl_sum_loads(study, c, &all, MDL_BUSY_S, p.x);
        mdl_sum_loads(study, c, &all, MDL_SLOTS_UP_S, p.y);
        e = mdl_estimate(study, c, p.x, p.y, 1.0);
    }
    if (x != NULL && strcmp(metric, "loss_probability") == 0) {
        mdl_sum_counts(study, c, &all, MDL_LOST, p.x);
        mdl_sum_counts(study, c, &all, MDL_OFFERED, p.y);
        e = mdl_estimate(study, c, p.x, p.y, 1.0);
    }
    for (size_t i = 0; hist != NULL && i < n; i++)
        sim_whist_release(&hist[i]);
    sim_free(hist);
    sim_free(x);
    return e;
}
