/* The tagged chain against moments and limits that are known in closed form. */
#include "check_main.h"
#include "tests/verify/exact_mmc.h"
#include "tests/verify/exact_ps.h"

#include <math.h>

static double second_moment(const struct exact_chain *c, double top)
{
    enum { STEPS = 4000 };
    const double h = top / STEPS;
    double sum = 0.0;

    for (int i = 1; i < STEPS; i++) /* 2 t P(T > t), trapezoidal */
        sum += 2.0 * i * h * exact_chain_tail(c, i * h);
    return sum * h;
}

/* M/M/1-PS: mean 1/(mu - lambda), variance (2 + rho)/(2 - rho) times its
 * square (Coffman, Muntz and Trotter 1970). */
START_TEST(sharing)
{
    const struct exact_ps s = {
        .lambda = 0.6, .mu = 1.0, .most = EXACT_PS_STATES};
    struct exact_chain c = {0};
    const double mean = 1.0 / 0.4;

    ck_assert_int_eq(exact_ps_response(&s, &c), 0);
    ck_assert_double_eq_tol(exact_chain_mean(&c), mean, 1e-8);
    ck_assert_double_eq_tol(
        second_moment(&c, 120.0), mean * mean * (1.0 + 2.6 / 1.4), 1e-3);
    exact_chain_release(&c);
}
END_TEST

/* One at a time is first come, first served; c at rate c is M/M/c. */
START_TEST(queues)
{
    static const double rates[] = {1.0, 2.0, 3.0};
    const struct exact_ps one = {.lambda = 0.6, .mu = 1.0, .most = 1};
    const struct exact_ps three = {
        .lambda = 1.8, .mu = 1.0, .most = 3, .rates = rates, .n_rates = 3};
    const struct exact_mmc m[] = {{1, 0.6, 1.0}, {3, 1.8, 1.0}};
    const struct exact_ps *const s[] = {&one, &three};

    for (int i = 0; i < 2; i++) {
        struct exact_chain c = {0};
        ck_assert_int_eq(exact_ps_response(s[i], &c), 0);
        for (int k = 0; k < 3; k++) {
            static const double levels[] = {0.5, 0.95, 0.99};
            ck_assert_double_eq_tol(exact_chain_quantile(&c, levels[k]),
                exact_mmc_response_quantile(&m[i], levels[k]), 1e-7);
        }
        exact_chain_release(&c);
    }
}
END_TEST

/* Limited sharing by exponential sizes: the number in system is that of M/M/1,
 * so the mean response too. */
START_TEST(limited)
{
    for (int most = 4; most <= 16; most += 12) {
        const struct exact_ps s = {.lambda = 0.7, .mu = 1.0, .most = most};
        struct exact_chain c = {0};
        ck_assert_int_eq(exact_ps_response(&s, &c), 0);
        ck_assert_double_eq_tol(exact_chain_mean(&c), 1.0 / 0.3, 1e-5);
        exact_chain_release(&c);
    }
}
END_TEST

TEST_MAIN("verify/exact_ps", sharing, queues, limited)
