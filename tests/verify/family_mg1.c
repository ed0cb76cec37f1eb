/* M/G/1 and M/D/c. */
#include <math.h>

#include "sim/alloc.h"
#include "tests/verify/exact_mg1.h"
#include "tests/verify/families.h"

/* ---- M/G/1 by law -------------------------------------------------------- */

/* A service law of about 100 ms, in seconds. */
struct law {
    const char *name, *text, *route;
    struct exact_moments m;
    exact_tail_fn *tail;
    const void *ctx;
};

static double lognormal_tail(const void *ctx, double t)
{
    return exact_lognormal_tail(ctx, t);
}

/* Two exponentials: probability of the first, means. */
struct two {
    double p, m1, m2;
};

static double two_tail(const void *ctx, double t)
{
    const struct two *x = ctx;

    return x->p * exp(-t / x->m1) + (1.0 - x->p) * exp(-t / x->m2);
}

/* Four exponential stages of 25 ms. */
static double erlang_tail(const void *ctx, double t)
{
    const double x = t / *(const double *)ctx;

    return exp(-x) * (1.0 + x + x * x / 2.0 + x * x * x / 6.0);
}

static void mg1(struct verify *v, const struct law *s, double lambda,
    int requests, int warmup)
{
    const double wait = exact_mg1_wait(lambda, &s->m);
    struct exact_mg1 q;

    /* without memory the quantiles are NAN, and the case fails */
    if (exact_mg1_solve(&q, lambda, s->m.m1, s->tail, s->ctx, 12000, 0.0005) !=
        0)
        q = (struct exact_mg1){0};
    verify_case(v,
        &(struct verify_case){.family = "M/G/1",
            .name = verify_text(v, "%s, rho = %.3g", s->name, lambda * s->m.m1),
            .route = "Pollaczek-Khinchine, Takacs' integral equation",
            .body = verify_text(v,
                "simulate: {requests: %d, warmup: %d requests, replications: "
                "20}\n"
                "arrivals: {rate: %.17g /s}\n"
                "requests: {r: {service: {%s}}}\n"
                "deployments: {d: {sites: {q: {tier: bare}}}}\n",
                requests, warmup, lambda, s->text),
            .fast = requests <= 300000,
            .checks = {{"d.queue.mean", 1e3 * wait, VERIFY_MEAN},
                {"d.latency.mean", 1e3 * (wait + s->m.m1), VERIFY_MEAN},
                {"d.wait_probability", lambda * s->m.m1, VERIFY_MEAN},
                {"d.queue.second_moment",
                    1e6 * exact_mg1_wait_square(lambda, &s->m), VERIFY_MEAN},
                {"d.queue.p95", 1e3 * exact_mg1_wait_quantile(&q, 0.95),
                    VERIFY_QUANTILE},
                {"d.latency.p50", 1e3 * exact_mg1_response_quantile(&q, 0.50),
                    VERIFY_QUANTILE},
                {"d.latency.p95", 1e3 * exact_mg1_response_quantile(&q, 0.95),
                    VERIFY_QUANTILE},
                {"d.latency.p99", 1e3 * exact_mg1_response_quantile(&q, 0.99),
                    VERIFY_QUANTILE}},
            .n_checks = 8});
    exact_mg1_release(&q);
}

static void lognormal(struct verify *v, double median, double p95,
    double lambda, int requests, int warmup)
{
    const struct exact_lognormal x = exact_lognormal_fit(median, p95);
    const struct law law = {.name = verify_text(v, "lognormal %g and %g ms",
                                1e3 * median, 1e3 * p95),
        .text = verify_text(v, "lognormal: {median: %g ms, p95: %g ms}",
            1e3 * median, 1e3 * p95),
        .m = {exact_lognormal_moment(&x, 1), exact_lognormal_moment(&x, 2),
            exact_lognormal_moment(&x, 3)},
        .tail = lognormal_tail,
        .ctx = &x};

    mg1(v, &law, lambda, requests, warmup);
}

