/* routing.h - which of the candidates serves a request.
 *
 * Candidates of a source are places; they stand in groups, by the position of
 * their entry in `prefer` (without it all are one group).  The policy picks
 * among the members of the first group that has one known to be up; "nearest"
 * and "cheapest" take one place of it, and the entry's `balance` one of its
 * members.  "slo-aware" goes through the places of all groups in order of
 * preference; none in time: to the one predicted to be the earliest.  What the
 * last two know of a choice: policy.h.
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
    MDL_CHEAPEST,       /* least marginal cost this hour; ties to the nearest */
    MDL_SLO_AWARE,      /* the nearest that is predicted to be in time */
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
    const struct mdl_plan *plan;
    const struct mdl_dep *dep;
    const bool *known_up;      /* [n_members] */
    const int *n_known_up;     /* [n_places] */
    struct sim_engine *engine; /* its time is that of a decision */
    double origin_s;           /* horizon time of the engine's zero */
    int *last;                 /* [n_places] member served last there */
    int last_of_all;           /* by the policy */
    /* Of the hour of the last decision. */
    double hour_end_s; /* engine's time; decisions never go back */
    int hour_of_year;
    double deflation;
};

/* A choice; candidate < 0: nobody. */
struct mdl_pick {
    int candidate; /* index into dep->candidates */
    int member;
};

/** A router at the start of a window; borrows all.
 *  @param last  [n_places] for round robin among members; reset here; NULL:
 *               nobody is served twice */
struct mdl_router mdl_router_start(const struct mdl_plan *plan,
    const struct mdl_dep *dep, const bool *known_up, const int *n_known_up,
    int *last, struct sim_engine *engine, double origin_s);

/** Does the policy look at all members of a group, not the nearest few? */
bool mdl_policy_takes_all(int policy);

/** Does a choice depend on how many wait at the sites? */
bool mdl_route_asks_queues(const struct mdl_dep *dep);

/** Does routing need a uniform of each request of a source? */
bool mdl_route_draws(const struct mdl_dep *dep, int source);

/**
 * Pick among the candidates of a source.
 * @param source  index of the (user, class)
 * @param user    for sticky balance
 * @param mark    uniform in (0, 1) of the request
 * @return with none known to be up the choice when all is well, as without
 *         `failover`, where the state of the sites is not asked
 */
struct mdl_pick mdl_route_pick(
    struct mdl_router *router, int source, int user, double mark);

/**
 * The next choice after a candidate; for spill, hedges and second parts.
 * "nearest": the next of the same group, then of later ones; "cheapest": the
 * next dearer of the same group, then later ones; "slo-aware": as picked among
 * those after it; the others: in a later group.
 * @param after  index into dep->candidates
 */
struct mdl_pick mdl_route_next(
    struct mdl_router *router, int source, int user, int after, double mark);

/** A member of the nearest place of an entry that has one known to be up. */
struct mdl_pick mdl_route_entry(
    struct mdl_router *router, int source, int entry, int user, double mark);

/** Share of a source's requests that a candidate gets when all is well, for
 *  estimates of load.  "cheapest": all to the cheapest over the year;
 *  "slo-aware": as "nearest". */
double mdl_route_share(const struct mdl_plan *plan, const struct mdl_dep *dep,
    int source, int candidate);

#endif /* MODELS_ROUTING_H */
