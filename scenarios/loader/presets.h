/* presets.h - the preset and table files compiled into the program.
 *
 * The YAML files of scenarios/presets/ and the CSV files of scenarios/data/
 * are turned into one C source at build time (.ci/embed.sh), so that an
 * installed program needs no data folder and a result depends on nothing but
 * the scenario and the version.  A preset goes by its file name without ".yaml"
 * ("us-2026"); a table keeps its file name ("metros.csv"), so the two never
 * collide.
 *
 * Everything here is constant data of the program's own lifetime: nothing to
 * release, safe to read from any thread.
 */
#ifndef SCENARIOS_LOADER_PRESETS_H
#define SCENARIOS_LOADER_PRESETS_H

#include <stddef.h>

/* One embedded file, byte for byte as it lies in the repository. */
struct scn_preset_file {
    const char *name;          /* NULL marks the end of the table */
    const unsigned char *data; /* `size` bytes and a NUL after them */
    size_t size;               /* bytes, without that final NUL */
};

/** All embedded files in the order of the build (presets and tables, sorted
 *  by path), ended by an entry whose name is NULL.  May be empty. */
extern const struct scn_preset_file scn_preset_files[];

/**
 * Find an embedded file by its exact name, upper and lower case distinct.
 *
 * @param name  "us-2026" or "metros.csv"; not NULL
 * @return the entry, or NULL when there is none of that name
 */
const struct scn_preset_file *scn_preset_find(const char *name);

#endif /* SCENARIOS_LOADER_PRESETS_H */
