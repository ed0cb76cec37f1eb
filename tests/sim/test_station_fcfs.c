/* The FCFS station, job by job and bit for bit, against a plain event-driven
 * simulation with explicit slots (below), on random inputs with and without
 * ties; then what that cannot show: which slots are lost, memory, errors. */
#include "check_main.h"

#include <math.h>
#include <string.h>

#include "sim/alloc.h"
#include "sim/station.h"

enum { N_JOBS = 600, LOG_MAX = N_JOBS };

static uint64_t bits(uint64_t *s)
{
    uint64_t z = *s += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static double exponential(uint64_t *s)
{
    return -log(((double)(bits(s) >> 12) + 0.5) * 0x1p-52);
}

/* ---- what became of each job --------------------------------------------- */

struct fate {
    int times_reported;
    enum sim_outcome outcome;
    double start_s, end_s;
};

struct log {
    struct fate fate[LOG_MAX];
    struct sim_station_totals totals;
    int64_t in_system[LOG_MAX]; /* just before the arrival */
    int64_t waiting[LOG_MAX];
};

static void record(void *ctx, uint32_t ref, enum sim_outcome outcome,
    double start_s, double end_s)
{
    struct log *log = ctx;
    struct fate *fate = &log->fate[ref];
    fate->times_reported++;
    fate->outcome = outcome;
    fate->start_s = start_s;
    fate->end_s = end_s;
}

/* ---- reference ---------------------------------------------------------- */

struct plain_job {
    int index;
    double left_s, since_s, end_s, first_s;
};

struct plain {
    const struct sim_station_cfg *cfg;
    struct log *log;
    struct plain_job busy[LOG_MAX], queue[LOG_MAX];
    int n_busy, n_queue;
    int slots; /* -1: unlimited */
    double now_s;
};

static void plain_move_to(struct plain *p, double t)
{
    const double from = fmax(p->now_s, p->cfg->from_s);
    const double to = fmin(t, p->cfg->to_s);
    if (to > from) {
        struct sim_station_totals *sum = &p->log->totals;
        sum->busy_s += p->n_busy * (to - from);
        sum->waiting_s += p->n_queue * (to - from);
        sum->in_system_s += (p->n_busy + p->n_queue) * (to - from);
        sum->empty_s += p->n_busy + p->n_queue == 0 ? to - from : 0.0;
    }
    p->now_s = t;
}

static void plain_fill(struct plain *p)
{
    while (p->n_queue > 0 && (p->slots < 0 || p->n_busy < p->slots)) {
        struct plain_job job = p->queue[0];
        memmove(p->queue, p->queue + 1, (size_t)--p->n_queue * sizeof job);
        job.end_s = p->now_s + job.left_s;
        if (isinf(job.first_s))
            job.first_s = p->now_s;
        p->busy[p->n_busy++] = job;
    }
}

/* Only changes that leave no choice: to 0, or to at least what is busy. */
static void plain_change(struct plain *p, int slots)
{
    if (slots == 0) {
        for (int i = 0; i < p->n_busy; i++) {
            struct plain_job job = p->busy[i];
            job.left_s = job.end_s - p->now_s;
            int at = 0;
            while (at < p->n_queue && p->queue[at].index < job.index)
                at++;
            memmove(&p->queue[at + 1], &p->queue[at],
                (size_t)(p->n_queue - at) * sizeof job);
            p->queue[at] = job;
            p->n_queue++;
        }
        p->n_busy = 0;
    }
    p->slots = slots;
}

static int plain_first_end(const struct plain *p)
{
    int best = -1;
    for (int i = 0; i < p->n_busy; i++) {
        if (best < 0 || p->busy[i].end_s < p->busy[best].end_s)
            best = i;
    }
    return best;
}

static void plain_finish(struct plain *p, int at)
{
    const struct plain_job job = p->busy[at];
    p->busy[at] = p->busy[--p->n_busy];
    record(p->log, (uint32_t)job.index, SIM_SERVED, job.first_s, job.end_s);
}

static void plain_arrive(struct plain *p, int i, double work_s)
{
    const double t = p->now_s;
    const int counted = t >= p->cfg->from_s && t < p->cfg->to_s;
    const int n = p->n_busy + p->n_queue;
    p->log->in_system[i] = n;
    p->log->waiting[i] = p->n_queue;
    p->log->totals.arrived += counted;
    if (p->cfg->capacity >= 0 && n >= p->cfg->capacity) {
        p->log->totals.lost += counted;
        record(p->log, (uint32_t)i, SIM_LOST, t, t);
        return;
    }
    p->queue[p->n_queue++] =
        (struct plain_job){.index = i, .left_s = work_s, .first_s = INFINITY};
    plain_fill(p);
    p->log->totals.waited += p->n_queue > 0 ? counted : 0;
}

/* At equal times: departures, then changes, then arrivals. */
static void plain_run(const struct sim_station_cfg *cfg, const double *arrive_s,
    const double *work_s, struct log *log)
{
    struct plain *p = calloc(1, sizeof *p);
    int job = 0, change = 0;
    ck_assert_ptr_nonnull(p);
    memset(log, 0, sizeof *log);
    p->cfg = cfg;
    p->log = log;
    p->slots = cfg->slots_at_start;
    p->now_s = -INFINITY;
    for (;;) {
        const int ending = plain_first_end(p);
        const double end_s = ending >= 0 ? p->busy[ending].end_s : INFINITY;
        const double change_s =
            change < cfg->n_changes ? cfg->change_s[change] : INFINITY;
        const double job_s = job < N_JOBS ? arrive_s[job] : INFINITY;
        const double t = fmin(end_s, fmin(change_s, job_s));
        if (isinf(t))
            break;
        plain_move_to(p, t);
        if (t == end_s)
            plain_finish(p, ending);
        else if (t == change_s)
            plain_change(p, cfg->change_slots[change++]);
        else {
            plain_arrive(p, job, work_s[job]);
            job++;
        }
        /* a slot freed in the instant of a change is not taken before it */
        if (change == cfg->n_changes || cfg->change_s[change] > t)
            plain_fill(p);
    }
    plain_move_to(p, cfg->to_s + 1.0);
    free(p);
}

/* ---- comparison --------------------------------------------------------- */

struct input {
    double arrive_s[N_JOBS], work_s[N_JOBS];
};

/* On a grid of 1/4 s all sums are exact and ties are everywhere. */
static void make_input(struct input *in, uint64_t seed, int grid, double load)
{
    uint64_t s = seed;
    double t = -20.0;
    for (int i = 0; i < N_JOBS; i++) {
        const double gap = exponential(&s) / load, work = exponential(&s);
        t += grid ? floor(gap * 4.0) / 4.0 : gap;
        in->arrive_s[i] = t;
        in->work_s[i] = grid ? floor(work * 4.0) / 4.0 : work;
    }
}

enum { COUNT = 1 }; /* ask for the number in system before each arrival */

static void station_run(struct sim_station *st,
    const struct sim_station_cfg *cfg, const struct input *in, int flags,
    struct log *log)
{
    const struct sim_sink sink = {log, record};
    memset(log, 0, sizeof *log);
    ck_assert_int_eq(st->ops->reset(st, cfg, NULL), SIM_OK);
    for (int i = 0; i < N_JOBS; i++) {
        const double t = in->arrive_s[i];
        const struct sim_job job = {t, in->work_s[i], (uint32_t)i};
        while (st->ops->next_s(st) <= t)
            ck_assert_int_eq(
                st->ops->advance(st, st->ops->next_s(st), &sink, NULL), SIM_OK);
        if (flags & COUNT) {
            log->in_system[i] = st->ops->in_system(st, t);
            log->waiting[i] = st->ops->waiting(st, t);
        }
        ck_assert_int_eq(st->ops->arrive(st, &job, &sink, NULL), SIM_OK);
    }
    ck_assert_int_eq(st->ops->advance(st, 1e9, &sink, NULL), SIM_OK);
    st->ops->totals(st, &log->totals);
}

static void same_totals(
    const struct sim_station_totals *a, const struct sim_station_totals *b)
{
    ck_assert_int_eq(a->arrived, b->arrived);
    ck_assert_int_eq(a->waited, b->waited);
    ck_assert_int_eq(a->lost, b->lost);
    ck_assert_double_eq_tol(a->busy_s, b->busy_s, 1e-9 * (1.0 + b->busy_s));
    ck_assert_double_eq_tol(
        a->waiting_s, b->waiting_s, 1e-9 * (1.0 + b->waiting_s));
    ck_assert_double_eq_tol(
        a->in_system_s, b->in_system_s, 1e-9 * (1.0 + b->in_system_s));
    ck_assert_double_eq_tol(a->empty_s, b->empty_s, 1e-9 * (1.0 + b->empty_s));
}

static void compare(const struct sim_station_cfg *cfg, int grid, double load,
    uint64_t seed, int flags)
{
    struct input *in = malloc(sizeof *in);
    struct log *a = malloc(sizeof *a), *b = malloc(sizeof *b);
    struct sim_station *st = NULL;
    ck_assert(in != NULL && a != NULL && b != NULL);
    make_input(in, seed, grid, load);
    ck_assert_int_eq(sim_station_fcfs_create(cfg, &st, NULL), SIM_OK);
    plain_run(cfg, in->arrive_s, in->work_s, b);
    station_run(st, cfg, in, flags, a);
    for (int i = 0; i < N_JOBS; i++) {
        ck_assert_int_eq(a->fate[i].times_reported, b->fate[i].times_reported);
        ck_assert_int_eq(a->fate[i].outcome, b->fate[i].outcome);
        ck_assert(a->fate[i].start_s == b->fate[i].start_s);
        ck_assert(a->fate[i].end_s == b->fate[i].end_s);
        if (flags & COUNT) {
            ck_assert_int_eq(a->in_system[i], b->in_system[i]);
            ck_assert_int_eq(a->waiting[i], b->waiting[i]);
        }
    }
    if (cfg->n_changes == 0 || cfg->change_slots[cfg->n_changes - 1] != 0)
        same_totals(&a->totals, &b->totals);
    st->ops->destroy(st);
    free(in);
    free(a);
    free(b);
}

static const int slot_counts[] = {1, 2, 3, 4, 5, 16, 127, 128, 129, 200, -1};
enum { N_COUNTS = sizeof slot_counts / sizeof slot_counts[0] };

static struct sim_station_cfg plain_cfg(int slots, int64_t capacity)
{
    return (struct sim_station_cfg){.slots = slots,
        .slots_at_start = slots,
        .capacity = capacity,
        .from_s = 3.25,
        .to_s = 40.0};
}

static double load_of(int slots)
{
    return 0.95 * (slots < 0 ? 30 : slots);
}

START_TEST(kiefer_wolfowitz)
{
    for (int i = 0; i < N_COUNTS; i++) {
        const int c = slot_counts[i];
        const struct sim_station_cfg cfg = plain_cfg(c, -1);
        for (int grid = 0; grid < 2; grid++) {
            compare(&cfg, grid, load_of(c), 1, 0);
            compare(&cfg, grid, load_of(c), 2, COUNT);
        }
    }
}
END_TEST

START_TEST(finite_capacity)
{
    for (int i = 0; i < N_COUNTS; i++) {
        const int c = slot_counts[i];
        const int64_t room[] = {
            0, 1, c < 0 ? 20 : c, (c < 0 ? 25 : c) + 3, (c < 0 ? 100 : c / 2)};
        for (int k = 0; k < 5; k++) {
            const struct sim_station_cfg cfg = plain_cfg(c, room[k]);
            compare(&cfg, 1, 1.3 * load_of(c), 3, 0);
            compare(&cfg, 0, 1.3 * load_of(c), 4, COUNT);
        }
    }
}
END_TEST

/* Down to nothing and back, up, and down again, often enough that work is
 * interrupted several times. */
START_TEST(changes_that_leave_no_choice)
{
    enum { CHANGES = 24 };
    double change_s[CHANGES];
    int change_slots[CHANGES];
    for (int i = 0; i < N_COUNTS; i++) {
        const int c = slot_counts[i];
        for (int grid = 0; grid < 2; grid++) {
            for (int k = 0; k < CHANGES; k++) {
                const int up = c < 0 ? -1 : c + k;
                change_s[k] = -15.0 + k * (grid ? 1.5 : 1.37);
                change_slots[k] = k % 2 == 0 ? 0 : up;
            }
            struct sim_station_cfg cfg = plain_cfg(c, -1);
            cfg.change_s = change_s;
            cfg.change_slots = change_slots;
            cfg.n_changes = CHANGES;
            compare(&cfg, grid, load_of(c), 5, COUNT);
            compare(&cfg, grid, 0.4 * load_of(c), 6, 0);
            cfg.capacity = 7;
            compare(&cfg, grid, load_of(c), 7, 0);
            /* up by one at a time; to the end without slots */
            for (int k = 0; k < CHANGES; k++)
                change_slots[k] = c < 0 ? -1 : c + k;
            cfg.capacity = -1;
            compare(&cfg, grid, load_of(c), 8, COUNT);
            change_slots[CHANGES - 1] = 0;
            compare(&cfg, grid, load_of(c), 9, COUNT);
            /* from nothing to everything */
            cfg.slots_at_start = 0;
            change_slots[0] = -1;
            cfg.n_changes = 1;
            compare(&cfg, grid, load_of(c), 10, COUNT);
        }
    }
}
END_TEST

/* A change that changes nothing must not be seen, however near it is. */
START_TEST(change_to_the_same_number_is_invisible)
{
    const double change_s[] = {0.0, 1.1, 2.5, 30.0, 1e6};
    struct input *in = malloc(sizeof *in);
    struct log *a = malloc(sizeof *a), *b = malloc(sizeof *b);
    ck_assert(in != NULL && a != NULL && b != NULL);
    for (int i = 0; i < N_COUNTS; i++) {
        const int c = slot_counts[i];
        const int change_slots[] = {c, c, c, c, c};
        const struct sim_station_cfg without = plain_cfg(c, 60);
        struct sim_station_cfg with = without;
        struct sim_station *st = NULL;
        with.change_s = change_s;
        with.change_slots = change_slots;
        with.n_changes = 5;
        make_input(in, 12, 0, load_of(c));
        ck_assert_int_eq(sim_station_fcfs_create(&with, &st, NULL), SIM_OK);
        station_run(st, &with, in, 0, a);
        station_run(st, &without, in, 0, b);
        for (int k = 0; k < N_JOBS; k++) {
            ck_assert(a->fate[k].start_s == b->fate[k].start_s);
            ck_assert(a->fate[k].end_s == b->fate[k].end_s);
            ck_assert_int_eq(a->fate[k].times_reported, 1);
        }
        same_totals(&a->totals, &b->totals);
        st->ops->destroy(st);
    }
    free(in);
    free(a);
    free(b);
}
END_TEST

/* ---- which slots are lost ----------------------------------------------- */

/* `n_busy` jobs of 10 s on 4 slots; at 5 s `left` slots remain until 100 s.
 * Interrupted jobs end late. */
static void count_victims(int n_busy, int left, int trials, int *hits)
{
    const double change_s[] = {5.0, 100.0};
    const int change_slots[] = {left, 4};
    struct sim_station_cfg cfg = {.slots = 4,
        .slots_at_start = 4,
        .capacity = -1,
        .change_s = change_s,
        .change_slots = change_slots,
        .n_changes = 2,
        .to_s = 1e3};
    struct log *log = malloc(sizeof *log);
    struct sim_station *st = NULL;
    ck_assert_ptr_nonnull(log);
    ck_assert_int_eq(sim_station_fcfs_create(&cfg, &st, NULL), SIM_OK);
    for (int trial = 0; trial < trials; trial++) {
        const struct sim_sink sink = {log, record};
        cfg.choice_key = (uint64_t)trial;
        memset(log, 0, sizeof *log);
        ck_assert_int_eq(st->ops->reset(st, &cfg, NULL), SIM_OK);
        for (int i = 0; i < n_busy; i++) {
            const struct sim_job job = {0.0, 10.0, (uint32_t)i};
            ck_assert_int_eq(st->ops->arrive(st, &job, &sink, NULL), SIM_OK);
        }
        ck_assert_int_eq(st->ops->advance(st, 1e3, &sink, NULL), SIM_OK);
        for (int i = 0; i < n_busy; i++) {
            ck_assert_int_eq(log->fate[i].times_reported, 1);
            ck_assert(log->fate[i].start_s == 0.0);
            hits[i] += log->fate[i].end_s > 10.0;
        }
    }
    st->ops->destroy(st);
    free(log);
}

/* Each job is hit with probability 1 - left / 4, whether the other slots are
 * busy or idle: 3.29 standard deviations of the binomial are 99.9 %.  (An
 * interrupted job may move on to a slot that is idle; with all survivors busy
 * or none left it cannot, so only such cases are counted.) */
START_TEST(lost_slots_are_uniform)
{
    enum { TRIALS = 4000 };
    for (int left = 1; left < 4; left++) {
        int hits[4] = {0};
        const double p = 1.0 - left / 4.0;
        count_victims(4, left, TRIALS, hits);
        int all = 0;
        for (int i = 0; i < 4; i++) {
            ck_assert_double_eq_tol(
                hits[i], TRIALS * p, 3.29 * sqrt(TRIALS * p * (1 - p)));
            all += hits[i];
        }
        ck_assert_int_eq(all, TRIALS * (4 - left));
    }
}
END_TEST

/* Two busy and two idle slots, one slot left: hypergeometric, both busy ones
 * lost with probability 1/2 (then one of the jobs moves to the idle survivor
 * without delay), else one: 1 job is always late. */
START_TEST(victim_moves_to_an_idle_slot)
{
    int hits[4] = {0};
    count_victims(2, 1, 1000, hits);
    ck_assert_int_eq(hits[0] + hits[1], 1000);
    ck_assert_int_gt(hits[1], 0);
    int none[4] = {0};
    count_victims(2, 2, 1000, none);
    ck_assert_int_eq(none[0] + none[1], 0);
}
END_TEST

/* ---- corners ------------------------------------------------------------ */

/* Interrupted at 1 after 1 s of 3; resumes at 4 ahead of the job that came at
 * 0.5 and never started; interrupted again at 5; ends at 8. */
START_TEST(interrupted_work_resumes_at_the_head)
{
    const double change_s[] = {1.0, 4.0, 5.0, 7.0};
    const int change_slots[] = {0, 1, 0, 1};
    const struct sim_station_cfg cfg = {.slots = 1,
        .slots_at_start = 1,
        .capacity = -1,
        .change_s = change_s,
        .change_slots = change_slots,
        .n_changes = 4,
        .to_s = 100.0};
    struct log *log = calloc(1, sizeof *log);
    struct sim_station *st = NULL;
    const struct sim_sink sink = {log, record};
    ck_assert_ptr_nonnull(log);
    ck_assert_int_eq(sim_station_fcfs_create(&cfg, &st, NULL), SIM_OK);
    const struct sim_job first = {0.0, 3.0, 0}, second = {0.5, 1.0, 1};
    ck_assert_int_eq(st->ops->arrive(st, &first, &sink, NULL), SIM_OK);
    ck_assert_int_eq(st->ops->arrive(st, &second, &sink, NULL), SIM_OK);
    ck_assert_int_eq(st->ops->in_system(st, 0.75), 2);
    while (st->ops->next_s(st) < INFINITY)
        ck_assert_int_eq(
            st->ops->advance(st, st->ops->next_s(st), &sink, NULL), SIM_OK);
    ck_assert(log->fate[0].start_s == 0.0 && log->fate[0].end_s == 8.0);
    ck_assert(log->fate[1].start_s == 8.0 && log->fate[1].end_s == 9.0);
    st->ops->totals(st, &log->totals);
    ck_assert(log->totals.busy_s == 4.0);
    ck_assert(log->totals.waiting_s == 5.0 + 7.5);
    st->ops->destroy(st);
    free(log);
}
END_TEST

START_TEST(flush_reports_what_is_left)
{
    const double change_s[] = {1.0};
    const int change_slots[] = {0};
    const struct sim_station_cfg cfg = {.slots = 1,
        .slots_at_start = 1,
        .capacity = -1,
        .change_s = change_s,
        .change_slots = change_slots,
        .n_changes = 1,
        .to_s = 10.0};
    struct log *log = calloc(1, sizeof *log);
    struct sim_station *st = NULL;
    const struct sim_sink sink = {log, record};
    ck_assert_ptr_nonnull(log);
    ck_assert_int_eq(sim_station_fcfs_create(&cfg, &st, NULL), SIM_OK);
    for (int i = 0; i < 3; i++) {
        const struct sim_job job = {0.0, 0.75, (uint32_t)i};
        ck_assert_int_eq(st->ops->arrive(st, &job, &sink, NULL), SIM_OK);
    }
    ck_assert_int_eq(st->ops->advance(st, 5.0, &sink, NULL), SIM_OK);
    st->ops->flush(st, 6.0, &sink);
    ck_assert_int_eq(log->fate[0].outcome, SIM_SERVED);
    ck_assert_int_eq(log->fate[1].outcome, SIM_LOST);
    ck_assert(log->fate[1].start_s == 0.75 && log->fate[1].end_s == 6.0);
    ck_assert_int_eq(log->fate[2].outcome, SIM_LOST);
    ck_assert(log->fate[2].start_s == 6.0 && log->fate[2].end_s == 6.0);
    ck_assert_int_eq(st->ops->in_system(st, 6.0), 0);
    st->ops->totals(st, &log->totals);
    ck_assert(log->totals.busy_s == 1.0);
    ck_assert(log->totals.waiting_s == 0.75 + 5.0 + 6.0);
    st->ops->destroy(st);
    free(log);
}
END_TEST

/* Jobs in system bound the memory, not jobs. */
START_TEST(no_allocation_after_warm_up)
{
    const int slots[] = {1, 16, 200, -1};
    for (int k = 0; k < 4; k++) {
        struct sim_station_cfg cfg = plain_cfg(slots[k], -1);
        struct sim_station *st = NULL;
        struct log *log = calloc(1, sizeof *log);
        const struct sim_sink sink = {log, record};
        uint64_t s = 21;
        long before = 0;
        double t = 0.0;
        ck_assert_ptr_nonnull(log);
        ck_assert_int_eq(sim_station_fcfs_create(&cfg, &st, NULL), SIM_OK);
        for (int i = 0; i < 200000; i++) {
            if (i == 40000)
                before = sim_alloc_count();
            t += exponential(&s) / (0.8 * load_of(slots[k]));
            const struct sim_job job = {t, exponential(&s), 0};
            ck_assert_int_eq(st->ops->arrive(st, &job, &sink, NULL), SIM_OK);
            if (i % 1000 == 999 && k % 2 == 0)
                st->ops->in_system(st, t);
        }
        /* a longer queue than in the warm-up may double one array */
        ck_assert_int_le(sim_alloc_count() - before, 2);
        st->ops->destroy(st);
        free(log);
    }
}
END_TEST

START_TEST(out_of_memory)
{
    const double change_s[] = {0.0, 5.0, 6.0, 20.0};
    const int change_slots[] = {0, 200, 2, -1};
    struct sim_station_cfg cfg = plain_cfg(160, -1);
    struct input *in = malloc(sizeof *in);
    struct log *log = malloc(sizeof *log);
    const struct sim_sink sink = {log, record};
    int done = 0;
    ck_assert(in != NULL && log != NULL);
    make_input(in, 30, 0, 150.0);
    cfg.change_s = change_s;
    cfg.change_slots = change_slots;
    cfg.n_changes = 4;
    for (long fail = 1; !done && fail < 100; fail++) {
        struct sim_station *st = NULL;
        sim_alloc_fail_at(fail, 1);
        int rc = sim_station_fcfs_create(&cfg, &st, NULL);
        for (int i = 0; i < N_JOBS && rc == SIM_OK; i++) {
            const struct sim_job job = {
                in->arrive_s[i], in->work_s[i], (uint32_t)i};
            rc = st->ops->arrive(st, &job, &sink, NULL);
            if (i % 100 == 0)
                st->ops->in_system(st, job.arrive_s);
        }
        if (rc == SIM_OK)
            rc = st->ops->advance(st, 100.0, &sink, NULL);
        sim_alloc_fail_at(0, 0);
        ck_assert(rc == SIM_OK || rc == SIM_E_NOMEM);
        done = rc == SIM_OK;
        if (st != NULL)
            st->ops->destroy(st);
    }
    ck_assert_int_eq(done, 1);
    free(in);
    free(log);
}
END_TEST

TEST_MAIN("sim/station_fcfs", kiefer_wolfowitz, finite_capacity,
    changes_that_leave_no_choice, change_to_the_same_number_is_invisible,
    lost_slots_are_uniform, victim_moves_to_an_idle_slot,
    interrupted_work_resumes_at_the_head, flush_reports_what_is_left,
    no_allocation_after_warm_up, out_of_memory)
