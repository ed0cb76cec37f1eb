/* Pieces on threads: order of commits, first error, interruption, memory. */
#include "check_main.h"

#include <math.h>
#include <stdatomic.h>
#include <string.h>

#include "sim/alloc.h"
#include "sim/exec.h"

enum { NONE = -1, CHUNK = 7 };

struct run {
    int64_t fail_work; /* index whose work fails */
    int64_t fail_work_too;
    int64_t fail_commit;
    int64_t stop_after; /* pieces before stop() says so */
    atomic_llong asked;
    atomic_llong started;
    atomic_llong ahead; /* largest (started - committed) */
    int64_t committed;
    double sum;
    uint64_t hash;
};

static struct run quiet_run(void)
{
    return (struct run){.fail_work = NONE,
        .fail_work_too = NONE,
        .fail_commit = NONE,
        .stop_after = NONE};
}

/* Work of uneven length; the result is a block of numbers of the index. */
static int work(void *ctx, int64_t index, void *slot, struct sim_err *err)
{
    struct run *run = ctx;
    double *x = slot;
    atomic_fetch_add(&run->started, 1);
    double y = (double)index;
    for (int64_t i = 0; i < (index * 7919 % 13) * 200; i++)
        y = sqrt(y * y + 1.0);
    for (int i = 0; i < CHUNK; i++)
        x[i] = y / (i + 3);
    if (index == run->fail_work || index == run->fail_work_too)
        return sim_err_set(
            err, SIM_E_RANGE, "piece %lld failed", (long long)index);
    return SIM_OK;
}

static int commit(
    void *ctx, int64_t index, const void *slot, struct sim_err *err)
{
    struct run *run = ctx;
    const double *x = slot;
    if (index != run->committed)
        return sim_err_set(err, SIM_E_INTERNAL, "out of order");
    const long long ahead = atomic_load(&run->started) - run->committed;
    if (ahead > atomic_load(&run->ahead))
        atomic_store(&run->ahead, ahead);
    if (index == run->fail_commit)
        return sim_err_set(err, SIM_E_IO, "commit failed");
    run->committed++;
    for (int i = 0; i < CHUNK; i++) {
        uint64_t bits;
        run->sum += x[i];
        memcpy(&bits, &run->sum, sizeof bits);
        run->hash = (run->hash ^ bits) * 0x100000001b3u;
    }
    return SIM_OK;
}

static int stop(void *ctx)
{
    struct run *run = ctx;
    const long long asked = atomic_fetch_add(&run->asked, 1);
    return run->stop_after != NONE && asked >= run->stop_after;
}

static int go(struct run *run, int64_t n, int jobs, struct sim_err *err)
{
    const struct sim_exec_job job = {.ctx = run,
        .slot_bytes = CHUNK * sizeof(double),
        .work = work,
        .commit = commit,
        .stop = stop};
    return sim_exec_run(&job, n, jobs, err);
}

static const int thread_counts[] = {1, 2, 3, 8, 31};
enum { N_COUNTS = sizeof thread_counts / sizeof thread_counts[0] };

/* The sum is not associative: any other order changes its bits. */
START_TEST(same_bytes_on_any_number_of_threads)
{
    struct run one = quiet_run();
    ck_assert_int_eq(go(&one, 500, 1, NULL), SIM_OK);
    ck_assert_int_eq(one.committed, 500);
    for (int i = 0; i < N_COUNTS; i++) {
        struct run run = quiet_run();
        ck_assert_int_eq(go(&run, 500, thread_counts[i], NULL), SIM_OK);
        ck_assert_int_eq(run.committed, 500);
        ck_assert_uint_eq(run.hash, one.hash);
        /* memory: no more pieces under way than slots */
        ck_assert_int_le(atomic_load(&run.ahead), 4 * thread_counts[i]);
    }
}
END_TEST

START_TEST(few_or_no_pieces)
{
    for (int n = 0; n < 4; n++) {
        struct run run = quiet_run();
        ck_assert_int_eq(go(&run, n, 8, NULL), SIM_OK);
        ck_assert_int_eq(run.committed, n);
    }
}
END_TEST

/* Two pieces fail; the first in index order is reported, and exactly the
 * pieces before it are committed, however the threads ran. */
START_TEST(first_error_in_index_order)
{
    for (int round = 0; round < 20; round++) {
        for (int i = 0; i < N_COUNTS; i++) {
            struct run run = quiet_run();
            struct sim_err err = {0};
            run.fail_work = 40;
            run.fail_work_too = 41;
            ck_assert_int_eq(
                go(&run, 500, thread_counts[i], &err), SIM_E_RANGE);
            ck_assert_str_eq(err.text, "piece 40 failed");
            ck_assert_int_eq(run.committed, 40);
        }
    }
}
END_TEST

START_TEST(error_of_a_commit)
{
    for (int i = 0; i < N_COUNTS; i++) {
        struct run run = quiet_run();
        struct sim_err err = {0};
        run.fail_commit = 40;
        run.fail_work = 43; /* may be met first, but is not first */
        ck_assert_int_eq(go(&run, 500, thread_counts[i], &err), SIM_E_IO);
        ck_assert_str_eq(err.text, "commit failed");
        ck_assert_int_eq(run.committed, 40);
    }
}
END_TEST

/* What was started is committed, nothing else is started. */
START_TEST(interruption)
{
    for (int i = 0; i < N_COUNTS; i++) {
        struct run run = quiet_run();
        struct sim_err err = {0};
        run.stop_after = 25;
        ck_assert_int_eq(
            go(&run, 500, thread_counts[i], &err), SIM_E_INTERRUPTED);
        ck_assert_int_eq(run.committed, 25);
        ck_assert_int_eq(atomic_load(&run.started), 25);
    }
}
END_TEST

START_TEST(out_of_memory)
{
    for (int jobs = 1; jobs <= 4; jobs += 3) {
        for (long fail = 1; fail <= 4; fail++) {
            struct run run = quiet_run();
            struct sim_err err = {0};
            sim_alloc_fail_at(fail, 0);
            const int rc = go(&run, 20, jobs, &err);
            sim_alloc_fail_at(0, 0);
            ck_assert(rc == SIM_OK || rc == SIM_E_NOMEM);
            ck_assert_int_eq(run.committed, rc == SIM_OK ? 20 : 0);
            ck_assert(rc == SIM_OK || fail < 4);
        }
    }
}
END_TEST

START_TEST(cpus)
{
    ck_assert_int_ge(sim_exec_cpus(), 1);
}
END_TEST

TEST_MAIN("sim/exec", same_bytes_on_any_number_of_threads, few_or_no_pieces,
    first_error_in_index_order, error_of_a_commit, interruption, out_of_memory,
    cpus)
