#include "reports/rows.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "reports/number.h"

/* How a value becomes text. */
enum style {
    PLAIN, /* as it is */
    PERCENT,
    YES_NO,
    MONEY,  /* scaled with k, M, B over the whole row; unit from the metric */
    ENERGY, /* kWh, from 100,000 on MWh */
};

struct spec {
    const char *metric, *label, *unit;
    enum style style;
    int decimals;
    int better; /* enum res_better */
    int digits; /* significant digits the largest value of the row keeps */
};

/* clang-format off */
static const struct spec specs[] = {
    {"requests.rate",             "Requests offered",     "/s",       PLAIN,   0, RES_NEUTRAL, 3},
    {"availability",              "Availability",         "%",        PERCENT, 3, RES_HIGHER,  0},
    {"latency.p50",               "Latency p50",          "ms",       PLAIN,   1, RES_LOWER,   2},
    {"latency.p95",               "Latency p95",          "ms",       PLAIN,   1, RES_LOWER,   2},
    {"latency.p99",               "Latency p99",          "ms",       PLAIN,   1, RES_LOWER,   2},
    {"ttft.p95",                  "First token p95",      "ms",       PLAIN,   1, RES_LOWER,   2},
    {"network.p50",               "Network p50",          "ms",       PLAIN,   1, RES_LOWER,   2},
    {"queue.mean",                "Queueing, mean",       "ms",       PLAIN,   2, RES_LOWER,   2},
    {"slo.attainment",            "SLO attainment",       "%",        PERCENT, 2, RES_HIGHER,  0},
    {"slo.met",                   "SLO met",              "",         YES_NO,  0, RES_HIGHER,  0},
    {"utilization",               "Utilization",          "%",        PERCENT, 1, RES_NEUTRAL, 0},
    {"pue",                       "PUE",                  "",         PLAIN,   3, RES_LOWER,   0},
    {"energy.site",               "Site energy",          "kWh/year", ENERGY,  0, RES_LOWER,   3},
    {"carbon.operational",        "Carbon, operational",  "t/year",   PLAIN,   1, RES_LOWER,   2},
    {"capex",                     "Initial capital",      "",         MONEY,   1, RES_LOWER,   3},
    {"opex_per_year",             "Running cost",         "",         MONEY,   1, RES_LOWER,   3},
    {"tco.npv",                   "TCO, present value",   "",         MONEY,   1, RES_LOWER,   3},
    {"tco.equivalent_annual",     "Equivalent annual",    "",         MONEY,   1, RES_LOWER,   3},
    {"cost.per_million_requests", "Per million requests", "",         MONEY,   2, RES_LOWER,   3},
    {"cost.per_million_tokens",   "Per million tokens",   "",         MONEY,   2, RES_LOWER,   3},
    {"npv_gain",                  "Gain over baseline",   "",         MONEY,   1, RES_HIGHER,  3},
    {"time_to_service",           "Time to service",      "months",   PLAIN,   1, RES_LOWER,   0},
    {"truck_rolls_per_year",      "Truck rolls",          "/year",    PLAIN,   1, RES_LOWER,   2},
};
/* clang-format on */

enum { N_SPECS = sizeof specs / sizeof specs[0], MOST_DECIMALS = 4 };

/* Divisor of the row and its unit as shown. */
static double scale_of(
    const struct spec *spec, const struct rep_row *row, int n, char *unit)
{
    const struct res_metric *first = NULL;
    double largest = 0.0;

    for (int d = 0; d < n; d++) {
        const struct res_metric *m = row->cells[d].metric;
        if (m == NULL)
            continue;
        first = m;
        if (isfinite(m->est.value))
            largest = fmax(largest, fabs(m->est.value));
    }
    snprintf(unit, REP_UNIT_BYTES, "%s", spec->unit);
    if (spec->style == PERCENT)
        return 0.01;
    if (spec->style == ENERGY && largest >= 1e5) {
        snprintf(unit, REP_UNIT_BYTES, "MWh/year");
        return 1e3;
    }
    if (spec->style == MONEY && first != NULL) {
        const struct rep_scale scale = rep_money_scale(largest);
        snprintf(unit, REP_UNIT_BYTES, "%s%s", scale.prefix, first->unit);
        return scale.divisor;
    }
    return 1.0;
}

