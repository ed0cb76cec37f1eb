/* Facility power by hour of the day. */
#include "plots/charts.h"

#include <math.h>
#include <stdio.h>

#include "plots/draw.h"
#include "plots/font.h"
#include "plots/place.h"

static const char series_name[] = "power.facility.hour_of_day";
static const double max_label_width = 150.0;

struct curve {
    int dep;
    const struct res_series *series;
    double peak, peak_at; /* largest y and its hour */
    double last;          /* y of the last finite point */
};

struct chart {
    int n;
    struct curve curve[PLT_MAX_DEPLOYMENTS];
    bool missing[PLT_MAX_DEPLOYMENTS];
    const char *unit; /* of the axis, with its SI prefix */
    double divisor;
    struct plt_area area;
    struct plt_scale x, y;
    double label_width;
};

static bool point_ok(const struct res_series *s, int i)
{
    return isfinite(s->x[i]) && isfinite(s->y[i]) && s->x[i] >= 0.0 &&
           s->x[i] <= 24.0;
}

static void collect(struct plt_ctx *ctx, struct chart *chart)
{
    const char *unit = "", *prefix;
    double largest = 0.0;

    for (int i = 0; i < ctx->n_deps; i++) {
        const struct res_series *s =
            plt_series_of(ctx->run, ctx->dep[i].d, series_name);
        struct curve curve = {.dep = i, .series = s, .peak = -HUGE_VAL};
        int good = 0;
        for (int k = 0; s != NULL && k < s->n; k++) {
            if (!point_ok(s, k))
                continue;
            good++;
            curve.last = s->y[k];
            if (s->y[k] > curve.peak) {
                curve.peak = s->y[k];
                curve.peak_at = s->x[k];
            }
        }
        chart->missing[i] = good < 2;
        if (good < 2)
            continue;
        unit = plt_clean(ctx, s->y_unit, 8);
        largest = fmax(largest, curve.peak);
        chart->label_width = fmax(chart->label_width,
            18.0 + plt_text_width(ctx->dep[i].label, PLT_SIZE_LABEL, true));
        chart->curve[chart->n++] = curve;
    }
    chart->label_width = fmin(chart->label_width + 1.0, max_label_width);
    /* a unit that begins with k already has its prefix: take it off */
    const double thousand = unit[0] == 'k' ? 1e3 : 1.0;
    chart->divisor = plt_si(largest * thousand, &prefix) / thousand;
    chart->unit =
        plt_say(ctx, "%s%s", prefix, unit[0] == 'k' ? unit + 1 : unit);
}

static const char *power_text(
    struct plt_ctx *ctx, const struct chart *chart, double y)
{
    char s[64];

    plt_format_digits(s, sizeof s, y / chart->divisor, 3);
    return plt_say(ctx, "%s %s", s, chart->unit);
}

static const char *finding(struct plt_ctx *ctx, const struct chart *chart)
{
    const struct curve *top = &chart->curve[0];

    if (chart->n == 0)
        return "Facility power by hour of the day";
    for (int i = 1; i < chart->n; i++) {
        if (chart->curve[i].peak > top->peak)
            top = &chart->curve[i];
    }
    return plt_say(ctx, "%s draws most: %s at its peak, hour %.0f UTC",
        plt_capital(ctx, ctx->dep[top->dep].brief),
        power_text(ctx, chart, top->peak), floor(top->peak_at));
}

static void draw_curve(
    struct plt_ctx *ctx, const struct chart *chart, const struct curve *curve)
{
    const struct res_series *s = curve->series;
    const struct plt_dep *dep = &ctx->dep[curve->dep];
    const struct plt_paint paint = {
        .stroke = dep->rgb, .width = 2.25, .dash = dep->dash};
    struct plt_point *p = plt_array(ctx, s->n, sizeof *p);
    int n = 0;

    for (int i = 0; p != NULL && i < s->n; i++) {
        if (point_ok(s, i))
            p[n++] = (struct plt_point){plt_scale_at(&chart->x, s->x[i]),
                plt_scale_at(&chart->y, s->y[i])};
    }
    if (n > 1)
        ctx->cv->ops->lines(ctx->cv, p, n, false, &paint);
}

