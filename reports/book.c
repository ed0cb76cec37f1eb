#include "reports/book.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "reports/number.h"
#include "sim/alloc.h"
#include "sim/arena.h"
#include "sim/text.h"

enum {
    MAX_LOOKS = 128,
    FORMULA_BYTES = 1024,
    CELL_CHARACTERS = 32767, /* Excel's limit; counted in bytes here */
    NAME_CHARACTERS = 80,    /* with the sheet, 1.1.4 has room for 128 */
    NAME_SHEET_BYTES = 40,
    SHEET_CHARACTERS = 31,
};

struct look {
    unsigned look;
    lxw_format *format;
};

struct name {
    struct name *older;
    char text[NAME_CHARACTERS + 1];
};

struct rep_book {
    lxw_workbook *workbook;
    int64_t created;
    int rc;
    lxw_error status; /* of the library, first failure */
    int n_sheets, n_looks;
    struct rep_sheet sheets[REP_MAX_SHEETS];
    struct rep_sheet nowhere; /* handed out after a failure */
    struct look looks[MAX_LOOKS];
    struct sim_text scratch; /* cleaned text of one cell */
    struct sim_arena arena;
    struct name *names; /* defined so far */
};

/* ---- errors ---- */

bool rep_book_ok(const struct rep_book *book)
{
    return book->rc == SIM_OK;
}

void rep_book_note(struct rep_book *book, lxw_error status)
{
    if (status == LXW_NO_ERROR || book->rc != SIM_OK)
        return;
    book->status = status;
    book->rc = status == LXW_ERROR_MEMORY_MALLOC_FAILED ? SIM_E_NOMEM
               : status <= LXW_ERROR_ZIP_CLOSE          ? SIM_E_IO
                                                        : SIM_E_LIMIT;
}

int rep_book_open(const char *path, int64_t created_epoch,
    struct rep_book **out, struct sim_err *err)
{
    SIM_BUG_ON(created_epoch <= 0);
    /* the library would find out at the end, and print to stderr */
    FILE *file = fopen(path, "wb");
    if (file == NULL)
        return sim_err_set(
            err, SIM_E_IO, "cannot write '%s': %s", path, strerror(errno));
    fclose(file);
    struct rep_book *book = sim_calloc(1, sizeof *book);
    if (book == NULL)
        return sim_err_set(err, SIM_E_NOMEM, "out of memory");
    book->nowhere.book = book;
    book->created = created_epoch;
    book->workbook = workbook_new(path);
    if (book->workbook == NULL) {
        sim_free(book);
        return sim_err_set(err, SIM_E_NOMEM, "out of memory");
    }
    *out = book;
    return SIM_OK;
}

int rep_book_close(struct rep_book *book, struct sim_err *err)
{
    rep_book_note(book, workbook_close(book->workbook));
    if (!sim_text_ok(&book->scratch) && book->rc == SIM_OK)
        book->rc = SIM_E_NOMEM;
    const int rc = book->rc;
    if (rc != SIM_OK)
        sim_err_set(err, rc, "cannot write the workbook: %s",
            book->status != LXW_NO_ERROR ? lxw_strerror(book->status)
                                         : sim_err_text(rc));
    sim_text_release(&book->scratch);
    sim_arena_release(&book->arena);
    sim_free(book);
    return rc;
}

lxw_workbook *rep_book_handle(struct rep_book *book)
{
    return rep_book_ok(book) ? book->workbook : NULL;
}

/* ---- text ---- */

/* Text as it may stand in a cell; valid until the next call. */
static const char *clean(struct rep_book *book, const char *text)
{
    struct sim_text *t = &book->scratch;

    t->len = 0;
    if (t->data != NULL)
        t->data[0] = '\0';
    rep_plain(t, text != NULL ? text : "");
    if (t->len > CELL_CHARACTERS) {
        /* back to the start of a character */
        size_t n = CELL_CHARACTERS;
        while (((unsigned char)t->data[n] & 0xC0) == 0x80)
            n--;
        t->data[n] = '\0';
        t->len = n;
    }
    return sim_text_str(t);
}

