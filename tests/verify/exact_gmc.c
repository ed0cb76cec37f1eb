#include "tests/verify/exact_gmc.h"

#include <math.h>

#include "tests/verify/exact_math.h"

/* ---- renewal arrivals ---------------------------------------------------- */

/* The root in (0, 1), by bisection: A(c mu (1 - x)) - x is convex, positive at
 * 0 and below 0 just left of 1 when the queue is stable. */
static double root(double rate, exact_transform_fn *gap, const void *ctx)
{
    double low = 0.0, high = 1.0 - 1e-9;

    for (int i = 0; i < 200; i++) {
        const double x = 0.5 * (low + high);
        if (gap(ctx, rate * (1.0 - x)) > x)
            low = x;
        else
            high = x;
    }
    return 0.5 * (low + high);
}

void exact_gmc_solve(struct exact_gmc *q, int c, double mu,
    exact_transform_fn *gap, const void *ctx)
{
    const double sigma = root(c * mu, gap, ctx);
    double product = 1.0, choose = 1.0, sum = 1.0 / (1.0 - sigma);

    for (int j = 1; j <= c; j++) {
        const double a = gap(ctx, j * mu);
        product *= a / (1.0 - a);
        choose *= (c - j + 1.0) / j;
        sum += choose / (product * (1.0 - a)) * (c * (1.0 - a) - j) /
               (c * (1.0 - sigma) - j);
    }
    *q = (struct exact_gmc){.c = c,
        .mu = mu,
        .sigma = sigma,
        .delayed = 1.0 / ((1.0 - sigma) * sum)};
}

double exact_gmc_wait(const struct exact_gmc *q)
{
    return q->delayed / (q->c * q->mu * (1.0 - q->sigma));
}

double exact_gmc_wait_tail(const struct exact_gmc *q, double t)
{
    return q->delayed * exp(-q->c * q->mu * (1.0 - q->sigma) * t);
}

double exact_gmc_wait_quantile(const struct exact_gmc *q, double level)
{
    if (q->delayed <= 1.0 - level)
        return 0.0;
    return log(q->delayed / (1.0 - level)) / (q->c * q->mu * (1.0 - q->sigma));
}

/* Wait and service are independent; the wait is 0 or exponential with rate eta:
 * P(response > t) = P(wait > t) + P(wait = 0) e^{-mu t}
 *                   + D int_0^t eta e^{-eta u} e^{-mu (t - u)} du. */
static double response_tail(const void *ctx, double t)
{
    const struct exact_gmc *q = ctx;
    const double eta = q->c * q->mu * (1.0 - q->sigma), d = eta - q->mu;
    const double part =
        d != 0.0 ? -expm1(-d * t) / d : t; /* int_0^t e^{-d u} du */

    return exact_gmc_wait_tail(q, t) +
           exp(-q->mu * t) * (1.0 - q->delayed + q->delayed * eta * part);
}

double exact_gmc_response_quantile(const struct exact_gmc *q, double level)
{
    return exact_quantile(response_tail, q, level);
}

/* ---- MMPP ---------------------------------------------------------------- */

struct matrix {
    double a[2][2];
};

static struct matrix times(const struct matrix *x, const struct matrix *y)
{
    struct matrix z;

    for (int i = 0; i < 2; i++)
        for (int j = 0; j < 2; j++)
            z.a[i][j] = x->a[i][0] * y->a[0][j] + x->a[i][1] * y->a[1][j];
    return z;
}

static struct matrix inverse(const struct matrix *x)
{
    const double det = x->a[0][0] * x->a[1][1] - x->a[0][1] * x->a[1][0];

    return (struct matrix){{{x->a[1][1] / det, -x->a[0][1] / det},
        {-x->a[1][0] / det, x->a[0][0] / det}}};
}

/* A0 (-(A1 + R A2))^-1: visits one level up per time at this one, where the
 * level above serves at `service` and R is its own such matrix. */
