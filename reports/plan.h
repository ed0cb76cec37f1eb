/* plan.h - where everything stands in the workbook, settled before the first
 * cell is written, as sheets refer to one another in both directions.
 *
 * Rows and columns count from 0 here, as in the library; a formula adds 1.
 * Columns of the time series are the same on SimData and all TCO sheets, so
 * that a period stands in one column throughout.
 */
#ifndef REPORTS_PLAN_H
#define REPORTS_PLAN_H

#include "models/results/results.h"
#include "reports/book.h"
#include "reports/report.h"
#include "sim/arena.h"

/* The first rows of every sheet. */
enum {
    REP_ROW_TITLE,
    REP_ROW_NOTE,
    REP_ROW_CHECK, /* A: "Master check", B: its verdict */
    REP_ROW_BLANK,
    REP_ROW_FIRST, /* of the sheet's own content */
};

/* Columns of Inputs. */
enum {
    REP_IN_LABEL,
    REP_IN_PATH,
    REP_IN_UNIT,
    REP_IN_EFFECT, /* "live" or "re-run" */
    REP_IN_LIVE,
    REP_IN_LOW,
    REP_IN_BASE,
    REP_IN_HIGH,
    REP_IN_SOURCE,
    REP_IN_YEAR,
    REP_IN_CONFIDENCE,
    REP_IN_NOTE,
    REP_IN_ORIGIN,
};

/* Columns of SimData and of the TCO sheets. */
enum {
    REP_COL_LABEL,
    REP_COL_UNIT,
    REP_COL_CATEGORY, /* on rows that add to a category */
    REP_COL_KIND,     /* what a row is to the totals below */
    REP_COL_CONSTANT,
    REP_COL_TOTAL,
    REP_COL_PV,
    REP_COL_SERIES, /* column 0 of the ledger; the others follow */
};

/* Rows of a TCO sheet above its items. */
enum {
    REP_TCO_HEADING = REP_ROW_FIRST, /* column titles and periods; frozen */
    REP_TCO_RESULT,
    REP_TCO_NPV,
    REP_TCO_NPV_BEFORE_TAX,
    REP_TCO_UNDISCOUNTED,
    REP_TCO_EAC,
    REP_TCO_PER_MILLION,
    REP_TCO_SETTINGS = REP_TCO_PER_MILLION + 2,
    REP_TCO_DISCOUNT,
    REP_TCO_TAX_RATE,
    REP_TCO_PER_YEAR, /* columns a year */
    REP_TCO_OFFSET,   /* of running costs before the column's end [year] */
    REP_TCO_LAST,     /* number of the last column */
    REP_TCO_ANNUITY,
    REP_TCO_MILLION,
    REP_TCO_TIME = REP_TCO_MILLION + 2,
    REP_TCO_COLUMN,
    REP_TCO_END,      /* of the column [year] */
    REP_TCO_YEAR,     /* 0, 1, 2 ... */
    REP_TCO_RISE_OP,  /* whole years of price rise: running costs */
    REP_TCO_RISE_CAP, /* the same of purchases */
    REP_TCO_FACTOR_OP,
    REP_TCO_FACTOR_CAP,
    REP_TCO_IS_LAST,
    REP_TCO_ITEMS = REP_TCO_IS_LAST + 2,
};

/* Rows of an item on a TCO sheet; 0 = it has no such row, because nothing
 * enters (no second factor, no escalation) or the item is no purchase. */
struct rep_item_rows {
    lxw_row_t heading, quantity, price, price2, escalation, index, amount;
    lxw_row_t life, life_columns, flag, dep, value_left, basis_left;
    lxw_row_t end; /* first row after the item */
};

struct rep_item_rows rep_item_rows(
    const struct res_item *item, lxw_row_t heading);

/* Rows of the totals, from their heading; the categories come first. */
enum {
    REP_SUM_HEADING,
    REP_SUM_CATEGORY,
    REP_SUM_TOTAL = REP_SUM_CATEGORY + RES_N_CATEGORIES,
    REP_SUM_FLOW_HEADING = REP_SUM_TOTAL + 2,
    REP_SUM_RUNNING,
    REP_SUM_DISPOSAL,
    REP_SUM_PURCHASES,
    REP_SUM_DEP,
    REP_SUM_BASIS_LEFT,
    REP_SUM_VALUE_LEFT,
    REP_SUM_TAX_BASE,
    REP_SUM_OP_FLOW,  /* running and tax */
    REP_SUM_CAP_FLOW, /* purchases, residual values */
    REP_SUM_UNITS,
    REP_SUM_ROWS,
};

