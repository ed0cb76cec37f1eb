#include "reports/json.h"

#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "reports/json_fields.h"
#include "sim/alloc.h"

enum { PATH_BYTES = 200 };

/* The first error sticks in `rc`; all further work is skipped, so the walk
 * needs one look at the end of each function and not one a value. */
struct reader {
    struct res_run *run;
    struct sim_err *err;
    int rc;
    int columns;           /* length of arrays in the struct being read */
    char path[PATH_BYTES]; /* of the value being read, for messages */
};

static void read_struct(struct reader *r, const struct rep_table *table,
    const json_t *object, char *base);

static void fail(struct reader *r, int code, const char *fmt, ...)
    SIM_PRINTF(3, 4);

static void fail(struct reader *r, int code, const char *fmt, ...)
{
    char text[256];
    va_list args;

    if (r->rc != SIM_OK)
        return;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    r->rc = sim_err_set(r->err, code, "'%s' in the results %s",
        r->path[0] != '\0' ? r->path : "(top)", text);
}

static void expect(struct reader *r, bool ok, const char *what)
{
    if (!ok)
        fail(r, SIM_E_INPUT, "is not %s", what);
}

/* Step into a member; returns the length to restore with leave(). */
static size_t enter(struct reader *r, const char *key, int index)
{
    const size_t old = strlen(r->path);

    if (key != NULL)
        snprintf(
            r->path + old, PATH_BYTES - old, "%s%s", old > 0 ? "." : "", key);
    else
        snprintf(r->path + old, PATH_BYTES - old, "[%d]", index);
    return old;
}

static void leave(struct reader *r, size_t old)
{
    r->path[old] = '\0';
}

static void *take(struct reader *r, size_t count, size_t size)
{
    void *block = sim_arena_calloc(&r->run->arena, count, size);

    if (block == NULL)
        fail(r, SIM_E_NOMEM, "is too large: out of memory");
    return block;
}

static const char *read_string(struct reader *r, const json_t *v)
{
    expect(r, json_is_string(v), "text");
    if (r->rc != SIM_OK)
        return NULL;
    const char *copy = sim_arena_strdup(&r->run->arena, json_string_value(v));
    if (copy == NULL)
        fail(r, SIM_E_NOMEM, "is too large: out of memory");
    return copy;
}

static double read_double(struct reader *r, const json_t *v)
{
    if (json_is_null(v))
        return (double)NAN;
    expect(r, json_is_number(v), "a number");
    return json_number_value(v);
}

static int64_t read_i64(struct reader *r, const json_t *v)
{
    expect(r, json_is_integer(v), "a whole number");
    return json_integer_value(v);
}

static int read_int(struct reader *r, const json_t *v)
{
    const int64_t value = read_i64(r, v);

    expect(r, value >= INT_MIN && value <= INT_MAX, "within range");
    return (int)value;
}

/* Above 2^63 - 1 the writer gives text, as JSON readers stop there. */
static uint64_t read_u64(struct reader *r, const json_t *v)
{
    const char *s = json_string_value(v);
    uint64_t value = 0;

    if (s == NULL) {
        const int64_t number = read_i64(r, v);
        expect(r, number >= 0, "0 or more");
        return (uint64_t)number;
    }
    expect(r, *s != '\0' && strlen(s) <= 20, "a whole number");
    for (; *s != '\0' && r->rc == SIM_OK; s++) {
        const unsigned digit = (unsigned)(*s - '0');
        expect(r, digit <= 9 && value <= (UINT64_MAX - digit) / 10,
            "a whole number below 2^64");
        value = value * 10 + digit;
    }
    return value;
}

static int read_enum(
    struct reader *r, const struct rep_field *f, const json_t *v)
{
    const char *s = json_string_value(v);

    expect(r, s != NULL, "a name");
    for (int i = 0; s != NULL && i < f->n_names; i++) {
        if (strcmp(s, f->names(i)) == 0)
            return i;
    }
    expect(r, false, "a known name");
    return 0;
}

static int read_input(struct reader *r, const json_t *v)
{
    const char *path = json_string_value(v);

    if (json_is_null(v))
        return -1;
    expect(r, path != NULL, "the path of an input");
    if (path == NULL)
        return -1;
    const int i = res_input_find(r->run, path);
    expect(r, i >= 0, "the path of an input");
    return i;
}

static double *read_array(
    struct reader *r, const struct rep_field *f, const json_t *v)
{
    if (f->nullable && json_is_null(v))
        return NULL;
    expect(r, json_is_array(v), "a list of numbers");
    if (r->rc == SIM_OK && json_array_size(v) != (size_t)r->columns)
        fail(r, SIM_E_INPUT, "has %zu numbers where %d are due",
            json_array_size(v), r->columns);
    if (r->rc != SIM_OK)
        return NULL;
    double *x = take(r, (size_t)r->columns, sizeof *x);
    for (int i = 0; i < r->columns && r->rc == SIM_OK; i++)
        x[i] = read_double(r, json_array_get(v, (size_t)i));
    return x;
}

