/* dist_mix.c - laws made of laws: mixtures, hyperexponential, truncation. */
#include <assert.h>
#include <math.h>

#include "sim/clones.h"
#include "sim/dist_law.h"
#include "sim/fmath.h"
#include "sim/fmath_kernel.h"

/* Truncation that keeps less is refused: nobody means it, and too few digits
 * of the probabilities would be left. */
static const double least_mass = 1e-9;

/* ---- probability, quadrature, bisection --------------------------------- */

double sim_law_mass(const struct sim_dist *d, double min, double max)
{
    double p_low = 0.0, q_low = 1.0, p_high = 1.0, q_high = 0.0;

    /* just below min: an atom at min belongs to the interval */
    if (min > d->low)
        p_low = d->law->cdf(d, nextafter(min, -HUGE_VAL), &q_low);
    if (max < d->high)
        p_high = d->law->cdf(d, max, &q_high);
    return p_low > 0.5 ? q_low - q_high : p_high - p_low;
}

/* Integral over levels from .. to of (Q(p) - centre)^power by the double
 * exponential rule: p = 1 / (1 + exp(-pi sinh t)), whose weights fall so fast
 * at both ends that singularities there do no harm. */
static double integrate_piece(
    const struct sim_dist *d, double from, double to, double centre, int power)
{
    const double pi = 3.141592653589793, step = 1.0 / 32.0, reach = 6.0;
    const double width = to - from;
    double sum = 0.0, weights = 0.0;

    for (double t = -reach; t <= reach; t += step) {
        const double up = sim_exp(t), down = sim_exp(-t);
        const double e = sim_exp(0.5 * pi * (up - down));
        const double p = e / (1.0 + e), q = 1.0 / (1.0 + e);
        const double w = p * q * (up + down);
        const double x =
            d->law->quantile(d, from + width * p, (1.0 - to) + width * q) -
            centre;
        weights += w;
        sum += w * (power == 2 ? x * x : x);
    }
    return width * sum / weights;
}

static double integrate(const struct sim_dist *d, double centre, int power)
{
    if (d->kink > 0.0 && d->kink < 1.0)
        return integrate_piece(d, 0.0, d->kink, centre, power) +
               integrate_piece(d, d->kink, 1.0, centre, power);
    return integrate_piece(d, 0.0, 1.0, centre, power);
}

void sim_law_integrate(struct sim_dist *d)
{
    const double middle = d->law->quantile(d, 0.5, 0.5);

    d->mean = middle + integrate(d, middle, 1);
    d->sd = sqrt(integrate(d, d->mean, 2));
}

double sim_law_bisect(
    const struct sim_dist *d, double lo, double hi, double p, double q)
{
    for (;;) {
        double above;
        const double mid = lo + 0.5 * (hi - lo);
        if (!(mid > lo && mid < hi))
            return hi;
        const double below = d->law->cdf(d, mid, &above);
        if (p <= 0.5 ? below >= p : above <= q)
            hi = mid;
        else
            lo = mid;
    }
}

/* ---- truncation by inversion: parts[0] on [low, high];
 *      a = F(low), b = 1 - F(high), c = probability kept --------------------
 */

static double cut_quantile(const struct sim_dist *d, double p, double q)
{
    const struct sim_dist *base = d->parts[0];
    const double x =
        base->law->quantile(base, d->a + d->c * p, d->b + d->c * q);

    return x < d->low ? d->low : x > d->high ? d->high : x;
}

static void cut_fill(
    const struct sim_dist *d, struct sim_stream *stream, double *x, size_t n)
{
    sim_stream_uniforms(stream, x, n);
    for (size_t i = 0; i < n; i++)
        x[i] = cut_quantile(d, x[i], 1.0 - x[i]);
}

static double cut_cdf(const struct sim_dist *d, double x, double *q)
{
    double above;
    const double below = d->parts[0]->law->cdf(d->parts[0], x, &above);

    *q = (above - d->b) / d->c;
    return (below - d->a) / d->c;
}

static int cut_again(const struct sim_dist *d, double min, double max,
    struct sim_arena *arena, struct sim_dist **out, struct sim_err *err)
{
    return sim_law_truncate(d->parts[0], min, max, arena, out, err);
}

static const struct sim_law cut_law = {
    "truncated", cut_fill, cut_quantile, cut_cdf, cut_again};

int sim_law_truncate(const struct sim_dist *d, double min, double max,
    struct sim_arena *arena, struct sim_dist **out, struct sim_err *err)
{
    const struct sim_dist **base = sim_arena_alloc(arena, sizeof *base);
    struct sim_dist *cut = NULL;
    double above;
    int rc;

