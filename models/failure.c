#include "models/failure.h"

#include <assert.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

#include "models/timeline.h"
#include "sim/units.h"

#define CFG    struct mdl_failure_cfg
#define SERVER struct mdl_server_failures_cfg
#define LAYER  struct mdl_layer_failures_cfg
#define SHOCK  struct mdl_shock_cfg

/* clang-format off */
static const struct sim_param server_rows[] = {
    { SIM_PARAM_DIST(SERVER, life_h), .unit = "h", .min = 0, .max = 1e12, .flags = SIM_P_STATE,
      .doc = "Time a server runs until it fails; by default from the failure rates." },
    { SIM_PARAM_F64(SERVER, afr_frac), .unit = "1", .min = 0, .max = 0.999,
      .flags = SIM_P_STATE | SIM_P_OPTIONAL,
      .doc = "Share of servers that fail in a year, apart from accelerators; by default the "
             "hardware's; life overrides it.", .source = "[MSR2010]" },
    { SIM_PARAM_DIST(SERVER, repair_h), .unit = "h", .dflt_text = "{exponential: {mean: 24 h}}",
      .min = 0, .max = 1e9, .flags = SIM_P_STATE,
      .doc = "Time one crew takes to bring a server back." },
    { SIM_PARAM_BOOL(SERVER, no_repair), .unit = "", .dflt = false, .flags = SIM_P_STATE,
      .doc = "A server that fails stays down." },
    { SIM_PARAM_I64(SERVER, crews), .unit = "", .min = 1, .max = 1000000,
      .flags = SIM_P_STATE | SIM_P_OPTIONAL,
      .doc = "Servers of the site under repair at once; by default all." },
    { SIM_PARAM_I64(SERVER, spares), .unit = "", .dflt = 0, .min = 0, .max = 1000000,
      .flags = SIM_P_STATE,
      .doc = "Stand-by servers of the site that replace failed ones." },
};

static const struct sim_param layer_rows[] = {
    { SIM_PARAM_DIST(LAYER, life_h), .unit = "h", .min = 0, .max = 1e12, .flags = SIM_P_STATE,
      .doc = "Time until it fails as a whole; by default from availability." },
    { SIM_PARAM_DIST(LAYER, repair_h), .unit = "h", .dflt_text = "{exponential: {mean: 4 h}}",
      .min = 0, .max = 1e9, .flags = SIM_P_STATE,
      .doc = "Time until it is back." },
    { SIM_PARAM_BOOL(LAYER, no_repair), .unit = "", .dflt = false, .flags = SIM_P_STATE,
      .doc = "It stays down once it has failed." },
    { SIM_PARAM_F64(LAYER, availability_frac), .unit = "1", .min = 0, .max = 1,
      .flags = SIM_P_STATE | SIM_P_OPTIONAL | SIM_P_ABOVE_MIN,
      .doc = "Share of time it is up; gives the life where none is given." },
};

static const struct sim_param shock_rows[] = {
    { SIM_PARAM_STR(SHOCK, domain), .unit = "",
      .doc = "Sites that name the same domain are hit by the same events; by default this "
             "site alone." },
    { SIM_PARAM_F64(SHOCK, rate_per_yr), .unit = "1/year", .required = true, .min = 0, .max = 1e5,
      .flags = SIM_P_STATE, .doc = "Events per year (Poisson)." },
    { SIM_PARAM_F64(SHOCK, duration_h), .unit = "h", .required = true, .min = 0, .max = 87600,
      .flags = SIM_P_STATE | SIM_P_ABOVE_MIN,
      .doc = "Mean duration of an event (exponential)." },
    { SIM_PARAM_F64(SHOCK, hit_frac), .unit = "1", .dflt = 1, .min = 0, .max = 1,
      .flags = SIM_P_STATE, .doc = "Probability that an event hits the site." },
};
/* clang-format on */

static bool lasts_for_ever(const struct sim_dist *repair_h, bool no_repair)
{
    return no_repair || (repair_h != NULL && sim_dist_is_never(repair_h));
}

static void check_layer(const void *cfg, const struct sim_checker *checker)
{
    const LAYER *layer = cfg;

    /* a life given over a preset's availability simply wins */
    if (layer->life_h == NULL && layer->availability_frac < 1.0 &&
        lasts_for_ever(layer->repair_h, layer->no_repair))
        checker->fault(checker->ctx, "availability",
            "an availability needs a repair, yet %s",
            layer->no_repair ? "no_repair is true" : "there is none");
}

