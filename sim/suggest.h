/* suggest.h - "did you mean": the nearest of a list of names.
 *
 * Used for unknown keys, units, presets and metrics in messages.
 */
#ifndef SIM_SUGGEST_H
#define SIM_SUGGEST_H

/**
 * Edits that turn `a` into `b`: insert, delete or replace a character, or
 * exchange two neighbours (optimal string alignment; no substring is edited
 * twice).  Strings are compared up to 64 bytes; more are ignored.
 * Source: Damerau, CACM 7(3), 1964.
 */
int sim_text_distance(const char *a, const char *b);

/**
 * The name nearest to `word`: one that differs in capitals only, else the one
 * with the fewest edits, the first of equals.  NULL when none is near: at most
 * 1 edit up to 4 letters, 2 up to 8, then 3, and fewer than letters.
 * @param names  [n]; entries may be NULL and are then skipped
 */
const char *sim_text_nearest(const char *word, const char *const *names, int n);

#endif /* SIM_SUGGEST_H */
