#include "sim/station.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>

#include "sim/alloc.h"
#include "sim/clones.h"
#include "sim/station_fcfs_kw.h"
#include "sim/station_fcfs_queue.h"

/* How changes of the number of slots are met without an event per departure:
 * a start, and an end, are *certain* once they lie before the next change, and
 * only then are they reported.  A job whose service reaches beyond the change
 * is held; a job that would start after it queues.  At the change the slots
 * that are lost are drawn, the jobs on them go back to the head of the queue
 * with what is left of their work, and the queue is assigned anew, in order,
 * as far as starts lie before the change after that.  (Committing all waits
 * at arrival and editing the free times at a failure instead keeps departures
 * computed before it: mean response 4 to 5 % too low, PERFORMANCE notes.) */

struct fcfs {
    struct sim_station base;
    double change_s; /* next change of slots, INFINITY: none to come */
    double from_s, to_s;
    double busy_s, waiting_s; /* integrals of what is certain */
    double empty_s; /* time with nobody there, up to the last arrival */
    double left_s;  /* the last end; INFINITY while one is not certain */
    int64_t capacity;
    int64_t arrived, waited, lost;
    int64_t seq;
    uint64_t choice_key;
    struct sim_fcfs_starts starts; /* certain starts ahead of the present */
    struct sim_kw kw;
    /* An arrival touches what stands above and the head of `kw`: few lines of
     * the cache, side by side. */
    struct sim_fcfs_jobs queue; /* waiting, start not certain; by seq */
    struct sim_fcfs_jobs held;  /* in service, end not certain; at = 0 */
    struct sim_keys ends;       /* scratch: ends of the held jobs */
    double *change_times;       /* [n_changes] */
    int *change_slots;          /* [n_changes] from then on */
    size_t next_change, n_changes, change_room;
};

static struct fcfs *fcfs_of(struct sim_station *st)
{
    return (struct fcfs *)st;
}

static double clip(const struct fcfs *q, double t)
{
    t = t > q->from_s ? t : q->from_s;
    return t < q->to_s ? t : q->to_s;
}

SIM_RARE double clipped(const struct fcfs *q, double a, double b)
{
    return clip(q, b) - clip(q, a);
}

/* How much of [a, b], a <= b, is measured: nearly always all of it, and then
 * nothing need be chosen. */
static double span(const struct fcfs *q, double a, double b)
{
    return a >= q->from_s && b <= q->to_s ? b - a : clipped(q, a, b);
}

/* ---- commitment ---------------------------------------------------------- */

/* A stretch of service that is certain to its end. */
static void report(struct fcfs *q, const struct sim_sink *sink, uint32_t ref,
    double first_s, double since_s, double end_s)
{
    q->busy_s += span(q, since_s, end_s);
    q->left_s = end_s > q->left_s ? end_s : q->left_s;
    sink->done(sink->ctx, ref, SIM_SERVED, first_s, end_s);
}

/* A queued job starts at start_s < change_s. */
static int start_queued(struct fcfs *q, struct sim_fcfs_job job, double now_s,
    double start_s, const struct sim_sink *sink, struct sim_err *err)
{
    int rc = SIM_OK;
    q->waiting_s += span(q, job.since_s, start_s);
    job.end_s = start_s + job.left_s;
    job.since_s = start_s;
    if (!(job.first_s <= start_s))
        job.first_s = start_s;
    rc = sim_kw_take(&q->kw, now_s, job.end_s, err);
    if (rc == SIM_OK)
        rc = sim_fcfs_starts_reserve(&q->starts, now_s, err);
    if (rc != SIM_OK)
        return rc;
    sim_fcfs_starts_add(&q->starts, now_s, start_s);
    if (job.end_s > q->change_s)
        return sim_fcfs_jobs_push(&q->held, &job, err);
    report(q, sink, job.ref, job.first_s, job.since_s, job.end_s);
    return SIM_OK;
}

/* Is the fate of a job not known? */
static bool is_pending(const struct fcfs *q)
{
    return q->held.n > 0 || q->queue.at < q->queue.n;
}

/* Is the number in system at t as large as allowed?  With all slots busy it is
 * known without counting. */
static bool is_full(struct fcfs *q, double t)
{
    const int64_t slots = q->kw.slots;
    const int64_t queued = (int64_t)(q->queue.n - q->queue.at);
    if (slots >= 0 && q->capacity >= slots) {
        if (sim_kw_free_s(&q->kw) <= t)
            return q->capacity == 0;
        sim_fcfs_starts_drop(&q->starts, t);
        return slots + queued + (int64_t)(q->starts.n - q->starts.at) >=
               q->capacity;
    }
    return q->base.ops->in_system(&q->base, t) >= q->capacity;
}

