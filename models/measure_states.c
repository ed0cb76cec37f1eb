/* The state of stations at the times of `report.at`. */
#include <stdio.h>

#include "models/measure.h"

/* A state of the scope's entries at time k, and the windows it was seen in. */
static void sum_states(struct mdl_put *p, int k, int state)
{
    const struct mdl_layout *l = &p->c->layout;

    for (int r = 0; r < p->study->n_sections; r++) {
        const double *states = p->c->section[r].sum + l->states +
                               (size_t)k * (size_t)l->n_entries * MDL_N_STATES;
        p->x[r] = 0.0;
        for (int e = 0; e < l->n_entries; e++) {
            if (mdl_scope_has_load(p->c, p->scope, e))
                p->x[r] += states[e * MDL_N_STATES + state];
        }
    }
    mdl_sum_head(p->study, p->c, MDL_WINDOWS, p->y);
}

static void put_state(
    struct mdl_put *p, int k, const char *metric, int state, double scale)
{
    char name[64];

    snprintf(name, sizeof name, "at.%d.%s", k, metric);
    sum_states(p, k, state);
    mdl_put_ratio(p, name, scale);
}

/* Whether an arrival would wait is a matter of one station: of an entry with
 * several members it is the mean over them, of a deployment it is not told. */
void mdl_put_states(struct mdl_put *p)
{
    for (int k = 0; k < p->c->layout.n_at && p->rc == SIM_OK; k++) {
        put_state(p, k, "in_system.mean", MDL_STATE_IN_SYSTEM, 1.0);
        put_state(p, k, "queue_length.mean", MDL_STATE_WAITING, 1.0);
        if (p->scope->entry >= 0)
            put_state(p, k, "wait_probability", MDL_STATE_FULL,
                1.0 / p->c->dep->entries[p->scope->entry].n_members);
    }
}
