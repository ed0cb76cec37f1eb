#include "sim/station.h"

#include <assert.h>
#include <math.h>

#include "sim/alloc.h"
#include "sim/heap.h"
#include "sim/station_parts.h"

/* All running jobs progress at one rate, so the service each has attained
 * since an origin is one number, the virtual time.  A job of size x that
 * starts at virtual time v ends at v + x, whatever comes: an event costs a
 * heap operation and no job is touched that neither starts nor ends.  The
 * origin returns to 0 whenever nobody runs, so that sums stay small. */

enum {
    ROOM_MIN = 16,
    JOBS_MAX = 1 << 30,
    SLOT_BITS = 32, /* payload of the heap: order of start, index of the job */
};
#define NOBODY UINT32_MAX

struct ps_job {
    double size_s;
    double start_s; /* INFINITY: waits */
    uint32_t ref;
    uint32_t next; /* in the queue, or in the list of free places */
};

struct ps {
    struct sim_station base;
    double next_s; /* the next internal event */
    double done_s; /* the next end, if nothing comes before */
    double virtual_s;
    double job_rate; /* virtual time per second */
    double busy;     /* slots, between two events */
    struct sim_meter meter;
    struct sim_heap running; /* by virtual end */
    struct ps_job *job;      /* pool; [0 .. room-1] */
    uint32_t room, free;
    uint32_t head, tail; /* the queue, a list through the pool */
    int64_t n_waiting;
    int64_t capacity, concurrency; /* concurrency < 0: unlimited */
    uint64_t starts;               /* so far: equal ends in order of start */
    int slots, nominal;            /* -1: unlimited */
    double *rates;                 /* [n_rates]; n_rates = 0: min(n, slots) */
    size_t n_rates, rates_room;
    struct sim_slot_plan plan;
};

static struct ps *ps_of(struct sim_station *st)
{
    return (struct ps *)st;
}

/* ---- pool ---------------------------------------------------------------- */

/* With a place in the heap for each job of the pool, a start cannot fail. */
static int grow(struct ps *q, struct sim_err *err)
{
    const uint32_t old = q->room;
    const uint32_t room = old == 0 ? ROOM_MIN : old * 2;
    if (room > JOBS_MAX)
        return sim_err_set(
            err, SIM_E_LIMIT, "more than %u jobs at a station", old);
    struct ps_job *job = sim_realloc(q->job, room, sizeof *job);
    if (job == NULL)
        return sim_err_set(err, SIM_E_NOMEM, "out of memory: station");
    q->job = job;
    const int rc = sim_heap_reserve(&q->running, room, err);
    if (rc != SIM_OK)
        return rc;
    for (uint32_t i = room; i > old; i--) {
        job[i - 1].next = q->free;
        q->free = i - 1;
    }
    q->room = room;
    return SIM_OK;
}

static void give_back(struct ps *q, uint32_t i)
{
    q->job[i].next = q->free;
    q->free = i;
}

static void enqueue(struct ps *q, uint32_t i)
{
    q->job[i].next = NOBODY;
    if (q->head == NOBODY)
        q->head = i;
    else
        q->job[q->tail].next = i;
    q->tail = i;
    q->n_waiting++;
}

static uint32_t dequeue(struct ps *q)
{
    const uint32_t i = q->head;
    q->head = q->job[i].next;
    q->n_waiting--;
    return i;
}

/* ---- rates --------------------------------------------------------------- */

/* Slots unlimited: as many as jobs. */
static double slots_for(const struct ps *q, double n)
{
    return q->slots < 0 ? n : (double)q->slots;
}

static double total_rate(const struct ps *q, size_t n)
{
    const double slots = slots_for(q, (double)n);
    if (q->n_rates == 0 || q->slots == 0)
        return (double)n < slots ? (double)n : slots;
    const double rate = q->rates[(n < q->n_rates ? n : q->n_rates) - 1];
    return q->slots >= 0 && q->nominal > 0 ? rate * slots / q->nominal : rate;
}

/* After each event: how fast it goes on, and until when. */
static void update(struct ps *q)
{
    const size_t n = q->running.n;
    const double now_s = q->meter.now_s;
    q->job_rate = q->busy = 0.0;
    q->done_s = (double)INFINITY;
    if (n > 0) {
        const double total = total_rate(q, n);
        const double slots = slots_for(q, total);
        q->busy = total < slots ? total : slots;
        q->job_rate = total / (double)n;
    }
    if (q->job_rate > 0.0) {
        const double left_s = q->running.items[0].key - q->virtual_s;
        q->done_s = now_s + left_s / q->job_rate;
    }
    q->next_s = q->done_s < q->plan.next_s ? q->done_s : q->plan.next_s;
}

