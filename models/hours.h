/* hours.h - the hourly layer: load -> IT power -> PUE -> energy, bill, carbon,
 * and the billing determinants of the ledger.
 *
 * Offered volumes are exact integrals of the rates; what happens to a request
 * (which member serves it, with how much work) are ratios of the request level,
 * by year and stratum.  So hours need no random numbers but the timeline.
 *
 * An hour is disturbed for the share of it that lies in disturbed cells, as
 * windows.h has them: its ratios are those of both strata by these shares.
 */
#ifndef MODELS_HOURS_H
#define MODELS_HOURS_H

#include "models/block.h"
#include "models/money.h"
#include "models/plan.h"
#include "models/policy.h"
#include "models/timeline.h"
#include "models/windows.h"
#include "sim/arena.h"

/* Levels of load: the rate of all requests over its mean of the horizon, in
 * quarters of an octave around 1; the ends take what is beyond. */
enum { MDL_N_LEVELS = 32 };

/* Weighted sums over all windows of a deployment, by year, stratum and kind of
 * hour: offered [n_sources], served and work [n_sources x n_ranks].  And by
 * level of load the loads of its entries, with the requests they served. */
struct mdl_pool {
    int n_years;
    int n_kinds;
    const struct mdl_costs *costs; /* whose kinds they are; NULL: one kind */
    size_t stride;
    double mean_per_s; /* requests, if some entry batches or switches off; else
                          0, and all is of level 0 */
    double *sum;       /* [n_years x MDL_N_STRATA x n_kinds x stride] */
    double *loads;     /* [MDL_N_LEVELS x n_entries x MDL_N_LOADS] */
    double *served;    /* [MDL_N_LEVELS x n_entries] */
};

/* Where a window stands. */
struct mdl_when {
    int year, stratum; /* enum mdl_stratum */
    int kind;          /* of hour */
    int level;         /* of load */
};

/** An empty pool.  Kinds of hours (policy.h) are kept apart where the hour
 *  decides who serves, so that load and price of an hour go together:
 *  `cheapest`, with windows that lie within an hour. */
SIM_MUST_CHECK int mdl_pool_init(struct mdl_pool *pool,
    const struct mdl_plan *plan, const struct mdl_dep *dep,
    const struct mdl_layout *layout, struct sim_err *err);
struct mdl_when mdl_pool_when(const struct mdl_pool *pool,
    const struct mdl_plan *plan, const struct mdl_window *window);
void mdl_pool_add(struct mdl_pool *pool, const struct mdl_layout *layout,
    void *block, struct mdl_when when, double weight);
void mdl_pool_release(struct mdl_pool *pool);

/** Level of a rate; 0 where the mean is 0. */
int mdl_load_level(double rate_per_s, double mean_per_s);

/* Hourly energy data of an entry, a model year from 1 January UTC. */
struct mdl_entry_energy {
    double *price_usd_per_kwh, *carbon_kg_per_kwh, *temp_c; /* [8760] */
    double demand_usd_per_kw[12];
    bool priced_by_hour; /* a series or tariff, not the flat price */
};

SIM_MUST_CHECK int mdl_entry_energy_load(const struct mdl_plan *plan,
    const struct mdl_dep *dep, struct sim_arena *arena,
    struct mdl_entry_energy **out, struct sim_err *err);

/* Served share and work by place: rates of year 0 folded in. */
struct mdl_shares {
    int n_zc;                      /* n_zones x n_classes */
    int n_kinds;                   /* of hours */
    const struct mdl_costs *costs; /* whose; NULL: one kind */
    double *work;   /* [years x strata x kinds x places x n_zc], s/s per unit
                       shape */
    double *served; /* same shape, requests/s per unit shape */
    double *base_per_s; /* [n_sources] requests/s per unit shape */
    double *zc_per_s;   /* [n_zc] ... all sources */
    double mean_per_s;  /* as in the pool */
    double *batch_s;    /* [levels x entries] busy slot seconds of a request
                           served in batches; NAN where none are: work tells
                           then */
    double *rest_w;     /* [levels x entries] mean of a server whose slots are
                           free: idle, or off or booting where it switches off */
    double lead_s;      /* lead-in that counts for the strata (windows.h); 0 at
                           first */
};

/** What the pool says of where requests are served.
 *  @param seconds  watched in all, for the rates of clients that wait [s] */
SIM_MUST_CHECK int mdl_shares_build(const struct mdl_plan *plan,
    const struct mdl_dep *dep, const struct mdl_layout *layout,
    const struct mdl_pool *pool, double seconds, struct sim_arena *arena,
    struct mdl_shares *out, struct sim_err *err);

/** Requests offered between two times of the horizon: exact, but for clients
 *  that wait, whose rate is the one seen. */
double mdl_shares_offered(const struct mdl_plan *plan,
    const struct mdl_shares *shares, double from_s, double to_s);

/* Sums over the horizon, by entry; energy at the servers and at the meter. */
struct mdl_entry_hours {
    double it_kwh, site_kwh, carbon_kg, water_l, bill_usd;
    double peak_kw;     /* largest hourly mean, summed over places */
    double hour_kw[24]; /* mean at the meter by hour of day, UTC */
};

/**
 * Walk the hours of one replication.
 *
 * @param usage  [n_entries] initialised, columns of `timing`; filled
 * @param out    [n_entries]
 */
SIM_MUST_CHECK int mdl_hours_run(const struct mdl_plan *plan,
    const struct mdl_dep *dep, const struct mdl_shares *shares,
    const struct mdl_entry_energy *energy, const struct mdl_timeline *timeline,
    int timing, struct mdl_usage *usage, struct mdl_entry_hours *out,
    struct sim_err *err);

/** Billing quantities that need no hours: servers, failures, visits and
 *  capacity, by entry and column.
 *  @param usage  [n_entries] initialised; those are filled */
void mdl_hours_constants(const struct mdl_plan *plan, const struct mdl_dep *dep,
    const struct mdl_timeline *timeline, int timing, struct mdl_usage *usage);

/** Exact offered requests of the horizon, all classes or one (cls >= 0). */
double mdl_offered_total(const struct mdl_plan *plan, int cls);

#endif /* MODELS_HOURS_H */
