/* Expected temperature of the built-in climates. */
#include "models/climate.h"
#include "model_fixture.h"
#include "sim/alloc.h"

/* Mean and hour 4092 of local standard time with every draw at 0: printed by
 * an independent program in another language from the same parameters. */
static const struct {
    const char *name;
    int utc_offset_h;
    double mean_c, h4092_c;
} truth[] = {{"phoenix", -7, 24.87632, 39.75997},
    {"seattle", -8, 11.52087, 19.68718}, {"chicago", -6, 10.66687, 26.07829},
    {"sanjose", -8, 15.10021, 25.57223}, {"miami", -5, 24.54016, 30.43792},
    {"dallas", -6, 19.88025, 33.85010}, {"leesburg", -5, 13.77499, 29.11742},
    {"newyork", -5, 13.18784, 26.92728}, {"atlanta", -5, 17.24913, 31.41077},
    {"greensboro", -5, 14.39430, 29.00921}};
enum { N_TRUTH = sizeof truth / sizeof truth[0] };

START_TEST(check_values_of_all_climates)
{
    static double temp[MDL_HOURS_PER_YR];
    struct sim_err err = {0};

    for (int i = 0; i < N_TRUTH; i++) {
        double sum = 0.0;

        ck_assert_msg(
            mdl_climate_year(&tables, truth[i].name, temp, &err) == SIM_OK,
            "%s", err.text);
        for (int h = 0; h < MDL_HOURS_PER_YR; h++)
            sum += temp[h];
        near_abs(sum / MDL_HOURS_PER_YR, truth[i].mean_c, 1e-5);
        near_abs(temp[4092 - truth[i].utc_offset_h], truth[i].h4092_c, 1e-4);
    }
}
END_TEST

START_TEST(unknown_climates_are_named)
{
    static double temp[MDL_HOURS_PER_YR];
    struct sim_err err = {0};

    temp[0] = 42;
    ck_assert_int_eq(
        mdl_climate_year(&tables, "atlantis", temp, &err), SIM_E_INPUT);
    ck_assert(strstr(err.text, "atlantis") != NULL);
    ck_assert(strstr(err.text, "greensboro") != NULL);
    ck_assert(temp[0] == 42);
    ck_assert_int_eq(
        mdl_climate_year(NULL, "phoenix", temp, &err), SIM_E_INTERNAL);
}
END_TEST

START_TEST(survives_failing_allocations)
{
    static double temp[MDL_HOURS_PER_YR];
    int rc = SIM_E_NOMEM;
    long n = 0;

    while (rc != SIM_OK) {
        struct sim_err err = {0};

        sim_alloc_fail_at(++n, 0);
        rc = mdl_climate_year(&tables, "seattle", temp, &err);
        sim_alloc_fail_at(0, 0);
        ck_assert(rc == SIM_OK || rc == SIM_E_NOMEM);
        ck_assert(n < 100);
    }
    ck_assert(n > 1);
}
END_TEST

START_TEST(csv_is_read_strictly)
{
    const char *bad[] = {"", "# only a comment\n", "a,b\n1\n", "a,b\n1,2,3\n",
        "a,b\n1,\n", "a,b\n\"1\",2\n"};
    struct sim_arena arena = {0};
    struct mdl_csv csv;
    struct sim_err err = {0};
    double x[2];

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        ck_assert_int_eq(
            mdl_csv_parse("bad", bad[i], strlen(bad[i]), &arena, &csv, &err),
            SIM_E_INPUT);
    const char *good = "# source\r\na,b\r\n1,x\r\n\n-2.5e3,nan\n";
    ck_assert_int_eq(
        mdl_csv_parse("good", good, strlen(good), &arena, &csv, &err), SIM_OK);
    ck_assert_int_eq(csv.n_rows, 2);
    ck_assert_int_eq(csv.lines[1], 5);
    ck_assert_int_eq(mdl_csv_numbers(&csv, "a", x, &err), SIM_OK);
    ck_assert(x[0] == 1 && x[1] == -2500);
    ck_assert_int_eq(mdl_csv_numbers(&csv, "b", x, &err), SIM_E_INPUT);
    ck_assert_str_eq(err.text, "good:3: 'x' in column 'b' is not a number");
    ck_assert_int_eq(mdl_csv_number(&csv, 1, 1, x, &err), SIM_E_INPUT);
    ck_assert_int_eq(mdl_csv_numbers(&csv, "c", x, &err), SIM_E_INPUT);
    ck_assert(strstr(err.text, "(it has a, b)") != NULL);
    ck_assert_int_eq(
        mdl_csv_file("/nonexistent", &arena, &csv, &err), SIM_E_IO);
    sim_arena_release(&arena);
}
END_TEST

START_TEST(months_of_days)
{
    const int first[13] = {
        0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};

    for (int m = 0; m < 12; m++) {
        ck_assert_int_eq(mdl_month_of_day(first[m]), m);
        ck_assert_int_eq(mdl_month_of_day(first[m + 1] - 1), m);
    }
}
END_TEST

TEST_MAIN("models/climate", check_values_of_all_climates,
    unknown_climates_are_named, survives_failing_allocations,
    csv_is_read_strictly, months_of_days)
