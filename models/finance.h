/* finance.h - the cost of money: the keys `finance` (of the scenario) and
 * `cash` (of a site entry).
 *
 * Rates are nominal and yearly.  What is not stated is not applied: tax,
 * inflation and the carbon price default to 0, so that a study of money alone
 * is the plain closed form; the country presets set them.  An escalation that
 * is not given is the inflation.
 */
#ifndef MODELS_FINANCE_H
#define MODELS_FINANCE_H

#include "models/results/ledger.h"
#include "sim/param.h"

/* Choices of `depreciation`: the names of enum res_depreciation in its order,
 * then NULL.  The second list has "finance" (MDL_DEP_AS_FINANCE) before NULL.
 */
extern const char *const mdl_depreciation_names[RES_N_DEPRECIATIONS + 1];
extern const char
    *const mdl_depreciation_or_finance_names[RES_N_DEPRECIATIONS + 2];

/* Yearly rise of prices by kind, nominal (inflation included); NAN = equal to
 * the inflation. */
struct mdl_escalation_cfg {
    double energy_frac;   /* electricity, demand charges */
    double staff_frac;    /* wages, visits */
    double hardware_frac; /* servers, installation, maintenance, parts */
    double network_frac;  /* circuits, egress */
    double facility_frac; /* facility capital, water */
    double rent_frac;     /* colocation, managed nodes, cloud, API */
};

/* Meanings, ranges and defaults: the rows in finance.c. */
struct mdl_finance_cfg {
    double discount_rate_frac;
    double tax_rate_frac;
    int depreciation; /* enum res_depreciation */
    double inflation_frac;
    int timing; /* enum res_timing */
    struct mdl_escalation_cfg escalation;
    double carbon_price_usd_per_t;
};

extern const struct sim_table mdl_escalation_table;
extern const struct sim_table mdl_finance_table;

/* Money stated as such, per member: a purchase at time zero without renewal, a
 * yearly cost in money of `start` (rising with inflation), and what is left at
 * the horizon, in money of that day. */
struct mdl_cash_cfg {
    double capex_usd;
    double opex_usd_per_yr;
    double residual_usd;
};

extern const struct sim_table mdl_cash_table;

#endif /* MODELS_FINANCE_H */
