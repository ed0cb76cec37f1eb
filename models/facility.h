/* facility.h - the building round the servers: overhead, water, backup, price.
 *
 * Power usage effectiveness at IT load share u and outside temperature T:
 *     PUE = 1 + a/u + b + c u + cool(T)
 *     cool(T) = (1 - w)/cop_free + w/cop_mech,  w = clamp((T - t1)/(t2 - t1))
 * a is loss that does not depend on load (as share of capacity), b grows with
 * load, c with its square.  With `cooling` given, a and b must not contain the
 * cooling again.  The PUE of a year is energy over energy, never the mean of
 * hours.
 *
 * Source: [WP113] for the load terms, [KOSIK] for the weather term.
 */
#ifndef MODELS_FACILITY_H
#define MODELS_FACILITY_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/param.h"

/* Smallest load share used in a/u: an almost empty hall is charged for 2 % of
 * its capacity instead of for an infinite PUE. */
#define MDL_PUE_MIN_LOAD 0.02

struct mdl_cooling_cfg {
    double t1_c, t2_c;    /* free cooling up to t1, none from t2 on */
    double cop_free_frac; /* heat moved per energy spent */
    double cop_mech_frac;
};

/* `pue: 1.6` or `pue: {a, b, c, cooling}`. */
struct mdl_pue_cfg {
    double fixed_frac; /* NAN = from a, b, c */
    double a_frac, b_frac, c_frac;
    struct mdl_cooling_cfg cooling;
    bool cooling_given;
};

enum mdl_fuel { MDL_FUEL_DIESEL, MDL_FUEL_GAS };

struct mdl_generator_cfg {
    int64_t units, needed; /* installed; needed to carry the load */
    double start_failure_frac;
    double life_h; /* mean running time to failure */
    int fuel;      /* enum mdl_fuel */
    double tank_h; /* running time on the stored fuel; INFINITY = piped */
};

/* `facility:` of a site.  Rows, ranges and defaults: facility.c. */
struct mdl_facility_cfg {
    double capacity_kw; /* IT power; NAN = servers at peak */
    struct mdl_pue_cfg pue;
    bool shared;          /* a share of a big hall */
    double load_frac;     /* load of that hall */
    double wue_l_per_kwh; /* water per IT energy */
    double ups_h;
    struct mdl_generator_cfg generator;
    bool generator_given;
    double price_usd_per_kw; /* of IT capacity; 0 = not bought */
    double life_yr;
    int depreciation; /* enum res_depreciation */
};

extern const struct sim_table mdl_facility_table;

/**
 * PUE of the facility, >= 1.
 *
 * @param load_frac  IT power over capacity; below MDL_PUE_MIN_LOAD (and not a
 *                   number) counts as that, above 1 as 1; a shared hall uses
 *                   its own `load` instead
 * @param temp_c     outside temperature; NAN = no weather: cooling at the
 *                   middle between t1 and t2
 */
double mdl_pue(
    const struct mdl_facility_cfg *cfg, double load_frac, double temp_c);

#endif /* MODELS_FACILITY_H */
