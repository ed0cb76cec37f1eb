/* Counts, shares, loads, power and objectives of a scope. */
#include <math.h>
#include <string.h>

#include "models/measure.h"
#include "sim/units.h"

/* Requests of a run from which on its watched part lies within it. */
enum { LEAST_WATCHED = 10000 };

/* ---- counts ------------------------------------------------------------- */

/* What counts are divided by: requests offered, whose exact number then scales
 * the ratio up; where clients wait for answers that number is not known, and
 * what was seen is divided by the number or the length of the runs. */
static void sum_base(struct mdl_put *p, const struct mdl_scope *all, int head)
{
    if (p->study->plan->closed)
        mdl_sum_head(p->study, p->c, head, p->y);
    else
        mdl_sum_counts(p->study, p->c, all, MDL_OFFERED, p->y);
}

static bool is_exact(const struct mdl_put *p)
{
    return p->scope->main && p->scope->cls < 0 && !p->study->plan->closed;
}

void mdl_put_totals(struct mdl_put *p, const struct mdl_scope *all,
    double volume, double seconds)
{
    static const struct {
        const char *name;
        int count;
    } totals[] = {{"requests.offered", MDL_OFFERED},
        {"requests.served", MDL_SERVED}, {"requests.lost", MDL_LOST},
        {"requests.abandoned", MDL_ABANDONED},
        {"requests.spilled", MDL_SPILLED}};

    const double total = p->study->plan->closed ? 1.0 : volume;
    const double rate = p->study->plan->closed ? 1.0 : volume / seconds;

    for (size_t i = 0; i < sizeof totals / sizeof totals[0]; i++) {
        mdl_sum_counts(p->study, p->c, p->scope, totals[i].count, p->x);
        sum_base(p, all, MDL_WINDOWS);
        if (totals[i].count == MDL_OFFERED && is_exact(p))
            mdl_put(p, totals[i].name, res_exact(volume));
        else
            mdl_put_ratio(p, totals[i].name, total);
    }
    mdl_sum_counts(p->study, p->c, p->scope, MDL_OFFERED, p->x);
    sum_base(p, all, MDL_SECONDS);
    if (is_exact(p))
        mdl_put(p, "requests.rate", res_exact(volume / seconds));
    else
        mdl_put_ratio(p, "requests.rate", rate);
    mdl_sum_counts(p->study, p->c, p->scope, MDL_SERVED, p->x);
    mdl_put_ratio(p, "requests.served_rate", rate);
}

static void put_further(struct mdl_put *p, const struct mdl_scope *all,
    const char *name, int count, double volume)
{
    mdl_sum_counts(p->study, p->c, p->scope, count, p->x);
    sum_base(p, all, MDL_WINDOWS);
    mdl_put_ratio(p, name, p->study->plan->closed ? 1.0 : volume);
}

void mdl_put_further(
    struct mdl_put *p, const struct mdl_scope *all, double volume)
{
    const struct mdl_dep *dep = p->c->dep;
    bool fallback = false, cache = false;

    for (int i = 0; i < p->study->plan->n_classes; i++)
        fallback = fallback || (dep->flows[i].cfg->has_fallback &&
                                   (p->scope->cls < 0 || p->scope->cls == i));
    for (int e = 0; e < dep->n_entries; e++)
        cache = cache || (dep->entries[e].cfg->has_cache &&
                             mdl_scope_has_load(p->c, p->scope, e));
    if (p->scope->main || p->scope->cls >= 0) {
        put_further(p, all, "requests.retried", MDL_RETRIED, volume);
        if (dep->cfg->routing.has_hedge)
            put_further(p, all, "requests.hedged", MDL_HEDGED, volume);
        if (fallback)
            put_further(p, all, "requests.fallback", MDL_FALLBACK, volume);
    }
    if (cache)
        mdl_put_count_ratio(p, "cache_hit_share", MDL_CACHED, MDL_OFFERED, 1.0);
}

void mdl_put_shares(struct mdl_put *p)
{
    mdl_put_count_ratio(p, "loss_probability", MDL_LOST, MDL_OFFERED, 1.0);
    mdl_put_count_ratio(
        p, "abandon_probability", MDL_ABANDONED, MDL_OFFERED, 1.0);
    mdl_put_count_ratio(p, "spill_probability", MDL_SPILLED, MDL_OFFERED, 1.0);
    mdl_put_count_ratio(p, "wait_probability", MDL_WAITED, MDL_SERVED, 1.0);
    mdl_put_count_ratio(p, "availability", MDL_SERVED, MDL_OFFERED, 1.0);
}

