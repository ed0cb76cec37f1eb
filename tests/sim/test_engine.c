/* The event engine: its order on a recording station, its ends, its memory;
 * then queues with exact answers, simulated through it.
 *
 * Simulated means must lie within the 99.9 % interval of independent
 * replications, and that interval must be narrow: at most 2 % of the mean. */
#include "check_main.h"

#include <math.h>
#include <string.h>

#include "sim/alloc.h"
#include "sim/engine.h"

static uint64_t bits(uint64_t *s)
{
    uint64_t z = *s += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static double uniform(uint64_t *s)
{
    return ((double)(bits(s) >> 12) + 0.5) * 0x1p-52;
}

static double exponential(uint64_t *s)
{
    return -log(uniform(s));
}

/* ---- a list of requests and a station that records ---------------------- */

enum { LIST_MAX = 64, NOTES_MAX = 256 };

enum note_kind { NOTE_EVENT, NOTE_ROUTE, NOTE_ARRIVE, NOTE_FINISH };

struct note {
    enum note_kind kind;
    double t, end_s;
    int64_t k;
    enum sim_outcome outcome;
};

struct script {
    struct sim_request list[LIST_MAX];
    size_t n, at, per_pull;
    int fail_pull_at; /* pull number that fails, 0: none */
    int n_pulls;
    struct note notes[NOTES_MAX];
    size_t n_notes;
};

static void note(struct script *s, struct note x)
{
    ck_assert_uint_lt(s->n_notes, NOTES_MAX);
    s->notes[s->n_notes++] = x;
}

static int script_pull(void *ctx, struct sim_request *batch, size_t n,
    size_t *count, struct sim_err *err)
{
    struct script *s = ctx;
    if (++s->n_pulls == s->fail_pull_at)
        return sim_err_set(err, SIM_E_IO, "no more input");
    for (*count = 0; *count < n && *count < s->per_pull && s->at < s->n;)
        batch[(*count)++] = s->list[s->at++];
    return SIM_OK;
}

static void script_route(void *ctx, struct sim_request *req)
{
    note(ctx, (struct note){.kind = NOTE_ROUTE, .t = req->send_s, .k = req->k});
}

static void script_finish(void *ctx, const struct sim_request *req,
    enum sim_outcome outcome, double start_s, double end_s)
{
    note(ctx, (struct note){.kind = NOTE_FINISH,
                  .t = start_s,
                  .end_s = end_s,
                  .k = req->k,
                  .outcome = outcome});
}

static struct sim_engine_model script_model(struct script *s)
{
    return (struct sim_engine_model){.ctx = s,
        .pull = script_pull,
        .route = script_route,
        .finish = script_finish};
}

/* Station with internal events every `period_s` while jobs are present; a job
 * is reported at the first event after its arrival. */
struct recorder {
    struct sim_station base;
    struct script *script;
    double next_s, period_s;
    uint32_t refs[LIST_MAX];
    double arrive_s[LIST_MAX];
    size_t n;
    int fail; /* arrive() fails at this job, 0: never */
};

static int rec_arrive(struct sim_station *st, const struct sim_job *job,
    const struct sim_sink *sink, struct sim_err *err)
{
    struct recorder *r = (struct recorder *)st;
    (void)sink;
    if (r->fail > 0 && --r->fail == 0)
        return sim_err_set(err, SIM_E_LIMIT, "station is broken");
    note(r->script,
        (struct note){
            .kind = NOTE_ARRIVE, .t = job->arrive_s, .end_s = job->time_s});
    r->refs[r->n] = job->ref;
    r->arrive_s[r->n++] = job->arrive_s;
    if (isinf(r->next_s))
        r->next_s = job->arrive_s + r->period_s;
    return SIM_OK;
}

static double rec_next_s(const struct sim_station *st)
{
    return ((const struct recorder *)(const void *)st)->next_s;
}

static int rec_advance(struct sim_station *st, double t_s,
    const struct sim_sink *sink, struct sim_err *err)
{
    struct recorder *r = (struct recorder *)st;
    (void)err;
    note(r->script, (struct note){.kind = NOTE_EVENT, .t = t_s});
    for (size_t i = 0; i < r->n; i++)
        sink->done(sink->ctx, r->refs[i], SIM_SERVED, r->arrive_s[i], t_s);
    r->n = 0;
    r->next_s = INFINITY;
    return SIM_OK;
}

static int64_t rec_in_system(struct sim_station *st, double t_s)
{
    (void)t_s;
    return (int64_t)((struct recorder *)st)->n;
}

static void rec_flush(
    struct sim_station *st, double t_s, const struct sim_sink *sink)
{
    struct recorder *r = (struct recorder *)st;
    for (size_t i = 0; i < r->n; i++)
        sink->done(sink->ctx, r->refs[i], SIM_LOST, t_s, t_s);
    r->n = 0;
}

static const struct sim_station_ops rec_ops = {.name = "recorder",
    .arrive = rec_arrive,
    .next_s = rec_next_s,
    .advance = rec_advance,
    .in_system = rec_in_system,
    .flush = rec_flush};

static struct recorder recorder(struct script *s, double period_s)
{
    return (struct recorder){.base.ops = &rec_ops,
        .script = s,
        .next_s = INFINITY,
        .period_s = period_s};
}

static struct sim_request request(int64_t k, double send_s, double out_s)
{
    return (struct sim_request){
        .send_s = send_s, .work_s = 3.0, .k = k, .out_s = out_s, .speed = 2.0};
}

static const struct note *find(
    const struct script *s, enum note_kind kind, int nth)
{
    for (size_t i = 0; i < s->n_notes; i++) {
        if (s->notes[i].kind == kind && nth-- == 0)
            return &s->notes[i];
    }
    return NULL;
}

/* Sent at 1 to 4 with delays that reverse them; equal arrivals by user, then
 * class, then k. */
START_TEST(arrivals_in_order_of_time_user_class_k)
{
    struct script s = {.n = 6, .per_pull = 2};
    struct recorder r = recorder(&s, 100.0);
    struct sim_station *stations[] = {&r.base};
    struct sim_engine *engine = NULL;
    const struct sim_engine_model model = script_model(&s);
    /* user, class, k; all but the last arrive at 8 */
    static const int who[6][3] = {
        {2, 0, 0}, {1, 1, 5}, {1, 1, 3}, {1, 0, 9}, {0, 7, 8}, {0, 0, 0}};
    static const int place[6] = {5, 4, 3, 2, 1, 0};
    for (int i = 0; i < 6; i++) {
        s.list[i] = request(who[i][2], i, i == 5 ? 2.0 : 8.0 - i);
        s.list[i].user = who[i][0];
        s.list[i].cls = who[i][1];
        s.list[i].work_s = i;
        s.list[i].speed = 0.5;
    }
    ck_assert_int_eq(sim_engine_create(&engine, NULL), SIM_OK);
    ck_assert_int_eq(
        sim_engine_run(engine, &model, stations, 1, 1e3, NULL, NULL), SIM_OK);
    for (int i = 0; i < 6; i++) {
        const struct note *x = find(&s, NOTE_ARRIVE, place[i]);
        ck_assert_ptr_nonnull(x);
        ck_assert(x->t == (i == 5 ? 7.0 : 8.0));
        ck_assert(x->end_s == i / 0.5); /* service time = work / speed */
    }
    sim_engine_destroy(engine);
}
END_TEST

/* At one instant: internal events, sends, arrivals; a request without delay
 * arrives in the instant it is sent, in its place among those on their way. */
START_TEST(events_then_sends_then_arrivals)
{
    struct script s = {.n = 3, .per_pull = 9};
    struct recorder r = recorder(&s, 4.0);
    struct sim_station *stations[] = {&r.base};
    struct sim_engine *engine = NULL;
    const struct sim_engine_model model = script_model(&s);
    s.list[0] = request(0, 1.0, 0.0); /* event at 5 */
    s.list[1] = request(1, 2.0, 3.0); /* arrives at 5 */
    s.list[1].user = 1;
    s.list[2] = request(2, 5.0, 0.0); /* sent and arrives at 5, user 0 */
    ck_assert_int_eq(sim_engine_create(&engine, NULL), SIM_OK);
    ck_assert_int_eq(
        sim_engine_run(engine, &model, stations, 1, 1e3, NULL, NULL), SIM_OK);
    static const struct {
        enum note_kind kind;
        double t;
    } truth[] = {{NOTE_ROUTE, 1}, {NOTE_ARRIVE, 1}, {NOTE_ROUTE, 2},
        {NOTE_EVENT, 5}, {NOTE_FINISH, 1}, {NOTE_ROUTE, 5}, {NOTE_ARRIVE, 5},
        {NOTE_ARRIVE, 5}, {NOTE_EVENT, 9}, {NOTE_FINISH, 5}, {NOTE_FINISH, 5}};
    const size_t n = sizeof truth / sizeof truth[0];
    ck_assert_uint_eq(s.n_notes, n);
    for (size_t i = 0; i < n; i++) {
        ck_assert_int_eq(s.notes[i].kind, truth[i].kind);
        ck_assert(s.notes[i].t == truth[i].t);
    }
    ck_assert_int_eq(s.notes[9].k, 2);
    ck_assert_int_eq(s.notes[10].k, 1);
    sim_engine_destroy(engine);
}
END_TEST

/* Ends of what a script does, routes left out; returns how many were routed. */
static size_t play_ahead(bool ahead, struct script *s)
{
    struct recorder r = recorder(s, 1.5);
    struct sim_station *stations[] = {&r.base};
    struct sim_engine *engine = NULL;
    struct sim_engine_model model = script_model(s);
    size_t n_routed = 0, kept = 0;
    uint64_t seed = 7;
    double t = 0.0;
    model.routes_ahead = ahead;
    s->n = 40;
    s->per_pull = 7;
    for (int i = 0; i < 40; i++) {
        s->list[i] = request(i, t, i % 3 == 0 ? 0.0 : exponential(&seed));
        t += i % 4 == 0 ? 0.0 : 0.3 * exponential(&seed);
    }
    ck_assert_int_eq(sim_engine_create(&engine, NULL), SIM_OK);
    ck_assert_int_eq(sim_engine_run(engine, &model, stations, 1,
                         s->list[30].send_s, NULL, NULL),
        SIM_OK);
    for (size_t i = 0; i < s->n_notes; i++) {
        n_routed += s->notes[i].kind == NOTE_ROUTE;
        if (s->notes[i].kind != NOTE_ROUTE)
            s->notes[kept++] = s->notes[i];
    }
    s->n_notes = kept;
    sim_engine_destroy(engine);
    return n_routed;
}

/* Stations see the same arrivals and events in the same order, and what is
 * sent after giving up is not sent ahead either. */
START_TEST(routing_ahead_changes_no_end)
{
    struct script one = {0}, ahead = {0};
    const size_t n = play_ahead(false, &one);
    ck_assert_uint_ge(n, 31);
    ck_assert_uint_lt(n, 40);
    ck_assert_uint_eq(play_ahead(true, &ahead), n);
    ck_assert_uint_eq(one.n_notes, ahead.n_notes);
    for (size_t i = 0; i < one.n_notes; i++) {
        const struct note *a = &one.notes[i], *b = &ahead.notes[i];
        ck_assert_int_eq(a->kind, b->kind);
        ck_assert_int_eq(a->k, b->k);
        ck_assert_int_eq(a->outcome, b->outcome);
        ck_assert(a->t == b->t && a->end_s == b->end_s);
    }
}
END_TEST

static void route_nowhere(void *ctx, struct sim_request *req)
{
    (void)ctx;
    req->station = req->k % 2 == 0 ? -1 : 0;
}

START_TEST(refused_by_routing)
{
    struct script s = {.n = 4, .per_pull = 1};
    struct recorder r = recorder(&s, 1.0);
    struct sim_station *stations[] = {&r.base};
    struct sim_engine *engine = NULL;
    struct sim_engine_model model = script_model(&s);
    int64_t n_lost = -1;
    model.route = route_nowhere;
    for (int i = 0; i < 4; i++)
        s.list[i] = request(i, i, 0.25);
    ck_assert_int_eq(sim_engine_create(&engine, NULL), SIM_OK);
    ck_assert_int_eq(
        sim_engine_run(engine, &model, stations, 1, 1e3, &n_lost, NULL),
        SIM_OK);
    ck_assert_int_eq(n_lost, 0); /* counts what was cut off, not refusals */
    for (int i = 0; i < 4; i++) {
        const struct note *x = find(&s, NOTE_FINISH, i);
        ck_assert_ptr_nonnull(x);
        if (x->k % 2 != 0) {
            ck_assert_int_eq(x->outcome, SIM_SERVED);
            continue;
        }
        ck_assert_int_eq(x->outcome, SIM_LOST);
        ck_assert(x->t == (double)x->k && x->end_s == (double)x->k);
    }
    sim_engine_destroy(engine);
}
END_TEST

/* One FCFS slot, work 1.5 each (3 at speed 2), all sent at 0 and given up at
 * 4: ends at 1.5 and 3; cut off in service, waiting, on its way; the one sent
 * afterwards is never heard of. */
START_TEST(cut_off_at_give_up)
{
    const struct sim_station_cfg cfg = {
        .slots = 1, .slots_at_start = 1, .capacity = -1, .to_s = 4.0};
    struct script s = {.n = 6, .per_pull = 9};
    struct sim_station *station = NULL;
    struct sim_engine *engine = NULL;
    const struct sim_engine_model model = script_model(&s);
    int64_t n_lost = -1;
    for (int i = 0; i < 4; i++)
        s.list[i] = request(i, 0.0, 0.0);
    s.list[4] = request(4, 0.0, 7.0);
    s.list[5] = request(5, 4.5, 0.0);
    ck_assert_int_eq(sim_station_fcfs_create(&cfg, &station, NULL), SIM_OK);
    ck_assert_int_eq(sim_engine_create(&engine, NULL), SIM_OK);
    for (int round = 0; round < 2; round++) {
        s.at = s.n_notes = 0;
        ck_assert_int_eq(station->ops->reset(station, &cfg, NULL), SIM_OK);
        ck_assert_int_eq(
            sim_engine_run(engine, &model, &station, 1, 4.0, &n_lost, NULL),
            SIM_OK);
        ck_assert_int_eq(n_lost, 3);
        static const double start[] = {0.0, 1.5, 3.0, 4.0, 4.0};
        static const double end[] = {1.5, 3.0, 4.0, 4.0, 4.0};
        for (int i = 0; i < 5; i++) {
            const struct note *x = find(&s, NOTE_FINISH, i);
            ck_assert_ptr_nonnull(x);
            ck_assert_int_eq(x->k, i);
            ck_assert_int_eq(x->outcome, i < 2 ? SIM_SERVED : SIM_LOST);
            ck_assert(x->t == start[i] && x->end_s == end[i]);
        }
        ck_assert_ptr_null(find(&s, NOTE_FINISH, 5));
        struct sim_station_totals sum;
        station->ops->totals(station, &sum);
        ck_assert(sum.busy_s == 4.0 && sum.arrived == 4 && sum.waited == 3);
    }
    sim_engine_destroy(engine);
    station->ops->destroy(station);
}
END_TEST

/* An end at give_up_s itself is in time. */
START_TEST(end_at_give_up_counts)
{
    struct script s = {.n = 1, .per_pull = 9};
    struct recorder r = recorder(&s, 4.0);
    struct sim_station *stations[] = {&r.base};
    struct sim_engine *engine = NULL;
    const struct sim_engine_model model = script_model(&s);
    int64_t n_lost = -1;
    s.list[0] = request(0, 0.0, 2.0);
    ck_assert_int_eq(sim_engine_create(&engine, NULL), SIM_OK);
    ck_assert_int_eq(
        sim_engine_run(engine, &model, stations, 1, 6.0, &n_lost, NULL),
        SIM_OK);
    ck_assert_int_eq(n_lost, 0);
    ck_assert_int_eq(find(&s, NOTE_FINISH, 0)->outcome, SIM_SERVED);
    sim_engine_destroy(engine);
}
END_TEST

START_TEST(errors_come_back_and_leave_the_engine_usable)
{
    struct script s = {.n = 8, .per_pull = 3, .fail_pull_at = 2};
    struct recorder r = recorder(&s, 1.0);
    struct sim_station *stations[] = {&r.base};
    struct sim_engine *engine = NULL;
    const struct sim_engine_model model = script_model(&s);
    struct sim_err err = {0};
    for (int i = 0; i < 8; i++)
        s.list[i] = request(i, i, 0.5);
    ck_assert_int_eq(sim_engine_create(&engine, NULL), SIM_OK);
    ck_assert_int_eq(
        sim_engine_run(engine, &model, stations, 1, 1e3, NULL, &err), SIM_E_IO);
    ck_assert_str_eq(err.text, "no more input");
    s.at = 0;
    r = recorder(&s, 1.0);
    r.fail = 4;
    ck_assert_int_eq(
        sim_engine_run(engine, &model, stations, 1, 1e3, NULL, &err),
        SIM_E_LIMIT);
    s.at = s.n_notes = 0;
    r = recorder(&s, 1.0);
    ck_assert_int_eq(
        sim_engine_run(engine, &model, stations, 1, 1e3, NULL, &err), SIM_OK);
    for (int i = 0; i < 8; i++)
        ck_assert_int_eq(find(&s, NOTE_FINISH, i)->k, i);
    sim_engine_destroy(engine);
}
END_TEST

START_TEST(out_of_memory)
{
    int done = 0;
    for (long fail = 1; !done && fail < 30; fail++) {
        struct script s = {.n = 8, .per_pull = 3};
        struct recorder r = recorder(&s, 1.0);
        struct sim_station *stations[] = {&r.base};
        struct sim_engine *engine = NULL;
        const struct sim_engine_model model = script_model(&s);
        for (int i = 0; i < 8; i++)
            s.list[i] = request(i, i, 0.5);
        sim_alloc_fail_at(fail, 0);
        int rc = sim_engine_create(&engine, NULL);
        if (rc == SIM_OK)
            rc = sim_engine_run(engine, &model, stations, 1, 1e3, NULL, NULL);
        sim_alloc_fail_at(0, 0);
        ck_assert(rc == SIM_OK || rc == SIM_E_NOMEM);
        done = rc == SIM_OK;
        sim_engine_destroy(engine);
    }
    ck_assert_int_eq(done, 1);
}
END_TEST

/* ---- queues with exact answers ------------------------------------------ */

enum law { EXPONENTIAL, DETERMINISTIC, HYPEREXPONENTIAL };
enum { REPLICATIONS = 20, CHANGES_MAX = 60000 };

struct queue_case {
    double arrivals_per_s;
    enum law law; /* service time, mean 1 */
    int slots, n_stations;
    int64_t capacity;
    /* each server breaks down and is repaired, exponential; 0: never */
    double down_per_s, up_per_s;
    double warm_s, to_s; /* requests sent in [warm_s, to_s) count */
    int shortest;        /* route to the shortest queue */
};

struct queue_run {
    const struct queue_case *q;
    struct sim_engine *engine;
    uint64_t gaps, sizes, choices;
    double t;
    int64_t k;
    double sum_s;
    int64_t n_served, n_lost;
};

/* Two exponential branches with balanced means: squared coefficient of
 * variation 4, so the second moment is 5. */
static double service(struct queue_run *r)
{
    const double p = 0.5 * (1.0 + sqrt(3.0 / 5.0));
    if (r->q->law == DETERMINISTIC)
        return 1.0;
    if (r->q->law == EXPONENTIAL)
        return exponential(&r->sizes);
    const double branch = uniform(&r->choices) < p ? p : 1.0 - p;
    return exponential(&r->sizes) / (2.0 * branch);
}

static int queue_pull(void *ctx, struct sim_request *batch, size_t n,
    size_t *count, struct sim_err *err)
{
    struct queue_run *r = ctx;
    size_t i = 0;
    (void)err;
    for (; i < n && r->t < r->q->to_s; i++) {
        r->t += exponential(&r->gaps) / r->q->arrivals_per_s;
        batch[i] = (struct sim_request){
            .send_s = r->t, .work_s = service(r), .k = r->k++, .speed = 1.0};
    }
    *count = i;
    return SIM_OK;
}

static void queue_route(void *ctx, struct sim_request *req)
{
    struct queue_run *r = ctx;
    req->station = 0;
    if (!r->q->shortest)
        return;
    const int64_t a = sim_engine_in_system(r->engine, 0);
    const int64_t b = sim_engine_in_system(r->engine, 1);
    if (b < a || (a == b && bits(&r->choices) % 2 == 0))
        req->station = 1;
}

static void queue_finish(void *ctx, const struct sim_request *req,
    enum sim_outcome outcome, double start_s, double end_s)
{
    struct queue_run *r = ctx;
    (void)start_s;
    if (req->send_s < r->q->warm_s || req->send_s >= r->q->to_s)
        return;
    if (outcome == SIM_SERVED) {
        r->sum_s += end_s - req->send_s;
        r->n_served++;
    } else {
        r->n_lost++;
    }
}

/* Alternating up and down times of `slots` servers as changes of slots. */
static int make_changes(const struct queue_case *q, uint64_t *s,
    double *change_s, int *change_slots)
{
    int up = q->slots, n = 0;
    double t = 0.0;
    while (q->down_per_s > 0.0 && t < q->to_s && n < CHANGES_MAX) {
        const double down_per_s = up * q->down_per_s;
        const double up_per_s = (q->slots - up) * q->up_per_s;
        t += exponential(s) / (down_per_s + up_per_s);
        up += uniform(s) * (down_per_s + up_per_s) < up_per_s ? 1 : -1;
        change_s[n] = t;
        change_slots[n++] = up;
    }
    ck_assert_int_lt(n, CHANGES_MAX);
    if (n > 0)
        change_slots[n - 1] = q->slots; /* so that all work is done */
    return n;
}

struct outcome_of_case {
    double time_s, time_half_s; /* mean time in system */
    double lost, lost_half;     /* share lost */
    double number;              /* time average in system */
};

static double half_width(const double *x, double *mean)
{
    double sum = 0.0, squares = 0.0;
    for (int i = 0; i < REPLICATIONS; i++)
        sum += x[i];
    *mean = sum / REPLICATIONS;
    for (int i = 0; i < REPLICATIONS; i++)
        squares += (x[i] - *mean) * (x[i] - *mean);
    /* Student's t, 19 degrees of freedom, 99.9 % two-sided */
    return 3.883 * sqrt(squares / (REPLICATIONS - 1.0) / REPLICATIONS);
}

static struct outcome_of_case simulate(const struct queue_case *q)
{
    double *change_s = malloc(CHANGES_MAX * sizeof *change_s);
    int *change_slots = malloc(CHANGES_MAX * sizeof *change_slots);
    double time_s[REPLICATIONS], lost[REPLICATIONS], number = 0.0;
    struct sim_station *stations[2] = {NULL, NULL};
    struct outcome_of_case out;
    struct queue_run r;
    ck_assert(change_s != NULL && change_slots != NULL);
    memset(&r, 0, sizeof r);
    r.q = q;
    const struct sim_engine_model model = {.ctx = &r,
        .pull = queue_pull,
        .route = queue_route,
        .finish = queue_finish};
    ck_assert_int_eq(sim_engine_create(&r.engine, NULL), SIM_OK);
    for (int rep = 0; rep < REPLICATIONS; rep++) {
        uint64_t seed = (uint64_t)rep + 1000;
        r.gaps = bits(&seed);
        r.sizes = bits(&seed);
        r.choices = bits(&seed);
        r.t = r.sum_s = 0.0;
        r.n_served = r.n_lost = 0;
        const struct sim_station_cfg cfg = {.slots = q->slots,
            .slots_at_start = q->slots,
            .capacity = q->capacity,
            .change_s = change_s,
            .change_slots = change_slots,
            .n_changes = make_changes(q, &seed, change_s, change_slots),
            .choice_key = bits(&seed),
            .from_s = q->warm_s,
            .to_s = q->to_s};
        for (int i = 0; i < q->n_stations; i++) {
            if (stations[i] == NULL)
                ck_assert_int_eq(
                    sim_station_fcfs_create(&cfg, &stations[i], NULL), SIM_OK);
            ck_assert_int_eq(
                stations[i]->ops->reset(stations[i], &cfg, NULL), SIM_OK);
        }
        ck_assert_int_eq(sim_engine_run(r.engine, &model, stations,
                             q->n_stations, INFINITY, NULL, NULL),
            SIM_OK);
        time_s[rep] = r.sum_s / (double)r.n_served;
        lost[rep] = (double)r.n_lost / (double)(r.n_served + r.n_lost);
        struct sim_station_totals sum;
        stations[0]->ops->totals(stations[0], &sum);
        number += sum.in_system_s / (q->to_s - q->warm_s) / REPLICATIONS;
    }
    out.time_half_s = half_width(time_s, &out.time_s);
    out.lost_half = half_width(lost, &out.lost);
    out.number = number;
    for (int i = 0; i < q->n_stations; i++)
        stations[i]->ops->destroy(stations[i]);
    sim_engine_destroy(r.engine);
    free(change_s);
    free(change_slots);
    return out;
}

static void agrees(double exact, double mean, double half)
{
    ck_assert_double_eq_tol(mean, exact, half);
    ck_assert_double_le(half, 0.02 * exact);
}

static struct queue_case queue(
    double arrivals_per_s, enum law law, int slots, double n_requests)
{
    const double to_s = n_requests / arrivals_per_s;
    return (struct queue_case){.arrivals_per_s = arrivals_per_s,
        .law = law,
        .slots = slots,
        .n_stations = 1,
        .capacity = -1,
        .warm_s = 0.1 * to_s,
        .to_s = to_s};
}

/* 1 / (mu - lambda) */
START_TEST(m_m_1)
{
    const struct queue_case q = queue(0.7, EXPONENTIAL, 1, 120000);
    const struct outcome_of_case x = simulate(&q);
    agrees(1.0 / 0.3, x.time_s, x.time_half_s);
    /* Little's law joins the station's integral and the requests' times; the
     * two differ by the requests in system at the ends of the interval. */
    ck_assert_double_eq_tol(x.number, 0.7 * x.time_s, 0.015 * 0.7 * x.time_s);
}
END_TEST

/* Probability that all of c servers are busy, offered load a: from Erlang B by
 * its recursion, Erlang C = B / (1 - a (1 - B) / c). */
static double erlang_c(int c, double a)
{
    double b = 1.0;
    for (int i = 1; i <= c; i++)
        b = a * b / (i + a * b);
    return b / (1.0 - a / c * (1.0 - b));
}

START_TEST(m_m_c)
{
    static const int slots[] = {2, 16, 60};
    for (int i = 0; i < 3; i++) {
        const double a = 0.7 * slots[i];
        const struct queue_case q = queue(a, EXPONENTIAL, slots[i], 80000);
        const struct outcome_of_case x = simulate(&q);
        agrees(1.0 + erlang_c(slots[i], a) / (slots[i] - a), x.time_s,
            x.time_half_s);
    }
}
END_TEST

/* Birth-death chain on 0 .. K: p_n ~ a^n / (1 2 .. min(n, c) c c ..). */
START_TEST(m_m_c_k)
{
    enum { C = 3, K = 7 };
    const double a = 3.3;
    double p[K + 1], sum = 0.0, number = 0.0;
    for (int n = 0; n <= K; n++) {
        p[n] = n == 0 ? 1.0 : p[n - 1] * a / (n < C ? n : C);
        sum += p[n];
        number += n * p[n];
    }
    struct queue_case q = queue(a, EXPONENTIAL, C, 40000);
    q.capacity = K;
    const struct outcome_of_case x = simulate(&q);
    agrees(p[K] / sum, x.lost, x.lost_half);
    agrees(number / (a * (sum - p[K])), x.time_s, x.time_half_s);
}
END_TEST

/* Loss does not depend on the law of the service time: Erlang B. */
START_TEST(erlang_loss_is_insensitive)
{
    double b = 1.0;
    for (int i = 1; i <= 5; i++)
        b = 4.0 * b / (i + 4.0 * b);
    for (int law = EXPONENTIAL; law <= HYPEREXPONENTIAL; law++) {
        struct queue_case q = queue(4.0, (enum law)law, -1, 30000);
        q.capacity = 5;
        const struct outcome_of_case x = simulate(&q);
        agrees(b, x.lost, x.lost_half);
    }
}
END_TEST

/* Pollaczek-Khinchine: E W = lambda E S^2 / (2 (1 - rho)). */
START_TEST(m_g_1)
{
    const struct queue_case d = queue(0.7, DETERMINISTIC, 1, 60000);
    const struct outcome_of_case x = simulate(&d);
    agrees(1.0 + 0.7 / (2.0 * 0.3), x.time_s, x.time_half_s);
    const struct queue_case h = queue(0.5, HYPEREXPONENTIAL, 1, 250000);
    const struct outcome_of_case y = simulate(&h);
    agrees(1.0 + 0.5 * 5.0 / (2.0 * 0.5), y.time_s, y.time_half_s);
}
END_TEST

/* Mean number in system of M/M/1 whose server breaks down at rate x, idle or
 * not, and is repaired at rate y, work resuming.  With g = 1 + x / y,
 *     E N = lambda (g + x lambda / y^2) / (mu - lambda g)
 *         + lambda x / (y (x + y)),
 * from the generating functions of the numbers while up and while down
 * (White, Christie 1958; Avi-Itzhak, Naor 1963, model A). */
static double breakdown_number(double lambda, double x, double y)
{
    const double g = 1.0 + x / y;
    return lambda * (g + x * lambda / (y * y)) / (1.0 - lambda * g) +
           lambda * x / (y * (x + y));
}

/* The same from the chain on (n, up or down): the cut between n and n+1 gives
 * mu u_(n+1) = lambda (u_n + d_n), balance of (n, down) gives d_n. */
static double breakdown_chain(double lambda, double x, double y)
{
    double u = 1.0, d = x / (lambda + y), sum = 0.0, number = 0.0;
    for (int n = 0; n < 5000; n++) {
        sum += u + d;
        number += n * (u + d);
        u = lambda * (u + d);
        d = (lambda * d + x * u) / (lambda + y);
    }
    return number / sum;
}

START_TEST(m_m_1_with_breakdowns)
{
    const double x = 0.1, y = 0.4, lambda = 0.5;
    const double exact = breakdown_number(lambda, x, y);
    ck_assert_double_eq_tol(breakdown_chain(lambda, x, y), exact, 1e-9);
    struct queue_case q = queue(lambda, EXPONENTIAL, 1, 80000);
    q.down_per_s = x;
    q.up_per_s = y;
    const struct outcome_of_case r = simulate(&q);
    agrees(exact / lambda, r.time_s, r.time_half_s);
}
END_TEST

/* ---- two servers that fail: truncated generator ------------------------- */

enum { LEVELS = 160, PHASES = 3, STATES = LEVELS * PHASES };

static void add_rate(double *m, int from, int to, double rate)
{
    /* row `to` of the balance equations: sum over from of p(from) Q = 0 */
    m[to * (STATES + 1) + from] += rate;
    m[from * (STATES + 1) + from] -= rate;
}

/* Gaussian elimination of an M-matrix needs no pivoting. */
static void solve(double *m, double *p)
{
    const int w = STATES + 1;
    for (int i = 0; i < STATES; i++) {
        for (int r = i + 1; r < STATES && r < i + 2 * PHASES + 2; r++) {
            const double f = m[r * w + i] / m[i * w + i];
            if (f == 0.0)
                continue;
            for (int c = i; c < STATES && c < i + 2 * PHASES + 2; c++)
                m[r * w + c] -= f * m[i * w + c];
        }
    }
    /* the last equation is redundant: set the last state and go back */
    p[STATES - 1] = 1.0;
    for (int i = STATES - 2; i >= 0; i--) {
        double sum = 0.0;
        for (int c = i + 1; c < STATES && c < i + 2 * PHASES + 2; c++)
            sum += m[i * w + c] * p[c];
        p[i] = -sum / m[i * w + i];
    }
}

static double two_servers_number(double lambda, double down, double up)
{
    double *m = calloc((size_t)STATES * (STATES + 1), sizeof *m);
    double p[STATES], sum = 0.0, number = 0.0;
    ck_assert_ptr_nonnull(m);
    for (int n = 0; n < LEVELS; n++) {
        for (int c = 0; c < PHASES; c++) {
            const int s = n * PHASES + c;
            if (n + 1 < LEVELS)
                add_rate(m, s, s + PHASES, lambda);
            if (n > 0 && c > 0)
                add_rate(m, s, s - PHASES, n < c ? n : c);
            if (c > 0)
                add_rate(m, s, s - 1, c * down);
            if (c < 2)
                add_rate(m, s, s + 1, (2 - c) * up);
        }
    }
    solve(m, p);
    for (int s = 0; s < STATES; s++) {
        sum += p[s];
        number += s / PHASES * p[s];
    }
    free(m);
    return number / sum;
}

START_TEST(m_m_2_with_breakdowns)
{
    const double exact = two_servers_number(1.0, 0.05, 0.2);
    /* the solver, where the closed form is known: no breakdowns */
    ck_assert_double_eq_tol(two_servers_number(1.0, 1e-12, 1.0),
        1.0 + erlang_c(2, 1.0) / (2.0 - 1.0), 1e-6);
    struct queue_case q = queue(1.0, EXPONENTIAL, 2, 120000);
    q.down_per_s = 0.05;
    q.up_per_s = 0.2;
    const struct outcome_of_case x = simulate(&q);
    agrees(exact, x.time_s, x.time_half_s);
}
END_TEST

/* Join the shorter of two queues: chain on (n1, n2), by sweeps. */
static double shorter_queue_number(double lambda)
{
    enum { L = 40 };
    static const int steps = 1000;
    double *p = calloc(L * L, sizeof *p);
    double sum = 0.0, number = 0.0;
    ck_assert_ptr_nonnull(p);
    for (int i = 0; i < L * L; i++)
        p[i] = 1.0;
    for (int step = 0; step < steps; step++) {
        for (int i = 0; i < L; i++) {
            for (int j = 0; j < L; j++) {
                double in = 0.0;
                const double out =
                    (i + 1 < L || j + 1 < L ? lambda : 0.0) + (i > 0) + (j > 0);
                if (i + 1 < L)
                    in += p[(i + 1) * L + j];
                if (j + 1 < L)
                    in += p[i * L + j + 1];
                if (i > 0 && i - 1 <= j)
                    in +=
                        lambda * (i - 1 == j ? 0.5 : 1.0) * p[(i - 1) * L + j];
                if (j > 0 && j - 1 <= i)
                    in += lambda * (j - 1 == i ? 0.5 : 1.0) * p[i * L + j - 1];
                p[i * L + j] = in / out;
            }
        }
    }
    for (int s = 0; s < L * L; s++) {
        sum += p[s];
        number += (s / L + s % L) * p[s];
    }
    free(p);
    return number / sum;
}

START_TEST(shortest_of_two_queues)
{
    const double lambda = 1.4;
    const double exact = shorter_queue_number(lambda) / lambda;
    struct queue_case q = queue(lambda, EXPONENTIAL, 1, 60000);
    q.n_stations = 2;
    q.shortest = 1;
    const struct outcome_of_case x = simulate(&q);
    agrees(exact, x.time_s, x.time_half_s);
}
END_TEST

/* ---- memory ------------------------------------------------------------- */

/* Ten times the requests, no further allocation. */
START_TEST(no_allocation_after_warm_up)
{
    const struct queue_case q = queue(12.0, EXPONENTIAL, 16, 300000);
    const struct sim_station_cfg cfg = {
        .slots = 16, .slots_at_start = 16, .capacity = 20, .to_s = q.to_s};
    struct sim_station *station = NULL;
    struct queue_run r = {.q = &q};
    const struct sim_engine_model model = {.ctx = &r,
        .pull = queue_pull,
        .route = queue_route,
        .finish = queue_finish};
    ck_assert_int_eq(sim_engine_create(&r.engine, NULL), SIM_OK);
    ck_assert_int_eq(sim_station_fcfs_create(&cfg, &station, NULL), SIM_OK);
    ck_assert_int_eq(
        sim_engine_run(r.engine, &model, &station, 1, 2e3, NULL, NULL), SIM_OK);
    ck_assert_int_eq(station->ops->reset(station, &cfg, NULL), SIM_OK);
    r.t = 0.0;
    r.gaps = 0;
    const long before = sim_alloc_count();
    ck_assert_int_eq(
        sim_engine_run(r.engine, &model, &station, 1, INFINITY, NULL, NULL),
        SIM_OK);
    ck_assert_int_eq(sim_alloc_count(), before);
    ck_assert_int_gt(r.n_served, 250000);
    sim_engine_destroy(r.engine);
    station->ops->destroy(station);
}
END_TEST

TEST_MAIN("sim/engine", arrivals_in_order_of_time_user_class_k,
    events_then_sends_then_arrivals, routing_ahead_changes_no_end,
    refused_by_routing, cut_off_at_give_up, end_at_give_up_counts,
    errors_come_back_and_leave_the_engine_usable, out_of_memory, m_m_1, m_m_c,
    m_m_c_k, erlang_loss_is_insensitive, m_g_1, m_m_1_with_breakdowns,
    m_m_2_with_breakdowns, shortest_of_two_queues, no_allocation_after_warm_up)
