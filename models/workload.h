/* workload.h - who sends what, when: users, request classes, arrival streams.
 *
 * Requests belong to users, not to sites: every (user, class) pair has its own
 * keyed streams, one a purpose, so all deployments see the same requests.  The
 * rate is
 *     lambda_uc(t) = rate * share_c * w_u / sum(w) * shape_u(t) * G(t),
 * shape periodic over a week and piecewise linear, mean 1; G steps by month so
 * that the mean of year k is exactly rate * (1 + growth)^k.  Arrivals come by
 * exact inversion of the integral of lambda, not by steps or thinning.
 */
#ifndef MODELS_WORKLOAD_H
#define MODELS_WORKLOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "models/data.h"
#include "sim/arena.h"
#include "sim/engine.h"
#include "sim/param.h"
#include "sim/rng.h"

/* ---- configuration ------------------------------------------------------ */

struct mdl_cox_cfg {
    const char *like; /* built-in law, "azure-conv"; NULL: the four below */
    double fast_s, fast_shape; /* fast gamma factor: interval, shape */
    double slow_s, slow_shape; /* slow gamma factor */
};

/* Replay of a recorded trace (trace.h). */
struct mdl_trace_cfg {
    const char *file; /* resolved path of a CSV with column t_s */
    double scale;     /* rates multiplied by this (times divided) */
    bool loop;        /* begin again at the end */
    double shift_s;   /* this much of the recording is skipped */
    double period_s;  /* of the loop; NAN or 0: last arrival + mean gap */
    int origin;       /* enum mdl_trace_origin */
};

enum mdl_trace_origin { MDL_TRACE_FIRST_ROW, MDL_TRACE_ZERO };

struct mdl_gamma_cfg {
    double cv_frac; /* coefficient of variation of the gaps */
};

struct mdl_mmpp_cfg {
    const double *rates_per_s; /* of the states */
    int n_rates;
    const double *sojourn_s; /* mean time in each state */
    int n_sojourn;
};

struct mdl_batch_cfg {
    const struct sim_dist *size; /* requests that come together, rounded up */
    double geometric; /* or the mean of a geometric size; NAN or 0: none */
};

/* Clients that wait for an answer before they think and send again. */
struct mdl_closed_cfg {
    int64_t population;
    const struct sim_dist *think_s;
};

struct mdl_process_cfg {
    int law; /* only choice: poisson */
    bool has_cox;
    struct mdl_cox_cfg cox;
    const struct sim_dist *renewal; /* gaps, scaled to the rate; NULL = none */
    bool has_gamma;
    struct mdl_gamma_cfg gamma;
    bool has_mmpp;
    struct mdl_mmpp_cfg mmpp;
    bool has_batch;
    struct mdl_batch_cfg batch;
    bool has_trace;
    struct mdl_trace_cfg trace;
    bool has_closed;
    struct mdl_closed_cfg closed;
};

struct mdl_sine_cfg {
    double amplitude_frac;
    double peak_h; /* local time of the maximum */
};

struct mdl_daily_cfg {
    int shape;           /* index of a built-in day, or flat */
    const double *hours; /* 24 factors */
    int n_hours;
    bool has_sine;
    struct mdl_sine_cfg sine;
    const char *file; /* or a CSV of factors, resolved path */
};

struct mdl_weekly_cfg {
    const char *like;   /* built-in hour-of-week table, NULL = flat */
    const double *days; /* 7 factors, Monday first */
    int n_days;
    const char *file; /* or a CSV of factors, resolved path */
};

struct mdl_arrivals_cfg {
    double rate_per_s; /* NAN in a class: rate comes from shares */
    struct mdl_process_cfg process;
    struct mdl_daily_cfg daily;
    struct mdl_weekly_cfg weekly;
    double growth_per_yr;
};

extern const struct sim_table mdl_arrivals_table;

/* ---- rate over time ----------------------------------------------------- */

enum { MDL_WEEK_KNOTS = 10080 };

/* Periodic weekly shape, mean 1: value at knot i (time (i + phase) * step),
 * linear between. */
struct mdl_shape {
    int n; /* knots a week: 168 or 10,080; 1 = constant */
    double step_s;
    double phase_s; /* time of knot 0 after Monday 00:00 local */
    double *knot;
};

struct mdl_rate {
    double base_per_s; /* rate * share * weight */
    const struct mdl_shape *shape;
    double offset_s; /* utc_offset + week phase of time zero */
    double growth_per_yr;
    double growth_norm; /* mean of (1+g)^(j/12) over 12 months */
};

