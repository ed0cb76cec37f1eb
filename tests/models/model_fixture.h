/* model_fixture.h - what tests of the physical sub-models share: the built-in
 * tables read from the repository, and rules every row table keeps. */
#ifndef TESTS_MODELS_MODEL_FIXTURE_H
#define TESTS_MODELS_MODEL_FIXTURE_H

#include "check_main.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "models/data.h"
#include "sim/param.h"
#include "sim/units.h"

/* One table of scenarios/data at a time; tests run at the repository's top. */
static inline const char *table_text(const char *name, size_t *size)
{
    static char text[65536];
    char path[256];
    FILE *file;
    size_t n;

    snprintf(path, sizeof path, "scenarios/data/%s", name);
    file = fopen(path, "rb");
    if (file == NULL)
        return NULL;
    n = fread(text, 1, sizeof text - 1, file);
    ck_assert_msg(n < sizeof text - 1, "'%s' is larger than the buffer", path);
    fclose(file);
    text[n] = '\0';
    if (size != NULL)
        *size = n;
    return text;
}

static const struct mdl_data_source tables = {.find = table_text};

static inline void near_abs(double got, double want, double tolerance)
{
    ck_assert_msg(fabs(got - want) <= tolerance,
        "got %.17g, want %.17g within %g", got, want, tolerance);
}

static inline void near_rel(double got, double want, double tolerance)
{
    near_abs(got, want, tolerance * fabs(want));
}

static inline void check_row(
    const struct sim_table *table, const struct sim_param *row)
{
    char suffix[64];
    const size_t n = strlen(row->name);

    sim_unit_suffix(row->unit == NULL ? "" : row->unit, suffix, sizeof suffix);
    ck_assert_msg(row->doc != NULL && row->doc[strlen(row->doc) - 1] == '.',
        "%s.%s: doc is one sentence", table->name, row->name);
    ck_assert_msg(n > strlen(suffix) &&
                      strcmp(row->name + n - strlen(suffix), suffix) == 0,
        "%s.%s: unit '%s' asks for the suffix '%s'", table->name, row->name,
        row->unit, suffix);
    if (row->type == SIM_F64 && (row->flags & SIM_P_OPTIONAL) == 0 &&
        !row->required && !isinf(row->dflt))
        ck_assert_msg(row->dflt >= row->min && row->dflt <= row->max,
            "%s.%s: default %g outside %g .. %g", table->name, row->name,
            row->dflt, row->min, row->max);
}

/* Suffixes, docs, defaults and struct order, through nested tables. */
static inline void check_table_rules(const struct sim_table *table)
{
    size_t last = 0;

    for (int i = 0; i < table->n_rows; i++) {
        const struct sim_param *row = &table->rows[i];

        check_row(table, row);
        ck_assert_msg(i == 0 || row->offset > last,
            "%s.%s: rows are not in struct order", table->name, row->name);
        last = row->offset;
        if (row->table != NULL)
            check_table_rules(row->table);
    }
    ck_assert(last < table->size);
}

/* Counts faults a check hook reports; ctx is an int. */
static inline void count_fault(void *ctx, const char *key, const char *fmt, ...)
{
    (void)key;
    (void)fmt;
    ++*(int *)ctx;
}

static inline int faults_of(const struct sim_table *table, const void *cfg)
{
    int n = 0;
    const struct sim_checker checker = {.ctx = &n, .fault = count_fault};

    table->check(cfg, &checker);
    return n;
}

#endif /* TESTS_MODELS_MODEL_FIXTURE_H */
