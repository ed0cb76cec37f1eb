#include "models/windows.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>

#include "sim/alloc.h"
#include "sim/heap.h"
#include "sim/rng.h"
#include "sim/units.h"

static const int64_t ns_per_week =
    (int64_t)(SIM_H_PER_WEEK * SIM_S_PER_H) * SIM_NS_PER_S;
static const int64_t ns_per_yr =
    (int64_t)(SIM_H_PER_YR * SIM_S_PER_H) * SIM_NS_PER_S;

/* Cells [from, to). */
struct run {
    int64_t from, to;
};

struct sampler {
    const struct mdl_timeline *tl;
    int64_t length_ns, lead_ns;
    int64_t n_cells;
    int64_t n_base, n_extra; /* n0 and n1 as asked for */
    struct sim_key start, week, cell;
    struct sim_heap chosen; /* cells in the sample; key = cell */
    struct sim_heap extra;  /* smallest u_i so far; key = -u_i */
    struct mdl_sample sample;
};

static int64_t to_ns(double s)
{
    return (int64_t)floor(s * (double)SIM_NS_PER_S + 0.5);
}

static int nomem(struct sim_err *err)
{
    return sim_err_set(err, SIM_E_NOMEM, "out of memory: sample of windows");
}

static int64_t cells_of(int64_t horizon_ns, int64_t length_ns)
{
    const int64_t n = horizon_ns / length_ns;
    return n > 1 ? n : 1;
}

int64_t mdl_windows_cells(int64_t horizon_ns, double length_s)
{
    return cells_of(horizon_ns, to_ns(length_s));
}

/* ---- base sample ---- */

/* Cells are exact as doubles: a heap by cell sorts them. */
static int choose(struct sampler *s, int64_t cell, struct sim_err *err)
{
    return sim_heap_push(&s->chosen, (double)cell, (uint64_t)cell, err);
}

/* Place of the i-th point on the line of all cells.  Points are more than one
 * cell apart, so no cell is met twice; the last may round up to the end. */
static int64_t point(const struct sampler *s, double start, int64_t i)
{
    const double step = (double)s->n_cells / (double)s->n_base;
    const int64_t place = (int64_t)(((double)i + start) * step);
    return place < s->n_cells ? place : s->n_cells - 1;
}

/* Week `k` of `weeks` on the line of one (year, hour of week): a rotation by
 * a permanent random number, so that a single point meets each week alike. */
static int64_t turn(
    const struct sampler *s, uint64_t stratum, int64_t k, int64_t weeks)
{
    const double u = sim_hash_uniform(&s->week, stratum);
    return (k + (int64_t)(u * (double)weeks)) % weeks;
}

static int base_sample(struct sampler *s, struct sim_err *err)
{
    const int64_t per_week = ns_per_week / s->length_ns;
    const int64_t per_yr = ns_per_yr / s->length_ns;
    const double start = sim_hash_uniform(&s->start, 0);
    int64_t i = 0, line = 0; /* next point; cells of the line passed */
    int rc = SIM_OK;

    for (int64_t yr = 0; yr * per_yr < s->n_cells; yr++) {
        const int64_t first = yr * per_yr;
        const int64_t left = s->n_cells - first;
        const int64_t cells = left < per_yr ? left : per_yr;
        for (int64_t slot = 0; slot < per_week; slot++) {
            /* first cell of the year in this slot, then one a week */
            const int64_t offset =
                (slot + per_week - first % per_week) % per_week;
            const int64_t weeks = (cells - offset + per_week - 1) / per_week;
            for (; i < s->n_base && point(s, start, i) < line + weeks; i++) {
                const int64_t k = point(s, start, i) - line;
                const uint64_t stratum = (uint64_t)(yr * per_week + slot);
                const int64_t week = turn(s, stratum, k, weeks);
                rc = choose(s, first + offset + week * per_week, err);
                if (rc != SIM_OK)
                    return rc;
            }
            line += weeks;
        }
    }
    return rc;
}

static int all_cells(struct sampler *s, struct sim_err *err)
{
    int rc = SIM_OK;

    for (int64_t c = 0; c < s->n_cells && rc == SIM_OK; c++)
        rc = choose(s, c, err);
    return rc;
}

/* ---- strata ---- */

/* The next run of disturbed cells at or after `*cell` (0 at first) and
 * interval `*i` (0 at first); false when there is none. */
static bool next_disturbed(
    const struct sampler *s, int64_t *i, int64_t *cell, struct run *run)
{
    const int64_t l = s->length_ns;

    while (*i < s->tl->n_disturbed) {
        const struct mdl_tl_interval *d = &s->tl->disturbed[(*i)++];
        /* cell c is met by [f, g) if c l - lead < g and (c + 1) l > f */
        const int64_t from = d->from_ns / l;
        const int64_t to = (d->to_ns + s->lead_ns + l - 1) / l;
        run->from = from > *cell ? from : *cell;
        run->to = to < s->n_cells ? to : s->n_cells;
        if (run->from < run->to) {
            *cell = run->to;
            return true;
        }
    }
    return false;
}

/* Take the base sample out of the heap into windows, in order of cell, and
 * tell their strata. */
static void mark(struct sampler *s)
{
    struct mdl_sample *out = &s->sample;
    struct run run = {0, 0};
    int64_t i = 0, cell = 0;
    bool more = true;

    out->n = 0;
    for (int h = 0; h < MDL_N_STRATA; h++)
        out->n_sampled[h] = 0;
    while (s->chosen.n > 0) {
        struct mdl_window *w = &out->windows[out->n++];
        w->cell = (int64_t)sim_heap_pop(&s->chosen).payload;
        while (more && run.to <= w->cell)
            more = next_disturbed(s, &i, &cell, &run);
        const bool met = more && run.from <= w->cell;
        w->stratum = met ? MDL_DISTURBED : MDL_NORMAL;
        out->n_sampled[w->stratum]++;
    }
}

