#include "cli/outputs.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "plots/plot.h"
#include "reports/flat.h"
#include "reports/json.h"
#include "reports/report.h"
#include "reports/summary.h"
#include "reports/table.h"

/* The chart that the workbook shows. */
static const char cdf_name[] = "latency-cdf";

/* What the writers below share. */
struct job {
    const struct cli_options *options;
    const struct res_run *run;
    const char *dir;
    struct cli_files *files;
    int (*stop)(void);
    struct plt_options plot;
    int64_t created_epoch;
    const char *cdf_png; /* temporary file of the chart, NULL for none */
};

/* One kind of file.  Either `text` writes a text, or `render` does as it
 * likes. */
struct kind {
    unsigned bit;
    const char *path; /* below the folder; NULL: several, in charts/ */
    int (*text)(
        const struct res_run *run, struct sim_text *out, struct sim_err *err);
    int (*render)(struct job *job, const char *path, struct sim_err *err);
};

static int no_memory(struct sim_err *err)
{
    return sim_err_set(err, SIM_E_NOMEM, "out of memory");
}

static const char *below(struct job *job, const char *name)
{
    return sim_arena_printf(&job->files->arena, "%s/%s", job->dir, name);
}

static int asked_to_stop(const struct job *job, struct sim_err *err)
{
    if (job->stop == NULL || job->stop() == 0)
        return SIM_OK;
    return sim_err_set(err, SIM_E_INTERRUPTED, "interrupted");
}

/* ---- charts ------------------------------------------------------------- */

/* Path of a chart, or NULL after an error.  One without data gets none: what
 * an earlier run left there would be taken for this one's. */
static const char *chart_path(struct job *job, const struct plt_plot *plot,
    const char *suffix, bool *wanted, int *rc, struct sim_err *err)
{
    const char *path = sim_arena_printf(
        &job->files->arena, "%s/charts/%s.%s", job->dir, plot->name, suffix);

    *wanted = plot->needs == NULL || plot->needs(job->run);
    *rc = path == NULL ? no_memory(err) : asked_to_stop(job, err);
    if (*rc == SIM_OK && !*wanted)
        *rc = cli_files_drop(job->files, path, err);
    return path;
}

static int render_svgs(struct job *job, const char *path, struct sim_err *err)
{
    const struct plt_plot *plot;
    bool wanted;
    int rc = SIM_OK;

    for (int i = 0; rc == SIM_OK && (plot = plt_plot_at(i)) != NULL; i++) {
        struct sim_text text = {0};
        path = chart_path(job, plot, "svg", &wanted, &rc, err);
        if (rc == SIM_OK && wanted)
            rc = plt_render_svg(plot, job->run, &job->plot, &text, err);
        if (rc == SIM_OK && wanted)
            rc = cli_files_text(job->files, path, &text, err);
        sim_text_release(&text);
    }
    return rc;
}

static int render_png(struct job *job, const struct plt_plot *plot,
    const char *path, int state, const char **temp, struct sim_err *err)
{
    int rc = cli_files_begin(job->files, path, state, temp, err);

    if (rc == SIM_OK)
        rc = plt_render_png(plot, job->run, &job->plot, *temp, err);
    return rc == SIM_OK ? cli_files_end(job->files, *temp, err)
                        : sim_err_wrap(err, rc, "'%s'", path);
}

static int render_pngs(struct job *job, const char *path, struct sim_err *err)
{
    const struct plt_plot *plot;
    const char *temp;
    bool wanted;
    int rc = SIM_OK;

    for (int i = 0; rc == SIM_OK && (plot = plt_plot_at(i)) != NULL; i++) {
        path = chart_path(job, plot, "png", &wanted, &rc, err);
        if (rc != SIM_OK || !wanted)
            continue;
        rc = render_png(job, plot, path, CLI_FILE_TEMP, &temp, err);
    }
    return rc;
}

/* ---- the workbook ------------------------------------------------------- */

