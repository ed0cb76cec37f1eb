/* options.c - the option table, and the command line against it. */
#include "cli/cli.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "plots/plot.h"
#include "reports/table.h"
#include "sim/exec.h"
#include "sim/suggest.h"
#include "sim/units.h"

enum { MAX_OPTIONS = 32, LONG_BASE = 256 };
enum { MAX_JOBS = 1024, MAX_TRACE = 10000000 };

/* clang-format off */
static const struct cli_option table[] = {
    {"output", 'o', "PATH", CLI_O_OUTPUT,
     "where to write: a folder for `run` and `report` (default 'out'), a file elsewhere; '-' is standard output"},
    {"only", 0, "LIST", CLI_O_ONLY,
     "write only these files: json, xlsx, md, csv, svg, png, parted by commas"},
    {"format", 0, "FORMAT", CLI_O_FORMAT,
     "what is printed: table (default), json, csv, markdown"},
    {"set", 0, "KEY=VALUE", CLI_O_SET,
     "change a value of the scenario, unit included: --set deployments.edge.sites.stores.servers=4; repeatable"},
    {"overlay", 0, "FILE", CLI_O_OVERLAY,
     "merge another YAML file over the scenario; repeatable"},
    {"seed", 0, "N|random", CLI_O_SEED,
     "seed of the random streams; 'random' draws one and prints it"},
    {"reps", 0, "N", CLI_O_REPS, "number of replications"},
    {"precision", 0, "P", CLI_O_PRECISION,
     "replicate until half the interval is below P of the value, such as 2%"},
    {"jobs", 'j', "N", CLI_O_JOBS,
     "threads (default: SITESIM_JOBS, else the CPUs allowed); never changes a result"},
    {"timeout", 0, "TIME", CLI_O_TIMEOUT,
     "give up after this time: '90 s', '10 min'; nothing is written then"},
    {"trace", 0, "N", CLI_O_TRACE,
     "list the first N requests of each deployment in csv/requests.csv: when each was sent, arrived, began and ended, and where"},
    {"dry-run", 'n', NULL, CLI_O_DRY_RUN,
     "print what would be simulated and written, do neither"},
    {"theme", 0, "THEME", CLI_O_THEME, "of the charts: light (default), dark, print"},
    {"template", 0, "NAME", CLI_O_TEMPLATE,
     "which template: minimal (default) or full, with every key"},
    {"allow-outside", 0, NULL, CLI_O_ALLOW_OUTSIDE,
     "let the scenario read files outside its own folder"},
    {"origin", 0, NULL, CLI_O_ORIGIN, "say behind each value where it comes from"},
    {"reference", 0, NULL, CLI_O_REFERENCE, "the reference manual in Markdown instead of JSON Schema"},
    {"json", 0, NULL, CLI_O_JSON, "as JSON"},
    {"man", 0, NULL, CLI_O_MAN, "the manual page, for `man -l`"},
    {"progress", 0, "WHEN", CLI_O_PROGRESS,
     "auto (default: a line on terminals, quarters elsewhere), always, never, json"},
    {"color", 0, "WHEN", CLI_O_COLOR, "auto (default), always, never"},
    {"quiet", 'q', NULL, CLI_O_QUIET, "no progress, notes and warnings; results and errors stay"},
    {"verbose", 'v', NULL, CLI_O_VERBOSE, "say more"},
    {"help", 'h', NULL, CLI_O_HELP, "print this help"},
};
/* clang-format on */

enum { N_OPTIONS = sizeof table / sizeof table[0] };

static const char *const output_names[] = {
    "json", "xlsx", "md", "csv", "svg", "png"};

enum { N_OUTPUTS = sizeof output_names / sizeof output_names[0] };

const struct cli_option *cli_option_at(int i)
{
    return i >= 0 && i < N_OPTIONS ? &table[i] : NULL;
}

const char *cli_output_name(int i)
{
    return i >= 0 && i < N_OUTPUTS ? output_names[i] : NULL;
}

/* ---- values ------------------------------------------------------------- */

/* "option '--jobs' needs a number from 1 to 1024, got 'x'" */
static int bad_value(
    const struct cli_option *option, const char *wanted, const char *got)
{
    return cli_error(CLI_USAGE, "option '--%s' needs %s, got '%s'",
        option->name, wanted, got);
}

/* Index of `word` in `names`, or -1 after a message. */
static int choose(const struct cli_option *option, const char *word,
    const char *const *names, int n)
{
    for (int i = 0; i < n; i++) {
        if (strcmp(names[i], word) == 0)
            return i;
    }
    cli_error_hint(sim_text_nearest(word, names, n),
        "option '--%s' does not know '%s'", option->name, word);
    return -1;
}

