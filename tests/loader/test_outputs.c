/* Outputs of parts of a study: users, members, size bins, the state at given
 * times.  Truth: closed forms of the queues, named at each test, and sums that
 * must agree. */
#include "loader/study_fixture.h"

static double value(const struct study *s, const char *name)
{
    return study_metric(s, name)->value;
}

static bool is_there(const struct study *s, const char *name)
{
    return res_metric_by_name(s->run, name) != NULL;
}

/* ---- users --------------------------------------------------------------- */

/* Light in fibre along the great circle and back, index 1.4682, on the mean
 * sphere of 6371.0088 km; without inflation, fixed part or jitter. */
static double round_trip_ms(double lat1, double lat2)
{
    const double pi = 3.14159265358979323846;
    const double km = 6371.0088 * fabs(lat1 - lat2) * pi / 180.0;

    return 2.0 * km * 1.4682 / 299792.458 * 1e3;
}

/* No queue and a constant service: the latency of a user is his round trip
 * and 10 ms. */
START_TEST(users_by_distance)
{
    struct study s = study_run(
        "seed: 2\n"
        "simulate: {requests: 4000, warmup: none, replications: 5}\n"
        "users:\n"
        "  near: {at: [41, -90], weight: 3}\n"
        "  far: {at: [11, -90], weight: 1}\n"
        "arrivals: {rate: 40 /s}\n"
        "requests: {r: {service: {constant: 10 ms}, slo: {p95: 30 ms}}}\n"
        "deployments: {d: {sites: {q: {tier: bare, at: [40, -90],"
        " servers: unlimited,"
        " network: {inflation: 1, fixed: 0 ms, jitter: 0}}}}}\n");
    const double near_ms = round_trip_ms(40, 41),
                 far_ms = round_trip_ms(40, 11);
    const double offered = 4000;

    ck_assert_double_eq_tol(
        value(&s, "d.user.near.network.mean"), near_ms, 0.01 * near_ms);
    ck_assert_double_eq_tol(
        value(&s, "d.user.far.network.mean"), far_ms, 0.01 * far_ms);
    ck_assert_double_eq_tol(value(&s, "d.user.far.latency.mean"),
        value(&s, "d.user.far.network.mean") + 10, 1e-6);
    ck_assert_double_eq_tol(value(&s, "d.user.far.queue.mean"), 0, 1e-9);
    /* within a bucket of 1/32 of the value */
    const double far_latency = value(&s, "d.user.far.latency.mean");
    ck_assert_double_eq_tol(
        value(&s, "d.user.far.latency.p50"), far_latency, far_latency / 32);
    ck_assert_double_eq_tol(
        value(&s, "d.user.far.latency.p95"), far_latency, far_latency / 32);
    ck_assert(isnan(study_metric(&s, "d.user.far.latency.p95")->half_width));
    ck_assert(study_metric(&s, "d.user.far.latency.p95")->reason != NULL);
    ck_assert_double_eq(value(&s, "d.user.near.slo.attainment"), 1);
    ck_assert_double_eq(value(&s, "d.user.far.slo.attainment"), 0);
    ck_assert_double_eq(value(&s, "d.user.far.availability"), 1);
    ck_assert_double_eq(value(&s, "d.user.far.loss_probability"), 0);
    study_expect(&s, "d.user.near.requests.offered", 0.75 * offered, 0.02);
    study_expect(&s, "d.user.far.requests.offered", 0.25 * offered, 0.06);
    ck_assert_double_eq_tol(value(&s, "d.user.near.requests.served") +
                                value(&s, "d.user.far.requests.served"),
        offered, 1e-9 * offered);
    /* of some thousand requests 20 lie beyond: no p99 of the few */
    ck_assert(isnan(study_metric(&s, "d.user.far.latency.p99")->value));
    study_end(&s);
}
END_TEST

/* Without users in the scenario nobody is told apart. */
START_TEST(nobody_is_no_user)
{
    struct study s =
        study_run("simulate: {requests: 500, warmup: none, replications: 2}\n"
                  "arrivals: {rate: 5 /s}\n"
                  "requests: {r: {service: {constant: 10 ms}}}\n"
                  "deployments: {d: {sites: {q: {tier: bare}}}}\n");

    for (int i = 0; i < s.run->n_metrics; i++)
        ck_assert(strstr(s.run->metrics[i].name, ".user.") == NULL);
    study_end(&s);
}
END_TEST

/* ---- members ------------------------------------------------------------- */

/* Random balance splits a Poisson stream: three M/M/1 at 6/s of 10/s each.
 * Response 1/(mu - lambda) = 250 ms, p95 = 250 ln 20, rho = 0.6. */
