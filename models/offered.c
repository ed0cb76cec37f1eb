/* The load that requests bring to places at given rates. */
#include "models/offered.h"

#include <math.h>
#include <string.h>

#include "models/routing.h"
#include "sim/fmath.h"

/* Overflow of overflow is followed so often: along the nearest four places. */
enum { ROUNDS = 5 };

/* Longer queues are taken for endless where load is below capacity. */
#define MOST_PLACES 100000.0

/* A source's requests, on their way to places. */
struct flow_in {
    const struct mdl_offer *offer;
    const struct mdl_class *cls;
    int source;
    double per_s; /* of the source, past the limit of its class */
    double more;  /* variance over mean of their number, less 1 */
    bool stays;   /* do they wait for ever? */
    struct mdl_offered *out;
};

/* ---- capacity ----------------------------------------------------------- */

int mdl_member_at_once(const struct mdl_dep *dep, const struct mdl_member *m)
{
    const struct mdl_queue_cfg *queue = &dep->entries[m->entry].cfg->queue;
    /* beyond the table its last rate goes on */
    const int n = queue->n_rates > 0 ? queue->n_rates : mdl_member_slots(m);

    return queue->concurrency > 0 && (n < 0 || queue->concurrency < n)
               ? (int)queue->concurrency
               : n;
}

double mdl_member_full_rate(
    const struct mdl_dep *dep, const struct mdl_member *m)
{
    const struct mdl_queue_cfg *queue = &dep->entries[m->entry].cfg->queue;
    const int n = mdl_member_at_once(dep, m);

    return (queue->n_rates > 0 ? queue->rates[n - 1] : n) * m->speed;
}

double mdl_member_holds(
    const struct mdl_dep *dep, const struct mdl_place *place)
{
    const int slots = mdl_member_slots(&dep->members[place->first_member]);
    const struct mdl_routing_cfg *routing = &dep->cfg->routing;
    double most = (double)dep->entries[place->entry].cfg->queue.capacity;

    if (routing->has_spill && routing->spill.queue >= 0 && slots >= 0) {
        const double here = slots + (double)routing->spill.queue;
        most = most < 0.0 ? here : fmin(most, here);
    }
    return most;
}

/* Share of arrivals that find n = `most` in M/M/c/n, by the recursion of
 * Erlang's B continued beyond c; a is the load in erlangs, slots < 0: without
 * end. */
static double blocked(double a, int slots, double most)
{
    double b = 1.0;

    for (double n = 1.0; n <= most; n++) {
        const double x = a / (slots < 0 ? n : fmin(n, slots)) * b;
        const double next = x / (1.0 + x);
        if (n > slots && slots >= 0 && fabs(b - next) < 1e-12)
            break;
        b = next;
    }
    return b;
}

static void turn_away(
    const struct mdl_offer *o, int place, struct mdl_offered *at)
{
    const struct mdl_place *p = &o->dep->places[place];
    const struct mdl_member *m = &o->dep->members[p->first_member];
    const int slots = mdl_member_slots(m);
    const double most = mdl_member_holds(o->dep, p);
    const double full = mdl_member_full_rate(o->dep, m);
    const double work = o->deflation * at->load;
    double members = p->n_members;

    at->refused = at->above = 0.0;
    if (most < 0.0 || !(work > 0.0))
        return;
    if (o->up != NULL && m->servers > 0)
        members = o->up[place] / (double)m->servers;
    if (full >= 0.0)
        at->above = fmax(0.0, 1.0 - members * full / work);
    at->refused = at->above;
    if (o->fluid || most > MOST_PLACES)
        return;
    const double erlangs = full > 0.0 && slots > 0
                               ? work / p->n_members * slots / full
                               : work / p->n_members / m->speed;
    at->refused = blocked(erlangs, slots, most);
}

bool mdl_offer_overflows(const struct mdl_plan *plan, const struct mdl_dep *dep)
{
    bool falls = false;

    for (int i = 0; i < plan->n_classes && !falls; i++)
        falls = dep->flows[i].fallback >= 0;
    return falls || dep->cfg->routing.has_spill;
}

/* ---- where requests go -------------------------------------------------- */

/* With failover, what a place that is down would get goes to the next that is
 * up; only where the policy is to take the nearest. */
static int taker(const struct mdl_offer *o, int source, int candidate)
{
    const struct mdl_dep *dep = o->dep;
    const int entry = dep->places[dep->candidates[candidate].place].entry;

    if (o->up == NULL || (dep->cfg->routing.policy != MDL_NEAREST &&
                             dep->cfg->routing.policy != MDL_SLO_AWARE))
        return candidate;
    for (int i = candidate; i < dep->uc_first[source + 1]; i++) {
        const struct mdl_candidate *c = &dep->candidates[i];
        if (o->up[c->place] > 0.0 || dep->entries[entry].servers < 0)
            return i;
        if (!dep->cfg->routing.failover)
            break;
    }
    return -1;
}

