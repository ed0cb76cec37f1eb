/* chars.h - characters of user text: decoding, width, and which are dangerous.
 *
 * Scenario files are untrusted: a key may hold terminal escapes or change the
 * direction of writing, so that a message would show something else than
 * the file says.  Such characters are refused or shown as escapes.
 *
 * Source: RFC 3629 (well-formed UTF-8); UAX #9 section 2 (bidirectional
 * controls); UAX #11 (width: the wide and fullwidth blocks only).
 */
#ifndef SCENARIOS_LOADER_CHARS_H
#define SCENARIOS_LOADER_CHARS_H

#include <stdbool.h>
#include <stddef.h>

/** Decode one character.
 *  @param code  out: the code point, 0xFFFD when malformed
 *  @return its bytes; 0 when malformed (the caller then skips one byte) */
size_t scn_char_decode(const char *s, unsigned *code);

/** Control, bidirectional or invisible: not to be shown as it is. */
bool scn_char_dangerous(unsigned code);

/** Columns a terminal gives it: 0 (combining), 1 or 2. */
int scn_char_width(unsigned code);

#endif /* SCENARIOS_LOADER_CHARS_H */
