/* The processor-sharing station, job by job, against a plain simulation that
 * works off every running job at each event, and against first come first
 * served where the two are the same; corners, memory, the engine. */
#include "station_drive.h"

#include "sim/engine.h"

/* ---- plain simulation ---------------------------------------------------- */

struct plain_job {
    int index;
    double left_s, start_s;
};

struct plain {
    const struct sim_station_cfg *cfg;
    struct log *log;
    struct plain_job running[N_JOBS], queue[N_JOBS];
    int n_running, n_queue, slots;
    double now_s;
};

static double plain_rate(const struct plain *p)
{
    const struct sim_station_cfg *cfg = p->cfg;
    const int n = p->n_running;
    if (n == 0 || p->slots == 0)
        return 0.0;
    if (cfg->rates == NULL)
        return p->slots < 0 ? n : fmin(n, p->slots);
    const double rate = cfg->rates[(n < cfg->n_rates ? n : cfg->n_rates) - 1];
    return p->slots < 0 || cfg->slots < 0 ? rate : rate * p->slots / cfg->slots;
}

static void plain_move_to(struct plain *p, double t)
{
    struct sim_station_totals *sum = &p->log->totals;
    const double rate = plain_rate(p);
    const double from = fmax(p->now_s, p->cfg->from_s);
    const double to = fmin(t, p->cfg->to_s);
    const int n = p->n_running + p->n_queue;
    if (to > from) {
        sum->busy_s +=
            (p->slots < 0 ? rate : fmin(rate, p->slots)) * (to - from);
        sum->waiting_s += (p->slots == 0 ? n : p->n_queue) * (to - from);
        sum->in_system_s += n * (to - from);
        sum->empty_s += n == 0 ? to - from : 0.0;
    }
    for (int i = 0; i < p->n_running; i++)
        p->running[i].left_s -= (t - p->now_s) * rate / p->n_running;
    p->now_s = t;
}

static void plain_fill(struct plain *p)
{
    const int64_t most = p->cfg->concurrency > 0 ? p->cfg->concurrency : N_JOBS;
    while (p->n_queue > 0 && p->slots != 0 && p->n_running < most) {
        struct plain_job job = p->queue[0];
        memmove(p->queue, p->queue + 1, (size_t)--p->n_queue * sizeof job);
        job.start_s = p->now_s;
        p->running[p->n_running++] = job;
    }
}

static int plain_first(const struct plain *p)
{
    int best = -1;
    for (int i = 0; i < p->n_running; i++) {
        if (best < 0 || p->running[i].left_s < p->running[best].left_s)
            best = i;
    }
    return best;
}

static void plain_arrive(struct plain *p, int i, double work_s)
{
    const double t = p->now_s;
    const int counted = t >= p->cfg->from_s && t < p->cfg->to_s;
    const int n = p->n_running + p->n_queue;
    p->log->in_system[i] = n;
    p->log->waiting[i] = p->slots == 0 ? n : p->n_queue;
    p->log->totals.arrived += counted;
    if (p->cfg->capacity >= 0 && n >= p->cfg->capacity) {
        p->log->totals.lost += counted;
        record(p->log, (uint32_t)i, SIM_LOST, t, t);
        return;
    }
    p->queue[p->n_queue++] = (struct plain_job){.index = i, .left_s = work_s};
    plain_fill(p);
    p->log->totals.waited += p->n_queue > 0 ? counted : 0;
}

static void plain_run(
    const struct sim_station_cfg *cfg, const struct input *in, struct log *log)
{
    struct plain *p = must_alloc(sizeof *p);
    int job = 0, change = 0;
    memset(log, 0, sizeof *log);
    *p = (struct plain){.cfg = cfg, .log = log, .slots = cfg->slots_at_start};
    p->now_s = -1e3;
    for (;;) {
        const int first = plain_first(p);
        const double rate = plain_rate(p);
        const double end_s = rate > 0.0 ? p->now_s + p->running[first].left_s *
                                                         p->n_running / rate
                                        : INFINITY;
        const double change_s =
            change < cfg->n_changes ? cfg->change_s[change] : INFINITY;
        const double job_s = job < N_JOBS ? in->arrive_s[job] : INFINITY;
        const double t = fmin(end_s, fmin(change_s, job_s));
        if (isinf(t))
            break;
        plain_move_to(p, t);
        if (t == end_s) {
            const struct plain_job done = p->running[first];
            p->running[first] = p->running[--p->n_running];
            record(log, (uint32_t)done.index, SIM_SERVED, done.start_s, t);
        } else if (t == change_s) {
            p->slots = cfg->change_slots[change++];
        } else {
            plain_arrive(p, job, in->work_s[job]);
            job++;
        }
        plain_fill(p);
    }
    plain_move_to(p, fmax(p->now_s, cfg->to_s));
    free(p);
}

