#include "reports/report.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reports/plan.h"

/* The sheets, in the order in which they are filled.  Checks comes first, as
 * the others show its total. */
static void (*const sheets[])(struct rep_plan *plan) = {
    rep_sheet_checks,
    rep_sheet_cover,
    rep_sheet_inputs,
    rep_sheet_simdata,
    rep_sheet_tco,
    rep_sheet_calc,
    rep_sheet_latency,
    rep_sheet_tables,
};

enum { FALLBACK_EPOCH = 946684800 }; /* 2000-01-01 */

/* Days from 1970-01-01 to a civil date of the Gregorian calendar: years are
 * counted from March, so that the leap day comes last. */
static int64_t days_from_civil(int64_t y, int m, int d)
{
    const int64_t year = m <= 2 ? y - 1 : y;
    const int64_t era = year / 400;
    const int64_t of_era = year - era * 400;
    const int64_t of_year = (153 * (m > 2 ? m - 3 : m + 9) + 2) / 5 + d - 1;

    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year -
           719468;
}

static int64_t created(const struct res_run *run, const struct rep_options *o)
{
    const char *start = run->meta.start;
    char *end = NULL;

    if (o->created_epoch > 0)
        return o->created_epoch;
    if (start == NULL || strlen(start) != 10)
        return FALLBACK_EPOCH;
    const long y = strtol(start, &end, 10);
    const long m = *end == '-' ? strtol(end + 1, &end, 10) : 0;
    const long d = *end == '-' ? strtol(end + 1, &end, 10) : 0;
    if (*end != '\0' || y <= 1970 || m < 1 || m > 12 || d < 1 || d > 31)
        return FALLBACK_EPOCH;
    return days_from_civil((int)y, (int)m, (int)d) * 86400;
}

int rep_report_write(const struct res_run *run,
    const struct rep_options *options, struct sim_err *err)
{
    struct rep_plan plan = {.run = run, .options = options};
    char seed[24];

    int rc =
        rep_book_open(options->path, created(run, options), &plan.book, err);
    if (rc != SIM_OK)
        return rc;
    snprintf(seed, sizeof seed, "%" PRIu64, run->meta.seed);
    rep_book_properties(plan.book,
        run->meta.title != NULL && run->meta.title[0] != '\0' ? run->meta.title
                                                              : run->meta.name,
        run->meta.scenario_sha256, seed, run->meta.version);
    rc = rep_plan_make(&plan, err);
    for (size_t i = 0; i < sizeof sheets / sizeof sheets[0] && rc == SIM_OK;
         i++)
        sheets[i](&plan);
    const int closed = rep_book_close(plan.book, rc == SIM_OK ? err : NULL);
    sim_arena_release(&plan.arena);
    return rc != SIM_OK ? rc : closed;
}
