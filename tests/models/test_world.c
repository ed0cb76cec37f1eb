/* One window: lead-in, cohort, routing, blocks.  Truth: the lead-in's formula
 * by hand, counts of the very requests that the feed sends in the seconds when
 * something is down, and conservation. */
#include "models/feed.h"
#include "models/plan_fixture.h"
#include "models/world.h"
#include "sim/alloc.h"

/* ---- a window of a deployment -------------------------------------------- */

struct window {
    struct mdl_layout layout;
    struct mdl_timeline tl;
    struct mdl_world_cfg cfg;
    void *block;
};

static void window_begin(
    struct window *w, struct fix *f, int dep, double horizon_s)
{
    struct sim_err err = {0};

    memset(w, 0, sizeof *w);
    w->cfg = (struct mdl_world_cfg){.plan = f->plan,
        .dep = &f->plan->deps[dep],
        .layout = &w->layout,
        .timeline = &w->tl,
        .requests = -1};
    mdl_layout_init(&w->layout, f->plan, w->cfg.dep);
    ck_assert_int_eq(mdl_timeline_draw(w->cfg.dep->tl, w->cfg.dep->n_members,
                         (int64_t)(horizon_s * 1e9), 1, 0, &w->tl, &err),
        SIM_OK);
    w->block = sim_alloc(w->layout.bytes);
    ck_assert_ptr_nonnull(w->block);
    memset(w->block, 0xA5, w->layout.bytes); /* any content on entry */
}

static void window_end(struct window *w)
{
    mdl_timeline_release(&w->tl);
    sim_free(w->block);
}

static double count_of(const struct window *w, int scope, int count)
{
    return mdl_block_at(
        w->block, w->layout.counts)[scope * MDL_N_COUNTS + count];
}

static double load_of(const struct window *w, int entry, int load)
{
    return mdl_block_at(w->block, w->layout.loads)[entry * MDL_N_LOADS + load];
}

static double hist_total(const struct window *w, int scope, int time)
{
    const uint32_t *h = mdl_block_hist(&w->layout, w->block, scope, time);
    double sum = 0.0;

    for (int b = 0; b < SIM_HIST_BUCKETS; b++)
        sum += h[b];
    return sum;
}

/* ---- lead-in ------------------------------------------------------------- */

/* The lead-in of the first deployment at t0. */
static double lead_at(
    const struct fix *f, const struct window *w, double t0_s, bool *clipped)
{
    double lead;

    ck_assert_int_eq(mdl_world_lead(f->plan, &f->plan->deps[0], &w->tl, t0_s,
                         &lead, clipped, NULL),
        SIM_OK);
    return lead;
}

static double lead_of(
    double rho, double servers, double service_s, bool *clipped)
{
    struct fix f;
    struct window w;

    fix_begin(&f);
    f.cfg.arrivals.rate_per_s =
        rho * (isinf(servers) ? 1 : servers) / service_s;
    fix_class(&f, "x", 1, service_s);
    fix_dep(&f, "d");
    fix_site(&f, "q", servers);
    fix_plan(&f);
    window_begin(&w, &f, 0, 1e6);
    double mean;
    ck_assert_int_eq(
        mdl_world_mean_lead(f.plan, &f.plan->deps[0], &mean, NULL), SIM_OK);
    const double lead = lead_at(&f, &w, 5e5, clipped);
    near_abs(fmin(ceil(mean), 21600), lead, 0);
    window_end(&w);
    fix_end(&f);
    return lead;
}

/* Whole seconds of max(20 responses, 3 relaxation times) of M/M/1. */
START_TEST(lead_by_hand)
{
    bool clipped;

    /* response 0.2 s; tau = 2 x .5 x 2 x .1 / .25 = 0.8 s */
    near_abs(lead_of(0.5, 1, 0.1, &clipped), 4, 0);
    ck_assert(!clipped);
    /* response 1 s; tau = 2 x .9 x 2 x .1 / .01 = 36 s */
    near_abs(lead_of(0.9, 1, 0.1, &clipped), 108, 1);
    /* a hundred servers, hardly ever all busy: 20 services */
    near_abs(lead_of(0.5, 100, 3, &clipped), 60, 1);
    near_abs(lead_of(0.5, INFINITY, 3, &clipped), 60, 0);
    ck_assert(!clipped);
    /* 3 tau = 3 x 2 x .999 x 2 x .1 / 1e-6: days; cut at 6 h */
    near_abs(lead_of(0.999, 1, 0.1, &clipped), 21600, 0);
    ck_assert(clipped);
}
END_TEST

