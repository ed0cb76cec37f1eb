/* units_text.c - units and quantities as text: what a dimension is called, the
 * suffix a C name needs, and the strict reading of "<number> <unit>". */
#include "sim/units.h"

#include <ctype.h>
#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { TIME, DATA, ENERGY, N_BASE = SIM_N_DIMS, POWER = N_BASE, RATE, N_NAMES };

/* Base dimensions in the order of `dim`, then the two compounds that have a
 * name of their own. */
static const char *const names[N_NAMES] = {"time", "data", "energy", "money",
    "mass", "volume", "length", "temperature", "request", "token", "person",
    "power", "data rate"};

/* Append to a buffer of fixed size; what does not fit is cut. */
static void append(char *text, size_t size, const char *more)
{
    const size_t n = strlen(text), m = strlen(more);

    if (n + 1 >= size)
        return;
    const size_t take = m < size - n - 1 ? m : size - n - 1;
    memcpy(text + n, more, take);
    text[n + take] = '\0';
}

/* energy / time is power, data / time is a data rate, also in denominators */
static void name_compound(int *dim, int part, int compound)
{
    while (dim[part] * dim[TIME] < 0) {
        const int sign = dim[part] > 0 ? 1 : -1;
        dim[part] -= sign;
        dim[TIME] += sign;
        dim[compound] += sign;
    }
}

void sim_unit_describe(const struct sim_unit *unit, char *text, size_t size)
{
    int dim[N_NAMES] = {0};
    bool any = false;

    if (size == 0)
        return;
    text[0] = '\0';
    for (int i = 0; i < SIM_N_DIMS; i++)
        dim[i] = (int)unit->dim[i]; /* signed on purpose: exponents */
    name_compound(dim, ENERGY, POWER);
    name_compound(dim, DATA, RATE);
    for (int i = 0; i < N_NAMES; i++) {
        for (int k = 0; k < dim[i]; k++) {
            append(text, size, any ? "-" : "");
            append(text, size, names[i]);
            any = true;
        }
    }
    const bool rate = !any;
    for (int i = 0; i < N_NAMES; i++) {
        for (int k = 0; k < -dim[i]; k++) {
            append(text, size, any ? " per " : "rate (per ");
            append(text, size, names[i]);
            any = true;
        }
    }
    if (!any)
        append(text, size, "plain number");
    else if (rate)
        append(text, size, ")");
}

/* clang-format off */
/* Names whose suffix is not their lower-case spelling. */
static const char *const spellings[][2] = {
    {"year", "yr"}, {"years", "yr"}, {"hour", "h"}, {"hours", "h"},
    {"days", "day"}, {"weeks", "week"}, {"months", "month"}, {"B", "bytes"},
    {"bit", "bits"}, {"requests", "request"}, {"tokens", "token"},
};
/* clang-format on */

static void append_name(char *text, size_t size, const char *s, size_t n)
{
    char name[32];

    for (size_t i = 0; i < sizeof spellings / sizeof spellings[0]; i++) {
        if (strlen(spellings[i][0]) == n &&
            strncmp(spellings[i][0], s, n) == 0) {
            append(text, size, spellings[i][1]);
            return;
        }
    }
    n = n < sizeof name ? n : sizeof name - 1;
    for (size_t i = 0; i < n; i++)
        name[i] = (char)tolower((unsigned char)s[i]);
    name[n] = '\0';
    append(text, size, name);
}

void sim_unit_suffix(const char *unit, char *suffix, size_t size)
{
    const char *s = unit;

    if (size == 0)
        return;
    suffix[0] = '\0';
    if (*unit == '\0' || strcmp(unit, "@") == 0)
        return;
    if (strcmp(unit, "1") == 0 || strcmp(unit, "%") == 0) {
        append(suffix, size, "_frac");
        return;
    }
    /* the 1 of "1/s" and the % of "%/year" are not spoken */
    if ((*s == '1' || *s == '%') && s[1] == '/')
        s++;
    while (*s != '\0') {
        if (*s == '/')
            append(suffix, size, "_per");
        s += *s == '/' || *s == '-';
        const size_t n = strcspn(s, "-/");
        append(suffix, size, "_");
        append_name(suffix, size, s, n);
        s += n;
    }
}

