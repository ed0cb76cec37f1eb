/* Curves of a deployment as a whole. */
#include <math.h>
#include <stdio.h>

#include "models/measure.h"
#include "sim/alloc.h"
#include "sim/units.h"

enum { CURVE_POINTS = 240 };

static int curve_of(struct mdl_study *study, const struct mdl_case *c,
    const char *name, const struct sim_whist *hist, struct sim_whist *pool)
{
    double x[CURVE_POINTS], y[CURVE_POINTS], lo[CURVE_POINTS], hi[CURVE_POINTS];
    double *above = sim_calloc(2 * (size_t)study->n_sections, sizeof *above);
    double *total = above != NULL ? above + study->n_sections : NULL;
    struct res_series s = {.name = name,
        .x_unit = "ms",
        .y_unit = "1",
        .x = x,
        .y = y,
        .lo = lo,
        .hi = hi};
    int rc;

    if (above == NULL)
        return SIM_E_NOMEM;
    for (int r = 0; r < study->n_sections; r++)
        total[r] = sim_whist_total(&hist[r]);
    /* even in level up to the median, then even in log(1 - level) to 0.9999 */
    for (int i = 0; i < CURVE_POINTS; i++) {
        const double u = (double)i / (CURVE_POINTS - 1);
        const double level = u < 0.4 ? 0.001 + u / 0.4 * 0.499
                                     : 1.0 - 0.5 * pow(2e-4, (u - 0.4) / 0.6);
        const double t = sim_whist_quantile(pool, level);
        if (s.n > 0 && !(SIM_MS_PER_S * t > x[s.n - 1]))
            continue;
        for (int r = 0; r < study->n_sections; r++)
            above[r] = sim_whist_below(&hist[r], t);
        const struct res_estimate e = mdl_estimate(study, c, above, total, 1.0);
        const double half = isnan(e.half_width) ? 0.0 : e.half_width;
        x[s.n] = SIM_MS_PER_S * t;
        y[s.n] = e.value;
        lo[s.n] = fmax(e.value - half, 0.0);
        hi[s.n] = fmin(e.value + half, 1.0);
        s.n++;
    }
    rc = s.n > 1 ? res_add_series(study->run, &s) : SIM_OK;
    sim_free(above);
    return rc;
}

int mdl_put_curve(struct mdl_study *study, const struct mdl_case *c,
    const struct mdl_scope *scope)
{
    const size_t n = (size_t)study->n_sections;
    struct sim_whist *hist = sim_calloc(n, sizeof *hist), pool = {0};
    char name[160];
    int rc = hist != NULL ? mdl_scope_hist(study, c, scope, MDL_LATENCY, hist)
                          : SIM_E_NOMEM;

    for (size_t i = 0; rc == SIM_OK && i < n; i++)
        rc = sim_whist_merge(&pool, &hist[i]);
    snprintf(name, sizeof name, "%s.latency.cdf", scope->name);
    if (rc == SIM_OK && sim_whist_total(&pool) > 0.0)
        rc = curve_of(study, c, name, hist, &pool);
    for (size_t i = 0; hist != NULL && i < n; i++)
        sim_whist_release(&hist[i]);
    sim_whist_release(&pool);
    sim_free(hist);
    return rc;
}
