#include "reports/summary.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "reports/findings.h"
#include "reports/number.h"
#include "reports/rows.h"

static void add_heading(struct sim_text *out, const struct res_run *run)
{
    const char *title = run->meta.title;

    if (title == NULL || title[0] == '\0')
        title = run->meta.name != NULL ? run->meta.name : "Results";
    sim_text_add(out, "# ");
    rep_markdown(out, title);
    sim_text_add(out, "\n\n");
}

static void add_thresholds(struct sim_text *out, const struct res_run *run)
{
    int failed = 0;

    for (int i = 0; i < run->n_thresholds; i++)
        failed += run->thresholds[i].verdict == RES_FAIL ||
                  run->thresholds[i].verdict == RES_CLOSE_FAIL;
    if (run->n_thresholds == 0)
        return;
    if (failed > 0)
        sim_text_printf(out, "**%d of %d thresholds failed.**\n\n", failed,
            run->n_thresholds);
    else
        sim_text_printf(
            out, "**All %d thresholds passed.**\n\n", run->n_thresholds);
    sim_text_add(out, "| threshold | is | verdict |\n|---|---:|---|\n");
    for (int i = 0; i < run->n_thresholds; i++) {
        const struct res_threshold *t = &run->thresholds[i];
        const struct res_metric *m = res_metric_by_name(run, t->metric);
        char value[REP_CELL_BYTES * 2] = "no value";
        if (m != NULL)
            rep_metric_text(value, sizeof value, m);
        sim_text_add(out, "| ");
        rep_markdown(out, t->text);
        sim_text_add(out, " | ");
        rep_markdown(out, value);
        sim_text_printf(out, " | %s |\n", rep_verdict(t->verdict));
    }
    sim_text_add_char(out, '\n');
}

static void add_table(struct sim_text *out, const struct res_run *run,
    const struct rep_row *rows, int n)
{
    sim_text_add(out, "| metric |");
    for (int d = 0; d < run->n_deployments; d++) {
        sim_text_add_char(out, ' ');
        rep_markdown(out, run->deployments[d].name);
        sim_text_add(
            out, run->deployments[d].unstable ? " (unstable) |" : " |");
    }
    sim_text_add(out, " unit |\n|---|");
    for (int d = 0; d < run->n_deployments; d++)
        sim_text_add(out, "---:|");
    sim_text_add(out, "---|\n");
    for (int i = 0; i < n; i++) {
        sim_text_printf(out, "| %s |", rows[i].label);
        for (int d = 0; d < run->n_deployments; d++) {
            const char *mark = rows[i].cells[d].best ? "**" : "";
            sim_text_printf(
                out, " %s%s%s |", mark, rows[i].cells[d].text, mark);
        }
        sim_text_add_char(out, ' ');
        rep_markdown(out, rows[i].unit);
        sim_text_add(out, " |\n");
    }
    sim_text_printf(out,
        "\nBold: best of the row; \xC2\xB1 is half the %g %% confidence "
        "interval. Costs are positive.\n\n",
        run->meta.level * 100.0);
}

static void add_findings(struct sim_text *out, const struct res_run *run)
{
    struct sim_text text = {0};

    rep_findings(run, &text);
    char *line = text.data;
    const bool any = line != NULL && *line != '\0';
    while (line != NULL && *line != '\0') {
        char *end = strchr(line, '\n');
        if (end != NULL)
            *end = '\0';
        sim_text_add(out, "- ");
        rep_markdown(out, line);
        sim_text_add_char(out, '\n');
        line = end != NULL ? end + 1 : NULL;
    }
    if (any)
        sim_text_add_char(out, '\n');
    out->failed = out->failed || text.failed;
    sim_text_release(&text);
}

static void add_warnings(struct sim_text *out, const struct res_run *run)
{
    if (run->n_warnings == 0)
        return;
    sim_text_add(out, "## Warnings\n\n");
    for (int i = 0; i < run->n_warnings; i++) {
        sim_text_add(out, "- ");
        rep_markdown(out, run->warnings[i]);
        sim_text_add_char(out, '\n');
    }
    sim_text_add_char(out, '\n');
}

static void add_origin(struct sim_text *out, const struct res_run *run)
{
    const struct res_meta *m = &run->meta;

    sim_text_add(out, "Scenario ");
    rep_markdown(out, m->name != NULL ? m->name : "");
    sim_text_printf(out,
        ", SHA-256 %.16s, seed %" PRIu64 ", %" PRId64 " replications, %" PRId64
        " requests simulated, sitesim %s.\n",
        m->scenario_sha256 != NULL ? m->scenario_sha256 : "", m->seed,
        m->replications, m->requests_simulated,
        m->version != NULL ? m->version : "");
}

int rep_summary_write(
    const struct res_run *run, struct sim_text *out, struct sim_err *err)
{
    struct sim_arena arena = {0};
    struct rep_row *rows = NULL;
    int n = 0;

    int rc = rep_rows_build(run, &arena, &rows, &n, err);
    if (rc != SIM_OK)
        goto out;
    add_heading(out, run);
    add_thresholds(out, run);
    add_table(out, run, rows, n);
    add_findings(out, run);
    add_warnings(out, run);
    add_origin(out, run);
    if (!sim_text_ok(out))
        rc = sim_err_set(err, SIM_E_NOMEM, "out of memory");
out:
    sim_arena_release(&arena);
    return rc;
}
