/* table.h - the comparison on standard output.
 *
 * Deployments are columns, metrics rows (rows.h); below stand the findings,
 * the verdicts on the scenario's thresholds and the warnings.
 */
#ifndef REPORTS_TABLE_H
#define REPORTS_TABLE_H

#include <stdbool.h>

#include "models/results/results.h"
#include "sim/err.h"
#include "sim/text.h"

enum rep_format {
    REP_FORMAT_TABLE,    /* aligned text, at most 100 columns wide */
    REP_FORMAT_MARKDOWN, /* summary.md, see summary.h */
    REP_FORMAT_CSV,      /* all metrics, see flat.h */
    REP_FORMAT_JSON,     /* results.json, see json.h */
};

/** Format of a name as given on the command line: "table", "markdown", "csv",
 *  "json"; -1 when unknown. */
int rep_format_find(const char *name);

/**
 * Append the comparison of `run` in one of the formats.
 *
 * Text: four deployments stand side by side, more of them in blocks of four
 * below one another.  The best value of a row is marked, in bold when `color`,
 * else with '*'.  Names and texts of the scenario cannot reach the terminal as
 * control sequences.
 *
 * @param format  enum rep_format
 * @param color   use ANSI escapes (text only)
 * @retval SIM_OK
 * @retval SIM_E_NOMEM
 */
SIM_MUST_CHECK int rep_comparison_table(const struct res_run *run, int format,
    bool color, struct sim_text *out, struct sim_err *err);

#endif /* REPORTS_TABLE_H */
