/* help.c - `--help`, topics and the manual page, from the tables. */
#include "cli/cli.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "sim/suggest.h"

enum { OPTION_COLUMN = 24, EXAMPLE_INDENT = 6 };

struct topic {
    const char *name;
    const char *summary;
    const char *table; /* lines printed as they are, or "" */
    const char *text;  /* a paragraph, or "" */
};

/* clang-format off */
static const struct topic topics[] = {
    {"exit-codes", "what the exit status means",
     "0              done; all thresholds hold\n"
     "1              the run worked, but a threshold does not hold\n"
     "2              usage: unknown command or option, bad value of an option\n"
     "3              invalid scenario or results file; faults are printed\n"
     "4              failure: input or output, memory, internal check\n"
     "5              incomplete: stopped by --timeout\n"
     "6              statistics inconclusive\n"
     "129, 130, 143  stopped by SIGHUP, SIGINT or SIGTERM\n", ""},
    {"files", "what `run` writes",
     "results.json        everything; `report` renders the rest from it\n"
     "report.xlsx         the finance workbook with live formulas\n"
     "summary.md          the comparison in Markdown\n"
     "csv/metrics.csv     one line a metric\n"
     "csv/series.csv      one line a point of every curve\n"
     "csv/requests.csv    with --trace N: the first N requests\n"
     "charts/NAME.svg     charts; also as NAME.png\n"
     "runinfo.json        wall time, host, jobs, command line\n",
     "All but runinfo.json depend on scenario, seed and version and on nothing else. Files are written under a "
     "temporary name that starts with a dot, and renamed once all of them are complete."},
    {"environment", "variables that are read",
     "SITESIM_JOBS       number of threads; --jobs goes first\n"
     "SOURCE_DATE_EPOCH  creation date of the workbook [s since 1970];\n"
     "                   default: the start of the scenario\n"
     "NO_COLOR           not empty: no colours\n"
     "TERM               'dumb': no colours\n",
     "Values of a scenario never come from the environment."},
    {"signals", "how a run is stopped", "",
     "SIGINT (Ctrl-C), SIGTERM and SIGHUP end a run within about two seconds. Files of an earlier run stay as they "
     "are, temporary files are removed, the exit status is 128 plus the number of the signal. A second signal kills "
     "at once."},
};
/* clang-format on */

enum { N_TOPICS = sizeof topics / sizeof topics[0] };

static void pad_to(struct sim_text *out, size_t from, int column)
{
    while (out->len - from < (size_t)column)
        sim_text_add_char(out, ' ');
}

/* "  -o, --output PATH     where to write ..." */
static void add_option(struct sim_text *out, const struct cli_option *option)
{
    const size_t from = out->len;

    if (option->letter != 0)
        sim_text_printf(out, "  -%c, ", option->letter);
    else
        sim_text_add(out, "      ");
    sim_text_printf(out, "--%s%s%s", option->name,
        option->arg != NULL ? " " : "", option->arg != NULL ? option->arg : "");
    if (!sim_text_ok(out))
        return;
    int column = (int)(out->len - from);
    if (column + 2 > OPTION_COLUMN) {
        sim_text_add_char(out, '\n');
        column = 0;
    }
    for (; column < OPTION_COLUMN; column++)
        sim_text_add_char(out, ' ');
    cli_wrap(out, OPTION_COLUMN, OPTION_COLUMN, option->help);
}

void cli_help_command(const struct cli_command *command, struct sim_text *out)
{
    const struct cli_option *option;

    sim_text_printf(
        out, "Usage: sitesim %s %s\n\n", command->name, command->usage);
    cli_wrap(out, 0, 0, command->about);
    sim_text_add(out, "\nOptions:\n");
    for (int i = 0; (option = cli_option_at(i)) != NULL; i++) {
        if ((option->bit & (command->options | CLI_O_HELP)) != 0)
            add_option(out, option);
    }
    sim_text_add(out, "\nExamples:\n");
    for (int i = 0; i < 4; i += 2)
        sim_text_printf(out, "  %s\n%*s%s\n", command->examples[i],
            EXAMPLE_INDENT, "", command->examples[i + 1]);
}

void cli_help_program(struct sim_text *out)
{
    const struct cli_command *command;
    size_t from;

    sim_text_add(out, "Usage: sitesim COMMAND [OPTION]... [ARGUMENT]...\n\n");
    cli_wrap(out, 0, 0,
        "Latency, availability, energy and cost of the places where AI "
        "inference can run, from one scenario file and one simulation.");
    sim_text_add(out, "\nCommands:\n");
    for (int i = 0; (command = cli_command_at(i)) != NULL; i++) {
        from = out->len;
        sim_text_printf(out, "  %s", command->name);
        if (!sim_text_ok(out))
            return;
        pad_to(out, from, 12);
        sim_text_printf(out, "%s\n", command->summary);
    }
    sim_text_add(out, "\nTopics of 'sitesim help TOPIC':\n");
    for (int i = 0; i < N_TOPICS; i++) {
        from = out->len;
        sim_text_printf(out, "  %s", topics[i].name);
        if (!sim_text_ok(out))
            return;
        pad_to(out, from, 15);
        sim_text_printf(out, "%s\n", topics[i].summary);
    }
    sim_text_add(out, "\nThree commands to a first result:\n"
                      "  sitesim init my-study.yaml\n"
                      "  sitesim validate my-study.yaml\n"
                      "  sitesim run my-study.yaml -o out\n");
}

/* ---- the manual page ---------------------------------------------------- */

