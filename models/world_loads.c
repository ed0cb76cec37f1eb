/* Integrals over a window: capacity from the timeline, loads from the stations
 * or, where a number of requests ends the run, from the cohort. */
#include "models/world_parts.h"
#include "sim/units.h"

/* Integrals of a member's slots and servers in service over the window. */
static void capacity_integrals(
    struct mdl_world *w, int member, double seconds, double *load)
{
    const struct mdl_member *site = &w->dep->members[member];
    const struct mdl_timeline *tl = w->cfg->timeline;
    const int64_t t0 = mdl_world_ns(w->cfg->origin_s);
    const int64_t t1 = t0 + mdl_world_ns(seconds);
    int64_t t = t0;
    int32_t servers;
    bool layers;

    if (site->servers < 0)
        return;
    mdl_timeline_state(tl, member, t0, w->dep->tl, &servers, &layers);
    for (int64_t i = tl->member_first[member];
         i <= tl->member_first[member + 1]; i++) {
        const bool end = i == tl->member_first[member + 1];
        const struct mdl_tl_change *c =
            end ? NULL : &tl->changes[tl->by_member[i]];
        const int64_t next = end || c->t_ns > t1 ? t1 : c->t_ns;
        if (next > t) {
            const double dt = (double)(next - t) / (double)SIM_NS_PER_S;
            load[MDL_SLOTS_UP_S] +=
                layers ? dt * servers * site->slots_per_server : 0.0;
            load[MDL_SERVERS_UP_S] += dt * servers;
            t = next;
        }
        if (end || c->t_ns >= t1)
            break;
        if (c->t_ns >= t0) {
            servers = c->servers_up;
            layers = c->layers_up;
        }
    }
}

/* Time averages of a run that ends with a number of requests: by Little's law
 * on the cohort, sum of times over the span of its sends. */
static void cohort_loads(struct mdl_world *w)
{
    const struct mdl_layout *l = w->layout;

    for (int e = 0; e < l->n_entries; e++) {
        const double *n = mdl_block_at(w->block, l->counts) +
                          (size_t)(l->n_classes + e) * MDL_N_COUNTS;
        double *load =
            mdl_block_at(w->block, l->loads) + (size_t)e * MDL_N_LOADS;
        const double wait = n[MDL_SUMS + 2 * MDL_QUEUE];
        const double service = n[MDL_SUMS + 2 * MDL_SERVICE];
        load[MDL_IN_SYSTEM_S] = wait + service;
        load[MDL_WAITING_S] = wait;
        load[MDL_BUSY_S] = service;
    }
}

/* Batches, and the states of slots that switch off.  Where a number of requests
 * ends the run, the kernel has watched a little longer than the cohort was
 * sent: its state times are cut to the slots in service over `seconds`. */
static void state_loads(
    struct mdl_world *w, int member, double up_s, double *load)
{
    const double weight = w->weight[member];
    struct sim_station_totals t;

    w->stations[member]->ops->totals(w->stations[member], &t);
    const double all_s = t.off_s + t.boot_s + t.idle_s + t.busy_s;
    const double part = all_s > 0.0 ? up_s / all_s : 0.0;
    load[MDL_BATCHES] += weight * (double)t.batches;
    load[MDL_BATCHED] += weight * (double)t.batched;
    load[MDL_OFF_S] += weight * part * t.off_s;
    load[MDL_BOOT_S] += weight * part * t.boot_s;
    load[MDL_IDLE_S] += weight * part * t.idle_s;
}

/* Has every request come to one end, and do stations and visits agree? */
static int check(struct mdl_world *w, struct sim_err *err)
{
    double in_system_s = 0.0;

    for (int i = 0; i < w->dep->n_members; i++) {
        struct sim_station_totals totals;
        if (w->weight[i] == 0)
            continue;
        w->stations[i]->ops->totals(w->stations[i], &totals);
        in_system_s += totals.in_system_s;
    }
    return mdl_conserve_check(
        w->layout, w->block, w->open, &w->stays, in_system_s, err);
}

int mdl_world_collect(struct mdl_world *w, int64_t n_lost, struct sim_err *err)
{
    const struct mdl_layout *l = w->layout;
    const bool by_time = w->cfg->requests < 0;
    double *head = w->block;
    double seconds = by_time ? w->cfg->length_s : w->last_s - w->first_s;

    head[MDL_SECONDS] = seconds;
    head[MDL_WINDOWS] = 1.0;
    head[MDL_OVERLOADED] = n_lost > 0 ? 1.0 : 0.0;
    head[MDL_CLIPPED] = w->cfg->clipped ? 1.0 : 0.0;
    head[MDL_LEAD_S] = w->cfg->lead_s;
    head[MDL_SIMULATED] = (double)w->sent;
    for (int i = 0; i < w->dep->n_members; i++) {
        double *load = mdl_block_at(w->block, l->loads) +
                       (size_t)w->dep->members[i].entry * MDL_N_LOADS;
        struct sim_station_totals totals;
        const double before_s = load[MDL_SLOTS_UP_S];
        const double weight = w->weight[i];
        capacity_integrals(w, i, seconds, load);
        if (w->weight[i] == 0)
            continue;
        state_loads(w, i, load[MDL_SLOTS_UP_S] - before_s, load);
        if (!by_time)
            continue;
        w->stations[i]->ops->totals(w->stations[i], &totals);
        load[MDL_IN_SYSTEM_S] += weight * totals.in_system_s;
        load[MDL_WAITING_S] += weight * totals.waiting_s;
        load[MDL_BUSY_S] += weight * totals.busy_s;
    }
    if (!by_time)
        cohort_loads(w);
    return check(w, err);
}
