/* power.h - electrical power of a server from what it does.
 *
 * Four levels: off, booting, idle, at peak; between idle and peak linear in
 * the busy share.  Language models draw power by batch size instead: their
 * curve is part of the step profile, not of this file.
 */
#ifndef MODELS_POWER_H
#define MODELS_POWER_H

#include "models/hardware.h"
#include "sim/param.h"

/* `power:` of a site, each level of one server [W]; NAN = from the hardware
 * (boot: as peak; off: 0).  Rows: power.c. */
struct mdl_power_cfg {
    double off_w, boot_w, idle_w, peak_w;
};

extern const struct sim_table mdl_power_table;

/** The levels with what the scenario left open filled in.
 *  @param hardware  may be NULL: then levels not given are 0 */
struct mdl_power_cfg mdl_power_levels(
    const struct mdl_power_cfg *cfg, const struct mdl_hardware_cfg *hardware);

/** Power [W] of one server of which the share `x` is busy:
 *      idle + (peak - idle) min(max(x, 0), 1). */
double mdl_power_w(double idle_w, double peak_w, double x);

#endif /* MODELS_POWER_H */
