/* tokens.h - tokens of a request.
 *
 * A built-in law is a pair of marginal quantile tables joined by a 10 x 10
 * table of deciles (the dependence of chat traffic is not monotone, so a
 * Gaussian copula is wrong).  Draw: decile of the input uniformly, decile of
 * the output from its row, uniform inside both, marginals linear between.
 * Source: [AZURE23] in models/SOURCES.md.
 *
 * Rows of a user's file are resampled whole: one uniform of the input stream
 * picks the row, and with it all its columns.
 */
#ifndef MODELS_TOKENS_H
#define MODELS_TOKENS_H

#include <stdbool.h>
#include <stdint.h>

#include "models/data.h"
#include "models/trace.h"
#include "sim/arena.h"
#include "sim/dist.h"
#include "sim/err.h"
#include "sim/rng.h"

struct mdl_token_law {
    bool on;
    const struct sim_dist *input, *output; /* marginals */
    bool joint;                            /* deciles tie the two */
    double row_cdf[10][10]; /* P(output decile <= j | input decile) */
    int n_pairs;            /* rows of a file; 0 = none */
    const double *pair_input, *pair_output;
    const double *pair_service_s; /* NULL: not asked for */
};

/** Law "azure-conv" or "azure-code" from the built-in tables; "trace": both
 *  numbers are of sim_dist_traced(). */
SIM_MUST_CHECK int mdl_token_law_builtin(const struct mdl_data_source *data,
    const char *name, struct sim_arena *arena, struct mdl_token_law *out,
    struct sim_err *err);

/**
 * Rows of a CSV file with input_tokens, output_tokens and, if `with_service`,
 * service_s; none negative.
 * @retval SIM_E_INPUT  a column missing, a malformed row, no row
 * @retval SIM_E_IO, SIM_E_LIMIT (64 MiB), SIM_E_NOMEM
 */
SIM_MUST_CHECK int mdl_token_law_pairs(const char *path, bool with_service,
    struct sim_arena *arena, struct mdl_token_law *out, struct sim_err *err);

/** n service times [s] of rows drawn from the stream of input tokens, in place
 *  of the tokens. */
void mdl_token_law_service(const struct mdl_token_law *law,
    struct sim_stream *in, double *service_s, int n);

/** n pairs from two keyed streams (input and output purposes). */
void mdl_token_law_fill(const struct mdl_token_law *law, struct sim_stream *in,
    struct sim_stream *out, double *input_tok, double *output_tok, int n);

/** Mean and second moments of base + a*input + b*output, for load estimates:
 *  by a fixed grid of the joint law (100 x 100), relative error ~1e-3.  Not
 *  for rows of a file and traced numbers. */
void mdl_token_law_work(const struct mdl_token_law *law, double base, double a,
    double b, double *mean, double *variance);

/** Do numbers of the law come with the recorded request: one at least, or both?
 */
bool mdl_token_law_recorded(const struct mdl_token_law *law, bool both);

/** Moments of the pair (input, output): exact for rows of a file, and for
 *  numbers of a trace, whose own moments are given.  The covariance of the
 *  deciles of a built-in law is not in it. */
void mdl_token_law_moments(const struct mdl_token_law *law,
    const struct mdl_pair_moments *trace, struct mdl_pair_moments *out);

#endif /* MODELS_TOKENS_H */
