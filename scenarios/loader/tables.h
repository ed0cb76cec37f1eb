/* tables.h - all tables reachable from a root table, each once, with a name of
 * its own: what the schema calls a definition and the manual a section.
 */
#ifndef SCENARIOS_LOADER_TABLES_H
#define SCENARIOS_LOADER_TABLES_H

#include <stdbool.h>

#include "sim/param.h"

enum { SCN_MAX_TABLES = 256 };

/* Start from {0}; plain data of about 2 KiB, nothing to release.  Tables are
 * borrowed: they are constants of the program. */
struct scn_tables {
    const struct sim_table *tables[SCN_MAX_TABLES];
    int n;
};

/** Add a table and those below it, in order of first mention.  More than
 *  SCN_MAX_TABLES are a bug: the tables are ours. */
void scn_tables_collect(struct scn_tables *all, const struct sim_table *table);

/** Name of a table; a second table of the same name gets "-2" and so on.
 *  @param name  out, at least 80 bytes */
void scn_tables_name(const struct scn_tables *all,
    const struct sim_table *table, char *name, size_t size);

/** Does a preset supply keys of this table, so that none is truly required?
 *  True for tables with a row such as "tier", and for groups that a preset's
 *  name may stand for. */
bool scn_table_has_preset(
    const struct scn_tables *all, const struct sim_table *table);

/** Default as text ("5 ms", "true"), "" when there is none; needs 80 bytes. */
void scn_default_text(const struct sim_param *row, char *text, size_t size);

/** A bound as people write it, in as many digits as read back equal and without
 *  padded exponents: 1e9, not 1e+09; 32 bytes hold any. */
void scn_bound_text(double x, char *text, size_t size);

#endif /* SCENARIOS_LOADER_TABLES_H */
