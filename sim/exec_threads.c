/* sched_getaffinity() is not in POSIX; the macro must precede every header. */
#define _GNU_SOURCE

#include "sim/exec.h"

#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <unistd.h>

#include "sim/alloc.h"

enum {
    SLOTS_PER_THREAD = 3, /* lets a thread run ahead of a slow piece */
    SLOT_ALIGN = 64,      /* a cache line: threads must not share one */
};

enum slot_state { FREE, RUNNING, FINISHED };

struct slot {
    enum slot_state state;
    int rc;
    struct sim_err err;
};

/* Everything below `mutex` is read and written with it held. */
struct pool {
    const struct sim_exec_job *job;
    int64_t n;
    int n_slots;
    size_t stride; /* bytes from one block to the next */
    char *blocks;  /* [n_slots] pieces' results */
    pthread_mutex_t mutex;
    pthread_cond_t moved; /* a slot became free, or the end was decided */
    struct slot *slots;
    int64_t next_start;  /* first piece nobody has taken */
    int64_t next_commit; /* first piece not committed */
    bool committing;     /* some thread is in job->commit() */
    bool closed;         /* no further piece is started */
    int rc;
    struct sim_err err;
};

static bool must_stop(const struct sim_exec_job *job)
{
    return job->stop != NULL && job->stop(job->ctx) != 0;
}

static int interrupted(struct sim_err *err)
{
    return sim_err_set(err, SIM_E_INTERRUPTED, "interrupted");
}

/* ---- one thread ---------------------------------------------------------- */

static int run_inline(
    const struct sim_exec_job *job, int64_t n, struct sim_err *err)
{
    int rc = SIM_OK;
    void *block = sim_alloc(job->slot_bytes);
    if (block == NULL)
        return sim_err_set(
            err, SIM_E_NOMEM, "out of memory: result of a piece");
    for (int64_t i = 0; i < n && rc == SIM_OK; i++) {
        if (must_stop(job)) {
            rc = interrupted(err);
            break;
        }
        rc = job->work(job->ctx, i, block, err);
        if (rc == SIM_OK)
            rc = job->commit(job->ctx, i, block, err);
    }
    sim_free(block);
    return rc;
}

/* ---- many threads -------------------------------------------------------- */

static void close_with(struct pool *pool, int rc, const struct sim_err *err)
{
    pool->rc = rc;
    pool->err = *err;
    pool->closed = true;
}

/* Commit what is ready, in index order.  Pieces are started in index order
 * too, so when piece i failed all earlier ones are on their way: the error met
 * here first is the first one in index order, whatever the threads did. */
static void commit_ready(struct pool *pool)
{
    if (pool->committing)
        return;
    pool->committing = true;
    while (pool->rc == SIM_OK && pool->next_commit < pool->next_start) {
        const int64_t i = pool->next_commit;
        const int64_t s = i % pool->n_slots;
        struct slot *slot = &pool->slots[s];
        if (slot->state != FINISHED)
            break;
        if (slot->rc != SIM_OK) {
            close_with(pool, slot->rc, &slot->err);
            break;
        }
        struct sim_err err = {0};
        pthread_mutex_unlock(&pool->mutex);
        const int rc = pool->job->commit(
            pool->job->ctx, i, pool->blocks + (size_t)s * pool->stride, &err);
        pthread_mutex_lock(&pool->mutex);
        slot->state = FREE;
        pool->next_commit = i + 1;
        if (rc != SIM_OK)
            close_with(pool, rc, &err);
        pthread_cond_broadcast(&pool->moved);
    }
    pool->committing = false;
    pthread_cond_broadcast(&pool->moved);
}

/* Take the next piece; false when there is nothing more to start. */
static bool take(struct pool *pool, int64_t *index)
{
    while (!pool->closed && pool->next_start < pool->n &&
           pool->next_start - pool->next_commit >= pool->n_slots)
        pthread_cond_wait(&pool->moved, &pool->mutex);
    if (pool->closed || pool->next_start >= pool->n)
        return false;
    if (must_stop(pool->job)) {
        pool->closed = true;
        pthread_cond_broadcast(&pool->moved);
        return false;
    }
    *index = pool->next_start++;
    return true;
}

