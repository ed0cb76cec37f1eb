/* Truth: the rules of the manual ("Distributions") and closed forms; shapes
 * of Weibull laws are 40-digit roots found with mpmath. */
#include "sim/dist.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check_main.h"
#include "dist_make.h"
#include "sim/alloc.h"

START_TEST(test_lognormal_sets)
{
    struct sim_arena arena = {0};
    struct lognormal cfg = no_lognormal;
    const struct sim_dist *d;

    cfg.p50 = 12.0;
    cfg.p99 = 50.0;
    d = make("lognormal", &cfg, &arena);
    ck_assert_double_eq_tol(sim_dist_quantile(d, 0.5), 12.0, 1e-13);
    ck_assert_double_eq_tol(sim_dist_quantile(d, 0.99), 50.0, 1e-12);
    cfg = no_lognormal;
    cfg.mean = 8.0;
    cfg.cv = 0.75;
    d = make("lognormal", &cfg, &arena);
    ck_assert_double_eq_tol(sim_dist_mean(d), 8.0, 1e-13);
    ck_assert_double_eq_tol(sim_dist_sd(d), 6.0, 1e-13);
    cfg.cv = none;
    cfg.sd = 6.0;
    const struct sim_dist *same = make("lognormal", &cfg, &arena);
    ck_assert_double_eq(
        sim_dist_quantile(d, 0.9), sim_dist_quantile(same, 0.9));
    cfg.sd = 0.0;
    d = make("lognormal", &cfg, &arena);
    ck_assert(sim_dist_is_constant(d));
    ck_assert_double_eq_tol(sim_dist_mean(d), 8.0, 1e-14);
    cfg.sd = 8e-6; /* cv 1e-6: 1 + cv^2 has four digits of cv^2 left */
    d = make("lognormal", &cfg, &arena);
    ck_assert_double_eq_tol(sim_dist_sd(d) / 8e-6, 1.0, 1e-12);
    sim_arena_release(&arena);
}
END_TEST

START_TEST(test_weibull_shape)
{
    /* cv, shape (roots of the defining equation, mpmath), mean 1 scale */
    static const double table[][3] = {
        {0.1, 12.153434194956146, 1.0430376808119806},
        {0.5, 2.1013490946885437, 1.129063389539609},
        {1.0, 1.0, 1.0},
        {2.0, 0.54269256128645337, 0.57524955485551749},
        {5.0, 0.31134072842432562, 0.12691985212851373},
    };
    struct sim_arena arena = {0};

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        const struct weibull by_cv = {1.0, table[i][0], NAN, NAN};
        const struct weibull by_shape = {NAN, NAN, table[i][1], table[i][2]};
        const struct sim_dist *a = make("weibull", &by_cv, &arena);
        const struct sim_dist *b = make("weibull", &by_shape, &arena);
        for (double p = 0.05; p < 1.0; p += 0.1)
            ck_assert_double_eq_tol(
                sim_dist_quantile(a, p) / sim_dist_quantile(b, p), 1.0, 1e-10);
        ck_assert_double_eq_tol(sim_dist_mean(a), 1.0, 1e-10);
        ck_assert_double_eq_tol(sim_dist_sd(a) / table[i][0], 1.0, 1e-10);
    }
    sim_arena_release(&arena);
}
END_TEST

START_TEST(test_constant_and_empirical)
{
    static const double x[] = {5.0, 1.0, 2.0, 2.0};
    const struct empirical inline_list = {NULL, NULL, NULL, {x, 4}};
    struct sim_arena arena = {0};
    struct sim_stream stream, before;
    const struct sim_dist *d = make("constant", &(double){-3.0}, &arena);
    int seen[6] = {0};

    start(&stream, 5);
    before = stream;
    ck_assert_double_eq(sim_dist_draw(d, &stream), -3.0);
    ck_assert_int_eq(memcmp(&before, &stream, sizeof stream), 0);
    ck_assert(sim_dist_is_constant(d));
    ck_assert_double_eq(sim_dist_sd(d), 0.0);
    d = make("empirical", &inline_list, &arena);
    ck_assert(!sim_dist_is_constant(d));
    ck_assert_double_eq(sim_dist_mean(d), 2.5);
    ck_assert_double_eq(sim_dist_sd(d), 1.5);
    ck_assert_double_eq(sim_dist_quantile(d, 0.25), 1.0);
    ck_assert_double_eq(sim_dist_quantile(d, 0.26), 2.0);
    ck_assert_double_eq(sim_dist_quantile(d, 0.75), 2.0);
    ck_assert_double_eq(sim_dist_quantile(d, 0.751), 5.0);
    for (int i = 0; i < 4000; i++)
        seen[(int)sim_dist_draw(d, &stream)]++;
    /* binomial, 5 standard deviations: 137 and 158 */
    ck_assert_int_lt(abs(seen[1] - 1000), 137);
    ck_assert_int_lt(abs(seen[2] - 2000), 158);
    ck_assert_int_eq(seen[1] + seen[2] + seen[5], 4000);
    /* closed interval: both ends stay */
    d = cut(d, 2.0, 5.0, &arena);
    ck_assert_double_eq(sim_dist_mean(d), 3.0);
    d = cut(d, 2.0, 2.5, &arena);
    ck_assert(sim_dist_is_constant(d));
    sim_arena_release(&arena);
}
END_TEST

