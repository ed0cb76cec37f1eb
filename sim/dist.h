/* dist.h - the distributions a scenario can name, with bulk samplers.
 *
 * One table in dist.c: name, parameter rows, checks.  A distribution is
 * prepared once from its parameters and is read-only afterwards, so threads
 * share it.  Values are in the unit of the row that holds it.  Nothing here
 * forbids negative values (uniform, triangular, constant, tables): where only
 * amounts make sense the caller asks sim_dist_low().
 *
 *   {constant: 5 ms}                       no random number is used
 *   {exponential: {mean: 8 ms}}
 *   {lognormal: {median: 12 ms, p95: 40 ms}}    or median (p50) + p99,
 *                                mean + cv, mean + sd, mu + sigma (of the log
 *                                of the value in the row's canonical unit)
 *   {gamma: {mean: 8 ms, cv: 0.5}}         {erlang: {mean: 8 ms, k: 4}}
 *   {weibull: {mean: 8 ms, cv: 0.5}}       or shape + scale
 *   {pareto: {min: 2 ms, alpha: 2.5}}
 *   {hyperexponential: {p: 0.9, means: [1 ms, 20 ms]}}  p of the first mean;
 *                                a list for more phases
 *   {uniform: [1 ms, 3 ms]}                {triangular: [1 ms, 2 ms, 5 ms]}
 *   {empirical: {file: f.csv, column: c, unit: ms}}     or {empirical: [...]}
 *
 * Same bits on every machine: draws use fmath only.  Three set-up figures come
 * from GSL and are rounded to 12 significant digits, which hides the last bits
 * in which machines differ: the shape of a Weibull law given by its cv, Weibull
 * moments, and moments and quantiles of the gamma law.
 *
 * Random numbers: each draw uses a fixed number of uniforms, but for the gamma
 * law (rejection) and mixtures; a stream must serve one distribution only.
 * Costs with AVX2 [ns a draw]: uniform 1, exponential 2.4, lognormal 4, Pareto
 * and hyperexponential 4, Weibull 6, gamma 20; truncated 10-30, mixture 60.
 */
#ifndef SIM_DIST_H
#define SIM_DIST_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/arena.h"
#include "sim/err.h"
#include "sim/param.h"
#include "sim/rng.h"

struct sim_dist; /* opaque, lives in an arena, read-only after preparation */

/* One kind of distribution: {lognormal: {median: 12 ms, p95: 30 ms}}. */
struct sim_dist_kind {
    const char *name; /* "lognormal" */
    /* Rows of the kind's parameter struct.  A row of unit "@" carries the unit
     * of the value that holds the distribution (mean, median, p95, min ...);
     * "1" is a plain ratio (cv, p, alpha).  Optional values are NAN.  Rows
     * with SIM_P_SCALAR / SIM_P_SEQ allow `{constant: 5 ms}`, `{uniform: [a,
     * b]}`; one number may stand for a list of one (p of hyperexponential). */
    struct sim_table table;
    /* Exactly one admissible parameter set?  Builds the sampler.
     * @param params  struct of `table.size` bytes, filled by its rows
     * @retval SIM_E_INPUT  message says which sets are allowed
     * @retval SIM_E_NOMEM */
    int (*prepare)(const void *params, struct sim_arena *arena,
        struct sim_dist **out, struct sim_err *err);
};

/** The table: kind `i`, NULL past the end; lookup by name, NULL if unknown. */
const struct sim_dist_kind *sim_dist_kind_at(int i);
const struct sim_dist_kind *sim_dist_kind_find(const char *name);

/** The constant distribution (a bare quantity where a distribution may stand).
 *  @retval SIM_E_INPUT  not finite  @retval SIM_E_NOMEM */
SIM_MUST_CHECK int sim_dist_constant(double value, struct sim_arena *arena,
    struct sim_dist **out, struct sim_err *err);

/**
 * Distribution of an equal-weight sample: every draw is one of the values.
 * @param x  [n], finite, any order; copied
 * @retval SIM_E_INPUT  n = 0, a value not finite  @retval SIM_E_NOMEM
 */
