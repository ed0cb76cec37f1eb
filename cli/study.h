/* study.h - a scenario on its way to results, as the commands see it.
 *
 * Loading prints what is wrong with the scenario, in the form --format asks
 * for, so that every command says the same; the caller gets an exit status.
 */
#ifndef CLI_STUDY_H
#define CLI_STUDY_H

#include "cli/cli.h"
#include "models/data.h"
#include "models/results/results.h"
#include "models/site.h"
#include "scenarios/loader/diag.h"
#include "scenarios/loader/load.h"

/** The built-in tables, as the models ask for them. */
extern const struct mdl_data_source cli_tables;

/**
 * Load a scenario with the overlays and --set of the command line.
 *
 * Faults are left in `diag`; a failure to read is printed.
 * @param out  out: scn_scenario_destroy(); NULL when the status is not 0
 * @return CLI_DONE, CLI_USAGE, CLI_INVALID or CLI_FAILED
 */
int cli_study_read(const struct cli_options *options, const char *path,
    struct scn_diag *diag, struct scn_scenario **out);

/** cli_study_read() that prints the faults, as JSON for --format json, and
 *  the warnings unless --quiet. */
int cli_study_load(const struct cli_options *options, const char *path,
    struct scn_scenario **out);

/** The configuration in a scenario. */
const struct mdl_run_cfg *cli_study_cfg(const struct scn_scenario *scenario);

/**
 * An empty run with the names and inputs of a scenario, copied, so that the
 * scenario may go.
 * @param run  out: res_run_destroy()
 * @retval SIM_E_NOMEM
 */
SIM_MUST_CHECK int cli_study_run(const struct scn_scenario *scenario,
    struct res_run **run, struct sim_err *err);

#endif /* CLI_STUDY_H */
