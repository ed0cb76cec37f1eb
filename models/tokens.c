#include "models/tokens.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "models/site.h"

enum { LEVELS = 10, GRID = 100 };

bool mdl_tokens_from_trace(const struct mdl_tokens_cfg *cfg)
{
    if (cfg->like != NULL)
        return strcmp(cfg->like, "trace") == 0;
    return cfg->input_tok != NULL && sim_dist_is_traced(cfg->input_tok);
}

/* ---- built-in laws ------------------------------------------------------- */

static int marginal(const struct mdl_csv *csv, const char *column,
    struct sim_arena *arena, const struct sim_dist **out, struct sim_err *err)
{
    double *level = sim_arena_calloc(arena, (size_t)csv->n_rows, sizeof *level);
    double *value = sim_arena_calloc(arena, (size_t)csv->n_rows, sizeof *value);
    struct sim_dist *dist = NULL;
    int rc;

    if (level == NULL || value == NULL)
        return sim_err_set(err, SIM_E_NOMEM, "out of memory");
    rc = mdl_csv_numbers(csv, "quantile", level, err);
    if (rc == SIM_OK)
        rc = mdl_csv_numbers(csv, column, value, err);
    if (rc == SIM_OK)
        rc = sim_dist_quantiles(
            level, value, (size_t)csv->n_rows, arena, &dist, err);
    if (rc == SIM_OK)
        *out = dist;
    return rc;
}

/* Rows of tokens-copula.csv: trace, input_decile, out_decile_0 .. 9. */
static int copula(const struct mdl_data_source *data, const char *trace,
    struct sim_arena *arena, struct mdl_token_law *out, struct sim_err *err)
{
    struct mdl_csv csv;
    int rows = 0;
    int rc = mdl_csv_builtin(data, "tokens-copula.csv", arena, &csv, err);

    for (int i = 0; rc == SIM_OK && i < csv.n_rows && rows < LEVELS; i++) {
        double sum = 0.0;
        if (strcmp(mdl_csv_text(&csv, i, 0), trace) != 0)
            continue;
        for (int j = 0; rc == SIM_OK && j < LEVELS; j++) {
            double p = 0.0;
            rc = mdl_csv_number(&csv, i, 2 + j, &p, err);
            sum += p;
            out->row_cdf[rows][j] = sum;
        }
        for (int j = 0; j < LEVELS; j++)
            out->row_cdf[rows][j] /= sum;
        rows++;
    }
    if (rc == SIM_OK && rows != LEVELS)
        return sim_err_set(
            err, SIM_E_INTERNAL, "no decile table of '%s' is built in", trace);
    out->joint = true;
    return rc;
}

int mdl_token_law_builtin(const struct mdl_data_source *data, const char *name,
    struct sim_arena *arena, struct mdl_token_law *out, struct sim_err *err)
{
    const bool conv = strcmp(name, "azure-conv") == 0;
    struct mdl_csv csv;
    int rc;

    *out = (struct mdl_token_law){.on = true};
    if (strcmp(name, "trace") == 0)
        return SIM_OK; /* pairs come with the arrivals */
    if (!conv && strcmp(name, "azure-code") != 0)
        return sim_err_set(err, SIM_E_INPUT,
            "'tokens' is '%s', expected azure-conv, azure-code or trace", name);
    rc = mdl_csv_builtin(data,
        conv ? "tokens-azure-conv.csv" : "tokens-azure-code.csv", arena, &csv,
        err);
    if (rc == SIM_OK)
        rc = marginal(&csv, "input_tokens", arena, &out->input, err);
    if (rc == SIM_OK)
        rc = marginal(&csv, "output_tokens", arena, &out->output, err);
    if (rc == SIM_OK)
        rc = copula(data, conv ? "azure_conv" : "azure_code", arena, out, err);
    return rc;
}

/* ---- draws ------------------------------------------------------------------
 */

static int decile_of(double u)
{
    const int d = (int)(u * LEVELS);

    return d < LEVELS ? d : LEVELS - 1;
}

/* Level of the output given that of the input and a uniform: the row's
 * distribution over deciles, inverted, uniform inside the decile. */
static double joint_level(
    const struct mdl_token_law *law, double u_in, double u)
{
    const double *cdf = law->row_cdf[decile_of(u_in)];
    int j = 0;

    while (j < LEVELS - 1 && u >= cdf[j])
        j++;
    const double low = j > 0 ? cdf[j - 1] : 0.0;
    const double width = cdf[j] - low;
    const double inside = width > 0.0 ? (u - low) / width : 0.5;
    const double level = (j + fmin(fmax(inside, 0.0), 1.0)) / LEVELS;

    /* sim_dist_quantile() wants the open interval */
    return fmin(fmax(level, 1e-9), 1.0 - 1e-9);
}

