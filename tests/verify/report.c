/* report.c - the comparisons for people: on the terminal and in a file. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <gsl/gsl_cdf.h>

#include "sim/text.h"
#include "tests/verify/driver.h"

/* ---- all comparisons together -------------------------------------------- */

/* Checks of one run depend on one another, so a run counts once, with the mean
 * of its squared scores.  However they depend, that mean spreads no more than
 * one squared score does (it is below in convex order), and the bounds of the
 * chi-square law with a degree of freedom per run hold. */
void verify_pool(const struct verify *v, struct verify_pool *out)
{
    double all = 0.0, least = 1.0;

    *out = (struct verify_pool){0};
    for (int i = 0; i < v->n_records;) {
        double sum = 0.0;
        int n = 0, j = i;
        for (; j < v->n_records && v->records[j].run == v->records[i].run;
             j++) {
            const struct verify_record *r = &v->records[j];
            if (isnan(r->score))
                continue;
            sum += r->score * r->score;
            least = fmin(least, r->p);
            n++;
        }
        i = j;
        if (n == 0)
            continue;
        out->sum_squares += sum / n;
        out->n_checks += n;
        out->n_runs++;
        all += sum;
    }
    if (out->n_runs > 0) {
        out->low = gsl_cdf_chisq_Pinv(0.5e-4, out->n_runs);
        out->high = gsl_cdf_chisq_Qinv(0.5e-4, out->n_runs);
        out->mean_square = all / out->n_checks;
    }
    out->holm = out->n_checks > 0 ? fmin(1.0, least * out->n_checks) : 1.0;
    out->passed = out->sum_squares >= out->low &&
                  out->sum_squares <= out->high && out->holm >= 0.001;
}

/* ---- one run on the terminal --------------------------------------------- */

static const struct verify_record *first_fault(
    const struct verify *v, int first)
{
    for (int i = first; i < v->n_records; i++)
        if (v->records[i].fault != NULL)
            return &v->records[i];
    return NULL;
}

static void print_line(const struct verify *v, int first)
{
    const struct verify_record *r = &v->records[first];
    const struct verify_record *bad = first_fault(v, first);

    if (bad == NULL) {
        printf("ok verify/%s: %s\n", r->family, r->name);
        return;
    }
    printf("not ok verify/%s: %s: %s %s", r->family, r->name, bad->metric,
        bad->fault);
    if (*bad->metric != '\0')
        printf(" (exact %.7g, simulated %.7g, half width %.3g, z %+.2f)",
            bad->exact, bad->value, bad->half_width, bad->z);
    printf("\n");
}

static double width_percent(const struct verify_record *r)
{
    return 100.0 * r->half_width / fabs(r->exact);
}

static const char *verdict(const struct verify_record *r)
{
    return r->fault != NULL ? "FAILED"
           : r->outside     ? "outside, repeated"
                            : "ok";
}

static void print_record(const struct verify_record *r)
{
    if (*r->metric == '\0') {
        printf("    FAILED %s\n", r->fault);
        return;
    }
    printf("    %-32s %12.7g %12.7g ", r->metric, r->exact, r->value);
    if (!r->chance)
        printf("%7s %6s", "-", "-");
    else
        printf("%7.3f %+6.2f", width_percent(r), r->z);
    if (r->fault != NULL)
        printf("  FAILED %s\n", r->fault);
    else
        printf("  %s\n", verdict(r));
}

/* Is the run that starts here to be judged by the next one? */
static bool is_repeated(const struct verify *v, int first)
{
    bool outside = false;

    for (int i = first; i < v->n_records; i++)
        outside = outside || v->records[i].outside;
    return outside && first_fault(v, first) == NULL;
}

void verify_print_run(struct verify *v, int first)
{
    if (first == v->n_records)
        return;
    const struct verify_record *r = &v->records[first];

    if (v->options.fast) {
        if (!is_repeated(v, first))
            print_line(v, first);
    } else {
        if (v->last_family == NULL || strcmp(v->last_family, r->family) != 0)
            printf("%-36s %12s %12s %7s %6s\n", r->family, "exact", "simulated",
                "hw %", "z");
        printf("  %s%s", r->name, r->again ? ", once more" : "");
        if (v->options.n_seeds > 1)
            printf(" (seed %llu)", (unsigned long long)r->seed);
        printf("\n");
        for (int i = first; i < v->n_records; i++)
            print_record(&v->records[i]);
        v->last_family = r->family;
    }
    fflush(stdout);
}

