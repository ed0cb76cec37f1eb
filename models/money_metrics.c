/* The figures of a deployment from its ledger, with intervals from the ledgers
 * of the single replications. */
#include "models/money.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "models/cashflow.h"
#include "sim/stats.h"
#include "sim/units.h"

enum figure {
    F_NPV,
    F_TOTAL,
    F_EQUIVALENT_ANNUAL,
    F_BEFORE_TAX,
    F_CAPEX,
    F_REFRESH,
    F_CAPEX_ANNUAL,
    F_OPEX,
    F_REQUESTS,
    F_REQUESTS_RESERVED,
    F_TOKENS,
    F_TOKENS_RESERVED,
    F_TOKENS_IN,
    F_TOKENS_OUT,
    F_GPU_H,
    F_GPU_H_RESERVED,
    F_IT_KWH,
    F_IT_KWH_RESERVED,
    F_GAIN, /* against the baseline from here on */
    F_IRR,
    F_MIRR,
    F_PAYBACK,
    F_PAYBACK_DISCOUNTED,
    F_CATEGORY,                             /* tco.<category> */
    F_YEAR = F_CATEGORY + RES_N_CATEGORIES, /* year.0, year.1 ... */
};

/* Names of the figures before F_CATEGORY.  `optional`: left out where there
 * is nothing to divide by, as with tokens in a study without tokens. */
static const struct {
    const char *name;
    bool optional;
} figures[F_CATEGORY] = {
    {"tco.npv", false},
    {"tco.total", false},
    {"tco.equivalent_annual", false},
    {"tco.npv_before_tax", false},
    {"capex", false},
    {"capex_refresh", false},
    {"capex.equivalent_annual", false},
    {"opex_per_year", false},
    {"cost.per_million_requests", false},
    {"cost.per_million_requests.reserved", true},
    {"cost.per_million_tokens", true},
    {"cost.per_million_tokens.reserved", true},
    {"cost.per_million_input_tokens", true},
    {"cost.per_million_output_tokens", true},
    {"cost.per_gpu_hour", true},
    {"cost.per_gpu_hour.reserved", true},
    {"cost.per_it_kwh", true},
    {"cost.per_it_kwh.reserved", true},
    {"npv_gain", false},
    {"irr", false},
    {"mirr", false},
    {"payback", false},
    {"payback.discounted", false},
};

enum { MAX_ROOTS = 4 };

/* The figures of one ledger; `why` tells what an undefined one lacks. */
struct sheet {
    double *value;    /* [n_figures] */
    const char **why; /* [n_figures], NULL entries */
    char text[160];   /* of a reason made up on the way */
};

/* One look at a deployment: expected, or a replication. */
struct look {
    const struct mdl_money_plan *plan;
    const struct res_ledger *ledger;
    const struct mdl_usage *usage; /* [n_entries] */
};

static int no_memory(struct sim_err *err)
{
    return sim_err_set(err, SIM_E_NOMEM, "out of memory");
}

/* Purchases and residual values of column k; the rest of total[k] is running
 * cost and tax, which other timings date differently. */
static double capital_of(const struct res_ledger *l, int k)
{
    struct sim_sum sum = {0};

    for (int i = 0; i < l->n_items; i++) {
        if (l->items[i].capital)
            sim_sum_add(&sum, l->items[i].amount[k]);
    }
    sim_sum_add(&sum, l->category[RES_RESIDUAL][k]);
    return sim_sum_value(&sum);
}

static void set_capital(const struct res_ledger *l, double *value)
{
    struct sim_sum later = {0}, first = {0}, pv = {0}, running = {0};

    for (int i = 0; i < l->n_items; i++) {
        const struct res_item *item = &l->items[i];

        if (item->capital) {
            sim_sum_add(&first, item->amount[0]);
            sim_sum_add(&pv, item->pv);
        }
        for (int k = 1; k < l->n_columns; k++) {
            if (item->capital)
                sim_sum_add(&later, item->amount[k]);
            else if (item->category != RES_RESIDUAL)
                sim_sum_add(&running, item->amount[k]);
        }
    }
    sim_sum_add(&pv, l->pv[RES_RESIDUAL]);
    value[F_CAPEX] = sim_sum_value(&first);
    value[F_REFRESH] = sim_sum_value(&later);
    value[F_CAPEX_ANNUAL] = l->annuity * sim_sum_value(&pv);
    value[F_OPEX] = sim_sum_value(&running) / l->years[l->n_columns - 1];
}

