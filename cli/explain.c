/* explain.c - `explain`: error codes, scenario keys, metrics. */
#include "cli/cli.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "models/results/results.h"
#include "models/site.h"
#include "scenarios/loader/diag.h"
#include "sim/alloc.h"
#include "sim/param.h"
#include "sim/suggest.h"

enum { KEY_BYTES = 64, PATH_BYTES = 256, MAX_DEPTH = 16, MAX_SHOWN = 40 };

/* ---- codes -------------------------------------------------------------- */

static bool is_code(const char *word)
{
    return strlen(word) == 4 && isalpha((unsigned char)word[0]) &&
           strspn(word + 1, "0123456789") == 3;
}

static bool explain_code(struct sim_text *out, const char *word)
{
    char code[5] = "";
    const char *name, *summary = NULL;

    if (!is_code(word))
        return false;
    snprintf(
        code, sizeof code, "%c%s", toupper((unsigned char)word[0]), word + 1);
    const char *help = scn_diag_explain(code);
    if (help == NULL)
        return false;
    for (int i = 0; (name = scn_diag_code_at(i, &summary)) != NULL; i++) {
        if (strcmp(name, code) == 0)
            break;
    }
    sim_text_printf(out, "%s: %s\n\n", code, summary != NULL ? summary : "");
    cli_wrap(out, 0, 0, help);
    return true;
}

/* ---- keys --------------------------------------------------------------- */

/* Where the search stands in the tree of tables. */
struct search {
    const char *word;     /* what is looked for: "energy.price" */
    struct sim_text *out; /* NULL: only collect names */
    int n_found;
    const char **names; /* last parts of all keys, for "did you mean" */
    int n_names, size;
    struct sim_arena *arena;
};

/* The unit a value must carry, "" for plain numbers and text. */
static const char *unit_of(const struct sim_param *row)
{
    return row->unit != NULL && strcmp(row->unit, "1") != 0 ? row->unit : "";
}

static const char *type_name(const struct sim_param *row)
{
    static const char *const names[] = {[SIM_F64] = "quantity",
        [SIM_I64] = "whole number",
        [SIM_BOOL] = "true or false",
        [SIM_ENUM] = "one of",
        [SIM_STR] = "text",
        [SIM_DATE] = "date",
        [SIM_DIST] = "distribution",
        [SIM_F64S] = "list of quantities",
        [SIM_STRS] = "list of texts",
        [SIM_GROUP] = "map",
        [SIM_LIST] = "list of maps",
        [SIM_MAP] = "map of named entries"};

    if (row->type == SIM_F64 && unit_of(row)[0] == '\0')
        return "share or plain number";
    return names[row->type];
}

static void add_default(struct sim_text *out, const struct sim_param *row)
{
    const bool number = row->type == SIM_F64 || row->type == SIM_I64;
    const char *unit = row->type == SIM_F64 ? unit_of(row) : "";

    if (row->required)
        sim_text_add(out, "  must be given\n");
    else if (row->dflt_text != NULL)
        sim_text_printf(out, "  default  %s\n", row->dflt_text);
    else if (number && (row->flags & SIM_P_OPTIONAL) != 0)
        sim_text_add(out, "  default  absent\n");
    else if (number)
        sim_text_printf(out, "  default  %g%s%s\n", row->dflt,
            unit[0] != '\0' ? " " : "", unit);
    else if (row->type == SIM_BOOL)
        sim_text_printf(
            out, "  default  %s\n", row->dflt != 0.0 ? "true" : "false");
    else if (row->type == SIM_ENUM)
        sim_text_printf(out, "  default  %s\n", row->choices[(int)row->dflt]);
}

/* The keys of a map, so that the next question can be put. */
static void add_keys(struct sim_text *out, const struct sim_table *table)
{
    struct sim_text keys = {0};
    char key[KEY_BYTES];

    for (int i = 0; i < table->n_rows; i++) {
        sim_param_key(&table->rows[i], key, sizeof key);
        sim_text_printf(&keys, "%s%s", i > 0 ? ", " : "", key);
    }
    sim_text_add(out, "  keys     ");
    cli_wrap(out, 11, 11, sim_text_str(&keys));
    out->failed = out->failed || keys.failed;
    sim_text_release(&keys);
}

static void add_row(
    struct sim_text *out, const struct sim_param *row, const char *path)
{
    const bool unit = unit_of(row)[0] != '\0';

    sim_text_printf(out, "%s\n  ", path);
    cli_wrap(out, 2, 2, row->doc != NULL ? row->doc : "");
    sim_text_printf(out, "  type     %s", type_name(row));
    for (int i = 0; row->type == SIM_ENUM && row->choices[i] != NULL; i++)
        sim_text_printf(out, "%s %s", i > 0 ? "," : "", row->choices[i]);
    if (unit)
        sim_text_printf(out, ", such as '%g %s'",
            row->dflt != 0.0 ? row->dflt : 1.0, row->unit);
    sim_text_add_char(out, '\n');
    add_default(out, row);
    if (row->min != 0.0 || row->max != 0.0)
        sim_text_printf(out, "  range    %s%g to %g%s%s\n",
            (row->flags & SIM_P_ABOVE_MIN) != 0 ? "above " : "", row->min,
            row->max, unit ? " " : "", unit ? row->unit : "");
    if (row->table != NULL)
        add_keys(out, row->table);
    if (row->source != NULL)
        sim_text_printf(out, "  source   %s\n", row->source);
}

