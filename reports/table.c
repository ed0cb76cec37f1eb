#include "reports/table.h"

#include <stdio.h>
#include <string.h>

#include "reports/findings.h"
#include "reports/flat.h"
#include "reports/json.h"
#include "reports/number.h"
#include "reports/rows.h"
#include "reports/summary.h"

enum {
    WIDTH = 100, /* columns of a terminal we dare to use */
    LABEL = 21,
    BLOCK = 4,     /* deployments side by side */
    CELL_MAX = 17, /* (WIDTH - LABEL - unit) / BLOCK */
    NAME_BYTES = 4 * CELL_MAX + 1,
};

static const char bold[] = "\x1b[1m", plain[] = "\x1b[0m";

static const char *const formats[] = {"table", "markdown", "csv", "json"};

int rep_format_find(const char *name)
{
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        if (strcmp(name, formats[i]) == 0)
            return (int)i;
    }
    return -1;
}

static void pad(struct sim_text *out, int n)
{
    for (; n > 0; n--)
        sim_text_add_char(out, ' ');
}

/* A name that is too long loses its middle: names of one family differ at the
 * end as often as at the start.  Entity names are ASCII, so bytes do. */
static void shorten(char *buf, const char *name)
{
    const size_t n = strlen(name);
    const size_t tail = (CELL_MAX - 2) / 2, head = CELL_MAX - 2 - 1 - tail;

    if (n <= CELL_MAX - 2)
        snprintf(buf, NAME_BYTES, "%s", name);
    else
        snprintf(buf, NAME_BYTES, "%.*s\xE2\x80\xA6%s", (int)head, name,
            name + n - tail);
}

static void add_heading(struct sim_text *out, const struct res_run *run)
{
    const char *title = run->meta.title;

    if (title == NULL || title[0] == '\0')
        title = run->meta.name;
    if (title == NULL)
        return;
    rep_plain(out, title);
    sim_text_add_char(out, '\n');
}

/* Columns: label, one per deployment of the block, unit. */
static void add_row(struct sim_text *out, const struct rep_row *row, int first,
    int last, bool color)
{
    sim_text_add(out, row->label);
    pad(out, LABEL - rep_width(row->label));
    for (int d = first; d < last; d++) {
        const struct rep_cell *cell = &row->cells[d];
        pad(out, CELL_MAX - 1 - rep_width(cell->text));
        if (cell->best && color)
            sim_text_add(out, bold);
        sim_text_add(out, cell->text);
        if (cell->best && color)
            sim_text_add(out, plain);
        sim_text_add_char(out, cell->best && !color ? '*' : ' ');
    }
    if (row->unit[0] != '\0')
        sim_text_printf(out, " %s", row->unit);
    while (out->len > 0 && out->data[out->len - 1] == ' ')
        out->data[--out->len] = '\0';
    sim_text_add_char(out, '\n');
}

/* A line of headings, right-aligned above the numbers. */
static void add_headings(struct sim_text *out, const struct res_run *run,
    int first, int last, void (*text)(char *buf, const struct res_deployment *))
{
    char name[NAME_BYTES];
    struct sim_text safe = {0};

    pad(out, LABEL);
    for (int d = first; d < last; d++) {
        text(name, &run->deployments[d]);
        safe.len = 0;
        if (safe.data != NULL)
            safe.data[0] = '\0';
        rep_plain(&safe, name);
        pad(out, CELL_MAX - 1 - rep_width(sim_text_str(&safe)));
        sim_text_add(out, sim_text_str(&safe));
        if (d + 1 < last)
            sim_text_add_char(out, ' ');
    }
    while (out->len > 0 && out->data[out->len - 1] == ' ')
        out->data[--out->len] = '\0';
    sim_text_add_char(out, '\n');
    out->failed = out->failed || safe.failed;
    sim_text_release(&safe);
}

static void name_text(char *buf, const struct res_deployment *dep)
{
    shorten(buf, dep->name);
}

static void state_text(char *buf, const struct res_deployment *dep)
{
    snprintf(buf, NAME_BYTES, "%s", dep->unstable ? "unstable" : "");
}

static void add_names(
    struct sim_text *out, const struct res_run *run, int first, int last)
{
    bool unstable = false;

    add_headings(out, run, first, last, name_text);
    for (int d = first; d < last; d++)
        unstable = unstable || run->deployments[d].unstable;
    if (unstable)
        add_headings(out, run, first, last, state_text);
}

