/* M/G/1 and M/D/c against other routes. */
#include "check_main.h"
#include "sim/alloc.h"
#include "tests/verify/exact_mg1.h"
#include "tests/verify/exact_mmc.h"

#include <math.h>

static double exponential(const void *ctx, double t)
{
    return exp(-t / *(const double *)ctx);
}

/* M/M/1 by its closed forms. */
START_TEST(exponential_service)
{
    const double mean = 1.0;
    const struct exact_mmc m = {.c = 1, .lambda = 0.8, .mu = 1.0};
    struct exact_mg1 q;

    ck_assert_int_eq(
        exact_mg1_solve(&q, 0.8, mean, exponential, &mean, 8000, 0.005), 0);
    for (int i = 0; i < 3; i++) {
        static const double levels[] = {0.5, 0.95, 0.99};
        const double wait = exact_mmc_wait_quantile(&m, levels[i]);
        const double response = exact_mmc_response_quantile(&m, levels[i]);
        ck_assert_double_eq_tol(
            exact_mg1_wait_quantile(&q, levels[i]), wait, 1e-4 * wait);
        ck_assert_double_eq_tol(exact_mg1_response_quantile(&q, levels[i]),
            response, 1e-4 * response);
    }
    exact_mg1_release(&q);
}
END_TEST

/* Two exponentials: the wait's tail is a sum of two exponentials whose rates
 * are the roots of z^2 - (a + b - lambda) z + a b (1 - rho), a and b the rates
 * of the phases; weights from P(wait > 0) = rho and the mean. */
struct two {
    double p, a, b;
};

static double two_tail(const void *ctx, double t)
{
    const struct two *x = ctx;

    return x->p * exp(-x->a * t) + (1.0 - x->p) * exp(-x->b * t);
}

START_TEST(hyperexponential_service)
{
    const struct two x = {.p = 0.9, .a = 2.0, .b = 0.25};
    const double lambda = 0.8, mean = x.p / x.a + (1.0 - x.p) / x.b;
    const struct exact_moments m = {mean,
        2.0 * (x.p / (x.a * x.a) + (1.0 - x.p) / (x.b * x.b)),
        6.0 * (x.p / pow(x.a, 3) + (1.0 - x.p) / pow(x.b, 3))};
    const double rho = lambda * mean, half = 0.5 * (x.a + x.b - lambda);
    const double root = sqrt(half * half - x.a * x.b * (1.0 - rho));
    const double z1 = half - root, z2 = half + root;
    const double wait = exact_mg1_wait(lambda, &m);
    const double w1 = (wait - rho / z2) / (1.0 / z1 - 1.0 / z2), w2 = rho - w1;
    struct exact_mg1 q;

    /* the second moment is that of the two exponentials too */
    ck_assert_double_eq_tol(exact_mg1_wait_square(lambda, &m),
        2.0 * (w1 / (z1 * z1) + w2 / (z2 * z2)), 1e-9);
    ck_assert_int_eq(
        exact_mg1_solve(&q, lambda, mean, two_tail, &x, 10000, 0.005), 0);
    for (int i = 0; i <= q.n; i += 100) {
        const double t = i * q.step;
        ck_assert_double_eq_tol(
            q.wait[i], w1 * exp(-z1 * t) + w2 * exp(-z2 * t), 2e-5);
    }
    exact_mg1_release(&q);
}
END_TEST

/* Lognormal: the tail integrates to the mean of Pollaczek and Khinchine, and
 * the response to the wait plus the service; half the step changes little. */
static double lognormal(const void *ctx, double t)
{
    return exact_lognormal_tail(ctx, t);
}