/** Build the shape of an arrivals block. */
SIM_MUST_CHECK int mdl_shape_build(const struct mdl_arrivals_cfg *cfg,
    const struct mdl_data_source *data, struct sim_arena *arena,
    struct mdl_shape *out, struct sim_err *err);

/** lambda(t) [1/s], t [s] from the horizon's start; t < 0 uses month 0. */
double mdl_rate_at(const struct mdl_rate *rate, double t_s);

/** Integral of lambda over [a, b] [requests]: exact sums of trapezoids. */
double mdl_rate_integral(const struct mdl_rate *rate, double a_s, double b_s);

/** Growth factor G of a month. */
double mdl_growth(const struct mdl_rate *rate, double t_s);

/* ---- gamma modulation (Cox) --------------------------------------------- */

struct mdl_cox {
    bool on;
    double interval_s[2];
    const struct sim_dist *gamma[2]; /* mean 1 */
    double swing_s; /* as of a gap law; the same factors for all users */
    double peak;    /* factor that is hardly ever exceeded */
    uint64_t seed, replication, entity;
};

SIM_MUST_CHECK int mdl_cox_build(const struct mdl_cox_cfg *cfg,
    const struct mdl_data_source *data, struct sim_arena *arena,
    struct mdl_cox *out, struct sim_err *err);

/* ---- other laws than Poisson -------------------------------------------- */

/* How the unit-rate process runs that the rate function stretches.  Prepared
 * once a class; read-only.  Over a long time the number of requests of a stream
 * of rate r has the variance-to-mean ratio dispersion + r swing_s. */
struct mdl_gap_law {
    const struct sim_dist *renewal; /* gaps; NULL = exponential */
    double scale;                   /* makes their mean 1 */
    const struct sim_dist *batch;   /* size of a batch; NULL = single */
    double batch_mean;              /* of the size, rounded up; 1 = single */
    int n_states;                   /* MMPP; 0 = none */
    const double *level;            /* rate of a state over the mean rate */
    const double *sojourn_s;
    double mean_per_s; /* stationary mean rate of the MMPP */
    double dispersion; /* of gaps or batches; 1 = Poisson */
    double swing_s;    /* of the MMPP */
    double peak;       /* highest level of the MMPP; 1 = none */
};

/** The law of a process block.  @retval SIM_OK, SIM_E_NOMEM, SIM_E_INPUT */
SIM_MUST_CHECK int mdl_gap_law_build(const struct mdl_process_cfg *cfg,
    struct sim_arena *arena, struct mdl_gap_law *out, struct sim_err *err);

/** Requests of a batch that was drawn as x: rounded up, 1 .. 1,000,000. */
int64_t mdl_batch_size(double x);

/** May the process be restarted at any time (Poisson, Cox, batches)? */
bool mdl_gap_law_memoryless(const struct mdl_gap_law *law);

/* ---- one (user, class) stream of arrivals ------------------------------- */

enum { MDL_BLOCK = 256 };

struct mdl_arrivals {
    struct mdl_rate rate;
    const struct mdl_cox *cox; /* NULL: Poisson */
    double origin_s;           /* time of window time 0 on the horizon */
    double seg_s, seg_end_s;   /* current linear piece, window time */
    double a, b;               /* lambda at seg_s, slope */
    double done;               /* integral used of the current piece */
    double carry;              /* unit-rate time still to go to next arrival */
    struct sim_stream gaps;
    double gap[MDL_BLOCK];
    int used, filled;
    const struct mdl_gap_law *law; /* NULL: exponential gaps, one at a time */
    int64_t pending;               /* of the batch that has arrived */
    double pending_s;
    struct sim_stream states; /* MMPP; sizes of batches */
    int state;
    double state_end_s;
};

/** Start at window time `from_s`; the stream's k = 0 is the first arrival
 *  after it.  `origin_s`: horizon time of window time 0. */
void mdl_arrivals_start(struct mdl_arrivals *a, const struct mdl_rate *rate,
    const struct mdl_cox *cox, const struct sim_key *key, double origin_s,
    double from_s);

/** Give a started stream another law; before the first fill.
 *  @param key     of the states of an MMPP, which all its users share, and of
 *                 the sizes of batches
 *  @param steady  does a renewal process start in its steady state?  Else with
 *                 a whole gap. */
void mdl_arrivals_law(struct mdl_arrivals *a, const struct mdl_gap_law *law,
    const struct sim_key *key, bool steady);

/** Write the arrival times < until_s (window time) to t, at most n. Returns
 *  their number; fewer than n means that all before until_s are out. */
int mdl_arrivals_fill(struct mdl_arrivals *a, double until_s, double *t, int n);

#endif /* MODELS_WORKLOAD_H */
