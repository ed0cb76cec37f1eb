/* The priority station, job by job and bit for bit, against a plain simulation
 * with explicit slots, and against first come first served with one class; then
 * what that cannot show: which slots are lost, memory, errors. */
#include "station_drive.h"

/* ---- plain simulation ---------------------------------------------------- */

struct plain_job {
    int index, cls;
    double left_s, end_s, first_s;
};

struct plain {
    const struct sim_station_cfg *cfg;
    struct log *log;
    struct plain_job busy[N_JOBS], queue[N_JOBS]; /* queue: in order */
    int n_busy, n_queue, slots;
    double now_s;
};

static void plain_move_to(struct plain *p, double t)
{
    struct sim_station_totals *sum = &p->log->totals;
    const double from = fmax(p->now_s, p->cfg->from_s);
    const double to = fmin(t, p->cfg->to_s);
    if (to > from) {
        sum->busy_s += p->n_busy * (to - from);
        sum->waiting_s += p->n_queue * (to - from);
        sum->in_system_s += (p->n_busy + p->n_queue) * (to - from);
        sum->empty_s += p->n_busy + p->n_queue == 0 ? to - from : 0.0;
    }
    p->now_s = t;
}

static bool plain_before(const struct plain_job *a, const struct plain_job *b)
{
    return a->cls < b->cls || (a->cls == b->cls && a->index < b->index);
}

static void plain_enqueue(struct plain *p, struct plain_job job)
{
    int at = p->n_queue++;
    for (; at > 0 && plain_before(&job, &p->queue[at - 1]); at--)
        p->queue[at] = p->queue[at - 1];
    p->queue[at] = job;
}

static void plain_interrupt(struct plain *p, int at)
{
    struct plain_job job = p->busy[at];
    p->busy[at] = p->busy[--p->n_busy];
    job.left_s = job.end_s - p->now_s;
    plain_enqueue(p, job);
}

static int plain_worst(const struct plain *p)
{
    int worst = 0;
    for (int i = 1; i < p->n_busy; i++) {
        if (plain_before(&p->busy[worst], &p->busy[i]))
            worst = i;
    }
    return worst;
}

static void plain_fill(struct plain *p)
{
    while (p->n_queue > 0) {
        struct plain_job job = p->queue[0];
        const int worst = plain_worst(p);
        if (p->slots >= 0 && p->n_busy >= p->slots) {
            if (!p->cfg->preemptive || p->n_busy == 0 ||
                p->busy[worst].cls <= job.cls)
                return;
            plain_interrupt(p, worst);
        }
        memmove(p->queue, p->queue + 1, (size_t)--p->n_queue * sizeof job);
        job.end_s = p->now_s + job.left_s;
        job.first_s = fmin(job.first_s, p->now_s);
        p->busy[p->n_busy++] = job;
    }
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

static void plain_arrive(struct plain *p, const struct input *in, int i)
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
    plain_enqueue(p, (struct plain_job){i, in->priority[i], in->work_s[i],
                         INFINITY, INFINITY});
    plain_fill(p);
    for (int k = 0; k < p->n_queue; k++)
        p->log->totals.waited += p->queue[k].index == i ? counted : 0;
}

/* Changes only to 0 or to at least what is busy: they leave no choice. */
static void plain_change(struct plain *p, int slots)
{
    while (slots == 0 && p->n_busy > 0)
        plain_interrupt(p, 0);
    p->slots = slots;
}

