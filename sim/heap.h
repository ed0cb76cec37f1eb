/* heap.h - 4-ary heaps: of (key, payload), of bare keys, and indexed.
 *
 * Four children share one or two cache lines, so a 4-ary heap takes half the
 * misses of a binary one; replacing the top in place saves one of the two
 * passes of "pop, then push".  Both matter: free times of many servers and
 * finish times of many jobs are read at the top and replaced there.
 *
 * Order is total: by key, then by payload, smallest first, so the sequence of
 * pops is a function of the content and not of the history.  Keys are any
 * doubles but NaN; infinities are allowed.
 *
 * Every heap starts from {0}, grows by doubling (sim/alloc.h) and is released
 * with its *_release(); clearing keeps the memory.
 */
#ifndef SIM_HEAP_H
#define SIM_HEAP_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/err.h"

/* ---- (key, payload) ------------------------------------------------------ */

struct sim_heap_item {
    double key;
    uint64_t payload; /* the caller's; second sort key */
};

struct sim_heap {
    struct sim_heap_item *items; /* items[0] is the smallest */
    size_t n;                    /* items in the heap */
    size_t room;                 /* items that fit without growing */
};

/** Make room for `room` items, so that pushes up to there cannot fail.
 *  @retval SIM_E_NOMEM  the heap is unchanged */
SIM_MUST_CHECK int sim_heap_reserve(
    struct sim_heap *heap, size_t room, struct sim_err *err);

/** Add an item; O(log n).
 *  @retval SIM_E_NOMEM  the heap is unchanged */
SIM_MUST_CHECK int sim_heap_push(
    struct sim_heap *heap, double key, uint64_t payload, struct sim_err *err);

/** Remove and return the smallest item; the heap must not be empty. */
struct sim_heap_item sim_heap_pop(struct sim_heap *heap);

/** Put an item in the place of the smallest: pop and push in one pass; the
 *  heap must not be empty. */
void sim_heap_replace_top(struct sim_heap *heap, double key, uint64_t payload);

/** Free the memory; the heap is empty and usable again. */
void sim_heap_release(struct sim_heap *heap);

/* ---- bare keys ----------------------------------------------------------- */

/* Half the memory of struct sim_heap where only the keys matter.  key[n] and
 * the two above it are kept at INFINITY, so the four children of the last
 * parent can be compared without asking how many there are. */
struct sim_keys {
    double *key; /* key[0] is the smallest */
    size_t n;
    size_t room; /* keys that fit without growing */
};

/** Make room for `room` keys.
 *  @retval SIM_E_NOMEM  unchanged */
SIM_MUST_CHECK int sim_keys_reserve(
    struct sim_keys *keys, size_t room, struct sim_err *err);

/** Add at the end, not as a heap: for sim_keys_build() afterwards.
 *  @retval SIM_E_NOMEM  unchanged */
SIM_MUST_CHECK int sim_keys_append(
    struct sim_keys *keys, double key, struct sim_err *err);

/** Make a heap of keys in any order; O(n). */
void sim_keys_build(struct sim_keys *keys);

/** Add a key to the heap; O(log n).
 *  @retval SIM_E_NOMEM  unchanged */
SIM_MUST_CHECK int sim_keys_push(
    struct sim_keys *keys, double key, struct sim_err *err);

/** Remove the smallest key; must not be empty. */
void sim_keys_pop(struct sim_keys *keys);

/** Replace the smallest key by `key`; must not be empty. */
void sim_keys_replace_top(struct sim_keys *keys, double key);

/** Free the memory. */
void sim_keys_release(struct sim_keys *keys);

/* ---- indexed ------------------------------------------------------------- */

/* One key for each of the indices 0 .. n_index-1, of which only the finite
 * ones are in the heap: an index that has no event costs nothing. */
struct sim_index_heap {
    struct sim_heap_item *items; /* payload = index */
    uint32_t *place;             /* [n_index] position + 1, 0 = not in */
    size_t n;                    /* indices in the heap */
    size_t n_index;
    size_t room; /* indices that fit without growing */
};

/** Empty the heap and set the number of indices.
 *  @retval SIM_E_NOMEM  the heap is empty */
SIM_MUST_CHECK int sim_index_heap_reset(
    struct sim_index_heap *heap, size_t n_index, struct sim_err *err);

/** For sim_index_heap_set(): in every case. */
void sim_index_heap_move(struct sim_index_heap *heap, size_t index, double key);

/** Set the key of `index`, whichever it had; INFINITY takes it out.
 *  O(log n), and a comparison for an index that stays without a key. */
static inline void sim_index_heap_set(
    struct sim_index_heap *heap, size_t index, double key)
{
    if (key < (double)INFINITY || heap->place[index] != 0)
        sim_index_heap_move(heap, index, key);
}

/** The smallest key, INFINITY when the heap is empty; on equal keys the
 *  smallest index is in front: heap->items[0].payload. */
static inline double sim_index_heap_top(const struct sim_index_heap *heap)
{
    return heap->n > 0 ? heap->items[0].key : (double)INFINITY;
}

/** Free the memory. */
void sim_index_heap_release(struct sim_index_heap *heap);

#endif /* SIM_HEAP_H */
