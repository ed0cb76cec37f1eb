/* Requests that callbacks launch: their order, their ends, their memory; and
 * requests that are dropped or not admitted.  Truth: the rules of engine.h, by
 * hand. */
#include "check_main.h"

#include <math.h>
#include <string.h>

#include "sim/alloc.h"
#include "sim/engine.h"

enum { NOTES_MAX = 64, LIST_MAX = 8 };

enum what { SENT, ADMITTED, ENDED };

struct note {
    enum what what;
    double t; /* of the engine; of an end: end_s */
    int32_t user, cls;
    int64_t k;
    enum sim_outcome outcome;
};

/* A source with a list, one FCFS slot of speed 1, and hooks. */
struct play {
    struct sim_engine *engine;
    struct sim_request list[LIST_MAX];
    size_t n, at;
    struct note notes[NOTES_MAX];
    int n_notes;
    void (*on_begin)(struct play *p);
    void (*on_route)(struct play *p, struct sim_request *r);
    void (*on_finish)(struct play *p, const struct sim_request *r,
        enum sim_outcome outcome, double end_s);
    bool (*on_admit)(struct play *p, const struct sim_request *r, double now_s);
    int64_t n_lost;
    long allocated, later; /* of the chain */
};

static void note(struct play *p, enum what what, double t,
    const struct sim_request *r, enum sim_outcome outcome)
{
    ck_assert_int_lt(p->n_notes, NOTES_MAX);
    p->notes[p->n_notes++] = (struct note){.what = what,
        .t = t,
        .user = r->user,
        .cls = r->cls,
        .k = r->k,
        .outcome = outcome};
}

static int pull(void *ctx, struct sim_request *batch, size_t n, size_t *count,
    struct sim_err *err)
{
    struct play *p = ctx;

    (void)err;
    for (*count = 0; *count < n && p->at < p->n;)
        batch[(*count)++] = p->list[p->at++];
    return SIM_OK;
}

static void begin(void *ctx)
{
    struct play *p = ctx;

    if (p->on_begin != NULL)
        p->on_begin(p);
}

static void route(void *ctx, struct sim_request *r)
{
    struct play *p = ctx;

    ck_assert_double_eq(r->send_s, sim_engine_now_s(p->engine));
    note(p, SENT, r->send_s, r, SIM_SERVED);
    r->station = 0;
    if (p->on_route != NULL)
        p->on_route(p, r);
}

static bool admit(void *ctx, const struct sim_request *r, double now_s)
{
    struct play *p = ctx;

    ck_assert_double_eq(now_s, sim_engine_now_s(p->engine));
    note(p, ADMITTED, now_s, r, SIM_SERVED);
    return p->on_admit == NULL || p->on_admit(p, r, now_s);
}

static void finish(void *ctx, const struct sim_request *r,
    enum sim_outcome outcome, double start_s, double end_s)
{
    struct play *p = ctx;

    ck_assert(start_s <= end_s);
    note(p, ENDED, end_s, r, outcome);
    if (p->on_finish != NULL)
        p->on_finish(p, r, outcome, end_s);
}

static struct sim_request request(int user, int cls, int64_t k, double send_s)
{
    return (struct sim_request){.send_s = send_s,
        .work_s = 1.0,
        .speed = 1.0,
        .user = user,
        .cls = cls,
        .k = k,
        .patience_s = INFINITY};
}

static int try_play(struct play *p, double give_up_s)
{
    const struct sim_station_cfg cfg = {
        .slots = 1, .slots_at_start = 1, .capacity = -1, .to_s = 1e9};
    const struct sim_engine_model model = {.ctx = p,
        .pull = pull,
        .begin = begin,
        .route = route,
        .admit = admit,
        .finish = finish};
    struct sim_station *station = NULL;
    int rc = sim_station_fcfs_create(&cfg, &station, NULL);

    p->n_lost = -1;
    p->at = 0;
    p->n_notes = 0;
    if (rc == SIM_OK && p->engine == NULL)
        rc = sim_engine_create(&p->engine, NULL);
    if (rc == SIM_OK)
        rc = sim_engine_run(
            p->engine, &model, &station, 1, give_up_s, &p->n_lost, NULL);
    if (station != NULL)
        station->ops->destroy(station);
    return rc;
}

