/* Metrics of users, and of members of site entries with several: means with
 * intervals from sums by section, percentiles without from histograms pooled
 * over everything. */
#include <math.h>
#include <stdio.h>

#include "models/measure.h"
#include "sim/alloc.h"
#include "sim/units.h"

/* Fewer requests than this beyond a percentile: withheld. */
#define MIN_BEYOND 200.0

/* A user or a member on its way into the results. */
struct part {
    struct mdl_put put;
    struct mdl_scope all; /* the deployment */
    int row;              /* of sums */
    int hist;             /* of coarse histograms; -1 = none */
    double volume, seconds;
};

static void sum_part(const struct part *part, int sum, double *x)
{
    const struct mdl_put *p = &part->put;
    const size_t at =
        p->c->layout.parts + (size_t)part->row * MDL_N_PART_SUMS + (size_t)sum;

    for (int r = 0; r < p->study->n_sections; r++)
        x[r] = p->c->section[r].sum[at];
}

static void put_part_ratio(
    struct part *part, const char *name, int sum, int over, double scale)
{
    sum_part(part, sum, part->put.x);
    sum_part(part, over, part->put.y);
    mdl_put_ratio(&part->put, name, scale);
}

/* Ratios to the offered requests of the deployment times their exact number. */
static void put_part_totals(struct part *part)
{
    static const struct {
        const char *name;
        int sum;
    } totals[] = {{"requests.offered", MDL_PART_OFFERED},
        {"requests.served", MDL_PART_SERVED}, {"requests.lost", MDL_PART_LOST},
        {"requests.abandoned", MDL_PART_ABANDONED}};
    struct mdl_put *p = &part->put;

    for (size_t i = 0; i < sizeof totals / sizeof totals[0]; i++) {
        sum_part(part, totals[i].sum, p->x);
        mdl_sum_counts(p->study, p->c, &part->all, MDL_OFFERED, p->y);
        mdl_put_ratio(p, totals[i].name, part->volume);
    }
    sum_part(part, MDL_PART_OFFERED, p->x);
    mdl_put_ratio(p, "requests.rate", part->volume / part->seconds);
}

static void put_part_time(struct part *part, const char *name, int time)
{
    put_part_ratio(
        part, name, MDL_PART_TIMES + time, MDL_PART_SERVED, SIM_MS_PER_S);
}

/* A coarse bucket is spread evenly over the fine ones it stands for. */
static int fine_hist(const double *coarse, struct sim_whist *out)
{
    const int parts = 1 << MDL_COARSE_SHIFT;

    out->first = 0;
    out->n = MDL_COARSE_END;
    out->weight = sim_calloc((size_t)out->n, sizeof *out->weight);
    if (out->weight == NULL)
        return SIM_E_NOMEM;
    out->weight[0] = coarse[0];
    for (int b = MDL_COARSE_FIRST; b < MDL_COARSE_END; b++)
        out->weight[b] =
            coarse[1 + (b - MDL_COARSE_FIRST) / parts] / (double)parts;
    return SIM_OK;
}

static void put_part_quantiles(struct part *part)
{
    static const struct {
        const char *name;
        double level;
    } quantiles[] = {
        {"latency.p50", 0.5}, {"latency.p95", 0.95}, {"latency.p99", 0.99}};
    const struct mdl_pooled *pooled = &part->put.c->pooled;
    const double served = pooled->part_served[part->row];
    struct sim_whist hist = {0};

    if (part->hist < 0)
        return;
    part->put.rc = fine_hist(
        pooled->coarse + (size_t)part->hist * MDL_COARSE_BUCKETS, &hist);
    for (size_t i = 0; i < sizeof quantiles / sizeof quantiles[0]; i++) {
        const double level = quantiles[i].level;
        struct res_estimate e = {.half_width = NAN,
            .n = part->put.study->done,
            .reason = "a percentile of a user or member has no interval"};
        if (part->put.rc != SIM_OK)
            break;
        e.value = SIM_MS_PER_S * sim_whist_quantile(&hist, level);
        if (!(served > 0.0))
            e = res_undefined("nothing was observed");
        else if (level > 0.5 && served * (1.0 - level) < MIN_BEYOND)
            e = res_undefined("fewer than 200 requests beyond the quantile");
        mdl_put(&part->put, quantiles[i].name, e);
    }
    sim_whist_release(&hist);
}

