#include "models/money.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "models/staff.h"
#include "sim/stats.h"
#include "sim/units.h"

/* What the quantity of an item is. */
enum basis {
    BUY_SERVERS,     /* capital: servers at time zero */
    BUY_KW,          /* capital: IT kW built */
    BUY_SITE,        /* capital: members */
    AMOUNT,          /* q[quantity] */
    PER_ACCELERATOR, /* q[quantity] / accelerators of a server */
    SERVER_YR,       /* servers x years of the column */
    KW_YR,           /* IT kW x years */
    SITE_YR,         /* members x years */
    SITE_END,        /* members, at the horizon */
};

enum escalation {
    NOMINAL,
    INFLATION,
    ENERGY,
    STAFF,
    HARDWARE,
    NETWORK,
    FACILITY,
    RENT
};

static const char *const escalation_paths[] = {NULL, "finance.inflation",
    "finance.escalation.energy", "finance.escalation.staff",
    "finance.escalation.hardware", "finance.escalation.network",
    "finance.escalation.facility", "finance.escalation.rent"};

#define OWN     (1u << MDL_PROCURE_OWN)
#define COLO    (1u << MDL_PROCURE_COLO)
#define MANAGED (1u << MDL_PROCURE_MANAGED)
#define CLOUD   (1u << MDL_PROCURE_CLOUD)
#define API     (1u << MDL_PROCURE_API)
#define HOUSED  (OWN | COLO)
#define BOUGHT  (OWN | COLO | MANAGED)
#define ANY     (BOUGHT | CLOUD | API)

/* One line of what a site pays.  Paths without "finance." are below the site
 * entry; `price_else` counts when `price` is absent. */
struct item_spec {
    unsigned procure;
    int category;
    const char *label, *unit;
    enum basis basis;
    int quantity; /* enum mdl_quantity */
    int unless; /* quantity that, when present, replaces this item; 0 = none */
    double factor;
    const char *price, *price_else, *price2;
    enum escalation escalation;
};

/* Years of a technician in an hour on site, and in a visit per hour of
 * `travel`: there and back. */
#define HANDS_ON_YR (1.0 / MDL_STAFF_PRODUCTIVE_H_PER_YR)
#define TRAVEL_YR   (2.0 * HANDS_ON_YR)
#define KG_PER_T    1000.0

