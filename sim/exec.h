/* exec.h - run n independent pieces of work, commit them in index order.
 *
 * Pieces run on any thread in any order; their results are committed one at a
 * time in the order 0, 1, 2 ...  So any number of threads (or ranks) gives the
 * same bytes.  A piece fills a slot of a ring; a piece is started only when a
 * slot is free, so memory is bounded by the number of slots (three for each
 * thread), not of pieces, and no thread runs far ahead of a slow piece.
 *
 * Pieces are started in index order.  When one fails, all earlier ones are on
 * their way or done, and are still committed; so what is committed, and which
 * error is returned, is what one thread would have done.
 */
#ifndef SIM_EXEC_H
#define SIM_EXEC_H

#include <stddef.h>
#include <stdint.h>

#include "sim/err.h"

struct sim_exec_job {
    void *ctx;         /* handed to the functions below */
    size_t slot_bytes; /* size of the block a piece fills; may be 0 */
    /* Compute piece `index` into `slot` (aligned for any type, content
     * undefined on entry).  Runs on any thread; shares nothing writable with
     * other pieces.  `err` is the piece's own. */
    int (*work)(void *ctx, int64_t index, void *slot, struct sim_err *err);
    /* Take the finished piece.  Any thread, never concurrent; index order. */
    int (*commit)(
        void *ctx, int64_t index, const void *slot, struct sim_err *err);
    /* Asked before each piece is started, never concurrently; non-zero starts
     * no more: the pieces under way are committed and the run ends with
     * SIM_E_INTERRUPTED.  May be NULL. */
    int (*stop)(void *ctx);
};

/**
 * Run pieces 0 .. n-1 on `jobs` threads, the caller's among them.
 *
 * Where the system refuses threads, fewer are used; with jobs <= 1 everything
 * happens on the caller's thread, piece after piece.
 *
 * @param job   borrowed during the call
 * @param n     number of pieces; 0 or less: nothing to do
 * @param jobs  number of threads wanted, usually sim_exec_cpus()
 * @retval SIM_OK
 * @retval SIM_E_NOMEM        no memory for the slots; nothing was started
 * @retval SIM_E_INTERRUPTED  stop() said so before all pieces were started
 * @retval others             what work() or commit() returned, the first in
 *                            index order; all earlier pieces are committed
 */
SIM_MUST_CHECK int sim_exec_run(
    const struct sim_exec_job *job, int64_t n, int jobs, struct sim_err *err);

/** CPUs in the affinity mask of the process, at least 1. */
int sim_exec_cpus(void);

#endif /* SIM_EXEC_H */
