/* Row tables of requests that are more than one visit to one site. */
#include "models/flow_cfg.h"

#include <math.h>
#include <stddef.h>

/* clang-format off */

#define STAGE struct mdl_stage_cfg
static const struct sim_param stage_rows[] = {
    {SIM_PARAM_STR(STAGE, site), .unit = "", .required = true, .flags = SIM_P_STATE, .doc = "Site entry that is visited."},
    {SIM_PARAM_DIST(STAGE, service_s), .unit = "s", .min = 0, .max = 1e9, .flags = SIM_P_STATE,
     .doc = "Service time there, on one slot of the reference hardware; absent: that of the class."},
};
const struct sim_table mdl_stage_table = {.name = "stage", SIM_ROWS(stage_rows), .size = sizeof(STAGE),
    .doc = "One of several visits, in order."};

#define ENTER struct mdl_enter_cfg
static const struct sim_param enter_rows[] = {
    {SIM_PARAM_F64(ENTER, rate_per_s), .unit = "1/s", .required = true, .min = 0, .max = 1e12,
     .flags = SIM_P_SCALAR | SIM_P_STATE, .doc = "Rate of all users together at which requests enter here."},
};
static const struct sim_table enter_table = {.name = "entrance", SIM_ROWS(enter_rows), .size = sizeof(ENTER),
    .doc = "Where requests enter a journey."};

#define HOP struct mdl_hop_cfg
static const struct sim_param hop_rows[] = {
    {SIM_PARAM_F64(HOP, share_frac), .unit = "1", .required = true, .min = 0, .max = 1,
     .flags = SIM_P_SCALAR | SIM_P_STATE, .doc = "Share of those served that goes on there."},
};
static const struct sim_table hop_table = {.name = "hop", SIM_ROWS(hop_rows), .size = sizeof(HOP),
    .doc = "Where a journey goes on."};

#define HOPS struct mdl_hops_cfg
static const struct sim_param hops_rows[] = {
    {SIM_PARAM_MAP(HOPS, to, n_to, &hop_table), .flags = SIM_P_REST, .doc = "Shares by site entry."},
};

static void check_hops(const void *cfg, const struct sim_checker *checker)
{
    const HOPS *hops = cfg;
    double sum = 0.0;

    for (int i = 0; i < hops->n_to; i++)
        sum += hops->to[i].share_frac;
    if (sum > 1.0 + 1e-12)
        checker->fault(checker->ctx, "", "the shares sum to %g, more than 1", sum);
}

static const struct sim_table hops_table = {.name = "hops", SIM_ROWS(hops_rows), .size = sizeof(HOPS), .check = check_hops,
    .doc = "Where requests go from a site entry; the rest of 1 leaves."};

#define VISIT struct mdl_visit_cfg
static const struct sim_param visit_rows[] = {
    {SIM_PARAM_DIST(VISIT, service_s), .unit = "s", .min = 0, .max = 1e9, .flags = SIM_P_SCALAR | SIM_P_STATE,
     .doc = "Service time of a visit, on one slot of the reference hardware."},
};
static const struct sim_table visit_table = {.name = "visit", SIM_ROWS(visit_rows), .size = sizeof(VISIT),
    .doc = "Service at a site entry."};

#define JOURNEY struct mdl_journey_cfg
static const struct sim_param journey_rows[] = {
    {SIM_PARAM_MAP(JOURNEY, enter, n_enter, &enter_table), .required = true, .doc = "Rates at which requests enter, by site entry; with 'arrivals' in the class only their proportions count."},
    {SIM_PARAM_MAP(JOURNEY, next, n_next, &hops_table), .doc = "Where they go on, by site entry left."},
    {SIM_PARAM_MAP(JOURNEY, service, n_service, &visit_table), .required = true, .doc = "Service times, by site entry."},
};

static void check_journey(const void *cfg, const struct sim_checker *checker)
{
    const JOURNEY *journey = cfg;
    double sum = 0.0;

    for (int i = 0; i < journey->n_enter; i++)
        sum += journey->enter[i].rate_per_s;
    if (!(sum > 0.0))
        checker->fault(checker->ctx, "enter", "needs a rate above 0");
}

