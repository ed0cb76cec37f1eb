#include "sim/calendar.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "sim/alloc.h"

enum {
    ROOM_MIN = 64,
    HEADS_MIN = 64,
    COUNTED = 8,       /* up to here counting beats insertion sort */
    FEW = 24,          /* up to here insertion sort beats heap sort */
    BUDGET_MIN = 2048, /* work between two reviews of the width */
};

/* Events per bucket aimed at.  More costs comparisons in the sort, less costs
 * buckets looked at in vain; the optimum is flat (3 to 8 measure the same). */
static const double PER_BUCKET = 4.0;

static bool precedes(const struct sim_event *a, const struct sim_event *b)
{
    if (a->time_s != b->time_s)
        return a->time_s < b->time_s;
    if (a->user != b->user)
        return a->user < b->user;
    if (a->cls != b->cls)
        return a->cls < b->cls;
    return a->k < b->k;
}

/* Bucket of a time.  Monotone in t, which is all that the order rests on; so
 * truncation toward zero (bucket 0 is twice as wide) does no harm. */
static int64_t bucket_of(const struct sim_calendar *cal, double t)
{
    static const double most = 4e18; /* below 2^62 */
    const double x = t * cal->buckets_per_s;
    if (x >= most)
        return (int64_t)most;
    return x <= -most ? -(int64_t)most : (int64_t)x;
}

/* ---- sorted part --------------------------------------------------------- */

static void sink(struct sim_event *a, size_t n, size_t i, struct sim_event x)
{
    for (size_t c = 2 * i + 1; c < n; c = 2 * i + 1) {
        if (c + 1 < n && precedes(&a[c], &a[c + 1]))
            c++;
        if (!precedes(&x, &a[c]))
            break;
        a[i] = a[c];
        i = c;
    }
    a[i] = x;
}

/* n log n whatever the input: a crowd that was sent in one instant comes out
 * of its bucket in the reverse order, the worst case of insertion sort. */
static void heap_sort(struct sim_event *a, size_t n)
{
    for (size_t i = n / 2; i > 0; i--)
        sink(a, n, i - 1, a[i - 1]);
    for (size_t end = n - 1; end > 0; end--) {
        const struct sim_event last = a[end];
        a[end] = a[0];
        sink(a, end, 0, last);
    }
}

/* Insert into a[from..n-1], sorted; returns how many were moved. */
static size_t insert(
    struct sim_event *a, size_t from, size_t n, const struct sim_event *x)
{
    size_t i = n;
    while (i > from && precedes(x, &a[i - 1])) {
        a[i] = a[i - 1];
        i--;
    }
    a[i] = *x;
    return n - i;
}

/* For the usual bucket: where each event belongs is counted, which takes no
 * branch that depends on the order, and the events are moved once.  `chain` is
 * a list of n <= COUNTED nodes.  False when two times are equal, which is left
 * to comparisons. */
static bool count_out(struct sim_calendar *cal, uint32_t chain, size_t n)
{
    double time_s[COUNTED];
    int64_t rank[COUNTED] = {0};
    uint32_t ids[COUNTED];
    int64_t sum = 0;
    for (size_t i = 0; i < COUNTED; i++)
        time_s[i] = (double)INFINITY;
    for (size_t i = 0; i < n; i++, chain = cal->nodes[chain - 1].link) {
        ids[i] = chain;
        time_s[i] = cal->nodes[chain - 1].time_s;
    }
    for (size_t j = 0; j < COUNTED; j++)
        for (size_t i = 0; i < COUNTED; i++)
            rank[i] += time_s[j] < time_s[i];
    for (size_t i = 0; i < n; i++) {
        cal->near[rank[i]] = cal->nodes[ids[i] - 1];
        sum += rank[i];
    }
    return sum == (int64_t)(n * (n - 1) / 2);
}

static void sort(struct sim_event *a, size_t n)
{
    if (n > FEW) {
        heap_sort(a, n);
        return;
    }
    for (size_t i = 1; i < n; i++) {
        const struct sim_event x = a[i];
        insert(a, 0, i, &x);
    }
}

/* ---- buckets ------------------------------------------------------------- */

static uint32_t take_node(struct sim_calendar *cal)
{
    const uint32_t id = cal->free_node;
    if (id == 0)
        return ++cal->n_nodes;
    cal->free_node = cal->nodes[id - 1].link;
    return id;
}

static void drop_into_bucket(
    struct sim_calendar *cal, const struct sim_event *event, int64_t bucket)
{
    uint32_t *head = &cal->heads[(uint64_t)bucket & cal->mask];
    const uint32_t id = take_node(cal);
    struct sim_event *node = &cal->nodes[id - 1];
    *node = *event;
    node->link = *head;
    *head = id;
}

/* Move the events of bucket number `bucket` into the sorted part, which is
 * empty; those of later years stay. */
