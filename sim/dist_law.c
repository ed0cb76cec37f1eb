/* dist_law.c - what every law can do, and the laws that are one formula:
 * exponential, lognormal, Weibull, Pareto. */
#include "sim/dist_law.h"

#include <gsl/gsl_sf_gamma.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/clones.h"
#include "sim/fmath.h"
#include "sim/fmath_kernel.h"

enum { CHUNK = SIM_DIST_CHUNK };

static const double infinity = (double)INFINITY;

int sim_law_nomem(struct sim_err *err)
{
    return sim_err_set(err, SIM_E_NOMEM, "out of memory for a distribution");
}

int sim_law_new(const struct sim_law *law, struct sim_arena *arena,
    struct sim_dist **out, struct sim_err *err)
{
    struct sim_dist *d = sim_arena_alloc(arena, sizeof *d);

    if (d == NULL)
        return sim_law_nomem(err);
    d->law = law;
    *out = d;
    return SIM_OK;
}

double sim_law_round12(double x)
{
    char text[32];

    if (!isfinite(x))
        return x;
    snprintf(text, sizeof text, "%.11e", x);
    return strtod(text, NULL);
}

/* -log q given p = 1 - q: q has lost its digits where it is near 1. */
static double minus_log(double p, double q)
{
    return p < 0.25 ? sim_log_one_plus(p / q) : -sim_log(q);
}

/* 1 - e^-y for y >= 0, *q = e^-y. */
static double one_minus_exp(double y, double *q)
{
    *q = sim_exp(-y);
    /* below: the series, of which 20 terms reach the last bit at 1/2 */
    if (y > 0.5)
        return 1.0 - *q;
    double term = y, sum = y;
    for (int k = 2; k <= 20; k++) {
        term *= -y / k;
        sum += term;
    }
    return sum;
}

/* ---- exponential: a = mean ---------------------------------------------- */

SIM_CLONES static void scale_n(double *x, double by, size_t n)
{
    for (size_t i = 0; i < n; i++)
        x[i] *= by;
}

static void exponential_fill(
    const struct sim_dist *d, struct sim_stream *stream, double *x, size_t n)
{
    sim_stream_exponentials(stream, x, n);
    scale_n(x, d->a, n);
}

static double exponential_quantile(const struct sim_dist *d, double p, double q)
{
    return d->a * minus_log(p, q);
}

static double exponential_cdf(const struct sim_dist *d, double x, double *q)
{
    return one_minus_exp(x / d->a, q);
}

static const struct sim_law exponential_law = {"exponential", exponential_fill,
    exponential_quantile, exponential_cdf, NULL};

int sim_law_exponential(double mean, struct sim_arena *arena,
    struct sim_dist **out, struct sim_err *err)
{
    struct sim_dist *d = NULL;
    const int rc = sim_law_new(&exponential_law, arena, &d, err);

    if (rc != SIM_OK)
        return rc;
    d->a = d->mean = d->sd = mean;
    d->high = infinity;
    *out = d;
    return SIM_OK;
}

/* ---- lognormal: a = mu, b = sigma --------------------------------------- */

SIM_CLONES static void lognormal_n(double *x, double mu, double sigma, size_t n)
{
    for (size_t i = 0; i < n; i++)
        x[i] = sim_k_exp(mu + sigma * x[i]);
}

static void lognormal_fill(
    const struct sim_dist *d, struct sim_stream *stream, double *x, size_t n)
{
    for (size_t i = 0; i < n; i += CHUNK) {
        const size_t m = n - i < CHUNK ? n - i : CHUNK;
        sim_stream_normals(stream, x + i, m);
        lognormal_n(x + i, d->a, d->b, m);
    }
}

static double lognormal_quantile(const struct sim_dist *d, double p, double q)
{
    const double z =
        p <= 0.5 ? sim_normal_quantile(p) : -sim_normal_quantile(q);

    return sim_exp(d->a + d->b * z);
}

static double lognormal_cdf(const struct sim_dist *d, double x, double *q)
{
    const double z = x > 0.0 ? (sim_log(x) - d->a) / d->b : -infinity;

    *q = sim_normal_cdf(-z);
    return sim_normal_cdf(z);
}

static const struct sim_law lognormal_law = {
    "lognormal", lognormal_fill, lognormal_quantile, lognormal_cdf, NULL};

int sim_law_lognormal(double mu, double sigma, struct sim_arena *arena,
    struct sim_dist **out, struct sim_err *err)
{
    struct sim_dist *d = NULL;
    const int rc = sim_law_new(&lognormal_law, arena, &d, err);

    if (rc != SIM_OK)
        return rc;
    const double v = sigma * sigma;
    double grown; /* e^v - 1 */
    if (v > 1e-5)
        grown = sim_exp(v) - 1.0;
    else
        grown = v * (1.0 + 0.5 * v * (1.0 + v / 3.0));
    d->a = mu;
    d->b = sigma;
    d->high = infinity;
    d->mean = sim_exp(mu + 0.5 * v);
    d->sd = d->mean * sqrt(grown);
    *out = d;
    return SIM_OK;
}

/* ---- weibull: a = scale, b = 1 / shape ---------------------------------- */

SIM_CLONES static void weibull_n(
    double *x, double scale, double power, size_t n)
{
    for (size_t i = 0; i < n; i++)
        x[i] = scale * sim_k_exp(power * sim_k_log(x[i]));
}

static void weibull_fill(
    const struct sim_dist *d, struct sim_stream *stream, double *x, size_t n)
{
    for (size_t i = 0; i < n; i += CHUNK) {
        const size_t m = n - i < CHUNK ? n - i : CHUNK;
        sim_stream_exponentials(stream, x + i, m);
        weibull_n(x + i, d->a, d->b, m);
    }
}

