/* TCO <deployment>: the money of one deployment, by formula.
 *
 * Every row has one formula, copied right; all that may change stands on
 * Inputs or in the settings above.  The formulas are those at the head of
 * ledger.h, and the cached values are the ledger's own numbers: a spreadsheet
 * that recalculates must arrive at the same ones. */
#include "reports/calc.h"

#include <stdio.h>

enum { PERIODS_A_PAGE = 12 };

lxw_col_t rep_calc_column(int k)
{
    return (lxw_col_t)(REP_COL_SERIES + k);
}

double rep_calc_input(const struct rep_calc *c, int input, double none)
{
    return input >= 0 ? c->plan->run->inputs[input].value : none;
}

void rep_calc_label(const struct rep_calc *c, lxw_row_t row, const char *label,
    const char *unit, unsigned look)
{
    rep_put_text(c->s, row, REP_COL_LABEL, label, look | REP_INDENT);
    rep_put_text(c->s, row, REP_COL_UNIT, unit, look);
}

/* A constant linked to Inputs, or 0 where the scenario has no such input. */
void rep_calc_link(const struct rep_calc *c, lxw_row_t row, const char *label,
    const char *unit, int input)
{
    const double value = rep_calc_input(c, input, 0.0);

    rep_calc_label(c, row, label, unit, 0);
    if (input < 0)
        rep_put_number(c->s, row, REP_COL_CONSTANT, 0.0, REP_FIXED0);
    else
        rep_put_formula(c->s, row, REP_COL_CONSTANT, value,
            rep_look_of(value) | REP_GREEN, "=%s", rep_live(c->plan, input).s);
}

void rep_calc_sums(const struct rep_calc *c, lxw_row_t row, lxw_row_t factor,
    double total, double pv, unsigned look)
{
    rep_put_formula(c->s, row, REP_COL_TOTAL, total, REP_MONEY0 | look,
        "=SUM(%s)", rep_series(c->l, row).s);
    if (factor != 0)
        rep_put_formula(c->s, row, REP_COL_PV, pv, REP_MONEY0 | look,
            "=SUMPRODUCT(%s,%s)", rep_series(c->l, row).s,
            rep_series_fixed(c->l, factor).s);
}

/* ---- settings and time ---- */

static void put_settings(const struct rep_calc *c)
{
    const struct res_ledger *l = c->l;
    struct rep_sheet *s = c->s;
    const struct rep_ref rate = rep_abs(REP_TCO_DISCOUNT, REP_COL_CONSTANT);
    const struct rep_ref end =
        rep_abs(REP_TCO_END, rep_calc_column(l->n_columns - 1));

    rep_group(s, REP_TCO_SETTINGS, "Settings", rep_n_columns(l));
    rep_calc_link(c, REP_TCO_DISCOUNT, "Discount rate, nominal", "1/year",
        l->in_discount);
    rep_calc_link(c, REP_TCO_TAX_RATE, "Tax rate", "1", l->in_tax_rate);
    rep_calc_label(c, REP_TCO_PER_YEAR, "Columns a year", "1", 0);
    rep_put_number(
        s, REP_TCO_PER_YEAR, REP_COL_CONSTANT, l->columns_per_yr, REP_FIXED0);
    rep_calc_label(c, REP_TCO_OFFSET,
        "Running costs fall before the column's end by", "year", 0);
    rep_put_number(s, REP_TCO_OFFSET, REP_COL_CONSTANT,
        l->timing == RES_MID_YEAR ? 0.5 : 0.0, REP_FIXED1);
    rep_calc_label(c, REP_TCO_LAST, "Last column", "1", 0);
    rep_put_number(
        s, REP_TCO_LAST, REP_COL_CONSTANT, l->n_columns - 1, REP_FIXED0);
    rep_calc_label(c, REP_TCO_ANNUITY, "Capital recovery factor", "1/year", 0);
    rep_put_formula(s, REP_TCO_ANNUITY, REP_COL_CONSTANT, l->annuity,
        REP_FIXED6, "=IF(%s=0,1/%s,%s/(1-(1+%s)^-%s))", rate.s, end.s, rate.s,
        rate.s, end.s);
    rep_calc_label(c, REP_TCO_MILLION, "Requests in a million", "1", 0);
    rep_put_number(s, REP_TCO_MILLION, REP_COL_CONSTANT, 1e6, REP_FIXED0);
}

