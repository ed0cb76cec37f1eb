/* Checks: one row a check, 0 = passed; the sum is the master check that every
 * sheet shows.  Below them, one row for each input that only a simulation can
 * honour: it turns to 1 when that input no longer has the simulated value. */
#include "reports/plan.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "models/results/macrs.h"

enum {
    COL_WHAT,
    COL_VALUE,
    COL_BOUND, /* tolerance; of a stale row the value as simulated */
    COL_FLAG,
    COL_MESSAGE,
    COL_COMMAND,
    COL_UNIT,
    ROW_COMMAND = REP_CHECK_ROW_EDITED + 1,
    ROW_HEAD = ROW_COMMAND + 2,
};

static const double tolerance = 1e-9;

/* One check: `value` is relative and should be 0. */
struct check {
    struct rep_plan *plan;
    lxw_row_t row;
    int failed;
};

static void put_flag(struct check *c, const char *what, bool fails)
{
    struct rep_sheet *s = c->plan->checks;

    rep_put_text(s, c->row, COL_WHAT, what, REP_INDENT);
    rep_put_number(s, c->row, COL_BOUND, tolerance, REP_SMALL);
    rep_put_formula(s, c->row, COL_FLAG, fails, REP_FIXED0,
        "=IF(ABS(%s)<=%s,0,1)", rep_rel(c->row, COL_VALUE).s,
        rep_rel(c->row, COL_BOUND).s);
    c->failed += fails;
    c->row++;
}

/* A cell of a TCO sheet, complete with the sheet's name. */
struct far_ref {
    char s[REP_SHEET_NAME_BYTES + 32];
};

static struct far_ref at(
    const struct rep_plan_deployment *dep, int offset, lxw_col_t col)
{
    struct far_ref ref;

    snprintf(ref.s, sizeof ref.s, "'%s'!%.16s", dep->sheet->name,
        rep_abs(dep->sums + (lxw_row_t)offset, col).s);
    return ref;
}

static void check_sums(
    struct check *c, const struct rep_plan_deployment *dep, const char *name)
{
    char what[160];

    snprintf(what, sizeof what, "%.64s: cost lines add up to the total", name);
    rep_put_formula(c->plan->checks, c->row, COL_VALUE, 0.0, REP_SMALL,
        "=(%s+%s-%s)/MAX(1,ABS(%s))", at(dep, REP_SUM_OP_FLOW, REP_COL_TOTAL).s,
        at(dep, REP_SUM_CAP_FLOW, REP_COL_TOTAL).s,
        at(dep, REP_SUM_TOTAL, REP_COL_TOTAL).s,
        at(dep, REP_SUM_TOTAL, REP_COL_TOTAL).s);
    put_flag(c, what, false);
    snprintf(what, sizeof what,
        "%.64s: categories add up to the discounted flows", name);
    rep_put_formula(c->plan->checks, c->row, COL_VALUE, 0.0, REP_SMALL,
        "=(%s+%s-%s)/MAX(1,ABS(%s))", at(dep, REP_SUM_OP_FLOW, REP_COL_PV).s,
        at(dep, REP_SUM_CAP_FLOW, REP_COL_PV).s,
        at(dep, REP_SUM_TOTAL, REP_COL_PV).s,
        at(dep, REP_SUM_TOTAL, REP_COL_PV).s);
    put_flag(c, what, false);
}

/* The spreadsheet's own NPV() on the two flows.  It discounts its first value
 * by a whole period, so column 0 stands outside; running costs that fall
 * before the end of their column are worth (1+r)^offset more. */
static void check_npv(
    struct check *c, const struct rep_plan_deployment *dep, const char *name)
{
    const lxw_col_t first = REP_COL_SERIES + 1;
    const lxw_col_t last =
        (lxw_col_t)(REP_COL_SERIES + dep->ledger->n_columns - 1);
    const char *sheet = dep->sheet->name;
    const lxw_row_t op = dep->sums + REP_SUM_OP_FLOW;
    const lxw_row_t cap = dep->sums + REP_SUM_CAP_FLOW;
    const struct rep_ref rate = rep_abs(REP_TCO_DISCOUNT, REP_COL_CONSTANT);
    const struct rep_ref cpy = rep_abs(REP_TCO_PER_YEAR, REP_COL_CONSTANT);
    const struct rep_ref early = rep_abs(REP_TCO_OFFSET, REP_COL_CONSTANT);
    char what[160], period[2 * REP_SHEET_NAME_BYTES + 64];

