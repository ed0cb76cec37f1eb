/* Visits of requests that make several: where to, over which way, from which
 * draws. */
#include <math.h>

#include "models/network.h"
#include "models/world_flow.h"
#include "sim/fmath.h"
#include "sim/units.h"

/* Draws of steps are numbered from 0, by visit.  What else is drawn of a
 * request is numbered from here, so that no two choices share a uniform. */
enum {
    ATTEMPT = 1 << 16, /* visits after the first; where they go */
    PART = 1 << 24,    /* where a part of a fork goes, sent the first time */
    SPARE = 2 << 24,   /* ... a copy or part that must not meet others */
    ONWARD = 3 << 24,  /* ... what a site sends on */
    STANDIN = 4 << 24, /* ... to which of those simulated there */
};

static struct mdl_live *live_of(struct mdl_world *w, uint32_t owner)
{
    return &w->flow.live[owner];
}

static const struct mdl_flow *flow_of(
    const struct mdl_world *w, const struct mdl_live *live)
{
    return &w->dep->flows[live->first.cls];
}

/* ---- the way ------------------------------------------------------------ */

/* One way from place to place: the network of the one that is gone to, over
 * their distance, without a draw.  Places without coordinates or network stand
 * side by side. */
static double between_s(const struct mdl_world *w, int from, int to)
{
    const struct mdl_place *a = &w->dep->places[from];
    const struct mdl_place *b = &w->dep->places[to];
    const struct mdl_site_cfg *site = w->dep->entries[b->entry].cfg;
    struct mdl_network_cfg network = site->network;
    struct mdl_path path;

    if (from == to || !site->has_network || site->rtt_ms != NULL ||
        !a->placed || !b->placed)
        return 0.0;
    network.local = false;
    if (mdl_network_path(&network,
            mdl_distance_km(a->lat, a->lon, b->lat, b->lon), MDL_ACCESS_NONE,
            0.0, 0.0, 0.0, &path, NULL) != SIM_OK)
        return 0.0;
    return 0.5 * path.base_s;
}

/* Hand the visit to the engine, on its way to a member. */
static void go(struct mdl_world *w, uint32_t owner, struct sim_request *r,
    struct mdl_pick pick, int from_place)
{
    struct mdl_live *live = live_of(w, owner);
    const int source = mdl_source_of(w, r);

    live->visits++;
    if (pick.candidate < 0 || !w->up[pick.member]) {
        r->station = SIM_REFUSED;
        return;
    }
    const struct mdl_candidate *c = &w->dep->candidates[pick.candidate];
    const double rtt_s = mdl_world_round_trip_s(w, r, source, c);
    live->candidate = pick.candidate;
    live->member = pick.member;
    r->tag |= pick.candidate - w->dep->uc_first[source];
    r->station = pick.member;
    r->out_s =
        from_place < 0 ? 0.5 * rtt_s : between_s(w, from_place, c->place);
    r->back_s = 0.5 * rtt_s;
    r->aux[MDL_AUX_WAYS] = 0.0;
    r->speed = w->dep->members[pick.member].speed;
    r->priority = (int32_t)w->plan->classes[r->cls].cfg->priority;
}

/* Answered without a server?  Then the visit is over before the engine sees
 * it. */
static void try_cache(
    struct mdl_world *w, uint32_t owner, struct sim_request *r)
{
    struct mdl_live *live = live_of(w, owner);
    const int member = r->station;
    const struct mdl_site_cfg *site =
        member >= 0 ? w->dep->entries[w->dep->members[member].entry].cfg : NULL;

    if (site == NULL || !site->has_cache ||
        mdl_live_uniform(w, live, SIM_FOR_CACHE, live->visits) >=
            site->cache.hit_frac)
        return;
    const double start_s = r->send_s + r->out_s;
    struct sim_request hit = *r;
    hit.tag |= MDL_TAG_CACHED;
    hit.work_s = 0.0; /* no server's work */
    live->cached = true;
    r->station = SIM_DROPPED;
    mdl_visit_done(
        w, &hit, member, SIM_SERVED, start_s, start_s + site->cache.time_s);
}

/* ---- what is drawn ------------------------------------------------------ */

/* The random parts of an attempt after the first are its own; work that is
 * recorded is that of the request. */
static void draw_anew(
    struct mdl_world *w, const struct mdl_live *live, struct sim_request *r)
{
    const uint64_t entity = sim_entity_sub(
        live->entity, (uint64_t)ATTEMPT + (uint64_t)live->visits);

    r->work_s = live->first.work_s;
    mdl_feed_draw(w->feed, mdl_source_of(w, r), entity, r);
}

