/* Recorded traces.  Truth: the definition of the replay, (T + k P - S) / scale
 * for the rows written here; sample moments added up in the plain way; for a
 * measured trace its own figures, computed from the file by other code. */
#include "models/trace.h"
#include "models/model_fixture.h"
#include "models/workload.h"
#include "sim/alloc.h"

#include <stdlib.h>
#include <unistd.h>

static const char *const no_users[] = {"all"};

static void write_file(char *path, const char *text)
{
    const int fd = mkstemp(path);
    FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;

    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(text, file), 0);
    ck_assert_int_eq(fclose(file), 0);
}

static struct mdl_trace_cfg config(const char *path)
{
    return (struct mdl_trace_cfg){.file = path, .scale = 1.0, .period_s = NAN};
}

/* Scan a text; the file goes. */
static int scan_text(const char *text, struct mdl_trace_cfg cfg,
    struct mdl_trace *trace, struct sim_err *err)
{
    static const char *const names[] = {"west", "east", "south-2"};
    char path[] = "/tmp/sitesim-trace-XXXXXX";
    struct sim_arena arena = {0};
    int rc;

    write_file(path, text);
    cfg.file = path;
    rc = mdl_trace_scan(&cfg, names, 3, &arena, trace, err);
    unlink(path);
    sim_arena_release(&arena);
    return rc;
}

static void replay_starts(const struct mdl_trace_cfg *cfg,
    struct sim_arena *arena, struct mdl_trace *trace,
    struct mdl_trace_cursor **cursor)
{
    struct sim_err err = {0};

    ck_assert_msg(
        mdl_trace_scan(cfg, no_users, 1, arena, trace, &err) == SIM_OK, "%s",
        err.text);
    ck_assert_int_eq(mdl_trace_open(trace, cursor, &err), SIM_OK);
}

/* Next time of a replay; -1 at the end. */
static double take(struct mdl_trace_cursor *cursor)
{
    const struct mdl_trace_row *row = mdl_trace_row(cursor);
    const double t_s = row != NULL ? row->t_s : -1.0;
    struct sim_err err = {0};

    if (row != NULL)
        ck_assert_int_eq(mdl_trace_advance(cursor, &err), SIM_OK);
    return t_s;
}

/* ---- rows ---------------------------------------------------------------- */

START_TEST(columns_in_any_order)
{
    static const char *const names[] = {"west", "east", "south-2"};
    char path[] = "/tmp/sitesim-trace-XXXXXX";
    struct sim_arena arena = {0};
    struct sim_err err = {0};
    struct mdl_trace t;
    struct mdl_trace_cursor *cursor = NULL;

    write_file(path, "# a note\r\n"
                     "output_tokens,user,t_s,site,service_s,input_tokens\r\n"
                     "5,east,0,x,0.25,10\r\n\r\n"
                     "6,west,1.5,x,0.5,20\n# between\n"
                     "7,south-2,1.5,y,1e-3,30\n8,east,9,y,0,40");
    const struct mdl_trace_cfg cfg = config(path);
    ck_assert_int_eq(mdl_trace_scan(&cfg, names, 3, &arena, &t, &err), SIM_OK);
    ck_assert_int_eq(t.n, 4);
    ck_assert_double_eq(t.user_share[0], 0.25);
    ck_assert_double_eq(t.user_share[1], 0.5);
    ck_assert_double_eq(t.user_share[2], 0.25);
    ck_assert_int_eq(mdl_trace_open(&t, &cursor, &err), SIM_OK);
    static const struct mdl_trace_row want[] = {{0, 0, 10, 5, 0.25, 1},
        {1.5, 1, 20, 6, 0.5, 0}, {1.5, 2, 30, 7, 0.001, 2},
        {9, 3, 40, 8, 0, 1}};
    for (int i = 0; i < 4; i++) {
        const struct mdl_trace_row *row = mdl_trace_row(cursor);
        ck_assert_ptr_nonnull(row);
        ck_assert(row->t_s == want[i].t_s && row->number == want[i].number);
        ck_assert(row->input_tok == want[i].input_tok &&
                  row->output_tok == want[i].output_tok);
        ck_assert(row->service_s == want[i].service_s);
        ck_assert_int_eq(row->user, want[i].user);
        ck_assert_int_eq(mdl_trace_advance(cursor, &err), SIM_OK);
    }
    ck_assert_ptr_null(mdl_trace_row(cursor));
    mdl_trace_close(cursor);
    mdl_trace_close(NULL);
    unlink(path);
    sim_arena_release(&arena);
}
END_TEST

