#include "scenarios/loader/bind.h"

#include <string.h>

#include "sim/units.h"

/* A short form is rewritten into the map it stands for: "warmup: 5 min" into
 * "warmup: {time: 5 min}".  From there on both forms are one. */

static const char *key_of(
    struct scn_bind *bind, const struct sim_table *table, int i)
{
    const char *const *keys = scn_table_keys(bind->load, table);

    return keys != NULL ? keys[i] : "";
}

static bool fits(struct scn_bind *bind, const struct sim_param *row,
    const struct scn_node *node)
{
    if (row->type == SIM_GROUP) {
        for (int i = 0; i < row->table->n_rows; i++) {
            if ((row->table->rows[i].flags & SIM_P_SCALAR) != 0 &&
                fits(bind, &row->table->rows[i], node))
                return true;
        }
        return false;
    }
    return scn_value_fits(bind, row, node);
}

static bool is_number(const struct sim_param *row)
{
    return row->type == SIM_F64 || row->type == SIM_I64 ||
           row->type == SIM_DIST;
}

/* "auto, none, a time such as '15 ms'" */
static const char *expected(
    struct scn_bind *bind, const struct sim_table *table)
{
    struct scn_load *load = bind->load;
    const char *list = "";

    for (int i = 0; i < table->n_rows && list != NULL; i++) {
        const struct sim_param *row = &table->rows[i];
        if ((row->flags & SIM_P_SCALAR) == 0)
            continue;
        if (row->type == SIM_ENUM) {
            int n = 0;
            while (row->choices[n] != NULL)
                n++;
            list = scn_printf(
                load, "%s%s, ", list, scn_joined(load, row->choices, n));
        } else if (is_number(row)) {
            const char *unit = scn_row_unit(bind, row);
            list = scn_printf(load, "%sa number%s%s%s, ", list,
                unit[0] != '\0' ? " (" : "", unit, unit[0] != '\0' ? ")" : "");
        } else if (row->type == SIM_BOOL) {
            list = scn_printf(load, "%strue, false, ", list);
        }
    }
    return list != NULL ? list : "";
}

static struct scn_node *wrap(struct scn_bind *bind,
    const struct sim_table *table, int i, struct scn_node *node)
{
    return scn_map_of(bind->load, key_of(bind, table, i), node);
}

static struct scn_node *from_scalar(
    struct scn_bind *bind, const struct sim_table *table, struct scn_node *node)
{
    const bool numeric =
        node->text[0] != '\0' && strchr("+-.0123456789", node->text[0]) != NULL;
    struct scn_fault fault = scn_fault_of(bind, "T001", node->at, NULL);
    int first = -1, number = -1, n = 0;

    for (int i = 0; i < table->n_rows; i++) {
        const struct sim_param *row = &table->rows[i];
        if ((row->flags & SIM_P_SCALAR) == 0)
            continue;
        if (fits(bind, row, node))
            return wrap(bind, table, i, node);
        first = first < 0 ? i : first;
        number = number < 0 && is_number(row) ? i : number;
        n++;
    }
    /* No form fits: the nearest one says what is wrong. */
    if (n == 1 && node->text[0] != '\0')
        return wrap(bind, table, first, node);
    if (numeric && number >= 0)
        return wrap(bind, table, number, node);
    if (n > 0) {
        fault.code = "T009";
        scn_report(bind->load, &fault, "'%s' is %s, expected %sor a map",
            fault.path, scn_node_shown(bind->load, node),
            expected(bind, table));
    } else {
        if (table->n_rows > 0)
            fault.hint = scn_printf(bind->load, "its keys are: %s",
                scn_joined(bind->load, scn_table_keys(bind->load, table),
                    bind->load->nomem ? 0 : table->n_rows));
        scn_report(bind->load, &fault, "'%s' needs a map, got %s", fault.path,
            scn_node_shown(bind->load, node));
    }
    return NULL;
}

static struct scn_node *from_list(
    struct scn_bind *bind, const struct sim_table *table, struct scn_node *node)
{
    struct scn_fault fault = scn_fault_of(bind, "T001", node->at, NULL);
    struct scn_node *map;
    int n = 0;

    for (int i = 0; i < table->n_rows; i++) {
        const struct sim_param *row = &table->rows[i];
        if ((row->flags & SIM_P_SEQ) == 0)
            continue;
        if (row->type == SIM_F64S || row->type == SIM_STRS ||
            row->type == SIM_LIST || row->type == SIM_GROUP)
            return wrap(bind, table, i, node);
        n++;
    }
    if (n == 0) {
        scn_report(
            bind->load, &fault, "'%s' needs a map, got a list", fault.path);
        return NULL;
    }
    if (n != node->n) {
        fault.code = "T010";
        scn_report(bind->load, &fault,
            "'%s' is a list of %d, expected %d values", fault.path, node->n, n);
        return NULL;
    }
    map = scn_node_new(bind->load, SCN_MAP, n, node->at);
    for (int i = 0, k = 0; i < table->n_rows && map != NULL && k < n; i++) {
        if ((table->rows[i].flags & SIM_P_SEQ) == 0)
            continue;
        map->pairs[k] = (struct scn_pair){.key = key_of(bind, table, i),
            .at = node->items[k]->at,
            .value = node->items[k]};
        k++;
    }
    return map;
}

/* "price: {value: 0.12 USD/kWh, source: ...}": an annotated short form goes to
 * the row that its value fits. */
static struct scn_node *from_annotated(
    struct scn_bind *bind, const struct sim_table *table, struct scn_node *node)
{
    const struct scn_pair *value = scn_map_find(bind->load, node, "value");

    for (int i = 0; i < table->n_rows && value != NULL; i++) {
        if ((table->rows[i].flags & SIM_P_SCALAR) != 0 &&
            value->value->kind == SCN_SCALAR &&
            fits(bind, &table->rows[i], value->value))
            return wrap(bind, table, i, node);
    }
    return node;
}

/* "service: {a: {exponential: {mean: 8 ms}}}": a distribution, which is a map
 * itself, may stand for a map whose only row it is. */
static bool is_lone_law(
    struct scn_bind *bind, const struct sim_table *table, struct scn_node *node)
{
    return node->kind == SCN_MAP && table->n_rows == 1 &&
           table->rows[0].type == SIM_DIST &&
           (table->rows[0].flags & SIM_P_SCALAR) != 0 &&
           scn_map_find(bind->load, node, key_of(bind, table, 0)) == NULL;
}

struct scn_node *scn_long_form(
    struct scn_bind *bind, const struct sim_table *table, struct scn_node *node)
{
    if (is_lone_law(bind, table, node))
        return wrap(bind, table, 0, node);

    if (node->kind == SCN_MAP && scn_is_annotated(bind->load, node) &&
        scn_row_find(bind->load, table, "value") == NULL)
        return from_annotated(bind, table, node);
    if (node->kind == SCN_SCALAR)
        return from_scalar(bind, table, node);
    return node->kind == SCN_SEQ ? from_list(bind, table, node) : node;
}
