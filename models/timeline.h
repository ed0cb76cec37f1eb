/* timeline.h - what is in service, over the whole horizon.
 *
 * One timeline a (deployment, replication): lives and repairs of servers,
 * sites and connections, as changes in time order.  Few events, cheap; the
 * request level replays what the timeline says of a window.  Streams are
 * keyed by the component ("entry/member/unit"), never by the deployment, so
 * equally named sites of two deployments fail together, and a member's
 * history does not depend on which others there are.
 *
 * Time is int64 nanoseconds from the horizon's start; lives and repairs are
 * drawn in hours, rounded to the nearest nanosecond and at least 1 ns.
 */
#ifndef MODELS_TIMELINE_H
#define MODELS_TIMELINE_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/dist.h"
#include "sim/err.h"

/* One more cause that takes a site down as a whole: the grid, a shock, a shared
 * domain.  Lives and repairs alternate. */
struct mdl_tl_layer {
    const struct sim_dist *life_h, *repair_h; /* repair NULL = never */
    double hit_frac; /* chance that an event of a shared cause takes this
                      * member down; 1 where the cause is its own */
    uint64_t entity; /* of a shared cause: sites with the same key fall at the
                      * same times; 0 = the member's own */
};

enum { MDL_TL_MAX_LAYERS = 32 };

/* What the timeline must know of a member, prepared once per scenario. */
struct mdl_tl_member {
    uint64_t entity; /* sim_entity("entry/member") */
    int64_t servers; /* in operation when all are well, 0 .. 2^31 - 1 */
    int64_t needed;  /* servers up for the site to be up, >= 1 */
    double weight;   /* slots x speed of one server: capacity, >= 0 */
    const struct sim_dist *server_life_h;   /* NULL = never fails */
    const struct sim_dist *server_repair_h; /* NULL = never repaired */
    int64_t crews;  /* repairs at one time; -1 = unlimited */
    int64_t spares; /* cold: replace at once, do not age */
    const struct sim_dist *site_life_h, *site_repair_h; /* NULL as above */
    const struct sim_dist *wan_life_h, *wan_repair_h;
    const struct mdl_tl_layer *layers; /* [n_layers] besides site and wan */
    int n_layers;                      /* at most MDL_TL_MAX_LAYERS */
};

/* State of a member from t_ns on, and what it was just before: so a walk over
 * the changes of all members needs no table of their states. */
struct mdl_tl_change {
    int64_t t_ns;
    int32_t member;
    int32_t servers_up; /* in operation, site up or not */
    int32_t servers_before;
    bool layers_up; /* site, connection and all other layers up */
    bool layers_before;
};

/* Events of a member that are counted. */
struct mdl_tl_counts {
    int64_t server_failures; /* of servers in operation, replaced or not */
    int64_t server_repairs;  /* completed */
    int64_t site_failures, wan_failures;
    int64_t other_outages; /* of the further layers: grid, shocks, domains */
    int64_t spares_used;   /* put in operation on a failure */
    double crew_busy_ns;   /* integral of crews at work */
};

/* Disturbed time: more than 2 % of nominal capacity out of service. */
struct mdl_tl_interval {
    int64_t from_ns, to_ns; /* [from, to) */
};

/* Release with mdl_timeline_release(). */
struct mdl_timeline {
    int64_t horizon_ns;
    int n_members;
    struct mdl_tl_change *changes; /* by time; ties by member; a member has
                                    * at most one at a time */
    int64_t n_changes;
    struct mdl_tl_interval *disturbed; /* disjoint, increasing, not touching */
    int64_t n_disturbed;
    struct mdl_tl_counts *counts; /* [n_members] */
    int64_t *member_first;        /* [n_members + 1] into by_member */
    int64_t *by_member; /* indices into changes, grouped by member, in time
                         * order within one */
};

