#include "scenarios/loader/bind.h"

#include <math.h>
#include <string.h>

#include "scenarios/loader/csv.h"
#include "scenarios/loader/files.h"
#include "scenarios/loader/presets.h"
#include "sim/suggest.h"
#include "sim/units.h"

/* ---- kinds the loader itself puts together ------------------------------ */

struct part_cfg {
    double weight;
    const struct sim_dist *of;
};

struct mixture_cfg {
    struct part_cfg *parts;
    int n_parts;
};

struct quantiles_cfg {
    const char *file, *column, *levels, *unit;
    const double *p;
    int n_p;
    const double *x;
    int n_x;
};

struct truncate_cfg {
    double min, max;
};

/* clang-format off */
static const struct sim_param part_rows[] = {
    { SIM_PARAM_F64(struct part_cfg, weight), .unit = "1", .required = true,
      .flags = SIM_P_ABOVE_MIN, .doc = "Weight of the part; weights need not add up to 1." },
    { SIM_PARAM_DIST(struct part_cfg, of), .unit = "@", .required = true,
      .doc = "Distribution of the part." },
};
static const struct sim_table part_table = {
    .name = "part", .doc = "One part of a mixture.", SIM_ROWS(part_rows),
    .size = sizeof(struct part_cfg),
};

static const struct sim_param mixture_rows[] = {
    { SIM_PARAM_LIST(struct mixture_cfg, parts, n_parts, &part_table), .required = true,
      .flags = SIM_P_SEQ, .doc = "The parts: [{weight: 0.9, of: {...}}, ...]." },
};

static const struct sim_param quantiles_rows[] = {
    { SIM_PARAM_STR(struct quantiles_cfg, file), .flags = SIM_P_FILE,
      .doc = "CSV file with the levels and the quantiles." },
    { SIM_PARAM_STR(struct quantiles_cfg, column), .doc = "Column of the quantiles." },
    { SIM_PARAM_STR(struct quantiles_cfg, levels), .dflt_text = "quantile",
      .doc = "Column of the levels, 0 .. 1." },
    { SIM_PARAM_STR(struct quantiles_cfg, unit), .doc = "Unit of the column." },
    { SIM_PARAM_F64S(struct quantiles_cfg, p, n_p), .unit = "1", .min = 0, .max = 1,
      .doc = "Levels from 0 to 1, in place of a file." },
    { SIM_PARAM_F64S(struct quantiles_cfg, x, n_x), .unit = "@",
      .doc = "The value at each level." },
};

static const struct sim_param truncate_rows[] = {
    { SIM_PARAM_F64(struct truncate_cfg, min), .unit = "@", .flags = SIM_P_OPTIONAL,
      .doc = "Smaller values are cut off." },
    { SIM_PARAM_F64(struct truncate_cfg, max), .unit = "@", .flags = SIM_P_OPTIONAL,
      .doc = "Larger values are cut off." },
};
static const struct sim_table truncate_table = {
    .name = "truncate", .doc = "Truncation of any distribution; the rest is renormalised.",
    SIM_ROWS(truncate_rows), .size = sizeof(struct truncate_cfg),
};

static const struct sim_dist_kind own_kinds[] = {
    { "mixture", { .name = "mixture", .doc = "One of several distributions, chosen at random.",
                   SIM_ROWS(mixture_rows), .size = sizeof(struct mixture_cfg) }, NULL },
    { "quantiles", { .name = "quantiles", .doc = "A table of quantiles, linear between them.",
                     SIM_ROWS(quantiles_rows), .size = sizeof(struct quantiles_cfg) }, NULL },
};
/* clang-format on */

const struct sim_dist_kind *scn_dist_kind_at(int i)
{
    const struct sim_dist_kind *kind = sim_dist_kind_at(i);
    const int n_own = (int)(sizeof own_kinds / sizeof own_kinds[0]);
    int n = 0;

    if (kind != NULL)
        return kind;
    while (sim_dist_kind_at(n) != NULL)
        n++;
    return i >= n && i < n + n_own ? &own_kinds[i - n] : NULL;
}