/* clang-format off */
static const struct item_spec specs[] = {
    {BOUGHT, RES_HARDWARE, "Servers", "server",
     BUY_SERVERS, 0, 0, 1, "cost.server", "hardware.price", NULL, HARDWARE},
    {BOUGHT, RES_HARDWARE, "Installation", "server",
     BUY_SERVERS, 0, 0, 1, "cost.install", NULL, NULL, HARDWARE},
    {ANY, RES_HARDWARE, "Purchase as stated", "site",
     BUY_SITE, 0, 0, 1, "cash.capex", NULL, NULL, NOMINAL},
    {OWN, RES_FACILITY, "Facility", "kW",
     BUY_KW, 0, 0, 1, "facility.price", NULL, NULL, FACILITY},
    {HOUSED, RES_FACILITY, "Cooling water", "L",
     AMOUNT, MDL_Q_WATER_L, 0, 1, "cost.water", NULL, NULL, FACILITY},
    {ANY, RES_FACILITY, "Running cost as stated", "site-year",
     SITE_YR, 0, 0, 1, "cash.opex", NULL, NULL, INFLATION},
    {HOUSED, RES_ENERGY, "Electricity", "kWh",
     AMOUNT, MDL_Q_SITE_KWH, MDL_Q_ENERGY_USD, 1, "energy.price", "energy.price.flat", NULL,
     ENERGY},
    {HOUSED, RES_ENERGY, "Electricity by the hour", "$",
     AMOUNT, MDL_Q_ENERGY_USD, 0, 1, NULL, NULL, NULL, ENERGY},
    {HOUSED, RES_ENERGY, "Demand charges", "kW-month",
     AMOUNT, MDL_Q_BILLED_KW_MONTH, MDL_Q_DEMAND_USD, 1, "energy.demand", NULL, NULL, ENERGY},
    {HOUSED, RES_ENERGY, "Demand charges of the tariff", "$",
     AMOUNT, MDL_Q_DEMAND_USD, 0, 1, NULL, NULL, NULL, ENERGY},
    {BOUGHT, RES_NETWORK, "Circuits", "site-month",
     SITE_YR, 0, 0, SIM_MONTHS_PER_YR, "cost.circuit", NULL, NULL, NETWORK},
    {BOUGHT | CLOUD, RES_EGRESS, "Egress", "GB",
     AMOUNT, MDL_Q_EGRESS_GB, MDL_Q_EGRESS_USD, 1, "cost.egress", NULL, NULL, NETWORK},
    {BOUGHT | CLOUD, RES_EGRESS, "Egress by tiers", "$",
     AMOUNT, MDL_Q_EGRESS_USD, 0, 1, NULL, NULL, NULL, NETWORK},
    {COLO | MANAGED, RES_RENTAL, "Rented power", "kW-month",
     KW_YR, 0, 0, SIM_MONTHS_PER_YR, "cost.rent", NULL, NULL, RENT},
    {MANAGED, RES_RENTAL, "Node fee", "server-month",
     SERVER_YR, 0, 0, SIM_MONTHS_PER_YR, "cost.node_month", NULL, NULL, RENT},
    {CLOUD, RES_RENTAL, "Accelerator-hours", "GPU-h",
     AMOUNT, MDL_Q_GPU_H, 0, 1, "cost.gpu_hour", "hardware.gpu_hour", NULL, RENT},
    {API, RES_RENTAL, "Input tokens", "Mtok",
     AMOUNT, MDL_Q_INPUT_MTOK, 0, 1, "cost.tokens_in", NULL, NULL, RENT},
    {API, RES_RENTAL, "Output tokens", "Mtok",
     AMOUNT, MDL_Q_OUTPUT_MTOK, 0, 1, "cost.tokens_out", NULL, NULL, RENT},
    {API, RES_RENTAL, "Requests", "request",
     AMOUNT, MDL_Q_SERVED, 0, 1, "cost.request", NULL, NULL, RENT},
    {HOUSED, RES_STAFF, "Engineers", "site-year",
     SITE_YR, 0, 0, 1, "staff.wage", NULL, "staff.fte", STAFF},
    {HOUSED, RES_STAFF, "Seats round the clock", "FTE-year/seat",
     SITE_YR, 0, 0, MDL_STAFF_FTE_PER_SEAT, "staff.wage", NULL, "staff.seats", STAFF},
    {BOUGHT, RES_REPAIR, "Maintenance", "server-year",
     SERVER_YR, 0, 0, 1, "cost.server", "hardware.price", "cost.maintenance", HARDWARE},
    {BOUGHT, RES_REPAIR, "Server parts", "failure",
     AMOUNT, MDL_Q_SERVER_FAILURES, 0, 1, "cost.server", "hardware.price", "cost.repair", HARDWARE},
    {BOUGHT, RES_REPAIR, "Accelerator parts", "server",
     PER_ACCELERATOR, MDL_Q_ACCELERATOR_FAILURES, 0, 1, "cost.server", "hardware.price",
     "cost.accelerator", HARDWARE},
    {HOUSED, RES_REPAIR, "Visits", "visit",
     AMOUNT, MDL_Q_VISITS, 0, 1, "staff.visit", NULL, NULL, STAFF},
    {HOUSED, RES_REPAIR, "Technicians on the road", "FTE-year/h",
     AMOUNT, MDL_Q_VISITS, 0, TRAVEL_YR, "staff.technician", NULL, "staff.travel", STAFF},
    {HOUSED, RES_REPAIR, "Technicians on site", "FTE-year",
     AMOUNT, MDL_Q_HANDS_ON_H, 0, HANDS_ON_YR, "staff.technician", NULL, NULL, STAFF},
    {BOUGHT, RES_SECURITY, "Site security", "site-year",
     SITE_YR, 0, 0, 1, "cost.security", NULL, NULL, INFLATION},
    {BOUGHT, RES_SOFTWARE, "Licences", "server-year",
     SERVER_YR, 0, 0, 1, "cost.licences", NULL, NULL, INFLATION},
    {ANY, RES_LATENCY_PENALTY, "Latency penalty", "$",
     AMOUNT, MDL_Q_PENALTY_USD, 0, 1, NULL, NULL, NULL, INFLATION},
    {ANY, RES_LOST_REVENUE, "Lost requests", "$",
     AMOUNT, MDL_Q_LOST_USD, 0, 1, NULL, NULL, NULL, INFLATION},
    {ANY, RES_CARBON, "Emissions", "t",
     AMOUNT, MDL_Q_CARBON_KG, 0, 1.0 / KG_PER_T, "finance.carbon_price", NULL, NULL, INFLATION},
    {ANY, RES_RESIDUAL, "Residual as stated", "site",
     SITE_END, 0, 0, -1, "cash.residual", NULL, NULL, NOMINAL},
};
/* clang-format on */

