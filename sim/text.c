#include "sim/text.h"

#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "sim/alloc.h"

static const char replacement[] = "\xEF\xBF\xBD"; /* U+FFFD */

static bool reserve(struct sim_text *text, size_t more)
{
    size_t size = text->size > 0 ? text->size : 256;
    char *data;

    if (text->failed)
        return false;
    if (more > SIZE_MAX / 4 || text->len > SIZE_MAX / 4) {
        text->failed = true;
        return false;
    }
    if (text->len + more + 1 <= text->size)
        return true;
    while (size < text->len + more + 1)
        size *= 2;
    data = sim_realloc(text->data, size, 1);
    if (data == NULL) {
        text->failed = true;
        return false;
    }
    text->data = data;
    text->size = size;
    return true;
}

void sim_text_add_n(struct sim_text *text, const char *s, size_t n)
{
    if (!reserve(text, n))
        return;
    memcpy(text->data + text->len, s, n);
    text->len += n;
    text->data[text->len] = '\0';
}

void sim_text_add(struct sim_text *text, const char *s)
{
    sim_text_add_n(text, s, strlen(s));
}

void sim_text_add_char(struct sim_text *text, char c)
{
    sim_text_add_n(text, &c, 1);
}

void sim_text_printf(struct sim_text *text, const char *fmt, ...)
{
    va_list args, again;
    int n;

    va_start(args, fmt);
    va_copy(again, args);
    n = vsnprintf(NULL, 0, fmt, args);
    if (n >= 0 && reserve(text, (size_t)n)) {
        vsnprintf(text->data + text->len, (size_t)n + 1, fmt, again);
        text->len += (size_t)n;
    }
    va_end(again);
    va_end(args);
}

/* Length of the well-formed UTF-8 sequence at s, 0 when malformed (overlong
 * forms and surrogates included). */
static size_t utf8_len(const unsigned char *s)
{
    size_t n = s[0] < 0x80   ? 1
               : s[0] < 0xC2 ? 0
               : s[0] < 0xE0 ? 2
               : s[0] < 0xF0 ? 3
               : s[0] < 0xF5 ? 4
                             : 0;

    for (size_t i = 1; i < n; i++) {
        if ((s[i] & 0xC0) != 0x80)
            return 0;
    }
    if (n == 3 &&
        ((s[0] == 0xE0 && s[1] < 0xA0) || (s[0] == 0xED && s[1] >= 0xA0)))
        return 0;
    if (n == 4 &&
        ((s[0] == 0xF0 && s[1] < 0x90) || (s[0] == 0xF4 && s[1] >= 0x90)))
        return 0;
    return n;
}

void sim_text_add_json(struct sim_text *text, const char *s)
{
    const unsigned char *p = (const unsigned char *)s;

    while (*p != '\0') {
        const size_t n = utf8_len(p);
        if (n == 0) {
            sim_text_add(text, replacement);
            p++;
        } else if (*p == '"' || *p == '\\') {
            sim_text_printf(text, "\\%c", *p++);
        } else if (*p < 0x20 || *p == 0x7F) {
            sim_text_printf(text, "\\u%04x", *p++);
        } else {
            sim_text_add_n(text, (const char *)p, n);
            p += n;
        }
    }
}

void sim_text_add_xml(struct sim_text *text, const char *s)
{
    const unsigned char *p = (const unsigned char *)s;

    while (*p != '\0') {
        const size_t n = utf8_len(p);
        const char *as = n == 0       ? replacement
                         : *p == '&'  ? "&amp;"
                         : *p == '<'  ? "&lt;"
                         : *p == '>'  ? "&gt;"
                         : *p == '"'  ? "&quot;"
                         : *p == '\'' ? "&#39;"
                         : (*p < 0x20 && *p != '\t' && *p != '\n') || *p == 0x7F
                             ? replacement
                             : NULL;
        if (as != NULL)
            sim_text_add(text, as);
        else
            sim_text_add_n(text, (const char *)p, n);
        p += n > 0 ? n : 1;
    }
}

void sim_text_add_csv(struct sim_text *text, const char *s)
{
    const bool risky = s[0] != '\0' && strchr("=+-@\t\r", s[0]) != NULL;

    if (!risky && strpbrk(s, "\",\r\n") == NULL) {
        sim_text_add(text, s);
        return;
    }
    sim_text_add(text, risky ? "\"'" : "\"");
    for (; *s != '\0'; s++) {
        if (*s == '"')
            sim_text_add_char(text, '"');
        sim_text_add_char(text, *s);
    }
    sim_text_add_char(text, '"');
}

void sim_text_add_double(struct sim_text *text, double x)
{
    /* "%.17g" would use the decimal point of the locale; the house never
     * calls setlocale(), so it is always '.'. */
    if (isfinite(x))
        sim_text_printf(text, "%.17g", x);
    else
        sim_text_add(text, "null");
}

const char *sim_text_str(const struct sim_text *text)
{
    return text->data != NULL ? text->data : "";
}

bool sim_text_ok(const struct sim_text *text)
{
    return !text->failed;
}

void sim_text_release(struct sim_text *text)
{
    sim_free(text->data);
    *text = (struct sim_text){0};
}