void rep_book_properties(struct rep_book *book, const char *title,
    const char *sha, const char *seed, const char *version)
{
    char safe[256];

    if (!rep_book_ok(book))
        return;
    snprintf(safe, sizeof safe, "%.80s", clean(book, title));
    /* a cut may have split a character */
    snprintf(safe, sizeof safe, "%s", clean(book, safe));
    lxw_doc_properties p = {
        .title = safe,
        .comments = "Costs are positive.  Blue: inputs.",
        .created = (time_t)book->created,
    };
    rep_book_note(book, workbook_set_properties(book->workbook, &p));
    rep_book_note(book, workbook_set_custom_property_string(book->workbook,
                            "scenario_sha256", clean(book, sha)));
    rep_book_note(book,
        workbook_set_custom_property_string(book->workbook, "seed", seed));
    rep_book_note(book, workbook_set_custom_property_string(book->workbook,
                            "sitesim_version", clean(book, version)));
}

/* ---- sheets and names ---- */

static bool taken(const struct rep_book *book, const char *name)
{
    /* reserved by Excel */
    if (strcasecmp(name, "History") == 0)
        return true;
    for (int i = 0; i < book->n_sheets; i++) {
        if (strcasecmp(book->sheets[i].name, name) == 0)
            return true;
    }
    return false;
}

/* First `n` characters of UTF-8 text: their bytes. */
static size_t bytes_of(const char *s, int n)
{
    size_t i = 0;

    for (; s[i] != '\0'; i++) {
        if (((unsigned char)s[i] & 0xC0) != 0x80 && n-- == 0)
            break;
    }
    return i;
}

static void legal_sheet_name(
    struct rep_book *book, const char *wanted, char *name)
{
    char base[REP_SHEET_NAME_BYTES], tail[16] = "";
    const char *text = clean(book, wanted);
    const size_t n = bytes_of(text, SHEET_CHARACTERS);

    snprintf(base, sizeof base, "%.*s", (int)n, text);
    for (char *p = base; *p != '\0'; p++) {
        if (strchr("[]:*?/\\'", *p) != NULL)
            *p = '_';
    }
    if (base[0] == '\0')
        snprintf(base, sizeof base, "Sheet");
    snprintf(name, REP_SHEET_NAME_BYTES, "%s", base);
    for (int i = 2; taken(book, name); i++) {
        snprintf(tail, sizeof tail, " %d", i);
        const size_t keep =
            bytes_of(base, SHEET_CHARACTERS - (int)strlen(tail));
        snprintf(name, REP_SHEET_NAME_BYTES, "%.*s%s", (int)keep, base, tail);
    }
}

struct rep_sheet *rep_book_sheet(struct rep_book *book, const char *wanted)
{
    struct rep_sheet *s = &book->sheets[book->n_sheets];

    if (book->n_sheets == REP_MAX_SHEETS && rep_book_ok(book))
        book->rc = SIM_E_LIMIT;
    if (!rep_book_ok(book))
        return &book->nowhere;
    s->book = book;
    legal_sheet_name(book, wanted, s->name);
    s->sheet = workbook_add_worksheet(book->workbook, s->name);
    if (s->sheet == NULL) {
        book->rc = SIM_E_NOMEM;
        return &book->nowhere;
    }
    book->n_sheets++;
    return s;
}

/* "AB12", "R1C1", "r", "c": what Excel takes for a reference. */
static bool like_reference(const char *s)
{
    const size_t letters =
        strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    if (letters <= 3 && s[letters] != '\0' &&
        strspn(s + letters, "0123456789") == strlen(s + letters))
        return true;
    return strspn(s, "RrCc0123456789") == strlen(s);
}

void rep_legal_name(char *buf, size_t size, const char *name)
{
    const bool odd = !(isalpha((unsigned char)name[0]) || name[0] == '_');

    snprintf(buf, size, "%s%s", odd || like_reference(name) ? "_" : "", name);
    for (char *p = buf; *p != '\0'; p++) {
        if (!isalnum((unsigned char)*p) && *p != '_' && *p != '.')
            *p = '_';
    }
}

static bool name_taken(const struct rep_book *book, const char *text)
{
    for (const struct name *n = book->names; n != NULL; n = n->older) {
        if (strcasecmp(n->text, text) == 0)
            return true;
    }
    return false;
}

