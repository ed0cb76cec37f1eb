/* The plan: a scenario expanded.  Truth: the rules of the manual, worked out by
 * hand - members and their names, shares, candidates in order of preference,
 * rates, load, and the calendar. */
#include "models/plan_fixture.h"
#include "models/workload_time.h"
#include "models/run.h"
#include "sim/alloc.h"
#include "sim/text.h"

#include <unistd.h>

/* ---- users --------------------------------------------------------------- */

START_TEST(users_and_sources)
{
    struct fix f;

    fix_begin(&f);
    fix_user(&f, "a", 0, 0, 3)->utc_offset_h = -5;
    fix_user(&f, "b", 10, 10, 1)->utc_offset_h = 1;
    fix_user(&f, "c", 20, 20, 4)->utc_offset_h = -5;
    fix_class(&f, "x", 0.75, 0.1);
    fix_class(&f, "y", 0.25, 0.2);
    f.classes[1].has_arrivals = true;
    set_defaults(&mdl_arrivals_table, &f.classes[1].arrivals);
    f.classes[1].arrivals.rate_per_s = 6.0;
    fix_dep(&f, "d");
    fix_site(&f, "q", 4);
    fix_plan(&f);

    ck_assert_int_eq(f.plan->n_users, 3);
    near_rel(f.plan->users[0].share, 3 / 8.0, 1e-15);
    near_rel(f.plan->users[2].share, 4 / 8.0, 1e-15);
    ck_assert_int_eq(f.plan->n_zones, 2);
    ck_assert_int_eq(f.plan->users[2].zone, f.plan->users[0].zone);
    ck_assert_int_ne(f.plan->users[1].zone, f.plan->users[0].zone);
    ck_assert_int_eq(f.plan->n_sources, 6);
    for (int i = 0; i < 6; i++) {
        const struct mdl_source *s = &f.plan->sources[i];
        char name[8];
        ck_assert(s->user == i / 2 && s->cls == i % 2);
        snprintf(name, sizeof name, "%c/%c", 'a' + s->user, 'x' + s->cls);
        ck_assert_uint_eq(s->entity, sim_entity(name));
        /* a share of the common rate, or all of its own */
        near_rel(s->base_per_s,
            (s->cls == 0 ? 7.5 : 6.0) * f.plan->users[s->user].share, 1e-15);
    }
    /* 1 January 2027 was a Friday; local time is UTC + offset */
    near_abs(mdl_plan_rate(f.plan, 0).offset_s, (4 * 24 - 5) * 3600.0, 0);
    fix_end(&f);
}
END_TEST

START_TEST(nobody_named)
{
    struct fix f;

    fix_begin(&f);
    fix_class(&f, "x", 1, 0.1);
    fix_dep(&f, "d");
    fix_site(&f, "q", 1);
    fix_plan(&f);
    ck_assert_int_eq(f.plan->n_users, 1);
    ck_assert_str_eq(f.plan->users[0].name, "all");
    ck_assert_double_eq(f.plan->users[0].share, 1.0);
    ck_assert(!f.plan->users[0].placed);
    fix_end(&f);
}
END_TEST

/* Rows of scenarios/data/metros.csv: the largest come first, by population. */
START_TEST(metros)
{
    struct fix f;
    double sum = 0.0;

    fix_begin(&f);
    f.cfg.users.from = "metros-us";
    f.cfg.users.top = 12;
    fix_class(&f, "x", 1, 0.1);
    fix_dep(&f, "d");
    fix_site(&f, "q", 1);
    fix_plan(&f);
    ck_assert_int_eq(f.plan->n_users, 12);
    ck_assert_str_eq(f.plan->users[0].name, "new-york-city");
    ck_assert_str_eq(f.plan->users[0].country, "US");
    near_abs(f.plan->users[0].lat, 40.7, 0.1);
    near_abs(f.plan->users[0].utc_offset_h, -5, 0);
    for (int i = 0; i < 12; i++) {
        sum += f.plan->users[i].share;
        ck_assert(
            i == 0 || f.plan->users[i].share <= f.plan->users[i - 1].share);
        for (const char *s = f.plan->users[i].name; *s != '\0'; s++)
            ck_assert((*s >= 'a' && *s <= 'z') || *s == '-');
    }
    near_rel(sum, 1, 1e-12);
    fix_end(&f);
    f.cfg.users.from = "metros-mars";
    ck_assert_int_eq(
        mdl_plan_create(&f.cfg, &tables, &f.plan, &f.err), SIM_E_INPUT);
    ck_assert_ptr_nonnull(strstr(f.err.text, "metros-mars"));
}
END_TEST

