/* What the titles say.  Words only: every number is a metric of the run. */
#include "plots/draw.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sim/text.h"

static bool is_latency(const struct res_objective *o)
{
    return o->metric != NULL && strncmp(o->metric, "latency.", 8) == 0 &&
           isfinite(o->limit_ms) && o->limit_ms > 0.0;
}

int plt_objectives(
    struct plt_ctx *ctx, struct plt_objective list[PLT_MAX_OBJECTIVES])
{
    int n = 0;
    bool differ = false;

    for (int i = 0; i < ctx->run->n_objectives && n < PLT_MAX_OBJECTIVES; i++) {
        const struct res_objective *o = &ctx->run->objectives[i];
        bool known = !is_latency(o);
        for (int j = 0; j < n && !known; j++)
            known = strcmp(list[j].metric, o->metric) == 0 &&
                    list[j].limit_ms == o->limit_ms;
        if (known)
            continue;
        list[n++] = (struct plt_objective){
            .cls = plt_clean(ctx, o->cls, 16),
            .metric = o->metric,
            .name = plt_clean(ctx, o->metric + 8, 8),
            .limit_ms = o->limit_ms,
            .o = o,
        };
        differ = n > 1;
    }
    for (int j = 0; j < n && !differ; j++)
        list[j].cls = "";
    return n;
}

struct res_estimate plt_reached(struct plt_ctx *ctx, const struct plt_dep *dep,
    const struct plt_objective *objective)
{
    const char *cls = objective->o->cls != NULL ? objective->o->cls : "";
    const char *name = plt_say(ctx, "class.%s.%s", cls, objective->metric);
    struct res_estimate est = plt_metric(ctx, dep, name);

    if (isnan(est.value))
        est = plt_metric(ctx, dep, objective->metric);
    return est;
}

const char *plt_objective_label(
    struct plt_ctx *ctx, const struct plt_objective *objective)
{
    char limit[48];

    plt_format_short(limit, sizeof limit, objective->limit_ms);
    if (objective->cls[0] == '\0')
        return plt_say(ctx, "SLO %s %s ms", objective->name, limit);
    return plt_say(
        ctx, "SLO %s %s ms (%s)", objective->name, limit, objective->cls);
}

/* The text as a sentence in the arena; releases it. */
static const char *sentence(struct plt_ctx *ctx, struct sim_text *text)
{
    if (!sim_text_ok(text))
        ctx->failed = true;
    const char *s = plt_say(ctx, "%s", sim_text_str(text));
    sim_text_release(text);
    return plt_capital(ctx, s);
}

/* What each deployment reaches, and on which side of the limit. */
struct verdicts {
    int n, n_meet;
    int who[PLT_MAX_DEPLOYMENTS];
    bool meets[PLT_MAX_DEPLOYMENTS];
    struct res_estimate value[PLT_MAX_DEPLOYMENTS];
    int fastest, slowest; /* positions in who[] */
};

static void judge(struct plt_ctx *ctx, const struct plt_objective *objective,
    struct verdicts *v)
{
    *v = (struct verdicts){0};
    for (int i = 0; i < ctx->n_deps; i++) {
        const struct res_estimate est =
            plt_reached(ctx, &ctx->dep[i], objective);
        const int k = v->n;
        if (isnan(est.value) || ctx->dep[i].unstable)
            continue;
        v->who[k] = i;
        v->value[k] = est;
        v->meets[k] = est.value <= objective->limit_ms;
        v->n_meet += v->meets[k];
        if (est.value < v->value[v->fastest].value)
            v->fastest = k;
        if (est.value > v->value[v->slowest].value)
            v->slowest = k;
        v->n++;
    }
}

/* "a, b (112 ms) and c": those who meet, or those who do not. */
static void add_names(struct plt_ctx *ctx, struct sim_text *text,
    const struct verdicts *v, bool meet, int n, bool values)
{
    int done = 0;

    for (int k = 0; k < v->n; k++) {
        char ms[64];
        if (v->meets[k] != meet)
            continue;
        sim_text_add(text, done == 0 ? "" : done == n - 1 ? " and " : ", ");
        sim_text_add(text, ctx->dep[v->who[k]].brief);
        plt_format_ms(ms, sizeof ms, v->value[k].value);
        if (values)
            sim_text_printf(text, " (%s)", ms);
        done++;
    }
}

