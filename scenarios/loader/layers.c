#include "scenarios/loader/merge.h"

#include <string.h>

#include "scenarios/loader/files.h"
#include "scenarios/loader/presets.h"
#include "sim/suggest.h"

enum { MAX_CHOICES = 256, LISTED_CHOICES = 12 };

static const char preset_prefix[] = "presets/";

/* A preset with all it extends, for one table. */
struct scn_cached {
    struct scn_cached *next;
    const char *name;
    const struct sim_table *table;
    struct scn_node *root;
};

static struct scn_node *finish_layer(struct scn_load *load,
    const struct scn_source *src, const struct sim_table *table, bool root);

static bool fault(struct scn_load *load, const char *code,
    const struct scn_node *node, const char *text, const char *hint)
{
    scn_report(load,
        &(struct scn_fault){
            .code = code, .at = node->at, .path = "extends", .hint = hint},
        "%s", text);
    return false;
}

/* Enter what is to be included; false when it must not be. */
static bool enter(
    struct scn_load *load, const char *id, const struct scn_node *named)
{
    for (int i = 0; i < load->depth; i++) {
        if (strcmp(load->stack[i], id) == 0)
            return fault(load, "P005", named,
                scn_printf(
                    load, "%s extends itself", scn_node_shown(load, named)),
                NULL);
    }
    if (load->depth > SCN_MAX_INCLUDE_DEPTH)
        return fault(load, "P006", named,
            "'extends' is nested deeper than 8 files", NULL);
    /* said once; presets named by keys would only repeat it */
    if (load->n_includes > SCN_MAX_INCLUDES)
        return false;
    if (load->n_includes++ == SCN_MAX_INCLUDES)
        return fault(load, "P007", named,
            "more than 64 files are extended in all", NULL);
    load->stack[load->depth++] = id;
    return true;
}

/* ---- presets ------------------------------------------------------------ */

static void report_unknown(struct scn_load *load, const struct scn_node *named,
    const char *family, const char *path)
{
    const char *names[MAX_CHOICES];
    const size_t n_family = strlen(family);
    const char *nearest, *list = "";
    int n = 0;

    for (const struct scn_preset_file *f = scn_preset_files;
         f->name != NULL && n < MAX_CHOICES; f++) {
        if (strncmp(f->name, family, n_family) == 0 &&
            strchr(f->name, '.') == NULL &&
            (n_family == 0 || f->name[n_family] == '-'))
            names[n++] = f->name + n_family + (n_family > 0);
    }
    for (int i = 0; i < n && i < LISTED_CHOICES && list != NULL; i++)
        list = scn_printf(load, "%s%s%s", list, i > 0 ? ", " : "", names[i]);
    nearest =
        sim_text_nearest(n_family > 0 || strncmp(named->text, preset_prefix,
                                             sizeof preset_prefix - 1) != 0
                             ? named->text
                             : named->text + sizeof preset_prefix - 1,
            names, n);
    if (load->nomem)
        return;
    scn_report(load,
        &(struct scn_fault){.code = "P004",
            .at = named->at,
            .path = path,
            .hint = nearest != NULL
                        ? scn_printf(load, "did you mean '%s%s'?",
                              n_family > 0 ? "" : preset_prefix, nearest)
                    : n > 0 ? scn_printf(load, "there are: %s%s", list,
                                  n > LISTED_CHOICES ? ", ..." : "")
                            : "no presets of this kind are built in"},
        "'%s': unknown preset %s", path, scn_node_shown(load, named));
}

struct scn_node *scn_layer_preset(struct scn_load *load, const char *name,
    const struct scn_node *named, const char *family, const char *path,
    const struct sim_table *table)
{
    const struct scn_preset_file *file = scn_preset_find(name);
    struct scn_cached *cached = load->presets;
    struct scn_source *src;
    const char *shown;

    while (cached != NULL &&
           (strcmp(cached->name, name) != 0 || cached->table != table))
        cached = cached->next;
    if (cached != NULL)
        return cached->root;
    if (file == NULL || strchr(name, '.') != NULL) {
        report_unknown(load, named, family, path);
        return NULL;
    }
    shown = scn_printf(load, "preset %s", name);
    cached = scn_new(load, 1, sizeof *cached);
    if (load->nomem || !enter(load, shown, named))
        return NULL;
    src = scn_source_new(load, SCN_ROLE_PRESET, shown, shown, load->root);
    if (src != NULL) {
        src->text = (const char *)file->data;
        src->size = file->size;
        cached->root = finish_layer(load, src, table, false);
        cached->name = file->name;
        cached->table = table;
        cached->next = load->presets;
        load->presets = cached;
    }
    load->depth--;
    return cached->root;
}

