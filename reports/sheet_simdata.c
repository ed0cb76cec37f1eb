/* SimData: what only the simulation knows.  The money reads its quantities
 * from here; nothing on this sheet follows an edited input. */
#include "reports/plan.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
    MAX_METRICS = 5000,
    COL_LOW = REP_COL_TOTAL,
    COL_HIGH = REP_COL_PV,
    COL_N = REP_COL_SERIES,
    PERIOD_WIDTH = 19, /* characters: a trillion requests */
};

static void put_headings(
    struct rep_sheet *s, lxw_row_t row, const char *const *text, int n)
{
    for (int c = 0; c < n; c++)
        rep_put_text(s, row, (lxw_col_t)c, text[c],
            REP_HEADER | (c >= REP_COL_CONSTANT ? REP_RIGHT : 0u));
}

static void put_series(struct rep_sheet *s, lxw_row_t row,
    const struct res_ledger *l, const double *x)
{
    const unsigned look = rep_look_series(x, l->n_columns);
    double sum = 0.0;

    for (int k = 0; k < l->n_columns; k++) {
        rep_put_number(
            s, row, (lxw_col_t)(REP_COL_SERIES + k), rep_at(x, k), look);
        sum += rep_at(x, k);
    }
    rep_put_formula(
        s, row, REP_COL_TOTAL, sum, look, "=SUM(%s)", rep_series(l, row).s);
}

static void put_deployment(struct rep_plan *plan, int d)
{
    static const char *const headings[] = {
        "", "Unit", "Category", "Kind", "", "Total", ""};
    const struct rep_plan_deployment *dep = &plan->dep[d];
    const struct res_ledger *l = dep->ledger;
    struct rep_sheet *s = plan->simdata;
    const char *name = plan->run->deployments[d].name;

    put_headings(s, dep->block, headings, REP_COL_SERIES);
    rep_put_text(s, dep->block, REP_COL_LABEL, name, REP_HEADER);
    rep_periods(s, dep->block, l);
    for (int i = 0; i < l->n_items; i++) {
        const struct res_item *item = &l->items[i];
        const lxw_row_t row = dep->quantity[i];
        rep_put_text(s, row, REP_COL_LABEL, rep_item_label(plan, item), 0);
        rep_put_text(s, row, REP_COL_UNIT, item->unit, 0);
        rep_put_text(
            s, row, REP_COL_CATEGORY, res_category_label(item->category), 0);
        rep_put_text(s, row, REP_COL_KIND,
            item->capital ? "per purchase" : "per period", REP_GREY);
        put_series(s, row, l, item->quantity);
    }
    rep_put_text(s, dep->units, REP_COL_LABEL, "Requests served", 0);
    rep_put_text(s, dep->units, REP_COL_UNIT, "request", 0);
    put_series(s, dep->units, l, l->units);
    rep_put_text(
        s, dep->npv, REP_COL_LABEL, "tco.npv as simulated, to check", REP_GREY);
    rep_put_text(s, dep->npv, REP_COL_UNIT, plan->run->meta.currency, 0);
    const struct res_metric *npv = res_find(plan->run, name, "tco.npv");
    rep_put_number(s, dep->npv, REP_COL_TOTAL,
        npv != NULL ? npv->est.value : l->npv, REP_MONEY2);
}

/* The body of Inputs once more, row by row: Checks compares the two. */
static void put_copies(struct rep_plan *plan)
{
    static const char *const headings[] = {
        "Inputs as simulated", "Unit", "", "", "Value"};
    struct rep_sheet *s = plan->simdata;

    put_headings(s, plan->copies_first - 1, headings, REP_COL_CONSTANT + 1);
    for (int i = 0; i < plan->n_rows; i++) {
        const lxw_row_t row = plan->copies_first + (lxw_row_t)i;
        if (plan->row_input[i] < 0) {
            rep_group(s, row, plan->row_group[i], REP_COL_CONSTANT + 1);
            continue;
        }
        const struct res_input *in = &plan->run->inputs[plan->row_input[i]];
        rep_put_text(s, row, REP_COL_LABEL, in->label, REP_INDENT);
        rep_put_text(s, row, REP_COL_UNIT, in->unit, 0);
        if (in->numeric && isfinite(in->value))
            rep_put_number(
                s, row, REP_COL_CONSTANT, in->value, rep_look_of(in->value));
        else
            rep_put_text(s, row, REP_COL_CONSTANT, in->text, REP_RIGHT);
    }
}

