/* Shapes of the week from tables and files; laws of burstiness and of gaps. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "models/workload.h"
#include "models/workload_shapes.h"
#include "sim/dist_law.h"
#include "sim/fmath.h"

int mdl_week_table(const struct mdl_data_source *data, const char *name,
    double week[168], struct sim_err *err)
{
    struct sim_arena arena = {0};
    struct mdl_csv csv;
    int found = 0;
    int rc = mdl_csv_builtin(data, "arrivals-week.csv", &arena, &csv, err);

    for (int i = 0; rc == SIM_OK && i < csv.n_rows; i++) {
        double hour = 0.0, factor = 0.0;
        if (strcmp(mdl_csv_text(&csv, i, 0), name) != 0)
            continue;
        rc = mdl_csv_number(&csv, i, 1, &hour, err);
        if (rc == SIM_OK)
            rc = mdl_csv_number(&csv, i, 2, &factor, err);
        if (rc == SIM_OK && hour >= 0.0 && hour < 168.0) {
            week[(int)hour] = factor;
            found++;
        }
    }
    sim_arena_release(&arena);
    if (rc == SIM_OK && found != 168)
        return sim_err_set(err, SIM_E_INPUT,
            "'arrivals.weekly' is '%s', expected servegen_msmall, "
            "servegen_mmid or servegen_mlarge",
            name);
    return rc;
}

int mdl_factors_file(const char *path, const int *sizes,
    struct sim_arena *arena, const double **x, int *n, struct sim_err *err)
{
    struct mdl_csv csv;
    char allowed[64] = "";
    double *factor;
    int size = 0;
    int rc = mdl_csv_file(path, arena, &csv, err);

    for (int i = 0; sizes[i] > 0; i++) {
        const size_t used = strlen(allowed);
        size = rc == SIM_OK && csv.n_rows == sizes[i] ? sizes[i] : size;
        snprintf(allowed + used, sizeof allowed - used, "%s%d",
            i == 0             ? ""
            : sizes[i + 1] > 0 ? ", "
                               : " or ",
            sizes[i]);
    }
    if (rc == SIM_OK && size == 0)
        rc = sim_err_set(err, SIM_E_INPUT,
            "'%s' has %d rows of factors, expected %s", path, csv.n_rows,
            allowed);
    if (rc != SIM_OK)
        return rc;
    factor = sim_arena_calloc(arena, (size_t)size, sizeof *factor);
    if (factor == NULL)
        return sim_err_set(err, SIM_E_NOMEM, "out of memory");
    for (int i = 0; rc == SIM_OK && i < size; i++) {
        rc = mdl_csv_number(&csv, i, csv.n_columns - 1, &factor[i], err);
        if (rc == SIM_OK && factor[i] < 0.0)
            rc = sim_err_set(err, SIM_E_INPUT, "%s:%d: a factor is negative",
                csv.name, csv.lines[i]);
    }
    *x = factor;
    *n = size;
    return rc;
}

static int parameter(const struct mdl_csv *csv, const char *trace,
    const char *name, double *value, struct sim_err *err)
{
    for (int i = 0; i < csv->n_rows; i++) {
        if (strcmp(mdl_csv_text(csv, i, 0), trace) == 0 &&
            strcmp(mdl_csv_text(csv, i, 1), name) == 0)
            return mdl_csv_number(csv, i, 2, value, err);
    }
    return sim_err_set(err, SIM_E_INPUT,
        "'arrivals.process.cox' is '%s', expected azure-conv or azure-code",
        trace);
}

/* interval 1, shape 1, interval 2, shape 2 of a built-in law */
static int builtin_cox(const struct mdl_data_source *data, const char *like,
    struct sim_arena *arena, double law[4], struct sim_err *err)
{
    static const char *const names[4] = {"cox1_interval_s", "cox1_gamma_shape",
        "cox2_interval_s", "cox2_gamma_shape"};
    struct mdl_csv csv;
    const char *trace = strcmp(like, "azure-conv") == 0   ? "azure_conv"
                        : strcmp(like, "azure-code") == 0 ? "azure_code"
                                                          : like;
    int rc = mdl_csv_builtin(data, "arrivals.csv", arena, &csv, err);

    for (int i = 0; rc == SIM_OK && i < 4; i++)
        rc = parameter(&csv, trace, names[i], &law[i], err);
    return rc;
}

/* Standard deviations to a peak: a few intervals in ten thousand are higher. */
#define PEAK_SD 4.0

int mdl_cox_build(const struct mdl_cox_cfg *cfg,
    const struct mdl_data_source *data, struct sim_arena *arena,
    struct mdl_cox *out, struct sim_err *err)
{
    double law[4] = {
        cfg->fast_s, cfg->fast_shape, cfg->slow_s, cfg->slow_shape};
    int rc = SIM_OK;

    if (cfg->like != NULL)
        rc = builtin_cox(data, cfg->like, arena, law, err);
    *out = (struct mdl_cox){.on = true};
    for (int i = 0; rc == SIM_OK && i < 2; i++) {
        struct sim_dist *gamma = NULL;
        out->interval_s[i] = law[2 * i];
        rc = sim_law_gamma(1.0, law[2 * i + 1], arena, &gamma, err);
        out->gamma[i] = gamma;
    }
    /* a factor of variance v redrawn every d seconds adds d v; both vary
     * together over the shorter interval only */
    out->swing_s = law[0] / law[1] + law[2] / law[3] +
                   fmin(law[0], law[2]) / (law[1] * law[3]);
    out->peak =
        1.0 + PEAK_SD * sqrt((1.0 + 1.0 / law[1]) * (1.0 + 1.0 / law[3]) - 1.0);
    return rc;
}

