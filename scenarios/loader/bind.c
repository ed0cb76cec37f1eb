#include "scenarios/loader/bind.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the check hook of a table ------------------------------------------ */

struct check {
    struct scn_bind *bind;
    struct scn_node *map;
};

static bool by_user(const struct scn_at *at)
{
    return at->src != NULL &&
           (at->src->role == SCN_ROLE_FILE || at->src->role == SCN_ROLE_SET);
}

/* Place of a key path below a map; of the map where it ends early. */
static struct scn_at place_of(
    struct scn_load *load, struct scn_node *node, const char *key)
{
    struct scn_at at = node->at;
    char part[SCN_MAX_KEY_BYTES + 1];

    while (node != NULL && *key != '\0') {
        const size_t n = strcspn(key, ".");
        const struct scn_pair *pair = NULL;
        char *end = NULL;
        snprintf(part, sizeof part, "%.*s", (int)n, key);
        const long index = strtol(part, &end, 10);
        if (node->kind == SCN_SEQ && end != part && *end == '\0' &&
            index >= 0 && index < node->n) {
            node = node->items[index];
            at = node->at;
        } else {
            pair = scn_map_find(load, node, part);
            node = pair != NULL ? pair->value : NULL;
            at = pair != NULL ? pair->at : at;
        }
        key += n + (key[n] == '.');
    }
    return at;
}

static void check_fault(void *ctx, const char *key, const char *fmt, ...)
{
    const struct check *check = ctx;
    struct scn_bind *bind = check->bind;
    const char *inner = key != NULL ? key : "";
    size_t length = bind->path.len;
    struct scn_fault fault;
    char text[512];
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    if (inner[0] != '\0')
        length = scn_path_push(bind, inner);
    fault = scn_fault_of(
        bind, "C001", place_of(bind->load, check->map, inner), NULL);
    /* presets are sound by themselves: the fault is the user's doing */
    if (!by_user(&fault.at) && by_user(&bind->user_at)) {
        fault.note = "the value is from here";
        fault.note_at = fault.at;
        fault.at = bind->user_at;
    }
    if (fault.path[0] != '\0')
        scn_report(bind->load, &fault, "'%s': %s", fault.path, text);
    else
        scn_report(bind->load, &fault, "%s", text);
    scn_path_pop(bind, length);
}

static void check_reads(void *ctx, const char *key)
{
    const struct check *check = ctx;
    const size_t length = scn_path_push(check->bind, key);

    scn_input_read(check->bind, scn_path(check->bind));
    scn_path_pop(check->bind, length);
}

static void run_check(struct scn_bind *bind, const struct sim_table *table,
    struct scn_node *map, const void *cfg)
{
    struct check check = {bind, map};
    const struct sim_checker checker = {
        .ctx = &check, .fault = check_fault, .reads = check_reads};

    if (table->check != NULL && !bind->load->nomem)
        table->check(cfg, &checker);
}

/* ---- nested tables ------------------------------------------------------ */

static void set_bool(void *cfg, size_t offset, bool value)
{
    memcpy((char *)cfg + offset, &value, sizeof value);
}

static void bind_group(struct scn_bind *bind, const struct sim_param *row,
    struct scn_node *node, void *cfg)
{
    struct scn_node *map = scn_long_form(bind, row->table, node);

    if (row->given_offset != 0)
        set_bool(cfg, row->given_offset, true);
    if (map != NULL)
        scn_bind_table(bind, row->table, map, (char *)cfg + row->offset);
}

static void absent_group(
    struct scn_bind *bind, const struct sim_param *row, void *cfg)
{
    const bool emit = bind->emit, strict = bind->strict;

    if (row->given_offset != 0 || row->table->one_of) {
        bind->emit = false;
        bind->strict = false;
    }
    scn_bind_table(bind, row->table, NULL, (char *)cfg + row->offset);
    bind->emit = emit;
    bind->strict = strict;
}

static void set_array(
    const struct sim_param *row, void *cfg, void *array, int n)
{
    memcpy((char *)cfg + row->offset, &array, sizeof array);
    memcpy((char *)cfg + row->count_offset, &n, sizeof n);
}

