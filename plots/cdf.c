/* The latency chart: what share of the requests is answered within x. */
#include "plots/charts.h"

#include <math.h>

#include "plots/draw.h"
#include "plots/font.h"
#include "plots/place.h"

/* Direct labels up to this many curves, a legend beyond. */
enum { MAX_DIRECT = 6 };

static const double legend_width = 180.0;

/* The share a mark stands at, its metric and its shape. */
static const struct {
    double share;
    const char *metric, *name;
    int mark;
} marks[] = {
    {0.50, "latency.p50", "p50", PLT_MARK_CIRCLE},
    {0.95, "latency.p95", "p95", PLT_MARK_DIAMOND},
    {0.99, "latency.p99", "p99", PLT_MARK_SQUARE},
};
enum { N_MARKS = 3 };

/* Shares of the curve where a label is tried, best first. */
static const double label_at[] = {
    0.62, 0.70, 0.55, 0.78, 0.45, 0.38, 0.85, 0.30, 0.22, 0.15, 0.90, 0.08};

struct curve {
    int dep;
    const struct res_series *series;
    struct plt_point *p; /* in layout units, thinned */
    int n;
    const char *label, *value; /* "edge", "p95 32.4 ms" */
    struct plt_point at;       /* of the direct label */
    int anchor;
};

struct chart {
    int n;
    struct curve curve[PLT_MAX_DEPLOYMENTS];
    bool missing[PLT_MAX_DEPLOYMENTS];
    int n_objectives;
    struct plt_objective objective[PLT_MAX_OBJECTIVES];
    double lo_ms, hi_ms;
    bool legend;
    struct plt_area area;
    struct plt_scale x, y;
};

static bool point_ok(const struct res_series *s, int i)
{
    return isfinite(s->x[i]) && s->x[i] > 0.0 && isfinite(s->y[i]);
}

static void include(struct chart *chart, double ms)
{
    if (!isfinite(ms) || ms <= 0.0)
        return;
    chart->lo_ms = fmin(chart->lo_ms, ms);
    chart->hi_ms = fmax(chart->hi_ms, ms);
}

/* The axis shows all but the outer half percent of each curve, and every mark
 * and objective. */
static void include_curve(
    struct plt_ctx *ctx, struct chart *chart, const struct curve *curve)
{
    const struct res_series *s = curve->series;
    const struct plt_dep *dep = &ctx->dep[curve->dep];
    double low = (double)NAN, high = (double)NAN;

    for (int i = 0; i < s->n; i++) {
        if (!point_ok(s, i))
            continue;
        if (isnan(low) || s->y[i] <= 0.005)
            low = s->x[i];
        high = s->x[i];
        if (s->y[i] >= 0.995)
            break;
    }
    include(chart, low);
    include(chart, high);
    for (int m = 0; m < N_MARKS; m++) {
        const struct res_estimate est = plt_metric(ctx, dep, marks[m].metric);
        include(chart, est.value);
        if (!isnan(est.half_width))
            include(chart, est.value + est.half_width);
    }
}

static void collect(struct plt_ctx *ctx, struct chart *chart)
{
    chart->lo_ms = HUGE_VAL;
    chart->n_objectives = plt_objectives(ctx, chart->objective);
    for (int i = 0; i < ctx->n_deps; i++) {
        const struct plt_dep *dep = &ctx->dep[i];
        struct curve *curve = &chart->curve[chart->n];
        const struct res_series *s =
            plt_series_of(ctx->run, dep->d, "latency.cdf");
        int good = 0;
        for (int k = 0; s != NULL && k < s->n; k++)
            good += point_ok(s, k);
        chart->missing[i] = good < 2;
        if (chart->missing[i])
            continue;
        const struct res_estimate p95 = plt_metric(ctx, dep, "latency.p95");
        char ms[64];
        plt_format_ms(ms, sizeof ms, p95.value);
        *curve = (struct curve){.dep = i,
            .series = s,
            .label = dep->label,
            .value = isnan(p95.value) ? "" : plt_say(ctx, "p95 %s", ms)};
        include_curve(ctx, chart, curve);
        chart->n++;
    }
    for (int i = 0; i < chart->n_objectives; i++)
        include(chart, chart->objective[i].limit_ms);
    if (!(chart->lo_ms <= chart->hi_ms))
        chart->lo_ms = chart->hi_ms = 1.0;
    /* room at the ends, and never less than a factor of two */
    const double pad = fmax(1.08, sqrt(2.0 * chart->lo_ms / chart->hi_ms));
    chart->lo_ms /= pad;
    chart->hi_ms *= pad;
}

