#include "models/policy.h"

#include <math.h>
#include <stdio.h>

#include "models/hours.h"
#include "models/routing.h"
#include "sim/fmath.h"
#include "sim/units.h"

#define KG_PER_T 1000.0

/* Level by whose quantile a law without second moment is judged. */
#define GAP_LEVEL 0.95

static int no_memory(struct sim_err *err)
{
    return sim_err_set(err, SIM_E_NOMEM, "out of memory");
}

/* Mean and distribution of the work that routing sends: that of the first
 * visit it chooses, else of the class. */
static const struct mdl_step *routed_step(const struct mdl_dep *dep, int cls)
{
    const struct mdl_flow *flow = &dep->flows[cls];

    for (int i = 0; i < flow->n_steps; i++) {
        if (flow->steps[i].entry < 0)
            return &flow->steps[i];
    }
    return NULL;
}

static const struct sim_dist *routed_service(
    const struct mdl_plan *plan, const struct mdl_dep *dep, int cls)
{
    const struct mdl_step *step = routed_step(dep, cls);

    return step != NULL && step->service_s != NULL
               ? step->service_s
               : plan->classes[cls].cfg->service_s;
}

static double routed_work_s(
    const struct mdl_plan *plan, const struct mdl_dep *dep, int cls)
{
    const struct mdl_step *step = routed_step(dep, cls);
    const double class_s = plan->classes[cls].mean_work_s;

    return step != NULL ? mdl_step_work_s(step, class_s) : class_s;
}

/* ---- cost --------------------------------------------------------------- */

static bool pays_energy(const struct mdl_site_cfg *site)
{
    return site->procure == MDL_PROCURE_OWN ||
           site->procure == MDL_PROCURE_COLO;
}

/* Cost of a kWh at the servers in every hour. */
static void entry_hours(const struct mdl_dep *dep, int entry,
    const struct mdl_entry_energy *energy, struct mdl_costs *costs)
{
    const struct mdl_entry *e = &dep->entries[entry];
    double *usd = costs->usd_per_kwh + (size_t)entry * MDL_HOURS_PER_YR;
    const double peak_kw =
        e->servers >= 0 ? e->cfg->servers * e->peak_w / SIM_W_PER_KW : 0.0;
    const double load = e->it_kw > 0.0 ? peak_kw / e->it_kw : 1.0;
    const double paid = pays_energy(e->cfg) ? 1.0 : 0.0;
    const double carbon_usd_per_kg =
        dep->cfg->routing.carbon_price_usd_per_t / KG_PER_T;
    double sum = 0.0;

    for (int h = 0; h < MDL_HOURS_PER_YR; h++) {
        usd[h] = mdl_pue(&e->cfg->facility, load, energy->temp_c[h]) *
                 (paid * energy->price_usd_per_kwh[h] +
                     carbon_usd_per_kg * energy->carbon_kg_per_kwh[h]);
        sum += usd[h];
    }
    costs->mean_usd_per_kwh[entry] = sum / MDL_HOURS_PER_YR;
}

static double fees_usd(
    const struct mdl_class *c, const struct mdl_site_cfg *site)
{
    const struct mdl_cost_cfg *cost = &site->cost;

    if (site->procure == MDL_PROCURE_API)
        return cost->request_usd +
               (c->mean_input_tok * cost->tokens_in_usd_per_mtok +
                   c->mean_output_tok * cost->tokens_out_usd_per_mtok) /
                   SIM_PER_MILLION;
    return c->cfg->response_size_bytes / SIM_BYTES_PER_GB *
           cost->egress_usd_per_gb;
}

static void class_costs(const struct mdl_plan *plan, const struct mdl_dep *dep,
    int cls, struct mdl_costs *costs)
{
    const double work_s = routed_work_s(plan, dep, cls);

    for (int i = 0; i < dep->n_entries; i++) {
        const struct mdl_entry *e = &dep->entries[i];
        const struct mdl_member *m = &dep->members[e->first_member];
        const int at = cls * dep->n_entries + i;
        if (e->servers >= 0 && m->slots_per_server > 0)
            costs->kwh[at] = mdl_entry_work_s(dep, i, work_s) / m->speed *
                             (e->peak_w - e->idle_w) / m->slots_per_server /
                             SIM_J_PER_KWH;
        costs->fees_usd[at] = fees_usd(&plan->classes[cls], e->cfg);
    }
}

static int prepare_costs(struct mdl_plan *plan, const struct mdl_dep *dep,
    struct mdl_costs **out, struct sim_err *err)
{
    const size_t n = (size_t)dep->n_entries;
    const size_t n_pairs = n * (size_t)plan->n_classes;
    struct sim_arena *arena = &plan->arena, scratch = {0};
    struct mdl_costs *costs = sim_arena_calloc(arena, 1, sizeof *costs);
    struct mdl_entry_energy *energy = NULL;
    int rc;

