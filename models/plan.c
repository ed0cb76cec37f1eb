#include "models/plan.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/plan_sites.h"
#include "models/plan_work.h"
#include "models/workload_time.h"
#include "sim/alloc.h"
#include "sim/fmath.h"
#include "sim/rng.h"
#include "sim/units.h"

#define MONTH_S (SIM_H_PER_MONTH * SIM_S_PER_H)
#define YEAR_S  (SIM_H_PER_YR * SIM_S_PER_H)

static int no_memory(struct sim_err *err)
{
    return sim_err_set(err, SIM_E_NOMEM, "out of memory");
}

/* ---- users -------------------------------------------------------------- */

static int zone_of(struct mdl_plan *plan, double offset_h)
{
    for (int i = 0; i < plan->n_zones; i++) {
        if (plan->zones_h[i] == offset_h)
            return i;
    }
    plan->zones_h[plan->n_zones] = offset_h;
    return plan->n_zones++;
}

/* "New_York_City" -> "new-york-city". */
static char *entity_name(struct sim_arena *arena, const char *text)
{
    char *name = sim_arena_strdup(arena, text);

    for (char *p = name; p != NULL && *p != '\0'; p++)
        *p =
            isalnum((unsigned char)*p) ? (char)tolower((unsigned char)*p) : '-';
    return name;
}

/* One metro of the built-in table. */
static int add_metro(struct mdl_plan *plan, const struct mdl_csv *csv, int row,
    const int column[6], struct sim_err *err)
{
    struct mdl_user *user = &plan->users[plan->n_users];
    double number[4]; /* lat, lon, population, utc offset */

    for (int i = 0; i < 4; i++) {
        const int rc = mdl_csv_number(csv, row, column[2 + i], &number[i], err);
        if (rc != SIM_OK)
            return rc;
    }
    if (fabs(number[0]) > 90.0 || fabs(number[1]) > 180.0 ||
        !(number[2] > 0.0) || fabs(number[3]) > 14.0)
        return sim_err_set(err, SIM_E_INPUT,
            "%s:%d: a place needs lat -90 .. 90, lon -180 .. 180, population "
            "above 0 and utc_offset_h -14 .. 14",
            csv->name, csv->lines[row]);
    *user = (struct mdl_user){.placed = true,
        .lat = number[0],
        .lon = number[1],
        .share = number[2],
        .access = plan->cfg->users.access,
        .utc_offset_h = number[3],
        .name = entity_name(&plan->arena, mdl_csv_text(csv, row, column[0])),
        .country =
            sim_arena_strdup(&plan->arena, mdl_csv_text(csv, row, column[1]))};
    if (user->name == NULL || user->country == NULL)
        return no_memory(err);
    /* streams and metrics go by the name: two of one name would be one */
    for (int i = 0; i < plan->n_users; i++) {
        if (strcmp(plan->users[i].name, user->name) == 0)
            return sim_err_set(err, SIM_E_INPUT,
                "%s:%d: a second place is called '%s'", csv->name,
                csv->lines[row], user->name);
    }
    plan->n_users++;
    return SIM_OK;
}

/* The built-in metros of one set, or all places of a user's file. */
static int users_from_table(struct mdl_plan *plan, struct sim_err *err)
{
    static const char *const names[6] = {
        "name", "country", "lat", "lon", "population", "utc_offset_h"};
    const struct mdl_users_cfg *cfg = &plan->cfg->users;
    const bool builtin = cfg->file == NULL;
    const char *set =
        builtin && strncmp(cfg->from, "metros-", 7) == 0 ? cfg->from + 7 : "";
    struct mdl_csv csv;
    int column[6] = {0}, set_column = 0;
    int rc = builtin ? mdl_csv_builtin(
                           plan->data, "metros.csv", &plan->arena, &csv, err)
                     : mdl_csv_file(cfg->file, &plan->arena, &csv, err);

    if (rc == SIM_OK && builtin)
        rc = mdl_csv_column(&csv, "set", &set_column, err);
    for (int i = 0; rc == SIM_OK && i < 6; i++)
        rc = mdl_csv_column(&csv, names[i], &column[i], err);
    for (int i = 0; rc == SIM_OK && i < csv.n_rows; i++) {
        if (plan->n_users < cfg->top &&
            (!builtin || strcmp(mdl_csv_text(&csv, i, set_column), set) == 0))
            rc = add_metro(plan, &csv, i, column, err);
    }
    if (rc == SIM_OK && plan->n_users == 0)
        return sim_err_set(err, SIM_E_INPUT, "'users' names no place in '%s'",
            builtin ? cfg->from : cfg->file);
    return rc;
}

static void users_from_list(struct mdl_plan *plan)
{
    const struct mdl_users_cfg *cfg = &plan->cfg->users;

    for (int i = 0; i < cfg->n_list; i++) {
        const struct mdl_user_cfg *u = &cfg->list[i];
        plan->users[plan->n_users++] = (struct mdl_user){.name = u->name,
            .placed = u->n_at == 2,
            .lat = u->n_at == 2 ? u->at[0] : 0.0,
            .lon = u->n_at == 2 ? u->at[1] : 0.0,
            .share = u->weight,
            .access = u->access,
            .utc_offset_h = u->utc_offset_h,
            .country = u->country};
    }
}

