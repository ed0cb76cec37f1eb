/* book.h - libxlsxwriter behind a guard.
 *
 * The library writes what it is given: NaN becomes a cell Excel refuses to
 * open, a name such as "A1" passes as a defined name, a formula without a
 * value shows 0 in every viewer.  All sheets write through these functions,
 * which see to it that
 *
 *   - a number is finite, or the text "n/a" stands in its place;
 *   - a formula carries the value it has when nothing was edited;
 *   - text is a string cell, never a formula or a link, without control
 *     characters, valid UTF-8, at most 32,767 characters long;
 *   - sheet names are legal and unique, defined names are legal;
 *   - nothing depends on the clock, the time zone or the locale.
 *
 * The first failure sticks in the book; later calls do nothing, and
 * rep_book_close() reports it.  Rows and columns count from 0.
 */
#ifndef REPORTS_BOOK_H
#define REPORTS_BOOK_H

#include <stdbool.h>
#include <stdint.h>

#include <xlsxwriter.h>

#include "sim/err.h"

/* The look of a cell: one number format, any of the flags. */
enum rep_look {
    /* number formats; zero is "-", negative in brackets where money */
    REP_GENERAL,
    REP_MONEY0, /* 1,235 */
    REP_MONEY2, /* 1,234.57 */
    REP_MONEY4, /* 0.1234 */
    REP_FIXED0, /* 1,235, zero shown */
    REP_FIXED1,
    REP_FIXED2,
    REP_FIXED4,
    REP_FIXED6,
    REP_SMALL,   /* 1.23E-07 */
    REP_PERCENT, /* 12.3 % */
    REP_N_NUMBER_FORMATS,
    REP_NUMBER_MASK = 0x1F,
    /* flags */
    REP_BOLD = 1 << 5,
    REP_BLUE = 1 << 6,   /* an input */
    REP_GREEN = 1 << 7,  /* a link to another sheet */
    REP_GREY = 1 << 8,   /* a remark */
    REP_HEADER = 1 << 9, /* column heading: bold on a tint */
    REP_GROUP = 1 << 10, /* heading of a group of rows: a lighter tint */
    REP_TOTAL = 1 << 11, /* bold under a line */
    REP_WRAP = 1 << 12,
    REP_LARGE = 1 << 13, /* title size */
    REP_OPEN = 1 << 14,  /* not locked: the user may edit it */
    REP_RIGHT = 1 << 15, /* flush right */
    REP_CENTER = 1 << 16,
    REP_GOOD = 1 << 17, /* for conditional formats: green, red on a tint */
    REP_BAD = 1 << 18,
    REP_INDENT = 1 << 19,
};

enum { REP_SHEET_NAME_BYTES = 31 * 4 + 1, REP_MAX_SHEETS = 64 };

struct rep_sheet {
    lxw_worksheet *sheet;            /* NULL when the book failed before */
    char name[REP_SHEET_NAME_BYTES]; /* legal, unique, without quotes */
    struct rep_book *book;
};

struct rep_book; /* opaque */

/**
 * Start a workbook.
 *
 * The file is created empty; all is written by rep_book_close().
 *
 * @param path           of the file; the caller renames it when all went well
 * @param created_epoch  creation date in the file [s since 1970], > 0: fixed
 *                       by the caller, as 0 would mean "now"
 * @param out            out: release with rep_book_close()
 * @retval SIM_OK
 * @retval SIM_E_IO     the file cannot be created
 * @retval SIM_E_NOMEM
 */
SIM_MUST_CHECK int rep_book_open(const char *path, int64_t created_epoch,
    struct rep_book **out, struct sim_err *err);

/**
 * Write the file and release the book, whatever happened before.
 *
 * @retval SIM_OK
 * @retval SIM_E_IO      the file could not be written
 * @retval SIM_E_LIMIT   too many sheets, rows or links
 * @retval SIM_E_NOMEM
 */
SIM_MUST_CHECK int rep_book_close(struct rep_book *book, struct sim_err *err);

