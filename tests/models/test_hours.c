/* The hourly layer.  Truth: energy of a constant load in closed form; for a
 * load that moves, the same sums worked out hour by hour from the manual's
 * formulas (rate integral, linear power, PUE at the hour's load); disturbed
 * time counted in cells by hand; the rule on which cell of (year, stratum, hour
 * of the day) stands in for one that saw nothing. */
#include "models/hours.h"
#include "models/plan_fixture.h"
#include "models/routing.h"
#include "models/results/ledger.h"
#include "sim/alloc.h"

enum { COLUMNS = 16 };

/* A deployment with its hours.  Ratios of the request level are set by hand: a
 * request of every source is served by its first choice with `work_s`. */
struct day {
    struct fix f;
    struct mdl_layout layout;
    struct mdl_pool pool;
    struct mdl_shares shares;
    struct mdl_entry_energy *energy;
    struct mdl_timeline tl;
    struct mdl_usage usage[FIX_SITES];
    struct mdl_entry_hours out[FIX_SITES];
    double lead_s;             /* of the strata */
    double loads[MDL_N_LOADS]; /* of the first entry, in every block */
};

/* One window's block with so many requests of a source. */
static void add_block_at(struct day *d, int source, int rank,
    struct mdl_when when, double offered, double served, double work_s)
{
    void *block = sim_calloc(1, d->layout.bytes);
    const size_t cell = (size_t)(source * d->layout.n_ranks + rank);

    ck_assert_ptr_nonnull(block);
    mdl_block_at(block, d->layout.offered)[source] = offered;
    mdl_block_at(block, d->layout.served)[cell] = served;
    mdl_block_at(block, d->layout.work)[cell] = work_s;
    memcpy(mdl_block_at(block, d->layout.loads), d->loads, sizeof d->loads);
    mdl_block_at(block,
        d->layout.counts)[d->layout.n_classes * MDL_N_COUNTS + MDL_SERVED] =
        served;
    mdl_pool_add(&d->pool, &d->layout, block, when, 2.0);
    sim_free(block);
}

static void add_block(struct day *d, int source, int rank, int year,
    int stratum, double offered, double served, double work_s)
{
    const struct mdl_when when = {.year = year, .stratum = stratum};

    add_block_at(d, source, rank, when, offered, served, work_s);
}

/* Plan what the fixture holds and prepare an empty pool. */
static void day_plan(struct day *d)
{
    struct sim_err err = {0};

    fix_plan(&d->f);
    mdl_layout_init(&d->layout, d->f.plan, &d->f.plan->deps[0]);
    ck_assert_int_eq(mdl_pool_init(&d->pool, d->f.plan, &d->f.plan->deps[0],
                         &d->layout, &err),
        SIM_OK);
}

static void day_run(struct day *d)
{
    const struct mdl_dep *dep = &d->f.plan->deps[0];
    struct sim_err err = {0};

    ck_assert_int_eq(mdl_shares_build(d->f.plan, dep, &d->layout, &d->pool, 0.0,
                         &d->f.arena, &d->shares, &err),
        SIM_OK);
    d->shares.lead_s = d->lead_s;
    ck_assert_int_eq(
        mdl_entry_energy_load(d->f.plan, dep, &d->f.arena, &d->energy, &err),
        SIM_OK);
    ck_assert_int_eq(mdl_timeline_draw(dep->tl, dep->n_members,
                         (int64_t)(d->f.cfg.horizon_yr * 8760 * 3600 * 1e9), 1,
                         0, &d->tl, &err),
        SIM_OK);
    for (int e = 0; e < dep->n_entries; e++)
        ck_assert_int_eq(
            mdl_usage_init(&d->usage[e], COLUMNS, &d->f.arena, &err), SIM_OK);
    ck_assert_int_eq(mdl_hours_run(d->f.plan, dep, &d->shares, d->energy,
                         &d->tl, RES_YEAR_END, d->usage, d->out, &err),
        SIM_OK);
}

static void day_end(struct day *d)
{
    mdl_timeline_release(&d->tl);
    mdl_pool_release(&d->pool);
    fix_end(&d->f);
}

/* Two servers of 100 to 300 W at a site of PUE 1.25, 10 requests/s of 50 ms:
 * a quarter busy. */