START_TEST(test_mixture_with_atom)
{
    static const double weights[] = {3.0, 1.0};
    struct sim_arena arena = {0};
    struct sim_dist *zero = NULL, *mix = NULL;

    ck_assert_int_eq(sim_dist_constant(0.0, &arena, &zero, NULL), SIM_OK);
    const struct sim_dist *parts[] = {
        zero, make("exponential", &(double){4.0}, &arena)};
    ck_assert_int_eq(
        sim_dist_mixture(weights, parts, 2, &arena, &mix, NULL), SIM_OK);
    ck_assert_double_eq(sim_dist_mean(mix), 1.0);
    ck_assert_double_eq_tol(sim_dist_sd(mix), sqrt(8.0 - 1.0), 1e-14);
    ck_assert_double_eq(sim_dist_quantile(mix, 0.7), 0.0);
    ck_assert_double_eq_tol(
        sim_dist_quantile(mix, 0.95), 4.0 * log(5.0), 1e-12);
    /* the atom at the end of the closed interval stays */
    const struct sim_dist *low = cut(mix, 0.0, 4.0, &arena);
    const double kept = 0.25 * -expm1(-1.0);
    ck_assert_double_eq_tol(sim_dist_mean(low),
        kept * (4.0 - 4.0 / expm1(1.0)) / (0.75 + kept), 1e-9);
    sim_arena_release(&arena);
}
END_TEST

static void refused(const char *kind, const void *params, const char *message)
{
    struct sim_arena arena = {0};
    struct sim_dist *out = NULL;
    struct sim_err err = {0};

    ck_assert_int_eq(prepare(kind, params, &arena, &out, &err), SIM_E_INPUT);
    ck_assert_msg(
        strncmp(err.text, message, strlen(message)) == 0, "%s", err.text);
    ck_assert_ptr_null(out);
    sim_arena_release(&arena);
}

START_TEST(test_refused)
{
    static const double one[] = {1.0}, two[] = {2.0, 1.0}, half[] = {0.5, 0.6};
    static const double three[] = {1.0, 0.5, 2.0};
    struct lognormal cfg = no_lognormal;

    refused("constant", &infinity, "constant is inf, expected a finite");
    refused(
        "exponential", &(double){0.0}, "mean of exponential is 0, expected");
    refused("exponential", &none, "mean of exponential is nan, expected");
    refused("lognormal", &cfg, "lognormal does not have exactly one of its");
    cfg.median = 12.0;
    refused("lognormal", &cfg, "lognormal does not have exactly one of its");
    cfg.p95 = 10.0;
    refused("lognormal", &cfg, "p95 of lognormal is 10, expected at least the");
    cfg.p99 = 40.0;
    refused("lognormal", &cfg, "lognormal does not have exactly one of its");
    refused("gamma", (double[]){1.0, -1.0}, "cv of gamma is -1, expected 0 ..");
    refused("erlang", &(struct erlang){1.0, 0}, "k of erlang is 0, expected 1");
    refused("weibull", &(struct weibull){1.0, NAN, NAN, NAN},
        "weibull does not have exactly one of its");
    refused("weibull", &(struct weibull){1.0, 1.0, 1.0, NAN},
        "weibull does not have exactly one of its");
    refused("pareto", (double[]){0.0, 2.0}, "min of pareto is 0, expected");
    refused("pareto", (double[]){1.0, 0.0}, "alpha of pareto is 0, expected");
    refused("hyperexponential", &(struct hyper){{one, 1}, {two, 2}},
        "p of hyperexponential is 1, expected above 0 and below 1");
    refused("hyperexponential", &(struct hyper){{half, 2}, {two, 2}},
        "probabilities of hyperexponential add up to 1.1, expected 1");
    refused("hyperexponential", &(struct hyper){{half, 2}, {one, 1}},
        "hyperexponential has 2 probabilities and 1 means, expected");
    refused(
        "uniform", &(struct list){one, 1}, "uniform has 1 numbers, expected");
    refused("uniform", &(struct list){two, 2}, "uniform is [2, 1], expected");
    refused(
        "triangular", &(struct list){three, 3}, "triangular is [1, 0.5, 2]");
    refused("empirical", &(struct empirical){0},
        "empirical does not have exactly one source");
    refused("empirical", &(struct empirical){.file = "f.csv"},
        "values of empirical file 'f.csv' were not read");
}
END_TEST

