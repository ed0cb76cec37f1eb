/* param.h - parameter rows: the only place a scenario parameter is described.
 *
 * A configuration struct has one row table next to it.  From the rows the
 * loader parses and checks, and the JSON Schema, the reference manual and the
 * Inputs sheet are printed.  A row names the C member; its YAML key is the
 * member's name without the unit suffix that `.unit` stands for
 * (price_usd_per_kwh, unit "USD/kWh" -> key "price").
 */
#ifndef SIM_PARAM_H
#define SIM_PARAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sim_dist;
struct sim_table;

enum sim_type {
    SIM_F64,   /* double: a quantity with the row's unit, or a plain number */
    SIM_I64,   /* int64_t: a count */
    SIM_BOOL,  /* bool: exactly true or false */
    SIM_ENUM,  /* int: index into .choices */
    SIM_STR,   /* const char *: text, NULL when absent */
    SIM_DATE,  /* int64_t: days since 1970-01-01, from an ISO 8601 date */
    SIM_DIST,  /* const struct sim_dist *: distribution, NULL when absent */
    SIM_F64S,  /* const double * + int count: list of quantities */
    SIM_STRS,  /* const char *const * + int count: list of texts */
    SIM_GROUP, /* struct: nested table, in place */
    SIM_LIST,  /* struct array * + int count: list of nested tables */
    SIM_MAP,   /* struct array * + int count: named entries; the element's
                * first member is `const char *name` and has no row */
};

enum sim_param_flags {
    /* Takes the bare scalar that may stand for the whole group ("warmup:
     * auto"). Several rows of a table may carry it: tried in row order, the
     * first whose form fits (enum choice, matching dimension, any text for
     * SIM_STR). */
    SIM_P_SCALAR = 1u << 0,
    /* Takes a bare sequence that may stand for the whole group. */
    SIM_P_SEQ = 1u << 1,
    /* SIM_MAP only: collects all keys that no other row of the table takes. */
    SIM_P_REST = 1u << 2,
    /* SIM_STR only: a file; the text is a path relative to the scenario file,
     * checked to exist and resolved to a path that can be opened. */
    SIM_P_FILE = 1u << 3,
    /* A simulated decision reads this value: an edit in the workbook calls for
     * a new run (SIM_STATE in the manual).  Without it the value is SIM_LIVE:
     * money follows from it by arithmetic alone. */
    SIM_P_STATE = 1u << 4,
    /* SIM_F64/SIM_I64: absent means NAN / -1 ("derived"), .dflt is not used. */
    SIM_P_OPTIONAL = 1u << 5,
    /* min is excluded: the value must be > min. */
    SIM_P_ABOVE_MIN = 1u << 6,
    /* SIM_F64: the bare word "unlimited" is accepted and means INFINITY. */
    SIM_P_UNLIMITED = 1u << 7,
    /* SIM_DIST: {from: trace} and {from: pairs} are accepted. */
    SIM_P_RECORD = 1u << 8,
};

struct sim_param {
    const char *name; /* C member, with unit suffix */
    enum sim_type type;
    size_t offset;
    const char *unit;      /* canonical unit the member holds ("ms", "USD/kWh",
                            * "1" for a ratio, "" for text and counts) */
    double dflt;           /* F64, I64, BOOL (0/1), ENUM (index) */
    const char *dflt_text; /* STR, DATE, DIST, lists: default as YAML text */
    double min, max;       /* both 0: unbounded; F64S: of each number */
    bool required;
    unsigned flags;                /* enum sim_param_flags */
    const char *const *choices;    /* ENUM: NULL-terminated */
    const struct sim_table *table; /* GROUP, LIST, MAP */
    size_t count_offset; /* F64S, STRS, LIST, MAP: the int count member */
    size_t given_offset; /* GROUP: a bool member set when the key is present;
                          * 0 = none (such a member is never the first) */
    /* STR or GROUP: names a compiled-in preset `presets/<family>-<text>.yaml`.
     * On a STR row the preset is merged beneath the map that holds the key
     * ("tier: edge"); on a GROUP row a bare scalar stands for the preset's
     * content ("hardware: l4-4"). */
    const char *preset;
    const char *doc;    /* one sentence */
    const char *source; /* key of models/SOURCES.md, "[KEY]", or NULL */
};

