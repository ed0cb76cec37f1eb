/* The queue with patience and power-off: job by job and bit for bit against a
 * plain simulation (below) on random inputs, with and without ties; then
 * against queueing theory; then lost slots, memory, errors. */
#include "check_main.h"

#include <math.h>
#include <string.h>

#include "sim/alloc.h"
#include "sim/station.h"
#include "station_estimate.h"

/* ---- a plain simulation -------------------------------------------------- */

enum { N_JOBS = 200, MAX_BOOTS = 4 * N_JOBS };

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
    double arrive_s[N_JOBS], work_s[N_JOBS], patience_s[N_JOBS];
    double boot_s[MAX_BOOTS];
    int n_boots; /* drawn so far */
};

static double boot_time(void *ctx)
{
    struct input *in = ctx;
    if (in->n_boots >= MAX_BOOTS)
        ck_abort_msg("too many boots");
    return in->boot_s[in->n_boots++];
}

enum place { COMING, IN_LINE, IN_SERVICE, GONE };

struct plain {
    const struct sim_station_cfg *cfg;
    struct input *in;
    struct log *log;
    enum place place[N_JOBS];
    double left_s[N_JOBS], first_s[N_JOBS], end_s[N_JOBS];
    double boot_end_s[MAX_BOOTS]; /* of boot b; NAN: over or broken off */
    int slots;
    int on_free; /* with power-off: free and on, within one instant */
    double now_s;
};

static int count(const struct plain *p, enum place place)
{
    int n = 0;
    for (int i = 0; i < N_JOBS; i++)
        n += p->place[i] == place;
    return n;
}

static int n_booting(const struct plain *p)
{
    int n = 0;
    for (int b = 0; b < p->in->n_boots; b++)
        n += !isnan(p->boot_end_s[b]);
    return n;
}

static void plain_move_to(struct plain *p, double t)
{
    const double dt =
        fmax(0.0, fmin(t, p->cfg->to_s) - fmax(p->now_s, p->cfg->from_s));
    if (dt > 0.0) {
        struct sim_station_totals *sum = &p->log->totals;
        const int busy = count(p, IN_SERVICE), waiting = count(p, IN_LINE);
        const int boots = n_booting(p);
        const int others = p->slots < 0 ? 0 : p->slots - busy - boots;
        sum->busy_s += dt * busy;
        sum->waiting_s += dt * waiting;
        sum->in_system_s += dt * (busy + waiting);
        sum->empty_s += busy + waiting == 0 ? dt : 0.0;
        sum->boot_s += dt * boots;
        *(p->cfg->power_off.when_empty ? &sum->off_s : &sum->idle_s) +=
            dt * others;
    }
    p->now_s = t;
}

static double deadline_s(const struct plain *p, int i)
{
    return isfinite(p->first_s[i]) ? INFINITY
                                   : p->in->arrive_s[i] + p->in->patience_s[i];
}

static bool plain_has_slot(const struct plain *p)
{
    if (p->cfg->power_off.when_empty)
        return p->on_free > 0;
    return p->slots < 0 || count(p, IN_SERVICE) < p->slots;
}

static void plain_boots(struct plain *p)
{
    if (!p->cfg->power_off.when_empty)
        return;
    int wanted = count(p, IN_LINE);
    if (p->slots >= 0 && wanted > p->slots - count(p, IN_SERVICE))
        wanted = p->slots - count(p, IN_SERVICE);
    for (int b = p->in->n_boots - 1; n_booting(p) > wanted; b--)
        p->boot_end_s[b] = NAN; /* the last to begin first */
    while (n_booting(p) < wanted) {
        const int b = p->in->n_boots;
        p->boot_end_s[b] = p->now_s + boot_time(p->in);
    }
}

/* Departures and ends of boots that are due; true if there were any. */
static bool plain_finish(struct plain *p)
{
    bool any = false;
    for (int i = 0; i < N_JOBS; i++) {
        if (p->place[i] != IN_SERVICE || p->end_s[i] > p->now_s)
            continue;
        p->place[i] = GONE;
        p->on_free++;
        any = true;
        record(p->log, (uint32_t)i, SIM_SERVED, p->first_s[i], p->end_s[i]);
    }
    for (int b = 0; b < p->in->n_boots; b++) {
        if (!(p->boot_end_s[b] <= p->now_s))
            continue;
        p->boot_end_s[b] = NAN;
        p->on_free++;
        any = true;
    }
    return any;
}

