/* Sites in a window as the timeline has them: stations with their changes of
 * capacity, and what routing knows of who is up. */
#include <math.h>
#include <stdlib.h>

#include "models/world_parts.h"
#include "sim/units.h"

int64_t mdl_world_ns(double t_s)
{
    return (int64_t)floor(t_s * (double)SIM_NS_PER_S + 0.5);
}

static int by_time(const void *a, const void *b)
{
    const struct mdl_flip *x = a, *y = b;

    if (x->t_s != y->t_s)
        return x->t_s < y->t_s ? -1 : 1;
    if (x->member != y->member)
        return x->member < y->member ? -1 : 1;
    return (int)y->known - (int)x->known;
}

static void add_flip(
    struct mdl_world *w, double t_s, int member, bool known, bool up)
{
    w->flips[w->n_flips++] = (struct mdl_flip){
        .t_s = t_s, .member = member, .known = known, .up = up};
}

static bool site_up(
    const struct mdl_tl_member *tl, int32_t servers, bool layers)
{
    return layers && servers >= tl->needed;
}

static void know(struct mdl_world *w, int member, bool up)
{
    w->n_known_up[w->dep->members[member].place] +=
        (int)up - (int)w->known_up[member];
    if (w->weight[member] > 0 && w->dep->sampled)
        w->n_simulated_up[w->dep->members[member].place] +=
            (int)up - (int)w->known_up[member];
    w->known_up[member] = up;
}

/* What routing learns of a turn at t.  *seen_s: when it learns of the present
 * outage, INFINITY while there is none; one that is over before is never
 * known. */
static void learn_turn(struct mdl_world *w, int member, double t_s, bool up,
    double detection_s, double *seen_s)
{
    if (!up) {
        *seen_s = t_s + detection_s;
        return;
    }
    if (*seen_s <= t_s)
        add_flip(w, *seen_s, member, true, false);
    add_flip(w, t_s, member, true, true);
    *seen_s = INFINITY;
}

/* Changes of one member inside the window, as routing sees them (too few
 * servers: it goes elsewhere if it can) and as they are (a site that is there
 * queues what comes, also with no server up); its state at the start.  Routing
 * also needs those of the detection time before. */
static void member_changes(struct mdl_world *w, int member, double end_s,
    int *n_changes, int *slots_now)
{
    const struct mdl_timeline *tl = w->cfg->timeline;
    const struct mdl_tl_member *m = &w->dep->tl[member];
    const struct mdl_member *site = &w->dep->members[member];
    const double origin_s = w->cfg->origin_s;
    const double detection_s =
        w->dep->entries[site->entry].cfg->failures.detection_s;
    const int64_t start_ns = mdl_world_ns(origin_s - w->cfg->lead_s);
    const int64_t sight_ns = start_ns - mdl_world_ns(detection_s);
    double seen_s = INFINITY;
    int32_t servers;
    bool layers, up, there;

    mdl_timeline_state(tl, member, sight_ns, w->dep->tl, &servers, &layers);
    know(w, member, up = site_up(m, servers, layers));
    mdl_timeline_state(tl, member, start_ns, w->dep->tl, &servers, &layers);
    w->up[member] = there = layers;
    *slots_now = site->servers < 0 ? -1
                 : layers          ? (int)(servers * site->slots_per_server)
                                   : 0;
    for (int64_t i = tl->member_first[member]; i < tl->member_first[member + 1];
         i++) {
        const struct mdl_tl_change *c = &tl->changes[tl->by_member[i]];
        const double t_s =
            (double)(c->t_ns - mdl_world_ns(origin_s)) / (double)SIM_NS_PER_S;
        if (c->t_ns <= sight_ns || t_s >= end_s)
            continue;
        const bool now = site_up(m, c->servers_up, c->layers_up);
        if (now != up)
            learn_turn(w, member, t_s, now, detection_s, &seen_s);
        up = now;
        if (c->t_ns <= start_ns)
            continue;
        if (c->layers_up != there)
            add_flip(w, t_s, member, false, c->layers_up);
        there = c->layers_up;
        w->change_s[*n_changes] = t_s;
        w->change_slots[*n_changes] =
            c->layers_up ? (int)(c->servers_up * site->slots_per_server) : 0;
        (*n_changes)++;
    }
    if (isfinite(seen_s))
        add_flip(w, seen_s, member, true, false);
}

/* The interval over which stations keep their totals.  Where a number of
 * requests ends the run its end is not known: nine tenths of the expected
 * length are watched, which gives the shares of time as well. */