void mdl_token_law_fill(const struct mdl_token_law *law, struct sim_stream *in,
    struct sim_stream *out, double *input_tok, double *output_tok, int n)
{
    if (!law->joint) {
        sim_dist_fill(law->input, in, input_tok, (size_t)n);
        sim_dist_fill(law->output, out, output_tok, (size_t)n);
        return;
    }
    sim_stream_uniforms(in, input_tok, (size_t)n);
    sim_stream_uniforms(out, output_tok, (size_t)n);
    for (int i = 0; i < n; i++) {
        const double u = input_tok[i];
        const double v = joint_level(law, u, output_tok[i]);
        input_tok[i] = sim_dist_quantile(law->input, u);
        output_tok[i] = sim_dist_quantile(law->output, v);
    }
}

void mdl_token_law_work(const struct mdl_token_law *law, double base, double a,
    double b, double *mean, double *variance)
{
    double sum = 0.0, sum2 = 0.0;

    for (int i = 0; i < GRID; i++) {
        const double u = (i + 0.5) / GRID;
        const double x = sim_dist_quantile(law->input, u);
        for (int j = 0; j < GRID; j++) {
            const double v = (j + 0.5) / GRID;
            const double level = law->joint ? joint_level(law, u, v) : v;
            const double w =
                base + a * x + b * sim_dist_quantile(law->output, level);
            sum += w;
            sum2 += w * w;
        }
    }
    *mean = sum / (GRID * GRID);
    *variance = sum2 / (GRID * GRID) - *mean * *mean;
}

/* ---- traces
 * ------------------------------------------------------------------- */

static int has_column(const struct mdl_csv *csv, const char *name)
{
    for (int i = 0; i < csv->n_columns; i++) {
        if (strcmp(csv->header[i], name) == 0)
            return 1;
    }
    return 0;
}

static int token_column(const struct mdl_csv *csv, const char *name,
    struct sim_arena *arena, double **out, struct sim_err *err)
{
    int rc;

    if (!has_column(csv, name))
        return SIM_OK;
    *out = sim_arena_calloc(arena, (size_t)csv->n_rows, sizeof **out);
    if (*out == NULL)
        return sim_err_set(err, SIM_E_NOMEM, "out of memory");
    rc = mdl_csv_numbers(csv, name, *out, err);
    for (int i = 0; rc == SIM_OK && i < csv->n_rows; i++) {
        if (!((*out)[i] >= 0.0))
            return sim_err_set(err, SIM_E_INPUT, "%s:%d: '%s' is negative",
                csv->name, csv->lines[i], name);
    }
    return rc;
}

int mdl_trace_read(const char *path, double scale, struct sim_arena *arena,
    struct mdl_trace *out, struct sim_err *err)
{
    struct mdl_trace trace = {0};
    struct mdl_csv csv;
    int rc = mdl_csv_file(path, arena, &csv, err);

    if (rc != SIM_OK)
        return rc;
    trace.n = csv.n_rows;
    trace.t_s = sim_arena_calloc(arena, (size_t)csv.n_rows, sizeof(double));
    if (trace.t_s == NULL)
        return sim_err_set(err, SIM_E_NOMEM, "out of memory");
    rc = mdl_csv_numbers(&csv, "t_s", trace.t_s, err);
    if (rc == SIM_OK)
        rc = token_column(&csv, "input_tokens", arena, &trace.input_tok, err);
    if (rc == SIM_OK)
        rc = token_column(&csv, "output_tokens", arena, &trace.output_tok, err);
    if (rc != SIM_OK)
        return rc;
    /* as written, before the division rounds equal times apart */
    for (int i = 0; i < trace.n; i++) {
        if (trace.t_s[i] < (i > 0 ? trace.t_s[i - 1] : 0.0))
            return sim_err_set(err, SIM_E_INPUT,
                "%s:%d: 't_s' is not increasing from 0", csv.name,
                csv.lines[i]);
    }
    for (int i = 0; i < trace.n; i++)
        trace.t_s[i] /= scale;
    if (trace.n < 2)
        return sim_err_set(
            err, SIM_E_INPUT, "%s: a trace needs at least 2 rows", csv.name);
    *out = trace;
    return SIM_OK;
}
