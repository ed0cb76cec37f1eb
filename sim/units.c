#include "sim/units.h"

#include <ctype.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "sim/suggest.h"

enum kind {
    TIME,
    DATA,
    ENERGY,
    MONEY,
    MASS,
    VOLUME,
    LENGTH,
    TEMPERATURE,
    REQUEST,
    TOKEN,
    PERSON,
    /* the kinds above are base dimensions, in the order of `dim` */
    POWER,
    BIT_RATE,
    RATIO,
    NOUN,
};

_Static_assert(
    (int)TIME == (int)SIM_DIM_TIME && (int)REQUEST == (int)SIM_DIM_REQUEST,
    "places in dim");

static const char *const kind_names[] = {"time", "data", "energy", "money",
    "mass", "volume", "length", "temperature", "requests", "tokens", "persons",
    "power", "data rate", "ratio", "counting noun"};

struct row {
    const char *name;
    enum kind kind;
    double factor;
    double offset;
};

/* clang-format off */
static const struct row rows[] = {
    {"ns", TIME, 1e-9, 0}, {"us", TIME, 1e-6, 0}, {"ms", TIME, 1e-3, 0},
    {"s", TIME, 1, 0}, {"min", TIME, 60, 0},
    {"h", TIME, 3600, 0}, {"hour", TIME, 3600, 0}, {"hours", TIME, 3600, 0},
    {"day", TIME, 86400, 0}, {"days", TIME, 86400, 0},
    {"week", TIME, 604800, 0}, {"weeks", TIME, 604800, 0},
    {"month", TIME, 730 * 3600.0, 0}, {"months", TIME, 730 * 3600.0, 0},
    {"year", TIME, 8760 * 3600.0, 0}, {"years", TIME, 8760 * 3600.0, 0},
    {"yr", TIME, 8760 * 3600.0, 0},

    {"B", DATA, 1, 0}, {"kB", DATA, 1e3, 0}, {"MB", DATA, 1e6, 0},
    {"GB", DATA, 1e9, 0}, {"TB", DATA, 1e12, 0},
    {"KiB", DATA, 1024.0, 0}, {"MiB", DATA, 1048576.0, 0},
    {"GiB", DATA, 1073741824.0, 0}, {"TiB", DATA, 1099511627776.0, 0},
    {"bit", DATA, 0.125, 0}, {"kbit", DATA, 125, 0}, {"Mbit", DATA, 125e3, 0},
    {"Gbit", DATA, 125e6, 0}, {"Tbit", DATA, 125e9, 0},
    {"Kibit", DATA, 128, 0}, {"Mibit", DATA, 131072.0, 0},
    {"Gibit", DATA, 134217728.0, 0},
    {"kb", DATA, 125, 0}, {"Mb", DATA, 125e3, 0}, {"Gb", DATA, 125e6, 0},
    {"bps", BIT_RATE, 0.125, 0}, {"kbps", BIT_RATE, 125, 0},
    {"Mbps", BIT_RATE, 125e3, 0}, {"Gbps", BIT_RATE, 125e6, 0},
    {"Tbps", BIT_RATE, 125e9, 0},

    {"W", POWER, 1, 0}, {"kW", POWER, 1e3, 0}, {"MW", POWER, 1e6, 0},
    {"GW", POWER, 1e9, 0},
    {"J", ENERGY, 1, 0}, {"kJ", ENERGY, 1e3, 0}, {"MJ", ENERGY, 1e6, 0},
    {"GJ", ENERGY, 1e9, 0},
    {"Wh", ENERGY, 3600, 0}, {"kWh", ENERGY, 3.6e6, 0},
    {"MWh", ENERGY, 3.6e9, 0}, {"GWh", ENERGY, 3.6e12, 0},
    /* International Table Btu */
    {"Btu", ENERGY, 1055.05585262, 0}, {"MMBtu", ENERGY, 1055055852.62, 0},

    {"g", MASS, 1e-3, 0}, {"kg", MASS, 1, 0}, {"t", MASS, 1e3, 0},
    {"lb", MASS, 0.45359237, 0},
    {"gCO2e", MASS, 1e-3, 0}, {"kgCO2e", MASS, 1, 0}, {"tCO2e", MASS, 1e3, 0},
    {"L", VOLUME, 1e-3, 0}, {"m3", VOLUME, 1, 0},
    {"gal", VOLUME, 3.785411784e-3, 0}, /* US liquid gallon */
    {"m", LENGTH, 1, 0}, {"km", LENGTH, 1e3, 0},
    {"C", TEMPERATURE, 1, 0}, {"K", TEMPERATURE, 1, -273.15},
    {"F", TEMPERATURE, 5.0 / 9.0, -32 * (5.0 / 9.0)},

    {"request", REQUEST, 1, 0}, {"requests", REQUEST, 1, 0},
    {"tok", TOKEN, 1, 0}, {"ktok", TOKEN, 1e3, 0}, {"Mtok", TOKEN, 1e6, 0},
    {"token", TOKEN, 1, 0}, {"tokens", TOKEN, 1, 0},
    {"FTE", PERSON, 1, 0}, {"person", PERSON, 1, 0},
    {"1", RATIO, 1, 0}, {"%", RATIO, 0.01, 0},

    {"server", NOUN, 1, 0}, {"GPU", NOUN, 1, 0}, {"node", NOUN, 1, 0},
    {"site", NOUN, 1, 0}, {"rack", NOUN, 1, 0}, {"card", NOUN, 1, 0},
    {"slot", NOUN, 1, 0}, {"user", NOUN, 1, 0}, {"visit", NOUN, 1, 0},
    {"seat", NOUN, 1, 0},
};

