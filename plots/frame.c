#include "plots/draw.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "plots/font.h"
#include "plots/place.h"

enum { LINE_BYTES = 512 };

void plt_line(struct plt_ctx *ctx, double x0, double y0, double x1, double y1,
    uint32_t rgb, double width, int dash)
{
    const struct plt_point p[] = {{x0, y0}, {x1, y1}};
    const struct plt_paint paint = {
        .stroke = rgb, .width = width, .dash = dash};

    ctx->cv->ops->lines(ctx->cv, p, 2, false, &paint);
}

void plt_label(struct plt_ctx *ctx, double x, double y, const char *s,
    const struct plt_font *font, double max_width)
{
    char line[LINE_BYTES];

    plt_text_fit(line, sizeof line, s, font->size, font->bold, max_width);
    if (line[0] != '\0')
        ctx->cv->ops->text(ctx->cv, x, y, line, font);
}

/* Wrapped text downwards from base line `y`; returns the next base line. */
static double paragraph(struct plt_ctx *ctx, const char *s, double y,
    double leading, int max_lines, const struct plt_font *font)
{
    char lines[2][LINE_BYTES];
    const int n = plt_text_wrap(lines[0], LINE_BYTES, max_lines, s, font->size,
        font->bold, PLT_WIDTH - 2.0 * PLT_MARGIN);

    for (int i = 0; i < n; i++)
        ctx->cv->ops->text(
            ctx->cv, PLT_MARGIN, y + i * leading, lines[i], font);
    return y + n * leading;
}

static void draw_footer(struct plt_ctx *ctx)
{
    const struct res_meta *meta = &ctx->run->meta;
    const struct plt_font font = {
        .size = PLT_SIZE_FOOTER, .rgb = ctx->theme->muted};
    const char *name = meta->name != NULL ? meta->name : "";

    plt_label(ctx, PLT_MARGIN, PLT_HEIGHT - 12.0,
        plt_say(ctx,
            "sitesim %s \xC2\xB7 scenario %s \xC2\xB7 seed %" PRIu64
            " \xC2\xB7 %" PRId64 " replication%s",
            plt_clean(ctx, meta->version, 24), plt_clean(ctx, name, 48),
            meta->seed, meta->replications, meta->replications == 1 ? "" : "s"),
        &font, PLT_WIDTH - 2.0 * PLT_MARGIN);
}

struct plt_area plt_head_draw(struct plt_ctx *ctx, const struct plt_head *head)
{
    const struct plt_theme *th = ctx->theme;
    const struct plt_paint page = {.fill = th->ground, .fill_opacity = 1.0};
    const struct plt_font title = {
        .size = PLT_SIZE_TITLE, .bold = true, .rgb = th->text};
    const struct plt_font subtitle = {
        .size = PLT_SIZE_SUBTITLE, .rgb = th->muted};
    const struct plt_font note = {.size = PLT_SIZE_TICK, .rgb = th->muted};
    double y = 36.0;

    ctx->cv->ops->begin(
        ctx->cv, head->title, head->desc != NULL ? head->desc : head->subtitle);
    ctx->cv->ops->rect(ctx->cv, 0.0, 0.0, PLT_WIDTH, PLT_HEIGHT, &page);
    y = paragraph(ctx, head->title, y, 23.0, 2, &title);
    y = paragraph(ctx, head->subtitle, y - 2.0, 16.0, 2, &subtitle);
    y = paragraph(ctx, head->notes, y, 15.0, 2, &note);
    draw_footer(ctx);
    return (struct plt_area){.left = PLT_MARGIN,
        .top = y - 2.0,
        .right = PLT_WIDTH - PLT_MARGIN,
        .bottom = PLT_HEIGHT - 30.0};
}

void plt_no_data(
    struct plt_ctx *ctx, const struct plt_area *area, const char *why)
{
    const struct plt_font font = {
        .size = 14.0, .anchor = PLT_MIDDLE, .rgb = ctx->theme->muted};

    plt_label(ctx, (area->left + area->right) / 2.0,
        (area->top + area->bottom) / 2.0, plt_say(ctx, "No data: %s", why),
        &font, area->right - area->left);
}

void plt_tick_text(char *out, size_t cap, const struct plt_ticks *ticks, int i)
{
    if (ticks->decimals < 0)
        plt_format_short(out, cap, ticks->at[i]);
    else
        plt_format_fixed(out, cap, ticks->at[i], ticks->decimals);
}

double plt_ticks_width(const struct plt_ticks *ticks)
{
    double widest = 0.0;

    for (int i = 0; i < ticks->n; i++) {
        char s[64];
        plt_tick_text(s, sizeof s, ticks, i);
        widest = fmax(widest, plt_text_width(s, PLT_SIZE_TICK, false));
    }
    return widest;
}

void plt_axis_y(struct plt_ctx *ctx, const struct plt_area *area,
    const struct plt_scale *scale, const struct plt_ticks *ticks,
    const char *title)
{
    const struct plt_font font = {
        .size = PLT_SIZE_TICK, .anchor = PLT_END, .rgb = ctx->theme->muted};
    const struct plt_font head = {
        .size = PLT_SIZE_TICK, .rgb = ctx->theme->muted};

    for (int i = 0; i < ticks->n; i++) {
        const double y = plt_scale_at(scale, ticks->at[i]);
        char s[64];
        if (y < area->top - 0.5 || y > area->bottom + 0.5)
            continue;
        plt_tick_text(s, sizeof s, ticks, i);
        plt_line(ctx, area->left, y, area->right, y, ctx->theme->grid, 1.0,
            PLT_SOLID);
        ctx->cv->ops->text(ctx->cv, area->left - 7.0,
            y + PLT_SIZE_TICK * PLT_CAP_HEIGHT / 2.0, s, &font);
    }
    plt_label(ctx, PLT_MARGIN, area->top - 20.0, title, &head,
        area->right - PLT_MARGIN);
}