static void plain_fill(struct plain *p)
{
    for (int i = 0; i < N_JOBS && plain_has_slot(p); i++) {
        if (p->place[i] != IN_LINE)
            continue;
        p->place[i] = IN_SERVICE;
        p->first_s[i] = fmin(p->first_s[i], p->now_s);
        p->end_s[i] = p->now_s + p->left_s[i];
        p->on_free--;
    }
    p->on_free = 0;
    plain_boots(p);
}

static void plain_leave(struct plain *p)
{
    for (int i = 0; i < N_JOBS; i++) {
        if (p->place[i] != IN_LINE || deadline_s(p, i) > p->now_s)
            continue;
        p->place[i] = GONE;
        p->log->totals.abandoned += p->in->arrive_s[i] >= p->cfg->from_s &&
                                    p->in->arrive_s[i] < p->cfg->to_s;
        record(p->log, (uint32_t)i, SIM_ABANDONED, deadline_s(p, i),
            deadline_s(p, i));
    }
    plain_boots(p);
}

static void plain_settle(struct plain *p)
{
    do
        plain_fill(p);
    while (plain_finish(p));
    plain_leave(p);
}

/* Only changes that leave no choice: to 0, or to at least what is busy or
 * boots. */
static void plain_change(struct plain *p, int slots)
{
    for (int i = 0; slots == 0 && i < N_JOBS; i++) {
        if (p->place[i] == IN_SERVICE) {
            p->place[i] = IN_LINE;
            p->left_s[i] = p->end_s[i] - p->now_s;
        }
    }
    for (int b = 0; slots == 0 && b < p->in->n_boots; b++)
        p->boot_end_s[b] = NAN;
    p->on_free = slots == 0 ? 0 : p->on_free;
    p->slots = slots;
}

static void plain_arrive(struct plain *p, int i)
{
    struct sim_station_totals *sum = &p->log->totals;
    const int counted = p->now_s >= p->cfg->from_s && p->now_s < p->cfg->to_s;
    const int n = count(p, IN_LINE) + count(p, IN_SERVICE);
    p->log->in_system[i] = n;
    p->log->waiting[i] = count(p, IN_LINE);
    sum->arrived += counted;
    if (p->cfg->capacity >= 0 && n >= p->cfg->capacity) {
        p->place[i] = GONE;
        sum->lost += counted;
        record(p->log, (uint32_t)i, SIM_LOST, p->now_s, p->now_s);
        return;
    }
    sum->waited += counted && !plain_has_slot(p);
    p->place[i] = IN_LINE;
    plain_settle(p);
}

/* The next end, boot or deadline. */
static double plain_next_s(const struct plain *p)
{
    double t = INFINITY;
    for (int i = 0; i < N_JOBS; i++) {
        if (p->place[i] == IN_SERVICE)
            t = fmin(t, p->end_s[i]);
        if (p->place[i] == IN_LINE)
            t = fmin(t, deadline_s(p, i));
    }
    for (int b = 0; b < p->in->n_boots; b++)
        t = fmin(t, p->boot_end_s[b]); /* NAN is passed over */
    return t;
}

/* At equal times: departures and boots, the change, starts, those who leave,
 * arrivals. */
static void plain_run(
    const struct sim_station_cfg *cfg, struct input *in, struct log *log)
{
    struct plain *p = calloc(1, sizeof *p);
    int job = 0, change = 0;
    ck_assert_ptr_nonnull(p);
    memset(log, 0, sizeof *log);
    *p = (struct plain){.cfg = cfg, .in = in, .log = log};
    p->slots = cfg->slots_at_start;
    p->now_s = -INFINITY;
    in->n_boots = 0;
    for (int i = 0; i < N_JOBS; i++) {
        p->left_s[i] = in->work_s[i];
        p->first_s[i] = INFINITY;
    }
    for (;;) {
        const double change_s =
            change < cfg->n_changes ? cfg->change_s[change] : INFINITY;
        const double event_s = fmin(plain_next_s(p), change_s);
        const double job_s = job < N_JOBS ? in->arrive_s[job] : INFINITY;
        const double t = fmin(event_s, job_s);
        if (isinf(t))
            break;
        plain_move_to(p, t);
        if (t < event_s) {
            plain_arrive(p, job++);
            continue;
        }
        plain_finish(p);
        if (t == change_s)
            plain_change(p, cfg->change_slots[change++]);
        plain_settle(p);
    }
    plain_move_to(p, cfg->to_s + 1.0);
    free(p);
}

