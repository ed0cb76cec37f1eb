/* number.h - numbers and free text the way people read them.
 *
 * The machine formats (JSON, CSV) keep 17 digits; what goes to a terminal, a
 * Markdown page or the text of a sheet goes through here.  The decimal point
 * is '.', thousands are parted by ',': the locale plays no part.
 */
#ifndef REPORTS_NUMBER_H
#define REPORTS_NUMBER_H

#include <stddef.h>

#include "models/results/results.h"
#include "sim/text.h"

/**
 * "1,234.5"; "n/a" when `value` is not finite.  Minus zero loses its sign.
 *
 * @param buf       out: the text, cut off if `size` is too small
 * @param size      bytes, 48 hold every number below 1e24
 * @param decimals  0 .. 9
 */
void rep_number(char *buf, size_t size, double value, int decimals);

/** rep_number() of an estimate: "41.8 ± 0.4", without the half width where it
 *  is exact, withheld or rounds to nothing; "n/a" when undefined. */
void rep_estimate(
    char *buf, size_t size, const struct res_estimate *est, int decimals);

/** A metric with its unit: "41.8 ± 0.4 ms"; shares (unit "1", at most 1) as
 *  percent. */
void rep_metric_text(char *buf, size_t size, const struct res_metric *m);

/**
 * Decimals that show `digits` significant digits of `value`; 0 for large ones.
 *
 * @param most  upper bound of the result, 0 .. 9
 */
int rep_decimals(double value, int digits, int most);

/* A readable size of a money amount: divisor and prefix "", "k", "M", "B". */
struct rep_scale {
    double divisor;
    const char *prefix;
};

/** Scale in which `magnitude` has one to four digits before the point. */
struct rep_scale rep_money_scale(double magnitude);

/**
 * Append free text on one line, harmless to a terminal: control characters,
 * escapes, line breaks and the characters that reverse the direction of
 * writing become U+FFFD, so does what is not UTF-8.
 */
void rep_plain(struct sim_text *out, const char *s);

/** The same for the inside of a Markdown table or paragraph: characters with a
 *  meaning there are escaped. */
void rep_markdown(struct sim_text *out, const char *s);

/** Columns `s` takes on a terminal, each character counted as one. */
int rep_width(const char *s);

#endif /* REPORTS_NUMBER_H */
