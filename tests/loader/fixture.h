/* fixture.h - a small configuration with rows of every type, and a way to
 * load a scenario written in the test.
 *
 * Files go to a fresh folder each time; the tests define their own presets,
 * which take the place of those compiled in.
 */
#ifndef TESTS_LOADER_FIXTURE_H
#define TESTS_LOADER_FIXTURE_H

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check_main.h"
#include "scenarios/loader/load.h"
#include "scenarios/loader/presets.h"
#include "scenarios/loader/resolve.h"
#include "sim/alloc.h"
#include "sim/dist.h"

struct fx_hardware {
    const char *name;
    double speed_frac;
    double idle_w;
    int64_t gpus;
};

struct fx_queue {
    int discipline;
    int64_t capacity;
};

struct fx_warmup {
    int mode;
    double time_s;
    int64_t requests;
};

struct fx_process {
    double cv_frac;
    const double *rates_per_s;
    int n_rates;
    const char *trace;
};

struct fx_phase {
    double share_frac;
    double after_h;
};

struct fx_site {
    const char *name;
    const char *tier;
    int64_t servers;
    double rtt_ms;
    double price_usd_per_kwh;
    const struct sim_dist *service_ms;
    const double *at;
    int n_at;
    const char *const *domains;
    int n_domains;
    struct fx_hardware hardware;
    bool has_queue;
    struct fx_queue queue;
    struct fx_phase *phases;
    int n_phases;
    double limit_s;
};

struct fx_spot {
    double lat;
    double lon;
};

struct fx_class {
    const char *name;
    double share_frac;
    double value_usd;
};

struct fx_root {
    const char *title;
    const char *currency;
    int64_t seed;
    int64_t start;
    bool verbose;
    double target_frac;
    struct fx_warmup warmup;
    bool has_process;
    struct fx_process process;
    struct fx_site *sites;
    int n_sites;
    struct fx_class *classes;
    int n_classes;
    double budget_usd;
    const char *file;
    double temp_c;
    bool has_spot;
    struct fx_spot spot;
};

static const char *const fx_disciplines[] = {"fcfs", "ps", "priority", NULL};
static const char *const fx_modes[] = {"auto", "none", NULL};

/* clang-format off */
static const struct sim_param fx_hardware_rows[] = {
    { SIM_PARAM_STR(struct fx_hardware, name), .doc = "Model." },
    { SIM_PARAM_F64(struct fx_hardware, speed_frac), .unit = "1", .dflt = 1, .min = 0, .max = 100, .doc = "Speed." },
    { SIM_PARAM_F64(struct fx_hardware, idle_w), .unit = "W", .dflt = 120, .min = 0, .max = 1e6, .doc = "Idle power.", .source = "[IDLE]" },
    { SIM_PARAM_I64(struct fx_hardware, gpus), .unit = "", .dflt = 0, .min = 0, .max = 64, .doc = "GPUs." },
};
static const struct sim_table fx_hardware_table = { .name = "hardware", .doc = "A server.", SIM_ROWS(fx_hardware_rows), .size = sizeof(struct fx_hardware) };

static const struct sim_param fx_queue_rows[] = {
    { SIM_PARAM_ENUM(struct fx_queue, discipline, fx_disciplines), .unit = "", .dflt = 0, .doc = "Order of service." },
    { SIM_PARAM_I64(struct fx_queue, capacity), .unit = "", .flags = SIM_P_OPTIONAL, .min = 1, .max = 1e9, .doc = "Places." },
};
static const struct sim_table fx_queue_table = { .name = "queue", .doc = "The queue.", SIM_ROWS(fx_queue_rows), .size = sizeof(struct fx_queue) };

static const struct sim_param fx_warmup_rows[] = {
    { SIM_PARAM_ENUM(struct fx_warmup, mode, fx_modes), .unit = "", .flags = SIM_P_SCALAR, .dflt = 0, .doc = "How." },
    { SIM_PARAM_F64(struct fx_warmup, time_s), .unit = "s", .flags = SIM_P_SCALAR | SIM_P_OPTIONAL, .min = 0, .max = 1e9, .doc = "Time." },
    { SIM_PARAM_I64(struct fx_warmup, requests), .unit = "request", .flags = SIM_P_SCALAR | SIM_P_OPTIONAL, .min = 0, .max = 1e12, .doc = "Requests." },
};
static const struct sim_table fx_warmup_table = { .name = "warmup", .doc = "Warm-up.", SIM_ROWS(fx_warmup_rows), .size = sizeof(struct fx_warmup) };

