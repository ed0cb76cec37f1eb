/* Cost against latency: which deployments are worth a look at all. */
#include "plots/charts.h"

#include <math.h>
#include <string.h>

#include "plots/draw.h"
#include "plots/font.h"
#include "plots/place.h"

/* A logarithmic axis from this ratio of largest to smallest on. */
static const double log_from = 15.0;

static const char cost_metric[] = "cost.per_million_requests";
static const char latency_metric[] = "latency.p95";

struct spot {
    int dep;
    struct res_estimate ms, cost;
    bool dominated; /* another stable one is no worse in both, better in one */
    struct plt_point p;
};

struct chart {
    int n;
    struct spot spot[PLT_MAX_DEPLOYMENTS];
    bool missing[PLT_MAX_DEPLOYMENTS];
    int n_objectives;
    struct plt_objective objective[PLT_MAX_OBJECTIVES];
    const char *money;
    struct plt_area area;
    struct plt_scale x, y;
    struct plt_ticks x_ticks, y_ticks;
};

static bool stable(const struct plt_ctx *ctx, const struct spot *s)
{
    return !ctx->dep[s->dep].unstable;
}

static bool beats(const struct spot *a, const struct spot *b)
{
    return a->ms.value <= b->ms.value && a->cost.value <= b->cost.value &&
           (a->ms.value < b->ms.value || a->cost.value < b->cost.value);
}

static void collect(struct plt_ctx *ctx, struct chart *chart)
{
    struct plt_objective all[PLT_MAX_OBJECTIVES];
    const int n_all = plt_objectives(ctx, all);

    chart->money = plt_clean(ctx, ctx->run->meta.currency, 8);
    /* the axis is p95: other percentiles' limits do not belong on it */
    for (int i = 0; i < n_all; i++) {
        if (strcmp(all[i].metric, latency_metric) == 0)
            chart->objective[chart->n_objectives++] = all[i];
    }
    for (int i = 0; i < ctx->n_deps; i++) {
        const struct spot s = {
            .dep = i,
            .ms = plt_metric(ctx, &ctx->dep[i], latency_metric),
            .cost = plt_metric(ctx, &ctx->dep[i], cost_metric),
        };
        chart->missing[i] = isnan(s.ms.value) || isnan(s.cost.value);
        if (!chart->missing[i])
            chart->spot[chart->n++] = s;
    }
    for (int i = 0; i < chart->n; i++) {
        struct spot *s = &chart->spot[i];
        s->dominated = !stable(ctx, s);
        for (int j = 0; j < chart->n; j++)
            s->dominated |=
                stable(ctx, &chart->spot[j]) && beats(&chart->spot[j], s);
    }
}

/* The cheapest that meets the objective by its own class's latency. */
static const char *finding(struct plt_ctx *ctx, const struct chart *chart)
{
    const struct spot *best = NULL;
    char limit[48], cost[64];
    int n_frontier = 0;

    for (int i = 0; i < chart->n; i++) {
        const struct spot *s = &chart->spot[i];
        n_frontier += !s->dominated;
        if (chart->n_objectives == 0 || !stable(ctx, s))
            continue;
        const double ms =
            plt_reached(ctx, &ctx->dep[s->dep], &chart->objective[0]).value;
        if (ms <= chart->objective[0].limit_ms &&
            (best == NULL || s->cost.value < best->cost.value))
            best = s;
    }
    if (chart->n == 0)
        return "Cost against latency";
    if (chart->n_objectives == 0)
        return plt_say(ctx,
            "%d of %d deployments %s on the frontier of cost and latency",
            n_frontier, chart->n, n_frontier == 1 ? "is" : "are");
    plt_format_short(limit, sizeof limit, chart->objective[0].limit_ms);
    if (best == NULL)
        return plt_say(ctx,
            "No deployment meets the %s\xC2\xA0ms p95 objective at any cost",
            limit);
    plt_format_digits(cost, sizeof cost, best->cost.value, 3);
    return plt_say(ctx,
        "%s meets the %s\xC2\xA0ms p95 objective at the lowest cost: %s %s per "
        "million requests",
        plt_capital(ctx, ctx->dep[best->dep].brief), limit, cost, chart->money);
}

