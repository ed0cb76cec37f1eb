#include "models/plan_sites.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/routing.h"
#include "sim/alloc.h"
#include "sim/fmath.h"
#include "sim/rng.h"
#include "sim/units.h"

/* A user keeps the nearest so many members of each preference group: failover
 * beyond the fourth choice is rarer than anything else that can go wrong. */
enum { CANDIDATES_PER_GROUP = 4 };

static int no_memory(struct sim_err *err)
{
    return sim_err_set(err, SIM_E_NOMEM, "out of memory");
}

/* ---- members ----------------------------------------------------------------
 */

static int64_t members_of(
    const struct mdl_plan *plan, const struct mdl_site_cfg *site)
{
    if (site->count >= 1)
        return site->count;
    return site->at.where == MDL_EACH_USER ? plan->n_users : 1;
}

/* Members dealt to users by weight, largest remainder; ties to the earlier
 * user.  quota: out [n_users]. */
static void deal(
    const struct mdl_plan *plan, int64_t n, int64_t *quota, double *rest)
{
    int64_t left = n;

    for (int u = 0; u < plan->n_users; u++) {
        const double exact = plan->users[u].share * (double)n;
        quota[u] = (int64_t)floor(exact);
        rest[u] = exact - floor(exact);
        left -= quota[u];
    }
    for (; left > 0; left--) {
        int best = 0;
        for (int u = 1; u < plan->n_users; u++)
            best = rest[u] > rest[best] ? u : best;
        quota[best]++;
        rest[best] = -1.0;
    }
}

static int member_init(struct mdl_plan *plan, struct mdl_dep *dep, int entry,
    int user, int64_t number, bool numbered, struct sim_err *err)
{
    const struct mdl_site_cfg *site = dep->entries[entry].cfg;
    struct mdl_member *m = &dep->members[dep->n_members];
    const char *at = user >= 0 ? "@" : "";
    const char *whose = user >= 0 ? plan->users[user].name : "";

    *m = (struct mdl_member){.entry = entry, .user = user};
    m->name = numbered ? sim_arena_printf(&plan->arena, "%s%s%s#%lld",
                             site->name, at, whose, (long long)number)
                       : sim_arena_printf(
                             &plan->arena, "%s%s%s", site->name, at, whose);
    if (m->name == NULL)
        return no_memory(err);
    m->placed = user >= 0 ? plan->users[user].placed : site->at.n_coords == 2;
    if (m->placed) {
        m->lat = user >= 0 ? plan->users[user].lat : site->at.coords[0];
        m->lon = user >= 0 ? plan->users[user].lon : site->at.coords[1];
    }
    m->servers = isinf(site->servers) ? -1 : (int64_t)site->servers;
    m->slots_per_server = (int)mdl_hardware_slots(&site->hardware);
    m->speed =
        isnan(site->speed_frac) ? site->hardware.speed_frac : site->speed_frac;
    dep->n_members++;
    return SIM_OK;
}

/* The grid and the shocks as layers of their own.  A shock of a named domain
 * hits all its sites at the same times, whatever the deployment. */
static int member_layers(struct mdl_plan *plan, const struct mdl_site_cfg *site,
    struct mdl_tl_member *tl, struct sim_err *err)
{
    const struct mdl_failure_cfg *f = &site->failures;
    struct mdl_tl_layer *layers;
    int rc;

    if (f->n_shocks > MDL_TL_MAX_LAYERS - 1)
        return sim_err_set(err, SIM_E_LIMIT,
            "'failures.shocks' of site '%s' has %d entries, at most %d",
            site->name, f->n_shocks, MDL_TL_MAX_LAYERS - 1);
    layers =
        sim_arena_calloc(&plan->arena, (size_t)f->n_shocks + 1, sizeof *layers);
    if (layers == NULL)
        return no_memory(err);
    rc = mdl_failure_grid_layer(&site->energy.outages, &site->facility,
        &plan->arena, &layers[0].life_h, &layers[0].repair_h, err);
    for (int i = 0; rc == SIM_OK && i < f->n_shocks; i++) {
        struct mdl_tl_layer *layer = &layers[i + 1];
        struct mdl_shock_cfg shock = f->shocks[i];
        if (shock.domain == NULL)
            shock.rate_per_yr *= shock.hit_frac;
        else
            layer->entity = sim_entity(shock.domain);
        layer->hit_frac = shock.hit_frac;
        rc = mdl_failure_shock_layer(
            &shock, &plan->arena, &layer->life_h, &layer->repair_h, err);
    }
    tl->layers = layers;
    tl->n_layers = f->n_shocks + 1;
    return rc;
}

