#include "models/network.h"

#include <assert.h>
#include <math.h>
#include <stddef.h>

#include "sim/fmath.h"
#include "sim/units.h"

#define CFG struct mdl_network_cfg

static const char *const handshake_names[] = {"warm", "tls", "mtls", NULL};
static const char *const tariff_names[] = {"internet", "private", "none", NULL};

/* clang-format off */
static const struct sim_param egress_rows[] = {
    { SIM_PARAM_ENUM(struct mdl_egress_cfg, tariff, tariff_names), .unit = "",
      .dflt = MDL_EGRESS_INTERNET, .flags = SIM_P_SCALAR,
      .doc = "What data leaving the site is billed as.", .source = "[EGRESS]" },
};
static const struct sim_table egress_table = {
    .name = "egress", .doc = "Billing of data that leaves the site.",
    SIM_ROWS(egress_rows), .size = sizeof(struct mdl_egress_cfg),
};

static const struct sim_param rows[] = {
    { SIM_PARAM_F64(CFG, inflation_frac), .unit = "1", .min = 1, .max = 100,
      .flags = SIM_P_STATE | SIM_P_OPTIONAL,
      .doc = "Length of the path over straight fibre; by default the fit to real networks.",
      .source = "[RTTFIT]" },
    { SIM_PARAM_F64(CFG, fixed_ms), .unit = "ms", .min = 0, .max = 1e5,
      .flags = SIM_P_STATE | SIM_P_OPTIONAL,
      .doc = "Part of the round trip that does not grow with distance; by default fitted.",
      .source = "[RTTFIT]" },
    { SIM_PARAM_F64(CFG, spread_frac), .unit = "1", .min = 0, .max = 2,
      .flags = SIM_P_STATE | SIM_P_OPTIONAL,
      .doc = "Spread (sigma of the logarithm) between pairs of user and site; by default "
             "fitted, or 0 where inflation or fixed is given.", .source = "[RTTFIT]" },
    { SIM_PARAM_F64(CFG, jitter_frac), .unit = "1", .dflt = 0.05, .min = 0, .max = 2,
      .flags = SIM_P_STATE,
      .doc = "Jitter (sigma of the logarithm) between requests.", .source = "[RTTFIT]" },
    { SIM_PARAM_ENUM(CFG, handshake, handshake_names), .unit = "",
      .dflt = MDL_HANDSHAKE_WARM, .flags = SIM_P_STATE,
      .doc = "Connection set-up before a request: warm none, tls 2 round trips, mtls 4.",
      .source = "[TLS13]" },
    { SIM_PARAM_F64(CFG, bandwidth_bps), .unit = "bps", .dflt = (double)INFINITY, .min = 0,
      .max = 1e15, .flags = SIM_P_STATE | SIM_P_UNLIMITED | SIM_P_ABOVE_MIN,
      .doc = "Bit rate a request's payload is sent at, each way." },
    { SIM_PARAM_F64(CFG, loss_frac), .unit = "1", .dflt = 0, .min = 0, .max = 0.5,
      .flags = SIM_P_STATE,
      .doc = "Probability that a packet is lost and sent again.", .source = "[RACK]" },
    { SIM_PARAM_F64(CFG, typical_ms), .unit = "ms", .min = 0, .max = 1e5,
      .flags = SIM_P_STATE | SIM_P_OPTIONAL,
      .doc = "Round trip, access included, where the site has no coordinates." },
    { SIM_PARAM_BOOL(CFG, local), .unit = "", .dflt = false, .flags = SIM_P_STATE,
      .doc = "The site is on the user's own network: no access line, no path." },
    { SIM_PARAM_GROUP(CFG, egress, &egress_table),
      .doc = "Billing of data that leaves the site." },
};

/* Extra over wired: Wi-Fi +2.0 (p90 +13), cellular +19 (+50), satellite +25
 * (+40) [ACCESS].  The wired base is small, since the path's intercept was
 * fitted end to end: with 2 ms (8 ms) 54 % of wired users reach a site 20 km
 * away within 10 ms; 58 % were measured [EDGEREACH]. */
