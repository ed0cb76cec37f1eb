/* Row tables of the sections of a scenario: sites, deployments, users, report,
 * deflation. */
#include "models/site.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "models/flow.h"
#include "models/policy.h"
#include "models/routing.h"
#include "models/run.h"
#include "models/workload_time.h"

#include "models/results/results.h"
#include "sim/dist.h"
#include "sim/units.h"

/* clang-format off */

/* ---- sites ----------------------------------------------------------------- */

#define PLACE struct mdl_place_cfg
static const char *const wheres[] = {"unplaced", "each-user", NULL};
static const struct sim_param place_rows[] = {
    {SIM_PARAM_ENUM(PLACE, where, wheres), .unit = "", .flags = SIM_P_SCALAR | SIM_P_STATE,
     .doc = "each-user: one member at every user; unplaced: the preset's typical round trip counts."},
    {SIM_PARAM_F64S(PLACE, coords, n_coords), .unit = "", .min = -180, .max = 180, .flags = SIM_P_SEQ | SIM_P_STATE,
     .doc = "Latitude and longitude in degrees."},
};

static void check_place(const void *cfg, const struct sim_checker *checker)
{
    const PLACE *at = cfg;

    /* a list without numbers is not the same as no list */
    if (at->coords != NULL && (at->n_coords != 2 || fabs(at->coords[0]) > 90))
        checker->fault(checker->ctx, "", "needs [latitude, longitude] in degrees, such as [40.71, -74.01]");
}

static const struct sim_table place_table = {.name = "at", SIM_ROWS(place_rows), .size = sizeof(PLACE),
    .check = check_place, .doc = "Where the site stands."};

#define SITE struct mdl_site_cfg
static const struct sim_param site_rows[] = {
    {SIM_PARAM_STR(SITE, tier), .unit = "", .required = true, .preset = "tier", .flags = SIM_P_STATE,
     .doc = "Preset that gives every parameter not written here."},
    {SIM_PARAM_GROUP(SITE, at, &place_table), .doc = "Where the site stands."},
    {SIM_PARAM_I64(SITE, count), .unit = "", .min = 1, .max = 1e6, .flags = SIM_P_OPTIONAL | SIM_P_STATE,
     .doc = "Members of the entry; with at: each-user the total, dealt by weight."},
    {SIM_PARAM_F64(SITE, servers), .unit = "", .dflt = 1, .min = 1, .max = 1e6, .flags = SIM_P_UNLIMITED | SIM_P_STATE,
     .doc = "Servers of each member."},
    {SIM_PARAM_F64(SITE, speed_frac), .unit = "1", .min = 1e-6, .max = 1e6, .flags = SIM_P_OPTIONAL | SIM_P_STATE,
     .doc = "Speed of a slot against the reference hardware; absent: the hardware's own."},
    {SIM_PARAM_ENUM(SITE, procure, mdl_procure_names), .unit = "", .flags = SIM_P_STATE,
     .doc = "Who owns what: own all, colo (space and power rented), managed (facility and hands rented), cloud (accelerator-hours), api."},
    {SIM_PARAM_I64(SITE, needed), .unit = "", .dflt = 1, .min = 1, .max = 1e6, .flags = SIM_P_STATE,
     .doc = "Servers that must be up for the site to count as up."},
    {SIM_PARAM_STR(SITE, residency), .unit = "", .flags = SIM_P_STATE,
     .doc = "Region of the site; classes with a residency are served only where it agrees."},
    {SIM_PARAM_DIST(SITE, rtt_ms), .unit = "ms", .min = 0, .max = 1e6, .flags = SIM_P_STATE,
     .doc = "Round trip as a distribution, in place of the network model."},
    {SIM_PARAM_GROUP(SITE, queue, &mdl_queue_table), .doc = "The queue."},
    {SIM_PARAM_GROUP_OPT(SITE, batching, &mdl_batching_table, has_batching), .doc = "Requests served together."},
    {SIM_PARAM_GROUP_OPT(SITE, power_off, &mdl_power_off_table, has_power_off), .doc = "Servers switched off while idle."},
    {SIM_PARAM_GROUP(SITE, hardware, &mdl_hardware_table), .preset = "hardware", .doc = "What a server is."},
    {SIM_PARAM_ENUM(SITE, balance, mdl_balance_names), .unit = "", .flags = SIM_P_STATE,
     .doc = "Which of several members at one place gets a request: random; sticky: always the same by user; round-robin; shortest-queue."},
    {SIM_PARAM_GROUP_OPT(SITE, cache, &mdl_cache_table, has_cache), .doc = "Cache of answers."},
    {SIM_PARAM_GROUP_OPT(SITE, network, &mdl_network_table, has_network), .doc = "Round trip between user and site; absent: none."},
    {SIM_PARAM_GROUP(SITE, power, &mdl_power_table), .doc = "Power of a server."},
    {SIM_PARAM_GROUP(SITE, facility, &mdl_facility_table), .doc = "Building, power and cooling."},
    {SIM_PARAM_GROUP(SITE, energy, &mdl_energy_table), .doc = "Energy price and carbon."},
    {SIM_PARAM_GROUP(SITE, failures, &mdl_failure_table), .doc = "What breaks and how it is repaired."},
    {SIM_PARAM_GROUP(SITE, cost, &mdl_cost_table), .doc = "Prices."},
    {SIM_PARAM_GROUP(SITE, staff, &mdl_staff_table), .doc = "People."},
    {SIM_PARAM_GROUP(SITE, build, &mdl_build_table), .doc = "Time to service."},
    {SIM_PARAM_GROUP_OPT(SITE, cash, &mdl_cash_table, has_cash), .doc = "Amounts given directly, for studies of money alone."},
};