/* What is not in the file is not a number, and nobody's. */
START_TEST(times_alone)
{
    char path[] = "/tmp/sitesim-trace-XXXXXX";
    struct sim_arena arena = {0};
    struct mdl_trace t;
    struct mdl_trace_cursor *cursor = NULL;

    write_file(path, "t_s\n1\n2\n");
    const struct mdl_trace_cfg cfg = config(path);
    replay_starts(&cfg, &arena, &t, &cursor);
    const struct mdl_trace_row *row = mdl_trace_row(cursor);
    ck_assert(isnan(row->input_tok) && isnan(row->output_tok));
    ck_assert(isnan(row->service_s) && row->user == -1);
    ck_assert_ptr_null(t.user_share);
    ck_assert(t.tokens.n == 0.0 && t.service.n == 0.0);
    mdl_trace_close(cursor);
    unlink(path);
    sim_arena_release(&arena);
}
END_TEST

START_TEST(malformed_rows)
{
    static const struct {
        const char *text, *says;
        int origin;
    } cases[] = {
        {"t_s\n2\n1\n", ":3: 't_s' is not increasing: 1 after 2", 0},
        {"t_s\n-1\n1\n", ":2: 't_s' is not increasing: -1 after 0", 1},
        {"t_s\n1\n", "at least 2 rows", 0},
        {"t_s\n", "at least 2 rows", 0},
        {"t_s\n3\n3\n3\n", "same time", 0},
        {"time\n1\n2\n", "no column 't_s' (it has time)", 0},
        {"", "no header line", 0},
        {"# only\n\n", "no header line", 0},
        {"t_s,input_tokens\n1,2\n2,-3\n", ":3: 'input_tokens' is negative", 0},
        {"t_s,service_s\n1,2\n\n2,-3\n", ":4: 'service_s' is negative", 0},
        {"t_s\n1\nx\n", ":3: 'x' in column 't_s' is not a number", 0},
        {"t_s\n1\n0x2\n", ":3: '0x2'", 0},
        {"t_s\n1\nnan\n", ":3: 'nan'", 0},
        {"t_s,b\n1,2\n2\n", ":3: 1 cells, expected 2", 0},
        {"t_s,b\n1,2\n2,\n", ":3: cell 2 is empty", 0},
        {"t_s,b\n1,2\n,2\n", ":3: cell 1 is empty", 0},
        {"t_s,b\n1,2\n2,\"3\"\n", ":3: quoted cells", 0},
        {"t_s,user\n1,east\n2,North\n", ":3: 'North' is not the name", 0},
    };
    struct mdl_trace t;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sim_err err = {0};
        struct mdl_trace_cfg cfg = config(NULL);
        cfg.origin = cases[i].origin;
        ck_assert_int_eq(scan_text(cases[i].text, cfg, &t, &err), SIM_E_INPUT);
        ck_assert_msg(strstr(err.text, cases[i].says) != NULL,
            "'%s', expected '%s'", err.text, cases[i].says);
    }
}
END_TEST

START_TEST(unreadable)
{
    struct mdl_trace_cfg cfg = config("/no/such");
    struct sim_arena arena = {0};
    struct sim_err err = {0};
    struct mdl_trace t;
    char path[] = "/tmp/sitesim-trace-XXXXXX";
    char long_line[70000];

    ck_assert_int_eq(
        mdl_trace_scan(&cfg, no_users, 1, &arena, &t, &err), SIM_E_IO);
    memset(long_line, '1', sizeof long_line);
    memcpy(long_line, "t_s\n", 4);
    long_line[sizeof long_line - 1] = '\0';
    write_file(path, long_line);
    cfg.file = path;
    ck_assert_int_eq(
        mdl_trace_scan(&cfg, no_users, 1, &arena, &t, &err), SIM_E_LIMIT);
    ck_assert_ptr_nonnull(strstr(err.text, ":2: a line of more than"));
    unlink(path);
    sim_arena_release(&arena);
}
END_TEST

