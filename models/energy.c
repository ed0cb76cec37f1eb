#include "models/energy.h"

#include <assert.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "models/climate.h"
#include "sim/units.h"

#define CFG     struct mdl_energy_cfg
#define PRICE   struct mdl_price_cfg
#define CARBON  struct mdl_carbon_cfg
#define WEATHER struct mdl_weather_cfg
#define OUTAGES struct mdl_outages_cfg

#define GRID_TABLE   "grids-carbon.csv"
#define TARIFF_TABLE "tariffs.csv"
#define PRICE_UNIT   "USD/kWh"
#define CARBON_UNIT  "kg/kWh"

enum { DAYS_PER_WEEK = 7, HOURS_PER_DAY = 24, SATURDAY = 5 };

/* Rows every hourly file shares. */
#define SERIES_ROWS(T)                                                         \
    {SIM_PARAM_STR(T, series), .unit = "", .flags = SIM_P_FILE | SIM_P_STATE,  \
        .doc = "CSV file of 8,760 hourly values from 1 January."},             \
    {                                                                          \
        SIM_PARAM_STR(T, column),                                              \
            .unit = "", .doc = "Column of the file; by default its last."      \
    }
#define CLOCK_ROWS(T)                                                          \
    {SIM_PARAM_ENUM(T, time, mdl_series_time_names), .unit = "",               \
        .dflt = MDL_TIME_UTC,                                                  \
        .doc = "Clock of the file: utc, or local standard time."},             \
    {                                                                          \
        SIM_PARAM_F64(T, utc_offset_h),                                        \
            .unit = "h", .dflt = 0, .min = -14, .max = 14,                     \
            .doc = "Local standard time less UTC, for a local file."           \
    }

/* clang-format off */
static const struct sim_param price_rows[] = {
    { SIM_PARAM_F64(PRICE, flat_usd_per_kwh), .unit = PRICE_UNIT, .min = -10, .max = 100,
      .flags = SIM_P_OPTIONAL | SIM_P_SCALAR, .doc = "The same price at all hours." },
    SERIES_ROWS(PRICE),
    { SIM_PARAM_STR(PRICE, unit), .unit = "",
      .doc = "Unit of the file's numbers (USD/MWh); by default USD/kWh." },
    CLOCK_ROWS(PRICE),
};

static const struct sim_param carbon_rows[] = {
    { SIM_PARAM_F64(CARBON, flat_kg_per_kwh), .unit = CARBON_UNIT, .min = 0, .max = 10,
      .flags = SIM_P_OPTIONAL | SIM_P_SCALAR, .doc = "The same intensity at all hours." },
    { SIM_PARAM_STR(CARBON, grid), .unit = "", .flags = SIM_P_SCALAR,
      .doc = "Built-in grid with its hours, months and weekends: CISO ERCO BPAT SOCO PJM "
             "NYIS MISO AZPS.", .source = "[EIA930]" },
    SERIES_ROWS(CARBON),
    { SIM_PARAM_STR(CARBON, unit), .unit = "",
      .doc = "Unit of the file's numbers (g/kWh); by default kg/kWh." },
    CLOCK_ROWS(CARBON),
};

static const struct sim_param weather_rows[] = {
    { SIM_PARAM_STR(WEATHER, climate), .unit = "", .flags = SIM_P_SCALAR | SIM_P_STATE,
      .doc = "Built-in climate: phoenix seattle chicago sanjose miami dallas leesburg "
             "newyork atlanta greensboro.", .source = "[WEATHER]" },
    SERIES_ROWS(WEATHER),
    CLOCK_ROWS(WEATHER),
};

static const struct sim_param outages_rows[] = {
    { SIM_PARAM_F64(OUTAGES, rate_per_yr), .unit = "1/year", .dflt = 0, .min = 0, .max = 1e5,
      .flags = SIM_P_STATE, .doc = "Interruptions of the grid per year.", .source = "[EIA861]" },
    { SIM_PARAM_F64(OUTAGES, duration_h), .unit = "h", .dflt = 4.5, .min = 0, .max = 8760,
      .flags = SIM_P_STATE | SIM_P_ABOVE_MIN,
      .doc = "Mean duration of an interruption (exponential).", .source = "[EIA861]" },
};

static const struct sim_table price_table = {
    .name = "price", .doc = "Price of energy: a value or an hourly file.",
    SIM_ROWS(price_rows), .size = sizeof(PRICE),
};
static const struct sim_table carbon_table = {
    .name = "carbon", .doc = "Carbon of energy: a value, a built-in grid or an hourly file.",
    SIM_ROWS(carbon_rows), .size = sizeof(CARBON),
};
static const struct sim_table weather_table = {
    .name = "weather", .doc = "Outside temperature: a built-in climate or an hourly file.",
    SIM_ROWS(weather_rows), .size = sizeof(WEATHER),
};
static const struct sim_table outages_table = {
    .name = "outages", .doc = "Interruptions of the grid.",
    SIM_ROWS(outages_rows), .size = sizeof(OUTAGES),
};

