/* Ratios of the request level as the hourly layer needs them. */
#include <math.h>
#include <string.h>

#include "models/hours.h"
#include "sim/alloc.h"
#include "sim/units.h"

/* ---- the pool ----------------------------------------------------------- */

/* Costs whose kinds of hours are kept apart. */
static const struct mdl_costs *costs_of(
    const struct mdl_plan *plan, const struct mdl_dep *dep)
{
    const double length_s = plan->cfg->simulate.windows.length_s;
    const bool within = fmod(SIM_S_PER_H, length_s) == 0.0;

    return dep->policy != NULL && plan->windowed && within ? dep->policy->costs
                                                           : NULL;
}

/* Is there an entry whose slots do what its load alone does not tell? */
static bool has_levels(const struct mdl_plan *plan, const struct mdl_dep *dep)
{
    bool any = false;

    for (int e = 0; e < dep->n_entries; e++)
        any = any || dep->entries[e].cfg->has_batching ||
              dep->entries[e].cfg->has_power_off;
    return any && plan->windowed;
}

int mdl_pool_init(struct mdl_pool *pool, const struct mdl_plan *plan,
    const struct mdl_dep *dep, const struct mdl_layout *layout,
    struct sim_err *err)
{
    const size_t entries = (size_t)layout->n_entries * MDL_N_LEVELS;

    pool->n_years = plan->windowed ? plan->n_years : 1;
    pool->costs = costs_of(plan, dep);
    pool->n_kinds = pool->costs != NULL ? pool->costs->n_kinds : 1;
    pool->stride =
        (size_t)layout->n_sources * (1 + 2 * (size_t)layout->n_ranks);
    pool->mean_per_s = has_levels(plan, dep)
                           ? mdl_offered_total(plan, -1) / plan->horizon_s
                           : 0.0;
    pool->sum = sim_calloc(
        (size_t)(pool->n_years * MDL_N_STRATA * pool->n_kinds) * pool->stride,
        sizeof *pool->sum);
    pool->loads = sim_calloc(entries * MDL_N_LOADS, sizeof *pool->loads);
    pool->served = sim_calloc(entries, sizeof *pool->served);
    if (pool->sum == NULL || pool->loads == NULL || pool->served == NULL)
        return sim_err_set(err, SIM_E_NOMEM, "out of memory");
    return SIM_OK;
}

int mdl_load_level(double rate_per_s, double mean_per_s)
{
    const double middle = MDL_N_LEVELS / 2.0;

    if (!(mean_per_s > 0.0))
        return 0;
    /* a rate of 0 is at minus infinity */
    const double level =
        middle + floor(4.0 * log2(rate_per_s / mean_per_s) + 0.5);
    return (int)fmin(fmax(level, 0.0), MDL_N_LEVELS - 1);
}

struct mdl_when mdl_pool_when(const struct mdl_pool *pool,
    const struct mdl_plan *plan, const struct mdl_window *window)
{
    const double length_s = plan->cfg->simulate.windows.length_s;
    const double from_s = (double)window->cell * length_s;
    const double hour = floor(from_s / SIM_S_PER_H);
    const int year = (int)(hour / SIM_H_PER_YR);
    double offered = 0.0;

    if (!plan->windowed)
        return (struct mdl_when){.stratum = window->stratum};
    for (int i = 0; pool->mean_per_s > 0.0 && i < plan->n_sources; i++) {
        const struct mdl_rate rate = mdl_plan_rate(plan, i);
        offered += mdl_rate_integral(&rate, from_s, from_s + length_s);
    }
    return (struct mdl_when){.year = year < pool->n_years ? year : 0,
        .stratum = window->stratum,
        .kind = mdl_cost_kind(pool->costs, from_s),
        .level = mdl_load_level(offered / length_s, pool->mean_per_s)};
}

static double *cell_of(
    const struct mdl_pool *pool, int year, int stratum, int kind)
{
    const int cell = (year * MDL_N_STRATA + stratum) * pool->n_kinds + kind;

    return pool->sum + (size_t)cell * pool->stride;
}

void mdl_pool_add(struct mdl_pool *pool, const struct mdl_layout *layout,
    void *block, struct mdl_when when, double weight)
{
    /* offered, served and work stand in a row in the block */
    const double *from = mdl_block_at(block, layout->offered);
    const double *loads = mdl_block_at(block, layout->loads);
    const double *counts =
        mdl_block_at(block, layout->counts) + layout->n_classes * MDL_N_COUNTS;
    double *into = cell_of(pool, when.year, when.stratum, when.kind);

    for (size_t i = 0; i < pool->stride; i++)
        into[i] += weight * from[i];
    for (int e = 0; e < layout->n_entries; e++) {
        const int row = when.level * layout->n_entries + e;
        pool->served[row] += weight * counts[e * MDL_N_COUNTS + MDL_SERVED];
        for (int i = 0; i < MDL_N_LOADS; i++)
            pool->loads[row * MDL_N_LOADS + i] +=
                weight * loads[e * MDL_N_LOADS + i];
    }
}

