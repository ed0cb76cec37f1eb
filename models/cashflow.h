/* cashflow.h - present value, rates of return and payback of dated flows.
 *
 * Pure arithmetic on a list of flows in the order of time.  Here inflows are
 * positive (the ledger's costs are negated, or subtracted from a baseline's,
 * before they come).  Rates are per year and times in years, so monthly and
 * mid-year flows need no special case.
 */
#ifndef MODELS_CASHFLOW_H
#define MODELS_CASHFLOW_H

struct mdl_flow {
    double t_yr;
    double usd;
};

/** Discount factor (1+r)^-t, r > -1, by exp(-t log1p(r)). */
double mdl_discount(double r, double t_yr);

/** sum usd (1+r)^-t, compensated. */
double mdl_npv(const struct mdl_flow *flow, int n, double r);

/* Rates searched for a return: -99 % .. 10,000 % a year. */
#define MDL_IRR_MIN (-0.99)
#define MDL_IRR_MAX 100.0

/**
 * All rates in (MDL_IRR_MIN, MDL_IRR_MAX) at which the present value is zero:
 * sign changes on a grid even in log(1+r), refined to the last digits.  A
 * double root, or two within 2 % of (1+r), may be missed.
 * @param root  out: the first `max_roots`, ascending
 * @return the number of roots found (may exceed max_roots)
 */
int mdl_irr(const struct mdl_flow *flow, int n, double *root, int max_roots);

/** How often the sign of the flows changes, zeros left out: at most as many
 *  rates of return above -100 % exist (Descartes). */
int mdl_sign_changes(const struct mdl_flow *flow, int n);

/**
 * Modified rate of return: outflows discounted at `finance_rate`, inflows
 * compounded at `reinvest_rate` to the last date T:
 *     (FV(inflows) / PV(outflows))^(1/T) - 1.
 * @return NAN unless both signs occur and T > 0
 */
double mdl_mirr(const struct mdl_flow *flow, int n, double finance_rate,
    double reinvest_rate);

/**
 * Payback: the time from which on the running total stays >= 0, linear between
 * dates; the total is discounted at r (0 = simple payback).
 * @return [year]; 0 when the total is never negative; NAN when it is negative
 *         at the end (not paid back within the horizon)
 */
double mdl_payback_yr(const struct mdl_flow *flow, int n, double r);

#endif /* MODELS_CASHFLOW_H */
