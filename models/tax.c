#include "models/tax.h"

#include "models/results/macrs.h"
#include "sim/stats.h"

double mdl_tax_depreciation(int schedule, double life_yr, int columns_per_yr,
    int n, const double *bought, double *dep)
{
    struct sim_sum basis = {0};

    for (int k = 0; k < n; k++) {
        struct sim_sum sum = {0};

        for (int j = 0; j < k; j++) {
            if (bought[j] == 0.0)
                continue;
            sim_sum_add(&sum, bought[j] * res_depreciation_column(schedule,
                                              k - j, columns_per_yr, life_yr));
        }
        dep[k] = sim_sum_value(&sum);
        sim_sum_add(&basis, bought[k]);
        sim_sum_add(&basis, -dep[k]);
    }
    return sim_sum_value(&basis);
}
