/* Machine repair, k of n and shared causes against generators, quadrature and
 * partial fractions. */
#include "check_main.h"
#include "tests/verify/exact_math.h"
#include "tests/verify/exact_reliability.h"

#include <math.h>

/* ---- machine repair ------------------------------------------------------ */

static const struct exact_repair machines[] = {
    {.servers = 1, .needed = 1, .life = 20, .repair = 5},
    {.servers = 6, .needed = 5, .crews = 1, .life = 50, .repair = 5},
    {.servers = 6,
        .spares = 2,
        .needed = 6,
        .crews = 2,
        .life = 50,
        .repair = 9},
    {.servers = 20,
        .spares = 4,
        .needed = 18,
        .crews = 3,
        .life = 300,
        .repair = 20},
    {.servers = 10, .spares = 1, .needed = 9, .life = 80, .repair = 10},
};
enum { N_MACHINES = sizeof machines / sizeof machines[0], MAX_STATES = 32 };

static double least(double a, double b)
{
    return a < b ? a : b;
}

/* The generator's stationary law by elimination, and the answers from it. */
START_TEST(repair_against_generator)
{
    for (int i = 0; i < N_MACHINES; i++) {
        const struct exact_repair *m = &machines[i];
        const int n = m->servers + m->spares + 1;
        const struct exact_repair_answers a = exact_repair_solve(m);
        double q[MAX_STATES * MAX_STATES] = {0}, p[MAX_STATES];
        double availability = 0, servers = 0, rate = 0, crews = 0, outages = 0;
        for (int j = 0; j < n; j++) {
            const double up = least(m->servers, n - 1 - j);
            const double hands = m->crews == 0 ? j : least(m->crews, j);
            if (j + 1 < n)
                q[j * n + j + 1] = up / m->life;
            if (j > 0)
                q[j * n + j - 1] = hands / m->repair;
        }
        exact_gth(q, n, p);
        for (int j = 0; j < n; j++) {
            const double up = least(m->servers, n - 1 - j);
            servers += p[j] * up;
            rate += p[j] * up / m->life;
            crews += p[j] * (m->crews == 0 ? j : least(m->crews, j));
            availability += up >= m->needed ? p[j] : 0.0;
            if (n - 1 - j == m->needed)
                outages = p[j] * up / m->life;
        }
        ck_assert_double_eq_tol(a.availability, availability, 1e-12);
        ck_assert_double_eq_tol(a.servers_up, servers, 1e-11);
        ck_assert_double_eq_tol(a.failure_rate, rate, 1e-12);
        ck_assert_double_eq_tol(a.crews_busy, crews, 1e-11);
        ck_assert_double_eq_tol(a.outage_rate, outages, 1e-12);
        /* what fails is mended: rate x mean repair = crews busy */
        ck_assert_double_eq_tol(
            a.failure_rate * m->repair, a.crews_busy, 1e-11);
    }
}
END_TEST

/* The mean is the integral of the tail: passage times against the chain. */
START_TEST(first_outage)
{
    for (int i = 0; i < N_MACHINES; i++) {
        const struct exact_repair *m = &machines[i];
        enum { STEPS = 600 };
        const double mean = exact_repair_mttf(m), end = 40 * mean;
        double sum = 0.0;
        /* Simpson over u, t = end u^3: dense where the tail bends */
        for (int k = 0; k <= STEPS; k++) {
            const double u = (double)k / STEPS;
            const double w = k == 0 || k == STEPS ? 1 : k % 2 == 1 ? 4 : 2;
            sum += w * 3 * u * u * exact_repair_reliability(m, end * u * u * u);
        }
        ck_assert_double_eq_tol(sum * end / STEPS / 3.0, mean, 1e-6 * mean);
    }
}
END_TEST

/* Without repair and spares: times between failures of rates 6, 5, 4, 3 over
 * the mean life; partial fractions of the hypoexponential law, and the binomial
 * sum over those alive. */
START_TEST(no_repair)
{
    const struct exact_repair m = {
        .servers = 6, .needed = 3, .life = 1000, .repair = INFINITY};
    const double t = 700;
    double tail = 0.0;

    for (int i = 3; i <= 6; i++) {
        double share = 1.0;
        for (int j = 3; j <= 6; j++)
            share *= i == j ? 1.0 : j / (double)(j - i);
        tail += share * exp(-i * t / m.life);
    }
    ck_assert_double_eq_tol(exact_repair_reliability(&m, t), tail, 1e-10);
    ck_assert_double_eq_tol(exact_k_of_n(6, 3, exp(-t / m.life)), tail, 1e-12);
    ck_assert_double_eq_tol(exact_repair_mttf(&m),
        1000 * (1 / 6.0 + 1 / 5.0 + 1 / 4.0 + 1 / 3.0), 1e-9);
    ck_assert_double_eq_tol(exact_weibull_k_of_n_mean(6, 3, 1.0, 1000),
        exact_repair_mttf(&m), 1e-9);
}
END_TEST

