/* workload_shapes.h - built-in shapes of the day and of the week. */
#ifndef MODELS_WORKLOAD_SHAPES_H
#define MODELS_WORKLOAD_SHAPES_H

#include "models/data.h"
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

#endif /* MODELS_WORKLOAD_SHAPES_H */
