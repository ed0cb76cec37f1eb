#include "models/results/ledger.h"

#include <stddef.h>
#include <string.h>

struct category_row {
    const char *name, *label;
};

/* In the order of enum res_category. */
static const struct category_row categories[RES_N_CATEGORIES] = {
    {"hardware", "Hardware"},
    {"facility", "Facility"},
    {"generation", "Generation"},
    {"energy", "Energy"},
    {"network", "Network"},
    {"egress", "Egress"},
    {"rental", "Rental"},
    {"staff", "Staff"},
    {"repair", "Repair"},
    {"security", "Security"},
    {"software", "Software"},
    {"lease", "Lease"},
    {"latency_penalty", "Latency penalty"},
    {"lost_revenue", "Lost revenue"},
    {"carbon", "Carbon"},
    {"tax", "Tax"},
    {"residual", "Residual value"},
};

static const char *const timings[] = {"year-end", "mid-year", "month-end"};

static const char *const depreciations[RES_N_DEPRECIATIONS] = {"none",
    "straight-line", "macrs-3", "macrs-5", "macrs-7", "macrs-10", "macrs-15",
    "macrs-20", "bonus-100"};

const char *res_category_name(int category)
{
    if (category < 0 || category >= RES_N_CATEGORIES)
        return NULL;
    return categories[category].name;
}

const char *res_category_label(int category)
{
    if (category < 0 || category >= RES_N_CATEGORIES)
        return NULL;
    return categories[category].label;
}

int res_category_find(const char *name)
{
    for (int i = 0; i < RES_N_CATEGORIES; i++) {
        if (strcmp(categories[i].name, name) == 0)
            return i;
    }
    return -1;
}

const char *res_timing_name(int timing)
{
    return timing >= 0 && timing <= RES_MONTH_END ? timings[timing] : NULL;
}

const char *res_depreciation_name(int schedule)
{
    if (schedule < 0 || schedule >= RES_N_DEPRECIATIONS)
        return NULL;
    return depreciations[schedule];
}
