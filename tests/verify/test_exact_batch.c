/* Batch service and impatience against roots, chains and closed forms. */
#include "check_main.h"

#include <math.h>

#include "tests/verify/exact_batch.h"
#include "tests/verify/exact_banded.h"
#include "tests/verify/exact_patience.h"

static void check_close(double got, double want, double tolerance)
{
    ck_assert_msg(fabs(got - want) <= tolerance * fabs(want),
        "got %.15g, want %.15g", got, want);
}

/* ---- batching ------------------------------------------------------------ */

/* Batches of one: Pollaczek and Khinchine. */
START_TEST(batches_of_one)
{
    const struct exact_batching constant = {
        .lambda = 7, .min = 1, .max = 1, .fixed_s = 0.06, .per_item_s = 0.04};
    struct exact_batching exponential = constant;
    const double rho = 0.7;

    exponential.exponential = true;
    check_close(exact_batch_server(&constant).response_s,
        0.1 + rho * 0.1 / 2 / (1 - rho), 1e-10);
    check_close(
        exact_batch_server(&exponential).response_s, 0.1 / (1 - rho), 1e-10);
}
END_TEST

/* M/M[1,8]/1: with n waiting while busy p_n = p r^n, r the root in (0, 1) of
 * mu r^9 - (lambda + mu) r + lambda = 0. */
START_TEST(geometric)
{
    const double lambda = 40.0, mu = 10.0;
    const struct exact_batching b = {.lambda = lambda,
        .min = 1,
        .max = 8,
        .fixed_s = 1 / mu,
        .exponential = true};
    const struct exact_batches got = exact_batch_server(&b);
    double r = 0.5;

    for (int i = 0; i < 2000; i++)
        r = (lambda + mu * pow(r, 9)) / (lambda + mu);
    const double p = 1.0 / (mu / lambda + 1.0 / (1.0 - r));
    const double waiting = p * r / ((1.0 - r) * (1.0 - r));
    check_close(got.response_s, waiting / lambda + 1.0 / mu, 1e-10);
    check_close(got.size, lambda / (mu * (p / (1.0 - r))), 1e-10);
    check_close(got.busy, p / (1.0 - r), 1e-10);
}
END_TEST

/* Batches of 2 to 5 with a mean time by size: the chain of the number waiting
 * and the size in service (0: idle). */
START_TEST(by_generator)
{
    enum { MIN = 2, MAX = 5, CUT = 300, ROW = MAX + 1 };
    const double lambda = 15.0, fixed = 0.10, item = 0.02;
    const struct exact_batching b = {.lambda = lambda,
        .min = MIN,
        .max = MAX,
        .fixed_s = fixed,
        .per_item_s = item,
        .exponential = true};
    const struct exact_batches got = exact_batch_server(&b);
    struct exact_banded *c =
        exact_banded_create((CUT + 1) * ROW, (MAX + 1) * ROW);
    double number = 0.0, starts = 0.0, started = 0.0;

    for (int n = 0; n <= CUT; n++) {
        for (int size = 0; size <= MAX; size++) {
            const int here = n * ROW + size;
            const double rate = size > 0 ? 1.0 / (fixed + item * size) : 0.0;
            const int next = n < MIN ? 0 : n < MAX ? n : MAX;
            if ((size == 0 && n >= MIN) || (size > 0 && size < MIN)) {
                /* never entered; a way out all the same */
                exact_banded_add(c, here, here - 1 - (size == 0) * MAX, 1.0);
                continue;
            }
            if (size == 0 && n == MIN - 1)
                exact_banded_add(c, here, MIN, lambda);
            else if (n < CUT)
                exact_banded_add(c, here, here + ROW, lambda);
            if (size > 0)
                exact_banded_add(c, here, (n - next) * ROW + next, rate);
        }
    }
    const double *p = exact_banded_solve(c);
    for (int i = 0; i < (CUT + 1) * ROW; i++) {
        const int size = i % ROW;
        const double ends = size > 0 ? p[i] / (fixed + item * size) : 0.0;
        number += p[i] * (i / ROW + size);
        starts += ends;
        started += ends * size;
    }
    check_close(got.in_system, number, 1e-9);
    check_close(got.size, started / starts, 1e-9);
    check_close(started, lambda, 1e-9);
    exact_banded_destroy(c);
}
END_TEST

/* Constant batches of exactly two: the generating function of the number left
 * behind is K(z) M(z)/(z^2 - K(z)), K(z) = exp(-a (1 - z)) of the arrivals in a
 * batch and M(z) = p0 (z^2 - 1) + p1 (z^2 - z).  It has no pole at the root of
 * z^2 = K(z) in (-1, 0), and is 1 at z = 1: two equations for p0 and p1. */
