#include "plots/draw.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "plots/font.h"
#include "sim/text.h"

enum { NAME_CHARS = 64, BRIEF_CHARS = 24 };

void *plt_array(struct plt_ctx *ctx, int n, size_t size)
{
    void *block = sim_arena_calloc(ctx->arena, n > 0 ? (size_t)n : 1, size);

    if (block == NULL)
        ctx->failed = true;
    return block;
}

int plt_ctx_status(const struct plt_ctx *ctx)
{
    return ctx->failed ? SIM_E_NOMEM : SIM_OK;
}

const char *plt_say(struct plt_ctx *ctx, const char *fmt, ...)
{
    va_list args, again;
    int n;
    char *s = NULL;

    va_start(args, fmt);
    va_copy(again, args);
    n = vsnprintf(NULL, 0, fmt, args);
    if (n >= 0)
        s = plt_array(ctx, n + 1, 1);
    if (s != NULL)
        vsnprintf(s, (size_t)n + 1, fmt, again);
    va_end(again);
    va_end(args);
    return s != NULL ? s : "";
}

const char *plt_capital(struct plt_ctx *ctx, const char *s)
{
    const size_t word = strspn(s, "abcdefghijklmnopqrstuvwxyz");

    if (word == 0 || (s[word] != ' ' && s[word] != '\0'))
        return s;
    return plt_say(ctx, "%c%s", s[0] - 'a' + 'A', s + 1);
}

const char *plt_level(struct plt_ctx *ctx)
{
    char percent[32];

    plt_format_short(percent, sizeof percent, ctx->run->meta.level * 100.0);
    return plt_say(ctx, "%s\xC2\xA0%%", percent);
}

/* Characters that would hide or reorder text, or that XML forbids. */
static bool unfit(uint32_t c)
{
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0xAD || c == 0x61C ||
           (c >= 0x200B && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) ||
           (c >= 0x2060 && c <= 0x206F) || (c >= 0xFDD0 && c <= 0xFDEF) ||
           c == 0xFEFF || (c >= 0xFFF0 && c <= 0xFFFB) ||
           (c & 0xFFFE) == 0xFFFE || (c >= 0xE0000 && c <= 0xE0FFF);
}

const char *plt_clean(struct plt_ctx *ctx, const char *s, int max_chars)
{
    struct sim_text text = {0};
    int chars = 0;

    while (s != NULL && *s != '\0') {
        const char *from = s;
        const uint32_t c = plt_utf8_next(&s);
        if (chars++ == max_chars) {
            sim_text_add(&text, "\xE2\x80\xA6");
            break;
        }
        if (c == '\t' || c == '\n' || c == '\r' || c == ' ')
            sim_text_add_char(&text, ' ');
        else if (unfit(c) || c == 0xFFFD)
            sim_text_add(&text, "\xEF\xBF\xBD");
        else
            sim_text_add_n(&text, from, (size_t)(s - from));
    }
    if (!sim_text_ok(&text))
        ctx->failed = true;
    const char *clean = plt_say(ctx, "%s", sim_text_str(&text));
    sim_text_release(&text);
    return clean;
}

struct res_estimate plt_metric(
    const struct plt_ctx *ctx, const struct plt_dep *dep, const char *name)
{
    const struct res_metric *m = res_find(ctx->run, dep->d->name, name);
    struct res_estimate est = res_undefined(NULL);

    if (m == NULL || !isfinite(m->est.value))
        return est;
    est = m->est;
    if (!isfinite(est.half_width) || est.half_width < 0.0)
        est.half_width = (double)NAN;
    return est;
}

const struct res_series *plt_series_of(
    const struct res_run *run, const struct res_deployment *d, const char *name)
{
    char full[512];
    const int n = snprintf(full, sizeof full, "%s.%s", d->name, name);

    if (n < 0 || n >= (int)sizeof full)
        return NULL;
    return res_series_find(run, full);
}

/* How many of the deployments before `i` have the same colour. */
static int same_before(const struct plt_ctx *ctx, int i, uint32_t rgb)
{
    int n = 0;

    for (int j = 0; j < i; j++)
        n += plt_tier_colour(ctx->theme, ctx->dep[j].d->tier) == rgb;
    return n;
}

static void ctx_fill(struct plt_ctx *ctx)
{
    const struct res_run *run = ctx->run;

    ctx->n_deps = run->n_deployments < PLT_MAX_DEPLOYMENTS
                      ? run->n_deployments
                      : PLT_MAX_DEPLOYMENTS;
    for (int i = 0; i < ctx->n_deps; i++) {
        struct plt_dep *dep = &ctx->dep[i];
        dep->d = &run->deployments[i];
        const uint32_t rgb = plt_tier_colour(ctx->theme, dep->d->tier);
        const int k = same_before(ctx, i, rgb);
        dep->name = plt_clean(ctx, dep->d->name, NAME_CHARS);
        dep->brief = plt_clean(ctx, dep->d->name, BRIEF_CHARS);
        dep->unstable = dep->d->unstable;
        dep->label = dep->unstable ? plt_say(ctx, "%s (unstable)", dep->name)
                                   : dep->name;
        dep->rgb = plt_shade(ctx->theme, rgb, k);
        dep->dash = k % PLT_N_DASHES;
    }
}

int plt_draw(const struct plt_plot *plot, const struct res_run *run, int theme,
    struct plt_canvas *cv, struct sim_err *err)
{
    struct sim_arena arena = {0};
    struct plt_ctx ctx = {
        .cv = cv,
        .theme = plt_theme_at(theme),
        .run = run,
        .arena = &arena,
        .print = theme == PLT_PRINT,
    };
    int rc;

    ctx_fill(&ctx);
    rc = plt_ctx_status(&ctx);
    if (rc == SIM_OK)
        rc = plot->draw(&ctx);
    sim_arena_release(&arena);
    if (rc != SIM_OK)
        return sim_err_set(err, rc, "out of memory for chart '%s'", plot->name);
    return SIM_OK;
}
