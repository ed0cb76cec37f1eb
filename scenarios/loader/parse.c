#include "scenarios/loader/bind.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/loader/files.h"
#include "scenarios/loader/presets.h"
#include "scenarios/loader/tables.h"
#include "sim/suggest.h"
#include "sim/units.h"

enum { DESCRIBED = 128 };

/* ---- units -------------------------------------------------------------- */

const char *scn_row_unit(struct scn_bind *bind, const struct sim_param *row)
{
    const char *unit = row->unit != NULL ? row->unit : "";
    const char *usd;

    if (strcmp(unit, "@") == 0 && bind->holder != NULL)
        unit = bind->holder->unit != NULL ? bind->holder->unit : "";
    usd = strstr(unit, "USD");
    if (usd == NULL || strcmp(bind->currency, "USD") == 0)
        return unit;
    unit = scn_printf(bind->load, "%.*s%s%s", (int)(usd - unit), unit,
        bind->currency, usd + 3);
    return unit != NULL ? unit : "";
}

/* "a time", "a price per energy". */
static const char *describe(struct scn_load *load, const struct sim_unit *unit)
{
    char text[DESCRIBED];
    const char *what = text;
    const char *shown;

    sim_unit_describe(unit, text, sizeof text);
    if (strncmp(text, "money per ", 10) == 0)
        shown = scn_printf(load, "a price per %s", text + 10);
    else
        shown = scn_printf(load, "%s %s",
            strcmp(text, "money") == 0 || strcmp(text, "data") == 0
                ? "an amount of"
            : strchr("aeiou", what[0]) != NULL ? "an"
                                               : "a",
            what);
    return shown != NULL ? shown : "";
}

/* ---- numbers ------------------------------------------------------------ */

/* Which rule a refused number breaks; the words are sim_quantity_parse()'s. */
static const char *number_code(const char *s)
{
    size_t digits;

    while (*s == '+' || *s == '-')
        s++;
    if (strncmp(s, "nan", 3) == 0 || strncmp(s, "inf", 3) == 0 ||
        strncmp(s, ".nan", 4) == 0 || strncmp(s, ".inf", 4) == 0 ||
        strncmp(s, "NaN", 3) == 0 || strncmp(s, "Inf", 3) == 0 ||
        strncmp(s, ".NaN", 4) == 0 || strncmp(s, ".Inf", 4) == 0)
        return "N005";
    if (s[0] == '0' && s[1] != '\0' && strchr("xXoObB", s[1]) != NULL)
        return "N003";
    digits = strspn(s, "0123456789");
    if (digits > 0 && s[digits] == '_')
        return "N004";
    if (digits > 0 && s[digits] == ':')
        return "N007";
    if (digits > 0 && s[digits] == ',')
        return "N009";
    if (digits > 1 && s[0] == '0')
        return "N002";
    digits += strspn(s + digits, ".0123456789");
    return digits > 0 && (s[digits] == 'e' || s[digits] == 'E') ? "N006"
                                                                : "N001";
}

static bool number_fault(struct scn_bind *bind, const struct scn_node *node,
    const struct sim_err *err)
{
    const struct scn_fault fault =
        scn_fault_of(bind, number_code(node->text), node->at, NULL);

    scn_report(bind->load, &fault, "'%s': %s", fault.path, err->text);
    return false;
}

static bool unit_missing(struct scn_bind *bind, const struct scn_node *node,
    const struct sim_unit *wanted, const char *unit)
{
    const struct scn_fault fault = scn_fault_of(bind, "U001", node->at, NULL);

    scn_report(bind->load, &fault,
        "'%s' has no unit: expected %s such as '%s %s'", fault.path,
        describe(bind->load, wanted), node->text, unit);
    return false;
}