/* Work of a visit: that of the request where it is the first; of a step with
 * a law of its own from there. */
static void set_work(struct mdl_world *w, const struct mdl_live *live,
    const struct mdl_step *step, struct sim_request *r)
{
    const double deflation =
        mdl_plan_deflation(w->plan, w->cfg->origin_s + r->send_s);

    if (step->service_s != NULL)
        r->work_s = deflation * mdl_live_draw(w, live, step->service_s,
                                    SIM_FOR_SIZE, live->visits);
}

/* ---- where to ----------------------------------------------------------- */

static double mark_of(
    const struct mdl_world *w, const struct mdl_live *live, int index)
{
    return mdl_live_uniform(w, live, SIM_FOR_BALANCE, index);
}

static bool is_taken(int member, int n_taken, const int *taken)
{
    for (int i = 0; i < n_taken; i++) {
        if (taken[i] == member)
            return true;
    }
    return false;
}

/* A member that has no copy or part of this request yet: where routing sends
 * it, else another of those it could. */
static struct mdl_pick spare(struct mdl_world *w, const struct mdl_live *live,
    const struct sim_request *r, int n_taken, const int *taken)
{
    const struct mdl_dep *dep = w->dep;
    const int source = mdl_source_of(w, r);
    const bool ask = dep->cfg->routing.failover;
    const struct mdl_pick pick = mdl_route_pick(&w->router, source, r->user,
        mark_of(w, live, SPARE + live->visits + n_taken));

    if (pick.candidate < 0 || !is_taken(pick.member, n_taken, taken))
        return pick;
    for (int c = dep->uc_first[source]; c < dep->uc_first[source + 1]; c++) {
        const struct mdl_place *place = &dep->places[dep->candidates[c].place];
        if (dep->candidates[c].group == MDL_BY_NAME)
            break;
        for (int k = 0; k < place->n_members; k++) {
            const int m = place->first_member + k;
            if ((!ask || w->known_up[m]) && !is_taken(m, n_taken, taken))
                return (struct mdl_pick){.candidate = c, .member = m};
        }
    }
    return (struct mdl_pick){.candidate = -1, .member = -1};
}

/* Where a step goes; `index` of its uniform.  A first visit by routing has that
 * of the request. */
static struct mdl_pick pick_step(struct mdl_world *w,
    const struct mdl_live *live, const struct sim_request *r, int number,
    int index)
{
    const struct mdl_step *step = &flow_of(w, live)->steps[number];
    const int source = mdl_source_of(w, r);

    if (step->entry >= 0)
        return mdl_route_entry(
            &w->router, source, step->entry, r->user, mark_of(w, live, index));
    if (live->visits == 0 && live->pick.candidate >= 0)
        return live->pick;
    return mdl_route_pick(&w->router, source, r->user,
        live->visits == 0 ? r->aux[MDL_AUX_CHOICE] : mark_of(w, live, index));
}

/* Send a visit to a pick: marks, draws, way, cache, timer. */
static void send_to(struct mdl_world *w, uint32_t owner, struct sim_request *r,
    int number, struct mdl_pick pick)
{
    struct mdl_live *live = live_of(w, owner);
    const struct mdl_flow *flow = flow_of(w, live);
    const struct mdl_step *step = &flow->steps[number];
    const bool fork = flow->kind == MDL_FLOW_FORK;
    const bool onward = live->served_at >= 0 && !fork;

    if (live->tries > 0 || (live->visits > 0 && step->service_s == NULL))
        draw_anew(w, live, r);
    set_work(w, live, step, r);
    r->tag = fork ? number << MDL_TAG_PART_SHIFT : 0;
    if (step->entry < 0 && pick.candidate >= 0 &&
        mdl_world_spilled(w->dep, mdl_source_of(w, r), pick.candidate)) {
        live->spilled = true;
        r->tag |= MDL_TAG_SPILLED;
    }
    live->copies += flow->kind == MDL_FLOW_ONE;
    go(w, owner, r, pick, onward ? w->dep->members[live->served_at].place : -1);
    if (flow->kind == MDL_FLOW_ONE && r->station >= 0)
        mdl_visit_time(w, owner, r->send_s);
    try_cache(w, owner, r);
}

void mdl_visit_send(
    struct mdl_world *w, uint32_t owner, struct sim_request *r, int part)
{
    const struct mdl_live *live = live_of(w, owner);
    const int number =
        flow_of(w, live)->kind == MDL_FLOW_FORK ? part : live->step;

    send_to(w, owner, r, number,
        pick_step(w, live, r, number, ATTEMPT + live->visits));
}