START_TEST(constant_pairs)
{
    const double lambda = 12.0, time = 0.1, a = lambda * time;
    const struct exact_batching b = {
        .lambda = lambda, .min = 2, .max = 2, .fixed_s = time};
    const struct exact_batches got = exact_batch_server(&b);
    double low = -1.0, high = 0.0;

    for (int i = 0; i < 200; i++) {
        const double z = 0.5 * (low + high);
        if (z * z > exp(-a * (1.0 - z)))
            low = z;
        else
            high = z;
    }
    const double ratio = -(low * low - 1.0) / (low * low - low);
    const double p0 = (2.0 - a) / (2.0 + ratio), p1 = ratio * p0;
    /* mean left behind: numerator and denominator to second order at z = 1 */
    const double m1 = 2 * p0 + p1, m2 = 2 * p0 + 2 * p1;
    const double n2 = 2 * a * m1 + m2, d1 = 2.0 - a, d2 = 2.0 - a * a;
    const double left = (n2 * d1 - m1 * d2) / (2 * d1 * d1);
    /* a cycle: the wait for a second one (from none: for a first before), then
     * the batch, begun with what was left but at least two */
    const double idle = (2 * p0 + p1) / lambda, idle_area = (p0 + p1) / lambda;
    const double area = (left + 2 * p0 + p1) * time + 0.5 * a * time;
    check_close(got.in_system, (idle_area + area) / (idle + time), 1e-9);
    check_close(got.size, 2.0, 1e-14);
}
END_TEST

/* ---- patience ------------------------------------------------------------ */

START_TEST(exponential_patience)
{
    const struct exact_patience q = {.servers = 3,
        .lambda = 32,
        .mu = 10,
        .patience_s = 0.4,
        .exponential = true};
    const struct exact_left got = exact_patience_queue(&q);
    double p = 1.0, sum = 0.0, left = 0.0, busy = 0.0, queue = 0.0;

    for (int n = 0; n < 400; n++) {
        const int waiting = n > 3 ? n - 3 : 0;
        sum += p;
        left += p * waiting / 0.4;
        busy += p * (n < 3 ? n : 3);
        queue += p * waiting;
        p *= 32.0 /
             (10.0 * (n < 2 ? n + 1 : 3) + (n >= 3 ? (n - 2) / 0.4 : 0.0));
    }
    check_close(got.abandon, left / sum / 32, 1e-9);
    check_close(got.busy, busy / sum, 1e-9);
    /* those who leave wait as well: the queue holds both */
    ck_assert_double_lt(32 * (1 - got.abandon) * got.wait_s, queue / sum);
}
END_TEST

/* Time in the queue of those served, by the chain of one that is tagged: with
 * k ahead it moves up at rate c mu + k/P and gives up at rate 1/P. */
START_TEST(exponential_patience_wait)
{
    const struct exact_patience q = {.servers = 3,
        .lambda = 32,
        .mu = 10,
        .patience_s = 0.4,
        .exponential = true};
    double p = 1.0, sum = 0.0, served = 0.0, moment = 0.0;
    double success = 1.0,
           time = 0.0; /* from k ahead: P(served), E[T; served] */

    for (int n = 0; n < 400; n++) {
        sum += p;
        if (n >= 3) {
            const double up = 30.0 + (n - 3) / 0.4, all = up + 1 / 0.4;
            time = up / all * (time + success / all);
            success *= up / all;
        }
        served += p * success;
        moment += p * time;
        p *= 32.0 /
             (10.0 * (n < 2 ? n + 1 : 3) + (n >= 3 ? (n - 2) / 0.4 : 0.0));
    }
    const struct exact_left got = exact_patience_queue(&q);
    check_close(1.0 - got.abandon, served / sum, 1e-9);
    check_close(got.wait_s, moment / served, 1e-9);
}
END_TEST

/* M/M/1+D, Barrer (1957): (1 - r) r e / (1 - r^2 e), e = exp(-(mu - lambda) T).
 */
START_TEST(constant_patience)
{
    const struct exact_patience q = {
        .servers = 1, .lambda = 8, .mu = 10, .patience_s = 0.3};
    const double e = exp(-2.0 * 0.3);

    check_close(exact_patience_queue(&q).abandon,
        0.2 * 0.8 * e / (1 - 0.64 * e), 1e-10);
}
END_TEST

/* Several servers, overloaded: busy servers from the states agree with those
 * from the flow. */
START_TEST(constant_patience_flow)
{
    const struct exact_patience q = {
        .servers = 4, .lambda = 45, .mu = 10, .patience_s = 0.2};
    const struct exact_left got = exact_patience_queue(&q);
    double p = 1.0, sum = 0.0, number = 0.0;

    for (int j = 0; j < 4; j++) {
        sum += p;
        number += p * j;
        p *= 4.5 / (j + 1);
    }
    check_close(got.busy, (1 - got.delay) * number / sum + 4 * got.delay, 1e-9);
    check_close(got.busy, 4.5 * (1 - got.abandon), 1e-12);
}
END_TEST

TEST_MAIN("verify/exact_batch", batches_of_one, geometric, by_generator,
    constant_pairs, exponential_patience, exponential_patience_wait,
    constant_patience, constant_patience_flow)