/* ---- loads -------------------------------------------------------------- */

static void put_running(struct mdl_put *p)
{
    mdl_sum_loads(p->study, p->c, p->scope, MDL_IN_SYSTEM_S, p->x);
    mdl_sum_loads(p->study, p->c, p->scope, MDL_WAITING_S, p->y);
    for (int r = 0; r < p->study->n_sections; r++)
        p->x[r] -= p->y[r];
    mdl_sum_head(p->study, p->c, MDL_SECONDS, p->y);
    mdl_put_ratio(p, "running.mean", 1.0);
}

/* Where a number of requests ends the run, its length is known beforehand to a
 * tenth only if they come at an even rate, and how long all was empty only if
 * they are many. */
static bool is_even(const struct mdl_plan *plan)
{
    for (int i = 0; i < plan->n_classes; i++) {
        const struct mdl_class *c = &plan->classes[i];
        if (c->trace.n > 0 || c->arrivals->process.has_mmpp)
            return false;
        for (int k = 1; k < c->shape.n; k++) {
            if (c->shape.knot[k] != c->shape.knot[0])
                return false;
        }
    }
    return true;
}

/* Is the time slots are busy known?  Of a job that has a slot for itself it is
 * its service, else what the stations have watched. */
static bool busy_known(const struct mdl_put *p)
{
    if (p->study->cfg->simulate.requests < 0 || is_even(p->study->plan))
        return true;
    for (int e = 0; e < p->c->layout.n_entries; e++) {
        const struct mdl_site_cfg *site = p->c->dep->entries[e].cfg;
        if (mdl_scope_has_load(p->c, p->scope, e) &&
            (site->has_batching || site->has_power_off ||
                site->queue.discipline == MDL_PS ||
                site->queue.discipline == MDL_LPS ||
                site->queue.discipline == MDL_PRIORITY_PREEMPTIVE))
            return false;
    }
    return true;
}

/* A ratio of what rests on busy slots. */
static void put_busy(struct mdl_put *p, const char *name, double scale)
{
    if (busy_known(p))
        mdl_put_ratio(p, name, scale);
    else
        mdl_put(p, name,
            res_undefined("not watched to the end of a run of so many "
                          "requests at an uneven rate: use "
                          "'simulate.duration'"));
}

static void put_empty(struct mdl_put *p)
{
    const struct mdl_entry *entry = &p->c->dep->entries[p->scope->entry];
    const int64_t requests = p->study->cfg->simulate.requests;

    if (requests >= 0 && (!is_even(p->study->plan) || requests < LEAST_WATCHED))
        return;
    mdl_sum_loads(p->study, p->c, p->scope, MDL_EMPTY_S, p->x);
    mdl_sum_head(p->study, p->c, MDL_SECONDS, p->y);
    mdl_put_ratio(p, "time_share.empty", 1.0 / entry->n_members);
}

static void put_means(struct mdl_put *p)
{
    static const struct {
        const char *name;
        int load;
    } means[] = {{"in_system.mean", MDL_IN_SYSTEM_S},
        {"queue_length.mean", MDL_WAITING_S},
        {"busy_servers.mean", MDL_BUSY_S}};

    for (size_t i = 0; i < sizeof means / sizeof means[0]; i++) {
        mdl_sum_loads(p->study, p->c, p->scope, means[i].load, p->x);
        mdl_sum_head(p->study, p->c, MDL_SECONDS, p->y);
        if (means[i].load == MDL_BUSY_S)
            put_busy(p, means[i].name, 1.0);
        else
            mdl_put_ratio(p, means[i].name, 1.0);
    }
    put_running(p);
    if (p->scope->entry >= 0)
        put_empty(p);
    mdl_sum_loads(p->study, p->c, p->scope, MDL_BUSY_S, p->x);
    mdl_sum_loads(p->study, p->c, p->scope, MDL_SLOTS_UP_S, p->y);
    put_busy(p, "utilization", 1.0);
}