/* All members are picked at once, those by routing to differ; the pick of a
 * launched part rides in fields that are set when it is sent. */
void mdl_visit_fork(struct mdl_world *w, uint32_t owner, struct sim_request *r)
{
    struct mdl_live *live = live_of(w, owner);
    const struct mdl_flow *flow = flow_of(w, live);
    int taken[MDL_MAX_PARTS];
    struct mdl_pick first = {.candidate = -1, .member = -1};

    live->parts_left = flow->n_steps;
    for (int i = 0; i < flow->n_steps; i++) {
        struct mdl_pick pick;
        if (i == 0 || flow->steps[i].entry >= 0)
            pick = pick_step(w, live, r, i, PART + i);
        else
            pick = spare(w, live, r, i, taken);
        taken[i] = pick.member;
        if (i == 0) {
            first = pick;
            continue;
        }
        struct sim_request part = live->first;
        part.station = MDL_ACT_PART;
        part.tag = i << MDL_TAG_PART_SHIFT;
        part.priority = pick.member;
        part.back_s = pick.candidate;
        live->refs++;
        sim_engine_launch(w->router.engine, &part, r->send_s);
    }
    send_to(w, owner, r, 0, first);
}

void mdl_visit_part(struct mdl_world *w, uint32_t owner, struct sim_request *r)
{
    const struct mdl_pick pick = {
        .candidate = (int)r->back_s, .member = r->priority};

    send_to(w, owner, r, (r->tag >> MDL_TAG_PART_SHIFT) & (MDL_MAX_PARTS - 1),
        pick);
}

void mdl_visit_fall(struct mdl_world *w, uint32_t owner, struct sim_request *r)
{
    struct mdl_live *live = live_of(w, owner);
    const struct mdl_flow *flow = flow_of(w, live);

    live->copies += flow->kind == MDL_FLOW_ONE;
    draw_anew(w, live, r);
    r->tag = MDL_TAG_FALLBACK;
    go(w, owner, r,
        mdl_route_entry(&w->router, mdl_source_of(w, r), flow->fallback,
            r->user, mark_of(w, live, ATTEMPT + live->visits)),
        -1);
    try_cache(w, owner, r);
}

/* ---- spill -------------------------------------------------------------- */

/* Would one more wait, with so many in service?  All that share slots are
 * served at once, up to the site's concurrency. */
static bool would_wait(const struct mdl_world *w,
    const struct mdl_queue_cfg *queue, int member, double now_s,
    int64_t n_served)
{
    const bool sharing =
        queue->discipline == MDL_PS || queue->discipline == MDL_LPS;
    const int slots = mdl_world_slots(w, member, now_s);
    const int64_t most = sharing && slots != 0 ? queue->concurrency : slots;

    return most >= 0 && n_served >= most;
}

/* Does the member turn an arrival away, as `spill` says? */
static bool over_limit(const struct mdl_world *w, int member, double now_s)
{
    const struct mdl_spill_cfg *spill = &w->dep->cfg->routing.spill;
    const struct mdl_queue_cfg *queue =
        &w->dep->entries[w->dep->members[member].entry].cfg->queue;
    const int64_t n = sim_engine_in_system(w->router.engine, member);

    if (spill->when == MDL_SPILL_FULL && queue->capacity >= 0 &&
        n >= queue->capacity)
        return true;
    if (spill->queue < 0)
        return false;
    const int64_t waiting = sim_engine_waiting(w->router.engine, member);
    return spill->queue > 0 ? waiting >= spill->queue
                            : waiting > 0 || would_wait(w, queue, member, now_s,
                                                 n - waiting);
}

/* A request that stood for `weight` goes to a member that stands for `each` of
 * its like: weight / each of them come, on the average, and count for `each`.
 * They are spread over a while, since those of many members do not come at once
 * (superposition of many small flows). */
static void multiply(struct mdl_world *w, uint32_t owner,
    const struct sim_request *on, double now_s)
{
    struct mdl_live *first = live_of(w, owner);
    const int each = w->weight[first->pick.member];
    const int n =
        (int)((double)first->weight / each +
              mdl_live_uniform(w, first, SIM_FOR_SAMPLE, first->visits));
    const int more = n * each - first->weight;

    first->weight = each;
    if (first->measured) {
        w->open += more;
        mdl_block_at(w->block, w->layout->offered)[mdl_source_of(w, on)] +=
            more;
    }
    if (n == 0) { /* none of its like is among those simulated there */
        first->over = true;
        first->refs--;
        mdl_live_release(w, owner);
        return;
    }
    sim_engine_launch(w->router.engine, on, now_s);
    for (int i = 1; i < n; i++) {
        const uint32_t clone = mdl_live_clone(w, owner, i);
        if (clone == MDL_NO_OWNER)
            return;
        struct mdl_live *live = live_of(w, clone);
        struct sim_request r = *on;
        live->refs = live->copies = 1;
        const double later_s =
            MDL_SPREAD_S * mdl_live_uniform(w, live, SIM_FOR_SAMPLE, 0);
        live->first.send_s += later_s;
        r.owner = clone;
        sim_engine_launch(w->router.engine, &r, now_s + later_s);
    }
}

