/* Policies that look ahead.  Truth: costs and forecasts by hand from the
 * formulas of policy.h; counts of the very requests that the feed sends in the
 * hours in which a site is the cheaper one; an independent simulation of two
 * queues in the test. */
#include "models/plan_fixture.h"
#include "models/policy.h"

#include <stdlib.h>
#include <unistd.h>

#include "models/feed.h"
#include "models/routing.h"
#include "models/world.h"
#include "sim/alloc.h"
#include "sim/fmath.h"

/* Of the router at hand, one at a time. */
static int turns[16];

/* ---- two sites: one near with a price by the hour, one far, flat -------- */

/* 8,760 values: 0.10 USD/kWh, from 8 to 20 h 0.30; the last hour of the year
 * 5.00, so that another hour of the year would show. */
static void write_prices(char *path)
{
    const int fd = mkstemp(path);
    FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;

    ck_assert_ptr_nonnull(file);
    fprintf(file, "price\n");
    for (int h = 0; h < MDL_HOURS_PER_YR; h++)
        fprintf(file, "%s\n",
            h == MDL_HOURS_PER_YR - 1    ? "5.00"
            : h % 24 >= 8 && h % 24 < 20 ? "0.30"
                                         : "0.10");
    ck_assert_int_eq(fclose(file), 0);
}

static struct mdl_site_cfg *powered(
    struct fix *f, const char *name, double servers, double rtt_ms)
{
    struct mdl_site_cfg *s = fix_site(f, name, servers);

    s->rtt_ms = fix_constant(f, rtt_ms);
    s->power.idle_w = 100;
    s->power.peak_w = 300;
    return s;
}

/* Work 0.1 s: 20 J above idle, the same at both. */
static void two_prices(struct fix *f, const char *path, double carbon_price)
{
    fix_begin(f);
    f->cfg.arrivals.rate_per_s = 1;
    fix_class(f, "x", 1, 0.1);
    fix_dep(f, "d");
    powered(f, "near", 4, 1)->energy.price.series = path;
    powered(f, "far", 4, 2)->energy.price.flat_usd_per_kwh = 0.20;
    f->sites[0][0].energy.carbon.flat_kg_per_kwh = 0.5;
    f->deps[0].routing.policy = MDL_CHEAPEST;
    f->deps[0].routing.carbon_price_usd_per_t = carbon_price;
    fix_plan(f);
}

struct sent {
    double near, far;
};

/* Requests of [origin, origin + length) by where they went. */
static struct sent run(const struct fix *f, double origin_s, double length_s)
{
    struct mdl_layout layout;
    struct mdl_timeline tl = {0};
    struct sim_err err = {0};
    struct sent sent;
    const struct mdl_dep *dep = &f->plan->deps[0];

    mdl_layout_init(&layout, f->plan, dep);
    void *block = sim_alloc(layout.bytes);
    ck_assert_ptr_nonnull(block);
    ck_assert_int_eq(
        mdl_timeline_draw(dep->tl, dep->n_members,
            (int64_t)((origin_s + length_s) * 1e9), 1, 0, &tl, &err),
        SIM_OK);
    const struct mdl_world_cfg cfg = {.plan = f->plan,
        .dep = dep,
        .layout = &layout,
        .timeline = &tl,
        .requests = -1,
        .origin_s = origin_s,
        .length_s = length_s};
    ck_assert_int_eq(mdl_world_run(&cfg, block, &err), SIM_OK);
    const double *counts = mdl_block_at(block, layout.counts);
    sent.near = counts[layout.n_classes * MDL_N_COUNTS + MDL_OFFERED];
    sent.far = counts[(layout.n_classes + 1) * MDL_N_COUNTS + MDL_OFFERED];
    mdl_timeline_release(&tl);
    sim_free(block);
    return sent;
}

