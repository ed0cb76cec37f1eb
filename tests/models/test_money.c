/* The ledger.  Truth: closed forms and direct sums written out here from the
 * definitions in ledger.h. */
#include "money_fixture.h"

#include "models/finance.h"
#include "models/staff.h"
#include "models/build.h"
#include "sim/units.h"

/* ---- rows --------------------------------------------------------------- */

static void check_rows(const struct sim_table *table)
{
    size_t end = 0;
    for (int i = 0; i < table->n_rows; i++) {
        const struct sim_param *row = &table->rows[i];
        char suffix[64];
        sim_unit_suffix(row->unit != NULL ? row->unit : "", suffix, 64);
        const size_t n = strlen(row->name), m = strlen(suffix);
        ck_assert_msg(n > m && strcmp(row->name + n - m, suffix) == 0,
            "%s.%s does not end in '%s'", table->name, row->name, suffix);
        ck_assert_msg(row->offset >= end && row->offset < end + 8,
            "%s.%s is out of order or a member has no row", table->name,
            row->name);
        end = row->offset + (row->type == SIM_ENUM       ? sizeof(int)
                                : row->type == SIM_GROUP ? row->table->size
                                                         : 8);
        ck_assert_ptr_nonnull(row->doc);
    }
    ck_assert_msg(
        table->size >= end && table->size < end + 8, "%s", table->name);
}

START_TEST(rows_describe_the_structs)
{
    check_rows(&mdl_cost_table);
    check_rows(&mdl_staff_table);
    check_rows(&mdl_build_table);
    check_rows(&mdl_finance_table);
    check_rows(&mdl_escalation_table);
    check_rows(&mdl_cash_table);
    for (int i = 0; i < RES_N_DEPRECIATIONS; i++) {
        ck_assert_str_eq(mdl_depreciation_names[i], res_depreciation_name(i));
        ck_assert_str_eq(
            mdl_depreciation_or_finance_names[i], res_depreciation_name(i));
    }
    ck_assert_str_eq(
        mdl_depreciation_or_finance_names[MDL_DEP_AS_FINANCE], "finance");
    near(MDL_STAFF_FTE_PER_SEAT, 5.25, 1e-15);
    near(MDL_STAFF_PRODUCTIVE_H_PER_YR, 1664, 1e-15);
}
END_TEST

START_TEST(columns_of_a_horizon)
{
    ck_assert_int_eq(mdl_money_columns(RES_YEAR_END, 5), 6);
    ck_assert_int_eq(mdl_money_columns(RES_YEAR_END, 2.5), 4);
    ck_assert_int_eq(mdl_money_columns(RES_MONTH_END, 5), 61);
    for (int m = 1; m <= 240; m++)
        ck_assert_int_eq(mdl_money_columns(RES_MONTH_END, m / 12.0), m + 1);
    near(mdl_money_column_yr(RES_YEAR_END, 2.5, 3), 0.5, 1e-15);
    near(mdl_money_column_end_yr(RES_YEAR_END, 2.5, 3), 2.5, 1e-15);
    near(mdl_money_column_yr(RES_MONTH_END, 2.5, 30), 1 / 12.0, 1e-12);
    ck_assert(mdl_money_column_yr(RES_YEAR_END, 5, 0) == 0);
}
END_TEST

/* ---- amounts ---------------------------------------------------------- */

START_TEST(tax_and_inflation_by_hand)
{
    const double macrs[6] = {0, .2, .32, .192, .1152, .1152};
    struct res_run *run = RUN(cash_study);
    const struct mdl_money_plan plan = make_plan("d", &own, RES_YEAR_END, 5);
    struct mdl_usage u = make_usage(run, &plan);
    double npv = 1.2e6, before = 1.2e6, total = 1.2e6;

    *value_of(run, "finance.tax_rate") = 0.26;
    *value_of(run, "finance.inflation") = 0.025;
    const struct res_ledger *l = ledger_of(run, &plan, &u);
    for (int k = 1; k <= 5; k++) {
        const double opex = 210e3 * pow(1.025, k - 1);
        double cost = opex, base = opex + 1.2e6 * macrs[k];
        if (k == 5) {
            base += 0.0576 * 1.2e6 - 100e3;
            cost -= 100e3;
        }
        before += cost * pow(1.08, -k);
        npv += (cost - 0.26 * base) * pow(1.08, -k);
        total += cost - 0.26 * base;
        near(l->tax_base[k], base, 1e-12);
    }
    near(l->npv, npv, 1e-12);
    near(l->npv_before_tax, before, 1e-12);
    near(l->undiscounted, total, 1e-12);
    near(l->pv[RES_TAX], npv - before, 1e-10);
    res_run_destroy(run);
}
END_TEST

