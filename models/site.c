/* Row tables of the scenario: what stands at the top level, and of users,
 * classes, deployments and sites. */
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

static const struct sim_table deployment_table = {.name = "deployment", SIM_ROWS(deployment_rows),
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

static const struct sim_table users_table = {.name = "users", SIM_ROWS(users_rows), .size = sizeof(USERS),
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

static const struct sim_table report_table = {.name = "report", SIM_ROWS(report_rows), .size = sizeof(REPORT),
    .check = check_report, .doc = "Extra outputs."};

#define DEFLATION struct mdl_deflation_cfg
static const struct sim_param deflation_rows[] = {
    {SIM_PARAM_F64(DEFLATION, halving_month), .unit = "month", .min = 0, .max = 1200,
     .flags = SIM_P_OPTIONAL | SIM_P_ABOVE_MIN | SIM_P_STATE, .doc = "Time in which the work of a request halves."},
};
static const struct sim_table deflation_table = {.name = "deflation", SIM_ROWS(deflation_rows),
    .size = sizeof(DEFLATION), .doc = "Fall of compute per request by better algorithms."};

/* ---- root ---------------------------------------------------------------------------- */

#define RUN struct mdl_run_cfg
static const struct sim_param run_rows[] = {
    {SIM_PARAM_STR(RUN, name), .unit = "", .required = true, .doc = "Name of the study; [a-z0-9-]."},
    {SIM_PARAM_STR(RUN, title), .unit = "", .doc = "The question in one line."},
    {SIM_PARAM_STR(RUN, currency), .unit = "", .dflt_text = "USD", .doc = "ISO code of all money."},
    {SIM_PARAM_I64(RUN, seed), .unit = "", .dflt = 1, .min = 0, .max = 9007199254740992.0, .flags = SIM_P_STATE,
     .doc = "Seed of all random streams."},
    {SIM_PARAM_DATE(RUN, start), .unit = "", .dflt_text = "2027-01-01", .flags = SIM_P_STATE,
     .doc = "First day of the horizon, the first of a month."},
    {SIM_PARAM_F64(RUN, horizon_yr), .unit = "year", .dflt = 5, .min = 0.000001, .max = 40, .flags = SIM_P_STATE,
     .doc = "Time over which money, failures and growth are followed."},
    {SIM_PARAM_STR(RUN, baseline), .unit = "", .doc = "Deployment the others are compared with; absent: the first."},
    {SIM_PARAM_F64(RUN, confidence_frac), .unit = "1", .dflt = 0.95, .min = 0.5, .max = 0.9999, .flags = SIM_P_STATE,
     .doc = "Level of all intervals."},
    {SIM_PARAM_GROUP(RUN, simulate, &mdl_simulate_table), .doc = "What is simulated."},
    {SIM_PARAM_GROUP(RUN, users, &users_table), .doc = "Where requests come from."},
    {SIM_PARAM_GROUP_OPT(RUN, arrivals, &mdl_arrivals_table, has_arrivals), .doc = "What users send, and when."},
    {SIM_PARAM_GROUP(RUN, deflation, &deflation_table), .doc = "Fall of compute per request."},
    {SIM_PARAM_MAP(RUN, requests, n_requests, &mdl_class_table), .doc = "Request classes by name."},
    {SIM_PARAM_MAP(RUN, domains, n_domains, &mdl_domain_table),
     .doc = "Shared causes by name; sites list theirs under 'failures.domains'."},
    {SIM_PARAM_MAP(RUN, deployments, n_deployments, &deployment_table), .required = true, .doc = "Alternatives by name."},
    {SIM_PARAM_GROUP_OPT(RUN, finance, &mdl_finance_table, has_finance), .doc = "Discounting, tax and escalation."},
    {SIM_PARAM_STRS(RUN, thresholds, n_thresholds), .unit = "",
     .doc = "Rules on metrics, such as 'edge.latency.p95 < 50 ms'; exit code 1 when one fails."},
    {SIM_PARAM_GROUP(RUN, report, &report_table), .doc = "Extra outputs."},
};
/* clang-format on */

/* Every class has a rate: its own arrivals, or a share of the common ones. */
static void check_shares(const RUN *run, const struct sim_checker *checker)
{
    double sum = 0.0;
    int sharing = 0;

    for (int i = 0; i < run->n_requests; i++) {
        if (!run->requests[i].has_arrivals && !run->requests[i].has_journey) {
            sum += run->requests[i].share_frac;
            sharing++;
        }
    }
    if (sharing > 0 && run->has_arrivals && fabs(sum - 1.0) > 1e-9)
        checker->fault(checker->ctx, "requests",
            "the shares of the classes sum to %g, not 1", sum);
    if (sharing == 0 && run->has_arrivals)
        checker->fault(checker->ctx, "arrivals",
            "no class takes a share of these arrivals");
    if (sharing > 0 && !run->has_arrivals)
        checker->fault(checker->ctx, "requests",
            "request classes need 'arrivals', here or in each class");
}

/* Letters as in the names of entries: the name becomes that of a folder. */
static bool name_ok(const char *name)
{
    const size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");

    return n > 0 && n <= 64 && name[n] == '\0' && name[0] != '-';
}

static void check_metrics(const RUN *run, const struct sim_checker *checker)
{
    const struct mdl_precision_cfg *precision = &run->simulate.precision;

    for (int i = 0; i < precision->n_metrics; i++) {
        if (res_metric_row(precision->metrics[i]) == NULL)
            checker->fault(checker->ctx, "simulate.precision.metrics",
                "names the unknown metric '%s'", precision->metrics[i]);
    }
}

/* The length of a window is known to another table than the horizon. */
static void check_horizon(const RUN *run, const struct sim_checker *checker)
{
    const SIMULATE *s = &run->simulate;
    const double horizon_s = run->horizon_yr * SIM_H_PER_YR * SIM_S_PER_H;

    if (isnan(s->duration_s) && s->requests < 0 &&
        horizon_s < s->windows.length_s)
        checker->fault(checker->ctx, "horizon",
            "is shorter than one window of 'simulate.windows'");
}

static void check_thresholds(const RUN *run, const struct sim_checker *checker)
{
    for (int i = 0; i < run->n_thresholds; i++) {
        struct sim_err err = {0};
        char key[32];
        if (mdl_threshold_check(run, run->thresholds[i], &err) == SIM_OK)
            continue;
        snprintf(key, sizeof key, "thresholds.%d", i);
        checker->fault(checker->ctx, key, "%s", err.text);
    }
}

/* Every class finds a permitted site in every deployment. */
static void check_residency(const RUN *run, const struct sim_checker *checker)
{
    for (int c = 0; c < run->n_requests; c++) {
        const char *residency = run->requests[c].residency;
        char key[128];
        snprintf(
            key, sizeof key, "requests.%s.residency", run->requests[c].name);
        for (int d = 0; residency != NULL && d < run->n_deployments; d++) {
            const DEPLOYMENT *dep = &run->deployments[d];
            int permitted = 0;
            for (int i = 0; i < dep->n_sites; i++)
                permitted += dep->sites[i].residency != NULL &&
                             strcmp(dep->sites[i].residency, residency) == 0;
            if (permitted == 0)
                checker->fault(checker->ctx, key,
                    "no site of deployment '%s' may serve class '%s' "
                    "(residency '%s')",
                    dep->name, run->requests[c].name, residency);
        }
    }
}

/* A time of `report.at` that the run does not reach would be left out. */
static void check_at(const RUN *run, const struct sim_checker *checker)
{
    for (int i = 0; i < run->report.n_at; i++) {
        if (run->report.at_s[i] > run->simulate.duration_s)
            checker->fault(checker->ctx, "report.at",
                "number %d, %g s, is after the end of 'simulate.duration'",
                i + 1, run->report.at_s[i]);
    }
}

/* Rows of a trace are not dealt to classes by shares. */
static void check_trace_classes(
    const RUN *run, const struct sim_checker *checker)
{
    int n = 0;

    for (int c = 0; c < run->n_requests; c++)
        n += !run->requests[c].has_arrivals && !run->requests[c].has_journey;
    if (n > 1 && run->has_arrivals && run->arrivals.process.has_trace)
        checker->fault(checker->ctx, "arrivals.process.trace",
            "serves one class, but %d take their arrivals from it: give each "
            "class 'arrivals' of its own",
            n);
}

/* Traces and clients that wait run on from time zero: no windows. */
static void check_process(const struct mdl_process_cfg *process,
    const char *scope, const struct sim_checker *checker)
{
    char key[128];

    if (process->has_trace) {
        snprintf(key, sizeof key, "%sarrivals.process.trace", scope);
        checker->fault(checker->ctx, key,
            "a trace needs 'simulate.duration' or 'simulate.requests', not "
            "windows");
    }
    if (process->has_closed) {
        snprintf(key, sizeof key, "%sarrivals.process.closed", scope);
        checker->fault(checker->ctx, key,
            "closed-loop clients need 'simulate.duration' or "
            "'simulate.requests', not windows");
    }
}

static void check_processes(const RUN *run, const struct sim_checker *checker)
{
    const SIMULATE *s = &run->simulate;
    char scope[96];

    check_trace_classes(run, checker);
    if (!isnan(s->duration_s) || s->requests >= 0)
        return;
    if (run->has_arrivals)
        check_process(&run->arrivals.process, "", checker);
    for (int c = 0; c < run->n_requests; c++) {
        if (!run->requests[c].has_arrivals)
            continue;
        snprintf(scope, sizeof scope, "requests.%s.", run->requests[c].name);
        check_process(&run->requests[c].arrivals.process, scope, checker);
    }
}

/* A class without a time of its own is served where batching gives one, or its
 * visits have their own. */
static void check_service(const RUN *run, const struct sim_checker *checker)
{
    for (int c = 0; c < run->n_requests; c++) {
        const CLASS *cls = &run->requests[c];
        bool missing = cls->n_stages == 0, batched = true;
        char key[128];
        if (cls->service_s != NULL || cls->has_token_time || cls->has_journey ||
            (cls->has_cascade && cls->cascade.small_s != NULL))
            continue;
        for (int i = 0; i < cls->n_stages; i++)
            missing = missing || cls->stages[i].service_s == NULL;
        for (int d = 0; d < run->n_deployments; d++)
            for (int i = 0; i < run->deployments[d].n_sites; i++)
                batched = batched && run->deployments[d].sites[i].has_batching;
        snprintf(key, sizeof key, "requests.%s", cls->name);
        if (missing && !batched)
            checker->fault(
                checker->ctx, key, "needs either 'service' or 'token_time'");
    }
}

static void check_run(const void *cfg, const struct sim_checker *checker)
{
    const RUN *run = cfg;
    bool known = run->baseline == NULL;

    for (int i = 0; i < run->n_deployments; i++)
        known = known || strcmp(run->deployments[i].name, run->baseline) == 0;
    if (!known)
        checker->fault(checker->ctx, "baseline",
            "names the unknown deployment '%s'", run->baseline);
    if (!name_ok(run->name))
        checker->fault(checker->ctx, "name",
            "is '%s', expected lower-case letters, digits and '-', at most 64",
            run->name);
    if (run->n_deployments == 0)
        checker->fault(
            checker->ctx, "deployments", "needs at least one deployment");
    check_shares(run, checker);
    check_horizon(run, checker);
    check_metrics(run, checker);
    check_service(run, checker);
    check_thresholds(run, checker);
    check_residency(run, checker);
    check_at(run, checker);
    mdl_domain_check(run, checker);
    check_processes(run, checker);
    mdl_flow_check(run, checker);
    mdl_policy_check(run, checker);
    if (mdl_calendar_of(run->start).day_of_month != 1)
        checker->fault(
            checker->ctx, "start", "'start' must be the first day of a month");
}

const struct sim_table mdl_run_table = {.name = "scenario",
    SIM_ROWS(run_rows),
    .size = sizeof(RUN),
    .check = check_run,
    .doc = "A scenario file."};
