/* world.h - one window: wire the sites, run the engine, collect. */
#ifndef MODELS_WORLD_H
#define MODELS_WORLD_H

#include "models/block.h"
#include "models/plan.h"
#include "models/timeline.h"
#include "sim/units.h"

/* The longest lead-in of a window. */
#define MDL_LEAD_MAX_S (6.0 * SIM_S_PER_H)
/* Over which time the overflow of members that one stands for comes. */
#define MDL_SPREAD_S 10.0

/* A request as it ended, for the list of the first ones. */
struct mdl_noted {
    int user, cls;
    int64_t k;  /* position in its source's stream; negative in a lead-in that
                 * has streams of its own */
    int member; /* -1 = nowhere */
    int attempts;
    double send_s, arrive_s, start_s, end_s; /* from the window's start */
    enum sim_outcome outcome;
};

/* The first requests of a window in the order of their sending.  Start from
 * {.most = n}; release with mdl_notes_release(). */
struct mdl_notes {
    struct mdl_noted *list;
    int64_t n, most, size;
};

void mdl_notes_release(struct mdl_notes *notes);

struct mdl_world_cfg {
    const struct mdl_plan *plan;
    const struct mdl_dep *dep;
    const struct mdl_layout *layout;
    const struct mdl_timeline *timeline;
    uint64_t replication;
    uint64_t window;       /* key of the streams: cell index, 0 for one run */
    double origin_s;       /* horizon time of t0 */
    double length_s;       /* measured; INFINITY when `requests` ends the run */
    int64_t requests;      /* measured requests; -1 = by time */
    double lead_s;         /* simulated before t0 and not counted */
    int64_t lead_requests; /* requests-run: so many are not counted */
    bool clipped;          /* the lead-in was cut short */
    /* Number in system of the cohort, added to; NULL: not wanted (pilot.h) */
    double *series;          /* [MDL_SERIES_CELLS] over length_s */
    struct mdl_notes *notes; /* filled with the first requests; NULL = none */
};

/**
 * Simulate one window into a block of layout->bytes (any content on entry).
 *
 * Cohort, follow-up and cut-off: manual, "Requests, cohorts, availability".
 * With `requests` the time averages follow from the cohort by Little's law.
 * @retval SIM_OK, SIM_E_NOMEM
 * @retval SIM_E_INTERNAL  a sum that must hold does not (conserve.h)
 */
SIM_MUST_CHECK int mdl_world_run(
    const struct mdl_world_cfg *cfg, void *block, struct sim_err *err);

/**
 * Lead-in of a window starting at horizon time t0 [s]:
 *     L = min(6 h, max(20 x mean response, 3 x max_s tau_s)),
 *     tau = 2 rho (ca2 + cs2) E[S] / (c (1 - rho)^2)
 * at the rates of the window, ca2 the variance over the mean of the number of
 * arrivals over a long time; longer when fluid backlog of the last 6 h
 * reaches into it.  *clipped is set when 6 h are not enough.
 * @retval SIM_OK, SIM_E_NOMEM
 */
SIM_MUST_CHECK int mdl_world_lead(const struct mdl_plan *plan,
    const struct mdl_dep *dep, const struct mdl_timeline *timeline, double t0_s,
    double *lead_s, bool *clipped, struct sim_err *err);

/** What load asks for at the rates of the start, not cut at 6 h; INFINITY where
 *  more comes than can be served.
 *  @retval SIM_OK, SIM_E_NOMEM */
SIM_MUST_CHECK int mdl_world_mean_lead(const struct mdl_plan *plan,
    const struct mdl_dep *dep, double *lead_s, struct sim_err *err);

#endif /* MODELS_WORLD_H */
