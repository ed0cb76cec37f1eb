/* The models of the study of intervals: scenarios and exact answers. */
#include "tests/verify/intervals.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>

/* All services have mean 100 ms. */
#define MU 10.0
#define MS 1e3

/* P(response > t) of a model; p are its parameters. */
typedef double tail_fn(const double *p, double t);

static double quantile(tail_fn *tail, const double *p, double level)
{
    double low = 0.0, high = 100.0;

    for (int i = 0; i < 100; i++) {
        const double middle = 0.5 * (low + high);
        if (tail(p, middle) > 1.0 - level)
            low = middle;
        else
            high = middle;
    }
    return 0.5 * (low + high);
}

/* ---- M/M/c -------------------------------------------------------------- */

static double erlang_c(int c, double a)
{
    double b = 1.0;

    for (int k = 1; k <= c; k++)
        b = a * b / (k + a * b);
    return c * b / (c - a * (1.0 - b));
}

/* p: servers, arrival rate.  Wait and service are independent. */
static double mmc_tail(const double *p, double t)
{
    const double a = p[1] / MU, d = p[0] - 1.0 - a;
    const double more = d != 0.0 ? -expm1(-MU * t * d) / d : MU * t;

    return exp(-MU * t) * (1.0 + erlang_c((int)p[0], a) * more);
}

static double mmc_mean(const double *p)
{
    return 1.0 / MU + erlang_c((int)p[0], p[1] / MU) / (p[0] * MU - p[1]);
}

/* ---- two sites ---------------------------------------------------------- */

/* Weights 0.8 and 0.2 of p[0] requests/s, each to an M/M/1 behind a constant
 * round trip of 5 and 45 ms. */
static double two_tail(const double *p, double t)
{
    const double near = MU - 0.8 * p[0], far = MU - 0.2 * p[0];
    const double a = t > 0.005 ? exp(-near * (t - 0.005)) : 1.0;
    const double b = t > 0.045 ? exp(-far * (t - 0.045)) : 1.0;

    return 0.8 * a + 0.2 * b;
}

static double two_mean(const double *p)
{
    return 0.8 * (0.005 + 1.0 / (MU - 0.8 * p[0])) +
           0.2 * (0.045 + 1.0 / (MU - 0.2 * p[0]));
}

/* ---- M/G/1, lognormal service ------------------------------------------- */

/* The wait is a geometric sum of residual services (Pollaczek and Khinchine):
 * its law on a grid by Panjer's recursion, the residual law and the service
 * rounded to the middle of each cell, so that the error is of the second order
 * in the step. */
enum { GRID = 6000 };
#define STEP 0.002

struct grid {
    double wait[GRID], service[GRID];
};

static double normal_cdf(double z)
{
    return 0.5 * erfc(-z / sqrt(2.0));
}

/* Lognormal of mean 1/MU and p[1] = cv: distribution function, and that of the
 * residual service, MU * integral of 1 - F. */
static double lognormal_cdf(double sigma, double x)
{
    const double mu = -log(MU) - sigma * sigma / 2.0;

    return x > 0.0 ? normal_cdf((log(x) - mu) / sigma) : 0.0;
}

static double residual_cdf(double sigma, double x)
{
    const double mu = -log(MU) - sigma * sigma / 2.0;

    if (!(x > 0.0))
        return 0.0;
    const double below = normal_cdf((log(x) - mu - sigma * sigma) / sigma);
    return below + MU * x * (1.0 - lognormal_cdf(sigma, x));
}

/* Panjer: the law of the wait on the grid for rho and sigma. */
static void fill_grid(struct grid *g, double rho, double sigma)
{
    static double residual[GRID];

    for (int k = 0; k < GRID; k++) {
        residual[k] = residual_cdf(sigma, (k + 0.5) * STEP) -
                      residual_cdf(sigma, (k - 0.5) * STEP);
        g->service[k] = lognormal_cdf(sigma, (k + 0.5) * STEP) -
                        lognormal_cdf(sigma, (k - 0.5) * STEP);
    }
    const double scale = rho / (1.0 - rho * residual[0]);
    g->wait[0] = (1.0 - rho) / (1.0 - rho * residual[0]);
    for (int k = 1; k < GRID; k++) {
        double sum = 0.0;
        for (int j = 1; j <= k; j++)
            sum += residual[j] * g->wait[k - j];
        g->wait[k] = scale * sum;
    }
}

