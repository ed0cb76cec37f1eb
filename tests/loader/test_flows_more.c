/* Requests of several visits, continued: hedges, cascades, spill.  Truth:
 * closed forms named at each test. */
#include "loader/flow_fixture.h"

/* ---- hedges -------------------------------------------------------------- */

/* Two idle members: at one request in 10,000 s nobody ever waits. */
static struct study hedged(const char *after)
{
    return study_run("seed: 21\n"
                     "simulate: {requests: 20000, warmup: none,"
                     " replications: 10}\n"
                     "arrivals: {rate: 0.0001 /s}\n"
                     "requests: {r: {service: {exponential: {mean: 100 ms}}}}\n"
                     "deployments: {d: {sites: {q: {tier: bare, count: 2}},"
                     " routing: {hedge: {after: %s}}}}\n",
        after);
}

/* At once: the smaller of two exponentials of 100 ms, exponential of 50 ms. */
START_TEST(hedge_at_once)
{
    struct study s = hedged("0 ms");

    study_expect(&s, "d.latency.mean", 50, 0.01);
    study_expect(&s, "d.latency.p95", 50 * log(20), 0.02);
    flow_near(&s, "d.requests.hedged", 20000);
    flow_near(&s, "d.site.q.requests.offered", 40000);
    study_expect(&s, "d.site.q.latency.mean", 100, 0.01);
    flow_near(&s, "d.queue.mean", 0);
    study_end(&s);
}
END_TEST

/* After T: E[min(S1, T + S2)] = (1 - e)/mu + e/(2 mu), e = exp(-mu T), which
 * is also the share of second copies. */
START_TEST(hedge_later)
{
    struct study s = hedged("80 ms");
    const double e = exp(-0.8);

    study_expect(&s, "d.latency.mean", 100 * (1 - e) + 50 * e, 0.01);
    study_expect(&s, "d.requests.hedged", 20000 * e, 0.02);
    flow_near(&s, "d.site.q.requests.offered",
        20000 + flow_value(&s, "d.requests.hedged"));
    study_end(&s);
}
END_TEST

/* Who has gone to his fallback gets no second copy: with nobody else to ask the
 * hedge changes nothing, and clients that lost patience go on sending. */
START_TEST(hedge_not_once_fallen)
{
    static const char *const same[] = {"requests.offered", "requests.served",
        "requests.abandoned", "requests.fallback", "latency.mean"};
    struct study s = study_run(
        "seed: 24\n"
        "simulate: {duration: 100 s, warmup: none, replications: 4}\n"
        "requests: {r: {service: {exponential: {mean: 1 s}}, patience: 300 ms,"
        " fallback: {site: h}, only: [a], arrivals: {process: {closed:"
        " {population: 20, think: {exponential: {mean: 200 ms}}}}}}}\n"
        "deployments:\n"
        "  d: {sites: {a: {tier: bare, queue: {capacity: 1}}, h: {tier: bare}},"
        " routing: {prefer: [a], hedge: {after: 200 ms}}}\n"
        "  e: {sites: {a: {tier: bare, queue: {capacity: 1}}, h: {tier: bare}},"
        " routing: {prefer: [a]}}\n");

    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
        char d[64], e[64];
        snprintf(d, sizeof d, "d.%s", same[i]);
        snprintf(e, sizeof e, "e.%s", same[i]);
        flow_near(&s, d, flow_value(&s, e));
    }
    flow_near(&s, "d.requests.hedged", 0);
    study_end(&s);
}
END_TEST

/* The fallback's ten seconds are not learned: half of those that the limit let
 * through are hedged after the median of their own 100 ms. */
