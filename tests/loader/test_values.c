/* Messages about quantities, numbers and distributions: exact place, caret,
 * text and hint.  Expected texts were recorded from the loader and read
 * against the layout of the manual; line 1 is the schema. */
#include "loader/fixture.h"

static const char tier_edge[] = "servers: 2\nrtt: 8 ms\nhardware: l4\n";
static const char hw_l4[] = "name: l4\nspeed: 0.5\nidle: 72 W\n";

const struct scn_preset_file scn_preset_files[] = {
    FX_PRESET("hw-l4", hw_l4),
    FX_PRESET("tier-edge", tier_edge),
    {NULL, NULL, 0},
};

/* clang-format off: texts are easier to compare as they are printed */

START_TEST(values)
{
    FX_BAD("sites: {q: {servers: 1, rtt: 15}}\n",
        "a.yaml:2:30: error: 'sites.q.rtt' has no unit: expected a time such "
        "as '15 ms' [U001]\n"
        "    2 | sites: {q: {servers: 1, rtt: 15}}\n"
        "      |                              ^^\n"
        "1 error; nothing was simulated\n");
    FX_BAD("sites: {q: {servers: 1, rtt: 15 kg, price: 0.12 USD}}\n",
        "a.yaml:2:30: error: 'sites.q.rtt' needs a time, got '15 kg' (mass) "
        "[U003]\n"
        "    2 | sites: {q: {servers: 1, rtt: 15 kg, price: 0.12 USD}}\n"
        "      |                              ^^^^^\n"
        "      = help: for example '15 ms'\n"
        "a.yaml:2:44: error: 'sites.q.price' needs a price per energy, got "
        "'0.12 USD' (money) [U003]\n"
        "    2 | sites: {q: {servers: 1, rtt: 15 kg, price: 0.12 USD}}\n"
        "      |                                            ^^^^^^^^\n"
        "      = help: did you mean '0.12 USD/kWh'?\n"
        "2 errors; nothing was simulated\n");
    FX_BAD("sites: {q: {servers: 1, rtt: 15 msec}}\n",
        "a.yaml:2:30: error: 'sites.q.rtt': unknown unit 'msec' [U002]\n"
        "    2 | sites: {q: {servers: 1, rtt: 15 msec}}\n"
        "      |                              ^^^^^^^\n"
        "1 error; nothing was simulated\n");
    FX_BAD("sites: {q: {servers: 1, price: 0.1 EUR/kWh}}\n",
        "a.yaml:2:32: error: 'sites.q.price' is in EUR, but the currency of "
        "the scenario is USD [U004]\n"
        "    2 | sites: {q: {servers: 1, price: 0.1 EUR/kWh}}\n"
        "      |                                ^^^^^^^^^^^\n"
        "      = help: write the amount in USD, or change 'currency'\n"
        "1 error; nothing was simulated\n");
    FX_BAD("currency: Dollar\n",
        "a.yaml:2:11: error: 'currency' is 'Dollar', which is no currency "
        "[U004]\n"
        "    2 | currency: Dollar\n"
        "      |           ^^^^^^\n"
        "      = help: use an ISO 4217 code such as 'USD' or 'EUR'\n"
        "1 error; nothing was simulated\n");
    FX_BAD("seed: 5 ms\n",
        "a.yaml:2:7: error: 'seed' is a plain number, got '5 ms' [U005]\n"
        "    2 | seed: 5 ms\n"
        "      |       ^^^^\n"
        "1 error; nothing was simulated\n");
    FX_BAD("warmup: 5 kg\n", "a.yaml:2:9: error: 'warmup.time' needs a time, "
                             "got '5 kg' (mass) [U003]\n"
                             "    2 | warmup: 5 kg\n"
                             "      |         ^^^^\n"
                             "      = help: for example '5 s'\n"
                             "1 error; nothing was simulated\n");
    FX_BAD("budget: -5 USD\n",
        "a.yaml:2:9: error: 'budget' is -5 USD, outside 0 .. 1e9 USD [R002]\n"
        "    2 | budget: -5 USD\n"
        "      |         ^^^^^^\n"
        "1 error; nothing was simulated\n");
    FX_BAD("target: 0\n",
        "a.yaml:2:9: error: 'target' is 0, expected more than 0 [R002]\n"
        "    2 | target: 0\n"
        "      |         ^\n"
        "1 error; nothing was simulated\n");
    FX_BAD("target: 150 %\n",
        "a.yaml:2:9: error: 'target' is 150 %, outside 0 .. 1 [R002]\n"
        "    2 | target: 150 %\n"
        "      |         ^^^^^\n"
        "1 error; nothing was simulated\n");
    FX_BAD("seed: -1\n",
        "a.yaml:2:7: error: 'seed' is -1, outside 0 .. 9.3e18 [R002]\n"
        "    2 | seed: -1\n"
        "      |       ^^\n"
        "1 error; nothing was simulated\n");
    FX_BAD("sites: {q: {servers: 0}}\n",
        "a.yaml:2:22: error: 'sites.q.servers' is 0, expected more than 0 "
        "[R002]\n"
        "    2 | sites: {q: {servers: 0}}\n"
        "      |                      ^\n"
        "1 error; nothing was simulated\n");
    FX_BAD("seed: 1.5\n",
        "a.yaml:2:7: error: 'seed' is '1.5', expected a whole number [N008]\n"
        "    2 | seed: 1.5\n"
        "      |       ^^^\n"
        "1 error; nothing was simulated\n");
    FX_BAD("seed: 99999999999999999999\n",
        "a.yaml:2:7: error: 'seed' is '99999999999999999999', more than an "
        "integer holds [N010]\n"
        "    2 | seed: 99999999999999999999\n"
        "      |       ^^^^^^^^^^^^^^^^^^^^\n"
        "1 error; nothing was simulated\n");
    FX_BAD("sites: {q: {servers: 1, at: [40, 200]}}\n",
        "a.yaml:2:34: error: 'sites.q.at.1' is 200, outside -180 .. 180 "
        "[R002]\n"
        "    2 | sites: {q: {servers: 1, at: [40, 200]}}\n"
        "      |                                  ^^^\n"
        "1 error; nothing was simulated\n");
    FX_BAD("sites: {q: {servers: 1, rtt: {value: 5 ms, low: 7 ms, high: 3 ms, "
           "confidence: X}}}\n",
        "a.yaml:2:49: error: 'sites.q.rtt.low' is 7 ms, above the value 5 ms "
        "[R001]\n"
        "    2 | sites: {q: {servers: 1, rtt: {value: 5 ms, low: 7 ms, high: 3 "
        "ms, confidence: X}}}\n"
        "      |                                                 ^^^^\n"
        "a.yaml:2:61: error: 'sites.q.rtt.high' is 3 ms, below the value 5 ms "
        "[R001]\n"
        "    2 | sites: {q: {servers: 1, rtt: {value: 5 ms, low: 7 ms, high: 3 "
        "ms, confidence: X}}}\n"
        "      |                                                             "
        "^^^^\n"
        "a.yaml:2:79: error: 'sites.q.rtt.confidence' is 'X', expected one of "
        "P, S, R, D [T005]\n"
        "    2 | sites: {q: {servers: 1, rtt: {value: 5 ms, low: 7 ms, high: 3 "
        "ms, confidence: X}}}\n"
        "      |                                                               "
        "                ^\n"
        "3 errors; nothing was simulated\n");
    FX_BAD("verbose: {value: true, low: 1}\n",
        "a.yaml:2:29: error: 'verbose.low': only a number may have a range "
        "[R001]\n"
        "    2 | verbose: {value: true, low: 1}\n"
        "      |                             ^\n"
        "1 error; nothing was simulated\n");
}
END_TEST

