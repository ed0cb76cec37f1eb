/* axis.h - ticks, scales and the text of numbers: pure arithmetic.
 *
 * Linear ticks follow the search of Talbot, Lin and Hanrahan, "An Extension of
 * Wilkinson's Algorithm for Positioning Tick Labels on Axes", IEEE TVCG 16(6),
 * 2010: over step mantissas Q, skips j and label counts k, maximise
 *     0.2 simplicity + 0.25 coverage + 0.5 density + 0.05 legibility,
 * with legibility 1 here, as all our labels have one format and size.
 * Logarithmic ticks are 1-2-5 of each decade, thinned to powers of ten.
 */
#ifndef PLOTS_AXIS_H
#define PLOTS_AXIS_H

#include <stdbool.h>
#include <stddef.h>

enum { PLT_MAX_TICKS = 24 };

/* Ticks of one axis, ascending. */
struct plt_ticks {
    int n;
    double at[PLT_MAX_TICKS];
    int decimals; /* the same for all labels of a linear axis; -1 on a log
                   * axis, where each label has what it needs */
};

/**
 * Ticks for data from `lo` to `hi`, about `target` of them.
 * @param lo, hi   finite; a range of nothing is widened first
 * @param target   wanted number, >= 2
 * @param cover    add ticks outwards until they span the data, as an axis
 *                 whose ends carry labels wants
 */
void plt_ticks_linear(
    double lo, double hi, int target, bool cover, struct plt_ticks *ticks);

/**
 * Ticks inside lo .. hi (0 < lo < hi), at most `max` of them: 1-2-5 of each
 * decade where these fit, else 1 of each decade, else of every 2nd, 3rd ...
 */
void plt_ticks_log(double lo, double hi, int max, struct plt_ticks *ticks);

/** Largest 1-2-5 number <= x, smallest >= x (x > 0, finite). */
double plt_log_floor(double x);
double plt_log_ceil(double x);

/* Data to layout.  p0 is where d0 goes, p1 where d1 goes. */
struct plt_scale {
    double d0, d1; /* d0 < d1; log: 0 < d0 */
    double p0, p1;
    bool log;
};

/** Position of `v`, finite and within +-1e4 whatever v is; not clipped to the
 *  axis.  log: v <= 0 lies far below d0. */
double plt_scale_at(const struct plt_scale *scale, double v);

/* ---- numbers as text: '.' decimal, ',' between thousands, U+2212 minus -----
 */

/** Exactly `decimals` decimals: "-1,234.50" with a true minus. */
void plt_format_fixed(char *out, size_t cap, double v, int decimals);

/** `digits` significant digits without an exponent: 12.3, 0.0456, 1,230;
 *  beyond 1e15 or below 1e-9 with one (1.2e+20). */
void plt_format_digits(char *out, size_t cap, double v, int digits);

/** The shortest form of a number somebody typed: 50, 2.5, 0.001. */
void plt_format_short(char *out, size_t cap, double v);

/** Milliseconds for people: "32.4 ms", "0.41 ms", "12.3 s" from 10 s on; with
 *  a no-break space. */
void plt_format_ms(char *out, size_t cap, double ms);

/** Divisor and SI prefix ("", "k", "M", "G", "T", "P") for numbers as large as
 *  `max_abs`; *prefix is a constant. */
double plt_si(double max_abs, const char **prefix);

#endif /* PLOTS_AXIS_H */