/* A repair as the timeline wants it: NULL when it never comes. */
static const struct sim_dist *repair_of(
    const struct sim_dist *repair_h, bool no_repair)
{
    return no_repair || (repair_h != NULL && sim_dist_is_never(repair_h))
               ? NULL
               : repair_h;
}

static int member_failures(
    struct mdl_plan *plan, struct mdl_dep *dep, int index, struct sim_err *err)
{
    const struct mdl_member *m = &dep->members[index];
    const struct mdl_site_cfg *site = dep->entries[m->entry].cfg;
    const struct mdl_failure_cfg *f = &site->failures;
    struct mdl_tl_member *tl = &dep->tl[index];
    int rc;

    *tl = (struct mdl_tl_member){.entity = sim_entity(m->name),
        .servers = m->servers >= 0 ? m->servers : 1,
        .needed = site->needed,
        .weight = m->slots_per_server * m->speed,
        .server_repair_h = repair_of(f->server.repair_h, f->server.no_repair),
        .crews = f->server.crews,
        .spares = f->server.spares,
        .site_repair_h = repair_of(f->site.repair_h, f->site.no_repair),
        .wan_repair_h = repair_of(f->wan.repair_h, f->wan.no_repair)};
    rc = mdl_failure_layer_life(&f->site, &plan->arena, &tl->site_life_h, err);
    if (rc == SIM_OK)
        rc =
            mdl_failure_layer_life(&f->wan, &plan->arena, &tl->wan_life_h, err);
    if (rc == SIM_OK && m->servers >= 0)
        rc = mdl_failure_server_life(
            f, &site->hardware, &plan->arena, &tl->server_life_h, err);
    if (rc == SIM_OK)
        rc = member_layers(plan, site, tl, err);
    return rc;
}

static int plan_entry(struct mdl_plan *plan, struct mdl_dep *dep, int index,
    int64_t *quota, double *rest, struct sim_err *err)
{
    struct mdl_entry *e = &dep->entries[index];
    const struct mdl_site_cfg *site = e->cfg;
    const struct mdl_power_cfg power =
        mdl_power_levels(&site->power, &site->hardware);
    const int64_t n = members_of(plan, site);
    int rc = SIM_OK;

    e->first_member = dep->n_members;
    e->n_members = (int)n;
    e->idle_w = power.idle_w;
    e->peak_w = power.peak_w;
    e->accelerators = site->hardware.accelerators;
    e->servers = isinf(site->servers) ? -1 : n * (int64_t)site->servers;
    if (site->at.where == MDL_EACH_USER && site->at.n_coords == 0) {
        deal(plan, n, quota, rest);
        if (site->count < 1)
            for (int u = 0; u < plan->n_users; u++)
                quota[u] = 1;
        for (int u = 0; rc == SIM_OK && u < plan->n_users; u++)
            for (int64_t k = 0; rc == SIM_OK && k < quota[u]; k++)
                rc = member_init(plan, dep, index, u, k + 1, quota[u] > 1, err);
    } else {
        for (int64_t k = 0; rc == SIM_OK && k < n; k++)
            rc = member_init(plan, dep, index, -1, k + 1, n > 1, err);
    }
    e->off_w = power.off_w;
    e->boot_w = power.boot_w;
    e->it_kw = !isnan(site->facility.capacity_kw) ? site->facility.capacity_kw
               : e->servers >= 0 ? site->servers * power.peak_w / SIM_W_PER_KW
                                 : 0.0;
    return rc;
}

/* ---- candidates
 * --------------------------------------------------------------- */

struct choice {
    int member, group;
    double km, rtt_s;
    double pair_z;
};

static int by_preference(const void *a, const void *b)
{
    const struct choice *x = a, *y = b;

    if (x->group != y->group)
        return x->group < y->group ? -1 : 1;
    if (x->rtt_s != y->rtt_s)
        return x->rtt_s < y->rtt_s ? -1 : 1;
    return (x->member > y->member) - (x->member < y->member);
}

/* Place of an entry in `prefer`; -1 when it is not listed. */
static int group_of(const struct mdl_dep *dep, int entry)
{
    const struct mdl_routing_cfg *routing = &dep->cfg->routing;

    if (routing->n_prefer == 0)
        return 0;
    for (int i = 0; i < routing->n_prefer; i++) {
        if (strcmp(routing->prefer[i], dep->entries[entry].cfg->name) == 0)
            return i;
    }
    return -1;
}