/* ---- layout ------------------------------------------------------------- */

static double low_end(struct res_estimate e)
{
    return isnan(e.half_width) ? e.value : e.value - e.half_width;
}

static double high_end(struct res_estimate e)
{
    return isnan(e.half_width) ? e.value : e.value + e.half_width;
}

/* Scale and ticks for data between lo and hi, with room around the points. */
static void make_axis(double lo, double hi, double p0, double p1, int target,
    struct plt_scale *scale, struct plt_ticks *ticks)
{
    if (lo > 0.0 && hi / lo >= log_from) {
        *scale = (struct plt_scale){lo / 1.35, hi * 1.35, p0, p1, true};
        plt_ticks_log(scale->d0, scale->d1, target + 4, ticks);
        return;
    }
    const double pad = fmax((hi - lo) * 0.10, fabs(hi) * 0.02);
    const double from = lo >= 0.0 ? fmax(lo - pad, 0.0) : lo - pad;
    plt_ticks_linear(from, hi + pad, target, true, ticks);
    *scale = (struct plt_scale){
        ticks->at[0], ticks->at[ticks->n - 1], p0, p1, false};
}

static void lay_out(
    struct plt_ctx *ctx, struct chart *chart, const struct plt_area *page)
{
    struct plt_area *a = &chart->area;
    double x0 = HUGE_VAL, x1 = -HUGE_VAL, y0 = HUGE_VAL, y1 = -HUGE_VAL;

    (void)ctx;
    for (int i = 0; i < chart->n; i++) {
        const struct spot *s = &chart->spot[i];
        /* a lower end at or below zero must not force a linear axis */
        x0 = fmin(x0, fmax(low_end(s->ms), s->ms.value / 2.0));
        x1 = fmax(x1, high_end(s->ms));
        y0 = fmin(y0, s->cost.value > 0.0
                          ? fmax(low_end(s->cost), s->cost.value / 2.0)
                          : low_end(s->cost));
        y1 = fmax(y1, high_end(s->cost));
    }
    for (int i = 0; i < chart->n_objectives; i++) {
        x0 = fmin(x0, chart->objective[i].limit_ms);
        x1 = fmax(x1, chart->objective[i].limit_ms);
    }
    *a = *page;
    a->top += 34.0;
    a->bottom -= 40.0;
    make_axis(y0, y1, a->bottom, a->top, 6, &chart->y, &chart->y_ticks);
    a->left += plt_ticks_width(&chart->y_ticks) + 12.0;
    a->right -= 12.0;
    make_axis(x0, x1, a->left, a->right, 8, &chart->x, &chart->x_ticks);
    for (int i = 0; i < chart->n; i++) {
        struct spot *s = &chart->spot[i];
        s->p = (struct plt_point){plt_scale_at(&chart->x, s->ms.value),
            plt_scale_at(&chart->y, s->cost.value)};
    }
}

/* The frontier as a staircase: up to a point's latency nothing cheaper than
 * the point before it is to be had.  Returns the number of corners. */
static int frontier(
    const struct chart *chart, struct plt_point corner[2 * PLT_MAX_DEPLOYMENTS])
{
    const struct spot *order[PLT_MAX_DEPLOYMENTS];
    int n = 0, n_corners = 0;

    for (int i = 0; i < chart->n; i++) {
        int k = n;
        if (chart->spot[i].dominated)
            continue;
        for (; k > 0 && order[k - 1]->ms.value > chart->spot[i].ms.value; k--)
            order[k] = order[k - 1];
        order[k] = &chart->spot[i];
        n++;
    }
    for (int i = 0; i < n; i++) {
        if (i > 0)
            corner[n_corners++] =
                (struct plt_point){order[i]->p.x, order[i - 1]->p.y};
        corner[n_corners++] = order[i]->p;
    }
    return n_corners;
}

/* ---- drawing ------------------------------------------------------------ */

