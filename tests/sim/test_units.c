/* Truth: definitions (SI, International Table Btu, US gallon, IEC prefixes)
 * and the rules of the manual, "Units". */
#include "sim/units.h"

#include <math.h>
#include <string.h>

#include "check_main.h"
#include "sim/param.h"
#include "sim/suggest.h"

static struct sim_unit parse(const char *text)
{
    struct sim_unit unit = {{0}, 0.0, 0.0, ""};
    struct sim_err err = {0};
    const int rc = sim_unit_parse(text, &unit, &err);

    ck_assert_msg(rc == SIM_OK, "'%s': %s", text, err.text);
    return unit;
}

static double convert(double x, const char *from, const char *to)
{
    const struct sim_unit a = parse(from), b = parse(to);

    ck_assert_msg(sim_unit_same_dim(&a, &b), "'%s' and '%s'", from, to);
    return sim_unit_convert(x, &a, &b);
}

START_TEST(test_conversions)
{
    static const struct {
        double x;
        const char *from, *to;
        double want;
    } table[] = {
        {15, "ms", "s", 0.015},
        {57, "ms", "s", 0.057}, /* 57 * 0.001 is not 0.057 */
        {1.5, "s", "us", 1.5e6},
        {3, "years", "h", 26280},
        {1, "month", "h", 730},
        {18, "months", "year", 1.5},
        {2, "weeks", "day", 14},
        {1, "GiB", "B", 1073741824},
        {8, "Gbit", "GB", 1},
        {1, "Gbps", "MB/s", 125},
        {100, "Mbps", "Mbit/s", 100},
        {12, "kWh", "MJ", 43.2},
        {1, "kW-month", "kWh", 730},
        {0.12, "USD/kWh", "USD/kWh", 0.12},
        {120, "USD/MWh", "USD/kWh", 0.12},
        {184, "USD/kW-month", "USD/kW/month", 184},
        {12.5, "MUSD", "USD", 12.5e6},
        {210, "kUSD/year", "USD/year", 210000},
        {3, "BUSD", "kUSD", 3e6},
        {85, "%", "1", 0.85},
        {0.5, "%/100ms", "1/s", 0.05},
        {25, "%/year", "1/year", 0.25},
        {400, "/s", "1/s", 400},
        {3600, "/h", "/s", 1},
        {9, "MMBtu", "Btu", 9e6},
        {1, "gal", "L", 3.785411784},
        {2, "t", "kg", 2000},
        {1, "lb", "g", 453.59237},
        {120, "USD/Mtok", "USD/tok", 0.00012},
        {7, "USD/server/year", "USD/year", 7},
        {7, "USD/GPU-h", "USD/h", 7},
        {1.2, "kg/kWh", "g/kWh", 1200},
        {0.37, "kgCO2e/kWh", "kg/kWh", 0.37},
        {5, "1", "", 5},
        {6, "us/km", "ms/km", 0.006},
    };

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        const double got = convert(table[i].x, table[i].from, table[i].to);
        /* multiples are exact; compounds may round in the last digit */
        ck_assert_double_eq_tol(got / table[i].want, 1.0, 3e-16);
    }
    ck_assert_double_eq(convert(57, "ms", "s"), 0.057);
    ck_assert_double_eq(convert(120, "USD/MWh", "USD/kWh"), 0.12);
    ck_assert_double_eq(convert(85, "%", "1"), 0.85);
    for (int i = 1; i < 1000; i++) {
        ck_assert_double_eq(convert(i, "ms", "s"), i / 1000.0);
        ck_assert_double_eq(convert(i, "us", "s"), i / 1e6);
        ck_assert_double_eq(convert(i, "ns", "ms"), i / 1e6);
        ck_assert_double_eq(convert(i, "MWh", "kWh"), i * 1000.0);
    }
}
END_TEST

