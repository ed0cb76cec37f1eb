/* How a sheet prints and scrolls (see book.h). */
#include "reports/book.h"

enum { PAPER_A4 = 9 };

void rep_widths(
    struct rep_sheet *s, lxw_col_t first, lxw_col_t last, double width)
{
    if (rep_book_ok(s->book))
        rep_book_note(
            s->book, worksheet_set_column(s->sheet, first, last, width, NULL));
}

void rep_page(struct rep_sheet *s, lxw_row_t row, lxw_col_t col)
{
    if (!rep_book_ok(s->book))
        return;
    worksheet_freeze_panes(s->sheet, row, col);
    worksheet_set_landscape(s->sheet);
    worksheet_set_paper(s->sheet, PAPER_A4);
    worksheet_fit_to_pages(s->sheet, 1, 0);
    worksheet_set_margins(s->sheet, 0.4, 0.4, 0.5, 0.6);
    if (row > 0)
        rep_book_note(
            s->book, worksheet_repeat_rows(s->sheet, row - 1, row - 1));
    if (col > 0)
        rep_book_note(s->book, worksheet_repeat_columns(s->sheet, 0, col - 1));
    rep_book_note(
        s->book, worksheet_set_footer(s->sheet, "&L&F  &A&RPage &P of &N"));
    worksheet_gridlines(s->sheet, LXW_HIDE_ALL_GRIDLINES);
}

void rep_pages_wide(struct rep_sheet *s, int n)
{
    if (rep_book_ok(s->book))
        worksheet_fit_to_pages(
            s->sheet, n > 0 ? (uint16_t)n : 1, n > 0 ? 0 : 1);
}

void rep_protect(struct rep_sheet *s)
{
    lxw_protection allowed = {
        .format_cells = LXW_TRUE,
        .format_columns = LXW_TRUE,
        .format_rows = LXW_TRUE,
    };

    if (rep_book_ok(s->book))
        worksheet_protect(s->sheet, NULL, &allowed);
}
