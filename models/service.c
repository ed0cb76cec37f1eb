#include "models/service.h"

#include <math.h>
#include <stddef.h>

#include "sim/units.h"

/* clang-format off */
#define QUEUE struct mdl_queue_cfg
const char *const mdl_discipline_names[] = {"fcfs", "ps", "lps", "priority", "priority-preemptive", NULL};
static const struct sim_param queue_rows[] = {
    {SIM_PARAM_ENUM(QUEUE, discipline, mdl_discipline_names), .unit = "", .flags = SIM_P_STATE,
     .doc = "fcfs; ps: all share the slots; lps: so many share, the rest wait; priority: by class, waiting or taking over."},
    {SIM_PARAM_I64(QUEUE, capacity), .unit = "", .min = 1, .max = 1e9, .flags = SIM_P_OPTIONAL | SIM_P_STATE,
     .doc = "Largest number in system, waiting and in service; more are lost.  Absent: no limit."},
    {SIM_PARAM_I64(QUEUE, concurrency), .unit = "", .min = 1, .max = 1e9, .flags = SIM_P_OPTIONAL | SIM_P_STATE,
     .doc = "Largest number that share the slots; the rest wait in order."},
    {SIM_PARAM_F64S(QUEUE, rates, n_rates), .unit = "", .min = 0, .max = 1e9, .flags = SIM_P_STATE,
     .doc = "Total rate with 1, 2, ... requests running, in slots; the last number holds beyond."},
};

static void check_queue(const void *cfg, const struct sim_checker *checker)
{
    const QUEUE *queue = cfg;
    const bool sharing = queue->discipline == MDL_PS || queue->discipline == MDL_LPS;

    if (!sharing && queue->concurrency >= 0)
        checker->fault(checker->ctx, "concurrency", "has no meaning with discipline '%s'", mdl_discipline_names[queue->discipline]);
    if (!sharing && queue->n_rates > 0)
        checker->fault(checker->ctx, "rates", "have no meaning with discipline '%s'", mdl_discipline_names[queue->discipline]);
    if (queue->discipline == MDL_LPS && queue->concurrency < 0)
        checker->fault(checker->ctx, "discipline", "lps needs 'concurrency'");
    if (queue->capacity >= 0 && queue->concurrency > queue->capacity)
        checker->fault(checker->ctx, "capacity", "is below 'concurrency'");
}

const struct sim_table mdl_queue_table = {.name = "queue", SIM_ROWS(queue_rows), .size = sizeof(QUEUE),
    .check = check_queue, .doc = "The queue in front of the servers."};

#define MEAN struct mdl_batch_mean_cfg
static const struct sim_param mean_rows[] = {
    {SIM_PARAM_F64(MEAN, mean_ms), .unit = "ms", .required = true, .min = 0, .max = 1e9, .flags = SIM_P_ABOVE_MIN | SIM_P_STATE,
     .doc = "Mean time of a batch, whatever its size."},
};
static const struct sim_table mean_table = {.name = "exponential batch time", SIM_ROWS(mean_rows), .size = sizeof(MEAN),
    .doc = "Exponential time of a batch."};

#define TIME struct mdl_batch_time_cfg
static const char *const laws[] = {"constant", "exponential", NULL};
static const struct sim_param time_rows[] = {
    {SIM_PARAM_F64(TIME, fixed_ms), .unit = "ms", .min = 0, .max = 1e9, .flags = SIM_P_STATE,
     .doc = "Time of a batch of any size, on the reference hardware."},
    {SIM_PARAM_F64(TIME, per_item_ms), .unit = "ms", .min = 0, .max = 1e9, .flags = SIM_P_STATE,
     .doc = "Time of each request in it."},
    {SIM_PARAM_ENUM(TIME, law, laws), .unit = "", .flags = SIM_P_STATE,
     .doc = "constant: fixed + per_item x size is the time itself; exponential: its mean."},
    {SIM_PARAM_GROUP_OPT(TIME, exponential, &mean_table, has_exponential), .doc = "Exponential, in place of the rest."},
};
static const struct sim_table time_table = {.name = "batch time", SIM_ROWS(time_rows), .size = sizeof(TIME),
    .doc = "Time of a batch."};

