/* `warmup: auto` of runs that are not cut into windows.  Truth: what the manual
 * says of it - the same warm-up given as a time is the same run, bit for bit -
 * and the transient of M/M/infinity. */
#include "loader/study_fixture.h"

static const char two_sites[] =
    "seed: %d\nsimulate: {%s, warmup: %s, replications: 4}\n"
    "arrivals: {rate: 9 /s}\n"
    "requests: {r: {service: {exponential: {mean: 100 ms}}}}\n"
    "deployments:\n"
    "  calm: {sites: {q: {tier: bare, servers: 4}}}\n"
    "  busy: {sites: {q: {tier: bare, queue: {discipline: ps}}}}\n";

static int n_warnings(const struct study *s, const char *about)
{
    int n = 0;

    for (int i = 0; i < s->run->n_warnings; i++)
        n += strstr(s->run->warnings[i], about) != NULL;
    return n;
}

/* Pilots have streams of their own: they find a time and leave no trace. */
START_TEST(same_as_a_time)
{
    static const char *const runs[] = {"requests: 2000", "duration: 600 s"};

    for (int i = 0; i < 2; i++) {
        char time[64];
        struct study a = study_run(two_sites, 5, runs[i], "auto");
        ck_assert_double_gt(a.run->meta.warmup_s, 0.0);
        snprintf(time, sizeof time, "%.17g s", a.run->meta.warmup_s);
        struct study b = study_run(two_sites, 5, runs[i], time);
        ck_assert_str_eq(
            a.run->meta.histogram_sha256, b.run->meta.histogram_sha256);
        ck_assert_double_eq(study_metric(&a, "busy.latency.mean")->value,
            study_metric(&b, "busy.latency.mean")->value);
        ck_assert_double_eq(study_metric(&a, "calm.in_system.mean")->value,
            study_metric(&b, "calm.in_system.mean")->value);
        study_end(&a);
        study_end(&b);
    }
}
END_TEST

/* One time for all deployments: the cohorts are the same.  What a deployment
 * needs by load is the least: 3 tau, tau = 2 rho (ca2 + cs2) E[S] / (1 -
 * rho)^2 = 36 s for the busy one. */
START_TEST(one_for_all)
{
    struct study s = study_run(two_sites, 6, "requests: 2000", "auto");
    const double tau = 2 * 0.9 * (1 + 1) * 0.1 / (0.1 * 0.1);

    ck_assert_double_ge(s.run->meta.warmup_s, 3 * tau);
    ck_assert_double_eq(study_metric(&s, "calm.requests.offered")->value,
        study_metric(&s, "busy.requests.offered")->value);
    /* equal service times of equal requests */
    ck_assert_double_eq_tol(study_metric(&s, "calm.service.mean")->value,
        study_metric(&s, "calm.latency.mean")->value -
            study_metric(&s, "calm.queue.mean")->value,
        1e-9);
    ck_assert_int_eq(n_warnings(&s, "pilot"), 0);
    study_end(&s);
}
END_TEST

/* The same queue in other units of time: 3 tau = 6 rho (1 + 1) S / (1 - rho)^2
 * at rho = 0.9 is 1,080 times its service, longer than any lead-in of a window
 * where that is above 20 s. */
START_TEST(any_unit_of_time)
{
    static const double service_ms[] = {1, 100, 30000, 1000000};

    for (size_t i = 0; i < 4; i++) {
        struct study s = study_run(
            "seed: 4\nsimulate: {requests: 2000, replications: 2}\n"
            "arrivals: {rate: %.17g /s}\n"
            "requests: {r: {service: {exponential: {mean: %.17g ms}}}}\n"
            "deployments: {d: {sites: {q: {tier: bare}}}}\n",
            900 / service_ms[i], service_ms[i]);
        const double three_tau = 6 * 0.9 * 2 / 0.01 * service_ms[i] / 1e3;
        ck_assert_double_ge(s.run->meta.warmup_s, three_tau * (1 - 1e-9));
        ck_assert_double_le(s.run->meta.warmup_s, three_tau * 2);
        ck_assert_int_eq(n_warnings(&s, "warm-up"), 0);
        study_end(&s);
    }
}
END_TEST

