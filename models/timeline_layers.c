/* What takes a member down as a whole: site, connection, grid, shocks, shared
 * causes.  Each alternates life and repair on streams of its own. */
#include "models/timeline_draw.h"

#include <assert.h>

static uint64_t layer_unit(int index)
{
    if (index < MDL_TL_FURTHER)
        return (uint64_t)1 << (32 + index);
    return ((uint64_t)1 << 34) + (uint64_t)(index - MDL_TL_FURTHER);
}

static int layer_schedule(struct mdl_tl_draw *d, int64_t t_ns, int index,
    int64_t after_ns, struct sim_err *err)
{
    const uint32_t position =
        index < MDL_TL_FURTHER ? 0 : (uint32_t)(index - MDL_TL_FURTHER + 1);

    return mdl_tl_schedule(d, t_ns, after_ns,
        index == MDL_TL_WAN ? MDL_TL_WAN_SWITCH : MDL_TL_SITE_SWITCH, position,
        err);
}

/* A layer failed; a shared cause may have spared this member. */
static void count(struct mdl_tl_draw *d, int index, bool spared)
{
    struct mdl_tl_counts *counts = &d->tl.counts[d->index];

    if (index == MDL_TL_WAN)
        counts->wan_failures++;
    else if (index == MDL_TL_SITE)
        counts->site_failures++;
    else if (!spared)
        counts->other_outages++;
}

int mdl_tl_layer_switch(
    struct mdl_tl_draw *d, int64_t t_ns, int index, struct sim_err *err)
{
    struct mdl_tl_layer_state *layer = &d->layer[index];

    layer->struck = !layer->struck;
    layer->up = !layer->struck;
    if (layer->up)
        return layer_schedule(
            d, t_ns, index, mdl_tl_draw_ns(layer->life_h, &layer->life), err);
    if (layer->hit_frac < 1.0)
        layer->up = sim_stream_uniform(&layer->hit) >= layer->hit_frac;
    if (t_ns >= d->from_ns)
        count(d, index, layer->up);
    if (layer->repair_h == NULL)
        return SIM_OK;
    return layer_schedule(
        d, t_ns, index, mdl_tl_draw_ns(layer->repair_h, &layer->repair), err);
}

static int layer_start(struct mdl_tl_draw *d, int index,
    struct mdl_tl_layer cause, struct sim_err *err)
{
    struct mdl_tl_layer_state *layer = &d->layer[index];

    layer->up = true;
    layer->struck = false;
    layer->life_h = cause.life_h;
    layer->repair_h = cause.repair_h;
    layer->hit_frac = cause.entity != 0 ? cause.hit_frac : 1.0;
    if (cause.life_h == NULL)
        return SIM_OK;
    const uint64_t entity =
        cause.entity != 0
            ? cause.entity
            : sim_entity_sub(d->member->entity, layer_unit(index));
    mdl_tl_open(d, entity, SIM_FOR_LIFE, &layer->life);
    mdl_tl_open(d, entity, SIM_FOR_REPAIR, &layer->repair);
    mdl_tl_open(d, sim_entity_sub(d->member->entity, layer_unit(index)),
        SIM_FOR_MARK, &layer->hit);
    return layer_schedule(
        d, 0, index, mdl_tl_draw_ns(cause.life_h, &layer->life), err);
}

int mdl_tl_layers_start(struct mdl_tl_draw *d, struct sim_err *err)
{
    const struct mdl_tl_member *m = d->member;
    int rc = layer_start(d, MDL_TL_SITE,
        (struct mdl_tl_layer){m->site_life_h, m->site_repair_h, 1.0, 0}, err);

    assert(m->n_layers <= MDL_TL_MAX_LAYERS);
    if (rc == SIM_OK)
        rc = layer_start(d, MDL_TL_WAN,
            (struct mdl_tl_layer){m->wan_life_h, m->wan_repair_h, 1.0, 0}, err);
    for (int i = 0; rc == SIM_OK && i < m->n_layers; i++)
        rc = layer_start(d, MDL_TL_FURTHER + i, m->layers[i], err);
    return rc;
}

bool mdl_tl_layers_up(const struct mdl_tl_draw *d)
{
    for (int i = 0; i < MDL_TL_FURTHER + d->member->n_layers; i++) {
        if (!d->layer[i].up)
            return false;
    }
    return true;
}
