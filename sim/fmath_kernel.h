/* fmath_kernel.h - private to sim: the bodies of log, exp and sincos.
 *
 * Branch-free and inline, so that fmath.c and the samplers can fuse them into
 * loops that the compiler turns into AVX2 code, while a scalar call runs the
 * very same operations in the same order: bulk and single draws agree bit for
 * bit.  Everything else includes fmath.h.
 *
 * What the compiler must not be given here: conversions between 64-bit
 * integers and doubles and arithmetic right shifts, neither of which AVX2 has.
 * Both are done by adding 2^52 (or 1.5 * 2^52), which puts an integer into the
 * low bits of a double, rounded to nearest.
 *
 * Polynomials: Chebyshev expansions of the stated function over the stated
 * interval, computed with 60 digits and rounded once to double.
 */
#ifndef SIM_FMATH_KERNEL_H
#define SIM_FMATH_KERNEL_H

#include <float.h>
#include <math.h>
#include <stdint.h>

#include "sim/clones.h"

#define SIM_K_TWO52 4503599627370496.0 /* 2^52 */
#define SIM_K_ROUND 6755399441055744.0 /* 1.5 * 2^52 */
/* ln 2 = HI + LO; HI has 42 bits, so k * HI is exact for |k| < 2^11. */
#define SIM_K_LN2_HI 0.69314718055989033
#define SIM_K_LN2_LO 5.4979230187083712e-14
#define SIM_K_LOG2E  1.4426950408889634

SIM_INLINE uint64_t sim_k_bits(double x)
{
    union {
        double d;
        uint64_t u;
    } v = {.d = x};

    return v.u;
}

SIM_INLINE double sim_k_double(uint64_t u)
{
    union {
        uint64_t u;
        double d;
    } v = {.u = u};

    return v.d;
}

/* x = 2^(k + bias - 1023) (1 + f), 1 + f in [sqrt(1/2), sqrt 2); k as a double.
 * x is normal and > 0. */
SIM_INLINE double sim_k_split_normal(double x, double bias, double *k)
{
    const uint64_t root_half = 0x3fe6a09e667f3bcdu;
    const uint64_t one = 0x3ff0000000000000u;
    const uint64_t bits = sim_k_bits(x);
    const uint64_t shifted = bits + (one - root_half);
    const uint64_t exponent = shifted >> 52;

    *k = sim_k_double(exponent | 0x4330000000000000u) - (SIM_K_TWO52 + bias);
    return sim_k_double(bits + one - (exponent << 52)) - 1.0;
}

/* x = 2^k (1 + f) for any x > 0: subnormal ones are scaled into the normal
 * range first. */
SIM_INLINE double sim_k_split(double x, double *k)
{
    const double scaled = x < DBL_MIN ? x * 18014398509481984.0 : x; /* 2^54 */
    return sim_k_split_normal(scaled, x < DBL_MIN ? 1077.0 : 1023.0, k);
}

/* (2 atanh(s) - 2 s) / s as a function of z = s^2 <= (3 - sqrt 8)^2; error
 * 1.1e-18. */
SIM_INLINE double sim_k_atanh_rest(double z)
{
    const double w = z * z;
    const double even =
        0.66666666666666663 +
        w * (0.28571428570800356 +
                w * (0.18181795572211046 + w * 0.13268685308081565));
    const double odd =
        0.40000000000000885 +
        w * (0.22222222392395932 +
                w * (0.15386243172540698 + w * 0.13087499024387467));

    return z * (even + z * odd);
}

/* log(2^k (1 + f)), with log(1 + f) = 2 atanh(s), s = f / (2 + f), written as f
 * - (h - s (h + R)) with h = f^2 / 2, so that the leading term f is exact. */
SIM_INLINE double sim_k_log_of(double k, double f)
{
    const double s = f / (2.0 + f);
    const double h = 0.5 * f * f;
    const double rest = s * (h + sim_k_atanh_rest(s * s));

    return k * SIM_K_LN2_HI - ((h - (rest + k * SIM_K_LN2_LO)) - f);
}

SIM_INLINE double sim_k_log(double x)
{
    double k;
    const double f = sim_k_split(x, &k);
    return sim_k_log_of(k, f);
}