static const struct sim_dist_kind *find_kind(
    struct scn_bind *bind, const struct scn_pair *pair, const char *path)
{
    const char *names[32];
    const struct sim_dist_kind *kind;
    struct scn_fault fault = {.code = "D001", .at = pair->at, .path = path};
    const char *nearest;
    int n = 0;

    for (; n < 32 && (kind = scn_dist_kind_at(n)) != NULL; n++) {
        if (strcmp(kind->name, pair->key) == 0)
            return kind;
        names[n] = kind->name;
    }
    nearest = sim_text_nearest(pair->key, names, n);
    fault.hint = nearest != NULL
                     ? scn_printf(bind->load, "did you mean '%s'?", nearest)
                     : scn_printf(bind->load, "there are: %s",
                           scn_joined(bind->load, names, n));
    scn_report(bind->load, &fault, "unknown distribution '%s' in '%s'",
        pair->key, path);
    return NULL;
}

/* ---- files -------------------------------------------------------------- */

/* Text under a key of a bound parameter struct, by its row. */
static const char *text_of(struct scn_bind *bind, const struct sim_table *table,
    const void *cfg, const char *key)
{
    const struct sim_param *row = scn_row_find(bind->load, table, key);
    const char *text = NULL;

    if (row != NULL && row->type == SIM_STR)
        memcpy(&text, (const char *)cfg + row->offset, sizeof text);
    return text;
}

/* A data file or, as "tables/NAME.csv", one that is compiled in. */
static const struct scn_source *open_csv(
    struct scn_bind *bind, const struct scn_node *named, const char *path)
{
    struct scn_load *load = bind->load;
    const char *table = scn_table_name(named->text);
    const struct scn_preset_file *file =
        table != NULL ? scn_preset_find(table) : NULL;
    struct sim_err err = {0};
    struct scn_source *src =
        scn_source_new(load, file != NULL ? SCN_ROLE_PRESET : SCN_ROLE_FILE,
            named->text, named->text, load->root);

    if (src == NULL)
        return NULL;
    if (file != NULL) {
        src->text = (const char *)file->data;
        src->size = file->size;
        return src;
    }
    if (scn_file_read(load, path, SCN_MAX_CSV_BYTES, src, &err) == SIM_OK)
        return src;
    if (!load->nomem) {
        const struct scn_fault fault =
            scn_fault_of(bind, "P001", named->at, NULL);
        scn_report(load, &fault, "%s", err.text);
    }
    return NULL;
}

/* Values of a column into the unit of the holder. */
static bool convert_column(struct scn_bind *bind, struct scn_node *map,
    const char *unit, double *x, size_t n)
{
    const struct scn_pair *pair = scn_map_find(bind->load, map, "unit");
    const char *wanted_text = scn_row_unit(bind, bind->holder);
    struct sim_unit wanted, got;
    struct sim_err err = {0};
    struct scn_fault fault = scn_fault_of(
        bind, "U002", pair != NULL ? pair->value->at : map->at, NULL);

    if (sim_unit_parse(wanted_text, &wanted, &err) != SIM_OK ||
        sim_unit_parse(unit != NULL ? unit : "", &got, &err) != SIM_OK) {
        scn_report(bind->load, &fault, "'%s': %s", fault.path, err.text);
        return false;
    }
    if (!sim_unit_same_dim(&wanted, &got)) {
        fault.code = pair == NULL ? "U001" : "U003";
        fault.hint =
            scn_printf(bind->load, "for example 'unit: %s'", wanted_text);
        scn_report(bind->load, &fault, "'%s' needs the column's unit%s",
            fault.path, pair == NULL ? "" : ", and not this one");
        return false;
    }
    for (size_t i = 0; i < n; i++)
        x[i] = sim_unit_convert(x[i], &got, &wanted);
    return true;
}

