#include "models/timeline.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "models/timeline_order.h"
#include "sim/alloc.h"
#include "sim/rng.h"
#include "sim/stats.h"
#include "sim/units.h"

/* Kinds of events, in the order in which they take effect at equal times: a
 * unit that comes back just when another fails is there to replace it. */
enum kind { SITE_SWITCH, WAN_SWITCH, SERVER_REPAIRED, SERVER_FAILED };

/* Layers of a member: site, connection, then those of the member's list, whose
 * events are SITE_SWITCH at "position" 1 + i. */
enum {
    SITE,
    WAN,
    FURTHER,
    N_LAYERS = FURTHER + MDL_TL_MAX_LAYERS,
    ROOM_MIN = 64
};

static const int64_t max_events = 50 * 1000 * 1000;
static const double ns_per_h = SIM_S_PER_H * (double)SIM_NS_PER_S;

/* Order (t_ns, code): a function of the content, not of the history.  Two
 * repairs of one position that end together are one and the same item. */
struct event {
    int64_t t_ns;
    uint64_t code; /* kind << 32 | position */
};

struct position {
    struct sim_stream life, repair;
    bool filled;
    bool repair_open; /* `repair` is started at the first repair: most
                       * positions never see one */
};

struct layer {
    const struct sim_dist *life_h, *repair_h;
    struct sim_stream life, repair, hit;
    double hit_frac;
    bool struck; /* the cause is present */
    bool up;     /* ... and this member is spared, or it is not */
};

/* Members are drawn one after the other, each whole: they do not interact,
 * and the streams of 10^5 servers at once would not fit a cache. */
struct draw {
    struct mdl_timeline tl; /* changes grouped by member until the end */
    int64_t room;           /* of tl.changes */
    uint64_t seed, replication;
    int64_t n_events;
    struct sim_sum crew_busy_ns;

    struct event *heap; /* binary */
    size_t heap_n, heap_room;
    int32_t *waiting; /* ring of positions whose units await a crew */
    size_t wait_first, wait_n, wait_room;
    struct position *positions; /* [most servers of a member] */

    const struct mdl_tl_member *member;
    int32_t index;
    struct layer layer[N_LAYERS];
    int32_t servers_up;
    int32_t lowest_empty; /* no position below is empty */
    int64_t crews_busy, spares;
};

/* ---- memory ---- */

/* The block with room for one more than `n`; NULL when out of memory. */
static void *grown(void *block, size_t n, size_t *room, size_t size)
{
    if (n < *room)
        return block;
    const size_t next = *room > 0 ? 2 * *room : ROOM_MIN;
    void *moved = sim_realloc(block, next, size);
    if (moved != NULL)
        *room = next;
    return moved;
}

static int nomem(struct sim_err *err)
{
    sim_err_set(err, SIM_E_NOMEM, "out of memory: timeline");
    return SIM_E_NOMEM; /* a constant: static analysis follows it */
}

/* ---- events ---- */

static bool precedes(struct event a, struct event b)
{
    return a.t_ns < b.t_ns || (a.t_ns == b.t_ns && a.code < b.code);
}

static int push(struct draw *d, struct event e, struct sim_err *err)
{
    struct event *heap =
        grown(d->heap, d->heap_n, &d->heap_room, sizeof *d->heap);
    if (heap == NULL)
        return nomem(err);
    d->heap = heap;
    size_t i = d->heap_n++;
    for (; i > 0 && precedes(e, heap[(i - 1) / 2]); i = (i - 1) / 2)
        heap[i] = heap[(i - 1) / 2];
    heap[i] = e;
    return SIM_OK;
}

static struct event pop(struct draw *d)
{
    struct event *heap = d->heap;
    const struct event top = heap[0];
    const struct event last = heap[--d->heap_n];
    size_t i = 0;

    for (size_t c = 1; c < d->heap_n; c = 2 * i + 1) {
        if (c + 1 < d->heap_n && precedes(heap[c + 1], heap[c]))
            c++;
        if (!precedes(heap[c], last))
            break;
        heap[i] = heap[c];
        i = c;
    }
    heap[i] = last;
    return top;
}

/* Length of a life or repair [ns]. */
static int64_t draw_ns(const struct sim_dist *dist, struct sim_stream *stream)
{
    const double ns = floor(sim_dist_draw(dist, stream) * ns_per_h + 0.5);

    if (!(ns < 0x1p63))
        return INT64_MAX; /* for ever */
    return ns > 1.0 ? (int64_t)ns : 1;
}

