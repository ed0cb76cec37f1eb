#include "reports/findings.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>

#include "reports/number.h"

enum { TEXT_BYTES = 64 };

/* Stable deployment with the smallest value of a metric; *next = the second.
 * An unstable one does not do the work that the others are compared at. */
static int smallest(const struct res_run *run, const char *metric, int *next)
{
    double low = (double)INFINITY, second = low;
    int best = -1;

    *next = -1;
    for (int d = 0; d < run->n_deployments; d++) {
        const double x = res_value(run, run->deployments[d].name, metric);
        if (!isfinite(x) || run->deployments[d].unstable)
            continue;
        if (x < low) {
            *next = best;
            second = low;
            best = d;
            low = x;
        } else if (x < second) {
            *next = d;
            second = x;
        }
    }
    return best;
}

static bool overlap(const struct res_estimate *a, const struct res_estimate *b)
{
    const double widths = (isfinite(a->half_width) ? a->half_width : 0.0) +
                          (isfinite(b->half_width) ? b->half_width : 0.0);

    return widths > 0.0 && fabs(a->value - b->value) <= widths;
}

static const char *name_of(const struct res_run *run, int d)
{
    return run->deployments[d].name;
}

/* "; next is edge, 12.1 ± 0.2" and a word when the intervals overlap. */
static void add_next(const struct res_run *run, struct sim_text *out,
    const char *metric, int best, int next, int decimals)
{
    char text[TEXT_BYTES];

    if (next < 0)
        return;
    const struct res_metric *a = res_find(run, name_of(run, best), metric);
    const struct res_metric *b = res_find(run, name_of(run, next), metric);
    rep_estimate(text, sizeof text, &b->est, decimals);
    sim_text_printf(out, "; next is %s, %s", name_of(run, next), text);
    if (overlap(&a->est, &b->est))
        sim_text_add(out, " (the intervals overlap)");
}

static void add_cheapest(const struct res_run *run, struct sim_text *out)
{
    static const char *const metrics[] = {
        "cost.per_million_requests", "tco.npv"};
    static const char *const units[] = {
        " per million requests", ", present value of all costs"};
    char text[TEXT_BYTES];
    int next = -1, best = -1;
    size_t i = 0;

    for (; i < 2 && best < 0; i++)
        best = smallest(run, metrics[i], &next);
    if (best < 0)
        return;
    const char *metric = metrics[i - 1];
    const struct res_metric *m = res_find(run, name_of(run, best), metric);
    const int decimals = rep_decimals(m->est.value, 3, 4);
    rep_estimate(text, sizeof text, &m->est, decimals);
    sim_text_printf(out, "Cheapest: %s, %s %s%s", name_of(run, best), text,
        m->unit, units[i - 1]);
    add_next(run, out, metric, best, next, decimals);
    sim_text_add(out, ".\n");
}

static void add_fastest(const struct res_run *run, struct sim_text *out)
{
    char text[TEXT_BYTES];
    int next = -1;
    const int best = smallest(run, "latency.p95", &next);

    if (best < 0)
        return;
    const struct res_metric *m =
        res_find(run, name_of(run, best), "latency.p95");
    const int decimals = rep_decimals(m->est.value, 3, 3);
    rep_estimate(text, sizeof text, &m->est, decimals);
    sim_text_printf(
        out, "Fastest: %s, %s %s at p95", name_of(run, best), text, m->unit);
    add_next(run, out, "latency.p95", best, next, decimals);
    sim_text_add(out, ".\n");
}

/* Names of the stable deployments whose slo.met is `met`, with the unstable
 * ones, whose attainment is that of the run's length, among those that do not;
 * their number. */