/* Places of a user's own file; what cannot be a place is refused. */
START_TEST(places_of_a_file)
{
    static const struct {
        const char *rows, *fault; /* NULL: taken */
    } files[] = {{"X y,US,1,2,30,-5\nz,FR,3,4,10,1\n", NULL},
        {"a,US,91,2,30,0\n", ":2:"}, {"a,US,1,-181,30,0\n", ":2:"},
        {"a,US,1,2,0,0\n", ":2:"}, {"a,US,1,2,-1,0\n", ":2:"},
        {"a,US,1,2,3,15\n", ":2:"}, {"", "no place"},
        {"A b,US,1,2,3,0\nc,US,1,2,3,0\na-b,US,5,6,7,0\n", ":4:"}};

    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        char path[] = "/tmp/sitesim-users-XXXXXX";
        const int fd = mkstemp(path);
        FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;
        struct fix f;
        ck_assert_ptr_nonnull(file);
        fprintf(file, "name,country,lat,lon,population,utc_offset_h\n%s",
            files[i].rows);
        fclose(file);
        fix_begin(&f);
        f.cfg.users.file = path;
        fix_class(&f, "x", 1, 0.1);
        fix_dep(&f, "d");
        fix_site(&f, "q", 1);
        const int rc = mdl_plan_create(&f.cfg, &tables, &f.plan, &f.err);
        unlink(path);
        ck_assert_int_eq(rc, files[i].fault == NULL ? SIM_OK : SIM_E_INPUT);
        if (files[i].fault != NULL) {
            ck_assert_msg(
                strstr(f.err.text, files[i].fault) != NULL, "%s", f.err.text);
        } else {
            ck_assert_int_eq(f.plan->n_users, 2);
            ck_assert_str_eq(f.plan->users[0].name, "x-y");
            near_rel(f.plan->users[0].share, 0.75, 1e-15);
        }
        fix_end(&f);
    }
}
END_TEST

/* ---- members ------------------------------------------------------------- */

START_TEST(members_and_names)
{
    struct fix f;
    static const double east[] = {39, -77};

    fix_begin(&f);
    fix_user(&f, "a", 0, 1, 5);
    fix_user(&f, "b", 2, 3, 3);
    fix_user(&f, "c", 4, 5, 1);
    fix_class(&f, "x", 1, 0.1);
    fix_dep(&f, "d");
    fix_site(&f, "stores", 2)->at.where = MDL_EACH_USER;
    struct mdl_site_cfg *nodes = fix_site(&f, "nodes", 3);
    nodes->at.where = MDL_EACH_USER;
    nodes->count = 7;
    struct mdl_site_cfg *hall = fix_site(&f, "hall", INFINITY);
    hall->count = 2;
    hall->at.coords = east;
    hall->at.n_coords = 2;
    fix_plan(&f);

    const struct mdl_dep *d = &f.plan->deps[0];
    /* 7 by weights 5 : 3 : 1 - exactly 3.89, 2.33, 0.78; remainders to a, c */
    static const char *const names[] = {"stores@a", "stores@b", "stores@c",
        "nodes@a#1", "nodes@a#2", "nodes@a#3", "nodes@a#4", "nodes@b#1",
        "nodes@b#2", "nodes@c", "hall#1", "hall#2"};
    ck_assert_int_eq(d->n_members, 12);
    for (int i = 0; i < 12; i++)
        ck_assert_str_eq(d->members[i].name, names[i]);
    ck_assert(d->members[4].user == 0 && d->members[9].user == 2);
    ck_assert(d->members[4].lon == 1 && d->members[9].lon == 5);
    ck_assert(d->members[11].user == -1 && d->members[11].lat == 39);
    ck_assert_int_eq(d->entries[0].servers, 6);
    ck_assert_int_eq(d->entries[1].servers, 21);
    ck_assert_int_eq(d->entries[2].servers, -1);
    ck_assert_int_eq(d->entries[1].first_member, 3);
    ck_assert_int_eq(d->entries[1].n_members, 7);
    ck_assert_int_eq(mdl_member_slots(&d->members[3]), 3);
    ck_assert_int_eq(mdl_member_slots(&d->members[10]), -1);
    /* failures are keyed by the member's name, whatever the deployment */
    ck_assert_uint_eq(d->tl[7].entity, sim_entity("nodes@b#1"));
    fix_end(&f);
}
END_TEST

