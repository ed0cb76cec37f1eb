#include "models/routing.h"

#include <string.h>

const char *const mdl_policy_names[] = {"nearest", "random", "weighted",
    "round-robin", "shortest-queue", "power-of-d", NULL};

bool mdl_policy_takes_all(int policy)
{
    return policy != MDL_NEAREST;
}

bool mdl_policy_draws(int policy)
{
    return policy == MDL_RANDOM || policy == MDL_WEIGHTED ||
           policy == MDL_POWER_OF_D;
}

/* Weight of a candidate: that of its entry, shared by the entry's members. */
static double weight_of(const struct mdl_dep *dep, int candidate)
{
    const struct mdl_routing_cfg *routing = &dep->cfg->routing;
    const int entry = dep->members[dep->candidates[candidate].member].entry;
    const char *name = dep->entries[entry].cfg->name;

    for (int i = 0; i < routing->n_weights; i++) {
        if (strcmp(routing->weights[i].name, name) == 0)
            return routing->weights[i].weight / dep->entries[entry].n_members;
    }
    return 0.0;
}

/* Candidates of one group, those known to be down left out. */
struct group {
    int first, last; /* indices into candidates */
    int n;           /* up */
    double weight;   /* of those up */
};

static bool usable(const struct mdl_router *r, int candidate)
{
    return !r->dep->cfg->routing.failover || r->known_up == NULL ||
           r->known_up[r->dep->candidates[candidate].member];
}

static struct group first_group(const struct mdl_router *r, int source)
{
    const struct mdl_dep *dep = r->dep;
    const int end = dep->uc_first[source + 1];
    struct group g = {.first = dep->uc_first[source]};

    while (g.first < end) {
        const int number = dep->candidates[g.first].group;
        g.n = 0;
        g.weight = 0.0;
        for (g.last = g.first;
             g.last < end && dep->candidates[g.last].group == number;
             g.last++) {
            if (!usable(r, g.last))
                continue;
            g.n++;
            g.weight += weight_of(dep, g.last);
        }
        if (g.n > 0)
            return g;
        g.first = g.last;
    }
    g.last = g.first;
    g.n = 0;
    return g;
}

/* The k-th usable candidate of a group, k from 0. */
static int nth(const struct mdl_router *r, const struct group *g, int k)
{
    for (int i = g->first; i < g->last; i++) {
        if (usable(r, i) && k-- == 0)
            return i;
    }
    return g->first;
}

static int index_of(double mark, int n)
{
    const int k = (int)(mark * n);

    return k < n ? k : n - 1;
}

static int by_weight(
    const struct mdl_router *r, const struct group *g, double mark)
{
    double left = mark * g->weight;
    int last = g->first;

    if (!(g->weight > 0.0)) /* all that have a weight are down */
        return nth(r, g, index_of(mark, g->n));
    for (int i = g->first; i < g->last; i++) {
        const double weight = usable(r, i) ? weight_of(r->dep, i) : 0.0;
        if (!(weight > 0.0))
            continue;
        last = i;
        left -= weight;
        if (left < 0.0)
            break;
    }
    return last;
}

static int64_t queue_of(const struct mdl_router *r, int candidate)
{
    return sim_engine_in_system(
        r->engine, r->dep->candidates[candidate].member);
}

static int shortest(const struct mdl_router *r, const struct group *g)
{
    int best = -1;
    int64_t least = 0;

    for (int i = g->first; i < g->last; i++) {
        const int64_t n = usable(r, i) ? queue_of(r, i) : 0;
        if (usable(r, i) && (best < 0 || n < least)) {
            best = i;
            least = n;
        }
    }
    return best;
}

/* d distinct candidates drawn one after the other from one uniform, whose
 * remainder after each choice is again uniform. */
static int power_of_d(
    const struct mdl_router *r, const struct group *g, double mark)
{
    const int64_t d = r->dep->cfg->routing.choices;
    int taken[8], best = -1;
    int64_t least = 0;

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
        const int candidate = nth(r, g, k);
        const int64_t n = queue_of(r, candidate);
        if (best < 0 || n < least) {
            best = candidate;
            least = n;
        }
    }
    return best;
}

int mdl_route_pick(struct mdl_router *router, int source, double mark)
{
    const struct group g = first_group(router, source);

    if (g.n == 0)
        return -1;
    switch (router->dep->cfg->routing.policy) {
    case MDL_RANDOM:
        return nth(router, &g, index_of(mark, g.n));
    case MDL_WEIGHTED:
        return by_weight(router, &g, mark);
    case MDL_ROUND_ROBIN:
        return nth(router, &g, (int)(router->turn++ % g.n));
    case MDL_SHORTEST_QUEUE:
        return shortest(router, &g);
    case MDL_POWER_OF_D:
        return power_of_d(router, &g, mark);
    default:
        return nth(router, &g, 0);
    }
}

double mdl_route_share(const struct mdl_dep *dep, int source, int candidate)
{
    const struct mdl_router all = {.dep = dep};
    const struct group g = first_group(&all, source);

    if (candidate < g.first || candidate >= g.last)
        return 0.0;
    if (dep->cfg->routing.policy == MDL_NEAREST)
        return candidate == g.first ? 1.0 : 0.0;
    if (dep->cfg->routing.policy == MDL_WEIGHTED && g.weight > 0.0)
        return weight_of(dep, candidate) / g.weight;
    return 1.0 / g.n;
}
