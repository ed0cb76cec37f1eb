/* fixture.h - a hand-made run: numbers of a plausible four-tier study, written
 * down or from closed forms, nothing simulated.
 *
 * Latency of deployment i is log-normal with median m and sigma s, so its CDF
 * is Phi(ln(x/m)/s) and its percentiles are m exp(z s): the curve and the
 * metrics agree by construction.
 */
#ifndef TESTS_PLOTS_FIXTURE_H
#define TESTS_PLOTS_FIXTURE_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/results/results.h"

enum fix_names { FIX_PLAIN, FIX_LONG, FIX_HOSTILE };

struct fix_options {
    int n_deployments; /* 0 .. 20 */
    int names;         /* enum fix_names */
    int unstable;      /* deployment without a steady state; -1 for none */
    bool no_money;
    bool no_series;
    bool no_metrics;
    bool no_objectives;
    bool crowded; /* all deployments nearly equal: labels have no room */
};

struct fix_row {
    const char *name, *tier;
    double median_ms, sigma;
    double cost; /* per million requests */
    double hardware, facility, energy, network, rental, staff, repair, tax,
        residual; /* present values */
    double kw;
};

/* clang-format off */
static const struct fix_row fix_rows[] = {
    {"hyperscale", "hyperscale", 62, 0.36, 3.10, 0, 0, 0, 310e3, 2150e3, 190e3, 0, -560e3, 0, 0.8},
    {"regional", "regional", 31, 0.34, 3.85, 690e3, 410e3, 372e3, 220e3, 0, 520e3, 61e3, -540e3, -38e3, 14.2},
    {"edge", "edge", 13, 0.42, 4.60, 1240e3, 530e3, 468e3, 120e3, 0, 610e3, 160e3, -690e3, -82e3, 19.6},
    {"closet", "closet", 9.5, 0.75, 7.90, 1610e3, 120e3, 790e3, 90e3, 0, 1190e3, 420e3, -930e3, -64e3, 27.1},
};
/* clang-format on */

static inline void fix_require(bool ok)
{
    if (!ok)
        abort();
}

static inline void fix_put(struct res_run *run, const char *scope,
    const char *name, const char *unit, double value, double half_width)
{
    char full[1024];

    snprintf(full, sizeof full, "%s.%s", scope, name);
    fix_require(res_put_raw(run, full, unit,
                    (struct res_estimate){.value = value,
                        .half_width = half_width,
                        .n = isnan(half_width) ? 0 : 10}) == SIM_OK);
}

static inline const char *fix_name(struct res_run *run, int i, int names)
{
    static const char *const tails[] = {"<script>alert(1)</script>",
        "\"&'><svg onload=x>",
        "]]>\xE2\x80\xAE"
        "abc\x01\x7F",
        "\xFF\xC0\xAF bad utf8",
        "\xE6\x97\xA5\xE6\x9C\xAC\xE8"
        "\xAA\x9E\xE3\x82\xA8\xE3\x83\x83\xE3\x82\xB8",
        "=1+1 \xEF\xBF\xBE"};
    const char *base = fix_rows[i % 4].name;
    char *s = NULL;

    if (names == FIX_LONG)
        s = sim_arena_printf(&run->arena,
            "%02d-a-deployment-with-a-name-of-sixty-four-characters-%s-%s", i,
            base, "abcdefghijklmnopqrstuvwxyz");
    else if (names == FIX_HOSTILE)
        s = sim_arena_printf(&run->arena, "%s%d %s", tails[i % 6], i, base);
    else if (i < 4)
        s = sim_arena_printf(&run->arena, "%s", base);
    else
        s = sim_arena_printf(&run->arena, "%s-%d", base, i);
    fix_require(s != NULL);
    if (names == FIX_LONG)
        s[64] = '\0';
    return s;
}

static inline void fix_money(struct res_run *run, struct res_deployment *d,
    const struct fix_row *row, double scale)
{
    struct res_ledger *l = sim_arena_calloc(&run->arena, 1, sizeof *l);

    fix_require(l != NULL);
    l->pv[RES_HARDWARE] = row->hardware * scale;
    l->pv[RES_FACILITY] = row->facility * scale;
    l->pv[RES_ENERGY] = row->energy * scale;
    l->pv[RES_NETWORK] = row->network * scale;
    l->pv[RES_RENTAL] = row->rental * scale;
    l->pv[RES_STAFF] = row->staff * scale;
    l->pv[RES_REPAIR] = row->repair * scale;
    l->pv[RES_SECURITY] = 9e3 * scale;
    l->pv[RES_SOFTWARE] = 31e3 * scale;
    l->pv[RES_TAX] = row->tax * scale;
    l->pv[RES_RESIDUAL] = row->residual * scale;
    for (int c = 0; c < RES_N_CATEGORIES; c++)
        l->npv += l->pv[c];
    d->ledger = l;
}

static inline const double *fix_copy(
    struct res_run *run, const double *x, int n)
{
    double *copy = sim_arena_calloc(&run->arena, (size_t)n, sizeof *copy);