/* Requests that the feed sends in horizon hours [from, to) of the day. */
static double sent_by_day(
    const struct fix *f, double origin_s, double length_s, int from, int to)
{
    const struct mdl_feed_cfg cfg = {.plan = f->plan,
        .dep = &f->plan->deps[0],
        .origin_s = origin_s,
        .until_s = length_s};
    struct mdl_feed *feed = NULL;
    struct sim_request r[256];
    struct sim_err err = {0};
    size_t count = 1;
    double n = 0;

    ck_assert_int_eq(mdl_feed_create(&cfg, &feed, &err), SIM_OK);
    while (count > 0) {
        ck_assert_int_eq(mdl_feed_pull(feed, r, 256, &count, &err), SIM_OK);
        for (size_t i = 0; i < count; i++) {
            const double hour = fmod((origin_s + r[i].send_s) / 3600, 24);
            n += hour >= from && hour < to;
        }
    }
    mdl_feed_destroy(feed);
    return n;
}

/* Every request goes to the site that is cheaper when it is sent. */
START_TEST(cheapest_by_the_hour)
{
    char path[] = "/tmp/sitesim-test-XXXXXX";
    struct fix f;

    write_prices(path);
    two_prices(&f, path, 0);
    /* a whole day */
    const double day = sent_by_day(&f, 0, 86400, 8, 20);
    const double all = sent_by_day(&f, 0, 86400, 0, 24);
    struct sent got = run(&f, 0, 86400);
    ck_assert_double_gt(day, 40000);
    near_abs(got.far, day, 0);
    near_abs(got.near, all - day, 0);
    /* from half past five on the third day, over both changes */
    const double origin = 2 * 86400 + 5.5 * 3600;
    got = run(&f, origin, 18 * 3600);
    near_abs(got.far, sent_by_day(&f, origin, 18 * 3600, 8, 20), 0);
    near_abs(got.near + got.far, sent_by_day(&f, origin, 18 * 3600, 0, 24), 0);
    fix_end(&f);
    /* 0.05 USD/kWh more by night and day: 0.15 and 0.35 against 0.20 */
    two_prices(&f, path, 100);
    near_abs(run(&f, 0, 86400).far, day, 0);
    fix_end(&f);
    /* 0.25 more: 0.35 and 0.55 */
    two_prices(&f, path, 500);
    near_abs(run(&f, 0, 86400).near, 0, 0);
    fix_end(&f);
    unlink(path);
}
END_TEST

/* What the load estimates take for granted: the cheapest at the mean of the
 * year.  Near: a little over (0.10 + 0.30) / 2. */
START_TEST(cheapest_over_the_year)
{
    char path[] = "/tmp/sitesim-test-XXXXXX";
    const double mean = 0.20 + (5.00 - 0.10) / MDL_HOURS_PER_YR;
    struct fix f;

    write_prices(path);
    two_prices(&f, path, 0);
    const struct mdl_dep *dep = &f.plan->deps[0];
    near_abs(mdl_route_share(f.plan, dep, 0, 0), 0, 0);
    near_abs(mdl_route_share(f.plan, dep, 0, 1), 1, 0);
    near_rel(mdl_cost_usd(dep->policy->costs, 0, 0, -1, 1), 20 / 3.6e6 * mean,
        1e-12);
    near_rel(mdl_cost_usd(dep->policy->costs, 0, 1, -1, 1), 20 / 3.6e6 * 0.20,
        1e-12);
    fix_end(&f);
    unlink(path);
}
END_TEST

/* ---- costs by hand ------------------------------------------------------ */

