/* exact_phase.h - tails and quantiles of times made of exponential phases.
 *
 * The response of M/M/c, sums of such responses along a chain of stations and
 * mixtures over classes or sites are all phase-type laws: times until a small
 * Markov chain ends.  Their tails come from uniformisation, a sum of positive
 * terms, so equal and nearly equal rates need no special care (the partial
 * fractions of the textbook divide by their differences).
 */
#ifndef TESTS_VERIFY_EXACT_PHASE_H
#define TESTS_VERIFY_EXACT_PHASE_H

enum { EXACT_MAX_PHASES = 16 };

struct exact_phase {
    int n;
    double start[EXACT_MAX_PHASES]; /* probability to begin in each phase;
                                     * the rest is a time of zero */
    double rate[EXACT_MAX_PHASES];  /* of leaving, > 0 */
    double next[EXACT_MAX_PHASES][EXACT_MAX_PHASES]; /* probabilities; the
                                                      * rest ends the time */
};

struct exact_phase exact_phase_exponential(double rate);

/** Wait in M/M/c, first come first served: zero, or with Erlang's delay
 *  probability exponential with rate c mu - lambda. */
struct exact_phase exact_phase_mmc_wait(int c, double lambda, double mu);

/** Wait and service in M/M/c, which are independent. */
struct exact_phase exact_phase_mmc(int c, double lambda, double mu);

/** The sum of two independent times. */
struct exact_phase exact_phase_series(
    const struct exact_phase *a, const struct exact_phase *b);

/** The first with probability `share`, else the second. */
struct exact_phase exact_phase_mix(
    double share, const struct exact_phase *a, const struct exact_phase *b);

double exact_phase_mean(const struct exact_phase *f);

/** P(time > t). */
double exact_phase_tail(const struct exact_phase *f, double t);

/** Where the tail is 1 - level. */
double exact_phase_quantile(const struct exact_phase *f, double level);

/* ---- with a round trip --------------------------------------------------- */

/* Times behind round trips: several sites, each chosen with a share, with its
 * own law of the time there and a lognormal trip (sigma 0: constant).  Trip and
 * time are independent, as random trips leave Poisson arrivals Poisson. */
struct exact_route {
    double share;
    struct exact_phase time;
    double median_s, sigma; /* of the trip */
};

/** P(trip and time > t) over the routes, by the mid-point rule over the
 *  normal score of the trip. */
double exact_routes_tail(const struct exact_route *routes, int n, double t);

double exact_routes_quantile(
    const struct exact_route *routes, int n, double level);

double exact_routes_mean(const struct exact_route *routes, int n);

#endif /* TESTS_VERIFY_EXACT_PHASE_H */