static const struct sim_param fx_process_rows[] = {
    { SIM_PARAM_F64(struct fx_process, cv_frac), .unit = "1", .flags = SIM_P_OPTIONAL, .min = 0, .max = 30, .doc = "Variation." },
    { SIM_PARAM_F64S(struct fx_process, rates_per_s, n_rates), .unit = "1/s", .flags = SIM_P_SEQ, .min = 0, .max = 1e9, .doc = "Rates." },
    { SIM_PARAM_STR(struct fx_process, trace), .doc = "Trace." },
};
static const struct sim_table fx_process_table = { .name = "process", .doc = "Arrivals.", SIM_ROWS(fx_process_rows), .size = sizeof(struct fx_process), .one_of = true };

static const struct sim_param fx_phase_rows[] = {
    { SIM_PARAM_F64(struct fx_phase, share_frac), .unit = "1", .required = true, .min = 0, .max = 1, .doc = "Share." },
    { SIM_PARAM_F64(struct fx_phase, after_h), .unit = "h", .dflt = 0, .min = 0, .max = 1e6, .doc = "Delay." },
};
static const struct sim_table fx_phase_table = { .name = "phase", .doc = "A phase.", SIM_ROWS(fx_phase_rows), .size = sizeof(struct fx_phase) };

static void fx_site_check(const void *p, const struct sim_checker *checker)
{
    const struct fx_site *site = p;

    if (site->has_queue && site->queue.capacity >= 0 && site->queue.capacity < site->servers)
        checker->fault(checker->ctx, "queue.capacity", "is %d, less than the %d servers", (int)site->queue.capacity, (int)site->servers);
    if (site->n_at != 0 && site->n_at != 2)
        checker->fault(checker->ctx, "at", "needs latitude and longitude");
}

static const struct sim_param fx_site_rows[] = {
    { SIM_PARAM_STR(struct fx_site, tier), .preset = "tier", .doc = "Tier." },
    { SIM_PARAM_I64(struct fx_site, servers), .unit = "", .required = true, .min = 0, .max = 1e6, .flags = SIM_P_ABOVE_MIN | SIM_P_UNLIMITED, .doc = "Servers." },
    { SIM_PARAM_F64(struct fx_site, rtt_ms), .unit = "ms", .dflt = 5, .min = 0, .max = 1e5, .flags = SIM_P_STATE, .doc = "Round trip.", .source = "[RTT]" },
    { SIM_PARAM_F64(struct fx_site, price_usd_per_kwh), .unit = "USD/kWh", .dflt = 0.13, .min = 0, .max = 10, .doc = "Price.", .source = "[EIA]" },
    { SIM_PARAM_DIST(struct fx_site, service_ms), .unit = "ms", .min = 0, .max = 1e7, .flags = SIM_P_STATE, .doc = "Service time." },
    { SIM_PARAM_F64S(struct fx_site, at, n_at), .unit = "", .min = -180, .max = 180, .doc = "Place." },
    { SIM_PARAM_STRS(struct fx_site, domains, n_domains), .doc = "Shared causes." },
    { SIM_PARAM_GROUP(struct fx_site, hardware, &fx_hardware_table), .preset = "hw", .doc = "Hardware." },
    { SIM_PARAM_GROUP_OPT(struct fx_site, queue, &fx_queue_table, has_queue), .doc = "Queue." },
    { SIM_PARAM_LIST(struct fx_site, phases, n_phases, &fx_phase_table), .doc = "Phases." },
    { SIM_PARAM_F64(struct fx_site, limit_s), .unit = "s", .dflt = 60, .min = 0, .max = 1e6, .flags = SIM_P_UNLIMITED, .doc = "Limit." },
};
static const struct sim_table fx_site_table = { .name = "site", .doc = "A site.", SIM_ROWS(fx_site_rows), .size = sizeof(struct fx_site), .check = fx_site_check };

