/* Reach: the share of users who get to a site that is up. */
#include "models/availability.h"
#include "sim/alloc.h"
#include "sim/units.h"

#define NS_PER_H ((double)SIM_NS_PER_S * SIM_S_PER_H)

struct reach {
    const struct mdl_plan *plan;
    const struct mdl_dep *dep;
    int *n_up;       /* [n_sources] places up among their candidates */
    int *n_place_up; /* [n_places] members up */
    bool *up;        /* [n_members] */
    double share;    /* of users who reach one */
};

static double source_share(const struct mdl_plan *plan, int source)
{
    return plan->users[plan->sources[source].user].share / plan->n_classes;
}

/* The last member of a place turned down, or the first up: recount the sources
 * that have it among their candidates. */
static void place_turn(struct reach *r, int place, bool up)
{
    for (int i = 0; i < r->plan->n_sources; i++) {
        for (int k = r->dep->uc_first[i]; k < r->dep->uc_first[i + 1]; k++) {
            if (r->dep->candidates[k].place != place)
                continue;
            r->n_up[i] += up ? 1 : -1;
            if (up && r->n_up[i] == 1)
                r->share += source_share(r->plan, i);
            if (!up && r->n_up[i] == 0)
                r->share -= source_share(r->plan, i);
        }
    }
}

static void reach_turn(struct reach *r, int member, bool up)
{
    const int place = r->dep->members[member].place;
    int *n = &r->n_place_up[place];

    *n += up ? 1 : -1;
    if (*n == (up ? 1 : 0))
        place_turn(r, place, up);
    r->up[member] = up;
}

int mdl_reach_hours(const struct mdl_plan *plan, const struct mdl_dep *dep,
    const struct mdl_timeline *tl, int64_t from_ns, double *hours)
{
    struct reach r = {.plan = plan, .dep = dep};
    int64_t t = from_ns;
    double sum = 0.0;
    int rc = SIM_E_NOMEM;

    r.n_up = sim_calloc((size_t)r.plan->n_sources, sizeof *r.n_up);
    r.n_place_up = sim_calloc((size_t)dep->n_places, sizeof *r.n_place_up);
    r.up = sim_calloc((size_t)dep->n_members, sizeof *r.up);
    if (r.n_up == NULL || r.n_place_up == NULL || r.up == NULL)
        goto out;
    rc = SIM_OK;
    for (int i = 0; i < dep->n_members; i++) {
        int32_t servers;
        bool layers;
        mdl_timeline_state(tl, i, t, dep->tl, &servers, &layers);
        if (layers && servers >= dep->tl[i].needed)
            reach_turn(&r, i, true);
    }
    for (int64_t i = 0; i < tl->n_changes; i++) {
        const struct mdl_tl_change *c = &tl->changes[i];
        const bool up =
            c->layers_up && c->servers_up >= dep->tl[c->member].needed;
        /* members that change together are all counted: only what the state
         * at the start holds already is left out */
        if (c->t_ns <= from_ns || up == r.up[c->member])
            continue;
        sum += r.share * (double)(c->t_ns - t);
        t = c->t_ns;
        reach_turn(&r, c->member, up);
    }
    sum += r.share * (double)(tl->horizon_ns - t);
    *hours = sum / NS_PER_H;
out:
    sim_free(r.n_up);
    sim_free(r.n_place_up);
    sim_free(r.up);
    return rc;
}
