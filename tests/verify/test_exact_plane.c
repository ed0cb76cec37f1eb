/* Solvers of two-dimensional chains against second routes: closed forms where
 * there are some, else the same model written down anew, state by state, and
 * solved by Gauss and Seidel's iteration. */
#include "check_main.h"

#include <math.h>

#include "sim/alloc.h"
#include "tests/verify/exact_banded.h"
#include "tests/verify/exact_mmc.h"
#include "tests/verify/exact_pair.h"
#include "tests/verify/exact_phase.h"
#include "tests/verify/exact_servers.h"
#include "tests/verify/exact_spill.h"

static void check_close(double got, double want, double tolerance)
{
    ck_assert_msg(fabs(got - want) <= tolerance * fabs(want),
        "got %.15g, want %.15g", got, want);
}

/* ---- the second solver --------------------------------------------------- */

enum { MAX_STATES = 6000, MAX_JUMPS = 40000 };

/* Jumps into each state, in the order they are added. */
struct plain {
    int n, jumps;
    int from[MAX_JUMPS], to[MAX_JUMPS], after[MAX_JUMPS]; /* a list per `to` */
    int first[MAX_STATES];
    double rate[MAX_JUMPS], leave[MAX_STATES], p[MAX_STATES];
};

static struct plain *plain_create(int n)
{
    struct plain *c = sim_calloc(1, sizeof *c);

    ck_assert(c != NULL && n <= MAX_STATES);
    c->n = n;
    for (int i = 0; i < n; i++) {
        c->first[i] = -1;
        c->p[i] = 1.0 / n;
    }
    return c;
}

static void plain_add(struct plain *c, int from, int to, double rate)
{
    const int j = c->jumps++;

    ck_assert_int_lt(j, MAX_JUMPS);
    c->from[j] = from;
    c->to[j] = to;
    c->rate[j] = rate;
    c->leave[from] += rate;
    c->after[j] = c->first[to];
    c->first[to] = j;
}

static double plain_sweep(struct plain *c)
{
    double change = 0.0, sum = 0.0;

    for (int i = 0; i < c->n; i++) {
        double in = 0.0;
        for (int j = c->first[i]; j >= 0; j = c->after[j])
            in += c->p[c->from[j]] * c->rate[j];
        in /= c->leave[i];
        change += fabs(in - c->p[i]);
        c->p[i] = in;
        sum += in;
    }
    for (int i = 0; i < c->n; i++)
        c->p[i] /= sum;
    return change / sum;
}

static void plain_solve(struct plain *c)
{
    for (int i = 0; i < 20000; i++) {
        if (plain_sweep(c) < 1e-14)
            return;
    }
    ck_abort_msg("no convergence");
}

/* ---- the chain itself ---------------------------------------------------- */

START_TEST(birth_and_death)
{
    const double lambda = 8.0, mu = 10.0;
    enum { K = 30 };
    struct exact_banded *c = exact_banded_create(K + 1, 1);
    double p = (1.0 - 0.8) / (1.0 - pow(0.8, K + 1));

    for (int n = 0; n < K; n++) {
        exact_banded_add(c, n, n + 1, lambda);
        exact_banded_add(c, n + 1, n, mu);
    }
    const double *got = exact_banded_solve(c);
    for (int n = 0; n <= K; n++, p *= 0.8)
        check_close(got[n], p, 1e-13);
    exact_banded_destroy(c);
}
END_TEST

/* Jumps of up to three numbers either way, rates of no pattern. */
START_TEST(against_iteration)
{
    enum { N = 200, BAND = 3 };
    struct exact_banded *c = exact_banded_create(N, BAND);
    struct plain *other = plain_create(N);

    for (int i = 0; i < N; i++) {
        for (int j = i > BAND ? i - BAND : 0; j <= i + BAND && j < N; j++) {
            const double rate = 1.0 + sin(3.0 * i + 7.0 * j * j) + 0.02 * i;
            if (i == j)
                continue;
            exact_banded_add(c, i, j, j > i ? 0.1 * rate : rate);
            plain_add(other, i, j, j > i ? 0.1 * rate : rate);
        }
    }
    plain_solve(other);
    const double *got = exact_banded_solve(c);
    for (int i = 0; i < 12; i++)
        check_close(got[i], other->p[i], 1e-10);
    exact_banded_destroy(c);
    sim_free(other);
}
END_TEST

