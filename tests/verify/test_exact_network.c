/* Phase-type times and product-form networks against textbook formulas and
 * quadrature by other routes. */
#include "check_main.h"

#include <math.h>

#include "tests/verify/exact_banded.h"
#include "tests/verify/exact_mmc.h"
#include "tests/verify/exact_network.h"
#include "tests/verify/exact_math.h"
#include "tests/verify/exact_phase.h"

static void check_close(double got, double want, double tolerance)
{
    ck_assert_msg(fabs(got - want) <= tolerance * fabs(want),
        "got %.15g, want %.15g", got, want);
}

/* ---- sums of exponential times ------------------------------------------- */

/* Partial fractions, for three different rates. */
static double hypoexponential_tail(const double *r, double t)
{
    double sum = 0.0;

    for (int i = 0; i < 3; i++) {
        double weight = exp(-r[i] * t);
        for (int j = 0; j < 3; j++)
            weight *= i != j ? r[j] / (r[j] - r[i]) : 1.0;
        sum += weight;
    }
    return sum;
}

START_TEST(three_in_series)
{
    const double r[] = {2.0, 3.0, 5.5};
    const struct exact_phase a = exact_phase_exponential(r[0]),
                             b = exact_phase_exponential(r[1]),
                             c = exact_phase_exponential(r[2]);
    const struct exact_phase ab = exact_phase_series(&a, &b);
    const struct exact_phase abc = exact_phase_series(&ab, &c);

    check_close(exact_phase_mean(&abc), 1 / 2.0 + 1 / 3.0 + 1 / 5.5, 1e-14);
    for (double t = 0.1; t < 6.0; t += 0.7)
        check_close(
            exact_phase_tail(&abc, t), hypoexponential_tail(r, t), 1e-10);
    const double q = exact_phase_quantile(&abc, 0.95);
    check_close(hypoexponential_tail(r, q), 0.05, 1e-8);
}
END_TEST

/* Equal rates, where partial fractions have none: Erlang. */
START_TEST(equal_rates)
{
    const struct exact_phase a = exact_phase_exponential(4.0);
    const struct exact_phase two = exact_phase_series(&a, &a);
    const double t = 1.3;

    check_close(exact_phase_tail(&two, t), exp(-4 * t) * (1 + 4 * t), 1e-12);
}
END_TEST

START_TEST(response_of_mmc)
{
    const struct exact_mmc m = {.c = 5, .lambda = 43, .mu = 10};
    const struct exact_phase f = exact_phase_mmc(5, 43, 10);

    for (double t = 0.02; t < 2.0; t *= 2)
        check_close(
            exact_phase_tail(&f, t), exact_mmc_response_tail(&m, t), 1e-11);
    check_close(exact_phase_quantile(&f, 0.99),
        exact_mmc_response_quantile(&m, 0.99), 1e-8);
    /* the sum with another one: convolution by Simpson's rule */
    const struct exact_phase g = exact_phase_mmc(2, 12, 9);
    const struct exact_phase sum = exact_phase_series(&f, &g);
    const struct exact_mmc other = {.c = 2, .lambda = 12, .mu = 9};
    enum { STEPS = 4000 };
    const double t = 0.6, h = t / STEPS;
    double tail = exact_mmc_response_tail(&m, t);
    for (int i = 0; i < STEPS; i++) {
        const double x = i * h;
        tail += (exact_mmc_response_tail(&m, x) -
                    exact_mmc_response_tail(&m, x + h)) *
                exact_mmc_response_tail(&other, t - x - 0.5 * h);
    }
    check_close(exact_phase_tail(&sum, t), tail, 1e-6);
}
END_TEST

/* ---- with a round trip --------------------------------------------------- */

/* The same convolution with the roles changed: over the exponential response,
 * by its own quantiles, of the trip's tail. */
START_TEST(lognormal_trip)
{
    enum { STEPS = 200000 };
    const double sigma = exact_lognormal_fit(0.060, 0.120).sigma;
    const struct exact_route r = {.share = 1.0,
        .time = exact_phase_exponential(8.0),
        .median_s = 0.060,
        .sigma = sigma};
    const double t = 0.35;
    double sum = 0.0;

    for (int i = 0; i < STEPS; i++) {
        const double response = -log((i + 0.5) / STEPS) / 8.0;
        const double left = t - response;
        sum += left > 0.0
                   ? 0.5 * erfc(log(left / 0.060) / sigma / sqrt(2.0)) / STEPS
                   : 1.0 / STEPS;
    }
    check_close(exact_routes_tail(&r, 1, t), sum, 1e-5);
    check_close(exact_routes_tail(&r, 1, exact_routes_quantile(&r, 1, 0.95)),
        0.05, 1e-7);
    /* the mean is the area under the tail */
    double area = 0.0;
    for (int i = 0; i < 4000; i++)
        area += 0.001 * exact_routes_tail(&r, 1, 0.001 * (i + 0.5));
    check_close(area, exact_routes_mean(&r, 1), 1e-5);
}
END_TEST

