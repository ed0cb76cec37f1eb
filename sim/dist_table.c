/* dist_table.c - laws made of numbers given: constant, uniform, triangular,
 * samples and tables of quantiles. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/clones.h"
#include "sim/dist_law.h"

enum { CHUNK = SIM_DIST_CHUNK };

/* ---- constant: a = value; draws use no random number -------------------- */

static void constant_fill(
    const struct sim_dist *d, struct sim_stream *stream, double *x, size_t n)
{
    (void)stream;
    for (size_t i = 0; i < n; i++)
        x[i] = d->a;
}

static double constant_quantile(const struct sim_dist *d, double p, double q)
{
    (void)p;
    (void)q;
    return d->a;
}

static double constant_cdf(const struct sim_dist *d, double x, double *q)
{
    *q = x >= d->a ? 0.0 : 1.0;
    return 1.0 - *q;
}

static int constant_truncate(const struct sim_dist *d, double min, double max,
    struct sim_arena *arena, struct sim_dist **out, struct sim_err *err)
{
    (void)min;
    (void)max;
    return sim_dist_constant(d->a, arena, out, err);
}

static const struct sim_law constant_law = {"constant", constant_fill,
    constant_quantile, constant_cdf, constant_truncate};

static int constant_new(double value, struct sim_arena *arena,
    struct sim_dist **out, struct sim_err *err)
{
    struct sim_dist *d = NULL;
    int rc;

    rc = sim_law_new(&constant_law, arena, &d, err);
    if (rc != SIM_OK)
        return rc;
    d->a = d->low = d->high = d->mean = value;
    *out = d;
    return SIM_OK;
}

int sim_dist_constant(double value, struct sim_arena *arena,
    struct sim_dist **out, struct sim_err *err)
{
    if (!isfinite(value))
        return sim_err_set(err, SIM_E_INPUT,
            "constant is %g, expected a finite number", value);
    return constant_new(value, arena, out, err);
}

int sim_dist_never(
    struct sim_arena *arena, struct sim_dist **out, struct sim_err *err)
{
    return constant_new((double)INFINITY, arena, out, err);
}

int sim_dist_traced(
    struct sim_arena *arena, struct sim_dist **out, struct sim_err *err)
{
    return constant_new((double)NAN, arena, out, err);
}

/* b = 1 tells it from a traced one */
int sim_dist_paired(
    struct sim_arena *arena, struct sim_dist **out, struct sim_err *err)
{
    const int rc = constant_new((double)NAN, arena, out, err);

    if (rc == SIM_OK)
        (*out)->b = 1.0;
    return rc;
}

bool sim_dist_is_never(const struct sim_dist *dist)
{
    return dist->law == &constant_law && isinf(dist->a);
}

bool sim_dist_is_traced(const struct sim_dist *dist)
{
    return dist->law == &constant_law && isnan(dist->a) && dist->b == 0.0;
}

bool sim_dist_is_paired(const struct sim_dist *dist)
{
    return dist->law == &constant_law && isnan(dist->a) && dist->b != 0.0;
}

bool sim_dist_is_constant(const struct sim_dist *dist)
{
    return dist->law == &constant_law && isfinite(dist->a);
}

/* ---- uniform: a .. b ---------------------------------------------------- */

SIM_CLONES static void uniform_n(double *x, double a, double b, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const double value = a + (b - a) * x[i];
        x[i] = value < b ? value : b; /* the sum may round upwards */
    }
}

static void uniform_fill(
    const struct sim_dist *d, struct sim_stream *stream, double *x, size_t n)
{
    sim_stream_uniforms(stream, x, n);
    uniform_n(x, d->a, d->b, n);
}

static double uniform_quantile(const struct sim_dist *d, double p, double q)
{
    return p <= 0.5 ? d->a + (d->b - d->a) * p : d->b - (d->b - d->a) * q;
}

static double uniform_cdf(const struct sim_dist *d, double x, double *q)
{
    *q = (d->b - x) / (d->b - d->a);
    return (x - d->a) / (d->b - d->a);
}