static const struct sim_param rows[] = {
    { SIM_PARAM_GROUP(CFG, price, &price_table),
      .doc = "Price of the energy drawn from the grid." },
    { SIM_PARAM_STR(CFG, tariff), .unit = "",
      .doc = "Built-in time-of-use tariff, which replaces the price and adds its demand "
             "charge: pge-e19 pge-e19-2019 sce-tou8 nsp-gtds bge-gs.", .source = "[TARIFFS]" },
    { SIM_PARAM_F64(CFG, demand_usd_per_kw_month), .unit = "USD/kW-month", .dflt = 0,
      .min = 0, .max = 1000,
      .doc = "Charge on the highest quarter hour of each month.", .source = "[NREL2017]" },
    { SIM_PARAM_GROUP(CFG, carbon, &carbon_table),
      .doc = "Emissions of the energy drawn from the grid." },
    { SIM_PARAM_GROUP(CFG, weather, &weather_table),
      .doc = "Outside temperature, for cooling." },
    { SIM_PARAM_GROUP(CFG, outages, &outages_table),
      .doc = "Interruptions of the grid." },
};
/* clang-format on */

const struct sim_table mdl_energy_table = {
    .name = "energy",
    .doc = "What the energy of a site costs, emits and how often it fails.",
    SIM_ROWS(rows),
    .size = sizeof(CFG),
};

/* Day of the year and hour of the day at a place, for an hour of UTC. */
struct local_hour {
    int month, hour;
    bool weekend;
};

/* The year closes on itself: hours of the neighbouring years wrap round, yet
 * keep the weekday they really have. */
static struct local_hour at_local(int utc_hour, int offset_h, int jan1_weekday)
{
    const int year = MDL_HOURS_PER_YR;
    const int hour = utc_hour + offset_h + year; /* > 0 */
    const int day = hour / HOURS_PER_DAY;        /* from 1 January last year */
    const int day_of_week =
        (day - MDL_DAYS_PER_YR + jan1_weekday + DAYS_PER_WEEK * DAYS_PER_WEEK) %
        DAYS_PER_WEEK;

    return (struct local_hour){
        .month = mdl_month_of_day(day % MDL_DAYS_PER_YR),
        .hour = hour % HOURS_PER_DAY,
        .weekend = day_of_week >= SATURDAY,
    };
}

/* Names in column 0 of a table, each once, for messages. */
static void list_names(const struct mdl_csv *csv, char *text, size_t size)
{
    size_t used = 0;

    text[0] = '\0';
    for (int row = 0; row < csv->n_rows; row++) {
        const char *name = mdl_csv_text(csv, row, 0);
        const size_t n = strlen(name);

        if (row > 0 && strcmp(name, mdl_csv_text(csv, row - 1, 0)) == 0)
            continue;
        if (used + n + 2 > size)
            break;
        if (used > 0)
            text[used++] = ' ';
        memcpy(text + used, name, n + 1);
        used += n;
    }
}

/* ---- carbon of a built-in grid ------------------------------------------ */

/* g/kWh by day type, month and hour, in the grid's local standard time. */
struct grid {
    int utc_offset_h;
    bool found;
    double g_per_kwh[2][MDL_MONTHS][HOURS_PER_DAY];
};

static int read_grid_row(const struct mdl_csv *csv, int row, int daytype_column,
    int first_hour, struct grid *grid, struct sim_err *err)
{
    double offset = 0.0, month = 1.0;
    int rc = mdl_csv_number(csv, row, 1, &offset, err);
    const bool weekend =
        strcmp(mdl_csv_text(csv, row, daytype_column), "weekend") == 0;

    if (rc == SIM_OK)
        rc = mdl_csv_number(csv, row, daytype_column + 1, &month, err);
    if (rc == SIM_OK && !(month >= 1.0 && month <= MDL_MONTHS))
        rc = sim_err_set(err, SIM_E_INPUT, "%s:%d: no month %g", csv->name,
            csv->lines[row], month);
    for (int h = 0; rc == SIM_OK && h < HOURS_PER_DAY; h++)
        rc = mdl_csv_number(csv, row, first_hour + h,
            &grid->g_per_kwh[weekend][(int)month - 1][h], err);
    if (rc == SIM_OK) {
        grid->utc_offset_h = (int)lrint(offset);
        grid->found = true;
    }
    return rc;
}

static int read_grid(const struct mdl_csv *csv, const char *area,
    struct grid *grid, struct sim_err *err)
{
    int daytype = 0, first_hour = 0;
    int rc = mdl_csv_column(csv, "daytype", &daytype, err);

