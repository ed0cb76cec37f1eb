/* hardware.h - what one server is: speed, power, price, reliability.
 *
 * Plain facts of a server type, normally taken from a preset
 * ("hardware: l4-4" = presets/hardware-l4-4.yaml), every value of which carries
 * its source.  Speed is the throughput of one slot relative to the reference,
 * one NVIDIA L4: a service time in a scenario is work on the reference.
 */
#ifndef MODELS_HARDWARE_H
#define MODELS_HARDWARE_H

#include <stdint.h>

#include "sim/param.h"

/* `hardware:` of a site.  Rows, ranges and defaults: hardware.c. */
struct mdl_hardware_cfg {
    const char *label;         /* for people: "8 x NVIDIA H100 SXM" */
    const char *accelerator;   /* "h100", looked up by the LLM step profiles;
                                * NULL = none */
    int64_t accelerators;      /* per server; 0 = a plain server */
    int64_t slots;             /* requests served at once; -1 = accelerators */
    double speed_frac;         /* of one slot, reference L4 = 1 */
    double memory_gb;          /* per accelerator */
    double idle_w, peak_w;     /* per server, at the plug of the server */
    double price_usd;          /* per server, delivered */
    double gpu_hour_usd_per_h; /* rented: per accelerator and hour */
    double accelerator_afr_frac; /* share of accelerators failing in a year */
    double server_afr_frac; /* share of servers failing in a year, apart from
                             * their accelerators */
    double life_yr;         /* until replacement */
    double embodied_kg;     /* CO2-eq of making one server */
};

extern const struct sim_table mdl_hardware_table;

/** Slots of one server: `slots`, or the accelerators, at least 1. */
int64_t mdl_hardware_slots(const struct mdl_hardware_cfg *cfg);

/** Failures of one server per year, all parts together:
 *      -ln(1 - server_afr) - accelerators ln(1 - accelerator_afr).
 *  @param server_afr  replaces the row's own value unless NAN */
double mdl_hardware_failures_per_yr(
    const struct mdl_hardware_cfg *cfg, double server_afr);

#endif /* MODELS_HARDWARE_H */
