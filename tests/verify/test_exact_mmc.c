/* The M/M/c formulas against its birth-death chain. */
#include "check_main.h"
#include "tests/verify/exact_mmc.h"

#include <math.h>

/* Stationary chain cut at STATES: probability of all servers busy, mean
 * number in system, and P(response > t) by the states an arrival finds (the
 * wait behind n >= c is Erlang with n - c + 1 stages of rate c mu). */
enum { STATES = 6000 };

struct chain {
    double p[STATES];
};

static void solve(const struct exact_mmc *m, struct chain *x)
{
    double sum = 1.0;

    x->p[0] = 1.0;
    for (int n = 1; n < STATES; n++) {
        x->p[n] = x->p[n - 1] * m->lambda / (m->mu * (n < m->c ? n : m->c));
        sum += x->p[n];
    }
    for (int n = 0; n < STATES; n++)
        x->p[n] /= sum;
}

/* P(wait + service > t) by quadrature over the service, the wait's tail by the
 * Poisson sums of its Erlang stages. */
static double wait_tail(
    const struct exact_mmc *m, const struct chain *x, double t)
{
    double term = exp(-m->c * m->mu * t), below = 0.0, sum = 0.0;

    for (int k = 0; m->c + k < STATES; k++) {
        below += term; /* P(Poisson <= k) = P(Erlang(k + 1) > t) */
        term *= m->c * m->mu * t / (k + 1);
        sum += x->p[m->c + k] * below;
    }
    return sum;
}

static double response_tail(
    const struct exact_mmc *m, const struct chain *x, double t)
{
    enum { STEPS = 400 };
    double sum = 0.0;

    for (int i = 0; i <= STEPS; i++) { /* Simpson */
        const double s = t * i / STEPS;
        const double w = i == 0 || i == STEPS ? 1.0 : i % 2 == 1 ? 4.0 : 2.0;
        sum += w * m->mu * exp(-m->mu * s) * wait_tail(m, x, t - s);
    }
    return exp(-m->mu * t) + sum * t / STEPS / 3.0;
}

START_TEST(against_chain)
{
    static const struct exact_mmc cases[] = {
        {1, 0.5, 1.0}, {2, 1.6, 1.0}, {8, 7.2, 1.0}, {64, 60.8, 1.0}};
    static struct chain x;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct exact_mmc *m = &cases[i];
        double delayed = 0.0;
        solve(m, &x);
        for (int n = m->c; n < STATES; n++)
            delayed += x.p[n];
        ck_assert_double_eq_tol(
            exact_erlang_c(m->c, m->lambda / m->mu), delayed, 1e-12);
        for (int k = 0; k < 3; k++) {
            static const double levels[] = {0.5, 0.95, 0.99};
            const double t = exact_mmc_response_quantile(m, levels[k]);
            ck_assert_double_eq_tol(
                response_tail(m, &x, t), 1.0 - levels[k], 1e-8);
        }
    }
}
END_TEST

/* Erlang's tables: 10 servers, 5 erlangs lose 1.838 %; delay 3.61 %. */
START_TEST(published)
{
    ck_assert_double_eq_tol(exact_erlang_b(10, 5.0), 0.01838, 5e-6);
    ck_assert_double_eq_tol(exact_erlang_c(10, 5.0), 0.03611, 5e-6);
}
END_TEST

TEST_MAIN("tests/verify/exact_mmc", against_chain, published)
