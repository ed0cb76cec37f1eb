#include "models/routing.h"

#include <math.h>
#include <string.h>

#include "models/policy.h"
#include "sim/units.h"

const char *const mdl_policy_names[] = {"nearest", "random", "weighted",
    "round-robin", "shortest-queue", "power-of-d", "cheapest", "slo-aware",
    NULL};

const char *const mdl_balance_names[] = {
    "random", "sticky", "round-robin", "shortest-queue", NULL};

static const struct mdl_pick nobody = {.candidate = -1, .member = -1};

bool mdl_policy_takes_all(int policy)
{
    return policy != MDL_NEAREST;
}

static const struct mdl_place *place_of(
    const struct mdl_dep *dep, int candidate)
{
    return &dep->places[dep->candidates[candidate].place];
}

bool mdl_route_draws(const struct mdl_dep *dep, int source)
{
    const int policy = dep->cfg->routing.policy;

    if (policy == MDL_RANDOM || policy == MDL_WEIGHTED ||
        policy == MDL_POWER_OF_D)
        return true;
    for (int i = dep->uc_first[source]; i < dep->uc_first[source + 1]; i++) {
        const struct mdl_place *place = place_of(dep, i);
        if (place->n_members > 1 &&
            dep->entries[place->entry].cfg->balance == MDL_BALANCE_RANDOM)
            return true;
    }
    return false;
}

/* Weight of a candidate's member: that of its entry, shared by its members. */
static double weight_of(const struct mdl_dep *dep, int candidate)
{
    const struct mdl_routing_cfg *routing = &dep->cfg->routing;
    const int entry = place_of(dep, candidate)->entry;
    const char *name = dep->entries[entry].cfg->name;

    for (int i = 0; i < routing->n_weights; i++) {
        if (strcmp(routing->weights[i].name, name) == 0)
            return routing->weights[i].weight / dep->entries[entry].n_members;
    }
    return 0.0;
}

/* ---- who is known to be up ---------------------------------------------- */

static bool asks(const struct mdl_router *r)
{
    return r->dep->cfg->routing.failover && r->known_up != NULL;
}

static bool usable(const struct mdl_router *r, int member)
{
    return !r->dep->cfg->routing.failover || r->known_up == NULL ||
           r->known_up[member];
}

static int n_usable(const struct mdl_router *r, int candidate)
{
    const int place = r->dep->candidates[candidate].place;

    return asks(r) ? r->n_known_up[place] : r->dep->places[place].n_members;
}

/* The k-th usable member of a candidate's place, k from 0. */
static struct mdl_pick nth_here(
    const struct mdl_router *r, int candidate, int k)
{
    const struct mdl_place *place = place_of(r->dep, candidate);
    int member = place->first_member + k;

    if (n_usable(r, candidate) < place->n_members) {
        for (member = place->first_member; !usable(r, member) || k-- > 0;)
            member++;
    }
    return (struct mdl_pick){.candidate = candidate, .member = member};
}

/* ---- groups ------------------------------------------------------------- */

/* Candidates of one group. */
struct group {
    int first, last; /* indices into candidates */
    int n;           /* members that are usable */
    double weight;   /* of those */
};

/* The first group from candidate `from` on with a usable member. */
static struct group group_from(const struct mdl_router *r, int source, int from)
{
    const struct mdl_dep *dep = r->dep;
    const int end = dep->uc_first[source + 1];
    struct group g = {.first = from};

    while (g.first < end && dep->candidates[g.first].group != MDL_BY_NAME) {
        const int number = dep->candidates[g.first].group;
        g.n = 0;
        g.weight = 0.0;
        for (g.last = g.first;
             g.last < end && dep->candidates[g.last].group == number;
             g.last++) {
            const int n = n_usable(r, g.last);
            g.n += n;
            if (dep->cfg->routing.n_weights > 0)
                g.weight += n * weight_of(dep, g.last);
        }
        if (g.n > 0)
            return g;
        g.first = g.last;
    }
    g.last = g.first;
    g.n = 0;
    return g;
}

/* The k-th usable member of a group, k from 0. */
static struct mdl_pick nth(
    const struct mdl_router *r, const struct group *g, int k)
{
    for (int i = g->first; i < g->last; i++) {
        const int n = n_usable(r, i);
        if (k < n)
            return nth_here(r, i, k);
        k -= n;
    }
    return nobody;
}

static int index_of(double mark, int n)
{
    const int k = (int)(mark * n);

    return k < n ? k : n - 1;
}