enum { N_SPECS = sizeof specs / sizeof specs[0] };

static int columns_per_yr(int timing)
{
    return timing == RES_MONTH_END ? SIM_MONTHS_PER_YR : 1;
}

int mdl_money_columns(int timing, double horizon_yr)
{
    const double columns = horizon_yr * columns_per_yr(timing);

    /* 18 months as years x 12 must not become 19 by the last bit. */
    return 1 + (int)ceil(columns * (1.0 - 1e-12));
}

double mdl_money_column_end_yr(int timing, double horizon_yr, int k)
{
    return fmin((double)k / columns_per_yr(timing), horizon_yr);
}

double mdl_money_column_yr(int timing, double horizon_yr, int k)
{
    if (k < 1)
        return 0.0;
    const double whole = 1.0 / columns_per_yr(timing);
    const double from = (double)(k - 1) / columns_per_yr(timing);

    /* not a difference of ends: a whole month is 1/12 exactly */
    return fmin(whole, fmax(0.0, horizon_yr - from));
}

static int no_memory(struct sim_err *err)
{
    return sim_err_set(err, SIM_E_NOMEM, "out of memory");
}

int mdl_usage_init(struct mdl_usage *usage, int n_columns,
    struct sim_arena *arena, struct sim_err *err)
{
    const size_t n = (size_t)n_columns;
    double *block =
        sim_arena_calloc(arena, n * MDL_N_QUANTITIES, sizeof *block);

    if (block == NULL)
        return no_memory(err);
    *usage = (struct mdl_usage){.members = 1.0};
    for (int i = 0; i < MDL_N_QUANTITIES; i++)
        usage->q[i] = block + (size_t)i * n;
    return SIM_OK;
}

void mdl_usage_mean(const struct mdl_usage *reps, int n_reps, int n_entries,
    int n_columns, struct mdl_usage *mean)
{
    for (int e = 0; e < n_entries; e++) {
        mean[e].members = reps[e].members;
        mean[e].accelerators = reps[e].accelerators;
        for (int i = 0; i < MDL_N_QUANTITIES; i++) {
            for (int k = 0; k < n_columns; k++) {
                struct sim_sum sum = {0};
                for (int r = 0; r < n_reps; r++)
                    sim_sum_add(&sum, reps[r * n_entries + e].q[i][k]);
                mean[e].q[i][k] = sim_sum_value(&sum) / n_reps;
            }
        }
    }
}

/* What the making of one ledger needs at hand. */
struct maker {
    const struct mdl_money_plan *plan;
    const struct res_run *run;
    struct sim_arena *arena;
    struct res_ledger *ledger;
    const struct mdl_money_entry *entry;
    const struct mdl_usage *usage;
    const char *entry_name; /* copy in the arena */
};

static int usable_input(const struct res_run *run, const char *path)
{
    const int i = res_input_find(run, path);

    if (i < 0 || !run->inputs[i].numeric || !isfinite(run->inputs[i].value))
        return -1;
    return i;
}

/* Index of an input of the entry or of finance; -1 when absent. */
static int input_of(const struct maker *m, const char *key)
{
    char path[512];
    int n;

    if (key == NULL)
        return -1;
    if (strncmp(key, "finance.", strlen("finance.")) == 0)
        return usable_input(m->run, key);
    n = snprintf(path, sizeof path, "deployments.%s.sites.%s.%s",
        m->plan->deployment, m->entry->name, key);
    return n > 0 && (size_t)n < sizeof path ? usable_input(m->run, path) : -1;
}

static int input_or(const struct maker *m, const char *key, const char *other)
{
    const int i = input_of(m, key);

    return i >= 0 ? i : input_of(m, other);
}