static const char *one_of(struct plt_ctx *ctx, const struct verdicts *v, int k)
{
    char ms[64];

    plt_format_ms(ms, sizeof ms, v->value[k].value);
    return plt_say(ctx, "%s, %s", ctx->dep[v->who[k]].brief, ms);
}

static const char *objective_finding(
    struct plt_ctx *ctx, const struct plt_objective *o)
{
    struct sim_text text = {0};
    struct verdicts v;
    char limit[48];

    plt_format_short(limit, sizeof limit, o->limit_ms);
    judge(ctx, o, &v);
    const int n_miss = v.n - v.n_meet;
    const char *aim =
        plt_say(ctx, "the %s\xC2\xA0ms %s objective", limit, o->name);
    if (v.n == 0) {
        sim_text_printf(
            &text, "No deployment has a %s to hold against %s", o->name, aim);
    } else if (ctx->n_deps == 1) {
        add_names(ctx, &text, &v, v.n_meet == 1, 1, false);
        char ms[64];
        plt_format_ms(ms, sizeof ms, v.value[0].value);
        sim_text_printf(
            &text, " %s %s (%s)", v.n_meet == 1 ? "meets" : "misses", aim, ms);
    } else if (v.n_meet == ctx->n_deps) {
        sim_text_printf(&text, "All %d deployments meet %s (slowest: %s)", v.n,
            aim, one_of(ctx, &v, v.slowest));
    } else if (v.n_meet == 0) {
        sim_text_printf(&text, "No deployment meets %s (closest: %s)", aim,
            one_of(ctx, &v, v.fastest));
    } else if (v.n_meet <= 2 && n_miss <= 2 && n_miss > 0) {
        add_names(ctx, &text, &v, true, v.n_meet, false);
        sim_text_printf(
            &text, " %s %s; ", v.n_meet == 1 ? "meets" : "meet", aim);
        add_names(ctx, &text, &v, false, n_miss, true);
        sim_text_add(&text, n_miss == 1 ? " misses it" : " miss it");
    } else {
        sim_text_printf(&text, "%d of %d deployments meet %s (fastest: %s)",
            v.n_meet, ctx->n_deps, aim, one_of(ctx, &v, v.fastest));
    }
    return sentence(ctx, &text);
}

const char *plt_latency_finding(struct plt_ctx *ctx)
{
    struct plt_objective list[PLT_MAX_OBJECTIVES];
    const struct res_objective none = {.cls = ""};
    const struct plt_objective p95 = {
        .cls = "", .metric = "latency.p95", .name = "p95", .o = &none};
    struct sim_text text = {0};
    struct verdicts v;

    if (plt_objectives(ctx, list) > 0)
        return objective_finding(ctx, &list[0]);
    judge(ctx, &p95, &v);
    if (v.n == 0)
        return "Latency";
    if (v.n == 1)
        return plt_say(ctx, "p95 latency: %s", one_of(ctx, &v, 0));
    sim_text_printf(&text, "p95 latency runs from %s to %s",
        one_of(ctx, &v, v.fastest), one_of(ctx, &v, v.slowest));
    return sentence(ctx, &text);
}

const char *plt_notes(struct plt_ctx *ctx,
    const bool missing[PLT_MAX_DEPLOYMENTS], const char *what)
{
    struct sim_text text = {0};
    int n = 0, unstable = 0;

    for (int i = 0; i < ctx->n_deps; i++) {
        if (missing[i])
            sim_text_printf(&text, "%s%s", n++ == 0 ? "Not shown: " : ", ",
                ctx->dep[i].label);
        unstable += ctx->dep[i].unstable;
    }
    if (n > 0)
        sim_text_printf(&text, " \xE2\x80\x93 no %s.", what);
    if (unstable > 0)
        sim_text_printf(&text,
            "%sUnstable: offered load above capacity, no steady state.",
            n > 0 ? " " : "");
    if (ctx->run->n_deployments > ctx->n_deps)
        sim_text_printf(&text, "%s%d of %d deployments shown.",
            text.len > 0 ? " " : "", ctx->n_deps, ctx->run->n_deployments);
    return sentence(ctx, &text);
}