static void play(struct play *p, double give_up_s)
{
    ck_assert_int_eq(try_play(p, give_up_s), SIM_OK);
    sim_engine_destroy(p->engine);
    p->engine = NULL;
}

static int count(const struct play *p, enum what what)
{
    int n = 0;

    for (int i = 0; i < p->n_notes; i++)
        n += p->notes[i].what == what;
    return n;
}

/* ---- order -------------------------------------------------------------- */

/* Five launched for the time 5, out of order. */
static void launch_five(struct play *p)
{
    static const int who[5][3] = {
        {1, 1, 4}, {2, 0, 0}, {0, 3, 9}, {1, 1, 3}, {1, 0, 7}};

    ck_assert(isinf(sim_engine_now_s(p->engine)));
    for (int i = 0; i < 5; i++) {
        const struct sim_request r =
            request(who[i][0], who[i][1], who[i][2], -1.0);
        sim_engine_launch(p->engine, &r, 5.0);
    }
}

static void no_delay(struct play *p, struct sim_request *r)
{
    (void)p;
    r->out_s = r->user == 3 ? 4.0 : 0.0;
}

/* At 5 s: the source's send (user 9), then launched sends and arrivals in the
 * order (user, class, k); among the arrivals one that is 4 s on its way (user
 * 3).  One that is sent without delay arrives in its place in that order, which
 * here is at once. */
START_TEST(equal_times)
{
    struct play p = {.on_begin = launch_five, .on_route = no_delay, .n = 2};
    static const struct {
        enum what what;
        int user, k;
    } truth[] = {{SENT, 3, 1}, {SENT, 9, 2}, {SENT, 0, 9}, {ADMITTED, 0, 9},
        {SENT, 1, 7}, {ADMITTED, 1, 7}, {SENT, 1, 3}, {ADMITTED, 1, 3},
        {SENT, 1, 4}, {ADMITTED, 1, 4}, {SENT, 2, 0}, {ADMITTED, 2, 0},
        {ADMITTED, 3, 1}, {ADMITTED, 9, 2}};
    int at = 0;

    p.list[0] = request(3, 0, 1, 1.0);
    p.list[1] = request(9, 0, 2, 5.0);
    play(&p, 1e3);
    for (int i = 0; i < p.n_notes; i++) {
        const struct note *x = &p.notes[i];
        if (x->what == ENDED)
            continue;
        ck_assert_msg(x->what == truth[at].what && x->user == truth[at].user &&
                          x->k == truth[at].k,
            "step %d: %d of user %d, k %d", at, (int)x->what, (int)x->user,
            (int)x->k);
        ck_assert(x->t == (at == 0 ? 1.0 : 5.0));
        at++;
    }
    ck_assert_int_eq(at, 14);
    ck_assert_int_eq(count(&p, ENDED), 7);
    ck_assert_int_eq(p.n_lost, 0);
}
END_TEST

/* ---- where from --------------------------------------------------------- */

static void launch_first(struct play *p)
{
    const struct sim_request r = request(0, 0, 0, 0.0);

    sim_engine_launch(p->engine, &r, 2.0);
}

/* From route() a copy at the same instant, from finish() one at its end. */
static void launch_copy(struct play *p, struct sim_request *r)
{
    struct sim_request copy = *r;

    if (r->k != 0)
        return;
    copy.k = 1;
    copy.out_s = 10.0;
    sim_engine_launch(p->engine, &copy, r->send_s);
}

static void launch_next(struct play *p, const struct sim_request *r,
    enum sim_outcome outcome, double end_s)
{
    struct sim_request next = *r;

