/* driver.h - what the parts of the driver share: options, records, report.
 *
 * One record is one comparison, of one metric of one run.  A run that gave
 * nothing to compare leaves one record with its fault.
 */
#ifndef TESTS_VERIFY_DRIVER_H
#define TESTS_VERIFY_DRIVER_H

#include <stdint.h>

#include "sim/arena.h"
#include "sim/err.h"
#include "tests/verify/verify.h"

enum { VERIFY_MAX_SEEDS = 64 };

struct verify_options {
    bool fast;          /* fast cases only, lines for the test runner */
    const char *family; /* part of the names of the families wanted, or NULL */
    const char *report; /* file to write, or NULL */
    int jobs;
    uint64_t seeds[VERIFY_MAX_SEEDS];
    int n_seeds;
};

struct verify_record {
    const char *family, *name, *route, *metric;
    uint64_t seed; /* of the suite, not of the case */
    int run;       /* records of one run have the same number */
    bool again;    /* repeats the run before */
    bool outside;  /* of its 99.9 % bound; the run was repeated if no fault */
    bool chance;   /* not VERIFY_EXACT or VERIFY_NEAR */
    double exact, value, half_width;
    double z;          /* difference over standard error; NAN without chance */
    double score;      /* z through its t distribution to the normal one; NAN */
    double p;          /* two-sided; NAN */
    const char *fault; /* NULL when it passed */
};

struct verify {
    struct verify_options options;
    struct sim_arena arena;
    struct verify_record *records;
    int n_records, size;
    int n_runs, n_failed; /* runs, and those with a fault */
    int n_repeated;       /* runs that lay outside and were repeated */
    const char *last_family;
    bool no_memory; /* something was not recorded */
};

/* Statistics of all comparisons together. */
struct verify_pool {
    int n_runs;         /* with chance in them */
    int n_checks;       /* comparisons with chance */
    double sum_squares; /* sum over runs of the mean squared score */
    double low, high;   /* its 1e-4 bounds: chi-square, n_runs degrees */
    double mean_square; /* of all scores */
    double holm;        /* smallest p, adjusted */
    bool passed;
};

void verify_pool(const struct verify *v, struct verify_pool *out);

/** Print one run's records, from `first` on. */
void verify_print_run(struct verify *v, int first);

/** Print what came out over all. */
void verify_print_pool(const struct verify *v);

/** Write the report, whole or not at all. */
SIM_MUST_CHECK int verify_write_report(
    const struct verify *v, const char *path, struct sim_err *err);

#endif /* TESTS_VERIFY_DRIVER_H */