START_TEST(members_are_queues)
{
    if (study_skipped("members_are_queues"))
        return;
    static const char *const names[] = {"q#1", "q#2", "q#3"};
    struct study s =
        study_run("seed: 3\n"
                  "simulate: {requests: 80000, warmup: 2000 requests,"
                  " replications: 10}\n"
                  "arrivals: {rate: 18 /s}\n"
                  "requests: {r: {service: {exponential: {mean: 100 ms}}}}\n"
                  "deployments: {d: {sites: {q: {tier: bare, count: 3}}}}\n");
    double served = 0.0, in_system = 0.0;

    for (int i = 0; i < 3; i++) {
        char name[64];
#define OF(metric)                                                             \
    (snprintf(name, sizeof name, "d.site.%s.%s", names[i], metric), name)
        study_expect(&s, OF("latency.mean"), 250, 0.03);
        study_expect(&s, OF("queue.mean"), 150, 0.05);
        study_expect(&s, OF("service.mean"), 100, 0.01);
        study_expect(&s, OF("utilization"), 0.6, 0.01);
        study_expect(&s, OF("busy_servers.mean"), 0.6, 0.01);
        study_expect(&s, OF("in_system.mean"), 1.5, 0.04);
        study_expect(&s, OF("queue_length.mean"), 0.9, 0.06);
        ck_assert_double_eq_tol(
            value(&s, OF("latency.p95")), 250 * log(20), 0.03 * 250 * log(20));
        ck_assert_double_eq_tol(
            value(&s, OF("latency.p50")), 250 * log(2), 0.03 * 250 * log(2));
        ck_assert_double_eq(value(&s, OF("availability")), 1);
        served += value(&s, OF("requests.served"));
        in_system += value(&s, OF("in_system.mean"));
#undef OF
    }
    ck_assert_double_eq_tol(
        served, value(&s, "d.site.q.requests.served"), 1e-6 * served);
    ck_assert_double_eq_tol(
        in_system, value(&s, "d.site.q.in_system.mean"), 1e-9 * in_system);
    study_end(&s);
}
END_TEST

/* One at each user, and an entry of one member, which is the entry itself. */
START_TEST(members_of_users)
{
    struct study s = study_run(
        "seed: 3\n"
        "simulate: {duration: 500 s, warmup: 20 s, replications: 4}\n"
        "users:\n"
        "  a: {at: [40, -74], weight: 1}\n"
        "  b: {at: [34, -118], weight: 1}\n"
        "arrivals: {rate: 8 /s}\n"
        "requests: {r: {service: {constant: 10 ms}}}\n"
        "deployments: {d: {sites: {backup: {tier: bare, at: [39, -95]},"
        " near: {tier: edge, at: each-user}},"
        " routing: {prefer: [near, backup]}}}\n"
        "thresholds: [d.site.near@a.latency.mean < 1 s,"
        " d.user.b.availability >= 50 %%]\n");

    ck_assert(is_there(&s, "d.site.near@a.latency.p95"));
    ck_assert(is_there(&s, "d.site.near@b.in_system.mean"));
    ck_assert(!is_there(&s, "d.site.backup#1.latency.mean"));
    ck_assert_double_eq_tol(value(&s, "d.site.near@a.in_system.mean") +
                                value(&s, "d.site.near@b.in_system.mean"),
        value(&s, "d.site.near.in_system.mean"), 1e-9);
    ck_assert_int_eq(s.run->n_thresholds, 2);
    study_end(&s);
}
END_TEST

static struct study many(const char *report)
{
    return study_run(
        "simulate: {requests: 3000, warmup: none, replications: 2}\n"
        "arrivals: {rate: 1000 /s}\n"
        "requests: {r: {service: {constant: 10 ms}}}\n"
        "%s"
        "deployments: {d: {sites: {lone: {tier: bare},"
        " q: {tier: bare, count: 205}}, routing: {prefer: [q, lone]}}}\n",
        report);
}

/* The first 200 members by themselves; with `all` the rest without
 * percentiles. */
START_TEST(first_two_hundred)
{
    struct study few = many(""), all = many("report: {sites: all}\n");

    ck_assert(is_there(&few, "d.site.q#1.latency.mean"));
    ck_assert(is_there(&few, "d.site.q#200.latency.p50"));
    ck_assert(!is_there(&few, "d.site.q#201.latency.mean"));
    ck_assert(is_there(&all, "d.site.q#205.latency.mean"));
    ck_assert(is_there(&all, "d.site.q#200.latency.p50"));
    ck_assert(!is_there(&all, "d.site.q#201.latency.p50"));
    ck_assert_double_eq_tol(value(&all, "d.site.q#205.latency.mean"), 10, 3);
    for (int i = 0; i < few.run->n_metrics; i++) {
        const struct res_metric *m = &few.run->metrics[i];
        const struct res_metric *other = res_metric_by_name(all.run, m->name);
        ck_assert_msg(other != NULL, "no '%s'", m->name);
        ck_assert_mem_eq(&m->est.value, &other->est.value, sizeof(double));
    }
    study_end(&few);
    study_end(&all);
}
END_TEST

