/* Truth: a scalar implementation of splitmix64 and xoshiro256+ in this file,
 * itself checked against published outputs. */
#include "sim/rng.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <string.h>

#include "check_main.h"
#include "sim/fmath.h"
#include "sim/rng_gsl.h"

static const struct sim_key a_key = {.seed = 20261120,
    .replication = 3,
    .entity = 77,
    .purpose = SIM_FOR_TEST,
    .window = 12};

static uint64_t splitmix64(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static uint64_t xoshiro256p(uint64_t s[4])
{
    const uint64_t result = s[0] + s[3];
    const uint64_t t = s[1] << 17;

    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = (s[3] << 45) | (s[3] >> (64 - 45));
    return result;
}

/* The documented mixing of a key, one word after the other. */
static uint64_t key_hash(const struct sim_key *key)
{
    const uint64_t words[] = {
        key->seed, key->replication, key->entity, key->purpose, key->window};
    uint64_t hash = 0;

    for (int i = 0; i < 5; i++) {
        uint64_t word = words[i];
        uint64_t state = (hash + 0x9e3779b97f4a7c15u) ^ splitmix64(&word);
        state -= 0x9e3779b97f4a7c15u;
        hash = splitmix64(&state);
    }
    return hash;
}

START_TEST(test_reference_generators)
{
    /* outputs published for seed 1234567 (Rosetta Code, "Pseudo-random
     * numbers/Splitmix64") */
    static const uint64_t smix[] = {6457827717110365317u, 3203168211198807973u,
        9817491932198370423u, 4593380528125082431u, 16408922859458223821u};
    /* outputs of the authors' C code for the state 1, 2, 3, 4 (test vector of
     * the rand_xoshiro crate) */
    static const uint64_t xosh[] = {5, 211106232532999, 211106635186183,
        9223759065350669058u, 9250833439874351877u, 13862484359527728515u};
    uint64_t state = 1234567;
    uint64_t s[4] = {1, 2, 3, 4};

    for (size_t i = 0; i < sizeof smix / sizeof smix[0]; i++)
        ck_assert_uint_eq(splitmix64(&state), smix[i]);
    for (size_t i = 0; i < sizeof xosh / sizeof xosh[0]; i++)
        ck_assert_uint_eq(xoshiro256p(s), xosh[i]);
}
END_TEST

START_TEST(test_stream_is_eight_lanes)
{
    uint64_t lanes[8][4];
    uint64_t state = key_hash(&a_key);
    struct sim_stream stream;

    for (int lane = 0; lane < 8; lane++) {
        for (int word = 0; word < 4; word++)
            lanes[lane][word] = splitmix64(&state);
    }
    sim_stream_init(&stream, &a_key);
    for (int i = 0; i < 4000; i++)
        ck_assert_uint_eq(sim_stream_bits(&stream), xoshiro256p(lanes[i % 8]));
}
END_TEST

/* The first draws of a key never change: results of old studies hang on it.
 * Values of a second implementation, with Python's integers. */
START_TEST(test_known_draws)
{
    struct sim_stream stream;

    sim_stream_init(&stream, &a_key);
    ck_assert_uint_eq(sim_stream_bits(&stream), 12240493680370759603u);
    ck_assert_uint_eq(sim_entity("new-york/detect"), 9175409152576633010u);
    ck_assert_uint_eq(sim_entity_sub(sim_entity("a"), 5), 4489140926719950800u);
}
END_TEST

typedef void (*fill_fn)(struct sim_stream *stream, double *x, size_t n);

static void check_splits(fill_fn fill)
{
    enum { N = 3000 };
    static const size_t steps[] = {1, 2, 3, 7, 8, 9, 256, 257, 600};
    static double whole[N], parts[N];
    struct sim_stream stream;

    sim_stream_init(&stream, &a_key);
    fill(&stream, whole, N);
    for (size_t k = 0; k < sizeof steps / sizeof steps[0]; k++) {
        sim_stream_init(&stream, &a_key);
        for (size_t i = 0, step = steps[k]; i < N; i += step) {
            /* mixed sizes: the step itself, then one more, alternating */
            step = i % 2 == 0 ? steps[k] : steps[k] + 1;
            step = step < N - i ? step : N - i;
            fill(&stream, parts + i, step);
        }
        ck_assert_int_eq(memcmp(whole, parts, sizeof whole), 0);
    }
}

START_TEST(test_splits)
{
    check_splits(sim_stream_uniforms);
    check_splits(sim_stream_exponentials);
    check_splits(sim_stream_normals);
}
END_TEST

START_TEST(test_transforms)
{
    enum { N = 512 };
    double u[N], x[N], z[N];
    struct sim_stream stream;

    sim_stream_init(&stream, &a_key);
    for (int i = 0; i < N; i++)
        u[i] = sim_stream_uniform(&stream);
    sim_stream_init(&stream, &a_key);
    sim_stream_exponentials(&stream, x, N);
    sim_stream_init(&stream, &a_key);
    sim_stream_normals(&stream, z, N);
    for (int i = 0; i < N; i += 2) {
        double s, c;
        const double r = sqrt(-2.0 * sim_log(u[i]));
        sim_sincos_2pi(u[i + 1], &s, &c);
        ck_assert_double_eq(x[i], -sim_log(u[i]));
        ck_assert_double_eq(z[i], r * c);
        ck_assert_double_eq(z[i + 1], r * s);
    }
}
END_TEST

/* Uniforms are (k + 1/2) / 2^52: never 0, never 1. */
START_TEST(test_uniform_open)
{
    struct sim_stream stream;

    sim_stream_init(&stream, &a_key);
    for (int i = 0; i < 100000; i++) {
        const double u = sim_stream_uniform(&stream);
        const double k = u * 0x1p52 - 0.5;
        ck_assert(u > 0.0 && u < 1.0);
        ck_assert_double_eq(k, floor(k));
    }
}
END_TEST

/* Chi-square over 1000 cells and over 32 x 32 cells of neighbours in a lane
 * and across lanes; bounds at probability 1e-6 on either side. */
START_TEST(test_uniformity)
{
    enum { N = 400000, CELLS = 1000, SIDE = 32, PAIRS = SIDE * SIDE };
    static double u[N];
    static const int lags[] = {1, 7, 8};
    double cells[CELLS] = {0}, chi = 0.0;
    struct sim_stream stream;

    sim_stream_init(&stream, &a_key);
    sim_stream_uniforms(&stream, u, N);
    for (int i = 0; i < N; i++)
        cells[(int)(u[i] * CELLS)]++;
    for (int i = 0; i < CELLS; i++)
        chi += pow(cells[i] - (double)N / CELLS, 2) / ((double)N / CELLS);
    ck_assert_double_lt(chi, gsl_cdf_chisq_Qinv(1e-6, CELLS - 1));
    ck_assert_double_gt(chi, gsl_cdf_chisq_Pinv(1e-6, CELLS - 1));
    for (int k = 0; k < 3; k++) {
        double pairs[PAIRS] = {0};
        double n = 0.0;
        /* disjoint pairs, so that counts are multinomial */
        for (int i = 0; i + lags[k] < N; i += 2 * lags[k], n++)
            pairs[(int)(u[i] * SIDE) * SIDE + (int)(u[i + lags[k]] * SIDE)]++;
        chi = 0.0;
        for (int i = 0; i < PAIRS; i++)
            chi += pow(pairs[i] - n / PAIRS, 2) / (n / PAIRS);
        ck_assert_double_lt(chi, gsl_cdf_chisq_Qinv(1e-6, PAIRS - 1));
        ck_assert_double_gt(chi, gsl_cdf_chisq_Pinv(1e-6, PAIRS - 1));
    }
}
END_TEST

/* Streams whose keys differ by one in one word, or have two words exchanged,
 * are uncorrelated: |r| sqrt(n) is standard normal, 5 is 6e-7. */
START_TEST(test_streams_unrelated)
{
    enum { N = 20000, KEYS = 12 };
    static double u[KEYS][N];
    struct sim_key keys[KEYS];
    struct sim_stream stream;

    for (int i = 0; i < KEYS; i++)
        keys[i] = (struct sim_key){1, 2, 3, 4, 5};
    keys[1].seed++;
    keys[2].replication++;
    keys[3].entity++;
    keys[4].purpose++;
    keys[5].window++;
    keys[6] = (struct sim_key){2, 1, 3, 4, 5};
    keys[7] = (struct sim_key){1, 2, 3, 5, 4};
    keys[8].window += 2;
    keys[9].seed = (uint64_t)1 << 63;
    keys[10] = (struct sim_key){0, 0, 0, 0, 0};
    keys[11] = (struct sim_key){0, 0, 0, 0, 1};
    for (int i = 0; i < KEYS; i++) {
        sim_stream_init(&stream, &keys[i]);
        sim_stream_uniforms(&stream, u[i], N);
    }
    for (int i = 0; i < KEYS; i++) {
        for (int j = 0; j < i; j++) {
            double sum = 0.0;
            for (int k = 0; k < N; k++)
                sum += (u[i][k] - 0.5) * (u[j][k] - 0.5);
            ck_assert_double_lt(fabs(sum) * 12.0 / sqrt(N), 5.0);
        }
    }
}
END_TEST

START_TEST(test_hash_uniform)
{
    enum { N = 100000 };
    double sum = 0.0, squares = 0.0, lag = 0.0, last = 0.5;

    for (uint64_t i = 0; i < N; i++) {
        const double u = sim_hash_uniform(&a_key, i);
        ck_assert(u > 0.0 && u < 1.0);
        sum += u - 0.5;
        squares += (u - 0.5) * (u - 0.5);
        lag += (u - 0.5) * (last - 0.5);
        last = u;
    }
    /* variances of the three sums: n/12, n/180, n/144 */
    ck_assert_double_lt(fabs(sum) / sqrt(N / 12.0), 5.0);
    ck_assert_double_lt(fabs(squares - N / 12.0) / sqrt(N / 180.0), 5.0);
    ck_assert_double_lt(fabs(lag) / sqrt(N / 144.0), 5.0);
    ck_assert_double_eq(
        sim_hash_uniform(&a_key, 7), sim_hash_uniform(&a_key, 7));
}
END_TEST

/* Moments of normals: variance of the k-th sample moment from the known ones.
 */
START_TEST(test_normal_moments)
{
    enum { N = 400000 };
    static double z[N];
    double m[5] = {0};
    struct sim_stream stream;

    sim_stream_init(&stream, &a_key);
    sim_stream_normals(&stream, z, N);
    for (int i = 0; i < N; i++) {
        for (int k = 1; k <= 4; k++)
            m[k] += pow(z[i], k) / N;
    }
    ck_assert_double_eq_tol(m[1], 0.0, 5.0 * sqrt(1.0 / N));
    ck_assert_double_eq_tol(m[2], 1.0, 5.0 * sqrt(2.0 / N));
    ck_assert_double_eq_tol(m[3], 0.0, 5.0 * sqrt(15.0 / N));
    ck_assert_double_eq_tol(m[4], 3.0, 5.0 * sqrt(96.0 / N));
}
END_TEST

START_TEST(test_gsl_interface)
{
    gsl_rng *rng = gsl_rng_alloc(&sim_rng_gsl_type);
    struct sim_stream stream;

    ck_assert_ptr_nonnull(rng);
    sim_rng_gsl_start(rng, &a_key);
    sim_stream_init(&stream, &a_key);
    for (int i = 0; i < 20; i++) {
        ck_assert_double_eq(gsl_rng_uniform(rng), sim_stream_uniform(&stream));
        ck_assert_uint_eq(gsl_rng_get(rng), sim_stream_bits(&stream) >> 32);
    }
    gsl_rng_set(rng, 42);
    sim_stream_init(
        &stream, &(struct sim_key){.seed = 42, .purpose = SIM_FOR_TEST});
    ck_assert_double_eq(gsl_rng_uniform(rng), sim_stream_uniform(&stream));
    gsl_rng_free(rng);
}
END_TEST

TEST_MAIN("sim/rng", test_reference_generators, test_stream_is_eight_lanes,
    test_known_draws, test_splits, test_transforms, test_uniform_open,
    test_uniformity, test_streams_unrelated, test_hash_uniform,
    test_normal_moments, test_gsl_interface)
