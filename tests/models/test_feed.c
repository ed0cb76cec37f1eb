/* The feed of a window.  Truth: the rules on streams and order - requests
 * belong to users and windows, not to deployments, lead-ins or the size of a
 * pull - and Poisson counts at the rate of each source. */
#include "models/feed.h"
#include "models/plan_fixture.h"

#include <unistd.h>

enum { MOST = 60000 };

struct log {
    struct sim_request r[MOST];
    int n;
};

/* Pull all of a window, `chunk` at a time. */
static void pull_all(
    const struct mdl_feed_cfg *cfg, size_t chunk, struct log *log)
{
    struct mdl_feed *feed = NULL;
    struct sim_err err = {0};
    size_t count = 1;

    ck_assert_int_eq(mdl_feed_create(cfg, &feed, &err), SIM_OK);
    log->n = 0;
    while (count > 0) {
        ck_assert_int_le(log->n + (int)chunk, MOST);
        ck_assert_int_eq(
            mdl_feed_pull(feed, log->r + log->n, chunk, &count, &err), SIM_OK);
        log->n += (int)count;
    }
    mdl_feed_destroy(feed);
}

/* Three users, two classes, two deployments of different networks. */
static void three_by_two(struct fix *f)
{
    static const double far_[] = {0, 60}, near_[] = {0, 3};

    fix_begin(f);
    f->cfg.arrivals.rate_per_s = 8.0; /* by 8: shares cost no rounding */
    fix_user(f, "a", 0, 0, 6)->utc_offset_h = -5;
    fix_user(f, "b", 0, 5, 1)->utc_offset_h = 3;
    fix_user(f, "c", 9, 9, 1)->access = MDL_ACCESS_WIFI;
    fix_class(f, "x", 0.7, 0.1);
    fix_class(f, "y", 0.3, 0.2);
    f->cfg.arrivals.daily.has_sine = true;
    f->cfg.arrivals.daily.sine = (struct mdl_sine_cfg){0.8, 12};
    for (int i = 0; i < 2; i++) {
        fix_dep(f, i == 0 ? "one" : "two");
        struct mdl_site_cfg *s = fix_site(f, "q", 100);
        s->has_network = true;
        s->at.coords = i == 0 ? near_ : far_;
        s->at.n_coords = 2;
        s->network.jitter_frac = i == 0 ? 0.1 : 0.0;
    }
    fix_plan(f);
}

static struct mdl_feed_cfg window_of(const struct fix *f, int dep)
{
    return (struct mdl_feed_cfg){.plan = f->plan,
        .dep = &f->plan->deps[dep],
        .replication = 3,
        .window = 500,
        .origin_s = 500 * 600.0,
        .lead_s = 0.0,
        .until_s = 600.0};
}

/* Same requests, as users send them? */
static bool same_sent(const struct sim_request *a, const struct sim_request *b)
{
    return a->send_s == b->send_s && a->work_s == b->work_s &&
           a->user == b->user && a->cls == b->cls && a->k == b->k;
}

static struct log log_a, log_b;

/* ---- order --------------------------------------------------------------- */

START_TEST(in_send_order)
{
    struct fix f;
    int64_t next[6] = {0};
    double last = -1.0;
    int wrong = 0;

    three_by_two(&f);
    struct mdl_feed_cfg cfg = window_of(&f, 0);
    cfg.until_s = 3600.0;
    pull_all(&cfg, 100, &log_a);
    ck_assert_int_gt(log_a.n, 1000);
    for (int i = 0; i < log_a.n; i++) {
        const struct sim_request *r = &log_a.r[i];
        wrong += r->send_s < last || r->send_s >= 3600.0 || !(r->work_s > 0.0);
        wrong += r->k != next[r->user * 2 + r->cls]++;
        last = r->send_s;
    }
    ck_assert_int_eq(wrong, 0);
    fix_end(&f);
}
END_TEST

/* Counts of each source against its integral, within 5 standard deviations;
 * mean work within 5 standard errors of an exponential's. */
