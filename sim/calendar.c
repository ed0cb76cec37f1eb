#include "sim/calendar.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "sim/alloc.h"
#include "sim/clones.h"

enum {
    ROOM_MIN = 64,
    HEADS_MIN = 64,
    COUNTED = 8, /* up to here counting beats insertion sort */
    HALF = COUNTED / 2,
    MANY = 1024,       /* events that no longer stay in the nearest cache */
    AT_ONCE = 16,      /* then so many are sorted at a time at least */
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
 * branch that depends on the order, and the events are moved once.  `width`
 * is a constant >= n where this is called; time_s[n .. width-1] are INFINITY.
 * False when two times are equal, which is left to comparisons. */
SIM_INLINE bool count_out(const struct sim_calendar *cal,
    struct sim_event *near, const double *time_s, const uint32_t *ids, size_t n,
    size_t width)
{
    int64_t rank[COUNTED] = {0};
    int64_t sum = 0;
    for (size_t j = 0; j < width; j++)
        for (size_t i = 0; i < width; i++)
            rank[i] += time_s[j] < time_s[i];
    for (size_t i = 0; i < n; i++) {
        near[rank[i]] = cal->nodes[ids[i] - 1];
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

/* Move the events of bucket number `bucket` to the end of the sorted part;
 * those of later years stay. */
static void open_bucket(struct sim_calendar *cal, int64_t bucket)
{
    struct sim_event *near = cal->near + cal->near_n;
    uint32_t *head = &cal->heads[(uint64_t)bucket & cal->mask];
    const uint32_t soon = cal->heads[(uint64_t)(bucket + 2) & cal->mask];
    double time_s[COUNTED];
    uint32_t ids[COUNTED];
    uint32_t later = 0, unused = cal->free_node;
    size_t n = 0;
    if (soon != 0)
        __builtin_prefetch(&cal->nodes[soon - 1]);
    for (size_t i = 0; i < COUNTED; i++)
        time_s[i] = (double)INFINITY;
    for (uint32_t id = *head, next; id != 0; id = next) {
        struct sim_event *node = &cal->nodes[id - 1];
        next = node->link;
        if (sim_calendar_bucket(cal, node->time_s) > bucket) {
            node->link = later;
            later = id;
            continue;
        }
        if (n < COUNTED) {
            time_s[n] = node->time_s;
            ids[n] = id;
        }
        node->link = unused;
        unused = id;
        n++;
    }
    *head = later;
    cal->free_node = unused;
    cal->near_n += n;
    cal->n_far -= n;
    cal->now = bucket;
    cal->n_taken += (int64_t)n;
    if (n == 0)
        return;
    if (n <= HALF
            ? count_out(cal, near, time_s, ids, n, HALF)
            : n <= COUNTED && count_out(cal, near, time_s, ids, n, COUNTED))
        return;
    for (size_t i = 0; i < n; i++, unused = cal->nodes[unused - 1].link)
        near[i] = cal->nodes[unused - 1];
    sort(near, n);
}

/* First bucket in use; at least one event is pending in the buckets. */
static int64_t first_bucket(const struct sim_calendar *cal)
{
    int64_t first = INT64_MAX;
    for (uint64_t h = 0; h <= cal->mask; h++) {
        for (uint32_t id = cal->heads[h]; id != 0;
             id = cal->nodes[id - 1].link) {
            const int64_t b =
                sim_calendar_bucket(cal, cal->nodes[id - 1].time_s);
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
        const uint32_t id = sim_calendar_node(cal);
        cal->nodes[id - 1] = cal->near[i];
        cal->nodes[id - 1].link = all;
        all = id;
    }
    cal->near_at = cal->near_n = cal->n_far = 0;
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
        const int64_t bucket = sim_calendar_bucket(cal, node->time_s);
        uint32_t *head = &cal->heads[(uint64_t)bucket & cal->mask];
        node->link = *head;
        *head = all;
        first = bucket < first ? bucket : first;
        cal->n_far++;
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
    const size_t n = sim_calendar_count(cal);
    const size_t heads = heads_wanted(n);
    const size_t have = (size_t)cal->mask + 1;

    cal->budget = BUDGET_MIN + 4 * (int64_t)(n + have);
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

/* Is the table of buckets too short for what is in it? */
static bool is_crowded(const struct sim_calendar *cal)
{
    return cal->n_far >= 8 * (cal->mask + 1);
}

int sim_calendar_push_other(struct sim_calendar *cal,
    const struct sim_event *event, struct sim_err *err)
{
    int rc = SIM_OK;
    assert(isfinite(event->time_s));
    if (cal->heads == NULL)
        rc = start(cal, err);
    if (rc == SIM_OK && sim_calendar_count(cal) >= cal->room)
        rc = grow(cal, err);
    if (rc == SIM_OK && (cal->budget <= 0 || is_crowded(cal)))
        rc = review(cal, err);
    if (rc != SIM_OK)
        return rc;

    const int64_t bucket = sim_calendar_bucket(cal, event->time_s);
    if (cal->now == INT64_MIN)
        cal->now = bucket - 1;
    if (bucket <= cal->now)
        push_late(cal, event);
    else
        sim_calendar_drop(cal, event, bucket);
    const size_t most = 8 * (cal->mask + 1);
    cal->n_easy = cal->budget <= 0 ? 0 : cal->room < most ? cal->room : most;
    return SIM_OK;
}

/* Up to the bucket of the limit. */
bool sim_calendar_open(struct sim_calendar *cal, double limit_s)
{
    if (cal->n_far == 0) {
        if (cal->heads != NULL && limit_s < (double)INFINITY) {
            const int64_t b = sim_calendar_bucket(cal, limit_s);
            cal->now = b > cal->now ? b : cal->now;
        }
        return false;
    }
    const int64_t last = sim_calendar_bucket(cal, limit_s);
    /* Of many, some buckets at once: the caller can then prefetch across
     * them.  Of few, the next alone: what is sorted must make room for what
     * comes. */
    const size_t want = cal->n_far > MANY ? AT_ONCE : 1;
    uint64_t passed = 0;
    cal->near_at = cal->near_n = 0;
    while (cal->now < last && cal->near_n < want && cal->n_far > 0) {
        if (passed++ > cal->mask) {
            /* A whole year without an event: look for it instead. */
            const int64_t first = first_bucket(cal);
            cal->now = first > last ? last : first - 1;
            passed = 0;
            continue;
        }
        cal->n_passed++;
        open_bucket(cal, cal->now + 1);
        cal->budget--;
    }
    cal->budget -= (int64_t)cal->near_n;
    if (cal->budget <= 0)
        cal->n_easy = 0; /* the next push reviews the width */
    return cal->near_n > 0;
}

void sim_calendar_clear(struct sim_calendar *cal)
{
    if (cal->heads != NULL)
        memset(cal->heads, 0, ((size_t)cal->mask + 1) * sizeof *cal->heads);
    cal->n_far = cal->n_easy = cal->near_at = cal->near_n = 0;
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
