/* Truth: the values are written in the scenario; conversions are exact by the
 * definition of the units (1 h = 3600 s, 1 kUSD = 1000 USD); days since 1970
 * from `date -ud 2027-01-01 +%s` / 86400. */
#include "loader/fixture.h"

static const char tier_edge[] =
    "# dated\n"
    "servers: 2\n"
    "rtt: {value: 8 ms, low: 1 ms, high: 30 ms,\n"
    "  source: \"[EDGE]\", year: 2025, confidence: S}\n"
    "hardware: l4\n"
    "domains: [grid]\n";
static const char hw_l4[] = "name: l4\nspeed: 0.5\nidle: 72 W\n";

const struct scn_preset_file scn_preset_files[] = {
    FX_PRESET("hw-l4", hw_l4),
    FX_PRESET("tier-edge", tier_edge),
    {NULL, NULL, 0},
};

START_TEST(values)
{
    FX_GOOD(fx, "title: \"Where?\"\n"
                "seed: 9223372036854775807\n"
                "start: 2028-02-29\n"
                "verbose: true\n"
                "target: 2 %\n"
                "budget: 12.5 MUSD\n"
                "temp: 68 F\n"
                "sites:\n"
                "  q-1:\n"
                "    servers: 3e3\n"
                "    rtt: '0.25 s'\n"
                "    price: 110 USD/MWh\n"
                "    at: [40.71, -74.01]\n"
                "    domains: [a, 'b c']\n"
                "    limit: unlimited\n"
                "    phases: [{share: 25 %, after: 2 days}, {share: 0.75}]\n");
    const struct fx_root *c = fx.cfg;
    ck_assert_str_eq(c->title, "Where?");
    ck_assert_int_eq(c->seed, INT64_MAX);
    ck_assert_int_eq(c->start, 21243);
    ck_assert(c->verbose);
    ck_assert_double_eq(c->target_frac, 0.02);
    ck_assert_double_eq(c->budget_usd, 12.5e6);
    ck_assert_double_eq_tol(c->temp_c, 20.0, 1e-12);
    ck_assert_int_eq(c->n_sites, 1);
    const struct fx_site *s = &c->sites[0];
    ck_assert_str_eq(s->name, "q-1");
    ck_assert_int_eq(s->servers, 3000);
    ck_assert_double_eq(s->rtt_ms, 250.0);
    ck_assert_double_eq_tol(s->price_usd_per_kwh, 0.11, 1e-15);
    ck_assert_int_eq(s->n_at, 2);
    ck_assert_double_eq(s->at[1], -74.01);
    ck_assert_int_eq(s->n_domains, 2);
    ck_assert_str_eq(s->domains[1], "b c");
    ck_assert(isinf(s->limit_s));
    ck_assert_int_eq(s->n_phases, 2);
    ck_assert_double_eq(s->phases[0].share_frac, 0.25);
    ck_assert_double_eq(s->phases[0].after_h, 48.0);
    ck_assert_double_eq(s->phases[1].after_h, 0.0);
    ck_assert(!s->has_queue);
    ck_assert_int_eq(s->queue.capacity, -1);
    fx_end(&fx);
}
END_TEST

START_TEST(defaults)
{
    FX_GOOD(fx, "sites: {q: {servers: unlimited}}\n");
    const struct fx_root *c = fx.cfg;
    ck_assert_ptr_null(c->title);
    ck_assert_str_eq(c->currency, "USD");
    ck_assert_int_eq(c->seed, 1);
    ck_assert_int_eq(c->start, 20819);
    ck_assert(!c->verbose);
    ck_assert(isnan(c->warmup.time_s));
    ck_assert_int_eq(c->warmup.requests, -1);
    ck_assert(!c->has_process);
    ck_assert_int_eq(c->n_classes, 0);
    ck_assert_int_eq(c->sites[0].servers, INT64_MAX);
    ck_assert_ptr_null(c->sites[0].service_ms);
    ck_assert_double_eq(c->sites[0].hardware.idle_w, 120.0);
    fx_end(&fx);
}
END_TEST

