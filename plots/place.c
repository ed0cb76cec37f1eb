#include "plots/place.h"

#include <math.h>
#include <string.h>

#include "plots/font.h"

/* Room for one more; the old block stays in the arena. */
static void *grown(
    struct plt_space *space, void *old, int n, int *cap, size_t size)
{
    if (n < *cap)
        return old;
    const int more = *cap > 0 ? 2 * *cap : 64;
    void *block = sim_arena_calloc(space->arena, (size_t)more, size);
    if (block == NULL) {
        space->failed = true;
        return NULL;
    }
    if (n > 0)
        memcpy(block, old, (size_t)n * size);
    *cap = more;
    return block;
}

void plt_space_box(struct plt_space *space, struct plt_box box)
{
    struct plt_box *list = grown(
        space, space->box, space->n_boxes, &space->cap_boxes, sizeof *list);

    if (list == NULL)
        return;
    space->box = list;
    list[space->n_boxes++] = box;
}

void plt_space_lines(struct plt_space *space, const struct plt_point *p, int n)
{
    for (int i = 0; i + 1 < n; i++) {
        struct plt_segment *list = grown(space, space->segment,
            space->n_segments, &space->cap_segments, sizeof *list);
        if (list == NULL)
            return;
        space->segment = list;
        list[space->n_segments++] = (struct plt_segment){p[i], p[i + 1]};
    }
}

bool plt_boxes_meet(struct plt_box a, struct plt_box b)
{
    const double touch = 1e-6;

    return a.x0 < b.x1 - touch && b.x0 < a.x1 - touch && a.y0 < b.y1 - touch &&
           b.y0 < a.y1 - touch;
}

bool plt_segment_meets(struct plt_segment s, struct plt_box box)
{
    const double dx = s.b.x - s.a.x, dy = s.b.y - s.a.y;
    const double p[] = {-dx, dx, -dy, dy};
    const double q[] = {
        s.a.x - box.x0, box.x1 - s.a.x, s.a.y - box.y0, box.y1 - s.a.y};
    double t0 = 0.0, t1 = 1.0;

    for (int i = 0; i < 4; i++) {
        if (p[i] == 0.0) {
            if (q[i] < 0.0)
                return false;
        } else if (p[i] < 0.0) {
            t0 = fmax(t0, q[i] / p[i]);
        } else {
            t1 = fmin(t1, q[i] / p[i]);
        }
    }
    return t0 <= t1;
}

bool plt_space_free(const struct plt_space *space, struct plt_box box)
{
    const struct plt_box *in = &space->bounds;

    if (box.x0 < in->x0 || box.x1 > in->x1 || box.y0 < in->y0 ||
        box.y1 > in->y1)
        return false;
    for (int i = 0; i < space->n_boxes; i++) {
        if (plt_boxes_meet(space->box[i], box))
            return false;
    }
    for (int i = 0; i < space->n_segments; i++) {
        if (plt_segment_meets(space->segment[i], box))
            return false;
    }
    return true;
}

struct plt_box plt_text_box(
    double x, double y, double width, double size, int anchor)
{
    const double margin = 2.0;
    const double left = anchor == PLT_START    ? x
                        : anchor == PLT_MIDDLE ? x - width / 2.0
                                               : x - width;

    return (struct plt_box){left - margin, y - size * PLT_CAP_HEIGHT - margin,
        left + width + margin, y + size * PLT_DESCENT + margin};
}

bool plt_place_beside(struct plt_space *space, struct plt_point p, double gap,
    double width, double size, struct plt_point *at, int *anchor)
{
    const struct {
        double dx, dy;
        int anchor;
    } sides[] = {{1, 0, PLT_START}, {-1, 0, PLT_END}, {0, -1, PLT_MIDDLE},
        {0, 1, PLT_MIDDLE}, {0.8, -0.8, PLT_START}, {0.8, 0.8, PLT_START},
        {-0.8, -0.8, PLT_END}, {-0.8, 0.8, PLT_END}};
    const double half = size * PLT_CAP_HEIGHT / 2.0;

    for (int ring = 0; ring < 4; ring++) {
        const double far = gap * (1.0 + 0.7 * ring);
        for (int i = 0; i < 8; i++) {
            /* half a capital down centres the text on p; above and below
             * move by half a line more */
            const struct plt_point try = {p.x + sides[i].dx * far,
                p.y + half + sides[i].dy * (far + half)};
            const struct plt_box box =
                plt_text_box(try.x, try.y, width, size, sides[i].anchor);
            if (!plt_space_free(space, box))
                continue;
            plt_space_box(space, box);
            *at = try;
            *anchor = sides[i].anchor;
            return true;
        }
    }
    return false;
}

void plt_spread(double *y, int n, double gap, double lo, double hi)
{
    if (n < 1)
        return;
    if (gap * (n - 1) > hi - lo)
        gap = n > 1 ? (hi - lo) / (n - 1) : 0.0;
    y[0] = fmax(y[0], lo);
    for (int i = 1; i < n; i++)
        y[i] = fmax(y[i], y[i - 1] + gap);
    y[n - 1] = fmin(y[n - 1], hi);
    for (int i = n - 2; i >= 0; i--)
        y[i] = fmin(y[i], y[i + 1] - gap);
}
