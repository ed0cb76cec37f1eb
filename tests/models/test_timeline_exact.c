/* Timelines event by event: small cases by hand, common streams, limits. */
#include "check_main.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "models/failure.h"
#include "models/timeline.h"
#include "sim/alloc.h"

static const double ns_per_h = 3600e9;

static const struct sim_dist *exponential(struct sim_arena *arena, double mean)
{
    const struct sim_dist *d = NULL;
    ck_assert_int_eq(mdl_failure_exponential(mean, arena, &d, NULL), SIM_OK);
    return d;
}

static struct mdl_timeline drawn(const struct mdl_tl_member *members, int n,
    double horizon_h, uint64_t replication)
{
    struct mdl_timeline tl;
    struct sim_err err = {0};
    const int64_t horizon_ns = (int64_t)(horizon_h * ns_per_h);
    ck_assert_int_eq(mdl_timeline_draw(members, n, horizon_ns, 20240117,
                         replication, &tl, &err),
        SIM_OK);
    return tl;
}

/* ---- by hand ---- */

static const struct sim_dist *constant(struct sim_arena *arena, double x)
{
    struct sim_dist *d = NULL;
    ck_assert_int_eq(sim_dist_constant(x, arena, &d, NULL), SIM_OK);
    return d;
}

/* Constant lives of 10 h: three servers, a spare, one crew of 4 h.  All fail
 * at 10; the spare steps in; repairs end at 14, 18 and 22; the units put in
 * at 10, 14 and 18 fail at 20, 24, 28 and queue behind. */
START_TEST(by_hand)
{
    static const struct {
        double t_h;
        int up;
    } expect[] = {{10, 1}, {14, 2}, {18, 3}, {20, 2}, {22, 3}, {24, 2}, {26, 3},
        {28, 2}, {30, 3}};
    struct sim_arena arena = {0};
    const struct mdl_tl_member m = {.entity = 1,
        .servers = 3,
        .needed = 2,
        .weight = 1,
        .server_life_h = constant(&arena, 10),
        .server_repair_h = constant(&arena, 4),
        .crews = 1,
        .spares = 1};
    struct mdl_timeline tl = drawn(&m, 1, 30.5, 0);

    ck_assert_int_eq(tl.n_changes, 9);
    for (int i = 0; i < 9; i++) {
        ck_assert_int_eq(tl.changes[i].t_ns, expect[i].t_h * ns_per_h);
        ck_assert_int_eq(tl.changes[i].servers_up, expect[i].up);
        ck_assert_int_eq(
            tl.changes[i].servers_before, i > 0 ? expect[i - 1].up : 3);
    }
    /* busy from 10 on without a break */
    ck_assert_double_eq_tol(tl.counts[0].crew_busy_ns, 20.5 * ns_per_h, 1e-3);
    ck_assert_int_eq(tl.counts[0].spares_used, 1);
    ck_assert_int_eq(tl.counts[0].server_failures, 6);
    ck_assert_int_eq(tl.counts[0].server_repairs, 5);
    ck_assert_int_eq(tl.n_disturbed, 4);
    ck_assert_int_eq(tl.disturbed[0].from_ns, 10 * ns_per_h);
    ck_assert_int_eq(tl.disturbed[0].to_ns, 18 * ns_per_h);

    int32_t up;
    bool layers;
    mdl_timeline_state(&tl, 0, 10 * 3600000000000 - 1, &m, &up, &layers);
    ck_assert(up == 3 && layers);
    mdl_timeline_state(&tl, 0, 10 * 3600000000000, &m, &up, &layers);
    ck_assert_int_eq(up, 1);
    mdl_timeline_state(&tl, 0, INT64_MAX, &m, &up, &layers);
    ck_assert_int_eq(up, 3);

    struct mdl_tl_site_measures s;
    struct mdl_tl_measures d = {.site = &s};
    const int64_t h = 3600000000000;
    mdl_timeline_measure(&tl, &m, 0, 1, &d);
    ck_assert(s.outages == 1 && s.outage_h == 4 && s.first_down_h == 10);
    ck_assert(d.at_least_90_h == 30.5 - 8 - 2 - 2 - 2);
    ck_assert_double_eq_tol(s.servers_up_h, 3 * 30.5 - 8 - 4 - 3 * 2, 1e-9);
    /* an outage that began before the start is time, but no start of one; the
     * first outage is counted from time zero all the same */
    mdl_timeline_measure(&tl, &m, 12 * h, 1, &d);
    ck_assert(s.outages == 0 && s.outage_h == 2 && s.first_down_h == 10);
    mdl_timeline_measure(&tl, &m, 14 * h, 1, &d);
    ck_assert(s.outages == 0 && s.outage_h == 0 && s.first_down_h == 10);
    mdl_timeline_measure(&tl, &m, 10 * h, 1, &d);
    ck_assert(s.outages == 1 && s.outage_h == 4 && s.first_down_h == 10);
    mdl_timeline_release(&tl);
    /* counts from 15 h on: repairs end at 18, 22, 26, 30, lives at 20, 24, 28
     */
    ck_assert_int_eq(mdl_timeline_draw_from(&m, 1, 15 * h,
                         (int64_t)(30.5 * ns_per_h), 20240117, 0, &tl, NULL),
        SIM_OK);
    ck_assert_int_eq(tl.n_changes, 9);
    ck_assert_int_eq(tl.counts[0].server_failures, 3);
    ck_assert_int_eq(tl.counts[0].server_repairs, 4);
    ck_assert_int_eq(tl.counts[0].spares_used, 0);
    ck_assert_double_eq_tol(tl.counts[0].crew_busy_ns, 15.5 * ns_per_h, 1e-3);
    mdl_timeline_release(&tl);
    sim_arena_release(&arena);
}
END_TEST