START_TEST(inputs)
{
    FX_GOOD(fx, "sites:\n"
                "  q:\n"
                "    servers: {value: 8, low: 4, high: 16, note: guess}\n"
                "    price: {value: 0.12 USD/kWh, low: 70 USD/MWh,\n"
                "            source: \"tariff 2025-03\", confidence: P}\n"
                "    phases: [{share: 1}]\n");
    const struct res_input *in = fx_input(&fx, "sites.q.servers");
    ck_assert(in->numeric && in->given && in->live);
    ck_assert_double_eq(in->value, 8);
    ck_assert_double_eq(in->low, 4);
    ck_assert_double_eq(in->high, 16);
    ck_assert_str_eq(in->note, "guess");
    ck_assert_str_eq(in->origin, "a.yaml:4");
    ck_assert_str_eq(in->source, "");
    in = fx_input(&fx, "sites.q.price");
    ck_assert_double_eq_tol(in->low, 0.07, 1e-15);
    ck_assert(isnan(in->high));
    ck_assert_str_eq(in->text, "0.12 USD/kWh");
    ck_assert_str_eq(in->unit, "USD/kWh");
    ck_assert_str_eq(in->source, "tariff 2025-03");
    ck_assert_str_eq(in->confidence, "P");
    ck_assert_str_eq(in->label, "Price.");
    in = fx_input(&fx, "sites.q.rtt");
    ck_assert(!in->given && !in->live);
    ck_assert_str_eq(in->origin, "default");
    ck_assert_str_eq(in->text, "5 ms");
    ck_assert_str_eq(in->source, "[RTT]");
    ck_assert_str_eq(fx_input(&fx, "sites.q.phases.0.share")->text, "1");
    ck_assert_str_eq(fx_input(&fx, "start")->text, "2027-01-01");
    ck_assert_str_eq(fx_input(&fx, "verbose")->text, "false");
    /* nothing of groups and values that are absent */
    ck_assert(!fx_has_input(&fx, "sites.q.queue.discipline"));
    ck_assert(!fx_has_input(&fx, "process.cv"));
    ck_assert(!fx_has_input(&fx, "warmup.time"));
    ck_assert(!fx_has_input(&fx, "title"));
    for (int i = 1; i < fx.scenario->n_inputs; i++)
        ck_assert_int_lt(strcmp(fx.scenario->inputs[i - 1].path,
                             fx.scenario->inputs[i].path),
            0);
    fx_end(&fx);
}
END_TEST

START_TEST(short_forms)
{
    FX_GOOD(a, "warmup: none\nprocess: [4 /s, 840 requests/min]\nclasses: {c: "
               "30 %}\n");
    ck_assert_int_eq(a.cfg->warmup.mode, 1);
    ck_assert(a.cfg->has_process);
    ck_assert_int_eq(a.cfg->process.n_rates, 2);
    ck_assert_double_eq(a.cfg->process.rates_per_s[1], 14.0);
    ck_assert_double_eq(a.cfg->classes[0].share_frac, 0.3);
    fx_end(&a);
    FX_GOOD(b, "warmup: 5 min\nprocess: {cv: 3}\n");
    ck_assert_double_eq(b.cfg->warmup.time_s, 300.0);
    ck_assert_double_eq(b.cfg->process.cv_frac, 3.0);
    fx_end(&b);
    FX_GOOD(c, "warmup: 20000 requests\n");
    ck_assert_int_eq(c.cfg->warmup.requests, 20000);
    fx_end(&c);
    FX_GOOD(e, "spot: [40.5, -74]\n");
    ck_assert(e.cfg->has_spot);
    ck_assert_double_eq(e.cfg->spot.lon, -74.0);
    ck_assert_double_eq(fx_input(&e, "spot.lat")->value, 40.5);
    fx_end(&e);
    FX_BAD("spot: [1]\n",
        "a.yaml:2:7: error: 'spot' is a list of 1, expected 2 values [T010]\n"
        "    2 | spot: [1]\n"
        "      |       ^\n"
        "1 error; nothing was simulated\n");
    FX_GOOD(d, "warmup: 20000\n");
    ck_assert_int_eq(d.cfg->warmup.requests, 20000);
    fx_end(&d);
}
END_TEST

