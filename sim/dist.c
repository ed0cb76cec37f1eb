#include "sim/dist.h"

#include <math.h>
#include <string.h>

#include "sim/dist_law.h"
#include "sim/fmath.h"

/* ---- parameters, as a scenario gives them ------------------------------- */

struct constant_cfg {
    double value;
};

struct never_cfg {
    bool unused; /* a struct needs a member */
};

struct from_cfg {
    int source;
};

struct exponential_cfg {
    double mean;
};

struct lognormal_cfg {
    double median, p50, p95, p99, mean, cv, sd, mu, sigma;
};

struct gamma_cfg {
    double mean, cv;
};

struct erlang_cfg {
    double mean;
    int64_t k;
};

struct weibull_cfg {
    double mean, cv, shape, scale;
};

struct pareto_cfg {
    double min, alpha;
};

struct hyper_cfg {
    const double *p;
    int n_p;
    const double *means;
    int n_means;
};

struct points_cfg {
    const double *points;
    int n_points;
};

struct empirical_cfg {
    const char *file;
    const char *column;
    const char *unit;
    const double *values;
    int n_values;
};

/* clang-format off */
static const struct sim_param constant_rows[] = {
    { SIM_PARAM_F64(struct constant_cfg, value), .unit = "@", .required = true,
      .flags = SIM_P_SCALAR, .doc = "The value of every draw." },
};

static const char *const from_names[] = {"trace", "pairs", NULL};
static const struct sim_param from_rows[] = {
    { SIM_PARAM_ENUM(struct from_cfg, source, from_names), .unit = "", .required = true,
      .flags = SIM_P_SCALAR, .doc = "Where the value comes from." },
};

static const struct sim_param exponential_rows[] = {
    { SIM_PARAM_F64(struct exponential_cfg, mean), .unit = "@", .required = true,
      .doc = "Mean, above 0." },
};

static const struct sim_param lognormal_rows[] = {
    { SIM_PARAM_F64(struct lognormal_cfg, median), .unit = "@", .flags = SIM_P_OPTIONAL,
      .doc = "Median, above 0; goes with p95 or p99." },
    { SIM_PARAM_F64(struct lognormal_cfg, p50), .unit = "@", .flags = SIM_P_OPTIONAL,
      .doc = "Another name for the median." },
    { SIM_PARAM_F64(struct lognormal_cfg, p95), .unit = "@", .flags = SIM_P_OPTIONAL,
      .doc = "95th percentile, above the median." },
    { SIM_PARAM_F64(struct lognormal_cfg, p99), .unit = "@", .flags = SIM_P_OPTIONAL,
      .doc = "99th percentile, above the median." },
    { SIM_PARAM_F64(struct lognormal_cfg, mean), .unit = "@", .flags = SIM_P_OPTIONAL,
      .doc = "Mean, above 0; goes with cv or sd." },
    { SIM_PARAM_F64(struct lognormal_cfg, cv), .unit = "1", .flags = SIM_P_OPTIONAL,
      .doc = "Coefficient of variation, standard deviation over mean." },
    { SIM_PARAM_F64(struct lognormal_cfg, sd), .unit = "@", .flags = SIM_P_OPTIONAL,
      .doc = "Standard deviation." },
    { SIM_PARAM_F64(struct lognormal_cfg, mu), .unit = "1", .flags = SIM_P_OPTIONAL,
      .doc = "Mean of the natural logarithm of the value in its canonical unit; goes with sigma." },
    { SIM_PARAM_F64(struct lognormal_cfg, sigma), .unit = "1", .flags = SIM_P_OPTIONAL,
      .doc = "Standard deviation of the natural logarithm." },
};

static const struct sim_param gamma_rows[] = {
    { SIM_PARAM_F64(struct gamma_cfg, mean), .unit = "@", .required = true,
      .doc = "Mean, above 0." },
    { SIM_PARAM_F64(struct gamma_cfg, cv), .unit = "1", .required = true,
      .doc = "Coefficient of variation, 0 .. 30; 1 is exponential." },
};

static const struct sim_param erlang_rows[] = {
    { SIM_PARAM_F64(struct erlang_cfg, mean), .unit = "@", .required = true,
      .doc = "Mean, above 0." },
    { SIM_PARAM_I64(struct erlang_cfg, k), .unit = "", .required = true, .min = 1, .max = 1000000,
      .doc = "Number of exponential phases in a row." },
};

