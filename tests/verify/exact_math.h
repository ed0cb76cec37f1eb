/* exact_math.h - what the solvers share: quantiles, chains, the lognormal.
 *
 * A solver that needs storage returns -1 when there is none; a case whose
 * exact value is NAN then fails by name. */
#ifndef TESTS_VERIFY_EXACT_MATH_H
#define TESTS_VERIFY_EXACT_MATH_H

/** P(X > t) of some X >= 0. */
typedef double exact_tail_fn(const void *ctx, double t);

/** Where the tail reaches 1 - level, by bisection to the last bits; 0 when
 *  P(X = 0) is at least `level`, NAN when the tail is. */
double exact_quantile(exact_tail_fn *tail, const void *ctx, double level);

/** Logarithm's mean and deviation from the median and the 95th percentile;
 *  moment E[X^k] = exp(k mu + k^2 sigma^2 / 2). */
struct exact_lognormal {
    double mu, sigma;
};
struct exact_lognormal exact_lognormal_fit(double median, double p95);
double exact_lognormal_moment(const struct exact_lognormal *x, int k);
double exact_lognormal_quantile(const struct exact_lognormal *x, double level);
double exact_lognormal_tail(const struct exact_lognormal *x, double t);

/**
 * Stationary law of a Markov chain by the elimination of Grassmann, Taksar and
 * Heyman: no subtraction, hence no cancellation.
 * @param q  n x n rates or probabilities, row-major, the diagonal ignored;
 *           overwritten
 * @param p  out: n probabilities
 */
void exact_gth(double *q, int n, double *p);

/* A Markov chain in continuous time with an exit, for the law of the time
 * spent in it.  Start from {0}; release with exact_chain_release(). */
struct exact_move {
    int from, to; /* to < 0: the exit */
    double rate;
};
struct exact_chain {
    struct exact_move *moves;
    int n_moves, size;
    int failed; /* out of memory */
    /* filled by exact_chain_solve() */
    double rate;     /* of the jumps, the same everywhere */
    double *inside;  /* P(still inside after k jumps) */
    double *visited; /* expected jumps so far, up to and with k */
    int n_jumps;
};

void exact_chain_add(struct exact_chain *c, int from, int to, double rate);

/** Uniformise and follow the chain until less than 1e-12 is inside.
 *  @param start  probabilities of n states, may sum to less than 1
 *  @return 0, or -1 without memory */
int exact_chain_solve(struct exact_chain *c, const double *start, int n);

/** P(still inside at t); mean time inside; after exact_chain_solve(). */
double exact_chain_tail(const struct exact_chain *c, double t);
double exact_chain_mean(const struct exact_chain *c);
double exact_chain_quantile(const struct exact_chain *c, double level);

void exact_chain_release(struct exact_chain *c);

#endif /* TESTS_VERIFY_EXACT_MATH_H */