START_TEST(presets)
{
    FX_GOOD(fx, "sites:\n"
                "  a: {tier: edge}\n"
                "  b:\n"
                "    tier: edge\n"
                "    rtt: 3 ms\n"
                "    hardware: {from: l4, gpus: 2}\n"
                "    +domains: [west]\n"
                "  c: {tier: edge, hardware: {speed: 2}}\n");
    const struct fx_site *s = fx.cfg->sites;
    ck_assert_int_eq(s[0].servers, 2);
    ck_assert_double_eq(s[0].rtt_ms, 8.0);
    ck_assert_str_eq(s[0].hardware.name, "l4");
    ck_assert_double_eq(s[0].hardware.idle_w, 72.0);
    ck_assert_double_eq(s[1].rtt_ms, 3.0);
    ck_assert_int_eq(s[1].hardware.gpus, 2);
    ck_assert_double_eq(s[1].hardware.speed_frac, 0.5);
    ck_assert_int_eq(s[1].n_domains, 2);
    ck_assert_str_eq(s[1].domains[0], "grid");
    ck_assert_str_eq(s[1].domains[1], "west");
    ck_assert_double_eq(s[2].hardware.speed_frac, 2.0);
    ck_assert_double_eq(s[2].hardware.idle_w, 72.0);

    const struct res_input *in = fx_input(&fx, "sites.a.rtt");
    ck_assert(!in->given);
    ck_assert_str_eq(in->origin, "preset tier-edge:3");
    ck_assert_str_eq(in->source, "[EDGE]");
    ck_assert_str_eq(in->year, "2025");
    ck_assert_double_eq(in->high, 30.0);
    in = fx_input(&fx, "sites.b.rtt");
    ck_assert(in->given && isnan(in->high));
    ck_assert_str_eq(in->source, "");
    ck_assert_str_eq(
        fx_input(&fx, "sites.b.hardware.idle")->origin, "preset hw-l4:3");
    fx_end(&fx);
}
END_TEST

START_TEST(currency)
{
    FX_GOOD(fx, "currency: EUR\nbudget: 3 kEUR\n"
                "sites: {q: {servers: 1, price: 0.2 EUR/kWh}}\n");
    ck_assert_double_eq(fx.cfg->budget_usd, 3000.0);
    ck_assert_str_eq(fx_input(&fx, "sites.q.price")->unit, "EUR/kWh");
    fx_end(&fx);
}
END_TEST

/* "x-ray" in a map of names is a name; elsewhere x- keys are notes. */
START_TEST(notes)
{
    FX_GOOD(fx, "x-owner: {anything: [1, 2]}\n"
                "classes: {x-ray: {share: 20 %, x-why: because}}\n");
    ck_assert_int_eq(fx.cfg->n_classes, 1);
    ck_assert_str_eq(fx.cfg->classes[0].name, "x-ray");
    fx_end(&fx);
}
END_TEST

START_TEST(uncertain)
{
    FX_GOOD(fx, "budget: {value: 10 USD, dist: {uniform: [0 USD, 20 USD]}}\n");
    const struct res_input *in = fx_input(&fx, "budget");
    const int i = (int)(in - fx.scenario->inputs);
    ck_assert_double_eq(in->value, 10.0);
    /* quantiles 5 % and 95 % of U(0, 20) */
    ck_assert_double_eq_tol(in->low, 1.0, 1e-9);
    ck_assert_double_eq_tol(in->high, 19.0, 1e-9);
    ck_assert_ptr_nonnull(scn_input_dist(fx.scenario, i));
    fx_end(&fx);
}
END_TEST

TEST_MAIN("loader/bind", values, defaults, inputs, short_forms, presets,
    currency, notes, uncertain)
