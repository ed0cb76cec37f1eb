/* The figures.  Truth: closed forms, and Student's t on figures computed one
 * by one. */
#include "money_fixture.h"

#include "models/build.h"
#include "sim/alloc.h"

START_TEST(money_alone_in_closed_form)
{
    struct res_run *run = RUN(cash_study);
    const struct mdl_money_plan plan = make_plan("d", &own, RES_YEAR_END, 10);
    struct mdl_usage u = make_usage(run, &plan);

    fill(&u, &plan, MDL_Q_SERVED, 3e9);
    const struct res_ledger *l = ledger_of(run, &plan, &u);
    const struct mdl_money_case c = {&plan, l, &u, NULL, 0};
    ck_assert_int_eq(mdl_money_metrics(run, &c, &c, NULL), SIM_OK);
    res_run_finish(run);

    const double pv = annuity_pv(0.08, 10), end = pow(1.08, -10);
    const double npv = 1.2e6 + 210e3 * pv - 100e3 * end;
    near(res_value(run, "d", "tco.npv"), npv, 1e-12);
    near(res_value(run, "d", "tco.total"), 1.2e6 + 2.1e6 - 100e3, 1e-12);
    near(res_value(run, "d", "tco.equivalent_annual"), npv / pv, 1e-12);
    near(res_value(run, "d", "cost.per_million_requests"), npv / (3000 * pv),
        1e-12);
    near(res_value(run, "d", "capex"), 1.2e6, 1e-15);
    near(res_value(run, "d", "capex.equivalent_annual"),
        (1.2e6 - 100e3 * end) / pv, 1e-12);
    near(res_value(run, "d", "opex_per_year"), 210e3, 1e-12);
    near(res_value(run, "d", "tco.residual"), -100e3 * end, 1e-12);
    near(res_value(run, "d", "tco.npv_before_tax"), npv, 1e-12);
    near(res_value(run, "d.year.0", "tco.total"), 1.2e6, 1e-15);
    near(res_value(run, "d.year.3", "tco.total"), 210e3, 1e-12);
    near(res_value(run, "d.year.10", "tco.total"), 110e3, 1e-12);
    ck_assert(res_value(run, "d", "capex_refresh") == 0);
    ck_assert_ptr_null(res_find(run, "d.year.11", "tco.total"));
    ck_assert_ptr_null(res_find(run, "d", "cost.per_gpu_hour"));

    const struct res_metric *irr = res_find(run, "d", "irr");
    ck_assert_str_eq(irr->est.reason, "this deployment is the baseline");
    ck_assert(isnan(res_value(run, "d", "npv_gain")));
    const struct res_metric *m = res_find(run, "d", "tco.npv");
    ck_assert(isnan(m->est.half_width) && m->est.n == 0);
    ck_assert_str_eq(m->unit, "USD");
    res_run_destroy(run);
}
END_TEST

/* ---- figures ------------------------------------------------------------ */

START_TEST(unit_costs)
{
    struct res_run *run = RUN(full);
    const struct mdl_money_plan plan = make_plan("d", &own, RES_YEAR_END, 5);
    const struct mdl_usage u = full_usage(run, &plan, 1);
    const struct res_ledger *l = ledger_of(run, &plan, &u);
    const struct mdl_money_case c = {&plan, l, &u, NULL, 0};
    /* equal quantities each year: cost per unit = annual cost / annual units */
    const double cost = l->npv * mdl_annuity_factor(0.09, 5);

    ck_assert_int_eq(mdl_money_metrics(run, &c, NULL, NULL), SIM_OK);
    res_run_finish(run);
    const struct {
        const char *name;
        double units;
    } want[] = {{"requests", 2e3}, {"requests.reserved", 5e3}, {"tokens", 4e5},
        {"tokens.reserved", 1e6}, {"input_tokens", 1e5},
        {"output_tokens", 3e5}};
    for (int i = 0; i < 6; i++) {
        char name[64];
        snprintf(name, sizeof name, "cost.per_million_%s", want[i].name);
        near(res_value(run, "d", name), cost / want[i].units, 1e-12);
    }
    near(res_value(run, "d", "cost.per_gpu_hour"), cost / (48 * 8760 * 0.4),
        1e-12);
    near(res_value(run, "d", "cost.per_gpu_hour.reserved"), cost / (48 * 8760),
        1e-12);
    near(res_value(run, "d", "cost.per_it_kwh"), cost / 300e3, 1e-12);
    near(res_value(run, "d", "cost.per_it_kwh.reserved"), cost / (70 * 8760),
        1e-12);
    near(res_value(run, "d", "tco.staff"), l->pv[RES_STAFF], 1e-15);
    ck_assert_str_eq(res_find(run, "d", "irr")->est.reason,
        "there is no baseline to compare with");
    res_run_destroy(run);
}
END_TEST

