/* Row tables of the arrivals block, and its built-in shapes. */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "models/workload.h"
#include "models/workload_shapes.h"

/* clang-format off */
const char *const mdl_day_shape_names[] = {"flat", "office", "retail", "evening", NULL};

/* Hourly factors, midnight first.  Round numbers by judgement, to be replaced by the
 * user's own: office hours with a dip at noon; shops from 9 to 21 h with a peak at 18 h;
 * home use with a peak at 21 h.  [SHAPES] */
static const double days[][24] = {
    {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1},
    {.20, .15, .12, .12, .15, .25, .50, .95, 1.6, 2.0, 2.1, 2.0, 1.7, 1.8, 2.1, 2.1, 1.9, 1.5, 1.0, .70, .55, .45, .35, .25},
    {.25, .18, .15, .15, .18, .30, .50, .75, 1.0, 1.25, 1.4, 1.5, 1.55, 1.5, 1.45, 1.5, 1.65, 1.8, 1.85, 1.7, 1.4, 1.0, .65, .40},
    {.75, .50, .35, .25, .22, .25, .40, .60, .75, .85, .90, .95, 1.0, 1.0, 1.0, 1.05, 1.15, 1.3, 1.5, 1.7, 1.85, 1.9, 1.6, 1.15},
};

/* Is the word one of the list?  What is absent is. */
static bool is_known(const char *word, const char *const *words)
{
    for (int i = 0; word != NULL && words[i] != NULL; i++) {
        if (strcmp(word, words[i]) == 0)
            return true;
    }
    return word == NULL;
}

/* Does a list that is given hold zeros alone? */
static bool all_zero(const double *x, int n)
{
    double sum = 0.0;

    for (int i = 0; x != NULL && i < n; i++)
        sum += x[i];
    return n > 0 && !(sum > 0.0);
}

#define COX struct mdl_cox_cfg
static const char *const cox_names[] = {"azure-conv", "azure-code", NULL};
static const struct sim_param cox_rows[] = {
    {SIM_PARAM_STR(COX, like), .unit = "", .flags = SIM_P_SCALAR | SIM_P_STATE,
     .doc = "Built-in law of burstiness fitted to a public trace: azure-conv or azure-code.", .source = "[AZURE23]"},
    {SIM_PARAM_F64(COX, fast_s), .unit = "s", .min = 0.001, .max = 1e6, .flags = SIM_P_OPTIONAL | SIM_P_STATE,
     .doc = "Interval after which the fast factor is drawn anew."},
    {SIM_PARAM_F64(COX, fast_shape), .unit = "", .min = 0.01, .max = 1e9, .flags = SIM_P_OPTIONAL | SIM_P_STATE,
     .doc = "Shape of the fast gamma factor (mean 1, variance 1/shape)."},
    {SIM_PARAM_F64(COX, slow_s), .unit = "s", .min = 0.001, .max = 1e6, .flags = SIM_P_OPTIONAL | SIM_P_STATE,
     .doc = "Interval after which the slow factor is drawn anew."},
    {SIM_PARAM_F64(COX, slow_shape), .unit = "", .min = 0.01, .max = 1e9, .flags = SIM_P_OPTIONAL | SIM_P_STATE,
     .doc = "Shape of the slow gamma factor."},
};

static void check_cox(const void *cfg, const struct sim_checker *checker)
{
    const COX *cox = cfg;
    const int given = (cox->fast_s == cox->fast_s) + (cox->fast_shape == cox->fast_shape) +
        (cox->slow_s == cox->slow_s) + (cox->slow_shape == cox->slow_shape);

    if (cox->like == NULL ? given != 4 : given != 0)
        checker->fault(checker->ctx, "", "needs either 'like' or all of 'fast', 'fast_shape', 'slow', 'slow_shape'");
    if (!is_known(cox->like, cox_names))
        checker->fault(checker->ctx, "like", "is '%s', expected azure-conv or azure-code", cox->like);
}