static void open_bucket(struct sim_calendar *cal, int64_t bucket)
{
    uint32_t *link = &cal->heads[(uint64_t)bucket & cal->mask];
    const uint32_t soon = cal->heads[(uint64_t)(bucket + 2) & cal->mask];
    size_t n = 0;
    if (soon != 0)
        __builtin_prefetch(&cal->nodes[soon - 1]);
    while (*link != 0) {
        const uint32_t id = *link;
        struct sim_event *node = &cal->nodes[id - 1];
        if (bucket_of(cal, node->time_s) > bucket) {
            link = &node->link;
            continue;
        }
        *link = node->link;
        node->link = cal->free_node;
        cal->free_node = id;
        n++;
    }
    if (n > COUNTED || !count_out(cal, cal->free_node, n)) {
        uint32_t id = cal->free_node;
        for (size_t i = 0; i < n; i++, id = cal->nodes[id - 1].link)
            cal->near[i] = cal->nodes[id - 1];
        sort(cal->near, n);
    }
    cal->near_at = 0;
    cal->near_n = n;
    cal->now = bucket;
    cal->n_taken += (int64_t)n;
}

/* First bucket in use; at least one event is pending in the buckets. */
static int64_t first_bucket(const struct sim_calendar *cal)
{
    int64_t first = INT64_MAX;
    for (uint64_t h = 0; h <= cal->mask; h++) {
        for (uint32_t id = cal->heads[h]; id != 0;
             id = cal->nodes[id - 1].link) {
            const int64_t b = bucket_of(cal, cal->nodes[id - 1].time_s);
            first = b < first ? b : first;
        }
    }
    return first;
}

/* ---- width --------------------------------------------------------------- */

/* All pending events as one list of nodes; buckets and sorted part empty. */
static uint32_t collect(struct sim_calendar *cal)
{
    uint32_t all = 0;
    for (uint64_t h = 0; h <= cal->mask; h++) {
        uint32_t id = cal->heads[h];
        while (id != 0) {
            struct sim_event *node = &cal->nodes[id - 1];
            const uint32_t next = node->link;
            node->link = all;
            all = id;
            id = next;
        }
    }
    for (size_t i = cal->near_at; i < cal->near_n; i++) {
        const uint32_t id = take_node(cal);
        cal->nodes[id - 1] = cal->near[i];
        cal->nodes[id - 1].link = all;
        all = id;
    }
    cal->near_at = cal->near_n = 0;
    return all;
}

/* Put a list of all pending events into buckets; the clock goes to just
 * before the first. */
static void distribute(struct sim_calendar *cal, uint32_t all)
{
    int64_t first = INT64_MAX;
    memset(cal->heads, 0, (cal->mask + 1) * sizeof *cal->heads);
    while (all != 0) {
        struct sim_event *node = &cal->nodes[all - 1];
        const uint32_t next = node->link;
        const int64_t bucket = bucket_of(cal, node->time_s);
        uint32_t *head = &cal->heads[(uint64_t)bucket & cal->mask];
        node->link = *head;
        *head = all;
        first = bucket < first ? bucket : first;
        all = next;
    }
    cal->now = first - 1;
}

/* By what the width is to be multiplied.  Buckets met with PER_BUCKET events
 * on average are right; if events keep falling into the part that is sorted
 * already and others must make room, buckets are too wide. */
static double width_factor(const struct sim_calendar *cal)
{
    if (cal->n_shifted > 16 * cal->n_late + BUDGET_MIN / 4)
        return 0.125;
    if (cal->n_passed == 0)
        return 1.0;
    const double mean = (double)cal->n_taken / (double)cal->n_passed;
    if (mean > PER_BUCKET / 2.0 && mean < PER_BUCKET * 2.0)
        return 1.0;
    return fmin(fmax(PER_BUCKET / fmax(mean, 1e-3), 1.0 / 64.0), 64.0);
}

/* Two events for a bucket's head: a year then spans several times the mean
 * delay, and few events are passed by in vain. */
static size_t heads_wanted(size_t n)
{
    size_t heads = HEADS_MIN;
    while (heads < n / 2)
        heads *= 2;
    return heads;
}

static int review(struct sim_calendar *cal, struct sim_err *err)
{
    static const double most_per_s = 1e12;
    const double factor = width_factor(cal);
    const size_t heads = heads_wanted(cal->n);
    const size_t have = (size_t)cal->mask + 1;

    cal->budget = BUDGET_MIN + 4 * (int64_t)(cal->n + have);
    cal->n_taken = cal->n_passed = cal->n_late = cal->n_shifted = 0;
    if (factor == 1.0 && heads <= have && heads * 8 > have)
        return SIM_OK;
    if (heads > cal->heads_room) {
        uint32_t *more = sim_realloc(cal->heads, heads, sizeof *more);
        if (more == NULL)
            return sim_err_set(err, SIM_E_NOMEM, "out of memory: calendar");
        cal->heads = more;
        cal->heads_room = heads;
    }
    const uint32_t all = collect(cal);
    cal->mask = heads - 1;
    cal->buckets_per_s = fmin(cal->buckets_per_s / factor, most_per_s);
    if (all != 0)
        distribute(cal, all);
    else
        memset(cal->heads, 0, heads * sizeof *cal->heads);
    return SIM_OK;
}