/* Fifty servers of which one request at a time makes use, or two at half the
 * speed: what M/M/1 at 0.9 asks for. */
START_TEST(lead_of_sharing)
{
    static const double rates[] = {0.5, 1.0};

    for (int i = 0; i < 2; i++) {
        struct fix f;
        struct window w;
        bool clipped;

        fix_begin(&f);
        f.cfg.arrivals.rate_per_s = 9;
        fix_class(&f, "x", 1, 0.1);
        fix_dep(&f, "d");
        struct mdl_queue_cfg *queue = &fix_site(&f, "q", 50)->queue;
        queue->concurrency = i == 0 ? 1 : queue->concurrency;
        queue->rates = rates;
        queue->n_rates = i == 0 ? 0 : 2;
        fix_plan(&f);
        window_begin(&w, &f, 0, 1e6);
        near_abs(lead_at(&f, &w, 5e5, &clipped), 108, 1);
        window_end(&w);
        fix_end(&f);
    }
}
END_TEST

/* M/M/1 at 0.9 but for the arrivals: 3 tau = 3 x 2 x .9 x (I + 1) x .1 / .01 =
 * 54 (I + 1) s, I the variance over the mean of their number. */
static double lead_with(
    const struct mdl_process_cfg *process, int64_t members, double per_s)
{
    struct fix f;
    struct window w;
    bool clipped;

    fix_begin(&f);
    f.cfg.arrivals.rate_per_s = per_s * (double)members;
    f.cfg.arrivals.process = *process;
    fix_class(&f, "x", 1, 0.1);
    fix_dep(&f, "d");
    fix_site(&f, "q", 1)->count = members;
    fix_plan(&f);
    window_begin(&w, &f, 0, 1e6);
    const double lead = lead_at(&f, &w, 5e5, &clipped);
    window_end(&w);
    fix_end(&f);
    return lead;
}

START_TEST(lead_of_bursts)
{
    const double rates[] = {3, 15}, sojourns[] = {4, 4};
    struct mdl_process_cfg p = {.has_batch = true, .batch = {.geometric = 50}};

    near_abs(lead_with(&p, 1, 9), 54 * (99 + 1), 1);
    /* a tenth of the requests, by chance: I = 1 + (99 - 1) / 10 */
    near_abs(lead_with(&p, 10, 9), 54 * (10.8 + 1), 1);
    p = (struct mdl_process_cfg){.has_gamma = true, .gamma = {.cv_frac = 5}};
    near_abs(lead_with(&p, 1, 9), 54 * (25 + 1), 1);
    p = (struct mdl_process_cfg){.has_gamma = true, .gamma = {.cv_frac = 0.5}};
    near_abs(lead_with(&p, 1, 9), 54 * (0.25 + 1), 1);
    /* I = 1 + 2 x 12^2 x 4^-2 / (4 x 4^-2 x 18 / 4) = 17 */
    p = (struct mdl_process_cfg){.has_mmpp = true,
        .mmpp = {.rates_per_s = rates,
            .n_rates = 2,
            .sojourn_s = sojourns,
            .n_sojourn = 2}};
    near_abs(lead_with(&p, 1, 9), 54 * (17 + 1), 1);
    /* I = 1 + 9 (2 / 4 + 20 / 5 + 2 / 20) */
    p = (struct mdl_process_cfg){.has_cox = true, .cox = {NULL, 2, 4, 20, 5}};
    near_abs(lead_with(&p, 1, 9), 54 * (1 + 9 * 4.6 + 1), 1);
    /* three of its slow intervals at least */
    p.cox.slow_s = 2000;
    p.cox.slow_shape = 2e6;
    near_abs(lead_with(&p, 1, 9), 6000, 1);
    /* at a load of 0.2 it keeps up with its peak, 3.75 times the mean: 20
     * responses of 0.1 / (1 - 0.75) s, 3 tau = 6 x .75 x 2 x .1 / .0625 = 14.4
     * s */
    p.cox.fast_shape = 1 / (0.6875 * 0.6875);
    p.cox.slow_shape = 1e12;
    near_abs(lead_with(&p, 1, 2), 15, 0);
}
END_TEST

