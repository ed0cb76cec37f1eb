/* Truth: GSL's distribution functions, closed forms, and 40-digit values from
 * mpmath; samples against them by Kolmogorov and Smirnov. */
#include "sim/dist.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sf_gamma.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check_main.h"
#include "dist_make.h"

/* ---- distribution functions, by the numbers used in make_all ------------ */

static double exponential_cdf(double x)
{
    return gsl_cdf_exponential_P(x, 2.0);
}

static double lognormal_cdf(double x) /* median 12, p95 30 */
{
    return gsl_cdf_ugaussian_P(
        log(x / 12.0) / (log(30.0 / 12.0) / 1.6448536269514722));
}

static double gamma_cdf(double x) /* mean 3, cv 0.5 */
{
    return gsl_cdf_gamma_P(x, 4.0, 0.75);
}

static double bursty_cdf(double x) /* mean 3, cv 2 */
{
    return gsl_cdf_gamma_P(x, 0.25, 12.0);
}

static double erlang_cdf(double x) /* mean 2, k 3 */
{
    return gsl_cdf_gamma_P(x, 3.0, 2.0 / 3.0);
}

static double weibull_cdf(double x) /* shape 1.5, scale 2 */
{
    return gsl_cdf_weibull_P(x, 2.0, 1.5);
}

static double pareto_cdf(double x) /* min 2, alpha 2.5 */
{
    return gsl_cdf_pareto_P(x, 2.5, 2.0);
}

static double hyper_cdf(double x)
{
    return 0.887 * gsl_cdf_exponential_P(x, 0.5) +
           0.113 * gsl_cdf_exponential_P(x, 4.4);
}

static double uniform_cdf(double x)
{
    return gsl_cdf_flat_P(x, 1.0, 3.0);
}

static double triangular_cdf(double x) /* 1, 2, 5 */
{
    return x < 2.0 ? (x - 1.0) * (x - 1.0) / 4.0
                   : 1.0 - (5.0 - x) * (5.0 - x) / 12.0;
}

static double table_cdf(double x) /* 0 1 4 at 0 0.5 1 */
{
    return x < 1.0 ? 0.5 * x : 0.5 + (x - 1.0) / 6.0;
}

static double mixture_cdf(double x)
{
    return 0.25 * lognormal_cdf(x) + 0.75 * gamma_cdf(x);
}

struct law {
    const char *name;
    const struct sim_dist *dist;
    double (*cdf)(double x); /* of the law before truncation */
    double min, max;
};

enum { N_PLAIN = 12, N_LAWS = 2 * N_PLAIN };

static void make_plain(struct law *laws, struct sim_arena *arena)
{
    static const double ends[] = {1.0, 3.0}, corners[] = {1.0, 2.0, 5.0};
    static const double p[] = {0.887}, means[] = {0.5, 4.4};
    static const double levels[] = {0.0, 0.5, 1.0}, x[] = {0.0, 1.0, 4.0};
    static const double weights[] = {1.0, 3.0};
    struct lognormal log_cfg = no_lognormal;
    struct sim_dist *table = NULL, *mixture = NULL;

    log_cfg.median = 12.0;
    log_cfg.p95 = 30.0;
    const struct law plain[N_PLAIN] = {
        {"exponential", make("exponential", &(double){2.0}, arena),
            exponential_cdf, 1.0, 3.0},
        {"lognormal", make("lognormal", &log_cfg, arena), lognormal_cdf, 0.0,
            20.0},
        {"gamma", make("gamma", (double[]){3.0, 0.5}, arena), gamma_cdf, 2.0,
            infinity},
        {"bursty", make("gamma", (double[]){3.0, 2.0}, arena), bursty_cdf, 0.1,
            5.0},
        {"erlang", make("erlang", &(struct erlang){2.0, 3}, arena), erlang_cdf,
            1.0, 2.0},
        {"weibull",
            make("weibull", &(struct weibull){NAN, NAN, 1.5, 2.0}, arena),
            weibull_cdf, 1.0, infinity},
        {"pareto", make("pareto", (double[]){2.0, 2.5}, arena), pareto_cdf, 3.0,
            9.0},
        {"hyper",
            make(
                "hyperexponential", &(struct hyper){{p, 1}, {means, 2}}, arena),
            hyper_cdf, 0.2, 2.0},
        {"uniform", make("uniform", &(struct list){ends, 2}, arena),
            uniform_cdf, 1.5, 9.0},
        {"triangular", make("triangular", &(struct list){corners, 3}, arena),
            triangular_cdf, 1.5, 4.0},
        {"table", NULL, table_cdf, 0.5, 3.0},
        {"mixture", NULL, mixture_cdf, 1.0, 25.0},
    };
    memcpy(laws, plain, sizeof plain);
    ck_assert_int_eq(
        sim_dist_quantiles(levels, x, 3, arena, &table, NULL), SIM_OK);
    laws[10].dist = table;
    const struct sim_dist *parts[] = {laws[1].dist, laws[2].dist};
    ck_assert_int_eq(
        sim_dist_mixture(weights, parts, 2, arena, &mixture, NULL), SIM_OK);
    laws[11].dist = mixture;
}

