#include <string.h>

#include "scenarios/loader/bind.h"
#include "scenarios/loader/emit.h"
#include "scenarios/loader/tables.h"

enum { NAME_BYTES = 80, KEY_BYTES = 64, DEFAULT_BYTES = 160, DEEPEST = 12 };

static const char *type_name(const struct sim_param *row)
{
    switch (row->type) {
    case SIM_F64:
        return row->unit != NULL && row->unit[0] != '\0' &&
                       strcmp(row->unit, "1") != 0
                   ? "quantity"
                   : "number";
    case SIM_I64:
        return "integer";
    case SIM_BOOL:
        return "true or false";
    case SIM_ENUM:
        return "choice";
    case SIM_STR:
        return (row->flags & SIM_P_FILE) != 0 ? "file" : "text";
    case SIM_DATE:
        return "date";
    case SIM_DIST:
        return "distribution";
    case SIM_F64S:
        return "numbers";
    case SIM_STRS:
        return "texts";
    case SIM_GROUP:
        return "map";
    case SIM_LIST:
        return "list";
    default:
        return "named entries";
    }
}

/* '|' ends a cell of a Markdown table. */
static void cell(struct sim_text *out, const char *text)
{
    for (; text != NULL && *text != '\0'; text++) {
        if (*text == '|')
            sim_text_add_char(out, '\\');
        sim_text_add_char(out, *text);
    }
}

static void range(struct sim_text *out, const struct sim_param *row)
{
    const bool free = row->min == 0.0 && row->max == 0.0;
    const bool above = (row->flags & SIM_P_ABOVE_MIN) != 0;
    char min[32], max[32];

    if (row->type == SIM_ENUM) {
        for (int i = 0; row->choices[i] != NULL; i++)
            sim_text_printf(out, "%s%s", i > 0 ? ", " : "", row->choices[i]);
    } else if (!free) {
        scn_bound_text(row->min, min, sizeof min);
        scn_bound_text(row->max, max, sizeof max);
        sim_text_printf(out, "%s%s .. %s", above ? "above " : "", min, max);
    } else if (above) {
        sim_text_add(out, "above 0");
    }
}

static void section_name(const struct scn_tables *all,
    const struct sim_table *table, struct sim_text *out)
{
    char name[NAME_BYTES];

    scn_tables_name(all, table, name, sizeof name);
    sim_text_printf(out, "[%s](#%s)", name, name);
}

static void reference_row(const struct scn_tables *all,
    const struct sim_param *row, struct sim_text *out)
{
    char key[KEY_BYTES], value[DEFAULT_BYTES];
    const bool rest = (row->flags & SIM_P_REST) != 0;

    sim_param_key(row, key, sizeof key);
    scn_default_text(row, value, sizeof value);
    sim_text_printf(out, rest ? "| *any name* | %s" : "| `%s` | ",
        rest ? type_name(row) : key);
    sim_text_add(out, rest ? "" : type_name(row));
    if (row->table != NULL) {
        sim_text_add(out, " ");
        section_name(all, row->table, out);
    }
    if (row->preset != NULL)
        sim_text_printf(out, ", preset `%s-...`", row->preset);
    sim_text_add(out, " | ");
    cell(out, row->unit != NULL && strcmp(row->unit, "@") == 0 ? "of the value"
                                                               : row->unit);
    sim_text_add(out, " | ");
    cell(out, row->required ? "**required**" : value);
    sim_text_add(out, " | ");
    range(out, row);
    sim_text_printf(
        out, " | %s | ", (row->flags & SIM_P_STATE) != 0 ? "run" : "live");
    cell(out, row->doc);
    sim_text_add(out, row->source != NULL ? " " : "");
    cell(out, row->source);
    sim_text_add(out, " |\n");
}

static void section(const struct scn_tables *all, const struct sim_table *table,
    struct sim_text *out)
{
    char name[NAME_BYTES];

    scn_tables_name(all, table, name, sizeof name);
    sim_text_printf(
        out, "\n## %s\n\n%s", name, table->doc != NULL ? table->doc : "");
    sim_text_add(out, table->one_of ? "  Exactly one key.\n" : "\n");
    sim_text_add(out,
        "\n| key | type | unit | default | range | role | meaning |\n"
        "|---|---|---|---|---|---|---|\n");
    for (int i = 0; i < table->n_rows; i++)
        reference_row(all, &table->rows[i], out);
}

