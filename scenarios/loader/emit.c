#include "scenarios/loader/emit.h"

#include <string.h>

#include "scenarios/loader/bind.h"
#include "scenarios/loader/presets.h"
#include "scenarios/loader/tables.h"
#include "sim/units.h"

enum { NAME_BYTES = 80, KEY_BYTES = 64, DEFAULT_BYTES = 160 };

/* A quantity is text for JSON Schema: a number, then a unit. */
static const char quantity_pattern[] =
    "^[-+]?([0-9]+\\\\.?[0-9]*|\\\\.[0-9]+)([eE][-+]?[0-9]+)? *[^0-9 ].*$";

struct emit {
    struct sim_text *out;
    struct scn_tables tables;
};

static void quoted(struct sim_text *out, const char *text)
{
    sim_text_add_char(out, '"');
    sim_text_add_json(out, text);
    sim_text_add_char(out, '"');
}

/* Name of a definition; a reference is a URI, in which no blank may stand. */
static void name_of(
    const struct emit *e, const struct sim_table *table, char *name)
{
    scn_tables_name(&e->tables, table, name, NAME_BYTES);
    for (; *name != '\0'; name++) {
        if (*name == ' ')
            *name = '-';
    }
}

static void reference(struct emit *e, const struct sim_table *table)
{
    char name[NAME_BYTES];

    name_of(e, table, name);
    sim_text_printf(e->out, "{\"$ref\": \"#/definitions/%s\"}", name);
}

static bool needs_unit(const struct sim_param *row)
{
    struct sim_unit unit;

    if (row->unit == NULL || sim_unit_parse(row->unit, &unit, NULL) != SIM_OK)
        return row->unit != NULL && strcmp(row->unit, "@") == 0;
    return !sim_unit_is_count(&unit);
}

/* ---- forms of a value --------------------------------------------------- */

static void number_form(struct emit *e, const struct sim_param *row)
{
    const bool quantity = needs_unit(row);

    if (!quantity || row->type == SIM_I64 || strcmp(row->unit, "@") == 0)
        sim_text_printf(e->out, "{\"type\": \"%s\"}, ",
            row->type == SIM_I64 ? "integer" : "number");
    sim_text_printf(e->out, "{\"type\": \"string\", \"pattern\": \"%s\"}",
        quantity_pattern);
    if ((row->flags & SIM_P_UNLIMITED) != 0)
        sim_text_add(e->out, ", {\"const\": \"unlimited\"}");
}

static void choices_form(struct emit *e, const struct sim_param *row)
{
    sim_text_add(e->out, "{\"enum\": [");
    for (int i = 0; row->choices[i] != NULL; i++) {
        sim_text_add(e->out, i > 0 ? ", " : "");
        quoted(e->out, row->choices[i]);
    }
    sim_text_add(e->out, "]}");
}

/* Names of the presets of a family, for completion in editors. */
static bool preset_form(struct emit *e, const struct sim_param *row)
{
    const size_t n = strlen(row->preset);
    int found = 0;

    for (const struct scn_preset_file *f = scn_preset_files; f->name != NULL;
         f++) {
        if (strncmp(f->name, row->preset, n) != 0 || f->name[n] != '-' ||
            strchr(f->name, '.') != NULL)
            continue;
        sim_text_add(e->out, found++ == 0 ? "{\"enum\": [" : ", ");
        quoted(e->out, f->name + n + 1);
    }
    sim_text_add(e->out, found > 0 ? "]}" : "");
    return found > 0;
}

static void scalar_form(struct emit *e, const struct sim_param *row)
{
    switch (row->type) {
    case SIM_BOOL:
        sim_text_add(e->out, "{\"type\": \"boolean\"}");
        break;
    case SIM_ENUM:
        choices_form(e, row);
        break;
    case SIM_DATE:
        sim_text_add(e->out, "{\"type\": \"string\", \"pattern\": "
                             "\"^[0-9]{4}-[0-9]{2}-[0-9]{2}$\"}");
        break;
    case SIM_STR:
    case SIM_STRS:
        if (row->preset == NULL || !preset_form(e, row))
            sim_text_add(
                e->out, "{\"type\": [\"string\", \"number\", \"boolean\"]}");
        break;
    default:
        number_form(e, row);
        break;
    }
}

static void list_form(struct emit *e, const struct sim_param *row)
{
    sim_text_add(e->out, "{\"type\": \"array\", \"items\": ");
    if (row->type == SIM_LIST) {
        reference(e, row->table);
    } else {
        sim_text_add(e->out, "{\"anyOf\": [");
        scalar_form(e, row);
        sim_text_add(e->out, "]}");
    }
    sim_text_add(e->out, "}");
}

static void forms(struct emit *e, const struct sim_param *row);

