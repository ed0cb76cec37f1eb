#include "scenarios/loader/load.h"

#include <stdlib.h>
#include <string.h>

#include "scenarios/loader/bind.h"
#include "scenarios/loader/files.h"
#include "scenarios/loader/merge.h"
#include "scenarios/loader/resolve.h"
#include "sim/alloc.h"
#include "sim/sha256.h"
#include "sim/units.h"

/* What the loader keeps behind a scenario for `resolve`. */
struct loaded {
    struct scn_scenario scenario; /* first: the public part */
    const struct sim_table *table;
    struct scn_node *tree;
    const struct sim_dist **dists; /* of the inputs */
};

static int no_memory(struct sim_err *err)
{
    return sim_err_set(err, SIM_E_NOMEM, "out of memory");
}

/* ---- layers ------------------------------------------------------------- */

static int add_file(struct scn_load *load, const char *path,
    const struct sim_table *table, bool root, struct scn_node **tree,
    struct sim_err *err)
{
    const char *real, *dir;
    struct scn_node *layer;
    int rc = scn_path_real(load, path, &real, &dir, err);

    if (rc != SIM_OK)
        return rc;
    if (root)
        load->root = dir;
    layer = scn_layer_file(load, real, path, table, root);
    if (layer != NULL)
        *tree = scn_merge(load, (struct scn_ctx){.table = table}, *tree, layer);
    return load->nomem ? no_memory(err) : SIM_OK;
}

static int merge_layers(struct scn_load *load,
    const struct scn_options *options, const struct sim_table *table,
    struct scn_node **tree, struct sim_err *err)
{
    int rc = add_file(load, options->path, table, true, tree, err);

    for (int i = 0; i < options->n_overlay && rc == SIM_OK; i++)
        rc = add_file(load, options->overlay[i], table, false, tree, err);
    for (int i = 0; i < options->n_set && rc == SIM_OK; i++) {
        struct scn_node *layer;
        rc = scn_layer_set(load, options->set[i], i + 1, &layer, err);
        if (rc == SIM_OK && layer != NULL)
            *tree =
                scn_merge(load, (struct scn_ctx){.table = table}, *tree, layer);
    }
    if (rc == SIM_OK && *tree != NULL) {
        *tree = scn_expand(load, table, *tree);
        if (*tree != NULL && load->diag->n_errors == 0)
            scn_merge_check(load, *tree);
        /* what a missing file would have given is not missed again */
        if (*tree != NULL && load->diag->n_errors > 0)
            (*tree)->broken = true;
    }
    return rc == SIM_OK && load->nomem ? no_memory(err) : rc;
}

/* ---- binding ------------------------------------------------------------ */

/* `currency` is needed before any amount is read. */
static const char *currency_of(struct scn_load *load, struct scn_node *tree)
{
    const struct scn_pair *pair = scn_map_find(load, tree, "currency");
    struct scn_fault fault = {.code = "U004",
        .path = "currency",
        .hint = "use an ISO 4217 code such as 'USD' or 'EUR'"};
    struct scn_node *node = pair != NULL ? pair->value : NULL;
    struct sim_unit unit;

    if (node != NULL && node->kind == SCN_MAP) {
        pair = scn_map_find(load, node, "value");
        node = pair != NULL ? pair->value : NULL;
    }
    if (node == NULL || node->kind != SCN_SCALAR)
        return "USD";
    if (strlen(node->text) == 3 &&
        sim_unit_parse(node->text, &unit, NULL) == SIM_OK &&
        strcmp(unit.currency, node->text) == 0)
        return node->text;
    fault.at = node->at;
    scn_report(load, &fault, "'currency' is %s, which is no currency",
        scn_node_shown(load, node));
    return "USD";
}

static int by_path(const void *a, const void *b)
{
    const struct scn_input *x = a, *y = b;

    return strcmp(x->input.path, y->input.path);
}

static int take_inputs(
    struct scn_bind *bind, struct loaded *loaded, struct sim_err *err)
{
    struct scn_scenario *scenario = &loaded->scenario;
    struct scn_load *load = bind->load;

