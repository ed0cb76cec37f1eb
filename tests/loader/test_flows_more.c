/* Requests of several visits, continued: hedges, cascades, spill, stages,
 * journeys, closed loops; what must add up for all of them.  Truth: closed
 * forms named at each test. */
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

/* ---- cascade ------------------------------------------------------------- */

/* M/M/1 at 5/s of 10/s: 200 ms; 40 % of its output, Poisson by Burke's theorem
 * and by chance, M/M/1 at 2/s of 4/s: 500 ms. */
START_TEST(cascade_is_a_tandem)
{
    if (study_skipped("cascade_is_a_tandem"))
        return;
    struct study s = study_run(
        "seed: 22\n"
        "simulate: {requests: 60000, warmup: 3000 requests,"
        " replications: 10}\n"
        "arrivals: {rate: 5 /s}\n"
        "requests: {r: {cascade: {small: {exponential: {mean: 100 ms}},"
        " large: {exponential: {mean: 250 ms}}, escalate: 40 %%,"
        " large_at: big}}}\n"
        "deployments: {d: {sites: {a: {tier: bare}, big: {tier: bare}},"
        " routing: {prefer: [a]}}}\n");

    study_expect(&s, "d.latency.mean", 200 + 0.4 * 500, 0.03);
    study_expect(&s, "d.site.a.latency.mean", 200, 0.03);
    study_expect(&s, "d.site.big.latency.mean", 500, 0.04);
    study_expect(&s, "d.site.big.requests.offered", 0.4 * 60000, 0.01);
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
                  "simulate: {requests: 40000, warmup: 500 requests,"
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
    study_expect(
        &s, "d.site.b.requests.offered", 40000 * p[c + room], 0.03);
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

/* With several members at a place the next choice is a place further on, not
 * another member. */
START_TEST(spill_of_members)
{
    if (study_skipped("spill_of_members"))
        return;
    struct study s =
        study_run("seed: 24\n"
                  "simulate: {requests: 40000, warmup: 500 requests,"
                  " replications: 10}\n"
                  "arrivals: {rate: 16 /s}\n"
                  "requests: {r: {service: {exponential: {mean: 100 ms}}}}\n"
                  "deployments: {d: {sites: {q: {tier: bare, count: 2},"
                  " b: {tier: bare, servers: unlimited}},"
                  " routing: {prefer: [q, b], spill: {queue: 1}}}}\n");

    flow_near(&s, "d.site.b.requests.offered",
        flow_value(&s, "d.requests.spilled"));
    flow_near(&s, "d.site.b.wait_probability", 0);
    flow_near(&s, "d.availability", 1);
    study_end(&s);
}
END_TEST

/* ---- stages -------------------------------------------------------------- */

/* One way in light through fibre, index 1.4682, on a meridian of the sphere of
 * 6371.0088 km. */
static double way_ms(double lat1, double lat2)
{
    const double pi = 3.14159265358979323846;

    return 6371.0088 * fabs(lat1 - lat2) * pi / 180.0 * 1.4682 / 299792.458 *
           1e3;
}

/* User at 40, stages at 41 and 45 degrees: 1 + 4 + 5 degrees of way in all,
 * and two constant times at servers without end. */
START_TEST(stages_go_on_from_site_to_site)
{
    struct study s = study_run(
        "simulate: {requests: 1000, warmup: none, replications: 2}\n"
        "users: {u: {at: [40, -90]}}\n"
        "arrivals: {rate: 10 /s}\n"
        "requests: {r: {stages: [{site: a, service: {constant: 30 ms}},"
        " {site: b, service: {constant: 70 ms}}]}}\n"
        "deployments: {d: {sites: {\n"
        "  a: {tier: bare, at: [41, -90], servers: unlimited,"
        " network: {inflation: 1, fixed: 0 ms, jitter: 0}},\n"
        "  b: {tier: bare, at: [45, -90], servers: unlimited,"
        " network: {inflation: 1, fixed: 0 ms, jitter: 0}}}}}\n");
    const double way = way_ms(40, 41) + way_ms(41, 45) + way_ms(45, 40);

    flow_near(&s, "d.network.mean", way);
    flow_near(&s, "d.latency.mean", way + 100);
    flow_near(&s, "d.service.mean", 100);
    /* the ways add up in another order than their sums: no wait all the same */
    flow_near(&s, "d.wait_probability", 0);
    study_end(&s);
}
END_TEST

/* A round trip with an odd last digit, and nobody waits. */
START_TEST(no_wait_is_none)
{
    static const char *const forms[] = {"retries: {max: 1}",
        "fork: {sites: [q, q]}", "stages: [{site: q}, {site: q}]",
        "fallback: {local: 1 s}"};

    for (int i = 0; i < 4; i++) {
        struct study s = study_run(
            "simulate: {requests: 2000, warmup: none, replications: 2}\n"
            "arrivals: {rate: 10 /s}\n"
            "requests: {r: {service: {exponential: {mean: 30 ms}}, %s}}\n"
            "deployments: {d: {sites: {q: {tier: bare, servers: unlimited,"
            " rtt: {lognormal: {median: 7 ms, p95: 13 ms}}}}}}\n",
            forms[i]);
        ck_assert_double_eq(flow_value(&s, "d.wait_probability"), 0);
        ck_assert_double_eq(flow_value(&s, "d.queue.mean"), 0);
        study_end(&s);
    }
}
END_TEST

/* ---- journeys ------------------------------------------------------------ */

/* Visits v = e + v P: va = 3/4 + vb/5, vb = 1/4 + va/2, so va = 8/9 and
 * vb = 25/36; 1/2 and 4/5 leave. */
START_TEST(journey_by_traffic_equations)
{
    struct study s = study_run(
        "seed: 25\n"
        "simulate: {requests: 20000, warmup: none, replications: 10}\n"
        "requests: {r: {journey: {enter: {a: 3 /s, b: 1 /s},"
        " next: {a: {b: 50 %%}, b: {a: 20 %%}},"
        " service: {a: {constant: 10 ms}, b: {constant: 40 ms}}}}}\n"
        "deployments: {d: {sites: {a: {tier: bare, servers: unlimited},"
        " b: {tier: bare, servers: unlimited}}}}\n");
    const double va = 8.0 / 9, vb = 25.0 / 36;

    study_expect(&s, "d.site.a.requests.offered", va * 20000, 0.01);
    study_expect(&s, "d.site.b.requests.offered", vb * 20000, 0.01);
    study_expect(&s, "d.latency.mean", 10 * va + 40 * vb, 0.01);
    flow_near(&s, "d.latency.mean",
        (10 * flow_value(&s, "d.site.a.requests.offered") +
            40 * flow_value(&s, "d.site.b.requests.offered")) /
            20000);
    study_end(&s);
}
END_TEST

/* ---- closed loops -------------------------------------------------------- */

static struct study clients(int n, const char *think, const char *service,
    int servers, const char *simulate)
{
    return study_run("seed: 26\n"
                     "simulate: {%s}\n"
                     "arrivals: {process: {closed: {population: %d,"
                     " think: %s}}}\n"
                     "requests: {r: {service: %s}}\n"
                     "deployments: {d: {sites: {q: {tier: bare,"
                     " servers: %d}}}}\n",
        simulate, n, think, service, servers);
}

/* A client sends every Z + S = 800 + 200 ms: first after 0.8 s, so 1,000 in
 * 1,000 s; as many servers as clients and nobody waits. */
START_TEST(clients_without_a_queue)
{
    for (int n = 1; n <= 5; n += 2) {
        struct study s = clients(n, "{constant: 800 ms}", "{constant: 200 ms}",
            n, "duration: 1000 s, warmup: none, replications: 2");
        flow_near(&s, "d.requests.offered", 1000 * n);
        flow_near(&s, "d.requests.rate", n);
        flow_near(&s, "d.latency.mean", 200);
        flow_near(&s, "d.wait_probability", 0);
        flow_near(&s, "d.site.q.utilization", 0.2);
        study_end(&s);
    }
}
END_TEST

/* M/M/1//5 (machine repairman): p[n] ~ 5!/(5-n)! (S/Z)^n, rate (1 - p0)/S,
 * response 5/rate - Z by Little's law. */
START_TEST(clients_of_one_server)
{
    if (study_skipped("clients_of_one_server"))
        return;
    struct study s = clients(5, "{exponential: {mean: 1 s}}",
        "{exponential: {mean: 200 ms}}", 1,
        "requests: 30000, warmup: 500 requests, replications: 10");
    double p = 1.0, sum = 1.0;

    for (int n = 1; n <= 5; n++)
        sum += p *= (5 - n + 1) * 0.2 / 1.0;
    const double rate = (1 - 1 / sum) / 0.2;
    study_expect(&s, "d.requests.rate", rate, 0.01);
    study_expect(&s, "d.latency.mean", 1e3 * (5 / rate - 1), 0.02);
    study_expect(&s, "d.site.q.utilization", 0.2 * rate, 0.01);
    study_end(&s);
}
END_TEST

TEST_MAIN("loader/flows_more", hedge_at_once, hedge_later, cascade_is_a_tandem,
    spill_of_those_who_would_wait, spill_of_members,
    stages_go_on_from_site_to_site, no_wait_is_none,
    journey_by_traffic_equations, clients_without_a_queue,
    clients_of_one_server)
