/* Heaps against sorting and against a linear scan. */
#include "check_main.h"

#include <math.h>
#include <string.h>

#include "sim/alloc.h"
#include "sim/heap.h"

enum { N = 2000 };

static uint64_t bits(uint64_t *s)
{
    uint64_t z = *s += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* Few distinct keys, so that ties are common. */
static double tied_key(uint64_t *s)
{
    return (double)(bits(s) % 97) - 40.0;
}

static int by_key_and_payload(const void *a, const void *b)
{
    const struct sim_heap_item *x = a, *y = b;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return x->payload < y->payload ? -1 : x->payload > y->payload;
}

START_TEST(pops_in_sorted_order_with_ties)
{
    struct sim_heap heap = {0};
    struct sim_heap_item truth[N];
    uint64_t s = 1;
    for (int i = 0; i < N; i++) {
        truth[i].key = tied_key(&s);
        truth[i].payload = bits(&s) % 1000;
        ck_assert_int_eq(
            sim_heap_push(&heap, truth[i].key, truth[i].payload, NULL), SIM_OK);
    }
    qsort(truth, N, sizeof truth[0], by_key_and_payload);
    for (int i = 0; i < N; i++) {
        const struct sim_heap_item x = sim_heap_pop(&heap);
        ck_assert(x.key == truth[i].key && x.payload == truth[i].payload);
    }
    ck_assert_uint_eq(heap.n, 0);
    sim_heap_release(&heap);
}
END_TEST

START_TEST(replace_top_equals_pop_then_push)
{
    struct sim_heap a = {0}, b = {0};
    uint64_t s = 2;
    for (int i = 0; i < 50; i++) {
        const double key = tied_key(&s);
        ck_assert_int_eq(sim_heap_push(&a, key, (uint64_t)i, NULL), SIM_OK);
        ck_assert_int_eq(sim_heap_push(&b, key, (uint64_t)i, NULL), SIM_OK);
    }
    for (int i = 0; i < N; i++) {
        const double key = tied_key(&s);
        const struct sim_heap_item top = a.items[0];
        const struct sim_heap_item popped = sim_heap_pop(&b);
        ck_assert(top.key == popped.key && top.payload == popped.payload);
        sim_heap_replace_top(&a, key, (uint64_t)i);
        ck_assert_int_eq(sim_heap_push(&b, key, (uint64_t)i, NULL), SIM_OK);
    }
    sim_heap_release(&a);
    sim_heap_release(&b);
}
END_TEST

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Every size from 1 on, since the last parent's children are padded. */
START_TEST(keys_pop_in_sorted_order)
{
    struct sim_keys keys = {0};
    uint64_t s = 3;
    for (size_t n = 1; n < 70; n++) {
        double truth[70];
        for (size_t i = 0; i < n; i++) {
            truth[i] = tied_key(&s);
            const int rc = n % 2 != 0 ? sim_keys_append(&keys, truth[i], NULL)
                                      : sim_keys_push(&keys, truth[i], NULL);
            ck_assert_int_eq(rc, SIM_OK);
        }
        if (n % 2 != 0)
            sim_keys_build(&keys);
        qsort(truth, n, sizeof truth[0], by_value);
        for (size_t i = 0; i < n; i++) {
            ck_assert(keys.key[0] == truth[i]);
            sim_keys_pop(&keys);
        }
        ck_assert_uint_eq(keys.n, 0);
    }
    sim_keys_release(&keys);
}
END_TEST

START_TEST(keys_replace_top_keeps_the_minimum)
{
    struct sim_keys keys = {0};
    double truth[101];
    uint64_t s = 4;
    const size_t n = sizeof truth / sizeof truth[0];
    for (size_t i = 0; i < n; i++) {
        truth[i] = -INFINITY;
        ck_assert_int_eq(sim_keys_append(&keys, truth[i], NULL), SIM_OK);
    }
    sim_keys_build(&keys);
    for (int round = 0; round < N; round++) {
        qsort(truth, n, sizeof truth[0], by_value);
        ck_assert(keys.key[0] == truth[0]);
        truth[0] = tied_key(&s) + round;
        sim_keys_replace_top(&keys, truth[0]);
    }
    sim_keys_release(&keys);
}
END_TEST

/* Truth: the smallest finite of an array, lowest index on ties. */
START_TEST(index_heap_agrees_with_a_scan)
{
    enum { INDICES = 37 };
    struct sim_index_heap heap = {0};
    double key[INDICES];
    uint64_t s = 5;
    ck_assert_int_eq(sim_index_heap_reset(&heap, INDICES, NULL), SIM_OK);
    for (int i = 0; i < INDICES; i++)
        key[i] = INFINITY;
    for (int round = 0; round < 10 * N; round++) {
        const size_t i = bits(&s) % INDICES;
        key[i] = bits(&s) % 3 == 0 ? INFINITY : tied_key(&s);
        sim_index_heap_set(&heap, i, key[i]);
        size_t best = 0, finite = 0;
        for (size_t j = 0; j < INDICES; j++) {
            finite += key[j] < INFINITY;
            if (key[j] < key[best])
                best = j;
        }
        ck_assert_uint_eq(heap.n, finite);
        ck_assert(sim_index_heap_top(&heap) == key[best]);
        if (finite > 0)
            ck_assert_uint_eq(heap.items[0].payload, best);
    }
    ck_assert_int_eq(sim_index_heap_reset(&heap, 3, NULL), SIM_OK);
    ck_assert(sim_index_heap_top(&heap) == INFINITY);
    sim_index_heap_release(&heap);
}
END_TEST

START_TEST(out_of_memory_leaves_the_heap_whole)
{
    struct sim_heap heap = {0};
    struct sim_keys keys = {0};
    struct sim_index_heap index = {0};
    struct sim_err err = {0};
    for (int i = 0; i < 16; i++) {
        ck_assert_int_eq(sim_heap_push(&heap, -i, 0, NULL), SIM_OK);
        ck_assert_int_eq(sim_keys_push(&keys, -i, NULL), SIM_OK);
    }
    sim_alloc_fail_at(1, 1);
    ck_assert_int_eq(sim_heap_push(&heap, -99, 0, &err), SIM_E_NOMEM);
    ck_assert_int_eq(sim_keys_push(&keys, -99, &err), SIM_E_NOMEM);
    ck_assert_int_eq(sim_index_heap_reset(&index, 5, &err), SIM_E_NOMEM);
    sim_alloc_fail_at(0, 0);
    ck_assert(err.text[0] != '\0');
    ck_assert(heap.n == 16 && heap.items[0].key == -15.0);
    ck_assert(keys.n == 16 && keys.key[0] == -15.0);
    /* the second of the two arrays fails */
    sim_alloc_fail_at(2, 0);
    ck_assert_int_eq(sim_index_heap_reset(&index, 5, &err), SIM_E_NOMEM);
    sim_alloc_fail_at(0, 0);
    ck_assert_int_eq(sim_index_heap_reset(&index, 5, &err), SIM_OK);
    sim_heap_release(&heap);
    sim_keys_release(&keys);
    sim_index_heap_release(&index);
}
END_TEST

TEST_MAIN("sim/heap", pops_in_sorted_order_with_ties,
    replace_top_equals_pop_then_push, keys_pop_in_sorted_order,
    keys_replace_top_keeps_the_minimum, index_heap_agrees_with_a_scan,
    out_of_memory_leaves_the_heap_whole)