void rep_define_name(struct rep_book *book, const char *name,
    const struct rep_sheet *s, lxw_row_t row, lxw_col_t col)
{
    char cell[LXW_MAX_CELL_NAME_LENGTH], formula[FORMULA_BYTES];

    if (!rep_book_ok(book) || strlen(name) > NAME_CHARACTERS - 4 ||
        strlen(s->name) > NAME_SHEET_BYTES)
        return;
    struct name *n = sim_arena_alloc(&book->arena, sizeof *n);
    if (n == NULL) {
        book->rc = SIM_E_NOMEM;
        return;
    }
    rep_legal_name(n->text, sizeof n->text, name);
    const size_t length = strlen(n->text);
    for (int i = 2; i < 100 && name_taken(book, n->text); i++)
        snprintf(n->text + length, sizeof n->text - length, "_%d", i);
    if (name_taken(book, n->text))
        return;
    n->older = book->names;
    book->names = n;
    lxw_rowcol_to_cell_abs(cell, row, col, true, true);
    snprintf(formula, sizeof formula, "='%s'!%s", s->name, cell);
    rep_book_note(book, workbook_define_name(book->workbook, n->text, formula));
}

/* ---- looks ---- */

static const char *const number_formats[REP_N_NUMBER_FORMATS] = {
    [REP_GENERAL] = "General",
    [REP_MONEY0] = "#,##0_);(#,##0);\"-\"_);@",
    [REP_MONEY2] = "#,##0.00_);(#,##0.00);\"-\"_);@",
    [REP_MONEY4] = "#,##0.0000_);(#,##0.0000);\"-\"_);@",
    [REP_FIXED0] = "#,##0_)",
    [REP_FIXED1] = "#,##0.0_)",
    [REP_FIXED2] = "#,##0.00_)",
    [REP_FIXED4] = "#,##0.0000_)",
    [REP_FIXED6] = "#,##0.000000_)",
    [REP_SMALL] = "0.00E+00_)",
    [REP_PERCENT] = "0.0##%",
};

static void apply_flags(lxw_format *f, unsigned look)
{
    if (look & (REP_BOLD | REP_HEADER | REP_GROUP | REP_TOTAL | REP_LARGE))
        format_set_bold(f);
    if (look & REP_BLUE)
        format_set_font_color(f, 0x0000FF);
    if (look & REP_GREEN)
        format_set_font_color(f, 0x006100);
    if (look & REP_GREY)
        format_set_font_color(f, 0x595959);
    if (look & REP_HEADER)
        format_set_bg_color(f, 0xD9E2EC);
    if (look & REP_HEADER)
        format_set_bottom(f, LXW_BORDER_THIN);
    if (look & REP_GROUP)
        format_set_bg_color(f, 0xEFF3F7);
    if (look & REP_TOTAL)
        format_set_top(f, LXW_BORDER_THIN);
    if (look & REP_WRAP) {
        format_set_text_wrap(f);
        format_set_align(f, LXW_ALIGN_VERTICAL_TOP);
    }
    if (look & REP_LARGE)
        format_set_font_size(f, 16);
    if (look & REP_OPEN)
        format_set_unlocked(f);
    if (look & REP_RIGHT)
        format_set_align(f, LXW_ALIGN_RIGHT);
    if (look & REP_CENTER)
        format_set_align(f, LXW_ALIGN_CENTER);
    if (look & REP_INDENT)
        format_set_indent(f, 1);
    if (look & REP_GOOD) {
        format_set_font_color(f, 0x006100);
        format_set_bg_color(f, 0xD6F0D6);
    }
    if (look & REP_BAD) {
        format_set_font_color(f, 0x9C0006);
        format_set_bg_color(f, 0xFFC7CE);
    }
}

lxw_format *rep_look(struct rep_book *book, unsigned look)
{
    for (int i = 0; i < book->n_looks; i++) {
        if (book->looks[i].look == look)
            return book->looks[i].format;
    }
    SIM_BUG_ON((look & REP_NUMBER_MASK) >= REP_N_NUMBER_FORMATS);
    if (!rep_book_ok(book) || book->n_looks == MAX_LOOKS)
        return NULL;
    lxw_format *f = workbook_add_format(book->workbook);
    if (f == NULL) {
        book->rc = SIM_E_NOMEM;
        return NULL;
    }
    if ((look & REP_NUMBER_MASK) != REP_GENERAL)
        format_set_num_format(f, number_formats[look & REP_NUMBER_MASK]);
    apply_flags(f, look);
    book->looks[book->n_looks++] = (struct look){look, f};
    return f;
}

