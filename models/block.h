/* block.h - what one simulated window yields: a plain block of numbers.
 *
 * The layout follows from the plan and the deployment alone, so that blocks of
 * any thread or rank are added cell by cell in index order.  A *scope* is a
 * request class (scopes 0 .. n_classes-1) or a site entry (after them); the
 * deployment is the sum over its classes.
 *
 * A *part* is a user (parts 0 .. n_users-1) or a member of a site entry (after
 * them).  There may be thousands of parts, so each has a short row of sums,
 * the first 200 users and members a coarse histogram of their latency, and
 * none exists that is not reported.
 */
#ifndef MODELS_BLOCK_H
#define MODELS_BLOCK_H

#include <stddef.h>
#include <stdint.h>

#include "models/plan.h"
#include "sim/hist.h"
#include "sim/sha256.h"

/* Sums over the cohort of a window, by scope. */
enum mdl_count {
    MDL_OFFERED, /* entries: arrivals sent there */
    MDL_SERVED,
    MDL_SEEN, /* served and simulated themselves: not those they stand for */
    MDL_LOST,
    MDL_ABANDONED,
    MDL_SPILLED,  /* served or lost away from the first choice */
    MDL_RETRIED,  /* attempts after the first, */
    MDL_HEDGED,   /* ... second copies sent while the first was under way */
    MDL_FALLBACK, /* served by the fallback */
    MDL_CACHED,   /* answered from a cache */
    MDL_WAITED,   /* served after a wait */
    MDL_WITHIN,   /* served within the objective's limit */
    MDL_HAS_SLO,  /* offered to a class with an objective */
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

/* Sums over the cohort, by part. */
enum mdl_part_sum {
    MDL_PART_OFFERED,
    MDL_PART_SERVED,
    MDL_PART_LOST,
    MDL_PART_ABANDONED,
    MDL_PART_WITHIN,
    MDL_PART_HAS_SLO,
    MDL_PART_CACHED,
    MDL_PART_SEEN,  /* served and simulated themselves */
    MDL_PART_TIMES, /* then the sum of each time [s] */
    MDL_N_PART_SUMS = MDL_PART_TIMES + MDL_N_TIMES,
};

/* Integrals over the window, by entry; the first ones by member too. */
enum mdl_load {
    MDL_IN_SYSTEM_S,
    MDL_WAITING_S,
    MDL_BUSY_S,
    MDL_SLOTS_UP_S,
    MDL_N_MEMBER_LOADS,
    MDL_SERVERS_UP_S = MDL_N_MEMBER_LOADS,
    MDL_EMPTY_S, /* nobody there; the sum over members */
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

/* State at one of the times of `report.at`, by entry. */
enum mdl_state {
    MDL_STATE_IN_SYSTEM,
    MDL_STATE_WAITING,
    MDL_STATE_FULL, /* members without a free slot */
    MDL_N_STATES,
};

/* Slowdowns of the requests of one size bin: their number and sum. */
enum mdl_bin { MDL_BIN_SERVED, MDL_BIN_SLOWDOWN, MDL_N_BIN_SUMS };

/* Coarse buckets: a quarter of those of sim/hist.h (32 an octave, a width of at
 * most 3.1 % of the value) from 2^-20 s to 2^14 s; bucket 0 holds less, as 0.
 */
enum {
    MDL_COARSE_SHIFT = 2,
    MDL_COARSE_FIRST = 1 + (-20 - SIM_HIST_LOW_EXP) * (1 << SIM_HIST_BITS),
    MDL_COARSE_END = 1 + (14 - SIM_HIST_LOW_EXP) * (1 << SIM_HIST_BITS),
    MDL_COARSE_BUCKETS =
        1 + ((MDL_COARSE_END - MDL_COARSE_FIRST) >> MDL_COARSE_SHIFT),
};

struct mdl_layout {
    int n_classes, n_entries, n_scopes, n_sources, n_ranks;
    int n_users, n_members; /* with rows of their own; the first of them */
    int n_user_hists, n_member_hists;
    int n_bins;     /* of size, 0 = none */
    int n_at;       /* times at which the state is noted */
    size_t counts;  /* [n_scopes x MDL_N_COUNTS] */
    size_t loads;   /* [n_entries x MDL_N_LOADS] */
    size_t parts;   /* [(n_users + n_members) x MDL_N_PART_SUMS] */
    size_t members; /* [n_members x MDL_N_MEMBER_LOADS] */
    size_t bins;    /* [n_scopes x n_bins x MDL_N_BIN_SUMS] */
    size_t states;  /* [n_at x n_entries x MDL_N_STATES] */
    size_t offered; /* [n_sources] */
    size_t served;  /* [n_sources x n_ranks] requests */
    size_t work;    /* [n_sources x n_ranks] seconds before deflation */
    size_t max;     /* [n_scopes x MDL_N_TIMES]; merged by max, not sum */
    size_t n_sums;  /* doubles before `max`: added with the weight */
    size_t n_doubles;
    size_t hist_offset; /* bytes: uint32_t [n_scopes x MDL_N_TIMES x buckets] */
    size_t coarse_offset; /* bytes: uint32_t [(n_user_hists + n_member_hists) x
                             MDL_COARSE_BUCKETS], latency */
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
    const struct mdl_layout *layout, void *block, char hex[SIM_SHA256_HEX + 1]);

/** Coarse bucket of what falls into bucket b of sim/hist.h. */
static inline int mdl_coarse_bucket(int b)
{
    if (b < MDL_COARSE_FIRST)
        return 0;
    return 1 + (((b < MDL_COARSE_END ? b : MDL_COARSE_END - 1) -
                    MDL_COARSE_FIRST) >>
                   MDL_COARSE_SHIFT);
}

static inline uint32_t *mdl_block_coarse(
    const struct mdl_layout *layout, void *block, int row)
{
    unsigned char *base = (unsigned char *)block + layout->coarse_offset;

    return (uint32_t *)(void *)base + (size_t)row * MDL_COARSE_BUCKETS;
}

/** Size bin of a work [s on the reference]. */
int mdl_size_bin(const struct mdl_plan *plan, double work_s);

/* ---- totals of one (deployment, section of replications) ---------------- */

struct mdl_total {
    double *sum;            /* [n_doubles]: T_r(X) and maxima */
    struct sim_whist *hist; /* [n_scopes x MDL_N_TIMES] */
};

/* Of all sections together: what has no interval. */
struct mdl_pooled {
    double *scope_served;       /* [n_scopes] served and simulated themselves */
    double *part_served;        /* [n_users + n_members] likewise */
    double overloaded, clipped; /* windows */
    double *coarse;             /* [n_user_hists + n_member_hists][buckets] */
};

SIM_MUST_CHECK int mdl_total_init(struct mdl_total *total,
    const struct mdl_layout *layout, struct sim_err *err);
/** total += weight * block. */
SIM_MUST_CHECK int mdl_total_add(struct mdl_total *total,
    const struct mdl_layout *layout, void *block, double weight,
    struct sim_err *err);
/** Arrays in the arena. @retval SIM_OK, SIM_E_NOMEM */
/** into += from, which is empty then.  @retval SIM_E_NOMEM */
SIM_MUST_CHECK int mdl_total_merge(struct mdl_total *into,
    struct mdl_total *from, const struct mdl_layout *layout,
    struct sim_err *err);

SIM_MUST_CHECK int mdl_pooled_init(struct mdl_pooled *pooled,
    const struct mdl_layout *layout, struct sim_arena *arena,
    struct sim_err *err);
void mdl_pooled_add(struct mdl_pooled *pooled, const struct mdl_layout *layout,
    void *block, double weight);

void mdl_total_release(
    struct mdl_total *total, const struct mdl_layout *layout);

#endif /* MODELS_BLOCK_H */