/* Every law as it is, then every law truncated. */
static void make_all(struct law *laws, struct sim_arena *arena)
{
    make_plain(laws, arena);
    for (int i = 0; i < N_PLAIN; i++) {
        struct law *tail = &laws[N_PLAIN + i];
        *tail = laws[i];
        tail->dist = cut(laws[i].dist, laws[i].min, laws[i].max, arena);
        laws[i].min = -infinity;
        laws[i].max = infinity;
    }
}

/* Distribution function of a truncated law, given that of the whole one. */
static double cdf_at(const struct law *law, double x)
{
    const double low = sim_dist_low(law->dist), high = sim_dist_high(law->dist);
    const double from = low > law->min ? 0.0 : law->cdf(low);
    const double to =
        high < infinity && high >= law->max ? law->cdf(high) : 1.0;

    return x <= low    ? 0.0
           : x >= high ? 1.0
                       : (law->cdf(x) - from) / (to - from);
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

START_TEST(test_splits)
{
    enum { N = 1000 };
    double whole[N], parts[N];
    struct sim_arena arena = {0};
    struct law laws[N_LAWS];
    struct sim_stream stream;

    make_all(laws, &arena);
    for (int k = 0; k < N_LAWS; k++) {
        start(&stream, 1);
        sim_dist_fill(laws[k].dist, &stream, whole, N);
        start(&stream, 1);
        for (int i = 0; i < N; i++)
            parts[i] = sim_dist_draw(laws[k].dist, &stream);
        ck_assert_msg(memcmp(whole, parts, sizeof whole) == 0, "%s, by one",
            laws[k].name);
        start(&stream, 1);
        for (int i = 0, n = 1; i < N; i += n, n = n % 97 + 3)
            sim_dist_fill(laws[k].dist, &stream, parts + i,
                (size_t)(n < N - i ? n : N - i));
        ck_assert_msg(
            memcmp(whole, parts, sizeof whole) == 0, "%s, mixed", laws[k].name);
    }
    sim_arena_release(&arena);
}
END_TEST

/* One number for all bits of all draws: the same with gcc and clang, at -O0 and
 * -O3, with and without AVX2 (found so on x86-64). */
START_TEST(test_same_bits)
{
    enum { N = 500 };
    static const uint64_t expected = 0xad7f262c8e162adau;
    double x[N];
    uint64_t hash = 0xcbf29ce484222325u;
    struct sim_arena arena = {0};
    struct law laws[N_LAWS];
    struct sim_stream stream;

    make_all(laws, &arena);
    for (int k = 0; k < N_LAWS; k++) {
        start(&stream, 2);
        sim_dist_fill(laws[k].dist, &stream, x, N);
        for (int i = 0; i < N; i++) {
            uint64_t bits;
            memcpy(&bits, &x[i], sizeof bits);
            hash = (hash ^ bits) * 0x100000001b3u;
        }
    }
    ck_assert_msg(hash == expected, "0x%016llx", (unsigned long long)hash);
    sim_arena_release(&arena);
}
END_TEST

/* Largest distance of the sample from the law: D sqrt(n) > 2.2 has
 * probability 1.3e-4 (Kolmogorov's limit); support respected. */
START_TEST(test_samples_follow_law)
{
    enum { N = 20000 };
    static double x[N];
    struct sim_arena arena = {0};
    struct law laws[N_LAWS];
    struct sim_stream stream;

    make_all(laws, &arena);
    for (int k = 0; k < N_LAWS; k++) {
        double largest = 0.0;
        start(&stream, (uint64_t)(10 + k));
        sim_dist_fill(laws[k].dist, &stream, x, N);
        qsort(x, N, sizeof x[0], compare);
        ck_assert_double_ge(x[0], sim_dist_low(laws[k].dist));
        ck_assert_double_le(x[N - 1], sim_dist_high(laws[k].dist));
        for (int i = 0; i < N; i++) {
            const double f = cdf_at(&laws[k], x[i]);
            largest = fmax(largest, fmax(f - (double)i / N, (i + 1.0) / N - f));
        }
        ck_assert_msg(largest * sqrt(N) < 2.2, "%s%s: %g", laws[k].name,
            k < N_PLAIN ? "" : " truncated", largest * sqrt(N));
    }
    sim_arena_release(&arena);
}
END_TEST

/* F(Q(p)) = p for every law, in both tails. */
START_TEST(test_quantiles_invert)
{
    static const double levels[] = {
        1e-9, 1e-4, 0.05, 0.3, 0.5, 0.75, 0.95, 0.99, 1.0 - 1e-6};
    struct sim_arena arena = {0};
    struct law laws[N_LAWS];

    make_all(laws, &arena);
    for (int k = 0; k < N_LAWS; k++) {
        for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
            const double q = sim_dist_quantile(laws[k].dist, levels[i]);
            const double error = cdf_at(&laws[k], q) - levels[i];
            ck_assert_msg(
                fabs(error) < 1e-10 && q >= sim_dist_low(laws[k].dist),
                "%s %d at %g: %g", laws[k].name, k, levels[i], error);
        }
    }
    sim_arena_release(&arena);
}
END_TEST

