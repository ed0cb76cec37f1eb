/* feed.h - the requests of one window, in send order.
 *
 * Every source (user, class) has its own keyed streams.  A window's lead-in
 * uses streams of its own, so request k of the window itself is the same for
 * all deployments however long their lead-ins are (a Poisson process may be
 * restarted at any time).
 */
#ifndef MODELS_FEED_H
#define MODELS_FEED_H

#include <stdint.h>

#include "models/plan.h"
#include "sim/engine.h"

/* A request's random parts, as the feed fills them into aux[]. */
enum mdl_aux {
    MDL_AUX_JITTER, /* exp(sigma Z), sigma the largest of the source's paths */
    MDL_AUX_ACCESS, /* access time [s] */
    MDL_AUX_CHOICE, /* uniform: choice among sites */
    MDL_AUX_MARK,   /* uniform: packet loss, site round-trip distributions */
};

struct mdl_feed_cfg {
    const struct mdl_plan *plan;
    const struct mdl_dep *dep;
    uint64_t replication;
    uint64_t window;    /* cell index: part of the keys */
    double origin_s;    /* horizon time of window time 0 */
    double lead_s;      /* the feed starts at -lead_s */
    double until_s;     /* no request is sent at or after; may be INFINITY */
    const double *keep; /* [n_sources] factors of the rates; NULL = 1 */
};

struct mdl_feed; /* opaque */

SIM_MUST_CHECK int mdl_feed_create(
    const struct mdl_feed_cfg *cfg, struct mdl_feed **out, struct sim_err *err);
void mdl_feed_destroy(struct mdl_feed *feed);

/** Up to n requests in send order; *count = 0 at the end. */
SIM_MUST_CHECK int mdl_feed_pull(struct mdl_feed *feed,
    struct sim_request *batch, size_t n, size_t *count, struct sim_err *err);

/** Stop sending at `until_s` (later than anything pulled so far). */
void mdl_feed_until(struct mdl_feed *feed, double until_s);

/** Sigma of the jitter that MDL_AUX_JITTER holds for a source. */
double mdl_feed_sigma(const struct mdl_feed *feed, int source);

/** Entity of request k of a source, first sent at send_s: what further draws of
 *  it are keyed by. */
uint64_t mdl_feed_entity(
    const struct mdl_feed *feed, int source, int64_t k, double send_s);

/** Fill the random parts of one request of a source, sent at r->send_s, from
 *  streams keyed by an entity of its own: clients, retries, second copies.
 *  Work that is recorded stays what it is in *r. */
void mdl_feed_draw(
    struct mdl_feed *feed, int source, uint64_t entity, struct sim_request *r);

#endif /* MODELS_FEED_H */
