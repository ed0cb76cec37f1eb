/* Messages about keys, types and contradictions: exact place, caret, text and
 * hint.  Expected texts were recorded from the loader and read
 * against the layout of the manual; line 1 is the schema. */
#include "loader/fixture.h"

static const char tier_edge[] = "servers: 2\nrtt: 8 ms\nhardware: l4\n";
static const char tier_small[] = "queue: {capacity: 2}\nservers: 1\n";
static const char hw_l4[] = "name: l4\nspeed: 0.5\nidle: 72 W\n";

const struct scn_preset_file scn_preset_files[] = {
    FX_PRESET("hw-l4", hw_l4),
    FX_PRESET("tier-edge", tier_edge),
    FX_PRESET("tier-small", tier_small),
    {NULL, NULL, 0},
};

/* clang-format off: texts are easier to compare as they are printed */

START_TEST(keys)
{
    FX_BAD("sites: {q: {servers: 1, limt: 3 s}}\n",
        "a.yaml:2:25: error: unknown key 'limt' in 'sites.q' [K001]\n"
        "    2 | sites: {q: {servers: 1, limt: 3 s}}\n"
        "      |                         ^^^^\n"
        "      = help: did you mean 'limit'?\n"
        "1 error; nothing was simulated\n");
    FX_BAD("sites:\n"
           "  q:\n"
           "    rtt_ms: 15\n"
           "    servers: 1\n",
        "a.yaml:4:5: error: unknown key 'rtt_ms' in 'sites.q' [K001]\n"
        "    4 |     rtt_ms: 15\n"
        "      |     ^^^^^^\n"
        "      = help: did you mean 'rtt: 15 ms'?\n"
        "1 error; nothing was simulated\n");
    FX_BAD("sites: {q: {servers: 1, price_usd_per_kwh: 0.2}}\n",
        "a.yaml:2:25: error: unknown key 'price_usd_per_kwh' in 'sites.q' "
        "[K001]\n"
        "    2 | sites: {q: {servers: 1, price_usd_per_kwh: 0.2}}\n"
        "      |                         ^^^^^^^^^^^^^^^^^\n"
        "      = help: did you mean 'price: 0.2 USD/kWh'?\n"
        "1 error; nothing was simulated\n");
    FX_BAD("warmup_min: 5\n",
        "a.yaml:2:1: error: unknown key 'warmup_min' [K001]\n"
        "    2 | warmup_min: 5\n"
        "      | ^^^^^^^^^^\n"
        "      = help: did you mean 'warmup: 5 min'?\n"
        "1 error; nothing was simulated\n");
    FX_BAD("warmpu: auto\n"
           "zzz: 1\n",
        "a.yaml:2:1: error: unknown key 'warmpu' [K001]\n"
        "    2 | warmpu: auto\n"
        "      | ^^^^^^\n"
        "      = help: did you mean 'warmup'?\n"
        "a.yaml:3:1: error: unknown key 'zzz' [K001]\n"
        "    3 | zzz: 1\n"
        "      | ^^^\n"
        "2 errors; nothing was simulated\n");
    FX_BAD("seed: 1\n"
           "title: x\n"
           "seed: 2\n",
        "a.yaml:4:1: error: duplicate key 'seed' [K002]\n"
        "    4 | seed: 2\n"
        "      | ^^^^\n"
        "      = note: first given here (a.yaml:2:1)\n"
        "1 error; nothing was simulated\n");
    FX_BAD("sites: {q: {rtt: 1 ms}}\n",
        "a.yaml:2:12: error: missing key 'servers' in 'sites.q' [K003]\n"
        "    2 | sites: {q: {rtt: 1 ms}}\n"
        "      |            ^\n"
        "      = help: servers: Servers.\n"
        "1 error; nothing was simulated\n");
    FX_BAD("sites: {q: {servers: 1, phases: [{share: 1}, {after: 1 h}]}}\n",
        "a.yaml:2:46: error: missing key 'share' in 'sites.q.phases.1' [K003]\n"
        "    2 | sites: {q: {servers: 1, phases: [{share: 1}, {after: 1 h}]}}\n"
        "      |                                              ^\n"
        "      = help: share: Share.\n"
        "1 error; nothing was simulated\n");
    FX_BAD("process: {cv: 1, trace: x}\n",
        "a.yaml:2:18: error: 'process' takes one key only [K004]\n"
        "    2 | process: {cv: 1, trace: x}\n"
        "      |                  ^^^^^\n"
        "      = note: the first is here (a.yaml:2:11)\n"
        "      = help: one of: cv, rates, trace\n"
        "1 error; nothing was simulated\n");
    FX_BAD("process: {}\n",
        "a.yaml:2:10: error: 'process' needs one key [K005]\n"
        "    2 | process: {}\n"
        "      |          ^\n"
        "      = help: one of: cv, rates, trace\n"
        "1 error; nothing was simulated\n");
    FX_BAD("sites: {Q: {servers: 1}, -a: {servers: 1}}\n",
        "a.yaml:2:9: error: 'Q' cannot be a name in 'sites' [K006]\n"
        "    2 | sites: {Q: {servers: 1}, -a: {servers: 1}}\n"
        "      |         ^\n"
        "      = help: names are lower-case letters, digits and '-', at most "
        "64\n"
        "a.yaml:2:26: error: '-a' cannot be a name in 'sites' [K006]\n"
        "    2 | sites: {Q: {servers: 1}, -a: {servers: 1}}\n"
        "      |                          ^^\n"
        "      = help: names are lower-case letters, digits and '-', at most "
        "64\n"
        "2 errors; nothing was simulated\n");
    FX_BAD("aééé: 1\n"
           "名前: 2\n",
        "a.yaml:2:1: error: unknown key 'aééé' [K001]\n"
        "    2 | aééé: 1\n"
        "      | ^^^^\n"
        "a.yaml:3:1: error: unknown key '名前' [K001]\n"
        "    3 | 名前: 2\n"
        "      | ^^^^\n"
        "2 errors; nothing was simulated\n");
    FX_BAD("\"\\u202eevil\": 1\n",
        "a.yaml:2:1: error: unknown key '\\u202eevil' [K001]\n"
        "    2 | \"\\u202eevil\": 1\n"
        "      | ^^^^^^^^^^^^\n"
        "1 error; nothing was simulated\n");
}
END_TEST

