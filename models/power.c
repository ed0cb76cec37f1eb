#include "models/power.h"

#include <assert.h>
#include <math.h>
#include <stddef.h>

#define CFG struct mdl_power_cfg
#define LEVEL                                                                  \
    .unit = "W", .min = 0, .max = 1e6, .flags = SIM_P_STATE | SIM_P_OPTIONAL

/* clang-format off */
static const struct sim_param rows[] = {
    { SIM_PARAM_F64(CFG, off_w), LEVEL,
      .doc = "Power of a server that is switched off; by default 0." },
    { SIM_PARAM_F64(CFG, boot_w), LEVEL,
      .doc = "Power of a server while it boots; by default as at peak." },
    { SIM_PARAM_F64(CFG, idle_w), LEVEL,
      .doc = "Power of a server with nothing to do; by default the hardware's." },
    { SIM_PARAM_F64(CFG, peak_w), LEVEL,
      .doc = "Power of a server with all slots busy; by default the hardware's." },
};
/* clang-format on */

static void check(const void *cfg, const struct sim_checker *checker)
{
    const CFG *power = cfg;

    /* a comparison with NAN is false: levels left open are not faults */
    if (power->peak_w < power->idle_w)
        checker->fault(checker->ctx, "peak",
            "peak power %g W is below idle power %g W", power->peak_w,
            power->idle_w);
}

const struct sim_table mdl_power_table = {
    .name = "power",
    .doc = "Power of one server by state; what is left open comes from the "
           "hardware.",
    SIM_ROWS(rows),
    .size = sizeof(CFG),
    .check = check,
};

static double given_or(double given, double otherwise)
{
    return isnan(given) ? otherwise : given;
}

struct mdl_power_cfg mdl_power_levels(
    const struct mdl_power_cfg *cfg, const struct mdl_hardware_cfg *hardware)
{
    assert(cfg != NULL);

    const double hw_idle = hardware == NULL ? 0.0 : hardware->idle_w;
    const double hw_peak = hardware == NULL ? 0.0 : hardware->peak_w;
    struct mdl_power_cfg levels;

    levels.off_w = given_or(cfg->off_w, 0.0);
    /* one level given alone bounds the hardware's other one: idle <= peak */
    levels.peak_w = given_or(cfg->peak_w, hw_peak);
    levels.idle_w = given_or(cfg->idle_w, fmin(hw_idle, levels.peak_w));
    if (isnan(cfg->peak_w))
        levels.peak_w = fmax(hw_peak, levels.idle_w);
    levels.boot_w = given_or(cfg->boot_w, levels.peak_w);
    return levels;
}

double mdl_power_w(double idle_w, double peak_w, double x)
{
    const double busy = x > 0.0 ? (x < 1.0 ? x : 1.0) : 0.0;

    return idle_w + (peak_w - idle_w) * busy;
}
