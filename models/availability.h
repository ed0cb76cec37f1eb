/* availability.h - what one timeline yields to availability, between the files
 * that measure it: measure_availability.c, measure_first.c, measure_reach.c.
 */
#ifndef MODELS_AVAILABILITY_H
#define MODELS_AVAILABILITY_H

#include <stdint.h>

#include "models/plan.h"
#include "models/timeline.h"
#include "sim/err.h"

/** User-weighted time [h] from `from_ns` to the horizon in which at least one
 *  candidate of a user is up.  @retval SIM_E_NOMEM */
SIM_MUST_CHECK int mdl_reach_hours(const struct mdl_plan *plan,
    const struct mdl_dep *dep, const struct mdl_timeline *tl, int64_t from_ns,
    double *hours);

/**
 * Follow a timeline beyond its horizon until every member, and the deployment,
 * has had its first outage.
 *
 * A mean of times cut at the horizon would be too short, and the usual
 * correction (time on test over outages) holds for constant rates only, not
 * for spares that are used up.  The streams of a longer horizon begin as those
 * of the shorter, so history goes on where it ended.  What never fails is not
 * waited for, nor what has not failed after 1,000 changes (of what is repaired)
 * or 285 years.
 *
 * @param horizon_ns  of the timeline that gave `m`
 * @param n_changes   its changes
 * @param needed      sites needed
 * @param m           in: measures up to the horizon, with `site`; out: first
 *                    outages only
 * @param until_h     out: how far it was followed [h]
 * @retval SIM_E_NOMEM, SIM_E_LIMIT as of mdl_timeline_draw()
 */
SIM_MUST_CHECK int mdl_first_outages(const struct mdl_dep *dep,
    int64_t horizon_ns, int64_t n_changes, uint64_t seed, uint64_t replication,
    int64_t needed, struct mdl_tl_measures *m, double *until_h,
    struct sim_err *err);

#endif /* MODELS_AVAILABILITY_H */