const struct sim_table mdl_layer_failures_table = {
    .name = "layer failures",
    .doc = "Failures of a site or a connection as a whole.",
    SIM_ROWS(layer_rows),
    .size = sizeof(LAYER),
    .check = check_layer,
};
static const struct sim_table server_table = {
    .name = "server failures",
    .doc = "Failures and repairs of single servers.",
    SIM_ROWS(server_rows),
    .size = sizeof(SERVER),
};
static const struct sim_table shock_table = {
    .name = "shock",
    .doc = "Events that take whole sites down.",
    SIM_ROWS(shock_rows),
    .size = sizeof(SHOCK),
};

/* clang-format off */
static const struct sim_param rows[] = {
    { SIM_PARAM_GROUP(CFG, server, &server_table),
      .doc = "Failures of single servers." },
    { SIM_PARAM_GROUP(CFG, site, &mdl_layer_failures_table),
      .doc = "Failures of the whole site: power, cooling, building." },
    { SIM_PARAM_GROUP(CFG, wan, &mdl_layer_failures_table),
      .doc = "Failures of the site's connection." },
    { SIM_PARAM_STRS(CFG, domains, n_domains), .unit = "", .flags = SIM_P_STATE,
      .doc = "Shared causes, by their names in the scenario's 'domains', that take the site down." },
    { SIM_PARAM_LIST(CFG, shocks, n_shocks, &shock_table), .unit = "",
      .doc = "Rare events that take this site down." },
    { SIM_PARAM_F64(CFG, detection_s), .unit = "s", .dflt = 30, .min = 0, .max = 86400,
      .flags = SIM_P_STATE,
      .doc = "Time until requests are routed round what has failed." },
};
/* clang-format on */

/* Each is a layer of the timeline, and so is the grid. */
static void check_failures(const void *cfg, const struct sim_checker *checker)
{
    const CFG *f = cfg;
    const int n = f->n_shocks + f->n_domains;

    if (n > MDL_TL_MAX_LAYERS - 1)
        checker->fault(checker->ctx, f->n_domains > 0 ? "domains" : "shocks",
            "a site has at most %d shocks and domains, not %d",
            MDL_TL_MAX_LAYERS - 1, n);
}

const struct sim_table mdl_failure_table = {
    .name = "failures",
    .doc = "What fails at a site, and how it comes back.",
    SIM_ROWS(rows),
    .size = sizeof(CFG),
    .check = check_failures,
};

/* A server of which nothing is known but its own rate. */
static const struct mdl_hardware_cfg no_hardware = {0};

/* Parameters of the exponential, as its own row table lays them out: all
 * optional ones absent but the mean. */
static void *exponential_params(
    const struct sim_dist_kind *kind, double mean_h, struct sim_arena *arena)
{
    char *params = sim_arena_alloc(arena, kind->table.size);

    for (int i = 0; params != NULL && i < kind->table.n_rows; i++) {
        const struct sim_param *row = &kind->table.rows[i];
        const bool is_mean = strcmp(row->name, "mean") == 0;
        const double absent =
            (row->flags & SIM_P_OPTIONAL) != 0 ? (double)NAN : row->dflt;
        const double value = is_mean ? mean_h : absent;

        if (row->type == SIM_F64)
            memcpy(params + row->offset, &value, sizeof value);
    }
    return params;
}

int mdl_failure_exponential(double mean_h, struct sim_arena *arena,
    const struct sim_dist **dist, struct sim_err *err)
{
    const struct sim_dist_kind *kind = sim_dist_kind_find("exponential");
    struct sim_dist *made = NULL;

    assert(mean_h > 0.0 && arena != NULL && dist != NULL);
    SIM_BUG_ON(kind == NULL);
    void *params = exponential_params(kind, mean_h, arena);
    if (params == NULL)
        return sim_err_set(err, SIM_E_NOMEM, "out of memory");
    const int rc = kind->prepare(params, arena, &made, err);
    if (rc == SIM_OK)
        *dist = made;
    return rc;
}

