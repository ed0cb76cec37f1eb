/* What became of a request: sums and histograms of its class, its user and its
 * sites. */
#include "models/pilot.h"
#include "models/world_flow.h"

static void count_time(struct mdl_world *w, int scope, double *counts,
    const double *times, int weight)
{
    double *max =
        mdl_block_at(w->block, w->layout->max) + (size_t)scope * MDL_N_TIMES;

    for (int t = 0; t < MDL_N_TIMES; t++) {
        const double x = times[t];
        counts[MDL_SUMS + 2 * t] += weight * x;
        counts[MDL_SUMS + 2 * t + 1] += weight * x * x;
        max[t] = x > max[t] ? x : max[t];
        mdl_block_hist(w->layout, w->block, scope, t)[sim_hist_bucket(x)] +=
            (uint32_t)weight;
    }
}

/* Response at the station over the service time on it; by size of work too. */
static void count_slowdown(
    struct mdl_world *w, int scope, double *counts, const struct mdl_done *done)
{
    const struct mdl_layout *l = w->layout;
    const double slowdown =
        done->weight * (done->times[MDL_QUEUE] + done->times[MDL_SERVICE]) *
        done->speed / done->work_s;

    counts[MDL_SLOWDOWN] += slowdown;
    if (l->n_bins == 0)
        return;
    const int bin = mdl_size_bin(w->plan, done->work_s);
    double *sum =
        mdl_block_at(w->block, l->bins) +
        ((size_t)scope * (size_t)l->n_bins + (size_t)bin) * MDL_N_BIN_SUMS;
    sum[MDL_BIN_SERVED] += done->weight;
    sum[MDL_BIN_SLOWDOWN] += slowdown;
}

/* Into one scope: a class, or a site entry. */
static void count_done(
    struct mdl_world *w, int scope, const struct mdl_done *done)
{
    const struct mdl_class *c = &w->plan->classes[done->cls];
    double *n = mdl_block_at(w->block, w->layout->counts) +
                (size_t)scope * MDL_N_COUNTS;

    const double weight = done->weight;

    n[MDL_OFFERED] += weight;
    n[MDL_SPILLED] += done->spilled ? weight : 0.0;
    n[MDL_RETRIED] += weight * done->retries;
    n[MDL_HEDGED] += weight * done->hedges;
    n[MDL_CACHED] += done->cached ? weight : 0.0;
    n[MDL_HAS_SLO] += c->slo_level > 0.0 ? weight : 0.0;
    if (done->outcome != SIM_SERVED) {
        n[done->outcome == SIM_ABANDONED ? MDL_ABANDONED : MDL_LOST] += weight;
        n[MDL_VALUE_LOST_USD] += weight * c->cfg->value_usd;
        return;
    }
    n[MDL_SERVED] += weight;
    n[MDL_SEEN] += 1.0;
    n[MDL_FALLBACK] += done->fallback ? weight : 0.0;
    n[MDL_WAITED] += done->times[MDL_QUEUE] > 0.0 ? weight : 0.0;
    n[MDL_WITHIN] += c->slo_level > 0.0 && done->times[MDL_LATENCY] <= c->slo_s
                         ? weight
                         : 0.0;
    if (done->member >= 0) { /* not the user's own device */
        n[MDL_EGRESS_B] += weight * c->cfg->response_size_bytes;
        n[MDL_INGRESS_B] += weight * c->cfg->request_size_bytes;
    }
    if (done->member >= 0 && w->dep->members[done->member].user != done->user)
        n[MDL_LEFT_B] +=
            weight * (c->cfg->response_size_bytes + c->cfg->request_size_bytes);
    n[MDL_WORK_S] += weight * done->work_s * w->undeflate;
    if (done->work_s > 0.0)
        count_slowdown(w, scope, n, done);
    count_time(w, scope, n, done->times, done->weight);
}

/* Into one part; `hist` is its row of coarse histograms, -1 for none. */
static void count_part(
    struct mdl_world *w, int part, int hist, const struct mdl_done *done)
{
    const struct mdl_class *c = &w->plan->classes[done->cls];
    double *n = mdl_block_at(w->block, w->layout->parts) +
                (size_t)part * MDL_N_PART_SUMS;

    const double weight = done->weight;

