/* theme.h - colours: fixed by tier, ordered for cost components.
 *
 * Tier colours are the set of Okabe and Ito (2008), chosen to be told apart
 * with colour-blindness, and the same on every chart and in every theme.
 * Components have a second set, picked by a search over candidates so that any
 * two differ by at least 15 (CIE 1976 Lab) in normal sight and in the three
 * dichromacies of Machado, Oliveira and Fernandes (2009); a test repeats it.
 */
#ifndef PLOTS_THEME_H
#define PLOTS_THEME_H

#include <stdint.h>

enum { PLT_N_COMPONENTS = 8 };

struct plt_theme {
    const char *name;
    uint32_t ground; /* page */
    uint32_t text;
    uint32_t muted; /* subtitle, tick labels, footer: contrast >= 4.5 */
    uint32_t grid;
    uint32_t axis;
    uint32_t limit; /* objective lines and their labels: contrast >= 4.5 */
    uint32_t other; /* tiers without a colour of their own */
};

/** Theme by enum plt_theme_id; the light one outside the range. */
const struct plt_theme *plt_theme_at(int theme);

/** Colour of a tier by name; the theme's `other` for an unknown one. */
uint32_t plt_tier_colour(const struct plt_theme *theme, const char *tier);

/** The `k`-th deployment of one tier, k = 0, 1 ...: the colour itself, then
 *  shades towards the text colour and towards the page. */
uint32_t plt_shade(const struct plt_theme *theme, uint32_t rgb, int k);

/** Component i = 0 .. PLT_N_COMPONENTS - 1; the grey of "Other" outside. */
uint32_t plt_component_colour(int i);

/** (1 - t) a + t b per channel, 0 <= t <= 1. */
uint32_t plt_mix(uint32_t a, uint32_t b, double t);

/** Contrast ratio 1 .. 21 of two colours (WCAG 2.1). */
double plt_contrast(uint32_t a, uint32_t b);

/** `rgb` moved towards the text colour until text in it has a contrast of 4.5
 *  on the theme's page. */
uint32_t plt_readable(const struct plt_theme *theme, uint32_t rgb);

/** Black or white, whichever reads better on `ground`: always >= 4.5. */
uint32_t plt_text_on(uint32_t ground);

#endif /* PLOTS_THEME_H */
