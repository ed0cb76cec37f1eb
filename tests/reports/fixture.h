/* fixture.h - a hand-built struct res_run with a consistent ledger.
 *
 * The money is computed here by plain loops straight from the definitions at
 * the head of ledger.h, apart from both the money model and the workbook's
 * formulas, so that agreement of the two means something.  Prices are round
 * made-up numbers.
 */
#ifndef TESTS_REPORTS_FIXTURE_H
#define TESTS_REPORTS_FIXTURE_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/results/macrs.h"
#include "models/results/results.h"

struct fx_options {
    int n_deployments; /* 1 .. 6 */
    int timing;
    int years;
    double discount;
    const char *text; /* put around free texts; "" for none */
    int which;        /* case of the inputs: 0 base, -1 low, 1 high */
};

static const struct fx_options fx_default = {4, RES_YEAR_END, 5, 0.08, "", 0};

/* name, tier, servers, latency scale [ms], price scale, procure */
struct fx_site {
    const char *name, *tier, *procure;
    int servers;
    double ms, price;
    bool owns;
};

static const struct fx_site fx_sites[] = {
    {"hyperscale", "hyperscale", "cloud", 8, 80, 1.0, false},
    {"regional", "regional", "colo", 8, 35, 1.15, true},
    {"edge", "edge", "own", 12, 10, 1.4, true},
    {"closet", "closet", "own", 16, 3, 1.9, true},
    {"a-deployment-with-a-very-long-name-indeed-one", "edge", "own", 12, 11,
        1.3, true},
    {"a-deployment-with-a-very-long-name-indeed-two", "edge", "own", 12, 12,
        1.2, true},
};

/* The fixture also serves programs without Check. */
static inline void fx_check(int ok)
{
    if (!ok)
        abort();
}
#define fx_require(x) fx_check((x) ? 1 : 0)

static inline double *fx_array(struct res_run *run, int n)
{
    double *x = sim_arena_calloc(&run->arena, (size_t)n, sizeof *x);
    fx_require(x);
    return x;
}

static inline void fx_input(struct res_run *run, const char *path,
    const char *label, const char *unit, double value, double low, double high,
    bool live)
{
    struct res_input *in = &run->inputs[run->n_inputs++];
    char text[64];

    snprintf(text, sizeof text, "%g %s", value, unit);
    *in = (struct res_input){
        .path = sim_arena_strdup(&run->arena, path),
        .label = label,
        .text = sim_arena_strdup(&run->arena, text),
        .unit = unit,
        .numeric = true,
        .live = live,
        .given = isnan(low),
        .value = value,
        .low = low,
        .high = high,
        .source = isnan(low) ? "" : "Made-up example price, no real offer",
        .year = isnan(low) ? "" : "2026",
        .confidence = isnan(low) ? "" : "D",
        .note = "",
        .origin = isnan(low) ? "four-tiers.yaml:23" : "preset:12",
    };
}

static inline void fx_text_input(
    struct res_run *run, const char *path, const char *label, const char *text)
{
    fx_input(run, path, label, "", NAN, NAN, NAN, false);
    run->inputs[run->n_inputs - 1].numeric = false;
    run->inputs[run->n_inputs - 1].text = sim_arena_strdup(&run->arena, text);
}

static inline void fx_site_inputs(
    struct res_run *run, const struct fx_site *s, const char *suffix)
{
    char path[160];
    char *label =
        sim_arena_printf(&run->arena, "%sServer price%s", suffix, suffix);
#define FX_IN(key, label, unit, v, lo, hi, live)                               \
    do {                                                                       \
        snprintf(                                                              \
            path, sizeof path, "deployments.%s.sites.main.%s", s->name, key);  \
        fx_input(run, path, label, unit, v, lo, hi, live);                     \
    } while (0)

    FX_IN("cost.server", label, "USD", 30000 * s->price, 25000 * s->price,
        40000 * s->price, true);
    FX_IN("cost.install", "Factor for delivery and installation", "1", 1.1, NAN,
        NAN, true);
    FX_IN("cost.server_life", "Service life of a server", "year", 3, 2.5, 4,
        true);
    FX_IN("energy.price", "Energy price", "USD/kWh", 0.11, 0.07, 0.18, true);
    FX_IN("energy.escalation", "Yearly rise of the energy price", "1", 0.03,
        0.01, 0.05, true);
    FX_IN("cost.land", "Land", "USD", 50000, NAN, NAN, true);
    FX_IN("rental.price", "Rent of a server", "USD/h", 4.2, 3, 6, true);
    FX_IN("staff.salary", "Yearly cost of a full-time post", "USD/year", 120000,
        90000, 150000, true);
    FX_IN("servers", "Servers at the site", "1", s->servers, NAN, NAN, false);
    FX_IN("rtt", "Median round trip to users", "ms", s->ms / 2, s->ms / 4,
        s->ms, false);
    snprintf(path, sizeof path, "deployments.%s.sites.main.hardware", s->name);
    fx_text_input(run, path, "Hardware of the servers", "l40s-8");
#undef FX_IN
}

