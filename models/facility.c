#include "models/facility.h"

#include <assert.h>
#include <math.h>
#include <stddef.h>

#include "models/finance.h"
#include "models/results/ledger.h"

#define CFG  struct mdl_facility_cfg
#define PUE  struct mdl_pue_cfg
#define COOL struct mdl_cooling_cfg
#define GEN  struct mdl_generator_cfg

static const char *const fuel_names[] = {"diesel", "gas", NULL};

/* clang-format off */
static const struct sim_param cooling_rows[] = {
    { SIM_PARAM_F64(COOL, t1_c), .unit = "C", .dflt = 15, .min = -50, .max = 60,
      .flags = SIM_P_STATE,
      .doc = "Outside temperature up to which free cooling does all.", .source = "[KOSIK]" },
    { SIM_PARAM_F64(COOL, t2_c), .unit = "C", .dflt = 27, .min = -50, .max = 60,
      .flags = SIM_P_STATE,
      .doc = "Outside temperature from which machines cool all.", .source = "[KOSIK]" },
    { SIM_PARAM_F64(COOL, cop_free_frac), .unit = "1", .dflt = 20, .min = 1, .max = 1000,
      .flags = SIM_P_STATE,
      .doc = "Heat removed per energy spent, free cooling.", .source = "[KOSIK]" },
    { SIM_PARAM_F64(COOL, cop_mech_frac), .unit = "1", .dflt = 5, .min = 0.5, .max = 100,
      .flags = SIM_P_STATE,
      .doc = "Heat removed per energy spent, machines.", .source = "[KOSIK]" },
};

static const struct sim_param generator_rows[] = {
    { SIM_PARAM_I64(GEN, units), .unit = "", .dflt = 1, .min = 1, .max = 64,
      .flags = SIM_P_STATE, .doc = "Generators installed." },
    { SIM_PARAM_I64(GEN, needed), .unit = "", .dflt = 1, .min = 1, .max = 64,
      .flags = SIM_P_STATE, .doc = "Generators that carry the load." },
    { SIM_PARAM_F64(GEN, start_failure_frac), .unit = "1", .dflt = 0.0094, .min = 0, .max = 1,
      .flags = SIM_P_STATE,
      .doc = "Probability that a generator does not start.", .source = "[REOPT]" },
    { SIM_PARAM_F64(GEN, life_h), .unit = "h", .dflt = 1100, .min = 0, .max = 1e7,
      .flags = SIM_P_STATE | SIM_P_ABOVE_MIN,
      .doc = "Mean running time to failure of a generator.", .source = "[REOPT]" },
    { SIM_PARAM_ENUM(GEN, fuel, fuel_names), .unit = "", .dflt = MDL_FUEL_DIESEL,
      .doc = "What the generators burn." },
    { SIM_PARAM_F64(GEN, tank_h), .unit = "h", .dflt = (double)INFINITY, .min = 0, .max = 1e6,
      .flags = SIM_P_STATE | SIM_P_UNLIMITED,
      .doc = "Running time on the stored fuel." },
};
/* clang-format on */

static void check_cooling(const void *cfg, const struct sim_checker *checker)
{
    const COOL *cooling = cfg;

    if (cooling->t2_c <= cooling->t1_c)
        checker->fault(checker->ctx, "t2", "t2 (%g C) is not above t1 (%g C)",
            cooling->t2_c, cooling->t1_c);
}

static void check_generator(const void *cfg, const struct sim_checker *checker)
{
    const GEN *generator = cfg;

    if (generator->needed > generator->units)
        checker->fault(checker->ctx, "needed",
            "%lld generators are needed but only %lld installed",
            (long long)generator->needed, (long long)generator->units);
}

static const struct sim_table cooling_table = {
    .name = "cooling",
    .doc = "Cooling energy from the outside temperature.",
    SIM_ROWS(cooling_rows),
    .size = sizeof(COOL),
    .check = check_cooling,
};
static const struct sim_table generator_table = {
    .name = "generator",
    .doc = "Stand-by generators.",
    SIM_ROWS(generator_rows),
    .size = sizeof(GEN),
    .check = check_generator,
};