/* A whole number of digits alone, from `least` to `most`. */
static bool read_count(
    const char *text, uint64_t least, uint64_t most, uint64_t *value)
{
    char *end;

    if (!isdigit((unsigned char)text[0]))
        return false;
    errno = 0;
    const unsigned long long x = strtoull(text, &end, 10);
    if (*end != '\0' || errno != 0 || x < least || x > most)
        return false;
    *value = x;
    return true;
}

static int no_memory(void)
{
    return cli_error(CLI_FAILED, "out of memory");
}

/* A --set of our own, so that the workbook shows where the value is from. */
static int add_set(
    struct cli_options *options, const char *key, const char *value)
{
    const char *set = sim_arena_printf(&options->arena, "%s=%s", key, value);

    if (set == NULL)
        return no_memory();
    options->set[options->n_set++] = set;
    return CLI_DONE;
}

/* Seeds are kept below 2^53: JSON readers hold them in doubles. */
static uint64_t random_seed(void)
{
    uint64_t x = 0;
    const int fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
    struct timespec now;

    if (fd >= 0) {
        const ssize_t n = read(fd, &x, sizeof x);
        close(fd);
        if (n == (ssize_t)sizeof x)
            return x >> 11;
    }
    clock_gettime(CLOCK_REALTIME, &now);
    x = (uint64_t)now.tv_sec * 1000000007u ^ (uint64_t)now.tv_nsec << 20 ^
        (uint64_t)getpid();
    return x >> 11;
}

static int take_seed(struct cli_options *options,
    const struct cli_option *option, const char *text)
{
    const uint64_t most = UINT64_C(1) << 53;
    char number[24];
    uint64_t seed;

    if (strcmp(text, "random") == 0)
        seed = random_seed();
    else if (!read_count(text, 0, most, &seed))
        return bad_value(option, "'random' or a number up to 2^53", text);
    snprintf(number, sizeof number, "%" PRIu64, seed);
    if (strcmp(text, "random") == 0)
        cli_note(options, "note", "seed %s", number);
    return add_set(options, "seed", number);
}

static int take_timeout(struct cli_options *options,
    const struct cli_option *option, const char *text)
{
    struct sim_unit unit, second;
    const char *rest;
    double x;

    if (sim_quantity_parse(text, &x, &rest, NULL) != SIM_OK ||
        sim_unit_parse("s", &second, NULL) != SIM_OK ||
        sim_unit_parse(rest[0] != '\0' ? rest : "s", &unit, NULL) != SIM_OK ||
        !sim_unit_same_dim(&unit, &second))
        return bad_value(option, "a time such as '90 s' or '10 min'", text);
    x = sim_unit_convert(x, &unit, &second);
    if (!(x > 0.0 && x <= 1e9))
        return bad_value(option, "a time above 0", text);
    options->timeout_s = x;
    return CLI_DONE;
}

static int take_only(struct cli_options *options,
    const struct cli_option *option, const char *text)
{
    char word[16];

    options->only = 0;
    while (*text != '\0') {
        const size_t n = strcspn(text, ",");
        snprintf(word, sizeof word, "%.*s", (int)(n < 15 ? n : 15), text);
        const int i = choose(option, word, output_names, N_OUTPUTS);
        if (i < 0)
            return CLI_USAGE;
        options->only |= 1u << i;
        text += n + (text[n] == ',' ? 1 : 0);
    }
    if (options->only == 0)
        return bad_value(option, "at least one kind of file", "");
    return CLI_DONE;
}

static int take_jobs(struct cli_options *options,
    const struct cli_option *option, const char *text)
{
    uint64_t n;

    if (!read_count(text, 1, MAX_JOBS, &n))
        return option != NULL
                   ? bad_value(option, "a number from 1 to 1024", text)
                   : cli_error(CLI_USAGE,
                         "SITESIM_JOBS must be a number from 1 to 1024, "
                         "is '%s'",
                         text);
    options->jobs = (int)n;
    return CLI_DONE;
}

static int take_when(
    const struct cli_option *option, const char *text, int n, int *when)
{
    static const char *const names[] = {"auto", "always", "never", "json"};
    const int i = choose(option, text, names, n);

    if (i < 0)
        return CLI_USAGE;
    *when = i;
    return CLI_DONE;
}

