#include "check_main.h"

#include <ctype.h>
#include <string.h>
#include <unistd.h>

#include "fixture.h"
#include "plots/plot.h"
#include "sim/alloc.h"

static void render(const struct plt_plot *plot, const struct res_run *run,
    const char *prefix, struct sim_text *out)
{
    const struct plt_options options = {.id_prefix = prefix};
    struct sim_err err = {0};

    ck_assert_msg(plt_render_svg(plot, run, &options, out, &err) == SIM_OK,
        "%s", err.text);
}

/* Well-formed by the rules of XML 1.0 that our writer can break: tags nest,
 * no bare '<' or '&', attribute values quoted, only legal characters. */
static void check_tags(const char *s)
{
    char open[64][32];
    int depth = 0, elements = 0;

    while ((s = strchr(s, '<')) != NULL) {
        char name[32] = "";
        const bool closing = s[1] == '/';
        const char *end = strchr(s, '>');
        ck_assert_ptr_nonnull(end);
        for (int k = 0; k < 31 && isalpha((unsigned char)s[1 + closing + k]);
             k++)
            name[k] = s[1 + closing + k];
        ck_assert_str_ne(name, "");
        ck_assert_ptr_null(memchr(s + 1, '<', (size_t)(end - s - 1)));
        elements++;
        if (closing) {
            ck_assert_int_gt(depth, 0);
            ck_assert_str_eq(open[--depth], name);
        } else if (end[-1] != '/') {
            ck_assert_int_lt(depth, 64);
            strcpy(open[depth++], name);
        }
        s = end;
    }
    ck_assert_int_eq(depth, 0);
    ck_assert_int_gt(elements, 5);
}

