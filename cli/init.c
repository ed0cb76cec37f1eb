/* init.c - `init`: a scenario to start from. */
#include "cli/cli.h"

#include <string.h>

#include "cli/file.h"
#include "models/site.h"
#include "scenarios/loader/emit.h"
#include "sim/suggest.h"

/* Small enough to run in a second, large enough to show what a study has:
 * users, two places to serve them from, money, a threshold.  A test loads and
 * runs it. */
static const char minimal[] =
    "# A study for sitesim: where should requests be served from?\n"
    "#\n"
    "#   sitesim validate FILE      check it\n"
    "#   sitesim run FILE -o out    simulate; tables, workbook and charts in "
    "out/\n"
    "#   sitesim explain KEY        what a key means, its unit and default\n"
    "#   sitesim init --template full -    every key there is\n"
    "#\n"
    "# Values carry their unit. What is not said here comes from the presets "
    "of\n"
    "# the tiers ('sitesim presets show tier-edge'), each with its source.\n"
    "schema: sitesim/1\n"
    "name: my-study\n"
    "title: Near the users or in a region far away?\n"
    "extends: [presets/us-2026]\n"
    "seed: 1\n"
    "horizon: 3 years               # time over which money and failures "
    "count\n"
    "baseline: region               # the alternative others are compared "
    "with\n"
    "\n"
    "simulate:                      # a sample of the horizon, a few times "
    "over\n"
    "  windows: {count: 12, length: 1 min}\n"
    "  replications: 8\n"
    "\n"
    "users:                         # where requests come from\n"
    "  new-york: {at: [40.71, -74.01], weight: 3, utc_offset: -5 h}\n"
    "  chicago: {at: [41.88, -87.63], weight: 1, utc_offset: -6 h}\n"
    "\n"
    "arrivals: {rate: 200 /s}       # of all users together\n"
    "\n"
    "requests:                      # kinds of requests\n"
    "  detect:\n"
    "    service: {lognormal: {median: 12 ms, p95: 30 ms}}\n"
    "    request_size: 120 kB\n"
    "    response_size: 2 kB\n"
    "    slo: {p95: 80 ms}\n"
    "\n"
    "deployments:                   # the alternatives\n"
    "  region:\n"
    "    sites:\n"
    "      west: {tier: hyperscale, at: [45.6, -121.2], servers: 1}\n"
    "  edge:\n"
    "    sites:\n"
    "      near: {tier: edge, at: each-user, servers: 1}\n"
    "\n"
    "# thresholds: [edge.latency.p95 < 80 ms]    # exit status 1 when one "
    "fails\n";

static int template_text(
    const char *name, struct sim_text *text, struct sim_err *err)
{
    sim_text_add(text, minimal);
    if (strcmp(name, "full") == 0) {
        sim_text_add(text, "\n");
        return scn_emit_template(&mdl_run_table, text, err);
    }
    return sim_text_ok(text) ? SIM_OK
                             : sim_err_set(err, SIM_E_NOMEM, "out of memory");
}

int cli_cmd_init(const struct cli_options *options)
{
    static const char *const names[] = {"minimal", "full"};
    const char *name =
        options->template_name != NULL ? options->template_name : names[0];
    const char *path = options->n_args > 0 ? options->args[0] : "scenario.yaml";
    struct sim_text text = {0};
    struct sim_err err = {0};
    int status = CLI_DONE;

    if (strcmp(name, names[0]) != 0 && strcmp(name, names[1]) != 0)
        return cli_error_hint(sim_text_nearest(name, names, 2),
            "no template '%s'; there are minimal and full", name);
    int rc = template_text(name, &text, &err);
    if (rc == SIM_OK && strcmp(path, "-") == 0)
        status = cli_print(&text);
    else if (rc == SIM_OK)
        rc = cli_file_create(path, &text, &err);
    if (rc != SIM_OK)
        status = cli_fail(&err);
    else if (status == CLI_DONE && strcmp(path, "-") != 0)
        cli_note(
            options, "note", "wrote '%s'; next: sitesim run %s", path, path);
    sim_text_release(&text);
    return status;
}
