/* The items of a TCO sheet: quantity x price by formula.
 *
 * The formulas are those at the head of ledger.h, and the cached values are
 * the ledger's own numbers: a spreadsheet that recalculates must arrive at the
 * same ones. */
#include "reports/calc.h"

#include <math.h>
#include <stdio.h>

#include "models/results/macrs.h"

bool rep_calc_disposal(const struct res_item *item)
{
    return !item->capital && item->category == RES_RESIDUAL;
}

static double sum_of(const struct rep_calc *c, const double *x)
{
    double sum = 0.0;

    for (int k = 0; k < c->l->n_columns; k++)
        sum += rep_at(x, k);
    return sum;
}

/* Constants of an item, and its quantity. */
static void put_item_constants(const struct rep_calc *c,
    const struct res_item *item, const struct rep_item_rows *r,
    lxw_row_t quantity)
{
    const struct res_run *run = c->plan->run;
    struct rep_sheet *s = c->s;

    rep_group(
        s, r->heading, rep_item_label(c->plan, item), rep_n_columns(c->l));
    rep_calc_label(c, r->quantity,
        item->capital ? "Units bought at a time" : "Quantity", item->unit, 0);
    if (item->capital)
        rep_put_formula(s, r->quantity, REP_COL_CONSTANT,
            rep_at(item->quantity, 0), REP_MONEY2 | REP_GREEN, "=SimData!%s",
            rep_abs(quantity, REP_COL_SERIES).s);
    if (r->price != 0)
        rep_calc_link(
            c, r->price, "Price", run->inputs[item->price].unit, item->price);
    if (r->price2 != 0)
        rep_calc_link(c, r->price2, "Times", run->inputs[item->price2].unit,
            item->price2);
    if (r->escalation != 0)
        rep_calc_link(
            c, r->escalation, "Price rise", "1/year", item->escalation);
    if (r->life == 0)
        return;
    rep_calc_link(c, r->life, "Life", "year", item->life);
    rep_calc_label(c, r->life_columns, "Life in columns", "1", 0);
    rep_put_formula(s, r->life_columns, REP_COL_CONSTANT,
        rep_calc_input(c, item->life, 0.0) * c->l->columns_per_yr, REP_FIXED2,
        "=%s*%s", rep_rel(r->life, REP_COL_CONSTANT).s,
        rep_abs(REP_TCO_PER_YEAR, REP_COL_CONSTANT).s);
}

/* "*$E$31*$E$32": the factors of an amount that are constants. */
static void constant_factors(
    char *buf, size_t size, const struct rep_item_rows *r)
{
    int n = 0;

    buf[0] = '\0';
    if (r->price != 0)
        n = snprintf(
            buf, size, "*%.24s", rep_abs(r->price, REP_COL_CONSTANT).s);
    if (r->price2 != 0)
        snprintf(buf + n, size - (size_t)n, "*%.24s",
            rep_abs(r->price2, REP_COL_CONSTANT).s);
}

static void put_amounts(const struct rep_calc *c, const struct res_item *item,
    const struct rep_item_rows *r)
{
    const bool disposal = rep_calc_disposal(item);
    char factors[160], index[72];

    constant_factors(factors, sizeof factors, r);
    for (int k = 0; k < c->l->n_columns; k++) {
        const lxw_col_t col = rep_calc_column(k);
        index[0] = '\0';
        if (r->index != 0)
            snprintf(index, sizeof index, "*%.24s", rep_rel(r->index, col).s);
        if (item->capital)
            rep_put_formula(c->s, r->amount, col, rep_at(item->amount, k),
                REP_MONEY0, "=%s*%s%s%s",
                rep_abs(r->quantity, REP_COL_CONSTANT).s,
                rep_rel(r->flag, col).s, factors, index);
        else
            rep_put_formula(c->s, r->amount, col, rep_at(item->amount, k),
                REP_MONEY0, "=%s%s%s", rep_rel(r->quantity, col).s, factors,
                index);
    }
    rep_calc_label(c, r->amount, item->capital ? "Bought" : "Cost",
        c->plan->run->meta.currency, REP_BOLD);
    rep_put_text(c->s, r->amount, REP_COL_CATEGORY,
        res_category_label(item->category), 0);
    rep_put_text(c->s, r->amount, REP_COL_KIND,
        item->capital ? "purchase"
        : disposal    ? "disposal"
                      : "running",
        REP_GREY);
    rep_calc_sums(c, r->amount,
        item->capital || disposal ? REP_TCO_FACTOR_CAP : REP_TCO_FACTOR_OP,
        sum_of(c, item->amount), item->pv, REP_BOLD);
}

