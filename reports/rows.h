/* rows.h - the comparison: which metrics stand side by side, ready to print.
 *
 * One table of rows (rows.c) feeds the terminal, Markdown and the cover of the
 * workbook, so that they agree on choice, order, scale and rounding.  A row
 * appears when at least one deployment has a value; uptime and capacity only
 * when nothing arrives, for then they are the subject.  Adding a row is one
 * line in rows.c.
 */
#ifndef REPORTS_ROWS_H
#define REPORTS_ROWS_H

#include <stdbool.h>

#include "models/results/results.h"
#include "sim/arena.h"
#include "sim/err.h"

enum { REP_CELL_BYTES = 48, REP_UNIT_BYTES = 24 };

struct rep_cell {
    const struct res_metric *metric; /* NULL when the deployment has none */
    char text[REP_CELL_BYTES];       /* "41.8 ± 0.4", "n/a", "-" */
    bool best; /* of the row, where lower or higher is better and cells differ;
                * intervals may overlap all the same; never of an unstable
                * deployment */
};

struct rep_row {
    const char *metric;        /* "latency.p95" */
    const char *label;         /* "Latency p95" */
    char unit[REP_UNIT_BYTES]; /* as shown: "ms", "%", "MUSD" */
    struct rep_cell *cells;    /* [run->n_deployments] */
};

/**
 * Build the rows of `run`.
 *
 * @param arena  owns the rows
 * @param rows   out: the rows, in print order
 * @param n      out: their number
 * @retval SIM_OK
 * @retval SIM_E_NOMEM
 */
SIM_MUST_CHECK int rep_rows_build(const struct res_run *run,
    struct sim_arena *arena, struct rep_row **rows, int *n,
    struct sim_err *err);

#endif /* REPORTS_ROWS_H */
