/* cli.h - the roof: the option table, the command table, and what the
 * commands share.
 *
 * This floor is the only one that prints and exits.  It adds no knowledge of
 * its own: a command reads options, calls the floors below, and turns what
 * comes back into text, files and an exit status.
 *
 * From the two tables of options.c and commands.c come the parsing, the
 * "did you mean", `--help` of every command and the manual page.  Adding an
 * option is a row in options.c, a bit here and a case in the same file; adding
 * a command is a function and a row in commands.c.
 *
 * Result and remarks are kept apart: standard output carries the result and
 * nothing else, errors, warnings and progress go to standard error.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/arena.h"
#include "sim/err.h"
#include "sim/text.h"

/* Exit statuses: a promise to scripts, printed by `help exit-codes`.  A
 * signal adds 128 + its number (130 SIGINT, 143 SIGTERM). */
enum cli_exit {
    CLI_DONE = 0,       /* done; thresholds, if any, hold */
    CLI_NO = 1,         /* the run worked, a threshold does not hold */
    CLI_USAGE = 2,      /* unknown command or option, bad value */
    CLI_INVALID = 3,    /* invalid scenario or results file */
    CLI_FAILED = 4,     /* input/output, memory, internal check */
    CLI_INCOMPLETE = 5, /* stopped by --timeout */
    CLI_UNDECIDED = 6,  /* statistics inconclusive */
    CLI_SIGNAL = 128,
};

/* One bit an option: the commands say with these what they accept. */
enum cli_option_bit {
    CLI_O_HELP = 1 << 0,
    CLI_O_QUIET = 1 << 1,
    CLI_O_VERBOSE = 1 << 2,
    CLI_O_FORMAT = 1 << 3,
    CLI_O_OUTPUT = 1 << 4,
    CLI_O_COLOR = 1 << 5,
    CLI_O_PROGRESS = 1 << 6,
    CLI_O_SET = 1 << 7,
    CLI_O_OVERLAY = 1 << 8,
    CLI_O_SEED = 1 << 9,
    CLI_O_JOBS = 1 << 10,
    CLI_O_REPS = 1 << 11,
    CLI_O_PRECISION = 1 << 12,
    CLI_O_TIMEOUT = 1 << 13,
    CLI_O_DRY_RUN = 1 << 14,
    CLI_O_ONLY = 1 << 15,
    CLI_O_THEME = 1 << 16,
    CLI_O_ALLOW_OUTSIDE = 1 << 17,
    CLI_O_REFERENCE = 1 << 18,
    CLI_O_JSON = 1 << 19,
    CLI_O_TEMPLATE = 1 << 20,
    CLI_O_ORIGIN = 1 << 21,
    CLI_O_MAN = 1 << 22,
    CLI_O_TRACE = 1 << 23,
};

enum cli_when { CLI_AUTO, CLI_ALWAYS, CLI_NEVER, CLI_AS_JSON };

/* What `run` and `report` write; --only picks from these. */
enum cli_output {
    CLI_OUT_JSON = 1 << 0,
    CLI_OUT_XLSX = 1 << 1,
    CLI_OUT_MD = 1 << 2,
    CLI_OUT_CSV = 1 << 3,
    CLI_OUT_SVG = 1 << 4,
    CLI_OUT_PNG = 1 << 5,
    CLI_OUT_ALL = (1 << 6) - 1,
};

/* The command line, parsed.  Strings are borrowed from argv or live in
 * `arena`; release with cli_options_release(). */
struct cli_options {
    struct sim_arena arena;
    unsigned given; /* enum cli_option_bit: present on the line */
    bool quiet;
    int verbose;         /* how often -v was given */
    int format;          /* enum rep_format */
    const char *output;  /* NULL: the command's default; "-": stdout */
    int color, progress; /* enum cli_when */
    const char **set;    /* "a.b=VALUE"; --seed, --reps and --precision are
                          * entries too: their origin is shown */
    int n_set;
    const char **overlay;
    int n_overlay;
    int jobs;         /* >= 1 */
    double timeout_s; /* 0: none */
    int64_t trace;    /* requests to list, 0: none */
    bool dry_run, allow_outside, reference, json, origin, man;
    unsigned only; /* enum cli_output */
    int theme;     /* enum plt_theme_id */
    const char *template_name;
    char **args; /* what is no option */
    int n_args;
    int argc; /* the whole line, for runinfo.json */
    char **argv;
};

