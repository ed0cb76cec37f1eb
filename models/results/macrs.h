/* macrs.h - tax depreciation: what share of a purchase is deductible when.
 *
 * One constant table, used by the money model and printed on the Tables sheet
 * of the workbook, so that both always speak of the same percentages.  The
 * MACRS columns are the published, rounded ones (not the declining-balance
 * formula), because those are what a tax return uses; each column adds up to
 * 100 % exactly as printed.
 *
 * Source: IRS Publication 946, Appendix A, Table A-1 (general depreciation
 * system, half-year convention, 3-, 5-, 7-, 10-, 15- and 20-year property).
 */
#ifndef MODELS_RESULTS_MACRS_H
#define MODELS_RESULTS_MACRS_H

/* Rows of the longest column: 20-year property is deducted in 21 tax years. */
enum { RES_MACRS_MAX_YEARS = 21 };

/**
 * Share of the cost deducted in the `year_of_life`-th tax year [ratio 0..1].
 *
 *   macrs-n        Table A-1, years 1 .. n + 1
 *   straight-line  1 / ceil(life) in years 1 .. ceil(life)
 *   bonus-100      1 in year 1
 *   none           0
 *
 * Years before the first and after the last give 0.
 *
 * @param schedule      enum res_depreciation; unknown ones count as none
 * @param year_of_life  1 = the year after the purchase
 * @param life_yr       economic life [year], > 0; read by straight-line only;
 *                      not positive or not finite: nothing is deducted
 */
double res_depreciation_rate(int schedule, int year_of_life, double life_yr);

/**
 * The same for a ledger column: share deducted `age` columns after the
 * purchase, rate(ceil(age / columns_per_yr)) / columns_per_yr.  A tax year's
 * share is thus spread evenly over its months.
 *
 * @param age             columns since the purchase; 0 and less give 0
 * @param columns_per_yr  1 or 12
 */
double res_depreciation_column(
    int schedule, int age, int columns_per_yr, double life_yr);

#endif /* MODELS_RESULTS_MACRS_H */