START_TEST(slots_speed_and_power)
{
    struct fix f;

    fix_begin(&f);
    fix_class(&f, "x", 1, 0.1);
    fix_dep(&f, "d");
    struct mdl_site_cfg *a = fix_site(&f, "a", 2), *b = fix_site(&f, "b", 3);
    a->hardware.accelerators = 8;
    a->hardware.slots = -1;
    a->hardware.speed_frac = 5;
    a->hardware.idle_w = 500;
    a->hardware.peak_w = 4000;
    b->hardware = a->hardware;
    b->speed_frac = 2;
    b->power.idle_w = 100;
    b->facility.capacity_kw = 50;
    fix_plan(&f);
    const struct mdl_dep *d = &f.plan->deps[0];
    ck_assert_int_eq(mdl_member_slots(&d->members[0]), 16);
    ck_assert_double_eq(d->members[0].speed, 5);
    ck_assert_double_eq(d->members[1].speed, 2);
    ck_assert_double_eq(d->entries[0].it_kw, 8);
    ck_assert_double_eq(d->entries[1].it_kw, 50);
    ck_assert_double_eq(d->entries[1].idle_w, 100);
    ck_assert_double_eq(d->entries[1].peak_w, 4000);
    ck_assert_double_eq(d->tl[0].weight, 40);
    fix_end(&f);
}
END_TEST

/* ---- candidates ---------------------------------------------------------- */

/* Nearest first within a group, groups as in `prefer`, entries that are not
 * listed never. */
START_TEST(preference)
{
    struct fix f;
    static const double far_[] = {0, 60}, near_[] = {0, 20}, other[] = {0, 10};
    static const char *const prefer[] = {"far", "near"};

    fix_begin(&f);
    fix_user(&f, "u", 0, 0, 1);
    fix_class(&f, "x", 1, 0.1);
    for (int k = 0; k < 2; k++) {
        fix_dep(&f, k == 0 ? "one" : "two");
        struct mdl_site_cfg *s[3] = {fix_site(&f, "far", 1),
            fix_site(&f, "near", 1), fix_site(&f, "other", 1)};
        const double *at[] = {far_, near_, other};
        for (int i = 0; i < 3; i++) {
            s[i]->at.coords = at[i];
            s[i]->at.n_coords = 2;
            s[i]->has_network = true;
            s[i]->network.inflation_frac = 1;
            s[i]->network.fixed_ms = 0;
        }
    }
    f.deps[1].routing.prefer = prefer;
    f.deps[1].routing.n_prefer = 2;
    fix_plan(&f);
    const struct mdl_dep *one = &f.plan->deps[0], *two = &f.plan->deps[1];
    ck_assert_int_eq(one->uc_first[1], 3);
    ck_assert_int_eq(one->candidates[0].place, 2);
    ck_assert_int_eq(one->candidates[1].place, 1);
    ck_assert_int_eq(one->candidates[2].place, 0);
    ck_assert_int_eq(two->uc_first[1], 2);
    ck_assert_int_eq(two->candidates[0].place, 0);
    ck_assert_int_eq(two->candidates[1].place, 1);
    near_rel(one->candidates[1].km, mdl_distance_km(0, 0, 0, 20), 1e-12);
    near_rel(one->candidates[1].path->rtt_s,
        mdl_fibre_rtt_s(one->candidates[1].km), 1e-12);
    fix_end(&f);
}
END_TEST