START_TEST(numbers)
{
    FX_BAD("seed: 010\n"
           "budget: 0x10 USD\n"
           "target: 1_0\n",
        "a.yaml:2:7: error: 'seed': '010' is not a number: a leading 0 reads "
        "as octal elsewhere [N002]\n"
        "    2 | seed: 010\n"
        "      |       ^^^\n"
        "a.yaml:3:9: error: 'budget': '0x10 USD' is not a number: hexadecimal "
        "is not allowed, expected a decimal number [N003]\n"
        "    3 | budget: 0x10 USD\n"
        "      |         ^^^^^^^^\n"
        "a.yaml:4:9: error: 'target': '1_0' is not a number: '_' is not "
        "allowed, expected digits without separators [N004]\n"
        "    4 | target: 1_0\n"
        "      |         ^^^\n"
        "3 errors; nothing was simulated\n");
    FX_BAD("seed: nan\n"
           "budget: 1e999 USD\n"
           "target: 12:30\n",
        "a.yaml:2:7: error: 'seed': 'nan' is not a number: nan and inf are not "
        "allowed [N005]\n"
        "    2 | seed: nan\n"
        "      |       ^^^\n"
        "a.yaml:3:9: error: 'budget': '1e999 USD' is not a number: too large "
        "for a double (1.8e308) [N006]\n"
        "    3 | budget: 1e999 USD\n"
        "      |         ^^^^^^^^^\n"
        "a.yaml:4:9: error: 'target': '12:30' is not a number: sexagesimal is "
        "not allowed, expected a number with a unit as in '90 min' [N007]\n"
        "    4 | target: 12:30\n"
        "      |         ^^^^^\n"
        "3 errors; nothing was simulated\n");
    FX_BAD("budget: 1,000 USD\n"
           "target: .inf\n"
           "seed: ten\n",
        "a.yaml:2:9: error: 'budget': '1,000 USD' is not a number: ',' is not "
        "allowed, expected a '.' for decimals and no separators [N009]\n"
        "    2 | budget: 1,000 USD\n"
        "      |         ^^^^^^^^^\n"
        "a.yaml:3:9: error: 'target': '.inf' is not a number: nan and inf are "
        "not allowed [N005]\n"
        "    3 | target: .inf\n"
        "      |         ^^^^\n"
        "a.yaml:4:7: error: 'seed': 'ten' is not a number: expected digits "
        "first [N001]\n"
        "    4 | seed: ten\n"
        "      |       ^^^\n"
        "3 errors; nothing was simulated\n");
    FX_BAD("seed: 0o17\n"
           "target: 0b11\n"
           "temp: '-.inf C'\n",
        "a.yaml:2:7: error: 'seed': '0o17' is not a number: octal and binary "
        "are not allowed, expected a decimal number [N003]\n"
        "    2 | seed: 0o17\n"
        "      |       ^^^^\n"
        "a.yaml:3:9: error: 'target': '0b11' is not a number: octal and binary "
        "are not allowed, expected a decimal number [N003]\n"
        "    3 | target: 0b11\n"
        "      |         ^^^^\n"
        "a.yaml:4:7: error: 'temp': '-.inf C' is not a number: nan and inf are "
        "not allowed [N005]\n"
        "    4 | temp: '-.inf C'\n"
        "      |       ^^^^^^^^^\n"
        "3 errors; nothing was simulated\n");
}
END_TEST