START_TEST(cost_by_hand)
{
    struct fix f;

    fix_begin(&f);
    struct mdl_class_cfg *c = fix_class(&f, "x", 1, 0.3);
    c->response_size_bytes = 5e6;
    fix_dep(&f, "d");
    /* 2 servers of 4 slots at speed 3, in a building for 1 kW */
    struct mdl_site_cfg *own = powered(&f, "own", 2, 1);
    own->hardware.slots = 4;
    own->speed_frac = 3;
    own->facility.capacity_kw = 1;
    own->facility.pue.a_frac = 0.1;
    own->facility.pue.b_frac = 0.2;
    own->facility.pue.c_frac = 0.3;
    own->energy.price.flat_usd_per_kwh = 0.15;
    own->energy.carbon.flat_kg_per_kwh = 0.4;
    own->cost.egress_usd_per_gb = 0.02;
    /* the bill of a cloud holds its energy; carbon is its own */
    struct mdl_site_cfg *cloud = powered(&f, "cloud", 1, 2);
    cloud->procure = MDL_PROCURE_CLOUD;
    cloud->energy.price.flat_usd_per_kwh = 0.15;
    cloud->energy.carbon.flat_kg_per_kwh = 0.4;
    cloud->cost.egress_usd_per_gb = 0.09;
    struct mdl_site_cfg *api = powered(&f, "api", INFINITY, 3);
    api->procure = MDL_PROCURE_API;
    api->energy.price.flat_usd_per_kwh = 0.15;
    api->cost.request_usd = 0.001;
    api->cost.egress_usd_per_gb = 0.09;
    f.deps[0].routing.policy = MDL_CHEAPEST;
    f.deps[0].routing.carbon_price_usd_per_t = 80;
    fix_plan(&f);
    const struct mdl_costs *costs = f.plan->deps[0].policy->costs;
    /* 0.1 s of a quarter of 200 W */
    const double kwh = 0.1 * 50 / 3.6e6;
    const double pue = 1 + 0.1 / 0.6 + 0.2 + 0.3 * 0.6;
    const double usd = kwh * pue * (0.15 + 0.08 * 0.4);
    near_rel(mdl_cost_usd(costs, 0, 0, 17, 1), usd + 0.005 * 0.02, 1e-12);
    near_rel(mdl_cost_usd(costs, 0, 0, -1, 1), usd + 0.005 * 0.02, 1e-12);
    near_rel(
        mdl_cost_usd(costs, 0, 0, 17, 0.25), 0.25 * usd + 0.005 * 0.02, 1e-12);
    near_rel(mdl_cost_usd(costs, 0, 1, 17, 1),
        0.3 * 200 / 3.6e6 * 0.08 * 0.4 + 0.005 * 0.09, 1e-12);
    near_rel(mdl_cost_usd(costs, 0, 2, 17, 1), 0.001, 1e-12);
    fix_end(&f);
}
END_TEST

/* Hours of the year that starts in April: 90 days after 1 January. */
START_TEST(hours_of_the_year)
{
    const struct mdl_costs costs = {.start_hour = 90 * 24};

    ck_assert_int_eq(mdl_cost_hour(&costs, 0), 2160);
    ck_assert_int_eq(mdl_cost_hour(&costs, 3599.9), 2160);
    ck_assert_int_eq(mdl_cost_hour(&costs, 3600), 2161);
    ck_assert_int_eq(mdl_cost_hour(&costs, -1), 2159);
    ck_assert_int_eq(mdl_cost_hour(&costs, -2161 * 3600.0), 8759);
    ck_assert_int_eq(mdl_cost_hour(&costs, 8760 * 3600.0), 2160);
    ck_assert_int_eq(mdl_cost_hour(&costs, 6600 * 3600.0), 0);
}
END_TEST

