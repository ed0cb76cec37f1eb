/* hist.h - log-linear histogram that merges exactly.
 *
 * Bucket = exponent and top 7 mantissa bits of the double: its width is at
 * most 1/128 = 0.78 % of the value, so a quantile interpolated inside a bucket
 * is within 0.4 % at mid-point.  Counts are 64-bit integers: merging is exact,
 * associative and order-free, which sketches with centroids are not.
 *
 * Covers [2^-40, 2^24) (9e-13 .. 1.7e7; seconds in practice).  Larger values
 * go to the last bucket.  Bucket 0 holds zero, and with it everything below
 * 2^-40: it stands for the value 0 itself, so that the share of requests which
 * did not wait is kept, and the quantile there is exactly 0.
 *
 * Memory: 8 bytes a bucket over the range of the values seen, 1 kB an octave,
 * 65 kB when everything from zero to the largest occurs.
 */
#ifndef SIM_HIST_H
#define SIM_HIST_H

#include <stddef.h>
#include <stdint.h>

#include "sim/err.h"

enum {
    SIM_HIST_BITS = 7,
    SIM_HIST_LOW_EXP = -40,
    SIM_HIST_HIGH_EXP = 24,
    /* one for zero, then (high - low) octaves of 128 */
    SIM_HIST_BUCKETS = 1 + (SIM_HIST_HIGH_EXP - SIM_HIST_LOW_EXP) * 128,
};

/** Bucket of a value >= 0 (also defined, as 0, for negative and NaN). */
static inline int sim_hist_bucket(double x)
{
    union {
        double d;
        uint64_t u;
    } v = {x};
    const int64_t first = (int64_t)(SIM_HIST_LOW_EXP + 1023) << SIM_HIST_BITS;
    int64_t b = (int64_t)(v.u >> (52 - SIM_HIST_BITS)) - first + 1;

    if (!(x > 0.0) || b < 1)
        return 0;
    return b < SIM_HIST_BUCKETS ? (int)b : SIM_HIST_BUCKETS - 1;
}

/** Lower edge of bucket b, 0 <= b <= SIM_HIST_BUCKETS (the last = upper end):
 *  0 for bucket 0, then 2^-40 (1 + k/128) 2^j. */
double sim_hist_edge(int b);

/* A growing range of integer buckets.  Start from {0}; `count` is NULL while
 * n = 0. */
struct sim_hist {
    int64_t *count; /* buckets first .. first + n - 1 */
    int first, n;
};

/**
 * Add `by` to the bucket of x.
 * @retval SIM_OK
 * @retval SIM_E_NOMEM  the histogram is as it was
 */
SIM_MUST_CHECK int sim_hist_add(struct sim_hist *hist, double x, int64_t by);

/** into += from, bucket by bucket.  @retval SIM_OK, SIM_E_NOMEM (unchanged) */
SIM_MUST_CHECK int sim_hist_merge(
    struct sim_hist *into, const struct sim_hist *from);

/** Sum of all counts. */
int64_t sim_hist_total(const struct sim_hist *hist);

/** Free the buckets; the histogram is empty and usable again. */
void sim_hist_release(struct sim_hist *hist);

/* Weighted histogram: sums of weight x count; buckets as above.  Sums of
 * doubles: reduce in a fixed order.  Start from {0}. */
struct sim_whist {
    double *weight;
    int first, n;
};

/** into += w * from.  @retval SIM_OK, SIM_E_NOMEM (unchanged) */
SIM_MUST_CHECK int sim_whist_add(
    struct sim_whist *into, const struct sim_hist *from, double w);

/** into += from.  @retval SIM_OK, SIM_E_NOMEM (unchanged) */
SIM_MUST_CHECK int sim_whist_merge(
    struct sim_whist *into, const struct sim_whist *from);

/** Sum of all weights. */
double sim_whist_total(const struct sim_whist *hist);

/**
 * F^-1(p) by linear interpolation inside the bucket.
 * @param p  clamped to [0, 1]: 0 gives the lower edge of the first bucket in
 *           use, 1 the upper edge of the last
 * @return NAN when the total weight is 0
 */
double sim_whist_quantile(const struct sim_whist *hist, double p);

/** Weight at or below x, with linear interpolation inside x's bucket; the
 *  inverse of the above: below(quantile(p)) = p total. */
double sim_whist_below(const struct sim_whist *hist, double x);

/** Free the buckets; the histogram is empty and usable again. */
void sim_whist_release(struct sim_whist *hist);

#endif /* SIM_HIST_H */
