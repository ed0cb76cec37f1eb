/* exact_reliability.h - machine repair with spares and crews, k-of-n without
 * repair, causes that sites share. */
#ifndef TESTS_VERIFY_EXACT_RELIABILITY_H
#define TESTS_VERIFY_EXACT_RELIABILITY_H

/* ---- machine repair ----------------------------------------------------- */

/* `servers` positions, cold spares, exponential lives and repairs. */
struct exact_repair {
    int servers, spares, needed;
    int crews;           /* 0: one for each */
    double life, repair; /* means; repair INFINITY: never */
};

/* Stationary values; rates per unit of the means. */
struct exact_repair_answers {
    double availability, servers_up, outage_rate, outage_mean, failure_rate,
        crews_busy;
};

/** The birth-death chain in the number of failed units, in product form. */
struct exact_repair_answers exact_repair_solve(const struct exact_repair *m);

/** P(no outage up to t), all new at 0: the chain up to its first outage,
 *  uniformised.  NAN without memory. */
double exact_repair_reliability(const struct exact_repair *m, double t);

/** Mean time to the first outage: passage times upwards, each from the one
 *  before, E_j = 1/l_j + m_j/l_j E_(j-1). */
double exact_repair_mttf(const struct exact_repair *m);

/* ---- k of n ------------------------------------------------------------- */

/** P(at least k of n are up), each with probability p. */
double exact_k_of_n(int n, int k, double p);

/** Mean time until fewer than k of n Weibull lives are left, by inclusion and
 *  exclusion: the least of j lives is Weibull with scale j^(-1/shape). */
double exact_weibull_k_of_n_mean(int n, int k, double shape, double scale);

/* ---- shared causes ------------------------------------------------------ */

enum { EXACT_MAX_CAUSES = 12 };

/* Causes alternate up and down independently; a site is down while one of its
 * causes is; all is up while at least `needed` sites are. */
struct exact_shared {
    int n_causes, n_sites, needed;
    double life[EXACT_MAX_CAUSES], repair[EXACT_MAX_CAUSES]; /* means */
    unsigned causes[EXACT_MAX_CAUSES]; /* of site i: a bit for each */
};

struct exact_shared_answers {
    double uptime, outage_rate, outage_mean, sites_up;
};

/**
 * Product of the causes' availabilities over all states; the outage rate is
 * the flux over the cut from up to down.  In the long run an independent cause
 * fails at rate 1/life while it is up whatever the others do, so only means
 * count, not laws.
 */
struct exact_shared_answers exact_shared_solve(const struct exact_shared *m);

/** Is all up with the causes of `down` present? */
int exact_shared_up(const struct exact_shared *m, unsigned down);

#endif /* TESTS_VERIFY_EXACT_RELIABILITY_H */
