/* stats.h - estimators over replications.
 *
 * Ratio and quantile estimates with Student t intervals, as used for every
 * stochastic output (manual, "Windows, strata, estimates").  Replication r
 * contributes one total T_r of each quantity; replications are independent,
 * so their scatter carries all the variance there is: of windows, timelines
 * and requests alike.  All sums run in index order and are compensated.
 */
#ifndef SIM_STATS_H
#define SIM_STATS_H

#include <stddef.h>
#include <stdint.h>

#include "sim/err.h"
#include "sim/hist.h"

/**
 * Quantile of Student's t.
 * @param p    in (0, 1)
 * @param dof  degrees of freedom, >= 1
 * @return relative error <= 1e-10
 */
double sim_t_quantile(double p, double dof);

/* Sum with Neumaier compensation: the error does not grow with the number of
 * terms.  Start from {0}.
 * Source: Neumaier, ZAMM 54, 1974. */
struct sim_sum {
    double sum, rest;
};
void sim_sum_add(struct sim_sum *s, double x);
double sim_sum_value(const struct sim_sum *s);

struct sim_interval {
    double value;      /* NAN when the denominator is 0 */
    double half_width; /* NAN when n < 2 */
    double se;         /* standard error; NAN when n < 2 */
    int64_t n;         /* replications */
};

/**
 * Ratio of totals over replications: Rhat = sum x / sum y,
 * e_r = x_r - Rhat y_r, se = sqrt(sum e_r^2 / (R )) / mean(y),
 * half_width = t_{(1+level)/2, R-1} se.
 * @param x, y   [n] totals T_r(X), T_r(Y)
 * @param n      number of replications R
 * @param level  confidence in (0, 1), 0.95
 * Source: Cochran, Sampling Techniques, 3rd ed., chapter 6 (no finite
 * population correction, R - 1 in the variance).
 */
void sim_ratio_estimate(const double *x, const double *y, int64_t n,
    double level, struct sim_interval *out);

/**
 * Quantile p of the pooled weighted histogram, with the interval
 * [F^-1(p - t se), F^-1(p + t se)] (half_width = half its length), where
 * e_r = T_r(1{L <= q}) - p T_r(1) and se is the ratio se with Y = 1: it is
 * on the probability scale.
 * @param hist  [n] weighted histograms, one a replication
 * @param p     in (0, 1)
 * @retval SIM_OK       value is NAN when the pool is empty
 * @retval SIM_E_NOMEM  *out is untouched
 * Source: Woodruff, JASA 47, 1952 (interval by inversion).
 */
SIM_MUST_CHECK int sim_quantile_estimate(const struct sim_whist *hist,
    int64_t n, double p, double level, struct sim_interval *out);

/**
 * Delete-one jackknife of any composite: f of all replications and f with
 * replication r left out.  value = f_all;
 * se = sqrt((R-1)/R sum_r (f_r - mean f_r)^2).
 * @param f_without  [n]
 * Source: Efron and Tibshirani, An Introduction to the Bootstrap, ch. 11.
 */
void sim_jackknife_estimate(double f_all, const double *f_without, int64_t n,
    double level, struct sim_interval *out);

/**
 * MSER-5 truncation of a series: batches of 5, cut after d batches so that
 * sum_{j >= d} (y_j - mean)^2 / (m - d)^2 is least (at least 5 batches kept;
 * the earliest of equal cuts; values after the last full batch are not read).
 * @return index of the first value kept, a multiple of 5; n when the minimum
 *         lies in the second half or n < 50 (series too short)
 * Source: White, Cobb and Spratt, Winter Simulation Conference 2000.
 */
size_t sim_mser5(const double *x, size_t n);

#endif /* SIM_STATS_H */
