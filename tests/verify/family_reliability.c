/* Reliability: machine repair, k of n without repair, availability at a time
 * and over an interval, causes that sites share.
 *
 * Availability studies: nothing arrives, so replications and further timelines
 * are the same thing; both are asked for. */
#include <math.h>
#include <stdio.h>

#include "tests/verify/exact_reliability.h"
#include "tests/verify/exact_renewal.h"
#include "tests/verify/families.h"

/* ---- machine repair ------------------------------------------------------ */

/* "crews: 2, spares: 1, " */
static const char *hands(struct verify *v, const struct exact_repair *m)
{
    if (m->crews == 0)
        return verify_text(v, "spares: %d, ", m->spares);
    return verify_text(v, "crews: %d, spares: %d, ", m->crews, m->spares);
}

static const char *units(struct verify *v, const struct exact_repair *m)
{
    return verify_text(v, "%d of %d, %d spares, %s", m->needed, m->servers,
        m->spares,
        m->crews == 0 ? "a crew for each"
                      : verify_text(v, "%d crews", m->crews));
}

/* A long run from the steady state on; laws as YAML of the given means. */
static void steady(struct verify *v, const struct exact_repair *m,
    const char *family, const char *life, const char *repair, double hours)
{
    const struct exact_repair_answers a = exact_repair_solve(m);
    const double warmup = 3 * m->life + 20 * m->repair;

    verify_case(v,
        &(struct verify_case){.family = family,
            .name = units(v, m),
            .route = "birth-death chain",
            .body = verify_text(v,
                "simulate: {duration: %g h, warmup: %g h, replications: 20,"
                " timelines: 108}\n"
                "deployments: {d: {needed_sites: 1, sites: {q: {tier: bare,"
                " servers: %d, needed: %d, failures: {server: {%slife: %s,"
                " repair: %s}}}}}}\n",
                hours, warmup, m->servers, m->needed, hands(v, m), life,
                repair),
            .fast = hours * m->servers / m->life <= 10000,
            .checks = {{"d.site.q.availability", a.availability, VERIFY_MEAN},
                {"d.site.q.servers_up.mean", a.servers_up, VERIFY_MEAN},
                {"d.site.q.outages_per_h", a.outage_rate, VERIFY_MEAN},
                {"d.site.q.outage.mean", a.outage_mean, VERIFY_MEAN},
                {"d.site.q.failures_per_h", a.failure_rate, VERIFY_MEAN},
                {"d.site.q.crews_busy.mean", a.crews_busy, VERIFY_MEAN},
                {"d.downtime_h_per_year", 8760 * (1 - a.availability),
                    VERIFY_MEAN}},
            .n_checks = 7});
}

static const char *exponential(struct verify *v, double mean)
{
    return verify_text(v, "{exponential: {mean: %.17g h}}", mean);
}

static void machine(
    struct verify *v, const struct exact_repair *m, double hours)
{
    steady(v, m, "Machine repair", exponential(v, m->life),
        exponential(v, m->repair), hours);
}

/* As many crews as machines and no spares: the machines are independent, and
 * only the means of their laws count. */
static void insensitive(
    struct verify *v, const struct exact_repair *m, double hours)
{
    steady(v, m, "Machine repair, any law",
        verify_text(v, "{weibull: {mean: %g h, cv: 0.5}}", m->life),
        verify_text(v, "{lognormal: {mean: %g h, cv: 1.5}}", m->repair), hours);
}

/* From all new to the first outage; one run gives both. */
static void first_outage(struct verify *v, const struct exact_repair *m,
    const char *family, double t)
{
    const int repaired = isfinite(m->repair);

    verify_case(v,
        &(struct verify_case){.family = family,
            .name = verify_text(v, "first outage, %s", units(v, m)),
            .route = "chain up to its exit, uniformised; passage times",
            .body = verify_text(v,
                "simulate: {duration: %.17g h, warmup: none, replications: 20,"
                " timelines: 19980}\n"
                "report: {at: [%.17g h]}\n"
                "deployments: {d: {needed_sites: 1, sites: {q: {tier: bare,"
                " servers: %d, needed: %d, failures: {server: {%slife: %s,"
                " repair: %s}}}}}}\n",
                t, repaired ? t : t / 2, m->servers, m->needed, hands(v, m),
                exponential(v, m->life),
                repaired ? exponential(v, m->repair) : "never"),
            .fast = repaired,
            .checks = {{"d.site.q.reliability", exact_repair_reliability(m, t),
                           VERIFY_MEAN},
                {"d.site.q.mttf", exact_repair_mttf(m), VERIFY_MEAN},
                /* what is not repaired is up at t if it has not failed */
                {"d.site.q.at.0.availability",
                    exact_repair_reliability(m, t / 2), VERIFY_MEAN}},
            .n_checks = repaired ? 2 : 3});
}

