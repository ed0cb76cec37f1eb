/* Files a scenario may and may not read.  Truth: the rules of the manual:
 * regular files below the scenario's folder, 8 levels, 64 files, no cycles. */
#include "loader/fixture.h"

static const char base[] = "seed: 4\n";
static const char ring_a[] = "extends: presets/ring-b\n";
static const char ring_b[] = "extends: presets/ring-a\n";
static const char escape[] = "extends: ./x.yaml\n";

const struct scn_preset_file scn_preset_files[] = {
    FX_PRESET("base", base),
    FX_PRESET("escape", escape),
    FX_PRESET("ring-a", ring_a),
    FX_PRESET("ring-b", ring_b),
    {NULL, NULL, 0},
};

/* Load "extends: NAME" in a folder with friends and enemies. */
static struct fx load_extends(const char *name, bool allow)
{
    struct fx fx = fx_begin();
    struct sim_text text = {0};
    char path[120];

    fx_write(&fx, "ok.yaml", "seed: 2\n");
    snprintf(path, sizeof path, "%s/link.yaml", fx.dir);
    ck_assert_int_eq(symlink("ok.yaml", path), 0);
    snprintf(path, sizeof path, "%s/out.yaml", fx.dir);
    ck_assert_int_eq(symlink("/etc/hostname", path), 0);
    snprintf(path, sizeof path, "%s/loop.yaml", fx.dir);
    ck_assert_int_eq(symlink("loop.yaml", path), 0);
    snprintf(path, sizeof path, "%s/dead.yaml", fx.dir);
    ck_assert_int_eq(symlink("nothing", path), 0);
    snprintf(path, sizeof path, "%s/zero", fx.dir);
    ck_assert_int_eq(symlink("/dev/zero", path), 0);
    snprintf(path, sizeof path, "%s/up", fx.dir);
    ck_assert_int_eq(symlink("..", path), 0);
    snprintf(path, sizeof path, "%s/fifo", fx.dir);
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    snprintf(path, sizeof path, "%s/sub", fx.dir);
    ck_assert_int_eq(mkdir(path, 0700), 0);
    fx_write(&fx, "sub/in.yaml", "seed: 3\n");
    sim_text_printf(&text, "schema: sitesim/1\nextends: ['%s']\n", name);
    fx_write(&fx, "a.yaml", sim_text_str(&text));
    sim_text_release(&text);
    fx.options.allow_outside = allow;
    fx_load(&fx);
    return fx;
}