/* Does `path` ("deployments.NAME.sites.NAME.energy.price") end in `word`, part
 * by part, where NAME stands for any entry? */
static bool ends_in(const char *path, const char *word)
{
    const char *p = path + strlen(path), *w = word + strlen(word);

    while (w > word) {
        const char *p0 = p, *w0 = w;
        if (p == path)
            return false; /* the word has more parts */
        while (p0 > path && p0[-1] != '.')
            p0--;
        while (w0 > word && w0[-1] != '.')
            w0--;
        const bool any = p - p0 == 4 && memcmp(p0, "NAME", 4) == 0;
        if (!any && (p - p0 != w - w0 || memcmp(p0, w0, (size_t)(p - p0)) != 0))
            return false;
        p = p0 > path ? p0 - 1 : p0;
        w = w0 > word ? w0 - 1 : w0;
    }
    return true;
}

static void collect(struct search *search, const char *key)
{
    if (search->n_names == search->size) {
        const int size = search->size > 0 ? 2 * search->size : 256;
        void *names =
            sim_realloc(search->names, (size_t)size, sizeof *search->names);
        if (names == NULL)
            return; /* the hint will be less good */
        search->names = names;
        search->size = size;
    }
    char *copy = sim_arena_strdup(search->arena, key);
    if (copy != NULL)
        search->names[search->n_names++] = copy;
}

static void walk(struct search *search, const struct sim_table *table,
    const char *above, int depth)
{
    char key[KEY_BYTES], path[PATH_BYTES];

    for (int i = 0; depth < MAX_DEPTH && i < table->n_rows; i++) {
        const struct sim_param *row = &table->rows[i];
        const bool named = row->type == SIM_MAP || row->type == SIM_LIST;
        const char *name = named ? ".NAME" : "";
        sim_param_key(row, key, sizeof key);
        if ((row->flags & SIM_P_REST) != 0) /* its key is not written */
            snprintf(path, sizeof path, "%s", above);
        else
            snprintf(path, sizeof path, "%s%s%s", above,
                above[0] != '\0' ? "." : "", key);
        collect(search, key);
        if ((row->flags & SIM_P_REST) == 0 && ends_in(path, search->word)) {
            if (search->n_found > 0 && search->n_found < MAX_SHOWN)
                sim_text_add_char(search->out, '\n');
            if (search->n_found++ < MAX_SHOWN)
                add_row(search->out, row, path);
        }
        if (row->table == NULL)
            continue;
        const size_t n = strlen(path);
        snprintf(path + n, sizeof path - n, "%s", name);
        walk(search, row->table, path, depth + 1);
    }
}

/* ---- metrics ------------------------------------------------------------ */

static bool explain_metric(struct sim_text *out, const char *word)
{
    const struct res_metric_row *row = res_metric_row(word);

    if (row == NULL)
        return false;
    if (out->len > 0)
        sim_text_add_char(out, '\n');
    sim_text_printf(out, "metric %s: %s\n  ", row->name, row->label);
    cli_wrap(out, 2, 2, row->doc);
    if (strncmp(word, "difference.", 11) == 0 ||
        strstr(word, ".difference.") != NULL)
        sim_text_add(out, "  scope    difference: the value less that of the "
                          "baseline, with the interval of paired runs\n");
    sim_text_printf(out, "  unit     %s%s\n", row->unit,
        strchr(row->unit, '$') != NULL ? "   ($ is the run's currency)" : "");
    if (row->dist)
        sim_text_add(
            out, "  also     .mean .sd .p50 .p90 .p95 .p99 .p999 .max\n");
    return true;
}

/* ---- the command -------------------------------------------------------- */

static const char *nearest(const struct search *search, const char *word)
{
    const char *dot = strrchr(word, '.');
    const char *names[256];
    int n = 0;

    const char *key = sim_text_nearest(
        dot != NULL ? dot + 1 : word, search->names, search->n_names);
    if (key != NULL)
        return key;
    for (int i = 0; n < 256 && res_metric_row_at(i) != NULL; i++)
        names[n++] = res_metric_row_at(i)->name;
    return sim_text_nearest(word, names, n);
}

int cli_cmd_explain(const struct cli_options *options)
{
    const char *word = options->args[0];
    struct sim_arena arena = {0};
    struct sim_text text = {0};
    struct search search = {.word = word, .out = &text, .arena = &arena};
    int status;

    bool found = explain_code(&text, word);
    if (!found) {
        walk(&search, &mdl_run_table, "", 0);
        if (search.n_found > MAX_SHOWN)
            sim_text_printf(&text,
                "\n%d more; give a longer path, such as 'energy.price'\n",
                search.n_found - MAX_SHOWN);
        found = search.n_found > 0;
        found = explain_metric(&text, word) || found;
    }
    if (found || !sim_text_ok(&text))
        status = cli_emit(options, &text);
    else
        status = cli_error_hint(
            nearest(&search, word), "no code, key or metric '%s'", word);
    sim_free(search.names);
    sim_arena_release(&arena);
    sim_text_release(&text);
    return status;
}
