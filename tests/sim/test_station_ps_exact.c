/* The processor-sharing station, long runs against exact values:
 * insensitivity, birth and death, and the chain of a tagged job. */
#include "station_drive.h"

/* ---- M/G/1 and M/M/c ----------------------------------------------------- */

static int one_bin(double size_s)
{
    (void)size_s;
    return 0;
}

static int size_bin(double size_s)
{
    return size_s < 0.5 ? 1 : size_s < 1.0 ? 2 : size_s < 2.0 ? 3 : 4;
}

static struct run *ps_run(int slots, double length_s, enum law law, double rate)
{
    struct run *run = new_run(sim_station_ps_create, slots, length_s);
    run->flow[0] = (struct flow){rate, 1.0, law};
    run->n_flows = 1;
    run->bin_of = one_bin;
    return run;
}

/* E[T] = E[S] / (1 - rho), E[T | size x] = x / (1 - rho), for any law.
 * Kleinrock, Queueing Systems II, chapter 4. */
START_TEST(m_g_1_is_insensitive)
{
    for (enum law law = EXPONENTIAL; law < LAWS; law++) {
        const double rho = law == HYPER ? 0.4 : 0.5;
        struct run *run = ps_run(1, 60000.0, law, rho);
        run_all(run, 7 + law);
        AGREES(run->response[0], 1.0 / (1.0 - rho));
        AGREES(run->in_system, rho / (1.0 - rho));
        AGREES(run->busy, rho);
        free(run);
    }
}
END_TEST

START_TEST(response_is_proportional_to_size)
{
    const double rho = 0.5;
    const enum law laws[] = {EXPONENTIAL, LOGNORMAL, HYPER};
    for (int i = 0; i < 3; i++) {
        struct run *run = ps_run(1, 60000.0, laws[i], rho);
        run->bin_of = size_bin;
        run_all(run, 31 + (uint64_t)i);
        for (int bin = 1; bin <= 4; bin++)
            AGREES(run->slowdown[bin], 1.0 / (1.0 - rho));
        free(run);
    }
}
END_TEST

/* The number in system is the chain of M/M/c for exponential sizes, and the
 * same for all others. */
START_TEST(m_g_c)
{
    const int c[] = {2, 3, 8};
    for (int i = 0; i < 3; i++) {
        const double rate = 0.6 * c[i];
        struct run *run =
            ps_run(c[i], 80000.0 / c[i], (enum law)(i == 1 ? HYPER : 0), rate);
        run_all(run, 51 + (uint64_t)i);
        const double exact = mmc_in_system(rate, 1.0, c[i]);
        AGREES(run->in_system, exact);
        AGREES(run->response[0], exact / rate);
        AGREES(run->busy, rate);
        ck_assert(run->waiting.x[0] == 0.0);
        free(run);
    }
}
END_TEST

/* ---- limited sharing ----------------------------------------------------- */

enum { TAGGED = 160 };

/* M/M/1, service rate 1, at most k running: first two moments r1, r2 of the
 * rest of a running job's time with n jobs in the system, itself included.
 * m(n) = (1 + rate m(n+1) + (1 - 1/j) m(n-1)) / (1 + rate),
 * j = min(n, k): jobs that leave are others with probability 1 - 1/j; solved
 * from above by elimination, m(n) = a(n) + b(n) m(n-1), with the second moment
 * driven by 2 m in the place of 1. */
static void tagged_rest(double rate, int k, double *r1, double *r2)
{
    double b[TAGGED + 2] = {0}, a[TAGGED + 2] = {0};
    double *const r[2] = {r1, r2};
    for (int moment = 0; moment < 2; moment++) {
        for (int n = TAGGED; n >= 1; n--) {
            const double up = n == TAGGED ? 0.0 : rate;
            const double drive = moment == 0 ? 1.0 : 2.0 * r1[n];
            const double others = 1.0 - 1.0 / (n < k ? n : k);
            const double pivot = 1.0 + up - up * b[n + 1];
            a[n] = (drive + up * a[n + 1]) / pivot;
            b[n] = others / pivot;
        }
        r[moment][0] = 0.0;
        for (int n = 1; n <= TAGGED; n++)
            r[moment][n] = a[n] + b[n] * r[moment][n - 1];
    }
}

/* E[T^2] and E[wait].  A job that finds n >= k waits for j = n - k + 1 ends at
 * rate 1: with b arrivals meanwhile (negative binomial) the wait is Erlang(j +
 * b, 1 + rate), and it starts among k + b. */
static void tagged_response(double rate, int k, double *second, double *wait)
{
    double r1[TAGGED + 1], r2[TAGGED + 1];
    const double q = rate / (1.0 + rate);
    tagged_rest(rate, k, r1, r2);
    *second = *wait = 0.0;
    for (int n = 0; n < 60; n++) {
        const double p = (1.0 - rate) * pow(rate, n); /* found, PASTA */
        if (n < k) {
            *second += p * r2[n + 1];
            continue;
        }
        const int j = n - k + 1;
        double pb = p * pow(1.0 - q, j);
        for (int b = 0; b + k <= TAGGED; b++) {
            const double w1 = (j + b) / (1.0 + rate);
            const double w2 = w1 * (j + b + 1) / (1.0 + rate);
            *wait += pb * w1;
            *second += pb * (w2 + 2.0 * w1 * r1[k + b] + r2[k + b]);
            pb *= q * (j + b) / (b + 1.0);
        }
    }
}