static void draw_spots(struct plt_ctx *ctx, const struct chart *chart)
{
    for (int i = 0; i < chart->n; i++) {
        const struct spot *s = &chart->spot[i];
        const uint32_t rgb = ctx->dep[s->dep].rgb;
        if (!isnan(s->ms.half_width))
            plt_whisker(ctx, plt_scale_at(&chart->x, low_end(s->ms)), s->p.y,
                plt_scale_at(&chart->x, high_end(s->ms)), s->p.y, rgb);
        if (!isnan(s->cost.half_width))
            plt_whisker(ctx, s->p.x, plt_scale_at(&chart->y, low_end(s->cost)),
                s->p.x, plt_scale_at(&chart->y, high_end(s->cost)), rgb);
    }
    for (int i = 0; i < chart->n; i++) {
        const struct spot *s = &chart->spot[i];
        char ms[64], cost[64];
        plt_format_ms(ms, sizeof ms, s->ms.value);
        plt_format_digits(cost, sizeof cost, s->cost.value, 3);
        ctx->cv->ops->group(
            ctx->cv, plt_say(ctx, "%s: %s, %s %s", ctx->dep[s->dep].label, ms,
                         cost, chart->money));
        plt_mark_draw(ctx, PLT_MARK_CIRCLE, s->p.x, s->p.y, 5.5,
            ctx->dep[s->dep].rgb, s->dominated);
        ctx->cv->ops->ungroup(ctx->cv);
    }
}

/* Everything a name must not cover: marks, whiskers, frontier, limits. */
static void take(struct plt_space *space, const struct chart *chart,
    const struct plt_point *corner, int n_corners)
{
    plt_space_lines(space, corner, n_corners);
    for (int i = 0; i < chart->n; i++) {
        const struct spot *s = &chart->spot[i];
        const struct plt_point wide[] = {
            {plt_scale_at(&chart->x, low_end(s->ms)), s->p.y},
            {plt_scale_at(&chart->x, high_end(s->ms)), s->p.y}};
        const struct plt_point tall[] = {
            {s->p.x, plt_scale_at(&chart->y, low_end(s->cost))},
            {s->p.x, plt_scale_at(&chart->y, high_end(s->cost))}};
        plt_space_lines(space, wide, 2);
        plt_space_lines(space, tall, 2);
        plt_space_box(space, (struct plt_box){s->p.x - 6.0, s->p.y - 6.0,
                                 s->p.x + 6.0, s->p.y + 6.0});
    }
    for (int i = 0; i < chart->n_objectives; i++) {
        const double x = plt_scale_at(&chart->x, chart->objective[i].limit_ms);
        const struct plt_point p[] = {
            {x, chart->area.top}, {x, chart->area.bottom}};
        plt_space_lines(space, p, 2);
    }
}

/* Distance of a point from a box, 0 inside. */
static double box_distance(struct plt_box box, struct plt_point p)
{
    return hypot(fmax(fmax(box.x0 - p.x, p.x - box.x1), 0.0),
        fmax(fmax(box.y0 - p.y, p.y - box.y1), 0.0));
}

/* A thin line from a name to its point where another point is about as near
 * and the reader could take the name for that one's. */
static void draw_leader(
    struct plt_ctx *ctx, const struct chart *chart, int i, struct plt_box box)
{
    const struct plt_point p = chart->spot[i].p;
    const double own = box_distance(box, p);
    bool doubtful = false;

    for (int j = 0; j < chart->n; j++)
        doubtful |= j != i && box_distance(box, chart->spot[j].p) < own + 8.0;
    if (!doubtful)
        return;
    const struct plt_point to = {fmin(fmax(p.x, box.x0 + 2.0), box.x1 - 2.0),
        fmin(fmax(p.y, box.y0 + 2.0), box.y1 - 2.0)};
    plt_line(ctx, p.x, p.y, to.x, to.y,
        plt_readable(ctx->theme, ctx->dep[chart->spot[i].dep].rgb), 0.75,
        PLT_SOLID);
}

/* Names beside the points.  Where there is no room, a number beside or in
 * place of the name, explained in a key at the right edge, would be one more
 * thing to look up: such a name is shortened step by step instead, and left to
 * the tooltip and the description at last. */
static void draw_names(
    struct plt_ctx *ctx, const struct chart *chart, struct plt_space *space)
{
    const double widths[] = {240.0, 120.0, 70.0};

