#include "models/workload.h"

#include <math.h>
#include <string.h>

#include "models/workload_shapes.h"
#include "sim/dist.h"
#include "sim/fmath.h"
#include "sim/units.h"

#define WEEK_S  (SIM_H_PER_WEEK * SIM_S_PER_H)
#define MONTH_S (SIM_H_PER_MONTH * SIM_S_PER_H)

/* ---- shape -------------------------------------------------------------- */

static double sine_at(const struct mdl_sine_cfg *sine, double hour)
{
    double s, c;

    sim_sincos_2pi((hour - sine->peak_h) / SIM_H_PER_DAY, &s, &c);
    return 1.0 + sine->amplitude_frac * c;
}

/* Factor of a table of n equal steps of a day or of a week, at an hour of the
 * week that lies inside a step. */
static double step_at(const double *x, int n, double hour)
{
    const double span = n == 24 || n == 1440 ? SIM_H_PER_DAY : SIM_H_PER_WEEK;

    return x[(int)(fmod(hour, span) / span * n)];
}

/* The tables whose product is the shape; NULL where there is none. */
struct factors {
    const double *day, *week;
    int n_day, n_week;
};

static int read_factors(const struct mdl_arrivals_cfg *cfg,
    const struct mdl_data_source *data, struct sim_arena *arena,
    struct factors *f, struct sim_err *err)
{
    static const int day_sizes[] = {24, 168, 1440, 10080, 0};
    static const int week_sizes[] = {7, 168, 10080, 0};
    int rc = SIM_OK;

    *f = (struct factors){.day = cfg->daily.hours,
        .n_day = cfg->daily.n_hours,
        .week = cfg->weekly.days,
        .n_week = cfg->weekly.n_days};
    if (cfg->daily.file != NULL)
        rc = mdl_factors_file(
            cfg->daily.file, day_sizes, arena, &f->day, &f->n_day, err);
    else if (f->n_day != 24) {
        f->day = mdl_day_shape(cfg->daily.shape);
        f->n_day = 24;
    }
    if (rc == SIM_OK && cfg->weekly.file != NULL)
        rc = mdl_factors_file(
            cfg->weekly.file, week_sizes, arena, &f->week, &f->n_week, err);
    else if (rc == SIM_OK && cfg->weekly.like != NULL) {
        double *week = sim_arena_calloc(arena, 168, sizeof *week);
        if (week == NULL)
            return sim_err_set(err, SIM_E_NOMEM, "out of memory");
        rc = mdl_week_table(data, cfg->weekly.like, week, err);
        f->week = week;
        f->n_week = 168;
    }
    return rc;
}

/* Scale to mean 1.  The mean of a periodic piecewise-linear function is the
 * mean of its knots. */
static int normalise(struct mdl_shape *shape, struct sim_err *err)
{
    double sum = 0.0;

    for (int i = 0; i < shape->n; i++)
        sum += shape->knot[i];
    if (!(sum > 0.0))
        return sim_err_set(err, SIM_E_INPUT,
            "the daily and weekly factors of 'arrivals' are all 0");
    for (int i = 0; i < shape->n; i++)
        shape->knot[i] *= shape->n / sum;
    return SIM_OK;
}

int mdl_shape_build(const struct mdl_arrivals_cfg *cfg,
    const struct mdl_data_source *data, struct sim_arena *arena,
    struct mdl_shape *out, struct sim_err *err)
{
    const bool sine = cfg->daily.has_sine;
    struct factors f;
    const int rc = read_factors(cfg, data, arena, &f, err);

    if (rc != SIM_OK)
        return rc;
    /* a knot a minute where something changes by the minute */
    *out = (struct mdl_shape){
        .n = sine || f.n_day > 168 || f.n_week > 168 ? MDL_WEEK_KNOTS : 168};
    out->step_s = WEEK_S / out->n;
    out->phase_s = out->step_s / 2;
    out->knot = sim_arena_calloc(arena, (size_t)out->n, sizeof *out->knot);
    if (out->knot == NULL)
        return sim_err_set(err, SIM_E_NOMEM, "out of memory");
    for (int i = 0; i < out->n; i++) {
        const double hour = (i + 0.5) * 168.0 / out->n;
        out->knot[i] = step_at(f.day, f.n_day, hour);
        if (f.n_week > 0)
            out->knot[i] *= step_at(f.week, f.n_week, hour);
        if (sine)
            out->knot[i] *= sine_at(&cfg->daily.sine, hour);
    }
    return normalise(out, err);
}