/* ---- all of it ----------------------------------------------------------- */

static int faults(const struct verify *v)
{
    int n = 0;

    for (int i = 0; i < v->n_records; i++)
        n += v->records[i].fault != NULL;
    return n;
}

static void add_pool(
    const struct verify *v, const struct verify_pool *p, struct sim_text *t)
{
    sim_text_printf(t,
        "- %d runs, %d comparisons, %d of them with chance; %d run%s outside "
        "and repeated; %d failed.\n",
        v->n_runs, v->n_records, p->n_checks, v->n_repeated,
        v->n_repeated == 1 ? "" : "s", faults(v));
    sim_text_printf(t,
        "- Squared scores, a run counting once with its mean: sum %.2f, 1e-4 "
        "bounds %.2f .. %.2f\n  (chi-square, %d degrees of freedom): %s. Mean "
        "over all comparisons: %.3f.\n",
        p->sum_squares, p->low, p->high, p->n_runs,
        p->sum_squares >= p->low && p->sum_squares <= p->high ? "inside"
                                                              : "OUTSIDE",
        p->mean_square);
    sim_text_printf(t,
        "- Smallest p value, adjusted by Holm's method: %.3g (family-wise "
        "limit 0.001): %s.\n",
        p->holm, p->holm >= 0.001 ? "kept" : "BROKEN");
}

void verify_print_pool(const struct verify *v)
{
    struct verify_pool pool;
    struct sim_text text = {0};

    verify_pool(v, &pool);
    add_pool(v, &pool, &text);
    sim_text_printf(&text, "%d passed, %d failed\n",
        v->n_runs - v->n_repeated - v->n_failed, v->n_failed);
    printf("\n%s", sim_text_str(&text));
    sim_text_release(&text);
}

/* ---- the file ------------------------------------------------------------ */

static const char *const introduction =
    "# Validation\n"
    "\n"
    "Written by `make verify`; do not edit.\n"
    "\n"
    "The simulator against models whose answers are known exactly. Each case "
    "is a scenario as a user\n"
    "writes it, run through the loader and all models; the exact value is "
    "computed from its formula, by a\n"
    "solver that is itself tested against a second, independent route "
    "(`tests/verify/exact_*.c`,\n"
    "`test_exact_*.c`). The cases are in `tests/verify/family_*.c`.\n"
    "\n"
    "A comparison passes when the exact value lies inside the 99.9 % bound of "
    "the simulated one (Student's\n"
    "t over replications) **and** the half width of the 95 % interval is at "
    "most 2 % of the value for means,\n"
    "3 % for quantiles, 5 % for probabilities below 0.01, so that a lazily "
    "wide interval cannot pass. What\n"
    "has no chance in it must agree to 1e-9, or to a tolerance named in the "
    "case. `z` is the difference over its "
    "standard error. Every case\n"
    "draws its own random numbers. Quantiles come from a histogram whose "
    "buckets are 0.78 % wide.\n"
    "\n"
    "Of a thousand comparisons one lies outside a 99.9 % bound by chance. Such "
    "a run is repeated once with\n"
    "other random numbers and fails if it lies outside again; both runs stay "
    "in the tables and in the\n"
    "statistics of all together, which a bias too small for a single bound "
    "would break.\n"
    "\n"
    "To repeat: `make verify`, or `build/release/tests/verify/verify --seed "
    "N --family TEXT`.\n"
    "\n"
    "## All together\n"
    "\n";

static void add_seeds(const struct verify *v, struct sim_text *t)
{
    const struct verify_options *o = &v->options;

    sim_text_printf(t, "- Seed%s of the suite:", o->n_seeds > 1 ? "s" : "");
    for (int i = 0; i < o->n_seeds; i++)
        sim_text_printf(
            t, "%s %llu", i > 0 ? "," : "", (unsigned long long)o->seeds[i]);
    sim_text_add(t, ".\n");
}

/* Is this the first record of its family? */
static bool opens(const struct verify *v, int i)
{
    for (int j = 0; j < i; j++)
        if (strcmp(v->records[j].family, v->records[i].family) == 0)
            return false;
    return true;
}