    for (int i = 0; i < chart->n; i++) {
        const struct plt_dep *dep = &ctx->dep[chart->spot[i].dep];
        struct plt_font font = {.size = PLT_SIZE_LABEL,
            .bold = true,
            .rgb = plt_readable(ctx->theme, dep->rgb)};
        for (int k = 0; k < 3; k++) {
            char name[256];
            struct plt_point at;
            const double width = plt_text_fit(
                name, sizeof name, dep->label, font.size, true, widths[k]);
            if (!plt_place_beside(space, chart->spot[i].p, 11.0, width,
                    font.size, &at, &font.anchor))
                continue;
            draw_leader(ctx, chart, i,
                plt_text_box(at.x, at.y, width, font.size, font.anchor));
            ctx->cv->ops->text(ctx->cv, at.x, at.y, name, &font);
            break;
        }
    }
}

static const char *describe(struct plt_ctx *ctx, const struct chart *chart)
{
    const char *s = plt_say(ctx,
        "Cost per million requests in %s against p95 latency.", chart->money);

    for (int i = 0; i < chart->n; i++) {
        const struct spot *spot = &chart->spot[i];
        char ms[64], cost[64];
        plt_format_ms(ms, sizeof ms, spot->ms.value);
        plt_format_digits(cost, sizeof cost, spot->cost.value, 3);
        s = plt_say(ctx, "%s %s: %s, %s%s.", s, ctx->dep[spot->dep].label, ms,
            cost, spot->dominated ? ", dominated" : "");
    }
    return s;
}

static int draw(struct plt_ctx *ctx)
{
    struct chart chart = {0};
    struct plt_point corner[2 * PLT_MAX_DEPLOYMENTS];

    collect(ctx, &chart);
    const struct plt_head head = {
        .title = finding(ctx, &chart),
        .subtitle = plt_say(ctx,
            "Cost per million requests served, %s, against p95 latency, ms. "
            "Line: Pareto frontier; hollow: dominated; bars: %s\xC2\xA0"
            "confidence "
            "intervals.",
            chart.money, plt_level(ctx)),
        .notes = plt_notes(ctx, chart.missing, "cost or p95 latency"),
        .desc = describe(ctx, &chart),
    };
    const struct plt_area page = plt_head_draw(ctx, &head);
    if (chart.n == 0) {
        plt_no_data(ctx, &page, "no deployment has both a cost and a latency");
        return plt_ctx_status(ctx);
    }
    lay_out(ctx, &chart, &page);
    const struct plt_area *a = &chart.area;
    struct plt_space space = {.arena = ctx->arena,
        .bounds = {
            a->left + 2.0, a->top + 1.0, a->right + 10.0, a->bottom - 2.0}};
    plt_axis_y(ctx, a, &chart.y, &chart.y_ticks,
        plt_say(ctx, "Cost per million requests, %s%s", chart.money,
            chart.y.log ? " (log scale)" : ""));
    plt_axis_x(ctx, a, &chart.x, &chart.x_ticks,
        chart.x.log ? "p95 latency, ms (log scale)" : "p95 latency, ms");
    plt_objective_lines(ctx, a, &chart.x, chart.objective, chart.n_objectives);
    const int n_corners = frontier(&chart, corner);
    const struct plt_paint line = {
        .stroke = ctx->theme->muted, .width = 1.5, .dash = PLT_SOLID};
    if (n_corners > 1)
        ctx->cv->ops->lines(ctx->cv, corner, n_corners, false, &line);
    take(&space, &chart, corner, n_corners);
    draw_names(ctx, &chart, &space);
    draw_spots(ctx, &chart);
    ctx->failed |= space.failed;
    return plt_ctx_status(ctx);
}

static bool needs(const struct res_run *run)
{
    for (int i = 0; i < run->n_deployments; i++) {
        const char *name = run->deployments[i].name;
        if (isfinite(res_value(run, name, cost_metric)) &&
            isfinite(res_value(run, name, latency_metric)))
            return true;
    }
    return false;
}

const struct plt_plot plt_tradeoff = {
    .name = "cost-latency",
    .doc = "Cost per million requests against p95 latency, with the Pareto "
           "frontier and the objective.",
    .draw = draw,
    .needs = needs,
};
