#include "models/hours.h"

#include <math.h>
#include <string.h>

#include "models/energy.h"
#include "sim/alloc.h"
#include "sim/units.h"

#define HOUR_NS ((int64_t)SIM_S_PER_H * SIM_NS_PER_S)

static int no_memory(struct sim_err *err)
{
    return sim_err_set(err, SIM_E_NOMEM, "out of memory");
}

/* ---- energy data -------------------------------------------------------- */

/* Local time of an entry, for tariffs: its user's, or by longitude. */
static double local_offset_h(const struct mdl_plan *plan,
    const struct mdl_dep *dep, const struct mdl_entry *e)
{
    const struct mdl_member *m = &dep->members[e->first_member];

    if (m->user >= 0)
        return plan->users[m->user].utc_offset_h;
    return m->placed ? floor(m->lon / 15.0 + 0.5) : 0.0;
}

static int load_entry(const struct mdl_plan *plan, const struct mdl_dep *dep,
    const struct mdl_entry *e, struct sim_arena *arena,
    struct mdl_entry_energy *out, struct sim_err *err)
{
    const struct mdl_energy_cfg *cfg = &e->cfg->energy;
    double *block =
        sim_arena_calloc(arena, 3 * MDL_HOURS_PER_YR, sizeof *block);
    int days = 0, rc;

    if (block == NULL)
        return no_memory(err);
    out->price_usd_per_kwh = block;
    out->carbon_kg_per_kwh = block + MDL_HOURS_PER_YR;
    out->temp_c = block + 2 * MDL_HOURS_PER_YR;
    out->priced_by_hour = cfg->price.series != NULL || cfg->tariff != NULL;
    /* weekday of 1 January of the year of `start`, counted back by months */
    while (mdl_month_of_day(days) < plan->start_month)
        days++;
    const int jan1 = ((plan->start_weekday - days) % 7 + 7) % 7;
    rc = mdl_energy_year(cfg, plan->data, jan1, local_offset_h(plan, dep, e),
        out->price_usd_per_kwh, out->carbon_kg_per_kwh, out->temp_c, err);
    if (rc == SIM_OK)
        rc = mdl_energy_demand(cfg, plan->data, out->demand_usd_per_kw, err);
    return rc;
}

int mdl_entry_energy_load(const struct mdl_plan *plan,
    const struct mdl_dep *dep, struct sim_arena *arena,
    struct mdl_entry_energy **out, struct sim_err *err)
{
    struct mdl_entry_energy *list =
        sim_arena_calloc(arena, (size_t)dep->n_entries, sizeof *list);

    if (list == NULL)
        return no_memory(err);
    for (int i = 0; i < dep->n_entries; i++) {
        const int rc =
            load_entry(plan, dep, &dep->entries[i], arena, &list[i], err);
        if (rc != SIM_OK)
            return sim_err_wrap(
                err, rc, "sites.%s.energy", dep->entries[i].cfg->name);
    }
    *out = list;
    return SIM_OK;
}

/* ---- the walk ----------------------------------------------------------- */

/* Where an hour of the horizon stands. */
struct hour {
    int64_t index;
    int year, kind, column, hour_of_year, month_of_year;
    double share[MDL_N_STRATA]; /* of the hour */
    double growth_deflation;    /* of work; not of requests */
};

struct walk {
    const struct mdl_plan *plan;
    const struct mdl_dep *dep;
    const struct mdl_shares *shares;
    const struct mdl_timeline *timeline;
    double *unit;   /* [n_zc x 168] integral of the shape over the hour [h] */
    double *volume; /* [n_zc] unit x growth of this hour */
    int level;      /* of load */
    struct place_walk *places; /* [n_places] */
    double *member_up;         /* [n_members] servers up now */
    int64_t next_change;
    int64_t tl_hours;         /* the timeline is repeated after so many */
    int64_t disturbed_at;     /* next disturbed interval */
    int64_t cell_ns, lead_ns; /* of the windows */
    int start_hour;           /* hour of year of time zero */
};