START_TEST(no_price_no_money)
{
    const struct setting set[] = {{"finance.discount_rate", 0.08},
        {"hardware.price", 0}, {"cost.maintenance", 0.05}};
    struct res_run *run = RUN(set);
    const struct mdl_money_plan plan = make_plan("d", &own, RES_YEAR_END, 5);
    struct mdl_usage u = make_usage(run, &plan);

    level(&u, &plan, MDL_Q_SERVERS, 4);
    ck_assert_ptr_null(ledger_of(run, &plan, &u));
    *value_of(run, SITE "hardware.price") = 10;
    ck_assert_ptr_nonnull(ledger_of(run, &plan, &u));
    level(&u, &plan, MDL_Q_SERVERS, INFINITY);
    ck_assert_ptr_null(ledger_of(run, &plan, &u));
    res_run_destroy(run);
}
END_TEST

START_TEST(amounts_of_the_first_year)
{
    struct res_run *run = RUN(full);
    const struct mdl_money_plan plan = make_plan("d", &own, RES_YEAR_END, 7);
    const struct mdl_usage u = full_usage(run, &plan, 1);
    const struct res_ledger *l = ledger_of(run, &plan, &u);
    const struct {
        const char *label;
        int category, column;
        double usd;
    } want[] = {{"Servers", RES_HARDWARE, 0, 6 * 300e3},
        {"Installation", RES_HARDWARE, 0, 6 * 4e3},
        {"Purchase as stated", RES_HARDWARE, 0, 2 * 5e4},
        {"Facility", RES_FACILITY, 0, 70 * 15e3},
        {"Cooling water", RES_FACILITY, 1, 100},
        {"Running cost as stated", RES_FACILITY, 1, 2e4},
        {"Electricity", RES_ENERGY, 1, 480e3 * 0.13},
        {"Demand charges", RES_ENERGY, 1, 1200 * 15},
        {"Circuits", RES_NETWORK, 1, 2 * 12 * 1100},
        {"Egress", RES_EGRESS, 1, 18e3},
        {"Engineers", RES_STAFF, 1, 2 * 0.05 * 230e3},
        {"Seats round the clock", RES_STAFF, 1, 2 * 0.1 * 5.25 * 230e3},
        {"Maintenance", RES_REPAIR, 1, 6 * 300e3 * 0.05},
        {"Server parts", RES_REPAIR, 1, 0.36 * 300e3 * 0.02},
        {"Accelerator parts", RES_REPAIR, 1, 2.9 / 8 * 300e3 * 0.7},
        {"Visits", RES_REPAIR, 1, 1200},
        {"Technicians on the road", RES_REPAIR, 1, 2.4 * 4 / 1664 * 110e3},
        {"Technicians on site", RES_REPAIR, 1, 7.2 / 1664 * 110e3},
        {"Site security", RES_SECURITY, 1, 5000},
        {"Licences", RES_SOFTWARE, 1, 3000},
        {"Latency penalty", RES_LATENCY_PENALTY, 1, 1200},
        {"Lost requests", RES_LOST_REVENUE, 1, 900},
        {"Emissions", RES_CARBON, 1, 178 * 51.0},
        {"Residual as stated", RES_RESIDUAL, 7, -2e3}};
    const int n = sizeof want / sizeof *want;

    for (int i = 0; i < n; i++) {
        const struct res_item *item = item_of(l, want[i].label);
        ck_assert_msg(item != NULL, "no item %s", want[i].label);
        ck_assert_int_eq(item->category, want[i].category);
        near(item->amount[want[i].column], want[i].usd, 1e-12);
    }
    ck_assert_int_eq(l->n_items, n);
    near(item_of(l, "Electricity")->amount[4], 480e3 * 0.13 * pow(1.0166, 3),
        1e-12);
    near(item_of(l, "Licences")->amount[4], 3000 * pow(1.025, 3), 1e-12);
    res_run_destroy(run);
}
END_TEST

