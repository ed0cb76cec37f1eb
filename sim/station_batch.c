#include "sim/station.h"

#include <math.h>

#include "sim/alloc.h"
#include "sim/heap.h"
#include "sim/station_fcfs_queue.h"
#include "sim/station_parts.h"

/* The next batch starts at max(a slot is free, enough jobs are there), and both
 * are known from the present state.  So the only events are starts and changes
 * of slots: ends of batches lie in a heap and are taken out when somebody
 * counts.  A batch that ends before the next change is certain and reported at
 * once; the others are held, with their jobs, until the change. */

/* A batch that reaches beyond the next change. */
struct held {
    double start_s, end_s;
    size_t at, n; /* its jobs: held_jobs.item[at .. at + n - 1] */
};

struct batcher {
    struct sim_station base;
    double now_s; /* last event or arrival */
    double from_s, to_s;
    double busy_s, service_s, waiting_s; /* integrals of what is certain */
    double empty_s; /* time with nobody there, up to the last arrival */
    double left_s;  /* the last certain end */
    struct sim_batch_cfg law;
    int64_t slots, capacity; /* negative: unlimited */
    int64_t in_service;      /* jobs in `ends` */
    int64_t arrived, waited, lost, batches, batched;
    int64_t seq;
    uint64_t choice_key;
    struct sim_heap ends;       /* of batches in service, with their sizes */
    struct sim_fcfs_jobs queue; /* by seq; since_s = in the queue since */
    struct sim_fcfs_jobs held_jobs, spare_jobs;
    struct held *held;
    size_t n_held, held_room;
    struct sim_slot_plan changes;
};

static struct batcher *batcher_of(struct sim_station *st)
{
    return (struct batcher *)st;
}

static double clip(const struct batcher *q, double t)
{
    t = t > q->from_s ? t : q->from_s;
    return t < q->to_s ? t : q->to_s;
}

static double span(const struct batcher *q, double from_s, double to_s)
{
    return clip(q, to_s) - clip(q, from_s);
}

/* ---- when ---------------------------------------------------------------- */

/* Ends up to t have happened. */
static void retire(struct batcher *q, double t)
{
    while (q->ends.n > 0 && q->ends.items[0].key <= t)
        q->in_service -= (int64_t)sim_heap_pop(&q->ends).payload;
}

static double free_s(const struct batcher *q)
{
    if (q->slots < 0 || (int64_t)q->ends.n < q->slots)
        return -(double)INFINITY;
    return q->slots == 0 ? (double)INFINITY : q->ends.items[0].key;
}

/* When the jobs that wait make a batch, if no other arrives. */
static double ready_s(const struct batcher *q)
{
    const int64_t n = (int64_t)sim_fcfs_jobs_count(&q->queue);
    if (n == 0)
        return (double)INFINITY;
    const struct sim_fcfs_job *oldest = &q->queue.item[q->queue.at];
    if (n >= q->law.min || oldest->first_s < (double)INFINITY)
        return -(double)INFINITY;
    return oldest->since_s + q->law.wait_s;
}

static double next_start_s(const struct batcher *q)
{
    const double there_s = ready_s(q), slot_s = free_s(q);
    const double t = there_s > slot_s ? there_s : slot_s;
    return t > q->now_s ? t : q->now_s;
}

/* ---- service ------------------------------------------------------------- */

/* A stretch of service of n jobs on one slot. */
static void add_service(struct batcher *q, double from_s, double to_s, size_t n)
{
    const double s = span(q, from_s, to_s);
    q->busy_s += s;
    q->service_s += s * (double)n;
}

static void report(struct batcher *q, const struct sim_fcfs_job *jobs,
    const struct held *batch, const struct sim_sink *sink)
{
    add_service(q, batch->start_s, batch->end_s, batch->n);
    q->left_s = batch->end_s > q->left_s ? batch->end_s : q->left_s;
    for (size_t i = 0; i < batch->n; i++)
        sink->done(
            sink->ctx, jobs[i].ref, SIM_SERVED, jobs[i].first_s, batch->end_s);
}

