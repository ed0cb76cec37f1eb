/* routing.h - which of the candidates serves a request.
 *
 * Candidates of a source are places; they stand in groups, by the position of
 * their entry in `prefer` (without it all are one group).  The policy picks
 * among the members of the first group that has one known to be up; "nearest"
 * takes the nearest place of it, and the entry's `balance` one of its members.
 */
#ifndef MODELS_ROUTING_H
#define MODELS_ROUTING_H

#include <stdbool.h>
#include <stdint.h>

#include "models/plan.h"
#include "sim/engine.h"

enum mdl_policy {
    MDL_NEAREST,        /* shortest median round trip */
    MDL_RANDOM,         /* each with the same chance */
    MDL_WEIGHTED,       /* by `weights` of the entries */
    MDL_ROUND_ROBIN,    /* in turn, over all requests of the deployment */
    MDL_SHORTEST_QUEUE, /* fewest in system; ties to the nearest */
    MDL_POWER_OF_D,     /* fewest in system among d drawn at random */
};

extern const char *const mdl_policy_names[]; /* for SIM_PARAM_ENUM */

/* Which member of a place. */
enum mdl_balance {
    MDL_BALANCE_RANDOM,
    MDL_BALANCE_STICKY, /* always the same for a user */
    MDL_BALANCE_ROUND_ROBIN,
    MDL_BALANCE_SHORTEST_QUEUE,
};

extern const char *const mdl_balance_names[]; /* for SIM_PARAM_ENUM */

/* What the policies remember within a window, and whom they may ask. */
struct mdl_router {
    const struct mdl_dep *dep;
    const bool *known_up;  /* [n_members] */
    const int *n_known_up; /* [n_places] */
    struct sim_engine *engine;
    int64_t turn; /* round robin */
};

/* A choice; candidate < 0: nobody. */
struct mdl_pick {
    int candidate; /* index into dep->candidates */
    int member;
};

/** Does the policy look at all members of a group, not the nearest few? */
bool mdl_policy_takes_all(int policy);

/** Does routing need a uniform of each request of a source? */
bool mdl_route_draws(const struct mdl_dep *dep, int source);

/**
 * Pick among the candidates of a source.
 * @param source  index of the (user, class)
 * @param user    for sticky balance
 * @param mark    uniform in (0, 1) of the request
 * @return candidate -1 when none is known to be up.  Without `failover` the
 *         state of the sites is not asked.
 */
struct mdl_pick mdl_route_pick(
    struct mdl_router *router, int source, int user, double mark);

/**
 * The next choice after a candidate: in the same group under "nearest", else
 * in a later group; for spill, hedges and second parts.
 * @param after  index into dep->candidates
 */
struct mdl_pick mdl_route_next(
    struct mdl_router *router, int source, int user, int after, double mark);

/** A member of the nearest place of an entry that has one known to be up. */
struct mdl_pick mdl_route_entry(
    struct mdl_router *router, int source, int entry, int user, double mark);

/** Share of a source's requests that a candidate gets when all is well. */
double mdl_route_share(const struct mdl_dep *dep, int source, int candidate);

#endif /* MODELS_ROUTING_H */
