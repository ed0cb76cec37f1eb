/* service.h - how a site serves: queue discipline, batching, power-off.
 *
 * Turns what a scenario says of a site's queue into the station kernel that
 * runs it (sim/station.h), with the random times the kernel asks for.
 */
#ifndef MODELS_SERVICE_H
#define MODELS_SERVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/dist.h"
#include "sim/err.h"
#include "sim/param.h"
#include "sim/rng.h"
#include "sim/station.h"

enum mdl_discipline {
    MDL_FCFS,
    MDL_PS,
    MDL_LPS,
    MDL_PRIORITY,
    MDL_PRIORITY_PREEMPTIVE,
};

extern const char *const mdl_discipline_names[];

/* `queue:` of a site.  Rows, ranges and defaults: service.c. */
struct mdl_queue_cfg {
    int discipline;      /* enum mdl_discipline */
    int64_t capacity;    /* waiting + in service; -1 = unlimited */
    int64_t concurrency; /* running at once under sharing; -1 = unlimited */
    const double *rates; /* total rate with 1, 2 ... running */
    int n_rates;
};

struct mdl_batch_mean_cfg {
    double mean_ms;
};

struct mdl_batch_time_cfg {
    double fixed_ms, per_item_ms;
    int law; /* constant or exponential, with that mean */
    bool has_exponential;
    struct mdl_batch_mean_cfg exponential; /* whatever the size */
};

/* `batching:` of a site. */
struct mdl_batching_cfg {
    int64_t min, max;
    double wait_ms; /* INFINITY = until `min` are there */
    struct mdl_batch_time_cfg time;
};

/* `power_off:` of a site. */
struct mdl_power_off_cfg {
    int when; /* empty */
    const struct sim_dist *boot_s;
};

extern const struct sim_table mdl_queue_table;
extern const struct sim_table mdl_batching_table;
extern const struct sim_table mdl_power_off_table;

/* Draws of one station; lives as long as the station. */
struct mdl_service_draws {
    const struct mdl_batching_cfg *batching;
    const struct mdl_power_off_cfg *power_off;
    double speed;
    struct sim_stream stream;
};

/**
 * Create the kernel of a member.
 * @param cfg      slots, changes, key and interval set by the caller
 * @param patient  no class loses patience: a simpler kernel will do.  Whoever
 *                 may come to another discipline than fcfs has patience
 * (site.c)
 * @param key      for the station's own draws (batch and boot times)
 * @param draws    storage of the caller
 * @retval SIM_OK, SIM_E_NOMEM
 */
SIM_MUST_CHECK int mdl_service_station(const struct mdl_queue_cfg *queue,
    const struct mdl_batching_cfg *batching,
    const struct mdl_power_off_cfg *power_off, double speed, bool patient,
    const struct sim_key *key, struct sim_station_cfg *cfg,
    struct mdl_service_draws *draws, struct sim_station **out,
    struct sim_err *err);

/** Is the time of a batch exponential, not constant? */
bool mdl_service_batch_exponential(const struct mdl_batch_time_cfg *time);

/** Can a later arrival delay an earlier one?  (Not under first come first
 *  served, batches included.) */
bool mdl_service_overtakes(const struct mdl_queue_cfg *queue);

#endif /* MODELS_SERVICE_H */
