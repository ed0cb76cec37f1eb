/* Who is picked: every policy and every balance over places with several
 * members, some of them known to be down.  Truth: the rules of routing.h, by
 * hand; marks on an even grid make shares exact counts. */
#include "models/feed.h"
#include "models/plan_fixture.h"
#include "models/routing.h"

/* Of the router at hand, one at a time. */
static int turns[16];

/* Members: b#1 b#2 b#3 at 10 ms (places are in the order of the scenario: a, b,
 * c), c#1 c#2 at 20 ms, a at 30 ms. */
enum { A, B1, B2, B3, C1, C2, N_MEMBERS };
enum { PLACE_A, PLACE_B, PLACE_C, N_PLACES };
enum { NEAREST_B, THEN_C, THEN_A }; /* candidates of a source */

struct world {
    struct fix f;
    bool up[N_MEMBERS];
    int n_up[N_PLACES];
    struct mdl_router router;
};

static void three_sites(struct world *w, int policy, bool failover)
{
    static const double rtt_ms[] = {30, 10, 20};
    static const int count[] = {1, 3, 2};
    static const char *const names[] = {"a", "b", "c"};
    struct fix *f = &w->f;

    memset(w, 0, sizeof *w);
    fix_begin(f);
    fix_user(f, "here", 0, 0, 1);
    fix_user(f, "there", 0, 0, 1);
    fix_class(f, "x", 1, 0.1);
    fix_dep(f, "d");
    for (int i = 0; i < 3; i++) {
        struct mdl_site_cfg *s = fix_site(f, names[i], 1);
        s->rtt_ms = fix_constant(f, rtt_ms[i]);
        s->count = count[i];
    }
    f->deps[0].routing.policy = policy;
    f->deps[0].routing.failover = failover;
}

static void open_router(struct world *w)
{
    fix_plan(&w->f);
    ck_assert_int_eq(w->f.plan->deps[0].n_members, N_MEMBERS);
    for (int i = 0; i < N_MEMBERS; i++) {
        w->up[i] = true;
        w->n_up[w->f.plan->deps[0].members[i].place]++;
    }
    w->router = mdl_router_start(
        w->f.plan, &w->f.plan->deps[0], w->up, w->n_up, turns, NULL, 0.0);
}

static void down(struct world *w, int member)
{
    w->up[member] = false;
    w->n_up[w->f.plan->deps[0].members[member].place]--;
}

static int pick(struct world *w, double mark)
{
    return mdl_route_pick(&w->router, 0, 0, mark).member;
}

/* Picks by an even grid of marks. */
static void count_picks(struct world *w, int n, int got[N_MEMBERS])
{
    memset(got, 0, N_MEMBERS * sizeof *got);
    for (int i = 0; i < n; i++) {
        const int m = pick(w, (i + 0.5) / n);
        ck_assert(m >= 0 && m < N_MEMBERS);
        got[m]++;
    }
}

static void counts_are(struct world *w, int n, const int want[N_MEMBERS])
{
    int got[N_MEMBERS];

    count_picks(w, n, got);
    for (int i = 0; i < N_MEMBERS; i++)
        ck_assert_msg(got[i] == want[i], "member %d: %d of %d, want %d", i,
            got[i], n, want[i]);
}

/* ---- queues of given lengths -------------------------------------------- */

/* An engine in which members have so many jobs when, at one second, `ask` is
 * called. */
struct queues {
    struct world *w;
    const int *jobs;
    void (*ask)(struct world *w);
    int member, k;
    bool asked;
    struct sim_engine *engine;
};

static int queues_pull(void *ctx, struct sim_request *batch, size_t n,
    size_t *count, struct sim_err *err)
{
    struct queues *q = ctx;

    (void)n;
    (void)err;
    *count = 0;
    while (q->member < N_MEMBERS && q->k == q->jobs[q->member]) {
        q->member++;
        q->k = 0;
    }
    if (q->member < N_MEMBERS || !q->asked) {
        const bool job = q->member < N_MEMBERS;
        batch[0] = (struct sim_request){.send_s = job ? 0.0 : 1.0,
            .k = q->k++,
            .work_s = 100.0,
            .user = job ? q->member : -1};
        q->asked = !job;
        *count = 1;
    }
    return SIM_OK;
}

static void queues_route(void *ctx, struct sim_request *r)
{
    struct queues *q = ctx;

    r->station = r->user;
    r->speed = 1.0;
    if (r->user >= 0)
        return;
    r->station = SIM_DROPPED;
    q->w->router.engine = q->engine;
    q->ask(q->w);
    q->w->router.engine = NULL;
}