    if (costs == NULL)
        return no_memory(err);
    costs->n_entries = dep->n_entries;
    costs->usd_per_kwh =
        sim_arena_calloc(arena, n * MDL_HOURS_PER_YR, sizeof(double));
    costs->mean_usd_per_kwh = sim_arena_calloc(arena, n, sizeof(double));
    costs->kwh = sim_arena_calloc(arena, n_pairs, sizeof(double));
    costs->fees_usd = sim_arena_calloc(arena, n_pairs, sizeof(double));
    costs->kind = sim_arena_calloc(arena, MDL_HOURS_PER_YR, sizeof(int));
    if (costs->usd_per_kwh == NULL || costs->mean_usd_per_kwh == NULL ||
        costs->kwh == NULL || costs->fees_usd == NULL || costs->kind == NULL)
        return no_memory(err);
    while (mdl_month_of_day(costs->start_hour / 24) < plan->start_month)
        costs->start_hour += 24;
    rc = mdl_entry_energy_load(plan, dep, &scratch, &energy, err);
    for (int i = 0; rc == SIM_OK && i < dep->n_entries; i++)
        entry_hours(dep, i, &energy[i], costs);
    for (int c = 0; rc == SIM_OK && c < plan->n_classes; c++)
        class_costs(plan, dep, c, costs);
    if (rc == SIM_OK)
        rc = mdl_cost_kinds(costs, plan->n_classes, err);
    sim_arena_release(&scratch);
    *out = costs;
    return rc;
}

int mdl_cost_hour(const struct mdl_costs *costs, double t_s)
{
    const int64_t year = MDL_HOURS_PER_YR;
    const int64_t hour = (int64_t)floor(t_s / SIM_S_PER_H) + costs->start_hour;

    return (int)((hour % year + year) % year);
}

double mdl_cost_usd(const struct mdl_costs *costs, int cls, int entry, int hour,
    double deflation)
{
    const int at = cls * costs->n_entries + entry;
    const double usd_per_kwh =
        hour >= 0
            ? costs
                  ->usd_per_kwh[(size_t)entry * MDL_HOURS_PER_YR + (size_t)hour]
            : costs->mean_usd_per_kwh[entry];

    return costs->kwh[at] * deflation * usd_per_kwh + costs->fees_usd[at];
}

/* ---- forecast ----------------------------------------------------------- */

/* Quantile of a service of which only the moments are known, above its mean:
 * as lognormal. */
static double lognormal_above_s(double mean_s, double scv, double z)
{
    const double s2 = sim_log(1.0 + scv);

    return mean_s * (sim_exp(z * sqrt(s2) - 0.5 * s2) - 1.0);
}

struct law {
    double mean_s, scv, above_s; /* on the reference */
};

/* A batch is served as one: its whole time for each of its requests. */
static struct law batch_law(
    const struct mdl_batching_cfg *batching, double level)
{
    const struct mdl_batch_time_cfg *time = &batching->time;
    const double affine_ms =
        time->fixed_ms + time->per_item_ms * (double)batching->max;
    struct law law = {
        .mean_s =
            (time->has_exponential ? time->exponential.mean_ms : affine_ms) /
            SIM_MS_PER_S};

    if (mdl_service_batch_exponential(time)) {
        law.scv = 1.0;
        law.above_s = law.mean_s * (-sim_log(1.0 - level) - 1.0);
    }
    return law;
}

static struct law service_law(const struct mdl_plan *plan,
    const struct mdl_dep *dep, int cls, double level)
{
    const struct mdl_class *c = &plan->classes[cls];
    const struct sim_dist *dist = routed_service(plan, dep, cls);
    const double z = sim_normal_quantile(level);
    struct law law = {.mean_s = c->mean_work_s, .scv = c->cs2};

    if (dist == NULL || sim_dist_is_traced(dist)) {
        law.above_s = lognormal_above_s(law.mean_s, law.scv, z);
        return law;
    }
    const double sd_s = sim_dist_sd(dist);
    law.mean_s = sim_dist_mean(dist);
    law.above_s = sim_dist_quantile(dist, level) - law.mean_s;
    law.scv = law.mean_s > 0.0 ? sd_s * sd_s / (law.mean_s * law.mean_s) : 0.0;
    if (!isfinite(law.scv)) { /* no second moment: by the quantile */
        const double r = law.above_s / (z * law.mean_s);
        law.scv = r * r;
    }
    return law;
}

