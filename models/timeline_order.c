#include "models/timeline_order.h"

#include <assert.h>
#include <stddef.h>

#include "sim/alloc.h"
#include "sim/stats.h"

enum { ROOM_MIN = 64 };

static const double disturbed_frac = 0.02;

/* Sums of weights carry rounding: exactly 2 % out is not more than 2 %. */
static const double slack = 1e-9;

static int nomem(struct sim_err *err)
{
    return sim_err_set(err, SIM_E_NOMEM, "out of memory: timeline");
}

/* Merge two neighbouring runs; on equal times the left, of lower members,
 * goes first. */
static void merge_runs(const struct mdl_tl_change *from,
    struct mdl_tl_change *to, int64_t a, int64_t mid, int64_t end)
{
    int64_t b = mid;

    for (int64_t i = a; i < end; i++) {
        const bool left = b == end || (a < mid && from[a].t_ns <= from[b].t_ns);
        to[i] = left ? from[a++] : from[b++];
    }
}

/* Bring the changes from member order into time order: the members are sorted
 * runs, merged pairwise.  One member costs nothing. */
static int sort_by_time(struct mdl_timeline *tl, struct sim_err *err)
{
    const int n = tl->n_members;
    struct mdl_tl_change *from = tl->changes;

    if (n < 2 || tl->n_changes < 2)
        return SIM_OK;
    struct mdl_tl_change *to =
        sim_calloc((size_t)tl->n_changes, sizeof *tl->changes);
    if (to == NULL)
        return nomem(err);
    for (int64_t width = 1; width < n; width *= 2) {
        for (int64_t i = 0; i < n; i += 2 * width) {
            const int64_t mid = i + width < n ? i + width : n;
            const int64_t end = mid + width < n ? mid + width : n;
            merge_runs(from, to, tl->member_first[i], tl->member_first[mid],
                tl->member_first[end]);
        }
        struct mdl_tl_change *swap = from;
        from = to;
        to = swap;
    }
    tl->changes = from;
    sim_free(to);
    return SIM_OK;
}

/* by_member, with member_first as it stands. */
static int index_members(struct mdl_timeline *tl, struct sim_err *err)
{
    int64_t *next = sim_calloc((size_t)tl->n_members, sizeof *next);

    tl->by_member = sim_calloc((size_t)tl->n_changes, sizeof *tl->by_member);
    if (next == NULL || tl->by_member == NULL) {
        sim_free(next);
        return nomem(err);
    }
    for (int64_t i = 0; i < tl->n_changes; i++) {
        const int32_t m = tl->changes[i].member;
        tl->by_member[tl->member_first[m] + next[m]++] = i;
    }
    sim_free(next);
    return SIM_OK;
}

/* Start an interval that lasts to the horizon unless closed before. */
static int disturbed_open(
    struct mdl_timeline *tl, int64_t *room, int64_t t_ns, struct sim_err *err)
{
    if (tl->n_disturbed == *room) {
        const int64_t next = *room > 0 ? 2 * *room : ROOM_MIN;
        struct mdl_tl_interval *list =
            sim_realloc(tl->disturbed, (size_t)next, sizeof *tl->disturbed);
        if (list == NULL)
            return nomem(err);
        tl->disturbed = list;
        *room = next;
    }
    tl->disturbed[tl->n_disturbed++] =
        (struct mdl_tl_interval){t_ns, tl->horizon_ns};
    return SIM_OK;
}

static int find_disturbed(struct mdl_timeline *tl,
    const struct mdl_tl_member *members, struct sim_err *err)
{
    struct sim_sum nominal = {0}, lost = {0};
    bool disturbed = false;
    int64_t room = 0;

    for (int m = 0; m < tl->n_members; m++)
        sim_sum_add(&nominal, members[m].weight * (double)members[m].servers);
    const double limit =
        disturbed_frac * sim_sum_value(&nominal) * (1.0 + slack);
    for (int64_t i = 0; i < tl->n_changes;) {
        const int64_t t_ns = tl->changes[i].t_ns;
        for (; i < tl->n_changes && tl->changes[i].t_ns == t_ns; i++) {
            const struct mdl_tl_change *c = &tl->changes[i];
            const double before = c->layers_before ? c->servers_before : 0;
            const double after = c->layers_up ? c->servers_up : 0;
            sim_sum_add(&lost, members[c->member].weight * (before - after));
        }
        const bool now = sim_sum_value(&lost) > limit;
        if (now && !disturbed) {
            const int rc = disturbed_open(tl, &room, t_ns, err);
            if (rc != SIM_OK)
                return rc;
        } else if (!now && disturbed) {
            tl->disturbed[tl->n_disturbed - 1].to_ns = t_ns;
        }
        disturbed = now;
    }
    return SIM_OK;
}

int mdl_timeline_order(struct mdl_timeline *tl,
    const struct mdl_tl_member *members, struct sim_err *err)
{
    assert(tl != NULL && members != NULL);

    int rc = sort_by_time(tl, err);
    if (rc == SIM_OK)
        rc = index_members(tl, err);
    if (rc == SIM_OK)
        rc = find_disturbed(tl, members, err);
    return rc;
}