/* The event `after_ns` from t, if the horizon lasts that long. */
static int schedule(struct draw *d, int64_t t_ns, int64_t after_ns,
    enum kind kind, uint32_t position, struct sim_err *err)
{
    if (after_ns >= d->tl.horizon_ns - t_ns)
        return SIM_OK;
    const struct event e = {t_ns + after_ns, (uint64_t)kind << 32 | position};
    return push(d, e, err);
}

static void open_keyed(const struct draw *d, uint64_t entity,
    enum sim_purpose purpose, struct sim_stream *stream)
{
    const struct sim_key key = {
        .seed = d->seed,
        .replication = d->replication,
        .entity = entity,
        .purpose = purpose,
        .window = 0,
    };
    sim_stream_init(stream, &key);
}

static void open_stream(const struct draw *d, uint64_t unit,
    enum sim_purpose purpose, struct sim_stream *stream)
{
    open_keyed(d, sim_entity_sub(d->member->entity, unit), purpose, stream);
}

/* ---- servers ---- */

static int fill(
    struct draw *d, int64_t t_ns, int32_t position, struct sim_err *err)
{
    struct position *p = &d->positions[position];

    p->filled = true;
    d->servers_up++;
    return schedule(d, t_ns, draw_ns(d->member->server_life_h, &p->life),
        SERVER_FAILED, (uint32_t)position, err);
}

static int repair_start(
    struct draw *d, int64_t t_ns, int32_t position, struct sim_err *err)
{
    struct position *p = &d->positions[position];

    if (!p->repair_open) {
        open_stream(d, (uint64_t)position, SIM_FOR_REPAIR, &p->repair);
        p->repair_open = true;
    }
    const int64_t length_ns = draw_ns(d->member->server_repair_h, &p->repair);
    const int64_t left_ns = d->tl.horizon_ns - t_ns;
    d->crews_busy++;
    sim_sum_add(
        &d->crew_busy_ns, (double)(length_ns < left_ns ? length_ns : left_ns));
    return schedule(
        d, t_ns, length_ns, SERVER_REPAIRED, (uint32_t)position, err);
}

static int wait_for_crew(struct draw *d, int32_t position, struct sim_err *err)
{
    const size_t old = d->wait_room;
    int32_t *ring =
        grown(d->waiting, d->wait_n, &d->wait_room, sizeof *d->waiting);
    if (ring == NULL)
        return nomem(err);
    d->waiting = ring;
    /* a ring that grew was full: what had wrapped round goes behind the rest,
     * into the new half */
    if (d->wait_room > old && d->wait_first > 0)
        memcpy(ring + old, ring, d->wait_first * sizeof *ring);
    ring[(d->wait_first + d->wait_n++) % d->wait_room] = position;
    return SIM_OK;
}

static int server_failed(
    struct draw *d, int64_t t_ns, int32_t position, struct sim_err *err)
{
    const struct mdl_tl_member *m = d->member;
    struct mdl_tl_counts *counts = &d->tl.counts[d->index];
    int rc = SIM_OK;

    counts->server_failures++;
    d->servers_up--;
    if (d->spares > 0) {
        d->spares--;
        counts->spares_used++;
        rc = fill(d, t_ns, position, err);
    } else {
        d->positions[position].filled = false;
        if (position < d->lowest_empty)
            d->lowest_empty = position;
    }
    if (rc != SIM_OK || m->server_repair_h == NULL)
        return rc;
    if (m->crews >= 0 && d->crews_busy >= m->crews)
        return wait_for_crew(d, position, err);
    return repair_start(d, t_ns, position, err);
}

static int server_repaired(
    struct draw *d, int64_t t_ns, int32_t position, struct sim_err *err)
{
    int rc = SIM_OK;

    d->tl.counts[d->index].server_repairs++;
    d->crews_busy--;
    if (d->servers_up == d->member->servers) {
        d->spares++;
    } else {
        /* without spares its own position is always empty */
        if (d->positions[position].filled) {
            while (d->positions[d->lowest_empty].filled)
                d->lowest_empty++;
            position = d->lowest_empty;
        }
        rc = fill(d, t_ns, position, err);
    }
    if (rc != SIM_OK || d->wait_n == 0)
        return rc;
    const int32_t next = d->waiting[d->wait_first];
    d->wait_first = (d->wait_first + 1) % d->wait_room;
    d->wait_n--;
    return repair_start(d, t_ns, next, err);
}

/* ---- site and connection ---- */

static uint64_t layer_unit(int index)
{
    if (index < FURTHER)
        return (uint64_t)1 << (32 + index);
    return ((uint64_t)1 << 34) + (uint64_t)(index - FURTHER);
}

