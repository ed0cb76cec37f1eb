/* reference.c - what the program knows: presets, schema, units, version. */
#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

#include "models/site.h"
#include "scenarios/loader/emit.h"
#include "scenarios/loader/presets.h"
#include "sim/alloc.h"
#include "sim/suggest.h"
#include "sim/units.h"

enum { NAME_COLUMN = 24, MAX_KINDS = 32 };

/* ---- presets ------------------------------------------------------------ */

/* The first comment of a file says what it is; a line of it will do. */
static void add_summary(
    struct sim_text *out, const struct scn_preset_file *file)
{
    const char *s = (const char *)file->data;
    size_t n;

    if (s[0] != '#') {
        sim_text_add_char(out, '\n');
        return;
    }
    s += strspn(s, "# ");
    if (strncmp(s, "source: ", 8) == 0) /* tables start with it */
        s += 8;
    n = strcspn(s, "\r\n");
    for (size_t i = 0; i + 1 < n; i++) { /* up to the end of a sentence */
        if (strchr(".:;", s[i]) != NULL && s[i + 1] == ' ')
            n = i;
    }
    if (n > 79 - NAME_COLUMN)
        n = 79 - NAME_COLUMN;
    sim_text_add_n(out, s, n);
    sim_text_add_char(out, '\n');
}

static int list_presets(const struct cli_options *options)
{
    struct sim_text text = {0};
    int status;

    for (const struct scn_preset_file *f = scn_preset_files; f->name != NULL;
         f++) {
        sim_text_printf(&text, "%-*s", NAME_COLUMN - 1, f->name);
        sim_text_add_char(&text, ' ');
        add_summary(&text, f);
    }
    status = cli_emit(options, &text);
    sim_text_release(&text);
    return status;
}

static int unknown_preset(const char *name)
{
    const char **names;
    const char *nearest;
    int n = 0;

    while (scn_preset_files[n].name != NULL)
        n++;
    names = sim_calloc((size_t)n + 1, sizeof *names);
    for (int i = 0; names != NULL && i < n; i++)
        names[i] = scn_preset_files[i].name;
    nearest = names != NULL ? sim_text_nearest(name, names, n) : NULL;
    const int status = cli_error_hint(
        nearest, "no preset or table '%s'; see 'sitesim presets list'", name);
    sim_free(names);
    return status;
}

/* "presets/tier-edge.yaml" is what a scenario writes; both forms are known. */
static const struct scn_preset_file *find_preset(const char *name)
{
    const struct scn_preset_file *file = scn_preset_find(name);
    char stem[128];
    size_t n;

    if (file != NULL)
        return file;
    if (strncmp(name, "presets/", 8) == 0)
        name += 8;
    n = strlen(name);
    if (n > 5 && strcmp(name + n - 5, ".yaml") == 0)
        n -= 5;
    if (n >= sizeof stem)
        return NULL;
    snprintf(stem, sizeof stem, "%.*s", (int)n, name);
    return scn_preset_find(stem);
}

static int show_preset(const struct cli_options *options, const char *name)
{
    const struct scn_preset_file *file = find_preset(name);
    struct sim_text text = {0};
    int status;

    if (file == NULL)
        return unknown_preset(name);
    sim_text_add_n(&text, (const char *)file->data, file->size);
    status = cli_emit(options, &text);
    sim_text_release(&text);
    return status;
}

int cli_cmd_presets(const struct cli_options *options)
{
    static const char *const words[] = {"list", "show"};
    const char *word = options->args[0];

    if (strcmp(word, "list") == 0 && options->n_args == 1)
        return list_presets(options);
    if (strcmp(word, "show") == 0 && options->n_args == 2)
        return show_preset(options, options->args[1]);
    if (strcmp(word, "list") == 0 || strcmp(word, "show") == 0)
        return cli_error(CLI_USAGE, "usage: sitesim presets list | show NAME");
    return cli_error_hint(sim_text_nearest(word, words, 2),
        "'presets' knows list and show, not '%s'", word);
}

