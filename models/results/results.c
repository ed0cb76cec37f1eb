#include "models/results/results.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/alloc.h"

int res_run_create(struct res_run **out, struct sim_err *err)
{
    struct res_run *run = sim_calloc(1, sizeof *run);

    if (run == NULL)
        return sim_err_set(err, SIM_E_NOMEM, "out of memory");
    run->meta.level = 0.95;
    *out = run;
    return SIM_OK;
}

void res_run_destroy(struct res_run *run)
{
    if (run == NULL)
        return;
    sim_arena_release(&run->arena);
    sim_free(run);
}

struct res_estimate res_exact(double value)
{
    return (struct res_estimate){
        .value = value, .half_width = NAN, .n = 0, .reason = NULL};
}

struct res_estimate res_undefined(const char *reason)
{
    return (struct res_estimate){
        .value = NAN, .half_width = NAN, .n = 0, .reason = reason};
}

/* Room for one more element in an arena array that doubles; the old block
 * stays in the arena until the run ends. */
static void *grown(
    struct sim_arena *arena, void *old, int n, int *cap, size_t size)
{
    if (n < *cap)
        return old;
    const int more = *cap > 0 ? *cap * 2 : 64;
    void *block = sim_arena_calloc(arena, (size_t)more, size);
    if (block == NULL)
        return NULL;
    if (n > 0)
        memcpy(block, old, (size_t)n * size);
    *cap = more;
    return block;
}

/* "$" in a unit of the table stands for the currency of the run. */
static const char *unit_of(struct res_run *run, const char *unit)
{
    const char *money = run->meta.currency != NULL ? run->meta.currency : "USD";

    if (unit[0] != '$')
        return unit;
    return sim_arena_printf(&run->arena, "%s%s", money, unit + 1);
}

int res_put_raw(struct res_run *run, const char *full_name, const char *unit,
    struct res_estimate est)
{
    struct res_metric *list = grown(&run->arena, run->metrics, run->n_metrics,
        &run->cap_metrics, sizeof *list);
    struct res_metric m = {.est = est};

    if (list == NULL)
        return SIM_E_NOMEM;
    run->metrics = list;
    m.name = sim_arena_strdup(&run->arena, full_name);
    m.unit = sim_arena_strdup(&run->arena, unit);
    if (est.reason != NULL)
        m.est.reason = sim_arena_strdup(&run->arena, est.reason);
    if (m.name == NULL || m.unit == NULL ||
        (est.reason != NULL && m.est.reason == NULL))
        return SIM_E_NOMEM;
    run->metrics[run->n_metrics++] = m;
    return SIM_OK;
}

int res_put(struct res_run *run, const char *scope, const char *name,
    struct res_estimate est)
{
    const struct res_metric_row *row = res_metric_row(name);
    const char *unit, *full = name;

    SIM_BUG_ON(row == NULL);
    unit = unit_of(run, row->unit);
    if (scope[0] != '\0')
        full = sim_arena_printf(&run->arena, "%s.%s", scope, name);
    if (unit == NULL || full == NULL)
        return SIM_E_NOMEM;
    return res_put_raw(run, full, unit, est);
}

static const double *copied(
    struct sim_arena *arena, const double *x, int n, bool *failed)
{
    double *copy;

    if (x == NULL)
        return NULL;
    copy = sim_arena_calloc(arena, (size_t)n, sizeof *copy);
    if (copy == NULL)
        *failed = true;
    else if (n > 0)
        memcpy(copy, x, (size_t)n * sizeof *copy);
    return copy;
}

