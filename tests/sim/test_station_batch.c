/* The batching station: job by job and bit for bit against a plain simulation
 * (below) on random inputs, with and without ties; then against queueing
 * theory; then lost slots, memory, errors. */
#include "check_main.h"

#include <math.h>
#include <string.h>

#include "sim/alloc.h"
#include "sim/station.h"
#include "station_estimate.h"

/* ---- a plain simulation -------------------------------------------------- */

enum { N_JOBS = 400, MAX_BATCHES = 2 * N_JOBS };

struct fate {
    int times_reported;
    enum sim_outcome outcome;
    double start_s, end_s;
};

struct log {
    struct fate fate[N_JOBS];
    int64_t in_system[N_JOBS]; /* just before the arrival */
    int64_t waiting[N_JOBS];
    struct sim_station_totals totals;
};

static void record(void *ctx, uint32_t ref, enum sim_outcome outcome,
    double start_s, double end_s)
{
    struct fate *fate = &((struct log *)ctx)->fate[ref];
    fate->times_reported++;
    fate->outcome = outcome;
    fate->start_s = start_s;
    fate->end_s = end_s;
}

struct input {
    double arrive_s[N_JOBS], work_s[N_JOBS];
};

/* A job is where `where` says: on its way, in the line, or in batch 0, 1 ... */
enum { COMING = -3, IN_LINE = -2, GONE = -1 };

struct plain {
    const struct sim_station_cfg *cfg;
    const struct input *in;
    struct log *log;
    int where[N_JOBS];
    double first_s[N_JOBS];
    double end_s[MAX_BATCHES]; /* of batch b */
    bool running[MAX_BATCHES];
    int n_batches, slots;
    double now_s;
};

static int count(const struct plain *p, int where)
{
    int n = 0;
    for (int i = 0; i < N_JOBS; i++)
        n += p->where[i] == where;
    return n;
}

static int n_running(const struct plain *p)
{
    int n = 0;
    for (int b = 0; b < p->n_batches; b++)
        n += p->running[b];
    return n;
}

static int n_present(const struct plain *p)
{
    return N_JOBS - count(p, COMING) - count(p, GONE);
}

static void plain_move_to(struct plain *p, double t)
{
    const double dt =
        fmax(0.0, fmin(t, p->cfg->to_s) - fmax(p->now_s, p->cfg->from_s));
    if (dt > 0.0) {
        p->log->totals.busy_s += dt * n_running(p);
        p->log->totals.waiting_s += dt * count(p, IN_LINE);
        p->log->totals.in_system_s += dt * n_present(p);
        p->log->totals.empty_s += n_present(p) == 0 ? dt : 0.0;
    }
    p->now_s = t;
}

static int oldest(const struct plain *p)
{
    for (int i = 0; i < N_JOBS; i++) {
        if (p->where[i] == IN_LINE)
            return i;
    }
    return -1;
}

/* Since when could the line start, if a slot were free? */
static double plain_ready_s(const struct plain *p)
{
    const int i = oldest(p);
    if (i < 0)
        return INFINITY;
    if (count(p, IN_LINE) >= p->cfg->batch.min || isfinite(p->first_s[i]))
        return p->now_s;
    return p->in->arrive_s[i] + p->cfg->batch.wait_s;
}

static bool plain_has_slot(const struct plain *p)
{
    return p->slots < 0 || n_running(p) < p->slots;
}

static void plain_start(struct plain *p)
{
    const struct sim_batch_cfg *law = &p->cfg->batch;
    double longest = 0.0;
    int n = 0;
    const int b = p->n_batches++;
    if (p->n_batches > MAX_BATCHES)
        ck_abort_msg("too many batches");
    for (int i = 0; i < N_JOBS && n < law->max; i++) {
        if (p->where[i] != IN_LINE)
            continue;
        p->where[i] = b;
        p->first_s[i] = fmin(p->first_s[i], p->now_s);
        longest = fmax(longest, p->in->work_s[i]);
        n++;
    }
    p->running[b] = true;
    p->end_s[b] = p->now_s + ((law->fixed_s + law->per_item_s * n) +
                                 (law->use_job_times ? longest : 0.0));
    if (p->now_s >= p->cfg->from_s && p->now_s < p->cfg->to_s) {
        p->log->totals.batches++;
        p->log->totals.batched += n;
    }
}