/* The next choice is the next dearer of the group, then the next group. */
START_TEST(next_dearer)
{
    static const double price[] = {0.3, 0.1, 0.2};
    static const char *const prefer[] = {"a", "b", "c"};
    bool up[3] = {true, true, true};
    int n_up[3] = {1, 1, 1};

    for (int grouped = 0; grouped < 2; grouped++) {
        struct fix f;
        fix_begin(&f);
        fix_class(&f, "x", 1, 0.1);
        fix_dep(&f, "d");
        for (int i = 0; i < 3; i++)
            powered(&f, prefer[i], 1, i + 1)->energy.price.flat_usd_per_kwh =
                price[i];
        f.deps[0].routing.policy = MDL_CHEAPEST;
        f.deps[0].routing.prefer = prefer;
        f.deps[0].routing.n_prefer = grouped ? 3 : 0;
        fix_plan(&f);
        struct mdl_router r = mdl_router_start(
            f.plan, &f.plan->deps[0], up, n_up, turns, NULL, 0);
        static const int order[2][3] = {{1, 2, 0}, {0, 1, 2}};
        int at = mdl_route_pick(&r, 0, 0, 0.5).candidate;
        for (int i = 0; i < 3; i++) {
            ck_assert_int_eq(at, order[grouped][i]);
            at = mdl_route_next(&r, 0, 0, at, 0.5).candidate;
        }
        ck_assert_int_eq(at, -1);
        /* one that is down is passed over */
        const int second = order[grouped][1];
        up[second] = false;
        n_up[second] = 0;
        at = mdl_route_pick(&r, 0, 0, 0.5).candidate;
        ck_assert_int_eq(
            mdl_route_next(&r, 0, 0, at, 0.5).candidate, order[grouped][2]);
        up[second] = true;
        n_up[second] = 1;
        fix_end(&f);
    }
}
END_TEST

/* Equal prices: the nearest. */
START_TEST(ties_to_the_nearest)
{
    struct fix f;

    fix_begin(&f);
    fix_class(&f, "x", 1, 0.1);
    fix_dep(&f, "d");
    powered(&f, "far", 1, 9)->energy.price.flat_usd_per_kwh = 0.1;
    powered(&f, "near", 1, 3)->energy.price.flat_usd_per_kwh = 0.1;
    f.deps[0].routing.policy = MDL_CHEAPEST;
    fix_plan(&f);
    struct mdl_router r =
        mdl_router_start(f.plan, &f.plan->deps[0], NULL, NULL, turns, NULL, 0);
    ck_assert_int_eq(mdl_route_pick(&r, 0, 0, 0.5).member, 1);
    fix_end(&f);
}
END_TEST

/* ---- kinds of hours ------------------------------------------------------ */

/* Is entry `e` the k-th cheapest of an hour?  Counted, not sorted. */
static bool is_kth(const struct mdl_costs *costs, int hour, int k, int e)
{
    const double *usd = costs->usd_per_kwh + hour;
    int cheaper = 0;

    for (int i = 0; i < costs->n_entries; i++) {
        const double less = usd[(size_t)i * MDL_HOURS_PER_YR] -
                            usd[(size_t)e * MDL_HOURS_PER_YR];
        cheaper += less < 0 || (!(less > 0) && i < e);
    }
    return cheaper == k;
}

/* Random prices of n entries: hours of one kind have the same first `ranks`,
 * and there are `kinds` of them. */
static void kinds_are(int n, int ranks, int kinds)
{
    double kwh[64], fees[64] = {0};
    struct mdl_costs costs = {.n_entries = n,
        .kwh = kwh,
        .fees_usd = fees,
        .kind = sim_calloc(MDL_HOURS_PER_YR, sizeof(int)),
        .usd_per_kwh =
            sim_calloc((size_t)n * MDL_HOURS_PER_YR, sizeof(double))};
    struct sim_err err = {0};
    int hour_of[MDL_MAX_KINDS];

    ck_assert(costs.kind != NULL && costs.usd_per_kwh != NULL);
    srand(7);
    for (int e = 0; e < n; e++)
        kwh[e] = 1;
    /* with ties */
    for (int i = 0; i < n * MDL_HOURS_PER_YR; i++)
        costs.usd_per_kwh[i] = rand() % 100;
    ck_assert_int_eq(mdl_cost_kinds(&costs, 1, &err), SIM_OK);
    ck_assert_int_eq(costs.n_kinds, kinds);
    for (int h = MDL_HOURS_PER_YR - 1; h >= 0; h--)
        hour_of[costs.kind[h]] = h;
    for (int h = 0; h < MDL_HOURS_PER_YR; h++) {
        const int first = hour_of[costs.kind[h]];
        for (int k = 0; k < ranks; k++)
            for (int e = 0; e < n; e++)
                ck_assert(
                    is_kth(&costs, h, k, e) == is_kth(&costs, first, k, e));
        if (ranks == 0)
            ck_assert_int_eq(costs.kind[h], h % 24);
    }
    sim_free(costs.kind);
    sim_free(costs.usd_per_kwh);
}

