#include "tests/verify/exact_phase.h"

#include <math.h>

#include "sim/err.h"
#include "tests/verify/exact_mmc.h"

/* ---- building ------------------------------------------------------------ */

struct exact_phase exact_phase_exponential(double rate)
{
    return (struct exact_phase){.n = 1, .start = {1.0}, .rate = {rate}};
}

struct exact_phase exact_phase_mmc_wait(int c, double lambda, double mu)
{
    struct exact_phase wait = exact_phase_exponential(c * mu - lambda);

    wait.start[0] = exact_erlang_c(c, lambda / mu);
    return wait;
}

struct exact_phase exact_phase_mmc(int c, double lambda, double mu)
{
    const struct exact_phase wait = exact_phase_mmc_wait(c, lambda, mu);
    const struct exact_phase service = exact_phase_exponential(mu);

    return exact_phase_series(&wait, &service);
}

/* Append the phases of `b`, begun at once with probability `share`. */
static void append(
    struct exact_phase *sum, const struct exact_phase *b, double share)
{
    const int at = sum->n;

    SIM_BUG_ON(at + b->n > EXACT_MAX_PHASES);
    sum->n += b->n;
    for (int i = 0; i < b->n; i++) {
        sum->start[at + i] = share * b->start[i];
        sum->rate[at + i] = b->rate[i];
        for (int j = 0; j < b->n; j++)
            sum->next[at + i][at + j] = b->next[i][j];
    }
}

static double total(const double *x, int n)
{
    double sum = 0.0;

    for (int i = 0; i < n; i++)
        sum += x[i];
    return sum;
}

struct exact_phase exact_phase_series(
    const struct exact_phase *a, const struct exact_phase *b)
{
    struct exact_phase sum = *a;

    append(&sum, b, 1.0 - total(a->start, a->n));
    for (int i = 0; i < a->n; i++) {
        const double ends = 1.0 - total(a->next[i], a->n);
        for (int j = 0; j < b->n; j++)
            sum.next[i][a->n + j] = ends * b->start[j];
    }
    return sum;
}

struct exact_phase exact_phase_mix(
    double share, const struct exact_phase *a, const struct exact_phase *b)
{
    struct exact_phase mix = {.n = 0};

    append(&mix, a, share);
    append(&mix, b, 1.0 - share);
    return mix;
}

/* ---- reading ------------------------------------------------------------- */

/* Phases of all laws here come in the order in which they are passed through,
 * so the mean visits follow forwards. */
double exact_phase_mean(const struct exact_phase *f)
{
    double visits[EXACT_MAX_PHASES], mean = 0.0;

    for (int j = 0; j < f->n; j++) {
        visits[j] = f->start[j];
        for (int i = 0; i < j; i++)
            visits[j] += visits[i] * f->next[i][j];
        mean += visits[j] / f->rate[j];
    }
    return mean;
}

/* One step of the chain watched at the ticks of a Poisson clock of rate `top`;
 * returns the probability that it has not ended. */
static double step(const struct exact_phase *f, double top, double *p)
{
    double q[EXACT_MAX_PHASES] = {0.0};

    for (int i = 0; i < f->n; i++) {
        const double leave = f->rate[i] / top;
        q[i] += p[i] * (1.0 - leave);
        for (int j = 0; j < f->n; j++)
            q[j] += p[i] * leave * f->next[i][j];
    }
    for (int i = 0; i < f->n; i++)
        p[i] = q[i];
    return total(p, f->n);
}

double exact_phase_tail(const struct exact_phase *f, double t)
{
    double p[EXACT_MAX_PHASES], top = 0.0, sum = 0.0;

    for (int i = 0; i < f->n; i++) {
        p[i] = f->start[i];
        top = f->rate[i] > top ? f->rate[i] : top;
    }
    if (!(t > 0.0))
        return total(p, f->n);
    /* Poisson weights by their logarithm: exp(-top t) alone may underflow */
    const double ticks = top * t;
    const int last = (int)(ticks + 12.0 * sqrt(ticks) + 40.0);
    double alive = total(p, f->n), log_weight = -ticks;
    for (int k = 0; k <= last; k++) {
        sum += exp(log_weight) * alive;
        alive = step(f, top, p);
        log_weight += log(ticks / (k + 1));
    }
    return sum;
}

double exact_phase_quantile(const struct exact_phase *f, double level)
{
    const struct exact_route route = {.share = 1.0, .time = *f};

    return exact_routes_quantile(&route, 1, level);
}

/* ---- with a round trip --------------------------------------------------- */

static double route_tail(const struct exact_route *r, double t)
{
    enum { STEPS = 600 };
    const double pi = acos(-1.0), top = 8.0;
    double sum = 0.0;

    if (!(r->sigma > 0.0))
        return t > r->median_s ? exact_phase_tail(&r->time, t - r->median_s)
                               : 1.0;
    /* the score at which the trip alone takes t splits the integral: the tail
     * is 1 beyond it, and smooth before */
    const double split = log(t / r->median_s) / r->sigma;
    const double to = split < top ? split : top;
    if (to <= -top)
        return 1.0;
    const double width = (to + top) / STEPS;
    for (int i = 0; i < STEPS; i++) {
        const double z = -top + (i + 0.5) * width;
        const double left = t - r->median_s * exp(r->sigma * z);
        sum += width * exp(-0.5 * z * z) / sqrt(2 * pi) *
               exact_phase_tail(&r->time, left);
    }
    return sum + 0.5 * erfc(split / sqrt(2.0));
}

double exact_routes_tail(const struct exact_route *routes, int n, double t)
{
    double sum = 0.0;

    for (int i = 0; i < n; i++)
        sum += routes[i].share * route_tail(&routes[i], t);
    return sum;
}

double exact_routes_quantile(
    const struct exact_route *routes, int n, double level)
{
    double low = 0.0, high = exact_routes_mean(routes, n);

    while (exact_routes_tail(routes, n, high) > 1.0 - level)
        high *= 2.0;
    while (high - low > 1e-10 * high) {
        const double middle = 0.5 * (low + high);
        if (exact_routes_tail(routes, n, middle) > 1.0 - level)
            low = middle;
        else
            high = middle;
    }
    return 0.5 * (low + high);
}

double exact_routes_mean(const struct exact_route *routes, int n)
{
    double sum = 0.0;

    for (int i = 0; i < n; i++) {
        const struct exact_route *r = &routes[i];
        sum += r->share * (exact_phase_mean(&r->time) +
                              r->median_s * exp(0.5 * r->sigma * r->sigma));
    }
    return sum;
}
