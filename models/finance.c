#include "models/finance.h"

#include "models/cost.h"

/* The names once; the order is that of enum res_depreciation (a test compares
 * them with res_depreciation_name). */
#define DEPRECIATION_NAMES                                                     \
    "none", "straight-line", "macrs-3", "macrs-5", "macrs-7", "macrs-10",      \
        "macrs-15", "macrs-20", "bonus-100"

const char *const mdl_depreciation_names[RES_N_DEPRECIATIONS + 1] = {
    DEPRECIATION_NAMES, NULL};
const char *const mdl_depreciation_or_finance_names[RES_N_DEPRECIATIONS + 2] = {
    DEPRECIATION_NAMES, "finance", NULL};

static const char *const timing_names[] = {
    "year-end", "mid-year", "month-end", NULL};

#define ESC  struct mdl_escalation_cfg
#define CFG  struct mdl_finance_cfg
#define CASH struct mdl_cash_cfg

/* clang-format off */
static const struct sim_param escalation_rows[] = {
    { SIM_PARAM_F64(ESC, energy_frac), .unit = "1", .min = -0.5, .max = 1,
      .flags = SIM_P_OPTIONAL, .doc = "Yearly rise of energy and demand prices." },
    { SIM_PARAM_F64(ESC, staff_frac), .unit = "1", .min = -0.5, .max = 1,
      .flags = SIM_P_OPTIONAL, .doc = "Yearly rise of wages and visits." },
    { SIM_PARAM_F64(ESC, hardware_frac), .unit = "1", .min = -0.5, .max = 1,
      .flags = SIM_P_OPTIONAL, .doc = "Yearly rise of server prices, maintenance and parts." },
    { SIM_PARAM_F64(ESC, network_frac), .unit = "1", .min = -0.5, .max = 1,
      .flags = SIM_P_OPTIONAL, .doc = "Yearly rise of circuit and egress prices." },
    { SIM_PARAM_F64(ESC, facility_frac), .unit = "1", .min = -0.5, .max = 1,
      .flags = SIM_P_OPTIONAL, .doc = "Yearly rise of facility and water prices." },
    { SIM_PARAM_F64(ESC, rent_frac), .unit = "1", .min = -0.5, .max = 1,
      .flags = SIM_P_OPTIONAL, .doc = "Yearly rise of rents, managed, cloud and API fees." },
};

static const struct sim_param finance_rows[] = {
    { SIM_PARAM_F64(CFG, discount_rate_frac), .unit = "1", .dflt = 0.09, .min = 0, .max = 1,
      .doc = "Nominal cost of capital per year, after tax.", .source = "[WACC]" },
    { SIM_PARAM_F64(CFG, tax_rate_frac), .unit = "1", .dflt = 0, .min = 0, .max = 0.9,
      .doc = "Tax on income; costs and depreciation relieve it at once (taxed elsewhere)." },
    { SIM_PARAM_ENUM(CFG, depreciation, mdl_depreciation_names), .unit = "",
      .dflt = RES_DEP_MACRS_5, .flags = SIM_P_STATE,
      .doc = "Tax depreciation of hardware and cash purchases.", .source = "[MACRS]" },
    { SIM_PARAM_F64(CFG, inflation_frac), .unit = "1", .dflt = 0, .min = -0.5, .max = 1,
      .doc = "Yearly rise of every price that has no escalation of its own." },
    { SIM_PARAM_ENUM(CFG, timing, timing_names), .unit = "",
      .dflt = RES_YEAR_END, .flags = SIM_P_STATE,
      .doc = "When the flows of a year are dated." },
    { SIM_PARAM_GROUP(CFG, escalation, &mdl_escalation_table),
      .doc = "Yearly rise of prices by kind, nominal; default: the inflation." },
    { SIM_PARAM_F64(CFG, carbon_price_usd_per_t), .unit = "USD/t", .dflt = 0, .min = 0,
      .max = 1e5, .doc = "Price of emissions." },
};

static const struct sim_param cash_rows[] = {
    { SIM_PARAM_F64(CASH, capex_usd), .unit = "USD", .min = 0, .max = 1e13,
      .doc = "Purchase at time zero, without renewal." },
    { SIM_PARAM_F64(CASH, opex_usd_per_yr), .unit = "USD/year", .min = 0, .max = 1e13,
      .doc = "Running cost per year in money of start; rises with inflation." },
    { SIM_PARAM_F64(CASH, residual_usd), .unit = "USD", .min = 0, .max = 1e13,
      .doc = "What is left at the horizon, in money of that day." },
};
/* clang-format on */

const struct sim_table mdl_escalation_table = {
    .name = "escalation",
    .doc = "Yearly rise of prices by kind, inflation included.",
    SIM_ROWS(escalation_rows),
    .size = sizeof(ESC),
};

const struct sim_table mdl_finance_table = {
    .name = "finance",
    .doc = "Cost of money, tax and the rise of prices; nominal yearly rates.",
    SIM_ROWS(finance_rows),
    .size = sizeof(CFG),
};

const struct sim_table mdl_cash_table = {
    .name = "cash",
    .doc = "Money of a site stated as such, for studies of money alone.",
    SIM_ROWS(cash_rows),
    .size = sizeof(CASH),
};
