#include "sim/station.h"

#include <assert.h>
#include <math.h>

#include "sim/alloc.h"
#include "sim/heap.h"
#include "sim/station_parts.h"

/* One event per departure, boot and loss of patience.  Jobs live in a pool; a
 * waiting one is linked into the line and has its deadline in an indexed heap,
 * one in service has its end in another, so that leaving from the middle of
 * the line costs O(log n).  Two heaps, because at equal times all departures
 * come before anybody leaves. */

enum { POOL_MIN = 16 };

#define NONE UINT32_MAX

enum state { UNUSED, WAITING, BUSY };

struct job {
    double left_s;   /* work left when service begins or goes on */
    double arrive_s; /* at the station */
    double first_s;  /* first service; INFINITY: not yet */
    double event_s;  /* WAITING: leaves then; BUSY: ends then */
    int64_t seq;     /* position in the order of arrival */
    uint32_t ref;    /* the engine's */
    uint32_t prev;   /* WAITING: in the line */
    uint32_t next;   /* ... or the next unused job */
    enum state state;
};

struct queue {
    struct sim_station base;
    double now_s; /* last event or arrival: counts below hold from there on */
    double from_s, to_s;
    double in_service_s, waiting_s, boot_s, spare_s, empty_s; /* integrals */
    int64_t slots, capacity; /* negative: unlimited */
    int64_t waiting;
    int64_t warm; /* on and free, within one instant, with power-off */
    int64_t arrived, waited, lost, abandoned;
    int64_t seq;
    uint64_t choice_key;
    struct sim_power_off_cfg power;
    struct sim_index_heap ends;      /* of jobs in service */
    struct sim_index_heap deadlines; /* of jobs waiting */
    struct job *pool;
    uint32_t room, unused; /* jobs in the pool; first unused */
    uint32_t head, tail;   /* of the line */
    double *boots;         /* ends of boots, in the order they began */
    size_t n_boots, boots_room;
    double boot_end_s; /* the earliest; INFINITY */
    struct sim_slot_plan changes;
};

static struct queue *queue_of(struct sim_station *st)
{
    return (struct queue *)st;
}

/* ---- pool and line ------------------------------------------------------- */

static int pool_grow(struct queue *q, struct sim_err *err)
{
    const uint32_t old = q->room;
    const uint32_t room = old == 0 ? POOL_MIN : old * 2;
    if (room > UINT32_MAX / 4)
        return sim_err_set(err, SIM_E_LIMIT, "more than %u jobs queue", old);
    struct job *pool = sim_realloc(q->pool, room, sizeof *pool);
    if (pool == NULL)
        return sim_err_set(err, SIM_E_NOMEM, "out of memory: queue");
    q->pool = pool;
    q->room = room;
    for (uint32_t i = room; i > old; i--) {
        pool[i - 1] = (struct job){.next = q->unused, .state = UNUSED};
        q->unused = i - 1;
    }
    /* Growing empties the heaps. */
    int rc = sim_index_heap_reset(&q->ends, room, err);
    if (rc == SIM_OK)
        rc = sim_index_heap_reset(&q->deadlines, room, err);
    for (uint32_t i = 0; i < old && rc == SIM_OK; i++) {
        if (pool[i].state != UNUSED)
            sim_index_heap_set(pool[i].state == BUSY ? &q->ends : &q->deadlines,
                i, pool[i].event_s);
    }
    return rc;
}

static void give_back(struct queue *q, uint32_t i)
{
    q->pool[i].state = UNUSED;
    q->pool[i].next = q->unused;
    q->unused = i;
}

/* Into the line before `next`, NONE: at its end. */
static void line_insert(struct queue *q, uint32_t i, uint32_t next)
{
    struct job *job = &q->pool[i];
    job->state = WAITING;
    job->next = next;
    job->prev = next == NONE ? q->tail : q->pool[next].prev;
    *(job->prev == NONE ? &q->head : &q->pool[job->prev].next) = i;
    *(next == NONE ? &q->tail : &q->pool[next].prev) = i;
    q->waiting++;
    sim_index_heap_set(&q->deadlines, i, job->event_s);
}

static void line_remove(struct queue *q, uint32_t i)
{
    const struct job *job = &q->pool[i];
    *(job->prev == NONE ? &q->head : &q->pool[job->prev].next) = job->next;
    *(job->next == NONE ? &q->tail : &q->pool[job->next].prev) = job->prev;
    q->waiting--;
    sim_index_heap_set(&q->deadlines, i, (double)INFINITY);
}

/* ---- boots --------------------------------------------------------------- */