    snprintf(period, sizeof period, "(1+'%s'!%.16s)^(1/'%s'!%.16s)-1", sheet,
        rate.s, sheet, cpy.s);
    snprintf(what, sizeof what,
        "%.64s: present value by the spreadsheet's NPV function", name);
    rep_put_formula(c->plan->checks, c->row, COL_VALUE, 0.0, REP_SMALL,
        "=(%s+NPV(%s,'%s'!%s:%s)+%s+NPV(%s,'%s'!%s:%s)*(1+'%s'!%s)^'%s'!%s-%s)"
        "/MAX(1,ABS(%s))",
        at(dep, REP_SUM_CAP_FLOW, REP_COL_SERIES).s, period, sheet,
        rep_abs(cap, first).s, rep_abs(cap, last).s,
        at(dep, REP_SUM_OP_FLOW, REP_COL_SERIES).s, period, sheet,
        rep_abs(op, first).s, rep_abs(op, last).s, sheet, rate.s, sheet,
        early.s, at(dep, REP_SUM_TOTAL, REP_COL_PV).s,
        at(dep, REP_SUM_TOTAL, REP_COL_PV).s);
    put_flag(c, what, false);
}

/* Only where nothing was edited can the two agree. */
static void check_simulated(
    struct check *c, const struct rep_plan_deployment *dep, const char *name)
{
    const struct rep_ref simulated = rep_abs(dep->npv, REP_COL_TOTAL);
    const struct res_metric *m = res_find(c->plan->run, name, "tco.npv");
    const double due = m != NULL ? m->est.value : dep->ledger->npv;
    const double gap = (dep->ledger->npv - due) / fmax(1.0, fabs(due));
    const bool fails = !(fabs(gap) <= tolerance);
    char what[160];

    snprintf(what, sizeof what,
        "%.64s: present value as simulated (while nothing is edited)", name);
    rep_put_formula(c->plan->checks, c->row, COL_VALUE, gap, REP_SMALL,
        "=IF(%s>0,0,(%s-SimData!%s)/MAX(1,ABS(SimData!%s)))",
        rep_abs(REP_CHECK_ROW_EDITED, COL_FLAG).s,
        at(dep, REP_SUM_TOTAL, REP_COL_PV).s, simulated.s, simulated.s);
    put_flag(c, what, fails);
}

static void check_basis(
    struct check *c, const struct rep_plan_deployment *dep, const char *name)
{
    const lxw_row_t row = dep->sums + REP_SUM_BASIS_LEFT;
    char what[160];

    snprintf(what, sizeof what,
        "%.64s: depreciation and what is left make up the purchases", name);
    rep_put_formula(c->plan->checks, c->row, COL_VALUE, 0.0, REP_SMALL,
        "=(%s+'%s'!%s-%s)/MAX(1,ABS(%s))",
        at(dep, REP_SUM_DEP, REP_COL_TOTAL).s, dep->sheet->name,
        rep_abs(row, REP_COL_TOTAL).s,
        at(dep, REP_SUM_PURCHASES, REP_COL_TOTAL).s,
        at(dep, REP_SUM_PURCHASES, REP_COL_TOTAL).s);
    put_flag(c, what, false);
}

static void check_tables(struct check *c)
{
    char what[96];

    for (int i = RES_DEP_MACRS_3; i <= RES_DEP_MACRS_20; i++) {
        const lxw_col_t col = rep_table_col(i);
        snprintf(what, sizeof what, "Tables: %s adds up to the cost",
            res_depreciation_name(i));
        rep_put_formula(c->plan->checks, c->row, COL_VALUE, 0.0, REP_SMALL,
            "=SUM(Tables!%s:%s)-1", rep_abs(REP_TABLE_FIRST, col).s,
            rep_abs(REP_TABLE_FIRST + RES_MACRS_MAX_YEARS - 1, col).s);
        put_flag(c, what, false);
    }
}

/* ---- stale inputs ---- */