/* The first site has one place for half an erlang and passes a third on: 10/3 a
 * second to a site where they take 0.24 s.  3 tau = 6 x .8 x 2 x .24 / .04 =
 * 57.6 s.  The same where a third is past a limit and falls back. */
START_TEST(lead_where_it_goes_on)
{
    static const char *const prefer[] = {"a", "b"};

    for (int i = 0; i < 2; i++) {
        struct fix f;
        struct window w;
        bool clipped;

        fix_begin(&f);
        struct mdl_class_cfg *c = fix_class(&f, "x", 1, 0.1);
        c->has_limit = c->has_fallback = i == 1;
        c->limit = (struct mdl_limit_cfg){.rate_per_s = 20.0 / 3, .burst = 1};
        c->fallback.site = i == 1 ? "b" : NULL;
        struct mdl_routing_cfg *routing = &fix_dep(&f, "d")->routing;
        routing->has_spill = i == 0;
        routing->spill = (struct mdl_spill_cfg){MDL_SPILL_FULL, -1};
        routing->prefer = prefer;
        routing->n_prefer = i == 0 ? 2 : 1;
        struct mdl_site_cfg *a = fix_site(&f, "a", 1);
        a->queue.capacity = i == 0 ? 1 : -1;
        a->hardware.speed_frac = 2;
        fix_site(&f, "b", 1)->hardware.speed_frac = 0.1 / 0.24;
        fix_plan(&f);
        window_begin(&w, &f, 0, 1e6);
        near_abs(lead_at(&f, &w, 5e5, &clipped), 58, 0);
        ck_assert(!clipped);
        window_end(&w);
        fix_end(&f);
    }
}
END_TEST

/* Overload by day: from 11 to 14 h more comes than can be served.  Fluid
 * backlog at time t after 11 h: 0.5 t, gone again after another while. */
START_TEST(lead_over_backlog)
{
    double hours[24];
    struct fix f;
    struct window w;
    bool clipped;

    fix_begin(&f);
    for (int h = 0; h < 24; h++)
        hours[h] = h >= 11 && h < 14 ? 150 : 1;
    f.cfg.arrivals.daily.hours = hours;
    f.cfg.arrivals.daily.n_hours = 24;
    f.cfg.arrivals.rate_per_s = (3 * 150 + 21) / 24.0;
    fix_class(&f, "x", 1, 0.1);
    fix_dep(&f, "d");
    fix_site(&f, "q", 10); /* 100/s */
    fix_plan(&f);
    window_begin(&w, &f, 0, 1e6);
    /* the rate passes 100/s at 10.5 + 99/149 h = 11.16 h */
    const double lead = lead_at(&f, &w, 13 * 3600.0, &clipped);
    near_abs(lead, (13 - 11.16) * 3600, 660);
    ck_assert(!clipped);
    ck_assert_double_lt(lead_at(&f, &w, 3 * 3600.0, &clipped), 10);
    ck_assert(!clipped);
    window_end(&w);
    fix_end(&f);
}
END_TEST

/* ---- cohort -------------------------------------------------------------- */

static void one_site(struct fix *f, double rate, double servers)
{
    fix_begin(f);
    f->cfg.arrivals.rate_per_s = rate;
    fix_class(f, "x", 0.5, 0.1);
    fix_class(f, "y", 0.5, 0.1)->value_usd = 2.0;
    f->classes[0].has_slo = true;
    set_defaults(table_of(table_of(&mdl_run_table, "requests"), "slo"),
        &f->classes[0].slo);
    f->classes[0].slo.p95_ms = 200;
    f->classes[0].response_size_bytes = 1000;
    f->classes[0].request_size_bytes = 10;
    fix_dep(f, "d");
    fix_site(f, "q", servers);
    fix_plan(f);
}

/* offered = served + lost exactly, by class and by entry; histograms and sums
 * hold the served. */
