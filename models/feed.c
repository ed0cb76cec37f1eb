#include "models/feed.h"

#include <math.h>
#include <string.h>

#include "models/marks.h"
#include "sim/alloc.h"
#include "sim/fmath.h"
#include "sim/units.h"

/* Expected requests of a slab: large enough to amortise bulk draws, small
 * enough to stay in cache. */
enum { SLAB = 2048 };

/* From so many requests in a bucket on insertion is too slow. */
enum { CROWD = 32 };

/* Marks the keys of a lead-in; cells never reach it. */
#define LEAD_WINDOW ((uint64_t)1 << 63)

struct source_state {
    struct mdl_arrivals arrivals;
    struct mdl_marks marks;
    int64_t k;
};

struct mdl_feed {
    struct mdl_feed_cfg cfg;
    struct source_state *sources;
    struct mdl_cox *cox; /* [n_classes], keyed for the replication */
    struct mdl_trace_cursor **trace; /* [n_classes], NULL: not replayed */
    double total_rate_per_s;
    double slab_s;               /* start of the next slab */
    bool leading;                /* in the lead-in's streams */
    struct sim_request *request; /* the slab, by source */
    int *order;                  /* of sending */
    int *bucket;
    int n, size, next;
};

static int no_memory(struct sim_err *err)
{
    return sim_err_set(err, SIM_E_NOMEM, "out of memory");
}

/* ---- set-up ------------------------------------------------------------- */

static struct mdl_rate rate_of(const struct mdl_feed *feed, int source)
{
    struct mdl_rate rate = mdl_plan_rate(feed->cfg.plan, source);

    if (feed->cfg.keep != NULL)
        rate.base_per_s *= feed->cfg.keep[source];
    return rate;
}

static struct sim_key feed_key(const struct mdl_feed *feed, uint64_t entity)
{
    return (struct sim_key){.seed = (uint64_t)feed->cfg.plan->cfg->seed,
        .replication = feed->cfg.replication,
        .entity = entity,
        .window = feed->cfg.window | (feed->leading ? LEAD_WINDOW : 0)};
}

static void start_streams(struct mdl_feed *feed, double from_s)
{
    const struct mdl_plan *plan = feed->cfg.plan;

    for (int i = 0; i < plan->n_sources; i++) {
        struct source_state *s = &feed->sources[i];
        const int cls = plan->sources[i].cls;
        const struct mdl_rate rate = rate_of(feed, i);
        struct sim_key key = feed_key(feed, plan->sources[i].entity);

        mdl_marks_start(&s->marks, key);
        key.purpose = SIM_FOR_GAP;
        mdl_arrivals_start(&s->arrivals, &rate,
            feed->cox[cls].on ? &feed->cox[cls] : NULL, &key,
            feed->cfg.origin_s, from_s);
        if (plan->classes[cls].gaps.n_states > 0)
            key.entity = feed->cox[cls].entity; /* one state for all users */
        mdl_arrivals_law(&s->arrivals, &plan->classes[cls].gaps, &key,
            plan->windowed || plan->n_users > 1);
        s->k = 0;
    }
}

/* Only then may lead-in and window have streams of their own. */
static bool memoryless(const struct mdl_plan *plan)
{
    for (int i = 0; i < plan->n_classes; i++) {
        if (!mdl_gap_law_memoryless(&plan->classes[i].gaps))
            return false;
    }
    return true;
}

/* Each feed reads the file for itself. */
static int open_trace(struct mdl_feed *feed, int cls, struct sim_err *err)
{
    const struct mdl_trace *trace = &feed->cfg.plan->classes[cls].trace;

    return trace->n > 0 ? mdl_trace_open(trace, &feed->trace[cls], err)
                        : SIM_OK;
}