START_TEST(rates_of_sources)
{
    struct fix f;
    double count[6] = {0}, work[6] = {0};

    three_by_two(&f);
    struct mdl_feed_cfg cfg = window_of(&f, 0);
    cfg.until_s = 3000.0;
    pull_all(&cfg, 256, &log_a);
    for (int i = 0; i < log_a.n; i++) {
        const int s = log_a.r[i].user * 2 + log_a.r[i].cls;
        count[s] += 1;
        work[s] += log_a.r[i].work_s;
    }
    for (int s = 0; s < 6; s++) {
        const struct mdl_rate rate = mdl_plan_rate(f.plan, s);
        const double mean =
            mdl_rate_integral(&rate, cfg.origin_s, cfg.origin_s + cfg.until_s);
        const double service = s % 2 == 0 ? 0.1 : 0.2;
        near_abs(count[s], mean, 5 * sqrt(mean));
        near_abs(work[s] / count[s], service, 5 * service / sqrt(count[s]));
    }
    fix_end(&f);
}
END_TEST

/* ---- common random numbers ----------------------------------------------- */

static int skip_lead(const struct log *log)
{
    int i = 0;

    while (i < log->n && log->r[i].send_s < 0.0)
        i++;
    return i;
}

/* Two deployments with different lead-ins and ends see the same requests. */
START_TEST(lead_in_changes_nothing)
{
    static const double leads[] = {0.0, 1.0, 77.7, 3000.0};
    struct fix f;

    three_by_two(&f);
    const struct mdl_feed_cfg base = window_of(&f, 0);
    pull_all(&base, 256, &log_a);
    ck_assert_int_gt(log_a.n, 500);
    for (size_t l = 0; l < sizeof leads / sizeof leads[0]; l++) {
        struct mdl_feed_cfg cfg = window_of(&f, 1);
        cfg.lead_s = leads[l];
        cfg.until_s = 601.5;
        pull_all(&cfg, 256, &log_b);
        const int first = skip_lead(&log_b);
        int wrong = 0;
        for (int i = 0; i < log_a.n; i++)
            wrong += !same_sent(&log_a.r[i], &log_b.r[first + i]);
        ck_assert_int_eq(wrong, 0);
        ck_assert(log_b.n == first + log_a.n ||
                  log_b.r[first + log_a.n].send_s >= 600.0);
        ck_assert(first == 0 || log_b.r[0].send_s >= -leads[l]);
        ck_assert_double_ge(first, leads[l] * 2 - 5 * sqrt(leads[l] * 2) - 2);
    }
    fix_end(&f);
}
END_TEST

/* Nor does the size of a pull; other windows and replications are others. */
START_TEST(pulls_windows_replications)
{
    static const size_t chunks[] = {1, 7, 255, 4096};
    struct fix f;

    three_by_two(&f);
    struct mdl_feed_cfg cfg = window_of(&f, 0);
    cfg.lead_s = 60.0;
    pull_all(&cfg, 256, &log_a);
    for (size_t c = 0; c < 4; c++) {
        pull_all(&cfg, chunks[c], &log_b);
        ck_assert_int_eq(log_b.n, log_a.n);
        int wrong = 0;
        for (int i = 0; i < log_a.n; i++)
            wrong += !same_sent(&log_a.r[i], &log_b.r[i]) ||
                     memcmp(log_a.r[i].aux, log_b.r[i].aux,
                         sizeof log_a.r[i].aux) != 0;
        ck_assert_int_eq(wrong, 0);
    }
    for (int k = 0; k < 2; k++) {
        int same = 0;
        struct mdl_feed_cfg other = cfg;
        other.window += (uint64_t)(k == 0);
        other.replication += (uint64_t)(k == 1);
        pull_all(&other, 256, &log_b);
        for (int i = 0; i < log_a.n && i < log_b.n; i++)
            same += log_a.r[i].send_s == log_b.r[i].send_s ||
                    log_a.r[i].work_s == log_b.r[i].work_s;
        ck_assert_int_eq(same, 0);
    }
    fix_end(&f);
}
END_TEST