/** True as long as nothing failed. */
bool rep_book_ok(const struct rep_book *book);

/** Document properties.  `sha`, `version`: custom properties; the seed is
 *  given as text, as a property holds 32 bits only. */
void rep_book_properties(struct rep_book *book, const char *title,
    const char *sha, const char *seed, const char *version);

/**
 * Add a sheet.  The name is made legal: []:*?/\' and controls become '_', cut
 * to 31 characters, a number appended until it is unique without regard to
 * case.
 *
 * @return a sheet to write on; never NULL, usable also after a failure
 */
struct rep_sheet *rep_book_sheet(struct rep_book *book, const char *wanted);

/** The library's format of a look (enum rep_look bits). */
lxw_format *rep_look(struct rep_book *book, unsigned look);

/** Number format that suits an input: whole numbers without decimals, else by
 *  size.  Of two looks the one with more decimals is the larger number. */
unsigned rep_look_of(double value);

/** Number format of a measured value: decimals by its size alone. */
unsigned rep_look_measured(double value);

/** Text, verbatim, as a string cell. */
void rep_put_text(struct rep_sheet *s, lxw_row_t row, lxw_col_t col,
    const char *text, unsigned look);

/** Text over the columns `first` .. `last` of a row, wrapped; the row is made
 *  as high as the text needs at `width` characters a line. */
void rep_put_paragraph(struct rep_sheet *s, lxw_row_t row, lxw_col_t first,
    lxw_col_t last, int width, const char *text);

/** A number, or "n/a". */
void rep_put_number(struct rep_sheet *s, lxw_row_t row, lxw_col_t col,
    double value, unsigned look);

/** A formula with the value it has now; `formula` is ours, printf style.
 *  A value that is not finite is written as the text "n/a" and the formula
 *  left out, as a viewer would show an error. */
void rep_put_formula(struct rep_sheet *s, lxw_row_t row, lxw_col_t col,
    double value, unsigned look, const char *formula, ...) SIM_PRINTF(6, 7);

/** A formula whose value is text. */
void rep_put_formula_text(struct rep_sheet *s, lxw_row_t row, lxw_col_t col,
    const char *value, unsigned look, const char *formula, ...)
    SIM_PRINTF(6, 7);

/** A link to a cell of another sheet, shown as `text`. */
void rep_put_link(struct rep_sheet *s, lxw_row_t row, lxw_col_t col,
    const struct rep_sheet *target, const char *text);

/**
 * Name a cell for navigation; formulas use plain references all the same.
 * The name is made legal and unique; one that is too long for the library is
 * left out, as nothing depends on it.
 */
void rep_define_name(struct rep_book *book, const char *name,
    const struct rep_sheet *s, lxw_row_t row, lxw_col_t col);

/** The legal form of a defined name: characters that a name may not hold
 *  become '_'; one that reads like a reference ("A1", "R1C1") or starts with a
 *  digit gets a leading '_'. */
void rep_legal_name(char *buf, size_t size, const char *name);

/** Width of columns `first` .. `last` in characters. */
void rep_widths(
    struct rep_sheet *s, lxw_col_t first, lxw_col_t last, double width);

/** Freeze rows above and columns left of a cell; landscape A4, one page wide,
 *  the frozen rows repeated, a footer with sheet name and page. */
void rep_page(struct rep_sheet *s, lxw_row_t row, lxw_col_t col);

/** Let a sheet print on `n` pages side by side, or, for n = 0, all on one. */
void rep_pages_wide(struct rep_sheet *s, int n);

/** Lock all cells but those with REP_OPEN, without a password; columns and
 *  rows may still be resized. */
void rep_protect(struct rep_sheet *s);

/** Remember a status of the library; the first failure sticks. */
void rep_book_note(struct rep_book *book, lxw_error status);

/** The workbook itself, for charts; NULL after a failure. */
lxw_workbook *rep_book_handle(struct rep_book *book);

#endif /* REPORTS_BOOK_H */