int mdl_feed_create(
    const struct mdl_feed_cfg *cfg, struct mdl_feed **out, struct sim_err *err)
{
    const struct mdl_plan *plan = cfg->plan;
    struct mdl_feed *feed = sim_calloc(1, sizeof *feed);

    if (feed == NULL)
        return no_memory(err);
    feed->cfg = *cfg;
    feed->sources = sim_calloc((size_t)plan->n_sources, sizeof *feed->sources);
    feed->cox = sim_calloc((size_t)plan->n_classes, sizeof *feed->cox);
    feed->trace = sim_calloc((size_t)plan->n_classes, sizeof *feed->trace);
    if (feed->sources == NULL || feed->cox == NULL || feed->trace == NULL) {
        mdl_feed_destroy(feed);
        return no_memory(err);
    }
    for (int i = 0; i < plan->n_classes; i++) {
        const int rc = open_trace(feed, i, err);
        if (rc != SIM_OK) {
            mdl_feed_destroy(feed);
            return rc;
        }
    }
    for (int i = 0; i < plan->n_classes; i++) {
        feed->cox[i] = plan->classes[i].cox;
        feed->cox[i].seed = (uint64_t)plan->cfg->seed;
        feed->cox[i].replication = cfg->replication;
        if (plan->classes[i].trace.n > 0)
            feed->total_rate_per_s += plan->classes[i].rate_per_s;
    }
    for (int i = 0; i < plan->n_sources; i++) {
        const struct mdl_rate rate = rate_of(feed, i);
        feed->sources[i].marks.needs = mdl_marks_needs(plan, cfg->dep, i);
        if (plan->classes[plan->sources[i].cls].trace.n == 0)
            feed->total_rate_per_s += mdl_rate_at(&rate, cfg->origin_s);
    }
    feed->leading = cfg->lead_s > 0.0 && memoryless(plan);
    feed->slab_s = -cfg->lead_s;
    start_streams(feed, feed->slab_s);
    *out = feed;
    return SIM_OK;
}

void mdl_feed_destroy(struct mdl_feed *feed)
{
    if (feed == NULL)
        return;
    sim_free(feed->sources);
    sim_free(feed->cox);
    for (int i = 0; feed->trace != NULL && i < feed->cfg.plan->n_classes; i++)
        mdl_trace_close(feed->trace[i]);
    sim_free(feed->trace);
    sim_free(feed->request);
    sim_free(feed->order);
    sim_free(feed->bucket);
    sim_free(feed);
}

void mdl_feed_until(struct mdl_feed *feed, double until_s)
{
    feed->cfg.until_s = until_s;
}

double mdl_feed_sigma(const struct mdl_feed *feed, int source)
{
    return feed->sources[source].marks.needs.sigma;
}

/* ---- one slab ----------------------------------------------------------- */

static int reserve(struct mdl_feed *feed, int more, struct sim_err *err)
{
    int size = feed->size > 0 ? feed->size : 2 * SLAB;
    void *block;

    if (feed->n + more <= feed->size)
        return SIM_OK;
    while (size < feed->n + more)
        size *= 2;
    block = sim_realloc(feed->request, (size_t)size, sizeof *feed->request);
    if (block == NULL)
        return no_memory(err);
    feed->request = block;
    block = sim_realloc(feed->order, (size_t)size, sizeof *feed->order);
    if (block == NULL)
        return no_memory(err);
    feed->order = block;
    block = sim_realloc(feed->bucket, (size_t)size + 1, sizeof *feed->bucket);
    if (block == NULL)
        return no_memory(err);
    feed->bucket = block;
    feed->size = size;
    return SIM_OK;
}

/* n requests of one source, sent at t[]. */
static int emit(struct mdl_feed *feed, int source, const double *t,
    const double *work, int n, struct sim_err *err)
{
    const struct mdl_source *src = &feed->cfg.plan->sources[source];
    struct source_state *s = &feed->sources[source];
    double jitter[MDL_BLOCK], access[MDL_BLOCK], mark[MDL_BLOCK];
    double choice[MDL_BLOCK], patience[MDL_BLOCK];
    const int rc = reserve(feed, n, err);

    if (rc != SIM_OK)
        return rc;
    mdl_marks_delays(&s->marks, jitter, access, mark, choice, n);
    mdl_marks_patience(&s->marks,
        feed->cfg.plan->classes[src->cls].cfg->patience_s, patience, n);
    for (int i = 0; i < n; i++) {
        struct sim_request *r = &feed->request[feed->n++];
        r->send_s = t[i];
        r->work_s = work[i];
        r->aux[MDL_AUX_JITTER] = jitter[i];
        r->aux[MDL_AUX_ACCESS] = access[i];
        r->aux[MDL_AUX_MARK] = mark[i];
        r->aux[MDL_AUX_CHOICE] = choice[i];
        r->patience_s = patience[i];
        r->user = src->user;
        r->cls = src->cls;
        r->station = 0; /* no action: it is sent */
        r->k = s->k++;
    }
    return SIM_OK;
}