static void put_time_labels(const struct rep_calc *c)
{
    rep_group(c->s, REP_TCO_TIME, "Time", rep_n_columns(c->l));
    rep_calc_label(c, REP_TCO_COLUMN, "Column", "1", 0);
    rep_calc_label(c, REP_TCO_END, "End of the column", "year", 0);
    rep_calc_label(c, REP_TCO_YEAR, "Year", "1", 0);
    rep_calc_label(
        c, REP_TCO_RISE_OP, "Price rise of running costs over", "year", 0);
    rep_calc_label(
        c, REP_TCO_RISE_CAP, "Price rise of purchases over", "year", 0);
    rep_calc_label(
        c, REP_TCO_FACTOR_OP, "Discount factor, running costs and tax", "1", 0);
    rep_calc_label(c, REP_TCO_FACTOR_CAP,
        "Discount factor, purchases and residual value", "1", 0);
    rep_calc_label(c, REP_TCO_IS_LAST, "Last column: 1", "1", 0);
}

static void put_time(const struct rep_calc *c)
{
    const struct res_ledger *l = c->l;
    const int per_yr = l->columns_per_yr;
    struct rep_sheet *s = c->s;
    const struct rep_ref rate = rep_abs(REP_TCO_DISCOUNT, REP_COL_CONSTANT);
    const struct rep_ref cpy = rep_abs(REP_TCO_PER_YEAR, REP_COL_CONSTANT);

    put_time_labels(c);
    for (int k = 0; k < l->n_columns; k++) {
        const lxw_col_t col = rep_calc_column(k);
        const struct rep_ref number = rep_rel(REP_TCO_COLUMN, col);
        const struct rep_ref end = rep_rel(REP_TCO_END, col);
        if (k == 0)
            rep_put_number(s, REP_TCO_COLUMN, col, 0.0, REP_FIXED0);
        else
            rep_put_formula(s, REP_TCO_COLUMN, col, k, REP_FIXED0, "=%s+1",
                rep_rel(REP_TCO_COLUMN, rep_calc_column(k - 1)).s);
        rep_put_formula(s, REP_TCO_END, col, l->years[k],
            per_yr == 1 ? REP_FIXED0 : REP_FIXED4, "=%s/%s", number.s, cpy.s);
        const int year = (k + per_yr - 1) / per_yr;
        const int before = k > 0 ? (k - 1) / per_yr : 0, whole = k / per_yr;
        rep_put_formula(s, REP_TCO_YEAR, col, year, REP_FIXED0,
            "=ROUNDUP(%s/%s,0)", number.s, cpy.s);
        rep_put_formula(s, REP_TCO_RISE_OP, col, before, REP_FIXED0,
            "=INT(MAX(0,%s-1)/%s)", number.s, cpy.s);
        rep_put_formula(s, REP_TCO_RISE_CAP, col, whole, REP_FIXED0,
            "=INT(%s/%s)", number.s, cpy.s);
        rep_put_formula(s, REP_TCO_FACTOR_OP, col, l->discount_op[k],
            REP_FIXED6, "=(1+%s)^-MAX(0,%s-%s)", rate.s, end.s,
            rep_abs(REP_TCO_OFFSET, REP_COL_CONSTANT).s);
        rep_put_formula(s, REP_TCO_FACTOR_CAP, col, l->discount_cap[k],
            REP_FIXED6, "=(1+%s)^-%s", rate.s, end.s);
        rep_put_formula(s, REP_TCO_IS_LAST, col, k == l->n_columns - 1,
            REP_FIXED0, "=IF(%s=%s,1,0)", number.s,
            rep_abs(REP_TCO_LAST, REP_COL_CONSTANT).s);
    }
}

/* ---- totals ---- */

/* Sums over the items that the ledger does not hold itself, by column. */
struct flows {
    double *running, *disposal, *purchases, *value_left, *basis_left, *op, *cap;
    double pv_running, pv_cap;
};

