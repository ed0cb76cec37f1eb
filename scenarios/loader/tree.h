/* tree.h - the marked tree between YAML text and configuration.
 *
 * Every node and every key remembers the text it came from and its place in
 * it, so that errors point to the right file and every value has an origin
 * after any number of merges.  Types are not guessed: a scalar is text until
 * a parameter row says what it should be.
 *
 * A tree lives in the arena of its scenario.  Nodes are never changed once
 * parsed: merging builds new maps that share what did not change, so one
 * parsed preset serves every site that names it.
 */
#ifndef SCENARIOS_LOADER_TREE_H
#define SCENARIOS_LOADER_TREE_H

#include <stdbool.h>
#include <stddef.h>

#include "scenarios/loader/diag.h"
#include "sim/arena.h"
#include "sim/err.h"
#include "sim/text.h"

/* Limits on what is read (manual, limits); each is refused with a position. */
enum {
    SCN_MAX_FILE_BYTES = 4 * 1024 * 1024,
    SCN_MAX_DEPTH = 64,
    SCN_MAX_SCALAR_BYTES = 64 * 1024,
    SCN_MAX_KEY_BYTES = 256,
    SCN_MAX_NODES = 200000,
    SCN_MAX_INCLUDE_DEPTH = 8,
    SCN_MAX_INCLUDES = 64,
};

enum scn_role {
    SCN_ROLE_FILE,    /* the user's: scenario, overlay or extended file */
    SCN_ROLE_SET,     /* --set on the command line */
    SCN_ROLE_PRESET,  /* compiled in */
    SCN_ROLE_DEFAULT, /* the default text of a row */
};

/* One text that was read.  `order` is the order of reading: messages are
 * sorted by it, then by line and column. */
struct scn_source {
    const char *name;   /* as messages print it: "dir/site.yaml", "--set #2" */
    const char *origin; /* as results print it, without folders: "site.yaml" */
    const char *dir;    /* folder that relative paths in it start from */
    const char *text;   /* `size` bytes and a NUL */
    size_t size;
    int role; /* enum scn_role */
    int order;
    size_t skip; /* bytes, and `shift` characters, before the YAML part */
    int shift;
};

/* A place in a source; lines and columns count from 1, columns in characters,
 * `end_column` is one past the last one.  src NULL: no place. */
struct scn_at {
    const struct scn_source *src;
    int line, column, end_column;
};

enum scn_kind { SCN_SCALAR, SCN_MAP, SCN_SEQ };

struct scn_node;

struct scn_pair {
    const char *key;
    struct scn_at at; /* of the key */
    struct scn_node *value;
    bool append; /* written "+key": to be added to the list beneath */
};

struct scn_node {
    int kind;    /* enum scn_kind */
    bool plain;  /* scalar without quotes */
    bool broken; /* a preset of it is missing: do not ask for its keys */
    int n;       /* pairs or items */
    struct scn_at at;
    const char *text;              /* scalar */
    struct scn_pair *pairs;        /* map, in file order */
    struct scn_node **items;       /* sequence */
    const struct scn_pair **index; /* pairs by key; made when first searched */
};

/* The state of one load. */
struct scn_load {
    struct sim_arena *arena; /* of the scenario */
    struct scn_diag *diag;
    int order[SCN_MAX_ERRORS + 1]; /* source order of each kept message */
    int n_sources;
    int n_nodes;    /* of all texts, SCN_MAX_NODES */
    int n_includes; /* files and presets merged so far, SCN_MAX_INCLUDES */
    int depth;      /* of extends */
    const char *stack[SCN_MAX_INCLUDE_DEPTH + 2]; /* being included */
    const char *root; /* real path of the scenario's folder */
    bool allow_outside;
    struct sim_text path; /* of the map being expanded */
    bool nomem;           /* sticky: an allocation failed, the result is void */
    struct scn_cached *presets; /* parsed so far; layers.c */
    struct scn_keys *keys;      /* of tables met so far; rows.c */
    struct scn_digest *digests; /* of data files; files.c */
};

/* What scn_report() needs besides the sentence. */
struct scn_fault {
    const char *code;
    struct scn_at at;
    const char *path; /* key path or NULL */
    const char *hint; /* NULL: none */
    struct scn_at note_at;
    const char *note;
    int severity; /* enum scn_severity */
};

/**
 * Add a message in file order.  User text inside any part is made harmless
 * (control and bidirectional characters are written as escapes).
 */
void scn_report(struct scn_load *load, const struct scn_fault *fault,
    const char *fmt, ...) SIM_PRINTF(3, 4);

/** True while it is worth looking for more faults: there is memory, and the
 *  list of errors is not hopelessly full. */
bool scn_going(const struct scn_load *load);

/** Zeroed memory of the scenario; NULL sets load->nomem. */
void *scn_new(struct scn_load *load, size_t count, size_t size);
char *scn_printf(struct scn_load *load, const char *fmt, ...) SIM_PRINTF(2, 3);

/** Copy of `text` with control, bidirectional and malformed characters
 *  written as escapes; NULL when out of memory. */
char *scn_clean(struct sim_arena *arena, const char *text);

/** The source line of a mark for messages: tabs and dangerous characters become
 *  one blank or U+FFFD each, so that columns still count characters; long
 *  lines are cut.  NULL when there is nothing to show. */
const char *scn_excerpt(struct sim_arena *arena, const struct scn_at *at);

/**
 * Register a text as a source.  Borrows `text`; copies the names.
 * @retval NULL when out of memory (load->nomem is set)
 */
struct scn_source *scn_source_new(struct scn_load *load, int role,
    const char *name, const char *origin, const char *dir);

/**
 * Parse the text of a source into a tree.  Faults go to the list of messages;
 * then NULL comes back unless they were duplicate keys only, which leave the
 * first one in place.
 */
struct scn_node *scn_yaml_parse(
    struct scn_load *load, const struct scn_source *src);

/** Check bytes: at most `most` of them, UTF-8, no control characters, line
 *  breaks LF or CR LF.  Reports the first fault.  @return true when clean */
bool scn_text_check(
    struct scn_load *load, const struct scn_source *src, size_t most);

/** The pair of a key, NULL when absent (or `map` is not a map). */
const struct scn_pair *scn_map_find(
    struct scn_load *load, struct scn_node *map, const char *key);

/** New nodes; NULL sets load->nomem. */
struct scn_node *scn_node_new(
    struct scn_load *load, int kind, int n, struct scn_at at);
struct scn_node *scn_scalar_new(
    struct scn_load *load, const char *text, struct scn_at at);
/** A map of one key that stands where `value` stands. */
struct scn_node *scn_map_of(
    struct scn_load *load, const char *key, struct scn_node *value);

/** What a node is, for messages: "a map", "a list", "'15 ms'" (shortened). */
const char *scn_node_shown(struct scn_load *load, const struct scn_node *node);

/** "four-tiers.yaml:23", "preset tier-edge:12", "--set #2", "default". */
const char *scn_origin(struct scn_load *load, const struct scn_at *at);

#endif /* SCENARIOS_LOADER_TREE_H */