START_TEST(residency)
{
    struct fix f;

    fix_begin(&f);
    fix_class(&f, "free", 0.5, 0.1);
    fix_class(&f, "bound", 0.5, 0.1)->residency = "EU";
    fix_dep(&f, "d");
    fix_site(&f, "us", 1)->residency = "US";
    fix_site(&f, "eu", 1)->residency = "EU";
    fix_site(&f, "nowhere", 1);
    fix_plan(&f);
    const struct mdl_dep *d = &f.plan->deps[0];
    ck_assert_int_eq(d->uc_first[1] - d->uc_first[0], 3);
    ck_assert_int_eq(d->uc_first[2] - d->uc_first[1], 1);
    ck_assert_int_eq(d->candidates[d->uc_first[1]].place, 1);
    mdl_plan_destroy(f.plan);
    f.plan = NULL;
    f.classes[1].residency = "CH";
    ck_assert_int_eq(
        mdl_plan_create(&f.cfg, &tables, &f.plan, &f.err), SIM_E_INPUT);
    ck_assert_ptr_nonnull(strstr(f.err.text, "'bound'"));
    fix_end(&f);
}
END_TEST

/* ---- time and load ------------------------------------------------------- */

/* Days of the week and months of some firsts, known from the calendar. */
START_TEST(calendar)
{
    static const struct {
        int64_t day;
        int weekday, month;
    } firsts[] = {{0, 3, 0} /* 1970-01-01, Thursday */,
        {20819, 4, 0} /* 2027-01-01, Friday */,
        {19783, 4, 2} /* 2024-03-01, Friday, after a 29th */,
        {10988, 1, 1} /* 2000-02-01, Tuesday */,
        {21153, 2, 11} /* 2027-12-01, Wednesday */};

    for (size_t i = 0; i < sizeof firsts / sizeof firsts[0]; i++) {
        struct fix f;
        fix_begin(&f);
        f.cfg.start = firsts[i].day;
        fix_class(&f, "x", 1, 0.1);
        fix_dep(&f, "d");
        fix_site(&f, "q", 1);
        fix_plan(&f);
        ck_assert_int_eq(f.plan->start_weekday, firsts[i].weekday);
        ck_assert_int_eq(f.plan->start_month, firsts[i].month);
        fix_end(&f);
        ck_assert_int_eq(mdl_calendar_of(firsts[i].day).day_of_month, 1);
        ck_assert_int_eq(mdl_calendar_of(firsts[i].day + 1).day_of_month, 2);
    }
}
END_TEST

START_TEST(deflation)
{
    struct fix f;
    const double month_s = 730 * 3600.0;

    fix_begin(&f);
    f.cfg.deflation.halving_month = 18;
    fix_class(&f, "x", 1, 0.1);
    fix_dep(&f, "d");
    fix_site(&f, "q", 1);
    fix_plan(&f);
    ck_assert_double_eq(mdl_plan_deflation(f.plan, -5), 1.0);
    ck_assert_double_eq(mdl_plan_deflation(f.plan, month_s - 1), 1.0);
    near_rel(mdl_plan_deflation(f.plan, month_s), pow(2, -1 / 18.0), 1e-14);
    near_rel(mdl_plan_deflation(f.plan, 36 * month_s), 0.25, 1e-14);
    fix_end(&f);
}
END_TEST

