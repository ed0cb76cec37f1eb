#include "plots/font.h"

#include <string.h>

enum { EM = 2048, N_ASCII = 95, N_LATIN = 96, OTHER = 1303 };

/* clang-format off */
/* U+0020..U+007E, then U+00A0..U+00FF: regular, bold. */
static const uint16_t latin[2][N_ASCII + N_LATIN] = {
    {651, 821, 942, 1716, 1303, 1946, 1597, 563, 799, 799, 1024, 1716, 651, 739, 651, 690,
     1303, 1303, 1303, 1303, 1303, 1303, 1303, 1303, 1303, 1303, 690, 690, 1716, 1716, 1716, 1087,
     2048, 1401, 1405, 1430, 1577, 1294, 1178, 1587, 1540, 604, 604, 1343, 1141, 1767, 1532, 1612,
     1235, 1612, 1423, 1300, 1251, 1499, 1401, 2025, 1403, 1251, 1403, 799, 690, 799, 1716, 1024,
     1024, 1255, 1300, 1126, 1300, 1260, 721, 1300, 1298, 569, 569, 1186, 569, 1995, 1298, 1253,
     1300, 1300, 842, 1067, 803, 1298, 1212, 1675, 1212, 1212, 1075, 1303, 690, 1303, 1716, 651,
     821, 1303, 1303, 1303, 1303, 690, 1024, 1024, 2048, 965, 1253, 1716, 739, 2048, 1024, 1024,
     1716, 821, 821, 1024, 1303, 1303, 651, 1024, 821, 965, 1253, 1985, 1985, 1985, 1087, 1401,
     1401, 1401, 1401, 1401, 1401, 1995, 1430, 1294, 1294, 1294, 1294, 604, 604, 604, 604, 1587,
     1532, 1612, 1612, 1612, 1612, 1612, 1716, 1612, 1499, 1499, 1499, 1499, 1251, 1239, 1290, 1255,
     1255, 1255, 1255, 1255, 1255, 2011, 1126, 1260, 1260, 1260, 1260, 569, 569, 569, 569, 1253,
     1298, 1253, 1253, 1253, 1253, 1253, 1716, 1253, 1298, 1298, 1298, 1298, 1212, 1300, 1212},
    {713, 934, 1067, 1716, 1425, 2052, 1786, 627, 936, 936, 1071, 1716, 778, 850, 778, 748,
     1425, 1425, 1425, 1425, 1425, 1425, 1425, 1425, 1425, 1425, 819, 819, 1716, 1716, 1716, 1188,
     2048, 1585, 1561, 1503, 1700, 1399, 1399, 1681, 1714, 762, 762, 1587, 1305, 2038, 1714, 1741,
     1501, 1741, 1577, 1475, 1397, 1663, 1585, 2259, 1579, 1483, 1485, 936, 748, 936, 1716, 1024,
     1024, 1382, 1466, 1214, 1466, 1389, 891, 1466, 1458, 702, 702, 1362, 702, 2134, 1458, 1407,
     1466, 1466, 1010, 1219, 979, 1458, 1335, 1892, 1321, 1335, 1192, 1458, 748, 1458, 1716, 713,
     934, 1425, 1425, 1303, 1425, 748, 1024, 1024, 2048, 1155, 1323, 1716, 850, 2048, 1024, 1024,
     1716, 897, 897, 1024, 1507, 1303, 778, 1024, 897, 1155, 1323, 2120, 2120, 2120, 1188, 1585,
     1585, 1585, 1585, 1585, 1585, 2222, 1503, 1399, 1399, 1399, 1399, 762, 762, 762, 762, 1716,
     1714, 1741, 1741, 1741, 1741, 1741, 1716, 1741, 1663, 1663, 1663, 1663, 1483, 1511, 1473, 1382,
     1382, 1382, 1382, 1382, 1382, 2146, 1214, 1389, 1389, 1389, 1389, 702, 702, 702, 702, 1407,
     1458, 1407, 1407, 1407, 1407, 1407, 1716, 1407, 1458, 1458, 1458, 1458, 1335, 1466, 1335},
};

/* Other signs that charts and names use: regular, bold. */
static const struct {
    uint32_t code;
    uint16_t width[2];
} signs[] = {
    {0x2009, {409, 409}},
    {0x2013, {1024, 1024}},
    {0x2014, {2048, 2048}},
    {0x2018, {651, 778}},
    {0x2019, {651, 778}},
    {0x201C, {1061, 1346}},
    {0x201D, {1061, 1346}},
    {0x2026, {2048, 2048}},
    {0x20AC, {1303, 1425}},
    {0x2212, {1716, 1716}},
    {0x2264, {1716, 1716}},
    {0x2265, {1716, 1716}},
    {0x25A0, {1935, 1935}},
    {0x25C6, {1575, 1575}},
    {0x25CB, {1787, 1787}},
    {0x25CF, {1787, 1787}},
    {0xFFFD, {2100, 2280}},
};
/* clang-format on */

