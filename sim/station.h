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

#include <stdbool.h>
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
    uint32_t ref;  /* the engine's handle, given back to the sink */
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

/* Batching, for sim_station_batch_create().  The time of a batch of n jobs is
 * batch_time(ctx, n), or fixed_s + per_item_s * n where that is NULL; with
 * use_job_times the longest time_s of its jobs is added. */
struct sim_batch_cfg {
    int64_t min, max; /* jobs in a batch; 1 <= min <= max */
    double wait_s;    /* a batch below min starts once its oldest job has
                       * waited so long; INFINITY: never */
    double fixed_s;
    double per_item_s;
    double (*batch_time)(void *ctx, int64_t n); /* [s] finite, >= 0 */
    void *ctx;                                  /* borrowed */
    bool use_job_times;
};

/* Power-off, for sim_station_queue_create(). */
struct sim_power_off_cfg {
    bool when_empty;                /* an idle server switches off */
    double (*boot_time)(void *ctx); /* [s] >= 0, finite; one draw a boot */
    void *ctx;                      /* borrowed */
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
    struct sim_batch_cfg batch;         /* read by "batch" */
    struct sim_power_off_cfg power_off; /* read by "queue" */
    /* Processor sharing. */
    const double *rates; /* [n_rates] total rate with 1, 2, ... jobs running;
                          * NULL: min(running, slots); copied */
    int n_rates;
    int64_t concurrency; /* largest number running, -1 or 0 = unlimited */
    /* Priorities. */
    bool preemptive; /* resume: interrupted jobs keep what is done */
};

