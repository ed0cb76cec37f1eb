/* The results struct, its metric table and the ledger's names.  Truth: the
 * documented names and the contracts of results.h. */
#include "check_main.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "models/results/ledger.h"
#include "models/results/macrs.h"
#include "models/results/results.h"
#include "sim/alloc.h"
#include "sim/units.h"

static struct res_run *new_run(void)
{
    struct res_run *run = NULL;
    struct sim_err err = {0};

    ck_assert_int_eq(res_run_create(&run, &err), SIM_OK);
    return run;
}

/* ---- the run ------------------------------------------------------------- */

START_TEST(estimates)
{
    const struct res_estimate exact = res_exact(3.5);
    const struct res_estimate none = res_undefined("nothing arrived");

    ck_assert_double_eq(exact.value, 3.5);
    ck_assert(isnan(exact.half_width) && exact.n == 0 && exact.reason == NULL);
    ck_assert(isnan(none.value) && isnan(none.half_width));
    ck_assert_str_eq(none.reason, "nothing arrived");
}
END_TEST

/* Put in any order, found by name; values, units and reasons are kept. */
START_TEST(put_and_find)
{
    struct res_run *run = new_run();
    char reason[] = "no outage was seen";

    run->meta.currency = "EUR";
    ck_assert_int_eq(res_put(run, "b", "uptime", res_exact(0.5)), SIM_OK);
    ck_assert_int_eq(
        res_put(run, "a.site.q", "latency.p95",
            (struct res_estimate){.value = 7, .half_width = 1, .n = 8}),
        SIM_OK);
    ck_assert_int_eq(res_put(run, "a", "tco.npv", res_exact(-2)), SIM_OK);
    ck_assert_int_eq(res_put(run, "a", "energy.cost", res_exact(1)), SIM_OK);
    ck_assert_int_eq(res_put(run, "", "requests.rate", res_exact(4)), SIM_OK);
    ck_assert_int_eq(
        res_put(run, "a", "outage.mean", res_undefined(reason)), SIM_OK);
    memset(reason, 'x', sizeof reason - 1); /* it was copied */
    res_run_finish(run);

    ck_assert_int_eq(run->n_metrics, 6);
    for (int i = 1; i < run->n_metrics; i++)
        ck_assert_int_lt(
            strcmp(run->metrics[i - 1].name, run->metrics[i].name), 0);
    const struct res_metric *m = res_find(run, "a.site.q", "latency.p95");
    ck_assert_ptr_eq(m, res_metric_by_name(run, "a.site.q.latency.p95"));
    ck_assert_str_eq(m->unit, "ms");
    ck_assert(m->est.value == 7 && m->est.half_width == 1 && m->est.n == 8);
    ck_assert_str_eq(res_find(run, "a", "tco.npv")->unit, "EUR");
    ck_assert_str_eq(res_find(run, "a", "energy.cost")->unit, "EUR/year");
    ck_assert_str_eq(
        res_find(run, "a", "outage.mean")->est.reason, "no outage was seen");
    ck_assert_double_eq(res_value(run, "", "requests.rate"), 4);
    ck_assert_double_eq(res_value(run, "b", "uptime"), 0.5);
    ck_assert(isnan(res_value(run, "b", "latency.p95")));
    ck_assert_ptr_null(res_find(run, "a", "latency.p95"));
    ck_assert_ptr_null(res_metric_by_name(run, ""));
    res_run_destroy(run);
}
END_TEST

START_TEST(empty_run)
{
    struct res_run *run = new_run();

    res_run_finish(run);
    ck_assert_double_eq(run->meta.level, 0.95);
    ck_assert_ptr_null(res_metric_by_name(run, "a.uptime"));
    ck_assert_ptr_null(res_series_find(run, "a"));
    ck_assert_int_eq(res_input_find(run, "seed"), -1);
    res_run_destroy(run);
    res_run_destroy(NULL);
}
END_TEST

/* Lists grow past their first size without losing what they hold. */
START_TEST(many)
{
    enum { N = 1000 };
    struct res_run *run = new_run();
    char name[32];

    for (int i = N - 1; i >= 0; i--) {
        const double x[] = {i, i + 1.0};
        const struct res_series s = {.name = name,
            .x_unit = "ms",
            .y_unit = "1",
            .n = 2,
            .x = x,
            .y = x};
        snprintf(name, sizeof name, "d%04d", i);
        ck_assert_int_eq(res_put(run, name, "uptime", res_exact(i)), SIM_OK);
        ck_assert_int_eq(res_add_series(run, &s), SIM_OK);
        ck_assert_int_eq(res_warn(run, "warning %d of %s", i, name), SIM_OK);
    }
    res_run_finish(run);
    for (int i = 0; i < N; i++) {
        snprintf(name, sizeof name, "d%04d", i);
        ck_assert_double_eq(res_value(run, name, "uptime"), i);
        const struct res_series *s = res_series_find(run, name);
        ck_assert(s != NULL && s->n == 2 && s->x[1] == i + 1.0);
        ck_assert(s->lo == NULL && s->hi == NULL);
    }
    ck_assert_int_eq(run->n_warnings, N);
    ck_assert_str_eq(run->warnings[0], "warning 999 of d0999");
    ck_assert_ptr_null(res_series_find(run, "d1000"));
    res_run_destroy(run);
}
END_TEST