/* Text for roff: '-' must be "\-" to stay a hyphen that can be copied, and a
 * line may not start with a control character. */
static void add_roff(struct sim_text *out, const char *s)
{
    bool start = true;

    for (; *s != '\0'; s++) {
        if (start && (*s == '.' || *s == '\''))
            sim_text_add(out, "\\&");
        if (*s == '\\')
            sim_text_add(out, "\\e");
        else if (*s == '-')
            sim_text_add(out, "\\-");
        else
            sim_text_add_char(out, *s);
        start = *s == '\n';
    }
}

static void add_head(struct sim_text *out, const char *macro, const char *word)
{
    sim_text_printf(out, "%s ", macro);
    for (; *word != '\0'; word++)
        sim_text_add_char(out, (char)toupper((unsigned char)*word));
    sim_text_add_char(out, '\n');
}

static void add_man_command(
    struct sim_text *out, const struct cli_command *command)
{
    sim_text_add(out, ".SS \"sitesim ");
    add_roff(out, command->name);
    sim_text_add_char(out, ' ');
    add_roff(out, command->usage);
    sim_text_add(out, "\"\n");
    for (const char *p = command->about; *p != '\0';) {
        const size_t n = strcspn(p, "\n");
        char line[1024];
        snprintf(line, sizeof line, "%.*s", (int)n, p);
        add_roff(out, line);
        sim_text_add(out, "\n.PP\n");
        p += n + (p[n] == '\n' ? 1 : 0);
    }
    for (int i = 0; i < 4; i += 2) {
        sim_text_add(out, ".TP\n.B ");
        add_roff(out, command->examples[i]);
        sim_text_add_char(out, '\n');
        add_roff(out, command->examples[i + 1]);
        sim_text_add_char(out, '\n');
    }
}

/* Which commands take an option stands in brackets behind its help. */
static void add_man_option(
    struct sim_text *out, const struct cli_option *option)
{
    const struct cli_command *command;
    const char *mark = " (";

    sim_text_add(out, ".TP\n.B ");
    if (option->letter != 0)
        sim_text_printf(out, "\\-%c, ", option->letter);
    sim_text_add(out, "\\-\\-");
    add_roff(out, option->name);
    if (option->arg != NULL) {
        sim_text_add_char(out, ' ');
        add_roff(out, option->arg);
    }
    sim_text_add_char(out, '\n');
    add_roff(out, option->help);
    if (option->bit == CLI_O_HELP) {
        sim_text_add_char(out, '\n');
        return;
    }
    for (int i = 0; (command = cli_command_at(i)) != NULL; i++) {
        if ((command->options & option->bit) == 0)
            continue;
        sim_text_printf(out, "%s%s", mark, command->name);
        mark = ", ";
    }
    sim_text_add(out, ")\n");
}

static void add_man(struct sim_text *out)
{
    const struct cli_command *command;
    const struct cli_option *option;

    sim_text_add(out,
        ".TH SITESIM 1 \"\" \"sitesim " SITESIM_VERSION "\" \"User Commands\"\n"
        ".SH NAME\nsitesim \\- latency, availability, energy and "
        "cost of sites for AI inference\n"
        ".SH SYNOPSIS\n.B sitesim\n"
        "COMMAND [OPTION]... [ARGUMENT]...\n"
        ".SH COMMANDS\n");
    for (int i = 0; (command = cli_command_at(i)) != NULL; i++)
        add_man_command(out, command);
    sim_text_add(out, ".SH OPTIONS\n");
    for (int i = 0; (option = cli_option_at(i)) != NULL; i++)
        add_man_option(out, option);
    for (int i = 0; i < N_TOPICS; i++) {
        add_head(out, ".SH", topics[i].name);
        sim_text_add(out, ".nf\n");
        add_roff(out, topics[i].table);
        sim_text_add(out, ".fi\n");
        add_roff(out, topics[i].text);
        sim_text_add(out, topics[i].text[0] != '\0' ? "\n" : "");
    }
}

/* ---- the command -------------------------------------------------------- */

static void add_topic(struct sim_text *out, const struct topic *topic)
{
    sim_text_add(out, topic->table);
    if (topic->table[0] != '\0' && topic->text[0] != '\0')
        sim_text_add_char(out, '\n');
    if (topic->text[0] != '\0')
        cli_wrap(out, 0, 0, topic->text);
}

static int unknown_topic(const char *word)
{
    const struct cli_command *command;
    const char *names[64];
    int n = 0;

    for (int i = 0; i < N_TOPICS; i++)
        names[n++] = topics[i].name;
    for (int i = 0; n < 64 && (command = cli_command_at(i)) != NULL; i++)
        names[n++] = command->name;
    return cli_error_hint(sim_text_nearest(word, names, n),
        "no command or topic '%s'; see 'sitesim help'", word);
}

int cli_cmd_help(const struct cli_options *options)
{
    const char *word = options->n_args > 0 ? options->args[0] : NULL;
    const struct cli_command *command =
        word != NULL ? cli_command_find(word) : NULL;
    struct sim_text text = {0};
    int status;

    if (options->man) {
        add_man(&text);
    } else if (word == NULL) {
        cli_help_program(&text);
    } else if (command != NULL) {
        cli_help_command(command, &text);
    } else {
        for (int i = 0; i < N_TOPICS; i++) {
            if (strcmp(topics[i].name, word) == 0)
                add_topic(&text, &topics[i]);
        }
        if (text.len == 0 && sim_text_ok(&text))
            return unknown_topic(word);
    }
    status = cli_emit(options, &text);
    sim_text_release(&text);
    return status;
}
