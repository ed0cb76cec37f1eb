#include "models/cost.h"

#include "models/finance.h"

const char *const mdl_procure_names[MDL_N_PROCURE + 1] = {
    "own", "colo", "cloud", "managed", "api", NULL};

#define CFG struct mdl_cost_cfg

/* clang-format off */
static const struct sim_param rows[] = {
    { SIM_PARAM_F64(CFG, server_usd), .unit = "USD", .min = 0, .max = 1e9,
      .flags = SIM_P_OPTIONAL,
      .doc = "Purchase price of one server, delivered; default: the hardware's price." },
    { SIM_PARAM_F64(CFG, install_usd), .unit = "USD", .min = 0, .max = 1e9,
      .doc = "Installation of one server, paid with each purchase." },
    { SIM_PARAM_F64(CFG, circuit_usd_per_month), .unit = "USD/month", .min = 0, .max = 1e9,
      .doc = "Network circuits of one site, flat fee." },
    { SIM_PARAM_F64(CFG, rent_usd_per_kw_month), .unit = "USD/kW-month", .min = 0, .max = 1e6,
      .doc = "Rent of contracted IT power (colocation, managed).", .source = "[COLO]" },
    { SIM_PARAM_F64(CFG, node_month_usd_per_month), .unit = "USD/month", .min = 0, .max = 1e9,
      .doc = "Fee of a managed or hosted server." },
    { SIM_PARAM_F64(CFG, maintenance_per_yr), .unit = "1/year", .min = 0, .max = 1,
      .doc = "Hardware maintenance contract, share of the server price per year." },
    { SIM_PARAM_F64(CFG, repair_frac), .unit = "1", .min = 0, .max = 10,
      .doc = "Parts of one server failure, share of the server price; "
             "0 when the maintenance contract includes parts." },
    { SIM_PARAM_F64(CFG, accelerator_frac), .unit = "1", .min = 0, .max = 10,
      .doc = "Parts of one accelerator failure, times the server price per accelerator; "
             "0 when the maintenance contract includes parts." },
    { SIM_PARAM_F64(CFG, licences_usd_per_yr), .unit = "USD/year", .min = 0, .max = 1e9,
      .doc = "Software licences of one server." },
    { SIM_PARAM_F64(CFG, security_usd_per_yr), .unit = "USD/year", .min = 0, .max = 1e9,
      .doc = "Physical security of one site." },
    { SIM_PARAM_F64(CFG, water_usd_per_l), .unit = "USD/L", .min = 0, .max = 1e3,
      .doc = "Price of cooling water." },
    { SIM_PARAM_F64(CFG, gpu_hour_usd_per_h), .unit = "USD/h", .min = 0, .max = 1e6,
      .flags = SIM_P_OPTIONAL,
      .doc = "Rented accelerator-hour (cloud); default: the hardware's." },
    { SIM_PARAM_F64(CFG, tokens_in_usd_per_mtok), .unit = "USD/Mtok", .min = 0, .max = 1e6,
      .doc = "Input tokens of a hosted API." },
    { SIM_PARAM_F64(CFG, tokens_out_usd_per_mtok), .unit = "USD/Mtok", .min = 0, .max = 1e6,
      .doc = "Output tokens of a hosted API." },
    { SIM_PARAM_F64(CFG, request_usd), .unit = "USD", .min = 0, .max = 1e6,
      .doc = "One request to a hosted API." },
    { SIM_PARAM_F64(CFG, egress_usd_per_gb), .unit = "USD/GB", .min = 0, .max = 1e3,
      .doc = "Traffic leaving the site." },
    { SIM_PARAM_F64(CFG, life_yr), .unit = "year", .min = 0.25, .max = 40,
      .flags = SIM_P_OPTIONAL,
      .doc = "Economic life of the servers, after which they are bought again; "
             "default: the hardware's." },
    { SIM_PARAM_ENUM(CFG, depreciation, mdl_depreciation_or_finance_names), .unit = "",
      .dflt = MDL_DEP_AS_FINANCE, .flags = SIM_P_STATE,
      .doc = "Tax depreciation of the servers; finance: as finance.depreciation.",
      .source = "[MACRS]" },
};
/* clang-format on */

const struct sim_table mdl_cost_table = {
    .name = "cost",
    .doc = "Prices of a site; a price that is not given is 0.",
    SIM_ROWS(rows),
    .size = sizeof(CFG),
};
