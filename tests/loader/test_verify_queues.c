/* Disciplines, arrivals and routing against closed forms, from scenarios as a
 * user writes them: simulated mean inside the 99.9 % bound and half width at
 * most MEAN_TIGHT of the value. */
#include "loader/study_fixture.h"

#define HEAD                                                                   \
    "seed: 11\nsimulate: {requests: 200000, warmup: 10000 requests, "          \
    "replications: 20}\n"

/* One bare site; `site` begins with a comma or is empty. */
static struct study one_site(
    const char *arrivals, const char *class, const char *site)
{
    char body[1024];

    snprintf(body, sizeof body,
        HEAD "arrivals: {%s}\nrequests: {r: {%s}}\n"
             "deployments: {d: {sites: {q: {tier: bare%s}}}}\n",
        arrivals, class, site);
    return study_run(body);
}

static const char *const exponential = "service: {exponential: {mean: 100 ms}}";

/* M/M/1-PS: E[T] = E[S]/(1 - rho), slowdown 1/(1 - rho) whatever the law; with
 * exponential sizes limited sharing has the same mean. */
START_TEST(sharing)
{
    if (study_skipped("sharing"))
        return;
    struct study s =
        one_site("rate: 6 /s", exponential, ", queue: {discipline: ps}");

    study_expect(&s, "d.latency.mean", 250.0, MEAN_TIGHT);
    study_expect(&s, "d.site.q.slowdown.mean", 2.5, MEAN_TIGHT);
    study_end(&s);
    s = one_site("rate: 6 /s", "service: {constant: 100 ms}",
        ", queue: {discipline: ps}");
    study_expect(&s, "d.latency.mean", 250.0, MEAN_TIGHT);
    study_end(&s);
    s = one_site("rate: 6 /s", exponential,
        ", queue: {discipline: lps, concurrency: 4}");
    study_expect(&s, "d.latency.mean", 250.0, MEAN_TIGHT);
    study_end(&s);
}
END_TEST

/* Two classes of 3 /s each, E[S] 0.1 s: W0 = 0.06 s; Cobham W1 = W0/(1 - r1),
 * W2 = W0/((1 - r1)(1 - r1 - r2)); preemptive resume
 * T1 = E[S]/(1 - r1), T2 = E[S]/(1 - r1) + W0/((1 - r1)(1 - r1 - r2)). */
START_TEST(priorities)
{
    if (study_skipped("priorities"))
        return;
    static const char *const classes =
        HEAD "requests:\n"
             "  a: {priority: 1, arrivals: {rate: 3 /s}, service: "
             "{exponential: {mean: 100 ms}}}\n"
             "  b: {priority: 2, arrivals: {rate: 3 /s}, service: "
             "{exponential: {mean: 100 ms}}}\n"
             "deployments: {d: {sites: {q: {tier: bare, queue: {discipline: "
             "%s}}}}}\n";
    char body[1024];
    struct study s;

    snprintf(body, sizeof body, classes, "priority");
    s = study_run(body);
    study_expect(&s, "d.class.a.queue.mean", 60.0 / 0.7, MEAN_TIGHT);
    study_expect(&s, "d.class.b.queue.mean", 60.0 / (0.7 * 0.4), MEAN_TIGHT);
    study_end(&s);
    snprintf(body, sizeof body, classes, "priority-preemptive");
    s = study_run(body);
    study_expect(&s, "d.class.a.latency.mean", 100.0 / 0.7, MEAN_TIGHT);
    study_expect(&s, "d.class.b.latency.mean", 100.0 / 0.7 + 60.0 / (0.7 * 0.4),
        MEAN_TIGHT);
    study_end(&s);
}
END_TEST

/* M/M[1,8]/1: with n waiting while busy p_n = p r^n, r the root in (0, 1) of
 * mu r^9 - (lambda + mu) r + lambda = 0. */
START_TEST(batching)
{
    if (study_skipped("batching"))
        return;
    const double lambda = 40.0, mu = 10.0;
    double r = 0.5;
    struct study s = one_site("rate: 40 /s", "priority: 1",
        ", batching: {min: 1, max: 8, time: {exponential: {mean: 100 ms}}}");

    for (int i = 0; i < 2000; i++)
        r = (lambda + mu * pow(r, 9)) / (lambda + mu);
    const double p = 1.0 / (mu / lambda + 1.0 / (1.0 - r));
    const double waiting = p * r / ((1.0 - r) * (1.0 - r));
    study_expect(
        &s, "d.latency.mean", 1e3 * (waiting / lambda + 1.0 / mu), MEAN_TIGHT);
    study_expect(&s, "d.site.q.batch_size.mean",
        lambda / (mu * (p / (1.0 - r))), MEAN_TIGHT);
    study_end(&s);
}
END_TEST

/* Decomposition of the M/M/1 with setup: E[T] = 1/(mu - lambda) + E[D];
 * off : boot = 1 : lambda E[D] within the 1 - rho not busy. */
