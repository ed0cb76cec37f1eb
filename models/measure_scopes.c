/* Sums of a scope by section, and how a metric is put. */
#include <math.h>
#include <string.h>

#include "models/measure.h"
#include "sim/stats.h"

/* ---- scopes ------------------------------------------------------------- */

struct mdl_scope mdl_scope_all(const struct mdl_case *c, const char *name)
{
    return (struct mdl_scope){.name = name,
        .n = c->layout.n_classes,
        .entry = -1,
        .cls = -1,
        .main = true};
}

bool mdl_scope_has(
    const struct mdl_case *c, const struct mdl_scope *s, int block)
{
    const int entry = block - c->layout.n_classes;

    if (block < s->first || block >= s->first + s->n)
        return false;
    return s->tier == NULL ||
           strcmp(c->dep->entries[entry].cfg->tier, s->tier) == 0;
}

bool mdl_scope_has_load(
    const struct mdl_case *c, const struct mdl_scope *s, int entry)
{
    if (s->entry >= 0)
        return entry == s->entry;
    return s->tier == NULL ||
           strcmp(c->dep->entries[entry].cfg->tier, s->tier) == 0;
}

double mdl_scope_served(const struct mdl_case *c, const struct mdl_scope *s)
{
    double sum = 0.0;

    for (int b = s->first; b < s->first + s->n; b++)
        sum += mdl_scope_has(c, s, b) ? c->pooled.scope_served[b] : 0.0;
    return sum;
}

/* ---- sums by section ---------------------------------------------------- */

void mdl_sum_counts(const struct mdl_study *study, const struct mdl_case *c,
    const struct mdl_scope *s, int count, double *x)
{
    const struct mdl_layout *l = &c->layout;

    for (int r = 0; r < study->n_sections; r++) {
        x[r] = 0.0;
        for (int b = s->first; b < s->first + s->n; b++) {
            if (mdl_scope_has(c, s, b))
                x[r] += c->section[r].sum[l->counts + (size_t)b * MDL_N_COUNTS +
                                          (size_t)count];
        }
    }
}

void mdl_sum_loads(const struct mdl_study *study, const struct mdl_case *c,
    const struct mdl_scope *s, int load, double *x)
{
    const struct mdl_layout *l = &c->layout;

    for (int r = 0; r < study->n_sections; r++) {
        x[r] = 0.0;
        for (int e = 0; e < l->n_entries; e++) {
            if (mdl_scope_has_load(c, s, e))
                x[r] +=
                    c->section[r]
                        .sum[l->loads + (size_t)e * MDL_N_LOADS + (size_t)load];
        }
    }
}

void mdl_sum_head(const struct mdl_study *study, const struct mdl_case *c,
    int head, double *x)
{
    for (int r = 0; r < study->n_sections; r++)
        x[r] = c->section[r].sum[head];
}

bool mdl_any_sum(const struct mdl_study *study, const double *x)
{
    for (int r = 0; r < study->n_sections; r++) {
        if (x[r] > 0.0)
            return true;
    }
    return false;
}

/* ---- putting ------------------------------------------------------------ */

/* Why an estimate has no interval. */
void mdl_withhold(const struct mdl_case *c, struct res_estimate *e)
{
    if (isnan(e->half_width))
        e->reason = "one replication has no interval";
    if (c->dep->unstable) {
        e->half_width = NAN;
        e->reason = "unstable: offered load reaches capacity, no steady state";
    }
}

struct res_estimate mdl_estimate(const struct mdl_study *study,
    const struct mdl_case *c, const double *x, const double *y, double scale)
{
    struct sim_interval interval;
    struct res_estimate e = {0};

    sim_ratio_estimate(x, y, study->n_sections, study->level, &interval);
    e.value = interval.value * scale;
    e.half_width = interval.half_width * fabs(scale);
    e.n = interval.n;
    if (isnan(e.value))
        return res_undefined("nothing was observed");
    mdl_withhold(c, &e);
    return e;
}

void mdl_put(struct mdl_put *p, const char *name, struct res_estimate e)
{
    if (p->rc == SIM_OK)
        p->rc = res_put(p->study->run, p->scope->name, name, e);
}

void mdl_put_ratio(struct mdl_put *p, const char *name, double scale)
{
    mdl_put(p, name, mdl_estimate(p->study, p->c, p->x, p->y, scale));
}

void mdl_put_count_ratio(
    struct mdl_put *p, const char *name, int count, int over, double scale)
{
    mdl_sum_counts(p->study, p->c, p->scope, count, p->x);
    mdl_sum_counts(p->study, p->c, p->scope, over, p->y);
    mdl_put_ratio(p, name, scale);
}
