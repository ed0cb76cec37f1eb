#include "sim/engine.h"

#include <assert.h>
#include <math.h>

#include "sim/alloc.h"
#include "sim/calendar.h"
#include "sim/clones.h"
#include "sim/heap.h"

enum {
    BATCH = 128, /* requests pulled at a time: 14 KiB, stays in L1 */
    POOL_MIN = 256,
    AHEAD = 20,        /* requests prefetched from a bucket */
    NEAR = 128,        /* stations that stay in the cache */
    STATION_LINES = 5, /* cache lines of a station that arrivals touch */
    LINE = 64,
    LAUNCHED_MIN = 64,
};

/* Marks the refs of launched requests, yet to be sent, among those on their
 * way; the pool never grows so far. */
#define TO_SEND ((uint32_t)1 << 31)

struct sim_engine {
    struct sim_calendar calendar; /* on the way to their stations */
    struct sim_index_heap events; /* next internal event by station */

    struct sim_request *pool; /* requests sent and not finished, by ref */
    uint32_t *free_refs;      /* stack of unused refs */
    uint32_t n_free;
    uint32_t room;

    struct sim_request batch[BATCH]; /* pulled, not sent: [at .. n-1] */
    size_t batch_at, batch_n;
    bool source_ended;

    /* Launched by callbacks and not in the calendar yet: a callback holds a
     * pointer into the pool, which must not grow under it. */
    struct sim_request *launched;
    size_t n_launched, launched_room;
    bool has_launched, launch_failed;

    /* Of the present run. */
    const struct sim_engine_model *model;
    struct sim_sink sink; /* of all stations */
    struct sim_station *const *stations;
    int n_stations;
    double give_up_s;
    double now_s;
    int64_t n_lost;
};

/* ---- pool ---------------------------------------------------------------- */

static int pool_grow(struct sim_engine *engine, struct sim_err *err)
{
    const uint32_t old = engine->room;
    const uint32_t room = old == 0 ? POOL_MIN : old * 2;
    if (room > UINT32_MAX / 4)
        return sim_err_set(
            err, SIM_E_LIMIT, "more than %u requests in the system", old);
    struct sim_request *pool = sim_realloc(engine->pool, room, sizeof *pool);
    if (pool != NULL)
        engine->pool = pool;
    uint32_t *refs = sim_realloc(engine->free_refs, room, sizeof *refs);
    if (refs != NULL)
        engine->free_refs = refs;
    if (pool == NULL || refs == NULL)
        return sim_err_set(err, SIM_E_NOMEM, "out of memory: requests");
    /* Low refs on top, so that memory is touched from the start. */
    for (uint32_t ref = room; ref > old; ref--)
        engine->free_refs[engine->n_free++] = ref - 1;
    engine->room = room;
    return SIM_OK;
}

static uint32_t n_live(const struct sim_engine *engine)
{
    return engine->room - engine->n_free;
}

/* ---- ends ---------------------------------------------------------------- */

/* The sink of all stations.  An end beyond the horizon is known here already,
 * perhaps long before; it counts as not finished. */
static void request_done(void *ctx, uint32_t ref, enum sim_outcome outcome,
    double start_s, double end_s)
{
    struct sim_engine *engine = ctx;
    const double give_up_s = engine->give_up_s;
    const struct sim_engine_model *model = engine->model;

    if (end_s > give_up_s) {
        outcome = SIM_LOST;
        end_s = give_up_s;
        start_s = start_s < give_up_s ? start_s : give_up_s;
        engine->n_lost++;
    }
    model->finish(model->ctx, &engine->pool[ref], outcome, start_s, end_s);
    engine->free_refs[engine->n_free++] = ref;
}

/* What is still on its way or at a station when the run gives up. */
static void cut_off(struct sim_engine *engine)
{
    const double t = engine->give_up_s;
    const struct sim_engine_model *model = engine->model;
    struct sim_event event;

    while (sim_calendar_pop(&engine->calendar, (double)INFINITY, &event)) {
        const uint32_t ref = event.ref & ~TO_SEND;
        if (ref == event.ref) {
            engine->n_lost++;
            model->finish(model->ctx, &engine->pool[ref], SIM_LOST, t, t);
        }
        engine->free_refs[engine->n_free++] = ref;
    }
    const uint32_t before = n_live(engine);
    for (int i = 0; before > 0 && i < engine->n_stations; i++)
        engine->stations[i]->ops->flush(engine->stations[i], t, &engine->sink);
    engine->n_lost += before - n_live(engine);
}

