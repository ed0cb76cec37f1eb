/* Row tables of the arrivals block, and its built-in shapes. */
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "models/workload.h"
#include "models/workload_shapes.h"
#include "sim/dist.h"

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
static const char *const origins[] = {"first-row", "zero", NULL};
static const struct sim_param trace_rows[] = {
    {SIM_PARAM_STR(TRACE, file), .unit = "", .required = true, .flags = SIM_P_FILE | SIM_P_SCALAR | SIM_P_STATE,
     .doc = "CSV of any size with a column t_s (seconds, not decreasing) and, as needed, input_tokens, output_tokens, service_s (seconds of work) and user (a user's name; without it users are drawn by weight)."},
    {SIM_PARAM_F64(TRACE, scale), .unit = "", .dflt = 1, .min = 1e-6, .max = 1e6, .flags = SIM_P_STATE,
     .doc = "Rate multiplier: times of the trace are divided by it."},
    {SIM_PARAM_BOOL(TRACE, loop), .unit = "", .dflt = 0, .flags = SIM_P_STATE,
     .doc = "Begin again at the end of the trace."},
    {SIM_PARAM_F64(TRACE, shift_s), .unit = "s", .dflt = 0, .min = 0, .max = 1e12, .flags = SIM_P_STATE,
     .doc = "This much of the recording (before 'scale') is skipped; with 'loop' it comes at the end of each round."},
    {SIM_PARAM_F64(TRACE, period_s), .unit = "s", .min = 0, .max = 1e12, .flags = SIM_P_OPTIONAL | SIM_P_ABOVE_MIN | SIM_P_STATE,
     .doc = "Length of a round of the loop (before 'scale'); absent: the time of the last row plus the mean gap."},
    {SIM_PARAM_ENUM(TRACE, origin, origins), .unit = "", .dflt = MDL_TRACE_FIRST_ROW, .flags = SIM_P_STATE,
     .doc = "Time of the file at which the run starts: that of its first row (t_s may count from anywhere), or t_s = 0."},
};

static void check_trace(const void *cfg, const struct sim_checker *checker)
{
    const TRACE *trace = cfg;

    if (trace->period_s > 0.0 && !trace->loop)
        checker->fault(checker->ctx, "period", "is the length of a round, and needs 'loop: true'");
}

static const struct sim_table trace_table = {.name = "trace", SIM_ROWS(trace_rows), .size = sizeof(TRACE), .check = check_trace,
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
     .doc = "Mean time in each state (exponential); the states follow in the order of the lists, the first after the last."},
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
    .doc = "Markov-modulated Poisson process: two or more states, in cyclic order."};

#define BATCH struct mdl_batch_cfg
static const struct sim_param batch_rows[] = {
    {SIM_PARAM_DIST(BATCH, size), .unit = "", .min = 0, .max = 1e6, .flags = SIM_P_SCALAR | SIM_P_STATE,
     .doc = "Requests that arrive together: a whole number, or a distribution whose draws are rounded up (1 .. 1e6)."},
    {SIM_PARAM_F64(BATCH, geometric), .unit = "", .min = 1, .max = 1e5, .flags = SIM_P_OPTIONAL | SIM_P_STATE,
     .doc = "Mean of a geometric size (1, 2, 3 ...)."},
};

static void check_batch(const void *cfg, const struct sim_checker *checker)
{
    const BATCH *batch = cfg;

    if (batch->size != NULL && sim_dist_is_never(batch->size))
        checker->fault(checker->ctx, "size", "is never, expected a number of requests");
    if (batch->size == NULL || !sim_dist_is_constant(batch->size))
        return;
    if (!(sim_dist_mean(batch->size) >= 1.0) || sim_dist_mean(batch->size) != floor(sim_dist_mean(batch->size)))
        checker->fault(checker->ctx, "size", "is %g, expected a whole number from 1, or a distribution", sim_dist_mean(batch->size));
}

static const struct sim_table batch_table = {.name = "batch arrivals", SIM_ROWS(batch_rows), .size = sizeof(BATCH), .check = check_batch, .one_of = true,
    .doc = "Poisson arrivals of batches; the rate stays that of requests."};

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
    {SIM_PARAM_STR(DAILY, file), .unit = "", .flags = SIM_P_FILE | SIM_P_STATE,
     .doc = "CSV whose last column holds factors: 24 (hours) or 1,440 (minutes) from local midnight, or 168 or 10,080 of a week from Monday."},
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
    {SIM_PARAM_STR(WEEKLY, file), .unit = "", .flags = SIM_P_FILE | SIM_P_STATE,
     .doc = "CSV whose last column holds factors from Monday: 7 (days), 168 (hours) or 10,080 (minutes)."},
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

/* What would speak of a rate has no effect where the process brings its own. */
static void check_no_rate(
    const CFG *arrivals, const char *why, const struct sim_checker *checker)
{
    static const char *const keys[] = {"rate", "daily", "weekly", "growth"};
    const struct mdl_daily_cfg *daily = &arrivals->daily;
    const struct mdl_weekly_cfg *weekly = &arrivals->weekly;
    const bool given[] = {!isnan(arrivals->rate_per_s),
        daily->shape != 0 || daily->n_hours > 0 || daily->has_sine ||
            daily->file != NULL,
        weekly->like != NULL || weekly->n_days > 0 || weekly->file != NULL,
        arrivals->growth_per_yr != 0.0};

    for (int i = 0; i < 4; i++) {
        if (given[i])
            checker->fault(checker->ctx, keys[i], "%s", why);
    }
}

static void check(const void *cfg, const struct sim_checker *checker)
{
    const CFG *arrivals = cfg;
    const bool no_rate = !(arrivals->rate_per_s == arrivals->rate_per_s);

    if (arrivals->process.has_trace)
        check_no_rate(arrivals,
            "has no effect on a trace, which brings its own times ('scale' "
            "changes its rate)",
            checker);
    if (arrivals->process.has_closed)
        check_no_rate(arrivals,
            "has no meaning with closed-loop clients, who send as they are "
            "answered",
            checker);
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
