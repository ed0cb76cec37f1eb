/* The comparison as text, Markdown and CSV.  Truths: the golden files beside
 * this source, read by a person (REP_UPDATE=1 rewrites them); number formats
 * by the rules in number.h. */
#include "reports/table.h"

#include <stdio.h>
#include <stdlib.h>

#include "check_main.h"
#include "fixture.h"
#include "reports/findings.h"
#include "reports/flat.h"
#include "reports/number.h"
#include "reports/summary.h"
#include "sim/alloc.h"

static struct sim_text rendered(
    const struct res_run *run, int format, bool color)
{
    struct sim_text text = {0};

    ck_assert_int_eq(
        rep_comparison_table(run, format, color, &text, NULL), SIM_OK);
    return text;
}

static void check_golden(const char *path, const struct sim_text *text)
{
    struct sim_text due = {0};
    char block[4096];
    size_t n;
    FILE *file;

    if (getenv("REP_UPDATE") != NULL) {
        file = fopen(path, "wb");
        ck_assert_ptr_nonnull(file);
        fwrite(text->data, 1, text->len, file);
        fclose(file);
    }
    file = fopen(path, "rb");
    ck_assert_msg(file != NULL, "no %s (run from the top folder)", path);
    while ((n = fread(block, 1, sizeof block, file)) > 0)
        sim_text_add_n(&due, block, n);
    fclose(file);
    ck_assert_str_eq(sim_text_str(text), sim_text_str(&due));
    sim_text_release(&due);
}

START_TEST(test_golden_text)
{
    struct fx_options o = fx_default;
    o.n_deployments = 6;
    struct res_run *run = fx_run(&o);
    struct sim_text text = rendered(run, REP_FORMAT_TABLE, false);

    check_golden("tests/reports/comparison.txt", &text);
    sim_text_release(&text);
    res_run_destroy(run);
}
END_TEST

START_TEST(test_golden_markdown)
{
    struct res_run *run = fx_run(&fx_default);
    struct sim_text text = rendered(run, REP_FORMAT_MARKDOWN, false);

    check_golden("tests/reports/comparison.md", &text);
    sim_text_release(&text);
    res_run_destroy(run);
}
END_TEST

START_TEST(test_width)
{
    struct fx_options o = fx_default;

    for (o.n_deployments = 1; o.n_deployments <= 6; o.n_deployments++) {
        struct res_run *run = fx_run(&o);
        struct sim_text text = rendered(run, REP_FORMAT_TABLE, false);
        for (char *s = text.data; *s != '\0';) {
            char *end = strchr(s, '\n');
            *end = '\0';
            ck_assert_msg(rep_width(s) <= 100, "%d: %s", rep_width(s), s);
            s = end + 1;
        }
        sim_text_release(&text);
        res_run_destroy(run);
    }
}
END_TEST

/* Nothing of the scenario reaches a terminal as a control sequence, and no
 * Markdown of its own makes a link, a tag or a cell. */
START_TEST(test_hostile_text)
{
    struct fx_options o = fx_default;
    o.text = "\x1b[31m\r\n\xe2\x80\xae|<b>[x](http://e)`\xff";
    struct res_run *run = fx_run(&o);
    struct sim_text text = rendered(run, REP_FORMAT_TABLE, false);

    ck_assert_ptr_null(strchr(text.data, '\x1b'));
    ck_assert_ptr_null(strchr(text.data, '\r'));
    ck_assert_ptr_null(strstr(text.data, "\xe2\x80\xae"));
    sim_text_release(&text);
    text = rendered(run, REP_FORMAT_MARKDOWN, false);
    ck_assert_ptr_null(strstr(text.data, "[x]("));
    ck_assert_ptr_null(strstr(text.data, "|<b>"));
    ck_assert_ptr_nonnull(strstr(text.data, "\\|\\<b\\>\\[x\\]"));
    sim_text_release(&text);
    res_run_destroy(run);
}
END_TEST

START_TEST(test_color_marks_only_the_best)
{
    struct res_run *run = fx_run(&fx_default);
    struct sim_text text = rendered(run, REP_FORMAT_TABLE, true);
    const char *row = strstr(text.data, "Latency p95");
    const char *bold = strstr(row, "\x1b[1m");

    /* the closet's 22.8 ms is the smallest */
    ck_assert_ptr_nonnull(bold);
    ck_assert_int_eq(strncmp(bold, "\x1b[1m22.8", 8), 0);
    ck_assert_ptr_null(strstr(text.data, "* "));
    sim_text_release(&text);
    res_run_destroy(run);
}
END_TEST