static int from_file(struct scn_bind *bind, const struct sim_dist_kind *kind,
    struct scn_node *map, const void *cfg, struct sim_dist **out,
    struct sim_err *err)
{
    const struct scn_pair *pair = scn_map_find(bind->load, map, "file");
    const char *levels = text_of(bind, &kind->table, cfg, "levels");
    const struct scn_source *src =
        open_csv(bind, pair->value, text_of(bind, &kind->table, cfg, "file"));
    double *x, *p;
    size_t n, n_p;

    if (src == NULL ||
        !scn_csv_column(bind->load, src, pair->value,
            text_of(bind, &kind->table, cfg, "column"), &x, &n) ||
        !convert_column(
            bind, map, text_of(bind, &kind->table, cfg, "unit"), x, n))
        return SIM_OK;
    if (levels == NULL)
        return sim_dist_empirical(x, n, bind->load->arena, out, err);
    if (!scn_csv_column(bind->load, src, pair->value, levels, &p, &n_p))
        return SIM_OK;
    return sim_dist_quantiles(p, x, n, bind->load->arena, out, err);
}

/* ---- preparing ---------------------------------------------------------- */

static int prepare_mixture(struct scn_bind *bind, const struct mixture_cfg *cfg,
    struct sim_dist **out, struct sim_err *err)
{
    const size_t n = (size_t)cfg->n_parts;
    double *weights = scn_new(bind->load, n, sizeof *weights);
    const struct sim_dist **parts =
        scn_new(bind->load, n, sizeof(struct sim_dist *));

    if (weights == NULL || parts == NULL)
        return SIM_E_NOMEM;
    for (size_t i = 0; i < n; i++) {
        weights[i] = cfg->parts[i].weight;
        parts[i] = cfg->parts[i].of;
    }
    return sim_dist_mixture(weights, parts, n, bind->load->arena, out, err);
}

static int prepare(struct scn_bind *bind, const struct sim_dist_kind *kind,
    struct scn_node *map, const void *cfg, struct sim_dist **out,
    struct sim_err *err)
{
    const struct quantiles_cfg *table = cfg;

    if (text_of(bind, &kind->table, cfg, "file") != NULL)
        return from_file(bind, kind, map, cfg, out, err);
    if (kind->prepare != NULL)
        return kind->prepare(cfg, bind->load->arena, out, err);
    if (kind == &own_kinds[0])
        return prepare_mixture(bind, cfg, out, err);
    if (table->n_p != table->n_x || table->n_p == 0)
        return sim_err_set(err, SIM_E_INPUT,
            "quantiles needs a file, or p and x of the same length");
    return sim_dist_quantiles(
        table->p, table->x, (size_t)table->n_p, bind->load->arena, out, err);
}

/* Keys min and max beside the kind's own are a truncation: move them from
 * `*map` to a map of their own.  NULL when there are none. */
static struct scn_node *split_truncation(
    struct scn_bind *bind, const struct sim_table *table, struct scn_node **map)
{
    struct scn_load *load = bind->load;
    struct scn_node *own, *cut;
    int n = 0;

    if ((*map)->kind != SCN_MAP)
        return NULL;
    own = scn_node_new(load, SCN_MAP, (*map)->n, (*map)->at);
    cut = scn_node_new(load, SCN_MAP, (*map)->n, (*map)->at);
    if (own == NULL || cut == NULL)
        return NULL;
    own->n = cut->n = 0;
    for (int i = 0; i < (*map)->n; i++, n++) {
        const struct scn_pair *pair = &(*map)->pairs[i];
        const bool cuts =
            (strcmp(pair->key, "min") == 0 || strcmp(pair->key, "max") == 0) &&
            scn_row_find(load, table, pair->key) == NULL;
        struct scn_node *to = cuts ? cut : own;
        to->pairs[to->n++] = *pair;
    }
    *map = own;
    return cut->n > 0 ? cut : NULL;
}

