#include "sim/stats.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

static const double nan_value = (double)NAN;

double sim_t_quantile(double p, double dof)
{
    return gsl_cdf_tdist_Pinv(p, dof);
}

/* Two-sided: the quantile at 1 - (1 - level) / 2. */
static double t_factor(double level, int64_t n)
{
    return sim_t_quantile(0.5 + 0.5 * level, (double)(n - 1));
}

void sim_sum_add(struct sim_sum *s, double x)
{
    const double t = s->sum + x;

    /* whichever of the two is smaller has lost its low digits */
    if (fabs(s->sum) >= fabs(x))
        s->rest += (s->sum - t) + x;
    else
        s->rest += (x - t) + s->sum;
    s->sum = t;
}

double sim_sum_value(const struct sim_sum *s)
{
    return s->sum + s->rest;
}

static double total(const double *x, int64_t n)
{
    struct sim_sum s = {0};

    for (int64_t i = 0; i < n; i++)
        sim_sum_add(&s, x[i]);
    return sim_sum_value(&s);
}

void sim_ratio_estimate(const double *x, const double *y, int64_t n,
    double level, struct sim_interval *out)
{
    const double sum_y = total(y, n);
    const double ratio = total(x, n) / sum_y;
    struct sim_sum squares = {0};

    *out = (struct sim_interval){nan_value, nan_value, nan_value, n};
    if (n < 1 || sum_y == 0.0)
        return;
    out->value = ratio;
    if (n < 2)
        return;
    for (int64_t r = 0; r < n; r++) {
        const double e = x[r] - ratio * y[r];
        sim_sum_add(&squares, e * e);
    }
    const double count = (double)n;
    out->se = sqrt(sim_sum_value(&squares) / (count * (count - 1.0))) /
              fabs(sum_y / count);
    out->half_width = t_factor(level, n) * out->se;
}

int sim_quantile_estimate(const struct sim_whist *hist, int64_t n, double p,
    double level, struct sim_interval *out)
{
    struct sim_whist pool = {0};
    struct sim_sum squares = {0};
    int rc = SIM_OK;

    for (int64_t r = 0; r < n && rc == SIM_OK; r++)
        rc = sim_whist_merge(&pool, &hist[r]);
    if (rc != SIM_OK)
        goto out;

    const double weight = sim_whist_total(&pool);
    const double q = sim_whist_quantile(&pool, p);
    *out = (struct sim_interval){q, nan_value, nan_value, n};
    if (n < 2 || !(weight > 0.0))
        goto out;
    for (int64_t r = 0; r < n; r++) {
        const double e =
            sim_whist_below(&hist[r], q) - p * sim_whist_total(&hist[r]);
        sim_sum_add(&squares, e * e);
    }
    const double count = (double)n;
    out->se = sqrt(sim_sum_value(&squares) / (count * (count - 1.0))) /
              (weight / count);
    const double reach = t_factor(level, n) * out->se;
    out->half_width = 0.5 * (sim_whist_quantile(&pool, p + reach) -
                                sim_whist_quantile(&pool, p - reach));
out:
    sim_whist_release(&pool);
    return rc;
}

void sim_jackknife_estimate(double f_all, const double *f_without, int64_t n,
    double level, struct sim_interval *out)
{
    const double count = (double)n;
    struct sim_sum squares = {0};

    *out = (struct sim_interval){f_all, nan_value, nan_value, n};
    if (n < 2)
        return;
    const double mean = total(f_without, n) / count;
    for (int64_t r = 0; r < n; r++) {
        const double e = f_without[r] - mean;
        sim_sum_add(&squares, e * e);
    }
    out->se = sqrt((count - 1.0) / count * sim_sum_value(&squares));
    out->half_width = t_factor(level, n) * out->se;
}

size_t sim_mser5(const double *x, size_t n)
{
    enum { BATCH = 5, LEAST = 5 };
    const size_t batches = n / BATCH;
    double mean = 0.0, squares = 0.0, best = (double)INFINITY;
    size_t cut = 0;

    if (batches < 2 * LEAST)
        return n;
    /* from the end, so that mean and sum of squares of each tail are updated
     * in turn (Welford); <= keeps the earliest of equal cuts */
    for (size_t d = batches; d-- > 0;) {
        double y = 0.0;
        for (size_t i = 0; i < BATCH; i++)
            y += x[d * BATCH + i];
        y /= BATCH;
        const double kept = (double)(batches - d);
        const double step = y - mean;
        mean += step / kept;
        squares += step * (y - mean);
        /* a tail of a few batches has a small variance by chance */
        if (batches - d >= LEAST && squares / (kept * kept) <= best) {
            best = squares / (kept * kept);
            cut = d;
        }
    }
    return cut > batches / 2 ? n : cut * BATCH;
}
