/* Energy and bills of a year against what the windows show, from scenario text
 * to metrics.
 *
 * Truth: slots of single-server batches and of a server that switches off
 * (M/M/1 with set-up) have the states of a renewal cycle; availability of an
 * alternating renewal process; a bill of two prices with the load at the
 * cheaper. */
#include "loader/study_fixture.h"

enum { HOURS = 8760 };

static double value(const struct study *s, const char *name)
{
    return study_metric(s, name)->value;
}

static void near(const struct study *s, const char *name, double exact,
    double tolerance_frac)
{
    ck_assert_msg(fabs(value(s, name) / exact - 1.0) <= tolerance_frac,
        "%s: got %.7g, exact %.7g", name, value(s, name), exact);
}

/* ---- energy ------------------------------------------------------------- */

static const char power[] = "power: {off: 5 W, boot: 150 W, idle: 100 W, "
                            "peak: 200 W}";

/* Batches of one, 50 ms each at 10/s: half busy.  Batches of eight: as in the
 * windows. */
START_TEST(energy_of_batches)
{
    static const char body[] =
        "horizon: 1 year\n"
        "simulate: {windows: {count: 100, length: 1 min}, replications: 2}\n"
        "arrivals: {rate: %d /s}\n"
        "requests: {a: {share: 50 %%}, b: {share: 50 %%}}\n"
        "deployments: {d: {sites: {x: {tier: bare, %s, batching: {max: %d, "
        "wait: 100 ms, time: {fixed: %d ms, per_item: %d ms}}}}}}\n";
    struct study s = study_run(body, 10, power, 1, 50, 0);

    near(&s, "d.energy.it", 0.150 * HOURS, 0.01);
    study_end(&s);
    s = study_run(body, 20, power, 8, 50, 10);
    near(&s, "d.energy.it", value(&s, "d.power.mean") * HOURS, 0.01);
    near(&s, "d.peak_power", value(&s, "d.power.mean"), 0.01);
    study_end(&s);
}
END_TEST

/* The busier, the fuller batches are: at night a request takes nearly four
 * times as long as at noon. */
START_TEST(energy_of_batches_by_load)
{
    struct study s = study_run(
        "horizon: 1 year\n"
        "simulate: {windows: {count: 400, length: 1 min}, replications: 2}\n"
        "arrivals: {rate: 22 /s, daily: [1, 1, 1, 1, 1, 2, 4, 8, 12, 14, 15, "
        "15,"
        " 15, 15, 14, 13, 12, 10, 8, 6, 4, 3, 2, 1]}\n"
        "requests: {a: {}}\n"
        "deployments: {d: {sites: {x: {tier: bare, %s, batching: {max: 8, "
        "wait: 0 s, time: {fixed: 50 ms, per_item: 10 ms}}}}}}\n",
        power);

    near(&s, "d.energy.it", value(&s, "d.power.mean") * HOURS, 0.01);
    study_end(&s);
}
END_TEST

/* One server, 1/s of 300 ms, boots of 500 ms: busy for 0.3 of the time; the
 * rest is off for 1 s in the mean, then boots for 0.5 s. */
START_TEST(energy_of_servers_that_switch_off)
{
    const double w = 0.3 * 200 + 0.7 * (1.0 * 5 + 0.5 * 150) / 1.5;
    struct study s = study_run(
        "horizon: 1 year\n"
        "simulate: {windows: {count: 200, length: 5 min}, replications: 2}\n"
        "arrivals: {rate: 1 /s}\n"
        "requests: {a: {service: {exponential: {mean: 300 ms}}}}\n"
        "deployments: {d: {sites: {x: {tier: bare, %s, "
        "power_off: {boot: {exponential: {mean: 500 ms}}}}}}}\n",
        power);

    near(&s, "d.energy.it", w / 1000 * HOURS, 0.01);
    near(&s, "d.energy.it", value(&s, "d.power.mean") * HOURS, 0.001);
    study_end(&s);
}
END_TEST

/* ---- hours touched by outages ------------------------------------------- */

/* The line is cut for 5 min every 5 h: 1 of 61 requests is lost, not all that
 * come within the hour. */
START_TEST(hours_of_short_outages)
{
    struct study s = study_run(
        "horizon: 1 year\n"
        "simulate: {windows: {count: 300, length: 1 min}, replications: 4, "
        "timelines: 0}\n"
        "arrivals: {rate: 1 /s}\n"
        "requests: {a: {service: {exponential: {mean: 100 ms}}, "
        "response_size: 1 MB}}\n"
        "deployments: {d: {sites: {x: {tier: bare, %s, failures: {"
        "detection: 0 s, wan: {life: {exponential: {mean: 5 h}}, "
        "repair: {exponential: {mean: 5 min}}}}}}}}\n",
        power);

    near(&s, "d.traffic.egress", 1e-3 * 3600 * HOURS * 60 / 61, 0.003);
    near(&s, "d.energy.it", value(&s, "d.power.mean") * HOURS, 0.005);
    study_end(&s);
}
END_TEST

/* ---- bills of `cheapest` ------------------------------------------------- */

/* 0.10 for two hours of five, whatever the time of day, and 0.30 for three
 * against 0.20: eight of twenty servers are busy wherever it is cheaper. */
START_TEST(bill_of_the_cheapest)
{
    const double idle_kw = 20 * 0.05, more_kw = 8 * 0.05;
    char path[] = "/tmp/sitesim-prices-XXXXXX";
    const int fd = mkstemp(path);
    FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;

    ck_assert_ptr_nonnull(file);
    fprintf(file, "usd_kwh\n");
    for (int h = 0; h < HOURS; h++)
        fprintf(file, "%s\n", h % 5 < 2 ? "0.10" : "0.30");
    ck_assert_int_eq(fclose(file), 0);
    struct study s = study_run(
        "start: 2027-03-01\nhorizon: 1 year\n"
        "simulate: {windows: {count: 240, length: 1 min}, replications: 2}\n"
        "arrivals: {rate: 40 /s}\n"
        "requests: {a: {service: {exponential: {mean: 200 ms}}}}\n"
        "deployments: {d: {routing: {policy: cheapest}, sites: {"
        "x: {tier: bare, servers: 20, procure: own, power: {idle: 50 W, "
        "peak: 100 W}, energy: {price: {series: '%s'}}}, "
        "y: {tier: bare, servers: 20, procure: own, power: {idle: 50 W, "
        "peak: 100 W}, energy: {price: 0.2 USD/kWh}}}}}\n",
        strrchr(path, '/') + 1); /* beside the scenario */
    unlink(path);

    near(&s, "d.site.x.energy.it", (idle_kw + 0.4 * more_kw) * HOURS, 0.002);
    near(&s, "d.site.x.energy.cost",
        HOURS * (0.4 * 0.1 * (idle_kw + more_kw) + 0.6 * 0.3 * idle_kw), 0.002);
    near(&s, "d.site.y.energy.cost", HOURS * 0.2 * (idle_kw + 0.6 * more_kw),
        0.002);
    study_end(&s);
}
END_TEST

TEST_MAIN("loader/energy", energy_of_batches, energy_of_batches_by_load,
    energy_of_servers_that_switch_off, hours_of_short_outages,
    bill_of_the_cheapest)