static struct mdl_site_cfg *small(struct day *d)
{
    memset(d, 0, sizeof *d);
    fix_begin(&d->f);
    fix_class(&d->f, "x", 1, 0.05)->response_size_bytes = 2e6;
    fix_dep(&d->f, "d");
    struct mdl_site_cfg *s = fix_site(&d->f, "q", 2);
    s->power.idle_w = 100;
    s->power.peak_w = 300;
    s->facility.pue.fixed_frac = 1.25;
    s->facility.wue_l_per_kwh = 1.8;
    s->energy.price.flat_usd_per_kwh = 0.1;
    s->energy.carbon.flat_kg_per_kwh = 0.4;
    s->energy.demand_usd_per_kw_month = 12;
    return s;
}

/* ---- constant load ------------------------------------------------------- */

START_TEST(constant_load)
{
    const double it_kw = 2 * (0.1 + 0.2 * 0.25), hours = 2 * 8760;
    struct day d;

    small(&d);
    day_plan(&d);
    add_block(&d, 0, 0, 0, MDL_NORMAL, 1000, 1000, 50);
    day_run(&d);
    near_rel(d.out[0].it_kwh, it_kw * hours, 1e-9);
    near_rel(d.out[0].site_kwh, 1.25 * it_kw * hours, 1e-9);
    near_rel(d.out[0].carbon_kg, 0.4 * 1.25 * it_kw * hours, 1e-9);
    near_rel(d.out[0].water_l, 1.8 * it_kw * hours, 1e-9);
    near_rel(d.out[0].peak_kw, 1.25 * it_kw, 1e-9);
    near_rel(d.out[0].bill_usd, 1.25 * it_kw * (0.1 * hours + 12 * 24), 1e-9);
    for (int h = 0; h < 24; h++)
        near_rel(d.out[0].hour_kw[h], 1.25 * it_kw, 1e-9);
    for (int k = 1; k <= 2; k++) {
        near_rel(d.usage[0].q[MDL_Q_IT_KWH][k], it_kw * 8760, 1e-9);
        near_rel(d.usage[0].q[MDL_Q_SITE_KWH][k], 1.25 * it_kw * 8760, 1e-9);
        near_rel(d.usage[0].q[MDL_Q_SERVED][k], 10.0 * 8760 * 3600, 1e-9);
        near_rel(
            d.usage[0].q[MDL_Q_BILLED_KW_MONTH][k], 12 * 1.25 * it_kw, 1e-9);
        near_rel(d.usage[0].q[MDL_Q_EGRESS_GB][k],
            10.0 * 8760 * 3600 * 2e6 / 1e9, 1e-9);
        near_rel(d.usage[0].q[MDL_Q_CAPACITY][k], 40.0 * 8760 * 3600, 1e-9);
        near_abs(d.usage[0].q[MDL_Q_SERVERS][k], 2, 0);
        near_abs(d.usage[0].q[MDL_Q_ENERGY_USD][k], 0, 0);
    }
    near_abs(d.usage[0].q[MDL_Q_IT_KWH][3], 0, 0);
    day_end(&d);
}
END_TEST

/* Beyond all slots power stays at its peak; with nothing to do it is idle. */
START_TEST(power_is_bounded)
{
    struct day d;

    small(&d)->queue.capacity = 4;
    day_plan(&d);
    add_block(&d, 0, 0, 0, MDL_NORMAL, 1000, 1000, 900);
    day_run(&d);
    near_rel(d.out[0].it_kwh, 0.6 * 2 * 8760, 1e-9);
    day_end(&d);

    small(&d);
    d.f.cfg.arrivals.rate_per_s = 0;
    day_plan(&d);
    day_run(&d);
    near_rel(d.out[0].it_kwh, 0.2 * 2 * 8760, 1e-9);
    day_end(&d);
}
END_TEST

/* ---- what slots do besides work ------------------------------------------ */

/* Batched requests bring no work; the slots were seen busy for 40 s with 1000
 * of them: 0.4 of two slots, also where work is deflated.  At higher loads
 * batches are fuller, but this load is not theirs: 14 is nearer to 16 than 20.
 */
