/* Measures of timelines against birth-death chains and other closed forms. */
#include "check_main.h"

#include <math.h>
#include <stdint.h>

#include "models/failure.h"
#include "models/timeline.h"
#include "sim/dist_law.h"
#include "sim/stats.h"

static const double ns_per_h = 3600e9;

enum { MAX_STATES = 64 };

static const struct sim_dist *exponential(struct sim_arena *arena, double mean)
{
    const struct sim_dist *d = NULL;
    ck_assert_int_eq(mdl_failure_exponential(mean, arena, &d, NULL), SIM_OK);
    return d;
}

static struct mdl_timeline drawn(const struct mdl_tl_member *members, int n,
    double horizon_h, uint64_t replication)
{
    struct mdl_timeline tl;
    struct sim_err err = {0};
    const int64_t horizon_ns = (int64_t)(horizon_h * ns_per_h);
    ck_assert_int_eq(mdl_timeline_draw(members, n, horizon_ns, 20240117,
                         replication, &tl, &err),
        SIM_OK);
    return tl;
}

/* x/y over replications must agree with the exact value: inside its 99.9 %
 * interval, whose half must itself be at most width_frac of the value. */
static void agrees(const char *what, const double *x, const double *y, int n,
    double exact, double width_frac)
{
    struct sim_interval e;
    sim_ratio_estimate(x, y, n, 0.999, &e);
    ck_assert_msg(fabs(e.value - exact) <= e.half_width &&
                      e.half_width <= width_frac * fabs(exact),
        "%s: %.6g +- %.2g, exact %.6g", what, e.value, e.half_width, exact);
}

/* ---- machine repair ---- */

struct repair_case {
    const char *name;
    int servers, needed, crews, spares;
    double life_h, repair_h;
    double run_h; /* so long that 60 runs give 2 % */
};

struct exact {
    double availability, servers, outages_per_h, outage_h, crews_busy,
        failures_per_h, capacity_90;
};

/* Stationary birth-death chain in j = failed units: failure rate
 * min(N, N + S - j) / life, repair rate min(j, crews) / repair. */
static struct exact birth_death(const struct repair_case *c)
{
    const int units = c->servers + c->spares;
    const int crews = c->crews < 0 ? units : c->crews;
    double pi[MAX_STATES] = {1.0}, sum = 1.0;
    struct exact e = {0};

    for (int j = 1; j <= units; j++) {
        const int before = units - (j - 1);
        const int running = before < c->servers ? before : c->servers;
        const int mending = j < crews ? j : crews;
        pi[j] = pi[j - 1] * (running / c->life_h) * (c->repair_h / mending);
        sum += pi[j];
    }
    for (int j = 0; j <= units; j++) {
        const double p = pi[j] / sum;
        const int left = units - j;
        const int running = left < c->servers ? left : c->servers;
        e.servers += p * running;
        e.failures_per_h += p * running / c->life_h;
        e.crews_busy += p * (j < crews ? j : crews);
        if (running >= c->needed)
            e.availability += p;
        if (10 * running >= 9 * c->servers)
            e.capacity_90 += p;
        /* with needed = all servers: the last spare is in use */
        if (left == c->needed)
            e.outages_per_h = p * running / c->life_h;
    }
    e.outage_h = (1.0 - e.availability) / e.outages_per_h;
    return e;
}

