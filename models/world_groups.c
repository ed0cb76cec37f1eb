/* Sampled groups: of thousands of members that are alike a few are simulated
 * and stand for the others (manual, "Fleets").
 *
 * Members of one place with the same slots and the same changes in the window
 * form a group.  Of a group of N every f-th in a keyed random order is taken
 * from a random start, f = min(N, members of the entry over its part of
 * `simulate.sites`): each is in with probability 1/f exactly, at least one of
 * a group is, and its requests, loads and times count f times.  f is a whole
 * number, so histograms stay counts.
 *
 * Of a source's arrivals only those are sent that go to simulated members: its
 * rate is multiplied by `keep`, an upper bound of their share over the window,
 * and a request is kept with the present share over that bound. */
#include <math.h>
#include <stdlib.h>

#include "models/world_flow.h"
#include "sim/alloc.h"

struct alike {
    int member, place;
    uint64_t signature; /* slots and changes in the window */
    double order;       /* keyed, uniform */
};

static int by_group(const void *a, const void *b)
{
    const struct alike *x = a, *y = b;

    if (x->place != y->place)
        return x->place < y->place ? -1 : 1;
    if (x->signature != y->signature)
        return x->signature < y->signature ? -1 : 1;
    if (x->order != y->order)
        return x->order < y->order ? -1 : 1;
    return (x->member > y->member) - (x->member < y->member);
}

static uint64_t signature_of(const struct mdl_world *w, int member)
{
    uint64_t h = sim_entity_sub(
        (uint64_t)w->known_up[member], (uint64_t)w->slots_at_start[member]);

    for (int i = w->first_change[member]; i < w->first_change[member + 1];
         i++) {
        h = sim_entity_sub(h, (uint64_t)mdl_world_ns(w->change_s[i]));
        h = sim_entity_sub(h, (uint64_t)w->change_slots[i]);
    }
    return h;
}

static struct sim_key key_of(const struct mdl_world *w, uint64_t entity)
{
    return (struct sim_key){.seed = (uint64_t)w->plan->cfg->seed,
        .replication = w->cfg->replication,
        .entity = entity,
        .purpose = SIM_FOR_SAMPLE,
        .window = w->cfg->window};
}

/* One member in f, f a whole number. */
static int interval_of(const struct mdl_world *w, int entry)
{
    const double members = w->dep->entries[entry].n_members;
    const double all = w->dep->n_members;
    const double most = (double)w->plan->cfg->simulate.sites;

    return (int)ceil(members / fmax(1.0, floor(most * members / all)));
}

static void take_group(struct mdl_world *w, const struct alike *list, int n)
{
    const int entry = w->dep->members[list->member].entry;
    const int interval = interval_of(w, entry);
    const int f = interval < n ? interval : n;
    const struct sim_key key =
        key_of(w, sim_entity_sub(list->signature, (uint64_t)list->place));
    const int start = (int)(sim_hash_uniform(&key, 0) * f);

    for (int i = start < f ? start : f - 1; i < n; i += f)
        w->weight[list[i].member] = f;
}

/* Simulated members, place by place, and how many are known to be up. */
static void list_simulated(struct mdl_world *w)
{
    int n = 0;

    for (int p = 0; p < w->dep->n_places; p++) {
        const struct mdl_place *place = &w->dep->places[p];
        w->first_simulated[p] = n;
        for (int k = 0; k < place->n_members; k++) {
            const int m = place->first_member + k;
            if (w->weight[m] == 0)
                continue;
            w->simulated[n++] = m;
            w->n_simulated_up[p] += w->known_up[m];
        }
    }
    w->first_simulated[w->dep->n_places] = n;
}

/* Members of a place that are known to be up all through the window. */
static int always_up(const struct mdl_world *w, int p)
{
    const struct mdl_place *place = &w->dep->places[p];
    int n = 0;

    for (int k = 0; k < place->n_members; k++) {
        const int m = place->first_member + k;
        n += w->known_up[m] && w->first_change[m] == w->first_change[m + 1];
    }
    return n;
}

