/* ledger.h - money as lines; nothing else adds dollars.
 *
 * One ledger a deployment.  A ledger is a list of items (entry, category,
 * what, quantity x price) over one time axis of columns:
 *
 *   column 0        time zero (`start`): purchases of year 0
 *   column k        year k (or month k when timing is month-end): its running
 *                   costs, and the purchases made at its end = the start of the
 * next
 *
 * so timing "year-end" has N + 1 columns for N years.  Costs are positive.
 * Amounts are nominal: price in money of `start` x (1 + escalation)^years.
 * Every number a workbook formula needs as its cached value stands here, and
 * every formula is short:
 *
 *   index[k]     escalation factor of an item in column k:
 *                (1 + e)^(year), year = k - 1 for running costs of year k
 *                (prices of year 1 are prices of `start`), k for purchases
 *   running      amount[k] = quantity[k] * price * price2 * index[k]
 *   capital      bought[k] = quantity[0] * flag[k] * price * price2 * index[k];
 *                flag[0] = 1, flag[k] = ceil((k+1)/life) - ceil(k/life) for 0 <
 * k < N (life in columns), 0 at k = N depreciation dep[k] = sum_j bought[j] *
 * rate(k - j), j < k residual     at column N: -sum_j bought[j] * max(0, 1 - (N
 * - j)/life) tax base     running + depreciation; at N also + undepreciated tax
 * basis
 *                + residual (a gain lowers the base)
 *   tax          -tax_rate * tax base ("taxed elsewhere": losses are used at
 * once) present value running, tax: x discount_op[k]; bought, residual: x
 * discount_cap[k]
 */
#ifndef MODELS_RESULTS_LEDGER_H
#define MODELS_RESULTS_LEDGER_H

#include <stdbool.h>
#include <stdint.h>

/* Categories: tco.<name>; they add up to tco.npv. */
enum res_category {
    RES_HARDWARE,
    RES_FACILITY,
    RES_GENERATION,
    RES_ENERGY,
    RES_NETWORK,
    RES_EGRESS,
    RES_RENTAL,
    RES_STAFF,
    RES_REPAIR,
    RES_SECURITY,
    RES_SOFTWARE,
    RES_LEASE,
    RES_LATENCY_PENALTY,
    RES_LOST_REVENUE,
    RES_CARBON,
    RES_TAX,
    RES_RESIDUAL,
    RES_N_CATEGORIES,
};

/** "hardware" ... and for people "Hardware"; NULL outside the range. */
const char *res_category_name(int category);
const char *res_category_label(int category);
/** Category of a name, -1 when unknown. */
int res_category_find(const char *name);

enum res_timing { RES_YEAR_END, RES_MID_YEAR, RES_MONTH_END };
const char *res_timing_name(int timing); /* "year-end" ... */

/* Tax depreciation schedules: share of cost in the 1st, 2nd ... year. */
enum res_depreciation {
    RES_DEP_NONE,
    RES_DEP_STRAIGHT_LINE, /* over the economic life (rounded up to years) */
    RES_DEP_MACRS_3,
    RES_DEP_MACRS_5,
    RES_DEP_MACRS_7,
    RES_DEP_MACRS_10,
    RES_DEP_MACRS_15,
    RES_DEP_MACRS_20,
    RES_DEP_BONUS_100, /* all in the first year */
    RES_N_DEPRECIATIONS,
};
const char *res_depreciation_name(int schedule); /* "macrs-5" ... */

struct res_item {
    const char *entry; /* site entry, or "" for the deployment as a whole */
    int category;      /* enum res_category */
    const char *label; /* "Electricity", "Servers" */
    const char *unit;  /* of the quantity: "kWh", "server" */
    bool capital;
    /* Indices into res_run.inputs of what the amount is linear in: price,
     * optional second factor, escalation rate, life [year] (capital); -1 = none
     * (factor 1, rate 0). */
    int price, price2, escalation, life;
    int depreciation; /* capital: enum res_depreciation */
    /* [n_columns]; running: expected quantity of the column (0 at column 0);
     * capital: quantity[0] units bought at each purchase, rest 0. */
    double *quantity;
    double *flag;    /* capital: purchases in the column; running: NULL */
    double *index;   /* escalation factor by column */
    double *amount;  /* nominal, running or bought */
    double *dep;     /* capital: tax depreciation by column; running: NULL */
    double residual; /* capital: value left at the horizon (>= 0) */
    double undepreciated; /* capital: tax basis left at the horizon */
    double pv;            /* of amount */
};

struct res_ledger {
    int n_columns;                              /* N + 1 */
    int timing;                                 /* enum res_timing */
    int columns_per_yr;                         /* 1 or 12 */
    int in_discount, in_tax_rate, in_inflation; /* input indices */
    int n_items;
    struct res_item *items;
    double *years; /* [n] time of the column's end in years: 0, 1, 2 ... */
    double *discount_op;  /* [n] factor for running costs and tax */
    double *discount_cap; /* [n] factor for purchases and residual */
    double *category[RES_N_CATEGORIES]; /* [n] nominal by category, tax and
                                         * residual included */
    double *total;                      /* [n] sum over categories */
    double *depreciation;               /* [n] sum over items */
    double *tax_base;                   /* [n] */
    double *units;                      /* [n] requests served in the column */
    double pv[RES_N_CATEGORIES];        /* tco.<category> */
    double npv;                         /* tco.npv */
    double npv_before_tax;
    double undiscounted; /* tco.total */
    double pv_units;
    double annuity; /* capital recovery factor r/(1-(1+r)^-years) */
};

#endif /* MODELS_RESULTS_LEDGER_H */
