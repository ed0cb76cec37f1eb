/* What became of a request: sums and histograms of its class and its site. */
#include "models/world_parts.h"

static void count_time(
    struct mdl_world *w, int scope, double *counts, const double *times)
{
    double *max =
        mdl_block_at(w->block, w->layout->max) + (size_t)scope * MDL_N_TIMES;

    for (int t = 0; t < MDL_N_TIMES; t++) {
        const double x = times[t];
        counts[MDL_SUMS + 2 * t] += x;
        counts[MDL_SUMS + 2 * t + 1] += x * x;
        max[t] = x > max[t] ? x : max[t];
        mdl_block_hist(w->layout, w->block, scope, t)[sim_hist_bucket(x)]++;
    }
}

static void count_request(struct mdl_world *w, const struct sim_request *r,
    int scope, enum sim_outcome outcome, const double *times)
{
    const struct mdl_class *c = &w->plan->classes[r->cls];
    double *n = mdl_block_at(w->block, w->layout->counts) +
                (size_t)scope * MDL_N_COUNTS;

    n[MDL_OFFERED] += 1.0;
    n[MDL_SPILLED] += (r->tag & MDL_TAG_SPILLED) != 0 ? 1.0 : 0.0;
    n[MDL_HAS_SLO] += c->slo_level > 0.0 ? 1.0 : 0.0;
    if (outcome != SIM_SERVED) {
        n[outcome == SIM_ABANDONED ? MDL_ABANDONED : MDL_LOST] += 1.0;
        n[MDL_VALUE_LOST_USD] += c->cfg->value_usd;
        return;
    }
    n[MDL_SERVED] += 1.0;
    n[MDL_WAITED] += times[MDL_QUEUE] > 0.0 ? 1.0 : 0.0;
    n[MDL_WITHIN] +=
        c->slo_level > 0.0 && times[MDL_LATENCY] <= c->slo_s ? 1.0 : 0.0;
    n[MDL_EGRESS_B] += c->cfg->response_size_bytes;
    n[MDL_INGRESS_B] += c->cfg->request_size_bytes;
    if (w->dep->members[r->station].user != r->user)
        n[MDL_LEFT_B] +=
            c->cfg->response_size_bytes + c->cfg->request_size_bytes;
    n[MDL_WORK_S] += r->work_s * w->undeflate;
    if (r->work_s > 0.0)
        n[MDL_SLOWDOWN] +=
            (times[MDL_QUEUE] + times[MDL_SERVICE]) * r->speed / r->work_s;
    count_time(w, scope, n, times);
}

void mdl_world_finish(void *ctx, const struct sim_request *r,
    enum sim_outcome outcome, double start_s, double end_s)
{
    struct mdl_world *w = ctx;
    const struct mdl_layout *l = w->layout;
    const double arrive_s = r->send_s + r->out_s;
    const double times[MDL_N_TIMES] = {
        [MDL_LATENCY] = end_s - r->send_s + r->back_s,
        [MDL_NETWORK] = r->out_s + r->back_s,
        [MDL_QUEUE] = start_s - arrive_s,
        [MDL_SERVICE] = end_s - start_s};

    if ((r->tag & MDL_TAG_MEASURED) == 0)
        return;
    w->open--;
    count_request(w, r, r->cls, outcome, times);
    if (r->station < 0)
        return;
    const int entry = w->dep->members[r->station].entry;
    count_request(w, r, l->n_classes + entry, outcome, times);
    if (outcome == SIM_SERVED) {
        const size_t source =
            (size_t)r->user * (size_t)l->n_classes + (size_t)r->cls;
        const size_t cell =
            source * (size_t)l->n_ranks + (size_t)(r->tag & MDL_TAG_RANK);
        mdl_block_at(w->block, l->served)[cell] += 1.0;
        mdl_block_at(w->block, l->work)[cell] += r->work_s * w->undeflate;
    }
}