/* Share of a source's requests that a member of a place gets, of which the
 * place gets so many; with sticky balance a user has one member. */
static double member_share(const struct mdl_dep *dep, int place, double visits)
{
    const struct mdl_place *p = &dep->places[place];
    const bool one = dep->entries[p->entry].cfg->balance == MDL_BALANCE_STICKY;

    return one ? visits : visits / p->n_members;
}

/* Visits [a request of the source] to a place, of so much work each; a share
 * of them is turned away and goes on.  A member takes its visits by chance, and
 * with them of what arrivals vary more than Poisson's. */
static void add(const struct flow_in *in, int place, double visits,
    double work_s, double sent_on)
{
    struct mdl_offered *o = &in->out[place];
    const double per_s = in->per_s * visits;

    o->rate_per_s += per_s;
    o->class_per_s += per_s;
    o->load += per_s * work_s;
    o->stays += in->stays ? per_s * work_s * (1.0 - sent_on) : 0.0;
    o->scv += per_s * in->cls->cs2;
    const double share = member_share(in->offer->dep, place, visits);
    o->ca2 += per_s * in->more * share;
    o->calm_ca2 += per_s * (in->cls->gaps.dispersion - 1.0) * share;
    o->peak = fmax(o->peak, in->cls->gaps.peak);
}

/* Work of a visit that was turned away elsewhere: that of the first step. */
static double overflow_work_s(const struct flow_in *in, int place)
{
    const struct mdl_dep *dep = in->offer->dep;
    const struct mdl_source *source = &in->offer->plan->sources[in->source];
    const struct mdl_step *step = &dep->flows[source->cls].steps[0];

    return mdl_entry_work_s(dep, dep->places[place].entry,
        mdl_step_work_s(step, in->cls->mean_work_s));
}

/* Share of visits that every try of a request meets full: by chance each anew,
 * in a fluid none is of use. */
static double lost(const struct flow_in *in, const struct mdl_offered *at)
{
    const struct mdl_class_cfg *c = in->cls->cfg;
    const double tries = c->has_retries ? 1.0 + (double)c->retries.max : 1.0;

    return fmax(at->above, sim_pow(at->refused, tries));
}

/* What nobody served goes to the nearest place of the fallback. */
static void fall(const struct flow_in *in, double visits)
{
    const struct mdl_dep *dep = in->offer->dep;
    const int cls = in->offer->plan->sources[in->source].cls;
    const int entry = dep->flows[cls].fallback;

    if (entry < 0 || !(visits > 0.0))
        return;
    for (int i = dep->uc_first[in->source]; i < dep->uc_first[in->source + 1];
         i++) {
        const int place = dep->candidates[i].place;
        if (dep->places[place].entry != entry)
            continue;
        const struct mdl_site_cfg *site = dep->entries[entry].cfg;
        add(in, place,
            visits * (site->has_cache ? 1.0 - site->cache.hit_frac : 1.0),
            overflow_work_s(in, place), 0.0);
        return;
    }
}

/* The choices after a candidate, [*first, *last): of the nearest the next, of
 * "cheapest" all others, as prices go up and down, else a later group. */
static void next_choices(
    const struct mdl_dep *dep, int source, int from, int *first, int *last)
{
    const struct mdl_candidate *c = dep->candidates;
    const int end = dep->uc_first[source + 1],
              policy = dep->cfg->routing.policy;
    const bool one = policy == MDL_NEAREST || policy == MDL_SLO_AWARE;

    *first = from + 1;
    if (policy == MDL_CHEAPEST)
        *first = dep->uc_first[source];
    while (!one && policy != MDL_CHEAPEST && *first < end &&
           c[*first].group == c[from].group)
        ++*first;
    *last = *first;
    while (*last < end && c[*last].group != MDL_BY_NAME &&
           (policy == MDL_CHEAPEST || c[*last].group == c[*first].group) &&
           !(one && *last > *first))
        ++*last;
}

