/* pilot.h - how long the warm-up of a `duration` or `requests` run is.
 *
 * Five pilot replications with streams of their own start empty and give the
 * number in system over time, averaged over them, in 2,048 bins.  MSER-5 on
 * that series gives a deletion time, and the lead-in that load asks for (see
 * mdl_world_mean_lead()) is the least.  The largest over the deployments is
 * used by all replications of all deployments, so that they keep the same
 * cohorts and no request need be stored.
 *
 * Source: White, Cobb and Spratt, Winter Simulation Conference 2000 (MSER-5);
 * Welch, in Lavenberg (ed.), Computer Performance Modeling Handbook, 1983
 * (averaging over replications).
 */
#ifndef MODELS_PILOT_H
#define MODELS_PILOT_H

#include "sim/err.h"

/* The series as it is filled: cell i holds what bin i has more than bin i - 1,
 * so that a stay costs the same however long it is.  A stay may end with the
 * last bin, hence the two cells beyond it. */
enum { MDL_SERIES_BINS = 2048, MDL_SERIES_CELLS = MDL_SERIES_BINS + 2 };

struct mdl_study;

/** From time t on there is `by` more in the system.
 *  @param series    [MDL_SERIES_CELLS]
 *  @param length_s  of the series, > 0 */
static inline void mdl_series_step(
    double *series, double length_s, double t_s, double by)
{
    const double at = t_s * (MDL_SERIES_BINS / length_s);
    const double in = at < 0.0               ? 0.0
                      : at < MDL_SERIES_BINS ? at
                                             : MDL_SERIES_BINS;
    const int bin = (int)in;
    const double before = in - bin; /* part of the bin that is over at t */

    series[bin] += by * (1.0 - before);
    series[bin + 1] += by * before;
}

/**
 * Set study->deletion_s, the warm-up of `warmup: auto` where the run is not cut
 * into windows; 0 elsewhere.
 *
 * A pilot is as long as a run is expected to be, and ten times the lead-in by
 * load at least; one whose deletion point lies in its second half is doubled,
 * up to eight times and to 2^23 requests.  Where that does not help, and where
 * a run by time would lose more than half of itself, there is a warning.  Where
 * rates change over the run (daily shapes, traces, growth) a pilot cannot tell
 * the course of the day from a start-up: the lead-in by load is used.  Unstable
 * deployments are left out.
 *
 * @retval SIM_OK, SIM_E_NOMEM, SIM_E_INTERRUPTED
 */
SIM_MUST_CHECK int mdl_pilot_run(struct mdl_study *study, struct sim_err *err);

#endif /* MODELS_PILOT_H */
