/* Requests of several visits with known answers: retries, limits, fallbacks,
 * caches, hedges, cascades, spill.  Truth: timetables by hand where nothing is
 * random, else closed forms named at each test. */
#include "loader/flow_fixture.h"

/* ---- retries ------------------------------------------------------------- */

/* Two classes send together every 2 s to a server without waiting room that
 * takes 500 ms; the first in the order of classes gets it. */
static struct study pairs(const char *second)
{
    return study_run(
        "simulate: {requests: 400, warmup: none, replications: 2}\n"
        "requests:\n"
        "  a: {service: {constant: 500 ms},"
        " arrivals: {rate: 0.5 /s, process: {renewal: {constant: 1}}}}\n"
        "  b: {service: {constant: 500 ms},"
        " arrivals: {rate: 0.5 /s, process: {renewal: {constant: 1}}}%s}\n"
        "deployments: {d: {sites: {q: {tier: bare,"
        " queue: {capacity: 1}}}}}\n",
        second);
}

/* Attempts of b at 0, 200 and 200 + 2 x 200 = 600 ms: the third is served. */
START_TEST(retries_until_served)
{
    struct study s = pairs(", retries: {max: 3, backoff: 200 ms}");

    flow_near(&s, "d.class.a.latency.mean", 500);
    flow_near(&s, "d.class.b.latency.mean", 600 + 500);
    flow_near(&s, "d.latency.mean", (500 + 1100) / 2.0);
    flow_near(&s, "d.class.b.requests.retried", 2 * 200);
    flow_near(&s, "d.class.a.requests.retried", 0);
    flow_near(&s, "d.requests.retried", 2 * 200);
    flow_near(&s, "d.requests.served", 400);
    flow_near(&s, "d.availability", 1);
    flow_near(&s, "d.site.q.requests.offered", 400 + 2 * 200);
    flow_near(&s, "d.site.q.loss_probability", 400.0 / 800);
    study_end(&s);
}
END_TEST

/* With factor 1 at 0, 120, 240, 360, 480 and 600 ms: five retries. */
START_TEST(retries_at_even_steps)
{
    struct study s = pairs(", retries: {max: 5, backoff: 120 ms, factor: 1}");

    flow_near(&s, "d.class.b.latency.mean", 600 + 500);
    flow_near(&s, "d.class.b.requests.retried", 5 * 200);
    flow_near(&s, "d.requests.lost", 0);
    study_end(&s);
}
END_TEST

/* One retry too few: every b is lost after two attempts. */
START_TEST(retries_run_out)
{
    struct study s = pairs(", retries: {max: 1, backoff: 200 ms}");

    flow_near(&s, "d.latency.mean", 500);
    flow_near(&s, "d.class.b.requests.lost", 200);
    flow_near(&s, "d.class.b.requests.retried", 200);
    flow_near(&s, "d.class.b.availability", 0);
    flow_near(&s, "d.availability", 0.5);
    flow_near(&s, "d.site.q.requests.lost", 2 * 200);
    study_end(&s);
}
END_TEST

/* Chance sends each attempt to one of two sites, one of which is held by a
 * request without end: both attempts go there with chance 1/4. */
START_TEST(retries_choose_anew)
{
    struct study s = study_run(
        "seed: 8\n"
        "simulate: {duration: 2000 s, warmup: 10 s, replications: 10}\n"
        "requests: {r: {service: 50 ms, retries: 1, arrivals: {rate: 5 /s}},"
        " z: {service: {constant: 100000 s}, only: [a], arrivals: {process:"
        " {closed: {population: 1, think: {constant: 1 ms}}}}}}\n"
        "deployments: {d: {routing: {policy: random}, sites: {a: {tier: bare,"
        " queue: {capacity: 1}}, b: {tier: bare, servers: unlimited}}}}\n");

    study_expect(&s, "d.class.r.loss_probability", 0.25, 0.03);
    study_end(&s);
}
END_TEST

