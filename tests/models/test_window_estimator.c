/* The estimates of the manual, "Windows, strata, estimates", on a horizon
 * whose truth is known: bias, and coverage of the intervals.
 *
 * Five years of hours.  The mean latency of a cell is a fixed function of
 * year, hour of week and a fixed noise of its own; so is its number of
 * requests.  Two kinds of outages multiply the latency: 0.9 % of time by 2,
 * 0.09 % of time by 6.  Their number is Poisson, their starts are uniform on
 * the horizon bent to a ring, so each cell is in an outage with the same
 * known chance and the truth is a sum over cells.  Outages differ from
 * replication to replication, as timelines do.
 */
#include "check_main.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "models/windows.h"
#include "sim/hist.h"
#include "sim/rng.h"
#include "sim/stats.h"

enum {
    N = 5 * 8760,
    MACROS = 2000,
    R_MAX = 16,
    COUNT = 60,   /* 48 + 12 windows */
    SHIFTS = 64,  /* variants of a cell's sample of latencies */
    SAMPLE = 10,  /* latencies of a cell */
    LENGTH_B = 3, /* cells of an outage of either kind */
    LENGTH_A = 6,
    MAX_OUTAGES = 400,
};

static const double p_a = 0.009, p_b = 0.0009;
static const double factor[] = {1.0, 2.0, 6.0}; /* normal, kind A, kind B */
static const double level = 0.95;
static const double two_pi = 6.283185307179586;

/* Read-only once made. */
struct truth {
    double mean_s[N];            /* latency of a cell without outage */
    int64_t each[N];             /* requests of one of its SAMPLE values */
    double unit[SHIFTS][SAMPLE]; /* stratified exponential, mean about 1 */
    double p[3];                 /* chance of a cell's state */
    double mean, p95;
};

static double hash_u(const char *what, uint64_t i)
{
    const struct sim_key key = {5, 0, sim_entity(what), SIM_FOR_TEST, 0};
    return sim_hash_uniform(&key, i);
}

/* Share of requests slower than x: sum over cells and states. */
static double above(const struct truth *t, double x)
{
    double slow = 0.0, all = 0.0;
    for (int c = 0; c < N; c++) {
        const double n = (double)t->each[c];
        for (int s = 0; s < 3; s++)
            slow += n * t->p[s] * exp(-x / (t->mean_s[c] * factor[s]));
        all += n;
    }
    return slow / all;
}

static void make_truth(struct truth *t)
{
    double unit_mean = 0.0, x = 0.0, y = 0.0;

    for (int c = 0; c < N; c++) {
        const int yr = c / 8760, hour = c % 24, day = c / 24 % 7;
        const double wave = sin(two_pi * (hour - 9) / 24);
        const double busy =
            (1 + 0.6 * wave) * (day < 5 ? 1.0 : 0.6) * pow(1.15, yr);
        t->mean_s[c] = 0.1 * (1 + 0.3 * wave) * pow(1.08, yr) *
                       (0.85 + 0.3 * hash_u("noise", (uint64_t)c));
        t->each[c] = (int64_t)(40 * busy *
                               (0.9 + 0.2 * hash_u("requests", (uint64_t)c)));
    }
    for (int v = 0; v < SHIFTS; v++) {
        for (int k = 0; k < SAMPLE; k++) {
            t->unit[v][k] = -log((k + (v + 0.5) / SHIFTS) / SAMPLE);
            unit_mean += t->unit[v][k] / (SHIFTS * SAMPLE);
        }
    }
    t->p[2] = p_b;
    t->p[1] = p_a;
    t->p[0] = 1 - p_a - p_b;
    const double slowdown =
        t->p[0] * factor[0] + t->p[1] * factor[1] + t->p[2] * factor[2];
    for (int c = 0; c < N; c++) {
        x += (double)t->each[c] * t->mean_s[c] * slowdown * unit_mean;
        y += (double)t->each[c];
    }
    t->mean = x / y;
    double low = 0.1, high = 2.0;
    for (int i = 0; i < 40; i++) {
        t->p95 = 0.5 * (low + high);
        if (above(t, t->p95) > 0.05)
            low = t->p95;
        else
            high = t->p95;
    }
}

/* ---- outages of a replication ---- */

struct outages {
    int8_t state[N]; /* index into factor[] */
    struct mdl_tl_interval disturbed[MAX_OUTAGES];
    int64_t n;
};

static const int64_t hour_ns = 3600000000000;

/* An outage of cells [from, to), put in its place in the order of time. */
static void enter(struct outages *o, int64_t from, int64_t to, int8_t state)
{
    memset(o->state + from, state, (size_t)(to - from));
    if (o->n == MAX_OUTAGES)
        ck_abort_msg("more outages than the test has room for");
    int64_t i = o->n++;
    for (; i > 0 && o->disturbed[i - 1].from_ns > from * hour_ns; i--)
        o->disturbed[i] = o->disturbed[i - 1];
    o->disturbed[i] = (struct mdl_tl_interval){from * hour_ns, to * hour_ns};
}

/* A Poisson number of outages of `length` cells, such that a cell is in one
 * with chance p: 1 - exp(-rate length / N) = p. */
static void strike(struct outages *o, struct sim_stream *stream, double p,
    int length, int8_t state)
{
    const double rate = -log1p(-p) * N / length;
    double t = 0.0;

    for (;;) {
        t -= log(sim_stream_uniform(stream));
        if (t > rate)
            return;
        const int64_t from = (int64_t)(sim_stream_uniform(stream) * N);
        const int64_t to = from + length;
        enter(o, from, to < N ? to : N, state);
        if (to > N)
            enter(o, 0, to - N, state); /* round the ring */
    }
}

