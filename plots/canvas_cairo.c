#include "plots/canvas.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <cairo-ft.h>
#include <cairo-pdf.h>
#include <cairo.h>
#include <ft2build.h>
#include FT_FREETYPE_H

#include "plots/plot.h"
#include "sim/alloc.h"

enum { PNG_SCALE = 2 };

static const double half_turn_rad = 3.14159265358979323846;
static const cairo_user_data_key_t font_key;

struct paper {
    struct plt_canvas base;
    cairo_surface_t *surface;
    cairo_t *cr;
    cairo_font_face_t *regular, *bold; /* NULL: cairo's own sans-serif */
    bool pdf;
};

/* cairo may keep a face in its caches after our last reference, so each face
 * owns its FreeType library and goes when cairo lets go. */
struct font_file {
    FT_Library library;
    FT_Face face;
};

static void font_file_close(void *data)
{
    struct font_file *file = data;

    if (file->face != NULL)
        FT_Done_Face(file->face);
    if (file->library != NULL)
        FT_Done_FreeType(file->library);
    sim_free(file);
}

/* Font face of a file by path: no fontconfig, whose choice differs between
 * machines.  NULL when the file is missing or no font. */
static cairo_font_face_t *font_open(const char *path)
{
    struct font_file *file = sim_calloc(1, sizeof *file);
    cairo_font_face_t *face = NULL;

    if (file == NULL)
        return NULL;
    if (FT_Init_FreeType(&file->library) != 0) {
        file->library = NULL;
        goto fail;
    }
    if (FT_New_Face(file->library, path, 0, &file->face) != 0) {
        file->face = NULL;
        goto fail;
    }
    face =
        cairo_ft_font_face_create_for_ft_face(file->face, FT_LOAD_NO_HINTING);
    if (cairo_font_face_set_user_data(face, &font_key, file, font_file_close) !=
        CAIRO_STATUS_SUCCESS)
        goto fail;
    return face;
fail:
    if (face != NULL)
        cairo_font_face_destroy(face);
    font_file_close(file);
    return NULL;
}

/* The bold face: the file beside it called "...-Bold.ttf", else the regular
 * one made bolder. */
static cairo_font_face_t *font_open_bold(const char *path)
{
    char name[1024];
    const size_t len = strlen(path);
    cairo_font_face_t *face = NULL;

    if (len > 4 && len + 6 < sizeof name &&
        strcmp(path + len - 4, ".ttf") == 0) {
        snprintf(name, sizeof name, "%.*s-Bold.ttf", (int)(len - 4), path);
        face = font_open(name);
    }
    if (face == NULL) {
        face = font_open(path);
        if (face != NULL)
            cairo_ft_font_face_set_synthesize(face, CAIRO_FT_SYNTHESIZE_BOLD);
    }
    return face;
}

bool plt_font_available(const struct plt_options *options)
{
    const char *path = options != NULL && options->font_path != NULL
                           ? options->font_path
                           : PLT_FONT_PATH;
    cairo_font_face_t *face = font_open(path);

    if (face == NULL)
        return false;
    cairo_font_face_destroy(face);
    return true;
}

/* ---- drawing ------------------------------------------------------------ */

static void set_rgb(cairo_t *cr, uint32_t rgb, double opacity)
{
    cairo_set_source_rgba(cr, (rgb >> 16 & 0xFF) / 255.0,
        (rgb >> 8 & 0xFF) / 255.0, (rgb & 0xFF) / 255.0, opacity);
}

static cairo_t *cr_of(struct plt_canvas *cv)
{
    return ((struct paper *)cv)->cr;
}

/* Fill and stroke the current path. */
static void paint_path(cairo_t *cr, const struct plt_paint *paint)
{
    const struct plt_dash_row *row = plt_dash_row(paint->dash);

    if (paint->fill_opacity > 0.0) {
        set_rgb(cr, paint->fill, paint->fill_opacity);
        cairo_fill_preserve(cr);
    }
    if (paint->width > 0.0) {
        set_rgb(cr, paint->stroke, 1.0);
        cairo_set_line_width(cr, paint->width);
        cairo_set_dash(cr, row->len, row->n, 0.0);
        cairo_stroke_preserve(cr);
    }
    cairo_new_path(cr);
}

