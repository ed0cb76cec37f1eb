/* Tables: the depreciation percentages that the TCO sheets look up. */
#include "reports/plan.h"

#include "models/results/macrs.h"

void rep_sheet_tables(struct rep_plan *plan)
{
    struct rep_sheet *s = plan->tables;
    const lxw_row_t head = REP_TABLE_FIRST - 1;

    rep_head(plan, s, "Tables",
        "Share of the cost deductible in each tax year after the purchase. "
        "MACRS: IRS Publication 946, Table A-1, half-year convention.");
    rep_widths(s, 0, 0, 14);
    rep_widths(s, 1, RES_N_DEPRECIATIONS, 13);
    rep_put_text(s, head, 0, "Year", REP_HEADER);
    rep_put_text(s, head + RES_MACRS_MAX_YEARS + 1, 0, "Sum", REP_TOTAL);
    for (int y = 1; y <= RES_MACRS_MAX_YEARS; y++)
        rep_put_number(s, head + (lxw_row_t)y, 0, y, REP_FIXED0);
    for (int i = 0; i < RES_N_DEPRECIATIONS; i++) {
        const lxw_col_t col = rep_table_col(i);
        double sum = 0.0;
        if (i == RES_DEP_STRAIGHT_LINE)
            continue; /* depends on the life: a formula of its own */
        rep_put_text(
            s, head, col, res_depreciation_name(i), REP_HEADER | REP_RIGHT);
        for (int y = 1; y <= RES_MACRS_MAX_YEARS; y++) {
            const double rate = res_depreciation_rate(i, y, 1.0);
            rep_put_number(s, head + (lxw_row_t)y, col, rate, REP_FIXED6);
            sum += rate;
        }
        rep_put_formula(s, head + RES_MACRS_MAX_YEARS + 1, col, sum,
            REP_FIXED6 | REP_TOTAL, "=SUM(%s:%s)",
            rep_rel(REP_TABLE_FIRST, col).s,
            rep_rel(REP_TABLE_FIRST + RES_MACRS_MAX_YEARS - 1, col).s);
    }
    rep_page(s, REP_TABLE_FIRST, 1);
    rep_protect(s);
}