static const struct mdl_access_law access_laws[MDL_N_ACCESS] = {
    [MDL_ACCESS_NONE]      = {  0.0,  0.0, "[ACCESS]" },
    [MDL_ACCESS_LAN]       = {  0.0,  0.0, "[ACCESS]" },
    [MDL_ACCESS_FIBRE]     = {  1.0,  2.5, "[EDGEREACH]" },
    [MDL_ACCESS_WIRED]     = {  2.0,  8.0, "[EDGEREACH]" },
    [MDL_ACCESS_WIFI]      = {  4.0, 15.0, "[ACCESS]" },
    [MDL_ACCESS_CELLULAR]  = { 21.0, 52.0, "[ACCESS]" },
    [MDL_ACCESS_SATELLITE] = { 27.0, 42.0, "[ACCESS]" },
};
/* clang-format on */

const char *const mdl_access_names[] = {
    "none", "lan", "fibre", "wired", "wifi", "cellular", "satellite", NULL};

const struct sim_table mdl_network_table = {
    .name = "network",
    .doc = "The way between users and the site.",
    SIM_ROWS(rows),
    .size = sizeof(CFG),
};

/* Fits of median round trip on distance, least absolute deviation [RTTFIT]. */
struct fit {
    double a_ms, b_ms_per_km, sigma;
};
static const struct fit within_continent = {7.0, 0.017, 0.18};
static const struct fit between_continents = {11.7, 0.0148, 0.20};
#define CONTINENT_KM 5500.0

#define LOCAL_RTT_MS     0.5 /* switch and host stack on one LAN [D] */
#define Z90              1.2815515655446004 /* N(0,1) quantile at 0.9 */
#define SEGMENT_BYTES    1460.0 /* TCP payload of a 1500-byte packet, IPv4 */
#define LOSS_ROUND_TRIPS 2.0    /* RACK with tail loss probe [RACK] */
#define DEGREES_PER_TURN 360.0
#define PI               3.14159265358979323846

/* Round trips of a request: one, and what the handshake adds. */
static const double round_trips[] = {
    [MDL_HANDSHAKE_WARM] = 1.0,
    [MDL_HANDSHAKE_TLS] = 3.0,
    [MDL_HANDSHAKE_MTLS] = 5.0,
};

const struct mdl_access_law *mdl_access_law(int access)
{
    assert(access >= 0 && access < MDL_N_ACCESS);
    return &access_laws[access];
}

/* Arc tangent of y/x for y, x >= 0, not both 0; the same bits everywhere.
 * Three half-angle steps, atan t = 2 atan(t/(1 + sqrt(1 + t^2))), bring the
 * argument below tan(pi/32) = 0.0985, where nine terms of the series are
 * exact to 4e-21. */
static double arc_tangent(double y, double x)
{
    const double t = y <= x ? y / x : x / y;
    double s = t;
    double sum = 0.0;

    for (int i = 0; i < 3; i++)
        s = s / (1.0 + sqrt(1.0 + s * s));
    for (int k = 17; k >= 1; k -= 2) {
        const double sign = k % 4 == 1 ? 1.0 : -1.0;
        sum = sum * s * s + sign / k;
    }
    sum = 8.0 * s * sum;
    return y <= x ? sum : PI / 2.0 - sum;
}

double mdl_distance_km(double lat_1, double lon_1, double lat_2, double lon_2)
{
    double sin_lat, sin_lon, cos_1, cos_2, unused;

    sim_sincos_2pi((lat_2 - lat_1) / 2.0 / DEGREES_PER_TURN, &sin_lat, &unused);
    sim_sincos_2pi((lon_2 - lon_1) / 2.0 / DEGREES_PER_TURN, &sin_lon, &unused);
    sim_sincos_2pi(lat_1 / DEGREES_PER_TURN, &unused, &cos_1);
    sim_sincos_2pi(lat_2 / DEGREES_PER_TURN, &unused, &cos_2);

    const double h = sin_lat * sin_lat + cos_1 * cos_2 * sin_lon * sin_lon;
    const double inside = h < 1.0 ? h : 1.0; /* rounding at the antipode */
    return 2.0 * MDL_EARTH_RADIUS_KM *
           arc_tangent(sqrt(inside), sqrt(1.0 - inside));
}

