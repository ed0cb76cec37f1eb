/* Distances against published ones, present values against closed forms. */
#include "check_main.h"
#include "tests/verify/exact_static.h"

#include <math.h>

static const struct exact_place flinders = {"Flinders Peak",
                                    -(37 + 57 / 60.0 + 3.72030 / 3600),
                                    144 + 25 / 60.0 + 29.52440 / 3600},
                                buninyong = {"Buninyong",
                                    -(37 + 39 / 60.0 + 10.15610 / 3600),
                                    143 + 55 / 60.0 + 35.38390 / 3600};

/* Geocentric Datum of Australia, Technical Manual, chapter 4: the worked
 * example of Vincenty's formulas, 54972.271 m on GRS80 (which differs from
 * WGS-84 by 1e-11 here). */
START_TEST(published)
{
    ck_assert_double_eq_tol(
        exact_geodesic_km(&flinders, &buninyong), 54.972271, 2e-6);
}
END_TEST

/* A quadrant of the equator and of the meridian: pi a / 2, and 10001.965729 km
 * (the quarter meridian of WGS-84). */
START_TEST(quadrants)
{
    const struct exact_place origin = {"", 0.0, 0.0}, east = {"", 0.0, 90.0},
                             pole = {"", 90.0, 0.0};

    ck_assert_double_eq_tol(
        exact_geodesic_km(&origin, &east), 6378.137 * acos(-1.0) / 2, 1e-6);
    ck_assert_double_eq_tol(
        exact_geodesic_km(&origin, &pole), 10001.965729, 1e-5);
    ck_assert_double_eq_tol(
        exact_sphere_km(&origin, &pole), 6371.0088 * acos(-1.0) / 2, 1e-9);
}
END_TEST

/* The spherical law of cosines, another route than the vectors. */
START_TEST(cosines)
{
    const struct exact_place a = {"", 51.51, -0.13}, b = {"", -33.87, 151.21};
    const double r = acos(-1.0) / 180.0;

    ck_assert_double_eq_tol(exact_sphere_km(&a, &b),
        6371.0088 *
            acos(sin(a.lat * r) * sin(b.lat * r) +
                 cos(a.lat * r) * cos(b.lat * r) * cos((b.lon - a.lon) * r)),
        1e-6);
}
END_TEST

/* Growing annuity and level annuity in closed form. */
START_TEST(money)
{
    const double q = 1.025 / 1.09;
    const struct exact_cash c = {.capex = 1.2e6,
        .opex = 210e3,
        .residual = 100e3,
        .rate = 0.09,
        .rise = 0.025,
        .years = 7,
        .when = 1.0};

    ck_assert_double_eq_tol(exact_present_value(&c),
        1.2e6 + 210e3 / 1.09 * (1.0 - pow(q, 7)) / (1.0 - q) -
            100e3 * pow(1.09, -7),
        1e-6);
    ck_assert_double_eq_tol(
        exact_annuity(0.09, 7), (1.0 - pow(1.09, -7)) / 0.09, 1e-12);
}
END_TEST

TEST_MAIN("verify/exact_static", published, quadrants, cosines, money)
