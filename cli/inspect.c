/* inspect.c - `validate` and `resolve`: a scenario without simulating. */
#include "cli/cli.h"

#include <string.h>

#include "cli/place.h"
#include "cli/study.h"
#include "models/run.h"
#include "reports/table.h"
#include "scenarios/loader/resolve.h"

/* ---- validate ----------------------------------------------------------- */

/* Faults and warnings found by planning, as JSON of the shape of the loader's:
 * the message names the key, the column is not known. */
static void add_json(struct sim_text *out, const char *file, int line,
    const char *severity, const char *message)
{
    sim_text_add(out, "[\n {\"file\": \"");
    sim_text_add_json(out, file);
    sim_text_printf(out,
        "\", \"line\": %d, \"column\": 0, \"end_column\": 0, "
        "\"severity\": \"%s\", \"code\": null, \"path\": null, "
        "\"message\": \"",
        line, severity);
    sim_text_add_json(out, message);
    sim_text_add(out, "\", \"hint\": null}\n]\n");
}

/* Append list `more` ("[...]\n") to the list in `all`, making one of both. */
static void join(struct sim_text *all, const struct sim_text *more)
{
    static const char end[] = "]\n";
    const size_t n = sizeof end - 1;

    if (more->len <= n + 1) /* "[]\n" */
        return;
    if (all->len == 0) {
        sim_text_add(all, sim_text_str(more));
        return;
    }
    all->len -= n; /* its end, and the line break before it */
    while (all->len > 0 && all->data[all->len - 1] == '\n')
        all->len--;
    sim_text_add_char(all, ',');
    sim_text_add(all, sim_text_str(more) + 1);
}

static void add_fault(const struct scn_scenario *scenario, const char *path,
    const char *message, struct sim_text *json)
{
    struct sim_text file = {0}, one = {0};
    const int line = cli_place_find(scenario, path, message, &file);

    add_json(&one, sim_text_str(&file), line, "error", message);
    join(json, &one);
    json->failed = json->failed || file.failed || one.failed;
    sim_text_release(&file);
    sim_text_release(&one);
}

/* Lines of the plan that say a deployment has no steady state: valid, and
 * worth a word to who does not ask for the plan. */
static void warn_unstable(const struct cli_options *options, const char *path,
    const char *plan, struct sim_text *json)
{
    for (const char *s = plan; *s != '\0';) {
        const size_t n = strcspn(s, "\n");
        struct sim_text line = {0}, one = {0};
        sim_text_add_n(&line, s, n);
        if (strstr(sim_text_str(&line), "(unstable") != NULL) {
            add_json(&one, path, 0, "warning", sim_text_str(&line));
            join(json, &one);
            if (options->format != REP_FORMAT_JSON)
                cli_note(options, "warning", "%s: deployment %s", path,
                    sim_text_str(&line));
        }
        json->failed = json->failed || line.failed || one.failed;
        sim_text_release(&line);
        sim_text_release(&one);
        s += n + (s[n] == '\n');
    }
}

/* Plan a scenario that loaded well. */
static int check(const struct cli_options *options,
    const struct scn_scenario *scenario, const char *path,
    struct sim_text *result, struct sim_text *json)
{
    struct sim_text plan = {0};
    struct sim_err err = {0};
    const int rc =
        mdl_run_check(cli_study_cfg(scenario), &cli_tables, &plan, &err);
    int status = CLI_DONE;

    if (rc == SIM_OK) {
        sim_text_printf(result, "%s: valid\n", path);
        warn_unstable(options, path, sim_text_str(&plan), json);
        if (options->verbose > 0)
            sim_text_add(result, sim_text_str(&plan));
    } else if (rc == SIM_E_INPUT && options->format == REP_FORMAT_JSON) {
        add_fault(scenario, path, err.text, json);
        status = CLI_INVALID;
    } else {
        cli_place_add(scenario, path, &err);
        status = cli_fail(&err);
    }
    sim_text_release(&plan);
    return status;
}

static int validate(const struct cli_options *options, const char *path,
    struct sim_text *result, struct sim_text *all)
{
    const bool as_json = options->format == REP_FORMAT_JSON;
    struct scn_scenario *scenario = NULL;
    struct scn_diag diag = {0};
    struct sim_text text = {0}, json = {0};
    int status = cli_study_read(options, path, &diag, &scenario);

    if (as_json) {
        scn_diag_print_json(&diag, &text);
    } else if (diag.n_errors > 0 || !options->quiet) {
        scn_diag_print(&diag, cli_color(options, 2), &text);
        cli_print_remark(&text);
    }
    if (status == CLI_DONE)
        status = check(options, scenario, path, result, &json);
    if (as_json) {
        join(all, &text);
        join(all, &json);
    }
    all->failed = all->failed || text.failed || json.failed;
    sim_text_release(&text);
    sim_text_release(&json);
    scn_diag_release(&diag);
    scn_scenario_destroy(scenario);
    return status;
}

int cli_cmd_validate(const struct cli_options *options)
{
    const bool as_json = options->format == REP_FORMAT_JSON;
    struct sim_text result = {0}, all = {0};
    int worst = CLI_DONE;

    if (options->format != REP_FORMAT_TABLE && !as_json)
        return cli_error(
            CLI_USAGE, "'sitesim validate' prints table and json only");
    for (int i = 0; i < options->n_args; i++) {
        const int status = validate(options, options->args[i], &result, &all);
        worst = status > worst ? status : worst;
    }
    if (all.len == 0)
        sim_text_add(&all, "[]\n");
    const int printed = cli_emit(options, as_json ? &all : &result);
    sim_text_release(&result);
    sim_text_release(&all);
    return printed > worst ? printed : worst;
}

/* ---- resolve ------------------------------------------------------------ */

int cli_cmd_resolve(const struct cli_options *options)
{
    struct scn_scenario *scenario = NULL;
    struct sim_text text = {0};
    int status = cli_study_load(options, options->args[0], &scenario);

    if (status == CLI_DONE) {
        scn_resolve_print(
            scenario, options->origin ? SCN_RESOLVE_ORIGIN : 0, &text);
        status = cli_emit(options, &text);
    }
    sim_text_release(&text);
    scn_scenario_destroy(scenario);
    return status;
}
