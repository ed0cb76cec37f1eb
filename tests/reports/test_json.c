/* results.json.  Truths: an independent JSON reader (jansson) for syntax,
 * sortedness and values; writing what was read back gives the same bytes. */
#include "reports/json.h"

#include <jansson.h>

#include "check_main.h"
#include "fixture.h"
#include "reports/json_fields.h"
#include "sim/alloc.h"

static struct sim_text written(const struct res_run *run)
{
    struct sim_text text = {0};

    ck_assert_int_eq(rep_json_write(run, &text, NULL), SIM_OK);
    return text;
}

static int read_text(const char *s, struct sim_err *err)
{
    struct res_run *run = NULL;
    const int rc = rep_json_read(s, strlen(s), &run, err);

    ck_assert((rc == SIM_OK) == (run != NULL));
    res_run_destroy(run);
    return rc;
}

/* The first `old` in `text` replaced; the caller releases. */
static struct sim_text edited(
    const struct sim_text *text, const char *old, const char *new)
{
    struct sim_text out = {0};
    const char *at = strstr(text->data, old);

    ck_assert_msg(at != NULL, "fixture has no '%s'", old);
    sim_text_add_n(&out, text->data, (size_t)(at - text->data));
    sim_text_add(&out, new);
    sim_text_add(&out, at + strlen(old));
    return out;
}

static void check_round_trip(const struct res_run *run)
{
    struct sim_text first = written(run), second;
    struct sim_err err = {0};
    struct res_run *copy = NULL;

    ck_assert_msg(rep_json_read(first.data, first.len, &copy, &err) == SIM_OK,
        "%s", err.text);
    second = written(copy);
    ck_assert_str_eq(first.data, second.data);
    sim_text_release(&first);
    sim_text_release(&second);
    res_run_destroy(copy);
}

START_TEST(test_round_trip)
{
    for (int timing = RES_YEAR_END; timing <= RES_MONTH_END; timing++) {
        struct fx_options o = fx_default;
        o.timing = timing;
        struct res_run *run = fx_run(&o);
        check_round_trip(run);
        res_run_destroy(run);
    }
}
END_TEST

START_TEST(test_round_trip_of_an_empty_run)
{
    struct res_run *run = NULL;

    ck_assert_int_eq(res_run_create(&run, NULL), SIM_OK);
    res_run_finish(run);
    check_round_trip(run);
    res_run_destroy(run);
}
END_TEST

/* Numbers that printing and reading are known to spoil. */
START_TEST(test_round_trip_of_awkward_numbers)
{
    static const double values[] = {0.1, -0.0, 5e-324, 1.7976931348623157e308,
        9007199254740993.0, 1e16, 1e22, 123456789012345678.0, -1, 1.0 / 3};
    static const char *const texts[] = {"quote\" back\\slash", "tab\t", "\x01",
        "caf\xc3\xa9", "bad \xff byte", "\xed\xa0\x80"};
    struct fx_options o = fx_default;

    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        o.text = texts[i % 6];
        struct res_run *run = fx_run(&o);
        run->meta.seed = UINT64_MAX - i;
        run->deployments[0].ledger->npv = values[i];
        run->metrics[3].est.value = values[i];
        struct sim_text text = written(run);
        struct res_run *copy = NULL;
        ck_assert_int_eq(
            rep_json_read(text.data, text.len, &copy, NULL), SIM_OK);
        ck_assert_mem_eq(&copy->deployments[0].ledger->npv, &values[i], 8);
        ck_assert_mem_eq(&copy->metrics[3].est.value, &values[i], 8);
        ck_assert(copy->meta.seed == UINT64_MAX - i);
        res_run_destroy(copy);
        sim_text_release(&text);
        check_round_trip(run);
        res_run_destroy(run);
    }
}
END_TEST

static void check_sorted(json_t *value)
{
    const char *key, *last = "";
    json_t *member;
    size_t i;

    json_object_foreach(value, key, member)
    {
        ck_assert_msg(strcmp(last, key) < 0, "'%s' before '%s'", last, key);
        last = key;
        check_sorted(member);
    }
    json_array_foreach(value, i, member) check_sorted(member);
}

