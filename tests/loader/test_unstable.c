/* Loads at and above capacity, and figures that rest on too little.
 *
 * Truth: a queue without limit or patience whose work arrives no slower than
 * it is served has no steady state; the manual's rules on what is then
 * reported.  Beside each case stands one that differs in what makes it
 * stable. */
#include "loader/study_fixture.h"

#include <sys/resource.h>

struct load_case {
    const char *what;
    const char *arrivals, *requests, *deployment, *simulate;
};

static const char short_run[] =
    "simulate: {requests: 20000, warmup: none, replications: 3}\n";
static const char day[] =
    "simulate: {duration: 24 h, warmup: none, replications: 3}\n";

#define EXP(ms) "requests: {r: {service: {exponential: {mean: " #ms " ms}}}}\n"

/* rho >= 1: 12 requests/s of 100 ms, and other ways to come there */
static const struct load_case unstable_cases[] = {
    {"exactly full", "arrivals: {rate: 10 /s}\n", EXP(100),
        "{sites: {q: {tier: bare}}}", short_run},
    {"one of two sites", "arrivals: {rate: 18 /s}\n", EXP(100),
        "{sites: {a: {tier: bare}, b: {tier: bare, servers: 4}},"
        " routing: {policy: weighted, weights: {a: 0.6, b: 0.4}}}",
        short_run},
    {"a mix of classes", "arrivals: {rate: 12 /s}\n",
        "requests:\n"
        "  short: {share: 80 %, service: {exponential: {mean: 50 ms}}}\n"
        "  long: {share: 20 %, service: {exponential: {mean: 300 ms}}}\n",
        "{sites: {q: {tier: bare}}}", short_run},
    {"priorities", "",
        "requests:\n"
        "  first: {priority: 1, arrivals: {rate: 6 /s},"
        " service: {exponential: {mean: 100 ms}}}\n"
        "  last: {priority: 2, arrivals: {rate: 6 /s},"
        " service: {exponential: {mean: 100 ms}}}\n",
        "{sites: {q: {tier: bare, queue: {discipline: priority}}}}", short_run},
    {"sharing", "arrivals: {rate: 12 /s}\n", EXP(100),
        "{sites: {q: {tier: bare, queue: {discipline: ps}}}}", short_run},
    {"sharing by few", "arrivals: {rate: 25 /s}\n", EXP(100),
        "{sites: {q: {tier: bare, servers: 4, queue: {discipline: lps,"
        " concurrency: 2}}}}",
        short_run},
    {"batches of eight", "arrivals: {rate: 90 /s}\n", "requests: {r: {}}\n",
        "{sites: {q: {tier: bare, batching: {min: 1, max: 8,"
        " time: {exponential: {mean: 100 ms}}}}}}",
        short_run},
    {"bursts",
        "arrivals: {process: {mmpp: {rates: [4 /s, 22 /s],"
        " sojourn: [1 s, 1 s]}}}\n",
        EXP(100), "{sites: {q: {tier: bare}}}", short_run},
    {"only some are impatient", "arrivals: {rate: 24 /s}\n",
        "requests:\n"
        "  waits: {share: 50 %, service: {exponential: {mean: 100 ms}}}\n"
        "  leaves: {share: 50 %, service: {exponential: {mean: 100 ms}},"
        " patience: {exponential: {mean: 500 ms}}}\n",
        "{sites: {q: {tier: bare}}}", short_run},
    {"all queues compared", "arrivals: {rate: 210 /s}\n", EXP(100),
        "{sites: {a: {tier: bare}, b: {tier: bare, servers: 19}},"
        " routing: {policy: shortest-queue}}",
        short_run},
    {"past a limit to a fallback", "arrivals: {rate: 20 /s}\n",
        "requests: {r: {service: {exponential: {mean: 100 ms}},"
        " limit: 5 /s, fallback: {site: b}}}\n",
        "{routing: {prefer: [a]}, sites: {a: {tier: bare, servers: 4},"
        " b: {tier: bare}}}",
        short_run},
    {"the last that overflow comes to", "arrivals: {rate: 25 /s}\n", EXP(100),
        "{routing: {prefer: [a, b], spill: full}, sites: {a: {tier: bare,"
        " queue: {capacity: 3}}, b: {tier: bare}}}",
        short_run},
};

