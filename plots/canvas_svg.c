#include "plots/canvas.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

/* Bitstream Vera's relatives first: their widths are those of the layout. */
static const char families[] =
    "'DejaVu Sans',Verdana,'Bitstream Vera Sans',sans-serif";

static const struct plt_dash_row dashes[PLT_N_DASHES] = {
    [PLT_SOLID] = {0, {0}},
    [PLT_DASHED] = {2, {6, 3}},
    [PLT_DOTTED] = {2, {2, 2.5}},
    [PLT_DASH_DOT] = {4, {8, 3, 2, 3}},
};

static const char *const anchors[] = {"start", "middle", "end"};

const struct plt_dash_row *plt_dash_row(int dash)
{
    return &dashes[dash >= 0 && dash < PLT_N_DASHES ? dash : PLT_SOLID];
}

double plt_clamp(double x)
{
    /* fmin and fmax return the other operand for a NaN */
    return fmax(-99999.0, fmin(x, 99999.0));
}

/* Hundredths of a unit by integer arithmetic, without trailing zeros: short,
 * and the same bytes whatever the C library and locale. */
static void add_number(struct sim_text *out, double x)
{
    const long long hundredths = llround(plt_clamp(x) * 100.0);
    const long long size = hundredths < 0 ? -hundredths : hundredths;
    const char *sign = hundredths < 0 ? "-" : "";

    if (size % 100 == 0)
        sim_text_printf(out, "%s%lld", sign, size / 100);
    else if (size % 10 == 0)
        sim_text_printf(out, "%s%lld.%lld", sign, size / 100, size / 10 % 10);
    else
        sim_text_printf(out, "%s%lld.%02lld", sign, size / 100, size % 100);
}

static void add_attribute(struct sim_text *out, const char *name, double x)
{
    sim_text_printf(out, " %s=\"", name);
    add_number(out, x);
    sim_text_add_char(out, '"');
}

static void add_paint(struct sim_text *out, const struct plt_paint *paint)
{
    if (paint->fill_opacity > 0.0)
        sim_text_printf(out, " fill=\"#%06" PRIx32 "\"", paint->fill);
    else
        sim_text_add(out, " fill=\"none\"");
    if (paint->fill_opacity > 0.0 && paint->fill_opacity < 1.0)
        add_attribute(out, "fill-opacity", paint->fill_opacity);
    if (paint->width <= 0.0)
        return;
    sim_text_printf(out, " stroke=\"#%06" PRIx32 "\"", paint->stroke);
    add_attribute(out, "stroke-width", paint->width);
    const struct plt_dash_row *row = plt_dash_row(paint->dash);
    for (int i = 0; i < row->n; i++) {
        sim_text_add(out, i == 0 ? " stroke-dasharray=\"" : " ");
        add_number(out, row->len[i]);
    }
    if (row->n > 0)
        sim_text_add_char(out, '"');
}

static struct sim_text *out_of(struct plt_canvas *cv)
{
    return ((struct plt_svg *)cv)->out;
}

static void svg_begin(
    struct plt_canvas *cv, const char *title, const char *desc)
{
    const char *prefix = ((struct plt_svg *)cv)->prefix;
    struct sim_text *out = out_of(cv);

    sim_text_printf(out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" "
        "width=\"%d\" height=\"%d\" role=\"img\" "
        "aria-labelledby=\"%s-title %s-desc\" font-family=\"%s\" "
        "stroke-linejoin=\"round\">\n<title id=\"%s-title\">",
        PLT_WIDTH, PLT_HEIGHT, PLT_WIDTH, PLT_HEIGHT, prefix, prefix, families,
        prefix);
    sim_text_add_xml(out, title);
    sim_text_printf(out, "</title>\n<desc id=\"%s-desc\">", prefix);
    sim_text_add_xml(out, desc);
    sim_text_add(out, "</desc>\n");
}

static void svg_lines(struct plt_canvas *cv, const struct plt_point *p, int n,
    bool closed, const struct plt_paint *paint)
{
    struct sim_text *out = out_of(cv);

    sim_text_add(out, closed ? "<polygon points=\"" : "<polyline points=\"");
    for (int i = 0; i < n; i++) {
        if (i > 0)
            sim_text_add_char(out, ' ');
        add_number(out, p[i].x);
        sim_text_add_char(out, ',');
        add_number(out, p[i].y);
    }
    sim_text_add_char(out, '"');
    add_paint(out, paint);
    sim_text_add(out, "/>\n");
}

