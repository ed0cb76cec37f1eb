#include "models/timeline.h"

#include <assert.h>
#include <math.h>
#include <stddef.h>

#include "sim/stats.h"
#include "sim/units.h"

static const double ns_per_h = SIM_S_PER_H * (double)SIM_NS_PER_S;

/* Capacity is a running sum of weights: exactly 90 % must not fail a test
 * for >= 90 % by a rounding. */
static const double slack = 1e-9;

void mdl_timeline_state(const struct mdl_timeline *tl, int member, int64_t t_ns,
    const struct mdl_tl_member *members, int32_t *servers_up, bool *layers_up)
{
    assert(member >= 0 && member < tl->n_members);

    const int64_t first = tl->member_first[member];
    int64_t low = first, high = tl->member_first[member + 1];

    /* changes before `low` are at or before t, those from `high` on after */
    while (low < high) {
        const int64_t mid = low + (high - low) / 2;
        if (tl->changes[tl->by_member[mid]].t_ns <= t_ns)
            low = mid + 1;
        else
            high = mid;
    }
    if (low == first) {
        *servers_up = (int32_t)members[member].servers;
        *layers_up = true;
        return;
    }
    const struct mdl_tl_change *c = &tl->changes[tl->by_member[low - 1]];
    *servers_up = c->servers_up;
    *layers_up = c->layers_up;
}

bool mdl_timeline_disturbed(
    const struct mdl_timeline *tl, int64_t from_ns, int64_t to_ns)
{
    int64_t low = 0, high = tl->n_disturbed;

    /* the first interval that ends after `from` */
    while (low < high) {
        const int64_t mid = low + (high - low) / 2;
        if (tl->disturbed[mid].to_ns <= from_ns)
            low = mid + 1;
        else
            high = mid;
    }
    return from_ns < to_ns && low < tl->n_disturbed &&
           tl->disturbed[low].from_ns < to_ns;
}

/* ---- up and down ---- */

/* A condition that is up or down, accounted from `from_ns` on. */
struct track {
    int64_t from_ns;
    int64_t since_ns; /* accounted up to here, >= from */
    int64_t up_ns;
    int64_t first_down_ns; /* from time zero; -1: not yet */
    int64_t outages;
    bool up;
};

static struct track track_start(int64_t from_ns, bool up)
{
    return (struct track){.from_ns = from_ns,
        .since_ns = from_ns,
        .first_down_ns = up ? -1 : 0,
        .up = up};
}

/* Account up to t, which before `from` means not at all. */
static void track_to(struct track *k, int64_t t_ns)
{
    if (t_ns <= k->since_ns)
        return;
    if (k->up)
        k->up_ns += t_ns - k->since_ns;
    k->since_ns = t_ns;
}

static void track_set(struct track *k, int64_t t_ns, bool up)
{
    track_to(k, t_ns);
    if (k->up && !up && t_ns >= k->from_ns)
        k->outages++;
    if (!up && k->first_down_ns < 0)
        k->first_down_ns = t_ns;
    k->up = up;
}

static double first_down_h(const struct track *k)
{
    return k->first_down_ns < 0 ? (double)INFINITY
                                : (double)k->first_down_ns / ns_per_h;
}

/* ---- one member ---- */

static bool member_up(
    const struct mdl_tl_member *m, int64_t servers_up, bool layers_up)
{
    return layers_up && servers_up >= m->needed;
}

static void measure_member(const struct mdl_timeline *tl, int member,
    const struct mdl_tl_member *m, int64_t from_ns,
    struct mdl_tl_site_measures *out)
{
    struct track k = track_start(from_ns, member_up(m, m->servers, true));
    double servers = (double)m->servers;
    struct sim_sum servers_ns = {0};

    for (int64_t j = tl->member_first[member]; j < tl->member_first[member + 1];
         j++) {
        const struct mdl_tl_change *c = &tl->changes[tl->by_member[j]];
        if (c->t_ns > k.since_ns)
            sim_sum_add(&servers_ns, servers * (double)(c->t_ns - k.since_ns));
        track_set(&k, c->t_ns, member_up(m, c->servers_up, c->layers_up));
        servers = c->servers_up;
    }
    sim_sum_add(&servers_ns, servers * (double)(tl->horizon_ns - k.since_ns));
    track_to(&k, tl->horizon_ns);

    const int64_t all_ns = tl->horizon_ns - from_ns;
    out->up_h = (double)k.up_ns / ns_per_h;
    out->servers_up_h = sim_sum_value(&servers_ns) / ns_per_h;
    out->outages = k.outages;
    out->outage_h = (double)(all_ns - k.up_ns) / ns_per_h;
    out->first_down_h = first_down_h(&k);
}

