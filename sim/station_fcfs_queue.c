#include "sim/station_fcfs_queue.h"

#include <string.h>

#include "sim/alloc.h"

enum { ROOM_MIN = 16, GAP_MIN = 8 };

/* Room for one more item at the end of item[at .. n-1].  The front is given
 * back when it is at least half; otherwise the array doubles. */
static int make_room(void **items, size_t size, size_t *at, size_t *n,
    size_t *room, struct sim_err *err)
{
    if (*n < *room)
        return SIM_OK;
    if (*at > 0 && *at >= *room / 2) {
        memmove(*items, (char *)*items + *at * size, (*n - *at) * size);
        *n -= *at;
        *at = 0;
        return SIM_OK;
    }
    const size_t more = *room < ROOM_MIN ? ROOM_MIN : *room * 2;
    void *grown = sim_realloc(*items, more, size);
    if (grown == NULL)
        return sim_err_set(err, SIM_E_NOMEM, "out of memory: queue");
    *items = grown;
    *room = more;
    return SIM_OK;
}

int sim_fcfs_jobs_push(struct sim_fcfs_jobs *jobs,
    const struct sim_fcfs_job *job, struct sim_err *err)
{
    void *items = jobs->item;
    const int rc =
        make_room(&items, sizeof *job, &jobs->at, &jobs->n, &jobs->room, err);
    jobs->item = items;
    if (rc == SIM_OK)
        jobs->item[jobs->n++] = *job;
    return rc;
}

/* Room in front, in proportion to the length: a failure that interrupts many
 * jobs must not move a long queue once for each. */
static int make_front(struct sim_fcfs_jobs *jobs, struct sim_err *err)
{
    const size_t gap = jobs->n / 2 + GAP_MIN;
    if (jobs->at > 0)
        return SIM_OK;
    if (jobs->n + gap > jobs->room) {
        const size_t more = (jobs->n + gap) * 2;
        struct sim_fcfs_job *grown =
            sim_realloc(jobs->item, more, sizeof *grown);
        if (grown == NULL)
            return sim_err_set(err, SIM_E_NOMEM, "out of memory: queue");
        jobs->item = grown;
        jobs->room = more;
    }
    memmove(jobs->item + gap, jobs->item, jobs->n * sizeof *jobs->item);
    jobs->at += gap;
    jobs->n += gap;
    return SIM_OK;
}

int sim_fcfs_jobs_requeue(struct sim_fcfs_jobs *jobs,
    const struct sim_fcfs_job *job, struct sim_err *err)
{
    const int rc = make_front(jobs, err);
    if (rc != SIM_OK)
        return rc;
    size_t i = --jobs->at;
    for (; i + 1 < jobs->n && jobs->item[i + 1].seq < job->seq; i++)
        jobs->item[i] = jobs->item[i + 1];
    jobs->item[i] = *job;
    return SIM_OK;
}

void sim_fcfs_jobs_release(struct sim_fcfs_jobs *jobs)
{
    sim_free(jobs->item);
    *jobs = (struct sim_fcfs_jobs){0};
}

void sim_fcfs_starts_drop(struct sim_fcfs_starts *starts, double t_s)
{
    while (starts->at < starts->n && starts->item[starts->at] <= t_s)
        starts->at++;
    if (starts->at == starts->n)
        starts->at = starts->n = 0;
}

int sim_fcfs_starts_grow(
    struct sim_fcfs_starts *starts, double now_s, struct sim_err *err)
{
    sim_fcfs_starts_drop(starts, now_s);
    void *items = starts->item;
    const int rc = make_room(&items, sizeof *starts->item, &starts->at,
        &starts->n, &starts->room, err);
    starts->item = items;
    return rc;
}

void sim_fcfs_starts_release(struct sim_fcfs_starts *starts)
{
    sim_free(starts->item);
    *starts = (struct sim_fcfs_starts){0};
}
