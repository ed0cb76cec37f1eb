#include "models/build.h"

#include <math.h>

#define CFG struct mdl_build_cfg

/* clang-format off */
static const struct sim_param rows[] = {
    { SIM_PARAM_DIST(CFG, months), .unit = "", .flags = SIM_P_STATE,
      .doc = "Months from the order to service, a distribution." },
};
/* clang-format on */

const struct sim_table mdl_build_table = {
    .name = "build",
    .doc = "How long a site takes to build; reported, not simulated.",
    SIM_ROWS(rows),
    .size = sizeof(CFG),
};

double mdl_build_time_to_service_month(
    const struct mdl_build_cfg *const *cfg, int n)
{
    double longest = (double)NAN;

    for (int i = 0; i < n; i++) {
        if (cfg[i]->months != NULL)
            longest = fmax(longest, sim_dist_mean(cfg[i]->months));
    }
    return longest;
}

int mdl_build_metrics(struct res_run *run, const char *scope,
    const struct mdl_build_cfg *const *cfg, int n, struct sim_err *err)
{
    const double months = mdl_build_time_to_service_month(cfg, n);
    const struct res_estimate est =
        isnan(months)
            ? res_undefined("no site states its build time (build.months)")
            : res_exact(months);

    if (res_put(run, scope, "time_to_service", est) != SIM_OK)
        return sim_err_set(err, SIM_E_NOMEM, "out of memory");
    return SIM_OK;
}
