#include "models/flow.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sim/alloc.h"

static int no_memory(struct sim_err *err)
{
    return sim_err_set(err, SIM_E_NOMEM, "out of memory");
}

static int entry_of(const struct mdl_deployment_cfg *dep, const char *name)
{
    for (int i = 0; i < dep->n_sites; i++) {
        if (strcmp(dep->sites[i].name, name) == 0)
            return i;
    }
    return -1;
}

/* ---- every entry that a class names ------------------------------------- */

/* The i-th entry named by a class, and the key that names it; NULL when there
 * are no more.  `aimed` is false where the name only narrows routing. */
static const char *named(
    const struct mdl_class_cfg *c, int i, char *key, size_t size, bool *aimed)
{
    const struct mdl_journey_cfg *j = &c->journey;

    *aimed = true;
    if (i < c->n_stages) {
        snprintf(key, size, "stages.%d.site", i);
        return c->stages[i].site;
    }
    i -= c->n_stages;
    if (i < j->n_enter) {
        snprintf(key, size, "journey.enter.%s", j->enter[i].name);
        return j->enter[i].name;
    }
    i -= j->n_enter;
    for (int k = 0; k < j->n_next; k++) {
        const struct mdl_hops_cfg *hops = &j->next[k];
        if (i == 0) {
            snprintf(key, size, "journey.next.%s", hops->name);
            return hops->name;
        }
        if (i <= hops->n_to) {
            snprintf(key, size, "journey.next.%s.%s", hops->name,
                hops->to[i - 1].name);
            return hops->to[i - 1].name;
        }
        i -= 1 + hops->n_to;
    }
    if (i < j->n_service) {
        snprintf(key, size, "journey.service.%s", j->service[i].name);
        return j->service[i].name;
    }
    i -= j->n_service;
    if (i < c->fork.n_sites) {
        snprintf(key, size, "fork.sites");
        return c->fork.sites[i];
    }
    i -= c->fork.n_sites;
    if (c->has_cascade && i-- == 0) {
        snprintf(key, size, "cascade.large_at");
        return c->cascade.large_at;
    }
    if (c->has_fallback && c->fallback.site != NULL && i-- == 0) {
        snprintf(key, size, "fallback.site");
        return c->fallback.site;
    }
    *aimed = false;
    if (i < c->n_only) {
        snprintf(key, size, "only");
        return c->only[i];
    }
    return NULL;
}

static bool resident(
    const struct mdl_class_cfg *c, const struct mdl_site_cfg *site)
{
    return c->residency == NULL ||
           (site->residency != NULL &&
               strcmp(site->residency, c->residency) == 0);
}

/* May a visit of the class be made at the site? */
static bool reaches(
    const struct mdl_class_cfg *c, const struct mdl_site_cfg *site)
{
    const bool routed =
        c->n_stages == 0 && !c->has_journey && c->fork.n_sites == 0;
    bool aimed, kept = c->n_only > 0;
    const char *name;
    char key[160];

    for (int i = 0; (name = named(c, i, key, sizeof key, &aimed)) != NULL;
         i++) {
        const bool here = strcmp(name, site->name) == 0;
        if (here && aimed)
            return true;
        kept = kept && !here;
    }
    return routed && !kept && resident(c, site);
}

/* ---- steps -------------------------------------------------------------- */

static int new_steps(
    struct mdl_flow *f, int n, struct sim_arena *arena, struct sim_err *err)
{
    f->steps = sim_arena_calloc(arena, (size_t)n, sizeof *f->steps);
    if (f->steps == NULL)
        return no_memory(err);
    f->n_steps = n;
    for (int i = 0; i < n; i++)
        f->steps[i] = (struct mdl_step){.entry = -1, .visits = 1.0};
    return SIM_OK;
}

static int plan_fork(const struct mdl_deployment_cfg *dep, struct mdl_flow *f,
    struct sim_arena *arena, struct sim_err *err)
{
    const struct mdl_fork_cfg *fork = &f->cfg->fork;
    const int n = fork->n_sites > 0 ? fork->n_sites : (int)fork->copies;
    const int rc = new_steps(f, n, arena, err);

    for (int i = 0; rc == SIM_OK && i < fork->n_sites; i++)
        f->steps[i].entry = entry_of(dep, fork->sites[i]);
    return rc;
}

static int plan_stages(const struct mdl_deployment_cfg *dep, struct mdl_flow *f,
    struct sim_arena *arena, struct sim_err *err)
{
    const int rc = new_steps(f, f->cfg->n_stages, arena, err);

    for (int i = 0; rc == SIM_OK && i < f->n_steps; i++) {
        f->steps[i].entry = entry_of(dep, f->cfg->stages[i].site);
        f->steps[i].service_s = f->cfg->stages[i].service_s;
    }
    return rc;
}

static int plan_cascade(const struct mdl_deployment_cfg *dep,
    struct mdl_flow *f, struct sim_arena *arena, struct sim_err *err)
{
    const struct mdl_cascade_cfg *cascade = &f->cfg->cascade;
    const int rc = new_steps(f, 2, arena, err);

