/* Truth: the contract in sim/err.h and the exit statuses of the manual. */
#include "sim/err.h"

#include <string.h>

#include "check_main.h"

START_TEST(test_set)
{
    struct sim_err err = {0};

    ck_assert_int_eq(
        sim_err_set(&err, SIM_E_IO, "cannot open '%s': %d", "a.yaml", 7),
        SIM_E_IO);
    ck_assert_int_eq(err.code, SIM_E_IO);
    ck_assert_str_eq(err.text, "cannot open 'a.yaml': 7");
    ck_assert_int_eq(sim_err_set(NULL, SIM_E_RANGE, "x"), SIM_E_RANGE);
}
END_TEST

START_TEST(test_wrap)
{
    struct sim_err err = {0};

    ck_assert_int_eq(sim_err_set(&err, SIM_E_INPUT, "fault"), SIM_E_INPUT);
    ck_assert_int_eq(
        sim_err_wrap(&err, SIM_E_INPUT, "tier '%s'", "edge"), SIM_E_INPUT);
    ck_assert_int_eq(sim_err_wrap(&err, SIM_E_INPUT, "load"), SIM_E_INPUT);
    ck_assert_str_eq(err.text, "load: tier 'edge': fault");
    ck_assert_int_eq(err.code, SIM_E_INPUT);
    /* nothing was set: the default text stands in */
    err = (struct sim_err){0};
    ck_assert_int_eq(sim_err_wrap(&err, SIM_E_NOMEM, "results"), SIM_E_NOMEM);
    ck_assert_str_eq(err.text, "results: out of memory");
    ck_assert_int_eq(sim_err_wrap(NULL, SIM_E_IO, "x"), SIM_E_IO);
}
END_TEST

START_TEST(test_long_messages_are_cut)
{
    char longer[2000];
    struct sim_err err = {0};

    memset(longer, 'a', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    ck_assert_int_eq(sim_err_set(&err, SIM_E_IO, "%s", longer), SIM_E_IO);
    ck_assert_uint_eq(strlen(err.text), sizeof err.text - 1);
    ck_assert_int_eq(sim_err_wrap(&err, SIM_E_IO, "context"), SIM_E_IO);
    ck_assert_uint_eq(strlen(err.text), sizeof err.text - 1);
    ck_assert_int_eq(strncmp(err.text, "context: aaa", 12), 0);
    ck_assert_int_eq(sim_err_wrap(&err, SIM_E_IO, "%s", longer), SIM_E_IO);
    ck_assert_uint_eq(strlen(err.text), sizeof err.text - 1);
}
END_TEST

START_TEST(test_table)
{
    static const struct {
        int code, status;
        const char *name;
    } rows[] = {
        {SIM_OK, 0, "SIM_OK"},
        {SIM_E_USAGE, 2, "SIM_E_USAGE"},
        {SIM_E_INPUT, 3, "SIM_E_INPUT"},
        {SIM_E_LIMIT, 3, "SIM_E_LIMIT"},
        {SIM_E_RANGE, 4, "SIM_E_RANGE"},
        {SIM_E_IO, 4, "SIM_E_IO"},
        {SIM_E_NOMEM, 4, "SIM_E_NOMEM"},
        {SIM_E_INTERNAL, 4, "SIM_E_INTERNAL"},
        {SIM_E_INTERRUPTED, 5, "SIM_E_INTERRUPTED"},
        {-999, 4, "SIM_E_INTERNAL"},
        {12, 4, "SIM_E_INTERNAL"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        ck_assert_str_eq(sim_err_name(rows[i].code), rows[i].name);
        ck_assert_int_eq(sim_err_exit_status(rows[i].code), rows[i].status);
        ck_assert_uint_gt(strlen(sim_err_text(rows[i].code)), 0);
    }
}
END_TEST

START_TEST(test_bug_on)
{
    int calls = 0;

    SIM_BUG_ON(calls++ > 0); /* evaluated once, and here harmless */
    ck_assert_int_eq(calls, 1);
}
END_TEST

TEST_MAIN("sim/err", test_set, test_wrap, test_long_messages_are_cut,
    test_table, test_bug_on)
