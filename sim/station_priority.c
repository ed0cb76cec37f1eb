#include "sim/station.h"

#include <assert.h>
#include <math.h>

#include "sim/alloc.h"
#include "sim/heap.h"
#include "sim/station_parts.h"

/* The order of service is one number: class x 2^42 + position in the order of
 * arrival, exact in a double for 4e12 jobs.  A displaced job keeps its number
 * and so returns to the head of its class.  Waiting jobs form a heap by it;
 * those in service a heap by their end and, where they can be displaced, one
 * by the number with its sign changed: the last of the worst class in front. */

enum { ROOM_MIN = 16, JOBS_MAX = 1 << 30, CLASSES = 1000 };
#define PER_CLASS 0x1p42
#define NOBODY    UINT32_MAX

struct pri_job {
    double left_s;  /* work left when it queued or its service went on */
    double first_s; /* first service; INFINITY: not yet */
    double end_s;   /* in service: when it would end */
    double order;
    uint32_t ref;
    uint32_t next; /* in the list of free places */
};

struct pri {
    struct sim_station base;
    double next_s; /* the next internal event */
    struct sim_meter meter;
    struct sim_heap waiting;     /* by order */
    struct sim_index_heap ends;  /* in service, by end */
    struct sim_index_heap worst; /* in service, by -order; if preemptive */
    struct pri_job *job;         /* pool; [0 .. room-1] */
    uint32_t room, free;
    int64_t capacity;
    int64_t seq;
    uint64_t choice_key;
    int slots; /* -1: unlimited */
    bool preemptive;
    struct sim_slot_plan plan;
};

static struct pri *pri_of(struct sim_station *st)
{
    return (struct pri *)st;
}

/* ---- pool ---------------------------------------------------------------- */

/* The heaps of those in service, made anew for a larger pool. */
static int index_heaps(struct pri *q, size_t room, struct sim_err *err)
{
    int rc = sim_index_heap_reset(&q->ends, room, err);
    if (rc == SIM_OK && q->preemptive)
        rc = sim_index_heap_reset(&q->worst, room, err);
    return rc;
}

static void into_service(struct pri *q, uint32_t i)
{
    sim_index_heap_set(&q->ends, i, q->job[i].end_s);
    if (q->preemptive)
        sim_index_heap_set(&q->worst, i, -q->job[i].order);
}

static void out_of_service(struct pri *q, uint32_t i)
{
    sim_index_heap_set(&q->ends, i, (double)INFINITY);
    if (q->preemptive)
        sim_index_heap_set(&q->worst, i, (double)INFINITY);
}

/* Called when all places are taken: the jobs that do not wait are in service.
 * With room for all of them in the heap, queueing cannot fail. */
static int grow(struct pri *q, struct sim_err *err)
{
    const uint32_t old = q->room;
    const uint32_t room = old == 0 ? ROOM_MIN : old * 2;
    if (room > JOBS_MAX)
        return sim_err_set(
            err, SIM_E_LIMIT, "more than %u jobs at a station", old);
    struct pri_job *job = sim_realloc(q->job, room, sizeof *job);
    if (job == NULL)
        return sim_err_set(err, SIM_E_NOMEM, "out of memory: station");
    q->job = job;
    int rc = sim_heap_reserve(&q->waiting, room, err);
    if (rc == SIM_OK)
        rc = index_heaps(q, room, err);
    if (rc != SIM_OK)
        return rc;
    for (uint32_t i = 0; i < old; i++) {
        if (job[i].end_s < (double)INFINITY)
            into_service(q, i);
    }
    for (uint32_t i = room; i > old; i--) {
        job[i - 1].next = q->free;
        q->free = i - 1;
    }
    q->room = room;
    return SIM_OK;
}

static void give_back(struct pri *q, uint32_t i)
{
    q->job[i].next = q->free;
    q->free = i;
}

/* ---- service ------------------------------------------------------------- */

static void enqueue(struct pri *q, uint32_t i)
{
    q->job[i].end_s = (double)INFINITY;
    const int rc = sim_heap_push(&q->waiting, q->job[i].order, i, NULL);
    SIM_BUG_ON(rc != SIM_OK); /* grow() made room */
}

static void start(struct pri *q, uint32_t i, double t_s)
{
    struct pri_job *job = &q->job[i];
    if (!(job->first_s <= t_s))
        job->first_s = t_s;
    job->end_s = t_s + job->left_s;
    into_service(q, i);
}

/* Back to its place in the queue with what is left. */
static void displace(struct pri *q, uint32_t i, double t_s)
{
    out_of_service(q, i);
    q->job[i].left_s = q->job[i].end_s - t_s;
    enqueue(q, i);
}

