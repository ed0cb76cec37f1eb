/* TCO: the deployments side by side, linked to their own sheets, and the
 * stacked chart of present values. */
#include "reports/number.h"
#include "reports/plan.h"

#include <math.h>
#include <stdio.h>

enum {
    COL_LABEL,
    COL_UNIT,
    COL_FIRST, /* of the deployments */
    ROW_HEAD = REP_ROW_FIRST,
    ROW_CATEGORY,
    ROW_NPV = ROW_CATEGORY + RES_N_CATEGORIES,
    ROW_BEFORE_TAX,
    ROW_UNDISCOUNTED,
    ROW_EAC,
    ROW_PER_MILLION,
    ROW_YEARS = ROW_PER_MILLION + 2,
    CHART_WIDTH = 900,
    CHART_HEIGHT = 420,
};

/* Cost components: an ordered set that stays apart for colour-blind readers;
 * tiers have their own colours elsewhere. */
static const lxw_color_t colors[RES_N_CATEGORIES] = {
    [RES_HARDWARE] = 0x332288,
    [RES_FACILITY] = 0x88CCEE,
    [RES_GENERATION] = 0x44AA99,
    [RES_ENERGY] = 0xDDCC77,
    [RES_NETWORK] = 0x117733,
    [RES_EGRESS] = 0x999933,
    [RES_RENTAL] = 0x6699CC,
    [RES_STAFF] = 0xCC6677,
    [RES_REPAIR] = 0x882255,
    [RES_SECURITY] = 0xAA4499,
    [RES_SOFTWARE] = 0x661100,
    [RES_LEASE] = 0x4477AA,
    [RES_LATENCY_PENALTY] = 0xEE7733,
    [RES_LOST_REVENUE] = 0xCC3311,
    [RES_CARBON] = 0x555555,
    [RES_TAX] = 0xBBBBBB,
    [RES_RESIDUAL] = 0xDDDDDD,
};

/* A row of links to one cell of every deployment's sheet. */
static void put_links(struct rep_plan *plan, lxw_row_t row, lxw_row_t target,
    lxw_col_t target_col, double (*value)(const struct res_ledger *, int),
    int argument, unsigned look)
{
    lxw_col_t col = COL_FIRST;

    for (int d = 0; d < plan->run->n_deployments; d++) {
        const struct rep_plan_deployment *dep = &plan->dep[d];
        if (dep->ledger == NULL)
            continue;
        rep_put_formula(plan->tco, row, col++, value(dep->ledger, argument),
            look | REP_GREEN, "='%s'!%s", dep->sheet->name,
            rep_abs(target, target_col).s);
    }
}

static double category_pv(const struct res_ledger *l, int category)
{
    return l->pv[category];
}

static double headline(const struct res_ledger *l, int row)
{
    switch (row) {
    case REP_TCO_NPV:
        return l->npv;
    case REP_TCO_NPV_BEFORE_TAX:
        return l->npv_before_tax;
    case REP_TCO_UNDISCOUNTED:
        return l->undiscounted;
    case REP_TCO_EAC:
        return l->npv * l->annuity;
    default:
        return l->pv_units > 0.0 ? l->npv / l->pv_units * 1e6 : (double)NAN;
    }
}

/* Categories stand at the same distance from the totals on every sheet, but
 * the totals start where the items of that deployment end. */
static void put_categories(struct rep_plan *plan)
{
    for (int i = 0; i < RES_N_CATEGORIES; i++) {
        const lxw_row_t row = ROW_CATEGORY + (lxw_row_t)i;
        lxw_col_t col = COL_FIRST;
        rep_put_text(plan->tco, row, COL_LABEL, res_category_label(i), 0);
        rep_put_text(plan->tco, row, COL_UNIT, plan->run->meta.currency, 0);
        for (int d = 0; d < plan->run->n_deployments; d++) {
            const struct rep_plan_deployment *dep = &plan->dep[d];
            if (dep->ledger == NULL)
                continue;
            rep_put_formula(plan->tco, row, col++, category_pv(dep->ledger, i),
                REP_MONEY0 | REP_GREEN, "='%s'!%s", dep->sheet->name,
                rep_abs(dep->sums + REP_SUM_CATEGORY + (lxw_row_t)i, REP_COL_PV)
                    .s);
        }
    }
}

