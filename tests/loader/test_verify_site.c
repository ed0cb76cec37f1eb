/* Sites with exact answers, from scenario text to metrics: repair, distance,
 * power, money.
 *
 * Truth: birth-death chains of the machine-repair model, order statistics of
 * exponential lives, haversine and the speed of light in fibre, the utilisation
 * law, and annuity sums computed here term by term. */
#include "loader/study_fixture.h"

/* ---- machine repair ------------------------------------------------------ */

/* Stationary chain over failed units: `servers` positions, cold spares, crews
 * (0: unlimited).  Rates per hour. */
struct chain {
    int servers, spares, crews, needed;
    double life_h, repair_h;
};

struct answers {
    double availability, servers_up, outages_per_h, outage_h;
    double failures_per_h, crews_busy;
};

static int running(const struct chain *c, int failed)
{
    const int left = c->servers + c->spares - failed;

    return left < c->servers ? left : c->servers;
}

static int repairing(const struct chain *c, int failed)
{
    return c->crews > 0 && failed > c->crews ? c->crews : failed;
}

static struct answers solve(const struct chain *c)
{
    const int n = c->servers + c->spares;
    double p[64], sum = 0.0;
    struct answers a = {0};

    p[0] = 1.0;
    for (int j = 1; j <= n; j++)
        p[j] = p[j - 1] * running(c, j - 1) / c->life_h * c->repair_h /
               repairing(c, j);
    for (int j = 0; j <= n; j++)
        sum += p[j];
    for (int j = 0; j <= n; j++) {
        const double q = p[j] / sum, rate = running(c, j) / c->life_h;
        const int up = running(c, j) >= c->needed;
        const int up_next = j < n && running(c, j + 1) >= c->needed;
        a.availability += up ? q : 0.0;
        a.servers_up += q * running(c, j);
        a.failures_per_h += q * rate;
        a.crews_busy += q * repairing(c, j);
        a.outages_per_h += up && !up_next ? q * rate : 0.0;
    }
    a.outage_h = (1 - a.availability) / a.outages_per_h;
    return a;
}

static void check_repair(const struct chain *c, const char *law)
{
    const struct answers a = solve(c);
    char crews[32] = "";

    if (c->crews > 0)
        snprintf(crews, sizeof crews, "crews: %d, ", c->crews);
    struct study s = study_run(
        "seed: 29\n"
        "simulate: {duration: 200000 h, warmup: 500 h, replications: 64}\n"
        "deployments: {d: {needed_sites: 1, sites: {q: {tier: bare,"
        " servers: %d, needed: %d, failures: {server: {%sspares: %d,"
        " life: {exponential: {mean: %g h}}, repair: {%s: {mean: %g "
        "h%s}}}}}}}}\n",
        c->servers, c->needed, crews, c->spares, c->life_h, law, c->repair_h,
        strcmp(law, "lognormal") == 0 ? ", cv: 1.5" : "");

    study_expect(&s, "d.site.q.availability", a.availability, MEAN_TIGHT);
    study_expect(&s, "d.site.q.servers_up.mean", a.servers_up, MEAN_TIGHT);
    study_expect(&s, "d.site.q.outages_per_h", a.outages_per_h, MEAN_TIGHT);
    study_expect(&s, "d.site.q.outage.mean", a.outage_h, MEAN_TIGHT);
    study_expect(&s, "d.failures_per_h", a.failures_per_h, MEAN_TIGHT);
    study_expect(&s, "d.crews_busy.mean", a.crews_busy, MEAN_TIGHT);
    study_expect(&s, "d.uptime", a.availability, MEAN_TIGHT);
    study_expect(&s, "d.availability", a.availability, MEAN_TIGHT);
    study_expect(&s, "d.outages_per_h", a.outages_per_h, MEAN_TIGHT);
    study_end(&s);
}

START_TEST(repair)
{
    static const int crews[] = {1, 2, 0}, spares[] = {0, 2};

    for (size_t i = 0; i < 3; i++) {
        for (size_t j = 0; j < 2; j++) {
            const struct chain c = {.servers = 6,
                .spares = spares[j],
                .crews = crews[i],
                .needed = 5,
                .life_h = 50,
                .repair_h = 5};
            check_repair(&c, "exponential");
        }
    }
}
END_TEST

/* With a crew for each, only the mean of the repair counts. */
START_TEST(repair_insensitive)
{
    const struct chain c = {
        .servers = 6, .needed = 5, .life_h = 50, .repair_h = 5};

    check_repair(&c, "lognormal");
}
END_TEST

