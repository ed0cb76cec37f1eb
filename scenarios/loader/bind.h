/* bind.h - the merged tree against the parameter rows.
 *
 * Each row takes the node under its key, checks it and stores it in the
 * configuration; what is not given gets the row's default.  Every bound scalar
 * becomes an input: a line of the Inputs sheet with its text, unit, range,
 * source and origin.  Faults are collected and binding goes on.
 *
 * Conventions of this header:
 * - A function that meets a fault of the user reports it and goes on, or gives
 *   NULL or false; running out of memory sets load->nomem and is asked for
 *   once, at the end of the load.  Nothing returns an error code.
 * - `row` describes the value, `cfg` is the struct that holds row's member and
 *   starts as zeros, `node` is what the user wrote and is never NULL unless
 *   said so.  Trees are not changed.
 * - bind->path is the key path of `node`; who descends pushes and pops.
 * - What is stored (texts, arrays, distributions) lives in the arena of the
 *   scenario and may be borrowed for its lifetime.
 *
 * Units: an F64 member holds the number in scn_row_unit(); annotations (low,
 * high) are in the same unit.
 */
#ifndef SCENARIOS_LOADER_BIND_H
#define SCENARIOS_LOADER_BIND_H

#include <stdbool.h>
#include <stdint.h>

#include "models/results/results.h"
#include "scenarios/loader/rows.h"
#include "scenarios/loader/tree.h"
#include "sim/dist.h"
#include "sim/param.h"

/* What an annotated value says besides the value. */
struct scn_note {
    const char *source, *year, *confidence, *note; /* NULL: not said */
    struct scn_node *low, *high, *dist;
};

/* An input and, where the value is uncertain, its law. */
struct scn_input {
    struct res_input input;
    const struct sim_dist *dist; /* {value, dist: {...}}; else NULL */
};

/* State of one binding.  The members below the blank line say what holds at
 * the present place and are saved and restored around nested tables. */
struct scn_bind {
    struct scn_load *load;
    const char *currency;
    struct sim_text path;
    struct scn_input *inputs;
    size_t n_inputs, cap_inputs;

    /* Row that holds the distribution being read; its unit stands for "@", its
     * doc and flags for those of the distribution's own rows. */
    const struct sim_param *holder;
    const struct scn_note *note; /* annotation of that distribution */
    struct scn_at map_at;        /* nearest map that was given */
    struct scn_at user_at;       /* nearest map that the user wrote */
    bool emit;   /* inputs are wanted: not in absent optional groups */
    bool strict; /* required keys are missed */
};

/* A scalar as read. */
struct scn_value {
    double number;    /* F64 in the row's unit; I64, too, if it fits */
    int64_t integer;  /* I64, BOOL, ENUM, DATE */
    const char *text; /* STR; resolved path with SIM_P_FILE */
};

/**
 * Bind a map to `cfg`: each row takes its key, unknown keys are faults or go to
 * the rest row, then the table's check runs if nothing was wrong.
 * @param map  NULL: all keys are absent, every row gets its default
 */
void scn_bind_table(struct scn_bind *bind, const struct sim_table *table,
    struct scn_node *map, void *cfg);

/** Bind one value to its row, whatever its type; sets row's member, its count
 *  and, for an optional group, its `given` flag. */
void scn_bind_value(struct scn_bind *bind, const struct sim_param *row,
    struct scn_node *node, void *cfg);

/** The map a short form stands for ("warmup: auto"); a map comes back as it
 *  is, NULL after a fault.  shortform.c */
struct scn_node *scn_long_form(struct scn_bind *bind,
    const struct sim_table *table, struct scn_node *node);

/* ---- keys.c ------------------------------------------------------------- */

/** Report a key that no row takes; the hint is the nearest key, or the unit
 *  that belongs to the value ("rtt_ms: 15"). */
void scn_key_unknown(struct scn_bind *bind, const struct sim_table *table,
    const struct scn_pair *pair);

/** Report the absence of a required key, at the nearest map. */
void scn_key_missing(
    struct scn_bind *bind, const struct sim_param *row, const char *key);

