/* fmath.h - own log, exp, sincos: same bits on every machine.
 *
 * Only + - * / sqrt and integer bit operations, built with
 * -ffp-contract=off, so every compiler and CPU gives the same result, and the
 * array forms vectorise.  Whatever feeds a random draw or a simulated time
 * uses these, not libm, whose results differ between CPUs of one family
 * (glibc picks variants with fused multiply-add at run time).
 *
 * Accuracy (measured against 80-bit arithmetic, asserted by test_fmath):
 * relative 2.5e-16 for exp, exp2 and log (near 1 too), absolute 2e-16 for
 * sincos.  None of them sets errno or a floating-point flag anyone may rely
 * on; arguments outside the stated range give an unspecified value.
 *
 * Source: argument reductions as in Cody and Waite, Software Manual for the
 * Elementary Functions, 1980; polynomials are our own fits (fmath_kernel.h).
 */
#ifndef SIM_FMATH_H
#define SIM_FMATH_H

#include <stddef.h>

/** Natural logarithm.  @param x  > 0 and finite, subnormals included */
double sim_log(double x);

/** log(1 + x) with full relative precision near 0.
 *  @param x  >= 0 and finite */
double sim_log_one_plus(double x);

/** e^x; 0 below -745.2, INFINITY above 709.8, NAN for NAN. */
double sim_exp(double x);

/** 2^x, same rules: 0 below -1075, INFINITY from 1024; exact for whole x. */
double sim_exp2(double x);

/**
 * x^y, as exp(y log x) with log and product in twice the precision.
 * Relative error 4e-16 while |y log x| < 40, 1e-14 up to the ends of the range.
 * @param x  > 0 and finite
 * @param y  finite
 */
double sim_pow(double x, double y);

/** Sine and cosine of 2 pi t [turns]; t any finite double (reduced exactly, by
 *  t - rint(t)).  Multiples of 1/4 give exact 0 and 1. */
void sim_sincos_2pi(double t, double *sin_out, double *cos_out);

/**
 * Inverse of the standard normal distribution function.
 * @param p  in (0, 1)
 * @return relative error <= 1e-15
 * Source: Wichura, Applied Statistics 37, 1988, algorithm AS 241 (PPND16).
 */
double sim_normal_quantile(double p);

/** Standard normal distribution function, relative error <= 2e-15 in the lower
 *  tail (down to 1e-300), absolute <= 1e-15 everywhere; any z. */
double sim_normal_cdf(double z);

/** Array forms: y[i] = f(x[i]), i < n; y may be x.  Bit-identical to the scalar
 *  forms; 1.2 ns an element with AVX2 (sincos 2 ns). */
void sim_log_n(const double *x, double *y, size_t n);
void sim_exp_n(const double *x, double *y, size_t n);

/** s[i], c[i] = sine and cosine of 2 pi t[i]; t may be s or c, not both. */
void sim_sincos_2pi_n(const double *t, double *s, double *c, size_t n);

#endif /* SIM_FMATH_H */
