/* plan_fixture.h - a run configuration built in C: every default from the row
 * tables, the rest set by the test. */
#ifndef TESTS_MODELS_PLAN_FIXTURE_H
#define TESTS_MODELS_PLAN_FIXTURE_H

#include "models/model_fixture.h"
#include "models/plan.h"
#include "models/site.h"
#include "sim/dist_law.h"

/* What the loader would leave in a struct for which the file says nothing.
 * Distributions, texts and lists stay absent. */
static inline void set_defaults(const struct sim_table *table, void *cfg)
{
    for (int i = 0; i < table->n_rows; i++) {
        const struct sim_param *row = &table->rows[i];
        char *at = (char *)cfg + row->offset;
        const bool absent = (row->flags & SIM_P_OPTIONAL) != 0;
        const double f64 = absent ? (double)NAN : row->dflt;

        if (row->type == SIM_F64) {
            memcpy(at, &f64, sizeof f64);
        } else if (row->type == SIM_I64) {
            const int64_t i64 = absent ? -1 : (int64_t)row->dflt;
            memcpy(at, &i64, sizeof i64);
        } else if (row->type == SIM_ENUM) {
            const int choice = (int)row->dflt;
            memcpy(at, &choice, sizeof choice);
        } else if (row->type == SIM_BOOL) {
            const bool truth = row->dflt != 0.0;
            memcpy(at, &truth, sizeof truth);
        } else if (row->type == SIM_GROUP) {
            set_defaults(row->table, at);
        }
    }
}

/* Table of the map or group `name` of a table. */
static inline const struct sim_table *table_of(
    const struct sim_table *table, const char *name)
{
    for (int i = 0; i < table->n_rows; i++) {
        if (strcmp(table->rows[i].name, name) == 0)
            return table->rows[i].table;
    }
    ck_abort_msg("no row '%s'", name);
    return NULL;
}

enum { FIX_USERS = 8, FIX_CLASSES = 3, FIX_DEPS = 3, FIX_SITES = 3 };

/* Room for a small scenario; lists point into it. */
struct fix {
    struct sim_arena arena;
    struct mdl_run_cfg cfg;
    struct mdl_user_cfg users[FIX_USERS];
    double at[FIX_USERS][2];
    struct mdl_class_cfg classes[FIX_CLASSES];
    struct mdl_deployment_cfg deps[FIX_DEPS];
    struct mdl_site_cfg sites[FIX_DEPS][FIX_SITES];
    struct mdl_plan *plan;
    struct sim_err err;
};

/* A horizon of two years from 1 January 2027 (a Friday), 10 requests/s, no
 * users, classes or deployments yet. */
static inline void fix_begin(struct fix *f)
{
    memset(f, 0, sizeof *f);
    set_defaults(&mdl_run_table, &f->cfg);
    f->cfg.name = "fixture";
    f->cfg.currency = "USD";
    f->cfg.start = 20819;
    f->cfg.horizon_yr = 2.0;
    f->cfg.has_arrivals = true;
    f->cfg.arrivals.rate_per_s = 10.0;
    f->cfg.users.list = f->users;
    f->cfg.requests = f->classes;
    f->cfg.deployments = f->deps;
}

static inline const struct sim_dist *fix_constant(struct fix *f, double value)
{
    struct sim_dist *dist = NULL;

    ck_assert_int_eq(sim_dist_constant(value, &f->arena, &dist, NULL), SIM_OK);
    return dist;
}

static inline const struct sim_dist *fix_exponential(struct fix *f, double mean)
{
    struct sim_dist *dist = NULL;

    ck_assert_int_eq(sim_law_exponential(mean, &f->arena, &dist, NULL), SIM_OK);
    return dist;
}

static inline struct mdl_user_cfg *fix_user(
    struct fix *f, const char *name, double lat, double lon, double weight)
{
    const int i = f->cfg.users.n_list++;
    struct mdl_user_cfg *u = &f->users[i];

    set_defaults(table_of(table_of(&mdl_run_table, "users"), "list"), u);
    f->at[i][0] = lat;
    f->at[i][1] = lon;
    u->name = name;
    u->at = f->at[i];
    u->n_at = 2;
    u->weight = weight;
    return u;
}

/* A class with exponential service of this mean [s]. */
static inline struct mdl_class_cfg *fix_class(
    struct fix *f, const char *name, double share, double mean_s)
{
    struct mdl_class_cfg *c = &f->classes[f->cfg.n_requests++];

    set_defaults(table_of(&mdl_run_table, "requests"), c);
    c->name = name;
    c->share_frac = share;
    c->service_s = fix_exponential(f, mean_s);
    return c;
}

static inline struct mdl_deployment_cfg *fix_dep(
    struct fix *f, const char *name)
{
    const int i = f->cfg.n_deployments++;
    struct mdl_deployment_cfg *d = &f->deps[i];

    set_defaults(table_of(&mdl_run_table, "deployments"), d);
    d->name = name;
    d->sites = f->sites[i];
    return d;
}

/* A bare site of the last deployment: one slot of speed 1 a server. */
static inline struct mdl_site_cfg *fix_site(
    struct fix *f, const char *name, double servers)
{
    struct mdl_deployment_cfg *d = &f->deps[f->cfg.n_deployments - 1];
    struct mdl_site_cfg *s = &d->sites[d->n_sites++];

    set_defaults(table_of(table_of(&mdl_run_table, "deployments"), "sites"), s);
    s->name = name;
    s->tier = "bare";
    s->servers = servers;
    s->hardware.slots = 1;
    s->hardware.speed_frac = 1.0;
    return s;
}

static inline void fix_plan(struct fix *f)
{
    const int rc = mdl_plan_create(&f->cfg, &tables, &f->plan, &f->err);

    ck_assert_msg(rc == SIM_OK, "%s", f->err.text);
}

static inline void fix_end(struct fix *f)
{
    mdl_plan_destroy(f->plan);
    sim_arena_release(&f->arena);
    f->plan = NULL;
}

#endif /* TESTS_MODELS_PLAN_FIXTURE_H */
