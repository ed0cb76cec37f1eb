/* Billing quantities that need no hours. */
#include <math.h>

#include "models/hours.h"
#include "sim/units.h"

/* A technician is on site two hours for a failed server. [D] */
#define HANDS_ON_H 2.0

/* @param rounds  a repeated timeline: its events as often as it is */
static void entry_constants(const struct mdl_plan *plan,
    const struct mdl_entry *e, double rounds,
    const struct mdl_tl_counts *failed, int timing, struct mdl_usage *usage)
{
    const struct mdl_site_cfg *site = e->cfg;
    const double horizon = plan->cfg->horizon_yr;
    const double servers = e->servers >= 0 ? (double)e->servers : 0.0;
    const double all = mdl_hardware_failures_per_yr(
        &site->hardware, site->failures.server.afr_frac);
    const double accelerators =
        all > 0.0 ? (double)e->accelerators *
                        -log1p(-site->hardware.accelerator_afr_frac) / all
                  : 0.0;
    /* rented hands come with the rent: no truck of the operator rolls */
    const bool rolls =
        site->staff.visit_usd > 0.0 || site->staff.technician_usd_per_yr > 0.0;
    const double server_failures = rounds * (double)failed->server_failures;
    const double visits =
        rolls ? (server_failures + rounds * (double)failed->site_failures) *
                    (1.0 - site->staff.batch_frac)
              : 0.0;
    const int n = mdl_money_columns(timing, horizon);

    usage->members = e->n_members;
    usage->accelerators = (double)e->accelerators;
    usage->q[MDL_Q_SERVERS][0] = servers;
    usage->q[MDL_Q_IT_KW][0] = e->it_kw * e->n_members;
    for (int k = 1; k < n; k++) {
        const double yr = mdl_money_column_yr(timing, horizon, k);
        const double part = yr / horizon;
        usage->q[MDL_Q_SERVERS][k] = servers;
        usage->q[MDL_Q_IT_KW][k] = e->it_kw * e->n_members;
        usage->q[MDL_Q_GPU_H][k] =
            servers * (double)e->accelerators * yr * SIM_H_PER_YR;
        usage->q[MDL_Q_SERVER_FAILURES][k] =
            server_failures * (1.0 - accelerators) * part;
        usage->q[MDL_Q_ACCELERATOR_FAILURES][k] =
            server_failures * accelerators * part;
        usage->q[MDL_Q_VISITS][k] = visits * part;
        usage->q[MDL_Q_HANDS_ON_H][k] = visits * part * HANDS_ON_H;
    }
}

/* Requests that the slots could serve at the mean work of the mix. */
static void entry_capacity(const struct mdl_plan *plan,
    const struct mdl_dep *dep, const struct mdl_entry *e, int timing,
    struct mdl_usage *usage)
{
    const struct mdl_member *m = &dep->members[e->first_member];
    const double horizon = plan->cfg->horizon_yr;
    double rate = 0.0, work = 0.0;

    for (int c = 0; c < plan->n_classes; c++) {
        rate += plan->classes[c].rate_per_s;
        work += plan->classes[c].rate_per_s * plan->classes[c].mean_work_s;
    }
    if (e->servers < 0 || !(work > 0.0))
        return;
    for (int k = 1; k < mdl_money_columns(timing, horizon); k++) {
        const double end = mdl_money_column_end_yr(timing, horizon, k);
        const double yr = mdl_money_column_yr(timing, horizon, k);
        const double middle_s = (end - 0.5 * yr) * SIM_H_PER_YR * SIM_S_PER_H;
        usage->q[MDL_Q_CAPACITY][k] =
            (double)e->servers * m->slots_per_server * m->speed /
            (work / rate * mdl_plan_deflation(plan, middle_s)) * yr *
            SIM_H_PER_YR * SIM_S_PER_H;
    }
}

void mdl_hours_constants(const struct mdl_plan *plan, const struct mdl_dep *dep,
    const struct mdl_timeline *timeline, int timing, struct mdl_usage *usage)
{
    const double tl_hours =
        ceil((double)timeline->horizon_ns / (SIM_S_PER_H * SIM_NS_PER_S));
    const double rounds =
        fmax(1.0, plan->cfg->horizon_yr * SIM_H_PER_YR / tl_hours);

    for (int e = 0; e < dep->n_entries; e++) {
        const struct mdl_entry *entry = &dep->entries[e];
        struct mdl_tl_counts failed = {0};
        for (int i = 0; i < dep->n_members; i++) {
            const struct mdl_tl_counts *c = &timeline->counts[i];
            if (dep->members[i].entry != e)
                continue;
            failed.server_failures += c->server_failures;
            failed.site_failures += c->site_failures;
        }
        entry_constants(plan, entry, rounds, &failed, timing, &usage[e]);
        entry_capacity(plan, dep, entry, timing, &usage[e]);
    }
}
