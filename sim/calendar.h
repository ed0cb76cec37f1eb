/* calendar.h - calendar queue of in-flight events.
 *
 * The earliest of n pending events at a cost that does not depend on n: time
 * is cut into buckets of equal width, an event is dropped unsorted into its
 * bucket, and a bucket is sorted when the clock reaches it.  Buckets are
 * reused round the year (bucket number modulo their count), so an event far
 * ahead waits in a bucket that is passed by until its year comes.
 * Source: R. Brown, "Calendar queues: a fast O(1) priority queue
 * implementation for the simulation event set problem", CACM 31 (1988); the
 * late sort as in ladder queues (Tang, Goh, Thng, 2005).
 *
 * The width follows the traffic: it is set anew from the number of events met
 * per bucket, with hysteresis, at an amortised cost of O(1).  It changes the
 * speed only, never the order.
 *
 * Order is total: (time, user, class, k).  An event may be pushed at or after
 * the time of the last one popped; earlier ones are a bug of the caller (they
 * come out next, late).  Memory: 96 bytes for each event of the largest
 * number ever pending, plus 4 for each bucket; nothing is allocated once the
 * queue has reached its largest size.
 */
#ifndef SIM_CALENDAR_H
#define SIM_CALENDAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/err.h"

struct sim_event {
    double time_s; /* finite; any sign */
    int64_t k;     /* third tie-break */
    int32_t user;  /* first tie-break */
    int32_t cls;   /* second tie-break */
    uint32_t ref;  /* the caller's handle */
    uint32_t link; /* the calendar's; ignored on entry */
};

/* Start from {0}; release with sim_calendar_release(). */
struct sim_calendar {
    /* Events due: everything up to bucket `now`, sorted, next one first. */
    struct sim_event *near;
    size_t near_at, near_n; /* near[near_at .. near_n-1] are pending */

    /* Events of later buckets: lists through `link`, positions + 1. */
    struct sim_event *nodes;
    size_t n_far;       /* events in buckets */
    uint32_t free_node; /* list of unused nodes */
    uint32_t n_nodes;   /* nodes ever used */
    uint32_t room;      /* nodes that fit without growing */
    uint32_t *heads;    /* [heads_room], of which mask + 1 are in use */
    size_t heads_room;
    uint64_t mask; /* number of buckets - 1, a power of two - 1 */
    double buckets_per_s;
    int64_t now; /* number of the last bucket that was sorted */

    /* With fewer events in buckets a push need not ask about room and width;
     * 0: the next one must. */
    size_t n_easy;

    /* What happened since the width was last reviewed. */
    int64_t budget;    /* work left until the next review */
    int64_t n_taken;   /* events taken out of buckets */
    int64_t n_passed;  /* buckets looked at */
    int64_t n_late;    /* events pushed into `near` */
    int64_t n_shifted; /* events moved to make room for those */
};

/** Number of pending events. */
static inline size_t sim_calendar_count(const struct sim_calendar *cal)
{
    return cal->n_far + (cal->near_n - cal->near_at);
}

/* For sim_calendar_push(): bucket of a time.  Monotone in t, which is all that
 * the order rests on; so truncation toward zero (bucket 0 is twice as wide)
 * does no harm. */
static inline int64_t sim_calendar_bucket(
    const struct sim_calendar *cal, double t)
{
    static const double most = 4e18; /* below 2^62 */
    const double x = t * cal->buckets_per_s;
    const double low = x > -most ? x : -most;
    return (int64_t)(low < most ? low : most);
}

/* For sim_calendar_push(): an unused node. */
static inline uint32_t sim_calendar_node(struct sim_calendar *cal)
{
    const uint32_t id = cal->free_node;
    if (id == 0)
        return ++cal->n_nodes;
    cal->free_node = cal->nodes[id - 1].link;
    return id;
}

/* For sim_calendar_push(): a bucket after `now`, and a node to spare. */
static inline void sim_calendar_drop(
    struct sim_calendar *cal, const struct sim_event *event, int64_t bucket)
{
    uint32_t *head = &cal->heads[(uint64_t)bucket & cal->mask];
    const uint32_t id = sim_calendar_node(cal);
    struct sim_event *node = &cal->nodes[id - 1];
    /* Field by field, so that an event just made need not be in memory. */
    node->time_s = event->time_s;
    node->k = event->k;
    node->user = event->user;
    node->cls = event->cls;
    node->ref = event->ref;
    node->link = *head;
    *head = id;
    cal->n_far++;
}

/** For sim_calendar_push(): in every case, the rare ones included. */
SIM_MUST_CHECK int sim_calendar_push_other(struct sim_calendar *cal,
    const struct sim_event *event, struct sim_err *err);

/**
 * Add an event; O(1) amortised.
 * @param event  time_s finite, >= the time of the last event popped
 * @retval SIM_E_NOMEM  nothing was added
 * @retval SIM_E_LIMIT  more than 2^31 events pending
 */
SIM_MUST_CHECK static inline int sim_calendar_push(struct sim_calendar *cal,
    const struct sim_event *event, struct sim_err *err)
{
    const int64_t bucket = sim_calendar_bucket(cal, event->time_s);
    if (bucket <= cal->now || cal->n_far >= cal->n_easy)
        return sim_calendar_push_other(cal, event, err);
    sim_calendar_drop(cal, event, bucket);
    return SIM_OK;
}

/** For sim_calendar_pop(): sort the events of the next bucket in use, none
 *  being sorted; false when no event lies before the limit. */
bool sim_calendar_open(struct sim_calendar *cal, double limit_s);

/**
 * Take the earliest event if it lies strictly before `limit_s`.
 *
 * The clock is not moved past `limit_s`, so events pushed later, at or after
 * it, still find their buckets unsorted: pass the time of the next thing that
 * may push.
 * @param limit_s  [s] may be INFINITY
 * @return false, and *out untouched, when no event lies before the limit
 */
static inline bool sim_calendar_pop(
    struct sim_calendar *cal, double limit_s, struct sim_event *out)
{
    if (cal->near_at == cal->near_n && !sim_calendar_open(cal, limit_s))
        return false;
    if (!(cal->near[cal->near_at].time_s < limit_s))
        return false;
    *out = cal->near[cal->near_at++];
    return true;
}

/** The event `ahead` places behind the one that was popped last, or NULL when
 *  it is not sorted yet: for prefetching what it will touch. */
static inline const struct sim_event *sim_calendar_ahead(
    const struct sim_calendar *cal, size_t ahead)
{
    const size_t at = cal->near_at + ahead;
    return at < cal->near_n ? &cal->near[at] : NULL;
}

/** Drop all events and forget the clock; memory and width are kept. */
void sim_calendar_clear(struct sim_calendar *cal);

/** Free the memory; the calendar is as new. */
void sim_calendar_release(struct sim_calendar *cal);

#endif /* SIM_CALENDAR_H */
