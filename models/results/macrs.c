#include "models/results/macrs.h"

#include <math.h>

#include "models/results/ledger.h"
#include "sim/err.h"

enum { N_CLASSES = 6 };

/* Percent of cost by recovery year, Table A-1 of Publication 946. */
/* clang-format off */
static const double half_year_percent[RES_MACRS_MAX_YEARS][N_CLASSES] = {
    /* year   3      5      7     10     15      20 */
    /*  1 */ {33.33, 20.00, 14.29, 10.00, 5.00, 3.750},
    /*  2 */ {44.45, 32.00, 24.49, 18.00, 9.50, 7.219},
    /*  3 */ {14.81, 19.20, 17.49, 14.40, 8.55, 6.677},
    /*  4 */ { 7.41, 11.52, 12.49, 11.52, 7.70, 6.177},
    /*  5 */ { 0.00, 11.52,  8.93,  9.22, 6.93, 5.713},
    /*  6 */ { 0.00,  5.76,  8.92,  7.37, 6.23, 5.285},
    /*  7 */ { 0.00,  0.00,  8.93,  6.55, 5.90, 4.888},
    /*  8 */ { 0.00,  0.00,  4.46,  6.55, 5.90, 4.522},
    /*  9 */ { 0.00,  0.00,  0.00,  6.56, 5.91, 4.462},
    /* 10 */ { 0.00,  0.00,  0.00,  6.55, 5.90, 4.461},
    /* 11 */ { 0.00,  0.00,  0.00,  3.28, 5.91, 4.462},
    /* 12 */ { 0.00,  0.00,  0.00,  0.00, 5.90, 4.461},
    /* 13 */ { 0.00,  0.00,  0.00,  0.00, 5.91, 4.462},
    /* 14 */ { 0.00,  0.00,  0.00,  0.00, 5.90, 4.461},
    /* 15 */ { 0.00,  0.00,  0.00,  0.00, 5.91, 4.462},
    /* 16 */ { 0.00,  0.00,  0.00,  0.00, 2.95, 4.461},
    /* 17 */ { 0.00,  0.00,  0.00,  0.00, 0.00, 4.462},
    /* 18 */ { 0.00,  0.00,  0.00,  0.00, 0.00, 4.461},
    /* 19 */ { 0.00,  0.00,  0.00,  0.00, 0.00, 4.462},
    /* 20 */ { 0.00,  0.00,  0.00,  0.00, 0.00, 4.461},
    /* 21 */ { 0.00,  0.00,  0.00,  0.00, 0.00, 2.231},
};
/* clang-format on */

static double straight_line_rate(int year_of_life, double life_yr)
{
    if (!isfinite(life_yr) || life_yr <= 0.0)
        return 0.0;
    const double years = ceil(life_yr);
    return year_of_life <= years ? 1.0 / years : 0.0;
}

double res_depreciation_rate(int schedule, int year_of_life, double life_yr)
{
    if (year_of_life < 1)
        return 0.0;
    switch (schedule) {
    case RES_DEP_STRAIGHT_LINE:
        return straight_line_rate(year_of_life, life_yr);
    case RES_DEP_BONUS_100:
        return year_of_life == 1 ? 1.0 : 0.0;
    case RES_DEP_MACRS_3:
    case RES_DEP_MACRS_5:
    case RES_DEP_MACRS_7:
    case RES_DEP_MACRS_10:
    case RES_DEP_MACRS_15:
    case RES_DEP_MACRS_20:
        if (year_of_life > RES_MACRS_MAX_YEARS)
            return 0.0;
        return half_year_percent[year_of_life - 1][schedule - RES_DEP_MACRS_3] /
               100.0;
    default:
        return 0.0;
    }
}

double res_depreciation_column(
    int schedule, int age, int columns_per_yr, double life_yr)
{
    SIM_BUG_ON(columns_per_yr < 1);
    if (age < 1)
        return 0.0;
    const int year_of_life = (age + columns_per_yr - 1) / columns_per_yr;
    return res_depreciation_rate(schedule, year_of_life, life_yr) /
           columns_per_yr;
}
