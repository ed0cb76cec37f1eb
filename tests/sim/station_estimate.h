/* station_estimate.h - measure a station and compare with a truth; for the
 * tests of kernels.
 *
 * A station is fed Poisson arrivals in independent replications; each gives one
 * value of every quantity, and a truth must lie in the 99.9 % Student interval,
 * whose half width must not exceed 2 % of it.  Seeds are fixed, so the verdict
 * is always the same.  Truths that are Markov chains come from chain_solve().
 */
#ifndef TESTS_SIM_STATION_ESTIMATE_H
#define TESTS_SIM_STATION_ESTIMATE_H

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/rng.h"
#include "sim/station.h"
#include "sim/stats.h"

/* ---- arrivals, one replication ------------------------------------------- */

enum { RING = 1 << 12, REPLICATIONS = 16 };

struct feed {
    double rate_per_s;
    double mean_service_s;        /* exponential */
    double patience_s;            /* INFINITY: none */
    bool patience_is_exponential; /* ... with that mean, else fixed */
};

enum quantity {
    WAIT,     /* of the served, mean [s] */
    RESPONSE, /* of the served, mean [s] */
    LOST,     /* fractions of those that arrive */
    ABANDONED,
    WAITED,
    IN_SYSTEM, /* time averages */
    WAITING,
    BUSY,
    OFF,
    BOOT,
    IDLE,
    BATCH, /* mean size */
    N_QUANTITIES
};

static const char *const quantity_names[] = {"wait", "response", "lost",
    "abandoned", "waited", "in system", "waiting", "busy", "off", "boot",
    "idle", "batch"};

struct tally {
    double arrive_s[RING]; /* by ref */
    double from_s, to_s;
    double wait_s, response_s;
    int64_t arrived, served, lost, abandoned, reported;
};

static void tally_done(void *ctx, uint32_t ref, enum sim_outcome outcome,
    double start_s, double end_s)
{
    struct tally *t = ctx;
    const double arrive_s = t->arrive_s[ref];
    t->reported++;
    if (arrive_s < t->from_s || arrive_s >= t->to_s)
        return;
    t->arrived++;
    t->lost += outcome == SIM_LOST;
    t->abandoned += outcome == SIM_ABANDONED;
    if (outcome == SIM_SERVED) {
        t->served++;
        t->wait_s += start_s - arrive_s;
        t->response_s += end_s - arrive_s;
    }
}

static double next_exponential(struct sim_stream *stream)
{
    double x = 0.0;
    sim_stream_exponentials(stream, &x, 1);
    return x;
}

static struct sim_stream stream_of(uint64_t replication, const char *name)
{
    const struct sim_key key = {.seed = 20260117,
        .replication = replication,
        .entity = sim_entity(name),
        .purpose = SIM_FOR_TEST};
    struct sim_stream stream;
    sim_stream_init(&stream, &key);
    return stream;
}

/* Check notes the place of every ck_assert in a file, which costs more than the
 * step it is about. */
static void ok(int rc)
{
    if (rc != SIM_OK)
        ck_abort_msg("a kernel returned %d", rc);
}

/* Lead-in from_s / 10 from empty at 0, then the interval; then until empty,
 * or flushed where the last batch never fills. */
static void replicate(struct sim_station *st, const struct sim_station_cfg *cfg,
    const struct feed *feed, uint64_t r, double *out)
{
    struct tally *tally = calloc(1, sizeof *tally);
    const struct sim_sink sink = {tally, tally_done};
    struct sim_stream gaps = stream_of(r, "gaps");
    struct sim_stream work = stream_of(r, "work");
    struct sim_stream patience = stream_of(r, "patience");
    int64_t sent = 0;
    ck_assert_ptr_nonnull(tally);
    tally->from_s = cfg->from_s;
    tally->to_s = cfg->to_s;
    ck_assert_int_eq(st->ops->reset(st, cfg, NULL), SIM_OK);
    for (double t = next_exponential(&gaps) / feed->rate_per_s; t < cfg->to_s;
         t += next_exponential(&gaps) / feed->rate_per_s) {
        struct sim_job job = {.arrive_s = t,
            .time_s = feed->mean_service_s * next_exponential(&work),
            .ref = (uint32_t)(sent++ % RING),
            .patience_s = feed->patience_s};
        if (feed->patience_is_exponential)
            job.patience_s *= next_exponential(&patience);
        tally->arrive_s[job.ref] = t;
        ok(st->ops->arrive(st, &job, &sink, NULL));
    }
    ok(st->ops->advance(st, INFINITY, &sink, NULL));
    st->ops->flush(st, 2.0 * cfg->to_s, &sink);
    ck_assert_int_eq(tally->reported, sent);

    struct sim_station_totals sum;
    st->ops->totals(st, &sum);
    ck_assert_int_eq(sum.arrived, tally->arrived);
    ck_assert_int_eq(sum.abandoned, tally->abandoned);
    const double n = (double)tally->arrived;
    const double span_s = cfg->to_s - cfg->from_s;
    const double values[N_QUANTITIES] = {
        [WAIT] = tally->wait_s / (double)tally->served,
        [RESPONSE] = tally->response_s / (double)tally->served,
        [LOST] = (double)sum.lost / n,
        [ABANDONED] = (double)tally->abandoned / n,
        [WAITED] = (double)sum.waited / n,
        [IN_SYSTEM] = sum.in_system_s / span_s,
        [WAITING] = sum.waiting_s / span_s,
        [BUSY] = sum.busy_s / span_s,
        [OFF] = sum.off_s / span_s,
        [BOOT] = sum.boot_s / span_s,
        [IDLE] = sum.idle_s / span_s,
        [BATCH] = (double)sum.batched / (double)sum.batches,
    };
    memcpy(out, values, sizeof values);
    free(tally);
}

