/* failure.h - what fails, how long until it does, how long to mend it.
 *
 * Three layers, each a renewal process of lives and repairs: servers, the site
 * as a whole (power, cooling, building), its connection (WAN).  Shocks and
 * domains are causes that several sites share.  A life may be given as a
 * distribution, as an annual failure rate (AFR) or as an availability; this
 * file turns all three into one distribution.
 *
 *     AFR:           exponential, rate -ln(1 - AFR) per year of 8,760 h
 *     availability:  exponential, mean A/(1 - A) x mean repair
 */
#ifndef MODELS_FAILURE_H
#define MODELS_FAILURE_H

#include <stdbool.h>
#include <stdint.h>

#include "models/energy.h"
#include "models/facility.h"
#include "models/hardware.h"
#include "sim/arena.h"
#include "sim/dist.h"
#include "sim/err.h"
#include "sim/param.h"

/* Lives and repairs are in hours whatever unit the scenario writes. */
struct mdl_server_failures_cfg {
    const struct sim_dist *life_h; /* NULL = from AFR */
    double afr_frac; /* of a server without accelerators; NAN = hardware's */
    const struct sim_dist *repair_h; /* spare part on hand */
    bool no_repair;                  /* what fails stays down */
    int64_t crews;  /* repairs going on at once per site; -1 = unlimited */
    int64_t spares; /* stand-by servers of the site */
};

struct mdl_layer_failures_cfg {    /* the site, or its connection */
    const struct sim_dist *life_h; /* NULL = from availability */
    const struct sim_dist *repair_h;
    bool no_repair;
    double availability_frac; /* NAN = never fails unless life is given */
};

/* Poisson events that take the site down, together with all sites that name
 * the same domain. */
struct mdl_shock_cfg {
    const char *domain; /* NULL = this site alone */
    double rate_per_yr;
    double duration_h; /* mean, exponential */
    double hit_frac;   /* chance that the site is hit by a given event */
};

/* `failures:` of a site.  Rows, ranges and defaults: failure.c. */
struct mdl_failure_cfg {
    struct mdl_server_failures_cfg server;
    struct mdl_layer_failures_cfg site, wan;
    const char *const *domains; /* names of shared causes */
    int n_domains;
    struct mdl_shock_cfg *shocks;
    int n_shocks;
    double detection_s; /* until routing avoids what has failed */
};

extern const struct sim_table mdl_failure_table;
/* failures.site and failures.wan. */
extern const struct sim_table mdl_layer_failures_table;

/**
 * The life of one server [h].
 *
 * `life` if given; else exponential with the summed AFR of the server and its
 * accelerators; `*life` is NULL when it never fails.
 *
 * @param hardware  may be NULL: no accelerators, AFR from `afr` alone
 * @param arena     holds the result
 * @retval SIM_E_NOMEM
 */
SIM_MUST_CHECK int mdl_failure_server_life(const struct mdl_failure_cfg *cfg,
    const struct mdl_hardware_cfg *hardware, struct sim_arena *arena,
    const struct sim_dist **life, struct sim_err *err);

/** The life of a site or connection [h]: `life`, else from `availability` and
 *  the mean repair, else NULL (never fails).  @retval SIM_E_INPUT  an
 *  availability below 1 with `no_repair` or an infinite mean repair. */
SIM_MUST_CHECK int mdl_failure_layer_life(
    const struct mdl_layer_failures_cfg *cfg, struct sim_arena *arena,
    const struct sim_dist **life, struct sim_err *err);

/**
 * Interruptions of the grid that reach the servers, per year:
 *     SAIFI e^(-u/D) (1 - p q),
 *     q = (1/D)/(g + 1/D) (1 - e^(-(g + 1/D) T)),
 * u UPS time, D mean duration, p the k-of-n chance that enough generators
 * start, q the chance that they last until the grid is back, g = needed/life
 * their failure rate without the help of spare units (so an upper bound with
 * spares), T the tank.  What is left of an interruption is again exponential
 * with mean D, so the hours without power per year are this rate times D.
 *
 * Source: [GENREL] in models/SOURCES.md.
 */
double mdl_failure_grid_per_yr(const struct mdl_outages_cfg *outages,
    const struct mdl_facility_cfg *facility);

/** The grid as one more layer of lives and repairs [h], in the closed form
 *  above; `*life` NULL when no interruption reaches the servers.
 *  @retval SIM_E_NOMEM */
SIM_MUST_CHECK int mdl_failure_grid_layer(const struct mdl_outages_cfg *outages,
    const struct mdl_facility_cfg *facility, struct sim_arena *arena,
    const struct sim_dist **life, const struct sim_dist **repair,
    struct sim_err *err);

/** Shocks as a layer [h] of the sites they hit: exponential lives of rate
 *  `rate` (thin it by `hit` for a site alone), exponential durations.  `*life`
 *  NULL when the rate is 0.  @retval SIM_E_NOMEM */
SIM_MUST_CHECK int mdl_failure_shock_layer(const struct mdl_shock_cfg *shock,
    struct sim_arena *arena, const struct sim_dist **life,
    const struct sim_dist **repair, struct sim_err *err);

/** A repair as the timeline wants it: NULL when it never comes. */
const struct sim_dist *mdl_failure_repair(
    const struct sim_dist *repair_h, bool no_repair);

/** Exponential distribution of a given mean (> 0, finite), in the arena. */
SIM_MUST_CHECK int mdl_failure_exponential(double mean_h,
    struct sim_arena *arena, const struct sim_dist **dist, struct sim_err *err);

#endif /* MODELS_FAILURE_H */
