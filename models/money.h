/* money.h - from quantities and prices to the ledger and the money metrics.
 *
 * Three steps, each linear in prices:
 *   1. the run model fills one `struct mdl_usage` an entry and replication,
 *      the billing determinants by ledger column (kWh, GB, visits ...);
 *   2. mdl_money_build() makes the items of the expected ledger from the mean
 *      usage, by what the entry procures; mdl_ledger_evaluate() does the
 *      arithmetic that ledger.h defines;
 *   3. mdl_money_metrics() puts the figures.  A value is that of the expected
 *      ledger; its half width is the t interval of the same figure on the
 *      ledgers of the single replications (manual, "Ledger and money").
 *
 * Costs are positive.  Prices are read from run->inputs (numeric, finite), by
 * path: "deployments.<d>.sites.<entry>.<key>" and "finance.<key>".  Keys read:
 * all of cost, staff, cash and finance; hardware.price, hardware.gpu_hour,
 * hardware.life (where cost has none), facility.price, facility.life,
 * energy.price (or energy.price.flat), energy.demand.
 *
 * What an entry pays, by `procure`:
 *   own      hardware and facility bought; energy, staff, visits, network ...
 *   colo     as own, but the kW rented instead of a facility built
 *   managed  hardware bought; rent and node fees replace facility, energy,
 *            water, staff and visits
 *   cloud    accelerator-hours and egress
 *   api      tokens or requests
 * and all of them carbon, lost revenue and latency penalty (where priced) and
 * `cash`.
 */
#ifndef MODELS_MONEY_H
#define MODELS_MONEY_H

#include "models/cost.h"
#include "models/results/results.h"
#include "sim/arena.h"

/* Billing determinants, totals over all members of an entry.  Element k of the
 * array is the amount in ledger column k, 1 <= k <= N; element 0 is read where
 * it says so.  Arrays that do not apply stay 0. */
enum mdl_quantity {
    MDL_Q_SERVERS, /* servers in service; [0]: bought at time zero; INFINITY
                    * (unlimited) costs nothing */
    MDL_Q_IT_KW,   /* IT power built or contracted [kW]; [0]: built at zero */
    MDL_Q_IT_KWH,
    MDL_Q_SITE_KWH,   /* bought from the grid, priced flat by energy.price */
    MDL_Q_ENERGY_USD, /* bill by hourly prices, in money of start; where it is
                       * not 0 it replaces the flat price */
    MDL_Q_BILLED_KW_MONTH, /* sum over months of the billed peak [kW] */
    MDL_Q_DEMAND_USD, /* demand charges of a tariff; replaces energy.demand */
    MDL_Q_EGRESS_GB,  /* priced flat by cost.egress */
    MDL_Q_EGRESS_USD, /* bill by tiers, in money of start; replaces it */
    MDL_Q_SERVED,     /* requests */
    MDL_Q_CAPACITY,   /* requests the entry could have served; 0 = unknown */
    MDL_Q_INPUT_MTOK,
    MDL_Q_OUTPUT_MTOK,
    MDL_Q_GPU_H,      /* accelerator-hours in service: what a cloud bills */
    MDL_Q_GPU_BUSY_H, /* accelerator-hours in use */
    MDL_Q_SERVER_FAILURES,
    MDL_Q_ACCELERATOR_FAILURES,
    MDL_Q_VISITS,     /* truck rolls made, after batching */
    MDL_Q_HANDS_ON_H, /* technician hours on site, travel not included */
    MDL_Q_CARBON_KG,
    MDL_Q_WATER_L,
    MDL_Q_LOST_USD,    /* value of lost requests, money of start */
    MDL_Q_PENALTY_USD, /* latency penalty, money of start */
    MDL_N_QUANTITIES,
};

struct mdl_usage {
    double members;
    double accelerators;         /* per server; 0 = none */
    double *q[MDL_N_QUANTITIES]; /* [n_columns] each */
};

/** Columns of a ledger: 1 + ceil(horizon in years, or months for month-end). */
int mdl_money_columns(int timing, double horizon_yr);

/** Time of the end of column k [year]: min(k / columns_per_yr, horizon). */
double mdl_money_column_end_yr(int timing, double horizon_yr, int k);

/** Length of column k [year]; 0 for k = 0; shorter for a broken last one. */
double mdl_money_column_yr(int timing, double horizon_yr, int k);

