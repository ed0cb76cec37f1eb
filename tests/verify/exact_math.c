#include "tests/verify/exact_math.h"

double exact_quantile(exact_tail_fn *tail, const void *ctx, double level)
{
    double low = 0.0, high = 1.0;

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
