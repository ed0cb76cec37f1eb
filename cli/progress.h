/* progress.h - how far a run is, on standard error.
 *
 * On a terminal one line that overwrites itself, at most ten times a second:
 *
 *   run  rep 14/40  [#######-------------]  35 %  2.41 M requests  ETA 0:18
 *
 * Elsewhere (a file, a CI log) a line at 0, 25, 50, 75 and 100 % or once a
 * minute, whichever is rarer; with --progress json an object a line.  Time is
 * read from the monotonic clock and enters nothing but these lines.
 */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/cli.h"
#include "models/run.h"
#include "models/site.h"

/* Plain data; start with cli_progress_init(). */
struct cli_progress {
    bool off, line, json;  /* one of the three forms, or plain lines */
    const char *name;      /* of the scenario */
    int64_t total;         /* replications, at most */
    bool at_most;          /* a precision target may end it before */
    int64_t before, batch; /* replications before this batch, at its end */
    int64_t requests;      /* simulated so far */
    double start_s, last_s;
    int last_quarter; /* 0 .. 4, -1: nothing printed yet */
    bool shown;       /* a line stands on the terminal */
};

void cli_progress_init(struct cli_progress *progress,
    const struct cli_options *options, const struct mdl_run_cfg *cfg);

/** Called by the simulation after each piece. */
void cli_progress_step(
    struct cli_progress *progress, const struct mdl_progress *p);

/** Clear the line, or print the last one; to be called before any message. */
void cli_progress_end(struct cli_progress *progress, bool complete);

/** Seconds of the monotonic clock. */
double cli_now_s(void);

#endif /* CLI_PROGRESS_H */
