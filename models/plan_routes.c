/* Which places may serve whom, over which way, and the load that brings. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/plan_sites.h"
#include "models/policy.h"
#include "models/routing.h"
#include "sim/alloc.h"
#include "sim/fmath.h"
#include "sim/rng.h"
#include "sim/units.h"

/* A user keeps the nearest so many places of each preference group: failover
 * beyond the fourth choice is rarer than anything else that can go wrong. */
enum { CANDIDATES_PER_GROUP = 4 };

static int no_memory(struct sim_err *err)
{
    return sim_err_set(err, SIM_E_NOMEM, "out of memory");
}

/* ---- places, ranked for a user ------------------------------------------ */

struct choice {
    int place, group;
    bool own; /* at the user's own place */
    double km, rtt_s;
    double pair_z;
};

/* Candidates while they are found. */
struct list {
    struct mdl_candidate *items;
    int n, room;
};

static int by_preference(const void *a, const void *b)
{
    const struct choice *x = a, *y = b;

    if (x->group != y->group)
        return x->group < y->group ? -1 : 1;
    if (x->own != y->own) /* whatever the spread of paths between places says */
        return x->own ? -1 : 1;
    if (x->rtt_s != y->rtt_s)
        return x->rtt_s < y->rtt_s ? -1 : 1;
    return (x->place > y->place) - (x->place < y->place);
}

/* Position of an entry in `prefer`; MDL_BY_NAME when it is not listed. */
static int group_of(const struct mdl_dep *dep, int entry)
{
    const struct mdl_routing_cfg *routing = &dep->cfg->routing;

    if (routing->n_prefer == 0)
        return 0;
    for (int i = 0; i < routing->n_prefer; i++) {
        if (strcmp(routing->prefer[i], dep->entries[entry].cfg->name) == 0)
            return i;
    }
    return MDL_BY_NAME;
}

static bool permitted(
    const struct mdl_class *c, const struct mdl_site_cfg *site)
{
    bool listed = c->cfg->n_only == 0;

    for (int i = 0; i < c->cfg->n_only; i++)
        listed = listed || strcmp(c->cfg->only[i], site->name) == 0;
    if (!listed || c->cfg->residency == NULL)
        return listed;
    return site->residency != NULL &&
           strcmp(site->residency, c->cfg->residency) == 0;
}

/* The pair's own draw: a property of the terrain, one for the whole study. */
static double pair_normal(
    const struct mdl_plan *plan, int user, const struct mdl_place *place)
{
    char name[256];
    struct sim_key key = {
        .seed = (uint64_t)plan->cfg->seed, .purpose = SIM_FOR_PAIR};

    snprintf(name, sizeof name, "%s|%s", plan->users[user].name, place->name);
    key.entity = sim_entity(name);
    return sim_normal_quantile(sim_hash_uniform(&key, 0));
}

static int place_path(const struct mdl_plan *plan, const struct mdl_dep *dep,
    int user, const struct mdl_class *c, const struct choice *choice,
    struct mdl_path *out, struct sim_err *err)
{
    const struct mdl_place *place = &dep->places[choice->place];
    const struct mdl_site_cfg *site = dep->entries[place->entry].cfg;
    struct mdl_network_cfg network = site->network;

    /* on the premises of one user, across the network for all others */
    if (!site->has_network) {
        *out = (struct mdl_path){.access_mu = -INFINITY};
        return SIM_OK;
    }
    if (network.local && place->user >= 0 && place->user != user)
        network.local = false;
    return mdl_network_path(&network, choice->km, plan->users[user].access,
        choice->pair_z, c != NULL ? c->cfg->request_size_bytes : 0.0,
        c != NULL ? c->cfg->response_size_bytes : 0.0, out, err);
}

static int rank_places(const struct mdl_plan *plan, const struct mdl_dep *dep,
    int user, struct choice *choices, struct sim_err *err)
{
    const struct mdl_user *u = &plan->users[user];

    for (int i = 0; i < dep->n_places; i++) {
        const struct mdl_place *place = &dep->places[i];
        const struct sim_dist *rtt = dep->entries[place->entry].cfg->rtt_ms;
        struct choice *c = &choices[i];
        struct mdl_path path;

        c->place = i;
        c->own = place->user == user;
        c->group = group_of(dep, place->entry);
        c->km = u->placed && place->placed
                    ? mdl_distance_km(u->lat, u->lon, place->lat, place->lon)
                    : (double)NAN;
        c->pair_z = pair_normal(plan, user, place);
        const int rc = place_path(plan, dep, user, NULL, c, &path, err);
        if (rc != SIM_OK)
            return rc;
        c->rtt_s = rtt != NULL ? sim_dist_quantile(rtt, 0.5) / SIM_MS_PER_S
                               : path.rtt_s;
    }
    qsort(choices, (size_t)dep->n_places, sizeof *choices, by_preference);
    return SIM_OK;
}