/* A file cut short after the first pass is an error, not a quiet end. */
START_TEST(changed_while_read)
{
    char path[] = "/tmp/sitesim-trace-XXXXXX";
    struct sim_arena arena = {0};
    struct sim_err err = {0};
    struct mdl_trace t;
    struct mdl_trace_cursor *cursor = NULL;

    write_file(path, "t_s\n1\n2\n3\n");
    const struct mdl_trace_cfg cfg = config(path);
    ck_assert_int_eq(
        mdl_trace_scan(&cfg, no_users, 1, &arena, &t, &err), SIM_OK);
    ck_assert_int_eq(truncate(path, 8), 0);
    ck_assert_int_eq(mdl_trace_open(&t, &cursor, &err), SIM_OK);
    ck_assert_int_eq(mdl_trace_advance(cursor, &err), SIM_OK);
    ck_assert_int_eq(mdl_trace_advance(cursor, &err), SIM_E_IO);
    ck_assert_ptr_nonnull(strstr(err.text, "changed while it was read"));
    mdl_trace_close(cursor);
    unlink(path);
    sim_arena_release(&arena);
}
END_TEST

/* ---- the clock ----------------------------------------------------------- */

/* Seconds of the epoch as well as seconds from the first row; or, with the
 * origin at zero, as they stand. */
START_TEST(origins)
{
    char path[] = "/tmp/sitesim-trace-XXXXXX";
    struct sim_arena arena = {0};
    struct mdl_trace t;
    struct mdl_trace_cursor *cursor = NULL;

    write_file(path, "t_s\n1700000003.25\n1700000003.5\n1700000005\n");
    struct mdl_trace_cfg cfg = config(path);
    replay_starts(&cfg, &arena, &t, &cursor);
    ck_assert_double_eq(take(cursor), 0.0);
    ck_assert_double_eq(take(cursor), 0.25);
    ck_assert_double_eq(take(cursor), 1.75);
    ck_assert_double_eq(take(cursor), -1.0);
    ck_assert_double_eq(take(cursor), -1.0);
    mdl_trace_close(cursor);
    cfg.origin = MDL_TRACE_ZERO;
    cfg.scale = 2.0;
    replay_starts(&cfg, &arena, &t, &cursor);
    ck_assert_double_eq(take(cursor), 850000001.625);
    mdl_trace_close(cursor);
    unlink(path);
    sim_arena_release(&arena);
}
END_TEST

/* Scales leave rounding behind: 0.1 / 3 x 3 is not 0.1; equal times stay
 * allowed at any scale. */
START_TEST(scaled)
{
    struct mdl_trace t;
    struct sim_err err = {0};

    for (int k = 1; k < 300; k++) {
        char text[64];
        struct mdl_trace_cfg cfg = config(NULL);
        cfg.scale = k / 7.0;
        cfg.origin = MDL_TRACE_ZERO;
        snprintf(text, sizeof text, "t_s\n0\n%.3f\n%.3f\n%.3f\n", k * 0.011,
            k * 0.011, k * 0.011);
        ck_assert_msg(scan_text(text, cfg, &t, &err) == SIM_OK, "scale %g: %s",
            cfg.scale, err.text);
        /* 4 rows in three gaps: 4/3 of the last time is the period */
        near_rel(t.rate_per_s, 4 / (4.0 / 3 * k * 0.011) * cfg.scale, 1e-12);
    }
}
END_TEST

/* Every round of every shift, scale and period by the definition, with the
 * rows numbered through. */
