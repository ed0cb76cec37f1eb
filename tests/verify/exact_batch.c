#include "tests/verify/exact_batch.h"

#include <math.h>

#include "tests/verify/exact_banded.h"

enum { CUT = 400 };

/* P(k arrivals in a batch of mean time m), k = 0 .. CUT. */
static void arrivals(const struct exact_batching *b, double m, double *p)
{
    const double a = b->lambda * m;

    for (int k = 0; k <= CUT; k++) {
        p[k] = b->exponential ? pow(a / (1.0 + a), k) / (1.0 + a)
                              : exp(k * log(a) - a - lgamma(k + 1.0));
    }
}

/* How many wait when the batch starts, if so many were left by the last one. */
static int at_start(const struct exact_batching *b, int left)
{
    return left < b->min ? b->min : left;
}

static int batch_size(const struct exact_batching *b, int waiting)
{
    return waiting < b->max ? waiting : b->max;
}

static double mean_time_s(const struct exact_batching *b, int size)
{
    return b->fixed_s + b->per_item_s * size;
}

static void fill(const struct exact_batching *b, struct exact_banded *chain)
{
    double p[CUT + 1];

    for (int left = 0; left <= CUT; left++) {
        const int waiting = at_start(b, left), size = batch_size(b, waiting);
        double rest = 1.0;
        arrivals(b, mean_time_s(b, size), p);
        for (int k = 0; waiting - size + k < CUT; k++) {
            exact_banded_add(chain, left, waiting - size + k, p[k]);
            rest -= p[k];
        }
        exact_banded_add(chain, left, CUT, rest > 0.0 ? rest : 0.0);
    }
}

struct exact_batches exact_batch_server(const struct exact_batching *b)
{
    struct exact_banded *chain = exact_banded_create(CUT + 1, CUT);
    double area = 0.0, length = 0.0, busy = 0.0, size_sum = 0.0;

    fill(b, chain);
    const double *p = exact_banded_solve(chain);
    for (int left = 0; left <= CUT; left++) {
        const int waiting = at_start(b, left), size = batch_size(b, waiting);
        const double m = mean_time_s(b, size);
        const double m2 = b->exponential ? 2 * m * m : m * m;
        double idle_area = 0.0;
        for (int n = left; n < waiting; n++)
            idle_area += n / b->lambda;
        area += p[left] * (idle_area + waiting * m + 0.5 * b->lambda * m2);
        length += p[left] * ((waiting - left) / b->lambda + m);
        busy += p[left] * m;
        size_sum += p[left] * size;
    }
    exact_banded_destroy(chain);
    return (struct exact_batches){.in_system = area / length,
        .response_s = area / length / b->lambda,
        .size = size_sum,
        .busy = busy / length};
}