static const struct load_case stable_cases[] = {
    {"nearly full", "arrivals: {rate: 9.9 /s}\n", EXP(100),
        "{sites: {q: {tier: bare}}}", short_run},
    {"a limit on the queue", "arrivals: {rate: 30 /s}\n", EXP(100),
        "{sites: {q: {tier: bare, queue: {capacity: 10}}}}", short_run},
    {"queues compared", "arrivals: {rate: 60 /s}\n", EXP(100),
        "{sites: {a: {tier: bare}, b: {tier: bare, servers: 19}},"
        " routing: {policy: shortest-queue}}",
        short_run},
    {"two queues compared", "arrivals: {rate: 60 /s}\n", EXP(100),
        "{sites: {a: {tier: bare}, b: {tier: bare, servers: 19}},"
        " routing: {policy: power-of-d}}",
        short_run},
    {"two even sites", "arrivals: {rate: 18 /s}\n", EXP(100),
        "{sites: {a: {tier: bare}, b: {tier: bare}},"
        " routing: {policy: random}}",
        short_run},
    {"all are impatient", "arrivals: {rate: 30 /s}\n",
        "requests: {r: {service: {exponential: {mean: 100 ms}},"
        " patience: {exponential: {mean: 500 ms}}}}\n",
        "{sites: {q: {tier: bare}}}", short_run},
    {"those that wait fit", "arrivals: {rate: 24 /s}\n",
        "requests:\n"
        "  waits: {share: 25 %, service: {exponential: {mean: 100 ms}}}\n"
        "  leaves: {share: 75 %, service: {exponential: {mean: 100 ms}},"
        " patience: {exponential: {mean: 500 ms}}}\n",
        "{sites: {q: {tier: bare}}}", short_run},
    {"sharing that speeds up", "arrivals: {rate: 20 /s}\n", EXP(100),
        "{sites: {q: {tier: bare, queue: {discipline: ps, concurrency: 32,"
        " rates: [1, 1.8, 2.4]}}}}",
        short_run},
    {"batches of eight", "arrivals: {rate: 60 /s}\n", "requests: {r: {}}\n",
        "{sites: {q: {tier: bare, batching: {min: 1, max: 8,"
        " time: {exponential: {mean: 100 ms}}}}}}",
        short_run},
    {"no end of servers", "arrivals: {rate: 50 /s}\n", EXP(100),
        "{sites: {q: {tier: bare, servers: unlimited}}}", short_run},
    {"most is in the cache", "arrivals: {rate: 20 /s}\n", EXP(100),
        "{sites: {q: {tier: bare, cache: 90 %}}}", short_run},
    {"a limit on the class", "arrivals: {rate: 20 /s}\n",
        "requests: {r: {service: {exponential: {mean: 100 ms}},"
        " limit: 5 /s}}\n",
        "{sites: {q: {tier: bare}}}", short_run},
    {"two parts for two sites", "arrivals: {rate: 6 /s}\n",
        "requests: {r: {service: {exponential: {mean: 100 ms}}, fork: 2}}\n",
        "{sites: {a: {tier: bare}, b: {tier: bare}}}", short_run},
    {"retries before a slow fallback", "arrivals: {rate: 8 /s}\n",
        "requests: {r: {service: {exponential: {mean: 100 ms}}, retries: 3,"
        " fallback: {site: b}}}\n",
        "{routing: {prefer: [a]}, sites: {a: {tier: bare,"
        " queue: {capacity: 2}}, b: {tier: bare, speed: 0.1}}}",
        short_run},
    {"overload by day only",
        "arrivals: {rate: 6 /min, daily: {sine: {amplitude: 0.9, peak: 12 h}"
        "}}\n",
        EXP(7000), "{sites: {q: {tier: bare}}}", day},
};

static struct study run_case(const struct load_case *c)
{
    return study_run("seed: 3\n%s%s%sdeployments:\n  d: %s\n", c->simulate,
        c->arrivals, c->requests, c->deployment);
}

/* Figures that describe the run, each without an interval and with a reason
 * that says why; counts and what has no chance keep theirs. */