static void paper_begin(
    struct plt_canvas *cv, const char *title, const char *desc)
{
    struct paper *paper = (struct paper *)cv;

    if (paper->pdf) {
        cairo_pdf_surface_set_metadata(
            paper->surface, CAIRO_PDF_METADATA_TITLE, title);
        cairo_pdf_surface_set_metadata(
            paper->surface, CAIRO_PDF_METADATA_SUBJECT, desc);
    }
}

static void paper_lines(struct plt_canvas *cv, const struct plt_point *p, int n,
    bool closed, const struct plt_paint *paint)
{
    cairo_t *cr = cr_of(cv);

    for (int i = 0; i < n; i++)
        cairo_line_to(cr, plt_clamp(p[i].x), plt_clamp(p[i].y));
    if (closed)
        cairo_close_path(cr);
    paint_path(cr, paint);
}

static void paper_rect(struct plt_canvas *cv, double x, double y, double w,
    double h, const struct plt_paint *paint)
{
    cairo_rectangle(cr_of(cv), plt_clamp(x), plt_clamp(y),
        fmax(plt_clamp(w), 0.0), fmax(plt_clamp(h), 0.0));
    paint_path(cr_of(cv), paint);
}

static void paper_circle(struct plt_canvas *cv, double x, double y,
    double radius, const struct plt_paint *paint)
{
    cairo_new_sub_path(cr_of(cv));
    cairo_arc(cr_of(cv), plt_clamp(x), plt_clamp(y), fmax(radius, 0.0), 0.0,
        2.0 * half_turn_rad);
    paint_path(cr_of(cv), paint);
}