int mdl_failure_server_life(const struct mdl_failure_cfg *cfg,
    const struct mdl_hardware_cfg *hardware, struct sim_arena *arena,
    const struct sim_dist **life, struct sim_err *err)
{
    assert(cfg != NULL && life != NULL);

    const SERVER *server = &cfg->server;

    if (server->life_h != NULL) {
        *life = server->life_h;
        return SIM_OK;
    }
    const double per_yr = mdl_hardware_failures_per_yr(
        hardware == NULL ? &no_hardware : hardware, server->afr_frac);
    if (per_yr <= 0.0) {
        *life = NULL;
        return SIM_OK;
    }
    return mdl_failure_exponential(SIM_H_PER_YR / per_yr, arena, life, err);
}

int mdl_failure_layer_life(const struct mdl_layer_failures_cfg *cfg,
    struct sim_arena *arena, const struct sim_dist **life, struct sim_err *err)
{
    assert(cfg != NULL && life != NULL);

    const double a = cfg->availability_frac;

    if (cfg->life_h != NULL || isnan(a) || a >= 1.0) {
        *life = cfg->life_h;
        return SIM_OK;
    }
    const double repair_h =
        cfg->repair_h == NULL ? 0.0 : sim_dist_mean(cfg->repair_h);
    if (cfg->no_repair || !isfinite(repair_h) || repair_h <= 0.0)
        return sim_err_set(err, SIM_E_INPUT,
            "availability %g needs a repair of finite mean above 0", a);
    return mdl_failure_exponential(a / (1.0 - a) * repair_h, arena, life, err);
}

/* P(at least `needed` of `units` start), each with chance p. */
static double enough_start(double p, int units, int needed)
{
    double enough = 0.0;

    for (int k = needed; k <= units; k++) {
        double term = 1.0;

        for (int i = 0; i < k; i++)
            term *= (double)(units - i) / (double)(k - i);
        enough += term * pow(p, k) * pow(1.0 - p, units - k);
    }
    return enough;
}

/* Chance that the generators carry the load until the grid is back. */
static double generators_last(
    const struct mdl_generator_cfg *generator, double outage_h)
{
    const double back_per_h = 1.0 / outage_h;
    const double end_per_h =
        (double)generator->needed / generator->life_h + back_per_h;
    const double last =
        back_per_h / end_per_h * -expm1(-end_per_h * generator->tank_h);

    return enough_start(1.0 - generator->start_failure_frac,
               (int)generator->units, (int)generator->needed) *
           last;
}

double mdl_failure_grid_per_yr(const struct mdl_outages_cfg *outages,
    const struct mdl_facility_cfg *facility)
{
    assert(outages != NULL && facility != NULL);

    const double carried =
        facility->generator_given
            ? generators_last(&facility->generator, outages->duration_h)
            : 0.0;

    return outages->rate_per_yr * exp(-facility->ups_h / outages->duration_h) *
           (1.0 - carried);
}

/* Both laws of a Poisson cause with exponential durations. */
static int poisson_layer(double per_yr, double duration_h,
    struct sim_arena *arena, const struct sim_dist **life,
    const struct sim_dist **repair, struct sim_err *err)
{
    const struct sim_dist *lasts = NULL, *until = NULL;
    int rc = mdl_failure_exponential(duration_h, arena, &lasts, err);

    if (rc == SIM_OK && per_yr > 0.0)
        rc = mdl_failure_exponential(SIM_H_PER_YR / per_yr, arena, &until, err);
    if (rc == SIM_OK) {
        *life = until;
        *repair = lasts;
    }
    return rc;
}

int mdl_failure_grid_layer(const struct mdl_outages_cfg *outages,
    const struct mdl_facility_cfg *facility, struct sim_arena *arena,
    const struct sim_dist **life, const struct sim_dist **repair,
    struct sim_err *err)
{
    return poisson_layer(mdl_failure_grid_per_yr(outages, facility),
        outages->duration_h, arena, life, repair, err);
}

int mdl_failure_shock_layer(const struct mdl_shock_cfg *shock,
    struct sim_arena *arena, const struct sim_dist **life,
    const struct sim_dist **repair, struct sim_err *err)
{
    assert(shock != NULL);
    return poisson_layer(
        shock->rate_per_yr, shock->duration_h, arena, life, repair, err);
}

const struct sim_dist *mdl_failure_repair(
    const struct sim_dist *repair_h, bool no_repair)
{
    return lasts_for_ever(repair_h, no_repair) ? NULL : repair_h;
}