/* M/M/infinity fills as 1 - exp(-t/S).  Counted from the start, the mean number
 * in system over T is short by S/T (1 - exp(-T/S)); after `auto` it is not. */
START_TEST(fills_up)
{
    static const char body[] =
        "seed: 9\nsimulate: {duration: %g s, warmup: %s, replications: 32}\n"
        "arrivals: {rate: 20 /s}\n"
        "requests: {r: {service: {exponential: {mean: 5 s}}}}\n"
        "deployments: {d: {sites: {q: {tier: bare, servers: unlimited}}}}\n";
    const double full = 100.0, part = 1.0 - 5.0 / 300.0 * (1.0 - exp(-60.0));
    struct study none = study_run(body, 300.0, "none");
    struct study with = study_run(body, 300.0, "auto");

    study_expect(&none, "d.site.q.in_system.mean", full * part, 0.01);
    study_expect(&with, "d.site.q.in_system.mean", full, 0.01);
    /* at a tenth of the bias per half width the two could not be told apart */
    ck_assert_double_gt(
        full - study_metric(&none, "d.site.q.in_system.mean")->value,
        study_metric(&none, "d.site.q.in_system.mean")->half_width);
    study_end(&none);
    study_end(&with);
}
END_TEST

/* A run by time keeps the larger part of itself, and says what that means. */
START_TEST(too_short)
{
    struct study s = study_run(two_sites, 7, "duration: 100 s", "auto");

    ck_assert_double_eq(s.run->meta.warmup_s, 50.0);
    ck_assert_int_eq(n_warnings(&s, "the run is too short"), 1);
    ck_assert_int_eq(n_warnings(&s, "'busy'"), 1);
    study_end(&s);
}
END_TEST

/* Servers that are down a fifth of the time cannot do 0.9 of what they do
 * when all is well; the load alone does not show it, the pilots do. */
START_TEST(no_steady_state)
{
    struct study s = study_run(
        "seed: 2\nhorizon: 0.01 years\n"
        "simulate: {requests: 3000, replications: 3}\n"
        "arrivals: {rate: 36 /s}\n"
        "requests: {r: {service: {exponential: {mean: 100 ms}}}}\n"
        "deployments: {d: {sites: {q: {tier: bare, servers: 4, failures:"
        " {server: {life: {exponential: {mean: 40 s}},"
        " repair: {exponential: {mean: 10 s}}}}}}}}\n");

    ck_assert(!s.run->deployments[0].unstable);
    ck_assert_int_eq(n_warnings(&s, "no steady state"), 1);
    study_end(&s);
}
END_TEST

/* Where the rate has a course, deletion would take it for a start-up: the
 * lead-in by load, of midnight when the run starts, without pilots. */
START_TEST(course_of_the_day)
{
    struct study s =
        study_run("seed: 2\nsimulate: {duration: 24 h, replications: 3}\n"
                  "arrivals: {rate: 20 /min, daily: {sine: {amplitude: 0.8,"
                  " peak: 12 h}}}\n"
                  "requests: {r: {service: {exponential: {mean: 1 s}}}}\n"
                  "deployments: {d: {sites: {q: {tier: bare}}}}\n");
    const double rho = 20.0 / 60.0 * (1.0 - 0.8);
    const double tau = 2 * rho * 2 * 1.0 / ((1 - rho) * (1 - rho));
    /* 20 responses of 1 / (1 - rho) s are more than 3 tau */
    const double lead = 20.0 / (1 - rho);

    ck_assert_double_lt(3 * tau, lead);
    ck_assert_double_eq_tol(s.run->meta.warmup_s, lead, 1e-4 * lead);
    ck_assert_int_eq(s.run->n_warnings, 0);
    study_end(&s);
}
END_TEST

TEST_MAIN("loader/pilot", same_as_a_time, one_for_all, any_unit_of_time,
    fills_up, too_short, no_steady_state, course_of_the_day)
