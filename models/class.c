/* Row tables of request classes. */
#include <stddef.h>
#include <string.h>

#include "models/site.h"

/* clang-format off */

#define SLO struct mdl_slo_cfg
#define SLO_ROW(f, what) {SIM_PARAM_F64(SLO, f), .unit = "ms", .min = 0, .max = 1e9, \
    .flags = SIM_P_OPTIONAL | SIM_P_ABOVE_MIN | SIM_P_STATE, .doc = what}
static const struct sim_param slo_rows[] = {
    SLO_ROW(p50_ms, "Limit that half of the requests must meet."),
    SLO_ROW(p90_ms, "Limit that 90 % of the requests must meet."),
    SLO_ROW(p95_ms, "Limit that 95 % of the requests must meet."),
    SLO_ROW(p99_ms, "Limit that 99 % of the requests must meet."),
    SLO_ROW(p999_ms, "Limit that 99.9 % of the requests must meet."),
};
static const struct sim_table slo_table = {.name = "slo", SIM_ROWS(slo_rows), .size = sizeof(SLO), .one_of = true,
    .doc = "Latency objective, end to end."};

#define TIME struct mdl_token_time_cfg
static const struct sim_param time_rows[] = {
    {SIM_PARAM_F64(TIME, base_ms), .unit = "ms", .dflt = 0, .min = 0, .max = 1e9, .flags = SIM_P_STATE,
     .doc = "Time of every request, on one slot of the reference hardware."},
    {SIM_PARAM_F64(TIME, per_input_token_ms), .unit = "ms", .dflt = 0, .min = 0, .max = 1e6, .flags = SIM_P_STATE,
     .doc = "Time of one input token."},
    {SIM_PARAM_F64(TIME, per_output_token_ms), .unit = "ms", .dflt = 0, .min = 0, .max = 1e6, .flags = SIM_P_STATE,
     .doc = "Time of one output token."},
};
static const struct sim_table time_table = {.name = "token_time", SIM_ROWS(time_rows), .size = sizeof(TIME),
    .doc = "Service time proportional to tokens, for classes served first come first served."};

#define PAIRS struct mdl_pairs_cfg
static const struct sim_param pairs_rows[] = {
    {SIM_PARAM_STR(PAIRS, file), .unit = "", .required = true, .flags = SIM_P_FILE | SIM_P_SCALAR | SIM_P_STATE,
     .doc = "CSV with the columns input_tokens and output_tokens and, for 'service: {from: pairs}', service_s (seconds of work)."},
};
static const struct sim_table pairs_table = {.name = "pairs", SIM_ROWS(pairs_rows), .size = sizeof(PAIRS),
    .doc = "Measured rows, equally likely: each request draws a whole row, so what depends on what is kept."};

#define TOKENS struct mdl_tokens_cfg
static const struct sim_param tokens_rows[] = {
    {SIM_PARAM_STR(TOKENS, like), .unit = "", .flags = SIM_P_SCALAR | SIM_P_STATE,
     .doc = "Built-in joint law of input and output tokens: azure-conv or azure-code; trace: both come with the recorded request.", .source = "[AZURE23]"},
    {SIM_PARAM_GROUP_OPT(TOKENS, pairs, &pairs_table, has_pairs), .doc = "Rows of a file, resampled."},
    {SIM_PARAM_DIST(TOKENS, input_tok), .unit = "tok", .min = 0, .max = 1e9, .flags = SIM_P_STATE | SIM_P_RECORD,
     .doc = "Input tokens: a distribution, or {from: trace}."},
    {SIM_PARAM_DIST(TOKENS, output_tok), .unit = "tok", .min = 0, .max = 1e9, .flags = SIM_P_STATE | SIM_P_RECORD,
     .doc = "Output tokens: a distribution, or {from: trace}."},
};

static void check_tokens(const void *cfg, const struct sim_checker *checker)
{
    const TOKENS *tokens = cfg;
    const char *like = tokens->like;
    const struct sim_dist *const own[] = {tokens->input_tok, tokens->output_tok};
    static const char *const keys[] = {"input", "output"};

    if ((like != NULL) + tokens->has_pairs + (own[0] != NULL || own[1] != NULL) != 1)
        checker->fault(checker->ctx, "", "needs either a built-in law, 'pairs', or both 'input' and 'output'");
    else if ((own[0] == NULL) != (own[1] == NULL))
        checker->fault(checker->ctx, "", "needs both 'input' and 'output'");
    for (int i = 0; i < 2; i++) {
        if (own[i] != NULL && sim_dist_is_paired(own[i]))
            checker->fault(checker->ctx, keys[i], "comes with the whole row: write 'tokens: {pairs: ...}' alone");
    }
    if (like != NULL && strcmp(like, "azure-conv") != 0 && strcmp(like, "azure-code") != 0 &&
        strcmp(like, "trace") != 0)
        checker->fault(checker->ctx, "like", "is '%s', expected azure-conv, azure-code or trace", like);
}

static const struct sim_table tokens_table = {.name = "tokens", SIM_ROWS(tokens_rows), .size = sizeof(TOKENS),
    .check = check_tokens, .doc = "Tokens of a request."};

