/* exact_servers.h - M/M/c whose servers come and go: switched off while idle
 * and booted on demand, or failing and under repair.
 *
 * Both are chains over (number in system, state of the servers), cut at `cut`
 * in system, where the mass must have vanished.
 */
#ifndef TESTS_VERIFY_EXACT_SERVERS_H
#define TESTS_VERIFY_EXACT_SERVERS_H

/* ---- power-off ----------------------------------------------------------- */

/* A server without work switches off at once; as many servers boot as requests
 * wait for one, and a boot no longer wanted is given up. */
struct exact_setup {
    int servers;
    double lambda, mu;
    double boot_s; /* exponential, mean */
    int cut;
};

struct exact_setup_result {
    double response_s;
    double off, boot, busy; /* mean servers in each state */
};

struct exact_setup_result exact_setup_queue(const struct exact_setup *q);

/* ---- breakdowns ---------------------------------------------------------- */

/* Each server lives and is repaired exponentially, whether it works or not;
 * interrupted requests go back to the head of the queue and resume. */
struct exact_breakdowns {
    int servers, crews;
    double lambda, mu;
    double life_s, repair_s;
    int cut;
};

struct exact_breakdowns_result {
    double in_system, response_s, servers_up, busy;
};

struct exact_breakdowns_result exact_breakdowns_queue(
    const struct exact_breakdowns *q);

/** Mean number in system with one server, by the generating functions of the
 *  number while it is up and while it is down: with failure rate f, repair
 *  rate r and a = r/(r + f),
 *      E[N] = (lambda/a + f lambda^2/r^2)/(mu - lambda/a) + a f lambda/r^2.
 */
double exact_breakdowns_single(const struct exact_breakdowns *q);

#endif /* TESTS_VERIFY_EXACT_SERVERS_H */
