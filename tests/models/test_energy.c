/* Hourly price, carbon and weather of a year. */
#include "models/energy.h"
#include "model_fixture.h"

#include <unistd.h>

#include "models/climate.h"

static double price[MDL_HOURS_PER_YR], carbon[MDL_HOURS_PER_YR],
    temp[MDL_HOURS_PER_YR];

static struct mdl_energy_cfg defaults(void)
{
    return (struct mdl_energy_cfg){
        .price = {.flat_usd_per_kwh = NAN}, .carbon = {.flat_kg_per_kwh = NAN}};
}

static void year_of(const struct mdl_energy_cfg *cfg, int jan1, double offset)
{
    struct sim_err err = {0};

    ck_assert_msg(mdl_energy_year(cfg, &tables, jan1, offset, price, carbon,
                      temp, &err) == SIM_OK,
        "%s", err.text);
}

static double mean(const double *x)
{
    double sum = 0.0;

    for (int h = 0; h < MDL_HOURS_PER_YR; h++)
        sum += x[h];
    return sum / MDL_HOURS_PER_YR;
}

START_TEST(flat_values)
{
    struct mdl_energy_cfg cfg = defaults();

    year_of(&cfg, 0, 0);
    ck_assert(price[77] == 0 && carbon[8759] == 0 && isnan(temp[0]));
    cfg.price.flat_usd_per_kwh = 0.11;
    cfg.carbon.flat_kg_per_kwh = 0.37;
    cfg.demand_usd_per_kw_month = 15;
    year_of(&cfg, 0, 0);
    ck_assert(price[0] == 0.11 && price[8759] == 0.11 && carbon[1] == 0.37);
    ck_assert_int_eq(mdl_energy_demand(&cfg, NULL, temp, NULL), SIM_OK);
    ck_assert(temp[0] == 15 && temp[11] == 15);
}
END_TEST

/* Rows of grids-carbon.csv: CISO, January, weekday, 00 h local is 314.8 g/kWh.
 * Which row an hour takes follows from the calendar of 2022. */
START_TEST(grid_carbon)
{
    struct mdl_energy_cfg cfg = defaults();

    cfg.carbon.grid = "CISO";
    year_of(&cfg, 5, 0); /* 2022 began on a Saturday */
    /* Monday 3 January 00:00 local is 08:00 UTC of day 2 */
    near_rel(carbon[2 * 24 + 8], 0.3148, 1e-12);
    ck_assert(carbon[24 + 8] != carbon[2 * 24 + 8]); /* Sunday */
    ck_assert(mean(carbon) > 0.15 && mean(carbon) < 0.35);
    /* the first 8 h of UTC are 31 December, local, of the same year's end:
     * 2021 ended on a Friday, so a weekday row of December */
    const double eve = carbon[3];
    year_of(&cfg, 6, 0); /* now a Saturday: weekend row */
    ck_assert(carbon[3] != eve);
}
END_TEST

/* SCE TOU-8 of 2022, hour by hour as its schedule prints it. */
START_TEST(tariff_hours)
{
    struct mdl_energy_cfg cfg = defaults();
    double demand[12];

    cfg.tariff = "sce-tou8";
    year_of(&cfg, 0, -8); /* 1 January a Monday */
    /* Monday 1 January: 00-08 h .09522, 08-16 h .07464, 16-21 h .10620 */
    near_rel(price[8], 0.09522, 1e-12);      /* 00 h local */
    near_rel(price[8 + 7], 0.09522, 1e-12);  /* 07 h */
    near_rel(price[8 + 8], 0.07464, 1e-12);  /* 08 h */
    near_rel(price[8 + 15], 0.07464, 1e-12); /* 15 h */
    near_rel(price[8 + 16], 0.10620, 1e-12); /* 16 h */
    near_rel(price[8 + 21], 0.09522, 1e-12); /* 21 h */
    /* 4 June is day 154, a Monday: 16-21 h .12846; 2 June a Saturday .11934 */
    near_rel(price[154 * 24 + 8 + 17], 0.12846, 1e-12);
    near_rel(price[152 * 24 + 8 + 17], 0.11934, 1e-12);
    ck_assert_int_eq(mdl_energy_demand(&cfg, &tables, demand, NULL), SIM_OK);
    near_rel(demand[0], 19.07 + 10.39, 1e-12); /* winter: all hours, peak */
    near_rel(demand[6], 19.07 + 41.08, 1e-12); /* summer */
}
END_TEST

START_TEST(every_tariff_and_grid_covers_all_hours)
{
    const char *const tariffs[] = {
        "pge-e19", "pge-e19-2019", "sce-tou8", "nsp-gtds", "bge-gs"};
    const char *const grids[] = {
        "CISO", "ERCO", "BPAT", "SOCO", "PJM", "NYIS", "MISO", "AZPS"};

    for (int i = 0; i < 8; i++) {
        struct mdl_energy_cfg cfg = defaults();

        cfg.tariff = tariffs[i % 5];
        cfg.carbon.grid = grids[i];
        year_of(&cfg, i % 7, -6);
        for (int h = 0; h < MDL_HOURS_PER_YR; h++) {
            ck_assert(price[h] > 0.01 && price[h] < 1.0);
            ck_assert(carbon[h] > 0.005 && carbon[h] < 1.0);
        }
    }
}
END_TEST

