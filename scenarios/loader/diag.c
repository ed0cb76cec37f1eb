#include "scenarios/loader/diag.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "scenarios/loader/chars.h"
#include "scenarios/loader/codes.h"
#include "scenarios/loader/tree.h"

enum {
    EXCERPT_CHARS = 160,
    /* Errors worth looking for: far more than are kept, so that those kept are
     * the first of the file, but not without end. */
    HOPELESS = 400,
};

/* ---- making text harmless ----------------------------------------------- */

char *scn_clean(struct sim_arena *arena, const char *text)
{
    struct sim_text out = {0};
    char *copy = NULL;

    for (const char *s = text; *s != '\0';) {
        unsigned code;
        const size_t n = scn_char_decode(s, &code);
        if (n == 0)
            sim_text_printf(&out, "\\x%02x", (unsigned)(unsigned char)*s);
        else if (scn_char_dangerous(code))
            sim_text_printf(&out, code < 0x100 ? "\\x%02x" : "\\u%04x", code);
        else
            sim_text_add_n(&out, s, n);
        s += n > 0 ? n : 1;
    }
    if (sim_text_ok(&out))
        copy = sim_arena_strdup(arena, sim_text_str(&out));
    sim_text_release(&out);
    return copy;
}

static const char *line_start(const struct scn_at *at)
{
    const char *s = at->src->text;

    for (int line = 1; line < at->line; line++) {
        const char *next =
            memchr(s, '\n', (size_t)(at->src->text + at->src->size - s));
        if (next == NULL)
            return NULL;
        s = next + 1;
    }
    return s;
}

const char *scn_excerpt(struct sim_arena *arena, const struct scn_at *at)
{
    struct sim_text out = {0};
    char *copy = NULL;
    const char *s, *end;
    int chars = 0;

    if (at->src == NULL || at->line < 1 || at->column > EXCERPT_CHARS)
        return NULL;
    s = line_start(at);
    end = at->src->text + at->src->size;
    if (s == NULL || s > end)
        return NULL;
    if (at->line == 1 && strncmp(s, "\xEF\xBB\xBF", 3) == 0)
        s += 3;
    for (; s < end && *s != '\n' && *s != '\r' && chars < EXCERPT_CHARS;
         chars++) {
        unsigned code;
        const size_t n = scn_char_decode(s, &code);
        if (code == '\t')
            sim_text_add_char(&out, ' ');
        else if (n == 0 || scn_char_dangerous(code))
            sim_text_add(&out, "\xEF\xBF\xBD");
        else
            sim_text_add_n(&out, s, n);
        s += n > 0 ? n : 1;
    }
    if (chars == EXCERPT_CHARS)
        sim_text_add(&out, "...");
    if (sim_text_ok(&out))
        copy = sim_arena_strdup(arena, sim_text_str(&out));
    sim_text_release(&out);
    return copy;
}

/* ---- collecting --------------------------------------------------------- */

bool scn_going(const struct scn_load *load)
{
    return !load->nomem && load->diag->n_errors < HOPELESS;
}

static struct scn_mark mark_of(struct sim_arena *arena, const struct scn_at *at)
{
    if (at->src == NULL)
        return (struct scn_mark){.file = ""};
    return (struct scn_mark){
        .file = scn_clean(arena, at->src->name),
        .line = at->line,
        .column = at->column,
        .end_column = at->end_column,
        .excerpt = scn_excerpt(arena, at),
    };
}

static bool comes_before(const struct scn_message *a, int order_a,
    const struct scn_message *b, int order_b)
{
    if (order_a != order_b)
        return order_a < order_b;
    if (a->at.line != b->at.line)
        return a->at.line < b->at.line;
    return a->at.column < b->at.column;
}

/* Warnings give way to errors when the list is full; otherwise the last in
 * file order is not kept. */
static void insert(
    struct scn_load *load, const struct scn_message *message, int order)
{
    struct scn_diag *diag = load->diag;
    int i = diag->n_messages;

    if (i == SCN_MAX_ERRORS) {
        int out = i - 1;
        while (out >= 0 && diag->messages[out].severity != SCN_WARNING)
            out--;
        if (out < 0 && (message->severity == SCN_WARNING ||
                           !comes_before(message, order, &diag->messages[i - 1],
                               load->order[i - 1])))
            return;
        for (out = out < 0 ? i - 1 : out; out < i - 1; out++) {
            diag->messages[out] = diag->messages[out + 1];
            load->order[out] = load->order[out + 1];
        }
        i--;
    } else {
        diag->n_messages++;
    }
    for (; i > 0 && comes_before(message, order, &diag->messages[i - 1],
                        load->order[i - 1]);
         i--) {
        diag->messages[i] = diag->messages[i - 1];
        load->order[i] = load->order[i - 1];
    }
    diag->messages[i] = *message;
    load->order[i] = order;
}

/* Is it worth building?  Costs of a hopeless file stay bounded. */
static bool wanted(const struct scn_load *load, const struct scn_fault *fault)
{
    const struct scn_diag *diag = load->diag;
    const struct scn_message probe = {
        .at = {.line = fault->at.line, .column = fault->at.column}};
    const int last = diag->n_messages - 1;

    return diag->n_messages < SCN_MAX_ERRORS ||
           comes_before(&probe,
               fault->at.src != NULL ? fault->at.src->order : -1,
               &diag->messages[last], load->order[last]) ||
           diag->n_warnings > 0;
}

void scn_report(
    struct scn_load *load, const struct scn_fault *fault, const char *fmt, ...)
{
    struct scn_diag *diag = load->diag;
    struct sim_arena *arena = &diag->arena;
    struct scn_message message;
    char *raw;
    va_list args;
    char text[1024];