START_TEST(test_temperature)
{
    ck_assert_double_eq(convert(77, "F", "C"), 25.0);
    ck_assert_double_eq_tol(convert(25, "C", "F"), 77.0, 1e-13);
    ck_assert_double_eq(convert(0, "C", "K"), 273.15);
    ck_assert_double_eq_tol(convert(-40, "F", "C"), -40.0, 1e-13);
    /* in compounds a temperature is a difference */
    ck_assert_double_eq_tol(convert(9, "W/F", "W/C"), 16.2, 1e-14);
    ck_assert_double_eq(convert(3, "kW/K", "kW/C"), 3.0);
}
END_TEST

START_TEST(test_dimensions)
{
    static const char *const pairs[][2] = {{"s", "B"}, {"USD", "EUR"},
        {"W", "J"}, {"MB", "Mbps"}, {"1", "s"}, {"USD/kWh", "USD/kW"},
        {"request", "tok"}, {"FTE", "1"}, {"m", "m3"}};

    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        const struct sim_unit a = parse(pairs[i][0]), b = parse(pairs[i][1]);
        ck_assert(!sim_unit_same_dim(&a, &b));
    }
    ck_assert_str_eq(parse("kEUR/year").currency, "EUR");
    ck_assert_str_eq(parse("ms").currency, "");
    const struct sim_unit ratio = parse("USD/kUSD"), one = parse("1");
    ck_assert(sim_unit_same_dim(&ratio, &one));
    ck_assert_double_eq(ratio.factor, 1e-3);
}
END_TEST

START_TEST(test_refused_units)
{
    static const char *const table[][2] = {
        {"mss", "unknown unit 'mss', did you mean 'ms'?"},
        {"KWh", "unknown unit 'KWh', did you mean 'kWh'?"},
        {"secs", "unknown unit 'secs'"},
        {"zzzzz", "unknown unit 'zzzzz'"},
        {"XUSD", "unknown unit 'XUSD', did you mean 'USD'?"},
        {"USD/EUR", "unit mixes the currencies USD and EUR"},
        {"server", "unit 'server' is a counting noun, expected only after '/'"},
        {"USD/", "unit ends or repeats '-' or '/', expected a name there"},
        {"kW-", "unit ends or repeats '-' or '/', expected a name there"},
        {"/", "unit ends or repeats '-' or '/', expected a name there"},
        {"m//s", "unit ends or repeats '-' or '/', expected a name there"},
        {"100ms", "unit starts with the number '100', expected a name"},
        {"%/1.2.3ms", "unit '1.2.3ms' is malformed, expected a number and a "
                      "name as in '100ms'"},
        {"%/100", "unit '100' is malformed, expected a number and a name as "
                  "in '100ms'"},
        {"%/0ms", "unit '0ms' is malformed, expected a number and a name as "
                  "in '100ms'"},
        {"aaaaaaaaaabbbbbbbbbbccccccccccdddddddddd",
            "unknown unit 'aaaaaaaaaabbbbbbbbbbccccccccccd...'"},
        {"m-m-m-m-m-m-m-m-m-m-m-m-m-m-m-m-m", "unit has more than 16 names"},
    };

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct sim_unit unit = {{7}, 42.0, 0.0, ""};
        struct sim_err err = {0};
        ck_assert_int_eq(sim_unit_parse(table[i][0], &unit, &err), SIM_E_INPUT);
        ck_assert_msg(strncmp(err.text, table[i][1], strlen(table[i][1])) == 0,
            "'%s': %s", table[i][0], err.text);
        ck_assert_double_eq(unit.factor, 42.0);
    }
    ck_assert_int_eq(
        sim_unit_parse("nope", &(struct sim_unit){{0}, 0, 0, ""}, NULL),
        SIM_E_INPUT);
}
END_TEST