/* At equal times: departures, changes, starts and arrivals. */
static void plain_run(
    const struct sim_station_cfg *cfg, const struct input *in, struct log *log)
{
    struct plain *p = must_alloc(sizeof *p);
    int job = 0, change = 0;
    memset(log, 0, sizeof *log);
    *p = (struct plain){.cfg = cfg, .log = log, .slots = cfg->slots_at_start};
    p->now_s = -INFINITY;
    for (;;) {
        const int first = plain_first_end(p);
        const double end_s = first >= 0 ? p->busy[first].end_s : INFINITY;
        const double change_s =
            change < cfg->n_changes ? cfg->change_s[change] : INFINITY;
        const double job_s = job < N_JOBS ? in->arrive_s[job] : INFINITY;
        const double t = fmin(end_s, fmin(change_s, job_s));
        if (isinf(t))
            break;
        plain_move_to(p, t);
        if (t == end_s) {
            const struct plain_job done = p->busy[first];
            p->busy[first] = p->busy[--p->n_busy];
            record(log, (uint32_t)done.index, SIM_SERVED, done.first_s, t);
        } else if (t == change_s) {
            plain_change(p, cfg->change_slots[change++]);
        } else {
            plain_arrive(p, in, job++);
        }
        /* no start before another end or a change of the same instant */
        const int next = plain_first_end(p);
        if ((next < 0 || p->busy[next].end_s > t) &&
            (change == cfg->n_changes || cfg->change_s[change] > t))
            plain_fill(p);
    }
    plain_move_to(p, cfg->to_s + 1.0);
    free(p);
}

static void compare(const struct sim_station_cfg *cfg, bool grid, double load,
    int n_classes, uint64_t seed)
{
    struct input *in = must_alloc(sizeof *in);
    struct log *a = must_alloc(sizeof *a), *b = must_alloc(sizeof *b);
    make_input(in, seed, grid, load, n_classes);
    station_run(sim_station_priority_create, cfg, in, a);
    plain_run(cfg, in, b);
    same_log(a, b, 0.0);
    if (n_classes == 1) {
        station_run(sim_station_fcfs_create, cfg, in, b);
        same_log(a, b, 0.0);
    }
    free(in);
    free(a);
    free(b);
}

static struct sim_station_cfg small_cfg(int slots, bool preemptive)
{
    return (struct sim_station_cfg){.slots = slots,
        .slots_at_start = slots,
        .capacity = -1,
        .from_s = 3.25,
        .to_s = 40.0,
        .preemptive = preemptive};
}

static const int slot_counts[] = {1, 2, 3, 7, 40, -1};
static const int class_counts[] = {1, 2, 3, 1000};
enum { N_COUNTS = sizeof slot_counts / sizeof slot_counts[0] };

static double load_of(int slots)
{
    return 0.95 * (slots < 0 ? 20 : slots);
}

START_TEST(each_job_as_in_the_plain_simulation)
{
    for (int i = 0; i < N_COUNTS; i++) {
        for (int k = 0; k < 4 * 3 * 4; k++) {
            const int rooms[] = {-1, 0, 12};
            const bool grid = (k / 12) % 2 == 0;
            struct sim_station_cfg cfg = small_cfg(slot_counts[i], k >= 24);
            cfg.capacity = rooms[(k / 4) % 3];
            compare(&cfg, grid, load_of(cfg.slots), class_counts[k % 4],
                (uint64_t)(i * 100 + k));
        }
    }
}
END_TEST

/* Down to nothing and back up, often enough that work is interrupted several
 * times; on the grid in the same instant as ends and arrivals. */
START_TEST(changes_that_leave_no_choice)
{
    enum { CHANGES = 24 };
    double change_s[CHANGES];
    int change_slots[CHANGES];
    for (int i = 0; i < N_COUNTS; i++) {
        for (int k = 0; k < 4 * 2 * 2 * 2; k++) {
            const int c = slot_counts[i];
            const bool grid = (k / 4) % 2 == 0;
            struct sim_station_cfg cfg = small_cfg(c, k >= 16);
            for (int j = 0; j < CHANGES; j++) {
                change_s[j] = -15.0 + j * (grid ? 1.5 : 1.37);
                change_slots[j] = j % 2 == 0 ? 0 : c < 0 ? -1 : c + j;
            }
            cfg.change_s = change_s;
            cfg.change_slots = change_slots;
            cfg.n_changes = CHANGES;
            cfg.slots_at_start = k % 3 == 0 ? 0 : c;
            cfg.capacity = (k / 8) % 2 == 0 ? 15 : -1;
            compare(&cfg, grid, load_of(c), class_counts[k % 4],
                (uint64_t)(i * 100 + k));
        }
    }
}
END_TEST

