#include "scenarios/loader/merge.h"

#include <string.h>

#include "scenarios/loader/presets.h"

/* Presets may name presets (a tier its hardware); a preset that names itself
 * through others would never end. */
enum { MAX_NESTED = 2 * SCN_MAX_DEPTH };

static struct scn_node *expand_map(struct scn_load *load, struct scn_ctx ctx,
    struct scn_node *map, int nested);

/* The scalar under a key, or the row's default text as one; NULL if none. */
static struct scn_node *named_preset(struct scn_load *load,
    const struct sim_param *row, struct scn_node *map, const char *key)
{
    const struct scn_pair *pair = scn_map_find(load, map, key);
    struct scn_source *src;

    if (pair != NULL) {
        struct scn_node *value = pair->value;
        if (scn_is_annotated(load, value))
            value = scn_map_find(load, value, "value")->value;
        return value->kind == SCN_SCALAR && value->text[0] != '\0' ? value
                                                                   : NULL;
    }
    if (row->dflt_text == NULL)
        return NULL;
    src = scn_source_new(load, SCN_ROLE_DEFAULT, "default", "default", "");
    return src != NULL ? scn_scalar_new(load, row->dflt_text,
                             (struct scn_at){src, 1, 1, 2})
                       : NULL;
}

static struct scn_node *load_preset(struct scn_load *load,
    const struct sim_param *row, const struct scn_node *named, const char *key,
    const struct sim_table *table)
{
    const char *name = scn_printf(load, "%s-%s", row->preset, named->text);
    const char *here = sim_text_str(&load->path);
    /* the path ends in a dot; without a key it is that of the value itself */
    const char *path = key != NULL
                           ? scn_printf(load, "%s%s", here, key)
                           : scn_printf(load, "%.*s",
                                 (int)strlen(here) - (here[0] != '\0'), here);

    return name != NULL && path != NULL
               ? scn_layer_preset(load, name, named, row->preset, path, table)
               : NULL;
}

/* "tier: edge": the presets that STR rows name go beneath the map. */
static struct scn_node *beneath(struct scn_load *load,
    const struct sim_table *table, struct scn_node *map, bool *broken)
{
    const char *const *keys = scn_table_keys(load, table);

    for (int i = 0; i < table->n_rows && keys != NULL && map != NULL; i++) {
        const struct sim_param *row = &table->rows[i];
        const struct scn_node *named;
        struct scn_node *preset;
        if (row->type != SIM_STR || row->preset == NULL)
            continue;
        named = named_preset(load, row, map, keys[i]);
        if (named == NULL)
            continue;
        preset = load_preset(load, row, named, keys[i], table);
        if (preset != NULL)
            map =
                scn_merge(load, (struct scn_ctx){.table = table}, preset, map);
        else
            *broken = true;
    }
    return map;
}

/* Some groups take a preset's name or a short form of their own. */
static bool is_short_form(struct scn_load *load, const struct sim_param *row,
    const struct scn_node *value)
{
    const char *name = scn_printf(load, "%s-%s", row->preset, value->text);

    if (name != NULL && scn_preset_find(name) != NULL)
        return false;
    for (int i = 0; i < row->table->n_rows; i++) {
        if ((row->table->rows[i].flags & SIM_P_SCALAR) != 0)
            return true;
    }
    return false;
}

/* "hardware: l4-4" or "hardware: {from: l4-4, speed: 2}".  A table with a row
 * "from" keeps the name. */
static struct scn_node *group_preset(
    struct scn_load *load, const struct sim_param *row, struct scn_node *value)
{
    const struct sim_table *table = row->table;
    const bool keep = scn_row_find(load, table, "from") != NULL;
    struct scn_node *from = value, *preset, *map;
    int n = 0;

    if (value->kind == SCN_MAP) {
        const struct scn_pair *pair = scn_map_find(load, value, "from");
        if (pair == NULL)
            return value;
        from = pair->value;
    } else {
        if (value->text[0] == '\0' || is_short_form(load, row, value))
            return value;
        value = scn_map_of(load, "from", value);
    }
    if (from->kind != SCN_SCALAR || value == NULL)
        return value;
    preset = load_preset(load, row, from, NULL, table);
    map = scn_node_new(load, SCN_MAP, value->n, value->at);
    if (load->nomem)
        return NULL;
    if (preset == NULL) {
        map->broken = true;
        map->n = 0;
        return map;
    }
    for (int i = 0; i < value->n; i++) {
        if (keep || strcmp(value->pairs[i].key, "from") != 0)
            map->pairs[n++] = value->pairs[i];
    }
    map->n = n;
    /* the merge drops `from` of the lower layer otherwise, see replaces() */
    return scn_merge(load, (struct scn_ctx){.table = table}, preset, map);
}

