#include "plots/axis.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The search's step mantissas, best first, and its weights (section 4). */
static const double mantissas[] = {1, 5, 2, 2.5, 4, 3};
enum { N_MANTISSAS = 6, MAX_SKIP = 4, MAX_LABELS = 14, MAX_DECIMALS = 15 };

static const double w_simplicity = 0.2, w_coverage = 0.25, w_density = 0.5,
                    w_legibility = 0.05;

static const double parts[] = {1, 2, 5}; /* of a decade */
static const char *const si_names[] = {"", "k", "M", "G", "T", "P"};
static const char minus[] = "\xE2\x88\x92"; /* U+2212 */

struct search {
    double lo, hi, target;
    double best, first, step;
    int n;
};

static double score_of(double simplicity, double coverage, double density)
{
    return w_simplicity * simplicity + w_coverage * coverage +
           w_density * density + w_legibility;
}

/* Labels from `first`, `k` of them: how well they serve; keep the best. */
static void try_labels(
    struct search *s, int q, int skip, int k, double step, double first)
{
    const double last = first + step * (k - 1);
    const double range = s->hi - s->lo;
    const double low = s->lo - first, high = s->hi - last;
    const bool zero = first <= step * 1e-6 && last >= -step * 1e-6 &&
                      fabs(first - step * round(first / step)) < step * 1e-6;
    const double simplicity =
        1.0 - (double)q / (N_MANTISSAS - 1) - skip + (zero ? 1.0 : 0.0);
    const double coverage =
        1.0 - 0.5 * (low * low + high * high) / (0.01 * range * range);
    const double density = (k - 1) / (last - first);
    const double wanted =
        (s->target - 1) / (fmax(last, s->hi) - fmin(first, s->lo));
    const double score = score_of(
        simplicity, coverage, 2.0 - fmax(density / wanted, wanted / density));

    if (score > s->best) {
        s->best = score;
        s->first = first;
        s->step = step;
        s->n = k;
    }
}

/* All label sets of mantissa q, skip and count k; false when no larger k can
 * beat the best. */
static bool try_count(struct search *s, int q, int skip, int k)
{
    const double range = s->hi - s->lo;
    const double simple = 2.0 - (double)q / (N_MANTISSAS - 1) - skip;
    const double dense = k >= s->target ? 2.0 - (k - 1) / (s->target - 1) : 1.0;
    const double delta = range / (k + 1) / (skip * mantissas[q]);

    if (score_of(simple, 1.0, dense) < s->best)
        return false;
    for (int z = (int)ceil(log10(delta));; z++) {
        const double unit = mantissas[q] * pow(10.0, z);
        const double step = unit * skip;
        const double over = fmax(step * (k - 1) - range, 0.0) / 2.0;
        const double cover = 1.0 - over * over / (0.01 * range * range);
        if (!(score_of(simple, cover, dense) >= s->best))
            break;
        const double from = floor(s->hi / step) * skip - (k - 1) * skip;
        const double to = ceil(s->lo / step) * skip;
        for (double start = from; start <= to; start++)
            try_labels(s, q, skip, k, step, start * unit);
    }
    return true;
}

/* Smallest number of decimals that prints v to within `slack`. */
static int decimals_of(double v, double slack)
{
    for (int d = 0; d < MAX_DECIMALS; d++) {
        if (fabs(v - round(v)) < slack)
            return d;
        v *= 10.0;
        slack *= 10.0;
    }
    return MAX_DECIMALS;
}

/* A range with some width, well inside what a double can step through. */
static void widen(double *lo, double *hi)
{
    const double limit = 1e120; /* the search squares */

    *lo = fmin(fmax(*lo, -limit), limit);
    *hi = fmin(fmax(*hi, -limit), limit);
    if (*lo > *hi) {
        const double swap = *lo;
        *lo = *hi;
        *hi = swap;
    }
    const double size = fmax(fabs(*lo), fabs(*hi));
    if (size < 1e-120) {
        *lo = 0.0;
        *hi = 1.0;
    } else if (*hi - *lo < size * 1e-9) {
        *lo -= size * 0.05;
        *hi += size * 0.05;
    }
}

void plt_ticks_linear(
    double lo, double hi, int target, bool cover, struct plt_ticks *ticks)
{
    struct search s = {.target = target < 2 ? 2 : target, .best = -DBL_MAX};

    widen(&lo, &hi);
    s.lo = lo;
    s.hi = hi;
    for (int skip = 1; skip <= MAX_SKIP; skip++) {
        for (int q = 0; q < N_MANTISSAS; q++) {
            for (int k = 2; k <= MAX_LABELS && try_count(&s, q, skip, k); k++)
                ;
        }
    }
    const double slack = s.step * 1e-6;
    while (cover && s.first > lo + slack && s.n < PLT_MAX_TICKS) {
        s.first -= s.step;
        s.n++;
    }
    while (cover && s.first + s.step * (s.n - 1) < hi - slack &&
           s.n < PLT_MAX_TICKS)
        s.n++;
    ticks->n = s.n;
    for (int i = 0; i < s.n; i++) {
        ticks->at[i] = s.first + s.step * i;
        if (fabs(ticks->at[i]) < slack)
            ticks->at[i] = 0.0;
    }
    const int of_step = decimals_of(s.step, slack);
    const int of_first = decimals_of(s.first, slack);
    ticks->decimals = of_step > of_first ? of_step : of_first;
}

