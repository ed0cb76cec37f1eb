/* amortize.h - spread the purchase price of an asset over its service life.
 *
 * Pure arithmetic: no events, no random draws, no state between calls.  The
 * ledger does not use yearly shares (it discounts the purchases themselves);
 * these are the level payments of the classical cost models, used for
 * equivalent annual figures and for checks against them.
 */
#ifndef MODELS_AMORTIZE_H
#define MODELS_AMORTIZE_H

#include "sim/err.h"

enum mdl_amortize_method {
    MDL_AMORTIZE_STRAIGHT_LINE, /* (price - salvage) / life */
    MDL_AMORTIZE_ANNUITY,       /* level payment at the cost of capital */
};

/**
 * Capital recovery factor r / (1 - (1+r)^-n); its limit 1/n as r -> 0, with
 * full precision near it.
 * @param r  rate per period, > -1
 * @param n  periods, > 0
 * Source: [CRF] in models/SOURCES.md.
 */
double mdl_annuity_factor(double r, double n);

/** Rate per month that compounds to `r` a year: (1+r)^(1/12) - 1. */
double mdl_monthly_rate(double r);

/**
 * Level cost per period of owning one unit, paid at the end of each:
 * straight line (P - S)/n, or (P - S) CRF(r, n) + S r.
 * @param price_usd    P
 * @param salvage_usd  S, resale value at the end of life
 * @param r            rate per period; not read by straight line
 * @param n            life in periods, > 0
 * @param method       enum mdl_amortize_method
 * @param cost_usd     out: untouched on error
 * @retval SIM_OK
 * @retval SIM_E_RANGE  the result is not finite
 */
SIM_MUST_CHECK int mdl_amortize_cost(double price_usd, double salvage_usd,
    double r, double n, int method, double *cost_usd, struct sim_err *err);

/**
 * Book value after `age` years of a unit bought at price P with salvage S:
 * straight line over `life`.
 * @return [usd], S from `life` on
 */
double mdl_book_value_usd(
    double price_usd, double salvage_usd, double life_yr, double age_yr);

/**
 * Declining balance at `factor`/life a year, changing to straight line in the
 * year in which that is larger: depreciation of the years 1 .. n_years.
 * @param factor       2 = double declining balance
 * @param charge_frac  out: [n_years] shares of the price (no salvage), summing
 * to 1 when n_years >= life
 */
void mdl_declining_balance(
    double factor, int life_yr, int n_years, double *charge_frac);

#endif /* MODELS_AMORTIZE_H */
