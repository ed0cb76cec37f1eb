/* bench.c - speed of the parts, each figure beside its target.
 *
 *     bench [PROGRAM]
 *
 * prints "row | measured | target | ratio to the baseline".  Times are CPU
 * times of this process (medians of several repetitions), but for the rows on
 * threads, which are wall-clock.  The baseline is fel_baseline.h for rows of
 * the engine, one GSL call per draw for rows of draws.  PROGRAM is sitesim,
 * for rows that run it from end to end.
 */
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "bench_program.h"
#include "fel_baseline.h"
#include "sim/calendar.h"
#include "sim/engine.h"
#include "sim/exec.h"
#include "sim/fmath.h"
#include "sim/rng.h"
#include "sim/station.h"

enum { REPEATS = 7, DRAWS = 4096 };

/* What a piece of work leaves behind, so that it is not optimised away. */
struct sinkhole {
    double sum;
};

/* ---- measuring ----------------------------------------------------------- */

static double clock_s(clockid_t id)
{
    struct timespec t;
    if (clock_gettime(id, &t) != 0)
        exit(EXIT_FAILURE);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Median seconds of `work`; one run before to warm up. */
static double median_s(
    void (*work)(void *ctx), void *ctx, int repeats, clockid_t id)
{
    double t[REPEATS];
    work(ctx);
    for (int i = 0; i < repeats; i++) {
        const double from = clock_s(id);
        work(ctx);
        t[i] = clock_s(id) - from;
    }
    qsort(t, (size_t)repeats, sizeof t[0], by_value);
    return t[repeats / 2];
}

static double cpu_ns(void (*work)(void *ctx), void *ctx, int repeats, double n)
{
    return median_s(work, ctx, repeats, CLOCK_PROCESS_CPUTIME_ID) / n * 1e9;
}

/* A target of 0 is none; a baseline of 0 is none. */
static void row(const char *name, double measured, const char *unit,
    double target, double baseline)
{
    printf("%-34s | %8.2f %-6s | ", name, measured, unit);
    if (target > 0.0)
        printf("%8.2f | ", target);
    else
        printf("%8s | ", "-");
    if (baseline > 0.0)
        printf("%6.1fx\n", baseline / measured);
    else
        printf("%7s\n", "-");
    fflush(stdout);
}

static void check(int rc, const struct sim_err *err)
{
    if (rc == SIM_OK)
        return;
    fprintf(stderr, "bench: %s\n", err->text);
    exit(EXIT_FAILURE);
}

static void *take(size_t n, size_t size)
{
    void *block = calloc(n, size);
    if (block == NULL)
        exit(EXIT_FAILURE);
    return block;
}

static struct sim_stream stream_of(uint64_t entity, uint64_t purpose)
{
    const struct sim_key key = {
        .seed = 1, .entity = entity, .purpose = purpose};
    struct sim_stream stream;
    sim_stream_init(&stream, &key);
    return stream;
}

/* ---- draws --------------------------------------------------------------- */

enum { DRAW_ROUNDS = 500 };

struct draws {
    struct sim_stream stream;
    gsl_rng *rng;
    double x[DRAWS];
    double sum;
};

/* exp(zeta + sigma z) in place; standard normals come in. */
static void to_lognormal(double *x, size_t n, double zeta, double sigma)
{
    for (size_t i = 0; i < n; i++)
        x[i] = zeta + sigma * x[i];
    sim_exp_n(x, x, n);
}

static void draw_uniform(void *ctx)
{
    struct draws *d = ctx;
    for (int r = 0; r < DRAW_ROUNDS; r++) {
        sim_stream_uniforms(&d->stream, d->x, DRAWS);
        d->sum += d->x[r];
    }
}

static void draw_exponential(void *ctx)
{
    struct draws *d = ctx;
    for (int r = 0; r < DRAW_ROUNDS; r++) {
        sim_stream_exponentials(&d->stream, d->x, DRAWS);
        d->sum += d->x[r];
    }
}

static void draw_lognormal(void *ctx)
{
    struct draws *d = ctx;
    for (int r = 0; r < DRAW_ROUNDS; r++) {
        sim_stream_normals(&d->stream, d->x, DRAWS);
        to_lognormal(d->x, DRAWS, 0.0, 0.5);
        d->sum += d->x[r];
    }
}

static void gsl_uniform(void *ctx)
{
    struct draws *d = ctx;
    for (int i = 0; i < DRAW_ROUNDS * DRAWS; i++)
        d->sum += gsl_rng_uniform_pos(d->rng);
}

static void gsl_exponential(void *ctx)
{
    struct draws *d = ctx;
    for (int i = 0; i < DRAW_ROUNDS * DRAWS; i++)
        d->sum += gsl_ran_exponential(d->rng, 1.0);
}

static void gsl_lognormal(void *ctx)
{
    struct draws *d = ctx;
    for (int i = 0; i < DRAW_ROUNDS * DRAWS; i++)
        d->sum += gsl_ran_lognormal(d->rng, 0.0, 0.5);
}

static void bench_draws(struct sinkhole *hole)
{
    const double n = (double)DRAW_ROUNDS * DRAWS;
    struct draws *d = take(1, sizeof *d);
    d->stream = stream_of(1, SIM_FOR_TEST);
    d->rng = gsl_rng_alloc(gsl_rng_mt19937);
    if (d->rng == NULL)
        exit(EXIT_FAILURE);
    row("uniform, bulk", cpu_ns(draw_uniform, d, REPEATS, n), "ns", 1.4,
        cpu_ns(gsl_uniform, d, 3, n));
    row("exponential, bulk", cpu_ns(draw_exponential, d, REPEATS, n), "ns", 2.6,
        cpu_ns(gsl_exponential, d, 3, n));
    row("lognormal, bulk", cpu_ns(draw_lognormal, d, REPEATS, n), "ns", 4.9,
        cpu_ns(gsl_lognormal, d, 3, n));
    hole->sum += d->sum;
    gsl_rng_free(d->rng);
    free(d);
}

/* ---- station ------------------------------------------------------------- */

enum { STATION_JOBS = 400000 };

struct station_case {
    struct sim_station *station;
    struct sim_station_cfg cfg;
    double *gap, *work; /* [STATION_JOBS] */
    double sum;
};

static void add_end(void *ctx, uint32_t ref, enum sim_outcome outcome,
    double start_s, double end_s)
{
    struct station_case *c = ctx;
    (void)ref;
    (void)outcome;
    c->sum += end_s - start_s;
}

static void serve(void *ctx)
{
    struct station_case *c = ctx;
    const struct sim_sink sink = {c, add_end};
    const struct sim_station_ops *ops = c->station->ops;
    struct sim_err err = {0};
    double t = 0.0;
    check(ops->reset(c->station, &c->cfg, &err), &err);
    for (int i = 0; i < STATION_JOBS; i++) {
        t += c->gap[i];
        const struct sim_job job = {t, c->work[i], (uint32_t)i};
        check(ops->arrive(c->station, &job, &sink, &err), &err);
    }
}

static void bench_station(struct sinkhole *hole)
{
    static const int slots[] = {1, 4, 16, 48, 100, 1000};
    static const double targets[] = {4, 9, 9, 15, 36, 48};
    struct sim_stream gaps = stream_of(2, SIM_FOR_GAP);
    struct sim_stream sizes = stream_of(2, SIM_FOR_SIZE);
    struct station_case c = {
        .gap = take(STATION_JOBS, sizeof *c.gap),
        .work = take(STATION_JOBS, sizeof *c.work),
    };
    for (size_t i = 0; i < sizeof slots / sizeof slots[0]; i++) {
        struct sim_err err = {0};
        char name[64];
        c.cfg = (struct sim_station_cfg){.slots = slots[i],
            .slots_at_start = slots[i],
            .capacity = -1,
            .from_s = 0.0,
            .to_s = 1e9};
        sim_stream_exponentials(&gaps, c.gap, STATION_JOBS);
        sim_stream_normals(&sizes, c.work, STATION_JOBS);
        /* mean 1, coefficient of variation 1: sigma^2 = log 2 */
        to_lognormal(c.work, STATION_JOBS, -0.34657359, 0.83255461);
        for (int k = 0; k < STATION_JOBS; k++)
            c.gap[k] /= 0.8 * slots[i];
        check(sim_station_fcfs_create(&c.cfg, &c.station, &err), &err);
        snprintf(name, sizeof name, "FCFS station, c = %d, load 0.8", slots[i]);
        row(name, cpu_ns(serve, &c, REPEATS, STATION_JOBS), "ns", targets[i],
            0.0);
        c.station->ops->destroy(c.station);
    }
    hole->sum += c.sum;
    free(c.gap);
    free(c.work);
}

/* ---- calendar ------------------------------------------------------------ */

enum { HOLDS = 1000000 };

struct hold_case {
    struct sim_calendar calendar;
    double delay[DRAWS];
    int n;
    double sum;
};

/* The hold model: take the first event, put one an exponential time later. */
static void hold(void *ctx)
{
    struct hold_case *c = ctx;
    struct sim_err err = {0};
    struct sim_event e = {0};
    for (int i = 0; i < HOLDS; i++) {
        if (!sim_calendar_pop(&c->calendar, (double)INFINITY, &e))
            exit(EXIT_FAILURE);
        e.time_s += c->delay[i % DRAWS];
        check(sim_calendar_push(&c->calendar, &e, &err), &err);
    }
    c->sum += e.time_s;
}

static void bench_calendar(struct sinkhole *hole)
{
    static const int sizes[] = {16, 256, 4096, 100000};
    static const double targets[] = {30, 31, 34, 57};
    struct hold_case *c = take(1, sizeof *c);
    struct sim_stream stream = stream_of(3, SIM_FOR_TEST);
    sim_stream_exponentials(&stream, c->delay, DRAWS);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct sim_err err = {0};
        char name[64];
        sim_calendar_clear(&c->calendar);
        for (int k = 0; k < sizes[i]; k++) {
            const struct sim_event e = {
                .time_s = sim_stream_uniform(&stream), .k = k};
            check(sim_calendar_push(&c->calendar, &e, &err), &err);
        }
        snprintf(name, sizeof name, "calendar, hold at %d", sizes[i]);
        row(name, cpu_ns(hold, c, REPEATS, HOLDS), "ns", targets[i], 0.0);
    }
    hole->sum += c->sum;
    sim_calendar_release(&c->calendar);
    free(c);
}

