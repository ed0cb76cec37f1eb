/* The first requests of a study, one by one, into the results. */
#include "models/study.h"

/* Names are kept once in the results, however many requests bear them. */
static const char *kept(struct res_run *run, const char **list, int i,
    const char *name, bool *failed)
{
    if (list[i] == NULL)
        list[i] = sim_arena_strdup(&run->arena, name);
    *failed = *failed || list[i] == NULL;
    return list[i];
}

static int open_names(
    struct mdl_study *study, struct mdl_case *c, struct sim_err *err)
{
    struct sim_arena *arena = &study->arena;
    const struct mdl_plan *plan = study->plan;

    if (study->user_names == NULL) {
        study->user_names = sim_arena_calloc(
            arena, (size_t)plan->n_users, sizeof *study->user_names);
        study->class_names = sim_arena_calloc(
            arena, (size_t)plan->n_classes, sizeof *study->class_names);
    }
    if (c->member_names == NULL)
        c->member_names = sim_arena_calloc(
            arena, (size_t)c->dep->n_members, sizeof *c->member_names);
    if (study->user_names == NULL || study->class_names == NULL ||
        c->member_names == NULL)
        return sim_err_set(err, SIM_E_NOMEM, "out of memory");
    return SIM_OK;
}

int mdl_study_list(struct mdl_study *study, struct mdl_case *c, int64_t window,
    const struct mdl_notes *notes, struct sim_err *err)
{
    static const char *const outcomes[] = {[SIM_SERVED] = "served",
        [SIM_LOST] = "lost",
        [SIM_ABANDONED] = "abandoned"};
    const struct mdl_plan *plan = study->plan;
    struct res_run *run = study->run;
    const char *deployment;
    bool failed = false;
    int rc = open_names(study, c, err);

    if (rc != SIM_OK)
        return rc;
    deployment = sim_arena_strdup(&run->arena, c->dep->cfg->name);
    failed = deployment == NULL;
    for (int64_t i = 0;
         i < notes->n && c->n_noted < study->options->trace && !failed; i++) {
        const struct mdl_noted *n = &notes->list[i];
        const struct res_request request = {.deployment = deployment,
            .user = kept(run, study->user_names, n->user,
                plan->users[n->user].name, &failed),
            .cls = kept(run, study->class_names, n->cls,
                plan->classes[n->cls].cfg->name, &failed),
            .site = n->member < 0
                        ? ""
                        : kept(run, c->member_names, n->member,
                              c->dep->members[n->member].name, &failed),
            .window = window,
            .k = n->k,
            .attempts = n->attempts,
            .send_s = n->send_s,
            .arrive_s = n->arrive_s,
            .start_s = n->start_s,
            .end_s = n->end_s,
            .outcome = outcomes[n->outcome]};
        failed = failed || res_add_request(run, &request) != SIM_OK;
        c->n_noted++;
    }
    if (failed)
        return sim_err_set(err, SIM_E_NOMEM, "out of memory");
    return SIM_OK;
}
