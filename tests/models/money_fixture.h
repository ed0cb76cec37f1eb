/* money_fixture.h - a run with inputs, a plan and quantities, for the tests of
 * the money models: deployments d and base, each with the site s. */
#ifndef TESTS_MODELS_MONEY_FIXTURE_H
#define TESTS_MODELS_MONEY_FIXTURE_H

#include "check_main.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/amortize.h"
#include "models/money.h"

/* Path of an input of the site. */
#define SITE "deployments.d.sites.s."

struct setting {
    const char *key; /* "finance.x", else below the site */
    double value;
};

static inline void near(double got, double want, double rel)
{
    ck_assert_msg(fabs(got - want) <= rel * fmax(fabs(want), 1e-6),
        "got %.17g, want %.17g", got, want);
}

static inline int by_path(const void *a, const void *b)
{
    const struct res_input *x = a, *y = b;
    return strcmp(x->path, y->path);
}

/* A run whose inputs are `set`, for the sites s of deployments d and base. */
static inline struct res_run *make_run(const struct setting *set, int n)
{
    const char *const sites[2] = {"d", "base"};
    struct res_run *run = NULL;
    struct sim_err err;

    ck_assert_int_eq(res_run_create(&run, &err), SIM_OK);
    run->meta.currency = "USD";
    run->inputs = sim_arena_calloc(&run->arena, 2 * n, sizeof *run->inputs);
    for (int i = 0; i < n; i++) {
        const int global = strncmp(set[i].key, "finance.", 8) == 0;
        for (int d = 0; d < (global ? 1 : 2); d++) {
            struct res_input *in = &run->inputs[run->n_inputs++];
            in->path =
                global ? set[i].key
                       : sim_arena_printf(&run->arena,
                             "deployments.%s.sites.s.%s", sites[d], set[i].key);
            in->numeric = true;
            in->value = set[i].value;
        }
    }
    qsort(run->inputs, run->n_inputs, sizeof *run->inputs, by_path);
    return run;
}

#define RUN(set) make_run(set, (int)(sizeof(set) / sizeof *(set)))

static inline double *value_of(struct res_run *run, const char *path)
{
    const int i = res_input_find(run, path);
    ck_assert_msg(i >= 0, "no input %s", path);
    return &run->inputs[i].value;
}

static const struct mdl_money_entry own = {
    "s", MDL_PROCURE_OWN, MDL_DEP_AS_FINANCE, RES_DEP_MACRS_15};
static const struct mdl_money_entry cloud = {
    "s", MDL_PROCURE_CLOUD, MDL_DEP_AS_FINANCE, RES_DEP_MACRS_15};

static inline struct mdl_money_plan make_plan(const char *deployment,
    const struct mdl_money_entry *entry, int timing, double horizon_yr)
{
    return (struct mdl_money_plan){.deployment = deployment,
        .horizon_yr = horizon_yr,
        .timing = timing,
        .depreciation = RES_DEP_MACRS_5,
        .n_entries = 1,
        .entries = entry};
}

static inline struct mdl_usage make_usage(
    struct res_run *run, const struct mdl_money_plan *plan)
{
    struct mdl_usage u;
    ck_assert_int_eq(
        mdl_usage_init(&u, mdl_money_columns(plan->timing, plan->horizon_yr),
            &run->arena, NULL),
        SIM_OK);
    return u;
}

static inline void fill(struct mdl_usage *u, const struct mdl_money_plan *plan,
    int quantity, double per_yr)
{
    const int n = mdl_money_columns(plan->timing, plan->horizon_yr);
    for (int k = 1; k < n; k++)
        u->q[quantity][k] =
            per_yr * mdl_money_column_yr(plan->timing, plan->horizon_yr, k);
}

static inline void level(struct mdl_usage *u, const struct mdl_money_plan *plan,
    int quantity, double x)
{
    const int n = mdl_money_columns(plan->timing, plan->horizon_yr);
    for (int k = 0; k < n; k++)
        u->q[quantity][k] = x;
}

static inline struct res_ledger *ledger_of(struct res_run *run,
    const struct mdl_money_plan *plan, const struct mdl_usage *u)
{
    struct res_ledger *l = NULL;
    struct sim_err err = {0};
    const int rc = mdl_money_build(plan, run, u, &run->arena, &l, &err);
    ck_assert_msg(rc == SIM_OK, "%s", err.text);
    return l;
}