/* ---- engine -------------------------------------------------------------- */

/* Source: one Poisson stream, all draws in bulk, by blocks of the product's
 * size. */
enum { BLOCK = 256 };

struct traffic {
    const struct fel_model *m;
    struct sim_stream gaps, sizes, delays, choices;
    double gap[BLOCK], size[BLOCK], delay[BLOCK], choice[BLOCK];
    struct sim_request blank; /* fields that are alike */
    size_t at;
    double t;
    int64_t sent;
    double sum_s;
    int64_t n_served;
    struct sim_station **stations;
    struct sim_station_cfg cfg;
    struct sim_engine *engine;
};

static void traffic_refill(struct traffic *w)
{
    const struct fel_model *m = w->m;
    sim_stream_exponentials(&w->gaps, w->gap, BLOCK);
    sim_stream_normals(&w->sizes, w->size, BLOCK);
    to_lognormal(w->size, BLOCK, m->service_zeta, m->service_sigma);
    sim_stream_normals(&w->delays, w->delay, BLOCK);
    to_lognormal(w->delay, BLOCK, m->delay_zeta, m->delay_sigma);
    sim_stream_uniforms(&w->choices, w->choice, BLOCK);
    w->at = 0;
}

static int traffic_pull(void *ctx, struct sim_request *batch, size_t n,
    size_t *count, struct sim_err *err)
{
    struct traffic *w = ctx;
    const double gap_s = 1.0 / w->m->rate_per_s;
    size_t i = 0;
    (void)err;
    for (; i < n && w->sent < w->m->n_requests; i++, w->sent++) {
        if (w->at == BLOCK)
            traffic_refill(w);
        w->t += w->gap[w->at] * gap_s;
        batch[i] = w->blank;
        batch[i].send_s = w->t;
        batch[i].work_s = w->size[w->at];
        batch[i].aux[0] = w->choice[w->at];
        batch[i].k = w->sent;
        batch[i].out_s = batch[i].back_s = w->delay[w->at];
        w->at++;
    }
    *count = i;
    return SIM_OK;
}

