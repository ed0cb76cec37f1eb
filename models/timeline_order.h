/* timeline_order.h - private to the timeline: from the histories of members to
 * the one of the deployment.
 *
 * Members are drawn one after the other (timeline.c); this brings their
 * changes into one order of time and finds when the deployment is disturbed.
 */
#ifndef MODELS_TIMELINE_ORDER_H
#define MODELS_TIMELINE_ORDER_H

#include "models/timeline.h"

/**
 * Complete a timeline: `changes` from member order into time order (ties by
 * member), `by_member`, `disturbed`.
 * @param tl       horizon, changes in member order, each member's in time
 *                 order, and member_first as set by the draw; on error valid
 *                 for release, nothing else
 * @param members  [tl->n_members]
 * @retval SIM_OK
 * @retval SIM_E_NOMEM
 */
SIM_MUST_CHECK int mdl_timeline_order(struct mdl_timeline *tl,
    const struct mdl_tl_member *members, struct sim_err *err);

#endif /* MODELS_TIMELINE_ORDER_H */
