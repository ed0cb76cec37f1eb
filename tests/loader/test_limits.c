/* Limits on untrusted text.  Truth: the documented limits, at the limit and one
 * beyond; times only bound a hang (0.1 s for what must be refused at once). */
#include <time.h>

#include "loader/fixture.h"

const struct scn_preset_file scn_preset_files[] = {{NULL, NULL, 0}};

static double now_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Load bytes as they are; the code and place of the first message. */
static struct fx load_bytes(const void *data, size_t n, double *seconds)
{
    struct fx fx = fx_begin();
    double start;

    fx_write_n(&fx, "a.yaml", data, n);
    start = now_s();
    fx_load(&fx);
    if (seconds != NULL)
        *seconds = now_s() - start;
    return fx;
}

static void refused(
    const void *data, size_t n, const char *code, int line, int column)
{
    double seconds;
    struct fx fx = load_bytes(data, n, &seconds);

    ck_assert_int_eq(fx.rc, SIM_E_INPUT);
    ck_assert_str_eq(fx.diag.messages[0].code, code);
    ck_assert_int_eq(fx.diag.messages[0].at.line, line);
    ck_assert_int_eq(fx.diag.messages[0].at.column, column);
    ck_assert_double_lt(seconds, 0.5);
    fx_end(&fx);
}

/* `head`, then `part` n times, then `tail`; the caller frees it. */
static char *repeat(
    const char *head, const char *part, size_t n, const char *tail)
{
    const size_t n_part = strlen(part);
    char *text = malloc(strlen(head) + n * n_part + strlen(tail) + 1);
    char *end = text + sprintf(text, "%s", head);

    for (size_t i = 0; i < n; i++, end += n_part)
        memcpy(end, part, n_part);
    strcpy(end, tail);
    return text;
}

static const char schema[] = "schema: sitesim/1\n";

START_TEST(depth)
{
    char *text = repeat("schema: sitesim/1\nx-a: ", "[", 200000, "");
    double seconds;
    struct fx fx;

    refused(text, strlen(text), "Y002", 2, 6 + 63);
    free(text);
    fx = fx_begin();
    text = repeat("schema: sitesim/1\nx-a: ", "[", 63, "]");
    for (int i = 1; i < 63; i++) {
        text = realloc(text, strlen(text) + 2);
        strcat(text, "]");
    }
    fx_write(&fx, "a.yaml", text);
    fx_load(&fx);
    ck_assert_msg(fx.rc == SIM_OK, "%s", fx_str(&fx));
    fx_end(&fx);
    free(text);
    text = repeat(schema, "- ", 100000, "");
    fx = load_bytes(text, strlen(text), &seconds);
    ck_assert_int_eq(fx.rc, SIM_E_INPUT);
    ck_assert_double_lt(seconds, 0.5);
    fx_end(&fx);
    free(text);
}
END_TEST

START_TEST(bomb)
{
    struct sim_text text = {0};

    sim_text_add(&text, "schema: sitesim/1\nx-a: &a [lol, lol, lol]\n");
    for (char c = 'b'; c <= 'z'; c++)
        sim_text_printf(&text, "x-%c: &%c [*%c, *%c, *%c, *%c, *%c, *%c]\n", c,
            c, c - 1, c - 1, c - 1, c - 1, c - 1, c - 1);
    refused(sim_text_str(&text), text.len, "Y004", 2, 6);
    sim_text_release(&text);
}
END_TEST

START_TEST(sizes)
{
    char *text = repeat("schema: sitesim/1\n#", "x", 4u << 20, "\n");

    refused(text, strlen(text), "Y008", 1, 1);
    free(text);
    text = repeat("schema: sitesim/1\ntitle: ", "x", 65536, "\n");
    FX_GOOD(fits, text + strlen(schema));
    fx_end(&fits);
    free(text);
    text = repeat("schema: sitesim/1\ntitle: ", "x", 65537, "\n");
    refused(text, strlen(text), "Y011", 2, 8);
    free(text);
    text = repeat("schema: sitesim/1\nx-", "k", 254, ": 1\n");
    FX_GOOD(key, text + strlen(schema));
    fx_end(&key);
    free(text);
    text = repeat("schema: sitesim/1\nx-", "k", 255, ": 1\n");
    refused(text, strlen(text), "Y012", 2, 1);
    free(text);
    text = repeat("schema: sitesim/1\nx-a: [", "[],", 200001, "]\n");
    refused(text, strlen(text), "Y013", 2, 7 + 3 * 199995);
    free(text);
}
END_TEST