/* Quantile of wait + service, linear between the middles of cells. */
static double grid_quantile(const struct grid *g, double level)
{
    double below = 0.0;

    for (int k = 0; k < GRID; k++) {
        double cell = 0.0;
        for (int j = 0; j <= k; j++)
            cell += g->service[j] * g->wait[k - j];
        if (below + cell >= level)
            return STEP * (k - 0.5 + (level - below) / cell);
        below += cell;
    }
    return (double)NAN;
}

/* ---- M/M/1 with processor sharing --------------------------------------- */

/* V_n(t) = P(tagged job still there at t | n jobs at 0, itself included):
 *     V_n' = lambda (V_n+1 - V_n) + mu (n-1)/n V_n-1 - mu V_n,
 * by Runge-Kutta; an arrival finds n - 1 others with probability
 * (1 - rho) rho^(n-1).
 * Source: Coffman, Muntz and Trotter, Journal of the ACM 17, 1970. */
enum { SHARING = 160 };

static void sharing_slope(double lambda, const double *v, double *slope)
{
    for (int n = 1; n < SHARING; n++) {
        const double up = n + 1 < SHARING ? v[n + 1] : v[n];
        const double down = n > 1 ? v[n - 1] * (n - 1) / n : 0.0;
        slope[n] = lambda * (up - v[n]) + MU * (down - v[n]);
    }
}

static void sharing_step(double lambda, double *v, double h)
{
    double k[4][SHARING], at[SHARING];
    static const double reach[4] = {0.0, 0.5, 0.5, 1.0};

    for (int s = 0; s < 4; s++) {
        for (int n = 1; n < SHARING; n++)
            at[n] = v[n] + (s > 0 ? h * reach[s] * k[s - 1][n] : 0.0);
        sharing_slope(lambda, at, k[s]);
    }
    for (int n = 1; n < SHARING; n++)
        v[n] += h / 6.0 * (k[0][n] + 2.0 * (k[1][n] + k[2][n]) + k[3][n]);
}

static double sharing_tail(double rho, const double *v)
{
    double sum = 0.0, weight = 1.0 - rho;

    for (int n = 1; n < SHARING; n++, weight *= rho)
        sum += weight * v[n];
    return sum;
}

static double sharing_quantile(double lambda, double level)
{
    const double h = 0.001, rho = lambda / MU;
    double v[SHARING], before = 1.0;

    for (int n = 1; n < SHARING; n++)
        v[n] = 1.0;
    for (int i = 1;; i++) {
        sharing_step(lambda, v, h);
        const double now = sharing_tail(rho, v);
        /* the tail is close to an exponential between two steps */
        if (now <= 1.0 - level)
            return h *
                   (i - 1 + log(before / (1.0 - level)) / log(before / now));
        before = now;
    }
}

/* ---- MMPP/M/1 ----------------------------------------------------------- */

/* Two phases with arrival rates p[0], p[1] and mean sojourns p[2], p[3].
 * Matrix-geometric: pi_n+1 = pi_n R, R by iteration; an arrival that finds n
 * waits for n + 1 services with its own.
 * Source: Neuts, Matrix-Geometric Solutions in Stochastic Models, 1981. */
enum { PHASES = 400 };

struct mmpp {
    double found[PHASES]; /* P(an arrival finds n) */
};

/* R <- -(A0 + R^2 A2) A1^-1 with A2 = mu I. */
static void mmpp_rates(const double *p, double r[2][2])
{
    const double q[2] = {1.0 / p[2], 1.0 / p[3]};
    const double a = -(p[0] + q[0] + MU), d = -(p[1] + q[1] + MU);
    const double det = a * d - q[0] * q[1];
    const double inverse[2][2] = {
        {d / det, -q[0] / det}, {-q[1] / det, a / det}};

    r[0][0] = r[0][1] = r[1][0] = r[1][1] = 0.0;
    for (int i = 0; i < 20000; i++) {
        double b[2][2], next[2][2];
        for (int x = 0; x < 2; x++) {
            for (int y = 0; y < 2; y++)
                b[x][y] = (x == y ? p[x] : 0.0) +
                          MU * (r[x][0] * r[0][y] + r[x][1] * r[1][y]);
        }
        for (int x = 0; x < 2; x++) {
            for (int y = 0; y < 2; y++)
                next[x][y] =
                    -(b[x][0] * inverse[0][y] + b[x][1] * inverse[1][y]);
        }
        for (int x = 0; x < 4; x++)
            r[x / 2][x % 2] = next[x / 2][x % 2];
    }
}

