/* routing_parts.h - what routing.c and routing_members.c share: who is known to
 * be up, groups of candidates, and choices within them.
 */
#ifndef MODELS_ROUTING_PARTS_H
#define MODELS_ROUTING_PARTS_H

#include "models/routing.h"

static const struct mdl_pick mdl_nobody = {.candidate = -1, .member = -1};

static inline const struct mdl_place *mdl_place_of(
    const struct mdl_dep *dep, int candidate)
{
    return &dep->places[dep->candidates[candidate].place];
}

static inline bool mdl_router_asks(const struct mdl_router *r)
{
    return r->dep->cfg->routing.failover && r->known_up != NULL;
}

static inline bool mdl_router_usable(const struct mdl_router *r, int member)
{
    return !r->dep->cfg->routing.failover || r->known_up == NULL ||
           r->known_up[member];
}

static inline int mdl_place_usable(const struct mdl_router *r, int candidate)
{
    const int place = r->dep->candidates[candidate].place;

    return mdl_router_asks(r) ? r->n_known_up[place]
                              : r->dep->places[place].n_members;
}

/* Candidates of one group. */
struct mdl_group {
    int first, last; /* indices into candidates */
    int n;           /* members that are usable */
    double weight;   /* of those */
};

/* ---- routing_members.c -------------------------------------------------- */

/** Weight of a candidate's member: that of its entry, shared by its members. */
double mdl_member_weight(const struct mdl_dep *dep, int candidate);

/** Jobs at a member now. */
int64_t mdl_member_queue(const struct mdl_router *r, int member);

/** The first group from candidate `from` on with a usable member; n = 0: none.
 */
struct mdl_group mdl_group_from(
    const struct mdl_router *r, int source, int from);

/** The k-th usable member of a place or a group, k from 0. */
struct mdl_pick mdl_place_nth(const struct mdl_router *r, int candidate, int k);
struct mdl_pick mdl_group_nth(
    const struct mdl_router *r, const struct mdl_group *g, int k);

/** Which of n a uniform means. */
int mdl_group_index(double mark, int n);

/** By the policies that look at members alone. */
struct mdl_pick mdl_group_in_turn(
    const struct mdl_router *r, const struct mdl_group *g);
struct mdl_pick mdl_group_by_weight(
    const struct mdl_router *r, const struct mdl_group *g, double mark);
struct mdl_pick mdl_group_shortest(
    const struct mdl_router *r, const struct mdl_group *g);
struct mdl_pick mdl_group_of_d(
    const struct mdl_router *r, const struct mdl_group *g, double mark);

/** One of the usable members of a place, by the entry's balance. */
struct mdl_pick mdl_place_balanced(
    struct mdl_router *r, int candidate, int user, double mark);

#endif /* MODELS_ROUTING_PARTS_H */
