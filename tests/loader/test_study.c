/* Rules that whole studies keep.  Truth: the manual - threads and other
 * deployments change no bit of a result, the sum of parts is the whole, out of
 * memory is a clean error, and figures of nothing are undefined. */
#include "loader/study_fixture.h"

/* Two edge sites with failures and a far backup, in windows of two years. */
static const char head[] =
    "seed: 4\nhorizon: 2 years\n"
    "simulate: {windows: {count: 12, length: 1 min}, replications: 6,"
    " timelines: 40}\n"
    "users:\n"
    "  a: {at: [40, -74], weight: 3, access: fibre, utc_offset: -5 h}\n"
    "  b: {at: [34, -118], weight: 1, access: wifi, utc_offset: -8 h}\n"
    "arrivals: {rate: 60 /s, daily: retail, growth: 20 %/year}\n"
    "requests:\n"
    "  x: {share: 70 %, service: {lognormal: {median: 12 ms, p95: 30 ms}},"
    " slo: {p95: 60 ms}, value: 0.002 USD, response_size: 2 kB}\n"
    "  y: {share: 30 %, service: {exponential: {mean: 20 ms}}}\n"
    "finance: {discount_rate: 9 %}\n"
    "deployments:\n";
static const char edge[] =
    "  edge:\n"
    "    sites:\n"
    "      near: {tier: edge, at: each-user, servers: 2, hardware: l4-4,"
    " failures: {site: {life: {exponential: {mean: 300 h}}}}}\n"
    "      far: {tier: regional, at: [39, -95], servers: 2, hardware: l4-4}\n"
    "    routing: {prefer: [near, far]}\n";
static const char region[] =
    "  region:\n"
    "    sites: {far: {tier: regional, at: [39, -95], servers: 4,"
    " hardware: l4-4}}\n";

static struct study study_of(const char *first, const char *second, int jobs)
{
    char body[4096];

    snprintf(body, sizeof body, "%s%s%s", head, first, second);
    struct study s = study_load(body);
    study_execute(&s, jobs);
    ck_assert_msg(s.rc == SIM_OK, "%s", s.err.text);
    return s;
}

/* ---- same bits ----------------------------------------------------------- */

static bool same_double(double a, double b)
{
    return memcmp(&a, &b, sizeof a) == 0 || (isnan(a) && isnan(b));
}

/* Every metric of `a` whose name starts with `prefix` stands in `b`, bit for
 * bit.  Returns their number. */
static int same_metrics(
    const struct study *a, const struct study *b, const char *prefix)
{
    int n = 0;

    for (int i = 0; i < a->run->n_metrics; i++) {
        const struct res_metric *x = &a->run->metrics[i];
        const struct res_metric *y = res_metric_by_name(b->run, x->name);
        if (strncmp(x->name, prefix, strlen(prefix)) != 0)
            continue;
        n++;
        ck_assert_msg(y != NULL, "no '%s'", x->name);
        ck_assert_msg(same_double(x->est.value, y->est.value) &&
                          same_double(x->est.half_width, y->est.half_width) &&
                          x->est.n == y->est.n && strcmp(x->unit, y->unit) == 0,
            "%s: %.17g and %.17g", x->name, x->est.value, y->est.value);
    }
    return n;
}

START_TEST(jobs_change_nothing)
{
    struct study one = study_of(edge, region, 1);
    struct study three = study_of(edge, region, 3);

    ck_assert_int_gt(same_metrics(&one, &three, ""), 200);
    ck_assert_str_eq(
        one.run->meta.histogram_sha256, three.run->meta.histogram_sha256);
    ck_assert_uint_eq(strlen(one.run->meta.histogram_sha256), 64);
    ck_assert_int_eq(one.run->n_metrics, three.run->n_metrics);
    ck_assert_int_eq(one.run->n_series, three.run->n_series);
    for (int i = 0; i < one.run->n_series; i++) {
        const struct res_series *x = &one.run->series[i];
        const struct res_series *y = &three.run->series[i];
        ck_assert_str_eq(x->name, y->name);
        ck_assert_int_eq(x->n, y->n);
        ck_assert_mem_eq(x->x, y->x, (size_t)x->n * sizeof(double));
        ck_assert_mem_eq(x->y, y->y, (size_t)x->n * sizeof(double));
    }
    study_end(&one);
    study_end(&three);
}
END_TEST

