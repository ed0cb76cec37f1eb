/* Rates and arrivals.  Truth: quadrature of the rate, the growth law, Poisson
 * counts (chi-square), and the closed variance of a Poisson stream whose rate
 * is multiplied by two gamma factors. */
#include "models/model_fixture.h"
#include "models/workload.h"
#include "sim/dist.h"

#define HOUR_S  3600.0
#define WEEK_S  (168.0 * HOUR_S)
#define MONTH_S (730.0 * HOUR_S)
#define YEAR_S  (12.0 * MONTH_S)

static const double day_24[24] = {
    1, 2, 0, 0, 3, 5, 8, 1, 1, 4, 4, 4, 9, 2, 2, 2, 7, 6, 5, 4, 3, 2, 1, 1};
static const double week_7[7] = {1, 1.1, 0.9, 1, 1.3, 0.4, 0};

static struct mdl_arrivals_cfg flat(void)
{
    return (struct mdl_arrivals_cfg){.rate_per_s = 1.0};
}

static struct mdl_arrivals_cfg tabled(void)
{
    struct mdl_arrivals_cfg cfg = flat();

    cfg.daily.hours = day_24;
    cfg.daily.n_hours = 24;
    cfg.weekly.days = week_7;
    cfg.weekly.n_days = 7;
    return cfg;
}

static struct mdl_arrivals_cfg sine(double amplitude, double peak_h)
{
    struct mdl_arrivals_cfg cfg = flat();

    cfg.daily.has_sine = true;
    cfg.daily.sine = (struct mdl_sine_cfg){amplitude, peak_h};
    return cfg;
}

static struct mdl_shape shape_of(
    const struct mdl_arrivals_cfg *cfg, struct sim_arena *arena)
{
    struct mdl_shape shape;
    struct sim_err err = {0};

    ck_assert_msg(mdl_shape_build(cfg, &tables, arena, &shape, &err) == SIM_OK,
        "%s", err.text);
    return shape;
}

static double norm_of(double growth)
{
    double sum = 0.0;

    for (int j = 0; j < 12; j++)
        sum += pow(1 + growth, j / 12.0);
    return sum / 12;
}

static struct mdl_rate rate_of(
    const struct mdl_shape *shape, double base, double offset_h, double growth)
{
    return (struct mdl_rate){.base_per_s = base,
        .shape = shape,
        .offset_s = offset_h * HOUR_S,
        .growth_per_yr = growth,
        .growth_norm = norm_of(growth)};
}

/* ---- shape --------------------------------------------------------------- */

/* Mean 1 over any week, whatever the offset; and the same a week later. */
START_TEST(mean_one_and_periodic)
{
    struct sim_arena arena = {0};
    struct mdl_arrivals_cfg cfgs[8] = {flat(), tabled(), sine(0.6, 14),
        sine(1, 0), flat(), flat(), flat(), flat()};
    static const char *const weeks[] = {
        "servegen_msmall", "servegen_mmid", "servegen_mlarge"};

    for (int i = 0; i < 3; i++) {
        cfgs[4 + i].weekly.like = weeks[i];
        cfgs[4 + i].daily.shape = i;
    }
    cfgs[7].daily.shape = 3;
    for (int i = 0; i < 8; i++) {
        const struct mdl_shape shape = shape_of(&cfgs[i], &arena);
        for (double offset_h = -12; offset_h <= 24 * 6 + 14; offset_h += 7.25) {
            const struct mdl_rate rate = rate_of(&shape, 2.0, offset_h, 0.0);
            near_rel(mdl_rate_integral(&rate, 0, WEEK_S), 2 * WEEK_S, 1e-11);
            near_rel(mdl_rate_integral(&rate, 12345.6, 12345.6 + WEEK_S),
                2 * WEEK_S, 1e-11);
            near_abs(mdl_rate_at(&rate, 7777.0 + 5 * WEEK_S),
                mdl_rate_at(&rate, 7777.0), 1e-8);
        }
    }
    sim_arena_release(&arena);
}
END_TEST

/* At the hours' mid-points the rate is the factor itself; between them it is a
 * straight line.  Monday first; local = UTC + offset. */