/* ---- comparison ---------------------------------------------------------- */

enum { GRID = 1, LAZY = 2, PATIENCE = 4, POWER_OFF = 8, N_FLAGS = 16 };

/* On a grid of 1/4 s all sums are exact and ties are everywhere. */
static void make_input(struct input *in, uint64_t seed, int flags, double load)
{
    struct sim_stream stream = stream_of(seed, "input");
    const double step_s = flags & GRID ? 0.25 : 0x1p-40;
    double t = -20.0;
    for (int i = 0; i < N_JOBS; i++) {
        const double gap_s = next_exponential(&stream) / load;
        t += floor(gap_s / step_s) * step_s;
        in->arrive_s[i] = t;
        in->work_s[i] = floor(next_exponential(&stream) / step_s) * step_s;
        in->patience_s[i] =
            flags & PATIENCE
                ? floor(2.0 * next_exponential(&stream) / step_s) * step_s
                : INFINITY;
    }
    for (int b = 0; b < MAX_BOOTS; b++)
        in->boot_s[b] = floor(next_exponential(&stream) / step_s) * step_s;
}

static void station_run(struct sim_station *st,
    const struct sim_station_cfg *cfg, struct input *in, bool lazy,
    struct log *log)
{
    const struct sim_sink sink = {log, record};
    memset(log, 0, sizeof *log);
    in->n_boots = 0;
    ck_assert_int_eq(st->ops->reset(st, cfg, NULL), SIM_OK);
    for (int i = 0; i < N_JOBS; i++) {
        const double t = in->arrive_s[i];
        const struct sim_job job = {.arrive_s = t,
            .time_s = in->work_s[i],
            .ref = (uint32_t)i,
            .patience_s = in->patience_s[i]};
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
    const struct sim_station_totals *x = &a->totals, *y = &b->totals;
    ck_assert_int_eq(x->arrived, y->arrived);
    ck_assert_int_eq(x->waited, y->waited);
    ck_assert_int_eq(x->lost, y->lost);
    ck_assert_int_eq(x->abandoned, y->abandoned);
    near(x->busy_s, y->busy_s);
    near(x->waiting_s, y->waiting_s);
    near(x->in_system_s, y->in_system_s);
    near(x->empty_s, y->empty_s);
    near(x->off_s, y->off_s);
    near(x->boot_s, y->boot_s);
    near(x->idle_s, y->idle_s);
}

static const int slot_counts[] = {1, 2, 3, 7, -1};
enum { N_COUNTS = sizeof slot_counts / sizeof slot_counts[0] };

/* Every number of slots and combination of features under the same plan of
 * changes. */
static void compare_all(
    int64_t capacity, const double *change_s, const int *plan, int n_changes)
{
    struct input *in = malloc(sizeof *in);
    struct log *a = malloc(sizeof *a), *b = malloc(sizeof *b);
    struct sim_station *st = NULL;
    ck_assert(in != NULL && a != NULL && b != NULL);
    for (int k = 0; k < N_COUNTS * N_FLAGS; k++) {
        const int c = slot_counts[k / N_FLAGS], flags = k % N_FLAGS;
        const bool lazy = flags & LAZY;
        int slots[16];
        const struct sim_station_cfg cfg = {.slots = c,
            .slots_at_start = c,
            .capacity = capacity,
            .change_s = change_s,
            .change_slots = slots,
            .n_changes = n_changes,
            .from_s = 3.25,
            .to_s = 40.0,
            .power_off = {flags & POWER_OFF, boot_time, in}};
        for (int i = 0; i < n_changes; i++)
            slots[i] = plan[i] == 0 ? 0 : c < 0 ? -1 : c + plan[i] - 1;
        make_input(in, (uint64_t)k, flags,
            (flags & POWER_OFF ? 0.7 : 0.95) * (c < 0 ? 3 : c));
        if (st == NULL)
            ck_assert_int_eq(sim_station_queue_create(&cfg, &st, NULL), SIM_OK);
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
    compare_all(6, NULL, NULL, 0);
    compare_all(1, NULL, NULL, 0);
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
    compare_all(8, change_s, plan, 12);
}
END_TEST

/* ---- queueing theory: patience ------------------------------------------- */

static void measure_queue(const struct sim_station_cfg *cfg,
    const struct feed *feed, double jobs, struct estimate *e)
{
    struct sim_station *st = NULL;
    ck_assert_int_eq(sim_station_queue_create(cfg, &st, NULL), SIM_OK);
    measure(st, *cfg, feed, jobs, e);
    st->ops->destroy(st);
}

/* M/M/c/K+M (Erlang A where K is large): deaths at min(n, c) mu +
 * max(n - c, 0) theta. */
static void expect_erlang_a(
    int c, int capacity, double lambda, double patience_s, double jobs)
{
    enum { N = 400 };
    const double mu = 1.0, theta = 1.0 / patience_s;
    const int top = capacity < 0 ? N - 1 : capacity;
    double p[N] = {1.0}, sum = 1.0, busy = 0.0, waiting = 0.0, waited = 0.0;
    for (int n = 1; n <= top; n++) {
        p[n] = p[n - 1] * lambda / (fmin(n, c) * mu + fmax(n - c, 0.0) * theta);
        sum += p[n];
    }
    for (int n = 0; n <= top; n++) {
        p[n] /= sum;
        busy += p[n] * fmin(n, c);
        waiting += p[n] * fmax(n - c, 0.0);
        waited += n >= c && n != capacity ? p[n] : 0.0;
    }
    const struct sim_station_cfg cfg = {
        .slots = c, .slots_at_start = c, .capacity = capacity};
    const struct feed feed = {lambda, 1.0 / mu, patience_s, true};
    struct estimate e;
    measure_queue(&cfg, &feed, jobs, &e);
    expect(&e, BUSY, busy);
    expect(&e, IDLE, c - busy);
    expect(&e, WAITING, waiting);
    expect(&e, IN_SYSTEM, busy + waiting);
    expect(&e, WAITED, waited);
    if (theta > 0.0)
        expect(&e, ABANDONED, theta * waiting / lambda);
    else
        expect(&e, WAIT, waiting / (lambda * (1.0 - p[top])));
    if (capacity >= 0)
        expect(&e, LOST, p[top]);
}

START_TEST(erlang_a)
{
    expect_erlang_a(1, -1, 0.9, 2.0, 70e3);
    expect_erlang_a(4, -1, 4.4, 0.5, 70e3); /* overloaded without patience */
}
END_TEST

START_TEST(finite_birth_death)
{
    expect_erlang_a(2, 6, 2.0, INFINITY, 120e3);
    expect_erlang_a(3, 7, 4.0, 1.5, 90e3);
}
END_TEST

/* M/M/1 with fixed patience tau.  The density of the virtual wait is lambda P0
 * exp(-(mu - lambda) x) up to tau and falls with exp(-mu x) from there, as
 * jobs that would wait longer bring no work.  (Level crossing: Brill and
 * Posner, Operations Research 25, 1977.) */
static void expect_fixed_patience(double lambda, double tau_s)
{
    const double mu = 1.0, d = mu - lambda, f = exp(-d * tau_s);
    const double p0 = 1.0 / (1.0 + lambda * (1.0 - f) / d + lambda * f / mu);
    const double abandoned = lambda * p0 * f / mu;
    /* the integral of x exp(-d x) over (0, tau) */
    const double first = (1.0 - f * (1.0 + d * tau_s)) / (d * d);
    const double wait_s = lambda * p0 * first / (1.0 - abandoned);
    const struct sim_station_cfg cfg = {
        .slots = 1, .slots_at_start = 1, .capacity = -1};
    const struct feed feed = {lambda, 1.0 / mu, tau_s, false};
    struct estimate e;
    measure_queue(&cfg, &feed, 40e3, &e);
    expect(&e, ABANDONED, abandoned);
    expect(&e, WAIT, wait_s);
    expect(&e, RESPONSE, wait_s + 1.0 / mu);
    expect(&e, BUSY, 1.0 - p0);
    expect(&e, WAITED, 1.0 - p0);
    expect(
        &e, WAITING, lambda * ((1.0 - abandoned) * wait_s + abandoned * tau_s));
}

START_TEST(fixed_patience)
{
    expect_fixed_patience(0.8, 2.0);
    expect_fixed_patience(1.25, 1.0);
}
END_TEST

/* ---- queueing theory: power-off ------------------------------------------ */

struct boot_law {
    struct sim_stream stream;
    double mean_s;
    bool fixed;
};

static double boot_draw(void *ctx)
{
    struct boot_law *law = ctx;
    return law->fixed ? law->mean_s
                      : law->mean_s * next_exponential(&law->stream);
}

/* M/M/1 with setup D: E[T] = 1 / (mu - lambda) + (2 E[D] + lambda E[D^2]) /
 * (2 (1 + lambda E[D])), for exponential D simply + E[D]; the slot is busy with
 * probability rho, and off and booting in the ratio 1 / lambda : E[D].
 * (Welch, Operations Research 12, 1964.) */
static void expect_setup(bool fixed)
{
    const double lambda = 0.5, mu = 1.0, mean = 1.5, rho = lambda / mu;
    const double square = (fixed ? 1.0 : 2.0) * mean * mean;
    const double extra_s =
        (2.0 * mean + lambda * square) / (2.0 * (1.0 + lambda * mean));
    const double response_s = 1.0 / (mu - lambda) + extra_s;
    struct boot_law law = {stream_of(0, "boots"), mean, fixed};
    const struct sim_station_cfg cfg = {.slots = 1,
        .slots_at_start = 1,
        .capacity = -1,
        .power_off = {true, boot_draw, &law}};
    const struct feed feed = {lambda, 1.0 / mu, INFINITY, false};
    struct estimate e;
    measure_queue(&cfg, &feed, 40e3, &e);
    if (!fixed)
        near(extra_s, mean);
    expect(&e, RESPONSE, response_s);
    expect(&e, WAIT, response_s - 1.0 / mu);
    expect(&e, IN_SYSTEM, lambda * response_s);
    expect(&e, BUSY, rho);
    expect(&e, OFF, (1.0 - rho) / (1.0 + lambda * mean));
    expect(&e, BOOT, (1.0 - rho) * lambda * mean / (1.0 + lambda * mean));
    for (int r = 0; r < REPLICATIONS; r++) {
        const double *x = e.value[r];
        ck_assert(x[WAITED] == 1.0 && x[IDLE] == 0.0);
        near(x[OFF] + x[BOOT] + x[BUSY], 1.0);
    }
}

START_TEST(one_slot_with_setup)
{
    expect_setup(false);
    expect_setup(true);
}
END_TEST

/* M/M/c/K+M with setup: the chain on (busy, waiting); min(waiting, c - busy)
 * slots boot, each at the rate 1 / mean. */
static void expect_setups(
    int c, int capacity, double lambda, double patience_s, double jobs)
{
    enum { LINE = 128 };
    const double mu = 1.0, boot_s = 2.0;
    struct chain *chain = chain_create(0);
    double sum[N_QUANTITIES] = {0};
    for (int i = 0; i < chain->n; i++) {
        const int busy = chain->code[i] / LINE, n = chain->code[i] % LINE;
        const int boots = n < c - busy ? n : c - busy;
        if (busy + n < capacity)
            chain_go(chain, i, busy * LINE + n + 1, lambda);
        if (busy > 0)
            chain_go(chain, i, n > 0 ? busy * LINE + n - 1 : (busy - 1) * LINE,
                busy * mu);
        if (boots > 0)
            chain_go(chain, i, (busy + 1) * LINE + n - 1, boots / boot_s);
        if (n > 0)
            chain_go(chain, i, busy * LINE + n - 1, n / patience_s);
    }
    chain_solve(chain);
    for (int i = 0; i < chain->n; i++) {
        const int busy = chain->code[i] / LINE, n = chain->code[i] % LINE;
        const int boots = n < c - busy ? n : c - busy;
        sum[BUSY] += chain->p[i] * busy;
        sum[WAITING] += chain->p[i] * n;
        sum[BOOT] += chain->p[i] * boots;
        sum[OFF] += chain->p[i] * (c - busy - boots);
        sum[LOST] += busy + n >= capacity ? chain->p[i] : 0.0;
    }
    free(chain);
    struct boot_law law = {stream_of(0, "boots"), boot_s, false};
    const struct sim_station_cfg cfg = {.slots = c,
        .slots_at_start = c,
        .capacity = capacity,
        .power_off = {true, boot_draw, &law}};
    const struct feed feed = {lambda, 1.0 / mu, patience_s, true};
    struct estimate e;
    measure_queue(&cfg, &feed, jobs, &e);
    expect(&e, BUSY, sum[BUSY]);
    expect(&e, WAITING, sum[WAITING]);
    expect(&e, IN_SYSTEM, sum[BUSY] + sum[WAITING]);
    expect(&e, BOOT, sum[BOOT]);
    expect(&e, OFF, sum[OFF]);
    if (sum[LOST] > 1e-3)
        expect(&e, LOST, sum[LOST]);
    if (isfinite(patience_s))
        expect(&e, ABANDONED, sum[WAITING] / patience_s / lambda);
    for (int r = 0; r < REPLICATIONS; r++) {
        const double *x = e.value[r];
        near(x[OFF] + x[BOOT] + x[BUSY], c);
    }
}

START_TEST(slots_with_setup)
{
    expect_setups(3, 100, 1.5, INFINITY, 40e3); /* hardly ever lost */
}
END_TEST

START_TEST(setup_patience_and_capacity)
{
    expect_setups(3, 6, 2.5, 3.0, 90e3);
}
END_TEST

/* ---- lost slots ---------------------------------------------------------- */

static struct sim_job job_at(double t, double time_s, uint32_t ref)
{
    return (struct sim_job){
        .arrive_s = t, .time_s = time_s, .ref = ref, .patience_s = INFINITY};
}

/* Two jobs of 10 s from 0 on 3 slots; at 5 s one slot is lost, and one more
 * at 8 s: hit is a uniform slot each time.  A job that was hit goes on with
 * what is left, at once if a slot is free, also when its patience is over. */
START_TEST(lost_slots_are_uniform)
{
    enum { TRIALS = 6000 };
    const double change_s[] = {5.0, 8.0};
    const int change_slots[] = {2, 1};
    struct sim_station_cfg cfg = {.slots = 3,
        .slots_at_start = 3,
        .capacity = -1,
        .change_s = change_s,
        .change_slots = change_slots,
        .n_changes = 2,
        .to_s = 100.0};
    struct log *log = malloc(sizeof *log);
    struct sim_station *st = NULL;
    int hits[2] = {0, 0};
    ck_assert_ptr_nonnull(log);
    ck_assert_int_eq(sim_station_queue_create(&cfg, &st, NULL), SIM_OK);
    for (int trial = 0; trial < TRIALS; trial++) {
        const struct sim_sink sink = {log, record};
        struct sim_station_totals sum;
        cfg.choice_key = (uint64_t)trial;
        memset(log, 0, sizeof *log);
        ok(st->ops->reset(st, &cfg, NULL));
        for (uint32_t i = 0; i < 2; i++) {
            struct sim_job job = job_at(0.0, 10.0, i);
            job.patience_s = 1.0;
            ok(st->ops->arrive(st, &job, &sink, NULL));
        }
        ok(st->ops->advance(st, INFINITY, &sink, NULL));
        st->ops->totals(st, &sum);
        const int last = log->fate[1].end_s > log->fate[0].end_s;
        hits[last]++;
        if (log->fate[!last].end_s != 10.0 || log->fate[last].end_s != 12.0 ||
            log->fate[last].start_s != 0.0 || sum.busy_s != 20.0 ||
            sum.waiting_s != 2.0 || sum.idle_s != 5.0 + 88.0)
            ck_abort_msg("trial %d: %g, %g", trial, log->fate[0].end_s,
                log->fate[1].end_s);
    }
    /* 4 standard deviations */
    ck_assert(fabs(hits[0] - TRIALS / 2.0) < 4.0 * sqrt(TRIALS / 4.0));
    st->ops->destroy(st);
    free(log);
}
END_TEST

/* One of three slots is lost, of which one is busy, one boots and one is off:
 * each with probability 1/3. */
START_TEST(lost_slots_may_boot)
{
    enum { TRIALS = 6000 };
    const double change_s = 9.0;
    const int change_slots = 2;
    struct boot_law law = {.mean_s = 6.0, .fixed = true};
    struct sim_station_cfg cfg = {.slots = 3,
        .slots_at_start = 3,
        .capacity = -1,
        .change_s = &change_s,
        .change_slots = &change_slots,
        .n_changes = 1,
        .to_s = 100.0,
        .power_off = {true, boot_draw, &law}};
    struct log *log = malloc(sizeof *log);
    struct sim_station *st = NULL;
    int hits[3] = {0, 0, 0};
    ck_assert_ptr_nonnull(log);
    ck_assert_int_eq(sim_station_queue_create(&cfg, &st, NULL), SIM_OK);
    for (int trial = 0; trial < TRIALS; trial++) {
        const struct sim_sink sink = {log, record};
        struct sim_station_totals sum;
        cfg.choice_key = (uint64_t)trial;
        memset(log, 0, sizeof *log);
        ok(st->ops->reset(st, &cfg, NULL));
        for (uint32_t i = 0; i < 2; i++) {
            /* boots 0 to 6, busy 6 to 26; boots 7 to 13, busy 13 to 33 */
            const struct sim_job job = job_at(7.0 * i, 20.0, i);
            ok(st->ops->arrive(st, &job, &sink, NULL));
        }
        ok(st->ops->advance(st, INFINITY, &sink, NULL));
        st->ops->totals(st, &sum);
        /* busy one hit: job 0 resumes at 13 on the slot that boots, job 1 on
         * the one that boots from 9; booting one hit: job 1 starts at 15 */
        const double end_0 = log->fate[0].end_s, start_1 = log->fate[1].start_s;
        const int which = end_0 > 26.0 ? 0 : start_1 > 13.0 ? 1 : 2;
        hits[which]++;
        if (end_0 != (which == 0 ? 30.0 : 26.0) ||
            start_1 != (which == 2 ? 13.0 : 15.0) || sum.busy_s != 40.0 ||
            sum.boot_s != (which == 2      ? 12.0
                              : which == 1 ? 14.0
                                           : 18.0))
            ck_abort_msg("trial %d: %g, %g", trial, end_0, start_1);
        near(sum.busy_s + sum.boot_s + sum.off_s + sum.idle_s, 209.0);
    }
    /* 4 standard deviations */
    for (int k = 0; k < 3; k++)
        ck_assert(
            fabs(hits[k] - TRIALS / 3.0) < 4.0 * sqrt(TRIALS * 2.0 / 9.0));
    st->ops->destroy(st);
    free(log);
}
END_TEST

/* ---- the rest of the interface ------------------------------------------- */

/* Of two boots the one that began last is broken off, whichever would be ready
 * first. */
START_TEST(last_boot_is_broken_off)
{
    struct input *in = calloc(1, sizeof *in);
    struct log *log = calloc(1, sizeof *log);
    const struct sim_sink sink = {log, record};
    struct sim_station *st = NULL;
    struct sim_station_totals sum;
    ck_assert(in != NULL && log != NULL);
    const struct sim_station_cfg cfg = {.slots = 2,
        .slots_at_start = 2,
        .capacity = -1,
        .to_s = 100.0,
        .power_off = {true, boot_time, in}};
    in->boot_s[0] = 10.0;
    in->boot_s[1] = 5.0;
    ck_assert_int_eq(sim_station_queue_create(&cfg, &st, NULL), SIM_OK);
    for (uint32_t i = 0; i < 2; i++) {
        struct sim_job job = job_at(1.0 + i, 3.0, i);
        job.patience_s = i == 0 ? 4.0 : INFINITY; /* leaves at 5 */
        ck_assert_int_eq(st->ops->arrive(st, &job, &sink, NULL), SIM_OK);
    }
    ck_assert(st->ops->next_s(st) == 5.0);
    ck_assert_int_eq(st->ops->advance(st, 6.0, &sink, NULL), SIM_OK);
    ck_assert_int_eq(st->ops->in_system(st, 6.0), 1);
    ck_assert_int_eq(log->fate[0].outcome, SIM_ABANDONED);
    ck_assert(log->fate[0].start_s == 5.0 && log->fate[0].end_s == 5.0);
    ck_assert(st->ops->next_s(st) == 11.0);
    ck_assert_int_eq(st->ops->advance(st, INFINITY, &sink, NULL), SIM_OK);
    ck_assert(log->fate[1].start_s == 11.0 && log->fate[1].end_s == 14.0);
    st->ops->totals(st, &sum);
    ck_assert(sum.boot_s == 10.0 + 3.0);
    ck_assert(sum.busy_s == 3.0);
    ck_assert(sum.off_s == 200.0 - 16.0);
    st->ops->destroy(st);
    free(in);
    free(log);
}
END_TEST

START_TEST(flush_reports_what_is_left)
{
    const struct sim_station_cfg cfg = {
        .slots = 1, .slots_at_start = 1, .capacity = -1, .to_s = 100.0};
    struct log *log = calloc(1, sizeof *log);
    const struct sim_sink sink = {log, record};
    struct sim_station *st = NULL;
    struct sim_station_totals sum;
    ck_assert_ptr_nonnull(log);
    ck_assert_int_eq(sim_station_queue_create(&cfg, &st, NULL), SIM_OK);
    for (uint32_t i = 0; i < 2; i++) {
        const struct sim_job job = job_at(1.0 + i, 60.0, i);
        ck_assert_int_eq(st->ops->arrive(st, &job, &sink, NULL), SIM_OK);
    }
    st->ops->flush(st, 20.0, &sink);
    ck_assert_int_eq(st->ops->in_system(st, 20.0), 0);
    ck_assert(isinf(st->ops->next_s(st)));
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(log->fate[i].times_reported, 1);
        ck_assert_int_eq(log->fate[i].outcome, SIM_LOST);
        ck_assert(log->fate[i].start_s == (i == 0 ? 1.0 : 20.0));
        ck_assert(log->fate[i].end_s == 20.0);
    }
    st->ops->totals(st, &sum);
    ck_assert(sum.busy_s == 19.0);
    ck_assert(sum.waiting_s == 18.0);
    ck_assert(sum.in_system_s == 37.0);
    ck_assert(sum.idle_s == 81.0);
    st->ops->destroy(st);
    free(log);
}
END_TEST

static struct sim_station_cfg busy_cfg(struct input *in)
{
    static const double change_s[] = {-10, -5, 5, 10};
    static const int change_slots[] = {1, 4, 2, 5};
    return (struct sim_station_cfg){.slots = 3,
        .slots_at_start = 3,
        .capacity = -1,
        .change_s = change_s,
        .change_slots = change_slots,
        .n_changes = 4,
        .to_s = 40.0,
        .power_off = {true, boot_time, in}};
}

START_TEST(no_allocation_after_warm_up)
{
    struct input *in = malloc(sizeof *in);
    struct log *log = malloc(sizeof *log);
    struct sim_station *st = NULL;
    ck_assert(in != NULL && log != NULL);
    const struct sim_station_cfg cfg = busy_cfg(in);
    make_input(in, 1, 0, 4.0);
    ck_assert_int_eq(sim_station_queue_create(&cfg, &st, NULL), SIM_OK);
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
    bool done = false;
    ck_assert(in != NULL && log != NULL);
    const struct sim_station_cfg cfg = busy_cfg(in);
    make_input(in, 1, PATIENCE, 4.0);
    for (long n = 1; !done && n < 100; n++) {
        struct sim_station *st = NULL;
        memset(log, 0, sizeof *log);
        in->n_boots = 0;
        sim_alloc_fail_at(n, 0);
        int rc = sim_station_queue_create(&cfg, &st, NULL);
        for (int i = 0; i < N_JOBS && rc == SIM_OK; i++) {
            const struct sim_job job =
                job_at(in->arrive_s[i], in->work_s[i], (uint32_t)i);
            rc = st->ops->arrive(st, &job, &sink, NULL);
        }
        if (rc == SIM_OK)
            rc = st->ops->advance(st, INFINITY, &sink, NULL);
        sim_alloc_fail_at(0, 0);
        ck_assert(rc == SIM_OK || rc == SIM_E_NOMEM);
        done = rc == SIM_OK;
        if (st != NULL) {
            station_run(st, &cfg, in, false, log); /* usable again */
            st->ops->destroy(st);
        }
    }
    ck_assert(done);
    free(in);
    free(log);
}
END_TEST

TEST_MAIN("sim/station_queue", job_by_job, finite_capacity,
    changes_that_leave_no_choice, erlang_a, finite_birth_death, fixed_patience,
    one_slot_with_setup, slots_with_setup, setup_patience_and_capacity,
    lost_slots_are_uniform, lost_slots_may_boot, last_boot_is_broken_off,
    flush_reports_what_is_left, no_allocation_after_warm_up, out_of_memory)
