/* Ratios of the request level as the hourly layer needs them. */
#include <math.h>
#include <string.h>

#include "models/hours.h"
#include "models/routing.h"
#include "sim/alloc.h"
#include "sim/units.h"

int mdl_pool_hours(const struct mdl_plan *plan, const struct mdl_dep *dep)
{
    const double length_s = plan->cfg->simulate.windows.length_s;

    return dep->cfg->routing.policy == MDL_CHEAPEST && plan->windowed &&
                   fmod(SIM_S_PER_H, length_s) == 0.0
               ? 24
               : 1;
}

int mdl_pool_init(struct mdl_pool *pool, const struct mdl_layout *layout,
    int n_years, int n_hours, struct sim_err *err)
{
    const size_t cells = (size_t)(n_years * MDL_N_STRATA * n_hours);

    pool->n_years = n_years;
    pool->n_hours = n_hours;
    pool->stride =
        (size_t)layout->n_sources * (1 + 2 * (size_t)layout->n_ranks);
    pool->sum = sim_calloc(cells * pool->stride, sizeof *pool->sum);
    pool->loads = sim_calloc(
        (size_t)layout->n_entries * MDL_N_LOADS, sizeof *pool->loads);
    if (pool->sum == NULL || pool->loads == NULL)
        return sim_err_set(err, SIM_E_NOMEM, "out of memory");
    return SIM_OK;
}

static double *cell_of(
    const struct mdl_pool *pool, int year, int stratum, int hour)
{
    const int cell = (year * MDL_N_STRATA + stratum) * pool->n_hours + hour;

    return pool->sum + (size_t)cell * pool->stride;
}

void mdl_pool_add(struct mdl_pool *pool, const struct mdl_layout *layout,
    void *block, struct mdl_when when, double weight)
{
    /* offered, served and work stand in a row in the block */
    const double *from = mdl_block_at(block, layout->offered);
    const double *loads = mdl_block_at(block, layout->loads);
    double *into = cell_of(pool, when.year < pool->n_years ? when.year : 0,
        when.stratum, when.hour);

    for (size_t i = 0; i < pool->stride; i++)
        into[i] += weight * from[i];
    for (int i = 0; i < layout->n_entries * MDL_N_LOADS; i++)
        pool->loads[i] += weight * loads[i];
}

void mdl_pool_release(struct mdl_pool *pool)
{
    sim_free(pool->sum);
    sim_free(pool->loads);
    pool->sum = pool->loads = NULL;
}

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

/* A year or an hour of the pool that stands for all. */
enum { ALL = -1 };

/* Sums of a source (offered, then served and work by rank) over the cells of a
 * stratum in one or all years and hours.  Did they see it? */
static bool sum_cells(const struct mdl_pool *pool, const struct mdl_layout *l,
    int source, struct mdl_when when, double *sum)
{
    const int y0 = when.year == ALL ? 0 : when.year;
    const int y1 = when.year == ALL ? pool->n_years : when.year + 1;
    const int h0 = when.hour == ALL ? 0 : when.hour;
    const int h1 = when.hour == ALL ? pool->n_hours : when.hour + 1;

    memset(sum, 0, (1 + 2 * (size_t)l->n_ranks) * sizeof *sum);
    for (int y = y0; y < y1; y++) {
        for (int h = h0; h < h1; h++)
            add_cell(l, cell_of(pool, y, when.stratum, h), source, sum);
    }
    return sum[0] > 0.0;
}

/* ... in the nearest cells that saw it.  Who is cheap is a matter of the hour
 * more than of the year. */
static void find_sums(const struct mdl_pool *pool, const struct mdl_layout *l,
    int source, struct mdl_when when, double *sum)
{
    const int other = 1 - when.stratum;
    const struct mdl_when order[] = {when, {ALL, when.stratum, when.hour},
        {when.year, when.stratum, ALL}, {ALL, when.stratum, ALL},
        {ALL, other, when.hour}, {ALL, other, ALL}};

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
    for (int i = 0; i < pool->n_years * MDL_N_STRATA * pool->n_hours; i++)
        offered += pool->sum[(size_t)i * pool->stride + (size_t)source];
    return seconds > 0.0 ? offered / seconds : 0.0;
}

/* Ratios of a source in one (year, stratum, hour), added to those of the places
 * that serve it. */