/* Offer cells of a stratum that are not in the base sample: the `need` with
 * the smallest u_i stay in s->extra. */
static int offer(struct sampler *s, struct run run, int *next, size_t need,
    struct sim_err *err)
{
    const struct mdl_sample *base = &s->sample;
    int rc = SIM_OK;

    for (int64_t c = run.from; c < run.to && rc == SIM_OK; c++) {
        while (*next < base->n && base->windows[*next].cell < c)
            (*next)++;
        if (*next < base->n && base->windows[*next].cell == c)
            continue;
        const double u = sim_hash_uniform(&s->cell, (uint64_t)c);
        if (s->extra.n < need)
            rc = sim_heap_push(&s->extra, -u, (uint64_t)c, err);
        else if (-u > s->extra.items[0].key)
            sim_heap_replace_top(&s->extra, -u, (uint64_t)c);
    }
    return rc;
}

/* Collect `need` cells of a stratum outside the base sample. */
static int top_up(
    struct sampler *s, int stratum, int64_t need, struct sim_err *err)
{
    struct run run;
    int64_t i = 0, cell = 0, normal = 0;
    int next = 0, rc = SIM_OK;

    while (rc == SIM_OK && next_disturbed(s, &i, &cell, &run)) {
        const struct run gap = {normal, run.from};
        const struct run here = stratum == MDL_DISTURBED ? run : gap;
        rc = offer(s, here, &next, (size_t)need, err);
        normal = run.to;
    }
    const struct run rest = {normal, s->n_cells};
    if (rc == SIM_OK && stratum == MDL_NORMAL)
        rc = offer(s, rest, &next, (size_t)need, err);
    return rc;
}

static int stratify(struct sampler *s, struct sim_err *err)
{
    struct mdl_sample *out = &s->sample;
    struct run run;
    int64_t i = 0, cell = 0;
    int rc = SIM_OK;

    while (next_disturbed(s, &i, &cell, &run))
        out->n_cells[MDL_DISTURBED] += run.to - run.from;
    out->n_cells[MDL_NORMAL] = s->n_cells - out->n_cells[MDL_DISTURBED];
    mark(s);
    const int64_t disturbed = out->n_cells[MDL_DISTURBED];
    const int64_t wanted[MDL_N_STRATA] = {
        [MDL_NORMAL] = out->n_cells[MDL_NORMAL] > 0 ? 1 : 0,
        [MDL_DISTURBED] = disturbed < s->n_extra ? disturbed : s->n_extra,
    };
    for (int h = 0; h < MDL_N_STRATA && rc == SIM_OK; h++) {
        if (wanted[h] <= out->n_sampled[h])
            continue;
        rc = top_up(s, h, wanted[h] - out->n_sampled[h], err);
        /* moved aside at once: the next stratum starts from an empty heap */
        while (rc == SIM_OK && s->extra.n > 0)
            rc = choose(s, (int64_t)sim_heap_pop(&s->extra).payload, err);
    }
    return rc;
}

/* Join base and added cells, in order, and weigh them. */
static int finish(struct sampler *s, struct sim_err *err)
{
    struct mdl_sample *out = &s->sample;
    int rc = SIM_OK;

    for (int i = 0; i < out->n && rc == SIM_OK; i++)
        rc = choose(s, out->windows[i].cell, err);
    if (rc != SIM_OK)
        return rc;
    mark(s);
    for (int i = 0; i < out->n; i++) {
        struct mdl_window *w = &out->windows[i];
        w->weight = (double)out->n_cells[w->stratum] /
                    (double)out->n_sampled[w->stratum];
    }
    return SIM_OK;
}

int mdl_windows_sample(const struct mdl_timeline *tl, int64_t count,
    double length_s, double lead_s, uint64_t seed, uint64_t replication,
    struct mdl_sample *out, struct sim_err *err)
{
    assert(tl != NULL && out != NULL && lead_s >= 0.0);
    assert(count >= 1 && count <= INT32_MAX / 2);

    struct sampler s = {
        .tl = tl, .length_ns = to_ns(length_s), .lead_ns = to_ns(lead_s)};
    s.n_cells = cells_of(tl->horizon_ns, s.length_ns);
    s.n_extra = (count + 4) / 5;
    s.n_base = count - s.n_extra;
    s.cell = (struct sim_key){
        seed, replication, sim_entity("cell"), SIM_FOR_CELL, 0};
    s.start = s.cell;
    s.start.entity = sim_entity("cell/start");
    s.week = s.cell;
    s.week.entity = sim_entity("cell/week");

    /* at most one window more than asked for: that of a normal stratum which
     * the base sample missed */
    int rc = SIM_OK;
    s.sample.windows = sim_calloc((size_t)count + 1, sizeof *out->windows);
    if (s.sample.windows == NULL)
        rc = nomem(err);
    if (rc == SIM_OK && s.n_cells <= s.n_base)
        rc = all_cells(&s, err);
    else if (rc == SIM_OK)
        rc = base_sample(&s, err);
    if (rc == SIM_OK)
        rc = stratify(&s, err);
    if (rc == SIM_OK)
        rc = finish(&s, err);
    sim_heap_release(&s.chosen);
    sim_heap_release(&s.extra);
    if (rc == SIM_OK)
        *out = s.sample;
    else
        mdl_sample_release(&s.sample);
    return rc;
}

void mdl_sample_release(struct mdl_sample *sample)
{
    sim_free(sample->windows);
    *sample = (struct mdl_sample){0};
}