START_TEST(hedge_learns_from_its_own)
{
    struct study s = study_run(
        "seed: 25\n"
        "simulate: {requests: 5000, warmup: 2000 requests, replications: 8}\n"
        "arrivals: {rate: 20 /s, process: {renewal: {constant: 1}}}\n"
        "requests: {r: {service: {exponential: {mean: 100 ms}}, limit: 5 /s,"
        " fallback: {site: h}}}\n"
        "deployments: {d: {sites: {a: {tier: bare, count: 2,"
        " servers: unlimited}, h: {tier: bare, servers: unlimited,"
        " rtt: {constant: 10 s}}}, routing: {prefer: [a],"
        " hedge: {after: p50}}}}\n");

    flow_near(&s, "d.requests.fallback", 0.75 * 5000);
    study_expect(&s, "d.requests.hedged", 0.5 * 0.25 * 5000, 0.1);
    study_end(&s);
}
END_TEST

/* ---- cascade ------------------------------------------------------------- */

/* M/M/1 at 5/s of 10/s: 200 ms; 40 % of its output, Poisson by Burke's theorem
 * and by chance, M/M/1 at 2/s of 4/s: 500 ms. */
START_TEST(cascade_is_a_tandem)
{
    if (study_skipped("cascade_is_a_tandem"))
        return;
    struct study s = study_run(
        "seed: 22\n"
        "simulate: {requests: 30000, warmup: 2000 requests,"
        " replications: 10}\n"
        "arrivals: {rate: 5 /s}\n"
        "requests: {r: {cascade: {small: {exponential: {mean: 100 ms}},"
        " large: {exponential: {mean: 250 ms}}, escalate: 40 %%,"
        " large_at: big}}}\n"
        "deployments: {d: {sites: {a: {tier: bare}, big: {tier: bare}},"
        " routing: {prefer: [a]}}}\n");

    study_expect(&s, "d.latency.mean", 200 + 0.4 * 500, 0.04);
    study_expect(&s, "d.site.a.latency.mean", 200, 0.03);
    study_expect(&s, "d.site.big.latency.mean", 500, 0.06);
    study_expect(&s, "d.site.big.requests.offered", 0.4 * 30000, 0.01);
    study_end(&s);
}
END_TEST

/* ---- spill --------------------------------------------------------------- */

/* M/M/c/c+room seen by those who come: p[n] of n in system. */
static void few_places(double a, int c, int room, double *p)
{
    double sum = 1.0;

    p[0] = 1.0;
    for (int n = 1; n <= c + room; n++)
        sum += p[n] = p[n - 1] * a / (n < c ? n : c);
    for (int n = 0; n <= c + room; n++)
        p[n] /= sum;
}

/* `members` sites of c servers, each with its part of the stream; those who
 * find `room` waiting go on to a second entry where nobody waits: latency
 * P(on) S + sum over the others of S + wait. */
static void spills(int members, int c, int room, double rate)
{
    struct study s =
        study_run("seed: 23\n"
                  "simulate: {requests: 20000, warmup: 500 requests,"
                  " replications: 10}\n"
                  "arrivals: {rate: %.17g /s}\n"
                  "requests: {r: {service: {exponential: {mean: 100 ms}}}}\n"
                  "deployments: {d: {sites: {q: {tier: bare, servers: %d,"
                  " count: %d}, b: {tier: bare, servers: unlimited}},"
                  " routing: {prefer: [q, b], spill: {queue: %d}}}}\n",
            rate * members, c, members, room);
    double p[16], wait_ms = 0.0;

    few_places(rate * 0.1, c, room, p);
    for (int n = c; n < c + room; n++)
        wait_ms += p[n] * (n - c + 1) * 100.0 / c;
    study_expect(&s, "d.spill_probability", p[c + room], 0.03);
    study_expect(&s, "d.site.b.requests.offered", 20000 * p[c + room], 0.03);
    study_expect(&s, "d.latency.mean", 100 + wait_ms, 0.02);
    if (room == 0)
        flow_near(&s, "d.wait_probability", 0);
    else
        study_expect(&s, "d.queue.mean", wait_ms, 0.04);
    flow_near(&s, "d.availability", 1);
    study_end(&s);
}

