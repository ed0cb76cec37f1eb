/* site.h - site, tier and run configuration, composed of sub-model configs.
 *
 * What a scenario file says, in canonical units, read-only once loaded.  Field
 * meanings, ranges and defaults: the row tables in site.c, scenario.c and in
 * the sub-models named by the members.
 */
#ifndef MODELS_SITE_H
#define MODELS_SITE_H

#include <stdbool.h>
#include <stdint.h>

#include "models/build.h"
#include "models/cost.h"
#include "models/data.h"
#include "models/domain.h"
#include "models/energy.h"
#include "models/facility.h"
#include "models/failure.h"
#include "models/finance.h"
#include "models/flow_cfg.h"
#include "models/hardware.h"
#include "models/network.h"
#include "models/power.h"
#include "models/service.h"
#include "models/staff.h"
#include "models/workload.h"

/* Where a site stands: coordinates, or one at every user. */
struct mdl_place_cfg {
    int where; /* enum mdl_where */
    const double *coords;
    int n_coords; /* 2: latitude, longitude [degree] */
};

enum mdl_where { MDL_NOWHERE, MDL_EACH_USER };

struct mdl_site_cfg {
    const char *name;
    const char *tier;
    struct mdl_place_cfg at;
    int64_t count;     /* members; -1: one, or one a user */
    double servers;    /* per member; INFINITY = unlimited */
    double speed_frac; /* overrides the hardware's; NAN = hardware */
    int procure;       /* enum mdl_procure */
    int64_t needed;    /* servers up for the site to count as up */
    const char *residency;
    const struct sim_dist *rtt_ms;
    struct mdl_queue_cfg queue;
    bool has_batching;
    struct mdl_batching_cfg batching;
    bool has_power_off;
    struct mdl_power_off_cfg power_off;
    struct mdl_hardware_cfg hardware;
    int balance; /* enum mdl_balance */
    bool has_cache;
    struct mdl_cache_cfg cache;
    bool has_network; /* without: no time but `rtt` */
    struct mdl_network_cfg network;
    struct mdl_power_cfg power;
    struct mdl_facility_cfg facility;
    struct mdl_energy_cfg energy;
    struct mdl_failure_cfg failures;
    struct mdl_cost_cfg cost;
    struct mdl_staff_cfg staff;
    struct mdl_build_cfg build;
    bool has_cash;
    struct mdl_cash_cfg cash;
};

struct mdl_weight_cfg {
    const char *name; /* of a site entry */
    double weight;
};

struct mdl_routing_cfg {
    int policy; /* enum mdl_policy */
    struct mdl_weight_cfg *weights;
    int n_weights;
    int64_t choices;               /* power-of-d */
    double carbon_price_usd_per_t; /* cheapest */
    const char *const *prefer;
    int n_prefer;
    bool has_spill;
    struct mdl_spill_cfg spill;
    bool failover;
    bool has_hedge;
    struct mdl_hedge_cfg hedge;
};

struct mdl_deployment_cfg {
    const char *name;
    struct mdl_site_cfg *sites;
    int n_sites;
    struct mdl_routing_cfg routing;
    int64_t needed_sites; /* -1: user-weighted reachability */
    double demand_per_yr; /* NAN: from arrivals */
};

struct mdl_user_cfg {
    const char *name;
    const double *at;
    int n_at;
    double weight;
    int access; /* enum mdl_access */
    double utc_offset_h;
    const char *country;
};

struct mdl_users_cfg {
    const char *from; /* built-in set of metros */
    const char *file; /* or a user's own, resolved path of a CSV */
    int64_t top;
    int access;
    struct mdl_user_cfg *list;
    int n_list;
};

struct mdl_slo_cfg {
    double p50_ms, p90_ms, p95_ms, p99_ms, p999_ms; /* NAN = no objective */
};

/* Work proportional to tokens, for classes served without a batching model. */
struct mdl_token_time_cfg {
    double base_ms;
    double per_input_token_ms;
    double per_output_token_ms;
};

/* Rows of a user's file, one of which each request draws. */
struct mdl_pairs_cfg {
    const char *file; /* resolved path */
};