static int layer_schedule(struct draw *d, int64_t t_ns, int index,
    int64_t after_ns, struct sim_err *err)
{
    const uint32_t position =
        index < FURTHER ? 0 : (uint32_t)(index - FURTHER + 1);

    return schedule(d, t_ns, after_ns, index == WAN ? WAN_SWITCH : SITE_SWITCH,
        position, err);
}

static int layer_switch(
    struct draw *d, int64_t t_ns, int index, struct sim_err *err)
{
    struct layer *layer = &d->layer[index];
    struct mdl_tl_counts *counts = &d->tl.counts[d->index];

    layer->struck = !layer->struck;
    layer->up = !layer->struck;
    if (layer->up)
        return layer_schedule(
            d, t_ns, index, draw_ns(layer->life_h, &layer->life), err);
    if (layer->hit_frac < 1.0)
        layer->up = sim_stream_uniform(&layer->hit) >= layer->hit_frac;
    if (index == WAN)
        counts->wan_failures++;
    else if (index == SITE)
        counts->site_failures++;
    else if (!layer->up) /* a shared cause may spare this member */
        counts->other_outages++;
    if (layer->repair_h == NULL)
        return SIM_OK;
    return layer_schedule(
        d, t_ns, index, draw_ns(layer->repair_h, &layer->repair), err);
}

static int layer_start(
    struct draw *d, int index, struct mdl_tl_layer cause, struct sim_err *err)
{
    struct layer *layer = &d->layer[index];

    layer->up = true;
    layer->struck = false;
    layer->life_h = cause.life_h;
    layer->repair_h = cause.repair_h;
    layer->hit_frac = cause.entity != 0 ? cause.hit_frac : 1.0;
    if (cause.life_h == NULL)
        return SIM_OK;
    const uint64_t entity =
        cause.entity != 0
            ? cause.entity
            : sim_entity_sub(d->member->entity, layer_unit(index));
    open_keyed(d, entity, SIM_FOR_LIFE, &layer->life);
    open_keyed(d, entity, SIM_FOR_REPAIR, &layer->repair);
    open_keyed(d, sim_entity_sub(d->member->entity, layer_unit(index)),
        SIM_FOR_MARK, &layer->hit);
    return layer_schedule(
        d, 0, index, draw_ns(cause.life_h, &layer->life), err);
}

static int layers_start(struct draw *d, struct sim_err *err)
{
    const struct mdl_tl_member *m = d->member;
    int rc = layer_start(d, SITE,
        (struct mdl_tl_layer){m->site_life_h, m->site_repair_h, 1.0, 0}, err);

    assert(m->n_layers <= MDL_TL_MAX_LAYERS);
    if (rc == SIM_OK)
        rc = layer_start(d, WAN,
            (struct mdl_tl_layer){m->wan_life_h, m->wan_repair_h, 1.0, 0}, err);
    for (int i = 0; rc == SIM_OK && i < MDL_TL_MAX_LAYERS; i++) {
        const struct mdl_tl_layer none = {NULL, NULL, 1.0, 0};
        rc = layer_start(
            d, FURTHER + i, i < m->n_layers ? m->layers[i] : none, err);
    }
    return rc;
}

static bool all_layers_up(const struct draw *d)
{
    for (int i = 0; i < N_LAYERS; i++) {
        if (!d->layer[i].up)
            return false;
    }
    return true;
}

/* ---- one member ---- */

static int member_start(struct draw *d, struct sim_err *err)
{
    const struct mdl_tl_member *m = d->member;
    int rc = layers_start(d, err);

    d->wait_first = 0;
    d->wait_n = 0;
    d->crews_busy = 0;
    d->spares = m->spares;
    d->servers_up = (int32_t)m->servers;
    d->lowest_empty = d->servers_up;
    if (m->server_life_h == NULL)
        return rc;
    d->servers_up = 0;
    for (int32_t p = 0; p < m->servers && rc == SIM_OK; p++) {
        open_stream(d, (uint64_t)p, SIM_FOR_LIFE, &d->positions[p].life);
        d->positions[p].repair_open = false;
        rc = fill(d, 0, p, err);
    }
    return rc;
}

/* Note the state after an event at t as a change.  Several events at one time
 * make one change, or none when they cancel out. */