static void put_index(const struct rep_calc *c, const struct res_item *item,
    const struct rep_item_rows *r)
{
    rep_calc_label(c, r->index, "Price index", "1", 0);
    for (int k = 0; k < c->l->n_columns; k++)
        rep_put_formula(c->s, r->index, rep_calc_column(k),
            rep_at(item->index, k), REP_FIXED4, "=(1+%s)^%s",
            rep_abs(r->escalation, REP_COL_CONSTANT).s,
            rep_row_abs(item->capital ? REP_TCO_RISE_CAP : REP_TCO_RISE_OP,
                rep_calc_column(k))
                .s);
}

static void put_running(const struct rep_calc *c, const struct res_item *item,
    const struct rep_item_rows *r, lxw_row_t quantity)
{
    const unsigned look = rep_look_series(item->quantity, c->l->n_columns);

    for (int k = 0; k < c->l->n_columns; k++)
        rep_put_formula(c->s, r->quantity, rep_calc_column(k),
            rep_at(item->quantity, k), look | REP_GREEN, "=SimData!%s",
            rep_rel(quantity, rep_calc_column(k)).s);
    rep_put_formula(c->s, r->quantity, REP_COL_TOTAL, sum_of(c, item->quantity),
        look, "=SUM(%s)", rep_series(c->l, r->quantity).s);
}

/* Purchases in a column: the lives that start there, none at the very end. */
static void put_flags(const struct rep_calc *c, const struct res_item *item,
    const struct rep_item_rows *r)
{
    rep_calc_label(c, r->flag, "Purchases", "1", 0);
    for (int k = 0; k < c->l->n_columns; k++) {
        const struct rep_ref number =
            rep_row_abs(REP_TCO_COLUMN, rep_calc_column(k));
        const struct rep_ref life = rep_abs(r->life_columns, REP_COL_CONSTANT);
        if (r->life == 0)
            rep_put_formula(c->s, r->flag, rep_calc_column(k),
                rep_at(item->flag, k), REP_MONEY0, "=IF(%s=0,1,0)", number.s);
        else
            rep_put_formula(c->s, r->flag, rep_calc_column(k),
                rep_at(item->flag, k), REP_MONEY0,
                "=IF(%s=0,1,(%s<%s)*(ROUNDUP((%s+1)/%s,0)-ROUNDUP(%s/%s,0)))",
                number.s, number.s, rep_abs(REP_TCO_LAST, REP_COL_CONSTANT).s,
                number.s, life.s, number.s, life.s);
    }
}

/* Each purchase is deducted by the table, looked up at its age in tax years;
 * a purchase to come has no age in the table and adds nothing. */
