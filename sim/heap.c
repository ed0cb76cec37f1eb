#include "sim/heap.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>

#include "sim/alloc.h"

enum { FANOUT = 4, PAD = 3, ROOM_MIN = 16 };

/* At least `need`, at least doubled, so that n pushes cost O(n). */
static size_t grown(size_t room, size_t need)
{
    size_t next = room * 2 > ROOM_MIN ? room * 2 : ROOM_MIN;
    return next > need ? next : need;
}

static bool precedes(struct sim_heap_item a, struct sim_heap_item b)
{
    return a.key < b.key || (a.key == b.key && a.payload < b.payload);
}

/* ---- (key, payload) ------------------------------------------------------ */

int sim_heap_reserve(struct sim_heap *heap, size_t room, struct sim_err *err)
{
    if (room <= heap->room)
        return SIM_OK;
    room = grown(heap->room, room);
    struct sim_heap_item *items =
        sim_realloc(heap->items, room, sizeof *heap->items);
    if (items == NULL)
        return sim_err_set(err, SIM_E_NOMEM, "out of memory: heap");
    heap->items = items;
    heap->room = room;
    return SIM_OK;
}

int sim_heap_push(
    struct sim_heap *heap, double key, uint64_t payload, struct sim_err *err)
{
    const int rc = sim_heap_reserve(heap, heap->n + 1, err);
    if (rc != SIM_OK)
        return rc;
    const struct sim_heap_item x = {key, payload};
    size_t i = heap->n++;
    while (i > 0) {
        const size_t up = (i - 1) / FANOUT;
        if (!precedes(x, heap->items[up]))
            break;
        heap->items[i] = heap->items[up];
        i = up;
    }
    heap->items[i] = x;
    return SIM_OK;
}

/* The smallest of the children of a node whose first child is `c` < n. */
static size_t min_child(const struct sim_heap_item *items, size_t c, size_t n)
{
    const size_t end = c + FANOUT < n ? c + FANOUT : n;
    size_t best = c;
    for (size_t i = c + 1; i < end; i++) {
        if (precedes(items[i], items[best]))
            best = i;
    }
    return best;
}

void sim_heap_replace_top(struct sim_heap *heap, double key, uint64_t payload)
{
    assert(heap->n > 0);
    const struct sim_heap_item x = {key, payload};
    struct sim_heap_item *items = heap->items;
    size_t i = 0;
    for (size_t c = 1; c < heap->n; c = FANOUT * i + 1) {
        const size_t m = min_child(items, c, heap->n);
        if (!precedes(items[m], x))
            break;
        items[i] = items[m];
        i = m;
    }
    items[i] = x;
}

struct sim_heap_item sim_heap_pop(struct sim_heap *heap)
{
    assert(heap->n > 0);
    const struct sim_heap_item top = heap->items[0];
    const struct sim_heap_item last = heap->items[--heap->n];
    if (heap->n > 0)
        sim_heap_replace_top(heap, last.key, last.payload);
    return top;
}

void sim_heap_release(struct sim_heap *heap)
{
    sim_free(heap->items);
    *heap = (struct sim_heap){0};
}

/* ---- bare keys ----------------------------------------------------------- */

int sim_keys_reserve(struct sim_keys *keys, size_t room, struct sim_err *err)
{
    if (room <= keys->room)
        return SIM_OK;
    room = grown(keys->room, room);
    double *key = sim_realloc(keys->key, room + PAD, sizeof *key);
    if (key == NULL)
        return sim_err_set(err, SIM_E_NOMEM, "out of memory: heap of keys");
    for (size_t i = keys->n; i < keys->n + PAD; i++)
        key[i] = (double)INFINITY;
    keys->key = key;
    keys->room = room;
    return SIM_OK;
}

int sim_keys_append(struct sim_keys *keys, double key, struct sim_err *err)
{
    const int rc = sim_keys_reserve(keys, keys->n + 1, err);
    if (rc != SIM_OK)
        return rc;
    keys->key[keys->n++] = key;
    keys->key[keys->n + PAD - 1] = (double)INFINITY;
    return SIM_OK;
}

/* Let x sink from node i of a heap of n keys.  The three comparisons among
 * the children compile to conditional moves: which child is smallest is a
 * coin toss no branch predictor can win. */
