/* csv.h - columns of numbers out of CSV files, strictly.
 *
 * A header line names the columns; lines that start with '#' before it are
 * notes.  Cells are separated by commas; cells of other columns may be quoted
 * (RFC 4180, without line breaks).  Each line has as many cells as the header;
 * a number is what a scenario accepts as one, without a unit.  Blank lines are
 * skipped at the end only.
 */
#ifndef SCENARIOS_LOADER_CSV_H
#define SCENARIOS_LOADER_CSV_H

#include <stddef.h>

#include "scenarios/loader/tree.h"

/** Largest CSV file that is read [bytes]. */
enum { SCN_MAX_CSV_BYTES = 64 * 1024 * 1024 };

/**
 * Read one column.  Faults are reported at line and column of the CSV file.
 * @param named   node that names the file: place of faults about the whole
 * @param column  heading; NULL: the file has one column
 * @param x, n    out: values (memory of the scenario), at least one
 */
bool scn_csv_column(struct scn_load *load, const struct scn_source *src,
    const struct scn_node *named, const char *column, double **x, size_t *n);

#endif /* SCENARIOS_LOADER_CSV_H */
