#include "scenarios/loader/tree.h"

#include <stdlib.h>
#include <string.h>

#include <yaml.h>

#include "sim/alloc.h"

/* An open map or sequence.  Its finished children wait on the common stack of
 * pairs, from `base` on, until it closes and they move to the arena. */
struct frame {
    int kind;
    bool flow;
    bool has_key;
    struct scn_pair pending; /* the key whose value is awaited */
    struct scn_at at;
    size_t base;
};

struct parse {
    struct scn_load *load;
    const struct scn_source *src;
    struct frame frames[SCN_MAX_DEPTH];
    int depth;
    struct scn_pair *stack;
    size_t n_stack, cap_stack;
    struct scn_node *root;
    bool done; /* the document ended */
};

static struct scn_at at_of(
    const struct parse *p, const yaml_mark_t *start, const yaml_mark_t *end)
{
    const int shift = start->line == 0 ? p->src->shift : 0;
    struct scn_at at = {
        p->src, (int)start->line + 1, (int)start->column + 1 + shift, 0};

    at.end_column =
        end != NULL && end->line == start->line && end->column > start->column
            ? (int)end->column + 1 + shift
            : at.column + 1;
    return at;
}

static struct scn_at event_at(const struct parse *p, const yaml_event_t *event)
{
    return at_of(p, &event->start_mark, &event->end_mark);
}

static bool refuse(struct parse *p, const char *code, struct scn_at at,
    const char *text, const char *hint)
{
    scn_report(p->load,
        &(struct scn_fault){.code = code, .at = at, .hint = hint}, "%s", text);
    return false;
}

static bool push(struct parse *p, struct scn_pair pair)
{
    if (p->n_stack == p->cap_stack) {
        const size_t cap = p->cap_stack > 0 ? 2 * p->cap_stack : 256;
        struct scn_pair *more = sim_realloc(p->stack, cap, sizeof *more);
        if (more == NULL) {
            p->load->nomem = true;
            return false;
        }
        p->stack = more;
        p->cap_stack = cap;
    }
    p->stack[p->n_stack++] = pair;
    return true;
}

/* A finished node becomes the root, an item or the value of the waiting key. */
static bool place(struct parse *p, struct scn_node *node)
{
    struct frame *frame;

    if (node == NULL)
        return false;
    if (p->depth == 0) {
        p->root = node;
        return true;
    }
    frame = &p->frames[p->depth - 1];
    frame->pending.value = node;
    frame->has_key = false;
    return push(p, frame->pending);
}

/* ---- properties we refuse, limits --------------------------------------- */

static bool check_properties(struct parse *p, const yaml_event_t *event)
{
    const struct scn_at at = event_at(p, event);
    const yaml_char_t *anchor = NULL, *tag = NULL;

    if (event->type == YAML_SCALAR_EVENT) {
        anchor = event->data.scalar.anchor;
        tag = event->data.scalar.tag;
    } else if (event->type == YAML_SEQUENCE_START_EVENT) {
        anchor = event->data.sequence_start.anchor;
        tag = event->data.sequence_start.tag;
    } else if (event->type == YAML_MAPPING_START_EVENT) {
        anchor = event->data.mapping_start.anchor;
        tag = event->data.mapping_start.tag;
    }
    if (anchor != NULL)
        return refuse(p, "Y004", at, "anchors (&name) are not accepted",
            "share values with 'extends: [./common.yaml]'");
    if (tag != NULL)
        return refuse(p, "Y005", at, "tags (!name) are not accepted",
            "remove the tag; types follow from the key");
    if (++p->load->n_nodes > SCN_MAX_NODES)
        return refuse(p, "Y013", at, "more than 200000 values and lists", NULL);
    return true;
}

static bool scalar_text_ok(struct parse *p, const yaml_event_t *event)
{
    const unsigned char *s = event->data.scalar.value;
    const size_t n = event->data.scalar.length;

    if (n > SCN_MAX_SCALAR_BYTES)
        return refuse(p, "Y011", event_at(p, event),
            "a value is longer than 64 KiB", NULL);
    /* Escapes in double quotes ("\0", "\e") get past the check of the bytes. */
    for (size_t i = 0; i < n; i++) {
        if ((s[i] < 0x20 && s[i] != '\n' && s[i] != '\t') || s[i] == 0x7F)
            return refuse(p, "Y010", event_at(p, event),
                "a text contains a control character", NULL);
    }
    return true;
}

/* ---- events ------------------------------------------------------------- */