static int add_names(const struct res_run *run, struct sim_text *out, bool met)
{
    char text[TEXT_BYTES];
    int n = 0;

    for (int d = 0; d < run->n_deployments; d++) {
        const double x = res_value(run, name_of(run, d), "slo.met");
        const bool unstable = run->deployments[d].unstable;
        if (!isfinite(x) || (x > 0.0 && !unstable) != met)
            continue;
        sim_text_printf(out, "%s%s", n++ > 0 ? ", " : "", name_of(run, d));
        if (unstable) {
            sim_text_add(out, " (unstable)");
            continue;
        }
        const double share = res_value(run, name_of(run, d), "slo.attainment");
        if (isfinite(share)) {
            rep_number(text, sizeof text, share * 100.0, 1);
            sim_text_printf(out, " (%s %%)", text);
        }
    }
    return n;
}

static void add_slo(const struct res_run *run, struct sim_text *out)
{
    struct sim_text yes = {0}, no = {0};
    const int n_yes = add_names(run, &yes, true);
    const int n_no = add_names(run, &no, false);

    if (n_yes > 0)
        sim_text_printf(
            out, "The latency objective is met by %s", sim_text_str(&yes));
    if (n_yes > 0 && n_no > 0)
        sim_text_printf(out, "; not by %s", sim_text_str(&no));
    else if (n_no > 0)
        sim_text_printf(out, "No deployment meets the latency objective: %s",
            sim_text_str(&no));
    if (n_yes + n_no > 0)
        sim_text_add(out, ".\n");
    if (!sim_text_ok(&yes) || !sim_text_ok(&no))
        out->failed = true;
    sim_text_release(&yes);
    sim_text_release(&no);
}

static void add_unstable(const struct res_run *run, struct sim_text *out)
{
    int n = 0;

    for (int d = 0; d < run->n_deployments; d++) {
        if (run->deployments[d].unstable)
            sim_text_printf(
                out, "%s%s", n++ > 0 ? ", " : "Unstable: ", name_of(run, d));
    }
    if (n > 0)
        sim_text_add(out, "; the offered load reaches capacity, so latency "
                          "grows with the length of the run.\n");
}

static double category_pv(
    const struct res_run *run, const char *deployment, int category)
{
    char metric[TEXT_BYTES];

    snprintf(metric, sizeof metric, "tco.%s", res_category_name(category));
    const double x = res_value(run, deployment, metric);
    return isfinite(x) && x > 0.0 ? x : 0.0;
}

/* "edge: Hardware 61 %, Energy 22 %"; false when there is no money. */
static bool add_drivers(const struct res_run *run, struct sim_text *out,
    const char *deployment, const char *before)
{
    double sum = 0.0, pv[2] = {0.0, 0.0};
    int top[2] = {-1, -1};
    char text[TEXT_BYTES];

    for (int c = 0; c < RES_N_CATEGORIES; c++) {
        const double x = category_pv(run, deployment, c);
        sum += x;
        if (x > pv[0]) {
            top[1] = top[0];
            pv[1] = pv[0];
            top[0] = c;
            pv[0] = x;
        } else if (x > pv[1]) {
            top[1] = c;
            pv[1] = x;
        }
    }
    for (int i = 0; i < 2 && top[i] >= 0; i++) {
        rep_number(text, sizeof text, 100.0 * pv[i] / sum, 0);
        if (i == 0)
            sim_text_printf(out, "%s%s ", before, deployment);
        sim_text_printf(out, "%s%s %s %%", i > 0 ? ", " : "",
            res_category_label(top[i]), text);
    }
    return top[0] >= 0;
}

void rep_findings(const struct res_run *run, struct sim_text *out)
{
    bool any = false;

    add_cheapest(run, out);
    add_fastest(run, out);
    add_slo(run, out);
    add_unstable(run, out);
    for (int d = 0; d < run->n_deployments; d++)
        any |= add_drivers(run, out, name_of(run, d),
            any ? "; " : "Main costs (share of present value): ");
    if (any)
        sim_text_add(out, ".\n");
}

const char *rep_verdict(int verdict)
{
    switch (verdict) {
    case RES_PASS:
        return "PASS";
    case RES_CLOSE_PASS:
        return "PASS, close";
    case RES_CLOSE_FAIL:
        return "FAIL, close";
    default:
        return "FAIL";
    }
}
