/* outputs.h - the files made from results: one table, for `run` and `report`.
 *
 * All of them depend on the run and on the theme alone, so that `report`
 * renders the same bytes as the run did.  Everything is rendered into a set of
 * temporary files (file.h); the caller commits.
 */
#ifndef CLI_OUTPUTS_H
#define CLI_OUTPUTS_H

#include "cli/cli.h"
#include "cli/file.h"
#include "models/results/results.h"

/**
 * Render the files that --only picks into `dir`, which is made.
 *
 * Charts for which the run holds no data are left out; a chart that an earlier
 * run left in their place is removed on commit.
 *
 * @param stop  asked before each file; non-zero gives SIM_E_INTERRUPTED
 * @retval SIM_OK
 * @retval SIM_E_IO, SIM_E_NOMEM, SIM_E_LIMIT, SIM_E_INTERRUPTED
 * @retval SIM_E_USAGE  SOURCE_DATE_EPOCH is no number
 */
SIM_MUST_CHECK int cli_outputs_render(const struct cli_options *options,
    const struct res_run *run, const char *dir, int (*stop)(void),
    struct cli_files *files, struct sim_err *err);

/**
 * The folder for one of the command's arguments: --output (default "out"), or
 * a folder below it called `name` when there are several.
 *
 * @param dir  out: lives in `arena`
 * @retval SIM_OK
 * @retval SIM_E_INPUT  the name is none for a folder: 1 to 100 characters of
 *                      [A-Za-z0-9._-], the first no '.' or '-'
 * @retval SIM_E_NOMEM
 */
SIM_MUST_CHECK int cli_outputs_dir(const struct cli_options *options,
    const char *name, struct sim_arena *arena, const char **dir,
    struct sim_err *err);

/** Append a line for each file that would be written into `dir`. */
void cli_outputs_list(
    const struct cli_options *options, const char *dir, struct sim_text *out);

/** Warn once when the font of PNG charts is not there, if they are wanted. */
void cli_outputs_check_font(const struct cli_options *options);

/** Print the comparison in the format asked for. @return an exit status */
int cli_outputs_print(
    const struct cli_options *options, const struct res_run *run);

/** CLI_NO when a threshold of the run does not hold, else CLI_DONE. */
int cli_outputs_verdict(const struct res_run *run);

/** Warnings of the run on standard error, unless the table beside them on the
 *  same terminal shows them, or --quiet. */
void cli_outputs_warn(
    const struct cli_options *options, const struct res_run *run);

#endif /* CLI_OUTPUTS_H */
