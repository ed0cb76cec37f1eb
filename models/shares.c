/* Ratios of the request level as the hourly layer needs them. */
#include <string.h>

#include "models/hours.h"
#include "sim/alloc.h"

int mdl_pool_init(struct mdl_pool *pool, const struct mdl_layout *layout,
    int n_years, struct sim_err *err)
{
    pool->n_years = n_years;
    pool->stride =
        (size_t)layout->n_sources * (1 + 2 * (size_t)layout->n_ranks);
    pool->sum = sim_calloc(
        (size_t)n_years * MDL_N_STRATA * pool->stride, sizeof *pool->sum);
    if (pool->sum == NULL)
        return sim_err_set(err, SIM_E_NOMEM, "out of memory");
    return SIM_OK;
}

static double *cell_of(const struct mdl_pool *pool, int year, int stratum)
{
    return pool->sum +
           ((size_t)year * MDL_N_STRATA + (size_t)stratum) * pool->stride;
}

void mdl_pool_add(struct mdl_pool *pool, const struct mdl_layout *layout,
    void *block, int year, int stratum, double weight)
{
    /* offered, served and work stand in a row in the block */
    const double *from = mdl_block_at(block, layout->offered);
    double *into = cell_of(pool, year < pool->n_years ? year : 0, stratum);

    for (size_t i = 0; i < pool->stride; i++)
        into[i] += weight * from[i];
}

void mdl_pool_release(struct mdl_pool *pool)
{
    sim_free(pool->sum);
    pool->sum = NULL;
}

/* Sums of a source (offered, then served and work by rank) in (year, stratum),
 * or in the nearest cell that saw it: the stratum over all years, then the
 * other stratum. */

static void add_years(const struct mdl_pool *pool, const struct mdl_layout *l,
    int source, int stratum, double *sum)
{
    const size_t n = (size_t)l->n_sources, r = (size_t)l->n_ranks;
    const size_t s = (size_t)source;

    memset(sum, 0, (1 + 2 * r) * sizeof *sum);
    for (int y = 0; y < pool->n_years; y++) {
        const double *cell = cell_of(pool, y, stratum);
        sum[0] += cell[s];
        for (size_t k = 0; k < r; k++) {
            sum[1 + k] += cell[n + s * r + k];
            sum[1 + r + k] += cell[n + n * r + s * r + k];
        }
    }
}

static void find_sums(const struct mdl_pool *pool, const struct mdl_layout *l,
    int source, int year, int stratum, double *sum)
{
    const size_t n = (size_t)l->n_sources, r = (size_t)l->n_ranks;
    const size_t s = (size_t)source;
    const double *cell = cell_of(pool, year, stratum);

    sum[0] = cell[s];
    for (size_t k = 0; k < r; k++) {
        sum[1 + k] = cell[n + s * r + k];
        sum[1 + r + k] = cell[n + n * r + s * r + k];
    }
    if (!(sum[0] > 0.0))
        add_years(pool, l, source, stratum, sum);
    if (!(sum[0] > 0.0))
        add_years(pool, l, source, 1 - stratum, sum);
}

/* Base rate of a source: the plan's; where clients wait for answers, what was
 * offered in the time watched. */
static double base_rate(const struct mdl_plan *plan, int source,
    const struct mdl_pool *pool, double seconds)
{
    const struct mdl_source *s = &plan->sources[source];
    double offered = 0.0;

    if (!plan->classes[s->cls].arrivals->process.has_closed)
        return s->base_per_s;
    for (int ys = 0; ys < pool->n_years * MDL_N_STRATA; ys++)
        offered += cell_of(pool, ys / MDL_N_STRATA, ys % MDL_N_STRATA)[source];
    return seconds > 0.0 ? offered / seconds : 0.0;
}

int mdl_shares_build(const struct mdl_plan *plan, const struct mdl_dep *dep,
    const struct mdl_layout *layout, const struct mdl_pool *pool,
    double seconds, struct sim_arena *arena, struct mdl_shares *out,
    struct sim_err *err)
{
    const size_t zc = (size_t)plan->n_zones * (size_t)plan->n_classes;
    const size_t places = (size_t)dep->n_places;
    const size_t cells = (size_t)pool->n_years * MDL_N_STRATA * places * zc;
    const size_t r = (size_t)layout->n_ranks;
    double *sum = sim_calloc(1 + 2 * r, sizeof *sum);

    *out = (struct mdl_shares){.n_zc = (int)zc};
    out->work = sim_arena_calloc(arena, cells, sizeof *out->work);
    out->served = sim_arena_calloc(arena, cells, sizeof *out->served);
    out->base_per_s = sim_arena_calloc(
        arena, (size_t)plan->n_sources, sizeof *out->base_per_s);
    if (sum == NULL || out->work == NULL || out->served == NULL ||
        out->base_per_s == NULL) {
        sim_free(sum);
        return sim_err_set(err, SIM_E_NOMEM, "out of memory");
    }
    for (int i = 0; i < plan->n_sources; i++) {
        const struct mdl_source *s = &plan->sources[i];
        const size_t at =
            (size_t)plan->users[s->user].zone * (size_t)plan->n_classes +
            (size_t)s->cls;
        const double base = base_rate(plan, i, pool, seconds);
        out->base_per_s[i] = base;
        for (int ys = 0; ys < pool->n_years * MDL_N_STRATA; ys++) {
            find_sums(
                pool, layout, i, ys / MDL_N_STRATA, ys % MDL_N_STRATA, sum);
            const int n = dep->uc_first[i + 1] - dep->uc_first[i];
            for (int k = 0; k < n && sum[0] > 0.0; k++) {
                const int p = dep->candidates[dep->uc_first[i] + k].place;
                const size_t cell = ((size_t)ys * places + (size_t)p) * zc + at;
                out->served[cell] += base * sum[1 + (size_t)k] / sum[0];
                out->work[cell] += base * sum[1 + r + (size_t)k] / sum[0];
            }
        }
    }
    sim_free(sum);
    return SIM_OK;
}

double mdl_shares_offered(const struct mdl_plan *plan,
    const struct mdl_shares *shares, double from_s, double to_s)
{
    double sum = 0.0;

    for (int i = 0; i < plan->n_sources; i++) {
        struct mdl_rate rate = mdl_plan_rate(plan, i);
        rate.base_per_s = shares->base_per_s[i];
        sum += mdl_rate_integral(&rate, from_s, to_s);
    }
    return sum;
}
