/* Requests that are more than one visit: opened, led from step to step, closed
 * (manual, "Requests of several visits"). */
#include <math.h>

#include "models/world_flow.h"
#include "sim/fmath.h"
#include "sim/hist.h"

enum {
    HEDGE_EVERY = 128, /* answers after which a percentile is looked up anew */
};

static struct mdl_live *live_of(struct mdl_world *w, uint32_t owner)
{
    return &w->flow.live[owner];
}

static const struct mdl_flow *flow_of(
    const struct mdl_world *w, const struct mdl_live *live)
{
    return &w->dep->flows[live->first.cls];
}

static int part_of(const struct sim_request *r)
{
    return (r->tag >> MDL_TAG_PART_SHIFT) & (MDL_MAX_PARTS - 1);
}

/* ---- the end of a request ----------------------------------------------- */

/* answer_s: when the user has the answer, or knows that there is none. */
static void end_request(struct mdl_world *w, uint32_t owner,
    enum sim_outcome outcome, double answer_s)
{
    struct mdl_live *live = live_of(w, owner);

    mdl_live_end(w, live, outcome, answer_s);
    mdl_client_think(w, &live->first, answer_s);
    mdl_live_release(w, owner);
}

/* ---- from step to step -------------------------------------------------- */

/* The step of a journey after one was served, n_steps when it leaves. */
static int next_node(const struct mdl_world *w, const struct mdl_live *live)
{
    const struct mdl_flow *flow = flow_of(w, live);
    const double *row = flow->next + (size_t)live->step * (size_t)flow->n_steps;
    const double mark = mdl_live_uniform(w, live, SIM_FOR_MARK, live->visits);
    int i = 0;

    while (i < flow->n_steps && mark >= row[i])
        i++;
    return i;
}

/* The next step, n_steps when that was the last. */
static int next_step(const struct mdl_world *w, const struct mdl_live *live)
{
    const struct mdl_flow *flow = flow_of(w, live);

    switch (flow->kind) {
    case MDL_FLOW_STAGES:
        return live->step + 1;
    case MDL_FLOW_JOURNEY:
        return next_node(w, live);
    case MDL_FLOW_CASCADE:
        return live->step == 0 && mdl_live_uniform(w, live, SIM_FOR_ESCALATE,
                                      0) < flow->cfg->cascade.escalate_frac
                   ? 1
                   : flow->n_steps;
    default:
        return flow->n_steps;
    }
}

/* A copy has an answer.  With another copy out the earlier one counts, and
 * which that is shows when its time has come: whatever ends before is known
 * by then. */
static void take_answer(struct mdl_world *w, uint32_t owner, double answer_s)
{
    struct mdl_live *live = live_of(w, owner);

    if (!w->dep->cfg->routing.has_hedge || live->fell) {
        end_request(w, owner, SIM_SERVED, answer_s);
        return;
    }
    mdl_live_launch(w, owner, MDL_ACT_ANSWER, 0, answer_s);
}

static void part_served(struct mdl_world *w, uint32_t owner)
{
    struct mdl_live *live = live_of(w, owner);

    if (--live->parts_left == 0)
        end_request(w, owner, SIM_SERVED, live->answer_s);
}

/* Take over the times of a visit that was served: added along a path; of
 * copies and parts, those of the one that makes the answer.
 * @return false: another made it */
static bool take_times(struct mdl_world *w, struct mdl_live *live,
    const struct sim_request *r, int member, double start_s, double end_s)
{
    const int kind = flow_of(w, live)->kind;
    const double answer_s = end_s + r->back_s;
    const bool first = live->served_at < 0;
    const bool side_by_side = kind == MDL_FLOW_FORK || kind == MDL_FLOW_ONE;

    live->work_s += r->work_s;
    if (side_by_side && !first && !live->fell &&
        (kind == MDL_FLOW_FORK) != (answer_s > live->answer_s))
        return false;
    if (side_by_side && !first)
        live->network_s = live->queue_s = live->service_s = live->alone_s = 0.0;
    live->network_s += r->aux[MDL_AUX_WAYS] + r->out_s;
    /* one sum, as the engine formed it: who does not wait waits exactly 0 */
    live->queue_s += start_s - (r->send_s + r->out_s);
    live->service_s += end_s - start_s;
    live->alone_s += r->work_s / r->speed;
    live->arrive_s = r->send_s + r->out_s;
    live->start_s = start_s;
    live->end_s = end_s;
    live->served_at = member;
    live->answer_s = answer_s;
    return true;
}

/* A part of a fork whose request has gone to its fallback: no longer asked
 * for. */
static bool outrun(const struct mdl_live *live, const struct sim_request *r)
{
    return live->fell && (r->tag & MDL_TAG_FALLBACK) == 0;
}

