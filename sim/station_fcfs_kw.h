/* station_fcfs_kw.h - free times of the slots of a first-come-first-served
 * station: the Kiefer-Wolfowitz recursion.
 *
 * With c slots in service and jobs served in order of arrival, the next job
 * starts at max(arrival, F_0), where F_0 is the smallest of the c times at
 * which the slots become free; its end then takes the place of F_0.  Nothing
 * else of the past matters, and departures need no events.
 * Source: Lindley (1952) for c = 1; Kiefer and Wolfowitz, "On the theory of
 * queues with many servers", Trans. AMS 78 (1955).
 *
 * Three forms, by c, with the same results bit for bit:
 *   1 .. 128    ascending vector; inserting d and dropping F_0 is
 *               F_i <- max(F_i, min(F_i+1, d)), without branches, vectorised
 *               (for c = 1 this is Lindley's recursion)
 *   129 ..      4-ary heap, smallest replaced
 *   unlimited   no slot is ever waited for; ends are logged for counting
 *
 * Only station_fcfs.c and tests use this header.
 */
#ifndef SIM_STATION_FCFS_KW_H
#define SIM_STATION_FCFS_KW_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/err.h"
#include "sim/heap.h"

enum {
    SIM_KW_SORTED_MAX = 128, /* above it the heap is faster (measured) */
    SIM_KW_UNLIMITED = -1,
};

/* Start from {0}; release with sim_kw_release(). */
struct sim_kw {
    int64_t slots; /* in service, SIM_KW_UNLIMITED, or 0: nothing starts */
    size_t width;  /* of the vector: slots, 0 = no vector */
    bool counting; /* sim_kw_count() was called: keep `log` as a heap */
    bool logging;  /* ends are kept in `log` */
    /* Ascending, then INFINITY; the smallest is sorted[0] in every form. */
    double sorted[SIM_KW_SORTED_MAX + 1];
    struct sim_keys heap; /* free times, c > 128 */
    struct sim_keys log;  /* ends of jobs, where counting needs them */
};

/**
 * Set the number of slots in service and what they are busy with.
 * @param slots  >= 0 or SIM_KW_UNLIMITED
 * @param ends   [n] [s] ends of the jobs in service, n <= slots; the other
 *               slots are free at once
 * @retval SIM_E_NOMEM
 */
SIM_MUST_CHECK int sim_kw_reset(struct sim_kw *kw, int64_t slots,
    const double *ends, size_t n, struct sim_err *err);

/** Earliest time at which a slot is free [s]: -INFINITY when one was never
 *  used, INFINITY without slots. */
static inline double sim_kw_free_s(const struct sim_kw *kw)
{
    return kw->sorted[0];
}

/** As sim_kw_take(), for what is not a plain vector. */
SIM_MUST_CHECK int sim_kw_take_other(
    struct sim_kw *kw, double now_s, double end_s, struct sim_err *err);

/**
 * The slot that is free first takes a job that ends at `end_s`.
 * @param now_s  [s] the present: what ended before is forgotten
 * @retval SIM_E_NOMEM  unlimited slots, or counting above 128, only
 */
SIM_MUST_CHECK static inline int sim_kw_take(
    struct sim_kw *kw, double now_s, double end_s, struct sim_err *err)
{
    if (kw->width == 0)
        return sim_kw_take_other(kw, now_s, end_s, err);
    double *f = kw->sorted;
    for (size_t i = 0; i < kw->width; i++) {
        const double low = f[i + 1] < end_s ? f[i + 1] : end_s;
        f[i] = f[i] > low ? f[i] : low;
    }
    return SIM_OK;
}

/**
 * Jobs that took a slot and have not ended at t, those included that start
 * after t.
 *
 * O(c) up to 128 slots.  Above, the first call makes the ends be logged from
 * then on and later calls cost O(log n) for each job that ended; should there
 * be no memory for the log, it stays O(c).
 * @param t_s     [s] not before the last end that was forgotten
 * @param starts  [n_starts] [s] all starts after t of jobs that took a slot
 */
int64_t sim_kw_count(
    struct sim_kw *kw, double t_s, const double *starts, size_t n_starts);

/** Free the memory. */
void sim_kw_release(struct sim_kw *kw);

#endif /* SIM_STATION_FCFS_KW_H */