/* One number of decimals for the row: enough for its largest value.  Going by
 * the smallest would blow up all others where one deployment hardly queues. */
static int decimals_of(
    const struct spec *spec, const struct rep_row *row, int n, double scale)
{
    double largest = 0.0;

    for (int d = 0; d < n && spec->digits > 0; d++) {
        const struct res_metric *m = row->cells[d].metric;
        if (m != NULL && isfinite(m->est.value))
            largest = fmax(largest, fabs(m->est.value / scale));
    }
    const int due = rep_decimals(largest, spec->digits, MOST_DECIMALS);
    return due > spec->decimals ? due : spec->decimals;
}

static void print_cells(const struct spec *spec, struct rep_row *row, int n)
{
    const double scale = scale_of(spec, row, n, row->unit);
    const int decimals = decimals_of(spec, row, n, scale);

    for (int d = 0; d < n; d++) {
        struct rep_cell *cell = &row->cells[d];
        if (cell->metric == NULL) {
            snprintf(cell->text, sizeof cell->text, "-");
            continue;
        }
        struct res_estimate est = cell->metric->est;
        est.value /= scale;
        est.half_width /= scale;
        if (spec->style == YES_NO && isfinite(est.value))
            snprintf(cell->text, sizeof cell->text, "%s",
                est.value > 0.0 ? "yes" : "no");
        else
            rep_estimate(cell->text, sizeof cell->text, &est, decimals);
    }
}

/* Cells that print alike are equally good; nothing is marked when all do. */
static void mark_best(const struct spec *spec, struct rep_row *row, int n)
{
    const double sign = spec->better == RES_LOWER ? 1.0 : -1.0;
    int best = -1, known = 0, alike = 0;

    if (spec->better == RES_NEUTRAL)
        return;
    for (int d = 0; d < n; d++) {
        const struct res_metric *m = row->cells[d].metric;
        if (m == NULL || !isfinite(m->est.value))
            continue;
        known++;
        if (best < 0 ||
            sign * m->est.value < sign * row->cells[best].metric->est.value)
            best = d;
    }
    for (int d = 0; d < n && best >= 0; d++)
        alike += strcmp(row->cells[d].text, row->cells[best].text) == 0;
    for (int d = 0; d < n && best >= 0 && alike < known; d++)
        row->cells[d].best =
            strcmp(row->cells[d].text, row->cells[best].text) == 0;
}

int rep_rows_build(const struct res_run *run, struct sim_arena *arena,
    struct rep_row **rows, int *n, struct sim_err *err)
{
    struct rep_row *list = sim_arena_calloc(arena, N_SPECS, sizeof *list);
    int filled = 0;

    for (int i = 0; i < N_SPECS && list != NULL; i++) {
        struct rep_row *row = &list[filled];
        int found = 0;
        if (row->cells == NULL)
            row->cells = sim_arena_calloc(
                arena, (size_t)run->n_deployments, sizeof *row->cells);
        if (row->cells == NULL)
            return sim_err_set(err, SIM_E_NOMEM, "out of memory");
        for (int d = 0; d < run->n_deployments; d++) {
            row->cells[d].metric =
                res_find(run, run->deployments[d].name, specs[i].metric);
            found += row->cells[d].metric != NULL;
        }
        if (found == 0)
            continue;
        row->metric = specs[i].metric;
        row->label = specs[i].label;
        print_cells(&specs[i], row, run->n_deployments);
        mark_best(&specs[i], row, run->n_deployments);
        filled++;
    }
    if (list == NULL)
        return sim_err_set(err, SIM_E_NOMEM, "out of memory");
    *rows = list;
    *n = filled;
    return SIM_OK;
}
