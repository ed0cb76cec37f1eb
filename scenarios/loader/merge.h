/* merge.h - layers of a scenario put over each other.
 *
 * Order, each over the one before: what a file extends, the file itself, the
 * overlays, the --set values; presets named by a key ("tier: edge") go
 * beneath the map that names them, once all layers are merged.
 *
 * Maps are merged key by key; values, lists, distributions and the chosen key
 * of a one-of group are replaced.  "+key: [...]" appends to the list beneath.
 */
#ifndef SCENARIOS_LOADER_MERGE_H
#define SCENARIOS_LOADER_MERGE_H

#include "scenarios/loader/rows.h"
#include "scenarios/loader/tree.h"

/**
 * `over` put over `base`; neither is changed, the result shares their nodes.
 * An annotated value is replaced as a whole by a value, bare or annotated, so
 * that no range or source outlives the number it belongs to.
 * @param base  may be NULL
 * @return NULL when out of memory
 */
struct scn_node *scn_merge(struct scn_load *load, struct scn_ctx ctx,
    struct scn_node *base, struct scn_node *over);

/** Report each "+key" left in the merged tree: no layer beneath had a list to
 *  append to. */
void scn_merge_check(struct scn_load *load, const struct scn_node *tree);

/**
 * Read a file (real path) and what it extends.
 * @param root  the scenario itself: `schema` is demanded
 * @return NULL after a fault, which is in the list of messages
 */
struct scn_node *scn_layer_file(struct scn_load *load, const char *path,
    const char *shown, const struct sim_table *table, bool root);

/** A compiled-in preset by name ("tier-edge") and what it extends; `named` is
 *  the scalar that named it and `family` "tier" ("" for extends). */
struct scn_node *scn_layer_preset(struct scn_load *load, const char *name,
    const struct scn_node *named, const char *family, const char *path,
    const struct sim_table *table);

/**
 * Layer of one "a.b.c=VALUE".
 * @param number  counting from 1: the origin is "--set #<number>"
 * @param out     NULL after a fault in VALUE, which is in the list of messages
 * @retval SIM_E_USAGE  no '=', an empty key
 */
SIM_MUST_CHECK int scn_layer_set(struct scn_load *load, const char *text,
    int number, struct scn_node **out, struct sim_err *err);

/**
 * Put presets beneath the maps that name them and drop "x-..." notes.
 * @return a new tree; `map` when it is NULL or no map
 */
struct scn_node *scn_expand(
    struct scn_load *load, const struct sim_table *table, struct scn_node *map);

#endif /* SCENARIOS_LOADER_MERGE_H */