static void repair(struct verify *v)
{
    machine(v,
        &(struct exact_repair){
            .servers = 1, .needed = 1, .life = 20, .repair = 5},
        40000);
    machine(v,
        &(struct exact_repair){
            .servers = 6, .needed = 5, .crews = 1, .life = 50, .repair = 5},
        150000);
    machine(v,
        &(struct exact_repair){.servers = 6,
            .spares = 2,
            .needed = 6,
            .crews = 2,
            .life = 50,
            .repair = 9},
        100000);
    machine(v,
        &(struct exact_repair){
            .servers = 10, .spares = 1, .needed = 9, .life = 80, .repair = 10},
        60000);
    machine(v,
        &(struct exact_repair){.servers = 20,
            .spares = 4,
            .needed = 19,
            .crews = 3,
            .life = 300,
            .repair = 25},
        450000);
    insensitive(v,
        &(struct exact_repair){
            .servers = 6, .needed = 5, .life = 50, .repair = 5},
        80000);
    insensitive(v,
        &(struct exact_repair){
            .servers = 20, .needed = 16, .life = 200, .repair = 20},
        120000);
    first_outage(v,
        &(struct exact_repair){.servers = 6,
            .spares = 1,
            .needed = 5,
            .crews = 1,
            .life = 100,
            .repair = 8},
        "Machine repair", 150);
    first_outage(v,
        &(struct exact_repair){
            .servers = 4, .needed = 3, .life = 100, .repair = 10},
        "Machine repair", 50);
}

/* ---- k of n without repair ----------------------------------------------- */

/* Weibull lives: those alive at t are a binomial number. */
static void weibull_k_of_n(
    struct verify *v, int n, int k, double shape, double t)
{
    const double scale = 1000;
    const double alive = exp(-pow(t / scale, shape));
    const double half = exp(-pow(0.5 * t / scale, shape));

    verify_case(v,
        &(struct verify_case){.family = "k of n without repair",
            .name = verify_text(v, "%d of %d, Weibull %g", k, n, shape),
            .route = "binomial; inclusion and exclusion",
            .body = verify_text(v,
                "simulate: {duration: %g h, warmup: none, replications: 20,"
                " timelines: 19980}\n"
                "report: {at: [%g h]}\n"
                "deployments: {d: {sites: {q: {tier: bare, servers: %d,"
                " needed: %d, failures: {server: {life: {weibull: {shape: %g,"
                " scale: %g h}}, repair: never}}}}}}\n",
                t, 0.5 * t, n, k, shape, scale),
            .fast = shape > 1,
            .checks = {{"d.site.q.reliability", exact_k_of_n(n, k, alive),
                           VERIFY_MEAN},
                {"d.site.q.at.0.availability", exact_k_of_n(n, k, half),
                    VERIFY_MEAN},
                {"d.site.q.mttf", exact_weibull_k_of_n_mean(n, k, shape, scale),
                    VERIFY_MEAN},
                /* servers that fail one after the other, over [0, t] */
                {"d.site.q.failures_per_h", n * (1 - alive) / t, VERIFY_MEAN}},
            .n_checks = 4});
}

/* All n positions must run; spares of any of them, cold, are common. */
static void shared_spares(struct verify *v, int n, int spares, const char *yaml,
    const struct exact_law *life, double t)
{
    verify_case(v,
        &(struct verify_case){.family = "k of n without repair",
            .name = verify_text(
                v, "%d of %d, %d shared spares, %s", n, n, spares, yaml),
            .route = "convolution of renewal counts",
            .body = verify_text(v,
                "simulate: {duration: %g h, warmup: none, replications: 20,"
                " timelines: 19980}\n"
                "report: {at: [%g h, %g h]}\n"
                "deployments: {d: {sites: {q: {tier: bare, servers: %d,"
                " needed: %d, failures: {server: {spares: %d, life: %s,"
                " repair: never}}}}}}\n",
                t, 0.5 * t, 0.75 * t, n, n, spares, yaml),

            .checks = {{"d.site.q.reliability",
                           exact_shared_spares(life, n, spares, t),
                           VERIFY_MEAN},
                {"d.site.q.at.0.availability",
                    exact_shared_spares(life, n, spares, 0.5 * t), VERIFY_MEAN},
                {"d.site.q.at.1.availability",
                    exact_shared_spares(life, n, spares, 0.75 * t),
                    VERIFY_MEAN}},
            .n_checks = 3});
}