static void find_boot_end(struct queue *q)
{
    q->boot_end_s = (double)INFINITY;
    for (size_t i = 0; i < q->n_boots; i++) {
        if (q->boots[i] < q->boot_end_s)
            q->boot_end_s = q->boots[i];
    }
}

static void boot_remove(struct queue *q, size_t i)
{
    const double end_s = q->boots[i];
    q->n_boots--;
    for (; i < q->n_boots; i++)
        q->boots[i] = q->boots[i + 1];
    if (end_s <= q->boot_end_s)
        find_boot_end(q);
}

static int boot_begin(struct queue *q, struct sim_err *err)
{
    if (q->n_boots == q->boots_room) {
        const size_t room = q->boots_room * 2 + 4;
        double *grown = sim_realloc(q->boots, room, sizeof *grown);
        if (grown == NULL)
            return sim_err_set(err, SIM_E_NOMEM, "out of memory: boots");
        q->boots = grown;
        q->boots_room = room;
    }
    const double time_s = q->power.boot_time(q->power.ctx);
    SIM_BUG_ON(!(time_s >= 0.0 && time_s < (double)INFINITY));
    const double end_s = q->now_s + time_s;
    q->boots[q->n_boots++] = end_s;
    if (end_s < q->boot_end_s)
        q->boot_end_s = end_s;
    return SIM_OK;
}

/* As many boots as there are jobs for them. */
static int match_boots(struct queue *q, struct sim_err *err)
{
    int64_t wanted = q->power.when_empty ? q->waiting : 0;
    if (q->slots >= 0 && wanted > q->slots - (int64_t)q->ends.n)
        wanted = q->slots - (int64_t)q->ends.n;
    while ((int64_t)q->n_boots > wanted)
        boot_remove(q, q->n_boots - 1);
    while ((int64_t)q->n_boots < wanted) {
        const int rc = boot_begin(q, err);
        if (rc != SIM_OK)
            return rc;
    }
    return SIM_OK;
}

/* ---- what happens in one instant ----------------------------------------- */

static double clip(const struct queue *q, double t)
{
    t = t > q->from_s ? t : q->from_s;
    return t < q->to_s ? t : q->to_s;
}

static void move_to(struct queue *q, double t)
{
    const double dt = clip(q, t) - clip(q, q->now_s);
    const int64_t running = (int64_t)(q->ends.n + q->n_boots);
    q->in_service_s += dt * (double)q->ends.n;
    q->waiting_s += dt * (double)q->waiting;
    q->empty_s += q->ends.n > 0 || q->waiting > 0 ? 0.0 : dt;
    q->boot_s += dt * (double)q->n_boots;
    q->spare_s += q->slots < 0 ? 0.0 : dt * (double)(q->slots - running);
    q->now_s = t;
}

/* Departures and boots that are due free their slots. */
static void finish_due(struct queue *q, const struct sim_sink *sink)
{
    while (sim_index_heap_top(&q->ends) <= q->now_s) {
        const uint32_t i = (uint32_t)q->ends.items[0].payload;
        const struct job *job = &q->pool[i];
        sim_index_heap_set(&q->ends, i, (double)INFINITY);
        q->warm++;
        sink->done(sink->ctx, job->ref, SIM_SERVED, job->first_s, job->event_s);
        give_back(q, i);
    }
    for (size_t i = 0; q->boot_end_s <= q->now_s;) {
        if (q->boots[i] <= q->now_s) {
            boot_remove(q, i);
            q->warm++;
        } else {
            i++;
        }
    }
}

static bool has_free_slot(const struct queue *q)
{
    if (q->power.when_empty)
        return q->warm > 0;
    return q->slots < 0 || (int64_t)q->ends.n < q->slots;
}

static void start_head(struct queue *q)
{
    const uint32_t i = q->head;
    struct job *job = &q->pool[i];
    line_remove(q, i);
    job->state = BUSY;
    if (!(job->first_s <= q->now_s))
        job->first_s = q->now_s;
    job->event_s = q->now_s + job->left_s;
    sim_index_heap_set(&q->ends, i, job->event_s);
    q->warm--;
}

static void abandon_due(struct queue *q, const struct sim_sink *sink)
{
    while (sim_index_heap_top(&q->deadlines) <= q->now_s) {
        const uint32_t i = (uint32_t)q->deadlines.items[0].payload;
        const struct job *job = &q->pool[i];
        line_remove(q, i);
        q->abandoned += job->arrive_s >= q->from_s && job->arrive_s < q->to_s;
        sink->done(
            sink->ctx, job->ref, SIM_ABANDONED, job->event_s, job->event_s);
        give_back(q, i);
    }
}

