/* Queues with exact answers, from scenario text to metrics.
 *
 * Truth: closed forms, computed here from the formula - Erlang B and C and the
 * response law of M/M/c, Pollaczek and Khinchine with Takacs' second moment,
 * insensitivity of the loss system and of infinitely many servers, and
 * numerical convolution where a round trip is added. */
#include "loader/study_fixture.h"

/* ---- formulas ------------------------------------------------------------ */

/* Erlang's loss formula, by its recursion. */
static double erlang_b(int c, double a)
{
    double b = 1.0;

    for (int k = 1; k <= c; k++)
        b = a * b / (k + a * b);
    return b;
}

/* Erlang's delay formula. */
static double erlang_c(int c, double a)
{
    const double b = erlang_b(c, a);

    return c * b / (c - a * (1.0 - b));
}

/* P(response > t) in M/M/c with service rate mu: wait (exponential with
 * probability C) and service are independent. */
static double mmc_tail(int c, double lambda, double mu, double t)
{
    const double a = lambda / mu, d = c - 1 - a;
    const double more = d != 0.0 ? -expm1(-mu * t * d) / d : mu * t;

    return exp(-mu * t) * (1.0 + erlang_c(c, a) * more);
}

typedef double (*tail_fn)(const double *p, double t);

/* Where a decreasing tail reaches 1 - level, by bisection. */
static double quantile(tail_fn tail, const double *p, double level)
{
    double low = 0.0, high = 1e6;

    for (int i = 0; i < 200; i++) {
        const double middle = 0.5 * (low + high);
        if (tail(p, middle) > 1.0 - level)
            low = middle;
        else
            high = middle;
    }
    return 0.5 * (low + high);
}

static double mmc_response(const double *p, double t)
{
    return mmc_tail((int)p[0], p[1], p[2], t);
}

/* ---- M/M/c --------------------------------------------------------------- */

/* Arrivals at rho of capacity, service of 100 ms. */
static struct study mmc(int c, double rho, int requests, int warmup, int reps)
{
    return study_run(
        "seed: 7\n"
        "simulate: {requests: %d, warmup: %d requests, replications: %d}\n"
        "arrivals: {rate: %.17g /s}\n"
        "requests: {r: {service: {exponential: {mean: 100 ms}}}}\n"
        "deployments: {d: {sites: {q: {tier: bare, servers: %d}}}}\n",
        requests, warmup, reps, c * rho * 10.0, c);
}

static void check_mmc(int c, double rho, int requests, int warmup, int reps)
{
    const double mu = 10.0, lambda = c * rho * mu, a = c * rho;
    const double wait_ms = 1e3 * erlang_c(c, a) / (c * mu - lambda);
    const double p[] = {c, lambda, mu};
    struct study s = mmc(c, rho, requests, warmup, reps);

    study_expect(&s, "d.latency.mean", wait_ms + 100.0, MEAN_TIGHT);
    study_expect(&s, "d.wait_probability", erlang_c(c, a), MEAN_TIGHT);
    study_expect(&s, "d.service.mean", 100.0, MEAN_TIGHT);
    study_expect(&s, "d.utilization", rho, MEAN_TIGHT);
    study_expect(&s, "d.site.q.in_system.mean",
        lambda * (wait_ms + 100.0) / 1e3, MEAN_TIGHT);
    study_expect(&s, "d.latency.p50", 1e3 * quantile(mmc_response, p, 0.50),
        QUANTILE_TIGHT);
    study_expect(&s, "d.latency.p95", 1e3 * quantile(mmc_response, p, 0.95),
        QUANTILE_TIGHT);
    study_expect(&s, "d.latency.p99", 1e3 * quantile(mmc_response, p, 0.99),
        QUANTILE_TIGHT);
    study_end(&s);
}

START_TEST(mm1)
{
    if (study_skipped("mm1"))
        return;
    check_mmc(1, 0.5, 50000, 500, 20);
    check_mmc(1, 0.8, 200000, 5000, 20);
    check_mmc(1, 0.9, 500000, 20000, 20);
}
END_TEST

START_TEST(mmc_2_to_64)
{
    if (study_skipped("mmc_2_to_64"))
        return;
    check_mmc(2, 0.7, 100000, 2000, 20);
    check_mmc(8, 0.9, 400000, 20000, 20);
    check_mmc(16, 0.8, 100000, 5000, 20);
    check_mmc(64, 0.95, 400000, 50000, 20);
}
END_TEST

