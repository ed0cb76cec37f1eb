/* offered.h - the load that requests bring to places at given rates.
 *
 * What a cache answers, a limit refuses and a full place turns away is not work
 * there: overflow goes on as `spill` and `fallback` say.  An estimate for
 * lead-ins and for what has no steady state: what a place turns away is that of
 * M/M/c/K, or of a fluid: what is above its capacity.
 */
#ifndef MODELS_OFFERED_H
#define MODELS_OFFERED_H

#include "models/plan.h"

/* At one place. */
struct mdl_offered {
    double rate_per_s;  /* of visits */
    double load;        /* erlangs on the reference */
    double stays;       /* the part that waits for ever and is not sent on */
    double scv;         /* of the work, weighted by rate */
    double ca2;         /* variance over mean of arrivals at a member */
    double calm_ca2;    /* the same while rates stay as they are drawn */
    double peak;        /* of the rate over its mean; 1 where it is not drawn */
    double slow_s;      /* longest interval over which a rate is redrawn */
    double class_per_s; /* while it is added up: of one class */
    double refused;     /* share of visits that are turned away */
    double above;       /* the same of a fluid: not by chance */
};

struct mdl_offer {
    const struct mdl_plan *plan;
    const struct mdl_dep *dep;
    const double *rate_per_s; /* [n_sources] */
    double deflation;
    bool fluid;       /* chance turns nothing away */
    const double *up; /* [n_places] servers up; NULL: all is well */
};

/** Offered load of every place. */
void mdl_offer(const struct mdl_offer *offer, struct mdl_offered *out);

/** May requests go on to where routing does not send them at first? */
bool mdl_offer_overflows(
    const struct mdl_plan *plan, const struct mdl_dep *dep);

/** Requests a member serves side by side when it is full; < 0: any number. */
int mdl_member_at_once(const struct mdl_dep *dep, const struct mdl_member *m);

/** Work a member does per second when it is full [s on the reference]; < 0:
 *  without limit. */
double mdl_member_full_rate(
    const struct mdl_dep *dep, const struct mdl_member *m);

/** Requests that a member of a place holds before it turns others away or
 *  sends them on; < 0: any number. */
double mdl_member_holds(
    const struct mdl_dep *dep, const struct mdl_place *place);

#endif /* MODELS_OFFERED_H */
