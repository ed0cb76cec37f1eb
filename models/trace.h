/* trace.h - recorded requests, replayed as a stream.
 *
 * A trace is a CSV file of any size with the column
 *   t_s            time of arrival [s], not decreasing
 * and any of
 *   input_tokens, output_tokens   tokens of the request
 *   service_s      work of the request [s on the reference]
 *   user           name of the user who sends it
 * It is never held in memory.  mdl_trace_scan() reads it once, checks every
 * row and keeps a summary; each piece of work then reads it through a cursor
 * of its own (a file handle and a block of 64 KiB), so deployments and
 * replications read at the same time.
 *
 * With T = time of a row less the origin (the first row, or 0), S = shift,
 * P = period and k = 0, 1, ... the round, the row arrives at
 *     (T + k P - S) / scale      [s from the start of the run],
 * where that is not below 0.  Without `loop` there is round 0 alone.
 */
#ifndef MODELS_TRACE_H
#define MODELS_TRACE_H

#include <stdbool.h>
#include <stdint.h>

#include "models/csv_stream.h"
#include "sim/arena.h"
#include "sim/err.h"

struct mdl_trace_cfg; /* workload.h */

/* What the columns of a trace are for. */
enum mdl_trace_column {
    MDL_TRACE_TIME,
    MDL_TRACE_INPUT,
    MDL_TRACE_OUTPUT,
    MDL_TRACE_SERVICE,
    MDL_TRACE_USER,
    MDL_N_TRACE_COLUMNS,
};

/* Moments of a pair (x, y), row by row (Welford): sums of squares about the
 * means, so that long traces lose no digits. */
struct mdl_pair_moments {
    double n, mean_x, mean_y;
    double xx, yy, xy; /* sum of (x - mean_x)^2 and so on */
};

void mdl_pair_moments_add(struct mdl_pair_moments *m, double x, double y);

/** Mean and variance of base + a x + b y. */
void mdl_pair_moments_linear(const struct mdl_pair_moments *m, double base,
    double a, double b, double *mean, double *variance);

/* What one pass over the file leaves behind; read-only, shared by all. */
struct mdl_trace {
    const char *path;                /* borrowed from the configuration */
    int64_t n;                       /* rows of the file; 0: no trace */
    int column[MDL_N_TRACE_COLUMNS]; /* -1: absent */
    bool loop;
    double scale;
    double origin_s, shift_s, period_s; /* of the recording's clock */
    int64_t start;                      /* rows that the shift skips */
    struct mdl_csv_place first, begin;  /* rows 0 and `start` */
    double rate_per_s;                  /* mean of the replay */
    struct mdl_pair_moments tokens;     /* input and output */
    struct mdl_pair_moments service;    /* service_s, as x and y */
    double *user_share; /* [n_users] of the rows; NULL without a column */
    /* users by name, for the column */
    const char *const *user_names; /* [n_users], in ascending order */
    const int *user_index;         /* of each name */
    int n_users;
};

/**
 * Read and check the whole file once.
 * @param names   [n_names] names of the users
 * @param arena   keeps what the summary points to
 * @param out     out: the summary; untouched on error
 * @retval SIM_E_IO     cannot be read
 * @retval SIM_E_INPUT  a malformed row (the message names file and line), less
 *                      than two different times, a shift or period that does
 *                      not fit
 * @retval SIM_E_NOMEM
 */
SIM_MUST_CHECK int mdl_trace_scan(const struct mdl_trace_cfg *cfg,
    const char *const *names, int n_names, struct sim_arena *arena,
    struct mdl_trace *out, struct sim_err *err);

/* One recorded request. */
struct mdl_trace_row {
    double t_s;     /* of the replay, from the start of the run */
    int64_t number; /* row of the file, plus n for each round before */
    double input_tok, output_tok, service_s; /* NAN without the column */
    int user;                                /* -1 without the column */
};

struct mdl_trace_cursor; /* opaque; borrows the summary */

/** Open the file at the first row of the replay.  @retval SIM_E_IO,
 *  SIM_E_INPUT (the file is not what it was), SIM_E_NOMEM */
SIM_MUST_CHECK int mdl_trace_open(const struct mdl_trace *trace,
    struct mdl_trace_cursor **out, struct sim_err *err);
void mdl_trace_close(struct mdl_trace_cursor *cursor);

/** The present row; NULL behind the last one. */
const struct mdl_trace_row *mdl_trace_row(
    const struct mdl_trace_cursor *cursor);

/** Go to the next row. */
SIM_MUST_CHECK int mdl_trace_advance(
    struct mdl_trace_cursor *cursor, struct sim_err *err);

/** Arrivals in [from, to) [s from the start of the run]; reads the file. */
SIM_MUST_CHECK int mdl_trace_count(const struct mdl_trace *trace, double from_s,
    double to_s, int64_t *count, struct sim_err *err);

#endif /* MODELS_TRACE_H */