static inline int fx_by_path(const void *a, const void *b)
{
    const struct res_input *x = a, *y = b;
    return strcmp(x->path, y->path);
}

static inline void fx_inputs(struct res_run *run, const struct fx_options *o)
{
    run->inputs = sim_arena_calloc(&run->arena, 200, sizeof *run->inputs);
    fx_require(run->inputs);
    fx_input(run, "finance.discount", "Discount rate, nominal", "1",
        o->discount, o->discount * 0.75, o->discount * 1.5, true);
    fx_input(run, "finance.tax_rate", "Tax rate on profits", "1", 0.26, 0.21,
        0.30, true);
    fx_input(run, "finance.inflation", "General inflation", "1", 0.025, 0.02,
        0.04, true);
    fx_input(run, "arrivals.rate", "Requests per second", "1/s", 1800, NAN, NAN,
        false);
    fx_text_input(run, "name", "Name of the scenario", "four-tiers");
    for (int d = 0; d < o->n_deployments; d++)
        fx_site_inputs(run, &fx_sites[d], o->text);
    qsort(run->inputs, (size_t)run->n_inputs, sizeof *run->inputs, fx_by_path);
}

/* ---- ledger ---- */

static inline double fx_value(const struct res_run *run, int input, double none)
{
    return input >= 0 ? run->inputs[input].value : none;
}

static inline int fx_find(
    const struct res_run *run, const char *site, const char *key)
{
    char path[160];

    if (key == NULL)
        return -1;
    if (strchr(key, ':') != NULL) /* ":finance.inflation" is a whole path */
        return res_input_find(run, key + 1);
    snprintf(path, sizeof path, "deployments.%s.sites.main.%s", site, key);
    return res_input_find(run, path);
}

struct fx_item {
    const char *label, *unit;
    int category;
    bool capital;
    double quantity; /* a purchase, or a year */
    const char *price, *price2, *escalation, *life;
    int depreciation;
};

static inline void fx_running(const struct res_run *run, struct res_item *it,
    const struct res_ledger *l, double per_yr)
{
    const double p = fx_value(run, it->price, 1) * fx_value(run, it->price2, 1);
    const double e = fx_value(run, it->escalation, 0);

    for (int k = 0; k < l->n_columns; k++) {
        it->index[k] = pow(1 + e, k > 0 ? (k - 1) / l->columns_per_yr : 0);
        it->quantity[k] =
            k > 0 ? per_yr / l->columns_per_yr * (1 + 0.01 * k) : 0;
        if (it->category == RES_RESIDUAL) /* money at the horizon */
            it->quantity[k] = k == l->n_columns - 1 ? per_yr : 0;
        it->amount[k] = it->quantity[k] * p * it->index[k];
        it->pv +=
            it->amount[k] * (it->category == RES_RESIDUAL ? l->discount_cap[k]
                                                          : l->discount_op[k]);
    }
}

static inline void fx_capital(const struct res_run *run, struct res_item *it,
    const struct res_ledger *l, double units)
{
    const int n = l->n_columns - 1;
    const double p = fx_value(run, it->price, 1) * fx_value(run, it->price2, 1);
    const double e = fx_value(run, it->escalation, 0);
    const double life_yr = fx_value(run, it->life, INFINITY);
    const double life = life_yr * l->columns_per_yr;
    /* what has no life is gone at the end, for tax over the horizon */
    const double tax_life = isfinite(life) ? life_yr : l->years[n];
    double spent = 0;

    it->quantity[0] = units;
    for (int k = 0; k <= n; k++) {
        it->flag[k] = k == 0  ? 1
                      : k < n ? ceil((k + 1) / life) - ceil(k / life)
                              : 0;
        it->index[k] = pow(1 + e, k / l->columns_per_yr);
        it->amount[k] = units * it->flag[k] * p * it->index[k];
        it->pv += it->amount[k] * l->discount_cap[k];
        if (isfinite(life))
            it->residual += it->amount[k] * fmax(0, 1 - (n - k) / life);
        for (int j = 0; j < k; j++)
            it->dep[k] +=
                it->amount[j] * res_depreciation_column(it->depreciation, k - j,
                                    l->columns_per_yr, tax_life);
        spent += it->amount[k] - it->dep[k];
    }
    it->undepreciated = spent;
}

