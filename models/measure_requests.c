/* Metrics of the request level: sums and histograms over sections become
 * estimates (manual, "Windows, strata, estimates"), scope by scope. */
#include <string.h>

#include "models/measure.h"
#include "sim/alloc.h"

/* Exact offered requests and the time they are spread over. */
static int volume_of(const struct mdl_study *study, double *volume,
    double *seconds, struct sim_err *err)
{
    const struct mdl_simulate_cfg *sim = &study->cfg->simulate;
    double lead_s = 0.0, rate = 0.0;
    int64_t lead_n = 0;

    for (int i = 0; i < study->plan->n_classes; i++)
        rate += study->plan->classes[i].rate_per_s;
    if (study->plan->windowed) {
        *seconds = study->plan->horizon_s;
        *volume = mdl_offered_total(study->plan, -1);
        return SIM_OK;
    }
    mdl_study_warmup(study, &lead_s, &lead_n);
    if (sim->requests >= 0) {
        *volume = (double)sim->requests;
        *seconds = *volume / rate;
        return SIM_OK;
    }
    *seconds = sim->duration_s - lead_s;
    *volume = 0.0;
    for (int i = 0; i < study->plan->n_sources; i++) {
        const struct mdl_rate r = mdl_plan_rate(study->plan, i);
        if (study->plan->classes[study->plan->sources[i].cls].trace.n == 0)
            *volume += mdl_rate_integral(&r, lead_s, sim->duration_s);
    }
    for (int i = 0; i < study->plan->n_classes; i++) {
        const struct mdl_trace *trace = &study->plan->classes[i].trace;
        int64_t n = 0;
        const int rc = trace->n > 0 ? mdl_trace_count(trace, lead_s,
                                          sim->duration_s, &n, err)
                                    : SIM_OK;
        if (rc != SIM_OK)
            return rc;
        *volume += (double)n;
    }
    return SIM_OK;
}

/* A trace that is not repeated may end before as many requests have come as
 * were asked for. */
static int check_sent(const struct mdl_study *study, const struct mdl_case *c,
    struct sim_err *err)
{
    const int64_t wanted = study->cfg->simulate.requests;
    const struct mdl_scope all = mdl_scope_all(c, "");
    double offered[MDL_MAX_SECTIONS], sum = 0.0;
    bool ends = false;

    for (int i = 0; i < study->plan->n_classes; i++) {
        const struct mdl_trace *trace = &study->plan->classes[i].trace;
        ends = ends || (trace->n > 0 && !trace->loop);
    }
    if (wanted < 0 || !ends)
        return SIM_OK;
    mdl_sum_counts(study, c, &all, MDL_OFFERED, offered);
    for (int r = 0; r < study->n_sections; r++)
        sum += offered[r];
    if (sum > (double)(wanted * study->done) - 0.5)
        return SIM_OK;
    return sim_err_set(err, SIM_E_INPUT,
        "'simulate.requests' is %lld, but the trace ends after %.0f; shorten "
        "the run or the warm-up, or replay it with 'loop'",
        (long long)wanted, sum / (double)study->done);
}

static int measure_scope(struct mdl_study *study, const struct mdl_case *c,
    const struct mdl_scope *scope, const struct mdl_scope *all, double volume,
    double seconds)
{
    const size_t n = (size_t)study->n_sections;
    double *x = sim_calloc(2 * n, sizeof *x);
    struct mdl_put p = {.study = study,
        .c = c,
        .scope = scope,
        .x = x,
        .y = x != NULL ? x + n : NULL,
        .rc = x != NULL ? SIM_OK : SIM_E_NOMEM};

    if (p.rc == SIM_OK)
        mdl_put_totals(&p, all, volume, seconds);
    if (p.rc == SIM_OK)
        mdl_put_further(&p, all, volume);
    if (p.rc == SIM_OK)
        mdl_put_shares(&p);
    if (p.rc == SIM_OK)
        mdl_put_times(&p);
    if (p.rc == SIM_OK && scope->cls < 0)
        mdl_put_loads(&p);
    if (p.rc == SIM_OK && (scope->main || scope->entry >= 0))
        mdl_put_states(&p);
    if (p.rc == SIM_OK && (scope->main || scope->cls >= 0))
        mdl_put_objective(&p);
    if (p.rc == SIM_OK && scope->main)
        mdl_put_windows(&p);
    sim_free(x);
    return p.rc;
}

/* Name of a scope in the results' arena. */
static const char *scope_name(struct mdl_study *study, const char *dep,
    const char *kind, const char *name)
{
    return kind != NULL ? sim_arena_printf(
                              &study->run->arena, "%s.%s.%s", dep, kind, name)
                        : sim_arena_strdup(&study->run->arena, dep);
}

static bool tier_seen(const struct mdl_dep *dep, int entry)
{
    for (int i = 0; i < entry; i++) {
        if (strcmp(dep->entries[i].cfg->tier, dep->entries[entry].cfg->tier) ==
            0)
            return true;
    }
    return false;
}

int mdl_measure_requests(struct mdl_study *study, int dep, struct sim_err *err)
{
    const struct mdl_case *c = &study->cases[dep];
    const int n_classes = c->layout.n_classes, n_entries = c->layout.n_entries;
    const char *name = c->dep->cfg->name;
    const struct mdl_scope all = mdl_scope_all(c, name);
    double volume, seconds;
    int rc;

    if (!c->dep->has_requests)
        return SIM_OK;
    rc = check_sent(study, c, err);
    if (rc == SIM_OK)
        rc = volume_of(study, &volume, &seconds, err);
    if (rc == SIM_OK)
        rc = measure_scope(study, c, &all, &all, volume, seconds);
    if (rc == SIM_OK)
        rc = mdl_put_curve(study, c, &all);
    for (int i = 0; rc == SIM_OK && i < n_classes; i++) {
        const struct mdl_scope s = {.first = i,
            .n = 1,
            .entry = -1,
            .cls = i,
            .name = scope_name(
                study, name, "class", study->plan->classes[i].cfg->name)};
        rc = s.name != NULL ? measure_scope(study, c, &s, &all, volume, seconds)
                            : SIM_E_NOMEM;
    }
    for (int i = 0; rc == SIM_OK && i < n_entries; i++) {
        const struct mdl_site_cfg *site = c->dep->entries[i].cfg;
        const struct mdl_scope s = {.first = n_classes + i,
            .n = 1,
            .entry = i,
            .cls = -1,
            .name = scope_name(study, name, "site", site->name)};
        const struct mdl_scope t = {.first = n_classes,
            .n = n_entries,
            .entry = -1,
            .cls = -1,
            .tier = site->tier,
            .name = scope_name(study, name, "tier", site->tier)};
        rc = s.name != NULL && t.name != NULL
                 ? measure_scope(study, c, &s, &all, volume, seconds)
                 : SIM_E_NOMEM;
        if (rc == SIM_OK && !tier_seen(c->dep, i))
            rc = measure_scope(study, c, &t, &all, volume, seconds);
    }
    if (rc == SIM_OK)
        rc = mdl_measure_parts(study, c, volume, seconds);
    if (rc == SIM_E_NOMEM)
        return sim_err_set(err, rc, "out of memory");
    return rc;
}