START_TEST(through_mid_points)
{
    struct sim_arena arena = {0};
    const struct mdl_arrivals_cfg cfg = tabled();
    const struct mdl_shape shape = shape_of(&cfg, &arena);
    double mean = 0.0;

    for (int h = 0; h < 168; h++)
        mean += day_24[h % 24] * week_7[h / 24] / 168;
    for (int offset_h = -12; offset_h <= 14; offset_h++) {
        const struct mdl_rate rate = rate_of(&shape, 3.0, offset_h, 0.0);
        for (int h = 0; h < 168; h++) {
            const int next = (h + 1) % 168;
            const double at = 3 * day_24[h % 24] * week_7[h / 24] / mean;
            const double then =
                3 * day_24[next % 24] * week_7[next / 24] / mean;
            const double t = (h + 0.5 - offset_h) * HOUR_S;
            near_abs(mdl_rate_at(&rate, t), at, 1e-9);
            near_abs(mdl_rate_at(&rate, t + 0.25 * HOUR_S),
                0.75 * at + 0.25 * then, 1e-9);
        }
    }
    sim_arena_release(&arena);
}
END_TEST

START_TEST(sine_peaks_where_it_should)
{
    struct sim_arena arena = {0};
    const struct mdl_arrivals_cfg cfg = sine(0.6, 14);
    const struct mdl_shape shape = shape_of(&cfg, &arena);
    const struct mdl_rate rate = rate_of(&shape, 10, -5, 0);

    /* knots a minute apart: the chord is below the arc by 1e-6 */
    near_abs(mdl_rate_at(&rate, (14 + 5) * HOUR_S), 16.0, 2e-5);
    near_abs(mdl_rate_at(&rate, (2 + 5) * HOUR_S), 4.0, 2e-5);
    near_abs(mdl_rate_at(&rate, (8 + 5) * HOUR_S), 10.0, 2e-5);
    near_abs(mdl_rate_at(&rate, (9.5 + 5) * HOUR_S),
        10 + 6 * cos(2 * acos(-1.0) * 4.5 / 24), 2e-5);
    sim_arena_release(&arena);
}
END_TEST

START_TEST(bad_shapes)
{
    static const double zeros[24] = {0};
    struct sim_arena arena = {0};
    struct mdl_arrivals_cfg cfg = flat();
    struct mdl_shape shape;
    struct sim_err err = {0};

    cfg.daily.hours = zeros;
    cfg.daily.n_hours = 24;
    ck_assert_int_eq(
        mdl_shape_build(&cfg, &tables, &arena, &shape, &err), SIM_E_INPUT);
    cfg = flat();
    cfg.weekly.like = "nonsense";
    ck_assert_int_eq(
        mdl_shape_build(&cfg, &tables, &arena, &shape, &err), SIM_E_INPUT);
    ck_assert_ptr_nonnull(strstr(err.text, "servegen_mmid"));
    sim_arena_release(&arena);
}
END_TEST

/* ---- integral and growth ------------------------------------------------- */

/* Mid-point rule with steps that meet all knots and month ends: exact for a
 * piecewise-linear function, but for rounding. */
static double quadrature(const struct mdl_rate *rate, double a, double b)
{
    const int n = (int)((b - a) / 30.0 + 0.5);
    double sum = 0.0;

    for (int i = 0; i < n; i++)
        sum += mdl_rate_at(rate, a + (i + 0.5) * (b - a) / n) * (b - a) / n;
    return sum;
}

START_TEST(integral)
{
    struct sim_arena arena = {0};
    const struct mdl_arrivals_cfg cfgs[] = {tabled(), sine(0.8, 6.5)};

    for (size_t i = 0; i < 2; i++) {
        const struct mdl_shape shape = shape_of(&cfgs[i], &arena);
        const struct mdl_rate rate = rate_of(&shape, 5, 5.5, 0.4);
        near_rel(mdl_rate_integral(&rate, 0, 30 * 24 * HOUR_S),
            quadrature(&rate, 0, 30 * 24 * HOUR_S), 1e-9);
        /* over ends of months, from odd minutes */
        near_rel(mdl_rate_integral(&rate, MONTH_S - 5400, 2 * MONTH_S + 300),
            quadrature(&rate, MONTH_S - 5400, 2 * MONTH_S + 300), 1e-9);
        /* before time zero: month 0 */
        near_rel(mdl_rate_integral(&rate, -6 * HOUR_S, 0),
            quadrature(&rate, -6 * HOUR_S, 0), 1e-9);
        ck_assert_double_eq(mdl_rate_integral(&rate, 50, 50), 0.0);
        /* additive */
        near_rel(mdl_rate_integral(&rate, 100, 4567) +
                     mdl_rate_integral(&rate, 4567, 1e6),
            mdl_rate_integral(&rate, 100, 1e6), 1e-12);
    }
    sim_arena_release(&arena);
}
END_TEST