    if (base == NULL)
        return sim_law_nomem(err);
    rc = sim_law_new(&cut_law, arena, &cut, err);
    if (rc != SIM_OK)
        return rc;
    base[0] = d;
    cut->parts = base;
    cut->n = 1;
    cut->low = min;
    cut->high = max;
    cut->a = min > d->low ? d->law->cdf(d, min, &above) : 0.0;
    if (max < d->high)
        (void)d->law->cdf(d, max, &cut->b);
    cut->c = sim_law_mass(d, min, max);
    cut->kink = (d->kink - cut->a) / cut->c;
    sim_law_integrate(cut);
    *out = cut;
    return SIM_OK;
}

int sim_dist_truncate(const struct sim_dist *dist, double min, double max,
    struct sim_arena *arena, struct sim_dist **out, struct sim_err *err)
{
    const double from = min > dist->low ? min : dist->low;
    const double to = max < dist->high ? max : dist->high;
    struct sim_dist *copy = NULL;
    int rc;

    if (!(min <= max))
        return sim_err_set(err, SIM_E_INPUT,
            "truncation to [%g, %g] is empty, expected min below max", min,
            max);
    if (from > to || !(sim_law_mass(dist, from, to) >= least_mass))
        return sim_err_set(err, SIM_E_INPUT,
            "truncation to [%g, %g] leaves nothing of the %s distribution on "
            "[%g, %g]",
            min, max, dist->law->name, dist->low, dist->high);
    if (from > dist->low || to < dist->high)
        return dist->law->truncate != NULL
                   ? dist->law->truncate(dist, from, to, arena, out, err)
                   : sim_law_truncate(dist, from, to, arena, out, err);
    rc = sim_law_new(dist->law, arena, &copy, err);
    if (rc != SIM_OK)
        return rc;
    *copy = *dist;
    *out = copy;
    return SIM_OK;
}

/* ---- mixture: parts[i] with cumulative weight p[i] ---------------------- */

static double weight(const struct sim_dist *d, size_t i)
{
    return i > 0 ? d->p[i] - d->p[i - 1] : d->p[0];
}

static void mixture_fill(
    const struct sim_dist *d, struct sim_stream *stream, double *x, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        const double u = sim_stream_uniform(stream);
        size_t i = 0;
        while (i + 1 < d->n && u >= d->p[i])
            i++;
        d->parts[i]->law->fill(d->parts[i], stream, &x[k], 1);
    }
}

static double mixture_cdf(const struct sim_dist *d, double x, double *q)
{
    double below = 0.0;

    *q = 0.0;
    for (size_t i = 0; i < d->n; i++) {
        const struct sim_dist *part = d->parts[i];
        double p_i = x < part->low ? 0.0 : 1.0;
        double q_i = 1.0 - p_i;
        if (x >= part->low && x < part->high)
            p_i = part->law->cdf(part, x, &q_i);
        below += weight(d, i) * p_i;
        *q += weight(d, i) * q_i;
    }
    return below;
}

static double mixture_quantile(const struct sim_dist *d, double p, double q)
{
    double lo = (double)INFINITY, hi = -lo;

    /* the quantile lies between the least and the largest of the parts' */
    for (size_t i = 0; i < d->n; i++) {
        const double x = d->parts[i]->law->quantile(d->parts[i], p, q);
        lo = x < lo ? x : lo;
        hi = x > hi ? x : hi;
    }
    double above;
    if (mixture_cdf(d, lo, &above) >= p)
        return lo;
    return sim_law_bisect(d, lo, hi, p, q);
}

static int mixture_truncate(const struct sim_dist *d, double min, double max,
    struct sim_arena *arena, struct sim_dist **out, struct sim_err *err)
{
    double *w = sim_arena_calloc(arena, d->n, sizeof *w);
    const struct sim_dist **parts =
        sim_arena_calloc(arena, d->n, sizeof *parts);
    size_t n = 0;

    if (w == NULL || parts == NULL)
        return sim_law_nomem(err);
    for (size_t i = 0; i < d->n; i++) {
        const struct sim_dist *part = d->parts[i];
        const double mass = max < part->low || min > part->high
                                ? 0.0
                                : sim_law_mass(part, min, max);
        struct sim_dist *cut = NULL;
        if (!(mass >= least_mass))
            continue;
        const int rc = sim_dist_truncate(part, min, max, arena, &cut, err);
        if (rc != SIM_OK)
            return rc;
        w[n] = weight(d, i) * mass;
        parts[n++] = cut;
    }
    return sim_dist_mixture(w, parts, n, arena, out, err);
}

static const struct sim_law mixture_law = {
    "mixture", mixture_fill, mixture_quantile, mixture_cdf, mixture_truncate};

