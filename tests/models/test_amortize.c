/* Truth: 60-digit decimal arithmetic, the published example of the spreadsheet
 * function PMT, loan schedules run to zero, and the shares of Hamilton's
 * monthly cost model of 2010. */
#include "check_main.h"

#include <math.h>
#include <string.h>

#include "models/amortize.h"

static void near(double got, double want, double rel)
{
    ck_assert_msg(fabs(got - want) <= rel * fabs(want), "got %.17g, want %.17g",
        got, want);
}

START_TEST(annuity_factor_has_all_digits)
{
    near(mdl_annuity_factor(0.08, 5), 0.250456454566836603115409438, 1e-15);
    near(mdl_annuity_factor(0.05, 30), 0.065051435080276586841788620, 1e-15);
    /* the textbook form keeps 7 digits here */
    near(mdl_annuity_factor(1e-9, 60), 0.016666667175000004998611108, 1e-15);
    near(mdl_annuity_factor(0.0, 7), 1.0 / 7, 1e-15);
    near(mdl_annuity_factor(1e-300, 7), 1.0 / 7, 1e-15);
    /* deflation: r < 0, direct sum of discount factors */
    double sum = 0;
    for (int k = 1; k <= 6; k++)
        sum += pow(0.97, -k);
    near(mdl_annuity_factor(-0.03, 6), 1 / sum, 1e-14);
}
END_TEST

START_TEST(payment_of_the_spreadsheet_manual)
{
    /* PMT(8%/12, 10, 10000) = -1037.03 */
    near(10000 * mdl_annuity_factor(0.08 / 12, 10),
        1037.03208935915217565209482932428, 1e-14);
}
END_TEST

START_TEST(monthly_rate_compounds_to_the_year)
{
    for (int i = 0; i < 30; i++) {
        const double r = -0.2 + 0.04 * i;
        near(pow(1 + mdl_monthly_rate(r), 12), 1 + r, 1e-14);
    }
    near(mdl_monthly_rate(1e-12), 1e-12 / 12, 1e-11);
}
END_TEST

START_TEST(payments_repay_the_loan_and_leave_the_salvage)
{
    const double price = 300000, salvage = 36000, r = 0.09;
    double cost = 0;

    ck_assert_int_eq(mdl_amortize_cost(price, salvage, r, 5,
                         MDL_AMORTIZE_ANNUITY, &cost, NULL),
        SIM_OK);
    double balance = price;
    for (int k = 0; k < 5; k++)
        balance = balance * (1 + r) - cost;
    near(balance, salvage, 1e-12);
    ck_assert_int_eq(mdl_amortize_cost(price, salvage, 0, 5,
                         MDL_AMORTIZE_ANNUITY, &cost, NULL),
        SIM_OK);
    near(cost, (price - salvage) / 5, 1e-15);
    ck_assert_int_eq(mdl_amortize_cost(price, salvage, r, 5,
                         MDL_AMORTIZE_STRAIGHT_LINE, &cost, NULL),
        SIM_OK);
    near(cost, (price - salvage) / 5, 1e-15);
}
END_TEST

START_TEST(not_finite_is_an_error)
{
    struct sim_err err = {0};
    double cost = 7;

    ck_assert_int_eq(mdl_amortize_cost(1e308, -1e308, 0, 0.1,
                         MDL_AMORTIZE_STRAIGHT_LINE, &cost, &err),
        SIM_E_RANGE);
    ck_assert_ptr_nonnull(strstr(err.text, "not finite"));
    ck_assert(cost == 7);
}
END_TEST

START_TEST(book_values)
{
    near(mdl_book_value_usd(100, 10, 4, 1), 77.5, 1e-15);
    near(mdl_book_value_usd(100, 10, 4, 9), 10, 1e-15);
    near(mdl_book_value_usd(100, 10, 4, 0), 100, 1e-15);

    /* double declining over 5 years, straight line from the 4th: textbook */
    const double want[6] = {0.4, 0.24, 0.144, 0.108, 0.108, 0};
    double got[6], sum = 0;
    mdl_declining_balance(2, 5, 6, got);
    for (int i = 0; i < 6; i++) {
        ck_assert(fabs(got[i] - want[i]) < 1e-15);
        sum += got[i];
    }
    near(sum, 1, 1e-15);
    mdl_declining_balance(1, 4, 4, got);
    near(got[3], 0.25, 1e-15); /* factor 1 is straight line */
}
END_TEST

/* 8 MW critical at 9 $/W, of which 82 % power and cooling; 45,978 servers of
 * 1,450 $; network 12.8 M$; 80 % load, PUE 1.45, 7 cents; money at 5 %/12 a
 * month; lives 10, 3 and 4 years.  Published: about 3.5 M$ a month, servers
 * 57 %, network 8 %, power and cooling 18 %, other 4 %, power 13 %. */
START_TEST(hamiltons_shares)
{
    const double i = 0.05 / 12;
    const double capital[4] = {
        45978 * 1450.0, 12.8e6, 0.82 * 72e6, 0.18 * 72e6};
    const double months[4] = {36, 48, 120, 120};
    const double percent[5] = {57, 8, 18, 4, 13};
    double cost[5], total = 0;

    for (int k = 0; k < 4; k++)
        ck_assert_int_eq(mdl_amortize_cost(capital[k], 0, i, months[k],
                             MDL_AMORTIZE_ANNUITY, &cost[k], NULL),
            SIM_OK);
    cost[4] = 8000 * 0.8 * 1.45 * 730 * 0.07;
    for (int k = 0; k < 5; k++)
        total += cost[k];
    near(total, 3.5e6, 0.015);
    for (int k = 0; k < 5; k++)
        ck_assert_msg(fabs(100 * cost[k] / total - percent[k]) <= 0.5,
            "share %d is %g %%", k, 100 * cost[k] / total);
}
END_TEST

TEST_MAIN("models/amortize", annuity_factor_has_all_digits,
    payment_of_the_spreadsheet_manual, monthly_rate_compounds_to_the_year,
    payments_repay_the_loan_and_leave_the_salvage, not_finite_is_an_error,
    book_values, hamiltons_shares)