/* The map itself and the short forms its rows allow. */
static void group_forms(struct emit *e, const struct sim_param *row)
{
    const struct sim_table *table = row->table;
    bool list = false;

    reference(e, table);
    if (row->preset != NULL) {
        sim_text_add(e->out, ", ");
        if (!preset_form(e, row))
            sim_text_add(e->out, "{\"type\": \"string\"}");
    }
    for (int i = 0; i < table->n_rows; i++) {
        const struct sim_param *inner = &table->rows[i];
        if ((inner->flags & SIM_P_SCALAR) != 0) {
            sim_text_add(e->out, ", ");
            forms(e, inner);
        }
        list = list || (inner->flags & SIM_P_SEQ) != 0;
    }
    if (list)
        sim_text_add(e->out, ", {\"type\": \"array\"}");
}

static void map_form(struct emit *e, const struct sim_param *row)
{
    sim_text_add(e->out, "{\"type\": \"object\", \"propertyNames\": "
                         "{\"pattern\": \"^[a-z0-9][a-z0-9-]{0,63}$\"}, "
                         "\"additionalProperties\": {\"anyOf\": [");
    group_forms(e, row);
    sim_text_add(e->out, "]}}");
}

static void forms(struct emit *e, const struct sim_param *row)
{
    switch (row->type) {
    case SIM_GROUP:
        group_forms(e, row);
        break;
    case SIM_MAP:
        map_form(e, row);
        break;
    case SIM_LIST:
        list_form(e, row);
        break;
    case SIM_F64S:
    case SIM_STRS:
        list_form(e, row);
        sim_text_add(e->out, ", ");
        scalar_form(e, row);
        break;
    case SIM_DIST:
        scalar_form(e, row);
        sim_text_add(e->out, ", {\"$ref\": \"#/definitions/distribution\"}");
        break;
    default:
        scalar_form(e, row);
        sim_text_add(e->out, ", {\"$ref\": \"#/definitions/annotated\"}");
        break;
    }
}

/* ---- rows and tables ---------------------------------------------------- */

static void bounds(struct emit *e, const struct sim_param *row)
{
    if (row->min == 0.0 && row->max == 0.0)
        return;
    sim_text_printf(e->out, ", \"%s\": ",
        (row->flags & SIM_P_ABOVE_MIN) != 0 ? "exclusiveMinimum" : "minimum");
    sim_text_add_double(e->out, row->min);
    if (row->max < 1e300) {
        sim_text_add(e->out, ", \"maximum\": ");
        sim_text_add_double(e->out, row->max);
    }
}

static void property(struct emit *e, const struct sim_param *row)
{
    char key[KEY_BYTES], value[DEFAULT_BYTES];

    sim_param_key(row, key, sizeof key);
    scn_default_text(row, value, sizeof value);
    sim_text_add(e->out, "        ");
    quoted(e->out, key);
    sim_text_add(e->out, ": {\"description\": ");
    quoted(e->out, row->doc != NULL ? row->doc : "");
    if (value[0] != '\0') {
        sim_text_add(e->out, ", \"default\": ");
        quoted(e->out, value);
    }
    if (row->unit != NULL && row->unit[0] != '\0') {
        sim_text_add(e->out, ", \"x-unit\": ");
        quoted(e->out, row->unit);
    }
    if (row->source != NULL) {
        sim_text_add(e->out, ", \"x-source\": ");
        quoted(e->out, row->source);
    }
    if (row->type == SIM_F64 || row->type == SIM_I64)
        bounds(e, row);
    sim_text_add(e->out, ", \"anyOf\": [");
    forms(e, row);
    sim_text_add(e->out, "]}");
}

static void required(struct emit *e, const struct sim_table *table, bool root)
{
    int n = 0;

    if (root)
        sim_text_add(e->out, n++ == 0 ? ", \"required\": [\"schema\"" : "");
    for (int i = 0; i < table->n_rows && !table->one_of; i++) {
        char key[KEY_BYTES];
        if (!table->rows[i].required || root ||
            scn_table_has_preset(&e->tables, table))
            continue;
        sim_param_key(&table->rows[i], key, sizeof key);
        sim_text_add(e->out, n++ == 0 ? ", \"required\": [" : ", ");
        quoted(e->out, key);
    }
    sim_text_add(e->out, n > 0 ? "]" : "");
}

/* "hardware: {from: l4-4, speed: 2}": the key that names the preset of a group
 * is no row.  Returns the number of properties written. */