static void svg_rect(struct plt_canvas *cv, double x, double y, double w,
    double h, const struct plt_paint *paint)
{
    struct sim_text *out = out_of(cv);

    sim_text_add(out, "<rect");
    add_attribute(out, "x", x);
    add_attribute(out, "y", y);
    add_attribute(out, "width", fmax(w, 0.0));
    add_attribute(out, "height", fmax(h, 0.0));
    add_paint(out, paint);
    sim_text_add(out, "/>\n");
}

static void svg_circle(struct plt_canvas *cv, double x, double y, double radius,
    const struct plt_paint *paint)
{
    struct sim_text *out = out_of(cv);

    sim_text_add(out, "<circle");
    add_attribute(out, "cx", x);
    add_attribute(out, "cy", y);
    add_attribute(out, "r", radius);
    add_paint(out, paint);
    sim_text_add(out, "/>\n");
}

static void svg_text(struct plt_canvas *cv, double x, double y, const char *s,
    const struct plt_font *font)
{
    struct sim_text *out = out_of(cv);

    sim_text_add(out, "<text");
    add_attribute(out, "x", x);
    add_attribute(out, "y", y);
    add_attribute(out, "font-size", font->size);
    if (font->bold)
        sim_text_add(out, " font-weight=\"bold\"");
    if (font->anchor != PLT_START)
        sim_text_printf(out, " text-anchor=\"%s\"", anchors[font->anchor]);
    if (font->degrees != 0.0) {
        sim_text_add(out, " transform=\"rotate(");
        add_number(out, font->degrees);
        sim_text_add_char(out, ' ');
        add_number(out, x);
        sim_text_add_char(out, ' ');
        add_number(out, y);
        sim_text_add(out, ")\"");
    }
    sim_text_printf(out, " fill=\"#%06" PRIx32 "\">", font->rgb);
    sim_text_add_xml(out, s);
    sim_text_add(out, "</text>\n");
}

static void svg_clip(
    struct plt_canvas *cv, double x, double y, double w, double h)
{
    struct plt_svg *svg = (struct plt_svg *)cv;
    struct sim_text *out = svg->out;

    svg->n_clips++;
    sim_text_printf(
        out, "<clipPath id=\"%s-clip%d\"><rect", svg->prefix, svg->n_clips);
    add_attribute(out, "x", x);
    add_attribute(out, "y", y);
    add_attribute(out, "width", w);
    add_attribute(out, "height", h);
    sim_text_printf(out, "/></clipPath>\n<g clip-path=\"url(#%s-clip%d)\">\n",
        svg->prefix, svg->n_clips);
}

static void svg_group(struct plt_canvas *cv, const char *title)
{
    sim_text_add(out_of(cv), "<g><title>");
    sim_text_add_xml(out_of(cv), title);
    sim_text_add(out_of(cv), "</title>\n");
}

static void svg_end_group(struct plt_canvas *cv)
{
    sim_text_add(out_of(cv), "</g>\n");
}

static const struct plt_canvas_ops svg_ops = {
    .begin = svg_begin,
    .lines = svg_lines,
    .rect = svg_rect,
    .circle = svg_circle,
    .text = svg_text,
    .clip = svg_clip,
    .unclip = svg_end_group,
    .group = svg_group,
    .ungroup = svg_end_group,
};

void plt_svg_init(struct plt_svg *svg, struct sim_text *out, const char *prefix)
{
    const char *legal = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                        "0123456789_-";
    size_t n = 0;

    svg->base.ops = &svg_ops;
    svg->out = out;
    svg->n_clips = 0;
    /* an id may not begin with a digit or '-' when CSS is to find it */
    if (strchr("0123456789-", prefix[0]) != NULL)
        svg->prefix[n++] = 'p';
    for (; *prefix != '\0' && n + 1 < sizeof svg->prefix; prefix++)
        svg->prefix[n++] = *prefix;
    svg->prefix[n] = '\0';
    for (n = 0; svg->prefix[n] != '\0'; n++) {
        if (strchr(legal, svg->prefix[n]) == NULL)
            svg->prefix[n] = '-';
    }
}

int plt_svg_finish(struct plt_svg *svg, struct sim_err *err)
{
    sim_text_add(svg->out, "</svg>\n");
    if (!sim_text_ok(svg->out))
        return sim_err_set(err, SIM_E_NOMEM, "out of memory for a chart");
    return SIM_OK;
}