/* The chart in the workbook is always the light one, for `report --theme dark
 * --only svg` must not change what a workbook looks like. */
static int render_cdf(struct job *job, struct sim_err *err)
{
    const struct plt_plot *plot = plt_plot_find(cdf_name);
    const struct plt_options theme = job->plot;
    const char *path = below(job, "cdf.png");

    if (path == NULL)
        return no_memory(err);
    if (plot == NULL || (plot->needs != NULL && !plot->needs(job->run)))
        return SIM_OK;
    job->plot.theme = PLT_LIGHT;
    const int rc =
        render_png(job, plot, path, CLI_FILE_SCRATCH, &job->cdf_png, err);
    job->plot = theme;
    return rc;
}

static int render_xlsx(struct job *job, const char *path, struct sim_err *err)
{
    struct rep_options options = {.created_epoch = job->created_epoch};
    int rc = render_cdf(job, err);

    if (rc == SIM_OK)
        rc = cli_files_begin(
            job->files, path, CLI_FILE_TEMP, &options.path, err);
    if (rc != SIM_OK)
        return rc;
    options.cdf_png_path = job->cdf_png;
    rc = rep_report_write(job->run, &options, err);
    return rc == SIM_OK ? cli_files_end(job->files, options.path, err)
                        : sim_err_wrap(err, rc, "'%s'", path);
}

/* ---- the table ---------------------------------------------------------- */

/* clang-format off */
static const struct kind kinds[] = {
    {CLI_OUT_JSON, "results.json",    rep_json_write,    NULL},
    {CLI_OUT_MD,   "summary.md",      rep_summary_write, NULL},
    {CLI_OUT_CSV,  "csv/metrics.csv", rep_metrics_csv,   NULL},
    {CLI_OUT_CSV,  "csv/series.csv",  rep_series_csv,    NULL},
    {CLI_OUT_SVG,  NULL,              NULL,              render_svgs},
    {CLI_OUT_PNG,  NULL,              NULL,              render_pngs},
    {CLI_OUT_XLSX, "report.xlsx",     NULL,              render_xlsx},
};
/* clang-format on */

enum { N_KINDS = sizeof kinds / sizeof kinds[0] };

/* Digits only, as the convention says; absent: the start of the scenario. */
static int created_epoch(int64_t *epoch, struct sim_err *err)
{
    const char *text = getenv("SOURCE_DATE_EPOCH");
    char *end;

    *epoch = 0;
    if (text == NULL || text[0] == '\0')
        return SIM_OK;
    errno = 0;
    const long long x = strtoll(text, &end, 10);
    if (!isdigit((unsigned char)text[0]) || *end != '\0' || errno != 0 ||
        x > INT64_C(253402300799)) /* end of the year 9999 */
        return sim_err_set(err, SIM_E_USAGE,
            "SOURCE_DATE_EPOCH must be seconds since 1970, is '%s'", text);
    *epoch = x;
    return SIM_OK;
}

static int make_dirs(struct job *job, struct sim_err *err)
{
    const unsigned only = job->options->only;
    const char *csv = below(job, "csv"), *charts = below(job, "charts");
    int rc = cli_files_mkdir(job->files, job->dir, err);

    if (csv == NULL || charts == NULL)
        return no_memory(err);
    if (rc == SIM_OK && (only & CLI_OUT_CSV) != 0)
        rc = cli_files_mkdir(job->files, csv, err);
    if (rc == SIM_OK && (only & (CLI_OUT_SVG | CLI_OUT_PNG)) != 0)
        rc = cli_files_mkdir(job->files, charts, err);
    return rc;
}