static int hold(struct batcher *q, const struct sim_fcfs_job *jobs,
    struct held batch, struct sim_err *err)
{
    if (q->n_held == q->held_room) {
        const size_t room = q->held_room * 2 + 4;
        struct held *grown = sim_realloc(q->held, room, sizeof *grown);
        if (grown == NULL)
            return sim_err_set(err, SIM_E_NOMEM, "out of memory: station");
        q->held = grown;
        q->held_room = room;
    }
    batch.at = q->held_jobs.n;
    for (size_t i = 0; i < batch.n; i++) {
        const int rc = sim_fcfs_jobs_push(&q->held_jobs, &jobs[i], err);
        if (rc != SIM_OK)
            return rc;
    }
    q->held[q->n_held++] = batch;
    return SIM_OK;
}

static double batch_time_s(
    const struct batcher *q, const struct sim_fcfs_job *jobs, size_t n)
{
    const struct sim_batch_cfg *law = &q->law;
    double longest_s = 0.0;
    for (size_t i = 0; law->use_job_times && i < n; i++)
        longest_s = jobs[i].left_s > longest_s ? jobs[i].left_s : longest_s;
    const double own_s = law->batch_time != NULL
                             ? law->batch_time(law->ctx, (int64_t)n)
                             : law->fixed_s + law->per_item_s * (double)n;
    SIM_BUG_ON(!(own_s >= 0.0));
    return own_s + longest_s;
}

/* The first jobs of the queue start now. */
static int start_batch(
    struct batcher *q, const struct sim_sink *sink, struct sim_err *err)
{
    const double t = q->now_s;
    struct sim_fcfs_job *jobs = &q->queue.item[q->queue.at];
    struct held batch = {.start_s = t, .n = sim_fcfs_jobs_count(&q->queue)};
    if ((int64_t)batch.n > q->law.max)
        batch.n = (size_t)q->law.max;
    batch.end_s = t + batch_time_s(q, jobs, batch.n);

    int rc = sim_heap_push(&q->ends, batch.end_s, batch.n, err);
    if (rc != SIM_OK)
        return rc;
    q->in_service += (int64_t)batch.n;
    if (t >= q->from_s && t < q->to_s) {
        q->batches++;
        q->batched += (int64_t)batch.n;
    }
    for (size_t i = 0; i < batch.n; i++) {
        q->waiting_s += span(q, jobs[i].since_s, t);
        if (!(jobs[i].first_s <= t))
            jobs[i].first_s = t;
    }
    if (batch.end_s > q->changes.next_s)
        rc = hold(q, jobs, batch, err);
    else
        report(q, jobs, &batch, sink);
    q->queue.at += batch.n;
    if (q->queue.at == q->queue.n)
        q->queue.at = q->queue.n = 0;
    return rc;
}

/* ---- changes ------------------------------------------------------------- */

static int put_back(
    struct batcher *q, const struct held *batch, struct sim_err *err)
{
    add_service(q, batch->start_s, q->now_s, batch->n);
    for (size_t i = batch->n; i > 0; i--) {
        struct sim_fcfs_job job = q->held_jobs.item[batch->at + i - 1];
        job.since_s = q->now_s;
        const int rc = sim_fcfs_jobs_requeue(&q->queue, &job, err);
        if (rc != SIM_OK)
            return rc;
    }
    return SIM_OK;
}

/* All batches in service are held now, since those that end before a change
 * have ended.  The lost slots are a uniform subset; batches occupy the first
 * n_held, the others are idle. */
static int lose_slots(struct batcher *q, int64_t slots, struct sim_err *err)
{
    uint64_t in_service =
        q->slots < 0 ? (uint64_t)q->n_held : (uint64_t)q->slots;
    for (uint64_t j = 0; slots >= 0 && in_service > (uint64_t)slots; j++) {
        const uint64_t hit =
            sim_station_choose(q->choice_key, q->changes.at, j, in_service);
        in_service--;
        if (hit >= q->n_held)
            continue;
        const struct held batch = q->held[hit];
        q->held[hit] = q->held[--q->n_held];
        const int rc = put_back(q, &batch, err);
        if (rc != SIM_OK)
            return rc;
    }
    return SIM_OK;
}

/* Those left are on the slots that are left; some now are certain to end
 * before the next change.  Jobs of the others move to the spare array, as
 * their old one has holes. */