/* What a table's check hook uses to report a fault across fields. */
struct sim_checker {
    void *ctx;
    /* `key`: path below the checked struct ("max" or "facility.pue"); the
     * position is that of the key if it was given, else of the map. */
    void (*fault)(void *ctx, const char *key, const char *fmt, ...);
    /* A simulated decision of this very scenario reads the value at `key`, or
     * all values below it: their inputs count as SIM_P_STATE.  "*" stands for
     * any name of a map ("sites.*.energy.price").  NULL: nobody asks. */
    void (*reads)(void *ctx, const char *key);
};

struct sim_table {
    const char *name; /* "site", "facility": heading in the manual */
    const char *doc;
    const struct sim_param *rows;
    int n_rows;
    size_t size; /* sizeof the struct */
    bool one_of; /* exactly one key of the map may be given */
    void (*check)(const void *cfg, const struct sim_checker *checker);
};

#define SIM_ROWS(array)                                                        \
    .rows = (array), .n_rows = (int)(sizeof(array) / sizeof(array)[0])

/* _Generic rejects a member of another type at compile time. */
#define SIM_PARAM_F64(T, f)                                                    \
    .name = #f, .type = SIM_F64,                                               \
    .offset = _Generic(((T *)0)->f, double                                     \
                       : offsetof(T, f))
#define SIM_PARAM_I64(T, f)                                                    \
    .name = #f, .type = SIM_I64,                                               \
    .offset = _Generic(((T *)0)->f, int64_t                                    \
                       : offsetof(T, f))
#define SIM_PARAM_BOOL(T, f)                                                   \
    .name = #f, .type = SIM_BOOL,                                              \
    .offset = _Generic(((T *)0)->f, bool                                       \
                       : offsetof(T, f))
#define SIM_PARAM_ENUM(T, f, names)                                            \
    .name = #f, .type = SIM_ENUM, .choices = (names),                          \
    .offset = _Generic(((T *)0)->f, int                                        \
                       : offsetof(T, f))
#define SIM_PARAM_STR(T, f)                                                    \
    .name = #f, .type = SIM_STR,                                               \
    .offset = _Generic(((T *)0)->f, const char * : offsetof(T, f))
#define SIM_PARAM_DATE(T, f)                                                   \
    .name = #f, .type = SIM_DATE,                                              \
    .offset = _Generic(((T *)0)->f, int64_t                                    \
                       : offsetof(T, f))
#define SIM_PARAM_DIST(T, f)                                                   \
    .name = #f, .type = SIM_DIST,                                              \
    .offset = _Generic(((T *)0)->f, const struct sim_dist * : offsetof(T, f))
#define SIM_PARAM_F64S(T, f, n)                                                \
    .name = #f, .type = SIM_F64S,                                              \
    .count_offset = _Generic(((T *)0)->n, int : offsetof(T, n)),               \
    .offset = _Generic(((T *)0)->f, const double * : offsetof(T, f))
#define SIM_PARAM_STRS(T, f, n)                                                \
    .name = #f, .type = SIM_STRS,                                              \
    .count_offset = _Generic(((T *)0)->n, int : offsetof(T, n)),               \
    .offset = _Generic(((T *)0)->f, const char *const * : offsetof(T, f))
#define SIM_PARAM_GROUP(T, f, tab)                                             \
    .name = #f, .type = SIM_GROUP, .offset = offsetof(T, f), .table = (tab)
#define SIM_PARAM_GROUP_OPT(T, f, tab, given)                                  \
    SIM_PARAM_GROUP(T, f, tab), .given_offset = _Generic(((T *)0)->given, bool \
                                                         : offsetof(T, given))
#define SIM_PARAM_LIST(T, f, n, tab)                                           \
    .name = #f, .type = SIM_LIST, .offset = offsetof(T, f), .table = (tab),    \
    .count_offset = _Generic(((T *)0)->n, int                                  \
                             : offsetof(T, n))
#define SIM_PARAM_MAP(T, f, n, tab)                                            \
    .name = #f, .type = SIM_MAP, .offset = offsetof(T, f), .table = (tab),     \
    .count_offset = _Generic(((T *)0)->n, int                                  \
                             : offsetof(T, n))

/**
 * The YAML key of a row: the member's name without its unit suffix, with '_'
 * kept.  @param key  out, at least 64 bytes
 */
void sim_param_key(const struct sim_param *row, char *key, size_t size);

#endif /* SIM_PARAM_H */
