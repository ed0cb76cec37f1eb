/* run.c - `run`: load, simulate, write, print. */
#include "cli/cli.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>

#include "cli/file.h"
#include "cli/outputs.h"
#include "cli/place.h"
#include "cli/progress.h"
#include "cli/signals.h"
#include "cli/study.h"
#include "models/run.h"
#include "reports/flat.h"
#include "reports/table.h"
#include "sim/alloc.h"

/* What the simulation calls back with. */
struct watch {
    struct cli_progress progress;
    double deadline_s; /* of the monotonic clock; HUGE_VAL: none */
};

/* When and where, for runinfo.json. */
struct clock {
    char started[32]; /* "2026-11-20T08:30:00Z" */
    double start_s, simulated_s;
};

static void on_progress(void *ctx, const struct mdl_progress *p)
{
    struct watch *watch = ctx;

    cli_progress_step(&watch->progress, p);
}

static int on_stop(void *ctx)
{
    const struct watch *watch = ctx;

    return cli_signals_caught() != 0 || cli_now_s() > watch->deadline_s;
}

/* ---- runinfo.json ------------------------------------------------------- */

static void start_clock(struct clock *clock)
{
    struct timespec now;
    struct tm tm;

    clock_gettime(CLOCK_REALTIME, &now);
    if (gmtime_r(&now.tv_sec, &tm) == NULL ||
        strftime(clock->started, sizeof clock->started, "%Y-%m-%dT%H:%M:%SZ",
            &tm) == 0)
        clock->started[0] = '\0';
    clock->start_s = cli_now_s();
}

static void add_text(struct sim_text *out, const char *name, const char *value)
{
    sim_text_printf(out, "  \"%s\": \"", name);
    sim_text_add_json(out, value);
    sim_text_add(out, "\",\n");
}

/* Everything about a run that may differ between two that are equal. */
static void add_runinfo(const struct cli_options *options,
    const struct scn_scenario *scenario, const char *path,
    const struct clock *clock, struct sim_text *out)
{
    struct utsname host;

    sim_text_add(out, "{\n  \"command\": [");
    for (int i = 0; i < options->argc; i++) {
        sim_text_add(out, i > 0 ? ", \"" : "\"");
        sim_text_add_json(out, options->argv[i]);
        sim_text_add_char(out, '"');
    }
    sim_text_add(out, "],\n");
    add_text(out, "format", "sitesim.runinfo/1");
    add_text(out, "host", uname(&host) == 0 ? host.nodename : "");
    sim_text_printf(out, "  \"jobs\": %d,\n", options->jobs);
    add_text(out, "scenario_file", path);
    add_text(out, "scenario_sha256", scenario->sha256);
    sim_text_printf(out, "  \"simulate_s\": %.3f,\n", clock->simulated_s);
    add_text(out, "started", clock->started);
    add_text(out, "version", SITESIM_VERSION);
    sim_text_printf(
        out, "  \"wall_s\": %.3f\n}\n", cli_now_s() - clock->start_s);
}

static int render_runinfo(const struct cli_options *options,
    const struct scn_scenario *scenario, const char *scenario_path,
    const char *dir, const struct clock *clock, struct cli_files *files,
    struct sim_err *err)
{
    const char *path = sim_arena_printf(&files->arena, "%s/runinfo.json", dir);
    struct sim_text text = {0};
    int rc;

    if (path == NULL)
        return sim_err_set(err, SIM_E_NOMEM, "out of memory");
    add_runinfo(options, scenario, scenario_path, clock, &text);
    rc = cli_files_text(files, path, &text, err);
    sim_text_release(&text);
    return rc;
}

/* ---- the first requests ------------------------------------------------- */

static const char requests_name[] = "csv/requests.csv";

/* They stand in no other output, so that `report` could not write them.  Those
 * of an earlier run would be taken for this one's. */
static int render_requests(const struct cli_options *options,
    const struct res_run *run, const char *dir, struct cli_files *files,
    struct sim_err *err)
{
    const char *folder = sim_arena_printf(&files->arena, "%s/csv", dir);
    const char *path =
        sim_arena_printf(&files->arena, "%s/%s", dir, requests_name);
    struct sim_text text = {0};
    int rc;