static const struct sim_param weibull_rows[] = {
    { SIM_PARAM_F64(struct weibull_cfg, mean), .unit = "@", .flags = SIM_P_OPTIONAL,
      .doc = "Mean, above 0; goes with cv." },
    { SIM_PARAM_F64(struct weibull_cfg, cv), .unit = "1", .flags = SIM_P_OPTIONAL,
      .doc = "Coefficient of variation, 0.002 .. 100, or 0; 1 is exponential." },
    { SIM_PARAM_F64(struct weibull_cfg, shape), .unit = "1", .flags = SIM_P_OPTIONAL,
      .doc = "Shape, 0.1 .. 1000; goes with scale." },
    { SIM_PARAM_F64(struct weibull_cfg, scale), .unit = "@", .flags = SIM_P_OPTIONAL,
      .doc = "Scale, above 0: the 63rd percentile." },
};

static const struct sim_param pareto_rows[] = {
    { SIM_PARAM_F64(struct pareto_cfg, min), .unit = "@", .required = true,
      .doc = "Least value, above 0." },
    { SIM_PARAM_F64(struct pareto_cfg, alpha), .unit = "1", .required = true,
      .doc = "Tail exponent, 0.1 or more; the variance is infinite up to 2, the mean up to 1." },
};

static const struct sim_param hyperexponential_rows[] = {
    { SIM_PARAM_F64S(struct hyper_cfg, p, n_p), .unit = "1", .required = true,
      .doc = "Probabilities of the phases; the last may be left out." },
    { SIM_PARAM_F64S(struct hyper_cfg, means, n_means), .unit = "@", .required = true,
      .doc = "Means of the exponential phases, above 0." },
};

static const struct sim_param uniform_rows[] = {
    { SIM_PARAM_F64S(struct points_cfg, points, n_points), .unit = "@", .required = true,
      .flags = SIM_P_SEQ, .doc = "The two ends, [low, high]." },
};

static const struct sim_param triangular_rows[] = {
    { SIM_PARAM_F64S(struct points_cfg, points, n_points), .unit = "@", .required = true,
      .flags = SIM_P_SEQ, .doc = "[low, mode, high]." },
};

static const struct sim_param empirical_rows[] = {
    { SIM_PARAM_STR(struct empirical_cfg, file), .unit = "", .flags = SIM_P_FILE,
      .doc = "CSV file with a column of values, all equally likely." },
    { SIM_PARAM_STR(struct empirical_cfg, column), .unit = "",
      .doc = "Heading of the column; may be left out when there is only one." },
    { SIM_PARAM_STR(struct empirical_cfg, unit), .unit = "",
      .doc = "Unit of the column." },
    { SIM_PARAM_F64S(struct empirical_cfg, values, n_values), .unit = "@",
      .flags = SIM_P_SEQ, .doc = "The values themselves, in place of a file." },
};
/* clang-format on */

/* ---- checks ------------------------------------------------------------- */

static int need_above(
    const char *what, double x, double bound, struct sim_err *err)
{
    if (isfinite(x) && x > bound)
        return SIM_OK;
    return sim_err_set(err, SIM_E_INPUT,
        "%s is %g, expected a finite number above %g", what, x, bound);
}

static int need_within(
    const char *what, double x, double min, double max, struct sim_err *err)
{
    if (x >= min && x <= max)
        return SIM_OK;
    return sim_err_set(
        err, SIM_E_INPUT, "%s is %g, expected %g .. %g", what, x, min, max);
}

static bool given(double x)
{
    return !isnan(x);
}

/* ---- kinds -------------------------------------------------------------- */

static int constant_prepare(const void *params, struct sim_arena *arena,
    struct sim_dist **out, struct sim_err *err)
{
    const struct constant_cfg *cfg = params;

    return sim_dist_constant(cfg->value, arena, out, err);
}

static int exponential_prepare(const void *params, struct sim_arena *arena,
    struct sim_dist **out, struct sim_err *err)
{
    const struct exponential_cfg *cfg = params;
    const int rc = need_above("mean of exponential", cfg->mean, 0.0, err);

    return rc == SIM_OK ? sim_law_exponential(cfg->mean, arena, out, err) : rc;
}

