#include "models/data.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/alloc.h"
#include "sim/text.h"
#include "sim/units.h"

#define MAX_FILE_BYTES ((size_t)64 * 1024 * 1024)
#define MAX_COLUMNS    1024

const char *const mdl_series_time_names[] = {"utc", "local", NULL};

/* Days before each month of the model year (no 29 February). */
static const int month_start[MDL_MONTHS + 1] = {
    0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};

/* A cursor over the copied text; cells are cut in place. */
struct reader {
    const char *name;
    char *p;
    int line;
};

/* Cut the next line that holds data; NULL at the end. */
static char *next_line(struct reader *r)
{
    while (*r->p != '\0') {
        char *line = r->p;
        char *end = line + strcspn(line, "\n");

        r->line++;
        r->p = *end == '\0' ? end : end + 1;
        if (end > line && end[-1] == '\r')
            end--;
        *end = '\0';
        if (*line != '\0' && *line != '#')
            return line;
    }
    return NULL;
}

/* Upper bounds of rows and cells, so that everything is allocated once. */
static size_t count_lines(const char *text)
{
    size_t n = 1;

    for (; *text != '\0'; text++)
        n += *text == '\n';
    return n;
}

/* Cut one line into exactly `want` cells (any number when want < 0). */
static int cut_cells(struct reader *r, char *line, const char **cells, int want,
    int *n_cells, struct sim_err *err)
{
    int n = 0;

    if (strchr(line, '"') != NULL)
        return sim_err_set(err, SIM_E_INPUT, "%s:%d: quoted cells are not read",
            r->name, r->line);
    for (char *p = line;; n++) {
        char *comma = p + strcspn(p, ",");
        const bool last = *comma == '\0';

        *comma = '\0';
        if (*p == '\0')
            return sim_err_set(err, SIM_E_INPUT, "%s:%d: cell %d is empty",
                r->name, r->line, n + 1);
        if (n == (want < 0 ? MAX_COLUMNS : want))
            return sim_err_set(err, SIM_E_INPUT, "%s:%d: more than %d cells",
                r->name, r->line, n);
        cells[n] = p;
        if (last)
            break;
        p = comma + 1;
    }
    n++;
    if (want >= 0 && n != want)
        return sim_err_set(err, SIM_E_INPUT, "%s:%d: %d cells, expected %d",
            r->name, r->line, n, want);
    *n_cells = n;
    return SIM_OK;
}

static int parse_header(struct reader *r, struct sim_arena *arena,
    struct mdl_csv *csv, struct sim_err *err)
{
    char *line = next_line(r);
    int rc;

    if (line == NULL)
        return sim_err_set(
            err, SIM_E_INPUT, "'%s' has no header line", r->name);

    size_t n_cells = 1;
    for (const char *p = line; *p != '\0'; p++)
        n_cells += *p == ',';
    const char **header = sim_arena_calloc(arena, n_cells, sizeof *header);
    if (header == NULL)
        return sim_err_set(err, SIM_E_NOMEM, "out of memory");
    rc = cut_cells(r, line, header, -1, &csv->n_columns, err);
    if (rc == SIM_OK)
        csv->header = header;
    return rc;
}

static int parse_rows(struct reader *r, struct sim_arena *arena,
    struct mdl_csv *csv, struct sim_err *err)
{
    const size_t max_rows = count_lines(r->p);
    const size_t width = (size_t)csv->n_columns;
    int *lines = sim_arena_calloc(arena, max_rows, sizeof *lines);
    const char **cells =
        sim_arena_calloc(arena, max_rows, width * sizeof *cells);
    int n_rows = 0;

    if (lines == NULL || cells == NULL)
        return sim_err_set(err, SIM_E_NOMEM, "out of memory");
    for (char *line; (line = next_line(r)) != NULL; n_rows++) {
        int n = 0;
        const int rc = cut_cells(
            r, line, cells + (size_t)n_rows * width, csv->n_columns, &n, err);

        if (rc != SIM_OK)
            return rc;
        lines[n_rows] = r->line;
    }
    csv->n_rows = n_rows;
    csv->cells = cells;
    csv->lines = lines;
    return SIM_OK;
}

int mdl_csv_parse(const char *name, const char *text, size_t size,
    struct sim_arena *arena, struct mdl_csv *csv, struct sim_err *err)
{
    assert(name != NULL && text != NULL && arena != NULL && csv != NULL);

    struct mdl_csv table = {.name = sim_arena_strdup(arena, name)};
    struct reader reader = {
        .name = table.name, .p = sim_arena_strndup(arena, text, size)};

