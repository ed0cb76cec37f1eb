/* world_parts.h - the state of a window while it is simulated, shared by the
 * files that make up models/world.c:
 *
 *     world.c        one window: open, run the engine, close
 *     world_state.c  sites as the timeline has them: stations, turns
 *     world_send.c   where a request goes and how long its way is
 *     world_count.c  what became of it
 *     world_loads.c  integrals over the window
 *     world_probe.c  the state at given times, and the first requests
 *     world_groups.c members that stand for others
 *     world_live.c, world_flow.c, world_visit.c  requests of several visits
 */
#ifndef MODELS_WORLD_PARTS_H
#define MODELS_WORLD_PARTS_H

#include "models/conserve.h"
#include "models/feed.h"
#include "models/routing.h"
#include "models/world.h"
#include "sim/engine.h"
#include "sim/station.h"

/* A change of what routing knows or what is true of a member. */
struct mdl_flip {
    double t_s;
    int member;
    bool known; /* routing's knowledge, else the truth */
    bool up;
};

/* Requests of several visits under way: models/world_flow.h. */
struct mdl_live;
struct mdl_flow_state;
struct mdl_flow_world {
    struct mdl_live *live;
    uint32_t n, room, free; /* free: head of the list, MDL_NO_OWNER = none */
    struct mdl_flow_state *classes; /* [n_classes] */
    bool no_memory;
    const struct mdl_class_cfg *standstill; /* whose clients stop time */
};

struct mdl_world {
    const struct mdl_world_cfg *cfg;
    const struct mdl_plan *plan;
    const struct mdl_dep *dep;
    const struct mdl_layout *layout;
    struct mdl_feed *feed;
    void *block;
    struct sim_station **stations;
    struct mdl_service_draws *draws; /* [n_members] */
    struct mdl_router router;
    /* [n_members] at the present send time: the site is there; routing takes
     * it for one that serves */
    bool *up, *known_up;
    int *n_known_up; /* [n_places] members known to be up */
    int *last;       /* [n_places] of the router */
    struct mdl_flip *flips;
    int n_flips, next_flip;
    double *change_s; /* capacity changes, members in a row */
    int *change_slots;
    int64_t sent, measured;
    int64_t open;    /* of the cohort, not yet finished */
    bool closed;     /* all of the cohort is sent */
    bool follows;    /* arrivals go on until it has finished */
    int64_t counted; /* sends since t0, where their number ends the run */
    double first_s, last_s; /* sends of the cohort */
    struct mdl_stays stays; /* of all visits, for the check */
    int *first_change;      /* [n_members + 1] into change_s */
    int *slots_at_start;    /* [n_members] */
    int *weight;            /* [n_members] members it stands for, itself
                             * included; 0 = not simulated */
    /* Sampled groups only. */
    int *first_simulated;            /* [n_places + 1] into simulated */
    int *simulated;                  /* members, place by place */
    int *n_simulated_up;             /* [n_places] known to be up */
    double *place_keep;              /* [n_places] */
    double *keep;                    /* [n_sources] of its rate */
    struct sim_station *unsimulated; /* stands in for all that are not */
    struct mdl_flow_world flow;
    bool no_notes; /* out of memory in a callback that cannot say so */
};

/* A request's tag: its place among its source's candidates, and marks. */
enum mdl_tag {
    MDL_TAG_FALLBACK = 1 << 30, /* the visit to the fallback of the class */
    MDL_TAG_MEASURED =
        1 << 29, /* plain requests; others know by their record */
    MDL_TAG_SPILLED = 1 << 28,
    MDL_TAG_HEDGE = 1 << 27,  /* the second copy */
    MDL_TAG_CACHED = 1 << 26, /* a visit answered from a cache */
    MDL_TAG_PART_SHIFT = 20,  /* number of a part of a fork, six bits */
    MDL_TAG_RANK = (1 << MDL_TAG_PART_SHIFT) - 1,
};

/* ---- world_state.c ------------------------------------------------------ */

/** Stations of all members, and the turns of the window in time order. */
SIM_MUST_CHECK int mdl_world_stations(
    struct mdl_world *w, double end_s, struct sim_err *err);

