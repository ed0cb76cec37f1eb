#!/bin/sh
# check_same.sh - the same bytes, whatever the number of threads, the locale,
# the time zone, the folder and the time of day.
# shellcheck source=tests/cli/common.sh
. "$(dirname "$0")/common.sh"
cd "$tmp" || exit 1

expect same/one 0 run -q "$cases/two.yaml" -o j1 --jobs 1
want=$(sums j1)
grep -q '"histogram_sha256": "[0-9a-f]\{64\}"' j1/results.json
ok same/digest $? 'no digest of the histograms in results.json'
same() { # NAME FOLDER
    [ "$(sums "$2")" = "$want" ]
    ok "$1" $? "differs: $(diff -rq j1 "$2" | grep -v runinfo | head -n 3 |
        tr '\n' ' ')"
}
for jobs in 2 4 8; do
    expect "same/run-$jobs" 0 run -q "$cases/two.yaml" -o "j$jobs" --jobs "$jobs"
    same "same/jobs-$jobs" "j$jobs"
done
# the first requests, and that those of an earlier run do not stay
for jobs in 1 3; do
    expect "same/trace-$jobs" 0 run -q "$cases/two.yaml" -o "t$jobs" \
        --jobs "$jobs" --trace 20 --only json
done
cmp -s t1/csv/requests.csv t3/csv/requests.csv
ok same/trace $? 'csv/requests.csv differs with --jobs'
[ "$(head -n 1 t1/csv/requests.csv)" = \
    id,user,class,site,attempts,send,arrive,start,end,outcome,deployment ]
ok same/trace-header $?
deployments=$(tail -n +2 t1/csv/requests.csv | cut -d, -f11 | sort | uniq -c |
    awk '{ print $1 }' | uniq | tr -d '\n')
[ "$deployments" = 20 ]
ok same/trace-rows $? "not 20 requests a deployment: $deployments"
cmp -s t1/results.json j1/results.json
ok same/trace-changes-nothing $?
expect same/trace-without 0 run -q "$cases/two.yaml" -o t3 --only json
[ ! -e t3/csv/requests.csv ]
ok same/trace-dropped $?
expect same/trace-none 2 run -q "$cases/two.yaml" -o t3 --trace 0
expect same/trace-nowhere 2 run -q "$cases/two.yaml" -o - --trace 3
SITESIM_JOBS=3 expect same/run-env 0 run -q "$cases/two.yaml" -o env
same same/jobs-env env
grep -q '"jobs": 3' env/runinfo.json
ok same/jobs-recorded $?

# a decimal comma, where there is one
locale=$(locale -a 2>/dev/null | grep -i '^de_DE.*utf' | head -n 1)
[ -n "$locale" ] || echo 'skip cli/same/comma: no locale de_DE.UTF-8'
LC_ALL=${locale:-C.UTF-8} expect same/run-locale 0 run -q "$cases/two.yaml" -o locale
same same/locale locale
for zone in Asia/Tokyo America/New_York; do
    TZ=$zone expect "same/run-$zone" 0 run -q "$cases/two.yaml" -o zone
    same "same/$zone" zone
done
mkdir -p deeper/down && cp "$cases/two.yaml" deeper/down/
(cd deeper && "$sitesim" run -q down/two.yaml -o ../elsewhere >/dev/null)
same same/folder elsewhere

# the date of the workbook is the one asked for, and nothing else changes
SOURCE_DATE_EPOCH=1700000000 expect same/run-epoch 0 \
    run -q "$cases/two.yaml" -o epoch --only json,xlsx
cmp -s epoch/results.json j1/results.json && ! cmp -s epoch/report.xlsx j1/report.xlsx
ok same/epoch $?

# what differs must show
expect same/run-seed 0 run -q "$cases/two.yaml" -o seed --seed 12
! cmp -s seed/results.json j1/results.json && grep -q '"origin": "--set #1"' seed/results.json
ok same/seed $? 'another seed, the same results; or its origin is not shown'
expect same/run-random 0 run "$cases/mmc.yaml" -o r1 --seed random --only json
seed=$(sed -n 's/.*note: seed \([0-9]*\).*/\1/p' "$tmp/stderr")
expect same/run-repeat 0 run -q "$cases/mmc.yaml" -o r2 --seed "${seed:-0}" --only json
cmp -s r1/results.json r2/results.json
ok same/random $? 'the seed printed does not repeat the run'
expect same/run-reps 0 run -q "$cases/mmc.yaml" -o reps --reps 9 --only json
grep -q '"replications": 9' reps/results.json
ok same/reps $?
exit "$failed"
