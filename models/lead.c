/* How long before a window the simulation must start. */
#include <math.h>
#include <string.h>

#include "models/offered.h"
#include "models/routing.h"
#include "models/world.h"
#include "sim/alloc.h"
#include "sim/fmath.h"
#include "sim/units.h"

/* Step of the fluid backlog: fine against the hours over which rates move. */
#define FLUID_STEP_S 600.0
/* Load up to which slo-aware routing fills a place before it turns away. */
#define AWARE_MOST 0.95
/* A queue remembers so many intervals of a rate that is redrawn. */
#define SLOW_INTERVALS 3.0

/* What the search for a lead-in needs of one window. */
struct search {
    const struct mdl_plan *plan;
    const struct mdl_dep *dep;
    const struct mdl_timeline *tl;
    double t0_s;
    double *rate_per_s;       /* [n_sources] at the time looked at */
    struct mdl_offered *well; /* [n_places] at t0 when all is well */
    struct mdl_offered *now;  /* [n_places] at the step of the fluid */
    double *up;               /* [n_places] servers up with their site up */
    double *backlog;          /* [n_places] [s of work on the reference] */
    double *empty_s;          /* [n_places] when it was last zero */
    int64_t next_change;
    int32_t *servers; /* [n_members] of the timeline, at the step */
    bool *layers;
};

static int64_t ns_of(double t_s)
{
    return (int64_t)(t_s > 0.0 ? t_s * (double)SIM_NS_PER_S : 0.0);
}

/* Offered load of every place at a time; with `up` by the servers up there. */
static void offer(const struct search *s, double t_s, struct mdl_offered *out)
{
    const struct mdl_offer at = {.plan = s->plan,
        .dep = s->dep,
        .rate_per_s = s->rate_per_s,
        .deflation = mdl_plan_deflation(s->plan, t_s),
        .fluid = out == s->now,
        .up = out == s->now ? s->up : NULL};

    for (int i = 0; i < s->plan->n_sources; i++) {
        const struct mdl_rate r = mdl_plan_rate(s->plan, i);
        s->rate_per_s[i] = mdl_rate_at(&r, t_s);
    }
    mdl_offer(&at, out);
}

/* ---- steady state ------------------------------------------------------- */

/* Three relaxation times of a queue that holds so many at most, as of a walk
 * between two walls; INFINITY where it has no end. */
static double bounded_lead(
    const struct mdl_dep *dep, int place, int slots, double service)
{
    const double most = mdl_member_holds(dep, &dep->places[place]);
    const double room = fmax(most - slots, 0.0) + 1.0;

    return most < 0.0 ? (double)INFINITY
                      : 3.0 * room * (room + 1.0) * service / slots +
                            20.0 * (service + dep->max_rtt_s);
}

/* Speed of each of the requests that a full member serves side by side. */
static double full_speed(const struct mdl_dep *dep, const struct mdl_member *m)
{
    const int n = mdl_member_at_once(dep, m);

    return n > 0 ? mdl_member_full_rate(dep, m) / n : m->speed;
}

/* The larger of 20 mean responses and 3 relaxation times of a member whose load
 * and variance of arrivals are these; INFINITY where more comes than it can
 * serve and all waits.  `members`: of the place, that are up. */
static double response_lead(const struct mdl_dep *dep, int place,
    double members, const struct mdl_offered *offered, double rise, double ca2)
{
    const struct mdl_place *p = &dep->places[place];
    const struct mdl_member *m = &dep->members[p->first_member];
    const int slots = mdl_member_at_once(dep, m);
    const double speed = full_speed(dep, m);
    const double service = offered->load / offered->rate_per_s / speed;
    const double load = rise * offered->load / members / speed;
    const double cs2 = offered->scv;

    if (slots < 0)
        return 20.0 * service;
    const double bounded = bounded_lead(dep, place, slots, service);
    /* what would not be in time goes elsewhere before the queue grows on */
    const double most = dep->cfg->routing.policy == MDL_SLO_AWARE
                            ? AWARE_MOST
                            : (double)INFINITY;
    const double rho = fmin(load / slots, most);
    if (rho >= 1.0)
        return bounded;
    /* Sakasegawa's approximation of the mean wait */
    const double wait = service * (ca2 + cs2) / 2.0 *
                        sim_pow(rho, sqrt(2.0 * (slots + 1.0)) - 1.0) /
                        (slots * (1.0 - rho));
    const double tau =
        2.0 * rho * (ca2 + cs2) * service / (slots * (1.0 - rho) * (1.0 - rho));
    return fmin(
        fmax(20.0 * (service + wait + dep->max_rtt_s), 3.0 * tau), bounded);
}

/* Where rates are drawn the queue remembers intervals of them, unless it can
 * keep up with their peaks: then it is soon as at the present rate. */
static double drawn_lead(const struct mdl_dep *dep, int place, double members,
    const struct mdl_offered *offered)
{
    const double swings =
        fmax(response_lead(dep, place, members, offered, 1.0, offered->ca2),
            SLOW_INTERVALS * offered->slow_s);

    if (!(offered->peak > 1.0))
        return swings;
    return fmin(swings, response_lead(dep, place, members, offered,
                            offered->peak, offered->calm_ca2));
}

