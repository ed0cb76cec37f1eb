/* Two priorities: Cobham, preemptive resume, several servers, general laws. */
#include <math.h>

#include "tests/verify/exact_mg1.h"
#include "tests/verify/exact_mmc.h"
#include "tests/verify/families.h"

/* A class: rate, and moments of its service in seconds. */
struct class
{
    double lambda, m1, m2;
    const char *service;
};

struct two_classes {
    const char *name;
    struct class first, second;
    int requests;
};

static const char *body(struct verify *v, const struct two_classes *t,
    const char *discipline, int servers)
{
    return verify_text(v,
        "simulate: {requests: %d, warmup: %d requests, replications: 20}\n"
        "requests:\n"
        "  a: {priority: 1, arrivals: {rate: %.17g /s}, service: {%s}}\n"
        "  b: {priority: 2, arrivals: {rate: %.17g /s}, service: {%s}}\n"
        "deployments: {d: {sites: {q: {tier: bare, servers: %d, queue: "
        "{discipline: %s}}}}}\n",
        t->requests, t->requests / 20, t->first.lambda, t->first.service,
        t->second.lambda, t->second.service, servers, discipline);
}

/* One server.  W0 is the mean work left in service as an arrival finds it;
 * Cobham: W1 = W0/(1 - r1), W2 = W0/((1 - r1)(1 - r)). */
static void non_preemptive(struct verify *v, const struct two_classes *t)
{
    const struct class *a = &t->first, *b = &t->second;
    const double r1 = a->lambda * a->m1, r = r1 + b->lambda * b->m1;
    const double w0 = 0.5 * (a->lambda * a->m2 + b->lambda * b->m2);
    const double w1 = w0 / (1.0 - r1), w2 = w1 / (1.0 - r);

    verify_case(
        v, &(struct verify_case){.family = "Priorities",
               .name = verify_text(v, "%s, non-preemptive", t->name),
               .route = "Cobham",
               .body = body(v, t, "priority", 1),
               .fast = t->requests <= 120000,
               .checks = {{"d.class.a.queue.mean", 1e3 * w1, VERIFY_MEAN},
                   {"d.class.b.queue.mean", 1e3 * w2, VERIFY_MEAN},
                   {"d.class.a.latency.mean", 1e3 * (w1 + a->m1), VERIFY_MEAN},
                   {"d.class.b.latency.mean", 1e3 * (w2 + b->m1), VERIFY_MEAN},
                   {"d.site.q.in_system.mean",
                       a->lambda * (w1 + a->m1) + b->lambda * (w2 + b->m1),
                       VERIFY_MEAN}},
               .n_checks = 5});
}

/* The first class sees itself alone; the second waits for the work found and
 * is then stretched by 1/(1 - r1). */
static void preemptive(struct verify *v, const struct two_classes *t)
{
    const struct class *a = &t->first, *b = &t->second;
    const double r1 = a->lambda * a->m1, r = r1 + b->lambda * b->m1;
    const double w0 = 0.5 * (a->lambda * a->m2 + b->lambda * b->m2);
    const double t1 = a->m1 + 0.5 * a->lambda * a->m2 / (1.0 - r1);
    const double w2 = w0 / ((1.0 - r1) * (1.0 - r));
    const double t2 = w2 + b->m1 / (1.0 - r1);

    verify_case(
        v, &(struct verify_case){.family = "Priorities",
               .name = verify_text(v, "%s, preemptive resume", t->name),
               .route = "preemptive resume, closed form",
               .body = body(v, t, "priority-preemptive", 1),
               .fast = t->requests <= 120000,
               .checks = {{"d.class.a.latency.mean", 1e3 * t1, VERIFY_MEAN},
                   {"d.class.b.latency.mean", 1e3 * t2, VERIFY_MEAN},
                   {"d.class.a.queue.mean", 1e3 * (t1 - a->m1), VERIFY_MEAN},
                   /* wait before first service */
                   {"d.class.b.queue.mean", 1e3 * w2, VERIFY_MEAN},
                   {"d.site.q.in_system.mean", a->lambda * t1 + b->lambda * t2,
                       VERIFY_MEAN}},
               .n_checks = 5});
}