/** The interval over which stations keep their totals. */
void mdl_world_watched(const struct mdl_world *w, double *from_s, double *to_s);

/** Take note of all turns up to t [s]. */
void mdl_world_turn(struct mdl_world *w, double t_s);

/** Slots of a member in service at t; -1 = unlimited. */
int mdl_world_slots(const struct mdl_world *w, int member, double t_s);

/** Horizon time in the timeline's unit. */
int64_t mdl_world_ns(double t_s);

/* ---- world_send.c ------------------------------------------------------- */

/** The engine's route(). */
void mdl_world_route(void *ctx, struct sim_request *r);

/** A first attempt is sent, standing for `weight` of its like: is it of the
 *  cohort?  Counts it where it is. */
bool mdl_world_cohort(
    struct mdl_world *w, const struct sim_request *r, int weight);

/** Round trip of a request to a candidate and back [s]. */
double mdl_world_round_trip_s(const struct mdl_world *w,
    const struct sim_request *r, int source, const struct mdl_candidate *c);

/** Is a candidate not where the source would go when all is well? */
bool mdl_world_spilled(const struct mdl_dep *dep, int source, int candidate);

/* ---- world_groups.c ----------------------------------------------------- */

/** Choose who is simulated: all, or some of each group that stand for it. */
SIM_MUST_CHECK int mdl_groups_choose(struct mdl_world *w, struct sim_err *err);

/** Is an arrival of a sampled deployment one that goes to a simulated member?
 *  If so its candidate + 1 is in r->tag, and its uniform for the choice is
 *  drawn anew from what is left of it. */
bool mdl_groups_keep(struct mdl_world *w, struct sim_request *r);

/** A simulated member of a candidate's place, known to be up. */
struct mdl_pick mdl_groups_here(
    const struct mdl_world *w, int candidate, double mark);

/* ---- world_count.c ------------------------------------------------------ */

/* The end of a request as a whole, or of one of its visits to a station. */
struct mdl_done {
    int user, cls;
    int64_t k;
    int weight;          /* requests it stands for */
    int retries, hedges; /* attempts beside the first, until this end */
    int member; /* where; of the whole: where it was served; -1 = nowhere */
    int rank;   /* of a visit: the member's place among the candidates */
    enum sim_outcome outcome;
    bool spilled;   /* away from the first choice */
    bool fallback;  /* served by the fallback of its class */
    bool cached;    /* answered from a cache */
    double work_s;  /* on the reference hardware */
    double alone_s; /* on a slot of its own where it was served */
    double send_s;  /* window time; of the whole: when the user sent it */
    double arrive_s, start_s, end_s; /* at the station; of the whole: of the
                                      * last visit */
    double times[MDL_N_TIMES];       /* [s] */
};

/** A request of the cohort has ended: its class and user. */
void mdl_world_count_request(struct mdl_world *w, const struct mdl_done *done);

/** Any request has ended as a whole, of the cohort or not: note it when it is
 *  one of the first. */
void mdl_world_note(struct mdl_world *w, const struct mdl_done *done);
/** A visit of one of the cohort has ended, told as the engine does: its site.
 */
void mdl_world_count_visit_of(struct mdl_world *w, const struct sim_request *r,
    int member, int weight, enum sim_outcome outcome, double start_s,
    double end_s);

/** The engine's finish(). */
void mdl_world_finish(void *ctx, const struct sim_request *r,
    enum sim_outcome outcome, double start_s, double end_s);

/* ---- world_loads.c ------------------------------------------------------ */

/** Heads and integrals of the block, once the engine has run.
 *  @retval SIM_E_INTERNAL  see conserve.h */
SIM_MUST_CHECK int mdl_world_collect(
    struct mdl_world *w, int64_t n_lost, struct sim_err *err);

/* ---- world_probe.c ------------------------------------------------------ */

/* User of a request that only looks at the state. */
enum { MDL_PROBE = -1 };

/** Launch a probe for each time of `report.at`; from the engine's begin(). */
void mdl_world_launch_probes(struct mdl_world *w, struct sim_engine *engine);

/** Note the state of all stations for a probe that is sent now. */
void mdl_world_probe(struct mdl_world *w, struct sim_request *probe);

#endif /* MODELS_WORLD_PARTS_H */