/* Visits that routing sends to a candidate, and on from there. */
static void send(
    const struct flow_in *in, int candidate, double visits, double work_s)
{
    const struct mdl_dep *dep = in->offer->dep;
    const bool cheapest = dep->cfg->routing.policy == MDL_CHEAPEST;
    const int place = dep->candidates[candidate].place;
    const double away = in->out[place].refused;
    const bool full =
        dep->entries[dep->places[place].entry].cfg->queue.capacity >= 0;
    int first = 0, last = 0, members = 0;

    if (dep->cfg->routing.has_spill && away > 0.0 &&
        dep->candidates[candidate].group != MDL_BY_NAME)
        next_choices(dep, in->source, candidate, &first, &last);
    for (int i = first; i < last; i++)
        members += i != candidate
                       ? dep->places[dep->candidates[i].place].n_members
                       : 0;
    add(in, place, visits, work_s, full || members > 0 ? away : 0.0);
    if (members == 0 && full)
        fall(in, visits * lost(in, &in->out[place]));
    for (int i = first; members > 0 && i < last; i++) {
        const int to = dep->candidates[i].place;
        const double part = visits * away * dep->places[to].n_members / members;
        if (i == candidate || part < 1e-9)
            continue;
        if (cheapest)
            add(in, to, part, overflow_work_s(in, to), 0.0);
        else
            send(in, i, part, overflow_work_s(in, to));
    }
}

static void offer_source(struct flow_in *in, double past_limit)
{
    const struct mdl_offer *o = in->offer;
    const struct mdl_dep *dep = o->dep;
    const double all_per_s = o->rate_per_s[in->source];

    in->more =
        in->cls->gaps.dispersion - 1.0 + all_per_s * in->cls->gaps.swing_s;
    in->per_s = all_per_s;
    if (past_limit < 1.0)
        fall(in, 1.0 - past_limit);
    for (int k = dep->uc_first[in->source]; k < dep->uc_first[in->source + 1];
         k++) {
        const struct mdl_candidate *c = &dep->candidates[k];
        const int to = c->visits > 0.0 ? taker(o, in->source, k) : -1;
        if (to >= 0)
            send(in, to, past_limit * c->visits, c->work_s / c->visits);
    }
}

/* ---- public ------------------------------------------------------------- */

/* The factors of a Cox process are those of all users at once. */
static void close_class(const struct mdl_dep *dep, const struct mdl_class *c,
    struct mdl_offered *out)
{
    const double slow_s =
        c->cox.on ? fmax(c->cox.interval_s[0], c->cox.interval_s[1]) : 0.0;

    for (int i = 0; i < dep->n_places; i++) {
        struct mdl_offered *o = &out[i];
        if (o->class_per_s > 0.0) {
            o->ca2 += o->class_per_s * o->class_per_s * c->cox.swing_s *
                      member_share(dep, i, 1.0);
            o->slow_s = fmax(o->slow_s, slow_s);
            o->peak =
                fmax(o->peak, c->cox.on ? c->gaps.peak * c->cox.peak : 1.0);
        }
        o->class_per_s = 0.0;
    }
}

/* All sources once, with what places turn away as last found. */
static void offer_round(const struct mdl_offer *o, struct mdl_offered *out)
{
    const struct mdl_plan *plan = o->plan;

    for (int i = 0; i < o->dep->n_places; i++)
        out[i] = (struct mdl_offered){
            .refused = out[i].refused, .above = out[i].above};
    for (int c = 0; c < plan->n_classes; c++) {
        const struct mdl_class *cls = &plan->classes[c];
        double per_s = 0.0, past_limit = 1.0;
        for (int i = c; i < plan->n_sources; i += plan->n_classes)
            per_s += o->rate_per_s[i];
        if (cls->cfg->has_limit && per_s > cls->cfg->limit.rate_per_s)
            past_limit = cls->cfg->limit.rate_per_s / per_s;
        for (int i = c; i < plan->n_sources; i += plan->n_classes) {
            struct flow_in in = {.offer = o,
                .cls = cls,
                .source = i,
                .stays = !mdl_class_impatient(cls->cfg),
                .out = out};
            offer_source(&in, past_limit);
        }
        close_class(o->dep, cls, out);
    }
}

void mdl_offer(const struct mdl_offer *o, struct mdl_offered *out)
{
    const int n = o->dep->n_places;
    double change = mdl_offer_overflows(o->plan, o->dep) ? 1.0 : 0.0;

    memset(out, 0, (size_t)n * sizeof *out);
    offer_round(o, out);
    for (int round = 0; round < ROUNDS && change > 1e-3; round++) {
        change = 0.0;
        for (int i = 0; i < n; i++) {
            const double before = out[i].refused;
            turn_away(o, i, &out[i]);
            change = fmax(change, fabs(out[i].refused - before));
        }
        if (change > 0.0)
            offer_round(o, out);
    }
    for (int i = 0; i < n; i++) {
        const double rate = out[i].rate_per_s;
        out[i].load *= o->deflation;
        out[i].stays *= o->deflation;
        out[i].scv = rate > 0.0 ? out[i].scv / rate : 1.0;
        out[i].ca2 = rate > 0.0 ? fmax(1.0 + out[i].ca2 / rate, 0.0) : 1.0;
        out[i].calm_ca2 =
            rate > 0.0 ? fmax(1.0 + out[i].calm_ca2 / rate, 0.0) : 1.0;
    }
}
