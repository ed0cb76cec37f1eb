/* data.h - built-in tables and users' CSV files, read strictly.
 *
 * The models work from small tables of facts (metros, climates, grid carbon,
 * tariffs) that are compiled into the program by the floor above, and from
 * hourly series a user plugs in.  Both are plain CSV: comment lines that start
 * with '#', one header line, comma separated cells, no quotes, no empty cells,
 * '.' as decimal point.  Lines may end in LF or CRLF; blank lines are skipped.
 */
#ifndef MODELS_DATA_H
#define MODELS_DATA_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/arena.h"
#include "sim/err.h"

/* Where the built-in tables come from; filled by the loader. */
struct mdl_data_source {
    /**
     * Text of a built-in table ("metros.csv"), NUL-terminated and valid for
     * the whole run; NULL when there is none of that name.
     * @param size  out: bytes without the final NUL; may be NULL
     */
    const char *(*find)(const char *name, size_t *size);
};

/* A parsed table; lives in the arena it was parsed into. */
struct mdl_csv {
    const char *name;          /* of the table or file, for messages */
    int n_rows, n_columns;     /* data rows; columns of the header */
    const char *const *header; /* [n_columns] */
    const char *const *cells;  /* [n_rows x n_columns], row-major */
    const int *lines;          /* [n_rows] line number in the text, from 1 */
};

/**
 * Parse CSV text.
 * @param name   for messages; copied
 * @param text   `size` bytes; copied, need not outlive the call
 * @param csv    out: the table; untouched on error
 * @retval SIM_OK
 * @retval SIM_E_INPUT  no header, an empty or surplus cell, a quote
 * @retval SIM_E_NOMEM
 */
SIM_MUST_CHECK int mdl_csv_parse(const char *name, const char *text,
    size_t size, struct sim_arena *arena, struct mdl_csv *csv,
    struct sim_err *err);

/** Parse a built-in table. @retval SIM_E_INTERNAL  there is none of that name,
 *  or the source is NULL; otherwise as mdl_csv_parse(). */
SIM_MUST_CHECK int mdl_csv_builtin(const struct mdl_data_source *source,
    const char *name, struct sim_arena *arena, struct mdl_csv *csv,
    struct sim_err *err);

/** Read and parse a user's file of at most 64 MiB.
 *  @retval SIM_E_IO     cannot be opened or read
 *  @retval SIM_E_LIMIT  too large;  otherwise as mdl_csv_parse(). */
SIM_MUST_CHECK int mdl_csv_file(const char *path, struct sim_arena *arena,
    struct mdl_csv *csv, struct sim_err *err);

/** Index of a column by its exact name. @retval SIM_E_INPUT  no such column;
 *  the message lists those there are. */
SIM_MUST_CHECK int mdl_csv_column(const struct mdl_csv *csv, const char *name,
    int *column, struct sim_err *err);

/** A cell as text; row and column within the table. */
const char *mdl_csv_text(const struct mdl_csv *csv, int row, int column);

/** A text as a finite decimal number, the whole of it; false if it is none. */
bool mdl_number_parse(const char *text, double *value);

/** A cell as a finite decimal number. @retval SIM_E_INPUT  it is none; the
 *  message names table, line and column. */
SIM_MUST_CHECK int mdl_csv_number(const struct mdl_csv *csv, int row,
    int column, double *value, struct sim_err *err);

/** A whole column as numbers into x[0..n_rows-1]; errors as above. */
SIM_MUST_CHECK int mdl_csv_numbers(const struct mdl_csv *csv,
    const char *column, double *x, struct sim_err *err);

/* A user's hourly series: what an `energy` group says about one file. */
struct mdl_series {
    const char *path;
    const char *column;  /* NULL: the last one */
    const char *unit;    /* of the file's numbers; NULL: the canonical one */
    int time;            /* enum mdl_series_time */
    double utc_offset_h; /* of local standard time; used when time is local */
};

enum mdl_series_time { MDL_TIME_UTC, MDL_TIME_LOCAL };
extern const char *const mdl_series_time_names[]; /* utc, local, NULL */

enum { MDL_HOURS_PER_YR = 8760, MDL_DAYS_PER_YR = 365, MDL_MONTHS = 12 };

/**
 * Hourly values of a model year in UTC, from 1 January 00:00 UTC.
 *
 * The file has 8,760 rows (no 29 February).  A local series is turned by whole
 * hours of its offset, the year closing on itself.
 *
 * @param canonical  unit of the result ("USD/kWh"); a file in another unit of
 *                   the same kind is converted
 * @param hourly     out [8760]; untouched on error
 * @retval SIM_E_INPUT  wrong number of rows, unknown column or unit, a bad cell
 * @retval SIM_E_IO, SIM_E_NOMEM
 */
SIM_MUST_CHECK int mdl_series_year(const struct mdl_series *series,
    const char *canonical, double *hourly, struct sim_err *err);

/** Month 0..11 of day 0..364 of the model year. */
int mdl_month_of_day(int day);

#endif /* MODELS_DATA_H */
