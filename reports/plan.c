#include "reports/plan.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
    MAX_ROWS = 5000,    /* of inputs; Excel holds more, people do not */
    MAX_COLUMNS = 1200, /* a century of months */
    SIM_GAP = 2,        /* rows between blocks of SimData */
};

static const char deployments[] = "deployments.";

/* ---- references ---- */

struct rep_ref rep_abs(lxw_row_t row, lxw_col_t col)
{
    struct rep_ref ref;

    lxw_rowcol_to_cell_abs(ref.s, row, col, true, true);
    return ref;
}

struct rep_ref rep_row_abs(lxw_row_t row, lxw_col_t col)
{
    struct rep_ref ref;

    lxw_rowcol_to_cell_abs(ref.s, row, col, true, false);
    return ref;
}

struct rep_ref rep_col_abs(lxw_row_t row, lxw_col_t col)
{
    struct rep_ref ref;

    lxw_rowcol_to_cell_abs(ref.s, row, col, false, true);
    return ref;
}

struct rep_ref rep_rel(lxw_row_t row, lxw_col_t col)
{
    struct rep_ref ref;

    lxw_rowcol_to_cell(ref.s, row, col);
    return ref;
}

static struct rep_ref series_ref(
    const struct res_ledger *l, lxw_row_t row, bool fixed)
{
    const lxw_col_t last = (lxw_col_t)(REP_COL_SERIES + l->n_columns - 1);
    char a[LXW_MAX_CELL_NAME_LENGTH], b[LXW_MAX_CELL_NAME_LENGTH];
    struct rep_ref ref;

    lxw_rowcol_to_cell_abs(a, row, REP_COL_SERIES, fixed, true);
    lxw_rowcol_to_cell_abs(b, row, last, fixed, true);
    snprintf(ref.s, sizeof ref.s, "%s:%s", a, b);
    return ref;
}

struct rep_ref rep_series(const struct res_ledger *l, lxw_row_t row)
{
    return series_ref(l, row, false);
}

struct rep_ref rep_series_fixed(const struct res_ledger *l, lxw_row_t row)
{
    return series_ref(l, row, true);
}

struct rep_ref rep_live(const struct rep_plan *plan, int input)
{
    struct rep_ref ref;

    snprintf(ref.s, sizeof ref.s, "Inputs!%.24s",
        rep_abs(plan->in_row[input], REP_IN_LIVE).s);
    return ref;
}

lxw_col_t rep_table_col(int schedule)
{
    /* straight line would stand second */
    return (
        lxw_col_t)(schedule < RES_DEP_STRAIGHT_LINE ? schedule + 1 : schedule);
}

double rep_at(const double *x, int k)
{
    return x != NULL ? x[k] : 0.0;
}

const char *rep_item_label(struct rep_plan *plan, const struct res_item *item)
{
    const char *entry = item->entry;
    const char *label = NULL;

    if (entry == NULL || entry[0] == '\0')
        return item->label;
    label = sim_arena_printf(&plan->arena, "%s (%s)", item->label, entry);
    return label != NULL ? label : item->label;
}

/* ---- rows of Inputs ---- */

/* Deployment of an input's path, -1 when it belongs to none. */
static int owner(const struct res_run *run, const char *path)
{
    const size_t n = strlen(deployments);

    if (strncmp(path, deployments, n) != 0)
        return -1;
    for (int d = 0; d < run->n_deployments; d++) {
        const char *name = run->deployments[d].name;
        const size_t len = strlen(name);
        if (strncmp(path + n, name, len) == 0 && path[n + len] == '.')
            return d;
    }
    return -1;
}

/* Heading above an input: its deployment, else the first part of its path. */
static const char *group_of(struct rep_plan *plan, int input, int d)
{
    const char *path = plan->run->inputs[input].path;
    const char *dot = strchr(path, '.');

    if (d >= 0)
        return sim_arena_printf(
            &plan->arena, "Deployment %s", plan->run->deployments[d].name);
    if (dot == NULL)
        return "General";
    return sim_arena_printf(&plan->arena, "%.*s", (int)(dot - path), path);
}

/* Append the inputs of deployment `d` (-1: of none, -2: those with a plain
 * name), a heading where the group changes.  Paths are sorted, so groups come
 * together. */