static bool unit_wrong(struct scn_bind *bind, const struct scn_node *node,
    const struct sim_unit *wanted, const struct sim_unit *got, const char *unit,
    const char *given, double x)
{
    struct scn_load *load = bind->load;
    const bool money = memcmp(wanted->dim, got->dim, sizeof got->dim) == 0;
    struct scn_fault fault =
        scn_fault_of(bind, money ? "U004" : "U003", node->at, NULL);
    char is[DESCRIBED];

    sim_unit_describe(got, is, sizeof is);
    if (money) {
        fault.hint = scn_printf(load,
            "write the amount in %s, or change 'currency'", wanted->currency);
        scn_report(load, &fault,
            "'%s' is in %s, but the currency of the scenario is %s", fault.path,
            got->currency, wanted->currency);
        return false;
    }
    /* "0.12 USD" where "USD/kWh" is due: the rest was forgotten */
    fault.hint = strncmp(unit, given, strlen(given)) == 0
                     ? scn_printf(load, "did you mean '%s'?",
                           scn_number_text(load, x, unit))
                     : scn_printf(load, "for example '%s'",
                           scn_number_text(load, x, unit));
    scn_report(load, &fault, "'%s' needs %s, got %s (%s)", fault.path,
        describe(load, wanted), scn_node_shown(load, node), is);
    return false;
}

/* Where a rate is due, it may be said what comes: "8 requests/s". */
static void drop_requests(const struct sim_unit *wanted, struct sim_unit *got)
{
    const struct sim_unit rate = {.dim[SIM_DIM_TIME] = -1};

    if (sim_unit_same_dim(wanted, &rate) && got->dim[SIM_DIM_REQUEST] == 1)
        got->dim[SIM_DIM_REQUEST] = 0;
}

/* "<number> <unit>" in the row's unit. */
static bool parse_number(struct scn_bind *bind, const struct sim_param *row,
    const struct scn_node *node, double *number)
{
    const char *unit = scn_row_unit(bind, row), *text;
    struct sim_unit wanted, got;
    struct sim_err err = {0};
    struct scn_fault fault;
    double x;

    if ((row->flags & SIM_P_UNLIMITED) != 0 &&
        strcmp(node->text, "unlimited") == 0) {
        *number = (double)INFINITY;
        return true;
    }
    if (sim_quantity_parse(node->text, &x, &text, &err) != SIM_OK)
        return number_fault(bind, node, &err);
    if (sim_unit_parse(unit, &wanted, NULL) != SIM_OK) {
        fault = scn_fault_of(bind, "U002", node->at, NULL);
        scn_report(bind->load, &fault, "'%s' cannot be read: '%s' is no unit",
            fault.path, unit);
        return false;
    }
    *number = x + 0.0; /* -0 is 0 */
    if (text[0] == '\0')
        return sim_unit_is_count(&wanted) ||
               unit_missing(bind, node, &wanted, unit);
    if (unit[0] == '\0' || sim_unit_parse(text, &got, &err) != SIM_OK) {
        fault = scn_fault_of(
            bind, unit[0] == '\0' ? "U005" : "U002", node->at, NULL);
        if (unit[0] == '\0')
            scn_report(bind->load, &fault, "'%s' is a plain number, got %s",
                fault.path, scn_node_shown(bind->load, node));
        else
            scn_report(bind->load, &fault, "'%s': %s", fault.path, err.text);
        return false;
    }
    drop_requests(&wanted, &got);
    if (!sim_unit_same_dim(&wanted, &got))
        return unit_wrong(bind, node, &wanted, &got, unit, text, x);
    *number = sim_unit_convert(x, &got, &wanted) + 0.0;
    return true;
}

bool scn_range_check(struct scn_bind *bind, const struct sim_param *row,
    double x, struct scn_at at, const char *shown)
{
    const char *unit = scn_row_unit(bind, row);
    const bool above = (row->flags & SIM_P_ABOVE_MIN) != 0;
    const bool free = row->min == 0.0 && row->max == 0.0;
    const bool plain = unit[0] == '\0' || strcmp(unit, "1") == 0;
    const struct scn_fault fault = scn_fault_of(bind, "R002", at, NULL);
    char min[32], max[32];

    if ((above ? x > row->min : free || x >= row->min) &&
        (free || x <= row->max ||
            (isinf(x) && (row->flags & SIM_P_UNLIMITED) != 0)))
        return true;
    scn_bound_text(row->min, min, sizeof min);
    scn_bound_text(row->max, max, sizeof max);
    if (above && x <= row->min)
        scn_report(bind->load, &fault, "'%s' is %s, expected more than %s%s%s",
            fault.path, shown, min, plain ? "" : " ", plain ? "" : unit);
    else
        scn_report(bind->load, &fault, "'%s' is %s, outside %s .. %s%s%s",
            fault.path, shown, min, max, plain ? "" : " ", plain ? "" : unit);
    return false;
}