static int take_format(struct cli_options *options,
    const struct cli_option *option, const char *text)
{
    static const char *const names[] = {"table", "json", "csv", "markdown"};

    if (choose(option, text, names, 4) < 0)
        return CLI_USAGE;
    options->format = rep_format_find(text);
    return CLI_DONE;
}

static int take_theme(struct cli_options *options,
    const struct cli_option *option, const char *text)
{
    const char *names[PLT_N_THEMES];

    for (int i = 0; i < PLT_N_THEMES; i++)
        names[i] = plt_theme_name(i);
    options->theme = choose(option, text, names, PLT_N_THEMES);
    return options->theme < 0 ? CLI_USAGE : CLI_DONE;
}

static int take_set(struct cli_options *options,
    const struct cli_option *option, const char *text)
{
    const char *equals = strchr(text, '=');

    if (equals == NULL || equals == text)
        return bad_value(option, "KEY=VALUE", text);
    options->set[options->n_set++] = text;
    return CLI_DONE;
}

static int take_reps(struct cli_options *options,
    const struct cli_option *option, const char *text)
{
    uint64_t n;

    if (!read_count(text, 1, 1000000000, &n))
        return bad_value(option, "a number from 1", text);
    return add_set(options, "simulate.replications", text);
}

static int take_trace(struct cli_options *options,
    const struct cli_option *option, const char *text)
{
    uint64_t n;

    if (!read_count(text, 1, MAX_TRACE, &n))
        return bad_value(option, "a number from 1 to 10000000", text);
    options->trace = (int64_t)n;
    return CLI_DONE;
}

/* Options with a value that needs no memory of its own. */
static int take(
    struct cli_options *o, const struct cli_option *option, const char *arg)
{
    switch (option->bit) {
    case CLI_O_OUTPUT:
        o->output = arg;
        return arg[0] != '\0' ? CLI_DONE : bad_value(option, "a path", arg);
    case CLI_O_ONLY:
        return take_only(o, option, arg);
    case CLI_O_FORMAT:
        return take_format(o, option, arg);
    case CLI_O_SET:
        return take_set(o, option, arg);
    case CLI_O_OVERLAY:
        o->overlay[o->n_overlay++] = arg;
        return CLI_DONE;
    case CLI_O_SEED:
        return take_seed(o, option, arg);
    case CLI_O_REPS:
        return take_reps(o, option, arg);
    case CLI_O_PRECISION:
        return add_set(o, "simulate.precision.target", arg);
    case CLI_O_JOBS:
        return take_jobs(o, option, arg);
    case CLI_O_TRACE:
        return take_trace(o, option, arg);
    case CLI_O_TIMEOUT:
        return take_timeout(o, option, arg);
    case CLI_O_THEME:
        return take_theme(o, option, arg);
    case CLI_O_TEMPLATE:
        o->template_name = arg;
        return CLI_DONE;
    case CLI_O_PROGRESS:
        return take_when(option, arg, 4, &o->progress);
    case CLI_O_COLOR:
        return take_when(option, arg, 3, &o->color);
    default:
        SIM_BUG_ON(true);
        return CLI_FAILED;
    }
}

static void take_switch(struct cli_options *o, unsigned bit)
{
    o->quiet = o->quiet || bit == CLI_O_QUIET;
    o->verbose += bit == CLI_O_VERBOSE;
    o->dry_run = o->dry_run || bit == CLI_O_DRY_RUN;
    o->allow_outside = o->allow_outside || bit == CLI_O_ALLOW_OUTSIDE;
    o->origin = o->origin || bit == CLI_O_ORIGIN;
    o->reference = o->reference || bit == CLI_O_REFERENCE;
    o->json = o->json || bit == CLI_O_JSON;
    o->man = o->man || bit == CLI_O_MAN;
}

/* ---- parsing ------------------------------------------------------------ */

/* getopt's view of the table; options of other commands are in it too, so that
 * they are told from misspelt ones. */
static void fill_getopt(struct option longs[static MAX_OPTIONS + 1],
    char letters[static 3 * MAX_OPTIONS])
{
    char *p = letters;

    *p++ = ':'; /* tells a missing argument from an unknown option */
    for (int i = 0; i < N_OPTIONS; i++) {
        longs[i] = (struct option){.name = table[i].name,
            .has_arg = table[i].arg != NULL ? required_argument : no_argument,
            .val = LONG_BASE + i};
        if (table[i].letter != 0) {
            *p++ = table[i].letter;
            if (table[i].arg != NULL)
                *p++ = ':';
        }
    }
    longs[N_OPTIONS] = (struct option){0};
    *p = '\0';
}

