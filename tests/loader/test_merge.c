/* Layers: extends, overlays, --set.  Truth: the rules of the manual (section
 * 2.3); each expected value is written in one of the layers. */
#include "loader/fixture.h"

static const char common[] =
    "seed: 5\ntarget: {value: 5 %, low: 1 %, source: \"[A]\"}\n";
static const char tier_edge[] =
    "servers: 2\nphases: [{share: 1}]\n"
    "service: {lognormal: {median: 1 ms, p95: 2 ms}}\n";
static const char deep[] = "extends: presets/common\ntitle: deep\n";

const struct scn_preset_file scn_preset_files[] = {
    FX_PRESET("common", common),
    FX_PRESET("deep", deep),
    FX_PRESET("tier-edge", tier_edge),
    {NULL, NULL, 0},
};

START_TEST(extends)
{
    struct fx fx = fx_begin();

    ck_assert_int_eq(
        mkdir(strcat(strcpy((char[100]){0}, fx.dir), "/sub"), 0700), 0);
    fx_write(&fx, "sub/base.yaml",
        "extends: ./more.yaml\nverbose: true\nseed: 6\n"
        "sites:\n  q: {servers: 3, domains: [a]}\n  r: {servers: 1}\n");
    fx_write(&fx, "sub/more.yaml", "budget: 7 USD\nseed: 1\n");
    fx_write(&fx, "a.yaml",
        "schema: sitesim/1\nextends: [presets/deep, sub/base.yaml]\n"
        "sites:\n  q: {rtt: 3 ms, +domains: [b]}\n  s: {servers: 9}\n");
    fx_load(&fx);
    ck_assert_msg(fx.rc == SIM_OK, "%s", fx_str(&fx));
    ck_assert_str_eq(fx.cfg->title, "deep");
    ck_assert_int_eq(fx.cfg->seed, 6);
    ck_assert_double_eq(fx.cfg->budget_usd, 7.0);
    ck_assert(fx.cfg->verbose);
    ck_assert_int_eq(fx.cfg->n_sites, 3);
    ck_assert_str_eq(fx.cfg->sites[0].name, "q");
    ck_assert_int_eq(fx.cfg->sites[0].servers, 3);
    ck_assert_double_eq(fx.cfg->sites[0].rtt_ms, 3.0);
    ck_assert_int_eq(fx.cfg->sites[0].n_domains, 2);
    ck_assert_str_eq(fx.cfg->sites[0].domains[1], "b");
    ck_assert_str_eq(fx.cfg->sites[2].name, "s");
    ck_assert_str_eq(fx_input(&fx, "budget")->origin, "more.yaml:1");
    ck_assert_str_eq(fx_input(&fx, "seed")->origin, "sub/base.yaml:3");
    ck_assert_str_eq(fx_input(&fx, "sites.q.rtt")->origin, "a.yaml:4");
    ck_assert_str_eq(fx_input(&fx, "target")->origin, "preset common:2");
    ck_assert(!fx_input(&fx, "target")->given);
    fx_end(&fx);
}
END_TEST

/* Errors in a lower layer point into its file. */
START_TEST(positions)
{
    struct fx fx = fx_begin();

    fx_write(&fx, "b.yaml", "# note\nbudget: 7\nseeds: 1\n");
    fx_write(
        &fx, "a.yaml", "schema: sitesim/1\nextends: ./b.yaml\ntarget: 7\n");
    fx_load(&fx);
    fx_same(fx_str(&fx),
        "a.yaml:3:9: error: 'target' is 7, outside 0 .. 1 [R002]\n"
        "    3 | target: 7\n"
        "      |         ^\n"
        "b.yaml:2:9: error: 'budget' has no unit: expected an amount of money "
        "such as '7 USD' [U001]\n"
        "    2 | budget: 7\n"
        "      |         ^\n"
        "b.yaml:3:1: error: unknown key 'seeds' [K001]\n"
        "    3 | seeds: 1\n"
        "      | ^^^^^\n"
        "      = help: did you mean 'seed'?\n"
        "3 errors; nothing was simulated\n");
    fx_end(&fx);
}
END_TEST