/* Starts until nothing moves (jobs and boots may take no time at all), and only
 * then does anybody leave. */
static int settle(
    struct queue *q, const struct sim_sink *sink, struct sim_err *err)
{
    do {
        finish_due(q, sink);
        while (q->waiting > 0 && has_free_slot(q))
            start_head(q);
        q->warm = 0;
        const int rc = match_boots(q, err);
        if (rc != SIM_OK)
            return rc;
    } while (
        sim_index_heap_top(&q->ends) <= q->now_s || q->boot_end_s <= q->now_s);
    abandon_due(q, sink);
    return match_boots(q, err);
}

/* ---- changes ------------------------------------------------------------- */

/* Back to the head of the line, in the order of arrival. */
static void interrupt(struct queue *q, uint32_t i)
{
    struct job *job = &q->pool[i];
    sim_index_heap_set(&q->ends, i, (double)INFINITY);
    job->left_s = job->event_s - q->now_s;
    job->event_s = (double)INFINITY;
    uint32_t next = q->head;
    while (next != NONE && q->pool[next].seq < job->seq)
        next = q->pool[next].next;
    line_insert(q, i, next);
}

/* The slots lost are a uniform subset, numbered: busy, booting, the others; of
 * unlimited ones the others are lost first. */
static void apply_change(struct queue *q)
{
    const uint64_t change = q->changes.at;
    const int64_t slots = sim_slot_plan_take(&q->changes);
    int64_t left = q->slots;
    if (left < 0)
        left = (int64_t)(q->ends.n + q->n_boots);
    for (uint64_t j = 0; slots >= 0 && left > slots; j++, left--) {
        const uint64_t hit =
            sim_station_choose(q->choice_key, change, j, (uint64_t)left);
        if (hit < q->ends.n)
            interrupt(q, (uint32_t)q->ends.items[hit].payload);
        else if (hit - q->ends.n < q->n_boots)
            boot_remove(q, (size_t)(hit - q->ends.n));
    }
    q->slots = slots;
    /* Slots that became free in this instant are lost after those long off. */
    const int64_t room = slots - (int64_t)(q->ends.n + q->n_boots);
    if (slots >= 0 && q->warm > room)
        q->warm = room;
}

/* ---- driving ------------------------------------------------------------- */

static double queue_next_s(const struct sim_station *st)
{
    const struct queue *q = (const struct queue *)(const void *)st;
    const double end_s = sim_index_heap_top(&q->ends);
    const double leave_s = sim_index_heap_top(&q->deadlines);
    double t = q->changes.next_s;
    t = end_s < t ? end_s : t;
    t = leave_s < t ? leave_s : t;
    return q->boot_end_s < t ? q->boot_end_s : t;
}

static int queue_advance(struct sim_station *st, double t_s,
    const struct sim_sink *sink, struct sim_err *err)
{
    struct queue *q = queue_of(st);
    for (;;) {
        const double t = queue_next_s(st);
        if (t > t_s || !(t < (double)INFINITY))
            return SIM_OK;
        move_to(q, t);
        finish_due(q, sink);
        if (q->changes.next_s <= t)
            apply_change(q);
        const int rc = settle(q, sink, err);
        if (rc != SIM_OK)
            return rc;
    }
}

static int queue_arrive(struct sim_station *st, const struct sim_job *job,
    const struct sim_sink *sink, struct sim_err *err)
{
    struct queue *q = queue_of(st);
    const double t = job->arrive_s;
    assert(job->time_s < (double)INFINITY && job->patience_s >= 0.0);
    int rc = queue_advance(st, t, sink, err);
    if (rc != SIM_OK)
        return rc;
    move_to(q, t);
    const int64_t counted = t >= q->from_s && t < q->to_s;
    q->arrived += counted;
    if (q->capacity >= 0 && (int64_t)q->ends.n + q->waiting >= q->capacity) {
        q->lost += counted;
        sink->done(sink->ctx, job->ref, SIM_LOST, t, t);
        return SIM_OK;
    }
    q->waited += has_free_slot(q) ? 0 : counted;
    if (q->unused == NONE && (rc = pool_grow(q, err)) != SIM_OK)
        return rc;
    const uint32_t i = q->unused;
    q->unused = q->pool[i].next;
    q->pool[i] = (struct job){
        .left_s = job->time_s,
        .arrive_s = t,
        .first_s = (double)INFINITY,
        .event_s = t + job->patience_s,
        .seq = q->seq++,
        .ref = job->ref,
    };
    line_insert(q, i, NONE);
    return settle(q, sink, err);
}

/* ---- reading ------------------------------------------------------------- */