START_TEST(inputs_by_path)
{
    struct res_run *run = new_run();
    struct res_input inputs[] = {
        {.path = "a.b"}, {.path = "a.c"}, {.path = "seed"}};

    run->inputs = inputs;
    run->n_inputs = 3;
    ck_assert_int_eq(res_input_find(run, "a.b"), 0);
    ck_assert_int_eq(res_input_find(run, "seed"), 2);
    ck_assert_int_eq(res_input_find(run, "a"), -1);
    res_run_destroy(run);
}
END_TEST

/* Each allocation fails once: an error comes back, what was there stays. */
START_TEST(out_of_memory)
{
    for (int what = 0; what < 3; what++) {
        int rc = SIM_E_NOMEM;
        for (long n = 1; rc != SIM_OK; n++) {
            struct res_run *run = new_run();
            const double x[] = {1.0};
            const struct res_series s = {.name = "s",
                .x_unit = "ms",
                .y_unit = "1",
                .n = 1,
                .x = x,
                .y = x,
                .lo = x,
                .hi = x};
            sim_alloc_fail_at(n, 0);
            rc = what == 0   ? res_put(run, "d", "uptime", res_undefined("why"))
                 : what == 1 ? res_add_series(run, &s)
                             : res_warn(run, "w");
            sim_alloc_fail_at(0, 0);
            ck_assert(rc == SIM_OK || rc == SIM_E_NOMEM);
            ck_assert_int_eq(run->n_metrics + run->n_series + run->n_warnings,
                rc == SIM_OK ? 1 : 0);
            res_run_destroy(run);
            ck_assert_int_lt(n, 100);
        }
    }
}
END_TEST

/* ---- the metric table ---------------------------------------------------- */

/* The documented metrics, of what the models give so far. */
static const char *const plain[] = {"requests.offered", "requests.served",
    "requests.lost", "requests.abandoned", "requests.retried",
    "requests.spilled", "requests.rate", "abandon_probability", "utilization",
    "loss_probability", "wait_probability", "windows.clipped", "slo.attainment",
    "slo.met", "availability", "uptime", "downtime_h_per_year", "outages_per_h",
    "reliability", "mttf", "capacity.p_total_loss", "capacity.p_at_least_90",
    "traffic.egress", "traffic.ingress", "traffic.left_site", "energy.it",
    "energy.site", "energy.model_gap", "pue", "peak_power", "energy.cost",
    "energy.per_request", "renewable_share", "unserved_energy",
    "carbon.operational", "carbon.embodied", "water", "tco.npv", "tco.total",
    "tco.equivalent_annual", "cost.per_million_requests",
    "cost.per_million_tokens", "cost.per_million_input_tokens",
    "cost.per_million_output_tokens", "cost.per_gpu_hour", "cost.per_it_kwh",
    "cost.per_million_requests.reserved", "cost.per_million_tokens.reserved",
    "cost.per_gpu_hour.reserved", "cost.per_it_kwh.reserved", "irr", "mirr",
    "payback", "payback.discounted", "npv_gain", "tco.npv_before_tax", "capex",
    "capex_refresh", "opex_per_year", "time_to_service", "stranded.book_value",
    "stranded.share", "truck_rolls_per_year", "spares_used_per_year",
    "queue.second_moment", "spill_probability", "requests.served_rate",
    "failures_per_h", "capex.equivalent_annual"};
static const char *const dists[] = {"latency", "network", "queue", "service",
    "in_system", "queue_length", "busy_servers", "servers_up", "power",
    "power.facility", "outage", "sites_up", "crews_busy"};
static const char *const suffixes[] = {
    "mean", "sd", "p50", "p90", "p95", "p99", "p999", "max"};

/* Every scope that results use before a name. */
static void check_scopes(const char *name, const struct res_metric_row *row)
{
    static const char *const scopes[] = {"edge", "edge.class.chat",
        "edge.site.stores", "edge.site.q.at.0", "edge.tier.regional",
        "edge.year.3", "edge.user.lon",
        /* names of deployments that are words of metrics */
        "latency", "queue.site.power", "p95"};
    char full[128];

    for (size_t i = 0; i < sizeof scopes / sizeof scopes[0]; i++) {
        snprintf(full, sizeof full, "%s.%s", scopes[i], name);
        ck_assert_msg(res_metric_row(full) == row, "%s", full);
    }
}

