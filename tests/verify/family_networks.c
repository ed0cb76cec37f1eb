/* Stages in series, journeys with feedback and closed loops: every station
 * behaves as if alone (product form). */
#include <math.h>

#include "tests/verify/exact_network.h"
#include "tests/verify/exact_phase.h"
#include "tests/verify/families.h"

/* ---- tandem -------------------------------------------------------------- */

static const char *const tandem_route =
    "Burke: independent M/M/c in series; uniformisation of the phases";

/* What leaves M/M/c is Poisson, and the stay of a request at a station is
 * independent of that at the next one, though for more than two stations only
 * where no middle one has several servers. */
static struct exact_phase end_to_end(
    double lambda, const struct exact_station *s, int n)
{
    struct exact_phase sum = exact_phase_mmc(s[0].servers, lambda, s[0].mu);

    for (int i = 1; i < n; i++) {
        const struct exact_phase next =
            exact_phase_mmc(s[i].servers, lambda, s[i].mu);
        sum = exact_phase_series(&sum, &next);
    }
    return sum;
}

static double number_at(double lambda, const struct exact_station *s)
{
    const struct exact_phase stay = exact_phase_mmc(s->servers, lambda, s->mu);

    return lambda * exact_phase_mean(&stay);
}

static void tandem_case(struct verify *v, const char *family, const char *name,
    const char *body, double lambda, const struct exact_station *s, int n)
{
    const struct exact_phase stay = end_to_end(lambda, s, n);
    struct verify_case c = {.family = family,
        .name = name,
        .route = tandem_route,
        .body = body,
        .checks = {{"d.latency.mean", 1e3 * exact_phase_mean(&stay),
                       VERIFY_MEAN},
            {"d.latency.p50", 1e3 * exact_phase_quantile(&stay, 0.50),
                VERIFY_QUANTILE},
            {"d.latency.p95", 1e3 * exact_phase_quantile(&stay, 0.95),
                VERIFY_QUANTILE},
            {"d.latency.p99", 1e3 * exact_phase_quantile(&stay, 0.99),
                VERIFY_QUANTILE}},
        .n_checks = 4};

    for (int i = 0; i < n; i++) {
        c.checks[c.n_checks++] = (struct verify_check){
            verify_text(v, "d.site.%c.in_system.mean", 'a' + i),
            number_at(lambda, &s[i]), VERIFY_MEAN};
    }
    verify_case(v, &c);
}

static void tandem(struct verify *v)
{
    static const struct exact_station two[] = {{1, 10.0}, {1, 12.5}};
    static const struct exact_station three[] = {
        {1, 10.0}, {1, 10.0}, {1, 20.0}};
    static const struct exact_station several[] = {{3, 5.0}, {2, 8.0}};

    tandem_case(v, "Tandem", "two stations, rho = 0.7 and 0.56",
        "simulate: {requests: 200000, warmup: 5000 requests, "
        "replications: 20}\n"
        "arrivals: {rate: 7 /s}\n"
        "requests: {r: {stages: ["
        "{site: a, service: {exponential: {mean: 100 ms}}}, "
        "{site: b, service: {exponential: {mean: 80 ms}}}]}}\n"
        "deployments: {d: {sites: {a: {tier: bare}, b: {tier: bare}}}}\n",
        7.0, two, 2);
    tandem_case(v, "Tandem", "three stations, two of them alike",
        "simulate: {requests: 200000, warmup: 5000 requests, "
        "replications: 20}\n"
        "arrivals: {rate: 7.5 /s}\n"
        "requests: {r: {stages: ["
        "{site: a, service: {exponential: {mean: 100 ms}}}, "
        "{site: b, service: {exponential: {mean: 100 ms}}}, "
        "{site: c, service: {exponential: {mean: 50 ms}}}]}}\n"
        "deployments: {d: {sites: {a: {tier: bare}, b: {tier: bare}, "
        "c: {tier: bare}}}}\n",
        7.5, three, 3);
    tandem_case(v, "Multi-server tandem", "3 and then 2 servers",
        "simulate: {requests: 200000, warmup: 5000 requests, "
        "replications: 20}\n"
        "arrivals: {rate: 12 /s}\n"
        "requests: {r: {stages: ["
        "{site: a, service: {exponential: {mean: 200 ms}}}, "
        "{site: b, service: {exponential: {mean: 125 ms}}}]}}\n"
        "deployments: {d: {sites: {a: {tier: bare, servers: 3}, "
        "b: {tier: bare, servers: 2}}}}\n",
        12.0, several, 2);
}

/* ---- journeys ------------------------------------------------------------ */