/* ---- parts --------------------------------------------------------------- */

/* Each part draws one of the two members: half of the time the same, which
 * takes one of them only. */
START_TEST(parts_choose_each)
{
    struct study s = study_run(
        "seed: 9\n"
        "simulate: {requests: 5000, warmup: none, replications: 10}\n"
        "arrivals: {rate: 1 /s, process: {renewal: {constant: 1}}}\n"
        "requests: {r: {service: {constant: 10 ms}, fork: {sites: [q, q]}}}\n"
        "deployments: {d: {sites: {q: {tier: bare, count: 2,"
        " queue: {capacity: 1}}}}}\n");

    study_expect(&s, "d.loss_probability", 0.5, 0.02);
    study_end(&s);
}
END_TEST

/* ---- limits -------------------------------------------------------------- */

/* Whether the k-th request of a row at 20/s passes 5/s, in quarters of a
 * token: a gap brings one, a request takes four. */
static int passed(int n, int burst)
{
    int quarters = 4 * burst, passed = 0;

    for (int k = 0; k < n; k++) {
        if (quarters >= 4) {
            quarters -= 4;
            passed++;
        }
        quarters = quarters + 1 < 4 * burst ? quarters + 1 : 4 * burst;
    }
    return passed;
}

START_TEST(limit_by_tokens)
{
    const int bursts[] = {1, 2, 10};

    for (int i = 0; i < 3; i++) {
        struct study s = study_run(
            "simulate: {requests: 4000, warmup: none, replications: 2}\n"
            "arrivals: {rate: 20 /s, process: {renewal: {constant: 1}}}\n"
            "requests: {r: {service: {constant: 10 ms},"
            " limit: {rate: 5 /s, burst: %d}}}\n"
            "deployments: {d: {sites: {q: {tier: bare}}}}\n",
            bursts[i]);
        const int n = passed(4000, bursts[i]);
        flow_near(&s, "d.requests.served", n);
        flow_near(&s, "d.requests.lost", 4000 - n);
        flow_near(&s, "d.site.q.requests.offered", n);
        flow_near(&s, "d.latency.mean", 10);
        study_end(&s);
    }
    ck_assert_int_eq(passed(4000, 1), 1000);
}
END_TEST

/* The limit holds for retries too.  At 20/s, limit 10/s, every second request
 * is refused at 0.5 tokens, and again 25 ms later at 0.75; 70 ms later the
 * next request has taken the token, 0.2 are there. */
static struct study limited(const char *form, const char *backoff)
{
    return study_run(
        "simulate: {requests: 2000, warmup: none, replications: 2}\n"
        "arrivals: {rate: 20 /s, process: {renewal: {constant: 1}}}\n"
        "requests: {r: {service: {constant: 10 ms}, %s"
        "limit: 10 /s, retries: {max: 1, backoff: %s}}}\n"
        "deployments: {d: {sites: {a: {tier: bare, servers: unlimited},"
        " b: {tier: bare, servers: unlimited}}}}\n",
        form, backoff);
}

START_TEST(limit_holds_for_retries)
{
    static const char *const forms[] = {"", "fork: {sites: [a, b]}, ",
        "stages: [{site: a}, {site: b, service: {constant: 0 ms}}], "};

    for (int i = 0; i < 6; i++) {
        struct study s = limited(forms[i / 2], i % 2 == 0 ? "25 ms" : "70 ms");
        flow_near(&s, "d.requests.served", 1000);
        flow_near(&s, "d.requests.lost", 1000);
        flow_near(&s, "d.requests.retried", 1000);
        flow_near(&s, "d.latency.mean", 10);
        study_end(&s);
    }
}
END_TEST

/* ---- fallback ------------------------------------------------------------ */

/* M/M/1/1 at a = 5/s x 100 ms: a share p = a / (1 + a) = 1/3 is lost (Erlang's
 * formula with one server), and goes to the fallback. */
