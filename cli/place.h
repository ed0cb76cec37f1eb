/* place.h - the line of a scenario that a fault of the models is about.
 *
 * The loader's faults carry their place.  A model knows its configuration
 * alone and names the key in its message, as context ("deployments.edge:
 * sites.stores.energy: no climate 'atlantis'") or in quotes ("'start' must
 * be ..."); the inputs of the scenario say where that key was written.
 */
#ifndef CLI_PLACE_H
#define CLI_PLACE_H

#include "scenarios/loader/load.h"
#include "sim/err.h"
#include "sim/text.h"

/**
 * Find the place that a message is about: that of the longest key it names,
 * and below that key of the value it quotes, else of the first line.
 *
 * @param path  the scenario as the user typed it
 * @param file  out: appended; `path`, or an included file, or "--set #2"
 * @return the line, 0 when none is known (then `file` is `path` or a --set)
 */
int cli_place_find(const struct scn_scenario *scenario, const char *path,
    const char *message, struct sim_text *file);

/** Put "file:line" before the message of an error, for SIM_E_INPUT and
 *  SIM_E_LIMIT; others are not about the scenario. */
void cli_place_add(
    const struct scn_scenario *scenario, const char *path, struct sim_err *err);

#endif /* CLI_PLACE_H */
