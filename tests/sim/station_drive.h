/* station_drive.h - what the tests of event-driven station kernels share.
 *
 * Small inputs of which every job's fate is kept, to be compared with a plain
 * simulation; and long runs under Poisson arrivals, of which ratios over
 * independent replications are compared with exact values: inside the 99.9 %
 * bound, and the half width at most 2 % of the value. */
#ifndef TESTS_SIM_STATION_DRIVE_H
#define TESTS_SIM_STATION_DRIVE_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "check_main.h"
#include "sim/alloc.h"
#include "sim/station.h"
#include "sim/stats.h"

typedef int (*create_fn)(const struct sim_station_cfg *cfg,
    struct sim_station **out, struct sim_err *err);

/* splitmix64: Steele, Lea and Flood, OOPSLA 2014. */
static inline uint64_t bits(uint64_t *s)
{
    uint64_t z = *s += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static inline double uniform(uint64_t *s)
{
    return ((double)(bits(s) >> 12) + 0.5) * 0x1p-52;
}

static inline double exponential(uint64_t *s)
{
    return -log(uniform(s));
}

/* ---- small inputs -------------------------------------------------------- */

enum { N_JOBS = 400 };

struct input {
    double arrive_s[N_JOBS], work_s[N_JOBS];
    int32_t priority[N_JOBS];
};

struct fate {
    int times_reported;
    enum sim_outcome outcome;
    double start_s, end_s;
};

struct log {
    struct fate fate[N_JOBS];
    struct sim_station_totals totals;
    int64_t in_system[N_JOBS]; /* just before the arrival */
    int64_t waiting[N_JOBS];
};

static inline void *must_alloc(size_t size)
{
    void *p = calloc(1, size);
    ck_assert_ptr_nonnull(p);
    return p;
}

static inline void record(void *ctx, uint32_t ref, enum sim_outcome outcome,
    double start_s, double end_s)
{
    struct log *log = ctx;
    struct fate *fate = &log->fate[ref];
    fate->times_reported++;
    fate->outcome = outcome;
    fate->start_s = start_s;
    fate->end_s = end_s;
}

/* On a grid of 1/4 s sums are exact and ties, and jobs of no work, are
 * everywhere. */
static inline void make_input(
    struct input *in, uint64_t seed, bool grid, double load, int n_classes)
{
    uint64_t s = seed;
    double t = -20.0;
    for (int i = 0; i < N_JOBS; i++) {
        const double gap = exponential(&s) / load, work = exponential(&s);
        t += grid ? floor(gap * 4.0) / 4.0 : gap;
        in->arrive_s[i] = t;
        in->work_s[i] = grid ? floor(work * 4.0) / 4.0 : work;
        in->priority[i] = 1 + (int32_t)(uniform(&s) * n_classes);
    }
}

static inline struct sim_job job_of(const struct input *in, int i)
{
    return (struct sim_job){.arrive_s = in->arrive_s[i],
        .time_s = in->work_s[i],
        .ref = (uint32_t)i,
        .priority = in->priority[i],
        .patience_s = INFINITY};
}

/* As the engine drives it, on every second job; on the others the station is
 * left to catch up by itself. */
static inline void station_run(create_fn create,
    const struct sim_station_cfg *cfg, const struct input *in, struct log *log)
{
    const struct sim_sink sink = {log, record};
    struct sim_station *st = NULL;
    memset(log, 0, sizeof *log);
    ck_assert_int_eq(create(cfg, &st, NULL), SIM_OK);
    for (int i = 0; i < N_JOBS; i++) {
        const struct sim_job job = job_of(in, i);
        while (i % 2 == 0 && st->ops->next_s(st) <= job.arrive_s) {
            const double t = st->ops->next_s(st);
            ck_assert_int_eq(st->ops->advance(st, t, &sink, NULL), SIM_OK);
        }
        if (i % 2 == 0) {
            log->in_system[i] = st->ops->in_system(st, job.arrive_s);
            log->waiting[i] = st->ops->waiting(st, job.arrive_s);
        }
        ck_assert_int_eq(st->ops->arrive(st, &job, &sink, NULL), SIM_OK);
    }
    ck_assert_int_eq(st->ops->advance(st, 1e9, &sink, NULL), SIM_OK);
    st->ops->totals(st, &log->totals);
    st->ops->destroy(st);
}

static inline bool near(double a, double b, double rel)
{
    return a == b || fabs(a - b) <= rel * (1.0 + fabs(b));
}

/* rel = 0: the same bits of each job; integrals differ in their rounding. */
static inline void same_log(
    const struct log *a, const struct log *b, double rel)
{
    const struct sim_station_totals *x = &a->totals, *y = &b->totals;
    for (int i = 0; i < N_JOBS; i++) {
        const struct fate *f = &a->fate[i], *g = &b->fate[i];
        ck_assert_int_eq(f->times_reported, g->times_reported);
        ck_assert_int_eq(f->outcome, g->outcome);
        ck_assert_msg(near(f->start_s, g->start_s, rel), "start of %d", i);
        ck_assert_msg(near(f->end_s, g->end_s, rel), "end of %d: %.17g, %.17g",
            i, f->end_s, g->end_s);
        if (i % 2 == 0) {
            ck_assert_int_eq(a->in_system[i], b->in_system[i]);
            ck_assert_int_eq(a->waiting[i], b->waiting[i]);
        }
    }
    ck_assert_int_eq(x->arrived, y->arrived);
    ck_assert_int_eq(x->waited, y->waited);
    ck_assert_int_eq(x->lost, y->lost);
    ck_assert(near(x->busy_s, y->busy_s, 1e-9));
    ck_assert(near(x->waiting_s, y->waiting_s, 1e-9));
    ck_assert(near(x->in_system_s, y->in_system_s, 1e-9));
    ck_assert(near(x->empty_s, y->empty_s, 1e-9));
}

/* ---- long runs ----------------------------------------------------------- */

enum law { EXPONENTIAL, DETERMINISTIC, LOGNORMAL, HYPER, LAWS };

/* Squared coefficients of variation of the laws as drawn below. */
#define LOGNORMAL_SIGMA 0.9
#define HYPER_P         0.8 /* of the phase of mean 1/2; the other has 3 */

static inline double scv(enum law law)
{
    const double second =
        2.0 * (HYPER_P * 0.25 + (1.0 - HYPER_P) * 9.0); /* mean 1 */
    const double of[LAWS] = {
        1.0, 0.0, exp(LOGNORMAL_SIGMA * LOGNORMAL_SIGMA) - 1.0, second - 1.0};
    return of[law];
}

static inline double draw(enum law law, uint64_t *s)
{
    const double u = uniform(s), pi = 3.14159265358979323846;
    switch (law) {
    case EXPONENTIAL:
        return -log(u);
    case LOGNORMAL: {
        const double z = sqrt(-2.0 * log(u)) * cos(2.0 * pi * uniform(s));
        const double sigma = LOGNORMAL_SIGMA;
        return exp(sigma * z - 0.5 * sigma * sigma);
    }
    case HYPER:
        return -log(u) * (uniform(s) < HYPER_P ? 0.5 : 3.0);
    default:
        return 1.0;
    }
}

enum { REPS = 20, RING = 1 << 14, MEASURES = 8, CHANGES_MAX = 30000 };

struct flow { /* Poisson */
    double rate_per_s, mean_s;
    enum law law;
};

/* One ratio of sums: x / y. */
struct ratio {
    double x[REPS], y[REPS];
};

struct run {
    create_fn create;
    struct sim_station_cfg cfg; /* measured over [from_s, to_s) */
    struct flow flow[3];        /* of class 1, 2, 3 */
    int n_flows;
    /* Which measure a job counts for, by its size; NULL: its class - 1. */
    int (*bin_of)(double size_s);
    /* Draw the changes of slots of a replication; NULL: as in cfg. */
    void (*draw_changes)(struct run *run, uint64_t *s);
    double change_s[CHANGES_MAX]; /* room for them */
    int change_slots[CHANGES_MAX];
    int rep;
    struct sim_job job[RING];
    struct ratio response[MEASURES], response2[MEASURES]; /* T, T^2 per job */
    struct ratio slowdown[MEASURES];                      /* sum T / sum size */
    struct ratio wait[MEASURES];                          /* start - arrival */
    struct ratio loss[MEASURES];                          /* of all */
    struct ratio in_system, waiting, busy;                /* time averages */
};

static inline void ratio_add(struct ratio *r, int rep, double x, double y)
{
    r->x[rep] += x;
    r->y[rep] += y;
}

static inline void observe(void *ctx, uint32_t ref, enum sim_outcome outcome,
    double start_s, double end_s)
{
    struct run *run = ctx;
    struct sim_job *job = &run->job[ref];
    const double t = end_s - job->arrive_s;
    const int m =
        run->bin_of != NULL ? run->bin_of(job->time_s) : job->priority - 1;
    const bool counts =
        job->arrive_s >= run->cfg.from_s && job->arrive_s < run->cfg.to_s;
    job->ref = UINT32_MAX; /* free */
    if (!counts)
        return;
    ratio_add(&run->loss[m], run->rep, outcome == SIM_LOST, 1.0);
    if (outcome == SIM_LOST)
        return;
    ratio_add(&run->response[m], run->rep, t, 1.0);
    ratio_add(&run->response2[m], run->rep, t * t, 1.0);
    ratio_add(&run->slowdown[m], run->rep, t, job->time_s);
    ratio_add(&run->wait[m], run->rep, start_s - job->arrive_s, 1.0);
}

/* Check writes a record for each assertion, which costs more than a job: none
 * in the loop.  Arrivals go on beyond to_s, so that the last jobs counted meet
 * the same company as the others. */
static inline void replicate(
    struct run *run, struct sim_station *st, uint64_t seed)
{
    const struct sim_sink sink = {run, observe};
    const double until_s = run->cfg.to_s + 200.0;
    double total = 0.0, t = 0.0;
    uint64_t s = seed;
    if (run->draw_changes != NULL)
        run->draw_changes(run, &s);
    ck_assert_int_eq(st->ops->reset(st, &run->cfg, NULL), SIM_OK);
    for (int i = 0; i < run->n_flows; i++)
        total += run->flow[i].rate_per_s;
    for (uint32_t i = 0; t < until_s; i = (i + 1) % RING) {
        struct sim_job *job = &run->job[i];
        double u = uniform(&s) * total;
        int c = 0;
        while (c + 1 < run->n_flows && u >= run->flow[c].rate_per_s)
            u -= run->flow[c++].rate_per_s;
        t += exponential(&s) / total;
        if (job->ref != UINT32_MAX)
            ck_abort_msg("more than %d jobs in the system", (int)RING);
        job->arrive_s = t;
        job->time_s = run->flow[c].mean_s * draw(run->flow[c].law, &s);
        job->priority = c + 1;
        job->ref = i;
        const struct sim_job copy = *job;
        if (st->ops->arrive(st, &copy, &sink, NULL) != SIM_OK)
            ck_abort_msg("arrival at %g s failed", t);
    }
    ck_assert_int_eq(st->ops->advance(st, INFINITY, &sink, NULL), SIM_OK);
}

static inline void run_all(struct run *run, uint64_t seed)
{
    struct sim_station *st = NULL;
    struct sim_station_totals sum;
    const double span_s = run->cfg.to_s - run->cfg.from_s;
    ck_assert_int_eq(run->create(&run->cfg, &st, NULL), SIM_OK);
    for (int i = 0; i < RING; i++)
        run->job[i].ref = UINT32_MAX;
    for (run->rep = 0; run->rep < REPS; run->rep++) {
        replicate(run, st, seed + 0x10001u * (uint64_t)run->rep);
        st->ops->totals(st, &sum);
        ratio_add(&run->in_system, run->rep, sum.in_system_s, span_s);
        ratio_add(&run->waiting, run->rep, sum.waiting_s, span_s);
        ratio_add(&run->busy, run->rep, sum.busy_s, span_s);
    }
    st->ops->destroy(st);
}

/* A run of REPS x length seconds after 300 s of warm-up. */
static inline struct run *new_run(create_fn create, int slots, double length_s)
{
    struct run *run = must_alloc(sizeof *run);
    run->create = create;
    run->cfg = (struct sim_station_cfg){.slots = slots,
        .slots_at_start = slots,
        .capacity = -1,
        .from_s = 300.0,
        .to_s = 300.0 + length_s};
    return run;
}

static inline void agrees(
    const char *what, const struct ratio *r, double exact, double max_rel)
{
    struct sim_interval at;
    sim_ratio_estimate(r->x, r->y, REPS, 0.999, &at);
    ck_assert_msg(fabs(at.value - exact) <= at.half_width &&
                      at.half_width <= max_rel * fabs(exact),
        "%s: exact %.6g, simulated %.6g +- %.2g", what, exact, at.value,
        at.half_width);
}

#define AGREES(ratio, exact) agrees(#ratio, &(ratio), exact, 0.02)

/* ---- exact: birth and death ---------------------------------------------- */

enum { CHAIN_MAX = 1000 };

/* Stationary probabilities p[0 .. n] of rates `birth` and death[i] (from i to
 * i - 1). */
static inline void birth_death(
    double birth, const double *death, int n, double *p)
{
    double sum = p[0] = 1.0;
    for (int i = 1; i <= n; i++)
        sum += p[i] = p[i - 1] * birth / death[i];
    for (int i = 0; i <= n; i++)
        p[i] /= sum;
}

/* Mean number in system of M/M/c with service rate mu, by the chain. */
static inline double mmc_in_system(double birth, double mu, int c)
{
    double death[CHAIN_MAX + 1], p[CHAIN_MAX + 1], mean = 0.0;
    for (int i = 0; i <= CHAIN_MAX; i++)
        death[i] = mu * (i < c ? i : c);
    birth_death(birth, death, CHAIN_MAX, p);
    for (int i = 0; i <= CHAIN_MAX; i++)
        mean += i * p[i];
    return mean;
}

#endif /* TESTS_SIM_STATION_DRIVE_H */
