/* Round trips added to a queue, and mixtures over sites.
 *
 * Behind random trips a site still sees Poisson arrivals, independent of the
 * trips (displacement theorem). */
#include "tests/verify/exact_math.h"
#include "tests/verify/exact_phase.h"
#include "tests/verify/families.h"

static const char *const route =
    "trip and response convolved, mixed over the sites";

/* ---- one site ------------------------------------------------------------ */

static void one_site(struct verify *v, const char *name, const char *rtt,
    double median_s, double sigma)
{
    const struct exact_route r = {.share = 1.0,
        .time = exact_phase_mmc(1, 12.0, 20.0),
        .median_s = median_s,
        .sigma = sigma};

    verify_case(
        v, &(struct verify_case){.family = "Round trip and queue",
               .name = name,
               .route = route,
               .body = verify_text(v,
                   "simulate: {requests: 100000, warmup: 2000 requests, "
                   "replications: 20}\n"
                   "arrivals: {rate: 12 /s}\n"
                   "requests: {r: {service: {exponential: {mean: 50 ms}}}}\n"
                   "deployments: {d: {sites: {q: {tier: bare, rtt: %s}}}}\n",
                   rtt),
               .fast = sigma > 0.0,
               .checks = {{"d.latency.mean", 1e3 * exact_routes_mean(&r, 1),
                              VERIFY_MEAN},
                   {"d.latency.p50", 1e3 * exact_routes_quantile(&r, 1, 0.50),
                       VERIFY_QUANTILE},
                   {"d.latency.p95", 1e3 * exact_routes_quantile(&r, 1, 0.95),
                       VERIFY_QUANTILE},
                   {"d.latency.p99", 1e3 * exact_routes_quantile(&r, 1, 0.99),
                       VERIFY_QUANTILE}},
               .n_checks = 4});
}

/* ---- two sites ----------------------------------------------------------- */

/* 80 % of 20 /s to an edge of three servers nearby, the rest to a faster
 * central server behind a long trip. */
static void two_sites(struct verify *v, const char *name, const char *edge_rtt,
    double edge_median_s, double edge_sigma)
{
    const double sigma = exact_lognormal_fit(0.060, 0.120).sigma;
    const struct exact_route r[] = {{.share = 0.8,
                                        .time = exact_phase_mmc(3, 16.0, 8.0),
                                        .median_s = edge_median_s,
                                        .sigma = edge_sigma},
        {.share = 0.2,
            .time = exact_phase_mmc(1, 4.0, 16.0),
            .median_s = 0.060,
            .sigma = sigma}};

    verify_case(
        v, &(struct verify_case){.family = "80/20 split",
               .name = name,
               .route = route,
               .body = verify_text(v,
                   "simulate: {requests: 200000, warmup: 5000 requests, "
                   "replications: 20}\n"
                   "arrivals: {rate: 20 /s}\n"
                   "requests: {r: {service: {exponential: {mean: 125 ms}}}}\n"
                   "deployments: {d: {sites: {"
                   "edge: {tier: bare, servers: 3, rtt: %s}, "
                   "central: {tier: bare, speed: 2, "
                   "rtt: {lognormal: {median: 60 ms, p95: 120 ms}}}}, "
                   "routing: {policy: weighted, "
                   "weights: {edge: 0.8, central: 0.2}}}}\n",
                   edge_rtt),
               .checks = {{"d.latency.mean", 1e3 * exact_routes_mean(r, 2),
                              VERIFY_MEAN},
                   {"d.latency.p50", 1e3 * exact_routes_quantile(r, 2, 0.50),
                       VERIFY_QUANTILE},
                   {"d.latency.p95", 1e3 * exact_routes_quantile(r, 2, 0.95),
                       VERIFY_QUANTILE},
                   {"d.site.edge.latency.mean",
                       1e3 * exact_routes_mean(&r[0], 1) / r[0].share,
                       VERIFY_MEAN},
                   {"d.site.central.latency.mean",
                       1e3 * exact_routes_mean(&r[1], 1) / r[1].share,
                       VERIFY_MEAN}},
               .n_checks = 5});
}

void verify_family_rtt(struct verify *v)
{
    one_site(v, "constant trip of 5 ms", "{constant: 5 ms}", 0.005, 0.0);
    one_site(v, "lognormal trip, median 60 ms, p95 120 ms",
        "{lognormal: {median: 60 ms, p95: 120 ms}}", 0.060,
        exact_lognormal_fit(0.060, 0.120).sigma);
    one_site(v, "lognormal trip, median 5 ms, p95 30 ms",
        "{lognormal: {median: 5 ms, p95: 30 ms}}", 0.005,
        exact_lognormal_fit(0.005, 0.030).sigma);
    two_sites(v, "constant trip to the edge", "{constant: 8 ms}", 0.008, 0.0);
    two_sites(v, "lognormal trips to both",
        "{lognormal: {median: 10 ms, p95: 25 ms}}", 0.010,
        exact_lognormal_fit(0.010, 0.025).sigma);
}
