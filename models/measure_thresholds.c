/* Rules on metrics: "edge.latency.p95 < 50 ms". */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/study.h"
#include "sim/units.h"

struct rule {
    char metric[256];
    char op[3];
    const char *quantity; /* the rest of the text */
};

static int parse_rule(const char *text, struct rule *rule, struct sim_err *err)
{
    const size_t n = strcspn(text, " <>=!");
    const char *p = text + n;
    size_t op = 0;

    while (*p == ' ')
        p++;
    if (*p == '<' || *p == '>')
        op = p[1] == '=' ? 2 : 1;
    if (n == 0 || n >= sizeof rule->metric || op == 0)
        return sim_err_set(err, SIM_E_INPUT,
            "threshold '%s' is not of the form 'edge.latency.p95 < 50 ms'",
            text);
    memcpy(rule->metric, text, n);
    rule->metric[n] = '\0';
    memcpy(rule->op, p, op);
    rule->op[op] = '\0';
    for (p += op; *p == ' '; p++)
        ;
    rule->quantity = p;
    return SIM_OK;
}

/* Limit in the unit of the metric. */
static int limit_of(const struct rule *rule, const char *text, const char *unit,
    double *limit, struct sim_err *err)
{
    struct sim_unit from, to;
    const char *unit_text;
    double number;
    int rc = sim_quantity_parse(rule->quantity, &number, &unit_text, err);

    if (rc == SIM_OK)
        rc = sim_unit_parse(unit_text, &from, err);
    if (rc == SIM_OK)
        rc = sim_unit_parse(unit, &to, err);
    if (rc != SIM_OK)
        return sim_err_wrap(err, SIM_E_INPUT, "threshold '%s'", text);
    if (!sim_unit_same_dim(&from, &to))
        return sim_err_set(err, SIM_E_INPUT,
            "threshold '%s' has the unit '%s', but the metric is in '%s'", text,
            unit_text, unit);
    *limit = sim_unit_convert(number, &from, &to);
    return SIM_OK;
}

/* Is `name` (up to a dot) the name of one of n entities? */
static bool entity_known(const char *name, const char *const *names, int n)
{
    const size_t len = strcspn(name, ".");

    for (int i = 0; i < n; i++) {
        if (strlen(names[i]) == len && memcmp(names[i], name, len) == 0)
            return true;
    }
    return false;
}

/* Is the number that `text` begins with below `n`? */
static bool index_below(const char *text, int64_t n)
{
    return strtoll(text, NULL, 10) < n;
}

/* Is `name` that of an entry, or of one of its members ("stores@chicago",
 * "east#2")?  How many a user has is known to the plan alone. */
static bool site_known(const char *name, const struct mdl_site_cfg *site)
{
    const size_t len = strlen(site->name);

    if (strncmp(name, site->name, len) != 0)
        return false;
    if (name[len] == '#' && site->at.where != MDL_EACH_USER)
        return site->count > 1 && index_below(name + len + 1, site->count + 1);
    return name[len] == '.' || name[len] == '@' || name[len] == '#';
}

/* Users of a built-in set or a file are known to the plan alone. */
static bool user_known(const struct mdl_users_cfg *users, const char *name)
{
    if (users->from != NULL || users->file != NULL)
        return true;
    for (int i = 0; i < users->n_list; i++) {
        if (entity_known(name, &users->list[i].name, 1))
            return true;
    }
    return false;
}

/* The site, class or user that a metric's scope names must exist. */
static int check_scope(const struct mdl_run_cfg *cfg,
    const struct mdl_deployment_cfg *dep, const char *text, const char *rest,
    struct sim_err *err)
{
    if (strncmp(rest, "site.", 5) == 0) {
        for (int i = 0; i < dep->n_sites; i++) {
            if (site_known(rest + 5, &dep->sites[i]))
                return SIM_OK;
        }
        return sim_err_set(err, SIM_E_INPUT,
            "threshold '%s' names the unknown site '%.*s'", text,
            (int)strcspn(rest + 5, "."), rest + 5);
    }
    if (strncmp(rest, "class.", 6) == 0) {
        for (int i = 0; i < cfg->n_requests; i++) {
            if (entity_known(rest + 6, &cfg->requests[i].name, 1))
                return SIM_OK;
        }
        return sim_err_set(err, SIM_E_INPUT,
            "threshold '%s' names the unknown class '%.*s'", text,
            (int)strcspn(rest + 6, "."), rest + 6);
    }
    if (strncmp(rest, "difference.", 11) == 0) {
        const bool itself = cfg->baseline != NULL
                                ? strcmp(cfg->baseline, dep->name) == 0
                                : dep == &cfg->deployments[0];
        if (itself)
            return sim_err_set(err, SIM_E_INPUT,
                "threshold '%s' compares the baseline with itself", text);
        if (!mdl_difference_known(rest + 11))
            return sim_err_set(err, SIM_E_INPUT,
                "threshold '%s' names a metric that has no difference", text);
    }
    if (strncmp(rest, "user.", 5) == 0 && !user_known(&cfg->users, rest + 5))
        return sim_err_set(err, SIM_E_INPUT,
            "threshold '%s' names the unknown user '%.*s'", text,
            (int)strcspn(rest + 5, "."), rest + 5);
    return SIM_OK;
}

