#include "tests/verify/exact_pair.h"

#include "tests/verify/exact_banded.h"

/* ---- the shorter queue --------------------------------------------------- */

enum { DIFFERENCES = 60 };

static int pair_state(int shorter, int difference)
{
    return shorter * (DIFFERENCES + 1) + difference;
}

static void shortest_jumps(
    struct exact_banded *chain, double lambda, double mu, int m, int d, int cut)
{
    const int here = pair_state(m, d);

    if (d == 0)
        exact_banded_add(chain, here, pair_state(m, 1), lambda);
    else if (m < cut)
        exact_banded_add(chain, here, pair_state(m + 1, d - 1), lambda);
    if (d > 0)
        exact_banded_add(chain, here, pair_state(m, d - 1), mu);
    if (m > 0 && d < DIFFERENCES)
        exact_banded_add(
            chain, here, pair_state(m - 1, d + 1), d == 0 ? 2 * mu : mu);
}

double exact_shortest_queue(double lambda, double mu, int cut)
{
    struct exact_banded *chain =
        exact_banded_create(pair_state(cut, DIFFERENCES) + 1, DIFFERENCES);
    double number = 0.0;

    for (int m = 0; m <= cut; m++) {
        for (int d = 0; d <= DIFFERENCES; d++)
            shortest_jumps(chain, lambda, mu, m, d, cut);
    }
    const double *p = exact_banded_solve(chain);
    for (int m = 0; m <= cut; m++) {
        for (int d = 0; d <= DIFFERENCES; d++)
            number += p[pair_state(m, d)] * (2 * m + d);
    }
    exact_banded_destroy(chain);
    return number / lambda;
}

/* ---- fork and join ------------------------------------------------------- */

double exact_fork_join(double lambda, double mu, int cut)
{
    const int row = cut + 1;
    struct exact_banded *chain = exact_banded_create(row * row, row + 1);
    double number = 0.0;

    for (int a = 0; a <= cut; a++) {
        for (int b = 0; b <= cut; b++) {
            const int here = a * row + b;
            if (a < cut && b < cut)
                exact_banded_add(chain, here, here + row + 1, lambda);
            if (a > 0)
                exact_banded_add(chain, here, here - row, mu);
            if (b > 0)
                exact_banded_add(chain, here, here - 1, mu);
        }
    }
    const double *p = exact_banded_solve(chain);
    for (int a = 0; a <= cut; a++) {
        for (int b = 0; b <= cut; b++)
            number += p[a * row + b] * (a > b ? a : b);
    }
    exact_banded_destroy(chain);
    return number / lambda;
}
