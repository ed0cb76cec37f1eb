/* Exponential servers behind renewal and Markov-modulated arrivals. */
#include <math.h>

#include "sim/alloc.h"
#include "tests/verify/exact_gmc.h"
#include "tests/verify/families.h"

/* ---- renewal ------------------------------------------------------------- */

static double constant_gap(const void *ctx, double s)
{
    return exp(-s / *(const double *)ctx);
}

static double erlang_gap(const void *ctx, double s)
{
    const double rate = 2.0 * *(const double *)ctx;

    return pow(rate / (rate + s), 2);
}

/* Two exponentials of means 0.5 and 4.4 with probability 0.887 and 0.113,
 * scaled to the rate. */
static double two_gaps(const void *ctx, double s)
{
    const double p = 0.887, m1 = 0.5, m2 = 4.4;
    const double scale =
        1.0 / (*(const double *)ctx * (p * m1 + (1.0 - p) * m2));

    return p / (1.0 + s * m1 * scale) + (1.0 - p) / (1.0 + s * m2 * scale);
}

static void renewal(struct verify *v, const char *name, const char *process,
    exact_transform_fn *gap, int c, double rho, int requests)
{
    const double lambda = c * rho * 10.0;
    struct exact_gmc q;

    exact_gmc_solve(&q, c, 10.0, gap, &lambda);
    const double wait = exact_gmc_wait(&q);
    verify_case(v,
        &(struct verify_case){.family = "G/M/c",
            .name = verify_text(v, "%s, rho = %g", name, rho),
            .route = "root of the gap's transform, Takacs",
            .body = verify_text(v,
                "simulate: {requests: %d, warmup: %d requests, replications: "
                "20}\n"
                "arrivals: {rate: %.17g /s, process: {%s}}\n"
                "requests: {r: {service: {exponential: {mean: 100 ms}}}}\n"
                "deployments: {d: {sites: {q: {tier: bare, servers: %d}}}}\n",
                requests, requests / 20, lambda, process, c),
            .fast = requests <= 300000,
            .checks = {{"d.queue.mean", 1e3 * wait, VERIFY_MEAN},
                {"d.wait_probability", q.delayed, VERIFY_MEAN},
                {"d.latency.mean", 1e3 * wait + 100.0, VERIFY_MEAN},
                {"d.site.q.in_system.mean", lambda * (wait + 0.1), VERIFY_MEAN},
                {"d.queue.p95", 1e3 * exact_gmc_wait_quantile(&q, 0.95),
                    VERIFY_QUANTILE},
                {"d.queue.p99", 1e3 * exact_gmc_wait_quantile(&q, 0.99),
                    VERIFY_QUANTILE},
                {"d.latency.p50", 1e3 * exact_gmc_response_quantile(&q, 0.50),
                    VERIFY_QUANTILE},
                {"d.latency.p95", 1e3 * exact_gmc_response_quantile(&q, 0.95),
                    VERIFY_QUANTILE},
                {"d.latency.p99", 1e3 * exact_gmc_response_quantile(&q, 0.99),
                    VERIFY_QUANTILE}},
            .n_checks = 9});
}

/* ---- MMPP ---------------------------------------------------------------- */

static void mmpp(struct verify *v, int c, double mu, const double *rate,
    const double *sojourn, int requests)
{
    struct exact_mmpp *q = sim_calloc(1, sizeof *q);
    struct verify_case k = {.family = "MMPP/M/c",
        .name =
            verify_text(v, "c = %d, rates %g and %g /s, sojourns %g and %g s",
                c, rate[0], rate[1], sojourn[0], sojourn[1]),
        .route = "matrix-geometric, wait by stages found",
        .body = ""};

    if (q == NULL) { /* an empty body does not load: the case fails */
        verify_case(v, &k);
        return;
    }
    *q = (struct exact_mmpp){.c = c,
        .mu = mu,
        .rate = {rate[0], rate[1]},
        .sojourn = {sojourn[0], sojourn[1]}};
    exact_mmpp_solve(q);
    const double mean_ms = 1e3 * q->number / exact_mmpp_rate(q);
    const struct verify_check checks[] = {
        {"d.queue.mean", mean_ms - 1e3 / mu, VERIFY_MEAN},
        {"d.latency.mean", mean_ms, VERIFY_MEAN},
        {"d.wait_probability", exact_mmpp_wait_probability(q), VERIFY_MEAN},
        {"d.site.q.in_system.mean", q->number, VERIFY_MEAN},
        {"d.queue.p50", 1e3 * exact_mmpp_wait_quantile(q, 0.50),
            VERIFY_QUANTILE},
        {"d.queue.p95", 1e3 * exact_mmpp_wait_quantile(q, 0.95),
            VERIFY_QUANTILE},
        {"d.queue.p99", 1e3 * exact_mmpp_wait_quantile(q, 0.99),
            VERIFY_QUANTILE}};
    for (int i = 0; i < 7; i++) /* no median below the atom at zero */
        if (checks[i].exact > 0.0)
            k.checks[k.n_checks++] = checks[i];
    k.body = verify_text(v,
        "simulate: {requests: %d, warmup: %d requests, replications: 20}\n"
        "arrivals: {process: {mmpp: {rates: [%g /s, %g /s], sojourn: [%g s, %g "
        "s]}}}\n"
        "requests: {r: {service: {exponential: {mean: %.17g ms}}}}\n"
        "deployments: {d: {sites: {q: {tier: bare, servers: %d}}}}\n",
        requests, requests / 20, rate[0], rate[1], sojourn[0], sojourn[1],
        1e3 / mu, c);
    verify_case(v, &k);
    sim_free(q);
}

void verify_family_arrivals(struct verify *v)
{
    static const char *const even = "renewal: {constant: 1}";
    static const char *const erlang =
        "renewal: {gamma: {mean: 1, cv: 0.70710678118654752}}";
    static const char *const two =
        "renewal: {hyperexponential: {p: 0.887, means: [0.5, 4.4]}}";

    renewal(v, "D/M/1", even, constant_gap, 1, 0.7, 300000);
    renewal(v, "D/M/1", even, constant_gap, 1, 0.9, 1500000);
    renewal(v, "E2/M/1", erlang, erlang_gap, 1, 0.8, 500000);
    renewal(v, "H2/M/1", two, two_gaps, 1, 0.6, 600000);
    renewal(v, "E2/M/4", erlang, erlang_gap, 4, 0.8, 400000);
    renewal(v, "D/M/4", even, constant_gap, 4, 0.85, 500000);
    mmpp(v, 1, 10.0, (const double[]){4.0, 14.0}, (const double[]){1.0, 0.5},
        1500000);
    mmpp(v, 1, 10.0, (const double[]){2.0, 9.0}, (const double[]){10.0, 10.0},
        600000);
    mmpp(v, 4, 5.0, (const double[]){8.0, 24.0}, (const double[]){2.0, 1.0},
        1000000);
}
