/* Token laws.  Truth: the built-in tables themselves (marginals by
 * Kolmogorov-Smirnov, product and moments by quadrature over the deciles) and
 * the figures of the trace that scenarios/data/arrivals.csv documents. */
#include "models/plan_fixture.h"
#include "models/tokens.h"

#include <unistd.h>

enum { N = 200000 };

struct law {
    struct sim_arena arena;
    struct mdl_token_law law;
};

static void begin(struct law *l, const char *name)
{
    struct sim_err err = {0};

    memset(l, 0, sizeof *l);
    ck_assert_msg(mdl_token_law_builtin(
                      &tables, name, &l->arena, &l->law, &err) == SIM_OK,
        "%s", err.text);
}

static void draw(const struct mdl_token_law *law, uint64_t seed, double *in,
    double *out, int n, int chunk)
{
    const struct sim_key a = {.seed = seed, .purpose = SIM_FOR_INPUT_TOKENS};
    const struct sim_key b = {.seed = seed, .purpose = SIM_FOR_OUTPUT_TOKENS};
    struct sim_stream s, t;

    sim_stream_init(&s, &a);
    sim_stream_init(&t, &b);
    for (int i = 0; i < n; i += chunk)
        mdl_token_law_fill(
            law, &s, &t, in + i, out + i, n - i < chunk ? n - i : chunk);
}

/* ---- marginals ----------------------------------------------------------- */

/* A table of quantiles: levels and values of one column. */
struct table {
    int n;
    double level[128], value[128];
};

static struct table read_table(const char *file, const char *column)
{
    struct sim_arena arena = {0};
    struct mdl_csv csv;
    struct sim_err err = {0};
    struct table t = {0};

    ck_assert_int_eq(
        mdl_csv_builtin(&tables, file, &arena, &csv, &err), SIM_OK);
    ck_assert_int_lt(csv.n_rows, 128);
    t.n = csv.n_rows;
    ck_assert_int_eq(mdl_csv_numbers(&csv, "quantile", t.level, &err), SIM_OK);
    ck_assert_int_eq(mdl_csv_numbers(&csv, column, t.value, &err), SIM_OK);
    sim_arena_release(&arena);
    return t;
}

