/* Truth: tables of Student's t (40-digit values from mpmath), textbook
 * identities, and the coverage of intervals on data whose truth is known. */
#include "sim/stats.h"

#include <math.h>

#include "check_main.h"
#include "sim/alloc.h"
#include "sim/fmath.h"
#include "sim/rng.h"

static void start(struct sim_stream *stream, uint64_t seed)
{
    const struct sim_key key = {.seed = seed, .purpose = SIM_FOR_TEST};

    sim_stream_init(stream, &key);
}

START_TEST(test_t_table)
{
    static const double table[][3] = {
        {0.975, 1, 12.706204736174705},
        {0.975, 2, 4.3026527297494639},
        {0.975, 7, 2.3646242515927853},
        {0.975, 15, 2.1314495455597757},
        {0.975, 31, 2.0395134463964085},
        {0.975, 63, 1.9983405425207416},
        {0.995, 3, 5.8409093097333573},
        {0.9, 10, 1.3721836411103356},
        {0.95, 999, 1.6463803454275356},
    };

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        const double *row = table[i];
        ck_assert_double_eq_tol(
            sim_t_quantile(row[0], row[1]) / row[2], 1.0, 1e-10);
        ck_assert_double_eq_tol(
            sim_t_quantile(1.0 - row[0], row[1]) / row[2], -1.0, 1e-10);
    }
}
END_TEST

START_TEST(test_sum)
{
    struct sim_sum s = {0};

    /* a plain sum gives 0 */
    sim_sum_add(&s, 1.0);
    sim_sum_add(&s, 1e100);
    sim_sum_add(&s, 1.0);
    sim_sum_add(&s, -1e100);
    ck_assert_double_eq(sim_sum_value(&s), 2.0);
    s = (struct sim_sum){0};
    for (int i = 0; i < 1000000; i++)
        sim_sum_add(&s, 0.1);
    ck_assert_double_eq(sim_sum_value(&s), 100000.0);
}
END_TEST

/* With y = 1 the ratio is the mean and its se is s / sqrt(n). */
START_TEST(test_ratio_is_mean)
{
    static const double x[] = {3.0, 5.0, 4.0, 8.0};
    static const double y[] = {1.0, 1.0, 1.0, 1.0};
    struct sim_interval out;

    sim_ratio_estimate(x, y, 4, 0.95, &out);
    ck_assert_double_eq(out.value, 5.0);
    /* deviations -2 0 -1 3: s^2 = 14 / 3 */
    ck_assert_double_eq_tol(out.se, sqrt(14.0 / 3.0 / 4.0), 1e-15);
    ck_assert_double_eq_tol(out.half_width, 3.1824463052842629 * out.se, 1e-12);
    ck_assert_int_eq(out.n, 4);
    sim_ratio_estimate(x, y, 1, 0.95, &out);
    ck_assert_double_eq(out.value, 3.0);
    ck_assert(isnan(out.half_width) && isnan(out.se));
    sim_ratio_estimate(x, (const double[]){0, 0, 0, 0}, 4, 0.95, &out);
    ck_assert(isnan(out.value) && isnan(out.half_width));
    sim_ratio_estimate(x, y, 0, 0.95, &out);
    ck_assert(isnan(out.value));
}
END_TEST

/* Worked by hand: x = 2 3 7, y = 1 2 3, R = 2; e = 0 -1 1; se =
 * sqrt(2 / 6) / 2. */
START_TEST(test_ratio_by_hand)
{
    static const double x[] = {2.0, 3.0, 7.0}, y[] = {1.0, 2.0, 3.0};
    struct sim_interval out;

    sim_ratio_estimate(x, y, 3, 0.95, &out);
    ck_assert_double_eq(out.value, 2.0);
    ck_assert_double_eq_tol(out.se, sqrt(2.0 / 6.0) / 2.0, 1e-15);
}
END_TEST

/* Nominal 95 % intervals of E[X] / E[Y] for correlated X, Y over 16
 * replications: coverage over 4,000 repetitions has a standard error of
 * 0.34 %; the ratio estimator itself is off by O(1/R). */