/* ---- public -------------------------------------------------------------- */

static int start(struct sim_calendar *cal, struct sim_err *err)
{
    cal->heads = sim_calloc(HEADS_MIN, sizeof *cal->heads);
    if (cal->heads == NULL)
        return sim_err_set(err, SIM_E_NOMEM, "out of memory: calendar");
    cal->heads_room = HEADS_MIN;
    cal->mask = HEADS_MIN - 1;
    cal->buckets_per_s = 1e3;
    cal->budget = BUDGET_MIN;
    cal->now = INT64_MIN;
    return SIM_OK;
}

static int grow(struct sim_calendar *cal, struct sim_err *err)
{
    const uint32_t room = cal->room == 0 ? ROOM_MIN : cal->room * 2;
    if (room > UINT32_MAX / 2)
        return sim_err_set(err, SIM_E_LIMIT, "too many events in flight");
    struct sim_event *nodes = sim_realloc(cal->nodes, room, sizeof *nodes);
    if (nodes != NULL)
        cal->nodes = nodes;
    /* Twice: the sorted part is moved down only when half of it is used up. */
    struct sim_event *near =
        sim_realloc(cal->near, (size_t)room * 2, sizeof *near);
    if (near != NULL)
        cal->near = near;
    if (nodes == NULL || near == NULL)
        return sim_err_set(err, SIM_E_NOMEM, "out of memory: calendar");
    cal->room = room;
    return SIM_OK;
}

static void push_late(struct sim_calendar *cal, const struct sim_event *event)
{
    if (cal->near_n == (size_t)cal->room * 2) {
        const size_t n = cal->near_n - cal->near_at;
        memmove(cal->near, cal->near + cal->near_at, n * sizeof *cal->near);
        cal->near_at = 0;
        cal->near_n = n;
    }
    const size_t moved = insert(cal->near, cal->near_at, cal->near_n++, event);
    cal->n_late++;
    cal->n_shifted += (int64_t)moved;
    cal->budget -= (int64_t)moved;
}

int sim_calendar_push(struct sim_calendar *cal, const struct sim_event *event,
    struct sim_err *err)
{
    int rc = SIM_OK;
    assert(isfinite(event->time_s));
    if (cal->heads == NULL)
        rc = start(cal, err);
    if (rc == SIM_OK && cal->n == cal->room)
        rc = grow(cal, err);
    if (rc == SIM_OK && (cal->budget <= 0 || cal->n > 8 * (cal->mask + 1)))
        rc = review(cal, err);
    if (rc != SIM_OK)
        return rc;

    const int64_t bucket = bucket_of(cal, event->time_s);
    if (cal->n == 0 && cal->now == INT64_MIN)
        cal->now = bucket - 1;
    if (bucket <= cal->now)
        push_late(cal, event);
    else
        drop_into_bucket(cal, event, bucket);
    cal->n++;
    cal->budget--;
    return SIM_OK;
}

/* Up to the bucket of the limit. */
bool sim_calendar_open(struct sim_calendar *cal, double limit_s)
{
    if (cal->n == 0) {
        if (cal->heads != NULL && limit_s < (double)INFINITY) {
            const int64_t b = bucket_of(cal, limit_s);
            cal->now = b > cal->now ? b : cal->now;
        }
        return false;
    }
    const int64_t last = bucket_of(cal, limit_s);
    uint64_t passed = 0;
    while (cal->now < last) {
        if (passed++ > cal->mask) {
            /* A whole year without an event: look for it instead. */
            const int64_t first = first_bucket(cal);
            cal->now = first > last ? last : first - 1;
            passed = 0;
            continue;
        }
        cal->n_passed++;
        cal->budget--;
        open_bucket(cal, cal->now + 1);
        if (cal->near_n > 0)
            return true;
    }
    return false;
}

void sim_calendar_clear(struct sim_calendar *cal)
{
    if (cal->heads != NULL)
        memset(cal->heads, 0, ((size_t)cal->mask + 1) * sizeof *cal->heads);
    cal->n = cal->near_at = cal->near_n = 0;
    cal->free_node = cal->n_nodes = 0;
    cal->now = INT64_MIN;
}

void sim_calendar_release(struct sim_calendar *cal)
{
    sim_free(cal->near);
    sim_free(cal->nodes);
    sim_free(cal->heads);
    *cal = (struct sim_calendar){0};
}
