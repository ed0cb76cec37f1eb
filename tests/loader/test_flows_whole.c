/* Requests of several visits, as a whole: stages, journeys and closed loops
 * with known answers, and what must add up for every feature.  Truth: closed
 * forms named at each test; sums of counts. */
#include "loader/flow_fixture.h"

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

/* Served at a, refused at b, which a request without end holds: the list has a
 * site for those served only. */
START_TEST(lost_have_no_site)
{
    const struct mdl_run_options options = {.jobs = 1, .trace = 20};
    struct study s = study_load(
        "simulate: {duration: 100 s, warmup: none, replications: 1}\n"
        "requests: {r: {service: 10 ms, stages: [{site: a}, {site: b}],"
        " arrivals: {rate: 1 /s, process: {renewal: {constant: 1}}}},"
        " z: {service: {constant: 30 s}, only: [b], arrivals: {process:"
        " {closed: {population: 1, think: {constant: 500 ms}}}}}}\n"
        "deployments: {d: {sites: {a: {tier: bare}, b: {tier: bare,"
        " queue: {capacity: 1}}}}}\n");
    int n_lost = 0;

    study_execute_with(&s, &options);
    ck_assert_int_eq(s.rc, SIM_OK);
    ck_assert_int_eq(s.run->n_requests, 20);
    for (int i = 0; i < s.run->n_requests; i++) {
        const struct res_request *r = &s.run->requests[i];
        const bool lost = strcmp(r->outcome, "lost") == 0;
        ck_assert_str_eq(r->site, lost ? "" : "b");
        n_lost += lost;
    }
    ck_assert_int_ge(n_lost, 18);
    study_end(&s);
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

/* Classes that share a population have all of it and no more: three classes
 * and eight clients are 2 2/3 each, 7 of four are 3.5, 2.1, 0.7 and 0.7.  Each
 * sends once in a second. */
START_TEST(clients_are_dealt_out)
{
    static const struct {
        int population, n;
        double share[4], clients[4];
    } cases[] = {
        {1, 2, {50, 50}, {1, 0}},
        {8, 3, {33.3, 33.3, 33.4}, {3, 2, 3}},
        {7, 4, {50, 30, 10, 10}, {3, 2, 1, 1}},
        {100, 2, {29, 71}, {29, 71}},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sim_text classes = {0};
        for (int k = 0; k < cases[i].n; k++)
            sim_text_printf(&classes,
                "  r%d: {share: %g %%, service: {constant: 200 ms}}\n", k,
                cases[i].share[k]);
        struct study s = study_run(
            "simulate: {duration: 100 s, warmup: none, replications: 2}\n"
            "arrivals: {process: {closed: {population: %d,"
            " think: {constant: 800 ms}}}}\n"
            "requests:\n%s"
            "deployments: {d: {sites: {q: {tier: bare,"
            " servers: unlimited}}}}\n",
            cases[i].population, sim_text_str(&classes));
        for (int k = 0; k < cases[i].n; k++) {
            char name[48];
            snprintf(name, sizeof name, "d.class.r%d.requests.offered", k);
            flow_near(&s, name, 100 * cases[i].clients[k]);
        }
        flow_near(&s, "d.requests.offered", 100 * cases[i].population);
        study_end(&s);
        sim_text_release(&classes);
    }
}
END_TEST

/* Who does not think sends again with the answer: two clients keep a server of
 * 200 ms busy.  Refused at once they would do so for ever. */
START_TEST(clients_without_a_pause)
{
    struct study s = clients(2, "{constant: 0 s}", "{constant: 200 ms}", 1,
        "duration: 100 s, warmup: 10 s, replications: 2");

    flow_near(&s, "d.site.q.utilization", 1);
    flow_near(&s, "d.latency.mean", 400);
    study_end(&s);
    s = study_load("simulate: {duration: 10 s, warmup: none, replications: 1}\n"
                   "arrivals: {process: {closed: {population: 1,"
                   " think: {constant: 0 s}}}}\n"
                   "requests: {r: {service: 100 ms, limit: 5 /s}}\n"
                   "deployments: {d: {sites: {a: {tier: bare}}}}\n");
    study_execute(&s, 1);
    ck_assert_int_eq(s.rc, SIM_E_LIMIT);
    ck_assert_ptr_nonnull(strstr(s.err.text, "requests.r: its clients send"));
    study_end(&s);
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
        "requests: 15000, warmup: 500 requests, replications: 10");
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

/* The year's energy follows what clients send: four servers of 100 to 300 W,
 * busy a fifth of the time, draw 560 W; 4 requests/s of 1 kB each. */
START_TEST(clients_draw_power)
{
    struct study s = study_run(
        "simulate: {duration: 1000 s, warmup: none, replications: 2}\n"
        "arrivals: {process: {closed: {population: 4, think: 800 ms}}}\n"
        "requests: {r: {service: 200 ms, request_size: 1 kB}}\n"
        "deployments: {d: {sites: {q: {tier: bare, servers: 4,"
        " hardware: {idle: 100 W, peak: 300 W}}}}}\n");

    flow_near(&s, "d.power.mean", 0.56);
    flow_near(&s, "d.energy.it", 0.56 * 8760);
    flow_near(&s, "d.traffic.ingress", 4e-6 * 8760 * 3600);
    study_end(&s);
}
END_TEST

/* ---- what must add up ---------------------------------------------------- */

/* Kinds of class, for sites a (no waiting room), b (two slots, a short queue)
 * and c (no end of servers). */
static const char *const kinds[] = {
    "service: {exponential: {mean: 100 ms}}, retries: {max: 2}",
    "service: {exponential: {mean: 100 ms}}, fallback: {local: 80 ms}",
    "service: {exponential: {mean: 100 ms}}, only: [a], fallback: {site: b},"
    " retries: {max: 1, backoff: 10 ms}",
    "service: {exponential: {mean: 100 ms}}, limit: {rate: 4 /s, burst: 3}",
    "service: {exponential: {mean: 100 ms}}, limit: 3 /s,"
    " retries: {max: 3}, fork: {sites: [b, c]}",
    "service: {exponential: {mean: 100 ms}}, fork: 2",
    "service: {exponential: {mean: 100 ms}}, fork: {sites: [a, b, c]},"
    " fallback: {site: c}, retries: {max: 1}",
    "service: {exponential: {mean: 100 ms}}, stages: [{site: a},"
    " {site: b, service: {gamma: {mean: 50 ms, cv: 0.5}}}, {site: a}],"
    " retries: {max: 1}",
    "service: {exponential: {mean: 100 ms}}, stages: [{site: b}, {site: c},"
    " {site: a}], fallback: {site: b}",
    "cascade: {small: {exponential: {mean: 50 ms}},"
    " large: {exponential: {mean: 200 ms}}, escalate: 50 %, large_at: b},"
    " fallback: {local: 1 s}",
};

enum { N_KINDS = sizeof kinds / sizeof kinds[0] };

/* Sites and routing; the first two serve those who lose patience, too. */
static const char *const houses[] = {
    "{sites: {a: {tier: bare, queue: {capacity: 1}},"
    " b: {tier: bare, servers: 2, queue: {capacity: 5}},"
    " c: {tier: bare, servers: unlimited}},"
    " routing: {prefer: [a, b, c]}}",
    "{sites: {a: {tier: bare, queue: {capacity: 2}},"
    " b: {tier: bare, servers: 2, queue: {capacity: 4}, cache: 20 %},"
    " c: {tier: bare, servers: unlimited}},"
    " routing: {prefer: [a, b], spill: {queue: 1},"
    " hedge: {after: 60 ms}}}",
    "{sites: {a: {tier: bare, queue: {discipline: priority, capacity: 3}},"
    " b: {tier: bare, servers: 2, queue: {discipline: ps, capacity: 6}},"
    " c: {tier: bare, queue: {discipline: priority-preemptive}}},"
    " routing: {policy: shortest-queue, spill: {when: full},"
    " hedge: {after: p90}}}",
    "{sites: {a: {tier: bare, cache: 40 %, queue: {capacity: 4}},"
    " b: {tier: bare, batching: {max: 4, time: {fixed: 60 ms}},"
    " queue: {capacity: 9}}, c: {tier: bare, queue: {discipline: lps,"
    " concurrency: 2, capacity: 5}}},"
    " routing: {policy: random}}",
};

enum { N_HOUSES = sizeof houses / sizeof houses[0] };

static double of(const struct study *s, const char *scope, const char *metric)
{
    char name[96];

    snprintf(name, sizeof name, "%s.%s", scope, metric);
    return flow_value(s, name);
}

/* Every request has one end: served, lost or abandoned. */
static void check_ends(const struct study *s, const char *scope)
{
    const double offered = of(s, scope, "requests.offered");
    const double ends = of(s, scope, "requests.served") +
                        of(s, scope, "requests.lost") +
                        of(s, scope, "requests.abandoned");

    ck_assert_msg(fabs(offered - ends) <= 1e-9 * (1 + offered),
        "%s: %.12g offered, %.12g ended", scope, offered, ends);
}

/* Two classes at once: one of a kind, one plain of a higher priority. */
START_TEST(every_request_ends_once)
{
    for (int k = 0; k < N_KINDS * N_HOUSES; k++) {
        const int house = k / N_KINDS;
        const char *patience =
            house < 2 ? ", patience: {exponential: {mean: 50 ms}}" : "";
        struct study s = study_run(
            "seed: 31\nhorizon: 1 day\n"
            "simulate: {duration: 40 s, warmup: 2 s, replications: 2}\n"
            "arrivals: {rate: 10 /s}\n"
            "requests:\n"
            "  x: {share: 60 %%, priority: 2, %s%s}\n"
            "  y: {share: 40 %%, service: {exponential: {mean: 40 ms}}}\n"
            "deployments: {d: %s}\n",
            kinds[k % N_KINDS], patience, houses[house]);
        const double x = of(&s, "d.class.x", "requests.offered");
        const double y = of(&s, "d.class.y", "requests.offered");
        static const char *const scopes[] = {"d", "d.class.x", "d.class.y",
            "d.site.a", "d.site.b", "d.site.c", "d.tier.bare"};
        for (size_t i = 0; i < sizeof scopes / sizeof scopes[0]; i++)
            check_ends(&s, scopes[i]);
        flow_near(&s, "d.requests.offered", x + y);
        flow_near(&s, "d.requests.served",
            of(&s, "d.class.x", "requests.served") +
                of(&s, "d.class.y", "requests.served"));
        ck_assert_double_gt(of(&s, "d.class.x", "requests.served"), 0);
        flow_near(&s, "d.tier.bare.requests.offered",
            of(&s, "d.site.a", "requests.offered") +
                of(&s, "d.site.b", "requests.offered") +
                of(&s, "d.site.c", "requests.offered"));
        study_end(&s);
    }
}
END_TEST

/* ---- one study of all ---------------------------------------------------- */

static struct study all_kinds(int jobs, const char *more)
{
    struct sim_text body = {0};
    struct study s;

    sim_text_printf(&body, "seed: 32\nhorizon: 1 day\n"
                           "simulate: {duration: 15 s, warmup: 2 s,"
                           " replications: 4}\nrequests:\n");
    for (int k = 0; k < N_KINDS; k++)
        sim_text_printf(
            &body, "  k%d: {%s, arrivals: {rate: 2 /s}}\n", k, kinds[k]);
    sim_text_printf(&body,
        "  walk: {journey: {enter: {a: 1 /s, b: 1 /s},"
        " next: {a: {b: 50 %%}, b: {a: 30 %%, c: 20 %%}},"
        " service: {a: {constant: 10 ms}, b: {constant: 20 ms},"
        " c: {constant: 5 ms}}}}\n"
        "  loop: {service: {exponential: {mean: 20 ms}}, arrivals: {process:"
        " {closed: {population: 6, think: {exponential: {mean: 1 s}}}}}}\n"
        "deployments:\n");
    for (int h = 0; h < N_HOUSES; h++)
        sim_text_printf(&body, "  d%d: %s\n", h, houses[h]);
    sim_text_printf(&body, "%s", more);
    s = study_load(sim_text_str(&body));
    sim_text_release(&body);
    study_execute(&s, jobs);
    ck_assert_msg(s.rc == SIM_OK, "%s", s.err.text);
    return s;
}

/* Metrics of the deployments d0, d1 ... that are equal to the last bit; fails
 * on one that is not. */
static int equal_metrics(const struct study *a, const struct study *b)
{
    int n = 0;

    for (int i = 0; i < a->run->n_metrics; i++) {
        const struct res_metric *x = &a->run->metrics[i];
        const struct res_metric *y = res_metric_by_name(b->run, x->name);
        ck_assert_msg(y != NULL, "no '%s'", x->name);
        ck_assert_msg(
            (x->est.value == y->est.value ||
                (isnan(x->est.value) && isnan(y->est.value))) &&
                (x->est.half_width == y->est.half_width ||
                    (isnan(x->est.half_width) && isnan(y->est.half_width))),
            "%s: %.17g and %.17g", x->name, x->est.value, y->est.value);
        n++;
    }
    return n;
}

START_TEST(jobs_change_nothing)
{
    struct study one = all_kinds(1, ""), four = all_kinds(4, "");

    ck_assert_int_eq(one.run->n_metrics, four.run->n_metrics);
    ck_assert_int_gt(equal_metrics(&one, &four), 500);
    ck_assert_str_eq(
        one.run->meta.histogram_sha256, four.run->meta.histogram_sha256);
    for (int h = 0; h < N_HOUSES; h++) {
        char scope[16];
        snprintf(scope, sizeof scope, "d%d", h);
        check_ends(&one, scope);
    }
    study_end(&one);
    study_end(&four);
}
END_TEST

/* One more deployment, of other sites: all that was there stays. */
START_TEST(one_more_changes_nothing)
{
    struct study few = all_kinds(1, "");
    struct study more = all_kinds(1,
        "  e: {sites: {c: {tier: bare}, b: {tier: bare, servers: 3},"
        " a: {tier: bare, count: 2}}, routing: {policy: power-of-d}}\n");

    ck_assert_int_gt(more.run->n_metrics, few.run->n_metrics + 100);
    ck_assert_int_gt(equal_metrics(&few, &more), 500);
    study_end(&few);
    study_end(&more);
}
END_TEST

TEST_MAIN("loader/flows_whole", stages_go_on_from_site_to_site, no_wait_is_none,
    lost_have_no_site, journey_by_traffic_equations, clients_without_a_queue,
    clients_are_dealt_out, clients_without_a_pause, clients_of_one_server,
    clients_draw_power, every_request_ends_once, jobs_change_nothing,
    one_more_changes_nothing)
