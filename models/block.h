/* block.h - what one simulated window yields: a plain block of numbers.
 *
 * The layout follows from the plan and the deployment alone, so that blocks of
 * any thread or rank are added cell by cell in index order.  A *scope* is a
 * request class (scopes 0 .. n_classes-1) or a site entry (after them); the
 * deployment is the sum over its classes.
 */
#ifndef MODELS_BLOCK_H
#define MODELS_BLOCK_H

#include <stddef.h>
#include <stdint.h>

#include "models/plan.h"
#include "sim/hist.h"

/* Sums over the cohort of a window, by scope. */
enum mdl_count {
    MDL_OFFERED, /* entries: arrivals sent there */
    MDL_SERVED,
    MDL_LOST,
    MDL_ABANDONED,
    MDL_SPILLED, /* served or lost away from the first choice */
    MDL_WAITED,  /* served after a wait */
    MDL_WITHIN,  /* served within the objective's limit */
    MDL_HAS_SLO, /* offered to a class with an objective */
    MDL_EGRESS_B,
    MDL_INGRESS_B,
    MDL_LEFT_B, /* bytes that crossed the user's own site's border */
    MDL_WORK_S, /* work served, before deflation */
    MDL_VALUE_LOST_USD,
    MDL_SLOWDOWN, /* response at the site over service time, summed */
    MDL_SUMS,     /* then sum and sum of squares of each time */
    MDL_N_COUNTS = MDL_SUMS + 8,
};

/* Times a request is broken into; each has a histogram by scope. */
enum mdl_time { MDL_LATENCY, MDL_NETWORK, MDL_QUEUE, MDL_SERVICE, MDL_N_TIMES };

/* Integrals over the window, by entry. */
enum mdl_load {
    MDL_IN_SYSTEM_S,
    MDL_WAITING_S,
    MDL_BUSY_S,
    MDL_SLOTS_UP_S,
    MDL_SERVERS_UP_S,
    MDL_BATCHES, /* started, and the requests in them */
    MDL_BATCHED,
    MDL_OFF_S, /* slots off, booting, on and idle, where they switch off */
    MDL_BOOT_S,
    MDL_IDLE_S,
    MDL_N_LOADS,
};

/* Head of the block. */
enum mdl_head {
    MDL_SECONDS,    /* length measured */
    MDL_WINDOWS,    /* 1 */
    MDL_OVERLOADED, /* 1 when requests were cut off */
    MDL_CLIPPED,    /* 1 when the lead-in was cut at 6 h */
    MDL_LEAD_S,
    MDL_SIMULATED, /* requests pushed through, lead-in included */
    MDL_N_HEADS,
};

struct mdl_layout {
    int n_classes, n_entries, n_scopes, n_sources, n_ranks;
    size_t counts;  /* [n_scopes x MDL_N_COUNTS] */
    size_t loads;   /* [n_entries x MDL_N_LOADS] */
    size_t offered; /* [n_sources] */
    size_t served;  /* [n_sources x n_ranks] requests */
    size_t work;    /* [n_sources x n_ranks] seconds before deflation */
    size_t max;     /* [n_scopes x MDL_N_TIMES]; merged by max, not sum */
    size_t n_sums;  /* doubles before `max`: added with the weight */
    size_t n_doubles;
    size_t hist_offset; /* bytes: uint32_t [n_scopes x MDL_N_TIMES x buckets] */
    size_t bytes;
};

void mdl_layout_init(struct mdl_layout *layout, const struct mdl_plan *plan,
    const struct mdl_dep *dep);

static inline double *mdl_block_at(void *block, size_t offset)
{
    return (double *)block + offset;
}

static inline uint32_t *mdl_block_hist(
    const struct mdl_layout *layout, void *block, int scope, int time)
{
    unsigned char *base = (unsigned char *)block + layout->hist_offset;

    return (uint32_t *)(void *)base +
           ((size_t)scope * MDL_N_TIMES + (size_t)time) * SIM_HIST_BUCKETS;
}

/** SHA-256 of the latency histograms of a block, as text: (bucket, count)
 *  pairs where the count is not 0, each number in four bytes, lowest first, so
 *  that it is the same on every machine.  Latency holds the other times; all
 *  four would cost 2 % of a run. */
void mdl_block_digest(
    const struct mdl_layout *layout, void *block, char hex[65]);

/* ---- totals of one (deployment, section of replications) -------------------
 */

struct mdl_total {
    double *sum;            /* [n_doubles]: T_r(X) and maxima */
    struct sim_whist *hist; /* [n_scopes x MDL_N_TIMES] */
};

SIM_MUST_CHECK int mdl_total_init(struct mdl_total *total,
    const struct mdl_layout *layout, struct sim_err *err);
/** total += weight * block. */
SIM_MUST_CHECK int mdl_total_add(struct mdl_total *total,
    const struct mdl_layout *layout, void *block, double weight,
    struct sim_err *err);
void mdl_total_release(
    struct mdl_total *total, const struct mdl_layout *layout);

#endif /* MODELS_BLOCK_H */