/* rho = lambda E[S] / (c speed), in the worst year of growth and deflation. */
START_TEST(load)
{
    static const struct {
        double growth, halving, servers;
        int64_t capacity;
        double load;
        bool unstable;
    } cases[] = {{0, NAN, 8, -1, 1.0 / 8, false},
        {0.5, NAN, 2, -1, 0.75, false},
        {0.5, 6, 2, -1, 0.5, false} /* year 1: 1.5 / 4 */,
        {2, NAN, 2, -1, 1.5, true}, {2, NAN, 2, 10, 1.5, false},
        {0, NAN, 1, -1, 1.0, true}, {5, NAN, INFINITY, -1, 0, false}};

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fix f;
        fix_begin(&f);
        f.cfg.arrivals.growth_per_yr = cases[i].growth;
        f.cfg.deflation.halving_month = cases[i].halving;
        fix_class(&f, "x", 1, 0.1);
        fix_dep(&f, "d");
        fix_site(&f, "q", cases[i].servers)->queue.capacity = cases[i].capacity;
        fix_plan(&f);
        near_abs(f.plan->deps[0].worst_load, cases[i].load, 1e-12);
        ck_assert(f.plan->deps[0].unstable == cases[i].unstable);
        fix_end(&f);
    }
}
END_TEST

/* 2 erlangs in 20 requests/s of 100 ms, for sites a and b. */
struct flow_case {
    double servers_a, servers_b, limit_per_s, hit;
    int64_t capacity, copies;
    bool falls, spills;
    double load; /* of the busier site */
    bool unstable;
};

static void flow_load(const struct flow_case *x)
{
    static const char *const prefer[] = {"a", "b"};
    struct fix f;

    fix_begin(&f);
    f.cfg.arrivals.rate_per_s = 20.0;
    struct mdl_class_cfg *c = fix_class(&f, "x", 1, 0.1);
    c->has_limit = x->limit_per_s > 0.0;
    c->limit = (struct mdl_limit_cfg){.rate_per_s = x->limit_per_s, .burst = 1};
    c->has_fork = x->copies > 0;
    c->fork.copies = x->copies;
    c->has_fallback = x->falls;
    c->fallback.site = x->falls ? "b" : NULL;
    fix_dep(&f, "d")->routing.has_spill = x->spills;
    f.deps[0].routing.prefer = prefer;
    f.deps[0].routing.n_prefer = x->falls ? 1 : 2;
    f.deps[0].routing.spill = (struct mdl_spill_cfg){MDL_SPILL_FULL, -1};
    struct mdl_site_cfg *a = fix_site(&f, "a", x->servers_a);
    a->queue.capacity = x->capacity;
    a->has_cache = x->hit > 0.0;
    a->cache.hit_frac = x->hit;
    fix_site(&f, "b", x->servers_b);
    fix_plan(&f);
    near_abs(f.plan->deps[0].worst_load, x->load, 1e-12);
    ck_assert(f.plan->deps[0].unstable == x->unstable);
    fix_end(&f);
}

/* What a cache answers and a limit refuses is no work; parts of a fork go to
 * members that differ; what is above the capacity of a full site is work where
 * it goes on to. */
START_TEST(load_of_flows)
{
    static const struct flow_case cases[] = {{.servers_a = 1,
                                                 .servers_b = 1,
                                                 .capacity = -1,
                                                 .hit = 0.9,
                                                 .load = 0.2},
        {.servers_a = 1,
            .servers_b = 1,
            .capacity = -1,
            .limit_per_s = 5,
            .load = 0.5},
        {.servers_a = 4,
            .servers_b = 3,
            .capacity = -1,
            .copies = 2,
            .load = 2.0 / 3},
        /* past the limit: 15/s */
        {.servers_a = 4,
            .servers_b = 2,
            .capacity = -1,
            .limit_per_s = 5,
            .falls = true,
            .load = 0.75},
        {.servers_a = 4,
            .servers_b = 1,
            .capacity = -1,
            .limit_per_s = 5,
            .falls = true,
            .load = 1.5,
            .unstable = true},
        /* a does half of it */
        {.servers_a = 1,
            .servers_b = 2,
            .capacity = 3,
            .falls = true,
            .load = 2},
        {.servers_a = 1,
            .servers_b = 1,
            .capacity = 3,
            .falls = true,
            .load = 2,
            .unstable = true},
        {.servers_a = 1,
            .servers_b = 2,
            .capacity = 3,
            .spills = true,
            .load = 2},
        {.servers_a = 1,
            .servers_b = 1,
            .capacity = 3,
            .spills = true,
            .load = 2,
            .unstable = true}};

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        flow_load(&cases[i]);
}
END_TEST

