/* climate.h - outside temperature of a built-in climate, hour by hour.
 *
 * The expected year of the stochastic weather generator behind climates.csv
 * (every random draw at 0): monthly means joined by straight lines plus a
 * two-harmonic daily wave, scaled by how clear the median day is.
 *
 *     T(d, t) = season(t_node; d + t/24) + node(d, t)
 *             + amp sum_j t_aj cos(2 pi j (t - t_pj)/24),  t = hour + 0.5
 *     X    = -(s/6)/sqrt(1 + s^2/18), s = t_skew;   node at noon = t_sd X
 *     amp  = max(0, 1 + t_amp_k (kt_median/kt_mean - 1) + t_amp_x X)
 *
 * Source: [WEATHER] in models/SOURCES.md (daily residuals after Richardson
 * 1981; clearness after Graham and Hollands 1990).
 */
#ifndef MODELS_CLIMATE_H
#define MODELS_CLIMATE_H

#include "models/data.h"
#include "sim/err.h"

/**
 * Temperature of a model year in UTC, from 1 January 00:00 UTC.
 *
 * @param source  built-in tables
 * @param name    climate of climates.csv: phoenix seattle chicago sanjose miami
 *                dallas leesburg newyork atlanta greensboro
 * @param temp_c  out [8760]; untouched on error
 * @retval SIM_E_INPUT  unknown climate; the message lists the known ones
 * @retval SIM_E_NOMEM
 */
SIM_MUST_CHECK int mdl_climate_year(const struct mdl_data_source *source,
    const char *name, double *temp_c, struct sim_err *err);

#endif /* MODELS_CLIMATE_H */