static void plain_fill(struct plain *p)
{
    while (plain_ready_s(p) <= p->now_s && plain_has_slot(p))
        plain_start(p);
}

static void plain_finish(struct plain *p, int b)
{
    p->running[b] = false;
    for (int i = 0; i < N_JOBS; i++) {
        if (p->where[i] != b)
            continue;
        p->where[i] = GONE;
        record(p->log, (uint32_t)i, SIM_SERVED, p->first_s[i], p->end_s[b]);
    }
}

/* Only changes that leave no choice: to 0, or to at least what runs. */
static void plain_change(struct plain *p, int slots)
{
    for (int i = 0; slots == 0 && i < N_JOBS; i++) {
        if (p->where[i] >= 0) {
            p->running[p->where[i]] = false;
            p->where[i] = IN_LINE;
        }
    }
    p->slots = slots;
}

static void plain_arrive(struct plain *p, int i)
{
    struct sim_station_totals *sum = &p->log->totals;
    const int counted = p->now_s >= p->cfg->from_s && p->now_s < p->cfg->to_s;
    p->log->in_system[i] = n_present(p);
    p->log->waiting[i] = count(p, IN_LINE);
    sum->arrived += counted;
    if (p->cfg->capacity >= 0 && n_present(p) >= p->cfg->capacity) {
        p->where[i] = GONE;
        sum->lost += counted;
        record(p->log, (uint32_t)i, SIM_LOST, p->now_s, p->now_s);
        return;
    }
    p->where[i] = IN_LINE;
    plain_fill(p);
    sum->waited += p->where[i] == IN_LINE ? counted : 0;
}

/* The batch that ends first, -1: none. */
static int plain_first(const struct plain *p)
{
    int first = -1;
    for (int b = 0; b < p->n_batches; b++) {
        if (p->running[b] && (first < 0 || p->end_s[b] < p->end_s[first]))
            first = b;
    }
    return first;
}

/* At equal times: departures, changes, starts, arrivals. */
static void plain_run(
    const struct sim_station_cfg *cfg, const struct input *in, struct log *log)
{
    struct plain *p = calloc(1, sizeof *p);
    int job = 0, change = 0;
    ck_assert_ptr_nonnull(p);
    memset(log, 0, sizeof *log);
    *p = (struct plain){.cfg = cfg, .in = in, .log = log};
    p->slots = cfg->slots_at_start;
    p->now_s = -INFINITY;
    for (int i = 0; i < N_JOBS; i++) {
        p->where[i] = COMING;
        p->first_s[i] = INFINITY;
    }
    for (;;) {
        const int first = plain_first(p);
        const double end_s = first >= 0 ? p->end_s[first] : INFINITY;
        const double change_s =
            change < cfg->n_changes ? cfg->change_s[change] : INFINITY;
        const double ready_s = plain_has_slot(p) ? plain_ready_s(p) : INFINITY;
        const double job_s = job < N_JOBS ? in->arrive_s[job] : INFINITY;
        const double t =
            fmin(fmin(end_s, change_s), fmin(fmax(ready_s, p->now_s), job_s));
        if (isinf(t))
            break;
        plain_move_to(p, t);
        if (t == end_s)
            plain_finish(p, first);
        else if (t == change_s)
            plain_change(p, cfg->change_slots[change++]);
        else if (t >= ready_s)
            plain_start(p);
        else
            plain_arrive(p, job++);
    }
    plain_move_to(p, cfg->to_s + 1.0);
    free(p);
}

/* ---- comparison ---------------------------------------------------------- */

/* On a grid of 1/4 s all sums are exact and ties are everywhere. */
static void make_input(struct input *in, uint64_t seed, bool grid, double load)
{
    struct sim_stream stream = stream_of(seed, "input");
    double t = -20.0;
    for (int i = 0; i < N_JOBS; i++) {
        const double gap = next_exponential(&stream) / load;
        const double work = next_exponential(&stream);
        t += grid ? floor(gap * 4.0) / 4.0 : gap;
        in->arrive_s[i] = t;
        in->work_s[i] = grid ? floor(work * 4.0) / 4.0 : work;
    }
}