static int fill_source(struct mdl_feed *feed, int source, double end_s,
    double deflation, struct sim_err *err)
{
    struct source_state *s = &feed->sources[source];
    const int cls = feed->cfg.plan->sources[source].cls;
    const struct mdl_class *c = &feed->cfg.plan->classes[cls];
    double t[MDL_BLOCK], work[MDL_BLOCK];
    int n, rc = SIM_OK;

    if (!(s->arrivals.rate.base_per_s > 0.0) || c->trace.n > 0)
        return SIM_OK;
    do {
        n = mdl_arrivals_fill(&s->arrivals, end_s, t, MDL_BLOCK);
        mdl_marks_work(c, &s->marks, NULL, deflation, work, n);
        rc = emit(feed, source, t, work, n, err);
    } while (rc == SIM_OK && n == MDL_BLOCK);
    return rc;
}

/* The user of a row: its own, or by weight; the same for every deployment. */
static int trace_user(const struct mdl_feed *feed, const struct mdl_class *c,
    const struct mdl_trace_row *row)
{
    const struct mdl_plan *plan = feed->cfg.plan;
    const struct sim_key key = {.seed = (uint64_t)plan->cfg->seed,
        .replication = feed->cfg.replication,
        .entity = sim_entity(c->cfg->name),
        .purpose = SIM_FOR_MARK};
    double u = sim_hash_uniform(&key, (uint64_t)row->number);
    int user = 0;

    if (row->user >= 0)
        return row->user;
    while (user < plan->n_users - 1 && u >= plan->users[user].share)
        u -= plan->users[user++].share;
    return user;
}

static int fill_trace(struct mdl_feed *feed, int cls, double end_s,
    double deflation, struct sim_err *err)
{
    const struct mdl_class *c = &feed->cfg.plan->classes[cls];
    const struct mdl_trace_row *row;
    int rc = SIM_OK;

    while (rc == SIM_OK && (row = mdl_trace_row(feed->trace[cls])) != NULL) {
        const double t_s = row->t_s - feed->cfg.origin_s;
        double work;
        if (t_s >= end_s)
            break;
        const int source =
            trace_user(feed, c, row) * feed->cfg.plan->n_classes + cls;
        mdl_marks_work(
            c, &feed->sources[source].marks, row, deflation, &work, 1);
        rc = emit(feed, source, &t_s, &work, 1, err);
        if (rc == SIM_OK)
            rc = mdl_trace_advance(feed->trace[cls], err);
    }
    return rc;
}

/* Equal send times: user, class, k. */
static bool before(const struct sim_request *a, const struct sim_request *b)
{
    if (a->send_s != b->send_s)
        return a->send_s < b->send_s;
    if (a->user != b->user)
        return a->user < b->user;
    return a->cls != b->cls ? a->cls < b->cls : a->k < b->k;
}

/* Heap sort of a bucket with many requests, such as those of one second of a
 * log. */
static void sort_crowd(const struct sim_request *request, int *order, int n)
{
    for (int end = n, root = n / 2; end > 1;) {
        int x, i;
        if (root > 0) {
            x = order[i = --root];
        } else {
            x = order[--end];
            order[end] = order[0];
            i = 0;
        }
        for (int c = 2 * i + 1; c < end; c = 2 * i + 1) {
            if (c + 1 < end &&
                before(&request[order[c]], &request[order[c + 1]]))
                c++;
            if (!before(&request[x], &request[order[c]]))
                break;
            order[i] = order[c];
            i = c;
        }
        order[i] = x;
    }
}

/* Times are spread over the slab almost evenly: a distribution sort into n
 * buckets, then insertion within neighbours, is linear. */
static void sort_slab(struct mdl_feed *feed, double start_s, double end_s)
{
    const int n = feed->n;
    const double scale = n / (end_s - start_s);
    int *first = feed->bucket;

    memset(first, 0, ((size_t)n + 1) * sizeof *first);
    for (int i = 0; i < n; i++) {
        int b = (int)((feed->request[i].send_s - start_s) * scale);
        b = b < n ? b : n - 1;
        feed->request[i].tag = b;
        first[b + 1]++;
    }
    for (int b = 0; b < n; b++)
        first[b + 1] += first[b];
    for (int i = 0; i < n; i++)
        feed->order[first[feed->request[i].tag]++] = i;
    for (int b = 0, from = 0; b < n; from = first[b++]) {
        if (first[b] - from > CROWD)
            sort_crowd(feed->request, feed->order + from, first[b] - from);
    }
    for (int i = 1; i < n; i++) {
        const int x = feed->order[i];
        int j = i;
        for (; j > 0 &&
               before(&feed->request[x], &feed->request[feed->order[j - 1]]);
             j--)
            feed->order[j] = feed->order[j - 1];
        feed->order[j] = x;
    }
}

