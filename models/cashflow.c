#include "models/cashflow.h"

#include <math.h>

#include "sim/stats.h"

/* Grid on log(1+r) between the ends of the search: steps of 0.9 %. */
enum { IRR_GRID = 1024, IRR_HALVINGS = 100 };

double mdl_discount(double r, double t_yr)
{
    return exp(-t_yr * log1p(r));
}

/* sum usd exp(-x t), x = log(1+r). */
static double npv_at(const struct mdl_flow *flow, int n, double x)
{
    struct sim_sum sum = {0};

    for (int i = 0; i < n; i++)
        sim_sum_add(&sum, flow[i].usd * exp(-x * flow[i].t_yr));
    return sim_sum_value(&sum);
}

double mdl_npv(const struct mdl_flow *flow, int n, double r)
{
    return npv_at(flow, n, log1p(r));
}

/* The root between a and b, where the value at `a` has the sign of `at_a` and
 * that at b the other.  Bisection: it cannot leave the bracket, and a hundred
 * halvings of 0.009 reach the last bit of any x. */
static double bisect(
    const struct mdl_flow *flow, int n, double a, double b, double at_a)
{
    for (int i = 0; i < IRR_HALVINGS; i++) {
        const double mid = 0.5 * (a + b);
        const double at_mid = npv_at(flow, n, mid);

        if (mid == a || mid == b || at_mid == 0.0)
            return mid;
        if ((at_mid > 0.0) == (at_a > 0.0))
            a = mid;
        else
            b = mid;
    }
    return 0.5 * (a + b);
}

int mdl_irr(const struct mdl_flow *flow, int n, double *root, int max_roots)
{
    const double lo = log1p(MDL_IRR_MIN), hi = log1p(MDL_IRR_MAX);
    int found = 0;
    double prev_x = lo, prev = npv_at(flow, n, lo);

    if (mdl_sign_changes(flow, n) == 0)
        return 0;
    for (int i = 1; i <= IRR_GRID; i++) {
        const double x = lo + (hi - lo) * i / IRR_GRID;
        const double value = npv_at(flow, n, x);
        double at = (double)NAN;

        if (value == 0.0)
            at = x;
        else if (prev != 0.0 && (prev > 0.0) != (value > 0.0))
            at = bisect(flow, n, prev_x, x, prev);
        if (!isnan(at)) {
            if (found < max_roots)
                root[found] = expm1(at);
            found++;
        }
        prev_x = x;
        prev = value;
    }
    return found;
}

int mdl_sign_changes(const struct mdl_flow *flow, int n)
{
    int changes = 0;
    double last = 0.0;

    for (int i = 0; i < n; i++) {
        if (flow[i].usd == 0.0)
            continue;
        if (last != 0.0 && (last > 0.0) != (flow[i].usd > 0.0))
            changes++;
        last = flow[i].usd;
    }
    return changes;
}

double mdl_mirr(const struct mdl_flow *flow, int n, double finance_rate,
    double reinvest_rate)
{
    struct sim_sum in = {0}, out = {0};

    if (n < 2)
        return (double)NAN;
    const double end_yr = flow[n - 1].t_yr;
    for (int i = 0; i < n; i++) {
        const double t_yr = flow[i].t_yr, usd = flow[i].usd;
        if (usd > 0.0)
            sim_sum_add(&in, usd * mdl_discount(reinvest_rate, t_yr - end_yr));
        else
            sim_sum_add(&out, -usd * mdl_discount(finance_rate, t_yr));
    }
    const double future = sim_sum_value(&in), present = sim_sum_value(&out);
    if (!(future > 0.0) || !(present > 0.0) || !(end_yr > 0.0))
        return (double)NAN;
    return expm1(log(future / present) / end_yr);
}

double mdl_payback_yr(const struct mdl_flow *flow, int n, double r)
{
    struct sim_sum total = {0};
    double before = 0.0, before_yr = 0.0, payback_yr = 0.0;

    for (int i = 0; i < n; i++) {
        const double usd = flow[i].usd * mdl_discount(r, flow[i].t_yr);

        sim_sum_add(&total, usd);
        const double now = sim_sum_value(&total);
        if (now < 0.0)
            payback_yr = (double)NAN;
        else if (before < 0.0)
            payback_yr = before_yr + (flow[i].t_yr - before_yr) *
                                         (-before / (now - before));
        before = now;
        before_yr = flow[i].t_yr;
    }
    return payback_yr;
}