/** Arrays of zeros in `arena`. @retval SIM_OK, SIM_E_NOMEM */
SIM_MUST_CHECK int mdl_usage_init(struct mdl_usage *usage, int n_columns,
    struct sim_arena *arena, struct sim_err *err);

/**
 * Mean over replications, summed in index order.
 * @param reps  [n_reps x n_entries], row-major; n_reps >= 1
 * @param mean  out: [n_entries], initialised by mdl_usage_init()
 */
void mdl_usage_mean(const struct mdl_usage *reps, int n_reps, int n_entries,
    int n_columns, struct mdl_usage *mean);

struct mdl_money_entry {
    const char *name; /* key under `sites` */
    int procure;      /* enum mdl_procure */
    int depreciation; /* cost.depreciation, MDL_DEP_AS_FINANCE included */
    int facility_depreciation; /* enum res_depreciation */
};

/* A deployment as money sees it.  Borrowed throughout. */
struct mdl_money_plan {
    const char *deployment;
    double horizon_yr; /* > 0 */
    int timing;        /* finance.timing */
    int depreciation;  /* finance.depreciation: hardware and cash */
    int n_entries;
    const struct mdl_money_entry *entries;
};

/**
 * The ledger of a deployment, evaluated.
 *
 * An item is made where its quantity is not 0 throughout and its price input
 * exists (even at 0: the workbook may raise it).
 * @param run    inputs must be final and sorted
 * @param usage  [n_entries] expected quantities (or those of a replication)
 * @param arena  owns the ledger; &run->arena for the one that stays
 * @param out    the ledger, possibly without items
 * @retval SIM_OK
 * @retval SIM_E_NOMEM
 * @retval SIM_E_RANGE  an amount is not finite
 */
SIM_MUST_CHECK int mdl_money_ledger(const struct mdl_money_plan *plan,
    const struct res_run *run, const struct mdl_usage *usage,
    struct sim_arena *arena, struct res_ledger **out, struct sim_err *err);

/** The same; *out is NULL where no item has a price above 0: no money in the
 *  study, so none in its results. */
SIM_MUST_CHECK int mdl_money_build(const struct mdl_money_plan *plan,
    const struct res_run *run, const struct mdl_usage *usage,
    struct sim_arena *arena, struct res_ledger **out, struct sim_err *err);

/**
 * Fill every derived array and number of a ledger from its items' quantities
 * and units[] and the input values, as ledger.h defines; compensated sums.
 *
 * Beyond ledger.h: without a life an item is bought once and keeps no
 * residual value (straight-line depreciation then takes the horizon); running
 * items of category residual are discounted as residuals (discount_cap); with
 * month-end prices rise once a year, and a year's depreciation is spread over
 * its months; discounting uses `years`, whose last element may be a broken
 * year (the caller sets years[]).
 * @param ledger  arrays allocated; quantity, units, years, timing set
 * @retval SIM_OK
 * @retval SIM_E_RANGE  the result is not finite
 */
SIM_MUST_CHECK int mdl_ledger_evaluate(
    struct res_ledger *ledger, const struct res_run *run, struct sim_err *err);

/* What the figures of a deployment follow from.  Borrowed. */
struct mdl_money_case {
    const struct mdl_money_plan *plan;
    const struct res_ledger *ledger; /* expected */
    const struct mdl_usage *mean;    /* [n_entries] */
    const struct mdl_usage *reps;    /* [n_reps x n_entries], or NULL */
    int n_reps;                      /* 0: values are exact */
};

/**
 * Put all money metrics of a deployment: tco.*, capex*, opex_per_year, cost.*
 * and, against the baseline, npv_gain, irr, mirr, payback, payback.discounted;
 * "year.<k>.tco.total" with year 0 = time zero, year k = the k-th year.
 *
 * cost.per_* = PV(cost)/PV(units used), `.reserved` on units available.
 * capex.equivalent_annual = annuity x (PV of purchases - PV of residuals),
 * before tax; opex_per_year = running costs before tax over the horizon.
 * Differences are paired by replication.
 * @param baseline  same horizon and timing; NULL or `self` itself: the figures
 *                  against it are undefined, with the reason
 * @retval SIM_OK, SIM_E_NOMEM, SIM_E_RANGE
 */
SIM_MUST_CHECK int mdl_money_metrics(struct res_run *run,
    const struct mdl_money_case *self, const struct mdl_money_case *baseline,
    struct sim_err *err);

#endif /* MODELS_MONEY_H */
