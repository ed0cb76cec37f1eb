/* world_flow.h - requests that are more than one visit, while a window runs.
 *
 * A *request* is what a user sends and waits for; it is counted once.  A
 * *visit* is what a station sees of it.  A request lives in a record from its
 * sending to its end and to the end of all that still refers to it: visits
 * under way and timers.  Launched requests of the engine carry the record's
 * index in `owner`, and until they are routed an action in `station`.
 *
 *     world_live.c   records, launches and draws
 *     world_flow.c   requests: opened, led from step to step, ended
 *     world_visit.c  visits: where to, over which way, from which draws
 */
#ifndef MODELS_WORLD_FLOW_H
#define MODELS_WORLD_FLOW_H

#include "models/world_parts.h"

/* What a launched request is about, in `station` until it is routed. */
enum mdl_action {
    MDL_ACT_SEND,   /* a user sends: of the source, not launched */
    MDL_ACT_CLIENT, /* a client has thought and sends */
    MDL_ACT_VISIT,  /* the next step of its owner, or a part again */
    MDL_ACT_PART,   /* a part of a fork, to a member already picked */
    MDL_ACT_FALL,   /* to the entry that takes what nobody served */
    MDL_ACT_SPILL,  /* on to the pick of its owner */
    MDL_ACT_HEDGE,  /* time for the second copy, if there is no answer */
    MDL_ACT_ANSWER, /* an answer reaches the user */
};

/* In aux[] of a visit under way, whose choice is made: the ways from site to
 * site that brought it where it goes now [s]. */
enum { MDL_AUX_WAYS = MDL_AUX_CHOICE };

/* No record: a plain request. */
#define MDL_NO_OWNER UINT32_MAX

struct mdl_live {
    struct sim_request first; /* as it was sent */
    uint64_t entity;          /* what its draws are keyed by */
    bool over;                /* has its end; only references remain */
    bool measured, spilled, fell, cached;
    bool entered;                /* the limit of its class let it through */
    bool clone;                  /* one of those that a request stood for */
    int weight;                  /* requests it stands for */
    int refs;                    /* visits under way and timers */
    int copies;                  /* visits under way that may answer */
    int step;                    /* of the flow */
    int tries;                   /* retries of this step */
    int retries, hedges, visits; /* in all; visits number the draws */
    int parts_left;
    int candidate, member; /* of the last visit sent; -1 = none */
    int served_at;         /* member of the last visit served; -1 */
    struct mdl_pick pick;  /* where the first or a spilled visit goes */
    /* Times along the path that made the answer. */
    double network_s, queue_s, service_s;
    double alone_s; /* service by a slot that had nothing else to do */
    double work_s;  /* of all visits served */
    double arrive_s, start_s, end_s; /* of the last visit served */
    double answer_s; /* best (hedge) or last (fork) answer known so far */
    uint32_t next;   /* free list */
};

/* Of one class: what its requests share. */
struct mdl_flow_state {
    double tokens, tokens_at_s; /* of the rate limit */
    uint32_t *seen;             /* [SIM_HIST_BUCKETS] latencies, for hedging */
    int64_t n_seen;
    double hedge_after_s; /* INFINITY until enough is seen */
    int64_t clients;      /* of a closed loop; what they send at one instant: */
    int64_t sends;
    double sends_at_s;
};

/* ---- world_live.c ------------------------------------------------------- */

SIM_MUST_CHECK int mdl_flow_open(struct mdl_world *w, struct sim_err *err);
void mdl_flow_close(struct mdl_world *w);

/** Requests that have no end when the run gives up are lost.
 *  @return their number */
int64_t mdl_flow_cut(struct mdl_world *w);

/* ---- callbacks of the engine, for requests that are not plain ----------- */

/** First requests of the clients of closed loops. */
void mdl_flow_begin(void *ctx);
void mdl_flow_route(struct mdl_world *w, struct sim_request *r);
bool mdl_flow_admit(void *ctx, const struct sim_request *r, double now_s);
void mdl_flow_finish(struct mdl_world *w, const struct sim_request *r,
    enum sim_outcome outcome, double start_s, double end_s);

/** A record for a request that is sent; MDL_NO_OWNER without memory: the run
 *  then ends with that error.  Records may move. */
uint32_t mdl_live_take(struct mdl_world *w, const struct sim_request *r);

/** A request is over: note and count it.
 *  @param answer_s  when the user has the answer, or knows that there is none
 */
void mdl_live_end(struct mdl_world *w, struct mdl_live *live,
    enum sim_outcome outcome, double answer_s);

/** Give a record back once its request is over and nothing refers to it. */
void mdl_live_release(struct mdl_world *w, uint32_t owner);

/** Launch an action of a record at `at_s`, which then refers to it. */
void mdl_live_launch(
    struct mdl_world *w, uint32_t owner, int action, int part, double at_s);

/** A record for one more request like that of a record, which stays where it
 *  is, with draws of its own; MDL_NO_OWNER without memory.  Records may move.
 *  @param number  among those that are cloned at this visit */
uint32_t mdl_live_clone(struct mdl_world *w, uint32_t owner, int number);

/* ---- world_clients.c ---------------------------------------------------- */

/** How many clients each class of a closed loop has. */
void mdl_clients_deal(struct mdl_world *w);

/** A client whose request has ended thinks and sends its next. */
void mdl_client_think(
    struct mdl_world *w, const struct sim_request *r, double at_s);

/** Fill the request that a client sends now.
 *  @return false: it is not wanted any more */
bool mdl_client_send(struct mdl_world *w, struct sim_request *r);

/* ---- between the files -------------------------------------------------- */

static inline int mdl_source_of(
    const struct mdl_world *w, const struct sim_request *r)
{
    return r->user * w->plan->n_classes + r->cls;
}

/** Uniform number `index` of a request for a purpose. */
double mdl_live_uniform(const struct mdl_world *w, const struct mdl_live *live,
    uint64_t purpose, int index);

/** Draw number `index` of a request from a law [the law's unit]. */
double mdl_live_draw(const struct mdl_world *w, const struct mdl_live *live,
    const struct sim_dist *law, uint64_t purpose, int index);

/** Send a visit of step `live->step` (fork: part `part`): r is routed, or
 *  refused where there is nowhere to go. */
void mdl_visit_send(
    struct mdl_world *w, uint32_t owner, struct sim_request *r, int part);
/** All parts of a fork: the first is r, the others are launched. */
void mdl_visit_fork(struct mdl_world *w, uint32_t owner, struct sim_request *r);
void mdl_visit_part(struct mdl_world *w, uint32_t owner, struct sim_request *r);
/** ... to the entry that takes what nobody served. */
void mdl_visit_fall(struct mdl_world *w, uint32_t owner, struct sim_request *r);
/** ... on to the owner's pick. */
void mdl_visit_spill(
    struct mdl_world *w, uint32_t owner, struct sim_request *r);
/** ... as a second copy to another member; false when there is none. */
bool mdl_visit_hedge(
    struct mdl_world *w, uint32_t owner, struct sim_request *r);
/** Set the timer for a second copy of the visit just sent at now. */
void mdl_visit_time(struct mdl_world *w, uint32_t owner, double now_s);

/** A visit has ended, at a station, from a cache or refused (member -1). */
void mdl_visit_done(struct mdl_world *w, const struct sim_request *r,
    int member, enum sim_outcome outcome, double start_s, double end_s);

#endif /* MODELS_WORLD_FLOW_H */
