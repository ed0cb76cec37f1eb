#include "models/run.h"

#include <math.h>

#include "models/pilot.h"
#include "models/study.h"
#include "models/world.h"
#include "sim/alloc.h"
#include "sim/exec.h"
#include "sim/text.h"
#include "sim/units.h"

/* One piece of work: a window of a (deployment, replication). */
struct piece {
    int dep;
    int64_t replication;
    int timeline; /* index within the batch */
    struct mdl_window window;
    struct mdl_notes notes; /* first requests, of the first replication */
};

/* A batch of replications: their timelines and windows. */
struct batch {
    struct mdl_study *study;
    int64_t first, n;               /* replications */
    struct mdl_timeline *timelines; /* [n_deps x n] */
    struct piece *pieces;
    int64_t n_pieces, size;
};

static int no_memory(struct sim_err *err)
{
    return sim_err_set(err, SIM_E_NOMEM, "out of memory");
}

/* ---- set-up ------------------------------------------------------------- */

static bool case_fails(const struct mdl_dep *dep)
{
    for (int i = 0; i < dep->n_members; i++) {
        const struct mdl_tl_member *m = &dep->tl[i];
        if (m->server_life_h != NULL || m->site_life_h != NULL ||
            m->wan_life_h != NULL)
            return true;
        for (int j = 0; j < m->n_layers; j++) {
            if (m->layers[j].life_h != NULL)
                return true;
        }
    }
    return false;
}

static int open_case(struct mdl_study *study, int index, struct sim_err *err)
{
    struct mdl_case *c = &study->cases[index];
    int rc;

    c->dep = &study->plan->deps[index];
    c->fails = case_fails(c->dep);
    mdl_layout_init(&c->layout, study->plan, c->dep);
    if (c->dep->has_requests) {
        rc = mdl_world_mean_lead(study->plan, c->dep, &c->mean_lead_s, err);
        if (rc != SIM_OK)
            return rc;
    }
    c->section = sim_arena_calloc(
        &study->arena, (size_t)study->n_sections, sizeof *c->section);
    if (c->section == NULL)
        return no_memory(err);
    rc = mdl_pooled_init(&c->pooled, &c->layout, &study->arena, err);
    if (rc != SIM_OK)
        return rc;
    for (int i = 0; i < study->n_sections; i++) {
        rc = mdl_total_init(&c->section[i], &c->layout, err);
        if (rc != SIM_OK)
            return rc;
    }
    rc = mdl_pool_init(&c->pool, study->plan, c->dep, &c->layout, err);
    if (rc == SIM_OK)
        rc = mdl_entry_energy_load(
            study->plan, c->dep, &study->arena, &c->energy, err);
    return rc;
}

static int open_study(struct mdl_study *study, struct sim_err *err)
{
    const struct mdl_replications_cfg *reps =
        &study->cfg->simulate.replications;

    study->most = reps->number >= 1 ? reps->number : reps->max;
    if (reps->number < 1 && !study->cfg->simulate.has_precision)
        study->most = reps->min;
    study->n_sections =
        (int)(study->most < MDL_MAX_SECTIONS ? study->most : MDL_MAX_SECTIONS);
    study->n_allocated = study->n_sections;
    study->level = study->cfg->confidence_frac;
    study->cases = sim_arena_calloc(
        &study->arena, (size_t)study->plan->n_deps, sizeof *study->cases);
    if (study->cases == NULL)
        return no_memory(err);
    for (int i = 0; i < study->plan->n_deps; i++) {
        const int rc = open_case(study, i, err);
        if (rc != SIM_OK)
            return rc;
    }
    return SIM_OK;
}

static void close_study(struct mdl_study *study)
{
    for (int i = 0; study->cases != NULL && i < study->plan->n_deps; i++) {
        struct mdl_case *c = &study->cases[i];
        for (int s = 0; c->section != NULL && s < study->n_allocated; s++)
            mdl_total_release(&c->section[s], &c->layout);
        mdl_pool_release(&c->pool);
    }
    sim_arena_release(&study->arena);
}

/* ---- one batch of replications ------------------------------------------ */

static int add_piece(
    struct batch *b, const struct piece *piece, struct sim_err *err)
{
    if (b->n_pieces == b->size) {
        const int64_t size = b->size > 0 ? 2 * b->size : 256;
        void *block = sim_realloc(b->pieces, (size_t)size, sizeof *b->pieces);
        if (block == NULL)
            return no_memory(err);
        b->pieces = block;
        b->size = size;
    }
    b->pieces[b->n_pieces++] = *piece;
    return SIM_OK;
}

