/* The sample of windows against brute force and its inclusion probabilities. */
#include "check_main.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "models/windows.h"
#include "sim/alloc.h"
#include "sim/rng.h"

enum { MAX_CELLS = 50000, HOURS_5_YR = 5 * 8760 };

static const int64_t h = 3600000000000; /* [ns] */

static struct mdl_timeline quiet(int64_t horizon_h)
{
    return (struct mdl_timeline){.horizon_ns = horizon_h * h};
}

static struct mdl_sample sampled(const struct mdl_timeline *tl, int64_t count,
    double length_s, double lead_s, uint64_t replication)
{
    struct mdl_sample s;
    struct sim_err err = {0};
    ck_assert_int_eq(mdl_windows_sample(tl, count, length_s, lead_s, 11,
                         replication, &s, &err),
        SIM_OK);
    return s;
}

/* Increasing cells, strata as told by the timeline, weights that add up. */
static void sound(const struct mdl_sample *s, const struct mdl_timeline *tl,
    int64_t l_ns, int64_t lead_ns)
{
    double weight[MDL_N_STRATA] = {0};
    int n[MDL_N_STRATA] = {0};

    for (int i = 0; i < s->n; i++) {
        const struct mdl_window *w = &s->windows[i];
        const int64_t t0 = w->cell * l_ns;
        ck_assert(i == 0 || w->cell > w[-1].cell);
        ck_assert_int_eq(w->stratum,
            mdl_timeline_disturbed(tl, t0 - lead_ns, t0 + l_ns) ? MDL_DISTURBED
                                                                : MDL_NORMAL);
        weight[w->stratum] += w->weight;
        n[w->stratum]++;
    }
    ck_assert_int_eq(s->n_cells[0] + s->n_cells[1],
        mdl_windows_cells(tl->horizon_ns, (double)l_ns * 1e-9));
    for (int i = 0; i < MDL_N_STRATA; i++) {
        ck_assert_int_eq(n[i], s->n_sampled[i]);
        ck_assert_double_eq_tol(weight[i], (double)s->n_cells[i], 1e-6);
        ck_assert_int_eq(n[i] > 0, s->n_cells[i] > 0);
    }
}

START_TEST(cells)
{
    ck_assert_int_eq(mdl_windows_cells(HOURS_5_YR * h, 3600), HOURS_5_YR);
    ck_assert_int_eq(mdl_windows_cells(HOURS_5_YR * h, 900), 4 * HOURS_5_YR);
    ck_assert_int_eq(mdl_windows_cells(13 * h / 2, 3600), 6);
    ck_assert_int_eq(mdl_windows_cells(h / 2, 3600), 1);
}
END_TEST

/* Every cell is in with probability n0 / N, those of the 53rd week and of a
 * year cut short too.  468 cells, 20,000 replications: sd of a count is
 * sqrt(20000 p (1 - p)); the largest of 468 normal deviates stays under 5. */
START_TEST(equal_chances)
{
    enum { DAYS = 468, REPS = 20000, COUNT = 60, BASE = 48 };
    static int hits[DAYS];
    const struct mdl_timeline tl = quiet(DAYS * 24);
    const double p = (double)BASE / DAYS;

    memset(hits, 0, sizeof hits);
    for (int r = 0; r < REPS; r++) {
        struct mdl_sample s = sampled(&tl, COUNT, 86400, 0, (uint64_t)r);
        ck_assert_int_eq(s.n, BASE);
        ck_assert_double_eq(s.windows[0].weight, 1.0 / p);
        for (int i = 0; i < s.n; i++) {
            ck_assert(i == 0 || s.windows[i].cell > s.windows[i - 1].cell);
            hits[s.windows[i].cell]++;
        }
        mdl_sample_release(&s);
    }
    double chi2 = 0.0;
    for (int i = 0; i < DAYS; i++) {
        const double z = (hits[i] - REPS * p) / sqrt(REPS * p * (1 - p));
        ck_assert_double_lt(fabs(z), 5.0);
        chi2 += z * z;
    }
    /* systematic sampling makes the counts no more scattered than drawing
     * with chance: mean 468, sd 31 */
    ck_assert_double_lt(chi2, DAYS + 4 * 31);
}
END_TEST

/* 48 of five years of hours: 9 or 10 a year, and in a year one every 17.4
 * hours of the week (912.5 cells on the line of 52 or 53 a slot). */
