/* exact_batch.h - one server that serves its Poisson arrivals in batches.
 *
 * A batch starts when the server is free and at least `min` requests wait, and
 * takes up to `max` of them.  Its time, fixed + per_item x size, is itself or
 * is the mean of an exponential law.
 */
#ifndef TESTS_VERIFY_EXACT_BATCH_H
#define TESTS_VERIFY_EXACT_BATCH_H

#include <stdbool.h>

struct exact_batching {
    double lambda; /* arrivals [1/s] */
    int min, max;
    double fixed_s, per_item_s;
    bool exponential;
};

struct exact_batches {
    double in_system;  /* mean over time, waiting and in service */
    double response_s; /* by Little's law */
    double size;       /* mean over batches */
    double busy;       /* share of time */
};

/** The number left waiting at ends of batches is a Markov chain; over the cycle
 *  from one end to the next, the area under the number in system has a closed
 *  form.  Cut at 400 waiting. */
struct exact_batches exact_batch_server(const struct exact_batching *b);

#endif /* TESTS_VERIFY_EXACT_BATCH_H */