/** Report a map of a one-of table with no key or more than one. */
void scn_keys_one_of(struct scn_bind *bind, const struct sim_table *table,
    const struct scn_node *map);

/** Is a key among the named entries of `rest` rather a misspelt key of the
 *  table?  So with "form: metros-us": an entry would be a map. */
bool scn_key_misspelt(struct scn_bind *bind, const struct sim_table *table,
    const struct sim_param *rest, const struct scn_pair *pair);

/* ---- values.c ----------------------------------------------------------- */

/** Bind a scalar or annotated value; after a fault the default is stored, so
 *  that check hooks never see garbage. */
void scn_bind_scalar(struct scn_bind *bind, const struct sim_param *row,
    struct scn_node *node, void *cfg);

/** Bind a list of numbers or texts; one value is a list of one. */
void scn_bind_items(struct scn_bind *bind, const struct sim_param *row,
    struct scn_node *node, void *cfg);

/** Store the default of an absent scalar row and add its input. */
void scn_bind_default(
    struct scn_bind *bind, const struct sim_param *row, void *cfg);

/**
 * Read an annotated value {value, low, high, source, ...}.
 * @param note  out: what stands beside the value; texts are borrowed
 * @return the value's node, NULL after a fault
 */
struct scn_node *scn_note_read(
    struct scn_bind *bind, struct scn_node *map, struct scn_note *note);

/* ---- parse.c ------------------------------------------------------------ */

/** Parse a scalar for a row and check its range; false after a fault. */
bool scn_value_parse(struct scn_bind *bind, const struct sim_param *row,
    const struct scn_node *node, struct scn_value *value);

/** Would it parse?  Reports nothing and opens no file. */
bool scn_value_fits(struct scn_bind *bind, const struct sim_param *row,
    const struct scn_node *node);

/** The row's unit here: "@" and the currency replaced. */
const char *scn_row_unit(struct scn_bind *bind, const struct sim_param *row);

/** A range fault when `x` is outside; `shown` is how the user wrote it. */
bool scn_range_check(struct scn_bind *bind, const struct sim_param *row,
    double x, struct scn_at at, const char *shown);

/* ---- dists.c ------------------------------------------------------------ */

void scn_bind_dist(struct scn_bind *bind, const struct sim_param *row,
    struct scn_node *node, void *cfg);

/**
 * Build a distribution in the unit of `row` from a bare quantity, an annotated
 * one, or a map of one kind; adds the inputs of its parameters.
 * @return NULL after a fault
 */
const struct sim_dist *scn_dist_build(
    struct scn_bind *bind, const struct sim_param *row, struct scn_node *node);

/** The kinds a scenario can name: those of sim/dist.h and the loader's own
 *  (mixture, quantiles); NULL past the end. */
const struct sim_dist_kind *scn_dist_kind_at(int i);

/* ---- inputs.c ----------------------------------------------------------- */

/**
 * Add the input of a bound value, at the present path.
 * @param node  NULL: the default was taken
 * @param note  its annotation, NULL: none (then that of the holder counts)
 * @param text  as written; NULL: made from the value
 */
void scn_input_add(struct scn_bind *bind, const struct sim_param *row,
    const struct scn_node *node, const struct scn_value *value,
    const struct scn_note *note, const char *text);

/** No longer live: the inputs bound so far at a path or below it, where "*"
 *  is any one name. */
void scn_input_read(struct scn_bind *bind, const char *path);

/** Number as text that reads back equal, with its unit ("15 ms"). */
const char *scn_number_text(struct scn_load *load, double x, const char *unit);

/** Append ".key" to the path; the old length, for scn_path_pop(). */
size_t scn_path_push(struct scn_bind *bind, const char *key);
void scn_path_pop(struct scn_bind *bind, size_t length);

/** The path so far. */
const char *scn_path(const struct scn_bind *bind);

/** What most messages need: code, place and path; hint may be NULL. */
struct scn_fault scn_fault_of(const struct scn_bind *bind, const char *code,
    struct scn_at at, const char *hint);

/** A list of keys for messages: "a, b, c". */
const char *scn_joined(struct scn_load *load, const char *const *names, int n);

#endif /* SCENARIOS_LOADER_BIND_H */
