/* Truth: the definition of the buckets, sorting, and closed-form quantiles. */
#include "sim/hist.h"

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

START_TEST(test_buckets)
{
    /* every bucket begins at its edge and ends below the next */
    for (int b = 1; b < SIM_HIST_BUCKETS; b++) {
        const double low = sim_hist_edge(b), high = sim_hist_edge(b + 1);
        ck_assert_int_eq(sim_hist_bucket(low), b);
        ck_assert_int_eq(sim_hist_bucket(nextafter(high, 0.0)), b);
        ck_assert_double_le((high - low) / low, 1.0 / 128.0);
    }
    ck_assert_double_eq(sim_hist_edge(0), 0.0);
    ck_assert_double_eq(sim_hist_edge(1), ldexp(1.0, -40));
    ck_assert_double_eq(sim_hist_edge(2), ldexp(129.0, -47));
    ck_assert_double_eq(sim_hist_edge(SIM_HIST_BUCKETS), ldexp(1.0, 24));
    ck_assert_int_eq(sim_hist_bucket(0.0), 0);
    ck_assert_int_eq(sim_hist_bucket(-0.0), 0);
    ck_assert_int_eq(sim_hist_bucket(-3.0), 0);
    ck_assert_int_eq(sim_hist_bucket((double)NAN), 0);
    ck_assert_int_eq(sim_hist_bucket(5e-324), 0);
    ck_assert_int_eq(sim_hist_bucket(1e300), SIM_HIST_BUCKETS - 1);
    ck_assert_int_eq(sim_hist_bucket((double)INFINITY), SIM_HIST_BUCKETS - 1);
}
END_TEST

static int64_t count_at(const struct sim_hist *hist, int b)
{
    const int i = b - hist->first;

    return i >= 0 && i < hist->n ? hist->count[i] : 0;
}

/* Values in any order, merged in any grouping, give the same counts. */
START_TEST(test_merge_exact)
{
    enum { N = 20000, PARTS = 7 };
    struct sim_hist all = {0}, up = {0}, down = {0}, parts[PARTS] = {{0}};
    struct sim_stream stream;

    start(&stream, 1);
    for (int i = 0; i < N; i++) {
        const double wide = 80.0 * sim_stream_uniform(&stream) - 60.0;
        const double x = i % 50 == 0 ? 0.0 : sim_exp(wide);
        ck_assert_int_eq(sim_hist_add(&all, x, 1), SIM_OK);
        ck_assert_int_eq(sim_hist_add(&parts[i % PARTS], x, 1), SIM_OK);
    }
    for (int k = 0; k < PARTS; k++) {
        ck_assert_int_eq(sim_hist_merge(&up, &parts[k]), SIM_OK);
        ck_assert_int_eq(sim_hist_merge(&down, &parts[PARTS - 1 - k]), SIM_OK);
    }
    for (int b = 0; b < SIM_HIST_BUCKETS; b++) {
        ck_assert_int_eq(count_at(&all, b), count_at(&up, b));
        ck_assert_int_eq(count_at(&all, b), count_at(&down, b));
    }
    ck_assert_int_eq(sim_hist_total(&all), N);
    ck_assert_int_eq(count_at(&all, 0) >= N / 50, 1);
    for (int k = 0; k < PARTS; k++)
        sim_hist_release(&parts[k]);
    sim_hist_release(&all);
    sim_hist_release(&up);
    sim_hist_release(&down);
    ck_assert_ptr_null(all.count);
}
END_TEST

START_TEST(test_range_grows_both_ways)
{
    struct sim_hist hist = {0}, empty = {0};

    ck_assert_int_eq(sim_hist_add(&hist, 1.0, 5), SIM_OK);
    ck_assert_int_eq(sim_hist_add(&hist, 1e-9, 2), SIM_OK);
    ck_assert_int_eq(sim_hist_add(&hist, 1e6, 3), SIM_OK);
    ck_assert_int_eq(sim_hist_add(&hist, 0.0, 4), SIM_OK);
    ck_assert_int_eq(sim_hist_add(&hist, 1e9, 1), SIM_OK);
    ck_assert_int_eq(sim_hist_merge(&hist, &empty), SIM_OK);
    ck_assert_int_eq(hist.first, 0);
    ck_assert_int_eq(hist.n, SIM_HIST_BUCKETS);
    ck_assert_int_eq(count_at(&hist, sim_hist_bucket(1.0)), 5);
    ck_assert_int_eq(count_at(&hist, sim_hist_bucket(1e-9)), 2);
    ck_assert_int_eq(count_at(&hist, sim_hist_bucket(1e6)), 3);
    ck_assert_int_eq(count_at(&hist, 0), 4);
    ck_assert_int_eq(count_at(&hist, SIM_HIST_BUCKETS - 1), 1);
    ck_assert_int_eq(sim_hist_total(&hist), 15);
    sim_hist_release(&hist);
}
END_TEST

/* 10^6 draws of a lognormal law with sigma 1, against its exact quantiles:
 * 0.4 % for the bucket and 4 standard errors, sqrt(p q / n) / density, for
 * the sample. */
