/* Renewal equations against closed forms and chains of phases. */
#include "check_main.h"
#include "tests/verify/exact_renewal.h"

#include <math.h>

START_TEST(exponential)
{
    static const double times[] = {1, 10, 60};
    const struct exact_law life = exact_law_exponential(20),
                           repair = exact_law_exponential(5);

    for (int i = 0; i < 3; i++) {
        const double t = times[i], a = 0.8, r = 1 / 20.0 + 1 / 5.0;
        double at, between;
        ck_assert_int_eq(
            exact_availability(&life, &repair, t, &at, &between), 0);
        ck_assert_double_eq_tol(at, a + (1 - a) * exp(-r * t), 1e-8);
        ck_assert_double_eq_tol(
            between, a - (1 - a) * expm1(-r * t) / (r * t), 1e-8);
    }
}
END_TEST

/* Erlang lives of 2 and repairs of 3 stages: a ring of 5 states, its forward
 * equation by the classical Runge-Kutta rule. */
enum { RING = 5, LIFE_STAGES = 2 };

static void flow(const double *rate, const double *p, double *out)
{
    for (int i = 0; i < RING; i++) {
        const int before = (i + RING - 1) % RING;
        out[i] = rate[before] * p[before] - rate[i] * p[i];
    }
}

static void ring(double life, double repair, double t, double *at, double *over)
{
    enum { STEPS = 20000 };
    double rate[RING], p[RING] = {1.0}, k[4][RING], q[RING], area = 0.0;
    const double h = t / STEPS;

    for (int i = 0; i < RING; i++)
        rate[i] = i < LIFE_STAGES ? LIFE_STAGES / life
                                  : (RING - LIFE_STAGES) / repair;
    for (int s = 0; s < STEPS; s++) {
        const double up = p[0] + p[1];
        flow(rate, p, k[0]);
        for (int j = 1; j < 4; j++) {
            for (int i = 0; i < RING; i++)
                q[i] = p[i] + h * (j < 3 ? 0.5 : 1.0) * k[j - 1][i];
            flow(rate, q, k[j]);
        }
        for (int i = 0; i < RING; i++)
            p[i] += h / 6 * (k[0][i] + 2 * k[1][i] + 2 * k[2][i] + k[3][i]);
        area += 0.5 * h * (up + p[0] + p[1]);
    }
    *at = p[0] + p[1];
    *over = area / t;
}

START_TEST(phases)
{
    static const double times[] = {4, 15, 50};
    const struct exact_law life = exact_law_erlang(20, LIFE_STAGES),
                           repair = exact_law_erlang(6, RING - LIFE_STAGES);

    for (int i = 0; i < 3; i++) {
        double at, between, at_2, between_2;
        exact_availability(&life, &repair, times[i], &at, &between);
        ring(20, 6, times[i], &at_2, &between_2);
        ck_assert_double_eq_tol(at, at_2, 1e-7);
        ck_assert_double_eq_tol(between, between_2, 1e-7);
    }
}
END_TEST

/* In the long run only the means count, whatever the laws. */
START_TEST(long_run)
{
    const double scale = 90 / tgamma(1 + 1 / 2.0);
    const struct exact_law life = exact_law_weibull(2.0, scale),
                           repair = exact_law_lognormal(10, 1.0);
    double at, between;

    exact_availability(&life, &repair, 1500, &at, &between);
    ck_assert_double_eq_tol(at, 0.9, 1e-6);
    ck_assert_double_gt(between, at);
}
END_TEST

/* Counts of exponential lives are Poisson; of Erlang lives of 2 stages, half
 * a Poisson number, rounded down. */
static double poisson(double mean, int k)
{
    return exp(k * log(mean) - mean - lgamma(k + 1.0));
}

START_TEST(counts)
{
    const double t = 130, mean = 100;
    const struct exact_law one = exact_law_exponential(mean),
                           two = exact_law_erlang(mean, 2),
                           weibull = exact_law_weibull(1.7, 120);
    double exact = 0.0;

    for (int k = 0; k <= 6; k++)
        exact += poisson(4 * t / mean, k);
    ck_assert_double_eq_tol(exact_shared_spares(&one, 4, 6, t), exact, 1e-8);
    exact = 0.0;
    for (int a = 0; a < 12; a++)
        for (int b = 0; b < 12; b++)
            for (int c = 0; c < 12; c++)
                exact += a / 2 + b / 2 + c / 2 <= 4
                             ? poisson(2 * t / mean, a) *
                                   poisson(2 * t / mean, b) *
                                   poisson(2 * t / mean, c)
                             : 0.0;
    ck_assert_double_eq_tol(exact_shared_spares(&two, 3, 4, t), exact, 1e-7);
    /* without spares all n lives must last */
    ck_assert_double_eq_tol(exact_shared_spares(&weibull, 5, 0, t),
        exp(-5 * pow(t / 120, 1.7)), 1e-12);
}
END_TEST

TEST_MAIN("verify/exact_renewal", exponential, phases, long_run, counts)
