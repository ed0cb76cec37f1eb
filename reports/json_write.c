#include "reports/json.h"

#include <inttypes.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "reports/json_fields.h"

struct writer {
    const struct res_run *run;
    struct sim_text *out;
    int depth;   /* levels of indentation */
    int columns; /* length of arrays in the struct being written */
};

static void write_struct(
    struct writer *w, const struct rep_table *table, const char *base);

static void new_line(struct writer *w)
{
    sim_text_add_char(w->out, '\n');
    for (int i = 0; i < w->depth; i++)
        sim_text_add(w->out, "  ");
}

static void write_string(struct writer *w, const char *s)
{
    if (s == NULL) {
        sim_text_add(w->out, "null");
        return;
    }
    sim_text_add_char(w->out, '"');
    sim_text_add_json(w->out, s);
    sim_text_add_char(w->out, '"');
}

/* Minus zero needs a point: "-0" would be read back as the integer 0. */
static void write_double(struct writer *w, double x)
{
    if (x == 0.0 && signbit(x))
        sim_text_add(w->out, "-0.0");
    else
        sim_text_add_double(w->out, x);
}

static void write_array(struct writer *w, const double *x)
{
    if (x == NULL) {
        sim_text_add(w->out, "null");
        return;
    }
    sim_text_add_char(w->out, '[');
    for (int i = 0; i < w->columns; i++) {
        if (i > 0)
            sim_text_add(w->out, ", ");
        write_double(w, x[i]);
    }
    sim_text_add_char(w->out, ']');
}

static void write_strings(struct writer *w, const char *const *s, int n)
{
    sim_text_add_char(w->out, '[');
    w->depth++;
    for (int i = 0; i < n; i++) {
        if (i > 0)
            sim_text_add_char(w->out, ',');
        new_line(w);
        write_string(w, s[i] != NULL ? s[i] : "");
    }
    w->depth--;
    if (n > 0)
        new_line(w);
    sim_text_add_char(w->out, ']');
}

static void write_list(
    struct writer *w, const struct rep_table *table, const char *base, int n)
{
    sim_text_add_char(w->out, '[');
    w->depth++;
    for (int i = 0; i < n; i++) {
        if (i > 0)
            sim_text_add_char(w->out, ',');
        new_line(w);
        write_struct(w, table, base + (size_t)i * table->size);
    }
    w->depth--;
    if (n > 0)
        new_line(w);
    sim_text_add_char(w->out, ']');
}

static void write_metric(struct writer *w, const struct res_metric *m)
{
    const char *reason = m->est.reason;

    if (reason == NULL && !isfinite(m->est.value))
        reason = "undefined";
    write_string(w, m->name);
    sim_text_add(w->out, ": {\"half_width\": ");
    write_double(w, m->est.half_width);
    sim_text_printf(w->out, ", \"n\": %" PRId64, m->est.n);
    if (reason != NULL) {
        sim_text_add(w->out, ", \"reason\": ");
        write_string(w, reason);
    }
    sim_text_add(w->out, ", \"unit\": ");
    write_string(w, m->unit);
    sim_text_add(w->out, ", \"value\": ");
    write_double(w, m->est.value);
    sim_text_add_char(w->out, '}');
}

static void write_metrics(struct writer *w)
{
    sim_text_add_char(w->out, '{');
    w->depth++;
    for (int i = 0; i < w->run->n_metrics; i++) {
        if (i > 0)
            sim_text_add_char(w->out, ',');
        new_line(w);
        write_metric(w, &w->run->metrics[i]);
    }
    w->depth--;
    if (w->run->n_metrics > 0)
        new_line(w);
    sim_text_add_char(w->out, '}');
}

static void write_input_path(struct writer *w, int index)
{
    const bool known = index >= 0 && index < w->run->n_inputs;

    write_string(w, known ? w->run->inputs[index].path : NULL);
}

/* Members are copied out: their type is known only by the table. */
static void write_number(
    struct writer *w, const struct rep_field *f, const char *at)
{
    double f64;
    int64_t i64;
    uint64_t u64;

