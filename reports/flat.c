#include "reports/flat.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

static void add_number(struct sim_text *out, double x)
{
    if (isfinite(x))
        sim_text_add_double(out, x);
}

static void add_part(struct sim_text *out, const char *s, size_t n)
{
    struct sim_text part = {0};

    sim_text_add_n(&part, s, n);
    sim_text_add_csv(out, sim_text_str(&part));
    out->failed = out->failed || part.failed;
    sim_text_release(&part);
}

/* Deployment whose name and a dot start `full`, NULL if none.  Names hold no
 * dots, so at most one fits. */
static const struct res_deployment *deployment_of(
    const struct res_run *run, const char *full)
{
    for (int d = 0; d < run->n_deployments; d++) {
        const char *name = run->deployments[d].name;
        const size_t n = strlen(name);
        if (strncmp(full, name, n) == 0 && full[n] == '.')
            return &run->deployments[d];
    }
    return NULL;
}

/* Where the metric's own name starts: after the scopes, each of which is a
 * keyword, a dot, an entity (class.detect, site.stores, year.3 ...), but for
 * the one that names no entity, for there is only one baseline. */
static const char *metric_of(const char *s)
{
    static const char difference[] = "difference.";
    static const char *const scopes[] = {
        "class.", "site.", "tier.", "year.", "user."};

    for (size_t i = 0; i < sizeof scopes / sizeof scopes[0]; i++) {
        const size_t n = strlen(scopes[i]);
        const char *dot = NULL;
        if (strncmp(s, scopes[i], n) == 0)
            dot = strchr(s + n, '.');
        if (dot != NULL)
            return metric_of(dot + 1);
    }
    if (strncmp(s, difference, strlen(difference)) == 0)
        return s + strlen(difference);
    return s;
}

int rep_metrics_csv(
    const struct res_run *run, struct sim_text *out, struct sim_err *err)
{
    sim_text_add(out, "deployment,scope,metric,value,unit,half_width,n\n");
    for (int i = 0; i < run->n_metrics; i++) {
        const struct res_metric *m = &run->metrics[i];
        const struct res_deployment *dep = deployment_of(run, m->name);
        const char *rest =
            dep != NULL ? m->name + strlen(dep->name) + 1 : m->name;
        const char *metric = metric_of(rest);
        sim_text_add_csv(out, dep != NULL ? dep->name : "");
        sim_text_add_char(out, ',');
        if (metric > rest)
            add_part(out, rest, (size_t)(metric - rest) - 1);
        sim_text_add_char(out, ',');
        sim_text_add_csv(out, metric);
        sim_text_add_char(out, ',');
        add_number(out, m->est.value);
        sim_text_add_char(out, ',');
        sim_text_add_csv(out, m->unit);
        sim_text_add_char(out, ',');
        add_number(out, m->est.half_width);
        sim_text_printf(out, ",%" PRId64 "\n", m->est.n);
    }
    if (!sim_text_ok(out))
        return sim_err_set(err, SIM_E_NOMEM, "out of memory");
    return SIM_OK;
}

int rep_series_csv(
    const struct res_run *run, struct sim_text *out, struct sim_err *err)
{
    sim_text_add(out, "series,x,x_unit,y,y_unit,lo,hi\n");
    for (int i = 0; i < run->n_series; i++) {
        const struct res_series *s = &run->series[i];
        for (int k = 0; k < s->n; k++) {
            sim_text_add_csv(out, s->name);
            sim_text_add_char(out, ',');
            add_number(out, s->x[k]);
            sim_text_add_char(out, ',');
            sim_text_add_csv(out, s->x_unit);
            sim_text_add_char(out, ',');
            add_number(out, s->y[k]);
            sim_text_add_char(out, ',');
            sim_text_add_csv(out, s->y_unit);
            sim_text_add_char(out, ',');
            add_number(out, s->lo != NULL ? s->lo[k] : (double)NAN);
            sim_text_add_char(out, ',');
            add_number(out, s->hi != NULL ? s->hi[k] : (double)NAN);
            sim_text_add_char(out, '\n');
        }
    }
    if (!sim_text_ok(out))
        return sim_err_set(err, SIM_E_NOMEM, "out of memory");
    return SIM_OK;
}

int rep_requests_csv(
    const struct res_run *run, struct sim_text *out, struct sim_err *err)
{
    sim_text_add(out, "id,user,class,site,attempts,send,arrive,start,end,"
                      "outcome,deployment\n");
    for (int i = 0; i < run->n_requests; i++) {
        const struct res_request *r = &run->requests[i];
        /* names of entities need no quotes */
        sim_text_printf(out, "%s/%s/%" PRId64 "/%" PRId64 ",%s,%s,%s,%d,",
            r->user, r->cls, r->window, r->k, r->user, r->cls, r->site,
            r->attempts);
        sim_text_printf(out, "%.9f,%.9f,%.9f,%.9f,%s,%s\n", r->send_s,
            r->arrive_s, r->start_s, r->end_s, r->outcome, r->deployment);
    }
    if (!sim_text_ok(out))
        return sim_err_set(err, SIM_E_NOMEM, "out of memory");
    return SIM_OK;
}
