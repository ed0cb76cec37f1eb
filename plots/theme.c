#include "plots/theme.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "plots/plot.h"

/* clang-format off */
static const struct plt_theme themes[PLT_N_THEMES] = {
    [PLT_LIGHT] = {"light", 0xFFFFFF, 0x1F2328, 0x57606A, 0xE3E6EA, 0x8C959F, 0xB42318, 0x4B5259},
    [PLT_DARK]  = {"dark",  0x14181D, 0xE6EDF3, 0x9DA7B3, 0x2B3138, 0x6E7681, 0xFF9A8F, 0xA4ACB6},
    [PLT_PRINT] = {"print", 0xFFFFFF, 0x000000, 0x444444, 0xD4D4D4, 0x666666, 0x000000, 0x4B5259},
};

static const struct {
    const char *tier;
    uint32_t rgb;
} tiers[] = {
    {"hyperscale", 0x0072B2}, {"regional", 0xE69F00}, {"edge",    0x009E73},
    {"closet",     0xCC79A7}, {"building", 0xD55E00}, {"modular", 0x56B4E9},
};

static const uint32_t components[PLT_N_COMPONENTS + 1] = {
    0x882255, 0x33BBEE, 0x997700, 0x332288, 0xCC6677, 0xEECC66, 0x8C6BB1, 0x117733,
    0xA9B1BA,
};
/* clang-format on */

const struct plt_theme *plt_theme_at(int theme)
{
    return &themes[theme >= 0 && theme < PLT_N_THEMES ? theme : PLT_LIGHT];
}

const char *plt_theme_name(int theme)
{
    return theme >= 0 && theme < PLT_N_THEMES ? themes[theme].name : NULL;
}

int plt_theme_find(const char *name)
{
    for (int i = 0; i < PLT_N_THEMES; i++) {
        if (strcmp(themes[i].name, name) == 0)
            return i;
    }
    return -1;
}

uint32_t plt_tier_colour(const struct plt_theme *theme, const char *tier)
{
    for (size_t i = 0; tier != NULL && i < sizeof tiers / sizeof tiers[0];
         i++) {
        if (strcmp(tiers[i].tier, tier) == 0)
            return tiers[i].rgb;
    }
    return theme->other;
}

uint32_t plt_mix(uint32_t a, uint32_t b, double t)
{
    uint32_t mixed = 0;

    for (int shift = 0; shift <= 16; shift += 8) {
        const double x = a >> shift & 0xFF, y = b >> shift & 0xFF;
        mixed |= (uint32_t)(x + (y - x) * t + 0.5) << shift;
    }
    return mixed;
}

uint32_t plt_shade(const struct plt_theme *theme, uint32_t rgb, int k)
{
    const int pair = (k + 1) / 2; /* darker, lighter, darker ... */
    const double t = fmin(0.2 * pair + 0.15, 0.6);

    if (k == 0)
        return rgb;
    return plt_mix(rgb, k % 2 == 1 ? theme->text : theme->ground, t);
}

uint32_t plt_component_colour(int i)
{
    return components[i >= 0 && i < PLT_N_COMPONENTS ? i : PLT_N_COMPONENTS];
}

/* Relative luminance of sRGB (WCAG 2.1). */
static double luminance(uint32_t rgb)
{
    const double weight[] = {0.0722, 0.7152, 0.2126};
    double sum = 0.0;

    for (int i = 0; i < 3; i++) {
        const double c = (rgb >> (8 * i) & 0xFF) / 255.0;
        sum += weight[i] *
               (c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4));
    }
    return sum;
}

double plt_contrast(uint32_t a, uint32_t b)
{
    const double x = luminance(a) + 0.05, y = luminance(b) + 0.05;

    return x > y ? x / y : y / x;
}

uint32_t plt_readable(const struct plt_theme *theme, uint32_t rgb)
{
    uint32_t c = rgb;

    for (int i = 1; i <= 20 && plt_contrast(c, theme->ground) < 4.5; i++)
        c = plt_mix(rgb, theme->text, i / 20.0);
    return c;
}

uint32_t plt_text_on(uint32_t ground)
{
    return plt_contrast(ground, 0x000000) > plt_contrast(ground, 0xFFFFFF)
               ? 0x000000
               : 0xFFFFFF;
}