    if (folder == NULL || path == NULL)
        return sim_err_set(err, SIM_E_NOMEM, "out of memory");
    if (options->trace == 0)
        return cli_files_drop(files, path, err);
    rc = cli_files_mkdir(files, folder, err);
    if (rc == SIM_OK)
        rc = rep_requests_csv(run, &text, err);
    if (rc == SIM_OK)
        rc = cli_files_text(files, path, &text, err);
    sim_text_release(&text);
    return rc;
}

/* ---- one scenario ------------------------------------------------------- */

static bool to_stdout(const struct cli_options *options)
{
    return options->output != NULL && strcmp(options->output, "-") == 0;
}

/* Status and message for a run that was stopped. */
static int stopped(const struct cli_options *options)
{
    const int number = cli_signals_caught();

    if (number > 0)
        return cli_error(
            CLI_SIGNAL + number, "interrupted; nothing was written");
    return cli_error(CLI_INCOMPLETE,
        "stopped after %g s (--timeout); nothing was written",
        options->timeout_s);
}

/* A fixed number of replications leaves --precision nothing to decide. */
static void check_precision(
    const struct cli_options *options, const struct mdl_run_cfg *cfg)
{
    if ((options->given & CLI_O_PRECISION) != 0 &&
        cfg->simulate.replications.number >= 1)
        cli_note(options, "warning",
            "--precision has no effect: 'simulate.replications' is fixed at "
            "%" PRId64 "; give {min: 8, max: 64} there",
            cfg->simulate.replications.number);
}

static int simulate(const struct cli_options *options,
    const struct scn_scenario *scenario, struct res_run *run,
    struct sim_err *err)
{
    struct watch watch = {.deadline_s = HUGE_VAL};
    const struct mdl_run_options how = {.jobs = options->jobs,
        .trace = options->trace,
        .progress = on_progress,
        .stop = on_stop,
        .ctx = &watch};

    if (options->timeout_s > 0.0)
        watch.deadline_s = cli_now_s() + options->timeout_s;
    cli_progress_init(&watch.progress, options, cli_study_cfg(scenario));
    const int rc =
        mdl_run_execute(cli_study_cfg(scenario), &cli_tables, &how, run, err);
    cli_progress_end(&watch.progress, rc == SIM_OK);
    return rc;
}

/* Write all files of a run, or none. */
static int write_files(const struct cli_options *options,
    const struct scn_scenario *scenario, const char *path,
    const struct res_run *run, const struct clock *clock, struct sim_err *err)
{
    struct cli_files files = {0};
    const char *dir;
    int rc = cli_outputs_dir(options, run->meta.name, &files.arena, &dir, err);

    if (rc == SIM_OK)
        rc = cli_outputs_render(
            options, run, dir, cli_signals_caught, &files, err);
    if (rc == SIM_OK)
        rc = render_requests(options, run, dir, &files, err);
    if (rc == SIM_OK)
        rc = render_runinfo(options, scenario, path, dir, clock, &files, err);
    if (rc == SIM_OK && cli_signals_caught() != 0)
        rc = sim_err_set(err, SIM_E_INTERRUPTED, "interrupted");
    if (rc == SIM_OK)
        rc = cli_files_commit(&files, err);
    cli_files_release(&files);
    return rc;
}

static unsigned alarm_s(const struct cli_options *options)
{
    /* pieces of work are asked to stop first; this is for a very long one */
    const double grace_s = 2.0;

    return options->timeout_s > 0.0
               ? (unsigned)(ceil(options->timeout_s) + grace_s)
               : 0;
}