    if (table.name == NULL || reader.p == NULL)
        return sim_err_set(err, SIM_E_NOMEM, "out of memory");
    if (memchr(text, '\0', size) != NULL)
        return sim_err_set(
            err, SIM_E_INPUT, "'%s' holds a zero byte: not a text file", name);

    int rc = parse_header(&reader, arena, &table, err);
    if (rc == SIM_OK)
        rc = parse_rows(&reader, arena, &table, err);
    if (rc == SIM_OK)
        *csv = table;
    return rc;
}

int mdl_csv_builtin(const struct mdl_data_source *source, const char *name,
    struct sim_arena *arena, struct mdl_csv *csv, struct sim_err *err)
{
    size_t size = 0;
    const char *text = NULL;

    if (source != NULL && source->find != NULL)
        text = source->find(name, &size);
    if (text == NULL)
        return sim_err_set(err, SIM_E_INTERNAL,
            "table '%s' is not built into this program", name);
    return mdl_csv_parse(name, text, size, arena, csv, err);
}

/* The whole file as text owned by the caller (sim_text_release). */
static int read_file(
    const char *path, struct sim_text *text, struct sim_err *err)
{
    FILE *file = fopen(path, "rb");
    char block[4096];
    int rc = SIM_OK;

    if (file == NULL)
        return sim_err_set(err, SIM_E_IO, "cannot open '%s'", path);
    for (size_t n; (n = fread(block, 1, sizeof block, file)) > 0;) {
        sim_text_add_n(text, block, n);
        if (text->len > MAX_FILE_BYTES) {
            rc = sim_err_set(err, SIM_E_LIMIT, "'%s' is larger than %zu bytes",
                path, MAX_FILE_BYTES);
            break;
        }
    }
    if (rc == SIM_OK && ferror(file))
        rc = sim_err_set(err, SIM_E_IO, "cannot read '%s'", path);
    if (rc == SIM_OK && !sim_text_ok(text))
        rc = sim_err_set(err, SIM_E_NOMEM, "out of memory");
    if (fclose(file) != 0 && rc == SIM_OK)
        rc = sim_err_set(err, SIM_E_IO, "cannot read '%s'", path);
    return rc;
}

int mdl_csv_file(const char *path, struct sim_arena *arena, struct mdl_csv *csv,
    struct sim_err *err)
{
    assert(path != NULL);

    struct sim_text text = {0};
    int rc = read_file(path, &text, err);

    if (rc == SIM_OK)
        rc =
            mdl_csv_parse(path, sim_text_str(&text), text.len, arena, csv, err);
    sim_text_release(&text);
    return rc;
}

int mdl_csv_column(const struct mdl_csv *csv, const char *name, int *column,
    struct sim_err *err)
{
    char known[256] = "";
    size_t used = 0;

    for (int i = 0; i < csv->n_columns; i++) {
        if (strcmp(csv->header[i], name) == 0) {
            *column = i;
            return SIM_OK;
        }
        const int n = snprintf(known + used, sizeof known - used, "%s%s",
            i == 0 ? "" : ", ", csv->header[i]);
        if (n > 0 && (size_t)n < sizeof known - used)
            used += (size_t)n;
        else
            known[used] = '\0';
    }
    return sim_err_set(err, SIM_E_INPUT, "'%s' has no column '%s' (it has %s)",
        csv->name, name, known);
}

const char *mdl_csv_text(const struct mdl_csv *csv, int row, int column)
{
    assert(row >= 0 && row < csv->n_rows);
    assert(column >= 0 && column < csv->n_columns);

    return csv->cells[(size_t)row * (size_t)csv->n_columns + (size_t)column];
}

/* Up to 15 digits and a point: both parts are exact doubles, and so their
 * quotient is the one strtod() would find, several times faster. */
static bool short_number(const char *text, double *value)
{
    static const double power[16] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7,
        1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
    const bool minus = *text == '-';
    int64_t digits = 0;
    int n = 0, fraction = 0;
    bool point = false;

    for (text += minus; *text != '\0'; text++) {
        if (*text == '.' && !point) {
            point = true;
        } else if (*text >= '0' && *text <= '9' && n < 15) {
            digits = 10 * digits + (*text - '0');
            fraction += point;
            n++;
        } else {
            return false;
        }
    }
    if (n > 0)
        *value = (minus ? -1.0 : 1.0) * ((double)digits / power[fraction]);
    return n > 0;
}