static double weibull_quantile(const struct sim_dist *d, double p, double q)
{
    return d->a * sim_exp(d->b * sim_log(minus_log(p, q)));
}

static double weibull_cdf(const struct sim_dist *d, double x, double *q)
{
    const double y =
        x > 0.0 ? sim_exp((sim_log(x) - sim_log(d->a)) / d->b) : 0.0;

    return one_minus_exp(y, q);
}

static const struct sim_law weibull_law = {
    "weibull", weibull_fill, weibull_quantile, weibull_cdf, NULL};

/* Shape of a Weibull law with this cv: log(1 + cv^2) = log G(1 + 2/k) -
 * 2 log G(1 + 1/k) falls in k.  Set-up only, hence GSL; rounded, since the
 * shape goes into every draw. */
double sim_law_weibull_shape(double cv)
{
    const double target = log1p(cv * cv);
    double low = 0.05, high = 2000.0;

    for (int i = 0; i < 200; i++) {
        const double k = 0.5 * (low + high);
        const double value =
            gsl_sf_lngamma(1.0 + 2.0 / k) - 2.0 * gsl_sf_lngamma(1.0 + 1.0 / k);
        if (value > target)
            low = k;
        else
            high = k;
    }
    return sim_law_round12(0.5 * (low + high));
}

double sim_law_weibull_mean(double shape)
{
    return sim_law_round12(exp(gsl_sf_lngamma(1.0 + 1.0 / shape)));
}

int sim_law_weibull(double shape, double scale, struct sim_arena *arena,
    struct sim_dist **out, struct sim_err *err)
{
    struct sim_dist *d = NULL;
    const int rc = sim_law_new(&weibull_law, arena, &d, err);

    if (rc != SIM_OK)
        return rc;
    const double g1 = gsl_sf_lngamma(1.0 + 1.0 / shape);
    const double g2 = gsl_sf_lngamma(1.0 + 2.0 / shape);
    d->a = scale;
    d->b = 1.0 / shape;
    d->high = infinity;
    d->mean = scale * sim_law_weibull_mean(shape);
    d->sd = sim_law_round12(d->mean * sqrt(expm1(g2 - 2.0 * g1)));
    *out = d;
    return SIM_OK;
}

/* ---- pareto: a = min, b = 1 / alpha ------------------------------------- */

static void pareto_fill(
    const struct sim_dist *d, struct sim_stream *stream, double *x, size_t n)
{
    /* -log u is exponential; lognormal_n does exp(0 + b x) */
    for (size_t i = 0; i < n; i += CHUNK) {
        const size_t m = n - i < CHUNK ? n - i : CHUNK;
        sim_stream_exponentials(stream, x + i, m);
        lognormal_n(x + i, 0.0, d->b, m);
        scale_n(x + i, d->a, m);
    }
}

static double pareto_quantile(const struct sim_dist *d, double p, double q)
{
    return d->a * sim_exp(d->b * minus_log(p, q));
}

static double pareto_cdf(const struct sim_dist *d, double x, double *q)
{
    const double over = x / d->a - 1.0;

    return one_minus_exp(sim_log_one_plus(over > 0.0 ? over : 0.0) / d->b, q);
}

/* Cut below, a Pareto law is a Pareto law: so its mean, which quadrature
 * could not reach for alpha near 1, stays exact. */
static int pareto_truncate(const struct sim_dist *d, double min, double max,
    struct sim_arena *arena, struct sim_dist **out, struct sim_err *err)
{
    struct sim_dist *cut = NULL;
    const int rc = sim_law_pareto(min, 1.0 / d->b, arena, &cut, err);

    if (rc != SIM_OK)
        return rc;
    if (max < infinity)
        return sim_law_truncate(cut, min, max, arena, out, err);
    *out = cut;
    return SIM_OK;
}

static const struct sim_law pareto_law = {
    "pareto", pareto_fill, pareto_quantile, pareto_cdf, pareto_truncate};

int sim_law_pareto(double min, double alpha, struct sim_arena *arena,
    struct sim_dist **out, struct sim_err *err)
{
    struct sim_dist *d = NULL;
    const int rc = sim_law_new(&pareto_law, arena, &d, err);

    if (rc != SIM_OK)
        return rc;
    d->a = d->low = min;
    d->b = 1.0 / alpha;
    d->high = infinity;
    d->mean = alpha > 1.0 ? min * alpha / (alpha - 1.0) : infinity;
    d->sd = alpha > 2.0 ? d->mean / sqrt(alpha * (alpha - 2.0)) : infinity;
    *out = d;
    return SIM_OK;
}

/* ---- what every law can do ---------------------------------------------- */

void sim_dist_fill(
    const struct sim_dist *dist, struct sim_stream *stream, double *x, size_t n)
{
    dist->law->fill(dist, stream, x, n);
}

double sim_dist_draw(const struct sim_dist *dist, struct sim_stream *stream)
{
    double x;

    dist->law->fill(dist, stream, &x, 1);
    return x;
}

double sim_dist_mean(const struct sim_dist *dist)
{
    return dist->mean;
}

double sim_dist_sd(const struct sim_dist *dist)
{
    return dist->sd;
}

double sim_dist_quantile(const struct sim_dist *dist, double p)
{
    return dist->law->quantile(dist, p, 1.0 - p);
}

double sim_dist_above(const struct sim_dist *dist, double x)
{
    double q;

    if (x < dist->low)
        return 1.0;
    if (x >= dist->high)
        return 0.0;
    (void)dist->law->cdf(dist, x, &q);
    return q;
}

double sim_dist_low(const struct sim_dist *dist)
{
    return dist->low;
}

double sim_dist_high(const struct sim_dist *dist)
{
    return dist->high;
}
