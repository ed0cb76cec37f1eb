#include "models/csv_stream.h"

#include <stdio.h>
#include <string.h>
#include <sys/types.h>

#include "models/data.h"
#include "sim/alloc.h"

enum { BLOCK_BYTES = 1 << 16, MAX_COLUMNS = 256, MAX_HEADER_BYTES = 4096 };

struct mdl_csv_stream {
    const char *path;
    FILE *file;
    int64_t base; /* offset of block[0] in the file */
    size_t at, len;
    int64_t line;
    struct mdl_csv_place row;
    int n_columns;
    const char *header[MAX_COLUMNS];
    const char *cells[MAX_COLUMNS];
    char header_text[MAX_HEADER_BYTES];
    char block[BLOCK_BYTES + 1]; /* room for a final NUL */
    bool at_end;                 /* nothing follows what is in the block */
};

/* ---- lines -------------------------------------------------------------- */

/* Move what is unread to the front and fill up behind it. */
static int refill(struct mdl_csv_stream *csv, struct sim_err *err)
{
    size_t got;

    if (csv->at == 0 && csv->len == BLOCK_BYTES)
        return sim_err_set(err, SIM_E_LIMIT,
            "%s:%lld: a line of more than %d bytes", csv->path,
            (long long)csv->line + 1, BLOCK_BYTES);
    memmove(csv->block, csv->block + csv->at, csv->len - csv->at);
    csv->base += (int64_t)csv->at;
    csv->len -= csv->at;
    csv->at = 0;
    got = fread(csv->block + csv->len, 1, BLOCK_BYTES - csv->len, csv->file);
    if (got == 0 && ferror(csv->file))
        return sim_err_set(err, SIM_E_IO, "cannot read '%s'", csv->path);
    csv->at_end = got == 0;
    csv->len += got;
    return SIM_OK;
}

/* Cut the next line; *line = NULL at the end of the file. */
static int read_line(
    struct mdl_csv_stream *csv, char **line, struct sim_err *err)
{
    char *start, *end;

    for (;;) {
        start = csv->block + csv->at;
        end = memchr(start, '\n', csv->len - csv->at);
        if (end != NULL || csv->at_end)
            break;
        const int rc = refill(csv, err);
        if (rc != SIM_OK)
            return rc;
    }
    *line = NULL;
    if (end == NULL && csv->at == csv->len)
        return SIM_OK;
    csv->row = (struct mdl_csv_place){csv->base + (int64_t)csv->at, csv->line};
    if (end == NULL)
        end = csv->block + csv->len;
    csv->at = (size_t)(end - csv->block) + (end < csv->block + csv->len);
    csv->line++;
    if (memchr(start, '\0', (size_t)(end - start)) != NULL)
        return sim_err_set(err, SIM_E_INPUT,
            "'%s' holds a zero byte: not a text file", csv->path);
    if (end > start && end[-1] == '\r')
        end--;
    *end = '\0';
    *line = start;
    return SIM_OK;
}

/* The next line that holds data. */
static int data_line(
    struct mdl_csv_stream *csv, char **line, struct sim_err *err)
{
    int rc;

    do {
        rc = read_line(csv, line, err);
    } while (
        rc == SIM_OK && *line != NULL && (**line == '\0' || **line == '#'));
    return rc;
}

/* Cut a line into its cells. */
static int cut(const struct mdl_csv_stream *csv, char *line, const char **cells,
    int *n_cells, struct sim_err *err)
{
    int n = 0;

    if (strchr(line, '"') != NULL)
        return sim_err_set(err, SIM_E_INPUT,
            "%s:%lld: quoted cells are not read", csv->path,
            (long long)csv->line);
    for (char *p = line;; n++) {
        char *comma = strchr(p, ',');

        if (*p == '\0' || comma == p)
            return sim_err_set(err, SIM_E_INPUT, "%s:%lld: cell %d is empty",
                csv->path, (long long)csv->line, n + 1);
        if (n == MAX_COLUMNS)
            return sim_err_set(err, SIM_E_INPUT, "%s:%lld: more than %d cells",
                csv->path, (long long)csv->line, n);
        cells[n] = p;
        if (comma == NULL)
            break;
        *comma = '\0';
        p = comma + 1;
    }
    *n_cells = n + 1;
    return SIM_OK;
}

/* ---- opening ------------------------------------------------------------ */

