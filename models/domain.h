/* domain.h - causes of outage that sites share: a region's grid, a fleet's
 * faulty update.
 *
 * `domains:` of a scenario names them; a site lists those it suffers from under
 * `failures.domains`.  A domain is up at time zero and alternates life and
 * repair, independent of all else.  While it is down every member of every
 * site that names it is out of service, at the same times in all deployments:
 * its streams are keyed by its name.
 */
#ifndef MODELS_DOMAIN_H
#define MODELS_DOMAIN_H

#include "models/timeline.h"
#include "sim/arena.h"
#include "sim/dist.h"
#include "sim/err.h"
#include "sim/param.h"

struct mdl_run_cfg;
struct mdl_site_cfg;

struct mdl_domain_cfg {
    const char *name;
    const struct sim_dist *life_h; /* NULL = from availability */
    const struct sim_dist *repair_h;
    double availability_frac; /* NAN = life is given */
};

extern const struct sim_table mdl_domain_table;

/** Report what is wrong between the domains and the sites that name them: an
 *  unknown name, a name twice at one site, and a domain that strikes nobody,
 *  which is a name mistyped or a list forgotten. */
void mdl_domain_check(
    const struct mdl_run_cfg *run, const struct sim_checker *checker);

/** Report shocks of one domain that differ in rate or duration. */
void mdl_domain_check_shocks(
    const struct mdl_run_cfg *run, const struct sim_checker *checker);

/**
 * The domains of a site as layers of its timeline.
 *
 * @param arena   holds lives that are derived
 * @param layers  out: [n_domains of the site]
 * @retval SIM_E_NOMEM
 */
SIM_MUST_CHECK int mdl_domain_layers(const struct mdl_run_cfg *run,
    const struct mdl_site_cfg *site, struct sim_arena *arena,
    struct mdl_tl_layer *layers, struct sim_err *err);

#endif /* MODELS_DOMAIN_H */
