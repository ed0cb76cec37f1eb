#include "sim/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "sim/alloc.h"

enum { CHUNK_BYTES = 64 * 1024 };

struct sim_arena_chunk {
    struct sim_arena_chunk *older;
    size_t used;
    size_t size;
    alignas(max_align_t) unsigned char data[];
};

static size_t round_up(size_t n)
{
    const size_t a = alignof(max_align_t);

    return (n + a - 1) / a * a;
}

void *sim_arena_alloc(struct sim_arena *arena, size_t n)
{
    struct sim_arena_chunk *chunk = arena->chunks;
    size_t size;

    if (n > SIZE_MAX / 2)
        return NULL;
    n = round_up(n > 0 ? n : 1);
    if (chunk == NULL || chunk->size - chunk->used < n) {
        size = n > CHUNK_BYTES ? n : CHUNK_BYTES;
        chunk = sim_alloc(sizeof *chunk + size);
        if (chunk == NULL)
            return NULL;
        chunk->older = arena->chunks;
        chunk->used = 0;
        chunk->size = size;
        arena->chunks = chunk;
    }
    void *block = chunk->data + chunk->used;
    chunk->used += n;
    return memset(block, 0, n);
}

void *sim_arena_calloc(struct sim_arena *arena, size_t count, size_t size)
{
    if (size != 0 && count > SIZE_MAX / 2 / size)
        return NULL;
    return sim_arena_alloc(arena, count * size);
}

char *sim_arena_strndup(struct sim_arena *arena, const char *text, size_t n)
{
    char *copy = sim_arena_alloc(arena, n + 1);

    if (copy != NULL)
        memcpy(copy, text, n);
    return copy;
}

char *sim_arena_strdup(struct sim_arena *arena, const char *text)
{
    return sim_arena_strndup(arena, text, strlen(text));
}

char *sim_arena_printf(struct sim_arena *arena, const char *fmt, ...)
{
    va_list args, again;
    char *text = NULL;
    int n;

    va_start(args, fmt);
    va_copy(again, args);
    n = vsnprintf(NULL, 0, fmt, args);
    if (n >= 0)
        text = sim_arena_alloc(arena, (size_t)n + 1);
    if (text != NULL)
        vsnprintf(text, (size_t)n + 1, fmt, again);
    va_end(again);
    va_end(args);
    return text;
}

void sim_arena_release(struct sim_arena *arena)
{
    while (arena->chunks != NULL) {
        struct sim_arena_chunk *older = arena->chunks->older;
        sim_free(arena->chunks);
        arena->chunks = older;
    }
}