/* Stationary values after a warm-up of 60 repairs and a few lives. */
static void check_repair(const struct repair_case *c,
    const struct sim_dist *life, const struct sim_dist *repair)
{
    enum { REPS = 60 };
    static double up[REPS], servers[REPS], outages[REPS], down[REPS],
        hours[REPS], crews[REPS], all[REPS], most[REPS];
    const struct exact e = birth_death(c);
    const struct mdl_tl_member m = {.entity = sim_entity(c->name),
        .servers = c->servers,
        .needed = c->needed,
        .weight = 2.5,
        .server_life_h = life,
        .server_repair_h = repair,
        .crews = c->crews,
        .spares = c->spares};
    const double warm_h = 60 * c->repair_h + 3 * c->life_h;

    for (int r = 0; r < REPS; r++) {
        struct mdl_tl_site_measures site;
        struct mdl_tl_measures d = {.site = &site};
        struct mdl_timeline tl = drawn(&m, 1, warm_h + c->run_h, (uint64_t)r);
        mdl_timeline_measure(&tl, &m, (int64_t)(warm_h * ns_per_h), 1, &d);
        hours[r] = d.hours;
        up[r] = site.up_h;
        servers[r] = site.servers_up_h;
        outages[r] = (double)site.outages;
        down[r] = site.outage_h;
        most[r] = d.at_least_90_h;
        all[r] = warm_h + c->run_h;
        crews[r] = tl.counts[0].crew_busy_ns / ns_per_h;
        /* one member: its capacity share is its share of servers */
        ck_assert_double_eq_tol(
            d.capacity_h * c->servers, site.servers_up_h, 1e-6);
        ck_assert_double_eq_tol(d.k_up_h, site.up_h, 1e-9);
        ck_assert_int_eq(d.k_outages, site.outages);
        mdl_timeline_release(&tl);
    }
    agrees(c->name, up, hours, REPS, e.availability, 0.02);
    agrees(c->name, servers, hours, REPS, e.servers, 0.02);
    agrees(c->name, crews, all, REPS, e.crews_busy, 0.02);
    agrees(c->name, most, hours, REPS, e.capacity_90, 0.02);
    if (outages[0] > 0) {
        agrees(c->name, outages, hours, REPS, e.outages_per_h, 0.02);
        agrees(c->name, down, outages, REPS, e.outage_h, 0.02);
    }
}

START_TEST(machine_repair)
{
    static const struct repair_case cases[] = {
        {"one", 1, 1, 1, 0, 100, 10, 120000},
        {"one-crew", 6, 4, 1, 0, 60, 8, 130000},
        {"two-crews", 20, 17, 2, 0, 200, 15, 190000},
        {"crews-for-all", 8, 7, -1, 0, 80, 10, 80000},
        {"spares", 12, 12, 2, 2, 120, 10, 80000},
        {"spares-one-crew", 5, 4, 1, 2, 40, 8, 80000},
        {"spares-crews-for-all", 10, 10, -1, 2, 50, 6, 80000},
    };
    struct sim_arena arena = {0};

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct repair_case *c = &cases[i];
        check_repair(c, exponential(&arena, c->life_h),
            exponential(&arena, c->repair_h));
    }
    sim_arena_release(&arena);
}
END_TEST

/* Unlimited crews, no spares: positions are independent alternating renewal
 * processes, so the stationary law depends on the two means alone, and the
 * outage rate (the flux over the cut) as well; lives and repairs of any law. */
START_TEST(insensitive)
{
    const struct repair_case c = {"any-law", 8, 7, -1, 0, 80, 10, 60000};
    struct sim_arena arena = {0};
    struct sim_dist *lognormal = NULL, *weibull = NULL, *life = NULL;
    const double sigma = 0.9, shape = 0.7, life_shape = 2.0;

    ck_assert_int_eq(sim_law_lognormal(log(c.repair_h) - 0.5 * sigma * sigma,
                         sigma, &arena, &lognormal, NULL),
        SIM_OK);
    ck_assert_int_eq(sim_law_weibull(shape, c.repair_h / tgamma(1 + 1 / shape),
                         &arena, &weibull, NULL),
        SIM_OK);
    ck_assert_int_eq(
        sim_law_weibull(life_shape, c.life_h / tgamma(1 + 1 / life_shape),
            &arena, &life, NULL),
        SIM_OK);
    check_repair(&c, exponential(&arena, c.life_h), lognormal);
    check_repair(&c, exponential(&arena, c.life_h), weibull);
    check_repair(&c, life, lognormal);
    sim_arena_release(&arena);
}
END_TEST

/* ---- k of n without repair ---- */

/* P(T > t) of a pure death chain with the given rates, by uniformisation:
 * k steps of the embedded chain under a Poisson number of them. */
