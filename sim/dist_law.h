/* dist_law.h - private to sim: what a prepared distribution is made of.
 *
 * A law is a row of four functions; a distribution is a law and its numbers.
 * Laws are written for probabilities given twice, as p and as q = 1 - p, each
 * to full relative precision: then quantiles and truncation are as exact in
 * the upper tail as in the lower one.
 *
 * Everything a fill() or quantile() computes goes through fmath, so draws have
 * the same bits on every machine.  The incomplete gamma function is GSL's: it
 * enters cdf() and quantile() of the gamma law, whose draws use neither.
 */
#ifndef SIM_DIST_LAW_H
#define SIM_DIST_LAW_H

#include "sim/dist.h"

struct sim_law {
    const char *name;
    void (*fill)(const struct sim_dist *d, struct sim_stream *stream, double *x,
        size_t n);
    /* smallest x with F(x) >= p, for 0 < p < 1 */
    double (*quantile)(const struct sim_dist *d, double p, double q);
    /* F(x) = P(X <= x), and *q = P(X > x); any x inside the support */
    double (*cdf)(const struct sim_dist *d, double x, double *q);
    /* the same law on [min, max], which lies inside the support; NULL: by
     * inversion between F(min) and F(max) */
    int (*truncate)(const struct sim_dist *d, double min, double max,
        struct sim_arena *arena, struct sim_dist **out, struct sim_err *err);
};

struct sim_dist {
    const struct sim_law *law;
    double a, b, c;   /* numbers of the law, see its comment */
    double low, high; /* support; high may be INFINITY */
    double mean, sd;
    double kink;     /* level where the quantile function has a corner; or 0 */
    size_t n;        /* length of the tables below */
    const double *p; /* levels, or cumulative weights */
    const double *x; /* values, or means */
    const struct sim_dist *const *parts; /* of a mixture; [0] if truncated */
};

/** Draws made in one pass through the scratch buffers on the stack. */
enum { SIM_DIST_CHUNK = 256 };

/** A distribution with this law in the arena, all numbers 0. */
SIM_MUST_CHECK int sim_law_new(const struct sim_law *law,
    struct sim_arena *arena, struct sim_dist **out, struct sim_err *err);

/** Laws by their numbers, which the caller has checked.  Moments are set. */
SIM_MUST_CHECK int sim_law_exponential(double mean, struct sim_arena *arena,
    struct sim_dist **out, struct sim_err *err);
SIM_MUST_CHECK int sim_law_lognormal(double mu, double sigma,
    struct sim_arena *arena, struct sim_dist **out, struct sim_err *err);
SIM_MUST_CHECK int sim_law_gamma(double mean, double shape,
    struct sim_arena *arena, struct sim_dist **out, struct sim_err *err);
SIM_MUST_CHECK int sim_law_weibull(double shape, double scale,
    struct sim_arena *arena, struct sim_dist **out, struct sim_err *err);
SIM_MUST_CHECK int sim_law_pareto(double min, double alpha,
    struct sim_arena *arena, struct sim_dist **out, struct sim_err *err);
SIM_MUST_CHECK int sim_law_uniform(double a, double b, struct sim_arena *arena,
    struct sim_dist **out, struct sim_err *err);
SIM_MUST_CHECK int sim_law_triangular(double low, double mode, double high,
    struct sim_arena *arena, struct sim_dist **out, struct sim_err *err);

/** Shape of the Weibull law with this coefficient of variation, and the mean of
 *  the law of scale 1; both to 12 significant digits. */
double sim_law_weibull_shape(double cv);
double sim_law_weibull_mean(double shape);

/** Mixture of exponentials: phase i with probability p[i], mean means[i]. */
SIM_MUST_CHECK int sim_law_hyperexponential(const double *p,
    const double *means, size_t n, struct sim_arena *arena,
    struct sim_dist **out, struct sim_err *err);

/** Any law with a bit-stable quantile on [min, max], by inversion. */
SIM_MUST_CHECK int sim_law_truncate(const struct sim_dist *d, double min,
    double max, struct sim_arena *arena, struct sim_dist **out,
    struct sim_err *err);

/** Probability of [min, max], from the tail in which it is exact. */
double sim_law_mass(const struct sim_dist *d, double min, double max);

/** Mean and sd from the quantile function, by tanh-sinh quadrature over p,
 *  on both sides of the kink; relative error 1e-9. */
void sim_law_integrate(struct sim_dist *d);

/** Quantile by bisection of the cdf between lo and hi, to the last bit. */
double sim_law_bisect(
    const struct sim_dist *d, double lo, double hi, double p, double q);

/** x to 12 significant digits: hides the last bits of what libm or GSL
 *  computed, which differ between machines (but for the one value in about a
 *  thousand that lies within those bits of a rounding boundary). */
double sim_law_round12(double x);

/** sim_err_set for an arena that is exhausted. */
int sim_law_nomem(struct sim_err *err);

#endif /* SIM_DIST_LAW_H */