static void fold(const struct mdl_plan *plan, const struct mdl_dep *dep,
    int source, const double *sum, size_t ranks, size_t row,
    struct mdl_shares *out)
{
    const struct mdl_source *s = &plan->sources[source];
    const size_t at =
        (size_t)plan->users[s->user].zone * (size_t)plan->n_classes +
        (size_t)s->cls;
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

/* Requests served at an entry, of all cells. */
static double entry_served(const struct mdl_dep *dep,
    const struct mdl_layout *l, const struct mdl_pool *pool, int entry)
{
    const int cells = pool->n_years * MDL_N_STRATA * pool->n_hours;
    double served = 0.0;

    for (int i = 0; i < cells; i++) {
        const double *cell =
            pool->sum + (size_t)i * pool->stride + (size_t)l->n_sources;
        for (int s = 0; s < l->n_sources; s++) {
            const int first = dep->uc_first[s];
            for (int k = 0; k < dep->uc_first[s + 1] - first; k++) {
                const int p = dep->candidates[first + k].place;
                if (dep->places[p].entry == entry)
                    served += cell[s * l->n_ranks + k];
            }
        }
    }
    return served;
}

/* What an entry that batches or switches off was seen to do. */
static void watch_entry(const struct mdl_dep *dep, const struct mdl_layout *l,
    const struct mdl_pool *pool, int entry, struct mdl_shares *out)
{
    const struct mdl_entry *e = &dep->entries[entry];
    const double *load = pool->loads + (size_t)entry * MDL_N_LOADS;
    const double rest_s = load[MDL_IDLE_S] + load[MDL_OFF_S] + load[MDL_BOOT_S];

    out->batch_s[entry] = (double)NAN;
    out->rest_w[entry] = e->idle_w;
    if (e->cfg->has_power_off && rest_s > 0.0)
        out->rest_w[entry] =
            (e->idle_w * load[MDL_IDLE_S] + e->off_w * load[MDL_OFF_S] +
                e->boot_w * load[MDL_BOOT_S]) /
            rest_s;
    if (e->cfg->has_batching) {
        const double served = entry_served(dep, l, pool, entry);
        out->batch_s[entry] = served > 0.0 ? load[MDL_BUSY_S] / served : 0.0;
    }
}

static int open_shares(const struct mdl_plan *plan, const struct mdl_dep *dep,
    const struct mdl_pool *pool, struct sim_arena *arena,
    struct mdl_shares *out, struct sim_err *err)
{
    const int zc = plan->n_zones * plan->n_classes;
    const size_t entries = (size_t)dep->n_entries;
    const size_t cells =
        (size_t)(pool->n_years * MDL_N_STRATA * pool->n_hours) *
        (size_t)dep->n_places * (size_t)zc;

    *out = (struct mdl_shares){.n_zc = zc, .n_hours = pool->n_hours};
    out->work = sim_arena_calloc(arena, cells, sizeof *out->work);
    out->served = sim_arena_calloc(arena, cells, sizeof *out->served);
    out->base_per_s = sim_arena_calloc(
        arena, (size_t)plan->n_sources, sizeof *out->base_per_s);
    out->batch_s = sim_arena_calloc(arena, entries, sizeof *out->batch_s);
    out->rest_w = sim_arena_calloc(arena, entries, sizeof *out->rest_w);
    if (out->work == NULL || out->served == NULL || out->base_per_s == NULL ||
        out->batch_s == NULL || out->rest_w == NULL)
        return sim_err_set(err, SIM_E_NOMEM, "out of memory");
    return SIM_OK;
}

int mdl_shares_build(const struct mdl_plan *plan, const struct mdl_dep *dep,
    const struct mdl_layout *layout, const struct mdl_pool *pool,
    double seconds, struct sim_arena *arena, struct mdl_shares *out,
    struct sim_err *err)
{
    const size_t r = (size_t)layout->n_ranks;
    const int hours = pool->n_hours;
    const int rows = pool->n_years * MDL_N_STRATA * hours;
    double *sum = sim_calloc(1 + 2 * r, sizeof *sum);
    int rc =
        sum != NULL ? SIM_OK : sim_err_set(err, SIM_E_NOMEM, "out of memory");

    if (rc == SIM_OK)
        rc = open_shares(plan, dep, pool, arena, out, err);
    for (int i = 0; rc == SIM_OK && i < plan->n_sources; i++) {
        out->base_per_s[i] = base_rate(plan, i, pool, seconds);
        for (int row = 0; row < rows; row++) {
            const struct mdl_when when = {.year = row / hours / MDL_N_STRATA,
                .stratum = row / hours % MDL_N_STRATA,
                .hour = row % hours};
            find_sums(pool, layout, i, when, sum);
            fold(plan, dep, i, sum, r, (size_t)row, out);
        }
    }
    for (int e = 0; rc == SIM_OK && e < dep->n_entries; e++)
        watch_entry(dep, layout, pool, e, out);
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