/* A bare value takes the place of an annotated one, range and source too. */
START_TEST(annotations)
{
    FX_GOOD(bare, "extends: presets/common\ntarget: 4 %\n");
    const struct res_input *in = fx_input(&bare, "target");
    ck_assert_double_eq(in->value, 0.04);
    ck_assert(isnan(in->low) && in->given);
    ck_assert_str_eq(in->source, "");
    fx_end(&bare);
    FX_GOOD(
        whole, "extends: presets/common\ntarget: {value: 3 %, high: 9 %}\n");
    in = fx_input(&whole, "target");
    ck_assert(isnan(in->low));
    ck_assert_double_eq(in->high, 0.09);
    fx_end(&whole);
    /* without a value only the range is added */
    FX_GOOD(range, "extends: presets/common\ntarget: {high: 9 %}\n");
    in = fx_input(&range, "target");
    ck_assert_double_eq(in->value, 0.05);
    ck_assert_double_eq(in->low, 0.01);
    ck_assert_double_eq(in->high, 0.09);
    ck_assert_str_eq(in->source, "[A]");
    fx_end(&range);
}
END_TEST

/* Distributions and alternatives are replaced, not mixed. */
START_TEST(replaced)
{
    FX_GOOD(fx, "sites:\n"
                "  a: {tier: edge, service: {exponential: {mean: 3 ms}}}\n"
                "  b: {tier: edge, service: {lognormal: {mean: 3 ms, cv: 1}}}\n"
                "  c: {tier: edge, service: 4 ms, phases: []}\n");
    ck_assert_double_eq_tol(
        sim_dist_mean(fx.cfg->sites[0].service_ms), 3.0, 1e-9);
    ck_assert_double_eq_tol(
        sim_dist_sd(fx.cfg->sites[1].service_ms), 3.0, 1e-9);
    ck_assert(sim_dist_is_constant(fx.cfg->sites[2].service_ms));
    ck_assert_int_eq(fx.cfg->sites[2].n_phases, 0);
    fx_end(&fx);

    struct fx two = fx_begin();
    fx_write(&two, "b.yaml", "process: {trace: x}\n");
    fx_write(&two, "a.yaml",
        "schema: sitesim/1\nextends: ./b.yaml\nprocess: {cv: 2}\n");
    fx_load(&two);
    ck_assert_msg(two.rc == SIM_OK, "%s", fx_str(&two));
    ck_assert_double_eq(two.cfg->process.cv_frac, 2.0);
    ck_assert_ptr_null(two.cfg->process.trace);
    fx_end(&two);
}
END_TEST

START_TEST(append_faults)
{
    struct fx fx = fx_begin();

    fx_write(&fx, "b.yaml", "title: x\n");
    fx_write(
        &fx, "a.yaml", "schema: sitesim/1\nextends: ./b.yaml\n+title: [y]\n");
    fx_load(&fx);
    fx_same(fx_str(&fx),
        "a.yaml:3:1: error: '+title' appends a list to a list, but the value "
        "beneath is none [P008]\n"
        "    3 | +title: [y]\n"
        "      | ^^^^^^\n"
        "      = note: the value beneath is here (b.yaml:1:1)\n"
        "a.yaml:3:9: error: 'title' needs a single value, got a list [T003]\n"
        "    3 | +title: [y]\n"
        "      |         ^\n"
        "2 errors; nothing was simulated\n");
    fx_end(&fx);
    FX_BAD("sites:\n  q: {servers: 1, +domains: [b]}\n",
        "a.yaml:3:19: error: '+domains' appends to a list, but there is none "
        "beneath [P008]\n"
        "    3 |   q: {servers: 1, +domains: [b]}\n"
        "      |                   ^^^^^^^^\n"
        "      = help: without '+' the list is given anew\n"
        "1 error; nothing was simulated\n");
}
END_TEST

static struct fx load_set(const char *body, const char *const *values, int n)
{
    struct fx fx = fx_begin();
    struct sim_text text = {0};

    sim_text_printf(&text, "schema: sitesim/1\n%s", body);
    fx_write(&fx, "a.yaml", sim_text_str(&text));
    sim_text_release(&text);
    fx.options.set = values;
    fx.options.n_set = n;
    fx_load(&fx);
    return fx;
}

