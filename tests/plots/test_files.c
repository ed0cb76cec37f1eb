/* PNG and PDF: the cairo back end. */
#include "check_main.h"

#include <string.h>
#include <unistd.h>

#include "fixture.h"
#include "plots/plot.h"
#include "sim/alloc.h"

typedef int render_fn(const struct plt_plot *, const struct res_run *,
    const struct plt_options *, const char *, struct sim_err *);

/* fontconfig keeps its caches to the end of the program; LeakSanitizer asks
 * here what to overlook. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig";
}

enum { MAX_FILE = 1 << 20 };

struct file {
    size_t n;
    unsigned char data[MAX_FILE];
};

/* A name in a fresh directory; the test removes both. */
struct place {
    char dir[64], path[96];
};

static void place_make(struct place *p)
{
    snprintf(p->dir, sizeof p->dir, "plots-test-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(p->dir));
    snprintf(p->path, sizeof p->path, "%s/chart", p->dir);
}

static void place_remove(const struct place *p)
{
    remove(p->path);
    rmdir(p->dir);
}

static void read_file(const char *path, struct file *file)
{
    FILE *f = fopen(path, "rb");

    ck_assert_ptr_nonnull(f);
    file->n = fread(file->data, 1, MAX_FILE, f);
    fclose(f);
}

static void render(render_fn *fn, const struct plt_plot *plot,
    const struct res_run *run, const struct plt_options *options,
    const char *path, struct file *file)
{
    struct sim_err err = {0};

    ck_assert_msg(fn(plot, run, options, path, &err) == SIM_OK, "%s", err.text);
    read_file(path, file);
}

static unsigned big_endian(const unsigned char *p)
{
    return (unsigned)p[0] << 24 | (unsigned)p[1] << 16 | (unsigned)p[2] << 8 |
           p[3];
}

/* Truth: PNG specification, signature and the IHDR chunk that must be first:
 * width and height at bytes 16 and 20. */
START_TEST(png)
{
    const struct fix_options o = {.n_deployments = 4, .unstable = -1};
    const struct plt_options dark = {.theme = PLT_DARK};
    struct res_run *run = fix_run(&o);
    struct file *a = calloc(2, sizeof *a);
    struct place p;

    place_make(&p);
    for (int i = 0; i < 2; i++) {
        render(plt_render_png, plt_plot_at(i), run, NULL, p.path, &a[0]);
        render(plt_render_png, plt_plot_at(i), run, NULL, p.path, &a[1]);
        ck_assert_uint_gt(a[0].n, 5000);
        ck_assert_int_eq(memcmp(a[0].data, "\x89PNG\r\n\x1A\n", 8), 0);
        ck_assert_uint_eq(big_endian(a[0].data + 16), 1600);
        ck_assert_uint_eq(big_endian(a[0].data + 20), 1000);
        ck_assert_uint_eq(a[0].n, a[1].n);
        ck_assert_int_eq(memcmp(a[0].data, a[1].data, a[0].n), 0);
    }
    render(plt_render_png, plt_plot_at(1), run, &dark, p.path, &a[0]);
    ck_assert(a[0].n != a[1].n || memcmp(a[0].data, a[1].data, a[0].n) != 0);
    place_remove(&p);
    free(a);
    res_run_destroy(run);
}
END_TEST

static bool contains(const struct file *file, const char *s)
{
    const size_t n = strlen(s);

    for (size_t i = 0; i + n <= file->n; i++) {
        if (memcmp(file->data + i, s, n) == 0)
            return true;
    }
    return false;
}

START_TEST(pdf)
{
    const struct fix_options o = {.n_deployments = 4, .unstable = -1};
    struct res_run *run = fix_run(&o);
    struct file *a = calloc(2, sizeof *a);
    struct place p;

    place_make(&p);
    render(
        plt_render_pdf, plt_plot_find("tco-stack"), run, NULL, p.path, &a[0]);
    sleep(1); /* a creation date in the file would now differ */
    render(
        plt_render_pdf, plt_plot_find("tco-stack"), run, NULL, p.path, &a[1]);
    ck_assert_int_eq(memcmp(a[0].data, "%PDF-1.", 7), 0);
    ck_assert(contains(&a[0], "%%EOF"));
    ck_assert(contains(&a[0], "sitesim 0.1.0"));
    ck_assert(contains(&a[0], "19800101"));
    ck_assert_uint_eq(a[0].n, a[1].n);
    ck_assert_int_eq(memcmp(a[0].data, a[1].data, a[0].n), 0);
    place_remove(&p);
    free(a);
    res_run_destroy(run);
}
END_TEST

START_TEST(missing_font)
{
    const struct fix_options o = {.n_deployments = 4, .unstable = -1};
    const struct plt_options none = {.font_path = "no/such/font.ttf"};
    const struct plt_options text = {.font_path = "Makefile"};
    struct res_run *run = fix_run(&o);
    struct file *a = calloc(1, sizeof *a);
    struct place p;

    place_make(&p);
    ck_assert(!plt_font_available(&none));
    ck_assert(!plt_font_available(&text));
    render(plt_render_png, plt_plot_at(0), run, &none, p.path, a);
    ck_assert_uint_gt(a->n, 5000);
    place_remove(&p);
    free(a);
    res_run_destroy(run);
}
END_TEST

/* Linux's /dev/full takes no byte: every write must be noticed. */
START_TEST(write_errors)
{
    const struct fix_options o = {.n_deployments = 2, .unstable = -1};
    struct res_run *run = fix_run(&o);
    const char *paths[] = {"no/such/dir/x", "/dev/full"};

    for (int i = 0; i < 2; i++) {
        struct sim_err raster = {0}, paper = {0};
        if (access(paths[i], W_OK) != 0 && i == 1)
            continue;
        ck_assert_int_eq(
            plt_render_png(plt_plot_at(0), run, NULL, paths[i], &raster),
            SIM_E_IO);
        ck_assert_int_eq(
            plt_render_pdf(plt_plot_at(0), run, NULL, paths[i], &paper),
            SIM_E_IO);
        ck_assert_ptr_nonnull(strstr(raster.text, paths[i]));
        ck_assert_ptr_nonnull(strstr(paper.text, paths[i]));
    }
    res_run_destroy(run);
}
END_TEST

START_TEST(out_of_memory)
{
    const struct fix_options o = {.n_deployments = 2, .unstable = -1};
    struct res_run *run = fix_run(&o);
    struct place p;

    place_make(&p);
    for (long n = 1; n < 12; n++) {
        sim_alloc_fail_at(n, 1);
        const int rc = plt_render_pdf(plt_plot_at(0), run, NULL, p.path, NULL);
        sim_alloc_fail_at(0, 0);
        ck_assert(rc == SIM_OK || rc == SIM_E_NOMEM);
    }
    place_remove(&p);
    res_run_destroy(run);
}
END_TEST

TEST_MAIN("plots/files", png, pdf, missing_font, write_errors, out_of_memory)
