/* Rules on metrics.  Truth: the comparison itself; a value whose interval
 * straddles the limit is close, on either side. */
#include "models/plan_fixture.h"
#include "models/study.h"
#include "sim/alloc.h"

struct rules {
    struct fix f;
    struct res_run *run;
    struct mdl_study study;
};

/* A run with latency.p95 = 50 +- 2 ms, availability = 0.99 (exact), cost 120
 * USD and a figure that is undefined. */
static void begin(struct rules *r, const char *const *texts, int n)
{
    struct sim_err err = {0};

    memset(r, 0, sizeof *r);
    fix_begin(&r->f);
    fix_dep(&r->f, "edge");
    fix_dep(&r->f, "edge-2");
    r->f.cfg.thresholds = texts;
    r->f.cfg.n_thresholds = n;
    ck_assert_int_eq(res_run_create(&r->run, &err), SIM_OK);
    r->run->meta.currency = "USD";
    ck_assert_int_eq(
        res_put(r->run, "edge", "latency.p95",
            (struct res_estimate){.value = 50, .half_width = 2, .n = 8}),
        SIM_OK);
    ck_assert_int_eq(
        res_put(r->run, "edge", "availability", res_exact(0.99)), SIM_OK);
    ck_assert_int_eq(
        res_put(r->run, "edge", "outage.mean", res_undefined("none")), SIM_OK);
    ck_assert_int_eq(
        res_put(r->run, "edge-2", "cost.per_million_requests", res_exact(120)),
        SIM_OK);
    res_run_finish(r->run);
    r->study = (struct mdl_study){.cfg = &r->f.cfg, .run = r->run};
}

static void end(struct rules *r)
{
    res_run_destroy(r->run);
    fix_end(&r->f);
}

START_TEST(verdicts)
{
    static const struct {
        const char *text;
        double limit;
        int verdict;
    } rules[] = {{"edge.latency.p95 < 53 ms", 53, RES_PASS},
        {"edge.latency.p95 < 51 ms", 51, RES_CLOSE_PASS},
        {"edge.latency.p95 < 50 ms", 50, RES_CLOSE_FAIL},
        {"edge.latency.p95 <= 50 ms", 50, RES_CLOSE_PASS},
        {"edge.latency.p95 < 49 ms", 49, RES_CLOSE_FAIL},
        {"edge.latency.p95<48 ms", 48, RES_FAIL},
        {"edge.latency.p95 < 47 ms", 47, RES_FAIL},
        {"edge.latency.p95 < 0.06 s", 60, RES_PASS},
        {"edge.latency.p95 > 40 ms", 40, RES_PASS},
        {"edge.latency.p95   >=   50ms", 50, RES_CLOSE_PASS},
        {"edge.availability >= 99 %", 0.99, RES_PASS},
        {"edge.availability > 99 %", 0.99, RES_FAIL},
        {"edge.availability >= 0.995", 0.995, RES_FAIL},
        {"edge.outage.mean < 5 h", 5, RES_FAIL},
        {"edge-2.cost.per_million_requests <= 120 USD", 120, RES_PASS},
        {"edge-2.cost.per_million_requests < 0.119 kUSD", 119, RES_FAIL}};
    enum { N = sizeof rules / sizeof rules[0] };
    const char *texts[N];
    struct rules r;
    struct sim_err err = {0};

    for (int i = 0; i < N; i++)
        texts[i] = rules[i].text;
    begin(&r, texts, N);
    for (int i = 0; i < N; i++)
        ck_assert_msg(mdl_threshold_check(&r.f.cfg, texts[i], &err) == SIM_OK,
            "%s", err.text);
    ck_assert_msg(
        mdl_measure_thresholds(&r.study, &err) == SIM_OK, "%s", err.text);
    ck_assert_int_eq(r.run->n_thresholds, N);
    for (int i = 0; i < N; i++) {
        const struct res_threshold *t = &r.run->thresholds[i];
        ck_assert_str_eq(t->text, texts[i]);
        ck_assert_msg(fabs(t->limit - rules[i].limit) <= 1e-12 * t->limit,
            "%s: %g", t->text, t->limit);
        ck_assert_msg(t->verdict == rules[i].verdict, "%s: verdict %d", t->text,
            t->verdict);
    }
    ck_assert_str_eq(r.run->thresholds[0].metric, "edge.latency.p95");
    end(&r);
}
END_TEST

START_TEST(refused)
{
    static const char *const texts[] = {"", "edge.latency.p95", "< 5 ms",
        "edge.latency.p95 = 5 ms", "edge.latency.p95 == 5 ms",
        "edge.latency.p95 != 5 ms", "edge.latency.p95 <> 5 ms",
        "edge.latency.p95 << 5 ms", "edge.latency.p95 >< 5 ms",
        "edge.latency.p95 =< 5 ms", "cloud.latency.p95 < 5 ms",
        "edge2.latency.p95 < 5 ms", "edge < 5 ms", "edge.latency < 5 ms",
        "edge.latency.p42 < 5 ms", "edge.latency.p95 <", "edge.latency.p95 < 5",
        "edge.latency.p95 < 5 kg", "edge.latency.p95 < five ms",
        "edge.latency.p95 < 5 ms ms", "edge.site.q.latency.p95 < 5 ms",
        "edge.class.r.latency.p95 < 5 ms"};

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct rules r;
        struct sim_err err = {0};
        begin(&r, &texts[i], 1);
        const int rc = mdl_threshold_check(&r.f.cfg, texts[i], &err);
        ck_assert_msg(rc == SIM_E_INPUT, "'%s' was taken", texts[i]);
        ck_assert_msg(strstr(err.text, "threshold") != NULL, "%s", err.text);
        end(&r);
    }
}
END_TEST

/* A name that is known, of a figure that this study does not give. */
START_TEST(not_measured)
{
    static const char *const text = "edge.latency.mean < 5 ms";
    struct rules r;
    struct sim_err err = {0};

    begin(&r, &text, 1);
    ck_assert_int_eq(mdl_threshold_check(&r.f.cfg, text, &err), SIM_OK);
    ck_assert_int_eq(mdl_measure_thresholds(&r.study, &err), SIM_E_INPUT);
    ck_assert_ptr_nonnull(strstr(err.text, "edge.latency.mean"));
    end(&r);
}
END_TEST

START_TEST(none)
{
    struct rules r;
    struct sim_err err = {0};

    begin(&r, NULL, 0);
    ck_assert_int_eq(mdl_measure_thresholds(&r.study, &err), SIM_OK);
    ck_assert_int_eq(r.run->n_thresholds, 0);
    end(&r);
}
END_TEST

START_TEST(out_of_memory)
{
    static const char *const texts[] = {
        "edge.latency.p95 < 53 ms", "edge.availability >= 99 %"};
    int rc = SIM_E_NOMEM;

    for (long n = 1; rc != SIM_OK; n++) {
        struct rules r;
        struct sim_err err = {0};
        begin(&r, texts, 2);
        sim_alloc_fail_at(n, 0);
        rc = mdl_measure_thresholds(&r.study, &err);
        sim_alloc_fail_at(0, 0);
        ck_assert(rc == SIM_OK || rc == SIM_E_NOMEM);
        ck_assert_int_lt(n, 100);
        end(&r);
    }
}
END_TEST

TEST_MAIN(
    "models/thresholds", verdicts, refused, not_measured, none, out_of_memory)