static void served(struct mdl_world *w, const struct sim_request *r, int member,
    double start_s, double end_s)
{
    const uint32_t owner = r->owner;
    struct mdl_live *live = live_of(w, owner);
    const struct mdl_flow *flow = flow_of(w, live);

    if (live->over || outrun(live, r))
        return;
    const bool part = flow->kind == MDL_FLOW_FORK && !live->fell;
    const bool taken = take_times(w, live, r, member, start_s, end_s);
    const int next = part || live->fell ? flow->n_steps : next_step(w, live);
    if (next < flow->n_steps) {
        live->step = next;
        live->tries = 0;
        mdl_live_launch(w, owner, MDL_ACT_VISIT, 0, end_s);
        return;
    }
    live->network_s += taken ? r->back_s : 0.0;
    if (part)
        part_served(w, owner);
    else
        take_answer(w, owner, end_s + r->back_s);
}

/* Nobody served it: again, elsewhere, at the user's own device, or lost. */
static void failed(struct mdl_world *w, const struct sim_request *r, int member,
    enum sim_outcome outcome, double end_s)
{
    const uint32_t owner = r->owner;
    struct mdl_live *live = live_of(w, owner);
    const struct mdl_class_cfg *cfg = flow_of(w, live)->cfg;
    const double known_s = member >= 0 ? end_s + r->back_s : end_s;

    if (live->over || live->copies > 0 || outrun(live, r))
        return; /* a copy may still answer, or a part ended it */
    if (live->served_at >= 0 && flow_of(w, live)->kind == MDL_FLOW_ONE)
        return;               /* it has answered */
    if (!isfinite(known_s)) { /* the run is over, with sites down for good */
        end_request(w, owner, outcome, known_s);
    } else if (live->tries < cfg->retries.max && cfg->has_retries &&
               !live->fell) {
        const double pause_s =
            cfg->retries.backoff_s * sim_pow(cfg->retries.factor, live->tries);
        live->tries++;
        live->retries++;
        mdl_live_launch(w, owner, MDL_ACT_VISIT, part_of(r), known_s + pause_s);
    } else if (flow_of(w, live)->fallback >= 0 && !live->fell) {
        live->fell = true;
        mdl_live_launch(w, owner, MDL_ACT_FALL, 0, known_s);
    } else if (cfg->has_fallback && cfg->fallback.local_s != NULL) {
        const double time_s =
            mdl_live_draw(w, live, cfg->fallback.local_s, SIM_FOR_SIZE, -1);
        live->fell = true;
        live->service_s += time_s;
        live->alone_s += time_s;
        live->start_s = known_s;
        live->end_s = known_s + time_s;
        end_request(w, owner, SIM_SERVED, live->end_s);
    } else {
        end_request(w, owner, outcome, known_s);
    }
}

/* For hedging: how long first copies take, who are not those of a fallback. */
static void learn(struct mdl_world *w, int cls, double latency_s)
{
    struct mdl_flow_state *s = &w->flow.classes[cls];
    const double level =
        mdl_hedge_level(w->dep->cfg->routing.hedge.after.level);
    double left;
    int b = 0;

    if (s->seen == NULL)
        return;
    s->seen[sim_hist_bucket(latency_s)]++;
    if (++s->n_seen % HEDGE_EVERY != 0)
        return;
    left = level * (double)s->n_seen;
    while (b < SIM_HIST_BUCKETS - 1 && left > s->seen[b])
        left -= s->seen[b++];
    s->hedge_after_s = sim_hist_edge(b + 1);
}

void mdl_visit_done(struct mdl_world *w, const struct sim_request *r,
    int member, enum sim_outcome outcome, double start_s, double end_s)
{
    const uint32_t owner = r->owner;
    struct mdl_live *live = live_of(w, owner);

    live->refs--;
    live->copies -= flow_of(w, live)->kind == MDL_FLOW_ONE;
    if (live->measured && member >= 0)
        mdl_world_count_visit_of(
            w, r, member, live->weight, outcome, start_s, end_s);
    if (outcome == SIM_SERVED) {
        if ((r->tag & (MDL_TAG_HEDGE | MDL_TAG_FALLBACK)) == 0 &&
            live->retries == 0)
            learn(w, live->first.cls, end_s + r->back_s - live->first.send_s);
        served(w, r, member, start_s, end_s);
    } else {
        failed(w, r, member, outcome, end_s);
    }
    mdl_live_release(w, owner);
}

void mdl_flow_finish(struct mdl_world *w, const struct sim_request *r,
    enum sim_outcome outcome, double start_s, double end_s)
{
    mdl_visit_done(w, r, r->station, outcome, start_s, end_s);
}

/* ---- opening and the actions -------------------------------------------- */

/* A token bucket: filled at the limit's rate, one token a request.  A token
 * that only rounding keeps from being whole is whole. */
static bool let_through(struct mdl_world *w, const struct sim_request *r)
{
    const struct mdl_class_cfg *c = w->plan->classes[r->cls].cfg;
    struct mdl_flow_state *s = &w->flow.classes[r->cls];

    if (!c->has_limit)
        return true;
    s->tokens = fmin((double)c->limit.burst,
        s->tokens + (r->send_s - s->tokens_at_s) * c->limit.rate_per_s);
    s->tokens_at_s = r->send_s;
    if (s->tokens < 1.0 - 1e-6)
        return false;
    s->tokens -= 1.0;
    return true;
}