START_TEST(unknown_names_are_listed)
{
    struct mdl_energy_cfg cfg = defaults();
    struct sim_err err = {0};

    cfg.tariff = "none";
    ck_assert_int_eq(
        mdl_energy_year(&cfg, &tables, 0, 0, price, NULL, NULL, &err),
        SIM_E_INPUT);
    ck_assert(strstr(err.text, "bge-gs pge-e19-2019 pge-e19") != NULL);
    cfg = defaults();
    cfg.carbon.grid = "XXXX";
    ck_assert_int_eq(
        mdl_energy_year(&cfg, &tables, 0, 0, NULL, carbon, NULL, &err),
        SIM_E_INPUT);
    ck_assert(strstr(err.text, "CISO ERCO") != NULL);
    cfg = defaults();
    cfg.weather.climate = "moon";
    ck_assert_int_eq(
        mdl_energy_year(&cfg, &tables, 0, 0, NULL, NULL, temp, &err),
        SIM_E_INPUT);
}
END_TEST

/* A file of n rows "hour,price" with price = hour. */
static void write_series(char *path, int n)
{
    const int fd = mkstemp(path);
    FILE *file = fdopen(fd, "w");

    ck_assert(file != NULL);
    fprintf(file, "hour,price,zero\n");
    for (int h = 0; h < n; h++)
        fprintf(file, "%d,%d,0\n", h, h);
    fclose(file);
}

START_TEST(series_of_a_user)
{
    char path[] = "/tmp/sitesim-test-XXXXXX",
         brief[] = "/tmp/sitesim-test-XXXXXX";
    struct mdl_energy_cfg cfg = defaults();
    struct sim_err err = {0};

    write_series(path, MDL_HOURS_PER_YR);
    write_series(brief, 100);
    cfg.price = (struct mdl_price_cfg){.flat_usd_per_kwh = NAN,
        .series = path,
        .column = "price",
        .unit = "USD/MWh"};
    year_of(&cfg, 0, 0);
    near_rel(price[1234], 1.234, 1e-12);
    cfg.price.time = MDL_TIME_LOCAL; /* row 0 is 00 h local = 08 h UTC */
    cfg.price.utc_offset_h = -8;
    year_of(&cfg, 0, 0);
    near_abs(price[8], 0.0, 1e-12);
    near_rel(price[7], 8.759, 1e-12);
    near_rel(price[0], 8.752, 1e-12);
    cfg.price.column = NULL; /* the last column */
    year_of(&cfg, 0, 0);
    ck_assert(price[100] == 0.0);

    cfg.price.unit = "kg";
    ck_assert_int_eq(mdl_energy_year(&cfg, NULL, 0, 0, price, NULL, NULL, &err),
        SIM_E_INPUT);
    cfg.price.unit = NULL;
    cfg.price.series = brief;
    ck_assert_int_eq(mdl_energy_year(&cfg, NULL, 0, 0, price, NULL, NULL, &err),
        SIM_E_INPUT);
    ck_assert(strstr(err.text, "100 rows, expected 8760") != NULL);
    cfg.price.series = "/nonexistent.csv";
    ck_assert_int_eq(
        mdl_energy_year(&cfg, NULL, 0, 0, price, NULL, NULL, &err), SIM_E_IO);
    unlink(path);
    unlink(brief);
}
END_TEST

START_TEST(weather_of_a_climate)
{
    static double year[MDL_HOURS_PER_YR];
    struct mdl_energy_cfg cfg = defaults();

    cfg.weather.climate = "dallas";
    year_of(&cfg, 0, 0);
    ck_assert_int_eq(mdl_climate_year(&tables, "dallas", year, NULL), SIM_OK);
    ck_assert_mem_eq(temp, year, sizeof year);
}
END_TEST

/* Mean of the carbon profile against the hourly series it was made from. */
START_TEST(grid_carbon_against_the_series)
{
    const char *folder = getenv("SITESIM_REAL_DATA");
    const char *const areas[] = {"CISO", "ERCO", "BPAT", "SOCO"};
    struct sim_arena arena = {0};
    struct mdl_csv csv;
    char path[512], column[64];

    if (folder == NULL) {
        printf("skip grid_carbon_against_the_series: SITESIM_REAL_DATA is not "
               "set\n");
        return;
    }
    snprintf(path, sizeof path, "%s/energy/eia_ci_2022.csv", folder);
    ck_assert_int_eq(mdl_csv_file(path, &arena, &csv, NULL), SIM_OK);
    for (int i = 0; i < 4; i++) {
        struct mdl_energy_cfg cfg = defaults();
        double error = 0.0;

        cfg.carbon.grid = areas[i];
        year_of(&cfg, 5, 0);
        snprintf(column, sizeof column, "%s_ci_g_kwh", areas[i]);
        ck_assert_int_eq(mdl_csv_numbers(&csv, column, price, NULL), SIM_OK);
        near_rel(mean(carbon), mean(price) / 1e3, 0.01);
        for (int h = 0; h < MDL_HOURS_PER_YR; h++)
            error += fabs(carbon[h] - price[h] / 1e3);
        /* an hour off would show: the profile explains most of the year */
        ck_assert(error / MDL_HOURS_PER_YR < 0.3 * mean(carbon));
    }
    sim_arena_release(&arena);
}
END_TEST

START_TEST(rows_keep_the_rules)
{
    check_table_rules(&mdl_energy_table);
}
END_TEST

TEST_MAIN("models/energy", flat_values, grid_carbon, tariff_hours,
    every_tariff_and_grid_covers_all_hours, unknown_names_are_listed,
    series_of_a_user, weather_of_a_climate, grid_carbon_against_the_series,
    rows_keep_the_rules)