/* Units of a kind used or available in column k, over the entries. */
static double units_of(const struct look *look, enum figure f, int k)
{
    const struct mdl_money_plan *plan = look->plan;
    struct sim_sum sum = {0};

    for (int e = 0; e < plan->n_entries; e++) {
        double *const *q = look->usage[e].q;
        const double in = q[MDL_Q_INPUT_MTOK][k];
        const double out = q[MDL_Q_OUTPUT_MTOK][k];
        const double served = q[MDL_Q_SERVED][k];
        const double column_h = SIM_H_PER_YR * mdl_money_column_yr(plan->timing,
                                                   plan->horizon_yr, k);
        double units = 0.0;

        if (f == F_REQUESTS)
            units = served / SIM_PER_MILLION;
        else if (f == F_REQUESTS_RESERVED)
            units = q[MDL_Q_CAPACITY][k] / SIM_PER_MILLION;
        else if (f == F_TOKENS)
            units = in + out;
        else if (f == F_TOKENS_RESERVED && served > 0.0)
            units = (in + out) * (q[MDL_Q_CAPACITY][k] / served);
        else if (f == F_TOKENS_IN)
            units = in;
        else if (f == F_TOKENS_OUT)
            units = out;
        else if (f == F_GPU_H)
            units = q[MDL_Q_GPU_BUSY_H][k];
        else if (f == F_GPU_H_RESERVED)
            units = q[MDL_Q_GPU_H][k];
        else if (f == F_IT_KWH)
            units = q[MDL_Q_IT_KWH][k];
        else if (f == F_IT_KWH_RESERVED)
            units = q[MDL_Q_IT_KW][k] * column_h;
        sim_sum_add(&sum, units);
    }
    return sim_sum_value(&sum);
}

static void set_unit_costs(const struct look *look, struct sheet *sheet)
{
    const struct res_ledger *l = look->ledger;

    for (int f = F_REQUESTS; f <= F_IT_KWH_RESERVED; f++) {
        struct sim_sum pv = {0};

        for (int k = 1; k < l->n_columns; k++)
            sim_sum_add(
                &pv, units_of(look, (enum figure)f, k) * l->discount_op[k]);
        const double units = sim_sum_value(&pv);
        if (units > 0.0)
            sheet->value[f] = l->npv / units;
        else
            sheet->why[f] = "no request is served";
    }
}

/* What self saves against base, dated: capital first, then the rest, in the
 * order of time.  @return the number of flows, at most 2 n_columns */
static int saved_flows(const struct res_ledger *base,
    const struct res_ledger *self, struct mdl_flow *flow)
{
    int n = 0;

    for (int k = 0; k < self->n_columns; k++) {
        const double total = base->total[k] - self->total[k];

        if (self->timing != RES_MID_YEAR || k == 0) {
            flow[n++] = (struct mdl_flow){self->years[k], total};
            continue;
        }
        const double capital = capital_of(base, k) - capital_of(self, k);
        const double mid_yr = 0.5 * (self->years[k - 1] + self->years[k]);
        flow[n++] = (struct mdl_flow){mid_yr, total - capital};
        /* an empty date would bend the payback between its neighbours; the
         * last one stays, as the horizon counts */
        if (capital != 0.0 || k == self->n_columns - 1)
            flow[n++] = (struct mdl_flow){self->years[k], capital};
    }
    return n;
}

static void set_irr(const struct mdl_flow *flow, int n, struct sheet *sheet)
{
    double root[MAX_ROOTS] = {0};
    const int found = mdl_irr(flow, n, root, MAX_ROOTS);

    if (found == 1) {
        sheet->value[F_IRR] = root[0];
    } else if (found > 1) {
        snprintf(sheet->text, sizeof sheet->text,
            "%d rates make the present value zero, among them %.4g %% and "
            "%.4g %%",
            found, root[0] * 100.0, root[1] * 100.0);
        sheet->why[F_IRR] = sheet->text;
    } else {
        sheet->why[F_IRR] =
            mdl_sign_changes(flow, n) == 0
                ? "the flows against the baseline never change sign"
                : "no rate between -99 % and 10,000 % makes the present value "
                  "zero";
    }
}

