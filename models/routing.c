#include "models/routing_parts.h"

#include <math.h>

#include "models/policy.h"
#include "sim/units.h"

const char *const mdl_policy_names[] = {"nearest", "random", "weighted",
    "round-robin", "shortest-queue", "power-of-d", "cheapest", "slo-aware",
    NULL};

const char *const mdl_balance_names[] = {
    "random", "sticky", "round-robin", "shortest-queue", NULL};

bool mdl_policy_takes_all(int policy)
{
    return policy != MDL_NEAREST;
}

bool mdl_route_asks_queues(const struct mdl_dep *dep)
{
    const int policy = dep->cfg->routing.policy;

    for (int i = 0; i < dep->n_entries; i++) {
        if (dep->entries[i].cfg->balance == MDL_BALANCE_SHORTEST_QUEUE)
            return true;
    }
    return policy == MDL_SHORTEST_QUEUE || policy == MDL_POWER_OF_D ||
           policy == MDL_SLO_AWARE;
}

bool mdl_route_draws(const struct mdl_dep *dep, int source)
{
    const int policy = dep->cfg->routing.policy;

    if (policy == MDL_RANDOM || policy == MDL_WEIGHTED ||
        policy == MDL_POWER_OF_D)
        return true;
    for (int i = dep->uc_first[source]; i < dep->uc_first[source + 1]; i++) {
        const struct mdl_place *place = mdl_place_of(dep, i);
        if (place->n_members > 1 &&
            dep->entries[place->entry].cfg->balance == MDL_BALANCE_RANDOM)
            return true;
    }
    return false;
}

/* ---- choices ------------------------------------------------------------ */

/* A choice that is made takes its turn. */
static struct mdl_pick taken(struct mdl_router *r, struct mdl_pick pick)
{
    if (pick.candidate < 0)
        return pick;
    r->last_of_all = pick.member;
    if (r->last != NULL)
        r->last[r->dep->candidates[pick.candidate].place] = pick.member;
    return pick;
}

/* From candidate `from` on, whatever its group: they stand in the order of
 * preference. */
static struct mdl_pick nearest(
    struct mdl_router *r, int source, int from, int user, double mark)
{
    const int end = r->dep->uc_first[source + 1];

    for (int i = from; i < end; i++) {
        if (r->dep->candidates[i].group == MDL_BY_NAME)
            break;
        if (mdl_place_usable(r, i) > 0)
            return mdl_place_balanced(r, i, user, mark);
    }
    return mdl_nobody;
}

/* ---- policies that look ahead ------------------------------------------- */

/* Prices and work change by the hour, so what they need is looked up once in
 * it.  Without an engine: the mean of the year. */
static void note_hour(struct mdl_router *r)
{
    if (r->engine == NULL)
        return;
    const double now_s = sim_engine_now_s(r->engine);
    if (now_s < r->hour_end_s)
        return;
    const double hour = floor((r->origin_s + now_s) / SIM_S_PER_H);
    r->hour_end_s = (hour + 1.0) * SIM_S_PER_H - r->origin_s;
    r->deflation = mdl_plan_deflation(r->plan, hour * SIM_S_PER_H);
    if (r->dep->policy->costs != NULL)
        r->hour_of_year =
            mdl_cost_hour(r->dep->policy->costs, hour * SIM_S_PER_H);
}

static double cost_of(const struct mdl_router *r, int cls, int candidate)
{
    return mdl_cost_usd(r->dep->policy->costs, cls,
        mdl_place_of(r->dep, candidate)->entry, r->hour_of_year, r->deflation);
}

/* The cheapest usable candidate of a group, ties to the nearest; with after >=
 * 0 of those that come after it in that order. */
static int cheapest(
    struct mdl_router *r, const struct mdl_group *g, int cls, int after)
{
    double least = (double)INFINITY, floor_usd = -(double)INFINITY;
    int best = -1;

