#include "cli/place.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const char key_chars[] = "abcdefghijklmnopqrstuvwxyz0123456789_-.";

/* ---- what a message names ----------------------------------------------- */

/* Is `key` the key of the input, or one above it? */
static bool lies_below(const struct res_input *input, const char *key)
{
    const size_t n = strlen(key);

    return n == 0 || (strncmp(input->path, key, n) == 0 &&
                         (input->path[n] == '\0' || input->path[n] == '.'));
}

static bool is_known(const struct scn_scenario *scenario, const char *key)
{
    for (int i = 0; i < scenario->n_inputs; i++) {
        if (lies_below(&scenario->inputs[i], key))
            return true;
    }
    return false;
}

/* Append ".part" to a key if that makes one of the scenario. */
static bool extend(const struct scn_scenario *scenario, struct sim_text *key,
    const char *part, size_t n)
{
    const size_t before = key->len;

    if (n == 0 || strspn(part, key_chars) < n)
        return false;
    sim_text_printf(key, "%s%.*s", before > 0 ? "." : "", (int)n, part);
    if (!sim_text_ok(key) || is_known(scenario, sim_text_str(key)))
        return true;
    key->len = before;
    key->data[before] = '\0';
    return false;
}

/* What a message wraps may name a key from the root. */
static bool restart(const struct scn_scenario *scenario, struct sim_text *key,
    const char *part, size_t n)
{
    struct sim_text alone = {0};
    const bool known = extend(scenario, &alone, part, n);

    if (known) {
        sim_text_release(key);
        *key = alone;
    } else {
        sim_text_release(&alone);
    }
    return known;
}

/* The key a message is about; *quoted is the first text in quotes that is no
 * key, of *n_quoted bytes. */
static void read_message(const struct scn_scenario *scenario, const char *s,
    struct sim_text *key, const char **quoted, size_t *n_quoted)
{
    size_t n = strspn(s, key_chars);

    while (n > 0 && strncmp(s + n, ": ", 2) == 0) {
        if (!extend(scenario, key, s, n) && !restart(scenario, key, s, n))
            break;
        s += n + 2;
        n = strspn(s, key_chars);
    }
    *n_quoted = 0;
    for (s = strchr(s, '\''); s != NULL && *n_quoted == 0;
         s = strchr(s + n + 2, '\'')) {
        n = strcspn(s + 1, "'");
        if (s[n + 1] == '\0')
            return;
        if (!extend(scenario, key, s + 1, n)) {
            *quoted = s + 1;
            *n_quoted = n;
        }
    }
}

/* ---- where it stands ---------------------------------------------------- */

static int line_of(const struct res_input *input)
{
    const char *colon = strrchr(input->origin, ':');

    return colon != NULL ? (int)strtol(colon + 1, NULL, 10) : 0;
}

/* The user's input below `key` that holds the quoted text, else the first. */
static const struct res_input *find(const struct scn_scenario *scenario,
    const char *key, const char *quoted, size_t n)
{
    const struct res_input *first = NULL;

    for (int i = 0; i < scenario->n_inputs; i++) {
        const struct res_input *input = &scenario->inputs[i];
        if (!input->given || !lies_below(input, key))
            continue;
        if (n > 0 && strlen(input->text) == n &&
            strncmp(input->text, quoted, n) == 0)
            return input;
        if (first == NULL || line_of(input) < line_of(first))
            first = input;
    }
    return key[0] != '\0' ? first : NULL;
}

/* The scenario itself is named as the user typed it; origins leave out the
 * folder. */
static void add_file(
    struct sim_text *file, const char *path, const struct res_input *input)
{
    const size_t n = strcspn(input->origin, ":");
    const char *slash = strrchr(path, '/');
    const char *base = slash != NULL ? slash + 1 : path;

    if (strlen(base) == n && strncmp(base, input->origin, n) == 0)
        sim_text_add(file, path);
    else
        sim_text_add_n(file, input->origin, n);
}

int cli_place_find(const struct scn_scenario *scenario, const char *path,
    const char *message, struct sim_text *file)
{
    struct sim_text key = {0};
    const struct res_input *input = NULL;
    const char *quoted = NULL;
    size_t n;

    read_message(scenario, message, &key, &quoted, &n);
    if (sim_text_ok(&key))
        input = find(scenario, sim_text_str(&key), quoted, n);
    sim_text_release(&key);
    if (input == NULL) {
        sim_text_add(file, path);
        return 0;
    }
    add_file(file, path, input);
    return line_of(input);
}

void cli_place_add(
    const struct scn_scenario *scenario, const char *path, struct sim_err *err)
{
    struct sim_text file = {0};

    if (err->code != SIM_E_INPUT && err->code != SIM_E_LIMIT)
        return;
    const int line = cli_place_find(scenario, path, err->text, &file);
    if (line > 0)
        (void)sim_err_wrap(err, err->code, "%s:%d", sim_text_str(&file), line);
    else
        (void)sim_err_wrap(err, err->code, "%s", sim_text_str(&file));
    sim_text_release(&file);
}