static inline void fx_totals(const struct res_run *run, struct res_ledger *l)
{
    const int n = l->n_columns - 1;
    const double tax = fx_value(run, l->in_tax_rate, 0);

    for (int i = 0; i < l->n_items; i++) {
        const struct res_item *it = &l->items[i];
        for (int k = 0; k <= n; k++) {
            l->category[it->category][k] += it->amount[k];
            l->depreciation[k] += it->capital ? it->dep[k] : 0;
            l->tax_base[k] += it->capital ? it->dep[k] : it->amount[k];
        }
        l->pv[it->category] += it->pv;
        l->category[RES_RESIDUAL][n] -= it->residual;
        l->pv[RES_RESIDUAL] -= it->residual * l->discount_cap[n];
        l->tax_base[n] += it->undepreciated - it->residual;
    }
    for (int k = 0; k <= n; k++) {
        l->category[RES_TAX][k] = -tax * l->tax_base[k];
        l->pv[RES_TAX] += l->category[RES_TAX][k] * l->discount_op[k];
        l->units[k] = k > 0 ? 5.6e10 / l->columns_per_yr * (1 + 0.02 * k) : 0;
        l->pv_units += l->units[k] * l->discount_op[k];
        for (int c = 0; c < RES_N_CATEGORIES; c++)
            l->total[k] += l->category[c][k];
        l->undiscounted += l->total[k];
    }
    for (int c = 0; c < RES_N_CATEGORIES; c++)
        l->npv += l->pv[c];
    l->npv_before_tax = l->npv - l->pv[RES_TAX];
}

static inline struct res_ledger *fx_axis(
    struct res_run *run, const struct fx_options *o)
{
    struct res_ledger *l = sim_arena_calloc(&run->arena, 1, sizeof *l);
    const int cpy = o->timing == RES_MONTH_END ? 12 : 1;
    const int n = o->years * cpy + 1;
    const double r = fx_value(run, res_input_find(run, "finance.discount"), 0);

    fx_require(l);
    l->n_columns = n;
    l->timing = o->timing;
    l->columns_per_yr = cpy;
    l->in_discount = res_input_find(run, "finance.discount");
    l->in_tax_rate = res_input_find(run, "finance.tax_rate");
    l->in_inflation = res_input_find(run, "finance.inflation");
    l->years = fx_array(run, n);
    l->discount_op = fx_array(run, n);
    l->discount_cap = fx_array(run, n);
    l->total = fx_array(run, n);
    l->depreciation = fx_array(run, n);
    l->tax_base = fx_array(run, n);
    l->units = fx_array(run, n);
    for (int c = 0; c < RES_N_CATEGORIES; c++)
        l->category[c] = fx_array(run, n);
    for (int k = 0; k < n; k++) {
        const double middle = o->timing == RES_MID_YEAR && k > 0 ? 0.5 : 0;
        l->years[k] = (double)k / cpy;
        l->discount_op[k] = pow(1 + r, -(l->years[k] - middle));
        l->discount_cap[k] = pow(1 + r, -l->years[k]);
    }
    l->annuity =
        r > 0 ? r / (1 - pow(1 + r, -l->years[n - 1])) : 1 / l->years[n - 1];
    return l;
}

static inline struct res_ledger *fx_ledger(
    struct res_run *run, const struct fx_site *s, const struct fx_options *o)
{
    const struct fx_item items[] = {
        {"Servers", "server", RES_HARDWARE, true, s->servers, "cost.server",
            "cost.install", ":finance.inflation", "cost.server_life",
            RES_DEP_MACRS_5},
        {"Land", "plot", RES_FACILITY, true, 1, "cost.land", NULL, NULL, NULL,
            RES_DEP_NONE},
        {"Switches", "server", RES_NETWORK, true, s->servers / 4.0,
            "cost.server", NULL, NULL, "cost.server_life",
            RES_DEP_STRAIGHT_LINE},
        {"Electricity", "kWh", RES_ENERGY, false, s->servers * 4.5 * 8760,
            "energy.price", NULL, "energy.escalation", NULL, 0},
        {"Staff", "FTE", RES_STAFF, false, 0.4, "staff.salary", NULL,
            ":finance.inflation", NULL, 0},
        {"Permits", "plot", RES_FACILITY, true, 1, "cost.land", NULL, NULL,
            NULL, RES_DEP_STRAIGHT_LINE},
        {"Generator", "plot", RES_GENERATION, true, 1, "cost.land", NULL,
            ":finance.inflation", "cost.server_life", RES_DEP_BONUS_100},
        {"Sale of the land", "plot", RES_RESIDUAL, false, -0.6, "cost.land",
            NULL, ":finance.inflation", NULL, 0},
        {"Rented servers", "h", RES_RENTAL, false, s->servers * 8760.0,
            "rental.price", NULL, NULL, NULL, 0},
    };
    struct res_ledger *l = fx_axis(run, o);