START_TEST(kinds_of_hours)
{
    kinds_are(1, 1, 1);
    kinds_are(2, 2, 2);
    kinds_are(3, 3, 6);
    kinds_are(4, 4, 24);
    kinds_are(5, 2, 20); /* 60 with three ranks */
    kinds_are(6, 1, 6);  /* 30 with two */
    kinds_are(24, 1, 24);
    kinds_are(25, 0, 24);
}
END_TEST

/* ---- forecasts by hand -------------------------------------------------- */

static void objective(
    struct mdl_class_cfg *c, double p50, double p95, double p99)
{
    c->has_slo = true;
    set_defaults(
        table_of(table_of(&mdl_run_table, "requests"), "slo"), &c->slo);
    c->slo.p50_ms = p50;
    c->slo.p95_ms = p95;
    c->slo.p99_ms = p99;
}

static double root(double a, double b)
{
    return sqrt(a * a + b * b);
}

/* Standard normal quantiles at 0.95 and 0.99, from tables. */
#define Z95 1.6448536269514722
#define Z99 2.3263478740408408

START_TEST(forecast_by_hand)
{
    struct fix f;

    fix_begin(&f);
    f.cfg.arrivals.rate_per_s = 10;
    objective(fix_class(&f, "x", 0.75, 0.1), NAN, 500, NAN);
    objective(fix_class(&f, "y", 0.25, 0.5), NAN, NAN, 900);
    fix_dep(&f, "d");
    fix_site(&f, "s", 2)->rtt_ms = fix_constant(&f, 40);
    f.sites[0][0].speed_frac = 2;
    fix_site(&f, "u", INFINITY)->rtt_ms = fix_constant(&f, 60);
    fix_site(&f, "k", 1)->rtt_ms = fix_constant(&f, 80);
    f.sites[0][2].queue.capacity = 3;
    f.deps[0].routing.policy = MDL_SLO_AWARE;
    fix_plan(&f);
    const struct mdl_dep *dep = &f.plan->deps[0];
    /* what waits is three of 0.1 s for one of 0.5 s, at speed 2: E[G] = 0.1,
     * E[G^2] = (0.75 x 2 x 0.01 + 0.25 x 2 x 0.25) / 4 */
    const double scv = (0.75 * 2 * 0.01 + 0.25 * 2 * 0.25) / 4 / 0.01 - 1;
    const double x_above = 0.05 * (log(20) - 1),
                 y_above = 0.25 * (log(100) - 1);
    /* idle slots: no wait */
    near_rel(
        mdl_forecast_s(f.plan, dep, 0, 0, 1, 1), 0.04 + 0.05 + x_above, 1e-9);
    near_rel(
        mdl_forecast_s(f.plan, dep, 1, 0, 0, 1), 0.04 + 0.25 + y_above, 1e-9);
    /* 4 in system on 2 slots: 3 departures, one every 0.05 s */
    near_rel(mdl_forecast_s(f.plan, dep, 0, 0, 4, 1),
        0.04 + 0.15 + 0.05 + root(Z95 * 0.05 * sqrt(3 * scv), x_above), 1e-9);
    near_rel(mdl_forecast_s(f.plan, dep, 1, 0, 4, 1),
        0.04 + 0.15 + 0.25 + root(Z99 * 0.05 * sqrt(3 * scv), y_above), 1e-9);
    /* half the work */
    near_rel(mdl_forecast_s(f.plan, dep, 0, 0, 4, 0.5),
        0.04 + (0.15 + 0.05 + root(Z95 * 0.05 * sqrt(3 * scv), x_above)) / 2,
        1e-9);
    /* servers without end: no wait, whatever is there */
    near_rel(mdl_forecast_s(f.plan, dep, 0, 1, 1000, 1),
        0.06 + 0.1 + 2 * x_above, 1e-9);
    /* no place left */
    ck_assert(isfinite(mdl_forecast_s(f.plan, dep, 0, 2, 2, 1)));
    ck_assert(isinf(mdl_forecast_s(f.plan, dep, 0, 2, 3, 1)));
    fix_end(&f);
}
END_TEST