static void class_forecast(const struct mdl_plan *plan,
    const struct mdl_dep *dep, int cls, struct mdl_forecasts *f)
{
    const struct mdl_class *c = &plan->classes[cls];
    const double level = c->slo_level > 0.0 ? c->slo_level : 0.95;

    f->z[cls] = sim_normal_quantile(level);
    for (int i = 0; i < dep->n_entries; i++) {
        const struct mdl_site_cfg *site = dep->entries[i].cfg;
        const double speed = dep->members[dep->entries[i].first_member].speed;
        const int at = cls * dep->n_entries + i;
        const struct law law = site->has_batching
                                   ? batch_law(&site->batching, level)
                                   : service_law(plan, dep, cls, level);
        f->mean_s[at] = law.mean_s / speed;
        f->above_s[at] = fmax(law.above_s, 0.0) / speed;
    }
}

/* May routing send requests of a source to an entry? */
static bool may_send(const struct mdl_dep *dep, int source, int entry)
{
    for (int i = dep->uc_first[source]; i < dep->uc_first[source + 1]; i++) {
        const struct mdl_candidate *c = &dep->candidates[i];
        if (c->group != MDL_BY_NAME && dep->places[c->place].entry == entry)
            return true;
    }
    return false;
}

/* Time that a request of a class keeps a slot from the next. */
static struct law gap_law(
    const struct mdl_plan *plan, const struct mdl_dep *dep, int cls, int entry)
{
    const struct mdl_batching_cfg *batching =
        &dep->entries[entry].cfg->batching;
    struct law law;

    if (!dep->entries[entry].cfg->has_batching)
        return service_law(plan, dep, cls, GAP_LEVEL);
    law = batch_law(batching, GAP_LEVEL);
    /* its part of a full batch; so many of them scatter as one batch does */
    law.mean_s /= (double)batching->max;
    law.scv *= (double)batching->max;
    return law;
}

/* Moments of the mixture of all who may be sent to an entry, by rate. */
static void entry_gaps(const struct mdl_plan *plan, const struct mdl_dep *dep,
    int entry, struct mdl_forecasts *f)
{
    const double speed = dep->members[dep->entries[entry].first_member].speed;
    double rate = 0.0, first = 0.0, second = 0.0;

    for (int s = 0; s < plan->n_sources; s++) {
        const int cls = plan->sources[s].cls;
        const double lambda = plan->classes[cls].rate_per_s *
                              plan->users[plan->sources[s].user].share;
        if (!may_send(dep, s, entry))
            continue;
        const struct law law = gap_law(plan, dep, cls, entry);
        rate += lambda;
        first += lambda * law.mean_s;
        second += lambda * law.mean_s * law.mean_s * (1.0 + law.scv);
    }
    if (!(first > 0.0))
        return;
    f->gap_s[entry] = first / rate / speed;
    f->gap_scv[entry] = fmax(second * rate / (first * first) - 1.0, 0.0);
}

static double median_rtt_s(
    const struct mdl_dep *dep, const struct mdl_candidate *c)
{
    const int entry = dep->places[c->place].entry;
    const struct sim_dist *rtt = dep->entries[entry].cfg->rtt_ms;

    if (rtt != NULL)
        return sim_dist_quantile(rtt, 0.5) / SIM_MS_PER_S;
    return c->path->base_s + c->path->payload_s +
           (isfinite(c->path->access_mu) ? sim_exp(c->path->access_mu) : 0.0);
}

static int prepare_forecasts(struct mdl_plan *plan, const struct mdl_dep *dep,
    struct mdl_forecasts **out, struct sim_err *err)
{
    const size_t n = (size_t)dep->n_entries;
    const size_t classes = (size_t)plan->n_classes;
    const int n_candidates = dep->uc_first[plan->n_sources];
    struct sim_arena *arena = &plan->arena;
    struct mdl_forecasts *f = sim_arena_calloc(arena, 1, sizeof *f);

    if (f == NULL)
        return no_memory(err);
    f->n_entries = dep->n_entries;
    f->gap_s = sim_arena_calloc(arena, n, sizeof(double));
    f->gap_scv = sim_arena_calloc(arena, n, sizeof(double));
    f->mean_s = sim_arena_calloc(arena, n * classes, sizeof(double));
    f->above_s = sim_arena_calloc(arena, n * classes, sizeof(double));
    f->rtt_s = sim_arena_calloc(arena, (size_t)n_candidates, sizeof(double));
    f->z = sim_arena_calloc(arena, classes, sizeof(double));
    if (f->gap_s == NULL || f->gap_scv == NULL || f->mean_s == NULL ||
        f->above_s == NULL || f->rtt_s == NULL || f->z == NULL)
        return no_memory(err);
    for (int c = 0; c < plan->n_classes; c++)
        class_forecast(plan, dep, c, f);
    for (int i = 0; i < dep->n_entries; i++)
        entry_gaps(plan, dep, i, f);
    for (int i = 0; i < n_candidates; i++)
        f->rtt_s[i] = median_rtt_s(dep, &dep->candidates[i]);
    *out = f;
    return SIM_OK;
}

