/* plan_work.h - what the requests of a class ask for: tokens, work, and the
 * trace that brings them.  Part of building a plan, in this order. */
#ifndef MODELS_PLAN_WORK_H
#define MODELS_PLAN_WORK_H

#include "models/plan.h"

/** Prepare the law of the tokens: built-in, rows of a file, or two
 *  distributions.  @retval SIM_OK, SIM_E_INPUT, SIM_E_IO, SIM_E_LIMIT,
 *  SIM_E_NOMEM */
SIM_MUST_CHECK int mdl_plan_tokens(
    struct mdl_plan *plan, struct mdl_class *c, struct sim_err *err);

/** Read the trace of the class through, if it replays one; what the class
 *  takes from a trace must be there.  Needs the users and the tokens.
 *  @retval SIM_OK, SIM_E_INPUT, SIM_E_IO, SIM_E_LIMIT, SIM_E_NOMEM */
SIM_MUST_CHECK int mdl_plan_trace(
    struct mdl_plan *plan, struct mdl_class *c, struct sim_err *err);

/** Mean and SCV of the work and mean tokens, once tokens and trace are known.
 */
void mdl_plan_work(struct mdl_class *c);

#endif /* MODELS_PLAN_WORK_H */
