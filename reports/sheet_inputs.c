/* Inputs: every parameter once, with its range and source.
 *
 * The live column picks low, base or high by the selector; all money follows
 * it.  A parameter that only a new simulation can honour says "re-run". */
#include "reports/plan.h"

#include <math.h>

static const struct {
    const char *text;
    double width;
} columns[] = {
    [REP_IN_LABEL] = {"Input", 60},
    [REP_IN_PATH] = {"Name", 54},
    [REP_IN_UNIT] = {"Unit", 14},
    [REP_IN_EFFECT] = {"Effect", 8},
    [REP_IN_LIVE] = {"Live", 14},
    [REP_IN_LOW] = {"Low", 14},
    [REP_IN_BASE] = {"Base", 14},
    [REP_IN_HIGH] = {"High", 14},
    [REP_IN_SOURCE] = {"Source", 56},
    [REP_IN_YEAR] = {"Year", 7},
    [REP_IN_CONFIDENCE] = {"Conf.", 6},
    [REP_IN_NOTE] = {"Note", 30},
    [REP_IN_ORIGIN] = {"Origin", 30},
};

/* A bound that was not given follows the base value by formula. */
static void put_bound(struct rep_sheet *s, lxw_row_t row, lxw_col_t col,
    double bound, double base, unsigned look)
{
    if (isfinite(bound))
        rep_put_number(s, row, col, bound, look | REP_BLUE | REP_OPEN);
    else
        rep_put_formula(s, row, col, base, look | REP_GREY | REP_OPEN, "=%s",
            rep_rel(row, REP_IN_BASE).s);
}

/* One format for the row: that of its finest value. */
static unsigned look_of_row(const struct res_input *in)
{
    const double x[] = {in->value, in->low, in->high};
    unsigned look = rep_look_of(in->value);

    for (int i = 1; i < 3; i++) {
        if (isfinite(x[i]) && rep_look_of(x[i]) > look)
            look = rep_look_of(x[i]);
    }
    return look;
}

static void put_value(
    struct rep_sheet *s, lxw_row_t row, const struct res_input *in)
{
    const unsigned look = look_of_row(in);

    if (!in->numeric || !isfinite(in->value)) {
        /* flush left: long text then runs on over the empty cells beside it */
        rep_put_text(s, row, REP_IN_LIVE, in->text, REP_BLUE | REP_OPEN);
        return;
    }
    rep_put_formula(s, row, REP_IN_LIVE, in->value, look | REP_BOLD,
        "=INDEX(%s:%s,1,%s)", rep_rel(row, REP_IN_LOW).s,
        rep_rel(row, REP_IN_HIGH).s, rep_abs(REP_SELECTOR_ROW, REP_IN_LIVE).s);
    put_bound(s, row, REP_IN_LOW, in->low, in->value, look);
    rep_put_number(s, row, REP_IN_BASE, in->value, look | REP_BLUE | REP_OPEN);
    put_bound(s, row, REP_IN_HIGH, in->high, in->value, look);
    rep_define_name(s->book, in->path, s, row, REP_IN_LIVE);
}

static void put_row(
    struct rep_sheet *s, lxw_row_t row, const struct res_input *in)
{
    const unsigned strong = in->given ? REP_BOLD : 0;

    rep_put_text(s, row, REP_IN_LABEL, in->label, REP_INDENT | strong);
    rep_put_text(s, row, REP_IN_PATH, in->path, REP_GREY);
    rep_put_text(s, row, REP_IN_UNIT, in->unit, REP_GENERAL);
    rep_put_text(s, row, REP_IN_EFFECT, in->live ? "live" : "re-run",
        in->live ? REP_GENERAL : REP_GREY);
    put_value(s, row, in);
    rep_put_text(s, row, REP_IN_SOURCE, in->source, REP_INDENT);
    rep_put_text(s, row, REP_IN_YEAR, in->year, REP_CENTER);
    rep_put_text(s, row, REP_IN_CONFIDENCE, in->confidence, REP_CENTER);
    rep_put_text(s, row, REP_IN_NOTE, in->note, REP_GENERAL);
    rep_put_text(s, row, REP_IN_ORIGIN, in->origin, REP_GREY);
}

static void put_selector(struct rep_sheet *s)
{
    char *cases[] = {"1", "2", "3", NULL};
    lxw_data_validation list = {
        .validate = LXW_VALIDATION_TYPE_LIST,
        .value_list = cases,
        .error_title = "Case",
        .error_message = "1 = low, 2 = base, 3 = high",
    };

    rep_put_text(s, REP_SELECTOR_ROW, REP_IN_LABEL,
        "Case: 1 = low, 2 = base, 3 = high", REP_BOLD);
    rep_put_number(s, REP_SELECTOR_ROW, REP_IN_LIVE, 2,
        REP_FIXED0 | REP_BLUE | REP_OPEN | REP_BOLD);
    rep_put_formula_text(s, REP_SELECTOR_ROW, REP_IN_LOW, "base", REP_BOLD,
        "=CHOOSE(%s,\"low\",\"base\",\"high\")",
        rep_abs(REP_SELECTOR_ROW, REP_IN_LIVE).s);
    rep_define_name(s->book, "Scenario", s, REP_SELECTOR_ROW, REP_IN_LIVE);
    if (rep_book_ok(s->book))
        rep_book_note(s->book, worksheet_data_validation_cell(s->sheet,
                                   REP_SELECTOR_ROW, REP_IN_LIVE, &list));
}

/* Low, base and high take numbers only. */
static void validate_numbers(struct rep_sheet *s, lxw_row_t a, lxw_row_t b)
{
    lxw_data_validation numbers = {
        .validate = LXW_VALIDATION_TYPE_DECIMAL,
        .criteria = LXW_VALIDATION_CRITERIA_BETWEEN,
        .minimum_number = -1e100,
        .maximum_number = 1e100,
        .error_title = "Input",
        .error_message = "A number in the unit of this row is expected.",
    };

    if (rep_book_ok(s->book))
        rep_book_note(s->book, worksheet_data_validation_range(s->sheet, a,
                                   REP_IN_LOW, b, REP_IN_HIGH, &numbers));
}

void rep_sheet_inputs(struct rep_plan *plan)
{
    struct rep_sheet *s = plan->inputs;
    const lxw_row_t head = plan->inputs_first - 1;

    rep_head(plan, s, "Inputs",
        "Blue cells may be edited. \"live\": all costs follow at once. "
        "\"re-run\": the simulation must be repeated; Checks gives the "
        "command. Bold: given by the scenario, else a preset or default.");
    put_selector(s);
    for (lxw_col_t c = 0; c <= (lxw_col_t)REP_IN_ORIGIN; c++) {
        rep_widths(s, c, c, columns[c].width);
        rep_put_text(s, head, c, columns[c].text,
            REP_HEADER |
                (c >= REP_IN_LIVE && c <= REP_IN_HIGH ? REP_RIGHT : 0u));
    }
    for (int i = 0; i < plan->n_rows; i++) {
        const lxw_row_t row = plan->inputs_first + (lxw_row_t)i;
        if (plan->row_input[i] >= 0) {
            put_row(s, row, &plan->run->inputs[plan->row_input[i]]);
            continue;
        }
        rep_group(s, row, plan->row_group[i], REP_IN_ORIGIN + 1);
    }
    if (plan->n_rows > 0)
        validate_numbers(s, plan->inputs_first,
            plan->inputs_first + (lxw_row_t)plan->n_rows - 1);
    rep_page(s, plan->inputs_first, REP_IN_PATH);
    rep_protect(s);
}
