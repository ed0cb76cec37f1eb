#include "models/plan_work.h"

#include "sim/dist.h"
#include "sim/units.h"

int mdl_plan_tokens(
    struct mdl_plan *plan, struct mdl_class *c, struct sim_err *err)
{
    const struct mdl_tokens_cfg *tokens = &c->cfg->tokens;

    if (!c->cfg->has_tokens)
        return SIM_OK;
    if (tokens->has_pairs)
        return mdl_token_law_pairs(tokens->pairs.file,
            c->cfg->service_s != NULL && sim_dist_is_paired(c->cfg->service_s),
            &plan->arena, &c->tokens, err);
    if (tokens->like != NULL)
        return mdl_token_law_builtin(
            plan->data, tokens->like, &plan->arena, &c->tokens, err);
    c->tokens.on = true;
    c->tokens.input = tokens->input_tok;
    c->tokens.output = tokens->output_tok;
    return SIM_OK;
}

/* Mean and variance of the work that tokens ask for. */
static void token_work(
    const struct mdl_class *c, double *mean, double *variance)
{
    const struct mdl_token_time_cfg *time = &c->cfg->token_time;
    const double base = time->base_ms / SIM_MS_PER_S;
    const double a = time->per_input_token_ms / SIM_MS_PER_S;
    const double b = time->per_output_token_ms / SIM_MS_PER_S;
    struct mdl_pair_moments m;

    if (c->tokens.n_pairs == 0 && !mdl_token_law_recorded(&c->tokens, false)) {
        mdl_token_law_work(&c->tokens, base, a, b, mean, variance);
        return;
    }
    mdl_token_law_moments(&c->tokens, &c->trace.tokens, &m);
    mdl_pair_moments_linear(&m, base, a, b, mean, variance);
}

/* Mean work and its squared coefficient of variation, for load estimates. */
static void class_work(struct mdl_class *c)
{
    const struct sim_dist *service = c->cfg->service_s;
    struct mdl_pair_moments m = {0};
    double mean = 0.0, variance = 0.0; /* batching of the site gives the time */

    if (service != NULL && sim_dist_is_traced(service)) {
        mdl_pair_moments_linear(
            &c->trace.service, 0.0, 1.0, 0.0, &mean, &variance);
    } else if (service != NULL && sim_dist_is_paired(service)) {
        for (int i = 0; i < c->tokens.n_pairs; i++)
            mdl_pair_moments_add(&m, c->tokens.pair_service_s[i], 0.0);
        mdl_pair_moments_linear(&m, 0.0, 1.0, 0.0, &mean, &variance);
    } else if (service != NULL) {
        const double sd = sim_dist_sd(service);
        mean = sim_dist_mean(service);
        variance = sd * sd;
    } else if (c->cfg->has_token_time) {
        token_work(c, &mean, &variance);
    }
    c->mean_work_s = mean;
    c->cs2 = mean > 0.0 ? variance / (mean * mean) : 0.0;
}

static void class_mean_tokens(struct mdl_class *c)
{
    struct mdl_pair_moments m;

    if (!c->cfg->has_tokens)
        return;
    mdl_token_law_moments(&c->tokens, &c->trace.tokens, &m);
    c->mean_input_tok = m.mean_x;
    c->mean_output_tok = m.mean_y;
}

void mdl_plan_work(struct mdl_class *c)
{
    class_work(c);
    class_mean_tokens(c);
}

bool mdl_class_recorded(const struct mdl_class *c)
{
    return (c->cfg->service_s != NULL &&
               sim_dist_is_traced(c->cfg->service_s)) ||
           (c->cfg->has_token_time &&
               mdl_token_law_recorded(&c->tokens, false));
}

/* Has the trace, if there is one, what the class takes from it? */
static int check_columns(const struct mdl_class *c, struct sim_err *err)
{
    const struct mdl_class_cfg *cfg = c->cfg;
    const struct mdl_trace *t = &c->trace;
    const struct mdl_token_law *law = &c->tokens;
    const bool tokens = mdl_token_law_recorded(law, false);
    const bool service =
        cfg->service_s != NULL && sim_dist_is_traced(cfg->service_s);

    if (t->n == 0 && (tokens || service))
        return sim_err_set(err, SIM_E_INPUT,
            "class '%s' takes its %s from a trace, but its arrivals replay "
            "none",
            cfg->name, tokens ? "tokens" : "service");
    if (tokens &&
        ((sim_dist_is_traced(law->input) && t->column[MDL_TRACE_INPUT] < 0) ||
            (sim_dist_is_traced(law->output) &&
                t->column[MDL_TRACE_OUTPUT] < 0)))
        return sim_err_set(err, SIM_E_INPUT,
            "class '%s' takes its tokens from '%s', which has no columns "
            "input_tokens and output_tokens",
            cfg->name, t->path);
    if (service && t->column[MDL_TRACE_SERVICE] < 0)
        return sim_err_set(err, SIM_E_INPUT,
            "class '%s' takes its service from '%s', which has no column "
            "service_s",
            cfg->name, t->path);
    return SIM_OK;
}

int mdl_plan_trace(
    struct mdl_plan *plan, struct mdl_class *c, struct sim_err *err)
{
    const struct mdl_process_cfg *process = &c->arrivals->process;
    const char **names;
    int rc = SIM_OK;

    if (process->has_trace && plan->windowed)
        return sim_err_set(err, SIM_E_INPUT,
            "class '%s' replays a trace, which needs 'simulate.duration' or "
            "'simulate.requests', not windows",
            c->cfg->name);
    if (process->has_trace) {
        names = sim_arena_calloc(
            &plan->arena, (size_t)plan->n_users, sizeof *names);
        if (names == NULL)
            return sim_err_set(err, SIM_E_NOMEM, "out of memory");
        for (int i = 0; i < plan->n_users; i++)
            names[i] = plan->users[i].name;
        rc = mdl_trace_scan(&process->trace, names, plan->n_users, &plan->arena,
            &c->trace, err);
    }
    return rc == SIM_OK ? check_columns(c, err) : rc;
}