/* Buy for 100 k$ what saves 30 k$ of rent a year. */
START_TEST(returns_against_the_baseline)
{
    const struct setting set[] = {{"finance.discount_rate", 0.1},
        {"cash.capex", 100e3}, {"cost.gpu_hour", 3}};
    struct res_run *run = RUN(set);
    const struct mdl_money_plan plan = make_plan("d", &own, RES_YEAR_END, 5);
    const struct mdl_money_plan other =
        make_plan("base", &cloud, RES_YEAR_END, 5);
    const struct mdl_usage u = make_usage(run, &plan);
    struct mdl_usage v = make_usage(run, &other);

    *value_of(run, "deployments.base.sites.s.cash.capex") = 0;
    fill(&v, &other, MDL_Q_GPU_H, 1e4);
    const struct mdl_money_case self = {
        &plan, ledger_of(run, &plan, &u), &u, NULL, 0};
    const struct mdl_money_case base = {
        &other, ledger_of(run, &other, &v), &v, NULL, 0};
    ck_assert_int_eq(mdl_money_metrics(run, &self, &base, NULL), SIM_OK);
    ck_assert_int_eq(mdl_money_metrics(run, &base, &base, NULL), SIM_OK);
    res_run_finish(run);

    near(res_value(run, "d", "npv_gain"), 30e3 * annuity_pv(0.1, 5) - 100e3,
        1e-12);
    near(annuity_pv(res_value(run, "d", "irr"), 5), 100.0 / 30, 1e-12);
    near(res_value(run, "d", "payback"), 100.0 / 30, 1e-12);
    near(res_value(run, "d", "mirr"),
        pow(30e3 * (pow(1.1, 5) - 1) / 0.1 / 100e3, 0.2) - 1, 1e-12);
    const double owed = 100e3 - 30e3 * annuity_pv(0.1, 4);
    near(res_value(run, "d", "payback.discounted"),
        4 + owed / (30e3 * pow(1.1, -5)), 1e-12);
    ck_assert_str_eq(
        res_find(run, "base", "cost.per_million_requests")->est.reason,
        "no request is served");
    res_run_destroy(run);
}
END_TEST

START_TEST(mid_year_returns)
{
    const struct setting set[] = {{"finance.discount_rate", 0.1},
        {"cash.capex", 100e3}, {"cost.gpu_hour", 3}};
    struct res_run *run = RUN(set);
    const struct mdl_money_plan plan = make_plan("d", &own, RES_MID_YEAR, 5);
    const struct mdl_money_plan other =
        make_plan("base", &cloud, RES_MID_YEAR, 5);
    const struct mdl_usage u = make_usage(run, &plan);
    struct mdl_usage v = make_usage(run, &other);

    *value_of(run, "deployments.base.sites.s.cash.capex") = 0;
    fill(&v, &other, MDL_Q_GPU_H, 1e4);
    const struct mdl_money_case self = {
        &plan, ledger_of(run, &plan, &u), &u, NULL, 0};
    const struct mdl_money_case base = {
        &other, ledger_of(run, &other, &v), &v, NULL, 0};
    ck_assert_int_eq(mdl_money_metrics(run, &self, &base, NULL), SIM_OK);
    res_run_finish(run);
    const double r = res_value(run, "d", "irr");
    near(30e3 * annuity_pv(r, 5) * sqrt(1 + r), 100e3, 1e-12);
    near(res_value(run, "d", "npv_gain"),
        30e3 * annuity_pv(0.1, 5) * sqrt(1.1) - 100e3, 1e-12);
    /* saved at 0.5, 1.5, 2.5: 90 k$; the last ten on the way to 3.5 */
    near(res_value(run, "d", "payback"), 2.5 + 10.0 / 30, 1e-12);
    res_run_destroy(run);
}
END_TEST