START_TEST(types)
{
    FX_BAD("sites: [a]\n", "a.yaml:2:8: error: 'sites' needs a map of named "
                           "entries, got a list [T001]\n"
                           "    2 | sites: [a]\n"
                           "      |        ^\n"
                           "1 error; nothing was simulated\n");
    FX_BAD("sites: {q: 5}\n",
        "a.yaml:2:12: error: 'sites.q' needs a map, got '5' [T001]\n"
        "    2 | sites: {q: 5}\n"
        "      |            ^\n"
        "      = help: its keys are: tier, servers, rtt, price, service, at, "
        "domains, hardware, queue, phases, limit\n"
        "1 error; nothing was simulated\n");
    FX_BAD("sites: {q: }\n",
        "a.yaml:2:12: error: 'sites.q' needs a map, got nothing [T001]\n"
        "    2 | sites: {q: }\n"
        "      |            ^\n"
        "      = help: its keys are: tier, servers, rtt, price, service, at, "
        "domains, hardware, queue, phases, limit\n"
        "1 error; nothing was simulated\n");
    FX_BAD("sites: {q: {servers: 1, phases: {share: 1}}}\n",
        "a.yaml:2:33: error: 'sites.q.phases' needs a list, got a map [T002]\n"
        "    2 | sites: {q: {servers: 1, phases: {share: 1}}}\n"
        "      |                                 ^\n"
        "1 error; nothing was simulated\n");
    FX_BAD("sites: {q: {servers: 1, rtt: [1 ms]}}\n",
        "a.yaml:2:30: error: 'sites.q.rtt' needs a single value, got a list "
        "[T003]\n"
        "    2 | sites: {q: {servers: 1, rtt: [1 ms]}}\n"
        "      |                              ^\n"
        "1 error; nothing was simulated\n");
    FX_BAD("sites: {q: {servers: 1, domains: {a: b}}}\n",
        "a.yaml:2:34: error: 'sites.q.domains' needs a list, got a map [T002]\n"
        "    2 | sites: {q: {servers: 1, domains: {a: b}}}\n"
        "      |                                  ^\n"
        "1 error; nothing was simulated\n");
    FX_BAD("verbose: yes\n", "a.yaml:2:10: error: 'verbose' is 'yes', expected "
                             "true or false [T004]\n"
                             "    2 | verbose: yes\n"
                             "      |          ^^^\n"
                             "      = help: did you mean 'true'?\n"
                             "1 error; nothing was simulated\n");
    FX_BAD("verbose: Off\n", "a.yaml:2:10: error: 'verbose' is 'Off', expected "
                             "true or false [T004]\n"
                             "    2 | verbose: Off\n"
                             "      |          ^^^\n"
                             "      = help: did you mean 'false'?\n"
                             "1 error; nothing was simulated\n");
    FX_BAD("sites: {q: {servers: 1, queue: {discipline: fifo}}}\n",
        "a.yaml:2:45: error: 'sites.q.queue.discipline' is 'fifo', expected "
        "one of fcfs, ps, priority [T005]\n"
        "    2 | sites: {q: {servers: 1, queue: {discipline: fifo}}}\n"
        "      |                                             ^^^^\n"
        "1 error; nothing was simulated\n");
    FX_BAD("sites: {q: {servers: 1, queue: {discipline: prioriy}}}\n",
        "a.yaml:2:45: error: 'sites.q.queue.discipline' is 'prioriy', expected "
        "one of fcfs, ps, priority [T005]\n"
        "    2 | sites: {q: {servers: 1, queue: {discipline: prioriy}}}\n"
        "      |                                             ^^^^^^^\n"
        "      = help: did you mean 'priority'?\n"
        "1 error; nothing was simulated\n");
    FX_BAD("start: 2027-02-29\n", "a.yaml:2:8: error: 'start' is '2027-02-29', "
                                  "expected a date (year-month-day) [T006]\n"
                                  "    2 | start: 2027-02-29\n"
                                  "      |        ^^^^^^^^^^\n"
                                  "      = help: write a date as '2027-01-31'\n"
                                  "1 error; nothing was simulated\n");
    FX_BAD("start: 1.1.2027\n", "a.yaml:2:8: error: 'start' is '1.1.2027', "
                                "expected a date (year-month-day) [T006]\n"
                                "    2 | start: 1.1.2027\n"
                                "      |        ^^^^^^^^\n"
                                "      = help: write a date as '2027-01-31'\n"
                                "1 error; nothing was simulated\n");
    FX_BAD("title:\n", "a.yaml:2:7: error: 'title' has no value [T007]\n"
                       "    2 | title:\n"
                       "      |       ^\n"
                       "1 error; nothing was simulated\n");
    FX_BAD("warmup: automatic\n",
        "a.yaml:2:9: error: 'warmup' is 'automatic', expected auto, none, a "
        "number (s), a number (request), or a map [T009]\n"
        "    2 | warmup: automatic\n"
        "      |         ^^^^^^^^^\n"
        "1 error; nothing was simulated\n");
    FX_BAD("sites: {q: {servers: 1, rtt: {value: 5 ms, hi: 3}}}\n",
        "a.yaml:2:44: error: 'sites.q.rtt.hi': a value has no key 'hi' [T008]\n"
        "    2 | sites: {q: {servers: 1, rtt: {value: 5 ms, hi: 3}}}\n"
        "      |                                            ^^\n"
        "      = help: write the value itself, or {value: ..., low: ..., high: "
        "..., source: ...}\n"
        "1 error; nothing was simulated\n");
    FX_BAD("sites: {q: {servers: 1, rtt: {low: 5 ms}}}\n",
        "a.yaml:2:30: error: missing key 'value' in 'sites.q.rtt' [K003]\n"
        "    2 | sites: {q: {servers: 1, rtt: {low: 5 ms}}}\n"
        "      |                              ^\n"
        "1 error; nothing was simulated\n");
    FX_BAD("sites: {q: {servers: 1, rtt: {value: 5 ms, source: [a]}}}\n",
        "a.yaml:2:52: error: 'sites.q.rtt.source' takes a text, got a list "
        "[T008]\n"
        "    2 | sites: {q: {servers: 1, rtt: {value: 5 ms, source: [a]}}}\n"
        "      |                                                    ^\n"
        "1 error; nothing was simulated\n");
    FX_BAD("process: [[1]]\n", "a.yaml:2:11: error: 'process.rates.0' needs a "
                               "single value, got a list [T003]\n"
                               "    2 | process: [[1]]\n"
                               "      |           ^\n"
                               "1 error; nothing was simulated\n");
}
END_TEST