/* A median asked for: no excess over the mean is counted; and constant times
 * have none at all. */
START_TEST(forecast_of_the_median)
{
    struct fix f;

    fix_begin(&f);
    objective(fix_class(&f, "x", 0.5, 0.1), 100, NAN, NAN);
    struct mdl_class_cfg *c = fix_class(&f, "y", 0.5, 0.1);
    c->service_s = fix_constant(&f, 0.1);
    objective(c, NAN, 100, NAN);
    fix_dep(&f, "d");
    fix_site(&f, "s", 1);
    f.deps[0].routing.policy = MDL_SLO_AWARE;
    fix_plan(&f);
    const struct mdl_dep *dep = &f.plan->deps[0];
    near_rel(mdl_forecast_s(f.plan, dep, 0, 0, 0, 1), 0.1, 1e-9);
    near_rel(mdl_forecast_s(f.plan, dep, 0, 0, 3, 1), 0.4, 1e-9);
    near_rel(mdl_forecast_s(f.plan, dep, 1, 0, 0, 1), 0.1, 1e-9);
    /* half of the mixture is constant, half exponential: scv 1/2 */
    near_rel(mdl_forecast_s(f.plan, dep, 1, 0, 3, 1),
        0.4 + Z95 * 0.1 * sqrt(1.5), 1e-9);
    fix_end(&f);
}
END_TEST

/* Time by tokens: lognormal with the mean and scatter of the work; tokens 100
 * and 200 exactly, so a constant 0.01 + 0.1 + 0.4 s. */
START_TEST(forecast_by_tokens)
{
    struct fix f;

    fix_begin(&f);
    struct mdl_class_cfg *c = fix_class(&f, "x", 1, 0.1);
    c->service_s = NULL;
    c->has_token_time = true;
    c->token_time = (struct mdl_token_time_cfg){10, 1, 2};
    c->has_tokens = true;
    c->tokens.input_tok = fix_constant(&f, 100);
    c->tokens.output_tok = fix_exponential(&f, 200);
    objective(c, NAN, 900, NAN);
    fix_dep(&f, "d");
    fix_site(&f, "s", 1);
    f.deps[0].routing.policy = MDL_SLO_AWARE;
    fix_plan(&f);
    const struct mdl_class *cls = &f.plan->classes[0];
    const double sigma = sqrt(log(1 + cls->cs2));
    const double q95 = cls->mean_work_s * exp(Z95 * sigma - sigma * sigma / 2);
    near_rel(cls->mean_work_s, 0.51, 1e-2); /* by a grid of the law */
    near_rel(mdl_forecast_s(f.plan, &f.plan->deps[0], 0, 0, 0, 1), q95, 1e-9);
    fix_end(&f);
}
END_TEST

/* Batches of up to four in 40 ms + 10 ms each: a request takes the whole 80 ms,
 * and holds a slot for 20. */