/* Names at the right, beside the ends of the curves, pushed apart. */
static void draw_labels(struct plt_ctx *ctx, const struct chart *chart)
{
    int order[PLT_MAX_DEPLOYMENTS] = {0};
    double y[PLT_MAX_DEPLOYMENTS];

    for (int i = 0; i < chart->n; i++) {
        const double at = plt_scale_at(&chart->y, chart->curve[i].last);
        int k = i;
        for (; k > 0 && y[k - 1] > at; k--) {
            y[k] = y[k - 1];
            order[k] = order[k - 1];
        }
        y[k] = at;
        order[k] = i;
    }
    double spread[PLT_MAX_DEPLOYMENTS];
    for (int k = 0; k < chart->n; k++)
        spread[k] = y[k];
    plt_spread(spread, chart->n, 16.0, chart->area.top + 4.0,
        chart->area.bottom - 4.0);
    for (int k = 0; k < chart->n; k++) {
        const struct plt_dep *dep = &ctx->dep[chart->curve[order[k]].dep];
        const struct plt_font font = {.size = PLT_SIZE_LABEL,
            .bold = true,
            .rgb = plt_readable(ctx->theme, dep->rgb)};
        const double x = chart->area.right;
        plt_line(
            ctx, x + 2.0, y[k], x + 14.0, spread[k], dep->rgb, 1.0, PLT_SOLID);
        plt_label(ctx, x + 18.0, spread[k] + font.size * PLT_CAP_HEIGHT / 2.0,
            dep->label, &font, chart->label_width - 18.0);
    }
}

static void lay_out(
    struct chart *chart, const struct plt_area *page, struct plt_ticks *ticks)
{
    struct plt_area *a = &chart->area;
    double lo = 0.0, hi = 0.0;

    for (int i = 0; i < chart->n; i++) {
        const struct res_series *s = chart->curve[i].series;
        for (int k = 0; k < s->n; k++) {
            if (point_ok(s, k)) {
                lo = fmin(lo, s->y[k]);
                hi = fmax(hi, s->y[k]);
            }
        }
    }
    plt_ticks_linear(lo / chart->divisor, hi / chart->divisor, 6, true, ticks);
    *a = *page;
    a->top += 34.0;
    a->left += plt_ticks_width(ticks) + 12.0;
    a->right -= chart->label_width;
    a->bottom -= 40.0;
    chart->y = (struct plt_scale){ticks->at[0] * chart->divisor,
        ticks->at[ticks->n - 1] * chart->divisor, a->bottom, a->top, false};
    chart->x = (struct plt_scale){0.0, 24.0, a->left, a->right, false};
}

static int draw(struct plt_ctx *ctx)
{
    struct chart chart = {0};
    struct plt_ticks ticks;
    struct plt_ticks hours = {.n = 9, .decimals = 0};

    collect(ctx, &chart);
    const struct plt_head head = {
        .title = finding(ctx, &chart),
        .subtitle = plt_say(ctx,
            "Mean power of the facilities by hour of the day, %s. No "
            "intervals.",
            chart.unit),
        .notes = plt_notes(ctx, chart.missing, "hourly power"),
    };
    const struct plt_area page = plt_head_draw(ctx, &head);
    if (chart.n == 0) {
        plt_no_data(ctx, &page, "the run holds no hourly power");
        return plt_ctx_status(ctx);
    }
    lay_out(&chart, &page, &ticks);
    for (int i = 0; i < hours.n; i++)
        hours.at[i] = 3.0 * i;
    const struct plt_scale axis = {ticks.at[0], ticks.at[ticks.n - 1],
        chart.area.bottom, chart.area.top, false};
    plt_axis_y(ctx, &chart.area, &axis, &ticks,
        plt_say(ctx, "Facility power, %s", chart.unit));
    plt_axis_x(ctx, &chart.area, &chart.x, &hours, "Hour of the day, UTC");
    for (int i = 0; i < chart.n; i++) {
        ctx->cv->ops->group(ctx->cv, ctx->dep[chart.curve[i].dep].label);
        draw_curve(ctx, &chart, &chart.curve[i]);
        ctx->cv->ops->ungroup(ctx->cv);
    }
    draw_labels(ctx, &chart);
    return plt_ctx_status(ctx);
}

static bool needs(const struct res_run *run)
{
    for (int i = 0; i < run->n_deployments; i++) {
        if (plt_series_of(run, &run->deployments[i], series_name) != NULL)
            return true;
    }
    return false;
}

const struct plt_plot plt_energy = {
    .name = "energy-hours",
    .doc = "Facility power of each deployment by hour of the day.",
    .draw = draw,
    .needs = needs,
};