static void hyperexponential(struct verify *v)
{
    static const struct two x = {.p = 0.9, .m1 = 0.05, .m2 = 0.4};
    const double p = x.p, r = 1.0 - x.p;
    const struct law law = {.name = "hyperexponential",
        .text = "hyperexponential: {p: 0.9, means: [50 ms, 400 ms]}",
        .m = {p * x.m1 + r * x.m2, 2.0 * (p * x.m1 * x.m1 + r * x.m2 * x.m2),
            6.0 * (p * pow(x.m1, 3) + r * pow(x.m2, 3))},
        .tail = two_tail,
        .ctx = &x};

    mg1(v, &law, 7.0, 1000000, 30000);
}

static void erlang(struct verify *v)
{
    static const double stage = 0.025;
    const double m = 0.1, k = 4.0;
    const struct law law = {.name = "Erlang of 4",
        .text = "erlang: {mean: 100 ms, k: 4}",
        .m = {m, m * m * (k + 1.0) / k,
            m * m * m * (k + 1.0) * (k + 2.0) / (k * k)},
        .tail = erlang_tail,
        .ctx = &stage};

    mg1(v, &law, 7.0, 400000, 10000);
    mg1(v, &law, 9.0, 2400000, 30000);
}

/* ---- M/D/c --------------------------------------------------------------- */

static void mdc(struct verify *v, int c, double rho, int requests, int warmup)
{
    const double d = 0.1, lambda = c * rho / d;
    struct exact_mdc *q = sim_calloc(1, sizeof *q);

    if (q == NULL || exact_mdc_solve(q, c, lambda, d) != 0) {
        /* a body that does not load: the case fails by name */
        verify_case(v, &(struct verify_case){.family = "M/D/c",
                           .name = "out of memory",
                           .route = "",
                           .body = ""});
        sim_free(q);
        return;
    }
    const double wait = exact_mdc_wait(q);
    struct verify_case k = {.family = c == 1 ? "M/G/1" : "M/D/c",
        .name = verify_text(v, "deterministic, c = %d, rho = %g", c, rho),
        .route = "embedded chain, Franx",
        .body = verify_text(v,
            "simulate: {requests: %d, warmup: %d requests, replications: 20}\n"
            "arrivals: {rate: %.17g /s}\n"
            "requests: {r: {service: {constant: 100 ms}}}\n"
            "deployments: {d: {sites: {q: {tier: bare, servers: %d}}}}\n",
            requests, warmup, lambda, c),
        .fast = requests <= 200000,
        .checks = {{"d.queue.mean", 1e3 * wait, VERIFY_MEAN},
            {"d.wait_probability", exact_mdc_wait_probability(q), VERIFY_MEAN},
            {"d.latency.mean", 1e3 * (wait + d), VERIFY_MEAN},
            {"d.queue.p95", 1e3 * exact_mdc_wait_quantile(q, 0.95),
                VERIFY_QUANTILE},
            {"d.latency.p95", 1e3 * (d + exact_mdc_wait_quantile(q, 0.95)),
                VERIFY_QUANTILE},
            {"d.latency.p99", 1e3 * (d + exact_mdc_wait_quantile(q, 0.99)),
                VERIFY_QUANTILE}},
        .n_checks = 6};
    const struct exact_moments m = {d, d * d, d * d * d};

    if (c == 1)
        k.checks[k.n_checks++] = (struct verify_check){"d.queue.second_moment",
            1e6 * exact_mg1_wait_square(lambda, &m), VERIFY_MEAN};
    verify_case(v, &k);
    sim_free(q);
}

void verify_family_mg1(struct verify *v)
{
    mdc(v, 1, 0.8, 700000, 10000);
    mdc(v, 1, 0.9, 2500000, 30000);
    lognormal(v, 0.060, 0.150, 9.0, 300000, 10000);
    lognormal(v, 0.050, 0.200, 8.0, 1500000, 20000);
    hyperexponential(v);
    erlang(v);
    mdc(v, 4, 0.7, 200000, 10000);
    mdc(v, 4, 0.9, 1000000, 30000);
}