/* Overflow of members that stand for their like comes in full only when the
 * time is over in which it is spread. */
static double member_lead(const struct mdl_dep *dep, int place, double members,
    const struct mdl_offered *offered)
{
    const bool spreads = dep->sampled && dep->cfg->routing.has_spill;

    if (!(offered->rate_per_s > 0.0) || !(members > 0.0))
        return 0.0;
    return drawn_lead(dep, place, members, offered) +
           (spreads ? MDL_SPREAD_S : 0.0);
}

static double well_lead(const struct search *s, int place)
{
    return member_lead(
        s->dep, place, s->dep->places[place].n_members, &s->well[place]);
}

/* At the present load, with the servers that are up at the end of the fluid. */
static double present_lead(const struct search *s, int place)
{
    const struct mdl_place *p = &s->dep->places[place];
    const struct mdl_member *m = &s->dep->members[p->first_member];
    const double members =
        m->servers > 0 ? s->up[place] / (double)m->servers : p->n_members;

    return member_lead(s->dep, place, members, &s->now[place]);
}

/* ---- fluid backlog ------------------------------------------------------ */

static int64_t first_change_at(const struct mdl_timeline *tl, double from_s)
{
    int64_t low = 0, high = tl->n_changes;

    while (low < high) {
        const int64_t middle = low + (high - low) / 2;
        if ((double)tl->changes[middle].t_ns / (double)SIM_NS_PER_S < from_s)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Did anything change between two times? */
static bool changed_within(
    const struct mdl_timeline *tl, double from_s, double to_s)
{
    const int64_t first = first_change_at(tl, from_s);

    return first < tl->n_changes &&
           (double)tl->changes[first].t_ns / (double)SIM_NS_PER_S < to_s;
}

static double counted(const struct search *s, int member)
{
    const bool up =
        s->layers[member] && s->servers[member] >= s->dep->tl[member].needed;

    return up ? s->servers[member] : 0.0;
}

/* The state of all members at a time, and of places by it. */
static void state_at(struct search *s, double t_s)
{
    memset(s->up, 0, (size_t)s->dep->n_places * sizeof *s->up);
    for (int i = 0; i < s->dep->n_members; i++) {
        mdl_timeline_state(
            s->tl, i, ns_of(t_s), s->dep->tl, &s->servers[i], &s->layers[i]);
        s->up[s->dep->members[i].place] += counted(s, i);
    }
    s->next_change = 0;
    while (s->next_change < s->tl->n_changes &&
           s->tl->changes[s->next_change].t_ns <= ns_of(t_s))
        s->next_change++;
}

/* Changes up to a time. */
static void state_on(struct search *s, double t_s)
{
    for (; s->next_change < s->tl->n_changes &&
           s->tl->changes[s->next_change].t_ns <= ns_of(t_s);
         s->next_change++) {
        const struct mdl_tl_change *c = &s->tl->changes[s->next_change];
        double *up = &s->up[s->dep->members[c->member].place];
        *up -= counted(s, c->member);
        s->servers[c->member] = c->servers_up;
        s->layers[c->member] = c->layers_up;
        *up += counted(s, c->member);
    }
}

/* Fluid backlog of every place over the six hours before t0 and the time at
 * which it was last zero: dB/dt = offered - capacity in service, B >= 0. */
static void run_fluid(struct search *s)
{
    const double from_s = s->t0_s - MDL_LEAD_MAX_S;

    state_at(s, from_s);
    for (int i = 0; i < s->dep->n_places; i++) {
        s->backlog[i] = 0.0;
        s->empty_s[i] = from_s;
    }
    for (double t = from_s; t < s->t0_s; t += FLUID_STEP_S) {
        state_on(s, t);
        offer(s, t, s->now);
        for (int i = 0; i < s->dep->n_places; i++) {
            const struct mdl_member *m =
                &s->dep->members[s->dep->places[i].first_member];
            const double capacity = m->servers > 0
                                        ? s->up[i] / (double)m->servers *
                                              mdl_member_full_rate(s->dep, m)
                                        : 0.0;
            s->backlog[i] += (s->now[i].load - capacity) * FLUID_STEP_S;
            if (s->backlog[i] <= 0.0) {
                s->backlog[i] = 0.0;
                s->empty_s[i] = t + FLUID_STEP_S;
            }
        }
    }
    state_on(s, s->t0_s);
    offer(s, s->t0_s, s->now);
}

/* How much more a user has sent in an hour of the last six than at t0, at most.
 */
static double past_rise(const struct search *s)
{
    double most = 1.0;

    for (int i = 0; i < s->plan->n_sources; i++) {
        const struct mdl_rate r = mdl_plan_rate(s->plan, i);
        const double now = mdl_rate_at(&r, s->t0_s);
        for (double t = s->t0_s - MDL_LEAD_MAX_S; t < s->t0_s;
             t += SIM_S_PER_H) {
            const double then = mdl_rate_at(&r, t);
            most = then > most * now ? then / now : most;
        }
    }
    return most;
}

/* May some place have been offered more than it can serve? */
static bool was_full(const struct search *s)
{
    const double rise = past_rise(s);

    for (int i = 0; i < s->dep->n_places; i++) {
        const struct mdl_place *p = &s->dep->places[i];
        const double full =
            mdl_member_full_rate(s->dep, &s->dep->members[p->first_member]);
        if (full >= 0.0 && s->well[i].load > 0.0 &&
            rise * s->well[i].load >= p->n_members * full)
            return true;
    }
    return false;
}

/* ---- public -------------------------------------------------------------- */

static int open_search(struct search *s, struct sim_err *err)
{
    const size_t places = (size_t)s->dep->n_places;
    const size_t members = (size_t)s->dep->n_members;

    s->rate_per_s =
        sim_calloc((size_t)s->plan->n_sources, sizeof *s->rate_per_s);
    s->well = sim_calloc(places, sizeof *s->well);
    s->now = sim_calloc(places, sizeof *s->now);
    s->up = sim_calloc(places, sizeof *s->up);
    s->backlog = sim_calloc(places, sizeof *s->backlog);
    s->empty_s = sim_calloc(places, sizeof *s->empty_s);
    s->servers = sim_calloc(members, sizeof *s->servers);
    s->layers = sim_calloc(members, sizeof *s->layers);
    if (s->rate_per_s == NULL || s->well == NULL || s->now == NULL ||
        s->up == NULL || s->backlog == NULL || s->empty_s == NULL ||
        s->servers == NULL || s->layers == NULL)
        return sim_err_set(err, SIM_E_NOMEM, "out of memory");
    return SIM_OK;
}

static void close_search(struct search *s)
{
    sim_free(s->rate_per_s);
    sim_free(s->well);
    sim_free(s->now);
    sim_free(s->up);
    sim_free(s->backlog);
    sim_free(s->empty_s);
    sim_free(s->servers);
    sim_free(s->layers);
}

/* How long ago the fluid of a place was empty, or as long as a queue that turns
 * others away remembers. */
static double remembered_s(const struct search *s, int place)
{
    const struct mdl_place *p = &s->dep->places[place];
    const struct mdl_member *m = &s->dep->members[p->first_member];
    const struct mdl_offered *now = &s->now[place];
    const double since_s = s->t0_s - s->empty_s[place];

    if (!(now->rate_per_s > 0.0))
        return since_s;
    return fmin(
        since_s, bounded_lead(s->dep, place, mdl_member_at_once(s->dep, m),
                     now->load / now->rate_per_s / full_speed(s->dep, m)));
}

static double longest_need(struct search *s, bool changed)
{
    double lead = 0.0;
    bool fluid = changed || was_full(s);

    for (int i = 0; i < s->dep->n_places && !fluid; i++)
        fluid = well_lead(s, i) >= MDL_LEAD_MAX_S;
    if (fluid)
        run_fluid(s);
    for (int i = 0; i < s->dep->n_places; i++) {
        double need = well_lead(s, i);
        if (changed)
            need = fmax(need, present_lead(s, i));
        const bool busy = need >= MDL_LEAD_MAX_S;
        const int entry = s->dep->places[i].entry;
        if (s->dep->entries[entry].servers >= 0 && fluid) {
            const double backlog_s = remembered_s(s, i);
            /* near capacity without fluid backlog only chance queues, and
             * for long: nothing shortens the lead-in then */
            need = busy && backlog_s > 0.0 ? backlog_s : fmax(need, backlog_s);
        }
        lead = fmax(lead, need);
    }
    return lead;
}

int mdl_world_lead(const struct mdl_plan *plan, const struct mdl_dep *dep,
    const struct mdl_timeline *timeline, double t0_s, double *lead_s,
    bool *clipped, struct sim_err *err)
{
    struct search s = {.plan = plan, .dep = dep, .tl = timeline, .t0_s = t0_s};
    const int rc = open_search(&s, err);

    if (rc == SIM_OK) {
        offer(&s, t0_s, s.well);
        const double need =
            longest_need(&s, changed_within(timeline, t0_s - MDL_LEAD_MAX_S,
                                 t0_s + FLUID_STEP_S));
        *clipped = need >= MDL_LEAD_MAX_S;
        *lead_s = *clipped ? MDL_LEAD_MAX_S : ceil(need);
    }
    close_search(&s);
    return rc;
}

int mdl_world_mean_lead(const struct mdl_plan *plan, const struct mdl_dep *dep,
    double *lead_s, struct sim_err *err)
{
    struct search s = {.plan = plan, .dep = dep};
    const int rc = open_search(&s, err);

    *lead_s = 0.0;
    if (rc == SIM_OK)
        offer(&s, 0.0, s.well);
    for (int i = 0; rc == SIM_OK && i < dep->n_places; i++)
        *lead_s = fmax(*lead_s, well_lead(&s, i));
    close_search(&s);
    return rc;
}
