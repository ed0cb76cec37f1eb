/* What became of a request: sums and histograms of its class, its user and its
 * sites. */
#include "models/pilot.h"
#include "models/world_flow.h"

/* What every scope counts of an end, worked out once. */
struct count {
    const struct mdl_done *done;
    const struct mdl_class *cls;
    double weight;
    double within;   /* the weight, if within its class's objective */
    double slowdown; /* response at the station over the time on it; weighted */
    double undeflated_s; /* work before deflation; weighted */
    int bucket[MDL_N_TIMES];
};

/* Filled in place: a copy right after would wait for its parts. */
static void count_fill(
    struct count *count, const struct mdl_world *w, const struct mdl_done *done)
{
    const struct mdl_class *c = &w->plan->classes[done->cls];
    const double *times = done->times;

    if (done->outcome != SIM_SERVED) {
        *count = (struct count){.done = done, .cls = c, .weight = done->weight};
        return;
    }
    count->done = done;
    count->cls = c;
    count->weight = done->weight;
    count->within = c->slo_level > 0.0 && times[MDL_LATENCY] <= c->slo_s
                        ? count->weight
                        : 0.0;
    count->slowdown = done->alone_s > 0.0
                          ? count->weight *
                                (times[MDL_QUEUE] + times[MDL_SERVICE]) /
                                done->alone_s
                          : 0.0;
    count->undeflated_s =
        count->weight * done->work_s /
        mdl_plan_deflation(w->plan, w->cfg->origin_s + done->send_s);
    for (int t = 0; t < MDL_N_TIMES; t++)
        count->bucket[t] = sim_hist_bucket(times[t]);
}

static void count_times(
    struct mdl_world *w, int scope, double *sums, const struct count *count)
{
    const double *times = count->done->times;
    double *max =
        mdl_block_at(w->block, w->layout->max) + (size_t)scope * MDL_N_TIMES;

    for (int t = 0; t < MDL_N_TIMES; t++) {
        const double x = times[t];
        sums[2 * t] += count->weight * x;
        sums[2 * t + 1] += count->weight * x * x;
        max[t] = x > max[t] ? x : max[t];
        mdl_block_hist(w->layout, w->block, scope, t)[count->bucket[t]] +=
            (uint32_t)count->done->weight;
    }
}

static void count_size(
    struct mdl_world *w, int scope, const struct count *count)
{
    const struct mdl_layout *l = w->layout;
    const int bin = mdl_size_bin(w->plan, count->done->work_s);
    double *sum =
        mdl_block_at(w->block, l->bins) +
        ((size_t)scope * (size_t)l->n_bins + (size_t)bin) * MDL_N_BIN_SUMS;

    sum[MDL_BIN_SERVED] += count->weight;
    sum[MDL_BIN_SLOWDOWN] += count->slowdown;
}

/* What few requests have. */
static void count_rare(double *n, const struct count *count)
{
    const struct mdl_done *done = count->done;

    n[MDL_SPILLED] += done->spilled ? count->weight : 0.0;
    n[MDL_RETRIED] += count->weight * done->retries;
    n[MDL_HEDGED] += count->weight * done->hedges;
    n[MDL_CACHED] += done->cached ? count->weight : 0.0;
    if (done->outcome == SIM_SERVED && done->fallback)
        n[MDL_FALLBACK] += count->weight;
}

static void count_bytes(
    const struct mdl_world *w, double *n, const struct count *count)
{
    const struct mdl_done *done = count->done;
    const double out = count->cls->cfg->response_size_bytes;
    const double in = count->cls->cfg->request_size_bytes;

    n[MDL_EGRESS_B] += count->weight * out;
    n[MDL_INGRESS_B] += count->weight * in;
    if (w->dep->members[done->member].user != done->user)
        n[MDL_LEFT_B] += count->weight * (out + in);
}

/* Into one scope: a class, or a site entry. */
static void count_done(
    struct mdl_world *w, int scope, const struct count *count)
{
    const struct mdl_done *done = count->done;
    const double weight = count->weight;
    double *n = mdl_block_at(w->block, w->layout->counts) +
                (size_t)scope * MDL_N_COUNTS;

