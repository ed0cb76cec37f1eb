/* Cover: what this workbook is, whether it holds together, where to look. */
#include "reports/plan.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "reports/findings.h"
#include "reports/number.h"

enum {
    COL_LABEL,
    COL_TEXT,
    COL_LAST = 7,
    TEXT_WIDTH = 150, /* characters over COL_TEXT .. COL_LAST */
    LINE_WIDTH = 175,
    COL_CHECK_MESSAGE = 4, /* on Checks */
    COL_CHECK_COMMAND = 5,
    LAST_ROW = 9999, /* past the last row of Checks */
};

static lxw_row_t heading(struct rep_sheet *s, lxw_row_t row, const char *text)
{
    for (lxw_col_t c = 0; c <= (lxw_col_t)COL_LAST; c++)
        rep_put_text(s, row, c, c == 0 ? text : "", REP_HEADER);
    return row + 1;
}

static lxw_row_t line(
    struct rep_sheet *s, lxw_row_t row, const char *label, const char *text)
{
    rep_put_text(s, row, COL_LABEL, label, REP_WRAP);
    rep_put_paragraph(
        s, row, COL_TEXT, COL_LAST, TEXT_WIDTH, text != NULL ? text : "");
    return row + 1;
}

/* The first stale input, and the command that honours it. */
static lxw_row_t put_stale(struct rep_plan *plan, lxw_row_t row)
{
    static const lxw_col_t from[] = {COL_CHECK_MESSAGE, COL_CHECK_COMMAND};
    static const char *const labels[] = {"Edited inputs", "To do"};
    struct rep_sheet *s = plan->cover;

    for (int i = 0; i < 2; i++) {
        rep_put_text(s, row, COL_LABEL, labels[i], 0);
        rep_put_formula_text(s, row, COL_TEXT,
            i == 0 ? "none needs a new simulation" : "-", REP_BOLD,
            "=IF(Checks!%s=0,\"%s\",INDEX(Checks!%s:%s,MATCH(\"Re-run*\","
            "Checks!%s:%s,0)))",
            rep_abs(REP_CHECK_ROW_STALE, REP_CHECK_COL_FLAG).s,
            i == 0 ? "none needs a new simulation" : "-", rep_abs(0, from[i]).s,
            rep_abs(LAST_ROW, from[i]).s, rep_abs(0, COL_CHECK_MESSAGE).s,
            rep_abs(LAST_ROW, COL_CHECK_MESSAGE).s);
        row++;
    }
    return row + 1;
}

static void put_simulated(struct rep_plan *plan, lxw_row_t row, lxw_col_t col,
    const struct res_deployment *dep, const char *metric, double scale)
{
    const struct res_metric *m = res_find(plan->run, dep->name, metric);
    const bool latency = strncmp(metric, "latency.", 8) == 0;
    char text[96] = "-";

    if (m != NULL) {
        struct res_estimate est = m->est;
        est.value *= scale;
        est.half_width *= scale;
        rep_estimate(text, sizeof text, &est,
            rep_decimals(est.value, 5, scale > 1 ? 3 : 2));
        if (latency && dep->unstable)
            snprintf(text, sizeof text, "unstable");
    }
    rep_put_text(plan->cover, row, col, text, REP_RIGHT);
}

static void put_money(
    struct rep_plan *plan, lxw_row_t row, const struct rep_plan_deployment *dep)
{
    static const lxw_row_t from[] = {
        REP_TCO_NPV, REP_TCO_EAC, REP_TCO_PER_MILLION};
    const struct res_ledger *l = dep->ledger;

    for (int i = 0; i < 3; i++) {
        const lxw_col_t col = (lxw_col_t)(COL_TEXT + 4 + i);
        const double values[] = {l != NULL ? l->npv : (double)NAN,
            l != NULL ? l->npv * l->annuity : (double)NAN,
            l != NULL && l->pv_units > 0.0 ? l->npv / l->pv_units * 1e6
                                           : (double)NAN};
        if (l == NULL)
            rep_put_text(plan->cover, row, col, "-", REP_RIGHT);
        else
            rep_put_formula(plan->cover, row, col, values[i],
                (i == 2 ? REP_MONEY2 : REP_MONEY0) | REP_GREEN, "='%s'!%s",
                dep->sheet->name, rep_abs(from[i], REP_COL_CONSTANT).s);
    }
}