START_TEST(bytes)
{
    static const char nul[] = "schema: sitesim/1\ntitle: a\0b\n";
    static const char latin[] = "schema: sitesim/1\ntitle: caf\xe9\n";
    static const char overlong[] = "schema: sitesim/1\n# \xc0\xaf\n";
    static const char surrogate[] = "schema: sitesim/1\n# \xed\xa0\x80\n";
    static const char bom[] = "schema: sitesim/1\n\xef\xbb\xbftitle: x\n";
    static const char esc[] = "schema: sitesim/1\n# \x1b[2J\n";
    static const char cr[] = "schema: sitesim/1\rtitle: x\n";
    static const char ls[] = "schema: sitesim/1\n# \xe2\x80\xa8 x\n";
    static const char utf16[] = "\xff\xfes\0c\0";
    static const char cut[] = "schema: sitesim/1\n# \xe2\x82";

    refused(nul, sizeof nul - 1, "Y010", 2, 9);
    refused(latin, sizeof latin - 1, "Y009", 2, 11);
    refused(overlong, sizeof overlong - 1, "Y009", 2, 3);
    refused(surrogate, sizeof surrogate - 1, "Y009", 2, 3);
    refused(bom, sizeof bom - 1, "Y010", 2, 1);
    refused(esc, sizeof esc - 1, "Y010", 2, 3);
    refused(cr, sizeof cr - 1, "Y010", 1, 18);
    refused(ls, sizeof ls - 1, "Y010", 2, 3);
    refused(utf16, sizeof utf16 - 1, "Y009", 1, 1);
    refused(cut, sizeof cut - 1, "Y009", 2, 3);
    refused("", 0, "Y015", 1, 1);
    refused("# nothing\n", 10, "Y015", 1, 1);
}
END_TEST

/* A byte order mark at the start and CR LF are what some editors write. */
START_TEST(editors)
{
    static const char text[] =
        "\xef\xbb\xbfschema: sitesim/1\r\ntitle: x\r\nseeds: 1\r\n";
    struct fx fx = load_bytes(text, sizeof text - 1, NULL);

    fx_same(fx_str(&fx), "a.yaml:3:1: error: unknown key 'seeds' [K001]\n"
                         "    3 | seeds: 1\n"
                         "      | ^^^^^\n"
                         "      = help: did you mean 'seed'?\n"
                         "1 error; nothing was simulated\n");
    fx_end(&fx);
}
END_TEST

START_TEST(schema_key)
{
    static const char late[] = "title: x\nschema: sitesim/1\n";
    static const char none[] = "title: x\n";
    static const char other[] = "schema: sitesim/2\n";

    refused(late, sizeof late - 1, "S001", 2, 1);
    refused(none, sizeof none - 1, "S001", 1, 1);
    refused(other, sizeof other - 1, "S002", 1, 9);
    refused("[a]\n", 4, "T001", 1, 1);
    refused("just text\n", 10, "T001", 1, 1);
}
END_TEST

/* 20 are kept, the first of the file; all are counted. */
START_TEST(many_errors)
{
    struct sim_text body = {0};
    struct fx fx;

    for (int i = 0; i < 300; i++)
        sim_text_printf(&body, "bad%d: 1\n", i);
    fx = fx_text(sim_text_str(&body));
    ck_assert_int_eq(fx.diag.n_messages, 20);
    ck_assert_int_eq(fx.diag.n_errors, 300);
    for (int i = 0; i < 20; i++)
        ck_assert_int_eq(fx.diag.messages[i].at.line, i + 2);
    ck_assert_ptr_nonnull(
        strstr(fx_str(&fx), "\ntoo many errors; the first 20 are shown\n"
                            "300 errors; nothing was simulated\n"));
    fx_end(&fx);
    sim_text_release(&body);
}
END_TEST

/* 1 MiB of the worst kinds stays under a second. */
START_TEST(hostile_megabyte)
{
    static const char *const parts[] = {"a", "{a: ", "[a, ", "a: b\n", "- a\n",
        "? ", "\"\\x\" ", "a:\n ", "!!x ", "\t", "'", "%TAG ", "| ", "{},",
        ": "};
    double seconds;

    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        char *text =
            repeat(schema, parts[i], (1u << 20) / strlen(parts[i]), "");
        struct fx fx = load_bytes(text, strlen(text), &seconds);
        ck_assert_int_eq(fx.rc, SIM_E_INPUT);
        ck_assert_msg(seconds < 5.0, "%s: %g s", parts[i], seconds);
        fx_end(&fx);
        free(text);
    }
}
END_TEST

/* 30,000 distinct keys, then the same again: sorting, not comparing pairs. */
START_TEST(large_maps)
{
    struct sim_text text = {0};
    double seconds;
    struct fx fx;

    sim_text_add(&text, "schema: sitesim/1\nclasses:\n");
    for (int i = 0; i < 30000; i++)
        sim_text_printf(&text, "  c%d: 1\n", i);
    fx = load_bytes(sim_text_str(&text), text.len, &seconds);
    ck_assert_msg(fx.rc == SIM_OK, "%s", fx_str(&fx));
    ck_assert_int_eq(fx.cfg->n_classes, 30000);
    ck_assert_double_lt(seconds, 5.0);
    fx_end(&fx);
    for (int i = 0; i < 30000; i++)
        sim_text_printf(&text, "  c%d: 1\n", i);
    fx = load_bytes(sim_text_str(&text), text.len, &seconds);
    ck_assert_int_eq(fx.diag.n_errors, 30000);
    ck_assert_str_eq(fx.diag.messages[0].code, "K002");
    ck_assert_int_eq(fx.diag.messages[0].at.line, 30003);
    ck_assert_double_lt(seconds, 5.0);
    fx_end(&fx);
    sim_text_release(&text);
}
END_TEST

TEST_MAIN("loader/limits", depth, bomb, sizes, bytes, editors, schema_key,
    many_errors, hostile_megabyte, large_maps)