static bool has_place(const struct pri *q)
{
    return q->slots < 0 || q->ends.n < (size_t)q->slots;
}

/* Is a job in service of a worse class than one of the given order?  Orders of
 * one class differ by less than PER_CLASS, so the classes are compared. */
static bool can_displace(const struct pri *q, double order)
{
    return q->preemptive && q->ends.n > 0 &&
           floor(-sim_index_heap_top(&q->worst) / PER_CLASS) >
               floor(order / PER_CLASS);
}

static void displace_worst(struct pri *q, double t_s)
{
    displace(q, (uint32_t)q->worst.items[0].payload, t_s);
}

/* Idle slots take the first in order; then those who may displace do. */
static void start_waiting(struct pri *q, double t_s)
{
    while (q->waiting.n > 0) {
        if (!has_place(q)) {
            if (!can_displace(q, q->waiting.items[0].key))
                break;
            displace_worst(q, t_s);
        }
        start(q, (uint32_t)sim_heap_pop(&q->waiting).payload, t_s);
    }
}

static void finish_due(struct pri *q, double t_s, const struct sim_sink *sink)
{
    while (sim_index_heap_top(&q->ends) <= t_s) {
        const uint32_t i = (uint32_t)q->ends.items[0].payload;
        const struct pri_job job = q->job[i];
        out_of_service(q, i);
        give_back(q, i);
        sink->done(sink->ctx, job.ref, SIM_SERVED, job.first_s, job.end_s);
    }
}

/* ---- changes ------------------------------------------------------------- */

/* The slots lost are a uniform subset of those in service; jobs are on the
 * first ends.n of them, in the order of the heap, the others are idle.  Of
 * unlimited slots the idle ones are lost first. */
static void change_slots(struct pri *q, double t_s)
{
    const uint64_t change = q->plan.at;
    const int slots = sim_slot_plan_take(&q->plan);
    uint64_t in_service =
        q->slots < 0 ? (uint64_t)q->ends.n : (uint64_t)q->slots;
    for (uint64_t j = 0; slots >= 0 && in_service > (uint64_t)slots; j++) {
        const uint64_t hit =
            sim_station_choose(q->choice_key, change, j, in_service);
        in_service--;
        if (hit < q->ends.n)
            displace(q, (uint32_t)q->ends.items[hit].payload, t_s);
    }
    q->slots = slots;
}

/* ---- events -------------------------------------------------------------- */

static int64_t n_jobs(const struct pri *q)
{
    return (int64_t)(q->ends.n + q->waiting.n);
}

static void meter_to(const struct pri *q, struct sim_meter *meter, double t_s)
{
    sim_meter_move(
        meter, t_s, (double)n_jobs(q), (double)q->waiting.n, (double)q->ends.n);
}

static void update(struct pri *q)
{
    const double end_s = sim_index_heap_top(&q->ends);
    q->next_s = end_s < q->plan.next_s ? end_s : q->plan.next_s;
}

static double pri_next_s(const struct sim_station *st)
{
    return ((const struct pri *)(const void *)st)->next_s;
}

/* At one instant: ends, then the change, then starts. */
static int pri_advance(struct sim_station *st, double t_s,
    const struct sim_sink *sink, struct sim_err *err)
{
    struct pri *q = pri_of(st);
    (void)err;
    while (q->next_s <= t_s && q->next_s < (double)INFINITY) {
        const double at_s = q->next_s;
        meter_to(q, &q->meter, at_s);
        finish_due(q, at_s, sink);
        if (q->plan.next_s <= at_s)
            change_slots(q, at_s);
        start_waiting(q, at_s);
        update(q);
    }
    return SIM_OK;
}

/* Most find a slot or must wait: the heap of the waiting is left alone in the
 * first case, and that of those in service in the second. */
static void admit(struct pri *q, uint32_t i, double t_s)
{
    const bool counted = sim_meter_counts(&q->meter, t_s);
    if (!has_place(q) && can_displace(q, q->job[i].order))
        displace_worst(q, t_s);
    if (has_place(q)) {
        start(q, i, t_s);
    } else {
        enqueue(q, i);
        q->meter.sum.waited += counted;
    }
}

