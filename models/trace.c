#include "models/trace.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "models/workload.h"
#include "sim/alloc.h"

static const char *const column_names[MDL_N_TRACE_COLUMNS] = {
    "t_s", "input_tokens", "output_tokens", "service_s", "user"};

static int no_memory(struct sim_err *err)
{
    return sim_err_set(err, SIM_E_NOMEM, "out of memory");
}

/* ---- moments ------------------------------------------------------------ */

void mdl_pair_moments_add(struct mdl_pair_moments *m, double x, double y)
{
    const double dx = x - m->mean_x, dy = y - m->mean_y;

    m->n += 1.0;
    m->mean_x += dx / m->n;
    m->mean_y += dy / m->n;
    m->xx += dx * (x - m->mean_x);
    m->yy += dy * (y - m->mean_y);
    m->xy += dx * (y - m->mean_y);
}

void mdl_pair_moments_linear(const struct mdl_pair_moments *m, double base,
    double a, double b, double *mean, double *variance)
{
    const double sum = a * a * m->xx + 2.0 * a * b * m->xy + b * b * m->yy;

    *mean = base + a * m->mean_x + b * m->mean_y;
    *variance = m->n > 0.0 ? sum / m->n : 0.0;
}

/* ---- users -------------------------------------------------------------- */

struct named {
    const char *name;
    int index;
};

static int by_name(const void *a, const void *b)
{
    return strcmp(
        ((const struct named *)a)->name, ((const struct named *)b)->name);
}

static int keep_users(struct mdl_trace *trace, const char *const *names,
    int n_names, struct sim_arena *arena, struct sim_err *err)
{
    const size_t n = (size_t)n_names;
    struct named *named = sim_arena_calloc(arena, n, sizeof *named);
    const char **sorted = sim_arena_calloc(arena, n, sizeof *sorted);
    int *index = sim_arena_calloc(arena, n, sizeof *index);

    trace->user_share = sim_arena_calloc(arena, n, sizeof *trace->user_share);
    if (named == NULL || sorted == NULL || index == NULL ||
        trace->user_share == NULL)
        return no_memory(err);
    for (int i = 0; i < n_names; i++)
        named[i] = (struct named){names[i], i};
    qsort(named, n, sizeof *named, by_name);
    for (int i = 0; i < n_names; i++) {
        sorted[i] = named[i].name;
        index[i] = named[i].index;
    }
    trace->user_names = sorted;
    trace->user_index = index;
    trace->n_users = n_names;
    return SIM_OK;
}

static int find_user(const struct mdl_trace *trace, const char *name)
{
    int low = 0, high = trace->n_users;

    while (low < high) {
        const int mid = low + (high - low) / 2;
        const int order = strcmp(name, trace->user_names[mid]);
        if (order == 0)
            return trace->user_index[mid];
        if (order < 0)
            high = mid;
        else
            low = mid + 1;
    }
    return -1;
}

/* ---- one row ------------------------------------------------------------ */

static int amount(const struct mdl_trace *trace,
    const struct mdl_csv_stream *csv, int which, double *x, struct sim_err *err)
{
    int rc;

    *x = (double)NAN;
    if (trace->column[which] < 0)
        return SIM_OK;
    rc = mdl_csv_stream_number(csv, trace->column[which], x, err);
    if (rc == SIM_OK && *x < 0.0)
        rc = sim_err_set(err, SIM_E_INPUT, "%s:%lld: '%s' is negative",
            trace->path, (long long)mdl_csv_stream_line(csv),
            column_names[which]);
    return rc;
}

/* The present row of the file; its time on the recording's clock. */
static int read_row(const struct mdl_trace *trace,
    const struct mdl_csv_stream *csv, double before_s,
    struct mdl_trace_row *row, struct sim_err *err)
{
    const int user = trace->column[MDL_TRACE_USER];
    int rc = mdl_csv_stream_number(
        csv, trace->column[MDL_TRACE_TIME], &row->t_s, err);

    if (rc == SIM_OK && row->t_s < before_s)
        return sim_err_set(err, SIM_E_INPUT,
            "%s:%lld: 't_s' is not increasing: %.12g after %.12g", trace->path,
            (long long)mdl_csv_stream_line(csv), row->t_s, before_s);
    if (rc == SIM_OK)
        rc = amount(trace, csv, MDL_TRACE_INPUT, &row->input_tok, err);
    if (rc == SIM_OK)
        rc = amount(trace, csv, MDL_TRACE_OUTPUT, &row->output_tok, err);
    if (rc == SIM_OK)
        rc = amount(trace, csv, MDL_TRACE_SERVICE, &row->service_s, err);
    if (rc != SIM_OK)
        return rc;
    row->user =
        user < 0 ? -1 : find_user(trace, mdl_csv_stream_text(csv, user));
    if (user >= 0 && row->user < 0)
        return sim_err_set(err, SIM_E_INPUT,
            "%s:%lld: '%s' is not the name of a user", trace->path,
            (long long)mdl_csv_stream_line(csv),
            mdl_csv_stream_text(csv, user));
    return SIM_OK;
}

