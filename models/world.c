#include "models/world.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "models/conserve.h"
#include "models/feed.h"
#include "models/pilot.h"
#include "models/routing.h"
#include "sim/alloc.h"
#include "sim/engine.h"
#include "sim/fmath.h"
#include "sim/station.h"
#include "sim/units.h"

/* A request unfinished so long after its window is lost. */
#define FOLLOW_UP_S 600.0

/* A change of what routing knows or what is true of a member. */
struct flip {
    double t_s;
    int member;
    bool known; /* routing's knowledge, else the truth */
    bool up;
};

struct world {
    const struct mdl_world_cfg *cfg;
    const struct mdl_plan *plan;
    const struct mdl_dep *dep;
    const struct mdl_layout *layout;
    struct mdl_feed *feed;
    void *block;
    struct sim_station **stations;
    struct mdl_service_draws *draws; /* [n_members] */
    struct mdl_router router;
    bool *up, *known_up; /* [n_members] at the present send time */
    struct flip *flips;
    int n_flips, next_flip;
    double *change_s; /* capacity changes, members in a row */
    int *change_slots;
    int64_t sent, measured;
    int64_t open;    /* of the cohort, not yet finished */
    bool closed;     /* all of the cohort is sent */
    bool follows;    /* arrivals go on until it has finished */
    int64_t counted; /* sends since t0, where their number ends the run */
    double first_s, last_s; /* sends of the cohort */
    double undeflate;       /* work / deflation */
    struct mdl_stays stays; /* of all requests, for the check */
};

enum {
    TAG_MEASURED = 1 << 29,
    TAG_SPILLED = 1 << 28,
    TAG_RANK = TAG_SPILLED - 1
};

/* ---- state of the window
 * ------------------------------------------------------- */

static int64_t to_ns(double t_s)
{
    return (int64_t)floor(t_s * (double)SIM_NS_PER_S + 0.5);
}

static int by_time(const void *a, const void *b)
{
    const struct flip *x = a, *y = b;

    if (x->t_s != y->t_s)
        return x->t_s < y->t_s ? -1 : 1;
    if (x->member != y->member)
        return x->member < y->member ? -1 : 1;
    return (int)y->known - (int)x->known;
}

static void add_flip(
    struct world *w, double t_s, int member, bool known, bool up)
{
    w->flips[w->n_flips++] =
        (struct flip){.t_s = t_s, .member = member, .known = known, .up = up};
}

static bool site_up(
    const struct mdl_tl_member *tl, int32_t servers, bool layers)
{
    return layers && servers >= tl->needed;
}

/* What routing learns of a turn at t.  *seen_s: when it learns of the present
 * outage, INFINITY while there is none; one that is over before is never
 * known. */