static void station_run(struct sim_station *st,
    const struct sim_station_cfg *cfg, const struct input *in, bool lazy,
    struct log *log)
{
    const struct sim_sink sink = {log, record};
    memset(log, 0, sizeof *log);
    ck_assert_int_eq(st->ops->reset(st, cfg, NULL), SIM_OK);
    for (int i = 0; i < N_JOBS; i++) {
        const double t = in->arrive_s[i];
        const struct sim_job job = {
            .arrive_s = t, .time_s = in->work_s[i], .ref = (uint32_t)i};
        while (!lazy && st->ops->next_s(st) <= t)
            ok(st->ops->advance(st, st->ops->next_s(st), &sink, NULL));
        if (!lazy) {
            log->in_system[i] = st->ops->in_system(st, t);
            log->waiting[i] = st->ops->waiting(st, t);
        }
        ok(st->ops->arrive(st, &job, &sink, NULL));
    }
    ck_assert_int_eq(st->ops->advance(st, INFINITY, &sink, NULL), SIM_OK);
    ck_assert(isinf(st->ops->next_s(st)));
    st->ops->totals(st, &log->totals);
}

static void near(double a, double b)
{
    ck_assert_double_eq_tol(a, b, 1e-9 * (1.0 + fabs(b)));
}

static void same(const struct log *a, const struct log *b, bool lazy)
{
    for (int i = 0; i < N_JOBS; i++) {
        const struct fate *x = &a->fate[i], *y = &b->fate[i];
        if (x->times_reported != y->times_reported ||
            x->outcome != y->outcome || x->start_s != y->start_s ||
            x->end_s != y->end_s ||
            (!lazy && (a->in_system[i] != b->in_system[i] ||
                          a->waiting[i] != b->waiting[i])))
            ck_abort_msg("job %d: %d times, outcome %d, %g to %g, not %d %d "
                         "%g %g",
                i, x->times_reported, x->outcome, x->start_s, x->end_s,
                y->times_reported, y->outcome, y->start_s, y->end_s);
    }
    ck_assert_int_eq(a->totals.arrived, b->totals.arrived);
    ck_assert_int_eq(a->totals.waited, b->totals.waited);
    ck_assert_int_eq(a->totals.lost, b->totals.lost);
    ck_assert_int_eq(a->totals.batches, b->totals.batches);
    ck_assert_int_eq(a->totals.batched, b->totals.batched);
    near(a->totals.busy_s, b->totals.busy_s);
    near(a->totals.waiting_s, b->totals.waiting_s);
    near(a->totals.in_system_s, b->totals.in_system_s);
    near(a->totals.empty_s, b->totals.empty_s);
}

static const struct sim_batch_cfg laws[] = {
    {.min = 1, .max = 1, .wait_s = INFINITY, .use_job_times = true},
    {.min = 1,
        .max = 4,
        .wait_s = INFINITY,
        .fixed_s = 1.0,
        .per_item_s = 0.25},
    {.min = 3, .max = 3, .wait_s = INFINITY, .fixed_s = 2.0},
    {.min = 2, .max = 5, .wait_s = 0.5, .fixed_s = 0.5, .use_job_times = true},
    {.min = 4, .max = 8, .wait_s = 1.25, .per_item_s = 0.25},
    {.min = 3, .max = 4, .wait_s = 0.0, .fixed_s = 0.75},
    {.min = 2, .max = 2, .wait_s = 3.0}, /* takes no time */
};
enum { N_LAWS = sizeof laws / sizeof laws[0] };

static const int slot_counts[] = {1, 2, 3, 7, -1};
enum { N_COUNTS = sizeof slot_counts / sizeof slot_counts[0] };

static struct sim_station_cfg make_cfg(
    const struct sim_batch_cfg *law, int slots, int64_t capacity)
{
    return (struct sim_station_cfg){.slots = slots,
        .slots_at_start = slots,
        .capacity = capacity,
        .from_s = 3.25,
        .to_s = 40.0,
        .batch = *law};
}

