/* M/M/1 and M/M/c: Erlang's delay formula and the law of the response. */
#include <math.h>

#include "tests/verify/exact_mmc.h"
#include "tests/verify/families.h"

/* Service of 100 ms; load is the relaxation time's business: it grows with
 * 1/(1 - rho)^2, and so does the number of requests a tight interval takes. */
static void mmc(struct verify *v, int c, double rho, int requests, int warmup)
{
    const double mu = 10.0, lambda = c * rho * mu, a = c * rho;
    const double delayed = exact_erlang_c(c, a);
    const double wait_ms = 1e3 * delayed / (c * mu - lambda);
    const struct exact_mmc m = {.c = c, .lambda = lambda, .mu = mu};

    verify_case(v,
        &(struct verify_case){.family = c == 1 ? "M/M/1" : "M/M/c",
            .name = verify_text(v, "c = %d, rho = %g", c, rho),
            .route = "Erlang C and the closed law of the response",
            .body = verify_text(v,
                "simulate: {requests: %d, warmup: %d requests, replications: "
                "20}\n"
                "arrivals: {rate: %.17g /s}\n"
                "requests: {r: {service: {exponential: {mean: 100 ms}}}}\n"
                "deployments: {d: {sites: {q: {tier: bare, servers: %d}}}}\n",
                requests, warmup, lambda, c),
            .fast = c <= 8 && rho <= 0.8,
            .checks = {{"d.queue.mean", wait_ms, VERIFY_MEAN},
                {"d.latency.mean", wait_ms + 1e3 / mu, VERIFY_MEAN},
                {"d.wait_probability", delayed, VERIFY_MEAN},
                {"d.latency.p50", 1e3 * exact_mmc_response_quantile(&m, 0.50),
                    VERIFY_QUANTILE},
                {"d.latency.p95", 1e3 * exact_mmc_response_quantile(&m, 0.95),
                    VERIFY_QUANTILE},
                {"d.latency.p99", 1e3 * exact_mmc_response_quantile(&m, 0.99),
                    VERIFY_QUANTILE},
                {"d.site.q.in_system.mean",
                    lambda * (wait_ms * 1e-3 + 1.0 / mu), VERIFY_MEAN}},
            .n_checks = 7});
}

void verify_family_mmc(struct verify *v)
{
    mmc(v, 1, 0.5, 50000, 2000);
    mmc(v, 1, 0.8, 200000, 10000);
}
