/* case.c - run a case and judge its metrics.
 *
 * The scenario goes through the loader, the built-in presets and tables and
 * the whole of the models, as it would from a user's file. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <gsl/gsl_cdf.h>

#include "models/run.h"
#include "scenarios/loader/load.h"
#include "scenarios/loader/presets.h"
#include "sim/alloc.h"
#include "sim/stats.h"
#include "sim/text.h"
#include "tests/verify/driver.h"

/* ---- scenario text to results -------------------------------------------- */

static const char *table_of(const char *name, size_t *size)
{
    const struct scn_preset_file *file = scn_preset_find(name);

    if (file == NULL)
        return NULL;
    if (size != NULL)
        *size = file->size;
    return (const char *)file->data;
}

static const struct mdl_data_source tables = {.find = table_of};

/* A file of its own for the text; the path's last six letters are replaced. */
static int write_text(const char *text, char *path, struct sim_err *err)
{
    const int fd = mkstemp(path);
    FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;

    if (file == NULL) {
        if (fd >= 0)
            close(fd);
        return sim_err_set(err, SIM_E_IO, "cannot create '%s'", path);
    }
    const int bad = fputs(text, file) < 0;
    if (fclose(file) != 0 || bad)
        return sim_err_set(err, SIM_E_IO, "cannot write '%s'", path);
    return SIM_OK;
}

/* On failure `messages` holds what the loader had to say, if anything. */
static int load(const char *text, struct scn_scenario **out,
    struct sim_text *messages, struct sim_err *err)
{
    char path[] = "/tmp/sitesim-verify-XXXXXX";
    const struct scn_options options = {.path = path};
    struct scn_diag diag = {.n_messages = 0};
    int rc = write_text(text, path, err);

    if (rc == SIM_OK) {
        rc = scn_load(&options, &mdl_run_table, &diag, out, err);
        if (rc != SIM_OK)
            scn_diag_print(&diag, false, messages);
    }
    scn_diag_release(&diag);
    unlink(path);
    return rc;
}

static int execute(const char *text, int jobs, struct scn_scenario **scenario,
    struct res_run **run, struct sim_text *messages, struct sim_err *err)
{
    const struct mdl_run_options options = {.jobs = jobs};
    int rc = load(text, scenario, messages, err);

    if (rc == SIM_OK)
        rc = res_run_create(run, err);
    if (rc != SIM_OK)
        return rc;
    (*run)->inputs = (*scenario)->inputs;
    (*run)->n_inputs = (*scenario)->n_inputs;
    (*run)->meta.currency = "USD";
    return mdl_run_execute((*scenario)->cfg, &tables, &options, *run, err);
}

/* ---- records ------------------------------------------------------------- */

static void record(struct verify *v, const struct verify_record *r)
{
    if (v->n_records == v->size) {
        const int size = v->size > 0 ? 2 * v->size : 256;
        void *more = sim_realloc(v->records, (size_t)size, sizeof *v->records);
        if (more == NULL) {
            v->no_memory = true;
            return;
        }
        v->records = more;
        v->size = size;
    }
    v->records[v->n_records++] = *r;
}

const char *verify_text(struct verify *v, const char *fmt, ...)
{
    va_list args, again;
    char *copy = NULL;

    va_start(args, fmt);
    va_copy(again, args);
    const int n = vsnprintf(NULL, 0, fmt, args);
    if (n >= 0)
        copy = sim_arena_alloc(&v->arena, (size_t)n + 1);
    if (copy != NULL)
        vsnprintf(copy, (size_t)n + 1, fmt, again);
    else
        v->no_memory = true;
    va_end(again);
    va_end(args);
    /* an empty body does not load, so the case fails by name */
    return copy != NULL ? copy : "";
}

/* ---- judgement ----------------------------------------------------------- */

static double tightness(enum verify_kind kind)
{
    switch (kind) {
    case VERIFY_QUANTILE:
        return 0.03;
    case VERIFY_RARE:
        return 0.05;
    case VERIFY_MEAN:
    case VERIFY_EXACT:
    case VERIFY_NEAR:
        break;
    }
    return 0.02;
}

/* An average of equal values has a half width of rounding errors. */
static const char *judge_exact(const struct verify_record *r, double within)
{
    const double scale = fabs(r->exact);

    if (r->half_width > 1e-9 * scale)
        return "has a half width";
    if (!(fabs(r->value - r->exact) <= within * scale))
        return "differs";
    return NULL;
}

static const char *judge(struct verify_record *r, const struct verify_check *c,
    const struct res_estimate *e, double level)
{
    const double dof = (double)(e->n - 1);

    if (c->kind == VERIFY_EXACT || c->kind == VERIFY_NEAR)
        return judge_exact(r, c->kind == VERIFY_NEAR ? c->within : 1e-9);
    if (isnan(r->half_width) || dof < 1.0)
        return e->reason != NULL ? e->reason : "no half width";
    if (!(r->half_width > 0.0))
        return "half width of 0: nothing random in it";
    const double se = r->half_width / sim_t_quantile(0.5 + level / 2, dof);
    const double far = fabs(r->value - r->exact) / se;
    const double tail = gsl_cdf_tdist_Q(far, dof);

    r->z = (r->value - r->exact) / se;
    r->p = 2.0 * tail;
    r->score = copysign(gsl_cdf_ugaussian_Qinv(tail), r->z);
    if (!(r->half_width <= tightness(c->kind) * fabs(r->exact)))
        return "half width too large";
    r->outside = !(far <= sim_t_quantile(0.9995, dof));
    return r->outside ? "outside the 99.9 % bound" : NULL;
}

