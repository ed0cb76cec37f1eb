#include "reports/number.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { NUMBER_BYTES = 64, SHARE_DECIMALS = 3 };

void rep_number(char *buf, size_t size, double value, int decimals)
{
    char digits[NUMBER_BYTES * 6], out[NUMBER_BYTES * 8];
    size_t n = 0;

    if (!isfinite(value)) {
        snprintf(buf, size, "n/a");
        return;
    }
    const int len = snprintf(digits, sizeof digits, "%.*f", decimals, value);
    SIM_BUG_ON(len < 0 || (size_t)len >= sizeof digits);
    /* "-0.00" says nothing that "0.00" does not */
    const char *p = digits;
    if (*p == '-' && strspn(p + 1, "0.") == strlen(p + 1))
        p++;
    if (*p == '-')
        out[n++] = *p++;
    size_t whole = strcspn(p, ".");
    for (; whole > 0; whole--) {
        out[n++] = *p++;
        if (whole > 1 && whole % 3 == 1)
            out[n++] = ',';
    }
    snprintf(out + n, sizeof out - n, "%s", p);
    snprintf(buf, size, "%s", out);
}

void rep_estimate(
    char *buf, size_t size, const struct res_estimate *est, int decimals)
{
    rep_number(buf, size, est->value, decimals);
    if (isfinite(est->value) && isfinite(est->half_width)) {
        char half[NUMBER_BYTES];
        const size_t n = strlen(buf);
        rep_number(half, sizeof half, est->half_width, decimals);
        /* "± 0.0" would claim more than is known */
        if (strspn(half, "0.") < strlen(half))
            snprintf(buf + n, size - n, " \xC2\xB1 %s", half);
    }
}

void rep_metric_text(char *buf, size_t size, const struct res_metric *m)
{
    const bool bare = strcmp(m->unit, "1") == 0;
    const bool share = bare && fabs(m->est.value) <= 1.0;
    struct res_estimate est = m->est;

    if (share) {
        est.value *= 100.0;
        est.half_width *= 100.0;
    }
    rep_estimate(buf, size, &est,
        share ? SHARE_DECIMALS : rep_decimals(est.value, 4, 6));
    const size_t n = strlen(buf);
    if (share || !bare)
        snprintf(buf + n, size - n, " %s", share ? "%" : m->unit);
}

int rep_decimals(double value, int digits, int most)
{
    const double x = fabs(value);

    if (!isfinite(x) || x <= 0.0)
        return 0;
    const int d = digits - 1 - (int)floor(log10(x));
    return d < 0 ? 0 : d > most ? most : d;
}

struct rep_scale rep_money_scale(double magnitude)
{
    static const struct rep_scale scales[] = {
        {1e9, "B"}, {1e6, "M"}, {1e3, "k"}};

    for (size_t i = 0; i < sizeof scales / sizeof scales[0]; i++) {
        /* one digit more before the point than the prefix needs: 9,500 USD
         * reads better than 9.5 kUSD */
        if (fabs(magnitude) >= 10.0 * scales[i].divisor)
            return scales[i];
    }
    return (struct rep_scale){1.0, ""};
}

/* Length of the UTF-8 sequence at s and its code point; 0 when malformed. */
static size_t decode(const unsigned char *s, unsigned long *code)
{
    static const unsigned long least[] = {0, 0, 0x80, 0x800, 0x10000};
    const size_t n = s[0] < 0x80             ? 1
                     : (s[0] & 0xE0) == 0xC0 ? 2
                     : (s[0] & 0xF0) == 0xE0 ? 3
                     : (s[0] & 0xF8) == 0xF0 ? 4
                                             : 0;

    *code = n == 1 ? s[0] : n > 1 ? s[0] & (0xFFu >> (n + 1)) : 0;
    for (size_t i = 1; i < n; i++) {
        if ((s[i] & 0xC0) != 0x80)
            return 0;
        *code = *code << 6 | (s[i] & 0x3Fu);
    }
    if (n == 0 || *code < least[n] || *code > 0x10FFFF ||
        (*code >= 0xD800 && *code <= 0xDFFF))
        return 0;
    return n;
}

/* C0 and C1 controls, line and paragraph separators, direction marks,
 * embeddings, overrides and isolates (Unicode's Bidi_Control), byte order
 * mark, and the two characters XML does not allow. */
static bool hidden(unsigned long c)
{
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x61C ||
           (c >= 0x200B && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) ||
           (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF || c == 0xFFFE ||
           c == 0xFFFF;
}

static void add_clean(struct sim_text *out, const char *s, const char *escaped)
{
    const unsigned char *p = (const unsigned char *)s;
    unsigned long code;

    while (*p != '\0') {
        const size_t n = decode(p, &code);
        if (n == 0 || hidden(code))
            sim_text_add(out, "\xEF\xBF\xBD");
        else {
            if (n == 1 && strchr(escaped, *p) != NULL)
                sim_text_add_char(out, '\\');
            sim_text_add_n(out, (const char *)p, n);
        }
        p += n > 0 ? n : 1;
    }
}

void rep_plain(struct sim_text *out, const char *s)
{
    add_clean(out, s, "");
}

void rep_markdown(struct sim_text *out, const char *s)
{
    add_clean(out, s, "\\`*_{}[]<>#|~!&$@");
}

int rep_width(const char *s)
{
    int width = 0;

    for (; *s != '\0'; s++)
        width += ((unsigned char)*s & 0xC0) != 0x80;
    return width;
}