START_TEST(busy_with_batches)
{
    struct mdl_when when = {.level = 14};
    struct day d;

    small(&d)->has_batching = true;
    d.f.cfg.deflation.halving_month = 20;
    day_plan(&d);
    d.loads[MDL_BUSY_S] = 40;
    add_block_at(&d, 0, 0, when, 1000, 1000, 0);
    d.loads[MDL_BUSY_S] = 10;
    when.level = 20;
    add_block_at(&d, 0, 0, when, 1000, 1000, 0);
    day_run(&d);
    near_rel(d.out[0].it_kwh, 2 * (0.1 + 0.2 * 0.2) * 2 * 8760, 1e-9);
    day_end(&d);
}
END_TEST

START_TEST(levels_of_load)
{
    static const struct {
        double rate;
        int level;
    } cases[] = {{0, 0}, {1e-9, 0}, {0.5, 12}, {0.99, 16}, {1, 16}, {1.01, 16},
        {1.19, 17}, {2, 20}, {1e9, MDL_N_LEVELS - 1}};

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        ck_assert_int_eq(mdl_load_level(7 * cases[i].rate, 7), cases[i].level);
    ck_assert_int_eq(mdl_load_level(7, 0), 0);
}
END_TEST

/* A quarter busy; the rest of the time a sixth idle, a half off and a third
 * booting. */
START_TEST(servers_that_switch_off)
{
    const double rest_kw = 0.1 / 6 + 0.01 / 2 + 0.25 / 3;
    struct day d;
    struct mdl_site_cfg *s = small(&d);

    s->has_power_off = true;
    s->power.off_w = 10;
    s->power.boot_w = 250;
    d.loads[MDL_IDLE_S] = 5;
    d.loads[MDL_OFF_S] = 15;
    d.loads[MDL_BOOT_S] = 10;
    day_plan(&d);
    add_block(&d, 0, 0, 0, MDL_NORMAL, 1000, 1000, 50);
    day_run(&d);
    near_rel(
        d.out[0].it_kwh, 2 * (0.25 * 0.3 + 0.75 * rest_kw) * 2 * 8760, 1e-9);
    day_end(&d);
}
END_TEST

/* ---- a load that moves --------------------------------------------------- */

/* Energy hour by hour: growth and deflation by month, the shape's mean over
 * each hour in the user's time, PUE at the hour's own load.  The PUE of a year
 * is energy over energy. */
START_TEST(moving_load)
{
    static const double hours[24] = {
        1, 1, 1, 2, 3, 5, 8, 9, 9, 9, 7, 5, 5, 7, 9, 9, 9, 6, 4, 3, 2, 2, 1, 1};
    struct day d;
    struct mdl_site_cfg *s = small(&d);
    double it = 0.0, site = 0.0, peak = 0.0, mean_pue = 0.0, billed = 0.0;
    double month_peak = 0.0;

    s->facility.pue = (struct mdl_pue_cfg){
        .fixed_frac = NAN, .a_frac = 0.2, .b_frac = 0.1, .c_frac = 0.05};
    d.f.cfg.start = 20819 + 31 + 28; /* March */
    d.f.cfg.arrivals.daily.hours = hours;
    d.f.cfg.arrivals.daily.n_hours = 24;
    d.f.cfg.arrivals.growth_per_yr = 0.6;
    d.f.cfg.deflation.halving_month = 20;
    fix_user(&d.f, "u", 0, 0, 1)->utc_offset_h = -8;
    day_plan(&d);
    add_block(&d, 0, 0, 0, MDL_NORMAL, 1000, 990, 49.5);
    add_block(&d, 0, 0, 1, MDL_NORMAL, 1000, 990, 49.5);
    day_run(&d);
    const struct mdl_rate rate = mdl_plan_rate(d.f.plan, 0);
    for (int h = 0; h < 2 * 8760; h++) {
        const int hour_of_year = (h + 59 * 24) % 8760;
        const double requests =
            mdl_rate_integral(&rate, h * 3600.0, (h + 1) * 3600.0) / 3600;
        const double busy = requests * 0.0495 * pow(2, -floor(h / 730.0) / 20);
        const double kw = 2 * (0.1 + 0.2 * fmin(1, busy / 2));
        const double u = kw / 0.6; /* contracted: two servers at peak */
        const double pue = 1 + 0.2 / u + 0.1 + 0.05 * u;
        if (hour_of_year % 24 == 0 && h > 0 &&
            mdl_month_of_day(hour_of_year / 24) !=
                mdl_month_of_day((hour_of_year + 8759) % 8760 / 24)) {
            billed += month_peak;
            month_peak = 0.0;
        }
        it += kw;
        site += kw * pue;
        mean_pue += pue / (2 * 8760);
        peak = fmax(peak, kw * pue);
        month_peak = fmax(month_peak, kw * pue);
    }
    billed += month_peak;
    near_rel(d.out[0].it_kwh, it, 1e-9);
    near_rel(d.out[0].site_kwh, site, 1e-9);
    near_rel(d.out[0].peak_kw, peak, 1e-9);
    near_rel(d.usage[0].q[MDL_Q_BILLED_KW_MONTH][1] +
                 d.usage[0].q[MDL_Q_BILLED_KW_MONTH][2],
        billed, 1e-9);
    /* the test can tell the two means apart */
    ck_assert_double_gt(fabs(mean_pue - site / it), 0.005);
    day_end(&d);
}
END_TEST