static void learn_turn(struct world *w, int member, double t_s, bool up,
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

/* Changes of one member inside the window; its state at the start.  Routing
 * also needs those of the detection time before. */
static void member_changes(
    struct world *w, int member, double end_s, int *n_changes, int *slots_now)
{
    const struct mdl_timeline *tl = w->cfg->timeline;
    const struct mdl_tl_member *m = &w->dep->tl[member];
    const struct mdl_member *site = &w->dep->members[member];
    const double origin_s = w->cfg->origin_s;
    const double detection_s =
        w->dep->entries[site->entry].cfg->failures.detection_s;
    const int64_t start_ns = to_ns(origin_s - w->cfg->lead_s);
    const int64_t sight_ns = start_ns - to_ns(detection_s);
    double seen_s = INFINITY;
    int32_t servers;
    bool layers, up;

    mdl_timeline_state(tl, member, sight_ns, w->dep->tl, &servers, &layers);
    w->known_up[member] = up = site_up(m, servers, layers);
    mdl_timeline_state(tl, member, start_ns, w->dep->tl, &servers, &layers);
    w->up[member] = site_up(m, servers, layers);
    *slots_now = site->servers < 0 ? -1
                 : layers          ? (int)(servers * site->slots_per_server)
                                   : 0;
    for (int64_t i = tl->member_first[member]; i < tl->member_first[member + 1];
         i++) {
        const struct mdl_tl_change *c = &tl->changes[tl->by_member[i]];
        const double t_s =
            (double)(c->t_ns - to_ns(origin_s)) / (double)SIM_NS_PER_S;
        if (c->t_ns <= sight_ns || t_s >= end_s)
            continue;
        const bool now = site_up(m, c->servers_up, c->layers_up);
        if (now != up)
            learn_turn(w, member, t_s, now, detection_s, &seen_s);
        if (now != up && c->t_ns > start_ns)
            add_flip(w, t_s, member, false, now);
        up = now;
        if (c->t_ns <= start_ns)
            continue;
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
static void watched(const struct world *w, double *from_s, double *to_s)
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

static int make_stations(struct world *w, double end_s, struct sim_err *err)
{
    double from_s, to_s;
    int used = 0;

    watched(w, &from_s, &to_s);
    w->stays = (struct mdl_stays){.from_s = from_s, .to_s = to_s};
    for (int i = 0; i < w->dep->n_members; i++) {
        const struct mdl_member *m = &w->dep->members[i];
        const struct mdl_site_cfg *site = w->dep->entries[m->entry].cfg;
        const int first = used;
        struct sim_station_cfg cfg = {.slots = mdl_member_slots(m),
            .capacity = site->queue.capacity,
            .change_s = w->change_s + first,
            .change_slots = w->change_slots + first,
            .choice_key = sim_entity_sub(w->dep->tl[i].entity, w->cfg->window),
            .from_s = from_s,
            .to_s = to_s};
        member_changes(w, i, end_s, &used, &cfg.slots_at_start);
        if (m->servers < 0)
            used = first; /* what cannot run out has no slots to lose */
        cfg.n_changes = used - first;
        const struct sim_key key = {.seed = (uint64_t)w->plan->cfg->seed,
            .replication = w->cfg->replication,
            .entity = w->dep->tl[i].entity,
            .purpose = SIM_FOR_SIZE,
            .window = w->cfg->window};
        const int rc = mdl_service_station(&site->queue,
            site->has_batching ? &site->batching : NULL,
            site->has_power_off ? &site->power_off : NULL, m->speed,
            !w->dep->impatient, &key, &cfg, &w->draws[i], &w->stations[i], err);
        if (rc != SIM_OK)
            return rc;
    }
    if (w->n_flips > 0)
        qsort(w->flips, (size_t)w->n_flips, sizeof *w->flips, by_time);
    return SIM_OK;
}

/* ---- the engine's callbacks
 * ----------------------------------------------------- */

static int pull(void *ctx, struct sim_request *batch, size_t n, size_t *count,
    struct sim_err *err)
{
    struct world *w = ctx;

    *count = 0;
    if (w->closed && w->open == 0)
        return SIM_OK; /* nobody is left whom a later request could delay */
    return mdl_feed_pull(w->feed, batch, n, count, err);
}

/* Is this request of the cohort?  With `requests`, sends are counted. */
static bool in_cohort(struct world *w, const struct sim_request *r)
{
    if (w->cfg->requests < 0) {
        w->closed = r->send_s >= w->cfg->length_s;
        return r->send_s >= 0.0 && !w->closed;
    }
    if (r->send_s < 0.0)
        return false;
    const int64_t k = w->counted++ - w->cfg->lead_requests;
    const bool in = k >= 0 && k < w->cfg->requests;
    w->closed = k >= w->cfg->requests - 1;
    if (in && w->closed && !w->follows)
        mdl_feed_until(w->feed, r->send_s + w->dep->max_rtt_s + 1e-9);
    return in;
}

static double round_trip_s(const struct world *w, const struct sim_request *r,
    int source, const struct mdl_candidate *c)
{
    const struct mdl_path *p = c->path;
    const struct mdl_member *m = &w->dep->members[c->member];
    const struct sim_dist *rtt = w->dep->entries[m->entry].cfg->rtt_ms;
    double jitter = r->aux[MDL_AUX_JITTER], sum;

    if (rtt != NULL)
        return sim_dist_quantile(rtt, r->aux[MDL_AUX_MARK]) / SIM_MS_PER_S;
    const double sigma = mdl_feed_sigma(w->feed, source);
    if (p->jitter_sigma != sigma)
        jitter = sim_pow(jitter, p->jitter_sigma / sigma);
    sum = p->base_s * jitter + p->payload_s;
    if (isfinite(p->access_mu))
        sum += r->aux[MDL_AUX_ACCESS];
    if (r->aux[MDL_AUX_MARK] < p->loss_frac)
        sum += p->loss_s;
    return sum;
}

static void apply_flips(struct world *w, double t_s)
{
    while (w->next_flip < w->n_flips && w->flips[w->next_flip].t_s <= t_s) {
        const struct flip *f = &w->flips[w->next_flip++];
        if (f->known)
            w->known_up[f->member] = f->up;
        else
            w->up[f->member] = f->up;
    }
}

/* Served away from where it would go when all is well? */
static bool spilled(const struct mdl_dep *dep, int source, int candidate)
{
    const int first = dep->uc_first[source];

    if (dep->cfg->routing.policy == MDL_NEAREST)
        return candidate != first;
    return dep->candidates[candidate].group != dep->candidates[first].group;
}

static void route(void *ctx, struct sim_request *r)
{
    struct world *w = ctx;
    const int source = r->user * w->plan->n_classes + r->cls;
    const int first = w->dep->uc_first[source];

    apply_flips(w, r->send_s);
    const int i = mdl_route_pick(&w->router, source, r->aux[MDL_AUX_CHOICE]);
    r->tag = i >= 0 ? i - first : 0;
    if (i >= 0 && spilled(w->dep, source, i))
        r->tag |= TAG_SPILLED;
    if (in_cohort(w, r)) {
        r->tag |= TAG_MEASURED;
        w->open++;
        if (w->measured++ == 0)
            w->first_s = r->send_s;
        w->last_s = r->send_s;
        mdl_block_at(w->block, w->layout->offered)[source] += 1.0;
    }
    w->sent++;
    if (i < 0 || !w->up[w->dep->candidates[i].member]) {
        /* nowhere to go, or sent to a site not yet known to be down */
        r->station = -1;
        return;
    }
    const struct mdl_candidate *c = &w->dep->candidates[i];
    const double rtt_s = round_trip_s(w, r, source, c);
    r->station = c->member;
    r->out_s = 0.5 * rtt_s;
    r->back_s = 0.5 * rtt_s;
    r->speed = w->dep->members[c->member].speed;
    r->priority = (int32_t)w->plan->classes[r->cls].cfg->priority;
}

static void count_time(
    struct world *w, int scope, double *counts, const double *times)
{
    double *max =
        mdl_block_at(w->block, w->layout->max) + (size_t)scope * MDL_N_TIMES;

    for (int t = 0; t < MDL_N_TIMES; t++) {
        const double x = times[t];
        counts[MDL_SUMS + 2 * t] += x;
        counts[MDL_SUMS + 2 * t + 1] += x * x;
        max[t] = x > max[t] ? x : max[t];
        mdl_block_hist(w->layout, w->block, scope, t)[sim_hist_bucket(x)]++;
    }
}

static void count_request(struct world *w, const struct sim_request *r,
    int scope, enum sim_outcome outcome, const double *times)
{
    const struct mdl_class *c = &w->plan->classes[r->cls];
    double *n = mdl_block_at(w->block, w->layout->counts) +
                (size_t)scope * MDL_N_COUNTS;

    n[MDL_OFFERED] += 1.0;
    n[MDL_SPILLED] += (r->tag & TAG_SPILLED) != 0 ? 1.0 : 0.0;
    n[MDL_HAS_SLO] += c->slo_level > 0.0 ? 1.0 : 0.0;
    if (outcome != SIM_SERVED) {
        n[outcome == SIM_ABANDONED ? MDL_ABANDONED : MDL_LOST] += 1.0;
        n[MDL_VALUE_LOST_USD] += c->cfg->value_usd;
        return;
    }
    n[MDL_SERVED] += 1.0;
    n[MDL_WAITED] += times[MDL_QUEUE] > 0.0 ? 1.0 : 0.0;
    n[MDL_WITHIN] +=
        c->slo_level > 0.0 && times[MDL_LATENCY] <= c->slo_s ? 1.0 : 0.0;
    n[MDL_EGRESS_B] += c->cfg->response_size_bytes;
    n[MDL_INGRESS_B] += c->cfg->request_size_bytes;
    if (w->dep->members[r->station].user != r->user)
        n[MDL_LEFT_B] +=
            c->cfg->response_size_bytes + c->cfg->request_size_bytes;
    n[MDL_WORK_S] += r->work_s * w->undeflate;
    if (r->work_s > 0.0)
        n[MDL_SLOWDOWN] +=
            (times[MDL_QUEUE] + times[MDL_SERVICE]) * r->speed / r->work_s;
    count_time(w, scope, n, times);
}

static void finish(void *ctx, const struct sim_request *r,
    enum sim_outcome outcome, double start_s, double end_s)
{
    struct world *w = ctx;
    const struct mdl_layout *l = w->layout;
    const double arrive_s = r->send_s + r->out_s;
    const double times[MDL_N_TIMES] = {
        [MDL_LATENCY] = end_s - r->send_s + r->back_s,
        [MDL_NETWORK] = r->out_s + r->back_s,
        [MDL_QUEUE] = start_s - arrive_s,
        [MDL_SERVICE] = end_s - start_s};

    if (r->station >= 0)
        mdl_stays_add(&w->stays, arrive_s, end_s);
    if ((r->tag & TAG_MEASURED) == 0)
        return;
    w->open--;
    count_request(w, r, r->cls, outcome, times);
    if (r->station < 0)
        return;
    if (w->cfg->series != NULL) {
        mdl_series_step(w->cfg->series, w->cfg->length_s, arrive_s, 1.0);
        mdl_series_step(w->cfg->series, w->cfg->length_s, end_s, -1.0);
    }
    const int entry = w->dep->members[r->station].entry;
    count_request(w, r, l->n_classes + entry, outcome, times);
    if (outcome == SIM_SERVED) {
        const size_t source =
            (size_t)r->user * (size_t)l->n_classes + (size_t)r->cls;
        const size_t cell =
            source * (size_t)l->n_ranks + (size_t)(r->tag & TAG_RANK);
        mdl_block_at(w->block, l->served)[cell] += 1.0;
        mdl_block_at(w->block, l->work)[cell] += r->work_s * w->undeflate;
    }
}

/* ---- loads
 * ------------------------------------------------------------------------ */

/* Integrals of a member's slots and servers in service over the window. */
static void capacity_integrals(
    struct world *w, int member, double seconds, double *load)
{
    const struct mdl_member *site = &w->dep->members[member];
    const struct mdl_timeline *tl = w->cfg->timeline;
    const int64_t t0 = to_ns(w->cfg->origin_s);
    const int64_t t1 = t0 + to_ns(seconds);
    int64_t t = t0;
    int32_t servers;
    bool layers;

    if (site->servers < 0)
        return;
    mdl_timeline_state(tl, member, t0, w->dep->tl, &servers, &layers);
    for (int64_t i = tl->member_first[member];
         i <= tl->member_first[member + 1]; i++) {
        const bool end = i == tl->member_first[member + 1];
        const struct mdl_tl_change *c =
            end ? NULL : &tl->changes[tl->by_member[i]];
        const int64_t next = end || c->t_ns > t1 ? t1 : c->t_ns;
        if (next > t) {
            const double dt = (double)(next - t) / (double)SIM_NS_PER_S;
            load[MDL_SLOTS_UP_S] +=
                layers ? dt * servers * site->slots_per_server : 0.0;
            load[MDL_SERVERS_UP_S] += dt * servers;
            t = next;
        }
        if (end || c->t_ns >= t1)
            break;
        if (c->t_ns >= t0) {
            servers = c->servers_up;
            layers = c->layers_up;
        }
    }
}

/* Time averages of a run that ends with a number of requests: by Little's law
 * on the cohort, sum of times over the span of its sends. */
static void cohort_loads(struct world *w)
{
    const struct mdl_layout *l = w->layout;

    for (int e = 0; e < l->n_entries; e++) {
        const double *n = mdl_block_at(w->block, l->counts) +
                          (size_t)(l->n_classes + e) * MDL_N_COUNTS;
        double *load =
            mdl_block_at(w->block, l->loads) + (size_t)e * MDL_N_LOADS;
        const double wait = n[MDL_SUMS + 2 * MDL_QUEUE];
        const double service = n[MDL_SUMS + 2 * MDL_SERVICE];
        load[MDL_IN_SYSTEM_S] = wait + service;
        load[MDL_WAITING_S] = wait;
        load[MDL_BUSY_S] = service;
    }
}

/* Batches, and the states of slots that switch off.  Where a number of requests
 * ends the run, the kernel has watched a little longer than the cohort was
 * sent: its state times are cut to the slots in service over `seconds`. */
static void state_loads(struct world *w, int member, double up_s, double *load)
{
    struct sim_station_totals t;

    w->stations[member]->ops->totals(w->stations[member], &t);
    const double all_s = t.off_s + t.boot_s + t.idle_s + t.busy_s;
    const double part = all_s > 0.0 ? up_s / all_s : 0.0;
    load[MDL_BATCHES] += (double)t.batches;
    load[MDL_BATCHED] += (double)t.batched;
    load[MDL_OFF_S] += part * t.off_s;
    load[MDL_BOOT_S] += part * t.boot_s;
    load[MDL_IDLE_S] += part * t.idle_s;
}

static void collect(struct world *w, int64_t n_lost)
{
    const struct mdl_layout *l = w->layout;
    const bool by_time = w->cfg->requests < 0;
    double *head = w->block;
    double seconds = by_time ? w->cfg->length_s : w->last_s - w->first_s;

    head[MDL_SECONDS] = seconds;
    head[MDL_WINDOWS] = 1.0;
    head[MDL_OVERLOADED] = n_lost > 0 ? 1.0 : 0.0;
    head[MDL_CLIPPED] = w->cfg->clipped ? 1.0 : 0.0;
    head[MDL_LEAD_S] = w->cfg->lead_s;
    head[MDL_SIMULATED] = (double)w->sent;
    for (int i = 0; i < w->dep->n_members; i++) {
        double *load = mdl_block_at(w->block, l->loads) +
                       (size_t)w->dep->members[i].entry * MDL_N_LOADS;
        struct sim_station_totals totals;
        const double before_s = load[MDL_SLOTS_UP_S];
        capacity_integrals(w, i, seconds, load);
        state_loads(w, i, load[MDL_SLOTS_UP_S] - before_s, load);
        if (!by_time)
            continue;
        w->stations[i]->ops->totals(w->stations[i], &totals);
        load[MDL_IN_SYSTEM_S] += totals.in_system_s;
        load[MDL_WAITING_S] += totals.waiting_s;
        load[MDL_BUSY_S] += totals.busy_s;
    }
    if (!by_time)
        cohort_loads(w);
}

/* Has every request come to one end, and do stations and requests agree? */
static int check(struct world *w, struct sim_err *err)
{
    double in_system_s = 0.0;

    for (int i = 0; i < w->dep->n_members; i++) {
        struct sim_station_totals totals;
        w->stations[i]->ops->totals(w->stations[i], &totals);
        in_system_s += totals.in_system_s;
    }
    return mdl_conserve_check(
        w->layout, w->block, w->measured, &w->stays, in_system_s, err);
}

/* ---- one window
 * --------------------------------------------------------------------- */

static int open_world(struct world *w, struct sim_err *err)
{
    const size_t n = (size_t)w->dep->n_members;
    const size_t changes = (size_t)w->cfg->timeline->n_changes;

    w->stations = sim_calloc(n, sizeof *w->stations);
    w->draws = sim_calloc(n, sizeof *w->draws);
    w->up = sim_calloc(n, sizeof *w->up);
    w->known_up = sim_calloc(n, sizeof *w->known_up);
    w->flips = sim_calloc(2 * changes + 1, sizeof *w->flips);
    w->change_s = sim_calloc(changes + 1, sizeof *w->change_s);
    w->change_slots = sim_calloc(changes + 1, sizeof *w->change_slots);
    if (w->stations == NULL || w->draws == NULL || w->up == NULL ||
        w->known_up == NULL || w->flips == NULL || w->change_s == NULL ||
        w->change_slots == NULL)
        return sim_err_set(err, SIM_E_NOMEM, "out of memory");
    return SIM_OK;
}

static void close_world(struct world *w)
{
    for (int i = 0; w->stations != NULL && i < w->dep->n_members; i++) {
        if (w->stations[i] != NULL)
            w->stations[i]->ops->destroy(w->stations[i]);
    }
    mdl_feed_destroy(w->feed);
    sim_free(w->stations);
    sim_free(w->draws);
    sim_free(w->up);
    sim_free(w->known_up);
    sim_free(w->flips);
    sim_free(w->change_s);
    sim_free(w->change_slots);
}

int mdl_world_run(
    const struct mdl_world_cfg *cfg, void *block, struct sim_err *err)
{
    const double give_up_s = cfg->length_s + fmax(FOLLOW_UP_S, cfg->length_s);
    struct world w = {.cfg = cfg,
        .plan = cfg->plan,
        .dep = cfg->dep,
        .layout = cfg->layout,
        .block = block,
        .follows = cfg->dep->overtakes && !cfg->dep->unstable,
        .undeflate = 1.0 / mdl_plan_deflation(cfg->plan, cfg->origin_s)};
    const struct mdl_feed_cfg feed = {.plan = cfg->plan,
        .dep = cfg->dep,
        .replication = cfg->replication,
        .window = cfg->window,
        .origin_s = cfg->origin_s,
        .lead_s = cfg->lead_s,
        .until_s = w.follows ? give_up_s : cfg->length_s + cfg->dep->max_rtt_s};
    const struct sim_engine_model model = {
        .ctx = &w, .pull = pull, .route = route, .finish = finish};
    struct sim_engine *engine = NULL;
    int64_t n_lost = 0;
    int rc;

    memset(block, 0, cfg->layout->bytes);
    rc = open_world(&w, err);
    if (rc == SIM_OK)
        rc = mdl_feed_create(&feed, &w.feed, err);
    if (rc == SIM_OK)
        rc = make_stations(&w, give_up_s, err);
    if (rc == SIM_OK)
        rc = sim_engine_create(&engine, err);
    w.router = (struct mdl_router){
        .dep = w.dep, .known_up = w.known_up, .engine = engine};
    if (rc == SIM_OK)
        rc = sim_engine_run(engine, &model, w.stations, w.dep->n_members,
            give_up_s, &n_lost, err);
    if (rc == SIM_OK)
        collect(&w, n_lost);
    if (rc == SIM_OK)
        rc = check(&w, err);
    sim_engine_destroy(engine);
    close_world(&w);
    return rc;
}