static int plan_replication(
    struct batch *b, int dep, int64_t replication, struct sim_err *err)
{
    struct mdl_study *study = b->study;
    const struct mdl_case *c = &study->cases[dep];
    const struct mdl_windows_cfg *windows = &study->cfg->simulate.windows;
    const uint64_t seed = (uint64_t)study->cfg->seed;
    const int at = (int)((int64_t)dep * b->n + replication - b->first);
    struct piece piece = {.dep = dep,
        .replication = replication,
        .timeline = at,
        .window = {.cell = 0, .stratum = MDL_NORMAL, .weight = 1.0}};
    struct mdl_sample sample = {0};
    int rc = mdl_timeline_draw(c->dep->tl, c->dep->n_members,
        mdl_study_horizon_ns(study), seed, (uint64_t)replication,
        &b->timelines[at], err);

    if (rc != SIM_OK)
        return rc;
    if (!study->plan->windowed)
        return add_piece(b, &piece, err);
    rc = mdl_windows_sample(&b->timelines[at], windows->count,
        windows->length_s, fmin(ceil(c->mean_lead_s), MDL_LEAD_MAX_S), seed,
        (uint64_t)replication, &sample, err);
    for (int i = 0; rc == SIM_OK && i < sample.n; i++) {
        piece.window = sample.windows[i];
        rc = add_piece(b, &piece, err);
    }
    mdl_sample_release(&sample);
    return rc;
}

static int piece_work(void *ctx, int64_t index, void *slot, struct sim_err *err)
{
    struct batch *b = ctx;
    struct piece *piece = &b->pieces[index];
    const struct mdl_study *study = b->study;
    const struct mdl_case *c = &study->cases[piece->dep];
    const struct mdl_simulate_cfg *sim = &study->cfg->simulate;
    struct mdl_world_cfg w = {.plan = study->plan,
        .dep = c->dep,
        .layout = &c->layout,
        .timeline = &b->timelines[piece->timeline],
        .replication = (uint64_t)piece->replication,
        .window = (uint64_t)piece->window.cell,
        .requests = -1};

    if (piece->replication == 0 && study->options->trace > 0) {
        piece->notes.most = study->options->trace;
        w.notes = &piece->notes;
    }

    if (study->plan->windowed) {
        w.length_s = sim->windows.length_s;
        w.origin_s = (double)piece->window.cell * w.length_s;
        const int rc = mdl_world_lead(study->plan, c->dep, w.timeline,
            w.origin_s, &w.lead_s, &w.clipped, err);
        if (rc != SIM_OK)
            return rc;
        /* without a steady state no lead-in is long enough; keep it cheap */
        if (c->dep->unstable)
            w.lead_s = fmin(w.lead_s, w.length_s);
    } else {
        mdl_study_warmup(study, &w.lead_s, &w.lead_requests);
        w.origin_s = w.lead_s;
        w.requests = sim->requests;
        w.length_s =
            sim->requests >= 0 ? (double)INFINITY : sim->duration_s - w.lead_s;
        if (!(w.length_s > 0.0))
            return sim_err_set(err, SIM_E_INPUT,
                "'simulate.duration' of %g s is not longer than the warm-up "
                "of %g s",
                sim->duration_s, w.lead_s);
    }
    const int rc = mdl_world_run(&w, slot, err);
    if (rc == SIM_OK)
        mdl_block_digest(&c->layout, slot, (char *)slot + c->layout.bytes);
    return rc;
}

static int piece_commit(
    void *ctx, int64_t index, const void *slot, struct sim_err *err)
{
    struct batch *b = ctx;
    struct mdl_study *study = b->study;
    struct piece *piece = &b->pieces[index];
    struct mdl_case *c = &study->cases[piece->dep];
    const double *head = slot;
    /* the block is ours to read; only its accessors want it writable */
    void *block = (void *)(uintptr_t)slot;

    sim_sha256_add(
        &study->digest, (const char *)slot + c->layout.bytes, SIM_SHA256_HEX);
    mdl_pooled_add(&c->pooled, &c->layout, block, piece->window.weight);
    study->requests_simulated += head[MDL_SIMULATED];
    study->lead_max_s = fmax(study->lead_max_s, head[MDL_LEAD_S]);
    mdl_pool_add(&c->pool, &c->layout, block,
        mdl_pool_when(&c->pool, study->plan, &piece->window),
        piece->window.weight);
    const int section = mdl_study_section(study, piece->replication);
    int rc = mdl_total_add(
        &c->section[section], &c->layout, block, piece->window.weight, err);
    if (rc == SIM_OK && piece->notes.n > 0)
        rc = mdl_study_list(study, c, piece->window.cell, &piece->notes, err);
    mdl_notes_release(&piece->notes);
    if (rc == SIM_OK && study->options->progress != NULL) {
        const struct mdl_progress p = {.stage = "requests",
            .replication = piece->replication,
            .replications = b->first + b->n,
            .piece = index + 1,
            .pieces = b->n_pieces,
            .requests = (int64_t)study->requests_simulated};
        study->options->progress(study->options->ctx, &p);
    }
    return rc;
}