static void check_unstable(const struct study *s, const char *what)
{
    static const char *const names[] = {"d.latency.mean", "d.latency.sd",
        "d.latency.p50", "d.latency.p95", "d.queue.mean", "d.utilization",
        "d.wait_probability", "d.in_system.mean"};

    ck_assert_msg(s->run->deployments[0].unstable, "%s: not flagged", what);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const struct res_estimate *e = study_metric(s, names[i]);
        ck_assert_msg(isfinite(e->value), "%s: no %s", what, names[i]);
        ck_assert_msg(isnan(e->half_width), "%s: %s", what, names[i]);
        ck_assert_msg(
            e->reason != NULL && strncmp(e->reason, "unstable", 8) == 0,
            "%s: %s has no reason", what, names[i]);
    }
}

/* The most memory the process ever held [bytes]. */
static double peak_memory(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return 1024.0 * (double)usage.ru_maxrss;
}

/* Memory for the requests of the run at most: those that wait at its end, with
 * their places in pool, calendar and station, and what any run needs. */
START_TEST(flagged)
{
    const double before = peak_memory();

    for (size_t i = 0; i < sizeof unstable_cases / sizeof unstable_cases[0];
         i++) {
        struct study s = run_case(&unstable_cases[i]);
        check_unstable(&s, unstable_cases[i].what);
        study_end(&s);
    }
#if defined(SIM_NO_CLONES) /* sanitizers have memory of their own */
    const double room = 1e9;
#else
    const double room = 16e6;
#endif
    ck_assert_double_lt(peak_memory() - before, 20000 * 400.0 + room);
}
END_TEST

START_TEST(not_flagged)
{
    for (size_t i = 0; i < sizeof stable_cases / sizeof stable_cases[0]; i++) {
        struct study s = run_case(&stable_cases[i]);
        const struct res_estimate *e = study_metric(&s, "d.latency.mean");
        ck_assert_msg(!s.run->deployments[0].unstable, "%s: flagged",
            stable_cases[i].what);
        ck_assert_msg(
            e->half_width > 0.0, "%s: no interval", stable_cases[i].what);
        study_end(&s);
    }
}
END_TEST

/* `auto` has nothing to find out about it and does not try: half of nothing
 * would be as good. */
START_TEST(no_pilots)
{
    struct study s = study_run("simulate: {requests: 20000, replications: 3}\n"
                               "arrivals: {rate: 12 /s}\n" EXP(
                                   100) "deployments:\n"
                                        "  d: {sites: {q: {tier: bare}}}\n");

    check_unstable(&s, "auto");
    ck_assert_double_eq(s.run->meta.warmup_s, 0.0);
    study_end(&s);
}
END_TEST

/* ---- too few requests beyond a quantile ---------------------------------- */

static int n_warnings(const struct study *s, const char *about)
{
    int n = 0;

    for (int i = 0; i < s->run->n_warnings; i++)
        n += strstr(s->run->warnings[i], about) != NULL;
    return n;
}

/* Beyond p95 lie 5 % of the requests: with 8 x 499 there are fewer than 200 in
 * all and no value; with 8 x 500 exactly 200, and a warning; with 8 x 4000, 200
 * a replication and none. */
START_TEST(quantile_rests_on_too_few)
{
    static const struct {
        int requests;
        bool given, warned;
    } cases[] = {{499, false, false}, {500, true, true}, {3999, true, true},
        {4000, true, false}};

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct study s = study_run(
            "simulate: {requests: %d, warmup: none, replications: 8}\n"
            "arrivals: {rate: 5 /s}\n" EXP(
                100) "deployments:\n"
                     "  d: {sites: {q: {tier: bare}}}\n",
            cases[i].requests);
        const struct res_estimate *e = study_metric(&s, "d.latency.p95");
        ck_assert_int_eq(isfinite(e->value), cases[i].given);
        ck_assert_int_eq(isfinite(e->half_width), cases[i].given);
        if (!cases[i].given) {
            ck_assert_int_eq(e->n, 0);
            ck_assert_ptr_nonnull(strstr(e->reason, "fewer than 200"));
        }
        ck_assert_int_eq(n_warnings(&s, "d.latency.p95 "), cases[i].warned);
        /* the median rests on half of them, and is always given */
        ck_assert(isfinite(study_metric(&s, "d.latency.p50")->value));
        study_end(&s);
    }
}
END_TEST

TEST_MAIN("loader/unstable", flagged, not_flagged, no_pilots,
    quantile_rests_on_too_few)
