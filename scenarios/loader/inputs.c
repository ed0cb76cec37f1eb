#include "scenarios/loader/bind.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/alloc.h"

size_t scn_path_push(struct scn_bind *bind, const char *key)
{
    const size_t length = bind->path.len;

    if (length > 0)
        sim_text_add_char(&bind->path, '.');
    sim_text_add(&bind->path, key);
    if (!sim_text_ok(&bind->path))
        bind->load->nomem = true;
    return length;
}

void scn_path_pop(struct scn_bind *bind, size_t length)
{
    if (bind->path.data != NULL) {
        bind->path.len = length;
        bind->path.data[length] = '\0';
    }
}

const char *scn_path(const struct scn_bind *bind)
{
    return sim_text_str(&bind->path);
}

struct scn_fault scn_fault_of(const struct scn_bind *bind, const char *code,
    struct scn_at at, const char *hint)
{
    return (struct scn_fault){
        .code = code, .at = at, .path = scn_path(bind), .hint = hint};
}

const char *scn_joined(struct scn_load *load, const char *const *names, int n)
{
    const char *list = "";

    for (int i = 0; i < n && list != NULL; i++)
        list = scn_printf(load, "%s%s%s", list, i > 0 ? ", " : "", names[i]);
    return list != NULL ? list : "";
}

const char *scn_number_text(struct scn_load *load, double x, const char *unit)
{
    char number[40];
    const char *text;

    /* the shortest that reads back equal */
    for (int digits = 6; digits <= 17; digits++) {
        snprintf(number, sizeof number, "%.*g", digits, x);
        if (strtod(number, NULL) == x)
            break;
    }
    if (unit[0] == '\0' || strcmp(unit, "1") == 0)
        text = scn_printf(load, "%s", number);
    else
        text =
            scn_printf(load, unit[0] == '/' ? "%s %s" : "%s %s", number, unit);
    return text != NULL ? text : "";
}

static const char *or_empty(const char *text)
{
    return text != NULL ? text : "";
}

/* Text of a default, as one would write it. */
static const char *default_text(struct scn_bind *bind,
    const struct sim_param *row, const struct scn_value *value)
{
    switch (row->type) {
    case SIM_F64:
        return isinf(value->number) ? "unlimited"
                                    : scn_number_text(bind->load, value->number,
                                          scn_row_unit(bind, row));
    case SIM_I64:
        return or_empty(
            scn_printf(bind->load, "%lld", (long long)value->integer));
    case SIM_BOOL:
        return value->integer != 0 ? "true" : "false";
    case SIM_ENUM:
        return row->choices[value->integer];
    default:
        return or_empty(row->dflt_text);
    }
}

static bool reserve(struct scn_bind *bind)
{
    const size_t cap = bind->cap_inputs > 0 ? 2 * bind->cap_inputs : 128;
    struct scn_input *more;

    if (bind->n_inputs < bind->cap_inputs)
        return true;
    more = sim_realloc(bind->inputs, cap, sizeof *more);
    if (more == NULL) {
        bind->load->nomem = true;
        return false;
    }
    bind->inputs = more;
    bind->cap_inputs = cap;
    return true;
}

/* low and high are read like the value and must enclose it. */
static void read_range(struct scn_bind *bind, const struct sim_param *row,
    const struct scn_note *note, struct res_input *input)
{
    struct scn_node *const nodes[2] = {note->low, note->high};
    static const char *const names[2] = {"low", "high"};
    double *const ends[2] = {&input->low, &input->high};

    for (int i = 0; i < 2; i++) {
        struct scn_value end = {.number = (double)NAN};
        const size_t length = scn_path_push(bind, names[i]);
        if (nodes[i] != NULL && !input->numeric) {
            const struct scn_fault fault =
                scn_fault_of(bind, "R001", nodes[i]->at, NULL);
            scn_report(bind->load, &fault,
                "'%s': only a number may have a range", fault.path);
        } else if (nodes[i] != NULL &&
                   scn_value_parse(bind, row, nodes[i], &end)) {
            const struct scn_fault fault =
                scn_fault_of(bind, "R001", nodes[i]->at, NULL);
            *ends[i] = end.number;
            if (i == 0 ? end.number > input->value : end.number < input->value)
                scn_report(bind->load, &fault, "'%s' is %s, %s the value %s",
                    fault.path, nodes[i]->text, i == 0 ? "above" : "below",
                    input->text);
        }
        scn_path_pop(bind, length);
    }
}