/* ---- gaps --------------------------------------------------------------- */

/* 2 sum of share x (level - 1) x h over the states, h the deviation from the
 * mean number that a start in the state leaves behind: Q h = 1 - level.  The
 * states follow one another in a ring, so each h follows from the last. */
static double mmpp_swing_s(const struct mdl_gap_law *law, double round_s)
{
    double h = 0.0, sum = 0.0;

    for (int i = 0; i < law->n_states; i++) {
        const double more_s = law->sojourn_s[i] * (law->level[i] - 1.0);
        sum += more_s / round_s * h;
        h -= more_s;
    }
    return 2.0 * sum;
}

static int mmpp_law(const struct mdl_mmpp_cfg *cfg, struct sim_arena *arena,
    struct mdl_gap_law *out, struct sim_err *err)
{
    double *level =
        sim_arena_calloc(arena, (size_t)cfg->n_rates, sizeof *level);
    double requests = 0.0, seconds = 0.0;

    if (level == NULL)
        return sim_err_set(err, SIM_E_NOMEM, "out of memory");
    for (int i = 0; i < cfg->n_rates; i++) {
        requests += cfg->rates_per_s[i] * cfg->sojourn_s[i];
        seconds += cfg->sojourn_s[i];
    }
    out->mean_per_s = requests / seconds;
    for (int i = 0; i < cfg->n_rates; i++)
        level[i] = cfg->rates_per_s[i] / out->mean_per_s;
    for (int i = 0; i < cfg->n_rates; i++)
        out->peak = fmax(out->peak, level[i]);
    out->n_states = cfg->n_rates;
    out->level = level;
    out->sojourn_s = cfg->sojourn_s;
    out->swing_s = mmpp_swing_s(out, seconds);
    return SIM_OK;
}

enum { MAX_BATCH = 1000000 };

int64_t mdl_batch_size(double x)
{
    return x <= 1.0 ? 1 : x >= MAX_BATCH ? MAX_BATCH : (int64_t)ceil(x);
}

/* Mean and E B^2 / E B of B = max(1, ceil X) with ceil X <= n: sums of P(X > k)
 * and (2 k + 1) P(X > k) over 0 <= k < n. */
static void batch_moments(struct mdl_gap_law *law)
{
    double mean = 1.0, square = 1.0, above = 1.0;

    for (int k = 1; k < MAX_BATCH && above > 0.0; k++) {
        above = sim_dist_above(law->batch, k);
        mean += above;
        square += (2.0 * k + 1.0) * above;
    }
    law->batch_mean = sim_law_round12(mean);
    law->dispersion = square / mean;
}

/* ceil of an exponential of rate y is geometric: P(> k) = e^(-k y), so that
 * the mean m asks for e^-y = 1 - 1/m. */
static int batch_law(const struct mdl_batch_cfg *cfg, struct sim_arena *arena,
    struct mdl_gap_law *out, struct sim_err *err)
{
    struct sim_dist *law = NULL;
    int rc = SIM_OK;

    out->batch = cfg->size;
    if (cfg->size == NULL) {
        if (cfg->geometric == 1.0)
            rc = sim_dist_constant(1.0, arena, &law, err);
        else
            rc = sim_law_exponential(
                -1.0 / sim_log(1.0 - 1.0 / cfg->geometric), arena, &law, err);
        out->batch = law;
    }
    if (rc == SIM_OK)
        batch_moments(out);
    return rc;
}

int mdl_gap_law_build(const struct mdl_process_cfg *cfg,
    struct sim_arena *arena, struct mdl_gap_law *out, struct sim_err *err)
{
    struct sim_dist *gamma = NULL;
    int rc = SIM_OK;

    *out = (struct mdl_gap_law){
        .scale = 1.0, .batch_mean = 1.0, .dispersion = 1.0, .peak = 1.0};
    if (cfg->has_batch)
        rc = batch_law(&cfg->batch, arena, out, err);
    if (rc == SIM_OK && cfg->has_mmpp)
        rc = mmpp_law(&cfg->mmpp, arena, out, err);
    if (rc == SIM_OK && cfg->has_gamma) {
        rc = sim_law_gamma(1.0, 1.0 / (cfg->gamma.cv_frac * cfg->gamma.cv_frac),
            arena, &gamma, err);
        out->renewal = gamma;
        out->dispersion = cfg->gamma.cv_frac * cfg->gamma.cv_frac;
    }
    if (cfg->renewal != NULL) {
        const double mean = sim_dist_mean(cfg->renewal);
        const double cv = sim_dist_sd(cfg->renewal) / mean;
        if (!(mean > 0.0 && isfinite(mean)))
            return sim_err_set(err, SIM_E_INPUT,
                "'arrivals.process.renewal' has the mean %g, expected a "
                "finite one above 0",
                mean);
        out->renewal = cfg->renewal;
        out->scale = 1.0 / mean;
        out->dispersion = cv * cv;
    }
    return rc;
}

bool mdl_gap_law_memoryless(const struct mdl_gap_law *law)
{
    return law->renewal == NULL && law->n_states == 0;
}
