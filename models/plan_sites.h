/* plan_sites.h - the part of the plan that expands deployments: entries into
 * members, and for every user the candidate sites with their paths. */
#ifndef MODELS_PLAN_SITES_H
#define MODELS_PLAN_SITES_H

#include "models/plan.h"

/** Fill plan->deps; users, classes and sources must be there.
 *  @retval SIM_OK, SIM_E_INPUT, SIM_E_NOMEM */
SIM_MUST_CHECK int mdl_plan_deps(struct mdl_plan *plan, struct sim_err *err);

/** Candidates of every source with their paths, and the load they bring; users,
 *  classes, sources and the members of the deployment must be there.
 *  @retval SIM_OK, SIM_E_INPUT, SIM_E_NOMEM */
SIM_MUST_CHECK int mdl_plan_routes(
    struct mdl_plan *plan, struct mdl_dep *dep, struct sim_err *err);

/** Expected visits and work of a source's requests at its candidates. */
void mdl_plan_visits(
    const struct mdl_plan *plan, struct mdl_dep *dep, int source);

/** Load of every place over what it can serve: dep->worst_load, dep->unstable.
 *  @retval SIM_OK, SIM_E_NOMEM */
SIM_MUST_CHECK int mdl_plan_load(
    struct mdl_plan *plan, struct mdl_dep *dep, struct sim_err *err);

#endif /* MODELS_PLAN_SITES_H */