static int add_flows(const struct rep_calc *c, struct flows *f)
{
    const struct res_ledger *l = c->l;
    const int last = l->n_columns - 1;
    double **all[] = {&f->running, &f->disposal, &f->purchases, &f->value_left,
        &f->basis_left, &f->op, &f->cap};

    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        *all[i] = sim_arena_calloc(
            &c->plan->arena, (size_t)l->n_columns, sizeof **all[i]);
        if (*all[i] == NULL)
            return SIM_E_NOMEM;
    }
    for (int i = 0; i < l->n_items; i++) {
        const struct res_item *item = &l->items[i];
        const bool disposal = rep_calc_disposal(item);
        double *to = item->capital ? f->purchases
                     : disposal    ? f->disposal
                                   : f->running;
        for (int k = 0; k <= last; k++)
            to[k] += rep_at(item->amount, k);
        *(item->capital || disposal ? &f->pv_cap : &f->pv_running) += item->pv;
        f->pv_cap -= item->residual * l->discount_cap[last];
        f->value_left[last] += item->residual;
        f->basis_left[last] += item->undepreciated;
    }
    for (int k = 0; k <= last; k++) {
        f->op[k] = f->running[k] + rep_at(l->category[RES_TAX], k);
        f->cap[k] = f->purchases[k] + f->disposal[k] - f->value_left[k];
    }
    return SIM_OK;
}

static double sum_of(const struct rep_calc *c, const double *x)
{
    double sum = 0.0;

    for (int k = 0; k < c->l->n_columns; k++)
        sum += rep_at(x, k);
    return sum;
}

/* A series by one formula with the column's reference in it twice at most:
 * SUMIF over the items by category or kind. */
static void put_sumif(const struct rep_calc *c, lxw_row_t row, lxw_col_t key,
    const double *x, unsigned look)
{
    const lxw_row_t a = REP_TCO_ITEMS, b = c->dep->sums - 1;

    for (int k = 0; k < c->l->n_columns; k++) {
        const lxw_col_t col = rep_calc_column(k);
        rep_put_formula(c->s, row, col, rep_at(x, k), REP_MONEY0 | look,
            "=SUMIF(%s:%s,%s,%s:%s)", rep_abs(a, key).s, rep_abs(b, key).s,
            rep_col_abs(row, key).s, rep_row_abs(a, col).s,
            rep_row_abs(b, col).s);
    }
}

/* What is left at the horizon: totals of a kind, in the last column. */
static void put_left(const struct rep_calc *c, lxw_row_t row, const double *x)
{
    const lxw_row_t a = REP_TCO_ITEMS, b = c->dep->sums - 1;

    for (int k = 0; k < c->l->n_columns; k++)
        rep_put_formula(c->s, row, rep_calc_column(k), x[k], REP_MONEY0,
            "=%s*SUMIF(%s:%s,%s,%s:%s)",
            rep_row_abs(REP_TCO_IS_LAST, rep_calc_column(k)).s,
            rep_abs(a, REP_COL_KIND).s, rep_abs(b, REP_COL_KIND).s,
            rep_col_abs(row, REP_COL_KIND).s, rep_abs(a, REP_COL_TOTAL).s,
            rep_abs(b, REP_COL_TOTAL).s);
}

static void put_category(const struct rep_calc *c, int category)
{
    const lxw_row_t sums = c->dep->sums;
    const lxw_row_t row = sums + REP_SUM_CATEGORY + (lxw_row_t)category;
    const double *x = c->l->category[category];

    rep_calc_label(
        c, row, res_category_label(category), c->plan->run->meta.currency, 0);
    rep_put_text(
        c->s, row, REP_COL_CATEGORY, res_category_label(category), REP_GREY);
    if (category != RES_TAX && category != RES_RESIDUAL) {
        const lxw_row_t a = REP_TCO_ITEMS, b = sums - 1;
        put_sumif(c, row, REP_COL_CATEGORY, x, 0);
        rep_calc_sums(c, row, 0, sum_of(c, x), 0.0, 0);
        rep_put_formula(c->s, row, REP_COL_PV, c->l->pv[category], REP_MONEY0,
            "=SUMIF(%s:%s,%s,%s:%s)", rep_abs(a, REP_COL_CATEGORY).s,
            rep_abs(b, REP_COL_CATEGORY).s,
            rep_col_abs(row, REP_COL_CATEGORY).s, rep_abs(a, REP_COL_PV).s,
            rep_abs(b, REP_COL_PV).s);
        return;
    }
    for (int k = 0; k < c->l->n_columns; k++) {
        const lxw_col_t col = rep_calc_column(k);
        if (category == RES_TAX)
            rep_put_formula(c->s, row, col, rep_at(x, k), REP_MONEY0, "=-%s*%s",
                rep_abs(REP_TCO_TAX_RATE, REP_COL_CONSTANT).s,
                rep_rel(sums + REP_SUM_TAX_BASE, col).s);
        else
            rep_put_formula(c->s, row, col, rep_at(x, k), REP_MONEY0, "=%s-%s",
                rep_rel(sums + REP_SUM_DISPOSAL, col).s,
                rep_rel(sums + REP_SUM_VALUE_LEFT, col).s);
    }
    rep_calc_sums(c, row,
        category == RES_TAX ? REP_TCO_FACTOR_OP : REP_TCO_FACTOR_CAP,
        sum_of(c, x), c->l->pv[category], 0);
}

