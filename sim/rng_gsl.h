/* rng_gsl.h - our streams behind the interface of the GNU Scientific Library.
 *
 * For cold draws (parameter sampling, bootstrap) and for tests, where GSL's
 * samplers are wanted as an independent oracle.  A call through the interface
 * costs about five times a bulk draw: hot loops use rng.h.
 *
 * Raw values are the top 32 bits of the stream's next 64; doubles are the
 * stream's uniforms, in the open interval (0, 1).
 */
#ifndef SIM_RNG_GSL_H
#define SIM_RNG_GSL_H

#include <gsl/gsl_rng.h>

#include "sim/rng.h"

/** The generator type, for gsl_rng_alloc().  gsl_rng_set() starts the stream
 *  of the key {seed, 0, 0, SIM_FOR_TEST, 0}; `unsigned long` cannot carry a
 *  whole key, which is what sim_rng_gsl_start() is for. */
extern const gsl_rng_type sim_rng_gsl_type;

/**
 * Start the stream of `key` in a generator of this type.
 * @param rng  from gsl_rng_alloc(&sim_rng_gsl_type); another type is a bug
 */
void sim_rng_gsl_start(gsl_rng *rng, const struct sim_key *key);

#endif /* SIM_RNG_GSL_H */
