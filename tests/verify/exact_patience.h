/* exact_patience.h - M/M/c whose requests leave the queue when their patience
 * ends: exponential or the same for all.
 */
#ifndef TESTS_VERIFY_EXACT_PATIENCE_H
#define TESTS_VERIFY_EXACT_PATIENCE_H

#include <stdbool.h>

struct exact_patience {
    int servers;
    double lambda, mu;
    double patience_s; /* its mean */
    bool exponential;  /* else constant */
};

struct exact_left {
    double abandon; /* probability that a request leaves */
    double delay;   /* ... that it finds all servers busy */
    double busy;    /* mean number of busy servers */
    double wait_s;  /* mean of those served, zeros included */
};

/** The virtual wait, that of a request with endless patience, has for x > 0 the
 *  density  lambda p(c-1) exp(-c mu x + lambda int_0^x (1 - F(u)) du)  with F
 *  the law of the patience (Baccelli and Hebuterne 1981; Barrer 1957 for the
 *  constant one).  Simpson's rule. */
struct exact_left exact_patience_queue(const struct exact_patience *q);

#endif /* TESTS_VERIFY_EXACT_PATIENCE_H */