/* Every law and number of slots under the same plan of changes. */
static void compare_all(
    int64_t capacity, const double *change_s, const int *plan, int n_changes)
{
    struct input *in = malloc(sizeof *in);
    struct log *a = malloc(sizeof *a), *b = malloc(sizeof *b);
    struct sim_station *st = NULL;
    ck_assert(in != NULL && a != NULL && b != NULL);
    for (int k = 0; k < N_LAWS * N_COUNTS * 4; k++) {
        const int c = slot_counts[k / 4 % N_COUNTS];
        const bool grid = k % 2 == 1, lazy = k / 2 % 2 == 1;
        int slots[16];
        struct sim_station_cfg cfg =
            make_cfg(&laws[k / (4 * N_COUNTS)], c, capacity);
        for (int i = 0; i < n_changes; i++)
            slots[i] = plan[i] == 0 ? 0 : c < 0 ? -1 : c + plan[i] - 1;
        cfg.change_s = change_s;
        cfg.change_slots = slots;
        cfg.n_changes = n_changes;
        make_input(in, (uint64_t)k, grid, 1.5 * (c < 0 ? 3 : c));
        if (st == NULL)
            ck_assert_int_eq(sim_station_batch_create(&cfg, &st, NULL), SIM_OK);
        plain_run(&cfg, in, b);
        station_run(st, &cfg, in, lazy, a);
        same(a, b, lazy);
    }
    st->ops->destroy(st);
    free(in);
    free(a);
    free(b);
}

START_TEST(job_by_job)
{
    compare_all(-1, NULL, NULL, 0);
}
END_TEST

START_TEST(finite_capacity)
{
    compare_all(9, NULL, NULL, 0);
    compare_all(4, NULL, NULL, 0);
}
END_TEST

/* To nothing and back, more by and by (1: the nominal number, 2: one more),
 * with changes that change nothing between. */
START_TEST(changes_that_leave_no_choice)
{
    static const double change_s[] = {
        -15, -13.5, -10, -8.25, -1, -0.5, 4, 4.25, 9, 15, 15.5, 90};
    static const int plan[] = {0, 1, 0, 2, 2, 3, 0, 3, 3, 0, 4, 4};
    compare_all(-1, change_s, plan, 12);
    compare_all(11, change_s, plan, 12);
}
END_TEST

/* ---- queueing theory ----------------------------------------------------- */

struct law_ctx {
    struct sim_stream stream;
    double mean_s;
};

static double exponential_time(void *ctx, int64_t n)
{
    struct law_ctx *law = ctx;
    (void)n;
    return law->mean_s * next_exponential(&law->stream);
}

static void measure_batches(const struct sim_station_cfg *cfg,
    double rate_per_s, double jobs, struct estimate *e)
{
    const struct feed feed = {rate_per_s, 0.0, INFINITY, false};
    struct sim_station *st = NULL;
    ck_assert_int_eq(sim_station_batch_create(cfg, &st, NULL), SIM_OK);
    measure(st, *cfg, &feed, jobs, e);
    st->ops->destroy(st);
}

/* Exponential batches of 1 .. max or of exactly max, one slot, unlimited
 * queue: with a batch in service P(n wait) = P(0) r^n, r the root in (0, 1) of
 * mu r^(max+1) - (lambda + mu) r + lambda = 0; the slot idle with n < min
 * waiting: Q(n) = mu / lambda * (P(0) + ... + P(n)).  (Balance equations;
 * Gross and Harris, Fundamentals of Queueing Theory, bulk service.) */