static int stop_piece(void *ctx)
{
    const struct batch *b = ctx;
    const struct mdl_run_options *options = b->study->options;

    return options->stop != NULL ? options->stop(options->ctx) : 0;
}

static int run_batch(
    struct mdl_study *study, int64_t first, int64_t n, struct sim_err *err)
{
    const int n_deps = study->plan->n_deps;
    struct batch b = {.study = study, .first = first, .n = n};
    struct sim_exec_job job = {.ctx = &b,
        .work = piece_work,
        .commit = piece_commit,
        .stop = stop_piece};
    int rc = SIM_OK;

    b.timelines = sim_calloc((size_t)(n_deps * n), sizeof *b.timelines);
    if (b.timelines == NULL)
        return no_memory(err);
    for (int d = 0; rc == SIM_OK && d < n_deps; d++) {
        if (study->cases[d].layout.bytes > job.slot_bytes)
            job.slot_bytes = study->cases[d].layout.bytes;
        for (int64_t r = first; rc == SIM_OK && r < first + n; r++) {
            if (study->plan->deps[d].has_requests)
                rc = plan_replication(&b, d, r, err);
        }
    }
    job.slot_bytes += SIM_SHA256_HEX + 1;
    if (rc == SIM_OK && b.n_pieces > 0)
        rc = sim_exec_run(&job, b.n_pieces, study->options->jobs, err);
    for (int i = 0; i < n_deps * n; i++)
        mdl_timeline_release(&b.timelines[i]);
    for (int64_t i = 0; i < b.n_pieces; i++)
        mdl_notes_release(&b.pieces[i].notes);
    sim_free(b.timelines);
    sim_free(b.pieces);
    study->done = first + n;
    study->n_sections = mdl_study_section(study, study->done - 1) + 1;
    return rc;
}

/* ---- how many replications ---------------------------------------------- */

/* Are the named metrics as tight as asked, in every deployment? */
static bool precise(const struct mdl_study *study)
{
    const struct mdl_precision_cfg *p = &study->cfg->simulate.precision;

    for (int d = 0; d < study->plan->n_deps; d++) {
        for (int i = 0; i < p->n_metrics && !study->plan->deps[d].unstable;
             i++) {
            const struct res_estimate e =
                mdl_measure_one(study, d, p->metrics[i]);
            if (!(e.half_width <= p->target_frac * fabs(e.value)))
                return false;
        }
    }
    return true;
}

static bool any_steady(const struct mdl_study *study)
{
    for (int d = 0; d < study->plan->n_deps; d++) {
        if (!study->plan->deps[d].unstable)
            return true;
    }
    return false;
}

/* 8, 12, 16, 24, 32, 48, 64 ...: halfway steps between powers of two. */
static int64_t next_look(int64_t n)
{
    int64_t power = 1;

    while (power * 2 <= n)
        power *= 2;
    return n >= power + power / 2 ? 2 * power : power + power / 2;
}

/* Neighbours become one section each, so that all hold as many replications
 * whenever their number is looked at. */
static int widen_sections(struct mdl_study *study, struct sim_err *err)
{
    for (int d = 0; d < study->plan->n_deps; d++) {
        struct mdl_case *c = &study->cases[d];
        for (int i = 0; i < study->n_allocated / 2; i++) {
            const struct mdl_total spent = c->section[i];
            const int rc = mdl_total_merge(
                &c->section[2 * i], &c->section[2 * i + 1], &c->layout, err);
            if (rc != SIM_OK)
                return rc;
            c->section[i] = c->section[2 * i];
            if (i > 0)
                c->section[2 * i] = spent;
        }
    }
    study->group *= 2;
    return SIM_OK;
}

