/* The series that pilots fill.  Truth: the overlap of each stay with each bin,
 * summed one by one. */
#include "check_main.h"

#include <math.h>

#include "models/pilot.h"
#include "sim/rng.h"

static double overlap(double from, double to, double low, double high)
{
    const double a = from > low ? from : low, b = to < high ? to : high;

    return b > a ? b - a : 0.0;
}

START_TEST(series_of_stays)
{
    enum { STAYS = 300 };
    const struct sim_key key = {.seed = 1, .purpose = SIM_FOR_TEST};
    const double length_s = 640.0, bin_s = length_s / MDL_SERIES_BINS;
    double series[MDL_SERIES_CELLS] = {0}, exact[MDL_SERIES_BINS] = {0};
    struct sim_stream stream;

    sim_stream_init(&stream, &key);
    for (int i = 0; i < STAYS; i++) {
        /* short and long ones, also beyond the end, and none at all */
        const double from = length_s * sim_stream_uniform(&stream);
        const double to = i % 10 == 0 ? from
                                      : from + (i % 2 == 0 ? 0.3 : 200.0) *
                                                   sim_stream_uniform(&stream);
        mdl_series_step(series, length_s, from, 1.0);
        mdl_series_step(series, length_s, to, -1.0);
        for (int b = 0; b < MDL_SERIES_BINS; b++)
            exact[b] += overlap(from, to, b * bin_s, (b + 1) * bin_s) / bin_s;
    }
    double now = 0.0;
    for (int b = 0; b < MDL_SERIES_BINS; b++) {
        now += series[b];
        ck_assert_msg(fabs(now - exact[b]) < 1e-9, "bin %d: %.17g, not %.17g",
            b, now, exact[b]);
    }
}
END_TEST

/* At the edges of bins, at the end and past both ends. */
START_TEST(edges)
{
    double series[MDL_SERIES_CELLS] = {0};

    mdl_series_step(series, 2048.0, -5.0, 1.0); /* as if from 0 */
    mdl_series_step(series, 2048.0, 3.0, -1.0);
    mdl_series_step(series, 2048.0, 2047.25, 1.0);
    mdl_series_step(series, 2048.0, 2048.0, 1.0);
    mdl_series_step(series, 2048.0, 1e9, 1.0);
    ck_assert_double_eq(series[0], 1.0);
    ck_assert_double_eq(series[3], -1.0);
    ck_assert_double_eq(series[4], 0.0);
    ck_assert_double_eq(series[2047], 0.75);
    ck_assert_double_eq(series[2048], 2.25);
}
END_TEST

TEST_MAIN("models/pilot", series_of_stays, edges)