static void expect_geometric(int64_t min, int64_t max)
{
    enum { BISECTIONS = 200 };
    const double lambda = 4.0, mu = 1.0;
    double low = 0.0, high = 1.0 - 1e-9;
    for (int i = 0; i < BISECTIONS; i++) {
        const double r = 0.5 * (low + high);
        const double f = mu * pow(r, (double)max + 1.0) - (lambda + mu) * r;
        *(f + lambda > 0.0 ? &low : &high) = r;
    }
    const double r = low;
    double idle = 0.0, queue = r / pow(1.0 - r, 2.0);
    for (int64_t n = 0; n < min; n++) {
        const double q = mu / lambda * (1.0 - pow(r, n + 1.0)) / (1.0 - r);
        idle += q;
        queue += q * (double)n;
    }
    const double busy = 1.0 / (1.0 - r), all = busy + idle;
    const double waiting = queue / all;

    struct law_ctx law = {stream_of(0, "batches"), 1.0 / mu};
    const struct sim_station_cfg cfg = {.slots = 1,
        .slots_at_start = 1,
        .capacity = -1,
        .batch = {.min = min,
            .max = max,
            .wait_s = INFINITY,
            .batch_time = exponential_time,
            .ctx = &law}};
    struct estimate e;
    measure_batches(&cfg, lambda, 150e3, &e);
    expect(&e, WAITING, waiting);
    expect(&e, WAIT, waiting / lambda);
    expect(&e, RESPONSE, waiting / lambda + 1.0 / mu);
    expect(&e, BUSY, busy / all);
    if (min == 1) {
        expect(&e, WAITED, busy / all);
        expect(&e, BATCH, lambda / (mu * busy / all));
    }
    for (int i = 0; min == max && i < REPLICATIONS; i++)
        ck_assert(e.value[i][BATCH] == (double)max);
}

START_TEST(exponential_batches_of_1_to_8)
{
    expect_geometric(1, 8);
}
END_TEST

START_TEST(exponential_full_batches)
{
    expect_geometric(8, 8);
}
END_TEST

/* Poisson probabilities 0 .. n-1. */
static void poisson(double mean, double *p, int n)
{
    p[0] = exp(-mean);
    for (int k = 1; k < n; k++)
        p[k] = p[k - 1] * mean / k;
}

/* Deterministic batches of 1 .. 8 that take a + b n: the number waiting when a
 * batch ends is a Markov chain; means over its cycles. */
START_TEST(affine_batches)
{
    enum { N = 160, MAX = 8 };
    const double lambda = 100.0, a = 0.03, b = 0.003; /* full: 148 /s */
    struct chain *chain = chain_create(0);
    double come[N];
    for (int i = 0; i < chain->n; i++) {
        const int j = chain->code[i];
        const int n = j == 0 ? 1 : j < MAX ? j : MAX;
        poisson(lambda * (a + b * n), come, N);
        for (int k = 0, to = j == 0 ? 0 : j - n; to < N; k++, to++)
            chain_go(chain, i, to, come[k]);
    }
    chain_solve(chain);
    double length = 0.0, busy = 0.0, area = 0.0, size = 0.0;
    for (int i = 0; i < chain->n; i++) {
        const int j = chain->code[i];
        const int n = j == 0 ? 1 : j < MAX ? j : MAX;
        const int left = j == 0 ? 0 : j - n;
        const double d = a + b * n, p = chain->p[i];
        busy += p * d;
        length += p * (d + (j == 0 ? 1.0 / lambda : 0.0));
        area += p * (left * d + lambda * d * d / 2.0);
        size += p * n;
    }
    free(chain);
    const struct sim_station_cfg cfg = {.slots = 1,
        .slots_at_start = 1,
        .capacity = -1,
        .batch = {.min = 1,
            .max = MAX,
            .wait_s = INFINITY,
            .fixed_s = a,
            .per_item_s = b}};
    struct estimate e;
    measure_batches(&cfg, lambda, 60e3, &e);
    near(size / length, lambda);
    expect(&e, BATCH, size);
    expect(&e, BUSY, busy / length);
    expect(&e, WAITING, area / length);
    expect(&e, WAIT, area / length / lambda);
    expect(&e, WAITED, busy / length);
}
END_TEST

/* With unlimited slots batches form one after another: the first job sets a
 * clock of w, and the batch starts full or at w: size min(max, 1 + Poisson),
 * and the area under the number waiting is the integral of E[(1 + N(t)); N(t) <
 * max - 1] over t in (0, w), by Simpson's rule. */
