#include "check_main.h"

#include <math.h>
#include <stdint.h>

#include "plots/place.h"
#include "plots/plot.h"
#include "plots/theme.h"

START_TEST(segments_and_boxes)
{
    const struct plt_box box = {10, 10, 20, 20};
    const struct {
        struct plt_segment s;
        bool meets;
    } rows[] = {
        {{{0, 15}, {30, 15}}, true},  /* through */
        {{{12, 12}, {18, 18}}, true}, /* inside */
        {{{0, 0}, {9, 30}}, false},   /* left of it */
        {{{0, 25}, {30, 21}}, false}, /* below */
        {{{0, 11}, {11, 0}}, false},  /* past the corner: x + y = 11 < 20 */
        {{{0, 21}, {21, 0}}, true},   /* cuts the corner: x + y = 21 > 20 */
        {{{15, 0}, {15, 9}}, false},  /* vertical, ends before */
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        ck_assert_int_eq(plt_segment_meets(rows[i].s, box), rows[i].meets);
    ck_assert(plt_boxes_meet(box, (struct plt_box){19, 19, 30, 30}));
    ck_assert(!plt_boxes_meet(box, (struct plt_box){20, 10, 30, 20}));
}
END_TEST

/* Labels round crowded points never overlap each other or a line. */
START_TEST(labels_keep_apart)
{
    struct sim_arena arena = {0};
    struct plt_space space = {.arena = &arena, .bounds = {0, 0, 400, 300}};
    const struct plt_point line[] = {{0, 150}, {400, 150}};
    int placed = 0;

    plt_space_lines(&space, line, 2);
    for (int i = 0; i < 12; i++) {
        const struct plt_point p = {200.0 + 3.0 * i, 140.0 + 2.0 * i};
        struct plt_point at;
        int anchor;
        placed += plt_place_beside(&space, p, 10.0, 60.0, 12.0, &at, &anchor);
    }
    ck_assert_int_ge(placed, 4);
    ck_assert_int_eq(space.n_boxes, placed);
    for (int i = 0; i < placed; i++) {
        ck_assert(!plt_segment_meets(space.segment[0], space.box[i]));
        for (int j = 0; j < i; j++)
            ck_assert(!plt_boxes_meet(space.box[i], space.box[j]));
    }
    ck_assert(!space.failed);
    sim_arena_release(&arena);
}
END_TEST

START_TEST(spread)
{
    double y[] = {10, 11, 12, 98, 99};
    double tight[] = {5, 5, 5, 5};

    plt_spread(y, 5, 10.0, 0.0, 100.0);
    for (int i = 1; i < 5; i++)
        ck_assert_double_ge(y[i] - y[i - 1], 10.0 - 1e-9);
    ck_assert_double_le(y[4], 100.0);
    ck_assert_double_ge(y[0], 0.0);
    plt_spread(tight, 4, 10.0, 0.0, 15.0); /* only 5 apart fit */
    for (int i = 1; i < 4; i++)
        ck_assert_double_eq_tol(tight[i] - tight[i - 1], 5.0, 1e-9);
}
END_TEST

/* ---- colours ------------------------------------------------------------ */

/* Truth: WCAG 2.1, black on white is 21:1. */
START_TEST(contrast)
{
    ck_assert_double_eq_tol(plt_contrast(0x000000, 0xFFFFFF), 21.0, 1e-9);
    for (int t = 0; t < PLT_N_THEMES; t++) {
        const struct plt_theme *th = plt_theme_at(t);
        const char *tiers[] = {"hyperscale", "regional", "edge", "closet",
            "building", "modular", "none"};
        ck_assert_double_ge(plt_contrast(th->text, th->ground), 4.5);
        ck_assert_double_ge(plt_contrast(th->muted, th->ground), 4.5);
        ck_assert_double_ge(plt_contrast(th->limit, th->ground), 4.5);
        for (int i = 0; i < 7; i++) {
            for (int k = 0; k < 4; k++) {
                const uint32_t c =
                    plt_shade(th, plt_tier_colour(th, tiers[i]), k);
                ck_assert_double_ge(
                    plt_contrast(plt_readable(th, c), th->ground), 4.5);
            }
        }
    }
    for (int i = -1; i < PLT_N_COMPONENTS; i++) {
        const uint32_t c = plt_component_colour(i);
        ck_assert_double_ge(plt_contrast(plt_text_on(c), c), 4.5);
    }
}
END_TEST

START_TEST(tier_colours)
{
    const struct plt_theme *th = plt_theme_at(PLT_LIGHT);

    ck_assert_uint_eq(plt_tier_colour(th, "hyperscale"), 0x0072B2);
    ck_assert_uint_eq(plt_tier_colour(th, "regional"), 0xE69F00);
    ck_assert_uint_eq(plt_tier_colour(th, "edge"), 0x009E73);
    ck_assert_uint_eq(plt_tier_colour(th, "closet"), 0xCC79A7);
    ck_assert_uint_eq(plt_tier_colour(th, NULL), th->other);
    ck_assert_int_eq(plt_theme_find("dark"), PLT_DARK);
    ck_assert_int_eq(plt_theme_find("pink"), -1);
    ck_assert_ptr_null(plt_theme_name(PLT_N_THEMES));
}
END_TEST

/* Machado et al. 2009, severity 1.0: none, protan, deutan, tritan. */
static const double sight[4][3][3] = {{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
    {{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216},
        {-0.003882, -0.048116, 1.051998}},
    {{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413},
        {-0.011820, 0.042940, 0.968881}},
    {{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602},
        {0.004733, 0.691367, 0.303900}}};

static double lab_f(double t)
{
    return t > 216.0 / 24389 ? cbrt(t) : (24389.0 / 27 * t + 16) / 116;
}

static void lab_of(uint32_t rgb, int eye, double lab[3])
{
    double lin[3], seen[3];

    for (int i = 0; i < 3; i++) {
        const double c = (rgb >> (16 - 8 * i) & 0xFF) / 255.0;
        lin[i] = c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
    }
    for (int i = 0; i < 3; i++) {
        seen[i] = 0.0;
        for (int j = 0; j < 3; j++)
            seen[i] += sight[eye][i][j] * lin[j];
        seen[i] = fmin(fmax(seen[i], 0.0), 1.0);
    }
    const double x = lab_f(
        (0.4124564 * seen[0] + 0.3575761 * seen[1] + 0.1804375 * seen[2]) /
        0.95047);
    const double y =
        lab_f(0.2126729 * seen[0] + 0.7151522 * seen[1] + 0.0721750 * seen[2]);
    const double z = lab_f(
        (0.0193339 * seen[0] + 0.1191920 * seen[1] + 0.9503041 * seen[2]) /
        1.08883);
    lab[0] = 116 * y - 16;
    lab[1] = 500 * (x - y);
    lab[2] = 200 * (y - z);
}

/* Any two cost components, so adjacent ones too, differ by 15 dE or more. */
START_TEST(components_differ)
{
    for (int eye = 0; eye < 4; eye++) {
        for (int i = 0; i <= PLT_N_COMPONENTS; i++) {
            for (int j = 0; j < i; j++) {
                double a[3], b[3];
                lab_of(plt_component_colour(i), eye, a);
                lab_of(plt_component_colour(j), eye, b);
                const double de =
                    sqrt(pow(a[0] - b[0], 2) + pow(a[1] - b[1], 2) +
                         pow(a[2] - b[2], 2));
                ck_assert_double_ge(de, 15.0);
            }
        }
    }
}
END_TEST

TEST_MAIN("plots/place", segments_and_boxes, labels_keep_apart, spread,
    contrast, tier_colours, components_differ)
