/* figures.c SCENARIO... - run scenarios and print their figures, for comparing
 * builds: per scenario a line "file NAME", one "digest HEX", and one
 * "metric NAME VALUE HALF_WIDTH" for each metric, with all digits.
 *
 * It links nothing above the loader, so that a build for comparison is short.
 * Exit status 1 with a message when a run fails. */
#include <stdio.h>

#include "models/run.h"
#include "scenarios/loader/load.h"
#include "scenarios/loader/presets.h"
#include "sim/text.h"

static const char *table(const char *name, size_t *size)
{
    const struct scn_preset_file *file = scn_preset_find(name);

    if (file == NULL)
        return NULL;
    if (size != NULL)
        *size = file->size;
    return (const char *)file->data;
}

static void print_run(const char *path, const struct res_run *run)
{
    printf("file %s\ndigest %s\n", path, run->meta.histogram_sha256);
    for (int i = 0; i < run->n_metrics; i++)
        printf("metric %s %.17g %.17g\n", run->metrics[i].name,
            run->metrics[i].est.value, run->metrics[i].est.half_width);
}

static int run_file(const char *path, struct sim_err *err)
{
    static const struct mdl_data_source tables = {.find = table};
    const struct scn_options options = {.path = path};
    const struct mdl_run_options how = {.jobs = 2};
    struct scn_diag diag = {0};
    struct scn_scenario *scenario = NULL;
    struct res_run *run = NULL;
    int rc = scn_load(&options, &mdl_run_table, &diag, &scenario, err);

    if (rc == SIM_OK)
        rc = res_run_create(&run, err);
    if (rc == SIM_OK) {
        run->meta.currency = "USD";
        rc = mdl_run_execute(scenario->cfg, &tables, &how, run, err);
    }
    if (rc == SIM_OK)
        print_run(path, run);
    res_run_destroy(run);
    scn_scenario_destroy(scenario);
    scn_diag_release(&diag);
    return rc;
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        struct sim_err err = {0};
        if (run_file(argv[i], &err) != SIM_OK) {
            fprintf(stderr, "%s: %s\n", argv[i], err.text);
            return 1;
        }
    }
    return 0;
}