static void put_stale(struct check *c, int i)
{
    const struct rep_plan *plan = c->plan;
    const struct res_input *in = &plan->run->inputs[plan->row_input[i]];
    const bool number = in->numeric && isfinite(in->value);
    const lxw_row_t row = c->row++;
    const lxw_row_t there = plan->inputs_first + (lxw_row_t)i;
    const struct rep_ref flag = rep_rel(row, COL_FLAG);
    const struct rep_ref value = rep_rel(row, COL_VALUE);
    const struct rep_ref before = rep_rel(row, COL_BOUND);
    const unsigned look = number ? rep_look_of(in->value) : REP_RIGHT;
    struct rep_sheet *s = plan->checks;

    rep_put_text(s, row, COL_WHAT, in->label, REP_INDENT);
    rep_put_text(
        s, row, COL_UNIT, strcmp(in->unit, "1") == 0 ? "" : in->unit, REP_GREY);
    if (number) {
        rep_put_formula(s, row, COL_VALUE, in->value, look | REP_GREEN,
            "=Inputs!%s", rep_abs(there, REP_IN_LIVE).s);
        rep_put_formula(s, row, COL_BOUND, in->value, look | REP_GREEN,
            "=SimData!%s",
            rep_abs(plan->copies_first + (lxw_row_t)i, REP_COL_CONSTANT).s);
    } else {
        rep_put_formula_text(s, row, COL_VALUE, in->text, look | REP_GREEN,
            "=Inputs!%s&\"\"", rep_abs(there, REP_IN_LIVE).s);
        rep_put_formula_text(s, row, COL_BOUND, in->text, look | REP_GREEN,
            "=SimData!%s&\"\"",
            rep_abs(plan->copies_first + (lxw_row_t)i, REP_COL_CONSTANT).s);
    }
    rep_put_formula(s, row, COL_FLAG, 0, REP_FIXED0, "=IF(EXACT(%s,%s),0,1)",
        value.s, before.s);
    rep_put_formula_text(s, row, COL_MESSAGE, "", REP_INDENT,
        "=IF(%s=0,\"\",\"Re-run needed: \"&%s&\" (\"&Inputs!%s&\") changed "
        "from \"&%s&\" to \"&%s&\" \"&%s)",
        flag.s, rep_rel(row, COL_WHAT).s, rep_abs(there, REP_IN_PATH).s,
        before.s, value.s, rep_rel(row, COL_UNIT).s);
    /* a spreadsheet prints numbers with the reader's decimal comma */
    rep_put_formula_text(s, row, COL_COMMAND, "", 0,
        "=IF(%s=0,\"\",%s&\" --set '\"&Inputs!%s&\"=\"&%s%s%s&IF(%s=\"\",\"\","
        "\" \"&%s)&\"'\")",
        flag.s, rep_abs(ROW_COMMAND, COL_VALUE).s,
        rep_abs(there, REP_IN_PATH).s, number ? "SUBSTITUTE(" : "", value.s,
        number ? ",\",\",\".\")" : "", rep_rel(row, COL_UNIT).s,
        rep_rel(row, COL_UNIT).s);
}

static void put_headings(struct rep_plan *plan, lxw_row_t row, const char *what,
    const char *value, const char *bound)
{
    struct rep_sheet *s = plan->checks;

    rep_put_text(s, row, COL_WHAT, what, REP_HEADER);
    rep_put_text(s, row, COL_VALUE, value, REP_HEADER | REP_RIGHT);
    rep_put_text(s, row, COL_BOUND, bound, REP_HEADER | REP_RIGHT);
    rep_put_text(s, row, COL_FLAG, "Fails", REP_HEADER | REP_RIGHT);
    rep_put_text(s, row, COL_MESSAGE, "What it says", REP_HEADER | REP_INDENT);
    rep_put_text(s, row, COL_COMMAND, "To do", REP_HEADER);
    rep_put_text(s, row, COL_UNIT, "Unit", REP_HEADER);
}

/* ---- head ---- */

