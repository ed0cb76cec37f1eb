/* exact_gmc.h - exponential servers with other arrivals: renewal, MMPP. */
#ifndef TESTS_VERIFY_EXACT_GMC_H
#define TESTS_VERIFY_EXACT_GMC_H

/** Laplace-Stieltjes transform of the gap between arrivals. */
typedef double exact_transform_fn(const void *ctx, double s);

/* G/M/c: an arrival finds c + k or more with probability proportional to
 * sigma^k, sigma = A(c mu (1 - sigma)); the wait of those who wait is
 * exponential with rate c mu (1 - sigma).
 * Source: Takacs, Introduction to the Theory of Queues, 1962, chapter 2.
 */
struct exact_gmc {
    int c;
    double mu;
    double sigma;
    double delayed; /* P(wait > 0) */
};

void exact_gmc_solve(struct exact_gmc *q, int c, double mu,
    exact_transform_fn *gap, const void *ctx);
double exact_gmc_wait(const struct exact_gmc *q);
double exact_gmc_wait_tail(const struct exact_gmc *q, double t);
double exact_gmc_wait_quantile(const struct exact_gmc *q, double level);
double exact_gmc_response_quantile(const struct exact_gmc *q, double level);

/* ---- MMPP/M/c ------------------------------------------------------------ */

enum { EXACT_MMPP_LEVELS = 1200 };

/* Two phases in turn; matrix-geometric solution of the number in system, then
 * as arrivals see it: found[n] of them find n. */
struct exact_mmpp {
    int c;
    double mu;
    double rate[2];    /* of arrivals by phase */
    double sojourn[2]; /* mean */
    double number;     /* mean in system */
    double found[EXACT_MMPP_LEVELS];
};

void exact_mmpp_solve(struct exact_mmpp *q);
double exact_mmpp_rate(const struct exact_mmpp *q);
double exact_mmpp_wait_probability(const struct exact_mmpp *q);
/** P(wait > t): Erlang stages behind those found. */
double exact_mmpp_wait_tail(const struct exact_mmpp *q, double t);
double exact_mmpp_wait_quantile(const struct exact_mmpp *q, double level);

#endif /* TESTS_VERIFY_EXACT_GMC_H */