int scn_emit_reference(
    const struct sim_table *root, struct sim_text *out, struct sim_err *err)
{
    struct scn_tables all = {.n = 0};
    const struct sim_dist_kind *kind;

    scn_tables_collect(&all, root);
    sim_text_add(out,
        "# Scenario reference\n\nGenerated from the parameter rows by `sitesim "
        "schema --reference`; do not edit.\n\nValues carry their unit (`15 "
        "ms`); the unit column names the one that results use. Any single "
        "value may be annotated: `{value: 0.12 USD/kWh, low: 0.07 USD/kWh, "
        "high: 0.21 USD/kWh, source: ..., year: ..., confidence: P|S|R|D, "
        "note: ...}`. Role *live*: money follows from the value by "
        "arithmetic; *run*: a changed value calls for a new simulation.\n");
    for (int i = 0; i < all.n; i++)
        section(&all, all.tables[i], out);
    sim_text_add(out, "\n# Distributions\n\nWherever the type is "
                      "*distribution*: a quantity (a constant), or a map of "
                      "one of these kinds. `min` and `max` beside the "
                      "parameters truncate.\n");
    for (int i = 0; (kind = scn_dist_kind_at(i)) != NULL; i++) {
        struct scn_tables own = {.n = 0};
        scn_tables_collect(&own, &kind->table);
        for (int t = 0; t < own.n; t++)
            section(&own, own.tables[t], out);
    }
    return sim_text_ok(out) ? SIM_OK
                            : sim_err_set(err, SIM_E_NOMEM, "out of memory");
}

/* ---- template ----------------------------------------------------------- */

static void template_rows(
    const struct sim_table *table, int depth, struct sim_text *out);

static void line(struct sim_text *out, int depth, const char *key,
    const char *value, const struct sim_param *row)
{
    const size_t start = out->len;

    sim_text_add(out, "#");
    for (int i = 0; i <= depth; i++)
        sim_text_add(out, i == 0 ? " " : "  ");
    sim_text_printf(out, "%s:%s%s", key, value[0] != '\0' ? " " : "", value);
    do {
        sim_text_add_char(out, ' ');
    } while (sim_text_ok(out) && out->len - start < 40);
    sim_text_printf(out, "# %s", row->doc != NULL ? row->doc : "");
    if (row->unit != NULL && row->unit[0] != '\0' &&
        strcmp(row->unit, "1") != 0)
        sim_text_printf(out, " [%s]", row->unit);
    if (row->required)
        sim_text_add(out, " (required)");
    if (row->source != NULL)
        sim_text_printf(out, " %s", row->source);
    sim_text_add_char(out, '\n');
}

static void template_row(
    const struct sim_param *row, int depth, struct sim_text *out)
{
    char key[KEY_BYTES], value[DEFAULT_BYTES];
    const bool rest = (row->flags & SIM_P_REST) != 0;

    sim_param_key(row, key, sizeof key);
    scn_default_text(row, value, sizeof value);
    if (row->table == NULL) {
        line(out, depth, key, value, row);
        return;
    }
    if (!rest)
        line(out, depth++, key, "", row);
    if (row->type == SIM_MAP)
        line(out, depth++, "a-name", "", row);
    if (row->type == SIM_LIST)
        line(out, depth++, "-", "", row);
    template_rows(row->table, depth, out);
}

static void template_rows(
    const struct sim_table *table, int depth, struct sim_text *out)
{
    for (int i = 0; i < table->n_rows && depth < DEEPEST; i++)
        template_row(&table->rows[i], depth, out);
}

int scn_emit_template(
    const struct sim_table *root, struct sim_text *out, struct sim_err *err)
{
    sim_text_add(out, "# All keys with their defaults, units and sources. "
                      "Remove the '#' of a line,\n# and of the lines it is "
                      "nested in, to set a value.\n");
    template_rows(root, 0, out);
    return sim_text_ok(out) ? SIM_OK
                            : sim_err_set(err, SIM_E_NOMEM, "out of memory");
}