/* Mean of the shape over every hour of the week, by zone and class. */
static void fill_units(struct walk *w)
{
    const struct mdl_plan *plan = w->plan;

    for (int z = 0; z < plan->n_zones; z++) {
        for (int c = 0; c < plan->n_classes; c++) {
            const struct mdl_rate rate = {.base_per_s = 1.0,
                .shape = &plan->classes[c].shape,
                .offset_s = plan->start_weekday * SIM_S_PER_DAY +
                            plan->zones_h[z] * SIM_S_PER_H,
                .growth_norm = 1.0};
            double *unit = w->unit + (size_t)(z * plan->n_classes + c) * 168;
            for (int h = 0; h < 168; h++)
                unit[h] = mdl_rate_integral(
                              &rate, h * SIM_S_PER_H, (h + 1) * SIM_S_PER_H) /
                          SIM_S_PER_H;
        }
    }
}

static void fill_volumes(struct walk *w, int64_t hour)
{
    const struct mdl_plan *plan = w->plan;
    const double t_s = (double)hour * SIM_S_PER_H;

    for (int c = 0; c < plan->n_classes; c++) {
        const struct mdl_rate rate = {
            .growth_per_yr = plan->classes[c].arrivals->growth_per_yr,
            .growth_norm = plan->classes[c].growth_norm};
        const double growth = mdl_growth(&rate, t_s);
        for (int z = 0; z < plan->n_zones; z++) {
            const int zc = z * plan->n_classes + c;
            w->volume[zc] =
                growth * w->unit[(size_t)zc * 168 + (size_t)(hour % 168)];
        }
    }
}

static int64_t to_ns(double s)
{
    return (int64_t)floor(s * (double)SIM_NS_PER_S + 0.5);
}

/* Share of an hour that lies in disturbed cells: those a disturbed interval
 * meets in themselves or in their lead-in. */
static double disturbed_share(struct walk *w, int64_t hour)
{
    const struct mdl_timeline *tl = w->timeline;
    const int64_t from = hour % w->tl_hours * HOUR_NS, to = from + HOUR_NS;
    const int64_t l = w->cell_ns;
    int64_t at = from, sum = 0;

    if (!w->plan->windowed)
        return 0.0;
    if (from == 0)
        w->disturbed_at = 0;
    for (int64_t i = w->disturbed_at; i < tl->n_disturbed && at < to; i++) {
        const struct mdl_tl_interval *d = &tl->disturbed[i];
        const int64_t first = d->from_ns / l * l;
        const int64_t last = (d->to_ns + w->lead_ns + l - 1) / l * l;
        if (first >= to)
            break;
        if (last <= from)
            w->disturbed_at = i + 1;
        const int64_t begin = first > at ? first : at;
        const int64_t end = last < to ? last : to;
        if (end > begin) {
            sum += end - begin;
            at = end;
        }
    }
    return (double)sum / (double)HOUR_NS;
}

/* A place as the hours pass. */
struct place_walk {
    double up;     /* servers up with their site up, now */
    double up_sum; /* ... integral over the hour [ns] */
    double month_peak_kw, peak_kw;
};

/* Servers of a member that count, as the timeline has it. */
static double member_up(
    const struct walk *w, int member, int32_t servers, bool layers)
{
    return w->dep->members[member].servers >= 0 && layers ? servers : 0.0;
}

static void start_places(struct walk *w)
{
    w->next_change = 0;
    for (int i = 0; i < w->dep->n_places; i++)
        w->places[i].up = 0.0;
    for (int i = 0; i < w->dep->n_members; i++) {
        int32_t servers;
        bool layers;
        mdl_timeline_state(w->timeline, i, 0, w->dep->tl, &servers, &layers);
        w->member_up[i] = member_up(w, i, servers, layers);
        w->places[w->dep->members[i].place].up += w->member_up[i];
    }
    /* the state at time zero holds the changes up to it */
    while (w->next_change < w->timeline->n_changes &&
           w->timeline->changes[w->next_change].t_ns <= 0)
        w->next_change++;
}