START_TEST(what_is_refused)
{
    struct fix f;

    fix_begin(&f);
    fix_class(&f, "x", 1, 0.1);
    fix_dep(&f, "d");
    fix_site(&f, "q", 1);
    f.cfg.horizon_yr = 1e-6;
    ck_assert_int_eq(
        mdl_plan_create(&f.cfg, &tables, &f.plan, &f.err), SIM_E_INPUT);
    f.cfg.simulate.duration_s = 10;
    fix_plan(&f);
    ck_assert(!f.plan->windowed);
    fix_end(&f);
    f.cfg.simulate.duration_s = NAN;
    f.cfg.horizon_yr = 1;
    f.cfg.arrivals.process.has_trace = true;
    f.cfg.arrivals.process.trace =
        (struct mdl_trace_cfg){.file = "no-such.csv", .scale = 1};
    ck_assert_int_eq(
        mdl_plan_create(&f.cfg, &tables, &f.plan, &f.err), SIM_E_INPUT);
    ck_assert_ptr_nonnull(strstr(f.err.text, "needs 'simulate.duration'"));
    f.cfg.simulate.duration_s = 10;
    ck_assert_int_eq(
        mdl_plan_create(&f.cfg, &tables, &f.plan, &f.err), SIM_E_IO);
    sim_arena_release(&f.arena);
}
END_TEST

/* ---- check without running ----------------------------------------------- */

START_TEST(check_says_loads)
{
    struct fix f;
    struct sim_text text = {0};

    fix_begin(&f);
    fix_class(&f, "x", 1, 0.1);
    fix_dep(&f, "calm");
    fix_site(&f, "q", 4);
    fix_dep(&f, "full");
    fix_site(&f, "q", 1);
    ck_assert_int_eq(mdl_run_check(&f.cfg, &tables, &text, &f.err), SIM_OK);
    ck_assert_ptr_nonnull(strstr(sim_text_str(&text),
        "calm: 1 member, 4 servers, busiest site at 25 %"));
    ck_assert_ptr_nonnull(strstr(sim_text_str(&text), "(unstable"));
    sim_text_release(&text);
    sim_arena_release(&f.arena);
}
END_TEST

/* Every allocation of the plan may fail: a clean error, nothing leaks. */
START_TEST(out_of_memory)
{
    struct fix f;
    int rc = SIM_E_NOMEM;
    long n = 0;

    fix_begin(&f);
    f.cfg.users.from = "metros-us";
    f.cfg.users.top = 3;
    fix_class(&f, "x", 1, 0.1);
    f.classes[0].service_s = NULL;
    f.classes[0].has_token_time = true;
    f.classes[0].token_time.base_ms = 1;
    f.classes[0].has_tokens = true;
    f.classes[0].tokens.like = "azure-conv";
    f.cfg.arrivals.process.has_cox = true;
    f.cfg.arrivals.process.cox.like = "azure-conv";
    f.cfg.arrivals.weekly.like = "servegen_mmid";
    fix_dep(&f, "d");
    fix_site(&f, "q", 1)->at.where = MDL_EACH_USER;
    while (rc != SIM_OK) {
        sim_alloc_fail_at(++n, 0);
        rc = mdl_plan_create(&f.cfg, &tables, &f.plan, &f.err);
        sim_alloc_fail_at(0, 0);
        ck_assert_msg(rc == SIM_OK || rc == SIM_E_NOMEM, "%s", f.err.text);
        ck_assert_int_lt(n, 10000);
    }
    ck_assert_int_gt(n, 5);
    fix_end(&f);
}
END_TEST

TEST_MAIN("models/plan", users_and_sources, nobody_named, metros,
    places_of_a_file, members_and_names, slots_speed_and_power, preference,
    residency, calendar, deflation, load, load_of_flows, what_is_refused,
    check_says_loads, out_of_memory)
