/* build.h - how long until a site serves: the key `build`.
 *
 * Capacity exists at time zero (`build.in_service: start` of the manual); the
 * lead time is reported, not simulated.  `months` is a distribution of the
 * months from the order to service; time_to_service of a deployment is the
 * largest mean among its entries, as a deployment is complete with its last
 * site.
 */
#ifndef MODELS_BUILD_H
#define MODELS_BUILD_H

#include "models/results/results.h"
#include "sim/dist.h"
#include "sim/param.h"

struct mdl_build_cfg {
    const struct sim_dist *months; /* [month], NULL = not given */
};

extern const struct sim_table mdl_build_table;

/**
 * Time to service of a deployment: max over entries of the mean of `months`.
 * @param cfg  [n] one an entry, in any order
 * @return [month]; NAN when no entry states it
 */
double mdl_build_time_to_service_month(
    const struct mdl_build_cfg *const *cfg, int n);

/**
 * Put "<scope>.time_to_service"; undefined, with the reason, when no entry
 * states a build time.
 * @retval SIM_OK, SIM_E_NOMEM
 */
SIM_MUST_CHECK int mdl_build_metrics(struct res_run *run, const char *scope,
    const struct mdl_build_cfg *const *cfg, int n, struct sim_err *err);

#endif /* MODELS_BUILD_H */
