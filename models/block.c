#include "models/block.h"

#include <math.h>
#include <string.h>

#include "sim/alloc.h"
#include "sim/sha256.h"

/* Users and members with percentiles; without `sites: all` no others have
 * metrics. */
enum { FEW = 200 };

/* Users are told apart where the scenario names them. */
static int users_reported(const struct mdl_plan *plan, bool all)
{
    const struct mdl_users_cfg *users = &plan->cfg->users;

    if (users->n_list == 0 && users->from == NULL && users->file == NULL)
        return 0;
    return all || plan->n_users < FEW ? plan->n_users : FEW;
}

/* How many members, from the first on, hold `most` of entries with several. */
static int members_reported(const struct mdl_dep *dep, int most)
{
    int n = 0, last = 0;

    for (int i = 0; i < dep->n_members && n < most; i++) {
        if (dep->entries[dep->members[i].entry].n_members > 1) {
            n++;
            last = i + 1;
        }
    }
    return last;
}

static void count_parts(struct mdl_layout *l, const struct mdl_plan *plan,
    const struct mdl_dep *dep)
{
    const bool all = plan->cfg->report.sites == MDL_REPORT_ALL;

    if (!dep->has_requests)
        return;
    l->n_users = users_reported(plan, all);
    l->n_user_hists = l->n_users < FEW ? l->n_users : FEW;
    l->n_members = members_reported(dep, all ? dep->n_members : FEW);
    l->n_member_hists = members_reported(dep, FEW);
}

void mdl_layout_init(struct mdl_layout *layout, const struct mdl_plan *plan,
    const struct mdl_dep *dep)
{
    const struct mdl_report_cfg *report = &plan->cfg->report;
    struct mdl_layout *l = layout;
    size_t at = MDL_N_HEADS;

    *l = (struct mdl_layout){0};
    count_parts(l, plan, dep);
    l->n_bins = report->n_size_bins > 0 ? report->n_size_bins + 1 : 0;
    l->n_at = isnan(plan->cfg->simulate.duration_s) ? 0 : report->n_at;

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
    l->parts = at;
    at += ((size_t)l->n_users + (size_t)l->n_members) * MDL_N_PART_SUMS;
    l->members = at;
    at += (size_t)l->n_members * MDL_N_MEMBER_LOADS;
    l->bins = at;
    at += (size_t)l->n_scopes * (size_t)l->n_bins * MDL_N_BIN_SUMS;
    l->states = at;
    at += (size_t)l->n_at * (size_t)l->n_entries * MDL_N_STATES;
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
    l->coarse_offset = l->hist_offset + (size_t)l->n_scopes * MDL_N_TIMES *
                                            SIM_HIST_BUCKETS * sizeof(uint32_t);
    l->bytes = l->coarse_offset +
               ((size_t)l->n_user_hists + (size_t)l->n_member_hists) *
                   MDL_COARSE_BUCKETS * sizeof(uint32_t);
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
    const struct mdl_layout *layout, void *block, char hex[SIM_SHA256_HEX + 1])
{
    struct sim_sha256 sha;

    sim_sha256_init(&sha);
    for (int s = 0; s < layout->n_scopes; s++)
        digest_hist(&sha, mdl_block_hist(layout, block, s, MDL_LATENCY));
    sim_sha256_hex(&sha, hex);
}

int mdl_size_bin(const struct mdl_plan *plan, double work_s)
{
    const struct mdl_report_cfg *report = &plan->cfg->report;
    int bin = 0;

    while (bin < report->n_size_bins && work_s > report->size_bins_s[bin])
        bin++;
    return bin;
}

/* ---- totals ------------------------------------------------------------- */

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

int mdl_total_merge(struct mdl_total *into, struct mdl_total *from,
    const struct mdl_layout *layout, struct sim_err *err)
{
    for (size_t i = 0; i < layout->n_sums; i++)
        into->sum[i] += from->sum[i];
    for (size_t i = layout->max; i < layout->n_doubles; i++)
        into->sum[i] =
            from->sum[i] > into->sum[i] ? from->sum[i] : into->sum[i];
    for (int i = 0; i < layout->n_scopes * MDL_N_TIMES; i++) {
        if (sim_whist_merge(&into->hist[i], &from->hist[i]) != SIM_OK)
            return sim_err_set(err, SIM_E_NOMEM, "out of memory");
        sim_whist_release(&from->hist[i]);
    }
    memset(from->sum, 0, layout->n_doubles * sizeof *from->sum);
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

int mdl_pooled_init(struct mdl_pooled *pooled, const struct mdl_layout *layout,
    struct sim_arena *arena, struct sim_err *err)
{
    const struct mdl_layout *l = layout;
    const size_t parts = (size_t)l->n_users + (size_t)l->n_members;
    const size_t rows = (size_t)l->n_user_hists + (size_t)l->n_member_hists;

    pooled->scope_served =
        sim_arena_calloc(arena, (size_t)l->n_scopes, sizeof(double));
    pooled->part_served = sim_arena_calloc(arena, parts, sizeof(double));
    pooled->coarse =
        sim_arena_calloc(arena, rows * MDL_COARSE_BUCKETS, sizeof(double));
    if (pooled->scope_served == NULL || pooled->part_served == NULL ||
        pooled->coarse == NULL)
        return sim_err_set(err, SIM_E_NOMEM, "out of memory");
    return SIM_OK;
}

void mdl_pooled_add(struct mdl_pooled *pooled, const struct mdl_layout *layout,
    void *block, double weight)
{
    const struct mdl_layout *l = layout;
    const double *counts = mdl_block_at(block, l->counts);
    const double *parts = mdl_block_at(block, l->parts);
    const uint32_t *coarse = mdl_block_coarse(l, block, 0);
    const size_t cells = ((size_t)l->n_user_hists + (size_t)l->n_member_hists) *
                         MDL_COARSE_BUCKETS;

    const double *head = block;

    pooled->overloaded += head[MDL_OVERLOADED];
    pooled->clipped += head[MDL_CLIPPED];
    for (int s = 0; s < l->n_scopes; s++)
        pooled->scope_served[s] += counts[s * MDL_N_COUNTS + MDL_SEEN];
    for (int i = 0; i < l->n_users + l->n_members; i++)
        pooled->part_served[i] += parts[i * MDL_N_PART_SUMS + MDL_PART_SEEN];
    for (size_t i = 0; i < cells; i++) {
        if (coarse[i] > 0)
            pooled->coarse[i] += weight * coarse[i];
    }
}