/* Curve in layout units; points closer than a third of a unit are dropped. */
static void trace(
    struct plt_ctx *ctx, const struct chart *chart, struct curve *curve)
{
    const struct res_series *s = curve->series;
    struct plt_point last = {0.0, 0.0};

    curve->p = plt_array(ctx, s->n, sizeof *curve->p);
    curve->n = 0;
    for (int i = 0; curve->p != NULL && i < s->n; i++) {
        if (!point_ok(s, i))
            continue;
        const struct plt_point p = {plt_scale_at(&chart->x, s->x[i]),
            plt_scale_at(&chart->y, fmin(fmax(s->y[i], 0.0), 1.0))};
        if (curve->n == 0 || i == s->n - 1 ||
            hypot(p.x - last.x, p.y - last.y) > 0.35)
            curve->p[curve->n++] = last = p;
    }
}

static void lay_out(
    struct plt_ctx *ctx, struct chart *chart, const struct plt_area *page)
{
    struct plt_area *a = &chart->area;

    *a = *page;
    a->left += 48.0;
    a->top += 34.0;
    a->bottom -= 40.0;
    a->right -= 34.0 + (chart->legend ? legend_width : 0.0);
    chart->x =
        (struct plt_scale){chart->lo_ms, chart->hi_ms, a->left, a->right, true};
    chart->y = (struct plt_scale){0.0, 1.0, a->bottom, a->top, false};
    for (int i = 0; i < chart->n; i++)
        trace(ctx, chart, &chart->curve[i]);
}

/* Where the curve passes the share that lies at height y. */
static bool curve_at(const struct curve *curve, double y, struct plt_point *p)
{
    for (int i = 0; i + 1 < curve->n; i++) {
        const struct plt_point a = curve->p[i], b = curve->p[i + 1];
        if (a.y < y || b.y > y)
            continue;
        const double t = a.y > b.y ? (a.y - y) / (a.y - b.y) : 0.0;
        *p = (struct plt_point){a.x + t * (b.x - a.x), y};
        return true;
    }
    return false;
}

static double label_width(const struct curve *curve)
{
    return fmax(plt_text_width(curve->label, PLT_SIZE_LABEL, true),
        plt_text_width(curve->value, PLT_SIZE_TICK, false));
}

/* Two lines of text right below the curve, else left above it; first close to
 * it, then further off, as beside a flat curve. */
static bool place_label(
    const struct chart *chart, struct plt_space *space, struct curve *curve)
{
    const double width = label_width(curve);
    const int n = (int)(sizeof label_at / sizeof label_at[0]);

    for (int k = 0; k < 4 * n; k++) {
        const int anchor = k % 2 == 0 ? PLT_START : PLT_END;
        const double far = k < 2 * n ? 1.0 : 1.8;
        struct plt_point p;
        if (!curve_at(curve, plt_scale_at(&chart->y, label_at[k / 2 % n]), &p))
            continue;
        p.x += anchor == PLT_START ? 9.0 * far : -9.0 * far;
        p.y += anchor == PLT_START ? 8.0 * far : -9.0 * far;
        struct plt_box box =
            plt_text_box(p.x, p.y, width, PLT_SIZE_LABEL, anchor);
        box.y1 += 13.0;
        if (!plt_space_free(space, box))
            continue;
        plt_space_box(space, box);
        curve->at = p;
        curve->anchor = anchor;
        return true;
    }
    return false;
}

/* True when every curve got a label of its own beside it. */
static bool place_labels(struct plt_ctx *ctx, struct chart *chart)
{
    const struct plt_area *a = &chart->area;
    struct plt_space space = {.arena = ctx->arena,
        .bounds = {a->left + 2.0, a->top + 2.0, a->right, a->bottom - 3.0}};
    bool all = true;

    for (int i = 0; i < chart->n; i++)
        plt_space_lines(&space, chart->curve[i].p, chart->curve[i].n);
    for (int i = 0; i < chart->n_objectives; i++) {
        const double x = plt_scale_at(&chart->x, chart->objective[i].limit_ms);
        const struct plt_point p[] = {{x, a->top}, {x, a->bottom}};
        plt_space_lines(&space, p, 2);
    }
    for (int m = 0; m < N_MARKS; m++) {
        const double y = plt_scale_at(&chart->y, marks[m].share);
        const struct plt_point p[] = {{a->left, y}, {a->right, y}};
        plt_space_lines(&space, p, 2);
    }
    for (int i = 0; i < chart->n && all; i++)
        all = place_label(chart, &space, &chart->curve[i]);
    ctx->failed |= space.failed;
    return all;
}