double mdl_forecast_s(const struct mdl_plan *plan, const struct mdl_dep *dep,
    int source, int candidate, int64_t n, double deflation)
{
    const struct mdl_forecasts *f = dep->policy->forecasts;
    const struct mdl_place *place =
        &dep->places[dep->candidates[candidate].place];
    const int slots = mdl_member_slots(&dep->members[place->first_member]);
    const int cls = plan->sources[source].cls;
    const int at = cls * f->n_entries + place->entry;
    const struct mdl_site_cfg *site = dep->entries[place->entry].cfg;
    double wait_s = 0.0, wait_above_s = 0.0;

    if (site->queue.capacity >= 0 && n >= site->queue.capacity)
        return (double)INFINITY;
    if (site->has_batching) /* the time of a batch is no work */
        deflation = 1.0;
    if (slots >= 0 && n >= slots) {
        const double ahead = (double)(n - slots + 1);
        const double gap_s = f->gap_s[place->entry] * deflation / slots;
        wait_s = ahead * gap_s;
        wait_above_s =
            f->z[cls] * gap_s * sqrt(ahead * f->gap_scv[place->entry]);
    }
    const double above_s = f->above_s[at] * deflation;
    return f->rtt_s[candidate] + wait_s + f->mean_s[at] * deflation +
           sqrt(wait_above_s * wait_above_s + above_s * above_s);
}

/* ---- both --------------------------------------------------------------- */

int mdl_policy_prepare(
    struct mdl_plan *plan, struct mdl_dep *dep, struct sim_err *err)
{
    const int policy = dep->cfg->routing.policy;

    if (policy != MDL_CHEAPEST && policy != MDL_SLO_AWARE)
        return SIM_OK;
    dep->policy = sim_arena_calloc(&plan->arena, 1, sizeof *dep->policy);
    if (dep->policy == NULL)
        return no_memory(err);
    if (policy == MDL_CHEAPEST)
        return prepare_costs(plan, dep, &dep->policy->costs, err);
    return prepare_forecasts(plan, dep, &dep->policy->forecasts, err);
}

/* ---- checks ------------------------------------------------------------- */

void mdl_policy_check(
    const struct mdl_run_cfg *run, const struct sim_checker *checker)
{
    for (int d = 0; d < run->n_deployments; d++) {
        const struct mdl_deployment_cfg *dep = &run->deployments[d];
        if (dep->routing.policy != MDL_SLO_AWARE)
            continue;
        for (int c = 0; c < run->n_requests; c++) {
            char key[128];
            snprintf(key, sizeof key, "requests.%s.slo", run->requests[c].name);
            if (!run->requests[c].has_slo)
                checker->fault(checker->ctx, key,
                    "is missing: deployment '%s' routes by the objective "
                    "(policy slo-aware)",
                    dep->name);
        }
    }
}

static void tell_reads(
    const struct mdl_routing_cfg *routing, const struct sim_checker *checker)
{
    static const char *const prices[] = {"sites.*.energy.price",
        "sites.*.energy.tariff", "sites.*.cost.egress", "sites.*.cost.request",
        "sites.*.cost.tokens_in", "sites.*.cost.tokens_out"};

    if (routing->policy != MDL_CHEAPEST || checker->reads == NULL)
        return;
    for (size_t i = 0; i < sizeof prices / sizeof prices[0]; i++)
        checker->reads(checker->ctx, prices[i]);
    if (routing->carbon_price_usd_per_t > 0.0)
        checker->reads(checker->ctx, "sites.*.energy.carbon");
}

void mdl_policy_check_deployment(
    const struct mdl_deployment_cfg *dep, const struct sim_checker *checker)
{
    const struct mdl_routing_cfg *routing = &dep->routing;

    if (routing->policy != MDL_CHEAPEST &&
        routing->carbon_price_usd_per_t > 0.0)
        checker->fault(checker->ctx, "routing.carbon_price",
            "has no meaning with policy '%s'",
            mdl_policy_names[routing->policy]);
    for (int i = 0; i < dep->n_sites; i++) {
        const struct mdl_site_cfg *site = &dep->sites[i];
        char key[96];
        snprintf(key, sizeof key, "sites.%s.balance", site->name);
        if (site->balance != MDL_BALANCE_RANDOM && site->count < 0)
            checker->fault(checker->ctx, key,
                "is '%s', but without 'count' there is one member to choose",
                mdl_balance_names[site->balance]);
    }
    tell_reads(routing, checker);
}