static void paper_text(struct plt_canvas *cv, double x, double y, const char *s,
    const struct plt_font *font)
{
    struct paper *paper = (struct paper *)cv;
    cairo_t *cr = paper->cr;
    cairo_text_extents_t size;

    if (paper->regular != NULL)
        cairo_set_font_face(cr, font->bold ? paper->bold : paper->regular);
    else
        cairo_select_font_face(cr, "sans-serif", CAIRO_FONT_SLANT_NORMAL,
            font->bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(cr, font->size);
    cairo_text_extents(cr, s, &size);
    const double shift = font->anchor == PLT_START    ? 0.0
                         : font->anchor == PLT_MIDDLE ? size.x_advance / 2.0
                                                      : size.x_advance;
    cairo_save(cr);
    cairo_translate(cr, plt_clamp(x), plt_clamp(y));
    cairo_rotate(cr, font->degrees / 180.0 * half_turn_rad);
    cairo_move_to(cr, -shift, 0.0);
    set_rgb(cr, font->rgb, 1.0);
    cairo_show_text(cr, s);
    cairo_restore(cr);
    cairo_new_path(cr);
}

static void paper_clip(
    struct plt_canvas *cv, double x, double y, double w, double h)
{
    cairo_save(cr_of(cv));
    cairo_rectangle(cr_of(cv), x, y, w, h);
    cairo_clip(cr_of(cv));
}

static void paper_unclip(struct plt_canvas *cv)
{
    cairo_restore(cr_of(cv));
}

static void paper_group(struct plt_canvas *cv, const char *title)
{
    (void)cv;
    (void)title;
}

static void paper_ungroup(struct plt_canvas *cv)
{
    (void)cv;
}

static const struct plt_canvas_ops paper_ops = {
    .begin = paper_begin,
    .lines = paper_lines,
    .rect = paper_rect,
    .circle = paper_circle,
    .text = paper_text,
    .clip = paper_clip,
    .unclip = paper_unclip,
    .group = paper_group,
    .ungroup = paper_ungroup,
};

/* ---- files -------------------------------------------------------------- */

/* cairo's own file writer hides short writes until too late. */
static cairo_status_t write_bytes(
    void *closure, const unsigned char *data, unsigned n)
{
    return fwrite(data, 1, n, closure) == n ? CAIRO_STATUS_SUCCESS
                                            : CAIRO_STATUS_WRITE_ERROR;
}

static void surface_open(struct paper *paper, FILE *file, const char *creator)
{
    if (!paper->pdf) {
        paper->surface = cairo_image_surface_create(
            CAIRO_FORMAT_RGB24, PLT_WIDTH * PNG_SCALE, PLT_HEIGHT * PNG_SCALE);
        cairo_surface_set_device_scale(paper->surface, PNG_SCALE, PNG_SCALE);
        return;
    }
    paper->surface = cairo_pdf_surface_create_for_stream(
        write_bytes, file, PLT_WIDTH, PLT_HEIGHT);
    cairo_pdf_surface_set_metadata(
        paper->surface, CAIRO_PDF_METADATA_CREATOR, creator);
    /* The default is now, which would change the bytes; this is the first day
     * a ZIP file can name, as in our workbooks. */
    cairo_pdf_surface_set_metadata(
        paper->surface, CAIRO_PDF_METADATA_CREATE_DATE, "1980-01-01T00:00:00Z");
}

static cairo_t *context_open(cairo_surface_t *surface)
{
    cairo_t *cr = cairo_create(surface);
    cairo_font_options_t *options = cairo_font_options_create();

    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    cairo_set_font_options(cr, options);
    cairo_font_options_destroy(options);
    cairo_set_line_join(cr, CAIRO_LINE_JOIN_ROUND);
    return cr;
}

static int status_error(
    cairo_status_t status, const char *path, struct sim_err *err)
{
    if (status == CAIRO_STATUS_SUCCESS)
        return SIM_OK;
    return sim_err_set(err,
        status == CAIRO_STATUS_NO_MEMORY ? SIM_E_NOMEM : SIM_E_IO,
        "cannot write chart '%s': %s", path, cairo_status_to_string(status));
}

/* Draw everything, then ask cairo twice: after the last call, and after the
 * surface has written its end. */
static int draw_and_write(struct paper *paper, FILE *file, const char *path,
    int (*draw)(void *arg, struct plt_canvas *cv), void *arg,
    struct sim_err *err)
{
    int rc = draw(arg, &paper->base);

    if (rc == SIM_OK)
        rc = status_error(cairo_status(paper->cr), path, err);
    if (rc == SIM_OK && !paper->pdf)
        rc = status_error(cairo_surface_write_to_png_stream(
                              paper->surface, write_bytes, file),
            path, err);
    cairo_surface_finish(paper->surface);
    if (rc == SIM_OK)
        rc = status_error(cairo_surface_status(paper->surface), path, err);
    return rc;
}

int plt_cairo_render(int kind, const char *path, const char *font_path,
    const char *creator, int (*draw)(void *arg, struct plt_canvas *cv),
    void *arg, struct sim_err *err)
{
    struct paper paper = {.base.ops = &paper_ops, .pdf = kind == PLT_PDF};
    const char *font = font_path != NULL ? font_path : PLT_FONT_PATH;
    FILE *file = fopen(path, "wb");

    if (file == NULL)
        return sim_err_set(err, SIM_E_IO, "cannot create chart '%s': %s", path,
            strerror(errno));
    paper.regular = font_open(font);
    paper.bold = paper.regular != NULL ? font_open_bold(font) : NULL;
    if (paper.regular != NULL && paper.bold == NULL)
        paper.bold = cairo_font_face_reference(paper.regular);
    surface_open(&paper, file, creator);
    paper.cr = context_open(paper.surface);

    int rc = draw_and_write(&paper, file, path, draw, arg, err);

    cairo_destroy(paper.cr);
    cairo_surface_destroy(paper.surface);
    if (paper.regular != NULL) {
        cairo_font_face_destroy(paper.bold);
        cairo_font_face_destroy(paper.regular);
    }
    if (fclose(file) != 0 && rc == SIM_OK)
        rc = sim_err_set(err, SIM_E_IO, "cannot write chart '%s': %s", path,
            strerror(errno));
    return rc;
}