/* With slots lost at random, all work is done in the end, each slot does one
 * second of it a second, and nobody waits beside an idle slot. */
START_TEST(changes_conserve_work)
{
    enum { CHANGES = 40 };
    double change_s[CHANGES];
    int change_slots[CHANGES];
    struct input *in = must_alloc(sizeof *in);
    struct log *log = must_alloc(sizeof *log);
    for (int k = 0; k < 60; k++) {
        struct sim_station_cfg cfg = small_cfg(1 + k % 5, k % 2 == 0);
        uint64_t s = (uint64_t)k;
        double t = -20.0, work_s = 0.0, spent_s = 0.0;
        for (int j = 0; j < CHANGES; j++) {
            change_s[j] = t += 2.0 * exponential(&s);
            change_slots[j] = (int)(uniform(&s) * 7.0) - (k % 3 == 0);
        }
        change_slots[CHANGES - 1] = 3;
        cfg.change_s = change_s;
        cfg.change_slots = change_slots;
        cfg.n_changes = CHANGES;
        cfg.from_s = -1e3;
        cfg.to_s = 1e6;
        cfg.choice_key = s;
        make_input(in, s, false, 2.5, 3);
        station_run(sim_station_priority_create, &cfg, in, log);
        for (int i = 0; i < N_JOBS; i++) {
            const struct fate *fate = &log->fate[i];
            ck_assert_int_eq(fate->times_reported, 1);
            ck_assert_int_eq(fate->outcome, SIM_SERVED);
            ck_assert(fate->start_s >= in->arrive_s[i]);
            ck_assert(fate->end_s - fate->start_s > in->work_s[i] - 1e-9);
            work_s += in->work_s[i];
            spent_s += fate->end_s - in->arrive_s[i];
        }
        ck_assert(near(log->totals.busy_s, work_s, 1e-10));
        ck_assert(near(log->totals.in_system_s, spent_s, 1e-10));
        ck_assert(near(log->totals.in_system_s,
            log->totals.busy_s + log->totals.waiting_s, 1e-10));
    }
    free(in);
    free(log);
}
END_TEST

/* ---- which slots are lost ------------------------------------------------ */

/* `n_busy` jobs of 10 s on 4 slots; at 5 s `left` slots remain until 100 s.
 * Interrupted jobs end late. */
static void count_victims(int n_busy, int left, int trials, int *hits)
{
    const double change_s[] = {5.0, 100.0};
    const int change_slots[] = {left, 4};
    struct sim_station_cfg cfg = small_cfg(4, false);
    struct log *log = must_alloc(sizeof *log);
    const struct sim_sink sink = {log, record};
    struct sim_station *st = NULL;
    cfg.change_s = change_s;
    cfg.change_slots = change_slots;
    cfg.n_changes = 2;
    ck_assert_int_eq(sim_station_priority_create(&cfg, &st, NULL), SIM_OK);
    for (int trial = 0; trial < trials; trial++) {
        cfg.choice_key = (uint64_t)trial;
        ck_assert_int_eq(st->ops->reset(st, &cfg, NULL), SIM_OK);
        for (uint32_t i = 0; i < (uint32_t)n_busy; i++) {
            const struct sim_job job = {0.0, 10.0, i, 1, INFINITY};
            ck_assert_int_eq(st->ops->arrive(st, &job, &sink, NULL), SIM_OK);
        }
        ck_assert_int_eq(st->ops->advance(st, 1e3, &sink, NULL), SIM_OK);
        for (int i = 0; i < n_busy; i++) {
            ck_assert(log->fate[i].start_s == 0.0);
            hits[i] += log->fate[i].end_s > 10.0;
        }
    }
    st->ops->destroy(st);
    free(log);
}

/* Each job is hit with probability 1 - left / 4: 3.29 standard deviations of
 * the binomial are 99.9 %. */
