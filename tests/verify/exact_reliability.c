#include "tests/verify/exact_reliability.h"

#include <math.h>
#include <stddef.h>

#include "sim/alloc.h"
#include "tests/verify/exact_math.h"

/* ---- machine repair ------------------------------------------------------ */

static int running(const struct exact_repair *m, int failed)
{
    const int left = m->servers + m->spares - failed;

    return left < m->servers ? left : m->servers;
}

static int repairing(const struct exact_repair *m, int failed)
{
    return m->crews > 0 && failed > m->crews ? m->crews : failed;
}

static double failure_rate(const struct exact_repair *m, int failed)
{
    return running(m, failed) / m->life;
}

static double repair_rate(const struct exact_repair *m, int failed)
{
    return repairing(m, failed) / m->repair;
}

/* Failed units with which the site is still up, at most. */
static int most_failed(const struct exact_repair *m)
{
    return m->servers + m->spares - m->needed;
}

struct exact_repair_answers exact_repair_solve(const struct exact_repair *m)
{
    const int n = m->servers + m->spares;
    struct exact_repair_answers a = {0};
    double p = 1.0, sum = 0.0;

    for (int j = 0; j <= n; j++) {
        if (j > 0)
            p *= failure_rate(m, j - 1) / repair_rate(m, j);
        sum += p;
        a.availability += j <= most_failed(m) ? p : 0.0;
        a.servers_up += p * running(m, j);
        a.failure_rate += p * failure_rate(m, j);
        a.crews_busy += p * repairing(m, j);
        a.outage_rate += j == most_failed(m) ? p * failure_rate(m, j) : 0.0;
    }
    a.availability /= sum;
    a.servers_up /= sum;
    a.failure_rate /= sum;
    a.crews_busy /= sum;
    a.outage_rate /= sum;
    a.outage_mean = (1.0 - a.availability) / a.outage_rate;
    return a;
}

double exact_repair_reliability(const struct exact_repair *m, double t)
{
    const int n = most_failed(m) + 1;
    struct exact_chain chain = {0};
    double *start = sim_calloc((size_t)n, sizeof *start);
    double up = NAN;

    for (int j = 0; j < n; j++) {
        exact_chain_add(&chain, j, j + 1 < n ? j + 1 : -1, failure_rate(m, j));
        if (j > 0 && isfinite(m->repair))
            exact_chain_add(&chain, j, j - 1, repair_rate(m, j));
    }
    if (start != NULL) {
        start[0] = 1.0;
        if (exact_chain_solve(&chain, start, n) == 0)
            up = exact_chain_tail(&chain, t);
    }
    exact_chain_release(&chain);
    sim_free(start);
    return up;
}

double exact_repair_mttf(const struct exact_repair *m)
{
    double passage = 0.0, sum = 0.0;

    for (int j = 0; j <= most_failed(m); j++) {
        passage = (1.0 + repair_rate(m, j) * passage) / failure_rate(m, j);
        sum += passage;
    }
    return sum;
}

/* ---- k of n -------------------------------------------------------------- */

static double choose(int n, int k)
{
    double c = 1.0;

    for (int i = 1; i <= k; i++)
        c *= (double)(n - k + i) / i;
    return c;
}

double exact_k_of_n(int n, int k, double p)
{
    double sum = 0.0;

    for (int i = k; i <= n; i++)
        sum += choose(n, i) * pow(p, i) * pow(1.0 - p, n - i);
    return sum;
}

double exact_weibull_k_of_n_mean(int n, int k, double shape, double scale)
{
    double sum = 0.0;

    for (int j = k; j <= n; j++) {
        const double sign = (j - k) % 2 == 0 ? 1.0 : -1.0;
        sum +=
            sign * choose(j - 1, k - 1) * choose(n, j) * pow(j, -1.0 / shape);
    }
    return sum * scale * tgamma(1.0 + 1.0 / shape);
}

/* ---- shared causes ------------------------------------------------------- */

static int sites_up(const struct exact_shared *m, unsigned down)
{
    int up = 0;

    for (int i = 0; i < m->n_sites; i++)
        up += (m->causes[i] & down) == 0;
    return up;
}

int exact_shared_up(const struct exact_shared *m, unsigned down)
{
    return sites_up(m, down) >= m->needed;
}

struct exact_shared_answers exact_shared_solve(const struct exact_shared *m)
{
    struct exact_shared_answers a = {0};

    for (unsigned down = 0; down < 1u << m->n_causes; down++) {
        double p = 1.0;
        for (int c = 0; c < m->n_causes; c++)
            p *= (down >> c & 1 ? m->repair[c] : m->life[c]) /
                 (m->life[c] + m->repair[c]);
        a.sites_up += p * sites_up(m, down);
        if (!exact_shared_up(m, down))
            continue;
        a.uptime += p;
        for (int c = 0; c < m->n_causes; c++) {
            if ((down >> c & 1) == 0 && !exact_shared_up(m, down | 1u << c))
                a.outage_rate += p / m->life[c];
        }
    }
    a.outage_mean = (1.0 - a.uptime) / a.outage_rate;
    return a;
}