/* A user's requests do not depend on who else there is. */
START_TEST(users_are_their_own)
{
    struct fix f;
    int n = 0, wrong = 0;

    three_by_two(&f);
    struct mdl_feed_cfg cfg = window_of(&f, 0);
    pull_all(&cfg, 256, &log_a);
    fix_end(&f);

    three_by_two(&f);
    mdl_plan_destroy(f.plan);
    f.users[0].weight = 0; /* a falls silent, c goes */
    f.cfg.users.n_list = 2;
    f.cfg.arrivals.rate_per_s = 1.0; /* so that b's own rate stays */
    fix_plan(&f);
    cfg = window_of(&f, 0);
    pull_all(&cfg, 256, &log_b);
    for (int i = 0; i < log_a.n; i++) {
        if (log_a.r[i].user == 1)
            wrong += n >= log_b.n || !same_sent(&log_a.r[i], &log_b.r[n++]);
    }
    ck_assert_int_eq(wrong, 0);
    ck_assert_int_eq(n, log_b.n);
    ck_assert_int_gt(n, 50);
    fix_end(&f);
}
END_TEST

/* ---- marks --------------------------------------------------------------- */

START_TEST(jitter_and_access)
{
    struct fix f;
    double sum = 0.0, sum2 = 0.0, access = 0.0;
    int n = 0, wrong = 0;

    three_by_two(&f);
    struct mdl_feed_cfg cfg = window_of(&f, 0);
    cfg.until_s = 3600;
    pull_all(&cfg, 256, &log_a);
    for (int i = 0; i < log_a.n; i++) {
        const struct sim_request *r = &log_a.r[i];
        const double z = log(r->aux[MDL_AUX_JITTER]) / 0.1;
        sum += z;
        sum2 += z * z;
        if (r->user == 2) {
            access += r->aux[MDL_AUX_ACCESS] > 0.0 ? 1 : 0;
            n++;
        } else {
            wrong += r->aux[MDL_AUX_ACCESS] != 0.0;
        }
    }
    near_abs(sum / log_a.n, 0.0, 5 / sqrt(log_a.n));
    near_abs(sum2 / log_a.n, 1.0, 5 * sqrt(2.0 / log_a.n));
    ck_assert(n > 100 && access == n && wrong == 0);
    /* without jitter nothing is drawn */
    cfg = window_of(&f, 1);
    pull_all(&cfg, 256, &log_b);
    for (int i = 0; i < log_b.n; i++)
        wrong += log_b.r[i].aux[MDL_AUX_JITTER] != 1.0;
    ck_assert_int_eq(wrong, 0);
    fix_end(&f);
}
END_TEST

START_TEST(deflation_shrinks_work)
{
    struct fix f;
    int wrong = 0;

    three_by_two(&f);
    struct mdl_feed_cfg cfg = window_of(&f, 0);
    cfg.origin_s = 6.5 * 730 * 3600;
    pull_all(&cfg, 256, &log_a);
    f.cfg.deflation.halving_month = 3;
    pull_all(&cfg, 256, &log_b);
    ck_assert_int_eq(log_a.n, log_b.n);
    for (int i = 0; i < log_a.n; i++)
        wrong += fabs(log_b.r[i].work_s / log_a.r[i].work_s - 0.25) > 1e-14;
    ck_assert_int_eq(wrong, 0);
    fix_end(&f);
}
END_TEST

/* ---- the end ------------------------------------------------------------- */

START_TEST(until)
{
    struct fix f;
    struct mdl_feed *feed = NULL;
    struct sim_request r[64];
    struct sim_err err = {0};
    size_t count;
    double end, last = 0.0;

    three_by_two(&f);
    struct mdl_feed_cfg cfg = window_of(&f, 0);
    cfg.until_s = INFINITY;
    ck_assert_int_eq(mdl_feed_create(&cfg, &feed, &err), SIM_OK);
    ck_assert_int_eq(mdl_feed_pull(feed, r, 64, &count, &err), SIM_OK);
    ck_assert_uint_gt(count, 0);
    end = r[count - 1].send_s + 30.0;
    mdl_feed_until(feed, end);
    while (count > 0) {
        last = r[count - 1].send_s;
        ck_assert_int_eq(mdl_feed_pull(feed, r, 64, &count, &err), SIM_OK);
    }
    ck_assert(last < end && last > end - 10.0);
    ck_assert_int_eq(mdl_feed_pull(feed, r, 64, &count, &err), SIM_OK);
    ck_assert_uint_eq(count, 0);
    mdl_feed_destroy(feed);
    mdl_feed_destroy(NULL);
    fix_end(&f);
}
END_TEST

