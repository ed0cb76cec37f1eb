/* dist_gamma.c - the gamma law, and the gamma law cut to an interval. */
#include <gsl/gsl_cdf.h>
#include <math.h>

#include "sim/clones.h"
#include "sim/dist_law.h"
#include "sim/fmath_kernel.h"

enum {
    USES = 4, /* uniforms of an attempt: two for the normal, one for the
               * acceptance, one for the power that shapes below 1 need */
    ATTEMPTS = SIM_DIST_CHUNK / USES,
};

/* Values of m attempts, -1 where rejected.  a = shape, b = scale.
 * Marsaglia and Tsang, ACM TOMS 26, 2000: with d = shape - 1/3 and
 * v = (1 + z / sqrt(9 d))^3, d v is accepted when
 * log u < z^2 / 2 + d (1 - v + log v). */
SIM_CLONES static void attempt_n(
    const double *u, double shape, double scale, double *x, size_t m)
{
    const double d = shape - 1.0 / 3.0;
    const double c = 1.0 / sqrt(9.0 * d);

    for (size_t i = 0; i < m; i++) {
        double s, z;
        sim_k_sincos_2pi(u[USES * i + 1], &s, &z);
        z *= sqrt(-2.0 * sim_k_log(u[USES * i]));
        const double t = 1.0 + c * z;
        const double v = t * t * t;
        const double positive = v > 0.0 ? v : 1.0;
        const double room = 0.5 * z * z + d * (1.0 - v + sim_k_log(positive));
        const double left = room - sim_k_log(u[USES * i + 2]);
        const double value = scale * d * v;
        x[i] = v > 0.0 ? (left > 0.0 ? value : -1.0) : -1.0;
    }
}

/* Gamma(shape) = Gamma(shape + 1) u^(1 / shape). */
SIM_CLONES static void boost_n(
    const double *u, double power, double *x, size_t m)
{
    for (size_t i = 0; i < m; i++)
        x[i] *= sim_k_exp(power * sim_k_log(u[USES * i + 3]));
}

/* Fill, keeping only values in [low, high].  As many attempts are made as
 * draws are missing, so the last attempt made is the last one used, and the
 * sequence does not depend on how calls are split. */
static void fill_within(const struct sim_dist *d, struct sim_stream *stream,
    double low, double high, double *x, size_t n)
{
    double u[SIM_DIST_CHUNK], value[ATTEMPTS];
    const double shape = d->a < 1.0 ? d->a + 1.0 : d->a;
    size_t done = 0;

    while (done < n) {
        const size_t m = n - done < ATTEMPTS ? n - done : ATTEMPTS;
        sim_stream_uniforms(stream, u, USES * m);
        attempt_n(u, shape, d->b, value, m);
        if (d->a < 1.0)
            boost_n(u, 1.0 / d->a, value, m);
        for (size_t i = 0; i < m; i++) {
            x[done] = value[i];
            done += value[i] >= low && value[i] <= high;
        }
    }
}

static void gamma_fill(
    const struct sim_dist *d, struct sim_stream *stream, double *x, size_t n)
{
    fill_within(d, stream, 0.0, (double)INFINITY, x, n);
}

static double gamma_quantile(const struct sim_dist *d, double p, double q)
{
    const double x = p <= 0.5 ? gsl_cdf_gamma_Pinv(p, d->a, d->b)
                              : gsl_cdf_gamma_Qinv(q, d->a, d->b);

    return sim_law_round12(x);
}

static double gamma_cdf(const struct sim_dist *d, double x, double *q)
{
    if (!(x < (double)INFINITY)) {
        *q = 0.0;
        return 1.0;
    }
    *q = gsl_cdf_gamma_Q(x, d->a, d->b);
    return gsl_cdf_gamma_P(x, d->a, d->b);
}

static int gamma_truncate(const struct sim_dist *d, double min, double max,
    struct sim_arena *arena, struct sim_dist **out, struct sim_err *err);

static const struct sim_law gamma_law = {
    "gamma", gamma_fill, gamma_quantile, gamma_cdf, gamma_truncate};

int sim_law_gamma(double mean, double shape, struct sim_arena *arena,
    struct sim_dist **out, struct sim_err *err)
{
    struct sim_dist *d = NULL;
    const int rc = sim_law_new(&gamma_law, arena, &d, err);

    if (rc != SIM_OK)
        return rc;
    d->a = shape;
    d->b = mean / shape;
    d->high = (double)INFINITY;
    d->mean = mean;
    d->sd = mean / sqrt(shape);
    *out = d;
    return SIM_OK;
}

/* ---- gamma on [low, high]: a and b as above, c = probability kept ---------
 * By rejection: inversion would put GSL's quantile, whose last bits differ
 * between machines, into the draws. */

static void cut_fill(
    const struct sim_dist *d, struct sim_stream *stream, double *x, size_t n)
{
    fill_within(d, stream, d->low, d->high, x, n);
}

static double cut_quantile(const struct sim_dist *d, double p, double q)
{
    double above, beyond;
    const double below = gamma_cdf(d, d->low, &above);

    (void)gamma_cdf(d, d->high, &beyond);
    const double x = gamma_quantile(d, below + p * d->c, beyond + q * d->c);
    return x < d->low ? d->low : x > d->high ? d->high : x;
}

static double cut_cdf(const struct sim_dist *d, double x, double *q)
{
    double above, beyond, over;
    const double below = gamma_cdf(d, d->low, &above);
    const double p = (gamma_cdf(d, x, &over) - below) / d->c;

    (void)gamma_cdf(d, d->high, &beyond);
    *q = (over - beyond) / d->c;
    return p;
}

static const struct sim_law cut_law = {
    "gamma", cut_fill, cut_quantile, cut_cdf, gamma_truncate};

static int gamma_truncate(const struct sim_dist *d, double min, double max,
    struct sim_arena *arena, struct sim_dist **out, struct sim_err *err)
{
    const double least = 1e-3;
    struct sim_dist *cut = NULL;
    const double mass =
        sim_law_mass(d, min, max) * (d->law == &cut_law ? d->c : 1.0);
    int rc;

    if (!(mass >= least))
        return sim_err_set(err, SIM_E_INPUT,
            "[%g, %g] keeps %.2g of the gamma distribution, expected at least "
            "%g",
            min, max, mass, least);
    rc = sim_law_new(&cut_law, arena, &cut, err);
    if (rc != SIM_OK)
        return rc;
    cut->a = d->a;
    cut->b = d->b;
    cut->c = mass;
    cut->low = min;
    cut->high = max;
    sim_law_integrate(cut);
    cut->mean = sim_law_round12(cut->mean);
    cut->sd = sim_law_round12(cut->sd);
    *out = cut;
    return SIM_OK;
}