/* Cold spares for one position: an Erlang law, here of 4 stages. */
START_TEST(spares_for_one)
{
    const struct exact_repair m = {.servers = 1,
        .spares = 3,
        .needed = 1,
        .life = 100,
        .repair = INFINITY};
    const double x = 2.5;

    ck_assert_double_eq_tol(exact_repair_reliability(&m, 250),
        exp(-x) * (1 + x + x * x / 2 + x * x * x / 6), 1e-10);
    ck_assert_double_eq_tol(exact_repair_mttf(&m), 400, 1e-9);
}
END_TEST

/* The mean of Weibull lives k of n as the integral of the binomial tail. */
START_TEST(weibull_by_quadrature)
{
    static const double shapes[] = {0.8, 1.5, 3.0};
    enum { STEPS = 200000 };

    for (int i = 0; i < 3; i++) {
        const double scale = 900, end = 60 * scale;
        double sum = 0.0;
        for (int k = 0; k < STEPS; k++) { /* middles, t = end u^3 */
            const double u = (k + 0.5) / STEPS, t = end * u * u * u;
            const double p = exp(-pow(t / scale, shapes[i]));
            sum += 3 * u * u * exact_k_of_n(8, 6, p);
        }
        const double mean = exact_weibull_k_of_n_mean(8, 6, shapes[i], scale);
        ck_assert_double_eq_tol(sum * end / STEPS, mean, 1e-6 * mean);
    }
}
END_TEST

/* ---- shared causes ------------------------------------------------------- */

static void against_joint_chain(const struct exact_shared *m)
{
    enum { STATES = 128 };
    static double q[STATES * STATES], p[STATES];
    const int n = 1 << m->n_causes;
    const struct exact_shared_answers a = exact_shared_solve(m);
    double up = 0.0, rate = 0.0, back = 0.0, sites = 0.0;

    ck_assert_int_le(n, STATES);
    for (int i = 0; i < n * n; i++)
        q[i] = 0.0;
    for (int s = 0; s < n; s++) {
        for (int c = 0; c < m->n_causes; c++)
            q[s * n + (s ^ 1 << c)] =
                1.0 / (s >> c & 1 ? m->repair[c] : m->life[c]);
    }
    exact_gth(q, n, p);
    for (int s = 0; s < n; s++) {
        const int is_up = exact_shared_up(m, (unsigned)s);
        up += is_up ? p[s] : 0.0;
        for (int i = 0; i < m->n_sites; i++)
            sites += (m->causes[i] & (unsigned)s) == 0 ? p[s] : 0.0;
        for (int c = 0; c < m->n_causes; c++) {
            const int next_up = exact_shared_up(m, (unsigned)(s ^ 1 << c));
            const double flow = p[s] / (s >> c & 1 ? m->repair[c] : m->life[c]);
            rate += is_up && !next_up ? flow : 0.0;
            back += !is_up && next_up ? flow : 0.0;
        }
    }
    ck_assert_double_eq_tol(a.uptime, up, 1e-12);
    ck_assert_double_eq_tol(a.sites_up, sites, 1e-11);
    ck_assert_double_eq_tol(a.outage_rate, rate, 1e-12 + 1e-10 * rate);
    ck_assert_double_eq_tol(a.outage_rate, back, 1e-12 + 1e-10 * rate);
}

START_TEST(shared_against_generator)
{
    static const struct exact_shared cases[] = {
        {.n_causes = 3,
            .n_sites = 3,
            .needed = 2,
            .life = {100, 120, 90},
            .repair = {8, 10, 6},
            .causes = {1, 2, 4}},
        {.n_causes = 4,
            .n_sites = 3,
            .needed = 2,
            .life = {100, 120, 90, 400},
            .repair = {8, 10, 6, 12},
            .causes = {9, 10, 12}},
        {.n_causes = 6,
            .n_sites = 4,
            .needed = 2,
            .life = {100, 100, 100, 100, 300, 400},
            .repair = {8, 8, 8, 8, 12, 5},
            .causes = {0x11, 0x12, 0x24, 0x28}},
        {.n_causes = 7,
            .n_sites = 4,
            .needed = 3,
            .life = {100, 80, 60, 100, 300, 400, 900},
            .repair = {8, 7, 6, 5, 12, 5, 20},
            .causes = {0x51, 0x52, 0x64, 0x28}},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        against_joint_chain(&cases[i]);
}
END_TEST

/* By hand: two sites, each up 9/10, and a cause over both, up 19/20.  One is
 * enough: 1 - U = 19/20 (1 - 1/100). */
START_TEST(shared_by_hand)
{
    const struct exact_shared m = {.n_causes = 3,
        .n_sites = 2,
        .needed = 1,
        .life = {90, 90, 190},
        .repair = {10, 10, 10},
        .causes = {5, 6}};
    const struct exact_shared_answers a = exact_shared_solve(&m);

    ck_assert_double_eq_tol(a.uptime, 0.95 * 0.99, 1e-14);
    ck_assert_double_eq_tol(a.sites_up, 2 * 0.95 * 0.9, 1e-14);
    ck_assert_double_eq_tol(
        a.outage_rate, 0.95 * (2 * 0.9 * 0.1 / 90 + 0.99 / 190), 1e-15);
}
END_TEST

TEST_MAIN("verify/exact_reliability", repair_against_generator, first_outage,
    no_repair, spares_for_one, weibull_by_quadrature, shared_against_generator,
    shared_by_hand)
