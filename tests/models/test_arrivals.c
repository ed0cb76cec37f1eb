/* Processes of arrivals, and shapes from files.
 *
 * Truth: the time-rescaling theorem - the integral of the conditional rate
 * between arrivals has the law of the gaps (Brown et al., Neural Computation
 * 14, 2002), here by Kolmogorov and Smirnov; compound Poisson counts, Var N /
 * E N = E B^2 / E B; counts of an MMPP by its generator,
 *     Var N(t) = m t + 2 int_0^t (t - u) (pi L e^(Qu) L 1 - m^2) du
 * (Fischer and Meier-Hellstern, Performance Evaluation 18, 1993). */
#include "models/model_fixture.h"
#include "models/workload.h"
#include "sim/dist.h"
#include "sim/dist_law.h"

#include <gsl/gsl_cdf.h>
#include <stdlib.h>
#include <unistd.h>

#define HOUR_S  3600.0
#define DAY_S   (24.0 * HOUR_S)
#define MONTH_S (730.0 * HOUR_S)

enum { MOST = 20000, STEPS = 20000 };

static double sorted[MOST];

static struct mdl_shape shape_of(
    const struct mdl_arrivals_cfg *cfg, struct sim_arena *arena)
{
    struct mdl_shape shape;
    struct sim_err err = {0};

    ck_assert_msg(mdl_shape_build(cfg, &tables, arena, &shape, &err) == SIM_OK,
        "%s", err.text);
    return shape;
}

/* A wave over the day, days of the week, and growth in monthly steps. */
static struct mdl_rate wavy(double base, struct sim_arena *arena)
{
    static const double week[7] = {1, 1.1, 0.9, 1, 1.3, 0.4, 0.2};
    static struct mdl_shape shape;
    struct mdl_arrivals_cfg cfg = {.rate_per_s = base};

    cfg.daily.has_sine = true;
    cfg.daily.sine = (struct mdl_sine_cfg){0.9, 14};
    cfg.weekly.days = week;
    cfg.weekly.n_days = 7;
    shape = shape_of(&cfg, arena);
    return (struct mdl_rate){.base_per_s = base,
        .shape = &shape,
        .offset_s = 5 * HOUR_S,
        .growth_per_yr = 4.0,
        .growth_norm = 1.0};
}

static struct mdl_rate flat(double base, struct sim_arena *arena)
{
    static struct mdl_shape shape;
    const struct mdl_arrivals_cfg cfg = {.rate_per_s = base};

    shape = shape_of(&cfg, arena);
    return (struct mdl_rate){
        .base_per_s = base, .shape = &shape, .growth_norm = 1.0};
}

static struct sim_key key_of(uint64_t replication)
{
    return (struct sim_key){.seed = 11,
        .replication = replication,
        .entity = 99,
        .purpose = SIM_FOR_GAP,
        .window = 4};
}

static struct mdl_gap_law law_of(
    const struct mdl_process_cfg *cfg, struct sim_arena *arena)
{
    struct mdl_gap_law law;
    struct sim_err err = {0};

    ck_assert_msg(
        mdl_gap_law_build(cfg, arena, &law, &err) == SIM_OK, "%s", err.text);
    return law;
}

/* ---- rescaling ----------------------------------------------------------- */

/* A factor on the rate that changes at the times at[]. */
struct steps {
    double at[STEPS], factor[STEPS]; /* factor[i] from at[i] on */
    int n;
};

static struct steps steps;