static lxw_row_t put_results(struct rep_plan *plan, lxw_row_t row)
{
    const struct res_run *run = plan->run;
    char npv[48], eac[48], per[64];
    const char *const headings[] = {"Deployment", "Tier", "Latency p95, ms",
        "Availability, %", "SLO attainment, %", npv, eac, per};

    snprintf(npv, sizeof npv, "Present value, %.12s", run->meta.currency);
    snprintf(eac, sizeof eac, "Per year, %.12s", run->meta.currency);
    snprintf(per, sizeof per, "Per million, %.12s", run->meta.currency);
    for (lxw_col_t c = 0; c <= (lxw_col_t)COL_LAST; c++)
        rep_put_text(plan->cover, row, c, headings[c],
            REP_HEADER | (c > COL_TEXT ? REP_RIGHT : 0u));
    row++;
    for (int d = 0; d < run->n_deployments; d++, row++) {
        const struct res_deployment *dep = &run->deployments[d];
        rep_put_text(plan->cover, row, COL_LABEL, dep->name, REP_BOLD);
        rep_put_text(plan->cover, row, COL_TEXT, dep->tier, 0);
        put_simulated(plan, row, COL_TEXT + 1, dep, "latency.p95", 1.0);
        put_simulated(plan, row, COL_TEXT + 2, dep, "availability", 100.0);
        put_simulated(plan, row, COL_TEXT + 3, dep, "slo.attainment", 100.0);
        put_money(plan, row, &plan->dep[d]);
    }
    rep_put_text(plan->cover, row, COL_LABEL,
        "Money follows the inputs; the other columns are as simulated, "
        "\xC2\xB1 "
        "is half the confidence interval.",
        REP_GREY);
    return row + 2;
}

static lxw_row_t put_findings(struct rep_plan *plan, lxw_row_t row)
{
    struct sim_text text = {0};

    rep_findings(plan->run, &text);
    row = heading(plan->cover, row, "Findings, as simulated");
    char *s = text.data;
    while (s != NULL && *s != '\0') {
        char *end = strchr(s, '\n');
        if (end != NULL)
            *end = '\0';
        rep_put_paragraph(
            plan->cover, row++, COL_LABEL, COL_LAST, LINE_WIDTH, s);
        s = end != NULL ? end + 1 : NULL;
    }
    if (!sim_text_ok(&text))
        rep_book_note(plan->book, LXW_ERROR_MEMORY_MALLOC_FAILED);
    sim_text_release(&text);
    for (int i = 0; i < plan->run->n_thresholds; i++)
        row = line(plan->cover, row,
            rep_verdict(plan->run->thresholds[i].verdict),
            plan->run->thresholds[i].text);
    for (int i = 0; i < plan->run->n_warnings; i++)
        row = line(plan->cover, row, "Warning", plan->run->warnings[i]);
    return row + 1;
}

static lxw_row_t put_contents(struct rep_plan *plan, lxw_row_t row)
{
    const struct {
        const struct rep_sheet *sheet;
        const char *text;
    } sheets[] = {
        {plan->inputs, "every input, its range and source; case selector"},
        {plan->simdata, "what the simulation found, with intervals"},
        {plan->tco, "deployments side by side, chart"},
        {plan->latency, "quantiles and distribution functions"},
        {plan->checks, "does it all hold together"},
        {plan->tables, "tax depreciation percentages"},
    };
    struct rep_sheet *s = plan->cover;

    row = heading(s, row, "Contents");
    for (size_t i = 0; i < sizeof sheets / sizeof sheets[0]; i++) {
        rep_put_link(s, row, COL_LABEL, sheets[i].sheet, sheets[i].sheet->name);
        rep_put_text(s, row++, COL_TEXT, sheets[i].text, 0);
        for (int d = 0;
             sheets[i].sheet == plan->tco && d < plan->run->n_deployments;
             d++) {
            const struct rep_plan_deployment *dep = &plan->dep[d];
            if (dep->ledger == NULL)
                continue;
            rep_put_link(s, row, COL_LABEL, dep->sheet, dep->sheet->name);
            rep_put_text(s, row++, COL_TEXT,
                "costs of this deployment, line by line", 0);
        }
    }
    return row + 1;
}

