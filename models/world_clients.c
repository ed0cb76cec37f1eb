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

static int64_t population(const struct mdl_class *c)
{
    const double share = c->cfg->has_arrivals ? 1.0 : c->cfg->share_frac;

    return (int64_t)floor(
        (double)c->arrivals->process.closed.population * share + 0.5);
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
        const int64_t n = population(cls);
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
    next.k += population(c);
    next.station = MDL_ACT_CLIENT;
    next.owner = MDL_NO_OWNER;
    sim_engine_launch(
        w->router.engine, &next, at_s + think_s(w, r->cls, next.k));
}

bool mdl_client_send(struct mdl_world *w, struct sim_request *r)
{
    const int source = mdl_source_of(w, r);

    if (w->closed && (w->open == 0 || !w->follows))
        return false; /* nobody is left whom it could delay */
    mdl_feed_draw(
        w->feed, source, mdl_feed_entity(w->feed, source, r->k, r->send_s), r);
    return true;
}