/* Counts: exact integers; "3e9" is one. */
static bool parse_integer(struct scn_bind *bind, const struct sim_param *row,
    const struct scn_node *node, struct scn_value *value)
{
    static const double largest = 9007199254740992.0; /* 2^53 */
    const size_t digits = strspn(node->text, "0123456789");
    struct scn_fault fault = scn_fault_of(bind, "N008", node->at, NULL);

    if (!parse_number(bind, row, node, &value->number))
        return false;
    if (isinf(value->number)) {
        value->integer = INT64_MAX;
        return true;
    }
    if (value->number != floor(value->number)) {
        scn_report(bind->load, &fault, "'%s' is %s, expected a whole number",
            fault.path, scn_node_shown(bind->load, node));
        return false;
    }
    /* seeds use all 63 bits, which a double does not hold */
    if (digits > 0 && node->text[digits] == '\0') {
        errno = 0;
        value->integer = strtoll(node->text, NULL, 10);
        if (errno == 0)
            return true;
    } else if (fabs(value->number) <= largest) {
        value->integer = (int64_t)value->number;
        return true;
    }
    fault.code = "N010";
    scn_report(bind->load, &fault, "'%s' is %s, more than an integer holds",
        fault.path, scn_node_shown(bind->load, node));
    return false;
}

/* ---- words -------------------------------------------------------------- */

static bool parse_bool(
    struct scn_bind *bind, const struct scn_node *node, struct scn_value *value)
{
    static const char *const yes[] = {
        "yes", "on", "y", "True", "TRUE", "Yes", "YES", "On", "ON", "1", NULL};
    static const char *const no[] = {"no", "off", "n", "False", "FALSE", "No",
        "NO", "Off", "OFF", "0", NULL};
    struct scn_fault fault = scn_fault_of(bind, "T004", node->at, NULL);

    value->integer = strcmp(node->text, "true") == 0;
    if (value->integer || strcmp(node->text, "false") == 0)
        return true;
    for (int i = 0; yes[i] != NULL && no[i] != NULL; i++) {
        if (strcmp(node->text, yes[i]) == 0)
            fault.hint = "did you mean 'true'?";
        if (strcmp(node->text, no[i]) == 0)
            fault.hint = "did you mean 'false'?";
    }
    scn_report(bind->load, &fault, "'%s' is %s, expected true or false",
        fault.path, scn_node_shown(bind->load, node));
    return false;
}

static bool parse_choice(struct scn_bind *bind, const struct sim_param *row,
    const struct scn_node *node, struct scn_value *value)
{
    struct scn_fault fault = scn_fault_of(bind, "T005", node->at, NULL);
    const char *nearest;
    int n = 0;

    for (; row->choices[n] != NULL; n++) {
        if (strcmp(row->choices[n], node->text) == 0) {
            value->integer = n;
            return true;
        }
    }
    nearest = sim_text_nearest(node->text, row->choices, n);
    if (nearest != NULL)
        fault.hint = scn_printf(bind->load, "did you mean '%s'?", nearest);
    scn_report(bind->load, &fault, "'%s' is %s, expected %s%s", fault.path,
        scn_node_shown(bind->load, node), n > 1 ? "one of " : "",
        scn_joined(bind->load, row->choices, n));
    return false;
}

/* Days since 1970-01-01 of a date of the Gregorian calendar, -1 years apart
 * counted from March so that the leap day is the last.
 * Source: Richards, Explanatory Supplement to the Astronomical Almanac, 2013,
 * section 15.11. */