static struct matrix ratio(const struct exact_mmpp *q, const struct matrix *r,
    double service_above, double service_two_above)
{
    const struct matrix up = {{{q->rate[0], 0.0}, {0.0, q->rate[1]}}};
    struct matrix inner;

    for (int i = 0; i < 2; i++) {
        for (int j = 0; j < 2; j++) {
            const double leave = 1.0 / q->sojourn[i];
            inner.a[i][j] =
                i == j ? leave + q->rate[i] + service_above : -leave;
            inner.a[i][j] -= r->a[i][j] * service_two_above;
        }
    }
    inner = inverse(&inner);
    return times(&up, &inner);
}

static double service(const struct exact_mmpp *q, int n)
{
    return (n < q->c ? n : q->c) * q->mu;
}

/* Level 0 up to a factor: p0 (A1 + R A2) = 0, two states. */
static void bottom(
    const struct exact_mmpp *q, const struct matrix *r, double *p)
{
    const double m00 =
        -(1.0 / q->sojourn[0] + q->rate[0]) + r->a[0][0] * service(q, 1);
    const double m10 = 1.0 / q->sojourn[1] + r->a[1][0] * service(q, 1);

    p[0] = m10;
    p[1] = -m00;
}

void exact_mmpp_solve(struct exact_mmpp *q)
{
    enum { MOST_SERVERS = 64 };
    struct matrix r[MOST_SERVERS];
    double p[2], total = 0.0, arrivals = 0.0;
    const double full = service(q, q->c);

    /* r[n]: from level n to n + 1; the same from c - 1 on */
    r[q->c - 1] = (struct matrix){{{0.0, 0.0}, {0.0, 0.0}}};
    for (int i = 0; i < 20000; i++)
        r[q->c - 1] = ratio(q, &r[q->c - 1], full, full);
    for (int n = q->c - 2; n >= 0; n--)
        r[n] = ratio(q, &r[n + 1], service(q, n + 1), service(q, n + 2));
    bottom(q, &r[0], p);
    q->number = 0.0;
    for (int n = 0; n < EXACT_MMPP_LEVELS; n++) {
        const struct matrix *up = &r[n < q->c ? n : q->c - 1];
        q->found[n] = p[0] * q->rate[0] + p[1] * q->rate[1];
        total += p[0] + p[1];
        arrivals += q->found[n];
        q->number += n * (p[0] + p[1]);
        const double next = p[0] * up->a[0][0] + p[1] * up->a[1][0];
        p[1] = p[0] * up->a[0][1] + p[1] * up->a[1][1];
        p[0] = next;
    }
    q->number /= total;
    for (int n = 0; n < EXACT_MMPP_LEVELS; n++)
        q->found[n] /= arrivals;
}

double exact_mmpp_rate(const struct exact_mmpp *q)
{
    return (q->rate[0] * q->sojourn[0] + q->rate[1] * q->sojourn[1]) /
           (q->sojourn[0] + q->sojourn[1]);
}

double exact_mmpp_wait_probability(const struct exact_mmpp *q)
{
    return exact_mmpp_wait_tail(q, 0.0);
}

/* Those who find c + k wait for k + 1 departures at rate c mu: Erlang, whose
 * tail is P(Poisson(c mu t) <= k).  From the logarithm: no underflow. */
double exact_mmpp_wait_tail(const struct exact_mmpp *q, double t)
{
    const double m = q->c * q->mu * t;
    double below = 0.0, sum = 0.0;

    for (int k = 0; k + q->c < EXACT_MMPP_LEVELS; k++) {
        below += m > 0.0 ? exp(k * log(m) - m - lgamma(k + 1.0))
                         : (k == 0 ? 1.0 : 0.0);
        sum += q->found[k + q->c] * below;
    }
    return sum;
}

static double mmpp_tail(const void *ctx, double t)
{
    return exact_mmpp_wait_tail(ctx, t);
}

double exact_mmpp_wait_quantile(const struct exact_mmpp *q, double level)
{
    if (exact_mmpp_wait_probability(q) <= 1.0 - level)
        return 0.0;
    return exact_quantile(mmpp_tail, q, level);
}
