#include "scenarios/loader/rows.h"

#include <string.h>

enum { KEY_BYTES = 64 };

/* Keys are computed once a table: they are asked for at every node. */
struct scn_keys {
    struct scn_keys *next;
    const struct sim_table *table;
    const char **keys;
};

const char *const *scn_table_keys(
    struct scn_load *load, const struct sim_table *table)
{
    struct scn_keys *known = load->keys;

    while (known != NULL && known->table != table)
        known = known->next;
    if (known != NULL)
        return known->keys;
    known = scn_new(load, 1, sizeof *known);
    if (known == NULL)
        return NULL;
    known->table = table;
    known->keys = scn_new(load, (size_t)table->n_rows, sizeof(char *));
    for (int i = 0; i < table->n_rows && !load->nomem; i++) {
        char key[KEY_BYTES];
        sim_param_key(&table->rows[i], key, sizeof key);
        known->keys[i] = scn_printf(load, "%s", key);
    }
    if (load->nomem)
        return NULL;
    known->next = load->keys;
    load->keys = known;
    return known->keys;
}

const struct sim_param *scn_row_find(
    struct scn_load *load, const struct sim_table *table, const char *key)
{
    const char *const *keys = scn_table_keys(load, table);

    for (int i = 0; i < table->n_rows && keys != NULL; i++) {
        if (strcmp(keys[i], key) == 0 &&
            (table->rows[i].flags & SIM_P_REST) == 0)
            return &table->rows[i];
    }
    return NULL;
}

const struct sim_param *scn_row_rest(const struct sim_table *table)
{
    for (int i = 0; i < table->n_rows; i++) {
        if ((table->rows[i].flags & SIM_P_REST) != 0)
            return &table->rows[i];
    }
    return NULL;
}

struct scn_ctx scn_ctx_below(
    struct scn_load *load, struct scn_ctx ctx, const char *key)
{
    const struct scn_ctx unknown = {.table = NULL};
    const struct sim_param *row;

    if (ctx.table == NULL)
        return unknown;
    if (ctx.entries)
        return (struct scn_ctx){.table = ctx.table};
    row = scn_row_find(load, ctx.table, key);
    if (row == NULL) {
        row = scn_row_rest(ctx.table);
        if (row == NULL)
            return unknown;
        return (struct scn_ctx){.table = row->table};
    }
    return (struct scn_ctx){
        .table =
            row->type == SIM_GROUP || row->type == SIM_MAP ? row->table : NULL,
        .row = row,
        .entries = row->type == SIM_MAP,
    };
}

bool scn_row_is_scalar(const struct sim_param *row)
{
    switch (row->type) {
    case SIM_F64:
    case SIM_I64:
    case SIM_BOOL:
    case SIM_ENUM:
    case SIM_STR:
    case SIM_DATE:
        return true;
    default:
        return false;
    }
}

const char *const *scn_annotation_keys(void)
{
    static const char *const keys[] = {"value", "low", "high", "source", "year",
        "confidence", "note", "dist", NULL};

    return keys;
}

bool scn_is_annotated(struct scn_load *load, struct scn_node *node)
{
    const char *const *keys = scn_annotation_keys();

    if (node->kind != SCN_MAP || scn_map_find(load, node, "value") == NULL)
        return false;
    for (int i = 0; i < node->n; i++) {
        int k = 0;
        while (keys[k] != NULL && strcmp(keys[k], node->pairs[i].key) != 0)
            k++;
        if (keys[k] == NULL)
            return false;
    }
    return true;
}
