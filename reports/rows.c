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

/* When a row is worth its line.  Without requests, uptime and capacity are
 * what the study is about, and availability is uptime by another name. */
enum when { ALWAYS, BUSY, IDLE };

struct spec {
    const char *metric, *label, *unit;
    enum style style;
    int decimals;
    int better; /* enum res_better */
    int digits; /* significant digits the largest value of the row keeps */
    enum when when;
};

/* clang-format off */
static const struct spec specs[] = {
    {"requests.rate",             "Requests offered",     "/s",       PLAIN,   0, RES_NEUTRAL, 3, ALWAYS},
    {"availability",              "Availability",         "%",        PERCENT, 3, RES_HIGHER,  0, BUSY},
    {"uptime",                    "Uptime",               "%",        PERCENT, 3, RES_HIGHER,  0, IDLE},
    {"downtime_h_per_year",       "Downtime",             "h/year",   PLAIN,   2, RES_LOWER,   2, IDLE},
    {"capacity.mean",             "Capacity, mean",       "%",        PERCENT, 3, RES_HIGHER,  0, IDLE},
    {"capacity.p_at_least_90",    "Capacity >= 90 %",     "% of time", PERCENT, 3, RES_HIGHER, 0, IDLE},
    {"capacity.p_total_loss",     "Total loss",           "% of time", PERCENT, 3, RES_LOWER, 2, IDLE},
    {"sites_up.mean",             "Sites up, mean",       "",         PLAIN,   3, RES_NEUTRAL, 0, IDLE},
    {"latency.p50",               "Latency p50",          "ms",       PLAIN,   1, RES_LOWER,   2, ALWAYS},
    {"latency.p95",               "Latency p95",          "ms",       PLAIN,   1, RES_LOWER,   2, ALWAYS},
    {"latency.p99",               "Latency p99",          "ms",       PLAIN,   1, RES_LOWER,   2, ALWAYS},
    {"difference.latency.p95",    "p95 over baseline",    "ms",       PLAIN,   1, RES_NEUTRAL, 2, ALWAYS},
    {"ttft.p95",                  "First token p95",      "ms",       PLAIN,   1, RES_LOWER,   2, ALWAYS},
    {"network.p50",               "Network p50",          "ms",       PLAIN,   1, RES_LOWER,   2, ALWAYS},
    {"queue.mean",                "Queueing, mean",       "ms",       PLAIN,   2, RES_LOWER,   2, ALWAYS},
    {"slo.attainment",            "SLO attainment",       "%",        PERCENT, 2, RES_HIGHER,  0, ALWAYS},
    {"slo.met",                   "SLO met",              "",         YES_NO,  0, RES_HIGHER,  0, ALWAYS},
    {"utilization",               "Utilization",          "%",        PERCENT, 1, RES_NEUTRAL, 0, ALWAYS},
    {"pue",                       "PUE",                  "",         PLAIN,   3, RES_LOWER,   0, ALWAYS},
    {"energy.site",               "Site energy",          "kWh/year", ENERGY,  0, RES_LOWER,   3, ALWAYS},
    {"carbon.operational",        "Carbon, operational",  "t/year",   PLAIN,   1, RES_LOWER,   2, ALWAYS},
    {"capex",                     "Initial capital",      "",         MONEY,   1, RES_LOWER,   3, ALWAYS},
    {"opex_per_year",             "Running cost",         "",         MONEY,   1, RES_LOWER,   3, ALWAYS},
    {"tco.npv",                   "TCO, present value",   "",         MONEY,   1, RES_LOWER,   3, ALWAYS},
    {"tco.equivalent_annual",     "Equivalent annual",    "",         MONEY,   1, RES_LOWER,   3, ALWAYS},
    {"cost.per_million_requests", "Per million requests", "",         MONEY,   2, RES_LOWER,   3, ALWAYS},
    {"cost.per_million_tokens",   "Per million tokens",   "",         MONEY,   2, RES_LOWER,   3, ALWAYS},
    {"npv_gain",                  "Gain over baseline",   "",         MONEY,   1, RES_HIGHER,  3, ALWAYS},
    {"time_to_service",           "Time to service",      "months",   PLAIN,   1, RES_LOWER,   0, ALWAYS},
    {"truck_rolls_per_year",      "Truck rolls",          "/year",    PLAIN,   1, RES_LOWER,   2, ALWAYS},
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

static void print_cells(
    const struct spec *spec, struct rep_row *row, const struct res_run *run)
{
    const int n = run->n_deployments;
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
                run->deployments[d].unstable ? "unstable"
                : est.value > 0.0            ? "yes"
                                             : "no");
        else
            rep_estimate(cell->text, sizeof cell->text, &est, decimals);
    }
}

