/* Two servers and a rule which of them serves; both for one that needs both. */
#include <math.h>

#include "tests/verify/exact_pair.h"
#include "tests/verify/families.h"

static const char *two_sites(struct verify *v, int requests, double lambda,
    const char *class, const char *routing)
{
    return verify_text(v,
        "simulate: {requests: %d, warmup: 10000 requests, "
        "replications: 20}\n"
        "arrivals: {rate: %.17g /s}\n"
        "requests: {r: {service: {exponential: {mean: 100 ms}}%s}}\n"
        "deployments: {d: {sites: {a: {tier: bare}, b: {tier: bare}}%s}}\n",
        requests, lambda, class, routing);
}

static void policy(struct verify *v, const char *name, const char *route,
    int requests, double lambda, const char *routing, double response_s)
{
    verify_case(
        v, &(struct verify_case){.family = "Routing",
               .name = name,
               .route = route,
               .body = two_sites(v, requests, lambda, "",
                   verify_text(v, ", routing: {%s}", routing)),
               .checks = {{"d.latency.mean", 1e3 * response_s, VERIFY_MEAN},
                   {"d.site.a.in_system.mean", lambda * response_s / 2,
                       VERIFY_MEAN},
                   {"d.site.b.in_system.mean", lambda * response_s / 2,
                       VERIFY_MEAN}},
               .n_checks = 3});
}

/* E2/M/1 at each: every second arrival of a Poisson stream of rate lambda; s is
 * the root of s = A*(mu (1 - s)). */
static double round_robin_s(double lambda, double mu)
{
    double s = 0.5;

    for (int i = 0; i < 2000; i++)
        s = pow(lambda / (lambda + mu * (1.0 - s)), 2);
    return 1.0 / (mu * (1.0 - s));
}

static void shortest(struct verify *v, const char *name, const char *routing,
    double lambda, int requests)
{
    /* which of two equal queues is taken is not said, so only what does not
     * depend on it */
    const double response_s = exact_shortest_queue(lambda, 10.0, 150);

    verify_case(
        v, &(struct verify_case){.family = "Routing",
               .name = name,
               .route = "chain of the shorter queue and the difference",
               .body = two_sites(v, requests, lambda, "", routing),
               .checks = {{"d.latency.mean", 1e3 * response_s, VERIFY_MEAN},
                   {"d.queue.mean", 1e3 * response_s - 100.0, VERIFY_MEAN}},
               .n_checks = 2});
}

/* Mean by Flatto and Hahn; each part is a request at an M/M/1. */
static void fork_join(struct verify *v, double rho, int requests)
{
    const double mu = 10.0, lambda = rho * mu;

    verify_case(v,
        &(struct verify_case){.family = "Fork and join",
            .name = verify_text(v, "two sites, rho = %g", rho),
            .route = "Flatto and Hahn: (12 - rho)/8 of M/M/1",
            .body =
                two_sites(v, requests, lambda, ", fork: {sites: [a, b]}", ""),
            .checks = {{"d.latency.mean",
                           1e3 * (12.0 - rho) / 8.0 / (mu - lambda),
                           VERIFY_MEAN},
                {"d.site.a.in_system.mean", rho / (1 - rho), VERIFY_MEAN},
                {"d.site.b.in_system.mean", rho / (1 - rho), VERIFY_MEAN}},
            .n_checks = 3});
}

void verify_family_routing(struct verify *v)
{
    const double mu = 10.0;

    policy(v, "random", "M/M/1 at each", 200000, 14.0, "policy: random",
        1.0 / (mu - 7.0));
    policy(v, "weighted, equal weights", "M/M/1 at each", 200000, 14.0,
        "policy: weighted, weights: {a: 3, b: 3}", 1.0 / (mu - 7.0));
    policy(v, "round robin, rho = 0.7", "E2/M/1 at each", 200000, 14.0,
        "policy: round-robin", round_robin_s(14.0, mu));
    policy(v, "round robin, rho = 0.9", "E2/M/1 at each", 600000, 18.0,
        "policy: round-robin", round_robin_s(18.0, mu));
    shortest(v, "shortest queue, rho = 0.7",
        ", routing: {policy: shortest-queue}", 14.0, 100000);
    shortest(v, "shortest queue, rho = 0.9",
        ", routing: {policy: shortest-queue}", 18.0, 400000);
    shortest(v, "power of two choices among two, rho = 0.8",
        ", routing: {policy: power-of-d, choices: 2}", 16.0, 200000);
    fork_join(v, 0.5, 100000);
    fork_join(v, 0.8, 300000);
}
