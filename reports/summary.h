/* summary.h - summary.md: the comparison as Markdown.
 *
 * For a pull request, a wiki or a mail: verdict first, then the table, the
 * findings, the warnings, and what is needed to repeat the run.
 */
#ifndef REPORTS_SUMMARY_H
#define REPORTS_SUMMARY_H

#include "models/results/results.h"
#include "sim/err.h"
#include "sim/text.h"

/**
 * Append summary.md of `run`.  Text of the scenario is escaped: it can add
 * neither markup nor links nor table cells.  The best value of a row is bold.
 *
 * @retval SIM_OK
 * @retval SIM_E_NOMEM
 */
SIM_MUST_CHECK int rep_summary_write(
    const struct res_run *run, struct sim_text *out, struct sim_err *err);

#endif /* REPORTS_SUMMARY_H */
