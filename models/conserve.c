#include "models/conserve.h"

#include <float.h>
#include <math.h>

/* Relative difference of the two sides of Little's law that rounding may
 * make. */
#define LITTLE_MOST 1e-9

/* Counts are whole numbers below 2^53, so these sums are exact. */
static int check_scope(const struct mdl_layout *layout, void *block, int scope,
    struct sim_err *err)
{
    const double *n =
        mdl_block_at(block, layout->counts) + (size_t)scope * MDL_N_COUNTS;
    const bool cls = scope < layout->n_classes;

    if (n[MDL_OFFERED] != n[MDL_SERVED] + n[MDL_LOST] + n[MDL_ABANDONED])
        return sim_err_set(err, SIM_E_INTERNAL,
            "internal check failed: %s %d has %.0f requests offered, but %.0f "
            "served, %.0f lost and %.0f abandoned",
            cls ? "class" : "site entry",
            cls ? scope : scope - layout->n_classes, n[MDL_OFFERED],
            n[MDL_SERVED], n[MDL_LOST], n[MDL_ABANDONED]);
    return SIM_OK;
}

/* What was offered, by user and class, is what classes were offered. */
static int check_offered(const struct mdl_layout *layout, void *block,
    int64_t open, struct sim_err *err)
{
    const double *counts = mdl_block_at(block, layout->counts);
    const double *offered = mdl_block_at(block, layout->offered);

    for (int c = 0; c < layout->n_classes; c++) {
        const double ended = counts[(size_t)c * MDL_N_COUNTS + MDL_OFFERED];
        double sent = 0.0;
        for (int i = c; i < layout->n_sources; i += layout->n_classes)
            sent += offered[i];
        if (sent != ended)
            return sim_err_set(err, SIM_E_INTERNAL,
                "internal check failed: class %d sent %.0f requests, but %.0f "
                "ended",
                c, sent, ended);
    }
    if (open != 0)
        return sim_err_set(err, SIM_E_INTERNAL,
            "internal check failed: %lld requests are still open",
            (long long)open);
    return SIM_OK;
}

int mdl_conserve_check(const struct mdl_layout *layout, void *block,
    int64_t open, const struct mdl_stays *stays, double in_system_s,
    struct sim_err *err)
{
    /* a time of a long run is known to an ulp only, and stays are
     * differences of times */
    const double end_s = isfinite(stays->to_s) ? stays->to_s : 0.0;
    const double rounding = DBL_EPSILON * end_s * (double)stays->n;
    int rc = SIM_OK;

    for (int s = 0; rc == SIM_OK && s < layout->n_scopes; s++)
        rc = check_scope(layout, block, s, err);
    if (rc == SIM_OK)
        rc = check_offered(layout, block, open, err);
    if (rc != SIM_OK)
        return rc;
    if (!(fabs(stays->sum_s - in_system_s) <=
            LITTLE_MOST * in_system_s + rounding))
        return sim_err_set(err, SIM_E_INTERNAL,
            "internal check failed: requests stayed %.17g s in all, but the "
            "number in system adds up to %.17g s",
            stays->sum_s, in_system_s);
    return SIM_OK;
}