START_TEST(test_numbers)
{
    static const struct {
        double value;
        int decimals;
        const char *text;
    } cases[] = {{0, 0, "0"}, {-0.0, 2, "0.00"}, {-0.004, 2, "0.00"},
        {999.5, 0, "1,000"}, {1234567.891, 1, "1,234,567.9"},
        {-1234.5, 1, "-1,234.5"}, {100, 0, "100"}, {1000, 0, "1,000"},
        {NAN, 2, "n/a"}, {INFINITY, 2, "n/a"}};
    char buf[64];

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        rep_number(buf, sizeof buf, cases[i].value, cases[i].decimals);
        ck_assert_str_eq(buf, cases[i].text);
    }
    rep_number(buf, 4, 123456, 0);
    ck_assert_str_eq(buf, "123");
    rep_number(buf, sizeof buf, 1e300, 9);
    const struct res_estimate est = {41.83, 0.42, 8, NULL};
    rep_estimate(buf, sizeof buf, &est, 1);
    ck_assert_str_eq(buf, "41.8 \xC2\xB1 0.4");
    rep_estimate(buf, sizeof buf, &est, 0);
    ck_assert_str_eq(buf, "42"); /* 0.42 rounds to nothing */
    ck_assert_int_eq(rep_decimals(0.0123, 3, 6), 4);
    ck_assert_int_eq(rep_decimals(4567, 3, 6), 0);
    ck_assert_int_eq(rep_decimals(1e-9, 3, 4), 4);
    ck_assert_str_eq(rep_money_scale(9999).prefix, "");
    ck_assert_str_eq(rep_money_scale(-1e4).prefix, "k");
    ck_assert_str_eq(rep_money_scale(1e7).prefix, "M");
}
END_TEST

START_TEST(test_csv)
{
    struct fx_options o = fx_default;
    o.n_deployments = 1;
    struct res_run *run = fx_run(&o);
    struct sim_text text = rendered(run, REP_FORMAT_CSV, false);
    int lines = 0;

    for (const char *s = text.data; *s != '\0'; s++)
        lines += *s == '\n';
    ck_assert_int_eq(lines, run->n_metrics + 1);
    ck_assert_ptr_nonnull(
        strstr(text.data, "\nhyperscale,class.detect,latency.p95,160,ms,"));
    /* undefined: empty cells; negative numbers stay numbers */
    ck_assert_ptr_nonnull(
        strstr(text.data, "\nhyperscale,,latency.p999,,ms,,0\n"));
    ck_assert_ptr_nonnull(strstr(text.data, "\nhyperscale,,tco.tax,-"));
    sim_text_release(&text);
    ck_assert_int_eq(rep_series_csv(run, &text, NULL), SIM_OK);
    ck_assert_ptr_nonnull(strstr(text.data, "\nhyperscale.latency.cdf,"));
    sim_text_release(&text);
    res_run_destroy(run);
}
END_TEST

/* A name that a spreadsheet would run as a formula. */
START_TEST(test_csv_injection)
{
    struct res_run *run = NULL;
    struct sim_text text = {0};

    ck_assert_int_eq(res_run_create(&run, NULL), SIM_OK);
    ck_assert_int_eq(
        res_put_raw(run, "=1+1\"", "@unit", res_exact(-5)), SIM_OK);
    res_run_finish(run);
    ck_assert_int_eq(rep_metrics_csv(run, &text, NULL), SIM_OK);
    ck_assert_ptr_nonnull(
        strstr(text.data, "\n,,\"'=1+1\"\"\",-5,\"'@unit\",,0\n"));
    sim_text_release(&text);
    res_run_destroy(run);
}
END_TEST

START_TEST(test_findings_of_thin_runs)
{
    struct res_run *run = NULL;
    struct sim_text text = {0};

    ck_assert_int_eq(res_run_create(&run, NULL), SIM_OK);
    res_run_finish(run);
    rep_findings(run, &text);
    ck_assert_str_eq(sim_text_str(&text), "");
    for (int f = REP_FORMAT_TABLE; f <= REP_FORMAT_JSON; f++) {
        struct sim_text out = rendered(run, f, false);
        sim_text_release(&out);
    }
    res_run_destroy(run);
    sim_text_release(&text);
}
END_TEST

START_TEST(test_overlapping_intervals_are_told)
{
    struct fx_options o = fx_default;
    o.n_deployments = 2;
    struct res_run *run = fx_run(&o);
    struct sim_text text = {0};

    for (int i = 0; i < run->n_metrics; i++) {
        if (strstr(run->metrics[i].name, ".latency.p95") != NULL)
            run->metrics[i].est.half_width = 80;
    }
    rep_findings(run, &text);
    ck_assert_ptr_nonnull(
        strstr(text.data, "169.1 \xC2\xB1 80.0 (the intervals"));
    sim_text_release(&text);
    res_run_destroy(run);
}
END_TEST

