/* What the results say of the study itself: dates, sizes, deployments, promised
 * latencies. */
#include <math.h>

#include "models/study.h"
#include "models/workload_time.h"
#include "sim/units.h"

static int no_memory(struct sim_err *err)
{
    return sim_err_set(err, SIM_E_NOMEM, "out of memory");
}

static const char *date_text(struct sim_arena *arena, int64_t day)
{
    const struct mdl_date date = mdl_calendar_of(day);

    return sim_arena_printf(arena, "%04lld-%02d-%02d", (long long)date.year,
        date.month + 1, date.day_of_month);
}

static int fill_objectives(struct mdl_study *study, struct sim_err *err)
{
    struct res_run *run = study->run;
    const struct mdl_plan *plan = study->plan;

    run->objectives = sim_arena_calloc(
        &run->arena, (size_t)plan->n_classes, sizeof *run->objectives);
    if (run->objectives == NULL)
        return no_memory(err);
    for (int i = 0; i < plan->n_classes; i++) {
        const struct mdl_class *c = &plan->classes[i];
        struct res_objective *o = &run->objectives[run->n_objectives];
        if (!(c->slo_level > 0.0))
            continue;
        o->cls = sim_arena_strdup(&run->arena, c->cfg->name);
        o->metric = c->slo_level == 0.999  ? "latency.p999"
                    : c->slo_level == 0.99 ? "latency.p99"
                    : c->slo_level == 0.95 ? "latency.p95"
                    : c->slo_level == 0.90 ? "latency.p90"
                                           : "latency.p50";
        o->limit_ms = c->slo_s * SIM_MS_PER_S;
        run->n_objectives++;
        if (o->cls == NULL)
            return no_memory(err);
    }
    return SIM_OK;
}

static int fill_deployment(
    struct mdl_study *study, int index, struct sim_err *err)
{
    struct res_run *run = study->run;
    const struct mdl_dep *dep = &study->plan->deps[index];
    struct res_deployment *out = &run->deployments[index];
    struct res_entry *entries =
        sim_arena_calloc(&run->arena, (size_t)dep->n_entries, sizeof *entries);
    int64_t most = -1;

    out->name = sim_arena_strdup(&run->arena, dep->cfg->name);
    out->engine =
        dep->sampled
            ? sim_arena_printf(&run->arena,
                  "event: the only engine so far; of %d members "
                  "about %lld are simulated and stand for the others",
                  dep->n_members, (long long)study->cfg->simulate.sites)
            : "event: the only engine so far";
    out->unstable = dep->unstable;
    out->n_entries = dep->n_entries;
    out->entries = entries;
    if (entries == NULL || out->name == NULL || out->engine == NULL)
        return no_memory(err);
    for (int i = 0; i < dep->n_entries; i++) {
        const struct mdl_entry *e = &dep->entries[i];
        const char *hardware = e->cfg->hardware.label;
        entries[i].name = sim_arena_strdup(&run->arena, e->cfg->name);
        entries[i].tier = sim_arena_strdup(&run->arena, e->cfg->tier);
        entries[i].procure = mdl_procure_names[e->cfg->procure];
        entries[i].hardware =
            sim_arena_strdup(&run->arena, hardware != NULL ? hardware : "");
        entries[i].members = e->n_members;
        entries[i].servers = e->servers;
        if (entries[i].name == NULL || entries[i].tier == NULL ||
            entries[i].hardware == NULL)
            return no_memory(err);
        if (e->servers > most) {
            most = e->servers;
            out->tier = entries[i].tier;
        }
    }
    if (out->tier == NULL)
        out->tier = entries[0].tier;
    return SIM_OK;
}

int mdl_study_meta(
    struct mdl_study *study, const char *stop, struct sim_err *err)
{
    struct res_run *run = study->run;
    const struct mdl_plan *plan = study->plan;
    int rc = fill_objectives(study, err);

    run->meta.start = date_text(&run->arena, study->cfg->start);
    run->meta.baseline =
        sim_arena_strdup(&run->arena, plan->deps[plan->baseline].cfg->name);
    char hex[SIM_SHA256_HEX + 1] = "";
    if (study->requests_simulated > 0.0)
        sim_sha256_hex(&study->digest, hex);
    run->meta.histogram_sha256 = sim_arena_strdup(&run->arena, hex);
    run->meta.seed = (uint64_t)study->cfg->seed;
    run->meta.replications = study->done;
    run->meta.level = study->level;
    run->meta.horizon_yr = study->cfg->horizon_yr;
    run->meta.warmup_s = study->lead_max_s;
    run->meta.window_s =
        plan->windowed ? study->cfg->simulate.windows.length_s : (double)NAN;
    run->meta.windows = plan->windowed ? study->cfg->simulate.windows.count : 1;
    run->meta.requests_simulated = (int64_t)study->requests_simulated;
    run->meta.stop = stop;
    run->n_deployments = plan->n_deps;
    run->deployments = sim_arena_calloc(
        &run->arena, (size_t)plan->n_deps, sizeof *run->deployments);
    if (run->deployments == NULL || run->meta.start == NULL ||
        run->meta.baseline == NULL || run->meta.histogram_sha256 == NULL)
        return no_memory(err);
    for (int i = 0; rc == SIM_OK && i < plan->n_deps; i++)
        rc = fill_deployment(study, i, err);
    return rc;
}
