/* run.h - deployments x replications x windows: plan, run, reduce. */
#ifndef MODELS_RUN_H
#define MODELS_RUN_H

#include <stdint.h>

#include "models/data.h"
#include "models/results/results.h"
#include "models/site.h"
#include "sim/err.h"

struct mdl_progress {
    const char *stage;                 /* "requests", "timelines", "energy" */
    int64_t replication, replications; /* done, planned so far */
    int64_t piece, pieces;             /* of this batch */
    int64_t requests;                  /* simulated so far */
};

struct mdl_run_options {
    int jobs;      /* threads, >= 1; never changes a result */
    int64_t trace; /* requests to list, of the first replication of each
                    * deployment: the first sent, warm-up included */
    /* Called on the committing thread after each piece; may be NULL. */
    void (*progress)(void *ctx, const struct mdl_progress *p);
    /* Asked before each piece; non-zero stops with SIM_E_INTERRUPTED. */
    int (*stop)(void *ctx);
    void *ctx;
};

/**
 * Run a study.
 *
 * The caller has put inputs, meta.name, title, version, scenario_sha256 and
 * currency into `run`; everything else is filled here, and res_run_finish()
 * has been called.
 *
 * @param data  built-in tables
 * @retval SIM_OK
 * @retval SIM_E_INPUT  the message names the key
 * @retval SIM_E_INTERRUPTED, SIM_E_NOMEM, SIM_E_IO, SIM_E_RANGE
 */
SIM_MUST_CHECK int mdl_run_execute(const struct mdl_run_cfg *cfg,
    const struct mdl_data_source *data, const struct mdl_run_options *options,
    struct res_run *run, struct sim_err *err);

/**
 * Is a rule of `thresholds` well formed, its deployment, site, class and metric
 * known, its limit in a unit of the metric's kind?
 * @retval SIM_OK, SIM_E_INPUT
 */
SIM_MUST_CHECK int mdl_threshold_check(
    const struct mdl_run_cfg *cfg, const char *text, struct sim_err *err);

/** Checks without simulating: expands the plan, reports loads.  Adds a line a
 *  deployment to `text`: members, servers, load of the busiest site in the
 *  worst year, engine. */
struct sim_text;
SIM_MUST_CHECK int mdl_run_check(const struct mdl_run_cfg *cfg,
    const struct mdl_data_source *data, struct sim_text *text,
    struct sim_err *err);

#endif /* MODELS_RUN_H */