/* ---- size bins ----------------------------------------------------------- */

/* M/G/1 with processor sharing: slowdown 1 / (1 - rho) at every size
 * (Kleinrock, Queueing Systems II, section 4.4). */
START_TEST(sharing_is_fair)
{
    if (study_skipped("sharing_is_fair"))
        return;
    static const char *const scopes[] = {"d", "d.site.q", "d.class.r"};
    struct study s =
        study_run("seed: 5\n"
                  "simulate: {requests: 60000, warmup: 3000 requests,"
                  " replications: 10}\n"
                  "report: {size_bins: [20 ms, 100 ms]}\n"
                  "arrivals: {rate: 6 /s}\n"
                  "requests: {r: {service: {exponential: {mean: 100 ms}}}}\n"
                  "deployments: {d: {sites: {q: {tier: bare,"
                  " queue: {discipline: ps}}}}}\n");
    char name[64];

    for (int k = 0; k < 3; k++) {
        for (int i = 0; i < 3; i++) {
            snprintf(
                name, sizeof name, "%s.slowdown.bin.%d.mean", scopes[i], k);
            study_expect(&s, name, 2.5, 0.03);
        }
    }
    ck_assert(!is_there(&s, "d.slowdown.bin.3.mean"));
    study_end(&s);
}
END_TEST

/* Two constant sizes without a queue, at speed 2: slowdown 1 in the two bins
 * they fall into (an edge belongs to the bin below it), nothing in the third.
 */
START_TEST(bins_by_work)
{
    struct study s = study_run(
        "simulate: {requests: 2000, warmup: none, replications: 3}\n"
        "report: {size_bins: [20 ms, 60 ms]}\n"
        "arrivals: {rate: 6 /s}\n"
        "requests: {a: {share: 50 %%, service: {constant: 20 ms}},"
        " b: {share: 50 %%, service: {constant: 60 ms}}}\n"
        "deployments: {d: {sites: {q: {tier: bare, servers: unlimited,"
        " speed: 2}}}}\n");

    ck_assert_double_eq_tol(value(&s, "d.slowdown.bin.0.mean"), 1, 1e-9);
    ck_assert_double_eq_tol(value(&s, "d.slowdown.bin.1.mean"), 1, 1e-9);
    ck_assert(isnan(value(&s, "d.slowdown.bin.2.mean")));
    ck_assert(isnan(value(&s, "d.class.a.slowdown.bin.1.mean")));
    study_end(&s);
}
END_TEST

/* ---- the state at given times -------------------------------------------- */

/* M/M/inf from empty: Poisson with mean a (1 - exp(-mu t)).  Two sites, so the
 * deployment has the sum of both; a lead-in that is not counted changes
 * nothing. */
START_TEST(unlimited_servers_fill)
{
    if (study_skipped("unlimited_servers_fill"))
        return;
    for (int warm = 0; warm < 2; warm++) {
        struct study s = study_run(
            "seed: 6\n"
            "simulate: {duration: 12 s, warmup: %s, replications: 2000}\n"
            "report: {at: [1 s, 4 s, 12 s]}\n"
            "arrivals: {rate: 5 /s}\n"
            "requests: {r: {service: {exponential: {mean: 2 s}}}}\n"
            "deployments: {d: {sites: {a: {tier: bare, servers: unlimited},"
            " b: {tier: bare, servers: unlimited}},"
            " routing: {policy: weighted, weights: {a: 0.8, b: 0.2}}}}\n",
            warm == 0 ? "none" : "3 s");
        const double at_s[] = {1, 4, 12};
        for (int k = 0; k < 3; k++) {
            const double m = 5 * 2 * (1 - exp(-at_s[k] / 2));
            char name[64];
            snprintf(name, sizeof name, "d.at.%d.in_system.mean", k);
            study_expect(&s, name, m, 0.04);
            snprintf(name, sizeof name, "d.site.a.at.%d.in_system.mean", k);
            study_expect(&s, name, 0.8 * m, 0.04);
            snprintf(name, sizeof name, "d.site.a.at.%d.wait_probability", k);
            ck_assert_double_eq(value(&s, name), 0);
            snprintf(name, sizeof name, "d.at.%d.queue_length.mean", k);
            ck_assert_double_eq(value(&s, name), 0);
        }
        ck_assert(!is_there(&s, "d.at.3.in_system.mean"));
        study_end(&s);
    }
}
END_TEST

