/* station_fcfs_queue.h - the two queues of a first-come-first-served station.
 *
 * Both are growable arrays consumed from the front, item[at .. n-1]; what was
 * consumed is given back when room runs out, so the cost per item is O(1) and
 * the memory that of the largest length, not of the number of items.  Both
 * start from {0}.
 *
 * Only station_fcfs.c uses this header.
 */
#ifndef SIM_STATION_FCFS_QUEUE_H
#define SIM_STATION_FCFS_QUEUE_H

#include <stddef.h>
#include <stdint.h>

#include "sim/err.h"

/* ---- jobs whose end is not certain --------------------------------------- */

struct sim_fcfs_job {
    double left_s;  /* work left when it queued or its service went on */
    double first_s; /* first service; INFINITY: not yet */
    double since_s; /* in the queue since, or in service since */
    double end_s;   /* in service: when it would end */
    int64_t seq;    /* position in the order of arrival */
    uint32_t ref;
};

struct sim_fcfs_jobs {
    struct sim_fcfs_job *item;
    size_t at, n, room;
};

/** Add at the end.
 *  @retval SIM_E_NOMEM  unchanged */
SIM_MUST_CHECK int sim_fcfs_jobs_push(struct sim_fcfs_jobs *jobs,
    const struct sim_fcfs_job *job, struct sim_err *err);

/** Put an interrupted job back to its place in the order of arrival: the head
 *  of the queue, unless earlier victims are there.
 *  @param jobs  ascending in seq
 *  @retval SIM_E_NOMEM  unchanged */
SIM_MUST_CHECK int sim_fcfs_jobs_requeue(struct sim_fcfs_jobs *jobs,
    const struct sim_fcfs_job *job, struct sim_err *err);

/** Number of jobs. */
static inline size_t sim_fcfs_jobs_count(const struct sim_fcfs_jobs *jobs)
{
    return jobs->n - jobs->at;
}

/** Free the memory. */
void sim_fcfs_jobs_release(struct sim_fcfs_jobs *jobs);

/* ---- certain starts ahead of the present --------------------------------- */

/* Ascending, since jobs start in order.  They are the jobs that wait although
 * their fate is known.  Those that have happened stay until room is needed or
 * somebody counts. */
struct sim_fcfs_starts {
    double *item;
    size_t at, n, room;
};

/** Drop the starts at or before t. */
void sim_fcfs_starts_drop(struct sim_fcfs_starts *starts, double t_s);

/** As sim_fcfs_starts_reserve(), when the room is used up. */
SIM_MUST_CHECK int sim_fcfs_starts_grow(
    struct sim_fcfs_starts *starts, double now_s, struct sim_err *err);

/** Room for one more start.
 *  @retval SIM_E_NOMEM  unchanged */
SIM_MUST_CHECK static inline int sim_fcfs_starts_reserve(
    struct sim_fcfs_starts *starts, double now_s, struct sim_err *err)
{
    if (starts->n < starts->room)
        return SIM_OK;
    return sim_fcfs_starts_grow(starts, now_s, err);
}

/** Note a start if it lies after `now_s`; after sim_fcfs_starts_reserve().
 *  Whether a job waits is a coin toss, so there is no branch on it. */
static inline void sim_fcfs_starts_add(
    struct sim_fcfs_starts *starts, double now_s, double start_s)
{
    starts->item[starts->n] = start_s;
    starts->n += start_s > now_s;
}

/** Forget all. */
static inline void sim_fcfs_starts_clear(struct sim_fcfs_starts *starts)
{
    starts->at = starts->n = 0;
}

/** Free the memory. */
void sim_fcfs_starts_release(struct sim_fcfs_starts *starts);

#endif /* SIM_STATION_FCFS_QUEUE_H */