/* ---- traces -------------------------------------------------------------- */

enum { ROWS = 20000 };

static void write_trace(char *path)
{
    const int fd = mkstemp(path);
    FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;

    ck_assert_ptr_nonnull(file);
    fputs("t_s,input_tokens,output_tokens\n", file);
    for (int i = 0; i < ROWS; i++) /* pairs of equal times */
        fprintf(file, "%d.25,%d,%d\n", i / 2, i, i % 10);
    fclose(file);
}

/* Rows in order, work from their own tokens, users dealt by weight. */
START_TEST(trace)
{
    char path[] = "/tmp/sitesim-trace-XXXXXX";
    struct fix f;
    double user[3] = {0};
    int wrong = 0;

    write_trace(path);
    fix_begin(&f);
    fix_user(&f, "a", 0, 0, 5);
    fix_user(&f, "b", 0, 0, 3);
    fix_user(&f, "c", 0, 0, 2);
    struct mdl_class_cfg *c = fix_class(&f, "t", 1, 0.1);
    c->service_s = NULL;
    c->has_token_time = true;
    c->token_time = (struct mdl_token_time_cfg){7, 0.5, 3};
    c->has_tokens = true;
    c->tokens.like = "trace";
    f.cfg.arrivals.rate_per_s = NAN;
    f.cfg.arrivals.process.has_trace = true;
    f.cfg.arrivals.process.trace = (struct mdl_trace_cfg){
        .file = path, .scale = 1, .origin = MDL_TRACE_ZERO};
    f.cfg.simulate.duration_s = 20000;
    fix_dep(&f, "d");
    fix_site(&f, "q", 1);
    fix_plan(&f);
    struct mdl_feed_cfg cfg = {.plan = f.plan,
        .dep = &f.plan->deps[0],
        .origin_s = 1000.0,
        .lead_s = 1000.0,
        .until_s = INFINITY};
    pull_all(&cfg, 256, &log_a);
    ck_assert_int_eq(log_a.n, ROWS);
    /* equal times come in the order of users: compare as pairs */
    for (int i = 0; i < ROWS; i += 2) {
        double work = 0.0;
        for (int k = i; k < i + 2; k++) {
            wrong += log_a.r[k].send_s != i / 2 + 0.25 - 1000.0;
            work += log_a.r[k].work_s;
            user[log_a.r[k].user] += 1;
        }
        const double want =
            14e-3 + 0.5e-3 * (2 * i + 1) + 3e-3 * (i % 10 + (i + 1) % 10);
        wrong += fabs(work - want) > 1e-9 * want;
    }
    ck_assert_int_eq(wrong, 0);
    for (int u = 0; u < 3; u++) {
        const double p = f.plan->users[u].share;
        near_abs(user[u] / ROWS, p, 5 * sqrt(p * (1 - p) / ROWS));
    }
    near_rel(f.plan->classes[0].rate_per_s, 2.0, 1e-3);
    cfg.lead_s = 500.0;
    cfg.origin_s = 500.0;
    cfg.until_s = 10.0;
    pull_all(&cfg, 3, &log_b);
    ck_assert_int_eq(log_b.n, 1020);
    fix_end(&f);
    unlink(path);
}
END_TEST

/* A class that replays `path` in a loop, three users; nothing planned yet. */
static struct mdl_class_cfg *replayed(struct fix *f, const char *path)
{
    fix_begin(f);
    fix_user(f, "a", 0, 0, 5);
    fix_user(f, "b", 0, 0, 3);
    fix_user(f, "c", 0, 0, 2);
    struct mdl_class_cfg *c = fix_class(f, "t", 1, 0.1);
    f->cfg.arrivals.rate_per_s = NAN;
    f->cfg.arrivals.process.has_trace = true;
    f->cfg.arrivals.process.trace = (struct mdl_trace_cfg){.file = path,
        .scale = 1,
        .loop = true,
        .shift_s = 25.5,
        .period_s = 100};
    f->cfg.simulate.duration_s = 2000;
    fix_dep(f, "d");
    fix_site(f, "q", 1);
    return c;
}

