/* print.c - everything that reaches the terminal passes here. */
#include "cli/cli.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/file.h"
#include "reports/number.h"

enum { WIDTH = 79 };

/* One remark a line.  A remark that cannot be printed has nowhere to go, so
 * faults of standard error are not followed up. */
static void remark(const char *kind, const char *message)
{
    struct sim_text text = {0};

    sim_text_printf(&text, "sitesim: %s: ", kind);
    rep_plain(&text, message);
    sim_text_add_char(&text, '\n');
    if (sim_text_ok(&text))
        cli_print_remark(&text);
    else
        fprintf(stderr, "sitesim: %s: %s\n", kind, message);
    sim_text_release(&text);
}

int cli_fail(const struct sim_err *err)
{
    remark("error", err->text[0] != '\0' ? err->text : sim_err_text(err->code));
    return sim_err_exit_status(err->code);
}

int cli_error(int status, const char *fmt, ...)
{
    struct sim_err err;
    va_list args;

    va_start(args, fmt);
    vsnprintf(err.text, sizeof err.text, fmt, args);
    va_end(args);
    remark("error", err.text);
    return status;
}

int cli_error_hint(const char *nearest, const char *fmt, ...)
{
    struct sim_err err;
    va_list args;

    va_start(args, fmt);
    vsnprintf(err.text, sizeof err.text, fmt, args);
    va_end(args);
    remark("error", err.text);
    if (nearest != NULL)
        fprintf(stderr, "  = help: did you mean '%s'?\n", nearest);
    return CLI_USAGE;
}

void cli_note(
    const struct cli_options *options, const char *kind, const char *fmt, ...)
{
    struct sim_err err;
    va_list args;

    if (options->quiet)
        return;
    va_start(args, fmt);
    vsnprintf(err.text, sizeof err.text, fmt, args);
    va_end(args);
    remark(kind, err.text);
}

void cli_print_remark(const struct sim_text *text)
{
    fputs(sim_text_str(text), stderr);
    fflush(stderr);
}

int cli_print(const struct sim_text *text)
{
    char reason[80];

    errno = 0;
    if (text->len == 0 ||
        (fwrite(text->data, 1, text->len, stdout) == text->len &&
            fflush(stdout) == 0 && ferror(stdout) == 0))
        return CLI_DONE;
    /* `sitesim presets list | head` is no fault worth a message */
    if (errno == EPIPE)
        return CLI_FAILED;
    return cli_error(CLI_FAILED, "cannot write to standard output: %s",
        cli_reason(errno, reason, sizeof reason));
}

int cli_emit(const struct cli_options *options, const struct sim_text *text)
{
    struct cli_files files = {0};
    struct sim_err err = {0};

    if (!sim_text_ok(text)) {
        sim_err_set(&err, SIM_E_NOMEM, "out of memory");
        return cli_fail(&err);
    }
    if (options->output == NULL || strcmp(options->output, "-") == 0)
        return cli_print(text);
    int rc = cli_files_text(&files, options->output, text, &err);
    if (rc == SIM_OK)
        rc = cli_files_commit(&files, &err);
    cli_files_release(&files);
    return rc == SIM_OK ? CLI_DONE : cli_fail(&err);
}

bool cli_color(const struct cli_options *options, int fd)
{
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

    if (options->color != CLI_AUTO)
        return options->color == CLI_ALWAYS;
    if (no_color != NULL && no_color[0] != '\0')
        return false;
    return isatty(fd) && term != NULL && strcmp(term, "dumb") != 0;
}

static void pad(struct sim_text *out, int n)
{
    for (; n > 0; n--)
        sim_text_add_char(out, ' ');
}

void cli_wrap(struct sim_text *out, int column, int indent, const char *s)
{
    bool first = true; /* word of its line */

    s += strspn(s, " ");
    while (*s != '\0') {
        const size_t n = strcspn(s, " \n");
        const bool ends = s[n] == '\n';
        if (!first && column + 1 + (int)n > WIDTH) {
            sim_text_add_char(out, '\n');
            pad(out, indent);
            column = indent;
            first = true;
        }
        if (!first)
            sim_text_add_char(out, ' ');
        sim_text_add_n(out, s, n);
        column += (int)n + (first ? 0 : 1);
        first = false;
        s += n + (ends ? 1 : 0);
        s += strspn(s, " ");
        if (ends) {
            sim_text_add_char(out, '\n');
            pad(out, *s != '\0' && *s != '\n' ? indent : 0);
            column = indent;
            first = true;
        }
    }
    sim_text_add_char(out, '\n');
}