START_TEST(distributions)
{
    FX_BAD("sites: {q: {servers: 1, service: {lognormal: {median: 12 ms}}}}\n",
        "a.yaml:2:46: error: 'sites.q.service.lognormal': lognormal does not "
        "have exactly one of its parameter sets, expected median + p95, median "
        "+ p99, mean + cv, mean + sd or mu + sigma [D002]\n"
        "    2 | sites: {q: {servers: 1, service: {lognormal: {median: 12 "
        "ms}}}}\n"
        "      |                                              ^\n"
        "1 error; nothing was simulated\n");
    FX_BAD("sites: {q: {servers: 1, service: {lognromal: {median: 12 ms, p95: "
           "30 ms}}}}\n",
        "a.yaml:2:35: error: unknown distribution 'lognromal' in "
        "'sites.q.service' [D001]\n"
        "    2 | sites: {q: {servers: 1, service: {lognromal: {median: 12 ms, "
        "p95: 30 ms}}}}\n"
        "      |                                   ^^^^^^^^^\n"
        "      = help: did you mean 'lognormal'?\n"
        "1 error; nothing was simulated\n");
    FX_BAD("sites: {q: {servers: 1, service: {a: 1, b: 2}}}\n",
        "a.yaml:2:34: error: 'sites.q.service' needs a value or a distribution "
        "{kind: {...}}, got a map of 2 keys [D003]\n"
        "    2 | sites: {q: {servers: 1, service: {a: 1, b: 2}}}\n"
        "      |                                  ^\n"
        "      = help: for example {lognormal: {median: ..., p95: ...}}\n"
        "1 error; nothing was simulated\n");
    FX_BAD("sites: {q: {servers: 1, service: [1 ms]}}\n",
        "a.yaml:2:34: error: 'sites.q.service' needs a value or a distribution "
        "{kind: {...}}, got a list [D003]\n"
        "    2 | sites: {q: {servers: 1, service: [1 ms]}}\n"
        "      |                                  ^\n"
        "      = help: for example {lognormal: {median: ..., p95: ...}}\n"
        "1 error; nothing was simulated\n");
    FX_BAD("sites: {q: {servers: 1, service: {uniform: [-1 ms, 3 ms]}}}\n",
        "a.yaml:2:34: error: 'sites.q.service' is a distribution down to -1 "
        "ms, outside 0 .. 1e7 ms [R002]\n"
        "    2 | sites: {q: {servers: 1, service: {uniform: [-1 ms, 3 ms]}}}\n"
        "      |                                  ^\n"
        "1 error; nothing was simulated\n");
    FX_BAD("sites: {q: {servers: 1, service: -1 ms}}\n",
        "a.yaml:2:34: error: 'sites.q.service' is -1 ms, outside 0 .. 1e7 ms "
        "[R002]\n"
        "    2 | sites: {q: {servers: 1, service: -1 ms}}\n"
        "      |                                  ^^^^^\n"
        "1 error; nothing was simulated\n");
    FX_BAD("sites: {q: {servers: 1, service: {exponential: {mean: 8}}}}\n",
        "a.yaml:2:55: error: 'sites.q.service.exponential.mean' has no unit: "
        "expected a time such as '8 ms' [U001]\n"
        "    2 | sites: {q: {servers: 1, service: {exponential: {mean: 8}}}}\n"
        "      |                                                       ^\n"
        "1 error; nothing was simulated\n");
    FX_BAD("sites: {q: {servers: 1, service: {exponential: {mean: 8 ms, max: "
           "-1 ms}}}}\n",
        "a.yaml:2:61: error: 'sites.q.service.exponential': truncation to "
        "[-inf, -1] leaves nothing of the exponential distribution on [0, inf] "
        "[D002]\n"
        "    2 | sites: {q: {servers: 1, service: {exponential: {mean: 8 ms, "
        "max: -1 ms}}}}\n"
        "      |                                                             "
        "^^^\n"
        "1 error; nothing was simulated\n");
    FX_BAD("sites: {q: {servers: 1, service: {mixture: [{weight: 0, of: 1 "
           "ms}]}}}\n",
        "a.yaml:2:54: error: 'sites.q.service.mixture.parts.0.weight' is 0, "
        "expected more than 0 [R002]\n"
        "    2 | sites: {q: {servers: 1, service: {mixture: [{weight: 0, of: 1 "
        "ms}]}}}\n"
        "      |                                                      ^\n"
        "1 error; nothing was simulated\n");
    FX_BAD("sites: {q: {servers: 1, service: {pareto: {min: 1 ms, alpha: "
           "1.5}}, rtt: 1}}\n",
        "a.yaml:2:43: warning: 'sites.q.service.pareto' has an infinite "
        "variance: estimates converge slowly or not at all [D005]\n"
        "    2 | sites: {q: {servers: 1, service: {pareto: {min: 1 ms, alpha: "
        "1.5}}, rtt: 1}}\n"
        "      |                                           ^\n"
        "      = help: cut the tail with 'max', or take a larger alpha\n"
        "a.yaml:2:74: error: 'sites.q.rtt' has no unit: expected a time such "
        "as '1 ms' [U001]\n"
        "    2 | sites: {q: {servers: 1, service: {pareto: {min: 1 ms, alpha: "
        "1.5}}, rtt: 1}}\n"
        "      |                                                               "
        "           ^\n"
        "1 error; nothing was simulated\n");
}
END_TEST

/* clang-format on */

/* Places again, from the other side: the marked words are named here, and line
 * and columns must cut exactly them out of the file. */
START_TEST(places)
{
    static const struct {
        const char *body, *code, *marked;
    } cases[] = {
        {"budget: 5", "U001", "5"},
        {"budget: 5  USDX", "U002", "5  USDX"},
        {"budget: \"5 ms\"", "U003", "\"5 ms\""},
        {"budget: 5 EUR", "U004", "5 EUR"},
        {"target: 1e400", "N006", "1e400"},
        {"seed: 2.5", "N008", "2.5"},
        {"sites:\n  q: {servers: 1, service: {wiebull: {mean: 1 s}}}", "D001",
            "wiebull"},
        {"budget: {value: 3 USD, low: 4 USD}", "R001", "4 USD"},
        {"budget: 2e9 USD", "R002", "2e9 USD"},
        {"seed: 1_000", "N004", "1_000"},
        {"temp: 1:30 C", "N007", "1:30 C"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        fx_marks(cases[i].body, cases[i].code, cases[i].marked);
}
END_TEST

TEST_MAIN("loader/values", values, numbers, distributions, places)
