#include "models/hardware.h"

#include <assert.h>
#include <math.h>
#include <stddef.h>

#define CFG struct mdl_hardware_cfg

/* clang-format off */
static const struct sim_param rows[] = {
    { SIM_PARAM_STR(CFG, label), .unit = "",
      .doc = "Name of the server type for people." },
    { SIM_PARAM_STR(CFG, accelerator), .unit = "",
      .doc = "Accelerator type, as the step profiles of language models name it (h100, l4)." },
    { SIM_PARAM_I64(CFG, accelerators), .unit = "", .dflt = 0, .min = 0, .max = 1024,
      .flags = SIM_P_STATE, .doc = "Accelerators in one server; 0 is a plain server." },
    { SIM_PARAM_I64(CFG, slots), .unit = "", .min = 1, .max = 1000000,
      .flags = SIM_P_STATE | SIM_P_OPTIONAL,
      .doc = "Requests one server works on at once; by default one per accelerator." },
    { SIM_PARAM_F64(CFG, speed_frac), .unit = "1", .dflt = 1, .min = 0, .max = 1e6,
      .flags = SIM_P_STATE | SIM_P_ABOVE_MIN,
      .doc = "Throughput of one slot relative to the reference, one NVIDIA L4." },
    { SIM_PARAM_F64(CFG, memory_gb), .unit = "GB", .dflt = 0, .min = 0, .max = 1e6,
      .flags = SIM_P_STATE, .doc = "Memory of one accelerator." },
    { SIM_PARAM_F64(CFG, idle_w), .unit = "W", .dflt = 0, .min = 0, .max = 1e6,
      .flags = SIM_P_STATE, .doc = "Power of one server with nothing to do." },
    { SIM_PARAM_F64(CFG, peak_w), .unit = "W", .dflt = 0, .min = 0, .max = 1e6,
      .flags = SIM_P_STATE, .doc = "Power of one server with all slots busy." },
    { SIM_PARAM_F64(CFG, price_usd), .unit = "USD", .dflt = 0, .min = 0, .max = 1e9,
      .doc = "Price of one server, delivered." },
    { SIM_PARAM_F64(CFG, gpu_hour_usd_per_h), .unit = "USD/h", .dflt = 0, .min = 0, .max = 1e5,
      .doc = "Rent of one accelerator on demand, where servers are rented." },
    { SIM_PARAM_F64(CFG, accelerator_afr_frac), .unit = "1", .dflt = 0, .min = 0, .max = 0.999,
      .flags = SIM_P_STATE,
      .doc = "Share of accelerators that fail in a year.", .source = "[LLAMA3]" },
    { SIM_PARAM_F64(CFG, server_afr_frac), .unit = "1", .dflt = 0, .min = 0, .max = 0.999,
      .flags = SIM_P_STATE,
      .doc = "Share of servers that fail in a year, apart from accelerators.",
      .source = "[MSR2010]" },
    { SIM_PARAM_F64(CFG, life_yr), .unit = "year", .dflt = 5, .min = 0.25, .max = 40,
      .doc = "Service life before replacement.", .source = "[ASSETLIFE]" },
    { SIM_PARAM_F64(CFG, embodied_kg), .unit = "kg", .dflt = 0, .min = 0, .max = 1e7,
      .doc = "CO2-equivalent of making one server.", .source = "[TEADS]" },
};
/* clang-format on */

static void check(const void *cfg, const struct sim_checker *checker)
{
    const CFG *hardware = cfg;

    if (hardware->peak_w < hardware->idle_w)
        checker->fault(checker->ctx, "peak",
            "peak power %g W is below idle power %g W", hardware->peak_w,
            hardware->idle_w);
}

const struct sim_table mdl_hardware_table = {
    .name = "hardware",
    .doc = "One type of server; normally a preset such as l4-4 or h100-8.",
    SIM_ROWS(rows),
    .size = sizeof(CFG),
    .check = check,
};

int64_t mdl_hardware_slots(const struct mdl_hardware_cfg *cfg)
{
    assert(cfg != NULL);

    if (cfg->slots > 0)
        return cfg->slots;
    return cfg->accelerators > 0 ? cfg->accelerators : 1;
}

double mdl_hardware_failures_per_yr(
    const struct mdl_hardware_cfg *cfg, double server_afr)
{
    assert(cfg != NULL);

    const double server = isnan(server_afr) ? cfg->server_afr_frac : server_afr;
    /* log1p keeps the small rates exact: -ln(1 - 1e-9) is 1e-9 */
    return -log1p(-server) -
           (double)cfg->accelerators * log1p(-cfg->accelerator_afr_frac);
}