static void check_site(const void *cfg, const struct sim_checker *checker)
{
    const SITE *site = cfg;

    const int64_t capacity = site->queue.capacity;
    const double slots = site->servers * (double)mdl_hardware_slots(&site->hardware);

    if (isfinite(slots) && slots > 0x1p30)
        checker->fault(checker->ctx, "servers", "are %g with %g slots in all, more than 2^30", site->servers, slots);
    if ((double)site->needed > site->servers)
        checker->fault(checker->ctx, "needed", "is %lld, more than the %g 'servers' of the site",
            (long long)site->needed, site->servers);
    if (site->has_power_off && (site->has_batching || site->queue.discipline != MDL_FCFS))
        checker->fault(checker->ctx, "power_off", "has no meaning with %s: servers that switch off serve first come first served",
            site->has_batching ? "'batching'" : mdl_discipline_names[site->queue.discipline]);
    /* a batch takes many to one slot; with 'rates' slots do not count */
    if (capacity >= 0 && isfinite(slots) && (double)capacity < slots && !site->has_batching && site->queue.n_rates == 0)
        checker->fault(checker->ctx, "queue.capacity",
            "is %lld, below the %g slots of the site's servers: the others could never be used",
            (long long)capacity, slots);
}

static const struct sim_table site_table = {.name = "site", SIM_ROWS(site_rows), .size = sizeof(SITE),
    .check = check_site, .doc = "A site entry: servers of one kind in one or many places."};

/* ---- deployments ------------------------------------------------------------- */

#define ROUTING struct mdl_routing_cfg
#define WEIGHT struct mdl_weight_cfg
static const struct sim_param weight_rows[] = {
    {SIM_PARAM_F64(WEIGHT, weight), .unit = "", .min = 0, .max = 1e12, .required = true,
     .flags = SIM_P_SCALAR | SIM_P_STATE, .doc = "Share of the requests, relative to the other entries."},
};
static const struct sim_table weight_table = {.name = "weight", SIM_ROWS(weight_rows), .size = sizeof(WEIGHT),
    .doc = "Weight of a site entry."};

static const struct sim_param routing_rows[] = {
    {SIM_PARAM_ENUM(ROUTING, policy, mdl_policy_names), .unit = "", .flags = SIM_P_STATE,
     .doc = "nearest: the shortest round trip; cheapest: the lowest cost of one more request this hour, whose prices are run "
            "inputs then; slo-aware: the nearest predicted to meet the objective; the others spread requests over the group."},
    {SIM_PARAM_MAP(ROUTING, weights, n_weights, &weight_table), .doc = "Weights of site entries, for policy weighted."},
    {SIM_PARAM_I64(ROUTING, choices), .unit = "", .dflt = 2, .min = 1, .max = 8, .flags = SIM_P_STATE,
     .doc = "Members that power-of-d compares."},
    {SIM_PARAM_F64(ROUTING, carbon_price_usd_per_t), .unit = "USD/t", .dflt = 0, .min = 0, .max = 1e6, .flags = SIM_P_STATE,
     .doc = "What policy cheapest adds for the carbon of a request's energy; no bill contains it."},
    {SIM_PARAM_STRS(ROUTING, prefer, n_prefer), .unit = "", .flags = SIM_P_STATE,
     .doc = "Site entries in order of preference; absent: all entries are one group."},
    {SIM_PARAM_GROUP_OPT(ROUTING, spill, &mdl_spill_table, has_spill), .doc = "When an arriving request goes on to the next choice."},
    {SIM_PARAM_BOOL(ROUTING, failover), .unit = "", .dflt = 1, .flags = SIM_P_STATE,
     .doc = "Requests go to the next choice when a site is known to be down."},
    {SIM_PARAM_GROUP_OPT(ROUTING, hedge, &mdl_hedge_table, has_hedge), .doc = "A second copy when the answer is late."},
};
static const struct sim_table routing_table = {.name = "routing", SIM_ROWS(routing_rows), .size = sizeof(ROUTING),
    .doc = "Which site serves a request."};