/* ---- drawing ------------------------------------------------------------ */

static void draw_grid(struct plt_ctx *ctx, const struct chart *chart)
{
    const struct plt_area *a = &chart->area;
    const struct plt_font font = {
        .size = PLT_SIZE_FOOTER, .rgb = ctx->theme->muted};
    /* percent on the axis, shares in the data */
    const struct plt_scale percent = {0.0, 100.0, a->bottom, a->top, false};
    struct plt_ticks ticks;

    plt_ticks_linear(0.0, 100.0, 5, true, &ticks);
    plt_axis_y(
        ctx, a, &percent, &ticks, "Share of requests served within x, %");
    for (int m = 0; m < N_MARKS; m++) {
        const double y = plt_scale_at(&chart->y, marks[m].share);
        plt_line(
            ctx, a->left, y, a->right, y, ctx->theme->axis, 0.6, PLT_DOTTED);
        ctx->cv->ops->text(ctx->cv, a->right + 5.0,
            y + font.size * PLT_CAP_HEIGHT / 2.0, marks[m].name, &font);
    }
    plt_ticks_log(chart->lo_ms, chart->hi_ms, 12, &ticks);
    plt_axis_x(ctx, a, &chart->x, &ticks, "Latency, ms (log scale)");
}

/* The 95 % band as one polygon: up along hi, back along lo. */
static void draw_band(
    struct plt_ctx *ctx, const struct chart *chart, const struct curve *curve)
{
    const struct res_series *s = curve->series;
    const struct plt_paint paint = {
        .fill = ctx->dep[curve->dep].rgb, .fill_opacity = 0.18};
    struct plt_point *p;
    int n = 0;

    if (s->lo == NULL || s->hi == NULL)
        return;
    p = plt_array(ctx, 2 * s->n, sizeof *p);
    for (int k = 0; p != NULL && k < 2 * s->n; k++) {
        const int i = k < s->n ? k : 2 * s->n - 1 - k;
        const double edge = k < s->n ? s->hi[i] : s->lo[i];
        if (!point_ok(s, i))
            continue;
        const double share = isfinite(edge) ? edge : s->y[i];
        p[n++] = (struct plt_point){plt_scale_at(&chart->x, s->x[i]),
            plt_scale_at(&chart->y, fmin(fmax(share, 0.0), 1.0))};
    }
    if (n > 2)
        ctx->cv->ops->lines(ctx->cv, p, n, true, &paint);
}

static void draw_curve(
    struct plt_ctx *ctx, const struct chart *chart, const struct curve *curve)
{
    const struct plt_dep *dep = &ctx->dep[curve->dep];
    const struct plt_paint paint = {
        .stroke = dep->rgb, .width = 2.25, .dash = dep->dash};

    if (curve->n > 1)
        ctx->cv->ops->lines(ctx->cv, curve->p, curve->n, false, &paint);
    for (int m = 0; m < N_MARKS; m++) {
        const struct res_estimate est = plt_metric(ctx, dep, marks[m].metric);
        const double y = plt_scale_at(&chart->y, marks[m].share);
        if (isnan(est.value) || est.value <= 0.0)
            continue;
        if (!isnan(est.half_width))
            plt_whisker(ctx,
                plt_scale_at(&chart->x, est.value - est.half_width), y,
                plt_scale_at(&chart->x, est.value + est.half_width), y,
                dep->rgb);
        plt_mark_draw(ctx, marks[m].mark, plt_scale_at(&chart->x, est.value), y,
            4.0, dep->rgb, false);
    }
}

