/* marks.h - what a request carries when it is sent, besides its time: work,
 * delays, patience and the draws its route needs; a bulk draw for each.
 *
 * Every quantity has a stream of its own for every source (a class at a user),
 * so that one that is not needed, and not drawn, moves no other.
 */
#ifndef MODELS_MARKS_H
#define MODELS_MARKS_H

#include <stdbool.h>

#include "models/plan.h"
#include "models/trace.h"
#include "sim/rng.h"

/* What is drawn for a source: what its class and its paths ask for. */
struct mdl_needs {
    double sigma; /* largest jitter */
    double access_mu, access_sigma;
    bool size, input, output, jitter, access, mark, choice, patience;
};

/* Of one source. */
struct mdl_marks {
    struct mdl_needs needs;
    struct sim_stream size, input, output, jitter, access, mark, choice;
    struct sim_stream patience;
};

/** What a source of a deployment needs. */
struct mdl_needs mdl_marks_needs(
    const struct mdl_plan *plan, const struct mdl_dep *dep, int source);

/** Start the streams that s->needs names; the purpose in the key is replaced.
 */
void mdl_marks_start(struct mdl_marks *s, struct sim_key key);

/** Work of n <= MDL_BLOCK requests, times `deflation`.
 *  @param row   what a trace records of them, NULL: nothing
 *  @param work  [n] out [s] */
void mdl_marks_work(const struct mdl_class *c, struct mdl_marks *s,
    const struct mdl_trace_row *row, double deflation, double *work, int n);

/** Draws for n requests: factors of jitter, access delays [s], uniform marks
 *  and choices; what the paths do not need is set to a constant.
 *  @param jitter, access, mark, choice  [n] out */
void mdl_marks_delays(struct mdl_marks *s, double *jitter, double *access,
    double *mark, double *choice, int n);

/** @param law       [s], NULL: without end
 *  @param patience  [n] out [s] */
void mdl_marks_patience(
    struct mdl_marks *s, const struct sim_dist *law, double *patience, int n);

#endif /* MODELS_MARKS_H */