/* The boundary: pi_0 (B0 + R A2) = 0, and pi_0 (I - R)^-1 is the law of the
 * phase. */
static void mmpp_solve(struct mmpp *m, const double *p)
{
    const double q[2] = {1.0 / p[2], 1.0 / p[3]};
    const double phase = p[2] / (p[2] + p[3]);
    const double rate = phase * p[0] + (1.0 - phase) * p[1];
    double r[2][2];

    mmpp_rates(p, r);
    /* first column of the boundary: both columns say the same */
    const double c0 = -(p[0] + q[0]) + MU * r[0][0], c1 = q[1] + MU * r[1][0];
    double pi[2] = {1.0, -c0 / c1};
    const double det = (1 - r[0][0]) * (1 - r[1][1]) - r[0][1] * r[1][0];
    const double all =
        (pi[0] * (1 - r[1][1] + r[0][1]) + pi[1] * (1 - r[0][0] + r[1][0])) /
        det;
    pi[0] /= all;
    pi[1] /= all;
    for (int n = 0; n < PHASES; n++) {
        m->found[n] = (pi[0] * p[0] + pi[1] * p[1]) / rate;
        const double x = pi[0] * r[0][0] + pi[1] * r[1][0];
        const double y = pi[0] * r[0][1] + pi[1] * r[1][1];
        pi[0] = x;
        pi[1] = y;
    }
}

/* The sum of n + 1 services outlasts t with the chance of at most n events of
 * a Poisson process. */
static double mmpp_tail(const double *p, double t)
{
    struct mmpp m;
    double term = exp(-MU * t), upto = 0.0, sum = 0.0;

    mmpp_solve(&m, p);
    for (int n = 0; n < PHASES; n++) {
        upto += term;
        sum += m.found[n] * upto;
        term *= MU * t / (n + 1);
    }
    return sum;
}

static double mmpp_mean(const double *p)
{
    struct mmpp m;
    double sum = 0.0;

    mmpp_solve(&m, p);
    for (int n = 0; n < PHASES; n++)
        sum += m.found[n] * (n + 1) / MU;
    return sum;
}

/* ---- the models --------------------------------------------------------- */

static void set(struct interval_model *m, const char *name, const char *route,
    int requests, const char *body)
{
    *m = (struct interval_model){
        .name = name, .route = route, .requests = requests, .body = body};
}

static void exact(
    struct interval_model *m, int at, const char *name, double seconds)
{
    m->metric[at] = (struct interval_metric){name, MS * seconds};
}

#define EXPONENTIAL "requests: {r: {service: {exponential: {mean: 100 ms}}}}\n"

static void markov_models(struct interval_model *models)
{
    static const double half[2] = {1.0, 8.0}, full[2] = {1.0, 9.5};
    static const double eight[2] = {8.0, 72.0};

    set(&models[0], "M/M/1, load 0.8", "closed form", 20000,
        "arrivals: {rate: 8 /s}\n" EXPONENTIAL
        "deployments: {d: {sites: {q: {tier: bare}}}}\n");
    exact(&models[0], 0, "d.latency.mean", mmc_mean(half));
    exact(&models[0], 1, "d.latency.p95", quantile(mmc_tail, half, 0.95));
    exact(&models[0], 2, "d.latency.p99", quantile(mmc_tail, half, 0.99));
    set(&models[1], "M/M/1, load 0.95", "closed form", 200000,
        "arrivals: {rate: 9.5 /s}\n" EXPONENTIAL
        "deployments: {d: {sites: {q: {tier: bare}}}}\n");
    exact(&models[1], 0, "d.latency.mean", mmc_mean(full));
    exact(&models[1], 1, "d.latency.p95", quantile(mmc_tail, full, 0.95));
    exact(&models[1], 2, "d.latency.p99", quantile(mmc_tail, full, 0.99));
    set(&models[2], "M/M/8, load 0.9", "Erlang C", 15000,
        "arrivals: {rate: 72 /s}\n" EXPONENTIAL
        "deployments: {d: {sites: {q: {tier: bare, servers: 8}}}}\n");
    exact(&models[2], 0, "d.latency.mean", mmc_mean(eight));
    exact(&models[2], 1, "d.latency.p95", quantile(mmc_tail, eight, 0.95));
}

