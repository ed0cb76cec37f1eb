/* Row table of the root of a scenario file, and the rules that need more than
 * one of its sections. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "models/flow.h"
#include "models/policy.h"
#include "models/run.h"
#include "models/site.h"
#include "models/study.h"
#include "models/workload_time.h"

#include "models/results/results.h"
#include "sim/dist.h"
#include "sim/units.h"

/* clang-format off */

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
    {SIM_PARAM_GROUP(RUN, users, &mdl_users_table), .doc = "Where requests come from."},
    {SIM_PARAM_GROUP_OPT(RUN, arrivals, &mdl_arrivals_table, has_arrivals), .doc = "What users send, and when."},
    {SIM_PARAM_GROUP(RUN, deflation, &mdl_deflation_table), .doc = "Fall of compute per request."},
    {SIM_PARAM_MAP(RUN, requests, n_requests, &mdl_class_table), .doc = "Request classes by name."},
    {SIM_PARAM_MAP(RUN, domains, n_domains, &mdl_domain_table),
     .doc = "Shared causes by name; sites list theirs under 'failures.domains'."},
    {SIM_PARAM_MAP(RUN, deployments, n_deployments, &mdl_deployment_table), .required = true, .doc = "Alternatives by name."},
    {SIM_PARAM_GROUP_OPT(RUN, finance, &mdl_finance_table, has_finance), .doc = "Discounting, tax and escalation."},
    {SIM_PARAM_STRS(RUN, thresholds, n_thresholds), .unit = "",
     .doc = "Rules on metrics, such as 'edge.latency.p95 < 50 ms'; exit code 1 when one fails."},
    {SIM_PARAM_GROUP(RUN, report, &mdl_report_table), .doc = "Extra outputs."},
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
        else if (!mdl_measure_known(precision->metrics[i]))
            checker->fault(checker->ctx, "simulate.precision.metrics",
                "names '%s': replications can be stopped by the mean and the "
                "percentiles of latency, network, queue and service, by "
                "loss_probability and by utilization",
                precision->metrics[i]);
    }
}

/* The length of a window is known to another table than the horizon. */
static void check_horizon(const RUN *run, const struct sim_checker *checker)
{
    const struct mdl_simulate_cfg *s = &run->simulate;
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
            const struct mdl_deployment_cfg *dep = &run->deployments[d];
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
    const struct mdl_simulate_cfg *s = &run->simulate;
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
        const struct mdl_class_cfg *cls = &run->requests[c];
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

/* A fallback to a site takes the time of the class, whatever the visits have
 * of their own. */
static void check_fallbacks(const RUN *run, const struct sim_checker *checker)
{
    for (int c = 0; c < run->n_requests; c++) {
        const struct mdl_class_cfg *cls = &run->requests[c];
        const char *at = cls->has_fallback ? cls->fallback.site : NULL;
        bool batched = true;
        char key[128];
        if (at == NULL || cls->service_s != NULL || cls->has_token_time)
            continue;
        for (int d = 0; d < run->n_deployments; d++)
            for (int i = 0; i < run->deployments[d].n_sites; i++)
                batched = batched &&
                          (strcmp(run->deployments[d].sites[i].name, at) != 0 ||
                              run->deployments[d].sites[i].has_batching);
        snprintf(key, sizeof key, "requests.%s.fallback.site", cls->name);
        if (!batched)
            checker->fault(checker->ctx, key,
                "serves for the time of the class, which has neither "
                "'service' nor 'token_time'");
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
    check_fallbacks(run, checker);
    check_thresholds(run, checker);
    check_residency(run, checker);
    check_at(run, checker);
    mdl_domain_check(run, checker);
    mdl_domain_check_shocks(run, checker);
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
