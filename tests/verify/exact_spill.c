#include "tests/verify/exact_spill.h"

#include <stdbool.h>

#include "tests/verify/exact_banded.h"

static int state(const struct exact_spill *s, int edge, int central)
{
    return central * (s->edge_servers + 1) + edge;
}

static int serving(const struct exact_spill *s, int central)
{
    return central < s->central_servers ? central : s->central_servers;
}

static void jumps(
    const struct exact_spill *s, struct exact_banded *chain, int e, int n)
{
    const int here = state(s, e, n);
    const bool full = e == s->edge_servers;
    const double to_central = s->central_rate + (full ? s->edge_rate : 0.0);

    if (!full)
        exact_banded_add(chain, here, state(s, e + 1, n), s->edge_rate);
    if (n < s->central_capacity)
        exact_banded_add(chain, here, state(s, e, n + 1), to_central);
    if (e > 0)
        exact_banded_add(chain, here, state(s, e - 1, n), e * s->edge_mu);
    if (n > 0)
        exact_banded_add(
            chain, here, state(s, e, n - 1), serving(s, n) * s->central_mu);
}

/* Response at the second site of a request that finds n there. */
static double central_response_s(const struct exact_spill *s, int n)
{
    const int ahead = n + 1 - s->central_servers;
    const double drain = s->central_servers * s->central_mu;

    return 1.0 / s->central_mu + (ahead > 0 ? ahead / drain : 0.0);
}

/* Arrivals see what time averages see. */
static void weigh(const struct exact_spill *s, int e, int n, double p,
    struct exact_spilled *out)
{
    const bool edge_full = e == s->edge_servers;
    const bool central_full = n == s->central_capacity;

    out->edge_busy += p * e;
    out->central_busy += p * serving(s, n);
    if (edge_full)
        out->spill += p;
    if (edge_full && central_full)
        out->edge_loss += p;
    if (central_full)
        out->central_loss += p;
    if (!edge_full)
        out->edge_response_s += p / s->edge_mu;
    else if (!central_full)
        out->edge_response_s += p * central_response_s(s, n);
    if (!central_full)
        out->central_response_s += p * central_response_s(s, n);
}

struct exact_spilled exact_spill_chain(const struct exact_spill *s)
{
    const int last = state(s, s->edge_servers, s->central_capacity);
    struct exact_banded *chain =
        exact_banded_create(last + 1, s->edge_servers + 1);
    struct exact_spilled out = {.spill = 0.0};

    for (int n = 0; n <= s->central_capacity; n++) {
        for (int e = 0; e <= s->edge_servers; e++)
            jumps(s, chain, e, n);
    }
    const double *p = exact_banded_solve(chain);
    for (int n = 0; n <= s->central_capacity; n++) {
        for (int e = 0; e <= s->edge_servers; e++)
            weigh(s, e, n, p[state(s, e, n)], &out);
    }
    exact_banded_destroy(chain);
    out.edge_response_s /= 1.0 - out.edge_loss;
    out.central_response_s /= 1.0 - out.central_loss;
    out.loss =
        (s->edge_rate * out.edge_loss + s->central_rate * out.central_loss) /
        (s->edge_rate + s->central_rate);
    return out;
}