/* ---- rate --------------------------------------------------------------- */

/* One linear piece of lambda: value and slope at t, and the piece's end. */
struct piece {
    double value, slope, end_s;
};

double mdl_growth(const struct mdl_rate *rate, double t_s)
{
    const double month = t_s > 0.0 ? floor(t_s / MONTH_S) : 0.0;

    if (rate->growth_per_yr == 0.0)
        return 1.0;
    return sim_pow(1.0 + rate->growth_per_yr, month / 12.0) / rate->growth_norm;
}

static struct piece piece_at(const struct mdl_rate *rate, double t_s)
{
    const struct mdl_shape *shape = rate->shape;
    const double scale = rate->base_per_s * mdl_growth(rate, t_s);
    const double pos = (t_s + rate->offset_s - shape->phase_s) / shape->step_s;
    const double cell = floor(pos), frac = pos - cell;
    const double month = t_s >= 0.0 ? floor(t_s / MONTH_S) : -1.0;
    const double month_end = (month + 1.0) * MONTH_S;
    const double wrap = floor(cell / shape->n) * shape->n;
    const int i = (int)(cell - wrap);
    const double v0 = shape->knot[i];
    const double v1 = shape->knot[i + 1 < shape->n ? i + 1 : 0];
    struct piece p;

    p.value = scale * (v0 + frac * (v1 - v0));
    p.slope = scale * (v1 - v0) / shape->step_s;
    p.end_s = (cell + 1.0) * shape->step_s + shape->phase_s - rate->offset_s;
    if (month_end < p.end_s)
        p.end_s = month_end;
    /* rounding of the two divisions must not leave an empty piece */
    if (!(p.end_s > t_s))
        p.end_s = nextafter(t_s, INFINITY);
    return p;
}

double mdl_rate_at(const struct mdl_rate *rate, double t_s)
{
    return piece_at(rate, t_s).value;
}

double mdl_rate_integral(const struct mdl_rate *rate, double a_s, double b_s)
{
    double sum = 0.0;

    for (double t = a_s; t < b_s;) {
        const struct piece p = piece_at(rate, t);
        const double end = p.end_s < b_s ? p.end_s : b_s;
        const double dt = end - t;
        sum += dt * (p.value + 0.5 * p.slope * dt);
        t = end;
    }
    return sum;
}

/* ---- Cox ---------------------------------------------------------------- */

/* The factor of interval j is drawn from a stream of its own, keyed by j, so
 * every window and deployment that meets the interval sees the same factor. */
static double cox_factor(const struct mdl_cox *cox, int which, double interval)
{
    const struct sim_key key = {.seed = cox->seed,
        .replication = cox->replication,
        .entity = sim_entity_sub(cox->entity, (uint64_t)which),
        .purpose = SIM_FOR_RATE,
        .window = (uint64_t)(int64_t)interval};
    struct sim_stream stream;

    sim_stream_init(&stream, &key);
    return sim_dist_draw(cox->gamma[which], &stream);
}

/* Factor at horizon time t and the end of its interval. */
static double cox_at(const struct mdl_cox *cox, double t_s, double *end_s)
{
    double factor = 1.0;

    for (int i = 0; i < 2; i++) {
        const double j = floor(t_s / cox->interval_s[i]);
        const double end = (j + 1.0) * cox->interval_s[i];
        if (end < *end_s && end > t_s)
            *end_s = end;
        factor *= cox_factor(cox, i, j);
    }
    return factor;
}

/* ---- arrivals ----------------------------------------------------------- */

/* Scale a piece by the level of the MMPP's state; enter the next state when the
 * present one is over. */
static void mmpp_piece(struct mdl_arrivals *a, struct piece *p)
{
    const struct mdl_gap_law *law = a->law;

    while (a->seg_s >= a->state_end_s) {
        double sojourn;
        sim_stream_exponentials(&a->states, &sojourn, 1);
        a->state = (a->state + 1) % law->n_states;
        a->state_end_s += sojourn * law->sojourn_s[a->state];
    }
    p->value *= law->level[a->state];
    p->slope *= law->level[a->state];
}