static const struct sim_dist *truncate_dist(
    struct scn_bind *bind, struct scn_node *cut, const struct sim_dist *dist)
{
    struct truncate_cfg cfg = {(double)NAN, (double)NAN};
    const int n_errors = bind->load->diag->n_errors;
    struct sim_dist *out = NULL;
    struct sim_err err = {0};
    int rc;

    scn_bind_table(bind, &truncate_table, cut, &cfg);
    if (dist == NULL || bind->load->diag->n_errors != n_errors)
        return NULL;
    rc = sim_dist_truncate(dist, isnan(cfg.min) ? -(double)INFINITY : cfg.min,
        isnan(cfg.max) ? (double)INFINITY : cfg.max, bind->load->arena, &out,
        &err);
    if (rc == SIM_E_NOMEM)
        bind->load->nomem = true;
    else if (rc != SIM_OK) {
        const struct scn_fault fault =
            scn_fault_of(bind, "D002", cut->pairs[0].at, NULL);
        scn_report(bind->load, &fault, "'%s': %s", fault.path, err.text);
    }
    return rc == SIM_OK ? out : NULL;
}

static void warn_if_wild(
    struct scn_bind *bind, const struct sim_dist *dist, struct scn_at at)
{
    struct scn_fault fault = scn_fault_of(
        bind, "D005", at, "cut the tail with 'max', or take a larger alpha");

    fault.severity = SCN_WARNING;
    if (dist != NULL && !isfinite(sim_dist_sd(dist)))
        scn_report(bind->load, &fault,
            "'%s' has an infinite variance: estimates converge slowly or not "
            "at all",
            fault.path);
}

static const struct sim_dist *build_kind(
    struct scn_bind *bind, const struct scn_pair *pair)
{
    const struct sim_dist_kind *kind = find_kind(bind, pair, scn_path(bind));
    const size_t length = scn_path_push(bind, pair->key);
    const int n_errors = bind->load->diag->n_errors;
    const struct sim_dist *dist = NULL;
    struct sim_dist *built = NULL;
    struct sim_err err = {0};
    struct scn_node *map, *cut;
    void *cfg;
    int rc;

    map = kind != NULL ? scn_long_form(bind, &kind->table, pair->value) : NULL;
    cfg = map != NULL ? scn_new(bind->load, 1, kind->table.size) : NULL;
    if (cfg != NULL) {
        cut = split_truncation(bind, &kind->table, &map);
        scn_bind_table(bind, &kind->table, map, cfg);
        if (bind->load->diag->n_errors == n_errors && !bind->load->nomem) {
            rc = prepare(bind, kind, map, cfg, &built, &err);
            bind->load->nomem = bind->load->nomem || rc == SIM_E_NOMEM;
            if (rc != SIM_OK && !bind->load->nomem) {
                const struct scn_fault fault =
                    scn_fault_of(bind, "D002", map->at, NULL);
                scn_report(
                    bind->load, &fault, "'%s': %s", fault.path, err.text);
            }
        }
        dist = cut != NULL ? truncate_dist(bind, cut, built) : built;
        warn_if_wild(bind, dist, pair->value->at);
    }
    scn_path_pop(bind, length);
    return dist;
}

/* ---- public ------------------------------------------------------------- */

/* A whole distribution against the bounds of its row: no draw below min, and a
 * mean within max (tails are unbounded as a rule). */