START_TEST(even_spread)
{
    const struct mdl_timeline tl = quiet(HOURS_5_YR);
    int weeks[53] = {0};

    for (uint64_t r = 0; r < 200; r++) {
        bool slot[5][168] = {{false}};
        struct mdl_sample s = sampled(&tl, 60, 3600, 0, r);
        ck_assert_int_eq(s.n, 48);
        for (int i = 0; i < s.n; i++) {
            const int64_t c = s.windows[i].cell;
            ck_assert(!slot[c / 8760][c % 168]);
            slot[c / 8760][c % 168] = true;
            weeks[c % 8760 / 168]++;
        }
        for (int y = 0; y < 5; y++) {
            int n = 0, last = -1;
            for (int i = 0; i < 168; i++) {
                if (!slot[y][i])
                    continue;
                ck_assert(last < 0 || (i - last >= 17 && i - last <= 18));
                last = i;
                n++;
            }
            ck_assert(n == 9 || n == 10);
        }
        mdl_sample_release(&s);
    }
    /* 9,600 windows over 52.14 weeks: 184 a week, sd 13.4; the last week has
     * 24 of 168 hours */
    for (int w = 0; w < 52; w++)
        ck_assert_int_le(abs(weeks[w] - 184), 60);
    ck_assert_int_le(abs(weeks[52] - 26), 22);
}
END_TEST

/* ---- strata ---- */

/* Random disjoint intervals in random hours, some touching cell borders. */
static int intervals(
    struct sim_stream *stream, int64_t horizon_ns, struct mdl_tl_interval *d)
{
    int64_t t_ns = 0;
    int n = 0;

    for (;;) {
        int64_t gap = (int64_t)(sim_stream_uniform(stream) * 90 * (double)h);
        int64_t length = (int64_t)(sim_stream_uniform(stream) * 5 * (double)h);
        if (n % 3 == 0) {
            gap = (gap / h + 1) * h - t_ns % h;
            length = (length / h + 1) * h;
        }
        t_ns += gap + 1 - (n % 3 == 0);
        if (t_ns + length >= horizon_ns || n == 1000)
            return n;
        d[n++] = (struct mdl_tl_interval){t_ns, t_ns + length};
        t_ns += length + 1;
    }
}

/* The whole procedure of the manual, cell by cell: strata, top-up by the
 * smallest permanent random numbers, one normal cell at least. */
START_TEST(brute_force)
{
    static struct mdl_tl_interval list[1000];
    static bool base[MAX_CELLS], disturbed[MAX_CELLS];
    static const double leads_s[] = {0, 600, 3600, 21600};
    struct sim_stream stream;
    struct sim_key key = {1, 2, 3, SIM_FOR_TEST, 0};
    sim_stream_init(&stream, &key);

    for (uint64_t r = 0; r < 60; r++) {
        const int64_t hours = 300 + 137 * (int64_t)r, count = 10 + 3 * (int)r;
        const double lead_s = leads_s[r % 4], length_s = r % 3 ? 3600 : 1800;
        const int64_t l = (int64_t)(length_s * 1e9),
                      lead = (int64_t)(lead_s * 1e9);
        struct mdl_timeline calm = quiet(hours), tl = calm;
        tl.n_disturbed = intervals(&stream, tl.horizon_ns, list);
        tl.disturbed = list;
        struct mdl_sample b = sampled(&calm, count, length_s, lead_s, r);
        struct mdl_sample s = sampled(&tl, count, length_s, lead_s, r);
        sound(&s, &tl, l, lead);

        const int64_t n = mdl_windows_cells(tl.horizon_ns, length_s);
        int64_t n_disturbed = 0, in_base = 0;
        memset(base, 0, sizeof base);
        for (int i = 0; i < b.n; i++)
            base[b.windows[i].cell] = true;
        for (int64_t c = 0; c < n; c++) {
            disturbed[c] = mdl_timeline_disturbed(&tl, c * l - lead, c * l + l);
            n_disturbed += disturbed[c];
            in_base += disturbed[c] && base[c];
        }
        ck_assert_int_eq(s.n_cells[MDL_DISTURBED], n_disturbed);
        const int64_t n1 = (count + 4) / 5;
        int64_t want = n1 < n_disturbed ? n1 : n_disturbed;
        want = want > in_base ? want : in_base;
        ck_assert_int_eq(s.n_sampled[MDL_DISTURBED], want);

        /* what was added has smaller numbers than all that was not */
        const struct sim_key cell = {
            11, r, sim_entity("cell"), SIM_FOR_CELL, 0};
        double in = 0.0, out = 1.0;
        int next = 0;
        for (int64_t c = 0; c < n; c++) {
            const double u = sim_hash_uniform(&cell, (uint64_t)c);
            const bool taken = next < s.n && s.windows[next].cell == c;
            next += taken;
            ck_assert(taken || !base[c]);
            if (disturbed[c] && taken && !base[c])
                in = fmax(in, u);
            else if (disturbed[c] && !taken)
                out = fmin(out, u);
        }
        ck_assert_int_eq(next, s.n);
        ck_assert_double_lt(in, out);
        mdl_sample_release(&b);
        mdl_sample_release(&s);
    }
}
END_TEST

/* The lead-in, at its borders: [20 h, 21 h) disturbs cell 20 and, with a
 * lead of an hour, 21, whose lead-in starts at 20 h, but not 22. */
