#include "scenarios/loader/resolve.h"

#include <stdint.h>
#include <string.h>

#define NEW_LINE SIZE_MAX

enum { KEY_BYTES = 64, COMMENT_COLUMN = 48 };

/* What the keys of a map are: those of a table's rows, or names of entries. */
struct place {
    const struct sim_table *table;
    bool entries;
};

static const struct sim_param *row_of(
    const struct sim_table *table, const char *name)
{
    char key[KEY_BYTES];

    for (int i = 0; table != NULL && i < table->n_rows; i++) {
        sim_param_key(&table->rows[i], key, sizeof key);
        if (strcmp(key, name) == 0 && (table->rows[i].flags & SIM_P_REST) == 0)
            return &table->rows[i];
    }
    return NULL;
}

static struct place below(struct place place, const char *key)
{
    const struct sim_param *row;

    if (place.entries)
        return (struct place){.table = place.table};
    row = row_of(place.table, key);
    for (int i = 0;
         row == NULL && place.table != NULL && i < place.table->n_rows; i++) {
        if ((place.table->rows[i].flags & SIM_P_REST) != 0)
            return (struct place){.table = place.table->rows[i].table};
    }
    if (row == NULL || row->table == NULL)
        return (struct place){.table = NULL};
    return (struct place){row->table, row->type == SIM_MAP};
}

/* The i-th pair in canonical order: rows first, then the rest as written. */
static const struct scn_pair *pair_at(
    struct place place, const struct scn_node *map, int *row, int *rest)
{
    const struct sim_table *table = place.entries ? NULL : place.table;
    char key[KEY_BYTES];

    for (; table != NULL && *row < table->n_rows; ++*row) {
        if ((table->rows[*row].flags & SIM_P_REST) != 0)
            continue;
        sim_param_key(&table->rows[*row], key, sizeof key);
        for (int i = 0; i < map->n; i++) {
            if (strcmp(map->pairs[i].key, key) == 0) {
                ++*row;
                return &map->pairs[i];
            }
        }
    }
    while (*rest < map->n) {
        const struct scn_pair *pair = &map->pairs[(*rest)++];
        if (row_of(table, pair->key) == NULL)
            return pair;
    }
    return NULL;
}

static void quote(struct sim_text *out, const char *text)
{
    sim_text_add_char(out, '"');
    sim_text_add_json(out, text);
    sim_text_add_char(out, '"');
}

/* ---- canonical JSON ----------------------------------------------------- */

static void canonical(
    struct place place, const struct scn_node *node, struct sim_text *out)
{
    const struct scn_pair *pair;
    int row = 0, rest = 0, n = 0;

    if (node->kind == SCN_SCALAR) {
        quote(out, node->text);
        return;
    }
    sim_text_add_char(out, node->kind == SCN_MAP ? '{' : '[');
    while (node->kind == SCN_MAP &&
           (pair = pair_at(place, node, &row, &rest)) != NULL) {
        sim_text_add(out, n++ > 0 ? "," : "");
        quote(out, pair->key);
        sim_text_add_char(out, ':');
        canonical(below(place, pair->key), pair->value, out);
    }
    for (int i = 0; node->kind == SCN_SEQ && i < node->n; i++) {
        sim_text_add(out, i > 0 ? "," : "");
        canonical(place, node->items[i], out);
    }
    sim_text_add_char(out, node->kind == SCN_MAP ? '}' : ']');
}

void scn_canonical_print(const struct sim_table *table,
    const struct scn_node *tree, struct sim_text *out)
{
    sim_text_add(out, "sitesim/1\n");
    canonical((struct place){.table = table}, tree, out);
    sim_text_add_char(out, '\n');
}

/* ---- YAML --------------------------------------------------------------- */

static bool plain_is_safe(const char *text)
{
    const size_t n = strlen(text);
    const char *safe =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
        " ._/%+-<=";

    return n > 0 && strspn(text, safe) == n && text[0] != ' ' &&
           text[n - 1] != ' ' && strchr("-%=", text[0]) == NULL;
}