/* A list of strings or of structs; gives the block, the length in *n. */
static void *read_list(
    struct reader *r, const struct rep_field *f, const json_t *v, int *n)
{
    const size_t size =
        f->type == REP_STRINGS ? sizeof(const char *) : f->sub->size;

    expect(r, json_is_array(v) && json_array_size(v) < INT_MAX, "a list");
    if (r->rc != SIM_OK)
        return NULL;
    *n = (int)json_array_size(v);
    char *block = take(r, (size_t)*n, size);
    for (int i = 0; i < *n && r->rc == SIM_OK; i++) {
        const json_t *element = json_array_get(v, (size_t)i);
        const size_t old = enter(r, NULL, i);
        if (f->type == REP_STRINGS) {
            const char *s = read_string(r, element);
            memcpy(block + (size_t)i * size, &s, size);
        } else {
            read_struct(r, f->sub, element, block + (size_t)i * size);
        }
        leave(r, old);
    }
    return block;
}

static void *read_pointed(
    struct reader *r, const struct rep_field *f, const json_t *v)
{
    if (json_is_null(v))
        return NULL;
    char *block = take(r, 1, f->sub->size);
    if (block != NULL)
        read_struct(r, f->sub, v, block);
    return block;
}

static const json_t *member(
    struct reader *r, const json_t *object, const char *key)
{
    const json_t *v = json_object_get(object, key);

    if (v == NULL)
        fail(r, SIM_E_INPUT, "has no '%s'", key);
    return v;
}

static void read_metric(struct reader *r, const char *name, const json_t *v)
{
    struct res_estimate est = {0};

    expect(r, json_is_object(v), "an object");
    const json_t *value = member(r, v, "value");
    const json_t *half = member(r, v, "half_width");
    const json_t *n = member(r, v, "n");
    const json_t *unit = member(r, v, "unit");
    const json_t *reason = json_object_get(v, "reason");
    if (r->rc != SIM_OK)
        return;
    est.value = read_double(r, value);
    est.half_width = read_double(r, half);
    est.n = read_i64(r, n);
    if (reason != NULL)
        est.reason = read_string(r, reason);
    const char *own_unit = read_string(r, unit);
    const char *own_name = sim_arena_strdup(&r->run->arena, name);
    if (own_name == NULL)
        fail(r, SIM_E_NOMEM, "is too large: out of memory");
    if (r->rc != SIM_OK)
        return;
    if (res_put_raw(r->run, own_name, own_unit, est) != SIM_OK)
        fail(r, SIM_E_NOMEM, "is too large: out of memory");
}

static void read_metrics(struct reader *r, const json_t *object)
{
    json_t *metrics = json_object_get(object, "metrics");
    const char *name;
    json_t *v;

    expect(r, json_is_object(metrics), "an object");
    json_object_foreach(metrics, name, v)
    {
        const size_t old = enter(r, name, 0);
        if (r->rc == SIM_OK)
            read_metric(r, name, v);
        leave(r, old);
    }
}

static void read_format(struct reader *r, const json_t *v)
{
    const char *s = json_string_value(v);
    const size_t n = strlen(REP_JSON_FORMAT);
    char due[32];

    snprintf(due, sizeof due, "%d", REP_JSON_MAJOR);
    expect(r, s != NULL && strncmp(s, REP_JSON_FORMAT, n) == 0,
        "'" REP_JSON_FORMAT "...': no results file");
    if (r->rc == SIM_OK && s != NULL && strcmp(s + n, due) != 0)
        fail(r, SIM_E_INPUT,
            "is '%.40s', this program reads " REP_JSON_FORMAT "%s", s, due);
}

static void read_scalar(
    struct reader *r, const struct rep_field *f, const json_t *v, char *at)
{
    const double f64 = f->type == REP_F64 ? read_double(r, v) : 0.0;
    const int64_t i64 = f->type == REP_I64 ? read_i64(r, v) : 0;
    const uint64_t u64 = f->type == REP_U64 ? read_u64(r, v) : 0;
    const bool flag = json_is_true(v);

    switch (f->type) {
    case REP_F64:
        memcpy(at, &f64, sizeof f64);
        return;
    case REP_I64:
        memcpy(at, &i64, sizeof i64);
        return;
    case REP_U64:
        memcpy(at, &u64, sizeof u64);
        return;
    default:
        expect(r, json_is_boolean(v), "true or false");
        memcpy(at, &flag, sizeof flag);
        return;
    }
}

static void read_field(
    struct reader *r, const struct rep_field *f, const json_t *v, char *base)
{
    const void *p = NULL;
    int n = 0;

