/* Truth: RFC 8259 (JSON), XML 1.0, RFC 4180 (CSV), the Unicode standard's
 * table of well-formed UTF-8. */
#include "sim/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check_main.h"
#include "sim/alloc.h"

static void expect(struct sim_text *text, const char *want)
{
    ck_assert(sim_text_ok(text));
    ck_assert_str_eq(sim_text_str(text), want);
    sim_text_release(text);
}

START_TEST(test_append)
{
    struct sim_text text = {0};

    ck_assert_str_eq(sim_text_str(&text), "");
    sim_text_add(&text, "");
    ck_assert_str_eq(sim_text_str(&text), "");
    sim_text_add(&text, "ab");
    sim_text_add_n(&text, "cdef", 2);
    sim_text_add_char(&text, '-');
    sim_text_printf(&text, "%03d %s", 7, "x");
    ck_assert_uint_eq(text.len, 10);
    expect(&text, "abcd-007 x");
    ck_assert_ptr_null(text.data);
}
END_TEST

START_TEST(test_growth)
{
    struct sim_text text = {0};

    for (int i = 0; i < 100000; i++)
        sim_text_add_char(&text, (char)('a' + i % 26));
    sim_text_printf(&text, "%5000d", 1);
    ck_assert(sim_text_ok(&text));
    ck_assert_uint_eq(text.len, 105000);
    ck_assert_uint_eq(strlen(sim_text_str(&text)), 105000);
    for (int i = 0; i < 100000; i++)
        ck_assert_int_eq(text.data[i], 'a' + i % 26);
    sim_text_release(&text);
}
END_TEST

START_TEST(test_json)
{
    static const char *const table[][2] = {
        {"plain", "plain"},
        {"a\"b\\c", "a\\\"b\\\\c"},
        {"\n\t\x01\x7f", "\\u000a\\u0009\\u0001\\u007f"},
        {"M\xC3\xBCnchen \xE2\x82\xAC \xF0\x9F\x9A\x80",
            "M\xC3\xBCnchen \xE2\x82\xAC \xF0\x9F\x9A\x80"},
        /* lone continuation, overlong, surrogate, above U+10FFFF, cut */
        {"x\x80y", "x\xEF\xBF\xBDy"},
        {"\xC0\xAF", "\xEF\xBF\xBD\xEF\xBF\xBD"},
        {"\xED\xA0\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
        {"\xF4\x90\x80\x80",
            "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
        {"\xE2\x82", "\xEF\xBF\xBD\xEF\xBF\xBD"},
    };

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct sim_text text = {0};
        sim_text_add_json(&text, table[i][0]);
        expect(&text, table[i][1]);
    }
}
END_TEST

START_TEST(test_xml)
{
    struct sim_text text = {0};

    sim_text_add_xml(&text, "<a href=\"x\">'&'</a>\n\x02");
    expect(&text, "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;\n"
                  "\xEF\xBF\xBD");
}
END_TEST

START_TEST(test_csv)
{
    static const char *const table[][2] = {
        {"plain text", "plain text"},
        {"", ""},
        {"a,b", "\"a,b\""},
        {"say \"hi\"", "\"say \"\"hi\"\"\""},
        {"two\nlines", "\"two\nlines\""},
        {"=1+1", "\"'=1+1\""},
        {"@x", "\"'@x\""},
        {"-5", "\"'-5\""},
        {"a-5", "a-5"},
    };

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct sim_text text = {0};
        sim_text_add_csv(&text, table[i][0]);
        expect(&text, table[i][1]);
    }
}
END_TEST

START_TEST(test_double_reads_back)
{
    static const double values[] = {0.1, 1.0 / 3.0, 1e300, 5e-324, -2.5, 0.0,
        123456789.125, 1.7976931348623157e308};
    struct sim_text text = {0};

    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        sim_text_add_double(&text, values[i]);
        ck_assert_double_eq(strtod(sim_text_str(&text), NULL), values[i]);
        sim_text_release(&text);
    }
    sim_text_add_double(&text, (double)NAN);
    sim_text_add_char(&text, ' ');
    sim_text_add_double(&text, (double)-INFINITY);
    expect(&text, "null null");
}
END_TEST

START_TEST(test_failure_is_sticky)
{
    struct sim_text text = {0};

    sim_text_add(&text, "kept");
    sim_alloc_fail_at(1, 0);
    for (int i = 0; i < 300; i++)
        sim_text_add(&text, "x");
    sim_alloc_fail_at(0, 0);
    sim_text_add(&text, "after");
    ck_assert(!sim_text_ok(&text));
    ck_assert_int_eq(strncmp(sim_text_str(&text), "kept", 4), 0);
    ck_assert_ptr_null(strstr(sim_text_str(&text), "after"));
    sim_text_release(&text);
    ck_assert(sim_text_ok(&text));
}
END_TEST

TEST_MAIN("sim/text", test_append, test_growth, test_json, test_xml, test_csv,
    test_double_reads_back, test_failure_is_sticky)
