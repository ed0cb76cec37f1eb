/* Members of a group of candidates, or of one place: by chance, by weight, in
 * turn, by their queues. */
#include <string.h>

#include "models/routing_parts.h"

/* Weight of a candidate's member: that of its entry, shared by its members. */
double mdl_member_weight(const struct mdl_dep *dep, int candidate)
{
    const struct mdl_routing_cfg *routing = &dep->cfg->routing;
    const int entry = mdl_place_of(dep, candidate)->entry;
    const char *name = dep->entries[entry].cfg->name;

    for (int i = 0; i < routing->n_weights; i++) {
        if (strcmp(routing->weights[i].name, name) == 0)
            return routing->weights[i].weight / dep->entries[entry].n_members;
    }
    return 0.0;
}

/* The k-th usable member of a candidate's place, k from 0. */
struct mdl_pick mdl_place_nth(const struct mdl_router *r, int candidate, int k)
{
    const struct mdl_place *place = mdl_place_of(r->dep, candidate);
    int member = place->first_member + k;

    if (mdl_place_usable(r, candidate) < place->n_members) {
        for (member = place->first_member;
             !mdl_router_usable(r, member) || k-- > 0;)
            member++;
    }
    return (struct mdl_pick){.candidate = candidate, .member = member};
}

/* The first group from candidate `from` on with a usable member. */
struct mdl_group mdl_group_from(
    const struct mdl_router *r, int source, int from)
{
    const struct mdl_dep *dep = r->dep;
    const int end = dep->uc_first[source + 1];
    struct mdl_group g = {.first = from};

    while (g.first < end && dep->candidates[g.first].group != MDL_BY_NAME) {
        const int number = dep->candidates[g.first].group;
        g.n = 0;
        g.weight = 0.0;
        for (g.last = g.first;
             g.last < end && dep->candidates[g.last].group == number;
             g.last++) {
            const int n = mdl_place_usable(r, g.last);
            g.n += n;
            if (dep->cfg->routing.n_weights > 0)
                g.weight += n * mdl_member_weight(dep, g.last);
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
struct mdl_pick mdl_group_nth(
    const struct mdl_router *r, const struct mdl_group *g, int k)
{
    for (int i = g->first; i < g->last; i++) {
        const int n = mdl_place_usable(r, i);
        if (k < n)
            return mdl_place_nth(r, i, k);
        k -= n;
    }
    return mdl_nobody;
}

int mdl_group_index(double mark, int n)
{
    const int k = (int)(mark * n);

    return k < n ? k : n - 1;
}

/* ---- in turn ------------------------------------------------------------ */

/* The usable member of a candidate's place that follows `last` in the order of
 * the deployment, or its first one; n_usable > 0. */
static int next_here(const struct mdl_router *r, int candidate, int last)
{
    const struct mdl_place *place = mdl_place_of(r->dep, candidate);
    const int first = place->first_member, end = first + place->n_members;
    int member = last >= first && last < end - 1 ? last + 1 : first;

    while (!mdl_router_usable(r, member))
        member = member < end - 1 ? member + 1 : first;
    return member;
}

/* In turn over all members of the group, whoever asks: users see the places in
 * different orders, the deployment has one. */
struct mdl_pick mdl_group_in_turn(
    const struct mdl_router *r, const struct mdl_group *g)
{
    struct mdl_pick best = mdl_nobody;
    int least = 0;

    for (int i = g->first; i < g->last; i++) {
        if (mdl_place_usable(r, i) == 0)
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

/* ---- policies ----------------------------------------------------------- */

struct mdl_pick mdl_group_by_weight(
    const struct mdl_router *r, const struct mdl_group *g, double mark)
{
    double left = mark * g->weight;
    struct mdl_pick last = mdl_nobody;

    if (!(g->weight > 0.0)) /* all that have a weight are down */
        return mdl_group_nth(r, g, mdl_group_index(mark, g->n));
    for (int i = g->first; i < g->last; i++) {
        const int n = mdl_place_usable(r, i);
        const double weight = mdl_member_weight(r->dep, i);
        if (n == 0 || !(weight > 0.0))
            continue;
        const double k = left / weight;
        last = mdl_place_nth(r, i, k < n ? (int)k : n - 1);
        left -= n * weight;
        if (left < 0.0)
            break;
    }
    return last;
}

int64_t mdl_member_queue(const struct mdl_router *r, int member)
{
    return sim_engine_in_system(r->engine, member);
}

struct mdl_pick mdl_group_shortest(
    const struct mdl_router *r, const struct mdl_group *g)
{
    struct mdl_pick best = mdl_nobody;
    int64_t least = 0;

    for (int i = g->first; i < g->last; i++) {
        const struct mdl_place *place = mdl_place_of(r->dep, i);
        for (int k = 0; k < place->n_members; k++) {
            const int member = place->first_member + k;
            const int64_t n =
                mdl_router_usable(r, member) ? mdl_member_queue(r, member) : 0;
            if (mdl_router_usable(r, member) &&
                (best.candidate < 0 || n < least)) {
                best = (struct mdl_pick){.candidate = i, .member = member};
                least = n;
            }
        }
    }
    return best;
}

/* d distinct members drawn one after the other from one uniform, whose
 * remainder after each choice is again uniform. */
struct mdl_pick mdl_group_of_d(
    const struct mdl_router *r, const struct mdl_group *g, double mark)
{
    const int64_t d = r->dep->cfg->routing.choices;
    struct mdl_pick best = mdl_nobody;
    int64_t least = 0;
    int taken[8];

    for (int j = 0; j < d && j < g->n && j < 8; j++) {
        const int left = g->n - j;
        int k = mdl_group_index(mark, left);
        mark = mark * left - k;
        for (int t = 0; t < j; t++)
            k += k >= taken[t];
        int at = j;
        for (; at > 0 && taken[at - 1] > k; at--)
            taken[at] = taken[at - 1];
        taken[at] = k;
        const struct mdl_pick pick = mdl_group_nth(r, g, k);
        const int64_t n = mdl_member_queue(r, pick.member);
        if (best.candidate < 0 || n < least) {
            best = pick;
            least = n;
        }
    }
    return best;
}

/* One of the usable members of a place, by the entry's balance. */
struct mdl_pick mdl_place_balanced(
    struct mdl_router *r, int candidate, int user, double mark)
{
    const struct mdl_place *place = mdl_place_of(r->dep, candidate);
    const int n = mdl_place_usable(r, candidate);
    const struct mdl_group here = {.first = candidate, .last = candidate + 1};

    if (n == 1)
        return mdl_place_nth(r, candidate, 0);
    switch (r->dep->entries[place->entry].cfg->balance) {
    case MDL_BALANCE_STICKY:
        return mdl_place_nth(r, candidate, user % n);
    case MDL_BALANCE_ROUND_ROBIN:
        return (struct mdl_pick){.candidate = candidate,
            .member = next_here(r, candidate,
                r->last != NULL ? r->last[r->dep->candidates[candidate].place]
                                : -1)};
    case MDL_BALANCE_SHORTEST_QUEUE:
        return mdl_group_shortest(r, &here);
    default:
        return mdl_place_nth(r, candidate, mdl_group_index(mark, n));
    }
}