static bool permitted(
    const struct mdl_class *c, const struct mdl_site_cfg *site)
{
    if (c->cfg->residency == NULL)
        return true;
    return site->residency != NULL &&
           strcmp(site->residency, c->cfg->residency) == 0;
}

/* The pair's own draw: a property of the terrain, one for the whole study. */
static double pair_normal(
    const struct mdl_plan *plan, int user, const struct mdl_member *m)
{
    char name[256];
    struct sim_key key = {
        .seed = (uint64_t)plan->cfg->seed, .purpose = SIM_FOR_PAIR};

    snprintf(name, sizeof name, "%s|%s", plan->users[user].name, m->name);
    key.entity = sim_entity(name);
    return sim_normal_quantile(sim_hash_uniform(&key, 0));
}

static int member_path(const struct mdl_plan *plan, const struct mdl_dep *dep,
    int user, const struct mdl_class *c, const struct choice *choice,
    struct mdl_path *out, struct sim_err *err)
{
    const struct mdl_member *m = &dep->members[choice->member];
    const struct mdl_site_cfg *site = dep->entries[m->entry].cfg;
    struct mdl_network_cfg network = site->network;

    /* on the premises of one user, across the network for all others */
    if (!site->has_network) {
        *out = (struct mdl_path){.access_mu = -INFINITY};
        return SIM_OK;
    }
    if (network.local && m->user >= 0 && m->user != user)
        network.local = false;
    return mdl_network_path(&network, choice->km, plan->users[user].access,
        choice->pair_z, c != NULL ? c->cfg->request_size_bytes : 0.0,
        c != NULL ? c->cfg->response_size_bytes : 0.0, out, err);
}

static int rank_members(const struct mdl_plan *plan, const struct mdl_dep *dep,
    int user, struct choice *choices, int *n, struct sim_err *err)
{
    const struct mdl_user *u = &plan->users[user];

    *n = 0;
    for (int i = 0; i < dep->n_members; i++) {
        const struct mdl_member *m = &dep->members[i];
        struct choice *c = &choices[*n];
        struct mdl_path path;
        int rc;

        c->member = i;
        c->group = group_of(dep, m->entry);
        if (c->group < 0)
            continue;
        c->km = u->placed && m->placed
                    ? mdl_distance_km(u->lat, u->lon, m->lat, m->lon)
                    : (double)NAN;
        c->pair_z = pair_normal(plan, user, m);
        rc = member_path(plan, dep, user, NULL, c, &path, err);
        if (rc != SIM_OK)
            return rc;
        c->rtt_s = path.rtt_s;
        if (dep->entries[m->entry].cfg->rtt_ms != NULL)
            c->rtt_s =
                sim_dist_quantile(dep->entries[m->entry].cfg->rtt_ms, 0.5) /
                SIM_MS_PER_S;
        (*n)++;
    }
    qsort(choices, (size_t)*n, sizeof *choices, by_preference);
    return SIM_OK;
}

static void note_follow_up(struct mdl_dep *dep, const struct mdl_path *path,
    const struct sim_dist *rtt_ms)
{
    double slow =
        path->base_s * sim_exp(4.0 * path->jitter_sigma) + path->payload_s;

    if (isfinite(path->access_mu))
        slow += sim_exp(path->access_mu + 4.0 * path->access_sigma);
    if (rtt_ms != NULL)
        slow = sim_dist_quantile(rtt_ms, 0.9999) / SIM_MS_PER_S;
    if (slow > dep->max_rtt_s)
        dep->max_rtt_s = slow;
}

/* Candidates of one source, appended; `choices` is ranked for its user. */
static int source_candidates(struct mdl_plan *plan, struct mdl_dep *dep,
    int source, const struct choice *choices, int n, int *used,
    struct sim_err *err)
{
    const struct mdl_source *s = &plan->sources[source];
    const struct mdl_class *c = &plan->classes[s->cls];
    const bool all = mdl_policy_takes_all(dep->cfg->routing.policy);
    int in_group = 0, group = -1;

