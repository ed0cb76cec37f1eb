/* verify.c - `make verify`: the simulator against exact answers.
 *
 * usage: verify [--fast] [--seed N]... [--family TEXT] [--jobs N]
 *               [--report FILE]
 *
 * Prints every comparison; with --fast the lines that tests/run.sh reads.
 * Exit 1 when anything failed, 2 when the command line is wrong.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include "sim/alloc.h"
#include "sim/exec.h"
#include "tests/verify/driver.h"
#include "tests/verify/families.h"

/* ---- the families, a line each ------------------------------------------- */

static verify_family_fn *const families[] = {
    verify_family_mmc,
    verify_family_mg1,
    verify_family_ps,
    verify_family_priority,
    verify_family_arrivals,
    verify_family_time,
    verify_family_static,
    verify_family_reliability,
    verify_family_networks,
    verify_family_rtt,
    verify_family_batching,
    verify_family_impatience,
    verify_family_routing,
    verify_family_policies,
    verify_family_overflow,
    verify_family_power,
    verify_family_breakdowns,
    verify_family_inversion,
};

/* ---- options ------------------------------------------------------------- */

static const uint64_t default_seed = 20261120;

static int number(const char *text, uint64_t most, uint64_t *out)
{
    char *end = NULL;

    errno = 0;
    const unsigned long long value = strtoull(text, &end, 10);
    if (*text < '0' || *text > '9' || *end != '\0' || errno != 0 ||
        value > most) {
        fprintf(stderr, "verify: '%s' is no number up to %llu\n", text,
            (unsigned long long)most);
        return -1;
    }
    *out = value;
    return 0;
}

static int option(struct verify_options *o, const char *name, const char *value)
{
    uint64_t n = 0;

    if (strcmp(name, "--family") == 0) {
        o->family = value;
    } else if (strcmp(name, "--report") == 0) {
        o->report = value;
    } else if (strcmp(name, "--jobs") == 0) {
        if (number(value, 1024, &n) != 0)
            return -1;
        o->jobs = n > 0 ? (int)n : 1;
    } else if (strcmp(name, "--seed") == 0) {
        if (o->n_seeds == VERIFY_MAX_SEEDS) {
            fprintf(stderr, "verify: more than %d seeds\n", VERIFY_MAX_SEEDS);
            return -1;
        }
        if (number(value, UINT64_C(9007199254740992), &n) != 0)
            return -1;
        o->seeds[o->n_seeds++] = n;
    } else {
        fprintf(stderr, "verify: unknown option '%s'\n", name);
        return -1;
    }
    return 0;
}

static int parse(int argc, char **argv, struct verify_options *o)
{
    o->jobs = sim_exec_cpus();
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--fast") == 0) {
            o->fast = true;
        } else if (i + 1 == argc) {
            fprintf(stderr,
                "usage: verify [--fast] [--seed N]... [--family TEXT]"
                " [--jobs N] [--report FILE]\n");
            return -1;
        } else if (option(o, argv[i], argv[i + 1]) != 0) {
            return -1;
        } else {
            i++;
        }
    }
    if (o->n_seeds == 0)
        o->seeds[o->n_seeds++] = default_seed;
    return 0;
}

/* ---- the whole ----------------------------------------------------------- */

/* The report speaks of the whole suite; what was left out would be missed. */
static int finish(struct verify *v)
{
    struct sim_err err = {0};
    struct verify_pool pool;
    int status = v->n_failed > 0 || v->no_memory ? 1 : 0;

    if (v->no_memory)
        fprintf(stderr, "verify: out of memory, not all is recorded\n");
    if (v->options.fast) {
        printf("%d passed, %d failed\n",
            v->n_runs - v->n_repeated - v->n_failed, v->n_failed);
        return status;
    }
    verify_pool(v, &pool);
    verify_print_pool(v);
    if (!pool.passed)
        status = 1;
    if (v->options.report != NULL && !v->no_memory &&
        verify_write_report(v, v->options.report, &err) != SIM_OK) {
        fprintf(stderr, "verify: %s\n", err.text);
        status = 1;
    }
    return status;
}

int main(int argc, char **argv)
{
    struct verify v = {0};

    gsl_set_error_handler_off();
    if (parse(argc, argv, &v.options) != 0)
        return 2;
    if (v.options.report != NULL &&
        (v.options.fast || v.options.family != NULL)) {
        fprintf(stderr, "verify: --report needs the whole suite\n");
        return 2;
    }
    for (size_t i = 0; i < sizeof families / sizeof families[0]; i++)
        families[i](&v);
    const int status = finish(&v);
    sim_free(v.records);
    sim_arena_release(&v.arena);
    return status;
}