/* The bill follows the hours of a tariff: energy times price, hour by hour. */
START_TEST(hourly_prices)
{
    struct day d;
    struct mdl_site_cfg *s = small(&d);
    double bill = 0.0;

    s->energy.price.flat_usd_per_kwh = NAN;
    s->energy.demand_usd_per_kw_month = 0;
    s->energy.tariff = "pge-e19";
    d.f.cfg.horizon_yr = 1;
    day_plan(&d);
    add_block(&d, 0, 0, 0, MDL_NORMAL, 1000, 1000, 50);
    day_run(&d);
    ck_assert(d.energy[0].priced_by_hour);
    for (int h = 0; h < 8760; h++)
        bill += 1.25 * 0.3 * d.energy[0].price_usd_per_kwh[h];
    near_rel(d.usage[0].q[MDL_Q_ENERGY_USD][1], bill, 1e-9);
    for (int m = 0; m < 12; m++)
        bill += 1.25 * 0.3 * d.energy[0].demand_usd_per_kw[m];
    near_rel(d.out[0].bill_usd, bill, 1e-9);
    day_end(&d);
}
END_TEST

/* ---- outages ------------------------------------------------------------- */

/* Down once, from hour 1000.25 for 12.5 h: no power meanwhile, and that time
 * takes the ratios of disturbed time. */
START_TEST(outage)
{
    const double kw = 2 * (0.1 + 0.2 * 0.25);
    struct day d;
    struct mdl_site_cfg *s = small(&d);

    d.f.cfg.horizon_yr = 1000.25 * 1.5 / 8760;
    s->failures.site.life_h = fix_constant(&d.f, 1000.25);
    s->failures.site.repair_h = fix_constant(&d.f, 12.5);
    day_plan(&d);
    add_block(&d, 0, 0, 0, MDL_NORMAL, 1000, 1000, 50);
    add_block(&d, 0, 0, 0, MDL_DISTURBED, 1000, 100, 5);
    day_run(&d);
    ck_assert_int_eq(d.tl.n_disturbed, 1);
    const double hours = floor(1000.25 * 1.5 + 0.5);
    /* of the first hour and the last (1012.75 on) a quarter is normal and up;
     * normally 0.5 slots are busy, in disturbed time 0.05 */
    const double busy = 0.25 * 0.5 + 0.75 * 0.05;
    const double broken = 0.25 * 2 * (0.1 + 0.2 * fmin(1, busy / 0.5));
    near_rel(d.out[0].it_kwh, kw * (hours - 13) + 2 * broken, 1e-9);
    near_rel(d.usage[0].q[MDL_Q_SERVED][1],
        10 * 3600 * ((hours - 12.5) + 12.5 * 0.1), 1e-9);
    day_end(&d);
}
END_TEST

/* Down for 6 min twice an hour, at 0:24 and 0:54 and so on: what is disturbed
 * are the cells that meet an outage in themselves or in their lead-in. */
static void near_disturbed(
    double cell_s, double lead_s, double first_min, double hourly_min)
{
    struct day d;
    struct mdl_site_cfg *s = small(&d);

    d.f.cfg.horizon_yr = 100.0 / 8760;
    d.f.cfg.simulate.windows.length_s = cell_s;
    d.lead_s = lead_s;
    s->failures.site.life_h = fix_constant(&d.f, 0.4);
    s->failures.site.repair_h = fix_constant(&d.f, 0.1);
    day_plan(&d);
    add_block(&d, 0, 0, 0, MDL_NORMAL, 1000, 1000, 50);
    add_block(&d, 0, 0, 0, MDL_DISTURBED, 1000, 0, 0);
    day_run(&d);
    near_rel(d.usage[0].q[MDL_Q_SERVED][1] / (10 * 60),
        100 * 60 - first_min - 99 * hourly_min, 1e-9);
    day_end(&d);
}