double mdl_fibre_rtt_s(double km)
{
    return 2.0 * km * MDL_FIBRE_INDEX / MDL_LIGHT_KM_PER_S;
}

/* Median round trip over a known distance [s], pair spread included. */
static double distance_rtt_s(const CFG *cfg, double km, double pair_z)
{
    const struct fit *fit =
        km > CONTINENT_KM ? &between_continents : &within_continent;
    const bool own = !isnan(cfg->inflation_frac) || !isnan(cfg->fixed_ms);
    double sigma = own ? 0.0 : fit->sigma;
    double fixed_ms = fit->a_ms;
    double path_s = fit->b_ms_per_km * km / SIM_MS_PER_S;

    if (!isnan(cfg->fixed_ms))
        fixed_ms = cfg->fixed_ms;
    if (!isnan(cfg->inflation_frac))
        path_s = cfg->inflation_frac * mdl_fibre_rtt_s(km);
    if (!isnan(cfg->spread_frac))
        sigma = cfg->spread_frac;

    const double rtt_s = fixed_ms / SIM_MS_PER_S + path_s;
    /* exp(0) is 1 exactly, yet the test spares the product's rounding */
    return sigma > 0.0 ? rtt_s * sim_exp(sigma * pair_z) : rtt_s;
}

/* Round trip without access [s], by what is known of the place. */
static double path_rtt_s(const CFG *cfg, double km, double pair_z)
{
    const bool typical = !isnan(cfg->typical_ms);

    if (cfg->local)
        return (typical ? cfg->typical_ms : LOCAL_RTT_MS) / SIM_MS_PER_S;
    if (isnan(km))
        return typical ? cfg->typical_ms / SIM_MS_PER_S : 0.0;
    return distance_rtt_s(cfg, km, pair_z);
}

/* Chance that at least one of the packets of `bytes` is lost. */
static double request_loss(double packet_loss, double bytes)
{
    if (packet_loss <= 0.0)
        return 0.0;
    const double packets = 2.0 + floor(bytes / SEGMENT_BYTES);
    return 1.0 - sim_exp(packets * sim_log(1.0 - packet_loss));
}

int mdl_network_path(const struct mdl_network_cfg *cfg, double km, int access,
    double pair_z, double request_bytes, double response_bytes,
    struct mdl_path *out, struct sim_err *err)
{
    assert(cfg != NULL && out != NULL);

    if (km < 0.0 || !(request_bytes >= 0.0) || !(response_bytes >= 0.0))
        return sim_err_set(err, SIM_E_INPUT,
            "a path of %g km with %g + %g bytes is not possible", km,
            request_bytes, response_bytes);

    const double trips = round_trips[cfg->handshake];
    const double bytes = request_bytes + response_bytes;
    const struct mdl_access_law *law =
        mdl_access_law(cfg->local || isnan(km) ? MDL_ACCESS_NONE : access);
    const double median_s = law->median_ms / SIM_MS_PER_S;
    const double rtt_s = path_rtt_s(cfg, km, pair_z);
    struct mdl_path path = {
        .base_s = trips * rtt_s,
        .jitter_sigma = cfg->jitter_frac,
        .access_mu = -(double)INFINITY,
        .rtt_s = rtt_s + median_s,
        .payload_s = SIM_BITS_PER_BYTE * bytes / cfg->bandwidth_bps,
        .loss_frac = request_loss(cfg->loss_frac, bytes),
    };

    path.loss_s = LOSS_ROUND_TRIPS * path.rtt_s;
    if (law->median_ms > 0.0) {
        path.access_mu = sim_log(trips * median_s);
        path.access_sigma = sim_log(law->p90_ms / law->median_ms) / Z90;
    }
    if (!isfinite(path.base_s) || !isfinite(path.payload_s))
        return sim_err_set(
            err, SIM_E_RANGE, "round trip over %g km is not finite", km);
    *out = path;
    return SIM_OK;
}
