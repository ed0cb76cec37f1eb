#include "check_main.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "plots/axis.h"
#include "plots/font.h"

#define MINUS "\xE2\x88\x92"
#define NBSP  "\xC2\xA0"
#define DOTS  "\xE2\x80\xA6"

static void expect_ticks(
    double lo, double hi, int target, int n, const double *want)
{
    struct plt_ticks t;

    plt_ticks_linear(lo, hi, target, false, &t);
    ck_assert_int_eq(t.n, n);
    for (int i = 0; i < n; i++)
        ck_assert_double_eq_tol(t.at[i], want[i], 1e-9 * (hi - lo));
}

/* Truth: the documented examples of the authors' R package 'labeling',
 * extended(8.1, 14.1, 4) = 8 10 12 14 and extended(0, 100, 5) = 0 25 ... */
START_TEST(published_examples)
{
    expect_ticks(8.1, 14.1, 4, 4, (const double[]){8, 10, 12, 14});
    expect_ticks(0.0, 100.0, 5, 5, (const double[]){0, 25, 50, 75, 100});
    expect_ticks(-100.0, 100.0, 5, 5, (const double[]){-100, -50, 0, 50, 100});
}
END_TEST

/* A fixed linear congruential generator: the tests need variety, not quality.
 */
static double next(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (double)(*state >> 11) / 9007199254740992.0;
}

/* By definition: even steps, ends beyond the data, labels that differ and
 * read back as the tick. */
START_TEST(covering_ticks)
{
    uint64_t state = 1;

    for (int k = 0; k < 2000; k++) {
        const double size = pow(10.0, -8.0 + 16.0 * next(&state));
        const double lo = (next(&state) - 0.5) * size;
        const double hi = lo + next(&state) * size + size * 1e-3;
        struct plt_ticks t;
        char last[64] = "";
        plt_ticks_linear(lo, hi, 2 + k % 8, true, &t);
        ck_assert_int_ge(t.n, 2);
        ck_assert_int_le(t.n, PLT_MAX_TICKS);
        const double step = t.at[1] - t.at[0];
        ck_assert_double_le(t.at[0], lo + step * 1e-5);
        ck_assert_double_ge(t.at[t.n - 1], hi - step * 1e-5);
        for (int i = 0; i < t.n; i++) {
            char s[64];
            ck_assert_double_eq_tol(t.at[i], t.at[0] + i * step, step * 1e-6);
            plt_format_fixed(s, sizeof s, t.at[i], t.decimals);
            ck_assert_str_ne(s, last);
            strcpy(last, s);
        }
    }
}
END_TEST

START_TEST(odd_ranges)
{
    const double ranges[][2] = {{0, 0}, {5, 5}, {-3, -3}, {1e300, 1e308},
        {-1e308, 1e308}, {1e15, 1e15 + 1}, {1e-300, 2e-300}, {7, 3},
        {0, 4.9e-324}};

    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
        struct plt_ticks t;
        plt_ticks_linear(ranges[i][0], ranges[i][1], 5, true, &t);
        ck_assert_int_ge(t.n, 2);
        for (int k = 0; k < t.n; k++) {
            ck_assert(isfinite(t.at[k]));
            ck_assert(k == 0 || t.at[k] > t.at[k - 1]);
        }
    }
}
END_TEST

START_TEST(log_ticks)
{
    const double want[] = {2, 5, 10, 20, 50, 100, 200};
    struct plt_ticks t;

    plt_ticks_log(1.7, 230.0, 12, &t);
    ck_assert_int_eq(t.n, 7);
    for (int i = 0; i < 7; i++)
        ck_assert_double_eq_tol(t.at[i], want[i], 1e-9);
    plt_ticks_log(1e-3, 1e6, 12, &t); /* ten decades: powers of ten only */
    ck_assert_int_eq(t.n, 10);
    ck_assert_double_eq_tol(t.at[0], 1e-3, 1e-12);
    plt_ticks_log(1e-200, 1e200, 12, &t); /* every so many decades */
    ck_assert_int_ge(t.n, 2);
    ck_assert_int_le(t.n, 12);
    ck_assert_double_eq_tol(plt_log_floor(37.0), 20.0, 1e-9);
    ck_assert_double_eq_tol(plt_log_ceil(37.0), 50.0, 1e-9);
    ck_assert_double_eq_tol(plt_log_floor(1000.0), 1000.0, 1e-9);
    ck_assert_double_eq_tol(plt_log_ceil(1000.0), 1000.0, 1e-9);
    ck_assert_double_eq_tol(plt_log_ceil(0.51), 1.0, 1e-12);
}
END_TEST

