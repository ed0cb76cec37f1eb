/* What is seen of a window besides its sums: the state at given times, and the
 * first requests one by one. */
#include <string.h>

#include "models/world_parts.h"
#include "sim/alloc.h"
#include "sim/units.h"

/* ---- state at given times ----------------------------------------------- */

void mdl_world_launch_probes(struct mdl_world *w, struct sim_engine *engine)
{
    const struct mdl_report_cfg *report = &w->plan->cfg->report;

    for (int k = 0; k < w->layout->n_at; k++) {
        const struct sim_request probe = {.user = MDL_PROBE, .k = k};
        sim_engine_launch(engine, &probe, report->at_s[k] - w->cfg->origin_s);
    }
}

void mdl_world_probe(struct mdl_world *w, struct sim_request *probe)
{
    const struct mdl_layout *l = w->layout;
    double *states = mdl_block_at(w->block, l->states) +
                     (size_t)probe->k * (size_t)l->n_entries * MDL_N_STATES;

    for (int i = 0; i < w->dep->n_members; i++) {
        struct sim_station *st = w->stations[i];
        const double weight = w->weight[i];
        double *state =
            states + (size_t)w->dep->members[i].entry * MDL_N_STATES;
        if (w->weight[i] == 0)
            continue; /* others stand for it */
        const int64_t slots = mdl_world_slots(w, i, probe->send_s);
        const int64_t n = st->ops->in_system(st, probe->send_s);
        state[MDL_STATE_IN_SYSTEM] += weight * (double)n;
        state[MDL_STATE_WAITING] +=
            weight * (double)st->ops->waiting(st, probe->send_s);
        state[MDL_STATE_FULL] += slots >= 0 && n >= slots ? weight : 0.0;
    }
    probe->station = SIM_DROPPED;
}

/* ---- the first requests ------------------------------------------------- */

/* The order of sending. */
static bool sent_before(const struct mdl_noted *a, const struct mdl_noted *b)
{
    if (a->send_s != b->send_s)
        return a->send_s < b->send_s;
    if (a->user != b->user)
        return a->user < b->user;
    return a->cls != b->cls ? a->cls < b->cls : a->k < b->k;
}

static bool make_room(struct mdl_notes *notes)
{
    const int64_t size = notes->size > 0 ? 2 * notes->size : 256;
    struct mdl_noted *list;

    if (notes->n < notes->size)
        return true;
    list = sim_realloc(notes->list, (size_t)size, sizeof *list);
    if (list == NULL)
        return false;
    notes->list = list;
    notes->size = size;
    return true;
}

/* Ends come about in the order of sending, so the place is near the end. */
void mdl_world_note(struct mdl_world *w, const struct mdl_done *done)
{
    struct mdl_notes *notes = w->cfg->notes;

    if (notes == NULL || notes->most == 0)
        return;
    const bool leading = w->cfg->lead_s > 0.0 && done->send_s < 0.0;
    const struct mdl_noted noted = {.user = done->user,
        .cls = done->cls,
        .k = leading ? -done->k - 1 : done->k,
        .member = done->member,
        .attempts = 1 + done->retries + done->hedges,
        .send_s = done->send_s,
        .arrive_s = done->arrive_s,
        .start_s = done->start_s,
        .end_s = done->end_s,
        .outcome = done->outcome};
    int64_t at = notes->n;

    if (notes->n == notes->most) {
        if (!sent_before(&noted, &notes->list[at - 1]))
            return;
        at = --notes->n;
    } else if (!make_room(notes)) {
        w->no_notes = true;
        return;
    }
    for (; at > 0 && sent_before(&noted, &notes->list[at - 1]); at--)
        notes->list[at] = notes->list[at - 1];
    notes->list[at] = noted;
    notes->n++;
}

void mdl_notes_release(struct mdl_notes *notes)
{
    sim_free(notes->list);
    *notes = (struct mdl_notes){0};
}
