#include "scenarios/loader/bind.h"

#include <string.h>

#include "sim/suggest.h"
#include "sim/units.h"

/* Faults of keys, with the key that may have been meant. */

/* The unit that a suffix of a row's key stands for: "usd_per_kwh" as the
 * member is called in C, or a unit as it is written.  A group stands for the
 * rows that take its short form.  NULL: the suffix is none. */
static const char *suffix_unit(
    struct scn_bind *bind, const struct sim_param *row, const char *suffix)
{
    char key[SCN_MAX_KEY_BYTES + 1];
    struct sim_unit unit;
    const char *own;

    if (row->type == SIM_GROUP) {
        for (int i = 0; i < row->table->n_rows; i++) {
            const struct sim_param *inner = &row->table->rows[i];
            own = (inner->flags & SIM_P_SCALAR) != 0
                      ? suffix_unit(bind, inner, suffix)
                      : NULL;
            if (own != NULL)
                return own;
        }
        return NULL;
    }
    if (row->unit == NULL)
        return NULL;
    if (sim_unit_parse(suffix, &unit, NULL) == SIM_OK)
        return suffix;
    sim_param_key(row, key, sizeof key);
    own = row->name + strlen(key);
    return own[0] == '_' && strcmp(own + 1, suffix) == 0
               ? scn_row_unit(bind, row)
               : NULL;
}

/* "rtt_ms: 15" where the key is "rtt": the unit belongs to the value. */
static const char *suffix_hint(struct scn_bind *bind,
    const struct sim_table *table, const struct scn_pair *pair)
{
    const char *const *keys = scn_table_keys(bind->load, table);

    for (int i = 0; i < table->n_rows && keys != NULL; i++) {
        const size_t n = strlen(keys[i]);
        const char *text = pair->value->text, *own;
        if (strncmp(pair->key, keys[i], n) != 0 || pair->key[n] != '_')
            continue;
        own = suffix_unit(bind, &table->rows[i], pair->key + n + 1);
        if (own == NULL)
            continue;
        if (pair->value->kind != SCN_SCALAR ||
            strpbrk(text, "0123456789") == NULL || strchr(text, ' ') != NULL)
            return scn_printf(bind->load, "did you mean '%s'?", keys[i]);
        return scn_printf(bind->load, "did you mean '%s: %s%s%s'?", keys[i],
            text, own[0] != '\0' && strcmp(own, "1") != 0 ? " " : "",
            strcmp(own, "1") != 0 ? own : "");
    }
    return NULL;
}

void scn_key_unknown(struct scn_bind *bind, const struct sim_table *table,
    const struct scn_pair *pair)
{
    const char *const *keys = scn_table_keys(bind->load, table);
    const char *where = scn_path(bind), *nearest;
    struct scn_fault fault = scn_fault_of(bind, "K001", pair->at, NULL);
    const char *full = scn_printf(
        bind->load, "%s%s%s", where, where[0] != '\0' ? "." : "", pair->key);

    if (keys == NULL || full == NULL)
        return;
    fault.path = full;
    fault.hint = suffix_hint(bind, table, pair);
    nearest = sim_text_nearest(pair->key, keys, table->n_rows);
    if (fault.hint == NULL && nearest != NULL)
        fault.hint = scn_printf(bind->load, "did you mean '%s'?", nearest);
    if (where[0] == '\0')
        scn_report(bind->load, &fault, "unknown key '%s'", pair->key);
    else
        scn_report(
            bind->load, &fault, "unknown key '%s' in '%s'", pair->key, where);
}

void scn_key_missing(
    struct scn_bind *bind, const struct sim_param *row, const char *key)
{
    const char *where = scn_path(bind);
    const char *full = scn_printf(
        bind->load, "%s%s%s", where, where[0] != '\0' ? "." : "", key);
    const struct scn_fault fault = {.code = "K003",
        .at = bind->map_at,
        .path = full,
        .hint = row->doc != NULL
                    ? scn_printf(bind->load, "%s: %s", key, row->doc)
                    : NULL};

    if (where[0] == '\0')
        scn_report(bind->load, &fault, "missing key '%s'", key);
    else
        scn_report(bind->load, &fault, "missing key '%s' in '%s'", key, where);
}

void scn_keys_one_of(struct scn_bind *bind, const struct sim_table *table,
    const struct scn_node *map)
{
    const char *const *keys = scn_table_keys(bind->load, table);
    struct scn_fault fault = scn_fault_of(bind, "K005", map->at, NULL);

    if (map->n == 1 || keys == NULL || map->broken)
        return;
    fault.hint = scn_printf(
        bind->load, "one of: %s", scn_joined(bind->load, keys, table->n_rows));
    if (map->n > 1) {
        fault.code = "K004";
        fault.at = map->pairs[1].at;
        fault.note = "the first is here";
        fault.note_at = map->pairs[0].at;
    }
    scn_report(bind->load, &fault,
        map->n > 1 ? "'%s' takes one key only" : "'%s' needs one key",
        fault.path);
}

bool scn_key_misspelt(struct scn_bind *bind, const struct sim_table *table,
    const struct sim_param *rest, const struct scn_pair *pair)
{
    const char *const *keys = scn_table_keys(bind->load, table);

    if (keys == NULL || pair->value->kind != SCN_SCALAR ||
        pair->value->text[0] == '\0')
        return false;
    for (int i = 0; i < rest->table->n_rows; i++) {
        if ((rest->table->rows[i].flags & SIM_P_SCALAR) != 0)
            return false;
    }
    return sim_text_nearest(pair->key, keys, table->n_rows) != NULL;
}