START_TEST(batches_that_wait)
{
    enum { MAX = 6, STEPS = 1000 };
    const double lambda = 4.0, w = 1.0, time_s = 0.5;
    double p[MAX], size = MAX, full = 1.0, area = 0.0;
    poisson(lambda * w, p, MAX);
    for (int k = 0; k < MAX - 1; k++) {
        size -= p[k] * (MAX - 1 - k);
        full -= p[k];
    }
    for (int i = 0; i <= STEPS; i++) {
        const double weight = i == 0 || i == STEPS ? 1.0
                              : i % 2 == 1         ? 4.0
                                                   : 2.0;
        poisson(lambda * w * i / STEPS, p, MAX);
        for (int k = 0; k < MAX - 1; k++)
            area += weight * w / STEPS / 3.0 * (1.0 + k) * p[k];
    }
    const struct sim_station_cfg cfg = {.slots = -1,
        .slots_at_start = -1,
        .capacity = -1,
        .batch = {.min = MAX, .max = MAX, .wait_s = w, .fixed_s = time_s}};
    struct estimate e;
    measure_batches(&cfg, lambda, 20e3, &e);
    expect(&e, BATCH, size);
    expect(&e, WAIT, area / size);
    expect(&e, RESPONSE, area / size + time_s);
    expect(&e, BUSY, lambda / size * time_s);
    expect(&e, WAITED, 1.0 - full / size);
}
END_TEST

/* Two slots, exponential batches of 2 or 3, at most 8 jobs: the chain on (jobs
 * in either batch, jobs waiting). */
static int pair_code(int a, int b, int waiting)
{
    if (waiting >= 2 && (a == 0 || b == 0)) {
        const int n = waiting < 3 ? waiting : 3;
        return a == 0 ? pair_code(n, b, waiting - n)
                      : pair_code(a, n, waiting - n);
    }
    return (a * 4 + b) * 16 + waiting;
}

START_TEST(two_slots_with_capacity)
{
    enum { CAPACITY = 8 };
    const double lambda = 4.0, mu = 1.0;
    struct chain *chain = chain_create(0);
    for (int i = 0; i < chain->n; i++) {
        const int a = chain->code[i] / 64, b = chain->code[i] / 16 % 4;
        const int n = chain->code[i] % 16;
        if (a + b + n < CAPACITY)
            chain_go(chain, i, pair_code(a, b, n + 1), lambda);
        if (a > 0)
            chain_go(chain, i, pair_code(0, b, n), mu);
        if (b > 0)
            chain_go(chain, i, pair_code(a, 0, n), mu);
    }
    chain_solve(chain);
    double busy = 0.0, waiting = 0.0, in_system = 0.0, lost = 0.0;
    for (int i = 0; i < chain->n; i++) {
        const int a = chain->code[i] / 64, b = chain->code[i] / 16 % 4;
        const int n = chain->code[i] % 16;
        busy += chain->p[i] * ((a > 0) + (b > 0));
        waiting += chain->p[i] * n;
        in_system += chain->p[i] * (a + b + n);
        lost += a + b + n == CAPACITY ? chain->p[i] : 0.0;
    }
    free(chain);
    struct law_ctx law = {stream_of(0, "batches"), 1.0 / mu};
    const struct sim_station_cfg cfg = {.slots = 2,
        .slots_at_start = 2,
        .capacity = CAPACITY,
        .batch = {.min = 2,
            .max = 3,
            .wait_s = INFINITY,
            .batch_time = exponential_time,
            .ctx = &law}};
    struct estimate e;
    measure_batches(&cfg, lambda, 40e3, &e);
    expect(&e, LOST, lost);
    expect(&e, BUSY, busy);
    expect(&e, WAITING, waiting);
    expect(&e, IN_SYSTEM, in_system);
    expect(&e, WAIT, waiting / (lambda * (1.0 - lost)));
    expect(&e, BATCH, lambda * (1.0 - lost) / (mu * busy));
}
END_TEST

/* ---- lost slots ---------------------------------------------------------- */