static void bind_list(struct scn_bind *bind, const struct sim_param *row,
    struct scn_node *node, void *cfg)
{
    char *array;

    if (node->kind != SCN_SEQ) {
        const struct scn_fault fault =
            scn_fault_of(bind, "T002", node->at, NULL);
        scn_report(bind->load, &fault, "'%s' needs a list, got %s", fault.path,
            scn_node_shown(bind->load, node));
        return;
    }
    array = scn_new(bind->load, (size_t)node->n, row->table->size);
    for (int i = 0; i < node->n && array != NULL && scn_going(bind->load);
         i++) {
        struct scn_node *map;
        char index[16];
        size_t length;
        snprintf(index, sizeof index, "%d", i);
        length = scn_path_push(bind, index);
        map = scn_long_form(bind, row->table, node->items[i]);
        if (map != NULL)
            scn_bind_table(
                bind, row->table, map, array + (size_t)i * row->table->size);
        scn_path_pop(bind, length);
    }
    if (array != NULL)
        set_array(row, cfg, array, node->n);
}

/* [a-z0-9][a-z0-9-]{0,63} */
static bool name_ok(const char *name)
{
    const size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");

    return n > 0 && n <= 64 && name[n] == '\0' && name[0] != '-';
}

static void bad_name(struct scn_bind *bind, const struct scn_pair *pair)
{
    const struct scn_fault fault = scn_fault_of(bind, "K006", pair->at,
        "names are lower-case letters, digits and '-', at most 64");

    scn_report(bind->load, &fault, "'%s' cannot be a name in '%s'", pair->key,
        fault.path);
}

static void bind_entries(struct scn_bind *bind, const struct sim_param *row,
    struct scn_node *node, void *cfg)
{
    char *array;

    if (node->kind != SCN_MAP) {
        const struct scn_fault fault =
            scn_fault_of(bind, "T001", node->at, NULL);
        scn_report(bind->load, &fault,
            "'%s' needs a map of named entries, got %s", fault.path,
            scn_node_shown(bind->load, node));
        return;
    }
    array = scn_new(bind->load, (size_t)node->n, row->table->size);
    for (int i = 0; i < node->n && array != NULL && scn_going(bind->load);
         i++) {
        const struct scn_pair *pair = &node->pairs[i];
        char *entry = array + (size_t)i * row->table->size;
        struct scn_node *map;
        size_t length;
        if (!name_ok(pair->key)) {
            bad_name(bind, pair);
            continue;
        }
        memcpy(entry, &pair->key, sizeof pair->key);
        length = scn_path_push(bind, pair->key);
        map = scn_long_form(bind, row->table, pair->value);
        if (map != NULL)
            scn_bind_table(bind, row->table, map, entry);
        scn_path_pop(bind, length);
    }
    if (array != NULL)
        set_array(row, cfg, array, node->n);
}

/* ---- rows --------------------------------------------------------------- */

void scn_bind_value(struct scn_bind *bind, const struct sim_param *row,
    struct scn_node *node, void *cfg)
{
    switch (row->type) {
    case SIM_DIST:
        scn_bind_dist(bind, row, node, cfg);
        break;
    case SIM_F64S:
    case SIM_STRS:
        scn_bind_items(bind, row, node, cfg);
        break;
    case SIM_GROUP:
        bind_group(bind, row, node, cfg);
        break;
    case SIM_LIST:
        bind_list(bind, row, node, cfg);
        break;
    case SIM_MAP:
        bind_entries(bind, row, node, cfg);
        break;
    default:
        scn_bind_scalar(bind, row, node, cfg);
        break;
    }
}

/* The default text of a row as a node.  Most are plain values and need no
 * parser, which matters with a thousand sites. */
static struct scn_node *default_node(
    struct scn_bind *bind, const struct sim_param *row)
{
    struct scn_source *src =
        scn_source_new(bind->load, SCN_ROLE_DEFAULT, "default", "default", "");

    if (src == NULL)
        return NULL;
    src->text = row->dflt_text;
    src->size = strlen(row->dflt_text);
    if (strpbrk(row->dflt_text, "[]{}:,#\"'\n") == NULL)
        return scn_scalar_new(
            bind->load, row->dflt_text, (struct scn_at){src, 1, 1, 2});
    return scn_yaml_parse(bind->load, src);
}