/* ---- candidates --------------------------------------------------------- */

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

static int add_candidate(struct mdl_plan *plan, struct mdl_dep *dep, int source,
    const struct choice *choice, int group, struct list *list,
    struct sim_err *err)
{
    const struct mdl_source *s = &plan->sources[source];
    const struct mdl_site_cfg *site =
        dep->entries[dep->places[choice->place].entry].cfg;
    struct mdl_candidate c = {
        .place = choice->place, .group = group, .km = choice->km};
    int rc;

    if (list->n == list->room) {
        const int room = list->room > 0 ? 2 * list->room : 256;
        void *block = sim_realloc(list->items, (size_t)room, sizeof c);
        if (block == NULL)
            return no_memory(err);
        list->items = block;
        list->room = room;
    }
    c.path = sim_arena_alloc(&plan->arena, sizeof *c.path);
    if (c.path == NULL)
        return no_memory(err);
    rc = place_path(
        plan, dep, s->user, &plan->classes[s->cls], choice, c.path, err);
    if (rc != SIM_OK)
        return rc;
    note_follow_up(dep, c.path, site->rtt_ms);
    list->items[list->n++] = c;
    return SIM_OK;
}

/* Those that routing may pick. */
static int routed_candidates(struct mdl_plan *plan, struct mdl_dep *dep,
    int source, const struct choice *choices, struct list *list,
    struct sim_err *err)
{
    const struct mdl_class *c = &plan->classes[plan->sources[source].cls];
    const bool all = mdl_policy_takes_all(dep->cfg->routing.policy);
    int in_group = 0, group = -1, rc = SIM_OK;

    for (int i = 0; rc == SIM_OK && i < dep->n_places; i++) {
        const int entry = dep->places[choices[i].place].entry;
        if (choices[i].group == MDL_BY_NAME)
            break;
        if (choices[i].group != group) {
            group = choices[i].group;
            in_group = 0;
        }
        if ((in_group == CANDIDATES_PER_GROUP && !all) ||
            !permitted(c, dep->entries[entry].cfg))
            continue;
        rc = add_candidate(plan, dep, source, &choices[i], group, list, err);
        in_group++;
    }
    return rc;
}

/* Does the flow send requests to this entry by its name? */
static bool names_entry(const struct mdl_flow *flow, int entry)
{
    for (int i = 0; i < flow->n_steps; i++) {
        if (flow->steps[i].entry == entry)
            return true;
    }
    return flow->fallback == entry;
}

/* The nearest places of entries that the flow names and routing left out. */
static int named_candidates(struct mdl_plan *plan, struct mdl_dep *dep,
    int source, const struct choice *choices, struct list *list,
    struct sim_err *err)
{
    const struct mdl_flow *flow = &dep->flows[plan->sources[source].cls];
    const int routed = list->n;

    for (int e = 0; e < dep->n_entries; e++) {
        bool there = !names_entry(flow, e);
        for (int i = dep->uc_first[source]; i < routed; i++)
            there = there || dep->places[list->items[i].place].entry == e;
        int n = 0;
        for (int i = 0; !there && i < dep->n_places; i++) {
            if (dep->places[choices[i].place].entry != e ||
                n++ == CANDIDATES_PER_GROUP)
                continue;
            const int rc = add_candidate(
                plan, dep, source, &choices[i], MDL_BY_NAME, list, err);
            if (rc != SIM_OK)
                return rc;
        }
    }
    return SIM_OK;
}

/* Does a step go where routing says, not to an entry by name? */
static bool is_routed(const struct mdl_flow *flow)
{
    for (int i = 0; i < flow->n_steps; i++) {
        if (flow->steps[i].entry < 0)
            return true;
    }
    return false;
}

static int source_candidates(struct mdl_plan *plan, struct mdl_dep *dep,
    int source, const struct choice *choices, struct list *list,
    struct sim_err *err)
{
    const struct mdl_class *c = &plan->classes[plan->sources[source].cls];
    const bool lives = c->cfg->residency != NULL;
    int rc;

    dep->uc_first[source] = list->n;
    rc = routed_candidates(plan, dep, source, choices, list, err);
    const bool routed = list->n > dep->uc_first[source];
    if (rc == SIM_OK)
        rc = named_candidates(plan, dep, source, choices, list, err);
    if (rc != SIM_OK)
        return rc;
    const int n = list->n - dep->uc_first[source];
    if (n == 0 ||
        (!routed && is_routed(&dep->flows[plan->sources[source].cls])))
        return sim_err_set(err, SIM_E_INPUT,
            "no site of deployment '%s' may serve class '%s': %s%s%s'only' "
            "and 'routing.prefer' leave none",
            dep->cfg->name, c->cfg->name, lives ? "residency '" : "",
            lives ? c->cfg->residency : "", lives ? "', " : "");
    if (n > dep->max_candidates)
        dep->max_candidates = n;
    return SIM_OK;
}