    if (rc != SIM_OK)
        return rc;
    f->steps[0].service_s = cascade->small_s;
    f->steps[1] = (struct mdl_step){.entry = entry_of(dep, cascade->large_at),
        .service_s = cascade->large_s,
        .visits = cascade->escalate_frac};
    return SIM_OK;
}

/* ---- journeys ----------------------------------------------------------- */

/* Place of an entry among the steps of a journey. */
static int node_of(const struct mdl_flow *f, int entry)
{
    for (int i = 0; i < f->n_steps; i++) {
        if (f->steps[i].entry == entry)
            return i;
    }
    return -1;
}

/* Visits v of each step: v = enter + v P, by elimination with pivots; P is
 * small and the same on every machine, the sums being in a fixed order.
 * @return false when some request never leaves */
static bool solve_visits(struct mdl_flow *f, const double *share, double *a)
{
    const int n = f->n_steps, w = n + 1;

    for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++)
            a[i * w + j] = (i == j ? 1.0 : 0.0) - share[j * n + i];
        a[i * w + n] = f->enter[i];
    }
    for (int k = 0; k < n; k++) {
        int pivot = k;
        for (int i = k + 1; i < n; i++)
            pivot = fabs(a[i * w + k]) > fabs(a[pivot * w + k]) ? i : pivot;
        if (fabs(a[pivot * w + k]) < 1e-12)
            return false;
        for (int j = 0; j < w; j++) {
            const double x = a[k * w + j];
            a[k * w + j] = a[pivot * w + j];
            a[pivot * w + j] = x;
        }
        for (int i = 0; i < n; i++) {
            const double m = i == k ? 0.0 : a[i * w + k] / a[k * w + k];
            for (int j = k; j < w; j++)
                a[i * w + j] -= m * a[k * w + j];
        }
    }
    for (int i = 0; i < n; i++)
        f->steps[i].visits = a[i * w + n] / a[i * w + i];
    return true;
}

static void running_sums(double *x, int n)
{
    for (int i = 1; i < n; i++)
        x[i] += x[i - 1];
}

/* Steps are the entries that have a service time, in the order given. */
static int journey_steps(const struct mdl_deployment_cfg *dep,
    struct mdl_flow *f, struct sim_arena *arena, struct sim_err *err)
{
    const struct mdl_journey_cfg *j = &f->cfg->journey;
    const int rc = new_steps(f, j->n_service, arena, err);
    const size_t n = (size_t)j->n_service;
    double sum = 0.0;

    if (rc != SIM_OK)
        return rc;
    f->enter = sim_arena_calloc(arena, n, sizeof *f->enter);
    f->next = sim_arena_calloc(arena, n * n, sizeof *f->next);
    if (f->enter == NULL || f->next == NULL)
        return no_memory(err);
    for (int i = 0; i < f->n_steps; i++) {
        f->steps[i].entry = entry_of(dep, j->service[i].name);
        f->steps[i].service_s = j->service[i].service_s;
    }
    for (int i = 0; i < j->n_enter; i++)
        sum += j->enter[i].rate_per_s;
    for (int i = 0; i < j->n_enter; i++) {
        const int at = node_of(f, entry_of(dep, j->enter[i].name));
        if (at < 0)
            return sim_err_set(err, SIM_E_INPUT,
                "'service' has no time for '%s', where requests enter",
                j->enter[i].name);
        f->enter[at] = j->enter[i].rate_per_s / sum;
    }
    return SIM_OK;
}

static int plan_journey(const struct mdl_deployment_cfg *dep,
    struct mdl_flow *f, struct sim_arena *arena, struct sim_err *err)
{
    const struct mdl_journey_cfg *j = &f->cfg->journey;
    int rc = journey_steps(dep, f, arena, err);
    const int n = f->n_steps;
    double *work;

    for (int i = 0; rc == SIM_OK && i < j->n_next; i++) {
        const int from = node_of(f, entry_of(dep, j->next[i].name));
        for (int k = 0; rc == SIM_OK && k < j->next[i].n_to; k++) {
            const struct mdl_hop_cfg *hop = &j->next[i].to[k];
            const int to = node_of(f, entry_of(dep, hop->name));
            if (from < 0 || to < 0)
                rc = sim_err_set(err, SIM_E_INPUT,
                    "'service' has no time for '%s', which 'next' names",
                    from < 0 ? j->next[i].name : hop->name);
            else
                f->next[from * n + to] = hop->share_frac;
        }
    }
    if (rc != SIM_OK)
        return rc;
    work = sim_calloc((size_t)n * (size_t)(n + 1), sizeof *work);
    if (work == NULL)
        return no_memory(err);
    if (!solve_visits(f, f->next, work))
        rc = sim_err_set(err, SIM_E_INPUT,
            "'next' lets no request leave: the shares of some sites sum to 1");
    sim_free(work);
    running_sums(f->enter, n);
    for (int i = 0; i < n; i++)
        running_sums(f->next + (size_t)i * (size_t)n, n);
    return rc;
}

/* ---- public -------------------------------------------------------------- */

static bool has_cache(const struct mdl_deployment_cfg *dep)
{
    for (int i = 0; i < dep->n_sites; i++) {
        if (dep->sites[i].has_cache)
            return true;
    }
    return false;
}