START_TEST(lost_slots_are_uniform)
{
    enum { TRIALS = 2000 };
    for (int left = 1; left < 4; left++) {
        int hits[4] = {0}, all = 0;
        const double p = 1.0 - left / 4.0;
        count_victims(4, left, TRIALS, hits);
        for (int i = 0; i < 4; i++) {
            ck_assert_double_eq_tol(
                hits[i], TRIALS * p, 3.29 * sqrt(TRIALS * p * (1 - p)));
            all += hits[i];
        }
        ck_assert_int_eq(all, TRIALS * (4 - left));
    }
    /* an interrupted job moves to an idle slot that is left */
    int hits[4] = {0};
    count_victims(2, 2, 500, hits);
    ck_assert_int_eq(hits[0] + hits[1], 0);
    count_victims(2, 1, 500, hits);
    ck_assert_int_eq(hits[0] + hits[1], 500);
}
END_TEST

/* Whatever slot is lost, after a preemptive change the better class serves. */
START_TEST(interrupted_jobs_displace_worse_ones)
{
    const double change_s[] = {5.0};
    const int change_slots[] = {1};
    struct sim_station_cfg cfg = small_cfg(2, true);
    struct log *log = must_alloc(sizeof *log);
    const struct sim_sink sink = {log, record};
    struct sim_station *st = NULL;
    cfg.change_s = change_s;
    cfg.change_slots = change_slots;
    cfg.n_changes = 1;
    ck_assert_int_eq(sim_station_priority_create(&cfg, &st, NULL), SIM_OK);
    for (uint64_t key = 0; key < 16; key++) {
        cfg.choice_key = key;
        ck_assert_int_eq(st->ops->reset(st, &cfg, NULL), SIM_OK);
        for (uint32_t i = 0; i < 2; i++) {
            const struct sim_job job = {0.0, 10.0, i, 2 - (int)i, INFINITY};
            ck_assert_int_eq(st->ops->arrive(st, &job, &sink, NULL), SIM_OK);
        }
        ck_assert_int_eq(st->ops->advance(st, 1e3, &sink, NULL), SIM_OK);
        ck_assert(log->fate[1].end_s == 10.0); /* class 1 */
        ck_assert(log->fate[0].end_s == 15.0); /* 5 s left of 10 */
    }
    st->ops->destroy(st);
    free(log);
}
END_TEST

/* ---- corners ------------------------------------------------------------- */

START_TEST(flush_reports_what_is_left)
{
    struct sim_station_cfg cfg = small_cfg(1, true);
    struct sim_station *st = NULL;
    struct log *log = must_alloc(sizeof *log);
    const struct sim_sink sink = {log, record};
    cfg.from_s = 0.0;
    ck_assert_int_eq(sim_station_priority_create(&cfg, &st, NULL), SIM_OK);
    for (uint32_t i = 0; i < 3; i++) { /* classes 3, 2, 3 */
        const struct sim_job job = {i, 9.0, i, i == 1 ? 2 : 3, INFINITY};
        ck_assert_int_eq(st->ops->arrive(st, &job, &sink, NULL), SIM_OK);
    }
    st->ops->flush(st, 6.0, &sink);
    const double start_s[] = {0.0, 1.0, 6.0};
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(log->fate[i].times_reported, 1);
        ck_assert_int_eq(log->fate[i].outcome, SIM_LOST);
        ck_assert(log->fate[i].start_s == start_s[i]);
        ck_assert(log->fate[i].end_s == 6.0);
    }
    ck_assert_int_eq(st->ops->in_system(st, 6.0), 0);
    ck_assert(isinf(st->ops->next_s(st)));
    st->ops->totals(st, &log->totals);
    ck_assert(log->totals.busy_s == 6.0);
    ck_assert(log->totals.waiting_s == 5.0 + 4.0);
    /* usable again */
    const struct sim_job job = {7.0, 1.0, 9, 1, INFINITY};
    ck_assert_int_eq(st->ops->arrive(st, &job, &sink, NULL), SIM_OK);
    ck_assert(st->ops->next_s(st) == 8.0);
    st->ops->destroy(st);
    free(log);
}
END_TEST