static void yaml_scalar(struct sim_text *out, const char *text)
{
    /* a number may start with '-' */
    if (plain_is_safe(text) || (text[0] == '-' && text[1] >= '0' &&
                                   text[1] <= '9' && plain_is_safe(text + 1)))
        sim_text_add(out, text);
    else
        quote(out, text);
}

static bool is_flat(const struct scn_node *node)
{
    if (node->kind == SCN_SCALAR)
        return true;
    for (int i = 0; i < node->n; i++) {
        if (node->kind == SCN_MAP || node->items[i]->kind != SCN_SCALAR)
            return node->n == 0;
    }
    return true;
}

static void flat(struct sim_text *out, const struct scn_node *node)
{
    if (node->kind == SCN_SCALAR) {
        yaml_scalar(out, node->text);
        return;
    }
    sim_text_add_char(out, node->kind == SCN_MAP ? '{' : '[');
    for (int i = 0; i < node->n && node->kind == SCN_SEQ; i++) {
        sim_text_add(out, i > 0 ? ", " : "");
        yaml_scalar(out, node->items[i]->text);
    }
    sim_text_add_char(out, node->kind == SCN_MAP ? '}' : ']');
}

static void end_line(struct sim_text *out, size_t start,
    const struct scn_node *node, unsigned flags)
{
    const struct scn_source *src = node->at.src;

    if ((flags & SCN_RESOLVE_ORIGIN) != 0 && src != NULL) {
        do {
            sim_text_add_char(out, ' ');
        } while (sim_text_ok(out) && out->len - start < COMMENT_COLUMN);
        if (src->role == SCN_ROLE_SET || src->role == SCN_ROLE_DEFAULT)
            sim_text_printf(out, "# %s", src->origin);
        else
            sim_text_printf(out, "# %s:%d", src->origin, node->at.line);
    }
    sim_text_add_char(out, '\n');
}

static void indent(struct sim_text *out, int depth)
{
    for (int i = 0; i < depth; i++)
        sim_text_add(out, "  ");
}

/* `begun`: where the present line starts when it has begun with "- " already,
 * else NEW_LINE. */
static void block(struct place place, const struct scn_node *node, int depth,
    unsigned flags, size_t begun, struct sim_text *out)
{
    const struct scn_pair *pair;
    int row = 0, rest = 0;
    size_t start;

    while (node->kind == SCN_MAP &&
           (pair = pair_at(place, node, &row, &rest)) != NULL) {
        start = begun != NEW_LINE ? begun : out->len;
        if (begun == NEW_LINE)
            indent(out, depth);
        begun = NEW_LINE;
        yaml_scalar(out, pair->key);
        sim_text_add_char(out, ':');
        if (is_flat(pair->value)) {
            sim_text_add_char(out, ' ');
            flat(out, pair->value);
            end_line(out, start, pair->value, flags);
        } else {
            sim_text_add_char(out, '\n');
            block(below(place, pair->key), pair->value, depth + 1, flags,
                NEW_LINE, out);
        }
    }
    for (int i = 0; node->kind == SCN_SEQ && i < node->n; i++) {
        start = begun != NEW_LINE ? begun : out->len;
        if (begun == NEW_LINE)
            indent(out, depth);
        begun = NEW_LINE;
        sim_text_add(out, "- ");
        if (is_flat(node->items[i])) {
            flat(out, node->items[i]);
            end_line(out, start, node->items[i], flags);
        } else {
            block(place, node->items[i], depth + 1, flags, start, out);
        }
    }
}

void scn_tree_print(const struct sim_table *table, const struct scn_node *tree,
    unsigned flags, struct sim_text *out)
{
    sim_text_add(out, "schema: sitesim/1\n");
    block((struct place){.table = table}, tree, 0, flags, NEW_LINE, out);
}