static struct study single(const char *fallback)
{
    return study_run(
        "seed: 11\n"
        "simulate: {requests: 40000, warmup: 100 requests,"
        " replications: 10}\n"
        "arrivals: {rate: 5 /s}\n"
        "requests: {r: {service: {exponential: {mean: 100 ms}},"
        " fallback: %s}}\n"
        "deployments: {d: {sites: {q: {tier: bare, queue: {capacity: 1}},"
        " b: {tier: bare, servers: unlimited, speed: 0.5}},"
        " routing: {prefer: [q]}}}\n",
        fallback);
}

START_TEST(fallback_to_the_device)
{
    struct study s = single("{local: {constant: 250 ms}}");

    flow_near(&s, "d.availability", 1);
    flow_near(&s, "d.requests.lost", 0);
    study_expect(&s, "d.requests.fallback", 40000 / 3.0, 0.02);
    study_expect(&s, "d.latency.mean", 2 / 3.0 * 100 + 1 / 3.0 * 250, 0.02);
    study_expect(&s, "d.site.q.loss_probability", 1 / 3.0, 0.02);
    study_end(&s);
}
END_TEST

/* At half the speed the mean is 200 ms; nobody waits. */
START_TEST(fallback_to_a_site)
{
    struct study s = single("{site: b}");

    flow_near(&s, "d.availability", 1);
    flow_near(
        &s, "d.site.b.requests.offered", flow_value(&s, "d.requests.fallback"));
    study_expect(&s, "d.latency.mean", 2 / 3.0 * 100 + 1 / 3.0 * 200, 0.02);
    study_expect(&s, "d.site.b.latency.mean", 200, 0.02);
    flow_near(&s, "d.queue.mean", 0);
    study_end(&s);
}
END_TEST

/* A fork whose last part is always refused (a second one at a site with room
 * for one) is answered by its fallback after 400 ms, not by a part that ends
 * before that. */
START_TEST(fallback_of_a_fork)
{
    struct study s =
        study_run("simulate: {requests: 200, warmup: none, replications: 2}\n"
                  "arrivals: {rate: 1 /s, process: {renewal: {constant: 1}}}\n"
                  "requests: {r: {service: {constant: 100 ms},"
                  " fork: {sites: [a, b, b]}, fallback: {site: c}}}\n"
                  "deployments: {d: {sites: {"
                  "a: {tier: bare, queue: {discipline: ps}},"
                  " b: {tier: bare, queue: {capacity: 1}},"
                  " c: {tier: bare, speed: 0.25,"
                  " queue: {discipline: ps}}}}}\n");

    flow_near(&s, "d.latency.mean", 400);
    flow_near(&s, "d.service.mean", 400);
    flow_near(&s, "d.requests.served", 200);
    flow_near(&s, "d.requests.fallback", 200);
    flow_near(&s, "d.site.c.requests.offered", 200);
    study_end(&s);
}
END_TEST

/* Three of four are refused by the limit; the fallback takes the time of the
 * class, not that of the step: 1/4 x 60 + 3/4 x 20 ms. */
START_TEST(fallback_has_the_time_of_the_class)
{
    struct study s = study_run(
        "simulate: {requests: 400, warmup: none, replications: 2}\n"
        "arrivals: {rate: 20 /s, process: {renewal: {constant: 1}}}\n"
        "requests: {r: {service: {constant: 20 ms},"
        " cascade: {small: {constant: 10 ms},"
        " large: {constant: 50 ms}, escalate: 100 %%, large_at: big},"
        " limit: {rate: 5 /s}, fallback: {site: c}}}\n"
        "deployments: {d: {sites: {a: {tier: bare}, big: {tier: bare},"
        " c: {tier: bare}}, routing: {prefer: [a]}}}\n");

    flow_near(&s, "d.latency.mean", (60 + 3 * 20) / 4.0);
    flow_near(&s, "d.site.c.service.mean", 20);
    flow_near(&s, "d.requests.fallback", 300);
    study_end(&s);
}
END_TEST