START_TEST(scales)
{
    const struct plt_scale linear = {0, 10, 400, 100, false};
    const struct plt_scale log = {1, 100, 0, 200, true};

    ck_assert_double_eq_tol(plt_scale_at(&linear, 2.5), 325.0, 1e-9);
    ck_assert_double_eq_tol(plt_scale_at(&log, 10.0), 100.0, 1e-9);
    ck_assert(isfinite(plt_scale_at(&log, -1.0)));
}
END_TEST

static void expect_digits(double v, int digits, const char *want)
{
    char s[64];

    plt_format_digits(s, sizeof s, v, digits);
    ck_assert_str_eq(s, want);
}

START_TEST(numbers)
{
    char s[64];

    plt_format_fixed(s, sizeof s, -1234.5, 2);
    ck_assert_str_eq(s, MINUS "1,234.50");
    plt_format_fixed(s, sizeof s, -0.001, 1); /* no minus zero */
    ck_assert_str_eq(s, "0.0");
    plt_format_fixed(s, sizeof s, 1e6, 0);
    ck_assert_str_eq(s, "1,000,000");
    plt_format_fixed(s, sizeof s, 999.0, 0);
    ck_assert_str_eq(s, "999");
    expect_digits(12.345, 3, "12.3");
    expect_digits(9.996, 3, "10.0");
    expect_digits(0.04567, 3, "0.0457");
    expect_digits(1234.5, 3, "1,234");
    expect_digits(0.0, 3, "0");
    expect_digits(1.5e20, 3, "1.5e+20");
    plt_format_short(s, sizeof s, 50.0);
    ck_assert_str_eq(s, "50");
    plt_format_short(s, sizeof s, 0.1 + 0.2);
    ck_assert_str_eq(s, "0.3");
    plt_format_ms(s, sizeof s, 32.44);
    ck_assert_str_eq(s, "32.4" NBSP "ms");
    plt_format_ms(s, sizeof s, 0.412);
    ck_assert_str_eq(s, "0.41" NBSP "ms");
    plt_format_ms(s, sizeof s, 12345.0);
    ck_assert_str_eq(s, "12.3" NBSP "s");
}
END_TEST

START_TEST(si_prefixes)
{
    const struct {
        double max, divisor;
        const char *prefix;
    } rows[] = {{999, 1, ""}, {1000, 1e3, "k"}, {2.5e6, 1e6, "M"},
        {1e9, 1e9, "G"}, {1e30, 1e15, "P"}, {0, 1, ""}};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *prefix;
        ck_assert_double_eq(plt_si(rows[i].max, &prefix), rows[i].divisor);
        ck_assert_str_eq(prefix, rows[i].prefix);
    }
}
END_TEST

/* Truth: the font's own table, e.g. 'A' 1401, 'V' 1401, '0' 1303 units of
 * 2048, read from the file with another program. */
START_TEST(widths)
{
    ck_assert_double_eq_tol(
        plt_text_width("AV0", 20.48, false), 14.01 * 2 + 13.03, 1e-9);
    ck_assert_double_eq_tol(plt_text_width("0", 20.48, true), 14.25, 1e-9);
    ck_assert_double_eq_tol(plt_text_width(MINUS, 20.48, false), 17.16, 1e-9);
    ck_assert_double_eq_tol(
        plt_text_width("e\xCC\x81", 20.48, false), 12.60, 1e-9);
    ck_assert_double_gt(plt_text_width("\xFF\xC0", 10.0, false), 0.0);
}
END_TEST

START_TEST(fitting)
{
    char s[64], lines[2][64];

    plt_text_fit(s, sizeof s, "hyperscale", 10.0, false, 1000.0);
    ck_assert_str_eq(s, "hyperscale");
    const double w = plt_text_fit(s, sizeof s, "hyperscale", 10.0, false, 40.0);
    ck_assert_double_le(w, 40.0);
    ck_assert_ptr_nonnull(strstr(s, DOTS));
    plt_text_fit(s, 8, "\xE2\x82\xAC\xE2\x82\xAC\xE2\x82\xAC", 10, false, 1e3);
    ck_assert_str_eq(s, "\xE2\x82\xAC" DOTS); /* never half a character */
    plt_text_fit(s, sizeof s, "x", 10.0, false, -5.0);
    ck_assert_str_eq(s, DOTS);
    ck_assert_int_eq(
        plt_text_wrap(lines[0], 64, 2, "aa bb cc dd", 10.0, false, 32.0), 2);
    ck_assert_str_eq(lines[0], "aa bb");
    ck_assert_str_eq(lines[1], "cc dd");
    ck_assert_int_eq(plt_text_wrap(lines[0], 64, 2, "", 10.0, false, 30.0), 0);
    ck_assert_int_eq(plt_text_wrap(lines[0], 64, 2, "aaaaaaaaaaaaaaaaaaaaaaaa",
                         10.0, false, 30.0),
        2);
}
END_TEST

TEST_MAIN("plots/axis", published_examples, covering_ticks, odd_ranges,
    log_ticks, scales, numbers, si_prefixes, widths, fitting)
