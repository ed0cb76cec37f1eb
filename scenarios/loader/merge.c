#include "scenarios/loader/merge.h"

#include <stdlib.h>
#include <string.h>

static struct scn_node *merge_maps(struct scn_load *load, struct scn_ctx ctx,
    struct scn_node *base, struct scn_node *over);

/* "+key": the items of both lists. */
static struct scn_node *append_lists(struct scn_load *load,
    const struct scn_pair *base, const struct scn_pair *over)
{
    const struct scn_node *a = base->value, *b = over->value;
    struct scn_node *list;

    if (a->kind != SCN_SEQ || b->kind != SCN_SEQ) {
        scn_report(load,
            &(struct scn_fault){.code = "P008",
                .at = over->at,
                .path = over->key,
                .note = "the value beneath is here",
                .note_at = base->at},
            "'+%s' appends a list to a list, but %s", over->key,
            a->kind != SCN_SEQ ? "the value beneath is none"
                               : "its value is none");
        return over->value;
    }
    list = scn_node_new(load, SCN_SEQ, a->n + b->n, b->at);
    if (list == NULL)
        return NULL;
    for (int i = 0; i < list->n; i++)
        list->items[i] = i < a->n ? a->items[i] : b->items[i - a->n];
    return list;
}

/* Index of a list item as --set writes it ("phases.0.share"); -1 if none. */
static int item_index(const char *key, int n)
{
    char *end;
    long i;

    if (key[0] < '0' || key[0] > '9' || strlen(key) > 6)
        return -1;
    i = strtol(key, &end, 10);
    return *end == '\0' && i < n ? (int)i : -1;
}

static struct scn_node *merge_items(struct scn_load *load, struct scn_ctx ctx,
    const struct scn_node *base, const struct scn_node *over)
{
    struct scn_node *list = scn_node_new(load, SCN_SEQ, base->n, base->at);
    const struct scn_ctx below = {
        .table = ctx.row != NULL && ctx.row->type == SIM_LIST ? ctx.row->table
                                                              : NULL};

    for (int i = 0; i < base->n && list != NULL; i++)
        list->items[i] = base->items[i];
    for (int k = 0; k < over->n && list != NULL; k++) {
        const int i = item_index(over->pairs[k].key, base->n);
        list->items[i] =
            scn_merge(load, below, base->items[i], over->pairs[k].value);
        if (list->items[i] == NULL)
            return NULL;
    }
    return list;
}

static bool names_items(
    const struct scn_node *base, const struct scn_node *over)
{
    if (base->kind != SCN_SEQ || over->at.src->role != SCN_ROLE_SET)
        return false;
    for (int i = 0; i < over->n; i++) {
        if (item_index(over->pairs[i].key, base->n) < 0)
            return false;
    }
    return over->n > 0;
}

static bool replaces(struct scn_load *load, struct scn_ctx ctx,
    struct scn_node *base, struct scn_node *over)
{
    if (ctx.row != NULL && ctx.row->type == SIM_DIST)
        return true;
    if (ctx.row != NULL && scn_row_is_scalar(ctx.row))
        return scn_map_find(load, over, "value") != NULL;
    if (ctx.row != NULL && ctx.row->preset != NULL &&
        scn_map_find(load, over, "from") != NULL)
        return true;
    /* an annotated short form says the whole group, as a bare one would */
    if (ctx.row != NULL && ctx.row->type == SIM_GROUP &&
        scn_row_find(load, ctx.row->table, "value") == NULL &&
        scn_is_annotated(load, over))
        return true;
    if (ctx.table != NULL && !ctx.entries && ctx.table->one_of)
        return over->n != 1 || base->n != 1 ||
               strcmp(over->pairs[0].key, base->pairs[0].key) != 0;
    return ctx.table == NULL && scn_is_annotated(load, base) &&
           scn_is_annotated(load, over);
}

struct scn_node *scn_merge(struct scn_load *load, struct scn_ctx ctx,
    struct scn_node *base, struct scn_node *over)
{
    if (base == NULL || over == NULL || over->kind != SCN_MAP)
        return over;
    if (names_items(base, over))
        return merge_items(load, ctx, base, over);
    if (base->kind == SCN_SCALAR && ctx.row != NULL) {
        /* a short form beneath a map: write it out, then merge */
        const char *key = ctx.row->type == SIM_GROUP && ctx.row->preset != NULL
                              ? "from"
                          : scn_row_is_scalar(ctx.row) ? "value"
                                                       : NULL;
        if (key == NULL)
            return over;
        base = scn_map_of(load, key, base);
        if (base == NULL)
            return NULL;
    }
    if (base->kind != SCN_MAP || replaces(load, ctx, base, over))
        return over;
    return merge_maps(load, ctx, base, over);
}

static struct scn_node *merge_maps(struct scn_load *load, struct scn_ctx ctx,
    struct scn_node *base, struct scn_node *over)
{
    struct scn_node *map =
        scn_node_new(load, SCN_MAP, base->n + over->n, over->at);
    int n = 0;

    if (map == NULL)
        return NULL;
    map->broken = base->broken || over->broken;
    for (int i = 0; i < base->n; i++) {
        const struct scn_pair *b = &base->pairs[i];
        const struct scn_pair *o = scn_map_find(load, over, b->key);
        struct scn_pair *pair = &map->pairs[n++];
        *pair = *b;
        if (o == NULL)
            continue;
        pair->at = o->at;
        if (o->append) {
            pair->value = append_lists(load, b, o);
        } else {
            pair->append = false;
            pair->value = scn_merge(
                load, scn_ctx_below(load, ctx, b->key), b->value, o->value);
        }
        if (pair->value == NULL)
            return NULL;
    }
    for (int i = 0; i < over->n; i++) {
        if (scn_map_find(load, base, over->pairs[i].key) == NULL)
            map->pairs[n++] = over->pairs[i];
    }
    map->n = n;
    return load->nomem ? NULL : map;
}

void scn_merge_check(struct scn_load *load, const struct scn_node *tree)
{
    if (tree->kind == SCN_SEQ) {
        for (int i = 0; i < tree->n; i++)
            scn_merge_check(load, tree->items[i]);
    } else if (tree->kind == SCN_MAP) {
        for (int i = 0; i < tree->n; i++) {
            const struct scn_pair *pair = &tree->pairs[i];
            if (pair->append)
                scn_report(load,
                    &(struct scn_fault){.code = "P008",
                        .at = pair->at,
                        .path = pair->key,
                        .hint = "without '+' the list is given anew"},
                    "'+%s' appends to a list, but there is none beneath",
                    pair->key);
            scn_merge_check(load, pair->value);
        }
    }
}