/* ---- the first pass ----------------------------------------------------- */

/* What the pass sees beside the summary. */
struct pass {
    double first_s, last_s; /* as written */
    double before_s;        /* no time may lie below */
};

static void count_row(struct mdl_trace *trace, const struct mdl_trace_row *row)
{
    if (trace->column[MDL_TRACE_INPUT] >= 0 ||
        trace->column[MDL_TRACE_OUTPUT] >= 0)
        mdl_pair_moments_add(&trace->tokens,
            trace->column[MDL_TRACE_INPUT] >= 0 ? row->input_tok : 0.0,
            trace->column[MDL_TRACE_OUTPUT] >= 0 ? row->output_tok : 0.0);
    if (trace->column[MDL_TRACE_SERVICE] >= 0)
        mdl_pair_moments_add(&trace->service, row->service_s, row->service_s);
    if (row->user >= 0)
        trace->user_share[row->user] += 1.0;
}

static int read_all(struct mdl_trace *trace, struct mdl_csv_stream *csv,
    const struct mdl_trace_cfg *cfg, struct pass *pass, struct sim_err *err)
{
    struct mdl_trace_row row;
    bool more = false;
    int rc = mdl_csv_stream_next(csv, &more, err);

    for (; rc == SIM_OK && more; rc = mdl_csv_stream_next(csv, &more, err)) {
        rc = read_row(trace, csv, pass->before_s, &row, err);
        if (rc != SIM_OK)
            return rc;
        pass->before_s = pass->last_s = row.t_s;
        if (trace->n == 0) {
            pass->first_s = row.t_s;
            trace->first = mdl_csv_stream_tell(csv);
            if (cfg->origin == MDL_TRACE_FIRST_ROW)
                trace->origin_s = row.t_s;
        }
        if (row.t_s - trace->origin_s < trace->shift_s)
            trace->start++;
        else if (trace->start == trace->n)
            trace->begin = mdl_csv_stream_tell(csv);
        trace->n++;
        count_row(trace, &row);
    }
    return rc;
}

/* Period and rate, once all times are known. */
static int settle(struct mdl_trace *trace, const struct mdl_trace_cfg *cfg,
    const struct pass *pass, struct sim_err *err)
{
    const double end_s = pass->last_s - trace->origin_s;
    const double gaps = trace->n > 1 ? (double)(trace->n - 1) : 1.0;

    if (trace->n < 2)
        return sim_err_set(
            err, SIM_E_INPUT, "%s: a trace needs at least 2 rows", trace->path);
    if (!(pass->last_s > pass->first_s))
        return sim_err_set(err, SIM_E_INPUT,
            "%s: all rows of the trace have the same time", trace->path);
    trace->period_s = end_s + (pass->last_s - pass->first_s) / gaps;
    if (cfg->period_s > 0.0) {
        if (cfg->period_s < end_s)
            return sim_err_set(err, SIM_E_INPUT,
                "'period' is %.12g s, but the last row of '%s' comes at "
                "%.12g s",
                cfg->period_s, trace->path, end_s);
        trace->period_s = cfg->period_s;
    }
    if (trace->loop ? trace->shift_s >= trace->period_s
                    : trace->start == trace->n)
        return sim_err_set(err, SIM_E_INPUT,
            "'shift' is %.12g s, but '%s' ends at %.12g s", trace->shift_s,
            trace->path, trace->loop ? trace->period_s : end_s);
    trace->rate_per_s = trace->loop ? (double)trace->n / trace->period_s
                                    : (double)(trace->n - trace->start) /
                                          (trace->period_s - trace->shift_s);
    trace->rate_per_s *= trace->scale;
    for (int i = 0; i < trace->n_users; i++)
        trace->user_share[i] /= (double)trace->n;
    return SIM_OK;
}

int mdl_trace_scan(const struct mdl_trace_cfg *cfg, const char *const *names,
    int n_names, struct sim_arena *arena, struct mdl_trace *out,
    struct sim_err *err)
{
    struct mdl_trace trace = {.path = cfg->file,
        .loop = cfg->loop,
        .scale = cfg->scale,
        .shift_s = cfg->shift_s};
    struct pass pass = {
        .before_s = cfg->origin == MDL_TRACE_ZERO ? 0.0 : -(double)INFINITY};
    struct mdl_csv_stream *csv = NULL;
    int rc = mdl_csv_stream_open(cfg->file, &csv, err);