/* The wait of M/M/1 has an atom at zero and an exponential tail: mean, second
 * moment and p95 (ln(20 rho) / (mu - lambda)). */
START_TEST(mm1_wait)
{
    if (study_skipped("mm1_wait"))
        return;
    const double lambda = 8.0, mu = 10.0, r = mu - lambda;
    struct study s = mmc(1, 0.8, 200000, 5000, 20);

    study_expect(&s, "d.queue.mean", 1e3 * 0.8 / r, MEAN_TIGHT);
    study_expect(&s, "d.queue.second_moment", 1e6 * 2 * 0.8 / (r * r), 0.04);
    study_expect(&s, "d.queue.p95", 1e3 * log(20 * 0.8) / r, QUANTILE_TIGHT);
    study_expect(
        &s, "d.site.q.queue_length.mean", lambda * 0.8 / r, MEAN_TIGHT);
    study_expect(&s, "d.latency.sd", 1e3 / r, 0.03);
    study_end(&s);
}
END_TEST

/* A run by time instead of by number: the station's own time averages. */
START_TEST(mm1_by_time)
{
    struct study s = study_run(
        "seed: 3\n"
        "simulate: {duration: 30000 s, warmup: 1000 s, replications: 20}\n"
        "arrivals: {rate: 7 /s}\n"
        "requests: {r: {service: {exponential: {mean: 100 ms}}}}\n"
        "deployments: {d: {sites: {q: {tier: bare}}}}\n");

    study_expect(&s, "d.latency.mean", 1e3 / 3.0, MEAN_TIGHT);
    study_expect(&s, "d.site.q.in_system.mean", 7.0 / 3.0, MEAN_TIGHT);
    study_expect(&s, "d.site.q.queue_length.mean", 0.7 * 7.0 / 3.0, MEAN_TIGHT);
    study_expect(&s, "d.site.q.busy_servers.mean", 0.7, MEAN_TIGHT);
    study_expect(&s, "d.requests.served_rate", 7.0, MEAN_TIGHT);
    study_end(&s);
}
END_TEST

/* Warm-up left to the program: a biased start would show in the mean. */
START_TEST(mm1_auto_warmup)
{
    struct study s = study_run(
        "seed: 5\n"
        "simulate: {requests: 100000, warmup: auto, replications: 20}\n"
        "arrivals: {rate: 8 /s}\n"
        "requests: {r: {service: {exponential: {mean: 100 ms}}}}\n"
        "deployments: {d: {sites: {q: {tier: bare}}}}\n");

    study_expect(&s, "d.latency.mean", 500.0, MEAN_TIGHT);
    study_end(&s);
}
END_TEST

/* Two classes of one queue are the mixture of their services; speed divides
 * work.  M/G/1 with two points, 70 ms and 20 ms after the speed of 2. */
START_TEST(classes_and_speed)
{
    const double lambda = 15.0, share[] = {0.6, 0.4}, x[] = {0.07, 0.02};
    double m1 = 0.0, m2 = 0.0;
    struct study s =
        study_run("seed: 9\n"
                  "simulate: {requests: 150000, warmup: 3000 requests, "
                  "replications: 20}\n"
                  "arrivals: {rate: 15 /s}\n"
                  "requests:\n"
                  "  long: {share: 60 %%, service: {constant: 140 ms}}\n"
                  "  short: {share: 40 %%, service: {constant: 40 ms}}\n"
                  "deployments: {d: {sites: {q: {tier: bare, speed: 2}}}}\n");

    for (int i = 0; i < 2; i++) {
        m1 += share[i] * x[i];
        m2 += share[i] * x[i] * x[i];
    }
    const double wait = lambda * m2 / (2 * (1 - lambda * m1));
    study_expect(&s, "d.latency.mean", 1e3 * (wait + m1), MEAN_TIGHT);
    study_expect(
        &s, "d.class.long.latency.mean", 1e3 * (wait + x[0]), MEAN_TIGHT);
    study_expect(
        &s, "d.class.short.latency.mean", 1e3 * (wait + x[1]), MEAN_TIGHT);
    study_expect(&s, "d.class.long.requests.offered", 0.6 * 150000, MEAN_TIGHT);
    study_end(&s);
}
END_TEST

/* ---- M/G/1 --------------------------------------------------------------- */

