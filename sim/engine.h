/* engine.h - the event engine: requests in exact global order over stations.
 *
 * The engine knows no network, site or money: it pulls requests in send order
 * from a source, asks where each goes, delivers it to a station after its
 * delay, and reports its end.  In-flight requests wait in a calendar queue;
 * stations are driven through sim/station.h.  Equal arrival times are served
 * in the order (user index, class index, k).
 *
 * A request is one visit to one station.  What visits several (stages,
 * retries, forks, clients that wait for an answer) is put together by the
 * model, which launches further requests from its callbacks.
 *
 * At one instant come first internal events of stations (departures free
 * slots), then sends of the source, then launched sends and arrivals in the
 * order (user, class, k); a request without delay arrives in the instant it is
 * sent.  A station without internal events costs nothing but its arrivals, so
 * the time per request hardly depends on the number of stations.
 */
#ifndef SIM_ENGINE_H
#define SIM_ENGINE_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/err.h"
#include "sim/station.h"

struct sim_request {
    double send_s; /* the user sends it */
    double work_s; /* on one slot of the reference hardware */
    double aux[4]; /* the source's own (tokens, jitter), passed through */
    int32_t user;  /* index: first tie-break */
    int32_t cls;   /* class index: second */
    int64_t k;     /* position in its user's stream: third */
    /* filled by route(): */
    int32_t station; /* index, SIM_REFUSED or SIM_DROPPED */
    int32_t tag;     /* the source's own, passed through */
    double out_s;    /* delay to the station, >= 0 */
    double back_s;   /* delay back to the user, >= 0 */
    double speed;    /* of the station's slots: service time = work_s / speed */
    double patience_s; /* longest wait in the queue; INFINITY = any */
    int32_t priority;  /* 1 is served first, where the station has priorities */
    uint32_t owner;    /* the model's own, passed through */
};

/* What route() may put in place of a station. */
enum sim_nowhere {
    SIM_REFUSED = -1, /* lost at once: finish() is called */
    SIM_DROPPED = -2, /* forgotten: nothing is called (timers, probes) */
};

struct sim_engine_model {
    void *ctx;
    /* Up to n requests in send order (ties in (user, cls, k) order); *count
     * = 0 ends the input.  Requests are asked for before they are sent, some
     * hundred at a time unless fewer are handed out. */
    int (*pull)(void *ctx, struct sim_request *batch, size_t n, size_t *count,
        struct sim_err *err);
    /* Before anything is sent: the place to launch first requests.  May be
     * NULL. */
    void (*begin)(void *ctx);
    /* Choose the station; called in send order, at the time of sending: all
     * that happens earlier has happened, so sim_engine_in_system() may be
     * asked. */
    void (*route)(void *ctx, struct sim_request *req);
    /* route() looks at nothing that happens at stations or to requests, and
     * finish() launches none: so requests may be routed ahead of the present,
     * in send order, sim_engine_now_s() being the time of sending.  Spares the
     * alternation of sends and arrivals. */
    bool routes_ahead;
    /* At its arrival: may the station have it?  Where not, it is forgotten
     * without a call of finish(); the model has launched it anew or counts it
     * itself.  May be NULL: all are let in. */
    bool (*admit)(void *ctx, const struct sim_request *req, double now_s);
    /* The end of a request: start_s, end_s at the station (struct sim_sink);
     * both are send_s when route() refused it.  Once for each request that was
     * sent.  Not in time order: as soon as the end is certain.  `req` is valid
     * during the call only. */
    void (*finish)(void *ctx, const struct sim_request *req,
        enum sim_outcome outcome, double start_s, double end_s);
};

struct sim_engine; /* opaque: event list, request pool */

/** An engine without memory of its own yet.
 *  @retval SIM_E_NOMEM */
SIM_MUST_CHECK int sim_engine_create(
    struct sim_engine **out, struct sim_err *err);

/** Free; NULL is allowed. */
void sim_engine_destroy(struct sim_engine *engine);

/**
 * Run until the source has ended and every request has finished, or until
 * `give_up_s`.
 *
 * What has not finished by then (end_s > give_up_s) is reported SIM_LOST with
 * end_s = give_up_s and start_s = min(start_s, give_up_s): on its way, waiting
 * or in service, ends already certain included.  Requests with send_s >
 * give_up_s are never sent and not reported; so a source may be endless.
 *
 * May be called again for the next window, or after an error; memory is kept,
 * and nothing is allocated once the pool has grown to the number in flight.
 * Stations are not advanced beyond the last event that mattered.
 *
 * @param model      the callbacks, borrowed during the call
 * @param stations   [n] reset by the caller
 * @param give_up_s  [s] may be INFINITY if every job ends
 * @param n_lost     out: requests cut off at give_up_s; may be NULL
 * @retval SIM_E_NOMEM
 * @retval SIM_E_LIMIT  more than 2^30 requests in the system
 * @retval others       what pull() or a station returned; requests in the
 *                      system are then not reported
 */
SIM_MUST_CHECK int sim_engine_run(struct sim_engine *engine,
    const struct sim_engine_model *model, struct sim_station *const *stations,
    int n, double give_up_s, int64_t *n_lost, struct sim_err *err);

/** State for routing on queue lengths: jobs in system of a station now, those
 *  on their way not included.  From within the callbacks only. */
int64_t sim_engine_in_system(struct sim_engine *engine, int station);

/** Of those, jobs that wait.  From within the callbacks only. */
int64_t sim_engine_waiting(struct sim_engine *engine, int station);

/** Time of what happens now: a callback's own, for those that are not told.
 *  finish() speaks of ends at or after it. */
double sim_engine_now_s(const struct sim_engine *engine);

/**
 * Send a further request at `at_s`: its send_s is set to that and route() is
 * called then.  From within the callbacks only; `req` is copied, and may be
 * the one a callback was given.  With at_s > give_up_s it is never sent.
 *
 * Without memory for it the run ends with SIM_E_NOMEM.
 * @param at_s  [s] finite, at or after sim_engine_now_s()
 */
void sim_engine_launch(
    struct sim_engine *engine, const struct sim_request *req, double at_s);

#endif /* SIM_ENGINE_H */
