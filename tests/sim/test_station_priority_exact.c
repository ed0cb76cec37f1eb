/* The priority station, long runs against exact values: Cobham, White and
 * Christie, conservation over classes, breakdowns. */
#include "station_drive.h"

/* ---- one server ---------------------------------------------------------- */

static struct run *pri_run(int slots, double length_s, bool preemptive,
    const struct flow *flow, int n_flows)
{
    struct run *run = new_run(sim_station_priority_create, slots, length_s);
    run->cfg.preemptive = preemptive;
    run->n_flows = n_flows;
    memcpy(run->flow, flow, (size_t)n_flows * sizeof *flow);
    return run;
}

/* Mean response of class k (from 0) of M/G/1.  With the residual work R = sum
 * lambda E[S^2] / 2 and the load s(k) of classes 0 .. k:
 *   non-preemptive      R(all) / ((1 - s(k-1)) (1 - s(k))) + E[S],
 *   preemptive resume   R(0..k) / (same) + E[S] / (1 - s(k-1)).
 * Cobham 1954; White and Christie 1958; Kleinrock, Queueing Systems II,
 * chapter 3. */
static double m_g_1_response(const struct run *run, int k)
{
    double residual_s = 0.0, above = 0.0;
    for (int i = 0; i < run->n_flows; i++) {
        const struct flow *f = &run->flow[i];
        const double square = f->mean_s * f->mean_s * (1.0 + scv(f->law));
        if (i <= k || !run->cfg.preemptive)
            residual_s += 0.5 * f->rate_per_s * square;
        if (i < k)
            above += f->rate_per_s * f->mean_s;
    }
    const struct flow *f = &run->flow[k];
    const double upto = above + f->rate_per_s * f->mean_s;
    const double wait_s = residual_s / ((1.0 - above) * (1.0 - upto));
    return wait_s + f->mean_s / (run->cfg.preemptive ? 1.0 - above : 1.0);
}

static void check_m_g_1(
    const struct flow *flow, int n_flows, double length_s, uint64_t seed)
{
    for (int preemptive = 0; preemptive < 2; preemptive++) {
        struct run *run = pri_run(1, length_s, preemptive != 0, flow, n_flows);
        double in_system = 0.0, busy = 0.0;
        run_all(run, seed);
        for (int k = 0; k < n_flows; k++) {
            const double exact = m_g_1_response(run, k);
            AGREES(run->response[k], exact);
            in_system += flow[k].rate_per_s * exact;
            busy += flow[k].rate_per_s * flow[k].mean_s;
        }
        AGREES(run->in_system, in_system);
        AGREES(run->busy, busy);
        /* of the same precision as the number in system, of which it is part */
        const double waiting = in_system - busy;
        agrees("waiting", &run->waiting, waiting, 0.02 * in_system / waiting);
        free(run);
    }
}

START_TEST(m_m_1_two_priorities)
{
    const struct flow equal[] = {
        {0.3, 1.0, EXPONENTIAL}, {0.2, 1.0, EXPONENTIAL}};
    const struct flow unequal[] = {
        {0.5, 0.5, EXPONENTIAL}, {0.1, 2.0, EXPONENTIAL}};
    check_m_g_1(equal, 2, 80000.0, 1);
    check_m_g_1(unequal, 2, 80000.0, 2);
}
END_TEST

START_TEST(m_g_1_three_priorities)
{
    const struct flow flow[] = {
        {0.2, 1.0, DETERMINISTIC}, {0.2, 0.5, LOGNORMAL}, {0.1, 1.0, HYPER}};
    check_m_g_1(flow, 3, 130000.0, 3);
}
END_TEST

/* ---- several servers ----------------------------------------------------- */

/* Equal means.  Preemptive: classes 1 .. k do not see the others and are
 * M/M/c.  Non-preemptive: W(k) = C(c, rho) / (c mu (1 - s(k-1)) (1 - s(k))),
 * C Erlang's delay probability (Kella and Yechiali 1985, equal rates).  The
 * total is M/M/c in both cases. */