void mdl_pool_release(struct mdl_pool *pool)
{
    sim_free(pool->sum);
    sim_free(pool->loads);
    sim_free(pool->served);
    pool->sum = pool->loads = pool->served = NULL;
}

/* ---- the ratios --------------------------------------------------------- */

static void add_cell(
    const struct mdl_layout *l, const double *cell, int source, double *sum)
{
    const size_t n = (size_t)l->n_sources, r = (size_t)l->n_ranks;
    const size_t s = (size_t)source;

    sum[0] += cell[s];
    for (size_t k = 0; k < r; k++) {
        sum[1 + k] += cell[n + s * r + k];
        sum[1 + r + k] += cell[n + n * r + s * r + k];
    }
}

/* A year or a kind of the pool that stands for all. */
enum { ALL = -1 };

/* Sums of a source (offered, then served and work by rank) over the cells of a
 * stratum in one or all years and kinds.  Did they see it? */
static bool sum_cells(const struct mdl_pool *pool, const struct mdl_layout *l,
    int source, struct mdl_when when, double *sum)
{
    const int y0 = when.year == ALL ? 0 : when.year;
    const int y1 = when.year == ALL ? pool->n_years : when.year + 1;
    const int k0 = when.kind == ALL ? 0 : when.kind;
    const int k1 = when.kind == ALL ? pool->n_kinds : when.kind + 1;

    memset(sum, 0, (1 + 2 * (size_t)l->n_ranks) * sizeof *sum);
    for (int y = y0; y < y1; y++) {
        for (int k = k0; k < k1; k++)
            add_cell(l, cell_of(pool, y, when.stratum, k), source, sum);
    }
    return sum[0] > 0.0;
}

/* ... in the nearest cells that saw it.  Who is cheap is a matter of the kind
 * of hour more than of the year. */
static void find_sums(const struct mdl_pool *pool, const struct mdl_layout *l,
    int source, struct mdl_when when, double *sum)
{
    const int other = 1 - when.stratum;
    const struct mdl_when order[] = {when, {ALL, when.stratum, when.kind, 0},
        {when.year, when.stratum, ALL, 0}, {ALL, when.stratum, ALL, 0},
        {ALL, other, when.kind, 0}, {ALL, other, ALL, 0}};

    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        if (sum_cells(pool, l, source, order[i], sum))
            return;
    }
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
    for (int i = 0; i < pool->n_years * MDL_N_STRATA * pool->n_kinds; i++)
        offered += pool->sum[(size_t)i * pool->stride + (size_t)source];
    return seconds > 0.0 ? offered / seconds : 0.0;
}

static size_t zc_of(const struct mdl_plan *plan, int source)
{
    const struct mdl_source *s = &plan->sources[source];

    return (size_t)plan->users[s->user].zone * (size_t)plan->n_classes +
           (size_t)s->cls;
}

/* Ratios of a source in one (year, stratum, kind), added to those of the places
 * that serve it. */
static void fold(const struct mdl_plan *plan, const struct mdl_dep *dep,
    int source, const double *sum, size_t ranks, size_t row,
    struct mdl_shares *out)
{
    const size_t at = zc_of(plan, source);
    const int first = dep->uc_first[source];
    const int n = dep->uc_first[source + 1] - first;
    const double base = out->base_per_s[source];

    for (int k = 0; k < n && sum[0] > 0.0; k++) {
        const size_t p = (size_t)dep->candidates[first + k].place;
        const size_t cell =
            (row * (size_t)dep->n_places + p) * (size_t)out->n_zc + at;
        out->served[cell] += base * sum[1 + (size_t)k] / sum[0];
        out->work[cell] += base * sum[1 + ranks + (size_t)k] / sum[0];
    }
}

