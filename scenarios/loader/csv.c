#include "scenarios/loader/csv.h"

#include <string.h>

#include "sim/suggest.h"
#include "sim/units.h"

enum { MAX_COLUMNS = 256, MAX_CELL = 64 };

struct line {
    const char *start, *end; /* without the line break */
    int number;              /* from 1 */
};

static bool next_line(
    const struct scn_source *src, const char **at, struct line *line)
{
    const char *end = src->text + src->size;
    const char *stop;

    if (*at >= end)
        return false;
    stop = memchr(*at, '\n', (size_t)(end - *at));
    stop = stop != NULL ? stop : end;
    line->start = *at;
    line->end = stop > *at && stop[-1] == '\r' ? stop - 1 : stop;
    line->number++;
    *at = stop < end ? stop + 1 : end;
    return true;
}

/* The cell that starts at *s; moves *s past its comma, to NULL after the last
 * one.  Quotes are left on. */
static struct line next_cell(const struct line *line, const char **s)
{
    struct line cell = {*s, *s, line->number};
    bool quoted = false;

    while (cell.end < line->end && (quoted || *cell.end != ',')) {
        quoted = quoted != (*cell.end == '"');
        cell.end++;
    }
    *s = cell.end < line->end ? cell.end + 1 : NULL;
    return cell;
}

static bool refuse(struct scn_load *load, const struct scn_source *src,
    const struct line *line, const struct line *cell, const char *text)
{
    const int column = (int)(cell->start - line->start) + 1;
    const int width = (int)(cell->end - cell->start);
    const struct scn_at at = {src, line->number > 0 ? line->number : 1, column,
        column + (width > 0 ? width : 1)};

    scn_report(load, &(struct scn_fault){.code = "D004", .at = at}, "%s",
        text != NULL ? text : "");
    return false;
}

static bool is_blank(const struct line *line)
{
    for (const char *s = line->start; s < line->end; s++) {
        if (*s != ' ' && *s != '\t')
            return false;
    }
    return true;
}

/* Index of the column in the header, -1 after a fault; counts its cells. */
static int find_column(struct scn_load *load, const struct scn_source *src,
    const struct line *header, const char *column, const struct scn_node *named,
    int *n_cells)
{
    const char *names[MAX_COLUMNS];
    const char *s = header->start, *nearest;
    int found = -1, n = 0;

    while (s != NULL && n < MAX_COLUMNS) {
        const struct line cell = next_cell(header, &s);
        names[n] =
            scn_printf(load, "%.*s", (int)(cell.end - cell.start), cell.start);
        if (names[n] == NULL)
            return -1;
        if (column != NULL && strcmp(names[n], column) == 0)
            found = n;
        n++;
    }
    *n_cells = n;
    if (column == NULL && n == 1)
        return 0;
    if (found >= 0)
        return found;
    nearest = column != NULL ? sim_text_nearest(column, names, n) : NULL;
    scn_report(load,
        &(struct scn_fault){.code = "D004",
            .at = named->at,
            .hint = nearest != NULL ? scn_printf(load,
                                          "did you mean 'column: %s'?", nearest)
                                    : NULL},
        column != NULL ? "'%s' has no column '%s'"
                       : "'%s' has several columns, expected 'column'%s",
        src->name, column != NULL ? column : "");
    return -1;
}

static bool read_number(struct scn_load *load, const struct scn_source *src,
    const struct line *line, const struct line *cell, double *x)
{
    char text[MAX_CELL];
    const size_t n = (size_t)(cell->end - cell->start);
    const char *unit;
    struct sim_err err = {0};

    if (n == 0 || n >= sizeof text)
        return refuse(load, src, line, cell,
            n == 0 ? "empty cell, expected a number" : "not a number");
    memcpy(text, cell->start, n);
    text[n] = '\0';
    if (sim_quantity_parse(text, x, &unit, &err) != SIM_OK)
        return refuse(load, src, line, cell, err.text);
    return unit[0] == '\0' ||
           refuse(load, src, line, cell, "expected a number without a unit");
}

static bool read_line(struct scn_load *load, const struct scn_source *src,
    const struct line *line, int column, int n_cells, double *x)
{
    const char *s = line->start;
    struct line cell = *line;
    int n = 0;

    for (; s != NULL && n < MAX_COLUMNS; n++) {
        cell = next_cell(line, &s);
        if (n == column && !read_number(load, src, line, &cell, x))
            return false;
    }
    return n == n_cells ||
           refuse(load, src, line, &cell,
               scn_printf(
                   load, "%d cells, expected %d as in the header", n, n_cells));
}

bool scn_csv_column(struct scn_load *load, const struct scn_source *src,
    const struct scn_node *named, const char *column, double **x, size_t *n)
{
    const char *at = src->text;
    struct line line = {at, at, 0};
    size_t cap = 1, used = 0;
    int index, n_cells = 0;
    double *values;
    bool more = next_line(src, &at, &line);

    if (!scn_text_check(load, src, SCN_MAX_CSV_BYTES))
        return false;
    while (more && line.start < line.end && *line.start == '#')
        more = next_line(src, &at, &line);
    if (!more || is_blank(&line))
        return refuse(load, src, &line, &line, "expected a header line");
    index = find_column(load, src, &line, column, named, &n_cells);
    for (const char *s = at; s < src->text + src->size; s++)
        cap += *s == '\n';
    values = index >= 0 ? scn_new(load, cap, sizeof *values) : NULL;
    if (values == NULL)
        return false;
    while (next_line(src, &at, &line)) {
        if (is_blank(&line) && strspn(at, " \t\r\n") == strlen(at))
            break;
        if (!read_line(load, src, &line, index, n_cells, &values[used++]))
            return false;
    }
    if (used == 0)
        return refuse(load, src, &line, &line, "no line of numbers");
    *x = values;
    *n = used;
    return true;
}
