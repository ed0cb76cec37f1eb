#include "models/domain.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "models/site.h"
#include "sim/rng.h"
#include "sim/suggest.h"

#define DOMAIN struct mdl_domain_cfg

enum { MAX_DOMAINS = 1000 };

/* clang-format off */
static const struct sim_param domain_rows[] = {
    { SIM_PARAM_DIST(DOMAIN, life_h), .unit = "h", .min = 0, .max = 1e12, .flags = SIM_P_STATE,
      .doc = "Time until the cause strikes, counted from the end of the last time." },
    { SIM_PARAM_DIST(DOMAIN, repair_h), .unit = "h", .dflt_text = "{exponential: {mean: 4 h}}",
      .min = 0, .max = 1e9, .flags = SIM_P_STATE,
      .doc = "Time for which it takes its sites down; never: for good." },
    { SIM_PARAM_F64(DOMAIN, availability_frac), .unit = "1", .min = 0, .max = 1,
      .flags = SIM_P_STATE | SIM_P_OPTIONAL | SIM_P_ABOVE_MIN,
      .doc = "Share of time it spares its sites, in place of a life." },
};
/* clang-format on */

static void check_domain(const void *cfg, const struct sim_checker *checker)
{
    const DOMAIN *domain = cfg;
    const double a = domain->availability_frac;

    if (domain->life_h == NULL && isnan(a))
        checker->fault(
            checker->ctx, "", "needs either 'life' or 'availability'");
    if (domain->life_h != NULL && !isnan(a))
        checker->fault(
            checker->ctx, "availability", "has no meaning beside 'life'");
    if (domain->life_h == NULL && a < 1.0 &&
        mdl_failure_repair(domain->repair_h, false) == NULL)
        checker->fault(checker->ctx, "availability",
            "an availability needs a repair, yet there is none");
}

const struct sim_table mdl_domain_table = {
    .name = "domain",
    .doc = "A cause that takes all sites down that name it.",
    SIM_ROWS(domain_rows),
    .size = sizeof(DOMAIN),
    .check = check_domain,
};

/* ---- names in sites ------------------------------------------------------ */

/* Mark the domains a site names; every name is known and stands once. */
static void check_site_domains(const struct mdl_run_cfg *run,
    const struct mdl_deployment_cfg *dep, const struct mdl_site_cfg *site,
    bool *used, const struct sim_checker *checker)
{
    const struct mdl_failure_cfg *f = &site->failures;
    const char *names[MAX_DOMAINS];
    char key[256];

    for (int i = 0; i < run->n_domains; i++)
        names[i] = run->domains[i].name;
    for (int k = 0; k < f->n_domains; k++) {
        int found = -1;
        snprintf(key, sizeof key, "deployments.%s.sites.%s.failures.domains.%d",
            dep->name, site->name, k);
        for (int i = 0; i < run->n_domains; i++)
            found = strcmp(names[i], f->domains[k]) == 0 ? i : found;
        for (int j = 0; j < k; j++) {
            if (strcmp(f->domains[j], f->domains[k]) == 0)
                checker->fault(
                    checker->ctx, key, "names '%s' twice", f->domains[k]);
        }
        if (found >= 0) {
            used[found] = true;
            continue;
        }
        const char *near =
            sim_text_nearest(f->domains[k], names, run->n_domains);
        checker->fault(checker->ctx, key, "names the unknown domain '%s'%s%s%s",
            f->domains[k],
            near != NULL ? ", did you mean '" : "; 'domains' has no such cause",
            near != NULL ? near : "", near != NULL ? "'?" : "");
    }
}

void mdl_domain_check(
    const struct mdl_run_cfg *run, const struct sim_checker *checker)
{
    bool used[MAX_DOMAINS] = {false};
    char key[128];

    if (run->n_domains > MAX_DOMAINS) {
        checker->fault(checker->ctx, "domains", "has %d entries, at most %d",
            run->n_domains, MAX_DOMAINS);
        return;
    }
    for (int d = 0; d < run->n_deployments; d++) {
        const struct mdl_deployment_cfg *dep = &run->deployments[d];
        for (int i = 0; i < dep->n_sites; i++)
            check_site_domains(run, dep, &dep->sites[i], used, checker);
    }
    for (int i = 0; i < run->n_domains; i++) {
        snprintf(key, sizeof key, "domains.%s", run->domains[i].name);
        if (!used[i])
            checker->fault(checker->ctx, key,
                "strikes nobody: no site names it in 'failures.domains'");
    }
}