/* @param flow  scratch, [2 n_columns] */
static void set_returns(const struct res_run *run, const struct look *self,
    const struct look *base, struct mdl_flow *flow, struct sheet *sheet)
{
    const int n = saved_flows(base->ledger, self->ledger, flow);
    const int in = self->ledger->in_discount;
    const double r = in >= 0 ? run->inputs[in].value : 0.0;
    double *value = sheet->value;

    value[F_GAIN] = base->ledger->npv - self->ledger->npv;
    set_irr(flow, n, sheet);
    value[F_MIRR] = mdl_mirr(flow, n, r, r);
    if (isnan(value[F_MIRR]))
        sheet->why[F_MIRR] = "the flows against the baseline never change sign";
    value[F_PAYBACK] = mdl_payback_yr(flow, n, 0.0);
    value[F_PAYBACK_DISCOUNTED] = mdl_payback_yr(flow, n, r);
    for (int f = F_PAYBACK; f <= F_PAYBACK_DISCOUNTED; f++) {
        if (isnan(value[f]))
            sheet->why[f] = "not paid back within the horizon";
    }
}

/* Year 0 is time zero, year y the columns that end in it. */
static void set_years(const struct res_ledger *l, double *year)
{
    year[0] = l->total[0];
    for (int first = 1; first < l->n_columns; first += l->columns_per_yr) {
        struct sim_sum sum = {0};

        for (int k = first; k < first + l->columns_per_yr && k < l->n_columns;
             k++)
            sim_sum_add(&sum, l->total[k]);
        year[1 + (first - 1) / l->columns_per_yr] = sim_sum_value(&sum);
    }
}

static int year_count(const struct res_ledger *l)
{
    return 1 + (l->n_columns - 2 + l->columns_per_yr) / l->columns_per_yr;
}

static void fill_sheet(const struct res_run *run, const struct look *self,
    const struct look *base, struct mdl_flow *flow, struct sheet *sheet)
{
    const struct res_ledger *l = self->ledger;
    double *value = sheet->value;

    for (int f = 0; f < F_CATEGORY; f++) {
        value[f] = (double)NAN;
        sheet->why[f] = NULL;
    }
    value[F_NPV] = l->npv;
    value[F_TOTAL] = l->undiscounted;
    value[F_EQUIVALENT_ANNUAL] = l->npv * l->annuity;
    value[F_BEFORE_TAX] = l->npv_before_tax;
    set_capital(l, value);
    set_unit_costs(self, sheet);
    if (base->ledger != NULL)
        set_returns(run, self, base, flow, sheet);
    for (int c = 0; c < RES_N_CATEGORIES; c++)
        value[F_CATEGORY + c] = l->pv[c];
    set_years(l, value + F_YEAR);
}

/* Figures of replication r into row r of `table` [n_reps x n_figures]; its
 * ledgers live in `scratch` until the next one. */
static int fill_replication(const struct res_run *run,
    const struct mdl_money_case *self, const struct mdl_money_case *baseline,
    int r, struct sim_arena *scratch, struct mdl_flow *flow,
    struct sheet *sheet, struct sim_err *err)
{
    struct look own = {.plan = self->plan,
        .usage = self->reps + (size_t)r * (size_t)self->plan->n_entries};
    struct look base = {0};
    struct res_ledger *ledger = NULL;
    int rc =
        mdl_money_ledger(self->plan, run, own.usage, scratch, &ledger, err);

    if (rc != SIM_OK)
        return rc;
    own.ledger = ledger;
    if (baseline != NULL && r < baseline->n_reps) {
        base.plan = baseline->plan;
        base.usage =
            baseline->reps + (size_t)r * (size_t)baseline->plan->n_entries;
        rc =
            mdl_money_ledger(base.plan, run, base.usage, scratch, &ledger, err);
        if (rc != SIM_OK)
            return rc;
        base.ledger = ledger;
    } else if (baseline != NULL) {
        base.plan = baseline->plan;
        base.ledger = baseline->ledger;
    }
    fill_sheet(run, &own, &base, flow, sheet);
    return SIM_OK;
}

/* Value of the expected ledger with the t interval over replications. */
static struct res_estimate estimate(double value, const char *why,
    const double *x, const double *ones, int n, double level)
{
    struct sim_interval interval = {0};
    struct res_estimate est = res_exact(value);
    bool varies = false;

    if (isnan(value))
        return res_undefined(why);
    for (int r = 1; r < n; r++)
        varies = varies || x[r] != x[0];
    if (!varies)
        return est; /* no draw enters it: exact */
    sim_ratio_estimate(x, ones, n, level, &interval);
    est.half_width = interval.half_width;
    est.n = n;
    if (isnan(est.half_width))
        est.reason = "undefined in some replications";
    return est;
}