SIM_MUST_CHECK int sim_dist_empirical(const double *x, size_t n,
    struct sim_arena *arena, struct sim_dist **out, struct sim_err *err);

/**
 * Distribution with a table of quantiles, linear between them.
 * @param p  [n] levels, p[0] = 0 < ... < p[n-1] = 1; copied
 * @param x  [n] values, not decreasing; equal neighbours make an atom; copied
 * @retval SIM_E_INPUT  the table breaks these rules  @retval SIM_E_NOMEM
 */
SIM_MUST_CHECK int sim_dist_quantiles(const double *p, const double *x,
    size_t n, struct sim_arena *arena, struct sim_dist **out,
    struct sim_err *err);

/**
 * Mixture: part i with probability weights[i] / sum(weights).
 * @param weights  [n], > 0
 * @param parts    [n]; borrowed: they must live as long as the result
 * @retval SIM_E_INPUT  n = 0, a weight not above 0  @retval SIM_E_NOMEM
 */
SIM_MUST_CHECK int sim_dist_mixture(const double *weights,
    const struct sim_dist *const *parts, size_t n, struct sim_arena *arena,
    struct sim_dist **out, struct sim_err *err);

/**
 * Same law truncated to [min, max] (renormalised); either may be infinite.
 * Drawn by inversion between F(min) and F(max); the gamma law by rejection;
 * samples, tables and mixtures by cutting their parts.  Borrows `dist`.
 * @retval SIM_E_INPUT  min > max, or less than 1e-9 of the probability is left
 *         (1e-3 for the gamma law)
 * @retval SIM_E_NOMEM
 */
SIM_MUST_CHECK int sim_dist_truncate(const struct sim_dist *dist, double min,
    double max, struct sim_arena *arena, struct sim_dist **out,
    struct sim_err *err);

/**
 * Fill x[0..n-1] with draws in the order of `stream`.  Draw k depends on the
 * stream's key and k only, not on how calls are split (fills of 1 and of 1000
 * give the same sequence).
 */
void sim_dist_fill(const struct sim_dist *dist, struct sim_stream *stream,
    double *x, size_t n);

/** One draw; for cold paths. */
double sim_dist_draw(const struct sim_dist *dist, struct sim_stream *stream);

/** Implied figures, for messages and `resolve`: mean and sd may be INFINITY
 *  (Pareto); exact where a closed form exists, else by quadrature to 1e-9. */
double sim_dist_mean(const struct sim_dist *dist);
double sim_dist_sd(const struct sim_dist *dist);

/** Quantile: the smallest x with F(x) >= p, p in (0, 1). */
double sim_dist_quantile(const struct sim_dist *dist, double p);

/** P(X > x), for any x. */
double sim_dist_above(const struct sim_dist *dist, double x);

/** Ends of the support: no draw lies outside; the upper may be INFINITY. */
double sim_dist_low(const struct sim_dist *dist);
double sim_dist_high(const struct sim_dist *dist);

/** Is it constant?  (Then every draw equals sim_dist_mean().) */
bool sim_dist_is_constant(const struct sim_dist *dist);

/** Words that stand where a distribution may stand and are never drawn:
 *  `never` (what it times does not happen; its mean is INFINITY) and
 *  `{from: trace}` (the value comes with the recorded request; mean NAN), or
 *  `{from: pairs}` (with the row that the request resampled; mean NAN).
 *  Callers ask before they draw. */
bool sim_dist_is_never(const struct sim_dist *dist);
bool sim_dist_is_traced(const struct sim_dist *dist);
bool sim_dist_is_paired(const struct sim_dist *dist);
SIM_MUST_CHECK int sim_dist_never(
    struct sim_arena *arena, struct sim_dist **out, struct sim_err *err);
SIM_MUST_CHECK int sim_dist_traced(
    struct sim_arena *arena, struct sim_dist **out, struct sim_err *err);
SIM_MUST_CHECK int sim_dist_paired(
    struct sim_arena *arena, struct sim_dist **out, struct sim_err *err);

#endif /* SIM_DIST_H */