static bool take_key(struct parse *p, const yaml_event_t *event)
{
    struct frame *frame = &p->frames[p->depth - 1];
    const char *text = (const char *)event->data.scalar.value;
    const bool plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    struct scn_pair pair = {.at = event_at(p, event)};

    if (event->data.scalar.length > SCN_MAX_KEY_BYTES)
        return refuse(
            p, "Y012", pair.at, "a key is longer than 256 bytes", NULL);
    if (plain && strcmp(text, "<<") == 0)
        return refuse(p, "Y006", pair.at, "merge keys (<<) are not accepted",
            "share values with 'extends: [./common.yaml]'");
    if (plain && text[0] == '+' && text[1] != '\0') {
        pair.append = true;
        text++;
    }
    pair.key = sim_arena_strdup(p->load->arena, text);
    if (pair.key == NULL) {
        p->load->nomem = true;
        return false;
    }
    frame->pending = pair;
    frame->has_key = true;
    return true;
}

static bool take_scalar(struct parse *p, const yaml_event_t *event)
{
    struct scn_node *node;

    if (!scalar_text_ok(p, event))
        return false;
    if (p->depth > 0 && p->frames[p->depth - 1].kind == SCN_MAP &&
        !p->frames[p->depth - 1].has_key)
        return take_key(p, event);
    node = scn_scalar_new(
        p->load, (const char *)event->data.scalar.value, event_at(p, event));
    if (node != NULL)
        node->plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    return place(p, node);
}

static bool open_frame(struct parse *p, const yaml_event_t *event)
{
    const bool map = event->type == YAML_MAPPING_START_EVENT;
    struct scn_at at = event_at(p, event);

    at.end_column = at.column + 1;
    if (p->depth == SCN_MAX_DEPTH)
        return refuse(p, "Y002", at, "nested deeper than 64 levels", NULL);
    if (p->depth > 0 && p->frames[p->depth - 1].kind == SCN_MAP &&
        !p->frames[p->depth - 1].has_key)
        return refuse(p, "Y014", at,
            "a key must be plain text, not a map or list",
            "put quotes around a key that starts with '[' or '{'");
    p->frames[p->depth++] = (struct frame){
        .kind = map ? SCN_MAP : SCN_SEQ,
        .flow =
            map ? event->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE
                : event->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE,
        .at = at,
        .base = p->n_stack,
    };
    return true;
}

static int by_key(const void *a, const void *b)
{
    const struct scn_pair *x = *(const struct scn_pair *const *)a;
    const struct scn_pair *y = *(const struct scn_pair *const *)b;
    const int c = strcmp(x->key, y->key);

    return c != 0 ? c : (x > y) - (x < y);
}

/* Report each key given before and take it out.  Sorting keeps this fast for
 * maps of any size. */
static bool drop_duplicates(struct parse *p, struct scn_node *map)
{
    const struct scn_pair **sorted;
    int kept = 0;

    if (map->n < 2)
        return true;
    sorted = scn_new(p->load, (size_t)map->n, sizeof *sorted);
    if (sorted == NULL)
        return false;
    for (int i = 0; i < map->n; i++)
        sorted[i] = &map->pairs[i];
    qsort(sorted, (size_t)map->n, sizeof *sorted, by_key);
    for (int i = 1, first = 0; i < map->n; i++) {
        if (strcmp(sorted[i]->key, sorted[first]->key) != 0) {
            first = i;
            continue;
        }
        scn_report(p->load,
            &(struct scn_fault){.code = "K002",
                .at = sorted[i]->at,
                .note = "first given here",
                .note_at = sorted[first]->at},
            "duplicate key '%s'", sorted[i]->key);
        map->pairs[sorted[i] - map->pairs].value = NULL;
    }
    for (int i = 0; i < map->n; i++) {
        if (map->pairs[i].value != NULL)
            map->pairs[kept++] = map->pairs[i];
    }
    map->n = kept;
    return true;
}

static bool close_frame(struct parse *p)
{
    struct frame *frame = &p->frames[p->depth - 1];
    const size_t n = p->n_stack - frame->base;
    struct scn_node *node =
        scn_node_new(p->load, frame->kind, (int)n, frame->at);

    if (node == NULL)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (frame->kind == SCN_MAP)
            node->pairs[i] = p->stack[frame->base + i];
        else
            node->items[i] = p->stack[frame->base + i].value;
    }
    p->n_stack = frame->base;
    p->depth--;
    if (frame->kind == SCN_MAP && !drop_duplicates(p, node))
        return false;
    return place(p, node);
}