static int lognormal_of_mean(
    double mean, double cv, double *mu, double *sigma, struct sim_err *err)
{
    int rc = need_above("mean of lognormal", mean, 0.0, err);

    if (rc == SIM_OK)
        rc = need_within("cv of lognormal", cv, 0.0, 1000.0, err);
    if (rc != SIM_OK)
        return rc;
    const double v = sim_log_one_plus(cv * cv);
    *mu = sim_log(mean) - 0.5 * v;
    *sigma = sqrt(v);
    return SIM_OK;
}

static int lognormal_of_quantile(double median, double x, double level,
    double *mu, double *sigma, struct sim_err *err)
{
    int rc = need_above("median of lognormal", median, 0.0, err);

    if (rc == SIM_OK && !(isfinite(x) && x >= median))
        rc = sim_err_set(err, SIM_E_INPUT,
            "p%g of lognormal is %g, expected at least the median, %g",
            100.0 * level, x, median);
    if (rc != SIM_OK)
        return rc;
    *mu = sim_log(median);
    *sigma = (sim_log(x) - *mu) / sim_normal_quantile(level);
    return SIM_OK;
}

/* Which members are given, as bits in struct order. */
static unsigned lognormal_given(const struct lognormal_cfg *cfg)
{
    const double all[] = {cfg->median, cfg->p50, cfg->p95, cfg->p99, cfg->mean,
        cfg->cv, cfg->sd, cfg->mu, cfg->sigma};
    unsigned bits = 0;

    for (unsigned i = 0; i < sizeof all / sizeof all[0]; i++)
        bits |= given(all[i]) ? 1u << i : 0u;
    return bits;
}

static int lognormal_prepare(const void *params, struct sim_arena *arena,
    struct sim_dist **out, struct sim_err *err)
{
    const struct lognormal_cfg *cfg = params;
    const double median = given(cfg->median) ? cfg->median : cfg->p50;
    double mu = cfg->mu, sigma = cfg->sigma;
    int rc = SIM_OK;

    switch (lognormal_given(cfg)) {
    case 0x005: /* median, p95 */
    case 0x006: /* p50, p95 */
        rc = lognormal_of_quantile(median, cfg->p95, 0.95, &mu, &sigma, err);
        break;
    case 0x009: /* median, p99 */
    case 0x00a: /* p50, p99 */
        rc = lognormal_of_quantile(median, cfg->p99, 0.99, &mu, &sigma, err);
        break;
    case 0x030: /* mean, cv */
        rc = lognormal_of_mean(cfg->mean, cfg->cv, &mu, &sigma, err);
        break;
    case 0x050: /* mean, sd */
        rc =
            lognormal_of_mean(cfg->mean, cfg->sd / cfg->mean, &mu, &sigma, err);
        break;
    case 0x180: /* mu, sigma */
        rc = need_within("mu of lognormal", mu, -100.0, 100.0, err);
        if (rc == SIM_OK)
            rc = need_within("sigma of lognormal", sigma, 0.0, 10.0, err);
        break;
    default:
        rc = sim_err_set(err, SIM_E_INPUT,
            "lognormal does not have exactly one of its parameter sets, "
            "expected median + p95, median + p99, mean + cv, mean + sd or "
            "mu + sigma");
    }
    if (rc != SIM_OK)
        return rc;
    return sigma > 0.0 ? sim_law_lognormal(mu, sigma, arena, out, err)
                       : sim_dist_constant(sim_exp(mu), arena, out, err);
}

static int gamma_prepare(const void *params, struct sim_arena *arena,
    struct sim_dist **out, struct sim_err *err)
{
    const struct gamma_cfg *cfg = params;
    int rc = need_above("mean of gamma", cfg->mean, 0.0, err);

    if (rc == SIM_OK)
        rc = need_within("cv of gamma", cfg->cv, 0.0, 30.0, err);
    if (rc != SIM_OK)
        return rc;
    /* at such a cv the law is a constant to the last bit of a double */
    if (cfg->cv < 1e-8)
        return sim_dist_constant(cfg->mean, arena, out, err);
    return sim_law_gamma(cfg->mean, 1.0 / (cfg->cv * cfg->cv), arena, out, err);
}

static int erlang_prepare(const void *params, struct sim_arena *arena,
    struct sim_dist **out, struct sim_err *err)
{
    const struct erlang_cfg *cfg = params;
    int rc = need_above("mean of erlang", cfg->mean, 0.0, err);

    if (rc == SIM_OK)
        rc = need_within("k of erlang", (double)cfg->k, 1.0, 1e6, err);
    if (rc != SIM_OK)
        return rc;
    return sim_law_gamma(cfg->mean, (double)cfg->k, arena, out, err);
}

