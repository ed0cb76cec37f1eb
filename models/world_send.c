/* Where a request goes, and how long its way there and back is. */
#include <math.h>

#include "models/world_flow.h"
#include "sim/fmath.h"
#include "sim/units.h"

/* Is this request of the cohort?  With `requests`, sends are counted. */
static bool in_cohort(struct mdl_world *w, const struct sim_request *r)
{
    if (w->cfg->requests < 0) {
        w->closed = r->send_s >= w->cfg->length_s;
        return r->send_s >= 0.0 && !w->closed;
    }
    if (r->send_s < 0.0)
        return false;
    const int64_t k = w->counted++ - w->cfg->lead_requests;
    const bool in = k >= 0 && k < w->cfg->requests;
    w->closed = k >= w->cfg->requests - 1;
    if (in && w->closed && !w->follows)
        mdl_feed_until(w->feed, r->send_s + w->dep->max_rtt_s + 1e-9);
    return in;
}

double mdl_world_round_trip_s(const struct mdl_world *w,
    const struct sim_request *r, int source, const struct mdl_candidate *c)
{
    const struct mdl_path *p = c->path;
    const int entry = w->dep->places[c->place].entry;
    const struct sim_dist *rtt = w->dep->entries[entry].cfg->rtt_ms;
    double jitter = r->aux[MDL_AUX_JITTER], sum;

    if (rtt != NULL)
        return sim_dist_quantile(rtt, r->aux[MDL_AUX_MARK]) / SIM_MS_PER_S;
    const double sigma = mdl_feed_sigma(w->feed, source);
    if (p->jitter_sigma != sigma)
        jitter = sim_pow(jitter, p->jitter_sigma / sigma);
    sum = p->base_s * jitter + p->payload_s;
    if (isfinite(p->access_mu))
        sum += r->aux[MDL_AUX_ACCESS];
    if (r->aux[MDL_AUX_MARK] < p->loss_frac)
        sum += p->loss_s;
    return sum;
}

/* Served away from where it would go when all is well? */
bool mdl_world_spilled(const struct mdl_dep *dep, int source, int candidate)
{
    const int policy = dep->cfg->routing.policy;
    const int first = dep->uc_first[source];

    if (policy == MDL_NEAREST || policy == MDL_SLO_AWARE)
        return candidate != first;
    return dep->candidates[candidate].group != dep->candidates[first].group;
}

bool mdl_world_cohort(
    struct mdl_world *w, const struct sim_request *r, int weight)
{
    const int source = r->user * w->plan->n_classes + r->cls;

    w->sent++;
    if (!in_cohort(w, r))
        return false;
    w->open += weight;
    if (w->measured++ == 0)
        w->first_s = r->send_s;
    w->last_s = r->send_s;
    mdl_block_at(w->block, w->layout->offered)[source] += weight;
    return true;
}

/* One visit, and nothing that could follow it. */
static void route_plain(struct mdl_world *w, struct sim_request *r)
{
    const int source = r->user * w->plan->n_classes + r->cls;
    const double mark = r->aux[MDL_AUX_CHOICE];
    const struct mdl_pick pick =
        w->dep->sampled ? mdl_groups_here(w, r->tag - 1, mark)
                        : mdl_route_pick(&w->router, source, r->user, mark);
    const int i = pick.candidate;

    r->owner = MDL_NO_OWNER;
    r->tag = i >= 0 ? i - w->dep->uc_first[source] : 0;
    if (i >= 0 && mdl_world_spilled(w->dep, source, i))
        r->tag |= MDL_TAG_SPILLED;
    const int weight = i >= 0 ? w->weight[pick.member] : 1;
    if (mdl_world_cohort(w, r, weight))
        r->tag |= MDL_TAG_MEASURED;
    if (i < 0 || !w->up[pick.member]) {
        /* nowhere to go, or sent to a site not yet known to be down */
        r->station = SIM_REFUSED;
        r->priority = weight; /* for the end, which then knows no member */
        return;
    }
    const struct mdl_candidate *c = &w->dep->candidates[i];
    const double rtt_s = mdl_world_round_trip_s(w, r, source, c);
    r->station = pick.member;
    r->out_s = 0.5 * rtt_s;
    r->back_s = 0.5 * rtt_s;
    r->speed = w->dep->members[pick.member].speed;
    r->priority = (int32_t)w->plan->classes[r->cls].cfg->priority;
}

void mdl_world_route(void *ctx, struct sim_request *r)
{
    struct mdl_world *w = ctx;

    if (r->user == MDL_PROBE) {
        mdl_world_probe(w, r);
        return;
    }
    mdl_world_turn(w, r->send_s);
    if (w->dep->sampled && r->station == MDL_ACT_SEND &&
        !mdl_groups_keep(w, r)) {
        r->station = SIM_DROPPED;
        return;
    }
    if (w->dep->plain ||
        (r->station == MDL_ACT_SEND && w->dep->flows[r->cls].plain))
        route_plain(w, r);
    else
        mdl_flow_route(w, r);
}