void mdl_world_watched(const struct mdl_world *w, double *from_s, double *to_s)
{
    double rate_per_s = 0.0;

    *from_s = 0.0;
    *to_s = w->cfg->length_s;
    if (w->cfg->requests < 0)
        return;
    for (int i = 0; i < w->plan->n_classes; i++)
        rate_per_s += w->plan->classes[i].rate_per_s;
    if (!(rate_per_s > 0.0))
        return;
    *from_s = (double)w->cfg->lead_requests / rate_per_s;
    *to_s = *from_s + 0.9 * (double)w->cfg->requests / rate_per_s;
}

/* Which servers fail is drawn anew in every window of every replication. */
static uint64_t choice_key(const struct mdl_world *w, uint64_t entity)
{
    uint64_t key = sim_entity_sub(entity, (uint64_t)w->plan->cfg->seed);

    key = sim_entity_sub(key, w->cfg->replication);
    key = sim_entity_sub(key, w->cfg->window);
    return sim_entity_sub(key, SIM_FOR_SLOTS);
}

/* The kernel of a member that is simulated. */
static int make_station(struct mdl_world *w, int i,
    const struct sim_station_cfg *common, struct sim_err *err)
{
    const struct mdl_member *m = &w->dep->members[i];
    const struct mdl_site_cfg *site = w->dep->entries[m->entry].cfg;
    const int first = w->first_change[i];
    const uint64_t entity = w->dep->tl[i].entity;
    struct sim_station_cfg cfg = *common;
    const struct sim_key key = {.seed = (uint64_t)w->plan->cfg->seed,
        .replication = w->cfg->replication,
        .entity = entity,
        .purpose = SIM_FOR_SIZE,
        .window = w->cfg->window};

    cfg.slots = mdl_member_slots(m);
    cfg.slots_at_start = w->slots_at_start[i];
    cfg.capacity = site->queue.capacity;
    cfg.change_s = w->change_s + first;
    cfg.change_slots = w->change_slots + first;
    cfg.n_changes = w->first_change[i + 1] - first;
    cfg.choice_key = choice_key(w, entity);
    return mdl_service_station(&site->queue,
        site->has_batching ? &site->batching : NULL,
        site->has_power_off ? &site->power_off : NULL, m->speed,
        !w->dep->impatient, &key, &cfg, &w->draws[i], &w->stations[i], err);
}

static int make_stations(struct mdl_world *w, struct sim_err *err)
{
    struct sim_station_cfg cfg = {
        .slots = 1, .slots_at_start = 1, .capacity = -1};
    int rc = SIM_OK;

    mdl_world_watched(w, &cfg.from_s, &cfg.to_s);
    w->stays = (struct mdl_stays){.from_s = cfg.from_s, .to_s = cfg.to_s};
    if (w->dep->sampled)
        rc = sim_station_fcfs_create(&cfg, &w->unsimulated, err);
    for (int i = 0; rc == SIM_OK && i < w->dep->n_members; i++) {
        if (w->weight[i] > 0)
            rc = make_station(w, i, &cfg, err);
        else
            w->stations[i] = w->unsimulated;
    }
    return rc;
}

int mdl_world_stations(struct mdl_world *w, double end_s, struct sim_err *err)
{
    int used = 0;

    for (int i = 0; i < w->dep->n_members; i++) {
        const int first = used;
        member_changes(w, i, end_s, &used, &w->slots_at_start[i]);
        if (w->dep->members[i].servers < 0)
            used = first; /* what cannot run out has no slots to lose */
        w->first_change[i] = first;
        w->first_change[i + 1] = used;
    }
    if (w->n_flips > 0)
        qsort(w->flips, (size_t)w->n_flips, sizeof *w->flips, by_time);
    const int rc = mdl_groups_choose(w, err);
    return rc == SIM_OK ? make_stations(w, err) : rc;
}

int mdl_world_slots(const struct mdl_world *w, int member, double t_s)
{
    int slots = w->slots_at_start[member];

    /* a handful at most: a window is short against the life of a server */
    for (int i = w->first_change[member]; i < w->first_change[member + 1];
         i++) {
        if (w->change_s[i] > t_s)
            break;
        slots = w->change_slots[i];
    }
    return slots;
}

void mdl_world_turn(struct mdl_world *w, double t_s)
{
    while (w->next_flip < w->n_flips && w->flips[w->next_flip].t_s <= t_s) {
        const struct mdl_flip *f = &w->flips[w->next_flip++];
        if (f->known)
            know(w, f->member, f->up);
        else
            w->up[f->member] = f->up;
    }
}