/* The mean of year k is exactly rate (1 + g)^k: months are equally long, but
 * no whole weeks, so a flat shape tells. */
START_TEST(growth)
{
    static const double growths[] = {0.25, -0.3, 3.0, 0.0, 1e-9};
    struct sim_arena arena = {0};
    const struct mdl_arrivals_cfg cfg = flat();
    const struct mdl_shape shape = shape_of(&cfg, &arena);

    for (size_t i = 0; i < 5; i++) {
        const double g = growths[i];
        const struct mdl_rate rate = rate_of(&shape, 400, 3, g);
        for (int k = 0; k < 10; k++)
            near_rel(
                mdl_rate_integral(&rate, k * YEAR_S, (k + 1) * YEAR_S) / YEAR_S,
                400 * pow(1 + g, k), 1e-11);
        /* steps of a month */
        ck_assert_double_eq(
            mdl_growth(&rate, 0), mdl_growth(&rate, MONTH_S - 1));
        near_rel(mdl_growth(&rate, MONTH_S) / mdl_growth(&rate, 0),
            pow(1 + g, 1 / 12.0), 1e-12);
        ck_assert_double_eq(mdl_growth(&rate, -1e5), mdl_growth(&rate, 0));
    }
    sim_arena_release(&arena);
}
END_TEST

/* ---- arrivals ------------------------------------------------------------ */

static struct sim_key key_of(uint64_t replication)
{
    return (struct sim_key){.seed = 5,
        .replication = replication,
        .entity = 1234,
        .purpose = SIM_FOR_GAP,
        .window = 9};
}

enum { BINS = 96 };

/* Counts in equal bins of [from, from + span) over many streams against the
 * integral of the rate; chi-square with BINS degrees of freedom. */
static double chi_square(const struct mdl_rate *rate, double origin_s,
    double from_s, double span_s, int streams)
{
    double count[BINS] = {0}, chi = 0.0;
    bool sorted = true;

    for (int r = 0; r < streams; r++) {
        const struct sim_key key = key_of((uint64_t)r);
        struct mdl_arrivals a;
        double t[100], last = from_s;
        int n;
        mdl_arrivals_start(&a, rate, NULL, &key, origin_s, from_s);
        do {
            n = mdl_arrivals_fill(&a, from_s + span_s, t, 100);
            for (int i = 0; i < n; i++) {
                sorted = sorted && t[i] >= last && t[i] < from_s + span_s;
                last = t[i];
                count[(int)((t[i] - from_s) / span_s * BINS)] += 1;
            }
        } while (n == 100);
    }
    ck_assert(sorted);
    for (int b = 0; b < BINS; b++) {
        const double left = origin_s + from_s + b * span_s / BINS;
        const double mean =
            streams * mdl_rate_integral(rate, left, left + span_s / BINS);
        if (mean > 0.0)
            chi += (count[b] - mean) * (count[b] - mean) / mean;
        else
            ck_assert_double_eq(count[b], 0.0);
    }
    return chi;
}

/* Upper 1e-6 point of chi-square with 96 degrees of freedom by Wilson and
 * Hilferty, z = 4.7534; and the lower one. */
static void plausible(double chi)
{
    const double s = 2.0 / (9.0 * BINS), z = 4.7534;

    ck_assert_msg(
        chi < BINS * pow(1 - s + z * sqrt(s), 3), "chi-square %g", chi);
    ck_assert_msg(
        chi > BINS * pow(1 - s - z * sqrt(s), 3), "chi-square %g", chi);
}

START_TEST(counts_are_poisson)
{
    struct sim_arena arena = {0};
    const struct mdl_arrivals_cfg cfgs[] = {sine(0.9, 14), tabled()};

    for (size_t i = 0; i < 2; i++) {
        const struct mdl_shape shape = shape_of(&cfgs[i], &arena);
        const struct mdl_rate rate = rate_of(&shape, 0.2, -5, 5.0);
        /* a day; a day over a step of the month; windows far out; a lead-in */
        plausible(chi_square(&rate, 0, 0, 24 * HOUR_S, 20));
        plausible(chi_square(&rate, MONTH_S - 12 * HOUR_S, 0, 24 * HOUR_S, 20));
        plausible(chi_square(&rate, 4 * YEAR_S, 0, 24 * HOUR_S, 1));
        plausible(chi_square(&rate, 6 * HOUR_S, -6 * HOUR_S, 12 * HOUR_S, 40));
    }
    sim_arena_release(&arena);
}
END_TEST

