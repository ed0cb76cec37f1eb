/* files.h - reading files a scenario names, and the rules for their paths.
 *
 * A scenario may come from a stranger: unless the user says otherwise it reads
 * regular files below its own folder and nothing else.  The folder is compared
 * after resolving symbolic links.
 */
#ifndef SCENARIOS_LOADER_FILES_H
#define SCENARIOS_LOADER_FILES_H

#include "scenarios/loader/tree.h"
#include "sim/sha256.h"

/**
 * Resolve a path written in a scenario, relative to the folder of the file it
 * is written in.
 * @param node  the scalar with the path: position of the message
 * @param path  key path for the message
 * @return a path that can be opened (scenario's memory); NULL after a fault
 *         P001 (missing), P002 (outside) or P003 (not a regular file)
 */
const char *scn_path_resolve(
    struct scn_load *load, const struct scn_node *node, const char *path);

/**
 * Real path of `path` and of the folder it lies in.
 * @retval SIM_E_IO  cannot be opened
 */
SIM_MUST_CHECK int scn_path_real(struct scn_load *load, const char *path,
    const char **real, const char **dir, struct sim_err *err);

/**
 * Read a regular file whole, up to `most` + 1 bytes (one more
 * than allowed, so that scn_text_check() can say so).
 * @retval SIM_E_IO, SIM_E_NOMEM
 */
SIM_MUST_CHECK int scn_file_read(struct scn_load *load, const char *real,
    size_t most, struct scn_source *src, struct sim_err *err);

/** Remember the content of a data file in the digest of the scenario: results
 *  depend on it.  @retval SIM_E_IO, SIM_E_NOMEM */
SIM_MUST_CHECK int scn_file_digest(struct scn_load *load, const char *real,
    const char *shown, struct sim_err *err);

/* A data file named by the scenario, newest first. */
struct scn_digest {
    struct scn_digest *next;
    const char *shown;
    const char *real;
    char sha256[SIM_SHA256_HEX + 1];
};

/** "tables/metros.csv" -> "metros.csv", the name of a table compiled into the
 *  program; NULL for other paths. */
const char *scn_table_name(const char *path);

/** The last part of a path. */
const char *scn_path_base(const char *path);

#endif /* SCENARIOS_LOADER_FILES_H */