static int next_slab(struct mdl_feed *feed, struct sim_err *err)
{
    const struct mdl_plan *plan = feed->cfg.plan;
    const double start_s = feed->slab_s;
    double end_s =
        start_s + SLAB / fmax(feed->total_rate_per_s, SLAB / SIM_S_PER_DAY);
    const double deflation =
        mdl_plan_deflation(plan, feed->cfg.origin_s + start_s);
    int rc = SIM_OK;

    if (feed->leading && start_s >= 0.0) {
        feed->leading = false;
        start_streams(feed, 0.0);
    }
    if (feed->leading && end_s > 0.0)
        end_s = 0.0;
    end_s = fmin(end_s, feed->cfg.until_s);
    end_s = fmin(
        end_s, mdl_plan_deflation_until(plan, feed->cfg.origin_s + start_s) -
                   feed->cfg.origin_s);
    feed->n = feed->next = 0;
    for (int i = 0; rc == SIM_OK && i < plan->n_sources; i++)
        rc = fill_source(feed, i, end_s, deflation, err);
    for (int i = 0; rc == SIM_OK && i < plan->n_classes; i++) {
        if (plan->classes[i].trace.n > 0)
            rc = fill_trace(feed, i, end_s, deflation, err);
    }
    if (rc == SIM_OK && feed->n > 0)
        sort_slab(feed, start_s, end_s);
    feed->slab_s = end_s;
    return rc;
}

/* Has every trace been sent, and is there nothing but traces? */
static bool exhausted(const struct mdl_feed *feed)
{
    const struct mdl_plan *plan = feed->cfg.plan;

    for (int i = 0; i < plan->n_classes; i++) {
        if (plan->classes[i].arrivals->process.has_closed)
            continue; /* its clients are launched */
        if (feed->trace[i] == NULL ? plan->classes[i].rate_per_s > 0.0
                                   : mdl_trace_row(feed->trace[i]) != NULL)
            return false;
    }
    return true;
}

int mdl_feed_pull(struct mdl_feed *feed, struct sim_request *batch, size_t n,
    size_t *count, struct sim_err *err)
{
    size_t got = 0;

    while (feed->next == feed->n && feed->slab_s < feed->cfg.until_s &&
           !exhausted(feed)) {
        const int rc = next_slab(feed, err);
        if (rc != SIM_OK)
            return rc;
    }
    while (got < n && feed->next < feed->n) {
        const struct sim_request *r = &feed->request[feed->order[feed->next]];
        if (r->send_s >= feed->cfg.until_s) {
            feed->next = feed->n;
            break;
        }
        batch[got++] = *r;
        feed->next++;
    }
    *count = got;
    return SIM_OK;
}

uint64_t mdl_feed_entity(
    const struct mdl_feed *feed, int source, int64_t k, double send_s)
{
    const uint64_t entity = feed->cfg.plan->sources[source].entity;
    /* k starts anew after a lead-in with streams of its own */
    const bool lead = send_s < 0.0;

    return sim_entity_sub(
        lead ? sim_entity_sub(entity, LEAD_WINDOW) : entity, (uint64_t)k);
}

void mdl_feed_draw(
    struct mdl_feed *feed, int source, uint64_t entity, struct sim_request *r)
{
    const struct mdl_plan *plan = feed->cfg.plan;
    const struct mdl_class *c = &plan->classes[plan->sources[source].cls];
    struct mdl_marks marks;

    marks.needs = feed->sources[source].marks.needs;
    mdl_marks_start(&marks, feed_key(feed, entity));
    if (!mdl_class_recorded(c)) /* what is recorded of a request stays */
        mdl_marks_work(c, &marks, NULL,
            mdl_plan_deflation(plan, feed->cfg.origin_s + r->send_s),
            &r->work_s, 1);
    mdl_marks_delays(&marks, &r->aux[MDL_AUX_JITTER], &r->aux[MDL_AUX_ACCESS],
        &r->aux[MDL_AUX_MARK], &r->aux[MDL_AUX_CHOICE], 1);
    mdl_marks_patience(&marks, c->cfg->patience_s, &r->patience_s, 1);
}