    switch (f->type) {
    case REP_F64:
    case REP_I64:
    case REP_U64:
    case REP_BOOL:
        read_scalar(r, f, v, base + f->offset);
        return;
    case REP_INT:
        n = read_int(r, v);
        break;
    case REP_ENUM:
        n = read_enum(r, f, v);
        break;
    case REP_INPUT:
        n = read_input(r, v);
        break;
    case REP_STRING:
        p = read_string(r, v);
        break;
    case REP_ARRAY:
        p = read_array(r, f, v);
        break;
    case REP_POINTER:
        p = read_pointed(r, f, v);
        break;
    case REP_STRINGS:
    case REP_LIST:
        p = read_list(r, f, v, &n);
        memcpy(base + f->count, &n, sizeof n);
        break;
    case REP_GROUP:
        read_struct(r, f->sub, v, base);
        return;
    case REP_FORMAT:
        read_format(r, v);
        return;
    case REP_PASS:
    case REP_METRICS:
        return;
    }
    if (f->type == REP_INT || f->type == REP_ENUM || f->type == REP_INPUT)
        memcpy(base + f->offset, &n, sizeof n);
    else
        memcpy(base + f->offset, &p, sizeof p);
}

/* Paths are looked up by bisection: they must be there, sorted, once each. */
static void check_inputs(struct reader *r)
{
    const struct res_input *in = r->run->inputs;

    for (int i = 1; i < r->run->n_inputs && r->rc == SIM_OK; i++)
        expect(r, strcmp(in[i - 1].path, in[i].path) < 0, "sorted by path");
}

static void read_fields(struct reader *r, const struct rep_table *table,
    const json_t *object, char *base, bool early)
{
    for (int i = 0; i < table->n_fields && r->rc == SIM_OK; i++) {
        const struct rep_field *f = &table->fields[i];
        if (f->early != early || f->type == REP_PASS)
            continue;
        const json_t *v = member(r, object, f->key);
        if (v == NULL)
            return;
        const size_t old = enter(r, f->key, 0);
        read_field(r, f, v, base);
        if (f->type == REP_LIST && f->early)
            check_inputs(r);
        if (f->columns && r->rc == SIM_OK) {
            memcpy(&r->columns, base + f->offset, sizeof r->columns);
            expect(r, r->columns >= 0, "0 or more");
        }
        leave(r, old);
    }
}

static void read_struct(struct reader *r, const struct rep_table *table,
    const json_t *object, char *base)
{
    expect(r, json_is_object(object), "an object");
    read_fields(r, table, object, base, true);
    read_fields(r, table, object, base, false);
}

static void read_run(struct reader *r, const json_t *root)
{
    expect(r, json_is_object(root), "an object");
    /* the format first: nothing else of another major version can be judged */
    const json_t *format = json_object_get(root, "format");
    size_t old = enter(r, "format", 0);
    read_format(r, format);
    leave(r, old);
    read_struct(r, &rep_json_run, root, (char *)r->run);
    old = enter(r, "metrics", 0);
    if (r->rc == SIM_OK)
        read_metrics(r, root);
    leave(r, old);
    r->run->cap_series = r->run->n_series;
    r->run->cap_warnings = r->run->n_warnings;
}

/* jansson reports a failed allocation in its scanner as a syntax error.  So a
 * failed parse is judged by trying an allocation, then parsing once more. */
static int parse(const char *text, size_t n, json_t **out, struct sim_err *err)
{
    json_error_t where;

    json_set_alloc_funcs(sim_alloc, sim_free);
    *out = json_loadb(text, n, JSON_REJECT_DUPLICATES, &where);
    if (*out != NULL)
        return SIM_OK;
    void *probe = sim_alloc(n);
    if (probe == NULL)
        return sim_err_set(err, SIM_E_NOMEM, "out of memory");
    sim_free(probe);
    *out = json_loadb(text, n, JSON_REJECT_DUPLICATES, &where);
    if (*out != NULL)
        return SIM_OK;
    return sim_err_set(err, SIM_E_INPUT,
        "results are not valid JSON: line %d column %d: %s", where.line,
        where.column, where.text);
}

int rep_json_read(
    const char *text, size_t n, struct res_run **out, struct sim_err *err)
{
    struct reader r = {.err = err};
    json_t *root = NULL;

    r.rc = parse(text, n, &root, err);
    if (r.rc != SIM_OK)
        return r.rc;
    r.rc = res_run_create(&r.run, err);
    if (r.rc == SIM_OK)
        read_run(&r, root);
    if (r.rc == SIM_OK) {
        res_run_finish(r.run);
        *out = r.run;
    } else {
        res_run_destroy(r.run);
    }
    json_decref(root);
    return r.rc;
}