/* ---- in turn ------------------------------------------------------------ */

/* The usable member of a candidate's place that follows `last` in the order of
 * the deployment, or its first one; n_usable > 0. */
static int next_here(const struct mdl_router *r, int candidate, int last)
{
    const struct mdl_place *place = place_of(r->dep, candidate);
    const int first = place->first_member, end = first + place->n_members;
    int member = last >= first && last < end - 1 ? last + 1 : first;

    while (!usable(r, member))
        member = member < end - 1 ? member + 1 : first;
    return member;
}

/* In turn over all members of the group, whoever asks: users see the places in
 * different orders, the deployment has one. */
static struct mdl_pick in_turn(
    const struct mdl_router *r, const struct group *g)
{
    struct mdl_pick best = nobody;
    int least = 0;

    for (int i = g->first; i < g->last; i++) {
        if (n_usable(r, i) == 0)
            continue;
        const int member = next_here(r, i, r->last_of_all);
        const int ahead =
            member > r->last_of_all ? member : member + r->dep->n_members;
        if (best.candidate < 0 || ahead < least) {
            best = (struct mdl_pick){.candidate = i, .member = member};
            least = ahead;
        }
    }
    return best;
}

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

/* ---- policies ----------------------------------------------------------- */

static struct mdl_pick by_weight(
    const struct mdl_router *r, const struct group *g, double mark)
{
    double left = mark * g->weight;
    struct mdl_pick last = nobody;

    if (!(g->weight > 0.0)) /* all that have a weight are down */
        return nth(r, g, index_of(mark, g->n));
    for (int i = g->first; i < g->last; i++) {
        const int n = n_usable(r, i);
        const double weight = weight_of(r->dep, i);
        if (n == 0 || !(weight > 0.0))
            continue;
        const double k = left / weight;
        last = nth_here(r, i, k < n ? (int)k : n - 1);
        left -= n * weight;
        if (left < 0.0)
            break;
    }
    return last;
}

static int64_t queue_of(const struct mdl_router *r, int member)
{
    return sim_engine_in_system(r->engine, member);
}

static struct mdl_pick shortest(
    const struct mdl_router *r, const struct group *g)
{
    struct mdl_pick best = nobody;
    int64_t least = 0;

    for (int i = g->first; i < g->last; i++) {
        const struct mdl_place *place = place_of(r->dep, i);
        for (int k = 0; k < place->n_members; k++) {
            const int member = place->first_member + k;
            const int64_t n = usable(r, member) ? queue_of(r, member) : 0;
            if (usable(r, member) && (best.candidate < 0 || n < least)) {
                best = (struct mdl_pick){.candidate = i, .member = member};
                least = n;
            }
        }
    }
    return best;
}

/* d distinct members drawn one after the other from one uniform, whose
 * remainder after each choice is again uniform. */
static struct mdl_pick power_of_d(
    const struct mdl_router *r, const struct group *g, double mark)
{
    const int64_t d = r->dep->cfg->routing.choices;
    struct mdl_pick best = nobody;
    int64_t least = 0;
    int taken[8];

    for (int j = 0; j < d && j < g->n && j < 8; j++) {
        const int left = g->n - j;
        int k = index_of(mark, left);
        mark = mark * left - k;
        for (int t = 0; t < j; t++)
            k += k >= taken[t];
        int at = j;
        for (; at > 0 && taken[at - 1] > k; at--)
            taken[at] = taken[at - 1];
        taken[at] = k;
        const struct mdl_pick pick = nth(r, g, k);
        const int64_t n = queue_of(r, pick.member);
        if (best.candidate < 0 || n < least) {
            best = pick;
            least = n;
        }
    }
    return best;
}

/* One of the usable members of a place, by the entry's balance. */
static struct mdl_pick balanced(
    struct mdl_router *r, int candidate, int user, double mark)
{
    const struct mdl_place *place = place_of(r->dep, candidate);
    const int n = n_usable(r, candidate);
    const struct group here = {.first = candidate, .last = candidate + 1};

    if (n == 1)
        return nth_here(r, candidate, 0);
    switch (r->dep->entries[place->entry].cfg->balance) {
    case MDL_BALANCE_STICKY:
        return nth_here(r, candidate, user % n);
    case MDL_BALANCE_ROUND_ROBIN:
        return (struct mdl_pick){.candidate = candidate,
            .member = next_here(r, candidate,
                r->last != NULL ? r->last[r->dep->candidates[candidate].place]
                                : -1)};
    case MDL_BALANCE_SHORTEST_QUEUE:
        return shortest(r, &here);
    default:
        return nth_here(r, candidate, index_of(mark, n));
    }
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
        if (n_usable(r, i) > 0)
            return balanced(r, i, user, mark);
    }
    return nobody;
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
        place_of(r->dep, candidate)->entry, r->hour_of_year, r->deflation);
}

