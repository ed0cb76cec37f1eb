/* The metric table: every name a result, threshold, sheet or chart may use.
 * Adding a metric is one row here and one res_put() where it is computed. */
#include "models/results/results.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* clang-format off */
static const struct res_metric_row rows[] = {
    /* requests */
    {"requests.offered", "Requests offered", "request", false, 0, RES_NEUTRAL, "First attempts sent, over the horizon or the run."},
    {"requests.served", "Requests served", "request", false, 0, RES_HIGHER, "Requests that got an answer."},
    {"requests.lost", "Requests lost", "request", false, 0, RES_LOWER, "Refused, cut off, or with no site to go to."},
    {"requests.abandoned", "Requests abandoned", "request", false, 0, RES_LOWER, "Left the queue before service."},
    {"requests.retried", "Requests retried", "request", false, 0, RES_LOWER, "Attempts after the first."},
    {"requests.hedged", "Requests hedged", "request", false, 0, RES_NEUTRAL, "Second copies sent while the first was under way."},
    {"requests.fallback", "Requests fallen back", "request", false, 0, RES_LOWER, "Served by the fallback of their class."},
    {"cache_hit_share", "Cache hits", "1", false, 4, RES_HIGHER, "Share of offered requests answered from a cache."},
    {"requests.spilled", "Requests spilled", "request", false, 0, RES_NEUTRAL, "Served or lost away from the first choice because of load or failure."},
    {"requests.rate", "Request rate", "1/s", false, 1, RES_NEUTRAL, "Mean offered rate."},
    {"requests.served_rate", "Served rate", "1/s", false, 1, RES_NEUTRAL, "Mean rate of requests served."},
    {"abandon_probability", "Abandon probability", "1", false, 5, RES_LOWER, "Abandoned over offered."},
    {"loss_probability", "Loss probability", "1", false, 5, RES_LOWER, "Lost over offered."},
    {"spill_probability", "Spill probability", "1", false, 5, RES_NEUTRAL, "Spilled over offered."},
    {"wait_probability", "Wait probability", "1", false, 4, RES_LOWER, "Share of requests that found no free slot."},
    /* latency */
    {"latency", "Latency", "ms", true, 1, RES_LOWER, "End to end, served requests: network, queue and service."},
    {"network", "Network time", "ms", true, 1, RES_LOWER, "Round trip with payload and handshake, served requests."},
    {"queue", "Queueing time", "ms", true, 2, RES_LOWER, "Wait before first service, zero included."},
    {"queue.second_moment", "Second moment of the wait", "ms2", false, 2, RES_NEUTRAL, "Mean of the squared wait."},
    {"service", "Service time", "ms", true, 2, RES_LOWER, "Time from first service to the end at the station."},
    /* load */
    {"utilization", "Utilization", "1", false, 4, RES_NEUTRAL, "Busy slots over slots in service, by time."},
    {"in_system", "Number in system", "1", true, 3, RES_NEUTRAL, "Requests at the site, waiting and in service, by time."},
    {"queue_length", "Queue length", "1", true, 3, RES_LOWER, "Requests waiting, by time."},
    {"running", "Number in service", "1", true, 3, RES_NEUTRAL, "Requests in service, by time."},
    {"busy_servers", "Busy servers", "1", true, 3, RES_NEUTRAL, "Busy slots, by time."},
    {"batch_size", "Batch size", "1", true, 2, RES_NEUTRAL, "Requests served together."},
    {"slowdown", "Slowdown", "1", true, 3, RES_LOWER, "Response at the site over service time."},
    {"slowdown.bin.<k>", "Slowdown by size", "1", true, 3, RES_LOWER, "The same of requests in size bin k (report.size_bins)."},
    {"time_share.off", "Off", "1", false, 4, RES_NEUTRAL, "Share of slot time switched off."},
    {"time_share.boot", "Booting", "1", false, 4, RES_LOWER, "Share of slot time booting."},
    {"time_share.idle", "Idle", "1", false, 4, RES_LOWER, "Share of slot time on and idle."},
    {"time_share.busy", "Busy", "1", false, 4, RES_NEUTRAL, "Share of slot time serving."},
    {"time_share.empty", "Empty", "1", false, 4, RES_NEUTRAL, "Share of time with nobody at the site, mean over its members."},
    {"servers_up", "Servers up", "1", true, 3, RES_HIGHER, "Servers in service, by time."},
    {"power", "IT power", "kW", true, 3, RES_LOWER, "Power of the servers, by time."},
    {"power.facility", "Power at the meter", "kW", true, 3, RES_LOWER, "IT power times PUE, by time."},
    {"windows.clipped", "Windows clipped", "1", false, 0, RES_LOWER, "Windows whose lead-in was cut at 6 h."},
    {"windows.overloaded", "Windows overloaded", "1", false, 0, RES_LOWER, "Windows with requests unfinished long after their end."},
    /* objectives */
    {"slo.attainment", "SLO attainment", "1", false, 4, RES_HIGHER, "Share of offered requests served within their limit."},
    {"slo.met", "SLO met", "1", false, 0, RES_HIGHER, "1 when attainment reaches the objective's percentile, for all classes."},
    /* availability */
    {"availability", "Availability", "1", false, 6, RES_HIGHER, "Served over offered; equals uptime where nothing arrives."},
    {"uptime", "Uptime", "1", false, 6, RES_HIGHER, "Share of time in service (manual, availability)."},
    {"downtime_h_per_year", "Downtime", "h/year", false, 2, RES_LOWER, "(1 - uptime) x 8,760 h."},
    {"outages_per_h", "Outage rate", "1/h", false, 6, RES_LOWER, "Starts of down periods per hour."},
    {"outage", "Outage length", "h", true, 3, RES_LOWER, "Length of a down period."},
    {"failures_per_h", "Failure rate", "1/h", false, 6, RES_LOWER, "Component failures per hour."},
    {"crews_busy", "Crews busy", "1", true, 3, RES_NEUTRAL, "Repair crews at work, by time."},
    {"reliability", "Reliability", "1", false, 6, RES_HIGHER, "Probability of being up throughout the run."},
    {"mttf", "Mean time to failure", "h", false, 3, RES_HIGHER, "From the start, all up, to the first outage."},
    {"sites_up", "Sites up", "1", true, 3, RES_HIGHER, "Sites in service, by time."},
    {"capacity.p_total_loss", "P(total loss)", "1", false, 7, RES_LOWER, "Share of time with no capacity in service."},
    {"capacity.p_at_least_90", "P(capacity >= 90 %)", "1", false, 5, RES_HIGHER, "Share of time with at least 90 % of nominal capacity."},
    {"capacity.mean", "Mean capacity", "1", false, 5, RES_HIGHER, "Capacity in service over nominal, by time."},
    /* traffic */
    {"traffic.egress", "Egress", "GB/year", false, 0, RES_LOWER, "Bytes sent to users, mean year."},
    {"traffic.ingress", "Ingress", "GB/year", false, 0, RES_NEUTRAL, "Bytes received from users, mean year."},
    {"traffic.left_site", "Traffic off site", "GB/year", false, 0, RES_LOWER, "Bytes that left the user's own site, mean year."},
    {"distance", "Distance", "km", false, 0, RES_LOWER, "Great circle from a user to its first-choice site."},
    /* energy */
    {"energy.it", "IT energy", "kWh/year", false, 0, RES_LOWER, "Energy of the servers, mean year."},
    {"energy.site", "Site energy", "kWh/year", false, 0, RES_LOWER, "Energy at the meter, mean year."},
    {"energy.model_gap", "Load-curve gap", "1", false, 5, RES_LOWER, "Hourly model against direct energy in the windows."},
    {"energy.cost", "Energy bill", "$/year", false, 0, RES_LOWER, "Energy and demand charges in prices of the start, mean year."},
    {"energy.per_request", "Energy per request", "Wh", false, 4, RES_LOWER, "Site energy over requests served."},
    {"pue", "PUE", "1", false, 3, RES_LOWER, "Site energy over IT energy, whole horizon."},
    {"peak_power", "Peak power", "kW", false, 1, RES_LOWER, "Largest hourly mean at the meter, sum over sites."},
    {"renewable_share", "Renewable share", "1", false, 3, RES_HIGHER, "Share of site energy from own renewables."},
    {"unserved_energy", "Unserved energy", "kWh/year", false, 0, RES_LOWER, "Energy demand that could not be met."},
    /* environment */
    {"carbon.operational", "Operational carbon", "t/year", false, 1, RES_LOWER, "CO2-equivalent of site energy, hourly grid factors, mean year."},
    {"carbon.embodied", "Embodied carbon", "t/year", false, 1, RES_LOWER, "CO2-equivalent of making the hardware, spread over its life."},
    {"water", "Water", "L/year", false, 0, RES_LOWER, "Water used on site, mean year."},
    /* money */
    {"tco.npv", "TCO, present value", "$", false, 0, RES_LOWER, "Present value of all costs after tax."},
    {"tco.total", "TCO, undiscounted", "$", false, 0, RES_LOWER, "Nominal sum of all costs after tax."},
    {"tco.equivalent_annual", "Equivalent annual cost", "$/year", false, 0, RES_LOWER, "Present value x capital recovery factor."},
    {"tco.npv_before_tax", "TCO before tax", "$", false, 0, RES_LOWER, "Present value of all costs but tax."},
    {"tco.hardware", "Hardware", "$", false, 0, RES_LOWER, "Present value: servers and their replacement."},
    {"tco.facility", "Facility", "$", false, 0, RES_LOWER, "Present value: power, cooling, shell."},
    {"tco.generation", "Generation", "$", false, 0, RES_LOWER, "Present value: own generation and storage."},
    {"tco.energy", "Energy", "$", false, 0, RES_LOWER, "Present value: energy and demand charges."},
    {"tco.network", "Network", "$", false, 0, RES_LOWER, "Present value: circuits."},
    {"tco.egress", "Egress", "$", false, 0, RES_LOWER, "Present value: metered traffic."},
    {"tco.rental", "Rental", "$", false, 0, RES_LOWER, "Present value: rented capacity and space."},
    {"tco.staff", "Staff", "$", false, 0, RES_LOWER, "Present value: people."},
    {"tco.repair", "Repair", "$", false, 0, RES_LOWER, "Present value: maintenance, parts and visits."},
    {"tco.security", "Security", "$", false, 0, RES_LOWER, "Present value: site security."},
    {"tco.software", "Software", "$", false, 0, RES_LOWER, "Present value: licences."},
    {"tco.lease", "Lease", "$", false, 0, RES_LOWER, "Present value: lease payments."},
    {"tco.latency_penalty", "Latency penalty", "$", false, 0, RES_LOWER, "Present value: value lost to latency."},
    {"tco.lost_revenue", "Lost revenue", "$", false, 0, RES_LOWER, "Present value: value of requests not served."},
    {"tco.carbon", "Carbon cost", "$", false, 0, RES_LOWER, "Present value: priced emissions."},
    {"tco.tax", "Tax", "$", false, 0, RES_LOWER, "Present value: tax effect of costs and depreciation (negative: relief)."},
    {"tco.residual", "Residual value", "$", false, 0, RES_LOWER, "Present value of what is left at the horizon (negative cost)."},
    {"cost.per_million_requests", "Cost per million requests", "$", false, 2, RES_LOWER, "PV of costs over PV of requests served."},
    {"cost.per_million_requests.reserved", "... on capacity", "$", false, 2, RES_LOWER, "The same over the requests that the capacity could serve."},
    {"cost.per_million_tokens", "Cost per million tokens", "$", false, 2, RES_LOWER, "PV of costs over PV of tokens in and out."},
    {"cost.per_million_tokens.reserved", "... on capacity", "$", false, 2, RES_LOWER, "The same on capacity."},
    {"cost.per_million_input_tokens", "Cost per million input tokens", "$", false, 2, RES_LOWER, "PV of costs over PV of input tokens."},
    {"cost.per_million_output_tokens", "Cost per million output tokens", "$", false, 2, RES_LOWER, "PV of costs over PV of output tokens."},
    {"cost.per_gpu_hour", "Cost per accelerator-hour", "$", false, 3, RES_LOWER, "PV of costs over PV of busy accelerator-hours."},
    {"cost.per_gpu_hour.reserved", "... on capacity", "$", false, 3, RES_LOWER, "PV of costs over PV of installed accelerator-hours."},
    {"cost.per_it_kwh", "Cost per IT kWh", "$", false, 3, RES_LOWER, "PV of costs over PV of IT energy."},
    {"cost.per_it_kwh.reserved", "... on capacity", "$", false, 3, RES_LOWER, "PV of costs over PV of contracted IT energy."},
    {"irr", "IRR", "1", false, 4, RES_HIGHER, "Internal rate of return of (baseline - deployment) flows."},
    {"mirr", "MIRR", "1", false, 4, RES_HIGHER, "Modified internal rate of return of the same flows."},
    {"payback", "Payback", "year", false, 2, RES_LOWER, "Time until the saved costs repay the extra capital."},
    {"payback.discounted", "Discounted payback", "year", false, 2, RES_LOWER, "The same on discounted flows."},
    {"npv_gain", "NPV gain over the baseline", "$", false, 0, RES_HIGHER, "tco.npv of the baseline less that of the deployment."},
    {"capex", "Initial capital", "$", false, 0, RES_LOWER, "Purchases at time zero."},
    {"capex_refresh", "Refresh capital", "$", false, 0, RES_LOWER, "Later purchases, nominal."},
    {"capex.equivalent_annual", "Capital per year", "$/year", false, 0, RES_LOWER, "PV of purchases less residual x capital recovery factor."},
    {"opex_per_year", "Running cost per year", "$/year", false, 0, RES_LOWER, "Nominal mean of running costs before tax."},
    /* deployment */
    {"time_to_service", "Time to service", "month", false, 1, RES_LOWER, "Mean time from decision to service, slowest entry."},
    {"stranded.book_value", "Stranded book value", "$", false, 0, RES_LOWER, "Book value of capacity without demand."},
    {"stranded.share", "Stranded share", "1", false, 3, RES_LOWER, "Capacity without demand over capacity."},
    {"truck_rolls_per_year", "Truck rolls", "1/year", false, 2, RES_LOWER, "Visits to sites per year."},
    {"spares_used_per_year", "Spares used", "1/year", false, 2, RES_LOWER, "Failed units replaced per year."},
};
/* clang-format on */