/* One run of requests, too. */
START_TEST(jobs_change_no_continuous_run)
{
    static const char body[] =
        "simulate: {requests: 3000, warmup: 100 requests, replications: 9}\n"
        "arrivals: {rate: 9 /s}\n"
        "requests: {r: {service: {gamma: {mean: 100 ms, cv: 0.7}}}}\n"
        "deployments: {d: {sites: {q: {tier: bare}}}}\n";
    struct study one = study_load(body), three = study_load(body);

    study_execute(&one, 1);
    study_execute(&three, 3);
    ck_assert(one.rc == SIM_OK && three.rc == SIM_OK);
    ck_assert_int_gt(same_metrics(&one, &three, ""), 50);
    study_end(&one);
    study_end(&three);
}
END_TEST

/* A deployment's numbers are its own; only what is said against the baseline
 * needs the other. */
START_TEST(deployments_change_nothing)
{
    struct study both = study_of(edge, region, 2);
    struct study alone = study_of(edge, "", 2);
    struct study last = study_of(region, edge, 2);

    ck_assert_int_gt(same_metrics(&alone, &both, "edge."), 100);
    ck_assert_int_gt(same_metrics(&last, &both, "region.latency."), 5);
    ck_assert_int_gt(same_metrics(&last, &both, "edge.latency."), 5);
    ck_assert_int_gt(same_metrics(&last, &both, "edge.energy."), 2);
    study_end(&both);
    study_end(&alone);
    study_end(&last);
}
END_TEST

/* ---- parts and whole ----------------------------------------------------- */

static double value(const struct study *s, const char *name)
{
    return study_metric(s, name)->value;
}

START_TEST(parts_make_the_whole)
{
    struct study s = study_of(edge, "", 1);
    const double offered = value(&s, "edge.requests.offered");
    double tco = 0.0;

    ck_assert_double_eq_tol(value(&s, "edge.class.x.requests.offered") +
                                value(&s, "edge.class.y.requests.offered"),
        offered, 1e-6 * offered);
    ck_assert_double_eq_tol(value(&s, "edge.requests.served") +
                                value(&s, "edge.requests.lost") +
                                value(&s, "edge.requests.abandoned"),
        offered, 1e-9 * offered);
    ck_assert_double_eq_tol(value(&s, "edge.site.near.requests.served") +
                                value(&s, "edge.site.far.requests.served"),
        value(&s, "edge.requests.served"), 1e-9 * offered);
    /* year 0 and year 1 of 20 % growth; its months end within days */
    ck_assert_double_eq_tol(offered, 60.0 * 8760 * 3600 * 2.2, 1e-3 * offered);
    ck_assert_double_eq_tol(value(&s, "edge.latency.mean"),
        value(&s, "edge.network.mean") + value(&s, "edge.queue.mean") +
            value(&s, "edge.service.mean"),
        1e-9);
    ck_assert_double_eq_tol(value(&s, "edge.site.near.energy.site") +
                                value(&s, "edge.site.far.energy.site"),
        value(&s, "edge.energy.site"), 1e-9 * value(&s, "edge.energy.site"));
    for (int i = 0; i < RES_N_CATEGORIES; i++) {
        char name[64];
        snprintf(name, sizeof name, "edge.tco.%s", res_category_name(i));
        const struct res_metric *m = res_metric_by_name(s.run, name);
        tco += m != NULL && !isnan(m->est.value) ? m->est.value : 0.0;
    }
    ck_assert_double_eq_tol(
        tco, value(&s, "edge.tco.npv"), 1e-9 * value(&s, "edge.tco.npv"));
    study_end(&s);
}
END_TEST

/* ---- edges --------------------------------------------------------------- */

/* A horizon that is no whole number of hours, or shorter than one. */
START_TEST(odd_horizons)
{
    static const char *const horizons[] = {
        "1.99999 years", "0.01 years", "100.6 h", "90 min", "13 months"};

    for (size_t i = 0; i < sizeof horizons / sizeof horizons[0]; i++) {
        struct study s = study_run(
            "horizon: %s\n"
            "simulate: {windows: {count: 4, length: 1 min}, replications: 2}\n"
            "arrivals: {rate: 5 /s}\n"
            "requests: {r: {service: {constant: 10 ms}}}\n"
            "finance: {discount_rate: 5 %%}\n"
            "deployments: {d: {sites: {q: {tier: bare, servers: 2,"
            " power: {idle: 100 W, peak: 300 W}}}}}\n",
            horizons[i]);
        ck_assert_double_eq_tol(value(&s, "d.latency.mean"), 10.0, 2.0);
        study_end(&s);
    }
}
END_TEST