START_TEST(two_sites)
{
    const struct exact_route r[] = {
        {.share = 0.8, .time = exact_phase_exponential(20), .median_s = 0.005},
        {.share = 0.2, .time = exact_phase_exponential(50), .median_s = 0.080}};
    const double t = exact_routes_quantile(r, 2, 0.95);

    check_close(0.8 * exp(-20 * (t - 0.005)) + 0.2 * exp(-50 * (t - 0.080)),
        0.05, 1e-7);
}
END_TEST

/* ---- networks ------------------------------------------------------------ */

static const struct exact_journey journey = {.n = 3,
    .station = {{1, 12.0}, {2, 7.0}, {1, 14.0}},
    .enter = {5.0, 2.0, 0.0},
    .next = {{0.0, 0.6, 0.3}, {0.2, 0.0, 0.5}, {0.0, 0.1, 0.0}}};

/* Traffic by repeated substitution. */
START_TEST(open_network)
{
    const struct exact_open got = exact_open_network(&journey);
    double rate[3] = {0.0, 0.0, 0.0}, number = 0.0;

    for (int round = 0; round < 500; round++) {
        double in[3];
        for (int i = 0; i < 3; i++) {
            in[i] = journey.enter[i];
            for (int k = 0; k < 3; k++)
                in[i] += rate[k] * journey.next[k][i];
        }
        for (int i = 0; i < 3; i++)
            rate[i] = in[i];
    }
    const double rho[] = {rate[0] / 12, rate[1] / 14, rate[2] / 14};
    /* M/M/1, and M/M/2 by its own closed form 2 rho/(1 - rho^2) */
    const double n[] = {rho[0] / (1 - rho[0]),
        2 * rho[1] / (1 - rho[1] * rho[1]), rho[2] / (1 - rho[2])};
    for (int i = 0; i < 3; i++) {
        check_close(got.rate[i], rate[i], 1e-12);
        check_close(got.in_system[i], n[i], 1e-12);
        number += n[i];
    }
    check_close(got.response_s, number / 7.0, 1e-12);
}
END_TEST

/* Reiser and Lavenberg's mean value analysis, for single servers. */
START_TEST(closed_single_servers)
{
    enum { POPULATION = 20 };
    const struct exact_station s[] = {{1, 12.0}, {1, 15.0}};
    const struct exact_closed got = exact_closed_network(s, 2, POPULATION, 1.0);
    double n[2] = {0.0, 0.0}, rate = 0.0, response = 0.0;

    for (int k = 1; k <= POPULATION; k++) {
        const double r[] = {(1 + n[0]) / 12.0, (1 + n[1]) / 15.0};
        response = r[0] + r[1];
        rate = k / (1.0 + response);
        n[0] = rate * r[0];
        n[1] = rate * r[1];
    }
    check_close(got.rate, rate, 1e-12);
    check_close(got.response_s, response, 1e-11);
    check_close(got.in_system[0], n[0], 1e-11);
    check_close(got.in_system[1], n[1], 1e-11);
}
END_TEST

/* Two stations, one of three servers, by the chain of the numbers at both. */
START_TEST(closed_several_servers)
{
    enum { POPULATION = 12, ROW = POPULATION + 1 };
    const struct exact_station s[] = {{3, 4.0}, {1, 9.0}};
    const struct exact_closed got = exact_closed_network(s, 2, POPULATION, 0.5);
    struct exact_banded *c = exact_banded_create(ROW * ROW, ROW);
    double number[2] = {0.0, 0.0}, rate = 0.0;

    for (int a = 0; a < ROW; a++) {
        for (int b = 0; b < ROW; b++) {
            const int here = a * ROW + b, thinking = POPULATION - a - b;
            if (thinking < 0) /* never entered */
                exact_banded_add(c, here, here - 1, 1.0);
            if (thinking > 0)
                exact_banded_add(c, here, here + ROW, thinking / 0.5);
            if (a > 0 && thinking >= 0 && b < POPULATION)
                exact_banded_add(
                    c, here, here - ROW + 1, (a < 3 ? a : 3) * 4.0);
            if (b > 0 && thinking >= 0)
                exact_banded_add(c, here, here - 1, 9.0);
        }
    }
    const double *p = exact_banded_solve(c);
    for (int i = 0; i < ROW * ROW; i++) {
        number[0] += p[i] * (i / ROW);
        number[1] += p[i] * (i % ROW);
        rate += i % ROW > 0 ? 9.0 * p[i] : 0.0;
    }
    check_close(got.rate, rate, 1e-12);
    check_close(got.in_system[0], number[0], 1e-12);
    check_close(got.in_system[1], number[1], 1e-12);
    exact_banded_destroy(c);
}
END_TEST

TEST_MAIN("verify/exact_network", three_in_series, equal_rates, response_of_mmc,
    lognormal_trip, two_sites, open_network, closed_single_servers,
    closed_several_servers)