    n[MDL_PART_OFFERED] += weight;
    n[MDL_PART_HAS_SLO] += c->slo_level > 0.0 ? weight : 0.0;
    if (done->outcome != SIM_SERVED) {
        n[done->outcome == SIM_ABANDONED ? MDL_PART_ABANDONED
                                         : MDL_PART_LOST] += weight;
        return;
    }
    n[MDL_PART_SERVED] += weight;
    n[MDL_PART_CACHED] += done->cached ? weight : 0.0;
    n[MDL_PART_WITHIN] +=
        c->slo_level > 0.0 && done->times[MDL_LATENCY] <= c->slo_s ? weight
                                                                   : 0.0;
    for (int t = 0; t < MDL_N_TIMES; t++)
        n[MDL_PART_TIMES + t] += weight * done->times[t];
    if (hist >= 0)
        mdl_block_coarse(w->layout, w->block,
            hist)[mdl_coarse_bucket(done->times[MDL_LATENCY])] +=
            (uint32_t)done->weight;
}

void mdl_world_count_request(struct mdl_world *w, const struct mdl_done *done)
{
    const struct mdl_layout *l = w->layout;

    count_done(w, done->cls, done);
    if (done->user < l->n_users)
        count_part(w, done->user,
            done->user < l->n_user_hists ? done->user : -1, done);
}

void mdl_world_count_visit(struct mdl_world *w, const struct mdl_done *done)
{
    const struct mdl_layout *l = w->layout;
    const int entry = w->dep->members[done->member].entry;
    const size_t source =
        (size_t)done->user * (size_t)l->n_classes + (size_t)done->cls;
    const size_t cell = source * (size_t)l->n_ranks + (size_t)done->rank;

    count_done(w, l->n_classes + entry, done);
    if (done->member < l->n_members)
        count_part(w, l->n_users + done->member,
            done->member < l->n_member_hists ? l->n_user_hists + done->member
                                             : -1,
            done);
    if (done->outcome != SIM_SERVED)
        return;
    mdl_block_at(w->block, l->served)[cell] += done->weight;
    mdl_block_at(w->block, l->work)[cell] +=
        done->weight * done->work_s * w->undeflate;
}

/* What the engine says of a visit. */
static struct mdl_done done_of(const struct sim_request *r, int member,
    int weight, enum sim_outcome outcome, double start_s, double end_s)
{
    const double arrive_s = r->station >= 0 ? r->send_s + r->out_s : r->send_s;

    return (struct mdl_done){.user = r->user,
        .cls = r->cls,
        .k = r->k,
        .member = member,
        .weight = weight,
        .rank = r->tag & MDL_TAG_RANK,
        .outcome = outcome,
        .spilled = (r->tag & MDL_TAG_SPILLED) != 0,
        .cached = (r->tag & MDL_TAG_CACHED) != 0,
        .work_s = r->work_s,
        .speed = r->speed,
        .send_s = r->send_s,
        .arrive_s = arrive_s,
        .start_s = start_s,
        .end_s = end_s,
        .times = {[MDL_LATENCY] = end_s - r->send_s + r->back_s,
            [MDL_NETWORK] = r->out_s + r->back_s,
            [MDL_QUEUE] = start_s - arrive_s,
            [MDL_SERVICE] = end_s - start_s}};
}

void mdl_world_count_visit_of(struct mdl_world *w, const struct sim_request *r,
    int member, int weight, enum sim_outcome outcome, double start_s,
    double end_s)
{
    const struct mdl_done done =
        done_of(r, member, weight, outcome, start_s, end_s);

    mdl_world_count_visit(w, &done);
}

/* A visit has ended, of the cohort or not. */
static void note_stay(struct mdl_world *w, double arrive_s, double end_s)
{
    double *series = w->cfg->series;

    mdl_stays_add(&w->stays, arrive_s, end_s);
    if (series == NULL)
        return;
    mdl_series_step(series, w->cfg->length_s, arrive_s, 1.0);
    mdl_series_step(series, w->cfg->length_s, end_s, -1.0);
}

void mdl_world_finish(void *ctx, const struct sim_request *r,
    enum sim_outcome outcome, double start_s, double end_s)
{
    struct mdl_world *w = ctx;

    if (r->station >= 0)
        note_stay(w, r->send_s + r->out_s, end_s);
    if (r->owner != MDL_NO_OWNER) {
        mdl_flow_finish(w, r, outcome, start_s, end_s);
        return;
    }
    if ((r->tag & MDL_TAG_MEASURED) == 0 && w->cfg->notes == NULL)
        return;
    const int weight = r->station >= 0 ? w->weight[r->station] : r->priority;
    const struct mdl_done done =
        done_of(r, r->station, weight, outcome, start_s, end_s);
    mdl_world_note(w, &done);
    if ((r->tag & MDL_TAG_MEASURED) == 0)
        return;
    w->open -= weight;
    mdl_world_count_request(w, &done);
    if (r->station >= 0)
        mdl_world_count_visit(w, &done);
}
