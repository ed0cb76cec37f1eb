/* report.h - report.xlsx: the finance workbook.
 *
 * A live model of the money, not a print of it: every price, rate and life
 * stands once, on Inputs, and every amount is a formula that follows it.  What
 * only a simulation can tell (energy used, requests served, visits) stands on
 * SimData; an edited input that would change those raises the stale flag.
 *
 *   Cover    master check, findings, contents, legend, origin of the numbers
 *   Inputs   all inputs with live, low, base, high; selector of the case
 *   SimData  quantities and metrics of the simulation, inputs as simulated
 *   TCO      totals by category and deployment, chart
 *   TCO <d>  one sheet a deployment: quantities x prices by formula
 *   Latency  quantiles with intervals, distribution functions
 *   Checks   one row a check; their sum is the master check of every sheet
 *   Tables   tax depreciation percentages
 *
 * Adding a sheet is a file and a line in the table of report.c.
 */
#ifndef REPORTS_REPORT_H
#define REPORTS_REPORT_H

#include <stdint.h>

#include "models/results/results.h"
#include "sim/err.h"

struct rep_options {
    const char *path;         /* of the file; the caller renames it */
    const char *cdf_png_path; /* chart to embed on Latency, NULL for none */
    const char *command;      /* to repeat the run, without --set:
                               * "sitesim run edge.yaml"; NULL: a general one */
    int64_t created_epoch;    /* creation date in the file [s since 1970];
                               * 0: the start of the scenario */
};

/**
 * Write the workbook of `run`.
 *
 * Equal runs and options give equal bytes on one platform, whatever the time,
 * the time zone and the locale.  On error a file may be left behind at
 * `options->path`; the caller removes it.
 *
 * @retval SIM_OK
 * @retval SIM_E_IO     the file could not be written
 * @retval SIM_E_LIMIT  more deployments, rows or columns than a workbook holds
 * @retval SIM_E_NOMEM
 */
SIM_MUST_CHECK int rep_report_write(const struct res_run *run,
    const struct rep_options *options, struct sim_err *err);

#endif /* REPORTS_REPORT_H */