static void keys_sink(double *key, size_t n, size_t i, double x)
{
    for (size_t c = FANOUT * i + 1; c < n; c = FANOUT * i + 1) {
        const size_t a = c + (key[c + 1] < key[c]);
        const size_t b = c + 2 + (key[c + 3] < key[c + 2]);
        const size_t m = key[b] < key[a] ? b : a;
        if (!(key[m] < x))
            break;
        key[i] = key[m];
        i = m;
    }
    key[i] = x;
}

void sim_keys_build(struct sim_keys *keys)
{
    if (keys->n < 2)
        return;
    for (size_t i = (keys->n - 2) / FANOUT + 1; i > 0; i--)
        keys_sink(keys->key, keys->n, i - 1, keys->key[i - 1]);
}

int sim_keys_push(struct sim_keys *keys, double key, struct sim_err *err)
{
    const int rc = sim_keys_append(keys, key, err);
    if (rc != SIM_OK)
        return rc;
    size_t i = keys->n - 1;
    while (i > 0 && key < keys->key[(i - 1) / FANOUT]) {
        keys->key[i] = keys->key[(i - 1) / FANOUT];
        i = (i - 1) / FANOUT;
    }
    keys->key[i] = key;
    return SIM_OK;
}

void sim_keys_replace_top(struct sim_keys *keys, double key)
{
    assert(keys->n > 0);
    keys_sink(keys->key, keys->n, 0, key);
}

void sim_keys_pop(struct sim_keys *keys)
{
    assert(keys->n > 0);
    const double last = keys->key[--keys->n];
    keys->key[keys->n] = (double)INFINITY;
    if (keys->n > 0)
        keys_sink(keys->key, keys->n, 0, last);
}

void sim_keys_release(struct sim_keys *keys)
{
    sim_free(keys->key);
    *keys = (struct sim_keys){0};
}

/* ---- indexed ------------------------------------------------------------- */

int sim_index_heap_reset(
    struct sim_index_heap *heap, size_t n_index, struct sim_err *err)
{
    heap->n = 0;
    if (n_index > heap->room) {
        sim_index_heap_release(heap);
        heap->items = sim_calloc(n_index, sizeof *heap->items);
        heap->place = sim_calloc(n_index, sizeof *heap->place);
        if (heap->items == NULL || heap->place == NULL) {
            sim_index_heap_release(heap);
            return sim_err_set(err, SIM_E_NOMEM, "out of memory: index heap");
        }
        heap->room = n_index;
    }
    heap->n_index = n_index;
    for (size_t i = 0; i < n_index; i++)
        heap->place[i] = 0;
    return SIM_OK;
}

static void put(struct sim_index_heap *heap, size_t i, struct sim_heap_item x)
{
    heap->items[i] = x;
    heap->place[x.payload] = (uint32_t)(i + 1);
}

/* x belongs into the free node i, or above or below it. */
static void settle(
    struct sim_index_heap *heap, size_t i, struct sim_heap_item x)
{
    while (i > 0 && precedes(x, heap->items[(i - 1) / FANOUT])) {
        put(heap, i, heap->items[(i - 1) / FANOUT]);
        i = (i - 1) / FANOUT;
    }
    for (size_t c = FANOUT * i + 1; c < heap->n; c = FANOUT * i + 1) {
        const size_t m = min_child(heap->items, c, heap->n);
        if (!precedes(heap->items[m], x))
            break;
        put(heap, i, heap->items[m]);
        i = m;
    }
    put(heap, i, x);
}

void sim_index_heap_move(struct sim_index_heap *heap, size_t index, double key)
{
    assert(index < heap->n_index);
    const uint32_t place = heap->place[index];
    const struct sim_heap_item x = {key, index};

    if (!(key < (double)INFINITY)) {
        if (place == 0)
            return;
        heap->place[index] = 0;
        const struct sim_heap_item last = heap->items[--heap->n];
        if (last.payload != index)
            settle(heap, place - 1, last);
    } else {
        settle(heap, place != 0 ? place - 1 : heap->n++, x);
    }
}

void sim_index_heap_release(struct sim_index_heap *heap)
{
    sim_free(heap->items);
    sim_free(heap->place);
    *heap = (struct sim_index_heap){0};
}