static int run_one(const struct cli_options *options,
    const struct scn_scenario *scenario, const char *path)
{
    struct res_run *run = NULL;
    struct sim_err err = {0};
    struct clock clock;
    int status = CLI_DONE;
    int rc = cli_study_run(scenario, &run, &err);

    if (rc != SIM_OK)
        return cli_fail(&err);
    check_precision(options, cli_study_cfg(scenario));
    start_clock(&clock);
    cli_signals_catch(alarm_s(options));
    rc = simulate(options, scenario, run, &err);
    if (rc != SIM_OK)
        cli_place_add(scenario, path, &err);
    clock.simulated_s = cli_now_s() - clock.start_s;
    cli_signals_hold();
    if (rc == SIM_OK && !to_stdout(options))
        rc = write_files(options, scenario, path, run, &clock, &err);
    if (rc == SIM_E_INTERRUPTED)
        status = stopped(options);
    else if (rc != SIM_OK)
        status = cli_fail(&err);
    if (status == CLI_DONE && cli_signals_caught() != 0)
        status = CLI_SIGNAL + cli_signals_caught(); /* all is written */
    if (status == CLI_DONE) {
        cli_signals_release();
        cli_outputs_warn(options, run);
        status = cli_outputs_print(options, run);
        if (status == CLI_DONE)
            status = cli_outputs_verdict(run);
    }
    res_run_destroy(run);
    return status;
}

/* ---- the plan ----------------------------------------------------------- */

static int plan_one(const struct cli_options *options,
    const struct scn_scenario *scenario, const char *path)
{
    const struct mdl_run_cfg *cfg = cli_study_cfg(scenario);
    struct sim_arena arena = {0};
    struct sim_text text = {0};
    struct sim_err err = {0};
    const char *dir;
    int status;
    int rc = cli_outputs_dir(options, cfg->name, &arena, &dir, &err);

    sim_text_printf(&text, "%s: scenario '%s'\n", path, cfg->name);
    if (rc == SIM_OK)
        rc = mdl_run_check(cfg, &cli_tables, &text, &err);
    if (rc != SIM_OK)
        cli_place_add(scenario, path, &err);
    if (rc == SIM_OK && !to_stdout(options)) {
        sim_text_add(&text, "would write\n");
        cli_outputs_list(options, dir, &text);
        if (options->trace > 0)
            sim_text_printf(&text, "  %s/%s\n", dir, requests_name);
        sim_text_printf(&text, "  %s/runinfo.json\n", dir);
    }
    status = rc == SIM_OK ? cli_print(&text) : cli_fail(&err);
    sim_text_release(&text);
    sim_arena_release(&arena);
    return status;
}

/* ---- the command -------------------------------------------------------- */

/* Two scenarios of one name would share a folder. */
static int check_names(struct scn_scenario *const *scenarios, int n)
{
    for (int i = 0; i < n; i++) {
        for (int k = 0; k < i; k++) {
            const char *name = cli_study_cfg(scenarios[i])->name;
            if (strcmp(name, cli_study_cfg(scenarios[k])->name) == 0)
                return cli_error(
                    CLI_USAGE, "two of the scenarios are called '%s'", name);
        }
    }
    return CLI_DONE;
}

static int check_line(const struct cli_options *options)
{
    if (options->trace > 0 && to_stdout(options))
        return cli_error(
            CLI_USAGE, "--trace needs a folder to write to, not '-o -'");
    if (options->n_args > 1 && (options->format == REP_FORMAT_JSON ||
                                   options->format == REP_FORMAT_CSV))
        return cli_error(
            CLI_USAGE, "--format json and csv take one scenario at a time");
    return CLI_DONE;
}

/* Faults of all scenarios come before the first is simulated. */
int cli_cmd_run(const struct cli_options *options)
{
    const int n = options->n_args;
    struct scn_scenario **scenarios = sim_calloc((size_t)n, sizeof *scenarios);
    int status = check_line(options), worst = CLI_DONE;

    if (scenarios == NULL)
        return cli_error(CLI_FAILED, "out of memory");
    for (int i = 0; status == CLI_DONE && i < n; i++)
        status = cli_study_load(options, options->args[i], &scenarios[i]);
    if (status == CLI_DONE)
        status = check_names(scenarios, n);
    if (status == CLI_DONE && !to_stdout(options) && !options->dry_run)
        cli_outputs_check_font(options);
    for (int i = 0; i < n && (status == CLI_DONE || status == CLI_NO); i++) {
        status = options->dry_run
                     ? plan_one(options, scenarios[i], options->args[i])
                     : run_one(options, scenarios[i], options->args[i]);
        worst = status > worst ? status : worst;
    }
    for (int i = 0; i < n; i++)
        scn_scenario_destroy(scenarios[i]);
    sim_free(scenarios);
    return status > worst ? status : worst;
}