START_TEST(classes_beyond_the_range)
{
    const int32_t bad[] = {INT32_MIN, 0, 1001, INT32_MAX};
    const struct sim_station_cfg cfg = small_cfg(1, false);
    struct sim_station *st = NULL;
    struct log *log = must_alloc(sizeof *log);
    const struct sim_sink sink = {log, record};
    ck_assert_int_eq(sim_station_priority_create(&cfg, &st, NULL), SIM_OK);
    for (int i = 0; i < 4; i++) {
        const struct sim_job job = {0.0, 1.0, 0, bad[i], INFINITY};
        struct sim_err err = {0};
        ck_assert_int_eq(st->ops->arrive(st, &job, &sink, &err), SIM_E_LIMIT);
        ck_assert_ptr_nonnull(strstr(err.text, "priority"));
    }
    st->ops->destroy(st);
    free(log);
}
END_TEST

START_TEST(no_allocation_after_warm_up)
{
    for (int preemptive = 0; preemptive < 2; preemptive++) {
        const struct sim_station_cfg cfg = small_cfg(3, preemptive != 0);
        struct sim_station *st = NULL;
        struct log *log = must_alloc(sizeof *log);
        const struct sim_sink sink = {log, record};
        uint64_t s = 21;
        long before = 0;
        double t = 0.0;
        ck_assert_int_eq(sim_station_priority_create(&cfg, &st, NULL), SIM_OK);
        for (int i = 0; i < 60000; i++) {
            if (i == 30000)
                before = sim_alloc_count();
            t += exponential(&s) / 2.4;
            const struct sim_job job = {
                t, exponential(&s), 0, 1 + i % 3, INFINITY};
            if (st->ops->arrive(st, &job, &sink, NULL) != SIM_OK)
                ck_abort_msg("arrival at %g s failed", t);
        }
        /* a longer queue than in the warm-up may double the pool: 6 arrays */
        ck_assert_int_le(sim_alloc_count() - before, 6);
        st->ops->destroy(st);
        free(log);
    }
}
END_TEST

START_TEST(out_of_memory)
{
    const double change_s[] = {0.0, 5.0};
    const int change_slots[] = {0, 20};
    struct sim_station_cfg cfg = small_cfg(2, true);
    struct input *in = must_alloc(sizeof *in);
    struct log *log = must_alloc(sizeof *log);
    const struct sim_sink sink = {log, record};
    int failures = 0;
    make_input(in, 30, false, 15.0, 3);
    cfg.change_s = change_s;
    cfg.change_slots = change_slots;
    cfg.n_changes = 2;
    for (bool done = false; !done; failures += !done) {
        struct sim_station *st = NULL;
        sim_alloc_fail_at(failures + 1, 1);
        int rc = sim_station_priority_create(&cfg, &st, NULL);
        for (int i = 0; i < N_JOBS && rc == SIM_OK; i++) {
            const struct sim_job job = job_of(in, i);
            rc = st->ops->arrive(st, &job, &sink, NULL);
        }
        sim_alloc_fail_at(0, 0);
        ck_assert(rc == SIM_OK || rc == SIM_E_NOMEM);
        done = rc == SIM_OK;
        if (st != NULL) {
            ck_assert_int_eq(st->ops->reset(st, &cfg, NULL), SIM_OK);
            st->ops->destroy(st);
        }
    }
    ck_assert_int_gt(failures, 8);
    free(in);
    free(log);
}
END_TEST

TEST_MAIN("sim/station_priority", each_job_as_in_the_plain_simulation,
    changes_that_leave_no_choice, changes_conserve_work, lost_slots_are_uniform,
    interrupted_jobs_displace_worse_ones, flush_reports_what_is_left,
    classes_beyond_the_range, no_allocation_after_warm_up, out_of_memory)