static void traffic_route(void *ctx, struct sim_request *req)
{
    const struct traffic *w = ctx;
    req->station = (int32_t)(req->aux[0] * w->m->n_sites);
}

static void traffic_finish(void *ctx, const struct sim_request *req,
    enum sim_outcome outcome, double start_s, double end_s)
{
    struct traffic *w = ctx;
    (void)start_s;
    w->n_served += outcome == SIM_SERVED;
    w->sum_s += end_s - (req->send_s + req->out_s);
}

static void traffic_start(struct traffic *w)
{
    w->gaps = stream_of(4, SIM_FOR_GAP);
    w->sizes = stream_of(4, SIM_FOR_SIZE);
    w->delays = stream_of(4, SIM_FOR_JITTER);
    w->choices = stream_of(4, SIM_FOR_BALANCE);
    w->blank = (struct sim_request){.speed = 1.0};
    w->at = BLOCK;
    w->t = w->sum_s = 0.0;
    w->sent = w->n_served = 0;
}

static void traffic_run(void *ctx)
{
    struct traffic *w = ctx;
    const struct sim_engine_model model = {.ctx = w,
        .pull = traffic_pull,
        .route = traffic_route,
        .routes_ahead = true,
        .finish = traffic_finish};
    struct sim_err err = {0};
    traffic_start(w);
    for (int i = 0; i < w->m->n_sites; i++)
        check(w->stations[i]->ops->reset(w->stations[i], &w->cfg, &err), &err);
    check(sim_engine_run(w->engine, &model, w->stations, w->m->n_sites,
              (double)INFINITY, NULL, &err),
        &err);
}