/* ---- events -------------------------------------------------------------- */

static int64_t n_jobs(const struct ps *q)
{
    return (int64_t)q->running.n + q->n_waiting;
}

/* With no slots nobody is served. */
static int64_t n_idle(const struct ps *q)
{
    return q->slots == 0 ? n_jobs(q) : q->n_waiting;
}

static void meter_to(const struct ps *q, struct sim_meter *meter, double t_s)
{
    sim_meter_move(meter, t_s, (double)n_jobs(q), (double)n_idle(q), q->busy);
}

/* Go on to t <= next_s.  Rounding must not carry the clock beyond an end. */
static void move_to(struct ps *q, double t_s)
{
    assert(t_s >= q->meter.now_s);
    if (q->job_rate > 0.0) {
        const double end_s = q->running.items[0].key;
        q->virtual_s += (t_s - q->meter.now_s) * q->job_rate;
        if (t_s >= q->done_s || q->virtual_s > end_s)
            q->virtual_s = end_s;
    }
    meter_to(q, &q->meter, t_s);
}

static void finish(
    struct ps *q, uint32_t i, double t_s, const struct sim_sink *sink)
{
    const struct ps_job job = q->job[i];
    give_back(q, i);
    sink->done(sink->ctx, job.ref, SIM_SERVED, job.start_s, t_s);
}

static void finish_due(struct ps *q, double t_s, const struct sim_sink *sink)
{
    while (q->running.n > 0 && q->running.items[0].key <= q->virtual_s)
        finish(q, (uint32_t)sim_heap_pop(&q->running).payload, t_s, sink);
}

static bool has_place(const struct ps *q)
{
    return q->slots != 0 &&
           (q->concurrency < 0 || (int64_t)q->running.n < q->concurrency);
}

static void start_waiting(struct ps *q, double t_s, const struct sim_sink *sink)
{
    if (q->running.n == 0)
        q->virtual_s = 0.0;
    while (q->n_waiting > 0 && has_place(q)) {
        const uint32_t i = dequeue(q);
        q->job[i].start_s = t_s;
        if (!(q->job[i].size_s > 0.0)) {
            finish(q, i, t_s, sink);
            continue;
        }
        const uint64_t payload = q->starts++ << SLOT_BITS | i;
        const int rc = sim_heap_push(
            &q->running, q->virtual_s + q->job[i].size_s, payload, NULL);
        SIM_BUG_ON(rc != SIM_OK); /* grow() made room */
    }
}

static double ps_next_s(const struct sim_station *st)
{
    return ((const struct ps *)(const void *)st)->next_s;
}

/* At one instant: ends, then the change, then starts. */
static int ps_advance(struct sim_station *st, double t_s,
    const struct sim_sink *sink, struct sim_err *err)
{
    struct ps *q = ps_of(st);
    (void)err;
    while (q->next_s <= t_s && q->next_s < (double)INFINITY) {
        const double at_s = q->next_s;
        const bool ends = q->done_s <= at_s;
        move_to(q, at_s);
        if (ends)
            finish_due(q, at_s, sink);
        if (q->plan.next_s <= at_s)
            q->slots = sim_slot_plan_take(&q->plan);
        start_waiting(q, at_s, sink);
        update(q);
    }
    return SIM_OK;
}

static int ps_arrive(struct sim_station *st, const struct sim_job *job,
    const struct sim_sink *sink, struct sim_err *err)
{
    struct ps *q = ps_of(st);
    const double t = job->arrive_s;
    const int64_t counted = sim_meter_counts(&q->meter, t);

    int rc = ps_advance(st, t, sink, err);
    if (rc == SIM_OK && q->free == NOBODY)
        rc = grow(q, err);
    if (rc != SIM_OK)
        return rc;
    move_to(q, t);
    q->meter.sum.arrived += counted;
    if (q->capacity >= 0 && n_jobs(q) >= q->capacity) {
        q->meter.sum.lost += counted;
        sink->done(sink->ctx, job->ref, SIM_LOST, t, t);
        return SIM_OK;
    }
    const uint32_t i = q->free;
    q->free = q->job[i].next;
    q->job[i] = (struct ps_job){
        .size_s = job->time_s, .start_s = (double)INFINITY, .ref = job->ref};
    enqueue(q, i);
    start_waiting(q, t, sink);
    q->meter.sum.waited += q->n_waiting > 0 ? counted : 0;
    update(q);
    return SIM_OK;
}

