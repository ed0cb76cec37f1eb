/* Differences from the baseline.  Truth: closed forms of both deployments
 * (Erlang C and the response law of M/M/c), differences of the values as
 * reported, and what common random numbers do to their scatter. */
#include "loader/study_fixture.h"

/* Erlang's delay formula. */
static double erlang_c(int c, double a)
{
    double b = 1.0;

    for (int k = 1; k <= c; k++)
        b = a * b / (k + a * b);
    return c * b / (c - a * (1.0 - b));
}

/* P(response > t) in M/M/c with service rate mu. */
static double tail(int c, double lambda, double mu, double t)
{
    const double a = lambda / mu, d = c - 1 - a;

    return exp(-mu * t) * (1.0 + erlang_c(c, a) * -expm1(-mu * t * d) / d);
}

static double quantile(int c, double lambda, double mu, double level)
{
    double low = 0.0, high = 1e3;

    for (int i = 0; i < 200; i++) {
        const double middle = 0.5 * (low + high);
        if (tail(c, lambda, mu, middle) > 1.0 - level)
            low = middle;
        else
            high = middle;
    }
    return 0.5 * (low + high);
}

static const char two[] =
    "seed: %d\n"
    "baseline: small\n"
    "simulate: {requests: 40000, warmup: 4000 requests, replications: 16}\n"
    "arrivals: {rate: 72 /s}\n"
    "requests: {r: {service: {exponential: {mean: 100 ms}},"
    " slo: {p95: 400 ms}}}\n"
    "deployments:\n"
    "  large: {sites: {q: {tier: bare, servers: 9,"
    " power: {idle: 100 W, peak: 300 W}}}}\n"
    "  small: {sites: {q: {tier: bare, servers: 8,"
    " power: {idle: 100 W, peak: 300 W}}}}\n%s";

/* Half width of the difference if the two were independent. */
static double unpaired(const struct study *s, const char *metric)
{
    char a[64], b[64];

    snprintf(a, sizeof a, "large.%s", metric);
    snprintf(b, sizeof b, "small.%s", metric);
    return hypot(
        study_metric(s, a)->half_width, study_metric(s, b)->half_width);
}

static double spread(const struct study *s, const char *metric)
{
    char name[64];

    snprintf(name, sizeof name, "large.difference.%s", metric);
    return study_metric(s, name)->half_width;
}

/* M/M/9 less M/M/8 under the same requests: the truth lies inside the paired
 * interval, which is narrower than the unpaired one; most where the two are
 * busy at the same times. */
START_TEST(paired)
{
    if (study_skipped("paired"))
        return;
    const double lambda = 72.0, mu = 10.0, a = lambda / mu;
    const double queue = 1e3 * (erlang_c(9, a) / (9 * mu - lambda) -
                                   erlang_c(8, a) / (8 * mu - lambda));
    const double p95 =
        1e3 * (quantile(9, lambda, mu, 0.95) - quantile(8, lambda, mu, 0.95));
    struct study s = study_run(two, 3, "");

    study_expect(&s, "large.difference.queue.mean", queue, 0.1);
    study_expect(&s, "large.difference.latency.mean", queue, 0.1);
    study_expect(&s, "large.difference.latency.p95", p95, 0.1);
    study_expect(&s, "large.difference.utilization", a / 9 - a / 8, 0.02);
    /* 100 W idle and 200 W for each busy slot */
    study_expect(&s, "large.difference.power.mean", 0.1, 0.01);
    study_expect(&s, "large.difference.slo.attainment",
        tail(8, lambda, mu, 0.4) - tail(9, lambda, mu, 0.4), 0.15);
    ck_assert_double_lt(
        4.0 * spread(&s, "utilization"), unpaired(&s, "utilization"));
    study_end(&s);
}
END_TEST

/* Value by value the difference of what both report; nothing for the
 * baseline; the same service times, so their difference is certain. */
START_TEST(values)
{
    struct study s = study_run(two, 4, "");
    int n = 0;

    for (int i = 0; i < s.run->n_metrics; i++) {
        const struct res_metric *m = &s.run->metrics[i];
        const char *at = strstr(m->name, ".difference.");
        char a[96], b[96];
        if (at == NULL)
            continue;
        n++;
        ck_assert_int_eq(strncmp(m->name, "large.", 6), 0);
        snprintf(a, sizeof a, "large.%s", at + strlen(".difference."));
        snprintf(b, sizeof b, "small.%s", at + strlen(".difference."));
        const double x = study_metric(&s, a)->value;
        const double y = study_metric(&s, b)->value;
        ck_assert_msg(isnan(m->est.value) ? isnan(x) || isnan(y)
                                          : fabs(m->est.value - (x - y)) <=
                                                1e-9 * (fabs(x) + fabs(y)),
            "%s is %.17g, not %.17g - %.17g", m->name, m->est.value, x, y);
    }
    ck_assert_int_ge(n, 30);
    const struct res_estimate *e =
        study_metric(&s, "large.difference.service.mean");
    ck_assert_double_le(fabs(e->value), 1e-9);
    ck_assert_double_le(e->half_width, 1e-9);
    study_end(&s);
}
END_TEST