    ck_assert_int_eq(outcome, SIM_SERVED);
    next.k = r->k + 10;
    next.out_s = 0.0;
    if (next.k < 20)
        sim_engine_launch(p->engine, &next, end_s);
}

/* Work 1 each.  0: sent at 2, ends at 3, launches 10 at 3, which ends at 4.
 * 1: sent at 2, arrives at 12, ends at 13, launches 11 at 13, ends at 14. */
START_TEST(from_begin_route_and_finish)
{
    static const struct {
        int k;
        double sent_s, end_s;
    } truth[] = {{0, 2, 3}, {1, 2, 13}, {10, 3, 4}, {11, 13, 14}};
    struct play p = {.on_begin = launch_first,
        .on_route = launch_copy,
        .on_finish = launch_next};

    play(&p, 1e3);
    ck_assert_int_eq(count(&p, SENT), 4);
    ck_assert_int_eq(count(&p, ENDED), 4);
    for (int i = 0; i < 4; i++) {
        for (int j = 0; j < p.n_notes; j++) {
            const struct note *x = &p.notes[j];
            if (x->k == truth[i].k && x->what != ADMITTED)
                ck_assert_msg(x->t == (x->what == SENT ? truth[i].sent_s
                                                       : truth[i].end_s),
                    "k %d: %d at %g", truth[i].k, (int)x->what, x->t);
        }
    }
    ck_assert_int_eq(p.n_lost, 0);
}
END_TEST

static void refuse(struct play *p, struct sim_request *r)
{
    (void)p;
    r->station = r->k < 3 ? SIM_REFUSED : 0;
}

static void try_again(struct play *p, const struct sim_request *r,
    enum sim_outcome outcome, double end_s)
{
    struct sim_request next = *r;

    if (outcome == SIM_SERVED)
        return;
    next.k++;
    sim_engine_launch(p->engine, &next, end_s + 0.5);
}

/* Refused three times, half a second apart; then served. */
START_TEST(from_the_end_of_a_refused_one)
{
    struct play p = {.n = 1, .on_route = refuse, .on_finish = try_again};

    p.list[0] = request(0, 0, 0, 1.0);
    play(&p, 1e3);
    ck_assert_int_eq(count(&p, SENT), 4);
    ck_assert_int_eq(count(&p, ADMITTED), 1);
    const struct note *last = &p.notes[p.n_notes - 1];
    ck_assert(last->what == ENDED && last->outcome == SIM_SERVED);
    ck_assert(last->t == 3.5);
}
END_TEST

/* ---- never sent, dropped, not admitted ---------------------------------- */

static void launch_around_the_end(struct play *p)
{
    const struct sim_request r = request(0, 0, 0, 0.0);

    for (int i = 0; i < 3; i++) {
        struct sim_request copy = r;
        copy.k = i;
        sim_engine_launch(p->engine, &copy, i == 0 ? 10.0 : 10.0 + i);
    }
}

/* At give_up_s itself it is sent, and cut off; later ones are never heard of.
 */
START_TEST(beyond_give_up)
{
    struct play p = {.on_begin = launch_around_the_end};

    play(&p, 10.0);
    ck_assert_int_eq(count(&p, SENT), 1);
    ck_assert_int_eq(count(&p, ENDED), 1);
    const struct note *last = &p.notes[p.n_notes - 1];
    ck_assert(last->k == 0 && last->outcome == SIM_LOST && last->t == 10.0);
    ck_assert_int_eq(p.n_lost, 1);
}
END_TEST

static void alarm_at_three(struct play *p)
{
    const struct sim_request r = request(0, 0, 0, 0.0);

    sim_engine_launch(p->engine, &r, 3.0);
}

/* A timer: it is dropped, and sends something else on its way. */
static void drop(struct play *p, struct sim_request *r)
{
    struct sim_request other = *r;

    if (r->k != 0)
        return;
    r->station = SIM_DROPPED;
    other.k = 1;
    sim_engine_launch(p->engine, &other, 4.0);
}

