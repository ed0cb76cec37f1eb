/* Distributions from YAML and CSV.  Truth: means and quantiles by their
 * textbook formulas, each beside its number. */
#include "loader/fixture.h"

static const char table[] = "# source: made up\nquantile,ms\n0,1\n0.5,3\n1,5\n";

const struct scn_preset_file scn_preset_files[] = {
    FX_PRESET("t.csv", table),
    {NULL, NULL, 0},
};

static struct fx load_service(const char *service, const char *csv)
{
    struct fx fx = fx_begin();
    struct sim_text text = {0};

    if (csv != NULL)
        fx_write(&fx, "d.csv", csv);
    sim_text_printf(&text,
        "schema: sitesim/1\nsites: {q: {servers: 1, service: %s}}\n", service);
    fx_write(&fx, "a.yaml", sim_text_str(&text));
    sim_text_release(&text);
    fx_load(&fx);
    return fx;
}

static void mean_is(const char *service, const char *csv, double mean)
{
    struct fx fx = load_service(service, csv);

    ck_assert_msg(fx.rc == SIM_OK, "%s", fx_str(&fx));
    ck_assert_double_eq_tol(
        sim_dist_mean(fx.cfg->sites[0].service_ms), mean, 1e-9 * mean);
    fx_end(&fx);
}

START_TEST(kinds)
{
    mean_is("5 ms", NULL, 5.0);
    mean_is("{constant: 0.005 s}", NULL, 5.0);
    mean_is("{exponential: {mean: 8 ms}}", NULL, 8.0);
    mean_is("{uniform: [1 ms, 3 ms]}", NULL, 2.0);
    mean_is("{triangular: [1 ms, 2 ms, 6 ms]}", NULL, 3.0);
    mean_is("{erlang: {mean: 8 ms, k: 4}}", NULL, 8.0);
    /* 0.25 * 4 + 0.75 * 8 */
    mean_is("{hyperexponential: {p: 0.25, means: [4 ms, 8 ms]}}", NULL, 7.0);
    mean_is(
        "{mixture: [{weight: 1, of: 4 ms}, {weight: 3, of: {uniform: [6 ms, "
        "10 ms]}}]}",
        NULL, 7.0);
    mean_is("{empirical: [1 ms, 2 ms, 6 ms]}", NULL, 3.0);
    mean_is("{quantiles: {p: [0, 1], x: [2 ms, 4 ms]}}", NULL, 3.0);
    /* memoryless: the part above 3 ms has mean 3 + 8 */
    mean_is("{exponential: {mean: 8 ms, min: 3 ms}}", NULL, 11.0);
    /* min of pareto is its own parameter: mean = min alpha / (alpha - 1) */
    mean_is("{pareto: {min: 2 ms, alpha: 3}}", NULL, 3.0);
}
END_TEST

START_TEST(files)
{
    mean_is("{empirical: {file: d.csv, unit: s}}", "x\n0.001\n0.003\n", 2.0);
    mean_is("{empirical: {file: d.csv, column: y, unit: ms}}",
        "# note\n\"a, b\",y\r\n\"p,q\",1\r\nz,5\r\n\r\n", 3.0);
    mean_is("{quantiles: {file: d.csv, column: v, levels: p, unit: ms}}",
        "p,v\n0,2\n1,4", 3.0);
    /* compiled in; (1 + 3) / 2 and (3 + 5) / 2 with one half each */
    mean_is(
        "{quantiles: {file: tables/t.csv, column: ms, unit: ms}}", NULL, 3.0);
}
END_TEST

/* Inputs of a distribution: its own parameters, with what holds it. */
START_TEST(inputs)
{
    struct fx fx = load_service("{value: {lognormal: {median: 12 ms, p95: 0.03 "
                                "s}}, source: \"pilot\"}",
        NULL);

    ck_assert_msg(fx.rc == SIM_OK, "%s", fx_str(&fx));
    const struct res_input *in = fx_input(&fx, "sites.q.service.lognormal.p95");
    ck_assert_double_eq(in->value, 30.0);
    ck_assert_str_eq(in->unit, "ms");
    ck_assert_str_eq(in->text, "0.03 s");
    ck_assert_str_eq(in->source, "pilot");
    ck_assert_str_eq(in->label, "Service time.");
    ck_assert(!in->live && in->given);
    ck_assert(!fx_has_input(&fx, "sites.q.service.lognormal.cv"));
    fx_end(&fx);
    fx = load_service("{value: 5 ms, low: 1 ms, high: 9 ms}", NULL);
    ck_assert_msg(fx.rc == SIM_OK, "%s", fx_str(&fx));
    ck_assert_double_eq(fx_input(&fx, "sites.q.service")->high, 9.0);
    fx_end(&fx);
}
END_TEST

static void csv_fault(
    const char *csv, const char *code, const char *file, int line, int column)
{
    struct fx fx =
        load_service("{empirical: {file: d.csv, column: y, unit: ms}}", csv);
    const struct scn_message *m = &fx.diag.messages[0];

    ck_assert_int_eq(fx.rc, SIM_E_INPUT);
    ck_assert_int_eq(fx.diag.n_errors, 1);
    ck_assert_str_eq(m->code, code);
    ck_assert_ptr_nonnull(strstr(m->at.file, file));
    ck_assert_int_eq(m->at.line, line);
    ck_assert_int_eq(m->at.column, column);
    fx_end(&fx);
}

START_TEST(csv_faults)
{
    csv_fault("x,y\n1,2\n3,z\n", "D004", "d.csv", 3, 3);
    csv_fault("x,y\n1,2\n3\n", "D004", "d.csv", 3, 1);
    csv_fault("x,y\n1,2,3\n", "D004", "d.csv", 2, 5);
    csv_fault("x,y\n1,\n", "D004", "d.csv", 2, 3);
    csv_fault("x,y\n1,nan\n", "D004", "d.csv", 2, 3);
    csv_fault("x,y\n1,5 ms\n", "D004", "d.csv", 2, 3);
    csv_fault("x,y\n", "D004", "d.csv", 1, 1);
    csv_fault("", "D004", "d.csv", 1, 1);
    csv_fault("x,yy\n1,2\n", "D004", "a.yaml", 2, 53);
    csv_fault("x,y\n1,\xff\n", "Y009", "d.csv", 2, 3);
    csv_fault("x,y\n1,2\n\n3,4\n", "D004", "d.csv", 3, 1);
}
END_TEST

START_TEST(units)
{
    struct fx fx = load_service("{empirical: {file: d.csv}}", "x\n1\n");

    ck_assert_str_eq(fx.diag.messages[0].code, "U001");
    fx_end(&fx);
    fx = load_service("{empirical: {file: d.csv, unit: kg}}", "x\n1\n");
    ck_assert_str_eq(fx.diag.messages[0].code, "U003");
    ck_assert_int_eq(fx.diag.messages[0].at.column, 66);
    fx_end(&fx);
    fx = load_service("{empirical: {file: d.csv, unit: s}}", "x\n-1\n");
    ck_assert_str_eq(fx.diag.messages[0].code, "R002");
    fx_end(&fx);
}
END_TEST

TEST_MAIN("loader/dists", kinds, files, inputs, csv_faults, units)
