/* Truth: the contracts in sim/arena.h and sim/alloc.h. */
#include "sim/arena.h"

#include <stdalign.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "check_main.h"
#include "sim/alloc.h"

START_TEST(test_zeroed_aligned_disjoint)
{
    enum { N = 2000 };
    static unsigned char *blocks[N];
    struct sim_arena arena = {0};

    for (int i = 0; i < N; i++) {
        const size_t size = (size_t)(i * 7 % 300);
        blocks[i] = sim_arena_alloc(&arena, size);
        ck_assert_ptr_nonnull(blocks[i]);
        ck_assert_uint_eq((uintptr_t)blocks[i] % alignof(max_align_t), 0);
        for (size_t k = 0; k < size; k++)
            ck_assert_uint_eq(blocks[i][k], 0);
        memset(blocks[i], i & 0xff, size);
    }
    for (int i = 0; i < N; i++) {
        for (size_t k = 0; k < (size_t)(i * 7 % 300); k++)
            ck_assert_uint_eq(blocks[i][k], (unsigned)(i & 0xff));
    }
    sim_arena_release(&arena);
    ck_assert_ptr_null(arena.chunks);
}
END_TEST

START_TEST(test_large_block_and_reuse)
{
    struct sim_arena arena = {0};
    const size_t big = (size_t)1 << 20;
    unsigned char *p = sim_arena_alloc(&arena, big);

    ck_assert_ptr_nonnull(p);
    p[0] = p[big - 1] = 1;
    ck_assert_ptr_nonnull(sim_arena_alloc(&arena, 10));
    sim_arena_release(&arena);
    p = sim_arena_alloc(&arena, 64); /* usable again, and zero again */
    ck_assert_ptr_nonnull(p);
    for (int i = 0; i < 64; i++)
        ck_assert_uint_eq(p[i], 0);
    sim_arena_release(&arena);
    sim_arena_release(&arena);
}
END_TEST

START_TEST(test_strings)
{
    struct sim_arena arena = {0};
    char text[] = "edge";
    char *copy = sim_arena_strdup(&arena, text);
    char *part = sim_arena_strndup(&arena, "hyperscale", 5);
    char *made = sim_arena_printf(&arena, "%s.%d", "site", 42);

    text[0] = 'X';
    ck_assert_str_eq(copy, "edge");
    ck_assert_str_eq(part, "hyper");
    ck_assert_str_eq(made, "site.42");
    sim_arena_release(&arena);
}
END_TEST

START_TEST(test_overflow_and_exhaustion)
{
    struct sim_arena arena = {0};

    ck_assert_ptr_null(sim_arena_calloc(&arena, SIZE_MAX / 2, 4));
    ck_assert_ptr_null(sim_arena_alloc(&arena, SIZE_MAX - 3));
    ck_assert_ptr_null(sim_realloc(NULL, SIZE_MAX / 2, 4));
    sim_alloc_fail_at(1, 0);
    ck_assert_ptr_null(sim_arena_alloc(&arena, 8));
    ck_assert_ptr_nonnull(sim_arena_alloc(&arena, 8)); /* failed once only */
    sim_alloc_fail_at(1, 1);
    ck_assert_ptr_nonnull(sim_arena_alloc(&arena, 8)); /* room in the chunk */
    ck_assert_ptr_null(sim_arena_alloc(&arena, 1 << 20));
    ck_assert_ptr_null(sim_arena_printf(&arena, "%100000d", 1));
    sim_alloc_fail_at(0, 0);
    ck_assert_ptr_nonnull(sim_arena_calloc(&arena, 100, 8));
    sim_arena_release(&arena);
}
END_TEST

START_TEST(test_alloc_hook)
{
    const long before = sim_alloc_count();
    void *p = sim_alloc(0), *q;

    ck_assert_ptr_nonnull(p);
    ck_assert_int_eq(sim_alloc_count(), before + 1);
    sim_alloc_fail_at(2, 0);
    q = sim_calloc(3, 5);
    ck_assert_ptr_nonnull(q);
    ck_assert_uint_eq(((unsigned char *)q)[14], 0);
    ck_assert_ptr_null(sim_realloc(q, 100, 1)); /* the second; q stays */
    q = sim_realloc(q, 100, 1);
    ck_assert_ptr_nonnull(q);
    sim_alloc_fail_at(0, 0);
    sim_free(p);
    sim_free(q);
    sim_free(NULL);
}
END_TEST

TEST_MAIN("sim/arena", test_zeroed_aligned_disjoint, test_large_block_and_reuse,
    test_strings, test_overflow_and_exhaustion, test_alloc_hook)