#define DEPLOYMENT struct mdl_deployment_cfg
static const struct sim_param deployment_rows[] = {
    {SIM_PARAM_MAP(DEPLOYMENT, sites, n_sites, &site_table), .required = true, .doc = "Site entries by name."},
    {SIM_PARAM_GROUP(DEPLOYMENT, routing, &routing_table), .doc = "Which site serves a request."},
    {SIM_PARAM_I64(DEPLOYMENT, needed_sites), .unit = "", .min = 1, .max = 1e6, .flags = SIM_P_OPTIONAL | SIM_P_STATE,
     .doc = "Sites that must be up for the deployment to count as up; absent: users who reach a site that is up."},
    {SIM_PARAM_F64(DEPLOYMENT, demand_per_yr), .unit = "1/year", .min = 0, .max = 1e18, .flags = SIM_P_OPTIONAL,
     .doc = "Requests per year for a study of money alone."},
};

static void check_weights(const DEPLOYMENT *d, const struct sim_checker *checker)
{
    const ROUTING *routing = &d->routing;
    double sum = 0.0;

    for (int i = 0; i < routing->n_weights; i++) {
        int found = 0;
        char key[128];
        for (int j = 0; j < d->n_sites; j++)
            found += strcmp(routing->weights[i].name, d->sites[j].name) == 0;
        snprintf(key, sizeof key, "routing.weights.%s", routing->weights[i].name);
        if (found == 0)
            checker->fault(checker->ctx, key, "names an unknown site entry");
        sum += routing->weights[i].weight;
    }
    if (routing->policy == MDL_WEIGHTED && !(sum > 0.0))
        checker->fault(checker->ctx, "routing", "policy weighted needs 'weights' that do not sum to 0");
    if (routing->policy != MDL_WEIGHTED && routing->n_weights > 0)
        checker->fault(checker->ctx, "routing.weights", "have no meaning with policy '%s'",
            mdl_policy_names[routing->policy]);
}

static void check_deployment(const void *cfg, const struct sim_checker *checker)
{
    const DEPLOYMENT *d = cfg;

    check_weights(d, checker);
    mdl_policy_check_deployment(d, checker);
    if (d->n_sites == 0)
        checker->fault(checker->ctx, "sites", "needs at least one site entry");
    for (int i = 0; i < d->routing.n_prefer; i++) {
        int found = 0;
        for (int j = 0; j < d->n_sites; j++)
            found += strcmp(d->routing.prefer[i], d->sites[j].name) == 0;
        if (found == 0)
            checker->fault(checker->ctx, "routing.prefer", "names the unknown site entry '%s'", d->routing.prefer[i]);
    }
}

const struct sim_table mdl_deployment_table = {.name = "deployment", SIM_ROWS(deployment_rows),
    .size = sizeof(DEPLOYMENT), .check = check_deployment, .doc = "One alternative: sites and how requests reach them."};

/* ---- users --------------------------------------------------------------------- */

#define USER struct mdl_user_cfg
static const struct sim_param user_rows[] = {
    {SIM_PARAM_F64S(USER, at, n_at), .unit = "", .min = -180, .max = 180, .flags = SIM_P_STATE,
     .doc = "Latitude and longitude in degrees; absent: no distance."},
    {SIM_PARAM_F64(USER, weight), .unit = "", .dflt = 1, .min = 0, .max = 1e12, .flags = SIM_P_STATE,
     .doc = "Share of the traffic, relative to the other users."},
    {SIM_PARAM_ENUM(USER, access, mdl_access_names), .unit = "", .flags = SIM_P_STATE,
     .doc = "Access network.", .source = "[ACCESS]"},
    {SIM_PARAM_F64(USER, utc_offset_h), .unit = "h", .dflt = 0, .min = -12, .max = 14, .flags = SIM_P_STATE,
     .doc = "Local standard time less UTC."},
    {SIM_PARAM_STR(USER, country), .unit = "", .flags = SIM_P_STATE, .doc = "Country code, for residency."},
};

static void check_user(const void *cfg, const struct sim_checker *checker)
{
    const USER *user = cfg;

    if (user->at != NULL && (user->n_at != 2 || fabs(user->at[0]) > 90))
        checker->fault(checker->ctx, "at", "needs [latitude, longitude] in degrees, such as [40.71, -74.01]");
}