static void without_repair(struct verify *v)
{
    static const struct exact_repair spared[] = {
        {.servers = 5,
            .spares = 1,
            .needed = 3,
            .life = 1000,
            .repair = INFINITY},
        {.servers = 20,
            .spares = 3,
            .needed = 16,
            .life = 8760,
            .repair = INFINITY},
        {.servers = 1,
            .spares = 2,
            .needed = 1,
            .life = 1000,
            .repair = INFINITY},
    };
    static const double at[] = {800, 2400, 2500};
    const struct exact_law weibull = exact_law_weibull(2.0, 1000),
                           lognormal = exact_law_lognormal(1000, 0.6);

    for (int i = 0; i < 3; i++)
        first_outage(v, &spared[i], "k of n without repair", at[i]);
    weibull_k_of_n(v, 5, 4, 2.0, 500);
    weibull_k_of_n(v, 8, 6, 0.8, 300);
    shared_spares(
        v, 4, 3, "{weibull: {shape: 2, scale: 1000 h}}", &weibull, 900);
    shared_spares(
        v, 3, 2, "{lognormal: {mean: 1000 h, cv: 0.6}}", &lognormal, 900);
}

/* ---- availability at a time and over an interval ------------------------- */

struct unit_laws {
    const char *name, *life_yaml, *repair_yaml;
    struct exact_law life, repair;
};

/* n independent units, k of them needed: at t each is up with the solved
 * probability; over [0, t] the mean number up is n times one's share. */
static void at_times(
    struct verify *v, const struct unit_laws *u, int n, int k, double t)
{
    double at[3], between[3];

    for (int i = 0; i < 3; i++)
        exact_availability(
            &u->life, &u->repair, t * (i + 1) / 3, &at[i], &between[i]);
    verify_case(v,
        &(struct verify_case){.family = "Point and interval availability",
            .name = verify_text(v, "%d of %d, %s", k, n, u->name),
            .route = "renewal equation",
            .body = verify_text(v,
                "simulate: {duration: %.17g h, warmup: none, replications: 20,"
                " timelines: 29980}\n"
                "report: {at: [%.17g h, %.17g h, %.17g h]}\n"
                "deployments: {d: {sites: {q: {tier: bare, servers: %d,"
                " needed: %d, failures: {server: {life: %s, repair: "
                "%s}}}}}}\n",
                t, t / 3, 2 * t / 3, t, n, k, u->life_yaml, u->repair_yaml),
            .fast = n == 1,
            .checks = {{"d.site.q.at.0.availability", exact_k_of_n(n, k, at[0]),
                           VERIFY_MEAN},
                {"d.site.q.at.1.availability", exact_k_of_n(n, k, at[1]),
                    VERIFY_MEAN},
                {"d.site.q.at.2.availability", exact_k_of_n(n, k, at[2]),
                    VERIFY_MEAN},
                {"d.site.q.servers_up.mean", n * between[2], VERIFY_MEAN},
                {"d.site.q.availability", between[2], VERIFY_MEAN},
                {"d.downtime_h_per_year", 8760 * (1 - between[2]),
                    VERIFY_MEAN}},
            .n_checks = n == 1 ? 6 : 4});
}

static void point_and_interval(struct verify *v)
{
    const struct unit_laws exponentials = {"exponential",
        "{exponential: {mean: 20 h}}", "{exponential: {mean: 5 h}}",
        exact_law_exponential(20), exact_law_exponential(5)};
    const struct unit_laws any = {"Weibull life, lognormal repair",
        "{weibull: {shape: 2, scale: 24 h}}",
        "{lognormal: {mean: 6 h, cv: 0.8}}", exact_law_weibull(2, 24),
        exact_law_lognormal(6, 0.8)};

    at_times(v, &exponentials, 1, 1, 12);
    at_times(v, &any, 1, 1, 45);
    at_times(v, &any, 3, 2, 60);
}

/* ---- causes that sites share --------------------------------------------- */