START_TEST(test_ratio_coverage)
{
    enum { REPEAT = 4000, R = 16 };
    int covered = 0;
    struct sim_stream stream;

    start(&stream, 1);
    for (int k = 0; k < REPEAT; k++) {
        double x[R], y[R], z[2 * R];
        struct sim_interval out;
        sim_stream_normals(&stream, z, (size_t)2 * R);
        for (int r = 0; r < R; r++) {
            y[r] = 100.0 + 10.0 * z[2 * r];
            x[r] = 0.3 * y[r] + 3.0 * z[2 * r + 1] + 1.0;
        }
        sim_ratio_estimate(x, y, R, 0.95, &out);
        covered += fabs(out.value - 0.31) <= out.half_width;
    }
    ck_assert_double_gt((double)covered / REPEAT, 0.93);
    ck_assert_double_lt((double)covered / REPEAT, 0.97);
}
END_TEST

/* p95 of a lognormal law from 12 replications of 400 draws each. */
START_TEST(test_quantile_coverage)
{
    enum { REPEAT = 400, R = 12, DRAWS = 400 };
    const double truth = exp(0.5 * 1.6448536269514722);
    int covered = 0;
    double sum = 0.0;
    struct sim_stream stream;

    start(&stream, 2);
    for (int k = 0; k < REPEAT; k++) {
        struct sim_whist hists[R] = {{0}};
        struct sim_interval out;
        for (int r = 0; r < R; r++) {
            struct sim_hist hist = {0};
            double z[DRAWS];
            sim_stream_normals(&stream, z, DRAWS);
            for (int i = 0; i < DRAWS; i++)
                ck_assert_int_eq(
                    sim_hist_add(&hist, sim_exp(0.5 * z[i]), 1), SIM_OK);
            ck_assert_int_eq(sim_whist_add(&hists[r], &hist, 2.5), SIM_OK);
            sim_hist_release(&hist);
        }
        ck_assert_int_eq(
            sim_quantile_estimate(hists, R, 0.95, 0.95, &out), SIM_OK);
        covered += fabs(out.value - truth) <= out.half_width;
        sum += out.value;
        /* se is on the probability scale: sqrt(p q / n) for independent
         * draws, itself uncertain by 1 / sqrt(2 (R - 1)) = 21 % */
        ck_assert_double_gt(out.se, 0.2 * sqrt(0.0475 / (R * DRAWS)));
        ck_assert_double_lt(out.se, 2.2 * sqrt(0.0475 / (R * DRAWS)));
        for (int r = 0; r < R; r++)
            sim_whist_release(&hists[r]);
    }
    /* coverage: standard error 1.1 %, 3 of them and 1 % for the estimator */
    ck_assert_double_gt((double)covered / REPEAT, 0.91);
    ck_assert_double_lt((double)covered / REPEAT, 0.99);
    /* mean of the estimates: bucket 0.4 %, sampling 1.1 % / sqrt(400) */
    ck_assert_double_eq_tol(sum / REPEAT / truth, 1.0, 0.006);
}
END_TEST

START_TEST(test_quantile_edges)
{
    struct sim_whist empty[2] = {{0}};
    struct sim_whist full = {0};
    struct sim_hist hist = {0};
    struct sim_interval out = {1.0, 2.0, 3.0, 4};

    ck_assert_int_eq(sim_quantile_estimate(empty, 2, 0.5, 0.95, &out), SIM_OK);
    ck_assert(isnan(out.value) && isnan(out.half_width));
    ck_assert_int_eq(sim_hist_add(&hist, 1.0, 100), SIM_OK);
    ck_assert_int_eq(sim_whist_add(&full, &hist, 1.0), SIM_OK);
    ck_assert_int_eq(sim_quantile_estimate(&full, 1, 0.5, 0.95, &out), SIM_OK);
    ck_assert_double_eq_tol(out.value, 1.0, 0.01);
    ck_assert(isnan(out.half_width));
    out.value = 42.0;
    sim_alloc_fail_at(1, 1);
    ck_assert_int_eq(
        sim_quantile_estimate(&full, 1, 0.5, 0.95, &out), SIM_E_NOMEM);
    sim_alloc_fail_at(0, 0);
    ck_assert_double_eq(out.value, 42.0);
    sim_hist_release(&hist);
    sim_whist_release(&full);
}
END_TEST