/* The closet is fastest, regional cheapest, edge and closet meet the objective
 * (test_golden_text); a deployment without a steady state is none of it. */
START_TEST(test_unstable_is_best_at_nothing)
{
    struct res_run *run = fx_run(&fx_default);
    struct sim_text text = {0};

    run->deployments[1].unstable = run->deployments[3].unstable = true;
    rep_findings(run, &text);
    ck_assert_ptr_nonnull(strstr(text.data, "Cheapest: hyperscale, "));
    ck_assert_ptr_nonnull(strstr(text.data, "Fastest: edge, 36.1 "));
    ck_assert_ptr_nonnull(strstr(text.data,
        "is met by edge (98.1 %); not by hyperscale (62.0 %), regional "
        "(unstable), closet (unstable).\n"));
    ck_assert_ptr_nonnull(
        strstr(text.data, "\nUnstable: regional, closet; the offered"));
    sim_text_release(&text);
    text = rendered(run, REP_FORMAT_TABLE, false);
    ck_assert_ptr_nonnull(strstr(text.data, "unstable                          "
                                            "unstable\nRequests offered"));
    ck_assert_ptr_nonnull(strstr(text.data, "36.1 \xC2\xB1 0.4*"));
    ck_assert_ptr_nonnull(strstr(text.data, "yes*        unstable\n"));
    sim_text_release(&text);
    text = rendered(run, REP_FORMAT_MARKDOWN, false);
    ck_assert_ptr_nonnull(
        strstr(text.data, "| edge | closet (unstable) | unit |"));
    sim_text_release(&text);
    res_run_destroy(run);
}
END_TEST

/* Rows of a study of availability alone; a row without any value is left
 * out. */
START_TEST(test_nothing_arrives)
{
    struct res_run *run = NULL;
    struct sim_text text = {0};

    ck_assert_int_eq(res_run_create(&run, NULL), SIM_OK);
    run->n_deployments = 1;
    run->deployments =
        sim_arena_calloc(&run->arena, 1, sizeof *run->deployments);
    run->deployments[0].name = "d";
    ck_assert_int_eq(res_put(run, "d", "availability", res_exact(0.5)), 0);
    ck_assert_int_eq(res_put(run, "d", "uptime", res_exact(0.5)), 0);
    ck_assert_int_eq(
        res_put(run, "d", "downtime_h_per_year", res_exact(4380)), 0);
    ck_assert_int_eq(res_put(run, "d", "capacity.mean", res_exact(0.25)), 0);
    ck_assert_int_eq(
        res_put(run, "d", "capacity.p_total_loss", res_exact(0.5)), 0);
    ck_assert_int_eq(res_put(run, "d", "sites_up.mean", res_exact(2)), 0);
    ck_assert_int_eq(
        res_put(run, "d", "time_to_service", res_undefined("no")), 0);
    res_run_finish(run);
    text = rendered(run, REP_FORMAT_TABLE, false);
    ck_assert_str_eq(sim_text_str(&text),
        "\n"
        "                                    d\n"
        "Uptime                         50.000  %\n"
        "Downtime                     4,380.00  h/year\n"
        "Capacity, mean                 25.000  %\n"
        "Total loss                     50.000  % of time\n"
        "Sites up, mean                  2.000\n");
    sim_text_release(&text);
    res_run_destroy(run);
}
END_TEST

START_TEST(test_out_of_memory)
{
    struct res_run *run = fx_run(&fx_default);

    for (int f = REP_FORMAT_TABLE; f <= REP_FORMAT_CSV; f++) {
        int rc = SIM_E_NOMEM;
        for (long n = 1; rc != SIM_OK; n++) {
            struct sim_text out = {0};
            sim_alloc_fail_at(n, 0);
            rc = rep_comparison_table(run, f, true, &out, NULL);
            sim_alloc_fail_at(0, 0);
            ck_assert(rc == SIM_OK || rc == SIM_E_NOMEM);
            sim_text_release(&out);
        }
    }
    res_run_destroy(run);
}
END_TEST

TEST_MAIN("reports/table", test_golden_text, test_golden_markdown, test_width,
    test_hostile_text, test_color_marks_only_the_best, test_numbers, test_csv,
    test_csv_injection, test_findings_of_thin_runs,
    test_overlapping_intervals_are_told, test_unstable_is_best_at_nothing,
    test_nothing_arrives, test_out_of_memory)
