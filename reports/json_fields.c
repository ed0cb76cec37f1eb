#include "reports/json_fields.h"

#include "models/results/results.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof(a)[0]))
#define TABLE(T, a)                                                            \
    {                                                                          \
        .fields = (a), .n_fields = COUNT(a), .size = sizeof(struct T)          \
    }
#define AT(T, m) .offset = offsetof(struct T, m)

static const char *verdict_name(int verdict)
{
    static const char *const names[] = {
        [RES_FAIL] = "fail",
        [RES_PASS] = "pass",
        [RES_CLOSE_PASS] = "close-pass",
        [RES_CLOSE_FAIL] = "close-fail",
    };

    return verdict >= 0 && verdict < COUNT(names) ? names[verdict] : NULL;
}

#define OPTIONAL .nullable = true
#define CATEGORY .names = res_category_name, .n_names = RES_N_CATEGORIES
#define TIMING   .names = res_timing_name, .n_names = RES_MONTH_END + 1
#define SCHEDULE .names = res_depreciation_name, .n_names = RES_N_DEPRECIATIONS
#define VERDICT  .names = verdict_name, .n_names = RES_CLOSE_FAIL + 1

/* clang-format off */
static const struct rep_field item_fields[] = {
    {"amount", REP_ARRAY, AT(res_item, amount)},
    {"capital", REP_BOOL, AT(res_item, capital)},
    {"category", REP_ENUM, AT(res_item, category), CATEGORY},
    {"dep", REP_ARRAY, AT(res_item, dep), OPTIONAL},
    {"depreciation", REP_ENUM, AT(res_item, depreciation), SCHEDULE},
    {"entry", REP_STRING, AT(res_item, entry)},
    {"escalation", REP_INPUT, AT(res_item, escalation)},
    {"flag", REP_ARRAY, AT(res_item, flag), OPTIONAL},
    {"index", REP_ARRAY, AT(res_item, index)},
    {"label", REP_STRING, AT(res_item, label)},
    {"life", REP_INPUT, AT(res_item, life)},
    {"price", REP_INPUT, AT(res_item, price)},
    {"price2", REP_INPUT, AT(res_item, price2)},
    {"pv", REP_F64, AT(res_item, pv)},
    {"quantity", REP_ARRAY, AT(res_item, quantity)},
    {"residual", REP_F64, AT(res_item, residual)},
    {"undepreciated", REP_F64, AT(res_item, undepreciated)},
    {"unit", REP_STRING, AT(res_item, unit)},
};

static const struct rep_field category_fields[] = {
    {"carbon", REP_ARRAY, AT(res_ledger, category[RES_CARBON]), OPTIONAL},
    {"egress", REP_ARRAY, AT(res_ledger, category[RES_EGRESS]), OPTIONAL},
    {"energy", REP_ARRAY, AT(res_ledger, category[RES_ENERGY]), OPTIONAL},
    {"facility", REP_ARRAY, AT(res_ledger, category[RES_FACILITY]), OPTIONAL},
    {"generation", REP_ARRAY, AT(res_ledger, category[RES_GENERATION]), OPTIONAL},
    {"hardware", REP_ARRAY, AT(res_ledger, category[RES_HARDWARE]), OPTIONAL},
    {"latency_penalty", REP_ARRAY, AT(res_ledger, category[RES_LATENCY_PENALTY]), OPTIONAL},
    {"lease", REP_ARRAY, AT(res_ledger, category[RES_LEASE]), OPTIONAL},
    {"lost_revenue", REP_ARRAY, AT(res_ledger, category[RES_LOST_REVENUE]), OPTIONAL},
    {"network", REP_ARRAY, AT(res_ledger, category[RES_NETWORK]), OPTIONAL},
    {"rental", REP_ARRAY, AT(res_ledger, category[RES_RENTAL]), OPTIONAL},
    {"repair", REP_ARRAY, AT(res_ledger, category[RES_REPAIR]), OPTIONAL},
    {"residual", REP_ARRAY, AT(res_ledger, category[RES_RESIDUAL]), OPTIONAL},
    {"security", REP_ARRAY, AT(res_ledger, category[RES_SECURITY]), OPTIONAL},
    {"software", REP_ARRAY, AT(res_ledger, category[RES_SOFTWARE]), OPTIONAL},
    {"staff", REP_ARRAY, AT(res_ledger, category[RES_STAFF]), OPTIONAL},
    {"tax", REP_ARRAY, AT(res_ledger, category[RES_TAX]), OPTIONAL},
};

