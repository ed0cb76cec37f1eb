/* dist_make.h - what the tests of distributions share: the parameter structs
 * as the rows of dist.c describe them, and shorthands that must succeed. */
#ifndef TESTS_SIM_DIST_MAKE_H
#define TESTS_SIM_DIST_MAKE_H

#include <math.h>
#include <stdint.h>

#include "check_main.h"
#include "sim/dist.h"

static const double none = (double)NAN;
static const double infinity = (double)INFINITY;

/* Checked against the rows in test_dist_params.c. */
struct lognormal {
    double median, p50, p95, p99, mean, cv, sd, mu, sigma;
};
struct weibull {
    double mean, cv, shape, scale;
};
struct erlang {
    double mean;
    int64_t k;
};
struct list {
    const double *x;
    int n;
};
struct hyper {
    struct list p, means;
};
struct empirical {
    const char *file, *column, *unit;
    struct list values;
};

static const struct lognormal no_lognormal = {
    NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN};

static inline int prepare(const char *kind, const void *params,
    struct sim_arena *arena, struct sim_dist **out, struct sim_err *err)
{
    const struct sim_dist_kind *row = sim_dist_kind_find(kind);

    ck_assert_ptr_nonnull(row);
    return row->prepare(params, arena, out, err);
}

static inline struct sim_dist *make(
    const char *kind, const void *params, struct sim_arena *arena)
{
    struct sim_dist *dist = NULL;
    struct sim_err err = {0};
    const int rc = prepare(kind, params, arena, &dist, &err);

    ck_assert_msg(rc == SIM_OK, "%s: %s", kind, err.text);
    return dist;
}

static inline struct sim_dist *cut(const struct sim_dist *dist, double min,
    double max, struct sim_arena *arena)
{
    struct sim_dist *out = NULL;
    struct sim_err err = {0};
    const int rc = sim_dist_truncate(dist, min, max, arena, &out, &err);

    ck_assert_msg(rc == SIM_OK, "%s", err.text);
    return out;
}

static inline void start(struct sim_stream *stream, uint64_t seed)
{
    const struct sim_key key = {.seed = seed, .purpose = SIM_FOR_TEST};

    sim_stream_init(stream, &key);
}

#endif /* TESTS_SIM_DIST_MAKE_H */