static int run_replications(
    struct mdl_study *study, const char **stop, struct sim_err *err)
{
    const struct mdl_replications_cfg *reps =
        &study->cfg->simulate.replications;
    const bool adaptive =
        reps->number < 1 && study->cfg->simulate.has_precision;
    int64_t target = adaptive ? reps->min : study->most;
    int rc;

    *stop = "fixed number";
    study->group = adaptive ? 1 : 0;
    for (;;) {
        while (adaptive && target > study->group * MDL_MAX_SECTIONS) {
            rc = widen_sections(study, err);
            if (rc != SIM_OK)
                return rc;
        }
        while (study->done < target) {
            /* batches bound the memory for timelines and pieces */
            const int64_t n =
                target - study->done < 64 ? target - study->done : 64;
            rc = run_batch(study, study->done, n, err);
            if (rc != SIM_OK)
                return rc;
        }
        if (!adaptive)
            return SIM_OK;
        if (precise(study)) {
            *stop = any_steady(study) ? "precision met"
                                      : "no steady state to be precise about";
            return SIM_OK;
        }
        if (study->done >= study->most) {
            *stop = "maximum reached before the precision asked for";
            return SIM_OK;
        }
        target = next_look(study->done);
        target = target < study->most ? target : study->most;
    }
}

/* ---- the study ---------------------------------------------------------- */

static int measure(struct mdl_study *study, struct sim_err *err)
{
    int rc = SIM_OK;

    for (int d = 0; rc == SIM_OK && d < study->plan->n_deps; d++) {
        rc = mdl_measure_requests(study, d, err);
        if (rc == SIM_OK)
            rc = mdl_measure_difference(study, d, err);
        if (rc == SIM_OK)
            rc = mdl_measure_availability(study, d, err);
        if (rc == SIM_OK)
            rc = mdl_measure_energy(study, d, err);
    }
    if (rc == SIM_OK)
        rc = mdl_measure_money(study, err);
    res_run_finish(study->run);
    if (rc == SIM_OK)
        rc = mdl_measure_thresholds(study, err);
    return rc;
}

int mdl_run_execute(const struct mdl_run_cfg *cfg,
    const struct mdl_data_source *data, const struct mdl_run_options *options,
    struct res_run *run, struct sim_err *err)
{
    struct mdl_study study = {.cfg = cfg, .options = options, .run = run};
    const char *stop = "";
    int rc = mdl_plan_create(cfg, data, &study.plan, err);

    if (rc != SIM_OK)
        return rc;
    sim_sha256_init(&study.digest);
    rc = open_study(&study, err);
    if (rc == SIM_OK)
        rc = mdl_pilot_run(&study, err);
    if (rc == SIM_OK)
        rc = run_replications(&study, &stop, err);
    if (rc == SIM_OK)
        rc = mdl_study_meta(&study, stop, err);
    if (rc == SIM_OK)
        rc = measure(&study, err);
    close_study(&study);
    mdl_plan_destroy(study.plan);
    return rc;
}

int mdl_run_check(const struct mdl_run_cfg *cfg,
    const struct mdl_data_source *data, struct sim_text *text,
    struct sim_err *err)
{
    struct mdl_plan *plan = NULL;
    int rc = mdl_plan_create(cfg, data, &plan, err);

    if (rc != SIM_OK)
        return rc;
    for (int i = 0; rc == SIM_OK && i < plan->n_deps; i++) {
        struct mdl_entry_energy *energy;
        rc = mdl_entry_energy_load(
            plan, &plan->deps[i], &plan->arena, &energy, err);
        if (rc != SIM_OK)
            rc = sim_err_wrap(
                err, rc, "deployments.%s", plan->deps[i].cfg->name);
    }
    for (int i = 0; i < plan->n_deps; i++) {
        const struct mdl_dep *d = &plan->deps[i];
        int64_t servers = 0;
        for (int e = 0; e < d->n_entries; e++)
            servers += d->entries[e].servers > 0 ? d->entries[e].servers : 0;
        sim_text_printf(text,
            "%s: %d %s, %lld %s, busiest site at %.0f %% of capacity in its "
            "worst year%s; engine event%s\n",
            d->cfg->name, d->n_members,
            d->n_members == 1 ? "member" : "members", (long long)servers,
            servers == 1 ? "server" : "servers", 100.0 * d->worst_load,
            d->unstable ? " (unstable: no steady state)" : "",
            d->sampled ? ", some members stand for their like" : "");
    }
    mdl_plan_destroy(plan);
    if (rc != SIM_OK)
        return rc;
    return sim_text_ok(text) ? SIM_OK : no_memory(err);
}