int res_add_series(struct res_run *run, const struct res_series *s)
{
    struct res_series *list = grown(&run->arena, run->series, run->n_series,
        &run->cap_series, sizeof *list);
    struct res_series c = *s;
    bool failed = false;

    if (list == NULL)
        return SIM_E_NOMEM;
    run->series = list;
    c.name = sim_arena_strdup(&run->arena, s->name);
    c.x_unit = sim_arena_strdup(&run->arena, s->x_unit);
    c.y_unit = sim_arena_strdup(&run->arena, s->y_unit);
    c.x = copied(&run->arena, s->x, s->n, &failed);
    c.y = copied(&run->arena, s->y, s->n, &failed);
    c.lo = copied(&run->arena, s->lo, s->n, &failed);
    c.hi = copied(&run->arena, s->hi, s->n, &failed);
    if (failed || c.name == NULL || c.x_unit == NULL || c.y_unit == NULL)
        return SIM_E_NOMEM;
    run->series[run->n_series++] = c;
    return SIM_OK;
}

int res_add_request(struct res_run *run, const struct res_request *request)
{
    struct res_request *list = grown(&run->arena, run->requests,
        run->n_requests, &run->cap_requests, sizeof *list);

    if (list == NULL)
        return SIM_E_NOMEM;
    run->requests = list;
    run->requests[run->n_requests++] = *request;
    return SIM_OK;
}

int res_warn(struct res_run *run, const char *fmt, ...)
{
    const char **list = grown(&run->arena, run->warnings, run->n_warnings,
        &run->cap_warnings, sizeof *list);
    char text[512];
    va_list args;

    if (list == NULL)
        return SIM_E_NOMEM;
    run->warnings = list;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    const char *copy = sim_arena_strdup(&run->arena, text);
    if (copy == NULL)
        return SIM_E_NOMEM;
    run->warnings[run->n_warnings++] = copy;
    return SIM_OK;
}

static int by_name(const void *a, const void *b)
{
    const struct res_metric *x = a, *y = b;

    return strcmp(x->name, y->name);
}

static int series_by_name(const void *a, const void *b)
{
    const struct res_series *x = a, *y = b;

    return strcmp(x->name, y->name);
}

void res_run_finish(struct res_run *run)
{
    if (run->n_metrics > 0)
        qsort(run->metrics, (size_t)run->n_metrics, sizeof *run->metrics,
            by_name);
    if (run->n_series > 0)
        qsort(run->series, (size_t)run->n_series, sizeof *run->series,
            series_by_name);
    for (int i = 1; i < run->n_metrics; i++)
        SIM_BUG_ON(strcmp(run->metrics[i - 1].name, run->metrics[i].name) == 0);
}

const struct res_metric *res_metric_by_name(
    const struct res_run *run, const char *full)
{
    const struct res_metric key = {.name = full};

    if (run->n_metrics == 0)
        return NULL;
    return bsearch(&key, run->metrics, (size_t)run->n_metrics,
        sizeof *run->metrics, by_name);
}

const struct res_metric *res_find(
    const struct res_run *run, const char *scope, const char *name)
{
    char full[512];
    const int n = scope[0] != '\0'
                      ? snprintf(full, sizeof full, "%s.%s", scope, name)
                      : snprintf(full, sizeof full, "%s", name);

    if (n < 0 || (size_t)n >= sizeof full)
        return NULL;
    return res_metric_by_name(run, full);
}

double res_value(const struct res_run *run, const char *scope, const char *name)
{
    const struct res_metric *m = res_find(run, scope, name);

    return m != NULL ? m->est.value : (double)NAN;
}

const struct res_series *res_series_find(
    const struct res_run *run, const char *name)
{
    const struct res_series key = {.name = name};

    if (run->n_series == 0)
        return NULL;
    return bsearch(&key, run->series, (size_t)run->n_series,
        sizeof *run->series, series_by_name);
}

static int input_by_path(const void *a, const void *b)
{
    const struct res_input *x = a, *y = b;

    return strcmp(x->path, y->path);
}

int res_input_find(const struct res_run *run, const char *path)
{
    const struct res_input key = {.path = path};
    const struct res_input *found;

    if (run->n_inputs == 0)
        return -1;
    found = bsearch(&key, run->inputs, (size_t)run->n_inputs,
        sizeof *run->inputs, input_by_path);
    return found != NULL ? (int)(found - run->inputs) : -1;
}