static int64_t queue_in_system(struct sim_station *st, double t_s)
{
    const struct queue *q = queue_of(st);
    (void)t_s; /* all that ends by then has been handled */
    return (int64_t)q->ends.n + q->waiting;
}

static int64_t queue_waiting(struct sim_station *st, double t_s)
{
    (void)t_s;
    return queue_of(st)->waiting;
}

static void queue_totals(struct sim_station *st, struct sim_station_totals *out)
{
    struct queue q = *queue_of(st); /* moved on to the end, on a copy */
    if (q.now_s < q.to_s)
        move_to(&q, q.to_s);
    *out = (struct sim_station_totals){
        .in_system_s = q.in_service_s + q.waiting_s,
        .waiting_s = q.waiting_s,
        .busy_s = q.in_service_s,
        .empty_s = q.empty_s,
        .arrived = q.arrived,
        .waited = q.waited,
        .lost = q.lost,
        .abandoned = q.abandoned,
        .off_s = q.power.when_empty ? q.spare_s : 0.0,
        .boot_s = q.boot_s,
        .idle_s = q.power.when_empty ? 0.0 : q.spare_s,
    };
}

/* Empty, with all jobs unused; low indices first, so that memory is touched
 * from the start.  Cannot fail: the heaps keep their size. */
static int clear(struct queue *q, struct sim_err *err)
{
    q->waiting = q->warm = 0;
    q->n_boots = 0;
    q->boot_end_s = (double)INFINITY;
    q->head = q->tail = q->unused = NONE;
    for (uint32_t i = q->room; i > 0; i--)
        give_back(q, i - 1);
    const int rc = sim_index_heap_reset(&q->ends, q->room, err);
    return rc != SIM_OK ? rc
                        : sim_index_heap_reset(&q->deadlines, q->room, err);
}

static void queue_flush(
    struct sim_station *st, double t_s, const struct sim_sink *sink)
{
    struct queue *q = queue_of(st);
    move_to(q, t_s);
    for (uint32_t i = 0; i < q->room; i++) {
        const struct job *job = &q->pool[i];
        if (job->state != UNUSED)
            sink->done(sink->ctx, job->ref, SIM_LOST,
                job->first_s < t_s ? job->first_s : t_s, t_s);
    }
    SIM_BUG_ON(clear(q, NULL) != SIM_OK);
}

/* ---- life ---------------------------------------------------------------- */

static int queue_reset(struct sim_station *st,
    const struct sim_station_cfg *cfg, struct sim_err *err)
{
    struct queue *q = queue_of(st);
    SIM_BUG_ON(cfg->power_off.when_empty && cfg->power_off.boot_time == NULL);
    int rc = sim_slot_plan_reset(&q->changes, cfg, err);
    if (rc == SIM_OK)
        rc = clear(q, err);
    if (rc != SIM_OK)
        return rc;
    q->now_s = -(double)INFINITY;
    q->from_s = cfg->from_s;
    q->to_s = cfg->to_s;
    q->in_service_s = q->waiting_s = q->empty_s = q->boot_s = q->spare_s = 0.0;
    q->slots = cfg->slots_at_start;
    q->capacity = cfg->capacity;
    q->arrived = q->waited = q->lost = q->abandoned = q->seq = 0;
    q->choice_key = cfg->choice_key;
    q->power = cfg->power_off;
    return SIM_OK;
}

static void queue_destroy(struct sim_station *st)
{
    struct queue *q = queue_of(st);
    if (q == NULL)
        return;
    sim_index_heap_release(&q->ends);
    sim_index_heap_release(&q->deadlines);
    sim_slot_plan_release(&q->changes);
    sim_free(q->pool);
    sim_free(q->boots);
    sim_free(q);
}

static const struct sim_station_ops queue_ops = {
    .name = "queue",
    .arrive = queue_arrive,
    .next_s = queue_next_s,
    .advance = queue_advance,
    .in_system = queue_in_system,
    .waiting = queue_waiting,
    .totals = queue_totals,
    .flush = queue_flush,
    .reset = queue_reset,
    .destroy = queue_destroy,
};

int sim_station_queue_create(const struct sim_station_cfg *cfg,
    struct sim_station **out, struct sim_err *err)
{
    struct queue *q = sim_calloc(1, sizeof *q);
    if (q == NULL)
        return sim_err_set(err, SIM_E_NOMEM, "out of memory: station");
    q->base.ops = &queue_ops;
    const int rc = queue_reset(&q->base, cfg, err);
    if (rc != SIM_OK) {
        queue_destroy(&q->base);
        return rc;
    }
    *out = &q->base;
    return SIM_OK;
}