SIM_RARE int enqueue(
    struct fcfs *q, const struct sim_job *job, struct sim_err *err)
{
    const struct sim_fcfs_job wait = {
        .left_s = job->time_s,
        .first_s = (double)INFINITY,
        .since_s = job->arrive_s,
        .seq = q->seq,
        .ref = job->ref,
    };
    q->left_s = (double)INFINITY;
    return sim_fcfs_jobs_push(&q->queue, &wait, err);
}

/* In service, but for how long is not certain. */
SIM_RARE int hold(struct fcfs *q, const struct sim_job *job, double start_s,
    struct sim_err *err)
{
    const struct sim_fcfs_job busy = {
        .left_s = job->time_s,
        .first_s = start_s,
        .since_s = start_s,
        .end_s = start_s + job->time_s,
        .seq = q->seq,
        .ref = job->ref,
    };
    q->left_s = (double)INFINITY;
    return sim_fcfs_jobs_push(&q->held, &busy, err);
}

static int fcfs_advance(struct sim_station *st, double t_s,
    const struct sim_sink *sink, struct sim_err *err);

static int fcfs_arrive(struct sim_station *st, const struct sim_job *job,
    const struct sim_sink *sink, struct sim_err *err)
{
    struct fcfs *q = fcfs_of(st);
    const double t = job->arrive_s;
    int rc = SIM_OK;

    if (t >= q->change_s && (rc = fcfs_advance(st, t, sink, err)) != SIM_OK)
        return rc;
    const int64_t counted = t >= q->from_s && t < q->to_s;
    q->arrived += counted;
    q->seq++;
    if (q->capacity >= 0 && is_full(q, t)) {
        q->lost += counted;
        sink->done(sink->ctx, job->ref, SIM_LOST, t, t);
        return SIM_OK;
    }
    if (t > q->left_s) /* rare with several slots: cheaper than without */
        q->empty_s += span(q, q->left_s, t);
    const double free_s = sim_kw_free_s(&q->kw);
    const double start_s = free_s > t ? free_s : t;
    q->waited += counted & (free_s > t);
    if (start_s >= q->change_s)
        return enqueue(q, job, err);
    rc = sim_fcfs_starts_reserve(&q->starts, t, err);
    const double end_s = start_s + job->time_s;
    if (rc == SIM_OK)
        rc = sim_kw_take(&q->kw, t, end_s, err);
    if (rc != SIM_OK)
        return rc;
    sim_fcfs_starts_add(&q->starts, t, start_s);
    q->waiting_s += span(q, t, start_s);
    if (end_s > q->change_s)
        return hold(q, job, start_s, err);
    report(q, sink, job->ref, start_s, start_s, end_s);
    return SIM_OK;
}

/* ---- changes ------------------------------------------------------------- */

/* Uniform integer in [0, n) from a key and two counters: splitmix64's output
 * function applied to a counter (Steele, Lea, Flood 2014), so that which slots
 * fail at change i depends on nothing drawn before. */
static uint64_t choose(uint64_t key, uint64_t i, uint64_t j, uint64_t n)
{
    uint64_t z = key + (i + 1) * 0x9e3779b97f4a7c15u;
    for (int round = 0; round < 2; round++) {
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
        z ^= z >> 31;
        z += (j + 1) * 0x9e3779b97f4a7c15u;
    }
    /* n <= 2^30: the bias of the scaled 53 bits is below 1e-6. */
    return (uint64_t)((double)(z >> 11) * 0x1p-53 * (double)n);
}

/* The slots lost are a uniform subset of those in service; held jobs are on
 * the first held.n of them, the others are idle.  Of unlimited slots the idle
 * ones are lost first. */
static int interrupt(
    struct fcfs *q, double t, int64_t slots, struct sim_err *err)
{
    struct sim_fcfs_jobs *held = &q->held;
    uint64_t in_service =
        q->kw.slots < 0 ? (uint64_t)held->n : (uint64_t)q->kw.slots;
    for (uint64_t j = 0; slots >= 0 && in_service > (uint64_t)slots; j++) {
        const uint64_t hit =
            choose(q->choice_key, q->next_change, j, in_service);
        in_service--;
        if (hit >= held->n)
            continue;
        struct sim_fcfs_job job = held->item[hit];
        held->item[hit] = held->item[--held->n];
        q->busy_s += span(q, job.since_s, t);
        job.left_s = job.end_s - t;
        job.since_s = t;
        const int rc = sim_fcfs_jobs_requeue(&q->queue, &job, err);
        if (rc != SIM_OK)
            return rc;
    }
    return SIM_OK;
}

