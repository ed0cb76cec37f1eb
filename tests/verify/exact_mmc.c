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