static const struct rep_field pv_fields[] = {
    {"carbon", REP_F64, AT(res_ledger, pv[RES_CARBON])},
    {"egress", REP_F64, AT(res_ledger, pv[RES_EGRESS])},
    {"energy", REP_F64, AT(res_ledger, pv[RES_ENERGY])},
    {"facility", REP_F64, AT(res_ledger, pv[RES_FACILITY])},
    {"generation", REP_F64, AT(res_ledger, pv[RES_GENERATION])},
    {"hardware", REP_F64, AT(res_ledger, pv[RES_HARDWARE])},
    {"latency_penalty", REP_F64, AT(res_ledger, pv[RES_LATENCY_PENALTY])},
    {"lease", REP_F64, AT(res_ledger, pv[RES_LEASE])},
    {"lost_revenue", REP_F64, AT(res_ledger, pv[RES_LOST_REVENUE])},
    {"network", REP_F64, AT(res_ledger, pv[RES_NETWORK])},
    {"rental", REP_F64, AT(res_ledger, pv[RES_RENTAL])},
    {"repair", REP_F64, AT(res_ledger, pv[RES_REPAIR])},
    {"residual", REP_F64, AT(res_ledger, pv[RES_RESIDUAL])},
    {"security", REP_F64, AT(res_ledger, pv[RES_SECURITY])},
    {"software", REP_F64, AT(res_ledger, pv[RES_SOFTWARE])},
    {"staff", REP_F64, AT(res_ledger, pv[RES_STAFF])},
    {"tax", REP_F64, AT(res_ledger, pv[RES_TAX])},
};

static const struct rep_table item_table = TABLE(res_item, item_fields);
static const struct rep_table category_table = TABLE(res_ledger, category_fields);
static const struct rep_table pv_table = TABLE(res_ledger, pv_fields);

static const struct rep_field ledger_fields[] = {
    {"annuity", REP_F64, AT(res_ledger, annuity)},
    {"category", REP_GROUP, .sub = &category_table},
    {"columns", REP_INT, AT(res_ledger, n_columns), .early = true, .columns = true},
    {"columns_per_yr", REP_INT, AT(res_ledger, columns_per_yr)},
    {"depreciation", REP_ARRAY, AT(res_ledger, depreciation)},
    {"discount", REP_INPUT, AT(res_ledger, in_discount)},
    {"discount_cap", REP_ARRAY, AT(res_ledger, discount_cap)},
    {"discount_op", REP_ARRAY, AT(res_ledger, discount_op)},
    {"inflation", REP_INPUT, AT(res_ledger, in_inflation)},
    {"items", REP_LIST, AT(res_ledger, items), .count = offsetof(struct res_ledger, n_items),
     .sub = &item_table},
    {"npv", REP_F64, AT(res_ledger, npv)},
    {"npv_before_tax", REP_F64, AT(res_ledger, npv_before_tax)},
    {"pv", REP_GROUP, .sub = &pv_table},
    {"pv_units", REP_F64, AT(res_ledger, pv_units)},
    {"tax_base", REP_ARRAY, AT(res_ledger, tax_base)},
    {"tax_rate", REP_INPUT, AT(res_ledger, in_tax_rate)},
    {"timing", REP_ENUM, AT(res_ledger, timing), TIMING},
    {"total", REP_ARRAY, AT(res_ledger, total)},
    {"undiscounted", REP_F64, AT(res_ledger, undiscounted)},
    {"units", REP_ARRAY, AT(res_ledger, units)},
    {"years", REP_ARRAY, AT(res_ledger, years)},
};

static const struct rep_field entry_fields[] = {
    {"hardware", REP_STRING, AT(res_entry, hardware)},
    {"members", REP_I64, AT(res_entry, members)},
    {"name", REP_STRING, AT(res_entry, name)},
    {"procure", REP_STRING, AT(res_entry, procure)},
    {"servers", REP_I64, AT(res_entry, servers)},
    {"tier", REP_STRING, AT(res_entry, tier)},
};

static const struct rep_table ledger_table = TABLE(res_ledger, ledger_fields);
static const struct rep_table entry_table = TABLE(res_entry, entry_fields);

static const struct rep_field deployment_fields[] = {
    {"engine", REP_STRING, AT(res_deployment, engine)},
    {"entries", REP_LIST, AT(res_deployment, entries),
     .count = offsetof(struct res_deployment, n_entries), .sub = &entry_table},
    {"ledger", REP_POINTER, AT(res_deployment, ledger), .sub = &ledger_table},
    {"name", REP_STRING, AT(res_deployment, name)},
    {"tier", REP_STRING, AT(res_deployment, tier)},
    {"unstable", REP_BOOL, AT(res_deployment, unstable)},
};