/* The routes of a family, each once. */
static void add_routes(const struct verify *v, int first, struct sim_text *t)
{
    for (int i = first; i < v->n_records; i++) {
        const struct verify_record *r = &v->records[i];
        bool known = strcmp(r->family, v->records[first].family) != 0;
        for (int j = first; j < i && !known; j++)
            known = strcmp(v->records[j].family, r->family) == 0 &&
                    strcmp(v->records[j].route, r->route) == 0;
        if (!known)
            sim_text_printf(t, "%s%s", i > first ? "; " : "", r->route);
    }
}

static void add_families(const struct verify *v, struct sim_text *t)
{
    sim_text_add(t,
        "\n## Families\n\n"
        "| family | exact route | runs | comparisons | widest half width | "
        "largest z | verdict |\n|---|---|---|---|---|---|---|\n");
    for (int i = 0; i < v->n_records; i++) {
        const char *family = v->records[i].family;
        double widest = 0.0, farthest = 0.0;
        int runs = 0, checks = 0, bad = 0, last = -1;

        if (!opens(v, i))
            continue;
        for (int j = i; j < v->n_records; j++) {
            const struct verify_record *r = &v->records[j];
            if (strcmp(r->family, family) != 0)
                continue;
            runs += r->run != last;
            last = r->run;
            checks++;
            bad += r->fault != NULL;
            if (isnan(r->z))
                continue;
            widest = fmax(widest, width_percent(r));
            farthest = fmax(farthest, fabs(r->z));
        }
        sim_text_printf(t, "| %s | ", family);
        add_routes(v, i, t);
        sim_text_printf(t, " | %d | %d | %.2f %% | %.2f | %s |\n", runs, checks,
            widest, farthest, bad == 0 ? "passed" : "**FAILED**");
    }
}

static void add_records(const struct verify *v, struct sim_text *t)
{
    for (int i = 0; i < v->n_records; i++) {
        if (!opens(v, i))
            continue;
        sim_text_printf(t,
            "\n## %s\n\n"
            "| case | metric | exact | simulated | half width | z | verdict "
            "|\n|---|---|---|---|---|---|---|\n",
            v->records[i].family);
        for (int j = i; j < v->n_records; j++) {
            const struct verify_record *r = &v->records[j];
            if (strcmp(r->family, v->records[i].family) != 0)
                continue;
            sim_text_printf(
                t, "| %s%s", r->name, r->again ? ", once more" : "");
            if (v->options.n_seeds > 1)
                sim_text_printf(t, " (seed %llu)", (unsigned long long)r->seed);
            sim_text_printf(t, " | %s | %.6g | %.6g |",
                *r->metric != '\0' ? r->metric : "-", r->exact, r->value);
            if (!r->chance)
                sim_text_add(t, " - | - |");
            else
                sim_text_printf(
                    t, " %.2f %% | %+.2f |", width_percent(r), r->z);
            sim_text_printf(t, " %s |\n", verdict(r));
        }
    }
}

static int write_whole(
    const struct sim_text *text, const char *path, struct sim_err *err)
{
    struct sim_text temp = {0};
    FILE *file = NULL;
    int rc = SIM_OK;

    sim_text_printf(&temp, "%s.tmp", path);
    if (!sim_text_ok(&temp) || !sim_text_ok(text)) {
        rc = sim_err_set(err, SIM_E_NOMEM, "out of memory");
        goto out;
    }
    file = fopen(sim_text_str(&temp), "w");
    if (file == NULL) {
        rc = sim_err_set(
            err, SIM_E_IO, "cannot create '%s'", sim_text_str(&temp));
        goto out;
    }
    int bad = fwrite(text->data, 1, text->len, file) != text->len ||
              fflush(file) != 0 || fsync(fileno(file)) != 0;
    bad = fclose(file) != 0 || bad;
    if (bad || rename(sim_text_str(&temp), path) != 0) {
        unlink(sim_text_str(&temp));
        rc = sim_err_set(err, SIM_E_IO, "cannot write '%s'", path);
    }
out:
    sim_text_release(&temp);
    return rc;
}

int verify_write_report(
    const struct verify *v, const char *path, struct sim_err *err)
{
    struct verify_pool pool;
    struct sim_text text = {0};

    verify_pool(v, &pool);
    sim_text_add(&text, introduction);
    add_pool(v, &pool, &text);
    add_seeds(v, &text);
    add_families(v, &text);
    add_records(v, &text);
    const int rc = write_whole(&text, path, err);
    sim_text_release(&text);
    return rc;
}
