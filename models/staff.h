/* staff.h - people of a site entry: the key `staff`.
 *
 * Labour = shared engineers (`fte` per member) + seats manned round the clock
 * + technicians on the road.  One seat held 24 x 7 takes
 *     168 h / (40 h x (1 - shrinkage)) = 5.25 full-time people
 * at 20 % shrinkage (leave, illness, training).  A technician works
 * 52 x 40 x (1 - shrinkage) = 1,664 productive hours a year; each visit costs
 * the way there and back and the hands-on time, besides the direct `visit`.
 * Source: [SEAT] in models/SOURCES.md.
 */
#ifndef MODELS_STAFF_H
#define MODELS_STAFF_H

#include "sim/param.h"

#define MDL_STAFF_SHRINKAGE_FRAC 0.20
#define MDL_STAFF_WEEK_H         40.0
#define MDL_STAFF_WEEKS_PER_YR   52.0
/* Productive hours of one person in a year: 1,664. */
#define MDL_STAFF_PRODUCTIVE_H_PER_YR                                          \
    (MDL_STAFF_WEEKS_PER_YR * MDL_STAFF_WEEK_H *                               \
        (1.0 - MDL_STAFF_SHRINKAGE_FRAC))
/* People behind one seat manned all week: 5.25. */
#define MDL_STAFF_FTE_PER_SEAT                                                 \
    (168.0 / (MDL_STAFF_WEEK_H * (1.0 - MDL_STAFF_SHRINKAGE_FRAC)))

/* Meanings, ranges and defaults: the rows in staff.c.  `travel_h` and
 * `batch_frac` are read by the repair model too. */
struct mdl_staff_cfg {
    double seats; /* per member, manned 24 x 7 */
    double fte;   /* people per member */
    double wage_usd_per_yr;
    double technician_usd_per_yr;
    double visit_usd;
    double travel_h;
    double batch_frac;
};

extern const struct sim_table mdl_staff_table;

#endif /* MODELS_STAFF_H */