START_TEST(outages_within_hours)
{
    near_disturbed(60, 0, 12, 12);
    /* to 0:40 and 1:10 */
    near_disturbed(60, 600, 22, 32);
    /* cells of 5 min: 0:20 to 0:40 and 0:50 to 1:10 */
    near_disturbed(300, 600, 30, 40);
    /* they overlap: from 0:24 on */
    near_disturbed(60, 1800, 36, 60);
    /* the cell of an hour is disturbed as a whole */
    near_disturbed(3600, 0, 60, 60);
}
END_TEST

/* ---- which ratios -------------------------------------------------------- */

/* A (year, stratum) that saw nothing takes its stratum over all years, and
 * where that saw nothing the other stratum. */
START_TEST(fall_back)
{
    struct day d;

    small(&d);
    d.f.cfg.horizon_yr = 3;
    day_plan(&d);
    add_block(&d, 0, 0, 0, MDL_NORMAL, 100, 90, 9);
    add_block(&d, 0, 0, 2, MDL_NORMAL, 300, 150, 6);
    day_run(&d);
    const double want[3][2] = {{0.9, 0.09}, {0.6, 0.0375}, {0.5, 0.02}};
    for (int y = 0; y < 3; y++) {
        near_rel(d.shares.served[y * 2 + MDL_NORMAL], 10 * want[y][0], 1e-12);
        near_rel(d.shares.work[y * 2 + MDL_NORMAL], 10 * want[y][1], 1e-12);
        /* nothing disturbed was seen: normal time over all years */
        near_rel(d.shares.served[y * 2 + MDL_DISTURBED], 6, 1e-12);
    }
    day_end(&d);

    small(&d);
    d.f.cfg.horizon_yr = 3;
    day_plan(&d);
    add_block(&d, 0, 0, 1, MDL_DISTURBED, 100, 20, 2);
    add_block(&d, 0, 0, 1, MDL_NORMAL, 100, 80, 8);
    day_run(&d);
    for (int y = 0; y < 3; y++) {
        near_rel(d.shares.served[y * 2 + MDL_DISTURBED], 2, 1e-12);
        near_rel(d.shares.served[y * 2 + MDL_NORMAL], 8, 1e-12);
    }
    near_rel(d.shares.base_per_s[0], 10, 1e-12);
    day_end(&d);
}
END_TEST

/* `cheapest` keeps hours apart in which another site is the cheaper one: the
 * first with a tariff, the second at a price in between.  In the first year
 * nothing was seen of the second's hours: as in the second year. */
START_TEST(by_kind_of_hour)
{
    struct mdl_when when = {.stratum = MDL_NORMAL};
    struct day d;
    struct mdl_site_cfg *s = small(&d);
    double dear = 0.0;

    s->procure = MDL_PROCURE_OWN;
    s->energy.price.flat_usd_per_kwh = NAN;
    s->energy.tariff = "pge-e19-2019";
    struct mdl_site_cfg *other = fix_site(&d.f, "r", 2);
    other->procure = MDL_PROCURE_OWN;
    other->power = s->power;
    other->facility = s->facility;
    other->energy.price.flat_usd_per_kwh = 0.1;
    d.f.deps[0].routing.policy = MDL_CHEAPEST;
    day_plan(&d);
    ck_assert_int_eq(d.pool.n_kinds, 2);
    /* 1 January, midnight: cheap */
    when.kind = mdl_cost_kind(d.pool.costs, 0.0);
    add_block_at(&d, 0, 0, when, 100, 100, 5);
    when.year = 1;
    add_block_at(&d, 0, 0, when, 100, 100, 5);
    when.kind = 1 - when.kind;
    add_block_at(&d, 0, 1, when, 100, 100, 5);
    day_run(&d);
    for (int h = 0; h < 8760; h++)
        dear += d.energy[0].price_usd_per_kwh[h] > 0.1;
    ck_assert_double_gt(dear, 100);
    ck_assert_double_lt(dear, 8000);
    for (int k = 1; k <= 2; k++) {
        near_rel(d.usage[0].q[MDL_Q_SERVED][k], 36000 * (8760 - dear), 1e-9);
        near_rel(d.usage[1].q[MDL_Q_SERVED][k], 36000 * dear, 1e-9);
    }
    day_end(&d);

    /* a window of a day belongs to no hour; other policies ask for none */
    small(&d);
    d.f.deps[0].routing.policy = MDL_CHEAPEST;
    d.f.cfg.simulate.windows.length_s = 86400;
    day_plan(&d);
    ck_assert_int_eq(d.pool.n_kinds, 1);
    day_end(&d);
    small(&d);
    day_plan(&d);
    ck_assert_int_eq(d.pool.n_kinds, 1);
    day_end(&d);
}
END_TEST

