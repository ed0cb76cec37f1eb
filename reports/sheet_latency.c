/* Latency: quantiles with their intervals, the distribution functions, and
 * the chart of the same from the plots where one is given. */
#include "reports/plan.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
    COL_DEPLOYMENT,
    COL_METRIC,
    COL_UNIT,
    COL_VALUE,
    COL_LOW,
    COL_HIGH,
    COL_N,
    COL_CURVES = 8, /* x and y of each deployment, side by side */
    ROW_HEAD = REP_ROW_FIRST,
    MAX_POINTS = 1000, /* of a curve; the chart shows no more */
    CHART_WIDTH = 900,
    CHART_HEIGHT = 420,
    CHART_ROWS = 23,
    ROW_HEIGHT = 20, /* pixels */
    PNG_HEADER = 24,
};

static const char *const names[] = {
    "latency", "network", "queue", "service", "ttft", "tpot"};
static const char *const marks[] = {
    "mean", "p50", "p90", "p95", "p99", "p999", "max"};

/* Okabe-Ito, fixed per tier on every chart. */
static const struct {
    const char *tier;
    lxw_color_t color;
} tiers[] = {
    {"hyperscale", 0x0072B2},
    {"regional", 0xE69F00},
    {"edge", 0x009E73},
    {"closet", 0xCC79A7},
    {"building", 0xD55E00},
    {"modular", 0x56B4E9},
};

static lxw_color_t color_of(const char *tier)
{
    for (size_t i = 0; i < sizeof tiers / sizeof tiers[0]; i++) {
        if (tier != NULL && strcmp(tier, tiers[i].tier) == 0)
            return tiers[i].color;
    }
    return 0x404040;
}

static lxw_row_t put_metric(struct rep_sheet *s, lxw_row_t row,
    const char *deployment, const char *name, const struct res_metric *m)
{
    const struct res_estimate *e = &m->est;
    const unsigned look = rep_look_measured(e->value);

    rep_put_text(s, row, COL_DEPLOYMENT, deployment, 0);
    rep_put_text(s, row, COL_METRIC, name, 0);
    rep_put_text(s, row, COL_UNIT, m->unit, 0);
    rep_put_number(s, row, COL_VALUE, e->value, look);
    if (isfinite(e->value) && isfinite(e->half_width)) {
        rep_put_number(s, row, COL_LOW, e->value - e->half_width, look);
        rep_put_number(s, row, COL_HIGH, e->value + e->half_width, look);
        rep_put_number(s, row, COL_N, (double)e->n, REP_FIXED0);
    } else if (e->reason != NULL) {
        rep_put_text(s, row, COL_LOW, e->reason, REP_GREY);
    }
    return row + 1;
}

static lxw_row_t put_deployment(
    struct rep_plan *plan, lxw_row_t row, const char *deployment)
{
    const lxw_row_t first = row;
    char name[32];

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        for (size_t j = 0; j < sizeof marks / sizeof marks[0]; j++) {
            snprintf(name, sizeof name, "%s.%s", names[i], marks[j]);
            const struct res_metric *m = res_find(plan->run, deployment, name);
            if (m != NULL)
                row = put_metric(plan->latency, row, deployment, name, m);
        }
    }
    return row > first ? row + 1 : row;
}

static void put_table(struct rep_plan *plan)
{
    char low[32], high[32];
    const char *const headings[] = {
        "Deployment", "Metric", "Unit", "Value", low, high, "n"};
    const double level = plan->run->meta.level * 100.0;
    lxw_row_t row = ROW_HEAD + 1;

    snprintf(low, sizeof low, "Low, %g %%", level);
    snprintf(high, sizeof high, "High, %g %%", level);
    for (lxw_col_t c = 0; c <= (lxw_col_t)COL_N; c++)
        rep_put_text(plan->latency, ROW_HEAD, c, headings[c],
            REP_HEADER | (c >= COL_VALUE ? REP_RIGHT : 0u));
    for (int d = 0; d < plan->run->n_deployments; d++)
        row = put_deployment(plan, row, plan->run->deployments[d].name);
}

/* A curve's points below the charts; gives their number. */
static int put_curve(struct rep_plan *plan, const struct res_series *curve,
    const char *deployment, lxw_row_t head, lxw_col_t col)
{
    const int step =
        curve->n > MAX_POINTS ? (curve->n + MAX_POINTS - 1) / MAX_POINTS : 1;
    struct rep_sheet *s = plan->latency;
    lxw_row_t row = head + 2;

    rep_put_text(s, head, col, deployment, REP_HEADER);
    rep_put_text(s, head, col + 1, "", REP_HEADER);
    rep_put_text(s, head + 1, col, curve->x_unit, REP_RIGHT);
    rep_put_text(s, head + 1, col + 1, "share below", REP_RIGHT);
    for (int i = 0; i < curve->n; i++) {
        /* a log axis holds no zero; the last point ends every curve */
        if ((i % step != 0 && i != curve->n - 1) || !(curve->x[i] > 0.0))
            continue;
        rep_put_number(s, row, col, curve->x[i], REP_FIXED2);
        rep_put_number(s, row++, col + 1, curve->y[i], REP_FIXED4);
    }
    return (int)(row - head) - 2;
}