/* A unit repaired at the very time another fails leaves no gap: two servers
 * whose constant life equals the constant repair swap units every hour. */
START_TEST(cancelling_events)
{
    struct sim_arena arena = {0};
    const struct mdl_tl_member m = {.entity = 1,
        .servers = 2,
        .needed = 2,
        .weight = 1,
        .server_life_h = constant(&arena, 1),
        .server_repair_h = constant(&arena, 1),
        .crews = -1,
        .spares = 2};
    struct mdl_timeline tl = drawn(&m, 1, 100, 0);
    ck_assert_int_eq(tl.counts[0].server_failures, 2 * 99);
    ck_assert_int_eq(tl.n_changes, 0);
    ck_assert_int_eq(tl.n_disturbed, 0);
    mdl_timeline_release(&tl);
    sim_arena_release(&arena);
}
END_TEST

/* More than 2 % out: one of 50 equal sites is exactly 2 %. */
START_TEST(two_percent)
{
    enum { N = 50 };
    struct sim_arena arena = {0};
    struct mdl_tl_member m[N];
    const int64_t h = 3600000000000;

    for (int i = 0; i < N; i++)
        m[i] = (struct mdl_tl_member){
            .entity = (uint64_t)i, .servers = 3, .needed = 1, .weight = 0.7};
    m[7].site_life_h = constant(&arena, 5);
    m[7].site_repair_h = constant(&arena, 10);
    struct mdl_timeline tl = drawn(m, N, 40, 0);
    ck_assert_int_eq(tl.n_disturbed, 0);
    mdl_timeline_release(&tl);
    tl = drawn(m, N - 1, 40, 0); /* one of 49 is 2.04 % */
    ck_assert_int_eq(tl.n_disturbed, 3);
    mdl_timeline_release(&tl);

    m[30].wan_life_h = constant(&arena, 12);
    tl = drawn(m, N, 40, 0); /* 7: down 5-15, 20-30, 35-; 30: down 12- */
    ck_assert_int_eq(tl.n_disturbed, 3);
    ck_assert_int_eq(tl.disturbed[0].from_ns, 12 * h);
    ck_assert_int_eq(tl.disturbed[0].to_ns, 15 * h);
    ck_assert_int_eq(tl.disturbed[2].from_ns, 35 * h);
    ck_assert_int_eq(tl.disturbed[2].to_ns, 40 * h);
    ck_assert(!mdl_timeline_disturbed(&tl, 0, 12 * h));
    ck_assert(mdl_timeline_disturbed(&tl, 0, 12 * h + 1));
    ck_assert(mdl_timeline_disturbed(&tl, 13 * h, 14 * h));
    ck_assert(mdl_timeline_disturbed(&tl, 15 * h - 1, 16 * h));
    ck_assert(!mdl_timeline_disturbed(&tl, 15 * h, 20 * h));
    ck_assert(!mdl_timeline_disturbed(&tl, 13 * h, 13 * h));
    ck_assert(!mdl_timeline_disturbed(&tl, 40 * h, 90 * h));
    mdl_timeline_release(&tl);
    sim_arena_release(&arena);
}
END_TEST