static void check_text(const char *s)
{
    static const char *const entities[] = {
        "&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};
    bool good = true;

    /* one assertion at the end: Check logs each one that passes */
    for (; *s != '\0'; s++) {
        bool known = *s != '&';
        for (int i = 0; i < 5 && !known; i++)
            known = strncmp(s, entities[i], strlen(entities[i])) == 0;
        good &= known && ((unsigned char)*s >= 0x20 || *s == '\n');
    }
    ck_assert(good);
}

START_TEST(well_formed_and_escaped)
{
    for (int names = FIX_PLAIN; names <= FIX_HOSTILE; names++) {
        for (int n = 0; n <= 12; n += 3) {
            const struct fix_options o = {
                .n_deployments = n, .names = names, .unstable = 1};
            struct res_run *run = fix_run(&o);
            for (int i = 0; i < plt_plot_count(); i++) {
                struct sim_text svg = {0};
                render(plt_plot_at(i), run, NULL, &svg);
                check_tags(svg.data);
                check_text(svg.data);
                ck_assert_ptr_null(strstr(svg.data, "<script"));
                ck_assert_ptr_null(strstr(svg.data, "onload=x>"));
                ck_assert_ptr_null(strstr(svg.data, "\xE2\x80\xAE"));
                ck_assert_ptr_null(strstr(svg.data, "nan"));
                ck_assert_ptr_null(strstr(svg.data, "inf"));
                sim_text_release(&svg);
            }
            res_run_destroy(run);
        }
    }
}
END_TEST

/* A parser that is not ours, where the machine has one. */
START_TEST(accepted_by_xmllint)
{
    const struct fix_options o = {
        .n_deployments = 6, .names = FIX_HOSTILE, .unstable = 1};
    struct res_run *run = fix_run(&o);

    if (system("command -v xmllint >/dev/null 2>&1") != 0) {
        res_run_destroy(run);
        return;
    }
    for (int i = 0; i < plt_plot_count(); i++) {
        struct sim_text svg = {0};
        render(plt_plot_at(i), run, NULL, &svg);
        FILE *pipe = popen("xmllint --noout -", "w");
        ck_assert_ptr_nonnull(pipe);
        ck_assert_uint_eq(fwrite(svg.data, 1, svg.len, pipe), svg.len);
        ck_assert_int_eq(pclose(pipe), 0);
        sim_text_release(&svg);
    }
    res_run_destroy(run);
}
END_TEST

START_TEST(same_bytes_twice)
{
    const struct fix_options o = {.n_deployments = 4, .unstable = -1};
    struct res_run *run = fix_run(&o), *again = fix_run(&o);

    for (int i = 0; i < plt_plot_count(); i++) {
        struct sim_text a = {0}, b = {0};
        render(plt_plot_at(i), run, NULL, &a);
        render(plt_plot_at(i), again, NULL, &b);
        ck_assert_str_eq(a.data, b.data);
        sim_text_release(&a);
        sim_text_release(&b);
    }
    res_run_destroy(run);
    res_run_destroy(again);
}
END_TEST

START_TEST(text_titles_and_ids)
{
    const struct fix_options o = {.n_deployments = 4, .unstable = -1};
    struct res_run *run = fix_run(&o);
    struct sim_text svg = {0};

    sim_text_add(&svg, "<p>before</p>");
    render(plt_plot_find("latency-cdf"), run, "9 a\"<b", &svg);
    ck_assert_int_eq(strncmp(svg.data, "<p>before</p><svg ", 18), 0);
    ck_assert_ptr_nonnull(strstr(svg.data, "role=\"img\""));
    ck_assert_ptr_nonnull(
        strstr(svg.data, "aria-labelledby=\"p9-a--b-title p9-a--b-desc\""));
    ck_assert_ptr_nonnull(strstr(svg.data, "<title id=\"p9-a--b-title\">Edge"));
    ck_assert_ptr_nonnull(strstr(svg.data, "<desc id=\"p9-a--b-desc\">"));
    ck_assert_ptr_nonnull(strstr(svg.data, ">SLO p95 50 ms</text>"));
    ck_assert_ptr_nonnull(strstr(svg.data, ">hyperscale</text>"));
    ck_assert_ptr_nonnull(strstr(svg.data,
        "sitesim 0.1.0 \xC2\xB7 scenario four-tiers \xC2\xB7 seed 1 \xC2\xB7 "
        "10 replications</text>"));
    for (const char *p = svg.data; (p = strstr(p, " id=\"")) != NULL; p += 5)
        ck_assert_int_eq(strncmp(p + 5, "p9-a--b-", 8), 0);
    sim_text_release(&svg);
    res_run_destroy(run);
}
END_TEST

/* Allocations fail from the n-th on, for n up to the last: a clean error each
 * time, never a crash. */
START_TEST(out_of_memory)
{
    const struct fix_options o = {.n_deployments = 4, .unstable = 1};
    struct res_run *run = fix_run(&o);

    for (int i = 0; i < plt_plot_count(); i++) {
        int rc = SIM_E_NOMEM;
        for (long n = 1; rc != SIM_OK; n += 1 + n / 16) {
            struct sim_text svg = {0};
            struct sim_err err = {0};
            ck_assert_int_lt(n, 100000);
            sim_alloc_fail_at(n, 1);
            rc = plt_render_svg(plt_plot_at(i), run, NULL, &svg, &err);
            sim_alloc_fail_at(0, 0);
            ck_assert(rc == SIM_OK || rc == SIM_E_NOMEM);
            ck_assert(rc == SIM_OK || err.text[0] != '\0');
            sim_text_release(&svg);
        }
    }
    res_run_destroy(run);
}
END_TEST

START_TEST(table)
{
    ck_assert_int_ge(plt_plot_count(), 3);
    ck_assert_ptr_null(plt_plot_at(-1));
    ck_assert_ptr_null(plt_plot_at(plt_plot_count()));
    ck_assert_ptr_null(plt_plot_find("no-such-plot"));
    for (int i = 0; i < plt_plot_count(); i++) {
        ck_assert_ptr_eq(plt_plot_find(plt_plot_at(i)->name), plt_plot_at(i));
        ck_assert_int_gt((int)strlen(plt_plot_at(i)->doc), 10);
    }
}
END_TEST

TEST_MAIN("plots/svg", well_formed_and_escaped, accepted_by_xmllint,
    same_bytes_twice, text_titles_and_ids, out_of_memory, table)
