#include "tests/verify/exact_mmc.h"

#include <math.h>

#include "tests/verify/exact_math.h"

double exact_erlang_b(int c, double a)
{
    double b = 1.0;

    for (int k = 1; k <= c; k++)
        b = a * b / (k + a * b);
    return b;
}

double exact_erlang_c(int c, double a)
{
    const double b = exact_erlang_b(c, a);

    return c * b / (c - a * (1.0 - b));
}

double exact_mmc_response_tail(const struct exact_mmc *m, double t)
{
    const double a = m->lambda / m->mu, d = m->c - 1 - a;
    const double more = d != 0.0 ? -expm1(-m->mu * t * d) / d : m->mu * t;

    return exp(-m->mu * t) * (1.0 + exact_erlang_c(m->c, a) * more);
}

static double response_tail(const void *ctx, double t)
{
    return exact_mmc_response_tail(ctx, t);
}

double exact_mmc_response_quantile(const struct exact_mmc *m, double level)
{
    return exact_quantile(response_tail, m, level);
}

double exact_mmc_wait_quantile(const struct exact_mmc *m, double level)
{
    const double delayed = exact_erlang_c(m->c, m->lambda / m->mu);

    if (delayed <= 1.0 - level)
        return 0.0;
    return log(delayed / (1.0 - level)) / (m->c * m->mu - m->lambda);
}

/* ---- with a limit -------------------------------------------------------- */

void exact_mmck_law(const struct exact_mmck *q, double *p)
{
    double sum = 1.0;

    p[0] = 1.0;
    for (int n = 1; n <= q->k; n++) {
        const int busy = n < q->m.c ? n : q->m.c;
        p[n] = p[n - 1] * q->m.lambda / (busy * q->m.mu);
        sum += p[n];
    }
    for (int n = 0; n <= q->k; n++)
        p[n] /= sum;
}

/* P(Erlang(stages, fast) + exponential(slow) > t)
 *     = P(Erlang > t) + int_0^t f(u) e^{-slow (t - u)} du. */
static double stages_then_service(
    int stages, double fast, double slow, double t)
{
    enum { STEPS = 400 };
    double poisson = exp(-fast * t), more = 0.0, sum = 0.0;

    if (stages == 0)
        return exp(-slow * t);
    for (int j = 0; j < stages; j++) {
        more += poisson;
        poisson *= fast * t / (j + 1);
    }
    for (int i = 0; i <= STEPS; i++) { /* Simpson */
        const double u = t * i / STEPS;
        const double w = i == 0 || i == STEPS ? 1.0 : i % 2 == 1 ? 4.0 : 2.0;
        const double power =
            stages == 1
                ? 1.0
                : (u > 0.0 ? exp((stages - 1) * log(fast * u) - lgamma(stages))
                           : 0.0);
        sum += w * fast * power * exp(-fast * u - slow * (t - u));
    }
    return more + sum * t / STEPS / 3.0;
}

double exact_mmck_response_tail(const struct exact_mmck *q, double t)
{
    double p[EXACT_MMCK_MAX + 1], sum = 0.0;

    exact_mmck_law(q, p);
    for (int n = 0; n < q->k; n++)
        sum += p[n] * stages_then_service(n < q->m.c ? 0 : n - q->m.c + 1,
                          q->m.c * q->m.mu, q->m.mu, t);
    return sum / (1.0 - p[q->k]);
}

static double limited_tail(const void *ctx, double t)
{
    return exact_mmck_response_tail(ctx, t);
}

double exact_mmck_response_quantile(const struct exact_mmck *q, double level)
{
    return exact_quantile(limited_tail, q, level);
}