START_TEST(forecast_in_batches)
{
    struct fix f;

    fix_begin(&f);
    objective(fix_class(&f, "x", 1, 0.1), NAN, 900, NAN);
    fix_dep(&f, "d");
    struct mdl_site_cfg *s = fix_site(&f, "s", 1);
    s->has_batching = true;
    s->batching.min = 1;
    s->batching.max = 4;
    s->batching.time.fixed_ms = 40;
    s->batching.time.per_item_ms = 10;
    f.deps[0].routing.policy = MDL_SLO_AWARE;
    fix_plan(&f);
    const struct mdl_dep *dep = &f.plan->deps[0];
    near_rel(mdl_forecast_s(f.plan, dep, 0, 0, 0, 1), 0.08, 1e-9);
    near_rel(mdl_forecast_s(f.plan, dep, 0, 0, 5, 1), 0.08 + 5 * 0.02, 1e-9);
    fix_end(&f);
}
END_TEST

/* ---- slo-aware against an independent simulation ------------------------ */

/* Two FCFS queues of one server, constant service, fed by the feed's very
 * requests: near at no distance, far 40 ms away.  A request goes near while
 * n 0.1 s + 0.1 s is within the limit there (constant times have no excess),
 * else far if it is within it there, else where it ends sooner by forecast. The
 * far queue is asked when the request is sent; those on their way do not count.
 */
struct server {
    double end_s[4096]; /* of each job so far, and when it arrived */
    double arrive_s[4096];
    int n;
};

static int in_system(const struct server *s, double t)
{
    int n = 0;

    for (int i = 0; i < s->n; i++)
        n += s->arrive_s[i] <= t && s->end_s[i] > t;
    return n;
}

static void serve(struct server *s, double t)
{
    const double free_s = s->n > 0 ? s->end_s[s->n - 1] : 0.0;

    ck_assert_int_lt(s->n, 4096);
    s->arrive_s[s->n] = t;
    s->end_s[s->n++] = fmax(free_s, t) + 0.1;
}

/* 0.1 is no binary number: the limits stand between two multiples. */
START_TEST(slo_aware_by_an_independent_simulation)
{
    static struct server near, far;
    struct fix f;
    struct mdl_feed *feed = NULL;
    struct sim_request r[256];
    struct sim_err err = {0};
    size_t count = 1;
    double n_near = 0, n_far = 0;

    fix_begin(&f);
    f.cfg.arrivals.rate_per_s = 16;
    struct mdl_class_cfg *c = fix_class(&f, "x", 1, 0.1);
    c->service_s = fix_constant(&f, 0.1);
    objective(c, NAN, 350, NAN);
    fix_dep(&f, "d");
    fix_site(&f, "near", 1)->rtt_ms = fix_constant(&f, 0);
    fix_site(&f, "far", 1)->rtt_ms = fix_constant(&f, 80);
    f.deps[0].routing.policy = MDL_SLO_AWARE;
    fix_plan(&f);
    memset(&near, 0, sizeof near);
    memset(&far, 0, sizeof far);
    const struct mdl_feed_cfg cfg = {
        .plan = f.plan, .dep = &f.plan->deps[0], .until_s = 200};
    ck_assert_int_eq(mdl_feed_create(&cfg, &feed, &err), SIM_OK);
    while (count > 0) {
        ck_assert_int_eq(mdl_feed_pull(feed, r, 256, &count, &err), SIM_OK);
        for (size_t i = 0; i < count; i++) {
            const double t = r[i].send_s;
            const double by_near = (in_system(&near, t) + 1) * 0.1;
            const double by_far = (in_system(&far, t) + 1) * 0.1 + 0.08;
            const bool stay =
                by_near <= 0.35 || (by_far > 0.35 && by_near <= by_far);
            serve(stay ? &near : &far, stay ? t : t + 0.04);
            n_near += stay;
            n_far += !stay;
        }
    }
    const struct sent got = run(&f, 0, 200);
    ck_assert_double_gt(n_far, 900);
    near_abs(got.near, n_near, 0);
    near_abs(got.far, n_far, 0);
    mdl_feed_destroy(feed);
    fix_end(&f);
}
END_TEST

