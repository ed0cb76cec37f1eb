/* Row tables.  Truth: the compiler's own layout.  Every member of a struct has
 * a row, so the rows, their counts and flags, laid out one after the other by
 * the alignment rules, must end exactly where the struct ends; and the rules
 * of the house on suffixes, defaults, docs and sources. */
#include "models/model_fixture.h"
#include "models/site.h"
#include "sim/dist.h"

enum { MAX_TABLES = 128, MAX_PARTS = 128 };

/* All tables below the root, each once. */
struct tables {
    const struct sim_table *table[MAX_TABLES];
    bool
        named[MAX_TABLES]; /* elements of a map: the first member is the name */
    int n;
};

static void collect(
    struct tables *all, const struct sim_table *table, bool named)
{
    for (int i = 0; i < all->n; i++) {
        if (all->table[i] == table) {
            ck_assert_msg(all->named[i] == named,
                "%s: both an element of a map and not", table->name);
            return;
        }
    }
    ck_assert_int_lt(all->n, MAX_TABLES);
    all->named[all->n] = named;
    all->table[all->n++] = table;
    for (int i = 0; i < table->n_rows; i++) {
        if (table->rows[i].table != NULL)
            collect(all, table->rows[i].table, table->rows[i].type == SIM_MAP);
    }
}

static struct tables all_tables(void)
{
    struct tables all = {.n = 0};

    collect(&all, &mdl_run_table, false);
    ck_assert_int_gt(all.n, 40);
    return all;
}

/* ---- layout -------------------------------------------------------------- */

struct part {
    size_t at, size, align;
};

static size_t table_align(const struct sim_table *table);

static struct part value_part(const struct sim_param *row)
{
    struct part p = {.at = row->offset};

    switch (row->type) {
    case SIM_BOOL:
        p.size = p.align = sizeof(bool);
        break;
    case SIM_ENUM:
        p.size = p.align = sizeof(int);
        break;
    case SIM_GROUP:
        p.size = row->table->size;
        p.align = table_align(row->table);
        break;
    case SIM_F64:
    case SIM_I64:
    case SIM_DATE:
        p.size = p.align = 8;
        break;
    default: /* all others are pointers */
        p.size = p.align = sizeof(void *);
    }
    return p;
}

static int parts_of(
    const struct sim_table *table, bool named, struct part *parts)
{
    int n = 0;

    if (named)
        parts[n++] = (struct part){0, sizeof(char *), sizeof(char *)};
    for (int i = 0; i < table->n_rows; i++) {
        const struct sim_param *row = &table->rows[i];
        ck_assert_int_lt(n + 3, MAX_PARTS);
        parts[n++] = value_part(row);
        if (row->type == SIM_F64S || row->type == SIM_STRS ||
            row->type == SIM_LIST || row->type == SIM_MAP)
            parts[n++] =
                (struct part){row->count_offset, sizeof(int), sizeof(int)};
        if (row->given_offset != 0)
            parts[n++] = (struct part){row->given_offset, sizeof(bool), 1};
    }
    return n;
}

static size_t table_align(const struct sim_table *table)
{
    struct part parts[MAX_PARTS];
    const int n = parts_of(table, false, parts);
    size_t align = 1;

    for (int i = 0; i < n; i++)
        align = parts[i].align > align ? parts[i].align : align;
    return align;
}

static int by_place(const void *a, const void *b)
{
    const struct part *x = a, *y = b;

    return (x->at > y->at) - (x->at < y->at);
}

static size_t aligned(size_t at, size_t align)
{
    return (at + align - 1) / align * align;
}

START_TEST(every_member_has_a_row)
{
    const struct tables all = all_tables();

    for (int t = 0; t < all.n; t++) {
        const struct sim_table *table = all.table[t];
        struct part parts[MAX_PARTS];
        const int n = parts_of(table, all.named[t], parts);
        size_t end = 0, align = table_align(table);

        if (all.named[t] && align < sizeof(char *))
            align = sizeof(char *);
        qsort(parts, (size_t)n, sizeof parts[0], by_place);
        for (int i = 0; i < n; i++) {
            ck_assert_msg(parts[i].at == aligned(end, parts[i].align),
                "%s: a member without a row between bytes %zu and %zu",
                table->name, end, parts[i].at);
            end = parts[i].at + parts[i].size;
        }
        ck_assert_msg(table->size == aligned(end, align),
            "%s: a member without a row after byte %zu of %zu", table->name,
            end, table->size);
    }
}
END_TEST

START_TEST(rows_in_struct_order)
{
    const struct tables all = all_tables();

    for (int t = 0; t < all.n; t++) {
        const struct sim_table *table = all.table[t];
        for (int i = 1; i < table->n_rows; i++)
            ck_assert_msg(table->rows[i].offset > table->rows[i - 1].offset,
                "%s.%s: rows are not in struct order", table->name,
                table->rows[i].name);
    }
}
END_TEST

