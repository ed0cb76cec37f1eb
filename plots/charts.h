/* charts.h - the charts there are, one source file each, listed in plot.c.
 *
 * Every chart handles 0 to any number of deployments, undefined metrics,
 * missing series and long or hostile names; what is not shown is said in a
 * note.
 */
#ifndef PLOTS_CHARTS_H
#define PLOTS_CHARTS_H

#include "plots/plot.h"

/* cdf.c: share of requests answered within x, series "<dep>.latency.cdf". */
extern const struct plt_plot plt_cdf;
/* percentiles.c: p50, p95 and p99 of latency with intervals. */
extern const struct plt_plot plt_percentiles;
/* parts.c: mean latency as network, queue and service. */
extern const struct plt_plot plt_parts;
/* stack.c: present value by cost category, from the ledgers. */
extern const struct plt_plot plt_stack;
/* tradeoff.c: cost per million requests against p95, Pareto frontier. */
extern const struct plt_plot plt_tradeoff;
/* energy.c: facility power by hour of the day, series
 * "<dep>.power.facility.hour_of_day". */
extern const struct plt_plot plt_energy;

#endif /* PLOTS_CHARTS_H */