static struct sim_job job_at(double t, uint32_t ref)
{
    return (struct sim_job){.arrive_s = t, .ref = ref, .patience_s = INFINITY};
}

/* Three batches of 2 jobs and 10 s on 4 slots; at 5 s two slots are lost, a
 * uniform pair of the four.  Of two batches that are hit the first starts anew
 * at once, on the slot that was idle; otherwise one does when another ends. */
START_TEST(lost_slots_are_uniform)
{
    enum { TRIALS = 6000 };
    const double change_s = 5.0;
    const int change_slots = 2;
    struct sim_station_cfg cfg = {.slots = 4,
        .slots_at_start = 4,
        .capacity = -1,
        .change_s = &change_s,
        .change_slots = &change_slots,
        .n_changes = 1,
        .to_s = 1e3,
        .batch = {.min = 2, .max = 2, .wait_s = INFINITY, .fixed_s = 10.0}};
    struct log *log = malloc(sizeof *log);
    struct sim_station *st = NULL;
    int hits[3] = {0, 0, 0}, both = 0;
    ck_assert_ptr_nonnull(log);
    ck_assert_int_eq(sim_station_batch_create(&cfg, &st, NULL), SIM_OK);
    for (int trial = 0; trial < TRIALS; trial++) {
        const struct sim_sink sink = {log, record};
        int hit = 0;
        cfg.choice_key = (uint64_t)trial;
        memset(log, 0, sizeof *log);
        ck_assert_int_eq(st->ops->reset(st, &cfg, NULL), SIM_OK);
        for (uint32_t i = 0; i < 6; i++) {
            const struct sim_job job = job_at(0.0, i);
            ok(st->ops->arrive(st, &job, &sink, NULL));
        }
        ck_assert_int_eq(st->ops->advance(st, INFINITY, &sink, NULL), SIM_OK);
        for (int i = 0; i < 6; i += 2) {
            const double end_s = log->fate[i].end_s;
            ck_assert(log->fate[i + 1].end_s == end_s);
            ck_assert(log->fate[i].start_s == 0.0);
            ck_assert(end_s == 10.0 || end_s == 15.0 || end_s == 20.0);
            hits[i / 2] += end_s > 10.0;
            hit += end_s > 10.0;
        }
        ck_assert(hit == 1 || hit == 2); /* 3 on 4 slots: 1 is idle */
        both += hit == 2;
        struct sim_station_totals sum;
        st->ops->totals(st, &sum);
        ck_assert(sum.busy_s == 30.0 + 5.0 * hit);
        ck_assert(sum.waiting_s == 10.0);
        ck_assert(sum.in_system_s == 2.0 * sum.busy_s + 10.0);
    }
    /* each slot with probability 1/2, two busy ones with 3 of 6 pairs;
     * 4 standard deviations */
    const double bound = 4.0 * sqrt(TRIALS / 4.0);
    for (int k = 0; k < 3; k++)
        ck_assert(fabs(hits[k] - TRIALS / 2.0) < bound);
    ck_assert(fabs(both - TRIALS / 2.0) < bound);
    st->ops->destroy(st);
    free(log);
}
END_TEST

/* ---- the rest of the interface ------------------------------------------- */