    fix_require(copy != NULL);
    memcpy(copy, x, (size_t)n * sizeof *copy);
    return copy;
}

/* 200 points of the log-normal CDF from 1 to 99.95 %, with a band. */
static inline void fix_cdf(
    struct res_run *run, const char *name, double median, double sigma)
{
    double x[200], y[200], lo[200], hi[200];
    char full[1024];

    for (int i = 0; i < 200; i++) {
        const double z = -3.3 + 6.6 * i / 199.0;
        x[i] = median * exp(z * sigma);
        y[i] = 0.5 * erfc(-z / sqrt(2.0));
        const double half = 0.06 * sqrt(y[i] * (1.0 - y[i]));
        lo[i] = y[i] - half;
        hi[i] = y[i] + half;
    }
    snprintf(full, sizeof full, "%s.latency.cdf", name);
    const struct res_series s = {.name = full,
        .x_unit = "ms",
        .y_unit = "1",
        .n = 200,
        .x = x,
        .y = y,
        .lo = lo,
        .hi = hi};
    fix_require(res_add_series(run, &s) == SIM_OK);
}

static inline void fix_power(struct res_run *run, const char *name, double kw)
{
    double x[24], y[24];
    char full[1024];

    for (int h = 0; h < 24; h++) {
        x[h] = h + 0.5;
        y[h] = kw * (0.75 + 0.25 * sin((h - 8.0) / 24.0 * 2.0 * 3.14159265));
    }
    snprintf(full, sizeof full, "%s.power.facility.hour_of_day", name);
    const struct res_series s = {
        .name = full, .x_unit = "h", .y_unit = "kW", .n = 24, .x = x, .y = y};
    fix_require(res_add_series(run, &s) == SIM_OK);
}

static inline void fix_metrics(struct res_run *run, const char *name,
    const struct fix_row *row, double median, bool unstable)
{
    /* z of the normal distribution at 50, 95, 99 % */
    const double s = row->sigma;
    const double p[] = {
        median, median * exp(1.644854 * s), median * exp(2.326348 * s)};
    const double mean = median * exp(s * s / 2.0);
    const double nan_or = unstable ? (double)NAN : 1.0;

    fix_put(run, name, "latency.p50", "ms", p[0] * nan_or, p[0] * 0.01);
    fix_put(run, name, "latency.p95", "ms", p[1] * nan_or, p[1] * 0.025);
    fix_put(run, name, "latency.p99", "ms", p[2] * nan_or, p[2] * 0.06);
    fix_put(run, name, "latency.mean", "ms", mean * nan_or, mean * 0.012);
    fix_put(run, name, "network.mean", "ms", mean * 0.61 * nan_or, 0.1);
    fix_put(run, name, "queue.mean", "ms", mean * 0.09 * nan_or, 0.1);
    fix_put(run, name, "service.mean", "ms", mean * 0.30 * nan_or, 0.1);
    fix_put(run, name, "cost.per_million_requests", "USD", row->cost,
        row->cost * 0.03);
}

/** A finished run; release with res_run_destroy(). */
static inline struct res_run *fix_run(const struct fix_options *o)
{
    static struct res_objective objective[2] = {
        {"default", "latency.p95", 50.0}, {"default", "ttft.p95", 500.0}};
    struct res_run *run = NULL;

    fix_require(res_run_create(&run, NULL) == SIM_OK);
    run->meta.name =
        o->names == FIX_HOSTILE ? "<script>\"&' \x02 name" : "four-tiers";
    run->meta.title = "Four tiers";
    run->meta.version = "0.1.0";
    run->meta.currency = "USD";
    run->meta.start = "2027-01-01";
    run->meta.baseline = "";
    run->meta.seed = 1;
    run->meta.replications = 10;
    run->meta.horizon_yr = 5.0;
    run->n_deployments = o->n_deployments;
    run->deployments = sim_arena_calloc(
        &run->arena, (size_t)o->n_deployments + 1, sizeof *run->deployments);
    fix_require(run->deployments != NULL);
    for (int i = 0; i < o->n_deployments; i++) {
        const struct fix_row *row = &fix_rows[i % 4];
        struct res_deployment *d = &run->deployments[i];
        const double scale = o->crowded ? 1.0 : 1.0 + 0.13 * (i / 4);
        const double median =
            o->crowded ? 30.0 + 0.1 * i : row->median_ms * scale;
        d->name = fix_name(run, i, o->names);
        d->tier = row->tier;
        d->engine = "event";
        d->unstable = i == o->unstable;
        if (!o->no_money)
            fix_money(run, d, row, scale);
        if (!o->no_metrics)
            fix_metrics(run, d->name, row, median, d->unstable);
        if (!o->no_series) {
            if (!d->unstable)
                fix_cdf(run, d->name, median, o->crowded ? 0.4 : row->sigma);
            fix_power(run, d->name, row->kw * scale);
        }
    }
    if (!o->no_objectives) {
        run->n_objectives = 2;
        run->objectives = objective;
    }
    res_run_finish(run);
    return run;
}

#endif /* TESTS_PLOTS_FIXTURE_H */