/* Mean and sd of every law against its own quantiles: mid-point rule over
 * 200,000 levels, with a tolerance for the tails it cuts. */
START_TEST(test_moments)
{
    enum { N = 200000 };
    struct sim_arena arena = {0};
    struct law laws[N_LAWS];

    make_all(laws, &arena);
    for (int k = 0; k < N_LAWS; k++) {
        const struct sim_dist *d = laws[k].dist;
        const double mean = sim_dist_mean(d), sd = sim_dist_sd(d);
        double sum = 0.0, squares = 0.0;
        /* quantiles found by iteration are too slow for the fine grid */
        const int slow = strcmp(laws[k].name, "mixture") == 0 ||
                         strcmp(laws[k].name, "hyper") == 0 ||
                         strcmp(laws[k].name, "bursty") == 0 ||
                         strcmp(laws[k].name, "gamma") == 0 ||
                         strcmp(laws[k].name, "erlang") == 0;
        const int n = slow ? N / 100 : N;
        for (int i = 0; i < n; i++) {
            const double x = sim_dist_quantile(d, (i + 0.5) / n) - mean;
            sum += x;
            squares += x * x;
        }
        const double loose = slow ? 20.0 : 1.0;
        ck_assert_msg(fabs(sum / n) < loose * 2e-3 * sd, "%s %d: mean off %g",
            laws[k].name, k, sum / n / sd);
        /* the variance of this Pareto law is nearly all tail */
        ck_assert_msg(
            fabs(sqrt(squares / n) / sd - 1.0) <
                (strcmp(laws[k].name, "pareto") == 0 ? 0.2 : loose * 3e-3),
            "%s %d: sd off %g", laws[k].name, k, sqrt(squares / n) / sd - 1.0);
    }
    sim_arena_release(&arena);
}
END_TEST

