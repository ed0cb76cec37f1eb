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

static int no_memory(struct sim_err *err)
{
    return sim_err_set(err, SIM_E_NOMEM, "out of memory");
}

/* ---- members ------------------------------------------------------------ */

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

    *m = (struct mdl_member){
        .entry = entry, .user = user, .place = dep->n_places - 1};
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

/* The grid, the shocks and the shared causes as layers of their own.  A shock
 * of a named domain hits all its sites at the same times, whatever the
 * deployment. */
static int member_layers(struct mdl_plan *plan, const struct mdl_site_cfg *site,
    struct mdl_tl_member *tl, struct sim_err *err)
{
    const struct mdl_failure_cfg *f = &site->failures;
    const int n = 1 + f->n_shocks + f->n_domains;
    struct mdl_tl_layer *layers;
    int rc;

    SIM_BUG_ON(n > MDL_TL_MAX_LAYERS); /* the rows' check */
    layers = sim_arena_calloc(&plan->arena, (size_t)n, sizeof *layers);
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
    if (rc == SIM_OK)
        rc = mdl_domain_layers(
            plan->cfg, site, &plan->arena, layers + 1 + f->n_shocks, err);
    tl->layers = layers;
    tl->n_layers = n;
    return rc;
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
        .server_repair_h =
            mdl_failure_repair(f->server.repair_h, f->server.no_repair),
        .crews = f->server.crews,
        .spares = f->server.spares,
        .site_repair_h =
            mdl_failure_repair(f->site.repair_h, f->site.no_repair),
        .wan_repair_h = mdl_failure_repair(f->wan.repair_h, f->wan.no_repair)};
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

/* n members of an entry side by side. */
static int place_members(struct mdl_plan *plan, struct mdl_dep *dep, int entry,
    int user, int64_t n, struct sim_err *err)
{
    const struct mdl_site_cfg *site = dep->entries[entry].cfg;
    struct mdl_place *place = &dep->places[dep->n_places];
    int rc = SIM_OK;

    if (n < 1)
        return SIM_OK;
    *place = (struct mdl_place){.entry = entry,
        .user = user,
        .first_member = dep->n_members,
        .n_members = (int)n};
    place->name = user < 0 ? site->name
                           : sim_arena_printf(&plan->arena, "%s@%s", site->name,
                                 plan->users[user].name);
    if (place->name == NULL)
        return no_memory(err);
    dep->n_places++;
    for (int64_t k = 0; rc == SIM_OK && k < n; k++)
        rc = member_init(plan, dep, entry, user, k + 1, n > 1, err);
    place->placed = dep->members[place->first_member].placed;
    place->lat = dep->members[place->first_member].lat;
    place->lon = dep->members[place->first_member].lon;
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
            rc = place_members(plan, dep, index, u, quota[u], err);
    } else {
        rc = place_members(plan, dep, index, -1, n, err);
    }
    e->off_w = power.off_w;
    e->boot_w = power.boot_w;
    e->it_kw = !isnan(site->facility.capacity_kw) ? site->facility.capacity_kw
               : e->servers >= 0 ? site->servers * power.peak_w / SIM_W_PER_KW
                                 : 0.0;
    return rc;
}

/* Failures per hour of a component that is repaired. */
static double cycles_per_h(
    const struct sim_dist *life_h, const struct sim_dist *repair_h)
{
    if (life_h == NULL || repair_h == NULL)
        return 0.0;
    return 1.0 / (sim_dist_mean(life_h) + sim_dist_mean(repair_h));
}

double mdl_dep_failures_per_h(const struct mdl_dep *dep)
{
    double sum = 0.0;

    for (int i = 0; i < dep->n_members; i++) {
        const struct mdl_tl_member *m = &dep->tl[i];
        sum += (double)m->servers *
               cycles_per_h(m->server_life_h, m->server_repair_h);
        sum += cycles_per_h(m->site_life_h, m->site_repair_h);
        sum += cycles_per_h(m->wan_life_h, m->wan_repair_h);
        for (int k = 0; k < m->n_layers; k++)
            sum += cycles_per_h(m->layers[k].life_h, m->layers[k].repair_h) *
                   m->layers[k].hit_frac;
    }
    return sum;
}

/* ---- deployments -------------------------------------------------------- */

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
    dep->places =
        sim_arena_calloc(&plan->arena, (size_t)most, sizeof *dep->places);
    dep->tl = sim_arena_calloc(&plan->arena, (size_t)most, sizeof *dep->tl);
    if (quota == NULL || rest == NULL || dep->entries == NULL ||
        dep->members == NULL || dep->places == NULL || dep->tl == NULL)
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
            dep->impatient || mdl_class_impatient(plan->classes[i].cfg);
    for (int i = 0; i < dep->n_entries; i++)
        dep->overtakes =
            dep->overtakes || mdl_service_overtakes(&cfg->sites[i].queue);
    if (rc == SIM_OK && dep->has_requests)
        rc = mdl_plan_routes(plan, dep, err);
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
