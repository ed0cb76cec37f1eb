#include "plots/plot.h"

#include <stddef.h>
#include <string.h>

#include "plots/canvas.h"
#include "plots/charts.h"
#include "plots/draw.h"

/* The charts, in the order they are rendered: one line each. */
/* clang-format off */
static const struct plt_plot *const plots[] = {
    &plt_cdf,
    &plt_percentiles,
    &plt_parts,
    &plt_stack,
    &plt_tradeoff,
    &plt_energy,
};
/* clang-format on */

int plt_plot_count(void)
{
    return (int)(sizeof plots / sizeof plots[0]);
}

const struct plt_plot *plt_plot_at(int i)
{
    return i >= 0 && i < plt_plot_count() ? plots[i] : NULL;
}

const struct plt_plot *plt_plot_find(const char *name)
{
    for (int i = 0; i < plt_plot_count(); i++) {
        if (strcmp(plots[i]->name, name) == 0)
            return plots[i];
    }
    return NULL;
}

int plt_render_svg(const struct plt_plot *plot, const struct res_run *run,
    const struct plt_options *options, struct sim_text *out,
    struct sim_err *err)
{
    const struct plt_options standard = {0};
    const struct plt_options *o = options != NULL ? options : &standard;
    struct plt_svg svg;

    plt_svg_init(&svg, out, o->id_prefix != NULL ? o->id_prefix : plot->name);
    const int rc = plt_draw(plot, run, o->theme, &svg.base, err);
    return rc != SIM_OK ? rc : plt_svg_finish(&svg, err);
}

/* What the cairo back end hands back to draw_on. */
struct job {
    const struct plt_plot *plot;
    const struct res_run *run;
    int theme;
    struct sim_err *err;
};

static int draw_on(void *arg, struct plt_canvas *cv)
{
    const struct job *job = arg;

    return plt_draw(job->plot, job->run, job->theme, cv, job->err);
}

static int render_file(int kind, const struct plt_plot *plot,
    const struct res_run *run, const struct plt_options *options,
    const char *path, struct sim_err *err)
{
    struct job job = {plot, run, options != NULL ? options->theme : 0, err};
    struct sim_text creator = {0};

    sim_text_printf(&creator, "sitesim %s",
        run->meta.version != NULL ? run->meta.version : "");
    const int rc = plt_cairo_render(kind, path,
        options != NULL ? options->font_path : NULL, sim_text_str(&creator),
        draw_on, &job, err);
    sim_text_release(&creator);
    return rc;
}

int plt_render_png(const struct plt_plot *plot, const struct res_run *run,
    const struct plt_options *options, const char *path, struct sim_err *err)
{
    return render_file(PLT_PNG, plot, run, options, path, err);
}

int plt_render_pdf(const struct plt_plot *plot, const struct res_run *run,
    const struct plt_options *options, const char *path, struct sim_err *err)
{
    return render_file(PLT_PDF, plot, run, options, path, err);
}