static const char *figure_name(
    const char *deployment, int f, char *scope, char *name, size_t size)
{
    snprintf(scope, size, "%s", deployment);
    if (f < F_CATEGORY)
        return figures[f].name;
    if (f < F_YEAR) {
        snprintf(name, size, "tco.%s", res_category_name(f - F_CATEGORY));
        return name;
    }
    snprintf(scope, size, "%s.year.%d", deployment, f - F_YEAR);
    return "tco.total";
}

/* All that the intervals are made of, in the scratch arena. */
struct table {
    int n_figures, n_reps;
    double *x;    /* [n_figures x n_reps]: the replications of a figure lie
                   * together */
    double *ones; /* [n_reps] */
    struct sheet mean;
};

static int put_all(struct res_run *run, const struct mdl_money_case *self,
    const struct table *table, struct sim_err *err)
{
    char scope[256], text[64];

    for (int f = 0; f < table->n_figures; f++) {
        const double value = table->mean.value[f];
        const char *name =
            figure_name(self->plan->deployment, f, scope, text, sizeof text);
        const char *why = f < F_CATEGORY ? table->mean.why[f] : NULL;

        if (isnan(value) && f < F_CATEGORY && figures[f].optional)
            continue;
        const struct res_estimate est =
            estimate(value, why, table->x + (size_t)f * (size_t)table->n_reps,
                table->ones, table->n_reps, run->meta.level);
        if (res_put(run, scope, name, est) != SIM_OK)
            return no_memory(err);
    }
    return SIM_OK;
}

/* Sheet of every replication, turned into rows by figure. */
static int fill_table(const struct res_run *run,
    const struct mdl_money_case *self, const struct mdl_money_case *baseline,
    struct mdl_flow *flow, struct sheet *sheet, struct table *table,
    struct sim_err *err)
{
    struct sim_arena scratch = {0};
    int rc = SIM_OK;

    for (int r = 0; r < table->n_reps && rc == SIM_OK; r++) {
        rc = fill_replication(
            run, self, baseline, r, &scratch, flow, sheet, err);
        table->ones[r] = 1.0;
        for (int f = 0; f < table->n_figures && rc == SIM_OK; f++)
            table->x[(size_t)f * (size_t)table->n_reps + (size_t)r] =
                sheet->value[f];
        sim_arena_release(&scratch);
    }
    return rc;
}

int mdl_money_metrics(struct res_run *run, const struct mdl_money_case *self,
    const struct mdl_money_case *baseline, struct sim_err *err)
{
    const struct mdl_money_case *other = baseline == self ? NULL : baseline;
    const size_t n = (size_t)F_YEAR + (size_t)year_count(self->ledger);
    const size_t n_reps = (size_t)self->n_reps;
    const struct look own = {self->plan, self->ledger, self->mean};
    struct look base = {0};
    struct sim_arena scratch = {0};
    int rc;

    struct table table = {.n_figures = (int)n,
        .n_reps = self->n_reps,
        .x = sim_arena_calloc(&scratch, n * n_reps, sizeof *table.x),
        .ones = sim_arena_calloc(&scratch, n_reps, sizeof *table.ones)};
    struct sheet one = {
        .value = sim_arena_calloc(&scratch, n, sizeof *one.value),
        .why = sim_arena_calloc(&scratch, F_CATEGORY, sizeof *one.why)};
    struct mdl_flow *flow = sim_arena_calloc(
        &scratch, 2 * (size_t)self->ledger->n_columns, sizeof *flow);
    table.mean.value = sim_arena_calloc(&scratch, n, sizeof *one.value);
    table.mean.why = sim_arena_calloc(&scratch, F_CATEGORY, sizeof *one.why);
    if (table.x == NULL || table.ones == NULL || one.value == NULL ||
        one.why == NULL || flow == NULL || table.mean.value == NULL ||
        table.mean.why == NULL) {
        rc = no_memory(err);
        goto out;
    }
    if (other != NULL)
        base = (struct look){other->plan, other->ledger, other->mean};
    fill_sheet(run, &own, &base, flow, &table.mean);
    for (int f = F_GAIN; other == NULL && f < F_CATEGORY; f++)
        table.mean.why[f] = baseline == self
                                ? "this deployment is the baseline"
                                : "there is no baseline to compare with";
    rc = fill_table(run, self, other, flow, &one, &table, err);
    if (rc == SIM_OK)
        rc = put_all(run, self, &table, err);
out:
    sim_arena_release(&scratch);
    return rc;
}
