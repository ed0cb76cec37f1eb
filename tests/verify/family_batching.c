/* One server that serves in batches. */
#include "tests/verify/exact_batch.h"
#include "tests/verify/families.h"

static void batching(struct verify *v, const char *name, const char *time,
    int requests, const struct exact_batching *b)
{
    const struct exact_batches exact = exact_batch_server(b);

    verify_case(v,
        &(struct verify_case){.family = "Batching server",
            .name = name,
            .route = "chain embedded at ends of batches",
            .body = verify_text(v,
                "simulate: {requests: %d, warmup: 10000 requests, "
                "replications: 20}\n"
                "arrivals: {rate: %.17g /s}\n"
                "requests: {r: {priority: 1}}\n"
                "deployments: {d: {sites: {q: {tier: bare, "
                "batching: {min: %d, max: %d, time: %s}}}}}\n",
                requests, b->lambda, b->min, b->max, time),
            .checks = {{"d.latency.mean", 1e3 * exact.response_s, VERIFY_MEAN},
                {"d.site.q.in_system.mean", exact.in_system, VERIFY_MEAN},
                {"d.site.q.busy_servers.mean", exact.busy, VERIFY_MEAN},
                {"d.site.q.batch_size.mean", exact.size, VERIFY_MEAN}},
            /* batches of one size have no spread to judge by */
            .n_checks = b->min < b->max ? 4 : 3});
}

void verify_family_batching(struct verify *v)
{
    batching(v, "exponential, 1 to 8 at a load of 0.5",
        "{exponential: {mean: 100 ms}}", 100000,
        &(struct exact_batching){.lambda = 40,
            .min = 1,
            .max = 8,
            .fixed_s = 0.1,
            .exponential = true});
    batching(v, "exponential, 3 to 8 at a load of 0.75",
        "{exponential: {mean: 100 ms}}", 200000,
        &(struct exact_batching){.lambda = 60,
            .min = 3,
            .max = 8,
            .fixed_s = 0.1,
            .exponential = true});
    batching(v, "constant, 1 to 8 at a load of 0.75",
        "{fixed: 100 ms, per_item: 0 ms, law: constant}", 100000,
        &(struct exact_batching){
            .lambda = 60, .min = 1, .max = 8, .fixed_s = 0.1});
    batching(v, "constant, always 4, at a load of 0.8",
        "{fixed: 100 ms, law: constant}", 200000,
        &(struct exact_batching){
            .lambda = 32, .min = 4, .max = 4, .fixed_s = 0.1});
    batching(v, "constant, time by size, 1 to 16",
        "{fixed: 30 ms, per_item: 3 ms, law: constant}", 100000,
        &(struct exact_batching){.lambda = 150,
            .min = 1,
            .max = 16,
            .fixed_s = 0.030,
            .per_item_s = 0.003});
    batching(v, "exponential, time by size, 2 to 6",
        "{fixed: 60 ms, per_item: 10 ms, law: exponential}", 200000,
        &(struct exact_batching){.lambda = 35,
            .min = 2,
            .max = 6,
            .fixed_s = 0.060,
            .per_item_s = 0.010,
            .exponential = true});
}
