/* exact_chain.h - stationary law of a Markov chain whose states, numbered well,
 * jump only to near numbers.
 *
 * Grassmann, Taksar and Heyman's elimination (Operations Research 33, 1985,
 * p. 1107): states are censored from the last to the first, then filled in
 * forwards.  Nothing is ever subtracted, so every probability, however small,
 * is right to nearly full precision and no iteration has to converge.  With
 * jumps of at most `band` numbers, n states cost about n band^2 operations.
 * A chain without end is cut where its mass is far below the figures looked
 * for; state 0 must be reachable from every other.
 */
#ifndef TESTS_VERIFY_EXACT_CHAIN_H
#define TESTS_VERIFY_EXACT_CHAIN_H

struct exact_chain;

/** `n` states 0 .. n-1 and no jump.  Never NULL: without memory it stops the
 *  program, as nothing can be verified then. */
struct exact_chain *exact_chain_create(int n, int band);

void exact_chain_destroy(struct exact_chain *c);

/** One more way from a state to another, at a rate [1/s] or, for a chain in
 *  discrete time, with a probability; from = to changes nothing. */
void exact_chain_add(struct exact_chain *c, int from, int to, double rate);

/** Solve, once, as the jumps are consumed.  The probabilities, n of them, live
 *  as long as the chain. */
const double *exact_chain_solve(struct exact_chain *c);

#endif /* TESTS_VERIFY_EXACT_CHAIN_H */