static void put_total(const struct rep_calc *c)
{
    const lxw_row_t row = c->dep->sums + REP_SUM_TOTAL;
    const lxw_row_t a = c->dep->sums + REP_SUM_CATEGORY, b = row - 1;
    const struct res_ledger *l = c->l;

    rep_calc_label(c, row, "Total", c->plan->run->meta.currency, REP_TOTAL);
    rep_put_text(c->s, row, REP_COL_CATEGORY, "", REP_TOTAL);
    rep_put_text(c->s, row, REP_COL_KIND, "", REP_TOTAL);
    rep_put_text(c->s, row, REP_COL_CONSTANT, "", REP_TOTAL);
    for (lxw_col_t col = REP_COL_TOTAL; col < rep_calc_column(l->n_columns);
         col++) {
        const double value = col == REP_COL_TOTAL ? l->undiscounted
                             : col == REP_COL_PV
                                 ? l->npv
                                 : rep_at(l->total, (int)col - REP_COL_SERIES);
        rep_put_formula(c->s, row, col, value, REP_MONEY0 | REP_TOTAL,
            "=SUM(%s:%s)", rep_rel(a, col).s, rep_rel(b, col).s);
    }
}

static void put_kind(
    const struct rep_calc *c, int offset, const char *label, const char *kind)
{
    const lxw_row_t row = c->dep->sums + (lxw_row_t)offset;

    rep_calc_label(c, row, label, c->plan->run->meta.currency, 0);
    rep_put_text(c->s, row, REP_COL_KIND, kind, REP_GREY);
}

/* Tax base and the two flows, each a sum of rows above. */
static void put_derived(const struct rep_calc *c, const struct flows *f)
{
    const lxw_row_t s = c->dep->sums;
    const lxw_row_t tax = s + REP_SUM_CATEGORY + RES_TAX;

    for (int k = 0; k < c->l->n_columns; k++) {
        const lxw_col_t col = rep_calc_column(k);
        rep_put_formula(c->s, s + REP_SUM_TAX_BASE, col,
            rep_at(c->l->tax_base, k), REP_MONEY0, "=%s+%s+%s+%s-%s",
            rep_rel(s + REP_SUM_RUNNING, col).s,
            rep_rel(s + REP_SUM_DISPOSAL, col).s,
            rep_rel(s + REP_SUM_DEP, col).s,
            rep_rel(s + REP_SUM_BASIS_LEFT, col).s,
            rep_rel(s + REP_SUM_VALUE_LEFT, col).s);
        rep_put_formula(c->s, s + REP_SUM_OP_FLOW, col, f->op[k], REP_MONEY0,
            "=%s+%s", rep_rel(s + REP_SUM_RUNNING, col).s, rep_rel(tax, col).s);
        rep_put_formula(c->s, s + REP_SUM_CAP_FLOW, col, f->cap[k], REP_MONEY0,
            "=%s+%s-%s", rep_rel(s + REP_SUM_PURCHASES, col).s,
            rep_rel(s + REP_SUM_DISPOSAL, col).s,
            rep_rel(s + REP_SUM_VALUE_LEFT, col).s);
        rep_put_formula(c->s, s + REP_SUM_UNITS, col, rep_at(c->l->units, k),
            REP_MONEY0 | REP_GREEN, "=SimData!%s",
            rep_rel(c->dep->units, col).s);
    }
}