START_TEST(test_refused_tables)
{
    static const double p[] = {0.0, 0.5, 0.4, 1.0}, x[] = {1.0, 3.0, 2.0, 4.0};
    static const double good[] = {0.0, 0.3, 0.6, 1.0};
    struct sim_arena arena = {0};
    struct sim_dist *out = NULL;
    const struct sim_dist *d = make("exponential", &(double){1.0}, &arena);
    const double bad_weight = 0.0;

    ck_assert_int_eq(
        sim_dist_quantiles(p, x, 4, &arena, &out, NULL), SIM_E_INPUT);
    ck_assert_int_eq(
        sim_dist_quantiles(good, x, 4, &arena, &out, NULL), SIM_E_INPUT);
    ck_assert_int_eq(
        sim_dist_quantiles(good, x, 1, &arena, &out, NULL), SIM_E_INPUT);
    ck_assert_int_eq(sim_dist_empirical(x, 0, &arena, &out, NULL), SIM_E_INPUT);
    ck_assert_int_eq(
        sim_dist_empirical(&none, 1, &arena, &out, NULL), SIM_E_INPUT);
    ck_assert_int_eq(
        sim_dist_mixture(&bad_weight, &d, 1, &arena, &out, NULL), SIM_E_INPUT);
    ck_assert_int_eq(
        sim_dist_mixture(NULL, NULL, 0, &arena, &out, NULL), SIM_E_INPUT);
    ck_assert_int_eq(
        sim_dist_truncate(d, 3.0, 2.0, &arena, &out, NULL), SIM_E_INPUT);
    ck_assert_int_eq(
        sim_dist_truncate(d, -3.0, -2.0, &arena, &out, NULL), SIM_E_INPUT);
    ck_assert_int_eq(
        sim_dist_truncate(d, 40.0, infinity, &arena, &out, NULL), SIM_E_INPUT);
    ck_assert_int_eq(
        sim_dist_truncate(d, none, 1.0, &arena, &out, NULL), SIM_E_INPUT);
    ck_assert_ptr_null(out);
    sim_arena_release(&arena);
}
END_TEST

/* The structs of this file match the rows, and every row is documented. */
START_TEST(test_rows)
{
    int n = 0;

    for (; sim_dist_kind_at(n) != NULL; n++) {
        const struct sim_table *table = &sim_dist_kind_at(n)->table;
        ck_assert_str_eq(sim_dist_kind_at(n)->name, table->name);
        /* a word without parameters is the exception */
        if (strcmp(table->name, "never") != 0)
            ck_assert_int_gt(table->n_rows, 0);
        for (int i = 0; i < table->n_rows; i++) {
            char key[64];
            sim_param_key(&table->rows[i], key, sizeof key);
            ck_assert_str_eq(key, table->rows[i].name);
            ck_assert_ptr_nonnull(table->rows[i].doc);
            ck_assert_uint_lt(table->rows[i].offset, table->size);
        }
    }
    ck_assert_int_eq(n, 13);
    ck_assert_ptr_null(sim_dist_kind_at(-1));
    ck_assert_ptr_null(sim_dist_kind_find("normal"));
    ck_assert_uint_eq(
        sim_dist_kind_find("lognormal")->table.size, sizeof(struct lognormal));
    ck_assert_uint_eq(sim_dist_kind_find("hyperexponential")->table.size,
        sizeof(struct hyper));
    ck_assert_uint_eq(
        sim_dist_kind_find("empirical")->table.size, sizeof(struct empirical));
}
END_TEST

/* Without memory every constructor says so, and leaves its output alone. */
START_TEST(test_out_of_memory)
{
    static const double x[] = {1.0, 2.0}, p[] = {0.0, 1.0}, w[] = {1.0};
    static const double half[] = {0.5};
    struct sim_dist *out = NULL;
    struct sim_arena good = {0}, none_left = {0};
    const struct sim_dist *d = make("exponential", &(double){1.0}, &good);
    const struct hyper cfg = {{half, 1}, {x, 2}};

    sim_alloc_fail_at(1, 1);
    ck_assert_int_eq(
        sim_dist_constant(1.0, &none_left, &out, NULL), SIM_E_NOMEM);
    ck_assert_int_eq(
        sim_dist_empirical(x, 2, &none_left, &out, NULL), SIM_E_NOMEM);
    ck_assert_int_eq(
        sim_dist_quantiles(p, x, 2, &none_left, &out, NULL), SIM_E_NOMEM);
    ck_assert_int_eq(
        sim_dist_mixture(w, &d, 1, &none_left, &out, NULL), SIM_E_NOMEM);
    ck_assert_int_eq(
        sim_dist_truncate(d, 0.5, 2.0, &none_left, &out, NULL), SIM_E_NOMEM);
    ck_assert_int_eq(
        prepare("hyperexponential", &cfg, &none_left, &out, NULL), SIM_E_NOMEM);
    sim_alloc_fail_at(0, 0);
    ck_assert_ptr_null(out);
    sim_arena_release(&good);
}
END_TEST

TEST_MAIN("sim/dist_params", test_lognormal_sets, test_weibull_shape,
    test_constant_and_empirical, test_mixture_with_atom, test_refused,
    test_refused_tables, test_rows, test_out_of_memory)
