/* The load that requests bring to places when all is well. */
#include <math.h>
#include <string.h>

#include "models/plan_sites.h"
#include "models/policy.h"
#include "models/routing.h"
#include "sim/alloc.h"
#include "sim/fmath.h"
#include "sim/units.h"

/* Expected visits and work of a source's requests at its candidates. */
void mdl_plan_visits(
    const struct mdl_plan *plan, struct mdl_dep *dep, int source)
{
    const struct mdl_class *c = &plan->classes[plan->sources[source].cls];
    const struct mdl_flow *flow = &dep->flows[plan->sources[source].cls];

    for (int s = 0; s < flow->n_steps; s++) {
        const struct mdl_step *step = &flow->steps[s];
        bool found = false;
        for (int i = dep->uc_first[source];
             i < dep->uc_first[source + 1] && !found; i++) {
            struct mdl_candidate *to = &dep->candidates[i];
            const int entry = dep->places[to->place].entry;
            const double share = step->entry < 0
                                     ? mdl_route_share(plan, dep, source, i)
                                 : step->entry == entry ? 1.0
                                                        : 0.0;
            const double visits = share * step->visits;
            found = step->entry >= 0 && step->entry == entry;
            to->visits += visits;
            to->work_s += visits * mdl_entry_work_s(dep, entry,
                                       mdl_step_work_s(step, c->mean_work_s));
        }
    }
}

/* Work a member does per second when it is full; < 0: without limit.  With a
 * table of rates that is the rate of the most that run together, else no more
 * run than `concurrency` allows. */
static double full_rate(const struct mdl_dep *dep, const struct mdl_member *m)
{
    const struct mdl_queue_cfg *queue = &dep->entries[m->entry].cfg->queue;

    if (queue->n_rates > 0) {
        int last = queue->n_rates;
        if (queue->concurrency > 0 && queue->concurrency < last)
            last = (int)queue->concurrency;
        return queue->rates[last - 1] * m->speed;
    }
    int slots = mdl_member_slots(m);
    if (queue->concurrency > 0 && (slots < 0 || queue->concurrency < slots))
        slots = (int)queue->concurrency;
    return slots * m->speed;
}

/* Is a place that is offered more than it can serve, by requests that wait for
 * ever, a queue without end?  Not where it is limited or they are sent
 * elsewhere. */
static bool piles_up(const struct mdl_dep *dep, int place)
{
    return !dep->cfg->routing.has_spill &&
           dep->cfg->routing.policy != MDL_SLO_AWARE &&
           dep->entries[dep->places[place].entry].cfg->queue.capacity < 0;
}

/* More work, of requests that wait for ever, than all places together can do?
 */
static bool overwhelmed(const struct mdl_dep *dep, const double *load)
{
    double offered = 0.0, capacity = 0.0;

    for (int i = 0; i < dep->n_places; i++) {
        const struct mdl_place *place = &dep->places[i];
        const struct mdl_member *m = &dep->members[place->first_member];
        const double full = full_rate(dep, m);
        offered += load[i];
        capacity += full < 0.0 ? (double)INFINITY : place->n_members * full;
        if (dep->entries[place->entry].cfg->queue.capacity >= 0)
            return false;
    }
    return offered >= capacity;
}

/* Offered load over capacity of every place when all is well, mean of the
 * worst year: at or above 1 there is no steady state. */
int mdl_plan_load(
    struct mdl_plan *plan, struct mdl_dep *dep, struct sim_err *err)
{
    const double year_s = SIM_H_PER_YR * SIM_S_PER_H;
    const size_t n = (size_t)dep->n_places;
    double *load = sim_calloc(2 * n, sizeof *load), *stays;

    if (load == NULL)
        return sim_err_set(err, SIM_E_NOMEM, "out of memory");
    stays = load + n; /* the part of those that wait for ever */
    for (int y = 0; y < (plan->windowed ? plan->n_years : 1); y++) {
        memset(load, 0, 2 * n * sizeof *load);
        for (int i = 0; i < plan->n_sources; i++) {
            const struct mdl_class *c = &plan->classes[plan->sources[i].cls];
            const double rate = plan->sources[i].base_per_s *
                                sim_pow(1.0 + c->arrivals->growth_per_yr, y) *
                                mdl_plan_deflation(plan, y * year_s);
            for (int k = dep->uc_first[i]; k < dep->uc_first[i + 1]; k++) {
                const double work = rate * dep->candidates[k].work_s;
                load[dep->candidates[k].place] += work;
                stays[dep->candidates[k].place] +=
                    !mdl_class_impatient(c->cfg) ? work : 0.0;
            }
        }
        for (int i = 0; i < dep->n_places; i++) {
            const struct mdl_place *place = &dep->places[i];
            const struct mdl_member *m = &dep->members[place->first_member];
            const double full = full_rate(dep, m);
            const double rho =
                full < 0.0 ? 0.0 : load[i] / (place->n_members * full);
            dep->worst_load = fmax(dep->worst_load, rho);
            if (full >= 0.0 && stays[i] > 0.0 &&
                stays[i] >= place->n_members * full && piles_up(dep, i))
                dep->unstable = true;
        }
        if ((dep->cfg->routing.policy == MDL_SLO_AWARE ||
                dep->cfg->routing.has_spill) &&
            overwhelmed(dep, stays))
            dep->unstable = true;
    }
    sim_free(load);
    return SIM_OK;
}

double mdl_entry_work_s(const struct mdl_dep *dep, int entry, double mean_s)
{
    const struct mdl_site_cfg *site = dep->entries[entry].cfg;
    const struct mdl_batch_time_cfg *time = &site->batching.time;
    const double most = (double)site->batching.max;

    if (!site->has_batching)
        return mean_s;
    return (time->has_exponential ? time->exponential.mean_ms
                                  : time->fixed_ms + time->per_item_ms * most) /
           most / SIM_MS_PER_S;
}

int mdl_member_slots(const struct mdl_member *member)
{
    if (member->servers < 0)
        return -1;
    return (int)(member->servers * member->slots_per_server);
}