/* The jackknife of a mean is the classical standard error, exactly. */
START_TEST(test_jackknife_linear)
{
    enum { N = 13 };
    double x[N], ones[N], without[N], sum = 0.0;
    struct sim_interval jack, classic;
    struct sim_stream stream;

    start(&stream, 3);
    sim_stream_exponentials(&stream, x, N);
    for (int i = 0; i < N; i++) {
        ones[i] = 1.0;
        sum += x[i];
    }
    for (int i = 0; i < N; i++)
        without[i] = (sum - x[i]) / (N - 1);
    sim_jackknife_estimate(sum / N, without, N, 0.9, &jack);
    sim_ratio_estimate(x, ones, N, 0.9, &classic);
    ck_assert_double_eq_tol(jack.value / classic.value, 1.0, 1e-14);
    ck_assert_double_eq_tol(jack.se / classic.se, 1.0, 1e-13);
    ck_assert_double_eq_tol(jack.half_width / classic.half_width, 1.0, 1e-13);
    sim_jackknife_estimate(7.0, without, 1, 0.9, &jack);
    ck_assert_double_eq(jack.value, 7.0);
    ck_assert(isnan(jack.half_width));
}
END_TEST

/* The definition, batch by batch, without the running update. */
static size_t mser5_by_definition(const double *x, size_t n)
{
    const size_t m = n / 5;
    double best = HUGE_VAL;
    size_t cut = 0;

    for (size_t d = 0; d + 5 <= m; d++) {
        double mean = 0.0, squares = 0.0;
        for (size_t i = 5 * d; i < 5 * m; i++)
            mean += x[i] / (double)(5 * (m - d));
        for (size_t j = d; j < m; j++) {
            double y = 0.0;
            for (size_t i = 0; i < 5; i++)
                y += x[5 * j + i] / 5.0;
            squares += (y - mean) * (y - mean);
        }
        squares /= (double)((m - d) * (m - d));
        if (squares < best) {
            best = squares;
            cut = d;
        }
    }
    return cut > m / 2 ? n : 5 * cut;
}

START_TEST(test_mser5)
{
    enum { N = 2048 };
    static double x[N];
    struct sim_stream stream;

    start(&stream, 4);
    sim_stream_normals(&stream, x, N);
    /* a transient that is 1 % of its start after 920 values */
    for (int i = 0; i < N; i++)
        x[i] += 100.0 - 40.0 * exp(-i / 200.0);
    const size_t cut = sim_mser5(x, N);
    ck_assert_uint_eq(cut, mser5_by_definition(x, N));
    ck_assert_uint_eq(cut % 5, 0);
    /* what is left of the transient is below the noise of a batch, 0.45, and
     * the cut does not throw away much more than that */
    ck_assert_double_lt(40.0 * exp(-(double)cut / 200.0), 1.0);
    ck_assert_uint_lt(cut, N / 2);

    /* still rising at the end: too short */
    for (int i = 0; i < N; i++)
        x[i] = i;
    ck_assert_uint_eq(sim_mser5(x, N), N);
    for (int i = 0; i < N; i++)
        x[i] = 2.5;
    ck_assert_uint_eq(sim_mser5(x, N), 0);
    ck_assert_uint_eq(sim_mser5(x, 49), 49);
    ck_assert_uint_eq(sim_mser5(x, 50), 0);
    ck_assert_uint_eq(sim_mser5(x, 0), 0);
}
END_TEST

TEST_MAIN("sim/stats", test_t_table, test_sum, test_ratio_is_mean,
    test_ratio_by_hand, test_ratio_coverage, test_quantile_coverage,
    test_quantile_edges, test_jackknife_linear, test_mser5)
