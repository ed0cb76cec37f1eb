#include "scenarios/loader/presets.h"

#include <assert.h>
#include <string.h>

const struct scn_preset_file *scn_preset_find(const char *name)
{
    assert(name != NULL);

    for (const struct scn_preset_file *f = scn_preset_files; f->name != NULL;
         f++) {
        if (strcmp(f->name, name) == 0)
            return f;
    }
    return NULL;
}
