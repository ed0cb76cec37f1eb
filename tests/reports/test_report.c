/* report.xlsx as far as C can judge it: bytes, errors, names.  The parts are
 * unpacked and recalculated by check_workbook.sh and check_recalc.sh, for
 * which this program writes books into the folder REP_BOOKS. */
#include "reports/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "check_main.h"
#include "fixture.h"
#include "reports/book.h"
#include "sim/alloc.h"
#include "sim/text.h"

static const char hostile[] =
    "=cmd|'/c calc'!A1 http://evil.example/ <b>&amp;\" \x1b[31m\xe2\x80\xae "
    "\xff\x01";

static int write_book(
    const struct fx_options *o, const char *path, struct sim_err *err)
{
    struct res_run *run = fx_run(o);
    const struct rep_options options = {
        .path = path, .command = "sitesim run four-tiers.yaml"};
    const int rc = rep_report_write(run, &options, err);

    res_run_destroy(run);
    return rc;
}

static struct sim_text file_text(const char *path)
{
    struct sim_text text = {0};
    char block[4096];
    FILE *file = fopen(path, "rb");
    size_t n;

    ck_assert_ptr_nonnull(file);
    while ((n = fread(block, 1, sizeof block, file)) > 0)
        sim_text_add_n(&text, block, n);
    fclose(file);
    return text;
}

static const char *scratch(char *buf, size_t size, const char *name)
{
    const char *dir = getenv("BUILD"); /* as tests/run.sh sets it */

    snprintf(buf, size, "%s/rep-%ld-%s", dir != NULL ? dir : "build",
        (long)getpid(), name);
    return buf;
}

START_TEST(test_equal_bytes)
{
    char a[128], b[128];

    scratch(a, sizeof a, "a.xlsx");
    scratch(b, sizeof b, "b.xlsx");
    setenv("TZ", "UTC", 1);
    tzset();
    ck_assert_int_eq(write_book(&fx_default, a, NULL), SIM_OK);
    setenv("TZ", "Asia/Kolkata", 1);
    tzset();
    ck_assert_int_eq(write_book(&fx_default, b, NULL), SIM_OK);
    struct sim_text x = file_text(a), y = file_text(b);
    ck_assert_uint_eq(x.len, y.len);
    ck_assert_mem_eq(x.data, y.data, x.len);
    sim_text_release(&x);
    sim_text_release(&y);
    remove(a);
    remove(b);
}
END_TEST

START_TEST(test_unwritable_place)
{
    struct sim_err err = {0};

    ck_assert_int_eq(
        write_book(&fx_default, "/nonexistent/x.xlsx", &err), SIM_E_IO);
    ck_assert_ptr_nonnull(
        strstr(err.text, "cannot write '/nonexistent/x.xlsx': No such"));
    ck_assert_int_eq(write_book(&fx_default, ".", &err), SIM_E_IO);
}
END_TEST

/* Studies without money, without deployments, with odd deployments. */
START_TEST(test_thin_runs)
{
    char path[128];
    struct res_run *run = fx_run(&fx_default);
    const struct rep_options options = {
        .path = scratch(path, sizeof path, "thin.xlsx")};

    for (int d = 0; d < run->n_deployments; d++)
        run->deployments[d].ledger = NULL;
    ck_assert_int_eq(rep_report_write(run, &options, NULL), SIM_OK);
    run->n_deployments = 0;
    ck_assert_int_eq(rep_report_write(run, &options, NULL), SIM_OK);
    res_run_destroy(run);
    ck_assert_int_eq(res_run_create(&run, NULL), SIM_OK);
    res_run_finish(run);
    ck_assert_int_eq(rep_report_write(run, &options, NULL), SIM_OK);
    res_run_destroy(run);
    remove(path);
}
END_TEST

