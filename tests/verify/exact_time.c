#include "tests/verify/exact_time.h"

#include <math.h>
#include <string.h>

static const double day_h = 24.0;

static double turns(double t)
{
    return 2.0 * acos(-1.0) * t / day_h;
}

double exact_day_rate(const struct exact_day *d, double t)
{
    return d->mean * (1.0 + d->amplitude * cos(turns(t - d->peak)));
}

double exact_day_infinite(const struct exact_day *d, exact_tail_fn *service,
    const void *ctx, double t)
{
    enum { STEPS = 20000 };
    double sum = 0.0;

    for (int i = 0; i <= STEPS; i++) {
        const double u = t * i / STEPS;
        const double w = i == 0 || i == STEPS ? 1.0 : i % 2 == 1 ? 4.0 : 2.0;
        sum += w * exact_day_rate(d, u) * service(ctx, t - u);
    }
    return sum * t / STEPS / 3.0;
}

/* m' = lambda - mu m, m(0) = 0: the forced swing less its start. */
double exact_day_infinite_exponential(
    const struct exact_day *d, double mu, double t)
{
    const double w = turns(1.0), gain = d->amplitude / (mu * mu + w * w);
    const double now =
        mu * cos(turns(t - d->peak)) + w * sin(turns(t - d->peak));
    const double then = mu * cos(turns(-d->peak)) + w * sin(turns(-d->peak));

    return d->mean *
           (-expm1(-mu * t) / mu + gain * (now - exp(-mu * t) * then));
}

/* ---- M(t)/M/c ------------------------------------------------------------ */

void exact_mtmc_start(
    struct exact_mtmc *q, const struct exact_day *day, int c, double mu)
{
    *q = (struct exact_mtmc){.day = *day, .c = c, .mu = mu};
    q->p[0] = 1.0;
}

static void slope(
    const struct exact_mtmc *q, double t, const double *p, double *out)
{
    const double lambda = exact_day_rate(&q->day, t);
    enum { N = EXACT_DAY_STATES };

    for (int n = 0; n < N; n++) {
        const double leave = (n < q->c ? n : q->c) * q->mu;
        const double come = (n + 1 < q->c ? n + 1 : q->c) * q->mu;
        out[n] = -(n + 1 < N ? lambda + leave : leave) * p[n];
        if (n > 0)
            out[n] += lambda * p[n - 1];
        if (n + 1 < N)
            out[n] += come * p[n + 1];
    }
}

static void step(struct exact_mtmc *q, double h)
{
    static const double at[] = {0.0, 0.5, 0.5, 1.0};
    static const double weight[] = {1.0 / 6, 1.0 / 3, 1.0 / 3, 1.0 / 6};
    enum { N = EXACT_DAY_STATES };
    double k[N] = {0.0}, probe[N], sum[N] = {0.0};

    for (int s = 0; s < 4; s++) {
        for (int n = 0; n < N; n++)
            probe[n] = q->p[n] + at[s] * h * k[n];
        slope(q, q->t + at[s] * h, probe, k);
        for (int n = 0; n < N; n++)
            sum[n] += weight[s] * k[n];
    }
    for (int n = 0; n < N; n++)
        q->p[n] += h * sum[n];
}

void exact_mtmc_advance(struct exact_mtmc *q, double t)
{
    const double fastest =
        q->day.mean * (1.0 + q->day.amplitude) + q->c * q->mu;
    const int steps = 1 + (int)((t - q->t) * fastest / 0.1);
    const double from = q->t, h = (t - from) / steps;

    for (int i = 0; i < steps; i++) {
        q->t = from + i * h;
        step(q, h);
    }
    q->t = t;
}

double exact_mtmc_number(const struct exact_mtmc *q)
{
    double sum = 0.0;

    for (int n = 0; n < EXACT_DAY_STATES; n++)
        sum += n * q->p[n];
    return sum;
}

double exact_mtmc_all_busy(const struct exact_mtmc *q)
{
    double sum = 0.0;

    for (int n = q->c; n < EXACT_DAY_STATES; n++)
        sum += q->p[n];
    return sum;
}

/* ---- the first customers ------------------------------------------------- */

/* Between arrivals each of those in system leaves before the next arrival with
 * probability mu / (lambda + mu), one after the other. */
double exact_first_waits(double lambda, double mu, int n)
{
    enum { MOST = 1024 };
    const double leave = mu / (lambda + mu), stay = lambda / (lambda + mu);
    double p[MOST] = {1.0}, next[MOST], sum = 0.0;

    if (n >= MOST)
        return NAN;
    for (int i = 0; i < n; i++) {
        double number = 0.0, carry = 0.0;
        for (int k = 0; k <= i; k++)
            number += k * p[k];
        sum += number / mu;
        /* from k + 1 at the start of a gap, downwards */
        for (int k = i + 1; k >= 1; k--) {
            carry = leave * carry + p[k - 1];
            next[k] = stay * carry;
        }
        next[0] = leave * carry;
        memcpy(p, next, ((size_t)i + 2) * sizeof *p);
    }
    return sum / n;
}
