/* alloc.h - the only caller of malloc in our code.
 *
 * All memory of the house is taken here, so that out-of-memory can be tested:
 * sim_alloc_fail_at() makes the n-th call from now fail.  Nothing aborts on
 * failure; NULL comes back and the caller returns SIM_E_NOMEM.
 */
#ifndef SIM_ALLOC_H
#define SIM_ALLOC_H

#include <stddef.h>

#include "sim/err.h"

/** `n` bytes, uninitialised; NULL when out of memory.  n = 0 gives a pointer
 *  that may be freed. */
SIM_MUST_CHECK void *sim_alloc(size_t n);

/** `count * size` bytes of zero; NULL when out of memory or on overflow. */
SIM_MUST_CHECK void *sim_calloc(size_t count, size_t size);

/** `count * size` bytes with the old content; the old block stays valid when
 *  NULL comes back. */
SIM_MUST_CHECK void *sim_realloc(void *block, size_t count, size_t size);

/** Free; NULL is allowed. */
void sim_free(void *block);

/** Test hook: let the `n`-th allocation from now fail (1 = the next one), and
 *  all later ones too when `for_ever`.  n = 0 switches the hook off. */
void sim_alloc_fail_at(long n, int for_ever);

/** Number of allocations since the program started. */
long sim_alloc_count(void);

#endif /* SIM_ALLOC_H */