START_TEST(flush_reports_what_is_left)
{
    const double change_s = 50.0;
    const int change_slots = 1;
    const struct sim_station_cfg cfg = {.slots = 1,
        .slots_at_start = 1,
        .capacity = -1,
        .change_s = &change_s,
        .change_slots = &change_slots,
        .n_changes = 1,
        .to_s = 100.0,
        .batch = {.min = 2, .max = 2, .wait_s = INFINITY, .fixed_s = 60.0}};
    struct log *log = calloc(1, sizeof *log);
    const struct sim_sink sink = {log, record};
    struct sim_station *st = NULL;
    struct sim_station_totals sum;
    ck_assert_ptr_nonnull(log);
    ck_assert_int_eq(sim_station_batch_create(&cfg, &st, NULL), SIM_OK);
    for (uint32_t i = 0; i < 3; i++) {
        const struct sim_job job = job_at(1.0 + i, i);
        ck_assert_int_eq(st->ops->arrive(st, &job, &sink, NULL), SIM_OK);
    }
    ck_assert_int_eq(st->ops->in_system(st, 10.0), 3);
    st->ops->flush(st, 20.0, &sink); /* the batch is held for the change */
    ck_assert_int_eq(st->ops->in_system(st, 20.0), 0);
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(log->fate[i].times_reported, 1);
        ck_assert_int_eq(log->fate[i].outcome, SIM_LOST);
        ck_assert(log->fate[i].start_s == (i < 2 ? 2.0 : 20.0));
        ck_assert(log->fate[i].end_s == 20.0);
    }
    st->ops->totals(st, &sum);
    ck_assert(sum.busy_s == 18.0);
    ck_assert(sum.waiting_s == 1.0 + 17.0);
    ck_assert(sum.in_system_s == 36.0 + 18.0);
    ck_assert_int_eq(sum.batches, 1);
    ck_assert_int_eq(sum.batched, 2);
    ck_assert(st->ops->next_s(st) == 50.0);
    st->ops->destroy(st);
    free(log);
}
END_TEST

static struct sim_station_cfg busy_cfg(void)
{
    static const double change_s[] = {-10, -5, 5, 10};
    static const int change_slots[] = {1, 4, 2, 5};
    struct sim_station_cfg cfg = make_cfg(&laws[1], 3, -1);
    cfg.change_s = change_s;
    cfg.change_slots = change_slots;
    cfg.n_changes = 4;
    return cfg;
}

START_TEST(no_allocation_after_warm_up)
{
    struct input *in = malloc(sizeof *in);
    struct log *log = malloc(sizeof *log);
    struct sim_station *st = NULL;
    const struct sim_station_cfg cfg = busy_cfg();
    ck_assert(in != NULL && log != NULL);
    make_input(in, 1, false, 6.0);
    ck_assert_int_eq(sim_station_batch_create(&cfg, &st, NULL), SIM_OK);
    /* twice, as the two arrays of held jobs take turns */
    station_run(st, &cfg, in, true, log);
    station_run(st, &cfg, in, true, log);
    const long before = sim_alloc_count();
    station_run(st, &cfg, in, true, log);
    ck_assert_int_eq(sim_alloc_count(), before);
    st->ops->destroy(st);
    free(in);
    free(log);
}
END_TEST

START_TEST(out_of_memory)
{
    struct input *in = malloc(sizeof *in);
    struct log *log = malloc(sizeof *log);
    const struct sim_sink sink = {log, record};
    const struct sim_station_cfg cfg = busy_cfg();
    bool done = false;
    ck_assert(in != NULL && log != NULL);
    make_input(in, 1, false, 6.0);
    for (long n = 1; !done && n < 100; n++) {
        struct sim_station *st = NULL;
        memset(log, 0, sizeof *log);
        sim_alloc_fail_at(n, 0);
        int rc = sim_station_batch_create(&cfg, &st, NULL);
        for (int i = 0; i < N_JOBS && rc == SIM_OK; i++) {
            const struct sim_job job = job_at(in->arrive_s[i], (uint32_t)i);
            rc = st->ops->arrive(st, &job, &sink, NULL);
        }
        if (rc == SIM_OK)
            rc = st->ops->advance(st, INFINITY, &sink, NULL);
        sim_alloc_fail_at(0, 0);
        ck_assert(rc == SIM_OK || rc == SIM_E_NOMEM);
        done = rc == SIM_OK;
        if (st != NULL) {
            ck_assert_int_eq(st->ops->reset(st, &cfg, NULL), SIM_OK);
            station_run(st, &cfg, in, false, log); /* usable again */
            st->ops->destroy(st);
        }
    }
    ck_assert(done);
    free(in);
    free(log);
}
END_TEST

TEST_MAIN("sim/station_batch", job_by_job, finite_capacity,
    changes_that_leave_no_choice, exponential_batches_of_1_to_8,
    exponential_full_batches, affine_batches, batches_that_wait,
    two_slots_with_capacity, lost_slots_are_uniform, flush_reports_what_is_left,
    no_allocation_after_warm_up, out_of_memory)
