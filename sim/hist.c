#include "sim/hist.h"

#include <math.h>
#include <string.h>

#include "sim/alloc.h"

/* Ranges grow by half octaves: a first record should not take the whole 64 kB
 * and the next ones should not move the block each time. */
enum { STEP = 64 };

double sim_hist_edge(int b)
{
    const int64_t first = (int64_t)(SIM_HIST_LOW_EXP + 1023) << SIM_HIST_BITS;
    union {
        uint64_t u;
        double d;
    } v;

    if (b <= 0)
        return 0.0;
    v.u = (uint64_t)(first + b - 1) << (52 - SIM_HIST_BITS);
    return v.d;
}

/* Block of 8-byte cells for buckets *first .. *first + *n - 1, widened (with
 * zeros) to hold buckets low .. high - 1 too.  NULL when out of memory, with
 * everything as it was. */
static void *cover(void *cells, int *first, int *n, int low, int high)
{
    const size_t cell = sizeof(int64_t);
    int from = low / STEP * STEP;
    int to = (high + STEP - 1) / STEP * STEP;
    unsigned char *block;

    if (*n > 0 && from > *first)
        from = *first;
    if (*n > 0 && to < *first + *n)
        to = *first + *n;
    if (to > SIM_HIST_BUCKETS)
        to = SIM_HIST_BUCKETS;
    if (*n > 0 && from == *first && to == *first + *n)
        return cells;
    block = sim_realloc(cells, (size_t)(to - from), cell);
    if (block == NULL)
        return NULL;

    const size_t old = (size_t)*n * cell;
    const size_t before = *n > 0 ? (size_t)(*first - from) * cell : 0;
    const size_t all = (size_t)(to - from) * cell;
    memmove(block + before, block, old);
    memset(block, 0, before);
    memset(block + before + old, 0, all - before - old);
    *first = from;
    *n = to - from;
    return block;
}

int sim_hist_add(struct sim_hist *hist, double x, int64_t by)
{
    const int b = sim_hist_bucket(x);
    const int at = b - hist->first;

    if (at < 0 || at >= hist->n) {
        int64_t *count = cover(hist->count, &hist->first, &hist->n, b, b + 1);
        if (count == NULL)
            return SIM_E_NOMEM;
        hist->count = count;
    }
    hist->count[b - hist->first] += by;
    return SIM_OK;
}

int sim_hist_merge(struct sim_hist *into, const struct sim_hist *from)
{
    int64_t *count;

    if (from->n == 0)
        return SIM_OK;
    count = cover(into->count, &into->first, &into->n, from->first,
        from->first + from->n);
    if (count == NULL)
        return SIM_E_NOMEM;
    into->count = count;
    count += from->first - into->first;
    for (int i = 0; i < from->n; i++)
        count[i] += from->count[i];
    return SIM_OK;
}

int64_t sim_hist_total(const struct sim_hist *hist)
{
    int64_t total = 0;

    for (int i = 0; i < hist->n; i++)
        total += hist->count[i];
    return total;
}

void sim_hist_release(struct sim_hist *hist)
{
    sim_free(hist->count);
    *hist = (struct sim_hist){0};
}

int sim_whist_add(struct sim_whist *into, const struct sim_hist *from, double w)
{
    double *weight;

    if (from->n == 0)
        return SIM_OK;
    weight = cover(into->weight, &into->first, &into->n, from->first,
        from->first + from->n);
    if (weight == NULL)
        return SIM_E_NOMEM;
    into->weight = weight;
    weight += from->first - into->first;
    for (int i = 0; i < from->n; i++)
        weight[i] += w * (double)from->count[i];
    return SIM_OK;
}

int sim_whist_merge(struct sim_whist *into, const struct sim_whist *from)
{
    double *weight;

    if (from->n == 0)
        return SIM_OK;
    weight = cover(into->weight, &into->first, &into->n, from->first,
        from->first + from->n);
    if (weight == NULL)
        return SIM_E_NOMEM;
    into->weight = weight;
    weight += from->first - into->first;
    for (int i = 0; i < from->n; i++)
        weight[i] += from->weight[i];
    return SIM_OK;
}

double sim_whist_total(const struct sim_whist *hist)
{
    double total = 0.0;

    for (int i = 0; i < hist->n; i++)
        total += hist->weight[i];
    return total;
}

double sim_whist_quantile(const struct sim_whist *hist, double p)
{
    const double total = sim_whist_total(hist);
    const double share = p < 0.0 ? 0.0 : p > 1.0 ? 1.0 : p;
    const double target = share * total;
    double below = 0.0;
    double q = (double)NAN;

    if (!(total > 0.0))
        return q;
    for (int i = 0; i < hist->n; i++) {
        const double w = hist->weight[i];
        const int b = hist->first + i;
        if (!(w > 0.0))
            continue;
        const double into = (target - below) / w;
        const double low = sim_hist_edge(b);
        /* bucket 0 is the value zero, not a range */
        const double width = b == 0 ? 0.0 : sim_hist_edge(b + 1) - low;
        q = low + width * (into < 1.0 ? into : 1.0);
        below += w;
        if (below >= target)
            break;
    }
    return q;
}

double sim_whist_below(const struct sim_whist *hist, double x)
{
    const int b = sim_hist_bucket(x);
    const int last = b - hist->first;
    double below = 0.0;

    if (!(x >= 0.0))
        return 0.0;
    for (int i = 0; i < hist->n && i < last; i++)
        below += hist->weight[i];
    if (last >= 0 && last < hist->n) {
        const double low = sim_hist_edge(b);
        const double into = (x - low) / (sim_hist_edge(b + 1) - low);
        const double share = b == 0 || into > 1.0 ? 1.0 : into;
        below += share * hist->weight[last];
    }
    return below;
}

void sim_whist_release(struct sim_whist *hist)
{
    sim_free(hist->weight);
    *hist = (struct sim_whist){0};
}