static int settle_held(
    struct batcher *q, const struct sim_sink *sink, struct sim_err *err)
{
    const struct sim_fcfs_jobs old = q->held_jobs;
    const size_t n = q->n_held;
    int rc = SIM_OK;
    q->held_jobs = q->spare_jobs;
    q->held_jobs.at = q->held_jobs.n = 0;
    q->spare_jobs = old;
    q->n_held = 0;
    q->ends.n = 0;
    q->in_service = 0;
    for (size_t i = 0; i < n && rc == SIM_OK; i++) {
        const struct held batch = q->held[i];
        const struct sim_fcfs_job *jobs = &old.item[batch.at];
        rc = sim_heap_push(&q->ends, batch.end_s, batch.n, err);
        q->in_service += (int64_t)batch.n;
        if (batch.end_s <= q->changes.next_s)
            report(q, jobs, &batch, sink);
        else if (rc == SIM_OK)
            rc = hold(q, jobs, batch, err);
    }
    return rc;
}

static int apply_change(
    struct batcher *q, const struct sim_sink *sink, struct sim_err *err)
{
    const int64_t slots = q->changes.slots[q->changes.at];
    const int rc = lose_slots(q, slots, err);
    if (rc != SIM_OK)
        return rc;
    q->slots = sim_slot_plan_take(&q->changes);
    return settle_held(q, sink, err);
}

/* ---- driving ------------------------------------------------------------- */

static double batch_next_s(const struct sim_station *st)
{
    const struct batcher *q = (const struct batcher *)(const void *)st;
    const double start_s = next_start_s(q);
    return start_s < q->changes.next_s ? start_s : q->changes.next_s;
}

/* At one instant: departures, the change, starts. */
static int batch_advance(struct sim_station *st, double t_s,
    const struct sim_sink *sink, struct sim_err *err)
{
    struct batcher *q = batcher_of(st);
    for (;;) {
        const double t = batch_next_s(st);
        if (t > t_s || !(t < (double)INFINITY))
            return SIM_OK;
        q->now_s = t;
        retire(q, t);
        const int rc = q->changes.next_s <= t ? apply_change(q, sink, err)
                                              : start_batch(q, sink, err);
        if (rc != SIM_OK)
            return rc;
    }
}

static bool is_empty(const struct batcher *q)
{
    return q->in_service == 0 && q->queue.at == q->queue.n;
}

static int batch_arrive(struct sim_station *st, const struct sim_job *job,
    const struct sim_sink *sink, struct sim_err *err)
{
    struct batcher *q = batcher_of(st);
    const double t = job->arrive_s;
    int rc = batch_advance(st, t, sink, err);
    if (rc != SIM_OK)
        return rc;
    q->now_s = t;
    const int64_t counted = t >= q->from_s && t < q->to_s;
    q->arrived += counted;
    retire(q, t);
    if (q->capacity >= 0 &&
        q->in_service + (int64_t)sim_fcfs_jobs_count(&q->queue) >=
            q->capacity) {
        q->lost += counted;
        sink->done(sink->ctx, job->ref, SIM_LOST, t, t);
        return SIM_OK;
    }
    if (is_empty(q))
        q->empty_s += span(q, q->left_s, t);
    const struct sim_fcfs_job wait = {
        .left_s = job->time_s,
        .first_s = (double)INFINITY,
        .since_s = t,
        .seq = q->seq++,
        .ref = job->ref,
    };
    rc = sim_fcfs_jobs_push(&q->queue, &wait, err);
    if (rc == SIM_OK)
        rc = batch_advance(st, t, sink, err);
    q->waited += counted & (sim_fcfs_jobs_count(&q->queue) > 0);
    return rc;
}

/* ---- reading ------------------------------------------------------------- */

static int64_t batch_in_system(struct sim_station *st, double t_s)
{
    struct batcher *q = batcher_of(st);
    retire(q, t_s);
    return q->in_service + (int64_t)sim_fcfs_jobs_count(&q->queue);
}

static int64_t batch_waiting(struct sim_station *st, double t_s)
{
    (void)t_s;
    return (int64_t)sim_fcfs_jobs_count(&batcher_of(st)->queue);
}

struct pending {
    double busy_s, service_s, waiting_s;
};

/* What is not certain yet, up to t. */
static struct pending pending_until(const struct batcher *q, double t)
{
    struct pending sum = {0};
    for (size_t i = 0; i < q->n_held; i++) {
        const struct held *batch = &q->held[i];
        const double s =
            span(q, batch->start_s, batch->end_s < t ? batch->end_s : t);
        sum.busy_s += s;
        sum.service_s += s * (double)batch->n;
    }
    for (size_t i = q->queue.at; i < q->queue.n; i++)
        sum.waiting_s += span(q, q->queue.item[i].since_s, t);
    return sum;
}