/* ---- rules of a row ------------------------------------------------------ */

START_TEST(suffixes_docs_and_defaults)
{
    const struct tables all = all_tables();

    for (int t = 0; t < all.n; t++) {
        for (int i = 0; i < all.table[t]->n_rows; i++)
            check_row(all.table[t], &all.table[t]->rows[i]);
    }
}
END_TEST

static void check_choice(
    const struct sim_table *table, const struct sim_param *row)
{
    int n = 0;

    while (row->choices != NULL && row->choices[n] != NULL)
        n++;
    ck_assert_msg(n >= 1, "%s.%s: no choices", table->name, row->name);
    ck_assert_msg(
        row->dflt >= 0 && row->dflt < n && row->dflt == floor(row->dflt),
        "%s.%s: default %g is no choice", table->name, row->name, row->dflt);
}

START_TEST(types_agree)
{
    const struct tables all = all_tables();

    for (int t = 0; t < all.n; t++) {
        const struct sim_table *table = all.table[t];
        ck_assert_msg(table->doc != NULL && table->name != NULL, "table %d", t);
        ck_assert_msg(table->doc[strlen(table->doc) - 1] == '.',
            "%s: doc is a sentence", table->name);
        for (int i = 0; i < table->n_rows; i++) {
            const struct sim_param *row = &table->rows[i];
            if (row->type == SIM_ENUM)
                check_choice(table, row);
            if (row->type == SIM_I64 && (row->flags & SIM_P_OPTIONAL) == 0 &&
                !row->required && (row->min != 0.0 || row->max != 0.0))
                ck_assert_msg(row->dflt >= row->min && row->dflt <= row->max,
                    "%s.%s: default %g outside", table->name, row->name,
                    row->dflt);
            ck_assert_msg(row->min <= row->max, "%s.%s: empty range",
                table->name, row->name);
            ck_assert_msg((row->table != NULL) == (row->type == SIM_GROUP ||
                                                      row->type == SIM_LIST ||
                                                      row->type == SIM_MAP),
                "%s.%s: table", table->name, row->name);
        }
    }
}
END_TEST

/* Keys of one map are distinct, whatever their suffixes. */
START_TEST(keys_are_distinct)
{
    const struct tables all = all_tables();

    for (int t = 0; t < all.n; t++) {
        const struct sim_table *table = all.table[t];
        for (int i = 0; i < table->n_rows; i++) {
            char key[64], other[64];
            sim_param_key(&table->rows[i], key, sizeof key);
            ck_assert_msg(key[0] != '\0', "%s.%s has no key", table->name,
                table->rows[i].name);
            for (int j = 0; j < i; j++) {
                sim_param_key(&table->rows[j], other, sizeof other);
                ck_assert_msg(strcmp(key, other) != 0, "%s: two rows are '%s'",
                    table->name, key);
            }
        }
    }
}
END_TEST

/* ---- sources ------------------------------------------------------------- */

static void check_source(
    const char *where, const char *name, const char *source, const char *list)
{
    char cell[96];

    for (const char *s = source; s != NULL && (s = strchr(s, '[')) != NULL;
         s++) {
        const size_t n = strcspn(s, "]");
        ck_assert_msg(s[n] == ']' && n + 6 < sizeof cell, "%s.%s: '%s'", where,
            name, source);
        snprintf(cell, sizeof cell, "| %.*s |", (int)n + 1, s);
        ck_assert_msg(strstr(list, cell) != NULL,
            "%s.%s: %.*s is not in models/SOURCES.md", where, name, (int)n + 1,
            s);
    }
}

START_TEST(sources_are_listed)
{
    static char list[1 << 17];
    const struct tables all = all_tables();
    FILE *file = fopen("models/SOURCES.md", "rb");
    int cited = 0;

    ck_assert_ptr_nonnull(file);
    const size_t n = fread(list, 1, sizeof list - 1, file);
    fclose(file);
    ck_assert_uint_lt(n, sizeof list - 1);
    for (int t = 0; t < all.n; t++) {
        for (int i = 0; i < all.table[t]->n_rows; i++) {
            const struct sim_param *row = &all.table[t]->rows[i];
            cited += row->source != NULL;
            ck_assert_msg(row->source == NULL || row->source[0] == '[',
                "%s.%s: source '%s'", all.table[t]->name, row->name,
                row->source);
            check_source(all.table[t]->name, row->name, row->source, list);
        }
    }
    for (int i = 1; i < MDL_N_ACCESS; i++)
        check_source(
            "access", mdl_access_names[i], mdl_access_law(i)->source, list);
    ck_assert_int_gt(cited, 10);
}
END_TEST

TEST_MAIN("models/rows", every_member_has_a_row, rows_in_struct_order,
    suffixes_docs_and_defaults, types_agree, keys_are_distinct,
    sources_are_listed)