static const struct rep_field input_fields[] = {
    {"confidence", REP_STRING, AT(res_input, confidence)},
    {"given", REP_BOOL, AT(res_input, given)},
    {"high", REP_F64, AT(res_input, high)},
    {"label", REP_STRING, AT(res_input, label)},
    {"live", REP_BOOL, AT(res_input, live)},
    {"low", REP_F64, AT(res_input, low)},
    {"note", REP_STRING, AT(res_input, note)},
    {"numeric", REP_BOOL, AT(res_input, numeric)},
    {"origin", REP_STRING, AT(res_input, origin)},
    {"path", REP_STRING, AT(res_input, path)},
    {"source", REP_STRING, AT(res_input, source)},
    {"text", REP_STRING, AT(res_input, text)},
    {"unit", REP_STRING, AT(res_input, unit)},
    {"value", REP_F64, AT(res_input, value)},
    {"year", REP_STRING, AT(res_input, year)},
};

static const struct rep_field series_fields[] = {
    {"hi", REP_ARRAY, AT(res_series, hi), OPTIONAL},
    {"lo", REP_ARRAY, AT(res_series, lo), OPTIONAL},
    {"n", REP_INT, AT(res_series, n), .early = true, .columns = true},
    {"name", REP_STRING, AT(res_series, name)},
    {"x", REP_ARRAY, AT(res_series, x)},
    {"x_unit", REP_STRING, AT(res_series, x_unit)},
    {"y", REP_ARRAY, AT(res_series, y)},
    {"y_unit", REP_STRING, AT(res_series, y_unit)},
};

static const struct rep_field objective_fields[] = {
    {"class", REP_STRING, AT(res_objective, cls)},
    {"limit_ms", REP_F64, AT(res_objective, limit_ms)},
    {"metric", REP_STRING, AT(res_objective, metric)},
};

static const struct rep_field threshold_fields[] = {
    {"limit", REP_F64, AT(res_threshold, limit)},
    {"metric", REP_STRING, AT(res_threshold, metric)},
    {"pass", REP_PASS, AT(res_threshold, verdict)},
    {"text", REP_STRING, AT(res_threshold, text)},
    {"verdict", REP_ENUM, AT(res_threshold, verdict), VERDICT},
};

static const struct rep_field meta_fields[] = {
    {"baseline", REP_STRING, AT(res_run, meta.baseline)},
    {"currency", REP_STRING, AT(res_run, meta.currency)},
    {"histogram_sha256", REP_STRING, AT(res_run, meta.histogram_sha256)},
    {"horizon_yr", REP_F64, AT(res_run, meta.horizon_yr)},
    {"requests_simulated", REP_I64, AT(res_run, meta.requests_simulated)},
    {"scenario_sha256", REP_STRING, AT(res_run, meta.scenario_sha256)},
    {"start", REP_STRING, AT(res_run, meta.start)},
    {"stop", REP_STRING, AT(res_run, meta.stop)},
    {"title", REP_STRING, AT(res_run, meta.title)},
    {"version", REP_STRING, AT(res_run, meta.version)},
    {"warmup_s", REP_F64, AT(res_run, meta.warmup_s)},
    {"window_s", REP_F64, AT(res_run, meta.window_s)},
    {"windows", REP_I64, AT(res_run, meta.windows)},
};

static const struct rep_table deployment_table = TABLE(res_deployment, deployment_fields);
static const struct rep_table input_table = TABLE(res_input, input_fields);
static const struct rep_table series_table = TABLE(res_series, series_fields);
static const struct rep_table objective_table = TABLE(res_objective, objective_fields);
static const struct rep_table threshold_table = TABLE(res_threshold, threshold_fields);
static const struct rep_table meta_table = TABLE(res_run, meta_fields);

#define LIST(member, table)                                                                        \
    REP_LIST, AT(res_run, member), .count = offsetof(struct res_run, n_##member), .sub = &(table)

static const struct rep_field run_fields[] = {
    {"deployments", LIST(deployments, deployment_table)},
    {"format", REP_FORMAT, .offset = 0},
    {"inputs", LIST(inputs, input_table), .early = true},
    {"level", REP_F64, AT(res_run, meta.level)},
    {"meta", REP_GROUP, .sub = &meta_table},
    {"metrics", REP_METRICS, .offset = 0},
    {"objectives", LIST(objectives, objective_table)},
    {"replications", REP_I64, AT(res_run, meta.replications)},
    {"scenario", REP_STRING, AT(res_run, meta.name)},
    {"seed", REP_U64, AT(res_run, meta.seed)},
    {"series", LIST(series, series_table)},
    {"thresholds", LIST(thresholds, threshold_table)},
    {"warnings", REP_STRINGS, AT(res_run, warnings),
     .count = offsetof(struct res_run, n_warnings)},
};
/* clang-format on */

const struct rep_table rep_json_run = TABLE(res_run, run_fields);