/* Free times from the jobs still in service; report those that now are
 * certain to end before the next change. */
static int settle_held(struct fcfs *q, int64_t slots,
    const struct sim_sink *sink, struct sim_err *err)
{
    struct sim_fcfs_jobs *held = &q->held;
    int rc = SIM_OK;
    q->ends.n = 0;
    for (size_t i = 0; i < held->n && rc == SIM_OK; i++)
        rc = sim_keys_append(&q->ends, held->item[i].end_s, err);
    if (rc == SIM_OK)
        rc = sim_kw_reset(&q->kw, slots, q->ends.key, q->ends.n, err);
    if (rc != SIM_OK)
        return rc;
    size_t kept = 0;
    for (size_t i = 0; i < held->n; i++) {
        const struct sim_fcfs_job job = held->item[i];
        if (job.end_s > q->change_s)
            held->item[kept++] = job;
        else
            report(q, sink, job.ref, job.first_s, job.since_s, job.end_s);
    }
    held->n = kept;
    return SIM_OK;
}

static void find_next_change(struct fcfs *q)
{
    q->change_s = q->next_change < q->n_changes
                      ? q->change_times[q->next_change]
                      : (double)INFINITY;
}

static int apply_change(
    struct fcfs *q, const struct sim_sink *sink, struct sim_err *err)
{
    const double t = q->change_s;
    const int slots = q->change_slots[q->next_change];

    int rc = interrupt(q, t, slots, err);
    q->left_s = is_pending(q) ? t : q->left_s;
    q->next_change++;
    find_next_change(q);
    sim_fcfs_starts_clear(&q->starts); /* all of them were before the change */
    if (rc == SIM_OK)
        rc = settle_held(q, slots, sink, err);
    while (rc == SIM_OK && q->queue.at < q->queue.n) {
        const double free_s = sim_kw_free_s(&q->kw);
        const double start_s = free_s > t ? free_s : t;
        if (start_s >= q->change_s)
            break;
        rc = start_queued(
            q, q->queue.item[q->queue.at++], t, start_s, sink, err);
    }
    if (q->queue.at == q->queue.n)
        q->queue.at = q->queue.n = 0;
    q->left_s = is_pending(q) ? (double)INFINITY : q->left_s;
    return rc;
}

static double fcfs_next_s(const struct sim_station *st)
{
    return ((const struct fcfs *)(const void *)st)->change_s;
}

static int fcfs_advance(struct sim_station *st, double t_s,
    const struct sim_sink *sink, struct sim_err *err)
{
    struct fcfs *q = fcfs_of(st);
    int rc = SIM_OK;
    while (rc == SIM_OK && q->change_s <= t_s && q->next_change < q->n_changes)
        rc = apply_change(q, sink, err);
    return rc;
}

/* ---- reading ------------------------------------------------------------- */

static int64_t fcfs_in_system(struct sim_station *st, double t_s)
{
    struct fcfs *q = fcfs_of(st);
    sim_fcfs_starts_drop(&q->starts, t_s);
    return (int64_t)(q->queue.n - q->queue.at) +
           sim_kw_count(&q->kw, t_s, q->starts.item + q->starts.at,
               q->starts.n - q->starts.at);
}

static int64_t fcfs_waiting(struct sim_station *st, double t_s)
{
    struct fcfs *q = fcfs_of(st);
    sim_fcfs_starts_drop(&q->starts, t_s);
    return (int64_t)(q->queue.n - q->queue.at) +
           (int64_t)(q->starts.n - q->starts.at);
}

/* What is not certain yet, up to t: service of held jobs, waiting of queued
 * ones. */
static void add_pending(
    const struct fcfs *q, double t, double *busy_s, double *waiting_s)
{
    for (size_t i = 0; i < q->held.n; i++) {
        const struct sim_fcfs_job *job = &q->held.item[i];
        const double upto_s = job->end_s < t ? job->end_s : t;
        if (upto_s > job->since_s)
            *busy_s += span(q, job->since_s, upto_s);
    }
    for (size_t i = q->queue.at; i < q->queue.n; i++)
        *waiting_s += clip(q, t) - clip(q, q->queue.item[i].since_s);
}