/* F(x) of the table; jumps where values are equal. */
static double cdf(const struct table *t, double x)
{
    int i = t->n - 1;

    if (x < t->value[0])
        return 0.0;
    while (t->value[i] > x)
        i--;
    if (i == t->n - 1)
        return 1.0;
    return t->level[i] + (t->level[i + 1] - t->level[i]) * (x - t->value[i]) /
                             (t->value[i + 1] - t->value[i]);
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Largest distance of both distribution functions at the sample's own points,
 * from above: with ties the last of equals counts. */
static double kolmogorov(double *x, int n, const struct table *t)
{
    double worst = 0.0;

    qsort(x, (size_t)n, sizeof *x, ascending);
    for (int i = 0; i < n; i++) {
        if (i + 1 < n && x[i + 1] == x[i])
            continue;
        worst = fmax(worst, fabs((i + 1.0) / n - cdf(t, x[i])));
    }
    return worst;
}

/* P(D > 2.69 / sqrt n) = 1e-6. */
START_TEST(marginals)
{
    static const char *const names[] = {"azure-conv", "azure-code"};
    static double in[N], out[N];

    for (int i = 0; i < 2; i++) {
        struct law l;
        char file[64];
        begin(&l, names[i]);
        draw(&l.law, 1, in, out, N, 256);
        snprintf(file, sizeof file, "tokens-%s.csv", names[i]);
        const struct table ti = read_table(file, "input_tokens");
        const struct table to = read_table(file, "output_tokens");
        ck_assert_double_lt(kolmogorov(in, N, &ti), 2.69 / sqrt(N));
        /* columns of the decile table sum to 1 within its 4 digits */
        ck_assert_double_lt(kolmogorov(out, N, &to), 2.69 / sqrt(N) + 1e-3);
        ck_assert(in[0] >= ti.value[0] && in[N - 1] <= ti.value[ti.n - 1]);
        sim_arena_release(&l.arena);
    }
}
END_TEST

/* ---- dependence ---------------------------------------------------------- */

/* E(X | decile) of a linear quantile table: its integral over the decile. */
static double decile_mean(const struct table *t, int d)
{
    const int steps = 20000;
    double sum = 0.0;
    int i = 0;

    for (int s = 0; s < steps; s++) {
        const double p = (d + (s + 0.5) / steps) / 10;
        while (t->level[i + 1] < p)
            i++;
        sum += t->value[i] + (t->value[i + 1] - t->value[i]) *
                                 (p - t->level[i]) /
                                 (t->level[i + 1] - t->level[i]);
    }
    return sum / steps;
}

/* Means, and the mean of the product by deciles: uniform inside both, so the
 * product's mean is that of the deciles' means. */
static void exact_moments(const char *name, const char *trace, double *mean_in,
    double *mean_out, double *product)
{
    struct sim_arena arena = {0};
    struct mdl_csv csv;
    struct sim_err err = {0};
    char file[64];
    double in[10], out[10];

    snprintf(file, sizeof file, "tokens-%s.csv", name);
    const struct table ti = read_table(file, "input_tokens");
    const struct table to = read_table(file, "output_tokens");
    for (int d = 0; d < 10; d++) {
        in[d] = decile_mean(&ti, d);
        out[d] = decile_mean(&to, d);
    }
    ck_assert_int_eq(
        mdl_csv_builtin(&tables, "tokens-copula.csv", &arena, &csv, &err),
        SIM_OK);
    *mean_in = *mean_out = *product = 0.0;
    for (int i = 0, row = 0; i < csv.n_rows; i++) {
        double p[10], sum = 0.0;
        if (strcmp(mdl_csv_text(&csv, i, 0), trace) != 0)
            continue;
        for (int j = 0; j < 10; j++) {
            ck_assert_int_eq(
                mdl_csv_number(&csv, i, 2 + j, &p[j], &err), SIM_OK);
            sum += p[j];
        }
        for (int j = 0; j < 10; j++) {
            *product += 0.1 * p[j] / sum * in[row] * out[j];
            *mean_out += 0.1 * p[j] / sum * out[j];
        }
        *mean_in += 0.1 * in[row++];
    }
    sim_arena_release(&arena);
}

START_TEST(means_and_product)
{
    static const struct {
        const char *name, *trace;
        double in, out; /* arrivals.csv: means of the trace */
    } laws[] = {{"azure-conv", "azure_conv", 1154.7, 211.126},
        {"azure-code", "azure_code", 2047.85, 27.8825}};
    static double in[N], out[N];

    for (int i = 0; i < 2; i++) {
        double mean_in, mean_out, product, m[3] = {0, 0, 0}, pp = 0.0;
        struct law l;
        begin(&l, laws[i].name);
        draw(&l.law, 3, in, out, N, 256);
        for (int k = 0; k < N; k++) {
            m[0] += in[k] / N;
            m[1] += out[k] / N;
            m[2] += in[k] * out[k] / N;
            pp += in[k] * out[k] * in[k] * out[k] / N;
        }
        exact_moments(
            laws[i].name, laws[i].trace, &mean_in, &mean_out, &product);
        near_rel(mean_in, laws[i].in, 0.01);
        near_rel(mean_out, laws[i].out, 0.01);
        near_rel(m[0], laws[i].in, 0.01);
        near_rel(m[1], laws[i].out, 0.02);
        near_rel(m[2], product, 0.02);
        /* and within 5 standard errors */
        near_abs(m[2], product, 5 * sqrt((pp - m[2] * m[2]) / N));
        sim_arena_release(&l.arena);
    }
}
END_TEST

/* Deciles fall into the cells of the table as often as it says. */
START_TEST(cells)
{
    static double in[N], out[N];
    struct law l;
    double count[10][10] = {{0}};

    begin(&l, "azure-conv");
    draw(&l.law, 5, in, out, N, 256);
    for (int k = 0; k < N; k++) {
        int i = 0, j = 0;
        while (i < 9 && in[k] > sim_dist_quantile(l.law.input, (i + 1) / 10.0))
            i++;
        while (
            j < 9 && out[k] > sim_dist_quantile(l.law.output, (j + 1) / 10.0))
            j++;
        count[i][j] += 1;
    }
    for (int i = 0; i < 10; i++) {
        for (int j = 0; j < 10; j++) {
            const double p = 0.1 * (l.law.row_cdf[i][j] -
                                       (j > 0 ? l.law.row_cdf[i][j - 1] : 0.0));
            /* 5.5 binomial deviations; values rounded to tokens make atoms
             * on the borders of a few deciles */
            near_abs(count[i][j] / N, p, 5.5 * sqrt(p / N) + 1e-9 + 2e-3);
        }
    }
    sim_arena_release(&l.arena);
}
END_TEST

/* Draw k does not depend on how fills are cut. */
START_TEST(splits)
{
    static double a[1000], b[1000], c[1000], d[1000];
    struct law l;

    begin(&l, "azure-conv");
    draw(&l.law, 7, a, b, 1000, 1000);
    draw(&l.law, 7, c, d, 1000, 7);
    ck_assert_mem_eq(a, c, sizeof a);
    ck_assert_mem_eq(b, d, sizeof b);
    sim_arena_release(&l.arena);
}
END_TEST

/* ---- load estimates ------------------------------------------------------ */

START_TEST(work)
{
    static double in[N], out[N];
    double mean_in, mean_out, product, mean, variance, m = 0.0, m2 = 0.0;
    struct law l;

    begin(&l, "azure-conv");
    exact_moments("azure-conv", "azure_conv", &mean_in, &mean_out, &product);
    mdl_token_law_work(&l.law, 0.05, 2e-4, 0.02, &mean, &variance);
    near_rel(mean, 0.05 + 2e-4 * mean_in + 0.02 * mean_out, 2e-3);
    draw(&l.law, 9, in, out, N, 256);
    for (int k = 0; k < N; k++) {
        const double w = 0.05 + 2e-4 * in[k] + 0.02 * out[k];
        m += w / N;
        m2 += w * w / N;
    }
    near_rel(variance, m2 - m * m, 0.02);
    sim_arena_release(&l.arena);
}
END_TEST

/* Independent marginals: mean and variance add up. */
START_TEST(work_independent)
{
    struct sim_arena arena = {0};
    struct sim_dist *in = NULL, *out = NULL;
    double mean, variance;

    ck_assert_int_eq(sim_law_uniform(0, 100, &arena, &in, NULL), SIM_OK);
    ck_assert_int_eq(sim_law_uniform(50, 60, &arena, &out, NULL), SIM_OK);
    const struct mdl_token_law law = {.on = true, .input = in, .output = out};
    mdl_token_law_work(&law, 1, 2, 3, &mean, &variance);
    near_rel(mean, 1 + 2 * 50 + 3 * 55, 1e-9);
    near_rel(variance, 4 * 1e4 / 12 + 9 * 100 / 12.0, 1e-3);
    sim_arena_release(&arena);
}
END_TEST

START_TEST(unknown_law)
{
    struct sim_arena arena = {0};
    struct mdl_token_law law;
    struct sim_err err = {0};

    ck_assert_int_eq(
        mdl_token_law_builtin(&tables, "azure", &arena, &law, &err),
        SIM_E_INPUT);
    ck_assert_ptr_nonnull(strstr(err.text, "azure-conv"));
    sim_arena_release(&arena);
}
END_TEST

/* ---- rows of a file ------------------------------------------------------ */

enum { PAIRS = 7, DRAWS = 70000 };

static const double pair_rows[PAIRS][3] = {{10, 900, 0.5}, {20, 800, 0.25},
    {30, 30, 0.1}, {30, 31, 0}, {1000, 5, 2}, {2000, 1, 7}, {0, 0, 0.01}};

static struct sim_stream stream_of(uint64_t seed)
{
    const struct sim_key key = {.seed = seed, .purpose = SIM_FOR_INPUT_TOKENS};
    struct sim_stream stream;

    sim_stream_init(&stream, &key);
    return stream;
}

static int pairs_of(const char *text, bool with_service,
    struct sim_arena *arena, struct mdl_token_law *law, struct sim_err *err)
{
    char path[] = "/tmp/sitesim-pairs-XXXXXX";
    const int fd = mkstemp(path);
    FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;

    ck_assert_ptr_nonnull(file);
    if (text != NULL)
        fputs(text, file);
    else
        fputs("service_s,input_tokens,note,output_tokens\n", file);
    for (int i = 0; text == NULL && i < PAIRS; i++)
        fprintf(file, "%g,%g,x,%g\n", pair_rows[i][2], pair_rows[i][0],
            pair_rows[i][1]);
    fclose(file);
    const int rc = mdl_token_law_pairs(path, with_service, arena, law, err);
    unlink(path);
    return rc;
}

/* Rows come whole and equally often (chi-square with 6 degrees of freedom, its
 * upper 1e-6 point 38.3); one uniform of the input stream is one row. */
START_TEST(pairs)
{
    struct sim_arena arena = {0};
    struct sim_err err = {0};
    struct mdl_token_law law;
    static double in[DRAWS], out[DRAWS], service[DRAWS], u[DRAWS];
    double count[PAIRS] = {0}, chi = 0.0;
    int wrong = 0;

    ck_assert_int_eq(pairs_of(NULL, true, &arena, &law, &err), SIM_OK);
    struct sim_stream a = stream_of(1), b = stream_of(2);
    struct sim_stream again = stream_of(1), third = stream_of(1);
    mdl_token_law_fill(&law, &a, &b, in, out, 1000);
    mdl_token_law_fill(&law, &a, &b, in + 1000, out + 1000, DRAWS - 1000);
    mdl_token_law_service(&law, &again, service, DRAWS);
    sim_stream_uniforms(&third, u, DRAWS);
    for (int i = 0; i < DRAWS; i++) {
        const int row = (int)(u[i] * PAIRS);
        wrong += in[i] != pair_rows[row][0] || out[i] != pair_rows[row][1] ||
                 service[i] != pair_rows[row][2];
        count[row] += 1;
    }
    ck_assert_int_eq(wrong, 0);
    for (int r = 0; r < PAIRS; r++) {
        const double mean = (double)DRAWS / PAIRS;
        chi += (count[r] - mean) * (count[r] - mean) / mean;
    }
    ck_assert_double_lt(chi, 38.3);
    sim_arena_release(&arena);
}
END_TEST

/* Mean and variance of 3 + 2 x + 0.5 y over the rows. */
START_TEST(pairs_moments)
{
    struct sim_arena arena = {0};
    struct sim_err err = {0};
    struct mdl_token_law law;
    struct mdl_pair_moments m;
    const struct mdl_pair_moments none = {0};
    double mean = 0.0, var = 0.0, got_mean, got_var;

    ck_assert_int_eq(pairs_of(NULL, false, &arena, &law, &err), SIM_OK);
    ck_assert_ptr_null(law.pair_service_s);
    for (int r = 0; r < PAIRS; r++)
        mean += (3 + 2 * pair_rows[r][0] + 0.5 * pair_rows[r][1]) / PAIRS;
    for (int r = 0; r < PAIRS; r++) {
        const double x = 3 + 2 * pair_rows[r][0] + 0.5 * pair_rows[r][1];
        var += (x - mean) * (x - mean) / PAIRS;
    }
    mdl_token_law_moments(&law, &none, &m);
    mdl_pair_moments_linear(&m, 3, 2, 0.5, &got_mean, &got_var);
    near_rel(got_mean, mean, 1e-14);
    near_rel(got_var, var, 1e-13);
    ck_assert(!mdl_token_law_recorded(&law, false));
    sim_arena_release(&arena);
}
END_TEST

START_TEST(bad_pairs)
{
    static const struct {
        const char *text, *says;
        bool with_service;
    } cases[] = {
        {"input_tokens,output\n1,2\n", "no column 'output_tokens'", false},
        {"input_tokens,output_tokens\n1,2\n", "no column 'service_s'", true},
        {"input_tokens,output_tokens\n", "has no row", false},
        {"input_tokens,output_tokens\n1,2\n3,-4\n",
            ":3: 'output_tokens' is negative", false},
        {"input_tokens,output_tokens\n1,2\nx,4\n", ":3: 'x'", false},
    };
    struct sim_arena arena = {0};
    struct mdl_token_law law;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sim_err err = {0};
        ck_assert_int_eq(
            pairs_of(cases[i].text, cases[i].with_service, &arena, &law, &err),
            SIM_E_INPUT);
        ck_assert_msg(
            strstr(err.text, cases[i].says) != NULL, "'%s'", err.text);
    }
    sim_arena_release(&arena);
}
END_TEST