static int plan_users(struct mdl_plan *plan, struct sim_err *err)
{
    const struct mdl_users_cfg *cfg = &plan->cfg->users;
    const bool table = cfg->from != NULL || cfg->file != NULL;
    const int64_t most = table ? cfg->top : cfg->n_list > 0 ? cfg->n_list : 1;
    double sum = 0.0;
    int rc = SIM_OK;

    plan->users =
        sim_arena_calloc(&plan->arena, (size_t)most, sizeof *plan->users);
    plan->zones_h =
        sim_arena_calloc(&plan->arena, (size_t)most, sizeof(double));
    if (plan->users == NULL || plan->zones_h == NULL)
        return no_memory(err);
    if (table)
        rc = users_from_table(plan, err);
    else if (cfg->n_list > 0)
        users_from_list(plan);
    else
        plan->users[plan->n_users++] = (struct mdl_user){
            .name = "all", .share = 1.0, .access = MDL_ACCESS_NONE};
    if (rc != SIM_OK)
        return rc;
    for (int i = 0; i < plan->n_users; i++)
        sum += plan->users[i].share;
    for (int i = 0; i < plan->n_users; i++) {
        plan->users[i].share /= sum;
        plan->users[i].zone = zone_of(plan, plan->users[i].utc_offset_h);
    }
    return SIM_OK;
}

/* ---- classes ------------------------------------------------------------ */

static double growth_norm(double growth_per_yr)
{
    double sum = 0.0;

    for (int j = 0; j < 12; j++)
        sum += sim_pow(1.0 + growth_per_yr, j / 12.0);
    return sum / 12.0;
}

static void class_objective(struct mdl_class *c)
{
    const struct mdl_slo_cfg *slo = &c->cfg->slo;
    const double limit_ms[] = {
        slo->p50_ms, slo->p90_ms, slo->p95_ms, slo->p99_ms, slo->p999_ms};
    static const double level[] = {0.50, 0.90, 0.95, 0.99, 0.999};

    c->slo_s = INFINITY;
    if (!c->cfg->has_slo)
        return;
    for (size_t i = 0; i < sizeof level / sizeof level[0]; i++) {
        if (!isnan(limit_ms[i])) {
            c->slo_s = limit_ms[i] / SIM_MS_PER_S;
            c->slo_level = level[i];
        }
    }
}

/* All users, year 0. */
static void class_rate(struct mdl_class *c)
{
    const double share = c->cfg->has_arrivals ? 1.0 : c->cfg->share_frac;
    double rate = c->arrivals->rate_per_s;

    if (c->cfg->has_journey && !c->cfg->has_arrivals) {
        c->rate_per_s = 0.0;
        for (int i = 0; i < c->cfg->journey.n_enter; i++)
            c->rate_per_s += c->cfg->journey.enter[i].rate_per_s;
        return;
    }
    if (c->arrivals->process.has_closed) {
        /* they never send faster than without any wait */
        const struct mdl_closed_cfg *closed = &c->arrivals->process.closed;
        c->rate_per_s = (double)closed->population * share /
                        (sim_dist_mean(closed->think_s) + c->mean_work_s);
        return;
    }
    if (c->trace.n > 0) {
        c->rate_per_s = c->trace.rate_per_s;
        return;
    }
    if (isnan(rate)) /* the states of an MMPP say it */
        rate = c->gaps.mean_per_s;
    c->rate_per_s = rate * share;
}

static int plan_class(struct mdl_plan *plan, struct mdl_class *c,
    const struct mdl_class_cfg *cfg, struct sim_err *err)
{
    int rc;

    c->cfg = cfg;
    c->arrivals = cfg->has_arrivals || cfg->has_journey ? &cfg->arrivals
                                                        : &plan->cfg->arrivals;
    c->growth_norm = growth_norm(c->arrivals->growth_per_yr);
    class_objective(c);
    rc = mdl_shape_build(c->arrivals, plan->data, &plan->arena, &c->shape, err);
    if (rc == SIM_OK && c->arrivals->process.has_cox)
        rc = mdl_cox_build(
            &c->arrivals->process.cox, plan->data, &plan->arena, &c->cox, err);
    if (rc == SIM_OK)
        rc = mdl_gap_law_build(
            &c->arrivals->process, &plan->arena, &c->gaps, err);
    c->cox.entity = sim_entity(cfg->name);
    if (rc == SIM_OK)
        rc = mdl_plan_tokens(plan, c, err);
    if (rc == SIM_OK)
        rc = mdl_plan_trace(plan, c, err);
    if (rc != SIM_OK)
        return sim_err_wrap(err, rc, "requests.%s", cfg->name);
    mdl_plan_work(c);
    class_rate(c);
    return SIM_OK;
}

