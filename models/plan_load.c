/* The load that requests bring to places when all is well. */
#include <math.h>

#include "models/offered.h"
#include "models/plan_sites.h"
#include "models/routing.h"
#include "sim/alloc.h"
#include "sim/fmath.h"
#include "sim/units.h"

/* Visits of a source's requests to a candidate, less those that its cache
 * answers, and their work. */
static void add_visits(struct mdl_dep *dep, struct mdl_candidate *to,
    double visits, double mean_work_s)
{
    const int entry = dep->places[to->place].entry;
    const struct mdl_site_cfg *site = dep->entries[entry].cfg;
    const double served =
        visits * (site->has_cache ? 1.0 - site->cache.hit_frac : 1.0);

    to->visits += served;
    to->work_s += served * mdl_entry_work_s(dep, entry, mean_work_s);
}

/* Parts that routing picks go to members that differ: each place gets its share
 * of them, at most one a member, and in order of preference what is over. */
static void fork_visits(
    const struct mdl_plan *plan, struct mdl_dep *dep, int source)
{
    const struct mdl_class *c = &plan->classes[plan->sources[source].cls];
    const struct mdl_flow *flow = &dep->flows[plan->sources[source].cls];
    const int first = dep->uc_first[source], end = dep->uc_first[source + 1];
    const double work_s = mdl_step_work_s(&flow->steps[0], c->mean_work_s);
    double over = flow->n_steps;

    for (int turn = 0; turn < 2; turn++) {
        for (int i = first; i < end; i++) {
            struct mdl_candidate *to = &dep->candidates[i];
            const double members = dep->places[to->place].n_members;
            const double share = mdl_route_share(plan, dep, source, i);
            const double got = fmin(members, flow->n_steps * share);
            if (to->group == MDL_BY_NAME)
                break;
            const double part = turn == 0 ? got : fmin(members - got, over);
            add_visits(dep, to, part, work_s);
            over -= part;
        }
    }
}

void mdl_plan_visits(
    const struct mdl_plan *plan, struct mdl_dep *dep, int source)
{
    const struct mdl_class *c = &plan->classes[plan->sources[source].cls];
    const struct mdl_flow *flow = &dep->flows[plan->sources[source].cls];

    if (flow->kind == MDL_FLOW_FORK && flow->steps[0].entry < 0) {
        fork_visits(plan, dep, source);
        return;
    }
    for (int s = 0; s < flow->n_steps; s++) {
        const struct mdl_step *step = &flow->steps[s];
        bool found = false;
        for (int i = dep->uc_first[source];
             i < dep->uc_first[source + 1] && !found; i++) {
            struct mdl_candidate *to = &dep->candidates[i];
            const int entry = dep->places[to->place].entry;
            const double share = step->entry < 0
                                     ? mdl_route_share(plan, dep, source, i)
                                 : step->entry == entry ? 1.0
                                                        : 0.0;
            found = step->entry >= 0 && step->entry == entry;
            add_visits(dep, to, share * step->visits,
                mdl_step_work_s(step, c->mean_work_s));
        }
    }
}

/* Is it for routing to find a site that can take a request, in ways of which an
 * estimate knows too little? */
static bool looks_on(const struct mdl_dep *dep)
{
    const struct mdl_routing_cfg *routing = &dep->cfg->routing;
    const bool compares = routing->policy == MDL_SHORTEST_QUEUE ||
                          (routing->policy == MDL_POWER_OF_D &&
                              routing->choices >= dep->n_members);

    return routing->policy == MDL_SLO_AWARE ||
           (compares && routing->n_prefer == 0) ||
           (routing->policy == MDL_CHEAPEST && routing->has_spill);
}

/* More work, of requests that wait for ever, than all places together can do?
 */
static bool overwhelmed(
    const struct mdl_dep *dep, const struct mdl_offered *offered)
{
    double load = 0.0, capacity = 0.0;

    for (int i = 0; i < dep->n_places; i++) {
        const struct mdl_place *place = &dep->places[i];
        const struct mdl_member *m = &dep->members[place->first_member];
        const double full = mdl_member_full_rate(dep, m);
        load += offered[i].stays;
        capacity += full < 0.0 ? (double)INFINITY : place->n_members * full;
        if (dep->entries[place->entry].cfg->queue.capacity >= 0)
            return false;
    }
    return load >= capacity;
}

/* A place that is offered more than it can serve, by requests that wait for
 * ever, is a queue without end unless it is limited. */
static void judge(struct mdl_dep *dep, const struct mdl_offered *offered)
{
    for (int i = 0; i < dep->n_places; i++) {
        const struct mdl_place *place = &dep->places[i];
        const struct mdl_member *m = &dep->members[place->first_member];
        const double full = place->n_members * mdl_member_full_rate(dep, m);
        if (full < 0.0)
            continue;
        dep->worst_load = fmax(dep->worst_load, offered[i].load / full);
        if (offered[i].stays > 0.0 && offered[i].stays >= full &&
            !looks_on(dep) &&
            dep->entries[place->entry].cfg->queue.capacity < 0)
            dep->unstable = true;
    }
    if (looks_on(dep) && overwhelmed(dep, offered))
        dep->unstable = true;
}

/* Offered load over capacity of every place when all is well, mean of the
 * worst year: at or above 1 there is no steady state. */
int mdl_plan_load(
    struct mdl_plan *plan, struct mdl_dep *dep, struct sim_err *err)
{
    const double year_s = SIM_H_PER_YR * SIM_S_PER_H;
    struct mdl_offered *offered =
        sim_calloc((size_t)dep->n_places, sizeof *offered);
    double *rate_per_s =
        sim_calloc((size_t)plan->n_sources, sizeof *rate_per_s);
    int rc = SIM_OK;

    if (offered == NULL || rate_per_s == NULL)
        rc = sim_err_set(err, SIM_E_NOMEM, "out of memory");
    for (int y = 0; rc == SIM_OK && y < (plan->windowed ? plan->n_years : 1);
         y++) {
        const struct mdl_offer year = {.plan = plan,
            .dep = dep,
            .rate_per_s = rate_per_s,
            .fluid = true,
            .deflation = mdl_plan_deflation(plan, y * year_s)};
        for (int i = 0; i < plan->n_sources; i++) {
            const struct mdl_class *c = &plan->classes[plan->sources[i].cls];
            rate_per_s[i] = plan->sources[i].base_per_s *
                            sim_pow(1.0 + c->arrivals->growth_per_yr, y);
        }
        mdl_offer(&year, offered);
        judge(dep, offered);
    }
    sim_free(offered);
    sim_free(rate_per_s);
    return rc;
}

double mdl_entry_work_s(const struct mdl_dep *dep, int entry, double mean_s)
{
    const struct mdl_site_cfg *site = dep->entries[entry].cfg;
    const struct mdl_batch_time_cfg *time = &site->batching.time;
    const double most = (double)site->batching.max;

    if (!site->has_batching)
        return mean_s;
    return (time->has_exponential ? time->exponential.mean_ms
                                  : time->fixed_ms + time->per_item_ms * most) /
           most / SIM_MS_PER_S;
}

int mdl_member_slots(const struct mdl_member *member)
{
    if (member->servers < 0)
        return -1;
    return (int)(member->servers * member->slots_per_server);
}