static void add_inputs(struct rep_plan *plan, int d)
{
    const char *last = "";

    for (int i = 0; i < plan->run->n_inputs; i++) {
        const char *path = plan->run->inputs[i].path;
        const int of = strchr(path, '.') == NULL ? -2 : owner(plan->run, path);
        if (of != d)
            continue;
        const char *group = group_of(plan, i, d);
        if (group != NULL && strcmp(group, last) != 0) {
            plan->row_input[plan->n_rows] = -1;
            plan->row_group[plan->n_rows++] = group;
            last = group;
        }
        plan->in_row[i] = plan->inputs_first + (lxw_row_t)plan->n_rows;
        plan->row_input[plan->n_rows++] = i;
    }
}

static int plan_inputs(struct rep_plan *plan, struct sim_err *err)
{
    const int n = plan->run->n_inputs;

    if (n > MAX_ROWS)
        return sim_err_set(err, SIM_E_LIMIT,
            "%d inputs, a workbook is limited to %d", n, (int)MAX_ROWS);
    plan->row_input =
        sim_arena_calloc(&plan->arena, (size_t)n * 2 + 1, sizeof(int));
    plan->row_group =
        sim_arena_calloc(&plan->arena, (size_t)n * 2 + 1, sizeof(char *));
    plan->in_row =
        sim_arena_calloc(&plan->arena, (size_t)n + 1, sizeof(lxw_row_t));
    if (plan->row_input == NULL || plan->row_group == NULL ||
        plan->in_row == NULL)
        return sim_err_set(err, SIM_E_NOMEM, "out of memory");
    plan->inputs_first = REP_SELECTOR_ROW + 3;
    for (int d = -2; d < plan->run->n_deployments; d++)
        add_inputs(plan, d);
    return SIM_OK;
}

/* ---- rows of SimData and of the TCO sheets ---- */

static lxw_row_t next_if(bool wanted, lxw_row_t *row)
{
    return wanted ? (*row)++ : 0;
}

struct rep_item_rows rep_item_rows(
    const struct res_item *item, lxw_row_t heading)
{
    const bool has_life = item->capital && item->life >= 0;
    struct rep_item_rows r = {.heading = heading};
    lxw_row_t row = heading + 1;

    r.quantity = row++;
    r.price = next_if(item->price >= 0, &row);
    r.price2 = next_if(item->price2 >= 0, &row);
    r.escalation = next_if(item->escalation >= 0, &row);
    r.life = next_if(has_life, &row);
    r.life_columns = next_if(has_life, &row);
    r.index = next_if(item->escalation >= 0, &row);
    r.flag = next_if(item->capital, &row);
    r.amount = row++;
    r.dep = next_if(item->capital, &row);
    r.value_left = next_if(has_life, &row);
    r.basis_left = next_if(item->capital, &row);
    r.end = row;
    return r;
}

static int plan_deployment(struct rep_plan *plan,
    struct rep_plan_deployment *dep, lxw_row_t *row, struct sim_err *err)
{
    const struct res_ledger *l = dep->ledger;
    lxw_row_t tco = REP_TCO_ITEMS;

    if (l == NULL)
        return SIM_OK;
    if (l->n_columns > MAX_COLUMNS || l->n_columns < 2)
        return sim_err_set(err, SIM_E_LIMIT,
            "%d columns in a ledger, a workbook holds 2 to %d", l->n_columns,
            (int)MAX_COLUMNS);
    dep->item = sim_arena_calloc(
        &plan->arena, (size_t)l->n_items + 1, sizeof *dep->item);
    dep->quantity = sim_arena_calloc(
        &plan->arena, (size_t)l->n_items + 1, sizeof *dep->quantity);
    if (dep->item == NULL || dep->quantity == NULL)
        return sim_err_set(err, SIM_E_NOMEM, "out of memory");
    dep->block = (*row)++;
    for (int i = 0; i < l->n_items; i++) {
        dep->quantity[i] = (*row)++;
        dep->item[i] = tco;
        tco = rep_item_rows(&l->items[i], tco).end;
    }
    dep->units = (*row)++;
    dep->npv = (*row)++;
    *row += SIM_GAP - 1;
    dep->sums = tco + 1;
    return SIM_OK;
}

static void make_sheets(struct rep_plan *plan)
{
    const struct res_run *run = plan->run;
    char name[128];

    plan->cover = rep_book_sheet(plan->book, "Cover");
    plan->inputs = rep_book_sheet(plan->book, "Inputs");
    plan->simdata = rep_book_sheet(plan->book, "SimData");
    plan->tco = rep_book_sheet(plan->book, "TCO");
    for (int d = 0; d < run->n_deployments; d++) {
        if (plan->dep[d].ledger == NULL)
            continue;
        snprintf(name, sizeof name, "TCO %s", run->deployments[d].name);
        plan->dep[d].sheet = rep_book_sheet(plan->book, name);
    }
    plan->latency = rep_book_sheet(plan->book, "Latency");
    plan->checks = rep_book_sheet(plan->book, "Checks");
    plan->tables = rep_book_sheet(plan->book, "Tables");
}