static void lognormal_model(struct interval_model *m)
{
    static struct grid grid;
    const double rho = 0.7, cv = 1.5;

    fill_grid(&grid, rho, sqrt(log(1.0 + cv * cv)));
    set(m, "M/G/1, lognormal (cv 1.5), load 0.7",
        "Pollaczek-Khinchine; Panjer's recursion", 30000,
        "arrivals: {rate: 7 /s}\n"
        "requests: {r: {service: {lognormal: {mean: 100 ms, cv: 1.5}}}}\n"
        "deployments: {d: {sites: {q: {tier: bare}}}}\n");
    exact(m, 0, "d.latency.mean",
        (1.0 + rho * (1.0 + cv * cv) / 2.0 / (1.0 - rho)) / MU);
    exact(m, 1, "d.latency.p95", grid_quantile(&grid, 0.95));
}

static void other_models(struct interval_model *models)
{
    static const double two[1] = {9.0};
    static const double bursts[4] = {4.0, 14.0, 1.0, 0.5};

    set(&models[4], "M/M/1, processor sharing, load 0.8",
        "closed form; differential equations of a tagged job", 6000,
        "arrivals: {rate: 8 /s}\n" EXPONENTIAL
        "deployments: {d: {sites: {q: {tier: bare,"
        " queue: {discipline: ps}}}}}\n");
    exact(&models[4], 0, "d.latency.mean", 1.0 / (MU - 8.0));
    exact(&models[4], 1, "d.latency.p95", sharing_quantile(8.0, 0.95));
    set(&models[5], "two sites, 80/20, round trips 5 and 45 ms",
        "mixture of closed forms", 6000,
        "arrivals: {rate: 9 /s}\n" EXPONENTIAL "deployments:\n"
        "  d:\n"
        "    sites:\n"
        "      near: {tier: bare, rtt: {constant: 5 ms}}\n"
        "      far: {tier: bare, rtt: {constant: 45 ms}}\n"
        "    routing: {policy: weighted, weights: {near: 0.8, far: 0.2}}\n");
    exact(&models[5], 0, "d.latency.mean", two_mean(two));
    exact(&models[5], 1, "d.latency.p95", quantile(two_tail, two, 0.95));
    set(&models[6], "MMPP/M/1, load 0.73", "matrix-geometric", 10000,
        "arrivals: {process: {mmpp: {rates: [4 /s, 14 /s],"
        " sojourn: [1 s, 0.5 s]}}}\n" EXPONENTIAL
        "deployments: {d: {sites: {q: {tier: bare}}}}\n");
    exact(&models[6], 0, "d.latency.mean", mmpp_mean(bursts));
    exact(&models[6], 1, "d.latency.p95", quantile(mmpp_tail, bursts, 0.95));
}

static void paired_model(struct interval_model *m)
{
    static const double eight[2] = {8.0, 64.0}, nine[2] = {9.0, 64.0};

    set(m, "M/M/9 less M/M/8, paired, load 0.71 and 0.8", "Erlang C", 20000,
        "baseline: small\n"
        "arrivals: {rate: 64 /s}\n" EXPONENTIAL "deployments:\n"
        "  small: {sites: {q: {tier: bare, servers: 8}}}\n"
        "  large: {sites: {q: {tier: bare, servers: 9}}}\n");
    exact(m, 0, "large.difference.latency.mean",
        mmc_mean(nine) - mmc_mean(eight));
    exact(m, 1, "large.difference.latency.p95",
        quantile(mmc_tail, nine, 0.95) - quantile(mmc_tail, eight, 0.95));
}

void interval_models(struct interval_model models[INTERVAL_MODELS])
{
    markov_models(models);
    lognormal_model(&models[3]);
    other_models(models);
    paired_model(&models[7]);
}