/* Integrals over the measured interval. */
struct sim_station_totals {
    double in_system_s; /* integral of the number in system [job s] */
    double waiting_s;   /* ... waiting [job s] */
    double busy_s;      /* ... busy slots [slot s] */
    double empty_s;     /* time with nobody in the system [s] */
    int64_t arrived;    /* jobs that arrived in [from_s, to_s) */
    int64_t waited;     /* of those, jobs that found no free slot (and were
                         * accepted) */
    int64_t lost;       /* of those, refused */
    int64_t batches;    /* "batch": started in [from_s, to_s) */
    int64_t batched;    /* ... jobs in them: batched / batches is their size */
    int64_t abandoned;  /* "queue": of `arrived`, those that lost patience */
    double off_s;       /* "queue": integrals of slots that are off, */
    double boot_s;      /* ... that boot, */
    double idle_s;      /* ... that are on and idle [slot s]; 0 for unlimited
                         * slots */
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
    /** Of those, jobs that wait; likewise. */
    int64_t (*waiting)(struct sim_station *st, double t_s);
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

/* ---- kernels ------------------------------------------------------------ */

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

/**
 * Processor sharing, also limited and with a table of rates.
 *
 * With n jobs running on s slots the station works at the total rate r(n), and
 * each of them at r(n) / n.  Without `rates` r(n) = min(n, s), egalitarian
 * sharing; with it r(n) = rates[min(n, n_rates) - 1] times s / cfg->slots (1
 * when either is unlimited).  At most `concurrency` jobs run, the others wait
 * first come first served.  A change of slots changes the rate and interrupts
 * nobody; with 0 slots the station is frozen: jobs keep what is done, nobody
 * starts, and all count as waiting.
 *
 * start_s is the start of running.  `waited` counts jobs that did not run at
 * once; busy_s integrates min(running, slots), with a table min(r, slots).
 * Jobs with time_s = 0 end when they start.  Ends are reported at their time,
 * which is an internal event; O(log n) for each.  A rate of 0 serves nobody.
 *
 * Source: Kleinrock, Queueing Systems II, chapter 4 (processor sharing);
 * attained service per job as the clock ("virtual time"), Parekh and Gallager
 * 1993.
 *
 * @param cfg  copied
 * @param out  out: destroy with (*out)->ops->destroy(*out)
 * @retval SIM_E_NOMEM
 * arrive() also: SIM_E_LIMIT, more than 2^30 jobs
 */
SIM_MUST_CHECK int sim_station_ps_create(const struct sim_station_cfg *cfg,
    struct sim_station **out, struct sim_err *err);

/**
 * c slots and priority classes 1 .. 1000, 1 first; first come first served
 * inside a class.
 *
 * Non-preemptive, or (`preemptive`) preemptive-resume: an arrival that finds
 * all slots taken displaces a job of the worst class in service if that class
 * is worse than its own, of several the last to arrive.  A displaced job goes
 * back to the head of its class (its place in the order of arrival) with what
 * is left of its work.  Jobs on slots that are lost do the same and, when
 * preemptive, may displace others at once; which slots are lost: as in the
 * first-come-first-served kernel.
 *
 * start_s is the first service; waiting_s holds all time out of service.  Ends
 * are reported at their time, which is an internal event; O(log n) for each.
 *
 * @param cfg  copied
 * @param out  out: destroy with (*out)->ops->destroy(*out)
 * @retval SIM_E_NOMEM
 * arrive() also: SIM_E_LIMIT, more than 2^30 jobs or a class beyond the range
 */
SIM_MUST_CHECK int sim_station_priority_create(
    const struct sim_station_cfg *cfg, struct sim_station **out,
    struct sim_err *err);

/**
 * Dynamic batching: each of c slots serves one batch at a time, formed first
 * come first served.
 *
 * As soon as a slot is free and batch.min jobs wait, the first
 * min(batch.max, waiting) of them start together and end together; fewer than
 * batch.min start when the oldest of them has waited batch.wait_s.  So with
 * min = 1 a job that meets a free slot starts alone at once, whatever arrives
 * in the same instant after it; a job that arrives in the instant another
 * batch starts is not in it.
 *
 * A batch on a slot that is lost (as for sim_station_fcfs_create()) returns to
 * the head of the queue in the order of arrival; its work is lost.  Its jobs
 * start again, in whatever batches form then, for a time drawn anew; having
 * started before, they do not wait for others (min, wait_s).  start_s is a
 * job's first start.
 *
 * A batch is reported when it starts if it ends before the next change of
 * slots.  Internal events are changes and starts other than at an arrival:
 * a departure costs none.  capacity counts jobs, in service and waiting;
 * busy_s counts slots, in_system_s - waiting_s the jobs in service; `waited`
 * are jobs that did not start at their arrival, be it for want of company.
 *
 * @param cfg  copied; capacity < batch.min with an infinite wait never starts
 * @param out  out: destroy with (*out)->ops->destroy(*out)
 * @retval SIM_E_NOMEM
 */
SIM_MUST_CHECK int sim_station_batch_create(const struct sim_station_cfg *cfg,
    struct sim_station **out, struct sim_err *err);

/**
 * First come first served with c slots, capacity and changes as
 * sim_station_fcfs_create() has, and with patience and servers that are
 * switched off; an event per departure.
 *
 * Patience: a job that has not started by arrive_s + patience_s leaves then:
 * SIM_ABANDONED with start_s = end_s = that time.  At equal times the start
 * wins, and leaving precedes an arrival; patience 0 means: at once or never.
 * Work that was interrupted no longer leaves.
 *
 * Power-off: at the start, and when they find no job waiting, slots are off.
 * At any time min(waiting, slots that are not busy) boot; a boot ends after
 * boot_time() and serves the head of the queue.  When fewer are needed,
 * because a departure served a waiting job or a job left, those that began to
 * boot last are switched off (their progress is lost; the choice does not look
 * at when they would be ready, so exponential boots make the Markov chain
 * M/M/c/setup).  Slots gained by a change are off; slots lost are a uniform
 * subset of busy, booting and off ones.  `waited` counts jobs that found no
 * slot on and idle.
 *
 * off_s + boot_s + idle_s + busy_s is the integral of the number of slots; to
 * cover it to the end with changes to come, advance() to to_s first.
 *
 * @param cfg  copied
 * @param out  out: destroy with (*out)->ops->destroy(*out)
 * @retval SIM_E_NOMEM
 * arrive() also: SIM_E_LIMIT, more than 2^30 jobs
 */
SIM_MUST_CHECK int sim_station_queue_create(const struct sim_station_cfg *cfg,
    struct sim_station **out, struct sim_err *err);

#endif /* SIM_STATION_H */
