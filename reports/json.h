/* json.h - results.json: all of a struct res_run, written and read back.
 *
 * The file holds everything any report or chart needs, so those are rendered
 * again without simulating.  Its shape:
 *
 *   {"deployments": [...], "format": "sitesim.results/1", "inputs": [...],
 *    "level": 0.95, "meta": {...}, "metrics": {"edge.latency.p95":
 *    {"half_width": 0.4, "n": 40, "unit": "ms", "value": 41.8}, ...}, ...}
 *
 * Rules: keys sorted by byte; numbers as "%.17g", so that they read back
 * equal; never NaN or Inf but null (a metric then has a "reason"); two blanks
 * of indentation, a list of numbers and a metric on one line each; UTF-8;
 * one final newline.  Equal runs give equal bytes: nothing from the clock,
 * the host or the environment enters.
 *
 * Within "/1" only additions are allowed: the reader skips unknown keys, so
 * that an older program reads a newer file, but demands all keys it knows.
 */
#ifndef REPORTS_JSON_H
#define REPORTS_JSON_H

#include <stddef.h>

#include "models/results/results.h"
#include "sim/err.h"
#include "sim/text.h"

/**
 * Append results.json of `run` to `out`.
 *
 * Text that is not UTF-8 is written with U+FFFD in place of each bad byte.
 * An infinite number is written as null, as JSON has no other way.
 *
 * @param run  complete; metrics sorted (res_run_finish() ran)
 * @param out  appended to; on error its content is unspecified
 * @param err  out: message; may be NULL
 * @retval SIM_OK
 * @retval SIM_E_NOMEM
 */
SIM_MUST_CHECK int rep_json_write(
    const struct res_run *run, struct sim_text *out, struct sim_err *err);

/**
 * Read results.json; rep_json_write() of what comes back gives the same bytes.
 *
 * @param text  `n` bytes, need not be terminated
 * @param out   out: release with res_run_destroy(); untouched on error
 * @param err   out: message with line and column where the text is not JSON,
 *              else with the path of the offending value; may be NULL
 * @retval SIM_OK
 * @retval SIM_E_INPUT  not JSON, duplicate key, not a results file, another
 *                      major version, a key missing or of the wrong type,
 *                      an array of the wrong length
 * @retval SIM_E_NOMEM
 */
SIM_MUST_CHECK int rep_json_read(
    const char *text, size_t n, struct res_run **out, struct sim_err *err);

#endif /* REPORTS_JSON_H */