static void queues_finish(void *ctx, const struct sim_request *r,
    enum sim_outcome outcome, double start_s, double end_s)
{
    (void)ctx;
    (void)r;
    (void)outcome;
    (void)start_s;
    (void)end_s;
}

static void with_queues(
    struct world *w, const int jobs[N_MEMBERS], void (*ask)(struct world *w))
{
    const struct sim_station_cfg cfg = {
        .slots = 1, .slots_at_start = 1, .capacity = -1, .to_s = 2.0};
    struct sim_station *stations[N_MEMBERS];
    struct queues q = {.w = w, .jobs = jobs, .ask = ask};
    const struct sim_engine_model model = {.ctx = &q,
        .pull = queues_pull,
        .route = queues_route,
        .finish = queues_finish};

    ck_assert_int_eq(sim_engine_create(&q.engine, NULL), SIM_OK);
    for (int i = 0; i < N_MEMBERS; i++)
        ck_assert_int_eq(
            sim_station_fcfs_create(&cfg, &stations[i], NULL), SIM_OK);
    ck_assert_int_eq(
        sim_engine_run(q.engine, &model, stations, N_MEMBERS, 2.0, NULL, NULL),
        SIM_OK);
    ck_assert(q.asked);
    for (int i = 0; i < N_MEMBERS; i++)
        stations[i]->ops->destroy(stations[i]);
    sim_engine_destroy(q.engine);
}

/* ---- policies ----------------------------------------------------------- */

START_TEST(nearest)
{
    struct world w;

    three_sites(&w, MDL_NEAREST, true);
    open_router(&w);
    counts_are(&w, 300, (int[]){0, 100, 100, 100, 0, 0});
    down(&w, B2);
    counts_are(&w, 300, (int[]){0, 150, 0, 150, 0, 0});
    down(&w, B1);
    down(&w, B3);
    counts_are(&w, 300, (int[]){0, 0, 0, 0, 150, 150});
    down(&w, C1);
    down(&w, C2);
    counts_are(&w, 300, (int[]){300, 0, 0, 0, 0, 0});
    down(&w, A);
    /* nobody is known to be up: as when all is well, by the uniform */
    ck_assert_int_eq(pick(&w, 0.5), B2);
    ck_assert_int_eq(mdl_route_pick(&w.router, 0, 0, 0.5).member, B2);
    fix_end(&w.f);
}
END_TEST

START_TEST(nearest_without_failover)
{
    struct world w;

    three_sites(&w, MDL_NEAREST, false);
    open_router(&w);
    for (int i = 0; i < N_MEMBERS; i++)
        down(&w, i);
    counts_are(&w, 300, (int[]){0, 100, 100, 100, 0, 0});
    fix_end(&w.f);
}
END_TEST

START_TEST(random_over_members)
{
    struct world w;

    three_sites(&w, MDL_RANDOM, true);
    open_router(&w);
    counts_are(&w, 600, (int[]){100, 100, 100, 100, 100, 100});
    down(&w, B1);
    down(&w, A);
    counts_are(&w, 600, (int[]){0, 0, 150, 150, 150, 150});
    fix_end(&w.f);
    three_sites(&w, MDL_RANDOM, false);
    open_router(&w);
    down(&w, B1);
    counts_are(&w, 600, (int[]){100, 100, 100, 100, 100, 100});
    fix_end(&w.f);
}
END_TEST

/* Weights 1, 3 and 0 of a, b and c: those of an entry are shared evenly by its
 * members, and a member that is down takes its part along. */
START_TEST(weighted_over_members)
{
    static struct mdl_weight_cfg weights[] = {
        {"a", 1.0}, {"b", 3.0}, {"c", 0.0}};
    struct world w;

    three_sites(&w, MDL_WEIGHTED, true);
    w.f.deps[0].routing.weights = weights;
    w.f.deps[0].routing.n_weights = 3;
    open_router(&w);
    counts_are(&w, 400, (int[]){100, 100, 100, 100, 0, 0});
    down(&w, B2);
    counts_are(&w, 300, (int[]){100, 100, 0, 100, 0, 0});
    down(&w, A);
    counts_are(&w, 300, (int[]){0, 150, 0, 150, 0, 0});
    down(&w, B1);
    down(&w, B3);
    /* nobody with a weight is left: evenly over the others */
    counts_are(&w, 300, (int[]){0, 0, 0, 0, 150, 150});
    fix_end(&w.f);
}
END_TEST