START_TEST(set_values)
{
    static const char *const set[] = {"seed=9", "sites.q.rtt=7 ms",
        "sites.q.phases.1.share=30 %", "sites.q.at=[1, 2]", "warmup=none",
        "sites.q.hardware.gpus=4", "budget={value: 3 USD, high: 4 USD}",
        "title=a=b"};
    struct fx fx = load_set("sites:\n  q: {servers: 1, rtt: 1 ms,\n"
                            "    phases: [{share: 1}, {share: 0}]}\n",
        set, 8);

    ck_assert_msg(fx.rc == SIM_OK, "%s%s", fx_str(&fx), fx.err.text);
    ck_assert_int_eq(fx.cfg->seed, 9);
    ck_assert_double_eq(fx.cfg->sites[0].rtt_ms, 7.0);
    ck_assert_double_eq(fx.cfg->sites[0].phases[0].share_frac, 1.0);
    ck_assert_double_eq(fx.cfg->sites[0].phases[1].share_frac, 0.3);
    ck_assert_int_eq(fx.cfg->sites[0].n_at, 2);
    ck_assert_int_eq(fx.cfg->warmup.mode, 1);
    ck_assert_int_eq(fx.cfg->sites[0].hardware.gpus, 4);
    ck_assert_str_eq(fx.cfg->title, "a=b");
    ck_assert_str_eq(fx_input(&fx, "sites.q.rtt")->origin, "--set #2");
    ck_assert(fx_input(&fx, "sites.q.rtt")->given);
    ck_assert_double_eq(fx_input(&fx, "budget")->high, 4.0);
    fx_end(&fx);
}
END_TEST

START_TEST(set_faults)
{
    static const char *const set[] = {
        "seed=1", "sites.q.rtt=5 kg", "sites.q.rrt=5 ms", "target=[1"};
    static const char *const wrong[] = {"seed", "=3", "a..b=1", ".a=1", "a.=1"};
    struct fx fx = load_set("sites: {q: {servers: 1}}\n", set, 4);

    ck_assert_int_eq(fx.rc, SIM_E_INPUT);
    fx_same(fx_str(&fx),
        "--set #2:1:13: error: 'sites.q.rtt' needs a time, got '5 kg' (mass) "
        "[U003]\n"
        "    1 | sites.q.rtt=5 kg\n"
        "      |             ^^^^\n"
        "      = help: for example '5 ms'\n"
        "--set #3:1:1: error: unknown key 'rrt' in 'sites.q' [K001]\n"
        "    1 | sites.q.rrt=5 ms\n"
        "      | ^^^^^^^^^^^\n"
        "      = help: did you mean 'rtt'?\n"
        "--set #4:1:10: error: not valid YAML: did not find expected ',' or "
        "']' "
        "[Y001]\n"
        "    1 | target=[1\n"
        "      |          ^\n"
        "      = note: the '[' still open is here (--set #4:1:8)\n"
        "3 errors; nothing was simulated\n");
    fx_end(&fx);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct fx bad = load_set("seed: 1\n", &wrong[i], 1);
        ck_assert_int_eq(bad.rc, SIM_E_USAGE);
        ck_assert_ptr_nonnull(strstr(bad.err.text, "expected key=value"));
        fx_end(&bad);
    }
}
END_TEST

START_TEST(overlays)
{
    struct fx fx = fx_begin();
    char one[100], two[100];
    const char *const files[] = {one, two};

    snprintf(one, sizeof one, "%s/one.yaml", fx.dir);
    snprintf(two, sizeof two, "%s/two.yaml", fx.dir);
    fx_write(&fx, "a.yaml", "schema: sitesim/1\nseed: 1\nbudget: 1 USD\n");
    fx_write(&fx, "one.yaml", "schema: sitesim/1\nseed: 2\nverbose: true\n");
    fx_write(&fx, "two.yaml", "seed: 3\n");
    fx.options.overlay = files;
    fx.options.n_overlay = 2;
    fx_load(&fx);
    ck_assert_msg(fx.rc == SIM_OK, "%s%s", fx_str(&fx), fx.err.text);
    ck_assert_int_eq(fx.cfg->seed, 3);
    ck_assert(fx.cfg->verbose);
    ck_assert_double_eq(fx.cfg->budget_usd, 1.0);
    ck_assert_str_eq(fx_input(&fx, "seed")->origin, "two.yaml:1");
    fx_end(&fx);
}
END_TEST

