#include "scenarios/loader/tree.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/loader/chars.h"

enum {
    INDEX_FROM = 12,  /* maps with more keys get an index */
    SHOWN_BYTES = 60, /* of a value in a message */
};

void *scn_new(struct scn_load *load, size_t count, size_t size)
{
    void *block = sim_arena_calloc(load->arena, count, size);

    if (block == NULL)
        load->nomem = true;
    return block;
}

char *scn_printf(struct scn_load *load, const char *fmt, ...)
{
    va_list args, again;
    char *text = NULL;
    int n;

    va_start(args, fmt);
    va_copy(again, args);
    n = vsnprintf(NULL, 0, fmt, args);
    if (n >= 0)
        text = scn_new(load, (size_t)n + 1, 1);
    if (text != NULL)
        vsnprintf(text, (size_t)n + 1, fmt, again);
    va_end(again);
    va_end(args);
    return text;
}

/* ---- sources ------------------------------------------------------------ */

struct scn_source *scn_source_new(struct scn_load *load, int role,
    const char *name, const char *origin, const char *dir)
{
    struct scn_source *src = load->nomem ? NULL : scn_new(load, 1, sizeof *src);

    if (src == NULL) /* or a name could not be made */
        return NULL;
    *src = (struct scn_source){
        .name = scn_printf(load, "%s", name),
        .origin = scn_printf(load, "%s", origin),
        .dir = scn_printf(load, "%s", dir),
        .text = "",
        .role = role,
        .order = load->n_sources++,
    };
    return load->nomem ? NULL : src;
}

const char *scn_origin(struct scn_load *load, const struct scn_at *at)
{
    const char *text;

    if (at->src == NULL || at->src->role == SCN_ROLE_DEFAULT)
        return "default";
    if (at->src->role == SCN_ROLE_SET)
        return at->src->origin;
    text = scn_printf(load, "%s:%d", at->src->origin, at->line);
    return text != NULL ? text : "";
}

static bool refuse_at(struct scn_load *load, const struct scn_source *src,
    int line, int column, const char *code, const char *text)
{
    const struct scn_at at = {src, line, column, column + 1};

    scn_report(load, &(struct scn_fault){.code = code, .at = at}, "%s",
        text != NULL ? text : "");
    return false;
}

/* Why a character must not stand in a scenario file; NULL when it may.  The
 * separators are refused because libyaml counts them as line breaks and
 * editors do not: positions would no longer agree. */
static const char *why_not(unsigned code, char next, bool first)
{
    if (code == '\r' && next != '\n')
        return "carriage return without line feed";
    if (code == '\n' || code == '\r' || code == '\t')
        return NULL;
    if (code == 0)
        return "NUL byte";
    if (code == 0xFEFF)
        return first ? NULL : "byte order mark inside the text";
    if (code < 0x20 || code == 0x7F || (code >= 0x80 && code < 0xA0))
        return "control character";
    if (code == 0x2028 || code == 0x2029)
        return "line separator U+2028 or U+2029";
    return code == 0xFFFE || code == 0xFFFF ? "not a character" : NULL;
}

bool scn_text_check(
    struct scn_load *load, const struct scn_source *src, size_t most)
{
    int line = 1, column = 1;

    if (src->size > most)
        return refuse_at(load, src, 1, 1, "Y008",
            scn_printf(load, "larger than %zu MiB", most >> 20));
    for (size_t i = 0; i < src->size;) {
        unsigned code;
        const size_t n = scn_char_decode(src->text + i, &code);
        const char *why;
        if (n == 0)
            return refuse_at(
                load, src, line, column, "Y009", "not valid UTF-8");
        why = why_not(code, src->text[i + n], i == 0);
        if (why != NULL)
            return refuse_at(load, src, line, column, "Y010", why);
        column = code == '\n' ? 1 : column + (code != 0xFEFF);
        line += code == '\n';
        i += n;
    }
    return true;
}

/* ---- nodes -------------------------------------------------------------- */

struct scn_node *scn_node_new(
    struct scn_load *load, int kind, int n, struct scn_at at)
{
    struct scn_node *node = scn_new(load, 1, sizeof *node);

    if (node == NULL)
        return NULL;
    *node = (struct scn_node){.kind = kind, .n = n, .at = at, .text = ""};
    if (kind == SCN_MAP)
        node->pairs = scn_new(load, (size_t)n, sizeof *node->pairs);
    if (kind == SCN_SEQ)
        node->items = scn_new(load, (size_t)n, sizeof(struct scn_node *));
    return load->nomem ? NULL : node;
}

struct scn_node *scn_scalar_new(
    struct scn_load *load, const char *text, struct scn_at at)
{
    struct scn_node *node = scn_node_new(load, SCN_SCALAR, 0, at);

    if (node == NULL)
        return NULL;
    node->plain = true;
    node->text = scn_printf(load, "%s", text);
    return node->text != NULL ? node : NULL;
}

struct scn_node *scn_map_of(
    struct scn_load *load, const char *key, struct scn_node *value)
{
    struct scn_node *map = scn_node_new(load, SCN_MAP, 1, value->at);

    if (map != NULL)
        map->pairs[0] =
            (struct scn_pair){.key = key, .at = value->at, .value = value};
    return map;
}

static int by_key(const void *a, const void *b)
{
    const struct scn_pair *x = *(const struct scn_pair *const *)a;
    const struct scn_pair *y = *(const struct scn_pair *const *)b;

    return strcmp(x->key, y->key);
}

const struct scn_pair *scn_map_find(
    struct scn_load *load, struct scn_node *map, const char *key)
{
    int low = 0, high = map != NULL && map->kind == SCN_MAP ? map->n : 0;

    if (high > INDEX_FROM && map->index == NULL) {
        map->index = scn_new(load, (size_t)high, sizeof(struct scn_pair *));
        for (int i = 0; i < high && map->index != NULL; i++)
            map->index[i] = &map->pairs[i];
        if (map->index != NULL)
            qsort(map->index, (size_t)high, sizeof *map->index, by_key);
    }
    if (high <= INDEX_FROM || map->index == NULL) {
        for (int i = 0; i < high; i++) {
            if (strcmp(map->pairs[i].key, key) == 0)
                return &map->pairs[i];
        }
        return NULL;
    }
    while (low < high) {
        const int mid = low + (high - low) / 2;
        const int c = strcmp(map->index[mid]->key, key);
        if (c == 0)
            return map->index[mid];
        low = c < 0 ? mid + 1 : low;
        high = c < 0 ? high : mid;
    }
    return NULL;
}

const char *scn_node_shown(struct scn_load *load, const struct scn_node *node)
{
    size_t n;
    const char *text;

    if (node->kind != SCN_SCALAR)
        return node->kind == SCN_MAP ? "a map" : "a list";
    if (node->plain && node->text[0] == '\0')
        return "nothing";
    n = strlen(node->text);
    if (n <= SHOWN_BYTES) {
        text = scn_printf(load, "'%s'", node->text);
    } else {
        n = SHOWN_BYTES;
        while (n > 0 && ((unsigned char)node->text[n] & 0xC0) == 0x80)
            n--;
        text = scn_printf(load, "'%.*s...'", (int)n, node->text);
    }
    return text != NULL ? text : "";
}
