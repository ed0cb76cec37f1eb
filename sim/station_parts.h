/* station_parts.h - what the event-driven station kernels share.
 *
 * The plan of coming changes of slots, the meter of time averages, and the
 * draw that says which slots are lost.  Plain parts without knowledge of any
 * discipline.
 *
 * Only the sources of station kernels use this header.
 */
#ifndef SIM_STATION_PARTS_H
#define SIM_STATION_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/err.h"
#include "sim/station.h"

/* ---- changes of slots ---------------------------------------------------- */

/* A copy of the plan, since a station outlives the one who made it.  Starts
 * from {0}. */
struct sim_slot_plan {
    double next_s; /* the next change; INFINITY: none to come */
    double *time_s;
    int *slots;
    size_t at, n, room;
};

/** Copy the changes of `cfg`, the first of them next; keeps its memory.
 *  @retval SIM_E_NOMEM  the plan is empty */
SIM_MUST_CHECK int sim_slot_plan_reset(struct sim_slot_plan *plan,
    const struct sim_station_cfg *cfg, struct sim_err *err);

/** Pass the next change; there must be one.
 *  @return slots from then on, -1 = unlimited */
int sim_slot_plan_take(struct sim_slot_plan *plan);

/** Free the memory. */
void sim_slot_plan_release(struct sim_slot_plan *plan);

/**
 * Uniform integer in [0, n): the j-th slot lost at the i-th change.
 *
 * A pure function of (key, i, j, n), so that failures depend on nothing drawn
 * before; the same as in the first-come-first-served kernel.
 * @param n  1 .. 2^30; the bias is below 1e-6
 * Source: Steele, Lea and Flood, OOPSLA 2014 (output function of splitmix64).
 */
uint64_t sim_station_choose(uint64_t key, uint64_t i, uint64_t j, uint64_t n);

/* ---- meter --------------------------------------------------------------- */

/* Integrals over [from_s, to_s) of what is constant between two events. */
struct sim_meter {
    double from_s, to_s;
    double now_s; /* integrated up to here */
    struct sim_station_totals sum;
};

/** Empty, at time -INFINITY, measuring the interval of `cfg`. */
void sim_meter_reset(
    struct sim_meter *meter, const struct sim_station_cfg *cfg);

/** Does an event at t count? */
static inline bool sim_meter_counts(const struct sim_meter *meter, double t_s)
{
    return t_s >= meter->from_s && t_s < meter->to_s;
}

/** Go on to t_s >= now_s, with `in_system` jobs of which `waiting` wait, and
 *  `busy` slots busy in between. */
static inline void sim_meter_move(struct sim_meter *meter, double t_s,
    double in_system, double waiting, double busy)
{
    const double from_s =
        meter->now_s > meter->from_s ? meter->now_s : meter->from_s;
    const double to_s = t_s < meter->to_s ? t_s : meter->to_s;
    if (to_s > from_s) {
        meter->sum.in_system_s += in_system * (to_s - from_s);
        meter->sum.waiting_s += waiting * (to_s - from_s);
        meter->sum.busy_s += busy * (to_s - from_s);
        meter->sum.empty_s += in_system > 0.0 ? 0.0 : to_s - from_s;
    }
    meter->now_s = t_s;
}

#endif /* SIM_STATION_PARTS_H */