struct cli_option {
    const char *name; /* long form, without dashes */
    char letter;      /* short form, 0 for none */
    const char *arg;  /* what the help calls its argument, NULL: takes none */
    unsigned bit;     /* enum cli_option_bit */
    const char *help;
};

struct cli_command {
    const char *name;
    const char *summary; /* a line of the overview */
    const char *usage;   /* behind the name: "[OPTION]... FILE..." */
    const char *about;   /* a paragraph of its help; "\n" starts a new one */
    const char *examples[4]; /* line, what it does; twice */
    unsigned options;        /* accepted, beside --help */
    int min_args, max_args;  /* max_args < 0: any number */
    int (*run)(const struct cli_options *options); /* returns an exit status */
};

/** Row `i` of the option table / command table, NULL past the end. */
const struct cli_option *cli_option_at(int i);
const struct cli_command *cli_command_at(int i);

/** Command by name; NULL when there is none. */
const struct cli_command *cli_command_find(const char *name);

/** Name of output bit `i` ("json", "xlsx" ...), NULL past the end. */
const char *cli_output_name(int i);

/**
 * Parse the words behind a command.  Faults are printed.
 *
 * @param command  says which options are accepted
 * @param argc, argv  from the command's name on
 * @param options  out: release it whatever comes back
 * @return CLI_DONE, CLI_USAGE or CLI_FAILED (out of memory)
 */
int cli_options_parse(const struct cli_command *command, int argc, char **argv,
    struct cli_options *options);
void cli_options_release(struct cli_options *options);

/** The program: argv to exit status. */
int cli_main(int argc, char **argv);

/* ---- printing (print.c) ------------------------------------------------- */

/** "sitesim: error: ..." on standard error, control characters neutralised.
 *  Returns the exit status that belongs to err->code. */
int cli_fail(const struct sim_err *err);

/** The same with a message of ours; returns `status`. */
int cli_error(int status, const char *fmt, ...) SIM_PRINTF(2, 3);

/** "sitesim: error: ..." and "did you mean '...'?" when `nearest` is not NULL;
 *  returns CLI_USAGE. */
int cli_error_hint(const char *nearest, const char *fmt, ...) SIM_PRINTF(2, 3);

/** "sitesim: KIND: ..." on standard error, unless --quiet. */
void cli_note(const struct cli_options *options, const char *kind,
    const char *fmt, ...) SIM_PRINTF(3, 4);

/** Text on standard error as it is. */
void cli_print_remark(const struct sim_text *text);

/**
 * The result of a command: to --output (atomically) when it is given and is
 * not "-", else to standard output.  A reader that went away (EPIPE) ends the
 * command quietly, any other fault is printed.
 *
 * @return CLI_DONE or CLI_FAILED
 */
int cli_emit(const struct cli_options *options, const struct sim_text *text);

/** Text to standard output; see cli_emit(). */
int cli_print(const struct sim_text *text);

/** Colour on a stream (1 or 2)?  --color, NO_COLOR, TERM=dumb, terminal. */
bool cli_color(const struct cli_options *options, int fd);

/** Append `s` broken at blanks, lines at most 79 columns wide, all but the
 *  first indented; `column` is where the first starts.  Ends the line. */
void cli_wrap(struct sim_text *out, int column, int indent, const char *s);

/* ---- help (help.c) ------------------------------------------------------ */

/** Overview of the program, or help of one command: fits 80 columns. */
void cli_help_program(struct sim_text *out);
void cli_help_command(const struct cli_command *command, struct sim_text *out);

/* ---- commands (one function each, see the table in commands.c) ---------- */

int cli_cmd_run(const struct cli_options *options);
int cli_cmd_report(const struct cli_options *options);
int cli_cmd_validate(const struct cli_options *options);
int cli_cmd_resolve(const struct cli_options *options);
int cli_cmd_init(const struct cli_options *options);
int cli_cmd_presets(const struct cli_options *options);
int cli_cmd_schema(const struct cli_options *options);
int cli_cmd_units(const struct cli_options *options);
int cli_cmd_explain(const struct cli_options *options);
int cli_cmd_help(const struct cli_options *options);
int cli_cmd_version(const struct cli_options *options);

#endif /* CLI_CLI_H */