/* Upper bound of the share of a source's requests that are simulated. */
static void set_keep(struct mdl_world *w)
{
    const struct mdl_dep *dep = w->dep;

    for (int p = 0; p < dep->n_places; p++) {
        const int n = w->first_simulated[p + 1] - w->first_simulated[p];
        w->place_keep[p] =
            fmin(1.0, (double)n / fmax(1.0, (double)always_up(w, p)));
        if (always_up(w, p) == 0)
            w->place_keep[p] = 1.0; /* others may have to take over */
    }
    for (int s = 0; s < w->plan->n_sources; s++) {
        const int first = dep->candidates[dep->uc_first[s]].place;
        w->keep[s] = dep->cfg->routing.policy == MDL_NEAREST
                         ? w->place_keep[first]
                         : 1.0;
    }
}

int mdl_groups_choose(struct mdl_world *w, struct sim_err *err)
{
    const int n = w->dep->n_members;
    struct alike *list;

    if (!w->dep->sampled) {
        for (int i = 0; i < n; i++)
            w->weight[i] = 1;
        return SIM_OK;
    }
    list = sim_calloc((size_t)n, sizeof *list);
    if (list == NULL)
        return sim_err_set(err, SIM_E_NOMEM, "out of memory");
    for (int i = 0; i < n; i++) {
        const struct sim_key key = key_of(w, w->dep->tl[i].entity);
        list[i] = (struct alike){.member = i,
            .place = w->dep->members[i].place,
            .signature = signature_of(w, i),
            .order = sim_hash_uniform(&key, 0)};
    }
    qsort(list, (size_t)n, sizeof *list, by_group);
    for (int i = 0, from = 0; i < n; i++) {
        if (i + 1 == n || list[i + 1].place != list[from].place ||
            list[i + 1].signature != list[from].signature) {
            take_group(w, list + from, i + 1 - from);
            from = i + 1;
        }
    }
    sim_free(list);
    list_simulated(w);
    set_keep(w);
    return SIM_OK;
}

/* ---- while the window runs ---------------------------------------------- */

/* The low half of a uniform's bits: a second one, for choices beside the one
 * that the whole was drawn for. */
static double second_half(double mark)
{
    const double x = mark * (double)(1 << 26);

    return x - floor(x);
}

/* Does it matter at a place who is known to be up?  With nobody all get what
 * comes, as the router has it. */
static bool asks(const struct mdl_world *w, int place)
{
    return w->dep->cfg->routing.failover && w->n_known_up[place] > 0;
}

static int n_here(const struct mdl_world *w, int place)
{
    return asks(w, place)
               ? w->n_simulated_up[place]
               : w->first_simulated[place + 1] - w->first_simulated[place];
}

bool mdl_groups_keep(struct mdl_world *w, struct sim_request *r)
{
    const int source = mdl_source_of(w, r);
    const double mark = r->aux[MDL_AUX_CHOICE], u = second_half(mark);
    const struct mdl_pick pick =
        mdl_route_pick(&w->router, source, r->user, mark);
    double share = 1.0 / w->keep[source];

    if (pick.candidate >= 0) {
        const int place = w->dep->candidates[pick.candidate].place;
        share *= (double)n_here(w, place) /
                 (asks(w, place) ? w->n_known_up[place]
                                 : w->dep->places[place].n_members);
    }
    if (u >= share)
        return false;
    r->tag = pick.candidate + 1;
    r->aux[MDL_AUX_CHOICE] = u / share;
    return true;
}

struct mdl_pick mdl_groups_here(
    const struct mdl_world *w, int candidate, double mark)
{
    const struct mdl_pick nobody = {.candidate = -1, .member = -1};
    const int place = candidate >= 0 ? w->dep->candidates[candidate].place : -1;
    const int n = candidate >= 0 ? n_here(w, place) : 0;
    int k = (int)(mark * n);

    if (n == 0)
        return nobody;
    k = k < n ? k : n - 1;
    for (int i = w->first_simulated[place]; i < w->first_simulated[place + 1];
         i++) {
        const int m = w->simulated[i];
        if ((!asks(w, place) || w->known_up[m]) && k-- == 0)
            return (struct mdl_pick){.candidate = candidate, .member = m};
    }
    return nobody;
}
