/* flat.h - tables as CSV, for spreadsheets and scripts.
 *
 * RFC 4180 with LF line ends, a header line, 17 digits, an empty cell for what
 * is undefined.  Text that a spreadsheet would run as a formula is prefixed
 * with an apostrophe (OWASP ASVS 1.2.10); numbers stay numbers.
 */
#ifndef REPORTS_FLAT_H
#define REPORTS_FLAT_H

#include "models/results/results.h"
#include "sim/err.h"
#include "sim/text.h"

/**
 * Append csv/metrics.csv: one line a metric, in the order of their names.
 *
 *   deployment,scope,metric,value,unit,half_width,n
 *   edge,class.detect,latency.p95,41.8,ms,0.4,40
 *
 * `scope` is what stands between deployment and metric, empty for the
 * deployment as a whole.  Names that start with no deployment of the run have
 * an empty deployment.
 *
 * @retval SIM_OK
 * @retval SIM_E_NOMEM
 */
SIM_MUST_CHECK int rep_metrics_csv(
    const struct res_run *run, struct sim_text *out, struct sim_err *err);

/**
 * Append csv/series.csv: one line a point of every curve.
 *
 *   series,x,x_unit,y,y_unit,lo,hi
 *
 * @retval SIM_OK
 * @retval SIM_E_NOMEM
 */
SIM_MUST_CHECK int rep_series_csv(
    const struct res_run *run, struct sim_text *out, struct sim_err *err);

/**
 * Append csv/requests.csv: the first requests one by one, by deployment in the
 * order of sending.
 *
 *   id,user,class,site,attempts,send,arrive,start,end,outcome,deployment
 *   chicago/detect/48213/0,chicago,detect,edge@chicago,1,0.012000000,...
 *
 * `id` is user/class/window/k, k negative in a lead-in; `site` the member,
 * empty when there was none; times in seconds from the window's start.
 *
 * @retval SIM_OK
 * @retval SIM_E_NOMEM
 */
SIM_MUST_CHECK int rep_requests_csv(
    const struct res_run *run, struct sim_text *out, struct sim_err *err);

#endif /* REPORTS_FLAT_H */