    note_hour(r);
    if (after >= 0)
        floor_usd = cost_of(r, cls, after);
    for (int i = g->first; i < g->last; i++) {
        const double usd = cost_of(r, cls, i);
        if (mdl_place_usable(r, i) == 0 || usd < floor_usd ||
            (usd == floor_usd && i <= after))
            continue;
        if (best < 0 || usd < least) {
            best = i;
            least = usd;
        }
    }
    return best;
}

static int64_t queue_here(const struct mdl_router *r, int member)
{
    return r->engine != NULL ? mdl_member_queue(r, member) : 0;
}

/* From candidate `from` on, in order of preference, the first that is predicted
 * to meet the objective; none: the least late. */
static struct mdl_pick in_time(
    struct mdl_router *r, int source, int user, int from, double mark)
{
    const struct mdl_dep *dep = r->dep;
    const double limit_s = r->plan->classes[r->plan->sources[source].cls].slo_s;
    struct mdl_pick best = mdl_nobody;
    double least = (double)INFINITY;

    note_hour(r);
    for (int i = from; i < dep->uc_first[source + 1] &&
                       dep->candidates[i].group != MDL_BY_NAME;
         i++) {
        if (mdl_place_usable(r, i) == 0)
            continue;
        const struct mdl_pick pick = mdl_place_balanced(r, i, user, mark);
        const double response_s = mdl_forecast_s(
            r->plan, dep, source, i, queue_here(r, pick.member), r->deflation);
        if (response_s <= limit_s)
            return pick;
        if (best.candidate < 0 || response_s < least) {
            best = pick;
            least = response_s;
        }
    }
    return best;
}

static struct mdl_pick pick_in(
    struct mdl_router *r, const struct mdl_group *g, double mark)
{
    if (g->n == 0)
        return mdl_nobody;
    switch (r->dep->cfg->routing.policy) {
    case MDL_RANDOM:
        return mdl_group_nth(r, g, mdl_group_index(mark, g->n));
    case MDL_WEIGHTED:
        return mdl_group_by_weight(r, g, mark);
    case MDL_ROUND_ROBIN:
        return mdl_group_in_turn(r, g);
    case MDL_SHORTEST_QUEUE:
        return mdl_group_shortest(r, g);
    default:
        return mdl_group_of_d(r, g, mark);
    }
}

static struct mdl_pick pick_cheapest(struct mdl_router *r, int source,
    const struct mdl_group *g, int user, int after, double mark)
{
    const int i =
        g->n > 0 ? cheapest(r, g, r->plan->sources[source].cls, after) : -1;

    return i >= 0 ? mdl_place_balanced(r, i, user, mark) : mdl_nobody;
}

/* ---- public -------------------------------------------------------------- */

struct mdl_router mdl_router_start(const struct mdl_plan *plan,
    const struct mdl_dep *dep, const bool *known_up, const int *n_known_up,
    int *last, struct sim_engine *engine, double origin_s)
{
    for (int i = 0; last != NULL && i < dep->n_places; i++)
        last[i] = -1;
    return (struct mdl_router){.plan = plan,
        .dep = dep,
        .known_up = known_up,
        .n_known_up = n_known_up,
        .last = last,
        .last_of_all = -1,
        .engine = engine,
        .origin_s = origin_s,
        .hour_end_s = -(double)INFINITY,
        .hour_of_year = -1,
        .deflation = 1.0};
}

static struct mdl_pick pick_known(
    struct mdl_router *router, int source, int user, double mark)
{
    const int first = router->dep->uc_first[source];

    if (router->dep->cfg->routing.policy == MDL_NEAREST)
        return nearest(router, source, first, user, mark);
    if (router->dep->cfg->routing.policy == MDL_SLO_AWARE)
        return in_time(router, source, user, first, mark);
    const struct mdl_group g = mdl_group_from(router, source, first);
    if (router->dep->cfg->routing.policy == MDL_CHEAPEST)
        return pick_cheapest(router, source, &g, user, -1, mark);
    return pick_in(router, &g, mark);
}

/* With nobody known to be up a request goes where it would when all is well: a
 * site that is there but has no server up queues it. */
struct mdl_pick mdl_route_pick(
    struct mdl_router *router, int source, int user, double mark)
{
    const bool *known_up = router->known_up;
    struct mdl_pick pick = pick_known(router, source, user, mark);

