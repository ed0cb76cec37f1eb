/* measure.h - what the files share that turn sums of the request level into
 * metrics:
 *
 *     measure_requests.c  which scopes there are
 *     measure_scopes.c    sums of a scope by section, and putting a metric
 *     measure_counts.c    counts, shares, loads, power, objectives
 *     measure_times.c     means and percentiles of times
 *     measure_curves.c    curves of the deployment as a whole
 *     measure_states.c    the state at given times
 *     measure_parts.c     users, and members of site entries
 */
#ifndef MODELS_MEASURE_H
#define MODELS_MEASURE_H

#include "models/study.h"

/* A scope of metrics: block scopes [first, first + n) filtered by tier. */
struct mdl_scope {
    const char *name;
    int first, n;
    const char *tier; /* NULL: all */
    int entry;        /* >= 0: loads of this entry; -1: of all (tier's) */
    int cls;          /* >= 0: a class scope */
    bool main;        /* the deployment itself */
};

/* A scope on its way into the results; rc keeps the first fault. */
struct mdl_put {
    struct mdl_study *study;
    const struct mdl_case *c;
    const struct mdl_scope *scope;
    double *x, *y; /* [n_sections] scratch of numerator and denominator */
    int rc;
};

/* ---- measure_scopes.c --------------------------------------------------- */

/** The deployment as a whole. */
struct mdl_scope mdl_scope_all(const struct mdl_case *c, const char *name);

/** Is block scope `block` part of it? */
bool mdl_scope_has(
    const struct mdl_case *c, const struct mdl_scope *s, int block);

/** Is the load of entry `entry` part of it? */
bool mdl_scope_has_load(
    const struct mdl_case *c, const struct mdl_scope *s, int entry);

/** Sums by section of a count, a load, a head. @param x  out [n_sections] */
void mdl_sum_counts(const struct mdl_study *study, const struct mdl_case *c,
    const struct mdl_scope *s, int count, double *x);
void mdl_sum_loads(const struct mdl_study *study, const struct mdl_case *c,
    const struct mdl_scope *s, int load, double *x);
void mdl_sum_head(const struct mdl_study *study, const struct mdl_case *c,
    int head, double *x);

/** Is any section's sum above 0? */
bool mdl_any_sum(const struct mdl_study *study, const double *x);

/** Requests served, without weights. */
double mdl_scope_served(const struct mdl_case *c, const struct mdl_scope *s);

/** Say why an estimate has no interval. */
void mdl_withhold(const struct mdl_case *c, struct res_estimate *e);

void mdl_put(struct mdl_put *p, const char *name, struct res_estimate e);

/** x over y. */
void mdl_put_ratio(struct mdl_put *p, const char *name, double scale);

/** One count over another. */
void mdl_put_count_ratio(
    struct mdl_put *p, const char *name, int count, int over, double scale);

/* ---- measure_counts.c --------------------------------------------------- */

/**
 * Totals: ratios to the offered requests of the deployment times their exact
 * number, never an expansion of the sample.
 * @param volume   requests offered to the deployment
 * @param seconds  over which they are spread
 */
void mdl_put_totals(struct mdl_put *p, const struct mdl_scope *all,
    double volume, double seconds);
void mdl_put_shares(struct mdl_put *p);

/** In system, waiting, busy; batches and states of servers; IT power. */
void mdl_put_loads(struct mdl_put *p);

/** Retries, hedges, fallback, cache: where the scenario has them. */
void mdl_put_further(
    struct mdl_put *p, const struct mdl_scope *all, double volume);

void mdl_put_objective(struct mdl_put *p);
void mdl_put_windows(struct mdl_put *p);

/* ---- measure_times.c ---------------------------------------------------- */

/** Mean, standard deviation, percentiles and largest of each time; slowdown.
 */
void mdl_put_times(struct mdl_put *p);

/** Histograms of a time by section, merged over the scope.
 *  @param out  [n_sections] empty; released by the caller
 *  @retval SIM_OK, SIM_E_NOMEM */
SIM_MUST_CHECK int mdl_scope_hist(const struct mdl_study *study,
    const struct mdl_case *c, const struct mdl_scope *s, int time,
    struct sim_whist *out);

/* ---- measure_curves.c --------------------------------------------------- */

/** The distribution of latency as a series. @retval SIM_OK, SIM_E_NOMEM */
SIM_MUST_CHECK int mdl_put_curve(struct mdl_study *study,
    const struct mdl_case *c, const struct mdl_scope *scope);

/* ---- measure_states.c --------------------------------------------------- */

/** at.<k>.* of a scope with loads. */
void mdl_put_states(struct mdl_put *p);

/* ---- measure_parts.c ---------------------------------------------------- */

/** Metrics of users, and of members of entries with several.
 *  @retval SIM_OK, SIM_E_NOMEM */
SIM_MUST_CHECK int mdl_measure_parts(struct mdl_study *study,
    const struct mdl_case *c, double volume, double seconds);

#endif /* MODELS_MEASURE_H */
