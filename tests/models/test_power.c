/* Power of a server by load and state. */
#include "models/power.h"
#include "model_fixture.h"

START_TEST(linear_between_idle_and_peak)
{
    ck_assert(mdl_power_w(120, 300, 0.0) == 120.0);
    ck_assert(mdl_power_w(120, 300, 0.5) == 210.0);
    ck_assert(mdl_power_w(120, 300, 1.0) == 300.0);
    ck_assert(mdl_power_w(120, 300, 1.7) == 300.0);
    ck_assert(mdl_power_w(120, 300, -0.2) == 120.0);
}
END_TEST

START_TEST(levels_come_from_the_hardware)
{
    const struct mdl_hardware_cfg hw = {.idle_w = 200, .peak_w = 590};
    struct mdl_power_cfg cfg = {NAN, NAN, NAN, NAN};
    struct mdl_power_cfg p = mdl_power_levels(&cfg, &hw);

    ck_assert(p.off_w == 0 && p.boot_w == 590);
    ck_assert(p.idle_w == 200 && p.peak_w == 590);
    cfg = (struct mdl_power_cfg){5, 250, 120, 300};
    p = mdl_power_levels(&cfg, &hw);
    ck_assert(p.off_w == 5 && p.boot_w == 250);
    ck_assert(p.idle_w == 120 && p.peak_w == 300);
    p = mdl_power_levels(&(struct mdl_power_cfg){NAN, NAN, NAN, NAN}, NULL);
    ck_assert(p.idle_w == 0 && p.peak_w == 0 && p.boot_w == 0);
}
END_TEST

/* One level given alone never turns the line upside down. */
START_TEST(idle_never_exceeds_peak)
{
    const struct mdl_hardware_cfg hw = {.idle_w = 200, .peak_w = 590};
    struct mdl_power_cfg p =
        mdl_power_levels(&(struct mdl_power_cfg){NAN, NAN, 700, NAN}, &hw);

    ck_assert(p.idle_w == 700 && p.peak_w == 700);
    p = mdl_power_levels(&(struct mdl_power_cfg){NAN, NAN, NAN, 100}, &hw);
    ck_assert(p.idle_w == 100 && p.peak_w == 100);
}
END_TEST

START_TEST(rows_keep_the_rules)
{
    const struct mdl_power_cfg open = {NAN, NAN, 100, NAN};
    const struct mdl_power_cfg bad = {NAN, NAN, 100, 50};

    check_table_rules(&mdl_power_table);
    ck_assert_int_eq(faults_of(&mdl_power_table, &open), 0);
    ck_assert_int_eq(faults_of(&mdl_power_table, &bad), 1);
}
END_TEST

TEST_MAIN("models/power", linear_between_idle_and_peak,
    levels_come_from_the_hardware, idle_never_exceeds_peak, rows_keep_the_rules)
