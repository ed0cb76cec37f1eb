/* The calendar queue against a plain list that is searched in full. */
#include "check_main.h"

#include <math.h>
#include <string.h>

#include "sim/alloc.h"
#include "sim/calendar.h"

static uint64_t bits(uint64_t *s)
{
    uint64_t z = *s += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static double uniform(uint64_t *s)
{
    return ((double)(bits(s) >> 12) + 0.5) * 0x1p-52;
}

static int precedes(const struct sim_event *a, const struct sim_event *b)
{
    if (a->time_s != b->time_s)
        return a->time_s < b->time_s;
    if (a->user != b->user)
        return a->user < b->user;
    if (a->cls != b->cls)
        return a->cls < b->cls;
    return a->k < b->k;
}

/* ---- reference ----------------------------------------------------------- */

enum { LIST_MAX = 1500 };

struct list {
    struct sim_event event[LIST_MAX];
    size_t n;
};

static int list_pop(struct list *list, double limit_s, struct sim_event *out)
{
    size_t best = 0;
    for (size_t i = 1; i < list->n; i++) {
        if (precedes(&list->event[i], &list->event[best]))
            best = i;
    }
    if (list->n == 0 || !(list->event[best].time_s < limit_s))
        return 0;
    *out = list->event[best];
    list->event[best] = list->event[--list->n];
    return 1;
}

/* ---- same operations on both --------------------------------------------- */

/* Delay of the next event pushed, by the regime of the test. */
typedef double (*delay_fn)(uint64_t *s, int step);

static double delay_exponential(uint64_t *s, int step)
{
    (void)step;
    return -log(uniform(s)) * 0.02;
}

/* Many equal times: order is decided by user, class and k. */
static double delay_grid(uint64_t *s, int step)
{
    (void)step;
    return (double)(bits(s) % 4) * 0.25;
}

/* Seven decades of time scale, changing as time goes on. */
static double delay_scales(uint64_t *s, int step)
{
    return uniform(s) * pow(10.0, (double)(step / 2000 % 8) - 5.0);
}

/* Mostly at once, seldom a year ahead. */
static double delay_rare(uint64_t *s, int step)
{
    (void)step;
    return bits(s) % 50 == 0 ? 3e7 * uniform(s) : 0.0;
}

static void compare(delay_fn delay, double from_s, int steps, size_t most)
{
    struct sim_calendar cal = {0};
    struct list *list = calloc(1, sizeof *list);
    uint64_t s = 7;
    double now_s = from_s;
    ck_assert_ptr_nonnull(list);
    for (int step = 0; step < steps; step++) {
        struct sim_event a = {0}, b = {0};
        if (list->n < most && (list->n == 0 || bits(&s) % 100 < 52)) {
            const struct sim_event e = {
                .time_s = now_s + delay(&s, step),
                .user = (int32_t)(bits(&s) % 5) - 2,
                .cls = (int32_t)(bits(&s) % 3),
                .k = step,
                .ref = (uint32_t)step,
            };
            ck_assert_int_eq(sim_calendar_push(&cal, &e, NULL), SIM_OK);
            list->event[list->n++] = e;
            continue;
        }
        const double limit_s =
            bits(&s) % 4 == 0 ? INFINITY : now_s + 2.0 * delay(&s, step);
        const int found = sim_calendar_pop(&cal, limit_s, &a);
        ck_assert_int_eq(found, list_pop(list, limit_s, &b));
        ck_assert_uint_eq(sim_calendar_count(&cal), list->n);
        if (found) {
            ck_assert_uint_eq(a.ref, b.ref);
            ck_assert(a.time_s == b.time_s && a.user == b.user);
            now_s = a.time_s;
        }
    }
    sim_calendar_release(&cal);
    free(list);
}

START_TEST(order_of_random_events)
{
    compare(delay_exponential, 0.0, 15000, LIST_MAX);
    compare(delay_exponential, -1000.0, 20000, 10);
}
END_TEST

START_TEST(order_of_ties)
{
    compare(delay_grid, -3.0, 30000, 500);
}
END_TEST

START_TEST(order_under_changing_scales)
{
    compare(delay_scales, 0.0, 40000, 300);
    compare(delay_rare, 0.0, 20000, 300);
}
END_TEST

/* A crowd in one instant, in each of three orders of pushing. */
START_TEST(crowd_in_one_instant)
{
    enum { CROWD = 100000 };
    struct sim_calendar cal = {0};
    for (int order = 0; order < 3; order++) {
        struct sim_event e = {.time_s = 1.0};
        for (int i = 0; i < CROWD; i++) {
            e.user = order == 0   ? i
                     : order == 1 ? CROWD - 1 - i
                                  : (int)(i * 7919LL % CROWD);
            ck_assert_int_eq(sim_calendar_push(&cal, &e, NULL), SIM_OK);
        }
        for (int i = 0; i < CROWD; i++) {
            ck_assert(sim_calendar_pop(&cal, INFINITY, &e));
            ck_assert_int_eq(e.user, i);
        }
        sim_calendar_clear(&cal);
    }
    sim_calendar_release(&cal);
}
END_TEST

START_TEST(limit_is_strict_and_leaves_the_event)
{
    struct sim_calendar cal = {0};
    struct sim_event e = {.time_s = 5.0, .k = 9};
    ck_assert(!sim_calendar_pop(&cal, INFINITY, &e));
    ck_assert_int_eq(sim_calendar_push(&cal, &e, NULL), SIM_OK);
    ck_assert(!sim_calendar_pop(&cal, 4.0, &e));
    ck_assert(!sim_calendar_pop(&cal, 5.0, &e));
    ck_assert(sim_calendar_pop(&cal, nextafter(5.0, 6.0), &e));
    ck_assert_int_eq(e.k, 9);
    /* the clock forgets: earlier times after clear() */
    sim_calendar_clear(&cal);
    e.time_s = -100.0;
    ck_assert_int_eq(sim_calendar_push(&cal, &e, NULL), SIM_OK);
    e.time_s = -200.0;
    ck_assert_int_eq(sim_calendar_push(&cal, &e, NULL), SIM_OK);
    ck_assert(sim_calendar_pop(&cal, INFINITY, &e));
    ck_assert(e.time_s == -200.0);
    sim_calendar_release(&cal);
}
END_TEST

START_TEST(no_allocation_after_warm_up)
{
    struct sim_calendar cal = {0};
    struct sim_event e = {0};
    uint64_t s = 11;
    long before = 0;
    for (int i = 0; i < 1000; i++) {
        e.time_s = delay_exponential(&s, 0);
        ck_assert_int_eq(sim_calendar_push(&cal, &e, NULL), SIM_OK);
    }
    for (int i = 0; i < 500000; i++) {
        if (i == 20000)
            before = sim_alloc_count();
        ck_assert(sim_calendar_pop(&cal, INFINITY, &e));
        e.time_s += delay_exponential(&s, 0);
        ck_assert_int_eq(sim_calendar_push(&cal, &e, NULL), SIM_OK);
    }
    ck_assert_int_eq(sim_alloc_count(), before);
    sim_calendar_release(&cal);
}
END_TEST

/* Whichever allocation fails, the push is refused and the rest comes out in
 * order. */
START_TEST(out_of_memory)
{
    for (long fail = 1; fail < 40; fail++) {
        struct sim_calendar cal = {0};
        struct sim_err err = {0};
        struct sim_event e = {0};
        uint64_t s = 13;
        size_t pushed = 0;
        sim_alloc_fail_at(fail, 1);
        for (int i = 0; i < 3000; i++) {
            e.time_s = uniform(&s);
            const int rc = sim_calendar_push(&cal, &e, &err);
            ck_assert(rc == SIM_OK || rc == SIM_E_NOMEM);
            pushed += rc == SIM_OK;
        }
        sim_alloc_fail_at(0, 0);
        double last = -INFINITY;
        ck_assert_uint_eq(sim_calendar_count(&cal), pushed);
        while (sim_calendar_pop(&cal, INFINITY, &e)) {
            ck_assert(e.time_s >= last);
            last = e.time_s;
            pushed--;
        }
        ck_assert_uint_eq(pushed, 0);
        sim_calendar_release(&cal);
    }
}
END_TEST

TEST_MAIN("sim/calendar", order_of_random_events, order_of_ties,
    order_under_changing_scales, crowd_in_one_instant,
    limit_is_strict_and_leaves_the_event, no_allocation_after_warm_up,
    out_of_memory)