static double integral(
    const struct mdl_rate *rate, double origin, double a, double b, int *step)
{
    double sum = 0.0;

    while (a < b) {
        while (*step + 1 < steps.n && steps.at[*step + 1] <= a)
            ++*step;
        const double end =
            *step + 1 < steps.n ? fmin(b, steps.at[*step + 1]) : b;
        sum += steps.factor[*step] *
               mdl_rate_integral(rate, origin + a, origin + end);
        a = end;
    }
    return sum;
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Largest distance of the sample in sorted[] from F, against the 1e-6 point of
 * Kolmogorov's law, sqrt(ln(2e6) / 2) / sqrt(n). */
static void follows(
    double (*cdf)(double x, double par), double par, int n, const char *what)
{
    double most = 0.0;

    qsort(sorted, (size_t)n, sizeof *sorted, ascending);
    for (int i = 0; i < n; i++) {
        const double f = cdf(sorted[i], par);
        most = fmax(most, fmax(f - (double)i / n, (i + 1.0) / n - f));
    }
    ck_assert_msg(most * sqrt(n) < sqrt(log(2e6) / 2), "%s: %g of %d", what,
        most * sqrt(n), n);
}

static double exponential(double x, double par)
{
    (void)par;
    return -expm1(-x);
}

static double gamma_cdf(double x, double shape)
{
    return gsl_cdf_gamma_P(x, shape, 1.0 / shape);
}

/* Means 0.5 and 4.4 with 0.887 and 0.113 have the mean 0.9407. */
static double hyper_cdf(double x, double mean)
{
    return 1 - 0.887 * exp(-x * mean / 0.5) - 0.113 * exp(-x * mean / 4.4);
}

/* Residuals of one stream of three weeks about a step of the month into
 * sorted[]; gaps within a batch do not count. */
static int residuals(const struct mdl_rate *rate, const struct mdl_cox *cox,
    const struct mdl_gap_law *law)
{
    const double origin = 2 * MONTH_S - 10 * DAY_S;
    const struct sim_key key = key_of(3);
    static double t[4 * MOST];
    struct mdl_arrivals a;
    double last = 0.0;
    int n = 0, step = 0;

    mdl_arrivals_start(&a, rate, cox, &key, origin, 0.0);
    mdl_arrivals_law(&a, law, &key, false);
    const int got = mdl_arrivals_fill(&a, 21 * DAY_S, t, 4 * MOST);
    ck_assert_int_lt(got, 4 * MOST);
    for (int i = 0; i < got; i++) {
        if (i > 0 && t[i] == t[i - 1])
            continue;
        ck_assert_int_lt(n, MOST);
        sorted[n++] =
            integral(rate, origin, last, t[i], &step) / law->batch_mean;
        last = t[i];
    }
    ck_assert_int_gt(n, 3000);
    return n;
}

START_TEST(rescaled_gaps)
{
    struct sim_arena arena = {0};
    const struct mdl_rate rate = wavy(0.004, &arena);
    struct mdl_process_cfg cfg = {0};
    struct mdl_gap_law law;
    struct sim_dist *hyper = NULL;

    steps = (struct steps){.factor = {1.0}, .n = 1};
    law = law_of(&cfg, &arena);
    follows(exponential, 0, residuals(&rate, NULL, &law), "poisson");

    cfg = (struct mdl_process_cfg){.has_gamma = true, .gamma = {0.5}};
    law = law_of(&cfg, &arena);
    follows(gamma_cdf, 4.0, residuals(&rate, NULL, &law), "gamma 0.5");
    cfg.gamma.cv_frac = 1.5;
    law = law_of(&cfg, &arena);
    follows(gamma_cdf, 1 / 2.25, residuals(&rate, NULL, &law), "gamma 1.5");

    ck_assert_int_eq(sim_law_hyperexponential((double[]){0.887, 0.113},
                         (double[]){0.5, 4.4}, 2, &arena, &hyper, NULL),
        SIM_OK);
    cfg = (struct mdl_process_cfg){.renewal = hyper};
    law = law_of(&cfg, &arena);
    follows(hyper_cdf, 0.887 * 0.5 + 0.113 * 4.4, residuals(&rate, NULL, &law),
        "hyperexponential");
    sim_arena_release(&arena);
}
END_TEST

START_TEST(rescaled_batches)
{
    struct sim_arena arena = {0};
    const struct mdl_rate rate = wavy(0.02, &arena);
    const struct mdl_process_cfg cfg = {
        .has_batch = true, .batch = {.geometric = 5.0}};
    const struct mdl_gap_law law = law_of(&cfg, &arena);

    steps = (struct steps){.factor = {1.0}, .n = 1};
    near_rel(law.batch_mean, 5.0, 1e-11);
    follows(exponential, 0, residuals(&rate, NULL, &law), "batches");
    sim_arena_release(&arena);
}
END_TEST

static const double rates_3[] = {4, 20, 1}, sojourn_3[] = {300, 100, 500};

static struct mdl_process_cfg three_states(void)
{
    return (struct mdl_process_cfg){.has_mmpp = true,
        .mmpp = {.rates_per_s = rates_3,
            .n_rates = 3,
            .sojourn_s = sojourn_3,
            .n_sojourn = 3}};
}

/* The path of the states from their own stream: the first by its share of
 * time, exponential sojourns, in turn. */
START_TEST(rescaled_mmpp)
{
    struct sim_arena arena = {0};
    const struct mdl_rate rate = wavy(0.004, &arena);
    const struct mdl_process_cfg cfg = three_states();
    const struct mdl_gap_law law = law_of(&cfg, &arena);
    const double mean = (4 * 300 + 20 * 100 + 1 * 500) / 900.0;
    struct sim_key key = key_of(3);
    struct sim_stream stream;
    double u, t = 0.0;
    int state;

    near_rel(law.mean_per_s, mean, 1e-14);
    key.purpose = SIM_FOR_RATE;
    sim_stream_init(&stream, &key);
    u = 900 * sim_stream_uniform(&stream);
    state = u < 300 ? 0 : u < 400 ? 1 : 2;
    for (steps.n = 0; t < 21 * DAY_S; steps.n++) {
        ck_assert_int_lt(steps.n, STEPS);
        double sojourn;
        steps.at[steps.n] = t;
        steps.factor[steps.n] = rates_3[state] / mean;
        sim_stream_exponentials(&stream, &sojourn, 1);
        t += sojourn * sojourn_3[state];
        state = (state + 1) % 3;
    }
    ck_assert_int_gt(steps.n, 5000);
    follows(exponential, 0, residuals(&rate, NULL, &law), "mmpp");
    sim_arena_release(&arena);
}
END_TEST

/* Factors of the intervals from the streams they are keyed by. */
START_TEST(rescaled_cox)
{
    struct sim_arena arena = {0};
    struct sim_err err = {0};
    const struct mdl_rate rate = wavy(0.004, &arena);
    const struct mdl_process_cfg poisson = {0};
    const struct mdl_gap_law law = law_of(&poisson, &arena);
    const struct mdl_cox_cfg cfg = {
        .fast_s = 120, .fast_shape = 0.8, .slow_s = 1500, .slow_shape = 2};
    const double origin = 2 * MONTH_S - 10 * DAY_S;
    struct mdl_cox cox;

    ck_assert_int_eq(mdl_cox_build(&cfg, &tables, &arena, &cox, &err), SIM_OK);
    cox.seed = 6;
    cox.entity = 8;
    /* 120 s divides the origin, 60 s both intervals */
    ck_assert(fmod(origin, 120) == 0.0);
    steps.n = 0;
    for (double t = 0; t < 21 * DAY_S; t += 60) {
        double factor = 1.0;
        if (fmod(origin + t, 120) != 0.0 && fmod(origin + t, 1500) != 0.0)
            continue;
        for (int i = 0; i < 2; i++) {
            const struct sim_key key = {.seed = 6,
                .entity = sim_entity_sub(8, (uint64_t)i),
                .purpose = SIM_FOR_RATE,
                .window =
                    (uint64_t)floor((origin + t) / (i == 0 ? 120 : 1500))};
            struct sim_stream stream;
            sim_stream_init(&stream, &key);
            factor *= sim_dist_draw(cox.gamma[i], &stream);
        }
        ck_assert_int_lt(steps.n, STEPS);
        steps.at[steps.n] = t;
        steps.factor[steps.n++] = factor;
    }
    follows(exponential, 0, residuals(&rate, &cox, &law), "cox");
    sim_arena_release(&arena);
}
END_TEST

/* ---- second-order counts ------------------------------------------------- */

enum { WINDOWS = 20000 };

/* Counts of independent windows of span seconds: their mean and variance
 * against the truth, within five standard errors (that of the variance from
 * the sample's fourth moment). */
static void counts(const struct mdl_rate *rate, const struct mdl_gap_law *law,
    double span, double want_mean, double want_variance)
{
    static double x[WINDOWS];
    static double t[4096];
    double mean = 0.0, m2 = 0.0, m4 = 0.0;

    for (int w = 0; w < WINDOWS; w++) {
        const struct sim_key key = key_of((uint64_t)w);
        struct mdl_arrivals a;
        int n;
        x[w] = 0.0;
        mdl_arrivals_start(&a, rate, NULL, &key, 0.0, 0.0);
        mdl_arrivals_law(&a, law, &key, false);
        do {
            n = mdl_arrivals_fill(&a, span, t, 4096);
            x[w] += n;
        } while (n == 4096);
        mean += x[w] / WINDOWS;
    }
    for (int w = 0; w < WINDOWS; w++) {
        const double d2 = (x[w] - mean) * (x[w] - mean);
        m2 += d2 / WINDOWS;
        m4 += d2 * d2 / WINDOWS;
    }
    near_abs(mean, want_mean, 5 * sqrt(m2 / WINDOWS));
    near_abs(m2, want_variance, 5 * sqrt((m4 - m2 * m2) / WINDOWS));
}

static const struct sim_dist *sample(
    const double *x, size_t n, struct sim_arena *arena)
{
    struct sim_dist *dist = NULL;

    ck_assert_int_eq(sim_dist_empirical(x, n, arena, &dist, NULL), SIM_OK);
    return dist;
}

/* Index of dispersion E B^2 / E B at any length of the window; the rate is
 * that of requests, whatever their batches. */
START_TEST(batches)
{
    struct sim_arena arena = {0};
    const struct mdl_rate rate = flat(10.0, &arena);
    struct mdl_process_cfg cfg = {.has_batch = true};
    struct mdl_gap_law law;
    struct sim_dist *five = NULL, *lognormal = NULL;
    double eb = 1.0, eb2 = 1.0;

    ck_assert_int_eq(sim_dist_constant(5.0, &arena, &five, NULL), SIM_OK);
    cfg.batch.size = five;
    law = law_of(&cfg, &arena);
    ck_assert_double_eq(law.batch_mean, 5.0);
    counts(&rate, &law, 20.0, 200.0, 200.0 * 5);

    /* geometric from 1 with mean m: E B^2 = (2 - p) / p^2, p = 1/m */
    cfg.batch = (struct mdl_batch_cfg){.geometric = 4.0};
    law = law_of(&cfg, &arena);
    near_rel(law.batch_mean, 4.0, 1e-11);
    counts(&rate, &law, 20.0, 200.0, 200.0 * 7);
    counts(&rate, &law, 1.0, 10.0, 10.0 * 7);
    cfg.batch.geometric = 1.0;
    law = law_of(&cfg, &arena);
    ck_assert_double_eq(law.batch_mean, 1.0);
    counts(&rate, &law, 5.0, 50.0, 50.0);

    /* rounded up: 1, 1, 3, 8 */
    cfg.batch = (struct mdl_batch_cfg){
        .size = sample((double[]){0, 0.2, 3, 7.5}, 4, &arena)};
    law = law_of(&cfg, &arena);
    near_rel(law.batch_mean, 13 / 4.0, 1e-14);
    counts(&rate, &law, 20.0, 200.0, 200.0 * 75 / 13);

    /* P(B > k) = P(X > k) for any law */
    ck_assert_int_eq(
        sim_law_lognormal(0.5, 1.0, &arena, &lognormal, NULL), SIM_OK);
    for (int k = 1; k < 100000; k++) {
        const double above = gsl_cdf_ugaussian_Q(log(k) - 0.5);
        eb += above;
        eb2 += (2.0 * k + 1) * above;
    }
    cfg.batch = (struct mdl_batch_cfg){.size = lognormal};
    law = law_of(&cfg, &arena);
    near_rel(law.batch_mean, eb, 1e-9);
    counts(&rate, &law, 20.0, 200.0, 200.0 * eb2 / eb);
    sim_arena_release(&arena);
}
END_TEST

START_TEST(batch_sizes)
{
    ck_assert_int_eq(mdl_batch_size(0.0), 1);
    ck_assert_int_eq(mdl_batch_size(1.0), 1);
    ck_assert_int_eq(mdl_batch_size(1.0000001), 2);
    ck_assert_int_eq(mdl_batch_size(7.0), 7);
    ck_assert_int_eq(mdl_batch_size(1e30), 1000000);
    ck_assert_int_eq(mdl_batch_size(INFINITY), 1000000);
}
END_TEST

/* Variance of the counts of an MMPP with n cyclic states: v(u) = e^(Qu) L 1 by
 * Runge and Kutta, the integral over u by Simpson on the same steps. */
static double mmpp_variance(
    const double *rate, const double *sojourn, int n, double t)
{
    enum { CUTS = 4000 };
    const double h = t / CUTS;
    double v[8], k[4][8], at[8], seconds = 0.0, mean = 0.0, sum = 0.0;

    for (int i = 0; i < n; i++) {
        seconds += sojourn[i];
        mean += rate[i] * sojourn[i];
        v[i] = rate[i];
    }
    mean /= seconds;
    for (int c = 0; c <= CUTS; c++) {
        double together = 0.0;
        for (int i = 0; i < n; i++)
            together += sojourn[i] / seconds * rate[i] * v[i];
        sum += (c == 0 || c == CUTS ? 1
                   : c % 2 == 1     ? 4
                                    : 2) *
               (t - c * h) * (together - mean * mean);
        for (int s = 0; s < 4; s++) {
            const double part = s == 0 ? 0.0 : s == 3 ? h : h / 2;
            for (int i = 0; i < n; i++)
                at[i] = v[i] + (s > 0 ? part * k[s - 1][i] : 0.0);
            for (int i = 0; i < n; i++)
                k[s][i] = (at[(i + 1) % n] - at[i]) / sojourn[i];
        }
        for (int i = 0; i < n; i++)
            v[i] += h / 6 * (k[0][i] + 2 * k[1][i] + 2 * k[2][i] + k[3][i]);
    }
    return mean * t + 2 * sum * h / 3;
}

/* Two states against the closed form (Heffes and Lucantoni, JSAC 4, 1986):
 * Var N(t) = m t + 2 A (t / r - (1 - e^(-rt)) / r^2), r = 1/s1 + 1/s2,
 * A = p1 p2 (l1 - l2)^2; then two, three and five states simulated. */
START_TEST(mmpp_counts)
{
    static const double rates_5[] = {10, 8, 0, 1, 2};
    static const double sojourn_5[] = {2, 2, 2, 2, 2};
    struct sim_arena arena = {0};
    const double r = 1 / 1.0 + 1 / 0.5, p = 1.0 / 1.5;
    struct mdl_process_cfg cfg = three_states();
    struct mdl_gap_law law;
    struct mdl_rate rate;

    near_rel(mmpp_variance((double[]){4, 14}, (double[]){1, 0.5}, 2, 7.0),
        22 / 3.0 * 7 +
            2 * p * (1 - p) * 100 * (7 / r - (1 - exp(-7 * r)) / (r * r)),
        1e-9);
    cfg.mmpp =
        (struct mdl_mmpp_cfg){(double[]){4, 14}, 2, (double[]){1, 0.5}, 2};
    law = law_of(&cfg, &arena);
    near_rel(law.mean_per_s, 22 / 3.0, 1e-15);
    rate = flat(22 / 3.0, &arena);
    counts(&rate, &law, 7.0, 22 / 3.0 * 7,
        mmpp_variance((double[]){4, 14}, (double[]){1, 0.5}, 2, 7.0));

    cfg = three_states();
    law = law_of(&cfg, &arena);
    rate = flat(law.mean_per_s, &arena);
    counts(&rate, &law, 60.0, 3700 / 900.0 * 60,
        mmpp_variance(rates_3, sojourn_3, 3, 60.0));

    cfg.mmpp = (struct mdl_mmpp_cfg){rates_5, 5, sojourn_5, 5};
    law = law_of(&cfg, &arena);
    rate = flat(law.mean_per_s, &arena);
    /* the order matters: here the two bursts follow one another, there not */
    ck_assert(
        fabs(mmpp_variance(rates_5, sojourn_5, 5, 20.0) /
                 mmpp_variance((double[]){10, 0, 8, 1, 2}, sojourn_5, 5, 20.0) -
             1) > 0.06);
    counts(&rate, &law, 20.0, 21 / 5.0 * 20,
        mmpp_variance(rates_5, sojourn_5, 5, 20.0));
    sim_arena_release(&arena);
}
END_TEST

/* However a fill is cut, the arrivals are the same. */
START_TEST(splits_change_nothing)
{
    struct sim_arena arena = {0};
    const struct mdl_rate rate = wavy(0.05, &arena);
    const struct sim_key key = key_of(5);
    static double whole[20000], part[20000];
    const struct mdl_process_cfg cfgs[] = {three_states(),
        {.has_batch = true, .batch = {.geometric = 6.0}},
        {.has_gamma = true, .gamma = {2.0}}};

    for (int c = 0; c < 3; c++) {
        const struct mdl_gap_law law = law_of(&cfgs[c], &arena);
        struct mdl_arrivals a, b;
        int m = 0;
        mdl_arrivals_start(&a, &rate, NULL, &key, 0.0, 0.0);
        mdl_arrivals_law(&a, &law, &key, false);
        const int n = mdl_arrivals_fill(&a, 2e5, whole, 20000);
        ck_assert(n > 3000 && n < 20000);
        mdl_arrivals_start(&b, &rate, NULL, &key, 0.0, 0.0);
        mdl_arrivals_law(&b, &law, &key, false);
        for (double until = 1; until < 2e5 + 300; until += 301.7) {
            int got;
            do {
                got = mdl_arrivals_fill(&b, fmin(until, 2e5), part + m, 4);
                m += got;
            } while (got == 4);
        }
        m += mdl_arrivals_fill(&b, 2e5, part + m, 20000 - m);
        ck_assert_int_eq(m, n);
        ck_assert_mem_eq(part, whole, (size_t)n * sizeof *whole);
    }
    sim_arena_release(&arena);
}
END_TEST

/* With a constant rate a window's arrivals are the same in whichever year it
 * lies, and no more work: the digits that the time of the horizon has no place
 * for are not lost in between. */
START_TEST(alike_in_all_years)
{
    static const double rates[] = {2, 40}, sojourns[] = {0.3, 0.1};
    const struct mdl_process_cfg cfg = {
        .has_mmpp = true, .mmpp = {rates, 2, sojourns, 2}};
    struct sim_arena arena = {0};
    const struct mdl_gap_law law = law_of(&cfg, &arena);
    double ones[168], first[4000], late[4000];
    const struct mdl_shape shape = {
        .n = 168, .step_s = 3600, .phase_s = 1800, .knot = ones};
    const struct mdl_rate rate = {
        .base_per_s = law.mean_per_s, .shape = &shape, .growth_norm = 1};

    for (int i = 0; i < 168; i++)
        ones[i] = 1.0;
    for (int w = 0; w < 50; w++) {
        const struct sim_key key = key_of((uint64_t)w);
        struct mdl_arrivals a, b;
        mdl_arrivals_start(&a, &rate, NULL, &key, 0.0, -20.0);
        mdl_arrivals_law(&a, &law, &key, false);
        mdl_arrivals_start(&b, &rate, NULL, &key, 1.5e8 + 60.0 * w, -20.0);
        mdl_arrivals_law(&b, &law, &key, false);
        const int n = mdl_arrivals_fill(&a, 60.0, first, 4000);
        ck_assert(n > 400 && n < 4000);
        ck_assert_int_eq(mdl_arrivals_fill(&b, 60.0, late, 4000), n);
        for (int i = 0; i < n; i++)
            near_abs(late[i], first[i], 1e-10);
    }
    sim_arena_release(&arena);
}
END_TEST

/* ---- factors from files -------------------------------------------------- */

/* n factors, i % 13 + i % 5, behind a column of no interest. */
static void write_factors(char *path, int n)
{
    const int fd = mkstemp(path);
    FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;

    ck_assert_ptr_nonnull(file);
    fputs("step,factor\n", file);
    for (int i = 0; i < n; i++)
        fprintf(file, "%d,%d\n", i, i % 13 + i % 5);
    fclose(file);
}

static double factor(int i)
{
    return i % 13 + i % 5;
}

/* Minute m of the week of a daily and a weekly file, at the mid-points of the
 * finer of the two; scaled to mean 1. */
START_TEST(factor_files)
{
    static const int sizes[][2] = {{24, 0}, {168, 0}, {1440, 0}, {10080, 0},
        {24, 7}, {24, 168}, {1440, 168}, {24, 10080}, {1440, 7}};

    for (size_t c = 0; c < sizeof sizes / sizeof sizes[0]; c++) {
        char day[] = "/tmp/sitesim-day-XXXXXX";
        char week[] = "/tmp/sitesim-week-XXXXXX";
        const int d = sizes[c][0], w = sizes[c][1];
        const int per_day = d == 24 ? 60 : d == 168 ? 60 : 1;
        const int day_span = d == 24 || d == 1440 ? 1440 : 10080;
        const int per_week = w == 7 ? 1440 : w == 168 ? 60 : 1;
        const int step = d > 168 || w > 168 ? 1 : 60;
        struct sim_arena arena = {0};
        struct mdl_arrivals_cfg cfg = {.rate_per_s = 1.0};
        double mean = 0.0;

        write_factors(day, d);
        write_factors(week, w);
        cfg.daily.file = day;
        cfg.weekly.file = w > 0 ? week : NULL;
        const struct mdl_shape shape = shape_of(&cfg, &arena);
        const struct mdl_rate rate = {
            .base_per_s = 1.0, .shape = &shape, .growth_norm = 1.0};
        ck_assert_int_eq(shape.n, 10080 / step);
        for (int pass = 0; pass < 2; pass++) {
            for (int m = 0; m < 10080; m += step) {
                const double x = factor(m % day_span / per_day) *
                                 (w > 0 ? factor(m / per_week) : 1.0);
                if (pass == 0)
                    mean += x / shape.n;
                else
                    near_abs(mdl_rate_at(&rate, (m + step / 2.0) * 60.0),
                        x / mean, 1e-9);
            }
        }
        unlink(day);
        unlink(week);
        sim_arena_release(&arena);
    }
}
END_TEST

START_TEST(bad_factor_files)
{
    static const struct {
        const char *text, *says;
    } cases[] = {
        {"f\n1\n2\n3\n", "has 3 rows of factors, expected 24, 168, 1440 or "
                         "10080"},
        {"f\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n"
         "1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n-1\n",
            ":25: a factor is negative"},
        {"f\n0\n0\n0\n0\n0\n0\n0\n0\n0\n0\n0\n0\n"
         "0\n0\n0\n0\n0\n0\n0\n0\n0\n0\n0\n0\n",
            "are all 0"},
    };

    for (int i = 0; i < 3; i++) {
        char path[] = "/tmp/sitesim-day-XXXXXX";
        struct sim_arena arena = {0};
        struct sim_err err = {0};
        struct mdl_arrivals_cfg cfg = {.daily.file = path};
        struct mdl_shape shape;
        FILE *file = fdopen(mkstemp(path), "w");
        ck_assert_ptr_nonnull(file);
        fputs(cases[i].text, file);
        fclose(file);
        ck_assert_int_eq(
            mdl_shape_build(&cfg, &tables, &arena, &shape, &err), SIM_E_INPUT);
        ck_assert_msg(
            strstr(err.text, cases[i].says) != NULL, "'%s'", err.text);
        unlink(path);
        sim_arena_release(&arena);
    }
}
END_TEST

/* In its steady state a renewal process of rate 1/s sends half a request in
 * half a second, whatever its gaps (four standard errors); with a whole gap
 * first, gaps of 1 s send none. */
START_TEST(steady_renewal)
{
    struct sim_arena arena = {0};
    const struct mdl_rate rate = flat(1.0, &arena);
    struct sim_dist *constant = NULL;
    struct sim_err err = {0};
    ck_assert_int_eq(sim_dist_constant(1.0, &arena, &constant, &err), SIM_OK);
    const struct mdl_process_cfg cfgs[] = {
        {.renewal = constant}, {.has_gamma = true, .gamma = {3.0}}};
    const double tolerance[] = {0.032, 0.1};

    for (int c = 0; c < 2; c++) {
        const struct mdl_gap_law law = law_of(&cfgs[c], &arena);
        int n = 0, whole = 0;
        for (int i = 0; i < 4000; i++) {
            const struct sim_key key = key_of((uint64_t)i);
            struct mdl_arrivals a;
            double t[100];
            mdl_arrivals_start(&a, &rate, NULL, &key, 0.0, 0.0);
            mdl_arrivals_law(&a, &law, &key, true);
            n += mdl_arrivals_fill(&a, 0.5, t, 100);
            mdl_arrivals_start(&a, &rate, NULL, &key, 0.0, 0.0);
            mdl_arrivals_law(&a, &law, &key, false);
            whole += mdl_arrivals_fill(&a, 0.5, t, 100);
        }
        ck_assert_double_eq_tol(n / 4000.0, 0.5, tolerance[c]);
        ck_assert(c > 0 || whole == 0);
    }
    sim_arena_release(&arena);
}
END_TEST

/* Variance over mean of the number: E B^2 / E B of batches, cv^2 of gaps, and
 * the two-state formula 1 + 2 (r - q)^2 s t / ((s + t)^2 (r t + q s)), s and t
 * the rates of leaving; two rounds of two states are the same process. */
START_TEST(dispersion)
{
    const double rates[] = {2, 20, 2, 20}, sojourns[] = {5, 1, 5, 1};
    const double s = 1 / 5.0, t = 1.0;
    const double by_formula =
        2 * 18 * 18 * s * t / ((s + t) * (s + t) * (2 * t + 20 * s));
    struct sim_arena arena = {0};
    struct mdl_process_cfg cfg = {
        .has_batch = true, .batch = {.geometric = 50}};
    struct sim_dist *fixed = NULL;

    near_rel(law_of(&cfg, &arena).dispersion, 2 * 50 - 1, 1e-9);
    ck_assert_int_eq(sim_dist_constant(6.5, &arena, &fixed, NULL), SIM_OK);
    cfg.batch = (struct mdl_batch_cfg){.size = fixed, .geometric = NAN};
    near_rel(law_of(&cfg, &arena).dispersion, 7, 1e-12);
    cfg = (struct mdl_process_cfg){.has_gamma = true, .gamma = {.cv_frac = 3}};
    near_rel(law_of(&cfg, &arena).dispersion, 9, 1e-12);
    cfg = (struct mdl_process_cfg){.renewal = fixed};
    near_abs(law_of(&cfg, &arena).dispersion, 0, 1e-12);
    cfg = (struct mdl_process_cfg){.has_mmpp = true,
        .mmpp = {.rates_per_s = rates, .sojourn_s = sojourns}};
    for (int n = 2; n <= 4; n += 2) {
        cfg.mmpp.n_rates = cfg.mmpp.n_sojourn = n;
        const struct mdl_gap_law law = law_of(&cfg, &arena);
        near_rel(law.mean_per_s * law.swing_s, by_formula, 1e-12);
        near_abs(law.dispersion, 1, 0);
    }
    sim_arena_release(&arena);
}
END_TEST

TEST_MAIN("models/arrivals", rescaled_gaps, rescaled_batches, rescaled_mmpp,
    rescaled_cox, batches, batch_sizes, mmpp_counts, splits_change_nothing,
    alike_in_all_years, factor_files, bad_factor_files, steady_renewal,
    dispersion)