static const struct sim_table user_table = {.name = "user", SIM_ROWS(user_rows), .size = sizeof(USER),
    .check = check_user, .doc = "A place that sends requests."};

#define USERS struct mdl_users_cfg
static const struct sim_param users_rows[] = {
    {SIM_PARAM_STR(USERS, from), .unit = "", .flags = SIM_P_STATE,
     .doc = "Built-in set of distinct metros: metros-us or metros-world, weighted by population.", .source = "[METROS]"},
    {SIM_PARAM_STR(USERS, file), .unit = "", .flags = SIM_P_FILE | SIM_P_STATE,
     .doc = "CSV of places with the columns name, country, lat, lon, population and utc_offset_h, the largest first."},
    {SIM_PARAM_I64(USERS, top), .unit = "", .dflt = 12, .min = 1, .max = 60, .flags = SIM_P_STATE,
     .doc = "How many of the set, the largest first."},
    {SIM_PARAM_ENUM(USERS, access, mdl_access_names), .unit = "", .flags = SIM_P_STATE,
     .doc = "Access network of the users of the set.", .source = "[ACCESS]"},
    {SIM_PARAM_MAP(USERS, list, n_list, &user_table), .flags = SIM_P_REST, .doc = "Users by name."},
};

static void check_users(const void *cfg, const struct sim_checker *checker)
{
    const USERS *users = cfg;
    const char *from = users->from;
    double sum = 0.0;

    if (from != NULL && strcmp(from, "metros-us") != 0 && strcmp(from, "metros-world") != 0)
        checker->fault(checker->ctx, "from", "is '%s', expected metros-us or metros-world", from);
    for (int i = 0; i < users->n_list; i++)
        sum += users->list[i].weight;
    if (users->from != NULL && users->file != NULL)
        checker->fault(checker->ctx, "file", "has no meaning beside 'from'");
    if (users->file != NULL && users->n_list > 0)
        checker->fault(checker->ctx, "file", "has no meaning beside named users");
    if (users->from != NULL && users->n_list > 0)
        checker->fault(checker->ctx, "from", "has no meaning beside named users");
    if (users->n_list > 0 && !(sum > 0.0))
        checker->fault(checker->ctx, "", "the weights sum to 0");
}

const struct sim_table mdl_users_table = {.name = "users", SIM_ROWS(users_rows), .size = sizeof(USERS),
    .check = check_users, .doc = "Where requests come from."};

#define CLASS struct mdl_class_cfg
#define SIMULATE struct mdl_simulate_cfg
#define REPORT struct mdl_report_cfg
static const char *const report_sites[] = {"auto", "all", NULL};
static const struct sim_param report_rows[] = {
    {SIM_PARAM_F64S(REPORT, at_s, n_at), .unit = "s", .min = 0, .max = 1e10, .flags = SIM_P_STATE,
     .doc = "Times at which the state is reported as at.<k>.*."},
    {SIM_PARAM_F64S(REPORT, size_bins_s, n_size_bins), .unit = "s", .min = 0, .max = 1e10, .flags = SIM_P_STATE,
     .doc = "Upper edges of bins of work for slowdown.bin.<k>.mean; the last bin lies above the last edge."},
    {SIM_PARAM_ENUM(REPORT, sites, report_sites), .unit = "", .flags = SIM_P_STATE,
     .doc = "Users and members of site entries with metrics of their own: the first 200 (auto) or all."},
};

static void check_report(const void *cfg, const struct sim_checker *checker)
{
    const REPORT *report = cfg;

    for (int i = 0; i < report->n_size_bins; i++) {
        if (!(report->size_bins_s[i] > (i > 0 ? report->size_bins_s[i - 1] : 0.0)))
            checker->fault(checker->ctx, "size_bins", "must ascend from above 0, number %d does not", i + 1);
    }
}

const struct sim_table mdl_report_table = {.name = "report", SIM_ROWS(report_rows), .size = sizeof(REPORT),
    .check = check_report, .doc = "Extra outputs."};

#define DEFLATION struct mdl_deflation_cfg
static const struct sim_param deflation_rows[] = {
    {SIM_PARAM_F64(DEFLATION, halving_month), .unit = "month", .min = 0, .max = 1200,
     .flags = SIM_P_OPTIONAL | SIM_P_ABOVE_MIN | SIM_P_STATE, .doc = "Time in which the work of a request halves."},
};
const struct sim_table mdl_deflation_table = {.name = "deflation", SIM_ROWS(deflation_rows),
    .size = sizeof(DEFLATION), .doc = "Fall of compute per request by better algorithms."};