/* ---- logarithmic axes --------------------------------------------------- */

/* 10^floor(log10 x), safe against a log10 that is one ulp off. */
static int decade_of(double x)
{
    int e = (int)floor(log10(x));

    if (pow(10.0, e) > x)
        e--;
    if (pow(10.0, e + 1) <= x)
        e++;
    return e;
}

double plt_log_floor(double x)
{
    const double decade = pow(10.0, decade_of(x));
    const double m = x / decade * (1.0 + 1e-12);

    return (m >= 5.0 ? 5.0 : m >= 2.0 ? 2.0 : 1.0) * decade;
}

double plt_log_ceil(double x)
{
    const double decade = pow(10.0, decade_of(x));
    const double m = x / decade * (1.0 - 1e-12);

    return (m <= 1.0 ? 1.0 : m <= 2.0 ? 2.0 : m <= 5.0 ? 5.0 : 10.0) * decade;
}

/* Ticks with `per_decade` (1 or 3) numbers in every `stride`-th decade; false
 * when there are more than `max`. */
static bool fill_log(double lo, double hi, int per_decade, int stride, int max,
    struct plt_ticks *ticks)
{
    const int last = decade_of(hi);

    ticks->n = 0;
    for (int e = decade_of(lo); e <= last; e++) {
        if (e % stride != 0)
            continue;
        for (int i = 0; i < per_decade; i++) {
            const double v = parts[i] * pow(10.0, e);
            if (v < lo * (1.0 - 1e-9) || v > hi * (1.0 + 1e-9))
                continue;
            if (ticks->n == max)
                return false;
            ticks->at[ticks->n++] = v;
        }
    }
    return true;
}

void plt_ticks_log(double lo, double hi, int max, struct plt_ticks *ticks)
{
    if (max > PLT_MAX_TICKS)
        max = PLT_MAX_TICKS;
    if (max < 2)
        max = 2;
    ticks->decimals = -1;
    if (fill_log(lo, hi, 3, 1, max, ticks))
        return;
    for (int stride = 1; !fill_log(lo, hi, 1, stride, max, ticks); stride++)
        ;
}

double plt_scale_at(const struct plt_scale *s, double v)
{
    double t;

    if (s->log)
        t = log(fmax(v, s->d0 * 1e-6) / s->d0) / log(s->d1 / s->d0);
    else
        t = (v - s->d0) / (s->d1 - s->d0);
    /* far outside is as good as further; fmin and fmax stop a NaN */
    return fmax(-1e4, fmin(s->p0 + t * (s->p1 - s->p0), 1e4));
}

/* ---- numbers as text ---------------------------------------------------- */

/* Copy printed digits with separators between thousands and a true minus. */
static void dress(char *out, size_t cap, const char *digits)
{
    const bool negative =
        *digits == '-' && strpbrk(digits, "123456789") != NULL;
    size_t len = 0, whole;

    if (*digits == '-')
        digits++;
    whole = strspn(digits, "0123456789");
    if (negative && cap > sizeof minus) {
        memcpy(out, minus, sizeof minus - 1);
        len = sizeof minus - 1;
    }
    for (size_t i = 0; digits[i] != '\0' && len + 2 < cap; i++) {
        if (i > 0 && i < whole && (whole - i) % 3 == 0)
            out[len++] = ',';
        out[len++] = digits[i];
    }
    out[len] = '\0';
}

void plt_format_fixed(char *out, size_t cap, double v, int decimals)
{
    char digits[64];

    if (fabs(v) < 1e15 && decimals >= 0 && decimals <= MAX_DECIMALS)
        snprintf(digits, sizeof digits, "%.*f", decimals, v);
    else
        snprintf(digits, sizeof digits, "%.3g", v);
    dress(out, cap, digits);
}

void plt_format_digits(char *out, size_t cap, double v, int digits)
{
    char form[64];
    int exponent = 0;

    if (digits < 1 || digits > 15)
        digits = 3;
    snprintf(form, sizeof form, "%.*e", digits - 1, v);
    if (strchr(form, 'e') != NULL)
        exponent = (int)strtol(strchr(form, 'e') + 1, NULL, 10);
    if (v == 0.0 || exponent < -9 || exponent >= 15)
        snprintf(form, sizeof form, "%.*g", digits, v);
    else
        snprintf(form, sizeof form, "%.*f",
            digits - 1 > exponent ? digits - 1 - exponent : 0, v);
    dress(out, cap, form);
}

void plt_format_short(char *out, size_t cap, double v)
{
    char form[64];

    snprintf(form, sizeof form, "%.10g", v);
    dress(out, cap, form);
}

void plt_format_ms(char *out, size_t cap, double ms)
{
    const bool seconds = fabs(ms) >= 1e4;
    char number[64];

    if (cap == 0)
        return;
    plt_format_digits(
        number, sizeof number, seconds ? ms / 1e3 : ms, fabs(ms) < 1.0 ? 2 : 3);
    snprintf(out, cap, "%s\xC2\xA0%s", number, seconds ? "s" : "ms");
}

double plt_si(double max_abs, const char **prefix)
{
    double divisor = 1.0;
    int i = 0;

    while (i < 5 && max_abs >= divisor * 1e3 * (1.0 - 1e-9)) {
        divisor *= 1e3;
        i++;
    }
    *prefix = si_names[i];
    return divisor;
}