static int weibull_prepare(const void *params, struct sim_arena *arena,
    struct sim_dist **out, struct sim_err *err)
{
    const struct weibull_cfg *cfg = params;
    const bool by_mean = given(cfg->mean) && given(cfg->cv) &&
                         !given(cfg->shape) && !given(cfg->scale);
    const bool by_scale = given(cfg->shape) && given(cfg->scale) &&
                          !given(cfg->mean) && !given(cfg->cv);
    double shape = cfg->shape, scale = cfg->scale;
    int rc;

    if (!by_mean && !by_scale)
        return sim_err_set(err, SIM_E_INPUT,
            "weibull does not have exactly one of its parameter sets, "
            "expected mean + cv or shape + scale");
    if (by_mean) {
        rc = need_above("mean of weibull", cfg->mean, 0.0, err);
        if (rc == SIM_OK && cfg->cv == 0.0)
            return sim_dist_constant(cfg->mean, arena, out, err);
        if (rc == SIM_OK)
            rc = need_within("cv of weibull", cfg->cv, 0.002, 100.0, err);
        if (rc != SIM_OK)
            return rc;
        shape = sim_law_weibull_shape(cfg->cv);
        scale = cfg->mean / sim_law_weibull_mean(shape);
        return sim_law_weibull(shape, scale, arena, out, err);
    }
    rc = need_within("shape of weibull", shape, 0.1, 1000.0, err);
    if (rc == SIM_OK)
        rc = need_above("scale of weibull", scale, 0.0, err);
    return rc == SIM_OK ? sim_law_weibull(shape, scale, arena, out, err) : rc;
}

static int pareto_prepare(const void *params, struct sim_arena *arena,
    struct sim_dist **out, struct sim_err *err)
{
    const struct pareto_cfg *cfg = params;
    int rc = need_above("min of pareto", cfg->min, 0.0, err);

    /* below, draws would overflow */
    if (rc == SIM_OK)
        rc = need_within("alpha of pareto", cfg->alpha, 0.1, 1e6, err);
    return rc == SIM_OK ? sim_law_pareto(cfg->min, cfg->alpha, arena, out, err)
                        : rc;
}

static int hyperexponential_prepare(const void *params, struct sim_arena *arena,
    struct sim_dist **out, struct sim_err *err)
{
    const struct hyper_cfg *cfg = params;
    enum { MOST = 64 };
    double p[MOST], sum = 0.0;
    const int n = cfg->n_means;
    int rc = SIM_OK;

    if (n < 2 || n > MOST || (cfg->n_p != n && cfg->n_p != n - 1))
        return sim_err_set(err, SIM_E_INPUT,
            "hyperexponential has %d probabilities and %d means, expected 2 "
            ".. %d means and as many probabilities or one less",
            cfg->n_p, n, MOST);
    for (int i = 0; i < cfg->n_p; i++) {
        p[i] = cfg->p[i];
        sum += p[i];
        if (!(p[i] > 0.0 && p[i] < 1.0))
            return sim_err_set(err, SIM_E_INPUT,
                "p of hyperexponential is %g, expected above 0 and below 1",
                p[i]);
    }
    if (cfg->n_p == n ? fabs(sum - 1.0) > 1e-9 : sum >= 1.0)
        return sim_err_set(err, SIM_E_INPUT,
            "probabilities of hyperexponential add up to %.10g, expected %s",
            sum, cfg->n_p == n ? "1" : "below 1");
    if (cfg->n_p < n)
        p[n - 1] = 1.0 - sum;
    for (int i = 0; i < n && rc == SIM_OK; i++)
        rc = need_above("mean of hyperexponential", cfg->means[i], 0.0, err);
    if (rc != SIM_OK)
        return rc;
    return sim_law_hyperexponential(p, cfg->means, (size_t)n, arena, out, err);
}

static int uniform_prepare(const void *params, struct sim_arena *arena,
    struct sim_dist **out, struct sim_err *err)
{
    const struct points_cfg *cfg = params;
    const double *x = cfg->points;

    if (cfg->n_points != 2)
        return sim_err_set(err, SIM_E_INPUT,
            "uniform has %d numbers, expected [low, high]", cfg->n_points);
    if (!(isfinite(x[1] - x[0]) && x[0] <= x[1]))
        return sim_err_set(err, SIM_E_INPUT,
            "uniform is [%g, %g], expected low <= high, finite", x[0], x[1]);
    return x[0] < x[1] ? sim_law_uniform(x[0], x[1], arena, out, err)
                       : sim_dist_constant(x[0], arena, out, err);
}