const struct sim_table mdl_journey_table = {.name = "journey", SIM_ROWS(journey_rows), .size = sizeof(JOURNEY),
    .check = check_journey, .doc = "Requests that go from site to site by chance, also back."};

#define FORK struct mdl_fork_cfg
static const struct sim_param fork_rows[] = {
    {SIM_PARAM_I64(FORK, copies), .unit = "", .min = 2, .max = MDL_MAX_PARTS, .flags = SIM_P_SCALAR | SIM_P_OPTIONAL | SIM_P_STATE,
     .doc = "Parts, each to another member that routing picks."},
    {SIM_PARAM_STRS(FORK, sites, n_sites), .unit = "", .flags = SIM_P_SEQ | SIM_P_STATE, .doc = "Site entries, 2 to 64, one part each."},
};

static void check_fork(const void *cfg, const struct sim_checker *checker)
{
    const FORK *fork = cfg;

    if (fork->sites != NULL && (fork->n_sites < 2 || fork->n_sites > MDL_MAX_PARTS))
        checker->fault(checker->ctx, "sites", "takes 2 to %d sites, not %d", MDL_MAX_PARTS, fork->n_sites);
}

const struct sim_table mdl_fork_table = {.name = "fork", SIM_ROWS(fork_rows), .size = sizeof(FORK), .one_of = true, .check = check_fork,
    .doc = "Parts of a request served side by side; its answer is complete with the last."};

#define CASCADE struct mdl_cascade_cfg
static const struct sim_param cascade_rows[] = {
    {SIM_PARAM_DIST(CASCADE, small_s), .unit = "s", .min = 0, .max = 1e9, .flags = SIM_P_STATE,
     .doc = "Service time of the small model; absent: that of the class."},
    {SIM_PARAM_DIST(CASCADE, large_s), .unit = "s", .required = true, .min = 0, .max = 1e9, .flags = SIM_P_STATE,
     .doc = "Service time of the large model."},
    {SIM_PARAM_F64(CASCADE, escalate_frac), .unit = "1", .required = true, .min = 0, .max = 1, .flags = SIM_P_STATE,
     .doc = "Share of requests that go on to the large model."},
    {SIM_PARAM_STR(CASCADE, large_at), .unit = "", .required = true, .flags = SIM_P_STATE,
     .doc = "Site entry with the large model."},
};
const struct sim_table mdl_cascade_table = {.name = "cascade", SIM_ROWS(cascade_rows), .size = sizeof(CASCADE),
    .doc = "A small model answers first; a share of requests then goes to a large one."};

#define RETRIES struct mdl_retries_cfg
static const struct sim_param retries_rows[] = {
    {SIM_PARAM_I64(RETRIES, max), .unit = "", .required = true, .min = 1, .max = 100, .flags = SIM_P_SCALAR | SIM_P_STATE,
     .doc = "Attempts after the first."},
    {SIM_PARAM_F64(RETRIES, backoff_s), .unit = "s", .dflt = 0.1, .min = 0, .max = 1e6, .flags = SIM_P_STATE,
     .doc = "Pause before the first retry."},
    {SIM_PARAM_F64(RETRIES, factor), .unit = "", .dflt = 2, .min = 1, .max = 10, .flags = SIM_P_STATE,
     .doc = "Growth of the pause from one retry to the next."},
};
const struct sim_table mdl_retries_table = {.name = "retries", SIM_ROWS(retries_rows), .size = sizeof(RETRIES),
    .doc = "Attempts after a loss or an abandoned queue."};

#define LIMIT struct mdl_limit_cfg
static const struct sim_param limit_rows[] = {
    {SIM_PARAM_F64(LIMIT, rate_per_s), .unit = "1/s", .required = true, .min = 0, .max = 1e12,
     .flags = SIM_P_SCALAR | SIM_P_ABOVE_MIN | SIM_P_STATE, .doc = "Rate let through in the long run, all users together."},
    {SIM_PARAM_I64(LIMIT, burst), .unit = "", .dflt = 1, .min = 1, .max = 1e9, .flags = SIM_P_STATE,
     .doc = "Requests let through at once after a pause (depth of the token bucket)."},
};
const struct sim_table mdl_limit_table = {.name = "limit", SIM_ROWS(limit_rows), .size = sizeof(LIMIT),
    .doc = "Rate limit of a class; what exceeds it is refused when it is sent."};

