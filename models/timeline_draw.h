/* timeline_draw.h - one timeline while it is drawn: shared by timeline.c
 * (events, servers, members) and timeline_layers.c (what takes a member down
 * as a whole).
 */
#ifndef MODELS_TIMELINE_DRAW_H
#define MODELS_TIMELINE_DRAW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/timeline.h"
#include "sim/dist.h"
#include "sim/err.h"
#include "sim/rng.h"
#include "sim/stats.h"

/* Kinds of events, in the order in which they take effect at equal times: a
 * unit that comes back just when another fails is there to replace it. */
enum mdl_tl_kind {
    MDL_TL_SITE_SWITCH,
    MDL_TL_WAN_SWITCH,
    MDL_TL_SERVER_REPAIRED,
    MDL_TL_SERVER_FAILED
};

/* Layers of a member: site, connection, then those of the member's list, whose
 * events are MDL_TL_SITE_SWITCH at "position" 1 + i. */
enum {
    MDL_TL_SITE,
    MDL_TL_WAN,
    MDL_TL_FURTHER,
    MDL_TL_ALL_LAYERS = MDL_TL_FURTHER + MDL_TL_MAX_LAYERS
};

/* Order (t_ns, code): a function of the content, not of the history.  Two
 * repairs of one position that end together are one and the same item. */
struct mdl_tl_event {
    int64_t t_ns;
    uint64_t code; /* kind << 32 | position */
};

struct mdl_tl_position {
    struct sim_stream life, repair;
    bool filled;
    bool repair_open; /* `repair` is started at the first repair: most
                       * positions never see one */
};

struct mdl_tl_layer_state {
    const struct sim_dist *life_h, *repair_h;
    struct sim_stream life, repair, hit;
    double hit_frac;
    bool struck; /* the cause is present */
    bool up;     /* ... and this member is spared, or it is not */
};

/* Members are drawn one after the other, each whole: they do not interact,
 * and the streams of 10^5 servers at once would not fit a cache. */
struct mdl_tl_draw {
    struct mdl_timeline tl; /* changes grouped by member until the end */
    int64_t room;           /* of tl.changes */
    uint64_t seed, replication;
    int64_t from_ns; /* counts leave out what happens before */
    int64_t n_events;

    struct mdl_tl_event *heap; /* binary */
    size_t heap_n, heap_room;
    int32_t *waiting; /* ring of positions whose units await a crew */
    size_t wait_first, wait_n, wait_room;
    struct mdl_tl_position *positions; /* [most servers of a member] */

    const struct mdl_tl_member *member;
    int32_t index;
    struct mdl_tl_layer_state layer[MDL_TL_ALL_LAYERS];
    int32_t servers_up;
    int32_t lowest_empty; /* no position below is empty */
    int64_t crews_busy, spares;
    struct sim_sum crew_busy_ns; /* of the member */
};

/** Length of a life or repair [ns]; INT64_MAX is for ever. */
int64_t mdl_tl_draw_ns(const struct sim_dist *dist, struct sim_stream *stream);

/** The event `after_ns` from t, if the horizon lasts that long.
 *  @retval SIM_E_NOMEM */
SIM_MUST_CHECK int mdl_tl_schedule(struct mdl_tl_draw *d, int64_t t_ns,
    int64_t after_ns, enum mdl_tl_kind kind, uint32_t position,
    struct sim_err *err);

/** Open the stream of an entity of this replication. */
void mdl_tl_open(const struct mdl_tl_draw *d, uint64_t entity,
    enum sim_purpose purpose, struct sim_stream *stream);

/* ---- timeline_layers.c ---- */

/** All layers of the member up, their first failures scheduled. */
SIM_MUST_CHECK int mdl_tl_layers_start(
    struct mdl_tl_draw *d, struct sim_err *err);

/** A layer fails or comes back at t.  @param index  MDL_TL_SITE ... */
SIM_MUST_CHECK int mdl_tl_layer_switch(
    struct mdl_tl_draw *d, int64_t t_ns, int index, struct sim_err *err);

bool mdl_tl_layers_up(const struct mdl_tl_draw *d);

#endif /* MODELS_TIMELINE_DRAW_H */