    l->items = sim_arena_calloc(&run->arena, 16, sizeof *l->items);
    fx_require(l->items);
    for (size_t i = 0; i < sizeof items / sizeof items[0]; i++) {
        const struct fx_item *f = &items[i];
        if (s->owns ? f->category == RES_RENTAL
                    : f->capital || f->category == RES_ENERGY)
            continue;
        struct res_item *it = &l->items[l->n_items++];
        *it = (struct res_item){.entry = "main",
            .category = f->category,
            .label = f->label,
            .unit = f->unit,
            .capital = f->capital,
            .price = fx_find(run, s->name, f->price),
            .price2 = fx_find(run, s->name, f->price2),
            .escalation = fx_find(run, s->name, f->escalation),
            .life = fx_find(run, s->name, f->life),
            .depreciation = f->depreciation,
            .quantity = fx_array(run, l->n_columns),
            .index = fx_array(run, l->n_columns),
            .amount = fx_array(run, l->n_columns)};
        if (f->capital) {
            it->flag = fx_array(run, l->n_columns);
            it->dep = fx_array(run, l->n_columns);
            fx_capital(run, it, l, f->quantity);
        } else {
            fx_running(run, it, l, f->quantity);
        }
    }
    fx_totals(run, l);
    return l;
}

/* ---- metrics and the rest ---- */

static inline void fx_put(struct res_run *run, const char *scope,
    const char *name, double value, double half_width)
{
    const struct res_estimate est = {.value = value,
        .half_width = half_width,
        .n = isnan(half_width) ? 0 : 12};
    fx_require(res_put(run, scope, name, est) == SIM_OK);
}

static inline void fx_metrics(
    struct res_run *run, const struct fx_site *s, const struct res_ledger *l)
{
    static const char *const parts[] = {
        "latency", "network", "queue", "service"};
    static const double share[] = {1.0, 0.5, 0.05, 0.45};
    static const char *const marks[] = {"mean", "p50", "p90", "p95", "p99"};
    static const double scale[] = {1.1, 1, 1.6, 1.9, 3.2};
    char name[96];

    for (size_t i = 0; i < 4; i++) {
        for (size_t j = 0; j < 5; j++) {
            const double v = (s->ms + 9) * share[i] * scale[j];
            snprintf(name, sizeof name, "%s.%s", parts[i], marks[j]);
            fx_put(run, s->name, name, v, v * 0.012);
        }
    }
    snprintf(name, sizeof name, "%s.class.detect", s->name);
    fx_put(run, name, "latency.p95", s->ms * 2, s->ms * 0.03);
    fx_require(
        SIM_OK == res_put(run, s->name, "latency.p999",
                      res_undefined("fewer than 200 requests beyond it")));
    fx_put(run, s->name, "requests.rate", 1800, NAN);
    fx_put(run, s->name, "availability", 0.99912, 0.00021);
    fx_put(run, s->name, "slo.attainment", s->ms < 20 ? 0.981 : 0.62, 0.002);
    fx_put(run, s->name, "slo.met", s->ms < 20, NAN);
    fx_put(run, s->name, "utilization", 0.61, 0.003);
    fx_put(run, s->name, "pue", 1.1 + 2 / s->ms, NAN);
    fx_put(run, s->name, "energy.site", s->servers * 4.5 * 8760, 120);
    fx_put(run, s->name, "carbon.operational", s->servers * 14.0, 0.4);
    fx_put(run, s->name, "truck_rolls_per_year", s->servers / 4.0, 0.3);
    fx_put(run, s->name, "time_to_service", s->ms / 3, NAN);
    fx_put(run, s->name, "tco.npv", l->npv, l->npv * 0.004);
    fx_put(run, s->name, "tco.total", l->undiscounted, NAN);
    fx_put(run, s->name, "tco.npv_before_tax", l->npv_before_tax, NAN);
    fx_put(run, s->name, "tco.equivalent_annual", l->npv * l->annuity, NAN);
    fx_put(run, s->name, "cost.per_million_requests",
        l->npv / l->pv_units * 1e6, 0.004 * l->npv / l->pv_units * 1e6);
    for (int c = 0; c < RES_N_CATEGORIES; c++) {
        snprintf(name, sizeof name, "tco.%s", res_category_name(c));
        fx_put(run, s->name, name, l->pv[c], NAN);
    }
    double capex = 0;
    for (int i = 0; i < l->n_items; i++)
        capex += l->items[i].capital ? l->items[i].amount[0] : 0;
    fx_put(run, s->name, "capex", capex, NAN);
}