/* ---- two queues ---------------------------------------------------------- */

/* Both queues as they are, a coin for equal ones. */
START_TEST(shortest_queue)
{
    enum { CUT = 60, ROW = CUT + 1 };
    const double lambda = 12.0, mu = 10.0;
    struct plain *c = plain_create(ROW * ROW);
    double number = 0.0;

    for (int a = 0; a < ROW; a++) {
        for (int b = 0; b < ROW; b++) {
            const int here = a * ROW + b;
            const double to_a = a < b ? 1.0 : a == b ? 0.5 : 0.0;
            if (a < CUT && to_a > 0.0)
                plain_add(c, here, here + ROW, to_a * lambda);
            if (b < CUT && to_a < 1.0)
                plain_add(c, here, here + 1, (1.0 - to_a) * lambda);
            if (a > 0)
                plain_add(c, here, here - ROW, mu);
            if (b > 0)
                plain_add(c, here, here - 1, mu);
        }
    }
    plain_solve(c);
    for (int i = 0; i < ROW * ROW; i++)
        number += c->p[i] * (i / ROW + i % ROW);
    check_close(exact_shortest_queue(lambda, mu, 80), number / lambda, 1e-10);
    /* the pooled queue M/M/2 does better, the split one worse */
    const struct exact_phase pooled = exact_phase_mmc(2, lambda, mu);
    ck_assert_double_gt(number / lambda, exact_phase_mean(&pooled));
    ck_assert_double_lt(number / lambda, 1.0 / (mu - lambda / 2));
    sim_free(c);
}
END_TEST

/* Flatto and Hahn (1984): (12 - rho)/8 of the response of one M/M/1. */
START_TEST(fork_join)
{
    const double rho[] = {0.3, 0.6, 0.75};

    for (size_t i = 0; i < sizeof rho / sizeof rho[0]; i++) {
        check_close(exact_fork_join(10.0 * rho[i], 10.0, 100),
            (12.0 - rho[i]) / 8.0 / (10.0 - 10.0 * rho[i]), 1e-9);
    }
}
END_TEST

/* ---- overflow ------------------------------------------------------------ */

/* Ordered hunting: both groups together are one group of c1 + c2. */
START_TEST(loss_to_loss)
{
    const struct exact_spill s = {.edge_rate = 60,
        .edge_servers = 5,
        .edge_mu = 10,
        .central_servers = 4,
        .central_capacity = 4,
        .central_mu = 10};
    const struct exact_spilled got = exact_spill_chain(&s);

    check_close(got.spill, exact_erlang_b(5, 6.0), 1e-12);
    check_close(got.edge_loss, exact_erlang_b(9, 6.0), 1e-12);
    check_close(got.loss, exact_erlang_b(9, 6.0), 1e-12);
    check_close(got.edge_response_s, 0.1, 1e-12);
    check_close(got.edge_busy + got.central_busy,
        6.0 * (1 - exact_erlang_b(9, 6.0)), 1e-12);
}
END_TEST

/* With own traffic: flow balance; with nothing but own traffic: M/M/c. */
START_TEST(loss_to_queue)
{
    struct exact_spill s = {.edge_rate = 60,
        .central_rate = 25,
        .edge_servers = 5,
        .edge_mu = 10,
        .central_servers = 4,
        .central_capacity = 400,
        .central_mu = 15};
    struct exact_spilled got = exact_spill_chain(&s);

    check_close(got.spill, exact_erlang_b(5, 6.0), 1e-12);
    check_close(got.central_busy, (25 + 60 * got.spill) / 15, 1e-10);
    ck_assert_double_lt(got.loss, 1e-15);
    s.edge_rate = 1e-9;
    s.central_rate = 45;
    got = exact_spill_chain(&s);
    const struct exact_phase alone = exact_phase_mmc(4, 45, 15);
    check_close(got.central_response_s, exact_phase_mean(&alone), 1e-9);
}
END_TEST

/* ---- servers that come and go -------------------------------------------- */

/* One server: the response of M/M/1 and a boot (Welch 1964). */
START_TEST(setup_of_one)
{
    const struct exact_setup q = {
        .servers = 1, .lambda = 5, .mu = 10, .boot_s = 0.7, .cut = 400};
    const struct exact_setup_result got = exact_setup_queue(&q);

    check_close(got.response_s, 1.0 / 5.0 + 0.7, 1e-10);
    check_close(got.busy, 0.5, 1e-12);
    check_close(got.boot / got.off, 5 * 0.7, 1e-10);
}
END_TEST

