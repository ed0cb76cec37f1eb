/* emit.h - the parameter rows as JSON Schema and as the reference manual. */
#ifndef SCENARIOS_LOADER_EMIT_H
#define SCENARIOS_LOADER_EMIT_H

#include "sim/err.h"
#include "sim/param.h"
#include "sim/text.h"

/** JSON Schema draft-07 of a root table: description, default, minimum,
 *  maximum, enum, required, x-unit, additionalProperties false. */
SIM_MUST_CHECK int scn_emit_schema(
    const struct sim_table *root, struct sim_text *out, struct sim_err *err);

/** Reference manual in Markdown: a section a table, a line a key. */
SIM_MUST_CHECK int scn_emit_reference(
    const struct sim_table *root, struct sim_text *out, struct sim_err *err);

/** A commented scenario with every key, its default, unit and source, around
 *  the given body; used by `init`. */
SIM_MUST_CHECK int scn_emit_template(
    const struct sim_table *root, struct sim_text *out, struct sim_err *err);

#endif /* SCENARIOS_LOADER_EMIT_H */