static inline void fx_cdf(struct res_run *run, const struct fx_site *s)
{
    enum { N = 200 };
    double x[N], y[N];
    char name[96];

    for (int i = 0; i < N; i++) {
        y[i] = (i + 0.5) / N;
        x[i] = (s->ms + 9) * pow(y[i] / (1 - y[i]), 0.25);
    }
    snprintf(name, sizeof name, "%s.latency.cdf", s->name);
    const struct res_series c = {name, "ms", "1", N, x, y, NULL, NULL};
    fx_require(res_add_series(run, &c) == SIM_OK);
}

static inline void fx_deployments(
    struct res_run *run, const struct fx_options *o)
{
    run->deployments = sim_arena_calloc(
        &run->arena, (size_t)o->n_deployments, sizeof *run->deployments);
    fx_require(run->deployments);
    run->n_deployments = o->n_deployments;
    for (int d = 0; d < o->n_deployments; d++) {
        const struct fx_site *s = &fx_sites[d];
        struct res_entry *e = sim_arena_calloc(&run->arena, 1, sizeof *e);
        fx_require(e);
        *e = (struct res_entry){
            "main", s->tier, s->procure, "l40s-8", 1, s->servers};
        run->deployments[d] = (struct res_deployment){.name = s->name,
            .tier = s->tier,
            .engine = "batch: stations in series",
            .n_entries = 1,
            .entries = e,
            .ledger = fx_ledger(run, s, o)};
        fx_metrics(run, s, run->deployments[d].ledger);
        if (d > 0)
            fx_put(run, s->name, "npv_gain",
                run->deployments[0].ledger->npv -
                    run->deployments[d].ledger->npv,
                4000);
        fx_cdf(run, s);
    }
}

static inline struct res_run *fx_run(const struct fx_options *o)
{
    static const struct res_objective objective = {"detect", "latency.p95", 50};
    struct res_run *run = NULL;

    fx_require(res_run_create(&run, NULL) == SIM_OK);
    run->meta = (struct res_meta){
        .name = "four-tiers",
        .title = sim_arena_printf(&run->arena,
            "%sWhere should the camera analysis run?%s", o->text, o->text),
        .version = "0.1.0",
        .scenario_sha256 =
            "3d1f0e6a8c0d9f4b2a7716f5e8d3c4b59a6f7e8d1c2b3a4f5e6d"
            "7c8b9a0f1e2d",
        .histogram_sha256 = "",
        .currency = "USD",
        .start = "2027-01-01",
        .baseline = "hyperscale",
        .seed = 42,
        .replications = 12,
        .level = 0.95,
        .horizon_yr = o->years,
        .warmup_s = 600,
        .window_s = NAN,
        .windows = 16,
        .requests_simulated = 4123456,
        .stop = "precision met",
    };
    fx_inputs(run, o);
    for (int i = 0; i < run->n_inputs && o->which != 0; i++) {
        struct res_input *in = &run->inputs[i];
        const double bound = o->which < 0 ? in->low : in->high;
        if (isfinite(bound))
            in->value = bound;
    }
    fx_deployments(run, o);
    run->n_objectives = 1;
    run->objectives = sim_arena_calloc(&run->arena, 1, sizeof objective);
    fx_require(run->objectives);
    run->objectives[0] = objective;
    run->n_thresholds = 2;
    run->thresholds = sim_arena_calloc(&run->arena, 2, sizeof *run->thresholds);
    fx_require(run->thresholds);
    run->thresholds[0] =
        (struct res_threshold){"hyperscale.latency.p95 < 50 ms",
            "hyperscale.latency.p95", 50, RES_FAIL};
    run->thresholds[1] = (struct res_threshold){"hyperscale.tco.npv < 9 MUSD",
        "hyperscale.tco.npv", 9e6, RES_CLOSE_PASS};
    fx_require(
        SIM_OK == res_warn(run,
                      "%sp999 of 'edge' rests on fewer than 200 requests per "
                      "replication%s",
                      o->text, o->text));
    res_run_finish(run);
    return run;
}

#endif /* TESTS_REPORTS_FIXTURE_H */