static const struct sim_param fx_spot_rows[] = {
    { SIM_PARAM_F64(struct fx_spot, lat), .unit = "", .required = true, .min = -90, .max = 90, .flags = SIM_P_SEQ, .doc = "Latitude." },
    { SIM_PARAM_F64(struct fx_spot, lon), .unit = "", .required = true, .min = -180, .max = 180, .flags = SIM_P_SEQ, .doc = "Longitude." },
};
static const struct sim_table fx_spot_table = { .name = "spot", .doc = "A place.", SIM_ROWS(fx_spot_rows), .size = sizeof(struct fx_spot) };

static const struct sim_param fx_class_rows[] = {
    { SIM_PARAM_F64(struct fx_class, share_frac), .unit = "1", .dflt = 1, .min = 0, .max = 1, .flags = SIM_P_SCALAR, .doc = "Share." },
    { SIM_PARAM_F64(struct fx_class, value_usd), .unit = "USD", .dflt = 0, .min = -1e9, .max = 1e9, .doc = "Value." },
};
static const struct sim_table fx_class_table = { .name = "class", .doc = "A class.", SIM_ROWS(fx_class_rows), .size = sizeof(struct fx_class) };

static const struct sim_param fx_root_rows[] = {
    { SIM_PARAM_STR(struct fx_root, title), .doc = "Title." },
    { SIM_PARAM_STR(struct fx_root, currency), .dflt_text = "USD", .doc = "Currency." },
    { SIM_PARAM_I64(struct fx_root, seed), .unit = "", .dflt = 1, .min = 0, .max = 9.3e18, .doc = "Seed." },
    { SIM_PARAM_DATE(struct fx_root, start), .dflt_text = "2027-01-01", .doc = "Start." },
    { SIM_PARAM_BOOL(struct fx_root, verbose), .dflt = 0, .doc = "Verbose." },
    { SIM_PARAM_F64(struct fx_root, target_frac), .unit = "1", .dflt = 0.02, .min = 0, .max = 1, .flags = SIM_P_ABOVE_MIN, .doc = "Target." },
    { SIM_PARAM_GROUP(struct fx_root, warmup, &fx_warmup_table), .doc = "Warm-up." },
    { SIM_PARAM_GROUP_OPT(struct fx_root, process, &fx_process_table, has_process), .doc = "Process." },
    { SIM_PARAM_MAP(struct fx_root, sites, n_sites, &fx_site_table), .doc = "Sites." },
    { SIM_PARAM_MAP(struct fx_root, classes, n_classes, &fx_class_table), .doc = "Classes." },
    { SIM_PARAM_F64(struct fx_root, budget_usd), .unit = "USD", .dflt = 0, .min = 0, .max = 1e9, .doc = "Budget." },
    { SIM_PARAM_STR(struct fx_root, file), .flags = SIM_P_FILE, .doc = "File." },
    { SIM_PARAM_F64(struct fx_root, temp_c), .unit = "C", .dflt = 20, .doc = "Temperature." },
    { SIM_PARAM_GROUP_OPT(struct fx_root, spot, &fx_spot_table, has_spot), .doc = "Place." },
};
static const struct sim_table fx_root_table = { .name = "scenario", .doc = "A scenario.", SIM_ROWS(fx_root_rows), .size = sizeof(struct fx_root) };
/* clang-format on */

/* One load with all that came of it.  Released by fx_end(). */
struct fx {
    char dir[64];
    char path[80];
    int rc;
    struct scn_options options;
    struct scn_diag diag;
    struct scn_scenario *scenario;
    const struct fx_root *cfg; /* NULL when it did not load */
    struct sim_err err;
    struct sim_text text; /* the messages, folder cut off */
};

static inline struct fx fx_begin(void)
{
    struct fx fx = {.dir = "/tmp/sitesim-test-XXXXXX"};

    ck_assert_ptr_nonnull(mkdtemp(fx.dir));
    snprintf(fx.path, sizeof fx.path, "%s/a.yaml", fx.dir);
    return fx;
}

static inline void fx_write_n(
    const struct fx *fx, const char *name, const void *data, size_t n)
{
    char path[160];
    FILE *file;

    snprintf(path, sizeof path, "%s/%s", fx->dir, name);
    file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(data, 1, n, file), n);
    ck_assert_int_eq(fclose(file), 0);
}

static inline void fx_write(
    const struct fx *fx, const char *name, const char *text)
{
    fx_write_n(fx, name, text, strlen(text));
}