static void put_headlines(struct rep_plan *plan)
{
    static const struct {
        lxw_row_t row, target;
        const char *label, *unit;
        unsigned look;
    } rows[] = {
        {ROW_NPV, REP_TCO_NPV, "Present value of all costs", "",
            REP_MONEY0 | REP_TOTAL},
        {ROW_BEFORE_TAX, REP_TCO_NPV_BEFORE_TAX, "Present value before tax", "",
            REP_MONEY0},
        {ROW_UNDISCOUNTED, REP_TCO_UNDISCOUNTED, "Total, not discounted", "",
            REP_MONEY0},
        {ROW_EAC, REP_TCO_EAC, "Equivalent annual cost", "/year", REP_MONEY0},
        {ROW_PER_MILLION, REP_TCO_PER_MILLION, "Cost per million requests", "",
            REP_MONEY2 | REP_BOLD},
    };
    char unit[32];

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const unsigned flags = rows[i].look & ~(unsigned)REP_NUMBER_MASK;
        snprintf(
            unit, sizeof unit, "%s%s", plan->run->meta.currency, rows[i].unit);
        rep_put_text(plan->tco, rows[i].row, COL_LABEL, rows[i].label, flags);
        rep_put_text(plan->tco, rows[i].row, COL_UNIT, unit, flags);
        put_links(plan, rows[i].row, rows[i].target, REP_COL_CONSTANT, headline,
            (int)rows[i].target, rows[i].look);
    }
}

static double year_total(const struct res_ledger *l, int year)
{
    double sum = 0.0;

    for (int k = 0; k < l->n_columns; k++) {
        if ((k + l->columns_per_yr - 1) / l->columns_per_yr == year)
            sum += rep_at(l->total, k);
    }
    return sum;
}

static int n_years(const struct rep_plan *plan)
{
    int years = 0;

    for (int d = 0; d < plan->run->n_deployments; d++) {
        const struct res_ledger *l = plan->dep[d].ledger;
        if (l != NULL && (l->n_columns - 1) / l->columns_per_yr > years)
            years = (l->n_columns - 1) / l->columns_per_yr;
    }
    return years;
}

/* Nominal totals by year, also where the ledger has months. */
static void put_years(struct rep_plan *plan)
{
    struct rep_sheet *s = plan->tco;
    const int last = n_years(plan);

    rep_put_text(
        s, ROW_YEARS, COL_LABEL, "Nominal total of the year", REP_HEADER);
    rep_put_text(s, ROW_YEARS, COL_UNIT, "Year", REP_HEADER | REP_RIGHT);
    for (int y = 0; y <= last; y++) {
        const lxw_row_t row = ROW_YEARS + 1 + (lxw_row_t)y;
        lxw_col_t col = COL_FIRST;
        rep_put_text(s, row, COL_LABEL, y == 0 ? "Start" : "", 0);
        rep_put_number(s, row, COL_UNIT, y, REP_FIXED0);
        for (int d = 0; d < plan->run->n_deployments; d++) {
            const struct rep_plan_deployment *dep = &plan->dep[d];
            if (dep->ledger == NULL)
                continue;
            if (y == 0)
                rep_put_formula_text(s, ROW_YEARS, col,
                    plan->run->deployments[d].name, REP_HEADER | REP_RIGHT,
                    "=%s", rep_row_abs(ROW_HEAD, col).s);
            rep_put_formula(s, row, col++, year_total(dep->ledger, y),
                REP_MONEY0 | REP_GREEN, "=SUMIF('%s'!%s,%s,'%s'!%s)",
                dep->sheet->name, rep_series_fixed(dep->ledger, REP_TCO_YEAR).s,
                rep_col_abs(row, COL_UNIT).s, dep->sheet->name,
                rep_series_fixed(dep->ledger, dep->sums + REP_SUM_TOTAL).s);
        }
    }
}

static bool any_in(const struct rep_plan *plan, int category)
{
    for (int d = 0; d < plan->run->n_deployments; d++) {
        const struct res_ledger *l = plan->dep[d].ledger;
        if (l != NULL && l->pv[category] != 0.0)
            return true;
    }
    return false;
}

