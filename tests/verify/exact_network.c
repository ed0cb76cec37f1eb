#include "tests/verify/exact_network.h"

#include <math.h>
#include <stddef.h>

#include "sim/err.h"
#include "tests/verify/exact_phase.h"

/* ---- open ---------------------------------------------------------------- */

/* rate (I - next) = enter, by Gauss; the matrix is an M-matrix of a network
 * that everybody leaves, so its diagonal is a safe pivot. */
static void traffic(const struct exact_journey *j, double *rate)
{
    double a[EXACT_MAX_STATIONS][EXACT_MAX_STATIONS + 1];

    for (int i = 0; i < j->n; i++) {
        for (int k = 0; k < j->n; k++)
            a[i][k] = (i == k ? 1.0 : 0.0) - j->next[k][i];
        a[i][j->n] = j->enter[i];
    }
    for (int k = 0; k < j->n; k++) {
        for (int i = 0; i < j->n; i++) {
            const double f = i == k ? 0.0 : a[i][k] / a[k][k];
            for (int col = k; col <= j->n && i != k; col++)
                a[i][col] -= f * a[k][col];
        }
    }
    for (int i = 0; i < j->n; i++)
        rate[i] = a[i][j->n] / a[i][i];
}

struct exact_open exact_open_network(const struct exact_journey *j)
{
    struct exact_open out = {.response_s = 0.0};
    double entered = 0.0, number = 0.0;

    traffic(j, out.rate);
    for (int i = 0; i < j->n; i++) {
        const struct exact_phase stay = exact_phase_mmc(
            j->station[i].servers, out.rate[i], j->station[i].mu);
        out.in_system[i] = out.rate[i] * exact_phase_mean(&stay);
        number += out.in_system[i];
        entered += j->enter[i];
    }
    out.response_s = number / entered;
    return out;
}

/* ---- closed -------------------------------------------------------------- */

/* Weight of k clients thinking. */
static void think_weights(double think_s, int population, double *w)
{
    w[0] = 1.0;
    for (int k = 1; k <= population; k++)
        w[k] = w[k - 1] * think_s / k;
}

/* g, the weights of 0 .. population clients in the stations so far, with one
 * more station. */
static void convolve(double *g, int population, const struct exact_station *s)
{
    double f[EXACT_MAX_POPULATION + 1];

    f[0] = 1.0;
    for (int k = 1; k <= population; k++)
        f[k] = f[k - 1] / (s->mu * (k < s->servers ? k : s->servers));
    for (int m = population; m >= 0; m--) {
        double sum = 0.0;
        for (int k = 0; k <= m; k++)
            sum += f[k] * g[m - k];
        g[m] = sum;
    }
}

/* Mean number at one station: its weights against those of all others. */
static double number_at(const struct exact_station *s, const double *others,
    double all, int population)
{
    double f = 1.0, sum = 0.0;

    for (int k = 1; k <= population; k++) {
        f /= s->mu * (k < s->servers ? k : s->servers);
        sum += k * f * others[population - k];
    }
    return sum / all;
}

struct exact_closed exact_closed_network(
    const struct exact_station *station, int n, int population, double think_s)
{
    struct exact_closed out = {.rate = 0.0};
    double g[EXACT_MAX_POPULATION + 1], others[EXACT_MAX_POPULATION + 1];

    SIM_BUG_ON(population < 1 || population > EXACT_MAX_POPULATION);
    think_weights(think_s, population, g);
    for (int i = 0; i < n; i++)
        convolve(g, population, &station[i]);
    for (int i = 0; i < n; i++) {
        think_weights(think_s, population, others);
        for (int k = 0; k < n; k++) {
            if (k != i)
                convolve(others, population, &station[k]);
        }
        out.in_system[i] =
            number_at(&station[i], others, g[population], population);
        SIM_BUG_ON(!isfinite(out.in_system[i]));
    }
    out.rate = g[population - 1] / g[population];
    out.response_s = population / out.rate - think_s;
    return out;
}