/* One of a group that overflows to one of another stands for many who do so at
 * times of their own: in a burst it would meet the same few again and again. */
static double like_others_s(const struct mdl_world *w, struct mdl_live *live)
{
    const double later_s =
        live->weight > 1 ? MDL_SPREAD_S * mdl_live_uniform(w, live,
                                              SIM_FOR_SAMPLE, live->visits)
                         : 0.0;

    live->first.send_s += later_s;
    return later_s;
}

bool mdl_flow_admit(void *ctx, const struct sim_request *r, double now_s)
{
    struct mdl_world *w = ctx;

    if (r->owner == MDL_NO_OWNER || !w->dep->cfg->routing.has_spill)
        return true;
    struct mdl_live *live = live_of(w, r->owner);
    const struct mdl_flow *flow = flow_of(w, live);
    const int part = (r->tag >> MDL_TAG_PART_SHIFT) & (MDL_MAX_PARTS - 1);
    const int number = flow->kind == MDL_FLOW_FORK ? part : live->step;
    if (live->fell || flow->steps[number].entry >= 0 ||
        !over_limit(w, r->station, now_s))
        return true;
    const int source = mdl_source_of(w, r);
    const int here = w->dep->uc_first[source] + (r->tag & MDL_TAG_RANK);
    struct mdl_pick pick = mdl_route_next(&w->router, source, r->user, here,
        mark_of(w, live, ONWARD + live->visits));
    if (w->dep->sampled)
        pick = mdl_groups_here(
            w, pick.candidate, mark_of(w, live, STANDIN + live->visits));
    if (pick.candidate < 0)
        return true; /* nowhere else: the station takes or refuses it */
    struct sim_request on = *r;
    live->pick = pick;
    on.aux[MDL_AUX_WAYS] += r->out_s;
    on.station = MDL_ACT_SPILL;
    if (live->weight != w->weight[pick.member])
        multiply(w, r->owner, &on, now_s);
    else
        sim_engine_launch(
            w->router.engine, &on, now_s + like_others_s(w, live));
    return false;
}

void mdl_visit_spill(struct mdl_world *w, uint32_t owner, struct sim_request *r)
{
    struct mdl_live *live = live_of(w, owner);
    const int source = mdl_source_of(w, r);
    const int here = w->dep->uc_first[source] + (r->tag & MDL_TAG_RANK);
    const double ways_s = r->aux[MDL_AUX_WAYS];

    live->spilled = true;
    if (live->clone) { /* of its own work, as the others had */
        draw_anew(w, live, r);
        set_work(w, live, &flow_of(w, live)->steps[0], r);
    }
    r->tag = (r->tag & ~MDL_TAG_RANK) | MDL_TAG_SPILLED;
    go(w, owner, r, live->pick, w->dep->candidates[here].place);
    r->aux[MDL_AUX_WAYS] = ways_s;
    try_cache(w, owner, r);
}

/* ---- hedging ------------------------------------------------------------ */

void mdl_visit_time(struct mdl_world *w, uint32_t owner, double now_s)
{
    struct mdl_live *live = live_of(w, owner);
    const double after_s = w->flow.classes[live->first.cls].hedge_after_s;
    struct sim_request r = live->first;

    if (!w->dep->cfg->routing.has_hedge || live->tries > 0 ||
        !isfinite(after_s))
        return;
    r.station = MDL_ACT_HEDGE;
    r.tag = 0;
    live->refs++;
    sim_engine_launch(w->router.engine, &r, now_s + after_s);
}

bool mdl_visit_hedge(struct mdl_world *w, uint32_t owner, struct sim_request *r)
{
    struct mdl_live *live = live_of(w, owner);
    const struct mdl_step *step = &flow_of(w, live)->steps[0];
    const struct mdl_pick pick = spare(w, live, r, 1, &live->member);

    if (pick.candidate < 0 || !w->up[pick.member])
        return false;
    draw_anew(w, live, r);
    set_work(w, live, step, r);
    r->tag = MDL_TAG_HEDGE;
    live->copies++;
    go(w, owner, r, pick, -1);
    return true;
}
