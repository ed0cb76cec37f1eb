#include "tests/verify/exact_patience.h"

#include <math.h>

/* Mass of the virtual wait, the part of it that is served, and that part's
 * first moment; without the factor lambda p(c-1). */
struct mass {
    double all, served, moment;
};

/* P(patience > x); a constant patience is integrated up to its end only. */
static double stays(const struct exact_patience *q, double x)
{
    return q->exponential ? exp(-x / q->patience_s) : 1.0;
}

static double density(const struct exact_patience *q, double x)
{
    const double integral =
        q->exponential ? q->patience_s * -expm1(-x / q->patience_s) : x;

    return exp(q->lambda * integral - q->servers * q->mu * x);
}

static void add_point(
    const struct exact_patience *q, double x, double weight, struct mass *m)
{
    const double v = weight * density(q, x), served = v * stays(q, x);

    m->all += v;
    m->served += served;
    m->moment += served * x;
}

static struct mass integrate(const struct exact_patience *q, double to)
{
    enum { PANELS = 20000 };
    const double h = to / (2 * PANELS);
    struct mass m = {0.0, 0.0, 0.0};

    for (int i = 0; i < PANELS; i++) {
        const double x = 2 * i * h;
        add_point(q, x, h / 3, &m);
        add_point(q, x + h, 4 * h / 3, &m);
        add_point(q, x + 2 * h, h / 3, &m);
    }
    return m;
}

struct exact_left exact_patience_queue(const struct exact_patience *q)
{
    const double a = q->lambda / q->mu, drain = q->servers * q->mu;
    double p = 1.0, free = 0.0;
    struct mass m;

    for (int j = 0; j < q->servers; j++) {
        free += p;
        if (j + 1 < q->servers)
            p *= a / (j + 1);
    }
    if (q->exponential) {
        m = integrate(q, 30 * q->patience_s + 60 / drain);
    } else {
        /* beyond the patience nobody stays: the density only falls */
        m = integrate(q, q->patience_s);
        m.all += density(q, q->patience_s) / drain;
    }
    const double scale = q->lambda * p, total = free + scale * m.all;
    const double served = (free + scale * m.served) / total;
    return (struct exact_left){.abandon = 1.0 - served,
        .delay = scale * m.all / total,
        .busy = a * served,
        .wait_s = scale * m.moment / (free + scale * m.served)};
}
