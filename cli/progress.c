#include "cli/progress.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "sim/units.h"

#define PERIOD_S 0.1

enum { BAR = 20, QUARTERS = 4 };

double cli_now_s(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

void cli_progress_init(struct cli_progress *progress,
    const struct cli_options *options, const struct mdl_run_cfg *cfg)
{
    const struct mdl_replications_cfg *reps = &cfg->simulate.replications;
    const bool terminal = isatty(STDERR_FILENO);
    const double now = cli_now_s();

    *progress = (struct cli_progress){.name = cfg->name,
        .total = reps->number >= 1             ? reps->number
                 : cfg->simulate.has_precision ? reps->max
                                               : reps->min,
        .at_most = reps->number < 1 && cfg->simulate.has_precision,
        .start_s = now,
        .last_s = -HUGE_VAL,
        .last_quarter = -1};
    progress->off = options->progress == CLI_NEVER ||
                    (options->quiet && options->progress == CLI_AUTO);
    progress->json = !progress->off && options->progress == CLI_AS_JSON;
    progress->line = !progress->off && !progress->json &&
                     (terminal || options->progress == CLI_ALWAYS);
}

/* Share of the work done.  Pieces of a batch cover all its replications; how
 * many batches follow is known from the total alone. */
static double share_done(
    struct cli_progress *progress, const struct mdl_progress *p)
{
    if (p->replications != progress->batch) {
        progress->before = progress->batch;
        progress->batch = p->replications;
    }
    const double batch = (double)(progress->batch - progress->before);
    const double done =
        (double)progress->before +
        (p->pieces > 0 ? batch * (double)p->piece / (double)p->pieces : 0.0);
    return progress->total > 0 ? fmin(done / (double)progress->total, 1.0)
                               : 1.0;
}

static void print_json(const struct cli_progress *progress,
    const struct mdl_progress *p, double share, double elapsed_s)
{
    struct sim_text text = {0};

    sim_text_add(&text, "{\"scenario\": \"");
    sim_text_add_json(&text, progress->name);
    sim_text_printf(&text,
        "\", \"stage\": \"%s\", \"done\": %.4f, \"replications\": %" PRId64
        ", \"requests\": %" PRId64 ", \"elapsed_s\": %.1f}\n",
        p->stage, share, progress->total, p->requests, elapsed_s);
    cli_print_remark(&text);
    sim_text_release(&text);
}

static void print_line(struct cli_progress *progress,
    const struct mdl_progress *p, double share, double elapsed_s)
{
    const int64_t rep = (int64_t)(share * (double)progress->total);
    const int filled = (int)(share * BAR);
    char bar[BAR + 1], eta[32] = "";

    for (int i = 0; i < BAR; i++)
        bar[i] = i < filled ? '#' : '-';
    bar[BAR] = '\0';
    /* a guess from less than a second is worth nothing */
    if (share > 0.0 && elapsed_s > 1.0) {
        const double left_s = elapsed_s * (1.0 - share) / share;
        if (left_s < 100.0 * SIM_S_PER_H)
            snprintf(eta, sizeof eta, "  ETA %d:%02d",
                (int)(left_s / SIM_S_PER_MIN),
                (int)fmod(left_s, SIM_S_PER_MIN));
    }
    fprintf(stderr,
        "\r\033[K%s  rep %" PRId64 "/%s%" PRId64
        "  [%s]  %d %%  %.2f M requests%s",
        "run", rep, progress->at_most ? "<=" : "", progress->total, bar,
        (int)(share * 100.0), (double)p->requests / SIM_PER_MILLION, eta);
    fflush(stderr);
    progress->shown = true;
}

static void print_quarter(
    struct cli_progress *progress, double share, double now_s)
{
    const int quarter = (int)(share * QUARTERS);

    if (quarter <= progress->last_quarter ||
        (progress->last_quarter >= 0 && quarter < QUARTERS &&
            now_s - progress->last_s < SIM_S_PER_MIN))
        return;
    fprintf(stderr, "run %s: %d %%, %.0f s\n", progress->name,
        quarter * 100 / QUARTERS, now_s - progress->start_s);
    progress->last_quarter = quarter;
    progress->last_s = now_s;
}

void cli_progress_step(
    struct cli_progress *progress, const struct mdl_progress *p)
{
    if (progress->off)
        return;
    progress->requests = p->requests;
    const double now_s = cli_now_s();
    const double share = share_done(progress, p);
    if (!progress->line && !progress->json) {
        print_quarter(progress, share, now_s);
        return;
    }
    if (now_s - progress->last_s < PERIOD_S)
        return;
    progress->last_s = now_s;
    if (progress->json)
        print_json(progress, p, share, now_s - progress->start_s);
    else
        print_line(progress, p, share, now_s - progress->start_s);
}

void cli_progress_end(struct cli_progress *progress, bool complete)
{
    if (progress->shown)
        fputs("\r\033[K", stderr);
    progress->shown = false;
    if (progress->off || progress->line || !complete)
        return;
    if (progress->json)
        print_json(progress,
            &(struct mdl_progress){
                .stage = "done", .requests = progress->requests},
            1.0, cli_now_s() - progress->start_s);
    else
        print_quarter(progress, 1.0, cli_now_s());
}
