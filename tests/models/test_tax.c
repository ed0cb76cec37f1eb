/* Truth: IRS Publication 946, Table A-1, typed in again and derived again
 * (declining balance, half-year convention, change to straight line), and
 * sums by hand. */
#include "check_main.h"

#include <math.h>

#include "models/results/ledger.h"
#include "models/results/macrs.h"
#include "models/tax.h"

enum { MOST = 12 * 25 + 1 };

static void near(double got, double want, double tol)
{
    ck_assert_msg(fabs(got - want) <= tol, "got %.17g, want %.17g", got, want);
}

START_TEST(published_five_year_class)
{
    const double want[7] = {0, 200, 320, 192, 115.2, 115.2, 57.6};
    const double bought[7] = {1000};
    double dep[7];

    near(mdl_tax_depreciation(RES_DEP_MACRS_5, 5, 1, 7, bought, dep), 0, 1e-10);
    for (int k = 0; k < 7; k++)
        near(dep[k], want[k], 1e-10);
    /* a horizon of five years leaves the half of the sixth */
    near(mdl_tax_depreciation(RES_DEP_MACRS_5, 5, 1, 6, bought, dep), 57.6,
        1e-10);
}
END_TEST

/* Half-year convention by its definition: rate factor/n on the balance, half
 * of it in the first year, straight line over what is left once that is more.
 */
static void derive(int n, double factor, double *share)
{
    double balance = 1;

    for (int y = 0; y <= n; y++) {
        const double left = y == 0 ? n : n - y + 0.5;
        const double part = y == 0 ? 0.5 : 1;
        const double declining = balance * factor / n;
        const double straight = left > 0 ? balance / left : 0;
        share[y] = part * fmax(declining, straight);
        if (y == n)
            share[y] = balance;
        balance -= share[y];
    }
}

START_TEST(classes_follow_from_their_definition)
{
    const int years[6] = {3, 5, 7, 10, 15, 20};
    double bought[MOST] = {1}, dep[MOST], share[22];

    for (int c = 0; c < 6; c++) {
        const int n = years[c];
        double sum = 0;

        derive(n, n >= 15 ? 1.5 : 2, share);
        near(
            mdl_tax_depreciation(RES_DEP_MACRS_3 + c, 5, 1, n + 3, bought, dep),
            0, 1e-12);
        for (int y = 0; y <= n; y++) {
            /* the table is rounded so that each column adds up to 100 % */
            near(dep[y + 1], share[y], 1.01e-4);
            sum += dep[y + 1];
        }
        near(sum, 1, 1e-12);
        near(dep[n + 2], 0, 0);
    }
}
END_TEST

START_TEST(other_schedules)
{
    double bought[6] = {900}, dep[6];

    near(mdl_tax_depreciation(RES_DEP_STRAIGHT_LINE, 3, 1, 6, bought, dep), 0,
        1e-10);
    for (int k = 1; k < 6; k++)
        near(dep[k], k <= 3 ? 300 : 0, 1e-10);
    /* life rounded up to years */
    near(mdl_tax_depreciation(RES_DEP_STRAIGHT_LINE, 2.5, 1, 3, bought, dep),
        300, 1e-10);
    near(mdl_tax_depreciation(RES_DEP_BONUS_100, 5, 1, 6, bought, dep), 0,
        1e-10);
    near(dep[1], 900, 0);
    near(mdl_tax_depreciation(RES_DEP_NONE, 5, 1, 6, bought, dep), 900, 0);
    near(dep[1], 0, 0);
}
END_TEST

START_TEST(purchases_superpose)
{
    const double bought[9] = {1000, 0, 0, 1100, 0, 0, 1210, 0, 0};
    double dep[9], one[9], want[9] = {0}, left = 0;

    for (int j = 0; j < 9; j++) {
        double single[9] = {0};
        single[j] = bought[j];
        left += mdl_tax_depreciation(RES_DEP_MACRS_5, 3, 1, 9, single, one);
        for (int k = 0; k < 9; k++)
            want[k] += one[k];
    }
    near(mdl_tax_depreciation(RES_DEP_MACRS_5, 3, 1, 9, bought, dep), left,
        1e-9);
    for (int k = 0; k < 9; k++)
        near(dep[k], want[k], 1e-9);
    /* by hand: year 4 = 11.52 % of the first + 20 % of the second */
    near(dep[4], 115.2 + 220, 1e-9);
}
END_TEST

START_TEST(months_add_up_to_years)
{
    double yearly[9] = {1000}, dep[9], months[8 * 12 + 1] = {1000};
    double monthly[8 * 12 + 1];

    mdl_tax_depreciation(RES_DEP_MACRS_5, 5, 1, 9, yearly, dep);
    mdl_tax_depreciation(RES_DEP_MACRS_5, 5, 12, 97, months, monthly);
    for (int y = 1; y <= 8; y++) {
        double sum = 0;
        for (int m = 12 * (y - 1) + 1; m <= 12 * y; m++)
            sum += monthly[m];
        near(sum, dep[y], 1e-9);
    }
}
END_TEST

TEST_MAIN("models/tax", published_five_year_class,
    classes_follow_from_their_definition, other_schedules, purchases_superpose,
    months_add_up_to_years)