START_TEST(servers_are_bought_again)
{
    struct res_run *run = RUN(full);
    const struct mdl_money_plan plan = make_plan("d", &own, RES_YEAR_END, 7);
    const struct mdl_usage u = full_usage(run, &plan, 1);
    const struct res_ledger *l = ledger_of(run, &plan, &u);
    const struct res_item *s = item_of(l, "Servers");
    const double flag[8] = {1, 0, 0, 1, 0, 0, 1, 0};

    for (int k = 0; k <= 7; k++)
        near(s->amount[k], flag[k] * 1.8e6 * pow(1.025, k), 1e-12);
    near(s->residual, 1.8e6 * pow(1.025, 6) * 2 / 3, 1e-12);
    near(item_of(l, "Facility")->residual, 70 * 15e3 * 0.3, 1e-12);
    ck_assert(item_of(l, "Purchase as stated")->residual == 0);
    /* life from the hardware when cost has none; at the end of a life of the
     * horizon nothing is bought and nothing is left */
    *value_of(run, SITE "cost.life") = NAN;
    *value_of(run, SITE "hardware.life") = 7;
    l = ledger_of(run, &plan, &u);
    s = item_of(l, "Servers");
    near(s->pv, 1.8e6, 1e-12);
    ck_assert(s->residual == 0);
    /* MACRS-5 ends in year 6: everything is deducted */
    near(s->undepreciated + 1, 1, 1e-9);
    res_run_destroy(run);
}
END_TEST

static void check_sums(const struct res_ledger *l)
{
    double pv[RES_N_CATEGORIES] = {0}, npv = 0, total = 0;

    for (int k = 0; k < l->n_columns; k++) {
        double column = 0, parts[RES_N_CATEGORIES] = {0}, base = 0;
        for (int i = 0; i < l->n_items; i++) {
            const struct res_item *it = &l->items[i];
            const int end = k == l->n_columns - 1;
            parts[it->category] += it->amount[k];
            base += it->capital ? it->dep[k] : it->amount[k];
            pv[it->category] +=
                it->amount[k] * (it->capital || it->category == RES_RESIDUAL
                                        ? l->discount_cap[k]
                                        : l->discount_op[k]);
            if (it->capital && end) {
                parts[RES_RESIDUAL] -= it->residual;
                base += it->undepreciated - it->residual;
                pv[RES_RESIDUAL] -= it->residual * l->discount_cap[k];
            }
        }
        near(l->tax_base[k], base, 1e-9);
        parts[RES_TAX] = -0.26 * base;
        pv[RES_TAX] += parts[RES_TAX] * l->discount_op[k];
        for (int c = 0; c < RES_N_CATEGORIES; c++) {
            near(l->category[c][k], parts[c], 1e-9);
            column += parts[c];
        }
        near(l->total[k], column, 1e-9);
        total += column;
    }
    for (int c = 0; c < RES_N_CATEGORIES; c++) {
        near(l->pv[c], pv[c], 1e-9);
        npv += pv[c];
    }
    near(l->npv, npv, 1e-9);
    near(l->npv_before_tax, npv - pv[RES_TAX], 1e-9);
    near(l->undiscounted, total, 1e-9);
}

START_TEST(totals_are_sums_of_parts)
{
    struct res_run *run = RUN(full);

    for (int timing = RES_YEAR_END; timing <= RES_MONTH_END; timing++) {
        for (double horizon = 1; horizon < 11; horizon += 1.5) {
            const struct mdl_money_plan plan =
                make_plan("d", &own, timing, horizon);
            const struct mdl_usage u = full_usage(run, &plan, 1);
            check_sums(ledger_of(run, &plan, &u));
        }
    }
    res_run_destroy(run);
}
END_TEST

START_TEST(linear_in_each_price)
{
    struct res_run *run = RUN(full);
    const struct mdl_money_plan plan = make_plan("d", &own, RES_MID_YEAR, 6);
    const struct mdl_usage u = full_usage(run, &plan, 1);
    struct res_ledger *l = ledger_of(run, &plan, &u);
    const double base = l->npv;
    const struct setting prices[] = {{"cost.server", 0}, {"cost.circuit", 0},
        {"energy.price", 0}, {"staff.wage", 0}, {"facility.price", 0},
        {"cost.maintenance", 0}, {"cash.residual", 0}};

    for (size_t i = 0; i < sizeof prices / sizeof *prices; i++) {
        char path[128];
        double npv[3];
        snprintf(path, sizeof path, SITE "%s", prices[i].key);
        double *price = value_of(run, path);
        const double was = *price;
        for (int times = 0; times <= 2; times++) {
            *price = times * was;
            ck_assert_int_eq(mdl_ledger_evaluate(l, run, NULL), SIM_OK);
            npv[times] = l->npv;
        }
        *price = was;
        near(npv[1], base, 1e-14);
        ck_assert(npv[1] != npv[0]);
        near(npv[2] - npv[1], npv[1] - npv[0], 1e-9);
    }
    res_run_destroy(run);
}
END_TEST