static void make_outages(struct outages *o, uint64_t replication)
{
    const struct sim_key key = {
        6, replication, sim_entity("outages"), SIM_FOR_TEST, 0};
    struct sim_stream stream;
    int64_t last = 0;

    sim_stream_init(&stream, &key);
    memset(o->state, 0, sizeof o->state);
    o->n = 0;
    /* B hides A: to be in state A a cell must be met by A and not by B */
    strike(o, &stream, p_a / (1 - p_b), LENGTH_A, 1);
    strike(o, &stream, p_b, LENGTH_B, 2);
    /* join what overlaps or touches */
    for (int64_t i = 1; i < o->n; i++) {
        const struct mdl_tl_interval next = o->disturbed[i];
        struct mdl_tl_interval *d = &o->disturbed[last];
        if (next.from_ns > d->to_ns)
            o->disturbed[++last] = next;
        else if (next.to_ns > d->to_ns)
            d->to_ns = next.to_ns;
    }
    o->n = o->n > 0 ? last + 1 : 0;
}

/* ---- one replication ---- */

struct totals {
    double x[R_MAX], y[R_MAX]; /* latency, requests */
    struct sim_whist hist[R_MAX];
};

static void replicate(const struct truth *t, struct outages *o,
    uint64_t replication, double *x, double *y, struct sim_whist *whist)
{
    const struct sim_key key = {
        6, replication, sim_entity("shift"), SIM_FOR_TEST, 0};
    struct sim_hist hist[MDL_N_STRATA] = {{0}};
    double weight[MDL_N_STRATA] = {0};
    struct mdl_sample sample;
    bool failed = false; /* Check's own macros take a microsecond each */

    make_outages(o, replication);
    const struct mdl_timeline tl = {.horizon_ns = N * hour_ns,
        .disturbed = o->disturbed,
        .n_disturbed = o->n};
    /* a lead-in of 30 min: the hour after an outage is disturbed too */
    ck_assert_int_eq(mdl_windows_sample(
                         &tl, COUNT, 3600, 1800, 6, replication, &sample, NULL),
        SIM_OK);
    *x = *y = 0.0;
    for (int i = 0; i < sample.n; i++) {
        const struct mdl_window *w = &sample.windows[i];
        const double slow = factor[o->state[w->cell]] * t->mean_s[w->cell];
        const int64_t each = t->each[w->cell];
        const int shift =
            (int)(sim_hash_uniform(&key, (uint64_t)w->cell) * SHIFTS);
        weight[w->stratum] = w->weight;
        for (int k = 0; k < SAMPLE; k++) {
            const double s = slow * t->unit[shift][k];
            *x += w->weight * (double)each * s;
            failed |= sim_hist_add(&hist[w->stratum], s, each) != SIM_OK;
        }
        *y += w->weight * (double)each * SAMPLE;
    }
    memset(whist, 0, sizeof *whist);
    for (int h = 0; h < MDL_N_STRATA; h++) {
        failed |= sim_whist_add(whist, &hist[h], weight[h]) != SIM_OK;
        sim_hist_release(&hist[h]);
    }
    mdl_sample_release(&sample);
    ck_assert(!failed);
}

/* ---- the check ---- */

struct score {
    double sum, squares;
    int covered;
};

static void score_add(
    struct score *s, const struct sim_interval *e, double truth)
{
    s->sum += e->value / truth - 1;
    s->squares += (e->value / truth - 1) * (e->value / truth - 1);
    s->covered += fabs(e->value - truth) <= e->half_width;
}

/* Bias at most 0.1 %, its standard error at most 0.05 %; coverage of nominal
 * 95 % intervals between 0.93 and 0.97, give or take the 99.9 % bound of a
 * binomial share (z = 3.29, 0.016 at 2,000). */
static void judge(const char *what, int r, const struct score *s)
{
    const double bias = s->sum / MACROS;
    const double se = sqrt((s->squares / MACROS - bias * bias) / MACROS);
    const double covered = (double)s->covered / MACROS;
    const double band = 3.29 * sqrt(level * (1 - level) / MACROS);

    printf("%-4s R = %2d: bias %+.4f %% (s.e. %.4f %%), covered %.4f\n", what,
        r, 100 * bias, 100 * se, covered);
    ck_assert_double_le(fabs(bias), 0.001);
    ck_assert_double_le(se, 0.0005);
    ck_assert_double_ge(covered, 0.93 - band);
    ck_assert_double_le(covered, 0.97 + band);
}

START_TEST(bias_and_coverage)
{
    static struct truth t;
    static struct outages o;
    static struct totals all;
    struct score mean[2] = {{0}}, p95[2] = {{0}};

    make_truth(&t);
    for (uint64_t m = 0; m < MACROS; m++) {
        for (int r = 0; r < R_MAX; r++)
            replicate(&t, &o, m * R_MAX + (uint64_t)r, &all.x[r], &all.y[r],
                &all.hist[r]);
        for (int i = 0; i < 2; i++) {
            const int n = i == 0 ? R_MAX / 2 : R_MAX;
            struct sim_interval e;
            sim_ratio_estimate(all.x, all.y, n, level, &e);
            score_add(&mean[i], &e, t.mean);
            ck_assert_int_eq(
                sim_quantile_estimate(all.hist, n, 0.95, level, &e), SIM_OK);
            score_add(&p95[i], &e, t.p95);
        }
        for (int r = 0; r < R_MAX; r++)
            sim_whist_release(&all.hist[r]);
    }
    for (int i = 0; i < 2; i++) {
        judge("mean", i == 0 ? R_MAX / 2 : R_MAX, &mean[i]);
        judge("p95", i == 0 ? R_MAX / 2 : R_MAX, &p95[i]);
    }
}
END_TEST

TEST_MAIN("models/window_estimator", bias_and_coverage)