/* A class that sends nothing: undefined with a reason, not 0. */
START_TEST(nothing_is_undefined)
{
    static const char *const names[] = {"latency.mean", "latency.sd",
        "latency.p95", "latency.max", "queue.mean", "service.p50",
        "loss_probability", "wait_probability", "availability"};
    struct study s =
        study_run("simulate: {requests: 500, warmup: none, replications: 3}\n"
                  "arrivals: {rate: 5 /s}\n"
                  "requests:\n"
                  "  r: {share: 100 %%, service: {constant: 10 ms}}\n"
                  "  never: {share: 0 %%, service: {constant: 10 ms}}\n"
                  "deployments: {d: {sites: {q: {tier: bare}}}}\n");

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char full[64];
        snprintf(full, sizeof full, "d.class.never.%s", names[i]);
        const struct res_estimate *e = study_metric(&s, full);
        ck_assert_msg(isnan(e->value), "%s is %g", full, e->value);
        ck_assert_msg(e->reason != NULL, "%s has no reason", full);
    }
    ck_assert_double_eq(value(&s, "d.class.never.requests.offered"), 0.0);
    study_end(&s);
}
END_TEST

/* Undefined or without interval: then there is a reason; else none. */
START_TEST(reasons)
{
    struct study s = study_of(edge, region, 1);

    for (int i = 0; i < s.run->n_metrics; i++) {
        const struct res_metric *m = &s.run->metrics[i];
        ck_assert_msg(!isnan(m->est.value) || m->est.reason != NULL,
            "%s is undefined without a reason", m->name);
        ck_assert_msg(!isinf(m->est.value) && !isinf(m->est.half_width),
            "%s is infinite", m->name);
        ck_assert_msg(!(m->est.half_width < 0.0), "%s", m->name);
        ck_assert_msg(
            res_metric_row(m->name) != NULL, "%s has no row", m->name);
    }
    study_end(&s);
}
END_TEST

/* Above capacity: flagged, figures without intervals. */
START_TEST(unstable)
{
    struct study s =
        study_run("simulate: {requests: 2000, warmup: none, replications: 3}\n"
                  "arrivals: {rate: 15 /s}\n"
                  "requests: {r: {service: {exponential: {mean: 100 ms}}}}\n"
                  "deployments: {d: {sites: {q: {tier: bare}}}}\n");
    static const char *const names[] = {
        "d.latency.mean", "d.latency.p95", "d.latency.sd", "d.queue.mean"};

    ck_assert(s.run->deployments[0].unstable);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const struct res_estimate *e = study_metric(&s, names[i]);
        ck_assert_msg(isnan(e->half_width), "%s", names[i]);
        ck_assert_msg(
            e->reason != NULL && strstr(e->reason, "unstable") != NULL,
            "%s: no reason", names[i]);
    }
    study_end(&s);
}
END_TEST

/* More replications than sections: pooled in order, all of them counted. */
START_TEST(sections)
{
    struct study s = study_run(
        "seed: 8\n"
        "simulate: {requests: 200, warmup: 50 requests, replications: 1000}\n"
        "arrivals: {rate: 5 /s}\n"
        "requests: {r: {service: {exponential: {mean: 100 ms}}}}\n"
        "deployments: {d: {sites: {q: {tier: bare}}}}\n");

    ck_assert_int_eq(s.run->meta.replications, 1000);
    ck_assert_int_eq(study_metric(&s, "d.latency.mean")->n, 64);
    study_expect(&s, "d.latency.mean", 200.0, MEAN_TIGHT);
    study_end(&s);
}
END_TEST