START_TEST(round_robin)
{
    struct world w;

    /* in the order of the deployment, which is one for all users */
    three_sites(&w, MDL_ROUND_ROBIN, true);
    open_router(&w);
    static const int order[] = {A, B1, B2, B3, C1, C2, A, B1};
    for (int i = 0; i < 8; i++)
        ck_assert_int_eq(pick(&w, 0.5), order[i]);
    down(&w, B2);
    down(&w, A);
    counts_are(&w, 400, (int[]){0, 100, 0, 100, 100, 100});
    fix_end(&w.f);
}
END_TEST

static void ask_shortest(struct world *w)
{
    ck_assert_int_eq(pick(w, 0.5), C1); /* 1 job; as many as a, but nearer */
    down(w, C1);
    ck_assert_int_eq(pick(w, 0.5), A);
    down(w, A);
    ck_assert_int_eq(pick(w, 0.5), B3); /* 2 jobs */
    down(w, B3);
    ck_assert_int_eq(pick(w, 0.5), B1); /* 3, first of three */
}

START_TEST(shortest_queue)
{
    struct world w;

    three_sites(&w, MDL_SHORTEST_QUEUE, true);
    open_router(&w);
    with_queues(&w, (int[]){1, 3, 3, 2, 1, 3}, ask_shortest);
    fix_end(&w.f);
}
END_TEST

static void ask_blind(struct world *w)
{
    down(w, C1);
    ck_assert_int_eq(pick(w, 0.5), C1);
}

START_TEST(shortest_queue_without_failover)
{
    struct world w;

    three_sites(&w, MDL_SHORTEST_QUEUE, false);
    open_router(&w);
    with_queues(&w, (int[]){1, 3, 3, 2, 1, 3}, ask_blind);
    fix_end(&w.f);
}
END_TEST

/* Of n members with different queues the k-th shortest (k from 1) is the
 * shortest of d drawn ones in C(n - k, d - 1) of C(n, d) cases.  Queues: C2 <
 * B1 < A < B3 < C1 < B2. */
static void ask_two(struct world *w)
{
    counts_are(w, 1500, (int[]){300, 400, 0, 200, 100, 500});
    down(w, C2);
    counts_are(w, 1000, (int[]){300, 400, 0, 200, 100, 0});
}

static void ask_three(struct world *w)
{
    /* 20 cases: 10, 6, 3, 1 */
    counts_are(w, 1200, (int[]){180, 360, 0, 60, 0, 600});
}

static void ask_eight(struct world *w)
{
    counts_are(w, 720, (int[]){0, 0, 0, 0, 0, 720});
}

START_TEST(power_of_d)
{
    static const int jobs[] = {2, 1, 5, 3, 4, 0};
    static const struct {
        int64_t choices;
        void (*ask)(struct world *w);
    } cases[] = {{2, ask_two}, {3, ask_three}, {8, ask_eight}};

    for (int i = 0; i < 3; i++) {
        struct world w;
        three_sites(&w, MDL_POWER_OF_D, true);
        w.f.deps[0].routing.choices = cases[i].choices;
        open_router(&w);
        with_queues(&w, jobs, cases[i].ask);
        fix_end(&w.f);
    }
}
END_TEST

/* `prefer`: the first group that has somebody up. */
START_TEST(groups)
{
    static const char *const prefer[] = {"c", "b"};
    struct world w;

    three_sites(&w, MDL_RANDOM, true);
    w.f.deps[0].routing.prefer = prefer;
    w.f.deps[0].routing.n_prefer = 2;
    open_router(&w);
    counts_are(&w, 200, (int[]){0, 0, 0, 0, 100, 100});
    down(&w, C1);
    counts_are(&w, 200, (int[]){0, 0, 0, 0, 0, 200});
    down(&w, C2);
    counts_are(&w, 300, (int[]){0, 100, 100, 100, 0, 0});
    down(&w, B1);
    down(&w, B2);
    down(&w, B3);
    /* as when all is well; a is not in the list */
    ck_assert_int_eq(pick(&w, 0.5), C2);
    fix_end(&w.f);
}
END_TEST

/* ---- balance among the members of a place ------------------------------- */