/* ---- reading ------------------------------------------------------------- */

static int64_t ps_in_system(struct sim_station *st, double t_s)
{
    (void)t_s;
    return n_jobs(ps_of(st));
}

static int64_t ps_waiting(struct sim_station *st, double t_s)
{
    (void)t_s;
    return n_idle(ps_of(st));
}

/* What holds now holds until the next event. */
static void ps_totals(struct sim_station *st, struct sim_station_totals *out)
{
    const struct ps *q = ps_of(st);
    struct sim_meter meter = q->meter;
    meter_to(q, &meter, q->next_s);
    *out = meter.sum;
}

static void lose(
    const struct ps_job *job, double t_s, const struct sim_sink *sink)
{
    sink->done(sink->ctx, job->ref, SIM_LOST,
        job->start_s < t_s ? job->start_s : t_s, t_s);
}

/* Empty; all places are free. */
static void clear(struct ps *q)
{
    q->running.n = 0;
    q->n_waiting = 0;
    q->head = q->tail = q->free = NOBODY;
    for (uint32_t i = q->room; i > 0; i--)
        give_back(q, i - 1);
}

static void ps_flush(
    struct sim_station *st, double t_s, const struct sim_sink *sink)
{
    struct ps *q = ps_of(st);
    move_to(q, t_s);
    for (size_t i = 0; i < q->running.n; i++)
        lose(&q->job[(uint32_t)q->running.items[i].payload], t_s, sink);
    for (uint32_t left = (uint32_t)q->n_waiting, i = q->head; left > 0;
         left--) {
        lose(&q->job[i], t_s, sink);
        i = q->job[i].next;
    }
    clear(q);
    update(q);
}

/* ---- life ---------------------------------------------------------------- */

static int copy_rates(
    struct ps *q, const struct sim_station_cfg *cfg, struct sim_err *err)
{
    const size_t n =
        cfg->rates != NULL && cfg->n_rates > 0 ? (size_t)cfg->n_rates : 0;
    if (n > q->rates_room) {
        double *rates = sim_realloc(q->rates, n, sizeof *rates);
        if (rates == NULL)
            return sim_err_set(err, SIM_E_NOMEM, "out of memory: station");
        q->rates = rates;
        q->rates_room = n;
    }
    for (size_t i = 0; i < n; i++) {
        SIM_BUG_ON(!(cfg->rates[i] >= 0.0));
        q->rates[i] = cfg->rates[i];
    }
    q->n_rates = n;
    return SIM_OK;
}

static int ps_reset(struct sim_station *st, const struct sim_station_cfg *cfg,
    struct sim_err *err)
{
    struct ps *q = ps_of(st);
    int rc = sim_slot_plan_reset(&q->plan, cfg, err);
    if (rc == SIM_OK)
        rc = copy_rates(q, cfg, err);
    if (rc != SIM_OK)
        return rc;
    sim_meter_reset(&q->meter, cfg);
    q->capacity = cfg->capacity;
    q->concurrency = cfg->concurrency > 0 ? cfg->concurrency : -1;
    q->slots = cfg->slots_at_start < 0 ? -1 : cfg->slots_at_start;
    q->nominal = cfg->slots;
    q->starts = 0;
    q->virtual_s = 0.0;
    clear(q);
    update(q);
    return SIM_OK;
}

static void ps_destroy(struct sim_station *st)
{
    struct ps *q = ps_of(st);
    if (q == NULL)
        return;
    sim_heap_release(&q->running);
    sim_slot_plan_release(&q->plan);
    sim_free(q->job);
    sim_free(q->rates);
    sim_free(q);
}

static const struct sim_station_ops ps_ops = {
    .name = "ps",
    .arrive = ps_arrive,
    .next_s = ps_next_s,
    .advance = ps_advance,
    .in_system = ps_in_system,
    .waiting = ps_waiting,
    .totals = ps_totals,
    .flush = ps_flush,
    .reset = ps_reset,
    .destroy = ps_destroy,
};

int sim_station_ps_create(const struct sim_station_cfg *cfg,
    struct sim_station **out, struct sim_err *err)
{
    struct ps *q = sim_calloc(1, sizeof *q);
    if (q == NULL)
        return sim_err_set(err, SIM_E_NOMEM, "out of memory: station");
    q->base.ops = &ps_ops;
    const int rc = ps_reset(&q->base, cfg, err);
    if (rc != SIM_OK) {
        ps_destroy(&q->base);
        return rc;
    }
    *out = &q->base;
    return SIM_OK;
}
