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
verify_family_fn verify_family_reliability;
verify_family_fn verify_family_networks;
verify_family_fn verify_family_rtt;
verify_family_fn verify_family_batching;
verify_family_fn verify_family_impatience;
verify_family_fn verify_family_routing;
verify_family_fn verify_family_policies;
verify_family_fn verify_family_overflow;
verify_family_fn verify_family_power;
verify_family_fn verify_family_breakdowns;
verify_family_fn verify_family_inversion;

#endif /* TESTS_VERIFY_FAMILIES_H */
