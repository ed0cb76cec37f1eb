#!/bin/sh
# check_status.sh - exit statuses, and which stream says what.
# shellcheck source=tests/cli/common.sh
. "$(dirname "$0")/common.sh"
cd "$tmp" || exit 1

expect status/done 0 run -q "$cases/mmc.yaml" -o kept
[ -s "$tmp/stdout" ] && [ ! -s "$tmp/stderr" ]
ok status/quiet $? "standard error: $(head -n 1 "$tmp/stderr")"

# M/M/8 at 90 %: the mean response is about 0.19 s, in any case above the
# service time of 0.1 s and below 10 s
expect status/holds 0 run -q "$cases/mmc.yaml" -o hold \
    --set 'thresholds=[d.latency.mean < 10 s]'
expect status/fails 1 run -q "$cases/mmc.yaml" -o fail \
    --set 'thresholds=[d.latency.mean < 50 ms]'
grep -q FAIL "$tmp/stdout" && [ -s fail/results.json ]
ok status/fails-output $? 'no verdict printed, or no files'
expect status/report-fails 1 report fail/results.json
expect status/unknown-metric 3 run -q "$cases/mmc.yaml" -o nothing \
    --set 'thresholds=[d.latency.man < 50 ms]'

expect status/invalid 3 run "$cases/faults.yaml" -o nothing
says status/invalid-place "faults.yaml:6:43: error: unknown key 'servres'"
says status/invalid-hint "did you mean 'servers'?"
says status/invalid-count '2 errors; nothing was simulated'
[ ! -s "$tmp/stdout" ]
ok status/invalid-stdout $? 'something on standard output'
# faults of the models carry the line of the key they name
sed 's/tier: bare, /tier: edge, energy: {weather: atlantis}, /' \
    "$cases/mmc.yaml" >weather.yaml
expect status/weather 3 validate weather.yaml
says status/weather-place 'weather.yaml:8: '
says status/weather-text "no climate 'atlantis'"
expect status/unstable 0 validate "$cases/mmc.yaml" --set 'arrivals.rate=90 /s'
says status/unstable-text 'unstable'
grep -q 'mmc.yaml: valid$' "$tmp/stdout"
ok status/unstable-valid $? 'not called valid'
expect status/stable 0 validate "$cases/mmc.yaml"
[ ! -s "$tmp/stderr" ]
ok status/stable-quiet $? "standard error: $(head -n 1 "$tmp/stderr")"
expect status/validate 3 validate "$cases/faults.yaml" "$cases/mmc.yaml"
grep -q 'mmc.yaml: valid$' "$tmp/stdout"
ok status/validate-all $? 'the second file was not looked at'
expect status/validate-json 3 validate --format json "$cases/faults.yaml" \
    "$cases/mmc.yaml" "$cases/faults.yaml"
if command -v python3 >/dev/null 2>&1; then
    python3 -c 'import json, sys
a = json.load(open(sys.argv[1]))
assert len(a) == 4 and a[0]["line"] and a[0]["code"]' "$tmp/stdout" 2>"$tmp/stderr"
    ok status/validate-json-list $? "$(tail -n 1 "$tmp/stderr")"
else
    echo 'skip cli/status/validate-json-list: no python3'
fi
expect status/results 3 report "$cases/mmc.yaml"

expect status/missing 4 run no-such.yaml
says status/missing-text "cannot open 'no-such.yaml': no such file"
expect status/missing-results 4 report no-such.json
expect status/missing-overlay 4 run "$cases/mmc.yaml" --overlay no-such.yaml
[ ! -e nothing ] && [ ! -e out/results.json ]
ok status/nothing $? 'files of a run that failed'

expect status/timeout 5 run "$cases/long.yaml" --timeout 0.2s -o nothing
says status/timeout-text '--timeout'
[ ! -e nothing ]
ok status/timeout-files $? 'files of a run that was stopped'

# standard output that takes nothing
if [ -c /dev/full ]; then
    "$sitesim" run -q "$cases/mmc.yaml" -o full >/dev/full 2>"$tmp/stderr"
    [ $? -eq 4 ]
    ok status/full $?
    says status/full-text 'cannot write to standard output: no space left'
    "$sitesim" schema >/dev/full 2>"$tmp/stderr"
    [ $? -eq 4 ]
    ok status/full-schema $?
else
    echo 'skip cli/status/full: no /dev/full'
fi
"$sitesim" version >&- 2>"$tmp/stderr"
[ $? -eq 4 ]
ok status/closed $?
says status/closed-text 'cannot write to standard output'
"$sitesim" run -q "$cases/mmc.yaml" -o closed >/dev/null 2>&- <&- &&
    "$sitesim" report -q closed/results.json >/dev/null
ok status/closed-all $? 'output damaged by closed descriptors'
{
    "$sitesim" presets show metros.csv 2>"$tmp/stderr"
    echo $? >"$tmp/rc"
} | true # a pipe whose reader may be gone
{
    sleep 0.2
    "$sitesim" presets show metros.csv 2>"$tmp/stderr"
    echo $? >"$tmp/rc"
} | true
[ "$(cat "$tmp/rc")" -eq 4 ] && [ ! -s "$tmp/stderr" ]
ok status/pipe $? "status $(cat "$tmp/rc"): $(cat "$tmp/stderr")"

# the result goes to standard output, the rest to standard error
expect stream/json 0 run "$cases/mmc.yaml" -o - --format json
[ ! -e out ] && [ ! -e ./- ]
ok stream/no-files $? 'files despite -o -'
cmp -s "$tmp/stdout" kept/results.json
ok stream/same $? 'differs from results.json'
expect stream/empty 3 report - -o - --format json
cp kept/results.json copy.json
"$sitesim" report - --format json <copy.json | cmp -s - kept/results.json
ok stream/stdin $? 'results from standard input come back changed'
expect stream/several 2 run --format json "$cases/mmc.yaml" "$cases/two.yaml"
expect stream/progress 0 run "$cases/mmc.yaml" -o - --progress json
grep -q '"done": 1.0000' "$tmp/stderr"
ok stream/progress-json $? "$(head -n 1 "$tmp/stderr")"
expect stream/dry-run 0 run --dry-run "$cases/mmc.yaml" -o dry
grep -q 'dry/report.xlsx' "$tmp/stdout" && [ ! -e dry ]
ok stream/dry-run-files $?
expect color/always 0 run -q "$cases/two.yaml" -o - --color always
grep -q "$(printf '\033')" "$tmp/stdout"
ok color/escapes $? 'none'
expect color/auto 0 run -q "$cases/two.yaml" -o -
! grep -q "$(printf '\033')" "$tmp/stdout"
ok color/none $? 'escapes in a file'
exit "$failed"
