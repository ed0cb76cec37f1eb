/* rng.h - keyed random streams.
 *
 * A draw is a pure function of (seed, replication, entity, purpose, window,
 * index).  The key never contains the deployment, the sweep case, the engine
 * or the thread, so results do not depend on them and deployments share common
 * random numbers.
 *
 * Generator: 8 lanes of xoshiro256+; lane i gives draws i, i + 8, i + 16 ...
 * The words of the key are mixed into 64 bits h; state word w of lane i is
 * output number 4 i + w of splitmix64 started at h.  Uniforms take the top 52
 * bits (the low bits of xoshiro256+ are weak) plus half a step, so they lie in
 * the open interval (0, 1), symmetric about 1/2, and log(u) is finite.
 *
 * Draws in bulk cost a fraction of single ones; `make bench` prints them beside
 * GSL's.
 *
 * Source: Blackman and Vigna, ACM TOMS 47, 2021 (xoshiro256+); Steele, Lea and
 * Flood, OOPSLA 2014 (splitmix64).
 */
#ifndef SIM_RNG_H
#define SIM_RNG_H

#include <stddef.h>
#include <stdint.h>

/* What a stream is for; part of its key.  Never renumber: results would
 * change.  Add at the end. */
enum sim_purpose {
    SIM_FOR_GAP = 1,
    SIM_FOR_SIZE,
    SIM_FOR_INPUT_TOKENS,
    SIM_FOR_OUTPUT_TOKENS,
    SIM_FOR_MARK,
    SIM_FOR_JITTER,
    SIM_FOR_PATIENCE,
    SIM_FOR_ESCALATE,
    SIM_FOR_PAIR, /* path inflation of a (user, site) pair */
    SIM_FOR_LIFE, /* component lives */
    SIM_FOR_REPAIR,
    SIM_FOR_CELL,    /* sampling of windows */
    SIM_FOR_RATE,    /* random modulation of an arrival rate */
    SIM_FOR_BALANCE, /* choice among members or servers */
    SIM_FOR_PILOT,   /* warm-up pilots */
    SIM_FOR_TEST,
    SIM_FOR_ACCESS, /* extra time of a user's access line */
    SIM_FOR_CACHE,  /* hits of a cache of answers */
    SIM_FOR_SAMPLE, /* members that stand for others */
    SIM_FOR_SLOTS,  /* which servers fail */
};

struct sim_key {
    uint64_t seed;
    uint64_t replication;
    uint64_t entity;  /* sim_entity() of its name */
    uint64_t purpose; /* enum sim_purpose */
    uint64_t window;
};

/** Hash of an entity's name ("new-york/detect", "stores/new-york/3"). */
uint64_t sim_entity(const char *name);

/** Hash of an entity and a number (unit of a group, attempt of a request). */
uint64_t sim_entity_sub(uint64_t entity, uint64_t index);

/* State of a stream; plain data, may be copied (a copy repeats the draws).
 * Many streams serve a draw or two, so the lanes are seeded by the first block
 * that is asked for in bulk, or by the ninth draw. */
struct sim_stream {
    uint64_t s[4][8];  /* xoshiro256 state word by lane, once seeded */
    uint64_t out[8];   /* the last block of 8 raw outputs, once seeded */
    uint64_t hash;     /* of the key */
    uint32_t used;     /* how many of the block are consumed; 8 = none left */
    uint8_t is_seeded; /* 0: `used` counts in the first block */
    uint8_t has_spare; /* 1 when `spare` holds the second normal of a pair */
    double spare;
};

/** Start a stream at index 0. */
void sim_stream_init(struct sim_stream *stream, const struct sim_key *key);

/** Next raw 64 bits.  The lowest bits are weak: use the high ones. */
uint64_t sim_stream_bits(struct sim_stream *stream);

/** Next uniform in the open interval (0, 1), 52 bits; uses one raw output. */
double sim_stream_uniform(struct sim_stream *stream);

/**
 * n uniforms / standard exponentials (mean 1) / standard normals.
 *
 * The same sequence as n single calls, however it is split.  An exponential
 * is -log(u) of one uniform.  Normals come in pairs from two uniforms
 * (Box-Muller: sqrt(-2 log u1) times cosine, then sine, of 2 pi u2); the second
 * half of a pair waits in the stream for the next call, so a stream used for
 * normals should serve nothing else.
 * @param u, x, z  out: [n]
 */
void sim_stream_uniforms(struct sim_stream *stream, double *u, size_t n);
void sim_stream_exponentials(struct sim_stream *stream, double *x, size_t n);
void sim_stream_normals(struct sim_stream *stream, double *z, size_t n);

/** Stateless uniform in (0, 1) of a key and an index: permanent random
 *  numbers of cells and pairs. */
double sim_hash_uniform(const struct sim_key *key, uint64_t index);

#endif /* SIM_RNG_H */
