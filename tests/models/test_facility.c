/* Overhead of the building. */
#include "models/facility.h"
#include "model_fixture.h"
#include "models/finance.h"
#include "models/results/ledger.h"

static struct mdl_facility_cfg with(double a, double b, double c)
{
    return (struct mdl_facility_cfg){.pue = {.fixed_frac = NAN,
                                         .a_frac = a,
                                         .b_frac = b,
                                         .c_frac = c,
                                         .cooling = {15, 27, 20, 5}}};
}

/* The tier presets at 70 % load: the table of typical ranges. */
START_TEST(tiers_at_typical_load)
{
    const struct {
        double a, b, c, want, low, high;
    } tiers[] = {{.03, .07, .02, 1.13, 1.1, 1.3},
        {.12, .15, .05, 1.36, 1.2, 1.8}, {.25, .25, .05, 1.64, 1.5, 2.5},
        {.35, .40, .05, 1.94, 1.6, 3.0}, {.04, .08, .02, 1.15, 1.1, 1.3},
        {.07, .12, .03, 1.24, 1.15, 1.5}};

    for (int i = 0; i < 6; i++) {
        const struct mdl_facility_cfg cfg =
            with(tiers[i].a, tiers[i].b, tiers[i].c);
        const double pue = mdl_pue(&cfg, 0.7, NAN);

        near_abs(pue, tiers[i].want, 0.006); /* the table has two digits */
        ck_assert(pue >= tiers[i].low && pue <= tiers[i].high);
        /* from 35 % load to full the tiers stay in range, too */
        ck_assert(mdl_pue(&cfg, 0.35, NAN) <= tiers[i].high);
        ck_assert(mdl_pue(&cfg, 1.0, NAN) >= tiers[i].low - 0.03);
    }
}
END_TEST

START_TEST(load_terms)
{
    struct mdl_facility_cfg cfg = with(0.25, 0.20, 0.05);

    near_rel(mdl_pue(&cfg, 0.5, NAN), 1 + 0.5 + 0.2 + 0.025, 1e-15);
    /* clamped: below 2 % as 2 %, above 100 % as 100 % */
    near_rel(mdl_pue(&cfg, 0.0, NAN), 1 + 12.5 + 0.2 + 0.001, 1e-15);
    ck_assert(mdl_pue(&cfg, NAN, NAN) == mdl_pue(&cfg, 0.02, NAN));
    ck_assert(mdl_pue(&cfg, 3.0, NAN) == mdl_pue(&cfg, 1.0, NAN));
    cfg.shared = true; /* a share of a hall at 70 % */
    cfg.load_frac = 0.7;
    near_rel(mdl_pue(&cfg, 0.01, NAN), 1 + 0.25 / 0.7 + 0.2 + 0.035, 1e-15);
}
END_TEST

START_TEST(fixed_replaces_everything)
{
    struct mdl_facility_cfg cfg = with(0.25, 0.25, 0.05);

    cfg.pue.fixed_frac = 1.35;
    cfg.pue.cooling_given = true;
    ck_assert(mdl_pue(&cfg, 0.1, 40.0) == 1.35);
    const struct mdl_facility_cfg none = with(0, 0, 0);
    ck_assert(mdl_pue(&none, 0.5, 30.0) == 1.0);
}
END_TEST

/* cool(T) = (1 - w)/20 + w/5, w from 0 at 15 C to 1 at 27 C. */
START_TEST(cooling_follows_the_weather)
{
    struct mdl_facility_cfg cfg = with(0, 0.1, 0);

    cfg.pue.cooling_given = true;
    near_rel(mdl_pue(&cfg, 0.7, -10), 1.15, 1e-15);
    near_rel(mdl_pue(&cfg, 0.7, 15), 1.15, 1e-15);
    near_rel(mdl_pue(&cfg, 0.7, 21), 1.1 + 0.5 / 20 + 0.5 / 5, 1e-15);
    near_rel(mdl_pue(&cfg, 0.7, 27), 1.3, 1e-15);
    near_rel(mdl_pue(&cfg, 0.7, 45), 1.3, 1e-15);
    ck_assert(mdl_pue(&cfg, 0.7, NAN) == mdl_pue(&cfg, 0.7, 21));
}
END_TEST

static const struct sim_table *table_of(
    const struct sim_table *table, const char *name)
{
    for (int i = 0; i < table->n_rows; i++) {
        if (strcmp(table->rows[i].name, name) == 0)
            return table->rows[i].table;
    }
    ck_abort_msg("no row '%s'", name);
    return NULL;
}

START_TEST(rows_keep_the_rules)
{
    const struct sim_table *pue = table_of(&mdl_facility_table, "pue");
    const struct mdl_cooling_cfg cold = {20, 20, 20, 5};
    const struct mdl_generator_cfg few = {.units = 1, .needed = 2};

    check_table_rules(&mdl_facility_table);
    ck_assert_int_eq(faults_of(table_of(pue, "cooling"), &cold), 1);
    ck_assert_int_eq(
        faults_of(table_of(&mdl_facility_table, "generator"), &few), 1);
    ck_assert_str_eq(mdl_depreciation_names[RES_DEP_MACRS_15], "macrs-15");
}
END_TEST

TEST_MAIN("models/facility", tiers_at_typical_load, load_terms,
    fixed_replaces_everything, cooling_follows_the_weather, rows_keep_the_rules)
