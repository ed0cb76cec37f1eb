/* Requests that leave the queue, and requests that come in batches. */
#include "tests/verify/exact_banded.h"
#include "tests/verify/exact_patience.h"
#include "tests/verify/families.h"

/* ---- patience ------------------------------------------------------------ */

static void patience(struct verify *v, const char *name, const char *law,
    int requests, const struct exact_patience *q)
{
    const struct exact_left exact = exact_patience_queue(q);
    /* who leaves has waited, but only those served are counted */
    const double waited = (exact.delay - exact.abandon) / (1.0 - exact.abandon);

    verify_case(v,
        &(struct verify_case){.family = q->exponential ? "Exponential patience"
                                                       : "Constant patience",
            .name = name,
            .route = "law of the virtual wait",
            .body = verify_text(v,
                "simulate: {requests: %d, warmup: 5000 requests, "
                "replications: 20}\n"
                "arrivals: {rate: %.17g /s}\n"
                "requests: {r: {service: {exponential: {mean: 100 ms}}, "
                "patience: %s}}\n"
                "deployments: {d: {sites: {q: {tier: bare, "
                "servers: %d}}}}\n",
                requests, q->lambda, law, q->servers),
            .checks = {{"d.abandon_probability", exact.abandon,
                           exact.abandon < 0.01 ? VERIFY_RARE : VERIFY_MEAN},
                {"d.queue.mean", 1e3 * exact.wait_s, VERIFY_MEAN},
                {"d.site.q.busy_servers.mean", exact.busy, VERIFY_MEAN},
                {"d.wait_probability", waited, VERIFY_MEAN}},
            .n_checks = 4});
}

static void patiences(struct verify *v)
{
    patience(v, "one server, rho = 1.2", "{exponential: {mean: 500 ms}}",
        100000,
        &(struct exact_patience){.servers = 1,
            .lambda = 12,
            .mu = 10,
            .patience_s = 0.5,
            .exponential = true});
    patience(v, "8 servers, rho = 0.95", "{exponential: {mean: 300 ms}}",
        200000,
        &(struct exact_patience){.servers = 8,
            .lambda = 76,
            .mu = 10,
            .patience_s = 0.3,
            .exponential = true});
    patience(v, "one server, rho = 0.8", "{constant: 300 ms}", 100000,
        &(struct exact_patience){
            .servers = 1, .lambda = 8, .mu = 10, .patience_s = 0.3});
    patience(v, "4 servers, rho = 1.1", "{constant: 200 ms}", 100000,
        &(struct exact_patience){
            .servers = 4, .lambda = 44, .mu = 10, .patience_s = 0.2});
    patience(v, "4 servers, rho = 0.7, few leave", "{constant: 200 ms}", 400000,
        &(struct exact_patience){
            .servers = 4, .lambda = 28, .mu = 10, .patience_s = 0.2});
}

/* ---- batches of arrivals ------------------------------------------------- */

/* Mean number in M^[b]/M/c by its chain, cut at 1500. */
static double batch_arrivals_number(double lambda, int b, int c, double mu)
{
    enum { CUT = 1500 };
    struct exact_banded *chain = exact_banded_create(CUT + 1, b);
    double number = 0.0;

    for (int n = 0; n <= CUT; n++) {
        if (n + b <= CUT)
            exact_banded_add(chain, n, n + b, lambda / b);
        if (n > 0)
            exact_banded_add(chain, n, n - 1, (n < c ? n : c) * mu);
    }
    const double *p = exact_banded_solve(chain);
    for (int n = 0; n <= CUT; n++)
        number += n * p[n];
    exact_banded_destroy(chain);
    return number;
}

static void batches(struct verify *v, const char *name, const char *route,
    double lambda, int b, int c, double number)
{
    verify_case(v,
        &(struct verify_case){.family = "Batch arrivals",
            .name = name,
            .route = route,
            .body = verify_text(v,
                "simulate: {requests: 400000, warmup: 10000 requests, "
                "replications: 20}\n"
                "arrivals: {rate: %.17g /s, process: {batch: {size: %d}}}\n"
                "requests: {r: {service: {exponential: {mean: 100 ms}}}}\n"
                "deployments: {d: {sites: {q: {tier: bare, "
                "servers: %d}}}}\n",
                lambda, b, c),
            .checks = {{"d.latency.mean", 1e3 * number / lambda, VERIFY_MEAN},
                {"d.queue.mean", 1e3 * (number / lambda - 0.1), VERIFY_MEAN},
                {"d.site.q.in_system.mean", number, VERIFY_MEAN}},
            .n_checks = 3});
}

static void batch_arrivals(struct verify *v)
{
    const double rho = 0.5, b = 5;

    /* E[N] = rho (1 + (b - 1)/2)/(1 - rho) */
    batches(v, "5 at once, one server", "closed form", 10.0 * rho, (int)b, 1,
        rho * (1 + (b - 1) / 2) / (1 - rho));
    batches(v, "8 at once, 4 servers", "chain of the number in system", 28.0, 8,
        4, batch_arrivals_number(28.0, 8, 4, 10.0));
}

void verify_family_impatience(struct verify *v)
{
    patiences(v);
    batch_arrivals(v);
}