static void check_m_m_c(int c, bool preemptive, double length_s)
{
    const double part[] = {0.4, 0.3, 0.3}, rate = 0.5 * c;
    struct flow flow[3];
    for (int k = 0; k < 3; k++)
        flow[k] = (struct flow){part[k] * rate, 1.0, EXPONENTIAL};
    struct run *run = pri_run(c, length_s / c, preemptive, flow, 3);
    run_all(run, (uint64_t)c);
    const double total = mmc_in_system(rate, 1.0, c);
    const double delay = (total - rate) * (1.0 - rate / c) / (rate / c);
    double upto = 0.0, below = 0.0;
    for (int k = 0; k < 3; k++) {
        const double above = upto;
        upto += flow[k].rate_per_s;
        const double in_system = mmc_in_system(upto, 1.0, c);
        const double exact =
            preemptive
                ? (in_system - below) / flow[k].rate_per_s
                : 1.0 + delay / (c * (1.0 - above / c) * (1.0 - upto / c));
        below = in_system;
        AGREES(run->response[k], exact);
    }
    AGREES(run->in_system, total);
    AGREES(run->busy, rate);
    free(run);
}

START_TEST(m_m_c_equal_means)
{
    check_m_m_c(2, false, 80000.0);
    check_m_m_c(2, true, 80000.0);
    check_m_m_c(6, false, 60000.0);
    check_m_m_c(6, true, 60000.0);
}
END_TEST

/* ---- breakdowns ---------------------------------------------------------- */

#define FAIL_PER_S   0.2
#define REPAIR_PER_S 1.0

/* One slot: up and down for exponential times. */
static void draw_breakdowns(struct run *run, uint64_t *s)
{
    double t = 0.0;
    int n = 0;
    for (; n < CHANGES_MAX && t < run->cfg.to_s + 200.0; n++) {
        const bool fails = n % 2 == 0;
        t += exponential(s) / (fails ? FAIL_PER_S : REPAIR_PER_S);
        run->change_s[n] = t;
        run->change_slots[n] = fails ? 0 : 1;
    }
    ck_assert_int_lt(n, CHANGES_MAX);
    run->change_slots[n - 1] = 1;
    run->cfg.change_s = run->change_s;
    run->cfg.change_slots = run->change_slots;
    run->cfg.n_changes = n;
}

/* Mean number in M/M/1 (service rate 1) whose server breaks down, busy or
 * idle: lambda ((f + r)^2 + f) / ((f + r) (r - lambda (f + r))).
 * White and Christie 1958 (breakdowns as a first class); equal to the solution
 * of the chain of (number, up or down) cut at 100 jobs to 12 digits. */
static double broken_m_m_1(double rate)
{
    const double f = FAIL_PER_S, r = REPAIR_PER_S, sum = f + r;
    return rate * (sum * sum + f) / (sum * (r - rate * sum));
}

START_TEST(m_m_1_with_breakdowns)
{
    const struct flow flow[] = {
        {0.15, 1.0, EXPONENTIAL}, {0.15, 1.0, EXPONENTIAL}};
    for (int preemptive = 0; preemptive < 2; preemptive++) {
        struct run *run = pri_run(1, 60000.0, preemptive != 0, flow, 2);
        run->draw_changes = draw_breakdowns;
        run_all(run, 5);
        AGREES(run->in_system, broken_m_m_1(0.3));
        AGREES(run->busy, 0.3);
        if (preemptive)
            AGREES(run->response[0], broken_m_m_1(0.15) / 0.15);
        free(run);
    }
}
END_TEST

TEST_MAIN("sim/station_priority_exact", m_m_1_two_priorities,
    m_g_1_three_priorities, m_m_c_equal_means, m_m_1_with_breakdowns)
