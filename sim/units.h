/* units.h - units: conversions used in C, and the text form of quantities.
 *
 * A quantity in a scenario is "<number> <unit>".  A unit is a product and
 * quotient of the names in the table of units.c ("USD/kWh", "kW-month",
 * "USD/kW-month", "%/year"); each name has a factor to the base unit and a
 * vector of base dimensions.  Model calendar: month = 730 h, year = 8,760 h.
 *
 *   unit    = [product] { "/" product }       "/s" = "1/s"; A/B/C = A/(B C)
 *   product = factor { "-" factor }           "kW-month"
 *   factor  = name | number name              a number (no sign, no exponent)
 *                                             in denominators only: "%/100ms"
 *
 * Names are case-sensitive (MB, Mb and MiB differ).  Money is an ISO code
 * with the prefix k, M or B in front; a unit holds one currency, which is
 * never converted here.  Counting nouns (server, GPU, node, site, rack, ...)
 * stand in denominators only, where they mean 1.
 *
 * Base units: s, byte, J, one of the currency, kg, m3, m, degree Celsius,
 * request, token, person.
 */
#ifndef SIM_UNITS_H
#define SIM_UNITS_H

#include <stddef.h>

#include "sim/err.h"

/* Conversions between the units that state structs keep. */
#define SIM_S_PER_MIN     60.0
#define SIM_S_PER_H       3600.0
#define SIM_S_PER_DAY     86400.0
#define SIM_H_PER_DAY     24.0
#define SIM_H_PER_WEEK    168.0
#define SIM_H_PER_MONTH   730.0
#define SIM_H_PER_YR      8760.0
#define SIM_MONTHS_PER_YR 12
#define SIM_NS_PER_S      1000000000LL
#define SIM_MS_PER_S      1000.0
#define SIM_BITS_PER_BYTE 8.0
#define SIM_W_PER_KW      1000.0
#define SIM_G_PER_KG      1000.0
#define SIM_J_PER_KWH     3.6e6
#define SIM_BYTES_PER_GB  1e9
#define SIM_PER_MILLION   1e6

enum { SIM_DIM_TIME = 0, SIM_DIM_REQUEST = 8, SIM_N_DIMS = 11 };

/* A parsed unit; plain data.  `dim` holds the exponents of time, data,
 * energy, money, mass, volume, length, temperature, request, token, person. */
struct sim_unit {
    signed char dim[SIM_N_DIMS];
    double factor;    /* canonical base units per unit: 1 ms = 1e-3 [s] */
    double offset;    /* temperature alone: base = x * factor + offset; 0 in
                       * compounds, where temperatures are differences */
    char currency[4]; /* ISO code when the unit holds money, else "" */
};

/**
 * Parse a unit ("ms", "USD/kWh", "kUSD/year", "%").  "" and "1" are the
 * dimensionless unit.
 * @param unit  out: dimension and factor; untouched on error
 * @retval SIM_OK
 * @retval SIM_E_INPUT  unknown name (err->text names it and the nearest one),
 *         two currencies, a noun or a number in a numerator
 */
SIM_MUST_CHECK int sim_unit_parse(
    const char *text, struct sim_unit *unit, struct sim_err *err);

/** Same base dimensions and currency?  Then sim_unit_convert() applies. */
int sim_unit_same_dim(const struct sim_unit *a, const struct sim_unit *b);

/** A plain number, or one of requests, tokens or people?  What is counted goes
 *  without saying, so such values need no unit. */
int sim_unit_is_count(const struct sim_unit *unit);

/**
 * x [from] expressed in [to]; both must have the same dimension (a bug else).
 * Factors that are whole multiples of each other are applied as one exact
 * multiplication or division, so 15 ms is the double nearest 0.015 s, and
 * equal units leave x as it is.
 */
double sim_unit_convert(
    double x, const struct sim_unit *from, const struct sim_unit *to);

/**
 * What a dimension is called in messages: "time", "money per energy",
 * "rate (per time)", "plain number".
 * @param text  out, cut to `size` bytes; 128 hold any
 */
void sim_unit_describe(const struct sim_unit *unit, char *text, size_t size);

/**
 * Suffix a C member of this unit must end in: "ms" -> "_ms",
 * "USD/kWh" -> "_usd_per_kwh", "1/s" -> "_per_s", "year" -> "_yr",
 * "B" -> "_bytes", "1" -> "_frac", "" and "@" (unit of the enclosing value)
 * -> "".  Every "/" is spelled "_per_", every "-" "_":
 * "USD/server/year" -> "_usd_per_server_per_yr".
 * @param suffix  out, cut to `size` bytes
 */
void sim_unit_suffix(const char *unit, char *suffix, size_t size);

/**
 * Row `i` of the table of unit names for `sitesim units`.
 * @param kind    out: what it measures ("time"); may be NULL
 * @param factor  out: base units per unit; may be NULL
 * @return the name; NULL past the end
 */
const char *sim_unit_name(int i, const char **kind, double *factor);

/**
 * Split "<number> <unit>" and read the number, strictly: decimal or
 * scientific, finite.  YAML 1.1 forms that look like numbers are refused by
 * name: hexadecimal and octal (0x10, 0o7, 010), underscores, thousands
 * separators, sexagesimal (12:30), nan, inf, and what a double cannot hold
 * (1e400).
 * @param number     out; untouched on error
 * @param unit_text  out: rest of `text` after spaces, "" when there is none;
 *                   not parsed here; borrows `text`
 * @retval SIM_OK
 * @retval SIM_E_INPUT  not a number; the message says which rule it breaks
 */
SIM_MUST_CHECK int sim_quantity_parse(const char *text, double *number,
    const char **unit_text, struct sim_err *err);

#endif /* SIM_UNITS_H */