    if (pick.candidate < 0 && mdl_router_asks(router)) {
        router->known_up = NULL;
        pick = pick_known(router, source, user, mark);
        router->known_up = known_up;
    }
    return taken(router, pick);
}

/* All candidates of the group of one. */
static struct mdl_group group_of(
    const struct mdl_router *r, int source, int candidate)
{
    const struct mdl_dep *dep = r->dep;
    const int group = dep->candidates[candidate].group;
    int first = candidate;

    while (first > dep->uc_first[source] &&
           dep->candidates[first - 1].group == group)
        first--;
    struct mdl_group g = {.first = first, .last = first};
    for (; g.last < dep->uc_first[source + 1] &&
           dep->candidates[g.last].group == group;
         g.last++)
        g.n += mdl_place_usable(r, g.last);
    return g;
}

static struct mdl_pick next_known(
    struct mdl_router *router, int source, int user, int after, double mark)
{
    const struct mdl_dep *dep = router->dep;
    const int policy = dep->cfg->routing.policy;
    const int end = dep->uc_first[source + 1];
    int from = after + 1;

    if (policy == MDL_NEAREST)
        return nearest(router, source, from, user, mark);
    if (policy == MDL_SLO_AWARE)
        return in_time(router, source, user, from, mark);
    if (policy == MDL_CHEAPEST) {
        const struct mdl_group same = group_of(router, source, after);
        const struct mdl_pick pick =
            pick_cheapest(router, source, &same, user, after, mark);
        if (pick.candidate >= 0)
            return pick;
    }
    while (from < end &&
           dep->candidates[from].group == dep->candidates[after].group)
        from++;
    const struct mdl_group g = mdl_group_from(router, source, from);
    if (policy == MDL_CHEAPEST)
        return pick_cheapest(router, source, &g, user, -1, mark);
    return pick_in(router, &g, mark);
}

struct mdl_pick mdl_route_next(
    struct mdl_router *router, int source, int user, int after, double mark)
{
    return taken(router, next_known(router, source, user, after, mark));
}

static struct mdl_pick entry_known(
    struct mdl_router *router, int source, int entry, int user, double mark)
{
    const struct mdl_dep *dep = router->dep;

    for (int i = dep->uc_first[source]; i < dep->uc_first[source + 1]; i++) {
        if (mdl_place_of(dep, i)->entry == entry &&
            mdl_place_usable(router, i) > 0)
            return mdl_place_balanced(router, i, user, mark);
    }
    return mdl_nobody;
}

struct mdl_pick mdl_route_entry(
    struct mdl_router *router, int source, int entry, int user, double mark)
{
    const bool *known_up = router->known_up;
    struct mdl_pick pick = entry_known(router, source, entry, user, mark);

    if (pick.candidate < 0 && mdl_router_asks(router)) {
        router->known_up = NULL;
        pick = entry_known(router, source, entry, user, mark);
        router->known_up = known_up;
    }
    return taken(router, pick);
}

double mdl_route_share(const struct mdl_plan *plan, const struct mdl_dep *dep,
    int source, int candidate)
{
    struct mdl_router all =
        mdl_router_start(plan, dep, NULL, NULL, NULL, NULL, 0.0);
    const struct mdl_group g =
        mdl_group_from(&all, source, dep->uc_first[source]);
    const int n = mdl_place_of(dep, candidate)->n_members;

    if (candidate < g.first || candidate >= g.last)
        return 0.0;
    switch (dep->cfg->routing.policy) {
    case MDL_NEAREST:
    case MDL_SLO_AWARE:
        return candidate == g.first ? 1.0 : 0.0;
    case MDL_CHEAPEST:
        return candidate == cheapest(&all, &g, plan->sources[source].cls, -1)
                   ? 1.0
                   : 0.0;
    case MDL_WEIGHTED:
        return g.weight > 0.0 ? n * mdl_member_weight(dep, candidate) / g.weight
                              : (double)n / g.n;
    default:
        return (double)n / g.n;
    }
}