void plt_axis_x(struct plt_ctx *ctx, const struct plt_area *area,
    const struct plt_scale *scale, const struct plt_ticks *ticks,
    const char *title)
{
    const struct plt_font font = {
        .size = PLT_SIZE_TICK, .anchor = PLT_MIDDLE, .rgb = ctx->theme->muted};
    double free_from = -1e9;

    plt_line(ctx, area->left, area->bottom, area->right, area->bottom,
        ctx->theme->axis, 1.0, PLT_SOLID);
    for (int i = 0; i < ticks->n; i++) {
        const double x = plt_scale_at(scale, ticks->at[i]);
        char s[64];
        if (x < area->left - 0.5 || x > area->right + 0.5)
            continue;
        plt_tick_text(s, sizeof s, ticks, i);
        const double half = plt_text_width(s, PLT_SIZE_TICK, false) / 2.0;
        plt_line(ctx, x, area->bottom, x, area->bottom + 4.0, ctx->theme->axis,
            1.0, PLT_SOLID);
        if (x - half < free_from || x + half > PLT_WIDTH - 2.0)
            continue;
        ctx->cv->ops->text(ctx->cv, x, area->bottom + 16.0, s, &font);
        free_from = x + half + 6.0;
    }
    plt_label(ctx, (area->left + area->right) / 2.0, area->bottom + 33.0, title,
        &font, area->right - area->left);
}

void plt_objective_lines(struct plt_ctx *ctx, const struct plt_area *area,
    const struct plt_scale *scale, const struct plt_objective *list, int n)
{
    struct plt_font font = {
        .size = PLT_SIZE_TICK, .bold = true, .rgb = ctx->theme->limit};
    struct plt_box taken[PLT_MAX_OBJECTIVES];
    int n_taken = 0;

    for (int i = 0; i < n; i++) {
        const double x = plt_scale_at(scale, list[i].limit_ms);
        if (x < area->left || x > area->right)
            continue;
        plt_line(ctx, x, area->top, x, area->bottom, ctx->theme->limit, 1.25,
            PLT_DASHED);
        const char *s = plt_objective_label(ctx, &list[i]);
        const double width = plt_text_width(s, font.size, true);
        font.anchor = x + width / 2.0 > area->right + 16.0  ? PLT_END
                      : x - width / 2.0 < area->left + 60.0 ? PLT_START
                                                            : PLT_MIDDLE;
        const double y = area->top - 5.0;
        const struct plt_box box =
            plt_text_box(x, y, width, font.size, font.anchor);
        bool taken_already = false;
        for (int j = 0; j < n_taken; j++)
            taken_already |= plt_boxes_meet(taken[j], box);
        if (taken_already)
            continue;
        taken[n_taken++] = box;
        ctx->cv->ops->text(ctx->cv, x, y, s, &font);
    }
}

void plt_mark_draw(struct plt_ctx *ctx, int mark, double x, double y, double r,
    uint32_t rgb, bool hollow)
{
    const struct plt_paint paint = {
        .fill = hollow ? ctx->theme->ground : rgb,
        .fill_opacity = 1.0,
        .stroke = hollow ? rgb : ctx->theme->ground,
        .width = hollow ? 1.75 : 1.0,
    };
    const double d = r * 1.25, s = r * 0.9;
    const struct plt_point diamond[] = {
        {x, y - d}, {x + d, y}, {x, y + d}, {x - d, y}};

    if (mark == PLT_MARK_DIAMOND)
        ctx->cv->ops->lines(ctx->cv, diamond, 4, true, &paint);
    else if (mark == PLT_MARK_SQUARE)
        ctx->cv->ops->rect(ctx->cv, x - s, y - s, 2.0 * s, 2.0 * s, &paint);
    else
        ctx->cv->ops->circle(ctx->cv, x, y, r, &paint);
}

void plt_whisker(struct plt_ctx *ctx, double x0, double y0, double x1,
    double y1, uint32_t rgb)
{
    const double length = hypot(x1 - x0, y1 - y0);

    if (!(length > 1.0))
        return;
    plt_line(ctx, x0, y0, x1, y1, rgb, 1.25, PLT_SOLID);
    if (length <= 4.0)
        return;
    const double nx = (y1 - y0) / length * 3.0, ny = (x0 - x1) / length * 3.0;
    plt_line(ctx, x0 - nx, y0 - ny, x0 + nx, y0 + ny, rgb, 1.25, PLT_SOLID);
    plt_line(ctx, x1 - nx, y1 - ny, x1 + nx, y1 + ny, rgb, 1.25, PLT_SOLID);
}

void plt_row_names(struct plt_ctx *ctx, const struct plt_area *area,
    const int *dep, int n, double width)
{
    const struct plt_font font = {
        .size = PLT_SIZE_LABEL, .anchor = PLT_END, .rgb = ctx->theme->text};
    const double pitch = (area->bottom - area->top) / n;

    for (int i = 0; i < n; i++)
        plt_label(ctx, area->left - 9.0,
            area->top + (i + 0.5) * pitch + font.size * PLT_CAP_HEIGHT / 2.0,
            ctx->dep[dep[i]].label, &font, width);
}
