/* Truth: 40-digit values computed with mpmath 1.3, and the 80-bit libm as an
 * independent program where long double has its 64-bit mantissa. */
#include "sim/fmath.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "check_main.h"
#include "sim/rng.h"

static double relative(double got, long double want)
{
    return (double)(fabsl((long double)got - want) / fabsl(want));
}

static void start(struct sim_stream *stream, uint64_t seed)
{
    const struct sim_key key = {.seed = seed, .purpose = SIM_FOR_TEST};

    sim_stream_init(stream, &key);
}

START_TEST(test_log_values)
{
    static const double table[][2] = {
        {0.5, -0.69314718055994530942},
        {3.0, 1.0986122886681096914},
        {1e-300, -690.77552789821370518},
        {1e300, 690.77552789821370526},
        {5e-324, -744.44007192138126231},
        {1.0000000001, 1.0000000826903709908e-10},
    };

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        ck_assert_double_le(
            relative(sim_log(table[i][0]), (long double)table[i][1]), 2.5e-16);
    ck_assert_double_eq(sim_log(1.0), 0.0);
    /* log(1 + x) = x - x^2/2 + ...: the sum has no digit of x below 1e-16 */
    ck_assert_double_le(relative(sim_log_one_plus(1e-20), 1e-20L), 2.5e-16);
    ck_assert_double_le(
        relative(sim_log_one_plus(1e-8), 9.9999999500000003333e-9L), 4e-16);
}
END_TEST

START_TEST(test_exp_values)
{
    static const double table[][2] = {
        {-1e-10, 0.9999999999},
        {0.1, 1.1051709180756476302},
        {1.0, 2.7182818284590452354},
        {-700.3, 7.304228033645715365e-305},
        {709.7, 1.6549840276802644031e308},
    };

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        ck_assert_double_le(
            relative(sim_exp(table[i][0]), (long double)table[i][1]), 4e-16);
    ck_assert_double_eq(sim_exp(0.0), 1.0);
    ck_assert_double_eq(sim_exp(-745.0), 4.9406564584124654e-324);
    ck_assert_double_eq(sim_exp(-746.0), 0.0);
    ck_assert_double_eq(sim_exp(-1e300), 0.0);
    ck_assert(isinf(sim_exp(709.8)) && isinf(sim_exp(1e300)));
    ck_assert(isnan(sim_exp((double)NAN)));
    ck_assert_double_eq(sim_exp((double)-INFINITY), 0.0);
    for (int k = -1074; k <= 1023; k++)
        ck_assert_double_eq(sim_exp2(k), ldexp(1.0, k));
    ck_assert(isinf(sim_exp2(1024.0)));
    ck_assert_double_eq(sim_exp2(-1077.0), 0.0);
}
END_TEST

START_TEST(test_pow_values)
{
    /* x, y, x^y, allowed relative error */
    static const double table[][4] = {
        {10.0, 3.0, 1000.0, 4e-16},
        {10.0, -3.7, 1.9952623149688787852e-4, 4e-16},
        {2.0, 0.5, 1.4142135623730950488, 4e-16},
        {1.0001, 50000.0, 148.37606292299292081, 4e-16},
        {0.3, 500.0, 3.6360291795869264042e-262, 1e-14},
        {7e200, 1.4, 1.5245344971378833451e281, 1e-14},
    };

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        ck_assert_double_le(relative(sim_pow(table[i][0], table[i][1]),
                                (long double)table[i][2]),
            table[i][3]);
    ck_assert_double_eq(sim_pow(5.0, 0.0), 1.0);
    ck_assert_double_eq(sim_pow(1.0, 1e308), 1.0);
    ck_assert_double_eq(sim_pow(2.0, -1074.0), 4.9406564584124654e-324);
    ck_assert_double_eq(sim_pow(1e300, -2.0), 0.0);
    ck_assert(isinf(sim_pow(1e300, 2.0)));
}
END_TEST

#if LDBL_MANT_DIG >= 64
START_TEST(test_against_long_double)
{
    const long double two_pi = 6.283185307179586476925286766559L;
    struct sim_stream stream;

    start(&stream, 1);
    for (int i = 0; i < 200000; i++) {
        const double u = sim_stream_uniform(&stream);
        const double a = 1416.0 * (u - 0.5);
        const double b = sim_exp(a), c = 0.9 + 0.2 * u;
        double s, co;
        ck_assert_double_le(relative(b, expl(a)), 2.5e-16);
        ck_assert_double_le(relative(sim_log(b), logl(b)), 2.5e-16);
        ck_assert_double_le(relative(sim_log(c), logl(c)), 2.5e-16);
        ck_assert_double_le(relative(sim_exp2(a), exp2l(a)), 2.5e-16);
        sim_sincos_2pi(u, &s, &co);
        ck_assert_double_le(
            (double)fabsl((long double)s - sinl(two_pi * u)), 2e-16);
        ck_assert_double_le(
            (double)fabsl((long double)co - cosl(two_pi * u)), 2e-16);
        const double z = 40.0 * (u - 0.75);
        ck_assert_double_le(
            relative(sim_normal_cdf(z), 0.5L * erfcl(-z / sqrtl(2.0L))), 2e-15);
        const double x = sim_exp(40.0 * (u - 0.5));
        const double y = 2.0 * sim_stream_uniform(&stream) - 1.0;
        ck_assert_double_le(relative(sim_pow(x, y), powl(x, y)), 4e-16);
    }
}
END_TEST
#else
START_TEST(test_against_long_double)
{
}
END_TEST
#endif