START_TEST(intervals_over_replications)
{
    enum { R = 5 };
    const double load[R] = {0.9, 1.05, 1.2, 0.95, 0.97};
    struct res_run *run = RUN(full);
    const struct mdl_money_plan plan = make_plan("d", &own, RES_YEAR_END, 5);
    const struct mdl_money_plan other =
        make_plan("base", &cloud, RES_YEAR_END, 5);
    struct mdl_usage reps[R], base_reps[R];
    struct mdl_usage u = make_usage(run, &plan), v = make_usage(run, &other);
    double gain[R], mean = 0, ss = 0;

    for (int r = 0; r < R; r++) {
        reps[r] = full_usage(run, &plan, load[r]);
        base_reps[r] = full_usage(run, &other, load[r]);
        gain[r] = ledger_of(run, &other, &base_reps[r])->npv -
                  ledger_of(run, &plan, &reps[r])->npv;
        mean += gain[r] / R;
    }
    for (int r = 0; r < R; r++)
        ss += (gain[r] - mean) * (gain[r] - mean);
    mdl_usage_mean(reps, R, 1, 6, &u);
    mdl_usage_mean(base_reps, R, 1, 6, &v);
    near(u.q[MDL_Q_SITE_KWH][3], 480e3 * (0.9 + 1.05 + 1.2 + 0.95 + 0.97) / 5,
        1e-14);
    const struct mdl_money_case self = {
        &plan, ledger_of(run, &plan, &u), &u, reps, R};
    const struct mdl_money_case base = {
        &other, ledger_of(run, &other, &v), &v, base_reps, R};
    ck_assert_int_eq(mdl_money_metrics(run, &self, &base, NULL), SIM_OK);
    res_run_finish(run);

    const struct res_metric *m = res_find(run, "d", "npv_gain");
    near(m->est.value, mean, 1e-12); /* linear in quantities */
    /* t(0.975; 4) = 2.776445105 */
    near(
        m->est.half_width, 2.7764451051977987 * sqrt(ss / (R * (R - 1))), 1e-9);
    ck_assert_int_eq(m->est.n, R);
    m = res_find(run, "d", "capex"); /* no draw in it */
    ck_assert(isnan(m->est.half_width) && m->est.n == 0);
    ck_assert_ptr_null(m->est.reason);
    ck_assert(res_find(run, "d.year.2", "tco.total")->est.half_width > 0);
    ck_assert(
        res_find(run, "d", "cost.per_million_requests")->est.half_width > 0);
    res_run_destroy(run);
}
END_TEST

START_TEST(build_time_is_the_slowest_site)
{
    struct res_run *run = RUN(cash_study);
    struct sim_dist *fast = NULL, *slow = NULL;
    struct sim_err err;

    ck_assert_int_eq(sim_dist_constant(3, &run->arena, &fast, &err), SIM_OK);
    ck_assert_int_eq(sim_dist_constant(18, &run->arena, &slow, &err), SIM_OK);
    const struct mdl_build_cfg a = {fast}, b = {NULL}, c = {slow};
    const struct mdl_build_cfg *const all[] = {&a, &c, &b};
    near(mdl_build_time_to_service_month(all, 3), 18, 1e-15);
    ck_assert_int_eq(mdl_build_metrics(run, "d", all, 3, &err), SIM_OK);
    ck_assert_int_eq(mdl_build_metrics(run, "e", all + 2, 1, &err), SIM_OK);
    res_run_finish(run);
    near(res_value(run, "d", "time_to_service"), 18, 1e-15);
    ck_assert_ptr_nonnull(res_find(run, "e", "time_to_service")->est.reason);
    res_run_destroy(run);
}
END_TEST

START_TEST(out_of_memory_is_an_error)
{
    struct res_run *run = RUN(full);
    const struct mdl_money_plan plan = make_plan("d", &own, RES_MONTH_END, 10);
    const struct mdl_usage u = full_usage(run, &plan, 1);
    const struct res_ledger *good = ledger_of(run, &plan, &u);
    int rc = SIM_E_NOMEM;

    for (long n = 1; rc != SIM_OK; n++) {
        struct sim_arena arena = {0};
        struct sim_err err = {0};
        struct res_ledger *l = NULL;
        ck_assert(n < 1000);
        sim_alloc_fail_at(n, 0);
        rc = mdl_money_build(&plan, run, &u, &arena, &l, &err);
        sim_alloc_fail_at(0, 0);
        ck_assert(rc == SIM_OK || (rc == SIM_E_NOMEM && l == NULL));
        if (rc == SIM_OK)
            ck_assert(l->npv == good->npv);
        sim_arena_release(&arena);
    }
    const struct mdl_money_case c = {&plan, good, &u, &u, 1};
    rc = SIM_E_NOMEM;
    for (long n = 1; rc != SIM_OK; n++) {
        ck_assert(n < 1000);
        sim_alloc_fail_at(n, 0);
        rc = mdl_money_metrics(run, &c, &c, NULL);
        sim_alloc_fail_at(0, 0);
        ck_assert(rc == SIM_OK || rc == SIM_E_NOMEM);
    }
    res_run_destroy(run);
}
END_TEST

TEST_MAIN("models/money_metrics", money_alone_in_closed_form, unit_costs,
    returns_against_the_baseline, mid_year_returns, intervals_over_replications,
    build_time_is_the_slowest_site, out_of_memory_is_an_error)
