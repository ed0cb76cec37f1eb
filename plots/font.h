/* font.h - widths of text without a font.
 *
 * Layout must not depend on what is installed, so the advance widths of DejaVu
 * Sans and DejaVu Sans Bold (version 2.37, 2048 units an em, read once through
 * FreeType) are compiled in: Latin-1 and the few signs charts use.  Other
 * characters count as an average letter, East Asian ones as one em, combining
 * marks as nothing; for those a label may come out wider or narrower than
 * planned, never different between machines.
 */
#ifndef PLOTS_FONT_H
#define PLOTS_FONT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Decode one character of UTF-8 at `*s` and move `*s` behind it.  A malformed
 *  byte gives U+FFFD and moves by one.  At the end of the string: 0. */
uint32_t plt_utf8_next(const char **s);

/** Width of `s` at `size` units an em. */
double plt_text_width(const char *s, double size, bool bold);

/**
 * Copy `s` to `out`, cut to `max_width` with an ellipsis where it is longer.
 * @param out   receives at most `cap` bytes with the NUL; cap >= 4
 * @return width of what was written
 */
double plt_text_fit(char *out, size_t cap, const char *s, double size,
    bool bold, double max_width);

/**
 * Break `s` at spaces into at most `max_lines` lines of `max_width`; the last
 * one ends in an ellipsis when text is left over.  A word longer than a line is
 * cut where the line ends.
 * @param line  out: max_lines buffers of `cap` bytes, one after the other
 * @return number of lines, 0 for an empty string
 */
int plt_text_wrap(char *line, size_t cap, int max_lines, const char *s,
    double size, bool bold, double max_width);

/** Height of capitals and of the part below the base line, per unit of size;
 *  for centring and for boxes. */
#define PLT_CAP_HEIGHT 0.73
#define PLT_DESCENT    0.24

#endif /* PLOTS_FONT_H */