static void put_part(struct part *part)
{
    put_part_totals(part);
    put_part_ratio(part, "availability", MDL_PART_SERVED, MDL_PART_OFFERED, 1);
    put_part_ratio(
        part, "loss_probability", MDL_PART_LOST, MDL_PART_OFFERED, 1);
    put_part_time(part, "latency.mean", MDL_LATENCY);
    put_part_time(part, "network.mean", MDL_NETWORK);
    put_part_time(part, "queue.mean", MDL_QUEUE);
    if (part->put.rc == SIM_OK)
        put_part_quantiles(part);
}

/* ---- users -------------------------------------------------------------- */

static void put_user(struct part *part)
{
    const struct mdl_plan *plan = part->put.study->plan;
    bool any = false;

    put_part(part);
    for (int i = 0; i < plan->n_classes; i++)
        any = any || plan->classes[i].slo_level > 0.0;
    if (any)
        put_part_ratio(
            part, "slo.attainment", MDL_PART_WITHIN, MDL_PART_HAS_SLO, 1.0);
}

/* ---- members ------------------------------------------------------------ */

static void sum_member(const struct part *part, int member, int load, double *x)
{
    const struct mdl_put *p = &part->put;
    const size_t at = p->c->layout.members +
                      (size_t)member * MDL_N_MEMBER_LOADS + (size_t)load;

    for (int r = 0; r < p->study->n_sections; r++)
        x[r] = p->c->section[r].sum[at];
}

static void put_member(struct part *part, int member)
{
    static const struct {
        const char *name;
        int load;
    } means[] = {{"in_system.mean", MDL_IN_SYSTEM_S},
        {"queue_length.mean", MDL_WAITING_S},
        {"busy_servers.mean", MDL_BUSY_S}};
    struct mdl_put *p = &part->put;

    put_part(part);
    put_part_time(part, "service.mean", MDL_SERVICE);
    for (size_t i = 0; i < sizeof means / sizeof means[0]; i++) {
        sum_member(part, member, means[i].load, p->x);
        mdl_sum_head(p->study, p->c, MDL_SECONDS, p->y);
        mdl_put_ratio(p, means[i].name, 1.0);
    }
    sum_member(part, member, MDL_BUSY_S, p->x);
    sum_member(part, member, MDL_SLOTS_UP_S, p->y);
    mdl_put_ratio(p, "utilization", 1.0);
}

/* ---- all of them -------------------------------------------------------- */

static int open_scope(struct part *part, struct mdl_scope *scope,
    const char *kind, const char *name)
{
    struct res_run *run = part->put.study->run;

    scope->name =
        sim_arena_printf(&run->arena, "%s.%s.%s", part->all.name, kind, name);
    part->put.scope = scope;
    return scope->name != NULL ? SIM_OK : SIM_E_NOMEM;
}

int mdl_measure_parts(struct mdl_study *study, const struct mdl_case *c,
    double volume, double seconds)
{
    const struct mdl_layout *l = &c->layout;
    const size_t n = (size_t)study->n_sections;
    double *x = sim_calloc(2 * n, sizeof *x);
    struct mdl_scope scope = {.entry = -1, .cls = -1};
    struct part part = {.put = {.study = study, .c = c, .x = x},
        .all = mdl_scope_all(c, c->dep->cfg->name),
        .volume = volume,
        .seconds = seconds};

    if (x == NULL)
        return SIM_E_NOMEM;
    part.put.y = x + n;
    for (int u = 0; u < l->n_users && part.put.rc == SIM_OK; u++) {
        part.row = u;
        part.hist = u < l->n_user_hists ? u : -1;
        part.put.rc =
            open_scope(&part, &scope, "user", study->plan->users[u].name);
        if (part.put.rc == SIM_OK)
            put_user(&part);
    }
    for (int m = 0; m < l->n_members && part.put.rc == SIM_OK; m++) {
        const struct mdl_member *member = &c->dep->members[m];
        if (c->dep->entries[member->entry].n_members == 1)
            continue; /* the entry says it all */
        part.row = l->n_users + m;
        part.hist = m < l->n_member_hists ? l->n_user_hists + m : -1;
        part.put.rc = open_scope(&part, &scope, "site", member->name);
        if (part.put.rc == SIM_OK)
            put_member(&part, m);
    }
    sim_free(x);
    return part.put.rc;
}