int mdl_flow_build(const struct mdl_class_cfg *cfg,
    const struct mdl_deployment_cfg *dep, struct sim_arena *arena,
    struct mdl_flow *out, struct sim_err *err)
{
    const char *name;
    char key[160];
    bool aimed;
    int rc;

    *out = (struct mdl_flow){.cfg = cfg, .fallback = -1};
    for (int i = 0; (name = named(cfg, i, key, sizeof key, &aimed)) != NULL;
         i++) {
        if (entry_of(dep, name) < 0)
            return sim_err_set(err, SIM_E_INPUT,
                "requests.%s.%s names the unknown site entry '%s'", cfg->name,
                key, name);
    }
    if (cfg->has_fallback && cfg->fallback.site != NULL)
        out->fallback = entry_of(dep, cfg->fallback.site);
    if (cfg->n_stages > 0) {
        out->kind = MDL_FLOW_STAGES;
        rc = plan_stages(dep, out, arena, err);
    } else if (cfg->has_journey) {
        out->kind = MDL_FLOW_JOURNEY;
        rc = plan_journey(dep, out, arena, err);
        if (rc != SIM_OK)
            return sim_err_wrap(err, rc, "requests.%s.journey", cfg->name);
    } else if (cfg->has_fork) {
        out->kind = MDL_FLOW_FORK;
        rc = plan_fork(dep, out, arena, err);
    } else if (cfg->has_cascade) {
        out->kind = MDL_FLOW_CASCADE;
        rc = plan_cascade(dep, out, arena, err);
    } else {
        rc = new_steps(out, 1, arena, err);
    }
    out->plain = out->kind == MDL_FLOW_ONE && !cfg->has_retries &&
                 !cfg->has_limit && !cfg->has_fallback &&
                 !dep->routing.has_spill && !dep->routing.has_hedge &&
                 !has_cache(dep);
    return rc;
}

double mdl_step_work_s(const struct mdl_step *step, double class_s)
{
    return step->service_s != NULL ? sim_dist_mean(step->service_s) : class_s;
}

/* ---- checks -------------------------------------------------------------- */

static void check_names(const struct mdl_class_cfg *c,
    const struct mdl_deployment_cfg *dep, const struct sim_checker *checker)
{
    const char *name;
    char inner[160], key[256];
    bool aimed;

    for (int i = 0; (name = named(c, i, inner, sizeof inner, &aimed)) != NULL;
         i++) {
        const int entry = entry_of(dep, name);
        snprintf(key, sizeof key, "requests.%s.%s", c->name, inner);
        if (entry < 0)
            checker->fault(checker->ctx, key,
                "names the site entry '%s', which deployment '%s' does not "
                "have",
                name, dep->name);
        else if (aimed && !resident(c, &dep->sites[entry]))
            checker->fault(checker->ctx, key,
                "sends class '%s' to '%s' of deployment '%s', which its "
                "residency '%s' forbids",
                c->name, name, dep->name, c->residency);
    }
}

/* Only queues of first come first served know patience.  `key` is that of the
 * class's patience. */
static void check_patience(const struct mdl_class_cfg *c,
    const struct mdl_deployment_cfg *dep, const char *key,
    const struct sim_checker *checker)
{
    for (int i = 0; i < dep->n_sites; i++) {
        const struct mdl_site_cfg *site = &dep->sites[i];
        const bool batches = site->has_batching;
        if (!reaches(c, site) ||
            (!batches && site->queue.discipline == MDL_FCFS))
            continue;
        checker->fault(checker->ctx, key,
            "cannot be kept at '%s' of deployment '%s', %s%s: only a queue "
            "first come first served knows patience",
            site->name, dep->name,
            batches ? "which serves in batches" : "whose discipline is ",
            batches ? "" : mdl_discipline_names[site->queue.discipline]);
    }
}

static void check_forms(
    const struct mdl_class_cfg *c, const struct sim_checker *checker)
{
    const int forms =
        (c->n_stages > 0) + c->has_journey + c->has_fork + c->has_cascade;
    char key[128];

    snprintf(key, sizeof key, "requests.%s", c->name);
    if (forms > 1)
        checker->fault(checker->ctx, key,
            "takes one of 'stages', 'journey', 'fork', 'cascade'");
    if (c->stages != NULL && c->n_stages == 0) {
        snprintf(key, sizeof key, "requests.%s.stages", c->name);
        checker->fault(checker->ctx, key, "needs at least one stage");
    }
}

void mdl_flow_check(
    const struct mdl_run_cfg *run, const struct sim_checker *checker)
{
    for (int c = 0; c < run->n_requests; c++) {
        const struct mdl_class_cfg *cls = &run->requests[c];
        char key[128];
        snprintf(key, sizeof key, "requests.%s.patience", cls->name);
        check_forms(cls, checker);
        for (int d = 0; d < run->n_deployments; d++) {
            check_names(cls, &run->deployments[d], checker);
            if (mdl_class_impatient(cls))
                check_patience(cls, &run->deployments[d], key, checker);
        }
    }
}
