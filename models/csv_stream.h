/* csv_stream.h - a user's CSV file read row by row, in constant memory.
 *
 * The same strict form as in data.h: comment lines that start with '#', one
 * header line, comma separated cells, no quotes, no empty cells.  For files of
 * any size: one block of 64 KiB is in memory, and a place in the file can be
 * returned to.  Every fault names file and line.
 */
#ifndef MODELS_CSV_STREAM_H
#define MODELS_CSV_STREAM_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/err.h"

struct mdl_csv_stream; /* opaque */

/* Where a row starts. */
struct mdl_csv_place {
    int64_t offset_bytes; /* in the file */
    int64_t line;         /* lines before it */
};

/**
 * Open a file and read its header.  Borrows `path`.
 * @retval SIM_E_IO     cannot be opened or read
 * @retval SIM_E_INPUT  no header, a cell empty, quoted or too many
 * @retval SIM_E_NOMEM
 */
SIM_MUST_CHECK int mdl_csv_stream_open(
    const char *path, struct mdl_csv_stream **out, struct sim_err *err);
void mdl_csv_stream_close(struct mdl_csv_stream *csv);

/** Index of a column; -1 when there is none of that name. */
int mdl_csv_stream_find(const struct mdl_csv_stream *csv, const char *name);

/** The same for a column that must be there. @retval SIM_E_INPUT  it is not;
 *  the message lists those that are. */
SIM_MUST_CHECK int mdl_csv_stream_column(const struct mdl_csv_stream *csv,
    const char *name, int *column, struct sim_err *err);

/** Go to the next row; *more = false at the end of the file. */
SIM_MUST_CHECK int mdl_csv_stream_next(
    struct mdl_csv_stream *csv, bool *more, struct sim_err *err);

/** A cell of the present row, as text (valid until the next row) or as a
 *  finite decimal number. */
const char *mdl_csv_stream_text(const struct mdl_csv_stream *csv, int column);
SIM_MUST_CHECK int mdl_csv_stream_number(const struct mdl_csv_stream *csv,
    int column, double *value, struct sim_err *err);

/** Line of the present row, from 1. */
int64_t mdl_csv_stream_line(const struct mdl_csv_stream *csv);

/** The place of the present row; and to go on reading with that row. */
struct mdl_csv_place mdl_csv_stream_tell(const struct mdl_csv_stream *csv);
SIM_MUST_CHECK int mdl_csv_stream_seek(struct mdl_csv_stream *csv,
    struct mdl_csv_place place, struct sim_err *err);

#endif /* MODELS_CSV_STREAM_H */