    switch (f->type) {
    case REP_F64:
        memcpy(&f64, at, sizeof f64);
        write_double(w, f64);
        return;
    case REP_I64:
        memcpy(&i64, at, sizeof i64);
        sim_text_printf(w->out, "%" PRId64, i64);
        return;
    default:
        memcpy(&u64, at, sizeof u64);
        sim_text_printf(
            w->out, u64 > INT64_MAX ? "\"%" PRIu64 "\"" : "%" PRIu64, u64);
        return;
    }
}

static void write_int(
    struct writer *w, const struct rep_field *f, const char *at)
{
    int value;

    memcpy(&value, at, sizeof value);
    switch (f->type) {
    case REP_ENUM:
        write_string(
            w, value >= 0 && value < f->n_names ? f->names(value) : NULL);
        return;
    case REP_PASS:
        sim_text_add(w->out,
            value == RES_PASS || value == RES_CLOSE_PASS ? "true" : "false");
        return;
    case REP_INPUT:
        write_input_path(w, value);
        return;
    default:
        sim_text_printf(w->out, "%d", value);
        return;
    }
}

static void write_pointed(
    struct writer *w, const struct rep_field *f, const char *base)
{
    const void *p;
    int n;

    memcpy(&p, base + f->offset, sizeof p);
    if (f->type == REP_POINTER) {
        if (p == NULL)
            sim_text_add(w->out, "null");
        else
            write_struct(w, f->sub, p);
        return;
    }
    memcpy(&n, base + f->count, sizeof n);
    if (f->type == REP_STRINGS)
        write_strings(w, p, n);
    else
        write_list(w, f->sub, p, n);
}

static void write_field(
    struct writer *w, const struct rep_field *f, const char *base)
{
    const char *at = base + f->offset;
    const void *p;
    bool flag;

    switch (f->type) {
    case REP_STRING:
        memcpy(&p, at, sizeof p);
        write_string(w, p != NULL ? p : "");
        return;
    case REP_ARRAY:
        memcpy(&p, at, sizeof p);
        write_array(w, p);
        return;
    case REP_F64:
    case REP_I64:
    case REP_U64:
        write_number(w, f, at);
        return;
    case REP_INT:
    case REP_ENUM:
    case REP_PASS:
    case REP_INPUT:
        write_int(w, f, at);
        return;
    case REP_BOOL:
        memcpy(&flag, at, sizeof flag);
        sim_text_add(w->out, flag ? "true" : "false");
        return;
    case REP_STRINGS:
    case REP_LIST:
    case REP_POINTER:
        write_pointed(w, f, base);
        return;
    case REP_GROUP:
        write_struct(w, f->sub, base);
        return;
    case REP_METRICS:
        write_metrics(w);
        return;
    case REP_FORMAT:
        sim_text_printf(w->out, "\"%s%d\"", REP_JSON_FORMAT, REP_JSON_MAJOR);
        return;
    }
}

static void write_struct(
    struct writer *w, const struct rep_table *table, const char *base)
{
    for (int i = 0; i < table->n_fields; i++) {
        if (table->fields[i].columns)
            memcpy(
                &w->columns, base + table->fields[i].offset, sizeof w->columns);
    }
    sim_text_add_char(w->out, '{');
    w->depth++;
    for (int i = 0; i < table->n_fields; i++) {
        if (i > 0)
            sim_text_add_char(w->out, ',');
        new_line(w);
        write_string(w, table->fields[i].key);
        sim_text_add(w->out, ": ");
        write_field(w, &table->fields[i], base);
    }
    w->depth--;
    new_line(w);
    sim_text_add_char(w->out, '}');
}

int rep_json_write(
    const struct res_run *run, struct sim_text *out, struct sim_err *err)
{
    struct writer w = {.run = run, .out = out};

    write_struct(&w, &rep_json_run, (const char *)run);
    sim_text_add_char(out, '\n');
    if (!sim_text_ok(out))
        return sim_err_set(err, SIM_E_NOMEM, "out of memory writing results");
    return SIM_OK;
}
