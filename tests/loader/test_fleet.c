/* Fleets and near sites: sampled groups against the whole fleet, and the load
 * at which one far site with a pooled queue overtakes many near ones. */
#include "loader/flow_fixture.h"

/* A fleet whose nodes fail, in three cities: 200 nodes, all of them simulated
 * or about 40 of them, in the same windows of the same histories. */
static const char *const fleet =
    "seed: 3\nstart: 2027-01-01\nhorizon: 1 year\n"
    "simulate: {windows: {count: 16, length: 30 s}, replications: 10, "
    "timelines: 0, sites: %d}\n"
    "users:\n"
    "  a: {at: [40.7, -74.0], weight: 5}\n"
    "  b: {at: [34.0, -118.2], weight: 3}\n"
    "  c: {at: [41.9, -87.6], weight: 1}\n"
    "arrivals: {rate: 400 /s}\n"
    "requests: {r: {service: {exponential: {mean: 200 ms}}}}\n"
    "deployments:\n"
    "  d:\n"
    "    sites:\n"
    "      node:\n"
    "        {tier: bare, at: each-user, count: 200, servers: 1, "
    "rtt: {constant: 2 ms},\n"
    "         failures: {server: {life: {exponential: {mean: 400 h}}, "
    "repair: {exponential: {mean: 8 h}}}}}\n";

/* Two estimates of one value: no farther apart than their 99.9 % bounds
 * together, and both tight. */
static void agree(const struct study *few, const struct study *all,
    const char *name, double tight)
{
    const struct res_estimate *x = study_metric(few, name);
    const struct res_estimate *y = study_metric(all, name);
    const double widen =
        sim_t_quantile(0.9995, 9.0) / sim_t_quantile(0.975, 9.0);
    const double bound = widen * sqrt(x->half_width * x->half_width +
                                      y->half_width * y->half_width);

    ck_assert_msg(fabs(x->value - y->value) <= bound,
        "%s: %.7g of some, %.7g of all, bound %.3g", name, x->value, y->value,
        bound);
    ck_assert_msg(x->half_width <= tight * fabs(x->value),
        "%s: half width %.3g of %.7g", name, x->half_width, x->value);
}

START_TEST(some_stand_for_all)
{
    if (study_skipped("some_stand_for_all"))
        return;
    struct study all = study_run(fleet, 1000), few = study_run(fleet, 40);

    ck_assert_msg(
        few.run->meta.requests_simulated < all.run->meta.requests_simulated / 3,
        "%lld requests of some, %lld of all",
        (long long)few.run->meta.requests_simulated,
        (long long)all.run->meta.requests_simulated);
    agree(&few, &all, "d.latency.mean", 0.02);
    agree(&few, &all, "d.latency.p95", 0.03);
    agree(&few, &all, "d.queue.mean", 0.05);
    agree(&few, &all, "d.utilization", 0.03);
    agree(&few, &all, "d.site.node.in_system.mean", 0.03);
    agree(&few, &all, "d.site.node.busy_servers.mean", 0.03);
    study_end(&few);
    study_end(&all);
}
END_TEST

/* A site of 20 and 400 at four places beside each other, where chance sends
 * what the first refuse: to a place and, of another uniform, to a member. */
static const char *const overflow =
    "seed: 5\n"
    "simulate: {duration: 60 s, warmup: 10 s, replications: 10, sites: %d}\n"
    "users: {u: {at: [40, -70]}, v: {at: [41, -80]}, w: {at: [42, -90]},"
    " x: {at: [43, -100]}}\n"
    "arrivals: {rate: 400 /s}\n"
    "requests: {r: {service: {exponential: {mean: 1 s}}}}\n"
    "deployments: {d: {routing: {policy: random, prefer: [a, b],"
    " spill: full}, sites: {a: {tier: bare, count: 20,"
    " queue: {capacity: 1}}, b: {tier: bare, at: each-user, count: 400,"
    " queue: {capacity: 1}}}}}\n";

START_TEST(some_take_the_overflow_of_all)
{
    if (study_skipped("some_take_the_overflow_of_all"))
        return;
    struct study all = study_run(overflow, 1000);
    struct study few = study_run(overflow, 64);

    agree(&few, &all, "d.loss_probability", 0.07);
    agree(&few, &all, "d.site.b.loss_probability", 0.07);
    study_end(&few);
    study_end(&all);
}
END_TEST

/* One, two and four members that stand for one, two and four: the first six
 * are held by one request each, so all others go on twice, as 1/2 and then 2/4
 * of one that counts. */
START_TEST(overflow_of_overflow)
{
    struct study s = study_run(
        "seed: 6\n"
        "simulate: {duration: 200 s, warmup: 60 s, replications: 10,"
        " sites: 10}\n"
        "requests: {r: {service: {constant: 1 s}, only: [a, b, c],"
        " arrivals: {rate: 20 /s}}, z: {service: {constant: 1 s},"
        " only: [z], arrivals: {rate: 1 /s}}}\n"
        "deployments: {d: {routing: {prefer: [a, b, c, z], spill: full},"
        " sites: {a: {tier: bare, speed: 1e-4, queue: {capacity: 1}},"
        " b: {tier: bare, speed: 1e-4, count: 2, queue: {capacity: 1}},"
        " c: {tier: bare, servers: unlimited, count: 4},"
        " z: {tier: bare, count: 400, servers: unlimited}}}}\n");

    study_expect(&s, "d.site.c.in_system.mean", 20 * 1.0, 0.05);
    flow_near(&s, "d.site.b.requests.offered", 0);
    study_end(&s);
}
END_TEST

/* Full nodes of one metro send on to those of the other and then to the hub:
 * what reaches it does not depend on how many nodes are simulated. */
