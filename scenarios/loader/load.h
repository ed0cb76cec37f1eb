/* load.h - scenario file to configuration; the only entry point of the loader.
 *
 * YAML text -> marked tree -> presets, extends, overlays, --set merged -> bound
 * against the parameter rows -> checked configuration, with the origin, source
 * and range of every value.
 */
#ifndef SCENARIOS_LOADER_LOAD_H
#define SCENARIOS_LOADER_LOAD_H

#include <stdbool.h>

#include "models/results/results.h"
#include "scenarios/loader/diag.h"
#include "sim/arena.h"
#include "sim/err.h"
#include "sim/param.h"
#include "sim/sha256.h"

struct scn_options {
    const char *path;       /* scenario file */
    const char *const *set; /* "a.b.c=VALUE" */
    int n_set;
    const char *const *overlay; /* files merged over the scenario, in order */
    int n_overlay;
    bool allow_outside; /* files above the scenario's folder allowed */
};

/* A loaded scenario.  `cfg` points to a struct of `table->size` bytes in the
 * arena; all pointers in it live there too. */
struct scn_scenario {
    struct sim_arena arena;
    void *cfg;
    int n_inputs;
    struct res_input *inputs; /* sorted by path; one for each bound scalar */
    char sha256[SIM_SHA256_HEX +
                1];  /* of the merged scenario in canonical form */
    const char *dir; /* folder of the scenario file */
};

/**
 * Load one scenario against a root table (mdl_run_table in the program; tests
 * bring their own).  All faults found (up to 20) are in `diag`, in file order.
 *
 * @param out  destroyed by the caller with scn_scenario_destroy()
 * @retval SIM_OK
 * @retval SIM_E_INPUT  at least one error in diag
 * @retval SIM_E_USAGE  bad --set syntax
 * @retval SIM_E_IO, SIM_E_NOMEM
 */
SIM_MUST_CHECK int scn_load(const struct scn_options *options,
    const struct sim_table *table, struct scn_diag *diag,
    struct scn_scenario **out, struct sim_err *err);

void scn_scenario_destroy(struct scn_scenario *scenario);

#endif /* SCENARIOS_LOADER_LOAD_H */
