/* A site without waiting room whose refused requests go on to a second one,
 * with traffic of its own and with room for none or for all. */
#include "tests/verify/exact_spill.h"
#include "tests/verify/families.h"

static enum verify_kind kind_of(double probability)
{
    return probability < 0.01 ? VERIFY_RARE : VERIFY_MEAN;
}

/* Both classes have 100 ms of work; the second site's speed makes its rate. */
static const char *body(struct verify *v, const struct exact_spill *s,
    const char *central_queue, int requests)
{
    const char *own = "";

    if (s->central_rate > 0.0)
        own = verify_text(v,
            ", own: {service: {exponential: {mean: 100 ms}}, "
            "only: [central], arrivals: {rate: %.17g /s}}",
            s->central_rate);
    return verify_text(v,
        "simulate: {requests: %d, warmup: 5000 requests, replications: 20}\n"
        "requests: {local: {service: {exponential: {mean: 100 ms}}, "
        "arrivals: {rate: %.17g /s}}%s}\n"
        "deployments: {d: {sites: {"
        "edge: {tier: bare, servers: %d, queue: {capacity: %d}}, "
        "central: {tier: bare, servers: %d, speed: %.17g%s}}, "
        "routing: {prefer: [edge, central], spill: {when: full}}}}\n",
        requests, s->edge_rate, own, s->edge_servers, s->edge_servers,
        s->central_servers, s->central_mu / s->edge_mu, central_queue);
}

static void add(struct verify_case *c, const char *metric, double exact,
    enum verify_kind kind)
{
    c->checks[c->n_checks++] = (struct verify_check){metric, exact, kind};
}

static void loss_to_loss(struct verify *v, const char *name, int requests,
    const struct exact_spill *s)
{
    const struct exact_spilled exact = exact_spill_chain(s);
    const double all = s->edge_rate + s->central_rate;
    const double spill = exact.spill * s->edge_rate / all;
    struct verify_case c = {.family = "Overflow, loss to loss",
        .name = name,
        .route = "chain of both sites",
        .body = body(v, s,
            verify_text(v, ", queue: {capacity: %d}", s->central_capacity),
            requests)};

    add(&c, "d.spill_probability", spill, kind_of(spill));
    add(&c, "d.loss_probability", exact.loss, kind_of(exact.loss));
    add(&c, "d.site.edge.busy_servers.mean", exact.edge_busy, VERIFY_MEAN);
    add(&c, "d.site.central.busy_servers.mean", exact.central_busy,
        VERIFY_MEAN);
    if (s->central_rate > 0.0) {
        add(&c, "d.class.local.loss_probability", exact.edge_loss,
            kind_of(exact.edge_loss));
        add(&c, "d.class.own.loss_probability", exact.central_loss,
            kind_of(exact.central_loss));
    }
    verify_case(v, &c);
}

static void loss_to_queue(struct verify *v, const char *name, int requests,
    const struct exact_spill *s)
{
    const struct exact_spilled exact = exact_spill_chain(s);
    const double all = s->edge_rate + s->central_rate;
    struct verify_case c = {.family = "Overflow, loss to queue",
        .name = name,
        .route = "chain of both sites, cut far out",
        .body = body(v, s, "", requests)};

    add(&c, "d.spill_probability", exact.spill * s->edge_rate / all,
        VERIFY_MEAN);
    add(&c, "d.class.local.latency.mean", 1e3 * exact.edge_response_s,
        VERIFY_MEAN);
    add(&c, "d.class.own.latency.mean", 1e3 * exact.central_response_s,
        VERIFY_MEAN);
    add(&c, "d.site.central.busy_servers.mean", exact.central_busy,
        VERIFY_MEAN);
    verify_case(v, &c);
}

void verify_family_overflow(struct verify *v)
{
    loss_to_loss(v, "5 and 4 servers, no other traffic", 200000,
        &(struct exact_spill){.edge_rate = 60,
            .edge_servers = 5,
            .edge_mu = 10,
            .central_servers = 4,
            .central_capacity = 4,
            .central_mu = 10});
    loss_to_loss(v, "4 and 6 servers, traffic at both", 400000,
        &(struct exact_spill){.edge_rate = 35,
            .central_rate = 30,
            .edge_servers = 4,
            .edge_mu = 10,
            .central_servers = 6,
            .central_capacity = 6,
            .central_mu = 10});
    loss_to_loss(v, "10 and 8 faster servers, few lost", 400000,
        &(struct exact_spill){.edge_rate = 100,
            .central_rate = 40,
            .edge_servers = 10,
            .edge_mu = 10,
            .central_servers = 8,
            .central_capacity = 8,
            .central_mu = 15});
    loss_to_queue(v, "4 and 3 servers, traffic at both", 400000,
        &(struct exact_spill){.edge_rate = 45,
            .central_rate = 15,
            .edge_servers = 4,
            .edge_mu = 10,
            .central_servers = 3,
            .central_capacity = 500,
            .central_mu = 14});
}