static void draw_labels(struct plt_ctx *ctx, const struct chart *chart)
{
    const double left = PLT_WIDTH - PLT_MARGIN - legend_width + 14.0;
    const double pitch =
        fmin(32.0, (chart->area.bottom - chart->area.top) / chart->n);

    for (int i = 0; i < chart->n; i++) {
        const struct curve *c = &chart->curve[i];
        const struct plt_dep *dep = &ctx->dep[c->dep];
        struct plt_font font = {.size = PLT_SIZE_LABEL,
            .bold = true,
            .anchor = c->anchor,
            .rgb = plt_readable(ctx->theme, dep->rgb)};
        struct plt_point at = c->at;
        double room = PLT_WIDTH;
        if (chart->legend) {
            at.x = left + 30.0;
            at.y = chart->area.top + 9.0 + i * pitch;
            font.anchor = PLT_START;
            room = legend_width - 44.0;
            plt_line(ctx, left, at.y - 4.0, left + 24.0, at.y - 4.0, dep->rgb,
                2.25, dep->dash);
        }
        plt_label(ctx, at.x, at.y, c->label, &font, room);
        font.bold = false;
        font.size = PLT_SIZE_TICK;
        plt_label(ctx, at.x, at.y + 13.0, c->value, &font, room);
    }
}

/* The chart in words. */
static const char *describe(struct plt_ctx *ctx, const struct chart *chart)
{
    const char *s = "Cumulative distribution of latency.";

    for (int i = 0; i < chart->n; i++) {
        char p50[64], p99[64];
        const struct plt_dep *dep = &ctx->dep[chart->curve[i].dep];
        const double low = plt_metric(ctx, dep, "latency.p50").value;
        const double high = plt_metric(ctx, dep, "latency.p99").value;
        plt_format_ms(p50, sizeof p50, low);
        plt_format_ms(p99, sizeof p99, high);
        s = plt_say(ctx, "%s %s: p50 %s, %s, p99 %s.", s, dep->label,
            isnan(low) ? "undefined" : p50,
            isnan(high) ? "p95 undefined" : chart->curve[i].value,
            isnan(high) ? "undefined" : p99);
    }
    return s;
}

static int draw(struct plt_ctx *ctx)
{
    struct chart chart = {0};
    bool band = false;

    collect(ctx, &chart);
    for (int i = 0; i < chart.n; i++)
        band |= chart.curve[i].series->lo != NULL &&
                chart.curve[i].series->hi != NULL;
    const struct plt_head head = {
        .title = plt_latency_finding(ctx),
        .subtitle = plt_say(ctx,
            "End-to-end latency of served requests, ms. %s",
            plt_say(ctx,
                band ? "Bands and bars: %s confidence intervals."
                     : "Bars: %s confidence intervals; none for the curves.",
                plt_level(ctx))),
        .notes = plt_notes(ctx, chart.missing, "latency distribution"),
        .desc = describe(ctx, &chart),
    };
    const struct plt_area page = plt_head_draw(ctx, &head);
    if (chart.n == 0) {
        plt_no_data(ctx, &page, "the run holds no latency distributions");
        return plt_ctx_status(ctx);
    }
    lay_out(ctx, &chart, &page);
    if (chart.n > MAX_DIRECT || !place_labels(ctx, &chart)) {
        chart.legend = true;
        lay_out(ctx, &chart, &page);
    }
    const struct plt_area *a = &chart.area;
    draw_grid(ctx, &chart);
    plt_objective_lines(ctx, a, &chart.x, chart.objective, chart.n_objectives);
    ctx->cv->ops->clip(ctx->cv, a->left, a->top - 6.0, a->right - a->left,
        a->bottom - a->top + 8.0);
    for (int i = 0; i < chart.n; i++)
        draw_band(ctx, &chart, &chart.curve[i]);
    for (int i = 0; i < chart.n; i++) {
        ctx->cv->ops->group(ctx->cv,
            plt_say(ctx, "%s %s", chart.curve[i].label, chart.curve[i].value));
        draw_curve(ctx, &chart, &chart.curve[i]);
        ctx->cv->ops->ungroup(ctx->cv);
    }
    ctx->cv->ops->unclip(ctx->cv);
    draw_labels(ctx, &chart);
    return plt_ctx_status(ctx);
}

static bool needs(const struct res_run *run)
{
    for (int d = 0; d < run->n_deployments; d++) {
        if (plt_series_of(run, &run->deployments[d], "latency.cdf") != NULL)
            return true;
    }
    return false;
}

const struct plt_plot plt_cdf = {
    .name = "latency-cdf",
    .doc = "Share of requests served within x ms, with the objective and the "
           "p50, p95 and p99 of each deployment.",
    .draw = draw,
    .needs = needs,
};
