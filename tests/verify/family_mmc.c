/* M/M/1, M/M/c, M/M/c/K and Erlang's loss system. */
#include <math.h>
#include <string.h>

#include "tests/verify/exact_mmc.h"
#include "tests/verify/families.h"

/* Service of 100 ms.  The queue forgets in about 1/(c mu (1 - sqrt(rho))^2),
 * and a tight interval takes requests in proportion. */
static void mmc(struct verify *v, int c, double rho, int requests, int warmup)
{
    const double mu = 10.0, lambda = c * rho * mu, a = c * rho;
    const double delayed = exact_erlang_c(c, a);
    const double wait_ms = 1e3 * delayed / (c * mu - lambda);
    const struct exact_mmc m = {.c = c, .lambda = lambda, .mu = mu};
    struct verify_case k = {.family = c == 1 ? "M/M/1" : "M/M/c",
        .name = verify_text(v, "c = %d, rho = %g", c, rho),
        .route = "Erlang C, closed law of the response",
        .body = verify_text(v,
            "simulate: {requests: %d, warmup: %d requests, replications: 20}\n"
            "arrivals: {rate: %.17g /s}\n"
            "requests: {r: {service: {exponential: {mean: 100 ms}}}}\n"
            "deployments: {d: {sites: {q: {tier: bare, servers: %d}}}}\n",
            requests, warmup, lambda, c),
        .fast = requests <= 80000,
        .checks = {{"d.queue.mean", wait_ms, VERIFY_MEAN},
            {"d.latency.mean", wait_ms + 1e3 / mu, VERIFY_MEAN},
            {"d.wait_probability", delayed, VERIFY_MEAN},
            {"d.latency.p50", 1e3 * exact_mmc_response_quantile(&m, 0.50),
                VERIFY_QUANTILE},
            {"d.latency.p95", 1e3 * exact_mmc_response_quantile(&m, 0.95),
                VERIFY_QUANTILE},
            {"d.latency.p99", 1e3 * exact_mmc_response_quantile(&m, 0.99),
                VERIFY_QUANTILE},
            {"d.site.q.in_system.mean", lambda * (wait_ms * 1e-3 + 1.0 / mu),
                VERIFY_MEAN},
            {"d.utilization", rho, VERIFY_MEAN}},
        .n_checks = 8};
    const double p95_ms = 1e3 * exact_mmc_wait_quantile(&m, 0.95);

    if (delayed > 0.25) /* well off the atom at zero */
        k.checks[k.n_checks++] =
            (struct verify_check){"d.queue.p95", p95_ms, VERIFY_QUANTILE};
    verify_case(v, &k);
}

/* Room for `room`; the accepted see the chain without its last state. */
static void mmck(struct verify *v, int c, int room, double rho, int requests)
{
    const struct exact_mmck q = {
        .m = {.c = c, .lambda = c * rho * 10.0, .mu = 10.0}, .k = room};
    double p[EXACT_MMCK_MAX + 1], number = 0.0, delayed = 0.0;

    exact_mmck_law(&q, p);
    for (int n = 0; n <= room; n++)
        number += n * p[n];
    for (int n = c; n < room; n++)
        delayed += p[n] / (1.0 - p[room]);
    const double loss = p[room];
    verify_case(v,
        &(struct verify_case){.family = "M/M/c/K",
            .name = verify_text(v, "c = %d, K = %d, rho = %g", c, room, rho),
            .route = "finite chain",
            .body = verify_text(v,
                "simulate: {requests: %d, warmup: 5000 requests, "
                "replications: 20}\n"
                "arrivals: {rate: %.17g /s}\n"
                "requests: {r: {service: {exponential: {mean: 100 ms}}}}\n"
                "deployments: {d: {sites: {q: {tier: bare, servers: %d, queue: "
                "{capacity: %d}}}}}\n",
                requests, q.m.lambda, c, room),
            .fast = c == 2,
            .checks = {{"d.loss_probability", loss,
                           loss < 0.01 ? VERIFY_RARE : VERIFY_MEAN},
                {"d.latency.mean", 1e3 * number / (q.m.lambda * (1.0 - loss)),
                    VERIFY_MEAN},
                {"d.wait_probability", delayed, VERIFY_MEAN},
                {"d.latency.p50", 1e3 * exact_mmck_response_quantile(&q, 0.50),
                    VERIFY_QUANTILE},
                {"d.latency.p95", 1e3 * exact_mmck_response_quantile(&q, 0.95),
                    VERIFY_QUANTILE},
                {"d.latency.p99", 1e3 * exact_mmck_response_quantile(&q, 0.99),
                    VERIFY_QUANTILE},
                {"d.site.q.in_system.mean", number, VERIFY_MEAN}},
            .n_checks = 7});
}

/* No waiting room: the loss depends on the mean of the service alone. */
static void loss(struct verify *v, int c, double a, const char *law,
    const char *service, double mean_s)
{
    const double b = exact_erlang_b(c, a);

    verify_case(v,
        &(struct verify_case){.family = "Erlang loss",
            .name = verify_text(v, "%s, c = %d, a = %g", law, c, a),
            .route = "Erlang B, insensitive to the law",
            .body = verify_text(v,
                "simulate: {requests: %d, warmup: 5000 requests, "
                "replications: 20}\n"
                "arrivals: {rate: %.17g /s}\n"
                "requests: {r: {service: {%s}}}\n"
                "deployments: {d: {sites: {q: {tier: bare, servers: %d, queue: "
                "{capacity: %d}}}}}\n",
                c == 4 ? 200000 : 400000, a / mean_s, service, c, c),
            .fast = c == 4 && strcmp(law, "deterministic") == 0,
            .checks = {{"d.loss_probability", b,
                           b < 0.01 ? VERIFY_RARE : VERIFY_MEAN},
                {"d.site.q.busy_servers.mean", a * (1.0 - b), VERIFY_MEAN},
                {"d.latency.mean", 1e3 * mean_s,
                    strncmp(service, "constant", 8) == 0 ? VERIFY_EXACT
                                                         : VERIFY_MEAN}},
            .n_checks = 3});
}

static void losses(struct verify *v, int c, double a)
{
    loss(v, c, a, "exponential", "exponential: {mean: 100 ms}", 0.1);
    loss(v, c, a, "deterministic", "constant: 100 ms", 0.1);
    /* log-variance from the coefficient of variation 2: any mean will do */
    loss(v, c, a, "lognormal", "lognormal: {mean: 100 ms, cv: 2}", 0.1);
}

void verify_family_mmc(struct verify *v)
{
    mmc(v, 1, 0.5, 60000, 2000);
    mmc(v, 1, 0.8, 300000, 10000);
    mmc(v, 1, 0.95, 5000000, 200000);
    mmc(v, 2, 0.5, 80000, 2000);
    mmc(v, 2, 0.8, 300000, 10000);
    mmc(v, 2, 0.95, 3000000, 150000);
    mmc(v, 8, 0.5, 400000, 2000);
    mmc(v, 8, 0.7, 400000, 5000);
    mmc(v, 8, 0.9, 600000, 30000);
    mmc(v, 64, 0.9, 4000000, 50000);
    mmc(v, 64, 0.95, 5000000, 200000);
    mmck(v, 1, 10, 0.8, 400000);
    mmck(v, 2, 8, 1.2, 60000);
    mmck(v, 8, 12, 0.9, 200000);
    mmck(v, 1, 20, 0.8, 600000);
    losses(v, 4, 2.0);
    losses(v, 20, 16.0);
}
