/* resolve.h - the merged scenario as text: for `resolve`, and for its digest.
 *
 * Keys appear in the order of the parameter rows and named entries in the order
 * they were written, so that two files that mean the same give the same text.
 * Values stay as written; presets are written out, notes (x-...) left out.
 * Defaults are not shown: the inputs of the scenario hold them.
 *
 * Errors: an append that fails for lack of memory sticks in the text; ask
 * sim_text_ok() at the end.
 */
#ifndef SCENARIOS_LOADER_RESOLVE_H
#define SCENARIOS_LOADER_RESOLVE_H

#include <stdbool.h>

#include "scenarios/loader/load.h"
#include "scenarios/loader/tree.h"
#include "sim/dist.h"

enum scn_resolve_flags {
    SCN_RESOLVE_ORIGIN = 1u << 0, /* "# four-tiers.yaml:23" behind values */
};

/** Append the merged scenario as YAML, which loads to the same configuration
 *  (paths in it are relative to the original files). */
void scn_resolve_print(
    const struct scn_scenario *scenario, unsigned flags, struct sim_text *out);

/** The law of an uncertain input ({value, dist: {...}}), NULL when it has
 *  none.  @param i  index into scenario->inputs */
const struct sim_dist *scn_input_dist(
    const struct scn_scenario *scenario, int i);

/** Append the canonical form that the digest is computed from: compact JSON
 *  without origins. */
void scn_canonical_print(const struct sim_table *table,
    const struct scn_node *tree, struct sim_text *out);

/** Append the YAML form of a tree; see scn_resolve_print(). */
void scn_tree_print(const struct sim_table *table, const struct scn_node *tree,
    unsigned flags, struct sim_text *out);

#endif /* SCENARIOS_LOADER_RESOLVE_H */