/* Users and work as recorded, in every round, for two readers at once. */
START_TEST(trace_of_users)
{
    char path[] = "/tmp/sitesim-trace-XXXXXX";
    struct fix f;
    struct mdl_feed *feed[2] = {NULL, NULL};
    struct sim_dist *traced = NULL;
    int wrong = 0;
    FILE *file = fdopen(mkstemp(path), "w");

    ck_assert_ptr_nonnull(file);
    fputs("t_s,service_s,user\n", file);
    for (int i = 0; i < 100; i++)
        fprintf(file, "%d,%g,%c\n", 50 + i, 0.001 * i, "cbaac"[i % 5]);
    fclose(file);
    struct mdl_class_cfg *c = replayed(&f, path);
    ck_assert_int_eq(sim_dist_traced(&f.arena, &traced, NULL), SIM_OK);
    c->service_s = traced;
    f.cfg.deflation.halving_month = 1e9; /* a factor of 1 in month 0 */
    fix_plan(&f);
    near_rel(f.plan->classes[0].mean_work_s, 0.0495, 1e-12);
    near_rel(f.plan->classes[0].rate_per_s, 1.0, 1e-12);
    near_rel(f.plan->sources[0].base_per_s, 0.4, 1e-12);
    near_rel(f.plan->sources[1].base_per_s, 0.2, 1e-12);
    near_rel(f.plan->sources[2].base_per_s, 0.4, 1e-12);
    const struct mdl_feed_cfg cfg = {
        .plan = f.plan, .dep = &f.plan->deps[0], .until_s = 1000.0};
    for (int k = 0; k < 2; k++)
        ck_assert_int_eq(mdl_feed_create(&cfg, &feed[k], &f.err), SIM_OK);
    for (int i = 0; i < 1000; i++) {
        const int row = (26 + i) % 100; /* the first one at or after 25.5 s */
        struct sim_request r[2];
        size_t n = 0;
        for (int k = 0; k < 2; k++) {
            ck_assert_int_eq(
                mdl_feed_pull(feed[k], &r[k], 1, &n, &f.err), SIM_OK);
            ck_assert_uint_eq(n, 1);
        }
        wrong += r[0].send_s != i + 0.5 || !same_sent(&r[0], &r[1]);
        wrong += fabs(r[0].work_s - 0.001 * row) > 1e-15;
        wrong += "abc"[r[0].user] != "cbaac"[row % 5];
    }
    ck_assert_int_eq(wrong, 0);
    /* further attempts: all is drawn anew but the work */
    struct sim_request again = {.work_s = 0.7, .user = 1};
    mdl_feed_draw(feed[0], 1, 5, &again);
    ck_assert_double_eq(again.work_s, 0.7);
    ck_assert_double_eq(again.aux[MDL_AUX_JITTER], 1.0);
    mdl_feed_destroy(feed[0]);
    mdl_feed_destroy(feed[1]);
    fix_end(&f);
    unlink(path);
}
END_TEST

