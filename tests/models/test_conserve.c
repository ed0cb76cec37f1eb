/* What must hold of a window.  Truth: identities - blocks are made here that
 * keep them, and then one number is moved. */
#include "check_main.h"

#include <math.h>
#include <string.h>

#include "models/conserve.h"
#include "sim/alloc.h"

enum { CLASSES = 2, ENTRIES = 1, USERS = 2 };

struct fix {
    struct mdl_layout layout;
    void *block;
    struct mdl_stays stays;
    double in_system_s;
    int64_t open;
    struct sim_err err;
};

static double *count(struct fix *f, int scope, int what)
{
    return mdl_block_at(f->block, f->layout.counts) +
           (size_t)scope * MDL_N_COUNTS + what;
}

/* Users 0 and 1 send 3 and 4 requests of class 0, 5 and 6 of class 1; of the
 * 18 in all, 17 reach the site and 2 of these are refused. */
static void begin(struct fix *f)
{
    static const double offered[USERS * CLASSES] = {3, 5, 4, 6};
    const struct mdl_run_cfg cfg = {.name = "conserve"};
    const struct mdl_plan plan = {
        .cfg = &cfg, .n_classes = CLASSES, .n_sources = USERS * CLASSES};
    const struct mdl_dep dep = {.n_entries = ENTRIES, .max_candidates = 1};

    *f = (struct fix){
        .in_system_s = 5.0, .stays = {.from_s = 0.0, .to_s = 10.0}};
    mdl_layout_init(&f->layout, &plan, &dep);
    f->block = sim_calloc(1, f->layout.bytes);
    ck_assert_ptr_nonnull(f->block);
    memcpy(mdl_block_at(f->block, f->layout.offered), offered, sizeof offered);
    *count(f, 0, MDL_OFFERED) = 7;
    *count(f, 0, MDL_SERVED) = 7;
    *count(f, 1, MDL_OFFERED) = 11;
    *count(f, 1, MDL_SERVED) = 6;
    *count(f, 1, MDL_LOST) = 3;
    *count(f, 1, MDL_ABANDONED) = 2;
    *count(f, 2, MDL_OFFERED) = 17;
    *count(f, 2, MDL_SERVED) = 13;
    *count(f, 2, MDL_LOST) = 2;
    *count(f, 2, MDL_ABANDONED) = 2;
    mdl_stays_add(&f->stays, -2.0, 1.5); /* 1.5 s inside */
    mdl_stays_add(&f->stays, 2.0, 4.0);
    mdl_stays_add(&f->stays, 8.5, 30.0); /* 1.5 s inside */
    mdl_stays_add(&f->stays, 11.0, 12.0);
    mdl_stays_add(&f->stays, -3.0, -1.0);
    mdl_stays_add(&f->stays, 12.0, 5.0); /* cut off on its way: no stay */
}

static void end(struct fix *f)
{
    sim_free(f->block);
}

static int checked(struct fix *f)
{
    return mdl_conserve_check(
        &f->layout, f->block, f->open, &f->stays, f->in_system_s, &f->err);
}

START_TEST(stays_overlap)
{
    struct fix f;

    begin(&f);
    ck_assert_double_eq(f.stays.sum_s, 5.0);
    ck_assert_int_eq(checked(&f), SIM_OK);
    end(&f);
}
END_TEST

/* One request more or less, of any count, is found, and named. */
START_TEST(one_request)
{
    static const struct {
        int scope, what;
        const char *says;
    } cases[] = {{0, MDL_OFFERED, "class 0 has 8"},
        {0, MDL_SERVED, "but 8 served"}, {1, MDL_LOST, "4 lost"},
        {1, MDL_ABANDONED, "3 abandoned"}, {2, MDL_SERVED, "site entry 0"},
        {2, MDL_OFFERED, "site entry 0"}};

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fix f;
        begin(&f);
        *count(&f, cases[i].scope, cases[i].what) += 1;
        ck_assert_int_eq(checked(&f), SIM_E_INTERNAL);
        ck_assert_msg(
            strstr(f.err.text, cases[i].says) != NULL, "%s", f.err.text);
        end(&f);
    }
}
END_TEST

START_TEST(sent_and_ended)
{
    struct fix f;

    begin(&f);
    mdl_block_at(f.block, f.layout.offered)[2] += 1;
    ck_assert_int_eq(checked(&f), SIM_E_INTERNAL);
    ck_assert_ptr_nonnull(strstr(f.err.text, "class 0 sent 8"));
    end(&f);
    begin(&f);
    f.open = 1;
    ck_assert_int_eq(checked(&f), SIM_E_INTERNAL);
    ck_assert_ptr_nonnull(strstr(f.err.text, "1 requests are still open"));
    end(&f);
}
END_TEST

/* Little's law: a billionth, and what an ulp of the time can do, but no
 * more. */
START_TEST(little)
{
    static const struct {
        double off;
        int rc;
    } cases[] = {{4.9e-9, SIM_OK}, {-4.9e-9, SIM_OK}, {6e-9, SIM_E_INTERNAL},
        {-6e-9, SIM_E_INTERNAL}, {(double)NAN, SIM_E_INTERNAL}};

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fix f;
        begin(&f);
        f.in_system_s = 5.0 + cases[i].off;
        ck_assert_int_eq(checked(&f), cases[i].rc);
        end(&f);
    }
}
END_TEST

TEST_MAIN("models/conserve", stays_overlap, one_request, sent_and_ended, little)