static void compare(
    const struct sim_station_cfg *cfg, double load, uint64_t seed)
{
    struct input *in = must_alloc(sizeof *in);
    struct log *a = must_alloc(sizeof *a), *b = must_alloc(sizeof *b);
    make_input(in, seed, false, load, 1);
    station_run(sim_station_ps_create, cfg, in, a);
    plain_run(cfg, in, b);
    same_log(a, b, 1e-12);
    free(in);
    free(a);
    free(b);
}

static struct sim_station_cfg small_cfg(int slots)
{
    return (struct sim_station_cfg){.slots = slots,
        .slots_at_start = slots,
        .capacity = -1,
        .concurrency = -1,
        .from_s = 3.25,
        .to_s = 40.0};
}

static const double rates[] = {1.0, 1.75, 2.25, 2.5, 2.4};
enum { N_RATES = sizeof rates / sizeof rates[0] };
static const int slot_counts[] = {1, 2, 3, 7, 40, -1};
enum { N_COUNTS = sizeof slot_counts / sizeof slot_counts[0] };

static double load_of(int slots)
{
    return 0.9 * (slots < 0 ? 20 : slots);
}

/* Every combination of slots, limit, capacity and table. */
START_TEST(each_job_as_in_the_plain_simulation)
{
    const int64_t limits[] = {-1, 1, 4, 16}, rooms[] = {-1, 0, 3, 12};
    for (int i = 0; i < N_COUNTS; i++) {
        for (int k = 0; k < 16; k++) {
            struct sim_station_cfg cfg = small_cfg(slot_counts[i]);
            const uint64_t seed = (uint64_t)(100 + i * 16 + k);
            cfg.concurrency = limits[k % 4];
            cfg.capacity = rooms[k / 4];
            compare(&cfg, load_of(cfg.slots), seed);
            cfg.rates = rates;
            cfg.n_rates = N_RATES;
            compare(&cfg, 2.2, seed);
        }
    }
}
END_TEST

START_TEST(changes_of_slots)
{
    enum { CHANGES = 30 };
    double change_s[CHANGES];
    int change_slots[CHANGES];
    for (int i = 0; i < N_COUNTS; i++) {
        for (int k = 0; k < 24; k++) {
            struct sim_station_cfg cfg = small_cfg(slot_counts[i]);
            uint64_t s = (uint64_t)(i * 100 + k);
            double t = -18.0;
            for (int j = 0; j < CHANGES; j++) {
                change_s[j] = t += 0.05 + 2.0 * exponential(&s);
                change_slots[j] = (int)(uniform(&s) * 8.0) - 1;
            }
            change_slots[CHANGES - 1] = 5;
            cfg.change_s = change_s;
            cfg.change_slots = change_slots;
            cfg.n_changes = CHANGES;
            cfg.slots_at_start = k % 5 == 0 ? 0 : cfg.slots;
            cfg.concurrency = k % 2 == 0 ? -1 : 6;
            cfg.capacity = k % 3 == 0 ? 14 : -1;
            cfg.rates = k % 4 < 2 ? NULL : rates;
            cfg.n_rates = N_RATES;
            compare(&cfg, k % 4 < 2 ? 3.0 : 2.0, s);
        }
    }
}
END_TEST

/* With as many places as slots each job has a slot of its own, and the kernel
 * is the queue with c servers; a freeze is the loss of all of them.  On the
 * grid sums are exact, and everything happens at once. */
START_TEST(as_many_places_as_slots_is_first_come_first_served)
{
    enum { CHANGES = 16 };
    double change_s[CHANGES];
    int change_slots[CHANGES];
    struct input *in = must_alloc(sizeof *in);
    struct log *a = must_alloc(sizeof *a), *b = must_alloc(sizeof *b);
    for (int i = 0; i < N_COUNTS; i++) {
        for (int k = 0; k < 12; k++) {
            const int c = slot_counts[i];
            struct sim_station_cfg cfg = small_cfg(c);
            for (int j = 0; j < CHANGES; j++) {
                change_s[j] = -15.0 + 2.25 * j;
                change_slots[j] = j % 2 == 0 ? 0 : c;
            }
            cfg.concurrency = c;
            cfg.capacity = k % 3 == 0 ? 9 : -1;
            cfg.change_s = change_s;
            cfg.change_slots = change_slots;
            cfg.n_changes = k < 6 ? 0 : CHANGES;
            make_input(in, (uint64_t)(i * 20 + k), true, load_of(c), 1);
            station_run(sim_station_ps_create, &cfg, in, a);
            station_run(sim_station_fcfs_create, &cfg, in, b);
            same_log(a, b, 0.0);
        }
    }
    free(in);
    free(a);
    free(b);
}
END_TEST