START_TEST(test_sincos_turns)
{
    double s, c;

    /* multiples of a quarter turn are exact, whatever the number of turns */
    for (int q = -9; q <= 9; q++) {
        static const double sines[] = {0.0, 1.0, 0.0, -1.0};
        sim_sincos_2pi(0.25 * q, &s, &c);
        ck_assert_double_eq(s, sines[(q + 12) % 4]);
        ck_assert_double_eq(c, sines[(q + 13) % 4]);
    }
    sim_sincos_2pi(4503599627370495.5, &s, &c); /* 2^52 - 1/2 */
    ck_assert_double_eq(s, 0.0);
    ck_assert_double_eq(c, -1.0);
    sim_sincos_2pi(2251799813685247.75, &s, &c); /* 2^51 - 1/4 */
    ck_assert_double_eq(s, -1.0);
    sim_sincos_2pi(-1e300, &s, &c);
    ck_assert_double_eq(s, 0.0);
    ck_assert_double_eq(c, 1.0);
}
END_TEST

START_TEST(test_normal)
{
    static const double quantiles[][2] = {
        {0.025, -1.9599639845400542118},
        {0.05, -1.644853626951472688},
        {0.3, -0.52440051270804081597},
        {0.6, 0.25334710313579974132},
        {0.95, 1.6448536269514722843},
        {0.99, 2.3263478740408407676},
        {1e-10, -6.3613409024040561991},
        {1e-100, -21.273453560965324294},
        {1e-300, -37.047096299361199237},
    };
    static const double probabilities[][2] = {
        {-37.0, 5.7255712225245768227e-300},
        {-8.0, 6.2209605742717841235e-16},
        {-1.5, 0.066807201268858066004},
        {-0.1, 0.46017216272297101633},
        {0.5, 0.69146246127401310364},
        {3.3, 0.99951657585761622249},
    };

    for (size_t i = 0; i < sizeof quantiles / sizeof quantiles[0]; i++)
        ck_assert_double_le(relative(sim_normal_quantile(quantiles[i][0]),
                                (long double)quantiles[i][1]),
            1e-15);
    for (size_t i = 0; i < sizeof probabilities / sizeof probabilities[0]; i++)
        ck_assert_double_le(relative(sim_normal_cdf(probabilities[i][0]),
                                (long double)probabilities[i][1]),
            2e-15);
    ck_assert_double_eq(sim_normal_quantile(0.5), 0.0);
    ck_assert_double_eq(sim_normal_cdf(0.0), 0.5);
    ck_assert_double_eq(sim_normal_cdf((double)INFINITY), 1.0);
    ck_assert_double_eq(sim_normal_cdf((double)-INFINITY), 0.0);
    for (double p = 1e-12; p < 0.5; p *= 3.0)
        ck_assert_double_eq_tol(
            sim_normal_cdf(sim_normal_quantile(p)) / p, 1.0, 1e-13);
}
END_TEST

START_TEST(test_arrays_equal_scalars)
{
    enum { N = 1003 }; /* not a multiple of any vector length */
    double x[N], y[N], s[N], c[N];
    struct sim_stream stream;

    start(&stream, 2);
    for (int i = 0; i < N; i++)
        x[i] = sim_exp(1400.0 * (sim_stream_uniform(&stream) - 0.5));
    x[0] = 5e-324;
    sim_log_n(x, y, N);
    for (int i = 0; i < N; i++) {
        ck_assert_double_eq(y[i], sim_log(x[i]));
        x[i] = 3000.0 * (sim_stream_uniform(&stream) - 0.5);
    }
    memcpy(y, x, sizeof y);
    sim_exp_n(y, y, N); /* in place */
    sim_sincos_2pi_n(x, s, c, N);
    for (int i = 0; i < N; i++) {
        double si, ci;
        sim_sincos_2pi(x[i], &si, &ci);
        ck_assert_double_eq(y[i], sim_exp(x[i]));
        ck_assert_double_eq(s[i], si);
        ck_assert_double_eq(c[i], ci);
    }
}
END_TEST

static uint64_t fold(uint64_t hash, double x)
{
    uint64_t bits;

    memcpy(&bits, &x, sizeof bits);
    return (hash ^ bits) * 0x100000001b3u;
}

/* One number for all bits of all functions: the same with gcc and clang, at
 * -O0 and -O3, with and without AVX2 (found so on x86-64). */
START_TEST(test_same_bits)
{
    enum { N = 4096 };
    static const uint64_t expected = 0xab9d653d61bb42c7u;
    double u[N], x[N], s[N], c[N];
    uint64_t hash = 0xcbf29ce484222325u;
    struct sim_stream stream;

    start(&stream, 3);
    sim_stream_uniforms(&stream, u, N);
    sim_log_n(u, x, N);
    sim_sincos_2pi_n(x, s, c, N);
    for (int i = 0; i < N; i++) {
        hash = fold(hash, x[i]);
        hash = fold(fold(hash, s[i]), c[i]);
        hash = fold(hash, sim_normal_quantile(u[i]));
        hash = fold(hash, sim_normal_cdf(8.0 * u[i] - 4.0));
        hash = fold(hash, sim_pow(u[i], 20.0 * u[i] - 10.0));
        hash = fold(hash, sim_exp2(2000.0 * u[i] - 1000.0));
    }
    sim_exp_n(x, x, N);
    for (int i = 0; i < N; i++)
        hash = fold(hash, x[i]);
    ck_assert_msg(hash == expected, "0x%016llx", (unsigned long long)hash);
}
END_TEST

TEST_MAIN("sim/fmath", test_log_values, test_exp_values, test_pow_values,
    test_against_long_double, test_sincos_turns, test_normal,
    test_arrays_equal_scalars, test_same_bits)
