/* Outages and their detection, again and again: what is sent to a site between
 * its failure and the moment that routing hears of it is lost, the rest of an
 * outage goes to the next choice.
 *
 * Truth: with fixed lives and repairs the seconds of each kind are exact; the
 * requests sent in them are counted in the feed, and follow the rate. */
#include "models/feed.h"
#include "models/plan_fixture.h"
#include "models/world.h"
#include "sim/alloc.h"

/* Up for 470 s, down for 130 s, noticed after 30 s: 100 outages. */
enum { UP_S = 470, DOWN_S = 130, SEEN_S = 30, CYCLES = 100, RATE = 10 };

#define PERIOD_S (UP_S + DOWN_S)

static void two_sites(struct fix *f, double detection_s)
{
    fix_begin(f);
    f->cfg.arrivals.rate_per_s = RATE;
    fix_class(f, "x", 1, 0.01);
    fix_dep(f, "d");
    struct mdl_site_cfg *s = fix_site(f, "near", 3);
    s->rtt_ms = fix_constant(f, 0);
    s->failures.site.life_h = fix_constant(f, UP_S / 3600.0);
    s->failures.site.repair_h = fix_constant(f, DOWN_S / 3600.0);
    s->failures.detection_s = detection_s;
    fix_site(f, "far", 3)->rtt_ms = fix_constant(f, 10);
    fix_plan(f);
}

struct counts {
    double offered, lost, spilled, near, far;
};

static struct counts run(const struct fix *f)
{
    const struct mdl_dep *dep = &f->plan->deps[0];
    struct mdl_layout layout;
    struct mdl_timeline tl = {0};
    struct sim_err err = {0};
    struct counts out;

    mdl_layout_init(&layout, f->plan, dep);
    void *block = sim_alloc(layout.bytes);
    ck_assert_ptr_nonnull(block);
    ck_assert_int_eq(
        mdl_timeline_draw(dep->tl, dep->n_members,
            (int64_t)(CYCLES + 1) * PERIOD_S * 1000000000, 1, 0, &tl, &err),
        SIM_OK);
    const struct mdl_world_cfg cfg = {.plan = f->plan,
        .dep = dep,
        .layout = &layout,
        .timeline = &tl,
        .requests = -1,
        .length_s = (double)CYCLES * PERIOD_S};
    ck_assert_int_eq(mdl_world_run(&cfg, block, &err), SIM_OK);
    const double *c = mdl_block_at(block, layout.counts);
    out = (struct counts){.offered = c[MDL_OFFERED],
        .lost = c[MDL_LOST],
        .spilled = c[MDL_SPILLED],
        .near = c[MDL_N_COUNTS + MDL_SERVED],
        .far = c[2 * MDL_N_COUNTS + MDL_SERVED]};
    mdl_timeline_release(&tl);
    sim_free(block);
    return out;
}

/* Requests sent in [from, to) of any cycle. */
static double sent_in(const struct fix *f, double from, double to)
{
    const struct mdl_feed_cfg cfg = {.plan = f->plan,
        .dep = &f->plan->deps[0],
        .until_s = (double)CYCLES * PERIOD_S};
    struct mdl_feed *feed = NULL;
    struct sim_request r[256];
    struct sim_err err = {0};
    size_t count = 1;
    double n = 0;

    ck_assert_int_eq(mdl_feed_create(&cfg, &feed, &err), SIM_OK);
    while (count > 0) {
        ck_assert_int_eq(mdl_feed_pull(feed, r, 256, &count, &err), SIM_OK);
        for (size_t i = 0; i < count; i++) {
            const double t = fmod(r[i].send_s, PERIOD_S);
            n += t >= from && t < to;
        }
    }
    mdl_feed_destroy(feed);
    return n;
}

START_TEST(lost_until_detected)
{
    struct fix f;

    two_sites(&f, SEEN_S);
    const struct counts got = run(&f);
    near_abs(got.offered, sent_in(&f, 0, PERIOD_S), 0);
    near_abs(got.lost, sent_in(&f, UP_S, UP_S + SEEN_S), 0);
    near_abs(got.spilled, sent_in(&f, UP_S + SEEN_S, PERIOD_S), 0);
    near_abs(got.far, got.spilled, 0);
    near_abs(got.near, got.offered - got.lost - got.spilled, 0);
    /* rate x detection time x outages, a Poisson number: 5 sd = 1e-6 */
    const double lost = (double)RATE * SEEN_S * CYCLES;
    near_abs(got.lost, lost, 5 * sqrt(lost));
    /* as a share: detection over the cycle, 5 % */
    near_abs(got.lost / got.offered, (double)SEEN_S / PERIOD_S,
        5 * sqrt(lost) / ((double)RATE * CYCLES * PERIOD_S));
    fix_end(&f);
}
END_TEST

/* Seen at once: nothing is lost.  Later than the repair: the whole outage is,
 * and nobody turns away. */
START_TEST(at_once_and_never)
{
    struct fix f;

    two_sites(&f, 0);
    struct counts got = run(&f);
    near_abs(got.lost, 0, 0);
    near_abs(got.spilled, sent_in(&f, UP_S, PERIOD_S), 0);
    fix_end(&f);
    two_sites(&f, DOWN_S + 1);
    got = run(&f);
    near_abs(got.lost, sent_in(&f, UP_S, PERIOD_S), 0);
    near_abs(got.spilled, 0, 0);
    fix_end(&f);
}
END_TEST

TEST_MAIN("models/failover", lost_until_detected, at_once_and_never)
