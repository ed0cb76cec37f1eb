/* draw.h - what charts share: the context, the frame round the plot, axes,
 * legends and the findings that titles state.
 *
 * A chart fills a plt_head (title = the finding, subtitle = measure and unit,
 * notes = what is not shown and why), lets plt_head_draw() lay it out, and
 * draws into the area that is left.  All strings that come from a run pass
 * through plt_clean() first.
 *
 * Allocation failures are sticky in the context (`failed`); a draw function
 * ends with plt_ctx_status().
 */
#ifndef PLOTS_DRAW_H
#define PLOTS_DRAW_H

#include "models/results/results.h"
#include "plots/axis.h"
#include "plots/canvas.h"
#include "plots/plot.h"
#include "plots/theme.h"
#include "sim/arena.h"

/* Type sizes, layout units. */
#define PLT_SIZE_TITLE    18.0
#define PLT_SIZE_SUBTITLE 12.5
#define PLT_SIZE_LABEL    11.5
#define PLT_SIZE_TICK     11.0
#define PLT_SIZE_FOOTER   10.0
#define PLT_MARGIN        24.0

/* A deployment as charts see it. */
struct plt_dep {
    const struct res_deployment *d;
    const char *name;  /* cleaned, at most 64 characters */
    const char *brief; /* at most 24, for titles */
    const char *label; /* name, with " (unstable)" where it is */
    bool unstable;
    uint32_t rgb; /* tier colour, shaded for the 2nd, 3rd ... of a tier */
    int dash;     /* pattern, likewise */
};

struct plt_ctx {
    struct plt_canvas *cv;
    const struct plt_theme *theme;
    const struct res_run *run;
    struct sim_arena *arena; /* everything the chart allocates */
    bool print;              /* hatch fills */
    bool failed;             /* an allocation failed */
    int n_deps;              /* shown, 0 .. PLT_MAX_DEPLOYMENTS */
    struct plt_dep dep[PLT_MAX_DEPLOYMENTS];
};

/**
 * Draw `plot` on a canvas: the common part of the render functions, open to
 * tests that bring a canvas of their own.
 * @param theme  enum plt_theme_id
 * @retval SIM_E_NOMEM
 */
SIM_MUST_CHECK int plt_draw(const struct plt_plot *plot,
    const struct res_run *run, int theme, struct plt_canvas *cv,
    struct sim_err *err);

/** SIM_OK, or SIM_E_NOMEM when an allocation failed. */
SIM_MUST_CHECK int plt_ctx_status(const struct plt_ctx *ctx);

/** Text from a run made fit to draw: malformed UTF-8, control, bidirectional
 *  and non-characters become U+FFFD, white space one space each; at most
 *  `max_chars` characters, then an ellipsis.  NULL gives "". */
const char *plt_clean(struct plt_ctx *ctx, const char *s, int max_chars);

/** printf into the arena; "" and `failed` when out of memory. */
const char *plt_say(struct plt_ctx *ctx, const char *fmt, ...) SIM_PRINTF(2, 3);

/** `s` with a capital when its first word is a plain lower-case word; names
 *  such as us-west-2 stay as the user wrote them. */
const char *plt_capital(struct plt_ctx *ctx, const char *s);

/** Level of the run's intervals: "95 %", kept on one line. */
const char *plt_level(struct plt_ctx *ctx);

/** zeroed array from the arena; NULL and `failed` when out of memory. */
void *plt_array(struct plt_ctx *ctx, int n, size_t size);

/** Metric of a deployment; value NAN when absent, undefined or infinite,
 *  half_width NAN when there is no interval. */
struct res_estimate plt_metric(
    const struct plt_ctx *ctx, const struct plt_dep *dep, const char *name);

/** Series "<deployment>.<name>"; NULL when absent. */
const struct res_series *plt_series_of(const struct res_run *run,
    const struct res_deployment *d, const char *name);

/* ---- objectives and findings (finding.c) -------------------------------- */

enum { PLT_MAX_OBJECTIVES = 4 };

