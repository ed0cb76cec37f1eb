/* conserve.h - what must hold of every simulated window, whatever it held.
 *
 * Nothing gets lost between the request that is sent and the metric: each is
 * counted once as served, lost or abandoned, by class and by site; and what
 * the visits say of their stays is what the stations say of the number in
 * system (Little's law on a closed sample, an identity).
 *
 * Source: Little, Operations Research 9, 1961; Little and Graves, "Little's
 * Law", in Chhajed and Lowe (eds.), Building Intuition, 2008, for finite
 * samples.
 */
#ifndef MODELS_CONSERVE_H
#define MODELS_CONSERVE_H

#include "models/block.h"
#include "sim/err.h"

/* Stays at stations as the visits tell them: each one's overlap with the
 * interval over which the stations keep their totals. */
struct mdl_stays {
    double from_s, to_s;
    double sum_s; /* [visit s] */
    int64_t n;
};

/** Add the stay [arrive_s, end_s) of a visit. */
static inline void mdl_stays_add(
    struct mdl_stays *stays, double arrive_s, double end_s)
{
    const double from_s = arrive_s > stays->from_s ? arrive_s : stays->from_s;
    const double to_s = end_s < stays->to_s ? end_s : stays->to_s;

    stays->sum_s += to_s > from_s ? to_s - from_s : 0.0;
    stays->n++;
}

/**
 * Check a filled block.
 * @param open         requests of the cohort that have no end
 * @param in_system_s  integral of the number in system over the stays'
 *                     interval, of all stations [visit s]
 * @retval SIM_OK
 * @retval SIM_E_INTERNAL  the message says which sum is off, by how much
 */
SIM_MUST_CHECK int mdl_conserve_check(const struct mdl_layout *layout,
    void *block, int64_t open, const struct mdl_stays *stays,
    double in_system_s, struct sim_err *err);

#endif /* MODELS_CONSERVE_H */
