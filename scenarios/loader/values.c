#include "scenarios/loader/bind.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* Members lie at row->offset of the struct; the row macros have checked the
 * type, so memcpy of that type's size is exact. */
static void put(void *cfg, size_t offset, const void *value, size_t size)
{
    memcpy((char *)cfg + offset, value, size);
}

static void store(
    const struct sim_param *row, const struct scn_value *value, void *cfg)
{
    const bool flag = value->integer != 0;
    const int choice = (int)value->integer;

    switch (row->type) {
    case SIM_F64:
        put(cfg, row->offset, &value->number, sizeof value->number);
        break;
    case SIM_I64:
    case SIM_DATE:
        put(cfg, row->offset, &value->integer, sizeof value->integer);
        break;
    case SIM_BOOL:
        put(cfg, row->offset, &flag, sizeof flag);
        break;
    case SIM_ENUM:
        put(cfg, row->offset, &choice, sizeof choice);
        break;
    default:
        put(cfg, row->offset, &value->text, sizeof value->text);
        break;
    }
}

/* ---- annotated values --------------------------------------------------- */

static const char *note_text(struct scn_bind *bind, const struct scn_node *node)
{
    const struct scn_fault fault = scn_fault_of(bind, "T008", node->at, NULL);

    if (node->kind == SCN_SCALAR)
        return node->text;
    scn_report(bind->load, &fault, "'%s' takes a text, got %s", fault.path,
        scn_node_shown(bind->load, node));
    return NULL;
}

static void read_confidence(
    struct scn_bind *bind, const struct scn_node *node, struct scn_note *note)
{
    const struct scn_fault fault = scn_fault_of(bind, "T005", node->at, NULL);

    note->confidence = note_text(bind, node);
    if (note->confidence == NULL)
        return;
    if (strlen(note->confidence) != 1 ||
        strchr("PSRD", note->confidence[0]) == NULL)
        scn_report(bind->load, &fault, "'%s' is %s, expected one of P, S, R, D",
            fault.path, scn_node_shown(bind->load, node));
}

static void read_note_key(struct scn_bind *bind, const struct scn_pair *pair,
    struct scn_note *note, struct scn_node **value)
{
    struct scn_node *node = pair->value;

    if (strcmp(pair->key, "value") == 0)
        *value = node;
    else if (strcmp(pair->key, "low") == 0)
        note->low = node;
    else if (strcmp(pair->key, "high") == 0)
        note->high = node;
    else if (strcmp(pair->key, "dist") == 0)
        note->dist = node;
    else if (strcmp(pair->key, "source") == 0)
        note->source = note_text(bind, node);
    else if (strcmp(pair->key, "year") == 0)
        note->year = note_text(bind, node);
    else if (strcmp(pair->key, "note") == 0)
        note->note = note_text(bind, node);
    else
        read_confidence(bind, node, note);
}

struct scn_node *scn_note_read(
    struct scn_bind *bind, struct scn_node *map, struct scn_note *note)
{
    const char *const *keys = scn_annotation_keys();
    struct scn_node *value = NULL;
    bool ok = true;

    *note = (struct scn_note){.source = NULL};
    for (int i = 0; i < map->n; i++) {
        const struct scn_pair *pair = &map->pairs[i];
        const size_t length = scn_path_push(bind, pair->key);
        int k = 0;
        while (keys[k] != NULL && strcmp(keys[k], pair->key) != 0)
            k++;
        if (keys[k] != NULL) {
            read_note_key(bind, pair, note, &value);
        } else if (strncmp(pair->key, "x-", 2) != 0) {
            struct scn_fault fault = scn_fault_of(bind, "T008", pair->at,
                "write the value itself, or {value: ..., low: ..., high: ..., "
                "source: ...}");
            scn_report(bind->load, &fault, "'%s': a value has no key '%s'",
                fault.path, pair->key);
            ok = false;
        }
        scn_path_pop(bind, length);
    }
    if (value == NULL && ok) {
        const struct scn_fault fault =
            scn_fault_of(bind, "K003", map->at, NULL);
        scn_report(
            bind->load, &fault, "missing key 'value' in '%s'", fault.path);
    }
    return value;
}

/* ---- single values ------------------------------------------------------ */

static void take_default(
    struct scn_bind *bind, const struct sim_param *row, struct scn_value *value)
{
    const bool derived = (row->flags & SIM_P_OPTIONAL) != 0;
    const struct scn_node node = {.kind = SCN_SCALAR, .text = row->dflt_text};