static void check_balance(const struct window *w)
{
    double offered = 0.0, served = 0.0;
    const int entry = w->layout.n_classes;

    for (int s = 0; s < w->layout.n_scopes; s++) {
        near_abs(count_of(w, s, MDL_SERVED) + count_of(w, s, MDL_LOST) +
                     count_of(w, s, MDL_ABANDONED),
            count_of(w, s, MDL_OFFERED), 0);
        for (int t = 0; t < MDL_N_TIMES; t++)
            near_abs(hist_total(w, s, t), count_of(w, s, MDL_SERVED), 0);
        near_rel(count_of(w, s, MDL_SUMS + 2 * MDL_LATENCY),
            count_of(w, s, MDL_SUMS + 2 * MDL_NETWORK) +
                count_of(w, s, MDL_SUMS + 2 * MDL_QUEUE) +
                count_of(w, s, MDL_SUMS + 2 * MDL_SERVICE),
            1e-9);
    }
    for (int c = 0; c < entry; c++) {
        offered += count_of(w, c, MDL_OFFERED);
        served += count_of(w, c, MDL_SERVED);
    }
    near_abs(count_of(w, entry, MDL_OFFERED), offered, 0);
    near_abs(count_of(w, entry, MDL_SERVED), served, 0);
    ck_assert_double_gt(served, 0);
}

START_TEST(balance_and_sums)
{
    struct fix f;
    struct window w;
    struct sim_err err = {0};

    one_site(&f, 30, 2); /* more than it can serve, room for 5 */
    f.sites[0][0].queue.capacity = 5;
    window_begin(&w, &f, 0, 1e6);
    w.cfg.length_s = 600;
    w.cfg.lead_s = 30;
    w.cfg.origin_s = 30;
    ck_assert_int_eq(mdl_world_run(&w.cfg, w.block, &err), SIM_OK);
    check_balance(&w);
    const double *head = w.block;
    ck_assert_double_eq(head[MDL_SECONDS], 600);
    ck_assert_double_eq(head[MDL_WINDOWS], 1);
    ck_assert_double_eq(head[MDL_LEAD_S], 30);
    ck_assert_double_gt(count_of(&w, 2, MDL_LOST), 1000);
    near_abs(count_of(&w, 1, MDL_VALUE_LOST_USD), 2 * count_of(&w, 1, MDL_LOST),
        1e-9);
    near_abs(
        count_of(&w, 0, MDL_EGRESS_B), 1000 * count_of(&w, 0, MDL_SERVED), 0);
    near_abs(
        count_of(&w, 0, MDL_INGRESS_B), 10 * count_of(&w, 0, MDL_SERVED), 0);
    near_abs(count_of(&w, 0, MDL_HAS_SLO), count_of(&w, 0, MDL_OFFERED), 0);
    near_abs(count_of(&w, 1, MDL_HAS_SLO), 0, 0);
    ck_assert(count_of(&w, 0, MDL_WITHIN) > 0 &&
              count_of(&w, 0, MDL_WITHIN) < count_of(&w, 0, MDL_SERVED));
    near_rel(load_of(&w, 0, MDL_SLOTS_UP_S), 1200, 1e-12);
    near_abs(load_of(&w, 0, MDL_IN_SYSTEM_S),
        load_of(&w, 0, MDL_WAITING_S) + load_of(&w, 0, MDL_BUSY_S), 1e-6);
    window_end(&w);
    fix_end(&f);
}
END_TEST

/* A run by number: exactly so many of each replication, after the warm-up. */
START_TEST(by_number)
{
    struct fix f;
    struct window w;
    struct sim_err err = {0};

    one_site(&f, 10, 2);
    window_begin(&w, &f, 0, 1e6);
    w.cfg.length_s = INFINITY;
    w.cfg.requests = 5000;
    w.cfg.lead_requests = 777;
    ck_assert_int_eq(mdl_world_run(&w.cfg, w.block, &err), SIM_OK);
    check_balance(&w);
    near_abs(count_of(&w, 2, MDL_OFFERED), 5000, 0);
    near_abs(count_of(&w, 2, MDL_SERVED), 5000, 0);
    const double *head = w.block;
    ck_assert_double_ge(head[MDL_SIMULATED], 5777);
    near_abs(head[MDL_SECONDS], 500, 5 * sqrt(5000.0) / 10);
    window_end(&w);
    fix_end(&f);
}
END_TEST

/* More than a queue without end can serve: what is left is cut off and lost. */
START_TEST(overload_is_cut)
{
    struct fix f;
    struct window w;
    struct sim_err err = {0};

    one_site(&f, 40, 1);
    window_begin(&w, &f, 0, 1e6);
    w.cfg.length_s = 600;
    ck_assert_int_eq(mdl_world_run(&w.cfg, w.block, &err), SIM_OK);
    check_balance(&w);
    const double *head = w.block;
    ck_assert_double_eq(head[MDL_OVERLOADED], 1);
    /* in 1,200 s ten a second: 12,000 of 24,000 */
    near_abs(count_of(&w, 2, MDL_SERVED), 12000, 5 * sqrt(12000.0));
    window_end(&w);
    fix_end(&f);
}
END_TEST