START_TEST(test_describe)
{
    static const char *const table[][2] = {{"ms", "time"},
        {"USD/kWh", "money per energy"}, {"kW", "power"},
        {"USD/kW", "money per power"}, {"Gbps", "data rate"},
        {"/s", "rate (per time)"}, {"%", "plain number"}, {"", "plain number"},
        {"kUSD/year", "money per time"}, {"kg/kWh", "mass per energy"},
        {"m-m", "length-length"}};
    char text[128];

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        const struct sim_unit unit = parse(table[i][0]);
        sim_unit_describe(&unit, text, sizeof text);
        ck_assert_str_eq(text, table[i][1]);
    }
    const struct sim_unit unit = parse("USD/kWh");
    sim_unit_describe(&unit, text, 6);
    ck_assert_str_eq(text, "money");
}
END_TEST

START_TEST(test_suffix)
{
    static const char *const table[][2] = {{"ms", "_ms"},
        {"USD/kWh", "_usd_per_kwh"}, {"1/s", "_per_s"}, {"/s", "_per_s"},
        {"year", "_yr"}, {"1/year", "_per_yr"}, {"%/year", "_per_yr"},
        {"1", "_frac"}, {"%", "_frac"}, {"", ""}, {"@", ""}, {"B", "_bytes"},
        {"Gbps", "_gbps"}, {"kW-month", "_kw_month"},
        {"USD/kW-month", "_usd_per_kw_month"},
        {"USD/server/year", "_usd_per_server_per_yr"}, {"kgCO2e", "_kgco2e"},
        {"h", "_h"}, {"km", "_km"}};
    char text[64];

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        sim_unit_suffix(table[i][0], text, sizeof text);
        ck_assert_str_eq(text, table[i][1]);
    }
}
END_TEST

START_TEST(test_param_key)
{
    static const char *const table[][3] = {
        {"price_usd_per_kwh", "USD/kWh", "price"},
        {"rtt_ms", "ms", "rtt"},
        {"rate_per_s", "1/s", "rate"},
        {"load_frac", "1", "load"},
        {"pue", "1", "pue"},
        {"servers", "", "servers"},
        {"horizon_yr", "year", "horizon"},
        {"_ms", "ms", "_ms"},
    };
    char key[64];

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        const struct sim_param row = {.name = table[i][0], .unit = table[i][1]};
        sim_param_key(&row, key, sizeof key);
        ck_assert_str_eq(key, table[i][2]);
    }
    const struct sim_param bare = {.name = "name"};
    sim_param_key(&bare, key, sizeof key);
    ck_assert_str_eq(key, "name");
    sim_param_key(&bare, key, 3);
    ck_assert_str_eq(key, "na");
}
END_TEST

START_TEST(test_quantity)
{
    static const struct {
        const char *text;
        double number;
        const char *unit;
    } table[] = {
        {"15 ms", 15, "ms"},
        {"15ms", 15, "ms"},
        {"0.12 USD/kWh", 0.12, "USD/kWh"},
        {"-5 h", -5, "h"},
        {"+3", 3, ""},
        {"1e3", 1000, ""},
        {"2.5E-2 s", 0.025, "s"},
        {".5 h", 0.5, "h"},
        {"5. h", 5, "h"},
        {"85 %", 85, "%"},
        {"85%", 85, "%"},
        {"400 /s", 400, "/s"},
        {"400/s", 400, "/s"},
        {"0", 0, ""},
        {"0.0", 0, ""},
        {"0e5", 0, ""},
        {"3   years", 3, "years"},
        {"7.956e-5 ms", 7.956e-5, "ms"},
        {"0 B", 0, "B"},
        {"0b", 0, "b"},
        {"1.7976931348623157e308", 1.7976931348623157e308, ""},
    };

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        double number = -1.0;
        const char *unit = NULL;
        struct sim_err err = {0};
        ck_assert_msg(
            sim_quantity_parse(table[i].text, &number, &unit, &err) == SIM_OK,
            "'%s': %s", table[i].text, err.text);
        ck_assert_double_eq(number, table[i].number);
        ck_assert_str_eq(unit, table[i].unit);
    }
}
END_TEST