START_TEST(lead_in)
{
    struct mdl_tl_interval d = {20 * h, 21 * h};
    struct mdl_timeline tl = quiet(100);
    static const struct {
        double lead_s;
        int cells;
    } cases[] = {{0, 1}, {1, 2}, {3600, 2}, {3601, 3}};
    tl.disturbed = &d;
    tl.n_disturbed = 1;
    for (int i = 0; i < 4; i++) {
        struct mdl_sample s = sampled(&tl, 1000, 3600, cases[i].lead_s, 0);
        ck_assert_int_eq(s.n, 100);
        ck_assert_int_eq(s.n_cells[MDL_DISTURBED], cases[i].cells);
        ck_assert_int_eq(s.windows[20].stratum, MDL_DISTURBED);
        ck_assert_int_eq(s.windows[19].stratum, MDL_NORMAL);
        mdl_sample_release(&s);
    }
    /* disturbed from the start to beyond the last whole cell */
    d = (struct mdl_tl_interval){0, 100 * h};
    tl.horizon_ns += h / 2;
    struct mdl_sample s = sampled(&tl, 10, 3600, 60, 0);
    ck_assert_int_eq(s.n_cells[MDL_NORMAL], 0);
    ck_assert_int_eq(s.n, 8);
    mdl_sample_release(&s);
}
END_TEST

/* One cell of a stratum in 43,800 is always represented. */
START_TEST(lone_cell)
{
    struct mdl_tl_interval one = {700 * h, 701 * h};
    struct mdl_tl_interval two[] = {{0, 700 * h}, {701 * h, HOURS_5_YR * h}};
    struct mdl_timeline tl = quiet(HOURS_5_YR);

    for (uint64_t r = 0; r < 20; r++) {
        tl.disturbed = &one;
        tl.n_disturbed = 1;
        struct mdl_sample s = sampled(&tl, 60, 3600, 0, r);
        sound(&s, &tl, h, 0);
        ck_assert_int_eq(s.n_sampled[MDL_DISTURBED], 1);
        mdl_sample_release(&s);
        tl.disturbed = two;
        tl.n_disturbed = 2;
        s = sampled(&tl, 60, 3600, 0, r);
        sound(&s, &tl, h, 0);
        ck_assert_int_eq(s.n_sampled[MDL_NORMAL], 1);
        ck_assert_int_le(s.n, 61);
        mdl_sample_release(&s);
    }
}
END_TEST

/* Horizons shorter than a year, a week, a day, a cell; counts down to 1. */
START_TEST(short_horizons)
{
    struct mdl_tl_interval d = {h / 3, h / 2};

    for (int64_t hours = 1; hours < 400; hours += hours < 30 ? 1 : 17) {
        for (int64_t count = 1; count < 200; count = 2 * count + 3) {
            struct mdl_timeline tl = quiet(hours);
            for (int n = 0; n < 2; n++) {
                tl.disturbed = &d;
                tl.n_disturbed = n;
                struct mdl_sample s =
                    sampled(&tl, count, 3600, 1800, (uint64_t)count);
                sound(&s, &tl, h, h / 2);
                const int64_t base = count - (count + 4) / 5;
                if (hours <= base)
                    ck_assert_int_eq(s.n, hours);
                else
                    ck_assert(s.n >= base && s.n <= count + 1);
                mdl_sample_release(&s);
            }
        }
    }
    const struct mdl_timeline blink = {.horizon_ns = 5};
    struct mdl_sample s = sampled(&blink, 60, 86400, 60, 0);
    ck_assert(s.n == 1 && s.windows[0].cell == 0 && s.windows[0].weight == 1);
    mdl_sample_release(&s);
}
END_TEST

START_TEST(out_of_memory)
{
    struct mdl_tl_interval d = {0, 300 * h};
    struct mdl_timeline tl = quiet(8760);
    int rc = SIM_E_NOMEM, n = 0;

    tl.disturbed = &d;
    tl.n_disturbed = 1;
    while (rc != SIM_OK && n < 100) {
        struct mdl_sample s = {.n = -7};
        struct sim_err err = {0};
        sim_alloc_fail_at(++n, 0);
        /* 120 base windows, some 4 of them disturbed, 30 wanted */
        rc = mdl_windows_sample(&tl, 150, 3600, 0, 1, 0, &s, &err);
        sim_alloc_fail_at(0, 0);
        if (rc == SIM_OK) {
            mdl_sample_release(&s);
        } else {
            ck_assert_int_eq(rc, SIM_E_NOMEM);
            ck_assert_int_eq(s.n, -7);
            ck_assert_int_ne(err.text[0], 0);
        }
    }
    ck_assert_int_ge(n, 4);
    ck_assert_int_eq(rc, SIM_OK);
}
END_TEST

TEST_MAIN("models/windows", cells, equal_chances, even_spread, brute_force,
    lead_in, lone_cell, short_horizons, out_of_memory)
