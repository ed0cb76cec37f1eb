#include "tests/verify/exact_mg1.h"

#include <math.h>

#include "sim/alloc.h"

double exact_mg1_wait(double lambda, const struct exact_moments *s)
{
    return lambda * s->m2 / (2.0 * (1.0 - lambda * s->m1));
}

double exact_mg1_wait_square(double lambda, const struct exact_moments *s)
{
    const double wait = exact_mg1_wait(lambda, s);

    return 2.0 * wait * wait + lambda * s->m3 / (3.0 * (1.0 - lambda * s->m1));
}

/* ---- the integral equation ----------------------------------------------- */

static void march(struct exact_mg1 *q, double rho, const double *g)
{
    const double h = q->step;

    q->density[0] = q->lambda * (1.0 - rho);
    q->wait[0] = rho;
    for (int i = 1; i <= q->n; i++) {
        double sum = 0.5 * q->density[0] * g[i];
        for (int j = 1; j < i; j++)
            sum += q->density[j] * g[i - j];
        q->density[i] = q->lambda * ((1.0 - rho) * g[i] + h * sum) /
                        (1.0 - 0.5 * h * q->lambda);
        q->wait[i] =
            q->wait[i - 1] - 0.5 * h * (q->density[i - 1] + q->density[i]);
    }
}

int exact_mg1_solve(struct exact_mg1 *q, double lambda, double mean,
    exact_tail_fn *service, const void *ctx, int n, double step)
{
    double *g = sim_calloc((size_t)n + 1, sizeof *g);

    *q = (struct exact_mg1){.n = n, .step = step, .lambda = lambda};
    q->density = sim_calloc((size_t)n + 1, sizeof *q->density);
    q->wait = sim_calloc((size_t)n + 1, sizeof *q->wait);
    if (g == NULL || q->density == NULL || q->wait == NULL) {
        sim_free(g);
        exact_mg1_release(q);
        return -1;
    }
    for (int i = 0; i <= n; i++)
        g[i] = service(ctx, i * step);
    march(q, lambda * mean, g);
    sim_free(g);
    return 0;
}

/* Inverse of a decreasing table, linear in the logarithm. */
static double inverse(
    const struct exact_mg1 *q, double level, double with_density)
{
    double before = 1.0;

    if (q->wait == NULL)
        return NAN;
    for (int i = 0; i <= q->n; i++) {
        const double tail = q->wait[i] + with_density * q->density[i];
        if (tail <= 1.0 - level && i == 0)
            return 0.0;
        if (tail <= 1.0 - level)
            return q->step *
                   (i - 1 + log(before / (1.0 - level)) / log(before / tail));
        before = tail;
    }
    return NAN; /* the grid is too short */
}

double exact_mg1_wait_quantile(const struct exact_mg1 *q, double level)
{
    return inverse(q, level, 0.0);
}

double exact_mg1_response_quantile(const struct exact_mg1 *q, double level)
{
    return inverse(q, level, 1.0 / q->lambda);
}

void exact_mg1_release(struct exact_mg1 *q)
{
    sim_free(q->density);
    sim_free(q->wait);
    *q = (struct exact_mg1){0};
}

/* ---- M/D/c --------------------------------------------------------------- */

/* Over one service time whoever was in service leaves, and a Poisson number
 * arrives: from i to max(i - c, 0) + arrivals. */
static void embedded(const struct exact_mdc *q, double *move)
{
    enum { N = EXACT_MDC_STATES };
    const double mean = q->lambda * q->d;

    for (int i = 0; i < N; i++) {
        const int left = i > q->c ? i - q->c : 0;
        double poisson = exp(-mean);
        for (int j = left; j < N; j++) {
            move[i * N + j] = poisson;
            poisson *= mean / (j - left + 1);
        }
    }
}

int exact_mdc_solve(struct exact_mdc *q, int c, double lambda, double d)
{
    enum { N = EXACT_MDC_STATES };
    double *move = sim_calloc((size_t)N * N, sizeof *move);
    double sum = 0.0;

    if (move == NULL)
        return -1;
    q->c = c;
    q->lambda = lambda;
    q->d = d;
    embedded(q, move);
    exact_gth(move, N, q->p);
    sim_free(move);
    for (int i = 0; i < c; i++)
        sum += q->p[i];
    for (int j = 0; j + c < N; j++) {
        sum += q->p[j + c];
        q->below[j] = sum;
    }
    return 0;
}

double exact_mdc_wait_probability(const struct exact_mdc *q)
{
    double sum = 0.0;

    for (int i = 0; i < q->c; i++)
        sum += q->p[i];
    return 1.0 - sum;
}

/* Franx, A simple solution for the M/D/c waiting time distribution, Operations
 * Research Letters 29, 2001: for (k - 1) D <= t < k D
 * P(W <= t) = e^{-lambda (k D - t)}
 *             sum_{j < k c} below(k c - j - 1) (lambda (k D - t))^j / j!. */
double exact_mdc_wait_tail(const struct exact_mdc *q, double t)
{
    const int k = (int)floor(t / q->d) + 1;
    const double x = q->lambda * (k * q->d - t);
    double poisson = exp(-x), sum = 0.0;

    for (int j = 0; j < k * q->c; j++) {
        const int at = k * q->c - j - 1;
        sum += poisson * (at + q->c < EXACT_MDC_STATES ? q->below[at] : 1.0);
        poisson *= x / (j + 1);
    }
    return 1.0 - sum;
}

static double mdc_tail(const void *ctx, double t)
{
    return exact_mdc_wait_tail(ctx, t);
}

double exact_mdc_wait_quantile(const struct exact_mdc *q, double level)
{
    if (exact_mdc_wait_probability(q) <= 1.0 - level)
        return 0.0;
    return exact_quantile(mdc_tail, q, level);
}

double exact_mdc_wait(const struct exact_mdc *q)
{
    double waiting = 0.0;

    for (int n = q->c + 1; n < EXACT_MDC_STATES; n++)
        waiting += (n - q->c) * q->p[n];
    return waiting / q->lambda;
}