/* M/M/1/1 from empty: P(busy at t) = l/(l + m) (1 - exp(-(l + m) t)). */
START_TEST(one_place_fills)
{
    struct study s = study_run(
        "seed: 7\n"
        "simulate: {duration: 4 s, warmup: none, replications: 4000}\n"
        "report: {at: [0 s, 0.5 s, 3 s]}\n"
        "arrivals: {rate: 1 /s}\n"
        "requests: {r: {service: {exponential: {mean: 500 ms}}}}\n"
        "deployments: {d: {sites: {q: {tier: bare,"
        " queue: {capacity: 1}}}}}\n");

    ck_assert_double_eq(value(&s, "d.site.q.at.0.wait_probability"), 0);
    study_expect(
        &s, "d.site.q.at.1.wait_probability", (1 - exp(-3 * 0.5)) / 3, 0.06);
    study_expect(&s, "d.site.q.at.2.wait_probability", (1 - exp(-9)) / 3, 0.06);
    study_expect(&s, "d.at.2.in_system.mean", (1 - exp(-9)) / 3, 0.06);
    study_end(&s);
}
END_TEST

/* Services longer than the run: of N(t) ~ Poisson(lambda t) all but the first
 * wait: E = lambda t - 1 + exp(-lambda t), and one more would have to wait
 * with probability 1 - exp(-lambda t).  Every kernel counts alike. */
START_TEST(nobody_leaves)
{
    if (study_skipped("nobody_leaves"))
        return;
    static const char *const kinds[] = {"",
        "queue: {discipline: lps,"
        " concurrency: 1}",
        "queue: {discipline: priority}",
        "queue: {discipline: priority-preemptive}",
        "batching: {min: 1, max: 1, time: {fixed: 1000 s}}",
        "power_off: {when: empty, boot: {constant: 0 s}}"};

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        struct study s = study_run(
            "seed: 8\n"
            "simulate: {duration: 4 s, warmup: none, replications: 1500}\n"
            "report: {at: [2 s]}\n"
            "arrivals: {rate: 1 /s}\n"
            "requests: {r: {service: {constant: %s}}}\n"
            "deployments: {d: {sites: {q: {tier: bare, %s}}}}\n",
            strncmp(kinds[i], "batching", 8) == 0 ? "1 ns" : "1000 s",
            kinds[i]);
        /* an offered load beyond capacity has no interval */
        ck_assert_double_eq_tol(
            value(&s, "d.site.q.at.0.in_system.mean"), 2, 4 * sqrt(2 / 1500.0));
        ck_assert_double_eq_tol(value(&s, "d.site.q.at.0.queue_length.mean"),
            1 + exp(-2), 4 * sqrt(2 / 1500.0));
        ck_assert_double_eq_tol(value(&s, "d.site.q.at.0.wait_probability"),
            1 - exp(-2), 4 * sqrt(0.25 / 1500));
        study_end(&s);
    }
}
END_TEST

/* ---- in service, and nobody ---------------------------------------------- */

/* One slot at load rho = 0.6: idle 1 - rho of the time in every discipline
 * that keeps it busy; in service rho where jobs are served one at a time, all
 * of the rho / (1 - rho) in system where they share it. */
START_TEST(running_and_empty)
{
    if (study_skipped("running_and_empty"))
        return;
    static const struct {
        const char *kind;
        double running;
    } kinds[] = {{"", 0.6}, {"queue: {discipline: ps}", 1.5},
        {"queue: {discipline: priority-preemptive}", 0.6},
        {"batching: {min: 1, max: 1, time: {exponential: {mean: 100 ms}}}",
            0.6}};
    static const char *const runs[] = {"requests: 50000, warmup: 2000 requests",
        "duration: 2 h, warmup: 60 s"};

    for (size_t i = 0; i < 2 * sizeof kinds / sizeof kinds[0]; i++) {
        const bool batch = strncmp(kinds[i / 2].kind, "batching", 8) == 0;
        struct study s =
            study_run("seed: 9\n"
                      "simulate: {%s, replications: 6}\n"
                      "arrivals: {rate: 6 /s}\n"
                      "requests: {r: {service: %s}}\n"
                      "deployments: {d: {sites: {q: {tier: bare, %s}}}}\n",
                runs[i % 2],
                batch ? "{constant: 1 ns}" : "{exponential: {mean: 100 ms}}",
                kinds[i / 2].kind);
        study_expect(&s, "d.site.q.time_share.empty", 0.4, 0.03);
        study_expect(&s, "d.site.q.running.mean", kinds[i / 2].running, 0.05);
        study_expect(&s, "d.site.q.busy_servers.mean", 0.6, 0.02);
        study_expect(&s, "d.utilization", 0.6, 0.02);
        study_end(&s);
    }
}
END_TEST