/* The messages without the name of the folder. */
static inline void fx_messages(struct fx *fx)
{
    struct sim_text raw = {0};
    char prefix[80];
    const char *s, *next;

    scn_diag_print(&fx->diag, false, &raw);
    snprintf(prefix, sizeof prefix, "%s/", fx->dir);
    for (s = sim_text_str(&raw); (next = strstr(s, prefix)) != NULL;
         s = next + strlen(prefix))
        sim_text_add_n(&fx->text, s, (size_t)(next - s));
    sim_text_add(&fx->text, s);
    sim_text_release(&raw);
}

static inline void fx_load(struct fx *fx)
{
    fx->options.path = fx->path;
    fx->rc = scn_load(
        &fx->options, &fx_root_table, &fx->diag, &fx->scenario, &fx->err);
    fx->cfg = fx->scenario != NULL ? fx->scenario->cfg : NULL;
    fx_messages(fx);
}

/* Load a text; "schema: sitesim/1" goes before it as line 1. */
static inline struct fx fx_text(const char *body)
{
    struct fx fx = fx_begin();
    struct sim_text text = {0};

    sim_text_printf(&text, "schema: sitesim/1\n%s", body);
    fx_write(&fx, "a.yaml", sim_text_str(&text));
    sim_text_release(&text);
    fx_load(&fx);
    return fx;
}

static inline void fx_end(struct fx *fx)
{
    char command[120];

    scn_scenario_destroy(fx->scenario);
    scn_diag_release(&fx->diag);
    sim_text_release(&fx->text);
    snprintf(command, sizeof command, "rm -rf '%s'", fx->dir);
    ck_assert_int_eq(system(command), 0);
}

static inline const char *fx_str(const struct fx *fx)
{
    return sim_text_str(&fx->text);
}

/* Long texts compared by a function: Check limits what a failed macro prints.
 */
static inline void fx_same(const char *got, const char *expected)
{
    const bool same = strcmp(got, expected) == 0;

    if (!same)
        fprintf(stderr, "--- got\n%s--- expected\n%s", got, expected);
    ck_assert(same);
}

/* A body that must load. */
#define FX_GOOD(name, body)                                                    \
    struct fx name = fx_text(body);                                            \
    ck_assert_msg(name.rc == SIM_OK, "%s%s", fx_str(&name), name.err.text)

/* A body whose messages are exactly `expected`. */
#define FX_BAD(body, expected)                                                 \
    do {                                                                       \
        struct fx bad_ = fx_text(body);                                        \
        ck_assert_int_eq(bad_.rc, SIM_E_INPUT);                                \
        fx_same(fx_str(&bad_), expected);                                      \
        fx_end(&bad_);                                                         \
    } while (0)

/* The first message of a body has this code and marks exactly these words. */
static inline void fx_marks(
    const char *body, const char *code, const char *marked)
{
    struct fx fx = fx_text(body);
    const struct scn_mark *at = &fx.diag.messages[0].at;
    const char *line = body;
    char cut[200] = "";
    int column = 1;

    ck_assert_int_eq(fx.rc, SIM_E_INPUT);
    ck_assert_str_eq(fx.diag.messages[0].code, code);
    for (int i = 2; i < at->line; i++)
        line = strchr(line, '\n') + 1;
    for (const char *s = line; *s != '\0' && *s != '\n'; column++) {
        const char *from = s++;
        while (((unsigned char)*s & 0xC0) == 0x80)
            s++;
        if (column >= at->column && column < at->end_column)
            strncat(cut, from, (size_t)(s - from));
    }
    ck_assert_str_eq(cut, marked);
    fx_end(&fx);
}

/* The input of a path; fails the test when there is none. */
static inline const struct res_input *fx_input(
    const struct fx *fx, const char *path)
{
    for (int i = 0; i < fx->scenario->n_inputs; i++) {
        if (strcmp(fx->scenario->inputs[i].path, path) == 0)
            return &fx->scenario->inputs[i];
    }
    ck_abort_msg("no input '%s'", path);
    return NULL;
}

static inline bool fx_has_input(const struct fx *fx, const char *path)
{
    for (int i = 0; i < fx->scenario->n_inputs; i++) {
        if (strcmp(fx->scenario->inputs[i].path, path) == 0)
            return true;
    }
    return false;
}

#define FX_PRESET(name, text)                                                  \
    {                                                                          \
        name, (const unsigned char *)(text), sizeof(text) - 1                  \
    }

#endif /* TESTS_LOADER_FIXTURE_H */