START_TEST(overflow_among_alike)
{
    static const char *const alike =
        "seed: 3\n"
        "simulate: {duration: 500 s, warmup: 60 s, replications: 12,"
        " sites: %d}\n"
        "users: {a: {at: [40, -100], weight: 1},"
        " b: {at: [40, -80], weight: 1}}\n"
        "arrivals: {rate: 240 /s}\n"
        "requests: {r: {service: {exponential: {mean: 200 ms}}}}\n"
        "deployments: {d: {routing: {prefer: [s, hub], spill: {queue: 1}},"
        " sites: {s: {tier: bare, at: each-user, count: 80},"
        " hub: {tier: bare, servers: 100}}}}\n";

    if (study_skipped("overflow_among_alike"))
        return;
    struct study all = study_run(alike, 200);
    struct study few = study_run(alike, 20);
    agree(&few, &all, "d.site.hub.requests.rate", 0.1);
    agree(&few, &all, "d.site.s.in_system.mean", 0.05);
    study_end(&few);
    study_end(&all);
}
END_TEST

/* A hundred members held by one request each, and one without end: attempts go
 * to either with the same chance, so a quarter is lost after one retry. */
START_TEST(retries_are_of_all)
{
    struct study s = study_run(
        "seed: 7\n"
        "simulate: {duration: 60 s, warmup: 30 s, replications: 10,"
        " sites: 10}\n"
        "arrivals: {rate: 200 /s}\n"
        "requests: {r: {service: {constant: 1 s}, retries: 1}}\n"
        "deployments: {d: {routing: {policy: weighted, weights: {big: 0.5,"
        " one: 0.5}}, sites: {big: {tier: bare, speed: 1e-4, count: 100,"
        " queue: {capacity: 1}}, one: {tier: bare, servers: unlimited}}}}\n");

    study_expect(&s, "d.loss_probability", 0.25, 0.02);
    study_end(&s);
}
END_TEST

/* Mean latency less the trip: M/M/1 at each of five near sites; M/M/5 far
 * away, Erlang's C from the recursion of his B. */
static double near_ms(double rho)
{
    return 1.0 + 100.0 / (1.0 - rho);
}

static double far_ms(double rho)
{
    double blocked = 1.0;

    for (int n = 1; n <= 5; n++)
        blocked = 5 * rho * blocked / (n + 5 * rho * blocked);
    const double waits = blocked / (1.0 - rho * (1.0 - blocked));
    return 25.0 + 100.0 + waits * 100.0 / (5 * (1.0 - rho));
}

/* The simulated difference at two loads about the crossover, and the load at
 * which a line through them is 0: within 1 % of the analytic one, which is
 * three standard errors here (the line itself is off by 0.1 %). */
START_TEST(crossover)
{
    if (study_skipped("crossover"))
        return;
    double low = 0.01, high = 0.9, rho[2], gain[2];

    for (int i = 0; i < 60; i++) {
        const double middle = 0.5 * (low + high);
        if (near_ms(middle) < far_ms(middle))
            low = middle;
        else
            high = middle;
    }
    for (int i = 0; i < 2; i++) {
        rho[i] = low * (i == 0 ? 0.9 : 1.1);
        struct study s = study_run(
            "seed: 8\nsimulate: {requests: 200000, warmup: 5000 requests, "
            "replications: 8}\nbaseline: edge\narrivals: {rate: %.17g /s}\n"
            "requests: {r: {service: {exponential: {mean: 100 ms}}}}\n"
            "deployments:\n"
            "  edge: {sites: {small: {tier: bare, count: 5, servers: 1, "
            "rtt: {constant: 1 ms}}}, routing: {policy: random}}\n"
            "  cloud: {sites: {large: {tier: bare, servers: 5, "
            "rtt: {constant: 25 ms}}}}\n",
            50.0 * rho[i]);
        gain[i] = study_metric(&s, "cloud.difference.latency.mean")->value;
        study_end(&s);
    }
    ck_assert_double_gt(gain[0], 0.0); /* the near sites are faster below */
    ck_assert_double_lt(gain[1], 0.0);
    const double found =
        rho[0] + (rho[1] - rho[0]) * gain[0] / (gain[0] - gain[1]);
    ck_assert_msg(fabs(found - low) <= 0.01 * low, "found %.5f, analytic %.5f",
        found, low);
}
END_TEST

/* Full nodes send a third on (Erlang's B of half an erlang and one server, a
 * third): 4000/3 a second of 10 ms for 40 servers, also where each simulated
 * node stands for ten and its overflow comes over ten seconds, and in windows
 * that are no longer than that. */
START_TEST(overflow_in_full)
{
    if (study_skipped("overflow_in_full"))
        return;
    struct study s = study_run(
        "seed: 7\nhorizon: 1 year\n"
        "simulate: {windows: {count: 6, length: 10 s}, replications: 8, "
        "sites: 8, timelines: 0}\narrivals: {rate: 4000 /s}\n"
        "requests: {r: {service: {exponential: {mean: 10 ms}}}}\n"
        "deployments: {d: {routing: {prefer: [a, h], spill: full}, sites: "
        "{a: {tier: bare, count: 80, queue: {capacity: 1}}, "
        "h: {tier: bare, servers: 40}}}}\n");

    study_expect(&s, "d.site.a.utilization", 1.0 / 3, 0.08);
    study_expect(&s, "d.site.h.utilization", 4000.0 / 3 * 0.01 / 40, 0.08);
    study_end(&s);
}
END_TEST

TEST_MAIN("loader/fleet", some_stand_for_all, some_take_the_overflow_of_all,
    overflow_of_overflow, overflow_among_alike, retries_are_of_all, crossover,
    overflow_in_full)
