#include "sim/alloc.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>

/* The one mutable state of the house outside a struct: an allocator cannot
 * take a first parameter without every caller carrying it.  Written only by
 * tests; the counter is atomic because pieces run on threads. */
static atomic_long n_calls;
static atomic_long fail_at;
static atomic_int fail_for_ever;

static int must_fail(void)
{
    const long n = atomic_fetch_add(&n_calls, 1) + 1;
    const long at = atomic_load(&fail_at);

    if (at == 0)
        return 0;
    return n == at || (n > at && atomic_load(&fail_for_ever) != 0);
}

void *sim_alloc(size_t n)
{
    return must_fail() ? NULL : malloc(n > 0 ? n : 1);
}

void *sim_calloc(size_t count, size_t size)
{
    if (must_fail())
        return NULL;
    if (size != 0 && count > SIZE_MAX / size)
        return NULL;
    return calloc(count > 0 ? count : 1, size > 0 ? size : 1);
}

void *sim_realloc(void *block, size_t count, size_t size)
{
    if (must_fail())
        return NULL;
    if (size != 0 && count > SIZE_MAX / size)
        return NULL;
    return realloc(block, count * size > 0 ? count * size : 1);
}

void sim_free(void *block)
{
    free(block);
}

void sim_alloc_fail_at(long n, int for_ever)
{
    atomic_store(&fail_for_ever, for_ever);
    atomic_store(&fail_at, n == 0 ? 0 : atomic_load(&n_calls) + n);
}

long sim_alloc_count(void)
{
    return atomic_load(&n_calls);
}