/* clang-format off */
static const struct sim_param pue_rows[] = {
    { SIM_PARAM_F64(PUE, fixed_frac), .unit = "1", .min = 1, .max = 10,
      .flags = SIM_P_STATE | SIM_P_OPTIONAL | SIM_P_SCALAR,
      .doc = "The same overhead at any load; replaces a, b, c and cooling." },
    { SIM_PARAM_F64(PUE, a_frac), .unit = "1", .dflt = 0, .min = 0, .max = 2,
      .flags = SIM_P_STATE,
      .doc = "Loss that is always there, as a share of capacity.", .source = "[WP113]" },
    { SIM_PARAM_F64(PUE, b_frac), .unit = "1", .dflt = 0, .min = 0, .max = 5,
      .flags = SIM_P_STATE,
      .doc = "Loss per IT power.", .source = "[WP113]" },
    { SIM_PARAM_F64(PUE, c_frac), .unit = "1", .dflt = 0, .min = 0, .max = 5,
      .flags = SIM_P_STATE,
      .doc = "Loss per IT power at full load, growing with load.", .source = "[WP113]" },
    { SIM_PARAM_GROUP_OPT(PUE, cooling, &cooling_table, cooling_given),
      .doc = "Cooling by outside temperature; a and b then leave it out." },
};

static const struct sim_table pue_table = {
    .name = "pue", .doc = "Energy overhead of the building.",
    SIM_ROWS(pue_rows), .size = sizeof(PUE),
};

static const struct sim_param rows[] = {
    { SIM_PARAM_F64(CFG, capacity_kw), .unit = "kW", .min = 0, .max = 1e8,
      .flags = SIM_P_STATE | SIM_P_OPTIONAL | SIM_P_ABOVE_MIN,
      .doc = "IT power the facility can carry; by default its servers at peak." },
    { SIM_PARAM_GROUP(CFG, pue, &pue_table),
      .doc = "Energy at the meter over IT energy." },
    { SIM_PARAM_BOOL(CFG, shared), .unit = "", .dflt = false, .flags = SIM_P_STATE,
      .doc = "The site is a share of a big hall, whose load decides the PUE." },
    { SIM_PARAM_F64(CFG, load_frac), .unit = "1", .dflt = 0.7, .min = 0, .max = 1,
      .flags = SIM_P_STATE,
      .doc = "Load of the shared hall." },
    { SIM_PARAM_F64(CFG, wue_l_per_kwh), .unit = "L/kWh", .dflt = 0, .min = 0, .max = 100,
      .doc = "Water used on site per IT energy.", .source = "[WUE]" },
    { SIM_PARAM_F64(CFG, ups_h), .unit = "h", .dflt = 0, .min = 0, .max = 1e4,
      .flags = SIM_P_STATE,
      .doc = "Time the servers run on after the grid fails." },
    { SIM_PARAM_GROUP_OPT(CFG, generator, &generator_table, generator_given),
      .doc = "Stand-by generators; none unless given." },
    { SIM_PARAM_F64(CFG, price_usd_per_kw), .unit = "USD/kW", .dflt = 0, .min = 0, .max = 1e6,
      .doc = "Price of the facility per IT capacity, servers not included." },
    { SIM_PARAM_F64(CFG, life_yr), .unit = "year", .dflt = 15, .min = 0.25, .max = 60,
      .doc = "Economic life of the facility.", .source = "[HAMILTON]" },
    { SIM_PARAM_ENUM(CFG, depreciation, mdl_depreciation_names), .unit = "",
      .dflt = RES_DEP_MACRS_15,
      .doc = "Tax depreciation of the facility.", .source = "[MACRS]" },
};
/* clang-format on */

const struct sim_table mdl_facility_table = {
    .name = "facility",
    .doc = "The building: overhead, water, backup power, price.",
    SIM_ROWS(rows),
    .size = sizeof(CFG),
};

/* Cooling energy per IT energy. */
static double cooling(const COOL *cfg, double temp_c)
{
    double mech = 0.5;

    if (!isnan(temp_c))
        mech = (temp_c - cfg->t1_c) / (cfg->t2_c - cfg->t1_c);
    mech = fmin(fmax(mech, 0.0), 1.0);
    return (1.0 - mech) / cfg->cop_free_frac + mech / cfg->cop_mech_frac;
}

double mdl_pue(
    const struct mdl_facility_cfg *cfg, double load_frac, double temp_c)
{
    assert(cfg != NULL);

    const PUE *pue = &cfg->pue;
    const double load = cfg->shared ? cfg->load_frac : load_frac;
    /* fmax also turns a load that is not a number into the smallest one */
    const double u = fmin(fmax(load, MDL_PUE_MIN_LOAD), 1.0);

    if (!isnan(pue->fixed_frac))
        return pue->fixed_frac;
    return 1.0 + pue->a_frac / u + pue->b_frac + pue->c_frac * u +
           (pue->cooling_given ? cooling(&pue->cooling, temp_c) : 0.0);
}
