/* flow_cfg.h - what a scenario says of requests that are more than one visit
 * to one site: stages, journeys, forks, cascades, retries, hedges, spill,
 * fallback, caches and limits.  Rows, ranges and defaults: flow_cfg.c.  What
 * they mean while a window runs: world_flow.c and the manual.
 */
#ifndef MODELS_FLOW_CFG_H
#define MODELS_FLOW_CFG_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/dist.h"
#include "sim/param.h"

/* ---- of a class --------------------------------------------------------- */

/* `stages: [{site: a, service: ...}, ...]`: one visit after the other. */
struct mdl_stage_cfg {
    const char *site;                 /* entry of the deployment */
    const struct sim_dist *service_s; /* NULL = that of the class */
};

struct mdl_enter_cfg {
    const char *name; /* entry */
    double rate_per_s;
};

struct mdl_hop_cfg {
    const char *name; /* entry */
    double share_frac;
};

struct mdl_hops_cfg {
    const char *name; /* entry that is left */
    struct mdl_hop_cfg *to;
    int n_to;
};

struct mdl_visit_cfg {
    const char *name; /* entry */
    const struct sim_dist *service_s;
};

/* `journey`: from entry to entry by chance; what is left over of 1 leaves. */
struct mdl_journey_cfg {
    struct mdl_enter_cfg *enter;
    int n_enter;
    struct mdl_hops_cfg *next;
    int n_next;
    struct mdl_visit_cfg *service;
    int n_service;
};

/* Parts of a fork at most. */
enum { MDL_MAX_PARTS = 64 };

/* `fork`: parts served side by side; the answer is that of the last. */
struct mdl_fork_cfg {
    int64_t copies; /* to so many members that routing picks; -1 = sites */
    const char *const *sites; /* NULL = copies */
    int n_sites;
};

/* `cascade`: a small model first, a share goes on to a large one. */
struct mdl_cascade_cfg {
    const struct sim_dist *small_s; /* NULL = service of the class */
    const struct sim_dist *large_s;
    double escalate_frac;
    const char *large_at; /* entry */
};

struct mdl_retries_cfg {
    int64_t max;
    double backoff_s;
    double factor; /* of the backoff from one retry to the next */
};

/* `limit`: token bucket over all users; what exceeds it is refused. */
struct mdl_limit_cfg {
    double rate_per_s;
    int64_t burst; /* requests let through at once */
};

/* `fallback`: where a request goes that no site has served. */
struct mdl_fallback_cfg {
    const char *site;               /* entry, or */
    const struct sim_dist *local_s; /* the user's own device */
};

/* ---- of routing --------------------------------------------------------- */

enum mdl_spill_when { MDL_SPILL_NEVER, MDL_SPILL_FULL };

struct mdl_spill_cfg {
    int when;      /* enum mdl_spill_when */
    int64_t queue; /* waiting ahead from which on it goes on; -1 = any */
};

struct mdl_hedge_after_cfg {
    int level;     /* index of a percentile of the latency so far */
    double time_s; /* NAN = by the level */
};

struct mdl_hedge_cfg {
    struct mdl_hedge_after_cfg after;
};

/** Level of a choice of `hedge.after`: 0.5 ... 0.99. */
double mdl_hedge_level(int choice);

/* ---- of a site ---------------------------------------------------------- */

struct mdl_cache_cfg {
    double hit_frac; /* of requests answered without a server */
    double time_s;   /* in which */
};

extern const struct sim_table mdl_stage_table;
extern const struct sim_table mdl_journey_table;
extern const struct sim_table mdl_fork_table;
extern const struct sim_table mdl_cascade_table;
extern const struct sim_table mdl_retries_table;
extern const struct sim_table mdl_limit_table;
extern const struct sim_table mdl_fallback_table;
extern const struct sim_table mdl_spill_table;
extern const struct sim_table mdl_hedge_table;
extern const struct sim_table mdl_cache_table;

#endif /* MODELS_FLOW_CFG_H */