/* ---- failure and failover ------------------------------------------------ */

/* The primary goes down at 360 s for a while, known 30 s later. */
static void failing_primary(struct fix *f, bool failover, double down_s)
{
    static const char *const prefer[] = {"primary", "backup"};

    fix_begin(f);
    f->cfg.arrivals.rate_per_s = 20;
    fix_class(f, "x", 1, 0.01);
    fix_dep(f, "d");
    struct mdl_site_cfg *s = fix_site(f, "primary", 3);
    s->failures.site.life_h = fix_constant(f, 0.1);
    s->failures.site.repair_h = fix_constant(f, down_s / 3600);
    s->failures.detection_s = 30;
    fix_site(f, "backup", 3);
    f->deps[0].routing.prefer = prefer;
    f->deps[0].routing.n_prefer = 2;
    f->deps[0].routing.failover = failover;
    fix_plan(f);
}

/* Requests sent in [from, to). */
static double sent_in(const struct fix *f, double from, double to)
{
    const struct mdl_feed_cfg cfg = {
        .plan = f->plan, .dep = &f->plan->deps[0], .until_s = to};
    struct mdl_feed *feed = NULL;
    struct sim_request r[256];
    struct sim_err err = {0};
    size_t count = 1;
    double n = 0;

    ck_assert_int_eq(mdl_feed_create(&cfg, &feed, &err), SIM_OK);
    while (count > 0) {
        ck_assert_int_eq(mdl_feed_pull(feed, r, 256, &count, &err), SIM_OK);
        for (size_t i = 0; i < count; i++)
            n += r[i].send_s >= from && r[i].send_s < to;
    }
    mdl_feed_destroy(feed);
    return n;
}

START_TEST(failover)
{
    for (int k = 0; k < 2; k++) {
        struct fix f;
        struct window w;
        struct sim_err err = {0};
        failing_primary(&f, k == 0, 180);
        window_begin(&w, &f, 0, 900);
        w.cfg.length_s = 700;
        ck_assert_int_eq(mdl_world_run(&w.cfg, w.block, &err), SIM_OK);
        const double unknown = sent_in(&f, 360, k == 0 ? 390 : 540);
        const double known = k == 0 ? sent_in(&f, 390, 540) : 0;
        ck_assert_double_gt(unknown, 400);
        near_abs(count_of(&w, 0, MDL_OFFERED), sent_in(&f, 0, 700), 0);
        near_abs(count_of(&w, 0, MDL_LOST), unknown, 0);
        near_abs(count_of(&w, 0, MDL_SPILLED), known, 0);
        near_abs(count_of(&w, 2, MDL_SERVED), known, 0);
        near_abs(load_of(&w, 0, MDL_SLOTS_UP_S), 3 * (700 - 180), 1e-6);
        near_abs(load_of(&w, 0, MDL_SERVERS_UP_S), 3 * 700, 1e-6);
        near_abs(load_of(&w, 1, MDL_SLOTS_UP_S), 3 * 700, 1e-6);
        window_end(&w);
        fix_end(&f);
    }
}
END_TEST

/* A window in the middle of the outage takes the state over. */
START_TEST(window_inside_an_outage)
{
    struct fix f;
    struct window w;
    struct sim_err err = {0};

    failing_primary(&f, true, 180);
    window_begin(&w, &f, 0, 900);
    w.cfg.window = 7;
    w.cfg.origin_s = 420;
    w.cfg.length_s = 60;
    w.cfg.lead_s = 20;
    ck_assert_int_eq(mdl_world_run(&w.cfg, w.block, &err), SIM_OK);
    near_abs(count_of(&w, 0, MDL_LOST), 0, 0);
    near_abs(count_of(&w, 0, MDL_SPILLED), count_of(&w, 0, MDL_OFFERED), 0);
    near_abs(load_of(&w, 0, MDL_SLOTS_UP_S), 0, 0);
    near_abs(load_of(&w, 0, MDL_SERVERS_UP_S), 180, 1e-6);
    window_end(&w);
    fix_end(&f);
}
END_TEST

/* A lead-in that begins after the failure, before it is detected: routing
 * still believes in the site for the rest of the 30 s. */