/* Pollaczek-Khinchine with moments [s] of the service; Takacs for E[W^2]. */
static void check_mg1(const char *service, double lambda, double m1, double m2,
    double m3, int requests)
{
    const double rho = lambda * m1;
    const double wait = lambda * m2 / (2 * (1 - rho));
    const double wait2 = 2 * wait * wait + lambda * m3 / (3 * (1 - rho));
    struct study s = study_run(
        "seed: 11\n"
        "simulate: {requests: %d, warmup: 10000 requests, replications: 20}\n"
        "arrivals: {rate: %.17g /s}\n"
        "requests: {r: {service: %s}}\n"
        "deployments: {d: {sites: {q: {tier: bare}}}}\n",
        requests, lambda, service);

    study_expect(&s, "d.queue.mean", 1e3 * wait, MEAN_TIGHT);
    study_expect(&s, "d.latency.mean", 1e3 * (wait + m1), MEAN_TIGHT);
    study_expect(&s, "d.wait_probability", rho, MEAN_TIGHT);
    study_expect(&s, "d.queue.second_moment", 1e6 * wait2, 0.06);
    study_end(&s);
}

START_TEST(mg1_deterministic)
{
    check_mg1("{constant: 100 ms}", 8.0, 0.1, 0.01, 0.001, 200000);
}
END_TEST

START_TEST(mg1_lognormal)
{
    /* by median and 95th percentile: z = 1.6448536..., E[S^k] =
     * exp(k mu + k^2 sigma^2 / 2) */
    const double mu = log(0.060),
                 sigma = log(0.150 / 0.060) / 1.6448536269514722;
    double m[4];

    for (int k = 1; k <= 3; k++)
        m[k] = exp(k * mu + 0.5 * k * k * sigma * sigma);
    check_mg1("{lognormal: {median: 60 ms, p95: 150 ms}}", 9.0, m[1], m[2],
        m[3], 200000);
}
END_TEST

START_TEST(mg1_hyperexponential)
{
    if (study_skipped("mg1_hyperexponential"))
        return;
    const double p = 0.9, a = 0.05, b = 0.4;

    check_mg1("{hyperexponential: {p: 0.9, means: [50 ms, 400 ms]}}", 7.0,
        p * a + (1 - p) * b, 2 * (p * a * a + (1 - p) * b * b),
        6 * (p * a * a * a + (1 - p) * b * b * b), 300000);
}
END_TEST

START_TEST(mg1_erlang)
{
    const double m = 0.1, k = 4;

    check_mg1("{erlang: {mean: 100 ms, k: 4}}", 8.0, m, m * m * (k + 1) / k,
        m * m * m * (k + 1) * (k + 2) / (k * k), 200000);
}
END_TEST

/* ---- loss ---------------------------------------------------------------- */

/* M/M/c/K by its finite chain: loss, and the response of the accepted. */
static void check_mmck(int c, int k, double lambda, int requests)
{
    const double mu = 10.0;
    double p[64], sum = 0.0, number = 0.0;
    struct study s = study_run(
        "seed: 13\n"
        "simulate: {requests: %d, warmup: 2000 requests, replications: 20}\n"
        "arrivals: {rate: %.17g /s}\n"
        "requests: {r: {service: {exponential: {mean: 100 ms}}}}\n"
        "deployments: {d: {sites: {q: {tier: bare, servers: %d,"
        " queue: {capacity: %d}}}}}\n",
        requests, lambda, c, k);

    p[0] = 1.0;
    for (int n = 1; n <= k; n++)
        p[n] = p[n - 1] * lambda / (mu * (n < c ? n : c));
    for (int n = 0; n <= k; n++)
        sum += p[n];
    for (int n = 0; n <= k; n++)
        number += n * p[n] / sum;
    const double loss = p[k] / sum;
    study_expect(&s, "d.loss_probability", loss, MEAN_TIGHT);
    study_expect(&s, "d.availability", 1 - loss, MEAN_TIGHT);
    study_expect(
        &s, "d.latency.mean", 1e3 * number / (lambda * (1 - loss)), MEAN_TIGHT);
    study_expect(&s, "d.site.q.in_system.mean", number, MEAN_TIGHT);
    study_end(&s);
}

START_TEST(mmck)
{
    check_mmck(1, 10, 9.0, 100000);
    check_mmck(3, 8, 25.0, 50000);
    check_mmck(2, 6, 30.0, 50000); /* more is offered than can be served */
}
END_TEST

