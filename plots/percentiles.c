/* p50, p95 and p99 of each deployment, with their intervals. */
#include "plots/charts.h"

#include <math.h>
#include <string.h>

#include "plots/draw.h"
#include "plots/font.h"
#include "plots/place.h"

static const struct {
    const char *metric, *name;
    int mark;
} marks[] = {
    {"latency.p50", "p50", PLT_MARK_CIRCLE},
    {"latency.p95", "p95", PLT_MARK_DIAMOND},
    {"latency.p99", "p99", PLT_MARK_SQUARE},
};
enum { N_MARKS = 3 };

static const double name_width = 150.0;

struct chart {
    int n;
    int dep[PLT_MAX_DEPLOYMENTS];
    bool missing[PLT_MAX_DEPLOYMENTS];
    struct res_estimate value[PLT_MAX_DEPLOYMENTS][N_MARKS];
    int n_objectives;
    struct plt_objective objective[PLT_MAX_OBJECTIVES];
    double lo_ms, hi_ms;
    int64_t replications; /* behind the intervals; 0 when there are none */
    struct plt_area area;
    struct plt_scale x;
};

static void include(struct chart *chart, double ms)
{
    if (isfinite(ms) && ms > 0.0) {
        chart->lo_ms = fmin(chart->lo_ms, ms);
        chart->hi_ms = fmax(chart->hi_ms, ms);
    }
}

static void collect(struct plt_ctx *ctx, struct chart *chart)
{
    chart->lo_ms = HUGE_VAL;
    chart->n_objectives = plt_objectives(ctx, chart->objective);
    for (int i = 0; i < ctx->n_deps; i++) {
        int good = 0;
        for (int m = 0; m < N_MARKS; m++) {
            struct res_estimate e =
                plt_metric(ctx, &ctx->dep[i], marks[m].metric);
            if (!(e.value > 0.0)) /* a log axis has no place for it */
                e.value = (double)NAN;
            good += !isnan(e.value);
            chart->value[chart->n][m] = e;
            include(chart, e.value);
            include(chart, e.value + e.half_width);
            if (!isnan(e.value) && !isnan(e.half_width))
                chart->replications = e.n;
        }
        chart->missing[i] = good == 0;
        if (good > 0)
            chart->dep[chart->n++] = i;
    }
    for (int i = 0; i < chart->n_objectives; i++)
        include(chart, chart->objective[i].limit_ms);
    const double pad = fmax(1.15, sqrt(2.0 * chart->lo_ms / chart->hi_ms));
    chart->lo_ms /= pad;
    chart->hi_ms *= pad;
}

static void draw_row(
    struct plt_ctx *ctx, const struct chart *chart, int row, double y)
{
    const struct plt_dep *dep = &ctx->dep[chart->dep[row]];
    double first = HUGE_VAL, last = -HUGE_VAL, x[N_MARKS];

    for (int m = 0; m < N_MARKS; m++) {
        x[m] = plt_scale_at(&chart->x, chart->value[row][m].value);
        if (isnan(chart->value[row][m].value))
            continue;
        first = fmin(first, x[m]);
        last = fmax(last, x[m]);
    }
    plt_line(ctx, chart->area.left, y, chart->area.right, y, ctx->theme->grid,
        1.0, PLT_SOLID);
    plt_line(ctx, first, y, last, y, plt_mix(dep->rgb, ctx->theme->ground, 0.5),
        4.0, PLT_SOLID);
    for (int m = 0; m < N_MARKS; m++) {
        const struct res_estimate *e = &chart->value[row][m];
        if (isnan(e->value))
            continue;
        if (!isnan(e->half_width))
            plt_whisker(ctx, plt_scale_at(&chart->x, e->value - e->half_width),
                y, plt_scale_at(&chart->x, e->value + e->half_width), y,
                plt_mix(dep->rgb, ctx->theme->text, 0.5));
        plt_mark_draw(ctx, marks[m].mark, x[m], y, 5.0, dep->rgb, false);
    }
}

/* The middle of a text `half` wide on each side, moved off the objective
 * lines, to the side where its mark is. */
static double off_lines(const struct chart *chart, double x, double half)
{
    double at = x;

    for (int i = 0; i < chart->n_objectives; i++) {
        const double line =
            plt_scale_at(&chart->x, chart->objective[i].limit_ms);
        if (fabs(at - line) < half + 4.0)
            at = line + (x < line ? -half - 4.0 : half + 4.0);
    }
    return at;
}