static void mixture_moments(struct sim_dist *d)
{
    double mean = 0.0, variance = 0.0;

    assert(d->n > 0 && d->parts[0] != NULL);
    d->low = d->parts[0]->low;
    d->high = d->parts[0]->high;
    for (size_t i = 0; i < d->n; i++) {
        const struct sim_dist *part = d->parts[i];
        assert(part != NULL);
        d->low = part->low < d->low ? part->low : d->low;
        d->high = part->high > d->high ? part->high : d->high;
        mean += weight(d, i) * part->mean;
    }
    for (size_t i = 0; i < d->n; i++) {
        const double off = d->parts[i]->mean - mean;
        const double sd = d->parts[i]->sd;
        variance += weight(d, i) * (sd * sd + off * off);
    }
    d->mean = mean;
    /* with an infinite mean, off is not a number */
    d->sd = isfinite(mean) ? sqrt(variance) : (double)INFINITY;
}

int sim_dist_mixture(const double *weights, const struct sim_dist *const *parts,
    size_t n, struct sim_arena *arena, struct sim_dist **out,
    struct sim_err *err)
{
    struct sim_dist *d = NULL;
    double total = 0.0, sum = 0.0;
    int rc;

    for (size_t i = 0; i < n; i++) {
        if (!(weights[i] > 0.0) || !isfinite(weights[i]))
            return sim_err_set(err, SIM_E_INPUT,
                "weight %zu of the mixture is %g, expected above 0", i + 1,
                weights[i]);
        total += weights[i];
    }
    if (n == 0)
        return sim_err_set(
            err, SIM_E_INPUT, "mixture is empty, expected at least one part");
    double *p = sim_arena_calloc(arena, n, sizeof *p);
    const struct sim_dist **copy = sim_arena_calloc(arena, n, sizeof *copy);
    if (p == NULL || copy == NULL)
        return sim_law_nomem(err);
    for (size_t i = 0; i < n; i++) {
        copy[i] = parts[i];
        sum += weights[i];
        p[i] = i + 1 < n ? sum / total : 1.0;
    }
    rc = sim_law_new(&mixture_law, arena, &d, err);
    if (rc != SIM_OK)
        return rc;
    d->p = p;
    d->parts = copy;
    d->n = n;
    mixture_moments(d);
    *out = d;
    return SIM_OK;
}

/* ---- hyperexponential: a mixture whose draws are made in bulk -------------
 * x[i] = mean of phase i; the rest as in a mixture of exponentials. */

/* Uniforms 2i and 2i + 1 choose the phase of draw i and its value. */
SIM_CLONES static void hyper_n(const struct sim_dist *d, const double *u,
    double *mean, double *x, size_t m)
{
    const size_t last = d->n - 1;

    for (size_t i = 0; i < m; i++)
        mean[i] = d->x[last];
    for (size_t k = last; k-- > 0;) {
        const double p = d->p[k], mean_k = d->x[k];
        for (size_t i = 0; i < m; i++)
            mean[i] = u[2 * i] < p ? mean_k : mean[i];
    }
    for (size_t i = 0; i < m; i++)
        x[i] = -sim_k_log(u[2 * i + 1]) * mean[i];
}

static void hyper_fill(
    const struct sim_dist *d, struct sim_stream *stream, double *x, size_t n)
{
    enum { DRAWS = SIM_DIST_CHUNK / 2 };
    double u[2 * DRAWS], mean[DRAWS];

    for (size_t i = 0; i < n; i += DRAWS) {
        const size_t m = n - i < DRAWS ? n - i : DRAWS;
        sim_stream_uniforms(stream, u, 2 * m);
        hyper_n(d, u, mean, x + i, m);
    }
}

static const struct sim_law hyper_law = {"hyperexponential", hyper_fill,
    mixture_quantile, mixture_cdf, mixture_truncate};

int sim_law_hyperexponential(const double *p, const double *means, size_t n,
    struct sim_arena *arena, struct sim_dist **out, struct sim_err *err)
{
    double *x = sim_arena_calloc(arena, n, sizeof *x);
    struct sim_dist **parts = sim_arena_calloc(arena, n, sizeof *parts);
    struct sim_dist *d = NULL;
    int rc = SIM_OK;

    if (x == NULL || parts == NULL)
        return sim_law_nomem(err);
    for (size_t i = 0; i < n && rc == SIM_OK; i++) {
        x[i] = means[i];
        rc = sim_law_exponential(means[i], arena, &parts[i], err);
    }
    if (rc == SIM_OK)
        rc = sim_dist_mixture(
            p, (const struct sim_dist *const *)parts, n, arena, &d, err);
    if (rc != SIM_OK || d == NULL)
        return rc;
    d->law = &hyper_law;
    d->x = x;
    *out = d;
    return SIM_OK;
}