/* Exact inversion: the integral of the rate between arrivals is the stream's
 * own sequence of standard exponentials. */
START_TEST(exact_inversion)
{
    struct sim_arena arena = {0};
    const struct mdl_arrivals_cfg cfgs[] = {sine(1, 3), tabled()};

    for (size_t c = 0; c < 2; c++) {
        const struct mdl_shape shape = shape_of(&cfgs[c], &arena);
        const struct mdl_rate rate = rate_of(&shape, 0.01, 2, 0.5);
        const struct sim_key key = key_of(77);
        const double origin = 3 * MONTH_S - 3 * 24 * HOUR_S;
        struct sim_stream stream;
        struct mdl_arrivals a;
        double t[5000], gap[5000], last = 0;
        sim_stream_init(&stream, &key);
        sim_stream_exponentials(&stream, gap, 5000);
        mdl_arrivals_start(&a, &rate, NULL, &key, origin, 0);
        const int n = mdl_arrivals_fill(&a, 4e5, t, 5000);
        ck_assert(n > 1000 && n < 5000);
        for (int i = 0; i < n; i++) {
            near_abs(mdl_rate_integral(&rate, origin + last, origin + t[i]),
                gap[i], 1e-6 + 1e-6 * gap[i]);
            last = t[i];
        }
    }
    sim_arena_release(&arena);
}
END_TEST

/* However a fill is cut, by number or by time, the arrivals are the same. */
START_TEST(splits_change_nothing)
{
    struct sim_arena arena = {0};
    const struct mdl_arrivals_cfg cfg = tabled();
    const struct mdl_shape shape = shape_of(&cfg, &arena);
    const struct mdl_rate rate = rate_of(&shape, 0.05, 0, 2);
    const struct sim_key key = key_of(3);
    struct mdl_arrivals a, b;
    double whole[20000], part[20000];
    int n, m = 0;

    mdl_arrivals_start(&a, &rate, NULL, &key, 20 * 24 * HOUR_S, 0);
    n = mdl_arrivals_fill(&a, 2e5, whole, 20000);
    ck_assert(n > 3000 && n < 20000);
    mdl_arrivals_start(&b, &rate, NULL, &key, 20 * 24 * HOUR_S, 0);
    for (double until = 1; until < 2e5 + 1;
         until += until < 5e4 ? 13.7 : 4001) {
        const double end = until < 2e5 ? until : 2e5;
        int got;
        do {
            got = mdl_arrivals_fill(&b, end, part + m, 3);
            m += got;
        } while (got == 3);
    }
    m += mdl_arrivals_fill(&b, 2e5, part + m, 20000 - m);
    ck_assert_int_eq(m, n);
    ck_assert_mem_eq(part, whole, (size_t)n * sizeof *whole);
    sim_arena_release(&arena);
}
END_TEST

/* Nothing comes where the rate is 0, and the search for more ends. */
START_TEST(silence)
{
    static const double one_hour[24] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
    struct sim_arena arena = {0};
    struct mdl_arrivals_cfg cfg = flat();
    struct mdl_arrivals a;
    const struct sim_key key = key_of(1);
    double t[1000];
    cfg.daily.hours = one_hour;
    cfg.daily.n_hours = 24;
    const struct mdl_shape shape = shape_of(&cfg, &arena);
    const struct mdl_rate rate = rate_of(&shape, 0.01, 0, 0);
    mdl_arrivals_start(&a, &rate, NULL, &key, 0, 0);
    ck_assert_int_eq(mdl_arrivals_fill(&a, 11.5 * HOUR_S, t, 1000), 0);
    const int n = mdl_arrivals_fill(&a, 24 * HOUR_S, t, 1000);
    ck_assert(n > 700 && n < 1000);
    ck_assert(t[0] > 11.5 * HOUR_S && t[n - 1] < 13.5 * HOUR_S);
    sim_arena_release(&arena);
}
END_TEST

/* ---- burstiness ---------------------------------------------------------- */