    if (fault->severity == SCN_ERROR)
        diag->n_errors++;
    if (!wanted(load, fault))
        return;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    raw = scn_clean(arena, text);
    message = (struct scn_message){
        .severity = fault->severity,
        .code = fault->code,
        .path = scn_clean(arena, fault->path != NULL ? fault->path : ""),
        .text = raw,
        .hint = fault->hint != NULL ? scn_clean(arena, fault->hint) : NULL,
        .at = mark_of(arena, &fault->at),
        .note = fault->note != NULL ? scn_clean(arena, fault->note) : NULL,
        .note_at = mark_of(arena, &fault->note_at),
    };
    if (raw == NULL || message.path == NULL || message.at.file == NULL ||
        message.note_at.file == NULL) {
        diag->failed = true;
        load->nomem = true;
        return;
    }
    diag->n_warnings += fault->severity == SCN_WARNING;
    insert(load, &message, fault->at.src != NULL ? fault->at.src->order : -1);
}

/* ---- printing ----------------------------------------------------------- */

static void print_excerpt(const struct scn_mark *at, struct sim_text *out)
{
    const char *s = at->excerpt;
    int column = 1, carets = 0;

    sim_text_printf(out, "%5d | %s\n      | ", at->line, s);
    for (; *s != '\0' && column < at->end_column; column++) {
        unsigned code;
        const size_t n = scn_char_decode(s, &code);
        const int width = scn_char_width(code);
        for (int i = 0; i < width; i++)
            sim_text_add_char(out, column < at->column ? ' ' : '^');
        carets += column >= at->column ? width : 0;
        s += n > 0 ? n : 1;
    }
    /* past the end of the line, where something is missing */
    for (; column < at->column; column++)
        sim_text_add_char(out, ' ');
    sim_text_add(out, carets == 0 ? "^\n" : "\n");
}

static void print_message(
    const struct scn_message *m, bool color, struct sim_text *out)
{
    const bool error = m->severity == SCN_ERROR;
    const char *word = error ? "error" : "warning";

    if (m->at.line > 0)
        sim_text_printf(
            out, "%s:%d:%d: ", m->at.file, m->at.line, m->at.column);
    if (color)
        sim_text_printf(out, "\033[1;%dm%s:\033[0m %s [%s]\n", error ? 31 : 33,
            word, m->text, m->code);
    else
        sim_text_printf(out, "%s: %s [%s]\n", word, m->text, m->code);
    if (m->at.excerpt != NULL)
        print_excerpt(&m->at, out);
    if (m->note != NULL && m->note_at.line > 0)
        sim_text_printf(out, "      = note: %s (%s:%d:%d)\n", m->note,
            m->note_at.file, m->note_at.line, m->note_at.column);
    else if (m->note != NULL)
        sim_text_printf(out, "      = note: %s\n", m->note);
    if (m->hint != NULL)
        sim_text_printf(out, "      = help: %s\n", m->hint);
}

void scn_diag_print(
    const struct scn_diag *diag, bool color, struct sim_text *out)
{
    for (int i = 0; i < diag->n_messages; i++)
        print_message(&diag->messages[i], color, out);
    if (diag->n_errors > SCN_MAX_ERRORS)
        sim_text_printf(out, "too many errors; the first %d are shown\n",
            (int)SCN_MAX_ERRORS);
    if (diag->n_errors > 0)
        sim_text_printf(out, "%d error%s; nothing was simulated\n",
            diag->n_errors, diag->n_errors == 1 ? "" : "s");
}

static void json_text(
    struct sim_text *out, const char *name, const char *value, const char *end)
{
    sim_text_printf(out, "\"%s\": ", name);
    if (value == NULL) {
        sim_text_printf(out, "null%s", end);
        return;
    }
    sim_text_add_char(out, '"');
    sim_text_add_json(out, value);
    sim_text_printf(out, "\"%s", end);
}

void scn_diag_print_json(const struct scn_diag *diag, struct sim_text *out)
{
    sim_text_add(out, "[");
    for (int i = 0; i < diag->n_messages; i++) {
        const struct scn_message *m = &diag->messages[i];
        sim_text_add(out, i > 0 ? ",\n {" : "\n {");
        json_text(out, "file", m->at.file, ", ");
        sim_text_printf(out,
            "\"line\": %d, \"column\": %d, \"end_column\": %d, ", m->at.line,
            m->at.column, m->at.end_column);
        json_text(out, "severity",
            m->severity == SCN_ERROR ? "error" : "warning", ", ");
        json_text(out, "code", m->code, ", ");
        json_text(out, "path", m->path, ", ");
        json_text(out, "message", m->text, ", ");
        json_text(out, "hint", m->hint, "}");
    }
    sim_text_add(out, diag->n_messages > 0 ? "\n]\n" : "]\n");
}

const char *scn_diag_explain(const char *code)
{
    const struct scn_code *row;

    for (int i = 0; (row = scn_code_at(i)) != NULL; i++) {
        if (strcmp(row->code, code) == 0)
            return row->help;
    }
    return NULL;
}

const char *scn_diag_code_at(int i, const char **summary)
{
    const struct scn_code *row = scn_code_at(i);

    if (row == NULL)
        return NULL;
    if (summary != NULL)
        *summary = row->summary;
    return row->code;
}

void scn_diag_release(struct scn_diag *diag)
{
    sim_arena_release(&diag->arena);
    *diag = (struct scn_diag){0};
}
