/* rows.h - looking up parameter rows by YAML key.
 *
 * The tree is walked together with the tables: a position in the tree knows
 * which row or table applies there, so merging can tell a distribution (which
 * is replaced as a whole) from a group (which is merged key by key).
 */
#ifndef SCENARIOS_LOADER_ROWS_H
#define SCENARIOS_LOADER_ROWS_H

#include "scenarios/loader/tree.h"
#include "sim/param.h"

/* What applies at a position of the tree.  All NULL: nothing is known. */
struct scn_ctx {
    const struct sim_table *table; /* of the map here, or of its entries */
    const struct sim_param *row;   /* the row that took the key; NULL: entry */
    bool entries;                  /* the map's keys are names of entries */
};

/** The keys of a table, in row order, `n_rows` of them; computed once a table
 *  and borrowed from `load`.  NULL sets load->nomem. */
const char *const *scn_table_keys(
    struct scn_load *load, const struct sim_table *table);

/** The row of a key; NULL when there is none. */
const struct sim_param *scn_row_find(
    struct scn_load *load, const struct sim_table *table, const char *key);

/** The SIM_P_REST row of a table, NULL when it has none. */
const struct sim_param *scn_row_rest(const struct sim_table *table);

/**
 * What applies below `key` of a map at `ctx`: the row of that key and its
 * table; for a map of names, the table of the entries; nothing where `ctx`
 * knows nothing or the key is unknown.
 */
struct scn_ctx scn_ctx_below(
    struct scn_load *load, struct scn_ctx ctx, const char *key);

/** Is the row a single value (number, count, word, text, date), which may be
 *  annotated?  Lists, distributions and nested tables are not. */
bool scn_row_is_scalar(const struct sim_param *row);

/** Is it a map {value, low, high, source, ...} and nothing else?  By form
 *  alone: a request class with a key `value` among others is not. */
bool scn_is_annotated(struct scn_load *load, struct scn_node *node);

/** The keys an annotated value may have, NULL-terminated; first "value". */
const char *const *scn_annotation_keys(void);

#endif /* SCENARIOS_LOADER_ROWS_H */
