/* The arithmetic of ledger.h: what a column, a purchase and a tax base are. */
#include "models/money.h"

#include <math.h>

#include "models/amortize.h"
#include "models/cashflow.h"
#include "models/tax.h"
#include "sim/stats.h"

static double input(const struct res_run *run, int i, double absent)
{
    return i >= 0 ? run->inputs[i].value : absent;
}

static void fill_discount(struct res_ledger *l, double r)
{
    for (int k = 0; k < l->n_columns; k++) {
        const double end_yr = l->years[k];
        const double mid_yr = k > 0 ? 0.5 * (l->years[k - 1] + end_yr) : 0.0;

        l->discount_cap[k] = mdl_discount(r, end_yr);
        l->discount_op[k] = l->timing == RES_MID_YEAR ? mdl_discount(r, mid_yr)
                                                      : l->discount_cap[k];
    }
}

/* Price level of an item: (1 + e)^year; prices rise once a year also where
 * columns are months. */
static void fill_index(
    const struct res_ledger *l, struct res_item *item, double e)
{
    for (int k = 0; k < l->n_columns; k++) {
        const int at = item->capital ? k : (k > 0 ? k - 1 : 0);
        const int year = at / l->columns_per_yr;

        item->index[k] = year > 0 ? pow(1.0 + e, year) : 1.0;
    }
}

/* Purchases due in column k when a unit lasts `life` columns. */
static double purchases(int k, int last, double life)
{
    if (k == 0)
        return 1.0;
    if (k == last || !isfinite(life))
        return 0.0;
    return ceil((k + 1) / life) - ceil(k / life);
}

static void fill_capital(const struct res_ledger *l, struct res_item *item,
    double life_yr, double price)
{
    const int last = l->n_columns - 1;
    const double tax_life_yr = isfinite(life_yr) ? life_yr : l->years[last];
    struct sim_sum residual = {0};

    for (int k = 0; k <= last; k++) {
        item->flag[k] = purchases(k, last, life_yr * l->columns_per_yr);
        item->amount[k] =
            item->quantity[0] * item->flag[k] * price * item->index[k];
        const double age_yr = l->years[last] - l->years[k];
        if (isfinite(life_yr))
            sim_sum_add(
                &residual, item->amount[k] * fmax(0.0, 1.0 - age_yr / life_yr));
    }
    item->residual = sim_sum_value(&residual);
    item->undepreciated = mdl_tax_depreciation(item->depreciation, tax_life_yr,
        l->columns_per_yr, l->n_columns, item->amount, item->dep);
}

static void fill_item(const struct res_run *run, const struct res_ledger *l,
    struct res_item *item)
{
    const double price =
        input(run, item->price, 1.0) * input(run, item->price2, 1.0);
    /* a residual is money at the horizon, whatever the timing of the costs */
    const double *discount = item->capital || item->category == RES_RESIDUAL
                                 ? l->discount_cap
                                 : l->discount_op;
    struct sim_sum pv = {0};

    fill_index(l, item, input(run, item->escalation, 0.0));
    if (item->capital) {
        fill_capital(l, item, input(run, item->life, (double)INFINITY), price);
    } else {
        for (int k = 0; k < l->n_columns; k++)
            item->amount[k] = item->quantity[k] * price * item->index[k];
    }
    for (int k = 0; k < l->n_columns; k++)
        sim_sum_add(&pv, item->amount[k] * discount[k]);
    item->pv = sim_sum_value(&pv);
}

/* Everything of column k that is a sum over items. */
static void fill_column(struct res_ledger *l, int k, double tax_rate)
{
    struct sim_sum category[RES_N_CATEGORIES] = {{0}};
    struct sim_sum base = {0}, dep = {0}, total = {0};
    const bool last = k == l->n_columns - 1;

    for (int i = 0; i < l->n_items; i++) {
        const struct res_item *item = &l->items[i];

        sim_sum_add(&category[item->category], item->amount[k]);
        if (!item->capital) {
            sim_sum_add(&base, item->amount[k]);
            continue;
        }
        sim_sum_add(&dep, item->dep[k]);
        sim_sum_add(&base, item->dep[k]);
        if (last) {
            sim_sum_add(&base, item->undepreciated);
            sim_sum_add(&base, -item->residual);
            sim_sum_add(&category[RES_RESIDUAL], -item->residual);
        }
    }
    l->depreciation[k] = sim_sum_value(&dep);
    l->tax_base[k] = sim_sum_value(&base);
    sim_sum_add(&category[RES_TAX], -tax_rate * l->tax_base[k]);
    for (int c = 0; c < RES_N_CATEGORIES; c++) {
        l->category[c][k] = sim_sum_value(&category[c]);
        sim_sum_add(&total, l->category[c][k]);
    }
    l->total[k] = sim_sum_value(&total);
}

/* Present values by category: item by item, as one category may hold both
 * purchases and running costs, whose discounting differs. */
static void fill_present_values(struct res_ledger *l)
{
    struct sim_sum pv[RES_N_CATEGORIES] = {{0}};
    const int last = l->n_columns - 1;

    for (int i = 0; i < l->n_items; i++) {
        const struct res_item *item = &l->items[i];

        sim_sum_add(&pv[item->category], item->pv);
        if (item->capital)
            sim_sum_add(
                &pv[RES_RESIDUAL], -item->residual * l->discount_cap[last]);
    }
    for (int k = 0; k <= last; k++)
        sim_sum_add(&pv[RES_TAX], l->category[RES_TAX][k] * l->discount_op[k]);
    for (int c = 0; c < RES_N_CATEGORIES; c++)
        l->pv[c] = sim_sum_value(&pv[c]);
}

static void fill_totals(struct res_ledger *l, double r)
{
    struct sim_sum npv = {0}, before_tax = {0}, total = {0}, units = {0};

    for (int c = 0; c < RES_N_CATEGORIES; c++) {
        sim_sum_add(&npv, l->pv[c]);
        if (c != RES_TAX)
            sim_sum_add(&before_tax, l->pv[c]);
    }
    for (int k = 0; k < l->n_columns; k++) {
        sim_sum_add(&total, l->total[k]);
        sim_sum_add(&units, l->units[k] * l->discount_op[k]);
    }
    l->npv = sim_sum_value(&npv);
    l->npv_before_tax = sim_sum_value(&before_tax);
    l->undiscounted = sim_sum_value(&total);
    l->pv_units = sim_sum_value(&units);
    l->annuity = mdl_annuity_factor(r, l->years[l->n_columns - 1]);
}

int mdl_ledger_evaluate(
    struct res_ledger *ledger, const struct res_run *run, struct sim_err *err)
{
    const double r = input(run, ledger->in_discount, 0.0);
    const double tax_rate = input(run, ledger->in_tax_rate, 0.0);

    fill_discount(ledger, r);
    for (int i = 0; i < ledger->n_items; i++) {
        struct res_item *item = &ledger->items[i];

        fill_item(run, ledger, item);
        if (!isfinite(item->pv) ||
            (item->capital && !isfinite(item->undepreciated)))
            return sim_err_set(err, SIM_E_RANGE,
                "cost '%s' of '%s' is not finite", item->label, item->entry);
    }
    for (int k = 0; k < ledger->n_columns; k++)
        fill_column(ledger, k, tax_rate);
    fill_present_values(ledger);
    fill_totals(ledger, r);
    if (!isfinite(ledger->npv) || !isfinite(ledger->undiscounted))
        return sim_err_set(err, SIM_E_RANGE, "sum of costs is not finite");
    return SIM_OK;
}
