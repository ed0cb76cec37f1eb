/* json_fields.h - the one description of results.json.
 *
 * A struct of results.h has one table of fields, sorted by key; writer and
 * reader both walk it, so they cannot disagree.  A new member of a struct is
 * one line in json_fields.c.
 *
 * Only metrics are no table: they are one object keyed by name
 * (REP_METRICS).
 */
#ifndef REPORTS_JSON_FIELDS_H
#define REPORTS_JSON_FIELDS_H

#include <stdbool.h>
#include <stddef.h>

/* The format's name and the major version this program reads and writes. */
#define REP_JSON_FORMAT "sitesim.results/"
#define REP_JSON_MAJOR  1

/* What stands at a field's offset, and how JSON shows it. */
enum rep_field_type {
    REP_STRING,  /* const char *: string, NULL as "" */
    REP_F64,     /* double: number, not finite as null */
    REP_I64,     /* int64_t */
    REP_U64,     /* uint64_t: number, above 2^63 - 1 a string of digits */
    REP_INT,     /* int */
    REP_BOOL,    /* bool */
    REP_ENUM,    /* int: the name from `names` */
    REP_PASS,    /* int, enum res_verdict: written as true or false, for
                  * scripts; not read, as "verdict" says the same */
    REP_INPUT,   /* int, index into res_run.inputs: the input's path, -1 as
                  * null; so that a reader needs no counting */
    REP_ARRAY,   /* double *: list of `columns` numbers, NULL as null;
                  * read back only where `nullable` */
    REP_STRINGS, /* const char **: list of strings, n at `count` */
    REP_LIST,    /* pointer to structs: list of objects, n at `count` */
    REP_POINTER, /* pointer to one struct: object, NULL as null */
    REP_GROUP,   /* members of the same struct, gathered in an object */
    REP_METRICS, /* the metrics object */
    REP_FORMAT,  /* the constant name of the format */
};

struct rep_table;

struct rep_field {
    const char *key;
    enum rep_field_type type;
    size_t offset;               /* of the member in its struct */
    size_t count;                /* STRINGS, LIST: offset of the int count */
    const struct rep_table *sub; /* LIST, POINTER, GROUP */
    const char *(*names)(int);   /* ENUM: value -> name */
    int n_names;                 /* ENUM */
    bool early;    /* read before the other fields, as they depend on it */
    bool columns;  /* INT: length of the ARRAYs here and below */
    bool nullable; /* ARRAY: may be absent */
};

struct rep_table {
    const struct rep_field *fields; /* sorted by key */
    int n_fields;
    size_t size; /* of the struct */
};

/* The table of struct res_run. */
extern const struct rep_table rep_json_run;

#endif /* REPORTS_JSON_FIELDS_H */