static int plan_classes(struct mdl_plan *plan, struct sim_err *err)
{
    const int n = plan->cfg->n_requests;

    plan->n_classes = n;
    plan->classes =
        sim_arena_calloc(&plan->arena, (size_t)n, sizeof *plan->classes);
    if (plan->classes == NULL)
        return no_memory(err);
    for (int i = 0; i < n; i++) {
        const int rc =
            plan_class(plan, &plan->classes[i], &plan->cfg->requests[i], err);
        if (rc != SIM_OK)
            return rc;
        plan->closed =
            plan->closed || plan->classes[i].arrivals->process.has_closed;
    }
    return SIM_OK;
}

static int plan_sources(struct mdl_plan *plan, struct sim_err *err)
{
    plan->n_sources = plan->n_users * plan->n_classes;
    plan->sources = sim_arena_calloc(
        &plan->arena, (size_t)plan->n_sources, sizeof *plan->sources);
    if (plan->sources == NULL)
        return no_memory(err);
    for (int i = 0; i < plan->n_sources; i++) {
        struct mdl_source *s = &plan->sources[i];
        char name[160];
        s->user = i / plan->n_classes;
        s->cls = i % plan->n_classes;
        snprintf(name, sizeof name, "%s/%s", plan->users[s->user].name,
            plan->classes[s->cls].cfg->name);
        s->entity = sim_entity(name);
        s->base_per_s =
            plan->classes[s->cls].arrivals->process.has_closed
                ? 0.0 /* launched as they are answered, not pulled */
                : plan->classes[s->cls].rate_per_s *
                      (plan->classes[s->cls].trace.user_share != NULL
                              ? plan->classes[s->cls].trace.user_share[s->user]
                              : plan->users[s->user].share);
    }
    return SIM_OK;
}

/* ---- time --------------------------------------------------------------- */

static int plan_time(struct mdl_plan *plan, struct sim_err *err)
{
    const struct mdl_simulate_cfg *sim = &plan->cfg->simulate;
    const struct mdl_date start = mdl_calendar_of(plan->cfg->start);

    plan->start_month = start.month;
    plan->start_weekday = start.weekday;
    plan->windowed = isnan(sim->duration_s) && sim->requests < 0;
    plan->horizon_s = plan->cfg->horizon_yr * YEAR_S;
    plan->n_years = (int)ceil(plan->cfg->horizon_yr - 1e-9);
    if (plan->windowed && plan->horizon_s < sim->windows.length_s)
        return sim_err_set(err, SIM_E_INPUT,
            "'horizon' is shorter than one window of 'simulate.windows'");
    return SIM_OK;
}

static int plan_baseline(struct mdl_plan *plan)
{
    for (int i = 0; plan->cfg->baseline != NULL && i < plan->n_deps; i++) {
        if (strcmp(plan->deps[i].cfg->name, plan->cfg->baseline) == 0)
            return i;
    }
    return 0;
}

int mdl_plan_create(const struct mdl_run_cfg *cfg,
    const struct mdl_data_source *data, struct mdl_plan **out,
    struct sim_err *err)
{
    struct mdl_plan *plan = sim_calloc(1, sizeof *plan);
    int rc;

    if (plan == NULL)
        return no_memory(err);
    plan->cfg = cfg;
    plan->data = data;
    rc = plan_time(plan, err);
    if (rc == SIM_OK)
        rc = plan_users(plan, err);
    if (rc == SIM_OK)
        rc = plan_classes(plan, err);
    if (rc == SIM_OK)
        rc = plan_sources(plan, err);
    if (rc == SIM_OK)
        rc = mdl_plan_deps(plan, err);
    if (rc != SIM_OK) {
        mdl_plan_destroy(plan);
        return rc;
    }
    plan->baseline = plan_baseline(plan);
    *out = plan;
    return SIM_OK;
}

void mdl_plan_destroy(struct mdl_plan *plan)
{
    if (plan == NULL)
        return;
    sim_arena_release(&plan->arena);
    sim_free(plan);
}

struct mdl_rate mdl_plan_rate(const struct mdl_plan *plan, int source)
{
    const struct mdl_source *s = &plan->sources[source];
    const struct mdl_class *c = &plan->classes[s->cls];
    const double offset_h = plan->users[s->user].utc_offset_h;

    return (struct mdl_rate){.base_per_s = s->base_per_s,
        .shape = &c->shape,
        .offset_s =
            plan->start_weekday * SIM_S_PER_DAY + offset_h * SIM_S_PER_H,
        .growth_per_yr = c->arrivals->growth_per_yr,
        .growth_norm = c->growth_norm};
}

/* Month of a time.  What is summed up to the end of a month may fall short of
 * it by a rounding error and yet belongs to the next. */
static double month_of(double t_s)
{
    return t_s > 0.0 ? floor(t_s / MONTH_S + 1e-9) : 0.0;
}

double mdl_plan_deflation(const struct mdl_plan *plan, double t_s)
{
    const double halving = plan->cfg->deflation.halving_month;

    if (isnan(halving))
        return 1.0;
    return sim_exp2(-month_of(t_s) / halving);
}

double mdl_plan_deflation_until(const struct mdl_plan *plan, double t_s)
{
    if (isnan(plan->cfg->deflation.halving_month))
        return (double)INFINITY;
    return (month_of(t_s) + 1.0) * MONTH_S;
}
