/* energy.h - price, carbon and weather of the energy a site buys.
 *
 * Each is a flat value, a built-in table (tariff, grid, climate) or a user's
 * hourly file; all become 8,760 hourly values of a model year in UTC.
 */
#ifndef MODELS_ENERGY_H
#define MODELS_ENERGY_H

#include <stdbool.h>

#include "models/data.h"
#include "sim/err.h"
#include "sim/param.h"

/* `price: 0.13 USD/kWh` or `price: {series: file, ...}`. */
struct mdl_price_cfg {
    double flat_usd_per_kwh; /* NAN = not given */
    const char *series;      /* path; NULL = none */
    const char *column;
    const char *unit; /* of the file, "USD/MWh"; NULL = USD/kWh */
    int time;         /* enum mdl_series_time */
    double utc_offset_h;
};

/* `carbon: 0.37 kg/kWh`, `carbon: CISO` or `carbon: {series: file, ...}`. */
struct mdl_carbon_cfg {
    double flat_kg_per_kwh; /* NAN = not given */
    const char *grid;       /* area of grids-carbon.csv; NULL = none */
    const char *series;
    const char *column;
    const char *unit;
    int time;
    double utc_offset_h;
};

/* `weather: phoenix` or `weather: {series: file, ...}`. */
struct mdl_weather_cfg {
    const char *climate; /* of climates.csv; NULL = none */
    const char *series;
    const char *column;
    int time;
    double utc_offset_h;
};

/* Interruptions of the grid: Poisson, exponential durations. */
struct mdl_outages_cfg {
    double rate_per_yr; /* SAIFI */
    double duration_h;  /* mean, CAIDI */
};

/* `energy:` of a site.  Rows, ranges and defaults: energy.c. */
struct mdl_energy_cfg {
    struct mdl_price_cfg price;
    const char *tariff;             /* of tariffs.csv; NULL = none */
    double demand_usd_per_kw_month; /* on the highest quarter hour of a month */
    struct mdl_carbon_cfg carbon;
    struct mdl_weather_cfg weather;
    struct mdl_outages_cfg outages;
};

extern const struct sim_table mdl_energy_table;

/**
 * Hourly energy data of a model year in UTC, from 1 January 00:00 UTC.
 *
 * A price follows from `price.series`, else `tariff` (in `price_offset_h`
 * local time), else `price.flat`, else 0.  Carbon from series, grid (in the
 * grid's own local standard time), flat, else 0.  Temperature from series,
 * climate, else NAN in every hour.
 *
 * @param source        built-in tables; may be NULL when none is named
 * @param jan1_weekday  weekday of 1 January of this year, 0 = Monday: decides
 *                      which days of a tariff or grid are weekend
 * @param price_offset_h  local time of the site for tariffs [h], rounded to
 *                      whole hours
 * @param price   out [8760] USD/kWh; may be NULL
 * @param carbon  out [8760] kg CO2-eq/kWh; may be NULL
 * @param temp    out [8760] C; may be NULL
 * @retval SIM_E_INPUT  unknown tariff, grid or climate (message lists them);
 *                      a bad series file
 * @retval SIM_E_IO, SIM_E_NOMEM
 */
SIM_MUST_CHECK int mdl_energy_year(const struct mdl_energy_cfg *cfg,
    const struct mdl_data_source *source, int jan1_weekday,
    double price_offset_h, double *price, double *carbon, double *temp,
    struct sim_err *err);

/**
 * Demand charges by month on the highest quarter hour: `demand`, plus the
 * tariff's charge at all hours, plus its charge in each time-of-use period.
 * Exact where the month's highest quarter hour recurs in every period, as with
 * always-on loads; else an upper bound.
 *
 * @param usd_per_kw  out [12], January first
 * @retval as mdl_energy_year()
 */
SIM_MUST_CHECK int mdl_energy_demand(const struct mdl_energy_cfg *cfg,
    const struct mdl_data_source *source, double *usd_per_kw,
    struct sim_err *err);

#endif /* MODELS_ENERGY_H */