    dep->uc_first[source] = *used;
    for (int i = 0; i < n; i++) {
        const struct mdl_member *m = &dep->members[choices[i].member];
        struct mdl_candidate *out = &dep->candidates[*used];
        int rc;

        if (choices[i].group != group) {
            group = choices[i].group;
            in_group = 0;
        }
        if ((in_group == CANDIDATES_PER_GROUP && !all) ||
            !permitted(c, dep->entries[m->entry].cfg))
            continue;
        out->member = choices[i].member;
        out->group = choices[i].group;
        out->km = choices[i].km;
        out->path = sim_arena_alloc(&plan->arena, sizeof *out->path);
        if (out->path == NULL)
            return no_memory(err);
        rc = member_path(plan, dep, s->user, c, &choices[i], out->path, err);
        if (rc != SIM_OK)
            return rc;
        note_follow_up(dep, out->path, dep->entries[m->entry].cfg->rtt_ms);
        in_group++;
        (*used)++;
    }
    if (*used == dep->uc_first[source])
        return sim_err_set(err, SIM_E_INPUT,
            "no site of deployment '%s' may serve class '%s' (residency '%s')",
            dep->cfg->name, c->cfg->name,
            c->cfg->residency != NULL ? c->cfg->residency : "");
    if (*used - dep->uc_first[source] > dep->max_candidates)
        dep->max_candidates = *used - dep->uc_first[source];
    return SIM_OK;
}

static int plan_candidates(
    struct mdl_plan *plan, struct mdl_dep *dep, struct sim_err *err)
{
    const int groups =
        dep->cfg->routing.n_prefer > 0 ? dep->cfg->routing.n_prefer : 1;
    const int per_source = mdl_policy_takes_all(dep->cfg->routing.policy)
                               ? dep->n_members
                               : groups * CANDIDATES_PER_GROUP;
    struct choice *choices =
        sim_calloc((size_t)dep->n_members, sizeof *choices);
    int used = 0, n = 0, rc = SIM_OK;

    dep->uc_first = sim_arena_calloc(
        &plan->arena, (size_t)plan->n_sources + 1, sizeof *dep->uc_first);
    dep->candidates = sim_arena_calloc(&plan->arena,
        (size_t)plan->n_sources * (size_t)per_source, sizeof *dep->candidates);
    if (choices == NULL || dep->uc_first == NULL || dep->candidates == NULL) {
        rc = no_memory(err);
        goto out;
    }
    for (int i = 0; rc == SIM_OK && i < plan->n_sources; i++) {
        if (plan->sources[i].cls == 0)
            rc = rank_members(
                plan, dep, plan->sources[i].user, choices, &n, err);
        if (rc == SIM_OK)
            rc = source_candidates(plan, dep, i, choices, n, &used, err);
    }
    dep->uc_first[plan->n_sources] = used;
out:
    sim_free(choices);
    return rc;
}

/* ---- load
 * ------------------------------------------------------------------------ */

/* Does it wait for ever? */
static bool patient(const struct mdl_class *c)
{
    return c->cfg->patience_s == NULL || sim_dist_is_never(c->cfg->patience_s);
}

/* Offered load over capacity of every member when all is well, mean of the
 * worst year.  Where those that wait for ever, at a queue without a limit,
 * reach 1 by themselves there is no steady state. */
static int plan_load(
    struct mdl_plan *plan, struct mdl_dep *dep, struct sim_err *err)
{
    const double year_s = SIM_H_PER_YR * SIM_S_PER_H;
    const size_t n = (size_t)dep->n_members;
    double *load = sim_calloc(2 * n, sizeof *load), *stays;

    if (load == NULL)
        return no_memory(err);
    stays = load + n;
    for (int y = 0; y < (plan->windowed ? plan->n_years : 1); y++) {
        memset(load, 0, 2 * n * sizeof *load);
        for (int i = 0; i < plan->n_sources; i++) {
            const struct mdl_class *c = &plan->classes[plan->sources[i].cls];
            const double rate = plan->sources[i].base_per_s *
                                sim_pow(1.0 + c->arrivals->growth_per_yr, y) *
                                mdl_plan_deflation(plan, y * year_s);
            for (int k = dep->uc_first[i]; k < dep->uc_first[i + 1]; k++) {
                const int member = dep->candidates[k].member;
                const double work = rate * mdl_member_work_s(dep, member, c) *
                                    mdl_route_share(dep, i, k);
                load[member] += work;
                stays[member] += patient(c) ? work : 0.0;
            }
        }
        for (int i = 0; i < dep->n_members; i++) {
            const struct mdl_member *m = &dep->members[i];
            const double capacity = mdl_member_capacity(dep, i);
            dep->worst_load = fmax(dep->worst_load, load[i] / capacity);
            if (stays[i] > 0.0 && stays[i] >= capacity &&
                dep->entries[m->entry].cfg->queue.capacity < 0)
                dep->unstable = true;
        }
    }
    sim_free(load);
    return SIM_OK;
}

