/* results.h - THE results struct: plain data, complete, the only thing that
 * reports and plots are given.
 *
 * No pointers into models or YAML; everything lives in the run's own arena.
 * results.json holds all of it and can be read back, so any report or chart is
 * re-rendered without simulating again.  Outputs compute nothing: if a sheet
 * needs a ratio, it is a metric here.
 *
 * Metrics are a flat, sorted list of named estimates ("edge.latency.p95"); the
 * table in metrics.c says what each name means.  (A struct member per metric
 * was rejected: scopes are open-ended - class, site, tier, year - and a flat
 * list reads back from JSON without a second description.)
 */
#ifndef MODELS_RESULTS_RESULTS_H
#define MODELS_RESULTS_RESULTS_H

#include <stdbool.h>
#include <stdint.h>

#include "models/results/ledger.h"
#include "sim/arena.h"
#include "sim/err.h"

/* A stochastic output.  half_width NAN = exact value (JSON null); value NAN =
 * undefined, then `reason` says why in words a user reads. */
struct res_estimate {
    double value;
    double half_width;
    int64_t n;          /* replications behind it; 0 for exact values */
    const char *reason; /* NULL unless value is NAN or the interval withheld */
};

struct res_metric {
    const char *name; /* full: "edge.class.detect.latency.p95" */
    const char *unit; /* "ms", "USD", "1" ... */
    struct res_estimate est;
};

/* One row of the scenario as merged: what the Inputs sheet shows. */
struct res_input {
    const char *path;  /* "deployments.edge.sites.stores.cost.server" */
    const char *label; /* the row's doc, first sentence */
    const char *text;  /* the value as written, canonical text for defaults */
    const char *unit;  /* canonical unit, "" for text */
    bool numeric;      /* value/low/high are meaningful */
    bool live;         /* money follows by arithmetic; else a new run is due */
    bool given; /* by the user's files or --set; else preset or default */
    double value, low, high; /* low = high = NAN when no range is known */
    const char *source;      /* citation or "" */
    const char *year;        /* of the source, "" */
    const char *confidence;  /* P S R D or "" (meanings: cover sheet) */
    const char *note;        /* "" */
    const char
        *origin; /* "four-tiers.yaml:23", "preset tier-edge:12", "default" */
};

/* A curve.  Columns of n points; lo/hi (the 95 % band) may be NULL. */
struct res_series {
    const char
        *name; /* "edge.latency.cdf", "edge.power.facility.hour_of_day" */
    const char *x_unit, *y_unit;
    int n;
    const double *x, *y, *lo, *hi;
};

struct res_entry {
    const char *name;    /* key under `sites` */
    const char *tier;    /* "edge" */
    const char *procure; /* "own", "cloud" ... */
    const char *hardware;
    int64_t members,
        servers; /* members of the entry; servers over all members */
};

struct res_deployment {
    const char *name;
    const char *tier;   /* of the entry with most servers: colour on charts */
    const char *engine; /* "event" | "batch" and why */
    bool unstable;      /* offered load above capacity: no steady state */
    int n_entries;
    const struct res_entry *entries;
    struct res_ledger *ledger; /* NULL when the study has no money; ledger.h */
};

/* A latency objective of a request class. */
struct res_objective {
    const char *cls;
    const char *metric; /* "latency.p95" */
    double limit_ms;
};

enum res_verdict { RES_FAIL, RES_PASS, RES_CLOSE_PASS, RES_CLOSE_FAIL };

/* A rule of `thresholds:`. */
struct res_threshold {
    const char *text;   /* as written */
    const char *metric; /* full name */
    double limit;       /* in the metric's unit */
    int verdict;        /* enum res_verdict; CLOSE = the interval straddles */
};

/* One of the first requests, where they were asked for.  Not in
 * results.json: a list for the eye, not a result. */
struct res_request {
    const char *deployment, *user, *cls;
    const char *site; /* member that it was sent to last, "" = nowhere */
    int64_t window;   /* cell of the horizon; 0 for one run */
    int64_t k;        /* position among those of its user and class in the
                       * window; negative: in the lead-in */
    int attempts;
    double send_s, arrive_s, start_s, end_s; /* from the window's start */
    const char *outcome;                     /* "served", "lost", "abandoned" */
};