static void add_series(struct rep_plan *plan, lxw_chart *chart,
    const struct res_deployment *dep, lxw_row_t head, lxw_col_t col, int n)
{
    const lxw_row_t last = head + 1 + (lxw_row_t)n;
    lxw_chart_line line = {.color = color_of(dep->tier), .width = 2.0f};
    char x[160], y[160], name[96];

    snprintf(x, sizeof x, "=Latency!%s:%s", rep_abs(head + 2, col).s,
        rep_abs(last, col).s);
    snprintf(y, sizeof y, "=Latency!%s:%s", rep_abs(head + 2, col + 1).s,
        rep_abs(last, col + 1).s);
    snprintf(name, sizeof name, "=Latency!%s", rep_abs(head, col).s);
    for (int d = 0; &plan->run->deployments[d] != dep; d++) {
        /* a second deployment of a tier is dashed */
        const char *tier = plan->run->deployments[d].tier;
        if (tier != NULL && dep->tier != NULL && strcmp(tier, dep->tier) == 0)
            line.dash_type = LXW_CHART_LINE_DASH_DASH;
    }
    lxw_chart_series *series = chart_add_series(chart, x, y);
    chart_series_set_name(series, name);
    chart_series_set_line(series, &line);
}

static void place_chart(struct rep_plan *plan, lxw_chart *chart)
{
    lxw_chart_options size = {
        .x_scale = CHART_WIDTH / 480.0,
        .y_scale = CHART_HEIGHT / 288.0,
        .object_position = LXW_OBJECT_MOVE_DONT_SIZE,
        .description = "Distribution functions of the latency of requests, one "
                       "line a deployment, logarithmic axis",
    };

    chart_title_set_name(chart, "Latency of served requests");
    chart_axis_set_name(chart->x_axis, "Latency, ms");
    chart_axis_set_log_base(chart->x_axis, 10);
    chart_axis_set_name(chart->y_axis, "Share of requests below");
    chart_axis_set_min(chart->y_axis, 0);
    chart_axis_set_max(chart->y_axis, 1);
    chart_axis_set_num_format(chart->y_axis, "0%");
    chart_axis_set_num_format(chart->x_axis, "#,##0.###");
    chart_axis_major_gridlines_set_visible(chart->x_axis, LXW_TRUE);
    chart_legend_set_position(chart, LXW_CHART_LEGEND_RIGHT);
    rep_book_note(plan->book, worksheet_insert_chart_opt(plan->latency->sheet,
                                  ROW_HEAD, COL_CURVES, chart, &size));
}

static void put_curves(struct rep_plan *plan, lxw_row_t head)
{
    lxw_workbook *book = rep_book_handle(plan->book);
    lxw_col_t col = COL_CURVES;
    lxw_chart *chart = NULL;
    char name[160];

    for (int d = 0; d < plan->run->n_deployments && book != NULL; d++) {
        const struct res_deployment *dep = &plan->run->deployments[d];
        snprintf(name, sizeof name, "%.100s.latency.cdf", dep->name);
        const struct res_series *curve = res_series_find(plan->run, name);
        if (curve == NULL)
            continue;
        if (chart == NULL)
            chart = workbook_add_chart(book, LXW_CHART_SCATTER_STRAIGHT);
        const int n = put_curve(plan, curve, dep->name, head, col);
        if (chart != NULL && n > 0)
            add_series(plan, chart, dep, head, col, n);
        rep_widths(plan->latency, col, col + 1, 14);
        col += 2;
    }
    if (chart != NULL)
        place_chart(plan, chart);
}

static double big_endian(const unsigned char *p)
{
    return p[0] * 16777216.0 + p[1] * 65536.0 + p[2] * 256.0 + p[3];
}

/* Size in pixels from the header of a PNG file; false when it is none. */
static bool png_size(const char *path, double *width, double *height)
{
    static const unsigned char signature[] = {
        0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
    unsigned char head[PNG_HEADER];
    FILE *file = fopen(path, "rb");

    if (file == NULL)
        return false;
    const size_t n = fread(head, 1, sizeof head, file);
    fclose(file);
    if (n < sizeof head || memcmp(head, signature, sizeof signature) != 0)
        return false;
    *width = big_endian(head + 16);
    *height = big_endian(head + 20);
    return *width > 0.0 && *height > 0.0;
}

/* The chart of the plots; gives the first row below it. */
static lxw_row_t put_picture(struct rep_plan *plan, lxw_row_t row)
{
    const char *path = plan->options->cdf_png_path;
    double width, height;

    if (path == NULL || !rep_book_ok(plan->book))
        return row;
    if (!png_size(path, &width, &height)) {
        rep_put_text(plan->latency, row, COL_CURVES,
            "The chart of the distribution could not be embedded.", REP_GREY);
        return row + 2;
    }
    const double scale = width > CHART_WIDTH ? CHART_WIDTH / width : 1.0;
    lxw_image_options place = {
        .x_scale = scale,
        .y_scale = scale,
        .object_position = LXW_OBJECT_MOVE_DONT_SIZE,
        .description = "Distribution functions of the latency of requests",
    };
    rep_book_note(plan->book, worksheet_insert_image_opt(plan->latency->sheet,
                                  row, COL_CURVES, path, &place));
    return row + (lxw_row_t)(height * scale / ROW_HEIGHT) + 3;
}

void rep_sheet_latency(struct rep_plan *plan)
{
    struct rep_sheet *s = plan->latency;
    const lxw_row_t below = ROW_HEAD + CHART_ROWS;

    rep_head(plan, s, "Latency",
        "End to end and in parts, served requests, over all replications. "
        "Simulation results: nothing here follows an edited input.");
    rep_widths(s, COL_DEPLOYMENT, COL_DEPLOYMENT, 24);
    rep_widths(s, COL_METRIC, COL_METRIC, 22);
    rep_widths(s, COL_UNIT, COL_UNIT, 7);
    rep_widths(s, COL_VALUE, COL_N, 12);
    put_table(plan);
    put_curves(plan, put_picture(plan, below));
    rep_page(s, ROW_HEAD + 1, COL_METRIC);
    rep_protect(s);
}