static lxw_row_t put_legend(struct rep_plan *plan, lxw_row_t row)
{
    struct rep_sheet *s = plan->cover;

    row = heading(s, row, "Legend");
    rep_put_text(s, row, COL_LABEL, "Blue", REP_BLUE);
    rep_put_text(s, row++, COL_TEXT, "input; may be edited", 0);
    rep_put_text(s, row, COL_LABEL, "Black", 0);
    rep_put_text(s, row++, COL_TEXT, "formula, or result of the simulation", 0);
    rep_put_text(s, row, COL_LABEL, "Green", REP_GREEN);
    rep_put_text(s, row++, COL_TEXT, "link to another sheet", 0);
    row = line(s, row, "Signs",
        "costs are positive; negative amounts stand in brackets, zero as -");
    row = line(s, row, "Confidence",
        "of a source: P read in the primary source, S in one that reports it, "
        "R recalled and not checked, D derived or assumed");
    return row + 1;
}

static void put_origin(struct rep_plan *plan, lxw_row_t row)
{
    const struct res_meta *m = &plan->run->meta;
    struct rep_sheet *s = plan->cover;
    char text[160];

    row = heading(s, row, "Origin of the numbers");
    row = line(s, row, "Scenario", m->name);
    row = line(s, row, "Scenario SHA-256", m->scenario_sha256);
    row = line(s, row, "Program", m->version);
    snprintf(text, sizeof text, "%" PRIu64, m->seed);
    row = line(s, row, "Seed", text);
    snprintf(text, sizeof text, "%" PRId64 " (%.80s)", m->replications,
        m->stop != NULL && m->stop[0] != '\0' ? m->stop : "as asked");
    row = line(s, row, "Replications", text);
    snprintf(text, sizeof text, "%" PRId64, m->requests_simulated);
    row = line(s, row, "Requests simulated", text);
    snprintf(text, sizeof text, "%.20s, %g years",
        m->start != NULL ? m->start : "", m->horizon_yr);
    row = line(s, row, "Start, horizon", text);
    row = line(s, row, "Limits",
        "Results of a model under the assumptions on Inputs; intervals cover "
        "the randomness of the simulation, not errors of the assumptions.");
    line(s, row, "", "Low, base and high cases move all inputs at once.");
}

static double label_width(const struct res_run *run)
{
    int width = 26;

    for (int d = 0; d < run->n_deployments; d++) {
        const int n = rep_width(run->deployments[d].name) + 4;
        width = n > width ? n : width;
    }
    return width < 60 ? width : 60;
}

void rep_sheet_cover(struct rep_plan *plan)
{
    const struct res_meta *m = &plan->run->meta;
    const bool titled = m->title != NULL && m->title[0] != '\0';
    struct rep_sheet *s = plan->cover;
    lxw_row_t row = REP_ROW_FIRST;

    rep_head(plan, s, titled ? m->title : m->name,
        "Cost and latency of sites compared by simulation; the money is a live "
        "model.");
    rep_widths(s, COL_LABEL, COL_LABEL, label_width(plan->run));
    rep_widths(s, COL_TEXT, COL_LAST, 22);
    row = put_stale(plan, row);
    row = put_results(plan, row);
    row = put_findings(plan, row);
    row = put_contents(plan, row);
    row = put_legend(plan, row);
    put_origin(plan, row);
    rep_page(s, 0, 0);
    if (rep_book_ok(plan->book))
        worksheet_activate(s->sheet);
    rep_protect(s);
}