/* An unstable deployment does not do the work, so it is best at nothing. */
static bool competes(
    const struct rep_row *row, const struct res_run *run, int d)
{
    const struct res_metric *m = row->cells[d].metric;

    return m != NULL && isfinite(m->est.value) && !run->deployments[d].unstable;
}

/* Cells that print alike are equally good; nothing is marked when all do. */
static void mark_best(
    const struct spec *spec, struct rep_row *row, const struct res_run *run)
{
    const double sign = spec->better == RES_LOWER ? 1.0 : -1.0;
    int best = -1, known = 0, alike = 0;

    if (spec->better == RES_NEUTRAL)
        return;
    for (int d = 0; d < run->n_deployments; d++) {
        if (!competes(row, run, d))
            continue;
        known++;
        if (best < 0 || sign * row->cells[d].metric->est.value <
                            sign * row->cells[best].metric->est.value)
            best = d;
    }
    for (int pass = 0; pass < 2 && best >= 0; pass++) {
        for (int d = 0; d < run->n_deployments; d++) {
            const bool same =
                competes(row, run, d) &&
                strcmp(row->cells[d].text, row->cells[best].text) == 0;
            if (pass == 0)
                alike += same;
            else
                row->cells[d].best = same && alike < known;
        }
    }
}

static bool nothing_arrives(const struct res_run *run)
{
    for (int d = 0; d < run->n_deployments; d++) {
        if (res_value(run, run->deployments[d].name, "requests.rate") > 0.0)
            return false;
    }
    return true;
}

/* Fill the cells; does any deployment have a value? */
static bool find_metrics(
    const struct spec *spec, struct rep_row *row, const struct res_run *run)
{
    bool found = false;

    for (int d = 0; d < run->n_deployments; d++) {
        const struct res_metric *m =
            res_find(run, run->deployments[d].name, spec->metric);
        row->cells[d] = (struct rep_cell){.metric = m};
        found = found || (m != NULL && isfinite(m->est.value));
    }
    return found;
}

int rep_rows_build(const struct res_run *run, struct sim_arena *arena,
    struct rep_row **rows, int *n, struct sim_err *err)
{
    struct rep_row *list = sim_arena_calloc(arena, N_SPECS, sizeof *list);
    const enum when not_now = nothing_arrives(run) ? BUSY : IDLE;
    int filled = 0;

    for (int i = 0; i < N_SPECS && list != NULL; i++) {
        struct rep_row *row = &list[filled];
        if (row->cells == NULL)
            row->cells = sim_arena_calloc(
                arena, (size_t)run->n_deployments, sizeof *row->cells);
        if (row->cells == NULL)
            return sim_err_set(err, SIM_E_NOMEM, "out of memory");
        if (specs[i].when == not_now || !find_metrics(&specs[i], row, run))
            continue;
        row->metric = specs[i].metric;
        row->label = specs[i].label;
        print_cells(&specs[i], row, run);
        mark_best(&specs[i], row, run);
        filled++;
    }
    if (list == NULL)
        return sim_err_set(err, SIM_E_NOMEM, "out of memory");
    *rows = list;
    *n = filled;
    return SIM_OK;
}