static struct scn_node *expand_value(struct scn_load *load,
    struct scn_ctx below, struct scn_node *value, int nested)
{
    const struct sim_param *row = below.row;

    if (value->kind == SCN_SCALAR && (row == NULL || row->preset == NULL))
        return value;
    if (row != NULL && row->type == SIM_LIST && value->kind == SCN_SEQ) {
        struct scn_node *list =
            scn_node_new(load, SCN_SEQ, value->n, value->at);
        for (int i = 0; i < value->n && list != NULL; i++) {
            list->items[i] = expand_map(load,
                (struct scn_ctx){.table = row->table}, value->items[i], nested);
            if (list->items[i] == NULL)
                return NULL;
        }
        return list;
    }
    if (row != NULL && row->type == SIM_GROUP && row->preset != NULL &&
        value->kind != SCN_SEQ)
        value = group_preset(load, row, value);
    return value != NULL ? expand_map(load, below, value, nested) : NULL;
}

/* GROUP rows with a preset as default, whose key is absent: added to `map`,
 * which has room for them. */
static void add_defaults(
    struct scn_load *load, const struct sim_table *table, struct scn_node *map)
{
    const char *const *keys = scn_table_keys(load, table);
    const int n_given = map->n;

    for (int i = 0; i < table->n_rows && keys != NULL; i++) {
        const struct sim_param *row = &table->rows[i];
        struct scn_node *named;
        int given = 0;
        if (row->type != SIM_GROUP || row->preset == NULL ||
            row->dflt_text == NULL)
            continue;
        while (given < n_given && strcmp(map->pairs[given].key, keys[i]) != 0)
            given++;
        named = given == n_given ? named_preset(load, row, map, keys[i]) : NULL;
        if (named != NULL)
            map->pairs[map->n++] = (struct scn_pair){
                .key = keys[i], .at = named->at, .value = named};
    }
}

/* A copy of the map without notes and with defaults, for the values to be
 * expanded in. */
static struct scn_node *copy_map(
    struct scn_load *load, struct scn_ctx ctx, const struct scn_node *map)
{
    const bool rows = !ctx.entries;
    /* where keys are names of entries, "x-ray" is one of them */
    const bool notes = rows && scn_row_rest(ctx.table) == NULL;
    struct scn_node *out = scn_node_new(
        load, SCN_MAP, map->n + (rows ? ctx.table->n_rows : 0), map->at);

    if (out == NULL)
        return NULL;
    out->n = 0;
    for (int i = 0; i < map->n; i++) {
        if (!notes || strncmp(map->pairs[i].key, "x-", 2) != 0)
            out->pairs[out->n++] = map->pairs[i];
    }
    if (rows)
        add_defaults(load, ctx.table, out);
    return out;
}

static struct scn_node *expand_map(
    struct scn_load *load, struct scn_ctx ctx, struct scn_node *map, int nested)
{
    const size_t length = load->path.len;
    bool broken = map->broken;
    struct scn_node *out;

    if (ctx.table == NULL || map->kind != SCN_MAP || nested > MAX_NESTED)
        return map;
    if (!ctx.entries)
        map = beneath(load, ctx.table, map, &broken);
    out = map != NULL ? copy_map(load, ctx, map) : NULL;
    for (int i = 0; out != NULL && i < out->n; i++) {
        struct scn_pair *pair = &out->pairs[i];
        sim_text_printf(&load->path, "%s.", pair->key);
        pair->value = expand_value(
            load, scn_ctx_below(load, ctx, pair->key), pair->value, nested + 1);
        if (load->path.data != NULL)
            load->path.data[load->path.len = length] = '\0';
        if (pair->value == NULL)
            return NULL;
    }
    if (out != NULL)
        out->broken = broken;
    return load->nomem ? NULL : out;
}

struct scn_node *scn_expand(
    struct scn_load *load, const struct sim_table *table, struct scn_node *map)
{
    if (map == NULL)
        return NULL;
    return expand_map(load, (struct scn_ctx){.table = table}, map, 0);
}