double mdl_member_work_s(
    const struct mdl_dep *dep, int member, const struct mdl_class *c)
{
    const struct mdl_site_cfg *site =
        dep->entries[dep->members[member].entry].cfg;
    const struct mdl_batch_time_cfg *time = &site->batching.time;
    const double most = (double)site->batching.max;

    if (!site->has_batching)
        return c->mean_work_s;
    return (time->has_exponential ? time->exponential.mean_ms
                                  : time->fixed_ms + time->per_item_ms * most) /
           most / SIM_MS_PER_S;
}

int mdl_member_slots(const struct mdl_member *member)
{
    if (member->servers < 0)
        return -1;
    return (int)(member->servers * member->slots_per_server);
}

double mdl_member_capacity(const struct mdl_dep *dep, int member)
{
    const struct mdl_member *m = &dep->members[member];
    const struct mdl_queue_cfg *queue = &dep->entries[m->entry].cfg->queue;
    const int64_t most = queue->concurrency;
    const int slots = mdl_member_slots(m);
    double at_once = slots < 0 ? (double)INFINITY : slots;

    if (queue->n_rates > 0)
        at_once =
            queue
                ->rates[most > 0 && most < queue->n_rates ? most - 1
                                                          : queue->n_rates - 1];
    else if (most > 0)
        at_once = fmin(at_once, (double)most);
    return at_once * m->speed;
}

/* ---- deployments
 * ----------------------------------------------------------------- */

static int plan_dep(struct mdl_plan *plan, struct mdl_dep *dep,
    const struct mdl_deployment_cfg *cfg, struct sim_err *err)
{
    const size_t users = (size_t)plan->n_users;
    int64_t *quota = sim_calloc(users, sizeof *quota);
    double *rest = sim_calloc(users, sizeof *rest);
    int64_t most = 0;
    int rc = SIM_OK;

    dep->cfg = cfg;
    dep->n_entries = cfg->n_sites;
    for (int i = 0; i < cfg->n_sites; i++)
        most += members_of(plan, &cfg->sites[i]);
    dep->entries = sim_arena_calloc(
        &plan->arena, (size_t)cfg->n_sites, sizeof *dep->entries);
    dep->members =
        sim_arena_calloc(&plan->arena, (size_t)most, sizeof *dep->members);
    dep->tl = sim_arena_calloc(&plan->arena, (size_t)most, sizeof *dep->tl);
    if (quota == NULL || rest == NULL || dep->entries == NULL ||
        dep->members == NULL || dep->tl == NULL)
        rc = no_memory(err);
    for (int i = 0; rc == SIM_OK && i < cfg->n_sites; i++) {
        dep->entries[i].cfg = &cfg->sites[i];
        rc = plan_entry(plan, dep, i, quota, rest, err);
    }
    for (int i = 0; rc == SIM_OK && i < dep->n_members; i++)
        rc = member_failures(plan, dep, i, err);
    if (rc == SIM_OK && cfg->needed_sites > dep->n_members)
        rc = sim_err_set(err, SIM_E_INPUT,
            "'needed_sites' is %lld, but there are %d sites",
            (long long)cfg->needed_sites, dep->n_members);
    dep->has_requests = plan->n_sources > 0;
    for (int i = 0; i < plan->n_classes; i++)
        dep->impatient =
            dep->impatient || plan->classes[i].cfg->patience_s != NULL;
    for (int i = 0; i < dep->n_entries; i++)
        dep->overtakes =
            dep->overtakes || mdl_service_overtakes(&cfg->sites[i].queue);
    if (rc == SIM_OK && dep->has_requests)
        rc = plan_candidates(plan, dep, err);
    if (rc == SIM_OK && dep->has_requests)
        rc = plan_load(plan, dep, err);
    sim_free(quota);
    sim_free(rest);
    return rc;
}

int mdl_plan_deps(struct mdl_plan *plan, struct sim_err *err)
{
    const int n = plan->cfg->n_deployments;

    plan->deps = sim_arena_calloc(&plan->arena, (size_t)n, sizeof *plan->deps);
    if (plan->deps == NULL)
        return no_memory(err);
    plan->n_deps = n;
    for (int i = 0; i < n; i++) {
        const int rc =
            plan_dep(plan, &plan->deps[i], &plan->cfg->deployments[i], err);
        if (rc != SIM_OK)
            return sim_err_wrap(
                err, rc, "deployments.%s", plan->cfg->deployments[i].name);
    }
    return SIM_OK;
}