static const struct sim_table cox_table = {.name = "cox", SIM_ROWS(cox_rows), .size = sizeof(COX), .check = check_cox,
    .doc = "Poisson arrivals whose rate is multiplied by two gamma factors, each redrawn at its interval."};

#define TRACE struct mdl_trace_cfg
static const struct sim_param trace_rows[] = {
    {SIM_PARAM_STR(TRACE, file), .unit = "", .required = true, .flags = SIM_P_FILE | SIM_P_SCALAR | SIM_P_STATE,
     .doc = "CSV with a column t_s (seconds, increasing) and, where used, input_tokens and output_tokens."},
    {SIM_PARAM_F64(TRACE, scale), .unit = "", .dflt = 1, .min = 1e-6, .max = 1e6, .flags = SIM_P_STATE,
     .doc = "Rate multiplier: times of the trace are divided by it."},
};
static const struct sim_table trace_table = {.name = "trace", SIM_ROWS(trace_rows), .size = sizeof(TRACE),
    .doc = "Replay of recorded arrivals; needs 'duration' or 'requests' under 'simulate'."};

#define GAMMA struct mdl_gamma_cfg
static const struct sim_param gamma_rows[] = {
    {SIM_PARAM_F64(GAMMA, cv_frac), .unit = "1", .required = true, .min = 0, .max = 100, .flags = SIM_P_ABOVE_MIN | SIM_P_STATE,
     .doc = "Coefficient of variation of the gaps; 1 is Poisson."},
};
static const struct sim_table gamma_table = {.name = "gamma gaps", SIM_ROWS(gamma_rows), .size = sizeof(GAMMA),
    .doc = "Gaps of a gamma law."};

#define MMPP struct mdl_mmpp_cfg
static const struct sim_param mmpp_rows[] = {
    {SIM_PARAM_F64S(MMPP, rates_per_s, n_rates), .unit = "1/s", .required = true, .min = 0, .max = 1e9, .flags = SIM_P_STATE,
     .doc = "Rate of all users together in each state; with 'arrivals.rate' given, scaled to that mean."},
    {SIM_PARAM_F64S(MMPP, sojourn_s, n_sojourn), .unit = "s", .required = true, .min = 1e-9, .max = 1e10, .flags = SIM_P_STATE,
     .doc = "Mean time in each state; the states follow in turn."},
};

static void check_mmpp(const void *cfg, const struct sim_checker *checker)
{
    const MMPP *mmpp = cfg;

    if (mmpp->n_rates != mmpp->n_sojourn || mmpp->n_rates < 2)
        checker->fault(checker->ctx, "sojourn", "needs as many times as there are rates, at least 2; got %d and %d",
            mmpp->n_sojourn, mmpp->n_rates);
    if (all_zero(mmpp->rates_per_s, mmpp->n_rates))
        checker->fault(checker->ctx, "rates", "are all 0");
}

static const struct sim_table mmpp_table = {.name = "mmpp", SIM_ROWS(mmpp_rows), .size = sizeof(MMPP), .check = check_mmpp,
    .doc = "Markov-modulated Poisson process with cyclic states."};

#define BATCH struct mdl_batch_cfg
static const struct sim_param batch_rows[] = {
    {SIM_PARAM_I64(BATCH, size), .unit = "", .required = true, .min = 1, .max = 1e6, .flags = SIM_P_SCALAR | SIM_P_STATE,
     .doc = "Requests that arrive together; the rate stays that of requests."},
};
static const struct sim_table batch_table = {.name = "batch arrivals", SIM_ROWS(batch_rows), .size = sizeof(BATCH),
    .doc = "Poisson arrivals of batches."};