START_TEST(checks)
{
    FX_BAD("sites: {q: {servers: 4, queue: {capacity: 2}}}\n",
        "a.yaml:2:33: error: 'sites.q.queue.capacity': is 2, less than the 4 "
        "servers [C001]\n"
        "    2 | sites: {q: {servers: 4, queue: {capacity: 2}}}\n"
        "      |                                 ^^^^^^^^\n"
        "1 error; nothing was simulated\n");
    FX_BAD("sites: {q: {servers: 4, at: [1, 2, 3]}}\n",
        "a.yaml:2:25: error: 'sites.q.at': needs latitude and longitude "
        "[C001]\n"
        "    2 | sites: {q: {servers: 4, at: [1, 2, 3]}}\n"
        "      |                         ^^\n"
        "1 error; nothing was simulated\n");
    /* the preset has two places in the queue: shown is what the user wrote */
    FX_BAD("sites:\n"
           "  q: {tier: small, servers: 4}\n",
        "a.yaml:3:6: error: 'sites.q.queue.capacity': is 2, less than the 4 "
        "servers [C001]\n"
        "    3 |   q: {tier: small, servers: 4}\n"
        "      |      ^\n"
        "      = note: the value is from here (preset tier-small:1:9)\n"
        "1 error; nothing was simulated\n");
    FX_BAD("seed: -3\n",
        "a.yaml:2:7: error: 'seed' is -3, outside 0 .. 9.3e18 [R002]\n"
        "    2 | seed: -3\n"
        "      |       ^^\n"
        "1 error; nothing was simulated\n");
}
END_TEST

