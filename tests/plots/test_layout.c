/* Every chart on a canvas that records its text: nothing overlaps, nothing is
 * cut off, whatever the run holds. */
#include "check_main.h"

#include <math.h>
#include <string.h>

#include "fixture.h"
#include "plots/canvas.h"
#include "plots/draw.h"
#include "plots/font.h"

enum { MAX_TEXTS = 400 };

struct text {
    char s[160];
    struct plt_point corner[4];
};

struct recorder {
    struct plt_canvas base;
    int n_begins, n_texts, n_lines, n_rects, depth;
    char title[512];
    struct text text[MAX_TEXTS];
};

static void rec_begin(
    struct plt_canvas *cv, const char *title, const char *desc)
{
    struct recorder *r = (struct recorder *)cv;

    r->n_begins++;
    snprintf(r->title, sizeof r->title, "%s", title);
    ck_assert_int_gt((int)strlen(desc), 0);
}

static void rec_lines(struct plt_canvas *cv, const struct plt_point *p, int n,
    bool closed, const struct plt_paint *paint)
{
    (void)closed, (void)paint;
    ((struct recorder *)cv)->n_lines++;
    for (int i = 0; i < n; i++)
        ck_assert(isfinite(p[i].x) && isfinite(p[i].y));
}

static void rec_rect(struct plt_canvas *cv, double x, double y, double w,
    double h, const struct plt_paint *paint)
{
    (void)paint;
    ((struct recorder *)cv)->n_rects++;
    ck_assert(isfinite(x) && isfinite(y) && w >= 0.0 && h >= 0.0);
}

static void rec_circle(struct plt_canvas *cv, double x, double y, double radius,
    const struct plt_paint *paint)
{
    (void)cv, (void)paint, (void)radius;
    ck_assert(isfinite(x) && isfinite(y));
}

static void rec_text(struct plt_canvas *cv, double x, double y, const char *s,
    const struct plt_font *font)
{
    struct recorder *r = (struct recorder *)cv;
    const double width = plt_text_width(s, font->size, font->bold);
    const double left = font->anchor == PLT_START    ? 0.0
                        : font->anchor == PLT_MIDDLE ? -width / 2.0
                                                     : -width;
    const double up = -font->size * PLT_CAP_HEIGHT;
    const double down = font->size * PLT_DESCENT;
    const double a = font->degrees / 180.0 * 3.14159265358979323846;
    const struct plt_point at[4] = {
        {left, up}, {left + width, up}, {left + width, down}, {left, down}};

    ck_assert_int_lt(r->n_texts, MAX_TEXTS);
    struct text *t = &r->text[r->n_texts++];
    snprintf(t->s, sizeof t->s, "%s", s);
    for (int i = 0; i < 4; i++)
        t->corner[i] =
            (struct plt_point){x + at[i].x * cos(a) - at[i].y * sin(a),
                y + at[i].x * sin(a) + at[i].y * cos(a)};
}

static void rec_clip(
    struct plt_canvas *cv, double x, double y, double w, double h)
{
    (void)x, (void)y, (void)w, (void)h;
    ((struct recorder *)cv)->depth++;
}

static void rec_group(struct plt_canvas *cv, const char *title)
{
    (void)title;
    ((struct recorder *)cv)->depth++;
}

static void rec_end(struct plt_canvas *cv)
{
    ((struct recorder *)cv)->depth--;
}

static const struct plt_canvas_ops rec_ops = {rec_begin, rec_lines, rec_rect,
    rec_circle, rec_text, rec_clip, rec_end, rec_group, rec_end};

/* Separating axes: two convex quadrilaterals overlap unless the normal of
 * some edge tells them apart; half a unit of touch is let pass. */
