/* The first outage of each member and of the deployment, beyond the horizon. */
#include "models/availability.h"

#include <assert.h>
#include <math.h>

#include "sim/units.h"

#define NS_PER_H ((double)SIM_NS_PER_S * SIM_S_PER_H)

/* 285 years: the longest time line there is. */
static const int64_t longest_ns = INT64_C(9000000000) * SIM_NS_PER_S;

static bool may_fail(const struct mdl_tl_member *m)
{
    bool may = m->server_life_h != NULL || m->site_life_h != NULL ||
               m->wan_life_h != NULL;

    for (int i = 0; i < m->n_layers; i++)
        may = may || m->layers[i].life_h != NULL;
    return may;
}

/* Is an outage still to come that is worth waiting for? */
static bool waits(
    const struct mdl_dep *dep, int64_t needed, const struct mdl_tl_measures *m)
{
    int64_t lasting = 0;
    bool open = false;

    for (int i = 0; i < dep->n_members; i++) {
        const bool may = may_fail(&dep->tl[i]);
        lasting += may ? 0 : 1;
        open = open || (may && isinf(m->site[i].first_down_h));
    }
    return open || (lasting < needed && isinf(m->k_first_down_h));
}

/* Changes after which to give up: 1,000, and all there can be of what is never
 * repaired, whose rate of outages is not constant. */
static int64_t most_changes(const struct mdl_dep *dep)
{
    int64_t n = 1000;

    for (int i = 0; i < dep->n_members; i++) {
        const struct mdl_tl_member *m = &dep->tl[i];
        if (m->server_life_h != NULL && m->server_repair_h == NULL)
            n += m->servers + m->spares;
    }
    return n;
}

int mdl_first_outages(const struct mdl_dep *dep, int64_t horizon_ns,
    int64_t n_changes, uint64_t seed, uint64_t replication, int64_t needed,
    struct mdl_tl_measures *m, double *until_h, struct sim_err *err)
{
    assert(m != NULL && m->site != NULL);

    const int64_t most = most_changes(dep);
    int64_t end_ns = horizon_ns;
    int rc = SIM_OK;

    while (waits(dep, needed, m) && end_ns < longest_ns && n_changes < most) {
        struct mdl_timeline tl = {0};
        end_ns = end_ns < longest_ns / 2 ? 2 * end_ns : longest_ns;
        rc = mdl_timeline_draw(
            dep->tl, dep->n_members, end_ns, seed, replication, &tl, err);
        if (rc != SIM_OK)
            return rc;
        mdl_timeline_measure(&tl, dep->tl, 0, needed, m);
        n_changes = tl.n_changes;
        mdl_timeline_release(&tl);
    }
    *until_h = (double)end_ns / NS_PER_H;
    return SIM_OK;
}
