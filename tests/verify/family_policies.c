/* Policies that look ahead, where they make a queue that is known. */
#include <math.h>

#include "tests/verify/families.h"

static const double mean_s = 0.1;

/* Predicted p95 of the response with n in system at one exponential server and
 * no way there: mean, and the root of the squared excesses of wait and service
 * (the p95 of an exponential is ln 20 times its mean). */
static double forecast_s(int n)
{
    const double z = 1.6448536269514722; /* standard normal, 0.95 */
    const double wait_above = z * mean_s * sqrt(n);
    const double service_above = mean_s * (log(20.0) - 1.0);

    return (n + 1) * mean_s +
           sqrt(wait_above * wait_above + service_above * service_above);
}

/* A limit between the forecasts with K - 1 and K in system lets K in near: M/M/
 * 1/K, and what it refuses goes to servers without end, 20 ms away. */
static void slo_aware(struct verify *v, double rho, int k, int requests)
{
    const double lambda = rho / mean_s;
    const double limit_s = 0.5 * (forecast_s(k - 1) + forecast_s(k));
    double p = 1.0, sum = 0.0, number = 0.0, away = 0.0;

    for (int n = 0; n <= k; n++, p *= rho) {
        sum += p;
        number += n * p;
        away = p;
    }
    number /= sum;
    away /= sum;
    verify_case(
        v, &(struct verify_case){.family = "Routing",
               .name = verify_text(v, "slo-aware, %d near, rho = %g", k, rho),
               .route = "M/M/1/K; its loss at M/M/inf",
               .body = verify_text(v,
                   "simulate: {requests: %d, warmup: 5000 requests, "
                   "replications: 20}\n"
                   "arrivals: {rate: %.17g /s}\n"
                   "requests: {r: {service: {exponential: {mean: 100 ms}}, "
                   "slo: {p95: %.17g ms}}}\n"
                   "deployments: {d: {sites: {near: {tier: bare}, "
                   "far: {tier: bare, servers: unlimited, "
                   "rtt: {constant: 20 ms}}}, "
                   "routing: {policy: slo-aware}}}\n",
                   requests, lambda, 1e3 * limit_s),
               .fast = k == 4,
               .checks = {{"d.spill_probability", away, VERIFY_MEAN},
                   {"d.site.near.in_system.mean", number, VERIFY_MEAN},
                   {"d.site.far.in_system.mean", lambda * away * mean_s,
                       VERIFY_MEAN},
                   {"d.latency.mean",
                       1e3 * (number / lambda + away * (mean_s + 0.02)),
                       VERIFY_MEAN}},
               .n_checks = 4});
}

void verify_family_policies(struct verify *v)
{
    slo_aware(v, 0.8, 4, 50000);
    slo_aware(v, 0.95, 10, 200000);
    /* more than near can serve */
    slo_aware(v, 1.4, 6, 100000);
}
