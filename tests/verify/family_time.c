/* Rates that vary over the day, and the first customers of an empty queue. */
#include <stdio.h>
#include <string.h>

#include "tests/verify/exact_time.h"
#include "tests/verify/families.h"

/* ---- the day ------------------------------------------------------------- */

/* What is read at the times of the report. */
struct readings {
    const double *at_h;
    int n;
    double number[4], busy[4]; /* busy < 0: not compared */
};

static void compare(struct verify *v, const char *name, const char *route,
    const struct exact_day *day, const char *service, const char *servers,
    int replications, const struct readings *r)
{
    struct verify_case k = {
        .family = "Varying rate", .name = name, .route = route};
    char at[128] = "";

    for (int i = 0; i < r->n; i++) {
        const size_t used = strlen(at);
        snprintf(at + used, sizeof at - used, "%s%g h", i > 0 ? ", " : "",
            r->at_h[i]);
        k.checks[k.n_checks++] = (struct verify_check){
            verify_text(v, "d.site.q.at.%d.in_system.mean", i), r->number[i],
            VERIFY_MEAN};
        if (r->busy[i] >= 0.0)
            k.checks[k.n_checks++] = (struct verify_check){
                verify_text(v, "d.site.q.at.%d.wait_probability", i),
                r->busy[i], VERIFY_MEAN};
    }
    k.body = verify_text(v,
        "simulate: {duration: 48 h, warmup: none, replications: %d}\n"
        "report: {at: [%s]}\n"
        "arrivals: {rate: %g /h, daily: {sine: {amplitude: %g, peak: %g h}}}\n"
        "requests: {r: {service: {%s}}}\n"
        "deployments: {d: {sites: {q: {tier: bare, servers: %s}}}}\n",
        replications, at, day->mean, day->amplitude, day->peak, service,
        servers);
    verify_case(v, &k);
}

static const struct exact_day day = {
    .mean = 20.0, .amplitude = 0.6, .peak = 6.0};

static void unlimited(struct verify *v)
{
    static const double at_h[] = {1.0, 6.0, 12.0, 30.0};
    struct readings r = {.at_h = at_h, .n = 4};

    for (int i = 0; i < 4; i++) {
        r.number[i] = exact_day_infinite_exponential(&day, 0.5, at_h[i]);
        r.busy[i] = -1.0;
    }
    compare(v, "M(t)/M/inf", "closed form", &day, "exponential: {mean: 2 h}",
        "unlimited", 2000, &r);
}

static double lognormal_tail(const void *ctx, double t)
{
    return exact_lognormal_tail(ctx, t);
}

static double always(const void *ctx, double t)
{
    (void)ctx;
    (void)t;
    return 1.0;
}

/* Constant service: the number is the integral of the rate over the last two
 * hours. */
static void unlimited_general(struct verify *v)
{
    static const double at_h[] = {1.0, 6.0, 12.0, 30.0};
    static const double two_h = 2.0;
    const struct exact_lognormal x = exact_lognormal_fit(1.5, 6.0);
    struct readings r = {.at_h = at_h, .n = 4, .busy = {-1, -1, -1, -1}};

    for (int i = 0; i < 4; i++)
        r.number[i] = exact_day_infinite(&day, lognormal_tail, &x, at_h[i]);
    compare(v, "M(t)/G/inf, lognormal", "integral of rate and tail", &day,
        "lognormal: {median: 1.5 h, p95: 6 h}", "unlimited", 2000, &r);
    for (int i = 0; i < 4; i++) {
        const double from = at_h[i] > two_h ? at_h[i] - two_h : 0.0;
        struct exact_day late = day;
        late.peak -= from;
        r.number[i] = exact_day_infinite(&late, always, NULL, at_h[i] - from);
    }
    compare(v, "M(t)/D/inf", "integral of the rate", &day, "constant: 2 h",
        "unlimited", 2000, &r);
}

static void servers(struct verify *v, const char *name,
    const struct exact_day *d, int c, double mean_h, const double *at_h,
    int replications)
{
    struct readings r = {.at_h = at_h, .n = 4};
    struct exact_mtmc q;

    exact_mtmc_start(&q, d, c, 1.0 / mean_h);
    for (int i = 0; i < 4; i++) {
        exact_mtmc_advance(&q, at_h[i]);
        r.number[i] = exact_mtmc_number(&q);
        r.busy[i] = exact_mtmc_all_busy(&q);
        if (r.busy[i] < 0.38) /* would take too many replications */
            r.busy[i] = -1.0;
    }
    compare(v, name, "forward equation, Runge-Kutta", d,
        verify_text(v, "exponential: {mean: %g h}", mean_h),
        verify_text(v, "%d", c), replications, &r);
}

/* ---- the first customers ------------------------------------------------- */

static void first(struct verify *v, int n, int replications)
{
    verify_case(v,
        &(struct verify_case){.family = "Initial transient",
            .name = verify_text(v, "first %d customers, rho = 0.9", n),
            .route = "exact recursion",
            .body = verify_text(v,
                "simulate: {requests: %d, warmup: none, replications: %d}\n"
                "arrivals: {rate: 0.9 /s}\n"
                "requests: {r: {service: {exponential: {mean: 1 s}}}}\n"
                "deployments: {d: {sites: {q: {tier: bare}}}}\n",
                n, replications),
            .checks = {{"d.queue.mean", 1e3 * exact_first_waits(0.9, 1.0, n),
                           VERIFY_MEAN},
                {"d.latency.mean", 1e3 * (exact_first_waits(0.9, 1.0, n) + 1.0),
                    VERIFY_MEAN}},
            .n_checks = 2});
}

void verify_family_time(struct verify *v)
{
    static const double morning_h[] = {4.0, 8.0, 20.0, 32.0};
    static const struct exact_day busy = {
        .mean = 3.2, .amplitude = 0.6, .peak = 12.0};
    static const double noon_h[] = {6.0, 12.0, 24.0, 36.0};

    unlimited(v);
    unlimited_general(v);
    servers(v, "M(t)/M/50", &day, 50, 2.0, morning_h, 12000);
    servers(v, "M(t)/M/4, overloaded by day", &busy, 4, 1.0, noon_h, 30000);
    first(v, 25, 20000);
    first(v, 500, 12000);
}