static int uniform_truncate(const struct sim_dist *d, double min, double max,
    struct sim_arena *arena, struct sim_dist **out, struct sim_err *err)
{
    (void)d;
    return sim_law_uniform(min, max, arena, out, err);
}

static const struct sim_law uniform_law = {
    "uniform", uniform_fill, uniform_quantile, uniform_cdf, uniform_truncate};

int sim_law_uniform(double a, double b, struct sim_arena *arena,
    struct sim_dist **out, struct sim_err *err)
{
    struct sim_dist *d = NULL;
    const int rc = sim_law_new(&uniform_law, arena, &d, err);

    if (rc != SIM_OK)
        return rc;
    d->a = d->low = a;
    d->b = d->high = b;
    d->mean = 0.5 * (a + b);
    d->sd = (b - a) / sqrt(12.0);
    *out = d;
    return SIM_OK;
}

/* ---- triangular: a = low, b = mode, c = high ---------------------------- */

SIM_CLONES static void triangular_n(
    double *x, double a, double b, double c, size_t n)
{
    const double left = (c - a) * (b - a), right = (c - a) * (c - b);
    const double split = (b - a) / (c - a);

    for (size_t i = 0; i < n; i++) {
        const double rising = a + sqrt(x[i] * left);
        const double falling = c - sqrt((1.0 - x[i]) * right);
        x[i] = x[i] < split ? rising : falling;
    }
}

static void triangular_fill(
    const struct sim_dist *d, struct sim_stream *stream, double *x, size_t n)
{
    sim_stream_uniforms(stream, x, n);
    triangular_n(x, d->a, d->b, d->c, n);
}

static double triangular_quantile(const struct sim_dist *d, double p, double q)
{
    const double width = d->c - d->a;

    return p < (d->b - d->a) / width ? d->a + sqrt(p * width * (d->b - d->a))
                                     : d->c - sqrt(q * width * (d->c - d->b));
}

static double triangular_cdf(const struct sim_dist *d, double x, double *q)
{
    const double width = d->c - d->a;

    if (x < d->b) {
        const double p = (x - d->a) * (x - d->a) / (width * (d->b - d->a));
        *q = 1.0 - p;
        return p;
    }
    /* at x = high = mode both factors are 0 */
    *q = x < d->c ? (d->c - x) * (d->c - x) / (width * (d->c - d->b)) : 0.0;
    return 1.0 - *q;
}

static const struct sim_law triangular_law = {
    "triangular", triangular_fill, triangular_quantile, triangular_cdf, NULL};

int sim_law_triangular(double low, double mode, double high,
    struct sim_arena *arena, struct sim_dist **out, struct sim_err *err)
{
    struct sim_dist *d = NULL;
    const int rc = sim_law_new(&triangular_law, arena, &d, err);

    if (rc != SIM_OK)
        return rc;
    const double up = mode - low, down = high - mode;
    d->a = d->low = low;
    d->b = mode;
    d->c = d->high = high;
    d->mean = low + (2.0 * up + down) / 3.0;
    d->sd = sqrt((up * up + up * down + down * down) / 18.0);
    d->kink = up / (up + down);
    *out = d;
    return SIM_OK;
}

/* ---- empirical: x[0..n-1] ascending, equal weights ---------------------- */

static size_t sample_index(double p, size_t n)
{
    const size_t i = (size_t)(p * (double)n);

    return i < n ? i : n - 1; /* the product may round up to n */
}

static void empirical_fill(
    const struct sim_dist *d, struct sim_stream *stream, double *x, size_t n)
{
    sim_stream_uniforms(stream, x, n);
    for (size_t i = 0; i < n; i++)
        x[i] = d->x[sample_index(x[i], d->n)];
}

static double empirical_quantile(const struct sim_dist *d, double p, double q)
{
    const double rank = ceil(p * (double)d->n);

    (void)q;
    return d->x[rank >= 1.0 ? (size_t)rank - 1 : 0];
}