/* A server alone: also with no word on how many sites are needed. */
START_TEST(one_server)
{
    struct study s = study_run(
        "seed: 31\n"
        "simulate: {duration: 200000 h, warmup: 500 h, replications: 64}\n"
        "report: {at: [10 h, 1000 h]}\n"
        "deployments: {d: {sites: {q: {tier: bare, failures: {server:"
        " {life: {exponential: {mean: 20 h}},"
        " repair: {exponential: {mean: 5 h}}}}}}}}\n");
    struct study many = study_run(
        "seed: 33\n"
        "simulate: {duration: 12 h, warmup: none, replications: 20000}\n"
        "report: {at: [2 h, 10 h]}\n"
        "deployments: {d: {sites: {q: {tier: bare, failures: {server:"
        " {life: {exponential: {mean: 20 h}},"
        " repair: {exponential: {mean: 5 h}}}}}}}}\n");

    study_expect(&s, "d.site.q.availability", 0.8, MEAN_TIGHT);
    study_expect(&s, "d.availability", 0.8, MEAN_TIGHT);
    study_expect(&s, "d.downtime_h_per_year", 0.2 * 8760, MEAN_TIGHT);
    /* point availability: A + (1 - A) exp(-(lambda + mu) t) */
    study_expect(
        &many, "d.site.q.at.0.availability", 0.8 + 0.2 * exp(-0.5), MEAN_TIGHT);
    study_expect(
        &many, "d.site.q.at.1.availability", 0.8 + 0.2 * exp(-2.5), MEAN_TIGHT);
    study_end(&s);
    study_end(&many);
}
END_TEST

/* ---- without repair ------------------------------------------------------ */

static struct study no_repair(double hours, int reps)
{
    return study_run(
        "seed: 37\n"
        "simulate: {duration: %g h, warmup: none, replications: %d}\n"
        "deployments: {d: {needed_sites: 1, sites: {q: {tier: bare, servers: 5,"
        " needed: 3, failures: {server: {life: {exponential: {mean: 1000 h}},"
        " repair: never, spares: 1}}}}}}\n",
        hours, reps);
}

/* 3 of 5 with one cold spare: down at the fourth failure; the times between
 * failures are exponential with rates 5, 5, 4, 3 per 1000 h. */
START_TEST(k_of_n)
{
    const double t = 800.0 / 1000.0;
    struct study s = no_repair(800, 20000);
    double up = 0.0, p[4] = {1.0, 0.0, 0.0, 0.0};
    static const double rate[] = {5, 5, 4, 3};
    enum { STEPS = 200000 };

    /* forward equation of the four living states, Runge's mid-point rule */
    for (int i = 0; i < STEPS; i++) {
        const double h = t / STEPS;
        double k[4], half[4];
        for (int j = 0; j < 4; j++)
            half[j] = p[j] + 0.5 * h *
                                 ((j > 0 ? rate[j - 1] * p[j - 1] : 0.0) -
                                     rate[j] * p[j]);
        for (int j = 0; j < 4; j++)
            k[j] =
                (j > 0 ? rate[j - 1] * half[j - 1] : 0.0) - rate[j] * half[j];
        for (int j = 0; j < 4; j++)
            p[j] += h * k[j];
    }
    for (int j = 0; j < 4; j++)
        up += p[j];
    study_expect(&s, "d.site.q.reliability", up, MEAN_TIGHT);
    study_end(&s);
    s = no_repair(40000, 20000);
    study_expect(&s, "d.site.q.mttf",
        1000.0 / 5 + 1000.0 / 5 + 1000.0 / 4 + 1000.0 / 3, MEAN_TIGHT);
    study_expect(&s, "d.mttf",
        1000.0 / 5 + 1000.0 / 5 + 1000.0 / 4 + 1000.0 / 3, MEAN_TIGHT);
    study_end(&s);
}
END_TEST

/* ---- distance ------------------------------------------------------------ */

/* Great circle by the spherical law of cosines, another route than haversine.
 */
static double great_circle_km(
    double lat_1, double lon_1, double lat_2, double lon_2)
{
    const double r = acos(-1.0) / 180.0;

    return 6371.0088 *
           acos(sin(lat_1 * r) * sin(lat_2 * r) +
                cos(lat_1 * r) * cos(lat_2 * r) * cos((lon_2 - lon_1) * r));
}

START_TEST(distance)
{
    static const struct {
        double lat, lon;
    } to[] = {{40.71, -74.01}, {48.86, 2.35}, {-33.87, 151.21}, {1.35, 103.82}};

    for (size_t i = 0; i < sizeof to / sizeof to[0]; i++) {
        const double km = great_circle_km(51.51, -0.13, to[i].lat, to[i].lon);
        struct study s = study_run(
            "seed: 41\n"
            "simulate: {requests: 2000, warmup: none, replications: 2}\n"
            "users: {lon: {at: [51.51, -0.13]}}\n"
            "arrivals: {rate: 5 /s}\n"
            "requests: {r: {service: {constant: 1 ms}}}\n"
            "deployments: {d: {sites: {q: {tier: bare, servers: unlimited,"
            " at: [%g, %g],"
            " network: {inflation: 1, fixed: 0 ms, jitter: 0}}}}}\n",
            to[i].lat, to[i].lon);
        const double rtt_ms = 2e3 * km * 1.4682 / 299792.458;
        study_exact(&s, "d.user.lon.distance", km, 1e-9);
        ck_assert_double_eq_tol(
            study_metric(&s, "d.network.mean")->value, rtt_ms, 1e-9 * rtt_ms);
        /* a histogram bucket is 0.8 % wide */
        ck_assert_double_eq_tol(
            study_metric(&s, "d.network.p50")->value, rtt_ms, 0.004 * rtt_ms);
        ck_assert_double_eq_tol(study_metric(&s, "d.latency.mean")->value,
            rtt_ms + 1.0, 1e-9 * rtt_ms);
        study_end(&s);
    }
}
END_TEST