#define CLOSED struct mdl_closed_cfg
static const struct sim_param closed_rows[] = {
    {SIM_PARAM_I64(CLOSED, population), .unit = "", .required = true, .min = 1, .max = 1e7, .flags = SIM_P_STATE,
     .doc = "Clients of all users together, dealt to them by weight."},
    {SIM_PARAM_DIST(CLOSED, think_s), .unit = "s", .required = true, .min = 0, .max = 1e9, .flags = SIM_P_STATE,
     .doc = "Time between an answer and the client's next request."},
};
static const struct sim_table closed_table = {.name = "closed loop", SIM_ROWS(closed_rows), .size = sizeof(CLOSED),
    .doc = "Clients that wait for the answer before they send again; needs 'duration' or 'requests' under 'simulate'."};

#define PROCESS struct mdl_process_cfg
static const char *const laws[] = {"poisson", NULL};
static const struct sim_param process_rows[] = {
    {SIM_PARAM_ENUM(PROCESS, law, laws), .unit = "", .flags = SIM_P_SCALAR | SIM_P_STATE,
     .doc = "Independent users: Poisson with the rate of the hour."},
    {SIM_PARAM_GROUP_OPT(PROCESS, cox, &cox_table, has_cox), .doc = "Bursty arrivals: Poisson with a random rate."},
    {SIM_PARAM_DIST(PROCESS, renewal), .unit = "", .min = 0, .max = 1e12, .flags = SIM_P_STATE,
     .doc = "Independent gaps of this law, scaled to the rate."},
    {SIM_PARAM_GROUP_OPT(PROCESS, gamma, &gamma_table, has_gamma), .doc = "Independent gamma gaps."},
    {SIM_PARAM_GROUP_OPT(PROCESS, mmpp, &mmpp_table, has_mmpp), .doc = "A rate that jumps between states."},
    {SIM_PARAM_GROUP_OPT(PROCESS, batch, &batch_table, has_batch), .doc = "Requests in batches."},
    {SIM_PARAM_GROUP_OPT(PROCESS, trace, &trace_table, has_trace), .doc = "Replay of a recorded trace."},
    {SIM_PARAM_GROUP_OPT(PROCESS, closed, &closed_table, has_closed), .doc = "Clients that wait for an answer."},
};
static const struct sim_table process_table = {.name = "process", SIM_ROWS(process_rows), .size = sizeof(PROCESS),
    .one_of = true, .doc = "How requests follow one another."};

#define SINE struct mdl_sine_cfg
static const struct sim_param sine_rows[] = {
    {SIM_PARAM_F64(SINE, amplitude_frac), .unit = "1", .dflt = 0.5, .min = 0, .max = 1, .flags = SIM_P_STATE,
     .doc = "Swing about the mean."},
    {SIM_PARAM_F64(SINE, peak_h), .unit = "h", .dflt = 14, .min = 0, .max = 24, .flags = SIM_P_STATE,
     .doc = "Local time of the maximum."},
};
static const struct sim_table sine_table = {.name = "sine", SIM_ROWS(sine_rows), .size = sizeof(SINE),
    .doc = "Rate of the day as a sine wave."};

#define DAILY struct mdl_daily_cfg
static const struct sim_param daily_rows[] = {
    {SIM_PARAM_ENUM(DAILY, shape, mdl_day_shape_names), .unit = "", .flags = SIM_P_SCALAR | SIM_P_STATE,
     .doc = "Built-in day.", .source = "[SHAPES]"},
    {SIM_PARAM_F64S(DAILY, hours, n_hours), .unit = "", .min = 0, .max = 1e6, .flags = SIM_P_SEQ | SIM_P_STATE,
     .doc = "24 factors, local midnight first; linear between the hours' mid-points."},
    {SIM_PARAM_GROUP_OPT(DAILY, sine, &sine_table, has_sine), .doc = "A sine wave."},
};