/* The source without the engine. */
static void traffic_only(void *ctx)
{
    struct traffic *w = ctx;
    struct sim_request batch[256];
    struct sim_err err = {0};
    size_t n;
    traffic_start(w);
    do {
        check(traffic_pull(w, batch, 256, &n, &err), &err);
        for (size_t i = 0; i < n; i++) {
            traffic_route(w, &batch[i]);
            traffic_finish(w, &batch[i], SIM_SERVED, 0.0, batch[i].work_s);
        }
    } while (n > 0);
}

struct baseline_case {
    struct fel_model m;
    double mean_s;
};

static void baseline_run(void *ctx)
{
    struct baseline_case *c = ctx;
    c->mean_s = fel_run(&c->m, 1);
}

static struct fel_model site_model(int n_sites, int64_t n_requests)
{
    /* Service 50 ms on average, coefficient of variation 1, 16 slots at
     * load 0.7; delay 20 ms in the median. */
    return (struct fel_model){
        .n_sites = n_sites,
        .slots = 16,
        .rate_per_s = 0.7 * 16.0 / 0.05 * n_sites,
        .service_zeta = log(0.05) - 0.5 * log(2.0),
        .service_sigma = sqrt(log(2.0)),
        .delay_zeta = log(0.02),
        .delay_sigma = 0.3,
        .n_requests = n_requests,
    };
}

static void engine_row(struct traffic *w, int n_sites)
{
    struct baseline_case base = {.m = site_model(n_sites, 300000)};
    const struct fel_model m = site_model(n_sites, 1000000);
    struct sim_err err = {0};
    char name[64];
    w->m = &m;
    w->cfg = (struct sim_station_cfg){.slots = m.slots,
        .slots_at_start = m.slots,
        .capacity = -1,
        .from_s = 0.0,
        .to_s = 1e9};
    w->stations = take((size_t)n_sites, sizeof *w->stations);
    for (int i = 0; i < n_sites; i++)
        check(sim_station_fcfs_create(&w->cfg, &w->stations[i], &err), &err);

    const double n = (double)m.n_requests;
    const double ns = cpu_ns(traffic_run, w, REPEATS, n);
    const double mean_s = w->sum_s / (double)w->n_served;
    const double base_ns =
        cpu_ns(baseline_run, &base, 3, (double)base.m.n_requests);
    snprintf(name, sizeof name, "event engine, %d sites, c = 16", n_sites);
    row(name, ns, "ns", 120.0, base_ns);
    if (fabs(mean_s / base.mean_s - 1.0) > 0.05)
        printf("  differs from the baseline: mean %g s, there %g s\n", mean_s,
            base.mean_s);
    if (n_sites == 4)
        row("  of which draws and callbacks",
            cpu_ns(traffic_only, w, REPEATS, n), "ns", 0.0, 0.0);
    for (int i = 0; i < n_sites; i++)
        w->stations[i]->ops->destroy(w->stations[i]);
    free(w->stations);
}

