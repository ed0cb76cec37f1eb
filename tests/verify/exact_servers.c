#include "tests/verify/exact_servers.h"

#include "tests/verify/exact_banded.h"

static int least(int a, int b)
{
    return a < b ? a : b;
}

/* ---- power-off ----------------------------------------------------------- */

/* Requests in system and servers that are on, all of them busy. */
static int setup_state(const struct exact_setup *q, int n, int on)
{
    return n * (q->servers + 1) + on;
}

static int booting(const struct exact_setup *q, int n, int on)
{
    return least(n - on, q->servers - on);
}

static void setup_jumps(
    const struct exact_setup *q, struct exact_banded *chain, int n, int on)
{
    const int here = setup_state(q, n, on);

    /* more servers on than requests: never entered, but a state needs a way
     * out to be censored */
    if (on > n) {
        exact_banded_add(chain, here, setup_state(q, n, on - 1), 1.0);
        return;
    }
    if (n < q->cut)
        exact_banded_add(chain, here, setup_state(q, n + 1, on), q->lambda);
    if (on > 0)
        exact_banded_add(
            chain, here, setup_state(q, n - 1, least(on, n - 1)), on * q->mu);
    if (booting(q, n, on) > 0)
        exact_banded_add(chain, here, setup_state(q, n, on + 1),
            booting(q, n, on) / q->boot_s);
}

struct exact_setup_result exact_setup_queue(const struct exact_setup *q)
{
    const int last = setup_state(q, q->cut, q->servers);
    struct exact_banded *chain = exact_banded_create(last + 1, q->servers + 2);
    struct exact_setup_result out = {.response_s = 0.0};

    for (int n = 0; n <= q->cut; n++) {
        for (int on = 0; on <= q->servers; on++)
            setup_jumps(q, chain, n, on);
    }
    const double *p = exact_banded_solve(chain);
    for (int n = 0; n <= q->cut; n++) {
        for (int on = 0; on <= least(n, q->servers); on++) {
            const double mass = p[setup_state(q, n, on)];
            out.response_s += mass * n / q->lambda;
            out.busy += mass * on;
            out.boot += mass * booting(q, n, on);
        }
    }
    out.off = q->servers - out.busy - out.boot;
    exact_banded_destroy(chain);
    return out;
}

/* ---- breakdowns ---------------------------------------------------------- */

static int breakdown_state(const struct exact_breakdowns *q, int n, int down)
{
    return n * (q->servers + 1) + down;
}

static void breakdown_jumps(const struct exact_breakdowns *q,
    struct exact_banded *chain, int n, int down)
{
    const int here = breakdown_state(q, n, down), up = q->servers - down;

    if (n < q->cut)
        exact_banded_add(
            chain, here, breakdown_state(q, n + 1, down), q->lambda);
    if (n > 0 && up > 0)
        exact_banded_add(
            chain, here, breakdown_state(q, n - 1, down), least(n, up) * q->mu);
    if (up > 0)
        exact_banded_add(
            chain, here, breakdown_state(q, n, down + 1), up / q->life_s);
    if (down > 0)
        exact_banded_add(chain, here, breakdown_state(q, n, down - 1),
            least(down, q->crews) / q->repair_s);
}

struct exact_breakdowns_result exact_breakdowns_queue(
    const struct exact_breakdowns *q)
{
    const int last = breakdown_state(q, q->cut, q->servers);
    struct exact_banded *chain = exact_banded_create(last + 1, q->servers + 1);
    struct exact_breakdowns_result out = {.in_system = 0.0};

    for (int n = 0; n <= q->cut; n++) {
        for (int down = 0; down <= q->servers; down++)
            breakdown_jumps(q, chain, n, down);
    }
    const double *p = exact_banded_solve(chain);
    for (int n = 0; n <= q->cut; n++) {
        for (int down = 0; down <= q->servers; down++) {
            const double mass = p[breakdown_state(q, n, down)];
            out.in_system += mass * n;
            out.servers_up += mass * (q->servers - down);
            out.busy += mass * least(n, q->servers - down);
        }
    }
    out.response_s = out.in_system / q->lambda;
    exact_banded_destroy(chain);
    return out;
}

double exact_breakdowns_single(const struct exact_breakdowns *q)
{
    const double f = 1.0 / q->life_s, r = 1.0 / q->repair_s;
    const double up = r / (r + f), lambda = q->lambda;
    const double late = f * lambda / (r * r);

    return (lambda / up + lambda * late) / (q->mu - lambda / up) + late * up;
}