    if (bind->n_inputs > 0)
        qsort(bind->inputs, bind->n_inputs, sizeof *bind->inputs, by_path);
    scenario->inputs = scn_new(load, bind->n_inputs, sizeof *scenario->inputs);
    loaded->dists = scn_new(load, bind->n_inputs, sizeof(struct sim_dist *));
    if (load->nomem)
        return no_memory(err);
    for (size_t i = 0; i < bind->n_inputs; i++) {
        scenario->inputs[i] = bind->inputs[i].input;
        loaded->dists[i] = bind->inputs[i].dist;
    }
    scenario->n_inputs = (int)bind->n_inputs;
    return SIM_OK;
}

/* SHA-256 of the canonical text and of the data files it names. */
static int digest(
    const struct scn_load *load, struct loaded *loaded, struct sim_err *err)
{
    struct sim_text text = {0};
    struct sim_sha256 sha;

    scn_canonical_print(loaded->table, loaded->tree, &text);
    for (const struct scn_digest *d = load->digests; d != NULL; d = d->next)
        sim_text_printf(&text, "%s %s\n", d->sha256, d->shown);
    if (!sim_text_ok(&text)) {
        sim_text_release(&text);
        return no_memory(err);
    }
    sim_sha256_init(&sha);
    sim_sha256_add(&sha, sim_text_str(&text), text.len);
    sim_sha256_hex(&sha, loaded->scenario.sha256);
    sim_text_release(&text);
    return SIM_OK;
}

static int bind_tree(
    struct scn_load *load, struct loaded *loaded, struct sim_err *err)
{
    struct scn_bind bind = {.load = load, .emit = true, .strict = true};
    int rc = SIM_OK;

    bind.currency = currency_of(load, loaded->tree);
    loaded->scenario.cfg = scn_new(load, 1, loaded->table->size);
    if (loaded->scenario.cfg != NULL)
        scn_bind_table(
            &bind, loaded->table, loaded->tree, loaded->scenario.cfg);
    if (load->nomem)
        rc = no_memory(err);
    if (rc == SIM_OK && load->diag->n_errors == 0)
        rc = take_inputs(&bind, loaded, err);
    if (rc == SIM_OK && load->diag->n_errors == 0)
        rc = digest(load, loaded, err);
    sim_text_release(&bind.path);
    sim_free(bind.inputs);
    return rc;
}

/* ---- public ------------------------------------------------------------- */

int scn_load(const struct scn_options *options, const struct sim_table *table,
    struct scn_diag *diag, struct scn_scenario **out, struct sim_err *err)
{
    struct loaded *loaded = sim_calloc(1, sizeof *loaded);
    struct scn_load *load = sim_calloc(1, sizeof *load);
    int rc = SIM_OK;

    if (loaded == NULL || load == NULL) {
        rc = no_memory(err);
        goto out;
    }
    loaded->table = table;
    load->arena = &loaded->scenario.arena;
    load->diag = diag;
    load->allow_outside = options->allow_outside;
    rc = merge_layers(load, options, table, &loaded->tree, err);
    if (rc == SIM_OK && loaded->tree != NULL)
        rc = bind_tree(load, loaded, err);
    if (rc == SIM_OK && load->nomem)
        rc = no_memory(err);
    if (rc == SIM_OK && diag->n_errors > 0)
        rc = sim_err_set(err, SIM_E_INPUT, "'%s' has %d error%s", options->path,
            diag->n_errors, diag->n_errors == 1 ? "" : "s");
    if (rc == SIM_OK) {
        loaded->scenario.dir = load->root;
        *out = &loaded->scenario;
        loaded = NULL;
    }
out:
    if (load != NULL)
        sim_text_release(&load->path);
    sim_free(load);
    if (loaded != NULL)
        scn_scenario_destroy(&loaded->scenario);
    return rc;
}

void scn_scenario_destroy(struct scn_scenario *scenario)
{
    if (scenario == NULL)
        return;
    sim_arena_release(&scenario->arena);
    sim_free(scenario); /* the first member of struct loaded */
}

void scn_resolve_print(
    const struct scn_scenario *scenario, unsigned flags, struct sim_text *out)
{
    const struct loaded *loaded = (const struct loaded *)scenario;

    scn_tree_print(loaded->table, loaded->tree, flags, out);
}

const struct sim_dist *scn_input_dist(
    const struct scn_scenario *scenario, int i)
{
    const struct loaded *loaded = (const struct loaded *)scenario;

    SIM_BUG_ON(i < 0 || i >= scenario->n_inputs);
    return loaded->dists[i];
}
