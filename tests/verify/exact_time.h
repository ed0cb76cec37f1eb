/* exact_time.h - queues away from equilibrium: rates that vary over the day,
 * and the first customers of an empty queue. */
#ifndef TESTS_VERIFY_EXACT_TIME_H
#define TESTS_VERIFY_EXACT_TIME_H

#include "tests/verify/exact_math.h"

/* lambda(t) = mean (1 + amplitude cos(2 pi (t - peak) / 24 h)); times in
 * hours. */
struct exact_day {
    double mean, amplitude, peak;
};
double exact_day_rate(const struct exact_day *d, double t);

/** Mean number in system at t of unlimited servers that start empty:
 *  int_0^t lambda(u) P(S > t - u) du, by Simpson's rule. */
double exact_day_infinite(const struct exact_day *d, exact_tail_fn *service,
    const void *ctx, double t);

/** The same for exponential service with rate mu, in closed form. */
double exact_day_infinite_exponential(
    const struct exact_day *d, double mu, double t);

enum { EXACT_DAY_STATES = 240 };

/* M(t)/M/c from empty: forward equation of the number in system, Runge and
 * Kutta's method of order four. */
struct exact_mtmc {
    struct exact_day day;
    int c;
    double mu;
    double t;
    double p[EXACT_DAY_STATES];
};
void exact_mtmc_start(
    struct exact_mtmc *q, const struct exact_day *day, int c, double mu);
/** Go on to time t. */
void exact_mtmc_advance(struct exact_mtmc *q, double t);
double exact_mtmc_number(const struct exact_mtmc *q);
double exact_mtmc_all_busy(const struct exact_mtmc *q);

/** Mean wait of the first n customers of M/M/1, the first of whom finds it
 *  empty: number found by each, one after the other. */
double exact_first_waits(double lambda, double mu, int n);

#endif /* TESTS_VERIFY_EXACT_TIME_H */