static const char *const dist_suffixes[] = {
    "mean", "sd", "p50", "p90", "p95", "p99", "p999", "max"};

/* Is a name of n characters that of a row?  An index stands for "<k>". */
static bool is_named(const char *row, const char *name, size_t n)
{
    const char *end = name + n, *p = name;

    while (*row != '\0' && p < end) {
        if (strncmp(row, "<k>", 3) == 0 && isdigit((unsigned char)*p)) {
            row += 3;
            while (p < end && isdigit((unsigned char)*p))
                p++;
        } else if (*row++ != *p++) {
            return false;
        }
    }
    return *row == '\0' && p == end;
}

static const struct res_metric_row *row_named(const char *name, size_t n)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (is_named(rows[i].name, name, n))
            return &rows[i];
    }
    return NULL;
}

/* A name without scope: a plain row, or a dist row with one of the suffixes. */
static const struct res_metric_row *row_unscoped(const char *name)
{
    const struct res_metric_row *row = row_named(name, strlen(name));
    const char *dot = strrchr(name, '.');

    if (row != NULL && !row->dist)
        return row;
    if (dot == NULL)
        return NULL;
    row = row_named(name, (size_t)(dot - name));
    if (row == NULL || !row->dist)
        return NULL;
    for (size_t i = 0; i < sizeof dist_suffixes / sizeof *dist_suffixes; i++) {
        if (strcmp(dot + 1, dist_suffixes[i]) == 0)
            return row;
    }
    return NULL;
}

const struct res_metric_row *res_metric_row(const char *name)
{
    /* Scopes stand before the metric: try the name, then what follows each
     * dot.  Entity names hold no dots, so the longest match is the right one.
     */
    while (name != NULL) {
        const struct res_metric_row *row = row_unscoped(name);
        if (row != NULL)
            return row;
        name = strchr(name, '.');
        if (name != NULL)
            name++;
    }
    return NULL;
}

const struct res_metric_row *res_metric_row_at(int i)
{
    const int n = (int)(sizeof rows / sizeof rows[0]);

    return i >= 0 && i < n ? &rows[i] : NULL;
}