/* Break at blanks so that no line passes WIDTH; later lines are indented. */
static void add_wrapped(struct sim_text *out, const char *s, int indent)
{
    int column = 0;

    while (*s != '\0') {
        const size_t n = strcspn(s, " ");
        char word[256];
        snprintf(word, sizeof word, "%.*s", (int)(n < 255 ? n : 255), s);
        if (column > indent && column + 1 + rep_width(word) > WIDTH) {
            sim_text_add_char(out, '\n');
            pad(out, indent);
            column = indent;
        } else if (column > 0) {
            sim_text_add_char(out, ' ');
            column++;
        }
        sim_text_add_n(out, s, n);
        column += rep_width(word);
        s += n + strspn(s + n, " ");
    }
    sim_text_add_char(out, '\n');
}

/* Free text, made safe, wrapped; `mark` stands before it. */
static void add_paragraph(struct sim_text *out, const char *mark, const char *s)
{
    struct sim_text safe = {0};

    sim_text_add(&safe, mark);
    rep_plain(&safe, s);
    add_wrapped(out, sim_text_str(&safe), 2);
    out->failed = out->failed || safe.failed;
    sim_text_release(&safe);
}

static void add_findings(struct sim_text *out, const struct res_run *run)
{
    struct sim_text text = {0};

    rep_findings(run, &text);
    char *line = text.data;
    if (line != NULL && text.len > 0)
        sim_text_add_char(out, '\n');
    while (line != NULL && *line != '\0') {
        char *end = strchr(line, '\n');
        if (end != NULL)
            *end = '\0';
        add_paragraph(out, "", line);
        line = end != NULL ? end + 1 : NULL;
    }
    out->failed = out->failed || text.failed;
    sim_text_release(&text);
}

static void add_thresholds(
    struct sim_text *out, const struct res_run *run, bool color)
{
    for (int i = 0; i < run->n_thresholds; i++) {
        const struct res_threshold *t = &run->thresholds[i];
        const struct res_metric *m = res_metric_by_name(run, t->metric);
        const bool pass =
            t->verdict == RES_PASS || t->verdict == RES_CLOSE_PASS;
        char value[REP_CELL_BYTES * 2] = "no value";
        if (m != NULL)
            rep_metric_text(value, sizeof value, m);
        if (i == 0)
            sim_text_add_char(out, '\n');
        if (color)
            sim_text_add(out, pass ? "\x1b[32m" : "\x1b[31m");
        sim_text_printf(out, "%-12s", rep_verdict(t->verdict));
        if (color)
            sim_text_add(out, plain);
        rep_plain(out, t->text);
        sim_text_add(out, "  (is ");
        rep_plain(out, value);
        sim_text_add(out, ")\n");
    }
}

static void add_warnings(struct sim_text *out, const struct res_run *run)
{
    if (run->n_warnings > 0)
        sim_text_add_char(out, '\n');
    for (int i = 0; i < run->n_warnings; i++)
        add_paragraph(out, "warning: ", run->warnings[i]);
}

static int add_table(const struct res_run *run, bool color,
    struct sim_text *out, struct sim_err *err)
{
    struct sim_arena arena = {0};
    struct rep_row *rows = NULL;
    int n = 0;

    int rc = rep_rows_build(run, &arena, &rows, &n, err);
    if (rc != SIM_OK)
        goto out;
    add_heading(out, run);
    for (int first = 0; first < run->n_deployments; first += BLOCK) {
        const int last = first + BLOCK < run->n_deployments
                             ? first + BLOCK
                             : run->n_deployments;
        sim_text_add_char(out, '\n');
        add_names(out, run, first, last);
        for (int i = 0; i < n; i++)
            add_row(out, &rows[i], first, last, color);
    }
    if (run->n_deployments > 1)
        sim_text_printf(out,
            "\n%s best of the row; \xC2\xB1 is half the %g %% confidence "
            "interval\n",
            color ? "Bold:" : "*", run->meta.level * 100.0);
    add_findings(out, run);
    add_thresholds(out, run, color);
    add_warnings(out, run);
    if (!sim_text_ok(out))
        rc = sim_err_set(err, SIM_E_NOMEM, "out of memory");
out:
    sim_arena_release(&arena);
    return rc;
}

int rep_comparison_table(const struct res_run *run, int format, bool color,
    struct sim_text *out, struct sim_err *err)
{
    switch (format) {
    case REP_FORMAT_MARKDOWN:
        return rep_summary_write(run, out, err);
    case REP_FORMAT_CSV:
        return rep_metrics_csv(run, out, err);
    case REP_FORMAT_JSON:
        return rep_json_write(run, out, err);
    default:
        return add_table(run, color, out, err);
    }
}
