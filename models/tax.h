/* tax.h - tax depreciation of purchases on the ledger's columns.
 *
 * A purchase in column j is depreciated from column j + 1 on, by the schedule's
 * share of its year of life; with monthly columns a year's share is spread
 * evenly over its twelve months.  What the horizon leaves undepreciated is
 * written off in the last column against the sale (ledger.h, tax base).
 * "Taxed elsewhere": losses are used at once, so there is no carry-forward and
 * tax is linear in costs.
 */
#ifndef MODELS_TAX_H
#define MODELS_TAX_H

/**
 * Depreciation by column: dep[k] = sum_{j<k} bought[j] rate(k - j).
 * @param schedule        enum res_depreciation
 * @param life_yr         economic life, for straight line; > 0
 * @param columns_per_yr  1 or 12
 * @param n               columns, N + 1
 * @param bought          [n] purchases [usd]
 * @param dep             out: [n] depreciation [usd]
 * @return basis left undepreciated after column N [usd]
 * Source: [MACRS] in models/SOURCES.md, Table A-1 (half-year convention).
 */
double mdl_tax_depreciation(int schedule, double life_yr, int columns_per_yr,
    int n, const double *bought, double *dep);

#endif /* MODELS_TAX_H */
