/* rerender.c - `report`: results.json to any other output. */
#include "cli/cli.h"

#include <string.h>

#include "cli/file.h"
#include "cli/outputs.h"
#include "cli/signals.h"
#include "reports/json.h"
#include "reports/table.h"

/* Larger than any results file, smaller than what would hurt. */
#define MOST_BYTES ((size_t)1 << 30)

static int read_results(
    const char *path, struct res_run **run, struct sim_err *err)
{
    struct sim_text text = {0};
    int rc = cli_file_read(path, MOST_BYTES, &text, err);

    if (rc == SIM_OK) {
        rc = rep_json_read(sim_text_str(&text), text.len, run, err);
        if (rc != SIM_OK)
            (void)sim_err_wrap(err, rc, "%s", path);
    }
    sim_text_release(&text);
    return rc;
}

static int write_files(const struct cli_options *options,
    const struct res_run *run, struct sim_err *err)
{
    struct cli_files files = {0};
    const char *dir;
    int rc = cli_outputs_dir(options, run->meta.name, &files.arena, &dir, err);

    if (rc == SIM_OK)
        rc = cli_outputs_render(
            options, run, dir, cli_signals_caught, &files, err);
    if (rc == SIM_OK)
        rc = cli_files_commit(&files, err);
    cli_files_release(&files);
    return rc;
}

static int report_one(const struct cli_options *options, const char *path)
{
    struct res_run *run = NULL;
    struct sim_err err = {0};
    int status = CLI_DONE;
    int rc = read_results(path, &run, &err);

    if (rc == SIM_OK && options->output != NULL &&
        strcmp(options->output, "-") != 0) {
        cli_signals_catch(0);
        cli_signals_hold();
        rc = write_files(options, run, &err);
        if (cli_signals_caught() != 0)
            status = CLI_SIGNAL + cli_signals_caught();
        else
            cli_signals_release();
    }
    if (rc != SIM_OK)
        status = rc == SIM_E_INTERRUPTED
                     ? cli_error(status, "interrupted; nothing was written")
                     : cli_fail(&err);
    if (status == CLI_DONE)
        status = cli_outputs_print(options, run);
    if (status == CLI_DONE)
        status = cli_outputs_verdict(run);
    res_run_destroy(run);
    return status;
}

int cli_cmd_report(const struct cli_options *options)
{
    int status = CLI_DONE, worst = CLI_DONE;

    if (options->n_args > 1 && (options->format == REP_FORMAT_JSON ||
                                   options->format == REP_FORMAT_CSV))
        return cli_error(
            CLI_USAGE, "--format json and csv take one file at a time");
    if (options->output != NULL && strcmp(options->output, "-") != 0)
        cli_outputs_check_font(options);
    for (int i = 0; i < options->n_args && status <= CLI_NO; i++) {
        status = report_one(options, options->args[i]);
        worst = status > worst ? status : worst;
    }
    return worst;
}
