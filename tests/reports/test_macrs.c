/* Depreciation table.  Truths: the columns of IRS Publication 946 Table A-1
 * add up to 100 %; spot values read off the printed table; straight line from
 * its definition. */
#include "models/results/macrs.h"

#include <math.h>

#include "check_main.h"
#include "models/results/ledger.h"

static double sum_of(int schedule, int columns_per_yr, double life_yr)
{
    double sum = 0.0;

    for (int age = 0; age <= 40 * columns_per_yr; age++)
        sum += res_depreciation_column(schedule, age, columns_per_yr, life_yr);
    return sum;
}

START_TEST(test_columns_sum_to_one)
{
    for (int s = RES_DEP_STRAIGHT_LINE; s < RES_N_DEPRECIATIONS; s++) {
        ck_assert_double_eq_tol(sum_of(s, 1, 4.5), 1.0, 1e-12);
        ck_assert_double_eq_tol(sum_of(s, 12, 4.5), 1.0, 1e-12);
    }
    ck_assert_double_eq(sum_of(RES_DEP_NONE, 1, 4.5), 0.0);
}
END_TEST

START_TEST(test_printed_values)
{
    ck_assert_double_eq(res_depreciation_rate(RES_DEP_MACRS_5, 1, 4), 0.2);
    ck_assert_double_eq_tol(
        res_depreciation_rate(RES_DEP_MACRS_5, 6, 4), 0.0576, 1e-15);
    ck_assert_double_eq(res_depreciation_rate(RES_DEP_MACRS_5, 7, 4), 0.0);
    ck_assert_double_eq_tol(
        res_depreciation_rate(RES_DEP_MACRS_15, 16, 4), 0.0295, 1e-15);
    ck_assert_double_eq_tol(
        res_depreciation_rate(RES_DEP_MACRS_20, 21, 4), 0.02231, 1e-15);
    ck_assert_double_eq(res_depreciation_rate(RES_DEP_MACRS_20, 22, 4), 0.0);
    ck_assert_double_eq(res_depreciation_rate(RES_DEP_BONUS_100, 1, 4), 1.0);
    ck_assert_double_eq(res_depreciation_rate(RES_DEP_BONUS_100, 2, 4), 0.0);
}
END_TEST

/* Half-year convention by declining balance: the printed 7-year column is
 * within rounding (0.005 points) of 200 % declining balance with a switch to
 * straight line, computed here from the definition. */
START_TEST(test_seven_year_by_declining_balance)
{
    double left = 1.0;

    for (int y = 1; y <= 8; y++) {
        const double months = y == 1 ? 0.5 : 1.0;
        const double remaining = 7.0 - (y - 1.5 > 0 ? y - 1.5 : 0.0);
        double db = left * 2.0 / 7.0 * months;
        const double sl = left * months / remaining;
        if (y > 1 && sl > db)
            db = sl;
        if (y == 8)
            db = left;
        ck_assert_double_eq_tol(
            res_depreciation_rate(RES_DEP_MACRS_7, y, 7), db, 0.00011);
        left -= db;
    }
}
END_TEST

START_TEST(test_straight_line_rounds_life_up)
{
    ck_assert_double_eq(
        res_depreciation_rate(RES_DEP_STRAIGHT_LINE, 5, 4.5), 0.2);
    ck_assert_double_eq(
        res_depreciation_rate(RES_DEP_STRAIGHT_LINE, 6, 4.5), 0.0);
    ck_assert_double_eq(
        res_depreciation_rate(RES_DEP_STRAIGHT_LINE, 4, 4.0), 0.25);
    ck_assert_double_eq(
        res_depreciation_rate(RES_DEP_STRAIGHT_LINE, 1, NAN), 0.0);
}
END_TEST

START_TEST(test_monthly_age)
{
    /* month 12 is still in the first tax year, month 13 in the second */
    ck_assert_double_eq(
        res_depreciation_column(RES_DEP_MACRS_5, 12, 12, 4), 0.2 / 12);
    ck_assert_double_eq(
        res_depreciation_column(RES_DEP_MACRS_5, 13, 12, 4), 0.32 / 12);
    ck_assert_double_eq(res_depreciation_column(RES_DEP_MACRS_5, 0, 12, 4), 0.);
    ck_assert_double_eq(res_depreciation_column(99, 1, 1, 4), 0.);
}
END_TEST

TEST_MAIN("reports/macrs", test_columns_sum_to_one, test_printed_values,
    test_seven_year_by_declining_balance, test_straight_line_rounds_life_up,
    test_monthly_age)
