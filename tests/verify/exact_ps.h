/* exact_ps.h - a shared station with exponential sizes, by the chain of a
 * tagged request.
 *
 * With m requests running the total rate of departures is mu * r(m); each gets
 * an equal part.  At most `most` run, the rest wait in order.  Processor
 * sharing is r(m) = 1 and most without limit, here EXACT_PS_STATES. */
#ifndef TESTS_VERIFY_EXACT_PS_H
#define TESTS_VERIFY_EXACT_PS_H

#include "tests/verify/exact_math.h"

enum { EXACT_PS_STATES = 150 };

struct exact_ps {
    double lambda, mu;
    int most;
    const double *rates; /* r(1), ..., the last holds beyond; NULL: r = 1 */
    int n_rates;
};

/** Stationary law of the number in system, p[0 .. EXACT_PS_STATES]. */
void exact_ps_law(const struct exact_ps *s, double *p);

/** Law of the response, as the time spent in `c`.
 *  @return 0, or -1 without memory */
int exact_ps_response(const struct exact_ps *s, struct exact_chain *c);

#endif /* TESTS_VERIFY_EXACT_PS_H */
