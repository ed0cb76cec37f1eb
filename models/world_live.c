/* Records of requests of several visits: taken, cloned, released; launches and
 * draws on their behalf. */
#include <math.h>

#include "models/world_flow.h"
#include "sim/alloc.h"
#include "sim/hist.h"

/* Entities of clones are numbered from here, by visit, apart from draws. */
enum { CLONES = 1 << 30 };

static struct mdl_live *live_of(struct mdl_world *w, uint32_t owner)
{
    return &w->flow.live[owner];
}

/* ---- records ------------------------------------------------------------ */

int mdl_flow_open(struct mdl_world *w, struct sim_err *err)
{
    struct mdl_flow_world *f = &w->flow;
    const size_t n = (size_t)w->plan->n_classes;

    f->free = MDL_NO_OWNER;
    f->classes = sim_calloc(n + 1, sizeof *f->classes);
    if (f->classes == NULL)
        return sim_err_set(err, SIM_E_NOMEM, "out of memory");
    for (size_t i = 0; i < n; i++) {
        const struct mdl_class_cfg *c = w->plan->classes[i].cfg;
        struct mdl_flow_state *s = &f->classes[i];
        s->tokens = (double)c->limit.burst;
        s->tokens_at_s = -w->cfg->lead_s;
        s->hedge_after_s = INFINITY;
        if (!w->dep->cfg->routing.has_hedge)
            continue;
        if (!isnan(w->dep->cfg->routing.hedge.after.time_s)) {
            s->hedge_after_s = w->dep->cfg->routing.hedge.after.time_s;
            continue;
        }
        s->seen = sim_calloc(SIM_HIST_BUCKETS, sizeof *s->seen);
        if (s->seen == NULL)
            return sim_err_set(err, SIM_E_NOMEM, "out of memory");
    }
    mdl_clients_deal(w);
    return SIM_OK;
}

void mdl_flow_close(struct mdl_world *w)
{
    for (int i = 0; w->flow.classes != NULL && i < w->plan->n_classes; i++)
        sim_free(w->flow.classes[i].seen);
    sim_free(w->flow.classes);
    sim_free(w->flow.live);
}

uint32_t mdl_live_take(struct mdl_world *w, const struct sim_request *r)
{
    struct mdl_flow_world *f = &w->flow;
    uint32_t owner = f->free;

    if (owner == MDL_NO_OWNER && f->n == f->room) {
        const uint32_t room = f->room > 0 ? 2 * f->room : 256;
        void *block = sim_realloc(f->live, room, sizeof *f->live);
        if (block == NULL) {
            f->no_memory = true;
            return MDL_NO_OWNER;
        }
        f->live = block;
        f->room = room;
    }
    if (owner == MDL_NO_OWNER)
        owner = f->n++;
    else
        f->free = f->live[owner].next;
    f->live[owner] = (struct mdl_live){.first = *r,
        .entity =
            mdl_feed_entity(w->feed, mdl_source_of(w, r), r->k, r->send_s),
        .weight = 1,
        .candidate = -1,
        .member = -1,
        .pick = {.candidate = -1, .member = -1},
        .served_at = -1,
        .arrive_s = r->send_s,
        .start_s = r->send_s,
        .end_s = r->send_s};
    f->live[owner].first.owner = owner;
    return owner;
}

uint32_t mdl_live_clone(struct mdl_world *w, uint32_t owner, int number)
{
    const struct sim_request first = live_of(w, owner)->first;
    const uint32_t clone = mdl_live_take(w, &first);

    if (clone == MDL_NO_OWNER)
        return clone;
    struct mdl_live *live = live_of(w, clone);
    *live = *live_of(w, owner);
    live->first.owner = clone;
    live->entity = sim_entity_sub(
        sim_entity_sub(live->entity, (uint64_t)CLONES + (uint64_t)live->visits),
        (uint64_t)number);
    live->clone = true;
    return clone;
}

void mdl_live_release(struct mdl_world *w, uint32_t owner)
{
    struct mdl_live *live = live_of(w, owner);

    if (!live->over || live->refs != 0)
        return;
    live->next = w->flow.free;
    w->flow.free = owner;
    live->refs = -1; /* free */
}

void mdl_live_launch(
    struct mdl_world *w, uint32_t owner, int action, int part, double at_s)
{
    struct mdl_live *live = live_of(w, owner);
    struct sim_request r = live->first;

    r.station = action;
    r.tag = part << MDL_TAG_PART_SHIFT;
    live->refs++;
    sim_engine_launch(w->router.engine, &r, at_s);
}

/* ---- draws -------------------------------------------------------------- */

static struct sim_key key_of(const struct mdl_world *w,
    const struct mdl_live *live, uint64_t purpose, int index)
{
    return (struct sim_key){.seed = (uint64_t)w->plan->cfg->seed,
        .replication = w->cfg->replication,
        .entity = sim_entity_sub(live->entity, (uint64_t)index),
        .purpose = purpose,
        .window = w->cfg->window};
}

double mdl_live_uniform(const struct mdl_world *w, const struct mdl_live *live,
    uint64_t purpose, int index)
{
    const struct sim_key key = key_of(w, live, purpose, index);

    return sim_hash_uniform(&key, 0);
}

double mdl_live_draw(const struct mdl_world *w, const struct mdl_live *live,
    const struct sim_dist *law, uint64_t purpose, int index)
{
    const struct sim_key key = key_of(w, live, purpose, index);
    struct sim_stream stream;

    sim_stream_init(&stream, &key);
    return sim_dist_draw(law, &stream);
}

/* ---- the end ------------------------------------------------------------- */

void mdl_live_end(struct mdl_world *w, struct mdl_live *live,
    enum sim_outcome outcome, double answer_s)
{
    const struct mdl_done done = {.user = live->first.user,
        .cls = live->first.cls,
        .k = live->first.k,
        .weight = live->weight,
        .retries = live->retries,
        .hedges = live->hedges,
        .member = outcome == SIM_SERVED ? live->served_at : -1,
        .outcome = outcome,
        .spilled = live->spilled,
        .fallback = live->fell,
        .cached = live->cached,
        .work_s = live->work_s,
        .alone_s = live->alone_s,
        .send_s = live->first.send_s,
        .arrive_s = live->arrive_s,
        .start_s = live->start_s,
        .end_s = live->end_s,
        .times = {[MDL_LATENCY] = answer_s - live->first.send_s,
            [MDL_NETWORK] = live->network_s,
            [MDL_QUEUE] = live->queue_s,
            [MDL_SERVICE] = live->service_s}};

    live->over = true;
    mdl_world_note(w, &done);
    if (live->measured) {
        w->open -= live->weight;
        mdl_world_count_request(w, &done);
    }
}

int64_t mdl_flow_cut(struct mdl_world *w)
{
    int64_t n = 0;

    for (uint32_t i = 0; i < w->flow.n; i++) {
        struct mdl_live *live = live_of(w, i);
        if (live->over)
            continue;
        n += live->weight;
        mdl_live_end(w, live, SIM_LOST, live->end_s);
    }
    return n;
}
