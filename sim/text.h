/* text.h - a growable string, and the escaping every output needs.
 *
 * An allocation failure is sticky: later calls do nothing, and the caller
 * asks once, at the end, with sim_text_ok().
 */
#ifndef SIM_TEXT_H
#define SIM_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/err.h"

/* Start from {0}; release with sim_text_release(). */
struct sim_text {
    char *data; /* NUL-terminated once anything was added; else NULL */
    size_t len;
    size_t size;
    bool failed;
};

/** Append: a string, `n` bytes, one byte, printf. */
void sim_text_add(struct sim_text *text, const char *s);
void sim_text_add_n(struct sim_text *text, const char *s, size_t n);
void sim_text_add_char(struct sim_text *text, char c);
void sim_text_printf(struct sim_text *text, const char *fmt, ...)
    SIM_PRINTF(2, 3);

/** Append `s` escaped for the inside of a JSON string (no quotes added);
 *  invalid UTF-8 becomes U+FFFD. */
void sim_text_add_json(struct sim_text *text, const char *s);

/** Append `s` escaped for XML text and attribute values; control characters
 *  that XML forbids become U+FFFD. */
void sim_text_add_xml(struct sim_text *text, const char *s);

/** Append `s` as one CSV cell (RFC 4180); a leading = + - @ tab or CR of a text
 * cell is neutralised with an apostrophe, as spreadsheets would run it. */
void sim_text_add_csv(struct sim_text *text, const char *s);

/** Append a double with 17 significant digits, so that it reads back equal;
 *  "null" when not finite.  Independent of the locale. */
void sim_text_add_double(struct sim_text *text, double x);

/** The string so far, "" when empty.  Valid until the next append. */
const char *sim_text_str(const struct sim_text *text);

/** True when no append failed for lack of memory. */
bool sim_text_ok(const struct sim_text *text);

void sim_text_release(struct sim_text *text);

#endif /* SIM_TEXT_H */