/* ---- common random numbers ---- */

static bool same_history(
    const struct mdl_timeline *a, int ma, const struct mdl_timeline *b, int mb)
{
    const int64_t n = a->member_first[ma + 1] - a->member_first[ma];
    if (n != b->member_first[mb + 1] - b->member_first[mb] || n < 5)
        return false;
    for (int64_t i = 0; i < n; i++) {
        struct mdl_tl_change x =
            a->changes[a->by_member[a->member_first[ma] + i]];
        const struct mdl_tl_change y =
            b->changes[b->by_member[b->member_first[mb] + i]];
        if (x.t_ns != y.t_ns || x.servers_up != y.servers_up ||
            x.layers_up != y.layers_up || x.member != ma || y.member != mb)
            return false;
    }
    return memcmp(&a->counts[ma], &b->counts[mb], sizeof a->counts[ma]) == 0;
}

START_TEST(common_streams)
{
    struct sim_arena arena = {0};
    const struct mdl_tl_member model = {.servers = 6,
        .needed = 5,
        .weight = 1,
        .server_life_h = exponential(&arena, 300),
        .server_repair_h = exponential(&arena, 20),
        .crews = 2,
        .spares = 1,
        .site_life_h = exponential(&arena, 500),
        .site_repair_h = exponential(&arena, 10),
        .wan_life_h = exponential(&arena, 500),
        .wan_repair_h = exponential(&arena, 10)};
    struct mdl_tl_member a[2], b[3];

    a[0] = a[1] = b[0] = b[1] = b[2] = model;
    a[0].entity = b[2].entity = sim_entity("stores/london");
    a[1].entity = b[0].entity = sim_entity("stores/paris");
    b[1].entity = sim_entity("stores/rome");
    struct mdl_timeline ta = drawn(a, 2, 5000, 3), tb = drawn(b, 3, 5000, 3),
                        tc = drawn(b, 3, 5000, 4);
    ck_assert(same_history(&ta, 0, &tb, 2));
    ck_assert(same_history(&ta, 1, &tb, 0));
    ck_assert(!same_history(&tb, 0, &tb, 1));
    ck_assert(!same_history(&tb, 0, &tc, 0));
    /* order of time, ties by member */
    for (int64_t i = 1; i < tb.n_changes; i++) {
        const struct mdl_tl_change *x = &tb.changes[i - 1], *y = x + 1;
        ck_assert(
            x->t_ns < y->t_ns || (x->t_ns == y->t_ns && x->member < y->member));
    }
    /* equal names fail together: every tie, in member order */
    b[2].entity = b[0].entity;
    mdl_timeline_release(&tb);
    tb = drawn(b, 3, 5000, 3);
    ck_assert(same_history(&tb, 0, &tb, 2));
    mdl_timeline_release(&ta);
    mdl_timeline_release(&tb);
    mdl_timeline_release(&tc);
    sim_arena_release(&arena);
}
END_TEST

