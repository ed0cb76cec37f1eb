/* Processor sharing: all at once, limited, with a table of rates. */
#include <math.h>

#include "tests/verify/exact_ps.h"
#include "tests/verify/families.h"

#define FAMILY "Processor sharing"

/* ---- insensitivity ------------------------------------------------------- */

/* M/G/1-PS: a request of size x takes x/(1 - rho) in the mean whatever the
 * law, so every bin of sizes has the same slowdown. */
static void insensitive(struct verify *v, const char *law, const char *service,
    double mean_s, double rho, const char *bins)
{
    const double slow = 1.0 / (1.0 - rho);
    struct verify_case k = {.family = FAMILY,
        .name = verify_text(v, "%s sizes, rho = %g", law, rho),
        .route = "insensitivity: x/(1 - rho) for size x",
        .body = verify_text(v,
            "simulate: {requests: 400000, warmup: 10000 requests, "
            "replications: 20}\n"
            "arrivals: {rate: %.17g /s}\n"
            "requests: {r: {service: {%s}}}\n"
            "%s"
            "deployments: {d: {sites: {q: {tier: bare, queue: {discipline: "
            "ps}}}}}\n",
            rho / mean_s, service, bins),
        .checks = {{"d.latency.mean", 1e3 * mean_s * slow, VERIFY_MEAN},
            {"d.site.q.slowdown.mean", slow, VERIFY_MEAN},
            {"d.site.q.in_system.mean", rho * slow, VERIFY_MEAN}},
        .n_checks = 3};

    for (int i = 0; *bins != '\0' && i < 4; i++)
        k.checks[k.n_checks++] = (struct verify_check){
            verify_text(v, "d.site.q.slowdown.bin.%d.mean", i), slow,
            VERIFY_MEAN};
    verify_case(v, &k);
}

/* ---- exponential sizes --------------------------------------------------- */

static void tagged(struct verify *v, const char *name, const char *queue,
    const struct exact_ps *s, int requests)
{
    double p[EXACT_PS_STATES + 1], number = 0.0;
    struct exact_chain c = {0};

    exact_ps_law(s, p);
    for (int n = 0; n <= EXACT_PS_STATES; n++)
        number += n * p[n];
    /* without memory the quantiles are NAN, and the case fails */
    if (exact_ps_response(s, &c) != 0)
        c.failed = 1;
    verify_case(v,
        &(struct verify_case){.family = FAMILY,
            .name = verify_text(v, "%s, exponential sizes", name),
            .route = "birth-death chain, chain of a tagged request",
            .body = verify_text(v,
                "simulate: {requests: %d, warmup: 10000 requests, "
                "replications: 20}\n"
                "arrivals: {rate: %.17g /s}\n"
                "requests: {r: {service: {exponential: {mean: 100 ms}}}}\n"
                "deployments: {d: {sites: {q: {tier: bare, queue: {%s}}}}}\n",
                requests, s->lambda, queue),
            .fast = requests <= 200000,
            .checks = {{"d.latency.mean", 1e3 * number / s->lambda,
                           VERIFY_MEAN},
                {"d.site.q.in_system.mean", number, VERIFY_MEAN},
                {"d.latency.p50", 1e3 * exact_chain_quantile(&c, 0.50),
                    VERIFY_QUANTILE},
                {"d.latency.p95", 1e3 * exact_chain_quantile(&c, 0.95),
                    VERIFY_QUANTILE},
                {"d.latency.p99", 1e3 * exact_chain_quantile(&c, 0.99),
                    VERIFY_QUANTILE}},
            .n_checks = 5});
    exact_chain_release(&c);
}

static void shared(struct verify *v, double rho, int requests)
{
    tagged(v, verify_text(v, "all share, rho = %g", rho), "discipline: ps",
        &(struct exact_ps){
            .lambda = rho * 10.0, .mu = 10.0, .most = EXACT_PS_STATES},
        requests);
}

static void limited(struct verify *v, int most, double rho, int requests)
{
    tagged(v, verify_text(v, "%d share, rho = %g", most, rho),
        verify_text(v, "discipline: lps, concurrency: %d", most),
        &(struct exact_ps){.lambda = rho * 10.0, .mu = 10.0, .most = most},
        requests);
}

static void rate_table(struct verify *v)
{
    static const double rates[] = {1.0, 1.8, 2.4, 2.8, 3.0, 3.1};

    tagged(v, "rates by number running, 32 at most, load 0.8 of the last",
        "discipline: ps, concurrency: 32, rates: [1, 1.8, 2.4, 2.8, 3, 3.1]",
        &(struct exact_ps){.lambda = 24.8,
            .mu = 10.0,
            .most = 32,
            .rates = rates,
            .n_rates = 6},
        400000);
    tagged(v, "rates by number running, 6 at most, load 0.7 of the last",
        "discipline: ps, concurrency: 6, rates: [1, 1.8, 2.4, 2.8, 3, 3.1]",
        &(struct exact_ps){.lambda = 21.7,
            .mu = 10.0,
            .most = 6,
            .rates = rates,
            .n_rates = 6},
        150000);
}

void verify_family_ps(struct verify *v)
{
    static const char *const bins =
        "report: {size_bins: [30 ms, 80 ms, 200 ms]}\n";
    const struct exact_lognormal x = exact_lognormal_fit(0.060, 0.250);

    shared(v, 0.6, 200000);
    shared(v, 0.8, 600000);
    insensitive(v, "deterministic", "constant: 100 ms", 0.1, 0.7, "");
    insensitive(
        v, "exponential", "exponential: {mean: 100 ms}", 0.1, 0.6, bins);
    insensitive(v, "lognormal", "lognormal: {median: 60 ms, p95: 250 ms}",
        exact_lognormal_moment(&x, 1), 0.7, bins);
    insensitive(v, "hyperexponential",
        "hyperexponential: {p: 0.9, means: [50 ms, 400 ms]}", 0.085, 0.6, bins);
    limited(v, 4, 0.7, 300000);
    limited(v, 16, 0.8, 600000);
    rate_table(v);
}