static bool take_event(struct parse *p, const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        return !p->done || refuse(p, "Y007", event_at(p, event),
                               "more than one document in the file",
                               "remove everything from this '---' on");
    case YAML_DOCUMENT_END_EVENT:
        p->done = true;
        return true;
    case YAML_ALIAS_EVENT:
        return refuse(p, "Y003", event_at(p, event),
            "aliases (*name) are not accepted",
            "share values with 'extends: [./common.yaml]'");
    case YAML_SCALAR_EVENT:
        return check_properties(p, event) && take_scalar(p, event);
    case YAML_SEQUENCE_START_EVENT:
    case YAML_MAPPING_START_EVENT:
        return check_properties(p, event) && open_frame(p, event);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        return close_frame(p);
    default:
        return true;
    }
}

/* A fault at the end of the text is shown behind the last character rather than
 * on the empty line after it. */
static struct scn_at before_blank(struct scn_at at)
{
    const char *s = at.src->text, *end = s + at.src->size;
    int line = 1, column = 1;

    while (end > s && strchr(" \t\r\n", end[-1]) != NULL)
        end--;
    for (; s < end; s++) {
        column += ((unsigned char)*s & 0xC0) != 0x80;
        if (*s == '\n') {
            line++;
            column = 1;
        }
    }
    if (at.line > line || (at.line == line && at.column > column)) {
        at.line = line;
        at.column = column;
        at.end_column = column + 1;
    }
    return at;
}

/* libyaml notices an unclosed bracket lines later, so the message also says
 * where the innermost open one stands. */
static void report_syntax(struct parse *p, const yaml_parser_t *parser)
{
    const struct frame *open = NULL;
    struct scn_fault fault = {.code = "Y001",
        .at = before_blank(at_of(p, &parser->problem_mark, NULL))};

    if (parser->error == YAML_MEMORY_ERROR) {
        p->load->nomem = true;
        return;
    }
    for (int i = p->depth; i > 0 && open == NULL; i--) {
        if (p->frames[i - 1].flow)
            open = &p->frames[i - 1];
    }
    if (open != NULL) {
        fault.note = open->kind == SCN_SEQ ? "the '[' still open is here"
                                           : "the '{' still open is here";
        fault.note_at = open->at;
    } else if (parser->context != NULL &&
               parser->context_mark.line != parser->problem_mark.line) {
        fault.note = parser->context;
        fault.note_at = at_of(p, &parser->context_mark, NULL);
    }
    scn_report(p->load, &fault, "not valid YAML: %s",
        parser->problem != NULL ? parser->problem : "cannot be read");
}

static void parse_events(struct parse *p, yaml_parser_t *parser)
{
    bool more = true;

    while (more) {
        yaml_event_t event;
        if (!yaml_parser_parse(parser, &event)) {
            report_syntax(p, parser);
            p->root = NULL;
            return;
        }
        more = event.type != YAML_STREAM_END_EVENT;
        if (!take_event(p, &event)) {
            p->root = NULL;
            more = false;
        }
        yaml_event_delete(&event);
    }
}

struct scn_node *scn_yaml_parse(
    struct scn_load *load, const struct scn_source *src)
{
    const int before = load->diag->n_errors;
    const bool bom = strncmp(src->text, "\xEF\xBB\xBF", 3) == 0;
    const size_t skip = src->skip > 0 ? src->skip : bom ? 3 : 0;
    struct parse *p;
    struct scn_node *root;
    yaml_parser_t parser;

    if (!scn_text_check(load, src, SCN_MAX_FILE_BYTES))
        return NULL;
    p = sim_calloc(1, sizeof *p);
    if (p == NULL || !yaml_parser_initialize(&parser)) {
        sim_free(p);
        load->nomem = true;
        return NULL;
    }
    p->load = load;
    p->src = src;
    /* Set the encoding: guessing would take UTF-16 for what it is not. */
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(
        &parser, (const unsigned char *)src->text + skip, src->size - skip);
    parse_events(p, &parser);
    yaml_parser_delete(&parser);
    root = p->root;
    sim_free(p->stack);
    sim_free(p);
    if (root == NULL && !load->nomem && load->diag->n_errors == before)
        scn_report(load,
            &(struct scn_fault){.code = "Y015", .at = {src, 1, 1, 2}},
            "there is nothing in it");
    return load->nomem ? NULL : root;
}