    if (rc == SIM_OK)
        rc = mdl_csv_column(csv, "h00", &first_hour, err);
    for (int row = 0; rc == SIM_OK && row < csv->n_rows; row++) {
        if (strcmp(mdl_csv_text(csv, row, 0), area) == 0)
            rc = read_grid_row(csv, row, daytype, first_hour, grid, err);
    }
    if (rc == SIM_OK && !grid->found) {
        char known[200];

        list_names(csv, known, sizeof known);
        rc = sim_err_set(
            err, SIM_E_INPUT, "no grid '%s' (known: %s)", area, known);
    }
    return rc;
}

static int grid_year(const struct mdl_data_source *source, const char *area,
    int jan1_weekday, double *carbon, struct sim_err *err)
{
    struct sim_arena arena = {0};
    struct mdl_csv csv;
    struct grid grid = {0};
    int rc = mdl_csv_builtin(source, GRID_TABLE, &arena, &csv, err);

    if (rc == SIM_OK)
        rc = read_grid(&csv, area, &grid, err);
    for (int h = 0; rc == SIM_OK && h < MDL_HOURS_PER_YR; h++) {
        const struct local_hour t =
            at_local(h, grid.utc_offset_h, jan1_weekday);

        carbon[h] = grid.g_per_kwh[t.weekend][t.month][t.hour] / SIM_G_PER_KG;
    }
    sim_arena_release(&arena);
    return rc;
}

/* ---- built-in tariffs --------------------------------------------------- */

enum { MAX_PERIODS = 8 };

/* Price by day type, month and hour; charges on the month's maximum and on
 * the maximum within each time-of-use period. */
struct tariff {
    bool found;
    double usd_per_kwh[2][MDL_MONTHS][HOURS_PER_DAY];
    double max_usd_per_kw[MDL_MONTHS];
    double period_usd_per_kw[MDL_MONTHS][MAX_PERIODS];
};

/* The cells of a row that are numbers, in the order of tariffs.csv. */
enum {
    MONTH_FIRST,
    MONTH_LAST,
    HOUR_FIRST,
    HOUR_END,
    PERIOD,
    ENERGY,
    TOU_DEMAND,
    MAX_DEMAND,
    N_CELLS
};

static const char *const tariff_columns[N_CELLS] = {"month_first", "month_last",
    "hour_first", "hour_end", "period", "energy_usd_kwh",
    "tou_demand_usd_kw_month", "max_demand_usd_kw_month"};

/* Enter one row, its cells checked. */
static void add_tariff_row(struct tariff *tariff, const double *x, bool weekend)
{
    const int period = (int)x[PERIOD];

    for (int m = (int)x[MONTH_FIRST] - 1; m < (int)x[MONTH_LAST]; m++) {
        double *charge = &tariff->period_usd_per_kw[m][period];

        *charge = fmax(*charge, x[TOU_DEMAND]);
        tariff->max_usd_per_kw[m] =
            fmax(tariff->max_usd_per_kw[m], x[MAX_DEMAND]);
        for (int h = (int)x[HOUR_FIRST]; h < (int)x[HOUR_END]; h++)
            tariff->usd_per_kwh[weekend][m][h] = x[ENERGY];
    }
    tariff->found = true;
}

static int read_tariff_row(const struct mdl_csv *csv, int row,
    struct tariff *tariff, struct sim_err *err)
{
    double x[N_CELLS];
    int column = 0, rc = SIM_OK;

    for (int i = 0; rc == SIM_OK && i < N_CELLS; i++) {
        rc = mdl_csv_column(csv, tariff_columns[i], &column, err);
        if (rc == SIM_OK)
            rc = mdl_csv_number(csv, row, column, &x[i], err);
    }
    if (rc == SIM_OK)
        rc = mdl_csv_column(csv, "daytype", &column, err);
    if (rc != SIM_OK)
        return rc;
    if (x[MONTH_FIRST] < 1 || x[MONTH_LAST] > MDL_MONTHS || x[HOUR_FIRST] < 0 ||
        x[HOUR_END] > HOURS_PER_DAY || x[PERIOD] < 0 ||
        x[PERIOD] >= MAX_PERIODS)
        return sim_err_set(err, SIM_E_INPUT,
            "%s:%d: month, hour or period out of range", csv->name,
            csv->lines[row]);
    add_tariff_row(
        tariff, x, strcmp(mdl_csv_text(csv, row, column), "weekend") == 0);
    return SIM_OK;
}

static int read_tariff(const struct mdl_data_source *source, const char *name,
    struct tariff *tariff, struct sim_err *err)
{
    struct sim_arena arena = {0};
    struct mdl_csv csv;
    int rc = mdl_csv_builtin(source, TARIFF_TABLE, &arena, &csv, err);

