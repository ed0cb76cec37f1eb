#include "tests/verify/exact_math.h"

#include <math.h>

#include <gsl/gsl_cdf.h>

#include "sim/alloc.h"

double exact_quantile(exact_tail_fn *tail, const void *ctx, double level)
{
    double low = 0.0, high = 1.0;

    if (isnan(tail(ctx, 0.0)))
        return NAN;
    while (tail(ctx, high) > 1.0 - level)
        high *= 2.0;
    for (int i = 0; i < 100; i++) {
        const double middle = 0.5 * (low + high);
        if (tail(ctx, middle) > 1.0 - level)
            low = middle;
        else
            high = middle;
    }
    return 0.5 * (low + high);
}

/* ---- the lognormal ------------------------------------------------------- */

struct exact_lognormal exact_lognormal_fit(double median, double p95)
{
    return (struct exact_lognormal){.mu = log(median),
        .sigma = log(p95 / median) / gsl_cdf_ugaussian_Pinv(0.95)};
}

double exact_lognormal_moment(const struct exact_lognormal *x, int k)
{
    return exp(k * x->mu + 0.5 * k * k * x->sigma * x->sigma);
}

double exact_lognormal_quantile(const struct exact_lognormal *x, double level)
{
    return exp(x->mu + x->sigma * gsl_cdf_ugaussian_Pinv(level));
}

double exact_lognormal_tail(const struct exact_lognormal *x, double t)
{
    return t > 0.0 ? gsl_cdf_ugaussian_Q((log(t) - x->mu) / x->sigma) : 1.0;
}

/* ---- stationary law ------------------------------------------------------ */

void exact_gth(double *q, int n, double *p)
{
    double sum = 1.0;

    for (int k = n - 1; k > 0; k--) {
        double out = 0.0;
        for (int j = 0; j < k; j++)
            out += q[k * n + j];
        for (int i = 0; i < k; i++)
            q[i * n + k] /= out;
        for (int i = 0; i < k; i++) {
            const double to_k = q[i * n + k];
            if (to_k == 0.0)
                continue;
            for (int j = 0; j < k; j++)
                q[i * n + j] += to_k * q[k * n + j];
        }
    }
    p[0] = 1.0;
    for (int k = 1; k < n; k++) {
        p[k] = 0.0;
        for (int i = 0; i < k; i++)
            p[k] += p[i] * q[i * n + k];
        sum += p[k];
    }
    for (int k = 0; k < n; k++)
        p[k] /= sum;
}

/* ---- time in a chain ----------------------------------------------------- */

void exact_chain_add(struct exact_chain *c, int from, int to, double rate)
{
    if (c->n_moves == c->size) {
        const int size = c->size > 0 ? 2 * c->size : 1024;
        struct exact_move *more =
            sim_realloc(c->moves, (size_t)size, sizeof *more);
        if (more == NULL) {
            c->failed = 1;
            return;
        }
        c->moves = more;
        c->size = size;
    }
    c->moves[c->n_moves++] =
        (struct exact_move){.from = from, .to = to, .rate = rate};
}

static double fastest(const struct exact_chain *c, double *out, int n)
{
    double most = 0.0;

    for (int i = 0; i < c->n_moves; i++)
        out[c->moves[i].from] += c->moves[i].rate;
    for (int i = 0; i < n; i++)
        most = fmax(most, out[i]);
    return most;
}

/* One jump of the uniformised chain: p into next. */
static void jump(const struct exact_chain *c, const double *out,
    const double *p, double *next, int n)
{
    for (int i = 0; i < n; i++)
        next[i] = p[i] * (1.0 - out[i] / c->rate);
    for (int i = 0; i < c->n_moves; i++) {
        const struct exact_move *m = &c->moves[i];
        if (m->to >= 0)
            next[m->to] += p[m->from] * m->rate / c->rate;
    }
}

int exact_chain_solve(struct exact_chain *c, const double *start, int n)
{
    enum { MOST = 200000 };
    double *work = sim_calloc(3 * (size_t)n, sizeof *work);
    double *out = work, *p = work != NULL ? work + n : NULL,
           *next = work != NULL ? work + 2 * n : NULL;

    c->inside = sim_calloc(MOST, sizeof *c->inside);
    c->visited = sim_calloc(MOST, sizeof *c->visited);
    if (work == NULL || c->inside == NULL || c->visited == NULL || c->failed) {
        c->failed = 1;
        sim_free(work);
        return -1;
    }
    c->rate = fastest(c, out, n);
    for (int i = 0; i < n; i++)
        p[i] = start[i];
    for (c->n_jumps = 0; c->n_jumps < MOST; c->n_jumps++) {
        const int k = c->n_jumps;
        for (int i = 0; i < n; i++)
            c->inside[k] += p[i];
        c->visited[k] = (k > 0 ? c->visited[k - 1] : 0.0) + c->inside[k];
        if (c->inside[k] < 1e-12)
            break;
        jump(c, out, p, next, n);
        double *swap = p;
        p = next;
        next = swap;
    }
    sim_free(work);
    return 0;
}

/* Poisson weights from their logarithms: no underflow for long times. */
double exact_chain_tail(const struct exact_chain *c, double t)
{
    const double m = c->rate * t;
    double sum = 0.0;

    if (c->failed)
        return NAN;
    if (!(m > 0.0))
        return c->inside[0];
    for (int k = 0; k < c->n_jumps; k++)
        sum += c->inside[k] * exp(k * log(m) - m - lgamma(k + 1.0));
    return sum;
}

double exact_chain_mean(const struct exact_chain *c)
{
    return c->failed ? NAN : c->visited[c->n_jumps - 1] / c->rate;
}

static double chain_tail(const void *ctx, double t)
{
    return exact_chain_tail(ctx, t);
}

double exact_chain_quantile(const struct exact_chain *c, double level)
{
    return exact_quantile(chain_tail, c, level);
}

void exact_chain_release(struct exact_chain *c)
{
    sim_free(c->moves);
    sim_free(c->inside);
    sim_free(c->visited);
    *c = (struct exact_chain){0};
}
