/* Row tables of what is simulated: windows, warm-up, replications, precision.
 */
#include <math.h>
#include <stddef.h>

#include "models/site.h"

/* clang-format off */

#define WARMUP struct mdl_warmup_cfg
static const char *const warmups[] = {"auto", "none", NULL};
static const struct sim_param warmup_rows[] = {
    {SIM_PARAM_ENUM(WARMUP, mode, warmups), .unit = "", .flags = SIM_P_SCALAR | SIM_P_STATE,
     .doc = "auto: chosen from load (windows) or by pilot runs; none: counted from the start."},
    {SIM_PARAM_F64(WARMUP, time_s), .unit = "s", .min = 0, .max = 1e10, .flags = SIM_P_SCALAR | SIM_P_OPTIONAL | SIM_P_STATE,
     .doc = "Time simulated and not counted."},
    {SIM_PARAM_F64(WARMUP, requests_request), .unit = "request", .min = 0, .max = 1e15,
     .flags = SIM_P_SCALAR | SIM_P_OPTIONAL | SIM_P_STATE, .doc = "Requests simulated and not counted."},
};
static const struct sim_table warmup_table = {.name = "warmup", SIM_ROWS(warmup_rows), .size = sizeof(WARMUP),
    .one_of = true, .doc = "What is simulated before counting starts."};

#define REPS struct mdl_replications_cfg
static const struct sim_param reps_rows[] = {
    {SIM_PARAM_I64(REPS, number), .unit = "", .min = 1, .max = 1e6, .flags = SIM_P_SCALAR | SIM_P_OPTIONAL | SIM_P_STATE,
     .doc = "Exactly so many replications."},
    {SIM_PARAM_I64(REPS, min), .unit = "", .dflt = 8, .min = 2, .max = 1e6, .flags = SIM_P_STATE, .doc = "At least so many."},
    {SIM_PARAM_I64(REPS, max), .unit = "", .dflt = 64, .min = 2, .max = 1e6, .flags = SIM_P_STATE, .doc = "At most so many."},
};

static void check_reps(const void *cfg, const struct sim_checker *checker)
{
    const REPS *reps = cfg;

    if (reps->number < 0 && reps->max < reps->min)
        checker->fault(checker->ctx, "max", "is below 'min'");
}

static const struct sim_table reps_table = {.name = "replications", SIM_ROWS(reps_rows), .size = sizeof(REPS),
    .check = check_reps, .doc = "Independent repetitions."};

#define PRECISION struct mdl_precision_cfg
static const struct sim_param precision_rows[] = {
    {SIM_PARAM_F64(PRECISION, target_frac), .unit = "1", .dflt = 0.02, .min = 0, .max = 1,
     .flags = SIM_P_ABOVE_MIN | SIM_P_SCALAR | SIM_P_STATE, .doc = "Half width over value at which replications stop."},
    {SIM_PARAM_STRS(PRECISION, metrics, n_metrics), .unit = "", .flags = SIM_P_STATE, .dflt_text = "[latency.p95]",
     .doc = "Metrics that must be that tight, in every deployment."},
};
static const struct sim_table precision_table = {.name = "precision", SIM_ROWS(precision_rows),
    .size = sizeof(PRECISION), .doc = "When enough replications have been run."};

#define WINDOWS struct mdl_windows_cfg
static const struct sim_param windows_rows[] = {
    {SIM_PARAM_I64(WINDOWS, count), .unit = "", .dflt = 48, .min = 2, .max = 100000, .flags = SIM_P_STATE,
     .doc = "Windows per deployment and replication; a fifth is kept for disturbed time."},
    {SIM_PARAM_F64(WINDOWS, length_s), .unit = "s", .dflt = 60, .min = 1, .max = 86400, .flags = SIM_P_STATE,
     .doc = "Length of a window; divides 24 h."},
};

static void check_windows(const void *cfg, const struct sim_checker *checker)
{
    const WINDOWS *w = cfg;

    if (fmod(86400.0, w->length_s) != 0.0)
        checker->fault(checker->ctx, "length", "must divide 24 h, got %g s", w->length_s);
}

static const struct sim_table windows_table = {.name = "windows", SIM_ROWS(windows_rows), .size = sizeof(WINDOWS),
    .check = check_windows, .doc = "Stratified sample of the horizon."};

#define SIMULATE struct mdl_simulate_cfg
static const char *const engines[] = {"auto", "event", NULL};
static const struct sim_param simulate_rows[] = {
    {SIM_PARAM_GROUP_OPT(SIMULATE, windows, &windows_table, has_windows), .doc = "Sample windows of the horizon."},
    {SIM_PARAM_F64(SIMULATE, duration_s), .unit = "s", .min = 0, .max = 1e10,
     .flags = SIM_P_OPTIONAL | SIM_P_ABOVE_MIN | SIM_P_STATE, .doc = "One continuous run of this length from time zero."},
    {SIM_PARAM_I64(SIMULATE, requests), .unit = "", .min = 1, .max = 1e15, .flags = SIM_P_OPTIONAL | SIM_P_STATE,
     .doc = "One continuous run of so many measured requests per replication."},
    {SIM_PARAM_GROUP(SIMULATE, warmup, &warmup_table), .doc = "What is simulated before counting starts."},
    {SIM_PARAM_GROUP(SIMULATE, replications, &reps_table), .doc = "Independent repetitions."},
    {SIM_PARAM_GROUP_OPT(SIMULATE, precision, &precision_table, has_precision), .doc = "When to stop."},
    {SIM_PARAM_I64(SIMULATE, sites), .unit = "", .dflt = 64, .min = 1, .max = 1e6, .flags = SIM_P_STATE,
     .doc = "Members simulated in a window, about; of larger fleets some stand for their like."},
    {SIM_PARAM_I64(SIMULATE, timelines), .unit = "", .min = 0, .max = 1e6, .flags = SIM_P_OPTIONAL | SIM_P_STATE,
     .doc = "Extra failure timelines for availability metrics; absent: 1000 with windows, fewer for fleets of thousands, none with duration or requests."},
    {SIM_PARAM_ENUM(SIMULATE, engine, engines), .unit = "", .flags = SIM_P_STATE, .doc = "Engine of the request level."},
};

static void check_simulate(const void *cfg, const struct sim_checker *checker)
{
    const SIMULATE *s = cfg;
    const int n = (s->has_windows ? 1 : 0) + (isnan(s->duration_s) ? 0 : 1) + (s->requests >= 0 ? 1 : 0);

    if (n > 1)
        checker->fault(checker->ctx, "", "takes one of 'windows', 'duration', 'requests'");
    if (isnan(s->duration_s) && s->requests < 0 &&
        (s->warmup.mode != MDL_WARMUP_AUTO || !isnan(s->warmup.time_s) || !isnan(s->warmup.requests_request)))
        checker->fault(checker->ctx, "warmup", "has no effect on windows, whose lead-in follows the load");
    if (!isnan(s->duration_s) && !isnan(s->warmup.requests_request))
        checker->fault(checker->ctx, "warmup", "of a 'duration' is a time, 'auto' or 'none', not a number of requests");
    /* a comparison with NAN is false: what is absent is no fault */
    if (s->warmup.time_s >= s->duration_s)
        checker->fault(checker->ctx, "duration", "of %g s is not longer than the warm-up of %g s",
            s->duration_s, s->warmup.time_s);
}

const struct sim_table mdl_simulate_table = {.name = "simulate", SIM_ROWS(simulate_rows), .size = sizeof(SIMULATE),
    .check = check_simulate, .doc = "What is simulated, how long and how often."};
/* clang-format on */
