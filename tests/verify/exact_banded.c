#include "tests/verify/exact_banded.h"

#include <stddef.h>

#include "sim/alloc.h"
#include "sim/err.h"

struct exact_banded {
    int n, band;
    double *rate; /* n rows of 2 band + 1, the diagonal in the middle */
    double *p;
};

static double *at(struct exact_banded *c, int from, int to)
{
    const size_t width = 2 * (size_t)c->band + 1;

    return &c->rate[(size_t)from * width + (size_t)(to - from + c->band)];
}

struct exact_banded *exact_banded_create(int n, int band)
{
    struct exact_banded *c = sim_calloc(1, sizeof *c);

    SIM_BUG_ON(c == NULL || n < 1 || band < 1);
    c->n = n;
    c->band = band;
    c->rate = sim_calloc((size_t)n * (2 * (size_t)band + 1), sizeof *c->rate);
    c->p = sim_calloc((size_t)n, sizeof *c->p);
    SIM_BUG_ON(c->rate == NULL || c->p == NULL);
    return c;
}

void exact_banded_destroy(struct exact_banded *c)
{
    sim_free(c->rate);
    sim_free(c->p);
    sim_free(c);
}

void exact_banded_add(struct exact_banded *c, int from, int to, double rate)
{
    SIM_BUG_ON(from < 0 || from >= c->n || to < 0 || to >= c->n);
    SIM_BUG_ON(to - from > c->band || from - to > c->band);
    if (from != to)
        *at(c, from, to) += rate;
}

/* Take state k out: what went to it goes on to where it would leave for. */
static void censor(struct exact_banded *c, int k)
{
    const int first = k > c->band ? k - c->band : 0;
    double leave = 0.0;

    for (int j = first; j < k; j++)
        leave += *at(c, k, j);
    SIM_BUG_ON(!(leave > 0.0));
    for (int i = first; i < k; i++) {
        double *in = at(c, i, k);
        *in /= leave;
        if (!(*in > 0.0))
            continue;
        for (int j = first; j < k; j++)
            *at(c, i, j) += *in * *at(c, k, j);
    }
}

const double *exact_banded_solve(struct exact_banded *c)
{
    double sum = 1.0;

    for (int k = c->n - 1; k > 0; k--)
        censor(c, k);
    c->p[0] = 1.0;
    for (int k = 1; k < c->n; k++) {
        c->p[k] = 0.0;
        for (int i = k > c->band ? k - c->band : 0; i < k; i++)
            c->p[k] += c->p[i] * *at(c, i, k);
        sum += c->p[k];
    }
    for (int k = 0; k < c->n; k++)
        c->p[k] /= sum;
    return c->p;
}