static int64_t days_of(int year, int month, int day)
{
    const int y = year - (month <= 2);
    const int era = y / 400, of_era = y % 400;
    const int of_year =
        (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

    return (int64_t)era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 +
           of_year - 719468;
}

static bool read_date(const char *s, int64_t *days)
{
    static const int lengths[] = {
        31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int year, month, day, last;

    if (strlen(s) != 10 || s[4] != '-' || s[7] != '-')
        return false;
    for (int i = 0; i < 10; i++) {
        if (i != 4 && i != 7 && !isdigit((unsigned char)s[i]))
            return false;
    }
    year = (int)strtol(s, NULL, 10);
    month = (int)strtol(s + 5, NULL, 10);
    day = (int)strtol(s + 8, NULL, 10);
    if (year < 1 || month < 1 || month > 12)
        return false;
    last =
        lengths[month - 1] +
        (month == 2 && ((year % 4 == 0 && year % 100 != 0) || year % 400 == 0));
    if (day < 1 || day > last)
        return false;
    *days = days_of(year, month, day);
    return true;
}

static bool parse_date(
    struct scn_bind *bind, const struct scn_node *node, struct scn_value *value)
{
    const struct scn_fault fault =
        scn_fault_of(bind, "T006", node->at, "write a date as '2027-01-31'");

    if (read_date(node->text, &value->integer))
        return true;
    scn_report(bind->load, &fault,
        "'%s' is %s, expected a date (year-month-day)", fault.path,
        scn_node_shown(bind->load, node));
    return false;
}

static bool parse_text(struct scn_bind *bind, const struct sim_param *row,
    const struct scn_node *node, struct scn_value *value)
{
    struct sim_err err = {0};

    value->text = node->text;
    if ((row->flags & SIM_P_FILE) == 0)
        return true;
    if (scn_table_name(node->text) != NULL &&
        scn_preset_find(scn_table_name(node->text)) != NULL)
        return true;
    value->text = scn_path_resolve(bind->load, node, scn_path(bind));
    if (value->text == NULL)
        return false;
    if (scn_file_digest(bind->load, value->text, node->text, &err) != SIM_OK) {
        const struct scn_fault fault =
            scn_fault_of(bind, "P001", node->at, NULL);
        scn_report(bind->load, &fault, "'%s': %s", fault.path, err.text);
        return false;
    }
    return true;
}

/* ---- any scalar --------------------------------------------------------- */

static bool parse_any(struct scn_bind *bind, const struct sim_param *row,
    const struct scn_node *node, struct scn_value *value)
{
    switch (row->type) {
    case SIM_I64:
        return parse_integer(bind, row, node, value);
    case SIM_BOOL:
        return parse_bool(bind, node, value);
    case SIM_ENUM:
        return parse_choice(bind, row, node, value);
    case SIM_STR:
        return parse_text(bind, row, node, value);
    case SIM_DATE:
        return parse_date(bind, node, value);
    default: /* F64, and a constant or an item of a list */
        return parse_number(bind, row, node, &value->number);
    }
}

bool scn_value_parse(struct scn_bind *bind, const struct sim_param *row,
    const struct scn_node *node, struct scn_value *value)
{
    struct scn_fault fault = scn_fault_of(bind, "T003", node->at, NULL);

    *value = (struct scn_value){.number = (double)NAN};
    if (node->kind != SCN_SCALAR) {
        scn_report(bind->load, &fault, "'%s' needs a single value, got %s",
            fault.path, scn_node_shown(bind->load, node));
        return false;
    }
    if (node->plain && node->text[0] == '\0') {
        fault.code = "T007";
        scn_report(bind->load, &fault, "'%s' has no value", fault.path);
        return false;
    }
    if (!parse_any(bind, row, node, value))
        return false;
    return row->type == SIM_STR || row->type == SIM_ENUM ||
           row->type == SIM_BOOL || row->type == SIM_DATE ||
           scn_range_check(bind, row, value->number, node->at, node->text);
}

bool scn_value_fits(struct scn_bind *bind, const struct sim_param *row,
    const struct scn_node *node)
{
    struct sim_unit wanted, got;
    const char *unit;
    double x;
    int64_t days;

    if (node->text[0] == '\0')
        return false;
    switch (row->type) {
    case SIM_BOOL:
        return strcmp(node->text, "true") == 0 ||
               strcmp(node->text, "false") == 0;
    case SIM_ENUM:
        for (int i = 0; row->choices[i] != NULL; i++) {
            if (strcmp(row->choices[i], node->text) == 0)
                return true;
        }
        return false;
    case SIM_DATE:
        return read_date(node->text, &days);
    case SIM_F64:
    case SIM_I64:
    case SIM_DIST:
        if ((row->flags & SIM_P_UNLIMITED) != 0 &&
            strcmp(node->text, "unlimited") == 0)
            return true;
        if (sim_quantity_parse(node->text, &x, &unit, NULL) != SIM_OK ||
            sim_unit_parse(unit, &got, NULL) != SIM_OK ||
            sim_unit_parse(scn_row_unit(bind, row), &wanted, NULL) != SIM_OK)
            return false;
        return sim_unit_same_dim(&wanted, &got) != 0 ||
               (unit[0] == '\0' && sim_unit_is_count(&wanted));
    default:
        return row->type == SIM_STR;
    }
}