struct mdl_tokens_cfg {
    const char *like; /* built-in pair law, "azure-conv" */
    bool has_pairs;
    struct mdl_pairs_cfg pairs;
    const struct sim_dist *input_tok; /* or {from: trace} */
    const struct sim_dist *output_tok;
};

struct mdl_class_cfg {
    const char *name;
    double share_frac;
    const struct sim_dist *service_s; /* NULL with token_time */
    bool has_token_time;
    struct mdl_token_time_cfg token_time;
    const char *model; /* "custom": tokens and times are given here */
    bool has_tokens;
    struct mdl_tokens_cfg tokens;
    double request_size_bytes;
    double response_size_bytes;
    bool has_slo;
    struct mdl_slo_cfg slo;
    int64_t priority;
    const struct sim_dist *patience_s; /* NULL = waits for ever */
    const char *residency;
    const char *const *only; /* entries that may serve it; none: all */
    int n_only;
    struct mdl_stage_cfg *stages;
    int n_stages;
    bool has_journey;
    struct mdl_journey_cfg journey;
    bool has_fork;
    struct mdl_fork_cfg fork;
    bool has_cascade;
    struct mdl_cascade_cfg cascade;
    bool has_retries;
    struct mdl_retries_cfg retries;
    bool has_limit;
    struct mdl_limit_cfg limit;
    bool has_fallback;
    struct mdl_fallback_cfg fallback;
    double value_usd;
    bool has_arrivals;
    struct mdl_arrivals_cfg arrivals;
};

struct mdl_warmup_cfg {
    int mode; /* enum mdl_warmup */
    double time_s;
    double requests_request; /* key `requests` */
};

enum mdl_warmup { MDL_WARMUP_AUTO, MDL_WARMUP_NONE };

struct mdl_replications_cfg {
    int64_t number; /* fixed number; -1: min..max */
    int64_t min, max;
};

struct mdl_precision_cfg {
    double target_frac;
    const char *const *metrics;
    int n_metrics;
};

struct mdl_windows_cfg {
    int64_t count;
    double length_s;
};

struct mdl_simulate_cfg {
    struct mdl_windows_cfg windows;
    bool has_windows; /* after it: offset 0 means none to sim_param */
    double duration_s;
    int64_t requests;
    struct mdl_warmup_cfg warmup;
    struct mdl_replications_cfg replications;
    bool has_precision;
    struct mdl_precision_cfg precision;
    int64_t sites;     /* simulated of a fleet, about */
    int64_t timelines; /* -1: as many as mdl_study_timelines() says */
    int engine;
};

enum mdl_report_sites { MDL_REPORT_AUTO, MDL_REPORT_ALL };

struct mdl_report_cfg {
    const double *at_s;
    int n_at;
    const double *size_bins_s; /* upper edges, ascending */
    int n_size_bins;
    int sites; /* enum mdl_report_sites */
};

struct mdl_deflation_cfg {
    double halving_month; /* NAN = none */
};

struct mdl_run_cfg {
    const char *name;
    const char *title;
    const char *currency;
    int64_t seed;
    int64_t start;
    double horizon_yr;
    const char *baseline;
    double confidence_frac;
    struct mdl_simulate_cfg simulate;
    struct mdl_users_cfg users;
    bool has_arrivals;
    struct mdl_arrivals_cfg arrivals;
    struct mdl_deflation_cfg deflation;
    struct mdl_class_cfg *requests;
    int n_requests;
    struct mdl_domain_cfg *domains;
    int n_domains;
    struct mdl_deployment_cfg *deployments;
    int n_deployments;
    bool has_finance;
    struct mdl_finance_cfg finance;
    const char *const *thresholds;
    int n_thresholds;
    struct mdl_report_cfg report;
};

/** Does a request of the class leave the queue when it waits too long? */
bool mdl_class_impatient(const struct mdl_class_cfg *c);

/* Sections, for the root's rows. */
extern const struct sim_table mdl_class_table;    /* class.c */
extern const struct sim_table mdl_simulate_table; /* simulate.c */
extern const struct sim_table mdl_users_table,
    mdl_deployment_table; /* site.c */
extern const struct sim_table mdl_report_table,
    mdl_deflation_table; /* site.c */

/* The root of the scenario file: scenario.c. */
extern const struct sim_table mdl_run_table;

#endif /* MODELS_SITE_H */