static inline const struct res_item *item_of(
    const struct res_ledger *l, const char *label)
{
    for (int i = 0; i < l->n_items; i++) {
        if (strcmp(l->items[i].label, label) == 0)
            return &l->items[i];
    }
    return NULL;
}

static inline double annuity_pv(double r, double n)
{
    return 1 / mdl_annuity_factor(r, n);
}

static const struct setting cash_study[] = {{"finance.discount_rate", 0.08},
    {"finance.tax_rate", 0}, {"finance.inflation", 0}, {"cash.capex", 1.2e6},
    {"cash.opex", 210e3}, {"cash.residual", 100e3}};

static const struct setting full[] = {{"finance.discount_rate", 0.09},
    {"finance.tax_rate", 0.26}, {"finance.inflation", 0.025},
    {"finance.escalation.energy", 0.0166}, {"finance.carbon_price", 51},
    {"hardware.price", 299e3}, {"hardware.life", 4}, {"hardware.gpu_hour", 2.5},
    {"cost.server", 300e3}, {"cost.install", 4e3}, {"cost.life", 3},
    {"cost.circuit", 1100}, {"cost.rent", 184}, {"cost.node_month", 90},
    {"cost.maintenance", 0.05}, {"cost.repair", 0.02},
    {"cost.accelerator", 0.7}, {"cost.licences", 500}, {"cost.security", 2500},
    {"cost.water", 0.002}, {"cost.tokens_in", 0.2}, {"cost.tokens_out", 0.6},
    {"cost.request", 0.0001}, {"cost.egress", 0.09}, {"facility.price", 15e3},
    {"facility.life", 10}, {"energy.price", 0.13}, {"energy.demand", 15},
    {"staff.wage", 230e3}, {"staff.fte", 0.05}, {"staff.seats", 0.1},
    {"staff.technician", 110e3}, {"staff.visit", 500}, {"staff.travel", 2},
    {"cash.capex", 5e4}, {"cash.opex", 1e4}, {"cash.residual", 1e3}};

/* Two members of three servers with eight accelerators each. */
static inline struct mdl_usage full_usage(
    struct res_run *run, const struct mdl_money_plan *plan, double load)
{
    struct mdl_usage u = make_usage(run, plan);

    u.members = 2;
    u.accelerators = 8;
    level(&u, plan, MDL_Q_SERVERS, 6);
    level(&u, plan, MDL_Q_IT_KW, 70);
    fill(&u, plan, MDL_Q_IT_KWH, 300e3 * load);
    fill(&u, plan, MDL_Q_SITE_KWH, 480e3 * load);
    fill(&u, plan, MDL_Q_BILLED_KW_MONTH, 12 * 100 * load);
    fill(&u, plan, MDL_Q_EGRESS_GB, 2e5 * load);
    fill(&u, plan, MDL_Q_SERVED, 2e9 * load);
    fill(&u, plan, MDL_Q_CAPACITY, 5e9);
    fill(&u, plan, MDL_Q_INPUT_MTOK, 1e5 * load);
    fill(&u, plan, MDL_Q_OUTPUT_MTOK, 3e5 * load);
    fill(&u, plan, MDL_Q_GPU_H, 6 * 8 * 8760.0);
    fill(&u, plan, MDL_Q_GPU_BUSY_H, 6 * 8 * 8760 * 0.4 * load);
    fill(&u, plan, MDL_Q_SERVER_FAILURES, 0.36);
    fill(&u, plan, MDL_Q_ACCELERATOR_FAILURES, 2.9);
    fill(&u, plan, MDL_Q_VISITS, 2.4);
    fill(&u, plan, MDL_Q_HANDS_ON_H, 7.2);
    fill(&u, plan, MDL_Q_CARBON_KG, 178e3 * load);
    fill(&u, plan, MDL_Q_WATER_L, 5e4 * load);
    fill(&u, plan, MDL_Q_LOST_USD, 900);
    fill(&u, plan, MDL_Q_PENALTY_USD, 1200);
    return u;
}

#endif /* TESTS_MODELS_MONEY_FIXTURE_H */
