/* Queues whose servers fail and are repaired; what they served goes back to
 * the head of the queue and resumes. */
#include "tests/verify/exact_servers.h"
#include "tests/verify/families.h"

static void breakdowns(struct verify *v, const struct exact_breakdowns *q,
    const char *route, double number, int requests, int replications)
{
    const struct exact_breakdowns_result exact = exact_breakdowns_queue(q);

    verify_case(v,
        &(struct verify_case){.family = "Server breakdowns",
            .name = verify_text(v, "%d server%s, %d crew%s", q->servers,
                q->servers > 1 ? "s" : "", q->crews, q->crews > 1 ? "s" : ""),
            .route = route,
            .body = verify_text(v,
                "simulate: {requests: %d, warmup: 10000 requests, "
                "replications: %d}\n"
                "arrivals: {rate: %.17g /s}\n"
                "requests: {r: {service: {exponential: {mean: 100 ms}}}}\n"
                "deployments: {d: {sites: {q: {tier: bare, servers: %d, "
                "failures: {server: {life: {exponential: {mean: %g s}}, "
                "repair: {exponential: {mean: %g s}}, crews: %d, "
                "spares: 0}}}}}}\n",
                requests, replications, q->lambda, q->servers, q->life_s,
                q->repair_s, q->crews),
            .checks = {{"d.latency.mean", 1e3 * number / q->lambda,
                           VERIFY_MEAN},
                {"d.site.q.in_system.mean", number, VERIFY_MEAN},
                {"d.site.q.servers_up.mean", exact.servers_up, VERIFY_MEAN},
                {"d.site.q.busy_servers.mean", q->lambda / q->mu, VERIFY_MEAN}},
            .n_checks = 4});
}

static void by_chain(struct verify *v, const struct exact_breakdowns *q,
    int requests, int replications)
{
    breakdowns(v, q, "chain of requests and servers up",
        exact_breakdowns_queue(q).in_system, requests, replications);
}

void verify_family_breakdowns(struct verify *v)
{
    const struct exact_breakdowns one = {.servers = 1,
        .crews = 1,
        .lambda = 5,
        .mu = 10,
        .life_s = 50,
        .repair_s = 3,
        .cut = 2000};

    breakdowns(v, &one, "generating functions", exact_breakdowns_single(&one),
        600000, 30);
    by_chain(v,
        &(struct exact_breakdowns){.servers = 4,
            .crews = 1,
            .lambda = 26,
            .mu = 10,
            .life_s = 10,
            .repair_s = 0.6,
            .cut = 2000},
        400000, 20);
    by_chain(v,
        &(struct exact_breakdowns){.servers = 6,
            .crews = 2,
            .lambda = 42,
            .mu = 10,
            .life_s = 10,
            .repair_s = 1,
            .cut = 2000},
        400000, 20);
    by_chain(v,
        &(struct exact_breakdowns){.servers = 6,
            .crews = 1,
            .lambda = 36,
            .mu = 10,
            .life_s = 10,
            .repair_s = 0.5,
            .cut = 2000},
        400000, 20);
}
