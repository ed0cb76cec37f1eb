/* exact_renewal.h - lives and repairs of any law: availability at a time and
 * over an interval, numbers of renewals.
 *
 * The equations are solved on grids of points by the rule of the middle for
 * Stieltjes integrals, and extrapolated from two grids. */
#ifndef TESTS_VERIFY_EXACT_RENEWAL_H
#define TESTS_VERIFY_EXACT_RENEWAL_H

/** P(X > t), t >= 0. */
typedef double exact_law_fn(const double *p, double t);

/* A law with at most two parameters. */
struct exact_law {
    exact_law_fn *tail;
    double p[2];
};

struct exact_law exact_law_exponential(double mean);
struct exact_law exact_law_weibull(double shape, double scale);
/** By its mean and coefficient of variation. */
struct exact_law exact_law_lognormal(double mean, double cv);
struct exact_law exact_law_erlang(double mean, int k);

/**
 * A unit, new at 0, alternates life and repair: the probability that it is up
 * at t, and the mean share of [0, t] for which it is.
 *
 * The renewal equation A = R + A * H with R(t) = P(life > t) and H the law of
 * life plus repair.
 *
 * @param at       out: availability at t
 * @param between  out: availability over [0, t]
 * @return 0, or -1 without memory; the values are then NAN
 */
int exact_availability(const struct exact_law *life,
    const struct exact_law *repair, double t, double *at, double *between);

/**
 * `n` positions share `spares` cold units: the probability that no more than
 * `spares` lives end up to t, that is, that the n independent renewal counts
 * add up to at most `spares`; NAN without memory.
 */
double exact_shared_spares(
    const struct exact_law *life, int n, int spares, double t);

#endif /* TESTS_VERIFY_EXACT_RENEWAL_H */