/* The ends of the family are known: FCFS, 2 / (1 - rho)^2, and egalitarian
 * sharing, 4 / ((2 - rho) (1 - rho)^2) (Coffman, Muntz and Trotter 1970). */
START_TEST(the_tagged_chain_is_right_at_both_ends)
{
    double second, wait;
    tagged_response(0.5, 1, &second, &wait);
    ck_assert_double_eq_tol(second, 8.0, 1e-9);
    ck_assert_double_eq_tol(wait, 1.0, 1e-9);
    tagged_response(0.5, 59, &second, &wait);
    ck_assert_double_eq_tol(second, 4.0 / (1.5 * 0.25), 1e-9);
    ck_assert_double_eq_tol(wait, 0.0, 1e-9);
}
END_TEST

START_TEST(limited_sharing)
{
    const int limits[] = {4, 16};
    const double rho = 0.5;
    for (int i = 0; i < 2; i++) {
        struct run *run = ps_run(1, 80000.0, EXPONENTIAL, rho);
        double second, wait;
        run->cfg.concurrency = limits[i];
        tagged_response(rho, limits[i], &second, &wait);
        run_all(run, 71 + (uint64_t)i);
        AGREES(run->in_system, rho / (1.0 - rho));
        AGREES(run->response[0], 1.0 / (1.0 - rho));
        AGREES(run->busy, rho);
        /* waits are a small part of the response (of 16 too small to see),
         * squares vary more */
        const double part = 0.02 / ((1.0 - rho) * wait);
        if (limits[i] == 4) {
            agrees("wait", &run->wait[0], wait, part);
            agrees("waiting", &run->waiting, rho * wait, part);
        }
        agrees("E[T^2]", &run->response2[0], second, 0.05);
        free(run);
    }
}
END_TEST

/* ---- table of rates ------------------------------------------------------ */

static const double rates[] = {1.0, 1.75, 2.25, 2.5, 2.4};
enum { N_RATES = sizeof rates / sizeof rates[0] };

/* Birth and death with r(min(n, limit)), at most `room` in the system. */
START_TEST(rate_table_with_limit_and_capacity)
{
    enum { ROOM = 12, LIMIT = 4 };
    const double rate = 2.5;
    double death[ROOM + 1] = {0}, p[ROOM + 1];
    double mean = 0.0, waiting = 0.0, busy = 0.0;
    for (int n = 1; n <= ROOM; n++)
        death[n] = rates[(n < LIMIT ? n : LIMIT) - 1];
    birth_death(rate, death, ROOM, p);
    for (int n = 0; n <= ROOM; n++) {
        mean += n * p[n];
        waiting += n > LIMIT ? (n - LIMIT) * p[n] : 0.0;
        busy += fmin(death[n], 2.0) * p[n]; /* capped by the 2 slots */
    }
    struct run *run = ps_run(2, 80000.0, EXPONENTIAL, rate);
    run->cfg.rates = rates;
    run->cfg.n_rates = N_RATES;
    run->cfg.concurrency = LIMIT;
    run->cfg.capacity = ROOM;
    run_all(run, 91);
    AGREES(run->in_system, mean);
    AGREES(run->waiting, waiting);
    AGREES(run->busy, busy);
    AGREES(run->loss[0], p[ROOM]);
    AGREES(run->response[0], mean / (rate * (1.0 - p[ROOM])));
    free(run);
}
END_TEST

/* The last rate holds beyond the table; half the slots give half the rates. */
START_TEST(rate_table_is_scaled_by_slots)
{
    enum { ROOM = 200 };
    const double rate = 0.7;
    double death[ROOM + 1] = {0}, p[ROOM + 1], mean = 0.0;
    for (int n = 1; n <= ROOM; n++)
        death[n] = 0.5 * rates[(n < N_RATES ? n : N_RATES) - 1];
    birth_death(rate, death, ROOM, p);
    for (int n = 0; n <= ROOM; n++)
        mean += n * p[n];
    struct run *run = ps_run(4, 80000.0, HYPER, rate);
    run->cfg.slots_at_start = 2;
    run->cfg.rates = rates;
    run->cfg.n_rates = N_RATES;
    run_all(run, 95);
    AGREES(run->in_system, mean); /* insensitive */
    free(run);
}
END_TEST

TEST_MAIN("sim/station_ps_exact", m_g_1_is_insensitive,
    response_is_proportional_to_size, m_g_c,
    the_tagged_chain_is_right_at_both_ends, limited_sharing,
    rate_table_with_limit_and_capacity, rate_table_is_scaled_by_slots)