/* ---- steps --------------------------------------------------------------- */

/* Stations whose next event has not moved cost a comparison. */
static void note_next(struct sim_engine *engine, int i)
{
    const struct sim_station *st = engine->stations[i];
    sim_index_heap_set(&engine->events, (size_t)i, st->ops->next_s(st));
}

static int pull(struct sim_engine *engine, struct sim_err *err)
{
    const struct sim_engine_model *model = engine->model;
    engine->batch_at = engine->batch_n = 0;
    const int rc =
        model->pull(model->ctx, engine->batch, BATCH, &engine->batch_n, err);
    if (rc != SIM_OK)
        return rc;
    assert(engine->batch_n <= BATCH);
    engine->source_ended = engine->batch_n == 0;
    return SIM_OK;
}

static int take_ref(
    struct sim_engine *engine, uint32_t *ref, struct sim_err *err)
{
    if (engine->n_free == 0) {
        const int rc = pool_grow(engine, err);
        if (rc != SIM_OK)
            return rc;
    }
    *ref = engine->free_refs[--engine->n_free];
    return SIM_OK;
}

SIM_INLINE int send(
    struct sim_engine *engine, uint32_t ref, struct sim_err *err)
{
    const struct sim_engine_model *model = engine->model;
    struct sim_request *req = &engine->pool[ref];
    model->route(model->ctx, req);
    if (req->station < 0) {
        if (req->station == SIM_REFUSED)
            model->finish(model->ctx, req, SIM_LOST, req->send_s, req->send_s);
        engine->free_refs[engine->n_free++] = ref;
        return SIM_OK;
    }
    assert(req->station < engine->n_stations && req->out_s >= 0.0 &&
           req->out_s < (double)INFINITY);
    const struct sim_event event = {
        .time_s = req->send_s + req->out_s,
        .k = req->k,
        .user = req->user,
        .cls = req->cls,
        .ref = ref,
    };
    return sim_calendar_push(&engine->calendar, &event, err);
}

/* The next request of the batch.  It is routed in the pool, not in the batch:
 * copying what route() has just written would stall on its stores. */
SIM_INLINE int send_next(struct sim_engine *engine, struct sim_err *err)
{
    uint32_t ref;
    const int rc = take_ref(engine, &ref, err);
    if (rc != SIM_OK)
        return rc;
    engine->pool[ref] = engine->batch[engine->batch_at++];
    engine->now_s = engine->pool[ref].send_s;
    return send(engine, ref, err);
}

/* The next request, or the rest of the batch up to `end_s` when it does not
 * matter what happens in between: then the clock runs ahead, and the next
 * event sets it right. */
static int send_some(
    struct sim_engine *engine, double end_s, struct sim_err *err)
{
    const size_t n =
        engine->model->routes_ahead ? engine->batch_n : engine->batch_at + 1;
    int rc = SIM_OK;
    while (rc == SIM_OK && engine->batch_at < n &&
           engine->batch[engine->batch_at].send_s < end_s)
        rc = send_next(engine, err);
    return rc;
}

/* Put what callbacks have launched into the calendar. */
static int settle(struct sim_engine *engine, struct sim_err *err)
{
    if (engine->launch_failed)
        return sim_err_set(err, SIM_E_NOMEM, "out of memory: requests");
    for (size_t i = 0; i < engine->n_launched; i++) {
        const struct sim_request *req = &engine->launched[i];
        uint32_t ref;
        int rc = take_ref(engine, &ref, err);
        if (rc != SIM_OK)
            return rc;
        engine->pool[ref] = *req;
        const struct sim_event event = {
            .time_s = req->send_s,
            .k = req->k,
            .user = req->user,
            .cls = req->cls,
            .ref = ref | TO_SEND,
        };
        rc = sim_calendar_push(&engine->calendar, &event, err);
        if (rc != SIM_OK)
            return rc;
    }
    engine->n_launched = 0;
    engine->has_launched = false;
    return SIM_OK;
}

