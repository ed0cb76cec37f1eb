/* Where the time goes: mean latency as network, queue and service. */
#include "plots/charts.h"

#include <math.h>

#include "plots/draw.h"
#include "plots/font.h"

static const struct {
    const char *metric, *name;
    int colour; /* component */
} parts[] = {
    {"network.mean", "network", 1},
    {"queue.mean", "queue", 0},
    {"service.mean", "service", 5},
};
enum { N_PARTS = 3 };

static const double name_width = 150.0;

struct row {
    int dep;
    double part[N_PARTS]; /* ms, >= 0 */
    double sum;
    struct res_estimate total; /* latency.mean */
};

struct chart {
    int n;
    struct row row[PLT_MAX_DEPLOYMENTS];
    int dep[PLT_MAX_DEPLOYMENTS];
    bool missing[PLT_MAX_DEPLOYMENTS];
    struct plt_area area;
    struct plt_scale x;
    double pitch;
};

static void collect(struct plt_ctx *ctx, struct chart *chart)
{
    for (int i = 0; i < ctx->n_deps; i++) {
        struct row row = {
            .dep = i, .total = plt_metric(ctx, &ctx->dep[i], "latency.mean")};
        int good = 0;
        for (int k = 0; k < N_PARTS; k++) {
            const double ms =
                plt_metric(ctx, &ctx->dep[i], parts[k].metric).value;
            good += !isnan(ms);
            row.part[k] = fmax(ms, 0.0); /* NaN: 0 */
            row.sum += row.part[k];
        }
        chart->missing[i] = good == 0 || row.sum <= 0.0;
        if (!chart->missing[i]) {
            chart->dep[chart->n] = i;
            chart->row[chart->n++] = row;
        }
    }
}

/* The part that is largest, deployment by deployment. */
static const char *finding(struct plt_ctx *ctx, const struct chart *chart)
{
    int leads[N_PARTS] = {0}, best = 0;

    for (int i = 0; i < chart->n; i++) {
        int top = 0;
        for (int k = 1; k < N_PARTS; k++) {
            if (chart->row[i].part[k] > chart->row[i].part[top])
                top = k;
        }
        leads[top]++;
    }
    for (int k = 1; k < N_PARTS; k++) {
        if (leads[k] > leads[best])
            best = k;
    }
    if (chart->n == 0)
        return "Parts of latency";
    if (chart->n == 1)
        return plt_say(ctx, "Most of the latency of %s is %s",
            ctx->dep[chart->row[0].dep].brief, parts[best].name);
    const char *count = leads[best] == chart->n
                            ? plt_say(ctx, "all %d", chart->n)
                            : plt_say(ctx, "%d of %d", leads[best], chart->n);
    return plt_say(ctx,
        "%s time is the largest part of latency in %s deployments",
        plt_capital(ctx, parts[best].name), count);
}

static void draw_row(struct plt_ctx *ctx, const struct chart *chart, int i)
{
    const struct row *row = &chart->row[i];
    const double height = fmin(chart->pitch * 0.6, 40.0);
    const double middle = chart->area.top + (i + 0.5) * chart->pitch;
    const double base = middle + PLT_SIZE_FOOTER * PLT_CAP_HEIGHT / 2.0;
    const struct plt_font total = {
        .size = PLT_SIZE_LABEL, .bold = true, .rgb = ctx->theme->text};
    double from = 0.0;
    char s[64];

    ctx->cv->ops->group(ctx->cv, ctx->dep[row->dep].label);
    for (int k = 0; k < N_PARTS; k++) {
        const uint32_t rgb = plt_component_colour(parts[k].colour);
        const struct plt_paint paint = {.fill = rgb,
            .fill_opacity = 1.0,
            .stroke = ctx->theme->ground,
            .width = 1.0};
        const struct plt_font font = {.size = PLT_SIZE_FOOTER,
            .anchor = PLT_MIDDLE,
            .rgb = plt_text_on(rgb)};
        const double x0 = plt_scale_at(&chart->x, from);
        const double x1 = plt_scale_at(&chart->x, from + row->part[k]);
        if (x1 - x0 > 0.05)
            ctx->cv->ops->rect(
                ctx->cv, x0, middle - height / 2.0, x1 - x0, height, &paint);
        plt_format_digits(s, sizeof s, row->part[k], 3);
        if (plt_text_width(s, font.size, false) + 6.0 < x1 - x0 &&
            height >= 12.0)
            ctx->cv->ops->text(ctx->cv, (x0 + x1) / 2.0, base, s, &font);
        from += row->part[k];
    }
    plt_format_ms(s, sizeof s, row->total.value);
    if (!isnan(row->total.value))
        ctx->cv->ops->text(ctx->cv, plt_scale_at(&chart->x, from) + 7.0,
            base + 0.5, s, &total);
    ctx->cv->ops->ungroup(ctx->cv);
}