/* ---- shocks that share a domain ------------------------------------------ */

/* Sites that name one domain share its events, so they agree on them. */
static void check_shock(const struct mdl_shock_cfg *shock,
    const struct mdl_shock_cfg *first, const char *key,
    const struct sim_checker *checker)
{
    if (shock->rate_per_yr != first->rate_per_yr ||
        shock->duration_h != first->duration_h)
        checker->fault(checker->ctx, key,
            "the domain '%s' has another rate or duration elsewhere; its "
            "events are shared, only 'hit' may differ",
            shock->domain);
}

static const struct mdl_shock_cfg *first_shock(
    const struct mdl_run_cfg *run, const char *domain)
{
    for (int d = 0; d < run->n_deployments; d++) {
        for (int i = 0; i < run->deployments[d].n_sites; i++) {
            const struct mdl_failure_cfg *f =
                &run->deployments[d].sites[i].failures;
            for (int k = 0; k < f->n_shocks; k++) {
                if (f->shocks[k].domain != NULL &&
                    strcmp(f->shocks[k].domain, domain) == 0)
                    return &f->shocks[k];
            }
        }
    }
    return NULL;
}

void mdl_domain_check_shocks(
    const struct mdl_run_cfg *run, const struct sim_checker *checker)
{
    char key[256];

    for (int d = 0; d < run->n_deployments; d++) {
        const struct mdl_deployment_cfg *dep = &run->deployments[d];
        for (int i = 0; i < dep->n_sites; i++) {
            const struct mdl_failure_cfg *f = &dep->sites[i].failures;
            for (int k = 0; k < f->n_shocks; k++) {
                if (f->shocks[k].domain == NULL)
                    continue;
                snprintf(key, sizeof key,
                    "deployments.%s.sites.%s.failures.shocks.%d", dep->name,
                    dep->sites[i].name, k);
                check_shock(&f->shocks[k],
                    first_shock(run, f->shocks[k].domain), key, checker);
            }
        }
    }
}

/* ---- layers of the timeline ---------------------------------------------- */

static int domain_layer(const struct mdl_domain_cfg *domain,
    struct sim_arena *arena, const struct sim_dist **life,
    const struct sim_dist **repair, struct sim_err *err)
{
    const struct mdl_layer_failures_cfg layer = {.life_h = domain->life_h,
        .repair_h = domain->repair_h,
        .availability_frac = domain->availability_frac};
    const int rc = mdl_failure_layer_life(&layer, arena, life, err);

    if (rc == SIM_OK)
        *repair = mdl_failure_repair(domain->repair_h, false);
    return rc;
}

/* The streams of a shared cause: its name's, whatever the deployment, and
 * others than those of shocks that call their domain the same. */
static uint64_t domain_entity(const char *name)
{
    return sim_entity_sub(sim_entity(name), UINT64_C(1) << 35);
}

int mdl_domain_layers(const struct mdl_run_cfg *run,
    const struct mdl_site_cfg *site, struct sim_arena *arena,
    struct mdl_tl_layer *layers, struct sim_err *err)
{
    const struct mdl_failure_cfg *f = &site->failures;
    int rc = SIM_OK;

    for (int i = 0; rc == SIM_OK && i < f->n_domains; i++) {
        struct mdl_tl_layer *layer = &layers[i];
        layer->entity = domain_entity(f->domains[i]);
        layer->hit_frac = 1.0;
        for (int k = 0; rc == SIM_OK && k < run->n_domains; k++) {
            if (strcmp(run->domains[k].name, f->domains[i]) == 0)
                rc = domain_layer(&run->domains[k], arena, &layer->life_h,
                    &layer->repair_h, err);
        }
    }
    return rc;
}
