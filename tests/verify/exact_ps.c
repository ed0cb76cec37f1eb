#include "tests/verify/exact_ps.h"

#include <math.h>

#include "sim/alloc.h"

static int running(const struct exact_ps *s, int n)
{
    return n < s->most ? n : s->most;
}

static double total_rate(const struct exact_ps *s, int n)
{
    const int m = running(s, n);

    if (m == 0)
        return 0.0;
    if (s->rates == NULL)
        return s->mu;
    return s->mu * s->rates[(m < s->n_rates ? m : s->n_rates) - 1];
}

void exact_ps_law(const struct exact_ps *s, double *p)
{
    double sum = 1.0;

    p[0] = 1.0;
    for (int n = 1; n <= EXACT_PS_STATES; n++) {
        p[n] = p[n - 1] * s->lambda / total_rate(s, n);
        sum += p[n];
    }
    for (int n = 0; n <= EXACT_PS_STATES; n++)
        p[n] /= sum;
}

/* States of the tagged request: running among n in system (itself too), or
 * waiting with `ahead` before and `behind` after it in the queue. */
enum { N = EXACT_PS_STATES, AHEAD = 50, BEHIND = 50 };

static int inside(int n)
{
    return n - 1;
}

static int waiting(int ahead, int behind)
{
    return N + ahead * BEHIND + behind;
}

static void add_running(const struct exact_ps *s, struct exact_chain *c)
{
    for (int n = 1; n <= N; n++) {
        const int m = running(s, n);
        const double out = total_rate(s, n);
        exact_chain_add(c, inside(n), -1, out / m);
        if (m > 1)
            exact_chain_add(c, inside(n), inside(n - 1), out * (m - 1) / m);
        if (n < N)
            exact_chain_add(c, inside(n), inside(n + 1), s->lambda);
    }
}

static void add_waiting(const struct exact_ps *s, struct exact_chain *c)
{
    const double out = total_rate(s, s->most);

    for (int a = 0; a < AHEAD; a++) {
        for (int b = 0; b < BEHIND; b++) {
            exact_chain_add(c, waiting(a, b),
                a > 0 ? waiting(a - 1, b) : inside(s->most + b), out);
            if (b + 1 < BEHIND)
                exact_chain_add(c, waiting(a, b), waiting(a, b + 1), s->lambda);
        }
    }
}

int exact_ps_response(const struct exact_ps *s, struct exact_chain *c)
{
    const int limited = s->most < N - BEHIND;
    const int n_states = limited ? N + AHEAD * BEHIND : N;
    double p[N + 1], *start = sim_calloc((size_t)n_states, sizeof *start);

    if (start == NULL) {
        c->failed = 1;
        return -1;
    }
    exact_ps_law(s, p);
    for (int n = 0; n < N; n++) {
        if (n < s->most)
            start[inside(n + 1)] += p[n];
        else if (n - s->most < AHEAD)
            start[waiting(n - s->most, 0)] += p[n];
    }
    add_running(s, c);
    if (limited)
        add_waiting(s, c);
    const int rc = exact_chain_solve(c, start, n_states);
    sim_free(start);
    return rc;
}