static int from_key(struct emit *e, const struct sim_table *table)
{
    char key[KEY_BYTES];

    for (int i = 0; i < table->n_rows; i++) {
        sim_param_key(&table->rows[i], key, sizeof key);
        if (strcmp(key, "from") == 0)
            return 0;
    }
    for (int t = 0; t < e->tables.n; t++) {
        for (int i = 0; i < e->tables.tables[t]->n_rows; i++) {
            const struct sim_param *row = &e->tables.tables[t]->rows[i];
            if (row->type != SIM_GROUP || row->table != table ||
                row->preset == NULL)
                continue;
            sim_text_add(e->out, "        \"from\": {\"description\": "
                                 "\"Preset beneath.\", \"anyOf\": [");
            if (!preset_form(e, row))
                sim_text_add(e->out, "{\"type\": \"string\"}");
            sim_text_add(e->out, "]}");
            return 1;
        }
    }
    return 0;
}

/* A file that extends another need not repeat what that gives, so only
 * `schema` is required of the root. */
static void definition(struct emit *e, const struct sim_table *table, bool root)
{
    const struct sim_param *rest = scn_row_rest(table);
    int n = 0;

    sim_text_add(e->out, "{\"type\": \"object\", \"description\": ");
    quoted(e->out, table->doc != NULL ? table->doc : "");
    required(e, table, root);
    if (table->one_of)
        sim_text_add(e->out, ", \"minProperties\": 1, \"maxProperties\": 1");
    sim_text_add(e->out, ",\n      \"patternProperties\": {\"^x-\": {}, "
                         "\"^\\\\+\": {\"type\": \"array\"}},\n"
                         "      \"additionalProperties\": ");
    if (rest != NULL) {
        sim_text_add(e->out, "{\"anyOf\": [");
        group_forms(e, rest);
        sim_text_add(e->out, "]}");
    } else {
        sim_text_add(e->out, "false");
    }
    sim_text_add(e->out, ",\n      \"properties\": {\n");
    if (root) {
        n++;
        sim_text_add(e->out,
            "        \"schema\": {\"const\": \"sitesim/1\"},\n"
            "        \"extends\": {\"type\": [\"string\", \"array\"]}");
    }
    n += from_key(e, table);
    for (int i = 0; i < table->n_rows; i++) {
        if ((table->rows[i].flags & SIM_P_REST) != 0)
            continue;
        sim_text_add(e->out, n++ > 0 ? ",\n" : "");
        property(e, &table->rows[i]);
    }
    sim_text_add(e->out, "\n      }}");
}

static void distribution(struct emit *e)
{
    const struct sim_dist_kind *kind;

    sim_text_add(e->out, "    \"distribution\": {\"type\": \"object\", "
                         "\"description\": \"One key: the kind of "
                         "distribution.\", \"properties\": {\n");
    for (int i = 0; (kind = scn_dist_kind_at(i)) != NULL; i++) {
        sim_text_printf(e->out,
            "%s      \"%s\": {\"description\": ", i > 0 ? ",\n" : "",
            kind->name);
        quoted(e->out, kind->table.doc);
        sim_text_add(e->out, ", \"type\": [\"object\", \"array\", \"string\", "
                             "\"number\"]}");
    }
    sim_text_add(e->out, "\n    }}");
}

/* A range or source alone goes over the value beneath, so none is required. */
static void annotated(struct emit *e)
{
    const char *const *keys = scn_annotation_keys();

    sim_text_add(e->out,
        "    \"annotated\": {\"type\": \"object\", \"description\": \"A value "
        "with its range and source.\", \"minProperties\": 1, "
        "\"additionalProperties\": false, \"properties\": {");
    for (int i = 0; keys[i] != NULL; i++)
        sim_text_printf(e->out, "%s\"%s\": {}", i > 0 ? ", " : "", keys[i]);
    sim_text_add(e->out, "}}");
}

int scn_emit_schema(
    const struct sim_table *root, struct sim_text *out, struct sim_err *err)
{
    struct emit e = {.out = out};

    scn_tables_collect(&e.tables, root);
    sim_text_add(out, "{\n  \"$schema\": "
                      "\"http://json-schema.org/draft-07/schema#\",\n"
                      "  \"title\": \"sitesim scenario\",\n  \"allOf\": [");
    reference(&e, root);
    sim_text_add(out, "],\n  \"definitions\": {\n");
    for (int i = 0; i < e.tables.n; i++) {
        char name[NAME_BYTES];
        name_of(&e, e.tables.tables[i], name);
        sim_text_printf(out, "    \"%s\": ", name);
        definition(&e, e.tables.tables[i], i == 0);
        sim_text_add(out, ",\n");
    }
    distribution(&e);
    sim_text_add(out, ",\n");
    annotated(&e);
    sim_text_add(out, "\n  }\n}\n");
    return sim_text_ok(out) ? SIM_OK
                            : sim_err_set(err, SIM_E_NOMEM, "out of memory");
}