/* ---- the deployment ---- */

/* What all members have together, kept by the differences of the changes. */
struct joint {
    double nominal;
    struct sim_sum capacity;
    int64_t with_capacity; /* members with some: zero is told exactly */
    int64_t up;
    struct track k, some, most; /* >= needed sites; > 0; >= 90 % */
    int64_t since_ns;
    struct sim_sum capacity_ns, sites_ns;
    int64_t needed_sites;
};

/* Enter (sign 1) or take out (-1) a member in a state. */
static void joint_add(struct joint *j, const struct mdl_tl_member *m,
    int64_t servers_up, bool layers_up, int sign)
{
    const double capacity = layers_up ? m->weight * (double)servers_up : 0.0;

    sim_sum_add(&j->capacity, sign * capacity);
    j->with_capacity += capacity > 0.0 ? sign : 0;
    j->up += member_up(m, servers_up, layers_up) ? sign : 0;
}

static bool enough_up(const struct joint *j)
{
    return j->up >= j->needed_sites;
}

static bool has_capacity(const struct joint *j)
{
    return j->with_capacity > 0 || !(j->nominal > 0.0);
}

static bool has_most(const struct joint *j)
{
    return sim_sum_value(&j->capacity) >= 0.9 * j->nominal * (1.0 - slack);
}

/* Account for the state as it is, up to t. */
static void joint_to(struct joint *j, int64_t t_ns)
{
    if (t_ns <= j->since_ns)
        return;
    const double length_ns = (double)(t_ns - j->since_ns);
    const double frac =
        j->nominal > 0.0 ? sim_sum_value(&j->capacity) / j->nominal : 1.0;
    /* a difference of sums can leave 1 + 1e-16, or -1e-17 when all is lost */
    const double clean = has_capacity(j) ? fmin(frac, 1.0) : 0.0;
    sim_sum_add(&j->capacity_ns, clean * length_ns);
    sim_sum_add(&j->sites_ns, (double)j->up * length_ns);
    j->since_ns = t_ns;
}

void mdl_timeline_measure(const struct mdl_timeline *tl,
    const struct mdl_tl_member *members, int64_t from_ns, int64_t needed_sites,
    struct mdl_tl_measures *out)
{
    assert(from_ns >= 0 && from_ns <= tl->horizon_ns);

    struct joint j = {.since_ns = from_ns, .needed_sites = needed_sites};
    for (int m = 0; m < tl->n_members; m++) {
        joint_add(&j, &members[m], members[m].servers, true, 1);
        if (out->site != NULL)
            measure_member(tl, m, &members[m], from_ns, &out->site[m]);
    }
    j.nominal = sim_sum_value(&j.capacity);
    j.k = track_start(from_ns, enough_up(&j));
    j.some = track_start(from_ns, has_capacity(&j));
    j.most = track_start(from_ns, true);
    for (int64_t i = 0; i < tl->n_changes;) {
        const int64_t t_ns = tl->changes[i].t_ns;
        joint_to(&j, t_ns);
        /* members that change together are judged together */
        for (; i < tl->n_changes && tl->changes[i].t_ns == t_ns; i++) {
            const struct mdl_tl_change *c = &tl->changes[i];
            const struct mdl_tl_member *m = &members[c->member];
            joint_add(&j, m, c->servers_before, c->layers_before, -1);
            joint_add(&j, m, c->servers_up, c->layers_up, 1);
        }
        track_set(&j.k, t_ns, enough_up(&j));
        track_set(&j.some, t_ns, has_capacity(&j));
        track_set(&j.most, t_ns, has_most(&j));
    }
    joint_to(&j, tl->horizon_ns);
    track_to(&j.k, tl->horizon_ns);
    track_to(&j.some, tl->horizon_ns);
    track_to(&j.most, tl->horizon_ns);

    const int64_t all_ns = tl->horizon_ns - from_ns;
    out->hours = (double)all_ns / ns_per_h;
    out->capacity_h = sim_sum_value(&j.capacity_ns) / ns_per_h;
    out->total_loss_h = (double)(all_ns - j.some.up_ns) / ns_per_h;
    out->at_least_90_h = (double)j.most.up_ns / ns_per_h;
    out->sites_up_h = sim_sum_value(&j.sites_ns) / ns_per_h;
    out->k_up_h = (double)j.k.up_ns / ns_per_h;
    out->k_outages = j.k.outages;
    out->k_first_down_h = first_down_h(&j.k);
}