/* Nobody among c servers: p0 of M/M/2 at load 0.75 is (1 - r)/(1 + r); more
 * members: the mean over them. */
START_TEST(empty_of_many)
{
    if (study_skipped("empty_of_many"))
        return;
    struct study s =
        study_run("seed: 10\n"
                  "simulate: {requests: 50000, warmup: 2000 requests,"
                  " replications: 6}\n"
                  "arrivals: {rate: 30 /s}\n"
                  "requests: {r: {service: {exponential: {mean: 100 ms}}}}\n"
                  "deployments: {d: {sites: {q: {tier: bare, count: 2,"
                  " servers: 2}}}}\n");

    study_expect(&s, "d.site.q.time_share.empty", 0.25 / 1.75, 0.03);
    study_end(&s);
}
END_TEST

/* ---- attempts ------------------------------------------------------------ */

static struct study one_long(const char *more)
{
    return study_run(
        "seed: 11\n"
        "simulate: {duration: 100 s, warmup: none, replications: 3}\n"
        "arrivals: {rate: 3 /s}\n"
        "requests: {r: {service: {constant: 500 s},"
        " retries: {max: 2, backoff: 100 ms}%s}}\n"
        "deployments: {d: {sites: {q: {tier: bare,"
        " queue: {capacity: 1}}}}}\n",
        more);
}

/* The first request takes the only place for the whole run: all others are
 * turned away three times.  Where the user's own device serves what nobody else
 * does, they fall back on it instead of being lost. */
START_TEST(attempts_are_counted)
{
    struct study lost = one_long("");
    struct study local = one_long(", fallback: {local: {constant: 1 s}}");
    const double turned = value(&lost, "d.requests.lost");
    const double offered = value(&lost, "d.requests.offered");

    ck_assert_double_gt(turned, 0.98 * offered);
    ck_assert_double_lt(turned, offered);
    ck_assert_double_eq_tol(
        value(&lost, "d.requests.retried"), 2 * turned, 1e-9 * offered);
    ck_assert_double_eq_tol(
        value(&lost, "d.class.r.requests.retried"), 2 * turned, 1e-9 * offered);
    ck_assert_double_eq_tol(
        value(&local, "d.requests.fallback"), turned, 1e-9 * offered);
    ck_assert_double_eq_tol(
        value(&local, "d.requests.served"), offered, 1e-9 * offered);
    ck_assert(!is_there(&lost, "d.requests.fallback"));
    ck_assert(!is_there(&lost, "d.requests.hedged"));
    ck_assert(!is_there(&lost, "d.cache_hit_share"));
    study_end(&lost);
    study_end(&local);
}
END_TEST

/* Every request is out for 10 ms, longer than the hedge waits: two copies of
 * each.  Of visits to a cache three in ten hit. */
START_TEST(copies_and_hits)
{
    struct study s = study_run(
        "seed: 12\n"
        "simulate: {requests: 5000, warmup: none, replications: 4}\n"
        "arrivals: {rate: 3 /s}\n"
        "requests: {r: {service: {constant: 10 ms}}}\n"
        "deployments:\n"
        "  d: {sites: {q: {tier: bare, servers: unlimited, count: 2}},"
        " routing: {hedge: {after: 5 ms}}}\n"
        "  e: {sites: {q: {tier: bare,"
        " cache: {hit: 30 %%, time: 1 ms}}}}\n");

    ck_assert_double_eq_tol(value(&s, "d.requests.hedged"),
        value(&s, "d.requests.offered"), 1e-9 * 5000);
    study_expect(&s, "e.cache_hit_share", 0.3, 0.05);
    study_expect(&s, "e.site.q.cache_hit_share", 0.3, 0.05);
    ck_assert_double_eq(value(&s, "e.requests.retried"), 0);
    study_end(&s);
}
END_TEST

TEST_MAIN("loader/outputs", users_by_distance, nobody_is_no_user,
    members_are_queues, members_of_users, first_two_hundred, sharing_is_fair,
    bins_by_work, unlimited_servers_fill, one_place_fills, nobody_leaves,
    running_and_empty, empty_of_many, attempts_are_counted, copies_and_hits)
