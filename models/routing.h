/* routing.h - which of the candidates serves a request.
 *
 * Candidates of a source stand in groups, by the place of their entry in
 * `prefer` (without it all are one group).  The policy picks among the members
 * of the first group that has one known to be up.
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

/* What the policies remember within a window, and whom they may ask. */
struct mdl_router {
    const struct mdl_dep *dep;
    const bool *known_up; /* [n_members] */
    struct sim_engine *engine;
    int64_t turn; /* round robin */
};

/** Does the policy look at all members of a group, not the nearest few? */
bool mdl_policy_takes_all(int policy);

/** Does it need a uniform of the request? */
bool mdl_policy_draws(int policy);

/**
 * Pick among the candidates of a source.
 * @param source  index of the (user, class)
 * @param mark    uniform in (0, 1) of the request
 * @return index into dep->candidates; -1 when none is known to be up.  Without
 *         `failover` the state of the sites is not asked.
 */
int mdl_route_pick(struct mdl_router *router, int source, double mark);

/** Share of a source's requests that a candidate gets when all is well. */
double mdl_route_share(const struct mdl_dep *dep, int source, int candidate);

#endif /* MODELS_ROUTING_H */