    if (rc != SIM_OK)
        return rc;
    for (int i = 0; i < MDL_N_TRACE_COLUMNS; i++)
        trace.column[i] = mdl_csv_stream_find(csv, column_names[i]);
    rc = mdl_csv_stream_column(
        csv, column_names[0], &trace.column[MDL_TRACE_TIME], err);
    if (rc == SIM_OK && trace.column[MDL_TRACE_USER] >= 0)
        rc = keep_users(&trace, names, n_names, arena, err);
    if (rc == SIM_OK)
        rc = read_all(&trace, csv, cfg, &pass, err);
    mdl_csv_stream_close(csv);
    if (rc == SIM_OK)
        rc = settle(&trace, cfg, &pass, err);
    if (rc == SIM_OK)
        *out = trace;
    return rc;
}

/* ---- replay ------------------------------------------------------------- */

struct mdl_trace_cursor {
    const struct mdl_trace *trace;
    struct mdl_csv_stream *csv;
    int64_t next;    /* row of the file that comes next */
    int64_t round;   /* k */
    double before_s; /* time of the row before, as written */
    struct mdl_trace_row row;
    bool at_end;
};

static int changed(const struct mdl_trace *trace, struct sim_err *err)
{
    return sim_err_set(
        err, SIM_E_IO, "'%s' changed while it was read", trace->path);
}

static int rewind_to(struct mdl_trace_cursor *cursor, int64_t row,
    struct mdl_csv_place place, struct sim_err *err)
{
    cursor->next = row;
    cursor->before_s = -(double)INFINITY;
    return mdl_csv_stream_seek(cursor->csv, place, err);
}

int mdl_trace_advance(struct mdl_trace_cursor *cursor, struct sim_err *err)
{
    const struct mdl_trace *t = cursor->trace;
    struct mdl_trace_row *row = &cursor->row;
    const double last_s = row->t_s;
    bool more = false;
    int rc = SIM_OK;
    double at_s;

    if (cursor->next == t->n) {
        cursor->at_end = !t->loop;
        if (cursor->at_end)
            return SIM_OK;
        cursor->round++;
        rc = rewind_to(cursor, 0, t->first, err);
    }
    if (rc == SIM_OK)
        rc = mdl_csv_stream_next(cursor->csv, &more, err);
    if (rc == SIM_OK && !more)
        rc = changed(t, err);
    if (rc == SIM_OK)
        rc = read_row(t, cursor->csv, cursor->before_s, row, err);
    if (rc != SIM_OK)
        return rc;
    cursor->before_s = row->t_s;
    row->number = cursor->next++ + cursor->round * t->n;
    at_s = (row->t_s - t->origin_s + (double)cursor->round * t->period_s -
               t->shift_s) /
           t->scale;
    /* where a round meets the next, rounding may not turn the order about */
    row->t_s = fmax(at_s, last_s);
    return SIM_OK;
}

int mdl_trace_open(const struct mdl_trace *trace, struct mdl_trace_cursor **out,
    struct sim_err *err)
{
    struct mdl_trace_cursor *cursor = sim_calloc(1, sizeof *cursor);
    int rc;

    if (cursor == NULL)
        return no_memory(err);
    cursor->trace = trace;
    rc = mdl_csv_stream_open(trace->path, &cursor->csv, err);
    if (rc == SIM_OK && trace->start < trace->n)
        rc = rewind_to(cursor, trace->start, trace->begin, err);
    else
        cursor->next = trace->n; /* the next round begins */
    if (rc == SIM_OK)
        rc = mdl_trace_advance(cursor, err);
    if (rc != SIM_OK) {
        mdl_trace_close(cursor);
        return rc;
    }
    *out = cursor;
    return SIM_OK;
}

void mdl_trace_close(struct mdl_trace_cursor *cursor)
{
    if (cursor == NULL)
        return;
    mdl_csv_stream_close(cursor->csv);
    sim_free(cursor);
}

const struct mdl_trace_row *mdl_trace_row(const struct mdl_trace_cursor *cursor)
{
    return cursor->at_end ? NULL : &cursor->row;
}

int mdl_trace_count(const struct mdl_trace *trace, double from_s, double to_s,
    int64_t *count, struct sim_err *err)
{
    struct mdl_trace_cursor *cursor = NULL;
    const struct mdl_trace_row *row;
    int64_t n = 0;
    int rc = mdl_trace_open(trace, &cursor, err);

    while (rc == SIM_OK && (row = mdl_trace_row(cursor)) != NULL &&
           row->t_s < to_s) {
        n += row->t_s >= from_s;
        rc = mdl_trace_advance(cursor, err);
    }
    mdl_trace_close(cursor);
    if (rc == SIM_OK)
        *count = n;
    return rc;
}