/* The same bits for a normal x > 0: uniforms are. */
SIM_INLINE double sim_k_log_normal(double x)
{
    double k;
    const double f = sim_k_split_normal(x, 1023.0, &k);
    return sim_k_log_of(k, f);
}

/* (e^r - 1 - r) / r^2 on |r| <= ln 2 / 2; error of e^r 1.7e-17. */
SIM_INLINE double sim_k_exp_rest(double r)
{
    const double w = r * r;
    const double even = 0.50000000000000011 +
                        w * (0.041666666666624122 +
                                w * (0.0013888888917215586 +
                                        w * (2.4801521293463862e-05 +
                                                w * 2.7620089481954589e-07)));
    const double odd = 0.16666666666666671 +
                       w * (0.0083333333333261341 +
                               w * (0.00019841269874822307 +
                                       w * (2.755725539833871e-06 +
                                               w * 2.5105217695684516e-08)));

    return even + r * odd;
}

/* 2^k for integer k held in the low bits of `rounded` = k + SIM_K_ROUND, as
 * two factors, because 2^k itself may be subnormal or overflow. */
SIM_INLINE double sim_k_scale(double y, double rounded)
{
    /* k + 2048 > 0, so the halving may shift logically */
    const uint64_t k = (sim_k_bits(rounded) + 2048) & 0xfff;
    const uint64_t low = k >> 1;
    const uint64_t high = k - low;

    /* each half stands for (value - 1024); the exponent field wants + 1023 */
    return y * sim_k_double((low - 1) << 52) * sim_k_double((high - 1) << 52);
}

SIM_INLINE double sim_k_exp(double x)
{
    const double low = x < -746.0 ? -746.0 : x;
    const double t = low > 710.0 ? 710.0 : low;
    const double rounded = t * SIM_K_LOG2E + SIM_K_ROUND;
    const double k = rounded - SIM_K_ROUND;
    const double r = (t - k * SIM_K_LN2_HI) - k * SIM_K_LN2_LO;

    return sim_k_scale(1.0 + (r + r * r * sim_k_exp_rest(r)), rounded);
}

/* sin and cos of 2 pi t: t is reduced exactly to r in [-1/8, 1/8] and a
 * quadrant; polynomials in r carry the factor 2 pi, so that no rounded
 * product 2 pi t comes first. */
SIM_INLINE void sim_k_sincos_2pi(double t, double *sin_out, double *cos_out)
{
    const double a = fabs(t);
    const double whole = (a + SIM_K_TWO52) - SIM_K_TWO52;
    /* from 2^52 on every double is a whole number of turns */
    const double turn = a < SIM_K_TWO52 ? a - whole : 0.0;
    const double rounded = 4.0 * turn + SIM_K_ROUND;
    const double r = turn - 0.25 * (rounded - SIM_K_ROUND);
    const double w = r * r;
    const double s_rest =
        -41.341702240399762 +
        w * (81.605249276075043 +
                w * (-76.705859753042915 +
                        w * (42.058693937804087 +
                                w * (-15.094641279341669 +
                                        w * (3.819830728224312 -
                                                w * 0.71244367944255893)))));
    const double c_rest =
        19.739208802178716 +
        w * (-64.939394022668239 +
                w * (85.456817206643791 +
                        w * (-60.244641352698032 +
                                w * (26.426253275258908 +
                                        w * (-7.9032068717037287 +
                                                w * 1.6990334162314247)))));
    const uint64_t s = sim_k_bits(r * 6.283185307179586 + r * w * s_rest);
    const uint64_t c = sim_k_bits(1.0 - w * c_rest);
    const uint64_t quadrant = sim_k_bits(rounded) & 3;
    const uint64_t swap = 0 - (quadrant & 1); /* all ones in 1 and 3 */
    const uint64_t sin_sign =
        ((quadrant & 2) << 62) ^ (sim_k_bits(t) & 0x8000000000000000u);
    const uint64_t cos_sign = ((quadrant + 1) & 2) << 62;

    *sin_out = sim_k_double(((s & ~swap) | (c & swap)) ^ sin_sign);
    *cos_out = sim_k_double(((c & ~swap) | (s & swap)) ^ cos_sign);
}

#endif /* SIM_FMATH_KERNEL_H */