/* Quantity of an item in column k. */
static double quantity_of(
    const struct maker *m, const struct item_spec *spec, int k)
{
    const struct mdl_usage *u = m->usage;
    const int last = m->ledger->n_columns - 1;
    const double yr =
        mdl_money_column_yr(m->plan->timing, m->plan->horizon_yr, k);
    const double count = u->q[MDL_Q_SERVERS][k];
    const double servers = isfinite(count) ? count : 0.0;

    switch (spec->basis) {
    case BUY_SERVERS:
        return k == 0 ? spec->factor * servers : 0.0;
    case BUY_KW:
        return k == 0 ? spec->factor * u->q[MDL_Q_IT_KW][0] : 0.0;
    case BUY_SITE:
        return k == 0 ? spec->factor * u->members : 0.0;
    case AMOUNT:
        return k > 0 ? spec->factor * u->q[spec->quantity][k] : 0.0;
    case PER_ACCELERATOR:
        return k > 0 && u->accelerators > 0.0
                   ? spec->factor * u->q[spec->quantity][k] / u->accelerators
                   : 0.0;
    case SERVER_YR:
        return spec->factor * servers * yr;
    case KW_YR:
        return spec->factor * u->q[MDL_Q_IT_KW][k] * yr;
    case SITE_YR:
        return spec->factor * u->members * yr;
    case SITE_END:
        return k == last ? spec->factor * u->members : 0.0;
    }
    return 0.0;
}

static bool has_quantity(const struct maker *m, int quantity)
{
    for (int k = 1; k < m->ledger->n_columns; k++) {
        if (m->usage->q[quantity][k] != 0.0)
            return true;
    }
    return false;
}

static bool applies(const struct maker *m, const struct item_spec *spec)
{
    if ((spec->procure & (1u << m->entry->procure)) == 0)
        return false;
    if (spec->unless != 0 && has_quantity(m, spec->unless))
        return false;
    if (spec->price != NULL && input_or(m, spec->price, spec->price_else) < 0)
        return false;
    if (spec->price2 != NULL && input_of(m, spec->price2) < 0)
        return false;
    for (int k = 0; k < m->ledger->n_columns; k++) {
        if (quantity_of(m, spec, k) != 0.0)
            return true;
    }
    return false;
}

/* Life and tax schedule of a purchase. */
static void set_capital(
    const struct maker *m, const struct item_spec *spec, struct res_item *item)
{
    const int own = m->entry->depreciation;

    item->capital = true;
    item->life = -1;
    item->depreciation = m->plan->depreciation;
    if (spec->basis == BUY_SERVERS) {
        item->life = input_or(m, "cost.life", "hardware.life");
        if (own != MDL_DEP_AS_FINANCE)
            item->depreciation = own;
    } else if (spec->basis == BUY_KW) {
        item->life = input_of(m, "facility.life");
        item->depreciation = m->entry->facility_depreciation;
    }
}

static int add_item(
    struct maker *m, const struct item_spec *spec, struct sim_err *err)
{
    const size_t n = (size_t)m->ledger->n_columns;
    double *block = sim_arena_calloc(m->arena, 5 * n, sizeof *block);
    struct res_item *item = &m->ledger->items[m->ledger->n_items];
    int escalation = input_of(m, escalation_paths[spec->escalation]);

    if (block == NULL)
        return no_memory(err);
    if (escalation < 0 && spec->escalation != NOMINAL)
        escalation = m->ledger->in_inflation;
    *item = (struct res_item){.entry = m->entry_name,
        .category = spec->category,
        .label = spec->label,
        .unit = spec->unit,
        .price = input_or(m, spec->price, spec->price_else),
        .price2 = input_of(m, spec->price2),
        .escalation = escalation,
        .life = -1,
        .quantity = block,
        .index = block + n,
        .amount = block + 2 * n};
    if (spec->unit[0] == '$')
        item->unit =
            m->run->meta.currency != NULL ? m->run->meta.currency : "USD";
    if (spec->basis <= BUY_SITE) {
        set_capital(m, spec, item);
        item->flag = block + 3 * n;
        item->dep = block + 4 * n;
    }
    for (int k = 0; k < m->ledger->n_columns; k++)
        item->quantity[k] = quantity_of(m, spec, k);
    m->ledger->n_items++;
    return SIM_OK;
}