START_TEST(test_shape)
{
    struct res_run *run = fx_run(&fx_default);
    struct sim_text text = written(run);
    json_t *root =
        json_loadb(text.data, text.len, JSON_REJECT_DUPLICATES, NULL);

    ck_assert_ptr_nonnull(root);
    check_sorted(root);
    ck_assert_str_eq(json_string_value(json_object_get(root, "format")),
        "sitesim.results/1");
    ck_assert_int_eq(json_integer_value(json_object_get(root, "seed")), 42);
    json_t *m =
        json_object_get(json_object_get(root, "metrics"), "edge.latency.p95");
    ck_assert_double_eq(json_number_value(json_object_get(m, "value")),
        res_value(run, "edge", "latency.p95"));
    ck_assert_str_eq(json_string_value(json_object_get(m, "unit")), "ms");
    m = json_object_get(json_object_get(root, "metrics"), "edge.latency.p999");
    ck_assert(json_is_null(json_object_get(m, "value")));
    ck_assert_str_eq(json_string_value(json_object_get(m, "reason")),
        "fewer than 200 requests beyond it");
    const json_t *t = json_object_get(root, "thresholds");
    ck_assert(json_is_false(json_object_get(json_array_get(t, 0), "pass")));
    ck_assert(json_is_true(json_object_get(json_array_get(t, 1), "pass")));
    ck_assert_int_eq(text.data[text.len - 1], '\n');
    ck_assert_int_ne(text.data[text.len - 2], '\n');
    ck_assert_ptr_null(strstr(text.data, ": nan"));
    json_decref(root);
    sim_text_release(&text);
    res_run_destroy(run);
}
END_TEST

/* The tables name the categories literally; they must stay those of ledger.c,
 * all of them. */
START_TEST(test_categories_are_all_there)
{
    struct res_run *run = fx_run(&fx_default);
    struct sim_text text = written(run);
    json_t *root = json_loadb(text.data, text.len, 0, NULL);
    const json_t *ledger = json_object_get(
        json_array_get(json_object_get(root, "deployments"), 1), "ledger");
    const struct res_ledger *l = run->deployments[1].ledger;

    for (int c = 0; c < RES_N_CATEGORIES; c++) {
        const char *name = res_category_name(c);
        const json_t *x =
            json_object_get(json_object_get(ledger, "category"), name);
        ck_assert_uint_eq(json_array_size(x), (size_t)l->n_columns);
        ck_assert_double_eq(
            json_number_value(json_array_get(x, 2)), l->category[c][2]);
        ck_assert_double_eq(json_number_value(json_object_get(
                                json_object_get(ledger, "pv"), name)),
            l->pv[c]);
    }
    json_decref(root);
    sim_text_release(&text);
    res_run_destroy(run);
}
END_TEST

START_TEST(test_infinite_becomes_null_with_a_reason)
{
    struct res_run *run = fx_run(&fx_default);

    run->metrics[0].est.value = INFINITY;
    struct sim_text text = written(run);
    ck_assert_ptr_nonnull(strstr(text.data, "\"reason\": \"undefined\""));
    ck_assert_ptr_null(strstr(text.data, ": inf"));
    check_round_trip(run);
    sim_text_release(&text);
    res_run_destroy(run);
}
END_TEST

struct bad_edit {
    const char *old, *new, *message;
};

START_TEST(test_strict_errors)
{
    static const struct bad_edit edits[] = {
        {"results/1", "results/2", "is 'sitesim.results/2', this program"},
        {"results/1", "results/10", "this program reads sitesim.results/1"},
        {"sitesim.results/1", "other", "no results file"},
        {"\"seed\": 42", "\"seed\": 42, \"seed\": 1", "duplicate object key"},
        {"\"seed\": 42", "\"seed\": -1", "'seed' in the results is not 0"},
        {"\"seed\": 42", "\"seed\": \"18446744073709551616\"", "below 2^64"},
        {"\"seed\": 42", "\"s\": 42", "has no 'seed'"},
        {"\"level\"", "\"level\" 1", "line"},
        {"\"verdict\": \"fail\"", "\"verdict\": \"perhaps\"", "a known name"},
        {"\"unstable\": false", "\"unstable\": 0", "true or false"},
        {"\"columns\": 6", "\"columns\": 7", "6 numbers where 7 are due"},
        {"\"columns\": 6", "\"columns\": -1", "0 or more"},
        {"\"columns\": 6", "\"columns\": 1e300", "a whole number"},
        {"\"discount\": \"finance.discount\"", "\"discount\": \"nowhere\"",
            "the path of an input"},
        {"\"path\": \"arrivals.rate\"", "\"path\": \"zz\"", "sorted by path"},
        {"\"path\": \"arrivals.rate\"", "\"path\": null", "is not text"},
        {"\"unit\": \"ms\", \"value\"", "\"unit\": 1, \"value\"", "text"},
        {"\"replications\": 12", "\"replications\": true", "a whole number"},
        {"\"n_\"", "", ""},
    };
    struct res_run *run = fx_run(&fx_default);
    struct sim_text good = written(run);

    for (size_t i = 0; edits[i].new[0] != '\0'; i++) {
        struct sim_err err = {0};
        struct sim_text bad = edited(&good, edits[i].old, edits[i].new);
        ck_assert_msg(read_text(bad.data, &err) == SIM_E_INPUT, "edit %zu", i);
        ck_assert_msg(
            strstr(err.text, edits[i].message) != NULL, "%zu: %s", i, err.text);
        sim_text_release(&bad);
    }
    sim_text_release(&good);
    res_run_destroy(run);
}
END_TEST

