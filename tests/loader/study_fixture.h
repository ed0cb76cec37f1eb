/* study_fixture.h - run a scenario from its text and compare its metrics with
 * exact answers.
 *
 * The text goes through the loader, the built-in presets and tables and the
 * whole of the models, as it would from a file.  Run at the repository's top.
 */
#ifndef TESTS_LOADER_STUDY_FIXTURE_H
#define TESTS_LOADER_STUDY_FIXTURE_H

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check_main.h"
#include "models/run.h"
#include "scenarios/loader/load.h"
#include "scenarios/loader/presets.h"
#include "sim/alloc.h"
#include "sim/stats.h"
#include "sim/text.h"

static inline const char *study_table(const char *name, size_t *size)
{
    const struct scn_preset_file *file = scn_preset_find(name);

    if (file == NULL)
        return NULL;
    if (size != NULL)
        *size = file->size;
    return (const char *)file->data;
}

static const struct mdl_data_source study_tables = {.find = study_table};

/* A scenario with its results; released by study_end(). */
struct study {
    struct scn_scenario *scenario;
    struct res_run *run;
    struct sim_err err;
    int rc;
};

/* Load a body; "schema: sitesim/1" and a name go before it. */
static inline struct study study_load(const char *body)
{
    char path[] = "/tmp/sitesim-study-XXXXXX";
    const int fd = mkstemp(path);
    FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;
    const struct scn_options options = {.path = path};
    struct scn_diag diag = {.n_messages = 0};
    struct sim_text text = {0};
    struct study s = {0};

    ck_assert_ptr_nonnull(file);
    fprintf(file, "schema: sitesim/1\nname: study\n%s", body);
    ck_assert_int_eq(fclose(file), 0);
    s.rc = scn_load(&options, &mdl_run_table, &diag, &s.scenario, &s.err);
    scn_diag_print(&diag, false, &text);
    if (s.rc != SIM_OK)
        fprintf(stderr, "%s%s\n", sim_text_str(&text), s.err.text);
    ck_assert_int_eq(s.rc, SIM_OK);
    sim_text_release(&text);
    scn_diag_release(&diag);
    unlink(path);
    return s;
}

/* Run a loaded study, once; rc and err are left for the caller to judge. */
static inline void study_execute_with(
    struct study *s, const struct mdl_run_options *options)
{
    s->run = NULL;
    s->err = (struct sim_err){0};
    s->rc = res_run_create(&s->run, &s->err);
    if (s->rc != SIM_OK)
        return;
    s->run->inputs = s->scenario->inputs;
    s->run->n_inputs = s->scenario->n_inputs;
    s->run->meta.currency = "USD";
    s->rc = mdl_run_execute(
        s->scenario->cfg, &study_tables, options, s->run, &s->err);
}

static inline void study_execute(struct study *s, int jobs)
{
    const struct mdl_run_options options = {.jobs = jobs};

    study_execute_with(s, &options);
}

static inline void study_end(struct study *s)
{
    res_run_destroy(s->run);
    scn_scenario_destroy(s->scenario);
    *s = (struct study){0};
}

/* Load and run what must succeed. */
static inline struct study study_run(const char *fmt, ...)
{
    char body[8192];
    struct study s;
    va_list args;

    va_start(args, fmt);
    const int n = vsnprintf(body, sizeof body, fmt, args);
    va_end(args);
    ck_assert(n > 0 && (size_t)n < sizeof body);
    s = study_load(body);
    study_execute(&s, 1);
    ck_assert_msg(s.rc == SIM_OK, "%s", s.err.text);
    return s;
}

static inline const struct res_estimate *study_metric(
    const struct study *s, const char *name)
{
    const struct res_metric *m = res_metric_by_name(s->run, name);

    ck_assert_msg(m != NULL, "no metric '%s'", name);
    return &m->est;
}

/* VALIDATION.md, section 3: the exact answer lies within the 99.9 % bound, and
 * the half width as reported is at most `tight` of it, so that a wide interval
 * cannot pass. */
static inline void study_expect(
    const struct study *s, const char *name, double exact, double tight)
{
    const struct res_estimate *e = study_metric(s, name);
    const double dof = (double)(e->n - 1);
    const double level = s->run->meta.level;
    const double bound = e->half_width * sim_t_quantile(0.9995, dof) /
                         sim_t_quantile(0.5 + level / 2, dof);

    if (getenv("SITESIM_TABLE") != NULL)
        printf("%-32s exact %-12.7g simulated %-12.7g half width %.3f %% "
               "off %+.2f half widths\n",
            name, exact, e->value, 100 * e->half_width / exact,
            (e->value - exact) / e->half_width);
    ck_assert_msg(fabs(e->value - exact) <= bound,
        "%s: got %.7g, exact %.7g, 99.9 %% bound %.3g", name, e->value, exact,
        bound);
    ck_assert_msg(e->half_width <= tight * fabs(exact),
        "%s: half width %.3g of %.7g is above %g", name, e->half_width, exact,
        tight);
}

/* An output without chance. */
static inline void study_exact(
    const struct study *s, const char *name, double exact, double tolerance)
{
    const struct res_estimate *e = study_metric(s, name);

    ck_assert_msg(fabs(e->value - exact) <= tolerance * fabs(exact),
        "%s: got %.15g, exact %.15g", name, e->value, exact);
    ck_assert_msg(isnan(e->half_width), "%s has a half width", name);
}

/* Long samples say nothing about memory: with sanitizers they are skipped, as
 * the runner is told. */
static inline bool study_skipped(const char *name)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) ||           \
    defined(SIM_NO_CLONES)
    printf("skip %s: too long with sanitizers\n", name);
    return true;
#else
    (void)name;
    return false;
#endif
}

#define MEAN_TIGHT     0.02
#define QUANTILE_TIGHT 0.03

#endif /* TESTS_LOADER_STUDY_FIXTURE_H */