static int render(struct job *job, const struct kind *kind, struct sim_err *err)
{
    const char *path = below(job, kind->path != NULL ? kind->path : "charts");
    struct sim_text text = {0};
    int rc = asked_to_stop(job, err);

    if (rc != SIM_OK)
        return rc;
    if (path == NULL)
        return no_memory(err);
    if (kind->render != NULL)
        return kind->render(job, path, err);
    rc = kind->text(job->run, &text, err);
    if (rc == SIM_OK)
        rc = cli_files_text(job->files, path, &text, err);
    sim_text_release(&text);
    return rc;
}

int cli_outputs_render(const struct cli_options *options,
    const struct res_run *run, const char *dir, int (*stop)(void),
    struct cli_files *files, struct sim_err *err)
{
    struct job job = {.options = options,
        .run = run,
        .dir = dir,
        .files = files,
        .stop = stop,
        .plot = {.theme = options->theme}};
    int rc = created_epoch(&job.created_epoch, err);

    if (rc == SIM_OK)
        rc = make_dirs(&job, err);
    for (int i = 0; rc == SIM_OK && i < N_KINDS; i++) {
        if ((kinds[i].bit & options->only) != 0)
            rc = render(&job, &kinds[i], err);
    }
    return rc;
}

int cli_outputs_dir(const struct cli_options *options, const char *name,
    struct sim_arena *arena, const char **dir, struct sim_err *err)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "abcdefghijklmnopqrstuvwxyz0123456789._-";
    const char *base = options->output != NULL ? options->output : "out";
    const size_t n = strspn(name, allowed);

    if (options->n_args == 1) {
        *dir = base;
        return SIM_OK;
    }
    if (n == 0 || n > 100 || name[n] != '\0' || name[0] == '.' ||
        name[0] == '-')
        return sim_err_set(
            err, SIM_E_INPUT, "the name '%s' cannot be that of a folder", name);
    *dir = sim_arena_printf(arena, "%s/%s", base, name);
    return *dir != NULL ? SIM_OK : no_memory(err);
}

void cli_outputs_list(
    const struct cli_options *options, const char *dir, struct sim_text *out)
{
    const struct plt_plot *plot;

    for (int i = 0; i < N_KINDS; i++) {
        if ((kinds[i].bit & options->only) == 0)
            continue;
        if (kinds[i].path != NULL)
            sim_text_printf(out, "  %s/%s\n", dir, kinds[i].path);
        for (int p = 0;
             kinds[i].path == NULL && (plot = plt_plot_at(p)) != NULL; p++)
            sim_text_printf(out, "  %s/charts/%s.%s\n", dir, plot->name,
                kinds[i].bit == CLI_OUT_SVG ? "svg" : "png");
    }
}

void cli_outputs_check_font(const struct cli_options *options)
{
    const struct plt_options standard = {0};

    if ((options->only & (CLI_OUT_PNG | CLI_OUT_XLSX)) != 0 &&
        !plt_font_available(&standard))
        cli_note(options, "warning",
            "the font '%s' is missing; charts in PNG use another",
            PLT_FONT_PATH);
}

int cli_outputs_print(
    const struct cli_options *options, const struct res_run *run)
{
    struct sim_text text = {0};
    struct sim_err err = {0};
    int status;

    if (rep_comparison_table(
            run, options->format, cli_color(options, 1), &text, &err) == SIM_OK)
        status = cli_print(&text);
    else
        status = cli_fail(&err);
    sim_text_release(&text);
    return status;
}

int cli_outputs_verdict(const struct res_run *run)
{
    for (int i = 0; i < run->n_thresholds; i++) {
        const int verdict = run->thresholds[i].verdict;
        if (verdict == RES_FAIL || verdict == RES_CLOSE_FAIL)
            return CLI_NO;
    }
    return CLI_DONE;
}

void cli_outputs_warn(
    const struct cli_options *options, const struct res_run *run)
{
    if (options->format == REP_FORMAT_TABLE && isatty(STDOUT_FILENO) &&
        isatty(STDERR_FILENO))
        return;
    for (int i = 0; i < run->n_warnings; i++)
        cli_note(options, "warning", "%s", run->warnings[i]);
}
