/* Clients of closed loops: each thinks, sends a request and waits for its end.
 */
#include <math.h>

#include "models/world_flow.h"

static int client_user(const struct mdl_plan *plan, double part)
{
    int user = 0;

    while (user < plan->n_users - 1 && part >= plan->users[user].share)
        part -= plan->users[user++].share;
    return user;
}

/* Clients of a class before any is left over, and the part of one that is. */
static double dealt(const struct mdl_class *c, double *rest)
{
    const double share = c->cfg->has_arrivals ? 1.0 : c->cfg->share_frac;
    const double n = (double)c->arrivals->process.closed.population * share;
    const double whole = floor(n + 1e-9); /* 0.29 of 100 are 29 */

    *rest = n - whole;
    return whole;
}

/* One more client each for the classes with the largest rests, the first of
 * equals, so that those who share a population have no more and no less. */
static void deal_rest(struct mdl_world *w, int64_t left)
{
    for (; left > 0; left--) {
        double most = -1.0;
        int best = -1;
        for (int i = 0; i < w->plan->n_classes; i++) {
            const struct mdl_class *c = &w->plan->classes[i];
            double rest;
            if (c->arrivals != &w->plan->cfg->arrivals ||
                w->flow.classes[i].clients > (int64_t)dealt(c, &rest) ||
                rest <= most + 1e-9)
                continue;
            most = rest;
            best = i;
        }
        if (best < 0)
            return;
        w->flow.classes[best].clients++;
    }
}

void mdl_clients_deal(struct mdl_world *w)
{
    const struct mdl_arrivals_cfg *common = &w->plan->cfg->arrivals;
    int64_t left =
        common->process.has_closed ? common->process.closed.population : 0;

    for (int i = 0; i < w->plan->n_classes; i++) {
        const struct mdl_class *c = &w->plan->classes[i];
        double rest;
        if (!c->arrivals->process.has_closed)
            continue;
        w->flow.classes[i].clients = (int64_t)dealt(c, &rest);
        if (c->arrivals == common)
            left -= w->flow.classes[i].clients;
    }
    deal_rest(w, left);
}

/* The pause before request k of a class: k counts the clients round and
 * round, so a client's requests and pauses have numbers of their own. */
static double think_s(const struct mdl_world *w, int cls, int64_t k)
{
    const struct mdl_class *c = &w->plan->classes[cls];
    const struct sim_key key = {.seed = (uint64_t)w->plan->cfg->seed,
        .replication = w->cfg->replication,
        .entity = sim_entity_sub(
            sim_entity_sub(sim_entity("client"), sim_entity(c->cfg->name)),
            (uint64_t)k),
        .purpose = SIM_FOR_GAP,
        .window = w->cfg->window};
    struct sim_stream stream;

    sim_stream_init(&stream, &key);
    return sim_dist_draw(c->arrivals->process.closed.think_s, &stream);
}

void mdl_flow_begin(void *ctx)
{
    struct mdl_world *w = ctx;

    for (int c = 0; c < w->plan->n_classes; c++) {
        const struct mdl_class *cls = &w->plan->classes[c];
        if (!cls->arrivals->process.has_closed)
            continue;
        const int64_t n = w->flow.classes[c].clients;
        for (int64_t k = 0; k < n; k++) {
            const struct sim_request r = {.station = MDL_ACT_CLIENT,
                .user = client_user(w->plan, ((double)k + 0.5) / (double)n),
                .cls = c,
                .k = k,
                .owner = MDL_NO_OWNER};
            sim_engine_launch(
                w->router.engine, &r, think_s(w, c, k) - w->cfg->lead_s);
        }
    }
}

void mdl_client_think(
    struct mdl_world *w, const struct sim_request *r, double at_s)
{
    const struct mdl_class *c = &w->plan->classes[r->cls];
    struct sim_request next = *r;

    if (!c->arrivals->process.has_closed)
        return;
    next.k += w->flow.classes[r->cls].clients;
    next.station = MDL_ACT_CLIENT;
    next.owner = MDL_NO_OWNER;
    sim_engine_launch(
        w->router.engine, &next, at_s + think_s(w, r->cls, next.k));
}

/* Sends at one instant, beyond one of each client, after which time is taken
 * to stand still. */
enum { STANDSTILL = 1000000 };

/* Is this one send too many for its instant?  Without a pause and refused at
 * once a client would send for ever. */
static bool stands_still(struct mdl_world *w, const struct sim_request *r)
{
    struct mdl_flow_state *s = &w->flow.classes[r->cls];

    s->sends = r->send_s == s->sends_at_s ? s->sends + 1 : 1;
    s->sends_at_s = r->send_s;
    if (s->sends > s->clients + STANDSTILL)
        w->flow.standstill = w->plan->classes[r->cls].cfg;
    return w->flow.standstill != NULL;
}

bool mdl_client_send(struct mdl_world *w, struct sim_request *r)
{
    const int source = mdl_source_of(w, r);

    if (stands_still(w, r))
        return false;

    if (w->closed && (w->open == 0 || !w->follows))
        return false; /* nobody is left whom it could delay */
    mdl_feed_draw(
        w->feed, source, mdl_feed_entity(w->feed, source, r->k, r->send_s), r);
    return true;
}
