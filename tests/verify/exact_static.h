/* exact_static.h - arithmetic: distances and present values. */
#ifndef TESTS_VERIFY_EXACT_STATIC_H
#define TESTS_VERIFY_EXACT_STATIC_H

/* Degrees north and east. */
struct exact_place {
    const char *name;
    double lat, lon;
};

/** Great circle on the sphere of mean radius 6371.0088 km, by the vectors'
 *  cross and dot products. */
double exact_sphere_km(
    const struct exact_place *a, const struct exact_place *b);

/** Geodesic on the WGS-84 ellipsoid, by Vincenty's inverse formula.
 *  Source: Vincenty, Survey Review 23, 1975. */
double exact_geodesic_km(
    const struct exact_place *a, const struct exact_place *b);

/* Money of one purchase: paid at the start, running cost and residual. */
struct exact_cash {
    double capex, opex, residual; /* opex a year, in money of the start */
    double rate, rise;            /* discount and price rise a year */
    int years;
    double when; /* running cost of year k falls at k - 1 + when */
};

/** Present value of all costs, term by term. */
double exact_present_value(const struct exact_cash *c);
/** Present value of 1 a year, paid at the end of each. */
double exact_annuity(double rate, int years);

#endif /* TESTS_VERIFY_EXACT_STATIC_H */