/* ---- files -------------------------------------------------------------- */

/* A path as the user would type it: beside the file that names it. */
static const char *shown_path(
    struct scn_load *load, const struct scn_node *named, const char *shown)
{
    const char *by = named->at.src->name;
    const int n = (int)(scn_path_base(by) - by);

    if (shown[0] == '/' || named->at.src->role != SCN_ROLE_FILE)
        return shown;
    return scn_printf(load, "%.*s%s", n, by, shown);
}

static struct scn_node *include(struct scn_load *load,
    const struct scn_node *named, const struct sim_table *table)
{
    const size_t n = sizeof preset_prefix - 1;
    const char *real, *shown;
    struct scn_source *src;
    struct scn_node *layer = NULL;
    struct sim_err err = {0};

    if (named->kind != SCN_SCALAR) {
        fault(load, "P009", named, "'extends' takes file and preset names",
            "for example 'extends: [presets/us-2026, ./common.yaml]'");
        return NULL;
    }
    if (strncmp(named->text, preset_prefix, n) == 0)
        return scn_layer_preset(
            load, named->text + n, named, "", "extends", table);
    if (named->at.src->role == SCN_ROLE_PRESET) {
        fault(load, "P009", named, "a preset extends presets only", NULL);
        return NULL;
    }
    real = scn_path_resolve(load, named, "extends");
    if (real == NULL || !enter(load, real, named))
        return NULL;
    shown = strncmp(named->text, "./", 2) == 0 ? named->text + 2 : named->text;
    src = scn_source_new(load, SCN_ROLE_FILE, shown_path(load, named, shown),
        shown[0] == '/' ? scn_path_base(shown) : shown,
        scn_printf(load, "%.*s", (int)(strrchr(real, '/') - real), real));
    if (src != NULL &&
        scn_file_read(load, real, SCN_MAX_FILE_BYTES, src, &err) == SIM_OK)
        layer = finish_layer(load, src, table, false);
    else if (!load->nomem)
        fault(load, "P001", named, err.text, NULL);
    load->depth--;
    return layer;
}

/* `schema` must be the first key of the scenario; elsewhere it is optional. */
static void check_schema(
    struct scn_load *load, const struct scn_node *map, bool root)
{
    static const char expected[] = "sitesim/1";
    const struct scn_pair *pair = NULL;
    int i = 0;

    while (i < map->n && strcmp(map->pairs[i].key, "schema") != 0)
        i++;
    pair = i < map->n ? &map->pairs[i] : NULL;
    if (pair == NULL || (root && i > 0)) {
        if (root)
            scn_report(load,
                &(struct scn_fault){.code = "S001",
                    .at = pair != NULL ? pair->at
                          : map->n > 0 ? map->pairs[0].at
                                       : map->at,
                    .path = "schema",
                    .hint = "start the file with 'schema: sitesim/1'"},
                "'schema' must be the first key");
        return;
    }
    if (pair->value->kind == SCN_SCALAR &&
        strcmp(pair->value->text, expected) == 0)
        return;
    scn_report(load,
        &(struct scn_fault){.code = "S002",
            .at = pair->value->at,
            .path = "schema",
            .hint = "this program reads 'schema: sitesim/1'"},
        "unknown schema %s", scn_node_shown(load, pair->value));
}

/* The map without the keys that are the loader's own. */
static struct scn_node *own_keys(struct scn_load *load, struct scn_node *map)
{
    struct scn_node *own = scn_node_new(load, SCN_MAP, map->n, map->at);
    int n = 0;

    for (int i = 0; i < map->n && own != NULL; i++) {
        if (strcmp(map->pairs[i].key, "schema") != 0 &&
            strcmp(map->pairs[i].key, "extends") != 0)
            own->pairs[n++] = map->pairs[i];
    }
    if (own != NULL)
        own->n = n;
    return own;
}

