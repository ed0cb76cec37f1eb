#include "models/tokens.h"

#include <math.h>
#include <string.h>

enum { LEVELS = 10, GRID = 100 };

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

/* Both numbers come with the recorded request. */
static int traced(
    struct sim_arena *arena, struct mdl_token_law *out, struct sim_err *err)
{
    struct sim_dist *dist = NULL;
    const int rc = sim_dist_traced(arena, &dist, err);

    out->input = out->output = dist;
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
        return traced(arena, out, err);
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

/* ---- rows of a file ----------------------------------------------------- */

/* A column of amounts. */
static int amounts(const struct mdl_csv *csv, const char *name,
    struct sim_arena *arena, const double **out, struct sim_err *err)
{
    double *x = sim_arena_calloc(arena, (size_t)csv->n_rows, sizeof *x);
    int rc;

    if (x == NULL)
        return sim_err_set(err, SIM_E_NOMEM, "out of memory");
    rc = mdl_csv_numbers(csv, name, x, err);
    for (int i = 0; rc == SIM_OK && i < csv->n_rows; i++) {
        if (x[i] < 0.0)
            rc = sim_err_set(err, SIM_E_INPUT, "%s:%d: '%s' is negative",
                csv->name, csv->lines[i], name);
    }
    *out = x;
    return rc;
}

/* Rows are equally likely. */
static int row_of(const struct mdl_token_law *law, double u)
{
    const int row = (int)(u * law->n_pairs);

    return row < law->n_pairs ? row : law->n_pairs - 1;
}

int mdl_token_law_pairs(const char *path, bool with_service,
    struct sim_arena *arena, struct mdl_token_law *out, struct sim_err *err)
{
    struct mdl_token_law law = {.on = true};
    struct sim_arena scratch = {0};
    struct mdl_csv csv;
    int rc = mdl_csv_file(path, &scratch, &csv, err);

    if (rc == SIM_OK && csv.n_rows == 0)
        rc =
            sim_err_set(err, SIM_E_INPUT, "'%s' has no row to draw from", path);
    if (rc == SIM_OK)
        rc = amounts(&csv, "input_tokens", arena, &law.pair_input, err);
    if (rc == SIM_OK)
        rc = amounts(&csv, "output_tokens", arena, &law.pair_output, err);
    if (rc == SIM_OK && with_service)
        rc = amounts(&csv, "service_s", arena, &law.pair_service_s, err);
    if (rc == SIM_OK) {
        law.n_pairs = csv.n_rows;
        *out = law;
    }
    sim_arena_release(&scratch);
    return rc;
}

void mdl_token_law_service(const struct mdl_token_law *law,
    struct sim_stream *in, double *service_s, int n)
{
    sim_stream_uniforms(in, service_s, (size_t)n);
    for (int i = 0; i < n; i++)
        service_s[i] = law->pair_service_s[row_of(law, service_s[i])];
}

/* ---- draws -------------------------------------------------------------- */

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
    if (law->n_pairs > 0) {
        sim_stream_uniforms(in, input_tok, (size_t)n);
        for (int i = 0; i < n; i++) {
            const int row = row_of(law, input_tok[i]);
            input_tok[i] = law->pair_input[row];
            output_tok[i] = law->pair_output[row];
        }
        return;
    }
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

/* Mean and variance of one number alone. */
static void marginal_moments(const struct sim_dist *dist, double traced_mean,
    double traced_variance, double *mean, double *variance)
{
    const bool traced = sim_dist_is_traced(dist);
    const double sd = sim_dist_sd(dist);

    *mean = traced ? traced_mean : sim_dist_mean(dist);
    *variance = traced ? traced_variance : sd * sd;
}

void mdl_token_law_moments(const struct mdl_token_law *law,
    const struct mdl_pair_moments *trace, struct mdl_pair_moments *out)
{
    const double n = trace->n > 0.0 ? trace->n : 1.0;

    *out = (struct mdl_pair_moments){0};
    for (int i = 0; i < law->n_pairs; i++)
        mdl_pair_moments_add(out, law->pair_input[i], law->pair_output[i]);
    if (law->n_pairs > 0)
        return;
    out->n = 1.0;
    marginal_moments(
        law->input, trace->mean_x, trace->xx / n, &out->mean_x, &out->xx);
    marginal_moments(
        law->output, trace->mean_y, trace->yy / n, &out->mean_y, &out->yy);
    if (mdl_token_law_recorded(law, true))
        out->xy = trace->xy / n;
}

bool mdl_token_law_recorded(const struct mdl_token_law *law, bool both)
{
    if (!law->on || law->n_pairs > 0)
        return false;
    const bool in = sim_dist_is_traced(law->input);
    const bool out = sim_dist_is_traced(law->output);
    return both ? in && out : in || out;
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
