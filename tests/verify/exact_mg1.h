/* exact_mg1.h - single-server queues with Poisson arrivals, and M/D/c. */
#ifndef TESTS_VERIFY_EXACT_MG1_H
#define TESTS_VERIFY_EXACT_MG1_H

#include "tests/verify/exact_math.h"

/* The first three moments of the service and the rate: Pollaczek-Khinchine
 * and Takacs. */
struct exact_moments {
    double m1, m2, m3;
};
double exact_mg1_wait(double lambda, const struct exact_moments *s);
double exact_mg1_wait_square(double lambda, const struct exact_moments *s);

/* Wait and response of M/G/1 by Takacs' integral equation for the density v of
 * the work found (level crossings; the same as the geometric sum of ladder
 * heights):
 *     v(t) = lambda ((1 - rho) G(t) + int_0^t v(u) G(t - u) du),
 * G the tail of the service; then P(wait > t) = rho - int_0^t v and, by the
 * balance of up-crossings, P(response > t) = P(wait > t) + v(t) / lambda.
 * Trapezoidal rule on a grid; G continuous.  Start from {0}. */
struct exact_mg1 {
    int n;
    double step;
    double *density, *wait; /* at i * step, i <= n */
    double lambda;
};

/** @return 0, or -1 without memory; the grid reaches `n * step` */
int exact_mg1_solve(struct exact_mg1 *q, double lambda, double mean,
    exact_tail_fn *service, const void *ctx, int n, double step);
double exact_mg1_wait_quantile(const struct exact_mg1 *q, double level);
double exact_mg1_response_quantile(const struct exact_mg1 *q, double level);
void exact_mg1_release(struct exact_mg1 *q);

/* ---- M/D/c --------------------------------------------------------------- */

enum { EXACT_MDC_STATES = 600 };

/* Number in system at multiples of the service time, by its embedded chain;
 * wait from it by Franx' formula.  Holds while P(N >= 600) is negligible. */
struct exact_mdc {
    int c;
    double lambda, d;
    double p[EXACT_MDC_STATES];
    double below[EXACT_MDC_STATES]; /* P(waiting <= j) */
};

/** @return 0, or -1 without memory */
int exact_mdc_solve(struct exact_mdc *q, int c, double lambda, double d);
double exact_mdc_wait_probability(const struct exact_mdc *q);
/** P(wait > t). */
double exact_mdc_wait_tail(const struct exact_mdc *q, double t);
double exact_mdc_wait_quantile(const struct exact_mdc *q, double level);
/** Mean wait, by Little's law from the chain. */
double exact_mdc_wait(const struct exact_mdc *q);

#endif /* TESTS_VERIFY_EXACT_MG1_H */