bool mdl_number_parse(const char *text, double *value)
{
    char *end = NULL;
    double x;

    if (short_number(text, value))
        return true;
    /* strtod also reads hex, "nan" and "inf": refuse them by their letters */
    if (text[strspn(text, "0123456789+-.eE")] != '\0')
        return false;
    x = strtod(text, &end);
    if (end == text || *end != '\0' || !isfinite(x))
        return false;
    *value = x;
    return true;
}

int mdl_csv_number(const struct mdl_csv *csv, int row, int column,
    double *value, struct sim_err *err)
{
    const char *text = mdl_csv_text(csv, row, column);

    if (!mdl_number_parse(text, value))
        return sim_err_set(err, SIM_E_INPUT,
            "%s:%d: '%s' in column '%s' is not a number", csv->name,
            csv->lines[row], text, csv->header[column]);
    return SIM_OK;
}

int mdl_csv_numbers(const struct mdl_csv *csv, const char *column, double *x,
    struct sim_err *err)
{
    int c = 0;
    int rc = mdl_csv_column(csv, column, &c, err);

    for (int i = 0; rc == SIM_OK && i < csv->n_rows; i++)
        rc = mdl_csv_number(csv, i, c, &x[i], err);
    return rc;
}

int mdl_month_of_day(int day)
{
    int month = 0;

    assert(day >= 0 && day < MDL_DAYS_PER_YR);
    while (day >= month_start[month + 1])
        month++;
    return month;
}

/* Factor from the file's unit to the canonical one. */
static int series_factor(const struct mdl_series *series, const char *canonical,
    double *factor, double *offset, struct sim_err *err)
{
    struct sim_unit from, to;
    int rc;

    *factor = 1.0;
    *offset = 0.0;
    if (series->unit == NULL)
        return SIM_OK;
    rc = sim_unit_parse(series->unit, &from, err);
    if (rc == SIM_OK)
        rc = sim_unit_parse(canonical, &to, err);
    if (rc != SIM_OK)
        return rc;
    if (!sim_unit_same_dim(&from, &to))
        return sim_err_set(err, SIM_E_INPUT,
            "unit '%s' of '%s' does not convert to %s", series->unit,
            series->path, canonical);
    *factor = from.factor / to.factor;
    *offset = (from.offset - to.offset) / to.factor;
    return SIM_OK;
}

/* Index shift of whole hours from local to UTC, in 0..8759. */
static int hour_shift(const struct mdl_series *series)
{
    if (series->time == MDL_TIME_UTC)
        return 0;
    const long h = lrint(series->utc_offset_h) % MDL_HOURS_PER_YR;
    return (int)(h < 0 ? h + MDL_HOURS_PER_YR : h);
}

static int fill_series(const struct mdl_series *series, const char *canonical,
    const struct mdl_csv *csv, double *hourly, struct sim_err *err)
{
    int column = csv->n_columns - 1;
    double factor, offset;
    const int shift = hour_shift(series);
    int rc = series_factor(series, canonical, &factor, &offset, err);

    if (rc == SIM_OK && series->column != NULL)
        rc = mdl_csv_column(csv, series->column, &column, err);
    if (rc == SIM_OK && csv->n_rows != MDL_HOURS_PER_YR)
        rc = sim_err_set(err, SIM_E_INPUT,
            "'%s' has %d rows, expected %d (one per hour of a 365-day year)",
            series->path, csv->n_rows, MDL_HOURS_PER_YR);

    /* Check all cells before the first is written: no half-written output. */
    double x = 0.0;
    for (int h = 0; rc == SIM_OK && h < MDL_HOURS_PER_YR; h++)
        rc = mdl_csv_number(csv, h, column, &x, err);
    for (int h = 0; rc == SIM_OK && h < MDL_HOURS_PER_YR; h++) {
        rc = mdl_csv_number(
            csv, (h + shift) % MDL_HOURS_PER_YR, column, &x, err);
        hourly[h] = x * factor + offset;
    }
    return rc;
}

int mdl_series_year(const struct mdl_series *series, const char *canonical,
    double *hourly, struct sim_err *err)
{
    assert(series != NULL && series->path != NULL && hourly != NULL);

    struct sim_arena arena = {0};
    struct mdl_csv csv;
    int rc = mdl_csv_file(series->path, &arena, &csv, err);

    if (rc == SIM_OK)
        rc = fill_series(series, canonical, &csv, hourly, err);
    sim_arena_release(&arena);
    return rc;
}