START_TEST(loops_and_shifts)
{
    static const double times[] = {3, 3.5, 3.5, 7, 10};
    static const double shifts[] = {0, 0.25, 0.5, 4, 6.5, 7, 8.5};
    static const double scales[] = {1, 2, 0.3};
    char path[] = "/tmp/sitesim-trace-XXXXXX";
    struct sim_arena arena = {0};
    struct sim_err err = {0};
    struct mdl_trace t;
    struct mdl_trace_cursor *cursor = NULL;

    write_file(path, "t_s\n3\n3.5\n3.5\n7\n10\n");
    for (int c = 0; c < 7 * 3 * 2; c++) {
        struct mdl_trace_cfg cfg = config(path);
        cfg.loop = true;
        cfg.shift_s = shifts[c % 7];
        cfg.scale = scales[c / 7 % 3];
        cfg.period_s = c < 21 ? NAN : 20.0;
        /* the last row comes at 7 s, after 4 gaps of 7/4 s */
        const double period = c < 21 ? 7 + 7 / 4.0 : 20.0;
        int64_t in_30 = 0, counted = 0;
        replay_starts(&cfg, &arena, &t, &cursor);
        near_rel(t.rate_per_s, 5 / period * cfg.scale, 1e-14);
        for (int i = 0; i < 500; i++) {
            const double at = times[i % 5] - 3 + i / 5 * period - cfg.shift_s;
            if (at < 0.0)
                continue;
            ck_assert_int_eq(mdl_trace_row(cursor)->number, i);
            near_abs(take(cursor), at / cfg.scale, 1e-9);
            in_30 += at / cfg.scale >= 10.0 && at / cfg.scale < 30.0;
        }
        mdl_trace_close(cursor);
        ck_assert_int_eq(
            mdl_trace_count(&t, 10.0, 30.0, &counted, &err), SIM_OK);
        ck_assert_int_eq(counted, in_30);
    }
    unlink(path);
    sim_arena_release(&arena);
}
END_TEST

/* A period equal to the last time puts two rows in one place: the order stays,
 * for any rounding. */
START_TEST(rounds_that_touch)
{
    char path[] = "/tmp/sitesim-trace-XXXXXX";
    struct sim_arena arena = {0};
    struct mdl_trace t;
    struct mdl_trace_cursor *cursor = NULL;
    double last = 0.0;

    write_file(path, "t_s\n0\n0.1\n0.7\n");
    struct mdl_trace_cfg cfg = config(path);
    cfg.loop = true;
    cfg.period_s = 0.7;
    cfg.scale = 3.0;
    replay_starts(&cfg, &arena, &t, &cursor);
    for (int i = 0; i < 30000; i++) {
        const double t_s = take(cursor);
        ck_assert_double_ge(t_s, last);
        last = t_s;
    }
    near_rel(last, (9999 * 0.7 + 0.7) / 3.0, 1e-12);
    mdl_trace_close(cursor);
    unlink(path);
    sim_arena_release(&arena);
}
END_TEST

START_TEST(shift_without_loop)
{
    char path[] = "/tmp/sitesim-trace-XXXXXX";
    struct sim_arena arena = {0};
    struct sim_err err = {0};
    struct mdl_trace t;
    struct mdl_trace_cursor *cursor = NULL;
    int64_t n = 0;

    write_file(path, "t_s\n0\n1\n2\n3\n4\n");
    struct mdl_trace_cfg cfg = config(path);
    cfg.shift_s = 1.5;
    replay_starts(&cfg, &arena, &t, &cursor);
    /* 3 rows are left in the 5 - 1.5 seconds of the period */
    near_rel(t.rate_per_s, 3 / 3.5, 1e-14);
    ck_assert_int_eq(mdl_trace_row(cursor)->number, 2);
    ck_assert_double_eq(take(cursor), 0.5);
    ck_assert_double_eq(take(cursor), 1.5);
    ck_assert_double_eq(take(cursor), 2.5);
    ck_assert_double_eq(take(cursor), -1.0);
    mdl_trace_close(cursor);
    ck_assert_int_eq(mdl_trace_count(&t, 0.5, 2.5, &n, &err), SIM_OK);
    ck_assert_int_eq(n, 2);
    unlink(path);
    sim_arena_release(&arena);
}
END_TEST

START_TEST(bad_clocks)
{
    static const char text[] = "t_s\n0\n1\n2\n";
    struct mdl_trace t;
    struct sim_err err = {0};
    struct mdl_trace_cfg cfg = config(NULL);

    cfg.shift_s = 2.5;
    ck_assert_int_eq(scan_text(text, cfg, &t, &err), SIM_E_INPUT);
    ck_assert_ptr_nonnull(strstr(err.text, "'shift' is 2.5 s"));
    cfg.loop = true; /* a round lasts 3 s */
    ck_assert_int_eq(scan_text(text, cfg, &t, &err), SIM_OK);
    cfg.shift_s = 3.0;
    ck_assert_int_eq(scan_text(text, cfg, &t, &err), SIM_E_INPUT);
    cfg.shift_s = 0.0;
    cfg.period_s = 1.5;
    ck_assert_int_eq(scan_text(text, cfg, &t, &err), SIM_E_INPUT);
    ck_assert_ptr_nonnull(strstr(err.text, "'period' is 1.5 s"));
    cfg.period_s = 2.0;
    ck_assert_int_eq(scan_text(text, cfg, &t, &err), SIM_OK);
}
END_TEST

