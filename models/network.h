/* network.h - round-trip time between a user and a site.
 *
 *     request's network time = access + path x round trips + payload + loss
 *
 * The path is distance over fibre with the detours and the peering of real
 * networks, fitted on published inter-region round trips:
 *     path_ms = (a + b km) exp(sigma_pair Z),  Z ~ N(0,1) once per pair,
 *     a 7 ms,    b 0.017 ms/km,  sigma 0.18   within a continent,
 *     a 11.7 ms, b 0.0148 ms/km, sigma 0.20   between continents (over 5500
 * km). A request multiplies it by exp(jitter N(0,1)).  Access adds a lognormal
 * time per request, by the user's kind of line.  Handshakes add whole round
 * trips.
 *
 * All of it enters simulated time: only sim/fmath.h and IEEE basic operations
 * are used, so every machine gives the same bits.
 *
 * Source: [RTTFIT] [ACCESS] [TLS13] [RACK] in models/SOURCES.md.
 */
#ifndef MODELS_NETWORK_H
#define MODELS_NETWORK_H

#include <stdbool.h>

#include "sim/err.h"
#include "sim/param.h"

#define MDL_EARTH_RADIUS_KM 6371.0088
#define MDL_LIGHT_KM_PER_S  299792.458
#define MDL_FIBRE_INDEX     1.4682

enum mdl_handshake {    /* state of the connection when a request is sent */
    MDL_HANDSHAKE_WARM, /* open: nothing added */
    MDL_HANDSHAKE_TLS,  /* TCP and TLS 1.3: two round trips more */
    MDL_HANDSHAKE_MTLS, /* TCP and mutual TLS 1.2: four more */
};

enum mdl_egress { /* what leaving traffic is billed as */
    MDL_EGRESS_INTERNET,
    MDL_EGRESS_PRIVATE, /* between the operator's own sites and regions */
    MDL_EGRESS_NONE,
};

struct mdl_egress_cfg {
    int tariff; /* enum mdl_egress */
};

/* `network:` of a site.  Rows, ranges and defaults: network.c. */
struct mdl_network_cfg {
    double inflation_frac; /* path over great-circle fibre; NAN = fitted */
    double fixed_ms; /* part that does not grow with distance; NAN = fitted */
    double spread_frac;   /* sigma of the pair; NAN = fitted, or 0 when
                           * inflation or fixed is given */
    double jitter_frac;   /* sigma of each request */
    int handshake;        /* enum mdl_handshake */
    double bandwidth_bps; /* INFINITY = unlimited */
    double loss_frac;     /* probability that a packet is lost */
    double typical_ms;    /* round trip, all included, where no coordinates
                           * are known; NAN = none */
    bool local;           /* on the user's own network */
    struct mdl_egress_cfg egress;
};

extern const struct sim_table mdl_network_table;

/* A user's line.  The extra over the path's own 7 ms. */
enum mdl_access {
    MDL_ACCESS_NONE, /* nothing added */
    MDL_ACCESS_LAN,
    MDL_ACCESS_FIBRE,
    MDL_ACCESS_WIRED, /* cable, DSL */
    MDL_ACCESS_WIFI,  /* on a wired line */
    MDL_ACCESS_CELLULAR,
    MDL_ACCESS_SATELLITE, /* low orbit */
    MDL_N_ACCESS,
};
extern const char *const mdl_access_names[]; /* for SIM_PARAM_ENUM */

/* Median and 90th percentile [ms] of the extra round trip of an access kind,
 * with its source. */
struct mdl_access_law {
    double median_ms, p90_ms;
    const char *source; /* key of models/SOURCES.md */
};
const struct mdl_access_law *mdl_access_law(int access);

/* Ready for the request loop, handshakes included.  With independent
 * N(0,1) draws J and A and a uniform U, the network time of a request is
 *     base_s exp(jitter_sigma J) + exp(access_mu + access_sigma A) + payload_s
 *         + (U < loss_frac ? loss_s : 0),
 * the access term absent when access_mu is -INFINITY. */
struct mdl_path {
    double base_s; /* path times round trips, the pair's draw included */
    double jitter_sigma;
    double access_mu;    /* ln of the median access time [s] */
    double access_sigma; /* 0 = constant */
    double payload_s;    /* both directions at `bandwidth` */
    double loss_frac;    /* probability that the request loses a packet */
    double loss_s;       /* what that costs: two round trips */
    double rtt_s;        /* one median round trip: path and access; reported */
};

/**
 * Great-circle distance [km] between two places in degrees, on a sphere of
 * radius 6371.0088 km, by the haversine formula; 0 .. 20015.1.
 */
double mdl_distance_km(double lat_1, double lon_1, double lat_2, double lon_2);

/** Round trip [s] over straight fibre: 2 km n / c. */
double mdl_fibre_rtt_s(double km);

/**
 * The path of a (user, site) pair.
 *
 * @param cfg       validated configuration of a site that has a network
 * @param km        distance; NAN = no coordinates: then `typical` holds, access
 *                  included and without the pair's spread; without `typical` 0
 * @param access    enum mdl_access of the user; ignored with `local` and
 *                  without coordinates
 * @param pair_z    the pair's N(0,1) draw
 * @param request_bytes, response_bytes  payload each way, >= 0
 * @param out       out: untouched on error
 * @retval SIM_E_INPUT  negative distance or size
 * @retval SIM_E_RANGE  the result is not finite
 * Source: [RTTFIT].
 */
SIM_MUST_CHECK int mdl_network_path(const struct mdl_network_cfg *cfg,
    double km, int access, double pair_z, double request_bytes,
    double response_bytes, struct mdl_path *out, struct sim_err *err);

#endif /* MODELS_NETWORK_H */
