#include "models/marks.h"

#include <math.h>

#include "models/routing.h"
#include "sim/fmath.h"
#include "sim/units.h"

struct mdl_needs mdl_marks_needs(
    const struct mdl_plan *plan, const struct mdl_dep *dep, int source)
{
    const int cls = plan->sources[source].cls;
    const struct mdl_class_cfg *cfg = plan->classes[cls].cfg;
    const bool paired =
        cfg->service_s != NULL && sim_dist_is_paired(cfg->service_s);
    const bool by_token = cfg->service_s == NULL && cfg->has_token_time;
    struct mdl_needs needs = {.access_mu = -INFINITY,
        .size = cfg->service_s != NULL && !paired,
        .input = paired || by_token,
        .output = by_token,
        .patience = mdl_class_impatient(cfg),
        .choice = mdl_route_draws(dep, source) || !dep->flows[cls].plain};

    for (int i = dep->uc_first[source]; i < dep->uc_first[source + 1]; i++) {
        const struct mdl_candidate *c = &dep->candidates[i];
        const int entry = dep->places[c->place].entry;
        needs.sigma = fmax(needs.sigma, c->path->jitter_sigma);
        if (isfinite(c->path->access_mu)) {
            needs.access_mu = c->path->access_mu;
            needs.access_sigma = c->path->access_sigma;
            needs.access = true;
        }
        if (c->path->loss_frac > 0.0 || dep->entries[entry].cfg->rtt_ms != NULL)
            needs.mark = true;
    }
    needs.jitter = needs.sigma > 0.0;
    return needs;
}

void mdl_marks_start(struct mdl_marks *s, struct sim_key key)
{
    const struct mdl_needs *needs = &s->needs;
    const struct {
        struct sim_stream *stream;
        uint64_t purpose;
        bool needed;
    } streams[] = {
        {&s->size, SIM_FOR_SIZE, needs->size},
        {&s->input, SIM_FOR_INPUT_TOKENS, needs->input},
        {&s->output, SIM_FOR_OUTPUT_TOKENS, needs->output},
        {&s->jitter, SIM_FOR_JITTER, needs->jitter},
        {&s->access, SIM_FOR_ACCESS, needs->access},
        {&s->mark, SIM_FOR_MARK, needs->mark},
        {&s->choice, SIM_FOR_BALANCE, needs->choice},
        {&s->patience, SIM_FOR_PATIENCE, needs->patience},
    };

    for (size_t j = 0; j < sizeof streams / sizeof streams[0]; j++) {
        key.purpose = streams[j].purpose;
        if (streams[j].needed)
            sim_stream_init(streams[j].stream, &key);
    }
}

static void fill_with(double *x, int n, double value)
{
    for (int i = 0; i < n; i++)
        x[i] = value;
}

void mdl_marks_work(const struct mdl_class *c, struct mdl_marks *s,
    const struct mdl_trace_row *row, double deflation, double *work, int n)
{
    const struct mdl_token_time_cfg *time = &c->cfg->token_time;
    double input[MDL_BLOCK], output[MDL_BLOCK];

    if (s->needs.size && row != NULL && sim_dist_is_traced(c->cfg->service_s)) {
        fill_with(work, n, row->service_s);
    } else if (s->needs.size) {
        sim_dist_fill(c->cfg->service_s, &s->size, work, (size_t)n);
    } else if (s->needs.output) {
        mdl_token_law_fill(&c->tokens, &s->input, &s->output, input, output, n);
        if (row != NULL && c->tokens.n_pairs == 0) {
            if (sim_dist_is_traced(c->tokens.input))
                fill_with(input, n, row->input_tok);
            if (sim_dist_is_traced(c->tokens.output))
                fill_with(output, n, row->output_tok);
        }
        for (int i = 0; i < n; i++)
            work[i] = (time->base_ms + time->per_input_token_ms * input[i] +
                          time->per_output_token_ms * output[i]) /
                      SIM_MS_PER_S;
    } else if (s->needs.input) {
        mdl_token_law_service(&c->tokens, &s->input, work, n);
    } else {
        fill_with(work, n, 0.0);
    }
    for (int i = 0; i < n; i++)
        work[i] *= deflation;
}

/* exp(mu + sigma N(0,1)), from its own stream. */
static void fill_lognormal(
    struct sim_stream *stream, double mu, double sigma, double *x, int n)
{
    if (!(sigma > 0.0)) {
        fill_with(x, n, sim_exp(mu));
        return;
    }
    sim_stream_normals(stream, x, (size_t)n);
    for (int i = 0; i < n; i++)
        x[i] = mu + sigma * x[i];
    sim_exp_n(x, x, (size_t)n);
}

void mdl_marks_delays(struct mdl_marks *s, double *jitter, double *access,
    double *mark, double *choice, int n)
{
    fill_lognormal(&s->jitter, 0.0, s->needs.sigma, jitter, n);
    if (s->needs.access)
        fill_lognormal(
            &s->access, s->needs.access_mu, s->needs.access_sigma, access, n);
    else
        fill_with(access, n, 0.0);
    if (s->needs.mark)
        sim_stream_uniforms(&s->mark, mark, (size_t)n);
    else
        fill_with(mark, n, 1.0);
    if (s->needs.choice)
        sim_stream_uniforms(&s->choice, choice, (size_t)n);
    else
        fill_with(choice, n, 0.5);
}

void mdl_marks_patience(
    struct mdl_marks *s, const struct sim_dist *law, double *patience, int n)
{
    if (s->needs.patience)
        sim_dist_fill(law, &s->patience, patience, (size_t)n);
    else
        fill_with(patience, n, (double)INFINITY);
}