START_TEST(timings_against_direct_sums)
{
    struct res_run *run = RUN(cash_study);
    const double r = 0.08, i = mdl_monthly_rate(r), residual = 100e3;
    const double end = residual * pow(1 + r, -4);

    *value_of(run, "finance.inflation") = 0.03;
    for (int timing = RES_YEAR_END; timing <= RES_MONTH_END; timing++) {
        const struct mdl_money_plan plan = make_plan("d", &own, timing, 4);
        const struct mdl_usage u = make_usage(run, &plan);
        double npv = 1.2e6 - end;
        for (int y = 1; y <= 4; y++) {
            const double opex = 210e3 * pow(1.03, y - 1);
            if (timing == RES_YEAR_END)
                npv += opex * pow(1 + r, -y);
            else if (timing == RES_MID_YEAR)
                npv += opex * pow(1 + r, 0.5 - y);
            else
                for (int m = 12 * (y - 1) + 1; m <= 12 * y; m++)
                    npv += opex / 12 * pow(1 + i, -m);
        }
        const struct res_ledger *l = ledger_of(run, &plan, &u);
        near(l->npv, npv, 1e-12);
        near(l->annuity, mdl_annuity_factor(r, 4), 1e-14);
    }
    res_run_destroy(run);
}
END_TEST

START_TEST(who_owns_what)
{
    struct res_run *run = RUN(full);
    /* what each way of procuring must not pay, and must */
    const struct {
        int procure, n_items;
        const char *has, *lacks;
    } want[] = {{MDL_PROCURE_COLO, 24, "Rented power", "Facility"},
        {MDL_PROCURE_CLOUD, 8, "Accelerator-hours", "Servers"},
        {MDL_PROCURE_MANAGED, 17, "Node fee", "Electricity"},
        {MDL_PROCURE_API, 9, "Output tokens", "Egress"}};

    for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
        const struct mdl_money_entry entry = {
            "s", want[i].procure, MDL_DEP_AS_FINANCE, RES_DEP_MACRS_15};
        const struct mdl_money_plan plan =
            make_plan("d", &entry, RES_YEAR_END, 5);
        const struct mdl_usage u = full_usage(run, &plan, 1);
        const struct res_ledger *l = ledger_of(run, &plan, &u);
        ck_assert_msg(item_of(l, want[i].has) != NULL, "%s", want[i].has);
        ck_assert_msg(item_of(l, want[i].lacks) == NULL, "%s", want[i].lacks);
        ck_assert_int_eq(l->n_items, want[i].n_items);
        if (want[i].procure == MDL_PROCURE_CLOUD)
            near(item_of(l, "Accelerator-hours")->amount[1], 48 * 8760 * 2.5,
                1e-12);
        if (want[i].procure == MDL_PROCURE_API)
            near(l->category[RES_RENTAL][1], 2e4 + 18e4 + 2e5, 1e-12);
    }
    res_run_destroy(run);
}
END_TEST

START_TEST(bills_replace_flat_prices)
{
    struct res_run *run = RUN(full);
    const struct mdl_money_plan plan = make_plan("d", &own, RES_YEAR_END, 3);
    struct mdl_usage u = full_usage(run, &plan, 1);

    fill(&u, &plan, MDL_Q_ENERGY_USD, 7e4);
    fill(&u, &plan, MDL_Q_DEMAND_USD, 2e4);
    fill(&u, &plan, MDL_Q_EGRESS_USD, 1e4);
    const struct res_ledger *l = ledger_of(run, &plan, &u);
    near(l->category[RES_ENERGY][2], 9e4 * 1.0166, 1e-12);
    near(l->category[RES_EGRESS][2], 1e4 * 1.025, 1e-12);
    ck_assert_ptr_null(item_of(l, "Electricity"));
    ck_assert_int_eq(item_of(l, "Electricity by the hour")->price, -1);
    ck_assert_str_eq(item_of(l, "Electricity by the hour")->unit, "USD");
    res_run_destroy(run);
}
END_TEST

START_TEST(not_finite_is_an_error)
{
    struct res_run *run = RUN(full);
    const struct mdl_money_plan plan = make_plan("d", &own, RES_YEAR_END, 5);
    struct mdl_usage u = full_usage(run, &plan, 1);
    struct res_ledger *l = NULL;
    struct sim_err err = {0};

    u.q[MDL_Q_SITE_KWH][2] = NAN;
    ck_assert_int_eq(
        mdl_money_build(&plan, run, &u, &run->arena, &l, &err), SIM_E_RANGE);
    ck_assert_str_eq(
        err.text, "deployment 'd': cost 'Electricity' of 's' is not finite");
    res_run_destroy(run);
}
END_TEST

TEST_MAIN("models/money", rows_describe_the_structs, columns_of_a_horizon,
    tax_and_inflation_by_hand, no_price_no_money, amounts_of_the_first_year,
    servers_are_bought_again, totals_are_sums_of_parts, linear_in_each_price,
    timings_against_direct_sums, who_owns_what, bills_replace_flat_prices,
    not_finite_is_an_error)