/* Moments of truncated laws in closed form. */
START_TEST(test_truncated_moments)
{
    struct sim_arena arena = {0};
    struct lognormal cfg = no_lognormal;
    const struct sim_dist *d;

    /* exponential, mean 2, on [0, 3]: m - b / (e^(b/m) - 1) */
    d = cut(make("exponential", &(double){2.0}, &arena), 0.0, 3.0, &arena);
    ck_assert_double_eq_tol(sim_dist_mean(d), 2.0 - 3.0 / expm1(1.5), 1e-9);
    /* second moment: 2 m^2 - b (b + 2 m) / (e^(b/m) - 1) */
    const double second = 8.0 - 3.0 * 7.0 / expm1(1.5);
    ck_assert_double_eq_tol(sim_dist_sd(d),
        sqrt(second - sim_dist_mean(d) * sim_dist_mean(d)), 1e-9);
    /* memoryless: above 5 it starts again */
    d = cut(make("exponential", &(double){2.0}, &arena), 5.0, infinity, &arena);
    ck_assert_double_eq_tol(sim_dist_mean(d), 7.0, 1e-9);
    ck_assert_double_eq_tol(sim_dist_sd(d), 2.0, 1e-9);
    /* lognormal: e^(mu + s^2/2) times a ratio of normal probabilities */
    cfg.mu = 0.3;
    cfg.sigma = 1.2;
    d = cut(make("lognormal", &cfg, &arena), 1.0, 4.0, &arena);
    const double a = (log(1.0) - 0.3) / 1.2, b = (log(4.0) - 0.3) / 1.2;
    ck_assert_double_eq_tol(sim_dist_mean(d),
        exp(0.3 + 0.72) *
            (gsl_cdf_ugaussian_P(b - 1.2) - gsl_cdf_ugaussian_P(a - 1.2)) /
            (gsl_cdf_ugaussian_P(b) - gsl_cdf_ugaussian_P(a)),
        1e-9);
    /* gamma: mean times a ratio of incomplete gamma functions */
    d = cut(make("gamma", (double[]){3.0, 0.5}, &arena), 2.0, 5.0, &arena);
    ck_assert_double_eq_tol(sim_dist_mean(d),
        3.0 * (gsl_cdf_gamma_P(5, 5, 0.75) - gsl_cdf_gamma_P(2, 5, 0.75)) /
            (gsl_cdf_gamma_P(5, 4, 0.75) - gsl_cdf_gamma_P(2, 4, 0.75)),
        1e-9);
    /* pareto above 6 is pareto; on [2, 4]: integral of x^-alpha */
    d = cut(
        make("pareto", (double[]){2.0, 1.5}, &arena), 6.0, infinity, &arena);
    ck_assert_double_eq_tol(sim_dist_mean(d), 18.0, 1e-12);
    d = cut(make("pareto", (double[]){2.0, 1.5}, &arena), 0.0, 4.0, &arena);
    ck_assert_double_eq_tol(sim_dist_mean(d),
        3.0 * pow(2.0, 1.5) * (pow(2.0, -0.5) - pow(4.0, -0.5)) /
            (1.0 - pow(0.5, 1.5)),
        1e-9);
    /* triangular 0, 1, 2 on [0.5, 2]: 1/24 of the first moment is cut off */
    d = cut(make("triangular", &(struct list){(double[]){0, 1, 2}, 3}, &arena),
        0.5, 9.0, &arena);
    ck_assert_double_eq_tol(sim_dist_mean(d), (1.0 - 1.0 / 24.0) / 0.875, 1e-9);
    /* truncating twice is truncating to the intersection */
    const struct sim_dist *once = cut(d, 0.75, 1.5, &arena);
    d = cut(make("triangular", &(struct list){(double[]){0, 1, 2}, 3}, &arena),
        0.75, 1.5, &arena);
    ck_assert_double_eq(
        sim_dist_quantile(once, 0.3), sim_dist_quantile(d, 0.3));
    sim_arena_release(&arena);
}
END_TEST

START_TEST(test_closed_form_moments)
{
    struct sim_arena arena = {0};
    struct law laws[N_LAWS];

    make_plain(laws, &arena);
    ck_assert_double_eq(sim_dist_sd(laws[0].dist), 2.0);
    ck_assert_double_eq_tol(sim_dist_sd(laws[3].dist), 6.0, 1e-14);
    ck_assert_double_eq_tol(sim_dist_sd(laws[4].dist), 2 / sqrt(3), 1e-14);
    ck_assert_double_eq_tol(
        sim_dist_mean(laws[5].dist), 2 * gsl_sf_gamma(1 + 1 / 1.5), 1e-10);
    ck_assert_double_eq_tol(sim_dist_mean(laws[6].dist), 10.0 / 3.0, 1e-14);
    /* E x^2 = alpha min^2 / (alpha - 2) = 20 */
    ck_assert_double_eq_tol(
        sim_dist_sd(laws[6].dist), sqrt(20.0 - 100.0 / 9.0), 1e-13);
    ck_assert_double_eq_tol(
        sim_dist_mean(laws[7].dist), 0.887 * 0.5 + 0.113 * 4.4, 1e-14);
    ck_assert_double_eq_tol(sim_dist_mean(laws[9].dist), 8.0 / 3.0, 1e-14);
    ck_assert_double_eq_tol(sim_dist_sd(laws[9].dist), sqrt(13 / 18.0), 1e-14);
    ck_assert_double_eq_tol(sim_dist_mean(laws[10].dist), 1.5, 1e-14);
    ck_assert(isinf(sim_dist_sd(make("pareto", (double[]){1, 2}, &arena))));
    ck_assert(isinf(sim_dist_mean(make("pareto", (double[]){1, 1}, &arena))));
    sim_arena_release(&arena);
}
END_TEST

TEST_MAIN("sim/dist", test_splits, test_same_bits, test_samples_follow_law,
    test_quantiles_invert, test_moments, test_truncated_moments,
    test_closed_form_moments)