    *value = (struct scn_value){.number = derived ? (double)NAN : row->dflt};
    value->integer = derived ? -1 : (int64_t)0;
    if (row->type == SIM_BOOL)
        value->integer = row->dflt != 0.0;
    else if (row->type != SIM_F64 && !derived)
        value->integer = (int64_t)row->dflt;
    if (row->type == SIM_STR)
        value->text = row->dflt_text;
    if (row->type == SIM_DATE && row->dflt_text != NULL)
        SIM_BUG_ON(!scn_value_parse(bind, row, &node, value));
}

void scn_bind_default(
    struct scn_bind *bind, const struct sim_param *row, void *cfg)
{
    struct scn_value value;

    take_default(bind, row, &value);
    store(row, &value, cfg);
    if (row->type == SIM_STR || row->type == SIM_DATE
            ? row->dflt_text != NULL
            : (row->flags & SIM_P_OPTIONAL) == 0)
        scn_input_add(bind, row, NULL, &value, NULL, NULL);
}

void scn_bind_scalar(struct scn_bind *bind, const struct sim_param *row,
    struct scn_node *node, void *cfg)
{
    struct scn_note note;
    struct scn_value value;
    const bool annotated = node->kind == SCN_MAP;

    if (annotated)
        node = scn_note_read(bind, node, &note);
    if (node == NULL || !scn_value_parse(bind, row, node, &value)) {
        take_default(bind, row, &value);
        store(row, &value, cfg);
        return;
    }
    store(row, &value, cfg);
    scn_input_add(
        bind, row, node, &value, annotated ? &note : NULL, node->text);
}

/* ---- lists -------------------------------------------------------------- */

static bool check_list(struct scn_bind *bind, const struct scn_node *node)
{
    const struct scn_fault fault = scn_fault_of(bind, "T002", node->at, NULL);

    if (node->kind == SCN_SEQ)
        return true;
    scn_report(bind->load, &fault, "'%s' needs a list, got %s", fault.path,
        scn_node_shown(bind->load, node));
    return false;
}

/* "[1, 2, 3]" for the Inputs sheet. */
static const char *list_text(struct scn_load *load, const struct scn_node *list)
{
    struct sim_text out = {0};
    const char *text = NULL;

    sim_text_add_char(&out, '[');
    for (int i = 0; i < list->n; i++) {
        sim_text_add(&out, i > 0 ? ", " : "");
        sim_text_add(&out, list->items[i]->text);
    }
    sim_text_add_char(&out, ']');
    if (sim_text_ok(&out))
        text = scn_printf(load, "%s", sim_text_str(&out));
    sim_text_release(&out);
    load->nomem = load->nomem || text == NULL;
    return text != NULL ? text : "";
}

/* The list of a row, out of its annotation if it has one; one value stands
 * for a list of one. */
static struct scn_node *unwrap_list(struct scn_bind *bind,
    struct scn_node *node, struct scn_note *note, bool *annotated)
{
    *annotated = scn_is_annotated(bind->load, node);
    if (*annotated)
        node = scn_note_read(bind, node, note);
    if (node != NULL && node->kind == SCN_SCALAR && node->text[0] != '\0') {
        struct scn_node *one = scn_node_new(bind->load, SCN_SEQ, 1, node->at);
        if (one != NULL)
            one->items[0] = node;
        return one;
    }
    return node != NULL && check_list(bind, node) ? node : NULL;
}

void scn_bind_items(struct scn_bind *bind, const struct sim_param *row,
    struct scn_node *node, void *cfg)
{
    const bool numbers = row->type == SIM_F64S;
    const struct scn_value none = {.number = (double)NAN};
    struct sim_param item = *row;
    struct scn_note note;
    bool annotated, ok = true;
    double *x;
    const char **texts;

    node = unwrap_list(bind, node, &note, &annotated);
    if (node == NULL)
        return;
    item.type = numbers ? SIM_F64 : SIM_STR;
    x = scn_new(bind->load, (size_t)node->n, sizeof *x);
    texts = scn_new(bind->load, (size_t)node->n, sizeof(char *));
    for (int i = 0; i < node->n && x != NULL && texts != NULL; i++) {
        struct scn_value value;
        char index[16];
        size_t length;
        snprintf(index, sizeof index, "%d", i);
        length = scn_path_push(bind, index);
        ok = scn_value_parse(bind, &item, node->items[i], &value) && ok;
        x[i] = value.number;
        texts[i] = value.text;
        scn_path_pop(bind, length);
    }
    if (!ok || bind->load->nomem)
        return;
    if (numbers)
        put(cfg, row->offset, &x, sizeof x);
    else
        put(cfg, row->offset, &texts, sizeof texts);
    put(cfg, row->count_offset, &node->n, sizeof node->n);
    scn_input_add(bind, row, node, &none, annotated ? &note : NULL,
        list_text(bind->load, node));
}