/* Order of keys, comments and quotes do not matter; values and the content of
 * data files do. */
START_TEST(digest)
{
    FX_GOOD(a, "seed: 1\ntitle: x\nsites: {q: {servers: 1, rtt: 1 ms}}\n");
    FX_GOOD(b, "title: 'x'  # note\nx-n: 1\n\nsites:\n  q:\n    rtt: 1 ms\n"
               "    servers: 1\nseed: 1\n");
    FX_GOOD(c, "seed: 2\ntitle: x\nsites: {q: {servers: 1, rtt: 1 ms}}\n");
    ck_assert_uint_eq(strlen(a.scenario->sha256), 64);
    ck_assert_str_eq(a.scenario->sha256, b.scenario->sha256);
    ck_assert_str_ne(a.scenario->sha256, c.scenario->sha256);
    fx_end(&a);
    fx_end(&b);
    fx_end(&c);

    char first[65];
    for (int i = 0; i < 2; i++) {
        struct fx fx = fx_begin();
        fx_write(&fx, "d.csv", i == 0 ? "x\n1\n" : "x\n2\n");
        fx_write(&fx, "a.yaml", "schema: sitesim/1\nfile: d.csv\n");
        fx_load(&fx);
        ck_assert_msg(fx.rc == SIM_OK, "%s", fx_str(&fx));
        if (i == 0)
            strcpy(first, fx.scenario->sha256);
        else
            ck_assert_str_ne(first, fx.scenario->sha256);
        fx_end(&fx);
    }
}
END_TEST

/* What `resolve` prints loads again, to the same digest. */
START_TEST(resolve)
{
    struct sim_text plain = {0}, origin = {0};

    FX_GOOD(fx, "extends: presets/common\ntitle: 'a: b # c'\n"
                "sites:\n"
                "  q: {tier: edge, domains: [x, 'y, z'], at: []}\n"
                "  r: {servers: 1, phases: [{share: 1, after: 2 h}]}\n");
    scn_resolve_print(fx.scenario, 0, &plain);
    scn_resolve_print(fx.scenario, SCN_RESOLVE_ORIGIN, &origin);
    struct fx again = fx_begin();
    fx_write(&again, "a.yaml", sim_text_str(&plain));
    fx_load(&again);
    ck_assert_msg(
        again.rc == SIM_OK, "%s\n%s", fx_str(&again), sim_text_str(&plain));
    ck_assert_str_eq(again.scenario->sha256, fx.scenario->sha256);
    fx_end(&again);
    fx_same(sim_text_str(&origin),
        "schema: sitesim/1\n"
        "title: \"a: b # c\"                               # a.yaml:3\n"
        "seed: 5                                         # preset common:1\n"
        "target:\n"
        "  value: 5 %                                    # preset common:2\n"
        "  low: 1 %                                      # preset common:2\n"
        "  source: \"[A]\"                                 # preset common:2\n"
        "sites:\n"
        "  q:\n"
        "    tier: edge                                  # a.yaml:5\n"
        "    servers: 2                                  # preset tier-edge:1\n"
        "    service:\n"
        "      lognormal:\n"
        "        median: 1 ms                            # preset tier-edge:3\n"
        "        p95: 2 ms                               # preset tier-edge:3\n"
        "    at: []                                      # a.yaml:5\n"
        "    domains: [x, \"y, z\"]                        # a.yaml:5\n"
        "    phases:\n"
        "      - share: 1                                # preset tier-edge:2\n"
        "  r:\n"
        "    servers: 1                                  # a.yaml:6\n"
        "    phases:\n"
        "      - share: 1                                # a.yaml:6\n"
        "        after: 2 h                              # a.yaml:6\n");
    fx_end(&fx);
    sim_text_release(&plain);
    sim_text_release(&origin);
}
END_TEST

TEST_MAIN("loader/merge", extends, positions, annotations, replaced,
    append_faults, set_values, set_faults, overlays, digest, resolve)
