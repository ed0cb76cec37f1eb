/* Power of servers by what they do: the utilisation law, and servers switched
 * off while idle. */
#include "tests/verify/exact_servers.h"
#include "tests/verify/families.h"

static const double off_kw = 0.0, boot_kw = 0.250, idle_kw = 0.120,
                    peak_kw = 0.300;

/* ---- always on ----------------------------------------------------------- */

static void always_on(struct verify *v, int c, double rho)
{
    const double kw = c * (idle_kw + (peak_kw - idle_kw) * rho);

    verify_case(
        v, &(struct verify_case){.family = "Power model",
               .name = verify_text(v, "c = %d, rho = %g", c, rho),
               .route = "utilisation law",
               .body = verify_text(v,
                   "simulate: {requests: 100000, warmup: 2000 requests, "
                   "replications: 20}\n"
                   "arrivals: {rate: %.17g /s}\n"
                   "requests: {r: {service: {exponential: {mean: 100 ms}}}}\n"
                   "deployments: {d: {sites: {q: {tier: bare, servers: %d, "
                   "power: {idle: 120 W, peak: 300 W}}}}}\n",
                   10.0 * c * rho, c),
               .fast = true,
               .checks = {{"d.site.q.power.mean", kw, VERIFY_MEAN},
                   {"d.utilization", rho, VERIFY_MEAN}},
               .n_checks = 2});
}

/* With constant service and known rates, energy leaves nothing to chance. */
static void without_chance(struct verify *v)
{
    const double lambda = 24.0, busy = 2.4, hours = 8760.0;
    const double kw = 4 * idle_kw + (peak_kw - idle_kw) * busy;

    verify_case(
        v, &(struct verify_case){.family = "Power model",
               .name = "4 servers, constant service, PUE 1.35",
               .route = "utilisation law",
               .body =
                   "simulate: {requests: 5000, warmup: none, replications: 4}\n"
                   "arrivals: {rate: 24 /s}\n"
                   "requests: {r: {service: {constant: 100 ms}}}\n"
                   "deployments: {d: {sites: {q: {tier: bare, servers: 4, "
                   "power: {idle: 120 W, peak: 300 W}, facility: {pue: 1.35}, "
                   "energy: {price: 0.11 USD/kWh}}}}}\n",
               .fast = true,
               .checks = {{"d.energy.it", kw * hours, VERIFY_EXACT},
                   {"d.site.q.power.facility.mean", 1.35 * kw, VERIFY_EXACT},
                   {"d.energy.per_request", 1e3 * 1.35 * kw / (3600 * lambda),
                       VERIFY_EXACT},
                   {"d.energy.cost", 0.11 * 1.35 * kw * hours, VERIFY_EXACT}},
               .n_checks = 4});
}

/* ---- off while idle ------------------------------------------------------ */

static void power_off(struct verify *v, const struct exact_setup *q,
    const char *boot, const char *route, int requests)
{
    const struct exact_setup_result exact = exact_setup_queue(q);
    const double kw =
        exact.off * off_kw + exact.boot * boot_kw + exact.busy * peak_kw;

    verify_case(v,
        &(struct verify_case){.family = "Power-off with boot time",
            .name = verify_text(v, "%d server%s, rho = %g, boot of %g s",
                q->servers, q->servers > 1 ? "s" : "",
                q->lambda / q->mu / q->servers, q->boot_s),
            .route = route,
            .body = verify_text(v,
                "simulate: {requests: %d, warmup: 5000 requests, "
                "replications: 20}\n"
                "arrivals: {rate: %.17g /s}\n"
                "requests: {r: {service: {exponential: {mean: 100 ms}}}}\n"
                "deployments: {d: {sites: {q: {tier: bare, servers: %d, "
                "power_off: {when: empty, boot: %s}, power: {off: 0 W, "
                "boot: 250 W, idle: 120 W, peak: 300 W}}}}}\n",
                requests, q->lambda, q->servers, boot),
            .checks = {{"d.latency.mean", 1e3 * exact.response_s, VERIFY_MEAN},
                {"d.site.q.power.mean", kw, VERIFY_MEAN},
                {"d.site.q.time_share.off", exact.off / q->servers,
                    VERIFY_MEAN},
                {"d.site.q.time_share.boot", exact.boot / q->servers,
                    VERIFY_MEAN},
                {"d.site.q.time_share.busy", exact.busy / q->servers,
                    VERIFY_MEAN}},
            .n_checks = 5});
}

void verify_family_power(struct verify *v)
{
    static const char *const chain = "chain of requests and servers on";

    always_on(v, 1, 0.7);
    always_on(v, 8, 0.45);
    without_chance(v);
    power_off(v,
        &(struct exact_setup){
            .servers = 1, .lambda = 5, .mu = 10, .boot_s = 1, .cut = 800},
        "{exponential: {mean: 1 s}}", chain, 200000);
    power_off(v,
        &(struct exact_setup){
            .servers = 2, .lambda = 12, .mu = 10, .boot_s = 0.4, .cut = 800},
        "{exponential: {mean: 400 ms}}", chain, 400000);
    power_off(v,
        &(struct exact_setup){
            .servers = 6, .lambda = 30, .mu = 10, .boot_s = 2, .cut = 1500},
        "{exponential: {mean: 2 s}}", chain, 400000);
}