static void fcfs_totals(struct sim_station *st, struct sim_station_totals *out)
{
    const struct fcfs *q = fcfs_of(st);
    *out = (struct sim_station_totals){
        .waiting_s = q->waiting_s,
        .busy_s = q->busy_s,
        .arrived = q->arrived,
        .waited = q->waited,
        .lost = q->lost,
        .empty_s = q->empty_s,
    };
    if (q->to_s > q->left_s)
        out->empty_s += span(q, q->left_s, q->to_s);
    add_pending(q, q->to_s, &out->busy_s, &out->waiting_s);
    out->in_system_s = out->busy_s + out->waiting_s;
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

static void fcfs_flush(
    struct sim_station *st, double t_s, const struct sim_sink *sink)
{
    struct fcfs *q = fcfs_of(st);
    add_pending(q, t_s, &q->busy_s, &q->waiting_s);
    q->left_s = is_pending(q) ? t_s : q->left_s;
    lose(&q->held, t_s, sink);
    lose(&q->queue, t_s, sink);
    q->held.n = q->queue.at = q->queue.n = 0;
    sim_fcfs_starts_clear(&q->starts);
    /* Cannot fail: no ends to store, and slots that fit before. */
    SIM_BUG_ON(sim_kw_reset(&q->kw, q->kw.slots, NULL, 0, NULL) != SIM_OK);
}

/* ---- life ---------------------------------------------------------------- */

/* The arrays of changes are copied: a station outlives the plan that made it.
 */
static int copy_changes(
    struct fcfs *q, const struct sim_station_cfg *cfg, struct sim_err *err)
{
    const size_t n = cfg->n_changes > 0 ? (size_t)cfg->n_changes : 0;
    if (n > q->change_room) {
        double *times = sim_realloc(q->change_times, n, sizeof *times);
        if (times != NULL)
            q->change_times = times;
        int *slots = sim_realloc(q->change_slots, n, sizeof *slots);
        if (slots != NULL)
            q->change_slots = slots;
        if (times == NULL || slots == NULL)
            return sim_err_set(err, SIM_E_NOMEM, "out of memory: station");
        q->change_room = n;
    }
    for (size_t i = 0; i < n; i++) {
        SIM_BUG_ON(i > 0 && !(cfg->change_s[i] > cfg->change_s[i - 1]));
        q->change_times[i] = cfg->change_s[i];
        q->change_slots[i] = cfg->change_slots[i];
    }
    q->n_changes = n;
    return SIM_OK;
}

static int fcfs_reset(struct sim_station *st, const struct sim_station_cfg *cfg,
    struct sim_err *err)
{
    struct fcfs *q = fcfs_of(st);
    const int slots = cfg->slots_at_start;
    int rc = copy_changes(q, cfg, err);
    q->kw.counting = false;
    if (rc == SIM_OK)
        rc = sim_kw_reset(
            &q->kw, slots < 0 ? SIM_KW_UNLIMITED : slots, NULL, 0, err);
    if (rc != SIM_OK)
        return rc;
    q->from_s = cfg->from_s;
    q->to_s = cfg->to_s;
    q->busy_s = q->waiting_s = q->empty_s = 0.0;
    q->left_s = -(double)INFINITY;
    q->capacity = cfg->capacity;
    q->choice_key = cfg->choice_key;
    q->arrived = q->waited = q->lost = q->seq = 0;
    q->next_change = 0;
    sim_fcfs_starts_clear(&q->starts);
    q->queue.at = q->queue.n = 0;
    q->held.n = 0;
    find_next_change(q);
    return SIM_OK;
}

static void fcfs_destroy(struct sim_station *st)
{
    struct fcfs *q = fcfs_of(st);
    if (q == NULL)
        return;
    sim_kw_release(&q->kw);
    sim_keys_release(&q->ends);
    sim_fcfs_starts_release(&q->starts);
    sim_fcfs_jobs_release(&q->queue);
    sim_fcfs_jobs_release(&q->held);
    sim_free(q->change_times);
    sim_free(q->change_slots);
    sim_free(q);
}

static const struct sim_station_ops fcfs_ops = {
    .name = "fcfs",
    .arrive = fcfs_arrive,
    .next_s = fcfs_next_s,
    .advance = fcfs_advance,
    .in_system = fcfs_in_system,
    .waiting = fcfs_waiting,
    .totals = fcfs_totals,
    .flush = fcfs_flush,
    .reset = fcfs_reset,
    .destroy = fcfs_destroy,
};

int sim_station_fcfs_create(const struct sim_station_cfg *cfg,
    struct sim_station **out, struct sim_err *err)
{
    struct fcfs *q = sim_calloc(1, sizeof *q);
    if (q == NULL)
        return sim_err_set(err, SIM_E_NOMEM, "out of memory: station");
    q->base.ops = &fcfs_ops;
    const int rc = fcfs_reset(&q->base, cfg, err);
    if (rc != SIM_OK) {
        fcfs_destroy(&q->base);
        return rc;
    }
    *out = &q->base;
    return SIM_OK;
}