START_TEST(detection_over_the_start)
{
    struct fix f;
    struct window w;
    struct sim_err err = {0};

    failing_primary(&f, true, 180);
    window_begin(&w, &f, 0, 900);
    w.cfg.origin_s = 370;
    w.cfg.length_s = 60;
    ck_assert_int_eq(mdl_world_run(&w.cfg, w.block, &err), SIM_OK);
    /* 20 s at 20/s before it is known, 40 s after */
    near_abs(count_of(&w, 0, MDL_LOST), 400, 5 * sqrt(400.0));
    near_abs(count_of(&w, 0, MDL_SPILLED), 800, 5 * sqrt(800.0));
    window_end(&w);
    fix_end(&f);
}
END_TEST

/* Over before anybody noticed: lost while it lasts, and routing never turns
 * away; and a window that begins in it sees the same. */
START_TEST(shorter_than_detection)
{
    struct fix f;
    struct window w;
    struct sim_err err = {0};

    failing_primary(&f, true, 10);
    window_begin(&w, &f, 0, 700);
    w.cfg.length_s = 600;
    ck_assert_int_eq(mdl_world_run(&w.cfg, w.block, &err), SIM_OK);
    near_abs(count_of(&w, 0, MDL_LOST), sent_in(&f, 360, 370), 0);
    near_abs(count_of(&w, 0, MDL_SPILLED), 0, 0);
    w.cfg.origin_s = 365;
    w.cfg.length_s = 100;
    ck_assert_int_eq(mdl_world_run(&w.cfg, w.block, &err), SIM_OK);
    near_abs(count_of(&w, 0, MDL_LOST), 100, 50);
    near_abs(count_of(&w, 0, MDL_SPILLED), 0, 0);
    window_end(&w);
    fix_end(&f);
}
END_TEST

/* ---- the first requests -------------------------------------------------- */

/* Sharing lets requests end in another order than they were sent: the list is
 * that of the feed all the same, and short lists are the heads of long ones. */
START_TEST(first_requests)
{
    struct fix f;
    struct window w;
    struct sim_err err = {0};
    struct sim_request r[64];
    struct mdl_feed *feed = NULL;
    size_t count = 1, n_sent = 0;

    one_site(&f, 30, 4);
    f.sites[0][0].queue.discipline = MDL_PS;
    window_begin(&w, &f, 0, 1e6);
    w.cfg.length_s = 60;
    w.cfg.lead_s = 1;
    w.cfg.origin_s = 1;
    const struct mdl_feed_cfg feed_cfg = {.plan = f.plan,
        .dep = &f.plan->deps[0],
        .origin_s = 1,
        .lead_s = 1,
        .until_s = 60};
    ck_assert_int_eq(mdl_feed_create(&feed_cfg, &feed, &err), SIM_OK);
    for (; n_sent < 64; n_sent += count)
        ck_assert_int_eq(
            mdl_feed_pull(feed, r + n_sent, 64 - n_sent, &count, &err), SIM_OK);
    for (int most = 1; most <= 64; most += 21) {
        struct mdl_notes notes = {.most = most};
        int led = 0, order = 0;
        w.cfg.notes = &notes;
        ck_assert_int_eq(mdl_world_run(&w.cfg, w.block, &err), SIM_OK);
        ck_assert_int_eq(notes.n, most);
        for (int i = 0; i < most; i++) {
            const struct mdl_noted *n = &notes.list[i];
            ck_assert_double_eq(n->send_s, r[i].send_s);
            ck_assert_int_eq(n->cls, r[i].cls);
            ck_assert_int_eq(n->k, r[i].send_s < 0 ? -1 - r[i].k : r[i].k);
            ck_assert(n->arrive_s == n->send_s && n->start_s >= n->arrive_s &&
                      n->end_s > n->start_s);
            ck_assert(
                n->attempts == 1 && n->member == 0 && n->outcome == SIM_SERVED);
            led += n->k < 0;
            order += i > 0 && n->end_s < notes.list[i - 1].end_s;
        }
        ck_assert_int_gt(led, 0);
        ck_assert(most < 64 || (led < most && order > 0));
        mdl_notes_release(&notes);
    }
    mdl_feed_destroy(feed);
    window_end(&w);
    fix_end(&f);
}
END_TEST

/* ---- users and members --------------------------------------------------- */

/* Parts are the whole cut by user and by member, and a short block does
 * without them. */