/* What an entry that batches or switches off was seen to do at a level. */
static void watch_level(const struct mdl_entry *e, const double *load,
    double served, double *batch_s, double *rest_w)
{
    const double rest_s = load[MDL_IDLE_S] + load[MDL_OFF_S] + load[MDL_BOOT_S];

    if (e->cfg->has_power_off && rest_s > 0.0)
        *rest_w = (e->idle_w * load[MDL_IDLE_S] + e->off_w * load[MDL_OFF_S] +
                      e->boot_w * load[MDL_BOOT_S]) /
                  rest_s;
    if (e->cfg->has_batching && served > 0.0)
        *batch_s = load[MDL_BUSY_S] / served;
}

/* ... at all levels; one that saw nothing takes the nearest that did. */
static void watch_entry(const struct mdl_dep *dep, const struct mdl_pool *pool,
    int entry, struct mdl_shares *out)
{
    const struct mdl_entry *e = &dep->entries[entry];

    for (int level = 0; level < MDL_N_LEVELS; level++) {
        double *batch_s = &out->batch_s[level * dep->n_entries + entry];
        double *rest_w = &out->rest_w[level * dep->n_entries + entry];
        *batch_s = e->cfg->has_batching ? 0.0 : (double)NAN;
        *rest_w = e->idle_w;
        /* from the farthest to the nearest, which is the last to tell */
        for (int i = 2 * MDL_N_LEVELS - 1; i >= 0; i--) {
            const int from = level + (i % 2 == 0 ? i / 2 : -(i + 1) / 2);
            const int row = from * dep->n_entries + entry;
            if (from >= 0 && from < MDL_N_LEVELS)
                watch_level(e, pool->loads + (size_t)row * MDL_N_LOADS,
                    pool->served[row], batch_s, rest_w);
        }
    }
}

static int open_shares(const struct mdl_plan *plan, const struct mdl_dep *dep,
    const struct mdl_pool *pool, struct sim_arena *arena,
    struct mdl_shares *out, struct sim_err *err)
{
    const int zc = plan->n_zones * plan->n_classes;
    const size_t watched = (size_t)dep->n_entries * MDL_N_LEVELS;
    const size_t cells =
        (size_t)(pool->n_years * MDL_N_STRATA * pool->n_kinds) *
        (size_t)dep->n_places * (size_t)zc;

    *out = (struct mdl_shares){.n_zc = zc,
        .n_kinds = pool->n_kinds,
        .costs = pool->costs,
        .mean_per_s = pool->mean_per_s};
    out->work = sim_arena_calloc(arena, cells, sizeof *out->work);
    out->served = sim_arena_calloc(arena, cells, sizeof *out->served);
    out->base_per_s = sim_arena_calloc(
        arena, (size_t)plan->n_sources, sizeof *out->base_per_s);
    out->batch_s = sim_arena_calloc(arena, watched, sizeof *out->batch_s);
    out->rest_w = sim_arena_calloc(arena, watched, sizeof *out->rest_w);
    out->zc_per_s = sim_arena_calloc(arena, (size_t)zc, sizeof *out->zc_per_s);
    if (out->work == NULL || out->served == NULL || out->base_per_s == NULL ||
        out->batch_s == NULL || out->rest_w == NULL || out->zc_per_s == NULL)
        return sim_err_set(err, SIM_E_NOMEM, "out of memory");
    return SIM_OK;
}

int mdl_shares_build(const struct mdl_plan *plan, const struct mdl_dep *dep,
    const struct mdl_layout *layout, const struct mdl_pool *pool,
    double seconds, struct sim_arena *arena, struct mdl_shares *out,
    struct sim_err *err)
{
    const size_t r = (size_t)layout->n_ranks;
    const int kinds = pool->n_kinds;
    const int rows = pool->n_years * MDL_N_STRATA * kinds;
    double *sum = sim_calloc(1 + 2 * r, sizeof *sum);
    int rc =
        sum != NULL ? SIM_OK : sim_err_set(err, SIM_E_NOMEM, "out of memory");

    if (rc == SIM_OK)
        rc = open_shares(plan, dep, pool, arena, out, err);
    for (int i = 0; rc == SIM_OK && i < plan->n_sources; i++) {
        out->base_per_s[i] = base_rate(plan, i, pool, seconds);
        out->zc_per_s[zc_of(plan, i)] += out->base_per_s[i];
        for (int row = 0; row < rows; row++) {
            const struct mdl_when when = {.year = row / kinds / MDL_N_STRATA,
                .stratum = row / kinds % MDL_N_STRATA,
                .kind = row % kinds};
            find_sums(pool, layout, i, when, sum);
            fold(plan, dep, i, sum, r, (size_t)row, out);
        }
    }
    for (int e = 0; rc == SIM_OK && e < dep->n_entries; e++)
        watch_entry(dep, pool, e, out);
    sim_free(sum);
    return rc;
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