START_TEST(balance_sticky_and_in_turn)
{
    struct world w;

    three_sites(&w, MDL_NEAREST, true);
    w.f.sites[0][1].balance = MDL_BALANCE_STICKY;
    open_router(&w);
    for (int user = 0; user < 7; user++)
        ck_assert_int_eq(
            mdl_route_pick(&w.router, 0, user, 0.9).member, B1 + user % 3);
    down(&w, B2);
    for (int user = 0; user < 4; user++)
        ck_assert_int_eq(mdl_route_pick(&w.router, 0, user, 0.9).member,
            user % 2 == 0 ? B1 : B3);
    fix_end(&w.f);
    three_sites(&w, MDL_NEAREST, true);
    w.f.sites[0][1].balance = MDL_BALANCE_ROUND_ROBIN;
    open_router(&w);
    for (int i = 0; i < 7; i++)
        ck_assert_int_eq(pick(&w, 0.9), B1 + i % 3);
    down(&w, B3);
    counts_are(&w, 200, (int[]){0, 100, 100, 0, 0, 0});
    fix_end(&w.f);
}
END_TEST

static void ask_balanced(struct world *w)
{
    ck_assert_int_eq(pick(w, 0.1), B2); /* c#1 is idle, but further away */
    down(w, B2);
    ck_assert_int_eq(pick(w, 0.1), B3);
}

START_TEST(balance_shortest)
{
    struct world w;

    three_sites(&w, MDL_NEAREST, true);
    w.f.sites[0][1].balance = MDL_BALANCE_SHORTEST_QUEUE;
    open_router(&w);
    with_queues(&w, (int[]){0, 4, 2, 3, 0, 0}, ask_balanced);
    fix_end(&w.f);
}
END_TEST

/* The split among five members as the feed's own marks make it: each count is
 * binomial.  5.2 standard deviations, two-sided, five members: 1e-6. */
START_TEST(balance_random_is_even)
{
    struct fix f;
    struct mdl_feed *feed = NULL;
    struct sim_request r[256];
    struct sim_err err = {0};
    double got[5] = {0}, n = 0;
    size_t count = 1;

    fix_begin(&f);
    fix_class(&f, "x", 1, 0.1);
    fix_dep(&f, "d");
    fix_site(&f, "s", 1)->count = 5;
    fix_plan(&f);
    const struct mdl_dep *dep = &f.plan->deps[0];
    struct mdl_router router =
        mdl_router_start(f.plan, dep, NULL, NULL, turns, NULL, 0);
    const struct mdl_feed_cfg cfg = {
        .plan = f.plan, .dep = dep, .until_s = 20000};
    ck_assert(mdl_route_draws(dep, 0));
    ck_assert_int_eq(mdl_feed_create(&cfg, &feed, &err), SIM_OK);
    while (count > 0) {
        ck_assert_int_eq(mdl_feed_pull(feed, r, 256, &count, &err), SIM_OK);
        for (size_t i = 0; i < count; i++)
            got[mdl_route_pick(&router, 0, 0, r[i].aux[MDL_AUX_CHOICE])
                    .member]++;
        n += (double)count;
    }
    ck_assert_double_gt(n, 190000);
    for (int i = 0; i < 5; i++)
        near_abs(got[i], n / 5, 5.2 * sqrt(n * 0.2 * 0.8));
    mdl_feed_destroy(feed);
    fix_end(&f);
}
END_TEST

/* Marks are drawn only where somebody reads them. */
START_TEST(who_draws)
{
    static const struct {
        int policy, balance;
        bool draws;
    } cases[] = {{MDL_NEAREST, MDL_BALANCE_RANDOM, true},
        {MDL_NEAREST, MDL_BALANCE_STICKY, false},
        {MDL_NEAREST, MDL_BALANCE_SHORTEST_QUEUE, false},
        {MDL_RANDOM, MDL_BALANCE_STICKY, true},
        {MDL_POWER_OF_D, MDL_BALANCE_STICKY, true},
        {MDL_CHEAPEST, MDL_BALANCE_ROUND_ROBIN, false},
        {MDL_CHEAPEST, MDL_BALANCE_RANDOM, true},
        {MDL_SLO_AWARE, MDL_BALANCE_STICKY, false},
        {MDL_SLO_AWARE, MDL_BALANCE_RANDOM, true}};

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct world w;
        three_sites(&w, cases[i].policy, true);
        for (int s = 0; s < 3; s++)
            w.f.sites[0][s].balance = cases[i].balance;
        fix_plan(&w.f);
        ck_assert_int_eq(
            mdl_route_draws(&w.f.plan->deps[0], 0), cases[i].draws);
        fix_end(&w.f);
    }
}
END_TEST

/* ---- next choice, named entry, shares ----------------------------------- */

