/* verify.h - the cases of `make verify`.
 *
 * A case is a scenario as a user writes it, and metrics of it whose exact
 * value is known: a closed form or a numerical solution of the model's
 * equations, computed here from the formula and never pasted.  A case passes
 * when each exact value lies inside the 99.9 % bound of the simulated one and
 * the half width is at most the limit of its kind, so that a lazily wide
 * interval cannot pass.
 *
 * family_*.c hold cases, one file a group of families; exact_*.c hold the
 * solvers they call, each checked against a second route in
 * tests/verify/test_exact_*.c.
 */
#ifndef TESTS_VERIFY_VERIFY_H
#define TESTS_VERIFY_VERIFY_H

#include <stdbool.h>

enum verify_kind {
    VERIFY_MEAN,     /* half width at most 2 % of the exact value */
    VERIFY_QUANTILE, /* ... 3 % */
    VERIFY_RARE,     /* a probability below 0.01: ... 5 % */
    VERIFY_EXACT,    /* no chance in it: equal to 1e-9, no half width */
    VERIFY_NEAR,     /* no chance either, but equal only to `within` */
};

struct verify_check {
    const char *metric; /* full name, "d.latency.p95" */
    double exact;       /* in the metric's unit as results.json gives it */
    enum verify_kind kind;
    double within; /* relative, of VERIFY_NEAR: a bucket's width, a known
                      difference of definition */
};

enum { VERIFY_MAX_CHECKS = 12 };

struct verify_case {
    const char *family; /* "M/M/c": a row of the table in docs/VALIDATION.md */
    const char *name;   /* "c = 8, rho = 0.9" */
    const char *route;  /* how the exact value is found: "Erlang C" */
    const char *body;   /* the scenario but for schema, name and seed */
    bool fast;          /* under two seconds: also part of `make test` */
    struct verify_check checks[VERIFY_MAX_CHECKS];
    int n_checks;
};

struct verify; /* the driver's state */

/** Run one case and record what came out; never stops the program. */
void verify_case(struct verify *v, const struct verify_case *c);

/** printf into storage that lives as long as the driver, for bodies. */
const char *verify_text(struct verify *v, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/** A family file exports one function and has one line in verify.c. */
typedef void verify_family_fn(struct verify *v);

#endif /* TESTS_VERIFY_VERIFY_H */