static int pri_arrive(struct sim_station *st, const struct sim_job *job,
    const struct sim_sink *sink, struct sim_err *err)
{
    struct pri *q = pri_of(st);
    const double t = job->arrive_s;
    const int64_t counted = sim_meter_counts(&q->meter, t);

    if (job->priority < 1 || job->priority > CLASSES)
        return sim_err_set(err, SIM_E_LIMIT, "priority is %d, outside 1 .. %d",
            (int)job->priority, (int)CLASSES);
    int rc = pri_advance(st, t, sink, err);
    if (rc == SIM_OK && q->free == NOBODY)
        rc = grow(q, err);
    if (rc != SIM_OK)
        return rc;
    meter_to(q, &q->meter, t);
    q->meter.sum.arrived += counted;
    if (q->capacity >= 0 && n_jobs(q) >= q->capacity) {
        q->meter.sum.lost += counted;
        sink->done(sink->ctx, job->ref, SIM_LOST, t, t);
        return SIM_OK;
    }
    const uint32_t i = q->free;
    q->free = q->job[i].next;
    q->job[i] = (struct pri_job){
        .left_s = job->time_s,
        .first_s = (double)INFINITY,
        .end_s = (double)INFINITY,
        .order = job->priority * PER_CLASS + (double)q->seq++,
        .ref = job->ref,
    };
    admit(q, i, t);
    update(q);
    return SIM_OK;
}

/* ---- reading ------------------------------------------------------------- */

static int64_t pri_in_system(struct sim_station *st, double t_s)
{
    (void)t_s;
    return n_jobs(pri_of(st));
}

static int64_t pri_waiting(struct sim_station *st, double t_s)
{
    (void)t_s;
    return (int64_t)pri_of(st)->waiting.n;
}

/* What holds now holds until the next event. */
static void pri_totals(struct sim_station *st, struct sim_station_totals *out)
{
    const struct pri *q = pri_of(st);
    struct sim_meter meter = q->meter;
    meter_to(q, &meter, q->next_s);
    *out = meter.sum;
}

static void lose(
    const struct pri_job *job, double t_s, const struct sim_sink *sink)
{
    sink->done(sink->ctx, job->ref, SIM_LOST,
        job->first_s < t_s ? job->first_s : t_s, t_s);
}

/* Empty; all places are free. */
static int clear(struct pri *q, struct sim_err *err)
{
    q->waiting.n = 0;
    q->free = NOBODY;
    for (uint32_t i = q->room; i > 0; i--)
        give_back(q, i - 1);
    return index_heaps(q, q->room, err);
}

static void pri_flush(
    struct sim_station *st, double t_s, const struct sim_sink *sink)
{
    struct pri *q = pri_of(st);
    meter_to(q, &q->meter, t_s);
    for (size_t i = 0; i < q->ends.n; i++)
        lose(&q->job[q->ends.items[i].payload], t_s, sink);
    for (size_t i = 0; i < q->waiting.n; i++)
        lose(&q->job[q->waiting.items[i].payload], t_s, sink);
    const int rc = clear(q, NULL);
    SIM_BUG_ON(rc != SIM_OK); /* the heaps keep their size */
    update(q);
}

/* ---- life ---------------------------------------------------------------- */

static int pri_reset(struct sim_station *st, const struct sim_station_cfg *cfg,
    struct sim_err *err)
{
    struct pri *q = pri_of(st);
    q->preemptive = cfg->preemptive;
    int rc = sim_slot_plan_reset(&q->plan, cfg, err);
    if (rc == SIM_OK)
        rc = clear(q, err);
    if (rc != SIM_OK)
        return rc;
    sim_meter_reset(&q->meter, cfg);
    q->capacity = cfg->capacity;
    q->choice_key = cfg->choice_key;
    q->slots = cfg->slots_at_start < 0 ? -1 : cfg->slots_at_start;
    q->seq = 0;
    update(q);
    return SIM_OK;
}

static void pri_destroy(struct sim_station *st)
{
    struct pri *q = pri_of(st);
    if (q == NULL)
        return;
    sim_heap_release(&q->waiting);
    sim_index_heap_release(&q->ends);
    sim_index_heap_release(&q->worst);
    sim_slot_plan_release(&q->plan);
    sim_free(q->job);
    sim_free(q);
}

static const struct sim_station_ops pri_ops = {
    .name = "priority",
    .arrive = pri_arrive,
    .next_s = pri_next_s,
    .advance = pri_advance,
    .in_system = pri_in_system,
    .waiting = pri_waiting,
    .totals = pri_totals,
    .flush = pri_flush,
    .reset = pri_reset,
    .destroy = pri_destroy,
};

int sim_station_priority_create(const struct sim_station_cfg *cfg,
    struct sim_station **out, struct sim_err *err)
{
    struct pri *q = sim_calloc(1, sizeof *q);
    if (q == NULL)
        return sim_err_set(err, SIM_E_NOMEM, "out of memory: station");
    q->base.ops = &pri_ops;
    const int rc = pri_reset(&q->base, cfg, err);
    if (rc != SIM_OK) {
        pri_destroy(&q->base);
        return rc;
    }
    *out = &q->base;
    return SIM_OK;
}