static bool apart_by(const struct text *a, const struct text *b)
{
    for (int i = 0; i < 4; i++) {
        const struct plt_point p = a->corner[i], q = a->corner[(i + 1) % 4];
        const double length = hypot(q.x - p.x, q.y - p.y);
        const double nx = (q.y - p.y) / length, ny = (p.x - q.x) / length;
        double a0 = 1e9, a1 = -1e9, b0 = 1e9, b1 = -1e9;
        for (int k = 0; k < 4; k++) {
            const double u = a->corner[k].x * nx + a->corner[k].y * ny;
            const double v = b->corner[k].x * nx + b->corner[k].y * ny;
            a0 = fmin(a0, u), a1 = fmax(a1, u);
            b0 = fmin(b0, v), b1 = fmax(b1, v);
        }
        if (a1 < b0 + 0.5 || b1 < a0 + 0.5)
            return true;
    }
    return false;
}

static void check_chart(const struct recorder *r, const char *plot, int which)
{
    for (int i = 0; i < r->n_texts; i++) {
        const struct text *t = &r->text[i];
        for (int k = 0; k < 4; k++)
            ck_assert_msg(
                t->corner[k].x >= 0.0 && t->corner[k].x <= PLT_WIDTH &&
                    t->corner[k].y >= 0.0 && t->corner[k].y <= PLT_HEIGHT,
                "%s, case %d: '%s' leaves the page", plot, which, t->s);
        for (int j = 0; j < i; j++)
            ck_assert_msg(apart_by(t, &r->text[j]) || apart_by(&r->text[j], t),
                "%s, case %d: '%s' overlaps '%s'", plot, which, t->s,
                r->text[j].s);
    }
}

static struct recorder *draw_one(
    const struct plt_plot *plot, const struct res_run *run, int theme)
{
    struct recorder *r = calloc(1, sizeof *r);

    ck_assert_ptr_nonnull(r);
    r->base.ops = &rec_ops;
    ck_assert_int_eq(plt_draw(plot, run, theme, &r->base, NULL), SIM_OK);
    ck_assert_int_eq(r->n_begins, 1);
    ck_assert_int_eq(r->depth, 0);
    ck_assert_int_ge(r->n_texts, 2); /* title and footer at least */
    return r;
}

static void check_run(const struct fix_options *options, int which)
{
    struct res_run *run = fix_run(options);

    for (int i = 0; i < plt_plot_count(); i++) {
        const int theme = (which + i) % PLT_N_THEMES;
        struct recorder *r = draw_one(plt_plot_at(i), run, theme);
        check_chart(r, plt_plot_at(i)->name, which);
        free(r);
    }
    res_run_destroy(run);
}

START_TEST(any_number_of_deployments)
{
    for (int n = 0; n <= 13; n++) {
        for (int names = FIX_PLAIN; names <= FIX_HOSTILE; names++) {
            const struct fix_options o = {
                .n_deployments = n, .names = names, .unstable = -1};
            check_run(&o, 100 * names + n);
        }
    }
}
END_TEST

START_TEST(unstable_and_crowded)
{
    for (int n = 1; n <= 12; n += 3) {
        for (int names = FIX_PLAIN; names <= FIX_HOSTILE; names++) {
            const struct fix_options o = {.n_deployments = n,
                .names = names,
                .unstable = n / 2,
                .crowded = true};
            check_run(&o, 1000 + 100 * names + n);
        }
    }
}
END_TEST

START_TEST(nothing_to_show)
{
    const struct fix_options o = {.n_deployments = 4,
        .unstable = -1,
        .no_money = true,
        .no_series = true,
        .no_metrics = true,
        .no_objectives = true};

    check_run(&o, 2000);
    struct res_run *run = fix_run(&o);
    for (int i = 0; i < plt_plot_count(); i++) {
        ck_assert(!plt_plot_at(i)->needs(run));
        struct recorder *r = draw_one(plt_plot_at(i), run, PLT_LIGHT);
        bool said = false;
        for (int k = 0; k < r->n_texts; k++)
            said |= strncmp(r->text[k].s, "No data", 7) == 0;
        ck_assert(said);
        free(r);
    }
    res_run_destroy(run);
}
END_TEST

static void expect_title(
    const struct fix_options *o, const char *plot, const char *title)
{
    struct res_run *run = fix_run(o);

    ck_assert(plt_plot_find(plot)->needs(run));
    struct recorder *r = draw_one(plt_plot_find(plot), run, PLT_LIGHT);
    ck_assert_str_eq(r->title, title);
    free(r);
    res_run_destroy(run);
}

