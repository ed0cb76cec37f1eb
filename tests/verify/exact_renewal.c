#include "tests/verify/exact_renewal.h"

#include <math.h>
#include <stddef.h>

#include <gsl/gsl_cdf.h>

#include "sim/alloc.h"

/* ---- laws ---------------------------------------------------------------- */

static double exponential_tail(const double *p, double t)
{
    return exp(-t / p[0]);
}

static double weibull_tail(const double *p, double t)
{
    return exp(-pow(t / p[1], p[0]));
}

static double lognormal_tail(const double *p, double t)
{
    return t > 0.0 ? gsl_cdf_ugaussian_Q((log(t) - p[0]) / p[1]) : 1.0;
}

static double erlang_tail(const double *p, double t)
{
    return gsl_cdf_gamma_Q(t, p[0], p[1]);
}

struct exact_law exact_law_exponential(double mean)
{
    return (struct exact_law){exponential_tail, {mean, 0.0}};
}

struct exact_law exact_law_weibull(double shape, double scale)
{
    return (struct exact_law){weibull_tail, {shape, scale}};
}

struct exact_law exact_law_lognormal(double mean, double cv)
{
    const double s2 = log(1.0 + cv * cv);

    return (struct exact_law){lognormal_tail, {log(mean) - 0.5 * s2, sqrt(s2)}};
}

struct exact_law exact_law_erlang(double mean, int k)
{
    return (struct exact_law){erlang_tail, {k, mean / k}};
}

/* ---- grids --------------------------------------------------------------- */

/* 2n + 1 values at the points j h/2 of [0, n h]: even j are the grid, odd j
 * the middles that the rule needs. */
static double *half_grid(int n)
{
    return sim_calloc(2 * (size_t)n + 1, sizeof(double));
}

static void law_on_grid(const struct exact_law *law, double h, int n, double *f)
{
    for (int j = 0; j <= 2 * n; j++)
        f[j] = 1.0 - law->tail(law->p, 0.5 * h * j);
}

/* P(X + Y <= t) at all half points, by quadrature over the law of X in cells
 * of h/2: each with the mean of Y's law at its ends. */
static void sum_on_grid(const double *x, const double *y, int n, double *out)
{
    for (int j = 0; j <= 2 * n; j++) {
        double sum = 0.0;
        for (int i = 1; i <= j; i++)
            sum += 0.5 * (y[j - i] + y[j - i + 1]) * (x[i] - x[i - 1]);
        out[j] = sum;
    }
}

/* Renewal function m = H + H * m at the grid points (Xie's rule): the
 * integral over cell k takes H at the cell's middle. */
static void renewal(const double *H, int n, double *m)
{
    m[0] = 0.0;
    for (int i = 1; i <= n; i++) {
        double sum = H[2 * i] - H[1] * m[i - 1];
        for (int k = 1; k < i; k++)
            sum += H[2 * i - 2 * k + 1] * (m[k] - m[k - 1]);
        m[i] = sum / (1.0 - H[1]);
    }
}

/* ---- availability -------------------------------------------------------- */

/* On n cells: at t, and over [0, t] by the trapezium. */
static int availability_on(const struct exact_law *life,
    const struct exact_law *repair, double t, int n, double *at, double *over)
{
    const double h = t / n;
    double *f = half_grid(n), *g = half_grid(n), *H = half_grid(n),
           *m = half_grid(n);
    const int ok = f != NULL && g != NULL && H != NULL && m != NULL;
    double up = 1.0, area = 0.0;

    if (ok) {
        law_on_grid(life, h, n, f);
        law_on_grid(repair, h, n, g);
        sum_on_grid(f, g, n, H);
        renewal(H, n, m);
    }
    for (int i = 1; ok && i <= n; i++) {
        const double before = up;
        up = 1.0 - f[2 * i];
        for (int k = 1; k <= i; k++)
            up += (1.0 - f[2 * i - 2 * k + 1]) * (m[k] - m[k - 1]);
        area += 0.5 * (before + up) * h;
    }
    sim_free(f);
    sim_free(g);
    sim_free(H);
    sim_free(m);
    *at = up;
    *over = area / t;
    return ok ? 0 : -1;
}

int exact_availability(const struct exact_law *life,
    const struct exact_law *repair, double t, double *at, double *between)
{
    enum { CELLS = 1500 };
    double a1, b1, a2, b2;

    *at = *between = NAN;
    if (availability_on(life, repair, t, CELLS, &a1, &b1) != 0 ||
        availability_on(life, repair, t, 2 * CELLS, &a2, &b2) != 0)
        return -1;
    /* both rules err by the square of the cell */
    *at = (4.0 * a2 - a1) / 3.0;
    *between = (4.0 * b2 - b1) / 3.0;
    return 0;
}

/* ---- numbers of renewals ------------------------------------------------- */

enum { MAX_SPARES = 16 };

/* P(N(t) = k), k = 0 .. most, from P(N(t) >= k) = P(X1 + ... + Xk <= t). */
static int counts_on(
    const struct exact_law *life, double t, int most, int n, double *p)
{
    double *f = half_grid(n), *sum = half_grid(n), *next = half_grid(n);
    const int ok = f != NULL && sum != NULL && next != NULL;

    if (ok) {
        double at_least = 1.0;
        law_on_grid(life, t / n, n, f);
        for (int j = 0; j <= 2 * n; j++)
            sum[j] = f[j];
        for (int k = 0; k <= most; k++) {
            double *swap = next;
            p[k] = at_least - sum[2 * n];
            at_least = sum[2 * n];
            sum_on_grid(f, sum, n, next);
            next = sum;
            sum = swap;
        }
    }
    sim_free(f);
    sim_free(sum);
    sim_free(next);
    return ok ? 0 : -1;
}

/* P(at most `spares` in all) of n counts with law p. */
static double at_most(const double *p, int n, int spares)
{
    double all[MAX_SPARES + 1] = {1.0}, sum = 0.0;

    for (int i = 0; i < n; i++) {
        for (int k = spares; k >= 0; k--) {
            double here = 0.0;
            for (int j = 0; j <= k; j++)
                here += all[k - j] * p[j];
            all[k] = here;
        }
    }
    for (int k = 0; k <= spares; k++)
        sum += all[k];
    return sum;
}

double exact_shared_spares(
    const struct exact_law *life, int n, int spares, double t)
{
    enum { CELLS = 1000 };
    double coarse[MAX_SPARES + 1], fine[MAX_SPARES + 1];

    if (spares > MAX_SPARES || counts_on(life, t, spares, CELLS, coarse) != 0 ||
        counts_on(life, t, spares, 2 * CELLS, fine) != 0)
        return NAN;
    for (int k = 0; k <= spares; k++)
        fine[k] = (4.0 * fine[k] - coarse[k]) / 3.0;
    return at_most(fine, n, spares);
}
