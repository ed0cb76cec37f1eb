/* station.h - the interface every queue kernel has.
 *
 * A station is a queue with servers ("slots").  The engine hands it jobs in the
 * order (arrival time, user, class, k) and moves it forward in time; the
 * station says what became of each job through a sink.  Time is in seconds from
 * the window's start; lead-in is negative.
 *
 * A kernel may report a job as finished as soon as its end is *certain*, even
 * if that end lies in the future: an FCFS station without coming changes of
 * capacity knows start and end at the arrival.  So departures need no events.
 */
#ifndef SIM_STATION_H
#define SIM_STATION_H

#include <stddef.h>
#include <stdint.h>

#include "sim/arena.h"
#include "sim/err.h"

enum sim_outcome {
    SIM_SERVED,
    SIM_LOST,      /* refused at a full queue, or never finished */
    SIM_ABANDONED, /* left the queue before service */
};

/* What the station is told of a job. */
struct sim_job {
    double arrive_s; /* at the station */
    double time_s; /* service time on one slot of this station, work / speed */
    uint32_t ref;      /* the engine's handle, given back to the sink */
    int32_t priority;  /* 1 is served first, where the kernel has priorities */
    double patience_s; /* leaves the queue after so long, where the kernel has
                        * patience; INFINITY = never */
};

/* Where finished jobs go. */
struct sim_sink {
    void *ctx;
    /* Called once for each job.  start_s: first service, or end_s if there
     * was none; end_s: end of service, or the moment of loss (its arrival if
     * refused).  May be called with an end in the future, in any order. */
    void (*done)(void *ctx, uint32_t ref, enum sim_outcome outcome,
        double start_s, double end_s);
};

struct sim_station_cfg {
    int slots;          /* nominal number of slots; -1 = unlimited */
    int slots_at_start; /* in service when the lead-in starts */
    int64_t capacity;   /* largest number in system, -1 = unlimited */
    /* Times at which the number of slots changes, strictly increasing, and
     * the number from then on (-1 = unlimited); the kernel must not commit a
     * start beyond the next one.  At equal times: departures, then changes,
     * then starts and arrivals.  Copied by the kernel. */
    const double *change_s;
    const int *change_slots;
    int n_changes;
    /* When slots are lost, which jobs in service are hit is decided by this
     * key (uniformly over the slots in service). */
    uint64_t choice_key;
    /* Time averages are integrals over [from_s, to_s). */
    double from_s, to_s;
};

/* Integrals over the measured interval. */
struct sim_station_totals {
    double in_system_s; /* integral of the number in system [job s] */
    double waiting_s;   /* ... waiting [job s] */
    double busy_s;      /* ... busy slots [slot s] */
    int64_t arrived;    /* jobs that arrived in [from_s, to_s) */
    int64_t waited;     /* of those, jobs that found no free slot (and were
                         * accepted) */
    int64_t lost;       /* of those, refused */
};

struct sim_station; /* kernel's state; first member is `ops` */

struct sim_station_ops {
    const char *name;
    /** A job arrives; t = job->arrive_s >= all earlier times.  Internal
     *  events up to and including t that were not handled yet are handled
     *  first.
     *  @retval SIM_E_NOMEM  the station may only be reset or destroyed */
    int (*arrive)(struct sim_station *st, const struct sim_job *job,
        const struct sim_sink *sink, struct sim_err *err);
    /** Time of the next internal event (completion that must be handled,
     *  change of slots); INFINITY when there is none. */
    double (*next_s)(const struct sim_station *st);
    /** Handle all internal events up to and including t. */
    int (*advance)(struct sim_station *st, double t_s,
        const struct sim_sink *sink, struct sim_err *err);
    /** Jobs in system at time t, t >= the last event time; a job that ends at
     *  t has left.  Internal events up to t must have been handled. */
    int64_t (*in_system)(struct sim_station *st, double t_s);
    /** Integrals so far (valid once advanced beyond to_s). */
    void (*totals)(struct sim_station *st, struct sim_station_totals *out);
    /** Report every unfinished job as lost at time t >= the last event time;
     *  the station is empty. */
    void (*flush)(
        struct sim_station *st, double t_s, const struct sim_sink *sink);
    /** Return to the empty state under a new configuration, keeping memory. */
    int (*reset)(struct sim_station *st, const struct sim_station_cfg *cfg,
        struct sim_err *err);
    void (*destroy)(struct sim_station *st);
};

/* The common head of every kernel's state. */
struct sim_station {
    const struct sim_station_ops *ops;
};

/* ---- kernels --------------------------------------------------------------
 */

/**
 * First come first served with c slots, finite capacity, changes of the number
 * of slots.
 *
 * A job is reported at its arrival when its end lies before the next change of
 * slots; otherwise at that change or a later one.  Changes are the only
 * internal events: without them the station never needs advance().  At a loss
 * of slots those hit are a uniform subset of those in service (idle ones
 * included; of unlimited slots idle ones are lost first), drawn by choice_key
 * and the index of the change; interrupted work resumes where it stopped, at
 * the head of the queue in the order of arrival.
 *
 * Lindley's recursion for c = 1, branch-free insertion into the sorted vector
 * of free times up to 128 slots, a 4-ary heap with its top replaced above
 * (station_fcfs_kw.h): the same bits whichever is used.
 *
 * @param cfg  copied
 * @param out  out: destroy with (*out)->ops->destroy(*out)
 * @retval SIM_E_NOMEM
 * @retval SIM_E_LIMIT  more than 2^30 slots
 */
SIM_MUST_CHECK int sim_station_fcfs_create(const struct sim_station_cfg *cfg,
    struct sim_station **out, struct sim_err *err);

#endif /* SIM_STATION_H */