static const char *const currencies[] = {
    "USD", "EUR", "GBP", "JPY", "CNY", "INR", "KRW", "TWD", "SGD", "HKD", "AUD", "NZD",
    "CAD", "CHF", "SEK", "NOK", "DKK", "ISK", "PLN", "CZK", "HUF", "RON", "ILS", "TRY",
    "ZAR", "BRL", "MXN", "CLP", "COP", "AED", "SAR", "THB", "IDR", "MYR", "PHP", "VND",
    "NGN", "KES", "EGP",
};
/* clang-format on */

enum {
    N_ROWS = sizeof rows / sizeof rows[0],
    N_CURRENCIES = sizeof currencies / sizeof currencies[0],
    LONGEST_NAME = 31,
    MOST_NAMES = 16,
};

/* A unit being put together; numerator and denominator apart, so that the
 * factor is rounded once. */
struct builder {
    struct sim_unit unit;
    double num, den;
    int names;     /* how many */
    double offset; /* of the last name */
};

static const struct row *find_row(const char *name)
{
    for (int i = 0; i < N_ROWS; i++) {
        if (strcmp(rows[i].name, name) == 0)
            return &rows[i];
    }
    return NULL;
}

/* Factor of "USD", "kUSD", "MUSD", "BUSD", and the code's place; 0 if none. */
static double find_currency(const char *name, const char **code)
{
    const size_t n = strlen(name);
    double factor = 1.0;

    if (n == 4) {
        factor = name[0] == 'k'   ? 1e3
                 : name[0] == 'M' ? 1e6
                 : name[0] == 'B' ? 1e9
                                  : 0.0;
        name++;
    } else if (n != 3) {
        return 0.0;
    }
    for (int i = 0; i < N_CURRENCIES; i++) {
        if (strcmp(currencies[i], name) == 0) {
            *code = currencies[i];
            return factor;
        }
    }
    return 0.0;
}

static int unknown_name(const char *name, struct sim_err *err)
{
    const char *names[N_ROWS + N_CURRENCIES];
    const char *nearest;

    for (int i = 0; i < N_ROWS; i++)
        names[i] = rows[i].name;
    for (int i = 0; i < N_CURRENCIES; i++)
        names[N_ROWS + i] = currencies[i];
    nearest = sim_text_nearest(name, names, N_ROWS + N_CURRENCIES);
    if (nearest == NULL)
        return sim_err_set(err, SIM_E_INPUT, "unknown unit '%s'", name);
    return sim_err_set(err, SIM_E_INPUT,
        "unknown unit '%s', did you mean '%s'?", name, nearest);
}

static void multiply(struct builder *b, enum kind kind, double factor, int sign)
{
    signed char *dim = b->unit.dim;
    const signed char one = (signed char)sign;

    if (kind <= PERSON)
        dim[kind] = (signed char)(dim[kind] + one);
    if (kind == POWER)
        dim[ENERGY] = (signed char)(dim[ENERGY] + one);
    if (kind == BIT_RATE)
        dim[DATA] = (signed char)(dim[DATA] + one);
    if (kind == POWER || kind == BIT_RATE)
        dim[TIME] = (signed char)(dim[TIME] - one);
    if (sign > 0)
        b->num *= factor;
    else
        b->den *= factor;
}

static int take_name(
    struct builder *b, const char *name, int sign, struct sim_err *err)
{
    const struct row *row = find_row(name);
    const char *code = "";
    const double money = row == NULL ? find_currency(name, &code) : 0.0;