static void put_depreciation(const struct rep_calc *c,
    const struct res_item *item, const struct rep_item_rows *r)
{
    const struct rep_ref numbers = rep_series_fixed(c->l, REP_TCO_COLUMN);
    const struct rep_ref bought = rep_series(c->l, r->amount);
    const struct rep_ref cpy = rep_abs(REP_TCO_PER_YEAR, REP_COL_CONSTANT);
    /* what never wears out is written off over the horizon */
    const struct rep_ref life =
        r->life != 0
            ? rep_abs(r->life, REP_COL_CONSTANT)
            : rep_abs(REP_TCO_END, rep_calc_column(c->l->n_columns - 1));
    const lxw_row_t a = REP_TABLE_FIRST, b = a + RES_MACRS_MAX_YEARS - 1;
    const lxw_col_t rates = rep_table_col(item->depreciation);

    for (int k = 0; k < c->l->n_columns; k++) {
        const struct rep_ref now =
            rep_row_abs(REP_TCO_COLUMN, rep_calc_column(k));
        const double value = rep_at(item->dep, k);
        if (item->depreciation != RES_DEP_STRAIGHT_LINE)
            rep_put_formula(c->s, r->dep, rep_calc_column(k), value, REP_MONEY0,
                "=SUMPRODUCT(%s,SUMIF(Tables!%s:%s,ROUNDUP((%s-%s)/%s,0),"
                "Tables!%s:%s))/%s",
                bought.s, rep_abs(a, 0).s, rep_abs(b, 0).s, now.s, numbers.s,
                cpy.s, rep_abs(a, rates).s, rep_abs(b, rates).s, cpy.s);
        else
            rep_put_formula(c->s, r->dep, rep_calc_column(k), value, REP_MONEY0,
                "=SUMPRODUCT(%s*(%s>%s)*(%s-%s<=%s*ROUNDUP(%s,0)))/(%s*"
                "ROUNDUP(%s,0))",
                bought.s, now.s, numbers.s, now.s, numbers.s, cpy.s, life.s,
                cpy.s, life.s);
    }
    rep_calc_label(
        c, r->dep, "Depreciation for tax", c->plan->run->meta.currency, 0);
    rep_put_text(c->s, r->dep, REP_COL_KIND, "depreciation", REP_GREY);
    rep_calc_sums(c, r->dep, 0, sum_of(c, item->dep), 0.0, 0);
}

/* What a purchase is worth at the horizon: its cost times the unused life. */
static void put_value_left(const struct rep_calc *c,
    const struct res_item *item, const struct rep_item_rows *r)
{
    const int last = c->l->n_columns - 1;
    const double life =
        rep_calc_input(c, item->life, 0.0) * c->l->columns_per_yr;

    for (int k = 0; k <= last; k++)
        rep_put_formula(c->s, r->value_left, rep_calc_column(k),
            rep_at(item->amount, k) * fmax(0.0, 1.0 - (last - k) / life),
            REP_MONEY0, "=%s*MAX(0,1-(%s-%s)/%s)",
            rep_rel(r->amount, rep_calc_column(k)).s,
            rep_abs(REP_TCO_LAST, REP_COL_CONSTANT).s,
            rep_row_abs(REP_TCO_COLUMN, rep_calc_column(k)).s,
            rep_abs(r->life_columns, REP_COL_CONSTANT).s);
    rep_calc_label(c, r->value_left, "Value left at the horizon",
        c->plan->run->meta.currency, 0);
    rep_put_text(c->s, r->value_left, REP_COL_KIND, "value left", REP_GREY);
    rep_calc_sums(c, r->value_left, 0, item->residual, 0.0, 0);
}

static void put_basis_left(const struct rep_calc *c,
    const struct res_item *item, const struct rep_item_rows *r)
{
    rep_calc_label(c, r->basis_left, "Not yet depreciated at the horizon",
        c->plan->run->meta.currency, 0);
    rep_put_text(c->s, r->basis_left, REP_COL_KIND, "basis left", REP_GREY);
    rep_put_formula(c->s, r->basis_left, REP_COL_TOTAL, item->undepreciated,
        REP_MONEY0, "=%s-%s", rep_rel(r->amount, REP_COL_TOTAL).s,
        rep_rel(r->dep, REP_COL_TOTAL).s);
}

static void put_item(const struct rep_calc *c, int i)
{
    const struct res_item *item = &c->l->items[i];
    const struct rep_item_rows r = rep_item_rows(item, c->dep->item[i]);

    put_item_constants(c, item, &r, c->dep->quantity[i]);
    if (r.index != 0)
        put_index(c, item, &r);
    if (item->capital)
        put_flags(c, item, &r);
    else
        put_running(c, item, &r, c->dep->quantity[i]);
    put_amounts(c, item, &r);
    if (item->capital) {
        put_depreciation(c, item, &r);
        if (r.value_left != 0)
            put_value_left(c, item, &r);
        put_basis_left(c, item, &r);
    }
}

void rep_calc_items(const struct rep_calc *c)
{
    for (int i = 0; i < c->l->n_items; i++)
        put_item(c, i);
}