START_TEST(test_quantile_accuracy)
{
    enum { N = 1000000, BLOCK = 1000 };
    static const double levels[] = {0.01, 0.1, 0.5, 0.9, 0.95, 0.99, 0.999};
    double z[BLOCK];
    struct sim_hist hist = {0};
    struct sim_whist whist = {0};
    struct sim_stream stream;

    start(&stream, 2);
    for (int i = 0; i < N; i += BLOCK) {
        sim_stream_normals(&stream, z, BLOCK);
        for (int k = 0; k < BLOCK; k++)
            ck_assert_int_eq(
                sim_hist_add(&hist, 0.05 * sim_exp(z[k]), 1), SIM_OK);
    }
    ck_assert_int_eq(sim_whist_add(&whist, &hist, 0.25), SIM_OK);
    ck_assert_double_eq(sim_whist_total(&whist), 0.25 * N);
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
        const double p = levels[i], exact_z = sim_normal_quantile(p);
        const double density =
            exp(-0.5 * exact_z * exact_z) / sqrt(8 * atan(1.0));
        const double sampling = sqrt(p * (1.0 - p) / N) / density;
        const double q = sim_whist_quantile(&whist, p);
        ck_assert_double_lt(
            fabs(q / (0.05 * exp(exact_z)) - 1.0), 0.004 + 4.0 * sampling);
    }
    sim_hist_release(&hist);
    sim_whist_release(&whist);
}
END_TEST

/* Worked by hand: weight 2 at zero, 4 in [1, 129/128), 2 in [2, 258/128). */
START_TEST(test_quantile_by_hand)
{
    struct sim_hist hist = {0};
    struct sim_whist whist = {0};

    ck_assert(isnan(sim_whist_quantile(&whist, 0.5)));
    ck_assert_double_eq(sim_whist_below(&whist, 1.0), 0.0);
    ck_assert_int_eq(sim_hist_add(&hist, 0.0, 1), SIM_OK);
    ck_assert_int_eq(sim_hist_add(&hist, 1.0, 2), SIM_OK);
    ck_assert_int_eq(sim_hist_add(&hist, 2.01, 1), SIM_OK);
    ck_assert_int_eq(sim_whist_add(&whist, &hist, 2.0), SIM_OK);
    ck_assert_double_eq(sim_whist_quantile(&whist, 0.0), 0.0);
    ck_assert_double_eq(sim_whist_quantile(&whist, 0.2), 0.0);
    ck_assert_double_eq(sim_whist_quantile(&whist, 0.25), 0.0);
    ck_assert_double_eq(sim_whist_quantile(&whist, 0.5), 1.0 + 0.5 / 128);
    ck_assert_double_eq(sim_whist_quantile(&whist, 0.75), 1.0 + 1.0 / 128);
    ck_assert_double_eq(sim_whist_quantile(&whist, 0.875), 2.0 + 1.0 / 128);
    ck_assert_double_eq(sim_whist_quantile(&whist, 1.0), 2.0 + 2.0 / 128);
    ck_assert_double_eq(sim_whist_quantile(&whist, 7.0), 2.0 + 2.0 / 128);
    ck_assert_double_eq(sim_whist_quantile(&whist, -7.0), 0.0);
    ck_assert_double_eq(sim_whist_below(&whist, -1.0), 0.0);
    ck_assert_double_eq(sim_whist_below(&whist, 0.0), 2.0);
    ck_assert_double_eq(sim_whist_below(&whist, 0.5), 2.0);
    ck_assert_double_eq(sim_whist_below(&whist, 1.0 + 0.25 / 128), 3.0);
    ck_assert_double_eq(sim_whist_below(&whist, 1.5), 6.0);
    ck_assert_double_eq(sim_whist_below(&whist, 1e30), 8.0);
    sim_hist_release(&hist);
    sim_whist_release(&whist);
}
END_TEST

START_TEST(test_below_inverts_quantile)
{
    struct sim_hist hist = {0};
    struct sim_whist one = {0}, two = {0};
    struct sim_stream stream;

    start(&stream, 3);
    for (int i = 0; i < 5000; i++)
        ck_assert_int_eq(
            sim_hist_add(&hist, sim_stream_uniform(&stream), 1), SIM_OK);
    ck_assert_int_eq(sim_whist_add(&one, &hist, 0.3), SIM_OK);
    ck_assert_int_eq(sim_whist_add(&two, &hist, 0.7), SIM_OK);
    ck_assert_int_eq(sim_whist_merge(&one, &two), SIM_OK);
    for (double p = 0.01; p < 1.0; p += 0.01)
        ck_assert_double_eq_tol(
            sim_whist_below(&one, sim_whist_quantile(&one, p)), 5000.0 * p,
            1e-8);
    sim_hist_release(&hist);
    sim_whist_release(&one);
    sim_whist_release(&two);
}
END_TEST

START_TEST(test_out_of_memory)
{
    struct sim_hist hist = {0}, far = {0};
    struct sim_whist whist = {0};

    ck_assert_int_eq(sim_hist_add(&hist, 1.0, 3), SIM_OK);
    ck_assert_int_eq(sim_hist_add(&far, 1e-6, 3), SIM_OK);
    sim_alloc_fail_at(1, 1);
    ck_assert_int_eq(sim_hist_add(&hist, 1e6, 1), SIM_E_NOMEM);
    ck_assert_int_eq(sim_hist_merge(&hist, &far), SIM_E_NOMEM);
    ck_assert_int_eq(sim_whist_add(&whist, &hist, 1.0), SIM_E_NOMEM);
    ck_assert_int_eq(sim_hist_add(&hist, 1.0, 1), SIM_OK); /* no growth */
    sim_alloc_fail_at(0, 0);
    ck_assert_int_eq(sim_hist_total(&hist), 4);
    ck_assert_int_eq(whist.n, 0);
    sim_hist_release(&hist);
    sim_hist_release(&far);
    sim_whist_release(&whist);
}
END_TEST

TEST_MAIN("sim/hist", test_buckets, test_merge_exact,
    test_range_grows_both_ways, test_quantile_accuracy, test_quantile_by_hand,
    test_below_inverts_quantile, test_out_of_memory)