/* Several servers, equal exponential services.  Waiting turns: the delay of
 * M/M/c shared out as by Cobham (Kella and Yechiali).  Taking over: the first
 * class is M/M/c alone, and the number in system is that of M/M/c. */
static void several(struct verify *v, int c, double r1, double r2)
{
    const double mu = 10.0, l1 = c * r1 * mu, l2 = c * r2 * mu;
    const struct two_classes t = {
        .first = {l1, 0.1, 0.02, "exponential: {mean: 100 ms}"},
        .second = {l2, 0.1, 0.02, "exponential: {mean: 100 ms}"},
        .requests = 400000};
    const struct exact_mmc alone = {.c = c, .lambda = l1, .mu = mu};
    const double w0 = exact_erlang_c(c, c * (r1 + r2)) / (c * mu);
    const double w1 = w0 / (1.0 - r1), w2 = w1 / (1.0 - r1 - r2);
    const double all = w0 / (1.0 - r1 - r2) + 1.0 / mu;
    const double t1 = exact_erlang_c(c, c * r1) / (c * mu * (1.0 - r1)) + 0.1;
    const double t2 = ((l1 + l2) * all - l1 * t1) / l2;

    verify_case(
        v, &(struct verify_case){.family = "Priorities",
               .name = verify_text(v, "%d servers, non-preemptive", c),
               .route = "Kella and Yechiali",
               .body = body(v, &t, "priority", c),
               .checks = {{"d.class.a.queue.mean", 1e3 * w1, VERIFY_MEAN},
                   {"d.class.b.queue.mean", 1e3 * w2, VERIFY_MEAN},
                   {"d.wait_probability", exact_erlang_c(c, c * (r1 + r2)),
                       VERIFY_MEAN},
                   {"d.latency.mean", 1e3 * all, VERIFY_MEAN}},
               .n_checks = 4});
    verify_case(
        v, &(struct verify_case){.family = "Priorities",
               .name = verify_text(v, "%d servers, preemptive resume", c),
               .route = "M/M/c of the first class and of both",
               .body = body(v, &t, "priority-preemptive", c),
               .checks = {{"d.class.a.latency.mean", 1e3 * t1, VERIFY_MEAN},
                   {"d.class.b.latency.mean", 1e3 * t2, VERIFY_MEAN},
                   {"d.class.a.latency.p95",
                       1e3 * exact_mmc_response_quantile(&alone, 0.95),
                       VERIFY_QUANTILE},
                   {"d.latency.mean", 1e3 * all, VERIFY_MEAN}},
               .n_checks = 4});
}

void verify_family_priority(struct verify *v)
{
    static const struct two_classes
        equal = {.name = "equal means, rho = 0.6",
            .first = {3.0, 0.1, 0.02, "exponential: {mean: 100 ms}"},
            .second = {3.0, 0.1, 0.02, "exponential: {mean: 100 ms}"},
            .requests = 120000},
        unequal = {.name = "means of 50 and 200 ms, rho = 0.75",
            .first = {6.0, 0.05, 0.005, "exponential: {mean: 50 ms}"},
            .second = {2.25, 0.2, 0.08, "exponential: {mean: 200 ms}"},
            .requests = 400000};
    const struct exact_lognormal x = exact_lognormal_fit(0.060, 0.150);
    const struct two_classes general = {.name = "constant and lognormal",
        .first = {4.0, 0.08, 0.0064, "constant: 80 ms"},
        .second = {5.0, exact_lognormal_moment(&x, 1),
            exact_lognormal_moment(&x, 2),
            "lognormal: {median: 60 ms, p95: 150 ms}"},
        .requests = 200000};

    non_preemptive(v, &equal);
    preemptive(v, &equal);
    non_preemptive(v, &unequal);
    preemptive(v, &unequal);
    non_preemptive(v, &general);
    preemptive(v, &general);
    several(v, 4, 0.4, 0.4);
}