static double death_chain_alive(const double *rate, int n, double t)
{
    double at[MAX_STATES] = {1.0}, alive = 0.0, log_p, top = 0.0;

    for (int i = 0; i < n; i++)
        top = fmax(top, rate[i]);
    log_p = -top * t;
    for (int k = 0; k < 400; k++) {
        double here = 0.0;
        for (int i = 0; i < n; i++)
            here += at[i];
        alive += exp(log_p) * here;
        for (int i = n; i-- > 0;) {
            const double out = at[i] * rate[i] / top;
            at[i] -= out;
            if (i + 1 < n)
                at[i + 1] += out;
        }
        log_p += log(top * t) - log(k + 1.0);
    }
    return alive;
}

enum { K_REPS = 4000, K_N = 20, K_NEEDED = 16 };

static const double k_life_h = 8760, k_mission_h = 1500;

/* Draw K_REPS histories without repair: survival of the mission, and time to
 * failure. */
static void draw_k_of_n(
    const struct mdl_tl_member *m, double *alive, double *first_h)
{
    for (int r = 0; r < K_REPS; r++) {
        struct mdl_tl_site_measures site;
        struct mdl_tl_measures d = {.site = &site};
        struct mdl_timeline tl = drawn(m, 1, 40 * k_life_h, (uint64_t)r);
        mdl_timeline_measure(&tl, m, 0, 1, &d);
        ck_assert(isfinite(site.first_down_h));
        ck_assert_int_eq(site.outages, 1);
        ck_assert_int_eq(tl.counts[0].server_failures, K_N + m->spares);
        ck_assert_int_eq(tl.counts[0].spares_used, m->spares);
        ck_assert_int_eq(tl.counts[0].server_repairs, 0);
        first_h[r] = site.first_down_h;
        mdl_timeline_release(&tl);
        /* the shorter horizon sees the same lives */
        tl = drawn(m, 1, k_mission_h, (uint64_t)r);
        mdl_timeline_measure(&tl, m, 0, 1, &d);
        ck_assert_int_eq(isinf(site.first_down_h), first_h[r] >= k_mission_h);
        alive[r] = isinf(site.first_down_h);
        mdl_timeline_release(&tl);
    }
}

/* 16 of 20 with s cold spares: lives end at rate 20 s + 1 times over, then at
 * rates 19 .. 16 in turn: a hypoexponential time to failure. */
START_TEST(k_of_n)
{
    static double alive[K_REPS], first_h[K_REPS], one[K_REPS];
    struct sim_arena arena = {0};

    for (int r = 0; r < K_REPS; r++)
        one[r] = 1.0;
    for (int spares = 0; spares <= 3; spares += 3) {
        double rate[MAX_STATES], mttf_h = 0.0;
        int n = 0;
        for (int i = 0; i < spares; i++)
            rate[n++] = K_N / k_life_h;
        for (int up = K_N; up >= K_NEEDED; up--)
            rate[n++] = up / k_life_h;
        for (int i = 0; i < n; i++)
            mttf_h += 1.0 / rate[i];
        const struct mdl_tl_member m = {.entity = sim_entity("node"),
            .servers = K_N,
            .needed = K_NEEDED,
            .weight = 1,
            .server_life_h = exponential(&arena, k_life_h),
            .crews = 1,
            .spares = spares};
        draw_k_of_n(&m, alive, first_h);
        agrees("reliability", alive, one, K_REPS,
            death_chain_alive(rate, n, k_mission_h), 0.03);
        agrees("mttf", first_h, one, K_REPS, mttf_h, 0.03);
    }
    sim_arena_release(&arena);
}
END_TEST

/* The chain of the test above, without spares, against the binomial sum. */
START_TEST(chain_itself)
{
    const double p = exp(-k_mission_h / k_life_h);
    double rate[MAX_STATES], sum = 0.0;
    int n = 0;

    for (int up = K_N; up >= K_NEEDED; up--) {
        const double log_ways =
            lgamma(K_N + 1) - lgamma(up + 1) - lgamma(K_N - up + 1);
        rate[n++] = up / k_life_h;
        sum += exp(log_ways) * pow(p, up) * pow(1 - p, K_N - up);
    }
    ck_assert_double_eq_tol(
        death_chain_alive(rate, n, k_mission_h), sum, 1e-12);
}
END_TEST

/* ---- layers ---- */

/* Independent layers in series: A = A_site A_wan A_server, and outages start
 * at rate A (1/life_site + 1/life_wan + 1/life_server).  Servers run on while
 * a layer is down: their integral is that of the servers alone. */