/* Servers up of all places over an hour: what each had, and its changes. */
static void pass_hour(struct walk *w, int64_t hour)
{
    const struct mdl_timeline *tl = w->timeline;
    const int64_t end = (hour % w->tl_hours + 1) * HOUR_NS;

    if (hour % w->tl_hours == 0)
        start_places(w);
    for (int i = 0; i < w->dep->n_places; i++)
        w->places[i].up_sum = w->places[i].up * (double)HOUR_NS;
    for (; w->next_change < tl->n_changes; w->next_change++) {
        const struct mdl_tl_change *c = &tl->changes[w->next_change];
        struct place_walk *place = &w->places[w->dep->members[c->member].place];
        const double up = member_up(w, c->member, c->servers_up, c->layers_up);
        const double more = up - w->member_up[c->member];
        if (c->t_ns >= end)
            break;
        place->up += more;
        place->up_sum += more * (double)(end - c->t_ns);
        w->member_up[c->member] = up;
    }
}

static double dot(const double *a, const double *b, int n)
{
    double sum = 0.0;

    for (int i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

/* Where the ratios of a place in an hour begin. */
static size_t cell_of(
    const struct walk *w, const struct hour *h, int stratum, int place)
{
    const struct mdl_shares *s = w->shares;
    const size_t kinds = (size_t)s->n_kinds;
    const size_t row =
        (size_t)(h->year * MDL_N_STRATA + stratum) * kinds + (size_t)h->kind;

    return (row * (size_t)w->dep->n_places + (size_t)place) * (size_t)s->n_zc;
}

/* Mean over an hour of what a place has of all volumes. */
static double place_sum(
    const struct walk *w, const struct hour *h, int place, const double *ratios)
{
    double sum = 0.0;

    for (int s = 0; s < MDL_N_STRATA; s++) {
        if (h->share[s] > 0.0)
            sum +=
                h->share[s] * dot(w->volume, ratios + cell_of(w, h, s, place),
                                  w->shares->n_zc);
    }
    return sum;
}

/* One place in one hour: power, energy, bill. */
static void place_hour(struct walk *w, int place, const struct hour *h,
    const struct mdl_entry_energy *energy, struct mdl_usage *usage,
    struct mdl_entry_hours *out)
{
    const struct mdl_place *p = &w->dep->places[place];
    const struct mdl_member *m = &w->dep->members[p->first_member];
    const struct mdl_entry *e = &w->dep->entries[p->entry];
    const int watched = w->level * w->dep->n_entries + p->entry;
    const double batch_s = w->shares->batch_s[watched];
    struct place_walk *walk = &w->places[place];
    const double up = walk->up_sum / (double)HOUR_NS;
    const double served = place_sum(w, h, place, w->shares->served);
    /* slots; the time of a batch is not deflated */
    const double busy = isnan(batch_s)
                            ? place_sum(w, h, place, w->shares->work) *
                                  h->growth_deflation / m->speed
                            : served * batch_s;
    const double x = up > 0.0 ? busy / (up * m->slots_per_server) : 0.0;
    const double it_kw = up *
                         mdl_power_w(w->shares->rest_w[watched], e->peak_w, x) /
                         SIM_W_PER_KW;
    const double load =
        e->it_kw > 0.0 ? it_kw / (e->it_kw * p->n_members) : 0.0;
    const double site_kw = it_kw * mdl_pue(&e->cfg->facility, load,
                                       energy->temp_c[h->hour_of_year]);
    const int k = h->column;

    out->it_kwh += it_kw;
    out->site_kwh += site_kw;
    out->carbon_kg += site_kw * energy->carbon_kg_per_kwh[h->hour_of_year];
    out->water_l += it_kw * e->cfg->facility.wue_l_per_kwh;
    out->bill_usd += site_kw * energy->price_usd_per_kwh[h->hour_of_year];
    out->hour_kw[h->index % 24] += site_kw;
    walk->month_peak_kw = fmax(walk->month_peak_kw, site_kw);
    walk->peak_kw = fmax(walk->peak_kw, site_kw);
    usage->q[MDL_Q_IT_KWH][k] += it_kw;
    usage->q[MDL_Q_SITE_KWH][k] += site_kw;
    if (energy->priced_by_hour)
        usage->q[MDL_Q_ENERGY_USD][k] +=
            site_kw * energy->price_usd_per_kwh[h->hour_of_year];
    usage->q[MDL_Q_CARBON_KG][k] +=
        site_kw * energy->carbon_kg_per_kwh[h->hour_of_year];
    usage->q[MDL_Q_WATER_L][k] += it_kw * e->cfg->facility.wue_l_per_kwh;
    usage->q[MDL_Q_SERVED][k] += served * SIM_S_PER_H;
    usage->q[MDL_Q_GPU_BUSY_H][k] += fmin(busy, up * m->slots_per_server) /
                                     m->slots_per_server *
                                     (double)e->accelerators;
}

/* Bytes and tokens of the hour, by class: linear in the requests served. */
static void hour_volumes(
    struct walk *w, int place, const struct hour *h, struct mdl_usage *usage)
{
    double bytes = 0.0, input = 0.0, output = 0.0;

    for (int s = 0; s < MDL_N_STRATA; s++) {
        const double *ratio = w->shares->served + cell_of(w, h, s, place);
        for (int zc = 0; h->share[s] > 0.0 && zc < w->shares->n_zc; zc++) {
            const struct mdl_class *c =
                &w->plan->classes[zc % w->plan->n_classes];
            const double served =
                h->share[s] * w->volume[zc] * ratio[zc] * SIM_S_PER_H;
            bytes += served * c->cfg->response_size_bytes;
            input += served * c->mean_input_tok;
            output += served * c->mean_output_tok;
        }
    }
    usage->q[MDL_Q_EGRESS_GB][h->column] += bytes / SIM_BYTES_PER_GB;
    usage->q[MDL_Q_INPUT_MTOK][h->column] += input / SIM_PER_MILLION;
    usage->q[MDL_Q_OUTPUT_MTOK][h->column] += output / SIM_PER_MILLION;
}

static void close_month(struct walk *w, const struct mdl_entry_energy *energy,
    int month, int column, struct mdl_usage *usage, struct mdl_entry_hours *out)
{
    for (int i = 0; i < w->dep->n_places; i++) {
        const int entry = w->dep->places[i].entry;
        const double peak_kw = w->places[i].month_peak_kw;
        usage[entry].q[MDL_Q_BILLED_KW_MONTH][column] += peak_kw;
        out[entry].bill_usd += peak_kw * energy[entry].demand_usd_per_kw[month];
        w->places[i].month_peak_kw = 0.0;
    }
}

static struct hour hour_at(struct walk *w, int64_t index, int timing)
{
    const double end_yr = (double)(index + 1) / SIM_H_PER_YR;
    const double horizon_yr = w->plan->cfg->horizon_yr;
    struct hour h = {.index = index};

    h.year = (int)(index / (int64_t)SIM_H_PER_YR);
    if (h.year >= w->plan->n_years)
        h.year = w->plan->n_years - 1;
    if (!w->plan->windowed)
        h.year = 0;
    h.kind = mdl_cost_kind(w->shares->costs, (double)index * SIM_S_PER_H);
    h.share[MDL_DISTURBED] = disturbed_share(w, index);
    h.share[MDL_NORMAL] = 1.0 - h.share[MDL_DISTURBED];
    h.hour_of_year = (int)((index + w->start_hour) % (int64_t)SIM_H_PER_YR);
    h.month_of_year = mdl_month_of_day(h.hour_of_year / 24);
    h.column = 1;
    /* the last hour may end after a horizon that is no whole number of them */
    while (
        h.column + 1 < mdl_money_columns(timing, horizon_yr) &&
        mdl_money_column_end_yr(timing, horizon_yr, h.column) < end_yr - 1e-9)
        h.column++;
    h.growth_deflation =
        mdl_plan_deflation(w->plan, (double)index * SIM_S_PER_H);
    return h;
}

/* ---- all hours --------------------------------------------------------- */

static void run_hours(struct walk *w, int timing,
    const struct mdl_entry_energy *energy, struct mdl_usage *usage,
    struct mdl_entry_hours *out)
{
    const int64_t hours =
        (int64_t)floor(w->plan->cfg->horizon_yr * SIM_H_PER_YR + 0.5);
    struct hour h = {0};
    int month = -1;

    for (int64_t i = 0; i < hours; i++) {
        const int column = h.column;
        h = hour_at(w, i, timing);
        if (h.month_of_year != month && month >= 0)
            close_month(w, energy, month, column, usage, out);
        month = h.month_of_year;
        fill_volumes(w, i);
        w->level =
            mdl_load_level(dot(w->volume, w->shares->zc_per_s, w->shares->n_zc),
                w->shares->mean_per_s);
        pass_hour(w, i);
        for (int p = 0; p < w->dep->n_places; p++) {
            const int e = w->dep->places[p].entry;
            place_hour(w, p, &h, &energy[e], &usage[e], &out[e]);
            hour_volumes(w, p, &h, &usage[e]);
        }
    }
    if (month >= 0)
        close_month(w, energy, month, h.column, usage, out);
    for (int p = 0; p < w->dep->n_places; p++)
        out[w->dep->places[p].entry].peak_kw += w->places[p].peak_kw;
    for (int e = 0; e < w->dep->n_entries; e++) {
        for (int j = 0; j < 24; j++)
            out[e].hour_kw[j] /= fmax((double)hours / 24.0, 1.0);
    }
}

int mdl_hours_run(const struct mdl_plan *plan, const struct mdl_dep *dep,
    const struct mdl_shares *shares, const struct mdl_entry_energy *energy,
    const struct mdl_timeline *timeline, int timing, struct mdl_usage *usage,
    struct mdl_entry_hours *out, struct sim_err *err)
{
    const size_t n_zc = (size_t)shares->n_zc;
    struct walk w = {
        .plan = plan, .dep = dep, .shares = shares, .timeline = timeline};
    int rc = SIM_OK;

    w.unit = sim_calloc(n_zc * 168 + 1, sizeof *w.unit);
    w.volume = sim_calloc(n_zc + 1, sizeof *w.volume);
    w.places = sim_calloc((size_t)dep->n_places, sizeof *w.places);
    w.member_up = sim_calloc((size_t)dep->n_members, sizeof *w.member_up);
    memset(out, 0, (size_t)dep->n_entries * sizeof *out);
    if (w.unit == NULL || w.volume == NULL || w.places == NULL ||
        w.member_up == NULL) {
        rc = no_memory(err);
        goto out;
    }
    while (mdl_month_of_day(w.start_hour / 24) < plan->start_month)
        w.start_hour += 24;
    w.tl_hours = (timeline->horizon_ns + HOUR_NS - 1) / HOUR_NS;
    w.cell_ns = to_ns(plan->cfg->simulate.windows.length_s);
    w.lead_ns = to_ns(shares->lead_s);
    fill_units(&w);
    mdl_hours_constants(plan, dep, timeline, timing, usage);
    run_hours(&w, timing, energy, usage, out);
out:
    sim_free(w.unit);
    sim_free(w.volume);
    sim_free(w.places);
    sim_free(w.member_up);
    return rc;
}

double mdl_offered_total(const struct mdl_plan *plan, int cls)
{
    double sum = 0.0;

    for (int i = 0; i < plan->n_sources; i++) {
        if (cls >= 0 && plan->sources[i].cls != cls)
            continue;
        const struct mdl_rate rate = mdl_plan_rate(plan, i);
        sum += mdl_rate_integral(&rate, 0.0, plan->horizon_s);
    }
    return sum;
}