/* What one deployment needs; all zero without a ledger. */
struct rep_plan_deployment {
    const struct res_ledger *ledger;
    struct rep_sheet *sheet;
    lxw_row_t *item;     /* [n_items] heading of the item on the TCO sheet */
    lxw_row_t *quantity; /* [n_items] its row on SimData */
    lxw_row_t units;     /* row of the requests served on SimData */
    lxw_row_t npv;       /* row of the simulated tco.npv on SimData */
    lxw_row_t sums;      /* heading of the totals on the TCO sheet */
    lxw_row_t block;     /* heading on SimData */
};

/* Everything a sheet is given. */
struct rep_plan {
    const struct res_run *run;
    const struct rep_options *options;
    struct rep_book *book;
    struct sim_arena arena;

    struct rep_sheet *cover, *inputs, *simdata, *tco, *latency, *checks,
        *tables;

    int n_rows;              /* of the body of Inputs */
    int *row_input;          /* [n_rows] input of the row, -1: group heading */
    const char **row_group;  /* [n_rows] text of the heading */
    lxw_row_t *in_row;       /* [n_inputs] row on Inputs */
    lxw_row_t inputs_first;  /* first row of the body of Inputs */
    lxw_row_t copies_first;  /* the same on SimData: inputs as simulated */
    lxw_row_t metrics_first; /* first metric on SimData */

    struct rep_plan_deployment *dep; /* [n_deployments] */
    int failed; /* checks that fail as written: cached values */
};

/* Row of the selector on Inputs (column REP_IN_LIVE), and of the check total
 * on Checks. */
enum {
    REP_SELECTOR_ROW = REP_ROW_FIRST,
    REP_CHECK_COL_FLAG = 3,
    REP_CHECK_ROW_TOTAL = REP_ROW_FIRST,
    REP_CHECK_ROW_STALE = REP_ROW_FIRST + 1,
    REP_CHECK_ROW_EDITED = REP_ROW_FIRST + 2,
};

/* Tables: year 1 stands in this row, the years in column 0. */
enum { REP_TABLE_FIRST = REP_ROW_FIRST + 1 };

/** Column of a depreciation schedule on Tables; straight line has none. */
lxw_col_t rep_table_col(int schedule);

/** Settle all rows and create all sheets.
 *  @retval SIM_E_NOMEM, SIM_E_LIMIT  too many columns or rows */
SIM_MUST_CHECK int rep_plan_make(struct rep_plan *plan, struct sim_err *err);

/* A reference as text, by value: `rep_abs(row, col).s` lives until the end of
 * the call it is an argument of. */
struct rep_ref {
    char s[64];
};

/** "$B$7": a fixed cell.  "B$7", "$B7": fixed row or column.  "B7": moves
 *  with the formula when that is copied. */
struct rep_ref rep_abs(lxw_row_t row, lxw_col_t col);
struct rep_ref rep_row_abs(lxw_row_t row, lxw_col_t col);
struct rep_ref rep_col_abs(lxw_row_t row, lxw_col_t col);
struct rep_ref rep_rel(lxw_row_t row, lxw_col_t col);

/** "$H7:$M7": the series of a row; "$H$7:$M$7" when fixed. */
struct rep_ref rep_series(const struct res_ledger *l, lxw_row_t row);
struct rep_ref rep_series_fixed(const struct res_ledger *l, lxw_row_t row);

/** "Inputs!$E$9": the live value of an input. */
struct rep_ref rep_live(const struct rep_plan *plan, int input);

/** Title, note and master check of a sheet. */
void rep_head(struct rep_plan *plan, struct rep_sheet *s, const char *title,
    const char *note);

/** Heading of a group of rows, tinted over `n` columns. */
void rep_group(struct rep_sheet *s, lxw_row_t row, const char *text, int n);

/** "Start", "Year 3", "Month 17": names of a ledger's columns, as headings. */
void rep_periods(
    struct rep_sheet *s, lxw_row_t row, const struct res_ledger *l);

/** Columns of SimData or a TCO sheet with this ledger. */
int rep_n_columns(const struct res_ledger *l);

/** Number format of a series of quantities: decimals by its largest value. */
unsigned rep_look_series(const double *x, int n);

/** Deployment and item as one label: "Servers (stores)". */
const char *rep_item_label(struct rep_plan *plan, const struct res_item *item);

/** x[k], 0 where the array is absent. */
double rep_at(const double *x, int k);

/* ---- the sheets: one file each, in the table of report.c ---- */

void rep_sheet_cover(struct rep_plan *plan);
void rep_sheet_inputs(struct rep_plan *plan);
void rep_sheet_simdata(struct rep_plan *plan);
void rep_sheet_tco(struct rep_plan *plan);
void rep_sheet_calc(struct rep_plan *plan);
void rep_sheet_latency(struct rep_plan *plan);
void rep_sheet_checks(struct rep_plan *plan);
void rep_sheet_tables(struct rep_plan *plan);

#endif /* REPORTS_PLAN_H */
