/* G/M/c and MMPP/M/c against truncated generators. */
#include "check_main.h"
#include "sim/alloc.h"
#include "tests/verify/exact_gmc.h"
#include "tests/verify/exact_math.h"
#include "tests/verify/exact_mmc.h"

#include <math.h>

/* ---- closed forms -------------------------------------------------------- */

static double exponential(const void *ctx, double s)
{
    const double rate = *(const double *)ctx;

    return rate / (rate + s);
}

static double constant(const void *ctx, double s)
{
    return exp(-s / *(const double *)ctx);
}

START_TEST(poisson_arrivals)
{
    const double lambda = 3.2;
    const struct exact_mmc m = {4, 3.2, 1.0};
    struct exact_gmc q;

    exact_gmc_solve(&q, 4, 1.0, exponential, &lambda);
    ck_assert_double_eq_tol(q.sigma, 0.8, 1e-9);
    ck_assert_double_eq_tol(q.delayed, exact_erlang_c(4, 3.2), 1e-9);
    ck_assert_double_eq_tol(exact_gmc_response_quantile(&q, 0.95),
        exact_mmc_response_quantile(&m, 0.95), 1e-7);
}
END_TEST

/* D/M/1: sigma = -rho W(-e^{-1/rho}/rho), Lambert's W by Newton. */
START_TEST(constant_gaps)
{
    const double lambda = 0.7, z = -exp(-1.0 / 0.7) / 0.7;
    double w = -0.3;
    struct exact_gmc q;

    for (int i = 0; i < 50; i++)
        w -= (w * exp(w) - z) / (exp(w) * (1.0 + w));
    exact_gmc_solve(&q, 1, 1.0, constant, &lambda);
    ck_assert_double_eq_tol(q.sigma, -0.7 * w, 1e-10);
    ck_assert_double_eq_tol(q.delayed, q.sigma, 1e-10);
}
END_TEST

/* ---- generators ---------------------------------------------------------- */

enum { LEVELS = 150, N = 2 * LEVELS };

/* Two phases of arrivals, exponential servers: stationary law of (n, phase). */
static void generator(const double *stay, const double *go, int arrive_on_go,
    int c, double mu, double *p)
{
    double *q = sim_calloc((size_t)N * N, sizeof *q);

    ck_assert_ptr_nonnull(q);
    for (int n = 0; n < LEVELS; n++) {
        for (int f = 0; f < 2; f++) {
            double *row = q + (2 * n + f) * N;
            const int above = n + 1 < LEVELS ? n + 1 : n;
            row[2 * above + f] += stay[f];
            row[2 * (arrive_on_go == f ? above : n) + 1 - f] += go[f];
            if (n > 0)
                row[2 * (n - 1) + f] += (n < c ? n : c) * mu;
        }
    }
    exact_gth(q, N, p);
    sim_free(q);
}

/* E2/M/4: phase 1 brings the arrival. */
static double erlang(const void *ctx, double s)
{
    const double rate = 2.0 * *(const double *)ctx;

    return pow(rate / (rate + s), 2);
}

START_TEST(erlang_gaps)
{
    const double lambda = 3.2, none[2] = {0.0, 0.0}, go[2] = {6.4, 6.4};
    double p[N], found = 0.0, delayed = 0.0, waiting = 0.0;
    struct exact_gmc q;

    generator(none, go, 1, 4, 1.0, p);
    for (int n = 0; n < LEVELS; n++) {
        found += p[2 * n + 1];
        delayed += n >= 4 ? p[2 * n + 1] : 0.0;
        waiting += n > 4 ? (n - 4) * (p[2 * n] + p[2 * n + 1]) : 0.0;
    }
    exact_gmc_solve(&q, 4, 1.0, erlang, &lambda);
    ck_assert_double_eq_tol(q.delayed, delayed / found, 1e-9);
    ck_assert_double_eq_tol(exact_gmc_wait(&q), waiting / lambda, 1e-9);
}
END_TEST

START_TEST(modulated)
{
    static const int servers[] = {1, 4};

    for (int i = 0; i < 2; i++) {
        struct exact_mmpp *q = sim_calloc(1, sizeof *q);
        ck_assert_ptr_nonnull(q);
        *q = (struct exact_mmpp){.c = servers[i],
            .mu = 10.0 / servers[i],
            .rate = {4.0, 9.0},
            .sojourn = {1.0, 0.5}};
        double p[N], number = 0.0, found = 0.0, delayed = 0.0, waiting = 0.0;
        generator(q->rate,
            (const double[]){1.0 / q->sojourn[0], 1.0 / q->sojourn[1]}, -1,
            q->c, q->mu, p);
        for (int n = 0; n < LEVELS; n++) {
            const double seen = 4.0 * p[2 * n] + 9.0 * p[2 * n + 1];
            number += n * (p[2 * n] + p[2 * n + 1]);
            found += seen;
            delayed += n >= q->c ? seen : 0.0;
            waiting += n > q->c ? (n - q->c) * (p[2 * n] + p[2 * n + 1]) : 0.0;
        }
        exact_mmpp_solve(q);
        ck_assert_double_eq_tol(q->number, number, 1e-9);
        ck_assert_double_eq_tol(
            exact_mmpp_wait_probability(q), delayed / found, 1e-9);
        /* Little's law on the queue against the integral of the wait's tail */
        double integral = 0.0;
        const double h = 4e-3;
        for (int k = 0; k < 2500; k++)
            integral += h * exact_mmpp_wait_tail(q, (k + 0.5) * h);
        ck_assert_double_eq_tol(integral, waiting / exact_mmpp_rate(q), 2e-5);
        sim_free(q);
    }
}
END_TEST

TEST_MAIN(
    "verify/exact_gmc", poisson_arrivals, constant_gaps, erlang_gaps, modulated)