/* Each member gets the requests of the sources that it served, by rank. */
START_TEST(shares_by_member)
{
    static const char *const prefer[] = {"q", "r"};
    struct day d;

    small(&d);
    d.f.cfg.horizon_yr = 1;
    fix_site(&d.f, "r", 1);
    fix_user(&d.f, "a", 0, 0, 3);
    fix_user(&d.f, "b", 0, 0, 1)->utc_offset_h = 2;
    d.f.deps[0].routing.prefer = prefer;
    d.f.deps[0].routing.n_prefer = 2;
    day_plan(&d);
    ck_assert_int_eq(d.layout.n_ranks, 2);
    add_block(&d, 0, 0, 0, MDL_NORMAL, 100, 60, 3);
    add_block(&d, 0, 1, 0, MDL_NORMAL, 0, 30, 2);
    add_block(&d, 1, 0, 0, MDL_NORMAL, 50, 50, 1);
    day_run(&d);
    /* [stratum][member][zone]: rates 7.5 and 2.5 */
    near_rel(d.shares.served[0], 7.5 * 0.6, 1e-12);
    near_rel(d.shares.served[1], 2.5, 1e-12);
    near_rel(d.shares.served[2], 7.5 * 0.3, 1e-12);
    near_abs(d.shares.served[3], 0, 0);
    near_rel(d.shares.work[2], 7.5 * 0.02, 1e-12);
    near_rel(d.usage[1].q[MDL_Q_SERVED][1], 7.5 * 0.3 * 8760 * 3600, 1e-9);
    day_end(&d);
}
END_TEST

/* ---- exact volumes ------------------------------------------------------- */

START_TEST(offered_total)
{
    struct day d;

    small(&d);
    d.f.cfg.arrivals.growth_per_yr = 0.25;
    d.f.classes[0].share_frac = 0.75;
    fix_class(&d.f, "y", 0.25, 0.1);
    day_plan(&d);
    const double year = 8760 * 3600.0;
    near_rel(mdl_offered_total(d.f.plan, -1), 10 * year * 2.25, 1e-9);
    near_rel(mdl_offered_total(d.f.plan, 1), 2.5 * year * 2.25, 1e-9);
    day_end(&d);
}
END_TEST

START_TEST(out_of_memory)
{
    struct day d;
    struct sim_err err = {0};
    int rc = SIM_E_NOMEM;

    small(&d);
    d.f.cfg.horizon_yr = 0.01;
    day_plan(&d);
    add_block(&d, 0, 0, 0, MDL_NORMAL, 1000, 1000, 50);
    day_run(&d);
    for (long n = 1; rc != SIM_OK; n++) {
        sim_alloc_fail_at(n, 0);
        rc = mdl_shares_build(d.f.plan, &d.f.plan->deps[0], &d.layout, &d.pool,
            0.0, &d.f.arena, &d.shares, &err);
        if (rc == SIM_OK)
            rc = mdl_hours_run(d.f.plan, &d.f.plan->deps[0], &d.shares,
                d.energy, &d.tl, RES_YEAR_END, d.usage, d.out, &err);
        sim_alloc_fail_at(0, 0);
        ck_assert(rc == SIM_OK || rc == SIM_E_NOMEM);
        ck_assert_int_lt(n, 100);
    }
    day_end(&d);
}
END_TEST

TEST_MAIN("models/hours", constant_load, power_is_bounded, busy_with_batches,
    levels_of_load, servers_that_switch_off, moving_load, hourly_prices, outage,
    outages_within_hours, fall_back, by_kind_of_hour, shares_by_member,
    offered_total, out_of_memory)