START_TEST(power_off)
{
    if (study_skipped("power_off"))
        return;
    struct study s = one_site("rate: 5 /s", exponential,
        ", power_off: {when: empty, boot: {exponential: {mean: 1 s}}}"
        ", power: {off: 0 W, boot: 250 W, idle: 120 W, peak: 300 W}");

    study_expect(&s, "d.latency.mean", 1200.0, MEAN_TIGHT);
    study_expect(&s, "d.site.q.time_share.boot", 0.5 * 5.0 / 6.0, MEAN_TIGHT);
    study_expect(&s, "d.site.q.time_share.off", 0.5 / 6.0, MEAN_TIGHT);
    study_expect(&s, "d.site.q.power.mean",
        1e-3 * (0.5 * 300.0 + 0.5 * 5.0 / 6.0 * 250.0), MEAN_TIGHT);
    study_end(&s);
}
END_TEST

/* M/M/1+M by its birth-death chain. */
START_TEST(patience)
{
    if (study_skipped("patience"))
        return;
    const double lambda = 12.0, mu = 10.0, theta = 2.0;
    double p = 1.0, sum = 1.0;
    struct study s = one_site("rate: 12 /s",
        "service: {exponential: {mean: 100 ms}}, "
        "patience: {exponential: {mean: 500 ms}}",
        "");

    for (int n = 1; n < 500; n++) {
        p *= lambda / (mu + (n - 1) * theta);
        sum += p;
    }
    const double busy = 1.0 - 1.0 / sum;
    study_expect(
        &s, "d.abandon_probability", 1.0 - busy * mu / lambda, MEAN_TIGHT);
    study_expect(&s, "d.site.q.busy_servers.mean", busy, MEAN_TIGHT);
    study_end(&s);
}
END_TEST

/* G/M/1: E[T] = 1/(mu (1 - sigma)), sigma = A*(mu (1 - sigma)). */
START_TEST(renewal)
{
    if (study_skipped("renewal"))
        return;
    const double lambda = 7.0, mu = 10.0;
    double constant = 0.5, erlang = 0.5;
    struct study s;

    for (int i = 0; i < 2000; i++) {
        const double shape = 2.0 * lambda;
        constant = exp(-mu * (1.0 - constant) / lambda);
        erlang = pow(shape / (shape + mu * (1.0 - erlang)), 2);
    }
    s = one_site(
        "rate: 7 /s, process: {renewal: {constant: 1}}", exponential, "");
    study_expect(
        &s, "d.latency.mean", 1e3 / (mu * (1.0 - constant)), MEAN_TIGHT);
    study_end(&s);
    s = one_site("rate: 7 /s, process: {gamma: {cv: 0.70710678118654752}}",
        exponential, "");
    study_expect(&s, "d.latency.mean", 1e3 / (mu * (1.0 - erlang)), MEAN_TIGHT);
    study_end(&s);
}
END_TEST

/* M^[5]/M/1: E[W] = (rho E[S] + (b - 1) E[S] / 2)/(1 - rho). */
START_TEST(batch_arrivals)
{
    if (study_skipped("batch_arrivals"))
        return;
    struct study s =
        one_site("rate: 5 /s, process: {batch: {size: 5}}", exponential, "");

    study_expect(
        &s, "d.queue.mean", (0.5 * 100.0 + 0.5 * 4 * 100.0) / 0.5, MEAN_TIGHT);
    study_end(&s);
}
END_TEST

/* Two servers of 10 /s behind 14 /s: random splitting gives M/M/1 twice, round
 * robin E2/M/1 twice. */
START_TEST(routing)
{
    if (study_skipped("routing"))
        return;
    static const char *const two =
        HEAD "arrivals: {rate: 14 /s}\n"
             "requests: {r: {service: {exponential: {mean: 100 ms}}}}\n"
             "deployments: {d: {sites: {a: {tier: bare}, b: {tier: bare}}, "
             "routing: {%s}}}\n";
    double sigma = 0.5;
    char body[1024];
    struct study s;

    for (int i = 0; i < 2000; i++)
        sigma = pow(14.0 / (14.0 + 10.0 * (1.0 - sigma)), 2);
    snprintf(body, sizeof body, two, "policy: random");
    s = study_run(body);
    study_expect(&s, "d.latency.mean", 1e3 / 3.0, MEAN_TIGHT);
    study_end(&s);
    snprintf(
        body, sizeof body, two, "policy: weighted, weights: {a: 0.6, b: 0.4}");
    s = study_run(body);
    study_expect(&s, "d.latency.mean",
        1e3 * (0.6 / (10.0 - 8.4) + 0.4 / (10.0 - 5.6)), 0.03);
    study_end(&s);
    snprintf(body, sizeof body, two, "policy: round-robin");
    s = study_run(body);
    study_expect(
        &s, "d.latency.mean", 1e3 / (10.0 * (1.0 - sigma)), MEAN_TIGHT);
    study_end(&s);
}
END_TEST

TEST_MAIN("loader/verify-queues", sharing, priorities, batching, power_off,
    patience, renewal, batch_arrivals, routing)