/* Under a shift that is no chance at all the interval vanishes. */
START_TEST(certain)
{
    struct study s = study_run(
        "simulate: {requests: 20000, warmup: none, replications: 9}\n"
        "arrivals: {rate: 8 /s}\n"
        "requests: {r: {service: {exponential: {mean: 100 ms}}}}\n"
        "deployments:\n"
        "  near: {sites: {q: {tier: bare, rtt: {constant: 5 ms}}}}\n"
        "  far: {sites: {q: {tier: bare, rtt: {constant: 45 ms}}}}\n");
    const struct res_estimate *e =
        study_metric(&s, "far.difference.latency.mean");

    ck_assert_double_eq_tol(e->value, 40.0, 1e-9);
    ck_assert_double_le(e->half_width, 1e-9);
    ck_assert_double_gt(study_metric(&s, "far.latency.mean")->half_width, 1.0);
    study_end(&s);
}
END_TEST

/* A queue at home, and the same queue behind a random round trip: the mean
 * difference is that of the round trips, and is known many times better than
 * the waiting that both share lets one believe. */
START_TEST(round_trips)
{
    const double sigma = log(60.0 / 40.0) / 1.6448536269514722;
    const double shift = 40.0 * exp(sigma * sigma / 2) - 5.0;
    struct study s =
        study_run("seed: 12\n"
                  "simulate: {requests: 30000, warmup: 2000 requests,"
                  " replications: 16}\n"
                  "arrivals: {rate: 9 /s}\n"
                  "requests: {r: {service: {exponential: {mean: 100 ms}}}}\n"
                  "deployments:\n"
                  "  near: {sites: {q: {tier: bare, rtt: {constant: 5 ms}}}}\n"
                  "  far: {sites: {q: {tier: bare,"
                  " rtt: {lognormal: {median: 40 ms, p95: 60 ms}}}}}\n");
    const double apart = hypot(study_metric(&s, "far.latency.mean")->half_width,
        study_metric(&s, "near.latency.mean")->half_width);

    study_expect(&s, "far.difference.latency.mean", shift, 0.02);
    ck_assert_double_lt(
        20.0 * study_metric(&s, "far.difference.latency.mean")->half_width,
        apart);
    study_end(&s);
}
END_TEST

/* An interval is withheld where one of the two has none, a quantile where it
 * has none. */
START_TEST(withheld)
{
    struct study s =
        study_run("simulate: {requests: 1000, warmup: none, replications: 9}\n"
                  "arrivals: {rate: 8 /s}\n"
                  "requests: {r: {service: {exponential: {mean: 200 ms}}}}\n"
                  "deployments:\n"
                  "  two: {sites: {q: {tier: bare, servers: 2}}}\n"
                  "  one: {sites: {q: {tier: bare}}}\n");
    const struct res_estimate *mean =
        study_metric(&s, "one.difference.latency.mean");
    const struct res_estimate *p99 =
        study_metric(&s, "one.difference.latency.p99");

    ck_assert(isfinite(mean->value) && isnan(mean->half_width));
    ck_assert_ptr_nonnull(strstr(mean->reason, "unstable"));
    ck_assert(isnan(p99->value));
    ck_assert_ptr_nonnull(strstr(p99->reason, "fewer than 200"));
    study_end(&s);
}
END_TEST

/* Rules may name differences that exist, of all but the baseline. */
START_TEST(thresholds)
{
    static const struct {
        const char *text;
        int rc;
    } cases[] = {{"large.difference.latency.p95 < 0 ms", SIM_OK},
        {"large.difference.queue.mean < -1 ms", SIM_OK},
        {"large.difference.latency.p95 < 0 kW", SIM_E_INPUT},
        {"large.difference.latency.max < 0 ms", SIM_E_INPUT},
        {"large.difference.tco.npv < 0 USD", SIM_E_INPUT},
        {"small.difference.latency.p95 < 0 ms", SIM_E_INPUT}};
    struct study s = study_run(
        two, 5, "thresholds: [large.difference.queue.mean < -1 ms]\n");

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sim_err err = {0};
        const int rc =
            mdl_threshold_check(s.scenario->cfg, cases[i].text, &err);
        ck_assert_msg(rc == cases[i].rc, "%s: %s", cases[i].text, err.text);
    }
    ck_assert_int_eq(s.run->n_thresholds, 1);
    ck_assert_int_eq(s.run->thresholds[0].verdict, RES_PASS);
    study_end(&s);
}
END_TEST

TEST_MAIN("loader/difference", paired, values, certain, round_trips, withheld,
    thresholds)