struct res_meta {
    const char *name, *title;     /* of the scenario */
    const char *version;          /* of the program */
    const char *scenario_sha256;  /* hex of the merged scenario text */
    const char *histogram_sha256; /* hex of the latency histograms of all pieces
                                   * in order; "" without requests */
    const char *currency;         /* "USD" */
    const char *start;            /* "2027-01-01" */
    const char *baseline;         /* deployment, or "" */
    uint64_t seed;
    int64_t replications;
    double level; /* of intervals, 0.95 */
    double horizon_yr;
    double warmup_s;            /* deleted; largest over windows */
    double window_s;            /* length of a window; NAN for one run */
    int64_t windows;            /* per deployment and replication */
    int64_t requests_simulated; /* measured requests, over everything */
    const char *stop; /* why replications ended: "precision met", ... */
};

struct res_run {
    struct sim_arena arena; /* owns everything below */
    struct res_meta meta;
    int n_inputs;
    struct res_input *inputs; /* sorted by path */
    int n_deployments;
    struct res_deployment *deployments; /* in scenario order */
    int n_metrics;
    struct res_metric *metrics; /* sorted by name once res_run_finish() ran */
    int n_series;
    struct res_series *series;
    int n_objectives;
    struct res_objective *objectives;
    int n_thresholds;
    struct res_threshold *thresholds;
    int n_warnings;
    const char **warnings; /* sentences for people */
    int n_requests;
    struct res_request *requests; /* by deployment, in the order of sending */
    int cap_metrics, cap_series, cap_warnings; /* private to results.c */
    int cap_requests;
};

/** An empty run; release with res_run_destroy(). */
SIM_MUST_CHECK int res_run_create(struct res_run **out, struct sim_err *err);
void res_run_destroy(struct res_run *run);

/**
 * Add "<scope>.<name>" (or "<name>" when scope is "").  The name must be in
 * the metric table, the unit comes from there.  Adding it twice is a bug.
 */
SIM_MUST_CHECK int res_put(struct res_run *run, const char *scope,
    const char *name, struct res_estimate est);

/** Same from the JSON reader: full name and unit as stored. */
SIM_MUST_CHECK int res_put_raw(struct res_run *run, const char *full_name,
    const char *unit, struct res_estimate est);

/** Shorthands for estimates. */
struct res_estimate res_exact(double value);
struct res_estimate res_undefined(const char *reason);

/** Copy a series / a warning into the run. */
SIM_MUST_CHECK int res_add_series(
    struct res_run *run, const struct res_series *s);
/** Append a request; its strings live in the run's arena. */
SIM_MUST_CHECK int res_add_request(
    struct res_run *run, const struct res_request *request);
SIM_MUST_CHECK int res_warn(struct res_run *run, const char *fmt, ...)
    SIM_PRINTF(2, 3);

/** Sort metrics; must run before the look-ups below. */
void res_run_finish(struct res_run *run);

/** Look-ups; NULL when absent.  res_find takes "<scope>" and "<name>". */
const struct res_metric *res_metric_by_name(
    const struct res_run *run, const char *full);
const struct res_metric *res_find(
    const struct res_run *run, const char *scope, const char *name);
/** Value of a metric, NAN when absent or undefined. */
double res_value(
    const struct res_run *run, const char *scope, const char *name);
const struct res_series *res_series_find(
    const struct res_run *run, const char *name);
/** Index of the input with this path, -1 when absent. */
int res_input_find(const struct res_run *run, const char *path);

/* ---- the metric table (metrics.c) --------------------------------------- */

enum res_better { RES_NEUTRAL, RES_LOWER, RES_HIGHER };

/* What a metric name means.  A row with `dist` stands for the name with each
 * of the suffixes .mean .sd .p50 .p90 .p95 .p99 .p999 .max. */
struct res_metric_row {
    const char
        *name; /* without scope: "latency", "cost.per_million_requests" */
    const char *label; /* for people: "Cost per million requests" */
    const char *unit;  /* "$" stands for the run's currency: "$", "$/year" */
    bool dist;
    int decimals; /* for tables */
    int better;   /* enum res_better */
    const char *doc;
};

/** Row of the metric `name` (suffix, scope and index parts resolved), NULL if
 *  there is none.  `name` may be a full name: scopes are stripped. */
const struct res_metric_row *res_metric_row(const char *name);
/** Row i of the table, NULL past the end. */
const struct res_metric_row *res_metric_row_at(int i);

#endif /* MODELS_RESULTS_RESULTS_H */
