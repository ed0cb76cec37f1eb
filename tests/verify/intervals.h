/* intervals.h - models with exact answers for the study of intervals.
 *
 * Each model gives its scenario, which leaves the warm-up to `auto`, and the
 * exact values of two means or quantiles, computed from the model's equations
 * when the program starts.
 */
#ifndef TESTS_VERIFY_INTERVALS_H
#define TESTS_VERIFY_INTERVALS_H

enum { INTERVAL_METRICS = 3, INTERVAL_MODELS = 8 };

struct interval_metric {
    const char *name; /* "d.latency.p95" */
    double exact;     /* [ms] */
};

struct interval_model {
    const char *name;
    const char *route; /* to the exact values */
    const char *body;  /* the scenario but for schema, name and seed */
    int requests;      /* measured, of a replication */
    /* mean, p95, and p99 where enough requests lie beyond it (else no name) */
    struct interval_metric metric[INTERVAL_METRICS];
};

/** Fill the models; solves what must be solved (a second). */
void interval_models(struct interval_model models[INTERVAL_MODELS]);

#endif /* TESTS_VERIFY_INTERVALS_H */
