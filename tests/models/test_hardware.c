/* Servers: slots and failure rates. */
#include "models/hardware.h"
#include "model_fixture.h"

START_TEST(slots_by_default_one_per_accelerator)
{
    struct mdl_hardware_cfg cfg = {.slots = -1, .accelerators = 4};

    ck_assert_int_eq(mdl_hardware_slots(&cfg), 4);
    cfg.slots = 16;
    ck_assert_int_eq(mdl_hardware_slots(&cfg), 16);
    cfg = (struct mdl_hardware_cfg){.slots = -1};
    ck_assert_int_eq(mdl_hardware_slots(&cfg), 1);
}
END_TEST

/* Survival of a year is the product of the parts' survivals:
 * exp(-rate) = (1 - .06)(1 - .05)^8. */
START_TEST(failure_rates_add_up)
{
    const struct mdl_hardware_cfg cfg = {.accelerators = 8,
        .accelerator_afr_frac = 0.05,
        .server_afr_frac = 0.06};

    near_rel(exp(-mdl_hardware_failures_per_yr(&cfg, NAN)), 0.94 * pow(0.95, 8),
        1e-14);
    near_rel(
        exp(-mdl_hardware_failures_per_yr(&cfg, 0.0)), pow(0.95, 8), 1e-14);
    const struct mdl_hardware_cfg none = {0};
    ck_assert(mdl_hardware_failures_per_yr(&none, NAN) == 0.0);
    near_rel(mdl_hardware_failures_per_yr(&none, 1e-12), 1e-12, 1e-11);
}
END_TEST

START_TEST(rows_keep_the_rules)
{
    struct mdl_hardware_cfg cfg = {.idle_w = 100, .peak_w = 100};

    check_table_rules(&mdl_hardware_table);
    ck_assert_int_eq(faults_of(&mdl_hardware_table, &cfg), 0);
    cfg.peak_w = 99;
    ck_assert_int_eq(faults_of(&mdl_hardware_table, &cfg), 1);
}
END_TEST

TEST_MAIN("models/hardware", slots_by_default_one_per_accelerator,
    failure_rates_add_up, rows_keep_the_rules)
