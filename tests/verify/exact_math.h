/* exact_math.h - what the solvers share. */
#ifndef TESTS_VERIFY_EXACT_MATH_H
#define TESTS_VERIFY_EXACT_MATH_H

/** P(X > t) of some X >= 0. */
typedef double exact_tail_fn(const void *ctx, double t);

/** Where the tail reaches 1 - level, by bisection to the last bits; 0 when
 *  P(X = 0) is at least `level`. */
double exact_quantile(exact_tail_fn *tail, const void *ctx, double level);

#endif /* TESTS_VERIFY_EXACT_MATH_H */
