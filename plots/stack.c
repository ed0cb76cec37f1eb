/* The TCO chart: present value by cost category, one bar a deployment. */
#include "plots/charts.h"

#include <math.h>

#include "plots/draw.h"
#include "plots/font.h"
#include "plots/place.h"

/* Shown by name: the largest categories; the rest is "Other". */
enum {
    MAX_SHOWN = PLT_N_COMPONENTS,
    OTHER = MAX_SHOWN,
    N_PARTS = MAX_SHOWN + 1
};

static const double legend_width = 150.0;

/* One bar: what each part adds above and below zero. */
struct bar {
    int dep;
    double npv;
    double up[N_PARTS], down[N_PARTS]; /* down <= 0 */
    double top, bottom;                /* sums */
};

struct chart {
    int n;
    struct bar bar[PLT_MAX_DEPLOYMENTS];
    bool missing[PLT_MAX_DEPLOYMENTS];
    int shown[MAX_SHOWN]; /* categories, in stacking order */
    int n_shown;
    bool other;
    double divisor;
    int decimals;     /* of all amounts */
    const char *unit; /* "M USD" */
    bool legend;
    struct plt_area area;
    struct plt_scale y;
    double pitch, width; /* of bars */
};

static double money_of(const struct res_ledger *ledger, int category)
{
    const double pv = ledger->pv[category];

    return isfinite(pv) ? pv : 0.0;
}

/* The categories with the largest sums over deployments, kept in the order of
 * enum res_category so that bars stack alike in every study. */
static void choose(struct plt_ctx *ctx, struct chart *chart)
{
    double size[RES_N_CATEGORIES] = {0};
    bool use[RES_N_CATEGORIES] = {false};

    for (int b = 0; b < chart->n; b++) {
        const struct res_ledger *l = ctx->dep[chart->bar[b].dep].d->ledger;
        for (int c = 0; c < RES_N_CATEGORIES; c++)
            size[c] += fabs(money_of(l, c));
    }
    for (int k = 0; k < MAX_SHOWN; k++) {
        int best = -1;
        for (int c = 0; c < RES_N_CATEGORIES; c++) {
            if (!use[c] && size[c] > 0.0 && (best < 0 || size[c] > size[best]))
                best = c;
        }
        if (best >= 0)
            use[best] = true;
    }
    for (int c = 0; c < RES_N_CATEGORIES; c++) {
        if (use[c])
            chart->shown[chart->n_shown++] = c;
        else
            chart->other |= size[c] > 0.0;
    }
}

static void fill_bar(struct plt_ctx *ctx, struct chart *chart, struct bar *bar)
{
    const struct res_ledger *l = ctx->dep[bar->dep].d->ledger;

    for (int c = 0; c < RES_N_CATEGORIES; c++) {
        const double pv = money_of(l, c);
        int part = OTHER;
        for (int k = 0; k < chart->n_shown; k++) {
            if (chart->shown[k] == c)
                part = k;
        }
        if (pv > 0.0)
            bar->up[part] += pv;
        else
            bar->down[part] += pv;
    }
    for (int k = 0; k < N_PARTS; k++) {
        bar->top += bar->up[k];
        bar->bottom += bar->down[k];
    }
}

static void collect(struct plt_ctx *ctx, struct chart *chart)
{
    const char *money = plt_clean(ctx, ctx->run->meta.currency, 8);
    const char *prefix;
    double largest = 0.0;

    for (int i = 0; i < ctx->n_deps; i++) {
        const struct res_ledger *l = ctx->dep[i].d->ledger;
        chart->missing[i] = l == NULL || !isfinite(l->npv);
        if (!chart->missing[i])
            chart->bar[chart->n++] = (struct bar){.dep = i, .npv = l->npv};
    }
    choose(ctx, chart);
    for (int b = 0; b < chart->n; b++) {
        struct bar *bar = &chart->bar[b];
        fill_bar(ctx, chart, bar);
        largest =
            fmax(largest, fmax(fmax(bar->top, -bar->bottom), fabs(bar->npv)));
    }
    chart->divisor = plt_si(largest, &prefix);
    largest /= chart->divisor;
    chart->decimals = largest >= 100.0 ? 0 : largest >= 10.0 ? 1 : 2;
    chart->unit =
        plt_say(ctx, "%s%s%s", prefix, prefix[0] != '\0' ? " " : "", money);
}