/* The value of each mark above it, as long as it touches no other. */
static void draw_values(
    struct plt_ctx *ctx, const struct chart *chart, int row, double y)
{
    const struct plt_font font = {.size = PLT_SIZE_FOOTER,
        .anchor = PLT_MIDDLE,
        .rgb = ctx->theme->muted};
    double free_from = -1e9;

    for (int m = 0; m < N_MARKS; m++) {
        const struct res_estimate *e = &chart->value[row][m];
        char s[64];
        if (isnan(e->value))
            continue;
        plt_format_ms(s, sizeof s, e->value);
        const double half = plt_text_width(s, font.size, false) / 2.0;
        const double x =
            off_lines(chart, plt_scale_at(&chart->x, e->value), half);
        if (x - half < free_from || x + half > PLT_WIDTH - 4.0)
            continue;
        ctx->cv->ops->text(ctx->cv, x, y - 9.0, s, &font);
        free_from = x + half + 5.0;
    }
}

static const char *describe(struct plt_ctx *ctx, const struct chart *chart)
{
    const char *s = "Percentiles of latency.";

    for (int i = 0; i < chart->n; i++) {
        s = plt_say(ctx, "%s %s:", s, ctx->dep[chart->dep[i]].label);
        for (int m = 0; m < N_MARKS; m++) {
            char ms[64];
            plt_format_ms(ms, sizeof ms, chart->value[i][m].value);
            s = plt_say(ctx, "%s%s %s %s", s, m > 0 ? "," : "", marks[m].name,
                isnan(chart->value[i][m].value) ? "undefined" : ms);
        }
        s = plt_say(ctx, "%s.", s);
    }
    return s;
}

static const char *subtitle(struct plt_ctx *ctx, const struct chart *chart)
{
    const char *marked = "Latency of served requests, ms: \xE2\x97\x8F p50, "
                         "\xE2\x97\x86 p95, \xE2\x96\xA0 p99.";

    if (chart->replications == 0)
        return plt_say(ctx, "%s No confidence intervals.", marked);
    return plt_say(ctx,
        "%s Whiskers: %s confidence intervals, n = %lld replications.", marked,
        plt_level(ctx), (long long)chart->replications);
}

static int draw(struct plt_ctx *ctx)
{
    struct chart chart = {0};
    struct plt_ticks ticks;

    collect(ctx, &chart);
    const struct plt_head head = {
        .title = plt_latency_finding(ctx),
        .subtitle = subtitle(ctx, &chart),
        .notes = plt_notes(ctx, chart.missing, "latency percentiles"),
        .desc = describe(ctx, &chart),
    };
    const struct plt_area page = plt_head_draw(ctx, &head);
    if (chart.n == 0) {
        plt_no_data(ctx, &page, "no deployment has latency percentiles");
        return plt_ctx_status(ctx);
    }
    struct plt_area *a = &chart.area;
    *a = page;
    a->top += 32.0;
    a->left += name_width + 9.0;
    a->right -= 20.0;
    a->bottom -= 40.0;
    chart.x =
        (struct plt_scale){chart.lo_ms, chart.hi_ms, a->left, a->right, true};
    plt_ticks_log(chart.lo_ms, chart.hi_ms, 12, &ticks);
    plt_axis_x(ctx, a, &chart.x, &ticks, "Latency, ms (log scale)");
    /* the limits' labels stand clear of the values over the first row */
    const struct plt_area tall = {a->left, a->top - 12.0, a->right, a->bottom};
    plt_objective_lines(
        ctx, &tall, &chart.x, chart.objective, chart.n_objectives);
    const double pitch = (a->bottom - a->top) / chart.n;
    for (int i = 0; i < chart.n; i++) {
        const double y = a->top + (i + 0.5) * pitch;
        ctx->cv->ops->group(ctx->cv, ctx->dep[chart.dep[i]].label);
        draw_row(ctx, &chart, i, y);
        draw_values(ctx, &chart, i, y);
        ctx->cv->ops->ungroup(ctx->cv);
    }
    plt_row_names(ctx, a, chart.dep, chart.n, name_width);
    return plt_ctx_status(ctx);
}

static bool needs(const struct res_run *run)
{
    for (int i = 0; i < run->n_deployments; i++) {
        for (int m = 0; m < N_MARKS; m++) {
            if (isfinite(
                    res_value(run, run->deployments[i].name, marks[m].metric)))
                return true;
        }
    }
    return false;
}

const struct plt_plot plt_percentiles = {
    .name = "percentiles",
    .doc = "p50, p95 and p99 latency of each deployment with confidence "
           "intervals and the objective.",
    .draw = draw,
    .needs = needs,
};