static void put_master(struct check *c, lxw_row_t first, lxw_row_t stale)
{
    struct rep_plan *plan = c->plan;
    struct rep_sheet *s = plan->checks;
    const lxw_row_t n = (lxw_row_t)plan->n_rows;
    const struct rep_ref last = rep_abs(c->row, COL_FLAG);

    rep_put_text(s, REP_CHECK_ROW_TOTAL, COL_WHAT,
        "Master check: number of rows that fail", REP_BOLD);
    rep_put_formula(s, REP_CHECK_ROW_TOTAL, COL_FLAG, c->failed,
        REP_FIXED0 | REP_BOLD, "=SUM(%s:%s)", rep_abs(first, COL_FLAG).s,
        last.s);
    rep_put_text(s, REP_CHECK_ROW_STALE, COL_WHAT,
        "Edited inputs that need a new simulation", 0);
    rep_put_formula(s, REP_CHECK_ROW_STALE, COL_FLAG, 0, REP_FIXED0,
        "=SUM(%s:%s)", rep_abs(stale, COL_FLAG).s, last.s);
    rep_put_text(s, REP_CHECK_ROW_EDITED, COL_WHAT,
        "Inputs that differ from the simulated ones, all together", 0);
    if (n > 0)
        rep_put_formula(s, REP_CHECK_ROW_EDITED, COL_FLAG, 0, REP_FIXED0,
            "=SUMPRODUCT(1*(Inputs!%s:%s<>SimData!%s:%s))",
            rep_abs(plan->inputs_first, REP_IN_LIVE).s,
            rep_abs(plan->inputs_first + n - 1, REP_IN_LIVE).s,
            rep_abs(plan->copies_first, REP_COL_CONSTANT).s,
            rep_abs(plan->copies_first + n - 1, REP_COL_CONSTANT).s);
    else
        rep_put_number(s, REP_CHECK_ROW_EDITED, COL_FLAG, 0, REP_FIXED0);
    rep_put_text(
        s, ROW_COMMAND, COL_WHAT, "Command that makes these results", 0);
    rep_put_text(s, ROW_COMMAND, COL_VALUE,
        plan->options->command != NULL ? plan->options->command
                                       : "sitesim run SCENARIO.yaml",
        0);
    rep_define_name(
        plan->book, "MasterCheck", s, REP_CHECK_ROW_TOTAL, COL_FLAG);
}

static void mark_failures(struct rep_plan *plan, lxw_row_t a, lxw_row_t b)
{
    lxw_conditional_format bad = {
        .type = LXW_CONDITIONAL_TYPE_CELL,
        .criteria = LXW_CONDITIONAL_CRITERIA_GREATER_THAN,
        .value = 0,
        .format = rep_look(plan->book, REP_BAD),
    };

    if (rep_book_ok(plan->book))
        rep_book_note(
            plan->book, worksheet_conditional_format_range(plan->checks->sheet,
                            a, COL_FLAG, b, COL_FLAG, &bad));
}

void rep_sheet_checks(struct rep_plan *plan)
{
    struct check c = {.plan = plan, .row = ROW_HEAD + 1};
    struct rep_sheet *s = plan->checks;

    put_headings(plan, ROW_HEAD, "Check", "Relative gap", "Tolerance");
    for (int d = 0; d < plan->run->n_deployments; d++) {
        const struct rep_plan_deployment *dep = &plan->dep[d];
        const char *name = plan->run->deployments[d].name;
        if (dep->ledger == NULL)
            continue;
        check_sums(&c, dep, name);
        check_npv(&c, dep, name);
        check_simulated(&c, dep, name);
        check_basis(&c, dep, name);
    }
    check_tables(&c);
    const lxw_row_t stale = c.row + 1;
    put_headings(plan, stale, "Input that needs a new simulation", "Now",
        "As simulated");
    c.row = stale + 1;
    for (int i = 0; i < plan->n_rows; i++) {
        if (plan->row_input[i] >= 0 &&
            !plan->run->inputs[plan->row_input[i]].live)
            put_stale(&c, i);
    }
    plan->failed = c.failed;
    put_master(&c, ROW_HEAD + 1, stale);
    mark_failures(plan, REP_CHECK_ROW_TOTAL, REP_CHECK_ROW_STALE);
    mark_failures(plan, ROW_HEAD + 1, c.row);
    rep_head(plan, s, "Checks",
        "0 = passed. The master check is the sum of all rows and stands at the "
        "top of every sheet.");
    rep_widths(s, COL_WHAT, COL_WHAT, 76);
    rep_widths(s, COL_VALUE, COL_BOUND, 16);
    rep_widths(s, COL_FLAG, COL_FLAG, 8);
    rep_widths(s, COL_MESSAGE, COL_MESSAGE, 90);
    rep_widths(s, COL_COMMAND, COL_COMMAND, 70);
    rep_widths(s, COL_UNIT, COL_UNIT, 11);
    rep_page(s, ROW_HEAD + 1, COL_VALUE);
    rep_protect(s);
}