/* ---- schema ------------------------------------------------------------- */

int cli_cmd_schema(const struct cli_options *options)
{
    struct sim_text text = {0};
    struct sim_err err = {0};
    const int rc = options->reference
                       ? scn_emit_reference(&mdl_run_table, &text, &err)
                       : scn_emit_schema(&mdl_run_table, &text, &err);
    const int status = rc == SIM_OK ? cli_emit(options, &text) : cli_fail(&err);

    sim_text_release(&text);
    return status;
}

/* ---- units -------------------------------------------------------------- */

/* What the factor of a unit is counted in, by what the unit measures. */
static const char *base_of(const char *kind)
{
    static const char *const bases[][2] = {{"time", "s"}, {"data", "B"},
        {"energy", "J"}, {"mass", "kg"}, {"volume", "m3"}, {"length", "m"},
        {"power", "W"}, {"data rate", "B/s"}};

    for (size_t i = 0; i < sizeof bases / sizeof bases[0]; i++) {
        if (strcmp(bases[i][0], kind) == 0)
            return bases[i][1];
    }
    return "";
}

static int add_units(struct sim_text *out, const char *wanted)
{
    const char *name, *kind, *last = "";
    double factor;
    int n = 0;

    for (int i = 0; (name = sim_unit_name(i, &kind, &factor)) != NULL; i++) {
        if (wanted != NULL && strcmp(wanted, kind) != 0)
            continue;
        if (strcmp(kind, last) != 0)
            sim_text_printf(out, "%s%s\n", n > 0 ? "\n" : "", kind);
        sim_text_printf(out, "  %-12s", name);
        if (factor != 1.0 || base_of(kind)[0] != '\0')
            sim_text_printf(out, " %.15g %s", factor, base_of(kind));
        while (out->len > 0 && out->data[out->len - 1] == ' ')
            out->data[--out->len] = '\0';
        sim_text_add_char(out, '\n');
        last = kind;
        n++;
    }
    return n;
}

static int unknown_kind(const char *word)
{
    const char *kinds[MAX_KINDS], *kind;
    int n = 0;

    for (int i = 0; n < MAX_KINDS && sim_unit_name(i, &kind, NULL) != NULL;
         i++) {
        if (n == 0 || strcmp(kinds[n - 1], kind) != 0)
            kinds[n++] = kind;
    }
    return cli_error_hint(sim_text_nearest(word, kinds, n),
        "no units of '%s'; see 'sitesim units'", word);
}

int cli_cmd_units(const struct cli_options *options)
{
    const char *wanted = options->n_args > 0 ? options->args[0] : NULL;
    struct sim_text text = {0};
    int status;

    if (add_units(&text, wanted) == 0)
        return unknown_kind(wanted);
    if (wanted == NULL)
        sim_text_add(&text,
            "\nNames combine: 'USD/kWh', 'kW-month', '%/year', '0.5 %/100ms'.\n"
            "A month has 730 h, a year 8,760 h. Counting nouns stand below a "
            "'/' only.\n");
    status = cli_emit(options, &text);
    sim_text_release(&text);
    return status;
}

/* ---- version ------------------------------------------------------------ */

int cli_cmd_version(const struct cli_options *options)
{
    struct sim_text text = {0};
    int status;

    if (options->json)
        sim_text_add(&text, "{\n"
                            "  \"license\": \"GPL-3.0-or-later\",\n"
                            "  \"name\": \"sitesim\",\n"
                            "  \"results\": \"sitesim.results/1\",\n"
                            "  \"scenario\": \"sitesim/1\",\n"
                            "  \"version\": \"" SITESIM_VERSION "\"\n"
                            "}\n");
    else
        sim_text_add(&text, "sitesim " SITESIM_VERSION "\n");
    status = cli_emit(options, &text);
    sim_text_release(&text);
    return status;
}
