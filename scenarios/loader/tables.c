#include "scenarios/loader/tables.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/err.h"

static int find(const struct scn_tables *all, const struct sim_table *table)
{
    for (int i = 0; i < all->n; i++) {
        if (all->tables[i] == table)
            return i;
    }
    return -1;
}

void scn_tables_collect(struct scn_tables *all, const struct sim_table *table)
{
    if (find(all, table) >= 0)
        return;
    SIM_BUG_ON(all->n == SCN_MAX_TABLES);
    all->tables[all->n++] = table;
    for (int i = 0; i < table->n_rows; i++) {
        if (table->rows[i].table != NULL)
            scn_tables_collect(all, table->rows[i].table);
    }
}

void scn_tables_name(const struct scn_tables *all,
    const struct sim_table *table, char *name, size_t size)
{
    const int own = find(all, table);
    int before = 0;

    for (int i = 0; i < own; i++)
        before += strcmp(all->tables[i]->name, table->name) == 0;
    if (before == 0)
        snprintf(name, size, "%s", table->name);
    else
        snprintf(name, size, "%s-%d", table->name, before + 1);
}

bool scn_table_has_preset(
    const struct scn_tables *all, const struct sim_table *table)
{
    for (int i = 0; i < table->n_rows; i++) {
        if (table->rows[i].type == SIM_STR && table->rows[i].preset != NULL)
            return true;
    }
    for (int t = 0; t < all->n; t++) {
        for (int i = 0; i < all->tables[t]->n_rows; i++) {
            const struct sim_param *row = &all->tables[t]->rows[i];
            if (row->table == table && row->preset != NULL)
                return true;
        }
    }
    return false;
}

void scn_default_text(const struct sim_param *row, char *text, size_t size)
{
    const char *unit = row->unit != NULL ? row->unit : "";
    const bool plain =
        unit[0] == '\0' || strcmp(unit, "1") == 0 || strcmp(unit, "@") == 0;
    char number[40];

    text[0] = '\0';
    if (row->required || (row->flags & SIM_P_OPTIONAL) != 0)
        return;
    switch (row->type) {
    case SIM_F64:
    case SIM_I64:
        for (int digits = 6; digits <= 17; digits++) {
            snprintf(number, sizeof number, "%.*g", digits, row->dflt);
            if (strtod(number, NULL) == row->dflt)
                break;
        }
        if (isinf(row->dflt))
            snprintf(text, size, "unlimited");
        else
            snprintf(text, size, "%s%s%s", number, plain ? "" : " ",
                plain ? "" : unit);
        break;
    case SIM_BOOL:
        snprintf(text, size, "%s", row->dflt != 0.0 ? "true" : "false");
        break;
    case SIM_ENUM:
        snprintf(text, size, "%s", row->choices[(int)row->dflt]);
        break;
    default:
        snprintf(
            text, size, "%s", row->dflt_text != NULL ? row->dflt_text : "");
        break;
    }
}

void scn_bound_text(double x, char *text, size_t size)
{
    char *from, *to;

    for (int digits = 6; digits <= 17; digits++) {
        snprintf(text, size, "%.*g", digits, x);
        if (strtod(text, NULL) == x)
            break;
    }
    to = strchr(text, 'e');
    if (to == NULL)
        return;
    to++;
    from = to;
    if (*from == '-')
        *to++ = *from;
    from += strspn(from, "+-0");
    memmove(to, from, strlen(from) + 1);
}
