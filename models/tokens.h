/* tokens.h - tokens of a request, and recorded traces.
 *
 * A built-in law is a pair of marginal quantile tables joined by a 10 x 10
 * table of deciles (the dependence of chat traffic is not monotone, so a
 * Gaussian copula is wrong).  Draw: decile of the input uniformly, decile of
 * the output from its row, uniform inside both, marginals linear between.
 * Source: [AZURE23] in models/SOURCES.md.
 */
#ifndef MODELS_TOKENS_H
#define MODELS_TOKENS_H

#include <stdbool.h>
#include <stdint.h>

#include "models/data.h"
#include "sim/arena.h"
#include "sim/dist.h"
#include "sim/err.h"
#include "sim/rng.h"

struct mdl_token_law {
    bool on;
    const struct sim_dist *input, *output; /* marginals */
    bool joint;                            /* deciles tie the two */
    double row_cdf[10][10]; /* P(output decile <= j | input decile) */
};

/** Law "azure-conv" or "azure-code" from the built-in tables. */
SIM_MUST_CHECK int mdl_token_law_builtin(const struct mdl_data_source *data,
    const char *name, struct sim_arena *arena, struct mdl_token_law *out,
    struct sim_err *err);

/** n pairs from two keyed streams (input and output purposes). */
void mdl_token_law_fill(const struct mdl_token_law *law, struct sim_stream *in,
    struct sim_stream *out, double *input_tok, double *output_tok, int n);

/** Mean and second moments of base + a*input + b*output, for load estimates:
 *  by a fixed grid of the joint law (100 x 100), relative error ~1e-3. */
void mdl_token_law_work(const struct mdl_token_law *law, double base, double a,
    double b, double *mean, double *variance);

struct mdl_tokens_cfg; /* site.h */
/** Do the tokens of a class come from its trace? */
bool mdl_tokens_from_trace(const struct mdl_tokens_cfg *cfg);

/* A recorded trace. */
struct mdl_trace {
    int n;
    double *t_s;
    double *input_tok, *output_tok; /* NULL: column absent */
};

/** Read a CSV with t_s (increasing, >= 0) and optionally input_tokens and
 *  output_tokens; times divided by `scale`. */
SIM_MUST_CHECK int mdl_trace_read(const char *path, double scale,
    struct sim_arena *arena, struct mdl_trace *out, struct sim_err *err);

#endif /* MODELS_TOKENS_H */