#define FALLBACK struct mdl_fallback_cfg
static const struct sim_param fallback_rows[] = {
    {SIM_PARAM_STR(FALLBACK, site), .unit = "", .flags = SIM_P_STATE, .doc = "Site entry that gets it."},
    {SIM_PARAM_DIST(FALLBACK, local_s), .unit = "s", .min = 0, .max = 1e9, .flags = SIM_P_STATE,
     .doc = "Time in which the user's own device answers."},
};
const struct sim_table mdl_fallback_table = {.name = "fallback", SIM_ROWS(fallback_rows), .size = sizeof(FALLBACK),
    .one_of = true, .doc = "Who serves a request that was lost or gave up, after its retries."};

#define SPILL struct mdl_spill_cfg
static const char *const spill_whens[] = {"never", "full", NULL};
static const struct sim_param spill_rows[] = {
    {SIM_PARAM_ENUM(SPILL, when, spill_whens), .unit = "", .flags = SIM_P_SCALAR | SIM_P_STATE,
     .doc = "full: a request that finds the site's queue full goes on to the next choice."},
    {SIM_PARAM_I64(SPILL, queue), .unit = "", .min = 0, .max = 1e9, .flags = SIM_P_OPTIONAL | SIM_P_STATE,
     .doc = "So many waiting when it comes: it goes on to the next choice."},
};

static void check_spill(const void *cfg, const struct sim_checker *checker)
{
    const SPILL *spill = cfg;

    if (spill->when == MDL_SPILL_NEVER && spill->queue < 0)
        checker->fault(checker->ctx, "", "needs 'when: full' or 'queue'");
}

const struct sim_table mdl_spill_table = {.name = "spill", SIM_ROWS(spill_rows), .size = sizeof(SPILL), .check = check_spill,
    .doc = "When an arriving request goes on to the next choice."};

#define AFTER struct mdl_hedge_after_cfg
static const char *const levels[] = {"p95", "p50", "p90", "p99", NULL};
static const struct sim_param after_rows[] = {
    {SIM_PARAM_ENUM(AFTER, level, levels), .unit = "", .flags = SIM_P_SCALAR | SIM_P_STATE,
     .doc = "Percentile of the class's latency so far."},
    {SIM_PARAM_F64(AFTER, time_s), .unit = "s", .min = 0, .max = 1e6, .flags = SIM_P_SCALAR | SIM_P_OPTIONAL | SIM_P_STATE,
     .doc = "Time since it was sent."},
};
static const struct sim_table after_table = {.name = "hedge after", SIM_ROWS(after_rows), .size = sizeof(AFTER), .one_of = true,
    .doc = "When the second copy is sent."};

#define HEDGE struct mdl_hedge_cfg
static const struct sim_param hedge_rows[] = {
    {SIM_PARAM_GROUP(HEDGE, after, &after_table), .required = true, .doc = "When the second copy is sent."},
};
const struct sim_table mdl_hedge_table = {.name = "hedge", SIM_ROWS(hedge_rows), .size = sizeof(HEDGE),
    .doc = "A second copy to another member when the answer is late; the first answer counts, neither copy is called back."};

double mdl_hedge_level(int choice)
{
    static const double level[] = {0.95, 0.50, 0.90, 0.99};

    return level[choice];
}

#define CACHE struct mdl_cache_cfg
static const struct sim_param cache_rows[] = {
    {SIM_PARAM_F64(CACHE, hit_frac), .unit = "1", .required = true, .min = 0, .max = 1, .flags = SIM_P_SCALAR | SIM_P_STATE,
     .doc = "Share of requests answered from the cache, without a server."},
    {SIM_PARAM_F64(CACHE, time_s), .unit = "s", .dflt = 0.001, .min = 0, .max = 1e6, .flags = SIM_P_STATE,
     .doc = "Time in which the cache answers."},
};
const struct sim_table mdl_cache_table = {.name = "cache", SIM_ROWS(cache_rows), .size = sizeof(CACHE),
    .doc = "Cache of answers in front of a site's queue."};
/* clang-format on */
