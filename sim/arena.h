/* arena.h - memory with one lifetime.
 *
 * Blocks are taken one after the other and released together.  One arena
 * belongs to the scenario, one to the results, one to each piece of work.
 */
#ifndef SIM_ARENA_H
#define SIM_ARENA_H

#include <stddef.h>

#include "sim/err.h"

struct sim_arena_chunk;

/* Start from {0}; release with sim_arena_release(). */
struct sim_arena {
    struct sim_arena_chunk *chunks; /* newest first */
};

/** `n` bytes of zero, aligned for any type; NULL when out of memory. */
SIM_MUST_CHECK void *sim_arena_alloc(struct sim_arena *arena, size_t n);

/** `count * size` bytes of zero; NULL when out of memory or on overflow. */
SIM_MUST_CHECK void *sim_arena_calloc(
    struct sim_arena *arena, size_t count, size_t size);

/** Copy of a string; NULL when out of memory.  `text` must not be NULL. */
SIM_MUST_CHECK char *sim_arena_strdup(
    struct sim_arena *arena, const char *text);

/** Copy of `n` bytes with a terminating NUL. */
SIM_MUST_CHECK char *sim_arena_strndup(
    struct sim_arena *arena, const char *text, size_t n);

/** printf into the arena; NULL when out of memory. */
SIM_MUST_CHECK char *sim_arena_printf(
    struct sim_arena *arena, const char *fmt, ...) SIM_PRINTF(2, 3);

/** Free everything; the arena is empty and usable again. */
void sim_arena_release(struct sim_arena *arena);

#endif /* SIM_ARENA_H */
