/* Arithmetic: fits of the lognormal, distances, present values. */
#include <math.h>

#include "tests/verify/exact_math.h"
#include "tests/verify/exact_static.h"
#include "tests/verify/families.h"

/* ---- lognormal fits ------------------------------------------------------ */

/* From the median and the 95th percentile, drawn by unlimited servers. */
static void fit(struct verify *v, double median_ms, double p95_ms)
{
    const struct exact_lognormal x = exact_lognormal_fit(median_ms, p95_ms);
    const double m1 = exact_lognormal_moment(&x, 1);
    const double sd = sqrt(exact_lognormal_moment(&x, 2) - m1 * m1);

    verify_case(v,
        &(struct verify_case){.family = "Lognormal fit",
            .name = verify_text(v, "median %g, p95 %g ms", median_ms, p95_ms),
            .route = "arithmetic",
            .body = verify_text(v,
                "simulate: {requests: 100000, warmup: none, replications: 20}\n"
                "arrivals: {rate: 10 /s}\n"
                "requests: {r: {service: {lognormal: {median: %g ms, p95: %g "
                "ms}}}}\n"
                "deployments: {d: {sites: {q: {tier: bare, servers: "
                "unlimited}}}}\n",
                median_ms, p95_ms),
            .fast = p95_ms < 3.0 * median_ms,
            .checks = {{"d.service.mean", m1, VERIFY_MEAN},
                {"d.service.sd", sd, VERIFY_MEAN},
                {"d.service.p50", median_ms, VERIFY_QUANTILE},
                {"d.service.p95", p95_ms, VERIFY_QUANTILE},
                {"d.service.p99", exact_lognormal_quantile(&x, 0.99),
                    VERIFY_QUANTILE}},
            .n_checks = 5});
}

/* ---- distances ----------------------------------------------------------- */

static const struct exact_place cities[] = {
    {"London", 51.51, -0.13},
    {"New York", 40.71, -74.01},
    {"Paris", 48.86, 2.35},
    {"Sydney", -33.87, 151.21},
    {"Singapore", 1.35, 103.82},
    {"Tokyo", 35.68, 139.69},
    {"Sao Paulo", -23.55, -46.63},
    {"Nairobi", -1.29, 36.82},
    {"Anchorage", 61.22, -149.90},
    {"Auckland", -36.85, 174.76},
    {"Quito", -0.18, -78.47},
    {"Reykjavik", 64.15, -21.94},
};

enum { N_CITIES = sizeof cities / sizeof cities[0] };

/* Round trip through straight fibre, index 1.4682, stretched and with a fixed
 * part.  A quantile is read from a histogram bucket 0.78 % wide, at worst half
 * of it away.  The sphere is within 0.6 % of the ellipsoid: what a distance in
 * kilometres is worth anywhere on Earth. */
static void distance(struct verify *v, const struct exact_place *a,
    const struct exact_place *b, double inflation, double fixed_ms)
{
    const double km = exact_sphere_km(a, b);
    const double trip_ms =
        fixed_ms + inflation * 2e3 * km * 1.4682 / 299792.458;

    verify_case(v,
        &(struct verify_case){.family = "Distance",
            .name = verify_text(
                v, "%s - %s, inflation %g", a->name, b->name, inflation),
            .route = "great circle by vectors; WGS-84 geodesic within 0.6 %",
            .body = verify_text(v,
                "simulate: {requests: 2000, warmup: none, replications: 2}\n"
                "users: {lon: {at: [%g, %g]}}\n"
                "arrivals: {rate: 5 /s}\n"
                "requests: {r: {service: {constant: 1 ms}}}\n"
                "deployments: {d: {sites: {q: {tier: bare, servers: unlimited, "
                "at: [%g, %g], network: {inflation: %g, fixed: %g ms, jitter: "
                "0}}}}}\n",
                a->lat, a->lon, b->lat, b->lon, inflation, fixed_ms),
            .fast = true,
            .checks = {{"d.user.lon.distance", km, VERIFY_EXACT},
                {"d.user.lon.distance", exact_geodesic_km(a, b), VERIFY_NEAR,
                    .within = 0.006},
                {"d.network.mean", trip_ms, VERIFY_EXACT},
                {"d.latency.mean", trip_ms + 1.0, VERIFY_EXACT},
                {"d.network.p50", trip_ms, VERIFY_NEAR, .within = 0.0039}},
            .n_checks = 5});
}

/* ---- money --------------------------------------------------------------- */

static void money(
    struct verify *v, const char *timing, const struct exact_cash *c)
{
    const double npv = exact_present_value(c);
    const double annuity = exact_annuity(c->rate, c->years);
    struct exact_cash undiscounted = *c;
    undiscounted.rate = 0.0;

    verify_case(v,
        &(struct verify_case){.family = "Present value",
            .name = verify_text(v, "%d years at %g %%, rise %g %%, %s",
                c->years, 100.0 * c->rate, 100.0 * c->rise, timing),
            .route = "term by term; closed annuity",
            .body = verify_text(v,
                "horizon: %d years\n"
                "simulate: {duration: 1 h, replications: 2}\n"
                "finance: {discount_rate: %.17g, inflation: %.17g, tax_rate: "
                "0 %%, timing: %s}\n"
                "deployments: {d: {demand: 3e9 /year, sites: {q: {tier: bare, "
                "cash: {capex: %.17g USD, opex: %.17g USD/year, residual: "
                "%.17g USD}}}}}\n",
                c->years, c->rate, c->rise, timing, c->capex, c->opex,
                c->residual),
            .fast = true,
            .checks = {{"d.tco.npv", npv, VERIFY_EXACT},
                {"d.tco.equivalent_annual", npv / annuity, VERIFY_EXACT},
                {"d.tco.total", exact_present_value(&undiscounted),
                    VERIFY_EXACT},
                {"d.capex", c->capex, VERIFY_EXACT}},
            .n_checks = 4});
}

void verify_family_static(struct verify *v)
{
    fit(v, 60.0, 150.0);
    fit(v, 20.0, 120.0);
    for (int i = 0; i < N_CITIES; i++) {
        distance(v, &cities[i], &cities[(i + 1) % N_CITIES], 1.0, 0.0);
        distance(v, &cities[i], &cities[(i + 1) % N_CITIES], 1.9, 7.0);
    }
    money(v, "year-end",
        &(struct exact_cash){1.2e6, 210e3, 100e3, 0.09, 0.025, 5, 1.0});
    money(v, "year-end",
        &(struct exact_cash){4.0e5, 90e3, 0.0, 0.07, 0.0, 12, 1.0});
    money(v, "mid-year",
        &(struct exact_cash){1.2e6, 210e3, 100e3, 0.09, 0.025, 5, 0.5});
}