struct plt_objective {
    const char *cls;    /* cleaned; "" unless there are several objectives */
    const char *metric; /* "latency.p95" */
    const char *name;   /* "p95" */
    double limit_ms;
    const struct res_objective *o;
};

/** Objectives on end-to-end latency, equal limits once; returns their number.
 */
int plt_objectives(
    struct plt_ctx *ctx, struct plt_objective list[PLT_MAX_OBJECTIVES]);

/** What a deployment reaches of an objective: the class's metric, else the
 *  deployment's. */
struct res_estimate plt_reached(struct plt_ctx *ctx, const struct plt_dep *dep,
    const struct plt_objective *objective);

/** "SLO p95 50 ms", with the class where there are several. */
const char *plt_objective_label(
    struct plt_ctx *ctx, const struct plt_objective *objective);

/** Title of a latency chart: who meets the first objective and who does not;
 *  without one, the span of p95.  Never NULL. */
const char *plt_latency_finding(struct plt_ctx *ctx);

/** "unstable ...; no <what>: a, b; 12 of 20 deployments shown", "" when
 *  there is nothing to say.  missing[i] marks shown deployments without data.
 */
const char *plt_notes(struct plt_ctx *ctx,
    const bool missing[PLT_MAX_DEPLOYMENTS], const char *what);

/* ---- frame (frame.c) ---------------------------------------------------- */

struct plt_head {
    const char *title;
    const char *subtitle;
    const char *notes; /* "" for none */
    const char *desc;  /* for readers who do not see it; NULL = the subtitle */
};

struct plt_area {
    double left, top, right, bottom;
};

/** Begin the canvas, paint the page, title block and footer.  Returns what is
 *  left between the margins. */
struct plt_area plt_head_draw(struct plt_ctx *ctx, const struct plt_head *head);

/** "No data: ..." in the middle of the area. */
void plt_no_data(
    struct plt_ctx *ctx, const struct plt_area *area, const char *why);

/** Widest of the tick labels. */
double plt_ticks_width(const struct plt_ticks *ticks);

/** Text of tick i. */
void plt_tick_text(char *out, size_t cap, const struct plt_ticks *ticks, int i);

/** Horizontal grid lines with labels at the left; `title` above the axis. */
void plt_axis_y(struct plt_ctx *ctx, const struct plt_area *area,
    const struct plt_scale *scale, const struct plt_ticks *ticks,
    const char *title);

/** Base line with tick marks and labels; `title` beneath, centred. */
void plt_axis_x(struct plt_ctx *ctx, const struct plt_area *area,
    const struct plt_scale *scale, const struct plt_ticks *ticks,
    const char *title);

/** Vertical dashed lines for objectives, labels above the area; the label of a
 *  line too close to another is left out. */
void plt_objective_lines(struct plt_ctx *ctx, const struct plt_area *area,
    const struct plt_scale *scale, const struct plt_objective *list, int n);

enum plt_mark { PLT_MARK_CIRCLE, PLT_MARK_DIAMOND, PLT_MARK_SQUARE };

/** A mark of radius `r`; hollow = filled with the page's colour. */
void plt_mark_draw(struct plt_ctx *ctx, int mark, double x, double y, double r,
    uint32_t rgb, bool hollow);

/** Error bar from (x0, y0) to (x1, y1), with end caps when longer than 4. */
void plt_whisker(struct plt_ctx *ctx, double x0, double y0, double x1,
    double y1, uint32_t rgb);

/** Names down the left side of horizontal rows, cut to `width` and centred on
 *  y of row i = top + (i + 0.5) * pitch. */
void plt_row_names(struct plt_ctx *ctx, const struct plt_area *area,
    const int *dep, int n, double width);

/** One straight line. */
void plt_line(struct plt_ctx *ctx, double x0, double y0, double x1, double y1,
    uint32_t rgb, double width, int dash);

/** Text in the font; cut to max_width. */
void plt_label(struct plt_ctx *ctx, double x, double y, const char *s,
    const struct plt_font *font, double max_width);

#endif /* PLOTS_DRAW_H */
