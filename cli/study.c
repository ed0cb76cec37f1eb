#include "cli/study.h"

#include <string.h>

#include "reports/table.h"
#include "scenarios/loader/presets.h"

static const char *find_table(const char *name, size_t *size)
{
    const struct scn_preset_file *file = scn_preset_find(name);

    if (file == NULL)
        return NULL;
    if (size != NULL)
        *size = file->size;
    return (const char *)file->data;
}

const struct mdl_data_source cli_tables = {.find = find_table};

int cli_study_read(const struct cli_options *options, const char *path,
    struct scn_diag *diag, struct scn_scenario **out)
{
    const struct scn_options what = {.path = path,
        .set = options->set,
        .n_set = options->n_set,
        .overlay = options->overlay,
        .n_overlay = options->n_overlay,
        .allow_outside = options->allow_outside};
    struct sim_err err = {0};

    *out = NULL;
    const int rc = scn_load(&what, &mdl_run_table, diag, out, &err);
    if (rc == SIM_OK)
        return CLI_DONE;
    /* faults in the diagnostics speak for themselves */
    if (rc == SIM_E_INPUT && diag->n_errors > 0)
        return CLI_INVALID;
    return cli_fail(&err);
}

int cli_study_load(const struct cli_options *options, const char *path,
    struct scn_scenario **out)
{
    struct scn_diag diag = {0};
    struct sim_text text = {0};
    const int status = cli_study_read(options, path, &diag, out);

    if (diag.n_errors > 0 || (diag.n_warnings > 0 && !options->quiet)) {
        if (options->format == REP_FORMAT_JSON)
            scn_diag_print_json(&diag, &text);
        else
            scn_diag_print(&diag, cli_color(options, 2), &text);
        cli_print_remark(&text);
    }
    sim_text_release(&text);
    scn_diag_release(&diag);
    return status;
}

const struct mdl_run_cfg *cli_study_cfg(const struct scn_scenario *scenario)
{
    return scenario->cfg;
}

/* ---- the run ------------------------------------------------------------ */

/* Copies text into the run; remembers a failure, so that one question at the
 * end is enough.  Absent text becomes "". */
struct copier {
    struct sim_arena *arena;
    bool failed;
};

static const char *copy(struct copier *c, const char *text)
{
    const char *s = sim_arena_strdup(c->arena, text != NULL ? text : "");

    c->failed = c->failed || s == NULL;
    return s;
}

static void copy_input(
    struct copier *c, struct res_input *to, const struct res_input *from)
{
    *to = *from;
    to->path = copy(c, from->path);
    to->label = copy(c, from->label);
    to->text = copy(c, from->text);
    to->unit = copy(c, from->unit);
    to->source = copy(c, from->source);
    to->year = copy(c, from->year);
    to->confidence = copy(c, from->confidence);
    to->note = copy(c, from->note);
    to->origin = copy(c, from->origin);
}

int cli_study_run(const struct scn_scenario *scenario, struct res_run **out,
    struct sim_err *err)
{
    const struct mdl_run_cfg *cfg = cli_study_cfg(scenario);
    struct res_run *run = NULL;
    const int rc = res_run_create(&run, err);

    if (rc != SIM_OK)
        return rc;
    struct copier c = {.arena = &run->arena};
    run->meta.name = copy(&c, cfg->name);
    run->meta.title = copy(&c, cfg->title);
    run->meta.currency = copy(&c, cfg->currency);
    run->meta.version = copy(&c, SITESIM_VERSION);
    run->meta.scenario_sha256 = copy(&c, scenario->sha256);
    run->inputs = sim_arena_calloc(
        &run->arena, (size_t)scenario->n_inputs, sizeof *run->inputs);
    if (run->inputs == NULL)
        c.failed = true;
    for (int i = 0; !c.failed && i < scenario->n_inputs; i++) {
        copy_input(&c, &run->inputs[i], &scenario->inputs[i]);
        run->n_inputs++;
    }
    if (c.failed) {
        res_run_destroy(run);
        return sim_err_set(err, SIM_E_NOMEM, "out of memory");
    }
    *out = run;
    return SIM_OK;
}