/* ---- corners ------------------------------------------------------------- */

/* One slot, frozen from 2 to 5.  Two jobs of 2 s share from 0; a third of 1 s
 * and one of 0 s come at 3 and start at 5, the latter to end at once.  At 5
 * the first two have 1 s left each: all three end at 8. */
START_TEST(frozen_by_hand)
{
    const double change_s[] = {2.0, 5.0};
    const int change_slots[] = {0, 1};
    struct sim_station_cfg cfg = small_cfg(1);
    struct sim_station *st = NULL;
    struct log *log = must_alloc(sizeof *log);
    const struct sim_sink sink = {log, record};
    const double arrive_s[] = {0.0, 0.0, 3.0, 3.0}, work_s[] = {2, 2, 1, 0};
    cfg.change_s = change_s;
    cfg.change_slots = change_slots;
    cfg.n_changes = 2;
    cfg.from_s = 0.0;
    ck_assert_int_eq(sim_station_ps_create(&cfg, &st, NULL), SIM_OK);
    for (uint32_t i = 0; i < 4; i++) {
        const struct sim_job job = {arrive_s[i], work_s[i], i, 1, INFINITY};
        ck_assert_int_eq(st->ops->arrive(st, &job, &sink, NULL), SIM_OK);
    }
    ck_assert_int_eq(st->ops->in_system(st, 3.0), 4);
    ck_assert(st->ops->next_s(st) == 5.0);
    ck_assert_int_eq(st->ops->advance(st, 100.0, &sink, NULL), SIM_OK);
    ck_assert(isinf(st->ops->next_s(st)));
    for (int i = 0; i < 4; i++) {
        ck_assert_int_eq(log->fate[i].times_reported, 1);
        ck_assert(log->fate[i].start_s == (i < 2 ? 0.0 : 5.0));
        ck_assert(log->fate[i].end_s == (i < 3 ? 8.0 : 5.0));
    }
    st->ops->totals(st, &log->totals);
    ck_assert(log->totals.busy_s == 5.0);
    ck_assert(log->totals.waiting_s == 2.0 * 3.0 + 2.0 * 2.0);
    ck_assert(log->totals.in_system_s == 2.0 * 8.0 + 5.0 + 2.0);
    ck_assert_int_eq(log->totals.waited, 2);
    st->ops->destroy(st);
    free(log);
}
END_TEST

START_TEST(flush_reports_what_is_left)
{
    struct sim_station_cfg cfg = small_cfg(1);
    struct sim_station *st = NULL;
    struct log *log = must_alloc(sizeof *log);
    const struct sim_sink sink = {log, record};
    cfg.concurrency = 2;
    cfg.from_s = 0.0;
    ck_assert_int_eq(sim_station_ps_create(&cfg, &st, NULL), SIM_OK);
    for (uint32_t i = 0; i < 4; i++) {
        const struct sim_job job = {1.0, i == 0 ? 1.0 : 9.0, i, 1, INFINITY};
        ck_assert_int_eq(st->ops->arrive(st, &job, &sink, NULL), SIM_OK);
    }
    ck_assert_int_eq(st->ops->advance(st, 3.0, &sink, NULL), SIM_OK);
    st->ops->flush(st, 6.0, &sink);
    const double start_s[] = {1.0, 1.0, 3.0, 6.0},
                 end_s[] = {3.0, 6.0, 6.0, 6.0};
    for (int i = 0; i < 4; i++) {
        ck_assert_int_eq(log->fate[i].times_reported, 1);
        ck_assert_int_eq(log->fate[i].outcome, i == 0 ? SIM_SERVED : SIM_LOST);
        ck_assert(log->fate[i].start_s == start_s[i]);
        ck_assert(log->fate[i].end_s == end_s[i]);
    }
    ck_assert_int_eq(st->ops->in_system(st, 6.0), 0);
    ck_assert(isinf(st->ops->next_s(st)));
    st->ops->totals(st, &log->totals);
    ck_assert(log->totals.busy_s == 5.0);
    ck_assert(log->totals.waiting_s == 2.0 * 2.0 + 3.0);
    /* usable again */
    const struct sim_job job = {7.0, 1.0, 9, 1, INFINITY};
    ck_assert_int_eq(st->ops->arrive(st, &job, &sink, NULL), SIM_OK);
    ck_assert(st->ops->next_s(st) == 8.0);
    st->ops->destroy(st);
    free(log);
}
END_TEST

