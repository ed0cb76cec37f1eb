/* commands.c - the command table, and the way from argv to a command. */
#include "cli/cli.h"

#include <string.h>

#include "sim/suggest.h"

#define COMMON   (CLI_O_QUIET | CLI_O_VERBOSE | CLI_O_COLOR)
#define SCENARIO (CLI_O_SET | CLI_O_OVERLAY | CLI_O_ALLOW_OUTSIDE)
#define STUDY    (SCENARIO | CLI_O_SEED | CLI_O_REPS | CLI_O_PRECISION)

/* clang-format off */
static const struct cli_command commands[] = {
    {.name = "run", .usage = "[OPTION]... FILE...",
     .summary = "simulate scenarios; write tables, workbook and charts",
     .about =
        "Simulates every deployment of a scenario and writes the results into a folder: results.json, "
        "report.xlsx, summary.md, csv/, charts/ and runinfo.json. The comparison is printed. Several scenarios "
        "get a folder each, called by their names.\n"
        "All files appear together once everything is done; before, those of an earlier run stay as they are. "
        "Equal scenario, seed and version give equal bytes, whatever --jobs is.",
     .examples = {"sitesim run scenarios/four-tiers.yaml", "the lot into out/",
        "sitesim run edge.yaml --set simulate.replications=40 -o - --format json", "results.json on standard output"},
     .options = COMMON | STUDY | CLI_O_OUTPUT | CLI_O_ONLY | CLI_O_FORMAT | CLI_O_JOBS | CLI_O_TIMEOUT | CLI_O_TRACE |
        CLI_O_DRY_RUN | CLI_O_THEME | CLI_O_PROGRESS,
     .min_args = 1, .max_args = -1, .run = cli_cmd_run},
    {.name = "validate", .usage = "[OPTION]... FILE...",
     .summary = "check scenarios without simulating",
     .about =
        "Reads scenarios with everything they extend, checks keys, units, ranges and what must agree, and plans the "
        "run. All faults are printed with file, line and column (at most 20 a file). With -v the plan is printed too: "
        "sites, servers and the load of the busiest one.",
     .examples = {"sitesim validate edge.yaml", "faults, or 'valid'",
        "sitesim validate --format json scenarios/*.yaml", "faults as one JSON list, for editors"},
     .options = COMMON | STUDY | CLI_O_FORMAT, .min_args = 1, .max_args = -1, .run = cli_cmd_validate},
    {.name = "init", .usage = "[OPTION]... [FILE]",
     .summary = "write a commented scenario to start from",
     .about =
        "Writes a scenario that runs as it is: to FILE (default scenario.yaml), or to standard output for '-'. "
        "A file that exists is not overwritten.",
     .examples = {"sitesim init my-study.yaml", "a small scenario, commented",
        "sitesim init --template full -", "every key with default, unit and source"},
     .options = COMMON | CLI_O_TEMPLATE, .min_args = 0, .max_args = 1, .run = cli_cmd_init},
    {.name = "resolve", .usage = "[OPTION]... FILE",
     .summary = "print the scenario with presets and overlays merged",
     .about =
        "Prints the scenario as the simulator sees it: presets written out, overlays and --set applied. With --origin "
        "each value says which file and line it comes from.",
     .examples = {"sitesim resolve edge.yaml", "the merged scenario as YAML",
        "sitesim resolve --origin --set seed=7 edge.yaml", "with the origin of each value"},
     .options = COMMON | STUDY | CLI_O_ORIGIN | CLI_O_OUTPUT, .min_args = 1, .max_args = 1, .run = cli_cmd_resolve},
    {.name = "report", .usage = "[OPTION]... RESULTS.json...",
     .summary = "render results again without simulating",
     .about =
        "Reads results.json and writes any of the other files from it, the same to the byte as those of the run. The "
        "comparison is printed. '-' reads standard input. Without -o nothing is written.",
     .examples = {"sitesim report out/results.json --format markdown", "the summary on standard output",
        "sitesim report out/results.json --only svg --theme dark -o dark", "charts in other colours"},
     .options = COMMON | CLI_O_OUTPUT | CLI_O_ONLY | CLI_O_FORMAT | CLI_O_THEME,
     .min_args = 1, .max_args = -1, .run = cli_cmd_report},
    {.name = "presets", .usage = "[OPTION]... list | show NAME",
     .summary = "list or print the presets and tables built in",
     .about =
        "Presets hold the dated parameters of tiers and hardware, tables the facts behind them (cities, climates, "
        "grids); both cite the source of each value. `list` names them, `show` prints one as it is.",
     .examples = {"sitesim presets list", "names and what they hold",
        "sitesim presets show tier-edge", "the edge tier, value by value"},
     .options = COMMON | CLI_O_OUTPUT, .min_args = 1, .max_args = 2, .run = cli_cmd_presets},
    {.name = "schema", .usage = "[OPTION]...",
     .summary = "print the JSON Schema or the reference of scenarios",
     .about =
        "Prints what a scenario may hold: as JSON Schema (draft-07) for editors, or with --reference as a manual in "
        "Markdown with type, unit, default, range and source of every key.",
     .examples = {"sitesim schema -o scenario.schema.json", "for the editor",
        "sitesim schema --reference", "to read"},
     .options = COMMON | CLI_O_REFERENCE | CLI_O_OUTPUT, .min_args = 0, .max_args = 0, .run = cli_cmd_schema},
    {.name = "units", .usage = "[OPTION]... [KIND]",
     .summary = "list the units values may carry",
     .about =
        "Lists the names of units and what each is worth. Names combine: 'USD/kWh', 'kW-month', '%/year'. With KIND "
        "only those of one kind.",
     .examples = {"sitesim units", "all of them", "sitesim units energy", "those of energy"},
     .options = COMMON | CLI_O_OUTPUT, .min_args = 0, .max_args = 1, .run = cli_cmd_units},
    {.name = "explain", .usage = "[OPTION]... CODE | KEY | METRIC",
     .summary = "explain an error code, a scenario key or a metric",
     .about =
        "Long help for the code of a message (K001), a key of the scenario by its path or its last part, or a metric "
        "of the results by its name.",
     .examples = {"sitesim explain U003", "what the message means and what to do",
        "sitesim explain energy.price", "unit, default, range and source of the key"},
     .options = COMMON | CLI_O_OUTPUT, .min_args = 1, .max_args = 1, .run = cli_cmd_explain},
    {.name = "help", .usage = "[OPTION]... [COMMAND | TOPIC]",
     .summary = "help of the program, a command or a topic",
     .about = "Prints help of a command, or on a topic: exit-codes, files, environment, signals. With --man the manual "
        "page, made from the same tables.",
     .examples = {"sitesim help run", "the same as `sitesim run --help`",
        "sitesim help --man > sitesim.1", "then `man -l sitesim.1`"},
     .options = CLI_O_MAN | CLI_O_OUTPUT, .min_args = 0, .max_args = 1, .run = cli_cmd_help},
    {.name = "version", .usage = "[OPTION]...",
     .summary = "print the version",
     .about = "Prints the version of the program and of its file formats.",
     .examples = {"sitesim version", "one line", "sitesim version --json", "for scripts"},
     .options = CLI_O_JSON | CLI_O_OUTPUT, .min_args = 0, .max_args = 0, .run = cli_cmd_version},
};
/* clang-format on */