int rep_plan_make(struct rep_plan *plan, struct sim_err *err)
{
    const struct res_run *run = plan->run;
    lxw_row_t row = REP_ROW_FIRST + 1;

    plan->dep = sim_arena_calloc(
        &plan->arena, (size_t)run->n_deployments + 1, sizeof *plan->dep);
    if (plan->dep == NULL)
        return sim_err_set(err, SIM_E_NOMEM, "out of memory");
    for (int d = 0; d < run->n_deployments; d++) {
        plan->dep[d].ledger = run->deployments[d].ledger;
        const int rc = plan_deployment(plan, &plan->dep[d], &row, err);
        if (rc != SIM_OK)
            return rc;
    }
    const int rc = plan_inputs(plan, err);
    if (rc != SIM_OK)
        return rc;
    plan->copies_first = row + 2;
    plan->metrics_first = plan->copies_first + (lxw_row_t)plan->n_rows + 3;
    make_sheets(plan);
    return rep_book_ok(plan->book)
               ? SIM_OK
               : sim_err_set(err, SIM_E_LIMIT, "too many sheets");
}

/* ---- parts that sheets share ---- */

int rep_n_columns(const struct res_ledger *l)
{
    return REP_COL_SERIES + l->n_columns;
}

void rep_group(struct rep_sheet *s, lxw_row_t row, const char *text, int n)
{
    for (int c = 0; c < n; c++)
        rep_put_text(s, row, (lxw_col_t)c, c == 0 ? text : "", REP_GROUP);
}

void rep_periods(struct rep_sheet *s, lxw_row_t row, const struct res_ledger *l)
{
    char text[32];

    for (int k = 0; k < l->n_columns; k++) {
        if (k == 0)
            snprintf(text, sizeof text, "Start");
        else
            snprintf(text, sizeof text, "%s %d",
                l->columns_per_yr == 12 ? "Month" : "Year", k);
        rep_put_text(s, row, (lxw_col_t)(REP_COL_SERIES + k), text,
            REP_HEADER | REP_RIGHT);
    }
}

unsigned rep_look_series(const double *x, int n)
{
    double largest = 0.0;

    for (int k = 0; k < n; k++)
        largest = fmax(largest, fabs(rep_at(x, k)));
    return largest >= 1000.0 ? REP_MONEY0
           : largest >= 1.0  ? REP_MONEY2
                             : REP_MONEY4;
}

/* ---- the head of a sheet ---- */

void rep_head(struct rep_plan *plan, struct rep_sheet *s, const char *title,
    const char *note)
{
    /* own cell, as conditions on other sheets are not portable */
    char is_bad[] = "=LEFT($B$3,2)<>\"OK\"", is_good[] = "=LEFT($B$3,2)=\"OK\"";

    rep_put_text(s, REP_ROW_TITLE, 0, title, REP_LARGE);
    rep_put_text(s, REP_ROW_NOTE, 0, note, REP_GREY);
    rep_put_text(s, REP_ROW_CHECK, 0, "Master check", REP_BOLD);
    rep_put_formula_text(s, REP_ROW_CHECK, 1,
        plan->failed == 0 ? "OK" : "LOOK AT SHEET CHECKS",
        REP_BOLD | (s == plan->cover ? REP_LARGE : 0u),
        "=IF(Checks!%s=0,\"OK\",\"LOOK AT SHEET CHECKS\")",
        rep_abs(REP_CHECK_ROW_TOTAL, REP_CHECK_COL_FLAG).s);
    if (!rep_book_ok(plan->book))
        return;
    lxw_conditional_format bad = {
        .type = LXW_CONDITIONAL_TYPE_FORMULA,
        .value_string = is_bad,
        .format = rep_look(plan->book, REP_BAD),
    };
    lxw_conditional_format good = {
        .type = LXW_CONDITIONAL_TYPE_FORMULA,
        .value_string = is_good,
        .format = rep_look(plan->book, REP_GOOD),
    };
    rep_book_note(plan->book,
        worksheet_conditional_format_cell(s->sheet, REP_ROW_CHECK, 1, &bad));
    rep_book_note(plan->book,
        worksheet_conditional_format_cell(s->sheet, REP_ROW_CHECK, 1, &good));
}