/* ---- verdict ------------------------------------------------------------- */

struct estimate {
    double value[REPLICATIONS][N_QUANTITIES];
};

/* `jobs` arrivals in each replication, a tenth of them not measured. */
static void measure(struct sim_station *st, struct sim_station_cfg cfg,
    const struct feed *feed, double jobs, struct estimate *e)
{
    cfg.to_s = jobs / feed->rate_per_s;
    cfg.from_s = 0.1 * cfg.to_s;
    for (uint64_t r = 0; r < REPLICATIONS; r++)
        replicate(st, &cfg, feed, r, e->value[r]);
}

static void expect(const struct estimate *e, enum quantity what, double truth)
{
    double sum = 0.0, squares = 0.0;
    for (int r = 0; r < REPLICATIONS; r++)
        sum += e->value[r][what];
    const double mean = sum / REPLICATIONS;
    for (int r = 0; r < REPLICATIONS; r++)
        squares += pow(e->value[r][what] - mean, 2.0);
    const double half = sim_t_quantile(0.9995, REPLICATIONS - 1) *
                        sqrt(squares / (REPLICATIONS * (REPLICATIONS - 1.0)));
    ck_assert_msg(half <= 0.02 * truth, "%s: half width %g of %g",
        quantity_names[what], half, truth);
    ck_assert_msg(fabs(mean - truth) <= half, "%s: %.9g +- %g, truth %.9g",
        quantity_names[what], mean, half, truth);
}

/* ---- Markov chains ------------------------------------------------------- */

/* States are found by their code, as they are reached from the first. */
enum { MAX_STATES = 512, MAX_CODES = 1 << 14 };

struct chain {
    int n;
    int code[MAX_STATES];
    int id[MAX_CODES]; /* + 1; 0: not reached */
    double rate[MAX_STATES][MAX_STATES];
    double p[MAX_STATES]; /* by chain_solve() */
};

static int chain_state(struct chain *chain, int code)
{
    if (code < 0 || code >= MAX_CODES)
        ck_abort_msg("code %d", code);
    if (chain->id[code] == 0) {
        ck_assert_int_lt(chain->n, MAX_STATES);
        chain->code[chain->n++] = code;
        chain->id[code] = chain->n;
    }
    return chain->id[code] - 1;
}

static struct chain *chain_create(int code)
{
    struct chain *chain = calloc(1, sizeof *chain);
    ck_assert_ptr_nonnull(chain);
    chain_state(chain, code);
    return chain;
}

/* A transition from state i; those to itself do not matter. */
static void chain_go(struct chain *chain, int i, int code, double rate)
{
    const int j = chain_state(chain, code);
    if (j != i)
        chain->rate[i][j] += rate;
}

/* Stationary probabilities by elimination without subtractions: Grassmann,
 * Taksar, Heyman, Operations Research 33, 1985.  Destroys the rates. */
static void chain_solve(struct chain *chain)
{
    double sum = chain->p[0] = 1.0;
    for (int k = chain->n - 1; k > 0; k--) {
        double out = 0.0;
        for (int j = 0; j < k; j++)
            out += chain->rate[k][j];
        for (int i = 0; i < k; i++) {
            const double share = chain->rate[i][k] /= out;
            for (int j = 0; share > 0.0 && j < k; j++)
                chain->rate[i][j] += share * chain->rate[k][j];
        }
    }
    for (int k = 1; k < chain->n; k++) {
        chain->p[k] = 0.0;
        for (int i = 0; i < k; i++)
            chain->p[k] += chain->p[i] * chain->rate[i][k];
        sum += chain->p[k];
    }
    for (int k = 0; k < chain->n; k++)
        chain->p[k] /= sum;
}

#endif /* TESTS_SIM_STATION_ESTIMATE_H */
