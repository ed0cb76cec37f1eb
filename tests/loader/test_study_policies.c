/* Policies that look ahead, from scenario text to metrics and inputs.
 *
 * Truth: slo-aware with one exponential server near, no way there, and a limit
 * between the forecasts of K - 1 and K in system is M/M/1/K, whose loss goes
 * far; what `cheapest` reads is no live input. */
#include "loader/study_fixture.h"

/* ---- M/M/1/K ------------------------------------------------------------ */

static const double mean_s = 0.1;

/* Forecast with n in system on one exponential server, level 0.95. */
static double forecast_s(int n)
{
    const double z = 1.6448536269514722; /* standard normal quantile */
    const double wait_sd = mean_s * sqrt(n), above = mean_s * (log(20) - 1);

    return (n + 1) * mean_s + sqrt(z * z * wait_sd * wait_sd + above * above);
}

static void near_is_mm1k(double lambda, int k)
{
    const double limit_ms = 500 * (forecast_s(k - 1) + forecast_s(k));
    double p[64], sum = 0, number = 0;
    struct study s = study_run(
        "simulate: {requests: 200000, warmup: 2000 requests, replications: 8}\n"
        "arrivals: {rate: %.17g /s}\n"
        "requests: {r: {service: {exponential: {mean: 100 ms}}, "
        "slo: {p95: %.17g ms}}}\n"
        "deployments: {d: {sites: {near: {tier: bare}, "
        "far: {tier: bare, servers: unlimited, rtt: {constant: 20 ms}}}, "
        "routing: {policy: slo-aware}}}\n",
        lambda, limit_ms);

    p[0] = 1;
    for (int n = 1; n <= k; n++)
        p[n] = p[n - 1] * lambda * mean_s;
    for (int n = 0; n <= k; n++) {
        sum += p[n];
        number += n * p[n];
    }
    const double away = p[k] / sum;
    study_expect(&s, "d.spill_probability", away, MEAN_TIGHT);
    study_expect(&s, "d.site.near.in_system.mean", number / sum, MEAN_TIGHT);
    study_expect(
        &s, "d.site.far.in_system.mean", lambda * away * mean_s, MEAN_TIGHT);
    study_expect(&s, "d.latency.mean",
        1000 * (number / sum / lambda + away * (mean_s + 0.02)), MEAN_TIGHT);
    study_end(&s);
}

START_TEST(slo_aware_is_m_m_1_k)
{
    near_is_mm1k(8, 4);
    /* more than it can serve: the deployment has a steady state all the same */
    near_is_mm1k(14, 6);
}
END_TEST

/* ---- inputs ------------------------------------------------------------- */

static bool live(const struct study *s, const char *path)
{
    for (int i = 0; i < s->scenario->n_inputs; i++) {
        if (strcmp(s->scenario->inputs[i].path, path) == 0)
            return s->scenario->inputs[i].live;
    }
    ck_abort_msg("no input '%s'", path);
    return false;
}

static struct study two_deployments(const char *routing)
{
    char body[2048];

    snprintf(body, sizeof body,
        "simulate: {requests: 2000, warmup: 100 requests, replications: 2}\n"
        "arrivals: {rate: 1 /s}\n"
        "requests: {r: {service: {constant: 100 ms}}}\n"
        "deployments:\n"
        "  by-price: {sites: {a: {tier: bare, power: {idle: 100 W, peak: "
        "300 W}, energy: {price: 0.1 USD/kWh, carbon: 0.4 kg/kWh, demand: 9 "
        "USD/kW-month}, cost: {egress: 0.05 "
        "USD/GB, server: 9 kUSD}}, b: {tier: bare, power: {idle: 100 W, "
        "peak: 300 W}, energy: {price: 0.2 "
        "USD/kWh}}}, routing: {%s}}\n"
        "  by-way: {sites: {a: {tier: bare, energy: {price: 0.1 USD/kWh, "
        "carbon: 0.4 kg/kWh}}}}\n",
        routing);
    return study_load(body);
}

START_TEST(prices_that_decide_are_run_inputs)
{
    struct study s = two_deployments("policy: cheapest");

    ck_assert(!live(&s, "deployments.by-price.sites.a.energy.price.flat"));
    ck_assert(!live(&s, "deployments.by-price.sites.b.energy.price.flat"));
    ck_assert(!live(&s, "deployments.by-price.sites.a.cost.egress"));
    /* without a price of carbon nobody looks at it */
    ck_assert(live(&s, "deployments.by-price.sites.a.energy.carbon.flat"));
    ck_assert(live(&s, "deployments.by-price.sites.a.energy.demand"));
    ck_assert(live(&s, "deployments.by-price.sites.a.cost.server"));
    ck_assert(live(&s, "deployments.by-way.sites.a.energy.price.flat"));
    study_end(&s);
    s = two_deployments("policy: cheapest, carbon_price: 80 USD/t");
    ck_assert(!live(&s, "deployments.by-price.sites.a.energy.price.flat"));
    ck_assert(!live(&s, "deployments.by-price.sites.a.energy.carbon.flat"));
    ck_assert(live(&s, "deployments.by-way.sites.a.energy.carbon.flat"));
    study_end(&s);
    s = two_deployments("policy: nearest");
    ck_assert(live(&s, "deployments.by-price.sites.a.energy.price.flat"));
    ck_assert(live(&s, "deployments.by-price.sites.a.cost.egress"));
    study_end(&s);
}
END_TEST

/* The price of carbon turns the choice. */
START_TEST(cheapest_takes_all)
{
    struct study s =
        two_deployments("policy: cheapest, carbon_price: 500 USD/t");

    study_execute(&s, 1);
    ck_assert_msg(s.rc == SIM_OK, "%s", s.err.text);
    /* 0.1 + 0.5 x 0.4 = 0.3 USD/kWh against 0.2 */
    ck_assert(study_metric(&s, "by-price.site.b.in_system.mean")->value > 0);
    ck_assert(study_metric(&s, "by-price.site.a.in_system.mean")->value == 0);
    study_end(&s);
}
END_TEST

TEST_MAIN("loader/policies", slo_aware_is_m_m_1_k,
    prices_that_decide_are_run_inputs, cheapest_takes_all)