static const char ellipsis[] = "\xE2\x80\xA6"; /* U+2026 */

uint32_t plt_utf8_next(const char **s)
{
    const unsigned char *p = (const unsigned char *)*s;
    const int n = p[0] < 0x80   ? 1
                  : p[0] < 0xC2 ? 0
                  : p[0] < 0xE0 ? 2
                  : p[0] < 0xF0 ? 3
                  : p[0] < 0xF5 ? 4
                                : 0;
    uint32_t code = n == 1 ? p[0] : p[0] & (0xFFu >> (n + 1));

    if (*p == '\0')
        return 0;
    for (int i = 1; i < n; i++) {
        if ((p[i] & 0xC0) != 0x80) {
            *s += 1;
            return 0xFFFD;
        }
        code = code << 6 | (p[i] & 0x3Fu);
    }
    const bool overlong =
        (n == 3 && code < 0x800) || (n == 4 && code < 0x10000);
    if (n == 0 || overlong || code > 0x10FFFF ||
        (code >= 0xD800 && code <= 0xDFFF)) {
        *s += 1;
        return 0xFFFD;
    }
    *s += n;
    return code;
}

/* Advance of one character in font units. */
static unsigned advance_of(uint32_t code, bool bold)
{
    if (code >= 0x20 && code < 0x7F)
        return latin[bold][code - 0x20];
    if (code >= 0xA0 && code <= 0xFF)
        return latin[bold][N_ASCII + code - 0xA0];
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++) {
        if (signs[i].code == code)
            return signs[i].width[bold];
    }
    if (code >= 0x300 && code <= 0x36F) /* combining marks */
        return 0;
    if ((code >= 0x1100 && code <= 0x115F) ||
        (code >= 0x2E80 && code <= 0xD7A3) ||
        (code >= 0xF900 && code <= 0xFAFF) ||
        (code >= 0xFE30 && code <= 0xFE6F) ||
        (code >= 0xFF00 && code <= 0xFF60) || code >= 0x1F000)
        return EM;
    return OTHER;
}

double plt_text_width(const char *s, double size, bool bold)
{
    unsigned long sum = 0;

    for (uint32_t code = plt_utf8_next(&s); code != 0; code = plt_utf8_next(&s))
        sum += advance_of(code, bold);
    return (double)sum / EM * size;
}

/* Bytes of the longest start of `s` that is at most `max_width` wide and at
 * most `cap` bytes long. */
static size_t bytes_within(
    const char *s, double size, bool bold, double max_width, size_t cap)
{
    const char *p = s;
    double width = 0.0;

    for (;;) {
        const char *at = p;
        const uint32_t code = plt_utf8_next(&p);
        if (code == 0)
            return (size_t)(at - s);
        width += (double)advance_of(code, bold) / EM * size;
        if (width > max_width + 1e-9 || (size_t)(p - s) > cap)
            return (size_t)(at - s);
    }
}

double plt_text_fit(char *out, size_t cap, const char *s, double size,
    bool bold, double max_width)
{
    const double dots = plt_text_width(ellipsis, size, bold);
    size_t n = bytes_within(s, size, bold, max_width, cap - 1);

    if (s[n] == '\0') {
        memcpy(out, s, n + 1);
        return plt_text_width(out, size, bold);
    }
    n = bytes_within(s, size, bold, max_width - dots, cap - sizeof ellipsis);
    while (n > 0 && s[n - 1] == ' ')
        n--;
    memcpy(out, s, n);
    memcpy(out + n, ellipsis, sizeof ellipsis);
    return plt_text_width(out, size, bold);
}

int plt_text_wrap(char *line, size_t cap, int max_lines, const char *s,
    double size, bool bold, double max_width)
{
    int n = 0;

    s += strspn(s, " ");
    while (*s != '\0' && n < max_lines - 1) {
        char *out = line + (size_t)n * cap;
        size_t len = bytes_within(s, size, bold, max_width, cap - 1);
        if (s[len] != '\0' && s[len] != ' ') {
            size_t space = len;
            while (space > 0 && s[space] != ' ')
                space--;
            len = space > 0 ? space : len > 0 ? len : strlen(s);
        }
        if (len > cap - 1)
            len = cap - 1;
        memcpy(out, s, len);
        out[len] = '\0';
        s += len;
        s += strspn(s, " ");
        n++;
    }
    if (*s != '\0') {
        plt_text_fit(line + (size_t)n * cap, cap, s, size, bold, max_width);
        n++;
    }
    return n;
}
