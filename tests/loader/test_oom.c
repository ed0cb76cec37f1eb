/* Out of memory and the table of codes.  Truth: every allocation may fail, once
 * or from then on; the load says so or succeeds, and leaks nothing (which the
 * sanitizer build watches). */
#include "loader/fixture.h"

static const char tier_edge[] = "servers: 2\nhardware: l4\ndomains: [y]\n";
static const char hw_l4[] = "name: l4\nidle: 72 W\n";

const struct scn_preset_file scn_preset_files[] = {
    FX_PRESET("hw-l4", hw_l4),
    FX_PRESET("tier-edge", tier_edge),
    {NULL, NULL, 0},
};

static const char good[] =
    "schema: sitesim/1\n"
    "extends: ./b.yaml\n"
    "title: a title\n"
    "warmup: 5 min\n"
    "process: [1 /s, 2 /s]\n"
    "file: b.yaml\n"
    "sites:\n"
    "  a: {tier: edge, service: {lognormal: {median: 1 ms, p95: 3 ms, max: 1 "
    "s}}}\n"
    "  b: {tier: edge, +domains: [x], rtt: {value: 3 ms, low: 1 ms, source: "
    "s}}\n"
    "  c: {servers: 1, service: {mixture: [{weight: 1, of: 3 ms}]}}\n"
    "  d: {servers: 1, service: {empirical: {file: d.csv, unit: ms}}}\n"
    "  e: {servers: 1, phases: [{share: {value: 1, dist: {uniform: [0, "
    "1]}}}]}\n";

static const char bad[] =
    "schema: sitesim/1\n"
    "extends: [./b.yaml, ./c.yaml, presets/x]\n"
    "seed: 1\nseed: 2\nzzz: 1\ntitle: [\"a\", b]\nwarmup: 3 kg\n"
    "sites: {a: {tier: egde}, B: 1, c: {servers: 0, service: {lognromal: "
    "1}}}\n";

static void torture(const char *text, int expected, int for_ever)
{
    struct fx fx = fx_begin();
    int rc = SIM_E_NOMEM;
    long n = 0;

    fx_write(&fx, "a.yaml", text);
    fx_write(&fx, "b.yaml", "seed: 5\ntarget: {value: 3 %, high: 4 %}\n");
    fx_write(&fx, "d.csv", "x\n1\n2\n");
    fx.options.path = fx.path;
    while (rc == SIM_E_NOMEM) {
        struct scn_diag diag = {.n_messages = 0};
        struct scn_scenario *scenario = NULL;
        struct sim_err err = {0};
        const char *set[] = {"sites.e.rtt=4 ms"};
        fx.options.set = set;
        fx.options.n_set = 1;
        sim_alloc_fail_at(++n, for_ever);
        rc = scn_load(&fx.options, &fx_root_table, &diag, &scenario, &err);
        sim_alloc_fail_at(0, 0);
        ck_assert(rc == expected || rc == SIM_E_NOMEM);
        if (rc == SIM_E_NOMEM)
            ck_assert_ptr_null(scenario);
        scn_scenario_destroy(scenario);
        scn_diag_release(&diag);
        ck_assert_int_lt(n, 100000);
    }
    ck_assert_int_gt(n, 5);
    fx_end(&fx);
}

START_TEST(fails_once)
{
    torture(good, SIM_OK, 0);
    torture(bad, SIM_E_INPUT, 0);
}
END_TEST

START_TEST(fails_for_ever)
{
    torture(good, SIM_OK, 1);
    torture(bad, SIM_E_INPUT, 1);
}
END_TEST

START_TEST(codes)
{
    const char *code, *summary, *before = "";

    for (int i = 0; (code = scn_diag_code_at(i, &summary)) != NULL; i++) {
        ck_assert_int_lt(strcmp(before, code), 0);
        ck_assert_uint_eq(strlen(code), 4);
        ck_assert_uint_gt(strlen(summary), 2);
        ck_assert_uint_gt(strlen(scn_diag_explain(code)), 20);
        before = code;
    }
    ck_assert_ptr_null(scn_diag_explain("K999"));
    ck_assert_ptr_null(scn_diag_code_at(-1, NULL));
}
END_TEST

START_TEST(as_json)
{
    struct fx fx = fx_text("seeds: \"\\u202e\\\"\"\n");
    struct sim_text out = {0};

    scn_diag_print_json(&fx.diag, &out);
    fx_same(strstr(sim_text_str(&out), "\"line\""),
        "\"line\": 2, \"column\": 1, \"end_column\": 6, \"severity\": "
        "\"error\", \"code\": \"K001\", \"path\": \"seeds\", \"message\": "
        "\"unknown key 'seeds'\", \"hint\": \"did you mean 'seed'?\"}\n]\n");
    sim_text_release(&out);
    scn_diag_print(&fx.diag, true, &out);
    ck_assert_ptr_nonnull(
        strstr(sim_text_str(&out), "\033[1;31merror:\033[0m unknown key"));
    sim_text_release(&out);
    fx_end(&fx);
}
END_TEST

TEST_MAIN("loader/oom", fails_once, fails_for_ever, codes, as_json)