static struct scn_node *finish_layer(struct scn_load *load,
    const struct scn_source *src, const struct sim_table *table, bool root)
{
    const struct scn_ctx ctx = {.table = table};
    struct scn_node *map = scn_yaml_parse(load, src);
    struct scn_node *base = NULL;
    const struct scn_pair *extends;

    if (map == NULL)
        return NULL;
    if (map->kind != SCN_MAP) {
        scn_report(load, &(struct scn_fault){.code = "T001", .at = map->at},
            "expected a map of keys, got %s", scn_node_shown(load, map));
        return NULL;
    }
    check_schema(load, map, root);
    extends = scn_map_find(load, map, "extends");
    if (extends != NULL && extends->value->kind != SCN_SEQ) {
        base = include(load, extends->value, table);
    } else if (extends != NULL) {
        for (int i = 0; i < extends->value->n && !load->nomem; i++) {
            struct scn_node *layer =
                include(load, extends->value->items[i], table);
            base = layer != NULL ? scn_merge(load, ctx, base, layer) : base;
        }
    }
    map = own_keys(load, map);
    return map != NULL ? scn_merge(load, ctx, base, map) : NULL;
}

struct scn_node *scn_layer_file(struct scn_load *load, const char *path,
    const char *shown, const struct sim_table *table, bool root)
{
    struct scn_source *src;
    struct scn_node *layer = NULL;
    struct sim_err err = {0};
    const char *slash = strrchr(path, '/');

    src = scn_source_new(load, SCN_ROLE_FILE, shown, scn_path_base(shown),
        scn_printf(load, "%.*s", (int)(slash - path), path));
    if (src == NULL)
        return NULL;
    if (scn_file_read(load, path, SCN_MAX_FILE_BYTES, src, &err) != SIM_OK) {
        if (!load->nomem)
            scn_report(
                load, &(struct scn_fault){.code = "P001"}, "%s", err.text);
        return NULL;
    }
    load->stack[load->depth++] = path;
    layer = finish_layer(load, src, table, root);
    load->depth--;
    return layer;
}

/* ---- --set -------------------------------------------------------------- */

/* The keys before '=', wrapped around the value from the last one outwards. */
static struct scn_node *wrap(
    struct scn_load *load, char *keys, struct scn_node *node, struct scn_at at)
{
    char *dot;

    do {
        dot = strrchr(keys, '.');
        node = scn_map_of(load, dot != NULL ? dot + 1 : keys, node);
        if (node == NULL)
            return NULL;
        node->at = at;
        node->pairs[0].at = at;
        if (dot != NULL)
            *dot = '\0';
    } while (dot != NULL);
    return node;
}

static bool keys_ok(const char *keys)
{
    int n = 1;

    for (const char *s = keys; s != NULL; n++) {
        const char *dot = strchr(s, '.');
        const size_t len = dot != NULL ? (size_t)(dot - s) : strlen(s);
        if (len == 0 || len > SCN_MAX_KEY_BYTES || n > SCN_MAX_DEPTH)
            return false;
        s = dot != NULL ? dot + 1 : NULL;
    }
    return true;
}

int scn_layer_set(struct scn_load *load, const char *text, int number,
    struct scn_node **out, struct sim_err *err)
{
    const char *equals = strchr(text, '=');
    const char *name = scn_printf(load, "--set #%d", number);
    char *keys = scn_printf(
        load, "%.*s", equals != NULL ? (int)(equals - text) : 0, text);
    struct scn_source *src;
    struct scn_node *node;
    struct scn_at at;

    *out = NULL;
    if (load->nomem)
        return sim_err_set(err, SIM_E_NOMEM, "out of memory");
    if (equals == NULL || !keys_ok(keys))
        return sim_err_set(err, SIM_E_USAGE,
            "--set '%s': expected key=value, as in "
            "'finance.discount_rate=9 %%'",
            text);
    src = scn_source_new(load, SCN_ROLE_SET, name, name, load->root);
    if (src == NULL)
        return sim_err_set(err, SIM_E_NOMEM, "out of memory");
    src->text = text;
    src->size = strlen(text);
    if (!scn_text_check(load, src, SCN_MAX_FILE_BYTES))
        return SIM_OK;
    /* The value is parsed alone; places count in the whole argument. */
    src->skip = (size_t)(equals + 1 - text);
    for (const char *s = text; s <= equals; s++)
        src->shift += ((unsigned char)*s & 0xC0) != 0x80;
    at = (struct scn_at){src, 1, 1, src->shift};
    node = equals[1] != '\0' ? scn_yaml_parse(load, src)
                             : scn_scalar_new(load, "", at);
    if (node != NULL)
        *out = wrap(load, keys, node, at);
    return load->nomem ? sim_err_set(err, SIM_E_NOMEM, "out of memory")
                       : SIM_OK;
}
