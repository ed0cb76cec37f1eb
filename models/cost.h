/* cost.h - what a site entry pays for: prices of the key `cost`.
 *
 * Only prices stand here; the quantities they multiply come from the timeline,
 * the requests and the energy model, and money.h joins the two into ledger
 * items.  Prices are money of `start`; money.h names the escalation of each.
 * Money is per member of the entry, server prices per server.
 *
 * An absent price is 0: a site costs nothing that is not stated.  `server`,
 * `gpu_hour` and `life` are NAN when absent; they then come from the hardware
 * profile.  Which prices a site pays is a matter of `procure` (money.h).
 */
#ifndef MODELS_COST_H
#define MODELS_COST_H

#include "models/results/ledger.h"
#include "sim/param.h"

/* Who owns what: choices of `procure`.  What each of them pays: money.h. */
enum mdl_procure {
    MDL_PROCURE_OWN,
    MDL_PROCURE_COLO,
    MDL_PROCURE_CLOUD,
    MDL_PROCURE_MANAGED,
    MDL_PROCURE_API,
    MDL_N_PROCURE,
};

/* Their names in that order, NULL-terminated. */
extern const char *const mdl_procure_names[MDL_N_PROCURE + 1];

/* Stands in `depreciation` for "what finance says". */
enum { MDL_DEP_AS_FINANCE = RES_N_DEPRECIATIONS };

/* Meanings, ranges and defaults: the rows in cost.c. */
struct mdl_cost_cfg {
    double server_usd; /* NAN = hardware.price */
    double install_usd;
    double circuit_usd_per_month;
    double rent_usd_per_kw_month;
    double node_month_usd_per_month;
    double maintenance_per_yr;
    double repair_frac;
    double accelerator_frac;
    double licences_usd_per_yr;
    double security_usd_per_yr;
    double water_usd_per_l;
    double gpu_hour_usd_per_h; /* NAN = hardware.gpu_hour */
    double tokens_in_usd_per_mtok;
    double tokens_out_usd_per_mtok;
    double request_usd;
    double egress_usd_per_gb;
    double life_yr;   /* NAN = hardware.life */
    int depreciation; /* enum res_depreciation or MDL_DEP_AS_FINANCE */
};

extern const struct sim_table mdl_cost_table;

#endif /* MODELS_COST_H */