/* Only the choice that is made takes a turn of the round robin. */
START_TEST(turns_are_kept)
{
    struct fix f;

    fix_begin(&f);
    objective(fix_class(&f, "x", 1, 0.1), NAN, 350, NAN);
    fix_dep(&f, "d");
    struct mdl_site_cfg *s = fix_site(&f, "near", 1);
    s->rtt_ms = fix_constant(&f, 100); /* 0.1 + 0.2996 s: late */
    s->count = 3;
    s->balance = MDL_BALANCE_ROUND_ROBIN;
    s = fix_site(&f, "far", 1);
    s->rtt_ms = fix_constant(&f, 120);
    s->speed_frac = 2; /* 0.12 + 0.1498 s */
    s->count = 2;
    s->balance = MDL_BALANCE_ROUND_ROBIN;
    f.deps[0].routing.policy = MDL_SLO_AWARE;
    fix_plan(&f);
    struct mdl_router r =
        mdl_router_start(f.plan, &f.plan->deps[0], NULL, NULL, turns, NULL, 0);
    for (int i = 0; i < 6; i++)
        ck_assert_int_eq(mdl_route_pick(&r, 0, 0, 0.5).member, 3 + i % 2);
    /* nobody in time: the far one is the least late, in turn too */
    f.plan->classes[0].slo_s = 0.2;
    for (int i = 0; i < 6; i++)
        ck_assert_int_eq(mdl_route_pick(&r, 0, 0, 0.5).member, 3 + i % 2);
    /* after the far one nobody is left */
    ck_assert_int_eq(mdl_route_next(&r, 0, 0, 1, 0.5).candidate, -1);
    ck_assert_int_eq(mdl_route_next(&r, 0, 0, 0, 0.5).candidate, 1);
    fix_end(&f);
}
END_TEST

/* An overloaded near site is no overload of the deployment, unless both are. */
START_TEST(unstable_only_as_a_whole)
{
    for (int i = 0; i < 2; i++) {
        struct fix f;
        fix_begin(&f);
        f.cfg.arrivals.rate_per_s = i == 0 ? 15 : 25;
        objective(fix_class(&f, "x", 1, 0.1), NAN, 500, NAN);
        fix_dep(&f, "d");
        fix_site(&f, "near", 1);
        fix_site(&f, "far", 1);
        f.deps[0].routing.policy = MDL_SLO_AWARE;
        fix_plan(&f);
        ck_assert_int_eq(f.plan->deps[0].unstable, i == 1);
        fix_end(&f);
    }
}
END_TEST

START_TEST(out_of_memory)
{
    static const int policies[] = {MDL_CHEAPEST, MDL_SLO_AWARE};

    for (int i = 0; i < 2; i++) {
        struct fix f;
        int rc = SIM_E_NOMEM;
        fix_begin(&f);
        objective(fix_class(&f, "x", 1, 0.1), NAN, 500, NAN);
        fix_dep(&f, "d");
        powered(&f, "a", 1, 1);
        powered(&f, "b", 1, 2);
        f.deps[0].routing.policy = policies[i];
        for (long n = 1; rc != SIM_OK; n++) {
            ck_assert_int_lt(n, 1000);
            sim_alloc_fail_at(n, 0);
            rc = mdl_plan_create(&f.cfg, &tables, &f.plan, &f.err);
            sim_alloc_fail_at(0, 0);
            ck_assert(rc == SIM_OK || rc == SIM_E_NOMEM);
        }
        fix_end(&f);
    }
}
END_TEST

TEST_MAIN("models/policy", cheapest_by_the_hour, cheapest_over_the_year,
    cost_by_hand, hours_of_the_year, kinds_of_hours, next_dearer,
    ties_to_the_nearest, forecast_by_hand, forecast_of_the_median,
    forecast_by_tokens, forecast_in_batches,
    slo_aware_by_an_independent_simulation, turns_are_kept,
    unstable_only_as_a_whole, out_of_memory)
