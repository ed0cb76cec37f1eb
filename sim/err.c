#include "sim/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct err_row {
    int code;
    int status;
    const char *name;
    const char *text;
};

static const struct err_row rows[] = {
#define SIM_ERR_ROW(name, value, status, text) {value, status, #name, text},
    SIM_ERR_LIST(SIM_ERR_ROW)
#undef SIM_ERR_ROW
};

static const struct err_row *row_of(int code)
{
    const struct err_row *fallback = &rows[0];

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].code == code)
            return &rows[i];
        if (rows[i].code == SIM_E_INTERNAL)
            fallback = &rows[i];
    }
    return fallback;
}

int(sim_err_set)(struct sim_err *err, int code, const char *fmt, ...)
{
    va_list args;

    if (err == NULL)
        return code;
    err->code = code;
    va_start(args, fmt);
    vsnprintf(err->text, sizeof err->text, fmt, args);
    va_end(args);
    return code;
}

int(sim_err_wrap)(struct sim_err *err, int code, const char *fmt, ...)
{
    char old[sizeof err->text];
    va_list args;
    int n;

    if (err == NULL)
        return code;
    memcpy(old, err->text, sizeof old);
    err->code = code;
    va_start(args, fmt);
    n = vsnprintf(err->text, sizeof err->text, fmt, args);
    va_end(args);
    if (n >= 0 && (size_t)n < sizeof err->text) {
        const char *what = old[0] != '\0' ? old : sim_err_text(code);
        const size_t room = sizeof err->text - (size_t)n;
        /* a message too long for the field is cut at its end */
        snprintf(err->text + n, room, ": %.*s", (int)room, what);
    }
    return code;
}

const char *sim_err_name(int code)
{
    return row_of(code)->name;
}

const char *sim_err_text(int code)
{
    return row_of(code)->text;
}

int sim_err_exit_status(int code)
{
    return row_of(code)->status;
}

_Noreturn void sim_bug(const char *file, int line, const char *cond)
{
    /* The one place below the roof that prints and stops: the program's own
     * state can no longer be trusted, so there is nobody to report to. */
    fprintf(stderr, "sitesim: internal error at %s:%d: %s\n", file, line, cond);
    abort();
}