/* "slowdown.bin.<k>" and "at.<k>" count up to what `report` lists. */
static int check_index(const struct mdl_report_cfg *report, const char *text,
    const char *rest, struct sim_err *err)
{
    static const char bin[] = ".slowdown.bin.", at[] = ".at.";
    const char *p = strstr(rest, bin);

    if (p != NULL && (report->n_size_bins == 0 || !index_below(p + strlen(bin),
                                                      report->n_size_bins + 1)))
        return sim_err_set(err, SIM_E_INPUT,
            "threshold '%s' names a size bin beyond the edges of "
            "'report.size_bins'",
            text);
    p = strstr(rest, at);
    if (p != NULL && isdigit((unsigned char)p[strlen(at)]) &&
        !index_below(p + strlen(at), report->n_at))
        return sim_err_set(err, SIM_E_INPUT,
            "threshold '%s' names a time beyond those of 'report.at'", text);
    return SIM_OK;
}

static int check_limit(const struct mdl_run_cfg *cfg, const struct rule *rule,
    const char *text, const char *unit, struct sim_err *err)
{
    char full[64];
    double limit;

    if (unit[0] == '$') {
        snprintf(full, sizeof full, "%.8s%s", cfg->currency, unit + 1);
        unit = full;
    }
    return limit_of(rule, text, unit, &limit, err);
}

int mdl_threshold_check(
    const struct mdl_run_cfg *cfg, const char *text, struct sim_err *err)
{
    const struct mdl_deployment_cfg *dep = NULL;
    const struct res_metric_row *row;
    struct rule rule;
    const char *rest;
    int rc = parse_rule(text, &rule, err);

    if (rc != SIM_OK)
        return rc;
    for (int d = 0; d < cfg->n_deployments; d++) {
        if (entity_known(rule.metric, &cfg->deployments[d].name, 1))
            dep = &cfg->deployments[d];
    }
    rest = strchr(rule.metric, '.');
    if (dep == NULL || rest == NULL)
        return sim_err_set(err, SIM_E_INPUT,
            "threshold '%s' begins with no deployment's name", text);
    row = res_metric_row(rest + 1);
    if (row == NULL)
        return sim_err_set(
            err, SIM_E_INPUT, "threshold '%s' names an unknown metric", text);
    rc = check_scope(cfg, dep, text, rest + 1, err);
    if (rc == SIM_OK)
        rc = check_index(&cfg->report, text, rest, err);
    return rc == SIM_OK ? check_limit(cfg, &rule, text, row->unit, err) : rc;
}

static bool holds(const char *op, double value, double limit)
{
    if (op[0] == '<')
        return op[1] == '=' ? value <= limit : value < limit;
    return op[1] == '=' ? value >= limit : value > limit;
}

int mdl_measure_thresholds(struct mdl_study *study, struct sim_err *err)
{
    const struct mdl_run_cfg *cfg = study->cfg;
    struct res_run *run = study->run;
    int rc = SIM_OK;

    run->thresholds = sim_arena_calloc(
        &run->arena, (size_t)cfg->n_thresholds, sizeof *run->thresholds);
    if (run->thresholds == NULL)
        return sim_err_set(err, SIM_E_NOMEM, "out of memory");
    for (int i = 0; rc == SIM_OK && i < cfg->n_thresholds; i++) {
        struct res_threshold *t = &run->thresholds[i];
        struct rule rule;
        rc = parse_rule(cfg->thresholds[i], &rule, err);
        if (rc != SIM_OK)
            return rc;
        const struct res_metric *m = res_metric_by_name(run, rule.metric);
        if (m == NULL)
            return sim_err_set(err, SIM_E_INPUT,
                "threshold '%s' names a metric this study does not have",
                cfg->thresholds[i]);
        rc = limit_of(&rule, cfg->thresholds[i], m->unit, &t->limit, err);
        t->text = sim_arena_strdup(&run->arena, cfg->thresholds[i]);
        t->metric = m->name;
        if (t->text == NULL)
            return sim_err_set(err, SIM_E_NOMEM, "out of memory");
        const bool pass = holds(rule.op, m->est.value, t->limit);
        const bool close = fabs(m->est.value - t->limit) < m->est.half_width;
        t->verdict = pass ? (close ? RES_CLOSE_PASS : RES_PASS)
                          : (close ? RES_CLOSE_FAIL : RES_FAIL);
        run->n_thresholds++;
    }
    return rc;
}