START_TEST(test_position_of_a_syntax_error)
{
    struct sim_err err = {0};

    ck_assert_int_eq(read_text("{\n \"format\": oops}", &err), SIM_E_INPUT);
    ck_assert_ptr_nonnull(strstr(err.text, "line 2 column"));
    ck_assert_int_eq(read_text("", &err), SIM_E_INPUT);
    ck_assert_int_eq(read_text("[]", &err), SIM_E_INPUT);
    ck_assert_int_eq(read_text("{} x", &err), SIM_E_INPUT);
    ck_assert_int_eq(read_text("{}", NULL), SIM_E_INPUT);
}
END_TEST

/* Additions within "/1" must not stop an older reader. */
START_TEST(test_unknown_keys_are_skipped)
{
    struct res_run *run = fx_run(&fx_default);
    struct sim_text good = written(run);
    struct sim_text more =
        edited(&good, "\"seed\"", "\"later\": [1], \"seed\"");

    ck_assert_int_eq(read_text(more.data, NULL), SIM_OK);
    sim_text_release(&more);
    sim_text_release(&good);
    res_run_destroy(run);
}
END_TEST

/* Cut anywhere: an error, never a crash or half a run. */
START_TEST(test_truncation)
{
    struct fx_options o = fx_default;
    o.n_deployments = 1;
    struct res_run *run = fx_run(&o), *copy = NULL;
    struct sim_text text = written(run);

    for (size_t n = 0; n + 1 < text.len; n += n < 400 ? 1 : 97)
        ck_assert_int_eq(rep_json_read(text.data, n, &copy, NULL), SIM_E_INPUT);
    ck_assert_ptr_null(copy);
    sim_text_release(&text);
    res_run_destroy(run);
}
END_TEST

/* Every allocation fails once: a clean error each time, until all succeed. */
START_TEST(test_out_of_memory)
{
    struct fx_options o = fx_default;
    o.n_deployments = 1;
    struct res_run *run = fx_run(&o), *copy = NULL;
    struct sim_text text = written(run);
    int rc = SIM_E_NOMEM;
    long n = 1;

    for (; rc != SIM_OK; n += n < 300 ? 1 : 61) {
        sim_alloc_fail_at(n, 1);
        rc = rep_json_read(text.data, text.len, &copy, NULL);
        sim_alloc_fail_at(0, 0);
        ck_assert(rc == SIM_OK || rc == SIM_E_NOMEM);
    }
    ck_assert_int_gt((int)n, 10);
    res_run_destroy(copy);
    for (rc = SIM_E_NOMEM, n = 1; rc != SIM_OK; n++) {
        struct sim_text out = {0};
        sim_alloc_fail_at(n, 1);
        rc = rep_json_write(run, &out, NULL);
        sim_alloc_fail_at(0, 0);
        sim_text_release(&out);
    }
    sim_text_release(&text);
    res_run_destroy(run);
}
END_TEST

TEST_MAIN("reports/json", test_round_trip, test_round_trip_of_an_empty_run,
    test_round_trip_of_awkward_numbers, test_shape,
    test_categories_are_all_there, test_infinite_becomes_null_with_a_reason,
    test_strict_errors, test_position_of_a_syntax_error,
    test_unknown_keys_are_skipped, test_truncation, test_out_of_memory)