static const char *amount(
    struct plt_ctx *ctx, const struct chart *chart, double usd)
{
    char s[64];

    plt_format_fixed(s, sizeof s, usd / chart->divisor, chart->decimals);
    return plt_say(ctx, "%s", s);
}

/* An unstable deployment is never called the cheapest: it does not do the
 * work. */
static const char *finding(struct plt_ctx *ctx, const struct chart *chart)
{
    const double years = ctx->run->meta.horizon_yr;
    const struct bar *best = NULL;
    char span[64];
    int n = 0;

    for (int b = 0; b < chart->n; b++) {
        const struct bar *bar = &chart->bar[b];
        if (ctx->dep[bar->dep].unstable)
            continue;
        n++;
        if (best == NULL || bar->npv < best->npv)
            best = bar;
    }
    if (best == NULL)
        return "Total cost of ownership";
    plt_format_short(span, sizeof span, years);
    return plt_say(ctx, "%s %s %s %s over %s year%s (NPV)",
        plt_capital(ctx, ctx->dep[best->dep].brief),
        n > 1 ? "is cheapest:" : "costs", amount(ctx, chart, best->npv),
        chart->unit, span, years == 1.0 ? "" : "s");
}

static const char *part_name(const struct chart *chart, int k)
{
    return k == OTHER ? "Other" : res_category_label(chart->shown[k]);
}

static uint32_t part_colour(int k)
{
    return plt_component_colour(k == OTHER ? -1 : k);
}

static bool part_used(const struct chart *chart, int k)
{
    return k == OTHER ? chart->other : k < chart->n_shown;
}

/* ---- layout ------------------------------------------------------------- */

static void lay_out(struct plt_ctx *ctx, struct chart *chart,
    const struct plt_area *page, struct plt_ticks *ticks)
{
    struct plt_area *a = &chart->area;
    double low = 0.0, high = 0.0;

    for (int b = 0; b < chart->n; b++) {
        low = fmin(low, fmin(chart->bar[b].bottom, chart->bar[b].npv));
        high = fmax(high, fmax(chart->bar[b].top, chart->bar[b].npv));
    }
    plt_ticks_linear(
        low / chart->divisor, high / chart->divisor, 6, true, ticks);
    *a = *page;
    a->top += 42.0; /* axis title, and a total above the highest bar */
    a->left += plt_ticks_width(ticks) + 12.0;
    a->right -= chart->legend ? legend_width : 0.0;
    chart->pitch = (a->right - a->left) / chart->n;
    chart->width = fmin(chart->pitch * 0.72, 130.0);
    a->bottom -= chart->pitch < 110.0 ? 84.0 : 24.0;
    for (int b = 0; b < chart->n && chart->pitch < 110.0; b++) {
        if (plt_text_width(ctx->dep[chart->bar[b].dep].label, PLT_SIZE_LABEL,
                false) > chart->pitch - 6.0)
            return;
    }
    a->bottom = page->bottom - 24.0;
}

static void set_scale(struct chart *chart, const struct plt_ticks *ticks)
{
    chart->y = (struct plt_scale){ticks->at[0] * chart->divisor,
        ticks->at[ticks->n - 1] * chart->divisor, chart->area.bottom,
        chart->area.top, false};
}

/* Text of a segment: name and amount, else the amount, else nothing. */
static const char *segment_text(struct plt_ctx *ctx, const struct chart *chart,
    int part, double usd, double height, bool *named)
{
    const char *value = amount(ctx, chart, usd);
    const char *both = plt_say(ctx, "%s %s", part_name(chart, part), value);
    const double room = chart->width - 6.0;

    *named = false;
    if (height < 13.0)
        return "";
    if (!chart->legend &&
        plt_text_width(both, PLT_SIZE_FOOTER, false) <= room) {
        *named = true;
        return both;
    }
    return plt_text_width(value, PLT_SIZE_FOOTER, false) <= room ? value : "";
}