static void next_piece(struct mdl_arrivals *a)
{
    const double t = a->origin_s + a->seg_s;
    const bool states = a->law != NULL && a->law->n_states > 0;
    struct piece p = piece_at(&a->rate, t);

    if (a->cox != NULL && a->cox->on) {
        const double factor = cox_at(a->cox, t, &p.end_s);
        p.value *= factor;
        p.slope *= factor;
    }
    if (states)
        mmpp_piece(a, &p);
    a->a = p.value > 0.0 ? p.value : 0.0;
    a->b = p.slope;
    a->seg_end_s = p.end_s - a->origin_s;
    /* exact, since states end in window time: years after the start the time
     * of the horizon has no place for so many digits */
    if (states && a->state_end_s < a->seg_end_s)
        a->seg_end_s = a->state_end_s;
    if (!(a->seg_end_s > a->seg_s))
        a->seg_end_s = nextafter(a->seg_s, INFINITY);
    a->done = 0.0;
}

void mdl_arrivals_start(struct mdl_arrivals *a, const struct mdl_rate *rate,
    const struct mdl_cox *cox, const struct sim_key *key, double origin_s,
    double from_s)
{
    a->rate = *rate;
    a->cox = cox;
    a->origin_s = origin_s;
    a->seg_s = from_s;
    a->used = a->filled = 0;
    a->law = NULL;
    a->pending = 0;
    sim_stream_init(&a->gaps, key);
    next_piece(a);
    a->carry = -1.0;
}

static void draw_gaps(struct mdl_arrivals *a)
{
    if (a->law == NULL || a->law->renewal == NULL) {
        sim_stream_exponentials(&a->gaps, a->gap, MDL_BLOCK);
        return;
    }
    sim_dist_fill(a->law->renewal, &a->gaps, a->gap, MDL_BLOCK);
    for (int i = 0; i < MDL_BLOCK; i++)
        a->gap[i] *= a->law->scale;
}

static double next_gap(struct mdl_arrivals *a)
{
    if (a->used == a->filled) {
        draw_gaps(a);
        a->used = 0;
        a->filled = MDL_BLOCK;
    }
    return a->gap[a->used++];
}

/* A renewal process in its steady state: it has run for many mean gaps, up to a
 * point that is anywhere in one. */
static void renewal_start(struct mdl_arrivals *a)
{
    const double upto = 128.0 + sim_stream_uniform(&a->states);
    double sum = 0.0;

    while (sum <= upto)
        sum += next_gap(a);
    a->carry = sum - upto;
}

void mdl_arrivals_law(struct mdl_arrivals *a, const struct mdl_gap_law *law,
    const struct sim_key *key, bool steady)
{
    double total = 0.0, u;
    struct sim_key states = *key;

    a->law = law;
    states.purpose = SIM_FOR_RATE;
    sim_stream_init(&a->states, &states);
    if (law->renewal != NULL && steady)
        renewal_start(a);
    if (law->n_states == 0)
        return;
    /* a stationary start: the state by its share of time, the rest of the
     * sojourn exponential again */
    for (int i = 0; i < law->n_states; i++)
        total += law->sojourn_s[i];
    u = sim_stream_uniform(&a->states) * total;
    a->state = 0;
    while (a->state < law->n_states - 1 && u >= law->sojourn_s[a->state])
        u -= law->sojourn_s[a->state++];
    sim_stream_exponentials(&a->states, &a->state_end_s, 1);
    a->state_end_s = a->seg_s + a->state_end_s * law->sojourn_s[a->state];
    next_piece(a);
}

int mdl_arrivals_fill(struct mdl_arrivals *a, double until_s, double *t, int n)
{
    int count = 0;

    while (count < n) {
        if (a->pending > 0) {
            a->pending--;
            t[count++] = a->pending_s;
            continue;
        }
        const double len = a->seg_end_s - a->seg_s;
        const double area = len * (a->a + 0.5 * a->b * len);
        if (a->carry < 0.0)
            a->carry =
                next_gap(a) * (a->law != NULL ? a->law->batch_mean : 1.0);
        const double y = a->done + a->carry;
        if (y >= area) {
            if (a->seg_end_s >= until_s)
                return count; /* the next arrival is not before until_s */
            a->carry = y - area;
            a->seg_s = a->seg_end_s;
            next_piece(a);
            continue;
        }
        /* the root of a x + b x^2/2 = y, in the form without cancellation */
        const double root = sqrt(fmax(a->a * a->a + 2.0 * a->b * y, 0.0));
        const double at = a->seg_s + 2.0 * y / (a->a + root);
        if (at >= until_s)
            return count; /* carry stays: the same arrival comes next time */
        a->done = y;
        a->carry = -1.0;
        t[count++] = at;
        if (a->law != NULL && a->law->batch != NULL)
            a->pending =
                mdl_batch_size(sim_dist_draw(a->law->batch, &a->states)) - 1;
        a->pending_s = at;
    }
    return count;
}