static void bench_engine(struct sinkhole *hole)
{
    struct traffic *w = take(1, sizeof *w);
    struct sim_err err = {0};
    check(sim_engine_create(&w->engine, &err), &err);
    engine_row(w, 4);
    engine_row(w, 64);
    engine_row(w, 1000);
    hole->sum += w->sum_s;
    sim_engine_destroy(w->engine);
    free(w);
}

/* ---- threads ------------------------------------------------------------- */

enum { PIECES = 32, PIECE_DRAWS = 200 };

struct exec_case {
    int jobs;
    double sum;
};

static int piece_work(void *ctx, int64_t index, void *slot, struct sim_err *err)
{
    double x[DRAWS], sum = 0.0;
    struct sim_stream stream = stream_of((uint64_t)index, SIM_FOR_TEST);
    (void)ctx;
    (void)err;
    for (int r = 0; r < PIECE_DRAWS; r++) {
        sim_stream_exponentials(&stream, x, DRAWS);
        sum += x[r];
    }
    *(double *)slot = sum;
    return SIM_OK;
}

static int piece_commit(
    void *ctx, int64_t index, const void *slot, struct sim_err *err)
{
    struct exec_case *c = ctx;
    (void)index;
    (void)err;
    c->sum += *(const double *)slot;
    return SIM_OK;
}

static void run_pieces(void *ctx)
{
    struct exec_case *c = ctx;
    struct sim_err err = {0};
    const struct sim_exec_job job = {.ctx = c,
        .slot_bytes = sizeof(double),
        .work = piece_work,
        .commit = piece_commit};
    c->sum = 0.0;
    check(sim_exec_run(&job, PIECES, c->jobs, &err), &err);
}

static void bench_exec(void)
{
    struct exec_case one = {.jobs = 1}, two = {.jobs = 2};
    const double t1 = median_s(run_pieces, &one, REPEATS, CLOCK_MONOTONIC);
    const double t2 = median_s(run_pieces, &two, REPEATS, CLOCK_MONOTONIC);
    row("2 threads vs 1, speed-up", t1 / t2, "x", 1.9, 0.0);
    if (one.sum != two.sum)
        printf("  results differ between 1 and 2 threads\n");
}

/* ---- end to end ---------------------------------------------------------- */

static void bench_program(const char *program)
{
    double best = 0.0;
    long small_kb, large_kb;

    for (int i = 0; i < 3; i++) {
        const struct program_run run =
            run_program(program, "scenarios/four-tiers.yaml", "");
        const double speed = run.requests / run.cpu_s / 1e6;
        best = speed > best ? speed : best;
    }
    row("four-tiers, whole run, one core", best, "Mreq/s", 5.0, 0.0);
    small_kb = run_program(
        program, "scenarios/mm1.yaml", "--set simulate.requests=200000")
                   .peak_kb;
    large_kb = run_program(
        program, "scenarios/mm1.yaml", "--set simulate.requests=20000000")
                   .peak_kb;
    row("peak memory, 100 times the requests",
        (double)large_kb / (double)small_kb, "ratio", 1.1, 0.0);
}

int main(int argc, char **argv)
{
    struct sinkhole hole = {0};
    printf("%-34s | %8s %-6s | %8s | %7s\n", "row", "measured", "", "target",
        "ratio");
    bench_draws(&hole);
    bench_station(&hole);
    bench_calendar(&hole);
    bench_engine(&hole);
    bench_exec();
    if (argc > 1)
        bench_program(argv[1]);
    return isfinite(hole.sum) ? EXIT_SUCCESS : EXIT_FAILURE;
}