/* Batches, and the states of servers that switch off. */
static void put_states(struct mdl_put *p)
{
    static const struct {
        const char *name;
        int load;
    } shares[] = {{"time_share.off", MDL_OFF_S},
        {"time_share.boot", MDL_BOOT_S}, {"time_share.idle", MDL_IDLE_S},
        {"time_share.busy", MDL_BUSY_S}};

    mdl_sum_loads(p->study, p->c, p->scope, MDL_BATCHED, p->x);
    mdl_sum_loads(p->study, p->c, p->scope, MDL_BATCHES, p->y);
    if (mdl_any_sum(p->study, p->y))
        mdl_put_ratio(p, "batch_size.mean", 1.0);
    mdl_sum_loads(p->study, p->c, p->scope, MDL_OFF_S, p->y);
    if (!mdl_any_sum(p->study, p->y))
        return;
    for (size_t i = 0; i < sizeof shares / sizeof shares[0]; i++) {
        mdl_sum_loads(p->study, p->c, p->scope, shares[i].load, p->x);
        mdl_sum_loads(p->study, p->c, p->scope, MDL_SLOTS_UP_S, p->y);
        put_busy(p, shares[i].name, 1.0);
    }
}

/* By the states of its slots where servers switch off, else idle by servers up
 * and the rest by busy slots. */
double mdl_entry_power(const struct mdl_case *c, int section, int entry)
{
    const struct mdl_entry *e = &c->dep->entries[entry];
    const double *load =
        c->section[section].sum + c->layout.loads + (size_t)entry * MDL_N_LOADS;
    const int slots = c->dep->members[e->first_member].slots_per_server;
    double w = (e->peak_w - e->idle_w) * load[MDL_BUSY_S];

    if (e->cfg->has_power_off)
        w += e->idle_w * (load[MDL_BUSY_S] + load[MDL_IDLE_S]) +
             e->off_w * load[MDL_OFF_S] + e->boot_w * load[MDL_BOOT_S];
    else
        w += e->idle_w * load[MDL_SLOTS_UP_S];
    return w / slots / SIM_W_PER_KW;
}

/* IT power in the windows: idle by servers up, the rest by busy slots. */
static void put_power(struct mdl_put *p)
{
    const struct mdl_layout *l = &p->c->layout;
    bool any = false;

    for (int r = 0; r < p->study->n_sections; r++) {
        p->x[r] = 0.0;
        p->y[r] = p->c->section[r].sum[MDL_SECONDS];
        for (int e = 0; e < l->n_entries; e++) {
            const struct mdl_entry *entry = &p->c->dep->entries[e];
            if (!mdl_scope_has_load(p->c, p->scope, e))
                continue;
            any = any || entry->peak_w > 0.0;
            p->x[r] += mdl_entry_power(p->c, r, e);
        }
    }
    if (!any)
        return;
    put_busy(p, "power.mean", 1.0);
    const struct res_estimate e = mdl_estimate(p->study, p->c, p->x, p->y, 1.0);
    if (p->scope->main && busy_known(p))
        p->study->cases[p->c - p->study->cases].direct_kw = e;
}

void mdl_put_loads(struct mdl_put *p)
{
    put_means(p);
    if (p->rc == SIM_OK)
        put_states(p);
    if (p->rc == SIM_OK)
        put_power(p);
}

/* ---- objectives --------------------------------------------------------- */

void mdl_put_objective(struct mdl_put *p)
{
    const struct mdl_study *study = p->study;
    double worst = 1.0;
    bool any = false;

    for (int i = 0; i < study->plan->n_classes; i++) {
        const struct mdl_class *c = &study->plan->classes[i];
        const struct mdl_scope one = {
            .first = i, .n = 1, .entry = -1, .cls = i};
        if (!(c->slo_level > 0.0) || (p->scope->cls >= 0 && p->scope->cls != i))
            continue;
        any = true;
        mdl_sum_counts(study, p->c, &one, MDL_WITHIN, p->x);
        mdl_sum_counts(study, p->c, &one, MDL_HAS_SLO, p->y);
        const struct res_estimate e =
            mdl_estimate(study, p->c, p->x, p->y, 1.0);
        worst = e.value >= c->slo_level ? worst : 0.0;
    }
    if (!any)
        return;
    mdl_put_count_ratio(p, "slo.attainment", MDL_WITHIN, MDL_HAS_SLO, 1.0);
    mdl_put(p, "slo.met",
        (struct res_estimate){
            .value = worst, .half_width = NAN, .n = study->done});
}

void mdl_put_windows(struct mdl_put *p)
{
    mdl_put(p, "windows.overloaded", res_exact(p->c->pooled.overloaded));
    mdl_put(p, "windows.clipped", res_exact(p->c->pooled.clipped));
}