/* Replications stop once the precision is met, or at the most. */
START_TEST(precision)
{
    for (int i = 0; i < 2; i++) {
        struct study s = study_run(
            "seed: 8\n"
            "simulate: {requests: 2000, warmup: 50 requests,"
            " replications: {min: 8, max: 48},"
            " precision: {target: %s, metrics: [latency.mean]}}\n"
            "arrivals: {rate: 5 /s}\n"
            "requests: {r: {service: {exponential: {mean: 100 ms}}}}\n"
            "deployments: {d: {sites: {q: {tier: bare}}}}\n",
            i == 0 ? "3 %" : "0.1 %");
        const struct res_estimate *e = study_metric(&s, "d.latency.mean");
        const bool met = e->half_width <= (i == 0 ? 0.03 : 0.001) * e->value;
        ck_assert_int_eq(e->n, s.run->meta.replications);
        ck_assert(met == (i == 0));
        if (i == 0) {
            ck_assert_str_eq(s.run->meta.stop, "precision met");
            ck_assert_int_lt(s.run->meta.replications, 48);
        } else {
            ck_assert_int_eq(s.run->meta.replications, 48);
        }
        study_end(&s);
    }
}
END_TEST

static int stop_at_once(void *ctx)
{
    return ++*(int *)ctx > 3;
}

START_TEST(interrupted)
{
    int asked = 0;
    char body[4096];
    const struct mdl_run_options options = {
        .jobs = 2, .stop = stop_at_once, .ctx = &asked};
    struct sim_err err = {0};

    snprintf(body, sizeof body, "%s%s", head, region);
    struct study s = study_load(body);
    ck_assert_int_eq(res_run_create(&s.run, &err), SIM_OK);
    ck_assert_int_eq(
        mdl_run_execute(s.scenario->cfg, &study_tables, &options, s.run, &err),
        SIM_E_INTERRUPTED);
    study_end(&s);
}
END_TEST

/* ---- out of memory ------------------------------------------------------- */

/* One allocation after the other fails, once or from then on: SIM_E_NOMEM and
 * nothing leaks (which the sanitizer build watches).  A step of some per cent
 * keeps the late ones, of which there are many of a kind, few. */
static void torture(const char *body, int for_ever)
{
    const struct mdl_run_options options = {.jobs = 1, .trace = 4};
    struct study s = study_load(body);
    int rc = SIM_E_NOMEM, tries = 0;

    for (long n = 1; rc != SIM_OK; n += 1 + n / 16, tries++) {
        sim_alloc_fail_at(n, for_ever);
        study_execute_with(&s, &options);
        sim_alloc_fail_at(0, 0);
        rc = s.rc;
        ck_assert_msg(
            rc == SIM_OK || rc == SIM_E_NOMEM, "%d: %s", rc, s.err.text);
        ck_assert_msg(rc == SIM_OK || s.err.text[0] != '\0', "no message");
        res_run_destroy(s.run);
        s.run = NULL;
        ck_assert_int_lt(n, 1000000);
    }
    ck_assert_int_gt(tries, 50);
    study_end(&s);
}

static const char tiny[] =
    "horizon: 0.02 years\n"
    "simulate: {windows: {count: 3, length: 1 s}, replications: 2,"
    " timelines: 2}\n"
    "arrivals: {rate: 20 /s, weekly: servegen_mmid,"
    " process: {cox: azure-conv}}\n"
    "requests: {r: {token_time: {base: 5 ms, per_output_token: 0.1 ms},"
    " tokens: azure-conv, slo: {p95: 1 s}}}\n"
    "finance: {discount_rate: 9 %}\n"
    "thresholds: [d.availability >= 1 %]\n"
    "report: {at: [1 h], size_bins: [10 ms]}\n"
    "users: {u: {at: [1, 2]}}\n"
    "deployments: {d: {sites: {q: {tier: edge, at: [1, 2], hardware: l4-4,"
    " count: 2,"
    " failures: {server: {life: {exponential: {mean: 20 h}}}}}}}}\n";

START_TEST(out_of_memory)
{
    torture(tiny, 0);
}
END_TEST

START_TEST(out_of_memory_for_ever)
{
    torture(tiny, 1);
}
END_TEST

TEST_MAIN("loader/study", jobs_change_nothing, jobs_change_no_continuous_run,
    deployments_change_nothing, parts_make_the_whole, odd_horizons,
    nothing_is_undefined, reasons, unstable, sections, precision, interrupted,
    out_of_memory, out_of_memory_for_ever)