    if (row == NULL && money == 0.0)
        return unknown_name(name, err);
    if (row != NULL && row->kind == NOUN && sign > 0)
        return sim_err_set(err, SIM_E_INPUT,
            "unit '%s' is a counting noun, expected only after '/'", name);
    if (row == NULL) {
        if (b->unit.currency[0] != '\0' && strcmp(b->unit.currency, code) != 0)
            return sim_err_set(err, SIM_E_INPUT,
                "unit mixes the currencies %s and %s", b->unit.currency, code);
        memcpy(b->unit.currency, code, sizeof b->unit.currency);
    }
    multiply(b, row != NULL ? row->kind : MONEY,
        row != NULL ? row->factor : money, sign);
    b->offset = row != NULL ? row->offset : 0.0;
    b->names++;
    return SIM_OK;
}

/* One factor: s[0..n-1]. */
static int take_factor(
    struct builder *b, const char *s, size_t n, int sign, struct sim_err *err)
{
    char name[LONGEST_NAME + 1];
    size_t digits = 0;

    if (n == 0)
        return sim_err_set(err, SIM_E_INPUT,
            "unit ends or repeats '-' or '/', expected a name there");
    if (b->names == MOST_NAMES)
        return sim_err_set(
            err, SIM_E_INPUT, "unit has more than %d names", MOST_NAMES);
    if (n > LONGEST_NAME)
        return sim_err_set(
            err, SIM_E_INPUT, "unknown unit '%.*s...'", LONGEST_NAME, s);
    memcpy(name, s, n);
    name[n] = '\0';
    while (isdigit((unsigned char)name[digits]) ||
           (digits > 0 && name[digits] == '.'))
        digits++;
    if (digits == 0 || strcmp(name, "1") == 0)
        return take_name(b, name, sign, err);

    char *end;
    const double number = strtod(name, &end);
    if (sign > 0)
        return sim_err_set(err, SIM_E_INPUT,
            "unit starts with the number '%.*s', expected a name", (int)digits,
            name);
    if (end != name + digits || !(number > 0.0) || *end == '\0')
        return sim_err_set(err, SIM_E_INPUT,
            "unit '%s' is malformed, expected a number and a name as in "
            "'100ms'",
            name);
    multiply(b, RATIO, number, sign);
    return take_name(b, end, sign, err);
}

int sim_unit_parse(const char *text, struct sim_unit *unit, struct sim_err *err)
{
    struct builder b = {.num = 1.0, .den = 1.0};
    const char *s = text;
    int sign = 1;
    bool more = *text != '\0';

    if (*s == '/') { /* "/s" */
        sign = -1;
        s++;
    }
    while (more) {
        const size_t n = strcspn(s, "-/");
        const int rc = take_factor(&b, s, n, sign, err);
        if (rc != SIM_OK)
            return rc;
        s += n;
        more = *s != '\0';
        if (*s == '/')
            sign = -1;
        s += more;
    }
    b.unit.factor = b.num / b.den;
    b.unit.offset = b.names == 1 && sign > 0 ? b.offset : 0.0;
    if (b.unit.dim[MONEY] == 0)
        b.unit.currency[0] = '\0'; /* USD/USD */
    *unit = b.unit;
    return SIM_OK;
}

int sim_unit_same_dim(const struct sim_unit *a, const struct sim_unit *b)
{
    return memcmp(a->dim, b->dim, sizeof a->dim) == 0 &&
           strcmp(a->currency, b->currency) == 0;
}

int sim_unit_is_count(const struct sim_unit *unit)
{
    for (int i = 0; i < SIM_DIM_REQUEST; i++) { /* counts come last */
        if (unit->dim[i] != 0)
            return 0;
    }
    return 1;
}

/* The whole number that x is but for rounding; 0 if there is none. */
static double whole(double x)
{
    const double n = rint(x);

    return x < 0x1p53 && n >= 1.0 && fabs(x - n) <= 4e-15 * n ? n : 0.0;
}

double sim_unit_convert(
    double x, const struct sim_unit *from, const struct sim_unit *to)
{
    SIM_BUG_ON(memcmp(from->dim, to->dim, sizeof from->dim) != 0);
    if (from->offset != 0.0 || to->offset != 0.0)
        return (x * from->factor + from->offset - to->offset) / to->factor;

    const double up = whole(from->factor / to->factor);
    const double down = whole(to->factor / from->factor);
    if (up > 0.0)
        return x * up;
    if (down > 0.0)
        return x / down;
    return x * (from->factor / to->factor);
}

const char *sim_unit_name(int i, const char **kind, double *factor)
{
    const int is_row = i < N_ROWS;

    if (i < 0 || i >= N_ROWS + N_CURRENCIES)
        return NULL;
    if (kind != NULL)
        *kind = kind_names[is_row ? rows[i].kind : MONEY];
    if (factor != NULL)
        *factor = is_row ? rows[i].factor : 1.0;
    return is_row ? rows[i].name : currencies[i - N_ROWS];
}