static void check_daily(const void *cfg, const struct sim_checker *checker)
{
    const DAILY *daily = cfg;

    /* a list without numbers is not the same as no list */
    if (daily->hours != NULL && daily->n_hours != 24)
        checker->fault(checker->ctx, "hours", "needs 24 numbers, got %d", daily->n_hours);
    if (all_zero(daily->hours, daily->n_hours))
        checker->fault(checker->ctx, "hours", "the factors are all 0");
}

static const struct sim_table daily_table = {.name = "daily", SIM_ROWS(daily_rows), .size = sizeof(DAILY),
    .check = check_daily, .one_of = true, .doc = "Shape of the rate over a day, in each user's local time."};

#define WEEKLY struct mdl_weekly_cfg
static const char *const week_names[] = {"servegen_msmall", "servegen_mmid", "servegen_mlarge", NULL};
static const struct sim_param weekly_rows[] = {
    {SIM_PARAM_STR(WEEKLY, like), .unit = "", .flags = SIM_P_SCALAR | SIM_P_STATE,
     .doc = "Built-in hour-of-week table of a production service: servegen_msmall, servegen_mmid, servegen_mlarge.", .source = "[SERVEGEN]"},
    {SIM_PARAM_F64S(WEEKLY, days, n_days), .unit = "", .min = 0, .max = 1e6, .flags = SIM_P_SEQ | SIM_P_STATE,
     .doc = "7 factors, Monday first."},
};

static void check_weekly(const void *cfg, const struct sim_checker *checker)
{
    const WEEKLY *weekly = cfg;

    if (weekly->days != NULL && weekly->n_days != 7)
        checker->fault(checker->ctx, "days", "needs 7 numbers, got %d", weekly->n_days);
    if (all_zero(weekly->days, weekly->n_days))
        checker->fault(checker->ctx, "days", "the factors are all 0");
    if (!is_known(weekly->like, week_names))
        checker->fault(checker->ctx, "like",
            "is '%s', expected servegen_msmall, servegen_mmid or servegen_mlarge", weekly->like);
}

static const struct sim_table weekly_table = {.name = "weekly", SIM_ROWS(weekly_rows), .size = sizeof(WEEKLY),
    .check = check_weekly, .one_of = true, .doc = "Shape of the rate over a week; multiplies 'daily'."};

#define CFG struct mdl_arrivals_cfg
static const struct sim_param rows[] = {
    {SIM_PARAM_F64(CFG, rate_per_s), .unit = "1/s", .min = 0, .max = 1e9, .flags = SIM_P_OPTIONAL | SIM_P_STATE,
     .doc = "Mean rate of all users together in year 0."},
    {SIM_PARAM_GROUP(CFG, process, &process_table), .doc = "How requests follow one another."},
    {SIM_PARAM_GROUP(CFG, daily, &daily_table), .doc = "Shape over the day."},
    {SIM_PARAM_GROUP(CFG, weekly, &weekly_table), .doc = "Shape over the week."},
    {SIM_PARAM_F64(CFG, growth_per_yr), .unit = "1/year", .dflt = 0, .min = -0.99, .max = 100, .flags = SIM_P_STATE,
     .doc = "Growth of the rate per year, in monthly steps."},
};
/* clang-format on */

static void check(const void *cfg, const struct sim_checker *checker)
{
    const CFG *arrivals = cfg;
    const bool no_rate = !(arrivals->rate_per_s == arrivals->rate_per_s);

    if (arrivals->process.has_closed && !no_rate)
        checker->fault(checker->ctx, "rate",
            "has no meaning with closed-loop clients, who send as they are "
            "answered");
    if (no_rate && !arrivals->process.has_trace &&
        !arrivals->process.has_mmpp && !arrivals->process.has_closed)
        checker->fault(checker->ctx, "", "needs a 'rate'");
}

const struct sim_table mdl_arrivals_table = {.name = "arrivals",
    SIM_ROWS(rows),
    .size = sizeof(CFG),
    .check = check,
    .doc = "Rate, shape and law of the requests that users send."};

const double *mdl_day_shape(int shape)
{
    return days[shape];
}
