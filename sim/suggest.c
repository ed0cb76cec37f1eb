#include "sim/suggest.h"

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

enum { LONGEST = 64 };

static int min2(int a, int b)
{
    return a < b ? a : b;
}

static int length(const char *s)
{
    const size_t n = strlen(s);

    return n < LONGEST ? (int)n : LONGEST;
}

int sim_text_distance(const char *a, const char *b)
{
    /* rows i - 2, i - 1 and i of the table, used in turn */
    int rows[3][LONGEST + 1];
    const int na = length(a), nb = length(b);

    for (int j = 0; j <= nb; j++)
        rows[0][j] = j;
    for (int i = 1; i <= na; i++) {
        const int *before = rows[(i + 1) % 3];
        const int *above = rows[(i - 1) % 3];
        int *row = rows[i % 3];
        row[0] = i;
        for (int j = 1; j <= nb; j++) {
            const int differ = a[i - 1] != b[j - 1];
            row[j] = min2(above[j] + 1, row[j - 1] + 1);
            row[j] = min2(row[j], above[j - 1] + differ);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = min2(row[j], before[j - 2] + 1);
        }
    }
    return rows[na % 3][nb];
}

static bool same_but_case(const char *a, const char *b)
{
    while (*a != '\0' &&
           tolower((unsigned char)*a) == tolower((unsigned char)*b)) {
        a++;
        b++;
    }
    return *a == '\0' && *b == '\0';
}

const char *sim_text_nearest(const char *word, const char *const *names, int n)
{
    const int len = length(word);
    int best = (len <= 4 ? 1 : len <= 8 ? 2 : 3) + 1;
    const char *nearest = NULL;

    for (int i = 0; i < n; i++) {
        if (names[i] != NULL && same_but_case(word, names[i]))
            return names[i];
    }
    for (int i = 0; i < n; i++) {
        const int d =
            names[i] != NULL ? sim_text_distance(word, names[i]) : best;
        if (d < best && d < len) {
            best = d;
            nearest = names[i];
        }
    }
    return nearest;
}