/* ---- power and bill ------------------------------------------------------ */

/* Utilisation law: a slot is busy rho of the time. */
START_TEST(power_and_bill)
{
    const double rho = 0.6, it_kw = 4 * (0.120 + (0.300 - 0.120) * rho);
    const double site_kw = 1.35 * it_kw, rate = 24.0;
    struct study s =
        study_run("seed: 43\n"
                  "simulate: {requests: 100000, warmup: 2000 requests, "
                  "replications: 20}\n"
                  "arrivals: {rate: 24 /s}\n"
                  "requests: {r: {service: {exponential: {mean: 100 ms}}}}\n"
                  "deployments: {d: {sites: {q: {tier: bare, servers: 4,"
                  " power: {idle: 120 W, peak: 300 W}, facility: {pue: 1.35},"
                  " energy: {price: 0.11 USD/kWh}}}}}\n");

    study_expect(&s, "d.site.q.power.mean", it_kw, MEAN_TIGHT);
    /* hours are exact but for the mean work, which the requests estimate */
    ck_assert_double_eq_tol(study_metric(&s, "d.energy.per_request")->value,
        1e3 * site_kw / (rate * 3600), 0.003 * site_kw / (rate * 3.6));
    ck_assert_double_eq_tol(study_metric(&s, "d.energy.cost")->value,
        0.11 * site_kw * 8760, 0.003 * 0.11 * site_kw * 8760);
    ck_assert_double_eq_tol(study_metric(&s, "d.energy.it")->value,
        it_kw * 8760, 0.003 * it_kw * 8760);
    ck_assert_double_eq_tol(study_metric(&s, "d.pue")->value, 1.35, 1e-9);
    ck_assert_double_eq_tol(
        study_metric(&s, "d.peak_power")->value, site_kw, 0.003 * site_kw);
    study_end(&s);
}
END_TEST

/* With constant service nothing is left to chance but the requests' number. */
START_TEST(bill_exact)
{
    const double it_kw = 2 * (0.1 + 0.2 * 0.25), site_kw = 1.2 * it_kw;
    struct study s =
        study_run("seed: 47\n"
                  "simulate: {requests: 5000, warmup: none, replications: 4}\n"
                  "horizon: 2 years\n"
                  "arrivals: {rate: 5 /s}\n"
                  "requests: {r: {service: {constant: 100 ms}}}\n"
                  "deployments: {d: {sites: {q: {tier: bare, servers: 2,"
                  " power: {idle: 100 W, peak: 300 W}, facility: {pue: 1.2},"
                  " energy: {price: 0.1 USD/kWh, demand: 10 USD/kW-month,"
                  " carbon: 0.5 kg/kWh}}}}}\n");

    study_exact(&s, "d.energy.it", it_kw * 8760, 1e-9);
    study_exact(&s, "d.energy.site", site_kw * 8760, 1e-9);
    study_exact(&s, "d.peak_power", site_kw, 1e-9);
    study_exact(&s, "d.energy.cost", site_kw * (876 + 120), 1e-9);
    study_exact(&s, "d.carbon.operational", site_kw * 8760 * 0.5e-3, 1e-9);
    study_exact(&s, "d.energy.per_request", 1e3 * site_kw / 18000, 1e-9);
    study_end(&s);
}
END_TEST

/* ---- money alone --------------------------------------------------------- */

START_TEST(money_alone)
{
    const double r = 0.09, rise = 1.025, n = 5;
    double npv = 1.2e6, units = 0.0, annuity = 0.0, total = 1.2e6;
    struct study s = study_run(
        "horizon: 5 years\n"
        "simulate: {duration: 1 h, replications: 2}\n"
        "finance: {discount_rate: 9 %%, inflation: 2.5 %%, tax_rate: 0 %%}\n"
        "deployments: {d: {demand: 3e9 /year, sites: {q: {tier: bare, cash:"
        " {capex: 1.2 MUSD, opex: 210 kUSD/year, residual: 100 kUSD}}}}}\n");

    for (int k = 1; k <= n; k++) {
        const double flow = 210e3 * pow(rise, k - 1), pv = pow(1 + r, -k);
        npv += flow * pv;
        total += flow;
        units += 3e9 * pv;
        annuity += pv;
    }
    npv -= 100e3 * pow(1 + r, -n);
    total -= 100e3;
    study_exact(&s, "d.tco.npv", npv, 1e-9);
    study_exact(&s, "d.tco.total", total, 1e-9);
    study_exact(&s, "d.tco.equivalent_annual", npv / annuity, 1e-9);
    study_exact(&s, "d.cost.per_million_requests", 1e6 * npv / units, 1e-9);
    study_exact(&s, "d.capex", 1.2e6, 1e-9);
    study_end(&s);
}
END_TEST

TEST_MAIN("loader/verify_site", repair, repair_insensitive, one_server, k_of_n,
    distance, power_and_bill, bill_exact, money_alone)
