/* Shared causes, from scenario text to metrics: who falls with whom.
 *
 * Truth: what fails together is equal to the last bit, since it is the same
 * history; a first outage that a short run does not see has the closed form. */
#include "loader/study_fixture.h"

#define WEST                                                                   \
    "domains: {west: {life: {exponential: {mean: 90 h}},"                      \
    " repair: {lognormal: {mean: 10 h, cv: 1}}}}\n"

static double value(const struct study *s, const char *name)
{
    return study_metric(s, name)->value;
}

/* Two sites of one cause are as available as the cause, and so is the
 * deployment, to users who may turn to either: both fall at one time. */
START_TEST(nowhere_to_turn)
{
    struct study s = study_run(
        "seed: 5\n"
        "simulate: {duration: 3000 h, warmup: none, replications: 8}\n" WEST
        "users: {u: {at: [0, 0]}}\n"
        "arrivals: {rate: 1 /h}\n"
        "requests: {r: {service: 1 s}}\n"
        "deployments:\n"
        "  two: {sites: {a: {tier: bare, failures: {domains: [west]}},"
        " b: {tier: bare, failures: {domains: [west]}}}}\n"
        "  one: {sites: {c: {tier: bare, failures: {domains: [west]}}}}\n");

    ck_assert_double_lt(value(&s, "two.uptime"), 0.95);
    ck_assert_double_eq_tol(
        value(&s, "two.uptime"), value(&s, "one.uptime"), 1e-12);
    ck_assert_double_eq_tol(
        value(&s, "two.uptime"), value(&s, "two.site.b.uptime"), 1e-12);
    study_end(&s);
}
END_TEST

/* The same cause in another deployment, at a site of another name and in
 * other company, strikes at the same times; another cause does not. */
START_TEST(same_times)
{
    struct study s = study_run(
        "seed: 7\n"
        "simulate: {duration: 3000 h, warmup: none, replications: 8}\n"
        "domains:\n"
        "  west: {life: {exponential: {mean: 90 h}},"
        " repair: {exponential: {mean: 10 h}}}\n"
        "  east: {availability: 90 %%, repair: {exponential: {mean: 10 h}}}\n"
        "deployments:\n"
        "  d: {sites: {a: {tier: bare, failures: {domains: [west]}},"
        " b: {tier: bare, count: 3, failures: {domains: [east]}}}}\n"
        "  e: {sites: {x: {tier: bare, failures: {domains: [west]}}}}\n"
        "  f: {sites: {x: {tier: bare, failures: {domains: [east, west]}}}}\n");

    ck_assert_double_eq(
        value(&s, "d.site.a.uptime"), value(&s, "e.site.x.uptime"));
    ck_assert_double_eq(value(&s, "d.site.a.mttf"), value(&s, "e.site.x.mttf"));
    ck_assert_double_ne(
        value(&s, "d.site.a.uptime"), value(&s, "d.site.b.uptime"));
    /* all three members are up, or none: never a mean between */
    ck_assert_double_eq_tol(value(&s, "d.site.b.uptime"),
        value(&s, "f.site.x.uptime") + value(&s, "d.uptime") -
            value(&s, "d.site.a.uptime"),
        1e-12);
    study_end(&s);
}
END_TEST

/* A cause that never goes strikes once; nothing it took comes back. */
START_TEST(for_good)
{
    struct study s = study_run(
        "seed: 9\n"
        "simulate: {duration: 100 h, warmup: none, replications: 4000}\n"
        "domains: {flood: {life: {constant: 60 h}, repair: never}}\n"
        "deployments: {d: {sites: {q: {tier: bare,"
        " failures: {domains: [flood]}}}}}\n");

    ck_assert_double_eq_tol(value(&s, "d.site.q.uptime"), 0.6, 1e-12);
    ck_assert_double_eq_tol(value(&s, "d.site.q.mttf"), 60.0, 1e-12);
    ck_assert_double_eq(value(&s, "d.reliability"), 0.0);
    study_end(&s);
}
END_TEST

/* One run gives both: up throughout its 100 h, and the mean time to an outage
 * that most of its histories have yet to see.  Two Erlang stages of 300 h. */
START_TEST(first_outage_beyond_the_run)
{
    const double x = 100.0 / 300.0;
    struct study s = study_run(
        "seed: 11\n"
        "simulate: {duration: 100 h, warmup: none, replications: 20000}\n"
        "deployments: {d: {sites: {q: {tier: bare, failures: {server:"
        " {life: {erlang: {mean: 600 h, k: 2}}, repair: never}}},"
        " idle: {tier: bare}}}}\n");

    study_expect(&s, "d.site.q.reliability", (1 + x) * exp(-x), MEAN_TIGHT);
    study_expect(&s, "d.site.q.mttf", 600.0, MEAN_TIGHT);
    ck_assert(isnan(value(&s, "d.site.idle.mttf")));
    study_end(&s);
}
END_TEST

TEST_MAIN("loader/domains", nowhere_to_turn, same_times, for_good,
    first_outage_beyond_the_run)