/* Variance of the mean of the product of both factors over a window of w
 * seconds.  Two seconds share a factor when they lie in one of its intervals,
 * so their covariance is (1 + v1 [same fast]) (1 + v2 [same slow]) - 1; all
 * windows of a cycle of both intervals are averaged. */
static double product_variance(int w, int d1, double v1, int d2, double v2)
{
    const int cycle = d1 * d2 * w;
    double sum = 0.0;

    for (int from = 0; from < cycle; from += w) {
        for (int s = from; s < from + w; s++) {
            for (int t = from; t < from + w; t++)
                sum += (s / d1 == t / d1 ? 1 + v1 : 1) *
                           (s / d2 == t / d2 ? 1 + v2 : 1) -
                       1;
        }
    }
    return sum / (cycle / w) / w / w;
}

START_TEST(cox_dispersion)
{
    enum { SECONDS = 1800000 };
    static const int windows[] = {1, 10, 60};
    static unsigned char count[SECONDS];
    struct sim_arena arena = {0};
    struct sim_err err = {0};
    const struct mdl_arrivals_cfg cfg = flat();
    const struct mdl_shape shape = shape_of(&cfg, &arena);
    const double rate = 5.0, v1 = 1 / 20.0, v2 = 1 / 4.0;
    const int d1 = 3, d2 = 50;
    const struct mdl_cox_cfg law = {
        .fast_s = d1, .fast_shape = 1 / v1, .slow_s = d2, .slow_shape = 1 / v2};
    const struct mdl_rate r = rate_of(&shape, rate, 0, 0);
    struct mdl_cox cox;
    struct mdl_arrivals a;
    double t[1000];
    int n;

    ck_assert_int_eq(mdl_cox_build(&law, &tables, &arena, &cox, &err), SIM_OK);
    cox.seed = 8;
    cox.entity = 3;
    const struct sim_key key = key_of(2);
    mdl_arrivals_start(&a, &r, &cox, &key, 0, 0);
    do {
        n = mdl_arrivals_fill(&a, SECONDS, t, 1000);
        for (int i = 0; i < n; i++)
            count[(int)t[i]]++;
    } while (n == 1000);
    for (int i = 0; i < 3; i++) {
        const int w = windows[i], bins = SECONDS / w;
        double mean = 0.0, var = 0.0;
        for (int b = 0; b < bins; b++) {
            double x = 0.0;
            for (int s = 0; s < w; s++)
                x += count[b * w + s];
            mean += x / bins;
            var += x * x / bins;
        }
        var -= mean * mean;
        /* Var(N) / E(N) = 1 + rate w Var(mean factor).  36,000 slow
         * intervals: a standard error of 1.0 to 1.3 % */
        near_rel(mean / w, rate, 0.01);
        near_rel(var / mean, 1 + rate * w * product_variance(w, d1, v1, d2, v2),
            0.04);
    }
    sim_arena_release(&arena);
}
END_TEST

/* Factors belong to their interval: two windows that meet one agree on it, and
 * classes do not share them. */
START_TEST(cox_is_keyed)
{
    struct sim_arena arena = {0};
    struct sim_err err = {0};
    const struct mdl_cox_cfg law = {.like = "azure-code",
        .fast_s = NAN,
        .fast_shape = NAN,
        .slow_s = NAN,
        .slow_shape = NAN};
    const struct mdl_cox_cfg wrong = {.like = "azure"};
    struct mdl_cox cox;

    ck_assert_int_eq(mdl_cox_build(&law, &tables, &arena, &cox, &err), SIM_OK);
    /* scenarios/data/arrivals.csv */
    ck_assert_double_eq(cox.interval_s[0], 5);
    ck_assert_double_eq(cox.interval_s[1], 30);
    near_rel(sim_dist_sd(cox.gamma[0]), 1 / sqrt(0.942076), 1e-9);
    near_rel(sim_dist_sd(cox.gamma[1]), 1 / sqrt(0.535038), 1e-9);
    near_rel(sim_dist_mean(cox.gamma[0]), 1, 1e-12);
    ck_assert_int_ne(mdl_cox_build(&wrong, &tables, &arena, &cox, &err), 0);
    sim_arena_release(&arena);
}
END_TEST

TEST_MAIN("models/workload", mean_one_and_periodic, through_mid_points,
    sine_peaks_where_it_should, bad_shapes, integral, growth,
    counts_are_poisson, exact_inversion, splits_change_nothing, silence,
    cox_dispersion, cox_is_keyed)