static int triangular_prepare(const void *params, struct sim_arena *arena,
    struct sim_dist **out, struct sim_err *err)
{
    const struct points_cfg *cfg = params;
    const double *x = cfg->points;

    if (cfg->n_points != 3)
        return sim_err_set(err, SIM_E_INPUT,
            "triangular has %d numbers, expected [low, mode, high]",
            cfg->n_points);
    if (!(isfinite(x[2] - x[0]) && x[0] <= x[1] && x[1] <= x[2]))
        return sim_err_set(err, SIM_E_INPUT,
            "triangular is [%g, %g, %g], expected low <= mode <= high, finite",
            x[0], x[1], x[2]);
    return x[0] < x[2] ? sim_law_triangular(x[0], x[1], x[2], arena, out, err)
                       : sim_dist_constant(x[0], arena, out, err);
}

static int empirical_prepare(const void *params, struct sim_arena *arena,
    struct sim_dist **out, struct sim_err *err)
{
    const struct empirical_cfg *cfg = params;

    if ((cfg->file != NULL) == (cfg->n_values > 0))
        return sim_err_set(err, SIM_E_INPUT,
            "empirical does not have exactly one source, expected file (with "
            "column and unit) or values");
    /* reading files is the loader's business: it calls sim_dist_empirical() */
    if (cfg->file != NULL)
        return sim_err_set(err, SIM_E_INPUT,
            "values of empirical file '%s' were not read", cfg->file);
    return sim_dist_empirical(
        cfg->values, (size_t)cfg->n_values, arena, out, err);
}

static int never_prepare(const void *params, struct sim_arena *arena,
    struct sim_dist **out, struct sim_err *err)
{
    (void)params;
    return sim_dist_never(arena, out, err);
}

static int from_prepare(const void *params, struct sim_arena *arena,
    struct sim_dist **out, struct sim_err *err)
{
    const struct from_cfg *cfg = params;

    return cfg->source == 0 ? sim_dist_traced(arena, out, err)
                            : sim_dist_paired(arena, out, err);
}

/* clang-format off */
#define KIND(word, type, text)                                                 \
    { #word,                                                                   \
      { .name = #word, .doc = text, SIM_ROWS(word##_rows), .size = sizeof(type) }, \
      word##_prepare }

static const struct sim_dist_kind kinds[] = {
    KIND(constant, struct constant_cfg, "Always the same value."),
    KIND(exponential, struct exponential_cfg, "Memoryless; coefficient of variation 1."),
    KIND(lognormal, struct lognormal_cfg, "Its logarithm is normal; the usual service time."),
    KIND(gamma, struct gamma_cfg, "Gamma law by mean and coefficient of variation."),
    KIND(erlang, struct erlang_cfg, "Sum of k equal exponentials."),
    KIND(weibull, struct weibull_cfg, "Weibull law; the usual component life."),
    KIND(pareto, struct pareto_cfg, "Power-law tail above a least value."),
    KIND(hyperexponential, struct hyper_cfg, "One of several exponentials, chosen at random."),
    KIND(uniform, struct points_cfg, "Equally likely between two ends."),
    KIND(triangular, struct points_cfg, "Rising to the mode, then falling."),
    KIND(empirical, struct empirical_cfg, "One of the values of a sample."),
    KIND(from, struct from_cfg, "The value that a recorded request brings, {from: trace}, or the resampled row of tokens: {pairs: ...}, {from: pairs}: column service_s for a service time."),
    { "never", { .name = "never", .doc = "It does not happen: repair: never.", .size = sizeof(struct never_cfg) },
      never_prepare },
};
/* clang-format on */

const struct sim_dist_kind *sim_dist_kind_at(int i)
{
    const int n = sizeof kinds / sizeof kinds[0];

    return i >= 0 && i < n ? &kinds[i] : NULL;
}

const struct sim_dist_kind *sim_dist_kind_find(const char *name)
{
    const struct sim_dist_kind *kind;

    for (int i = 0; (kind = sim_dist_kind_at(i)) != NULL; i++) {
        if (strcmp(kind->name, name) == 0)
            return kind;
    }
    return NULL;
}