    for (int row = 0; rc == SIM_OK && row < csv.n_rows; row++) {
        if (strcmp(mdl_csv_text(&csv, row, 0), name) == 0)
            rc = read_tariff_row(&csv, row, tariff, err);
    }
    if (rc == SIM_OK && !tariff->found) {
        char known[200];

        list_names(&csv, known, sizeof known);
        rc = sim_err_set(
            err, SIM_E_INPUT, "no tariff '%s' (known: %s)", name, known);
    }
    sim_arena_release(&arena);
    return rc;
}

/* ---- the year ----------------------------------------------------------- */

static void fill(double *hourly, double value)
{
    for (int h = 0; h < MDL_HOURS_PER_YR; h++)
        hourly[h] = value;
}

static int price_year(const CFG *cfg, const struct mdl_data_source *source,
    int jan1_weekday, double offset_h, double *price, struct sim_err *err)
{
    const PRICE *p = &cfg->price;

    if (p->series != NULL) {
        const struct mdl_series series = {.path = p->series,
            .column = p->column,
            .unit = p->unit,
            .time = p->time,
            .utc_offset_h = p->utc_offset_h};
        return mdl_series_year(&series, PRICE_UNIT, price, err);
    }
    if (cfg->tariff == NULL) {
        fill(price, isnan(p->flat_usd_per_kwh) ? 0.0 : p->flat_usd_per_kwh);
        return SIM_OK;
    }

    struct tariff tariff = {0};
    const int rc = read_tariff(source, cfg->tariff, &tariff, err);
    for (int h = 0; rc == SIM_OK && h < MDL_HOURS_PER_YR; h++) {
        const struct local_hour t =
            at_local(h, (int)lrint(offset_h), jan1_weekday);

        price[h] = tariff.usd_per_kwh[t.weekend][t.month][t.hour];
    }
    return rc;
}

static int carbon_year(const CARBON *cfg, const struct mdl_data_source *source,
    int jan1_weekday, double *carbon, struct sim_err *err)
{
    if (cfg->series != NULL) {
        const struct mdl_series series = {.path = cfg->series,
            .column = cfg->column,
            .unit = cfg->unit,
            .time = cfg->time,
            .utc_offset_h = cfg->utc_offset_h};
        return mdl_series_year(&series, CARBON_UNIT, carbon, err);
    }
    if (cfg->grid != NULL)
        return grid_year(source, cfg->grid, jan1_weekday, carbon, err);
    fill(carbon, isnan(cfg->flat_kg_per_kwh) ? 0.0 : cfg->flat_kg_per_kwh);
    return SIM_OK;
}

static int weather_year(const WEATHER *cfg,
    const struct mdl_data_source *source, double *temp, struct sim_err *err)
{
    if (cfg->series != NULL) {
        const struct mdl_series series = {.path = cfg->series,
            .column = cfg->column,
            .time = cfg->time,
            .utc_offset_h = cfg->utc_offset_h};
        return mdl_series_year(&series, "C", temp, err);
    }
    if (cfg->climate != NULL)
        return mdl_climate_year(source, cfg->climate, temp, err);
    fill(temp, (double)NAN);
    return SIM_OK;
}

int mdl_energy_year(const struct mdl_energy_cfg *cfg,
    const struct mdl_data_source *source, int jan1_weekday,
    double price_offset_h, double *price, double *carbon, double *temp,
    struct sim_err *err)
{
    assert(cfg != NULL);
    assert(jan1_weekday >= 0 && jan1_weekday < DAYS_PER_WEEK);

    int rc = SIM_OK;

    if (price != NULL)
        rc = price_year(cfg, source, jan1_weekday, price_offset_h, price, err);
    if (rc == SIM_OK && carbon != NULL)
        rc = carbon_year(&cfg->carbon, source, jan1_weekday, carbon, err);
    if (rc == SIM_OK && temp != NULL)
        rc = weather_year(&cfg->weather, source, temp, err);
    return rc;
}

int mdl_energy_demand(const struct mdl_energy_cfg *cfg,
    const struct mdl_data_source *source, double *usd_per_kw,
    struct sim_err *err)
{
    assert(cfg != NULL && usd_per_kw != NULL);

    struct tariff tariff = {0};
    int rc = SIM_OK;

    if (cfg->tariff != NULL)
        rc = read_tariff(source, cfg->tariff, &tariff, err);
    for (int m = 0; rc == SIM_OK && m < MDL_MONTHS; m++) {
        double sum = cfg->demand_usd_per_kw_month + tariff.max_usd_per_kw[m];

        for (int p = 0; p < MAX_PERIODS; p++)
            sum += tariff.period_usd_per_kw[m][p];
        usd_per_kw[m] = sum;
    }
    return rc;
}
