#include "models/world.h"

#include <math.h>
#include <string.h>

#include "models/world_flow.h"
#include "sim/alloc.h"

/* A request unfinished so long after its window is lost. */
#define FOLLOW_UP_S 600.0

static int pull(void *ctx, struct sim_request *batch, size_t n, size_t *count,
    struct sim_err *err)
{
    struct mdl_world *w = ctx;

    *count = 0;
    if (w->closed && w->open == 0)
        return SIM_OK; /* nobody is left whom a later request could delay */
    return mdl_feed_pull(w->feed, batch, n, count, err);
}

static void begin(void *ctx)
{
    struct mdl_world *w = ctx;

    mdl_world_launch_probes(w, w->router.engine);
    if (!w->dep->plain)
        mdl_flow_begin(w);
}

static int open_world(struct mdl_world *w, struct sim_err *err)
{
    const size_t n = (size_t)w->dep->n_members;
    const size_t changes = (size_t)w->cfg->timeline->n_changes;

    w->stations = sim_calloc(n, sizeof *w->stations);
    w->draws = sim_calloc(n, sizeof *w->draws);
    w->up = sim_calloc(n, sizeof *w->up);
    w->known_up = sim_calloc(n, sizeof *w->known_up);
    w->n_known_up = sim_calloc((size_t)w->dep->n_places, sizeof *w->n_known_up);
    w->last = sim_calloc((size_t)w->dep->n_places, sizeof *w->last);
    w->flips = sim_calloc(2 * changes + 1, sizeof *w->flips);
    w->change_s = sim_calloc(changes + 1, sizeof *w->change_s);
    w->change_slots = sim_calloc(changes + 1, sizeof *w->change_slots);
    w->first_change = sim_calloc(n + 1, sizeof *w->first_change);
    w->slots_at_start = sim_calloc(n, sizeof *w->slots_at_start);
    w->weight = sim_calloc(n, sizeof *w->weight);
    if (w->stations == NULL || w->draws == NULL || w->up == NULL ||
        w->known_up == NULL || w->n_known_up == NULL || w->last == NULL ||
        w->flips == NULL || w->change_s == NULL || w->change_slots == NULL ||
        w->first_change == NULL || w->slots_at_start == NULL ||
        w->weight == NULL)
        return sim_err_set(err, SIM_E_NOMEM, "out of memory");
    if (w->dep->sampled) {
        const size_t places = (size_t)w->dep->n_places;
        w->first_simulated = sim_calloc(places + 1, sizeof(int));
        w->simulated = sim_calloc(n, sizeof(int));
        w->n_simulated_up = sim_calloc(places, sizeof(int));
        w->place_keep = sim_calloc(places, sizeof(double));
        w->keep = sim_calloc((size_t)w->plan->n_sources, sizeof(double));
        if (w->first_simulated == NULL || w->simulated == NULL ||
            w->n_simulated_up == NULL || w->place_keep == NULL ||
            w->keep == NULL)
            return sim_err_set(err, SIM_E_NOMEM, "out of memory");
    }
    return mdl_flow_open(w, err);
}

static void close_world(struct mdl_world *w)
{
    for (int i = 0; w->stations != NULL && i < w->dep->n_members; i++) {
        if (w->stations[i] != NULL && w->stations[i] != w->unsimulated)
            w->stations[i]->ops->destroy(w->stations[i]);
    }
    if (w->unsimulated != NULL)
        w->unsimulated->ops->destroy(w->unsimulated);
    mdl_flow_close(w);
    mdl_feed_destroy(w->feed);
    sim_free(w->stations);
    sim_free(w->draws);
    sim_free(w->up);
    sim_free(w->known_up);
    sim_free(w->n_known_up);
    sim_free(w->last);
    sim_free(w->flips);
    sim_free(w->change_s);
    sim_free(w->change_slots);
    sim_free(w->first_change);
    sim_free(w->slots_at_start);
    sim_free(w->weight);
    sim_free(w->first_simulated);
    sim_free(w->simulated);
    sim_free(w->n_simulated_up);
    sim_free(w->place_keep);
    sim_free(w->keep);
}

static int run_engine(
    struct mdl_world *w, double give_up_s, int64_t *n_lost, struct sim_err *err)
{
    struct sim_engine_model model = {.ctx = w,
        .pull = pull,
        .route = mdl_world_route,
        .routes_ahead = w->dep->plain && !mdl_route_asks_queues(w->dep),
        .finish = mdl_world_finish};
    struct sim_engine *engine = NULL;
    int rc = sim_engine_create(&engine, err);

    if (!w->dep->plain || w->layout->n_at > 0)
        model.begin = begin;
    if (!w->dep->plain && w->dep->cfg->routing.has_spill)
        model.admit = mdl_flow_admit;
    w->router = mdl_router_start(w->plan, w->dep, w->known_up, w->n_known_up,
        w->last, engine, w->cfg->origin_s);
    if (rc == SIM_OK)
        rc = sim_engine_run(engine, &model, w->stations, w->dep->n_members,
            give_up_s, n_lost, err);
    if (rc == SIM_OK && w->flow.no_memory)
        rc = sim_err_set(err, SIM_E_NOMEM, "out of memory: requests");
    if (rc == SIM_OK && w->flow.standstill != NULL)
        rc = sim_err_set(err, SIM_E_LIMIT,
            "requests.%s: its clients send for ever at one instant; give them "
            "a 'think' time",
            w->flow.standstill->name);
    if (rc == SIM_OK)
        *n_lost += mdl_flow_cut(w);
    if (rc == SIM_OK && w->no_notes)
        rc = sim_err_set(err, SIM_E_NOMEM, "out of memory: first requests");
    sim_engine_destroy(engine);
    return rc;
}

int mdl_world_run(
    const struct mdl_world_cfg *cfg, void *block, struct sim_err *err)
{
    const double give_up_s = cfg->length_s + fmax(FOLLOW_UP_S, cfg->length_s);
    struct mdl_world w = {.cfg = cfg,
        .plan = cfg->plan,
        .dep = cfg->dep,
        .layout = cfg->layout,
        .block = block,
        .follows = cfg->dep->overtakes && !cfg->dep->unstable};
    struct mdl_feed_cfg feed = {.plan = cfg->plan,
        .dep = cfg->dep,
        .replication = cfg->replication,
        .window = cfg->window,
        .origin_s = cfg->origin_s,
        .lead_s = cfg->lead_s,
        .until_s = w.follows ? give_up_s : cfg->length_s + cfg->dep->max_rtt_s};
    int64_t n_lost = 0;
    int rc;

    memset(block, 0, cfg->layout->bytes);
    rc = open_world(&w, err);
    if (rc == SIM_OK)
        rc = mdl_world_stations(&w, give_up_s, err);
    feed.keep = w.keep;
    if (rc == SIM_OK)
        rc = mdl_feed_create(&feed, &w.feed, err);
    if (rc == SIM_OK)
        rc = run_engine(&w, give_up_s, &n_lost, err);
    if (rc == SIM_OK)
        rc = mdl_world_collect(&w, n_lost, err);
    close_world(&w);
    return rc;
}