/* The ledger's arrays, its axis and its items' places. */
static int new_ledger(struct maker *m, struct sim_err *err)
{
    const struct mdl_money_plan *plan = m->plan;
    const int columns = mdl_money_columns(plan->timing, plan->horizon_yr);
    const size_t n = (size_t)columns;
    enum { N_ARRAYS = 7 + RES_N_CATEGORIES };
    struct res_ledger *l = sim_arena_calloc(m->arena, 1, sizeof *l);
    double *block = sim_arena_calloc(m->arena, N_ARRAYS * n, sizeof *block);

    if (l == NULL || block == NULL)
        return no_memory(err);
    l->items = sim_arena_calloc(
        m->arena, (size_t)plan->n_entries * N_SPECS, sizeof *l->items);
    if (l->items == NULL)
        return no_memory(err);
    l->n_columns = columns;
    l->timing = plan->timing;
    l->columns_per_yr = columns_per_yr(plan->timing);
    l->in_discount = usable_input(m->run, "finance.discount_rate");
    l->in_tax_rate = usable_input(m->run, "finance.tax_rate");
    l->in_inflation = usable_input(m->run, "finance.inflation");
    l->years = block;
    l->discount_op = block + n;
    l->discount_cap = block + 2 * n;
    l->total = block + 3 * n;
    l->depreciation = block + 4 * n;
    l->tax_base = block + 5 * n;
    l->units = block + 6 * n;
    for (int c = 0; c < RES_N_CATEGORIES; c++)
        l->category[c] = block + (size_t)(7 + c) * n;
    for (int k = 0; k < columns; k++)
        l->years[k] =
            mdl_money_column_end_yr(plan->timing, plan->horizon_yr, k);
    m->ledger = l;
    return SIM_OK;
}

static void sum_units(const struct maker *m, const struct mdl_usage *usage)
{
    for (int k = 1; k < m->ledger->n_columns; k++) {
        struct sim_sum sum = {0};
        for (int e = 0; e < m->plan->n_entries; e++)
            sim_sum_add(&sum, usage[e].q[MDL_Q_SERVED][k]);
        m->ledger->units[k] = sim_sum_value(&sum);
    }
}

int mdl_money_ledger(const struct mdl_money_plan *plan,
    const struct res_run *run, const struct mdl_usage *usage,
    struct sim_arena *arena, struct res_ledger **out, struct sim_err *err)
{
    struct maker m = {.plan = plan, .run = run, .arena = arena};
    int rc = new_ledger(&m, err);

    if (rc != SIM_OK)
        return rc;
    sum_units(&m, usage);
    for (int e = 0; e < plan->n_entries; e++) {
        m.entry = &plan->entries[e];
        m.usage = &usage[e];
        m.entry_name = sim_arena_strdup(arena, m.entry->name);
        if (m.entry_name == NULL)
            return no_memory(err);
        for (int i = 0; i < N_SPECS; i++) {
            if (!applies(&m, &specs[i]))
                continue;
            rc = add_item(&m, &specs[i], err);
            if (rc != SIM_OK)
                return rc;
        }
    }
    rc = mdl_ledger_evaluate(m.ledger, run, err);
    if (rc != SIM_OK)
        return sim_err_wrap(err, rc, "deployment '%s'", plan->deployment);
    *out = m.ledger;
    return SIM_OK;
}

static bool has_price(const struct res_run *run, const struct res_item *item)
{
    return (item->price < 0 || run->inputs[item->price].value != 0.0) &&
           (item->price2 < 0 || run->inputs[item->price2].value != 0.0);
}

int mdl_money_build(const struct mdl_money_plan *plan,
    const struct res_run *run, const struct mdl_usage *usage,
    struct sim_arena *arena, struct res_ledger **out, struct sim_err *err)
{
    struct res_ledger *ledger = NULL;
    const int rc = mdl_money_ledger(plan, run, usage, arena, &ledger, err);
    bool any = false;

    if (rc != SIM_OK)
        return rc;
    for (int i = 0; i < ledger->n_items; i++)
        any = any || has_price(run, &ledger->items[i]);
    *out = any ? ledger : NULL;
    return SIM_OK;
}
