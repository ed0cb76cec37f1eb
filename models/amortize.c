#include "models/amortize.h"

#include <math.h>

#include "sim/units.h"

/* expm1 and log1p keep every digit as r -> 0, where the textbook form
 * subtracts two numbers near 1; at r = 0 the limit is 1/n. */
double mdl_annuity_factor(double r, double n)
{
    const double shrink = -expm1(-n * log1p(r));

    return shrink != 0.0 ? r / shrink : 1.0 / n;
}

double mdl_monthly_rate(double r)
{
    return expm1(log1p(r) / SIM_MONTHS_PER_YR);
}

int mdl_amortize_cost(double price_usd, double salvage_usd, double r, double n,
    int method, double *cost_usd, struct sim_err *err)
{
    const double spread_usd = price_usd - salvage_usd;
    const double cost =
        method == MDL_AMORTIZE_ANNUITY
            ? spread_usd * mdl_annuity_factor(r, n) + salvage_usd * r
            : spread_usd / n;

    if (!isfinite(cost))
        return sim_err_set(err, SIM_E_RANGE,
            "amortized cost is not finite (price %g over %g periods)",
            price_usd, n);
    *cost_usd = cost;
    return SIM_OK;
}

double mdl_book_value_usd(
    double price_usd, double salvage_usd, double life_yr, double age_yr)
{
    const double left = fmin(1.0, fmax(0.0, 1.0 - age_yr / life_yr));

    return salvage_usd + (price_usd - salvage_usd) * left;
}

void mdl_declining_balance(
    double factor, int life_yr, int n_years, double *charge_frac)
{
    double book = 1.0;

    for (int i = 0; i < n_years; i++) {
        const int left_yr = life_yr - i;
        const double straight = left_yr > 0 ? book / left_yr : 0.0;
        const double declining = book * fmin(1.0, factor / life_yr);

        charge_frac[i] = left_yr > 0 ? fmax(straight, declining) : 0.0;
        book -= charge_frac[i];
    }
}