/* Input as recorded, output of a law of its own. */
START_TEST(half_recorded)
{
    char path[] = "/tmp/sitesim-trace-XXXXXX";
    struct fix f;
    struct sim_dist *traced = NULL;
    int wrong = 0, high = 0;
    FILE *file = fdopen(mkstemp(path), "w");

    ck_assert_ptr_nonnull(file);
    fputs("t_s,input_tokens\n", file);
    for (int i = 0; i < 100; i++)
        fprintf(file, "%d,%d\n", i, i);
    fclose(file);
    struct mdl_class_cfg *c = replayed(&f, path);
    ck_assert_int_eq(sim_dist_traced(&f.arena, &traced, NULL), SIM_OK);
    c->service_s = NULL;
    c->has_token_time = true;
    c->token_time = (struct mdl_token_time_cfg){1, 2, 1000};
    c->has_tokens = true;
    c->tokens.input_tok = traced;
    struct sim_dist *coin = NULL;
    ck_assert_int_eq(
        sim_dist_empirical((double[]){1, 3}, 2, &f.arena, &coin, NULL), SIM_OK);
    c->tokens.output_tok = coin;
    f.cfg.arrivals.process.trace.shift_s = 0.0;
    fix_plan(&f);
    near_rel(f.plan->classes[0].mean_work_s, 0.001 + 0.099 + 2.0, 1e-12);
    near_rel(f.plan->classes[0].mean_input_tok, 49.5, 1e-12);
    near_rel(f.plan->classes[0].mean_output_tok, 2.0, 1e-12);
    const struct mdl_feed_cfg cfg = {
        .plan = f.plan, .dep = &f.plan->deps[0], .until_s = 10000.0};
    pull_all(&cfg, 256, &log_a);
    ck_assert_int_eq(log_a.n, 10000);
    for (int i = 0; i < log_a.n; i++) {
        const double rest = log_a.r[i].work_s - 0.001 - 0.002 * (i % 100);
        wrong += fabs(rest - 1) > 1e-9 && fabs(rest - 3) > 1e-9;
        high += rest > 2;
    }
    ck_assert_int_eq(wrong, 0);
    near_abs(high, 5000, 5 * 50);
    fix_end(&f);
    unlink(path);
}
END_TEST

/* Work of resampled rows: from their tokens, and from their own column. */
START_TEST(resampled_work)
{
    char path[] = "/tmp/sitesim-pairs-XXXXXX";
    struct fix f;
    struct sim_dist *paired = NULL;
    int wrong = 0;
    FILE *file = fdopen(mkstemp(path), "w");

    ck_assert_ptr_nonnull(file);
    fputs("input_tokens,output_tokens,service_s\n"
          "100,1,0.125\n200,7,0.25\n400,3,0.75\n",
        file);
    fclose(file);
    fix_begin(&f);
    struct mdl_class_cfg *c = fix_class(&f, "x", 0.5, 0.1);
    struct mdl_class_cfg *d = fix_class(&f, "y", 0.5, 0.1);
    c->service_s = NULL;
    c->has_token_time = true;
    c->token_time = (struct mdl_token_time_cfg){0, 1, 100};
    ck_assert_int_eq(sim_dist_paired(&f.arena, &paired, NULL), SIM_OK);
    d->service_s = paired;
    c->has_tokens = d->has_tokens = true;
    c->tokens.has_pairs = d->tokens.has_pairs = true;
    c->tokens.pairs.file = d->tokens.pairs.file = path;
    fix_dep(&f, "d");
    fix_site(&f, "q", 1);
    fix_plan(&f);
    near_rel(f.plan->classes[0].mean_work_s, (0.2 + 0.9 + 0.7) / 3, 1e-12);
    near_rel(f.plan->classes[1].mean_work_s, 1.125 / 3, 1e-12);
    near_rel(f.plan->classes[1].mean_output_tok, 11 / 3.0, 1e-12);
    const struct mdl_feed_cfg cfg = {
        .plan = f.plan, .dep = &f.plan->deps[0], .until_s = 1000.0};
    pull_all(&cfg, 256, &log_a);
    ck_assert_int_gt(log_a.n, 9000);
    for (int i = 0; i < log_a.n; i++) {
        const double w = log_a.r[i].work_s;
        wrong += log_a.r[i].cls == 0
                     ? fabs(w - 0.2) > 1e-12 && fabs(w - 0.9) > 1e-12 &&
                           fabs(w - 0.7) > 1e-12
                     : w != 0.125 && w != 0.25 && w != 0.75;
    }
    ck_assert_int_eq(wrong, 0);
    fix_end(&f);
    unlink(path);
}
END_TEST

TEST_MAIN("models/feed", in_send_order, rates_of_sources,
    lead_in_changes_nothing, pulls_windows_replications, users_are_their_own,
    jitter_and_access, deflation_shrinks_work, until, trace, trace_of_users,
    half_recorded, resampled_work)