START_TEST(next_choice)
{
    static const char *const prefer[] = {"b", "a"};
    struct world w;
    struct mdl_pick p;

    three_sites(&w, MDL_NEAREST, true);
    open_router(&w);
    p = mdl_route_next(&w.router, 0, 0, NEAREST_B, 0.9);
    ck_assert(p.candidate == THEN_C && p.member == C2);
    down(&w, C2);
    p = mdl_route_next(&w.router, 0, 0, NEAREST_B, 0.9);
    ck_assert(p.candidate == THEN_C && p.member == C1);
    down(&w, C1);
    p = mdl_route_next(&w.router, 0, 0, NEAREST_B, 0.9);
    ck_assert(p.candidate == THEN_A && p.member == A);
    ck_assert_int_eq(mdl_route_next(&w.router, 0, 0, THEN_A, 0.9).member, -1);
    fix_end(&w.f);
    /* the others have had their choice within the group */
    three_sites(&w, MDL_RANDOM, true);
    open_router(&w);
    ck_assert_int_eq(
        mdl_route_next(&w.router, 0, 0, NEAREST_B, 0.9).candidate, -1);
    fix_end(&w.f);
    three_sites(&w, MDL_RANDOM, true);
    w.f.deps[0].routing.prefer = prefer;
    w.f.deps[0].routing.n_prefer = 2;
    open_router(&w);
    p = mdl_route_next(&w.router, 0, 0, 0, 0.9);
    ck_assert(p.candidate == 1 && p.member == A);
    fix_end(&w.f);
}
END_TEST

/* An entry with a site at each of two users: the own one first. */
START_TEST(by_name)
{
    struct fix f;
    bool up[3] = {true, true, true};
    int n_up[3] = {1, 1, 1};

    fix_begin(&f);
    fix_user(&f, "west", 37.4, -122.1, 1);
    fix_user(&f, "east", 40.7, -74.0, 1);
    fix_class(&f, "x", 1, 0.1);
    fix_dep(&f, "d");
    struct mdl_site_cfg *s = fix_site(&f, "edge", 1);
    s->at.where = MDL_EACH_USER;
    s->has_network = true;
    fix_site(&f, "core", 1);
    fix_plan(&f);
    struct mdl_router r =
        mdl_router_start(f.plan, &f.plan->deps[0], up, n_up, turns, NULL, 0);
    for (int user = 0; user < 2; user++) {
        ck_assert_int_eq(mdl_route_entry(&r, user, 0, user, 0.5).member, user);
        ck_assert_int_eq(mdl_route_entry(&r, user, 1, user, 0.5).member, 2);
    }
    up[0] = false;
    n_up[0] = 0;
    ck_assert_int_eq(mdl_route_entry(&r, 0, 0, 0, 0.5).member, 1);
    up[1] = false;
    n_up[1] = 0;
    ck_assert_int_eq(mdl_route_entry(&r, 0, 0, 0, 0.5).member, 0);
    f.deps[0].routing.failover = false;
    ck_assert_int_eq(mdl_route_entry(&r, 0, 0, 0, 0.5).member, 0);
    fix_end(&f);
}
END_TEST

START_TEST(shares_when_all_is_well)
{
    static struct mdl_weight_cfg weights[] = {{"a", 1.0}, {"b", 3.0}};
    static const struct {
        int policy;
        double share[3]; /* b, c, a */
    } cases[] = {{MDL_NEAREST, {1, 0, 0}}, {MDL_SLO_AWARE, {1, 0, 0}},
        {MDL_CHEAPEST, {1, 0, 0}}, {MDL_WEIGHTED, {0.75, 0, 0.25}},
        {MDL_RANDOM, {3.0 / 6, 2.0 / 6, 1.0 / 6}},
        {MDL_ROUND_ROBIN, {3.0 / 6, 2.0 / 6, 1.0 / 6}}};

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct world w;
        three_sites(&w, cases[i].policy, true);
        if (cases[i].policy == MDL_WEIGHTED) {
            w.f.deps[0].routing.weights = weights;
            w.f.deps[0].routing.n_weights = 2;
        }
        fix_plan(&w.f);
        for (int k = 0; k < 3; k++)
            near_abs(mdl_route_share(w.f.plan, &w.f.plan->deps[0], 0, k),
                cases[i].share[k], 1e-15);
        fix_end(&w.f);
    }
}
END_TEST

TEST_MAIN("models/routing", nearest, nearest_without_failover,
    random_over_members, weighted_over_members, round_robin, shortest_queue,
    shortest_queue_without_failover, power_of_d, groups,
    balance_sticky_and_in_turn, balance_shortest, balance_random_is_even,
    who_draws, next_choice, by_name, shares_when_all_is_well)
