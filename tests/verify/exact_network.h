/* exact_network.h - networks of queues with product form: open (Jackson) and
 * closed with thinking clients (Gordon and Newell).
 *
 * Stations are first come first served with exponential service; the visits to
 * a station may repeat (feedback).
 */
#ifndef TESTS_VERIFY_EXACT_NETWORK_H
#define TESTS_VERIFY_EXACT_NETWORK_H

enum { EXACT_MAX_STATIONS = 4, EXACT_MAX_POPULATION = 64 };

struct exact_station {
    int servers;
    double mu; /* of one server [1/s] */
};

/* An open network: request rates from outside and the probabilities to go from
 * one station to another; the rest leaves. */
struct exact_journey {
    int n;
    struct exact_station station[EXACT_MAX_STATIONS];
    double enter[EXACT_MAX_STATIONS];
    double next[EXACT_MAX_STATIONS][EXACT_MAX_STATIONS];
};

struct exact_open {
    double rate[EXACT_MAX_STATIONS];      /* through each station [1/s] */
    double in_system[EXACT_MAX_STATIONS]; /* mean number there */
    double response_s;                    /* enter to leave, mean */
};

/** Traffic equations rate = enter + rate x next by elimination, then each
 *  station an M/M/c by itself. */
struct exact_open exact_open_network(const struct exact_journey *j);

struct exact_closed {
    double rate;       /* cycles of all clients together [1/s] */
    double response_s; /* a cycle without the thinking, mean */
    double in_system[EXACT_MAX_STATIONS];
};

/** `population` clients think for a mean time, then visit each of the n
 *  stations once.  Buzen's convolution, whose terms are all positive. */
struct exact_closed exact_closed_network(
    const struct exact_station *station, int n, int population, double think_s);

#endif /* TESTS_VERIFY_EXACT_NETWORK_H */
