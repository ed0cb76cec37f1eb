/* Varying rates and first customers against other routes. */
#include "check_main.h"
#include "tests/verify/exact_mmc.h"
#include "tests/verify/exact_time.h"

#include <math.h>

static double exponential(const void *ctx, double t)
{
    return exp(-*(const double *)ctx * t);
}

static const struct exact_day day = {20.0, 0.6, 6.0};

START_TEST(unlimited)
{
    const double mu = 0.5;
    struct exact_mtmc q;

    exact_mtmc_start(&q, &day, EXACT_DAY_STATES, mu);
    for (double t = 1.0; t < 30.0; t += 7.0) {
        const double m = exact_day_infinite_exponential(&day, mu, t);
        double p = exp(-m);
        ck_assert_double_eq_tol(
            exact_day_infinite(&day, exponential, &mu, t), m, 1e-9 * m);
        exact_mtmc_advance(&q, t);
        ck_assert_double_eq_tol(exact_mtmc_number(&q), m, 1e-6 * m);
        for (int n = 0; n < 100; n++) { /* Poisson at every moment */
            ck_assert_double_eq_tol(q.p[n], p, 1e-6);
            p *= m / (n + 1);
        }
    }
}
END_TEST

/* A constant rate settles to Erlang's delay formula. */
START_TEST(constant)
{
    const struct exact_day flat = {3.2, 0.0, 0.0};
    struct exact_mtmc q;

    exact_mtmc_start(&q, &flat, 4, 1.0);
    exact_mtmc_advance(&q, 600.0);
    ck_assert_double_eq_tol(
        exact_mtmc_all_busy(&q), exact_erlang_c(4, 3.2), 1e-9);
}
END_TEST

/* Steps a quarter as long: what a method of order four leaves is gone. */
START_TEST(step_length)
{
    struct exact_mtmc once, often;

    exact_mtmc_start(&once, &day, 50, 0.5);
    exact_mtmc_start(&often, &day, 50, 0.5);
    exact_mtmc_advance(&once, 8.0);
    for (int i = 1; i <= 4000; i++)
        exact_mtmc_advance(&often, 8.0 * i / 4000);
    ck_assert_double_eq_tol(
        exact_mtmc_all_busy(&once), exact_mtmc_all_busy(&often), 1e-6);
}
END_TEST

/* Spitzer: the (n + 1)-th wait is the sum over k <= n of E[max(S_k, 0)] / k,
 * S_k the difference of two Erlang sums of k:
 * E[max(X - Y, 0)] = int P(X > u) P(Y < u) du. */
static double positive_part(int k, double lambda, double mu)
{
    enum { STEPS = 4000 };
    const double top = (k + 12.0 * sqrt(k) + 60.0) / fmin(lambda, mu);
    const double h = top / STEPS;
    double sum = 0.0;

    for (int i = 1; i < STEPS; i++) {
        const double u = i * h;
        double x = 0.0, y = 0.0;
        for (int j = 0; j < k; j++) {
            x += exp(j * log(mu * u) - mu * u - lgamma(j + 1.0));
            y += exp(j * log(lambda * u) - lambda * u - lgamma(j + 1.0));
        }
        sum += h * x * (1.0 - y);
    }
    return sum;
}

START_TEST(first_customers)
{
    double wait = 0.0, sum = 0.0;

    for (int k = 1; k < 25; k++) {
        wait += positive_part(k, 0.9, 1.0) / k;
        sum += wait;
    }
    ck_assert_double_eq_tol(exact_first_waits(0.9, 1.0, 25), sum / 25, 1e-4);
    /* Law and Kelton, Simulation Modeling and Analysis: 2.12, arrivals at 1,
     * mean service 0.9 */
    ck_assert_double_eq_tol(exact_first_waits(1.0, 1.0 / 0.9, 25), 2.12, 0.005);
}
END_TEST

TEST_MAIN(
    "verify/exact_time", unlimited, constant, step_length, first_customers)