/* Causes 0 .. n_sites - 1 are the sites' own; the rest are domains. */
static const char *shared_body(struct verify *v, const struct exact_shared *m,
    const char *const *life, const char *const *repair, double hours)
{
    const char *sites = "", *domains = "";

    for (int c = m->n_sites; c < m->n_causes; c++)
        domains = verify_text(v, "%s%sc%d: {life: %s, repair: %s}", domains,
            c > m->n_sites ? ", " : "", c, life[c], repair[c]);
    for (int i = 0; i < m->n_sites; i++) {
        const char *named = "";
        for (int c = m->n_sites; c < m->n_causes; c++) {
            if ((m->causes[i] >> c & 1) != 0)
                named = verify_text(
                    v, "%s%sc%d", named, *named != '\0' ? ", " : "", c);
        }
        sites = verify_text(v,
            "%s%ss%d: {tier: bare, failures: {site: {life: %s, repair: %s},"
            " domains: [%s]}}",
            sites, i > 0 ? ", " : "", i, life[i], repair[i], named);
    }
    return verify_text(v,
        "simulate: {duration: %g h, warmup: 2000 h, replications: 20,"
        " timelines: 108}\n"
        "domains: {%s}\n"
        "deployments: {d: {needed_sites: %d, sites: {%s}}}\n",
        hours, domains, m->needed, sites);
}

static void shared(struct verify *v, const struct exact_shared *m,
    const char *name, const char *const *life, const char *const *repair,
    double hours)
{
    const struct exact_shared_answers a = exact_shared_solve(m);
    struct exact_shared any = *m;

    any.needed = 1;
    const double loss = 1 - exact_shared_solve(&any).uptime;
    verify_case(v,
        &(struct verify_case){.family = "Common cause",
            .name = name,
            .route = "product of components, flux over the cut",
            .body = shared_body(v, m, life, repair, hours),

            .checks = {{"d.uptime", a.uptime, VERIFY_MEAN},
                {"d.downtime_h_per_year", 8760 * (1 - a.uptime), VERIFY_MEAN},
                {"d.outages_per_h", a.outage_rate, VERIFY_MEAN},
                {"d.outage.mean", a.outage_mean, VERIFY_MEAN},
                {"d.sites_up.mean", a.sites_up, VERIFY_MEAN},
                {"d.capacity.mean", a.sites_up / m->n_sites, VERIFY_MEAN},
                {"d.capacity.p_total_loss", loss,
                    loss < 0.01 ? VERIFY_RARE : VERIFY_MEAN}},
            .n_checks = 7});
}

/* All laws exponential. */
static void shared_markov(struct verify *v, const struct exact_shared *m,
    const char *name, double hours)
{
    const char *life[EXACT_MAX_CAUSES], *repair[EXACT_MAX_CAUSES];

    for (int c = 0; c < m->n_causes; c++) {
        life[c] = exponential(v, m->life[c]);
        repair[c] = exponential(v, m->repair[c]);
    }
    shared(v, m, name, life, repair, hours);
}

static void common_cause(struct verify *v)
{
    const struct exact_shared independent = {.n_causes = 3,
        .n_sites = 3,
        .needed = 2,
        .life = {50, 60, 45},
        .repair = {8, 10, 6},
        .causes = {1, 2, 4}};
    const struct exact_shared one = {.n_causes = 4,
        .n_sites = 3,
        .needed = 2,
        .life = {100, 120, 90, 300},
        .repair = {8, 10, 6, 12},
        .causes = {9, 10, 12}};
    const struct exact_shared two = {.n_causes = 6,
        .n_sites = 4,
        .needed = 2,
        .life = {100, 100, 100, 100, 200, 250},
        .repair = {8, 8, 8, 8, 12, 10},
        .causes = {0x11, 0x12, 0x24, 0x28}};
    /* west over two sites, east over two, one fleet over three of the four */
    const struct exact_shared mixed = {.n_causes = 7,
        .n_sites = 4,
        .needed = 2,
        .life = {100, 80, 60, 100, 200, 250, 400},
        .repair = {8, 7, 6, 5, 12, 10, 15},
        .causes = {0x51, 0x52, 0x64, 0x28}};
    const char *life[EXACT_MAX_CAUSES], *repair[EXACT_MAX_CAUSES];

    shared_markov(v, &independent, "independent sites, 2 of 3", 300000);
    shared_markov(v, &one, "one domain, 2 of 3", 300000);
    shared_markov(v, &two, "two domains, 2 of 4", 300000);
    shared_markov(v, &mixed, "domains across each other, 2 of 4", 300000);
    for (int c = 0; c < mixed.n_causes; c++) {
        life[c] = verify_text(
            v, "{weibull: {mean: %g h, cv: %g}}", mixed.life[c], 0.6 + 0.1 * c);
        repair[c] = verify_text(v, "{lognormal: {mean: %g h, cv: %g}}",
            mixed.repair[c], 1.2 - 0.1 * c);
    }
    shared(v, &mixed, "the same, Weibull and lognormal", life, repair, 300000);
}

void verify_family_reliability(struct verify *v)
{
    repair(v);
    without_repair(v);
    point_and_interval(v);
    common_cause(v);
}
