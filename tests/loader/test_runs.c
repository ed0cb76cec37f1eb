/* What a run is made of: its replications, its length, its months.  Truth:
 * closed forms and exact counts named at each test. */
#include "loader/flow_fixture.h"

/* ---- replications -------------------------------------------------------- */

/* One job of 100 s on one of two servers of mean life 2000 s, whose work is
 * lost with its server: it is left alone with probability exp(-100/2000),
 * whatever the site is called. */
START_TEST(failing_servers_are_drawn)
{
    static const char *const names[] = {"q", "s", "east", "a1"};

    for (int i = 0; i < 4; i++) {
        struct study s = study_run(
            "seed: 3\n"
            "simulate: {duration: 115 s, warmup: none, replications: 1000}\n"
            "arrivals: {process: {closed: {population: 1,"
            " think: {constant: 10 s}}}}\n"
            "requests: {r: {slo: {p95: 100.001 s}}}\n"
            "deployments: {d: {sites: {%s: {tier: bare, servers: 2,"
            " batching: {max: 1, time: {fixed: 100 s, law: constant}},"
            " failures: {server: {life: {exponential: {mean: 2000 s}},"
            " repair: {constant: 900 s}}}}}}}\n",
            names[i]);
        /* four standard deviations of a share of 1,000 */
        ck_assert_double_eq_tol(
            flow_value(&s, "d.slo.attainment"), exp(-0.05), 0.028);
        study_end(&s);
    }
}
END_TEST

/* Numbers of requests and tokens need no unit, in each of their forms. */
START_TEST(counts_need_no_unit)
{
    static const char *const warmups[] = {
        "50 requests", "50", "{requests: 50}", "{requests: 50 requests}"};
    double value[4];

    for (int i = 0; i < 4; i++) {
        struct study s = study_run(
            "seed: 8\n"
            "simulate: {requests: 200, warmup: %s, replications: 2}\n"
            "arrivals: {rate: 9 /s}\n"
            "requests: {r: {tokens: {input: 512%s, output: {constant: 8}},"
            " service: {exponential: {mean: 100 ms}}}}\n"
            "deployments: {d: {sites: {q: {tier: bare}}}}\n",
            warmups[i], i % 2 == 0 ? "" : " tokens");
        value[i] = flow_value(&s, "d.latency.mean");
        ck_assert_double_eq(value[i], value[0]);
        study_end(&s);
    }
}
END_TEST

/* A larger maximum changes nothing while the precision is met before, and
 * sections stay equal beyond 64 replications. */
START_TEST(maximum_is_no_target)
{
    static const char *const most[] = {"64", "100000"};
    double value[2];

    for (int i = 0; i < 2; i++) {
        struct study s = study_run(
            "seed: 8\n"
            "simulate: {requests: 200, warmup: none,"
            " replications: {min: 8, max: %s},"
            " precision: {target: 20 %%, metrics: [latency.mean]}}\n"
            "arrivals: {rate: 5 /s}\n"
            "requests: {r: {service: {exponential: {mean: 100 ms}}}}\n"
            "deployments: {d: {sites: {q: {tier: bare}}}}\n",
            most[i]);
        value[i] = flow_value(&s, "d.latency.mean");
        ck_assert_int_lt(s.run->meta.replications, 64);
        ck_assert_int_eq(
            study_metric(&s, "d.latency.mean")->n, s.run->meta.replications);
        study_end(&s);
    }
    ck_assert_double_eq(value[0], value[1]);

    struct study s =
        study_run("seed: 8\n"
                  "simulate: {requests: 200, warmup: none,"
                  " replications: {min: 8, max: 100000},"
                  " precision: {target: 3 %%, metrics: [utilization]}}\n"
                  "arrivals: {rate: 5 /s}\n"
                  "requests: {r: {service: {exponential: {mean: 100 ms}}}}\n"
                  "deployments: {d: {sites: {q: {tier: bare}}}}\n");
    const struct res_estimate *e = study_metric(&s, "d.utilization");
    ck_assert_int_ge(e->n, 32);
    ck_assert_int_le(e->n, 64);
    ck_assert(e->half_width <= 0.03 * e->value);
    study_end(&s);
}
END_TEST

/* ---- length -------------------------------------------------------------- */

/* A run of 1,000 requests at 10/s lasts 100 s: its reliability is that of
 * 100 s, exp(-0.1) at a mean life of 1000 s, and its uptime, without repair,
 * (1 - exp(-0.1)) / 0.1. */
START_TEST(availability_of_the_run_itself)
{
    struct study s = study_run(
        "seed: 5\n"
        "simulate: {requests: 1000, warmup: none, replications: 2000}\n"
        "arrivals: {rate: 10 /s}\n"
        "requests: {r: {service: 1 ms}}\n"
        "deployments: {d: {needed_sites: 1, sites: {q: {tier: bare,"
        " failures: {server: {life: {exponential: {mean: 1000 s}},"
        " repair: never}}}}}}\n");

    study_expect(&s, "d.reliability", exp(-0.1), 0.02);
    study_expect(&s, "d.uptime", (1 - exp(-0.1)) / 0.1, 0.02);
    study_end(&s);
}
END_TEST

/* A queue that holds no more than five forgets in seconds, whatever the load;
 * M/M/1/5 at a load of 1.1: L = sum n r^n / sum r^n. */
START_TEST(short_queues_need_short_lead_ins)
{
    struct study s = study_run(
        "horizon: 1 week\n"
        "simulate: {windows: {count: 40, length: 1 min}, replications: 16}\n"
        "arrivals: {rate: 11 /s}\n"
        "requests: {r: {service: {exponential: {mean: 100 ms}}}}\n"
        "deployments: {d: {sites: {q: {tier: bare,"
        " queue: {capacity: 5}}}}}\n");
    double sum = 0.0, mean = 0.0;

    for (int n = 0; n <= 5; n++) {
        sum += pow(1.1, n);
        mean += n * pow(1.1, n);
    }
    ck_assert_double_lt(s.run->meta.warmup_s, 60);
    flow_near(&s, "d.windows.clipped", 0);
    study_expect(&s, "d.in_system.mean", mean / sum, 0.02);
    study_end(&s);
}
END_TEST

/* ---- months -------------------------------------------------------------- */

/* Work of 60 s, halved after a month, at 40 an hour on ten servers of 1 kW:
 * 0.667 and then 0.333 slots, 0.5 kW, in the run and by the hour. */
START_TEST(work_falls_by_the_month)
{
    struct study s =
        study_run("seed: 7\nhorizon: 1460 h\n"
                  "simulate: {duration: 1460 h, warmup: none, replications: 4,"
                  " timelines: 0}\n"
                  "arrivals: {rate: 40 /h}\n"
                  "deflation: {halving: 1 month}\n"
                  "requests: {r: {service: {constant: 60 s}}}\n"
                  "deployments: {d: {sites: {q: {tier: bare, servers: 10,"
                  " power: {idle: 0 W, peak: 1000 W}, energy: {price: 0.1 "
                  "USD/kWh}}}}}\n");

    flow_near(&s, "d.energy.it", 4380);
    study_expect(&s, "d.power.mean", 0.5, 0.02);
    study_end(&s);
}
END_TEST

TEST_MAIN("loader/runs", failing_servers_are_drawn, counts_need_no_unit,
    maximum_is_no_target, availability_of_the_run_itself,
    short_queues_need_short_lead_ins, work_falls_by_the_month)