static void put_chart(struct rep_plan *plan, int n_deployments)
{
    lxw_workbook *book = rep_book_handle(plan->book);
    char categories[160], values[160], name[96], axis[96];
    const lxw_col_t last = (lxw_col_t)(COL_FIRST + n_deployments - 1);

    if (book == NULL || n_deployments == 0)
        return;
    lxw_chart *chart = workbook_add_chart(book, LXW_CHART_COLUMN_STACKED);
    if (chart == NULL) {
        rep_book_note(plan->book, LXW_ERROR_MEMORY_MALLOC_FAILED);
        return;
    }
    snprintf(categories, sizeof categories, "=TCO!%s:%s",
        rep_abs(ROW_HEAD, COL_FIRST).s, rep_abs(ROW_HEAD, last).s);
    for (int i = 0; i < RES_N_CATEGORIES; i++) {
        const lxw_row_t row = ROW_CATEGORY + (lxw_row_t)i;
        lxw_chart_fill fill = {.color = colors[i]};
        if (!any_in(plan, i))
            continue;
        snprintf(values, sizeof values, "=TCO!%s:%s", rep_abs(row, COL_FIRST).s,
            rep_abs(row, last).s);
        snprintf(name, sizeof name, "=TCO!%s", rep_abs(row, COL_LABEL).s);
        lxw_chart_series *series = chart_add_series(chart, categories, values);
        chart_series_set_name(series, name);
        chart_series_set_fill(series, &fill);
    }
    snprintf(
        axis, sizeof axis, "Present value, %.20s", plan->run->meta.currency);
    chart_title_set_name(chart, "Where the money goes");
    chart_axis_set_name(chart->y_axis, axis);
    chart_axis_set_num_format(chart->y_axis, "#,##0");
    chart_axis_set_label_position(
        chart->x_axis, LXW_CHART_AXIS_LABEL_POSITION_LOW);
    chart_legend_set_position(chart, LXW_CHART_LEGEND_RIGHT);
    chart_set_series_gap(chart, 60);
    lxw_chart_options size = {
        .x_scale = CHART_WIDTH / 480.0,
        .y_scale = CHART_HEIGHT / 288.0,
        .object_position = LXW_OBJECT_MOVE_DONT_SIZE,
        .description = "Stacked columns: present value by cost category for "
                       "each deployment",
    };
    const lxw_row_t below = ROW_YEARS + (lxw_row_t)n_years(plan) + 3;
    rep_book_note(plan->book, worksheet_insert_chart_opt(plan->tco->sheet,
                                  below, COL_LABEL, chart, &size));
}

void rep_sheet_tco(struct rep_plan *plan)
{
    struct rep_sheet *s = plan->tco;
    lxw_col_t col = COL_FIRST;

    rep_head(plan, s, "Total cost of ownership",
        "Present values; costs are positive. Each figure is linked to the "
        "sheet of its deployment and follows the inputs.");
    rep_widths(s, COL_LABEL, COL_LABEL, 32);
    rep_widths(s, COL_UNIT, COL_UNIT, 22);
    rep_put_text(s, ROW_HEAD, COL_LABEL, "Category", REP_HEADER);
    rep_put_text(s, ROW_HEAD, COL_UNIT, "Unit", REP_HEADER);
    for (int d = 0; d < plan->run->n_deployments; d++) {
        const char *name = plan->run->deployments[d].name;
        if (plan->dep[d].ledger == NULL)
            continue;
        const int width = rep_width(name) + 3;
        rep_widths(s, col, col, width < 18 ? 18 : width);
        rep_put_text(s, ROW_HEAD, col++, name, REP_HEADER | REP_RIGHT);
    }
    if (col == COL_FIRST) {
        rep_put_text(s, ROW_CATEGORY, COL_LABEL,
            "This study has no money: give `finance` to get costs.", REP_GREY);
        rep_page(s, ROW_CATEGORY, COL_UNIT);
        return;
    }
    put_categories(plan);
    put_headlines(plan);
    put_years(plan);
    put_chart(plan, col - COL_FIRST);
    rep_page(s, ROW_CATEGORY, COL_UNIT);
    rep_pages_wide(s, 0);
    rep_protect(s);
}