static const struct sim_dist *check_support(struct scn_bind *bind,
    const struct sim_param *row, const struct sim_dist *dist, struct scn_at at)
{
    struct sim_param closed = *row;
    const double low = sim_dist_low(dist), mean = sim_dist_mean(dist);
    const char *unit = scn_row_unit(bind, row);

    if ((sim_dist_is_traced(dist) || sim_dist_is_paired(dist)) &&
        (row->flags & SIM_P_RECORD) == 0) {
        const struct scn_fault fault = scn_fault_of(bind, "D003", at,
            "'from' is for the service time and the tokens of a class");
        scn_report(bind->load, &fault,
            "'%s' does not come with recorded requests", fault.path);
        return NULL;
    }
    if (row->min == 0.0 && row->max == 0.0)
        return dist;
    closed.flags &= ~(unsigned)SIM_P_ABOVE_MIN;
    if (low < row->min)
        return scn_range_check(bind, &closed, low, at,
                   scn_printf(bind->load, "a distribution down to %s",
                       scn_number_text(bind->load, low, unit)))
                   ? dist
                   : NULL;
    if (isfinite(mean) &&
        !scn_range_check(bind, &closed, mean, at,
            scn_printf(bind->load, "a distribution with mean %s",
                scn_number_text(bind->load, mean, unit))))
        return NULL;
    return dist;
}

static const struct sim_dist *build_constant(struct scn_bind *bind,
    const struct sim_param *row, const struct scn_node *node,
    const struct scn_note *note)
{
    struct sim_dist *dist = NULL;
    struct scn_value value;

    if (!scn_value_parse(bind, row, node, &value))
        return NULL;
    if (sim_dist_constant(value.number, bind->load->arena, &dist, NULL) !=
        SIM_OK) {
        bind->load->nomem = true;
        return NULL;
    }
    scn_input_add(bind, row, node, &value, note, node->text);
    return dist;
}

static const struct sim_dist *build_map(
    struct scn_bind *bind, const struct sim_param *row, struct scn_node *node)
{
    const struct scn_fault fault = scn_fault_of(bind, "D003", node->at,
        "for example {lognormal: {median: ..., p95: ...}}");
    const struct sim_dist *dist;

    if (node->kind != SCN_MAP || node->n != 1) {
        scn_report(bind->load, &fault,
            "'%s' needs a value or a distribution {kind: {...}}, got %s",
            fault.path,
            node->kind == SCN_MAP
                ? scn_printf(bind->load, "a map of %d keys", node->n)
                : "a list");
        return NULL;
    }
    dist = build_kind(bind, &node->pairs[0]);
    return dist != NULL ? check_support(bind, row, dist, node->at) : NULL;
}

/* A bare word that names a kind without parameters stands for it:
 * "repair: never".  Anything else is left as it is. */
static struct scn_node *kind_word(struct scn_bind *bind, struct scn_node *node)
{
    const struct sim_dist_kind *kind = sim_dist_kind_find(node->text);
    struct scn_node *empty;

    if (kind == NULL || kind->table.n_rows > 0)
        return node;
    empty = scn_node_new(bind->load, SCN_MAP, 0, node->at);
    return empty != NULL ? scn_map_of(bind->load, kind->name, empty) : NULL;
}

const struct sim_dist *scn_dist_build(
    struct scn_bind *bind, const struct sim_param *row, struct scn_node *node)
{
    const struct sim_param *holder = bind->holder;
    const struct scn_note *outer = bind->note;
    const bool annotated =
        node->kind == SCN_MAP && scn_is_annotated(bind->load, node);
    const struct sim_dist *dist = NULL;
    struct scn_note note;

    if (annotated)
        node = scn_note_read(bind, node, &note);
    bind->holder = holder != NULL ? holder : row;
    if (node != NULL && node->kind == SCN_SCALAR)
        node = kind_word(bind, node);
    if (node != NULL && node->kind == SCN_SCALAR) {
        dist = build_constant(bind, row, node, annotated ? &note : NULL);
    } else if (node != NULL) {
        bind->note = annotated ? &note : outer;
        dist = build_map(bind, row, node);
    }
    bind->holder = holder;
    bind->note = outer;
    return dist;
}

void scn_bind_dist(struct scn_bind *bind, const struct sim_param *row,
    struct scn_node *node, void *cfg)
{
    const struct sim_dist *dist = scn_dist_build(bind, row, node);

    memcpy((char *)cfg + row->offset, &dist, sizeof dist);
}