START_TEST(erlang_loss)
{
    static const char *const services[] = {"{exponential: {mean: 100 ms}}",
        "{constant: 100 ms}", "{lognormal: {mean: 100 ms, cv: 2}}"};

    for (size_t i = 0; i < sizeof services / sizeof services[0]; i++) {
        struct study s =
            study_run("seed: 17\n"
                      "simulate: {requests: 50000, warmup: 5000 requests, "
                      "replications: 20}\n"
                      "arrivals: {rate: 80 /s}\n"
                      "requests: {r: {service: %s}}\n"
                      "deployments: {d: {sites: {q: {tier: bare, servers: 10,"
                      " queue: {capacity: 10}}}}}\n",
                services[i]);
        const double b = erlang_b(10, 8.0);
        study_expect(&s, "d.loss_probability", b, MEAN_TIGHT);
        study_expect(
            &s, "d.site.q.busy_servers.mean", 8.0 * (1 - b), MEAN_TIGHT);
        study_end(&s);
    }
}
END_TEST

START_TEST(infinite_servers)
{
    static const char *const services[] = {
        "{exponential: {mean: 2 s}}", "{uniform: [1 s, 3 s]}"};

    for (size_t i = 0; i < sizeof services / sizeof services[0]; i++) {
        struct study s = study_run(
            "seed: 19\n"
            "simulate: {duration: 5000 s, warmup: 100 s, replications: 20}\n"
            "arrivals: {rate: 6 /s}\n"
            "requests: {r: {service: %s}}\n"
            "deployments: {d: {sites: {q: {tier: bare, servers: "
            "unlimited}}}}\n",
            services[i]);
        study_expect(&s, "d.site.q.in_system.mean", 12.0, MEAN_TIGHT);
        study_expect(&s, "d.latency.mean", 2000.0, MEAN_TIGHT);
        ck_assert_double_eq(study_metric(&s, "d.queue.max")->value, 0.0);
        study_end(&s);
    }
}
END_TEST

/* ---- a round trip added -------------------------------------------------- */

/* Response of M/M/1 (exponential with rate p[0]) plus a lognormal trip of
 * log-mean p[1] and sigma p[2]: mid-point rule over the trip's normal score.
 * A site behind random trips still sees Poisson arrivals, independent of the
 * trips (displacement theorem). */
static double with_lognormal_trip(const double *p, double t)
{
    enum { STEPS = 4000 };
    const double pi = acos(-1.0), top = 9.0, h = 2 * top / STEPS;
    double sum = 0.0;

    for (int i = 0; i < STEPS; i++) {
        const double z = -top + (i + 0.5) * h;
        const double left = t - exp(p[1] + p[2] * z);
        const double tail = left > 0.0 ? exp(-p[0] * left) : 1.0;
        sum += h * exp(-0.5 * z * z) / sqrt(2 * pi) * tail;
    }
    return sum;
}

static struct study trip(const char *rtt)
{
    return study_run("seed: 23\n"
                     "simulate: {requests: 100000, warmup: 2000 requests, "
                     "replications: 20}\n"
                     "arrivals: {rate: 12 /s}\n"
                     "requests: {r: {service: {exponential: {mean: 50 ms}}}}\n"
                     "deployments: {d: {sites: {q: {tier: bare, rtt: %s}}}}\n",
        rtt);
}

START_TEST(round_trip)
{
    const double sigma = log(2.0) / 1.6448536269514722;
    const double p[] = {8.0, log(0.060), sigma};
    struct study s = trip("{constant: 5 ms}");

    study_expect(
        &s, "d.latency.p95", 5.0 + 1e3 * log(20.0) / 8.0, QUANTILE_TIGHT);
    study_expect(&s, "d.latency.mean", 130.0, MEAN_TIGHT);
    ck_assert_double_eq_tol(
        study_metric(&s, "d.network.mean")->value, 5.0, 1e-9);
    study_end(&s);
    s = trip("{lognormal: {median: 60 ms, p95: 120 ms}}");
    study_expect(&s, "d.latency.p50",
        1e3 * quantile(with_lognormal_trip, p, 0.5), QUANTILE_TIGHT);
    study_expect(&s, "d.latency.p95",
        1e3 * quantile(with_lognormal_trip, p, 0.95), QUANTILE_TIGHT);
    study_expect(&s, "d.network.p95", 120.0, QUANTILE_TIGHT);
    study_expect(
        &s, "d.network.mean", 60.0 * exp(0.5 * sigma * sigma), MEAN_TIGHT);
    study_end(&s);
}
END_TEST

TEST_MAIN("loader/verify", mm1, mmc_2_to_64, mm1_wait, mm1_by_time,
    mm1_auto_warmup, classes_and_speed, mg1_deterministic, mg1_lognormal,
    mg1_hyperexponential, mg1_erlang, mmck, erlang_loss, infinite_servers,
    round_trip)
