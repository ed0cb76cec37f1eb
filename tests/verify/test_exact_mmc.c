/* The M/M/c formulas against its birth-death chain. */
#include "check_main.h"
#include "tests/verify/exact_math.h"
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

/* Erlang B by Fortet's integral, 1/B = a int_0^inf e^{-a y} (1 + y)^c dy. */
START_TEST(loss)
{
    static const double cases[][2] = {{4, 2.0}, {20, 16.0}, {64, 70.0}};

    for (int i = 0; i < 3; i++) {
        enum { STEPS = 200000 };
        const int c = (int)cases[i][0];
        const double a = cases[i][1], top = (c + 60.0) / a, h = top / STEPS;
        double sum = 0.0;
        for (int k = 0; k <= STEPS; k++) { /* Simpson */
            const double w = k == 0 || k == STEPS ? 1.0
                             : k % 2 == 1         ? 4.0
                                                  : 2.0;
            sum += w * exp(-a * k * h + c * log1p(k * h));
        }
        ck_assert_double_eq_tol(
            exact_erlang_b(c, a) * a * sum * h / 3.0, 1.0, 1e-9);
    }
}
END_TEST

/* M/M/c/K: the law by elimination from the generator, the response as the time
 * in a chain of departures ahead, the last the request's own service. */
START_TEST(limited)
{
    static const struct exact_mmck cases[] = {
        {{1, 8.0, 10.0}, 10}, {{2, 24.0, 10.0}, 8}, {{8, 72.0, 10.0}, 12}};

    for (int i = 0; i < 3; i++) {
        const struct exact_mmck *q = &cases[i];
        const int n = q->k + 1;
        double rates[13 * 13] = {0.0}, law[13], p[EXACT_MMCK_MAX + 1];
        double start[13] = {0.0};
        struct exact_chain chain = {0};

        for (int k = 0; k < n; k++) {
            const int busy = k < q->m.c ? k : q->m.c;
            if (k < q->k)
                rates[k * n + k + 1] = q->m.lambda;
            if (k > 0)
                rates[k * n + k - 1] = busy * q->m.mu;
        }
        exact_gth(rates, n, law);
        exact_mmck_law(q, p);
        for (int k = 0; k < n; k++)
            ck_assert_double_eq_tol(p[k], law[k], 1e-12);
        /* state s: s departures before the own service begins */
        exact_chain_add(&chain, 0, -1, q->m.mu);
        for (int s = 1; s <= q->k; s++)
            exact_chain_add(&chain, s, s - 1, q->m.c * q->m.mu);
        for (int k = 0; k < q->k; k++)
            start[k < q->m.c ? 0 : k - q->m.c + 1] += law[k];
        ck_assert_int_eq(exact_chain_solve(&chain, start, n), 0);
        for (double t = 0.05; t < 1.5; t += 0.1)
            ck_assert_double_eq_tol(exact_mmck_response_tail(q, t),
                exact_chain_tail(&chain, t) / (1.0 - law[q->k]), 1e-8);
        exact_chain_release(&chain);
    }
}
END_TEST

TEST_MAIN("verify/exact_mmc", against_chain, published, loss, limited)
