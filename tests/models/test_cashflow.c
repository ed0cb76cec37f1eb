/* Truth: the published examples of the spreadsheet functions NPV, IRR and
 * MIRR, recomputed in 60-digit decimal arithmetic; closed forms. */
#include "check_main.h"

#include <math.h>

#include "models/amortize.h"
#include "models/cashflow.h"

static void near(double got, double want, double rel)
{
    ck_assert_msg(fabs(got - want) <= rel * fabs(want), "got %.17g, want %.17g",
        got, want);
}

static int yearly(
    const double *usd, int n, double first_yr, struct mdl_flow *flow)
{
    for (int i = 0; i < n; i++)
        flow[i] = (struct mdl_flow){first_yr + i, usd[i]};
    return n;
}

START_TEST(published_present_values)
{
    const double a[4] = {-10000, 3000, 4200, 6800};
    const double b[6] = {-40000, 8000, 9200, 10000, 12000, 14500};
    struct mdl_flow flow[6];

    near(mdl_npv(flow, yearly(a, 4, 1, flow), 0.10),
        1188.44341233522300389317669558, 1e-13);
    near(mdl_npv(flow, yearly(b, 6, 0, flow), 0.08),
        1922.06155493237220089307150712, 1e-13);
}
END_TEST

START_TEST(annuity_in_closed_form)
{
    struct mdl_flow flow[360];

    for (int m = 0; m < 360; m++)
        flow[m] = (struct mdl_flow){(m + 1) / 12.0, 250};
    for (int i = 1; i <= 20; i++) {
        const double r = 0.01 * i;
        near(mdl_npv(flow, 360, r),
            250 / mdl_annuity_factor(mdl_monthly_rate(r), 360), 1e-13);
    }
    near(mdl_npv(flow, 360, 0), 90000, 1e-15);
}
END_TEST

START_TEST(published_returns)
{
    const double usd[6] = {-70000, 12000, 15000, 18000, 21000, 26000};
    struct mdl_flow flow[6];
    double root[3] = {NAN, NAN, NAN};

    yearly(usd, 6, 0, flow);
    ck_assert_int_eq(mdl_irr(flow, 6, root, 3), 1);
    near(root[0], 0.0866309480365316142930942025, 1e-13);
    ck_assert_int_eq(mdl_irr(flow, 5, root, 3), 1);
    near(root[0], -0.0212448482734109910310502249, 1e-12);
    ck_assert_int_eq(mdl_irr(flow, 3, root, 3), 1);
    near(root[0], -0.443506941334740539502585985, 1e-13);
    ck_assert(isnan(root[1]));
}
END_TEST

START_TEST(several_returns_or_none)
{
    /* the oil pump of Lorie and Savage: 25 % and 400 % */
    const double pump[3] = {-1600, 10000, -10000};
    const double never[3] = {100, 20, 3};
    const double above[3] = {5, -6, 5}; /* positive at every rate */
    const double nothing[3] = {0, 0, 0};
    struct mdl_flow flow[3];
    double root[2] = {0};

    yearly(pump, 3, 0, flow);
    ck_assert_int_eq(mdl_irr(flow, 3, root, 2), 2);
    near(root[0], 0.25, 1e-12);
    near(root[1], 4, 1e-12);
    ck_assert_int_eq(mdl_irr(flow, 3, root, 1), 2);
    ck_assert_int_eq(mdl_sign_changes(flow, 3), 2);
    yearly(never, 3, 0, flow);
    ck_assert_int_eq(mdl_irr(flow, 3, root, 2), 0);
    ck_assert_int_eq(mdl_sign_changes(flow, 3), 0);
    yearly(above, 3, 0, flow);
    ck_assert_int_eq(mdl_irr(flow, 3, root, 2), 0);
    ck_assert_int_eq(mdl_sign_changes(flow, 3), 2);
    yearly(nothing, 3, 0, flow);
    ck_assert_int_eq(mdl_irr(flow, 3, root, 2), 0);
}
END_TEST

START_TEST(return_of_a_known_rate)
{
    /* a loan repaid by the annuity of rate r returns r */
    struct mdl_flow flow[61];
    double root;

    for (int i = 0; i < 12; i++) {
        const double r = -0.3 + 0.25 * i;
        flow[0] = (struct mdl_flow){0, -1000};
        for (int m = 1; m <= 60; m++)
            flow[m] = (struct mdl_flow){
                m / 12.0, 1000 * mdl_annuity_factor(mdl_monthly_rate(r), 60)};
        ck_assert_int_eq(mdl_irr(flow, 61, &root, 1), 1);
        near(1 + root, 1 + r, 1e-12);
    }
}
END_TEST

START_TEST(published_modified_returns)
{
    const double usd[6] = {-120000, 39000, 30000, 21000, 37000, 46000};
    struct mdl_flow flow[6];

    yearly(usd, 6, 0, flow);
    near(mdl_mirr(flow, 6, 0.10, 0.12), 0.126094130365905145828421880, 1e-13);
    near(mdl_mirr(flow, 6, 0.10, 0.14), 0.134759110828314846280478965, 1e-13);
    ck_assert(isnan(mdl_mirr(flow + 1, 5, 0.1, 0.1)));
    ck_assert(isnan(mdl_mirr(flow, 1, 0.1, 0.1)));
}
END_TEST

START_TEST(paybacks)
{
    const double even[6] = {-1000, 300, 300, 300, 300, 300};
    const double renewed[6] = {-100, 120, -60, 30, 30, 30};
    const double gift[2] = {0, 10};
    struct mdl_flow flow[6];

    yearly(even, 6, 0, flow);
    near(mdl_payback_yr(flow, 6, 0), 10.0 / 3, 1e-14);
    ck_assert(isnan(mdl_payback_yr(flow, 4, 0)));
    double owed = 1000;
    for (int k = 1; k <= 4; k++)
        owed -= 300 / pow(1.1, k);
    near(mdl_payback_yr(flow, 6, 0.1), 4 + owed / (300 / pow(1.1, 5)), 1e-13);
    ck_assert(isnan(mdl_payback_yr(flow, 5, 0.1)));
    /* a renewal takes the total below zero again: the last crossing counts */
    yearly(renewed, 6, 0, flow);
    near(mdl_payback_yr(flow, 6, 0), 3 + 10.0 / 30, 1e-14);
    near(mdl_payback_yr(flow, 2, 0), 100.0 / 120, 1e-14);
    yearly(gift, 2, 0, flow);
    ck_assert(mdl_payback_yr(flow, 2, 0) == 0);
}
END_TEST

TEST_MAIN("models/cashflow", published_present_values, annuity_in_closed_form,
    published_returns, several_returns_or_none, return_of_a_known_rate,
    published_modified_returns, paybacks)