static void check(struct verify *v, struct verify_record r,
    const struct verify_check *c, const struct res_run *run)
{
    const struct res_metric *m = res_metric_by_name(run, c->metric);

    r.metric = c->metric;
    r.exact = c->exact;
    r.chance = c->kind != VERIFY_EXACT && c->kind != VERIFY_NEAR;
    if (m == NULL) {
        r.fault = "no such metric";
    } else {
        r.value = m->est.value;
        r.half_width = m->est.half_width;
        r.fault = isnan(m->est.value)
                      ? (m->est.reason != NULL ? m->est.reason : "undefined")
                      : judge(&r, c, &m->est, run->meta.level);
        if (r.fault != NULL) /* the reason lives in the run */
            r.fault = verify_text(v, "%s", r.fault);
    }
    record(v, &r);
}

/* Every case its own random numbers, so that cases are independent: FNV-1a
 * over its names, then mixed with the suite's seed (the finalizer of
 * splitmix64).  Nine digits are enough and fit every reader. */
static unsigned case_seed(
    const struct verify_case *c, uint64_t seed, bool again)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);

    for (const char *p = c->family; *p != '\0'; p++)
        h = (h ^ (unsigned char)*p) * UINT64_C(0x100000001b3);
    for (const char *p = c->name; *p != '\0'; p++)
        h = (h ^ (unsigned char)*p) * UINT64_C(0x100000001b3);
    h += (seed + ((uint64_t)again << 32)) * UINT64_C(0x9e3779b97f4a7c15);
    h = (h ^ (h >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    h = (h ^ (h >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (unsigned)((h ^ (h >> 31)) % 1000000000);
}

/* Are all faults of a run that it lies outside its bounds? */
static bool lies_outside(const struct verify *v, int first)
{
    bool outside = false;

    for (int i = first; i < v->n_records; i++) {
        if (v->records[i].fault != NULL && !v->records[i].outside)
            return false;
        outside = outside || v->records[i].outside;
    }
    return outside;
}

static bool has_fault(const struct verify *v, int first)
{
    for (int i = first; i < v->n_records; i++) {
        if (v->records[i].fault != NULL)
            return true;
    }
    return false;
}

/* One run and its judgement.
 * @return is it to be repeated?  Then it counts as neither passed nor failed */
static bool run_case(
    struct verify *v, const struct verify_case *c, uint64_t seed, bool again)
{
    const int first = v->n_records;
    const struct verify_record empty = {.family = c->family,
        .name = c->name,
        .route = c->route,
        .metric = "",
        .seed = seed,
        .again = again,
        .run = v->n_runs++,
        .exact = NAN,
        .value = NAN,
        .half_width = NAN,
        .z = NAN,
        .score = NAN,
        .p = NAN};
    struct scn_scenario *scenario = NULL;
    struct res_run *run = NULL;
    struct sim_text messages = {0};
    struct sim_err err = {0};
    const char *text =
        verify_text(v, "schema: sitesim/1\nname: verify\nseed: %u\n%s",
            case_seed(c, seed, again), c->body);
    const int rc =
        execute(text, v->options.jobs, &scenario, &run, &messages, &err);

    if (rc == SIM_OK) {
        for (int i = 0; i < c->n_checks; i++)
            check(v, empty, &c->checks[i], run);
    } else {
        struct verify_record r = empty;
        const char *said = sim_text_str(&messages);
        r.fault = verify_text(v, "%s", *said != '\0' ? said : err.text);
        record(v, &r);
    }
    sim_text_release(&messages);
    res_run_destroy(run);
    scn_scenario_destroy(scenario);
    const bool repeat = !again && lies_outside(v, first);
    for (int i = first; repeat && i < v->n_records; i++)
        v->records[i].fault = NULL;
    v->n_repeated += repeat;
    v->n_failed += has_fault(v, first);
    verify_print_run(v, first);
    return repeat;
}

/* Of a thousand comparisons one lies outside a 99.9 % bound by chance, so a run
 * that does is repeated, once, with random numbers of its own.  What is wrong
 * is wrong again: both happen by chance once in a million. */
void verify_case(struct verify *v, const struct verify_case *c)
{
    const struct verify_options *o = &v->options;

    if ((o->fast && !c->fast) ||
        (o->family != NULL && strstr(c->family, o->family) == NULL))
        return;
    for (int i = 0; i < o->n_seeds; i++) {
        if (run_case(v, c, o->seeds[i], false))
            (void)run_case(v, c, o->seeds[i], true);
    }
}