START_TEST(test_refused_quantities)
{
    static const char *const table[][2] = {
        {"010", "octal"},
        {"007 s", "octal"},
        {"0x10", "hexadecimal"},
        {"-0X1p3", "hexadecimal"},
        {"0o17", "octal"},
        {"0b101", "binary"},
        {"1_000", "'_'"},
        {"1,000", "','"},
        {"1,5 h", "','"},
        {"12:30", "sexagesimal"},
        {"1:2:3", "sexagesimal"},
        {"nan", "nan and inf"},
        {".inf", "nan and inf"},
        {"-.Inf", "nan and inf"},
        {"+infinity", "nan and inf"},
        {"NaN", "nan and inf"},
        {"inf s", "nan and inf"},
        {"1e400", "too large"},
        {"-1e400 s", "too large"},
        {"1e-400", "too small"},
        {"", "expected digits"},
        {"ms", "expected digits"},
        {".", "expected digits"},
        {"-", "expected digits"},
        {"--5", "expected digits"},
        {" 5", "expected digits"},
        {"1.2.3", "expected a decimal"},
        {"1++", "expected a decimal"},
        {"1111111111111111111111111111111111111111111111111111111111111111",
            "more than 63"},
    };

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        double number = -1.0;
        const char *unit = "untouched";
        struct sim_err err = {0};
        ck_assert_msg(sim_quantity_parse(table[i][0], &number, &unit, &err) ==
                          SIM_E_INPUT,
            "'%s'", table[i][0]);
        ck_assert_msg(strstr(err.text, table[i][1]) != NULL, "'%s': %s",
            table[i][0], err.text);
        ck_assert_double_eq(number, -1.0);
        ck_assert_str_eq(unit, "untouched");
    }
}
END_TEST

START_TEST(test_unit_table)
{
    const char *name, *kind = NULL;
    double factor = 0.0;
    int n = 0;

    for (; (name = sim_unit_name(n, &kind, &factor)) != NULL; n++) {
        char text[48] = "1/";
        strcat(text, name); /* nouns parse in denominators only */
        ck_assert_double_gt(factor, 0.0);
        ck_assert_ptr_nonnull(kind);
        ck_assert_double_eq(parse(text).factor, 1.0 / factor);
        for (int i = 0; i < n; i++)
            ck_assert_str_ne(sim_unit_name(i, NULL, NULL), name);
    }
    ck_assert_int_ge(n, 100);
    ck_assert_ptr_null(sim_unit_name(-1, NULL, NULL));
}
END_TEST

START_TEST(test_distance)
{
    static const struct {
        const char *a, *b;
        int want;
    } table[] = {{"", "", 0}, {"abc", "abc", 0}, {"", "abc", 3}, {"abc", "", 3},
        {"kitten", "sitting", 3}, {"instal", "install", 1}, {"rutt", "rtt", 1},
        {"htorughput", "throughput", 2}, {"ab", "ba", 1},
        {"ca", "abc", 3} /* string alignment, not 2 */};
    static const char *const names[] = {"servers", NULL, "service", "slo"};
    char longer[200];

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        ck_assert_int_eq(
            sim_text_distance(table[i].a, table[i].b), table[i].want);
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    ck_assert_int_eq(sim_text_distance(longer, ""), 64);
    ck_assert_str_eq(sim_text_nearest("server", names, 4), "servers");
    ck_assert_str_eq(sim_text_nearest("servise", names, 4), "service");
    ck_assert_ptr_null(sim_text_nearest("bandwidth", names, 4));
    ck_assert_ptr_null(sim_text_nearest("x", names, 4));
}
END_TEST

TEST_MAIN("sim/units", test_conversions, test_temperature, test_dimensions,
    test_refused_units, test_describe, test_suffix, test_param_key,
    test_quantity, test_refused_quantities, test_unit_table, test_distance)
