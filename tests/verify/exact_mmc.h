/* exact_mmc.h - Erlang's formulas and the M/M/c queue. */
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

#endif /* TESTS_VERIFY_EXACT_MMC_H */
