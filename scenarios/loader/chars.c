#include "scenarios/loader/chars.h"

size_t scn_char_decode(const char *s, unsigned *code)
{
    const unsigned char *p = (const unsigned char *)s;
    const size_t n = p[0] < 0x80   ? 1
                     : p[0] < 0xC2 ? 0
                     : p[0] < 0xE0 ? 2
                     : p[0] < 0xF0 ? 3
                     : p[0] < 0xF5 ? 4
                                   : 0;
    unsigned c = n < 2 ? p[0] : p[0] & (0x7Fu >> n);

    *code = 0xFFFD;
    if (n == 0)
        return 0;
    for (size_t i = 1; i < n; i++) {
        if ((p[i] & 0xC0) != 0x80)
            return 0;
        c = c << 6 | (p[i] & 0x3F);
    }
    /* overlong forms, surrogates, beyond the last plane */
    if ((n == 3 && (c < 0x800 || (c >= 0xD800 && c < 0xE000))) ||
        (n == 4 && (c < 0x10000 || c > 0x10FFFF)))
        return 0;
    *code = c;
    return n;
}

struct range {
    unsigned first, last;
};

static bool in(unsigned code, const struct range *ranges, int n)
{
    for (int i = 0; i < n; i++) {
        if (code >= ranges[i].first && code <= ranges[i].last)
            return true;
    }
    return false;
}

bool scn_char_dangerous(unsigned code)
{
    static const struct range ranges[] = {
        {0x00, 0x1F},       /* control, tab and line feed among them */
        {0x7F, 0x9F},       /* delete, C1 control */
        {0xAD, 0xAD},       /* soft hyphen */
        {0x61C, 0x61C},     /* Arabic letter mark */
        {0x200B, 0x200F},   /* zero width, direction marks */
        {0x2028, 0x202E},   /* separators, embeddings, overrides */
        {0x2060, 0x206F},   /* isolates, invisible operators */
        {0xFEFF, 0xFEFF},   /* byte order mark */
        {0xFFF9, 0xFFFB},   /* interlinear annotation */
        {0xE0000, 0xE0FFF}, /* tags */
    };

    return in(code, ranges, (int)(sizeof ranges / sizeof ranges[0]));
}

int scn_char_width(unsigned code)
{
    static const struct range combining[] = {
        {0x300, 0x36F},
        {0x483, 0x489},
        {0x591, 0x5BD},
        {0x1AB0, 0x1AFF},
        {0x1DC0, 0x1DFF},
        {0x20D0, 0x20FF},
        {0xFE00, 0xFE0F},
        {0xFE20, 0xFE2F},
    };
    static const struct range wide[] = {
        {0x1100, 0x115F},
        {0x2E80, 0x303E},
        {0x3041, 0x33FF},
        {0x3400, 0x4DBF},
        {0x4E00, 0x9FFF},
        {0xA000, 0xA4CF},
        {0xAC00, 0xD7A3},
        {0xF900, 0xFAFF},
        {0xFE30, 0xFE6F},
        {0xFF00, 0xFF60},
        {0xFFE0, 0xFFE6},
        {0x1F300, 0x1F64F},
        {0x1F680, 0x1F6FF},
        {0x1F900, 0x1F9FF},
        {0x20000, 0x3FFFD},
    };

    if (in(code, combining, (int)(sizeof combining / sizeof combining[0])))
        return 0;
    return in(code, wide, (int)(sizeof wide / sizeof wide[0])) ? 2 : 1;
}