START_TEST(one_file)
{
    static const struct {
        const char *name, *code; /* NULL: accepted */
    } cases[] = {
        {"ok.yaml", NULL},
        {"./ok.yaml", NULL},
        {".//ok.yaml", NULL},
        {"sub/./in.yaml", NULL},
        {"link.yaml", NULL},
        {"presets/base", NULL},
        {"out.yaml", "P002"},
        {"zero", "P002"},
        {"up/no-such-file-here", "P001"},
        {"up", "P002"},
        {"loop.yaml", "P001"},
        {"dead.yaml", "P001"},
        {"fifo", "P003"},
        {"sub", "P003"},
        {".", "P003"},
        {"", "P001"},
        {"/etc/hostname", "P002"},
        {"/dev/stdin", "P002"},
        {"..", "P002"},
        {"../ok.yaml", "P002"},
        {"sub/../ok.yaml", "P002"},
        {"sub/..", "P002"},
        {"ok.yaml/", "P001"},
        {"ok.yaml/x", "P001"},
        {"OK.yaml", "P001"},
        {"~/ok.yaml", "P001"},
        {"$HOME/ok.yaml", "P001"},
        {"file:ok.yaml", "P001"},
        {"presets/", "P004"},
        {"presets/../base", "P004"},
        {"presets/escape", "P009"},
        {"presets/ring-a", "P005"},
        {"a.yaml", "P005"},
        {"sub/in.yaml ", "P001"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fx fx = load_extends(cases[i].name, false);
        if (cases[i].code == NULL) {
            ck_assert_msg(
                fx.rc == SIM_OK, "%s: %s", cases[i].name, fx_str(&fx));
            ck_assert_int_gt(fx.cfg->seed, 1);
        } else {
            ck_assert_msg(fx.rc == SIM_E_INPUT, "%s", cases[i].name);
            ck_assert_msg(strcmp(fx.diag.messages[0].code, cases[i].code) == 0,
                "%s: %s", cases[i].name, fx_str(&fx));
        }
        fx_end(&fx);
    }
}
END_TEST

START_TEST(allowed_outside)
{
    struct fx other = fx_begin();
    char path[120];

    fx_write(&other, "o.yaml", "seed: 9\n");
    snprintf(path, sizeof path, "%s/o.yaml", other.dir);
    struct fx fx = load_extends(path, true);
    ck_assert_msg(fx.rc == SIM_OK, "%s", fx_str(&fx));
    ck_assert_int_eq(fx.cfg->seed, 9);
    fx_end(&fx);
    fx = load_extends("/dev/zero", true);
    ck_assert_str_eq(fx.diag.messages[0].code, "P003");
    fx_end(&fx);
    fx_end(&other);
}
END_TEST

/* A folder whose name begins like the scenario's is another folder. */
START_TEST(sibling)
{
    struct fx fx = fx_begin();
    char path[120], link[120];

    snprintf(path, sizeof path, "%s-b", fx.dir);
    ck_assert_int_eq(mkdir(path, 0700), 0);
    snprintf(link, sizeof link, "%s/s", fx.dir);
    ck_assert_int_eq(symlink(path, link), 0);
    snprintf(path, sizeof path, "%s-b/x.yaml", fx.dir);
    FILE *file = fopen(path, "w");
    fputs("seed: 2\n", file);
    fclose(file);
    fx_write(&fx, "a.yaml", "schema: sitesim/1\nextends: s/x.yaml\n");
    fx_load(&fx);
    ck_assert_str_eq(fx.diag.messages[0].code, "P002");
    unlink(path);
    snprintf(path, sizeof path, "%s-b", fx.dir);
    rmdir(path);
    fx_end(&fx);
}
END_TEST

/* A chain of n files below the scenario. */
static struct fx load_chain(int n)
{
    struct fx fx = fx_begin();
    char name[20], text[60];

    for (int i = 1; i <= n; i++) {
        snprintf(name, sizeof name, "%d.yaml", i);
        snprintf(text, sizeof text,
            i < n ? "extends: ./%d.yaml\n" : "seed: 7\n", i + 1);
        fx_write(&fx, name, text);
    }
    fx_write(&fx, "a.yaml", "schema: sitesim/1\nextends: ./1.yaml\n");
    fx_load(&fx);
    return fx;
}

START_TEST(depth)
{
    struct fx fx = load_chain(8);

    ck_assert_msg(fx.rc == SIM_OK, "%s", fx_str(&fx));
    ck_assert_int_eq(fx.cfg->seed, 7);
    fx_end(&fx);
    fx = load_chain(9);
    ck_assert_str_eq(fx.diag.messages[0].code, "P006");
    ck_assert_ptr_nonnull(strstr(fx.diag.messages[0].at.file, "8.yaml"));
    fx_end(&fx);
}
END_TEST

START_TEST(total)
{
    for (int n = 64; n <= 65; n++) {
        struct fx fx = fx_begin();
        struct sim_text text = {0};
        fx_write(&fx, "b.yaml", "seed: 7\n");
        sim_text_add(&text, "schema: sitesim/1\nextends: [");
        for (int i = 0; i < n; i++)
            sim_text_add(&text, "b.yaml, ");
        sim_text_add(&text, "]\n");
        fx_write(&fx, "a.yaml", sim_text_str(&text));
        sim_text_release(&text);
        fx_load(&fx);
        ck_assert_int_eq(fx.rc, n == 64 ? SIM_OK : SIM_E_INPUT);
        if (n == 65)
            ck_assert_str_eq(fx.diag.messages[0].code, "P007");
        fx_end(&fx);
    }
}
END_TEST

START_TEST(main_file)
{
    struct fx fx = fx_begin();

    fx_load(&fx);
    ck_assert_int_eq(fx.rc, SIM_E_IO);
    ck_assert_ptr_nonnull(strstr(fx.err.text, "no such file"));
    fx_end(&fx);
    fx = fx_begin();
    ck_assert_int_eq(mkdir(fx.path, 0700), 0);
    fx_load(&fx);
    ck_assert_int_eq(fx.rc, SIM_E_INPUT);
    ck_assert_ptr_nonnull(strstr(fx_str(&fx), "it is a folder"));
    fx_end(&fx);
}
END_TEST

START_TEST(file_row)
{
    struct fx fx = fx_begin();
    char real[100];

    snprintf(real, sizeof real, "%s/d.csv", fx.dir);
    fx_write(&fx, "d.csv", "x\n");
    fx_write(&fx, "a.yaml", "schema: sitesim/1\nfile: ./d.csv\n");
    fx_load(&fx);
    ck_assert_msg(fx.rc == SIM_OK, "%s", fx_str(&fx));
    ck_assert_str_eq(fx.cfg->file, real);
    ck_assert_str_eq(fx_input(&fx, "file")->text, "./d.csv");
    fx_end(&fx);
}
END_TEST

TEST_MAIN("loader/paths", one_file, allowed_outside, sibling, depth, total,
    main_file, file_row)
