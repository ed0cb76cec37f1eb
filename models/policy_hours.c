/* Hours that are alike for `cheapest`. */
#include <string.h>

#include "models/policy.h"
#include "sim/alloc.h"

/* The further ranks of an order hardly matter: candidates are few. */
enum { MOST_RANKS = 4 };

/* First `ranks` entries in order of cost, class by class. */
static void order_of(const struct mdl_costs *costs, int n_classes, int hour,
    int ranks, int *order)
{
    for (int c = 0; c < n_classes; c++) {
        int *first = order + (size_t)c * (size_t)ranks;
        int n = 0;
        for (int e = 0; e < costs->n_entries; e++) {
            const double usd = mdl_cost_usd(costs, c, e, hour, 1.0);
            int at = n;
            /* insertion: ties stay in order of the entries */
            for (; at > 0 &&
                   mdl_cost_usd(costs, c, first[at - 1], hour, 1.0) > usd;
                 at--) {
                if (at < ranks)
                    first[at] = first[at - 1];
            }
            if (at < ranks)
                first[at] = e;
            n = n < ranks ? n + 1 : n;
        }
    }
}

/* Number the orders as they come; 0 when they are too many.
 * @param seen  room for MDL_MAX_KINDS + 1 orders of n entries */
static int number_orders(
    struct mdl_costs *costs, int n_classes, int ranks, int *seen)
{
    const size_t n = (size_t)n_classes * (size_t)ranks;
    int n_kinds = 0;

    for (int h = 0; h < MDL_HOURS_PER_YR; h++) {
        int *now = seen + (size_t)n_kinds * n;
        int kind = 0;
        order_of(costs, n_classes, h, ranks, now);
        while (memcmp(seen + (size_t)kind * n, now, n * sizeof *now) != 0)
            kind++;
        if (kind == MDL_MAX_KINDS)
            return 0;
        n_kinds = kind == n_kinds ? n_kinds + 1 : n_kinds;
        costs->kind[h] = kind;
    }
    return n_kinds;
}

int mdl_cost_kinds(struct mdl_costs *costs, int n_classes, struct sim_err *err)
{
    int ranks = costs->n_entries < MOST_RANKS ? costs->n_entries : MOST_RANKS;
    int *seen =
        sim_calloc((MDL_MAX_KINDS + 1) * (size_t)n_classes * (size_t)ranks + 1,
            sizeof *seen);

    if (seen == NULL)
        return sim_err_set(err, SIM_E_NOMEM, "out of memory");
    costs->n_kinds = 0;
    for (; costs->n_kinds == 0 && ranks > 0; ranks--)
        costs->n_kinds = number_orders(costs, n_classes, ranks, seen);
    if (costs->n_kinds == 0) {
        costs->n_kinds = 24;
        for (int h = 0; h < MDL_HOURS_PER_YR; h++)
            costs->kind[h] = h % 24;
    }
    sim_free(seen);
    return SIM_OK;
}

int mdl_cost_kind(const struct mdl_costs *costs, double t_s)
{
    return costs != NULL ? costs->kind[mdl_cost_hour(costs, t_s)] : 0;
}