    n[MDL_OFFERED] += weight;
    n[MDL_HAS_SLO] += count->cls->slo_level > 0.0 ? weight : 0.0;
    if (done->spilled || done->cached || done->fallback ||
        (done->retries | done->hedges) != 0)
        count_rare(n, count);
    if (done->outcome != SIM_SERVED) {
        n[done->outcome == SIM_ABANDONED ? MDL_ABANDONED : MDL_LOST] += weight;
        n[MDL_VALUE_LOST_USD] += weight * count->cls->cfg->value_usd;
        return;
    }
    n[MDL_SERVED] += weight;
    n[MDL_SEEN] += 1.0;
    n[MDL_WAITED] += done->times[MDL_QUEUE] > 0.0 ? weight : 0.0;
    n[MDL_WITHIN] += count->within;
    if (done->member >= 0) /* not the user's own device */
        count_bytes(w, n, count);
    n[MDL_WORK_S] += count->undeflated_s;
    n[MDL_SLOWDOWN] += count->slowdown;
    if (w->layout->n_bins > 0 && done->work_s > 0.0)
        count_size(w, scope, count);
    count_times(w, scope, n + MDL_SUMS, count);
}

/* Into one part; `hist` is its row of coarse histograms, -1 for none. */
static void count_part(
    struct mdl_world *w, int part, int hist, const struct count *count)
{
    const struct mdl_done *done = count->done;
    const double weight = count->weight;
    double *n = mdl_block_at(w->block, w->layout->parts) +
                (size_t)part * MDL_N_PART_SUMS;

    n[MDL_PART_OFFERED] += weight;
    n[MDL_PART_HAS_SLO] += count->cls->slo_level > 0.0 ? weight : 0.0;
    if (done->outcome != SIM_SERVED) {
        n[done->outcome == SIM_ABANDONED ? MDL_PART_ABANDONED
                                         : MDL_PART_LOST] += weight;
        return;
    }
    n[MDL_PART_SERVED] += weight;
    n[MDL_PART_SEEN] += 1.0;
    n[MDL_PART_CACHED] += done->cached ? weight : 0.0;
    n[MDL_PART_WITHIN] += count->within;
    for (int t = 0; t < MDL_N_TIMES; t++)
        n[MDL_PART_TIMES + t] += weight * done->times[t];
    if (hist >= 0)
        mdl_block_coarse(w->layout, w->block,
            hist)[mdl_coarse_bucket(count->bucket[MDL_LATENCY])] +=
            (uint32_t)done->weight;
}

static void count_request(struct mdl_world *w, const struct count *count)
{
    const struct mdl_layout *l = w->layout;
    const int user = count->done->user;

    count_done(w, count->done->cls, count);
    if (user < l->n_users)
        count_part(w, user, user < l->n_user_hists ? user : -1, count);
}

static void count_visit(struct mdl_world *w, const struct count *count)
{
    const struct mdl_layout *l = w->layout;
    const struct mdl_done *done = count->done;
    const int entry = w->dep->members[done->member].entry;
    const size_t source =
        (size_t)done->user * (size_t)l->n_classes + (size_t)done->cls;
    const size_t cell = source * (size_t)l->n_ranks + (size_t)done->rank;

    count_done(w, l->n_classes + entry, count);
    if (done->member < l->n_members)
        count_part(w, l->n_users + done->member,
            done->member < l->n_member_hists ? l->n_user_hists + done->member
                                             : -1,
            count);
    if (done->outcome != SIM_SERVED)
        return;
    mdl_block_at(w->block, l->served)[cell] += count->weight;
    mdl_block_at(w->block, l->work)[cell] += count->undeflated_s;
}

void mdl_world_count_request(struct mdl_world *w, const struct mdl_done *done)
{
    struct count count;

    count_fill(&count, w, done);
    count_request(w, &count);
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
        .alone_s = r->station >= 0 ? r->work_s / r->speed : 0.0,
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
    struct count count;

    count_fill(&count, w, &done);
    count_visit(w, &count);
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
    struct count count;
    count_fill(&count, w, &done);
    w->open -= weight;
    count_request(w, &count);
    if (r->station >= 0)
        count_visit(w, &count);
}
