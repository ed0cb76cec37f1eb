#include "tests/verify/exact_static.h"

#include <math.h>

static double radians(double degrees)
{
    return degrees * acos(-1.0) / 180.0;
}

static void vector(const struct exact_place *p, double *x)
{
    const double lat = radians(p->lat), lon = radians(p->lon);

    x[0] = cos(lat) * cos(lon);
    x[1] = cos(lat) * sin(lon);
    x[2] = sin(lat);
}

double exact_sphere_km(const struct exact_place *a, const struct exact_place *b)
{
    double x[3], y[3], dot = 0.0, cross = 0.0;

    vector(a, x);
    vector(b, y);
    for (int i = 0; i < 3; i++) {
        const int j = (i + 1) % 3, k = (i + 2) % 3;
        const double c = x[j] * y[k] - x[k] * y[j];
        dot += x[i] * y[i];
        cross += c * c;
    }
    return 6371.0088 * atan2(sqrt(cross), dot);
}

/* ---- the ellipsoid ------------------------------------------------------- */

static const double major_km = 6378.137, flattening = 1.0 / 298.257223563;

/* The auxiliary sphere: angle between the points, azimuth at the equator, and
 * the cosine of twice the angle to their middle. */
struct arc {
    double sin_sigma, cos_sigma, sigma, cos2_alpha, sin_alpha, cos_2m;
};

static struct arc arc(double u1, double u2, double lambda)
{
    const double x = cos(u2) * sin(lambda);
    const double y = cos(u1) * sin(u2) - sin(u1) * cos(u2) * cos(lambda);
    struct arc r;

    r.sin_sigma = hypot(x, y);
    r.cos_sigma = sin(u1) * sin(u2) + cos(u1) * cos(u2) * cos(lambda);
    r.sigma = atan2(r.sin_sigma, r.cos_sigma);
    r.sin_alpha = cos(u1) * cos(u2) * sin(lambda) / r.sin_sigma;
    r.cos2_alpha = 1.0 - r.sin_alpha * r.sin_alpha;
    r.cos_2m = r.cos2_alpha > 0.0
                   ? r.cos_sigma - 2.0 * sin(u1) * sin(u2) / r.cos2_alpha
                   : 0.0;
    return r;
}

double exact_geodesic_km(
    const struct exact_place *a, const struct exact_place *b)
{
    const double f = flattening, minor_km = major_km * (1.0 - f);
    const double u1 = atan((1.0 - f) * tan(radians(a->lat)));
    const double u2 = atan((1.0 - f) * tan(radians(b->lat)));
    const double along = radians(b->lon - a->lon);
    double lambda = along;
    struct arc r = arc(u1, u2, lambda);

    for (int i = 0; i < 100; i++) {
        const double c =
            f / 16.0 * r.cos2_alpha * (4.0 + f * (4.0 - 3.0 * r.cos2_alpha));
        lambda = along +
                 (1.0 - c) * f * r.sin_alpha *
                     (r.sigma + c * r.sin_sigma *
                                    (r.cos_2m +
                                        c * r.cos_sigma *
                                            (2.0 * r.cos_2m * r.cos_2m - 1.0)));
        r = arc(u1, u2, lambda);
    }
    const double ratio = major_km / minor_km;
    const double u_2 = r.cos2_alpha * (ratio * ratio - 1.0);
    const double big_a =
        1.0 +
        u_2 / 16384.0 * (4096.0 + u_2 * (-768.0 + u_2 * (320.0 - 175.0 * u_2)));
    const double big_b =
        u_2 / 1024.0 * (256.0 + u_2 * (-128.0 + u_2 * (74.0 - 47.0 * u_2)));
    const double m2 = r.cos_2m * r.cos_2m;
    const double delta =
        big_b * r.sin_sigma *
        (r.cos_2m + big_b / 4.0 *
                        (r.cos_sigma * (2.0 * m2 - 1.0) -
                            big_b / 6.0 * r.cos_2m *
                                (4.0 * r.sin_sigma * r.sin_sigma - 3.0) *
                                (4.0 * m2 - 3.0)));
    return minor_km * big_a * (r.sigma - delta);
}

/* ---- money --------------------------------------------------------------- */

double exact_present_value(const struct exact_cash *c)
{
    double sum = c->capex;

    for (int k = 0; k < c->years; k++)
        sum += c->opex * pow(1.0 + c->rise, k) *
               pow(1.0 + c->rate, -(k + c->when));
    return sum - c->residual * pow(1.0 + c->rate, -c->years);
}

double exact_annuity(double rate, int years)
{
    double sum = 0.0;

    for (int k = 1; k <= years; k++)
        sum += pow(1.0 + rate, -k);
    return sum;
}