/* Number of values of x[0..n-1], ascending, that are <= v. */
static size_t count_up_to(const double *x, size_t n, double v)
{
    size_t low = 0, high = n;

    while (low < high) {
        const size_t mid = low + (high - low) / 2;
        if (x[mid] <= v)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

static double empirical_cdf(const struct sim_dist *d, double x, double *q)
{
    const double below = (double)count_up_to(d->x, d->n, x);

    *q = ((double)d->n - below) / (double)d->n;
    return below / (double)d->n;
}

static int empirical_truncate(const struct sim_dist *d, double min, double max,
    struct sim_arena *arena, struct sim_dist **out, struct sim_err *err)
{
    size_t from = count_up_to(d->x, d->n, min);
    const size_t to = count_up_to(d->x, d->n, max);

    while (from > 0 && d->x[from - 1] == min)
        from--;
    return sim_dist_empirical(d->x + from, to - from, arena, out, err);
}

static const struct sim_law empirical_law = {"empirical", empirical_fill,
    empirical_quantile, empirical_cdf, empirical_truncate};

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static void sample_moments(struct sim_dist *d)
{
    const double n = (double)d->n;
    double sum = 0.0, squares = 0.0;

    /* relative to the middle value, so that nothing cancels */
    const double centre = d->x[d->n / 2];
    for (size_t i = 0; i < d->n; i++)
        sum += d->x[i] - centre;
    d->mean = centre + sum / n;
    for (size_t i = 0; i < d->n; i++)
        squares += (d->x[i] - d->mean) * (d->x[i] - d->mean);
    d->sd = sqrt(squares / n);
}

int sim_dist_empirical(const double *x, size_t n, struct sim_arena *arena,
    struct sim_dist **out, struct sim_err *err)
{
    struct sim_dist *d = NULL;
    double *copy;
    int rc;

    if (n == 0)
        return sim_err_set(err, SIM_E_INPUT,
            "empirical distribution has no values, expected at least one");
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(x[i]))
            return sim_err_set(err, SIM_E_INPUT,
                "value %zu of the empirical distribution is not finite", i + 1);
    }
    copy = sim_arena_calloc(arena, n, sizeof *copy);
    if (copy == NULL)
        return sim_law_nomem(err);
    memcpy(copy, x, n * sizeof *copy);
    qsort(copy, n, sizeof *copy, compare);
    if (copy[0] == copy[n - 1])
        return sim_dist_constant(copy[0], arena, out, err);
    rc = sim_law_new(&empirical_law, arena, &d, err);
    if (rc != SIM_OK)
        return rc;
    d->x = copy;
    d->n = n;
    d->low = copy[0];
    d->high = copy[n - 1];
    sample_moments(d);
    *out = d;
    return SIM_OK;
}

/* ---- table of quantiles: x at levels p, linear between ------------------ */

static double table_at(const struct sim_dist *d, double p)
{
    const size_t i = count_up_to(d->p, d->n - 1, p); /* p[i-1] <= p < p[i] */
    const double share = (p - d->p[i - 1]) / (d->p[i] - d->p[i - 1]);

    return d->x[i - 1] + (d->x[i] - d->x[i - 1]) * share;
}

static void table_fill(
    const struct sim_dist *d, struct sim_stream *stream, double *x, size_t n)
{
    sim_stream_uniforms(stream, x, n);
    for (size_t i = 0; i < n; i++)
        x[i] = table_at(d, x[i]);
}

static double table_quantile(const struct sim_dist *d, double p, double q)
{
    (void)q;
    return table_at(d, p);
}

/* Level at which the table passes v; of a flat piece its end, or its start. */
static double table_level(const struct sim_dist *d, double v, bool start)
{
    size_t i = count_up_to(d->x, d->n, v);

    while (start && i > 0 && d->x[i - 1] == v)
        i--;
    if (i == 0)
        return 0.0;
    if (i == d->n)
        return 1.0;
    const double share = (v - d->x[i - 1]) / (d->x[i] - d->x[i - 1]);
    return d->p[i - 1] + (d->p[i] - d->p[i - 1]) * share;
}