/* One line of swatches above the bars. */
static void draw_key(struct plt_ctx *ctx, const struct plt_area *area)
{
    const struct plt_font font = {
        .size = PLT_SIZE_TICK, .rgb = ctx->theme->text};
    double x = area->left;

    for (int k = 0; k < N_PARTS; k++) {
        const struct plt_paint paint = {
            .fill = plt_component_colour(parts[k].colour), .fill_opacity = 1.0};
        ctx->cv->ops->rect(ctx->cv, x, area->top - 20.0, 12.0, 12.0, &paint);
        ctx->cv->ops->text(
            ctx->cv, x + 17.0, area->top - 10.0, parts[k].name, &font);
        x += 17.0 + plt_text_width(parts[k].name, font.size, false) + 20.0;
    }
}

static const char *describe(struct plt_ctx *ctx, const struct chart *chart)
{
    const char *s = "Mean latency by part, ms.";

    for (int i = 0; i < chart->n; i++) {
        s = plt_say(ctx, "%s %s:", s, ctx->dep[chart->row[i].dep].label);
        for (int k = 0; k < N_PARTS; k++) {
            char ms[64];
            plt_format_digits(ms, sizeof ms, chart->row[i].part[k], 3);
            s = plt_say(
                ctx, "%s%s %s %s", s, k > 0 ? "," : "", parts[k].name, ms);
        }
        s = plt_say(ctx, "%s.", s);
    }
    return s;
}

static int draw(struct plt_ctx *ctx)
{
    struct chart chart = {0};
    struct plt_ticks ticks;
    double longest = 0.0;

    collect(ctx, &chart);
    const struct plt_head head = {
        .title = finding(ctx, &chart),
        .subtitle = "Mean latency of served requests by part, ms; bold: mean "
                    "end to end. No intervals.",
        .notes = plt_notes(ctx, chart.missing, "parts of latency"),
        .desc = describe(ctx, &chart),
    };
    const struct plt_area page = plt_head_draw(ctx, &head);
    if (chart.n == 0) {
        plt_no_data(ctx, &page, "no deployment has parts of latency");
        return plt_ctx_status(ctx);
    }
    struct plt_area *a = &chart.area;
    *a = page;
    a->top += 34.0;
    a->left += name_width + 9.0;
    a->right -= 84.0; /* the total beside the longest bar */
    a->bottom -= 40.0;
    for (int i = 0; i < chart.n; i++)
        longest = fmax(longest, chart.row[i].sum);
    plt_ticks_linear(0.0, longest, 7, true, &ticks);
    chart.x = (struct plt_scale){
        0.0, ticks.at[ticks.n - 1], a->left, a->right, false};
    chart.pitch = (a->bottom - a->top) / chart.n;
    draw_key(ctx, a);
    plt_axis_x(ctx, a, &chart.x, &ticks, "Mean latency, ms");
    for (int i = 0; i < chart.n; i++)
        draw_row(ctx, &chart, i);
    plt_row_names(ctx, a, chart.dep, chart.n, name_width);
    return plt_ctx_status(ctx);
}

static bool needs(const struct res_run *run)
{
    for (int i = 0; i < run->n_deployments; i++) {
        for (int k = 0; k < N_PARTS; k++) {
            if (res_value(run, run->deployments[i].name, parts[k].metric) > 0.0)
                return true;
        }
    }
    return false;
}

const struct plt_plot plt_parts = {
    .name = "latency-parts",
    .doc = "Mean latency of each deployment as network, queue and service.",
    .draw = draw,
    .needs = needs,
};