/* Three servers, with the boots written out: `on` and `boots` as a pair. */
START_TEST(setup_of_three)
{
    enum { CUT = 150, C = 3, ROW = C + 1 };
    const double lambda = 15.0, mu = 10.0, alpha = 2.0;
    const struct exact_setup q = {.servers = C,
        .lambda = lambda,
        .mu = mu,
        .boot_s = 1 / alpha,
        .cut = 400};
    const struct exact_setup_result got = exact_setup_queue(&q);
    struct plain *c = plain_create((CUT + 1) * ROW);
    double number = 0.0, busy = 0.0, boot = 0.0;

    /* state: requests without a server, and servers at work */
    for (int w = 0; w <= CUT; w++) {
        for (int on = 0; on <= C; on++) {
            const int here = w * ROW + on;
            const int boots = w < C - on ? w : C - on;
            if (w < CUT)
                plain_add(c, here, here + ROW, lambda);
            if (on > 0) /* takes the next, or goes off */
                plain_add(c, here, w > 0 ? here - ROW : here - 1, on * mu);
            if (boots > 0)
                plain_add(c, here, here - ROW + 1, boots * alpha);
        }
    }
    plain_solve(c);
    for (int w = 0; w <= CUT; w++) {
        for (int on = 0; on <= C; on++) {
            const double mass = c->p[w * ROW + on];
            number += mass * (w + on);
            busy += mass * on;
            boot += mass * (w < C - on ? w : C - on);
        }
    }
    check_close(got.response_s, number / lambda, 1e-9);
    check_close(got.busy, lambda / mu, 1e-10);
    check_close(got.boot, boot, 1e-9);
    check_close(got.off, C - busy - boot, 1e-9);
    sim_free(c);
}
END_TEST

START_TEST(breakdowns_of_one)
{
    const struct exact_breakdowns q = {.servers = 1,
        .crews = 1,
        .lambda = 6,
        .mu = 10,
        .life_s = 5,
        .repair_s = 0.5,
        .cut = 2000};
    const struct exact_breakdowns_result got = exact_breakdowns_queue(&q);

    check_close(got.in_system, exact_breakdowns_single(&q), 1e-10);
    check_close(got.servers_up, 5 / 5.5, 1e-12);
    check_close(got.busy, 0.6, 1e-12);
}
END_TEST

/* Four servers and one crew: the queue by iteration, the servers alone by
 * their birth-death chain. */
START_TEST(breakdowns_of_four)
{
    enum { CUT = 400, C = 4, ROW = C + 1 };
    const double lambda = 16, mu = 10, f = 0.1, r = 2.0;
    const struct exact_breakdowns q = {.servers = C,
        .crews = 1,
        .lambda = lambda,
        .mu = mu,
        .life_s = 1 / f,
        .repair_s = 1 / r,
        .cut = CUT};
    const struct exact_breakdowns_result got = exact_breakdowns_queue(&q);
    struct plain *c = plain_create((CUT + 1) * ROW);
    double number = 0.0, weight = 1.0, sum = 0.0, up_sum = 0.0;

    for (int n = 0; n <= CUT; n++) {
        for (int up = 0; up <= C; up++) {
            const int here = n * ROW + up;
            if (n < CUT)
                plain_add(c, here, here + ROW, lambda);
            if (n > 0 && up > 0)
                plain_add(c, here, here - ROW, (n < up ? n : up) * mu);
            if (up > 0)
                plain_add(c, here, here - 1, up * f);
            if (up < C)
                plain_add(c, here, here + 1, r);
        }
    }
    plain_solve(c);
    for (int i = 0; i < (CUT + 1) * ROW; i++)
        number += c->p[i] * (i / ROW);
    for (int up = C; up >= 0; up--) {
        sum += weight;
        up_sum += weight * up;
        weight *= up * f / r;
    }
    check_close(got.in_system, number, 1e-8);
    check_close(got.servers_up, up_sum / sum, 1e-12);
    check_close(got.busy, lambda / mu, 1e-10);
    sim_free(c);
}
END_TEST

TEST_MAIN("verify/exact_plane", birth_and_death, against_iteration,
    shortest_queue, fork_join, loss_to_loss, loss_to_queue, setup_of_one,
    setup_of_three, breakdowns_of_one, breakdowns_of_four)
