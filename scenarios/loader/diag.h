/* diag.h - list of messages with file, line, column, caret and hint.
 *
 * Faults are collected, not printed; up to 20 are kept, in file order.  The
 * roof prints them as text (editors and CI parse `file:line:col:`) or JSON.
 */
#ifndef SCENARIOS_LOADER_DIAG_H
#define SCENARIOS_LOADER_DIAG_H

#include <stdbool.h>

#include "sim/arena.h"
#include "sim/err.h"
#include "sim/text.h"

enum { SCN_MAX_ERRORS = 20 };

enum scn_severity { SCN_ERROR, SCN_WARNING };

/* A place in a text: 1-based, columns in characters; line 0 = no position. */
struct scn_mark {
    const char *file;
    int line, column, end_column;
    const char *excerpt; /* the source line, tabs expanded; NULL if none */
};

struct scn_message {
    int severity;     /* enum scn_severity */
    const char *code; /* "K001": stable, long help by `explain` */
    const char *path; /* key path, "deployments.edge..." */
    const char *text;
    const char *hint; /* "did you mean 'servers'?" or NULL */
    struct scn_mark at;
    struct scn_mark note_at; /* second position of a merged value */
    const char *note;        /* "default from preset us-2026" or NULL */
};

/* Start from {0}; release with scn_diag_release(). */
struct scn_diag {
    struct sim_arena arena;
    struct scn_message messages[SCN_MAX_ERRORS + 1];
    int n_messages;
    int n_errors; /* also those not kept */
    int n_warnings;
    bool failed; /* out of memory while adding */
};

/** Append all messages in the text form, then "N errors; nothing was
 *  simulated" (singular and plural) when there are errors. */
void scn_diag_print(
    const struct scn_diag *diag, bool color, struct sim_text *out);

/** Append a JSON array of {file, line, column, end_column, severity, code,
 *  path, message, hint}. */
void scn_diag_print_json(const struct scn_diag *diag, struct sim_text *out);

/** Long help of a code ("K001"); NULL if unknown.  Code i of the list, NULL
 * past the end. */
const char *scn_diag_explain(const char *code);
const char *scn_diag_code_at(int i, const char **summary);

void scn_diag_release(struct scn_diag *diag);

#endif /* SCENARIOS_LOADER_DIAG_H */
