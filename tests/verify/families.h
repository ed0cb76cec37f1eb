/* families.h - what family_*.c export; verify.c calls them in its order. */
#ifndef TESTS_VERIFY_FAMILIES_H
#define TESTS_VERIFY_FAMILIES_H

#include "tests/verify/verify.h"

verify_family_fn verify_family_mmc;
verify_family_fn verify_family_mg1;
verify_family_fn verify_family_ps;
verify_family_fn verify_family_priority;
verify_family_fn verify_family_arrivals;
verify_family_fn verify_family_time;
verify_family_fn verify_family_static;

#endif /* TESTS_VERIFY_FAMILIES_H */