static int plan_candidates(
    struct mdl_plan *plan, struct mdl_dep *dep, struct sim_err *err)
{
    struct choice *choices = sim_calloc((size_t)dep->n_places, sizeof *choices);
    struct list list = {0};
    int rc = SIM_OK;

    dep->uc_first = sim_arena_calloc(
        &plan->arena, (size_t)plan->n_sources + 1, sizeof *dep->uc_first);
    if (choices == NULL || dep->uc_first == NULL)
        rc = no_memory(err);
    for (int i = 0; rc == SIM_OK && i < plan->n_sources; i++) {
        if (plan->sources[i].cls == 0)
            rc = rank_places(plan, dep, plan->sources[i].user, choices, err);
        if (rc == SIM_OK)
            rc = source_candidates(plan, dep, i, choices, &list, err);
    }
    if (rc == SIM_OK) {
        dep->uc_first[plan->n_sources] = list.n;
        dep->candidates = sim_arena_calloc(
            &plan->arena, (size_t)list.n, sizeof *dep->candidates);
        rc = dep->candidates != NULL ? SIM_OK : no_memory(err);
    }
    if (rc == SIM_OK && list.n > 0)
        memcpy(dep->candidates, list.items,
            (size_t)list.n * sizeof *dep->candidates);
    sim_free(list.items);
    sim_free(choices);
    return rc;
}

/* ---- fleets ------------------------------------------------------------- */

static bool class_samples(
    const struct mdl_class *c, const struct mdl_flow *flow)
{
    const struct mdl_process_cfg *process = &c->arrivals->process;

    return mdl_gap_law_memoryless(&c->gaps) && !process->has_batch &&
           !process->has_trace && !process->has_closed &&
           flow->kind == MDL_FLOW_ONE && !flow->cfg->has_limit &&
           !flow->cfg->has_retries && flow->fallback < 0;
}

/* May a few members stand for their like?  Only where no decision looks at the
 * state of single members and arrivals can be thinned. */
static bool samples(const struct mdl_plan *plan, const struct mdl_dep *dep)
{
    const int policy = dep->cfg->routing.policy;

    if (dep->n_members <= plan->cfg->simulate.sites ||
        plan->cfg->simulate.requests >= 0 || dep->cfg->routing.has_hedge ||
        (policy != MDL_NEAREST && policy != MDL_RANDOM &&
            policy != MDL_WEIGHTED))
        return false;
    for (int i = 0; i < plan->n_classes; i++) {
        if (!class_samples(&plan->classes[i], &dep->flows[i]))
            return false;
    }
    for (int i = 0; i < dep->n_places; i++) {
        if (dep->places[i].n_members > 1 &&
            dep->entries[dep->places[i].entry].cfg->balance !=
                MDL_BALANCE_RANDOM)
            return false;
    }
    return true;
}

/* ---- flows -------------------------------------------------------------- */

static int plan_flows(
    struct mdl_plan *plan, struct mdl_dep *dep, struct sim_err *err)
{
    dep->flows = sim_arena_calloc(
        &plan->arena, (size_t)plan->n_classes, sizeof *dep->flows);
    if (dep->flows == NULL)
        return no_memory(err);
    for (int i = 0; i < plan->n_classes; i++) {
        const int rc = mdl_flow_build(
            plan->classes[i].cfg, dep->cfg, &plan->arena, &dep->flows[i], err);
        if (rc != SIM_OK)
            return rc;
        dep->plain = (i == 0 || dep->plain) && dep->flows[i].plain &&
                     !plan->classes[i].arrivals->process.has_closed;
        dep->overtakes = dep->overtakes || !dep->flows[i].plain;
    }
    return SIM_OK;
}

int mdl_plan_routes(
    struct mdl_plan *plan, struct mdl_dep *dep, struct sim_err *err)
{
    int rc = plan_flows(plan, dep, err);

    dep->sampled = rc == SIM_OK && samples(plan, dep);
    if (rc == SIM_OK)
        rc = plan_candidates(plan, dep, err);
    if (rc == SIM_OK)
        rc = mdl_policy_prepare(plan, dep, err);
    for (int i = 0; rc == SIM_OK && i < plan->n_sources; i++)
        mdl_plan_visits(plan, dep, i);
    if (rc == SIM_OK)
        rc = mdl_plan_load(plan, dep, err);
    return rc;
}
