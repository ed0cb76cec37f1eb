#include "sim/station_parts.h"

#include <math.h>

#include "sim/alloc.h"

/* ---- changes of slots ---------------------------------------------------- */

static void find_next(struct sim_slot_plan *plan)
{
    plan->next_s =
        plan->at < plan->n ? plan->time_s[plan->at] : (double)INFINITY;
}

static int make_room(struct sim_slot_plan *plan, size_t n, struct sim_err *err)
{
    if (n <= plan->room)
        return SIM_OK;
    double *time_s = sim_realloc(plan->time_s, n, sizeof *time_s);
    if (time_s != NULL)
        plan->time_s = time_s;
    int *slots = sim_realloc(plan->slots, n, sizeof *slots);
    if (slots != NULL)
        plan->slots = slots;
    if (time_s == NULL || slots == NULL)
        return sim_err_set(err, SIM_E_NOMEM, "out of memory: station");
    plan->room = n;
    return SIM_OK;
}

int sim_slot_plan_reset(struct sim_slot_plan *plan,
    const struct sim_station_cfg *cfg, struct sim_err *err)
{
    const size_t n = cfg->n_changes > 0 ? (size_t)cfg->n_changes : 0;
    plan->at = plan->n = 0;
    find_next(plan);
    const int rc = make_room(plan, n, err);
    if (rc != SIM_OK)
        return rc;
    for (size_t i = 0; i < n; i++) {
        SIM_BUG_ON(i > 0 && !(cfg->change_s[i] > cfg->change_s[i - 1]));
        plan->time_s[i] = cfg->change_s[i];
        plan->slots[i] = cfg->change_slots[i];
    }
    plan->n = n;
    find_next(plan);
    return SIM_OK;
}

int sim_slot_plan_take(struct sim_slot_plan *plan)
{
    SIM_BUG_ON(plan->at >= plan->n);
    const int slots = plan->slots[plan->at++];
    find_next(plan);
    return slots < 0 ? -1 : slots;
}

void sim_slot_plan_release(struct sim_slot_plan *plan)
{
    sim_free(plan->time_s);
    sim_free(plan->slots);
    *plan = (struct sim_slot_plan){0};
}

uint64_t sim_station_choose(uint64_t key, uint64_t i, uint64_t j, uint64_t n)
{
    uint64_t z = key + (i + 1) * 0x9e3779b97f4a7c15u;
    for (int round = 0; round < 2; round++) {
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
        z ^= z >> 31;
        z += (j + 1) * 0x9e3779b97f4a7c15u;
    }
    return (uint64_t)((double)(z >> 11) * 0x1p-53 * (double)n);
}

/* ---- meter --------------------------------------------------------------- */

void sim_meter_reset(struct sim_meter *meter, const struct sim_station_cfg *cfg)
{
    *meter = (struct sim_meter){
        .from_s = cfg->from_s,
        .to_s = cfg->to_s,
        .now_s = -(double)INFINITY,
    };
}