enum { N_COMMANDS = sizeof commands / sizeof commands[0] };

const struct cli_command *cli_command_at(int i)
{
    return i >= 0 && i < N_COMMANDS ? &commands[i] : NULL;
}

const struct cli_command *cli_command_find(const char *name)
{
    for (int i = 0; i < N_COMMANDS; i++) {
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    }
    return NULL;
}

static int unknown_command(const char *word)
{
    const char *names[N_COMMANDS];

    if (word[0] == '-')
        return cli_error(CLI_USAGE,
            "'%s' before the command; options stand behind it: "
            "'sitesim COMMAND %s'",
            word, word);
    for (int i = 0; i < N_COMMANDS; i++)
        names[i] = commands[i].name;
    return cli_error_hint(sim_text_nearest(word, names, N_COMMANDS),
        "unknown command '%s'; see 'sitesim help'", word);
}

static int print_help(
    const struct cli_command *command, const struct cli_options *options)
{
    struct sim_text text = {0};

    if (command != NULL)
        cli_help_command(command, &text);
    else
        cli_help_program(&text);
    const int status = cli_emit(options, &text);
    sim_text_release(&text);
    return status;
}

static int run_command(const struct cli_command *command, int argc, char **argv)
{
    struct cli_options options = {.argc = argc, .argv = argv};
    int status = cli_options_parse(command, argc - 1, argv + 1, &options);

    if (status == CLI_DONE && (options.given & CLI_O_HELP) != 0)
        status = print_help(command, &(struct cli_options){0});
    else if (status == CLI_DONE)
        status = command->run(&options);
    cli_options_release(&options);
    return status;
}

int cli_main(int argc, char **argv)
{
    static const char version[] = "version";
    const struct cli_command *command;

    if (argc < 2) {
        struct sim_text text = {0};
        cli_help_program(&text);
        cli_print_remark(&text);
        sim_text_release(&text);
        return CLI_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
        return print_help(NULL, &(struct cli_options){0});
    command =
        cli_command_find(strcmp(argv[1], "--version") == 0 ? version : argv[1]);
    if (command == NULL)
        return unknown_command(argv[1]);
    return run_command(command, argc, argv);
}
