#include "models/block.h"

#include <string.h>

#include "sim/alloc.h"
#include "sim/sha256.h"

void mdl_layout_init(struct mdl_layout *layout, const struct mdl_plan *plan,
    const struct mdl_dep *dep)
{
    struct mdl_layout *l = layout;
    size_t at = MDL_N_HEADS;

    l->n_classes = plan->n_classes;
    l->n_entries = dep->n_entries;
    l->n_scopes = l->n_classes + l->n_entries;
    l->n_sources = plan->n_sources;
    l->n_ranks = dep->max_candidates > 0 ? dep->max_candidates : 1;
    const size_t cells = (size_t)l->n_sources * (size_t)l->n_ranks;

    l->counts = at;
    at += (size_t)l->n_scopes * MDL_N_COUNTS;
    l->loads = at;
    at += (size_t)l->n_entries * MDL_N_LOADS;
    l->offered = at;
    at += (size_t)l->n_sources;
    l->served = at;
    at += cells;
    l->work = at;
    at += cells;
    l->n_sums = at;
    l->max = at;
    at += (size_t)l->n_scopes * MDL_N_TIMES;
    l->n_doubles = at;
    l->hist_offset = at * sizeof(double);
    l->bytes = l->hist_offset + (size_t)l->n_scopes * MDL_N_TIMES *
                                    SIM_HIST_BUCKETS * sizeof(uint32_t);
    l->bytes = (l->bytes + 15) / 16 * 16;
}

static void put_u32(unsigned char *to, uint32_t x)
{
    for (int i = 0; i < 4; i++)
        to[i] = (unsigned char)(x >> (8 * i));
}

static void digest_hist(struct sim_sha256 *sha, const uint32_t *count)
{
    unsigned char pairs[1024];
    size_t n = 0;

    for (uint32_t b = 0; b < SIM_HIST_BUCKETS; b++) {
        if (count[b] == 0)
            continue;
        put_u32(pairs + n, b);
        put_u32(pairs + n + 4, count[b]);
        n += 8;
        if (n == sizeof pairs) {
            sim_sha256_add(sha, pairs, n);
            n = 0;
        }
    }
    /* no bucket has this number: the end, so that counts cannot be taken for
     * those of the next histogram */
    put_u32(pairs + n, SIM_HIST_BUCKETS);
    sim_sha256_add(sha, pairs, n + 4);
}

void mdl_block_digest(
    const struct mdl_layout *layout, void *block, char hex[65])
{
    struct sim_sha256 sha;

    sim_sha256_init(&sha);
    for (int s = 0; s < layout->n_scopes; s++)
        digest_hist(&sha, mdl_block_hist(layout, block, s, MDL_LATENCY));
    sim_sha256_hex(&sha, hex);
}

int mdl_total_init(struct mdl_total *total, const struct mdl_layout *layout,
    struct sim_err *err)
{
    const size_t n = (size_t)layout->n_scopes * MDL_N_TIMES;

    total->sum = sim_calloc(layout->n_doubles, sizeof *total->sum);
    total->hist = sim_calloc(n, sizeof *total->hist);
    if (total->sum == NULL || total->hist == NULL) {
        mdl_total_release(total, layout);
        return sim_err_set(err, SIM_E_NOMEM, "out of memory");
    }
    return SIM_OK;
}

/* The dense counts of a block as a sparse histogram, added with its weight. */
static int add_hist(
    struct sim_whist *into, const uint32_t *count, double weight)
{
    struct sim_hist from = {0};
    int first = 0, last = SIM_HIST_BUCKETS - 1, rc;

    while (first < SIM_HIST_BUCKETS && count[first] == 0)
        first++;
    if (first == SIM_HIST_BUCKETS)
        return SIM_OK;
    while (count[last] == 0)
        last--;
    from.first = first;
    from.n = last - first + 1;
    from.count = sim_alloc((size_t)from.n * sizeof *from.count);
    if (from.count == NULL)
        return SIM_E_NOMEM;
    for (int b = first; b <= last; b++)
        from.count[b - first] = count[b];
    rc = sim_whist_add(into, &from, weight);
    sim_free(from.count);
    return rc;
}

int mdl_total_add(struct mdl_total *total, const struct mdl_layout *layout,
    void *block, double weight, struct sim_err *err)
{
    const double *x = block;

    for (size_t i = 0; i < layout->n_sums; i++)
        total->sum[i] += weight * x[i];
    for (size_t i = layout->max; i < layout->n_doubles; i++)
        total->sum[i] = x[i] > total->sum[i] ? x[i] : total->sum[i];
    for (int s = 0; s < layout->n_scopes; s++) {
        for (int t = 0; t < MDL_N_TIMES; t++) {
            struct sim_whist *hist = &total->hist[s * MDL_N_TIMES + t];
            if (add_hist(hist, mdl_block_hist(layout, block, s, t), weight) !=
                SIM_OK)
                return sim_err_set(err, SIM_E_NOMEM, "out of memory");
        }
    }
    return SIM_OK;
}

void mdl_total_release(struct mdl_total *total, const struct mdl_layout *layout)
{
    if (total->hist != NULL) {
        for (int i = 0; i < layout->n_scopes * MDL_N_TIMES; i++)
            sim_whist_release(&total->hist[i]);
    }
    sim_free(total->hist);
    sim_free(total->sum);
    *total = (struct mdl_total){0};
}