static double table_cdf(const struct sim_dist *d, double x, double *q)
{
    const double p = table_level(d, x, false);

    *q = 1.0 - p;
    return p;
}

static int table_truncate(const struct sim_dist *d, double min, double max,
    struct sim_arena *arena, struct sim_dist **out, struct sim_err *err)
{
    const double from = table_level(d, min, true);
    const double to = table_level(d, max, false);
    double *p = sim_arena_calloc(arena, d->n + 2, sizeof *p);
    double *x = sim_arena_calloc(arena, d->n + 2, sizeof *x);
    size_t n = 0;

    if (p == NULL || x == NULL)
        return sim_law_nomem(err);
    p[n] = 0.0;
    x[n++] = min;
    for (size_t i = 0; i < d->n; i++) {
        if (d->p[i] > from && d->p[i] < to) {
            p[n] = (d->p[i] - from) / (to - from);
            x[n++] = d->x[i];
        }
    }
    p[n] = 1.0;
    x[n++] = max;
    return sim_dist_quantiles(p, x, n, arena, out, err);
}

static const struct sim_law table_law = {
    "quantiles", table_fill, table_quantile, table_cdf, table_truncate};

static int check_table(
    const double *p, const double *x, size_t n, struct sim_err *err)
{
    if (n < 2 || p[0] != 0.0 || p[n - 1] != 1.0)
        return sim_err_set(err, SIM_E_INPUT,
            "table of quantiles does not run from level 0 to level 1");
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(x[i]))
            return sim_err_set(
                err, SIM_E_INPUT, "quantile at level %g is not finite", p[i]);
        if (i > 0 && !(p[i] > p[i - 1]))
            return sim_err_set(err, SIM_E_INPUT,
                "level %g follows %g, expected increasing levels", p[i],
                p[i - 1]);
        if (i > 0 && x[i] < x[i - 1])
            return sim_err_set(err, SIM_E_INPUT,
                "quantile %g at level %g is below the one before, %g", x[i],
                p[i], x[i - 1]);
    }
    return SIM_OK;
}

static void table_moments(struct sim_dist *d)
{
    double sum = 0.0, squares = 0.0;

    for (size_t i = 1; i < d->n; i++)
        sum += (d->p[i] - d->p[i - 1]) * 0.5 *
               ((d->x[i - 1] - d->x[0]) + (d->x[i] - d->x[0]));
    d->mean = d->x[0] + sum;
    for (size_t i = 1; i < d->n; i++) {
        const double width = d->x[i] - d->x[i - 1];
        const double mid = d->x[i - 1] + 0.5 * width - d->mean;
        squares += (d->p[i] - d->p[i - 1]) * (mid * mid + width * width / 12.0);
    }
    d->sd = sqrt(squares);
}

int sim_dist_quantiles(const double *p, const double *x, size_t n,
    struct sim_arena *arena, struct sim_dist **out, struct sim_err *err)
{
    struct sim_dist *d = NULL;
    int rc = check_table(p, x, n, err);

    if (rc != SIM_OK)
        return rc;
    if (x[0] == x[n - 1])
        return sim_dist_constant(x[0], arena, out, err);
    double *levels = sim_arena_calloc(arena, 2 * n, sizeof *levels);
    if (levels == NULL)
        return sim_law_nomem(err);
    memcpy(levels, p, n * sizeof *levels);
    memcpy(levels + n, x, n * sizeof *levels);
    rc = sim_law_new(&table_law, arena, &d, err);
    if (rc != SIM_OK)
        return rc;
    d->p = levels;
    d->x = levels + n;
    d->n = n;
    d->low = x[0];
    d->high = x[n - 1];
    table_moments(d);
    *out = d;
    return SIM_OK;
}