START_TEST(layers_in_series)
{
    enum { REPS = 80 };
    static double up[REPS], out[REPS], servers[REPS], hours[REPS], loss[REPS];
    struct sim_arena arena = {0};
    const struct mdl_tl_member m = {.entity = sim_entity("store/1"),
        .servers = 1,
        .needed = 1,
        .weight = 4,
        .server_life_h = exponential(&arena, 60),
        .server_repair_h = exponential(&arena, 6),
        .crews = -1,
        .site_life_h = exponential(&arena, 100),
        .site_repair_h = exponential(&arena, 5),
        .wan_life_h = exponential(&arena, 40),
        .wan_repair_h = exponential(&arena, 2)};
    const double server = 60.0 / 66, site = 100.0 / 105, wan = 40.0 / 42;
    const double a = server * site * wan;

    for (int r = 0; r < REPS; r++) {
        struct mdl_tl_site_measures s;
        struct mdl_tl_measures d = {.site = &s};
        struct mdl_timeline tl = drawn(&m, 1, 30500, (uint64_t)r);
        mdl_timeline_measure(&tl, &m, (int64_t)(500 * ns_per_h), 1, &d);
        up[r] = s.up_h;
        out[r] = (double)s.outages;
        servers[r] = s.servers_up_h;
        loss[r] = d.total_loss_h;
        hours[r] = d.hours;
        ck_assert_int_gt(tl.counts[0].site_failures, 0);
        ck_assert_int_gt(tl.counts[0].wan_failures, 0);
        mdl_timeline_release(&tl);
    }
    agrees("availability", up, hours, REPS, a, 0.02);
    agrees(
        "outages", out, hours, REPS, a * (1. / 60 + 1. / 100 + 1. / 40), 0.02);
    agrees("servers", servers, hours, REPS, server, 0.02);
    agrees("loss", loss, hours, REPS, 1 - a, 0.02);
    sim_arena_release(&arena);
}
END_TEST

/* Two of three sites: binomial availability, flux over the cut 2 -> 1. */
START_TEST(needed_sites)
{
    enum { REPS = 80, N = 3 };
    static double k_up[REPS], k_out[REPS], sites[REPS], hours[REPS], loss[REPS],
        cap[REPS];
    struct sim_arena arena = {0};
    struct mdl_tl_member m[N];
    const double a = 100.0 / 112;

    for (int i = 0; i < N; i++)
        m[i] = (struct mdl_tl_member){.entity = sim_entity_sub(7, (uint64_t)i),
            .servers = 2,
            .needed = 1,
            .weight = 1.1,
            .site_life_h = exponential(&arena, 100),
            .site_repair_h = exponential(&arena, 12)};
    for (int r = 0; r < REPS; r++) {
        struct mdl_tl_measures d = {.site = NULL};
        struct mdl_timeline tl = drawn(m, N, 130500, (uint64_t)r);
        mdl_timeline_measure(&tl, m, (int64_t)(500 * ns_per_h), 2, &d);
        k_up[r] = d.k_up_h;
        k_out[r] = (double)d.k_outages;
        sites[r] = d.sites_up_h;
        loss[r] = d.total_loss_h;
        cap[r] = d.capacity_h;
        hours[r] = d.hours;
        mdl_timeline_release(&tl);
    }
    agrees("2 of 3", k_up, hours, REPS, a * a * (3 - 2 * a), 0.02);
    agrees("cut", k_out, hours, REPS, 3 * a * a * (1 - a) * 2 / 100, 0.02);
    agrees("sites", sites, hours, REPS, 3 * a, 0.02);
    agrees("capacity", cap, hours, REPS, a, 0.02);
    double none = 0.0, all = 0.0;
    for (int r = 0; r < REPS; r++) {
        none += loss[r];
        all += hours[r];
    }
    /* (1-a)^3 = 0.12 %, some 15,000 spells of 4 h: 1 s.e. is about 1.2 % */
    ck_assert_double_eq_tol(none / all, pow(1 - a, 3), 0.05 * pow(1 - a, 3));
    sim_arena_release(&arena);
}
END_TEST

TEST_MAIN("models/timeline", machine_repair, insensitive, k_of_n, chain_itself,
    layers_in_series, needed_sites)