START_TEST(names_resolve)
{
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++) {
        const struct res_metric_row *row = res_metric_row(plain[i]);
        ck_assert_msg(row != NULL, "'%s' is not in the table", plain[i]);
        ck_assert_msg(
            !row->dist && strcmp(row->name, plain[i]) == 0, "%s", plain[i]);
        check_scopes(plain[i], row);
    }
    for (size_t i = 0; i < sizeof dists / sizeof dists[0]; i++) {
        for (size_t k = 0; k < sizeof suffixes / sizeof suffixes[0]; k++) {
            char name[64];
            snprintf(name, sizeof name, "%s.%s", dists[i], suffixes[k]);
            const struct res_metric_row *row = res_metric_row(name);
            ck_assert_msg(row != NULL, "'%s' is not in the table", name);
            ck_assert_msg(
                row->dist && strcmp(row->name, dists[i]) == 0, "%s", name);
            check_scopes(name, row);
        }
    }
    for (int i = 0; i < RES_N_CATEGORIES; i++) {
        char name[64];
        snprintf(name, sizeof name, "tco.%s", res_category_name(i));
        ck_assert_msg(res_metric_row(name) != NULL, "%s", name);
    }
}
END_TEST

START_TEST(others_do_not)
{
    static const char *const wrong[] = {"", ".", "latency", "latency.",
        "latency.p42", "latency.p95.", "p95", "tco", "tco.", "edge.latency",
        "latencyp95", "uptime.mean", "edge.uptimes",
        "queue.second_moment.mean"};

    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        ck_assert_msg(res_metric_row(wrong[i]) == NULL, "'%s'", wrong[i]);
}
END_TEST

/* Rows are complete, distinct, and their units are units. */
START_TEST(rows_are_sound)
{
    const struct res_metric_row *row;
    int n = 0;

    for (; (row = res_metric_row_at(n)) != NULL; n++) {
        struct sim_unit unit;
        struct sim_err err = {0};
        char text[64];
        ck_assert(row->label[0] != '\0' && row->doc[0] != '\0');
        ck_assert_msg(row->doc[strlen(row->doc) - 1] == '.', "%s", row->name);
        ck_assert(row->decimals >= 0 && row->decimals <= 9);
        ck_assert(row->better >= RES_NEUTRAL && row->better <= RES_HIGHER);
        snprintf(text, sizeof text, "%s%s", row->unit[0] == '$' ? "USD" : "",
            row->unit + (row->unit[0] == '$'));
        /* a square has no form in scenario text: no limit can be set on it */
        if (strcmp(text, "ms2") == 0)
            continue;
        ck_assert_msg(sim_unit_parse(text, &unit, &err) == SIM_OK,
            "%s: unit '%s': %s", row->name, text, err.text);
        for (int i = 0; i < n; i++)
            ck_assert_str_ne(res_metric_row_at(i)->name, row->name);
    }
    ck_assert_int_gt(n, 80);
    /* an index in a name */
    ck_assert_ptr_nonnull(res_metric_row("d.site.q.slowdown.bin.12.mean"));
    ck_assert_ptr_nonnull(res_metric_row("slowdown.bin.0.mean"));
    ck_assert_ptr_null(res_metric_row("slowdown.bin..mean"));
    ck_assert_ptr_null(res_metric_row("slowdown.bin.x.mean"));
    ck_assert_ptr_null(res_metric_row("slowdown.bin.1x.mean"));
    ck_assert_ptr_null(res_metric_row("slowdown.bin.1"));
    ck_assert_ptr_nonnull(res_metric_row("d.at.3.in_system.mean"));
    ck_assert_ptr_null(res_metric_row_at(-1));
}
END_TEST

/* ---- the ledger's names -------------------------------------------------- */

START_TEST(ledger_names)
{
    for (int i = 0; i < RES_N_CATEGORIES; i++) {
        ck_assert_int_eq(res_category_find(res_category_name(i)), i);
        ck_assert(res_category_label(i)[0] != '\0');
    }
    ck_assert_int_eq(res_category_find("nonsense"), -1);
    ck_assert_ptr_null(res_category_name(-1));
    ck_assert_ptr_null(res_category_name(RES_N_CATEGORIES));
    ck_assert_ptr_null(res_category_label(RES_N_CATEGORIES));
    ck_assert_str_eq(res_timing_name(RES_YEAR_END), "year-end");
    ck_assert_str_eq(res_timing_name(RES_MONTH_END), "month-end");
    ck_assert_ptr_null(res_timing_name(-1));
    ck_assert_ptr_null(res_timing_name(RES_MONTH_END + 1));
    ck_assert_str_eq(res_depreciation_name(RES_DEP_MACRS_5), "macrs-5");
    ck_assert_ptr_null(res_depreciation_name(RES_N_DEPRECIATIONS));
}
END_TEST

TEST_MAIN("results/results", estimates, put_and_find, empty_run, many,
    inputs_by_path, out_of_memory, names_resolve, others_do_not, rows_are_sound,
    ledger_names)
