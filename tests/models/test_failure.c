/* Lives from rates and availabilities; interruptions of the grid. */
#include "models/failure.h"
#include "model_fixture.h"
#include "sim/alloc.h"
#include "sim/rng.h"

static struct mdl_failure_cfg defaults(void)
{
    return (struct mdl_failure_cfg){.server = {.afr_frac = NAN, .crews = -1},
        .site = {.availability_frac = NAN},
        .wan = {.availability_frac = NAN},
        .detection_s = 30};
}

/* Of many servers the share 1 - (1-.06)(1-.05)^8 fails within a year. */
START_TEST(life_of_a_server)
{
    struct sim_arena arena = {0};
    struct mdl_failure_cfg cfg = defaults();
    const struct mdl_hardware_cfg hw = {.accelerators = 8,
        .accelerator_afr_frac = 0.05,
        .server_afr_frac = 0.06};
    const struct sim_dist *life = NULL;

    ck_assert_int_eq(
        mdl_failure_server_life(&cfg, &hw, &arena, &life, NULL), SIM_OK);
    ck_assert(life != NULL);
    near_rel(sim_dist_mean(life), 8760 / -(log(0.94) + 8 * log(0.95)), 1e-12);
    near_rel(sim_dist_quantile(life, 1 - 0.94 * pow(0.95, 8)), 8760, 1e-9);

    cfg.server.afr_frac = 0.0; /* accelerators alone */
    ck_assert_int_eq(
        mdl_failure_server_life(&cfg, &hw, &arena, &life, NULL), SIM_OK);
    near_rel(sim_dist_mean(life), 8760 / -(8 * log(0.95)), 1e-12);

    cfg.server.afr_frac = NAN; /* nothing known, nothing fails */
    ck_assert_int_eq(
        mdl_failure_server_life(&cfg, NULL, &arena, &life, NULL), SIM_OK);
    ck_assert(life == NULL);
    sim_arena_release(&arena);
}
END_TEST

START_TEST(a_given_life_wins)
{
    struct sim_arena arena = {0};
    struct mdl_failure_cfg cfg = defaults();
    const struct mdl_hardware_cfg hw = {.server_afr_frac = 0.5};
    const struct sim_dist *given, *life = NULL;

    ck_assert_int_eq(mdl_failure_exponential(50, &arena, &given, NULL), SIM_OK);
    near_rel(sim_dist_mean(given), 50, 1e-15);
    cfg.server.life_h = given;
    ck_assert_int_eq(
        mdl_failure_server_life(&cfg, &hw, &arena, &life, NULL), SIM_OK);
    ck_assert_ptr_eq(life, given);
    sim_arena_release(&arena);
}
END_TEST

/* life / (life + repair) is the availability asked for. */
START_TEST(life_from_availability)
{
    struct sim_arena arena = {0};
    struct mdl_layer_failures_cfg cfg = {.availability_frac = 0.9974};
    const struct sim_dist *repair, *life = NULL;

    ck_assert_int_eq(mdl_failure_exponential(4, &arena, &repair, NULL), SIM_OK);
    cfg.repair_h = repair;
    ck_assert_int_eq(mdl_failure_layer_life(&cfg, &arena, &life, NULL), SIM_OK);
    const double mean = sim_dist_mean(life);
    near_rel(mean / (mean + 4), 0.9974, 1e-14);

    cfg.availability_frac = 1.0;
    ck_assert_int_eq(mdl_failure_layer_life(&cfg, &arena, &life, NULL), SIM_OK);
    ck_assert(life == NULL);
    cfg.availability_frac = NAN;
    ck_assert_int_eq(mdl_failure_layer_life(&cfg, &arena, &life, NULL), SIM_OK);
    ck_assert(life == NULL);
    cfg.availability_frac = 0.9;
    cfg.no_repair = true;
    ck_assert_int_eq(
        mdl_failure_layer_life(&cfg, &arena, &life, NULL), SIM_E_INPUT);
    sim_arena_release(&arena);
}
END_TEST

/* SAIFI D e^(-u/D) [(1-p) + p g/(g + 1/D)] with 1.35 x 4.5 h, a quarter hour
 * of battery, one generator that starts with .9906 and lives 1,100 h. */
START_TEST(grid_outages_closed_form)
{
    const struct mdl_outages_cfg outages = {1.35, 4.5};
    struct mdl_facility_cfg f = {.ups_h = 0.25};
    const double p = 0.9906, g = 1 / 1100.0;

    near_rel(mdl_failure_grid_per_yr(&outages, &f) * 4.5,
        1.35 * 4.5 * exp(-0.25 / 4.5), 1e-14);
    f.generator_given = true;
    f.generator = (struct mdl_generator_cfg){.units = 1,
        .needed = 1,
        .start_failure_frac = 0.0094,
        .life_h = 1100,
        .tank_h = INFINITY};
    near_rel(mdl_failure_grid_per_yr(&outages, &f) * 4.5,
        1.35 * 4.5 * exp(-0.25 / 4.5) * ((1 - p) + p * g / (g + 1 / 4.5)),
        1e-12);
    /* two of three start: 3 p^2 (1-p) + p^3 */
    f.generator.units = 3;
    f.generator.needed = 2;
    const double q = 3 * p * p * (1 - p) + p * p * p;
    near_rel(mdl_failure_grid_per_yr(&outages, &f),
        1.35 * exp(-0.25 / 4.5) * (1 - q * (1 / 4.5) / (2 * g + 1 / 4.5)),
        1e-12);
}
END_TEST

