/* plan.h - a scenario expanded into what a run needs: users, classes, streams,
 * members, candidate sites and paths.
 *
 * Built once, read-only afterwards; all pieces of work share it.
 */
#ifndef MODELS_PLAN_H
#define MODELS_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "models/flow.h"
#include "models/network.h"
#include "models/site.h"
#include "models/timeline.h"
#include "models/tokens.h"
#include "models/workload.h"
#include "sim/arena.h"
#include "sim/err.h"

struct mdl_user {
    const char *name;
    bool placed;
    double lat, lon;
    double share; /* of the total weight */
    int access;   /* enum mdl_access */
    double utc_offset_h;
    const char *country; /* NULL = unknown */
    int zone;            /* index of its distinct utc offset */
};

/* A request class with its arrivals prepared. */
struct mdl_class {
    const struct mdl_class_cfg *cfg;
    const struct mdl_arrivals_cfg *arrivals;
    struct mdl_shape shape;
    struct mdl_gap_law gaps;
    struct mdl_cox cox; /* seed and replication filled per piece */
    double rate_per_s;  /* year 0, all users */
    double growth_norm;
    double mean_work_s, cs2; /* of the work on the reference; SCV */
    double mean_input_tok, mean_output_tok; /* 0 without tokens */
    double slo_s;                           /* limit, INFINITY = none */
    double slo_level;                       /* 0.95 ...; 0 = none */
    struct mdl_token_law tokens;
    struct mdl_trace trace; /* n = 0: none */
};

/* One (user, class): what has streams of its own. */
struct mdl_source {
    int user, cls;
    uint64_t entity;   /* sim_entity("user/class") */
    double base_per_s; /* rate * share_c * w_u / sum(w) */
};

struct mdl_member {
    int entry; /* of its deployment */
    int place;
    int user;         /* each-user: whose; else -1 */
    const char *name; /* "stores@chicago", "east#2", "east" */
    bool placed;
    double lat, lon;
    int64_t servers; /* -1 = unlimited */
    int slots_per_server;
    double speed;
};

/* Members of an entry that stand side by side: all of them, or those of one
 * user where the entry has one or more at each.  They are alike to whoever
 * looks for a way, and stand in a row in `members`. */
struct mdl_place {
    int entry;
    int user; /* -1 = none */
    int first_member, n_members;
    const char *name; /* "stores@chicago", "east" */
    bool placed;
    double lat, lon;
};

/* A place a user may be sent to, with the path there. */
struct mdl_candidate {
    int place;
    int group; /* position of its entry in `prefer`, 0 without; MDL_BY_NAME */
    double km; /* NAN = unknown */
    struct mdl_path *path;
    /* Of a request of this source when all is well: visits to the place, and
     * work there [s on the reference, before deflation]. */
    double visits, work_s;
};

/* Group of a candidate that routing never picks: a stage, a fallback or the
 * like names it. */
enum { MDL_BY_NAME = 1 << 20 };

struct mdl_entry {
    const struct mdl_site_cfg *cfg;
    int first_member, n_members;
    int64_t servers;                      /* of all members; -1 = unlimited */
    double idle_w, peak_w, off_w, boot_w; /* of a server */
    int64_t accelerators;                 /* of a server */
    double
        it_kw; /* contracted per member: facility capacity or servers at peak */
};

struct mdl_policy_data; /* policy.h */

struct mdl_dep {
    const struct mdl_deployment_cfg *cfg;
    struct mdl_entry *entries;
    int n_entries;
    struct mdl_member *members;
    struct mdl_tl_member *tl; /* [n_members] */
    int n_members;
    struct mdl_place *places;
    int n_places;
    /* candidates of (user, class), in order of preference, those by name last:
     * candidate[uc_first[s] .. uc_first[s+1]) for source s */
    struct mdl_candidate *candidates;
    int *uc_first;
    int max_candidates;
    struct mdl_flow *flows;         /* [n_classes] */
    struct mdl_policy_data *policy; /* NULL where the policy needs none */
    bool plain;                     /* all flows are, and no client waits */
    bool sampled;     /* a fleet: some members stand for their like */
    double max_rtt_s; /* longest median round trip, for the follow-up */
    bool has_requests;
    bool impatient;    /* a class may leave the queue */
    bool overtakes;    /* a later request may delay an earlier one */
    double worst_load; /* offered load over capacity of the worst member, year's
                          mean, largest year */
    bool unstable;
};

struct mdl_plan {
    struct sim_arena arena;
    const struct mdl_run_cfg *cfg;
    const struct mdl_data_source *data;
    struct mdl_user *users;
    int n_users;
    double *zones_h; /* distinct utc offsets */
    int n_zones;
    struct mdl_class *classes;
    int n_classes;
    struct mdl_source
        *sources; /* [n_users x n_classes], class by class in a user */
    int n_sources;
    struct mdl_dep *deps;
    int n_deps;
    int baseline;
    bool windowed;
    bool closed;       /* some clients wait for their answers */
    double horizon_s;  /* of the simulated time line */
    int start_weekday; /* 0 = Monday */
    int start_month;   /* 0 = January */
    int n_years;       /* started years of the horizon */
};

/**
 * Expand a configuration.  Borrows cfg and data for the life of the plan.
 * @retval SIM_OK, SIM_E_INPUT (message names the key), SIM_E_NOMEM, SIM_E_IO
 */
SIM_MUST_CHECK int mdl_plan_create(const struct mdl_run_cfg *cfg,
    const struct mdl_data_source *data, struct mdl_plan **out,
    struct sim_err *err);
void mdl_plan_destroy(struct mdl_plan *plan);

/** Rate of a source as a function of horizon time. */
struct mdl_rate mdl_plan_rate(const struct mdl_plan *plan, int source);

/** Does the work of a request, or a part of it, come with a recorded row? */
bool mdl_class_recorded(const struct mdl_class *c);

/** Work factor of deflation at horizon time t: 2^(-m/T). */
double mdl_plan_deflation(const struct mdl_plan *plan, double t_s);

/** Until when [s] the deflation at t_s holds: the end of its month. */
double mdl_plan_deflation_until(const struct mdl_plan *plan, double t_s);

/** Mean work of a visit to an entry [s on the reference]: `mean_s`, or its part
 *  of a full batch where the entry serves batches. */
double mdl_entry_work_s(const struct mdl_dep *dep, int entry, double mean_s);

/** Expected failures of all components of a deployment [1/h], about. */
double mdl_dep_failures_per_h(const struct mdl_dep *dep);

/** Slots of a member when all is well; -1 = unlimited. */
int mdl_member_slots(const struct mdl_member *member);

#endif /* MODELS_PLAN_H */
