#include "sim/rng_gsl.h"

#include "sim/err.h"

static void set_seed(void *state, unsigned long seed)
{
    const struct sim_key key = {.seed = seed, .purpose = SIM_FOR_TEST};

    sim_stream_init(state, &key);
}

static unsigned long get_raw(void *state)
{
    return (unsigned long)(sim_stream_bits(state) >> 32);
}

static double get_double(void *state)
{
    return sim_stream_uniform(state);
}

const gsl_rng_type sim_rng_gsl_type = {
    .name = "sim_xoshiro256+x8",
    .max = 0xffffffffu,
    .min = 0,
    .size = sizeof(struct sim_stream),
    .set = set_seed,
    .get = get_raw,
    .get_double = get_double,
};

void sim_rng_gsl_start(gsl_rng *rng, const struct sim_key *key)
{
    SIM_BUG_ON(rng->type->set != set_seed);
    sim_stream_init(rng->state, key);
}
