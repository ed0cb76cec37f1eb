#include "models/staff.h"

#define CFG struct mdl_staff_cfg

/* clang-format off */
static const struct sim_param rows[] = {
    { SIM_PARAM_F64(CFG, seats), .unit = "", .min = 0, .max = 1e4,
      .doc = "Seats of one site manned round the clock, 5.25 people each.", .source = "[SEAT]" },
    { SIM_PARAM_F64(CFG, fte), .unit = "", .min = 0, .max = 1e5,
      .doc = "People working for one site, in full-time equivalents; may be a fraction." },
    { SIM_PARAM_F64(CFG, wage_usd_per_yr), .unit = "USD/year", .min = 0, .max = 1e8,
      .doc = "Yearly cost of one engineer, loaded." },
    { SIM_PARAM_F64(CFG, technician_usd_per_yr), .unit = "USD/year", .min = 0, .max = 1e8,
      .doc = "Yearly cost of one field technician, loaded; "
             "visits pay the hours, 1,664 productive ones a year." },
    { SIM_PARAM_F64(CFG, visit_usd), .unit = "USD", .min = 0, .max = 1e6,
      .doc = "Direct cost of one visit, the technician's hours not included." },
    { SIM_PARAM_F64(CFG, travel_h), .unit = "h", .min = 0, .max = 1000,
      .flags = SIM_P_STATE, .doc = "Way to the site, one direction." },
    { SIM_PARAM_F64(CFG, batch_frac), .unit = "1", .min = 0, .max = 1,
      .flags = SIM_P_STATE, .doc = "Share of repairs done on a visit that is made anyway." },
};
/* clang-format on */

const struct sim_table mdl_staff_table = {
    .name = "staff",
    .doc = "People of a site; a cost that is not given is 0.",
    SIM_ROWS(rows),
    .size = sizeof(CFG),
};
