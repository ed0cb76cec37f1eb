#include "models/timeline.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "models/timeline_draw.h"
#include "models/timeline_order.h"
#include "sim/alloc.h"
#include "sim/stats.h"
#include "sim/units.h"

enum { ROOM_MIN = 64 };

static const int64_t max_events = 50 * 1000 * 1000;
static const double ns_per_h = SIM_S_PER_H * (double)SIM_NS_PER_S;

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

static bool precedes(struct mdl_tl_event a, struct mdl_tl_event b)
{
    return a.t_ns < b.t_ns || (a.t_ns == b.t_ns && a.code < b.code);
}

static int push(
    struct mdl_tl_draw *d, struct mdl_tl_event e, struct sim_err *err)
{
    struct mdl_tl_event *heap =
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

static struct mdl_tl_event pop(struct mdl_tl_draw *d)
{
    struct mdl_tl_event *heap = d->heap;
    const struct mdl_tl_event top = heap[0];
    const struct mdl_tl_event last = heap[--d->heap_n];
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
int64_t mdl_tl_draw_ns(const struct sim_dist *dist, struct sim_stream *stream)
{
    const double ns = floor(sim_dist_draw(dist, stream) * ns_per_h + 0.5);

    if (!(ns < 0x1p63))
        return INT64_MAX; /* for ever */
    return ns > 1.0 ? (int64_t)ns : 1;
}

/* The event `after_ns` from t, if the horizon lasts that long. */
int mdl_tl_schedule(struct mdl_tl_draw *d, int64_t t_ns, int64_t after_ns,
    enum mdl_tl_kind kind, uint32_t position, struct sim_err *err)
{
    if (after_ns >= d->tl.horizon_ns - t_ns)
        return SIM_OK;
    const struct mdl_tl_event e = {
        t_ns + after_ns, (uint64_t)kind << 32 | position};
    return push(d, e, err);
}

void mdl_tl_open(const struct mdl_tl_draw *d, uint64_t entity,
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

static void open_stream(const struct mdl_tl_draw *d, uint64_t unit,
    enum sim_purpose purpose, struct sim_stream *stream)
{
    mdl_tl_open(d, sim_entity_sub(d->member->entity, unit), purpose, stream);
}

/* ---- servers ---- */

static int fill(
    struct mdl_tl_draw *d, int64_t t_ns, int32_t position, struct sim_err *err)
{
    struct mdl_tl_position *p = &d->positions[position];

    p->filled = true;
    d->servers_up++;
    return mdl_tl_schedule(d, t_ns,
        mdl_tl_draw_ns(d->member->server_life_h, &p->life),
        MDL_TL_SERVER_FAILED, (uint32_t)position, err);
}

static int repair_start(
    struct mdl_tl_draw *d, int64_t t_ns, int32_t position, struct sim_err *err)
{
    struct mdl_tl_position *p = &d->positions[position];

    if (!p->repair_open) {
        open_stream(d, (uint64_t)position, SIM_FOR_REPAIR, &p->repair);
        p->repair_open = true;
    }
    const int64_t length_ns =
        mdl_tl_draw_ns(d->member->server_repair_h, &p->repair);
    const int64_t left_ns = d->tl.horizon_ns - t_ns;
    const int64_t within_ns = length_ns < left_ns ? length_ns : left_ns;
    const int64_t before_ns = d->from_ns > t_ns ? d->from_ns - t_ns : 0;
    d->crews_busy++;
    if (within_ns > before_ns)
        sim_sum_add(&d->crew_busy_ns, (double)(within_ns - before_ns));
    return mdl_tl_schedule(
        d, t_ns, length_ns, MDL_TL_SERVER_REPAIRED, (uint32_t)position, err);
}

static int wait_for_crew(
    struct mdl_tl_draw *d, int32_t position, struct sim_err *err)
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
    struct mdl_tl_draw *d, int64_t t_ns, int32_t position, struct sim_err *err)
{
    const struct mdl_tl_member *m = d->member;
    struct mdl_tl_counts *counts = &d->tl.counts[d->index];
    int rc = SIM_OK;

    const bool counted = t_ns >= d->from_ns;

    counts->server_failures += counted;
    d->servers_up--;
    if (d->spares > 0) {
        d->spares--;
        counts->spares_used += counted;
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
    struct mdl_tl_draw *d, int64_t t_ns, int32_t position, struct sim_err *err)
{
    int rc = SIM_OK;

    d->tl.counts[d->index].server_repairs += t_ns >= d->from_ns;
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

/* ---- one member ---- */

static int member_start(struct mdl_tl_draw *d, struct sim_err *err)
{
    const struct mdl_tl_member *m = d->member;
    int rc = mdl_tl_layers_start(d, err);

    d->wait_first = 0;
    d->wait_n = 0;
    d->crews_busy = 0;
    d->crew_busy_ns = (struct sim_sum){0};
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
static int record(struct mdl_tl_draw *d, int64_t t_ns, struct sim_err *err)
{
    struct mdl_timeline *tl = &d->tl;
    const int64_t first = tl->member_first[d->index];
    const bool layers_up = mdl_tl_layers_up(d);
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

static int member_draw(struct mdl_tl_draw *d, struct sim_err *err)
{
    int rc = member_start(d, err);

    while (rc == SIM_OK && d->heap_n > 0) {
        const struct mdl_tl_event e = pop(d);
        const enum mdl_tl_kind kind = (enum mdl_tl_kind)(e.code >> 32);
        const int32_t position = (int32_t)(e.code & INT32_MAX);
        if (++d->n_events > max_events)
            return sim_err_set(err, SIM_E_LIMIT,
                "timeline has more than %lld failures and repairs",
                (long long)max_events);
        if (kind == MDL_TL_SERVER_FAILED)
            rc = server_failed(d, e.t_ns, position, err);
        else if (kind == MDL_TL_SERVER_REPAIRED)
            rc = server_repaired(d, e.t_ns, position, err);
        else
            rc = mdl_tl_layer_switch(d, e.t_ns,
                kind == MDL_TL_WAN_SWITCH ? MDL_TL_WAN
                : position == 0           ? MDL_TL_SITE
                                          : MDL_TL_FURTHER + position - 1,
                err);
        if (rc == SIM_OK)
            rc = record(d, e.t_ns, err);
    }
    return rc;
}

/* ---- all members ---- */

/* Room for the members, and for the positions of the largest. */
static int draw_start(struct mdl_tl_draw *d,
    const struct mdl_tl_member *members, int n, struct sim_err *err)
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
    return mdl_timeline_draw_from(
        members, n, 0, horizon_ns, seed, replication, out, err);
}

int mdl_timeline_draw_from(const struct mdl_tl_member *members, int n,
    int64_t from_ns, int64_t horizon_ns, uint64_t seed, uint64_t replication,
    struct mdl_timeline *out, struct sim_err *err)
{
    assert(members != NULL && out != NULL && n >= 1 && horizon_ns > 0);
    assert(from_ns >= 0 && from_ns <= horizon_ns);

    struct mdl_tl_draw d = {
        .tl = {.horizon_ns = horizon_ns, .n_members = n},
        .seed = seed,
        .replication = replication,
        .from_ns = from_ns,
    };
    int rc = draw_start(&d, members, n, err);

    for (int m = 0; m < n && rc == SIM_OK; m++) {
        d.member = &members[m];
        d.index = m;
        d.tl.member_first[m] = d.tl.n_changes;
        rc = member_draw(&d, err);
        d.tl.member_first[m + 1] = d.tl.n_changes;
        d.tl.counts[m].crew_busy_ns = sim_sum_value(&d.crew_busy_ns);
    }
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