START_TEST(spill_of_those_who_would_wait)
{
    if (study_skipped("spill_of_those_who_would_wait"))
        return;
    spills(1, 2, 0, 15); /* Erlang's loss formula */
    spills(1, 2, 2, 15);
}
END_TEST

/* Chance deals a Poisson stream to two members of one place: each is such a
 * queue, and the next choice is another place. */
START_TEST(spill_of_members)
{
    if (study_skipped("spill_of_members"))
        return;
    spills(2, 1, 1, 8);
}
END_TEST

/* Shared slots: with any number nobody waits, so nobody goes on, an M/M/1 of
 * 7/s and 10/s; at most four at once and two waiting, an M/M/1/6. */
START_TEST(spill_where_slots_are_shared)
{
    if (study_skipped("spill_where_slots_are_shared"))
        return;
    static const char *const queues[] = {
        "{discipline: ps}", "{discipline: lps, concurrency: 4}"};
    double p[16], n_mean = 0.0;

    few_places(0.7, 1, 5, p);
    for (int n = 1; n <= 6; n++)
        n_mean += n * p[n];
    for (int i = 0; i < 2; i++) {
        struct study s = study_run(
            "seed: 26\n"
            "simulate: {requests: 30000, warmup: 1000 requests,"
            " replications: 10}\n"
            "arrivals: {rate: 7 /s}\n"
            "requests: {r: {service: {exponential: {mean: 100 ms}}}}\n"
            "deployments: {d: {routing: {prefer: [a, b], spill: {queue: %d}},"
            " sites: {a: {tier: bare, queue: %s},"
            " b: {tier: bare, servers: unlimited}}}}\n",
            2 * i, queues[i]);
        if (i == 0) {
            flow_near(&s, "d.requests.spilled", 0);
            study_expect(&s, "d.latency.mean", 100 / 0.3, 0.04);
        } else {
            study_expect(&s, "d.spill_probability", p[6], 0.05);
            study_expect(&s, "d.site.a.latency.mean",
                1e3 * n_mean / (7 * (1 - p[6])), 0.02);
        }
        study_end(&s);
    }
}
END_TEST

/* ---- what an answer is made of ------------------------------------------- */

/* Two parts that are done at once: 20 ms of way, as one of them. */
START_TEST(parts_that_tie)
{
    struct study s = study_run(
        "simulate: {requests: 100, warmup: none, replications: 2}\n"
        "arrivals: {rate: 1 /s, process: {renewal: {constant: 1}}}\n"
        "requests: {r: {service: {constant: 20 ms}, fork: {sites: [a, b]}}}\n"
        "deployments: {d: {sites: {a: {tier: bare, rtt: {constant: 20 ms}},"
        " b: {tier: bare, rtt: {constant: 20 ms}}}}}\n");

    flow_near(&s, "d.latency.mean", 40);
    flow_near(&s, "d.network.mean", 20);
    flow_near(&s, "d.service.mean", 20);
    flow_near(&s, "d.slowdown.mean", 1);
    study_end(&s);
}
END_TEST

/* b is held by a request without end and sends on to c: the way there counts
 * for the visit that made it, which is the last part of the fork, but not the
 * first copy of the hedge. */
START_TEST(ways_of_who_made_the_answer)
{
    static const struct {
        const char *cls, *routing;
        double latency_ms, network_ms;
    } cases[] = {
        {"service: {constant: 10 ms}, fork: 2", "", 40, 20 + 10},
        {"service: {constant: 100 ms}", ", hedge: {after: 30 ms}", 110, 10},
        {"service: {constant: 100 ms}, only: [b, c]", "", 130, 20 + 10},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct study s = study_run(
            "simulate: {duration: 100 s, warmup: 10 s, replications: 2}\n"
            "requests: {r: {%s, arrivals: {rate: 1 /s}},"
            " z: {service: {constant: 1e5 s}, only: [b], arrivals: {process:"
            " {closed: {population: 1, think: {constant: 1 ms}}}}}}\n"
            "deployments: {d: {routing: {prefer: [a, b, c], spill: full%s},"
            " sites: {a: {tier: bare, servers: unlimited,"
            " rtt: {constant: 10 ms}}, b: {tier: bare, queue: {capacity: 1},"
            " rtt: {constant: 40 ms}}, c: {tier: bare, servers: unlimited,"
            " rtt: {constant: 20 ms}}}}}\n",
            cases[i].cls, cases[i].routing);
        flow_near(&s, "d.class.r.latency.mean", cases[i].latency_ms);
        flow_near(&s, "d.class.r.network.mean", cases[i].network_ms);
        flow_near(&s, "d.class.r.slowdown.mean", 1);
        study_end(&s);
    }
}
END_TEST

