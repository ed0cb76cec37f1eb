/* Integrals over a window: capacity from the timeline, loads from the stations
 * or, where a number of requests ends the run, from the cohort. */
#include <math.h>
#include <string.h>

#include "models/world_parts.h"
#include "sim/units.h"

/* Integrals of a member's slots and servers in service over the window. */
static void capacity_integrals(
    struct mdl_world *w, int member, double seconds, double *load)
{
    const struct mdl_member *site = &w->dep->members[member];
    const struct mdl_timeline *tl = w->cfg->timeline;
    const double from_s = w->cfg->requests < 0 ? 0.0 : w->first_s;
    const int64_t t0 = mdl_world_ns(w->cfg->origin_s + from_s);
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

/* By Little's law, with the sums of waits and services.  Busy slots are jobs
 * in service where a job has a slot for itself from its start to its end; else
 * what the station has watched stands.  Jobs that are interrupted, by others
 * or by failures, wait until they go on. */
static void little(const struct mdl_entry *entry, bool interrupted,
    double wait_s, double service_s, double *load)
{
    const int discipline = entry->cfg->queue.discipline;
    const bool shared = entry->cfg->has_batching || discipline == MDL_PS ||
                        discipline == MDL_LPS;

    load[MDL_IN_SYSTEM_S] = wait_s + service_s;
    load[MDL_WAITING_S] = wait_s;
    if (discipline == MDL_PRIORITY_PREEMPTIVE || (interrupted && !shared))
        load[MDL_WAITING_S] = fmax(wait_s + service_s - load[MDL_BUSY_S], 0.0);
    else if (!shared)
        load[MDL_BUSY_S] = service_s;
}

/* Service without the time of answers from the cache, which take no slot. */
static double at_slots_s(
    const struct mdl_entry *entry, double service_s, double n_cached)
{
    return entry->cfg->has_cache
               ? fmax(service_s - n_cached * entry->cfg->cache.time_s, 0.0)
               : service_s;
}

/* Time averages of a run that ends with a number of requests, from the cohort,
 * over the span of its sends. */
static void cohort_loads(struct mdl_world *w)
{
    const struct mdl_layout *l = w->layout;

    for (int e = 0; e < l->n_entries; e++) {
        const double *n = mdl_block_at(w->block, l->counts) +
                          (size_t)(l->n_classes + e) * MDL_N_COUNTS;
        double *load =
            mdl_block_at(w->block, l->loads) + (size_t)e * MDL_N_LOADS;
        const double wait = n[MDL_SUMS + 2 * MDL_QUEUE];
        const struct mdl_entry *entry = &w->dep->entries[e];
        const double service =
            at_slots_s(entry, n[MDL_SUMS + 2 * MDL_SERVICE], n[MDL_CACHED]);
        const int first = entry->first_member;
        const bool interrupted =
            w->first_change[first] < w->first_change[first + entry->n_members];
        little(entry, interrupted, wait, service, load);
    }
    for (int i = 0; i < l->n_members; i++) {
        const double *n = mdl_block_at(w->block, l->parts) +
                          (size_t)(l->n_users + i) * MDL_N_PART_SUMS;
        double *load =
            mdl_block_at(w->block, l->members) + (size_t)i * MDL_N_MEMBER_LOADS;
        const double wait = n[MDL_PART_TIMES + MDL_QUEUE];
        const struct mdl_entry *entry =
            &w->dep->entries[w->dep->members[i].entry];
        const double service = at_slots_s(
            entry, n[MDL_PART_TIMES + MDL_SERVICE], n[MDL_PART_CACHED]);
        little(entry, w->first_change[i] < w->first_change[i + 1], wait,
            service, load);
    }
}

/* Integrals of a member's station.  Where a number of requests ends the run,
 * the kernel has not watched all of it: states of slots are cut to the slots
 * in service over `seconds`, other times to `seconds`. */
static void station_loads(
    struct mdl_world *w, int member, double seconds, double *load)
{
    const bool by_time = w->cfg->requests < 0;
    const double weight = w->weight[member];
    struct sim_station_totals t;
    double from_s, to_s;

    mdl_world_watched(w, &from_s, &to_s);
    w->stations[member]->ops->totals(w->stations[member], &t);
    const double all_s = t.off_s + t.boot_s + t.idle_s + t.busy_s;
    const double part = all_s > 0.0 ? load[MDL_SLOTS_UP_S] / all_s : 0.0;
    const double stretch =
        by_time ? weight : weight * seconds / (to_s - from_s);
    load[MDL_BATCHES] = weight * (double)t.batches;
    load[MDL_BATCHED] = weight * (double)t.batched;
    load[MDL_OFF_S] = weight * part * t.off_s;
    load[MDL_BOOT_S] = weight * part * t.boot_s;
    load[MDL_IDLE_S] = weight * part * t.idle_s;
    load[MDL_BUSY_S] = stretch * t.busy_s;
    load[MDL_EMPTY_S] = isfinite(to_s) ? stretch * t.empty_s : 0.0;
    if (by_time) {
        load[MDL_IN_SYSTEM_S] = weight * t.in_system_s;
        load[MDL_WAITING_S] = weight * t.waiting_s;
    }
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

/* Requests of all classes with their weights: no bucket of a histogram, of 32
 * bits, holds more. */
static double n_counted(const struct mdl_world *w)
{
    const double *counts = mdl_block_at(w->block, w->layout->counts);
    double sum = 0.0;

    for (int c = 0; c < w->layout->n_classes; c++)
        sum += counts[c * MDL_N_COUNTS + MDL_OFFERED];
    return sum;
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
        double own[MDL_N_LOADS] = {0};
        capacity_integrals(w, i, seconds, own);
        if (w->weight[i] > 0)
            station_loads(w, i, seconds, own);
        for (int k = 0; k < MDL_N_LOADS; k++)
            load[k] += own[k];
        if (i < l->n_members)
            memcpy(mdl_block_at(w->block, l->members) +
                       (size_t)i * MDL_N_MEMBER_LOADS,
                own, MDL_N_MEMBER_LOADS * sizeof *own);
    }
    if (!by_time)
        cohort_loads(w);
    if (n_counted(w) > (double)UINT32_MAX)
        return sim_err_set(err, SIM_E_LIMIT,
            "more than 2^32 requests in one window; shorten it, or raise "
            "'simulate.sites' so that fewer stand for others");
    return check(w, err);
}
