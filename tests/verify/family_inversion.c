/* The edge performance inversion: the utilization above which one far site with
 * a pooled queue is faster than many near ones with a queue each (Ali-Eldin,
 * Wang, Shenoy, SC 2021), for the sites of scenarios/edge-inversion.yaml. */
#include "tests/verify/families.h"

enum { SITES = 5 };

#define SERVICE_S 0.1
#define NEAR_S    0.001
#define FAR_S     0.025

static double near_s(double rho)
{
    return NEAR_S + SERVICE_S / (1.0 - rho);
}

/* Erlang's C by the recursion of Erlang's B. */
static double far_s(double rho)
{
    const double a = SITES * rho;
    double blocked = 1.0;

    for (int n = 1; n <= SITES; n++)
        blocked = a * blocked / (n + a * blocked);
    const double waits = blocked / (1.0 - rho * (1.0 - blocked));
    return FAR_S + SERVICE_S + waits * SERVICE_S / (SITES * (1.0 - rho));
}

static double crossover(void)
{
    double low = 0.01, high = 0.9;

    for (int i = 0; i < 60; i++) {
        const double middle = 0.5 * (low + high);
        if (near_s(middle) < far_s(middle))
            low = middle;
        else
            high = middle;
    }
    return low;
}

static void at_load(
    struct verify *v, const char *name, double rho, int n_checks)
{
    const double gain_ms = 1e3 * (far_s(rho) - near_s(rho));
    struct verify_case c = {.family = "Edge inversion",
        .name = name,
        .route = "M/M/1 at each near site, M/M/5 far away",
        .body = verify_text(v,
            "simulate: {requests: 400000, warmup: 20000 requests, "
            "replications: 20}\n"
            "baseline: edge\n"
            "arrivals: {rate: %.17g /s}\n"
            "requests: {r: {service: {exponential: {mean: 100 ms}}}}\n"
            "deployments:\n"
            "  edge:\n"
            "    sites: {small: {tier: bare, count: 5, servers: 1, "
            "rtt: {constant: 1 ms}}}\n"
            "    routing: {policy: random}\n"
            "  cloud:\n"
            "    sites: {large: {tier: bare, servers: 5, "
            "rtt: {constant: 25 ms}}}\n",
            SITES * rho / SERVICE_S),
        .checks = {{"edge.latency.mean", 1e3 * near_s(rho), VERIFY_MEAN},
            {"cloud.latency.mean", 1e3 * far_s(rho), VERIFY_MEAN},
            {"cloud.difference.latency.mean", gain_ms, VERIFY_MEAN}},
        .n_checks = n_checks};

    verify_case(v, &c);
}

/* Where both are equal the difference is 0 and no relative width can be asked
 * of it: there the two sides are compared with their common value. */
void verify_family_inversion(struct verify *v)
{
    const double rho = crossover();

    at_load(v, "half the load of the crossover", 0.5 * rho, 3);
    at_load(v, "at the crossover", rho, 2);
    at_load(v, "half as much again", 1.5 * rho, 3);
    at_load(v, "load 0.5", 0.5, 3);
}