/* Truth by hand: p95 = median exp(1.644854 sigma) of the fixture's rows is
 * 112.1, 54.2, 25.9 and 32.6 ms; NPV is the sum of each row plus 40e3. */
START_TEST(titles_state_the_finding)
{
#define MS "\xC2\xA0ms"
    const struct fix_options four = {.n_deployments = 4, .unstable = -1};
    const struct fix_options one = {.n_deployments = 1, .unstable = -1};
    const struct fix_options lost = {.n_deployments = 4, .unstable = 2};
    const struct fix_options free_of = {
        .n_deployments = 4, .unstable = -1, .no_objectives = true};

    expect_title(&four, "latency-cdf",
        "Edge and closet meet the 50" MS " p95 objective; hyperscale (112" MS
        ") and regional (54.2" MS ") miss it");
    expect_title(&one, "latency-cdf",
        "Hyperscale misses the 50" MS " p95 objective (112" MS ")");
    expect_title(&lost, "latency-cdf",
        "Closet meets the 50" MS " p95 objective; hyperscale (112" MS
        ") and regional (54.2" MS ") miss it");
    expect_title(&free_of, "latency-cdf",
        "p95 latency runs from edge, 25.9" MS " to hyperscale, 112" MS);
    expect_title(&four, "tco-stack",
        "Regional is cheapest: 1.74 M USD over 5 years (NPV)");
    expect_title(
        &one, "tco-stack", "Hyperscale costs 2.13 M USD over 5 years (NPV)");
    expect_title(&four, "cost-latency",
        "Edge meets the 50" MS " p95 objective at the lowest cost: 4.60 USD "
        "per million requests");
    expect_title(&free_of, "cost-latency",
        "3 of 4 deployments are on the frontier of cost and latency");
}
END_TEST

/* Numbers no model should hand over, but a results file may hold. */
START_TEST(absurd_numbers)
{
    const double odd[] = {
        NAN, HUGE_VAL, -HUGE_VAL, 0.0, -1.0, 1e308, 4.9e-324, -1e308, 1e-9};
    const int n = (int)(sizeof odd / sizeof odd[0]);

    for (int k = 0; k < n; k++) {
        const struct fix_options o = {.n_deployments = 4, .unstable = -1};
        struct res_run *run = fix_run(&o);
        for (int i = 0; i < run->n_metrics; i += 3)
            run->metrics[i].est.value = odd[(i + k) % n];
        for (int i = 1; i < run->n_metrics; i += 4)
            run->metrics[i].est.half_width = odd[(i + k) % n];
        for (int i = 0; i < run->n_deployments; i++) {
            struct res_ledger *l = run->deployments[i].ledger;
            l->pv[(i + k) % RES_N_CATEGORIES] = odd[k];
            l->npv = odd[(i + k + 1) % n];
        }
        for (int i = 0; i < run->n_series; i++) {
            const struct res_series *s = &run->series[i];
            double x[24], y[24], lo[24], hi[24];
            for (int j = 0; j < 24; j++) {
                x[j] = (j + k) % 5 == 0 ? odd[(j + k) % n] : s->x[j];
                y[j] = (j + k) % 7 == 0 ? odd[(j + i) % n] : s->y[j];
                lo[j] = odd[(j + k) % n];
                hi[j] = odd[(j + i) % n];
            }
            run->series[i].n = 24;
            run->series[i].x = fix_copy(run, x, 24);
            run->series[i].y = fix_copy(run, y, 24);
            run->series[i].lo = fix_copy(run, lo, 24);
            run->series[i].hi = fix_copy(run, hi, 24);
        }
        for (int i = 0; i < plt_plot_count(); i++)
            free(draw_one(plt_plot_at(i), run, PLT_LIGHT));
        res_run_destroy(run);
    }
}
END_TEST

TEST_MAIN("plots/layout", any_number_of_deployments, unstable_and_crowded,
    nothing_to_show, titles_state_the_finding, absurd_numbers)
