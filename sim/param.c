#include "sim/param.h"

#include <string.h>

#include "sim/units.h"

/* Does `name` end in `suffix`, with something before it? */
static bool ends_in(const char *name, const char *suffix)
{
    const size_t n = strlen(name), m = strlen(suffix);

    return m > 0 && n > m && strcmp(name + n - m, suffix) == 0;
}

void sim_param_key(const struct sim_param *row, char *key, size_t size)
{
    char suffix[64];
    size_t n = strlen(row->name);

    sim_unit_suffix(row->unit != NULL ? row->unit : "", suffix, sizeof suffix);
    if (ends_in(row->name, suffix))
        n -= strlen(suffix);
    if (size == 0)
        return;
    n = n < size ? n : size - 1;
    memcpy(key, row->name, n);
    key[n] = '\0';
}
