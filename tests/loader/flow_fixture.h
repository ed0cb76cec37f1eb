/* flow_fixture.h - short forms for tests of requests of several visits. */
#ifndef TESTS_LOADER_FLOW_FIXTURE_H
#define TESTS_LOADER_FLOW_FIXTURE_H

#include "loader/study_fixture.h"

static inline double flow_value(const struct study *s, const char *name)
{
    return study_metric(s, name)->value;
}

/* What has no chance in it, or must agree exactly: up to rounding of sums. */
static inline void flow_near(
    const struct study *s, const char *name, double exact)
{
    const double value = flow_value(s, name);

    ck_assert_msg(fabs(value - exact) <= 1e-9 * (1 + fabs(exact)),
        "%s: got %.12g, exact %.12g", name, value, exact);
}

#endif /* TESTS_LOADER_FLOW_FIXTURE_H */