/* Without a legend, each part must be named in one bar at least. */
static bool all_named(struct plt_ctx *ctx, const struct chart *chart)
{
    for (int k = 0; k < N_PARTS; k++) {
        bool found = !part_used(chart, k);
        for (int b = 0; b < chart->n && !found; b++) {
            const struct bar *bar = &chart->bar[b];
            const double usd =
                bar->up[k] > -bar->down[k] ? bar->up[k] : bar->down[k];
            const double height = fabs(
                plt_scale_at(&chart->y, usd) - plt_scale_at(&chart->y, 0.0));
            segment_text(ctx, chart, k, usd, height, &found);
        }
        if (!found)
            return false;
    }
    return true;
}

/* ---- drawing ------------------------------------------------------------ */

/* Diagonal lines tell neighbours apart in monochrome print. */
static void hatch(struct plt_ctx *ctx, double x, double y, double w, double h)
{
    ctx->cv->ops->clip(ctx->cv, x, y, w, h);
    for (double d = 0.0; d < w + h; d += 7.0)
        plt_line(ctx, x + d, y, x + d - h, y + h, ctx->theme->ground, 1.0,
            PLT_SOLID);
    ctx->cv->ops->unclip(ctx->cv);
}

static void draw_segment(struct plt_ctx *ctx, const struct chart *chart,
    double x, double from, double to, int part)
{
    const uint32_t rgb = part_colour(part);
    const struct plt_paint paint = {.fill = rgb,
        .fill_opacity = 1.0,
        .stroke = ctx->theme->ground,
        .width = 1.0};
    const double y0 = plt_scale_at(&chart->y, from);
    const double y1 = plt_scale_at(&chart->y, to);
    const double y = fmin(y0, y1), height = fabs(y1 - y0);
    const bool striped = ctx->print && part % 2 == 1;
    const struct plt_font font = {
        .size = PLT_SIZE_FOOTER, .anchor = PLT_MIDDLE, .rgb = plt_text_on(rgb)};
    bool named;

    if (height < 0.05)
        return;
    ctx->cv->ops->rect(ctx->cv, x, y, chart->width, height, &paint);
    if (striped)
        hatch(ctx, x, y, chart->width, height);
    const char *s = segment_text(ctx, chart, part, to - from, height, &named);
    if (striped || s[0] == '\0')
        return;
    ctx->cv->ops->text(ctx->cv, x + chart->width / 2.0,
        y + height / 2.0 + font.size * PLT_CAP_HEIGHT / 2.0, s, &font);
}

static void draw_bar(struct plt_ctx *ctx, const struct chart *chart, int b)
{
    const struct bar *bar = &chart->bar[b];
    const double middle = chart->area.left + (b + 0.5) * chart->pitch;
    const double x = middle - chart->width / 2.0;
    const struct plt_font total = {.size = PLT_SIZE_LABEL,
        .bold = true,
        .anchor = PLT_MIDDLE,
        .rgb = ctx->theme->text};
    double up = 0.0, down = 0.0;

    ctx->cv->ops->group(
        ctx->cv, plt_say(ctx, "%s: %s %s (NPV)", ctx->dep[bar->dep].label,
                     amount(ctx, chart, bar->npv), chart->unit));
    for (int k = 0; k < N_PARTS; k++) {
        draw_segment(ctx, chart, x, up, up + bar->up[k], k);
        draw_segment(ctx, chart, x, down, down + bar->down[k], k);
        up += bar->up[k];
        down += bar->down[k];
    }
    const double npv_y = plt_scale_at(&chart->y, bar->npv);
    plt_mark_draw(ctx, PLT_MARK_DIAMOND, x + chart->width, npv_y, 5.0,
        ctx->theme->text, false);
    plt_label(ctx, middle, fmin(plt_scale_at(&chart->y, up), npv_y) - 8.0,
        amount(ctx, chart, bar->npv), &total, chart->pitch);
    ctx->cv->ops->ungroup(ctx->cv);
}

static void draw_names(
    struct plt_ctx *ctx, const struct chart *chart, const struct plt_area *page)
{
    const bool turned = page->bottom - chart->area.bottom > 30.0;
    const struct plt_font font = {.size = PLT_SIZE_LABEL,
        .anchor = turned ? PLT_END : PLT_MIDDLE,
        .degrees = turned ? -40.0 : 0.0,
        .rgb = ctx->theme->text};