static int record(struct draw *d, int64_t t_ns, struct sim_err *err)
{
    struct mdl_timeline *tl = &d->tl;
    const int64_t first = tl->member_first[d->index];
    const bool layers_up = all_layers_up(d);
    struct mdl_tl_change was = {
        .servers_up = (int32_t)d->member->servers, .layers_up = true};

    if (tl->n_changes > first)
        was = tl->changes[tl->n_changes - 1];
    if (tl->n_changes > first && was.t_ns == t_ns) {
        was.servers_up = was.servers_before;
        was.layers_up = was.layers_before;
        tl->n_changes--;
    }
    if (was.servers_up == d->servers_up && was.layers_up == layers_up)
        return SIM_OK;
    size_t room = (size_t)d->room;
    struct mdl_tl_change *changes =
        grown(tl->changes, (size_t)tl->n_changes, &room, sizeof *tl->changes);
    if (changes == NULL)
        return nomem(err);
    d->room = (int64_t)room;
    tl->changes = changes;
    changes[tl->n_changes++] = (struct mdl_tl_change){
        .t_ns = t_ns,
        .member = d->index,
        .servers_up = d->servers_up,
        .servers_before = was.servers_up,
        .layers_up = layers_up,
        .layers_before = was.layers_up,
    };
    return SIM_OK;
}

static int member_draw(struct draw *d, struct sim_err *err)
{
    int rc = member_start(d, err);

    while (rc == SIM_OK && d->heap_n > 0) {
        const struct event e = pop(d);
        const enum kind kind = (enum kind)(e.code >> 32);
        const int32_t position = (int32_t)(e.code & INT32_MAX);
        if (++d->n_events > max_events)
            return sim_err_set(err, SIM_E_LIMIT,
                "timeline has more than %lld failures and repairs",
                (long long)max_events);
        if (kind == SERVER_FAILED)
            rc = server_failed(d, e.t_ns, position, err);
        else if (kind == SERVER_REPAIRED)
            rc = server_repaired(d, e.t_ns, position, err);
        else
            rc = layer_switch(d, e.t_ns,
                kind == WAN_SWITCH ? WAN
                : position == 0    ? SITE
                                   : FURTHER + position - 1,
                err);
        if (rc == SIM_OK)
            rc = record(d, e.t_ns, err);
    }
    return rc;
}

/* ---- all members ---- */

/* Room for the members, and for the positions of the largest. */
static int draw_start(struct draw *d, const struct mdl_tl_member *members,
    int n, struct sim_err *err)
{
    int64_t most = 0;

    for (int m = 0; m < n; m++) {
        assert(members[m].servers >= 0 && members[m].weight >= 0.0);
        if (members[m].servers > INT32_MAX) {
            sim_err_set(err, SIM_E_LIMIT,
                "a site has %lld servers, at most %d can be followed",
                (long long)members[m].servers, INT32_MAX);
            return SIM_E_LIMIT;
        }
        if (members[m].server_life_h != NULL && members[m].servers > most)
            most = members[m].servers;
    }
    const size_t count = (size_t)n;
    d->tl.counts = sim_calloc(count, sizeof *d->tl.counts);
    d->tl.member_first = sim_calloc(count + 1, sizeof *d->tl.member_first);
    d->positions = sim_calloc((size_t)most, sizeof *d->positions);
    if (d->tl.counts == NULL || d->tl.member_first == NULL ||
        d->positions == NULL)
        return nomem(err);
    return SIM_OK;
}

int mdl_timeline_draw(const struct mdl_tl_member *members, int n,
    int64_t horizon_ns, uint64_t seed, uint64_t replication,
    struct mdl_timeline *out, struct sim_err *err)
{
    assert(members != NULL && out != NULL && n >= 1 && horizon_ns > 0);

    struct draw d = {
        .tl = {.horizon_ns = horizon_ns, .n_members = n},
        .seed = seed,
        .replication = replication,
    };
    int rc = draw_start(&d, members, n, err);

    for (int m = 0; m < n && rc == SIM_OK; m++) {
        d.member = &members[m];
        d.index = m;
        d.tl.member_first[m] = d.tl.n_changes;
        rc = member_draw(&d, err);
        d.tl.member_first[m + 1] = d.tl.n_changes;
    }
    d.tl.crew_busy_ns = sim_sum_value(&d.crew_busy_ns);
    if (rc == SIM_OK)
        rc = mdl_timeline_order(&d.tl, members, err);
    sim_free(d.heap);
    sim_free(d.waiting);
    sim_free(d.positions);
    if (rc == SIM_OK)
        *out = d.tl;
    else
        mdl_timeline_release(&d.tl);
    return rc;
}

void mdl_timeline_release(struct mdl_timeline *tl)
{
    sim_free(tl->changes);
    sim_free(tl->disturbed);
    sim_free(tl->counts);
    sim_free(tl->member_first);
    sim_free(tl->by_member);
    *tl = (struct mdl_timeline){0};
}