static void put_flows(const struct rep_calc *c, const struct flows *f)
{
    const struct res_ledger *l = c->l;
    const lxw_row_t s = c->dep->sums;
    const double pv_op = f->pv_running + l->pv[RES_TAX];

    rep_group(
        c->s, s + REP_SUM_FLOW_HEADING, "Flows and tax", rep_n_columns(l));
    put_kind(c, REP_SUM_RUNNING, "Running costs", "running");
    put_kind(c, REP_SUM_DISPOSAL, "Residual values given as such", "disposal");
    put_kind(c, REP_SUM_PURCHASES, "Purchases", "purchase");
    put_kind(c, REP_SUM_DEP, "Depreciation for tax", "depreciation");
    put_kind(c, REP_SUM_BASIS_LEFT, "Not yet depreciated, deducted at the end",
        "basis left");
    put_kind(
        c, REP_SUM_VALUE_LEFT, "Value left, taxed at the end", "value left");
    put_kind(c, REP_SUM_TAX_BASE, "Deducted from profits made elsewhere", "");
    put_kind(c, REP_SUM_OP_FLOW, "Flow: running costs and tax", "");
    put_kind(c, REP_SUM_CAP_FLOW, "Flow: purchases less residual values", "");
    rep_calc_label(c, s + REP_SUM_UNITS, "Requests served", "request", 0);
    put_sumif(c, s + REP_SUM_RUNNING, REP_COL_KIND, f->running, 0);
    put_sumif(c, s + REP_SUM_DISPOSAL, REP_COL_KIND, f->disposal, 0);
    put_sumif(c, s + REP_SUM_PURCHASES, REP_COL_KIND, f->purchases, 0);
    put_sumif(c, s + REP_SUM_DEP, REP_COL_KIND, l->depreciation, 0);
    put_left(c, s + REP_SUM_BASIS_LEFT, f->basis_left);
    put_left(c, s + REP_SUM_VALUE_LEFT, f->value_left);
    put_derived(c, f);
    rep_calc_sums(c, s + REP_SUM_RUNNING, REP_TCO_FACTOR_OP,
        sum_of(c, f->running), f->pv_running, 0);
    rep_calc_sums(c, s + REP_SUM_DISPOSAL, 0, sum_of(c, f->disposal), 0.0, 0);
    rep_calc_sums(c, s + REP_SUM_PURCHASES, 0, sum_of(c, f->purchases), 0.0, 0);
    rep_calc_sums(c, s + REP_SUM_DEP, 0, sum_of(c, l->depreciation), 0.0, 0);
    rep_calc_sums(
        c, s + REP_SUM_BASIS_LEFT, 0, sum_of(c, f->basis_left), 0.0, 0);
    rep_calc_sums(
        c, s + REP_SUM_VALUE_LEFT, 0, sum_of(c, f->value_left), 0.0, 0);
    rep_calc_sums(c, s + REP_SUM_TAX_BASE, 0, sum_of(c, l->tax_base), 0.0, 0);
    rep_calc_sums(
        c, s + REP_SUM_OP_FLOW, REP_TCO_FACTOR_OP, sum_of(c, f->op), pv_op, 0);
    rep_calc_sums(c, s + REP_SUM_CAP_FLOW, REP_TCO_FACTOR_CAP,
        sum_of(c, f->cap), f->pv_cap, 0);
    rep_calc_sums(c, s + REP_SUM_UNITS, REP_TCO_FACTOR_OP, sum_of(c, l->units),
        l->pv_units, 0);
}

/* ---- headline ---- */

