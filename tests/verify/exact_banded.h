/* exact_banded.h - stationary law of a Markov chain whose states, numbered
 * well, jump only to near numbers.
 *
 * Grassmann, Taksar and Heyman's elimination (Operations Research 33, 1985,
 * p. 1107): states are censored from the last to the first, then filled in
 * forwards.  Nothing is ever subtracted, so every probability, however small,
 * is right to nearly full precision and no iteration has to converge.  With
 * jumps of at most `band` numbers, n states cost about n band^2 operations.
 * A chain without end is cut where its mass is far below the figures looked
 * for; state 0 must be reachable from every other.
 */
#ifndef TESTS_VERIFY_EXACT_BANDED_H
#define TESTS_VERIFY_EXACT_BANDED_H

struct exact_banded;

/** `n` states 0 .. n-1 and no jump.  Never NULL: without memory it stops the
 *  program, as nothing can be verified then. */
struct exact_banded *exact_banded_create(int n, int band);

void exact_banded_destroy(struct exact_banded *c);

/** One more way from a state to another, at a rate [1/s] or, for a chain in
 *  discrete time, with a probability; from = to changes nothing. */
void exact_banded_add(struct exact_banded *c, int from, int to, double rate);

/** Solve, once, as the jumps are consumed.  The probabilities, n of them, live
 *  as long as the chain. */
const double *exact_banded_solve(struct exact_banded *c);

#endif /* TESTS_VERIFY_EXACT_BANDED_H */