/* The cheapest usable candidate of a group, ties to the nearest; with after >=
 * 0 of those that come after it in that order. */
static int cheapest(
    struct mdl_router *r, const struct group *g, int cls, int after)
{
    double least = (double)INFINITY, floor_usd = -(double)INFINITY;
    int best = -1;

    note_hour(r);
    if (after >= 0)
        floor_usd = cost_of(r, cls, after);
    for (int i = g->first; i < g->last; i++) {
        const double usd = cost_of(r, cls, i);
        if (n_usable(r, i) == 0 || usd < floor_usd ||
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
    return r->engine != NULL ? queue_of(r, member) : 0;
}

/* From candidate `from` on, in order of preference, the first that is predicted
 * to meet the objective; none: the least late. */
static struct mdl_pick in_time(
    struct mdl_router *r, int source, int user, int from, double mark)
{
    const struct mdl_dep *dep = r->dep;
    const double limit_s = r->plan->classes[r->plan->sources[source].cls].slo_s;
    struct mdl_pick best = nobody;
    double least = (double)INFINITY;

    note_hour(r);
    for (int i = from; i < dep->uc_first[source + 1] &&
                       dep->candidates[i].group != MDL_BY_NAME;
         i++) {
        if (n_usable(r, i) == 0)
            continue;
        const struct mdl_pick pick = balanced(r, i, user, mark);
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
    struct mdl_router *r, const struct group *g, double mark)
{
    if (g->n == 0)
        return nobody;
    switch (r->dep->cfg->routing.policy) {
    case MDL_RANDOM:
        return nth(r, g, index_of(mark, g->n));
    case MDL_WEIGHTED:
        return by_weight(r, g, mark);
    case MDL_ROUND_ROBIN:
        return in_turn(r, g);
    case MDL_SHORTEST_QUEUE:
        return shortest(r, g);
    default:
        return power_of_d(r, g, mark);
    }
}

static struct mdl_pick pick_cheapest(struct mdl_router *r, int source,
    const struct group *g, int user, int after, double mark)
{
    const int i =
        g->n > 0 ? cheapest(r, g, r->plan->sources[source].cls, after) : -1;

    return i >= 0 ? balanced(r, i, user, mark) : nobody;
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
    const struct group g = group_from(router, source, first);
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

    if (pick.candidate < 0 && asks(router)) {
        router->known_up = NULL;
        pick = pick_known(router, source, user, mark);
        router->known_up = known_up;
    }
    return taken(router, pick);
}

/* All candidates of the group of one. */
static struct group group_of(
    const struct mdl_router *r, int source, int candidate)
{
    const struct mdl_dep *dep = r->dep;
    const int group = dep->candidates[candidate].group;
    int first = candidate;

    while (first > dep->uc_first[source] &&
           dep->candidates[first - 1].group == group)
        first--;
    struct group g = {.first = first, .last = first};
    for (; g.last < dep->uc_first[source + 1] &&
           dep->candidates[g.last].group == group;
         g.last++)
        g.n += n_usable(r, g.last);
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
        const struct group same = group_of(router, source, after);
        const struct mdl_pick pick =
            pick_cheapest(router, source, &same, user, after, mark);
        if (pick.candidate >= 0)
            return pick;
    }
    while (from < end &&
           dep->candidates[from].group == dep->candidates[after].group)
        from++;
    const struct group g = group_from(router, source, from);
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
        if (place_of(dep, i)->entry == entry && n_usable(router, i) > 0)
            return balanced(router, i, user, mark);
    }
    return nobody;
}

struct mdl_pick mdl_route_entry(
    struct mdl_router *router, int source, int entry, int user, double mark)
{
    const bool *known_up = router->known_up;
    struct mdl_pick pick = entry_known(router, source, entry, user, mark);

    if (pick.candidate < 0 && asks(router)) {
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
    const struct group g = group_from(&all, source, dep->uc_first[source]);
    const int n = place_of(dep, candidate)->n_members;

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
        return g.weight > 0.0 ? n * weight_of(dep, candidate) / g.weight
                              : (double)n / g.n;
    default:
        return (double)n / g.n;
    }
}