START_TEST(ten_mistakes)
{
    FX_BAD("seeds: 1\n"
           "temp: 1_0 C\n"
           "start: tomorrow\n"
           "verbose: yes\n"
           "target: 2\n"
           "budget: 5\n"
           "warmup: 3 kg\n"
           "sites:\n"
           "  Q: {servers: 1}\n"
           "  a: {servers: x}\n"
           "  b: {servers: 2, rtt: 0x1 ms}\n",
        "a.yaml:2:1: error: unknown key 'seeds' [K001]\n"
        "    2 | seeds: 1\n"
        "      | ^^^^^\n"
        "      = help: did you mean 'seed'?\n"
        "a.yaml:3:7: error: 'temp': '1_0 C' is not a number: '_' is not "
        "allowed, expected digits without separators [N004]\n"
        "    3 | temp: 1_0 C\n"
        "      |       ^^^^^\n"
        "a.yaml:4:8: error: 'start' is 'tomorrow', expected a date "
        "(year-month-day) [T006]\n"
        "    4 | start: tomorrow\n"
        "      |        ^^^^^^^^\n"
        "      = help: write a date as '2027-01-31'\n"
        "a.yaml:5:10: error: 'verbose' is 'yes', expected true or false "
        "[T004]\n"
        "    5 | verbose: yes\n"
        "      |          ^^^\n"
        "      = help: did you mean 'true'?\n"
        "a.yaml:6:9: error: 'target' is 2, outside 0 .. 1 [R002]\n"
        "    6 | target: 2\n"
        "      |         ^\n"
        "a.yaml:7:9: error: 'budget' has no unit: expected an amount of money "
        "such as '5 USD' [U001]\n"
        "    7 | budget: 5\n"
        "      |         ^\n"
        "a.yaml:8:9: error: 'warmup.time' needs a time, got '3 kg' (mass) "
        "[U003]\n"
        "    8 | warmup: 3 kg\n"
        "      |         ^^^^\n"
        "      = help: for example '3 s'\n"
        "a.yaml:10:3: error: 'Q' cannot be a name in 'sites' [K006]\n"
        "   10 |   Q: {servers: 1}\n"
        "      |   ^\n"
        "      = help: names are lower-case letters, digits and '-', at most "
        "64\n"
        "a.yaml:11:16: error: 'sites.a.servers': 'x' is not a number: expected "
        "digits first [N001]\n"
        "   11 |   a: {servers: x}\n"
        "      |                ^\n"
        "a.yaml:12:24: error: 'sites.b.rtt': '0x1 ms' is not a number: "
        "hexadecimal is not allowed, expected a decimal number [N003]\n"
        "   12 |   b: {servers: 2, rtt: 0x1 ms}\n"
        "      |                        ^^^^^^\n"
        "10 errors; nothing was simulated\n");
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
        {"sites: {q: {servers: 1, limt: 3 s}}", "K001", "limt"},
        {"title: a\n\nseed: 1\nseed: 2", "K002", "seed"},
        {"process: {trace: é, cv: 1}", "K004", "cv"},
        {"classes:\n  a: 1\n  B-1: 1", "K006", "B-1"},
        {"verbose: on", "T004", "on"},
        {"sites: {q: {servers: 1, queue: {discipline: 'f c'}}}", "T005",
            "'f c'"},
        {"start: 20270101", "T006", "20270101"},
        {"title: 'é名'\nclasses: {a: {share: 1}, b: {shares: 1}}", "K001",
            "shares"},
        {"title:\t\"\t\" \nx: 1", "K001", "x"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        fx_marks(cases[i].body, cases[i].code, cases[i].marked);
}
END_TEST

TEST_MAIN("loader/messages", keys, types, checks, ten_mistakes, places)