/* Nobody waits: 1 whatever the speeds, the parts and the copies. */
START_TEST(slowdown_of_several_visits)
{
    static const char *const classes[] = {
        "stages: [{site: a, service: {constant: 1 s}},"
        " {site: b, service: {constant: 1 s}}]",
        "service: {exponential: {mean: 1 s}}, fork: {sites: [a, b, a]}",
        "cascade: {small: {constant: 1 s}, large: {constant: 3 s},"
        " escalate: 50 %, large_at: b}",
        "limit: 0.5 /s, service: {constant: 1 s}, fallback: {local: 2 s}",
    };

    for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++) {
        struct study s = study_run(
            "simulate: {requests: 200, warmup: none, replications: 2}\n"
            "arrivals: {rate: 1 /s, process: {renewal: {constant: 1}}}\n"
            "requests: {r: {%s}}\n"
            "deployments: {d: {routing: {prefer: [a]}, sites: {a: {tier: bare,"
            " servers: unlimited}, b: {tier: bare, servers: unlimited,"
            " speed: 10}}}}\n",
            classes[i]);
        flow_near(&s, "d.slowdown.mean", 1);
        study_end(&s);
    }
}
END_TEST

/* The second part goes to c, as b is known to be down. */
START_TEST(parts_avoid_what_is_down)
{
    struct study s = study_run(
        "simulate: {duration: 100 s, warmup: 10 s, replications: 2}\n"
        "arrivals: {rate: 10 /s}\n"
        "requests: {r: {service: 1 ms, fork: {copies: 2}}}\n"
        "deployments: {d: {sites: {a: {tier: bare}, b: {tier: bare,"
        " failures: {detection: 0 s, site: {life: 1 s, repair: never}}},"
        " c: {tier: bare}}}}\n");

    flow_near(&s, "d.availability", 1);
    ck_assert_double_gt(flow_value(&s, "d.site.c.requests.served"), 0);
    study_end(&s);
}
END_TEST

/* What waits at a site that is down for good is lost at the end of the run,
 * however often it may be tried again. */
START_TEST(down_for_good)
{
    static const char *const forms[] = {"retries: {max: 3, backoff: 10 ms}",
        "fallback: {site: q}", "retries: {max: 3, backoff: 0 ms}"};

    for (int i = 0; i < 3; i++) {
        struct study s =
            study_run("simulate: {requests: 1000, warmup: 100 requests,"
                      " replications: 2}\n"
                      "arrivals: {rate: 10 /s}\n"
                      "requests: {r: {service: 1 ms, %s}}\n"
                      "deployments: {d: {sites: {q: {tier: bare,"
                      " failures: {site: {life: 1 s, repair: never}}}}}}\n",
                forms[i]);
        flow_near(&s, "d.requests.lost", 1000);
        study_end(&s);
    }
}
END_TEST

TEST_MAIN("loader/flows_more", parts_avoid_what_is_down, down_for_good,
    hedge_at_once, hedge_later, hedge_not_once_fallen,
    hedge_learns_from_its_own, cascade_is_a_tandem,
    spill_of_those_who_would_wait, spill_of_members,
    spill_where_slots_are_shared, parts_that_tie, ways_of_who_made_the_answer,
    slowdown_of_several_visits)
