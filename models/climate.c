#include "models/climate.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "sim/fmath.h"
#include "sim/units.h"

#define TABLE "climates.csv"

enum { N_HARMONICS = 2 };

/* What the expected year needs of climates.csv, by month. */
struct climate {
    double utc_offset_h;
    double kt_mean[MDL_MONTHS], kt_median[MDL_MONTHS];
    double node_c[MDL_MONTHS], sd_c[MDL_MONTHS], skew[MDL_MONTHS];
    double a_c[N_HARMONICS][MDL_MONTHS], p_h[N_HARMONICS][MDL_MONTHS];
    double amp_k[MDL_MONTHS], amp_x[MDL_MONTHS];
};

/* Days before the month plus half its length. */
static const double middles[MDL_MONTHS] = {15.5, 45.0, 74.5, 105.0, 135.5,
    166.0, 196.5, 227.5, 258.0, 288.5, 319.0, 349.5};

/* Day of the year on which a month has its middle; months -1 and 12 are those
 * of the neighbouring years. */
static double mid_month(int month)
{
    if (month < 0)
        return middles[MDL_MONTHS - 1] - MDL_DAYS_PER_YR;
    if (month >= MDL_MONTHS)
        return middles[0] + MDL_DAYS_PER_YR;
    return middles[month];
}

/* Linear between mid-month values, cyclic over the year; day in 0 .. 365. */
static double season(const double *by_month, double day)
{
    int next = 0;

    while (next < MDL_MONTHS && day > mid_month(next))
        next++;
    const double from = mid_month(next - 1);
    const double share = (day - from) / (mid_month(next) - from);
    const double a = by_month[(next + MDL_MONTHS - 1) % MDL_MONTHS];
    return a + (by_month[next % MDL_MONTHS] - a) * share;
}

/* Name the climates there are (12 rows each). */
static int unknown(
    const struct mdl_csv *csv, const char *name, struct sim_err *err)
{
    char known[200] = "";
    size_t used = 0;

    for (int row = 0; row < csv->n_rows; row += MDL_MONTHS) {
        const char *s = mdl_csv_text(csv, row, 0);
        const size_t n = strlen(s);

        if (used + n + 2 >= sizeof known)
            break;
        if (used > 0)
            known[used++] = ' ';
        memcpy(known + used, s, n + 1);
        used += n;
    }
    return sim_err_set(
        err, SIM_E_INPUT, "no climate '%s' (known: %s)", name, known);
}

/* The 12 values of one column from the climate's first row on. */
static int read_months(const struct mdl_csv *csv, int first, const char *column,
    double *x, struct sim_err *err)
{
    int c = 0;
    int rc = mdl_csv_column(csv, column, &c, err);

    for (int m = 0; rc == SIM_OK && m < MDL_MONTHS; m++)
        rc = mdl_csv_number(csv, first + m, c, &x[m], err);
    return rc;
}

static int read_climate(const struct mdl_csv *csv, const char *name,
    struct climate *climate, struct sim_err *err)
{
    const struct {
        const char *column;
        double *x;
    } columns[] = {
        {"kt_mean", climate->kt_mean},
        {"kt_q500", climate->kt_median},
        {"t_node_c", climate->node_c},
        {"t_sd_c", climate->sd_c},
        {"t_skew", climate->skew},
        {"t_a1_c", climate->a_c[0]},
        {"t_a2_c", climate->a_c[1]},
        {"t_p1_h", climate->p_h[0]},
        {"t_p2_h", climate->p_h[1]},
        {"t_amp_k", climate->amp_k},
        {"t_amp_x", climate->amp_x},
    };
    int first = 0, rc = SIM_OK, offset_column = 0;

    while (
        first < csv->n_rows && strcmp(mdl_csv_text(csv, first, 0), name) != 0)
        first++;
    if (first >= csv->n_rows)
        return unknown(csv, name, err);
    if (first + MDL_MONTHS > csv->n_rows)
        return sim_err_set(err, SIM_E_INPUT,
            "climate '%s' of %s has fewer than 12 months", name, csv->name);

    for (size_t i = 0; rc == SIM_OK && i < sizeof columns / sizeof *columns;
         i++)
        rc = read_months(csv, first, columns[i].column, columns[i].x, err);
    if (rc == SIM_OK)
        rc = mdl_csv_column(csv, "utc_offset_h", &offset_column, err);
    if (rc == SIM_OK)
        rc = mdl_csv_number(
            csv, first, offset_column, &climate->utc_offset_h, err);
    return rc;
}

/* The day's residual from the season at noon, every draw at 0: the skewed
 * transform of a median day is below its mean. */
static double skewed_zero(const struct climate *climate, int month)
{
    const double s = climate->skew[month];

    return -s / 6.0 / sqrt(1.0 + s * s / 18.0);
}

static double node_at_noon(const struct climate *climate, int day)
{
    const int last = MDL_DAYS_PER_YR - 1;
    const int inside = day < 0 ? 0 : (day > last ? last : day);
    const int month = mdl_month_of_day(inside);

    return climate->sd_c[month] * skewed_zero(climate, month);
}

/* Temperature in the middle of an hour of local standard time. */
static double temperature(const struct climate *climate, int day, int hour)
{
    const int m = mdl_month_of_day(day);
    const double t = hour + 0.5;
    const double noon = SIM_H_PER_DAY / 2.0;
    const double away = fabs(t - noon) / SIM_H_PER_DAY;
    const double node =
        node_at_noon(climate, day) * (1.0 - away) +
        node_at_noon(climate, t < noon ? day - 1 : day + 1) * away;
    const double clear = climate->kt_median[m] / climate->kt_mean[m] - 1.0;
    const double amp =
        fmax(0.0, 1.0 + climate->amp_k[m] * clear +
                      climate->amp_x[m] * skewed_zero(climate, m));
    double wave = 0.0;

    for (int j = 0; j < N_HARMONICS; j++) {
        double s, c;

        sim_sincos_2pi(
            (j + 1) * (t - climate->p_h[j][m]) / SIM_H_PER_DAY, &s, &c);
        wave += climate->a_c[j][m] * c;
    }
    return season(climate->node_c, day + t / SIM_H_PER_DAY) + node + amp * wave;
}

int mdl_climate_year(const struct mdl_data_source *source, const char *name,
    double *temp_c, struct sim_err *err)
{
    assert(name != NULL && temp_c != NULL);

    struct sim_arena arena = {0};
    struct mdl_csv csv;
    struct climate climate;
    int rc = mdl_csv_builtin(source, TABLE, &arena, &csv, err);

    if (rc == SIM_OK)
        rc = read_climate(&csv, name, &climate, err);
    if (rc == SIM_OK) {
        const int hours = MDL_HOURS_PER_YR;
        const int offset = (int)lrint(climate.utc_offset_h);

        for (int h = 0; h < hours; h++) {
            const int local = ((h + offset) % hours + hours) % hours;
            temp_c[h] = temperature(&climate, local / 24, local % 24);
        }
    }
    sim_arena_release(&arena);
    return rc;
}