static void bind_absent(struct scn_bind *bind, const struct sim_param *row,
    const char *key, void *cfg)
{
    const size_t length = scn_path_push(bind, key);
    struct scn_node *node;

    if (scn_row_is_scalar(row)) {
        scn_bind_default(bind, row, cfg);
    } else if (row->type == SIM_GROUP) {
        absent_group(bind, row, cfg);
    } else if (row->dflt_text != NULL) {
        node = default_node(bind, row);
        if (node != NULL)
            scn_bind_value(bind, row, node, cfg);
    }
    scn_path_pop(bind, length);
}

static void bind_rows(struct scn_bind *bind, const struct sim_table *table,
    struct scn_node *map, void *cfg)
{
    const char *const *keys = scn_table_keys(bind->load, table);
    const bool emit = bind->emit, strict = bind->strict;

    for (int i = 0; i < table->n_rows && keys != NULL; i++) {
        const struct sim_param *row = &table->rows[i];
        const struct scn_pair *pair;
        if (!scn_going(bind->load))
            return;
        if ((row->flags & SIM_P_REST) != 0)
            continue;
        pair = map != NULL ? scn_map_find(bind->load, map, keys[i]) : NULL;
        if (pair != NULL) {
            const size_t length = scn_path_push(bind, keys[i]);
            scn_bind_value(bind, row, pair->value, cfg);
            scn_path_pop(bind, length);
            continue;
        }
        /* an alternative not chosen, or a key that must be given, has no
         * default that could be an input */
        if (row->required && strict && !table->one_of)
            scn_key_missing(bind, row, keys[i]);
        bind->emit = emit && !row->required && !table->one_of;
        bind->strict = strict && !row->required && !table->one_of;
        bind_absent(bind, row, keys[i], cfg);
        bind->emit = emit;
        bind->strict = strict;
    }
}

/* Keys that no row takes: entries of the rest row, or faults. */
static void bind_rest(struct scn_bind *bind, const struct sim_table *table,
    struct scn_node *map, void *cfg)
{
    const struct sim_param *rest = scn_row_rest(table);
    struct scn_node *others =
        scn_node_new(bind->load, SCN_MAP, rest != NULL ? map->n : 0, map->at);
    int n = 0;

    for (int i = 0; i < map->n && others != NULL && scn_going(bind->load);
         i++) {
        const struct scn_pair *pair = &map->pairs[i];
        if (scn_row_find(bind->load, table, pair->key) != NULL)
            continue;
        if (rest != NULL && !scn_key_misspelt(bind, table, rest, pair))
            others->pairs[n++] = *pair;
        else if (rest != NULL || strncmp(pair->key, "x-", 2) != 0)
            scn_key_unknown(bind, table, pair);
    }
    if (others == NULL || rest == NULL)
        return;
    others->n = n;
    if (n > 0)
        bind_entries(bind, rest, others, cfg);
    else if (rest->required)
        scn_key_missing(bind, rest, rest->name);
}

void scn_bind_table(struct scn_bind *bind, const struct sim_table *table,
    struct scn_node *map, void *cfg)
{
    const struct scn_at before = bind->map_at, user_before = bind->user_at;
    const int n_errors = bind->load->diag->n_errors;
    const bool strict = bind->strict;

    if (map != NULL && map->kind != SCN_MAP) {
        const struct scn_fault fault =
            scn_fault_of(bind, "T001", map->at, NULL);
        scn_report(bind->load, &fault, "'%s' needs a map, got %s", fault.path,
            scn_node_shown(bind->load, map));
        return;
    }
    if (map != NULL) {
        bind->map_at = map->at;
        if (by_user(&map->at))
            bind->user_at = map->at;
        bind->strict = !map->broken;
        if (table->one_of)
            scn_keys_one_of(bind, table, map);
        bind_rest(bind, table, map, cfg);
    }
    bind_rows(bind, table, map, cfg);
    if (map != NULL && bind->load->diag->n_errors == n_errors)
        run_check(bind, table, map, cfg);
    bind->map_at = before;
    bind->user_at = user_before;
    bind->strict = strict;
}