/* The same, and the tank, by playing 200,000 outages: share of outages that
 * reach the servers within 4 standard errors. */
START_TEST(grid_outages_played)
{
    const struct mdl_outages_cfg outages = {1.0, 4.5};
    const struct mdl_facility_cfg f = {.ups_h = 0.5,
        .generator_given = true,
        .generator = {.units = 1,
            .needed = 1,
            .start_failure_frac = 0.1,
            .life_h = 30,
            .tank_h = 6}};
    const struct sim_key key = {.seed = 11, .purpose = SIM_FOR_TEST};
    struct sim_stream stream;
    enum { N = 200000 };
    int reached = 0;

    sim_stream_init(&stream, &key);
    for (int i = 0; i < N; i++) {
        double x[2];

        sim_stream_exponentials(&stream, x, 2);
        const double rest = 4.5 * x[0] - 0.5; /* beyond the battery */
        const double carried =
            sim_stream_uniform(&stream) < 0.1 ? 0.0 : fmin(30 * x[1], 6.0);
        reached += rest > 0.0 && rest > carried;
    }
    const double want = mdl_failure_grid_per_yr(&outages, &f);
    near_abs((double)reached / N, want, 4 * sqrt(want * (1 - want) / N));
}
END_TEST

START_TEST(layers_of_grid_and_shocks)
{
    struct sim_arena arena = {0};
    const struct mdl_outages_cfg outages = {2.0, 3.0};
    const struct mdl_facility_cfg f = {.ups_h = 0};
    const struct mdl_shock_cfg shock = {.rate_per_yr = 0.02, .duration_h = 24};
    const struct mdl_outages_cfg none = {0.0, 3.0};
    const struct sim_dist *life, *repair;

    ck_assert_int_eq(
        mdl_failure_grid_layer(&outages, &f, &arena, &life, &repair, NULL),
        SIM_OK);
    near_rel(sim_dist_mean(life), 4380, 1e-14);
    near_rel(sim_dist_mean(repair), 3, 1e-14);
    ck_assert_int_eq(
        mdl_failure_grid_layer(&none, &f, &arena, &life, &repair, NULL),
        SIM_OK);
    ck_assert(life == NULL);
    ck_assert_int_eq(
        mdl_failure_shock_layer(&shock, &arena, &life, &repair, NULL), SIM_OK);
    near_rel(sim_dist_mean(life), 438000, 1e-14);
    near_rel(sim_dist_mean(repair), 24, 1e-14);
    sim_arena_release(&arena);
}
END_TEST

START_TEST(survives_failing_allocations)
{
    int rc = SIM_E_NOMEM;
    long n = 0;

    while (rc != SIM_OK) {
        struct sim_arena arena = {0};
        const struct sim_dist *dist = NULL;

        sim_alloc_fail_at(++n, 0);
        rc = mdl_failure_exponential(5, &arena, &dist, NULL);
        sim_alloc_fail_at(0, 0);
        ck_assert(rc == SIM_OK || rc == SIM_E_NOMEM);
        ck_assert((dist != NULL) == (rc == SIM_OK));
        sim_arena_release(&arena);
        ck_assert(n < 50);
    }
    ck_assert(n > 1);
}
END_TEST

START_TEST(rows_keep_the_rules)
{
    struct sim_arena arena = {0};
    struct mdl_layer_failures_cfg layer = {.availability_frac = 0.99};
    const struct sim_dist *life;

    check_table_rules(&mdl_failure_table);
    ck_assert_int_eq(faults_of(&mdl_layer_failures_table, &layer), 0);
    layer.no_repair = true;
    ck_assert_int_eq(faults_of(&mdl_layer_failures_table, &layer), 1);
    /* a life over a preset's availability is no fault */
    ck_assert_int_eq(mdl_failure_exponential(5, &arena, &life, NULL), SIM_OK);
    layer.life_h = life;
    ck_assert_int_eq(faults_of(&mdl_layer_failures_table, &layer), 0);
    sim_arena_release(&arena);
}
END_TEST

TEST_MAIN("models/failure", life_of_a_server, a_given_life_wins,
    life_from_availability, grid_outages_closed_form, grid_outages_played,
    layers_of_grid_and_shocks, survives_failing_allocations,
    rows_keep_the_rules)