START_TEST(parts)
{
    struct fix f;
    struct window w;
    struct sim_err err = {0};
    double users = 0.0, members = 0.0, hits = 0.0;

    fix_begin(&f);
    f.cfg.arrivals.rate_per_s = 30;
    fix_user(&f, "a", 40, -74, 3);
    fix_user(&f, "b", 34, -118, 1);
    fix_class(&f, "x", 1, 0.1);
    fix_dep(&f, "d");
    fix_site(&f, "q", 2)->count = 3;
    fix_plan(&f);
    window_begin(&w, &f, 0, 1e6);
    const struct mdl_layout *l = &w.layout;
    w.cfg.length_s = 300;
    ck_assert_int_eq(mdl_world_run(&w.cfg, w.block, &err), SIM_OK);
    ck_assert(l->n_users == 2 && l->n_members == 3);
    ck_assert(l->n_user_hists == 2 && l->n_member_hists == 3);
    const double *part = mdl_block_at(w.block, l->parts);
    for (int i = 0; i < 5; i++, part += MDL_N_PART_SUMS) {
        *(i < 2 ? &users : &members) += part[MDL_PART_SERVED];
        ck_assert_double_gt(part[MDL_PART_SERVED], 100);
        double n = 0.0;
        for (int b = 0; b < MDL_COARSE_BUCKETS; b++)
            n += mdl_block_coarse(l, w.block, i)[b];
        near_abs(n, part[MDL_PART_SERVED], 0);
        hits += i < 2 ? part[MDL_PART_TIMES + MDL_LATENCY] : 0.0;
    }
    near_abs(users, count_of(&w, 0, MDL_SERVED), 0);
    near_abs(members, count_of(&w, 1, MDL_SERVED), 0);
    near_rel(hits, count_of(&w, 0, MDL_SUMS + 2 * MDL_LATENCY), 1e-9);
    window_end(&w);
    fix_end(&f);
}
END_TEST

/* ---- totals -------------------------------------------------------------- */

START_TEST(totals_by_weight)
{
    struct fix f;
    struct window w;
    struct mdl_total total = {0};
    struct sim_err err = {0};

    one_site(&f, 30, 5);
    window_begin(&w, &f, 0, 1e6);
    w.cfg.length_s = 100;
    ck_assert_int_eq(mdl_total_init(&total, &w.layout, &err), SIM_OK);
    double offered = 0.0, max = 0.0;
    for (int k = 0; k < 3; k++) {
        w.cfg.window = (uint64_t)k;
        ck_assert_int_eq(mdl_world_run(&w.cfg, w.block, &err), SIM_OK);
        ck_assert_int_eq(
            mdl_total_add(&total, &w.layout, w.block, k + 0.5, &err), SIM_OK);
        offered += (k + 0.5) * count_of(&w, 0, MDL_OFFERED);
        max = fmax(max, mdl_block_at(w.block, w.layout.max)[MDL_LATENCY]);
    }
    near_rel(total.sum[w.layout.counts + MDL_OFFERED], offered, 1e-12);
    near_rel(total.sum[MDL_SECONDS], 100 * 4.5, 1e-12);
    ck_assert_double_eq(total.sum[w.layout.max + MDL_LATENCY], max);
    near_rel(sim_whist_total(&total.hist[MDL_LATENCY]), offered, 1e-12);
    mdl_total_release(&total, &w.layout);
    window_end(&w);
    fix_end(&f);
}
END_TEST

START_TEST(out_of_memory)
{
    struct fix f;
    struct window w;
    struct sim_err err = {0};
    int rc = SIM_E_NOMEM;

    failing_primary(&f, true, 180);
    window_begin(&w, &f, 0, 900);
    w.cfg.length_s = 400;
    for (long n = 1; rc != SIM_OK; n++) {
        sim_alloc_fail_at(n, 0);
        rc = mdl_world_run(&w.cfg, w.block, &err);
        sim_alloc_fail_at(0, 0);
        ck_assert(rc == SIM_OK || rc == SIM_E_NOMEM);
        ck_assert_int_lt(n, 1000);
    }
    window_end(&w);
    fix_end(&f);
}
END_TEST

TEST_MAIN("models/world", lead_by_hand, lead_of_sharing, lead_of_bursts,
    lead_where_it_goes_on, lead_over_backlog, balance_and_sums, by_number,
    overload_is_cut, failover, window_inside_an_outage,
    detection_over_the_start, shorter_than_detection, first_requests, parts,
    totals_by_weight, out_of_memory)