START_TEST(test_out_of_memory)
{
    char path[128];
    struct fx_options o = fx_default;
    o.n_deployments = 1;
    struct res_run *run = fx_run(&o);
    const struct rep_options options = {
        .path = scratch(path, sizeof path, "oom.xlsx")};
    int rc = SIM_E_NOMEM, tries = 0;

    for (long n = 1; rc != SIM_OK; n++, tries++) {
        sim_alloc_fail_at(n, 1);
        rc = rep_report_write(run, &options, NULL);
        sim_alloc_fail_at(0, 0);
        ck_assert(rc == SIM_OK || rc == SIM_E_NOMEM);
    }
    ck_assert_int_gt(tries, 3);
    res_run_destroy(run);
    remove(path);
}
END_TEST

/* A1 .. XFD1048576 and R1C1 forms are references; digits may not lead. */
START_TEST(test_legal_names)
{
    static const struct {
        const char *from, *to;
    } names[] = {{"finance.discount", "finance.discount"}, {"A1", "_A1"},
        {"xfd12", "_xfd12"}, {"R1C1", "_R1C1"}, {"r", "_r"}, {"RC", "_RC"},
        {"my name", "my_name"}, {"9lives", "_9lives"}, {"a-b[0]", "a_b_0_"},
        {"", "_"}, {"caf\xc3\xa9", "caf__"}, {"abcd1", "abcd1"}};
    char buf[64];

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        rep_legal_name(buf, sizeof buf, names[i].from);
        ck_assert_str_eq(buf, names[i].to);
    }
}
END_TEST

START_TEST(test_sheet_names)
{
    static const struct {
        const char *from, *to;
    } names[] = {{"Inputs", "Inputs"}, {"inputs", "inputs 2"},
        {"a[b]:c*d?e/f\\g'h", "a_b__c_d_e_f_g_h"},
        {"TCO a-deployment-with-a-very-long-name-indeed-one",
            "TCO a-deployment-with-a-very-lo"},
        {"TCO a-deployment-with-a-very-long-name-indeed-two",
            "TCO a-deployment-with-a-very- 2"},
        {"History", "History 2"}, {"", "Sheet"},
        {"caf\xc3\xa9", "caf\xc3\xa9"}};
    char path[128];
    struct rep_book *book = NULL;

    ck_assert_int_eq(
        rep_book_open(scratch(path, sizeof path, "n.xlsx"), 1, &book, NULL),
        SIM_OK);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        ck_assert_str_eq(
            rep_book_sheet(book, names[i].from)->name, names[i].to);
    ck_assert_int_eq(rep_book_close(book, NULL), SIM_OK);
    remove(path);
}
END_TEST

/* Books for the shell tests. */
START_TEST(test_books)
{
    static const struct {
        const char *name;
        struct fx_options options;
    } books[] = {{"year-end", {4, RES_YEAR_END, 5, 0.08, "", 0}},
        {"mid-year", {4, RES_MID_YEAR, 7, 0.08, "", 0}},
        {"month-end", {2, RES_MONTH_END, 5, 0.08, "", 0}},
        {"undiscounted", {2, RES_YEAR_END, 5, 0, "", 0}},
        {"truth-low", {4, RES_YEAR_END, 5, 0.08, "", -1}},
        {"truth-high", {4, RES_YEAR_END, 5, 0.08, "", 1}},
        {"hostile", {6, RES_YEAR_END, 10, 0.08, hostile, 0}}};
    const char *dir = getenv("REP_BOOKS");
    char path[512];

    for (size_t i = 0; dir != NULL && i < sizeof books / sizeof books[0]; i++) {
        snprintf(path, sizeof path, "%s/%s.xlsx", dir, books[i].name);
        ck_assert_int_eq(write_book(&books[i].options, path, NULL), SIM_OK);
    }
}
END_TEST

TEST_MAIN("reports/report", test_equal_bytes, test_unwritable_place,
    test_thin_runs, test_out_of_memory, test_legal_names, test_sheet_names,
    test_books)