static void batch_totals(struct sim_station *st, struct sim_station_totals *out)
{
    const struct batcher *q = batcher_of(st);
    const struct pending rest = pending_until(q, q->to_s);
    *out = (struct sim_station_totals){
        .waiting_s = q->waiting_s + rest.waiting_s,
        .busy_s = q->busy_s + rest.busy_s,
        .arrived = q->arrived,
        .waited = q->waited,
        .lost = q->lost,
        .batches = q->batches,
        .batched = q->batched,
        .empty_s = q->empty_s,
    };
    if (q->n_held == 0 && q->queue.at == q->queue.n && q->left_s < q->to_s)
        out->empty_s += span(q, q->left_s, q->to_s);
    out->in_system_s = q->service_s + rest.service_s + out->waiting_s;
}

static void lose(
    const struct sim_fcfs_jobs *jobs, double t_s, const struct sim_sink *sink)
{
    for (size_t i = jobs->at; i < jobs->n; i++) {
        const struct sim_fcfs_job *job = &jobs->item[i];
        sink->done(sink->ctx, job->ref, SIM_LOST,
            job->first_s < t_s ? job->first_s : t_s, t_s);
    }
}

static void clear(struct batcher *q)
{
    q->queue.at = q->queue.n = 0;
    q->held_jobs.at = q->held_jobs.n = 0;
    q->n_held = 0;
    q->ends.n = 0;
    q->in_service = 0;
}

static void batch_flush(
    struct sim_station *st, double t_s, const struct sim_sink *sink)
{
    struct batcher *q = batcher_of(st);
    const struct pending rest = pending_until(q, t_s);
    q->busy_s += rest.busy_s;
    q->service_s += rest.service_s;
    q->waiting_s += rest.waiting_s;
    if (q->n_held > 0 || q->queue.at < q->queue.n)
        q->left_s = t_s;
    lose(&q->held_jobs, t_s, sink);
    lose(&q->queue, t_s, sink);
    clear(q);
}

/* ---- life ---------------------------------------------------------------- */

static int batch_reset(struct sim_station *st,
    const struct sim_station_cfg *cfg, struct sim_err *err)
{
    struct batcher *q = batcher_of(st);
    SIM_BUG_ON(cfg->batch.min < 1 || cfg->batch.max < cfg->batch.min ||
               !(cfg->batch.wait_s >= 0.0));
    const int rc = sim_slot_plan_reset(&q->changes, cfg, err);
    if (rc != SIM_OK)
        return rc;
    clear(q);
    q->now_s = -(double)INFINITY;
    q->from_s = cfg->from_s;
    q->to_s = cfg->to_s;
    q->busy_s = q->service_s = q->waiting_s = q->empty_s = 0.0;
    q->left_s = -(double)INFINITY;
    q->law = cfg->batch;
    q->slots = cfg->slots_at_start;
    q->capacity = cfg->capacity;
    q->arrived = q->waited = q->lost = q->batches = q->batched = 0;
    q->seq = 0;
    q->choice_key = cfg->choice_key;
    return SIM_OK;
}

static void batch_destroy(struct sim_station *st)
{
    struct batcher *q = batcher_of(st);
    if (q == NULL)
        return;
    sim_heap_release(&q->ends);
    sim_fcfs_jobs_release(&q->queue);
    sim_fcfs_jobs_release(&q->held_jobs);
    sim_fcfs_jobs_release(&q->spare_jobs);
    sim_slot_plan_release(&q->changes);
    sim_free(q->held);
    sim_free(q);
}

static const struct sim_station_ops batch_ops = {
    .name = "batch",
    .arrive = batch_arrive,
    .next_s = batch_next_s,
    .advance = batch_advance,
    .in_system = batch_in_system,
    .waiting = batch_waiting,
    .totals = batch_totals,
    .flush = batch_flush,
    .reset = batch_reset,
    .destroy = batch_destroy,
};

int sim_station_batch_create(const struct sim_station_cfg *cfg,
    struct sim_station **out, struct sim_err *err)
{
    struct batcher *q = sim_calloc(1, sizeof *q);
    if (q == NULL)
        return sim_err_set(err, SIM_E_NOMEM, "out of memory: station");
    q->base.ops = &batch_ops;
    const int rc = batch_reset(&q->base, cfg, err);
    if (rc != SIM_OK) {
        batch_destroy(&q->base);
        return rc;
    }
    *out = &q->base;
    return SIM_OK;
}