START_TEST(no_allocation_after_warm_up)
{
    struct sim_station_cfg cfg = small_cfg(3);
    struct sim_station *st = NULL;
    struct log *log = must_alloc(sizeof *log);
    const struct sim_sink sink = {log, record};
    uint64_t s = 21;
    long before = 0;
    double t = 0.0;
    cfg.concurrency = 5;
    ck_assert_int_eq(sim_station_ps_create(&cfg, &st, NULL), SIM_OK);
    for (int i = 0; i < 100000; i++) {
        if (i == 40000)
            before = sim_alloc_count();
        t += exponential(&s) / 2.4;
        const struct sim_job job = {t, exponential(&s), 0, 1, INFINITY};
        ck_assert_int_eq(st->ops->arrive(st, &job, &sink, NULL), SIM_OK);
    }
    /* a longer queue than in the warm-up may double the pool: two arrays */
    ck_assert_int_le(sim_alloc_count() - before, 2);
    st->ops->destroy(st);
    free(log);
}
END_TEST

START_TEST(out_of_memory)
{
    const double change_s[] = {0.0, 5.0};
    const int change_slots[] = {0, 20};
    struct sim_station_cfg cfg = small_cfg(2);
    struct input *in = must_alloc(sizeof *in);
    struct log *log = must_alloc(sizeof *log);
    const struct sim_sink sink = {log, record};
    int failures = 0;
    make_input(in, 30, false, 15.0, 1);
    cfg.change_s = change_s;
    cfg.change_slots = change_slots;
    cfg.n_changes = 2;
    cfg.rates = rates;
    cfg.n_rates = N_RATES;
    for (bool done = false; !done; failures += !done) {
        struct sim_station *st = NULL;
        sim_alloc_fail_at(failures + 1, 1);
        int rc = sim_station_ps_create(&cfg, &st, NULL);
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

/* ---- under the engine ---------------------------------------------------- */

struct feed {
    const struct input *in;
    struct log *log;
    int at;
};

static int feed_pull(void *ctx, struct sim_request *batch, size_t n,
    size_t *count, struct sim_err *err)
{
    struct feed *feed = ctx;
    (void)err;
    for (*count = 0; *count < n && feed->at < N_JOBS; ++*count) {
        const int i = feed->at++;
        batch[*count] = (struct sim_request){
            .send_s = feed->in->arrive_s[i],
            .work_s = feed->in->work_s[i],
            .k = i,
            .speed = 1.0,
            .patience_s = INFINITY,
            .priority = 1,
        };
    }
    return SIM_OK;
}

static void feed_route(void *ctx, struct sim_request *req)
{
    (void)ctx;
    req->station = 0;
}

static void feed_finish(void *ctx, const struct sim_request *req,
    enum sim_outcome outcome, double start_s, double end_s)
{
    struct feed *feed = ctx;
    record(feed->log, (uint32_t)req->k, outcome, start_s, end_s);
}

START_TEST(the_engine_drives_it_to_the_same_ends)
{
    struct sim_station_cfg cfg = small_cfg(3);
    struct input *in = must_alloc(sizeof *in);
    struct log *a = must_alloc(sizeof *a), *b = must_alloc(sizeof *b);
    struct sim_engine *engine = NULL;
    struct sim_station *st = NULL;
    struct feed feed = {in, a, 0};
    const struct sim_engine_model model = {.ctx = &feed,
        .pull = feed_pull,
        .route = feed_route,
        .finish = feed_finish};
    cfg.concurrency = 8;
    make_input(in, 77, true, 2.9, 1);
    ck_assert_int_eq(sim_engine_create(&engine, NULL), SIM_OK);
    ck_assert_int_eq(sim_station_ps_create(&cfg, &st, NULL), SIM_OK);
    ck_assert_int_eq(
        sim_engine_run(engine, &model, &st, 1, 1e6, NULL, NULL), SIM_OK);
    station_run(sim_station_ps_create, &cfg, in, b);
    st->ops->totals(st, &a->totals);
    memcpy(a->in_system, b->in_system, sizeof a->in_system);
    memcpy(a->waiting, b->waiting, sizeof a->waiting);
    same_log(a, b, 0.0);
    st->ops->destroy(st);
    sim_engine_destroy(engine);
    free(in);
    free(a);
    free(b);
}
END_TEST

TEST_MAIN("sim/station_ps", each_job_as_in_the_plain_simulation,
    changes_of_slots, as_many_places_as_slots_is_first_come_first_served,
    frozen_by_hand, flush_reports_what_is_left, no_allocation_after_warm_up,
    out_of_memory, the_engine_drives_it_to_the_same_ends)