/* ---- caches -------------------------------------------------------------- */

/* 30 % answered in 2 ms, the rest an M/M/1 at 0.7 x 8 = 5.6/s of 10/s. */
START_TEST(cache_thins_the_queue)
{
    if (study_skipped("cache_thins_the_queue"))
        return;
    struct study s =
        study_run("seed: 12\n"
                  "simulate: {requests: 60000, warmup: 2000 requests,"
                  " replications: 10}\n"
                  "arrivals: {rate: 8 /s}\n"
                  "requests: {r: {service: {exponential: {mean: 100 ms}}}}\n"
                  "deployments: {d: {sites: {q: {tier: bare,"
                  " cache: {hit: 30 %%, time: 2 ms}}}}}\n");

    study_expect(&s, "d.cache_hit_share", 0.3, 0.01);
    study_expect(&s, "d.site.q.cache_hit_share", 0.3, 0.01);
    study_expect(&s, "d.latency.mean", 0.3 * 2 + 0.7 * 1000 / (10 - 5.6), 0.03);
    study_expect(&s, "d.site.q.utilization", 0.56, 0.02);
    flow_near(&s, "d.availability", 1);
    study_end(&s);
}
END_TEST

/* M/M/1/1 again: the third that spills finds all answers in the cache. */
START_TEST(cache_of_the_next_choice)
{
    struct study s =
        study_run("seed: 13\n"
                  "simulate: {requests: 40000, warmup: 100 requests,"
                  " replications: 10}\n"
                  "arrivals: {rate: 5 /s}\n"
                  "requests: {r: {service: {exponential: {mean: 100 ms}}}}\n"
                  "deployments: {d: {sites: {a: {tier: bare,"
                  " queue: {capacity: 1}}, b: {tier: bare,"
                  " cache: {hit: 100 %%, time: 5 ms}}},"
                  " routing: {prefer: [a, b], spill: {when: full}}}}\n");

    study_expect(&s, "d.latency.mean", 2 / 3.0 * 100 + 1 / 3.0 * 5, 0.02);
    study_expect(&s, "d.cache_hit_share", 1 / 3.0, 0.02);
    study_expect(&s, "d.spill_probability", 1 / 3.0, 0.02);
    flow_near(&s, "d.site.b.cache_hit_share", 1);
    flow_near(&s, "d.site.b.utilization", 0);
    study_end(&s);
}
END_TEST

/* What the cache answers costs no server's time: energy is that of a site with
 * half the requests, 100 W + 0.2 x 200 W where each takes 20 ms. */
START_TEST(cache_saves_energy)
{
    struct study s = study_run(
        "seed: 14\n"
        "horizon: 1 year\n"
        "simulate: {duration: 2000 s, warmup: none, replications: 4}\n"
        "arrivals: {rate: 20 /s, process: {renewal: {constant: 1}}}\n"
        "requests: {r: {service: {constant: 20 ms}}}\n"
        "deployments: {d: {sites: {q: {tier: bare,"
        " power: {idle: 100 W, peak: 300 W}, cache: 50 %%}}}}\n");
    const double kwh = (100 + 0.2 * 200) * 8760 / 1000;

    study_expect(&s, "d.site.q.power.mean", (100 + 0.2 * 200) / 1000, 0.01);
    ck_assert_double_eq_tol(flow_value(&s, "d.energy.it"), kwh, 0.01 * kwh);
    study_end(&s);
}
END_TEST

TEST_MAIN("loader/flows", retries_choose_anew, parts_choose_each,
    retries_until_served, retries_at_even_steps, retries_run_out,
    limit_by_tokens, limit_holds_for_retries, fallback_to_the_device,
    fallback_to_a_site, fallback_of_a_fork, fallback_has_the_time_of_the_class,
    cache_thins_the_queue, cache_of_the_next_choice, cache_saves_energy)