static void put_headline(const struct rep_calc *c)
{
    const struct res_ledger *l = c->l;
    const lxw_row_t s = c->dep->sums;
    const char *currency = c->plan->run->meta.currency;
    struct rep_sheet *sheet = c->s;
    char per_year[32];

    snprintf(per_year, sizeof per_year, "%s/year", currency);
    rep_group(sheet, REP_TCO_RESULT, "Result", rep_n_columns(l));
    rep_calc_label(
        c, REP_TCO_NPV, "Present value of all costs", currency, REP_BOLD);
    rep_put_formula(sheet, REP_TCO_NPV, REP_COL_CONSTANT, l->npv,
        REP_MONEY0 | REP_BOLD, "=%s", rep_rel(s + REP_SUM_TOTAL, REP_COL_PV).s);
    rep_calc_label(
        c, REP_TCO_NPV_BEFORE_TAX, "Present value before tax", currency, 0);
    rep_put_formula(sheet, REP_TCO_NPV_BEFORE_TAX, REP_COL_CONSTANT,
        l->npv_before_tax, REP_MONEY0, "=%s-%s",
        rep_rel(REP_TCO_NPV, REP_COL_CONSTANT).s,
        rep_rel(s + REP_SUM_CATEGORY + RES_TAX, REP_COL_PV).s);
    rep_calc_label(
        c, REP_TCO_UNDISCOUNTED, "Total, not discounted", currency, 0);
    rep_put_formula(sheet, REP_TCO_UNDISCOUNTED, REP_COL_CONSTANT,
        l->undiscounted, REP_MONEY0, "=%s",
        rep_rel(s + REP_SUM_TOTAL, REP_COL_TOTAL).s);
    rep_calc_label(c, REP_TCO_EAC, "Equivalent annual cost", per_year, 0);
    rep_put_formula(sheet, REP_TCO_EAC, REP_COL_CONSTANT, l->npv * l->annuity,
        REP_MONEY0, "=%s*%s", rep_rel(REP_TCO_NPV, REP_COL_CONSTANT).s,
        rep_rel(REP_TCO_ANNUITY, REP_COL_CONSTANT).s);
    rep_calc_label(
        c, REP_TCO_PER_MILLION, "Cost per million requests", currency, 0);
    if (l->pv_units > 0.0)
        rep_put_formula(sheet, REP_TCO_PER_MILLION, REP_COL_CONSTANT,
            l->npv / l->pv_units * 1e6, REP_MONEY4, "=%s/%s*%s",
            rep_rel(REP_TCO_NPV, REP_COL_CONSTANT).s,
            rep_rel(s + REP_SUM_UNITS, REP_COL_PV).s,
            rep_rel(REP_TCO_MILLION, REP_COL_CONSTANT).s);
    else
        rep_put_text(
            sheet, REP_TCO_PER_MILLION, REP_COL_CONSTANT, "n/a", REP_RIGHT);
}

static void put_headings(const struct rep_calc *c)
{
    static const char *const headings[] = {
        "", "Unit", "Category", "Kind", "Constant", "Total", "Present value"};

    for (lxw_col_t i = 0; i < (lxw_col_t)REP_COL_SERIES; i++)
        rep_put_text(c->s, REP_TCO_HEADING, i, headings[i],
            REP_HEADER | (i >= REP_COL_CONSTANT ? REP_RIGHT : 0u));
    rep_periods(c->s, REP_TCO_HEADING, c->l);
}

static void put_sheet(struct rep_plan *plan, int d)
{
    const char *deployment = plan->run->deployments[d].name;
    struct rep_calc c = {
        .plan = plan,
        .s = plan->dep[d].sheet,
        .dep = &plan->dep[d],
        .l = plan->dep[d].ledger,
    };
    struct flows f = {0};
    char text[160];

    snprintf(text, sizeof text, "TCO %s", deployment);
    rep_head(plan, c.s, text,
        "Costs are positive; amounts are nominal. Green: linked from Inputs "
        "or SimData. One formula a row, the same in every period.");
    rep_widths(c.s, REP_COL_LABEL, REP_COL_LABEL, 46);
    rep_widths(c.s, REP_COL_UNIT, REP_COL_UNIT, 15);
    rep_widths(c.s, REP_COL_CATEGORY, REP_COL_KIND, 14);
    rep_widths(c.s, REP_COL_CONSTANT, REP_COL_PV, 19);
    rep_widths(c.s, REP_COL_SERIES, (lxw_col_t)(rep_n_columns(c.l) - 1), 19);
    put_headings(&c);
    put_headline(&c);
    put_settings(&c);
    put_time(&c);
    rep_calc_items(&c);
    rep_group(c.s, c.dep->sums, "Costs by category", rep_n_columns(c.l));
    if (add_flows(&c, &f) != SIM_OK) {
        rep_book_note(plan->book, LXW_ERROR_MEMORY_MALLOC_FAILED);
        return;
    }
    for (int i = 0; i < RES_N_CATEGORIES; i++)
        put_category(&c, i);
    put_total(&c);
    put_flows(&c, &f);
    snprintf(text, sizeof text, "tco.%s.npv", deployment);
    rep_define_name(plan->book, text, c.s, REP_TCO_NPV, REP_COL_CONSTANT);
    rep_page(c.s, REP_TCO_HEADING + 1, REP_COL_UNIT);
    rep_pages_wide(c.s, 1 + (c.l->n_columns - 1) / PERIODS_A_PAGE);
    rep_protect(c.s);
}

void rep_sheet_calc(struct rep_plan *plan)
{
    for (int d = 0; d < plan->run->n_deployments; d++) {
        if (plan->dep[d].ledger != NULL)
            put_sheet(plan, d);
    }
}