static void *run_thread(void *arg)
{
    struct pool *pool = arg;
    int64_t i;

    pthread_mutex_lock(&pool->mutex);
    while (take(pool, &i)) {
        const int64_t s = i % pool->n_slots;
        struct slot *slot = &pool->slots[s];
        slot->state = RUNNING;
        slot->err = (struct sim_err){0};
        pthread_mutex_unlock(&pool->mutex);
        const int rc = pool->job->work(pool->job->ctx, i,
            pool->blocks + (size_t)s * pool->stride, &slot->err);
        pthread_mutex_lock(&pool->mutex);
        slot->rc = rc;
        slot->state = FINISHED;
        /* Later pieces are wasted effort from here; earlier ones may still
         * fail first, so the verdict is left to commit_ready(). */
        if (rc != SIM_OK)
            pool->closed = true;
        commit_ready(pool);
    }
    pthread_mutex_unlock(&pool->mutex);
    return NULL;
}

static void run_pool(struct pool *pool, pthread_t *threads, int jobs)
{
    int n_threads = 0;
    /* The caller is a worker as well, so a refusal by the system means fewer
     * threads, at worst one. */
    while (n_threads < jobs - 1 &&
           pthread_create(&threads[n_threads], NULL, run_thread, pool) == 0)
        n_threads++;
    run_thread(pool);
    for (int i = 0; i < n_threads; i++)
        pthread_join(threads[i], NULL);
}

static int run_threads(
    const struct sim_exec_job *job, int64_t n, int jobs, struct sim_err *err)
{
    struct pool pool = {.job = job, .n = n};
    int rc = SIM_OK;

    pool.n_slots = jobs * SLOTS_PER_THREAD;
    if (pool.n_slots > n)
        pool.n_slots = (int)n;
    pool.stride = (job->slot_bytes + SLOT_ALIGN - 1) / SLOT_ALIGN * SLOT_ALIGN;
    pool.blocks = sim_calloc((size_t)pool.n_slots, pool.stride);
    pool.slots = sim_calloc((size_t)pool.n_slots, sizeof *pool.slots);
    pthread_t *threads = sim_calloc((size_t)jobs, sizeof *threads);
    if (pool.blocks == NULL || pool.slots == NULL || threads == NULL) {
        rc = sim_err_set(err, SIM_E_NOMEM, "out of memory: results of pieces");
        goto out;
    }
    if (pthread_mutex_init(&pool.mutex, NULL) != 0) {
        rc = sim_err_set(err, SIM_E_NOMEM, "cannot create a mutex");
        goto out;
    }
    if (pthread_cond_init(&pool.moved, NULL) != 0) {
        pthread_mutex_destroy(&pool.mutex);
        rc = sim_err_set(err, SIM_E_NOMEM, "cannot create a condition");
        goto out;
    }
    run_pool(&pool, threads, jobs);
    pthread_cond_destroy(&pool.moved);
    pthread_mutex_destroy(&pool.mutex);

    rc = pool.rc;
    if (rc != SIM_OK && err != NULL)
        *err = pool.err;
    else if (rc == SIM_OK && pool.next_commit < n)
        rc = interrupted(err);
out:
    sim_free(threads);
    sim_free(pool.slots);
    sim_free(pool.blocks);
    return rc;
}

int sim_exec_run(
    const struct sim_exec_job *job, int64_t n, int jobs, struct sim_err *err)
{
    SIM_BUG_ON(job->work == NULL || job->commit == NULL);
    if (n <= 0)
        return SIM_OK;
    if (jobs > n)
        jobs = (int)n;
    return jobs > 1 ? run_threads(job, n, jobs, err) : run_inline(job, n, err);
}

int sim_exec_cpus(void)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    if (sched_getaffinity(0, sizeof set, &set) == 0) {
        const int n = CPU_COUNT(&set);
        if (n > 0)
            return n;
    }
    /* More CPUs than cpu_set_t holds (1024). */
    const long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online > 0 ? (int)online : 1;
}