START_TEST(dropped_is_not_reported)
{
    struct play p = {.on_begin = alarm_at_three, .on_route = drop};

    play(&p, 1e3);
    ck_assert_int_eq(count(&p, SENT), 2);
    ck_assert_int_eq(count(&p, ENDED), 1);
    ck_assert_int_eq(p.notes[p.n_notes - 1].k, 1);
    ck_assert(p.notes[p.n_notes - 1].t == 5.0);
    ck_assert_int_eq(p.n_lost, 0);
}
END_TEST

/* Odd ones are turned away, and the first of them is launched anew. */
static bool even_only(struct play *p, const struct sim_request *r, double now_s)
{
    if (r->k == 1) {
        struct sim_request anew = *r;
        anew.k = 100;
        sim_engine_launch(p->engine, &anew, now_s);
    }
    return r->k % 2 == 0;
}

START_TEST(not_admitted)
{
    struct play p = {.n = 4, .on_admit = even_only};
    /* arrivals at 0, 1 (100), 2: one slot, work 1 */
    static const struct {
        int k;
        double end_s;
    } truth[] = {{0, 1}, {100, 2}, {2, 3}};
    int at = 0;

    for (int i = 0; i < 4; i++)
        p.list[i] = request(0, 0, i, i);
    play(&p, 1e3);
    ck_assert_int_eq(count(&p, ADMITTED), 5);
    for (int i = 0; i < p.n_notes; i++) {
        if (p.notes[i].what != ENDED)
            continue;
        ck_assert_int_lt(at, 3);
        ck_assert_int_eq(p.notes[i].k, truth[at].k);
        ck_assert(p.notes[i].t == truth[at].end_s);
        at++;
    }
    ck_assert_int_eq(at, 3);
    ck_assert_int_eq(p.n_lost, 0);
}
END_TEST

/* ---- memory ------------------------------------------------------------- */

enum { CHAIN = 100000, WARM = 1000 };

static void next_link(struct play *p, const struct sim_request *r,
    enum sim_outcome outcome, double end_s)
{
    struct sim_request next = *r;

    ck_assert_int_eq(outcome, SIM_SERVED);
    p->n_notes = 0; /* a hundred thousand are not kept */
    next.k++;
    if (r->k == WARM)
        p->allocated = sim_alloc_count();
    if (r->k == CHAIN)
        p->later = sim_alloc_count();
    else
        sim_engine_launch(p->engine, &next, end_s);
}

/* One after the other: the pool stays at what is in the system at a time. */
START_TEST(a_long_chain_needs_no_memory)
{
    struct play p = {.n = 1, .on_finish = next_link};

    p.list[0] = request(0, 0, 0, 0.0);
    play(&p, INFINITY);
    ck_assert_int_gt(p.allocated, 0);
    ck_assert_int_eq(p.later, p.allocated);
    ck_assert_int_eq(p.n_lost, 0);
}
END_TEST

/* The engine remembers nothing of a run that failed; with memory it succeeds.
 */
START_TEST(out_of_memory)
{
    struct play p = {.on_begin = launch_first,
        .on_route = launch_copy,
        .on_finish = launch_next};
    int rc = SIM_E_NOMEM;

    for (long n = 1; rc != SIM_OK; n++) {
        ck_assert_int_lt(n, 50);
        sim_alloc_fail_at(n, 0);
        rc = try_play(&p, 1e3);
        sim_alloc_fail_at(0, 0);
        ck_assert(rc == SIM_OK || rc == SIM_E_NOMEM);
    }
    ck_assert_int_eq(count(&p, ENDED), 4);
    sim_engine_destroy(p.engine);
}
END_TEST

TEST_MAIN("sim/engine, launched requests", equal_times,
    from_begin_route_and_finish, from_the_end_of_a_refused_one, beyond_give_up,
    dropped_is_not_reported, not_admitted, a_long_chain_needs_no_memory,
    out_of_memory)