START_TEST(lognormal_service)
{
    const struct exact_lognormal x = exact_lognormal_fit(0.6, 1.5);
    const struct exact_moments m = {exact_lognormal_moment(&x, 1),
        exact_lognormal_moment(&x, 2), exact_lognormal_moment(&x, 3)};
    double wait = 0.0, response = 0.0;
    struct exact_mg1 q, fine;

    ck_assert_double_eq_tol(exact_lognormal_quantile(&x, 0.95), 1.5, 1e-12);
    ck_assert_int_eq(
        exact_mg1_solve(&q, 0.9, m.m1, lognormal, &x, 8000, 0.005), 0);
    ck_assert_int_eq(
        exact_mg1_solve(&fine, 0.9, m.m1, lognormal, &x, 16000, 0.0025), 0);
    for (int i = 0; i <= fine.n; i++) {
        const double w = i == 0 || i == fine.n ? 0.5 : 1.0;
        wait += w * fine.step * fine.wait[i];
        response += w * fine.step * (fine.wait[i] + fine.density[i] / 0.9);
    }
    ck_assert_double_eq_tol(wait, exact_mg1_wait(0.9, &m), 1e-4);
    ck_assert_double_eq_tol(response, wait + m.m1, 1e-4);
    for (int i = 0; i < 3; i++) {
        static const double levels[] = {0.5, 0.95, 0.99};
        ck_assert_double_eq_tol(exact_mg1_response_quantile(&q, levels[i]),
            exact_mg1_response_quantile(&fine, levels[i]), 1e-3);
    }
    exact_mg1_release(&q);
    exact_mg1_release(&fine);
}
END_TEST

/* M/D/1: P(W <= t) = (1 - rho) sum_k (-lambda (t - k D))^k e^{lambda (t - k D)}
 * / k!, in long double for its alternating terms. */
static double md1_below(double lambda, double t)
{
    long double sum = 0.0L;

    for (int k = 0; k <= (int)t; k++)
        sum += powl(-lambda * (t - k), k) * expl(lambda * (t - k)) /
               tgammal(k + 1.0L);
    return (double)((1.0L - lambda) * sum);
}

START_TEST(deterministic_single)
{
    struct exact_mdc *q = sim_calloc(1, sizeof *q);
    const struct exact_moments m = {1.0, 1.0, 1.0};

    ck_assert_ptr_nonnull(q);
    ck_assert_int_eq(exact_mdc_solve(q, 1, 0.8, 1.0), 0);
    for (double t = 0.0; t < 9.0; t += 0.37)
        ck_assert_double_eq_tol(
            exact_mdc_wait_tail(q, t), 1.0 - md1_below(0.8, t), 1e-10);
    ck_assert_double_eq_tol(exact_mdc_wait(q), exact_mg1_wait(0.8, &m), 1e-10);
    sim_free(q);
}
END_TEST

/* Crommelin's mean: E[W] = D sum_i e^{-i a} (sum_{j >= i c} (i a)^j / j! -
 * (c / a) sum_{j > i c} (i a)^j / j!), a = lambda D; and the integral of the
 * tail. */
START_TEST(deterministic_several)
{
    struct exact_mdc *q = sim_calloc(1, sizeof *q);
    const int c = 4;
    const double a = 3.4;
    double mean = 0.0, integral = 0.0;

    ck_assert_ptr_nonnull(q);
    ck_assert_int_eq(exact_mdc_solve(q, c, a, 1.0), 0);
    for (int i = 1; i < 400; i++) {
        for (int j = i * c; j < i * c + 2000; j++) {
            const double p = exp(j * log(i * a) - i * a - lgamma(j + 1.0));
            mean += j > i * c ? p * (1.0 - c / a) : p;
        }
    }
    for (int i = 0; i < 40000; i++)
        integral += 1e-3 * exact_mdc_wait_tail(q, (i + 0.5) * 1e-3);
    ck_assert_double_eq_tol(exact_mdc_wait(q), mean, 1e-8);
    ck_assert_double_eq_tol(integral, mean, 1e-6);
    sim_free(q);
}
END_TEST

TEST_MAIN("verify/exact_mg1", exponential_service, hyperexponential_service,
    lognormal_service, deterministic_single, deterministic_several)