#define BATCHING struct mdl_batching_cfg
static const struct sim_param batching_rows[] = {
    {SIM_PARAM_I64(BATCHING, min), .unit = "", .dflt = 1, .min = 1, .max = 1e6, .flags = SIM_P_STATE,
     .doc = "Requests that must wait before a batch starts."},
    {SIM_PARAM_I64(BATCHING, max), .unit = "", .dflt = 8, .min = 1, .max = 1e6, .flags = SIM_P_STATE,
     .doc = "Largest batch."},
    {SIM_PARAM_F64(BATCHING, wait_ms), .unit = "ms", .dflt = (double)INFINITY, .min = 0, .max = 1e12,
     .flags = SIM_P_UNLIMITED | SIM_P_STATE, .doc = "A smaller batch starts when its oldest request has waited so long."},
    {SIM_PARAM_GROUP(BATCHING, time, &time_table), .doc = "Time of a batch."},
};

static void check_batching(const void *cfg, const struct sim_checker *checker)
{
    const BATCHING *batching = cfg;
    const TIME *time = &batching->time;

    if (batching->max < batching->min)
        checker->fault(checker->ctx, "max", "is below 'min'");
    if (!time->has_exponential && !(time->fixed_ms + time->per_item_ms > 0.0))
        checker->fault(checker->ctx, "time", "needs 'fixed', 'per_item' or 'exponential'");
}

const struct sim_table mdl_batching_table = {.name = "batching", SIM_ROWS(batching_rows), .size = sizeof(BATCHING),
    .check = check_batching, .doc = "Requests served together."};

#define OFF struct mdl_power_off_cfg
static const char *const whens[] = {"empty", NULL};
static const struct sim_param off_rows[] = {
    {SIM_PARAM_ENUM(OFF, when, whens), .unit = "", .flags = SIM_P_STATE, .doc = "empty: a server with nothing to do switches off."},
    {SIM_PARAM_DIST(OFF, boot_s), .unit = "s", .required = true, .min = 0, .max = 1e9, .flags = SIM_P_STATE,
     .doc = "Time to boot."},
};
const struct sim_table mdl_power_off_table = {.name = "power_off", SIM_ROWS(off_rows), .size = sizeof(OFF),
    .doc = "Servers switched off while idle."};
/* clang-format on */

bool mdl_service_batch_exponential(const struct mdl_batch_time_cfg *time)
{
    return time->has_exponential || time->law == 1;
}

static double batch_time(void *ctx, int64_t n)
{
    struct mdl_service_draws *draws = ctx;
    const TIME *time = &draws->batching->time;
    const double mean_ms = time->has_exponential
                               ? time->exponential.mean_ms
                               : time->fixed_ms + time->per_item_ms * (double)n;
    double factor = 1.0;

    if (mdl_service_batch_exponential(time))
        sim_stream_exponentials(&draws->stream, &factor, 1);
    return mean_ms / SIM_MS_PER_S * factor / draws->speed;
}

static double boot_time(void *ctx)
{
    struct mdl_service_draws *draws = ctx;

    return sim_dist_draw(draws->power_off->boot_s, &draws->stream);
}

int mdl_service_station(const struct mdl_queue_cfg *queue,
    const struct mdl_batching_cfg *batching,
    const struct mdl_power_off_cfg *power_off, double speed, bool patient,
    const struct sim_key *key, struct sim_station_cfg *cfg,
    struct mdl_service_draws *draws, struct sim_station **out,
    struct sim_err *err)
{
    *draws = (struct mdl_service_draws){
        .batching = batching, .power_off = power_off, .speed = speed};
    sim_stream_init(&draws->stream, key);
    cfg->capacity = queue->capacity;
    if (batching != NULL) {
        cfg->batch = (struct sim_batch_cfg){.min = batching->min,
            .max = batching->max,
            .wait_s = batching->wait_ms / SIM_MS_PER_S,
            .batch_time = batch_time,
            .ctx = draws};
        return sim_station_batch_create(cfg, out, err);
    }
    if (power_off != NULL || (!patient && queue->discipline == MDL_FCFS)) {
        cfg->power_off =
            (struct sim_power_off_cfg){.when_empty = power_off != NULL,
                .boot_time = boot_time,
                .ctx = draws};
        return sim_station_queue_create(cfg, out, err);
    }
    cfg->rates = queue->n_rates > 0 ? queue->rates : NULL;
    cfg->n_rates = queue->n_rates;
    cfg->concurrency = queue->concurrency;
    cfg->preemptive = queue->discipline == MDL_PRIORITY_PREEMPTIVE;
    switch (queue->discipline) {
    case MDL_PS:
    case MDL_LPS:
        return sim_station_ps_create(cfg, out, err);
    case MDL_PRIORITY:
    case MDL_PRIORITY_PREEMPTIVE:
        return sim_station_priority_create(cfg, out, err);
    default:
        return sim_station_fcfs_create(cfg, out, err);
    }
}

bool mdl_service_overtakes(const struct mdl_queue_cfg *queue)
{
    return queue->discipline != MDL_FCFS;
}
