/* flow.h - the visits that make up a request of a class in a deployment.
 *
 * A flow is prepared once for each (deployment, class): names of site entries
 * become indices, shares become running sums, and the expected visits per
 * request follow from the traffic equations.  world_flow.c runs it.
 */
#ifndef MODELS_FLOW_H
#define MODELS_FLOW_H

#include <stdbool.h>

#include "models/site.h"
#include "sim/arena.h"
#include "sim/err.h"

enum mdl_flow_kind {
    MDL_FLOW_ONE,     /* one visit, where routing sends it */
    MDL_FLOW_STAGES,  /* steps in order */
    MDL_FLOW_JOURNEY, /* steps by chance */
    MDL_FLOW_FORK,    /* steps side by side */
    MDL_FLOW_CASCADE, /* step 0 by routing, then step 1 for a share */
};

struct mdl_step {
    int entry;                        /* of the deployment; -1 = by routing */
    const struct sim_dist *service_s; /* NULL = that of the class */
    double visits;                    /* expected per request */
};

struct mdl_flow {
    const struct mdl_class_cfg *cfg;
    int kind;   /* enum mdl_flow_kind */
    bool plain; /* one visit and nothing that could follow it */
    struct mdl_step *steps;
    int n_steps;
    double *enter; /* journey: [n_steps] running sum of entrance shares */
    double *next;  /* journey: [n_steps x n_steps] running sums of shares; a
                    * mark beyond the last leaves */
    int fallback;  /* entry, -1 = none */
};

/**
 * Prepare the flow of a class.
 * @param out  its arrays live in the arena
 * @retval SIM_OK, SIM_E_NOMEM
 * @retval SIM_E_INPUT  an unknown entry, one whose residency forbids it, or a
 *                      journey that nobody leaves; the message names the key
 */
SIM_MUST_CHECK int mdl_flow_build(const struct mdl_class_cfg *cfg,
    const struct mdl_deployment_cfg *dep, struct sim_arena *arena,
    struct mdl_flow *out, struct sim_err *err);

/** Mean work of a step [s on the reference]; `class_s` where the class says. */
double mdl_step_work_s(const struct mdl_step *step, double class_s);

/** Report what is wrong with the flows of a scenario, with its positions. */
void mdl_flow_check(
    const struct mdl_run_cfg *run, const struct sim_checker *checker);

#endif /* MODELS_FLOW_H */