/* One number from the trace, the other of a law: variances add up, and the
 * covariance is that of the trace where both come from it. */
START_TEST(recorded_moments)
{
    struct sim_arena arena = {0};
    struct sim_dist *traced = NULL, *law = NULL;
    struct mdl_pair_moments trace = {0}, m;
    struct mdl_token_law tokens = {.on = true};
    double mean, var;

    for (int r = 0; r < PAIRS; r++)
        mdl_pair_moments_add(&trace, pair_rows[r][0], pair_rows[r][1]);
    ck_assert_int_eq(sim_dist_traced(&arena, &traced, NULL), SIM_OK);
    ck_assert_int_eq(
        sim_dist_empirical((double[]){3, 7}, 2, &arena, &law, NULL), SIM_OK);
    tokens.input = traced;
    tokens.output = law;
    ck_assert(mdl_token_law_recorded(&tokens, false));
    ck_assert(!mdl_token_law_recorded(&tokens, true));
    mdl_token_law_moments(&tokens, &trace, &m);
    mdl_pair_moments_linear(&m, 1, 2, 3, &mean, &var);
    near_rel(mean, 1 + 2 * trace.mean_x + 3 * 5, 1e-14);
    near_rel(var, 4 * trace.xx / PAIRS + 9 * 4, 1e-13);
    tokens.output = traced;
    ck_assert(mdl_token_law_recorded(&tokens, true));
    mdl_token_law_moments(&tokens, &trace, &m);
    mdl_pair_moments_linear(&m, 1, 2, 3, &mean, &var);
    near_rel(var, (4 * trace.xx + 12 * trace.xy + 9 * trace.yy) / PAIRS, 1e-13);
    sim_arena_release(&arena);
}
END_TEST

TEST_MAIN("models/tokens", marginals, means_and_product, cells, splits, work,
    work_independent, unknown_law, pairs, pairs_moments, bad_pairs,
    recorded_moments)
