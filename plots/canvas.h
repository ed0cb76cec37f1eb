/* canvas.h - what a chart draws on: one interface, two back ends.
 *
 * canvas_svg.c writes SVG text itself, because cairo's SVG has glyph outlines
 * for text, ids that repeat between files and a counter of surfaces in them;
 * canvas_cairo.c draws PNG and PDF.  Tests add a third that records geometry.
 *
 * Units are layout units, origin top left, y down.  Coordinates must be finite
 * and within a few canvas sizes; back ends clamp what is not, so that a bad
 * number in a results file spoils a picture and never the program.  Strings
 * are valid UTF-8 without control characters (plt_clean in draw.h).
 *
 * No call fails: a back end keeps its first error, and the render functions of
 * plot.h ask for it at the end.
 */
#ifndef PLOTS_CANVAS_H
#define PLOTS_CANVAS_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/err.h"
#include "sim/text.h"

enum { PLT_WIDTH = 800, PLT_HEIGHT = 500 };

struct plt_point {
    double x, y;
};

/* Dash patterns, told apart in monochrome print. */
enum plt_dash {
    PLT_SOLID,
    PLT_DASHED,
    PLT_DOTTED,
    PLT_DASH_DOT,
    PLT_N_DASHES,
};

/* On and off lengths of a pattern, in layout units; n = 0 for solid. */
struct plt_dash_row {
    int n;
    double len[4];
};
const struct plt_dash_row *plt_dash_row(int dash);

/* How to paint a shape.  Opacity 0 means no fill, width 0 no stroke. */
struct plt_paint {
    uint32_t fill;       /* 0xRRGGBB */
    double fill_opacity; /* 0 .. 1 */
    uint32_t stroke;
    double width;
    int dash; /* enum plt_dash */
};

enum plt_anchor { PLT_START, PLT_MIDDLE, PLT_END };

struct plt_font {
    double size; /* of the em */
    bool bold;
    int anchor;     /* enum plt_anchor: which end of the text is at (x, y) */
    double degrees; /* rotation about (x, y), clockwise on the page */
    uint32_t rgb;
};

struct plt_canvas;

/* (x, y) of a text is on its base line.  begin() comes first and once: title
 * and description for readers who do not see the picture.  Groups name what
 * they hold (SVG: a tooltip); clips do not nest. */
struct plt_canvas_ops {
    void (*begin)(struct plt_canvas *cv, const char *title, const char *desc);
    void (*lines)(struct plt_canvas *cv, const struct plt_point *p, int n,
        bool closed, const struct plt_paint *paint);
    void (*rect)(struct plt_canvas *cv, double x, double y, double w, double h,
        const struct plt_paint *paint);
    void (*circle)(struct plt_canvas *cv, double x, double y, double radius,
        const struct plt_paint *paint);
    void (*text)(struct plt_canvas *cv, double x, double y, const char *s,
        const struct plt_font *font);
    void (*clip)(struct plt_canvas *cv, double x, double y, double w, double h);
    void (*unclip)(struct plt_canvas *cv);
    void (*group)(struct plt_canvas *cv, const char *title);
    void (*ungroup)(struct plt_canvas *cv);
};

/* First member of each back end. */
struct plt_canvas {
    const struct plt_canvas_ops *ops;
};

/** `x` made finite and within +-99999, what back ends draw with. */
double plt_clamp(double x);

/* ---- SVG (canvas_svg.c) ------------------------------------------------- */

struct plt_svg {
    struct plt_canvas base;
    struct sim_text *out; /* borrowed */
    char prefix[64];
    int n_clips;
};

/** Start writing to `out`; `prefix` begins every id (see plt_options). */
void plt_svg_init(
    struct plt_svg *svg, struct sim_text *out, const char *prefix);
/** Close the element.  @retval SIM_E_NOMEM when an append failed. */
SIM_MUST_CHECK int plt_svg_finish(struct plt_svg *svg, struct sim_err *err);

/* ---- cairo (canvas_cairo.c) --------------------------------------------- */

enum plt_file { PLT_PNG, PLT_PDF };

/** Open `path`, let `draw(arg, canvas)` draw, write, close.  Checks cairo's
 *  sticky status after the last call and after the surface is finished.
 *  `draw` returns 0 or an error, which is passed on.
 *  @param creator  program and version for the PDF's metadata */
SIM_MUST_CHECK int plt_cairo_render(int file, const char *path,
    const char *font_path, const char *creator,
    int (*draw)(void *arg, struct plt_canvas *cv), void *arg,
    struct sim_err *err);

#endif /* PLOTS_CANVAS_H */