    for (int b = 0; b < chart->n; b++) {
        const double middle = chart->area.left + (b + 0.5) * chart->pitch;
        /* a turned name runs down to the left: keep it on the page */
        const double room =
            turned ? fmin(104.0, (middle - 8.0) / 0.77) : chart->pitch - 6.0;
        plt_label(ctx, middle + (turned ? 5.0 : 0.0),
            chart->area.bottom + (turned ? 13.0 : 17.0),
            ctx->dep[chart->bar[b].dep].label, &font, room);
    }
}

/* In the order of the stack, highest first. */
static void draw_legend(struct plt_ctx *ctx, const struct chart *chart)
{
    const double x = chart->area.right + 22.0;
    const struct plt_font font = {
        .size = PLT_SIZE_TICK, .rgb = ctx->theme->text};
    double y = chart->area.top + 8.0;

    for (int k = N_PARTS - 1; k >= 0; k--) {
        const struct plt_paint paint = {
            .fill = part_colour(k), .fill_opacity = 1.0};
        if (!part_used(chart, k))
            continue;
        ctx->cv->ops->rect(ctx->cv, x, y - 9.0, 12.0, 12.0, &paint);
        if (ctx->print && k % 2 == 1)
            hatch(ctx, x, y - 9.0, 12.0, 12.0);
        plt_label(ctx, x + 18.0, y + 1.0, part_name(chart, k), &font,
            legend_width - 42.0);
        y += 20.0;
    }
}

static const char *describe(struct plt_ctx *ctx, const struct chart *chart)
{
    const char *s =
        plt_say(ctx, "Present value of cost by category, in %s.", chart->unit);

    for (int b = 0; b < chart->n; b++)
        s = plt_say(ctx, "%s %s: %s.", s, ctx->dep[chart->bar[b].dep].label,
            amount(ctx, chart, chart->bar[b].npv));
    return s;
}

static int draw(struct plt_ctx *ctx)
{
    struct chart chart = {0};
    struct plt_ticks ticks;

    collect(ctx, &chart);
    const struct plt_head head = {
        .title = finding(ctx, &chart),
        .subtitle = plt_say(ctx,
            "Present value of all costs by category, %s. "
            "\xE2\x97\x86 and bold: total (NPV). Expected values; "
            "no interval.",
            chart.unit),
        .notes = plt_notes(ctx, chart.missing, "money"),
        .desc = describe(ctx, &chart),
    };
    const struct plt_area page = plt_head_draw(ctx, &head);
    if (chart.n == 0) {
        plt_no_data(ctx, &page, "the study has no money");
        return plt_ctx_status(ctx);
    }
    lay_out(ctx, &chart, &page, &ticks);
    set_scale(&chart, &ticks);
    chart.legend = ctx->print || !all_named(ctx, &chart);
    if (chart.legend) {
        lay_out(ctx, &chart, &page, &ticks);
        set_scale(&chart, &ticks);
        draw_legend(ctx, &chart);
    }
    const struct plt_scale axis = {ticks.at[0], ticks.at[ticks.n - 1],
        chart.area.bottom, chart.area.top, false};
    plt_axis_y(ctx, &chart.area, &axis, &ticks,
        plt_say(ctx, "Present value, %s", chart.unit));
    for (int b = 0; b < chart.n; b++)
        draw_bar(ctx, &chart, b);
    const double zero = plt_scale_at(&chart.y, 0.0);
    plt_line(ctx, chart.area.left, zero, chart.area.right, zero,
        ctx->theme->axis, 1.25, PLT_SOLID);
    draw_names(ctx, &chart, &page);
    return plt_ctx_status(ctx);
}

static bool needs(const struct res_run *run)
{
    for (int i = 0; i < run->n_deployments; i++) {
        if (run->deployments[i].ledger != NULL)
            return true;
    }
    return false;
}

const struct plt_plot plt_stack = {
    .name = "tco-stack",
    .doc = "Present value of cost by category, one bar a deployment, tax and "
           "residual below zero, totals marked.",
    .draw = draw,
    .needs = needs,
};