/* Metrics of members and years are many, and stand in csv/metrics.csv. */
static bool shown(const char *name)
{
    return strstr(name, ".year.") == NULL && strstr(name, ".site.") == NULL &&
           strstr(name, ".user.") == NULL;
}

static void put_metric(
    struct rep_sheet *s, lxw_row_t row, const struct res_metric *m)
{
    const struct res_estimate *e = &m->est;
    const unsigned look = rep_look_measured(e->value);

    rep_put_text(s, row, REP_COL_LABEL, m->name, 0);
    rep_put_text(s, row, REP_COL_UNIT, m->unit, 0);
    rep_put_number(s, row, REP_COL_CONSTANT, e->value, look);
    if (isfinite(e->value) && isfinite(e->half_width)) {
        rep_put_number(s, row, COL_LOW, e->value - e->half_width, look);
        rep_put_number(s, row, COL_HIGH, e->value + e->half_width, look);
        rep_put_number(s, row, COL_N, (double)e->n, REP_FIXED0);
    } else if (e->reason != NULL) {
        rep_put_text(s, row, COL_LOW, e->reason, REP_GREY);
    }
}

static void put_metrics(struct rep_plan *plan)
{
    char low[32], high[32];
    const char *const headings[] = {
        "Metric", "Unit", "", "", "Value", low, high, "n"};
    const struct res_run *run = plan->run;
    lxw_row_t row = plan->metrics_first;

    snprintf(low, sizeof low, "Low, %g %%", run->meta.level * 100.0);
    snprintf(high, sizeof high, "High, %g %%", run->meta.level * 100.0);
    put_headings(plan->simdata, row - 1, headings, COL_N + 1);
    for (int i = 0; i < run->n_metrics; i++) {
        if (!shown(run->metrics[i].name))
            continue;
        if (row - plan->metrics_first == MAX_METRICS) {
            rep_put_text(plan->simdata, row, REP_COL_LABEL,
                "The others stand in csv/metrics.csv.", REP_GREY);
            return;
        }
        put_metric(plan->simdata, row++, &run->metrics[i]);
    }
}

void rep_sheet_simdata(struct rep_plan *plan)
{
    struct rep_sheet *s = plan->simdata;

    rep_head(plan, s, "Simulation results",
        "Quantities behind the money, inputs as simulated, metrics with their "
        "confidence intervals. Nothing here follows an edited input.");
    rep_widths(s, REP_COL_LABEL, REP_COL_LABEL, 44);
    rep_widths(s, REP_COL_UNIT, REP_COL_UNIT, 15);
    rep_widths(s, REP_COL_CATEGORY, REP_COL_CATEGORY, 14);
    rep_widths(s, REP_COL_KIND, REP_COL_KIND, 14);
    rep_widths(s, REP_COL_CONSTANT, REP_COL_PV, 19);
    for (int d = 0; d < plan->run->n_deployments; d++) {
        const struct res_ledger *l = plan->dep[d].ledger;
        if (l == NULL)
            continue;
        rep_widths(
            s, REP_COL_SERIES, (lxw_col_t)(rep_n_columns(l) - 1), PERIOD_WIDTH);
        put_deployment(plan, d);
    }
    put_copies(plan);
    put_metrics(plan);
    rep_page(s, REP_ROW_FIRST, REP_COL_UNIT);
    rep_protect(s);
}
