/* plot.h - the table of charts, and rendering one of them.
 *
 * A chart is drawn from a `struct res_run` and from nothing else, so a run that
 * was read back from results.json gives the same picture.  Each chart draws on
 * a canvas (canvas.h) and knows no file format; this header joins the two.
 *
 * Layout: 800 x 500 units.  SVG is in these units and identical to the byte on
 * every machine, with or without the font.  PNG has two pixels a unit (1600 x
 * 1000), PDF one point a unit.  PNG and PDF repeat to the byte on one machine;
 * raster text follows the version of FreeType.
 *
 * Not for several threads at once on PNG and PDF (cairo keeps font caches);
 * charts are drawn one after the other, in the order of the table.
 */
#ifndef PLOTS_PLOT_H
#define PLOTS_PLOT_H

#include <stdbool.h>

#include "models/results/results.h"
#include "sim/err.h"
#include "sim/text.h"

/* Deployments one chart shows; more are counted in a note on the chart. */
enum { PLT_MAX_DEPLOYMENTS = 12 };

enum plt_theme_id { PLT_LIGHT, PLT_DARK, PLT_PRINT, PLT_N_THEMES };

/* How to draw.  {0} is the light theme, the standard font, the plot's name as
 * prefix. */
struct plt_options {
    int theme; /* enum plt_theme_id */
    /* TrueType file for PNG and PDF; NULL = PLT_FONT_PATH.  A missing file is
     * no error: cairo's own sans-serif is used (see plt_font_available). */
    const char *font_path;
    /* Begins every id in the SVG, so that several fit in one HTML page;
     * characters outside [A-Za-z0-9_-] become '-'.  NULL = the plot's name. */
    const char *id_prefix;
};

#define PLT_FONT_PATH "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"

struct plt_ctx; /* draw.h: what a draw function is given */

/* One chart: a row of the table in plot.c. */
struct plt_plot {
    const char *name; /* file name and id: "latency-cdf" */
    const char *doc;  /* one sentence for the manual */
    /* Draws; 0 or a negative SIM_E_* (only out of memory). */
    int (*draw)(struct plt_ctx *ctx);
    /* True when the run holds what the chart shows.  A chart whose needs are
     * not met may still be rendered: it then says that there is no data. */
    bool (*needs)(const struct res_run *run);
};

/** Number of charts, and chart `i` in 0 .. count - 1 (NULL outside). */
int plt_plot_count(void);
const struct plt_plot *plt_plot_at(int i);
/** Chart by name; NULL when there is none. */
const struct plt_plot *plt_plot_find(const char *name);

/** "light", "dark", "print"; NULL outside.  And back: -1 when unknown. */
const char *plt_theme_name(int theme);
int plt_theme_find(const char *name);

/** True when the font file of the options (or the standard one) can be read.
 *  The caller warns once when it cannot. */
bool plt_font_available(const struct plt_options *options);

/**
 * Append the chart to `out` as one <svg> element: real text, <title> and
 * <desc>, role="img"; no XML declaration, so it goes into a file or into HTML.
 *
 * @param plot     row of the table
 * @param run      finished run (res_run_finish); read only
 * @param options  may be NULL: all defaults
 * @param out      text to append to; what was there stays.  On error it may
 *                 hold part of a chart: release it
 * @param err      out: message; may be NULL
 * @retval SIM_OK
 * @retval SIM_E_NOMEM
 */
SIM_MUST_CHECK int plt_render_svg(const struct plt_plot *plot,
    const struct res_run *run, const struct plt_options *options,
    struct sim_text *out, struct sim_err *err);

/**
 * Write the chart as PNG or PDF to `path`, which is created or overwritten.
 * The caller gives a temporary name and renames on success; on error the file
 * may be partial and is left for the caller to remove.
 *
 * @retval SIM_OK
 * @retval SIM_E_IO     cannot open, or a write came short (disk full)
 * @retval SIM_E_NOMEM  out of memory here or in cairo
 */
SIM_MUST_CHECK int plt_render_png(const struct plt_plot *plot,
    const struct res_run *run, const struct plt_options *options,
    const char *path, struct sim_err *err);
SIM_MUST_CHECK int plt_render_pdf(const struct plt_plot *plot,
    const struct res_run *run, const struct plt_options *options,
    const char *path, struct sim_err *err);

#endif /* PLOTS_PLOT_H */
