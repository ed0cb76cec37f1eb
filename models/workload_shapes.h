/* workload_shapes.h - built-in shapes of the day and of the week. */
#ifndef MODELS_WORKLOAD_SHAPES_H
#define MODELS_WORKLOAD_SHAPES_H

#include "models/data.h"
#include "sim/arena.h"
#include "sim/err.h"

/** Names of the built-in days, NULL-terminated: choices of `daily`. */
extern const char *const mdl_day_shape_names[];

/** 24 hourly factors of a built-in day (index into the names). */
const double *mdl_day_shape(int shape);

/**
 * A built-in hour-of-week table (arrivals-week.csv).
 * @param week  out: 168 factors, Monday 00-01 first
 * @retval SIM_E_INPUT  unknown name; the message lists the known ones
 * Source: [SERVEGEN] in models/SOURCES.md.
 */
SIM_MUST_CHECK int mdl_week_table(const struct mdl_data_source *data,
    const char *name, double week[168], struct sim_err *err);

/**
 * Factors of a user's CSV file: the numbers of its last column.
 * @param sizes  numbers of rows that are allowed, ended by 0
 * @param x, n   out: the factors, none negative
 * @retval SIM_E_INPUT  another number of rows, a negative factor, a fault of
 *                      the file
 * @retval SIM_E_IO, SIM_E_LIMIT, SIM_E_NOMEM
 */
SIM_MUST_CHECK int mdl_factors_file(const char *path, const int *sizes,
    struct sim_arena *arena, const double **x, int *n, struct sim_err *err);

#endif /* MODELS_WORKLOAD_SHAPES_H */