static int unknown_option(
    const struct cli_command *command, const char *word, int letter)
{
    const char *names[N_OPTIONS];
    char name[64], hint[72];
    const char *nearest;

    if (letter != 0)
        return cli_error(CLI_USAGE,
            "unknown option '-%c'; see 'sitesim %s --help'", letter,
            command->name);
    for (int i = 0; i < N_OPTIONS; i++)
        names[i] = (table[i].bit & (command->options | CLI_O_HELP)) != 0
                       ? table[i].name
                       : NULL;
    snprintf(name, sizeof name, "%.*s", (int)strcspn(word, "="), word);
    nearest = sim_text_nearest(name + strspn(name, "-"), names, N_OPTIONS);
    snprintf(hint, sizeof hint, "--%s", nearest != NULL ? nearest : "");
    return cli_error_hint(nearest != NULL ? hint : NULL,
        "unknown option '%s'; see 'sitesim %s --help'", name, command->name);
}

static int take_option(const struct cli_command *command,
    struct cli_options *options, int value, const char *word)
{
    const struct cli_option *option = NULL;

    for (int i = 0; i < N_OPTIONS; i++) {
        if (value == LONG_BASE + i || value == table[i].letter)
            option = &table[i];
    }
    if (option == NULL && optopt >= LONG_BASE)
        return cli_error(CLI_USAGE, "option '--%s' takes no value",
            table[optopt - LONG_BASE].name);
    if (option == NULL)
        return unknown_option(command, word, optopt);
    if ((option->bit & (command->options | CLI_O_HELP)) == 0)
        return cli_error(CLI_USAGE,
            "'sitesim %s' takes no option '--%s'; see 'sitesim %s --help'",
            command->name, option->name, command->name);
    options->given |= option->bit;
    if (option->arg != NULL)
        return take(options, option, optarg);
    take_switch(options, option->bit);
    return CLI_DONE;
}

static int missing_value(char *const *argv)
{
    for (int i = 0; i < N_OPTIONS; i++) {
        if (optopt == LONG_BASE + i || optopt == table[i].letter)
            return cli_error(CLI_USAGE, "option '--%s' needs a value (%s)",
                table[i].name, table[i].arg);
    }
    return cli_error(CLI_USAGE, "option '%s' needs a value", argv[optind - 1]);
}

static int check_args(
    const struct cli_command *command, const struct cli_options *options)
{
    if ((options->given & CLI_O_HELP) != 0)
        return CLI_DONE;
    if (options->n_args < command->min_args)
        return cli_error(
            CLI_USAGE, "usage: sitesim %s %s", command->name, command->usage);
    if (command->max_args >= 0 && options->n_args > command->max_args)
        return cli_error(CLI_USAGE,
            "'%s' is one argument too many; usage: "
            "sitesim %s %s",
            options->args[command->max_args], command->name, command->usage);
    return CLI_DONE;
}

static int set_up(struct cli_options *options, int argc)
{
    const char *jobs = getenv("SITESIM_JOBS");
    const size_t n = (size_t)argc;

    options->only = CLI_OUT_ALL;
    options->format = REP_FORMAT_TABLE;
    options->set = sim_arena_calloc(&options->arena, n, sizeof(char *));
    options->overlay = sim_arena_calloc(&options->arena, n, sizeof(char *));
    if (options->set == NULL || options->overlay == NULL)
        return no_memory();
    if (jobs != NULL && jobs[0] != '\0')
        return take_jobs(options, NULL, jobs);
    options->jobs = sim_exec_cpus();
    if (options->jobs > MAX_JOBS)
        options->jobs = MAX_JOBS;
    return CLI_DONE;
}

int cli_options_parse(const struct cli_command *command, int argc, char **argv,
    struct cli_options *options)
{
    struct option longs[MAX_OPTIONS + 1];
    char letters[3 * MAX_OPTIONS];
    int status, value;

    status = set_up(options, argc);
    if (status != CLI_DONE)
        return status;
    fill_getopt(longs, letters);
    opterr = 0;
    optind = 0; /* glibc: start over */
    while ((value = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
        status = value == ':' ? missing_value(argv)
                              : take_option(command, options, value,
                                    argv[optind > 0 ? optind - 1 : 0]);
        if (status != CLI_DONE)
            return status;
    }
    options->args = argv + optind;
    options->n_args = argc - optind;
    return check_args(command, options);
}

void cli_options_release(struct cli_options *options)
{
    sim_arena_release(&options->arena);
}