unsigned rep_look_of(double value)
{
    const double x = fabs(value);

    if (!isfinite(x) || x >= 1e15)
        return REP_GENERAL;
    if (x >= 1e4 || x == floor(x))
        return REP_FIXED0;
    return x >= 100.0    ? REP_FIXED1
           : x >= 1.0    ? REP_FIXED2
           : x >= 0.01   ? REP_FIXED4
           : x >= 0.0001 ? REP_FIXED6
                         : REP_SMALL;
}

unsigned rep_look_measured(double value)
{
    const double x = fabs(value);

    return !isfinite(x) || x >= 1e15 ? REP_GENERAL
           : x >= 1000.0             ? REP_FIXED0
           : x >= 100.0              ? REP_FIXED1
           : x >= 1.0                ? REP_FIXED2
           : x >= 0.01               ? REP_FIXED4
           : x == 0.0                ? REP_FIXED2
           : x >= 0.0001             ? REP_FIXED6
                                     : REP_SMALL;
}

/* ---- cells ---- */

void rep_put_text(struct rep_sheet *s, lxw_row_t row, lxw_col_t col,
    const char *text, unsigned look)
{
    lxw_format *format = rep_look(s->book, look);

    if (!rep_book_ok(s->book))
        return;
    rep_book_note(s->book, worksheet_write_string(s->sheet, row, col,
                               clean(s->book, text), format));
}

void rep_put_paragraph(struct rep_sheet *s, lxw_row_t row, lxw_col_t first,
    lxw_col_t last, int width, const char *text)
{
    lxw_format *format = rep_look(s->book, REP_WRAP);

    if (!rep_book_ok(s->book))
        return;
    const char *safe = clean(s->book, text);
    const int lines = rep_width(safe) / width + 1;
    rep_book_note(s->book,
        worksheet_merge_range(s->sheet, row, first, row, last, safe, format));
    if (lines > 1)
        rep_book_note(s->book,
            worksheet_set_row(s->sheet, row, LXW_DEF_ROW_HEIGHT * lines, NULL));
}

void rep_put_number(struct rep_sheet *s, lxw_row_t row, lxw_col_t col,
    double value, unsigned look)
{
    lxw_format *format = rep_look(s->book, look);

    if (!isfinite(value)) {
        rep_put_text(s, row, col, "n/a", look | REP_RIGHT);
        return;
    }
    if (!rep_book_ok(s->book))
        return;
    rep_book_note(
        s->book, worksheet_write_number(s->sheet, row, col, value, format));
}

void rep_put_formula(struct rep_sheet *s, lxw_row_t row, lxw_col_t col,
    double value, unsigned look, const char *formula, ...)
{
    char text[FORMULA_BYTES];
    va_list args;

    va_start(args, formula);
    const int n = vsnprintf(text, sizeof text, formula, args);
    va_end(args);
    SIM_BUG_ON(n < 0 || (size_t)n >= sizeof text);
    if (!isfinite(value)) {
        rep_put_text(s, row, col, "n/a", look | REP_RIGHT);
        return;
    }
    lxw_format *format = rep_look(s->book, look);
    if (!rep_book_ok(s->book))
        return;
    /* minus zero would be written as "-0" */
    rep_book_note(s->book, worksheet_write_formula_num(s->sheet, row, col, text,
                               format, value == 0.0 ? 0.0 : value));
}

void rep_put_formula_text(struct rep_sheet *s, lxw_row_t row, lxw_col_t col,
    const char *value, unsigned look, const char *formula, ...)
{
    char text[FORMULA_BYTES];
    va_list args;

    va_start(args, formula);
    const int n = vsnprintf(text, sizeof text, formula, args);
    va_end(args);
    SIM_BUG_ON(n < 0 || (size_t)n >= sizeof text);
    lxw_format *format = rep_look(s->book, look);
    if (!rep_book_ok(s->book))
        return;
    rep_book_note(s->book, worksheet_write_formula_str(s->sheet, row, col, text,
                               format, clean(s->book, value)));
}

void rep_put_link(struct rep_sheet *s, lxw_row_t row, lxw_col_t col,
    const struct rep_sheet *target, const char *text)
{
    char url[REP_SHEET_NAME_BYTES + 32];

    if (!rep_book_ok(s->book))
        return;
    snprintf(url, sizeof url, "internal:'%s'!A1", target->name);
    rep_book_note(s->book, worksheet_write_url_opt(s->sheet, row, col, url,
                               NULL, clean(s->book, text), NULL));
}