/* With many sites requests and stations are cold: have those of the next
 * arrivals under way from memory while this one is dealt with.  Worth 10 % at
 * 1000 sites, nothing at 4.  Must be inlined: gcc takes a function that only
 * prefetches for one without effect and drops the call. */
SIM_INLINE void prefetch(const struct sim_engine *engine)
{
    const struct sim_calendar *cal = &engine->calendar;
    const struct sim_event *next = sim_calendar_ahead(cal, 1);

    /* A bucket was just sorted: none of its requests was asked for yet. */
    for (size_t i = 0; cal->near_at == 1 && i < AHEAD; i++) {
        const struct sim_event *event = sim_calendar_ahead(cal, i);
        if (event == NULL)
            break;
        const struct sim_request *req = &engine->pool[event->ref & ~TO_SEND];
        __builtin_prefetch(req);
        __builtin_prefetch(&req->speed);
    }
    if (next != NULL && (next->ref & TO_SEND) == 0) {
        const uintptr_t st =
            (uintptr_t)engine->stations[engine->pool[next->ref].station];
        for (size_t i = 0; i < STATION_LINES; i++)
            __builtin_prefetch((const void *)(st + i * LINE));
    }
}

static int arrive(struct sim_engine *engine, const struct sim_event *event,
    struct sim_err *err)
{
    const struct sim_request *req = &engine->pool[event->ref];
    const int i = req->station;
    struct sim_station *st = engine->stations[i];
    const struct sim_job job = {
        .arrive_s = event->time_s,
        .time_s = req->work_s / req->speed,
        .ref = event->ref,
        .priority = req->priority,
        .patience_s = req->patience_s,
    };
    const struct sim_engine_model *model = engine->model;
    engine->now_s = event->time_s;
    if (model->admit != NULL && !model->admit(model->ctx, req, event->time_s)) {
        engine->free_refs[engine->n_free++] = event->ref;
        return SIM_OK;
    }
    const int rc = st->ops->arrive(st, &job, &engine->sink, err);
    note_next(engine, i);
    return rc;
}

static int send_launched(struct sim_engine *engine,
    const struct sim_event *event, struct sim_err *err)
{
    engine->now_s = event->time_s;
    return send(engine, event->ref & ~TO_SEND, err);
}

/* All arrivals and launched sends before `limit_s`, and before whatever
 * internal event they bring about. */
static int arrive_until(
    struct sim_engine *engine, double limit_s, struct sim_err *err)
{
    struct sim_event event;
    for (;;) {
        const double event_s = sim_index_heap_top(&engine->events);
        const double until_s = event_s < limit_s ? event_s : limit_s;
        if (!sim_calendar_pop(&engine->calendar, until_s, &event))
            return SIM_OK;
        if (engine->n_stations > NEAR)
            prefetch(engine);
        int rc = (event.ref & TO_SEND) != 0 ? send_launched(engine, &event, err)
                                            : arrive(engine, &event, err);
        if (rc == SIM_OK && engine->has_launched)
            rc = settle(engine, err);
        if (rc != SIM_OK)
            return rc;
    }
}

static int advance_first(struct sim_engine *engine, struct sim_err *err)
{
    const int i = (int)engine->events.items[0].payload;
    struct sim_station *st = engine->stations[i];

    engine->now_s = sim_index_heap_top(&engine->events);
    const int rc = st->ops->advance(st, engine->now_s, &engine->sink, err);
    note_next(engine, i);
    return rc;
}

/* At one instant: internal events (departures free slots), then sends, then
 * arrivals.  Sends go first because a request without delay arrives in the
 * same instant and has its place in the order (user, class, k) there. */
static int loop(struct sim_engine *engine, struct sim_err *err)
{
    /* The next double, so that what happens at give_up_s still happens. */
    const double end_s = nextafter(engine->give_up_s, (double)INFINITY);
    int rc = settle(engine, err);
    while (rc == SIM_OK) {
        if (engine->batch_at == engine->batch_n && !engine->source_ended) {
            rc = pull(engine, err);
            continue;
        }
        if (engine->source_ended && n_live(engine) == 0)
            break;
        const double send_s = engine->source_ended
                                  ? (double)INFINITY
                                  : engine->batch[engine->batch_at].send_s;
        rc = arrive_until(engine, send_s < end_s ? send_s : end_s, err);
        if (rc != SIM_OK)
            break;
        const double event_s = sim_index_heap_top(&engine->events);
        if (event_s >= end_s && send_s >= end_s)
            break;
        rc = event_s <= send_s ? advance_first(engine, err)
                               : send_some(engine, end_s, err);
        if (rc == SIM_OK && engine->has_launched)
            rc = settle(engine, err);
    }
    return rc;
}