/* A law of an uncertain value gives the range too where none is said: the
 * central nine tenths. */
static const struct sim_dist *read_dist(struct scn_bind *bind,
    const struct sim_param *row, const struct scn_note *note,
    struct res_input *input)
{
    const struct sim_dist *dist = NULL;
    size_t length;

    if (note->dist == NULL)
        return NULL;
    length = scn_path_push(bind, "dist");
    if (!input->numeric) {
        const struct scn_fault fault =
            scn_fault_of(bind, "R001", note->dist->at, NULL);
        scn_report(bind->load, &fault,
            "'%s': only a number may have a distribution", fault.path);
    } else {
        const bool emit = bind->emit;
        bind->emit = false;
        dist = scn_dist_build(bind, row, note->dist);
        bind->emit = emit;
    }
    scn_path_pop(bind, length);
    if (dist != NULL && note->low == NULL && note->high == NULL) {
        input->low = sim_dist_quantile(dist, 0.05);
        input->high = sim_dist_quantile(dist, 0.95);
    }
    return dist;
}

void scn_input_add(struct scn_bind *bind, const struct sim_param *row,
    const struct scn_node *node, const struct scn_value *value,
    const struct scn_note *note, const char *text)
{
    static const struct scn_note nothing = {.source = NULL};
    struct scn_load *load = bind->load;
    const struct sim_param *holder = bind->holder != NULL ? bind->holder : row;
    const struct scn_note *said = note != NULL         ? note
                                  : bind->note != NULL ? bind->note
                                                       : &nothing;
    const int role = node != NULL ? node->at.src->role : SCN_ROLE_DEFAULT;
    struct scn_input added = {.dist = NULL};
    struct res_input *input = &added.input;

    *input = (struct res_input){
        .path = scn_printf(load, "%s", scn_path(bind)),
        .label = or_empty(holder->doc),
        .unit = scn_row_unit(bind, row),
        .numeric = (row->type == SIM_F64 || row->type == SIM_I64 ||
                       row->type == SIM_DIST) &&
                   isfinite(value->number),
        .live = (holder->flags & SIM_P_STATE) == 0,
        .given = role == SCN_ROLE_FILE || role == SCN_ROLE_SET,
        .value = value->number,
        .low = (double)NAN,
        .high = (double)NAN,
        .year = or_empty(said->year),
        .confidence = or_empty(said->confidence),
        .note = or_empty(said->note),
        .origin = node != NULL ? scn_origin(load, &node->at) : "default",
    };
    input->text = text != NULL ? text : default_text(bind, row, value);
    /* A row's source vouches for its default, not for what a user wrote. */
    input->source = said->source != NULL ? said->source
                    : input->given       ? ""
                                         : or_empty(holder->source);
    if (!input->numeric)
        input->value = (double)NAN;
    if (note != NULL) {
        read_range(bind, row, note, input);
        added.dist = read_dist(bind, row, note, input);
    }
    if (bind->emit && !load->nomem && reserve(bind))
        bind->inputs[bind->n_inputs++] = added;
}

/* Is `path` what the pattern names, or below it? */
static bool below(const char *path, const char *pattern)
{
    while (*pattern != '\0') {
        if (*pattern == '*') {
            path += strcspn(path, ".");
            pattern++;
        } else if (*path++ != *pattern++) {
            return false;
        }
    }
    return *path == '\0' || *path == '.';
}

void scn_input_read(struct scn_bind *bind, const char *path)
{
    for (size_t i = 0; i < bind->n_inputs; i++) {
        struct res_input *input = &bind->inputs[i].input;
        if (below(input->path, path))
            input->live = false;
    }
}