static int refuse(struct sim_err *err, const char *text, const char *why)
{
    return sim_err_set(
        err, SIM_E_INPUT, "'%.60s' is not a number: %s", text, why);
}

static size_t count_digits(const char *s)
{
    size_t n = 0;

    while (isdigit((unsigned char)s[n]))
        n++;
    return n;
}

/* Why the text after a well-formed number cannot be a unit; NULL if it can. */
static const char *bad_rest(const char *digits, const char *rest)
{
    const bool zero = digits[0] == '0' && rest == digits + 1;

    if (zero && (*rest == 'x' || *rest == 'X'))
        return "hexadecimal is not allowed, expected a decimal number";
    if (zero && (*rest == 'o' || *rest == 'b') &&
        isdigit((unsigned char)rest[1]))
        return "octal and binary are not allowed, expected a decimal number";
    if (*rest == '_')
        return "'_' is not allowed, expected digits without separators";
    if (*rest == ',')
        return "',' is not allowed, expected a '.' for decimals and no "
               "separators";
    if (*rest == ':')
        return "sexagesimal is not allowed, expected a number with a unit as "
               "in '90 min'";
    if (*rest == '.' || *rest == '+')
        return "expected a decimal number and a unit";
    return NULL;
}

/* nan and inf, in all the spellings of strtod and YAML. */
static bool is_special(const char *s)
{
    static const char *const words[] = {"nan", "inf", "infinity"};
    char word[10] = "";
    size_t n = 0;

    s += *s == '+' || *s == '-';
    s += *s == '.';
    while (n + 1 < sizeof word && isalpha((unsigned char)s[n])) {
        word[n] = (char)tolower((unsigned char)s[n]);
        n++;
    }
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(word, words[i]) == 0)
            return true;
    }
    return false;
}

int sim_quantity_parse(const char *text, double *number, const char **unit_text,
    struct sim_err *err)
{
    char copy[64];
    const char *digits = text + (*text == '+' || *text == '-');
    const size_t n_whole = count_digits(digits);
    const char *end = digits + n_whole;
    size_t n_part = 0;
    const char *why;

    if (is_special(text))
        return refuse(err, text, "nan and inf are not allowed");
    if (*end == '.') {
        n_part = count_digits(end + 1);
        end += 1 + n_part;
    }
    if (n_whole + n_part == 0)
        return refuse(err, text, "expected digits first");
    const size_t n_mantissa = (size_t)(end - digits);
    if (n_whole > 1 && digits[0] == '0')
        return refuse(err, text, "a leading 0 reads as octal elsewhere");
    if (*end == 'e' || *end == 'E') {
        const char *power = end + 1 + (end[1] == '+' || end[1] == '-');
        if (count_digits(power) > 0)
            end = power + count_digits(power);
    }
    why = bad_rest(digits, end);
    if (why != NULL)
        return refuse(err, text, why);
    const size_t length = (size_t)(end - text);
    if (length >= sizeof copy)
        return refuse(err, text, "more than 63 characters");
    memcpy(copy, text, length);
    copy[length] = '\0';

    /* the form is checked above; the program never calls setlocale() */
    const double value = strtod(copy, NULL);
    if (!isfinite(value))
        return refuse(err, text, "too large for a double (1.8e308)");
    const bool zero = strcspn(digits, "123456789") >= n_mantissa;
    if (!zero && fabs(value) < DBL_MIN)
        return refuse(err, text, "too small for a double (2.2e-308)");
    *number = value;
    *unit_text = end + strspn(end, " ");
    return SIM_OK;
}
