/* calc.h - what the two sources of the TCO sheets share.
 *
 * sheet_calc.c writes the settings, the time block and the totals,
 * calc_items.c the cost items between them.  Internal to those two.
 */
#ifndef REPORTS_CALC_H
#define REPORTS_CALC_H

#include "reports/plan.h"

/* One TCO sheet being written. */
struct rep_calc {
    struct rep_plan *plan;
    struct rep_sheet *s;
    const struct rep_plan_deployment *dep;
    const struct res_ledger *l;
};

/** Column of the sheet in which ledger column `k` stands. */
lxw_col_t rep_calc_column(int k);

/** Value of an input as simulated, `none` for index -1. */
double rep_calc_input(const struct rep_calc *c, int input, double none);

/** A residual value given by the scenario rather than left by a purchase: no
 *  running cost, and discounted as capital. */
bool rep_calc_disposal(const struct res_item *item);

/** Label and unit of a row. */
void rep_calc_label(const struct rep_calc *c, lxw_row_t row, const char *label,
    const char *unit, unsigned look);

/** A constant linked to Inputs, 0 where the scenario has no such input. */
void rep_calc_link(const struct rep_calc *c, lxw_row_t row, const char *label,
    const char *unit, int input);

/**
 * Total of a money series, and its present value.
 *
 * @param factor  row of the discount factors, 0: no present value
 * @param total   cached total
 * @param pv      cached present value; not read when factor = 0
 */
void rep_calc_sums(const struct rep_calc *c, lxw_row_t row, lxw_row_t factor,
    double total, double pv, unsigned look);

/** All items of the deployment, from REP_TCO_ITEMS on. */
void rep_calc_items(const struct rep_calc *c);

#endif /* REPORTS_CALC_H */