/* ---- public -------------------------------------------------------------- */

int sim_engine_create(struct sim_engine **out, struct sim_err *err)
{
    struct sim_engine *engine = sim_calloc(1, sizeof *engine);
    if (engine == NULL)
        return sim_err_set(err, SIM_E_NOMEM, "out of memory: engine");
    *out = engine;
    return SIM_OK;
}

void sim_engine_destroy(struct sim_engine *engine)
{
    if (engine == NULL)
        return;
    sim_calendar_release(&engine->calendar);
    sim_index_heap_release(&engine->events);
    sim_free(engine->launched);
    sim_free(engine->pool);
    sim_free(engine->free_refs);
    sim_free(engine);
}

/* Empty, also after a run that failed. */
static int start(struct sim_engine *engine, struct sim_err *err)
{
    sim_calendar_clear(&engine->calendar);
    engine->n_free = 0;
    for (uint32_t ref = engine->room; ref > 0; ref--)
        engine->free_refs[engine->n_free++] = ref - 1;
    engine->batch_at = engine->batch_n = 0;
    engine->source_ended = false;
    engine->n_lost = 0;
    engine->n_launched = 0;
    engine->has_launched = engine->launch_failed = false;
    engine->now_s = -(double)INFINITY;
    const int rc =
        sim_index_heap_reset(&engine->events, (size_t)engine->n_stations, err);
    for (int i = 0; i < engine->n_stations && rc == SIM_OK; i++)
        note_next(engine, i);
    return rc;
}

int sim_engine_run(struct sim_engine *engine,
    const struct sim_engine_model *model, struct sim_station *const *stations,
    int n, double give_up_s, int64_t *n_lost, struct sim_err *err)
{
    SIM_BUG_ON(n < 0 || isnan(give_up_s));
    engine->model = model;
    engine->stations = stations;
    engine->n_stations = n;
    engine->give_up_s = give_up_s;
    engine->sink = (struct sim_sink){engine, request_done};
    int rc = start(engine, err);
    if (rc == SIM_OK && model->begin != NULL)
        model->begin(model->ctx);
    if (rc == SIM_OK)
        rc = loop(engine, err);
    if (rc == SIM_OK)
        cut_off(engine);
    if (rc == SIM_OK && n_lost != NULL)
        *n_lost = engine->n_lost;
    engine->model = NULL;
    engine->stations = NULL;
    engine->n_stations = 0;
    return rc;
}

int64_t sim_engine_in_system(struct sim_engine *engine, int station)
{
    SIM_BUG_ON(station < 0 || station >= engine->n_stations);
    struct sim_station *st = engine->stations[station];
    return st->ops->in_system(st, engine->now_s);
}

int64_t sim_engine_waiting(struct sim_engine *engine, int station)
{
    SIM_BUG_ON(station < 0 || station >= engine->n_stations);
    struct sim_station *st = engine->stations[station];
    return st->ops->waiting(st, engine->now_s);
}

double sim_engine_now_s(const struct sim_engine *engine)
{
    return engine->now_s;
}

void sim_engine_launch(
    struct sim_engine *engine, const struct sim_request *req, double at_s)
{
    assert(at_s >= engine->now_s && isfinite(at_s));
    if (at_s > engine->give_up_s)
        return;
    engine->has_launched = true;
    if (engine->n_launched == engine->launched_room) {
        const size_t room = engine->launched_room == 0
                                ? LAUNCHED_MIN
                                : 2 * engine->launched_room;
        void *block =
            sim_realloc(engine->launched, room, sizeof *engine->launched);
        if (block == NULL) {
            engine->launch_failed = true;
            return;
        }
        engine->launched = block;
        engine->launched_room = room;
    }
    engine->launched[engine->n_launched] = *req;
    engine->launched[engine->n_launched++].send_s = at_s;
}
