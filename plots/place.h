/* place.h - where labels fit: boxes and lines that are taken, and the search
 * for a free place.  Greedy: the first free candidate wins, in the caller's
 * order of preference; a label without a free place is the caller's to put into
 * a legend.  Pure geometry, no canvas.
 */
#ifndef PLOTS_PLACE_H
#define PLOTS_PLACE_H

#include <stdbool.h>

#include "plots/canvas.h"
#include "sim/arena.h"

struct plt_box {
    double x0, y0, x1, y1; /* x0 <= x1, y0 <= y1 */
};

struct plt_segment {
    struct plt_point a, b;
};

/* What is taken.  Start from {.arena = ..., .bounds = ...}. */
struct plt_space {
    struct sim_arena *arena; /* borrowed */
    struct plt_box bounds;   /* labels stay inside */
    struct plt_box *box;
    struct plt_segment *segment;
    int n_boxes, cap_boxes, n_segments, cap_segments;
    bool failed; /* an allocation failed */
};

/** Take a box; take a line of n points (n - 1 segments). */
void plt_space_box(struct plt_space *space, struct plt_box box);
void plt_space_lines(struct plt_space *space, const struct plt_point *p, int n);

/** True when the box is inside the bounds and touches nothing taken. */
bool plt_space_free(const struct plt_space *space, struct plt_box box);

/** True when the two boxes overlap by more than a touch. */
bool plt_boxes_meet(struct plt_box a, struct plt_box b);

/** True when a part of the segment lies inside the box (Liang and Barsky, "A
 *  New Concept and Method for Line Clipping", ACM TOG 3(1), 1984). */
bool plt_segment_meets(struct plt_segment s, struct plt_box box);

/** Box of a horizontal text: base line at y, `width` wide, with a margin. */
struct plt_box plt_text_box(
    double x, double y, double width, double size, int anchor);

/**
 * Place a text of `width` beside a point: right, left, above, below and the
 * diagonals, first close, then further off; takes the box it finds.
 * @param gap  distance of the text from the point [layout units]
 * @param at   out: base line position; *anchor: enum plt_anchor
 * @return false when all candidates are taken: nothing is written
 */
bool plt_place_beside(struct plt_space *space, struct plt_point p, double gap,
    double width, double size, struct plt_point *at, int *anchor);

/**
 * Push positions apart: y[i] ascending by the smallest moves so that
 * neighbours are at least `gap` apart and all lie within lo .. hi (if they
 * fit; else the gap shrinks).
 */
void plt_spread(double *y, int n, double gap, double lo, double hi);

#endif /* PLOTS_PLACE_H */