/* ---- a long file --------------------------------------------------------- */

enum { LONG = 200000 };

/* Many blocks, rows across their edges; sample moments two-pass. */
START_TEST(long_file)
{
    char path[] = "/tmp/sitesim-trace-XXXXXX";
    struct sim_arena arena = {0};
    struct sim_err err = {0};
    struct mdl_trace t;
    struct mdl_trace_cursor *a = NULL, *b = NULL;
    const int fd = mkstemp(path);
    FILE *file = fdopen(fd, "w");
    double mean = 0.0, var = 0.0, mean_x = 0.0, mean_y = 0.0;
    int wrong = 0;

    ck_assert_ptr_nonnull(file);
    fputs("t_s,input_tokens,output_tokens\n", file);
    for (int i = 0; i < LONG; i++) {
        fprintf(file, "%.3f,%d,%d\n", i * 0.125, i % 977, i % 31);
        mean_x += (double)(i % 977) / LONG;
        mean_y += (double)(i % 31) / LONG;
    }
    fclose(file);
    for (int i = 0; i < LONG; i++) {
        const double d = 2 * (i % 977 - mean_x) + 5 * (i % 31 - mean_y);
        var += d * d / LONG;
    }
    const struct mdl_trace_cfg cfg = config(path);
    replay_starts(&cfg, &arena, &t, &a);
    ck_assert_int_eq(t.n, LONG);
    double got_mean, got_var;
    mdl_pair_moments_linear(&t.tokens, 7, 2, 5, &got_mean, &got_var);
    mean = 7 + 2 * mean_x + 5 * mean_y;
    near_rel(got_mean, mean, 1e-12);
    near_rel(got_var, var, 1e-10);
    /* two readers at once, one ahead of the other */
    ck_assert_int_eq(mdl_trace_open(&t, &b, &err), SIM_OK);
    for (int i = 0; i < LONG / 2; i++)
        wrong += take(a) != i * 0.125;
    for (int i = 0; i < LONG / 2; i++)
        wrong += take(a) != (LONG / 2 + i) * 0.125 || take(b) != i * 0.125;
    ck_assert_int_eq(wrong, 0);
    ck_assert_double_eq(take(a), -1.0);
    mdl_trace_close(a);
    mdl_trace_close(b);
    unlink(path);
    sim_arena_release(&arena);
}
END_TEST

/* Every allocation fails in turn: a clean error, nothing left. */
START_TEST(out_of_memory)
{
    char path[] = "/tmp/sitesim-trace-XXXXXX";
    static const char *const names[] = {"b", "a"};
    int failures = 0, rc = SIM_E_NOMEM;

    write_file(path, "t_s,user\n0,a\n1,b\n2,a\n");
    const struct mdl_trace_cfg cfg = config(path);
    for (long n = 1; rc != SIM_OK; n++) {
        struct sim_arena arena = {0};
        struct sim_err err = {0};
        struct mdl_trace t;
        struct mdl_trace_cursor *cursor = NULL;
        sim_alloc_fail_at(n, 1);
        rc = mdl_trace_scan(&cfg, names, 2, &arena, &t, &err);
        if (rc == SIM_OK)
            rc = mdl_trace_open(&t, &cursor, &err);
        sim_alloc_fail_at(0, 0);
        ck_assert(rc == SIM_OK || rc == SIM_E_NOMEM);
        failures += rc != SIM_OK;
        mdl_trace_close(cursor);
        sim_arena_release(&arena);
    }
    ck_assert_int_ge(failures, 3);
    unlink(path);
}
END_TEST

TEST_MAIN("models/trace", columns_in_any_order, times_alone, malformed_rows,
    unreadable, changed_while_read, origins, scaled, loops_and_shifts,
    rounds_that_touch, shift_without_loop, bad_clocks, long_file, out_of_memory)
