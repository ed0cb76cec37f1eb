/* windows.h - the stratified sample of windows of a (deployment, replication).
 *
 * The horizon is cut into N cells of length l, which divides 24 h; what is
 * left over at the end belongs to none.  A cell is disturbed if at any time
 * in it or its lead-in more than 2 % of nominal capacity is out of service,
 * else normal.  (Manual, "Windows, strata, estimates".)
 *
 * Base sample, common to all deployments: the cells are put in line by (year,
 * hour of week, week) and every (N / n0)-th is taken from one random start.
 * Within an (year, hour of week), of 52 or 53 weeks, fewer in a year the
 * horizon cuts short, the line starts at a random week and runs round.  So
 * every cell, also of the 53rd week, is in with probability n0 / N exactly,
 * hours of the week and years come in even shares, and the week is random.
 * Hours of the week are counted from the horizon's start.
 *
 * The disturbed stratum is topped up to min(N1, n1) by its cells with the
 * smallest permanent random numbers u_i, which no deployment changes.
 */
#ifndef MODELS_WINDOWS_H
#define MODELS_WINDOWS_H

#include <stdint.h>

#include "models/timeline.h"
#include "sim/err.h"

enum mdl_stratum { MDL_NORMAL, MDL_DISTURBED, MDL_N_STRATA };

struct mdl_window {
    int64_t cell;  /* index; t0 = cell * length */
    int stratum;   /* enum mdl_stratum */
    double weight; /* N_h / n_h; the weights of a stratum add up to N_h */
};

/* Release with mdl_sample_release(). */
struct mdl_sample {
    struct mdl_window *windows;    /* [n], increasing cell, none twice */
    int n;                         /* >= 1 */
    int64_t n_cells[MDL_N_STRATA]; /* N_h */
    int n_sampled[MDL_N_STRATA];   /* n_h; >= 1 where N_h > 0 */
};

/**
 * Choose the windows of a timeline.
 *
 * With N <= n0 every cell is taken, with weight 1.  A normal stratum that the
 * base sample misses is represented by its cell with the smallest u_i.  So n
 * lies between min(N, n0) and n0 + n1 + 1.
 *
 * @param tl        only its horizon and disturbed time are read
 * @param count     n0 + n1, n1 = ceil(count / 5); 1 .. 2^30
 * @param length_s  l [s], divides 24 h
 * @param lead_s    lead-in that counts for the stratum of a cell [s], >= 0
 * @param out       replaced, not released; untouched on error
 * @retval SIM_OK
 * @retval SIM_E_NOMEM
 */
SIM_MUST_CHECK int mdl_windows_sample(const struct mdl_timeline *tl,
    int64_t count, double length_s, double lead_s, uint64_t seed,
    uint64_t replication, struct mdl_sample *out, struct sim_err *err);

/** Free the memory; the sample is all zero. */
void mdl_sample_release(struct mdl_sample *sample);

/** Number of cells of a horizon (the last broken cell is left out), >= 1: a
 *  horizon shorter than a cell counts as one. */
int64_t mdl_windows_cells(int64_t horizon_ns, double length_s);

#endif /* MODELS_WINDOWS_H */
