/* exact_mmc.h - Erlang's formulas; M/M/c with and without a limit. */
#ifndef TESTS_VERIFY_EXACT_MMC_H
#define TESTS_VERIFY_EXACT_MMC_H

/** Erlang's loss formula: c servers, offered load a. */
double exact_erlang_b(int c, double a);

/** Erlang's delay formula, a < c: probability of waiting. */
double exact_erlang_c(int c, double a);

struct exact_mmc {
    int c;             /* servers */
    double lambda, mu; /* arrival rate; service rate of a server */
};

/** P(response > t): the wait, exponential with probability C, and the service
 *  are independent. */
double exact_mmc_response_tail(const struct exact_mmc *m, double t);
double exact_mmc_response_quantile(const struct exact_mmc *m, double level);

/** P(wait > t) = C exp(-(c mu - lambda) t), and where it is 1 - level. */
double exact_mmc_wait_quantile(const struct exact_mmc *m, double level);

/* M/M/c with room for K, waiting and in service, by its finite chain.
 * The response is that of the accepted: who finds n waits for n - c + 1
 * departures at rate c mu, then is served. */
struct exact_mmck {
    struct exact_mmc m;
    int k;
};

enum { EXACT_MMCK_MAX = 256 };

/** p[0 .. k]: stationary law of the number in system. */
void exact_mmck_law(const struct exact_mmck *q, double *p);
double exact_mmck_response_tail(const struct exact_mmck *q, double t);
double exact_mmck_response_quantile(const struct exact_mmck *q, double level);

#endif /* TESTS_VERIFY_EXACT_MMC_H */