/* Unlimited crews, no spares: one server more leaves the others as they
 * were, so there are never fewer up. */
START_TEST(server_added)
{
    struct sim_arena arena = {0};
    struct mdl_tl_member m = {.entity = 9,
        .servers = 4,
        .needed = 1,
        .weight = 1,
        .server_life_h = exponential(&arena, 50),
        .server_repair_h = exponential(&arena, 20),
        .crews = -1};
    struct mdl_timeline small = drawn(&m, 1, 5000, 0);
    m.servers = 5;
    struct mdl_timeline large = drawn(&m, 1, 5000, 0);
    for (int64_t i = 0; i < large.n_changes; i++) {
        const struct mdl_tl_change *c = &large.changes[i];
        int32_t up;
        bool layers;
        m.servers = 4;
        mdl_timeline_state(&small, 0, c->t_ns, &m, &up, &layers);
        ck_assert(c->servers_up == up || c->servers_up == up + 1);
    }
    mdl_timeline_release(&small);
    mdl_timeline_release(&large);
    sim_arena_release(&arena);
}
END_TEST

/* ---- limits and memory ---- */

START_TEST(limits)
{
    struct sim_arena arena = {0};
    struct sim_err err = {0};
    struct mdl_timeline tl;
    /* a horizon of 10^9 lives */
    struct mdl_tl_member m = {.entity = 1,
        .servers = 1,
        .needed = 1,
        .weight = 1,
        .server_life_h = constant(&arena, 1e-6),
        .server_repair_h = constant(&arena, 0),
        .crews = 1,
        .spares = 1};
    ck_assert_int_eq(
        mdl_timeline_draw(&m, 1, 1000 * 3600000000000, 1, 0, &tl, &err),
        SIM_E_LIMIT);
    ck_assert_ptr_nonnull(strstr(err.text, "50000000"));
    m.servers = (int64_t)1 << 31;
    ck_assert_int_eq(
        mdl_timeline_draw(&m, 1, 1000, 1, 0, &tl, &err), SIM_E_LIMIT);
    sim_arena_release(&arena);
}
END_TEST

/* Every allocation fails in turn: a clean error, no leak (sanitizers look). */
START_TEST(out_of_memory)
{
    enum { N = 4 };
    struct sim_arena arena = {0};
    struct mdl_tl_member m[N];

    for (int i = 0; i < N; i++)
        m[i] = (struct mdl_tl_member){.entity = (uint64_t)i,
            .servers = 200,
            .needed = 1,
            .weight = 1,
            .server_life_h = exponential(&arena, 100),
            .server_repair_h = exponential(&arena, 10),
            .crews = 2,
            .spares = 1,
            .site_life_h = exponential(&arena, 20),
            .site_repair_h = exponential(&arena, 1)};
    int rc = SIM_E_NOMEM, n = 0;
    while (rc != SIM_OK && n < 1000) {
        struct mdl_timeline tl = {.n_members = -7};
        struct sim_err err = {0};
        sim_alloc_fail_at(++n, 0);
        rc = mdl_timeline_draw(m, N, 200 * 3600000000000, 1, 0, &tl, &err);
        sim_alloc_fail_at(0, 0);
        if (rc == SIM_OK) {
            mdl_timeline_release(&tl);
        } else {
            ck_assert_int_eq(rc, SIM_E_NOMEM);
            ck_assert_int_eq(tl.n_members, -7);
            ck_assert_str_eq(err.text, "out of memory: timeline");
        }
    }
    ck_assert_int_gt(n, 15);
    ck_assert_int_eq(rc, SIM_OK);
    sim_arena_release(&arena);
}
END_TEST

TEST_MAIN("models/timeline_exact", by_hand, cancelling_events, two_percent,
    common_streams, server_added, limits, out_of_memory)
