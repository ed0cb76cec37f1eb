#include "sim/rng.h"

#include <math.h>
#include <string.h>

#include "sim/clones.h"
#include "sim/fmath_kernel.h"

enum {
    LANES = 8,
    CHUNK = 256, /* draws per pass through the scratch buffers */
};

static const uint64_t golden = 0x9e3779b97f4a7c15u; /* 2^64 / golden ratio */

/* The output function of splitmix64 (Stafford's variant 13). */
static uint64_t mix(uint64_t z)
{
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* One word of a key goes in by a full mix, so that keys which differ in any
 * word, or have words exchanged, get unrelated hashes. */
static uint64_t absorb(uint64_t hash, uint64_t word)
{
    return mix((hash + golden) ^ mix(word + golden));
}

static uint64_t key_hash(const struct sim_key *key)
{
    uint64_t hash = 0;

    hash = absorb(hash, key->seed);
    hash = absorb(hash, key->replication);
    hash = absorb(hash, key->entity);
    hash = absorb(hash, key->purpose);
    return absorb(hash, key->window);
}

uint64_t sim_entity(const char *name)
{
    uint64_t hash = 0xcbf29ce484222325u; /* FNV-1a, then mixed */

    for (const unsigned char *p = (const unsigned char *)name; *p != 0; p++)
        hash = (hash ^ *p) * 0x100000001b3u;
    return mix(hash);
}

uint64_t sim_entity_sub(uint64_t entity, uint64_t index)
{
    return absorb(entity, index);
}

void sim_stream_init(struct sim_stream *stream, const struct sim_key *key)
{
    stream->hash = key_hash(key);
    stream->used = 0;
    stream->is_seeded = 0;
    stream->has_spare = 0;
    stream->spare = 0.0;
}

SIM_INLINE double to_uniform(uint64_t bits)
{
    /* 52 bits into [1, 2), then down by 1 - 2^-53: exact, and never 0 or 1 */
    return sim_k_double((bits >> 12) | 0x3ff0000000000000u) - (1.0 - 0x1p-53);
}

/* Four lanes of a state word.  Written out as a vector, for gcc unrolls a loop
 * over the lanes before it looks for vectors in it, and finds none. */
typedef uint64_t quad __attribute__((vector_size(32)));

enum { QUAD = 4 };

/* `blocks` times 8 raw outputs; one step of every lane of xoshiro256+. */
SIM_CLONES static void raw_blocks(
    struct sim_stream *stream, uint64_t *out, size_t blocks)
{
    for (int i = 0; i < LANES; i += QUAD) {
        quad s0, s1, s2, s3;
        memcpy(&s0, &stream->s[0][i], sizeof s0);
        memcpy(&s1, &stream->s[1][i], sizeof s1);
        memcpy(&s2, &stream->s[2][i], sizeof s2);
        memcpy(&s3, &stream->s[3][i], sizeof s3);
        for (size_t b = 0; b < blocks; b++) {
            const quad t = s1 << 17, sum = s0 + s3;
            memcpy(&out[b * LANES + (size_t)i], &sum, sizeof sum);
            s2 ^= s0;
            s3 ^= s1;
            s1 ^= s2;
            s0 ^= s3;
            s2 ^= t;
            s3 = (s3 << 45) | (s3 >> 19);
        }
        memcpy(&stream->s[0][i], &s0, sizeof s0);
        memcpy(&stream->s[1][i], &s1, sizeof s1);
        memcpy(&stream->s[2][i], &s2, sizeof s2);
        memcpy(&stream->s[3][i], &s3, sizeof s3);
    }
}

/* State word `word` of a lane at the start: four consecutive outputs of
 * splitmix64 seed a lane; they are distinct, so no lane can be all zero, the
 * one state xoshiro must not have. */
static uint64_t seed_word(const struct sim_stream *stream, int lane, int word)
{
    return mix(stream->hash + golden * (uint64_t)(4 * lane + word + 1));
}

/* Seed the lanes and produce the first block, of which some may be used. */
static void seed(struct sim_stream *stream)
{
    for (int lane = 0; lane < LANES; lane++) {
        for (int word = 0; word < 4; word++)
            stream->s[word][lane] = seed_word(stream, lane, word);
    }
    raw_blocks(stream, stream->out, 1);
    stream->is_seeded = 1;
}

uint64_t sim_stream_bits(struct sim_stream *stream)
{
    if (!stream->is_seeded) {
        /* the first output of a lane needs but two words of its state */
        if (stream->used < LANES) {
            const int lane = (int)stream->used++;
            return seed_word(stream, lane, 0) + seed_word(stream, lane, 3);
        }
        seed(stream);
    }
    if (stream->used == LANES) {
        raw_blocks(stream, stream->out, 1);
        stream->used = 0;
    }
    return stream->out[stream->used++];
}

double sim_stream_uniform(struct sim_stream *stream)
{
    return to_uniform(sim_stream_bits(stream));
}

SIM_CLONES static void bits_to_uniforms(
    const uint64_t *bits, double *u, size_t n)
{
    for (size_t i = 0; i < n; i++)
        u[i] = to_uniform(bits[i]);
}

void sim_stream_uniforms(struct sim_stream *stream, double *u, size_t n)
{
    uint64_t bits[CHUNK];
    size_t i = 0;

    if (!stream->is_seeded && stream->used + n > LANES)
        seed(stream);
    while (i < n && stream->used < LANES)
        u[i++] = sim_stream_uniform(stream);
    while (n - i >= LANES) {
        const size_t left = (n - i) / LANES;
        const size_t blocks = left < CHUNK / LANES ? left : CHUNK / LANES;
        raw_blocks(stream, bits, blocks);
        bits_to_uniforms(bits, u + i, blocks * LANES);
        i += blocks * LANES;
    }
    while (i < n)
        u[i++] = sim_stream_uniform(stream);
}

SIM_CLONES static void to_exponentials(const double *u, double *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        x[i] = -sim_k_log_normal(u[i]);
}

void sim_stream_exponentials(struct sim_stream *stream, double *x, size_t n)
{
    double u[CHUNK];

    for (size_t i = 0; i < n; i += CHUNK) {
        const size_t m = n - i < CHUNK ? n - i : CHUNK;
        sim_stream_uniforms(stream, u, m);
        to_exponentials(u, x + i, m);
    }
}

/* Box and Muller: uniforms 2j and 2j+1 give normals 2j and 2j+1. */
SIM_CLONES static void to_normals(const double *u, double *z, size_t pairs)
{
    for (size_t j = 0; j < pairs; j++) {
        /* the callers fill u; the analyser does not see through the clones */
        const double u0 = u[2 * j], u1 = u[2 * j + 1];      /* NOLINT */
        const double r = sqrt(-2.0 * sim_k_log_normal(u0)); /* NOLINT */
        double s, c;
        sim_k_sincos_2pi(u1, &s, &c); /* NOLINT */
        z[2 * j] = r * c;
        z[2 * j + 1] = r * s;
    }
}

void sim_stream_normals(struct sim_stream *stream, double *z, size_t n)
{
    double u[CHUNK], pair[2];
    size_t i = 0;

    if (n > 0 && stream->has_spare) {
        z[i++] = stream->spare;
        stream->has_spare = 0;
    }
    while (n - i >= 2) {
        const size_t left = (n - i) / 2;
        const size_t pairs = left < CHUNK / 2 ? left : CHUNK / 2;
        sim_stream_uniforms(stream, u, 2 * pairs);
        to_normals(u, z + i, pairs);
        i += 2 * pairs;
    }
    if (i < n) {
        sim_stream_uniforms(stream, u, 2);
        to_normals(u, pair, 1);
        z[i] = pair[0];
        stream->spare = pair[1];
        stream->has_spare = 1;
    }
}

double sim_hash_uniform(const struct sim_key *key, uint64_t index)
{
    return to_uniform(absorb(key_hash(key), index));
}
