/* findings.h - what the numbers say, in a few sentences.
 *
 * Each sentence is made from metrics alone and names the values it rests on,
 * so that a reader can check it against the table.  A finding whose metrics
 * are missing is left out; nothing is claimed about a difference: where two
 * intervals overlap, the sentence says so.
 */
#ifndef REPORTS_FINDINGS_H
#define REPORTS_FINDINGS_H

#include "models/results/results.h"
#include "sim/err.h"
#include "sim/text.h"

/**
 * Append up to five findings, a line each, in this order: the cheapest
 * deployment, the fastest, who meets the latency objective, which are unstable
 * (never called the cheapest or fastest, nor said to meet an objective), the
 * two largest cost categories of each deployment (share of the costs that are
 * positive).
 * The text is plain and may hold names of deployments; escape it as the
 * output needs.
 */
void rep_findings(const struct res_run *run, struct sim_text *out);

/** "PASS", "FAIL", "PASS, close" or "FAIL, close": close means that the
 *  confidence interval straddles the limit. */
const char *rep_verdict(int verdict);

#endif /* REPORTS_FINDINGS_H */