#define CLASS struct mdl_class_cfg
static const char *const models[] = {"custom", NULL};
static const struct sim_param class_rows[] = {
    {SIM_PARAM_F64(CLASS, share_frac), .unit = "1", .dflt = 1, .min = 0, .max = 1, .flags = SIM_P_STATE,
     .doc = "Share of the arrivals; the shares of all classes sum to 1."},
    {SIM_PARAM_DIST(CLASS, service_s), .unit = "s", .min = 0, .max = 1e9, .flags = SIM_P_STATE | SIM_P_RECORD,
     .doc = "Service time on one slot of the reference hardware."},
    {SIM_PARAM_GROUP_OPT(CLASS, token_time, &time_table, has_token_time), .doc = "Service time from tokens, in place of 'service'."},
    {SIM_PARAM_STR(CLASS, model), .unit = "", .flags = SIM_P_STATE,
     .doc = "custom: the class gives its tokens and times itself."},
    {SIM_PARAM_GROUP_OPT(CLASS, tokens, &tokens_table, has_tokens), .doc = "Tokens of a request."},
    {SIM_PARAM_F64(CLASS, request_size_bytes), .unit = "B", .dflt = 0, .min = 0, .max = 1e15, .flags = SIM_P_STATE,
     .doc = "Bytes from the user to the site."},
    {SIM_PARAM_F64(CLASS, response_size_bytes), .unit = "B", .dflt = 0, .min = 0, .max = 1e15, .flags = SIM_P_STATE,
     .doc = "Bytes from the site to the user."},
    {SIM_PARAM_GROUP_OPT(CLASS, slo, &slo_table, has_slo), .doc = "Latency objective."},
    {SIM_PARAM_I64(CLASS, priority), .unit = "", .dflt = 1, .min = 1, .max = 1000, .flags = SIM_P_STATE,
     .doc = "1 is served first, where the queue has priorities."},
    {SIM_PARAM_DIST(CLASS, patience_s), .unit = "s", .min = 0, .max = 1e12, .flags = SIM_P_STATE,
     .doc = "Longest wait before service after which a request leaves."},
    {SIM_PARAM_STR(CLASS, residency), .unit = "", .flags = SIM_P_STATE,
     .doc = "Region whose sites alone may serve the class."},
    {SIM_PARAM_STRS(CLASS, only, n_only), .unit = "", .flags = SIM_P_STATE, .doc = "Site entries that may serve the class; absent: all."},
    {SIM_PARAM_LIST(CLASS, stages, n_stages, &mdl_stage_table), .doc = "Visits one after the other."},
    {SIM_PARAM_GROUP_OPT(CLASS, journey, &mdl_journey_table, has_journey), .doc = "Visits from site to site by chance."},
    {SIM_PARAM_GROUP_OPT(CLASS, fork, &mdl_fork_table, has_fork), .doc = "Parts served side by side."},
    {SIM_PARAM_GROUP_OPT(CLASS, cascade, &mdl_cascade_table, has_cascade), .doc = "A small model first, a large one for a share."},
    {SIM_PARAM_GROUP_OPT(CLASS, retries, &mdl_retries_table, has_retries), .doc = "Further attempts."},
    {SIM_PARAM_GROUP_OPT(CLASS, limit, &mdl_limit_table, has_limit), .doc = "Rate limit."},
    {SIM_PARAM_GROUP_OPT(CLASS, fallback, &mdl_fallback_table, has_fallback), .doc = "Who serves what was lost."},
    {SIM_PARAM_F64(CLASS, value_usd), .unit = "USD", .dflt = 0, .min = 0, .max = 1e9,
     .doc = "Value of a request served; lost requests cost it."},
    {SIM_PARAM_GROUP_OPT(CLASS, arrivals, &mdl_arrivals_table, has_arrivals), .doc = "Arrivals of this class alone, in place of a share."},
};

static void check_class(const void *cfg, const struct sim_checker *checker)
{
    const CLASS *c = cfg;
    const bool custom = c->model != NULL;

    if (custom && strcmp(c->model, models[0]) != 0)
        checker->fault(checker->ctx, "model", "knows only 'custom' so far, got '%s'", c->model);
    if (c->service_s != NULL && c->has_token_time)
        checker->fault(checker->ctx, "", "needs either 'service' or 'token_time'");
    if (c->has_token_time && !c->has_tokens)
        checker->fault(checker->ctx, "token_time", "needs 'tokens' beside it");
    if (c->service_s != NULL && sim_dist_is_paired(c->service_s) && !c->tokens.has_pairs)
        checker->fault(checker->ctx, "service", "comes from pairs, which needs 'tokens: {pairs: ...}' beside it");
}

const struct sim_table mdl_class_table = {.name = "request class", SIM_ROWS(class_rows), .size = sizeof(CLASS),
    .check = check_class, .doc = "A kind of request."};
/* clang-format on */

bool mdl_class_impatient(const struct mdl_class_cfg *c)
{
    return c->patience_s != NULL && !sim_dist_is_never(c->patience_s);
}