/* Refused before it went anywhere: finish() is called for it. */
static void refuse(
    const struct mdl_world *w, struct mdl_live *live, struct sim_request *r)
{
    live->copies += flow_of(w, live)->kind == MDL_FLOW_ONE;
    r->station = SIM_REFUSED;
}

/* Entrance of a journey; the first step of all else. */
static int first_step(const struct mdl_world *w, const struct mdl_live *live)
{
    const struct mdl_flow *flow = flow_of(w, live);
    const double mark = live->first.aux[MDL_AUX_CHOICE];
    int i = 0;

    if (flow->kind != MDL_FLOW_JOURNEY)
        return 0;
    while (i < flow->n_steps - 1 && mark >= flow->enter[i])
        i++;
    return i;
}

/* Past the limit of its class, and off to its first visit. */
static void enter(struct mdl_world *w, struct sim_request *r)
{
    struct mdl_live *live = live_of(w, r->owner);

    if (!let_through(w, r)) {
        refuse(w, live, r);
        return;
    }
    live->entered = true;
    if (flow_of(w, live)->kind == MDL_FLOW_FORK)
        mdl_visit_fork(w, r->owner, r);
    else
        mdl_visit_send(w, r->owner, r, 0);
}

static void open_request(struct mdl_world *w, struct sim_request *r)
{
    const struct mdl_pick pick =
        w->dep->sampled ? mdl_groups_here(w, r->tag - 1, r->aux[MDL_AUX_CHOICE])
                        : (struct mdl_pick){.candidate = -1, .member = -1};
    const int weight = pick.member >= 0 ? w->weight[pick.member] : 1;
    const bool measured = mdl_world_cohort(w, r, weight);
    const uint32_t owner = mdl_live_take(w, r);

    if (owner == MDL_NO_OWNER) {
        r->station = SIM_DROPPED;
        return;
    }
    struct mdl_live *live = live_of(w, owner);
    live->measured = measured;
    live->weight = weight;
    live->pick = pick;
    live->step = first_step(w, live);
    live->refs = 1;
    r->owner = owner;
    r->tag = 0;
    enter(w, r);
}

static void next_visit(struct mdl_world *w, struct sim_request *r)
{
    struct mdl_live *live = live_of(w, r->owner);

    if (live->over || (live->fell && r->station != MDL_ACT_FALL)) {
        live->refs--;
        mdl_live_release(w, r->owner);
        r->station = SIM_DROPPED;
    } else if (r->station == MDL_ACT_PART) {
        mdl_visit_part(w, r->owner, r);
    } else if (r->station == MDL_ACT_FALL) {
        mdl_visit_fall(w, r->owner, r);
    } else if (!live->entered) {
        enter(w, r); /* the limit had refused it: here too */
    } else if (live->tries > 0 && !let_through(w, r)) {
        refuse(w, live, r);
    } else {
        mdl_visit_send(w, r->owner, r, part_of(r));
    }
}

/* The second copy, unless the answer has come or nobody else is asked. */
static void hedge(struct mdl_world *w, struct sim_request *r)
{
    const uint32_t owner = r->owner;
    struct mdl_live *live = live_of(w, owner);

    /* the end of a visit may be known long before it reaches the user */
    const bool waits =
        live->served_at >= 0 ? live->answer_s > r->send_s : live->copies > 0;

    if (live->over || !waits || live->retries > 0 || live->fell ||
        !mdl_visit_hedge(w, owner, r)) {
        live->refs--;
        mdl_live_release(w, owner);
        r->station = SIM_DROPPED;
        return;
    }
    live->hedges++;
}

/* An answer reaches the user: the best known by now is the first. */
static void answer(struct mdl_world *w, struct sim_request *r)
{
    struct mdl_live *live = live_of(w, r->owner);

    live->refs--;
    if (!live->over)
        end_request(w, r->owner, SIM_SERVED, live->answer_s);
    else
        mdl_live_release(w, r->owner);
    r->station = SIM_DROPPED;
}

void mdl_flow_route(struct mdl_world *w, struct sim_request *r)
{
    switch (r->station) {
    case MDL_ACT_CLIENT:
        if (mdl_client_send(w, r))
            open_request(w, r);
        else
            r->station = SIM_DROPPED;
        break;
    case MDL_ACT_VISIT:
    case MDL_ACT_PART:
    case MDL_ACT_FALL:
        next_visit(w, r);
        break;
    case MDL_ACT_SPILL:
        mdl_visit_spill(w, r->owner, r);
        break;
    case MDL_ACT_HEDGE:
        hedge(w, r);
        break;
    case MDL_ACT_ANSWER:
        answer(w, r);
        break;
    default:
        open_request(w, r);
        break;
    }
}