static int read_header(struct mdl_csv_stream *csv, struct sim_err *err)
{
    char *line = NULL;
    int rc = data_line(csv, &line, err);

    if (rc != SIM_OK)
        return rc;
    if (line == NULL)
        return sim_err_set(
            err, SIM_E_INPUT, "'%s' has no header line", csv->path);
    if (strlen(line) >= MAX_HEADER_BYTES)
        return sim_err_set(err, SIM_E_INPUT,
            "'%s' has a header line of more than %d bytes", csv->path,
            MAX_HEADER_BYTES - 1);
    memcpy(csv->header_text, line, strlen(line) + 1);
    return cut(csv, csv->header_text, csv->header, &csv->n_columns, err);
}

int mdl_csv_stream_open(
    const char *path, struct mdl_csv_stream **out, struct sim_err *err)
{
    struct mdl_csv_stream *csv = sim_calloc(1, sizeof *csv);
    int rc = SIM_OK;

    if (csv == NULL)
        return sim_err_set(err, SIM_E_NOMEM, "out of memory");
    csv->path = path;
    csv->file = fopen(path, "rb");
    if (csv->file == NULL)
        rc = sim_err_set(err, SIM_E_IO, "cannot open '%s'", path);
    else
        rc = read_header(csv, err);
    if (rc != SIM_OK) {
        mdl_csv_stream_close(csv);
        return rc;
    }
    *out = csv;
    return SIM_OK;
}

void mdl_csv_stream_close(struct mdl_csv_stream *csv)
{
    if (csv == NULL)
        return;
    /* a file that was only read has nothing to lose */
    if (csv->file != NULL)
        (void)fclose(csv->file);
    sim_free(csv);
}

/* ---- columns and rows --------------------------------------------------- */

int mdl_csv_stream_find(const struct mdl_csv_stream *csv, const char *name)
{
    for (int i = 0; i < csv->n_columns; i++) {
        if (strcmp(csv->header[i], name) == 0)
            return i;
    }
    return -1;
}

int mdl_csv_stream_column(const struct mdl_csv_stream *csv, const char *name,
    int *column, struct sim_err *err)
{
    char known[256] = "";
    size_t used = 0;

    *column = mdl_csv_stream_find(csv, name);
    if (*column >= 0)
        return SIM_OK;
    for (int i = 0; i < csv->n_columns && used < sizeof known; i++) {
        const int n = snprintf(known + used, sizeof known - used, "%s%s",
            i == 0 ? "" : ", ", csv->header[i]);
        used += n > 0 ? (size_t)n : 0;
    }
    return sim_err_set(err, SIM_E_INPUT, "'%s' has no column '%s' (it has %s)",
        csv->path, name, known);
}

int mdl_csv_stream_next(
    struct mdl_csv_stream *csv, bool *more, struct sim_err *err)
{
    char *line = NULL;
    int n = 0;
    int rc = data_line(csv, &line, err);

    *more = rc == SIM_OK && line != NULL;
    if (!*more)
        return rc;
    rc = cut(csv, line, csv->cells, &n, err);
    if (rc == SIM_OK && n != csv->n_columns)
        rc = sim_err_set(err, SIM_E_INPUT, "%s:%lld: %d cells, expected %d",
            csv->path, (long long)csv->line, n, csv->n_columns);
    return rc;
}

const char *mdl_csv_stream_text(const struct mdl_csv_stream *csv, int column)
{
    return csv->cells[column];
}

int mdl_csv_stream_number(const struct mdl_csv_stream *csv, int column,
    double *value, struct sim_err *err)
{
    if (mdl_number_parse(csv->cells[column], value))
        return SIM_OK;
    return sim_err_set(err, SIM_E_INPUT,
        "%s:%lld: '%s' in column '%s' is not a number", csv->path,
        (long long)csv->line, csv->cells[column], csv->header[column]);
}

int64_t mdl_csv_stream_line(const struct mdl_csv_stream *csv)
{
    return csv->line;
}

struct mdl_csv_place mdl_csv_stream_tell(const struct mdl_csv_stream *csv)
{
    return csv->row;
}

int mdl_csv_stream_seek(
    struct mdl_csv_stream *csv, struct mdl_csv_place place, struct sim_err *err)
{
    if (fseeko(csv->file, (off_t)place.offset_bytes, SEEK_SET) != 0)
        return sim_err_set(err, SIM_E_IO, "cannot read '%s'", csv->path);
    csv->base = place.offset_bytes;
    csv->line = place.line;
    csv->at = csv->len = 0;
    csv->at_end = false;
    return SIM_OK;
}