/**
 * Draw the timeline of one replication.
 *
 * Machine-repair model per member: `servers` positions, all filled with new
 * units at time 0; a failed unit is replaced at once by a spare if there is
 * one; failed units queue for `crews` repairs, first come first served; a
 * repaired unit is as new and fills the position it came from if that is
 * empty, else the lowest empty one, else becomes a spare.  Lives run only in
 * operation, and by the clock: servers age, fail and are repaired also while
 * the site or its connection is down.  Site and connection alternate life and
 * repair.
 *
 * Units are exchangeable, so lives and repairs belong to positions: position
 * p draws both from streams of entity sim_entity_sub(entity, p), purposes
 * SIM_FOR_LIFE and SIM_FOR_REPAIR, window 0, in the order of its failures;
 * site and connection are units 2^32 and 2^33, further layers 2^34 + i.  With
 * unlimited crews and no spares each position is then an alternating renewal
 * process of its own, unchanged by servers added beside it.
 *
 * At equal times of a member the order is site and layers, connection,
 * repairs, failures, each by position; what cancels out at one time leaves no
 * change.
 *
 * @param members     [n]; borrowed during the call
 * @param n           >= 1
 * @param horizon_ns  > 0; events at or after it do not happen
 * @param out         replaced, not released; untouched on error
 * @retval SIM_OK
 * @retval SIM_E_NOMEM
 * @retval SIM_E_LIMIT  more than 50 million failures and repairs, or more
 *                      than 2^31 - 1 servers in a member
 */
SIM_MUST_CHECK int mdl_timeline_draw(const struct mdl_tl_member *members, int n,
    int64_t horizon_ns, uint64_t seed, uint64_t replication,
    struct mdl_timeline *out, struct sim_err *err);

/** The same timeline, whose counts leave out what happens before `from_ns`
 *  (0 .. horizon): the warm-up. */
SIM_MUST_CHECK int mdl_timeline_draw_from(const struct mdl_tl_member *members,
    int n, int64_t from_ns, int64_t horizon_ns, uint64_t seed,
    uint64_t replication, struct mdl_timeline *out, struct sim_err *err);

/** Free the memory; the timeline is all zero. */
void mdl_timeline_release(struct mdl_timeline *tl);

/**
 * State of a member at time t, changes at t included; O(log changes).
 * @param members  those the timeline was drawn from
 */
void mdl_timeline_state(const struct mdl_timeline *tl, int member, int64_t t_ns,
    const struct mdl_tl_member *members, int32_t *servers_up, bool *layers_up);

/** Does [from, to) meet disturbed time?  O(log intervals); false when empty.
 *  Times before 0 and after the horizon are undisturbed. */
bool mdl_timeline_disturbed(
    const struct mdl_timeline *tl, int64_t from_ns, int64_t to_ns);

/* Availability measures of one timeline over [from, horizon).  "Up" of a
 * member: servers_up >= needed and layers up. */
struct mdl_tl_site_measures { /* of one member; integrals in hours */
    double up_h;
    double servers_up_h; /* integral of servers in operation, whatever the
                          * layers: a server behind a cut line still runs */
    int64_t outages;     /* starts of down periods in [from, horizon) */
    double outage_h;     /* total length of down time */
    double first_down_h; /* from time zero, when all was well, whatever `from`;
                          * INFINITY when never */
};

struct mdl_tl_measures {   /* of the deployment */
    double hours;          /* horizon - from */
    double capacity_h;     /* integral of capacity / nominal, where capacity is
                            * sum weight x servers_up of members with layers up;
                            * a nominal of 0 counts as full */
    double total_loss_h;   /* no capacity at all */
    double at_least_90_h;  /* capacity >= 90 % of nominal */
    double sites_up_h;     /* integral of the number of members up */
    double k_up_h;         /* time with >= needed_sites members up */
    int64_t k_outages;     /* starts of periods with fewer */
    double k_first_down_h; /* as of a member, from time zero */
    struct mdl_tl_site_measures *site; /* [n_members], caller's storage */
};

/**
 * Measure a timeline; O(changes + members), allocates nothing.
 * @param members       those the timeline was drawn from
 * @param from_ns       0 .. horizon; a later start leaves out the warm-up
 * @param needed_sites  <= 0: always up
 * @param out           all but `site` is set; site[] is filled unless NULL
 */
void mdl_timeline_measure(const struct mdl_timeline *tl,
    const struct mdl_tl_member *members, int64_t from_ns, int64_t needed_sites,
    struct mdl_tl_measures *out);

#endif /* MODELS_TIMELINE_H */
