/* fel_baseline.h - the plain simulator our engine is measured against.
 *
 * What one would write first: one global future-event list as a binary heap,
 * three events for each request (sent, arrives at the site, ends), one draw
 * at a time through GSL, queues as linked lists.  Same model as the engine's
 * benchmark: requests from one Poisson stream go to a site chosen at random,
 * after a lognormal delay, and are served first come first served by c slots
 * with lognormal service times.
 *
 * It is neither naive (no list is scanned, nothing is allocated per event) nor
 * tuned, so the ratio printed beside each row says what the design of the
 * engine gains, on the same machine in the same run.
 */
#ifndef TESTS_BENCH_FEL_BASELINE_H
#define TESTS_BENCH_FEL_BASELINE_H

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <stdint.h>
#include <stdlib.h>

struct fel_model {
    int n_sites;
    int slots;           /* per site */
    double rate_per_s;   /* of all requests */
    double service_zeta; /* lognormal: mean and deviation of the log */
    double service_sigma;
    double delay_zeta;
    double delay_sigma;
    int64_t n_requests;
};

enum fel_kind { FEL_SEND, FEL_ARRIVE, FEL_END };

struct fel_event {
    double time_s;
    int32_t kind;
    int32_t request;
};

struct fel_request {
    double send_s, arrive_s, work_s;
    int32_t site;
    int32_t next; /* in the queue, or in the list of unused ones */
};

struct fel_site {
    int32_t busy, head, tail;
};

struct fel {
    struct fel_event *heap;
    size_t n, room;
    struct fel_request *requests;
    size_t n_requests, request_room;
    int32_t unused;
    struct fel_site *sites;
    gsl_rng *rng;
    double sum_s; /* of response times at the site */
    int64_t n_ended;
};

static void *fel_grow(void *block, size_t n, size_t size)
{
    block = realloc(block, n * size);
    if (block == NULL)
        exit(EXIT_FAILURE);
    return block;
}

static void fel_push(struct fel *fel, double t, int kind, int32_t request)
{
    if (fel->n == fel->room) {
        fel->room = fel->room * 2 + 64;
        fel->heap = fel_grow(fel->heap, fel->room, sizeof *fel->heap);
    }
    size_t i = fel->n++;
    while (i > 0 && t < fel->heap[(i - 1) / 2].time_s) {
        fel->heap[i] = fel->heap[(i - 1) / 2];
        i = (i - 1) / 2;
    }
    fel->heap[i] = (struct fel_event){t, kind, request};
}

static struct fel_event fel_pop(struct fel *fel)
{
    const struct fel_event top = fel->heap[0];
    const struct fel_event last = fel->heap[--fel->n];
    size_t i = 0;
    for (size_t c = 1; c < fel->n; c = 2 * i + 1) {
        if (c + 1 < fel->n && fel->heap[c + 1].time_s < fel->heap[c].time_s)
            c++;
        if (last.time_s <= fel->heap[c].time_s)
            break;
        fel->heap[i] = fel->heap[c];
        i = c;
    }
    fel->heap[i] = last;
    return top;
}

static int32_t fel_new_request(struct fel *fel)
{
    if (fel->unused >= 0) {
        const int32_t id = fel->unused;
        fel->unused = fel->requests[id].next;
        return id;
    }
    if (fel->n_requests == fel->request_room) {
        fel->request_room = fel->request_room * 2 + 64;
        fel->requests =
            fel_grow(fel->requests, fel->request_room, sizeof *fel->requests);
    }
    return (int32_t)fel->n_requests++;
}

static void fel_send(struct fel *fel, const struct fel_model *m, double t)
{
    const int32_t id = fel_new_request(fel);
    struct fel_request *r = &fel->requests[id];
    r->send_s = t;
    r->work_s = gsl_ran_lognormal(fel->rng, m->service_zeta, m->service_sigma);
    r->site = (int32_t)gsl_rng_uniform_int(fel->rng, (unsigned long)m->n_sites);
    r->arrive_s =
        t + gsl_ran_lognormal(fel->rng, m->delay_zeta, m->delay_sigma);
    fel_push(fel, r->arrive_s, FEL_ARRIVE, id);
}

static void fel_arrive(
    struct fel *fel, const struct fel_model *m, double t, int32_t id)
{
    struct fel_request *r = &fel->requests[id];
    struct fel_site *site = &fel->sites[r->site];
    if (site->busy < m->slots) {
        site->busy++;
        fel_push(fel, t + r->work_s, FEL_END, id);
        return;
    }
    r->next = -1;
    if (site->head < 0)
        site->head = id;
    else
        fel->requests[site->tail].next = id;
    site->tail = id;
}

static void fel_end(struct fel *fel, double t, int32_t id)
{
    struct fel_request *r = &fel->requests[id];
    struct fel_site *site = &fel->sites[r->site];
    fel->sum_s += t - r->arrive_s;
    fel->n_ended++;
    r->next = fel->unused;
    fel->unused = id;
    const int32_t next = site->head;
    if (next < 0) {
        site->busy--;
        return;
    }
    site->head = fel->requests[next].next;
    fel_push(fel, t + fel->requests[next].work_s, FEL_END, next);
}

/** Run the model to the end of all requests; mean response time at the site
 *  [s], by which the benchmark checks that both simulate the same thing. */
static double fel_run(const struct fel_model *m, unsigned long seed)
{
    struct fel fel = {.unused = -1};
    int64_t n_sent = 0;
    fel.rng = gsl_rng_alloc(gsl_rng_mt19937);
    if (fel.rng == NULL)
        exit(EXIT_FAILURE);
    gsl_rng_set(fel.rng, seed);
    fel.sites = fel_grow(NULL, (size_t)m->n_sites, sizeof *fel.sites);
    for (int i = 0; i < m->n_sites; i++)
        fel.sites[i] = (struct fel_site){0, -1, -1};

    fel_push(&fel, 0.0, FEL_SEND, -1);
    while (fel.n > 0) {
        const struct fel_event e = fel_pop(&fel);
        if (e.kind == FEL_ARRIVE) {
            fel_arrive(&fel, m, e.time_s, e.request);
        } else if (e.kind == FEL_END) {
            fel_end(&fel, e.time_s, e.request);
        } else {
            fel_send(&fel, m, e.time_s);
            if (++n_sent < m->n_requests)
                fel_push(&fel,
                    e.time_s +
                        gsl_ran_exponential(fel.rng, 1.0 / m->rate_per_s),
                    FEL_SEND, -1);
        }
    }
    const double mean_s = fel.sum_s / (double)fel.n_ended;
    gsl_rng_free(fel.rng);
    free(fel.sites);
    free(fel.requests);
    free(fel.heap);
    return mean_s;
}

#endif /* TESTS_BENCH_FEL_BASELINE_H */
