/* exact_spill.h - overflow: a first site without waiting room whose refused
 * requests go on to a second one, which has traffic of its own.
 */
#ifndef TESTS_VERIFY_EXACT_SPILL_H
#define TESTS_VERIFY_EXACT_SPILL_H

struct exact_spill {
    double edge_rate;    /* requests that prefer the first site [1/s] */
    double central_rate; /* requests of the second site alone */
    int edge_servers;    /* its capacity too */
    double edge_mu;      /* of a server [1/s] */
    int central_servers;
    int central_capacity; /* waiting and in service; for a queue without end,
                           * far out */
    double central_mu;
};

struct exact_spilled {
    double spill;        /* probability that an edge request finds the first
                          * site full */
    double edge_loss;    /* ... and the second one too */
    double central_loss; /* probability that a central request is lost */
    double loss;         /* of all requests */
    double edge_busy, central_busy; /* mean busy servers */
    /* mean response of those served [s] */
    double edge_response_s, central_response_s;
};

/** Two-dimensional chain of the numbers at both sites. */
struct exact_spilled exact_spill_chain(const struct exact_spill *s);

#endif /* TESTS_VERIFY_EXACT_SPILL_H */
