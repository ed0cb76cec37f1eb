#include "sim/station_fcfs_kw.h"

#include <assert.h>

/* Slots in service beyond this are a mistake: the heap would not fit. */
static const int64_t SLOTS_MAX = (int64_t)1 << 30;

static void fill_sorted(struct sim_kw *kw, double x)
{
    for (size_t i = 0; i < sizeof kw->sorted / sizeof kw->sorted[0]; i++)
        kw->sorted[i] = x;
}

static int reset_vector(
    struct sim_kw *kw, const double *ends, size_t n, struct sim_err *err)
{
    const size_t slots = (size_t)kw->slots;
    fill_sorted(kw, (double)INFINITY);
    for (size_t i = 0; i < slots; i++)
        kw->sorted[i] = -(double)INFINITY;
    kw->width = slots;
    for (size_t i = 0; i < n; i++) {
        const int rc = sim_kw_take(kw, -(double)INFINITY, ends[i], err);
        if (rc != SIM_OK)
            return rc;
    }
    return SIM_OK;
}

static int reset_heap(
    struct sim_kw *kw, const double *ends, size_t n, struct sim_err *err)
{
    const size_t slots = (size_t)kw->slots;
    int rc = sim_keys_reserve(&kw->heap, slots, err);
    kw->heap.n = 0;
    for (size_t i = 0; i < slots && rc == SIM_OK; i++)
        rc = sim_keys_append(
            &kw->heap, i < n ? ends[i] : -(double)INFINITY, err);
    if (rc != SIM_OK)
        return rc;
    sim_keys_build(&kw->heap);
    kw->sorted[0] = kw->heap.key[0];
    return SIM_OK;
}

static int reset_log(
    struct sim_kw *kw, const double *ends, size_t n, struct sim_err *err)
{
    kw->log.n = 0;
    for (size_t i = 0; i < n; i++) {
        const int rc = sim_keys_append(&kw->log, ends[i], err);
        if (rc != SIM_OK)
            return rc;
    }
    if (kw->counting)
        sim_keys_build(&kw->log);
    return SIM_OK;
}

int sim_kw_reset(struct sim_kw *kw, int64_t slots, const double *ends, size_t n,
    struct sim_err *err)
{
    assert(slots < 0 || (uint64_t)slots >= n);
    if (slots > SLOTS_MAX)
        return sim_err_set(
            err, SIM_E_LIMIT, "more than 2^30 slots in one station");
    kw->slots = slots;
    kw->width = 0;
    kw->logging = slots < 0 || (slots > SIM_KW_SORTED_MAX && kw->counting);
    if (kw->logging) {
        const int rc = reset_log(kw, ends, n, err);
        if (rc != SIM_OK)
            return rc;
    }
    if (slots > SIM_KW_SORTED_MAX)
        return reset_heap(kw, ends, n, err);
    if (slots > 0)
        return reset_vector(kw, ends, n, err);
    fill_sorted(kw, slots < 0 ? -(double)INFINITY : (double)INFINITY);
    return SIM_OK;
}

/* Forget what ended; before counting starts only when the room is used up,
 * so that the cost is O(1) per job and the memory that of the jobs present. */
static void log_forget(struct sim_kw *kw, double now_s)
{
    struct sim_keys *log = &kw->log;
    if (kw->counting) {
        while (log->n > 0 && log->key[0] <= now_s)
            sim_keys_pop(log);
    } else if (log->n == log->room) {
        size_t kept = 0;
        for (size_t i = 0; i < log->n; i++) {
            if (log->key[i] > now_s)
                log->key[kept++] = log->key[i];
        }
        log->n = kept;
    }
}

static int log_add(
    struct sim_kw *kw, double now_s, double end_s, struct sim_err *err)
{
    struct sim_keys *log = &kw->log;
    log_forget(kw, now_s);
    if (kw->counting)
        return sim_keys_push(log, end_s, err);
    /* Half of it must be free after forgetting, or forgetting comes too
     * often. */
    if (log->n > log->room / 2) {
        const int rc = sim_keys_reserve(log, log->n * 2, err);
        if (rc != SIM_OK)
            return rc;
    }
    return sim_keys_append(log, end_s, err);
}

int sim_kw_take_other(
    struct sim_kw *kw, double now_s, double end_s, struct sim_err *err)
{
    assert(kw->slots != 0);
    if (kw->logging) {
        const int rc = log_add(kw, now_s, end_s, err);
        if (rc != SIM_OK)
            return rc;
    }
    if (kw->slots > 0) {
        sim_keys_replace_top(&kw->heap, end_s);
        kw->sorted[0] = kw->heap.key[0];
    }
    return SIM_OK;
}

static int64_t count_above(const double *x, size_t n, double t_s)
{
    int64_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += x[i] > t_s;
    return count;
}

/* The ends ahead of t are the free times ahead of t together with the starts
 * ahead of t: a job that waits starts when another ends.  So the log can be
 * begun at any time. */
static int begin_log(
    struct sim_kw *kw, double t_s, const double *starts, size_t n_starts)
{
    struct sim_keys *log = &kw->log;
    int rc = sim_keys_reserve(log, kw->heap.n + n_starts, NULL);
    log->n = 0;
    for (size_t i = 0; i < kw->heap.n && rc == SIM_OK; i++) {
        if (kw->heap.key[i] > t_s)
            rc = sim_keys_append(log, kw->heap.key[i], NULL);
    }
    for (size_t i = 0; i < n_starts && rc == SIM_OK; i++)
        rc = sim_keys_append(log, starts[i], NULL);
    return rc;
}

int64_t sim_kw_count(
    struct sim_kw *kw, double t_s, const double *starts, size_t n_starts)
{
    if (kw->width > 0)
        return count_above(kw->sorted, (size_t)kw->slots, t_s) +
               (int64_t)n_starts;
    if (kw->slots == 0)
        return 0;
    if (!kw->counting) {
        if (kw->slots > 0 && begin_log(kw, t_s, starts, n_starts) != SIM_OK)
            return count_above(kw->heap.key, kw->heap.n, t_s) +
                   (int64_t)n_starts;
        kw->counting = kw->logging = true;
        sim_keys_build(&kw->log);
    }
    log_forget(kw, t_s);
    return (int64_t)kw->log.n;
}

void sim_kw_release(struct sim_kw *kw)
{
    sim_keys_release(&kw->heap);
    sim_keys_release(&kw->log);
    *kw = (struct sim_kw){0};
}