static void journey_case(struct verify *v, const char *name, const char *body,
    const struct exact_journey *j)
{
    const struct exact_open open = exact_open_network(j);
    struct verify_case c = {.family = "Jackson network",
        .name = name,
        .route = "traffic equations, then M/M/c at each station",
        .body = body,
        .checks = {{"d.latency.mean", 1e3 * open.response_s, VERIFY_MEAN}},
        .n_checks = 1};

    for (int i = 0; i < j->n; i++) {
        c.checks[c.n_checks++] = (struct verify_check){
            verify_text(v, "d.site.%c.in_system.mean", 'a' + i),
            open.in_system[i], VERIFY_MEAN};
    }
    verify_case(v, &c);
}

static void journeys(struct verify *v)
{
    static const struct exact_journey feedback = {.n = 3,
        .station = {{1, 12.5}, {2, 8.0}, {1, 12.5}},
        .enter = {5.0, 2.0, 0.0},
        .next = {{0.0, 0.6, 0.3}, {0.2, 0.0, 0.5}, {0.0, 0.1, 0.0}}};
    static const struct exact_journey again = {
        .n = 1, .station = {{1, 10.0}}, .enter = {4.0}, .next = {{0.4}}};

    journey_case(v, "three stations with feedback",
        "simulate: {requests: 200000, warmup: 5000 requests, "
        "replications: 20}\n"
        "requests: {r: {journey: {enter: {a: 5 /s, b: 2 /s}, "
        "next: {a: {b: 60 %, c: 30 %}, b: {a: 20 %, c: 50 %}, "
        "c: {b: 10 %}}, service: {a: {exponential: {mean: 80 ms}}, "
        "b: {exponential: {mean: 125 ms}}, "
        "c: {exponential: {mean: 80 ms}}}}}}\n"
        "deployments: {d: {sites: {a: {tier: bare}, "
        "b: {tier: bare, servers: 2}, c: {tier: bare}}}}\n",
        &feedback);
    journey_case(v, "one station, 40 % come back at once",
        "simulate: {requests: 200000, warmup: 5000 requests, "
        "replications: 20}\n"
        "requests: {r: {journey: {enter: {a: 4 /s}, next: {a: {a: 40 %}}, "
        "service: {a: {exponential: {mean: 100 ms}}}}}}\n"
        "deployments: {d: {sites: {a: {tier: bare}}}}\n",
        &again);
}

/* ---- closed loops -------------------------------------------------------- */

static void closed_case(struct verify *v, const char *name, const char *think,
    int population, const char *class, const char *sites,
    const struct exact_station *s, int n)
{
    const struct exact_closed closed =
        exact_closed_network(s, n, population, 1.0);
    struct verify_case c = {.family = "Closed network",
        .name = name,
        .route = "product form by convolution",
        .body = verify_text(v,
            "simulate: {requests: 100000, warmup: 2000 requests, "
            "replications: 20}\n"
            "arrivals: {process: {closed: {population: %d, think: %s}}}\n"
            "requests: {r: {%s}}\n"
            "deployments: {d: {sites: {%s}}}\n",
            population, think, class, sites),
        .checks = {{"d.requests.served_rate", closed.rate, VERIFY_MEAN},
            {"d.latency.mean", 1e3 * closed.response_s, VERIFY_MEAN}},
        .n_checks = 2};

    for (int i = 0; i < n; i++) {
        c.checks[c.n_checks++] = (struct verify_check){
            verify_text(v, "d.site.%c.in_system.mean", 'a' + i),
            closed.in_system[i], VERIFY_MEAN};
    }
    verify_case(v, &c);
}

static void closed(struct verify *v)
{
    static const struct exact_station one[] = {{1, 12.5}};
    static const struct exact_station two[] = {{1, 20.0}, {2, 8.0}};
    static const char *const stages =
        "stages: [{site: a, service: {exponential: {mean: 50 ms}}}, "
        "{site: b, service: {exponential: {mean: 125 ms}}}]";

    closed_case(v, "20 clients, one server", "{exponential: {mean: 1 s}}", 20,
        "service: {exponential: {mean: 80 ms}}", "a: {tier: bare}", one, 1);
    /* only the mean of the thinking counts */
    closed_case(v, "12 clients that think for a constant time",
        "{constant: 1 s}", 12, "service: {exponential: {mean: 80 ms}}",
        "a: {tier: bare}", one, 1);
    closed_case(v, "20 clients, two stages, one of two servers",
        "{exponential: {mean: 1 s}}", 20, stages,
        "a: {tier: bare}, b: {tier: bare, servers: 2}", two, 2);
}

void verify_family_networks(struct verify *v)
{
    tandem(v);
    journeys(v);
    closed(v);
}
